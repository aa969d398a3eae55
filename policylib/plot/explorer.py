"""The interactive view of a network in JupyterLab."""

from base64 import b64encode
from collections import Counter
from io import BytesIO
from numbers import Integral
from typing import TYPE_CHECKING, Any

import networkx as nx

from policylib._util.names import require
from policylib.network.edges import check_network
from policylib.network.names import Label, names_of
from policylib.plot.layout import free_layout
from policylib.plot.networks import plot_network
from policylib.plot.style import COLOURS
from policylib.tables.roles import ROLES

if TYPE_CHECKING:
    from policylib.plot.sigma import Explorer

# ipysigma escapes the values of attributes, but neither their names nor the categories in its
# legend. So the names are fixed here, and the categories are the kinds that check_network allows.
SHOWN = ["kind", "label", "in full", "in Chinese", "in English", "level", "definition", "type"]
SHOWN += ["role", "region", "year"]
OTHER = {"label": ("in Chinese", "label_zh"), "label_zh": ("in English", "label")}
STATEMENTS = (*ROLES, "advances")
LISTED = 25  # statements shown for one edge; `evidence` lists all
# Relations between a member and its whole: the positions of both in an edge (source, target).
BELONGS = (
    ("implements", 0, 1),
    ("launches", 1, 0),
    ("affiliated_with", 0, 1),
    ("located_in", 0, 1),
)
LONGEST = 36  # characters of a name beside its node
RADII = (4, 12)  # pixels
FEW = 50  # up to so many nodes, all names are shown
HEIGHT = 600
CAMERA = {"x": 0.88, "y": 0.5, "ratio": 1.45, "angle": 0}  # leaves the right side to a panel
TALLEST = 2400  # pixels of the picture


def explore(
    network: nx.MultiDiGraph,
    *,
    around: str | None = None,
    depth: int = 1,
    label: Label = "label",
) -> "Explorer":
    """Show a policy network in JupyterLab, to search, filter and click for evidence.

    A click on a node shows its attributes, a click on a line its statements. Parallel edges are
    drawn as one line. Priorities and initiatives without statements are left out. So are actors
    without statements, unless an actor or initiative that is shown belongs to them. The view loads
    nothing from the internet. Without widgets, as on GitHub, a picture by `plot_network` is shown
    instead.

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
        With ``"label"``, you can search for ids and short names, otherwise only for the names that
        are shown.

    Returns
    -------
    ipysigma.Sigma
        The widget. Its attribute `graph` is the `networkx.DiGraph` that it shows.

    Raises
    ------
    ImportError
        If ipysigma is not installed.
    KeyError
        If the network has no node `around`; the message names the nearest one.
    TypeError, ValueError
        If `network` is not a policy network, it has no statements, or an option is wrong.

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
    check_network(network)
    if isinstance(depth, bool) or not isinstance(depth, Integral) or depth < 0:
        raise ValueError(f"depth counts steps, 0 or more; not {depth!r}")
    try:
        from policylib.plot.sigma import Explorer
    except ImportError as error:
        raise ImportError(
            'explore needs ipysigma: `pip install "policylib[lab]"` brings it'
        ) from error

    part = _rename(_near(network, around, depth), label)
    graph = _merge(part)
    # The search looks at the keys of nodes. Ids resemble English names, but no other names.
    if not isinstance(label, str) or label != "label":
        graph = nx.relabel_nodes(graph, _keys(graph))
    most = max(degree for _, degree in graph.nodes(data="degree")) or 1
    low, high = RADII
    radii = {
        node: low + (high - low) * degree / most for node, degree in graph.nodes(data="degree")
    }
    places = free_layout(graph.to_undirected(), radii)
    return Explorer(
        graph,
        lambda: _draw(part),
        name=None if around is None else part.nodes[around]["label"],
        height=HEIGHT,
        layout={node: {"x": x, "y": y} for node, (x, y) in places.items()},
        node_color="kind",
        node_color_palette=COLOURS,
        node_size="degree",
        node_size_range=RADII,
        edge_color_from="source",
        raw_edge_size="size",
        edge_weight=None,
        camera_state=CAMERA,
        label_grid_cell_size=130,
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


def _rename(network: nx.MultiDiGraph, label: Label) -> nx.MultiDiGraph:
    """Copy a network, with the names to be shown under `label` and nodes and edges sorted.

    The places of the nodes depend on their order, and the order of a subgraph is not defined.
    """
    named = nx.MultiDiGraph()
    shown = names_of(label, network)
    other, column = OTHER["label_zh" if isinstance(label, str) and label == "label_zh" else "label"]
    for node in sorted(network):
        data = network.nodes[node]
        names = {"label": shown.get(node, str(node)), other: _name(data.get(column), node)}
        named.add_nodes_from([(node, data | names)])
    named.add_edges_from(sorted(network.edges(keys=True, data=True), key=lambda edge: edge[:3]))
    return named


def _name(name: Any, node: Any) -> str:
    """Return the name of a node, or its id if it has no name."""
    return name if isinstance(name, str) and name else str(node)


def _keys(graph: nx.DiGraph) -> dict[Any, str]:
    """Map each node to its name, with the id added where two names are equal."""
    names = dict(graph.nodes(data="label"))
    times = Counter(names.values())
    return {node: name if times[name] == 1 else f"{name} ({node})" for node, name in names.items()}


def _merge(network: nx.MultiDiGraph) -> nx.DiGraph:
    """Merge parallel edges into one edge, with a list of their statements."""
    graph = nx.DiGraph()
    for node, data in network.nodes(data=True):
        graph.add_nodes_from([(node, {name: data[name] for name in SHOWN if name in data})])
        if len(data["label"]) > LONGEST:
            cut = data["label"][: LONGEST - 1].rstrip() + "…"
            graph.nodes[node].update({"label": cut, "in full": data["label"]})
    for a, b in sorted(set(network.edges())):
        names = " – ".join(network.nodes[node]["label"] for node in (a, b))
        graph.add_edge(a, b, between=names, **_evidence(network[a][b].values()))
    nx.set_node_attributes(graph, dict(graph.to_undirected().degree), "degree")
    return graph


def _evidence(edges: Any) -> dict[str, Any]:
    """Describe parallel edges: their relations, and their statements in order."""
    found = [data for data in edges if data.get("relation") in STATEMENTS]
    found.sort(key=_place)
    relations = sorted({data["relation"] for data in edges})
    listed = {f"statement {n}": _sentence(data) for n, data in enumerate(found[:LISTED], 1)}
    if len(found) > LISTED:
        listed["and"] = f"{len(found) - LISTED} more, which `evidence` lists"
    made = sum(int(data.get("count", 1)) for data in found)
    known = {"relation": ", ".join(relations), "statements": made, **listed}
    return known | {"size": 1.5 + made**0.5 / 2}


def _sentence(data: dict[str, Any]) -> str:
    who = f"{data['actor']} {data['role']}" if "role" in data else data["relation"]
    text = data.get("summary") or data.get("quote") or ""
    place = f"{data.get('document', 'no document')}, paragraph {data.get('paragraph', '?')}"
    often = f"; {data['count']} times" if data.get("count", 1) > 1 else ""
    return f"{place}, {who}: {text}".rstrip(": ") + often


def _place(data: dict[str, Any]) -> tuple[Any, ...]:
    """Return a key to sort statements by place; those without a place come last."""
    document, paragraph = data.get("document"), data.get("paragraph")
    number = float("inf") if paragraph is None else float(paragraph)
    return document is None, str(document), number, _sentence(data)


def _draw(network: nx.MultiDiGraph) -> str:
    """Draw the picture that is shown without widgets, as PNG in base64."""
    import matplotlib.pyplot as plt

    before, stream = plt.get_fignums(), BytesIO()
    try:
        plot_network(network)
        figure = plt.gcf()
        figure.savefig(stream, format="png", dpi=min(100, TALLEST / figure.get_figheight()))
    finally:  # close the figures, or a notebook would show them too
        for number in set(plt.get_fignums()).difference(before):
            plt.close(number)
    return b64encode(stream.getvalue()).decode()
