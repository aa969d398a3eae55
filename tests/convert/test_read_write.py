"""What comes from other tools and goes to them; and what a file of others cannot do to us."""

import csv
import json
import math
import os
import sqlite3
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import policylib
from policylib import DataError
from policylib.convert import read_write as convert
from policylib.convert.dna import _disarm, read_database
from policylib.convert.graphs import escape, unescape

ROOT = Path(__file__).resolve().parents[2]
ALL = [".graphml", ".gexf", ".json", ".csv"]
XML = [".graphml", ".gexf"]


def faults_of(call, *args, **options) -> list[tuple[str, int | None, str | None, str]]:
    """Call what finds faults, and list them with None for what is missing."""
    with pytest.raises(DataError) as caught:
        call(*args, **options)
    faults = caught.value.faults.astype(object)
    return list(faults.where(faults.notna(), None).itertuples(index=False, name=None))


# --- DNA: a database as DNA makes them, but without constraints, so that it can be broken. --------

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
DNA_TABLES = ["statements", "entities", "documents"]


def run_sql(path: Path, script: str) -> Path:
    database = sqlite3.connect(path)
    database.executescript(f"PRAGMA synchronous=OFF; BEGIN; {script}; COMMIT;")
    database.close()
    return path


@pytest.fixture
def dna(tmp_path: Path) -> Path:
    return run_sql(tmp_path / "world.dna", DNA)


@pytest.fixture(scope="module")
def sample() -> Path:
    """DNA's own sample, which is not distributed with policylib."""
    corpora = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
    path = corpora / "dna-sample" / "sample.dna"
    if not path.is_file():
        pytest.skip("DNA's sample is not distributed; POLICYLIB_CORPORA names the corpora's folder")
    return path


def test_statements_of_dna(dna):
    table = convert.read_dna(dna)
    expected = pd.DataFrame(
        {
            "id": ["2", "3", "1"],
            "type": ["Stance", "Story", "Stance"],
            "document": ["2", "1", "1"],
            "title": ["Early", "Late", "Late"],
            "said": pd.to_datetime(["1969-12-31", "1970-01-02", "1970-01-02"]).astype(
                "datetime64[s]"
            ),
            "author": pd.Series([None, "Li", "Li"], dtype="str"),
            "source": pd.Series([None, "Daily", "Daily"], dtype="str"),
            "section": pd.Series([None] * 3, dtype="str"),
            "document_type": pd.Series([None, "news", "news"], dtype="str"),
            "coder": pd.Series([None, "Ann", "Ann"], dtype="str"),
            "start": pd.Series([0, 6, 9], dtype="Int64"),
            "stop": pd.Series([6, 8, 15], dtype="Int64"),
            "text": ["Quanta", "😀", "robots"],
            "actor": pd.Series([None, "Li Na", "Henan"], dtype="str"),
            "agreement": pd.Series([False, None, True], dtype="boolean"),
            "strength": pd.Series([None, None, -2], dtype="Int64"),
            "variable_text": pd.Series([None, None, "why"], dtype="str"),
            "level": pd.Series([math.nan, 7, True], dtype="object"),
        }
    )
    assert_frame_equal(table, expected)
    assert table["level"][2] is True


def test_entities_of_dna(dna):
    table = convert.read_dna(dna, table="entities")
    expected = pd.DataFrame(
        {
            "id": ["2", "3", "4"],
            "type": ["Stance", "Stance", "Story"],
            "variable": ["actor"] * 3,
            "value": ["Henan", "Luoyang", "Li Na"],
            "colour": pd.Series(["#ff9900", "#000009", None], dtype="str"),
            "parent": pd.Series([None, "Henan", None], dtype="str"),
            "Type": pd.Series(["province", None, "expert"], dtype="str"),
            "attribute_value": pd.Series([None] * 3, dtype="str"),
        }
    )
    assert_frame_equal(table, expected)


def test_documents_of_dna(dna):
    table = convert.read_dna(dna, table="documents")
    assert table["id"].to_list() == ["2", "1"]
    assert table["statements"].to_list() == [1, 2]
    assert table["statements"].dtype == "Int64"
    assert table["coder"].fillna("-").to_list() == ["-", "Ann"]
    assert table["notes"].fillna("-").to_list() == ["short", "-"]
    assert table["text"][1] == "Hello 😀 robots"


def test_dna_without_statements(dna):
    tables = ["STATEMENTS", "DATABOOLEAN", "DATAINTEGER", "DATASHORTTEXT", "DATALONGTEXT"]
    run_sql(dna, "".join(f"DELETE FROM {table};" for table in tables))
    table = convert.read_dna(dna)
    assert len(table) == 0
    assert table.dtypes.astype(str)[["text", "agreement", "start"]].to_list() == [
        "str",
        "boolean",
        "Int64",
    ]
    assert convert.read_dna(dna, table="documents")["statements"].to_list() == [0, 0]


def test_dna_without_anything(dna):
    database = sqlite3.connect(dna)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    database.close()
    run_sql(dna, "".join(f"DELETE FROM {name};" for name in names))
    assert [len(convert.read_dna(dna, table=table)) for table in DNA_TABLES] == [0, 0, 0]


def test_a_variable_may_have_the_name_that_another_gets(dna):
    run_sql(dna, "UPDATE VARIABLES SET Variable = 'variable_text' WHERE ID = 3")
    table = convert.read_dna(dna)
    assert table["variable_text"].dropna().to_list() == [-2]
    assert table["variable_variable_text"].dropna().to_list() == ["why"]


def test_an_unknown_table_of_dna_is_named(dna):
    with pytest.raises(ValueError, match=r"no table 'entity' .*; did you mean 'entities'"):
        convert.read_dna(dna, table="entity")


@pytest.mark.parametrize(
    ("change", "table", "id_", "column", "text"),
    [
        ("DOCUMENTS SET Date = 'soon'", "DOCUMENTS", 1, "Date", "'soon' is not a whole number"),
        ("DOCUMENTS SET Date = 1.5", "DOCUMENTS", 1, "Date", "1.5 is not a whole number"),
        (f"DOCUMENTS SET Date = {10**15}", "DOCUMENTS", 1, "Date", "is not within -62135596800"),
        ("DOCUMENTS SET Title = 7", "DOCUMENTS", 1, "Title", "7 is not text"),
        ("DOCUMENTS SET Title = X'00FF'", "DOCUMENTS", 1, "Title", "is not text"),
        ("DOCUMENTS SET Title = NULL", "DOCUMENTS", 1, "Title", "the value is missing"),
        ("DOCUMENTS SET Title = CAST(X'C328' AS TEXT)", "DOCUMENTS", 1, "Title", "not UTF-8"),
        ("DOCUMENTS SET Text = CAST(X'ED' AS TEXT)", "DOCUMENTS", 1, "Text", "not UTF-8"),
        ("DOCUMENTS SET Coder = 9", "DOCUMENTS", 1, "Coder", "no ID 9 in CODERS"),
        ("STATEMENTS SET DocumentId = 9", "STATEMENTS", 1, "DocumentId", "no ID 9 in DOCUMENTS"),
        ("STATEMENTS SET DocumentId = NULL", "STATEMENTS", 1, "DocumentId", "is missing"),
        ("STATEMENTS SET StatementTypeId = 9", "STATEMENTS", 1, "StatementTypeId", "no ID 9 in"),
        ("STATEMENTS SET Start = 15", "STATEMENTS", 1, "Stop", "15 to 15 is no passage"),
        ("STATEMENTS SET Start = -1", "STATEMENTS", 1, "Stop", "-1 to 15 is no passage"),
        ("STATEMENTS SET Stop = 16", "STATEMENTS", 1, "Stop", "of a text of 15 characters"),
        ("STATEMENTS SET Start = 7", "STATEMENTS", 1, "Stop", "within a character"),
        ("DATABOOLEAN SET Value = 2", "DATABOOLEAN", 1, "Value", "2 is not within 0 to 1"),
        ("DATABOOLEAN SET Value = 'true'", "DATABOOLEAN", 1, "Value", "'true' is not a whole"),
        ("DATABOOLEAN SET StatementId = 9", "DATABOOLEAN", 1, "StatementId", "no ID 9 in"),
        ("DATABOOLEAN SET VariableId = 9", "DATABOOLEAN", 1, "VariableId", "no ID 9 in"),
        ("DATABOOLEAN SET VariableId = 1", "DATABOOLEAN", 1, "VariableId", "not of type boolean"),
        ("DATAINTEGER SET VariableId = 6", "DATAINTEGER", 1, "VariableId", "another type of"),
        ("DATASHORTTEXT SET Entity = 9", "DATASHORTTEXT", 1, "Entity", "no ID 9 in ENTITIES"),
        ("DATALONGTEXT SET Value = 9", "DATALONGTEXT", 1, "Value", "9 is not text"),
        ("ENTITIES SET Red = 256", "ENTITIES", 1, "Red", "256 is not within 0 to 255"),
        ("ENTITIES SET ChildOf = 9", "ENTITIES", 1, "ChildOf", "no ID 9 in ENTITIES"),
        ("VARIABLES SET Variable = X'00'", "VARIABLES", 1, "Variable", "is not text"),
        ("CODERS SET ID = 'one'", "CODERS", None, "ID", "'one' is not a whole number"),
        ("ATTRIBUTEVALUES SET EntityId = 9", "ATTRIBUTEVALUES", 1, "EntityId", "no ID 9 in"),
        ("DOCUMENTS SET ID = 2", "DOCUMENTS", 2, "ID", "the ID stands in an earlier row"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_dna(dna, change, table, id_, column, text):
    run_sql(dna, f"UPDATE {change} WHERE ID = 1")
    found = faults_of(convert.read_dna, dna)
    assert (f"world.dna: {table}", id_, column) in [fault[:3] for fault in found]
    assert any(text in fault[3] for fault in found), found


@pytest.mark.parametrize(
    ("change", "table", "id_", "text"),
    [
        ("UPDATE VARIABLES SET DataType = 'float' WHERE ID = 3", "VARIABLES", 3,
         "'float' is not one of boolean, integer, short text, long text"),
        ("INSERT INTO DATABOOLEAN VALUES (4, 1, 2, 0)", "DATABOOLEAN", 4,
         "an earlier row has the same StatementId and VariableId"),
        ("INSERT INTO ATTRIBUTEVALUES VALUES (4, 2, 1, 'x')", "ATTRIBUTEVALUES", 4,
         "an earlier row has the same EntityId and AttributeVariableId"),
        ("INSERT INTO VARIABLES VALUES (8, 'actor', 'boolean', 1)", "VARIABLES", 8,
         "an earlier row has the same Variable and StatementTypeId"),
    ],
)  # fmt: skip
def test_a_broken_rule_of_dna(dna, change, table, id_, text):
    run_sql(dna, change)
    found = faults_of(convert.read_dna, dna)
    assert (f"world.dna: {table}", id_) in [fault[:2] for fault in found]
    assert any(text in fault[3] for fault in found), found


def test_all_faults_of_a_database_are_raised_at_once(dna):
    run_sql(
        dna,
        "UPDATE DATABOOLEAN SET Value = 5 WHERE ID = 2;"
        "UPDATE STATEMENTS SET Stop = 99 WHERE ID = 3;"
        "UPDATE ENTITIES SET Blue = 'blue' WHERE ID = 4;",
    )
    with pytest.raises(DataError) as caught:
        convert.read_dna(dna, table="documents")
    assert str(caught.value).splitlines() == [
        "world.dna has 3 faults:",
        "world.dna: DATABOOLEAN, row 2, column Value: 5 is not within 0 to 1",
        "world.dna: ENTITIES, row 4, column Blue: 'blue' is not a whole number",
        "world.dna: STATEMENTS, row 3, column Stop: 6 to 99 is no passage of a text of 15 "
        "characters",
    ]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("DROP TABLE ENTITIES", "lacks ENTITIES .*one of DNA 2, open it in DNA 3 and save it"),
        ("DROP TABLE CODERS; CREATE VIEW CODERS AS SELECT 1 ID, 'x' Name", r"lacks CODERS \("),
        ("PRAGMA writable_schema=ON; UPDATE sqlite_master SET rootpage = 0, "
         "sql = 'CREATE VIRTUAL TABLE CODERS USING fts5(ID, Name)' WHERE name = 'CODERS'",
         r"lacks CODERS \("),
        ("DROP TABLE CODERS; CREATE TABLE CODERS(ID, Label)", r"lacks CODERS.Name \("),
        ("DROP TABLE CODERS; CREATE TABLE CODERS(ID, Name AS ('x'))", "CODERS has columns"),
        (
            "CREATE TABLE C2(ID, Name, G AS (length(hex(zeroblob(ID)))) NOT NULL);"
            "DROP TABLE CODERS; ALTER TABLE C2 RENAME TO CODERS",
            "the table CODERS has columns that are computed, not stored",
        ),
    ],
)  # fmt: skip
def test_a_database_of_another_kind(dna, script, text):
    run_sql(dna, script)
    with pytest.raises(ValueError, match=text):
        convert.read_dna(dna)


def test_files_that_are_no_database(tmp_path):
    path = tmp_path / "x.dna"
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.dna"):
        convert.read_dna(path)
    with pytest.raises(ValueError, match="is a folder, not a file"):
        convert.read_dna(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="is an empty file"):
        convert.read_dna(path)
    path.write_text(
        "PK, or anything else that is long enough to hold a header of one hundred bytes"
    )
    with pytest.raises(ValueError, match="is no database of DNA"):
        convert.read_dna(path)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.6, 0.9, 0.9999])
def test_a_database_that_is_cut_off(dna, share):
    data = dna.read_bytes()
    dna.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ValueError, match=r"world\.dna (is cut off|cannot be read|is no database)"):
        convert.read_dna(dna)


def test_a_database_with_a_damaged_page(dna):
    data = bytearray(dna.read_bytes())
    size = int.from_bytes(data[16:18])
    damaged = [data[:size] + b"\0" * (len(data) - size), data[:size] + b"\xff" * (len(data) - size)]
    for content in damaged:
        dna.write_bytes(content)
        with pytest.raises(ValueError, match=r"is damaged|cannot be read"):
            convert.read_dna(dna)


def test_a_database_whose_rows_are_out_of_order(dna):
    database = sqlite3.connect(dna)
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'VARIABLES'")
    database.close()
    data = bytearray(dna.read_bytes())
    at = (page[0] - 1) * int.from_bytes(data[16:18]) + 8
    data[at : at + 4] = data[at + 2 : at + 4] + data[at : at + 2]
    dna.write_bytes(data)
    with pytest.raises(ValueError, match=r"world\.dna is damaged: .*out of order"):
        convert.read_dna(dna)


def test_a_cut_off_database_without_a_count_of_pages(dna):
    data = bytearray(dna.read_bytes())
    data[92:96] = b"\0\0\0\0"
    dna.write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"is damaged|cannot be read"):
        convert.read_dna(dna)


@given(data=st.binary(min_size=1, max_size=40), at=st.integers(0, 50_000))
@settings(max_examples=40)
def test_any_damage_to_a_database_is_found_or_harmless(data, at):
    with TemporaryDirectory() as folder:
        path = run_sql(Path(folder, "world.dna"), DNA)
        whole = path.read_bytes()
        at %= len(whole)
        path.write_bytes(whole[:at] + data + whole[at + len(data) :])
        tables = None
        try:
            tables = read_database(path)
        except ValueError as error:
            assert "world.dna" in str(error)  # noqa: PT017
        for build in convert.DNA_TABLES.values() if tables else []:
            assert isinstance(build(tables), pd.DataFrame)
        assert [file.name for file in Path(folder).iterdir()] == ["world.dna"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM CODERS",
        "PRAGMA query_only=OFF",
        "ATTACH 'other.db' AS other",
        "SELECT randomblob(9)",
        "SELECT name FROM pragma_table_info('CODERS')",
        "CREATE TEMP TABLE t(x)",
    ],
)
def test_a_database_is_disarmed(dna, statement):
    database = sqlite3.connect(dna, isolation_level=None)
    _disarm(database, 10_000)
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
        database.execute(statement)
    database.close()


@pytest.mark.parametrize("name", ["a b#c%20d'e.dna", "河南.dna", "what?.dna"])
def test_nothing_is_left_beside_a_database(dna, name):
    if os.name == "nt" and "?" in name:
        name = "what.dna"
    path = dna.rename(dna.with_name(name))
    before = path.read_bytes()
    path.chmod(0o444)
    assert len(convert.read_dna(path)) == 3
    assert [file.name for file in path.parent.iterdir()] == [name]
    assert path.read_bytes() == before


def test_a_database_with_a_log_is_read_once_the_log_is_empty(dna):
    database = sqlite3.connect(dna)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("UPDATE CODERS SET Name = 'Bo'")
    database.commit()
    with pytest.raises(ValueError, match=r"in use: close the program that writes world\.dna-wal"):
        convert.read_dna(dna)
    database.close()
    assert convert.read_dna(dna)["coder"].dropna().unique().tolist() == ["Bo"]
    assert [file.name for file in dna.parent.iterdir()] == ["world.dna"]


def test_a_database_whose_header_names_two_versions(dna):
    data = bytearray(dna.read_bytes())
    data[18:20] = b"\1\2"
    dna.write_bytes(data)
    convert.read_dna(dna)
    assert [path.name for path in dna.parent.iterdir()] == [dna.name]


def test_a_default_is_not_multiplied_without_bound(dna):
    """The text stands once in the file, and would stand once in each row that is read."""
    rows = ", ".join(f"({id_})" for id_ in range(1, 400))
    run_sql(
        dna,
        "PRAGMA writable_schema=ON; DROP TABLE CODERS; CREATE TABLE CODERS(ID INTEGER);"
        f"INSERT INTO CODERS VALUES {rows};"
        f"ALTER TABLE CODERS ADD COLUMN Name TEXT DEFAULT '{'x' * 20_000}'",
    )
    with pytest.raises(ValueError, match="gives more text than it holds"):
        convert.read_dna(dna)


def test_passages_beyond_what_a_person_can_code(dna, monkeypatch):
    monkeypatch.setattr("policylib.convert.dna_checks.LONGEST_PASSAGES", 5)
    with pytest.raises(ValueError, match="mark more text than a person can have coded"):
        convert.read_dna(dna)


def test_a_locked_database(dna, monkeypatch):
    connect = sqlite3.connect
    writer = connect(dna, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, timeout=0))
    with pytest.raises(ValueError, match=r"world\.dna cannot be read: database is locked"):
        convert.read_dna(dna)
    writer.close()


def test_the_sample_of_dna(sample):
    table = convert.read_dna(sample)
    assert len(table) == 41
    stances = table[table["type"] == "DNA Statement"]
    assert len(stances) == stances["agreement"].notna().sum() == 40
    matrix = pd.crosstab(stances["organization"], stances["concept"])
    assert (matrix.shape, matrix.to_numpy().sum()) == ((7, 6), 40)
    assert (matrix > 0).to_numpy().sum() == 22
    documents = convert.read_dna(sample, table="documents")
    assert len(documents) == 7
    assert documents["statements"].sum() == 41
    assert documents["said"].is_monotonic_increasing
    assert set(documents["said"].dt.year) == {2005}
    texts = documents.set_index("id")["text"]
    for row in table.itertuples():
        assert texts[row.document][row.start : row.stop] == row.text
    entities = convert.read_dna(sample, table="entities")
    assert set(entities["type"]) == {"DNA Statement"}
    assert set(entities["Type"].dropna()) >= {"Business", "NGO", "Government"}
    assert entities["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    assert set(stances["organization"]) <= set(entities["value"])


# --- Statements from CSV and Parquet. -------------------------------------------------------------


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_statements_from_csv(tmp_path, delimiter, encoding):
    rows = [
        ["Organisation", "paragraph", "qualifier", "said", "share", "code", "on", "note, more"],
        ["河南", "3", "TRUE", "2023", "0.5", "007", "yes", "NA"],
        ['"x; y"', "", "false", "2024", "-1e-3", "12", "TRUE", ""],
    ]
    path = tmp_path / "mine.CSV"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    table = convert.read_statements(path, columns={"Organisation": "actor", "on": "whether"})
    assert table.columns[0] == "actor"
    assert table.dtypes.astype(str).to_dict() == {
        "actor": "str",
        "paragraph": "Int64",
        "qualifier": "boolean",
        "said": "str",
        "share": "Float64",
        "code": "str",
        "whether": "str",
        "note, more": "str",
    }
    assert table["actor"].to_list() == ["河南", '"x; y"']
    assert table["share"].to_list() == [0.5, -0.001]
    assert table["note, more"][0] == "NA"
    assert table.isna().sum().sum() == 2
    assert table.index.to_list() == [0, 1]


@pytest.mark.parametrize(
    ("cells", "type_", "values"),
    [
        (["true", "False", ""], "boolean", [True, False, pd.NA]),
        (["1", "-20", "0"], "Int64", [1, -20, 0]),
        (["1", "2.50", "1e3"], "Float64", [1.0, 2.5, 1000.0]),
        (["0.1", "", "7"], "Float64", [0.1, pd.NA, 7.0]),
        (["1", "01"], "str", ["1", "01"]),
        (["1", "+1"], "str", ["1", "+1"]),
        (["1", "９"], "str", ["1", "９"]),
        (["1", "1_0"], "str", ["1", "1_0"]),
        (["1", "nan"], "str", ["1", "nan"]),
        (["1", "1e999"], "str", ["1", "1e999"]),
        (["1", "1234567890123456"], "str", ["1", "1234567890123456"]),
        (['"1\n"', "2"], "str", ["1\n", "2"]),
        (["true", "1"], "str", ["true", "1"]),
        (["", ""], "str", [pd.NA, pd.NA]),
    ],
)
def test_the_type_of_a_column_is_that_of_all_its_cells(tmp_path, cells, type_, values):
    path = write(tmp_path / "x.csv", "n,x\n" + "".join(f"a,{cell}\n" for cell in cells))
    column = convert.read_statements(path)["x"]
    assert column.dtype == type_
    assert [pd.NA if pd.isna(value) else value for value in column] == values


@pytest.mark.parametrize(
    ("cells", "type_"),
    [(["true", "FALSE"], "boolean"), (["1", "-1", "0.5"], "Float64"), (["1", "0"], "Int64"),
     (["", ""], "str")],
)  # fmt: skip
def test_a_qualifier_is_true_or_false_or_a_number(tmp_path, cells, type_):
    path = write(tmp_path / "x.csv", "actor,qualifier\n" + "".join(f"a,{c}\n" for c in cells))
    assert convert.read_statements(path)["qualifier"].dtype == type_


def test_faults_of_statements_are_told_under_the_names_in_the_file(tmp_path):
    path = write(
        tmp_path / "x.csv",
        "Who,N,Agrees,paragraph\na,1,true,1\nb,many,1,2\nc,2.5,maybe,x\nd,3\n",
    )
    columns = {"Who": "actor", "N": "count", "Agrees": "qualifier"}
    found = faults_of(convert.read_statements, path, columns=columns)
    assert [fault[:3] for fault in found] == [
        ("x.csv", 3, "N"),
        ("x.csv", 3, "Agrees"),
        ("x.csv", 4, "paragraph"),
        ("x.csv", 4, "N"),
        ("x.csv", 4, "Agrees"),
        ("x.csv", 5, None),
    ]
    assert found[0][3].startswith("'many' is not a whole number.")
    assert found[1][3] == "'1' is not true or false, as others in the column are"
    assert found[5][3] == "2 cells, where the header has 4 columns"


def test_a_qualifier_that_is_neither(tmp_path):
    path = write(tmp_path / "x.csv", "actor,qualifier\na,1\nb,yes\n")
    (fault,) = faults_of(convert.read_statements, path)
    assert fault == ("x.csv", 3, "qualifier", "'yes' is not true, false or a number")


@pytest.mark.parametrize(
    ("text", "row", "column", "problem"),
    [
        ("", 1, None, "no header"),
        ("\na,b\n", 1, None, "no header"),
        ("a,,c\n1,2,3\n", 1, None, "column 2 has no name"),
        ("a,b,a\n1,2,3\n", 1, "a", "the column stands 2 times"),
        ('a,b\n"1,2\n', 2, None, "a cell cannot be read"),
        ("a,b\n1,\0\n", 2, None, "a NUL byte"),
    ],
)
def test_a_csv_file_that_cannot_be_read(tmp_path, text, row, column, problem):
    found = faults_of(convert.read_statements, write(tmp_path / "x.csv", text))
    assert found[0][:3] == ("x.csv", row, column)
    assert problem in found[0][3]


def test_statements_in_another_encoding(tmp_path):
    path = write(tmp_path / "x.csv", "actor,b\n河南,1\n", "gb18030")
    assert faults_of(convert.read_statements, path)[0][:2] == ("x.csv", 2)


def test_columns_that_are_not_there_or_twice(tmp_path):
    path = write(tmp_path / "x.csv", "Organisation,actor\na,b\n")
    with pytest.raises(ValueError, match=r"no column 'Organization' .*did you mean 'Organisation'"):
        convert.read_statements(path, columns={"Organization": "actor"})
    with pytest.raises(
        ValueError, match="columns 'Organisation' and 'actor' would both be 'actor'"
    ):
        convert.read_statements(path, columns={"Organisation": "actor"})
    swapped = convert.read_statements(path, columns={"Organisation": "actor", "actor": "other"})
    assert swapped.to_dict("list") == {"actor": ["a"], "other": ["b"]}


@pytest.mark.parametrize(("name", "near"), [("x.cvs", "; did you mean '.csv'"), ("x", "")])
def test_statements_of_an_unknown_ending(tmp_path, name, near):
    with pytest.raises(ValueError, match=rf"no ending .* \(allowed: \.csv, \.parquet\){near}"):
        convert.read_statements(tmp_path / name)


def test_statements_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"x\.csv"):
        convert.read_statements(tmp_path / "x.csv")


def test_statements_from_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame(
        {
            "Who": ["a", "", None],
            "document": [1, 2, 3],
            "paragraph": [1.0, None, 3.0],
            "qualifier": [True, False, None],
            "role": pd.Categorical(["commits", "reports", "commits"]),
            "initiative": [None, None, None],
            "said": pd.to_datetime(["2023-12-01", "2024-01-01", "2024-02-01"]),
            "word": ["", "x", None],
            "share": [0.5, 1.0, 2.0],
        }
    )
    frame.to_parquet(path)
    table = convert.read_statements(path, columns={"Who": "actor"})
    assert table.columns.to_list() == ["actor", *frame.columns[1:]]
    types = table.dtypes.astype(str)
    assert set(types[["actor", "document", "role", "initiative", "word"]]) == {"str"}
    assert types[["paragraph", "qualifier", "share"]].to_list() == ["Int64", "boolean", "Float64"]
    assert pd.api.types.is_datetime64_any_dtype(table["said"])
    assert table["document"].to_list() == ["1", "2", "3"]
    assert table["actor"].isna().to_list() == [False, True, True]
    assert table["word"].isna().to_list() == [False, False, True]


def test_the_index_of_a_parquet_file_is_a_column(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"actor": ["a"]}, index=pd.Index(["s1"], name="id")).to_parquet(path)
    assert convert.read_statements(path).to_dict("list") == {"id": ["s1"], "actor": ["a"]}


def test_faults_of_a_parquet_file(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame(
        {"N": [1.0, 1.5], "Who": [["a"], ["b"]], "paragraph": ["1", "x"], "ok": [1, 2]}
    ).to_parquet(path)
    found = faults_of(convert.read_statements, path, columns={"N": "count", "Who": "actor"})
    assert [fault[:3] for fault in found] == [
        ("x.parquet", None, "Who"),
        ("x.parquet", 2, "paragraph"),
        ("x.parquet", 2, "N"),
    ]


def test_a_broken_parquet_file(tmp_path, monkeypatch):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"actor": ["a"]}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"x\.parquet is no Parquet file that can be read"):
        convert.read_statements(path)

    def absent(*args, **options):
        raise ImportError("Missing optional dependency 'pyarrow'")

    monkeypatch.setattr(pd, "read_parquet", absent)
    with pytest.raises(ImportError, match="pyarrow"):
        convert.read_statements(path)


def test_what_policylib_wrote_is_read_as_statements(tables, tmp_path):
    policylib.write_tables(tables, tmp_path / "copy")
    read = convert.read_statements(tmp_path / "copy" / "statements" / "conferences-2023.csv")
    assert_frame_equal(read, tables.statements[:13])


@pytest.mark.slow
def test_a_million_statements(tmp_path):
    path = tmp_path / "x.csv"
    lines = [f"s{i},d{i % 99},{i % 50 + 1},a{i % 31},{i % 7}\n" for i in range(1_000_000)]
    write(path, "id,document,paragraph,actor,other\n" + "".join(lines))
    table = convert.read_statements(path)
    assert len(table) == 1_000_000
    assert table["other"].dtype == "Int64"


# --- Recoding. ------------------------------------------------------------------------------------


def changes_of(*args, **options) -> list[tuple]:
    return list(convert.recode(*args, **options)[1].itertuples(index=False, name=None))


def test_codes_are_merged(world):
    before = world.statements.copy()
    recoded, changes = convert.recode(world.statements, {"new-materials": "robots"})
    assert_frame_equal(world.statements, before)
    assert_frame_equal(recoded.drop(columns="priority"), before.drop(columns="priority"))
    assert recoded["priority"].dtype == "str"
    assert recoded["priority"][4] == "robots"
    # s05 names no initiative, and s04 does: they do not say the same.
    assert changes.to_dict("records") == [
        {"old": "new-materials", "new": "robots", "statements": 1, "merged": True, "repeated": 0}
    ]
    (change,) = changes_of(before.drop(columns="initiative"), {"new-materials": "robots"})
    assert change[-1] == 1


def test_codes_are_exchanged(world):
    recoded, changes = convert.recode(world.statements, {"robots": "credit", "credit": "robots"})
    assert (recoded["priority"] == "credit").sum() == 3
    assert (recoded["priority"] == "robots").sum() == 2
    assert changes["statements"].to_list() == [3, 2]
    assert not changes["merged"].any()


def test_several_codes_become_a_new_one():
    table = pd.DataFrame({"code": ["a", "b", "c", None], "actor": list("xxyz")}, index=[7, 7, 5, 3])
    recoded, changes = convert.recode(table, {"a": "new", "b": "new", "c": "c"}, column="code")
    assert recoded.index.to_list() == [7, 7, 5, 3]
    assert recoded["code"].fillna("-").to_list() == ["new", "new", "c", "-"]
    assert list(changes.itertuples(index=False, name=None)) == [
        ("a", "new", 1, True, 1),
        ("b", "new", 1, True, 1),
        ("c", "c", 0, False, 0),
    ]


@given(
    codes=st.lists(st.sampled_from("abcd"), min_size=1),
    mapping=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcde")),
)
def test_recoding_is_done_at_once(codes, mapping):
    mapping = {old: new for old, new in mapping.items() if old in codes}
    table = pd.DataFrame({"priority": codes})
    recoded, changes = convert.recode(table, mapping)
    assert recoded["priority"].to_list() == [mapping.get(code, code) for code in codes]
    moved = sum(mapping.get(code, code) != code for code in codes)
    assert changes["statements"].sum() == moved


def test_recoding_other_types():
    categories = pd.DataFrame({"priority": pd.Categorical(["a", "b"])})
    assert convert.recode(categories, {"a": "b"})[0]["priority"].to_list() == ["b", "b"]
    recoded, changes = convert.recode(categories, {})
    assert recoded["priority"].to_list() == ["a", "b"]
    assert changes.dtypes.astype(str).to_list() == ["str", "str", "int64", "bool", "int64"]


@pytest.mark.parametrize(
    ("codes", "options", "text"),
    [
        ({"robot": "x"}, {}, "no code 'robot'.*did you mean 'robots'"),
        ({"robots": ""}, {}, "'robots' cannot become ''"),
        ({"robots": "  "}, {}, "cannot become"),
        ({"robots": None}, {}, "cannot become None"),
        ({"robots": "x"}, {"column": "prioritie"}, "no column 'prioritie' .*did you mean 'pri"),
    ],
)
def test_codes_that_cannot_be_changed(world, codes, options, text):
    with pytest.raises(ValueError, match=text):
        convert.recode(world.statements, codes, **options)


def test_recoding_wants_a_table():
    with pytest.raises(TypeError, match="expected a table"):
        convert.recode([], {})


# --- Networks there and back. ---------------------------------------------------------------------


def roundtrip(network: nx.Graph, ending: str) -> nx.Graph:
    with TemporaryDirectory() as folder:
        path = Path(folder, f"network{ending}")
        convert.write_network(network, path)
        return convert.read_network(path)


def types_of(network: nx.Graph, **names: str) -> list:
    """Return the types of all attributes; `names` gives types another name."""

    def types(data: dict) -> list[tuple[str, str]]:
        kinds = {name: type(value).__name__ for name, value in data.items()}
        return sorted((name, names.get(kind, kind)) for name, kind in kinds.items())

    nodes = [types(data) for _, data in network.nodes.data()]
    edges = [types(data) for *_, data in network.edges.data()]
    return [sorted(nodes), sorted(edges)]


def assert_networks_equal(a: nx.Graph, b: nx.Graph) -> None:
    assert type(a) is type(b)
    assert nx.utils.graphs_equal(a, b)


@pytest.mark.parametrize("ending", ALL)
def test_the_policy_network_comes_back(network, ending):
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    assert types_of(copy) == types_of(network)
    assert len(policylib.statements(copy)) == 14


@pytest.mark.parametrize("ending", ALL)
def test_the_shipped_network_comes_back(ending):
    network = policylib.build_network(policylib.read_tables())
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    assert types_of(copy) == types_of(network)


CHARACTERS = st.characters(
    min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"
)
TEXT = st.text(CHARACTERS | st.sampled_from("\t\n\r\"'\\;,河"), max_size=6)
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
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(RESERVED) | TEXT, TEXT | NUMBERS | st.booleans(), max_size=3
)
CLASSES = [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph]


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
def test_any_network_comes_back(ending, network):
    copy = roundtrip(network, ending)
    assert_networks_equal(copy, network)
    if ending in XML:  # where whole and other numbers share a column, all become floating-point
        numbers = {"int": "number", "float": "number"}
        assert types_of(copy, **numbers) == types_of(network, **numbers)
    else:
        assert types_of(copy) == types_of(network)


@pytest.mark.parametrize("ending", ALL)
@pytest.mark.parametrize("kind", CLASSES)
def test_networks_without_edges_keep_their_class(ending, kind):
    assert_networks_equal(roundtrip(kind(), ending), kind())
    network = kind()
    network.add_node("henan")
    assert_networks_equal(roundtrip(network, ending), network)


@pytest.mark.parametrize("ending", ALL)
def test_other_spellings_of_values(ending):
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
        npnat=np.datetime64("NaT"),
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
def test_infinite_numbers(ending):
    network = nx.Graph()
    network.add_edge("a", "b", weight=math.inf, cost=-math.inf)
    assert_networks_equal(roundtrip(network, ending), network)


@pytest.mark.parametrize("ending", XML)
def test_whole_and_other_numbers_share_a_column(tmp_path, ending):
    network = nx.Graph([("a", "b", {"cost": 1}), ("b", "c", {"cost": 0.5})])
    (path,) = convert.write_network(network, tmp_path / f"x{ending}")
    assert path.read_text().count("cost") == 1
    assert 'type="double"' in path.read_text()
    costs = nx.get_edge_attributes(convert.read_network(path), "cost")
    assert costs == {("a", "b"): 1.0, ("b", "c"): 0.5}
    exact = nx.Graph([("a", "b", {"cost": 2**53 + 1}), ("b", "c", {"cost": 0.5})])
    assert_networks_equal(roundtrip(exact, ending), exact)


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_numbers_as_ids_stay_numbers(ending):
    network = nx.MultiDiGraph()
    network.add_edge(np.int64(1), 2.5, key=7)
    network.add_edge("x", True, key="7")
    copy = roundtrip(network, ending)
    assert list(copy) == [1, 2.5, "x"]  # True is 1
    assert_networks_equal(copy, network)


@pytest.mark.parametrize("ending", ALL)
def test_other_ids_become_text(ending):
    network = nx.Graph()
    network.add_edge((1, "a"), date(2023, 12, 1))
    assert list(roundtrip(network, ending)) == ["(1, 'a')", "2023-12-01"]


def test_numbers_as_ids_become_text_in_xml():
    assert set(roundtrip(nx.path_graph(3), ".graphml")) == {"0", "1", "2"}


@pytest.mark.parametrize("ending", [*XML, ".csv", ".dl", ".net"])
def test_ids_that_would_become_the_same_text(tmp_path, ending):
    with pytest.raises(ValueError, match="the ids 1 and '1' would become the same text"):
        convert.write_network(nx.Graph([(1, "1")]), tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


def test_ids_that_would_become_the_same_text_in_json():
    network = nx.Graph([(1, "1")])
    assert_networks_equal(roundtrip(network, ".json"), network)
    with pytest.raises(ValueError, match="would become the same text"):
        roundtrip(nx.Graph([((1, 2), "(1, 2)")]), ".json")


def test_keys_that_would_become_the_same_text():
    network = nx.MultiGraph()
    network.add_edge("a", "b", key=(1, 2))
    network.add_edge("a", "b", key="(1, 2)")
    with pytest.raises(ValueError, match="keys of edges between the same two nodes"):
        roundtrip(network, ".graphml")


def test_names_of_attributes_that_would_become_the_same_text():
    network = nx.Graph()
    network.add_node("a", **{"1": "x"})
    network.nodes["a"][1] = "y"
    with pytest.raises(ValueError, match="node 'a', attribute 1: another one has the same name"):
        roundtrip(network, ".json")


@pytest.mark.parametrize("ending", [*XML, ".json"])
def test_attributes_of_the_network_come_back(ending):
    network = nx.Graph(name="a ?> b", terms=3)
    assert_networks_equal(roundtrip(network, ending), network)
    assert roundtrip(network, ".csv").graph == {}


@pytest.mark.parametrize("ending", ALL)
def test_views_and_other_classes_are_written(network, ending):
    view = network.subgraph(["henan", "quantum"])
    copy = roundtrip(view, ending)
    assert type(copy) is nx.MultiDiGraph
    assert nx.utils.graphs_equal(copy, view)


@given(name=st.sampled_from(["id", "Id", "x"]) | TEXT, times=st.integers(0, 3))
def test_escaped_names_are_told_apart(name, times):
    name += " (attribute)" * times
    assert unescape(escape(name, ["id"]), ["id"]) == name


# --- What cannot be written. ----------------------------------------------------------------------


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
def test_attributes_that_cannot_be_written(tmp_path, ending, data, text):
    network = nx.Graph()
    network.add_node("a", **data)
    with pytest.raises(TypeError, match=text):
        convert.write_network(network, tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize("character", ["\0", "\x1b", "\ufffe", "\ud800"])
def test_characters_that_xml_forbids(ending, character):
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
def test_lone_surrogates(ending):
    with pytest.raises(ValueError, match=r"node 'a\\ud800'.* cannot hold the character '\\ud800'"):
        roundtrip(nx.Graph([("a\ud800", "b")]), ending)


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_control_characters(ending):
    network = nx.Graph()
    network.add_node("a\x1b", note="\0\x0b\x85\u2028")
    assert_networks_equal(roundtrip(network, ending), network)


def test_json_has_no_infinite_numbers():
    network = nx.Graph()
    network.add_node("a", x=math.inf)
    with pytest.raises(ValueError, match="node 'a', attribute 'x': JSON has no infinite numbers"):
        roundtrip(network, ".json")


@pytest.mark.parametrize(("name", "near"), [("x.graphm", "; did you mean '.graphml'"), ("x", "")])
def test_networks_of_an_unknown_ending(tmp_path, name, near):
    allowed = r"\(allowed: \.graphml, \.gexf, \.json, .*\.csv.*\)"
    with pytest.raises(ValueError, match=f"no ending .* {allowed}{near}"):
        convert.write_network(nx.Graph(), tmp_path / name)
    with pytest.raises(ValueError, match=f"no ending .* {allowed}{near}"):
        convert.read_network(tmp_path / name)


def test_what_is_no_network_or_no_spreadsheet(tmp_path):
    with pytest.raises(TypeError, match="expected a network, not DataFrame"):
        convert.write_network(pd.DataFrame(), tmp_path / "x.gexf")
    with pytest.raises(ValueError, match=r"for_spreadsheet is for \.csv, not \.gexf"):
        convert.write_network(nx.Graph(), tmp_path / "x.gexf", for_spreadsheet=True)
    with pytest.raises(FileNotFoundError, match="no folder"):
        convert.write_network(nx.Graph(), tmp_path / "nowhere" / "x.gexf")


# --- Written whole or not at all. -----------------------------------------------------------------


@pytest.mark.parametrize("ending", [*ALL, ".net", ".dl"])
def test_files_are_replaced_and_nothing_else_is_left(tmp_path, network, ending):
    path = tmp_path / f"x{ending}"
    convert.write_network(nx.Graph([("old", "older")]), path)
    files = convert.write_network(network, str(path))
    assert sorted(files) == sorted(tmp_path.iterdir())
    assert all("old" not in file.read_text(encoding="utf-8").split('"') for file in files)


def test_a_home_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for ending in (".csv", ".gexf"):
        convert.write_network(nx.Graph(), f"~/x{ending}")
        assert convert.read_network(f"~/x{ending}").number_of_nodes() == 0


@pytest.mark.parametrize("former", [True, False])
def test_both_files_or_none(tmp_path, monkeypatch, former):
    path = tmp_path / "x.csv"
    if former:
        convert.write_network(nx.Graph([("old", "older")]), path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    replace = Path.replace

    def refuse(self, target):
        if target.name == "x-edges.csv":
            raise PermissionError("in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError, match="in use"):
        convert.write_network(nx.Graph([("new", "newer")]), path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_nothing_is_left_when_writing_fails(tmp_path, monkeypatch):
    def refuse(self, data):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OSError, match="no space left"):
        convert.write_network(nx.Graph(), tmp_path / "x.gexf")
    assert list(tmp_path.iterdir()) == []


# --- CSV, for Gephi and for spreadsheets. ---------------------------------------------------------


def test_columns_are_those_that_gephi_knows(network, tmp_path):
    nodes, edges = convert.write_network(network, tmp_path / "x.csv")
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
    _, edges = convert.write_network(weighted, tmp_path / "y.csv")
    assert edges.read_text() == (
        '"Source","Target","Type","Weight","Label","type (attribute)"\n'
        '"a","b","Undirected",2,"x","y"\n'
    )


def test_text_is_not_run_as_a_formula(tmp_path):
    network = nx.DiGraph()
    network.add_node("=a", **{"@b": "+1", "c": -1, "d": "1-1", "e": "\tx", "f": "＝1", "g": "\r"})
    network.add_edge("=a", "b", note="-2")
    path = tmp_path / "x.csv"
    nodes, _ = convert.write_network(network, path, for_spreadsheet=True)
    assert nodes.read_bytes().startswith(b"\xef\xbb\xbf")
    copy = convert.read_network(path)
    assert copy.nodes["'=a"] == {
        "'@b": "'+1",
        "c": -1,
        "d": "1-1",
        "e": "'\tx",
        "f": "'＝1",
        "g": "'\r",
    }
    assert copy.edges["'=a", "b"] == {"note": "'-2"}
    plain, _ = convert.write_network(network, path)
    assert plain.read_text(encoding="utf-8").startswith('"Id","@b"')


def test_an_apostrophe_does_not_merge_nodes(tmp_path):
    network = nx.Graph([("=a", "'=a")])
    with pytest.raises(ValueError, match="two ids would become the same text"):
        convert.write_network(network, tmp_path / "x.csv", for_spreadsheet=True)
    assert_networks_equal(roundtrip(network, ".csv"), network)


def csv_network(folder: Path, nodes: str, edges: str, encoding: str = "utf-8") -> nx.Graph:
    write(folder / "x-nodes.csv", nodes, encoding)
    write(folder / "x-edges.csv", edges, encoding)
    return convert.read_network(folder / "x.csv")


def test_csv_files_of_others(tmp_path):
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
        ("Id,a,a\n", "Source,Target\n", "x-nodes.csv, line 1: two columns have one name"),
        ('Id,a\n1,"x\ny"\n2\n', "Source,Target\n", "x-nodes.csv, line 4: 1 cells, where the"),
        ("Id,a\n,x\n", "Source,Target\n", "x-nodes.csv, line 2: the cell Id is empty"),
        ("Id\n1\n", "Source,Target\n1,\n", "x-edges.csv, line 2: the cell Target is empty"),
        ('Id,a\n1,"x', "Source,Target\n", "x-nodes.csv, line 2: a quote opens and closes"),
        ('Id,a\n1,"x\n\n"y"\n', "Source,Target\n", "x-nodes.csv, line 4: a quote opens"),
        ('Id,a\n1,x"y"\n', "Source,Target\n", "x-nodes.csv, line 2: a quote opens and closes"),
        ("Id\n1\n", "Source,Target,Type\n1,1,Mixed\n", "x-edges.csv: not every edge is Directed"),
        (
            "Id\n1\n",
            "Source,Target,Type\n1,1,Directed\n1,2,Undirected\n",
            "x-edges.csv: not every edge is Directed, and not every Undirected",
        ),
    ],
)
def test_csv_files_that_cannot_be_read(tmp_path, nodes, edges, error):
    with pytest.raises(ValueError, match=error):
        csv_network(tmp_path, nodes, edges)


def test_csv_files_that_are_not_there(tmp_path):
    convert.write_network(nx.Graph(), tmp_path / "x.csv")
    (tmp_path / "x-edges.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"no file .*x-edges\.csv"):
        convert.read_network(tmp_path / "x.csv")


@pytest.mark.parametrize("ending", [".csv", ".json", ".net"])
def test_networks_in_another_encoding(tmp_path, ending):
    files = convert.write_network(nx.Graph([("河", "南")]), tmp_path / f"x{ending}")
    for file in files:
        file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(ValueError, match=r"x.*, line [0-9]: byte 0x[0-9a-f]{2} is not UTF-8"):
        convert.read_network(tmp_path / f"x{ending}")


# --- JSON. ----------------------------------------------------------------------------------------


def test_json_is_what_networkx_reads_and_writes(network, tmp_path):
    (path,) = convert.write_network(network, tmp_path / "x.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert nx.utils.graphs_equal(nx.node_link_graph(content), network)
    write(path, json.dumps(nx.node_link_data(nx.grid_2d_graph(2, 2))))
    assert_networks_equal(convert.read_network(path), nx.grid_2d_graph(2, 2))


def test_json_of_d3(tmp_path):
    path = write(
        tmp_path / "x.json",
        '{"nodes": [{"id": "a", "group": 1}, {"id": "b"}],'
        ' "links": [{"source": "a", "target": "b", "value": 2}]}',
    )
    network = convert.read_network(path)
    assert type(network) is nx.MultiGraph
    assert network.nodes["a"] == {"group": 1}
    assert list(network.edges(data=True)) == [("a", "b", {"value": 2})]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"nodes": [],\n"edges', "x.json, line 2: Unterminated string"),
        ("<graphml/>", "x.json, line 1: Expecting value"),
        ("", "x.json, line 1"),
        ("[]", "x.json holds no nodes and edges of a network"),
        ("{}", "x.json holds no nodes and edges of a network"),
        ('{"nodes": [1], "edges": []}', "x.json holds no nodes"),
        ('{"nodes": [{"id": {}}], "edges": []}', "x.json holds no nodes"),
        ('{"nodes": [{"id": 1}], "edges": [{"source": 1}]}', "x.json holds no nodes"),
        (f'{{"nodes": [], "edges": {"9" * 5000}}}', "x.json holds no nodes"),
        ("[" * 100_000, "x.json holds no nodes"),
    ],
)
def test_json_that_cannot_be_read(tmp_path, text, error):
    with pytest.raises(ValueError, match=error):
        convert.read_network(write(tmp_path / "x.json", text))


# --- GraphML and GEXF: others read ours, and we read theirs. --------------------------------------


def test_igraph_reads_our_graphml(network, tmp_path):
    (path,) = convert.write_network(network, tmp_path / "x.graphml")
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    assert (read.vcount(), read.ecount()) == (len(network), network.number_of_edges())
    assert read.vs["id"] == list(network)
    assert dict(zip(read.vs["id"], read.vs["label_zh"], strict=True))["henan"] == "河南省"
    ids = read.vs["id"]
    edges = {(ids[e.source], ids[e.target], e["key"]) for e in read.es}
    assert edges == set(network.edges(keys=True))
    assert set(read.es["paragraph"]) > {1.0, 2.0, 3.0}


def test_igraph_reads_types_and_weights(tmp_path):
    network = nx.Graph()
    network.add_edge("a", "b", weight=2, cost=0.5, sure=True, note='<"&>\n')
    (path,) = convert.write_network(network, tmp_path / "x.graphml")
    (edge,) = igraph.Graph.Read_GraphML(str(path)).es
    expected = {"weight": 2.0, "cost": 0.5, "sure": True, "note": '<"&>\n'}
    assert {name: edge[name] for name in expected} == expected


def test_gephi_does_not_take_a_key_of_graphml_for_a_label(network, tmp_path):
    (path,) = convert.write_network(network, tmp_path / "x.graphml")
    text = path.read_text(encoding="utf-8")
    assert 'attr.name="label"' in text
    assert '"d3"' not in text
    assert '"d7"' not in text


@pytest.mark.parametrize("ending", XML)
def test_networkx_reads_our_xml(network, tmp_path, ending):
    """Without policylib, and with edges whose ids are unique."""
    (path,) = convert.write_network(network, tmp_path / f"x{ending}")
    read = {".graphml": nx.read_graphml, ".gexf": nx.read_gexf}[ending](path)
    assert set(read) == set(network)
    assert read.number_of_edges() == network.number_of_edges()
    assert read.nodes["siping"]["label"] == "Siping"
    assert read.nodes["siping"]["type"] == "city"
    assert read.nodes["robots"]["label_zh"] == "机器人"


def test_labels_and_weights_of_gexf_stand_where_gephi_looks(tmp_path):
    network = nx.Graph()
    network.add_node("a", label="A", size=1)
    network.add_node("b", label=5)
    network.add_edge("a", "b", weight=2, label="x")
    network.add_edge("b", "b", weight="heavy", label=True)
    (path,) = convert.write_network(network, tmp_path / "x.gexf")
    text = path.read_text()
    assert '<node id="a" label="A">' in text
    assert '<node id="b">' in text
    assert '<edge id="e0" source="a" target="b" label="x" weight="2" />' in text
    assert '<edge id="e1" source="b" target="b">' in text
    assert_networks_equal(convert.read_network(path), network)


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


def test_gexf_of_gephi(tmp_path):
    network = convert.read_network(write(tmp_path / "x.gexf", GEPHI))
    assert type(network) is nx.DiGraph
    assert network.nodes["henan"]["kind"] == "province"
    assert network.nodes["henan"]["Degree"] == 1
    assert network.nodes["henan"]["viz position x"] == 1.5
    assert network.nodes["robots"]["Degree"] == 0  # the default
    assert network.nodes["robots"]["label"] == "机器人"
    assert network.edges["henan", "robots"]["weight"] == 2.0


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".json", ".csv", ".dl", ".net"])
def test_what_others_wrote_can_be_written_again(tmp_path, ending):
    graph = igraph.Graph([(0, 1)], directed=True)
    graph.vs["name"] = ["a", "b"]
    graph.write_graphml(str(tmp_path / "igraph.graphml"))
    gephi = write(tmp_path / "gephi.gexf", GEPHI)
    for path in (tmp_path / "igraph.graphml", gephi, write(tmp_path / "yed.graphml", YED)):
        network = convert.read_network(path)
        assert convert.write_network(network, tmp_path / f"again{ending}")


def test_ids_that_look_like_numbers_stay_apart(tmp_path):
    network = csv_network(tmp_path, "Id,x\n1e2,1\n100,2\n2.50,\n2.5,\n", "Source,Target\n1e2,100\n")
    assert set(network) == {"1e2", 100, "2.50", 2.5}
    with pytest.raises(ValueError, match=r"x-nodes\.csv: two nodes have the id 2"):
        csv_network(tmp_path, "Id\n2.0\n2\n", "Source,Target\n")
    with pytest.raises(ValueError, match=r"x-nodes\.csv: two nodes have the id 1"):
        csv_network(tmp_path, 'Id\n1\n"1"\n', "Source,Target\n")


@pytest.mark.parametrize("name", ["weight", "Weight", "WEIGHT", "Kind", "timeset", "Label"])
def test_names_that_gephi_takes_for_its_own_come_back(tmp_path, name):
    network = nx.Graph()
    network.add_node("a", **{name: 1, "weight": 2})
    network.add_edge("a", "b", **{name: 1, "weight": 2})
    convert.write_network(network, tmp_path / "x.csv")
    back = convert.read_network(tmp_path / "x.csv")
    assert back.nodes["a"] == network.nodes["a"]
    assert back.edges["a", "b"] == network.edges["a", "b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"source": 0, "target": 1}]}',
            "no node 0",
        ),
        ('{"nodes": [{"id": "a"}, {"id": "a"}], "links": []}', "two nodes have one id"),
        ('{"multigraph": "false", "nodes": [], "links": []}', "directed and multigraph are true"),
    ],
)
def test_json_that_would_be_misread(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        convert.read_network(write(tmp_path / "x.json", content))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*vertices 200000000\n*edges\n", "200000000 vertices without names are too many"),
        ('*vertices 2\n1 "a"\n1 "b"\n', "line 3: vertex 1 stands in an earlier line"),
        ("*vertices 1_0\n", "'1_0' is no number of vertices"),
    ],
)
def test_pajek_that_would_be_misread(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        convert.read_network(write(tmp_path / "x.net", text))


def test_columns_are_a_mapping(tmp_path):
    path = write(tmp_path / "x.csv", "Organisation\nInstitute\n")
    with pytest.raises(TypeError, match="columns is a dict of names"):
        convert.read_statements(path, columns=["Organisation"])


def test_a_label_of_ucinet_with_a_colon_is_quoted(tmp_path):
    (path,) = convert.write_network(nx.Graph([("data:", "b")]), tmp_path / "x.dl")
    assert '"data:",b' in path.read_text()


def test_what_was_there_is_kept_where_it_cannot_be_put_back(tmp_path, monkeypatch):
    network = nx.Graph([("a", "b")])
    convert.write_network(network, tmp_path / "x.csv")
    before = (tmp_path / "x-nodes.csv").read_bytes()
    replace = Path.replace

    def fail(self, target):
        if target.name == "x-edges.csv" or self.name.endswith("-former"):
            raise OSError("locked")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="locked") as raised:
        convert.write_network(nx.Graph([("c", "d")]), tmp_path / "x.csv")
    (note,) = raised.value.__notes__
    (kept,) = tmp_path.glob("*-former")
    assert kept.name in note
    assert kept.read_bytes() == before


def test_a_link_is_followed_and_rights_are_kept(tmp_path):
    target = write(tmp_path / "x.json", "{}")
    target.chmod(0o600)
    (tmp_path / "link.json").symlink_to(target)
    convert.write_network(nx.Graph([("a", "b")]), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert set(convert.read_network(target)) == {"a", "b"}


def test_graphml_of_igraph(tmp_path):
    graph = igraph.Graph([(0, 1), (1, 2)], directed=True)
    graph.vs["label"] = ["a", "b", "c"]
    graph.es["weight"] = [1, 2.5]
    graph.write_graphml(str(tmp_path / "x.graphml"))
    network = convert.read_network(tmp_path / "x.graphml")
    assert nx.get_node_attributes(network, "label") == {"n0": "a", "n1": "b", "n2": "c"}
    assert network.edges["n1", "n2"]["weight"] == 2.5


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


def test_graphml_of_yed(tmp_path):
    network = convert.read_network(write(tmp_path / "x.graphml", YED))
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
def test_declarations_are_refused(tmp_path, ending, declared):
    root = {".graphml": "graphml", ".gexf": "gexf"}[ending]
    text = f'<?xml version="1.0"?>\n<!DOCTYPE {root} [{declared}]>\n<{root}>&l9;</{root}>'
    path = write(tmp_path / f"x{ending}", text)
    with pytest.raises(ValueError, match=rf"x{ending}, line 2: a file that declares entities"):
        convert.read_network(path)


def test_a_document_type_without_declarations_is_not_fetched(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("the network is not needed")

    monkeypatch.setattr("socket.socket.connect", refuse)
    doctype = '<!DOCTYPE graphml SYSTEM "http://localhost/graphml.dtd">\n<graphml'
    path = write(tmp_path / "x.graphml", YED.replace("<graphml", doctype, 1))
    assert len(convert.read_network(path)) == 2


@pytest.mark.parametrize("ending", XML)
def test_xml_that_is_cut_off(network, tmp_path, ending):
    (path,) = convert.write_network(network, tmp_path / f"x{ending}")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:20]))
    with pytest.raises(ValueError, match=rf"x{ending}, line 2[01]: no element found"):
        convert.read_network(path)


@pytest.mark.parametrize("ending", XML)
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1: no element found"),
        ("a,b\n", "line 1: syntax error"),
        ('<?xml version="1.0" encoding="none"?><x/>', "line 1: unknown encoding"),
        ('<?xml version="1.0" encoding="gb18030"?><x/>', "line 1: multi-byte encodings"),
        ("<x/>", "that can be read: NetworkXError"),
        ("<?policylib {}?><x/>", "that can be read: ValueError.'it begins with x'"),
        ("<?policylib {?><{}/>", "that can be read: JSONDecodeError"),
        ("<?policylib {}?><{}/>", "that can be read: .*KeyError"),
        ("<?other {}?><x/>", "that can be read: NetworkXError"),
    ],
)
def test_xml_that_cannot_be_read(tmp_path, ending, text, error):
    text = text.replace("<{}/>", f"<{ending[1:]}/>")
    with pytest.raises(ValueError, match=rf"x\{ending}.*{error}"):
        convert.read_network(write(tmp_path / f"x{ending}", text))


@pytest.mark.parametrize("ending", [*XML, ".json", ".net"])
@pytest.mark.parametrize("other", [*XML, ".json", ".net", ".dl"])
def test_a_file_is_what_its_ending_says(network, tmp_path, ending, other):
    (path,) = convert.write_network(network, tmp_path / f"x{other}")
    path = path.rename(tmp_path / f"x{ending}")
    if ending == other:
        assert len(convert.read_network(path)) == len(network)
    else:
        with pytest.raises(ValueError, match=rf"x\{ending}"):
            convert.read_network(path)


# --- UCINET and Pajek. ----------------------------------------------------------------------------


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


def test_ucinet_from_a_directed_network(tmp_path):
    (path,) = convert.write_network(weighted(directed=True), tmp_path / "x.dl")
    assert path.read_text().splitlines() == [
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
def test_igraph_reads_our_ucinet(tmp_path, directed):
    (path,) = convert.write_network(weighted(directed), tmp_path / "x.dl")
    read = igraph.Graph.Read_DL(str(path))
    assert read.vs["name"] == ["alone", "a", "b", "c"]
    pairs = {(e.source_vertex["name"], e.target_vertex["name"]): e["weight"] for e in read.es}
    expected = WEIGHTS if directed else WEIGHTS | {(b, a): w for (a, b), w in WEIGHTS.items()}
    assert pairs == expected


@pytest.mark.parametrize("directed", [True, False])
def test_igraph_reads_our_pajek(tmp_path, directed):
    (path,) = convert.write_network(weighted(directed), tmp_path / "x.net")
    read = igraph.Graph.Read_Pajek(str(path))
    assert read.is_directed() is directed
    assert read.vs["name"] == ["alone", "a", "b", "c"]
    pairs = {(e.source_vertex["name"], e.target_vertex["name"]): e["weight"] for e in read.es}
    if not directed:
        pairs = {tuple(sorted(pair)): weight for pair, weight in pairs.items()}
    assert pairs == (WEIGHTS if directed else {tuple(sorted(p)): w for p, w in WEIGHTS.items()})


@pytest.mark.parametrize("ending", [".dl", ".net"])
def test_igraph_reads_the_policy_network(network, tmp_path, ending):
    (path,) = convert.write_network(network, tmp_path / f"x{ending}")
    read = {".dl": igraph.Graph.Read_DL, ".net": igraph.Graph.Read_Pajek}[ending](str(path))
    assert read.vs["name"] == list(network)
    assert read.ecount() == nx.DiGraph(network).number_of_edges()
    counts = [data.get("count", 1) for *_, data in network.edges(data=True)]
    assert sum(read.es["weight"]) == sum(counts)


@pytest.mark.parametrize("directed", [True, False])
def test_pajek_comes_back(directed):
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
def test_any_label_of_pajek_comes_back(names, directed, weight):
    network = (nx.DiGraph if directed else nx.Graph)()
    network.add_nodes_from(names)
    network.add_weighted_edges_from(zip(names, names[1:], [weight] * 9, strict=False))
    assert_networks_equal(roundtrip(network, ".net"), network)


@pytest.mark.parametrize("ending", [".dl", ".net"])
@pytest.mark.parametrize("character", ['"', "\n", "\r"])
def test_labels_that_lists_cannot_hold(ending, character):
    with pytest.raises(ValueError, match=r"node .* cannot hold the character"):
        roundtrip(nx.Graph([(f"a{character}", "b")]), ending)


def test_labels_of_ucinet_are_quoted_where_needed(tmp_path):
    network = nx.Graph()
    network.add_nodes_from(["a", "b c", "d,e", ""])
    (path,) = convert.write_network(network, tmp_path / "x.dl")
    assert path.read_text().splitlines()[3] == 'a,"b c","d,e",""'


@pytest.mark.parametrize("weight", ["heavy", True])
def test_weights_are_numbers(tmp_path, weight):
    network = nx.Graph([("a", "b", {"weight": weight})])
    with pytest.raises(TypeError, match=r"edge 'a' to 'b', attribute 'weight': .* is not a number"):
        convert.write_network(network, tmp_path / "x.dl")


def test_ucinet_can_only_be_written(tmp_path):
    with pytest.raises(ValueError, match=r"a \.dl file can only be written"):
        convert.read_network(tmp_path / "x.dl")


def test_pajek_of_others(tmp_path):
    text = (
        "% a comment\n*Network test\n*Vertices 3\n1 Henan 0.1 0.2 ic Red\n2 \"Ji lin\"\n3\n\n"
        "*Arcs :1 \"commits\"\n1 2 .5\n1 2 1 c Blue\n*Edges\n2 3\n3 3 2\n"
    )  # fmt: skip
    network = convert.read_network(write(tmp_path / "x.net", text.replace("\n", "\r\n")))
    assert type(network) is nx.MultiDiGraph
    assert list(network) == ["Henan", "Ji lin", "3"]
    assert sorted((u, v, d["weight"]) for u, v, d in network.edges(data=True)) == [
        ("3", "3", 2),
        ("3", "Ji lin", 1),
        ("Henan", "Ji lin", 0.5),
        ("Henan", "Ji lin", 1),
        ("Ji lin", "3", 1),
    ]
    bare = convert.read_network(write(tmp_path / "x.net", "*vertices 2\n*edges\n1 2\n"))
    assert list(bare.edges) == [("1", "2")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", r"x\.net is cut off: 0 of 1 vertices"),
        ('*vertices 3\n1 "a"\n2 "b"\n', r"x\.net is cut off: 2 of 3 vertices"),
        ('*vertices 2\n1 "a"\n2 "b\n', r"x\.net, line 3: a quote is not closed"),
        ('*vertices 2\n1 "a"\n2 "a"\n', r"x\.net: two vertices have one label"),
        ("*vertices\n", r"x\.net, line 1: "),
        ("*vertices x\n", r"x\.net, line 1: 'x' is no number of vertices"),
        ('*vertices 1\n2 "a"\n', r"x\.net, line 2: no vertex 2 \(allowed: 1 to 1\)"),
        ('*vertices 1\n1 "a"\n*arcs\n1 2 1\n', r"x\.net, line 4: no vertex 2"),
        ('*vertices 1\n1 "a"\n*arcs\n1\n', r"x\.net, line 4: "),
        ('*vertices 1\n1 "a"\n*arcs\n1 1 x\n', r"x\.net, line 4: could not convert"),
        ('*vertices 1\n1 "a"\n*matrix\n0\n', r"x\.net, line 4: only the vertices, arcs and edges"),
        ("<graphml/>", r"x\.net, line 1: only the vertices, arcs and edges of Pajek are read"),
    ],
)
def test_pajek_that_cannot_be_read(tmp_path, text, error):
    with pytest.raises(ValueError, match=error):
        convert.read_network(write(tmp_path / "x.net", text))


# --- Any damage is an error that names the file. --------------------------------------------------


@pytest.mark.parametrize("ending", [*ALL, ".net"])
@given(data=st.binary(max_size=20), at=st.floats(0, 1))
@settings(max_examples=30)
def test_any_damage_to_a_network_is_an_error_or_none(ending, data, at):
    network = nx.MultiDiGraph([("a", "b", "k", {"x": 1}), ("b", "a", "k", {"y": "z"})])
    with TemporaryDirectory() as folder:
        path = Path(folder, f"x{ending}")
        for file in convert.write_network(network, path):
            whole = file.read_bytes()
            cut = int(at * len(whole))
            file.write_bytes(whole[:cut] + data + whole[cut + len(data) :])
        try:
            convert.read_network(path)
        except ValueError as error:
            assert "x" in str(error)  # noqa: PT017


@pytest.mark.parametrize("ending", [*ALL, ".net"])
def test_networks_that_are_not_there(tmp_path, ending):
    with pytest.raises(FileNotFoundError, match="no file"):
        convert.read_network(tmp_path / f"x{ending}")
