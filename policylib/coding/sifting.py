"""Leave out phrases that are known, part of others, measures of numbers, or names of places."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib.coding.spans import find_spans
from policylib.coding.terms import BREAK, fold, spell_out
from policylib.coding.units import text_begins

MOST_KNOWN = 1 / 3  # share of places that overlap a term of the codebook or a name
MOST_MEASURES = 1 / 2  # share of places behind a number
MOST_INSIDE = 1 / 2  # share of places inside a longer candidate
GOES_ON = " 十百千万亿多余"  # a number may have these behind its digits
LEAST_SPREAD = 1 / 4  # number of documents, divided by the number expected by chance

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Places(NamedTuple):
    """Places of terms in texts that are joined by line breaks, sorted, longer terms first."""

    term: Ints  # the row of the term
    text: Ints  # the number of the text
    start: Ints  # in the joined texts
    end: Ints


def as_terms(names: Iterable[str]) -> pd.DataFrame:
    """Return names as terms that can be searched for."""
    table = pd.DataFrame({"term": list(names)}, dtype="str")
    table["folded"] = [fold(spell_out(name)[0])[1] for name in table["term"]]
    return table


def find_places(texts: Sequence[str], terms: pd.DataFrame) -> Places:
    """Find all places of terms, also those inside longer terms."""
    table = terms[["term", "folded"]].assign(code=np.arange(len(terms)), excluded=False)
    text, term, start, end = find_spans(texts, table, nested=True)
    begin = text_begins(texts)[text]
    return Places(term, text, start + begin, end + begin)


def count_distinct(term: Ints, values: Ints, terms: int) -> Ints:
    """Count the different values that the places of each term have."""
    kinds = values.max(initial=0) + 1
    counts: Ints = np.bincount(np.unique(term * kinds + values) // kinds, minlength=terms)
    return counts


def sift(
    phrases: pd.DataFrame, texts: Sequence[str], document: Ints, known: pd.DataFrame, least: int
) -> tuple[pd.DataFrame, Places]:
    """Leave out phrases that are not candidates.

    Parameters
    ----------
    phrases : DataFrame
        `term` and `folded`.
    texts : sequence of str
        The texts.
    document : array
        The number of the document of each text.
    known : DataFrame
        Terms and names that are known: `term` and `folded`.
    least : int
        How often a phrase must occur.

    Returns
    -------
    tuple
        The rows of `phrases` that are left, numbered from 0, and their places.
    """
    found = find_places(texts, phrases)
    count = np.bincount(found.term, minlength=len(phrases))
    kept = count >= least
    known_places = _overlaps(found, find_places(texts, known))
    kept &= np.bincount(found.term, known_places, len(phrases)) < MOST_KNOWN * count
    measures = _behind_numbers(found, BREAK.join(texts))
    kept &= np.bincount(found.term, measures, len(phrases)) < MOST_MEASURES * count
    documents = count_distinct(found.term, document[found.text], len(phrases))
    kept &= documents >= LEAST_SPREAD * _expected(count, _shares(texts, document))
    phrases, found = _only(kept, phrases, found)
    inside = np.bincount(found.term, _inside_longer(found), len(phrases))
    return _only(inside <= MOST_INSIDE * count[kept], phrases, found)


def _only(kept: Bools, phrases: pd.DataFrame, found: Places) -> tuple[pd.DataFrame, Places]:
    """Return some of the phrases, numbered again, and their places."""
    term, *rest = (column[kept[found.term]] for column in found)
    return phrases[kept].reset_index(drop=True), Places((np.cumsum(kept) - 1)[term], *rest)


def _overlaps(found: Places, known: Places) -> Bools:
    """Return which places have a character in common with a known one."""
    size = max(found.end.max(initial=0), known.end.max(initial=0)) + 1
    steps = np.bincount(known.start, minlength=size) - np.bincount(known.end, minlength=size)
    within = np.concatenate([[0], np.cumsum(np.cumsum(steps) > 0)])
    overlaps: Bools = within[found.end] > within[found.start]
    return overlaps


def _behind_numbers(found: Places, text: str) -> Bools:
    """Return which places are directly behind a number such as 12 or 3.5亿."""
    codes, _ = fold(text)
    behind = (codes >= ord("0")) & (codes <= ord("9"))
    goes_on = np.isin(codes, [*map(ord, GOES_ON)])
    for _ in range(2):
        behind[1:] |= goes_on[1:] & behind[:-1]
    follows: Bools = np.concatenate([[False], behind])[found.start]
    return follows


def _inside_longer(found: Places) -> Bools:
    """Return which places are inside the place of a longer phrase."""
    reach = np.maximum.accumulate(np.concatenate([[-1], found.end]))[:-1]
    inside: Bools = found.end <= reach
    return inside


def _shares(texts: Sequence[str], document: Ints) -> Floats:
    """Return the share of each document in all characters."""
    sizes = np.bincount(document, np.fromiter(map(len, texts), np.int64, len(texts)))
    shares: Floats = sizes / max(sizes.sum(), 1)
    return shares


def _expected(count: Ints, shares: Floats) -> Floats:
    """Return in how many documents a phrase would be if its places were independent."""
    counts, number = np.unique(count, return_inverse=True)
    documents = [-np.expm1(-n * shares).sum() for n in counts.tolist()]
    return np.array(documents, np.float64)[number]
