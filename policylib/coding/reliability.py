"""Measure the agreement of two codings, code by code, and list where they differ."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import require_columns
from policylib._util.numbers import require_seed

Floats = NDArray[np.float64]

SAMPLES = 1000
ENOUGH = 0.95  # the share of samples with a defined alpha that an interval needs
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
    """Measure the agreement of two codings of the same documents, code by code.

    Parameters
    ----------
    a, b : DataFrame
        Tables of statements or other codes, with the columns of `unit` and `code`. A code counts
        once in a unit, however often it occurs there. `a` is the reference for `b`.
    unit : str or sequence of str
        The columns that identify a unit.
    units : DataFrame, optional
        All units that both coders read, as a table with these columns. By default the units in
        which at least one coder found a code. Units without codes then do not count, so kappa and
        alpha are lower.
    seed : int, optional
        Seed of the random samples; the same seed returns the same intervals.

    Returns
    -------
    DataFrame
        One row for each code of either coding, sorted, and a last row ``"overall"`` over all cells
        of units × codes, a micro-average in which frequent codes weigh most. The columns are
        `code`, `a` and `b` (the number of units with the code), `both`, `precision` (both / b),
        `recall` (both / a), `f1`, `kappa` (Cohen), `alpha` (Krippendorff, nominal), and `low` and
        `high`, the 95 % interval of alpha. A value is NaN where its denominator is zero.

        The interval is a bootstrap: 1,000 times, units are drawn with replacement and alpha is
        computed again (Krippendorff's own bootstrap keeps the expected disagreement fixed). It is
        NaN if alpha is undefined in more than 5 % of the samples, as for a very rare code.

    Raises
    ------
    TypeError
        If `a`, `b` or `units` is not a table.
    ValueError
        If a column is missing, `unit` is empty, a code is in a unit that is not in `units`, a code
        is named ``"overall"``, the tables have different types of unit ids, or `seed` is invalid.

    See Also
    --------
    disagreements : The units in which two codings differ.
    code_documents : Code documents by terms, for example to compare with a coding by hand.

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
    """List the units in which only one of two codings has a code.

    Parameters
    ----------
    a, b : DataFrame
        Tables of statements or other codes, with the columns of `unit` and `code`.
    unit : str or sequence of str
        The columns that identify a unit.

    Returns
    -------
    DataFrame
        One row for each unit and code, sorted: the columns of `unit`, `code`, and `only`
        (``"a"`` or ``"b"``, the coding that has the code).

    Raises
    ------
    TypeError
        If `a` or `b` is not a table.
    ValueError
        If a column is missing, `unit` is empty, or the tables have different types of unit ids.

    See Also
    --------
    agreement : Measure the agreement of two codings.

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
    """Return the columns of a unit. All tables must have them, of one type: 1 is not "1"."""
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
            raise ValueError(
                f"column {column!r} is numeric in one table but not in another ({types})"
            )
    return columns


def _marks(
    a: pd.DataFrame, b: pd.DataFrame, columns: list[str], units: pd.DataFrame | None
) -> tuple[pd.MultiIndex, list[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the units, the codes, and for each coding which code is in which unit."""
    found = pd.concat([a, b])
    if OVERALL in set(found["code"]):
        raise ValueError(f"column 'code': {OVERALL!r} is reserved for the row over all codes")
    places = pd.MultiIndex.from_frame((found if units is None else units)[columns]).unique()
    codes = sorted(found["code"].dropna().unique())
    marks = []
    for name, table in (("a", a), ("b", b)):
        told = table[table["code"].notna()]
        row = places.get_indexer(pd.MultiIndex.from_frame(told[columns]))
        if (row < 0).any():
            lost = tuple(told[columns].to_numpy()[row < 0][0].tolist())
            raise ValueError(f"`{name}` codes unit {lost}, which is not in `units`")
        marked = np.zeros((len(places), len(codes)), dtype=bool)
        marked[row, pd.Index(codes).get_indexer(told["code"])] = True
        marks.append(marked)
    return places, codes, marks[0], marks[1]


def _both_ways(apart: Floats, ones: Floats) -> tuple[Floats, Floats]:
    """Add the sum over codes to both arrays, as a last column."""
    apart = np.column_stack([apart, apart.sum(axis=1)])
    ones = np.column_stack([ones, ones.sum(axis=1)])
    return apart, ones


def _alpha(apart: Floats, ones: Floats, cells: Floats) -> Floats:
    """Return Krippendorff's alpha of two coders, from disagreements, marks and cells by code."""
    values = 2 * cells
    expected = 2 * ones * (values - ones) / (values * (values - 1))
    alpha: Floats = 1 - (apart / cells) / np.where(expected > 0, expected, np.nan)
    return alpha


def _draws(apart: Floats, ones: Floats, cells: Floats, seed: int | None) -> pd.DataFrame:
    """Return alpha in samples of units: one row for each sample, one column for each code."""
    draw = np.random.default_rng(seed)
    units = len(apart)
    rows = []
    for _ in range(SAMPLES if units else 0):
        times = np.bincount(draw.integers(0, units, units), minlength=units).astype(float)
        rows.append(_alpha(times @ apart, times @ ones, cells))
    return pd.DataFrame(rows, columns=range(len(cells)), dtype=float)
