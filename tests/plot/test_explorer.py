"""The network in JupyterLab, to be searched and clicked."""

import base64
import json
import re
import sys

import matplotlib.pyplot as plt
import networkx as nx
import pytest
from ipywidgets.embed import embed_snippet
from nbconvert import HTMLExporter
from nbformat import v4

import policylib as pol
from policylib.plot.explorer import LISTED, LONGEST, RADII
from policylib.plot.style import COLOURS

VIEW = "application/vnd.jupyter.widget-view+json"

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def attributes(widget, part="nodes"):
    """What the browser is sent: key, or source and target, to attributes."""
    items = widget.data[part]
    keys = [item.get("key", (item.get("source"), item.get("target"))) for item in items]
    return dict(zip(keys, (item["attributes"] for item in items), strict=True))


def set_of(edges):
    return {node for edge in edges for node in edge}


def export(*outputs):
    cell = v4.new_code_cell("pol.explore(network)", outputs=list(outputs), execution_count=1)
    page, _ = HTMLExporter().from_notebook_node(v4.new_notebook(cells=[cell]))
    return page


class TestExplore:
    def test_colours_are_those_of_the_plots(self, network):
        widget = pol.explore(network)
        colour = widget.visual_variables["nodeColor"]
        assert colour["type"] == "category"
        assert colour["attribute"] == "kind"
        assert dict(colour["palette"]) == COLOURS
        assert {data["kind"] for data in attributes(widget).values()} == set(COLOURS)

    def test_sizes_are_degrees(self, network):
        widget = pol.explore(network)
        size = widget.visual_variables["nodeSize"]
        assert (size["attribute"], tuple(size["range"])) == ("degree", RADII)
        degrees = dict(widget.graph.degree)
        assert {node: data["degree"] for node, data in attributes(widget).items()} == degrees

    def test_what_nobody_speaks_of_is_left_out(self, network):
        network.add_node("gansu", kind="province", label="Gansu")
        network.remove_edges_from([e for e in network.edges(keys=True) if e[2] == "s07"])
        shown = set(pol.explore(network).graph)
        assert not shown & {"gansu", "ten-measures", "private-economy", "future-industries"}
        # The institute says nothing, but its experts do.
        assert {"henan", "robots", "quantum", "institute", "revival", "conference"} <= shown

    def test_a_neighbourhood_ignores_direction(self, network):
        near = set(pol.explore(network, around="henan").graph)
        assert near == {"henan", "ten-measures", "robots", "quantum", "business-environment"} | {
            "institute"
        }
        assert set(pol.explore(network, around="quantum").graph) == {"quantum", "henan", "wang-wei"}
        assert set(pol.explore(network, around="henan", depth=0).graph) == {"henan"}
        assert near < set(pol.explore(network, around="henan", depth=2).graph)
        # Nobody speaks of it, but it was asked for.
        assert "private-economy" in pol.explore(network, around="private-economy").graph

    def test_parallel_edges_are_one_with_its_statements(self, network):
        network.add_edge(
            "liaoning", "robots", "s15", relation="reports", document="a", paragraph=9, quote="six"
        )
        edges = attributes(pol.explore(network), "edges")
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

    def test_a_long_list_of_statements_ends(self, network):
        for n in range(LISTED + 3):
            network.add_edge(
                "henan",
                "credit",
                f"t{n}",
                relation="commits",
                document="d",
                paragraph=n,
                summary="x",
            )
        edge = attributes(pol.explore(network), "edges")["henan", "credit"]
        assert sum(name.startswith("statement ") for name in edge) == LISTED
        assert edge["statements"] == LISTED + 3
        assert edge["and"].startswith("3 more")

    def test_names_in_either_language(self, network):
        english = attributes(pol.explore(network))["henan"]
        assert (english["label"], english["in Chinese"]) == ("Henan", "河南省")
        chinese = attributes(pol.explore(network, label="label_zh"))
        assert (chinese["河南省"]["label"], chinese["河南省"]["in English"]) == ("河南省", "Henan")
        assert chinese["institute"]["label"] == "institute"  # it has no Chinese name

    def test_a_name_of_two_nodes_has_the_id_beside_it(self, network):
        network.nodes["jilin"]["label_zh"] = "河南省"
        network.nodes["liaoning"]["label_zh"] = ""
        keys = set(attributes(pol.explore(network, label="label_zh")))
        assert {"河南省 (henan)", "河南省 (jilin)", "liaoning"} <= keys

    def test_statements_count_as_often_as_they_are_made(self, network):
        edges = attributes(pol.explore(network), "edges")
        items = pol.biadjacency(network, columns="item")
        assert edges["jilin", "robots"]["statements"] == items.loc["jilin", "robots"] == 2
        assert edges["jilin", "robots"]["statement 1"].endswith("; 2 times")

    def test_statements_without_a_place_are_shown(self, network):
        edge = {"relation": "commits", "summary": "x"}
        network.add_edge("henan", "credit", "u1", **edge)
        network.add_edge("henan", "credit", "u2", **edge, document="d", paragraph=None)
        network.add_edge("henan", "credit", "u3", **edge, document="d", paragraph=3)
        edge = attributes(pol.explore(network), "edges")["henan", "credit"]
        assert edge["statements"] == 3
        assert edge["statement 1"] == "d, paragraph 3, commits: x"
        assert edge["statement 3"] == "no document, paragraph ?, commits: x"

    def test_a_name_is_never_a_formula(self, network):
        network.nodes["henan"]["label"] = r"Rent $\bad{ and $x"
        before = plt.get_fignums()
        assert "image/png" in pol.explore(network)._repr_mimebundle_()
        assert plt.get_fignums() == before

    def test_long_names_are_cut_beside_the_node_only(self, network):
        network.nodes["henan"]["label"] = name = "word " * 20
        henan = attributes(pol.explore(network))["henan"]
        assert len(henan["label"]) <= LONGEST
        assert henan["in full"] == name

    def test_places_repeat_and_keep_nodes_apart(self, network):
        first = pol.explore(network).layout
        network = nx.MultiDiGraph(network)  # the same, but in another order
        shuffled = nx.MultiDiGraph()
        shuffled.add_nodes_from(sorted(network.nodes(data=True), reverse=True, key=lambda n: n[0]))
        shuffled.add_edges_from(sorted(network.edges(keys=True, data=True), key=lambda e: e[2]))
        assert pol.explore(shuffled).layout == first

    def test_text_does_not_change(self, network):
        texts = {repr(pol.explore(network, around="quantum")) for _ in range(2)}
        assert texts == {"Sigma(nx.DiGraph with 3 nodes and 2 edges)"}

    def test_a_picture_stands_beside_the_widget(self, network):
        before = plt.get_fignums()
        bundle = pol.explore(network)._repr_mimebundle_()
        assert set(bundle) == {"text/plain", VIEW, "image/png"}
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
        assert plt.get_fignums() == before  # or Jupyter would show the figure again

    def test_a_page_shows_the_picture_and_needs_nothing_else(self, network):
        bundle = pol.explore(network)._repr_mimebundle_()
        page = export(v4.new_output("execute_result", data=bundle, execution_count=1))
        assert f"data:image/png;base64,{bundle['image/png'][:500]}" in page
        assert bundle[VIEW]["model_id"] not in page
        addresses = re.compile(r'(?:src|href)="https?:[^"]*')
        assert addresses.findall(page) == addresses.findall(export())

    def test_names_from_data_are_never_markup(self, network):
        """Values are escaped by ipysigma, names of attributes and categories are not."""
        data = {
            "kind": "province",
            "label": EVIL,
            "region": EVIL,
            EVIL: EVIL,
            "node_for_adding": EVIL,
        }
        network.add_nodes_from([(EVIL, data)])
        network.nodes["henan"]["label"] = EVIL
        key = {"relation": "commits", "document": EVIL, "paragraph": 1, EVIL: EVIL, "summary": EVIL}
        network.add_edge(EVIL, "quantum", "e1", **key)
        network.add_edge("henan", "quantum", "e2", **key)
        widget = pol.explore(network, around="quantum")
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

    def test_errors_say_what_is_meant(self, network):
        with pytest.raises(KeyError, match="no node 'henn'; did you mean 'henan'"):
            pol.explore(network, around="henn")
        with pytest.raises(ValueError, match=r"no node has the attribute 'label_en'; did you mean"):
            pol.explore(network, label="label_en")
        with pytest.raises(ValueError, match="0 or more; not -1"):
            pol.explore(network, around="henan", depth=-1)
        for depth in (None, "1", 1.5, True):
            with pytest.raises(ValueError, match="0 or more; not"):
                pol.explore(network, around="henan", depth=depth)
        with pytest.raises(ValueError, match="no statements; there is nothing to explore"):
            pol.explore(nx.MultiDiGraph())
        with pytest.raises(ValueError, match="is a MultiDiGraph, not a Graph"):
            pol.explore(nx.Graph(network))

    def test_without_ipysigma_the_error_names_the_extra(self, network, monkeypatch):
        monkeypatch.delitem(sys.modules, "policylib.plot.sigma", raising=False)
        monkeypatch.setitem(sys.modules, "ipysigma", None)
        with pytest.raises(ImportError, match=r"policylib\[lab\]"):
            pol.explore(network)
