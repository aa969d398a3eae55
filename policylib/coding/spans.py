"""Find the terms of a codebook in texts, with an automaton that reads each text once."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pandas as pd
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from policylib._util.characters import SPELLED
from policylib.coding.terms import BREAK, fold, letters, spell_out

# Characters read at a time, few enough for the processor's cache. The result is always the same.
CHUNK = 2**18
MOST_HITS = 2**20  # read at a time, if terms are inside each other
# An acronym is found in capitals only, because AI in small letters may be a name or another word.
ACRONYM = range(2, 6)  # letters

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def find_spans(
    texts: Sequence[str], terms: pd.DataFrame, *, nested: bool = False
) -> tuple[Ints, Ints, Ints, Ints]:
    """Find the terms in texts.

    Latin terms match whole words only, and acronyms only words in capitals. A term does not count
    if it is inside a longer term, overlaps an earlier term of its code, or is inside a phrase that
    its code excludes.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    terms : DataFrame
        The terms, as `codebook_terms` returns them.
    nested : bool
        Keep terms inside longer ones, and terms that overlap others of their code.

    Returns
    -------
    tuple of array
        Four arrays with a value for each hit, in the order of texts and places: the number of the
        text, the row of the term, and the start and end of the hit, in characters of the text.
    """
    folded = np.array(terms["folded"].to_list(), dtype=str)
    patterns, pattern_of = np.unique(folded, return_inverse=True)
    automaton = AhoCorasick(patterns.tolist(), matchkind=MatchKind.Standard)
    edges = np.array([[ord(p[0]), ord(p[-1])] for p in patterns], np.int64).reshape(-1, 2)
    # A phrase may belong to several codes, so a pattern has several rows; sort them by pattern.
    rows = np.argsort(pattern_of, kind="stable")
    counts = np.bincount(pattern_of, minlength=len(patterns))
    firsts = np.cumsum(counts) - counts
    code = pd.factorize(terms["code"])[0]
    excluded = terms["excluded"].to_numpy(dtype=bool)
    window, margin = _window(pd.Series(counts, patterns))
    acronym = np.array([is_acronym(term) for term in terms["term"]], bool)
    found = []
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(BREAK)
    ends = np.cumsum(lengths)
    for first, last in _chunks(ends):
        part = texts[first:last]
        begins = ends[first:last] - lengths[first:last]
        begins -= begins[0]
        joined = BREAK.join(part)
        for (pattern, start, end), own in _whole_words(
            joined, automaton, letters()[edges], window, margin
        ):
            repeat = counts[pattern]
            row = rows[np.repeat(firsts[pattern], repeat) + count_up(repeat)]
            start, end = np.repeat(start, repeat), np.repeat(end, repeat)
            kept = ~excluded[row] & ~_excluded(code[row], start, end, excluded[row])
            for hit in np.flatnonzero(kept & acronym[row]).tolist():
                kept[hit] = joined[start[hit] : end[hit]].isupper()
            row, start, end = row[kept], start[kept], end[kept]
            if not nested:
                kept = ~_within_longer(start, end)
                row, start, end = row[kept], start[kept], end[kept]
                kept = ~_overlaps_earlier(code[row], start, end)
                row, start, end = row[kept], start[kept], end[kept]
            kept = (start >= own[0]) & (start < own[1])
            row, start, end = row[kept], start[kept], end[kept]
            text = np.searchsorted(begins, start, side="right") - 1
            found.append((text + first, row, start - begins[text], end - begins[text]))
    if not found:
        return (np.empty(0, np.int64),) * 4
    text, row, start, end = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return text, row, start, end


def is_acronym(term: str) -> bool:
    """Return whether a term consists of two to five capital letters.

    Examples
    --------
    >>> [is_acronym(term) for term in ("AI", "ЕС", "G20", "AI芯片", "Ai")]
    [True, True, False, False, False]
    """
    return len(term) in ACRONYM and all(letter.isupper() for letter in term)


def _chunks(ends: Ints) -> Iterator[tuple[int, int]]:
    """Yield ranges of texts that are read together; a long text is a range by itself."""
    first = 0
    while first < len(ends):
        begin = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, begin + CHUNK, side="right")))
        yield first, last
        first = last


def _window(counts: "pd.Series[int]") -> tuple[int, int]:
    """Return how many characters are read at a time, and how many on either side of them.

    `counts` has the number of rows of each pattern. Hits that end at one place differ in length,
    so their number is limited. Whether a hit counts depends on those that overlap it, and on those
    that overlap these, and so on: its code's earlier hit, a longer one, and one that excludes it.
    """
    lengths = counts.index.str.len()
    margin = 4 * int(lengths.max() + max(map(len, SPELLED.values()))) if len(counts) else 0
    most = int(counts.groupby(lengths).max().sum())
    return max(MOST_HITS // max(most, 1), 4 * margin), margin


def _whole_words(
    text: str, automaton: AhoCorasick, word: Bools, window: int, margin: int
) -> Iterator[tuple[tuple[Ints, Ints, Ints], tuple[int, int]]]:
    """Yield patterns that are not part of a word, sorted by start, the longest first.

    They are those of a window with its margins, and come with the start and end of the window. A
    ligature counts as its letters, as ß does; a hit that ends inside one ends behind it.
    """
    size = len(text)
    text, places = spell_out(text)
    characters, folded = fold(text)
    for begin in range(0, len(folded), window):
        low, high = max(begin - margin, 0), begin + window
        hits = automaton.find_matches_as_indexes(folded[low : high + margin], overlapping=True)
        flat = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits))
        pattern, start, end = flat.reshape(-1, 3).T
        start, end = start + low, end + low
        before = letters()[characters[np.maximum(start - 1, 0)]] & (start > 0)
        after = letters()[characters[np.minimum(end, len(characters) - 1)]]
        after &= end < len(characters)
        kept = ~(word[pattern, 0] & before) & ~(word[pattern, 1] & after)
        pattern, start, end = pattern[kept], start[kept], end[kept]
        own = begin, high
        if places is not None:
            start, end = places[0][start], places[1][end - 1]
            own = int(places[0][begin]), int(places[0][high]) if high < len(folded) else size
        order = np.lexsort((-end, start))
        yield (pattern[order], start[order], end[order]), own


def count_up(sizes: Ints) -> Ints:
    """Return the numbers from 0 within each group, for groups of these sizes."""
    numbers: Ints = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return numbers


def _within_longer(start: Ints, end: Ints) -> Bools:
    """Return which spans, sorted by start, are inside a longer one."""
    new = np.ones(len(start), dtype=bool)
    new[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    reach = np.maximum.accumulate(np.concatenate([[-1], end[new]]))[:-1]
    within: Bools = (end[new] <= reach)[np.cumsum(new) - 1]
    return within


def _overlaps_earlier(code: Ints, start: Ints, end: Ints) -> Bools:
    """Return which spans, sorted by start, overlap an earlier one of their own code."""
    if not len(start) or (start[1:] >= np.maximum.accumulate(end)[:-1]).all():
        return np.zeros(len(start), dtype=bool)
    line = code * (end.max(initial=0) + 1)  # a range of places for each code
    order = np.argsort(line + start, kind="stable")
    reach = np.maximum.accumulate(np.concatenate([[-1], (line + end)[order]]))[:-1]
    overlaps = np.empty(len(start), dtype=bool)
    overlaps[order] = (line + start)[order] < reach
    return overlaps


def _excluded(code: Ints, start: Ints, end: Ints, excluded: Bools) -> Bools:
    """Return which spans are inside a phrase that their own code excludes."""
    # Shift each code to its own range of places, so that spans of different codes never overlap.
    line = code * (end.max(initial=0) + 1)
    order = np.lexsort((~excluded, -end, line + start))
    reach = np.where(excluded, line + end, -1)[order]
    within = np.empty(len(code), dtype=bool)
    within[order] = (line + end)[order] <= np.maximum.accumulate(reach)
    return within
