"""Rows of JSON Lines or Parquet as paragraphs of documents."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policylib.corpus.columns import check_cells
from policylib.documents.paragraphs import split_paragraphs


class Problem(NamedTuple):
    """A file or a row that is left out, and why."""

    file: str
    row: int | None  # from 1
    problem: str


class Piece(NamedTuple):
    """Documents that are coded at once."""

    documents: pd.DataFrame  # one row per paragraph, with the columns of COLUMNS
    problems: list[Problem]  # their rows are counted from the first row of the piece
    rows: dict[str, int]  # the number of rows of each file, if it has rows
    names: bytes = b""  # a checksum of eight bytes for each row, of the name of its document
    places: bytes = b""  # the same of document and paragraph, if rows are paragraphs
    try_again: bool = False  # whether a file may be readable another time


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
    """Return the cells in a line of JSON, or what is wrong with it."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not UTF-8, which JSON Lines must be"
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return row if isinstance(row, dict) else "not an object with names and values"


def piece_of_rows(rows: pd.DataFrame, file: str, count: int, problems: dict[int, str]) -> Piece:
    r"""Return rows as paragraphs. The index numbers the rows; `problems` are those of other rows.

    A row with a paragraph is a paragraph. A row without is a document, and each line of its text
    that is not empty is a paragraph.

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
    texts = zip(cells.index, cells["text"], strict=True)
    lines = {row: split_paragraphs(text) for row, text in texts if row not in problems}
    problems |= {row: "text: empty" for row, paragraphs in lines.items() if not paragraphs}
    documents = cells[~cells.index.isin(problems)]
    names, places = _checksums(documents[["document"]]), b""
    whole = documents["paragraph"].isna()
    if whole.any() and not whole.all():
        raise ValueError(f"{file}: some rows have a paragraph, and some have none")
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
