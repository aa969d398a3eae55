"""Weights of networks for UCINET and Pajek."""

import math

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policylib.convert import read_network, write_network
from tests.convert.helpers import NUMBERS, TEXT, assert_networks_equal, roundtrip, write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*vertices 200000000\n*edges\n", "200000000 vertices without names .allowed: 1000000"),
        ('*vertices 2\n1 "a"\n1 "b"\n', "line 3: vertex 1 is in an earlier line"),
        ("*vertices 1_0\n", "'1_0' is not a whole number"),
    ],
)
def test_read_network_refuses_pajek_that_would_be_misread(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_network(write(tmp_path / "x.net", text))


def test_write_network_quotes_a_label_of_ucinet_with_a_colon(tmp_path):
    (path,) = write_network(nx.Graph([("data:", "b")]), tmp_path / "x.dl")
    assert '"data:",b' in path.read_text(encoding="utf-8")


def weighted(directed: bool) -> nx.Graph:
    network = (nx.MultiDiGraph if directed else nx.MultiGraph)()
    network.add_node("alone")
    network.add_edge("a", "b", weight=2, count=9)
    network.add_edge("a", "b", weight=np.float64(0.5))
    network.add_edge("b", "c", count=3)
    network.add_edge("c", "a", weight=None)
    network.add_edge("c", "c", weight=math.nan, note={})
    return network


WEIGHTS = {("a", "b"): 2.5, ("b", "c"): 3, ("c", "a"): 1, ("c", "c"): 1}


def test_write_network_writes_ucinet_of_a_directed_network(tmp_path):
    (path,) = write_network(weighted(directed=True), tmp_path / "x.dl")
    assert path.read_text(encoding="utf-8").splitlines() == [
        "dl n=4",
        "format = edgelist1",
        "labels:",
        "alone,a,b,c",
        "data:",
        "2 3 2.5",
        "3 4 3",
        "4 2 1",
        "4 4 1",
    ]


@pytest.mark.parametrize("directed", [True, False])
def test_write_network_writes_ucinet_that_igraph_reads(tmp_path, directed):
    (path,) = write_network(weighted(directed), tmp_path / "x.dl")
    read = igraph.Graph.Read_DL(str(path))
    assert read.vs["name"] == ["alone", "a", "b", "c"]
    pairs = {(e.source_vertex["name"], e.target_vertex["name"]): e["weight"] for e in read.es}
    expected = WEIGHTS if directed else WEIGHTS | {(b, a): w for (a, b), w in WEIGHTS.items()}
    assert pairs == expected


@pytest.mark.parametrize("directed", [True, False])
def test_write_network_writes_pajek_that_igraph_reads(tmp_path, directed):
    (path,) = write_network(weighted(directed), tmp_path / "x.net")
    read = igraph.Graph.Read_Pajek(str(path))
    assert read.is_directed() is directed
    assert read.vs["name"] == ["alone", "a", "b", "c"]
    pairs = {(e.source_vertex["name"], e.target_vertex["name"]): e["weight"] for e in read.es}
    if not directed:
        pairs = {tuple(sorted(pair)): weight for pair, weight in pairs.items()}
    assert pairs == (WEIGHTS if directed else {tuple(sorted(p)): w for p, w in WEIGHTS.items()})


@pytest.mark.parametrize("ending", [".dl", ".net"])
def test_write_network_writes_the_policy_network_for_igraph(network, tmp_path, ending):
    (path,) = write_network(network, tmp_path / f"x{ending}")
    read = {".dl": igraph.Graph.Read_DL, ".net": igraph.Graph.Read_Pajek}[ending](str(path))
    assert read.vs["name"] == list(network)
    assert read.ecount() == nx.DiGraph(network).number_of_edges()
    counts = [data.get("count", 1) for *_, data in network.edges(data=True)]
    assert sum(read.es["weight"]) == sum(counts)


@pytest.mark.parametrize("directed", [True, False])
def test_read_network_returns_pajek(directed):
    copy = roundtrip(weighted(directed), ".net")
    assert type(copy) is (nx.DiGraph if directed else nx.Graph)
    assert list(copy) == ["alone", "a", "b", "c"]
    assert {pair: copy.edges[pair] for pair in WEIGHTS} == {
        pair: {"weight": weight} for pair, weight in WEIGHTS.items()
    }


@given(
    names=st.lists(TEXT.filter(lambda text: not set(text) & set('"\r\n')), unique=True, max_size=5),
    directed=st.booleans(),
    weight=NUMBERS,
)
@example(names=["O'Brien", "a\\b", "\\\\", "%", "*arcs", "", " ", "a\tb"], directed=True, weight=1)
def test_read_network_returns_any_label_of_pajek(names, directed, weight):
    network = (nx.DiGraph if directed else nx.Graph)()
    network.add_nodes_from(names)
    network.add_weighted_edges_from(zip(names, names[1:], [weight] * 9, strict=False))
    assert_networks_equal(roundtrip(network, ".net"), network)


@pytest.mark.parametrize("ending", [".dl", ".net"])
@pytest.mark.parametrize("character", ['"', "\n", "\r"])
def test_write_network_refuses_labels_that_lists_cannot_hold(ending, character):
    with pytest.raises(ValueError, match=r"node .* cannot hold the character"):
        roundtrip(nx.Graph([(f"a{character}", "b")]), ending)


def test_write_network_quotes_labels_of_ucinet_where_needed(tmp_path):
    network = nx.Graph()
    network.add_nodes_from(["a", "b c", "d,e", ""])
    (path,) = write_network(network, tmp_path / "x.dl")
    assert path.read_text(encoding="utf-8").splitlines()[3] == 'a,"b c","d,e",""'


@pytest.mark.parametrize("weight", ["heavy", True])
def test_write_network_wants_numbers_as_weights(tmp_path, weight):
    network = nx.Graph([("a", "b", {"weight": weight})])
    with pytest.raises(TypeError, match=r"edge 'a' to 'b', attribute 'weight': .* is not a number"):
        write_network(network, tmp_path / "x.dl")


def test_read_network_does_not_read_ucinet(tmp_path):
    with pytest.raises(ValueError, match=r"a \.dl file can only be written"):
        read_network(tmp_path / "x.dl")


def test_read_network_reads_pajek_of_others(tmp_path):
    text = (
        "% a comment\n*Network test\n*Vertices 3\n1 Henan 0.1 0.2 ic Red\n2 \"Ji lin\"\n3\n\n"
        "*Arcs :1 \"commits\"\n1 2 .5\n1 2 1 c Blue\n*Edges\n2 3\n3 3 2\n"
    )  # fmt: skip
    network = read_network(write(tmp_path / "x.net", text.replace("\n", "\r\n")))
    assert type(network) is nx.MultiDiGraph
    assert list(network) == ["Henan", "Ji lin", "3"]
    assert sorted((u, v, d["weight"]) for u, v, d in network.edges(data=True)) == [
        ("3", "3", 2),
        ("3", "Ji lin", 1),
        ("Henan", "Ji lin", 0.5),
        ("Henan", "Ji lin", 1),
        ("Ji lin", "3", 1),
    ]
    bare = read_network(write(tmp_path / "x.net", "*vertices 2\n*edges\n1 2\n"))
    assert list(bare.edges) == [("1", "2")]


def test_read_network_returns_weights_of_any_size(tmp_path):
    huge = 10**400  # more than a float can hold
    (path,) = write_network(nx.Graph([("a", "b", {"weight": huge})]), tmp_path / "x.net")
    assert read_network(path).edges["a", "b"]["weight"] == huge


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", r"x\.net is cut off: 0 of 1 vertices"),
        ('*vertices 3\n1 "a"\n2 "b"\n', r"x\.net is cut off: 2 of 3 vertices"),
        ('*vertices 2\n1 "a"\n2 "b\n', r"x\.net, line 3: a quote is not closed"),
        ('*vertices 2\n1 "a"\n2 "a"\n', r"x\.net: two nodes have the id 'a'"),
        ("*vertices\n", r"x\.net, line 1: "),
        ("*vertices x\n", r"x\.net, line 1: 'x' is not a whole number"),
        ('*vertices 1\n2 "a"\n', r"x\.net, line 2: no vertex 2 \(allowed: 1 to 1\)"),
        ('*vertices 1\n1 "a"\n*arcs\n1 2 1\n', r"x\.net, line 4: no vertex 2"),
        ('*vertices 1\n1 "a"\n*arcs\n1\n', r"x\.net, line 4: "),
        ('*vertices 1\n1 "a"\n*arcs\n1 1 x\n', r"line 4: 'x' is not a weight; expected a number"),
        ('*vertices 1\n1 "a"\n*arcs\n1 1 1_0\n', r"line 4: '1_0' is not a weight"),
        ('*vertices 1\n1 "a"\n*arcs\n1 1 nan\n', r"line 4: 'nan' is not a weight"),
        ('*vertices 1\n1 "a"\n*arcs\n1 1 1e999\n', r"line 4: '1e999' is not a weight"),
        ('*vertices 1\n1 "a"\n*matrix\n0\n', r"x\.net, line 4: only the vertices, arcs and edges"),
        ("<graphml/>", r"x\.net, line 1: only the vertices, arcs and edges of Pajek are read"),
    ],
)
def test_read_network_refuses_pajek_that_cannot_be_read(tmp_path, text, error):
    with pytest.raises(ValueError, match=error):
        read_network(write(tmp_path / "x.net", text))


@pytest.mark.parametrize(
    ("sections", "kind", "edges"),
    [
        ("*Arcs\n*Edges\n1 2 3\n", nx.Graph, 1),
        ("*Edges\n1 2 3\n*Arcs\n", nx.Graph, 1),
        ("*Edges\n*Arcs\n1 2 3\n", nx.DiGraph, 1),
        ("*Arcs\n2 3\n*Edges\n1 2 3\n", nx.DiGraph, 3),
        ("*Arcs\n", nx.DiGraph, 0),
        ("*Arcs\n*Edges\n", nx.Graph, 0),
        ("", nx.Graph, 0),
    ],
)
def test_an_empty_section_does_not_decide_the_direction(tmp_path, sections, kind, edges):
    path = tmp_path / "a.net"
    path.write_text(f'*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n{sections}', encoding="utf-8")
    network = read_network(path)
    assert (type(network), network.number_of_edges()) == (kind, edges)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*Network A\n*Vertices 1\n*Network B\n*Vertices 1\n", "line 4: a second list of vert"),
        ("*Vertices 2\n*Partition p\n*Vertices 2\n1\n2\n", "line 3: a second list of vertices"),
        ("*Vertices 5 2\n", "line 1: a two-mode network cannot be read"),
        ('*Vertices 2\n*Arcs :1 "likes"\n1 2\n*Arcs :2 "hates"\n1 2\n', "a second relation, :2"),
        ("*Vertices 1\n1 San Francisco\n", "line 2: a name with spaces needs quotes: San Franc"),
    ],
)
def test_what_would_be_merged_or_cut_is_named(tmp_path, text, message):
    path = tmp_path / "x.net"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"x\.net, .*{message}"):
        read_network(path)


def test_coordinates_and_shapes_of_vertices_are_left_out(tmp_path):
    path = tmp_path / "x.net"
    path.write_text(
        '*Vertices 2\n1 "San Francisco" 0.1 0.5 box\n2 b ellipse\n*Edges :1 x\n1 2\n',
        encoding="utf-8",
    )
    assert list(read_network(path).edges) == [("San Francisco", "b")]


@pytest.mark.parametrize(("text", "weight"), [(".5", 0.5), ("007", 7), ("+2.", 2), ("1e-3", 0.001)])
def test_weights_of_pajek_in_all_spellings(tmp_path, text, weight):
    network = read_network(write(tmp_path / "x.net", f'*vertices 1\n1 "a"\n*arcs\n1 1 {text}\n'))
    assert network.edges["a", "a"]["weight"] == weight
