"""Convert rows of JSON Lines or Parquet to paragraphs of documents."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policylib.corpus.columns import check_cells
from policylib.documents.paragraphs import UnreadableError, split_paragraphs


class Problem(NamedTuple):
    """A file or a row that is left out, and the reason."""

    file: str
    row: int | None  # from 1
    problem: str


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


def piece_of_rows(rows: pd.DataFrame, file: str, count: int, problems: dict[int, str]) -> Piece:
    r"""Return rows as paragraphs, with the problems of invalid rows.

    The index numbers the rows. A row with a paragraph is that paragraph. A row without one is a
    document, and each line of its text that is not empty is a paragraph. `problems` holds those
    of rows that are not in the table; new ones are added to it.

    Examples
    --------
    >>> rows = pd.DataFrame({"document": ["a", "b"], "text": ["Robots.\nQuanta.", " "]}, [1, 2])
    >>> piece = piece_of_rows(rows, "two.jsonl", 2, {})
    >>> piece.documents[["document", "paragraph", "text"]].to_numpy().tolist()
    [['a', 1, 'Robots.'], ['a', 2, 'Quanta.']]
    >>> piece.problems
    [Problem(file='two.jsonl', row=2, problem='text: empty')]
    """
    cells, faults = check_cells(rows)
    for row, column, problem in faults:
        problems.setdefault(row, f"{column}: {problem}")
    lines: dict[int, list[str]] = {}
    for row, text in zip(cells.index, cells["text"], strict=True):
        try:
            if row not in problems:
                lines[row] = split_paragraphs(text)
        except UnreadableError as error:
            problems[row] = f"text: {error}"
    problems |= {row: "text: empty" for row, paragraphs in lines.items() if not paragraphs}
    documents = cells[~cells.index.isin(problems)]
    names, places = _checksums(documents[["document"]]), b""
    whole = documents["paragraph"].isna()
    if whole.any() and not whole.all():
        raise ValueError(f"{file}: some rows have a paragraph and some do not")
    if whole.all():
        documents = documents.assign(text=pd.Series(lines, dtype="object")).explode("text")
        documents["paragraph"] = documents.groupby(level=0).cumcount() + 1
    else:
        documents["paragraph"] = documents["paragraph"].astype("float64")
        places = _checksums(documents[["document", "paragraph"]])
    documents = documents.astype({"text": "str", "paragraph": "int64"}).reset_index(drop=True)
    documents["actor"] = documents["actor"].fillna(documents["document"])
    listed = [Problem(file, row, problems[row]) for row in sorted(problems)]
    return Piece(documents, listed, {file: count}, names, places)


def _checksums(keys: pd.DataFrame) -> bytes:
    return pd.util.hash_pandas_object(keys, index=False).to_numpy().astype(np.uint64).tobytes()
