"""Reduce a network to values that a file can hold, and build a network from them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx

from policylib._util.names import nearest
from policylib.convert.values import as_text, plain_name, plain_text, plain_value

Row = dict[str, Any]
Edge = tuple[Any, Any, Any, Row]

# Names that a format reserves in nodes and in edges, in lower case. Gephi has its own columns for
# label and weight; networkx reads the keys of edges from the names in _XML.
Reserved = Mapping[str, str | None]
_GEPHI = {"id": None, "label": "Label", "weight": "Weight", "timeset": None}
_XML = dict.fromkeys(("key", "networkx_key"))
RESERVED: dict[str, tuple[Reserved, Reserved]] = {
    ".graphml": ({}, _XML),
    ".gexf": ({}, _XML),
    ".json": ({"id": None}, dict.fromkeys(("source", "target", "key"))),
    ".csv": (_GEPHI, _GEPHI | dict.fromkeys(("source", "target", "type", "kind", "key"))),
    ".net": ({}, {}),
}
SUFFIX = " (attribute)"


class PlainNetwork(NamedTuple):
    """The content of a network file: ids, keys, and attributes under their names in the file."""

    directed: bool
    multigraph: bool | None  # None if that depends on whether edges are parallel
    graph: Row
    nodes: list[tuple[Any, Row]]
    edges: list[Edge]  # source, target, key (None for the next number) and attributes


def plain_network(network: nx.Graph, ending: str) -> PlainNetwork:
    """Return a network as a file with this extension can hold it.

    Missing values are left out, dates become text in ISO 8601, and lists become text except in
    JSON. An attribute of another type raises TypeError. Text that the file cannot hold, and two
    ids that would become the same, raise ValueError.

    Examples
    --------
    >>> network = nx.Graph()
    >>> network.add_node(1, label="Henan", terms=["robot", "robots"], note=None)
    >>> plain_network(network, ".csv").nodes
    [(1, {'Label': 'Henan', 'terms': 'robot; robots'})]
    """
    names = node_names(network, ending)
    of_nodes, of_edges = RESERVED[ending]
    nodes = [
        (names[node], _attributes(data, f"node {node!r}", ending, of_nodes))
        for node, data in network.nodes(data=True)
    ]
    edges = []
    for source, target, key, data in edges_of(network):
        place = f"edge {source!r} to {target!r}"
        attributes = _attributes(data, place, ending, of_edges)
        key = plain_name(key, f"{place}, key", ending)
        edges.append((names[source], names[target], key, attributes))
    if len({edge[:3] for edge in edges}) < len(edges):
        raise ValueError("keys of edges between the same two nodes would become the same text")
    graph = _attributes(network.graph, "network", ending, {})
    return PlainNetwork(network.is_directed(), network.is_multigraph(), graph, nodes, edges)


def node_names(network: nx.Graph, ending: str) -> dict[Any, Any]:
    """Return the id of each node in a file: text, but in JSON and CSV also a number."""
    names: dict[Any, Any] = {}
    nodes: dict[Any, Any] = {}
    for node in network:
        name = plain_name(node, f"node {node!r}", ending)
        names[node] = name if ending in (".json", ".csv") else as_text(name)
        # Other programs cannot tell 1 from "1" in a CSV file.
        other = nodes.setdefault(name if ending == ".json" else as_text(name), node)
        if other is not node:
            raise ValueError(f"the ids {other!r} and {node!r} would become the same text")
    return names


def edges_of(network: nx.Graph) -> Iterator[Edge]:
    """Yield source, target, key and attributes of each edge; the key is 0 in a simple graph."""
    if network.is_multigraph():
        yield from network.edges(keys=True, data=True)
    else:
        yield from ((source, target, 0, data) for source, target, data in network.edges(data=True))


def _attributes(data: Row, place: str, ending: str, reserved: Reserved) -> Row:
    attributes: Row = {}
    for name, value in data.items():
        where = f"{place}, attribute {name!r}"
        plain = plain_value(value, where, ending)
        if plain is None:
            continue
        escaped = escape(plain_text(str(name), where, ending), reserved)
        if escaped in attributes:
            raise ValueError(f"{where}: another attribute has the same name as text")
        attributes[escaped] = plain
    return attributes


def build(plain: PlainNetwork, path: Path) -> nx.Graph:
    """Build the network of a file, or raise if two nodes or two edges would become one."""
    of_nodes, of_edges = RESERVED[path.suffix.lower()]
    refuse_repeated((id_ for id_, _ in plain.nodes), path)
    network = nx.MultiDiGraph() if plain.directed else nx.MultiGraph()
    network.graph.update(plain.graph)
    network.add_nodes_from(
        (id_, _unescaped(data, of_nodes, f"{path.name}, node {id_!r}")) for id_, data in plain.nodes
    )
    for source, target, key, data in plain.edges:
        place = f"{path.name}, edge {source!r} to {target!r}"
        for end in (source, target):
            if end not in network:
                near = nearest(end, network)
                raise ValueError(f"{place}: no node {end!r}{near}")
        if key is not None and network.has_edge(source, target, key):
            same = f"and the key {key!r}" if plain.multigraph else "(only a multigraph holds both)"
            raise ValueError(f"{place}: another edge has the same ends {same}")
        network.add_edges_from([(source, target, key, _unescaped(data, of_edges, place))])
    if plain.multigraph:
        return network
    simple = nx.DiGraph(network) if plain.directed else nx.Graph(network)
    return simple if simple.number_of_edges() == network.number_of_edges() else network


def refuse_repeated(ids: Iterable[Any], path: Path) -> None:
    """Raise if two nodes of a file have the same id, because they would become one node."""
    seen: set[Any] = set()
    for id_ in ids:
        # 2.0 equals 2 in Python, and except in JSON, other programs cannot tell 2 from "2".
        same = {id_} if path.suffix.lower() == ".json" else {id_, as_text(id_)}
        if seen & same:
            raise ValueError(f"{path.name}: two nodes have the id {id_!r}")
        seen |= same


def _unescaped(data: Row, reserved: Reserved, place: str) -> Row:
    row: Row = {}
    for name, value in data.items():
        plain = unescape(name, reserved)
        if plain in row:
            raise ValueError(f"{place}: two attributes have the name {plain!r}")
        row[plain] = value
    return row


def escape(name: str, reserved: Reserved) -> str:
    """Return the name of an attribute in a file, changed if the format reserves it.

    Examples
    --------
    >>> [escape(name, {"id": None, "label": "Label"}) for name in ("id", "label", "size")]
    ['id (attribute)', 'Label', 'size']
    """
    if _core(name) not in reserved:
        return name
    return reserved.get(name) or name + SUFFIX


def unescape(name: str, reserved: Reserved) -> str:
    """Return the original of a name that `escape` changed."""
    if _core(name) not in reserved:
        return name
    own = reserved.get(name.lower())
    return name.lower() if name == own else name.removesuffix(SUFFIX)


def _core(name: str) -> str:
    return re.sub(r"( \(attribute\))+\Z", "", name).lower()


def hashable(value: Any) -> Any:
    """Return an id or key that networkx can hold; lists become tuples, as in networkx."""
    if isinstance(value, dict):
        raise TypeError(f"{value!r:.60} cannot be an id or key")
    return tuple(map(hashable, value)) if isinstance(value, list) else value
