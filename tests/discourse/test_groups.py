from itertools import product

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import policylib as pol


def network_of(ties: dict, names: str) -> pd.DataFrame:
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_weighted_edges_from((*pair, weight) for pair, weight in ties.items())
    return nx.to_pandas_adjacency(graph)


def test_communities_and_polarization_of_two_triangles():
    ties = dict.fromkeys(["ab", "bc", "ac", "de", "ef", "df"], 2) | {"cd": 1}
    network = network_of(ties, "abcdefg")
    groups = pol.communities(network, seed=0)
    assert groups.dropna().to_dict() == {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 2}
    assert groups.isna().to_list() == [False] * 6 + [True]
    # modularity by hand: of 13, each half has 6 within, and half the ends
    assert pol.polarization(network, seed=0) == pytest.approx(2 * (6 / 13 - 1 / 4))


def test_communities_merge_to_as_many_as_wanted():
    ties = dict.fromkeys(["ab", "cd", "ef"], 3) | {"bc": 1}
    network = network_of(ties, "abcdef")
    assert pol.communities(network, seed=0).nunique() == 3
    two = pol.communities(network, groups=2, seed=0)
    assert two.to_dict() == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2, "f": 2}
    assert pol.communities(network, groups=1, seed=0).unique().tolist() == [1]


def test_polarization_and_communities_without_camps():
    assert pol.polarization(network_of({"ab": 1, "bc": 1, "ac": 1}, "abc")) == pytest.approx(0)
    assert np.isnan(pol.polarization(network_of({}, "abc")))
    assert pol.communities(network_of({}, "abc")).isna().all()


def best_split(ties: np.ndarray) -> float:
    """Return the highest modularity of all splits into two groups, by trying each of them."""
    share = ties / ties.sum()
    excess = share - np.outer(share.sum(axis=1), share.sum(axis=1))
    sides = np.array(list(product([1, -1], repeat=len(ties) - 1)))
    sides = np.column_stack([np.ones(len(sides)), sides])
    return float((np.einsum("si,ij,sj->s", sides, excess, sides).max() + excess.sum()) / 2)


@given(st.lists(st.integers(0, 3), min_size=15, max_size=15), st.integers(0, 5))
@settings(max_examples=30)
@example([2, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 2, 0], 0)  # merged groups are a poor start here
def test_polarization_is_the_best_of_all_splits(weights, seed):
    ties = np.zeros((6, 6))
    ties[np.triu_indices(6, 1)] = weights
    if ties.any():
        found = pol.polarization(pd.DataFrame(ties + ties.T), seed=seed)
        assert found == pytest.approx(best_split(ties + ties.T), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_polarization_is_the_best_of_all_splits_of_more_actors(seed):
    random = np.random.default_rng(seed)
    ties = np.triu(random.integers(1, 4, (12, 12)) * (random.random((12, 12)) < 0.3), 1)
    found = pol.polarization(pd.DataFrame(ties + ties.T), seed=seed)
    assert found == pytest.approx(best_split(ties + ties.T), abs=1e-9)


def partitions(members: list) -> list[list[list]]:
    """Return all divisions of a list into groups."""
    if len(members) < 2:
        return [[members]]
    first, *rest = members
    found = []
    for groups in partitions(rest):
        found.append([[first], *groups])
        found += [[*groups[:n], [first, *groups[n]], *groups[n + 1 :]] for n in range(len(groups))]
    return found


@given(st.lists(st.integers(0, 3), min_size=21, max_size=21), st.sampled_from([None, 1, 2, 3]))
@settings(max_examples=20)
def test_communities_of_few_actors_are_the_best_of_all_divisions(weights, groups):
    ties = np.zeros((7, 7))
    ties[np.triu_indices(7, 1)] = weights
    graph = nx.from_numpy_array(ties + ties.T)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    if graph:
        allowed = [p for p in partitions(list(graph)) if groups is None or len(p) <= groups]
        best = max(nx.community.modularity(graph, p) for p in allowed)
        found = pol.communities(graph, groups=groups)
        parts = [set(found.index[found == number]) for number in found.unique()]
        assert nx.community.modularity(graph, parts) == pytest.approx(best, abs=1e-9)
        assert groups is None or len(parts) <= groups


@pytest.mark.parametrize("number", [616, 628, 674, 676, *range(7, 1253, 89)])
def test_communities_and_polarization_always_return(number):
    """Louvain in networkx 3.6 never returns for the first four graphs, with some seeds."""
    graph = nx.graph_atlas(number)
    more = nx.disjoint_union(graph, graph)  # so many actors that the divisions are searched
    for network in (graph, more):
        if network.number_of_edges():
            assert pol.communities(network, seed=0).nunique() >= 1
            assert -1e-12 < pol.polarization(network, seed=0) < 0.5 + 1e-12


def test_communities_are_as_good_as_those_of_networkx():
    for seed in range(5):
        graph = nx.planted_partition_graph(4, 10, 0.4, 0.08, seed=seed)
        found = pol.communities(graph, seed=seed)
        parts = [set(found.index[found == number]) for number in found.dropna().unique()]
        graph.remove_nodes_from(list(nx.isolates(graph)))
        other = nx.community.louvain_communities(graph, seed=seed)
        best = nx.community.modularity(graph, other)
        assert nx.community.modularity(graph, parts) >= best - 0.005


def test_polarization_divides_into_two_and_not_more():
    # Three pairs: each has a third of the ties. Two groups, one of them with two pairs, have the
    # modularity 1 - (2/3)² - (1/3)² = 4/9; three groups would have 2/3.
    network = network_of(dict.fromkeys(["ab", "cd", "ef"], 1), "abcdef")
    assert pol.polarization(network, seed=0) == pytest.approx(4 / 9)
    assert pol.communities(network, seed=0).nunique() == 3


@pytest.mark.parametrize("groups", [2, 7, 10**9])
def test_communities_may_be_fewer_than_allowed(groups):
    network = network_of({"ab": 1, "cd": 1}, "abcd")
    assert pol.communities(network, groups=groups, seed=0).to_list() == [1, 1, 2, 2]


def test_communities_of_a_backbone_need_ties_of_more_and_not_of_fewer():
    camps = np.kron(np.eye(2, dtype=int), np.ones((3, 8), dtype=int))
    matrix = pd.DataFrame(camps, index=list("abcdef"))
    tested = pol.overlap_significance(matrix, model="fixed_row", correction="none")
    upper = pol.communities(pol.extract_backbone(tested), seed=0)
    assert upper.to_dict() == dict(zip("abcdef", [1, 1, 1, 2, 2, 2], strict=True))
    for tail in ("lower", "both"):
        with pytest.raises(ValueError, match="has the sign -1, fewer shared than expected"):
            pol.communities(pol.extract_backbone(tested, tail=tail))


def test_communities_of_edges_with_and_without_a_weight():
    graph = nx.Graph([("a", "b", {"weight": None}), ("c", "d")])
    assert pol.communities(graph, seed=0).to_list() == [1, 1, 2, 2]
    with pytest.raises(ValueError, match="the edge from 'a' to 'b' has the weight 'x'; expected"):
        pol.communities(nx.Graph([("a", "b", {"weight": "x"})]))


def test_communities_and_polarization_leave_out_loops(matrix):
    overlap = pol.project(matrix.T.groupby(level=0).sum().T)
    without = overlap - np.diag(np.diag(overlap))
    assert pol.communities(overlap, seed=0).equals(pol.communities(without, seed=0))
    assert pol.polarization(overlap, seed=0) == pol.polarization(without, seed=0)


def test_communities_that_are_clear_do_not_depend_on_the_seed(matrix):
    network = pol.discourse_network(matrix)
    first = pol.communities(network, seed=0)
    assert all(pol.communities(network, seed=seed).equals(first) for seed in range(1, 4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: n.iloc[:2], "same labels in rows and columns"),
        (lambda n: n - 5, r"'henan' and 'liaoning' is -3; .* from 0; take congruence or conflict"),
        (lambda n: n.where(n > 1), "from 'jilin' to 'liaoning' is nan, and back nan; .* finite"),
        (lambda n: n.replace(6, np.inf), "from 'henan' to 'jilin' is inf, .* finite"),
        (lambda n: n + np.triu(np.ones(n.shape)), "is 7, and back 6; .* symmetric"),
    ],
)
@pytest.mark.parametrize("call", [pol.communities, pol.polarization])
def test_communities_and_polarization_refuse_other_networks(matrix, call, change, message):
    with pytest.raises(ValueError, match=message):
        call(change(pol.discourse_network(matrix)))
    with pytest.raises(TypeError, match=r"expected a network .*, not ndarray"):
        call(pol.discourse_network(matrix).to_numpy())


@pytest.mark.parametrize("kind", [nx.Graph, nx.MultiGraph])
def test_communities_and_polarization_of_a_graph_are_those_of_its_matrix(kind):
    ties = dict.fromkeys(["ab", "bc", "ac", "de", "ef", "df"], 2) | {"cd": 1}
    matrix = network_of(ties, "abcdefg")
    graph = kind(nx.from_pandas_adjacency(matrix))
    graph.add_edge("a", "a", weight=9)
    if graph.is_multigraph():  # two edges of 1 are a tie of 2, with or without a weight
        graph.remove_edge("a", "b")
        graph.add_edges_from([("a", "b"), ("b", "a", {"weight": 1})])
    for groups in (None, 2, 1):
        found = pol.communities(graph, groups=groups, seed=0)
        pd.testing.assert_series_equal(found, pol.communities(matrix, groups=groups, seed=0))
    assert pol.polarization(graph, seed=0) == pol.polarization(matrix, seed=0)


def test_polarization_is_the_modularity_of_the_two_communities(matrix):
    network = pol.discourse_network(matrix)
    camps = pol.communities(network, groups=2, seed=0)
    parts = [set(camps.index[camps == number]) for number in (1, 2)]
    modularity = nx.community.modularity(nx.from_pandas_adjacency(network), parts)
    assert pol.polarization(network, seed=0) == pytest.approx(modularity)


@pytest.mark.parametrize("groups", [0, -1, 1.5, 2.0, float("nan"), True, "2"])
def test_communities_need_a_whole_number_of_groups(matrix, groups):
    with pytest.raises(ValueError, match=f"groups must be a whole number from 1, .*{groups!r}"):
        pol.communities(pol.discourse_network(matrix), groups=groups)
    found = pol.communities(pol.discourse_network(matrix), groups=np.int64(1))
    assert found.to_list() == [1, 1, 1]


@pytest.mark.parametrize("call", [pol.communities, pol.polarization])
def test_communities_and_polarization_take_a_seed_of_any_whole_type_or_none(matrix, call):
    network = pol.discourse_network(matrix)
    for seed in (np.int64(3), np.uint8(3)):
        assert np.array_equal(call(network, seed=seed), call(network, seed=3))
    assert call(network, seed=None) is not None
    for wrong in (1.5, "3", True):
        with pytest.raises(
            ValueError, match=f"seed must be a whole number from 0, or None, not {wrong!r}"
        ):
            call(network, seed=wrong)


@pytest.mark.parametrize("measure", [pol.communities, pol.polarization])
def test_ties_whose_sum_is_infinite_are_refused(measure):
    network = network_of({"ab": 1, "cd": 1}, "abcd")
    assert measure(network * 1e300) is not None
    with pytest.raises(ValueError, match="the ties add up to more than a number can hold"):
        measure(network * 1e308)
