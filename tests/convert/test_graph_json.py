"""Networks in JSON, for networkx and d3."""

import json

import networkx as nx
import pytest

from policylib.convert import read_network, write_network
from tests.convert.helpers import assert_networks_equal, write


def test_write_network_and_networkx_understand_each_other(network, tmp_path):
    (path,) = write_network(network, tmp_path / "x.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert nx.utils.graphs_equal(nx.node_link_graph(content), network)
    write(path, json.dumps(nx.node_link_data(nx.grid_2d_graph(2, 2))))
    assert_networks_equal(read_network(path), nx.grid_2d_graph(2, 2))


def test_read_network_reads_json_of_d3(tmp_path):
    path = write(
        tmp_path / "x.json",
        '{"nodes": [{"id": "a", "group": 1}, {"id": "b"}],'
        ' "links": [{"source": "a", "target": "b", "value": 2}]}',
    )
    network = read_network(path)
    assert type(network) is nx.MultiGraph
    assert network.nodes["a"] == {"group": 1}
    assert list(network.edges(data=True)) == [("a", "b", {"value": 2})]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"nodes": [],\n"edges', "x.json, line 2: Unterminated string"),
        ("<graphml/>", "x.json, line 1: Expecting value"),
        ("", "x.json, line 1"),
        ("[]", "x.json does not hold the nodes .*: the file is a list; expected an object"),
        ("3", ": the file is 3; expected an object"),
        ("null", ": the file is null; expected an object"),
        ("{}", "x.json does not hold the nodes and edges of a network: no 'nodes'"),
        ('{"node": [], "edges": []}', ": no 'nodes'; did you mean 'node'"),
        ('{"nodes": []}', ": no 'edges' or 'links'"),
        ('{"nodes": [], "link": []}', ": no 'edges' or 'links'"),
        ('{"nodes": {"a": {}}, "edges": []}', ": nodes is an object; expected a list"),
        ('{"nodes": [], "links": {}}', ": links is an object; expected a list"),
        ('{"nodes": [], "links": [], "graph": [1]}', ": graph is a list; expected an object"),
        ('{"nodes": [1], "edges": []}', ": node 1 is 1; expected an object"),
        ('{"nodes": [{"id": 1}, {"ids": 2}], "edges": []}', ": node 2 has no 'id'; did you mean"),
        ('{"nodes": [{"id": {}}], "edges": []}', ": node 1, id: {} cannot be an id or key"),
        ('{"nodes": [{"id": 1}], "edges": [{"source": 1}]}', ": edge 1 has no 'target'"),
        ('{"nodes": [{"id": 1}], "edges": ["a"]}', ': edge 1 is "a"; expected an object'),
        (
            '{"nodes": [{"id": 1}], "edges": [{"source": 1, "target": 1, "key": {}}]}',
            ": edge 1, key: {} cannot be an id or key",
        ),
        (f'{{"nodes": [], "edges": {"9" * 5000}}}', "x.json does not hold the nodes"),
        ("[" * 100_000, "x.json does not hold the nodes .*: it is nested too deeply"),
    ],
)
def test_read_network_refuses_json_that_cannot_be_read(tmp_path, text, error):
    with pytest.raises(ValueError, match=error):
        read_network(write(tmp_path / "x.json", text))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"source": 0, "target": 1}]}',
            "no node 0",
        ),
        ('{"nodes": [{"id": "a"}, {"id": "a"}], "links": []}', "x.json: two nodes have the id 'a'"),
        ('{"multigraph": "false", "nodes": [], "links": []}', "directed and multigraph must be"),
    ],
)
def test_read_network_refuses_json_that_would_be_misread(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read_network(write(tmp_path / "x.json", content))


NODES = '"nodes": [{"id": "a"}, {"id": "b"}]'
EDGES = '{"source": "a", "target": "b", "key": 1}, {"source": "b", "target": "a", "key": 1}'


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ('"multigraph": false', r"\(only a multigraph holds both\)"),
        ('"multigraph": true', "and the key 1"),
        ('"multigraph": true, "directed": true', None),
    ],
)
def test_read_network_makes_no_two_edges_of_json_one(tmp_path, flags, message):
    path = write(tmp_path / "x.json", f'{{{flags}, {NODES}, "edges": [{EDGES}]}}')
    if message is None:
        assert read_network(path).number_of_edges() == 2
        return
    with pytest.raises(ValueError, match=rf"x.json, edge 'b' to 'a': .* same ends {message}"):
        read_network(path)


def test_read_network_names_the_nearest_node(tmp_path):
    text = '{"nodes": [{"id": "henan"}], "edges": [{"source": "henan", "target": "hennan"}]}'
    with pytest.raises(ValueError, match=r"no node 'hennan'; did you mean 'henan'\?"):
        read_network(write(tmp_path / "x.json", text))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f'{{{NODES}, "edges": [], "links": []}}', "both edges and links"),
        ('{"nodes": [{"id": null}], "links": []}', "the id of a node is null"),
        (
            '{"nodes": [{"id": "a", "id": "b"}], "links": []}',
            "the name 'id' is twice in one object, with 'a' and 'b'",
        ),
        (f'{{{NODES}, {NODES}, "links": []}}', "the name 'nodes' is twice"),
    ],
)
def test_what_cannot_be_told_from_json_is_named(tmp_path, content, message):
    with pytest.raises(ValueError, match=f"x.json does not hold .*{message}"):
        read_network(write(tmp_path / "x.json", content))
