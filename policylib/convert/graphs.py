"""A network reduced to what files can hold: text, numbers, true and false; and built again."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

# XML 1.0 has no way to write these; no file in UTF-8 can hold a lone surrogate; and a label in a
# list of pairs ends at the next quote.
FORBIDDEN = {
    **dict.fromkeys(
        (".graphml", ".gexf"), re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    ),
    **dict.fromkeys((".json", ".csv"), re.compile("[\ud800-\udfff]")),
    **dict.fromkeys((".dl", ".net"), re.compile('["\n\r\ud800-\udfff]')),
}
NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]{0,4000})(\.[0-9]+)?([eE][+-]?[0-9]+)?|(Infinity))")
# Put behind the name of an attribute that a format has another use for.
SUFFIX = " (attribute)"

Edge = tuple[Any, Any, Any, dict[str, Any]]


def plain_network(network: nx.Graph, ending: str) -> nx.Graph:
    """Copy a network, with nothing in it but what a file of this ending can hold.

    Parameters
    ----------
    network
        Any network; it is left as it is.
    ending
        The ending of the file.

    Returns
    -------
    networkx.Graph
        A Graph, DiGraph, MultiGraph or MultiDiGraph of the same nodes, edges and keys. Missing
        values are no attributes, dates are text in ISO 8601, and lists are text but for JSON.

    Raises
    ------
    TypeError
        If an attribute is anything else.
    ValueError
        If a text has characters that the file cannot hold, or two ids would become one.

    Examples
    --------
    >>> network = nx.Graph()
    >>> network.add_node(1, since=date(2023, 12, 1), terms=["robot", "robots"], note=None)
    >>> plain_network(network, ".gexf").nodes(data=True)
    NodeDataView({'1': {'since': '2023-12-01', 'terms': 'robot; robots'}})
    """
    names = node_names(network, ending)
    nodes = [
        (names[node], _attributes(data, f"node {node!r}", ending))
        for node, data in network.nodes(data=True)
    ]
    edges = []
    for source, target, key, data in edges_of(network):
        place = f"edge {source!r} to {target!r}"
        attributes = _attributes(data, place, ending)
        edges.append(
            (names[source], names[target], _name(key, f"{place}, key", ending), attributes)
        )
    plain = build(network.is_directed(), network.is_multigraph(), nodes, edges)
    if plain.number_of_edges() < network.number_of_edges():
        raise ValueError("keys of edges between the same two nodes would become the same text")
    plain.graph.update(_attributes(network.graph, "network", ending))
    return plain


def node_names(network: nx.Graph, ending: str) -> dict[Any, Any]:
    """Give the id that each node has in a file: text, but JSON and CSV have numbers too."""
    numbers = ending in (".json", ".csv")
    names: dict[Any, Any] = {}
    nodes: dict[Any, Any] = {}
    for node in network:
        name = _name(node, f"node {node!r}", ending)
        names[node] = name if numbers else as_text(name)
        # Programs that read a CSV file take 1 and "1" for the same id.
        other = nodes.setdefault(name if ending == ".json" else as_text(name), node)
        if other is not node:
            raise ValueError(f"the ids {other!r} and {node!r} would become the same text")
    return names


def _name(name: Any, place: str, ending: str) -> Any:
    """Give an id or key as a number if it is one, and as text if not."""
    if isinstance(name, np.number | np.bool_):
        name = name.item()
    if isinstance(name, int) or (isinstance(name, float) and math.isfinite(name)):
        return name
    return _text(str(name), place, ending)


def _attributes(data: dict[Any, Any], place: str, ending: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, value in data.items():
        where = f"{place}, attribute {name!r}"
        plain = _value(value, where, ending)
        if plain is not None and _text(str(name), where, ending) in attributes:
            raise ValueError(f"{where}: another one has the same name as text")
        if plain is not None:
            attributes[str(name)] = plain
    return attributes


def _value(value: Any, place: str, ending: str) -> Any:
    if not isinstance(value, list | tuple | set | frozenset):
        return scalar(value, place, ending)
    parts = [part for part in (scalar(part, place, ending) for part in value) if part is not None]
    if isinstance(value, set | frozenset):
        parts.sort(key=lambda part: (isinstance(part, str), part))
    return parts if ending == ".json" else "; ".join(map(as_text, parts))


def scalar(value: Any, place: str, ending: str) -> Any:
    """Give a value as Python's own text, number, true or false; None if it is missing."""
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    elif isinstance(value, np.number | np.bool_) and not isinstance(value, np.timedelta64):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str):
        return _text(str(value), place, ending)
    if isinstance(value, bool | int):
        return value if isinstance(value, bool) else int(value)
    if isinstance(value, float):
        if math.isinf(value) and ending == ".json":
            raise ValueError(f"{place}: JSON has no infinite numbers")
        return None if math.isnan(value) else float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(
        f"{place}: a {type(value).__name__} cannot be written (allowed: text, numbers, true and "
        "false, dates, and lists, tuples and sets of these)"
    )


def _text(text: str, place: str, ending: str) -> str:
    found = FORBIDDEN[ending].search(text)
    if found:
        raise ValueError(f"{place}: a {ending} file cannot hold the character {found[0]!r}")
    return text


def edges_of(network: nx.Graph) -> Iterator[Edge]:
    """Yield source, target, key and attributes of every edge; the key of a simple graph is 0."""
    if network.is_multigraph():
        yield from network.edges(keys=True, data=True)
    else:
        yield from ((source, target, 0, data) for source, target, data in network.edges(data=True))


def build(
    directed: bool,
    multigraph: bool,
    nodes: Iterable[tuple[Any, dict[str, Any]]],
    edges: Iterable[Edge],
) -> nx.Graph:
    """Build a network of one of the four classes of networkx."""
    simple, multi = (nx.DiGraph, nx.MultiDiGraph) if directed else (nx.Graph, nx.MultiGraph)
    network = multi() if multigraph else simple()
    network.add_nodes_from(nodes)
    if multigraph:
        network.add_edges_from(edges)
    else:
        network.add_edges_from((source, target, data) for source, target, _, data in edges)
    return network


def simplest(network: nx.MultiGraph) -> nx.Graph:
    """Give a multigraph as a simple graph, if it has no parallel edges."""
    simple = nx.DiGraph(network) if network.is_directed() else nx.Graph(network)
    return simple if simple.number_of_edges() == network.number_of_edges() else network


def summed_weights(network: nx.Graph, ending: str) -> dict[tuple[str, str], int | float]:
    """Sum the weights of parallel edges; without a weight, the count stands for it, or 1."""
    names = node_names(network, ending)
    sums: dict[tuple[str, str], int | float] = {}
    for source, target, _, data in edges_of(network):
        weights = []
        for name in ("weight", "count"):
            place = f"edge {source!r} to {target!r}, attribute {name!r}"
            weights.append(scalar(data.get(name), place, ending))
            if isinstance(weights[-1], str | bool):
                raise TypeError(f"{place}: {weights[-1]!r} is not a number")
        pair = names[source], names[target]
        sums[pair] = sums.get(pair, 0) + next((w for w in weights if w is not None), 1)
    return sums


def as_text(value: Any) -> str:
    """Spell a value as other programs read it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("inf", "Infinity") if isinstance(value, float) else str(value)


def as_number(text: str) -> int | float | None:
    """Read a number; a text with leading zeros is none, for it is the name of something.

    Examples
    --------
    >>> as_number("7"), as_number("7.0"), as_number("007")
    (7, 7.0, None)
    """
    found = NUMBER.fullmatch(text)
    if not found:
        return None
    return float(text) if any(found.groups()) else int(text)


def escape(name: str, reserved: Iterable[str]) -> str:
    """Rename an attribute whose name the format has another use for.

    Examples
    --------
    >>> escape("id", ["id"]), escape("label", ["id"])
    ('id (attribute)', 'label')
    """
    return name + SUFFIX if _core(name) in reserved else name


def unescape(name: str, reserved: Iterable[str]) -> str:
    """Give back the name that `escape` changed."""
    return name.removesuffix(SUFFIX) if _core(name) in reserved else name


def _core(name: str) -> str:
    while name.endswith(SUFFIX):
        name = name.removesuffix(SUFFIX)
    return name.lower()


def refuse_twice(ids: Iterable[Any], file: str) -> None:
    """Raise if two nodes of a file have one id, which would make one node of them."""
    seen: set[Any] = set()
    for id_ in ids:
        same = {id_, as_text(id_)}  # 2.0 is 2 in Python, and "2" is 2 in other programs
        if seen & same:
            raise ValueError(f"{file}: two nodes have the id {id_}")
        seen |= same


def read_text(path: Path) -> str:
    """Read a file in UTF-8, with or without a byte order mark."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path.name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8"
        ) from None
