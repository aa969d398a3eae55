"""Networks in layers of kinds, or placed by forces."""

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import policylib as pol
from policylib.plot.style import COLOURS, SIGNS
from tests.plot.helpers import assert_inside, texts


class TestPlotNetwork:
    def test_policy_network_stands_in_layers(self, network):
        ax = pol.plot_network(network)
        places = dict(zip(texts(ax), (text.xy for text in ax.texts), strict=True))
        assert {places[name][0] for name in ("Henan", "Siping", "Li Na")} == {0}
        assert places["Robot plan"][0] == 1
        assert {places[name][0] for name in ("Robots", "Business environment")} == {2}
        assert len(set(places.values())) == len(ax.texts)
        # Nobody names these codes, and the institute says nothing.
        silent = {"Private economy", "Future industries", "Institute of Cities"}
        names = set(dict(network.nodes(data="label")).values())
        assert names - set(places) == silent
        assert [t.get_text() for t in ax.get_legend().get_texts()] == [
            "province",
            "organisation",
            "expert",
            "initiative",
            "priority",
        ]
        assert_inside(ax.figure, ax.texts)

    def test_a_graph_without_kinds_is_drawn_by_forces_and_repeats(self, matrix):
        graph = nx.from_pandas_adjacency(pol.project(matrix))
        first, second = (pol.plot_network(graph) for _ in range(2))
        assert sorted(texts(first)) == ["henan", "jilin", "liaoning"]
        assert first.get_legend() is None
        for one, other in zip(first.texts, second.texts, strict=True):
            assert one.get_position() == other.get_position()

    def test_network_takes_places_from_networkx(self, network):
        pos = nx.circular_layout(network)
        _, ax = plt.subplots()
        assert pol.plot_network(network, pos=pos, ax=ax) is ax
        assert len(ax.texts) == network.number_of_nodes()

    def test_long_labels_are_shortened_not_cut(self):
        graph = nx.Graph()
        graph.add_node("a", label="word " * 40)
        (text,) = texts(pol.plot_network(graph))
        assert text.endswith("…")
        assert len(text) <= 52
        assert text.startswith("word word")

    def test_a_short_label_is_drawn_instead_of_a_long_one(self):
        graph = nx.Graph()
        graph.add_node("a", label="Institute " * 8, label_short="IGM")
        graph.add_node("b", label="Henan", label_short="HA")
        graph.add_node("c", label="Ministry " * 8, label_short=None)
        assert texts(pol.plot_network(graph))[:2] == ["IGM", "HA"]
        assert texts(pol.plot_network(graph))[2].startswith("Ministry Ministry")
        (cut,) = texts(pol.plot_network(graph.subgraph("b"), label={"b": "Ho nan " * 20}))
        assert cut.endswith("…")  # a name of the user's own is not replaced

    def test_a_line_is_as_thick_as_its_statements_are_many(self, network):
        part = network.subgraph(["jilin", "robots", "henan", "quantum"])
        (lines,) = (c for c in pol.plot_network(part).collections if hasattr(c, "get_segments"))
        # Jilin's statement on robots counts twice, those of Henan once.
        assert sorted(lines.get_linewidths()) == pytest.approx([2.1, 2.1, 3.6])

    def test_width_and_colour_of_lines(self, network):
        ax = pol.plot_network(pol.roll_up(network))
        others, named = (c for c in ax.collections if hasattr(c, "get_segments"))
        # Liaoning and Jilin each stand in two statements on one priority.
        assert max(others.get_linewidths()) == pytest.approx(3.6)
        assert len(named.get_segments()) == 4 + 3  # launches and advances
        assert to_hex(named.get_colors()[0]).upper() == COLOURS["initiative"]

    def test_the_legend_says_the_type_that_all_provinces_share(self, network):
        for node in ("henan", "jilin", "liaoning"):
            network.nodes[node]["type"] = "city"
        legend = pol.plot_network(network).get_legend()
        assert "city" in [text.get_text() for text in legend.get_texts()]
        assert "province" not in [text.get_text() for text in legend.get_texts()]

    def test_the_legend_says_what_a_thick_line_means(self, network):
        def caption(drawn):
            return pol.plot_network(drawn).get_legend().get_title().get_text()

        assert caption(pol.roll_up(network)) == "thicker line: more statements"
        small = nx.MultiDiGraph()
        small.add_nodes_from(["henan", "hebei"], kind="province")
        small.add_node("robots", kind="priority")
        small.add_edges_from([("henan", "robots"), ("hebei", "robots")])
        assert caption(small) == ""  # one width has no meaning
        small.add_edge("hebei", "robots")
        assert caption(small) == "thicker line: more statements"
        graph = nx.Graph([("a", "b")])
        assert pol.plot_network(graph).get_legend() is None
        graph.add_edge("b", "c", weight=2)
        ax = pol.plot_network(graph)
        assert caption(graph) == "thicker line: larger weight"
        assert_inside(ax.figure, [*ax.texts, ax.get_legend().get_title()])

    def test_kinds_without_a_colour_are_not_in_the_legend(self):
        graph = nx.Graph()
        graph.add_node("a", kind="newspaper")
        graph.add_node("b", kind="union")
        graph.add_edge("a", "b", sign=1)
        legend = pol.plot_network(graph).get_legend()
        assert [text.get_text() for text in legend.get_texts()] == [SIGNS[1][1]]

    def test_a_projection_with_kinds_keeps_its_edges(self, network, matrix):
        graph = nx.from_pandas_adjacency(pol.project(matrix))
        nx.set_node_attributes(graph, {node: dict(network.nodes[node]) for node in graph})
        ax = pol.plot_network(graph)
        assert sum(len(c.get_segments()) for c in ax.collections if hasattr(c, "get_segments")) == 3
        assert sorted(texts(ax)) == ["Henan", "Jilin", "Liaoning"]

    def test_a_backbone_shows_rows_without_ties_and_signs(self):
        backbone = nx.Graph()
        backbone.add_nodes_from("abcd")
        backbone.add_edge("a", "b", sign=1)
        backbone.add_edge("b", "c", sign=-1)
        ax = pol.plot_network(backbone)
        assert sorted(texts(ax)) == ["a", "b", "c", "d"]
        (lines,) = (
            c for c in ax.collections if hasattr(c, "get_segments") and len(c.get_segments())
        )
        assert [to_hex(colour).upper() for colour in lines.get_colors()] == [
            SIGNS[1][0],
            SIGNS[-1][0],
        ]
        assert [t.get_text() for t in ax.get_legend().get_texts()] == [SIGNS[1][1], SIGNS[-1][1]]

    def test_weights_of_zero_and_odd_labels(self):
        graph = nx.Graph()
        graph.add_edge(1, 2, weight=0)
        graph.nodes[1]["label"] = 5
        assert sorted(texts(pol.plot_network(graph))) == ["2", "5"]

    def test_ties_below_zero_have_a_colour_and_do_not_draw_together(self):
        graph = nx.Graph()
        graph.add_weighted_edges_from([("a", "b", 3), ("b", "c", 2), ("a", "d", -3)])
        ax = pol.plot_network(graph)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["below zero"]
        places = {text.get_text(): text.get_position() for text in ax.texts}
        far, near = (
            sum((x - y) ** 2 for x, y in zip(places["a"], places[other], strict=True))
            for other in ("d", "b")
        )
        assert far > near

    def test_a_large_network_labels_the_nodes_with_most_neighbours(self):
        large = nx.star_graph(100)  # 101 nodes
        large.add_edge(99, 100)
        shown = texts(pol.plot_network(large))
        assert len(shown) == 60
        assert {"0", "99", "100", "1", "57"} == {"0", "99", "100", "1", "57"} & set(shown)
        assert "58" not in shown

    def test_nothing_cannot_be_drawn(self):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_network(nx.Graph())


class TestAttributes:
    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
    def test_a_missing_attribute_is_none(self, network, missing):
        expected = texts(pol.plot_network(network))
        for data in network.nodes.values():
            data.setdefault("label_short", missing)
        for *_, data in network.edges(data=True):
            data.setdefault("count", missing)
            data.setdefault("sign", missing)
        assert texts(pol.plot_network(network)) == expected
        network.nodes["henan"]["label"] = missing
        assert "henan" in texts(pol.plot_network(network))

    @pytest.mark.parametrize("name", ["kind", "type", "broader", "label"])
    def test_a_node_with_a_list_is_named(self, network, name):
        network.nodes["henan"][name] = ["x"]
        with pytest.raises(ValueError, match=rf"node 'henan' has the {name} \['x'\]; expected one"):
            pol.plot_network(network)

    def test_a_sign_with_a_list_is_named(self):
        with pytest.raises(ValueError, match=r"from 'a' to 'b' has the sign \[1\]; expected one"):
            pol.plot_network(nx.Graph([("a", "b", {"sign": [1]})]))

    def test_ids_may_be_text_and_others(self, network):
        renamed = nx.relabel_nodes(network, {"robots": 7, "quantum": pd.Timestamp("2024-01-05")})
        assert sorted(texts(pol.plot_network(renamed))) == sorted(texts(pol.plot_network(network)))
