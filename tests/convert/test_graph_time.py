"""Networks with dates have a timeline in Gephi, and are unchanged when they are read back."""

import re
from datetime import date
from xml.etree.ElementTree import Element, fromstring

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.convert import read_network, write_network
from policylib.convert.graph_time import spans
from policylib.convert.graphs import plain_network
from tests.convert.helpers import CLASSES, assert_networks_equal

GEXF = "{http://gexf.net/1.3}"
TIME = {"start", "end"}
TYPES = {"string", "boolean", "long", "double"}
# GEXF 1.3: for each element, the attributes it needs, those it may have, and its children in order.
ELEMENTS = {
    "gexf": ({"version"}, set(), ["graph"]),
    "graph": (
        set(),
        {"defaultedgetype", "mode", "timeformat", "timerepresentation", *TIME},
        ["attributes", "nodes", "edges"],
    ),
    "attributes": ({"class"}, {"mode"}, ["attribute"]),
    "attribute": ({"id", "title", "type"}, set(), []),
    "nodes": (set(), set(), ["node"]),
    "edges": (set(), set(), ["edge"]),
    "node": ({"id"}, {"label", *TIME}, ["attvalues"]),
    "edge": ({"source", "target"}, {"id", "label", "weight", *TIME}, ["attvalues"]),
    "attvalues": (set(), set(), ["attvalue"]),
    "attvalue": ({"for", "value"}, set(), []),
}
VALUES = {
    "version": r"1\.3",
    "defaultedgetype": "directed|undirected",
    "mode": "static|dynamic",
    "timeformat": "date",
    "timerepresentation": "interval",
    "class": "node|edge",
    "type": "string|boolean|long|double",
    "weight": r"-?(\d+(\.\d+)?([eE][+-]?\d+)?|Infinity)",
    "start": r"\d{4}-\d\d-\d\d",
    "end": r"\d{4}-\d\d-\d\d",
}


def check(element: Element) -> None:
    """Check an element against the schema of GEXF 1.3 (gexf.rnc and dynamics.rnc)."""
    assert element.tag.startswith(GEXF), element.tag
    needed, allowed, children = ELEMENTS[element.tag.removeprefix(GEXF)]
    found = set(element.attrib)
    assert needed <= found <= needed | allowed, (element.tag, found)
    for name, value in element.attrib.items():
        assert re.fullmatch(VALUES.get(name, "(?s:.*)"), value), (name, value)
    for name in TIME & found:
        date.fromisoformat(element.attrib[name])
    assert element.get("start", "") <= element.get("end", "~")
    order = [children.index(child.tag.removeprefix(GEXF)) for child in element]
    assert order == sorted(order), element.tag
    for child in element:
        check(child)


def written(network: nx.Graph, tmp_path) -> tuple[Element, nx.Graph]:
    (path,) = write_network(network, tmp_path / "x.gexf", time="date")
    root = fromstring(path.read_bytes())
    check(root)
    ids = [element.get("id") for element in root.iter(f"{GEXF}edge")]
    assert len(ids) == len(set(ids))
    return root, read_network(path)


def spans_of(root: Element, scope: str) -> list[tuple[str | None, str | None]]:
    return [(e.get("start"), e.get("end")) for e in root.iter(f"{GEXF}{scope}")]


@pytest.fixture
def dated() -> nx.MultiDiGraph:
    network = nx.MultiDiGraph()
    network.add_nodes_from(["henan", "jilin", "hunan", "rail"])
    network.add_edge("henan", "robots", "s1", date="2023-12-01", weight=2)
    network.add_edge("henan", "robots", "s2", date="2024-02", start=3, end=9)
    network.add_edge("jilin", "robots", "s3", date=2022)
    network.add_edge("hunan", "rail", "s4", note="no date")
    return network


def test_edges_exist_at_their_date_and_nodes_from_first_to_last(dated, tmp_path):
    root, again = written(dated, tmp_path)
    assert_networks_equal(again, dated)
    (graph,) = root.iter(f"{GEXF}graph")
    assert graph.get("mode") == "dynamic"
    assert graph.get("timeformat") == "date"
    assert spans_of(root, "edge") == [
        ("2023-12-01", "2023-12-01"),
        ("2024-02-01", "2024-02-29"),
        ("2022-01-01", "2022-12-31"),
        (None, None),
    ]
    assert dict(zip(dated, spans_of(root, "node"), strict=True)) == {
        "henan": ("2023-12-01", "2024-02-29"),
        "jilin": ("2022-01-01", "2022-12-31"),
        "hunan": (None, None),
        "rail": (None, None),
        "robots": ("2022-01-01", "2024-02-29"),
    }


def test_a_node_with_an_edge_that_always_exists_always_exists(dated, tmp_path):
    dated.add_edge("hunan", "robots", "s5")
    root, _ = written(dated, tmp_path)
    assert dict(zip(dated, spans_of(root, "node"), strict=True))["robots"] == (None, None)


def test_dates_may_have_any_type(tmp_path):
    days = [date(2024, 2, 29), pd.Timestamp("2024-02-29 08:30"), "2024-02-29T23:59:59+08:00"]
    network = nx.MultiGraph([("a", "b", {"date": day}) for day in days])
    network.add_edge("a", "b", date=None)
    root, again = written(network, tmp_path)
    assert spans_of(root, "edge") == [("2024-02-29", "2024-02-29")] * 3 + [(None, None)]
    assert again.edges["a", "b", 1]["date"] == "2024-02-29T08:30:00"


def test_the_name_of_the_attribute_is_free(tmp_path):
    for name in ("said on", "key", "weight"):
        network = nx.Graph([("a", "b", {name: 2024})])
        (path,) = write_network(network, tmp_path / "x.gexf", time=name)
        assert 'start="2024-01-01" end="2024-12-31"' in path.read_text(encoding="utf-8")
        assert_networks_equal(read_network(path), network)


def test_networkx_reads_the_dates(dated, tmp_path):
    (path,) = write_network(dated, tmp_path / "x.gexf", time="date")
    theirs = nx.read_gexf(path)
    assert set(theirs) == set(dated)
    assert theirs.nodes["jilin"]["start"] == "2022-01-01"
    assert theirs.nodes["jilin"]["end"] == "2022-12-31"


def test_a_network_without_edges_may_have_a_timeline(tmp_path):
    for network in (nx.Graph(), nx.empty_graph(["a"])):
        root, again = written(network, tmp_path)
        assert_networks_equal(again, network)
        assert spans_of(root, "node") == [(None, None)] * len(network)


def test_statements_of_the_data_have_a_timeline(network, tmp_path):
    dates = pol.statements(network)
    for number, (*_, data) in enumerate(network.edges(data=True)):
        if "code" in data or "document" in data:
            data["date"] = f"20{10 + number % 15}"
    root, again = written(network, tmp_path)
    assert_networks_equal(again, network)
    assert sum(start is not None for start, _ in spans_of(root, "edge")) >= len(dates) > 0


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nx.Graph([("a", "b")]), "time: no edge has the attribute 'date'$"),
        (nx.Graph([("a", "b", {"dates": 1})]), "'date'; did you mean 'dates'"),
        (
            nx.Graph([("a", "b", {"date": "May"})]),
            "'date', row \"'a' to 'b'\": 'May' is not a date",
        ),
        (nx.Graph([("a", "b", {"date": True})]), "'True' is not a date"),
        (nx.Graph([("a", "b", {"date": "2023-02-30"})]), "'2023-02-30' is not a date"),
        (pd.DataFrame([[0, 1], [1, 0]]), "time: no edge has the attribute 'date'"),
    ],
)
def test_edges_without_dates_are_named(tmp_path, network, message):
    with pytest.raises(ValueError, match=message):
        write_network(network, tmp_path / "x.gexf", time="date")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".graphml", ".json", ".csv", ".net", ".dl"])
def test_only_gexf_has_a_timeline(tmp_path, ending, dated):
    with pytest.raises(ValueError, match=rf"time is for \.gexf, not \{ending}"):
        write_network(dated, tmp_path / f"x{ending}", time="date")
    with pytest.raises(TypeError, match="time: expected the name of an attribute, not int"):
        write_network(dated, tmp_path / "x.gexf", time=3)


DAYS = st.dates().map(str) | st.integers(1000, 9999) | st.none()
EDGES = st.tuples(st.integers(0, 4), st.integers(0, 4), DAYS)


@given(edges=st.lists(EDGES, max_size=6), kind=st.sampled_from(CLASSES))
def test_an_edge_never_outlives_its_nodes(edges, kind):
    network = kind([(0, 0, {"date": 2024})])
    network.add_edges_from((a, b, {"date": day}) for a, b, day in edges)
    plain = plain_network(network, ".gexf")
    if not any("date" in edge[3] for edge in plain.edges):
        return
    found = spans(plain, "date")
    of_nodes = dict(zip((id_ for id_, _ in plain.nodes), found["node"], strict=True))
    for (source, target, *_), span in zip(plain.edges, found["edge"], strict=True):
        for node in (of_nodes[source], of_nodes[target]):
            assert not node or (span and node["start"] <= span["start"] <= span["end"])
            assert not node or span["end"] <= node["end"]
