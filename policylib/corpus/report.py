"""What is said of a corpus when all its parts are coded."""

from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import first_of
from policylib.corpus.pieces import load
from policylib.corpus.rows import Problem, later
from policylib.corpus.sources import Part
from policylib.corpus.store import TOTALS, Record


def check_places(parts: list[Part], records: list[Record]) -> None:
    """Raise if a document, or a paragraph of one, stands twice."""
    by_paragraph = [bool(record.places) for record in records if record.names]
    if 0 < sum(by_paragraph) < len(by_paragraph):
        raise ValueError("some rows of the source have a paragraph, and some have none")
    held = [record.places if any(by_paragraph) else record.names for record in records]
    checksums = _numbers(held)
    owner = np.repeat(np.arange(len(held)), [len(own) // 8 for own in held])
    order = np.argsort(checksums, kind="stable")
    twice = np.flatnonzero(checksums[order][1:] == checksums[order][:-1])
    for first, second in zip(owner[order[twice]], owner[order[twice + 1]], strict=True):
        # Two names may have one checksum, and the names stand in the source alone.
        pair = dict.fromkeys([first, second])
        pieces = [piece.documents for i in pair for piece in load(parts[i])[1]]
        places = pd.concat([documents[["document", "paragraph"]] for documents in pieces])
        double = places[places.duplicated()]
        if len(double):
            raise ValueError(tell_doubles(double, " and in ".join(str(parts[i]) for i in pair)))


def tell_doubles(double: pd.DataFrame, where: str) -> str:
    """Say which documents stand twice.

    Examples
    --------
    >>> tell_doubles(pd.DataFrame({"document": ["a", "a", "b"]}), "a.jsonl")
    "2 documents stand twice, in a.jsonl: 'a', 'b'; give each its own name"
    """
    names = double["document"].unique().tolist()
    if len(names) == 1:
        return f"document {names[0]!r} stands twice, in {where}; give each its own name"
    told = f"{len(names)} documents stand twice, in {where}"
    return f"{told}: {first_of(names)}; give each its own name"


def _numbers(held: list[bytes]) -> NDArray[np.uint64]:
    return np.frombuffer(bytearray(b"".join(held)), np.uint64)


def list_skipped(problems: list[Problem], records: list[Record]) -> pd.DataFrame:
    """List what was left out, with the numbers of rows as their files have them."""
    told = [*problems]
    before: Counter[str] = Counter()
    for record in records:
        told += later(record.problems, before)
        before.update(record.rows)
    table = pd.DataFrame(told, columns=Problem._fields)
    table = table.astype({"file": "str", "row": "Int64", "problem": "str"})
    return table.sort_values(["file", "row"], na_position="first", ignore_index=True)


def summarise(records: list[Record], skipped: int) -> "pd.Series[int]":
    """Add up what the parts are said to hold."""
    sums = {total: sum(getattr(record, total) for record in records) for total in TOTALS}
    if any(record.places for record in records):  # paragraphs of one may lie in several parts
        sums["documents"] = len(np.unique(_numbers([record.names for record in records])))
    kept = sum(record.kept for record in records)
    return pd.Series({**sums, "skipped": skipped, "parts": len(records), "kept": kept})
