"""Network files that are missing, damaged, unfinished, or not in the format of their extension."""

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylib.convert import read_network, write_network
from policylib.convert.graph_csv import csv_paths
from tests.convert.helpers import ALL, XML


@pytest.mark.parametrize("ending", [".csv", ".json", ".net"])
def test_read_network_refuses_another_encoding(tmp_path, ending):
    files = write_network(nx.Graph([("河", "南")]), tmp_path / f"x{ending}")
    for file in files:
        file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(ValueError, match=r"x.*, line [0-9]: byte 0x[0-9a-f]{2} is not UTF-8"):
        read_network(tmp_path / f"x{ending}")


@pytest.mark.parametrize("ending", [*XML, ".json", ".net"])
@pytest.mark.parametrize("other", [*XML, ".json", ".net", ".dl"])
def test_read_network_wants_a_file_to_be_what_its_ending_says(network, tmp_path, ending, other):
    (path,) = write_network(network, tmp_path / f"x{other}")
    path = path.replace(tmp_path / f"x{ending}")
    if ending == other:
        assert len(read_network(path)) == len(network)
    else:
        with pytest.raises(ValueError, match=rf"x\{ending}"):
            read_network(path)


@pytest.mark.parametrize("ending", [*ALL, ".net"])
@given(data=st.binary(max_size=20), at=st.floats(0, 1))
@settings(max_examples=30)
def test_read_network_of_any_damage_is_an_error_or_harmless(ending, data, at):
    network = nx.MultiDiGraph([("a", "b", "k", {"x": 1}), ("b", "a", "k", {"y": "z"})])
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{ending}")
        for file in write_network(network, path):
            whole = file.read_bytes()
            cut = int(at * len(whole))
            file.write_bytes(whole[:cut] + data + whole[cut + len(data) :])
        try:
            read_network(path)
        except ValueError as error:
            assert "x" in str(error)  # noqa: PT017


@pytest.mark.parametrize("ending", [*ALL, ".net"])
def test_read_network_names_a_missing_file(tmp_path, ending):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_network(tmp_path / f"x{ending}")


FORMER = nx.Graph([("a", "b", {"weight": 1})])
NEW = nx.Graph([("a", "b", {"weight": 2}), ("a", "c", {"weight": 2})])
NEW.nodes["a"]["label"] = "new"


@pytest.mark.not_on("Windows", reason="it does not replace a file that is being read")
def test_a_reader_beside_a_writer_sees_one_network_or_an_error(tmp_path):
    path = tmp_path / "x.csv"
    write_network(FORMER, path)
    stop = []

    def keep_writing():
        while not stop:
            write_network(NEW, path)
            write_network(FORMER, path)

    writer = Thread(target=keep_writing)
    writer.start()
    read = 0
    try:
        for _ in range(300):
            try:
                network = read_network(path)
            except (FileNotFoundError, ValueError) as error:
                assert "again" in str(error)  # noqa: PT017
            else:
                read += 1
                assert any(nx.utils.graphs_equal(network, graph) for graph in (FORMER, NEW))
    finally:
        stop.append(True)
        writer.join()
    assert read > 0


def test_nodes_that_are_replaced_between_the_two_files_are_noticed(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    write_network(FORMER, path)
    nodes, edges = csv_paths(path)
    read_bytes = Path.read_bytes

    def write_before(self):
        if self == edges:
            monkeypatch.undo()
            write_network(NEW, path)
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", write_before)
    with pytest.raises(ValueError, match=r"x-nodes\.csv was replaced while it was read"):
        read_network(path)
    assert nodes.exists()
    assert nx.utils.graphs_equal(read_network(path), NEW)
