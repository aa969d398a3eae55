"""GraphML and GEXF are exchanged with other programs in both directions."""

import re

import igraph
import networkx as nx
import pytest

import policylib as pol
from policylib.convert import read_network, write_network
from tests.convert.helpers import GEPHI, XML, YED, assert_networks_equal, write


def test_write_network_writes_graphml_that_igraph_reads(network, tmp_path):
    (path,) = write_network(network, tmp_path / "x.graphml")
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    assert (read.vcount(), read.ecount()) == (len(network), network.number_of_edges())
    assert read.vs["id"] == list(network)
    assert dict(zip(read.vs["id"], read.vs["label_zh"], strict=True))["henan"] == "河南省"
    ids = read.vs["id"]
    edges = {(ids[e.source], ids[e.target], e["key"]) for e in read.es}
    assert edges == set(network.edges(keys=True))
    assert set(read.es["paragraph"]) > {1.0, 2.0, 3.0}


def test_write_network_writes_types_and_weights_that_igraph_reads(tmp_path):
    network = nx.Graph()
    network.add_edge("a", "b", weight=2, cost=0.5, sure=True, note='<"&>\n')
    (path,) = write_network(network, tmp_path / "x.graphml")
    (edge,) = igraph.Graph.Read_GraphML(str(path)).es
    expected = {"weight": 2.0, "cost": 0.5, "sure": True, "note": '<"&>\n'}
    assert {name: edge[name] for name in expected} == expected


def test_write_network_uses_no_id_that_gephi_takes_for_a_label(network, tmp_path):
    (path,) = write_network(network, tmp_path / "x.graphml")
    text = path.read_text(encoding="utf-8")
    assert 'attr.name="label"' in text
    assert '"d3"' not in text
    assert '"d7"' not in text


@pytest.mark.parametrize("ending", XML)
def test_write_network_writes_xml_that_networkx_reads(network, tmp_path, ending):
    """Without policylib, and with edges whose ids are unique."""
    (path,) = write_network(network, tmp_path / f"x{ending}")
    read = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}[ending](path)
    assert set(read) == set(network)
    assert read.number_of_edges() == network.number_of_edges()
    assert read.nodes["siping"]["label"] == "Siping"
    assert read.nodes["siping"]["type"] == "city"
    assert read.nodes["robots"]["label_zh"] == "机器人"


def test_write_network_puts_labels_and_weights_where_gephi_looks(tmp_path):
    network = nx.Graph()
    network.add_node("a", label="A", size=1)
    network.add_node("b", label=5)
    network.add_edge("a", "b", weight=2, label="x")
    network.add_edge("b", "b", weight="heavy", label=True)
    (path,) = write_network(network, tmp_path / "x.gexf")
    text = path.read_text(encoding="utf-8")
    assert '<node id="a" label="A">' in text
    assert '<node id="b">' in text
    assert '<edge id="e0" source="a" target="b" label="x" weight="2" />' in text
    assert '<edge id="e1" source="b" target="b">' in text
    assert_networks_equal(read_network(path), network)


def test_read_network_reads_gexf_of_gephi(tmp_path):
    network = read_network(write(tmp_path / "x.gexf", GEPHI))
    assert type(network) is nx.DiGraph
    assert network.nodes["henan"]["kind"] == "province"
    assert network.nodes["henan"]["Degree"] == 1
    assert network.nodes["henan"]["viz position x"] == 1.5
    assert network.nodes["robots"]["Degree"] == 0  # the default
    assert network.nodes["robots"]["label"] == "机器人"
    assert network.edges["henan", "robots"]["weight"] == 2.0


def test_read_network_reads_graphml_of_igraph(tmp_path):
    graph = igraph.Graph([(0, 1), (1, 2)], directed=True)
    graph.vs["label"] = ["a", "b", "c"]
    graph.es["weight"] = [1, 2.5]
    graph.write_graphml(str(tmp_path / "x.graphml"))
    network = read_network(tmp_path / "x.graphml")
    assert nx.get_node_attributes(network, "label") == {"n0": "a", "n1": "b", "n2": "c"}
    assert network.edges["n1", "n2"]["weight"] == 2.5


def test_read_network_reads_graphml_of_yed(tmp_path):
    network = read_network(write(tmp_path / "x.graphml", YED))
    assert network.nodes["n0"] == {"description": "A province", "label": "Henan"}
    assert network.has_edge("n0", "n1")


LAUGHS = "".join(
    f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">'  # ten times ten times ten ...
    for i in range(10)
)


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(LAUGHS, id="a billion laughs"),
        pytest.param('<!ENTITY l9 SYSTEM "file:///etc/hostname">', id="an external entity"),
        pytest.param('<!ENTITY % l9 SYSTEM "http://localhost/x"> %l9;', id="a parameter entity"),
        pytest.param('<!ATTLIST node label CDATA "ha">', id="a default"),
    ],
)
def test_read_network_refuses_declarations(tmp_path, ending, declared):
    root = {".graphml": "graphml", ".gexf": "gexf"}[ending]
    text = f'<?xml version="1.0"?>\n<!DOCTYPE {root} [{declared}]>\n<{root}>&l9;</{root}>'
    path = write(tmp_path / f"x{ending}", text)
    with pytest.raises(ValueError, match=rf"x{ending}, line 2: a file that declares entities"):
        read_network(path)


def test_read_network_does_not_fetch_a_document_type(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("the network is not needed")

    monkeypatch.setattr("socket.socket.connect", refuse)
    doctype = '<!DOCTYPE graphml SYSTEM "http://localhost/graphml.dtd">\n<graphml'
    path = write(tmp_path / "x.graphml", YED.replace("<graphml", doctype, 1))
    assert len(read_network(path)) == 2


@pytest.mark.parametrize("ending", XML)
def test_read_network_refuses_xml_that_is_cut_off(network, tmp_path, ending):
    (path,) = write_network(network, tmp_path / f"x{ending}")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:20]))
    with pytest.raises(ValueError, match=rf"x{ending}, line 2[01]: no element found"):
        read_network(path)


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1: no element found"),
        ("a,b\n", "line 1: syntax error"),
        ('<?xml version="1.0" encoding="none"?><x/>', "line 1: unknown encoding"),
        ('<?xml version="1.0" encoding="gb18030"?><x/>', "line 1: multi-byte encodings"),
        ("<x/>", "cannot be read as .*: NetworkXError"),
        ("<?policylib {}?><x/>", "cannot be read as .*: ValueError.'it begins with x'"),
        ("<?policylib {?><{}/>", "cannot be read as .*: JSONDecodeError"),
        ("<?policylib {}?><{}/>", "cannot be read as .*: .*KeyError"),
        ("<?other {}?><x/>", "cannot be read as .*: NetworkXError"),
    ],
)
def test_read_network_refuses_xml_that_cannot_be_read(tmp_path, ending, text, error):
    text = text.replace("<{}/>", f"<{ending[1:]}/>")
    with pytest.raises(ValueError, match=rf"x\{ending}.*{error}"):
        read_network(write(tmp_path / f"x{ending}", text))


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize("ours", [True, False])
def test_read_network_refuses_two_nodes_with_one_id(tmp_path, ending, ours):
    network = nx.Graph()
    network.add_nodes_from(["a", "b"])
    (path,) = write_network(network, tmp_path / f"x{ending}")
    text = path.read_text(encoding="utf-8").replace('node id="b"', 'node id="a"')
    write(path, text if ours else text.replace("<?policylib", "<?other"))
    with pytest.raises(ValueError, match=rf"x\{ending}: two nodes have the id 'a'"):
        read_network(path)


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize("directed", [True, False])
def test_read_network_refuses_two_edges_with_one_key(tmp_path, ending, ours, directed):
    network = (nx.MultiDiGraph if directed else nx.MultiGraph)()
    network.add_edge("a", "b", "first", note=1)
    network.add_edge("a", "b", "second", note=2)
    network.add_edge("b", "a", "third", note=3)
    (path,) = write_network(network, tmp_path / f"x{ending}")
    text = path.read_text(encoding="utf-8").replace("second", "first").replace('"e1"', '"e0"')
    write(path, text if ours else text.replace("<?policylib", "<?other"))
    with pytest.raises(ValueError, match=rf"x\{ending}, edge 'a' to 'b': another edge has the"):
        read_network(path)


@pytest.mark.parametrize("kind", [nx.MultiGraph, nx.MultiDiGraph])
def test_read_network_reads_keys_that_networkx_wrote(tmp_path, kind):
    """In GraphML, networkx gives edges of other nodes the same id."""
    network = kind([("a", "b", 0, {"x": 1}), ("b", "c", 0, {"x": 2}), ("b", "c", 1, {"x": 3})])
    nx.write_graphml(network, tmp_path / "x.graphml")
    assert_networks_equal(read_network(tmp_path / "x.graphml"), network)


@pytest.mark.parametrize("ending", XML)
def test_statement_ids_survive_networkx(tmp_path, ending):
    """A file of ours that networkx reads, and one of networkx that we read, keep the ids."""
    read, write_ = {
        ".graphml": (nx.read_graphml, nx.write_graphml),
        ".gexf": (nx.read_gexf, nx.write_gexf),
    }[ending]
    network = pol.build_network(pol.read_tables())
    expected = pol.statements(network)["id"].to_list()
    (path,) = write_network(network, tmp_path / f"ours{ending}")
    theirs = read(path)
    assert pol.statements(theirs)["id"].to_list() == expected
    card = pol.pair_card(network, "hebei", "jilin")
    assert pol.pair_card(theirs, "hebei", "jilin").sha256 == card.sha256
    write_(theirs, tmp_path / f"theirs{ending}")
    again = read_network(tmp_path / f"theirs{ending}")
    assert pol.statements(again)["id"].to_list() == expected


def test_keys_that_are_not_unique_in_the_network_are_kept_too(tmp_path):
    network = nx.MultiDiGraph([("a", "b", "x"), ("b", "c", "x"), ("b", "c", "y")])
    (path,) = write_network(network, tmp_path / "x.graphml")
    assert_networks_equal(read_network(path), network)
    ids = re.findall('<edge id="([^"]*)"', path.read_text(encoding="utf-8"))
    assert ids == ["x", "e1", "y"]


GEXF = """<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz">
<graph defaultedgetype="undirected"><nodes><node id="a">{}</node><node id="b"/></nodes>
<edges><edge id="0" source="a" target="b"/></edges></graph></gexf>"""


@pytest.mark.parametrize(
    "colour", ['<viz:color hex="#FF0022"/>', '<viz:color hex="ff0022" a="1.0"/>',
               '<viz:color r="255" g="0" b="34"/>']
)  # fmt: skip
def test_colours_of_gexf_may_be_hexadecimal(tmp_path, colour):
    network = read_network(write(tmp_path / "x.gexf", GEXF.format(colour)))
    data = network.nodes["a"]
    assert [data[f"viz color {part}"] for part in "rgb"] == [255, 0, 34]
    assert network.number_of_edges() == 1


def test_colours_of_gexf_that_are_none_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'12' is not a colour; expected six hex"):
        read_network(write(tmp_path / "x.gexf", GEXF.format('<viz:color hex="#12"/>')))


GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{}'
    '<graph edgedefault="directed">{}</graph></graphml>'
)
NODES = '<node id="a"/><node id="b"/>'


@pytest.mark.parametrize(
    ("keys", "body", "message"),
    [
        ("", f'{NODES}<edge source="a" target="zz"/>', "names the node 'zz', which the file lacks"),
        ("", f'{NODES}<edge source="a"/>', "names the node None"),
        ("", '<node id="a"/><node/>', "a node has no id"),
        (
            "",
            '<node id="a"><graph edgedefault="directed"><node id="c"/></graph></node>',
            "2 nodes, of which only 1 can be read",
        ),
        (
            "",
            NODES + '<edge id="1" source="a" target="b"/><edge id="01" source="a" target="b"/>',
            "2 edges, of which only 1 can be read",
        ),
        (
            '<key id="x" for="node" attr.name="n" attr.type="string"/>'
            '<key id="y" for="node" attr.name="n" attr.type="string"/>',
            NODES,
            "two attributes of nodes have the name 'n'",
        ),
        ("", '<node id="a"><port name="n"/></node>', "a port cannot be read"),
        ("", f'{NODES}<edge source="a" target="b" sourceport="n"/>', "a port cannot be read"),
        ("", '<node id="a"><locator href="b.xml"/></node>', "a graph in another file cannot"),
        ("", f'{NODES}<hyperedge><endpoint node="a"/></hyperedge>', "an edge of several nodes"),
        (
            '<key id="x" for="all" attr.name="n" attr.type="string"><default>1</default></key>',
            NODES,
            "a default value that is not of nodes or of edges cannot be read",
        ),
        (
            '<key id="x" for="graph" attr.name="n" attr.type="string"><default>1</default></key>',
            NODES,
            "a default value that is not of nodes or of edges cannot be read",
        ),
    ],
)
def test_what_networkx_would_lose_or_invent_is_named(tmp_path, keys, body, message):
    with pytest.raises(ValueError, match=f"x.graphml: .*{message}"):
        read_network(write(tmp_path / "x.graphml", GRAPHML.format(keys, body)))


def test_edges_within_a_node_of_gexf_are_named(tmp_path):
    inner = '<nodes><node id="c"/></nodes><edges><edge id="9" source="a" target="c"/></edges>'
    with pytest.raises(ValueError, match="2 edges, of which only 1 can be read"):
        read_network(write(tmp_path / "x.gexf", GEXF.format(inner)))


def test_defaults_of_nodes_and_values_of_the_graph_are_read(tmp_path):
    keys = (
        '<key id="x" for="node" attr.name="n" attr.type="int"><default>1</default></key>'
        '<key id="y" for="graph" attr.name="title" attr.type="string"/>'
        '<key id="z" for="all" attr.name="note" attr.type="string"/>'
    )
    body = '<data key="y">t</data><node id="a"><data key="x">2</data></node><node id="b"/>'
    body += '<edge source="a" target="b"><data key="z">e</data></edge>'
    network = read_network(write(tmp_path / "x.graphml", GRAPHML.format(keys, body)))
    assert dict(network.nodes(data=True)) == {"a": {"n": 2}, "b": {"n": 1}}
    assert network.edges["a", "b"] == {"note": "e"}
    assert network.graph == {"title": "t"}


def test_edges_of_several_kinds_are_named(tmp_path):
    text = GEXF.format("").replace('id="0"', 'id="0" kind="likes"')
    with pytest.raises(ValueError, match="a kind of edges cannot be read"):
        read_network(write(tmp_path / "x.gexf", text))


def test_times_of_gexf_need_no_unit(tmp_path):
    text = GEXF.format("").replace("<graph", '<graph mode="dynamic"')
    text = text.replace('<node id="a">', '<node id="a" start="1" end="2.5">')
    network = read_network(write(tmp_path / "x.gexf", text))
    assert network.nodes["a"] == {"start": 1.0, "end": 2.5}
    assert network.nodes["b"] == {}


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<node ", '<node y:size="1" ', "unbound prefix"),
        ('xmlns="http://', 'xmlns="http://{}', "syntax error"),
    ],
)
def test_read_network_names_the_line_of_a_wrong_namespace(tmp_path, ending, old, new, problem):
    (path,) = write_network(nx.Graph([("a", "b")]), tmp_path / f"x{ending}")
    damaged = path.read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(ValueError, match=rf"x{ending}, line \d+: {problem}"):
        read_network(write(path, damaged))
