"""Measure the agreement of two codings, code by code, and list where they differ."""

from collections.abc import Sequence
from datetime import datetime
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import require_values
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
        Two tables of statements, or of other codings, with the columns of `unit` and `code`. A code
        counts once in a unit, however often it occurs there. A row without a code, or with a
        `count` of 0, does not count. `a` is the reference for `b`.
    unit : str or sequence of str
        The columns that identify a unit; by default, a unit is a paragraph of a document. `code`
        cannot be one of them.
    units : DataFrame, optional
        All units that both coders read, as a table with these columns. By default the units in
        which at least one coder found a code. Units without codes then do not count, so kappa and
        alpha are lower.
    seed : int, optional
        Seed of the random samples; the same seed returns the same intervals.

    Returns
    -------
    DataFrame
        One row for each code of the two codings, sorted. The last row, ``"overall"``, takes all
        pairs of a unit and a code together, so that frequent codes weigh most (micro-average). The
        columns are `code`, `a` and `b` (the number of units with the code), `both`, `precision`
        (both / b), `recall` (both / a), `f1`, `kappa` (Cohen), `alpha` (Krippendorff, nominal), and
        `low` and `high`, the 95 % interval of alpha. A value is NaN where its denominator is zero.

        The interval is a bootstrap: 1,000 times, units are drawn with replacement and alpha is
        computed again (Krippendorff's own bootstrap keeps the expected disagreement fixed). It is
        NaN if alpha is undefined in more than 5 % of the samples, as for a very rare code.

    Raises
    ------
    TypeError
        If `a`, `b` or `units` is not a table.
    ValueError
        If a column is missing; if `unit` is empty, or names `code` or a column twice; if a cell
        that identifies a unit is empty; if a column has values of different types, such as texts
        and datetimes, in one table or in two; if a code is in a unit that is not in `units`; if a
        code is named ``"overall"``; or if `seed` is invalid.

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
        Two tables of statements, or of other codings, with the columns of `unit` and `code`. A row
        without a code does not count.
    unit : str or sequence of str
        The columns that identify a unit, each named once; `code` and `only` are not among them.

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
        If a column is missing, `unit` is empty or names a column twice, `code` or `only`, a cell
        that names a unit is empty, or a column holds values of different types (such as texts and
        datetimes), in one table or in both.

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
    if "only" in columns:
        raise ValueError("unit names column 'only', which the result needs for itself; rename it")
    found = [
        _made(table)[columns].drop_duplicates().assign(only=name)
        for name, table in (("a", a), ("b", b))
    ]
    apart = pd.concat(found).drop_duplicates(columns, keep=False)
    return apart.sort_values(columns, ignore_index=True).astype({"only": "str"})


def _unit_columns(
    a: pd.DataFrame, b: pd.DataFrame, unit: str | Sequence[str], units: pd.DataFrame | None = None
) -> list[str]:
    """Return the columns of a unit. They, and codes, must have one type: 1 is not "1"."""
    if not isinstance(unit, str | list | tuple) or not unit:
        raise ValueError(f"unit is {unit!r}; expected a column, or several in a list")
    columns = [unit] if isinstance(unit, str) else list(unit)
    codings = {"a": a, "b": b}
    for table in codings.values():
        require_columns(table, *columns, "code")
    if units is not None:
        require_columns(units, *columns)
    for column in columns:
        if column == "code" or columns.count(column) > 1:
            problem = "is not part of a unit" if column == "code" else "is named twice"
            raise ValueError(f"unit is {unit!r}: column {column!r} {problem}")
    tables = codings if units is None else codings | {"units": units}
    for name, table in tables.items():
        require_values(table, *columns, name=name)
    for column in columns:
        _require_one_kind({name: table[column] for name, table in tables.items()})
    codes = {name: table[["code"]].dropna() for name, table in codings.items()}
    for name, table in codes.items():
        require_values(table, "code", name=name)
    _require_one_kind({name: table["code"] for name, table in codes.items()})
    return columns


def _made(coding: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a code and, if they are counted, a count that is not 0."""
    coding = coding.dropna(subset="code")
    return coding[coding["count"].ne(0)] if "count" in coding else coding


def _require_one_kind(columns: "dict[str, pd.Series[Any]]") -> None:
    """Raise unless the same column of several tables holds values of one kind."""
    places = [
        (kind, f"row {row!r} of {name}")
        for name, cells in columns.items()
        for row, kind in _kinds(cells).drop_duplicates().items()
    ]
    for kind, place in places:
        if kind != places[0][0]:
            column = columns["a"].name
            raise ValueError(
                f"column {column!r} holds {places[0][0]} in {places[0][1]}, but {kind} in {place}; "
                "convert one of them"
            )


def _kinds(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the kind of each cell, or of the first alone if all must have the same."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(cells.cat.categories.dtype)
    return (cells if cells.dtype == "object" else cells.head(1)).map(_kind)


def _kind(cell: object) -> str:
    """Return what a cell holds, in the plural. Values of different kinds are never equal."""
    if isinstance(cell, bool | np.bool_):
        return "booleans"
    if isinstance(cell, Number):
        return "numbers"
    if isinstance(cell, str):
        return "texts"
    if isinstance(cell, datetime):
        return "datetimes with a time zone" if cell.tzinfo else "datetimes"
    if isinstance(cell, pd.Period):
        return f"periods of frequency {cell.freqstr}"
    return f"values of type {type(cell).__name__}"


def _marks(
    a: pd.DataFrame, b: pd.DataFrame, columns: list[str], units: pd.DataFrame | None
) -> tuple[pd.MultiIndex, list[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the units, the codes, and for each coding which code is in which unit."""
    a, b = _made(a), _made(b)
    found = pd.concat([a, b])
    if OVERALL in set(found["code"]):
        raise ValueError(f"column 'code': {OVERALL!r} is reserved for the row over all codes")
    places = pd.MultiIndex.from_frame((found if units is None else units)[columns]).unique()
    codes = sorted(found["code"].unique())
    marks = []
    for name, table in (("a", a), ("b", b)):
        row = places.get_indexer(pd.MultiIndex.from_frame(table[columns]))
        if (row < 0).any():
            lost = tuple(table[columns].to_numpy()[row < 0][0].tolist())
            raise ValueError(f"`{name}` codes unit {lost}, which is not in `units`")
        marked = np.zeros((len(places), len(codes)), dtype=bool)
        marked[row, pd.Index(codes).get_indexer(table["code"])] = True
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
