"""The results of a run over all parts: totals, skipped files and rows, duplicate documents."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import first_of
from policylib.corpus.pieces import load
from policylib.corpus.rows import Problem, shift_rows
from policylib.corpus.sources import Part
from policylib.corpus.store import TOTALS, Record


def refuse_duplicates(parts: list[Part], records: list[Record]) -> None:
    """Raise if two rows of a source are the same document, or the same paragraph of one."""
    names = sum(len(record.names) for record in records)
    places = sum(len(record.places) for record in records)
    if 0 < places < names:
        raise ValueError("some rows of the source have a paragraph and some do not")
    held = [record.places or record.names for record in records]
    part = np.repeat(range(len(parts)), [len(checksums) // 16 for checksums in held])
    by_checksum = pd.Series(part, _numbers(held))
    # Two names may have the same checksum, so the names are read again and compared.
    for _, equal in by_checksum[by_checksum.index.duplicated(False)].groupby(level=0):
        found = [parts[number] for number in equal.unique()]
        documents = pd.concat(piece.documents for one in found for piece in load(one)[1])
        refuse_repeated(documents, " and in ".join(map(str, found)))


def refuse_repeated(documents: pd.DataFrame, where: str) -> None:
    """Raise if two rows are the same paragraph.

    Examples
    --------
    >>> refuse_repeated(pd.DataFrame({"document": ["a", "a"], "paragraph": 1}), "a.jsonl")
    Traceback (most recent call last):
    ...
    ValueError: a.jsonl: 1 document appears twice: 'a'; each document needs its own name
    """
    repeated = documents.duplicated(["document", "paragraph"])
    if names := documents.loc[repeated, "document"].unique().tolist():
        what = "1 document appears" if len(names) == 1 else f"{len(names)} documents appear"
        listed = f"{what} twice: {first_of(names)}"
        raise ValueError(f"{where}: {listed}; each document needs its own name")


def _numbers(checksums: Iterable[str]) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex("".join(checksums)), np.uint64)


def list_skipped(problems: list[Problem], records: list[Record]) -> pd.DataFrame:
    """Return the skipped files and rows, with rows numbered as in their files."""
    listed, before = [*problems], Counter[str]()
    for record in records:
        listed += shift_rows(record.problems, before)
        before.update(record.rows)
    table = pd.DataFrame(listed, columns=Problem._fields)
    table = table.astype({"file": "str", "row": "Int64", "problem": "str"})
    return table.sort_values(["file", "row"], na_position="first", ignore_index=True)


def summarise(records: list[Record], skipped: int) -> "pd.Series[int]":
    """Return the totals of all parts."""
    totals = {total: sum(record.totals[total] for record in records) for total in TOTALS}
    if any(record.places for record in records):  # a document may be in several parts
        totals["documents"] = len(np.unique(_numbers(record.names for record in records)))
    kept = sum(record.kept for record in records)
    return pd.Series({**totals, "skipped": skipped, "parts": len(records), "kept": kept})
