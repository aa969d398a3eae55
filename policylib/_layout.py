"""Where the nodes of a policy network stand when it is drawn: actors, initiatives, priorities."""

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

Places = Mapping[Any, Sequence[float]]

LAYERS = {"expert": 0, "organisation": 0, "province": 0, "initiative": 1, "priority": 2}
LAST = max(LAYERS.values())


def add_up(network: nx.Graph) -> nx.Graph:
    """Make one edge of parallel ones: `weight` is their sum, `source` the kind they start from.

    A negative sum has the `sign` -1. Loops go: a picture does not show them.
    """
    simple = nx.Graph()
    simple.add_nodes_from(network.nodes(data=True))
    for a, b, data in network.edges(data=True):
        if a == b:
            continue
        weight = 1 if data.get("weight") is None else data["weight"]
        before = simple.edges[a, b]["weight"] if simple.has_edge(a, b) else 0
        kind = network.nodes[a].get("kind") if network.is_directed() else None
        simple.add_edge(a, b, weight=before + weight, source=kind, sign=data.get("sign"))
    for *_, data in simple.edges(data=True):
        if data["weight"] < 0 and data["sign"] is None:
            data.update(weight=-data["weight"], sign=-1)
            simple.graph["signed"] = True
    return simple


def layered_layout(simple: nx.Graph) -> Places:
    """Place priorities by theme, and the other layers each near what it is tied to.

    Parameters
    ----------
    simple
        A network whose nodes all have a `kind` of a policy network.

    Returns
    -------
    dict
        Node to (layer, height); the layers are 0, 1 and 2, heights run from -1 to 0.
    """
    layer = {node: LAYERS[kind] for node, kind in simple.nodes(data="kind")}
    places: dict[Any, tuple[float, float]] = {}
    for x in sorted(set(layer.values()), reverse=True):
        nodes = [node for node in simple if layer[node] == x]
        if x == LAST:
            nodes.sort(key=lambda node: _path(simple, node))
        else:
            nodes.sort(key=lambda node: (*_rank(simple, node, places), node))
        places |= {node: (x, -(i + 0.5) / len(nodes)) for i, node in enumerate(nodes)}
    return places


def _path(simple: nx.Graph, code: str) -> tuple[str, ...]:
    """Give a code with all its broader codes, the broadest first."""
    broader = simple.nodes[code].get("broader")
    return (*_path(simple, broader), code) if broader in simple else (code,)


def _rank(simple: nx.Graph, node: str, places: Places) -> tuple[int, float]:
    """Sort by kind, then by the mean height of the neighbours, which keeps crossings few."""
    heights = [places[other][1] for other in simple[node] if other in places]
    kind = list(LAYERS).index(simple.nodes[node]["kind"])
    return -kind, -sum(heights) / len(heights) if heights else 1.0
