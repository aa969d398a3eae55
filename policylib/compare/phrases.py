"""Phrases of a document that others did not say before, and say after."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple
from unicodedata import category, east_asian_width, normalize

import numpy as np
import pandas as pd

from policylib._util.cells import require_values, sort_rows
from policylib._util.characters import is_invisible
from policylib._util.numbers import require_whole
from policylib.coding.terms import CHARACTERS, SPACES
from policylib.coding.units import APOSTROPHES, QUOTES, Ints, Units, paired, read_units
from policylib.compare.passages import in_order

SOURCE, PREVIOUS, BEFORE, AFTER = range(4)
NAMES = ("source", "previous", "before", "after")
COLUMNS = ["document", "paragraph", "text", "actor", "rank"]
TYPES = {
    "phrase": "str",
    "before": "int64",
    "after": "int64",
    "around": "str",
    "around_documents": "int64",
    "around_before": "int64",
    "around_in_source": "bool",
}
END = -1  # of a clause; no unit has this number
MARKS = re.compile(f"[{re.escape(QUOTES + APOSTROPHES)}]")
# The marks that may be apostrophes, and those that close a quotation which each of them opens.
CLOSED_BY = {"‘": "’", "‚": "‘’", "‛": "’", "'": "'", "＇": "＇", "’": ""}
DEEPEST = 5  # quotations inside each other
STRAIGHT = "'＇"
DECADE = re.compile(r"\d\ds\b")
SENTENCE_END = re.compile(r"[.!?。！？\n]")


class Phrases(NamedTuple):
    """Phrases of so many units, and the places where they begin."""

    size: int
    place: Ints  # in the units of all texts
    number: Ints  # of the phrase at each place
    documents: Ints  # phrases × (source, previous, before, after): numbers of documents


def uptake(
    source: pd.DataFrame,
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    previous: pd.DataFrame | None = None,
    most_before: int = 2,
    least_after: int = 6,
) -> pd.DataFrame:
    """Find the phrases of a document that few documents said before, and many said after.

    A phrase is any sequence of words, or of two Chinese characters or more, without punctuation in
    it. No program divides the text into words. A phrase is left out if a longer phrase of the
    source is in the same documents after.

    Said after is not taken up: both may have a third source. So read `around`, the words in which
    the later documents have the phrase. If the source does not have these, or documents before it
    have them, look for a nearer source.

    Parameters
    ----------
    source, before, after : DataFrame
        The document, and those that others wrote before and after it, one row for each paragraph:
        `document`, `paragraph` and `text`, and in `after` perhaps `actor`. Exchange `before` and
        `after` to find the phrases of the source that many said before, and few after.
    previous : DataFrame, optional
        The document that came before the source, such as the report of the year before. Its phrases
        are left out.
    most_before, least_after : int
        The most documents before, and the least number after.

    Returns
    -------
    DataFrame
        One row for each phrase, most documents after first, then in the order of the source:
        `phrase` (as in the source, without quotation marks and double spaces), `before` and `after`
        (numbers of documents), `around`, `around_documents` and `around_before` (how many documents
        after and before have `around`), `around_in_source` (whether the source has it), `actors` (a
        tuple of those who said the phrase after, by the column `actor` or else `document`) and
        `places` (a tuple of its places after, each a tuple of document, paragraph, start and end).

        `around` is the longest phrase with this phrase in it that more than half of the documents
        have that said it after. Of several, it is the one that most of them have, and then the
        first in `after`. It is missing if there is none that is longer than the phrase.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing, a document or a paragraph has no name, a paragraph is in two rows, a
        text is not a string, an actor after is missing or a list, or their types have no order; the
        message names table and row. If a limit is not a whole number, or `least_after` is larger
        than the number of documents after.

    See Also
    --------
    shared_wording : Longer passages that two documents share.
    concordance : The places of a phrase in their sentences.

    Examples
    --------
    >>> def texts(*texts):
    ...     return pd.DataFrame({"document": [*"abc"][: len(texts)], "paragraph": 1, "text": texts})
    >>> after = texts("Invest in people.", "We invest in people and things.", "We invest in roads.")
    >>> found = uptake(
    ...     texts("Invest in people."), texts("Build roads."), after, most_before=0, least_after=2
    ... )
    >>> print(found[["phrase", "before", "after", "actors"]].to_string(index=False))
              phrase  before  after    actors
           Invest in       0      3 (a, b, c)
    Invest in people       0      2    (a, b)
    """
    require_whole(most_before, "most_before", least=0)
    require_whole(least_after, "least_after")
    tables = {"source": source, "before": before, "after": after}
    table = _joined(tables if previous is None else tables | {"previous": previous})
    later = table["number"][table["side"] == AFTER].nunique()
    if least_after > later:
        many = f"{later} document{'' if later == 1 else 's'}"
        raise ValueError(f"least_after is {least_after}, but after has {many}")
    units = read_units(table["text"].to_list())
    levels = _levels(units, table, least_after)
    chosen = [
        (level, number, place)
        for level, longer in zip_longest(levels, levels[1:])
        for number, place in _chosen(units, table, level, longer, most_before)
    ]
    chosen.sort(key=lambda found: (-found[0].documents[found[1], AFTER], found[2], found[0].size))
    rows = [_row(units, table, level, number) for level, number, _ in chosen]
    return pd.DataFrame(rows, columns=[*TYPES, "actors", "places"]).astype(TYPES)


def _joined(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Join the tables, with the `side` and the `number` of the document of each paragraph."""
    parts = []
    for name, table in tables.items():
        try:
            part = in_order(table)
            if name == "after":
                part = _with_actors(part)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
        # As objects, the names stay what they are, whatever those of the other tables are.
        columns = part.reindex(columns=COLUMNS).astype("object")
        parts.append(columns.assign(side=NAMES.index(name)))
    joined = pd.concat(parts, ignore_index=True)
    return joined.assign(number=joined.groupby(["side", "document"], sort=False).ngroup())


def _with_actors(table: pd.DataFrame) -> pd.DataFrame:
    """Add who says each paragraph, and the actor's rank, or raise if actors have no order."""
    column = "actor" if "actor" in table else "document"
    require_values(table, column)
    actors = table[[column]].astype("object")
    order = sort_rows(actors.drop_duplicates(), [column])[column]
    rank = {actor: rank for rank, actor in enumerate(order)}
    return table.assign(actor=actors[column], rank=[rank[actor] for actor in actors[column]])


def _levels(units: Units, table: pd.DataFrame, least_after: int) -> list[Phrases]:
    """Find the phrases of each size that are in the source and in enough documents after."""
    document, side = (table[name].to_numpy()[units.text] for name in ("number", "side"))
    levels: list[Phrases] = []
    place = np.arange(len(units.kind))
    number = pd.factorize(units.kind)[0]
    while len(place):
        documents = _documents(number, document[place], side[place])
        kept = (documents[:, SOURCE] > 0) & (documents[:, AFTER] >= least_after)
        again = (np.cumsum(kept) - 1)[number]
        place, number = place[kept[number]], again[kept[number]]
        levels.append(Phrases(len(levels) + 1, place, number, documents[kept]))
        # Two phrases that overlap in all but one unit make a phrase that is longer by one.
        follows = np.flatnonzero(np.diff(place) == 1)
        follows = follows[units.clause[place[follows]] == units.clause[place[follows + 1]]]
        number = paired(number[follows], number[follows + 1])
        place = place[follows]
    return levels


def _documents(number: Ints, document: Ints, side: Ints) -> Ints:
    """Count the documents of each side that have each phrase."""
    once = pd.DataFrame({"number": number, "document": document, "side": side}).drop_duplicates()
    counts = np.zeros((number.max(initial=-1) + 1, len(NAMES)), np.int64)
    np.add.at(counts, (once["number"].to_numpy(), once["side"].to_numpy()), 1)
    return counts


def _chosen(
    units: Units, table: pd.DataFrame, level: Phrases, longer: Phrases | None, most_before: int
) -> list[tuple[int, int]]:
    """Return the phrases that are new and not part of an equal longer one, and their places."""
    new = (level.documents[:, PREVIOUS] == 0) & (level.documents[:, BEFORE] <= most_before)
    own = table["side"].to_numpy()[units.text[level.place]] == SOURCE
    place, number = level.place[own], level.number[own]
    if level.size == 1:  # one Chinese character is not a phrase, but one word may be
        new[number[units.kind[place] < CHARACTERS]] = False
    after = level.documents[:, AFTER]
    if longer is not None:
        by_place = np.zeros(len(units.kind) + 1, np.int64)  # the last one is before the first
        by_place[longer.place] = longer.documents[longer.number, AFTER]
        within = np.maximum(by_place[place], by_place[place - 1])
        new[number[within == after[number]]] = False
    first = np.unique(number, return_index=True)[1]
    first = first[new[number[first]]]
    return list(zip(number[first].tolist(), place[first].tolist(), strict=True))


def _row(units: Units, table: pd.DataFrame, level: Phrases, number: int) -> tuple[Any, ...]:
    """Return what is known of a phrase: a row of the result."""
    places = level.place[level.number == number]
    documents, sides = (table[name].to_numpy()[units.text[places]] for name in ("number", "side"))
    own, later = places[sides == SOURCE].tolist(), places[sides == AFTER].tolist()
    there = dict(zip(later, documents[sides == AFTER].tolist(), strict=True))
    first, left, size = _around(units, there, level.size)
    around: tuple[Any, ...] = (None, 0, 0, False)
    if size > level.size:
        has = np.array(
            [_same(units, first - left, place - left, size) for place in places.tolist()]
        )
        counts = [len(np.unique(documents[has & (sides == side)])) for side in (AFTER, BEFORE)]
        around = (_text(units, table, first - left, size), *counts, (has & (sides == SOURCE)).any())
    rows = units.text[later]
    said = table.iloc[rows].drop_duplicates("rank").sort_values("rank")
    spans = zip(
        table["document"].iloc[rows],
        table["paragraph"].iloc[rows],
        units.start[later].tolist(),
        units.end[np.add(later, level.size - 1)].tolist(),
        strict=True,
    )
    phrase = _text(units, table, own[0], level.size)
    counts = level.documents[number, [BEFORE, AFTER]].tolist()
    return (phrase, *counts, *around, tuple(said["actor"]), tuple(spans))


def _around(units: Units, document: dict[int, int], size: int) -> tuple[int, int, int]:
    """Return the longest phrase around a phrase that more than half of its documents have.

    `document` has the document of each place of the phrase, in the order of places. Returned are
    a place, the units that were added before it, and the size of the longer phrase.
    """
    before, behind = {}, {}
    for place in document:
        first, last = np.searchsorted(units.clause, units.clause[place] + [0, 1]).tolist()
        before[place] = units.kind[first:place][::-1].tolist()
        behind[place] = units.kind[place + size : last].tolist()
    # Places that share more units are fewer, so the longest phrase ends where some go apart.
    found = [
        (left + right, len({document[place] for place in places}), left - places[0], left)
        for left, alike in _alike(before, [*document], document)
        for right, places in _alike(behind, alike, document)
    ]
    more, _, start, left = max(found)
    return left - start, left, size + more


def _alike(
    beside: dict[int, list[int]], places: list[int], document: dict[int, int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield how many units beside some places are alike, and the places, if in most documents.

    `beside` has the units on one side of each place, the nearest first.
    """
    most = len({*document.values()}) // 2 + 1
    groups = [(0, places)]
    while groups:
        size, places = groups.pop()
        parts = defaultdict(list)
        for place in places:
            parts[beside[place][size] if size < len(beside[place]) else END].append(place)
        if len(parts) > 1 or END in parts:
            yield size, places
        for unit, part in parts.items():
            if unit != END and len({*map(document.get, part)}) >= most:
                groups.append((size + 1, part))


def _same(units: Units, one: int, two: int, size: int) -> bool:
    """Return whether two places have the same units, the second within one clause."""
    if two < 0 or two + size > len(units.kind):
        return False
    kinds = units.kind[one : one + size], units.kind[two : two + size]
    return np.array_equal(*kinds) and bool(units.clause[two] == units.clause[two + size - 1])


def _text(units: Units, table: pd.DataFrame, place: int, size: int) -> str:
    """Return the text of a phrase without quotation marks."""
    text = table["text"].iloc[units.text[place]]
    return without_quotes(text, int(units.start[place]), int(units.end[place + size - 1]))


def without_quotes(text: str, start: int, end: int) -> str:
    """Return a stretch of a text without quotation marks, of which it may have half of a pair.

    Apostrophes stay: within a word, behind a word if no quotation is open, and in the '90s. Two
    spaces become one.

    Examples
    --------
    >>> text = "the ‘people’s plan’ and workers’ rights"
    >>> without_quotes(text, 5, 18), without_quotes(text, 24, 39)
    ('people’s plan', 'workers’ rights')
    >>> without_quotes("打造‘数字政府’样板", 0, 10)
    '打造数字政府样板'
    """
    quotes = _quotes(text)
    kept = "".join(text[place] for place in range(start, end) if place not in quotes)
    return re.sub(f"([{SPACES}])[{SPACES}]+", r"\1", kept)


@lru_cache
def _quotes(text: str) -> frozenset[int]:
    """Return the places of the quotation marks in a text."""
    found: set[int] = set()
    opened: list[tuple[str, int]] = []  # marks that may begin a quotation, and their places
    for match in MARKS.finditer(text):
        place, mark = match.start(), match[0]
        if mark not in CLOSED_BY:  # then it is never an apostrophe
            found.add(place)
            continue
        before = _beside(text, range(place - 1, -1, -1))
        behind = _beside(text, range(place + 1, len(text)))
        if before == behind == "word":  # as in people’s, d'abord and Hawai‘i
            continue
        wide = "wide" in (before, behind)
        closes = [
            number
            for number, (one, first) in enumerate(opened)
            if mark in CLOSED_BY[one]
            and not (mark in STRAIGHT and SENTENCE_END.search(text, first, place))
        ]
        if closes and before != "space":
            found |= {opened[closes[-1]][1], place}
            opened = opened[: closes[-1]]
        elif mark in "‘‚‛":
            found.add(place)
            opened = [*opened[1 - DEEPEST :], (mark, place)]
        elif mark in STRAIGHT and before != "word" and behind != "space":
            # An apostrophe may begin a word, so the other mark of the pair decides.
            found |= {place} if wide else set()
            others = [one for one in opened if one[0] != mark]
            opened = others if DECADE.match(text, place + 1) else [*others, (mark, place)]
        elif wide and not (before == "wide" and behind == "word"):
            found.add(place)
    return frozenset(found)


def _beside(text: str, places: range) -> str:
    """Return what is beside a mark: a space, a wide character, part of a word, or punctuation."""
    for place in places:
        character = normalize("NFKC", text[place])[:1]  # a letter of full width is a narrow one
        kind = category(text[place])[0]
        if character.isspace():
            return "space"
        if kind == "M" or is_invisible(text[place]):
            continue
        if east_asian_width(character) in "WF":
            return "wide"
        return "word" if kind in "LN" else "mark"
    return "space"
