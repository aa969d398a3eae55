"""Find the named programmes, strategies and plans in the sentences of statements."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import require_columns, require_hashable
from policylib.coding.names import PLACES
from policylib.coding.spans import find_spans
from policylib.coding.terms import codebook_terms
from policylib.documents.sentences import language_of, sentences
from policylib.tables.read import Tables

Ints = NDArray[np.int64]


# The columns of a data package by which actors and initiatives are found in texts.
NEEDED = {
    "provinces": ("id",),
    "organisations": ("id", "type", "province"),
    "experts": ("id",),
    "initiatives": ("id",),
}


@dataclass(frozen=True)
class Plans:
    """The names of initiatives, whose they are, and the place for which each actor speaks."""

    terms: pd.DataFrame
    owner: dict[str, str]
    place: dict[str, str]


def require_tables(tables: object) -> None:
    """Raise unless this is a data package whose actors and initiatives have their columns."""
    if not isinstance(tables, Tables):
        raise TypeError(f"tables: expected Tables, not {type(tables).__name__}")
    for name, columns in NEEDED.items():
        table = getattr(tables, name)
        require_columns(table, *columns, name=name)
        for column in columns:
            require_hashable(table[column])


def plans_of(tables: Tables) -> Plans | None:
    """Collect the names of initiatives: labels and aliases; None if there are none."""
    columns = ["id", "owner", "label", "label_zh", "aliases"]
    cells = tables.initiatives.reindex(columns=columns).astype("str").fillna("")
    names = {
        id_: "; ".join(name for name in filter(None, names) if len(name) > 1)
        for id_, _, *names in cells.to_numpy(dtype=str).tolist()
    }
    listed = [(id_, cell) for id_, cell in names.items() if cell]
    if not listed:
        return None
    place = {id_: id_ for id_ in tables.provinces["id"]}
    cities = tables.organisations[tables.organisations["type"].isin(PLACES)]
    place |= cities["province"].fillna(cities["id"]).set_axis(cities["id"]).to_dict()
    terms = codebook_terms(pd.DataFrame(listed, columns=["id", "terms_en"]))
    return Plans(terms, dict(zip(cells["id"], cells["owner"], strict=True)), place)


def named_initiatives(
    texts: list[str], text: Ints, start: Ints, actors: "pd.Series[str]", plans: Plans
) -> "pd.Series[str]":
    """Return the initiative that the sentence of each hit names.

    The initiative of a place is not that of another place, even if both have one of this name.

    Parameters
    ----------
    texts : list of str
        The paragraphs.
    text, start : array of int
        The place of each hit: the position in `texts`, and the first character.
    actors : Series of str
        The actor of each hit.
    plans : Plans
        The initiatives, as `plans_of` returns them.

    Returns
    -------
    Series of str
        One value for each hit: the initiative whose name is nearest to the hit, or missing.
    """
    found: list[str | None] = [None] * len(text)
    numbers, rows, starts, _ = find_spans(texts, plans.terms)
    codes = plans.terms["code"].array.take(rows)
    mentions = zip(numbers.tolist(), starts.tolist(), codes, strict=True)
    for number, group in groupby(mentions, itemgetter(0)):
        paragraph = texts[number]
        firsts = [first for first, _ in sentences(paragraph, language_of(paragraph))]
        named = [(bisect_right(firsts, place), place, plan) for _, place, plan in group]
        for hit in range(*np.searchsorted(text, [number, number + 1]).tolist()):
            at = int(start[hit])
            here = bisect_right(firsts, at)
            own = plans.place.get(actors.iloc[hit])
            near = [
                (abs(place - at), plan)
                for sentence, place, plan in named
                if sentence == here and _may_mean(own, plans.place.get(plans.owner[plan]))
            ]
            nearest = {plan for distance, plan in near if distance == min(near)[0]}
            if len(nearest) == 1:  # else several initiatives have this name
                (found[hit],) = nearest
    return pd.Series(found, dtype="str")


def _may_mean(speaker: str | None, owner: str | None) -> bool:
    """Return whether a speaker may mean the initiative of an owner; both are places or None."""
    return speaker is None or owner is None or speaker == owner
