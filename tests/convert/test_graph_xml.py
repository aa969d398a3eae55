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


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("A province", "A<br/>province", "line 8, node 'n0', attribute 'description': .* <br>"),
        ("A province", "<b>A province</b>", "line 8, node 'n0', attribute 'description': .* <b>"),
        ("A province", '<h:b xmlns:h="x">A</h:b>', "line 8, node 'n0', .*the element <b>"),
        ("A province", "A <y:ShapeNode/>", "line 8, node 'n0', .*the element <ShapeNode>"),
        ("A province", "<y:ShapeNode/> A", "line 8, node 'n0', .*the element <ShapeNode>"),
        (
            'attr.type="string"/>',
            'attr.type="string"><default>a<br/>b</default></key>',
            "line 4, default of 'description': .*the element <br>",
        ),
    ],
)
def test_read_network_loses_no_text_beside_elements(tmp_path, good, bad, message):
    path = write(tmp_path / "x.graphml", YED.replace(good, bad))
    with pytest.raises(ValueError, match=f"x.graphml, {message}"):
        read_network(path)


def test_read_network_takes_empty_drawings_and_comments(tmp_path):
    text = YED.replace("A province", "A <!-- large --> province")
    text = text.replace('<node id="n1"/>', '<node id="n1"><data key="d6"> <y:Json/> </data></node>')
    network = read_network(write(tmp_path / "x.graphml", text))
    assert network.nodes["n0"] == {"description": "A  province", "label": "Henan"}
    assert network.nodes["n1"] == {}


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
        ("<x/>", "line 1: the file begins with <x>"),
        ("<?policylib {}?><x/>", "line 1: the file begins with <x>"),
        ("<?policylib {?><{}><graph/></{}>", "cannot be read as .*: '{' is not a value in JSON"),
        ("<?policylib {}?><{}><graph/></{}>", "must have directed, multigraph, graph"),
        ("<{}/>", "no element <graph>"),
        ("<{} xmlns:a='b'><a:graph/></{}>", "NetworkXError"),
        ("<?other {}?><x/>", "line 1: the file begins with <x>"),
    ],
)
def test_read_network_refuses_xml_that_cannot_be_read(tmp_path, ending, text, error):
    root = ending[1:] + (' xmlns="http://gexf.net/1.3"' if ending == ".gexf" else "")
    text = text.replace("</{}>", f"</{ending[1:]}>").replace("<{}", f"<{root}")
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
        ("", f'{NODES}<edge source="a" target="zz"/>', "no node 'zz'"),
        ("", f'{NODES}<edge source="a"/>', "an edge has no target"),
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
            '<node id="a"><data key="x">1</data><data key="y">2</data></node>',
            "two values, '1' and '2'",
        ),
        (
            '<key id="x" for="node" attr.name="n"><default>1</default></key>'
            '<key id="y" for="node" attr.name="n"><default>2</default></key>',
            NODES,
            "another one is '1'",
        ),
        ("", '<node id="a"><port name="n"/></node>', "a port cannot be read"),
        ("", f'{NODES}<edge source="a" target="b" sourceport="n"/>', "a port cannot be read"),
        ("", '<node id="a"><locator href="b.xml"/></node>', "a graph in another file cannot"),
        ("", f'{NODES}<hyperedge><endpoint node="a"/></hyperedge>', "an edge of several nodes"),
    ],
)
def test_what_networkx_would_lose_or_invent_is_named(tmp_path, keys, body, message):
    with pytest.raises(ValueError, match=f"x.graphml.*: .*{message}"):
        read_network(write(tmp_path / "x.graphml", GRAPHML.format(keys, body)))


def test_whole_and_other_numbers_of_one_name_are_read(tmp_path):
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=2, share=1)
    graph.add_edge("b", "c", weight=1.5, share=0.5)
    nx.write_graphml(graph, tmp_path / "x.graphml")
    found = read_network(tmp_path / "x.graphml")
    assert nx.get_edge_attributes(found, "weight") == {("a", "b"): 2, ("b", "c"): 1.5}
    assert nx.get_edge_attributes(found, "share") == {("a", "b"): 1, ("b", "c"): 0.5}


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


def graphml(body: str, type_: str = "int", default: str = "") -> str:
    """Return a file with the attribute w of nodes and edges on line 2, and the rest on line 3."""
    key = f'\n<key id="w" for="all" attr.name="weight" attr.type="{type_}">{default}</key>\n'
    return GRAPHML.format(key, NODES + body)


def edge(data: str, attributes: str = "") -> str:
    return f'<edge source="a" target="b"{attributes}>{data}</edge>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (graphml("", "quux"), r"line 2, attribute 'weight': no type 'quux' \(allowed: bool"),
        (graphml("", "Int"), r"no type 'Int' .*; did you mean 'int'\?"),
        (graphml("", "int", "<default>x</default>"), "line 2, default of 'weight': 'x' is not a"),
        (graphml("", "int", "<default/>"), "line 2, default of 'weight': '' is not a whole number"),
        (graphml(edge('<data key="w">1.5</data>')), "'weight': '1.5' is not a whole number"),
        (graphml(edge('<data key="w">1_0</data>')), "'weight': '1_0' is not a whole number"),
        (graphml(edge('<data key="w">x</data>'), "double"), "'weight': 'x' is not a number"),
        (
            graphml(edge('<data key="w">maybe</data>'), "boolean"),
            r"line 3, edge 'a' to 'b', attribute 'weight': 'maybe' is not a boolean",
        ),
        (graphml(edge('<data key="w"></data>')), "'weight': '' is not a whole number"),
        (graphml(edge('<data key="v">1</data>')), "'a' to 'b': no attribute of edges has the id"),
        (
            graphml(edge('<data key="w">1</data><data key="w">5</data>')),
            "line 3, edge 'a' to 'b', attribute 'weight': two values, 1 and 5",
        ),
        (
            graphml('<node id="c"><data key="w">1</data><data key="w">5</data></node>'),
            "line 3, node 'c', attribute 'weight': two values, 1 and 5",
        ),
        (
            graphml('<data key="w">1</data><data key="w">5</data>'),
            "line 3, attribute 'weight': two",
        ),
        (
            graphml(edge("", ' directed="false"')),
            r"line 3, edge 'a' to 'b': directed 'false' in a directed graph \(allowed: true, 1\)",
        ),
        (graphml(edge("", ' directed="x"')), "directed 'x' in a directed graph"),
        (graphml("").replace('"directed"', '"both"'), "line 3: no edgedefault 'both'"),
        (graphml("").replace("xmlns=", "xmlns:n="), None),
        (
            graphml("").replace("xmlns.org", "xmlns.net").replace("org/xmlns", "net/"),
            "no namespace",
        ),
        (graphml("").replace(' id="w"', ""), "line 2: an attribute has no id"),
        (graphml("").replace('attr.name="weight"', ""), "line 2: an attribute has no name"),
        (
            graphml("").replace("<graph ", '<key id="w" for="node" attr.name="x"/><graph '),
            "line 3: two attributes of nodes have the id 'w'",
        ),
    ],
)
def test_read_network_names_the_line_of_a_fault_in_graphml(tmp_path, text, message):
    path = write(tmp_path / "x.graphml", text)
    if message is None:
        assert len(read_network(path)) == 2
        return
    with pytest.raises(ValueError, match=f"x.graphml, .*{message}"):
        read_network(path)


def gexf(body: str = "", *, kind: str = "directed", attributes: str = "", columns: str = "") -> str:
    """Return GEXF with the attribute w of nodes and edges, and its edge from a to b on line 5."""
    both = "".join(
        f'<attributes class="{of}"><attribute id="w" title="{title}" type="integer"/>{columns}'
        "</attributes>"
        for of, title in (("node", "size"), ("edge", "weight"))
    )
    nodes = f'<nodes>{NODES}</nodes>\n<edges>\n<edge id="0" source="a" target="b"{attributes}>'
    values = f"<attvalues>{body}</attvalues>" if body else ""
    return (
        f'<gexf xmlns="http://gexf.net/1.3" version="1.3">\n<graph defaultedgetype="{kind}">'
        f"\n{both}{nodes}{values}</edge></edges></graph></gexf>"
    )


def column(type_: str) -> str:
    return f'<attribute id="x" title="x" type="{type_}"/>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (gexf(columns=column("date")), r"line 3, attribute 'x': no type 'date' \(allowed:"),
        (
            gexf('<attvalue for="w" value="1.5"/>'),
            "attribute 'weight': '1.5' is not a whole number",
        ),
        (gexf('<attvalue for="w" value=""/>'), "line 5, edge 'a' to 'b', attribute 'weight': ''"),
        (gexf('<attvalue for="w"/>'), "attribute 'weight': no value"),
        (gexf('<attvalue for="v" value="1"/>'), "no attribute of edges has the id 'v'"),
        (gexf('<attvalue value="1"/>'), "no attribute of edges has the id None"),
        (gexf(attributes=' weight="heavy"'), "'a' to 'b', weight: 'heavy' is not a number"),
        (gexf('<attvalue for="w" value="1"/><attvalue for="w" value="5"/>'), "two values, 1 and 5"),
        (gexf('<attvalue for="w" value="1"/>', attributes=' weight="5"'), "two values, 5.0 and 1"),
        (
            gexf(attributes=' type="undirected"'),
            r"type 'undirected' in a dir.* \(allowed: directed",
        ),
        (gexf(attributes=' type="mutual"', kind="undirected"), "type 'mutual' in an undirected"),
        (gexf(attributes=' type="quux"'), "line 5, edge 'a' to 'b': type 'quux' in a directed"),
        (gexf(kind="both"), r"line 2: no defaultedgetype 'both' \(allowed: directed, undirected"),
        (gexf(attributes=' start="x"'), "line 5, edge 'a' to 'b', start: 'x' is not a number"),
        (gexf().replace('class="node"', 'class="graph"'), "no class of attributes 'graph'"),
        (gexf().replace('title="size"', ""), "line 3: an attribute has no name"),
        (gexf().replace('target="b"', 'target="c"'), "line 5, edge 'a' to 'c': no node 'c'"),
        (gexf().replace("1.3", "9.9", 1), "line 1: no namespace 'http://gexf.net/9.9'"),
        (gexf().replace("<graph ", '<graph timeformat="week" '), "line 2: no timeformat 'week'"),
    ],
)
def test_read_network_names_the_line_of_a_fault_in_gexf(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"x.gexf, .*{message}"):
        read_network(write(tmp_path / "x.gexf", text))


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("byte", "1", 1),
        ("short", "-2", -2),
        ("long", "3", 3),
        ("biginteger", str(2**70), 2**70),
        ("bigdecimal", "0.5", 0.5),
        ("char", "x", "x"),
        ("anyURI", "http://a", "http://a"),
        ("liststring", "[a, b]", "[a, b]"),
        ("listinteger", "[1, 2]", "[1, 2]"),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("string", "", ""),
    ],
)
def test_all_types_of_gexf_are_read(tmp_path, type_, text, expected):
    text = gexf(f'<attvalue for="x" value="{text}"/>', columns=column(type_))
    value = read_network(write(tmp_path / "x.gexf", text)).edges["a", "b"]["x"]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "attributes"), [("directed", ' type="mutual"'), ("mutual", ""), ("directed", "")]
)
def test_a_mutual_edge_is_two_directed_edges(tmp_path, kind, attributes):
    text = gexf('<attvalue for="w" value="3"/>', kind=kind, attributes=attributes)
    network = read_network(write(tmp_path / "x.gexf", text))
    ends = [("a", "b")] if kind == "directed" and not attributes else [("a", "b"), ("b", "a")]
    assert type(network) is nx.DiGraph
    assert list(network.edges(data="weight")) == [(*pair, 3) for pair in ends]


def test_a_mutual_edge_can_be_beside_a_directed_one(tmp_path):
    text = gexf().replace("</edges>", '<edge id="1" source="b" target="a" type="mutual"/></edges>')
    network = read_network(write(tmp_path / "x.gexf", text))
    assert sorted(network.edges(keys=True)) == [("a", "b", "0"), ("a", "b", "1"), ("b", "a", "1")]


@pytest.mark.parametrize("name", ["label", "weight", "id", "start", "viz color r", "x"])
def test_an_attribute_of_gexf_keeps_its_value_whatever_its_name(tmp_path, name):
    text = gexf('<attvalue for="w" value="3"/>').replace('title="weight"', f'title="{name}"')
    text = text.replace('id="0" ', "")
    network = read_network(write(tmp_path / "x.gexf", text))
    assert network.edges["a", "b"] == {name: 3}


@pytest.mark.parametrize("id_", ["3", "4"])
def test_an_id_beside_an_attribute_of_this_name_must_be_equal(tmp_path, id_):
    text = gexf(f'<attvalue for="x" value="{id_}"/>', columns=column("string"))
    text = text.replace('title="x"', 'title="id"').replace('id="0"', 'id="3"')
    path = write(tmp_path / "x.gexf", text)
    if id_ == "3":
        assert read_network(path).edges["a", "b"] == {"id": "3"}
        return
    with pytest.raises(ValueError, match=r"x.gexf, edge 'a' to 'b': two values of 'id', '4' and"):
        read_network(path)


def test_a_label_of_a_node_of_gexf_and_an_attribute_must_be_equal(tmp_path):
    text = gexf().replace('title="size" type="integer"', 'title="label" type="string"')
    values = '<attvalues><attvalue for="w" value="B"/></attvalues>'
    node = f'<node id="a"{{}}>{values}</node>'
    path = write(tmp_path / "x.gexf", text.replace('<node id="a"/>', node.format("")))
    assert read_network(path).nodes["a"] == {"label": "B"}
    write(path, text.replace('<node id="a"/>', node.format(' label="A"')))
    with pytest.raises(ValueError, match="node 'a', attribute 'label': two values, 'A' and 'B'"):
        read_network(path)


def test_a_column_with_the_id_weight_keeps_its_name_and_type(tmp_path):
    text = gexf('<attvalue for="weight" value="heavy"/>', columns=column("string"))
    network = read_network(write(tmp_path / "x.gexf", text.replace('id="x"', 'id="weight"')))
    assert network.edges["a", "b"] == {"x": "heavy", "id": "0"}


def test_a_default_of_all_is_of_the_graph_the_nodes_and_the_edges(tmp_path):
    path = write(tmp_path / "x.graphml", graphml(edge(""), "int", "<default>7</default>"))
    network = read_network(path)
    assert network.graph == {"weight": 7}
    assert dict(network.nodes.data()) == {"a": {"weight": 7}, "b": {"weight": 7}}
    assert network.edges["a", "b"] == {"weight": 7}


def test_an_attribute_of_the_graph_can_have_the_name_mode(tmp_path):
    text = graphml('<data key="w">3</data>').replace('"weight"', '"mode"')
    assert read_network(write(tmp_path / "x.graphml", text)).graph == {"mode": 3}


@pytest.mark.parametrize("ending", XML)
def test_read_network_names_a_fault_in_a_file_of_ours(tmp_path, ending):
    network = nx.Graph()
    network.add_edge("a", "b", cost=2)
    network.add_edge("b", "b", size=2)
    network.add_edge("a", "a", size="x")
    (path,) = write_network(network, tmp_path / f"x{ending}")
    text = path.read_text(encoding="utf-8")
    for old, new, message in [
        ('"edge0"', '"edge9"', "no attribute of edges has the id 'edge0'; did you mean 'edge9'"),
        ('"long"', '"lang"', r"attribute 'cost': no type 'lang'"),
        ('"x"', "x", "size: 'x' is not a value in JSON"),
        ("&quot;x&quot;", "x", "size: 'x' is not a value in JSON"),
    ]:
        if old in text:
            write(path, text.replace(old, new, 1))
            with pytest.raises(ValueError, match=rf"x\{ending}.*{message}"):
                read_network(path)
