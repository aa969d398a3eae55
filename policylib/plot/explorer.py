"""A network to look into: the interactive view in JupyterLab."""

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

# ipysigma escapes what attributes hold, but not their names nor the categories in its legend: so
# names come from here, and categories are the kinds, which check_network has let in.
SHOWN = ["kind", "label", "in full", "in Chinese", "in English", "level", "definition", "type"]
SHOWN += ["role", "region", "year"]
OTHER = {"label": ("in Chinese", "label_zh"), "label_zh": ("in English", "label")}
STATEMENTS = (*ROLES, "advances")
LISTED = 25  # statements of one edge; a longer list would be read in a table
# Relations, from member to whole: places in an edge (source, target).
BELONGS = (
    ("implements", 0, 1),
    ("launches", 1, 0),
    ("affiliated_with", 0, 1),
    ("located_in", 0, 1),
)
LONGEST = 36  # characters of a name beside its node
RADII = (4, 12)  # pixels
FEW = 50  # nodes that may all show their names
HEIGHT = 600
CAMERA = {"x": 0.88, "y": 0.5, "ratio": 1.45, "angle": 0}  # a panel covers the right side
TALLEST = 2400  # pixels of the picture


def explore(
    network: nx.MultiDiGraph,
    *,
    around: str | None = None,
    depth: int = 1,
    label: Label = "label",
) -> "Explorer":
    """Show a policy network in JupyterLab, to be searched, filtered and asked for its evidence.

    A node or line that is clicked shows what is known of it, a line its statements. Parallel edges
    are one line, since lines on top of each other could not be clicked. Left out are priorities
    and initiatives of which nobody speaks and actors that say nothing, unless one that does belongs
    to them. Nothing is fetched from the network; where there are no widgets, as on GitHub, a
    picture by `plot_network` is shown instead.

    Parameters
    ----------
    network
        A policy network.
    around
        A node, to see only what is near it; everything if left out.
    depth
        How many steps may lead there, in whatever direction edges point.
    label : str, mapping or Series
        The node attribute with the names, or a name for each node; a node without one shows its
        id. With ``"label"`` the search finds ids and short names, otherwise the names.

    Returns
    -------
    ipysigma.Sigma
        The widget. Its attribute `graph` is what it shows, a `networkx.DiGraph`.

    Raises
    ------
    ImportError
        If ipysigma is not installed.
    KeyError
        If the network has no node `around`; the message names the nearest one.
    TypeError, ValueError
        If it is no policy network, nothing in it can be shown, or an option is unknown.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
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
    if (
        not isinstance(label, str) or label != "label"
    ):  # the search looks at keys first, and ids are like English names
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
    """Keep who speaks, what is spoken of and what those belong to; of it what is near a node."""
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
    """Copy a network with the names that are to be shown under `label`; and not its order.

    A subgraph keeps no order of its own, and places depend on it.
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
    """Give a name, or the id of a node that has none."""
    return name if isinstance(name, str) and name else str(node)


def _keys(graph: nx.DiGraph) -> dict[Any, str]:
    """Give each node its name as key, with its id where two are called the same."""
    names = dict(graph.nodes(data="label"))
    times = Counter(names.values())
    return {node: name if times[name] == 1 else f"{name} ({node})" for node, name in names.items()}


def _merge(network: nx.MultiDiGraph) -> nx.DiGraph:
    """Make one edge of parallel ones, with a list of their statements."""
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
    # Not all need have a place; those of one paragraph stay in the order of their words.
    found.sort(key=_place)
    relations = sorted({data["relation"] for data in edges})
    listed = {f"statement {n}": _sentence(data) for n, data in enumerate(found[:LISTED], 1)}
    if len(found) > LISTED:
        listed["and"] = f"{len(found) - LISTED} more, which `evidence` lists"
    made = sum(int(data.get("count", 1)) for data in found)
    told = {"relation": ", ".join(relations), "statements": made, **listed}
    return told | {"size": 1.5 + made**0.5 / 2}


def _sentence(data: dict[str, Any]) -> str:
    who = f"{data['actor']} {data['role']}" if "role" in data else data["relation"]
    text = data.get("summary") or data.get("quote") or ""
    place = f"{data.get('document', 'no document')}, paragraph {data.get('paragraph', '?')}"
    often = f"; {data['count']} times" if data.get("count", 1) > 1 else ""
    return f"{place}, {who}: {text}".rstrip(": ") + often


def _place(data: dict[str, Any]) -> tuple[Any, ...]:
    """Give the place of a statement as a key to sort by; one without a place comes last."""
    document, paragraph = data.get("document"), data.get("paragraph")
    number = float("inf") if paragraph is None else float(paragraph)
    return document is None, str(document), number, _sentence(data)


def _draw(network: nx.MultiDiGraph) -> str:
    """Draw the picture that stands in for the widget."""
    import matplotlib.pyplot as plt

    before, stream = plt.get_fignums(), BytesIO()
    try:
        plot_network(network)
        figure = plt.gcf()
        figure.savefig(stream, format="png", dpi=min(100, TALLEST / figure.get_figheight()))
    finally:  # or a notebook would show it as well
        for number in set(plt.get_fignums()).difference(before):
            plt.close(number)
    return b64encode(stream.getvalue()).decode()
