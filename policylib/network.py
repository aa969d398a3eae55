"""Tables become the policy network; the network gives back its evidence."""

from collections.abc import Sequence
from typing import Any

import networkx as nx
import pandas as pd

from policylib._names import require
from policylib.tables import Tables

ACTORS = ("province", "organisation", "expert")
KINDS = (*ACTORS, "initiative", "priority")
LEVELS = ("theme", "priority", "item")
ROLES = ("commits", "reports", "directs", "defines", "diagnoses", "recommends")

_STATEMENT = ["id", "document", "paragraph", "actor", "role", "priority", "initiative", "qualifier"]
_STATEMENT += ["coder", "count", "said", "anchor", "summary"]


def build_network(tables: Tables) -> nx.MultiDiGraph:
    """Build the policy network of provinces, organisations, experts, initiatives and priorities.

    Every statement is one edge from its actor to its priority; a statement that names an
    initiative is also an edge from that initiative to the priority. Structural edges join
    initiatives to their owners, codes to broader codes, experts to organisations, and so on.

    Parameters
    ----------
    tables
        A data package, as `read_tables` gives it.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes carry `kind` (province, organisation, expert, initiative, priority) and the columns
        of their table. Edges carry `relation`: the role for a statement, whose key is the
        statement's id; `advances` from initiative to priority, same key and evidence; `launches`,
        `implements`, `broader`, `affiliated_with` and `located_in`, with the key
        ``source|relation|target``. What a table leaves empty is no attribute.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> network.nodes["henan"]["label"]
    'Henan'
    >>> network.has_edge("henan", "future-industries")
    True
    """
    network = nx.MultiDiGraph()
    for kind in KINDS:
        table = getattr(tables, "priorities" if kind == "priority" else f"{kind}s")
        network.add_nodes_from((row.pop("id"), {"kind": kind, **row}) for row in _records(table))
    for source_table, column, relation in (
        (tables.priorities, "broader", "broader"),
        (tables.initiatives, "implements", "implements"),
        (tables.experts, "organisation", "affiliated_with"),
        (tables.organisations, "province", "located_in"),
    ):
        for source, target in _links(source_table, column):
            _add_structural(network, source, relation, target)
    for initiative, owner in _links(tables.initiatives, "owner"):
        _add_structural(network, owner, "launches", initiative)
    _add_statements(network, tables)
    return network


def _add_statements(network: nx.MultiDiGraph, tables: Tables) -> None:
    said = tables.documents.set_index("id")["said"]
    statements = tables.statements.assign(said=tables.statements["document"].map(said))
    for row in _records(statements):
        key, actor, priority, role = (row.pop(k) for k in ("id", "actor", "priority", "role"))
        network.add_edge(actor, priority, key, relation=role, **row)
        if "initiative" in row:
            initiative = row.pop("initiative")
            row |= {"relation": "advances", "actor": actor, "role": role}
            network.add_edge(initiative, priority, key, **row)


def _add_structural(network: nx.MultiDiGraph, source: str, relation: str, target: str) -> None:
    network.add_edge(source, target, f"{source}|{relation}|{target}", relation=relation)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.to_dict("records")
    return [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in rows]


def _links(table: pd.DataFrame, column: str) -> list[tuple[str, str]]:
    return list(table[["id", column]].dropna().itertuples(index=False, name=None))


def describe_network(network: nx.MultiDiGraph) -> pd.DataFrame:
    """Count the nodes of each kind and the edges of each relation.

    Parameters
    ----------
    network
        A policy network.

    Returns
    -------
    pandas.DataFrame
        One row per kind and relation, largest first: `part` (node or edge), `name`, `count`.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", kind="province")
    >>> network.add_node("robots", kind="priority")
    >>> _ = network.add_edge("henan", "robots", relation="commits")
    >>> print(describe_network(network).to_string(index=False))
    part     name  count
    node priority      1
    node province      1
    edge  commits      1
    """
    values = [("node", kind) for _, kind in network.nodes(data="kind")]
    values += [("edge", relation) for *_, relation in network.edges(data="relation")]
    counts = pd.DataFrame(values, columns=["part", "name"]).value_counts().reset_index()
    return counts.sort_values(
        ["part", "count", "name"], ascending=[False, False, True], ignore_index=True
    )


def nodes_of_kind(network: nx.MultiDiGraph, kind: str) -> list[str]:
    """List the ids of all nodes of one kind.

    Parameters
    ----------
    network
        A policy network.
    kind
        province, organisation, expert, initiative or priority.

    Returns
    -------
    list of str
        Ids in alphabetical order.

    Raises
    ------
    ValueError
        If there is no such kind.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", kind="province")
    >>> network.add_node("robots", kind="priority")
    >>> nodes_of_kind(network, "province")
    ['henan']
    """
    require(kind, KINDS, "kind")
    return sorted(node for node, its_kind in network.nodes(data="kind") if its_kind == kind)


def evidence(
    network: nx.MultiDiGraph, actor: str | None = None, concept: str | None = None
) -> pd.DataFrame:
    """List the statements behind an edge, each with its document and paragraph.

    Parameters
    ----------
    network
        A policy network.
    actor
        A province (its cities speak for it too), an organisation or an expert; or an initiative,
        for the statements that name it. Everybody if left out.
    concept
        A priority, which includes all narrower codes, or an initiative. Everything if left out.

    Returns
    -------
    pandas.DataFrame
        One row per statement in the order of the source, with the columns of the statements
        table and `said`. No rows if nothing is said, which does not show that nothing is done.

    Raises
    ------
    KeyError
        If the network has no such actor or concept; the message names the nearest one.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> print(evidence(network, "hebei")[["paragraph", "priority"]].to_string(index=False))
     paragraph             priority
            33      private-finance
            33 business-environment
    """
    table = statements(network)
    if actor is not None:
        actor_kind = _require_node(network, actor, "actor", (*ACTORS, "initiative"))
        if actor_kind == "initiative":
            table = table[table["initiative"] == actor]
        else:
            table = table[table["actor"].map(actor_rows(network, actor_kind)) == actor]
    if concept is not None:
        concept_kind = _require_node(network, concept, "concept", ("priority", "initiative"))
        level = network.nodes[concept]["level"] if concept_kind == "priority" else "initiative"
        table = table[concepts(network, table, level) == concept]
    return table.reset_index(drop=True)


def statements(network: nx.MultiDiGraph) -> pd.DataFrame:
    """Turn the statement edges of a network back into a table.

    Parameters
    ----------
    network
        A policy network.

    Returns
    -------
    pandas.DataFrame
        One row per statement, in the order of documents and paragraphs.

    Raises
    ------
    TypeError
        If it is no network.

    Examples
    --------
    >>> import policylib
    >>> tables = policylib.read_tables()
    >>> len(statements(policylib.build_network(tables))) == len(tables.statements)
    True
    """
    if not isinstance(network, nx.Graph):
        raise TypeError(
            f"expected a network, not {type(network).__name__}; build_network(tables) gives one"
        )
    rows = [
        {"id": key, "actor": actor, "priority": priority, "role": data["relation"], **data}
        for actor, priority, key, data in network.edges(keys=True, data=True)
        if data["relation"] in ROLES
    ]
    table = pd.DataFrame(rows, columns=_STATEMENT)
    return table.sort_values(["document", "paragraph", "id"], ignore_index=True)


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
    rolled = {code: _roll_up(network, code, columns) for code in table["priority"].unique()}
    return table["priority"].map(rolled)


def roll_up(network: nx.MultiDiGraph, *, level: str = "priority") -> nx.MultiDiGraph:
    """Merge the codes below a level of the codebook into the code above them.

    Parameters
    ----------
    network
        A policy network; it is left as it is.
    level
        ``"theme"`` or ``"priority"``, the deepest level to be kept.

    Returns
    -------
    networkx.MultiDiGraph
        The network without deeper codes; their statements lead to the broader code.

    Raises
    ------
    ValueError
        If there is no such level.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> roll_up(network).number_of_edges("liaoning", "future-industries")
    5
    """
    require(level, LEVELS, "level")
    codes = {code: _roll_up(network, code, level) for code in nodes_of_kind(network, "priority")}
    deeper = [code for code, broader in codes.items() if code != broader]
    merged = network.copy()
    merged.remove_nodes_from(deeper)
    merged.add_edges_from(
        (source, codes[target], key, data)
        for source, target, key, data in network.in_edges(deeper, keys=True, data=True)
        if data["relation"] != "broader"
    )
    return merged


def _roll_up(network: nx.MultiDiGraph, code: str, level: str) -> str:
    while LEVELS.index(network.nodes[code]["level"]) > LEVELS.index(level):
        code = network.nodes[code]["broader"]
    return code


def label(
    table: pd.DataFrame, network: nx.MultiDiGraph, *, attribute: str = "label"
) -> pd.DataFrame:
    """Replace ids by readable names, in rows, columns and cells.

    Parameters
    ----------
    table
        A table or matrix that a function of policylib gave; it is left as it is.
    network
        The policy network it comes from.
    attribute
        The node attribute to be shown, ``"label"`` or ``"label_zh"``; a node that has none keeps
        its id.

    Returns
    -------
    pandas.DataFrame
        The same table. Lists in a cell stay lists; anchors and summaries stay as they are.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", label="Henan", label_zh="河南省")
    >>> matrix = pd.DataFrame({"robots": [1]}, index=["henan"])
    >>> label(matrix, network).index.to_list(), label(matrix, network).columns.to_list()
    (['Henan'], ['robots'])
    >>> label(matrix, network, attribute="label_zh").index.to_list()
    ['河南省']
    """
    names = {node: name for node, name in network.nodes(data=attribute) if name}
    named = table.rename(index=names, columns=names)
    for column in named.select_dtypes(["str", "object"]).columns.difference(["anchor", "summary"]):
        named[column] = named[column].map(lambda cell: _name(cell, names), na_action="ignore")
    return named


def _name(cell: Any, names: dict[str, str]) -> Any:
    if isinstance(cell, tuple):
        return tuple(names.get(part, part) for part in cell)
    if isinstance(cell, str):
        return "; ".join(names.get(part, part) for part in cell.split("; "))
    return cell


def of_roles(table: pd.DataFrame, relation: str | Sequence[str]) -> pd.DataFrame:
    """Keep the statements of one role or several.

    Parameters
    ----------
    table
        Statements.
    relation
        A role, or a sequence of roles.

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
    roles = [relation] if isinstance(relation, str) else list(relation)
    for role in roles:
        require(role, ROLES, "relation")
    return table[table["role"].isin(roles)]


def _require_node(network: nx.MultiDiGraph, node: str, what: str, kinds: tuple[str, ...]) -> str:
    kind = network.nodes[node]["kind"] if node in network else None
    if kind is None or kind not in kinds:
        if kind is not None:
            raise KeyError(f"{node!r} is of kind {kind}; {what} is one of {', '.join(kinds)}")
        require(
            node, [name for name, its in network.nodes(data="kind") if its in kinds], what, KeyError
        )
    return str(kind)
