"""The network in JupyterLab, to be searched and clicked."""

import base64
import html
import json
import re
import sys
from decimal import Decimal

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from ipywidgets.embed import embed_snippet
from nbconvert import HTMLExporter
from nbformat import v4

import policylib as pol
from policylib.plot.explorer import LONGEST, RADII
from policylib.plot.sentences import LISTED
from policylib.plot.sigma import STYLE
from policylib.plot.style import COLOURS, width_of

VIEW = "application/vnd.jupyter.widget-view+json"

EVIL = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def attributes(widget, part="nodes"):
    """What the browser is sent: key, or source and target, to attributes."""
    items = widget.data[part]
    keys = [item.get("key", (item.get("source"), item.get("target"))) for item in items]
    return dict(zip(keys, (item["attributes"] for item in items), strict=True))


def ids(widget):
    """The ids of the nodes that are shown; the keys are their names."""
    return {data.get("id", key) for key, data in widget.graph.nodes(data=True)}


def statements_of(data):
    return [text for name, text in data.items() if name.startswith("statement ")]


def export(*outputs):
    cell = v4.new_code_cell("pol.explore(network)", outputs=list(outputs), execution_count=1)
    page, _ = HTMLExporter().from_notebook_node(v4.new_notebook(cells=[cell]))
    return page


class TestExplore:
    def test_colours_are_those_of_the_plots(self, network):
        widget = pol.explore(network)
        colour = widget.visual_variables["nodeColor"]
        assert colour["type"] == "category"
        assert dict(colour["palette"]) == COLOURS
        nodes = attributes(widget)
        assert {data[colour["attribute"]] for data in nodes.values()} == set(COLOURS)
        assert nodes["Henan"]["color"] == nodes["Henan"]["kind"] == "province"
        edges = attributes(widget, "edges")
        assert edges["Henan", "Quantum"]["color"] == "#80b8d8"  # half of #0072b2, half white
        assert dict(
            pol.explore(network, around="quantum").visual_variables["nodeColor"]["palette"]
        ) == {kind: COLOURS[kind] for kind in ("province", "expert", "priority")}

    def test_kinds_have_the_word_of_the_provinces_type(self, network):
        for node in ("henan", "jilin", "liaoning"):
            network.nodes[node]["type"] = "city"
        widget = pol.explore(network)
        palette = dict(widget.visual_variables["nodeColor"]["palette"])
        assert palette["city"] == COLOURS["province"]
        assert "province" not in palette
        henan = attributes(widget)["Henan"]
        assert (henan["kind"], henan["color"], "type" in henan) == ("city", "city", False)
        for node in ("henan", "jilin", "liaoning"):  # the word of another kind
            network.nodes[node]["type"] = "organisation"
        palette = dict(pol.explore(network).visual_variables["nodeColor"]["palette"])
        assert palette == COLOURS

    def test_sizes_are_neighbours(self, network):
        widget = pol.explore(network)
        assert widget.visual_variables["nodeSize"]["attribute"] == "size"
        sizes = {node: data["size"] for node, data in attributes(widget).items()}
        degrees = dict(widget.graph.to_undirected().degree)
        assert sizes.keys() == degrees.keys()
        assert max(sizes, key=sizes.get) == max(degrees, key=degrees.get)
        assert max(sizes.values()) == RADII[1]
        assert min(sizes.values()) > RADII[0]

    def test_names_that_serve_to_draw_are_those_that_are_hidden(self, network):
        """ipysigma lists label, size and color last, after its second rule; STYLE hides that."""
        widget = pol.explore(network)
        drawn = {"label", "size", "color"}
        for data in attributes(widget).values():
            assert drawn < set(data)
            assert set(data) - drawn <= {"kind", "id", "in Chinese", "level", "definition"} | {
                *("type", "role", "region", "year", "statements"),
                *(f"statement {n}" for n in range(1, LISTED + 1)),
            }
        for data in attributes(widget, "edges").values():
            assert {"size", "color"} == {name for name in data if "statement" not in name} - {
                "relation"
            }
        variables = widget.visual_variables.values()
        assert {v["attribute"] for v in variables if v.get("attribute")} == drawn
        assert "hr:nth-of-type(2) ~ *" in STYLE

    def test_what_nobody_speaks_of_is_left_out(self, network):
        network.add_node("gansu", kind="province", label="Gansu")
        network.remove_edges_from([e for e in network.edges(keys=True) if e[2] == "s07"])
        shown = ids(pol.explore(network))
        assert not shown & {"gansu", "ten-measures", "private-economy", "future-industries"}
        # The institute says nothing, but its experts do.
        assert {"henan", "robots", "quantum", "institute", "revival", "conference"} <= shown

    def test_a_neighbourhood_ignores_direction(self, network):
        near = ids(pol.explore(network, around="henan"))
        assert near == {"henan", "ten-measures", "robots", "quantum", "business-environment"} | {
            "institute"
        }
        assert ids(pol.explore(network, around="quantum")) == {"quantum", "henan", "wang-wei"}
        assert ids(pol.explore(network, around="henan", depth=0)) == {"henan"}
        assert near < ids(pol.explore(network, around="henan", depth=2))
        # Nobody speaks of it, but it was asked for.
        assert "private-economy" in ids(pol.explore(network, around="private-economy"))

    def test_parallel_edges_are_one_with_its_statements(self, network):
        network.add_edge(
            "liaoning", "robots", "s15", relation="reports", document="a", paragraph=9, quote="six"
        )
        edges = attributes(pol.explore(network), "edges")
        assert edges["Liaoning", "Robots"] == {
            "relation": "commits, reports",
            "statements": 2,
            "statement 1": "a, paragraph 9: reports: six",
            "statement 2": "daily, paragraph 3: commits: Build robots.",
            "size": pytest.approx(1.5 + 2**0.5 / 2),
            "color": "#80b8d8",
        }
        named = edges["Robot plan", "Robots"]["statement 1"]
        assert named == "daily, paragraph 3: Liaoning commits: Build robots."
        assert edges["Liaoning", "Robot plan"]["relation"] == "launches"
        shown = ids(pol.explore(network))
        assert len(edges) == len({(a, b) for a, b in network.edges() if {a, b} <= shown})

    def test_a_node_has_its_statements(self, network):
        nodes = attributes(pol.explore(network))
        assert statements_of(nodes["Henan"]) == [
            "daily, paragraph 5: on Quantum, commits: Plan ahead.",
            "daily, paragraph 5: on Robots, commits: Buy robots.",
            "daily, paragraph 6: on Business environment, commits: Fewer, better rules.",
        ]
        assert statements_of(nodes["Robots"])[:2] == [
            "daily, paragraph 3: Liaoning commits: Build robots.",
            "daily, paragraph 5: Henan commits: Buy robots.",
        ]
        assert statements_of(nodes["Ten measures"]) == [
            "daily, paragraph 5: Henan commits: Buy robots."
        ]
        assert nodes["Institute of Cities"]["statements"] == 0
        chinese = attributes(pol.explore(network, label="label_zh"))
        assert statements_of(chinese["十条措施"]) == [
            "daily, paragraph 5: 河南省 commits: Buy robots."
        ]

    def test_a_node_has_also_its_statements_outside_the_view(self, network):
        near = attributes(pol.explore(network, around="henan"))
        assert near["Robots"] == attributes(pol.explore(network))["Robots"] | {
            "size": near["Robots"]["size"]
        }

    def test_all_statements_are_counted_at_both_ends(self, network):
        nodes = attributes(pol.explore(network))
        made = sum(pol.statements(network)["count"].astype(int))
        actors = ("province", "organisation", "expert")
        assert sum(d["statements"] for d in nodes.values() if d["kind"] in actors) == made
        assert sum(d["statements"] for d in nodes.values() if d["kind"] == "priority") == made

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
        widget = pol.explore(network)
        edge, node = attributes(widget, "edges")["Henan", "Credit"], attributes(widget)["Henan"]
        assert len(statements_of(edge)) == len(statements_of(node)) == LISTED
        assert (edge["statements"], node["statements"]) == (LISTED + 3, LISTED + 6)
        assert edge["and"] == "3 more, which `evidence` lists"
        assert node["and"] == "6 more, which `evidence` lists"

    def test_statements_are_listed_with_their_sentences(self, network, texts):
        widget = pol.explore(network, around="henan", documents=texts)
        assert statements_of(attributes(widget)["Henan"]) == [
            "daily, paragraph 5: on Quantum, commits: It plans for quantum 🚀, too.",
            "daily, paragraph 5: on Robots, commits: Henan buys robots!",
            "daily, paragraph 6: on Business environment, commits: Better *rules* & <b>help</b>.",
        ]
        measures = attributes(widget, "edges")["Ten measures", "Robots"]
        assert measures["statement 1"] == "daily, paragraph 5: Henan commits: Henan buys robots!"
        robots = statements_of(attributes(widget)["Robots"])  # also by actors outside the view
        assert robots[-1] == "report, paragraph 2: Jilin commits: 我们造机器人！; 2 times"
        assert len(pol.explore(network, around="private-economy", documents=texts).graph) == 2
        credit = attributes(pol.explore(network, documents=texts))["Credit"]
        assert statements_of(credit)[0].endswith("Siping reports: Loans were given.")  # no text
        assert all("sentence" not in data for *_, data in network.edges(data=True))

    @pytest.mark.parametrize("before", [0, 80, 300])
    @pytest.mark.parametrize("after", [0, 80, 300])
    def test_a_long_sentence_is_cut_around_the_quote(self, network, texts, before, after):
        long = texts.assign(text="词" * before + "robots" + "句" * after)
        widget = pol.explore(network, around="henan", documents=long)
        shown = attributes(widget, "edges")["Henan", "Robots"]["statement 1"]
        sentence = shown.removeprefix("daily, paragraph 5: commits: ")
        assert "robots" in sentence
        assert len(sentence.strip("…")) == min(160, before + 6 + after)
        left, right = before > sentence.count("词"), after > sentence.count("句")
        assert (sentence.startswith("…"), sentence.endswith("…")) == (left, right)

    def test_names_in_either_language(self, network):
        english = attributes(pol.explore(network))["Henan"]
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
        assert edges["Jilin", "Robots"]["statements"] == items.loc["jilin", "robots"] == 2
        assert edges["Jilin", "Robots"]["statement 1"].endswith("; 2 times")

    def test_statements_without_a_place_are_shown(self, network):
        edge = {"relation": "commits", "summary": "x"}
        network.add_edge("henan", "credit", "u1", **edge)
        network.add_edge("henan", "credit", "u2", **edge, document="d", paragraph=None)
        network.add_edge("henan", "credit", "u3", **edge, document="d", paragraph=3)
        edge = attributes(pol.explore(network), "edges")["Henan", "Credit"]
        assert edge["statements"] == 3
        assert edge["statement 1"] == "d, paragraph 3: commits: x"
        assert edge["statement 3"] == "no document, paragraph ?: commits: x"

    def test_a_name_is_never_a_formula(self, network):
        network.nodes["henan"]["label"] = r"Rent $\bad{ and $x"
        before = plt.get_fignums()
        assert "image/png" in pol.explore(network)._repr_mimebundle_()
        assert plt.get_fignums() == before

    @pytest.mark.parametrize("name", ["word " * 20, "好" * 50])
    def test_long_names_are_cut_beside_the_node_only(self, network, name):
        network.nodes["henan"]["label"] = name
        henan = attributes(pol.explore(network))[name]
        assert width_of(henan["label"]) <= LONGEST
        assert henan["label"].endswith("…")

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
            "region": f"{EVIL}!",
            EVIL: EVIL,
            "node_for_adding": EVIL,
        }
        network.add_nodes_from([(EVIL, data)])
        network.nodes["henan"]["label"] = EVIL
        for node, kind in network.nodes(data="kind"):
            network.nodes[node]["type"] = EVIL if kind == "province" else kind
        key = {"relation": "commits", "document": EVIL, "paragraph": 1, EVIL: EVIL, "summary": EVIL}
        network.add_edge(EVIL, "quantum", "e1", **key)
        network.add_edge("henan", "quantum", "e2", **key)
        widget = pol.explore(network, around="quantum")
        nodes, edges = attributes(widget), attributes(widget, "edges")
        evil = nodes[f"{EVIL} ({EVIL})"]
        assert evil["region"] == f"{EVIL}!"  # as it is, to be escaped where it is shown
        names = {name for data in (*nodes.values(), *edges.values()) for name in data}
        assert all(re.fullmatch(r"[A-Za-z0-9 ]+", name) for name in names)
        # The categories of the legend are sent escaped, and the values beside a node are not.
        assert evil["kind"] == EVIL
        assert evil["color"] == html.escape(EVIL)
        palette = dict(widget.visual_variables["nodeColor"]["palette"])
        assert {data["color"] for data in nodes.values()} == set(palette)
        assert not any("<" in category for category in palette)
        # Where the state of a widget is written into a page, too.
        page = embed_snippet(views=[widget])
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert json.loads(re.search(r"widget-state\+json\">(.*?)</script>", page, re.DOTALL)[1])

    def test_errors_say_what_is_meant(self, network, texts):
        with pytest.raises(ValueError, match="statements are in 'daily', but documents has 'post'"):
            pol.explore(network, around="li-na", documents=texts.head(1).assign(document="post"))
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

    def test_names_and_statements_turn_no_text(self, network):
        network.nodes["henan"]["label"] = "He\u202enan"
        network.nodes["quantum"]["definition"] = "Quanta\x01"
        network.edges["henan", "quantum", "s08"]["summary"] = "Plan\u2066."
        widget = pol.explore(network, label="label")
        assert "He�nan" in ids(widget) | set(widget.graph)
        shown = json.dumps(
            [attributes(widget), [*attributes(widget, "edges").values()]], ensure_ascii=False
        )
        assert "Quanta�" in shown
        assert "Plan�." in shown
        assert not {"\u202e", "\x01", "\u2066"} & set(shown)

    @pytest.mark.parametrize("count", [-3, float("inf"), "x", 2**62])
    def test_a_count_that_is_not_a_number_from_0_is_named(self, network, count):
        network.edges["henan", "quantum", "s08"]["count"] = count
        with pytest.raises(ValueError, match=r"from 'henan' to 'quantum' has the count .* from"):
            pol.explore(network)

    def test_any_paragraph_can_be_shown(self, network):
        for key, paragraph in (("s07", "x"), ("s08", float("nan")), ("s09", None)):
            code = next(code for _, code, k in network.out_edges("henan", keys=True) if k == key)
            network.edges["henan", code, key]["paragraph"] = paragraph
        assert len(statements_of(attributes(pol.explore(network))["Henan"])) == 3


class TestAttributes:
    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
    def test_a_missing_attribute_is_not_shown(self, network, missing):
        expected = attributes(pol.explore(network)), attributes(pol.explore(network), "edges")
        for data in network.nodes.values():
            for name in ("definition", "year", "region", "label_short"):
                data.setdefault(name, missing)
        for *_, data in network.edges(data=True):
            for name in ("summary", "count", "qualifier", "initiative", "quote"):
                data.setdefault(name, missing)
        widget = pol.explore(network)
        assert (attributes(widget), attributes(widget, "edges")) == expected

    @pytest.mark.parametrize("id_", [7, np.int64(7), pd.Timestamp("2024-01-05")])
    def test_ids_may_be_text_and_others(self, network, id_):
        widget = pol.explore(nx.relabel_nodes(network, {"henan": id_}))
        assert len(widget.graph) == len(pol.explore(network).graph)
        json.dumps(widget.data)

    @pytest.mark.parametrize("name", ["relation", "quote", "paragraph"])
    @pytest.mark.parametrize("value", [["x"], np.array(["x", "y"]), pd.Series(["x"])])
    def test_an_edge_with_a_list_is_named(self, network, name, value):
        network.edges["henan", "quantum", "s08"][name] = value
        with pytest.raises(ValueError, match=rf"'quantum' \(key 's08'\) has the {name} (.|\n)*one"):
            pol.explore(network)

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (Decimal("1.5"), "1.5"),
            (10**30, "1" + 30 * "0"),
            (1 + 2j, "(1+2j)"),
            (2**53, 2**53),
            (2**53 + 1, str(2**53 + 1)),
            (2024, 2024),
            (0.5, 0.5),
            (["a", "b"], "['a', 'b']"),
        ],
    )
    def test_a_number_that_a_browser_cannot_hold_is_shown_as_text(self, network, value, shown):
        network.nodes["henan"]["year"] = value
        widget = pol.explore(network)
        assert attributes(widget)["Henan"]["year"] == shown
        json.dumps(widget.data)
