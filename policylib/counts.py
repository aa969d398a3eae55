"""Statements, or a network of them, become a biadjacency matrix: actors × concepts counts."""

from collections.abc import Sequence

import networkx as nx
import pandas as pd

from policylib._names import require_columns
from policylib._statements import actor_rows, concepts, of_roles, statements


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


def count_statements(statements: pd.DataFrame, *, rows: str, columns: str) -> pd.DataFrame:
    """Count statements by any two of their columns.

    Select the statements to be counted with pandas before the call, for example
    ``statements[statements["role"] == "recommends"]``.

    Parameters
    ----------
    statements
        One row per statement. Its column `count`, if there is one, says how often the statement
        is made; otherwise each row counts once.
    rows, columns
        The names of two columns, for example ``rows="actor", columns="priority"``.

    Returns
    -------
    pandas.DataFrame
        Counts, with sorted rows and columns. A statement that lacks one of the two is not
        counted.

    Raises
    ------
    ValueError
        If the table has no such column, both are the same, or a count is missing, negative or
        no number.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"actor": ["henan", "hebei", "henan"], "priority": ["robots", "talent", "robots"]}
    ... )
    >>> matrix = count_statements(statements, rows="actor", columns="priority")
    >>> matrix.to_dict("index")
    {'hebei': {'robots': 0, 'talent': 1}, 'henan': {'robots': 2, 'talent': 0}}
    """
    require_columns(statements, rows, columns)
    if rows == columns:
        raise ValueError(f"rows and columns are both {rows!r}; name two different columns")
    counted = statements if "count" in statements else statements.assign(count=1)
    count = counted["count"]
    if not pd.api.types.is_numeric_dtype(count) or count.isna().any() or (count < 0).any():
        raise ValueError("column 'count' must hold numbers from 0, none of them missing")
    sums = counted.groupby([rows, columns])["count"].sum()
    if pd.api.types.is_integer_dtype(sums):
        sums = sums.astype("int64")
    return sums.unstack(columns, fill_value=0)
