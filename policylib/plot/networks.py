"""Draw a network in layers or by forces."""

from collections.abc import Mapping, Sequence
from sys import float_info
from typing import Any

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from policylib._util.graphs import as_graph, filled, is_missing
from policylib._util.names import as_mapping, require
from policylib._util.numbers import is_between, require_seed
from policylib.network.edges import READ, word_of
from policylib.network.names import Label, names_of
from policylib.plot.layout import LAST, LAYERS, Places, add_up, layered_layout
from policylib.plot.style import (
    BELOW_ZERO,
    COLOURS,
    GREY,
    PAPER,
    SIGNS,
    axes_of,
    finish,
    short,
    style,
    width_of,
)

MOST_LABELS = 100  # in a network placed by forces; beyond, the picture would be full of text
FEWER_LABELS = 60  # what is labelled then
ROUNDS = 200  # of moving labels apart, in a network of up to 60 labels


def plot_network(
    network: nx.Graph | pd.DataFrame,
    *,
    label: Label = "label",
    pos: Places | None = None,
    seed: int | None = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a network, coloured by kind of node.

    A policy network is drawn in three layers: actors, initiatives and priorities. Edges within a
    layer, and nodes without an edge to another layer, are not drawn. Make a large network smaller
    before, with `roll_up` or `Graph.subgraph`.

    In any other graph, neighbours are placed near each other (ForceAtlas2). If it has more than 100
    nodes, only the 60 nodes with the most neighbours have labels.

    Parameters
    ----------
    network : networkx.Graph or DataFrame
        A policy network, another graph, or a square table of weights, as `discourse_network`
        returns it. Nodes are coloured by the attribute `kind`. The width of a line shows the edge
        attribute `weight`, or else `count`, or else 1; parallel edges are added up. Edges with
        a weight below zero have another colour, and do not pull their nodes together. Edges with
        the attribute `sign`, as in `extract_backbone`, have two colours: more, or fewer, shared
        concepts than expected. If widths differ, the legend says what a thick line means.
    label : str, mapping or Series
        The node attribute with the names, or a name for each node; a node without one shows its
        id. By default, a node with the attribute `label_short` shows that. Long names are cut.
    pos : mapping, optional
        Places of the nodes, as networkx layouts return them, instead of layers or forces.
    seed : int or None
        The forces start from random places. With a number, the same network has the same picture
        each time, so the default is a number; None is random.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    TypeError
        If `network` is neither a graph nor a DataFrame.
    ValueError
        If the network has no nodes, a DataFrame is not square, or no node has the attribute
        `label`.

    Examples
    --------
    >>> ax = plot_network(nx.Graph([("Henan", "Robots"), ("Hebei", "Robots")]))
    >>> sorted(text.get_text() for text in ax.texts)
    ['Hebei', 'Henan', 'Robots']
    >>> plt.close()
    """
    network = filled(as_graph(network), (*READ, "label", "label_short"), ["sign"])
    require_seed(seed)
    if not network:
        raise ValueError("the network has no nodes; there is nothing to draw")
    if pos is not None:
        pos = _checked(pos, network)
    names = _names(network, label)
    simple = add_up(network)
    layers = [LAYERS.get(kind) for _, kind in simple.nodes(data="kind")]
    layered = pos is None and None not in layers and len(set(layers)) > 1
    if layered:
        pos = layered_layout(simple)
        simple = nx.Graph(simple.subgraph(pos))
        simple.remove_edges_from([(a, b) for a, b in simple.edges if pos[a][0] == pos[b][0]])
        names = {node: names[node] for node in simple}
    elif pos is None:
        near = simple.edge_subgraph([e for e in simple.edges if simple.edges[e]["sign"] != -1])
        drawn = nx.Graph(near.edges)
        drawn.add_nodes_from(simple)
        start = None if seed is None else int(seed) % 2**32  # the largest that numpy takes
        pos = nx.forceatlas2_layout(drawn, max_iter=400, seed=start, strong_gravity=True)
    caption = _caption(network, simple)
    with style():
        if ax is None and layered:
            ax = _axes_between_labels(names, pos, below=0.6 if caption else 0.4)
        side = min(11, 3.5 + len(simple) ** 0.5)
        ax = axes_of(ax, width=side, height=0.8 * side)
        _draw_edges(simple, pos, ax)
        _draw_nodes(simple, pos, ax)
        _add_legend(simple, caption, ax)
        if layered:
            _label_layers(names, pos, ax)
        else:
            _label_freely({node: names[node] for node in _labelled(simple)}, pos, ax)
        ax.set_axis_off()
    return ax


def _checked(pos: Any, network: nx.Graph) -> Places:
    """Return the places of the nodes, or raise unless each node has one: two finite numbers."""
    pos = as_mapping(pos, "pos")
    if not isinstance(pos, Mapping):
        raise TypeError(f"pos: expected a mapping of nodes to (x, y), not {type(pos).__name__}")
    most = float_info.max
    for node in network:
        require(node, pos, "place in pos for node")
        place = pos[node]
        pair = isinstance(place, Sequence | np.ndarray) and len(place) == 2
        if not pair or not all(is_between(number, -most, most) for number in place):
            raise ValueError(f"pos: node {node!r}: expected (x, y), got {place!r:.60}")
    return pos


def _axes_between_labels(names: dict[Any, str], pos: Places, below: float) -> Axes:
    """Make axes with room for the labels of the first layer to the left, of the last to the right.

    The legend has `below` inches.
    These labels are outside the axes, where the layout engines of matplotlib ignore them.
    """
    layers: dict[float, list[str]] = {0: [""], LAST: [""]}
    for node, name in names.items():
        layers.setdefault(pos[node][0], []).append(name)
    left, right = (0.3 + 0.07 * max(map(width_of, layers[x])) for x in (0, LAST))
    width, height = left + 5 + right, max(4.0, 1 + 0.27 * max(map(len, layers.values())))
    figure, ax = plt.subplots(figsize=(width, height))
    figure.subplots_adjust(left / width, below / height, 1 - right / width, 1 - 0.1 / height)
    return ax


def _draw_edges(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    thickest = max((weight for *_, weight in simple.edges(data="weight")), default=1) or 1
    initiatives = {node for node, kind in simple.nodes(data="kind") if kind == "initiative"}
    # The few edges of initiatives are drawn last, so that the others do not cover them.
    for named in (False, True):
        edges = [e for e in simple.edges(data=True) if bool(initiatives & {*e[:2]}) == named]
        nx.draw_networkx_edges(
            simple,
            pos,
            ax=ax,
            edgelist=[(a, b) for a, b, _ in edges],
            edge_color=COLOURS["initiative"]
            if named
            else [_line_colour(data) for *_, data in edges],
            width=[0.6 + 3 * data["weight"] / thickest for *_, data in edges],
            alpha=0.9 if named else 0.4,
        )


def _line_colour(data: dict[str, Any]) -> str:
    return SIGNS[data["sign"]][0] if data["sign"] in SIGNS else COLOURS.get(data["source"], GREY)


def _draw_nodes(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    kinds = dict(simple.nodes(data="kind"))
    present = set(kinds.values())
    for kind in [*(k for k in COLOURS if k in present), *sorted(present - set(COLOURS), key=str)]:
        nx.draw_networkx_nodes(
            simple,
            pos,
            nodelist=[node for node in simple if kinds[node] == kind],
            ax=ax,
            node_size=70,
            node_color=COLOURS.get(kind, GREY),
            edgecolors="white",
            linewidths=0.8,
            # Where no kind has a colour, the legend would explain one grey by another.
            label=short(word_of(simple, kind)) if kind and present & set(COLOURS) else "_",
        )


def _caption(network: nx.Graph, simple: nx.Graph) -> str | None:
    """Return the legend title for thick lines, or None if all lines have one width."""
    if len({weight for *_, weight in simple.edges(data="weight")}) < 2:
        return None
    kinds = {kind for _, kind in network.nodes(data="kind")}
    weighted = not all(is_missing(weight) for *_, weight in network.edges(data="weight"))
    counted = network.is_multigraph() and kinds <= set(LAYERS) and not weighted
    return f"thicker line: {'more statements' if counted else 'larger weight'}"


def _add_legend(simple: nx.Graph, caption: str | None, ax: Axes) -> None:
    """Explain the width of lines, and the colours of lines and nodes."""
    signs = {sign for *_, sign in simple.edges(data="sign")}
    meanings = BELOW_ZERO if simple.graph.get("signed") else SIGNS
    for colour, meaning in (meanings[sign] for sign in meanings if sign in signs):
        ax.plot([], [], color=colour, linewidth=3, alpha=0.4, label=meaning)
    handles, _ = ax.get_legend_handles_labels()
    if handles or caption:
        ax.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            ncols=max(len(handles), 1),
            title=caption,
            title_fontsize=9,
            frameon=False,
        )


def _label_layers(names: dict[Any, str], pos: Places, ax: Axes) -> None:
    left = {"xytext": (-8, 0), "ha": "right", "va": "center"}
    right = {"xytext": (8, 0), "ha": "left", "va": "center"}
    above = {"xytext": (0, 7), "ha": "center", "va": "bottom", "bbox": PAPER}
    for node, name in names.items():
        x, y = pos[node]
        side = left if x == 0 else right if x == LAST else above
        ax.annotate(name, (x, y), textcoords="offset points", fontsize=9, **side)
    ax.margins(x=0.02, y=0.03)
    finish(ax)


def _labelled(simple: nx.Graph) -> list[Any]:
    """Choose the nodes that get a label: all, or in a large network those with most neighbours."""
    if len(simple) <= MOST_LABELS:
        return list(simple)
    # The sort is stable: of nodes with equally many neighbours, the first ones are taken.
    return sorted(simple, key=lambda node: -len(simple[node]))[:FEWER_LABELS]


def _label_freely(names: dict[Any, str], pos: Places, ax: Axes) -> None:
    from adjustText import adjust_text

    texts = [
        ax.text(pos[node][0], pos[node][1], name, fontsize=9, bbox=PAPER)
        for node, name in names.items()
    ]
    finish(ax)  # before adjust_text, which draws the figure
    # The limit is a number of rounds, not a time, so that every machine draws the same picture. The
    # time of a round grows with the square of the number of labels.
    xs, ys = zip(*(pos[node] for node in names), strict=True)
    rounds = min(ROUNDS, ROUNDS * 60**2 // len(names) ** 2)
    options = {"expand": (1.25, 1.9), "iter_lim": rounds, "ensure_inside_axes": False}
    adjust_text(texts, x=list(xs), y=list(ys), ax=ax, **options)


def _names(network: nx.Graph, label: Label) -> dict[Any, str]:
    """Return the text beside each node; a graph without the default attribute shows ids."""
    known = any(name for _, name in network.nodes(data="label"))
    default = isinstance(label, str) and label == "label"
    names = {} if default and not known else names_of(label, network)
    if default:
        names |= {node: name for node, name in network.nodes(data="label_short") if name}
    return {node: short(names.get(node, node)) for node in network}
