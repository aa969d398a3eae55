"""Rows of JSON Lines or Parquet, checked one by one, as the paragraphs of documents."""

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._names import nearest
from policylib._paragraphs import split_paragraphs
from policylib._statements import ROLES

NEEDED = ("document", "text")
DATES = ("said", "published")  # of the document; they go with its statements
COLUMNS = [*NEEDED, "paragraph", "actor", "role", *DATES]


class Problem(NamedTuple):
    """What was left out: a file or a row, counted from 1 as the first of its part, and why."""

    file: str
    row: int | None
    problem: str


class Piece(NamedTuple):
    """What stands in a part of a source, or in a stretch of it."""

    documents: pd.DataFrame  # one row per paragraph
    problems: list[Problem]  # what was left out
    rows: int = 0  # of the file, if it has rows
    identities: NDArray[np.uint64] = np.empty(0, np.uint64)  # of these, none may stand twice
    whole: bool = True  # whether each row is a whole document


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
    names = {column: _as_text(rows[column]) for column in ("document", "actor", "role", *DATES)}
    text, paragraph = rows["text"], rows["paragraph"]
    is_text = text.map(lambda cell: isinstance(cell, str), na_action=None).astype("bool")
    lists = [
        split_paragraphs(cell) if good else [] for cell, good in zip(text, is_text, strict=True)
    ]
    whole = paragraph.isna().to_numpy()
    sizes = np.array([len(found) for found in lists], dtype=np.int64)
    place = pd.to_numeric(paragraph, errors="coerce").fillna(0)
    problem = pd.Series(None, rows.index, dtype="object")
    unknown = names["role"].notna() & ~names["role"].isin(ROLES)
    for role in names["role"][unknown].unique():
        told = f"no role {role!r} (allowed: {', '.join(ROLES)}){nearest(role, ROLES)}"
        problem[names["role"].eq(role).to_numpy(dtype=bool, na_value=False)] = told
    problem[~whole & ((place < 1) | (place % 1 != 0)).to_numpy()] = "paragraph is no number from 1"
    problem[sizes == 0] = "no text"
    problem[~is_text] = "text is no text"
    problem[text.isna()] = "text is missing"
    problem[names["document"].isna() | names["document"].eq("")] = "document is missing, or no name"
    good = problem.isna().to_numpy()
    # A row that is one paragraph stays as it is, with the line breaks in it.
    kept = np.flatnonzero(good)
    times = np.where(whole, sizes, 1)[kept]
    row = np.repeat(kept, times)
    columns: dict[str, Any] = {column: cells.array.take(row) for column, cells in names.items()}
    texts = chain.from_iterable(lists[i] if whole[i] else [text[i]] for i in kept)
    columns["text"] = pd.array(list(texts), dtype="str")
    counted = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times) + 1
    columns["paragraph"] = np.where(whole[row], counted, place.to_numpy()[row]).astype(np.int64)
    documents = pd.DataFrame(columns)[COLUMNS]
    documents["actor"] = documents["actor"].fillna(documents["document"])
    problems = [Problem(file, int(numbers[i]), problem[i]) for i in np.flatnonzero(~good)]
    keys = pd.DataFrame({"document": names["document"], "paragraph": place}).iloc[kept]
    identities = pd.util.hash_pandas_object(keys, index=False).to_numpy().astype(np.uint64)
    return Piece(documents, problems, len(rows), identities, bool(whole[kept].all()))


def _as_text(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Give names and dates as text; a whole number is one, a list is not."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(cells.cat.categories.dtype)
    if cells.dtype == "object":
        named = [
            str(cell) if isinstance(cell, str | int) and not isinstance(cell, bool) else None
            for cell in cells
        ]
        return pd.Series(named, cells.index, dtype="str")
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")  # years, in a column with gaps
    return cells.astype("str")
