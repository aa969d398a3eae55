"""The statements in a policy network, and what each counts for: a row and a concept."""

from collections.abc import Iterable, Sequence

import networkx as nx
import pandas as pd

from policylib._util.names import require

ACTORS = ("province", "organisation", "expert")
KINDS = (*ACTORS, "initiative", "priority")
LEVELS = ("theme", "priority", "item")
ROLES = ("commits", "reports", "directs", "defines", "diagnoses", "recommends")
COLUMNS = ["id", "document", "paragraph", "actor", "role", "priority", "initiative", "qualifier"]
COLUMNS += ["coder", "count", "said", "anchor", "summary"]


def statements(
    network: nx.MultiDiGraph,
    actors: Iterable[str] | None = None,
    *,
    rows: str | None = None,
    columns: str | None = None,
) -> pd.DataFrame:
    """Turn the statement edges of a network back into a table.

    Parameters
    ----------
    network
        A policy network.
    actors
        Those whose statements are wanted; all if left out.
    rows, columns
        As in `biadjacency`: adds the columns `row`, the actor that a statement counts for, and
        `concept`, the code or initiative that it counts towards.

    Returns
    -------
    pandas.DataFrame
        One row per statement, in the order of documents and paragraphs.

    Raises
    ------
    TypeError
        If it is no network.
    ValueError
        If it is a network, but not a policy network, or `rows` or `columns` are unknown.

    Examples
    --------
    >>> import policylib
    >>> tables = policylib.read_tables()
    >>> len(statements(policylib.build_network(tables))) == len(tables.statements)
    True
    """
    check_network(network)
    found = [
        {"id": key, "actor": actor, "priority": priority, "role": data["relation"], **data}
        for actor, priority, key, data in network.edges(actors, keys=True, data=True)
        if data.get("relation") in ROLES
    ]
    table = pd.DataFrame(found, columns=COLUMNS).astype({"qualifier": "boolean"})
    codes = set(table["priority"])
    if any(network.nodes[code].get("kind") != "priority" for code in codes):
        raise ValueError("a statement leads from an actor to a priority; here some do not")
    if rows is not None:
        table["row"] = table["actor"].map(actor_rows(network, rows))
    if columns is not None:
        table["concept"] = concepts(network, table, columns)
    return table.sort_values(["document", "paragraph", "id"], ignore_index=True)


def check_network(network: nx.MultiDiGraph) -> None:
    """Raise if this is no policy network."""
    if not isinstance(network, nx.Graph):
        raise TypeError(
            f"expected a network, not {type(network).__name__}; build_network(tables) gives one"
        )
    if not (network.is_directed() and network.is_multigraph()):
        raise ValueError("a policy network is a MultiDiGraph; do not turn it into a simple graph")
    without = [node for node, kind in network.nodes(data="kind") if kind not in KINDS]
    if without:
        raise ValueError(f"node {without[0]!r} has no kind (allowed: {', '.join(KINDS)})")


def actor_rows(network: nx.MultiDiGraph, rows: str) -> dict[str, str]:
    """Map each actor to the row that counts it; a city counts for its province.

    Parameters
    ----------
    network
        A policy network.
    rows
        ``"province"`` (with its cities, never its institutes or experts), ``"organisation"``,
        ``"expert"``, or ``"actor"`` for each of them on its own.

    Returns
    -------
    dict
        Actor id to row id; actors that count for no row are left out.

    Raises
    ------
    ValueError
        If `rows` is none of these.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("shanxi", kind="province")
    >>> network.add_node("yuncheng", kind="organisation", type="city", province="shanxi")
    >>> actor_rows(network, "province")
    {'shanxi': 'shanxi', 'yuncheng': 'shanxi'}
    """
    require(rows, (*ACTORS, "actor"), "rows")
    kinds = ACTORS if rows == "actor" else (rows,)
    groups = {node: node for node, kind in network.nodes(data="kind") if kind in kinds}
    if rows == "province":
        groups |= {
            node: data["province"]
            for node, data in network.nodes(data=True)
            if data["kind"] == "organisation" and data["type"] == "city"
        }
    return groups


def concepts(network: nx.MultiDiGraph, table: pd.DataFrame, columns: str) -> "pd.Series[str]":
    """Give the concept of each statement at one level of the codebook, or its initiative.

    Parameters
    ----------
    network
        A policy network.
    table
        Statements of that network.
    columns
        ``"theme"``, ``"priority"`` or ``"item"``: deeper codes roll up to that level and codes
        above it stand for themselves; or ``"initiative"``.

    Returns
    -------
    pandas.Series
        One concept per statement; missing where a statement names no initiative.

    Raises
    ------
    ValueError
        If `columns` is none of these.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("industry", kind="priority", level="theme")
    >>> network.add_node("robots", kind="priority", level="item", broader="industry")
    >>> concepts(network, pd.DataFrame({"priority": ["robots", "industry"]}), "theme").to_list()
    ['industry', 'industry']
    """
    require(columns, (*LEVELS, "initiative"), "columns")
    if columns == "initiative":
        return table["initiative"]
    codes = table["priority"].unique()
    return table["priority"].map({code: broaden(network, code, columns) for code in codes})


def broaden(network: nx.MultiDiGraph, code: str, level: str) -> str:
    """Climb from a code to its broader code at a level, as far as the network holds them."""
    while LEVELS.index(network.nodes[code]["level"]) > LEVELS.index(level):
        broader = network.nodes[code].get("broader")
        if broader not in network:  # cut off, in a subgraph
            break
        code = broader
    return code


def of_roles(table: pd.DataFrame, relation: str | Sequence[str] | None) -> pd.DataFrame:
    """Keep the statements of one role or several.

    Parameters
    ----------
    table
        Statements.
    relation
        A role, a sequence of roles, or None for all.

    Returns
    -------
    pandas.DataFrame
        Those of the statements, in their order.

    Raises
    ------
    ValueError
        If there is no such role.

    Examples
    --------
    >>> table = pd.DataFrame({"role": ["commits", "reports", "directs"]})
    >>> of_roles(table, ("commits", "reports"))["role"].to_list()
    ['commits', 'reports']
    """
    if relation is None:
        return table
    roles = [relation] if isinstance(relation, str) else list(relation)
    for role in roles:
        require(role, ROLES, "relation")
    return table[table["role"].isin(roles)]
