"""Convert rows of JSON Lines or Parquet to paragraphs of documents."""

import json
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policylib.corpus.columns import check_cells
from policylib.documents.paragraphs import UnreadableError, split_paragraphs

JOINED_BYTES = 2**23  # joining more would need much memory at once
TABLE_BYTES = 2**13  # what a table needs besides its cells


class Problem(NamedTuple):
    """A file or a row that is left out, and the reason."""

    file: str
    row: int | None  # from 1
    problem: str


class Rows(NamedTuple):
    """Rows that are read from a file, and the problems of those that cannot be read."""

    file: str
    cells: pd.DataFrame  # the index numbers the rows from 1
    length: int  # the number of rows, with those that cannot be read
    problems: dict[int, str]
    size: int = 0  # of the cells, in bytes
    try_again: bool = False  # whether they may become readable later


class Piece(NamedTuple):
    """Documents that are coded together."""

    documents: pd.DataFrame  # one row per paragraph, with the columns of COLUMNS
    problems: list[Problem]  # their rows are counted from the first row of the piece
    rows: dict[str, int]  # the number of rows of each file, if it has rows
    names: bytes = b""  # for each row, eight bytes: a checksum of its document's name
    places: bytes = b""  # the same for document and paragraph, if rows are paragraphs
    try_again: bool = False  # whether a file may become readable later


def shift_rows(problems: Iterable[Problem], before: Mapping[str, int]) -> list[Problem]:
    """Return problems with their rows counted from the first row of the file.

    Examples
    --------
    >>> shift_rows([Problem("a.jsonl", 2, "text: missing")], {"a.jsonl": 10})
    [Problem(file='a.jsonl', row=12, problem='text: missing')]
    """
    return [
        problem._replace(row=problem.row and problem.row + before.get(problem.file, 0))
        for problem in problems
    ]


def parse_line(line: bytes) -> dict[str, Any] | str:
    """Return the cells in a line of JSON, or the problem if it is invalid."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not UTF-8, which JSON Lines must be"
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else "not an object with names and values"


def pieces_of_rows(read: Iterable[Rows]) -> Iterator[Piece]:
    """Yield rows as paragraphs, in pieces.

    Tables are joined until they have `JOINED_BYTES`, even those of several files, because each
    piece takes time of its own.
    """
    held: list[Rows] = []
    size = 0
    for rows in read:
        held.append(rows)
        size += rows.size + TABLE_BYTES
        if size >= JOINED_BYTES:
            yield piece_of_rows(held)
            held, size = [], 0
    if held:
        yield piece_of_rows(held)


def piece_of_rows(read: Sequence[Rows]) -> Piece:
    r"""Return rows as paragraphs, with the problems of invalid rows.

    A row with a paragraph is that paragraph. A row without one is a document, and each line of its
    text that is not empty is a paragraph.

    Examples
    --------
    >>> cells = pd.DataFrame({"document": ["a", "b"], "text": ["Robots.\nQuanta.", " "]}, [1, 2])
    >>> piece = piece_of_rows([Rows("two.jsonl", cells, 2, {})])
    >>> piece.documents[["document", "paragraph", "text"]].to_numpy().tolist()
    [['a', 1, 'Robots.'], ['a', 2, 'Quanta.']]
    >>> piece.problems
    [Problem(file='two.jsonl', row=2, problem='text: empty')]
    """
    starts = [0, *accumulate(rows.length for rows in read)]
    cells, faults = check_cells(_joined(read, starts))
    problems = {
        start + row: problem
        for rows, start in zip(read, starts, strict=False)
        for row, problem in rows.problems.items()
    }
    for row, column, problem in faults:
        problems.setdefault(row, f"{column}: {problem}")
    lines: dict[int, list[str]] = {}
    for row, text in zip(cells.index, cells["text"], strict=True):
        if row in problems:
            continue
        try:
            paragraphs = split_paragraphs(text)
        except UnreadableError as error:
            problems[row] = f"text: {error}"
        else:
            if paragraphs:
                lines[row] = paragraphs
            else:
                problems[row] = "text: empty"
    documents = cells[~cells.index.isin(problems)]
    names, places = _checksums(documents[["document"]]), b""
    whole = documents["paragraph"].isna()
    if whole.any() and not whole.all():
        both = (whole.index[whole][0], whole.index[~whole][0])
        files = dict.fromkeys(read[bisect_left(starts, row) - 1].file for row in both)
        listed = " and ".join(files)
        raise ValueError(f"{listed}: some rows have a paragraph and some do not")
    if whole.all():
        documents = documents.assign(text=pd.Series(lines, dtype="object")).explode("text")
        documents["paragraph"] = documents.groupby(level=0).cumcount() + 1
    else:
        documents["paragraph"] = documents["paragraph"].astype("float64")
        places = _checksums(documents[["document", "paragraph"]])
    documents = documents.astype({"text": "str", "paragraph": "int64"}).reset_index(drop=True)
    documents["actor"] = documents["actor"].fillna(documents["document"])
    found, counts = _in_files(problems, read, starts)
    return Piece(documents, found, counts, names, places, any(rows.try_again for rows in read))


def _joined(read: Sequence[Rows], starts: Sequence[int]) -> pd.DataFrame:
    """Return the cells of all tables; the index numbers the rows from 1."""
    pairs = zip(read, starts, strict=False)
    tables = [rows.cells.set_axis(rows.cells.index + start) for rows, start in pairs]
    filled = [table for table in tables if len(table)] or tables[:1]
    types = filled[0].dtypes
    if not all(types.equals(table.dtypes) for table in filled):
        # As objects, since a whole number would become a float where another table has no cells.
        filled = [table.astype("object") for table in filled]
    return pd.concat(filled) if len(filled) > 1 else filled[0]


def _in_files(
    problems: Mapping[int, str], read: Sequence[Rows], starts: Sequence[int]
) -> tuple[list[Problem], dict[str, int]]:
    """Return the problems with their rows as each file numbers them, and the rows of each file."""
    found: list[Problem] = []
    counts = Counter[str]()
    rows_left = deque(sorted(problems))
    for rows, start in zip(read, starts, strict=False):
        while rows_left and rows_left[0] <= start + rows.length:
            row = rows_left.popleft()
            found.append(Problem(rows.file, row - start + counts[rows.file], problems[row]))
        counts[rows.file] += rows.length
    return found, dict(counts)


def _checksums(keys: pd.DataFrame) -> bytes:
    return pd.util.hash_pandas_object(keys, index=False).to_numpy().astype(np.uint64).tobytes()
