"""Files and networks for the tests of several formats, and their comparison."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from policylib import DataError
from policylib.convert import read_network, write_network

# The kinds of text that this version of pyarrow can write to Parquet.
TEXT_KINDS = [pa.string(), pa.large_string(), pa.dictionary("int8", pa.string())]
if int(pa.__version__.split(".")[0]) >= 21:
    TEXT_KINDS.append(pa.string_view())

ALL = [".graphml", ".gexf", ".json", ".csv"]
XML = [".graphml", ".gexf"]


def faults_of(call, *args, **options) -> list[tuple[str, int | None, str | None, str]]:
    """Return the faults that a call raises, with None for what is missing."""
    with pytest.raises(DataError) as caught:
        call(*args, **options)
    faults = caught.value.faults.astype(object)
    return list(faults.where(faults.notna(), None).itertuples(index=False, name=None))


# The emoji counts as two characters in DNA. Statement 1 marks "robots", 2 "Quanta", 3 the emoji.
DNA = """
CREATE TABLE CODERS(ID, Name, Password);
INSERT INTO CODERS VALUES (1, 'Ann', 'x');
CREATE TABLE DOCUMENTS(ID, Title, Text, Coder, Author, Source, Section, Notes, Type, Date);
INSERT INTO DOCUMENTS VALUES
    (1, 'Late', 'Hello 😀 robots', 1, 'Li', 'Daily', '', '', 'news', 86400),
    (2, 'Early', 'Quanta first', NULL, '', '', '', 'short', '', -86400);
CREATE TABLE STATEMENTTYPES(ID, Label);
INSERT INTO STATEMENTTYPES VALUES (1, 'Stance'), (2, 'Story');
CREATE TABLE VARIABLES(ID, Variable, DataType, StatementTypeId);
INSERT INTO VARIABLES VALUES
    (1, 'actor', 'short text', 1), (2, 'agreement', 'boolean', 1), (3, 'strength', 'integer', 1),
    (4, 'text', 'long text', 1), (5, 'level', 'boolean', 1), (6, 'level', 'integer', 2),
    (7, 'actor', 'short text', 2);
CREATE TABLE STATEMENTS(ID, StatementTypeId, DocumentId, Start, Stop, Coder);
INSERT INTO STATEMENTS VALUES (1, 1, 1, 9, 15, 1), (2, 1, 2, 0, 6, NULL), (3, 2, 1, 6, 8, 1);
CREATE TABLE ENTITIES(ID, VariableId, Value, Red, Green, Blue, ChildOf);
INSERT INTO ENTITIES VALUES
    (1, 1, '', 0, 0, 0, NULL), (2, 1, 'Henan', 255, 153, 0, NULL), (3, 1, 'Luoyang', 0, 0, 9, 2),
    (4, 7, 'Li Na', NULL, NULL, NULL, NULL);
CREATE TABLE DATABOOLEAN(ID, StatementId, VariableId, Value);
INSERT INTO DATABOOLEAN VALUES (1, 1, 2, 1), (2, 2, 2, 0), (3, 1, 5, 1);
CREATE TABLE DATAINTEGER(ID, StatementId, VariableId, Value);
INSERT INTO DATAINTEGER VALUES (1, 1, 3, -2), (2, 3, 6, 7);
CREATE TABLE DATASHORTTEXT(ID, StatementId, VariableId, Entity);
INSERT INTO DATASHORTTEXT VALUES (1, 1, 1, 2), (2, 2, 1, 1), (3, 3, 7, 4);
CREATE TABLE DATALONGTEXT(ID, StatementId, VariableId, Value);
INSERT INTO DATALONGTEXT VALUES (1, 1, 4, 'why'), (2, 2, 4, NULL);
CREATE TABLE ATTRIBUTEVARIABLES(ID, VariableId, AttributeVariable);
INSERT INTO ATTRIBUTEVARIABLES VALUES (1, 1, 'Type'), (2, 7, 'Type'), (3, 1, 'value');
CREATE TABLE ATTRIBUTEVALUES(ID, EntityId, AttributeVariableId, AttributeValue);
INSERT INTO ATTRIBUTEVALUES VALUES (1, 2, 1, 'province'), (2, 3, 1, ''), (3, 4, 2, 'expert');
"""


def run_sql(path: Path, script: str) -> Path:
    database = sqlite3.connect(path)
    database.executescript(f"PRAGMA synchronous=OFF; BEGIN; {script}; COMMIT;")
    database.close()
    return path


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def roundtrip(network: nx.Graph, ending: str) -> nx.Graph:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"network{ending}")
        write_network(network, path)
        return read_network(path)


def types_of(network: nx.Graph, **names: str) -> list:
    """Return the types of all attributes; `names` gives another name to some types."""

    def types(data: dict) -> list[tuple[str, str]]:
        kinds = {name: type(value).__name__ for name, value in data.items()}
        return sorted((name, names.get(kind, kind)) for name, kind in kinds.items())

    nodes = [types(data) for _, data in network.nodes.data()]
    edges = [types(data) for *_, data in network.edges.data()]
    return [sorted(nodes), sorted(edges)]


def assert_networks_equal(a: nx.Graph, b: nx.Graph) -> None:
    assert type(a) is type(b)
    assert nx.utils.graphs_equal(a, b)


CHARACTERS = st.characters(
    min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"
)
TEXT = st.text(CHARACTERS | st.sampled_from("\t\n\r\"'\\;,河"), max_size=6)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
CLASSES = [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph]


def csv_network(folder: Path, nodes: str, edges: str, encoding: str = "utf-8") -> nx.Graph:
    write(folder / "x-nodes.csv", nodes, encoding)
    write(folder / "x-edges.csv", edges, encoding)
    return read_network(folder / "x.csv")


GEPHI = """<?xml version='1.0' encoding='UTF-8'?>
<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz">
  <meta lastmodifieddate="2024-01-31"><creator>Gephi 0.10.1</creator></meta>
  <graph defaultedgetype="directed" mode="static">
    <attributes class="node" mode="static">
      <attribute id="kind" title="kind" type="string"/>
      <attribute id="degree" title="Degree" type="integer"><default>0</default></attribute>
    </attributes>
    <nodes>
      <node id="henan" label="Henan">
        <attvalues>
          <attvalue for="kind" value="province"/><attvalue for="degree" value="1"/>
        </attvalues>
        <viz:size value="10.0"/><viz:position x="1.5" y="-2.0"/><viz:color r="255" g="0" b="0"/>
      </node>
      <node id="robots" label="机器人"/>
    </nodes>
    <edges><edge id="0" source="henan" target="robots" weight="2.0"/></edges>
  </graph>
</gexf>
"""
YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
         xmlns:y="http://www.yworks.com/xml/graphml">
  <key for="node" id="d5" attr.name="description" attr.type="string"/>
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <graph edgedefault="undirected" id="G">
    <node id="n0">
      <data key="d5">A province</data>
      <data key="d6"><y:ShapeNode><y:NodeLabel>Henan</y:NodeLabel></y:ShapeNode></data>
    </node>
    <node id="n1"/>
    <edge id="e0" source="n0" target="n1"/>
  </graph>
</graphml>
"""
