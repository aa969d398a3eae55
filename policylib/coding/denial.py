"""Find whether the words at a place in a sentence are denied, refused, stopped or opposed."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from policylib.coding.grammar import grammar, tokens
from policylib.documents.sentences import language_of, sentences

Ints = NDArray[np.int64]
NEAR = {"en": 25, "zh": 6}  # characters in which a word such as "weaken" belongs to a denial
REACH = {"en": 40, "zh": 16}  # characters between the words and a denial after them
BETWEEN = {
    "en": re.compile(r"\b(?:that|which|who|and \w+ (?:it|them))\b|[.;]"),
    "zh": re.compile("[，。；]"),
}
HEAD = re.compile(r"[\w ]+(?![?*+{|])")  # the plain text that a pattern begins with


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
        if not _may_deny(paragraph, language):
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
    clauses = _clauses(sentence, language)
    if clauses is None:
        return False
    words = sentence[start:end]
    sentence, edges = clauses
    before = sentence[edges[bisect_right(edges, start) - 1] : start]
    last = bisect_right(edges, max(end - 1, start))
    behind, beyond = sentence[end : edges[last]], sentence[edges[last] :]
    if _is_bad(words, before, behind, language):
        return False
    joins, ends = _pattern(language, "joins"), _pattern(language, "ends")
    for match in _phrases(language, "denies").finditer(behind):
        if joins.search(behind, 0, match.start()):
            behind = behind[: match.start()]
            break
    denials: list[int] = []
    for match in _phrases(language, "denies").finditer(before):
        beside = joins.search(before, 0, match.start())
        if match[0] == "nor" or (beside and not (match[0] == "not" and beside[0][0] == ",")):
            denials.clear()  # it is beside the denials before, and does not deny them
        if ends.match(before, match.end()) is None:
            denials.append(match.end())
    found = len(denials)
    near = behind[: NEAR[language]]
    if (after := _after(behind, "open", language)) is not None:
        found += 1
        near = behind[after.end() :][: NEAR[language]]
        found += _phrases(language, "denies").search(near) is not None
    elif (
        _after(behind, "behind", language)
        or _pattern(language, "around").search(f"{before}\0{behind}")
        or _pattern(language, "topic").match(beyond)
    ):
        found += 1
        near = ""
    if found:
        # A denial of something that harms the words is not against them.
        refused = before[denials[0] if denials else -NEAR[language] :] + " " + near
        found += _pattern(language, "harms").search(refused) is not None
    return found % 2 == 1


def _is_bad(words: str, before: str, behind: str, language: str) -> bool:
    """Return whether the words name something bad that is not itself dealt with, as debt."""
    if _pattern(language, "bad").search(words) is None:
        return False
    return _pattern(language, "handled").search(f"{before}\0{behind}") is None


def _after(behind: str, name: str, language: str) -> re.Match[str] | None:
    """Return the first phrase of a list that follows the words in the same clause."""
    match = _phrases(language, name).search(behind[: 2 * REACH[language]])
    if match is None or match.start() > REACH[language]:
        return None
    if BETWEEN[language].search(behind, 0, match.start()):
        return None
    # In 能效不达标的项目不准开工, the projects are denied, not what is said about them.
    return None if name == "open" and "的" in behind[: match.start()] else match


@lru_cache(maxsize=64)
def _clauses(sentence: str, language: str) -> tuple[str, list[int]] | None:
    """Return a sentence without what only looks like a denial, and the edges of its clauses.

    A clause without a verb, as in a list, belongs to the one before it. None means that nothing
    is denied.
    """
    # Replace phrases that only look like denials by spaces, so that places stay the same.
    for match in _phrases(language, "affirms").finditer(sentence):
        blank = " " * len(match[0])
        sentence = sentence[: match.start()] + blank + sentence[match.end() :]
    if not _may_deny(sentence, language):
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


def _may_deny(text: str, language: str) -> bool:
    return any(_phrases(language, name).search(text) for name in ("denies", "open", "behind"))


class _Phrases:
    """Patterns that are found by the plain text they begin with, since one long pattern is slow."""

    def __init__(self, patterns: Iterable[str], language: str) -> None:
        self.words = language == "en"  # only whole words count
        begin, end = (r"\b", r"(?!\w)") if self.words else ("", "")
        groups: dict[str, list[str]] = {}
        for pattern in patterns:
            head = HEAD.match(pattern)
            groups.setdefault(head[0].lower() if head else "", []).append(pattern)
        others = "|".join(groups.pop("", ["(?!)"]))
        self.others = re.compile(f"{begin}(?:{others}){end}", re.IGNORECASE)
        self.finder = AhoCorasick(list(groups))
        self.groups = [
            (len(head), re.compile(f"(?:{'|'.join(group)}){end}", re.IGNORECASE))
            for head, group in groups.items()
        ]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches from left to right; none overlaps the one before."""
        low = text.lower()
        if len(low) != len(text):  # a few capitals have a small form of two characters
            low = "".join(lower if len(lower := c.lower()) == 1 else c for c in text)
        places: dict[int, list[tuple[int, re.Pattern[str]]]] = {}
        for number, start, _ in self.finder.find_matches_as_indexes(low, overlapping=True):
            if not (self.words and start and (text[start - 1].isalnum() or text[start - 1] == "_")):
                places.setdefault(start, []).append(self.groups[number])
        found = {match.start(): match for match in self.others.finditer(text)}
        last = 0
        for start in sorted({*places, *found}):
            if start < last:
                continue
            match = found.get(start)
            for _, group in sorted(places.get(start, []), key=itemgetter(0), reverse=True):
                match = group.match(text, start) or match
                if match is not None:
                    break
            if match is not None:
                yield match
                last = match.end()

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return next(self.finditer(text), None)


@cache
def _phrases(language: str, name: str) -> _Phrases:
    return _Phrases(grammar(language).denials[name], language)


@cache
def _pattern(language: str, name: str) -> re.Pattern[str]:
    pattern = "|".join(grammar(language).denials[name] or ["(?!)"])
    if language == "en" and name in ("bad", "harms"):
        pattern = rf"\b(?:{pattern})(?!\w)"  # whole words
    return re.compile(pattern, re.IGNORECASE)
