"""Tables become the policy network; the network gives back its evidence."""

from typing import Any

import networkx as nx
import pandas as pd

from policylib._util.names import require
from policylib.network.edges import (
    ACTORS,
    KINDS,
    LEVELS,
    actor_rows,
    broaden,
    check_network,
    concepts,
    statements,
)
from policylib.tables.read import Tables


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

    Raises
    ------
    ValueError
        If a table names an id that no table describes, which `read_tables` would not let in.

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
    check_network(network)
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
    TypeError, ValueError
        If it is no policy network.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> print(evidence(network, "hebei")[["paragraph", "priority"]].to_string(index=False))
     paragraph             priority
            33      private-finance
            33 business-environment
    """
    check_network(network)
    actors = None
    if actor is not None:
        actor_kind = require_node(network, actor, "actor", (*ACTORS, "initiative"))
        if actor_kind != "initiative":
            actors = [a for a, row in actor_rows(network, actor_kind).items() if row == actor]
    table = statements(network, actors)
    if actor is not None and actors is None:
        table = table[table["initiative"] == actor]
    if concept is not None:
        concept_kind = require_node(network, concept, "concept", ("priority", "initiative"))
        level = network.nodes[concept]["level"] if concept_kind == "priority" else "initiative"
        table = table[concepts(network, table, level) == concept]
    return table.reset_index(drop=True)


def roll_up(network: nx.MultiDiGraph, *, level: str = "priority") -> nx.MultiDiGraph:
    """Merge the codes below a level of the codebook into the code above them.

    Parameters
    ----------
    network
        A policy network; it is left as it is.
    level
        The deepest level to be kept: ``"theme"``, ``"priority"``, or ``"item"``, which keeps all.

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
    check_network(network)
    codes = {code: broaden(network, code, level) for code in nodes_of_kind(network, "priority")}
    deeper = [code for code, broader in codes.items() if code != broader]
    merged = network.copy()
    merged.remove_nodes_from(deeper)
    merged.add_edges_from(
        (source, codes[target], key, data)
        for source, target, key, data in network.in_edges(deeper, keys=True, data=True)
        if data["relation"] != "broader"
    )
    return merged


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
    for column in named.select_dtypes(["str", "object"]):
        if column not in ("anchor", "summary"):
            named[column] = named[column].map(lambda cell: _name(cell, names), na_action="ignore")
    return named


def _name(cell: Any, names: dict[str, str]) -> Any:
    if isinstance(cell, tuple):
        return tuple(names.get(part, part) for part in cell)
    if isinstance(cell, str):
        return "; ".join(names.get(part, part) for part in cell.split("; "))
    return cell


def require_node(network: nx.MultiDiGraph, node: str, what: str, kinds: tuple[str, ...]) -> str:
    """Give the kind of a node, or raise if there is none of these kinds by that name."""
    kind = network.nodes[node]["kind"] if node in network else None
    if kind is None or kind not in kinds:
        if kind is not None:
            raise KeyError(f"{node!r} is of kind {kind}; {what} is one of {', '.join(kinds)}")
        require(
            node, [name for name, its in network.nodes(data="kind") if its in kinds], what, KeyError
        )
    return str(kind)
