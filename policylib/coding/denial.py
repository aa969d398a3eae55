"""Find whether the words at a place in a sentence are denied, refused, stopped or opposed."""

import re
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from policylib.coding.grammar import grammar, tokens
from policylib.coding.sentences import language_of, sentences

Ints = NDArray[np.int64]


def denied_hits(texts: list[str], text: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
    """Return whether each hit is denied in its sentence.

    Parameters
    ----------
    texts : list of str
        The paragraphs.
    text, start, end : array of int
        The place of each hit: the position in `texts`, in order, and the characters.

    Returns
    -------
    array of bool
        One value for each hit, as `denied` returns it.
    """
    found = np.zeros(len(text), dtype=bool)
    places = zip(text.tolist(), range(len(text)), start.tolist(), end.tolist(), strict=True)
    for number, hits in groupby(places, itemgetter(0)):
        paragraph = texts[number]
        language = language_of(paragraph)
        if _pattern(language, "denies").search(paragraph) is None:
            continue  # as in most paragraphs
        bounds = list(sentences(paragraph, language))
        firsts = [first for first, _ in bounds]
        for _, hit, left, right in hits:
            first, last = bounds[bisect_right(firsts, left) - 1]
            found[hit] = denied(paragraph[first:last], left - first, right - first, language)
    return found


def denied(sentence: str, start: int, end: int, language: str) -> bool:
    """Return whether the words at a place in a sentence are denied, refused, stopped or opposed.

    Parameters
    ----------
    sentence : str
        The sentence.
    start, end : int
        The place of the words.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    bool
        True if an odd number of denials holds for the clause of the words. Words that are bad in
        themselves, such as pollution or debt, are not denied by a ban or a cut.

    Examples
    --------
    >>> text = "Henan will build railways, but it rejected new motorways."
    >>> [denied(text, text.index(word), text.index(word) + 5, "en") for word in ("railw", "motor")]
    [False, True]
    >>> text = "不仅发展旅游，还不再新建铁路"
    >>> [denied(text, text.index(word), text.index(word) + 2, "zh") for word in ("旅游", "铁路")]
    [False, True]
    """
    if _pattern(language, "bad").search(sentence[start:end]):
        return False
    clauses = _clauses(sentence, language)
    if clauses is None:
        return False
    sentence, edges = clauses
    at = bisect_right(edges, start) - 1
    again = _pattern(language, "again")
    before = again.split(sentence[edges[at] : start])[-1]
    behind = again.split(sentence[end : edges[bisect_right(edges, max(end - 1, start))]])[0]
    ends = _pattern(language, "ends")
    denials = _pattern(language, "denies").finditer(before)
    found = sum(ends.search(before, match.end()) is None for match in denials)
    found += _pattern(language, "denied").search(behind) is not None
    if found:
        found += _pattern(language, "harms").search(before + " " + behind) is not None
    return found % 2 == 1


@lru_cache(maxsize=64)
def _clauses(sentence: str, language: str) -> tuple[str, list[int]] | None:
    """Return a sentence without what only looks like a denial, and the edges of its clauses.

    A clause without a verb, as in a list, belongs to the one before it. None means that nothing
    is denied.
    """
    # Replace phrases that only look like denials by spaces, so that places stay the same.
    sentence = _pattern(language, "affirms").sub(lambda match: " " * len(match[0]), sentence)
    if _pattern(language, "denies").search(sentence) is None:
        return None
    edges = [0, *(match.end() for match in _pattern(language, "breaks").finditer(sentence))]
    edges.append(len(sentence) + 1)
    if language == "zh":
        return sentence, edges
    words = grammar(language)
    kept = [
        first
        for first, last in pairwise(edges)
        if not first or any(t.tag in "VS" for t in tokens(sentence[first:last], words, []))
    ]
    return sentence, [*kept, edges[-1]]


@cache
def _pattern(language: str, name: str) -> re.Pattern[str]:
    pattern = grammar(language).denials[name]
    if language == "en" and not pattern.startswith("^"):
        pattern = rf"\b(?:{pattern})(?!\w)"  # whole words
    return re.compile(pattern, re.IGNORECASE)
