"""Statements, or a network of them, become a biadjacency matrix: counts of actors × concepts."""

from collections.abc import Iterable, Mapping, Sequence
from sys import float_info
from typing import Any, Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd

from policylib._util.dates import FREQUENCIES, periods
from policylib._util.names import first_of, require, require_columns, require_flat, require_hashable
from policylib._util.numbers import EXACT, is_between, is_real, plain_numbers, require_flag
from policylib._util.warn import warn
from policylib.network.edges import (
    Columns,
    Rows,
    actor_rows,
    check_network,
    concepts,
    edge_table,
    require_qualifiers,
    word_of,
)
from policylib.tables.levels import LEVELS, Level, broader_codes, roll_up_codes
from policylib.tables.roles import Role, is_denied, of_roles

Duplicates = Literal["include", "document", "week", "month", "quarter", "year", "acrossrange"]
DONE: tuple[Role, ...] = ("commits", "reports")
DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)


def biadjacency(
    network: nx.MultiDiGraph,
    *,
    rows: Rows = "province",
    columns: Columns = "priority",
    roles: Role | Sequence[Role] | None = None,
    denied: bool = False,
) -> pd.DataFrame:
    """Count the statements of each actor on each concept.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    rows : {"province", "organisation", "expert", "actor"}
        Provinces (with their cities, never their institutes or experts), organisations, experts,
        or each actor on its own.
    columns : {"theme", "priority", "item", "initiative"}
        A level of the codebook, to which deeper codes roll up (a code above it keeps a column of
        its own), or the initiative.
    roles : str or sequence of str, optional
        The roles that count, for example ``"commits"`` or ``["directs", "recommends"]``. By default
        what provinces and their cities commit to and report, and all roles of other actors: what a
        province asks of others or complains of is not its own priority.
    denied : bool
        Also count denials, such as "will not build": statements whose `qualifier` is False.

    Returns
    -------
    DataFrame
        Counts of statements, actors × concepts, both in the order of their tables (provinces by
        their official codes, concepts as in the codebook). Only those with a statement appear: an
        actor that is missing was not reported on, which does not mean that it has no priorities.
        The index is named after `rows`; if all provinces have the same `type`, it has the name of
        that type, for example ``"city"``.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph.
    ValueError
        If `rows`, `columns` or a role is unknown; the message names what is allowed. If nodes were
        renamed, but not the codes and provinces that they name; or if an edge has a wrong count.

    Warns
    -----
    UserWarning
        If the network is a part of another, so that codes are not rolled up, or statements of
        cities or on initiatives are not counted.

    See Also
    --------
    count_statements : The same from any table of statements.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> biadjacency(network, columns="theme").loc["hebei"].to_dict()
    {'new-quality-productive-forces': 0, 'domestic-demand': 0, 'private-economy': 2}
    """
    network = check_network(network)
    require_flag(denied, "denied")
    require(columns, get_args(Columns), "columns")
    needed = ["actor", "code", "count", "role"] + ["initiative"] * (columns == "initiative")
    needed += ["id", "qualifier"] * (not denied)
    table = with_roles(network, edge_table(network, needed), roles)
    if not denied:
        require_qualifiers(table)
    return count_concepts(network, table, rows, columns, denied=denied)


def with_roles(
    network: nx.MultiDiGraph, table: pd.DataFrame, roles: Role | Sequence[Role] | None
) -> pd.DataFrame:
    """Select statements by role; by default what provinces commit to and report, and all others."""
    if roles is not None:
        return of_roles(table, roles)
    of_province = table["actor"].isin(actor_rows(network, "province"))
    return table[~of_province | table["role"].isin(DONE)]


def count_concepts(
    network: nx.MultiDiGraph,
    table: pd.DataFrame,
    rows: Rows,
    columns: Columns,
    *,
    denied: bool = False,
) -> pd.DataFrame:
    """Count statements of a network by rows and columns, as `biadjacency` does."""
    row = table["actor"].map(actor_rows(network, rows))
    table = table.assign(**{rows: row, columns: concepts(network, table, columns)})
    for name in (rows, columns):
        lost = table[name].notna() & ~table[name].isin([*network])
        if number := int(lost.sum()):
            are = "statement is" if number == 1 else "statements are"
            names = first_of(table.loc[lost, name].unique().tolist())
            warn(f"{number} {are} not counted, because the network lacks their {name}: {names}")
            table = table[~lost]
    matrix = count_statements(table, rows=rows, columns=columns, denied=denied)
    order = pd.Index(network)
    return matrix.reindex(
        index=order[order.isin(matrix.index)].rename(word_of(network, rows)),
        columns=order[order.isin(matrix.columns)].rename(columns),
    )


def count_statements(
    statements: pd.DataFrame,
    *,
    rows: str | Sequence[str],
    columns: str = "code",
    level: Level | None = None,
    codebook: pd.DataFrame | None = None,
    qualifier: str | None = None,
    duplicates: Duplicates = "include",
    denied: bool = False,
) -> pd.DataFrame:
    """Count statements by their columns, and by a qualifier if there is one.

    Select the statements to be counted with pandas before the call, for example
    ``statements[statements["role"] == "recommends"]``.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement. Its column `count`, if there is one, says how often the
        statement is made; otherwise each row counts once.
    rows : str or sequence of str
        The column whose values become rows, for example ``"actor"``; several columns become the
        levels of a MultiIndex, in that order.
    columns : str
        The column whose values become columns.
    level : {"theme", "priority", "item"}, optional
        Roll the column `code` up to this level of the codebook before counting, as `biadjacency`
        does. Codes above this level stay as they are. Without `level`, codes are not rolled up.
    codebook : DataFrame, optional
        The codebook, for `level`: `id`, `level` and `broader`.
    qualifier : str, optional
        One more column, boolean (agrees or not) or numeric (a rating). The columns of the result
        then have two levels: the concept, and the value of the qualifier. Every concept has all
        values that occur in the table: False and True for a boolean column, all categories of a
        categorical column, and the ends of the range in ``attrs["ranges"]``. `time_windows` stores
        the range of the whole table there, and you can set it: ``{"rating": (1, 5)}``.
    duplicates : str
        How repeated statements count, that is, statements with the same row, column and qualifier.
        ``"include"``: each counts. ``"document"``: they count once in each `document`. ``"week"``,
        ``"month"``, ``"quarter"``, ``"year"``: once in each ISO week, month, quarter or year of the
        column `date`. ``"acrossrange"``: once in the whole table.
    denied : bool
        Also count denials, such as "will not build": statements whose `qualifier` is False.
        They always count if `rows`, `columns` or `qualifier` names a qualifier.

    Returns
    -------
    DataFrame
        Counts, with sorted rows and columns. A statement that lacks one of the columns, or the
        qualifier, is not counted.

    Raises
    ------
    TypeError
        If `statements` is not a DataFrame.
    ValueError
        If a column is missing or named twice, a count is missing, negative or not a number, the
        qualifier is neither boolean nor numeric, the column `qualifier` holds text other than true,
        false and numbers (unless denials count), a code is not in the codebook, or a date is
        missing, cannot be read or is not exact enough; the message names the row.

    See Also
    --------
    biadjacency : The same from a policy network.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {
    ...         "actor": ["henan", "hebei", "henan"],
    ...         "code": ["robots", "talent", "robots"],
    ...         "for": [True, True, False],
    ...         "document": ["daily", "daily", "daily"],
    ...     }
    ... )
    >>> count_statements(statements, rows="actor").to_dict("index")
    {'hebei': {'robots': 0, 'talent': 1}, 'henan': {'robots': 2, 'talent': 0}}
    >>> once = {"rows": "actor", "duplicates": "document"}
    >>> count_statements(statements, **once).loc["henan", "robots"]
    np.int64(1)
    >>> count_statements(statements, qualifier="for", **once).loc["henan", "robots"].to_dict()
    {False: 1, True: 1}

    With a codebook, codes roll up to a level:

    >>> codebook = pd.DataFrame(
    ...     {
    ...         "id": ["industry", "robots", "talent"],
    ...         "level": ["theme", "priority", "priority"],
    ...         "broader": [None, "industry", "industry"],
    ...     }
    ... )
    >>> options = {"level": "theme", "codebook": codebook}
    >>> count_statements(statements, rows="actor", **options)["industry"].to_dict()
    {'hebei': 1, 'henan': 2}
    """
    require_columns(statements)
    require_flat(statements)
    by = rows_of(rows)
    names = [*by, columns, *([] if qualifier is None else [qualifier])]
    require_names(names, statements.columns)
    require_level(level, codebook, names)
    require(duplicates, DUPLICATES, "duplicates")
    require_flag(denied, "denied")
    if not denied and qualifier is None and "qualifier" not in names:
        statements = statements[~is_denied(statements)]
    keys = [statements[name] for name in names]
    if level is not None and codebook is not None:
        keys[names.index("code")] = roll_up_codes(statements["code"], codebook, level)
    if qualifier is not None:
        ends: Iterable[Any] = _ends(statements, qualifier)
        if isinstance(keys[-1].dtype, pd.CategoricalDtype):
            ends = {*ends, *keys[-1].cat.categories}
            keys[-1] = keys[-1].astype("object")
        keys[-1] = _numeric_or_boolean(keys[-1])
        levels = _levels(keys[-1], ends)
    whole = np.logical_and.reduce([key.notna() for key in keys])
    for key in keys:
        require_hashable(key[whole])
    keys = [key[whole].rename(i) for i, key in enumerate(keys)]
    count = counts_of(statements)[whole]
    if duplicates == "include":
        sums = count.groupby(keys).sum()
    else:
        place = _places(statements[whole], duplicates)
        once = (count > 0).groupby([*keys, place]).any()
        sums = once.groupby(level=[*range(len(keys))]).sum()
    if pd.api.types.is_integer_dtype(sums):
        sums = sums.astype("int64")
    matrix: pd.DataFrame = sums.unstack([*range(len(by), len(keys))], fill_value=0)
    matrix = matrix.rename_axis(index=by)
    if qualifier is None:
        return matrix.rename_axis(columns=columns)
    found = matrix.columns.get_level_values(0).unique().sort_values()
    every = pd.MultiIndex.from_product([found, levels], names=[columns, qualifier])
    return matrix.reindex(columns=every, fill_value=0)


def rows_of(rows: str | Sequence[str]) -> list[Any]:
    """Return the columns whose values become rows as a list, or raise if there is none."""
    by = list(rows) if pd.api.types.is_list_like(rows) else [rows]
    if not by:
        raise ValueError("rows names no column; expected a column or a list of columns")
    return by


def require_names(names: list[Any], allowed: Iterable[str]) -> None:
    """Raise unless statements can be counted by these columns."""
    for name in names:
        if isinstance(name, str) and name in LEVELS and name not in allowed:
            raise ValueError(f"no column {name!r}; use the column 'code' and level={name!r}")
        require(name, allowed, "column")
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"column {name!r} is named twice; rows and columns must differ")


def require_level(level: Level | None, codebook: pd.DataFrame | None, names: list[Any]) -> None:
    """Raise unless codes can be rolled up to this level, if statements are counted at a level."""
    if codebook is not None:
        require_columns(codebook, name="codebook")
    if level is None:
        return
    require(level, LEVELS, "level")
    if not any(isinstance(name, str) and name == "code" for name in names):
        raise ValueError("level rolls up the column 'code', but rows and columns name others")
    if codebook is None:
        raise ValueError(f"level={level!r} needs the codebook; pass codebook=read_codebook()")
    broader_codes(codebook, level)  # raises if the codebook is wrong


def _ends(statements: pd.DataFrame, qualifier: str) -> tuple[float, ...]:
    """Return the ends of the range of a qualifier that the table keeps, if it keeps one."""
    ranges = statements.attrs.get("ranges", {})
    ends = ranges.get(qualifier, ()) if isinstance(ranges, Mapping) else ranges
    most = float_info.max
    numbers = isinstance(ends, list | tuple) and all(is_between(end, -most, most) for end in ends)
    if not numbers or not isinstance(ranges, Mapping):
        raise ValueError(
            f"attrs['ranges'] is {ranges!r}; expected the lowest and highest number of each "
            "column, for example {'rating': (1, 5)}"
        )
    return tuple(ends)


def that_count(statements: pd.DataFrame, *, denied: bool = False) -> pd.DataFrame:
    """Return the statements with a count above 0, with or without denials."""
    require_flag(denied, "denied")
    made = statements[counts_of(statements) > 0]
    return made if denied else made[~is_denied(made)]


def counts_of(statements: pd.DataFrame) -> "pd.Series[Any]":
    """Return how often each statement is made: the column `count`, or once."""
    if "count" not in statements:
        return pd.Series(1, index=statements.index)
    return numbers_from_zero(statements["count"])


def numbers_from_zero(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return cells as numbers that can be added up, or raise unless all are finite and from 0."""
    if not is_real(cells.dtype):
        raise ValueError(f"column {cells.name!r} must hold numbers from 0, not {cells.dtype}")
    cells = plain_numbers(cells)
    numbers = cells.to_numpy(dtype="float64", na_value=np.nan)
    for row, number in [*cells[~(np.isfinite(numbers) & (numbers >= 0))].items()][:1]:
        raise ValueError(
            f"column {cells.name!r}, row {row!r}: expected a number from 0, got {number:g}"
        )
    if (total := numbers.sum()) > EXACT:
        raise ValueError(
            f"column {cells.name!r}: the numbers add up to {total:g} (allowed: up to 2**53)"
        )
    return cells


def _numeric_or_boolean(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Convert a qualifier to the type of its values; objects may hold True, False and None."""
    if values.isna().all():  # a window may have nothing to count
        return values.astype("object").astype("Float64")
    if not pd.api.types.is_numeric_dtype(values):
        typed = values.astype("object").convert_dtypes()  # pandas cannot convert dates of Arrow
        if not pd.api.types.is_numeric_dtype(typed):
            raise ValueError(
                f"qualifier {values.name!r} holds {values.dtype}; one is boolean or numeric, "
                f"for example statements[{values.name!r}].map({{…: True, …: False}})"
            )
        values = typed
    if not is_real(values.dtype):
        raise ValueError(f"qualifier {values.name!r} holds {values.dtype}; expected real numbers")
    values = plain_numbers(values)
    if np.isinf(values.dropna().astype("float64")).any():
        raise ValueError(f"qualifier {values.name!r} has an infinite value")
    return values


def _levels(values: "pd.Series[Any]", ends: Iterable[Any]) -> list[Any]:
    """List the levels of a qualifier, with the ends of its range."""
    if pd.api.types.is_bool_dtype(values):
        return [False, True]
    return sorted({*values.dropna().unique().tolist(), *ends})


def _places(statements: pd.DataFrame, duplicates: str) -> "pd.Series[Any]":
    """Return the document or the period within which a statement counts once."""
    if duplicates == "acrossrange":
        return pd.Series(0, index=statements.index)
    if duplicates in FREQUENCIES:
        return periods(statements, duplicates)
    require_columns(statements, "document")
    documents = statements["document"]
    require_hashable(documents)
    if documents.isna().any():
        row = documents.index[documents.isna()][0]
        raise ValueError(f"column 'document', row {row!r}: the document is missing")
    return documents
