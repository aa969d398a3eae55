"""Where the nodes of a network are placed."""

import networkx as nx
import numpy as np
import pytest

from policylib.plot.layout import add_up, free_layout, layered_layout


class TestAddUp:
    def test_parallel_edges_add_up_and_loops_go(self, network):
        simple = add_up(network)
        assert simple.edges["jilin", "robots"]["source"] == "province"
        assert simple.edges["liaoning", "robot-plan"]["weight"] == 1
        assert simple.edges["robot-plan", "robots"]["source"] == "initiative"
        graph = nx.MultiDiGraph([("a", "b"), ("b", "a"), ("a", "a")])
        assert list(add_up(graph).edges(data="weight")) == [("a", "b", 2)]

    def test_a_weight_below_zero_becomes_a_sign(self):
        graph = nx.Graph()
        graph.add_weighted_edges_from([("a", "b", 3), ("a", "d", -3)])
        simple = add_up(graph)
        assert simple.edges["a", "d"] == {"weight": 3, "source": None, "sign": -1}
        assert simple.edges["a", "b"]["sign"] is None


class TestLayeredLayout:
    def test_layers_follow_themes_and_neighbours(self, network):
        places = layered_layout(add_up(network))
        heights = {node: y for node, (_, y) in places.items()}
        # By theme, and within it each code before those below it.
        codes = ["new-productivity", "emerging-industries", "new-materials", "robots", "quantum"]
        codes += ["business-environment", "credit"]
        steps = -np.diff([heights[code] for code in codes])
        # Between two themes, there is half a step more.
        assert np.allclose(steps / steps[0], [1, 1, 1, 1, 1.5, 1])
        # Nobody names these codes.
        assert not heights.keys() & {"private-economy", "future-industries"}
        provinces = [heights[p] for p in ("henan", "jilin", "liaoning")]
        assert min(provinces) > heights["conference"] > heights["li-na"]


class TestFreeLayout:
    @pytest.mark.parametrize("text", [0, 150])
    @pytest.mark.parametrize(
        "graph", [nx.star_graph(60), nx.path_graph(2), nx.empty_graph(1), nx.empty_graph(30)]
    )
    def test_no_node_or_label_covers_another(self, graph, text):
        texts = {node: text * (1 + node % 3) / 3 for node in graph}
        places = free_layout(graph, dict.fromkeys(graph, 10), texts, width=480, height=540)
        points = np.array([places[node] for node in graph])
        assert np.isfinite(points).all()
        lefts, tops = points.T - 10
        rights, bottoms = points.T + 10
        rights = rights + np.array([*texts.values()])
        assert min(lefts) >= -1e-6
        assert max(rights) <= 480 + 1e-6
        apart = (lefts[:, None] > rights) | (tops[:, None] > bottoms)
        assert (apart | apart.T | np.eye(len(graph), dtype=bool)).all()

    def test_a_full_frame_becomes_higher(self):
        graph = nx.path_graph(80)
        texts = dict.fromkeys(graph, 200)
        places = free_layout(graph, dict.fromkeys(graph, 5), texts, width=480, height=540)
        assert np.ptp([y for _, y in places.values()]) > 700
