"""How much wording documents have in common: shares of each document, and a network of all."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.dates import first_days, last_days
from policylib._util.names import nearest
from policylib.coding.units import Bools, Ints
from policylib.compare.passages import (
    Wording,
    find_shared,
    in_order,
    read_wording,
    require_limits,
)


def wording_shares(
    documents: pd.DataFrame,
    *,
    least: int = 12,
    most_documents: int | None = 10,
    within: str | None = None,
) -> pd.DataFrame:
    """Measure the share of each document that is word for word in others, earlier or later.

    Words that are in an earlier document need not come from it: both may have a third source.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`. With `date`, the shares
        before and after are measured, too. Each document has one date in all of its rows: a year,
        a month or a day. To compare documents without a date, leave out the column.
    least, most_documents : int
        As in `shared_wording`.
    within : str, optional
        The name of a document. Count only passages that are in this document, which gets no row.

    Returns
    -------
    DataFrame
        One row for each document, in the order of the table: `document`, `length` (in Chinese
        characters and other words), `elsewhere` (the share of it that is in passages of at least
        one other document) and, with dates, `before` and `after` (the shares that are in earlier
        and in later documents). Two dates that overlap, such as 2024 and 2024-05, have no order.
        Shares are from 0 to 1, and missing for a document without words.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame.
    ValueError
        As in `shared_wording`, where only those repeats count behind or before which a passage goes
        on in a formula; if a document has two dates, or a date is missing or cannot be read; or if
        `within` is unknown.

    See Also
    --------
    shared_wording : The passages.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {
    ...         "document": ["plan", "report"],
    ...         "paragraph": 1,
    ...         "text": ["Invest in people.", "We invest in people, not in roads."],
    ...         "date": [2023, 2024],
    ...     }
    ... )
    >>> print(wording_shares(documents, least=3).round(2).to_string(index=False))
    document  length  elsewhere  before  after
        plan       3       1.00    0.00    1.0
      report       7       0.43    0.43    0.0
    """
    table, names, wording = _read(documents, least, most_documents)
    days = _days(table) if "date" in table else None
    start, end, other = find_shared(wording, most_documents)
    own = wording.document[start]
    counted = np.ones(len(own), bool)
    number = None if within is None else _number(names, within, "within")
    if number is not None:
        counted = other == number
    columns = {"elsewhere": counted}
    if days is not None:
        first, last = days
        columns["before"] = counted & (last[other] < first[own])
        columns["after"] = counted & (first[other] > last[own])
    length = np.bincount(wording.document, minlength=len(names))
    shares = pd.DataFrame({"document": names, "length": length})
    total = np.arange(len(wording.document) + 1)
    for column, which in columns.items():
        covered = _covered(own[which], start[which], end[which], total, len(names))
        shares[column] = covered / np.where(length, length, np.nan)
    if number is not None:
        shares = shares.drop(index=number)
    return shares.reset_index(drop=True)


def wording_network(
    documents: pd.DataFrame,
    *,
    least: int = 12,
    most_documents: int | None = 10,
    beyond: str | None = None,
) -> pd.DataFrame:
    """Measure how much each pair of documents shares word for word.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`.
    least, most_documents : int
        As in `shared_wording`.
    beyond : str, optional
        The name of a document, such as the report of the centre. Words of runs of `least` words
        that are also in this document do not count, and it gets no row.

    Returns
    -------
    DataFrame
        Square and symmetric, documents × documents, in the order of the table: the number of
        Chinese characters and other words in passages that both have. If one of the two repeats
        such a passage, the smaller number of both counts. The diagonal has the length of each
        document, without the words that are in the document `beyond`.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame.
    ValueError
        As in `shared_wording`, where only those repeats count behind or before which a passage goes
        on in a formula; or if `beyond` is unknown.

    See Also
    --------
    shared_wording : The passages.
    rank_pairs : List the pairs.
    plot_network : Draw the result.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {
    ...         "document": ["centre", "henan", "hebei"],
    ...         "paragraph": 1,
    ...         "text": ["Invest in people.", "Invest in people, build roads.", "Build roads."],
    ...     }
    ... )
    >>> print(wording_network(documents, least=2))
            centre  henan  hebei
    centre       3      3      0
    henan        3      5      2
    hebei        0      2      2
    >>> print(wording_network(documents, least=2, beyond="centre"))
           henan  hebei
    henan      2      2
    hebei      2      2
    """
    _, names, wording = _read(documents, least, most_documents)
    free = np.ones(len(wording.document), bool)
    number = None if beyond is None else _number(names, beyond, "beyond")
    if number is not None:
        free = ~_in_document(wording, number)
    total = np.concatenate([[0], np.cumsum(free)])
    start, end, other = find_shared(wording, most_documents)
    pair = wording.document[start] * len(names) + other
    covered = _covered(pair, start, end, total, len(names) ** 2).reshape(len(names), len(names))
    length = np.bincount(wording.document[free], minlength=len(names))
    kept = np.arange(len(names)) != number
    values = np.minimum(covered, covered.T) + np.diag(length)
    return pd.DataFrame(values[np.ix_(kept, kept)], index=names[kept], columns=names[kept])


def _read(
    documents: pd.DataFrame, least: int, most_documents: int | None
) -> tuple[pd.DataFrame, "pd.Index[Any]", Wording]:
    """Return the paragraphs in order, the names of the documents, and their wording."""
    table = in_order(documents)
    require_limits(least, most_documents)
    wording = read_wording(table, least)
    return table, wording.names, wording


def _number(names: "pd.Index[Any]", name: str, what: str) -> int:
    """Return the number of a document, or raise if it is unknown."""
    known = {document: number for number, document in enumerate(names)}
    if not pd.api.types.is_hashable(name) or name not in known:
        raise ValueError(
            f"{what} is {name!r}; documents has no such document{nearest(name, names)}"
        )
    return known[name]


def _days(table: pd.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the first and the last day of each document, or raise if it has two dates."""
    days = pd.DataFrame({"first": first_days(table), "last": last_days(table)})
    days = days.assign(document=table["document"]).drop_duplicates()
    again = days[days["document"].duplicated()]
    for row, name in again["document"].items():
        raise ValueError(f"column 'date', row {row!r}: document {name!r} has another date before")
    return days["first"].to_numpy(), days["last"].to_numpy()


def _covered(group: Ints, start: Ints, end: Ints, total: Ints, groups: int) -> Ints:
    """Count the units in the spans of each group, each unit once.

    `total` has the number of units that count before each place.
    """
    order = np.lexsort((start, group))
    group, start, end = group[order], start[order], end[order]
    line = group * len(total)  # a range of places for each group
    reach = np.maximum.accumulate(np.concatenate([[0], line + end]))[:-1]
    new = total[end] - total[np.clip(reach - line, start, end)]
    counts: Ints = np.bincount(group, weights=new, minlength=groups).astype(np.int64)
    return counts


def _in_document(wording: Wording, number: int) -> Bools:
    """Return which units are in a run that this document has, too."""
    there = np.unique(wording.run[wording.document == number])
    begins = np.isin(wording.run, there[there >= 0])
    total = np.concatenate([[0], np.cumsum(begins)])
    place = np.arange(1, len(total))
    covered: Bools = total[place] > total[np.maximum(place - wording.least, 0)]
    return covered
