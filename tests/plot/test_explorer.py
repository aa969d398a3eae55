import base64
import json
import re
import sys

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pytest
from ipywidgets.embed import embed_snippet
from nbconvert import HTMLExporter
from nbformat import v4

import policylib as pl
from policylib.plot.explorer import LISTED, LONGEST, RADII
from policylib.plot.layout import MARGIN, free_layout
from policylib.plot.style import COLOURS

VIEW = "application/vnd.jupyter.widget-view+json"
EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def attributes(widget, part="nodes"):
    """What the browser is sent: key, or source and target, to attributes."""
    items = widget.data[part]
    keys = [item.get("key", (item.get("source"), item.get("target"))) for item in items]
    return dict(zip(keys, (item["attributes"] for item in items), strict=True))


def test_colours_are_those_of_the_plots(network):
    widget = pl.explore(network)
    colour = widget.visual_variables["nodeColor"]
    assert colour["type"] == "category"
    assert colour["attribute"] == "kind"
    assert dict(colour["palette"]) == COLOURS
    assert {data["kind"] for data in attributes(widget).values()} == set(COLOURS)


def test_sizes_are_degrees(network):
    widget = pl.explore(network)
    size = widget.visual_variables["nodeSize"]
    assert (size["attribute"], tuple(size["range"])) == ("degree", RADII)
    degrees = dict(widget.graph.degree)
    assert {node: data["degree"] for node, data in attributes(widget).items()} == degrees


def test_what_nobody_speaks_of_is_left_out(network):
    network.add_node("gansu", kind="province", label="Gansu")
    network.remove_edges_from([e for e in network.edges(keys=True) if e[2] == "s07"])
    shown = set(pl.explore(network).graph)
    assert not shown & {"gansu", "ten-measures", "private-economy", "future-industries"}
    # The institute says nothing, but its experts do.
    assert {"henan", "robots", "quantum", "institute", "revival", "conference"} <= shown


def test_a_neighbourhood_ignores_direction(network):
    near = set(pl.explore(network, around="henan").graph)
    assert near == {"henan", "ten-measures", "robots", "quantum", "business-environment"} | {
        "institute"
    }
    assert set(pl.explore(network, around="quantum").graph) == {"quantum", "henan", "wang-wei"}
    assert set(pl.explore(network, around="henan", depth=0).graph) == {"henan"}
    assert near < set(pl.explore(network, around="henan", depth=2).graph)
    # Nobody speaks of it, but it was asked for.
    assert "private-economy" in pl.explore(network, around="private-economy").graph


def test_parallel_edges_are_one_with_its_statements(network):
    network.add_edge(
        "liaoning", "robots", "s15", relation="reports", document="a", paragraph=9, anchor="six"
    )
    edges = attributes(pl.explore(network), "edges")
    assert edges["liaoning", "robots"] == {
        "between": "Liaoning – Robots",
        "relation": "commits, reports",
        "statements": 2,
        "statement 1": "a, paragraph 9, reports: six",
        "statement 2": "daily, paragraph 3, commits: Build robots.",
        "size": pytest.approx(1.5 + 2**0.5 / 2),
    }
    named = edges["robot-plan", "robots"]["statement 1"]
    assert named == "daily, paragraph 3, liaoning commits: Build robots."
    assert edges["liaoning", "robot-plan"]["relation"] == "launches"
    assert len(edges) == len({(a, b) for a, b in network.edges() if {a, b} <= set_of(edges)})


def set_of(edges):
    return {node for edge in edges for node in edge}


def test_a_long_list_of_statements_ends(network):
    for n in range(LISTED + 3):
        network.add_edge(
            "henan", "credit", f"t{n}", relation="commits", document="d", paragraph=n, summary="x"
        )
    edge = attributes(pl.explore(network), "edges")["henan", "credit"]
    assert sum(name.startswith("statement ") for name in edge) == LISTED
    assert edge["statements"] == LISTED + 3
    assert edge["and"].startswith("3 more")


def test_names_in_either_language(network):
    english = attributes(pl.explore(network))["henan"]
    assert (english["label"], english["in Chinese"]) == ("Henan", "河南省")
    chinese = attributes(pl.explore(network, label="label_zh"))
    assert (chinese["河南省"]["label"], chinese["河南省"]["in English"]) == ("河南省", "Henan")
    assert chinese["institute"]["label"] == "institute"  # it has no Chinese name


def test_a_name_of_two_nodes_has_the_id_beside_it(network):
    network.nodes["jilin"]["label_zh"] = "河南省"
    network.nodes["liaoning"]["label_zh"] = ""
    keys = set(attributes(pl.explore(network, label="label_zh")))
    assert {"河南省 (henan)", "河南省 (jilin)", "liaoning"} <= keys


def test_statements_count_as_often_as_they_are_made(network):
    edges = attributes(pl.explore(network), "edges")
    items = pl.biadjacency(network, columns="item")
    assert edges["jilin", "robots"]["statements"] == items.loc["jilin", "robots"] == 2
    assert edges["jilin", "robots"]["statement 1"].endswith("; 2 times")


def test_statements_without_a_place_are_shown(network):
    edge = {"relation": "commits", "summary": "x"}
    network.add_edge("henan", "credit", "u1", **edge)
    network.add_edge("henan", "credit", "u2", **edge, document="d", paragraph=None)
    network.add_edge("henan", "credit", "u3", **edge, document="d", paragraph=3)
    edge = attributes(pl.explore(network), "edges")["henan", "credit"]
    assert edge["statements"] == 3
    assert edge["statement 1"] == "d, paragraph 3, commits: x"
    assert edge["statement 3"] == "no document, paragraph ?, commits: x"


def test_a_name_is_never_a_formula(network):
    network.nodes["henan"]["label"] = r"Rent $\bad{ and $x"
    before = plt.get_fignums()
    assert "image/png" in pl.explore(network)._repr_mimebundle_()
    assert plt.get_fignums() == before


def test_long_names_are_cut_beside_the_node_only(network):
    network.nodes["henan"]["label"] = name = "word " * 20
    henan = attributes(pl.explore(network))["henan"]
    assert len(henan["label"]) <= LONGEST
    assert henan["in full"] == name


def test_places_repeat_and_keep_nodes_apart(network):
    first = pl.explore(network).layout
    network = nx.MultiDiGraph(network)  # the same, but in another order
    shuffled = nx.MultiDiGraph()
    shuffled.add_nodes_from(sorted(network.nodes(data=True), reverse=True, key=lambda n: n[0]))
    shuffled.add_edges_from(sorted(network.edges(keys=True, data=True), key=lambda e: e[2]))
    assert pl.explore(shuffled).layout == first


@pytest.mark.parametrize("graph", [nx.star_graph(30), nx.path_graph(2), nx.empty_graph(1)])
def test_no_node_covers_another(graph):
    places = free_layout(graph, dict.fromkeys(graph, 10))
    points = np.array([places[node] for node in graph])
    distances = np.hypot(*np.moveaxis(points[:, None] - points, -1, 0))
    np.fill_diagonal(distances, np.inf)
    assert np.isfinite(points).all()
    assert distances.min() >= 20 + MARGIN - 1e-6


def test_text_does_not_change(network):
    texts = {repr(pl.explore(network, around="quantum")) for _ in range(2)}
    assert texts == {"Sigma(nx.DiGraph with 3 nodes and 2 edges)"}


def test_a_picture_stands_beside_the_widget(network):
    before = plt.get_fignums()
    bundle = pl.explore(network)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", VIEW, "image/png"}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert plt.get_fignums() == before  # or Jupyter would show the figure again


def export(*outputs):
    cell = v4.new_code_cell("pl.explore(network)", outputs=list(outputs), execution_count=1)
    page, _ = HTMLExporter().from_notebook_node(v4.new_notebook(cells=[cell]))
    return page


def test_a_page_shows_the_picture_and_needs_nothing_else(network):
    bundle = pl.explore(network)._repr_mimebundle_()
    page = export(v4.new_output("execute_result", data=bundle, execution_count=1))
    assert f"data:image/png;base64,{bundle['image/png'][:500]}" in page
    assert bundle[VIEW]["model_id"] not in page
    addresses = re.compile(r'(?:src|href)="https?:[^"]*')
    assert addresses.findall(page) == addresses.findall(export())


def test_names_from_data_are_never_markup(network):
    """Values are escaped by ipysigma, names of attributes and categories are not."""
    data = {"kind": "province", "label": EVIL, "region": EVIL, EVIL: EVIL, "node_for_adding": EVIL}
    network.add_nodes_from([(EVIL, data)])
    network.nodes["henan"]["label"] = EVIL
    key = {"relation": "commits", "document": EVIL, "paragraph": 1, EVIL: EVIL, "summary": EVIL}
    network.add_edge(EVIL, "quantum", "e1", **key)
    network.add_edge("henan", "quantum", "e2", **key)
    widget = pl.explore(network, around="quantum")
    nodes, edges = attributes(widget), attributes(widget, "edges")
    assert nodes[EVIL]["region"] == EVIL  # as it is, to be escaped where it is shown
    names = {name for data in (*nodes.values(), *edges.values()) for name in data}
    assert all(re.fullmatch(r"[A-Za-z0-9 ]+", name) for name in names)
    assert {data["kind"] for data in nodes.values()} <= set(COLOURS)
    # Where the state of a widget is written into a page, too.
    page = embed_snippet(views=[widget])
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert json.loads(re.search(r"widget-state\+json\">(.*?)</script>", page, re.DOTALL)[1])


def test_errors_say_what_is_meant(network):
    with pytest.raises(KeyError, match="no node 'henn'; did you mean 'henan'"):
        pl.explore(network, around="henn")
    with pytest.raises(ValueError, match=r"no label 'label_en' \(allowed: label, label_zh\)"):
        pl.explore(network, label="label_en")
    with pytest.raises(ValueError, match="0 or more; not -1"):
        pl.explore(network, around="henan", depth=-1)
    for depth in (None, "1", 1.5, True):
        with pytest.raises(ValueError, match="0 or more; not"):
            pl.explore(network, around="henan", depth=depth)
    with pytest.raises(ValueError, match="no statements; there is nothing to explore"):
        pl.explore(nx.MultiDiGraph())
    with pytest.raises(ValueError, match="is a MultiDiGraph"):
        pl.explore(nx.Graph(network))


def test_without_ipysigma_the_error_names_the_extra(network, monkeypatch):
    monkeypatch.delitem(sys.modules, "policylib.plot.sigma", raising=False)
    monkeypatch.setitem(sys.modules, "ipysigma", None)
    with pytest.raises(ImportError, match=r"policylib\[lab\]"):
        pl.explore(network)
