"""What is said of a corpus when all its parts are coded."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd

from policylib._corpus_rows import Problem
from policylib._pieces import load
from policylib._sources import Files, Part
from policylib._target import TOTALS, Record


def check_identities(parts: list[Part], records: list[Record]) -> None:
    """Raise if a document or paragraph stands twice, in one part or in two."""
    identities = np.frombuffer(b"".join(record.identities for record in records), np.uint64)
    sizes = [len(record.identities) // identities.itemsize for record in records]
    owner = np.repeat(np.arange(len(records)), sizes)
    order = np.argsort(identities, kind="stable")
    twice = np.flatnonzero(identities[order][1:] == identities[order][:-1])
    for first, second in zip(owner[order[twice]], owner[order[twice + 1]], strict=True):
        # Two names may have one checksum, and the names stand in the source alone.
        pair = dict.fromkeys([first, second])
        pieces = [piece.documents for i in pair for piece in load(parts[i])[1]]
        places = pd.concat(pieces)[["document", "paragraph"]]
        double = places[places.duplicated()]
        if len(double):
            where = " and in ".join(str(parts[i]) for i in pair)
            name = double["document"].iloc[0]
            raise ValueError(f"document {name!r} stands twice, in {where}; give each its own name")


def list_skipped(problems: list[Problem], parts: list[Part], records: list[Record]) -> pd.DataFrame:
    """List what was left out, with the numbers of rows as their files have them."""
    told = [*problems]
    before: Counter[str] = Counter()
    for part, record in zip(parts, records, strict=True):
        if isinstance(part, Files):
            told += record.problems
            continue
        told += [
            problem._replace(row=before[part.name] + (problem.row or 0))
            for problem in record.problems
        ]
        before[part.name] += record.rows
    table = pd.DataFrame(told, columns=Problem._fields)
    table = table.astype({"file": "str", "row": "Int64", "problem": "str"})
    return table.sort_values(["file", "row"], na_position="first", ignore_index=True)


def summarise(records: list[Record], skipped: int) -> "pd.Series[int]":
    """Add up what the parts are said to hold."""
    sums = {total: sum(getattr(record, total) for record in records) for total in TOTALS}
    ends = [record.ends for record in records if record.ends]
    # A document of paragraphs may go on in the next part.
    sums["documents"] -= sum(last == first for (_, last), (first, _) in pairwise(ends))
    kept = sum(record.kept for record in records)
    return pd.Series({**sums, "skipped": skipped, "parts": len(records), "kept": kept})
