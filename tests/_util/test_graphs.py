"""A network can be a graph or a square DataFrame."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib
from policylib._util.graphs import as_graph, as_matrix, filled, weight_of


def square(cells: list, labels: str = "abc", **options) -> pd.DataFrame:
    return pd.DataFrame(cells, index=list(labels), columns=list(labels), **options)


class TestAsGraph:
    @pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
    def test_a_graph_is_returned_as_it_is(self, kind):
        graph = kind([("a", "b")])
        assert as_graph(graph) is graph

    def test_a_symmetric_table_is_undirected(self):
        table = square([[5, 2, 0], [2, 5, -1], [0, -1, 5]])
        before = table.copy()
        graph = as_graph(table)
        assert type(graph) is nx.Graph
        assert list(graph) == ["a", "b", "c"]
        assert list(graph.edges(data="weight")) == [("a", "b", 2), ("b", "c", -1)]
        assert {type(weight) for *_, weight in graph.edges(data="weight")} == {int}
        pd.testing.assert_frame_equal(table, before)

    def test_any_other_table_is_directed_from_rows_to_columns(self):
        graph = as_graph(square([[0.5, 2, 0], [1, 0, 0], [0, 0.5, 0]]))
        assert type(graph) is nx.DiGraph
        assert set(graph.edges(data="weight")) == {
            ("a", "b", 2.0),
            ("b", "a", 1.0),
            ("c", "b", 0.5),
        }

    def test_missing_cells_are_not_edges(self):
        cells = [[None, np.nan, 0.25], [0, None, None], [0.25, np.nan, None]]
        graph = as_graph(square(cells, dtype="float64"))
        assert list(graph.edges(data=True)) == [("a", "c", {"weight": 0.25})]
        whole = as_graph(square([[0, 3, pd.NA], [3, 0, 0], [pd.NA, 0, 0]], dtype="Int64"))
        assert list(whole.edges(data=True)) == [("a", "b", {"weight": 3})]

    def test_rounding_does_not_make_a_network_directed(self):
        assert not as_graph(square([[0, 0.1 + 0.2], [0.3, 0]], "ab")).is_directed()
        assert as_graph(square([[0, 1e-9], [2e-9, 0]], "ab")).is_directed()

    def test_true_is_an_edge_of_weight_1(self):
        graph = as_graph(square([[True, True], [True, True]], "ab"))
        assert list(graph.edges(data=True)) == [("a", "b", {"weight": 1})]

    def test_columns_may_be_in_another_order(self):
        table = square([[0, 2, 0], [1, 0, 0], [0, 7, 0]])
        graph, turned = as_graph(table), as_graph(table[["c", "a", "b"]])
        assert nx.utils.graphs_equal(graph, turned)

    def test_an_empty_table_is_an_empty_network(self):
        assert nx.utils.graphs_equal(as_graph(pd.DataFrame()), nx.Graph())

    def test_networks_of_policylib(self, world, network):
        overlap = policylib.project(policylib.biadjacency(network))
        graph = as_graph(overlap)
        assert type(graph) is nx.Graph
        assert set(graph) == set(overlap.index)
        assert all(overlap.loc[a, b] == weight for a, b, weight in graph.edges(data="weight"))
        matrix = policylib.count_statements(world.statements, rows="actor", columns="code")
        ties = policylib.discourse_network(matrix, aggregation="ignore")
        assert (
            as_graph(ties).number_of_edges() == np.triu(ties.to_numpy(), 1).astype(bool).sum() > 0
        )

    @pytest.mark.parametrize("network", [None, "network.gexf", [[0, 1], [1, 0]], np.eye(2)])
    def test_anything_else_is_refused(self, network):
        message = r"expected a network \(a networkx graph or a square DataFrame\), not "
        with pytest.raises(TypeError, match=message + type(network).__name__):
            as_graph(network)

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            (pd.DataFrame(1, list("aa"), list("ab")), "duplicate row label 'a'"),
            (pd.DataFrame(1, list("ab"), list("bb")), "duplicate column label 'b'"),
            (pd.DataFrame(1, list("abx"), list("ab")), "row 'x' has no column of the same label"),
            (pd.DataFrame(1, list("ab"), list("aby")), "column 'y' has no row of the same label"),
            (pd.DataFrame("1", list("ab"), list("ab")), "column 'a': expected numbers, found str"),
        ],
    )
    def test_tables_that_are_not_networks(self, table, message):
        with pytest.raises(ValueError, match=message):
            as_graph(table)


NAMES = ["henan", "hebei", "jilin"]


def actors(cells) -> pd.DataFrame:
    return pd.DataFrame(cells, index=NAMES, columns=NAMES)


def test_as_matrix_of_a_matrix_leaves_out_loops():
    network = actors([[9, 2, 0], [2, np.inf, 1], [0, 1, np.nan]])
    matrix = as_matrix(network)
    assert matrix.to_numpy().tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    assert matrix.index.equals(network.index)
    assert matrix.columns.equals(network.columns)
    assert np.isinf(network.loc["hebei", "hebei"])  # the network is not changed


def test_as_matrix_of_a_graph_by_hand():
    graph = nx.MultiGraph()
    graph.add_nodes_from(NAMES)
    graph.add_edge("henan", "hebei", weight=2)
    graph.add_edge("hebei", "henan")  # without a weight it counts 1
    graph.add_edge("hebei", "jilin", weight=0.5)
    graph.add_edge("jilin", "jilin", weight=7)
    pd.testing.assert_frame_equal(as_matrix(graph), actors([[0.0, 3, 0], [3, 0, 0.5], [0, 0.5, 0]]))


def test_as_matrix_of_a_directed_graph_needs_both_directions():
    graph = nx.DiGraph([("henan", "hebei")])
    with pytest.raises(ValueError, match=r"is 1, and back 0; .* symmetric"):
        as_matrix(graph)
    graph.add_edge("hebei", "henan")
    assert as_matrix(graph).to_numpy().tolist() == [[0, 1], [1, 0]]


def test_as_matrix_of_nothing():
    assert as_matrix(nx.Graph()).shape == as_matrix(pd.DataFrame()).shape == (0, 0)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 9))))
def test_as_matrix_of_a_graph_is_that_of_its_matrix(edges):
    graph = nx.MultiGraph()
    graph.add_nodes_from(NAMES)
    graph.add_weighted_edges_from(edges)
    matrix = as_matrix(graph)
    pd.testing.assert_frame_equal(matrix, as_matrix(matrix))
    assert matrix.to_numpy().sum() == 2 * sum(weight for a, b, weight in edges if a != b)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (actors(np.zeros((3, 3))).iloc[:2], "has no row of the same label"),
        (pd.DataFrame([[0, 1], [1, 0]], list("aa"), list("aa")), "duplicate row label 'a'"),
        (actors([["0", "1", "2"]] * 3), "column 'henan': expected numbers, found"),
        (actors([[0, 1, 0], [2, 0, 0], [0, 0, 0]]), "'henan' to 'hebei' is 1, and back 2"),
        (actors([[0, 0, 0], [0, 0, np.inf], [0, np.inf, 0]]), "'hebei' to 'jilin' is inf"),
        (actors([[0, 0, None], [0, 0, 0], [None, 0, 0]]).astype("Float64"), "is nan.*finite"),
        (nx.Graph([("henan", "hebei", {"weight": "2"})]), "'henan' to 'hebei' has the weight '2'"),
        (nx.Graph([("henan", "hebei", {"weight": np.nan})]), "the weight nan; .*finite"),
        (nx.Graph([("henan", "hebei", {"weight": -np.inf})]), "the weight -inf; .*finite"),
    ],
)
def test_as_matrix_names_what_is_wrong(network, message):
    with pytest.raises(ValueError, match=message):
        as_matrix(network)


@pytest.mark.parametrize("cell", [np.inf, -np.inf])
def test_as_graph_refuses_an_infinite_tie_but_not_a_missing_one(cell):
    network = actors([[np.inf, 2, np.nan], [2, 0, 1], [np.nan, 1, 0]])  # loops are left out
    assert list(as_graph(network).edges) == [("henan", "hebei"), ("hebei", "jilin")]
    network.iloc[1, 2] = cell
    with pytest.raises(ValueError, match="the tie from 'hebei' to 'jilin' is infinite"):
        as_graph(network)


def test_labels_of_levels_beside_plain_ones_are_refused():
    levels = pd.MultiIndex.from_product([["x"], NAMES])
    network = pd.DataFrame(np.ones((3, 3)), levels, NAMES)
    for convert in (as_graph, as_matrix):
        with pytest.raises(ValueError, match="rows have 2 levels of labels and the columns 1"):
            convert(network)
    assert len(as_graph(network.set_axis(levels, axis=1))) == 3


def test_as_matrix_needs_a_network():
    with pytest.raises(TypeError, match=r"expected a network .*, not list"):
        as_matrix([[0, 1], [1, 0]])


@pytest.mark.parametrize("labels", [[True, False], [False, True]])
def test_boolean_labels_are_labels(labels):
    table = pd.DataFrame([[0, 2], [2, 0]], labels, labels)
    assert list(as_graph(table).edges(data="weight")) == [(*labels, 2)]
    assert as_matrix(table).to_numpy().tolist() == [[0, 2], [2, 0]]


class TestFilled:
    @pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
    def test_missing_attributes_are_left_out_of_a_copy(self, kind):
        graph = kind()
        graph.add_node("b", x=0, y=pd.NA, terms=["a"])
        graph.add_edge("b", "a", weight=np.nan, count=pd.NA, note=None, date=pd.NaT, sign=1)
        found = filled(graph, ["x"], ["count"])
        assert list(found.nodes(data=True)) == [("b", {"x": 0, "terms": ["a"]}), ("a", {})]
        ((*_, data),) = found.edges(data=True)
        assert set(data) == {"weight", "sign"}
        assert len(graph.nodes["b"]) == 3
        assert filled(found, ["x"], ["count"]) is found

    def test_edges_stay_by_default(self):
        graph = nx.Graph([("a", "b", {"count": None, "sign": [1]})])
        assert filled(graph, ["sign"]) is graph

    def test_a_list_is_named(self):
        graph = nx.MultiGraph([("a", "b", {"sign": [1]})])
        with pytest.raises(ValueError, match=r"'a' to 'b' \(key 0\) has the sign \[1\]; expected"):
            filled(graph, (), ["sign"])


@pytest.mark.parametrize(
    ("data", "weight"),
    [
        ({"weight": None, "count": 3}, 3),
        ({"weight": pd.NA, "count": 3}, 3),
        ({"count": None}, 1),
        ({"count": np.nan}, 1),
        ({"weight": 0, "count": 3}, 0),
    ],
)
def test_a_missing_weight_is_the_count_or_1(data, weight):
    assert weight_of("a", "b", data) == weight


def test_a_label_with_a_lone_surrogate_is_named():
    table = square([[0, 1], [1, 0]], "ab").set_axis(pd.Index(["a", "\udc80"], dtype=object))
    with pytest.raises(ValueError, match=r"^row label '\\udc80': character 0 is a lone surrogate"):
        as_graph(table)
    with pytest.raises(ValueError, match=r"^column label '\\udc80': character 0 is a lone"):
        policylib.project(table.T)


@pytest.mark.parametrize("sign", [None, pd.NA, np.array([1, 2]), 1, "x"])
def test_another_sign_is_no_negative_tie(sign):
    graph = nx.Graph([("a", "b", {"sign": sign})])
    assert as_matrix(graph).to_numpy().sum() == 2
