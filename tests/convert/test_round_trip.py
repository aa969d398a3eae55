"""Networks are unchanged after writing and reading GraphML, GEXF, JSON and CSV."""

import math
from datetime import date, datetime

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib
from policylib.convert import read_network, write_network
from policylib.convert.graphs import escape, unescape
from tests.convert.helpers import (
    ALL,
    CLASSES,
    GEPHI,
    NUMBERS,
    TEXT,
    XML,
    YED,
    assert_networks_equal,
    roundtrip,
    types_of,
    write,
)


@pytest.mark.parametrize("ending", ALL)
def test_read_network_returns_the_policy_network(network, ending):
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    assert types_of(copy) == types_of(network)
    assert len(policylib.statements(copy)) == 14


@pytest.mark.parametrize("ending", ALL)
def test_read_network_returns_the_shipped_network(ending):
    network = policylib.build_network(policylib.read_tables())
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    assert types_of(copy) == types_of(network)


RESERVED = [
    "label",
    "Label",
    "type",
    "Type",
    "id",
    "Id",
    "key",
    "Key",
    "weight",
    "source",
    "Target",
]
RESERVED += [
    "kind",
    "viz",
    "pid",
    "start",
    "end",
    "self",
    "name",
    "node_for_adding",
    "networkx_key",
]
RESERVED += ["id (attribute)", "key (attribute) (attribute)", "Directed", "timeset", "slices", ""]
ATTRIBUTES = st.dictionaries(
    st.sampled_from(RESERVED) | TEXT, TEXT | NUMBERS | st.booleans(), max_size=3
)


@st.composite
def networks(draw: st.DrawFn) -> nx.Graph:
    network = draw(st.sampled_from(CLASSES))()
    nodes = draw(st.lists(TEXT, unique=True, max_size=4))
    network.add_nodes_from((node, draw(ATTRIBUTES)) for node in nodes)
    for _ in range(draw(st.integers(0, 5)) if nodes else 0):
        ends = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        key = [draw(st.integers(0, 2) | TEXT)] if network.is_multigraph() else []
        network.add_edges_from([(*ends, *key, draw(ATTRIBUTES))])
    return network


@pytest.mark.parametrize("ending", ALL)
@given(network=networks())
def test_read_network_returns_any_network(ending, network):
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    if ending in XML:  # integers become floats if their column also has floats
        numbers = {"int": "number", "float": "number"}
        assert types_of(copy, **numbers) == types_of(network, **numbers)
    else:
        assert types_of(copy) == types_of(network)


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize("kind", CLASSES)
def test_read_network_keeps_the_class_of_a_network_without_edges(ending, kind):
    assert_networks_equal(roundtrip(kind(), ending), kind())
    network = kind()
    network.add_node("henan")
    assert_networks_equal(roundtrip(network, ending), network)


@pytest.mark.parametrize("ending", ALL)
def test_write_network_spells_other_values(ending):
    network = nx.Graph()
    network.add_node(
        "a",
        list=["b", "a", None, 1.5],
        tuple=("x", True),
        set={"b", "a"},
        numbers=frozenset([10, 9]),
        none=None,
        nan=math.nan,
        nat=pd.NaT,
        na=pd.NA,
        npnat=np.datetime64("NaT", "s"),
        npint=np.int64(7),
        npfloat=np.float32(0.5),
        npbool=np.True_,
        npstr=np.str_("s"),
        day=date(2023, 12, 1),
        moment=datetime(2023, 12, 1, 8, 30),
        npdate=np.datetime64("2023-12-01"),
        period=pd.Timestamp("2023-12-01"),
        many=float(10**20),
    )
    lists = ending == ".json"
    assert roundtrip(network, ending).nodes["a"] == {
        "list": ["b", "a", 1.5] if lists else "b; a; 1.5",
        "tuple": ["x", True] if lists else "x; true",
        "set": ["a", "b"] if lists else "a; b",
        "numbers": [9, 10] if lists else "9; 10",
        "npint": 7,
        "npfloat": 0.5,
        "npbool": True,
        "npstr": "s",
        "day": "2023-12-01",
        "moment": "2023-12-01T08:30:00",
        "npdate": "2023-12-01T00:00:00",
        "period": "2023-12-01T00:00:00",
        "many": 1e20,
    }
    copy = roundtrip(network, ending)
    assert type(copy.nodes["a"]["npbool"]) is bool
    assert_networks_equal(roundtrip(copy, ending), copy)


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".csv"])
def test_read_network_returns_infinite_numbers(ending):
    network = nx.Graph()
    network.add_edge("a", "b", weight=math.inf, cost=-math.inf)
    assert_networks_equal(roundtrip(network, ending), network)


@pytest.mark.parametrize("ending", XML)
def test_write_network_puts_all_numbers_in_one_column(tmp_path, ending):
    network = nx.Graph([("a", "b", {"cost": 1}), ("b", "c", {"cost": 0.5})])
    (path,) = write_network(network, tmp_path / f"x{ending}")
    assert path.read_text(encoding="utf-8").count("cost") == 1
    assert 'type="double"' in path.read_text(encoding="utf-8")
    costs = nx.get_edge_attributes(read_network(path), "cost")
    assert costs == {("a", "b"): 1.0, ("b", "c"): 0.5}
    exact = nx.Graph([("a", "b", {"cost": 2**53 + 1}), ("b", "c", {"cost": 0.5})])
    assert_networks_equal(roundtrip(exact, ending), exact)


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_read_network_returns_numbers_as_ids(ending):
    network = nx.MultiDiGraph()
    network.add_edge(np.int64(1), 2.5, key=7)
    network.add_edge("x", True, key="7")
    copy = roundtrip(network, ending)
    assert list(copy) == [1, 2.5, "x"]  # True is 1
    assert_networks_equal(copy, network)


@pytest.mark.parametrize("ending", ALL)
def test_write_network_makes_text_of_other_ids(ending):
    network = nx.Graph()
    network.add_edge((1, "a"), date(2023, 12, 1))
    assert list(roundtrip(network, ending)) == ["(1, 'a')", "2023-12-01"]


def test_write_network_makes_text_of_numbers_in_xml():
    assert set(roundtrip(nx.path_graph(3), ".graphml")) == {"0", "1", "2"}


@pytest.mark.parametrize("ending", [*XML, ".json"])
def test_read_network_returns_attributes_of_the_network(ending):
    network = nx.Graph(name="a ?> b", terms=3)
    assert_networks_equal(roundtrip(network, ending), network)
    assert roundtrip(network, ".csv").graph == {}


@pytest.mark.parametrize("ending", ALL)
def test_write_network_writes_views_and_other_classes(network, ending):
    view = network.subgraph(["henan", "quantum"])
    copy = roundtrip(view, ending)
    assert type(copy) is nx.MultiDiGraph
    assert nx.utils.graphs_equal(copy, view)


@given(name=st.sampled_from(["id", "Id", "x"]) | TEXT, times=st.integers(0, 3))
def test_escaped_names_stay_apart(name, times):
    name += " (attribute)" * times
    assert unescape(escape(name, {"id": None}), {"id": None}) == name


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_read_network_returns_control_characters(ending):
    network = nx.Graph()
    network.add_node("a\x1b", note="\0\x0b\x85\u2028")
    assert_networks_equal(roundtrip(network, ending), network)


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".json", ".csv", ".dl", ".net"])
def test_write_network_writes_again_what_others_wrote(tmp_path, ending):
    graph = igraph.Graph([(0, 1)], directed=True)
    graph.vs["name"] = ["a", "b"]
    graph.write_graphml(str(tmp_path / "igraph.graphml"))
    gephi = write(tmp_path / "gephi.gexf", GEPHI)
    for path in (tmp_path / "igraph.graphml", gephi, write(tmp_path / "yed.graphml", YED)):
        network = read_network(path)
        assert write_network(network, tmp_path / f"again{ending}")
