"""Rows of JSON Lines or Parquet, checked one by one, as the paragraphs of documents."""

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.dates import ALLOWED, is_no_date
from policylib._util.names import nearest
from policylib.documents.paragraphs import split_paragraphs
from policylib.network.edges import ROLES

NEEDED = ("document", "text")
DATES = ("said", "published")
ABOUT = ("actor", "role", *DATES)  # what may be known of a document
NAMES = ("document", *ABOUT)
PARAGRAPH = "paragraph"
COLUMNS = [*NEEDED, PARAGRAPH, *ABOUT]
MOST = 2**53  # up to which every whole number is one in any program
NONE = np.empty(0, np.uint64)


class Problem(NamedTuple):
    """What was left out: a file or a row, counted from 1 as the first of its piece, and why."""

    file: str
    row: int | None
    problem: str


def later(problems: Iterable[Problem], rows: Mapping[str, int]) -> list[Problem]:
    """Count the rows of problems from where so many rows of their files have passed.

    Examples
    --------
    >>> later([Problem("a.jsonl", 2, "no text")], {"a.jsonl": 10})
    [Problem(file='a.jsonl', row=12, problem='no text')]
    """
    return [
        problem
        if problem.row is None
        else problem._replace(row=problem.row + rows.get(problem.file, 0))
        for problem in problems
    ]


class Piece(NamedTuple):
    """What stands in a part of a source, or in a stretch of it."""

    documents: pd.DataFrame  # one row per paragraph
    problems: list[Problem]  # what was left out
    rows: dict[str, int]  # how many there are of each file, if it has rows
    names: NDArray[np.uint64] = NONE  # a checksum of the document, for each row that is kept
    places: NDArray[np.uint64] = NONE  # of document and paragraph, where rows are paragraphs
    again: bool = False  # whether a file may be readable another time, though it stays as it is


def piece_of_rows(rows: pd.DataFrame, file: str, numbers: NDArray[np.int64]) -> Piece:
    r"""Turn rows into paragraphs, and leave out those that are none.

    Parameters
    ----------
    rows
        `document` and `text`, and some of `paragraph`, `actor`, `role`, `said` and `published`. A
        row with a paragraph is one; without, a document, of which each line that is not empty is a
        paragraph.
    file
        The name of their file.
    numbers
        The number of each row there.

    Returns
    -------
    Piece
        The documents have all these columns.

    Raises
    ------
    ValueError
        If some rows are documents and some are paragraphs.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": ["a", "b"], "text": ["Robots.\nQuanta.", " "]})
    >>> piece = piece_of_rows(rows, "two.jsonl", np.array([1, 2]))
    >>> piece.documents[["document", "paragraph", "text"]].to_numpy().tolist()
    [['a', 1, 'Robots.'], ['a', 2, 'Quanta.']]
    >>> piece.problems
    [Problem(file='two.jsonl', row=2, problem='no text')]
    """
    rows = rows.reindex(columns=COLUMNS).reset_index(drop=True)
    names, wrong_names = check_names(rows)
    text, paragraph = rows["text"].to_list(), rows["paragraph"]
    if not pd.api.types.is_numeric_dtype(paragraph):
        paragraph = paragraph.mask(as_text(paragraph).str.strip().eq(""))
    is_text = np.fromiter((isinstance(cell, str) for cell in text), bool, len(text))
    whole = paragraph.isna().to_numpy()
    lists = [
        split_paragraphs(cell) if good else [] for cell, good in zip(text, is_text, strict=True)
    ]
    sizes = np.fromiter(map(len, lists), np.int64, len(lists))
    place = pd.to_numeric(paragraph, errors="coerce").fillna(0).to_numpy(dtype=float)
    problem = pd.Series(None, rows.index, dtype="object")
    for column in ABOUT:
        told = wrong_names[column].dropna()
        problem[told.index] = column + ": " + told
    wrong = ~whole & ~((place >= 1) & (place < MOST) & (place % 1 == 0))
    problem[wrong] = "paragraph is no number from 1"
    problem[sizes == 0] = "no text"
    problem[~is_text] = "text is no text"
    problem[rows["text"].isna()] = "text is missing"
    problem[wrong_names["document"].notna()] = "document is missing, or no name"
    kept = np.flatnonzero(problem.isna())
    if 0 < whole[kept].sum() < len(kept):
        raise ValueError(f"{file}: some rows have a paragraph, and some have none")
    # A row that is one paragraph stays as it is, with the line breaks in it.
    times = np.where(whole, sizes, 1)[kept]
    row = np.repeat(kept, times)
    counted = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times) + 1
    columns: dict[str, Any] = {column: names[column].array.take(row) for column in NAMES}
    texts = chain.from_iterable(lists[i] if whole[i] else [text[i]] for i in kept)
    columns["text"] = pd.array(list(texts), dtype="str")
    columns["paragraph"] = np.where(whole[row], counted, place[row]).astype(np.int64)
    documents = pd.DataFrame(columns)[COLUMNS]
    documents["actor"] = documents["actor"].fillna(documents["document"])
    problems = [Problem(file, int(numbers[i]), problem[i]) for i in np.flatnonzero(problem.notna())]
    hashed = _checksums(names["document"].iloc[kept].to_frame())
    places = NONE
    if not whole[kept].all():
        places = _checksums(documents[["document", "paragraph"]])
    return Piece(documents, problems, {file: len(rows)}, hashed, places)


def _checksums(keys: pd.DataFrame) -> NDArray[np.uint64]:
    return pd.util.hash_pandas_object(keys, index=False).to_numpy().astype(np.uint64)


def tell_columns(
    table: str, columns: Iterable[Any], actor: str, read: Sequence[str] = COLUMNS
) -> str:
    """Say which columns are not read, if they may be meant to be.

    That is so if the name is one that is read but for capitals or an s, or if there is no column
    that is needed, or that says who or when.

    Parameters
    ----------
    table
        What has these columns.
    columns
        Their names.
    actor
        As for `code_documents`.
    read
        Those that are read.

    Returns
    -------
    str
        Empty if all is as it should be.

    Raises
    ------
    ValueError
        If one that is read stands twice.

    Examples
    --------
    >>> tell_columns("a.jsonl", ["document", "text", "actor", "Role", "said"], "document")
    "not read: 'Role' (did you mean 'role'?)"
    """
    names = [str(column) for column in columns]
    for name in read:
        if names.count(name) > 1:
            raise ValueError(f"{table} has column {name!r} twice")
    absent = [column for column in read if column not in names]
    lacks = [f"no column {name!r}, which is needed" for name in NEEDED if name in absent]
    if "actor" in absent and actor == "document":
        lacks.append("no column 'actor', so that each document is an actor of its own")
    if {*DATES}.issubset(absent):
        lacks.append("no column 'said' or 'published', so that no statement has a date")
    others = [name for name in names if name not in read]
    # A number of paragraphs is no paragraph.
    meant = {name: name for name in absent} | {f"{name}s": name for name in {*absent} - {PARAGRAPH}}
    likely = [meant.get(name.strip().lower()) for name in others]
    if not others or not (lacks or any(likely)):
        return ""
    listed = [
        f"{name!r} (did you mean {like!r}?)" if like else repr(name)
        for name, like in zip(others, likely, strict=True)
    ]
    return "; ".join([*lacks, f"not read: {', '.join(listed)}"])


def check_names(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give names and dates as text, and what is wrong with each of them: for most, nothing.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": ["a", "b"], "actor": ["henan ", 5], "said": [2023, "May"]})
    >>> texts, wrong = check_names(rows)
    >>> texts["actor"].to_list()
    ['henan', '5']
    >>> print(wrong["said"][1])
    'May' is no date (allowed: a year, a month or a day, such as 2023, 2023-12 or 2023-12-31)
    """
    texts = pd.DataFrame(index=rows.index, columns=NAMES, dtype="str")
    wrong = pd.DataFrame(index=rows.index, columns=NAMES, dtype="object")
    for column in [name for name in NAMES if name in rows]:
        cells = rows[column]
        text = as_text(cells)
        faulty = cells.notna() & text.isna()
        if column in ABOUT:
            text = text.str.strip()
        text = text.mask(text.str.strip().eq(""))  # what is blank is missing
        if column in DATES:
            faulty |= is_no_date(text)
        if column == "role":
            faulty |= text.notna() & ~text.isin(ROLES)
        if column == "document":
            faulty |= text.isna()
        texts[column] = text
        wrong.loc[faulty, column] = [_tell(column, cell) for cell in cells[faulty]]
    return texts, wrong


def _tell(column: str, cell: Any) -> str:
    """Say what a name, a role or a date is not."""
    if column in DATES:
        return f"{reprlib.repr(cell)} is no date (allowed: {ALLOWED})"
    if column == "role":
        allowed = f"(allowed: {', '.join(ROLES)}){nearest(str(cell), ROLES)}"
        return f"{reprlib.repr(cell)} is no role {allowed}"
    return "missing, or no name" if column == "document" else f"{reprlib.repr(cell)} is no name"


def as_text(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Give names and dates as text, cell by cell; what is neither is missing.

    Examples
    --------
    >>> cells = pd.Series(["a", 2023, 2023.0, date(2024, 5, 1), pd.Period("2023-01"), [1], True])
    >>> as_text(cells).fillna("").to_list()
    ['a', '2023', '2023', '2024-05-01', '2023-01', '', '']
    """
    if cells.isna().all():
        return pd.Series(None, cells.index, dtype="str")
    if cells.dtype == "str" or pd.api.types.infer_dtype(cells) == "string":
        return cells.astype("str")
    return pd.Series([_cell_as_text(cell) for cell in cells], cells.index, dtype="str")


def _cell_as_text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float | np.floating):
        return str(int(cell)) if float(cell).is_integer() else None
    if isinstance(cell, int | np.integer | pd.Period) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, Decimal):
        return str(int(cell)) if cell.is_finite() and cell == int(cell) else None
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        return (
            None
            if pd.isna(cell)
            else str(cell.date() if midnight else cell.isoformat(" ", "seconds"))
        )
    return cell.isoformat() if isinstance(cell, date) else None
