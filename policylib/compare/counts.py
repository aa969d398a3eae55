"""Statements, or a network of them, become a biadjacency matrix: actors × concepts counts."""

from collections.abc import Iterable, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from policylib._util.dates import periods
from policylib._util.names import require, require_columns
from policylib.network.edges import actor_rows, concepts, of_roles, statements

DUPLICATES = ("include", "document", "week", "month", "year", "acrossrange")


def biadjacency(
    network: nx.MultiDiGraph,
    *,
    rows: str = "province",
    columns: str = "priority",
    relation: str | Sequence[str] | None = ("commits", "reports"),
) -> pd.DataFrame:
    """Count the statements of each actor on each concept.

    Parameters
    ----------
    network
        A policy network.
    rows
        ``"province"`` (with its cities, never its institutes or experts), ``"organisation"``,
        ``"expert"``, or ``"actor"`` for each of them on its own.
    columns
        A level of the codebook: ``"theme"``, ``"priority"`` or ``"item"``. Deeper codes roll up
        to it; a code above it keeps a column of its own. Or ``"initiative"``.
    relation
        The roles that count, one or several, or None for all. Commitments alone are
        ``relation="commits"``; experts need other roles than provinces, such as
        ``relation="recommends"``.

    Returns
    -------
    pandas.DataFrame
        Counts of statements, actors × concepts, both in the order of their tables (provinces by
        their official codes, concepts as the codebook has them). Only those with a statement
        appear: whoever is missing was not reported on, which is not the same as having no
        priorities.

    Raises
    ------
    ValueError
        If `rows`, `columns` or a relation is unknown; the message names what is allowed.
    TypeError
        If it is no network.

    See Also
    --------
    count_statements : The same from any table of statements.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> biadjacency(network, columns="theme").loc["hebei"].to_dict()
    {'new-quality-productive-forces': 0, 'domestic-demand': 0, 'private-economy': 2}
    """
    return count_concepts(network, of_roles(statements(network), relation), rows, columns)


def count_concepts(
    network: nx.MultiDiGraph, table: pd.DataFrame, rows: str, columns: str
) -> pd.DataFrame:
    """Count statements of a network by rows and columns, as `biadjacency` has them."""
    row = table["actor"].map(actor_rows(network, rows))
    table = table.assign(**{rows: row, columns: concepts(network, table, columns)})
    matrix = count_statements(table, rows=rows, columns=columns)
    order = pd.Index(network)
    return matrix.reindex(
        index=order[order.isin(matrix.index)].rename(rows),
        columns=order[order.isin(matrix.columns)].rename(columns),
    )


def count_statements(
    statements: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    qualifier: str | None = None,
    duplicates: str = "include",
) -> pd.DataFrame:
    """Count statements by any two of their columns, and by a qualifier if there is one.

    Select the statements to be counted with pandas before the call, for example
    ``statements[statements["role"] == "recommends"]``.

    Parameters
    ----------
    statements
        One row per statement. Its column `count`, if there is one, says how often the statement
        is made; otherwise each row counts once.
    rows, columns
        The names of two columns, for example ``rows="actor", columns="priority"``. That column
        holds codes of all levels, each for itself; `biadjacency` counts narrow ones with the wider.
    qualifier
        The name of a third column, boolean (agrees or not) or numeric (a rating). Its levels
        become the second level of the columns, for every concept. Their range is that of the
        whole table; a part of a table that `time_windows` gives brings the range of the whole
        with it in ``attrs["ranges"]``, which you can also set: ``{"rating": (1, 5)}``. All
        categories of a categorical column are levels.
    duplicates
        Which statements count once, however often they are made: ``"include"`` none;
        ``"document"`` those of one row, column and qualifier in one `document`; ``"week"``,
        ``"month"``, ``"year"`` in one ISO week, month or year of the column `said`;
        ``"acrossrange"`` in the whole table.

    Returns
    -------
    pandas.DataFrame
        Counts, with sorted rows and columns. A statement that lacks one of the two, or the
        qualifier, is not counted.

    Raises
    ------
    ValueError
        If the table has no such column, two are the same, a count is missing, negative or no
        number, the qualifier is neither boolean nor numeric, or a date is missing, cannot be
        read or is not exact enough, whose row the message names.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {
    ...         "actor": ["henan", "hebei", "henan"],
    ...         "priority": ["robots", "talent", "robots"],
    ...         "for": [True, True, False],
    ...         "document": ["daily", "daily", "daily"],
    ...     }
    ... )
    >>> matrix = count_statements(statements, rows="actor", columns="priority")
    >>> matrix.to_dict("index")
    {'hebei': {'robots': 0, 'talent': 1}, 'henan': {'robots': 2, 'talent': 0}}
    >>> options = {"rows": "actor", "columns": "priority", "duplicates": "document"}
    >>> count_statements(statements, **options).loc["henan", "robots"]
    np.int64(1)
    >>> count_statements(statements, qualifier="for", **options).loc["henan", "robots"].to_dict()
    {False: 1, True: 1}
    """
    names = [rows, columns] if qualifier is None else [rows, columns, qualifier]
    require_columns(statements, *names)
    require(duplicates, DUPLICATES, "duplicates")
    if len(set(names)) < len(names):
        both = "rows and columns are both" if rows == columns else "two of these are"
        raise ValueError(f"{both} {max(names, key=names.count)!r}; name different columns")
    keys = [statements[name] for name in names]
    if qualifier is not None:
        ends = statements.attrs.get("ranges", {}).get(qualifier, ())
        if isinstance(keys[2].dtype, pd.CategoricalDtype):
            ends = {*ends, *keys[2].cat.categories}
            keys[2] = keys[2].astype("object")
        keys[2] = _numeric_or_boolean(keys[2])
        levels = _levels(keys[2], ends)
    whole = np.logical_and.reduce([key.notna() for key in keys])
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
    matrix: pd.DataFrame = sums.unstack([*range(1, len(keys))], fill_value=0).rename_axis(
        index=rows
    )
    if qualifier is None:
        return matrix.rename_axis(columns=columns)
    concepts = matrix.columns.get_level_values(0).unique().sort_values()
    every = pd.MultiIndex.from_product([concepts, levels], names=[columns, qualifier])
    return matrix.reindex(columns=every, fill_value=0)


def counts_of(statements: pd.DataFrame) -> "pd.Series[Any]":
    """Give how often each statement is made: the column `count`, or once."""
    if "count" not in statements:
        return pd.Series(1, index=statements.index)
    count = statements["count"]
    if not pd.api.types.is_numeric_dtype(count) or count.isna().any() or (count < 0).any():
        raise ValueError("column 'count' must hold numbers from 0, none of them missing")
    if np.isinf(count.astype("float64")).any():
        raise ValueError("column 'count' has an infinite number")
    return count


def _numeric_or_boolean(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give a qualifier the type of its values; a column of objects may hold True, False, None."""
    if values.isna().all():  # a window may have nothing to count
        return values.astype("object").astype("Float64")
    if not pd.api.types.is_numeric_dtype(values):
        typed = values.convert_dtypes()
        if not pd.api.types.is_numeric_dtype(typed):
            raise ValueError(
                f"qualifier {values.name!r} holds {values.dtype}; one is boolean or numeric, "
                f"for example statements[{values.name!r}].map({{…: True, …: False}})"
            )
        values = typed
    if np.isinf(values.dropna().astype("float64")).any():
        raise ValueError(f"qualifier {values.name!r} has an infinite value")
    return values


def _levels(values: "pd.Series[Any]", ends: Iterable[Any]) -> list[Any]:
    """List the levels of a qualifier, with the ends of its range."""
    if pd.api.types.is_bool_dtype(values):
        return [False, True]
    return sorted({*values.dropna().unique().tolist(), *ends})


def _places(statements: pd.DataFrame, duplicates: str) -> "pd.Series[Any]":
    """Give the document or the period within which a statement counts once."""
    if duplicates == "acrossrange":
        return pd.Series(0, index=statements.index)
    if duplicates != "document":
        return periods(statements, duplicates)
    require_columns(statements, "document")
    documents = statements["document"]
    if documents.isna().any():
        row = documents.index[documents.isna()][0]
        raise ValueError(f"column 'document', row {row!r}: the document is missing")
    return documents
