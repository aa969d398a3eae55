"""How far two codings of the same documents agree, code by code, and where they do not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import require_columns
from policylib._util.numbers import require_seed

Floats = NDArray[np.float64]

SAMPLES = 1000
ENOUGH = 0.95  # of the samples in which alpha is defined, for an interval
UNIT = ("document", "paragraph")
OVERALL = "overall"


def agreement(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    unit: str | Sequence[str] = UNIT,
    units: pd.DataFrame | None = None,
    seed: int | None = None,
) -> pd.DataFrame:
    """Measure how far two codings agree on which code stands where.

    Parameters
    ----------
    a, b
        Two tables of statements or other codes, with the columns of `unit` and `code`. What
        counts is whether a code stands in a unit, not how often. `a` is the one that `b` is
        measured by.
    unit
        The columns that tell where a code stands.
    units
        All units that both coders read, as a table with these columns. If left out, those in
        which either found something: then the many on which both are silent do not count, and
        kappa and alpha are lower.
    seed
        The same seed draws the same samples for the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per code that either uses, sorted, and one called ``"overall"`` over all cells of
        units × codes, a micro-average in which frequent codes weigh most: `a` and `b` (in how
        many units), `both`, `precision` (both / b), `recall` (both / a), `f1`, `kappa` (Cohen),
        `alpha` (Krippendorff, nominal), and the `low` and `high` ends of its 95 % interval.
        What would divide by zero is missing.

        The interval comes from drawing whole units with replacement, 1,000 times, and computing
        alpha anew each time (Krippendorff's own bootstrap holds the expected disagreement
        fixed). It is missing for a code so rare that one draw in twenty has none of it.

    Raises
    ------
    ValueError
        If a column is missing, `unit` names none, a code stands in a unit that is not among
        `units` or is called ``"overall"``, or the tables name the units by other types.

    References
    ----------
    Cohen, J. (1960), A coefficient of agreement for nominal scales. Krippendorff, K. (2018),
    Content Analysis, 4th ed., chapter 12.

    Examples
    --------
    >>> units = pd.DataFrame({"document": "report", "paragraph": [1, 2, 3, 4]})
    >>> a = pd.DataFrame({"document": "report", "paragraph": [1, 2], "code": "robots"})
    >>> b = pd.DataFrame({"document": "report", "paragraph": [1], "code": "robots"})
    >>> table = agreement(a, b, units=units).set_index("code")
    >>> table.loc["robots", ["precision", "recall", "kappa"]].to_list()
    [1.0, 0.5, 0.5]
    """
    require_seed(seed)
    columns = _unit_columns(a, b, unit, units)
    places, codes, marks_a, marks_b = _marks(a, b, columns, units)
    names = [*codes, OVERALL]
    split = np.stack([marks_a.sum(axis=0), marks_b.sum(axis=0), (marks_a & marks_b).sum(axis=0)])
    ones_a, ones_b, both = np.column_stack([split, split.sum(axis=1)])
    cells = np.array([len(places)] * len(codes) + [marks_a.size], dtype=float)
    apart, ones = _both_ways((marks_a != marks_b).astype(float), marks_a + 1.0 * marks_b)
    table = pd.DataFrame({"code": names, "a": ones_a, "b": ones_b, "both": both})
    with np.errstate(invalid="ignore", divide="ignore"):
        table["precision"], table["recall"] = both / ones_b, both / ones_a
        table["f1"] = 2 * both / (ones_a + ones_b)
        chance = (ones_a * ones_b + (cells - ones_a) * (cells - ones_b)) / cells**2
        table["kappa"] = ((1 - apart.sum(axis=0) / cells) - chance) / (1 - chance)
        table["alpha"] = _alpha(apart.sum(axis=0), ones.sum(axis=0), cells)
        draws = _draws(apart, ones, cells, seed)
    told = draws.notna().mean() >= ENOUGH
    table["low"] = draws.quantile(0.025).where(told)
    table["high"] = draws.quantile(0.975).where(told)
    return table


def disagreements(
    a: pd.DataFrame, b: pd.DataFrame, *, unit: str | Sequence[str] = UNIT
) -> pd.DataFrame:
    """List the places where one coding has a code and the other has not.

    Parameters
    ----------
    a, b, unit
        As for `agreement`.

    Returns
    -------
    pandas.DataFrame
        One row per place and code: the columns of `unit`, `code` and `only`, ``"a"`` or
        ``"b"``, sorted by place.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> a = pd.DataFrame({"document": "report", "paragraph": [1, 2], "code": "robots"})
    >>> b = pd.DataFrame({"document": "report", "paragraph": [1], "code": "robots"})
    >>> print(disagreements(a, b).to_string(index=False))
    document  paragraph   code only
      report          2 robots    a
    """
    columns = [*_unit_columns(a, b, unit), "code"]
    left, right = (table[columns].drop_duplicates() for table in (a, b))
    merged = left.merge(right, how="outer", on=columns, indicator="only")
    apart = merged[merged["only"] != "both"].sort_values(columns, ignore_index=True)
    only = apart["only"].astype("str").map({"left_only": "a", "right_only": "b"})
    return apart.assign(only=only)


def _unit_columns(
    a: pd.DataFrame, b: pd.DataFrame, unit: str | Sequence[str], units: pd.DataFrame | None = None
) -> list[str]:
    """Give the columns of a unit; all tables must have them, and of one type: 1 is no "1"."""
    if not isinstance(unit, str | list | tuple) or not unit:
        raise ValueError(f"unit is {unit!r}; expected a column, or several in a list")
    columns = [unit] if isinstance(unit, str) else list(unit)
    for table in (a, b):
        require_columns(table, *columns, "code")
    if units is not None:
        require_columns(units, *columns)
    for column in columns:
        tables = [table for table in (a, b, units) if table is not None and len(table)]
        kinds = {pd.api.types.is_numeric_dtype(table[column].dtype) for table in tables}
        if len(kinds) > 1:
            types = ", ".join(str(table[column].dtype) for table in tables)
            raise ValueError(f"column {column!r} is of numbers in one table only ({types})")
    return columns


def _marks(
    a: pd.DataFrame, b: pd.DataFrame, columns: list[str], units: pd.DataFrame | None
) -> tuple[pd.MultiIndex, list[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark which code stands in which unit, for both codings."""
    found = pd.concat([a, b])
    if OVERALL in set(found["code"]):
        raise ValueError(f"a code is called {OVERALL!r}, which names the row over all codes")
    places = pd.MultiIndex.from_frame((found if units is None else units)[columns]).unique()
    codes = sorted(found["code"].dropna().unique())
    marks = []
    for name, table in (("a", a), ("b", b)):
        told = table[table["code"].notna()]
        row = places.get_indexer(pd.MultiIndex.from_frame(told[columns]))
        if (row < 0).any():
            lost = told[columns].to_numpy()[row < 0][0]
            raise ValueError(f"{name} has a code in {', '.join(map(str, lost))}, which no unit is")
        marked = np.zeros((len(places), len(codes)), dtype=bool)
        marked[row, pd.Index(codes).get_indexer(told["code"])] = True
        marks.append(marked)
    return places, codes, marks[0], marks[1]


def _both_ways(apart: Floats, ones: Floats) -> tuple[Floats, Floats]:
    """Add the sum over codes as a last column."""
    apart = np.column_stack([apart, apart.sum(axis=1)])
    ones = np.column_stack([ones, ones.sum(axis=1)])
    return apart, ones


def _alpha(apart: Floats, ones: Floats, cells: Floats) -> Floats:
    """Give Krippendorff's alpha of two coders, from disagreements and marks among all cells."""
    values = 2 * cells
    expected = 2 * ones * (values - ones) / (values * (values - 1))
    alpha: Floats = 1 - (apart / cells) / np.where(expected > 0, expected, np.nan)
    return alpha


def _draws(apart: Floats, ones: Floats, cells: Floats, seed: int | None) -> pd.DataFrame:
    """Give alpha of samples of units, a column for each code."""
    draw = np.random.default_rng(seed)
    units = len(apart)
    rows = []
    for _ in range(SAMPLES if units else 0):
        times = np.bincount(draw.integers(0, units, units), minlength=units).astype(float)
        rows.append(_alpha(times @ apart, times @ ones, cells))
    return pd.DataFrame(rows, columns=range(len(cells)), dtype=float)
