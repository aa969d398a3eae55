"""Measure whether two people selected the same places in texts."""

from typing import Any

import numpy as np
import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.names import require_columns
from policylib.coding.alpha import Floats, Ints
from policylib.coding.codings import (
    OVERALL,
    UNIT,
    made,
    require_one_kind,
    require_passages,
    unit_columns,
)


def unitizing_agreement(a: pd.DataFrame, b: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Measure the agreement of two people on the places that they selected, code by code.

    It is for two people who select sentences or phrases. A machine marks terms of a few characters;
    against the sentences of a person, they overlap too little for any agreement: use `agreement`.

    Parameters
    ----------
    a, b : DataFrame
        Two tables of statements: `document`, `paragraph`, `code`, and the place in the paragraph's
        text, from `start` to before `end`, in characters. A row without a code, or with a `count`
        of 0, does not count.
    documents : DataFrame
        All passages that both read, one row each: `document`, `paragraph` and `text`. No passage
        is in two rows.

    Returns
    -------
    DataFrame
        One row for each code of the two codings, sorted: `code`; `a`, `b` and `both`, the numbers
        of characters with the code; `segments_a` and `segments_b`, the numbers of segments; and
        `alpha`, which is NaN if both have the code everywhere. The last row, ``"overall"``, places
        the continua of all codes one after the other, so long segments and frequent codes weigh
        most.

        Each code is a continuum of its own, all texts in a row, cut into segments with the code and
        gaps without it. So segments of different codes may overlap. Overlapping segments of one
        coder with the same code are one segment; adjacent ones remain two. To ask whether two
        people selected the same text, whatever the code, give all rows the same code.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing or an identifying cell is empty; if a column has values of different
        types in two tables; if a passage is in two rows of `documents`; if a statement is in a
        passage that `documents` does not have, or not inside its text; if a text is not a string;
        or if a code is named ``"overall"``.

    See Also
    --------
    agreement : Compare codes by passage, without their places in it.

    Notes
    -----
    The coefficient is u-alpha for nominal values (Krippendorff et al. 2016). Each continuum has one
    value and gaps, so it equals their binary coefficient, and those for the values of segments that
    intersect do not apply.

    Take any two of the characters that both coders describe. Two characters of one segment do not
    form a pair, nor does a character with itself. The expected disagreement is the share of pairs
    in which one has the code and the other does not. The observed one is the share of characters
    that only one coder gave the code. The coefficient of Krippendorff (1995) compares squared
    lengths of segments instead, and has other values.

    References
    ----------
    Krippendorff, K., Mathet, Y., Bouvry, S. and Widlöcher, A. (2016), On the reliability of
    unitizing textual continua: further developments, Quality & Quantity 50. Krippendorff, K.
    (2018), Content Analysis, 4th ed., section 12.6.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": ["d"], "paragraph": 1, "text": "Rail and roads."})
    >>> a = pd.DataFrame({"document": ["d"], "paragraph": 1, "start": 0, "end": 4, "code": "rail"})
    >>> table = unitizing_agreement(a, a.assign(end=8), documents)
    >>> table[["code", "a", "b", "both"]].to_numpy().tolist()
    [['rail', 4, 8, 4], ['overall', 4, 8, 4]]

    Two people describe 15 characters each, and 12 of these 30 have the code. Of 30² pairs, 4² + 8²
    are in one segment, and 18 are a character with itself. The expected disagreement is
    2 · 12 · 18 / (900 - 80 - 18), the observed one 4 / 15.

    >>> round(table["alpha"][0], 3) == round(1 - (4 / 15) / (2 * 12 * 18 / 802), 3) == 0.505
    True
    """
    tables = {"a": a, "b": b}
    unit_columns(tables, UNIT)
    texts = _lengths(documents, tables)
    tables = {name: made(table) for name, table in tables.items()}
    codes = sorted(set().union(*(table["code"] for table in tables.values())))
    if OVERALL in codes:
        raise ValueError(f"column 'code': {OVERALL!r} is reserved for the last row")
    total = int(texts.sum())
    lines = []
    for name, table in tables.items():
        start, end = _places(table, name, texts)
        line = pd.Index(codes).get_indexer(table["code"]) * total  # each code has its own
        lines.append(_segments(line + start, line + end))
    result = pd.DataFrame({"code": [*codes, OVERALL]})
    for name, (start, end) in zip(tables, lines, strict=True):
        result[name] = _by_code(start, end - start, total, codes)
        result[f"segments_{name}"] = _by_code(start, np.ones_like(start), total, codes)
    result.insert(3, "both", _by_code(lines[0][0], _shared(*lines), total, codes))
    start, end = np.concatenate(lines, axis=1)
    ones, squares = (_by_code(start, (end - start) ** power, total, codes) for power in (1, 2))
    size = 2.0 * np.append(np.full(len(codes), total), total * len(codes))
    result["alpha"] = _alpha(ones, result["both"].to_numpy(), squares, size)
    return result[["code", "a", "b", "both", "segments_a", "segments_b", "alpha"]]


def _lengths(documents: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> "pd.Series[int]":
    """Return the length of each passage, under its document and paragraph."""
    require_passages(documents, "text")
    for column in UNIT:
        cells = {name: table[column] for name, table in tables.items()}
        require_one_kind(cells | {"documents": documents[column]})
    lengths = [len(text) for text in texts_of(documents)]
    return pd.Series(lengths, pd.MultiIndex.from_frame(documents[[*UNIT]]), dtype="int64")


def _places(table: pd.DataFrame, name: str, texts: "pd.Series[int]") -> tuple[Ints, Ints]:
    """Return where each statement starts and ends on a line of all texts."""
    require_columns(table, "start", "end", name=name)
    row = texts.index.get_indexer(pd.MultiIndex.from_frame(table[[*UNIT]]))
    length = texts.to_numpy()[row] if len(texts) else np.zeros(len(table))
    start, end = (
        np.asarray(pd.to_numeric(table[column], errors="coerce").astype("float64"))
        for column in ("start", "end")
    )
    whole = (start % 1 == 0) & (end % 1 == 0)  # False where a place is missing
    for at in np.flatnonzero((row < 0) | ~(whole & (start >= 0) & (start < end) & (end <= length))):
        place, found = f"{name}, row {table.index.to_list()[at]!r}", table.iloc[at]
        if row[at] < 0:
            where = f"no paragraph {found['paragraph']} of {found['document']!r}"
            raise ValueError(f"{place}: documents has {where}")
        raise ValueError(
            f"{place}: start {found['start']} and end {found['end']} are not a place in the text, "
            f"which has {int(length[at])} characters"
        )
    before = (texts.cumsum() - texts).to_numpy()[row] if len(texts) else 0
    return start.astype(np.int64) + before, end.astype(np.int64) + before


def _segments(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the starts and ends of segments in their order; overlapping ones become one."""
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    first = np.append(True, start[1:] >= end[:-1])[: len(start)]
    last = np.append(first[1:], True)[: len(start)]
    return start[first], end[last]


def _shared(one: tuple[Ints, Ints], other: tuple[Ints, Ints]) -> Ints:
    """Return how many characters of each segment the other coder selected too."""
    start, end = other
    filled = np.append(0, np.cumsum(end - start))

    def before(place: Ints) -> Ints:
        number = np.searchsorted(start, place)  # segments that start before the place
        beyond = np.append(0, end)[number] - place
        return filled[number] - np.where(number > 0, np.maximum(beyond, 0), 0)

    return before(one[1]) - before(one[0])


def _by_code(start: Ints, numbers: Ints, total: int, codes: list[Any]) -> Ints:
    """Return the sum of the numbers of segments for each code and, in the last place, over all."""
    sums = np.bincount(start // max(total, 1), numbers, len(codes)).astype(np.int64)
    return np.append(sums, sums.sum())


def _alpha(ones: Ints, both: Ints, squares: Ints, size: Floats) -> Floats:
    """Return u-alpha of two coders who describe so many characters (`size`) in all."""
    gaps = size - ones
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = 2 * ones * gaps / (size**2 - squares - gaps)
        observed = 2 * (ones - 2 * both) / size
        alpha: Floats = 1 - observed / np.where(expected > 0, expected, np.nan)
    return alpha
