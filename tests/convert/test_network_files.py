"""Networks that cannot be written, and files that are written whole or not at all."""

import math
import os
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import policylib
from policylib._util.files import NEW
from policylib._util.graphs import as_graph
from policylib.convert import read_network, write_network
from tests.convert.helpers import ALL, XML, assert_networks_equal, roundtrip, write


@pytest.mark.parametrize("ending", [*XML, ".csv", ".dl", ".net"])
def test_write_network_refuses_ids_that_become_the_same_text(tmp_path, ending):
    with pytest.raises(ValueError, match="the ids 1 and '1' would become the same text"):
        write_network(nx.Graph([(1, "1")]), tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


def test_write_network_refuses_ids_that_become_the_same_text_in_json():
    network = nx.Graph([(1, "1")])
    assert_networks_equal(roundtrip(network, ".json"), network)
    with pytest.raises(ValueError, match="would become the same text"):
        roundtrip(nx.Graph([((1, 2), "(1, 2)")]), ".json")


def test_write_network_refuses_keys_that_become_the_same_text():
    network = nx.MultiGraph()
    network.add_edge("a", "b", key=(1, 2))
    network.add_edge("a", "b", key="(1, 2)")
    with pytest.raises(ValueError, match="keys of edges between the same two nodes"):
        roundtrip(network, ".graphml")


def test_write_network_refuses_names_that_become_the_same_text():
    network = nx.Graph()
    network.add_node("a", **{"1": "x"})
    network.nodes["a"][1] = "y"
    with pytest.raises(
        ValueError, match="node 'a', attribute 1: another attribute has the same name"
    ):
        roundtrip(network, ".json")


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"x": {}}, r"node 'a', attribute 'x': a dict cannot be written \(allowed: text, numbers"),
        ({"x": b""}, "a bytes cannot"),
        ({"x": 1j}, "a complex cannot"),
        ({"x": [["b"]]}, "a list cannot"),
        ({"x": np.timedelta64(1, "s")}, "a timedelta64 cannot"),
        ({"x": np.array([1])}, "a ndarray cannot"),
        ({"x": pd.Series([1])}, "a Series cannot"),
    ],
)
def test_write_network_refuses_attributes_of_other_types(tmp_path, ending, data, text):
    network = nx.Graph()
    network.add_node("a", **data)
    with pytest.raises(TypeError, match=text):
        write_network(network, tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize("character", ["\0", "\x1b", "\ufffe", "\ud800"])
def test_write_network_refuses_characters_that_xml_forbids(ending, character):
    network = nx.MultiGraph()
    network.add_edge("a", "b", note=f"x{character}")
    with pytest.raises(
        ValueError, match=r"edge 'a' to 'b', attribute 'note': a .* file cannot hold"
    ):
        roundtrip(network, ending)
    for other in (
        nx.Graph([(character, "b")]),
        nx.MultiGraph([("a", "b", character)]),
        nx.Graph([("a", "b", {character: 1})]),
        nx.Graph([("a", "b", {"x": [character]})]),
    ):
        with pytest.raises(ValueError, match="cannot hold the character"):
            roundtrip(other, ending)


@pytest.mark.parametrize("ending", [*ALL, ".dl", ".net"])
def test_write_network_refuses_lone_surrogates(ending):
    with pytest.raises(ValueError, match=r"node 'a\\ud800'.* cannot hold the character '\\ud800'"):
        roundtrip(nx.Graph([("a\ud800", "b")]), ending)


def test_write_network_refuses_infinite_numbers_in_json():
    network = nx.Graph()
    network.add_node("a", x=math.inf)
    with pytest.raises(
        ValueError, match="node 'a', attribute 'x': JSON cannot hold infinite numbers"
    ):
        roundtrip(network, ".json")


@pytest.mark.parametrize(("name", "near"), [("x.graphm", "; did you mean '.graphml'"), ("x", "")])
def test_write_network_and_read_network_refuse_an_unknown_ending(tmp_path, name, near):
    allowed = r"\(allowed: \.graphml, \.gexf, \.json, .*\.csv.*\)"
    with pytest.raises(ValueError, match=f"no ending .* {allowed}{near}"):
        write_network(nx.Graph(), tmp_path / name)
    with pytest.raises(ValueError, match=f"no ending .* {allowed}{near}"):
        read_network(tmp_path / name)


def test_write_network_refuses_what_is_not_a_network(tmp_path):
    path = tmp_path / "x.gexf"
    with pytest.raises(TypeError, match=r"expected a network \(.*\), not (Posix|Windows)Path"):
        write_network(path, nx.Graph())
    with pytest.raises(TypeError, match="expected the path of a file, not Graph"):
        write_network(nx.Graph(), nx.Graph())
    with pytest.raises(ValueError, match="row 'a' has no column of the same label"):
        write_network(pd.DataFrame({"b": [1]}, index=["a"]), path)
    assert list(tmp_path.iterdir()) == []


def test_read_network_wants_a_path():
    with pytest.raises(TypeError, match="expected the path of a file, not Graph"):
        read_network(nx.Graph())


@pytest.mark.parametrize("ending", [*ALL, ".net"])
def test_write_network_takes_a_square_table(network, tmp_path, ending):
    overlap = policylib.project(policylib.biadjacency(network))
    files = write_network(overlap, tmp_path / f"x{ending}")
    copy = read_network(tmp_path / f"x{ending}")
    assert_networks_equal(copy, as_graph(overlap))
    assert copy.number_of_edges() > 0
    ties = pd.DataFrame([[1, 2.5], [0, 1]], index=["a", "b"], columns=["a", "b"])
    assert write_network(ties, tmp_path / f"x{ending}") == files
    copy = read_network(tmp_path / f"x{ending}")
    assert type(copy) is nx.DiGraph
    assert list(copy.edges(data=True)) == [("a", "b", {"weight": 2.5})]


def test_write_network_refuses_other_options(tmp_path):
    with pytest.raises(ValueError, match=r"for_spreadsheet is for \.csv, not \.gexf"):
        write_network(nx.Graph(), tmp_path / "x.gexf", for_spreadsheet=True)
    with pytest.raises(FileNotFoundError, match="no folder"):
        write_network(nx.Graph(), tmp_path / "nowhere" / "x.gexf")


@pytest.mark.parametrize("ending", [*ALL, ".net", ".dl"])
def test_write_network_replaces_files_and_leaves_nothing_else(tmp_path, network, ending):
    path = tmp_path / f"x{ending}"
    write_network(nx.Graph([("old", "older")]), path)
    files = write_network(network, str(path))
    assert sorted(files) == sorted(tmp_path.iterdir())
    assert all("old" not in file.read_text(encoding="utf-8").split('"') for file in files)


def test_write_network_and_read_network_find_a_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for ending in (".csv", ".gexf"):
        write_network(nx.Graph(), f"~/x{ending}")
        assert read_network(f"~/x{ending}").number_of_nodes() == 0


@pytest.mark.parametrize("former", [True, False])
@pytest.mark.parametrize("part", ["nodes", "edges"])
def test_write_network_writes_both_files_or_none(tmp_path, monkeypatch, former, part):
    path = tmp_path / "x.csv"
    if former:
        write_network(nx.Graph([("old", "older")]), path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    move = Path.rename

    def refuse(self, target):
        if target.name == f"x-{part}.csv" and self.name.endswith(NEW):
            raise PermissionError(13, "in use")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError, match=rf"in use: '.*x-{part}\.csv'$"):
        write_network(nx.Graph([("new", "newer")]), path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_write_network_leaves_nothing_when_it_fails(tmp_path, monkeypatch):
    def refuse(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=r"No space left on device: '.*/x\.gexf'$"):
        write_network(nx.Graph(), tmp_path / "x.gexf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.not_on("Windows", reason="not everybody may make links there")
def test_write_network_follows_links_and_keeps_rights(tmp_path):
    target = write(tmp_path / "x.json", "{}")
    target.chmod(0o600)
    (tmp_path / "link.json").symlink_to(target)
    write_network(nx.Graph([("a", "b")]), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert set(read_network(target)) == {"a", "b"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".json", ".net", ".csv"])
def test_read_network_refuses_pipes_devices_and_folders(tmp_path, ending):
    names = ["x-nodes.csv", "x-edges.csv"] if ending == ".csv" else [f"x{ending}"]
    for make, problem in (
        (os.mkfifo, "is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "is not a regular file"),
        (Path.mkdir, "is a folder, not a file"),
    ):
        for name in names:
            make(tmp_path / name)
        with pytest.raises(ValueError, match=f"{names[0]} {problem}"):
            read_network(tmp_path / f"x{ending}")
        for name in names:
            path = tmp_path / name
            path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("ending", ALL)
def test_write_network_refuses_infinite_ties_of_a_table(tmp_path, ending):
    network = pd.DataFrame([[0, math.inf], [math.inf, 0]], list("ab"), list("ab"))
    with pytest.raises(ValueError, match="the tie from 'a' to 'b' is infinite"):
        write_network(network, tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".dl", ".net", ".json"])
@pytest.mark.parametrize("weight", [math.inf, -math.inf])
def test_formats_without_infinite_numbers_refuse_them(tmp_path, ending, weight):
    network = nx.Graph([("a", "b", {"weight": weight})])
    with pytest.raises(ValueError, match=r"edge 'a' to 'b', .*cannot hold infinite numbers"):
        write_network(network, tmp_path / f"x{ending}")


@pytest.mark.parametrize("flag", ["no", 1, None])
def test_for_spreadsheet_is_true_or_false(tmp_path, flag):
    with pytest.raises(TypeError, match=r"for_spreadsheet is .*; expected True or False"):
        write_network(nx.path_graph(2), tmp_path / "x.csv", for_spreadsheet=flag)
