"""The interactive view of a network in JupyterLab."""

from base64 import b64encode
from collections import Counter
from datetime import date
from html import escape
from io import BytesIO
from numbers import Integral
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
from matplotlib.colors import to_hex, to_rgb

from policylib._util.graphs import filled
from policylib._util.names import require
from policylib._util.numbers import EXACT
from policylib._util.printable import printable
from policylib.network.edges import COLUMNS, READ, check_network, check_relations, word_of
from policylib.network.names import Label, names_of
from policylib.plot.layout import Places, free_layout
from policylib.plot.networks import plot_network
from policylib.plot.sentences import STATEMENTS, Said, does, listed, said_at, sentences_at
from policylib.plot.style import COLOURS, short, width_of

if TYPE_CHECKING:
    from policylib.plot.sigma import Explorer

# ipysigma escapes the values of attributes, but neither their names nor the categories in its
# legend. So the names are fixed here, and `_merge` escapes the categories.
SHOWN = {"in Chinese": "label_zh", "in English": "label"}
SHOWN |= {name: name for name in ("level", "definition", "type", "role", "region", "year")}
# Relations between a member and its whole: the positions of both in an edge (source, target).
BELONGS = (
    ("implements", 0, 1),
    ("launches", 1, 0),
    ("affiliated_with", 0, 1),
    ("located_in", 0, 1),
)
LONGEST = 32  # letters of a name beside its node; a Chinese character counts as two
LETTER = 6.4  # pixels
RADII = (4, 10)  # pixels
FEW = 80  # up to so many nodes, all names are shown
# Pixels between ipysigma's buttons to the left and its panel to the right in a window that is 1300
# wide, and from the middle of the view to the middle between them.
WIDTH, HEIGHT, LEFT = 480, 540, 75
PADDING = 60  # pixels that ipysigma leaves above and below the nodes together
TALLEST = 2400  # pixels of the picture


def explore(
    network: nx.MultiDiGraph,
    *,
    around: str | None = None,
    depth: int = 1,
    label: Label = "label",
    documents: pd.DataFrame | None = None,
) -> "Explorer":
    """Show a policy network in JupyterLab, to search, filter and click for evidence.

    A click on a node shows its attributes and statements: those that an actor makes, or those
    about a code or an initiative, also by actors who are not shown. A click on a line shows its
    statements. At most 25 statements are listed. A click on a kind in the legend shows only its
    nodes. Parallel edges are drawn as one line. Priorities and initiatives without statements are
    left out. So are actors without statements, unless an actor or initiative that is shown belongs
    to them. The view loads nothing from the internet. Without widgets, as on GitHub, a picture by
    `plot_network` is shown instead.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    around : str, optional
        A node, to show only its neighbourhood. By default, the whole network is shown.
    depth : int
        The largest number of steps from that node, in either direction of the edges.
    label : str, mapping or Series
        The node attribute with the names, or a name for each node; a node without one shows its id.
        You can search for the names. Long ones are cut beside the node, and full in the list of
        attributes.
    documents : DataFrame, optional
        The texts, or some of them, as in `evidence`. Statements are then listed with their
        sentence, or with 160 characters of it around the quote.

    Returns
    -------
    ipysigma.Sigma
        The widget. Its attribute `graph` is the `networkx.DiGraph` that it shows, with names as
        nodes.

    Raises
    ------
    ImportError
        If ipysigma is not installed.
    KeyError
        If the network has no node `around`; the message names the nearest one.
    TypeError, ValueError
        If `network` is not a policy network, it has no statements, or an option is wrong; or if
        `documents` has a paragraph twice, or no document of the statements that are shown.

    See Also
    --------
    evidence : The statements behind an edge as a table.
    plot_network : A picture of a network.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> explore(network, around="hebei")
    Sigma(nx.DiGraph with 4 nodes and 5 edges)
    """
    network = filled(check_network(network), READ, (*COLUMNS, "relation", "role", "actor"))
    check_relations(network)
    if isinstance(depth, bool) or not isinstance(depth, Integral) or depth < 0:
        raise ValueError(f"depth counts steps, 0 or more; not {depth!r}")
    try:
        from policylib.plot.sigma import Explorer
    except ImportError as error:
        raise ImportError(
            'explore needs ipysigma: `pip install "policylib[lab]"` brings it'
        ) from error

    names = {node: str(node) for node in network} | names_of(label, network)
    names = {node: printable(name) for node, name in names.items()}
    part = _near(network, around, depth)
    if documents is not None:
        network = sentences_at(network, part, documents)
        part = network.subgraph(part)
    part = _sorted(part)
    words = _words(part)
    graph = nx.relabel_nodes(
        _merge(part, names, words, said_at(network, names)), _keys(part, names)
    )
    places = _places(graph)
    xs, ys = zip(*places.values(), strict=True)
    wide, high = (max(part) - min(part) for part in (xs, ys))
    # ipysigma divides all places by the larger span, and so the place of the camera.
    middle = 0.5 + (WIDTH / 2 + LEFT - (max(xs) + min(xs)) / 2) / (max(wide, high) or HEIGHT)
    return Explorer(
        graph,
        lambda: _draw(part, names),
        name=None if around is None else names[around],
        height=round(max(high, HEIGHT)) + PADDING,
        layout={node: {"x": x, "y": y} for node, (x, y) in places.items()},
        node_color="color",
        node_color_palette={escape(word): COLOURS[kind] for kind, word in words.items()},
        raw_node_size="size",
        raw_edge_size="size",
        edge_weight=None,
        camera_state={"x": middle, "y": 0.5, "ratio": 1, "angle": 0},
        label_grid_cell_size=200,
        label_rendered_size_threshold=0,
        show_all_labels=len(graph) <= FEW,
        clickable_edges=True,
    )


def _near(network: nx.MultiDiGraph, around: str | None, depth: int) -> nx.MultiDiGraph:
    """Keep actors and codes with statements, and what they belong to; then select around a node."""
    if around is not None:
        require(around, network, "node", KeyError)
    edges = list(network.edges(data="relation"))
    kept = {node for edge in edges if edge[2] in STATEMENTS for node in edge[:2]}
    kept |= set() if around is None else {around}
    for relation, member, whole in BELONGS:
        kept |= {edge[whole] for edge in edges if edge[2] == relation and edge[member] in kept}
    part = network.subgraph(kept)
    if around is not None:
        near = nx.single_source_shortest_path_length(part.to_undirected(), around, depth)
        part = network.subgraph(near)
    if not part:
        raise ValueError("the network has no statements; there is nothing to explore")
    return part


def _sorted(network: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Copy a network with its nodes and edges sorted.

    The places of the nodes depend on their order, and the order of a subgraph is not defined.
    """
    copy = nx.MultiDiGraph()
    copy.add_nodes_from(sorted(network.nodes(data=True), key=lambda item: str(item[0])))
    edges = network.edges(keys=True, data=True)
    copy.add_edges_from(sorted(edges, key=lambda edge: [*map(str, edge[:3])]))
    return copy


def _words(network: nx.MultiDiGraph) -> dict[str, str]:
    """Map the kinds of a network's nodes to words; two kinds never have the same word."""
    present = {kind for _, kind in network.nodes(data="kind")}
    words = {kind: word_of(network, kind) for kind in COLOURS if kind in present}
    return {kind: kind if word in COLOURS else word for kind, word in words.items()}


def _keys(network: nx.MultiDiGraph, names: dict[Any, str]) -> dict[Any, str]:
    """Map each node to its name, with the id added where two names are equal."""
    times = Counter(names[node] for node in network)
    return {n: names[n] if times[names[n]] == 1 else f"{names[n]} ({n})" for n in network}


def _places(graph: nx.DiGraph) -> Places:
    """Place the nodes; if they are few, so that all names can be read."""
    radii = dict(graph.nodes(data="size"))
    letters = {node: width_of(text) for node, text in graph.nodes(data="label")}
    shown = LETTER if len(graph) <= FEW else 0
    texts = {node: shown * number for node, number in letters.items()}
    return free_layout(graph.to_undirected(), radii, texts, width=WIDTH, height=HEIGHT)


def _merge(
    network: nx.MultiDiGraph,
    names: dict[Any, str],
    words: dict[str, str],
    said: dict[Any, list[Said]],
) -> nx.DiGraph:
    """Merge parallel edges into one, and describe nodes and edges.

    The panel does not show `label`, `size` and `color`, which serve to draw.
    """
    graph = nx.DiGraph()
    for node, data in network.nodes(data=True):
        word = words[data["kind"]]
        found = {"id": _plain(node)}
        found |= {shown: _plain(data[name]) for shown, name in SHOWN.items() if name in data}
        found = {shown: its for shown, its in found.items() if its not in (names[node], word)}
        drawn = {"label": short(names[node], LONGEST), "color": escape(word)}
        graph.add_nodes_from([(node, {"kind": word} | found | listed(said[node]) | drawn)])
    for a, b in dict.fromkeys(network.edges()):
        edges = list(network[a][b].values())
        relations = ", ".join(sorted({str(data.get("relation") or "–") for data in edges}))
        made = [(does(data, names), data) for data in edges if data.get("relation") in STATEMENTS]
        red, green, blue = to_rgb(COLOURS[network.nodes[a]["kind"]])
        # Half white, so that names on the line can be read.
        pale = to_hex(((1 + red) / 2, (1 + green) / 2, (1 + blue) / 2))
        graph.add_edge(a, b, relation=relations, **listed(made), color=pale)
        graph.edges[a, b]["size"] = 1.5 + graph.edges[a, b]["statements"] ** 0.5 / 2
    degrees = dict(graph.to_undirected().degree)
    low, high = RADII
    most = max(degrees.values()) or 1
    radii = {node: low + (high - low) * degree / most for node, degree in degrees.items()}
    nx.set_node_attributes(graph, radii, "size")
    return graph


def _plain(value: Any) -> Any:
    """Return a value that a browser can show: a date, a number that a float holds, or text."""
    if isinstance(value, date) or (type(value) in (int, float, bool) and abs(value) <= EXACT):
        return value
    return printable(str(value))


def _draw(network: nx.MultiDiGraph, names: dict[Any, str]) -> str:
    """Draw the picture that is shown without widgets, as PNG in base64."""
    import matplotlib.pyplot as plt

    before, stream = plt.get_fignums(), BytesIO()
    nx.set_node_attributes(network, names, "label")
    try:
        plot_network(network)
        figure = plt.gcf()
        figure.savefig(stream, format="png", dpi=min(100, TALLEST / figure.get_figheight()))
    finally:  # close the figures, or a notebook would show them too
        for number in set(plt.get_fignums()).difference(before):
            plt.close(number)
    return b64encode(stream.getvalue()).decode()
