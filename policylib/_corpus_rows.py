"""Rows of JSON Lines or Parquet, checked one by one, as the paragraphs of documents."""

import reprlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._dates import ALLOWED, is_no_date
from policylib._names import nearest
from policylib._paragraphs import split_paragraphs
from policylib._statements import ROLES
from policylib._warn import warn

LIKE = 0.8  # how like the name of a column one is that is meant to be it
NEEDED = ("document", "text")
DATES = ("said", "published")
ABOUT = ("actor", "role", *DATES)  # what may be known of a document
NAMES = ("document", *ABOUT)
COLUMNS = [*NEEDED, "paragraph", *ABOUT]
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


def warn_of_columns(
    table: str, columns: Iterable[Any], actor: str, read: Iterable[str] = COLUMNS
) -> bool:
    """Warn if columns that are not read may be meant to be, and tell whether they may.

    That is so if one is called nearly like one that is read, or if there is none that says who or
    when.

    Examples
    --------
    >>> warn_of_columns("a.jsonl", ["document", "text", "actor", "said", "title"], "document")
    False
    """
    names = [str(column) for column in columns]
    absent = [column for column in read if column not in names]
    lacks = [f"no column {name!r}, which is needed" for name in NEEDED if name in absent]
    if "actor" in absent and actor == "document":
        lacks.append("no column 'actor', so that each document is an actor of its own")
    if {*DATES}.issubset(absent):
        lacks.append("no column 'said' or 'published', so that no statement has a date")
    others = [name for name in names if name not in read]
    likely = [get_close_matches(name.strip().lower(), absent, 1, LIKE) for name in others]
    if not others or not (lacks or any(likely)):
        return False
    listed = [
        name + "".join(f" (did you mean {like!r}?)" for like in found)
        for name, found in zip(map(repr, others), likely, strict=True)
    ]
    lacks.append(f"not read: {', '.join(listed)}")
    warn(f"{table}: {'; '.join(lacks)}")
    return True


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
        cells = without_blanks(rows[column])
        text = as_text(cells)
        faulty = cells.notna() & text.isna()
        if column in ABOUT:
            text = text.str.strip()
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


def without_blanks(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give cells with those missing that are text without a character.

    Examples
    --------
    >>> without_blanks(pd.Series(["2023", "", " ", 5])).isna().to_list()
    [False, True, True, False]
    """
    if cells.dtype == "str":
        return cells.mask(cells.str.strip().eq(""))
    if cells.dtype != "object":
        return cells
    blank = (isinstance(cell, str) and not cell.strip() for cell in cells)
    return cells.mask(np.fromiter(blank, bool, len(cells)))


def as_text(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Give names and dates as text, cell by cell; what is neither is missing.

    Examples
    --------
    >>> as_text(pd.Series(["a", 2023, 2023.0, date(2024, 5, 1), [1], True])).fillna("").to_list()
    ['a', '2023', '2023', '2024-05-01', '', '']
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
    if isinstance(cell, int | np.integer) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        return (
            None
            if pd.isna(cell)
            else str(cell.date() if midnight else cell.isoformat(" ", "seconds"))
        )
    return cell.isoformat() if isinstance(cell, date) else None
