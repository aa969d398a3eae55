"""Networks in CSV, for Gephi and for spreadsheets."""

import networkx as nx
import pandas as pd
import pytest

from policylib.convert import read_network, write_network
from tests.convert.helpers import assert_networks_equal, csv_network, roundtrip


def test_write_network_names_columns_as_gephi_does(network, tmp_path):
    nodes, edges = write_network(network, tmp_path / "x.csv")
    assert (nodes.name, edges.name) == ("x-nodes.csv", "x-edges.csv")
    table = pd.read_csv(nodes)
    assert table.columns[:3].to_list() == ["Id", "kind", "Label"]
    assert table.set_index("Id").loc["henan", "Label"] == "Henan"
    assert "type" in table
    table = pd.read_csv(edges)
    assert table.columns[:4].to_list() == ["Source", "Target", "Type", "Key"]
    assert set(table["Type"]) == {"Directed"}
    assert len(table) == network.number_of_edges()
    weighted = nx.Graph([("a", "b", {"weight": 2, "label": "x", "type": "y"})])
    _, edges = write_network(weighted, tmp_path / "y.csv")
    assert edges.read_text(encoding="utf-8") == (
        '"Source","Target","Type","Weight","Label","type (attribute)"\n'
        '"a","b","Undirected",2,"x","y"\n'
    )


def test_write_network_keeps_text_from_being_run_as_a_formula(tmp_path):
    network = nx.DiGraph()
    network.add_node("=a", **{"@b": "+1", "c": -1, "d": "1-1", "e": "\tx", "f": "＝1", "g": "\r"})
    network.add_edge("=a", "b", note="-2")
    path = tmp_path / "x.csv"
    nodes, _ = write_network(network, path, for_spreadsheet=True)
    assert nodes.read_bytes().startswith(b"\xef\xbb\xbf")
    copy = read_network(path)
    assert copy.nodes["'=a"] == {
        "'@b": "'+1",
        "c": -1,
        "d": "1-1",
        "e": "'\tx",
        "f": "'＝1",
        "g": "'\r",
    }
    assert copy.edges["'=a", "b"] == {"note": "'-2"}
    plain, _ = write_network(network, path)
    assert plain.read_text(encoding="utf-8").startswith('"Id","@b"')


def test_write_network_merges_no_nodes_by_an_apostrophe(tmp_path):
    network = nx.Graph([("=a", "'=a")])
    with pytest.raises(ValueError, match="two ids would become the same text"):
        write_network(network, tmp_path / "x.csv", for_spreadsheet=True)
    assert_networks_equal(roundtrip(network, ".csv"), network)


def test_read_network_reads_csv_of_others(tmp_path):
    nodes = "Id,Label,size,on,code\r\n1,Henan,2.50,TRUE,007\r\n\r\n2,,1e3,,x\r\n"
    edges = "Source,Target,Type,Id,Label,Weight\r\n1,2,Undirected,0,,1.5\r\n2,1,undirected,1,,2"
    network = csv_network(tmp_path, nodes, edges, "utf-8-sig")
    assert type(network) is nx.MultiGraph
    assert network.nodes[1] == {"label": "Henan", "size": 2.5, "on": True, "code": "007"}
    assert network.nodes[2] == {"size": 1000.0, "code": "x"}
    weights = [data["weight"] for *_, data in network.edges(data=True)]
    assert weights == [1.5, 2]
    assert type(csv_network(tmp_path, nodes, "Source,Target\n1,2\n")) is nx.DiGraph


@pytest.mark.parametrize(
    ("nodes", "edges", "error"),
    [
        ("", "Source,Target\n", "x-nodes.csv, line 1: no column 'Id'"),
        ("Ids\n1\n", "Source,Target\n", "no column 'Id'; did you mean 'Ids'"),
        ("Id\n1\n", "Source,Goal\n", "x-edges.csv, line 1: no column 'Target'"),
        ("Id,a,a\n", "Source,Target\n", "x-nodes.csv, line 1: two columns have the same name"),
        ('Id,a\n1,"x\ny"\n2\n', "Source,Target\n", "x-nodes.csv, line 4: 1 cells, where the"),
        ("Id,a\n,x\n", "Source,Target\n", "x-nodes.csv, line 2: the cell Id is empty"),
        ("Id\n1\n", "Source,Target\n1,\n", "x-edges.csv, line 2: the cell Target is empty"),
        ('Id,a\n1,"x', "Source,Target\n", "x-nodes.csv, line 2: quotes must enclose"),
        ('Id,a\n1,"x\n\n"y"\n', "Source,Target\n", "x-nodes.csv, line 2: quotes must enclose"),
        ('Id,a\n1,x"y"\n', "Source,Target\n", "x-nodes.csv, line 2: quotes must enclose"),
        ("Id\n1\n", "Source,Target,Type\n1,1,Mixed\n", "x-edges.csv: the edges must be all"),
        (
            "Id\n1\n",
            "Source,Target,Type\n1,1,Directed\n1,2,Undirected\n",
            "x-edges.csv: the edges must be all Directed or all Undirected",
        ),
    ],
)
def test_read_network_refuses_csv_that_cannot_be_read(tmp_path, nodes, edges, error):
    with pytest.raises(ValueError, match=error):
        csv_network(tmp_path, nodes, edges)


def test_read_network_wants_both_csv_files(tmp_path):
    write_network(nx.Graph(), tmp_path / "x.csv")
    (tmp_path / "x-edges.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"no file .*x-edges\.csv"):
        read_network(tmp_path / "x.csv")


def test_read_network_keeps_ids_apart_that_look_like_numbers(tmp_path):
    network = csv_network(tmp_path, "Id,x\n1e2,1\n100,2\n2.50,\n2.5,\n", "Source,Target\n1e2,100\n")
    assert set(network) == {"1e2", 100, "2.50", 2.5}
    with pytest.raises(ValueError, match=r"x-nodes\.csv: two nodes have the id 2"):
        csv_network(tmp_path, "Id\n2.0\n2\n", "Source,Target\n")
    with pytest.raises(ValueError, match=r"x-nodes\.csv: two nodes have the id '1'"):
        csv_network(tmp_path, 'Id\n1\n"1"\n', "Source,Target\n")


@pytest.mark.parametrize("name", ["weight", "Weight", "WEIGHT", "Kind", "timeset", "Label"])
def test_read_network_returns_names_that_gephi_takes_for_its_own(tmp_path, name):
    network = nx.Graph()
    network.add_node("a", **{name: 1, "weight": 2})
    network.add_edge("a", "b", **{name: 1, "weight": 2})
    write_network(network, tmp_path / "x.csv")
    back = read_network(tmp_path / "x.csv")
    assert back.nodes["a"] == network.nodes["a"]
    assert back.edges["a", "b"] == network.edges["a", "b"]


def test_read_network_makes_no_two_edges_of_csv_one(tmp_path):
    edges = "Source,Target,Type,Key\n1,2,Undirected,x\n2,1,Undirected,x\n"
    with pytest.raises(ValueError, match=r"x-edges\.csv, edge 2 to 1: .* the key 'x'"):
        csv_network(tmp_path, "Id\n1\n2\n", edges)


def test_read_network_refuses_an_edge_to_a_missing_node(tmp_path):
    """For example, one of the two files may come from an older network."""
    with pytest.raises(ValueError, match=r"x-edges\.csv, edge 1 to 3: no node 3"):
        csv_network(tmp_path, "Id\n1\n2\n", "Source,Target\n1,3\n")


def test_read_network_returns_a_long_text():
    network = nx.Graph()
    network.add_node("a", text="x" * 200_000)
    assert_networks_equal(roundtrip(network, ".csv"), network)


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        (
            "Id,Label,label\na,A,x\n",
            "Source,Target\n",
            "node 'a': two attributes have the name 'label'",
        ),
        (
            "Id\na\nb\n",
            "Source,Target,Weight,weight\na,b,1,2\n",
            "x-edges.csv, edge 'a' to 'b': two attributes have the name 'weight'",
        ),
    ],
)
def test_two_columns_of_one_attribute_are_named(tmp_path, nodes, edges, message):
    (tmp_path / "x-nodes.csv").write_text(nodes, encoding="utf-8")
    (tmp_path / "x-edges.csv").write_text(edges, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_network(tmp_path / "x.csv")
