"""Place the nodes of a network: in three layers, or by forces."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import networkx as nx
import numpy as np

from policylib._util.graphs import weight_of

Places = Mapping[Any, Sequence[float]]

LAYERS = {"expert": 0, "organisation": 0, "province": 0, "initiative": 1, "priority": 2}
LAST = max(LAYERS.values())
MARGIN = 5  # between nodes that are placed by forces
TEXT = 12  # the height of a label beside such a node
FILLED = 0.5  # the largest part of a frame that nodes and labels fill
ROUNDS = 200  # of moving nodes that overlap


def add_up(network: nx.Graph) -> nx.Graph:
    """Merge parallel edges into one: `weight` is their sum, `source` the kind of their first node.

    An edge with a negative sum gets the `sign` -1. Self-loops are dropped.
    """
    simple = nx.Graph()
    simple.add_nodes_from(network.nodes(data=True))
    for a, b, data in network.edges(data=True):
        if a == b:
            continue
        weight = weight_of(a, b, data)
        before = simple.edges[a, b]["weight"] if simple.has_edge(a, b) else 0
        kind = network.nodes[a].get("kind") if network.is_directed() else None
        simple.add_edge(a, b, weight=before + weight, source=kind, sign=data.get("sign"))
    for *_, data in simple.edges(data=True):
        if data["weight"] < 0 and data["sign"] is None:
            data.update(weight=-data["weight"], sign=-1)
            simple.graph["signed"] = True
    return simple


def layered_layout(simple: nx.Graph) -> Places:
    """Place priorities by theme, and the nodes of the other layers near their neighbours.

    Parameters
    ----------
    simple : networkx.Graph
        A network whose nodes all have a `kind` of a policy network.

    Returns
    -------
    dict
        Node to (layer, height), for the nodes with an edge to another layer. If no edge leads to
        another layer, all nodes have a place. The layers are 0, 1 and 2; heights are between -1
        and 0. The distance between two themes is half a step larger.
    """
    layer = {node: LAYERS[kind] for node, kind in simple.nodes(data="kind")}
    drawn = {node for edge in simple.edges if layer[edge[0]] != layer[edge[1]] for node in edge}
    layer = {node: x for node, x in layer.items() if node in drawn or not drawn}
    places: dict[Any, tuple[float, float]] = {}
    for x in sorted(set(layer.values()), reverse=True):
        nodes = [node for node in layer if layer[node] == x]
        if x == LAST:
            nodes.sort(key=lambda node: [*map(str, _path(simple, node))])
            themes = [_path(simple, node)[0] for node in nodes]
        else:
            nodes.sort(key=lambda node: (*_rank(simple, node, places), str(node)))
            themes = [""] * len(nodes)
        steps = [1.0, *(1.5 if a != b else 1.0 for a, b in pairwise(themes))]
        heights = [height - 0.5 for height in accumulate(steps)]
        places |= {n: (x, -h / sum(steps)) for n, h in zip(nodes, heights, strict=True)}
    return places


def _path(simple: nx.Graph, code: str) -> tuple[str, ...]:
    """Return a code with all its broader codes, the broadest first."""
    path = [code]
    while (broader := simple.nodes[path[0]].get("broader")) in simple and broader not in path:
        path.insert(0, broader)
    return tuple(path)


def _rank(simple: nx.Graph, node: str, places: Places) -> tuple[int, float]:
    """Return a key to sort by kind, then by the mean height of the neighbours.

    This keeps the number of crossing lines small.
    """
    heights = [places[other][1] for other in simple[node] if other in places]
    kind = list(LAYERS).index(simple.nodes[node]["kind"])
    return -kind, -sum(heights) / len(heights) if heights else 1.0


def free_layout(
    simple: nx.Graph,
    radii: Mapping[Any, float],
    texts: Mapping[Any, float],
    *,
    width: float,
    height: float,
) -> Places:
    """Place nodes by forces, so that neither they nor the labels to their right overlap.

    Parameters
    ----------
    simple : networkx.Graph
        A graph without parallel edges.
    radii, texts : mapping
        The radius of each node and the width of its label, in the unit of the frame.
    width, height : float
        The size of the frame. No label is outside its width. If it is too low for the nodes, they
        are placed in a higher one.

    Returns
    -------
    dict
        Node to (x, y). The same graph in the same order has the same places.
    """
    forces = nx.forceatlas2_layout(simple, max_iter=400, seed=0, strong_gravity=True)
    radius, text = (np.array([sizes[node] for node in simple]) for sizes in (radii, texts))
    # A node and its label are a box, of which these are half the width and half the height.
    halves = np.column_stack([radius + text / 2, np.maximum(radius, TEXT / 2)]) + MARGIN / 2
    height = max(height, 4 * halves.prod(axis=1).sum() / width / FILLED)
    low, high = halves[:, 0], np.maximum(width - halves[:, 0], halves[:, 0])
    boxes = np.array([forces[node] for node in simple], dtype=float)
    boxes -= boxes.min(axis=0)
    boxes /= boxes.max(axis=0).clip(1e-9)
    boxes = np.column_stack([low + boxes[:, 0] * (high - low), boxes[:, 1] * height])
    first = np.sign(np.subtract.outer(*[np.arange(len(boxes))] * 2))[..., None]
    for _ in range(ROUNDS):
        boxes[:, 0] = boxes[:, 0].clip(low, high)
        gaps = boxes[:, None] - boxes
        missing = halves[:, None] + halves - np.abs(gaps)
        missing[~(missing > 0).all(axis=-1) | np.eye(len(boxes), dtype=bool)] = 0
        if not missing.any():
            break
        # Both boxes of a pair that overlaps move by half of the overlap, in the direction in which
        # it is smaller; 1 % more than half, so that the loop ends.
        smaller = missing <= missing[..., ::-1]
        boxes += (missing * smaller * np.where(gaps, np.sign(gaps), first) * 0.51).sum(axis=1)
    boxes[:, 0] -= text / 2
    return {node: (float(x), float(y)) for node, (x, y) in zip(simple, boxes, strict=True)}
