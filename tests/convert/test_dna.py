"""Statements, entities and documents from DNA, and the faults of their values."""

import math
import sqlite3

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from policylib import DataError
from policylib.convert import read_dna
from tests.convert.helpers import faults_of, run_sql

DNA_TABLES = ["statements", "entities", "documents"]


def test_read_dna_returns_statements(dna):
    table = read_dna(dna)
    expected = pd.DataFrame(
        {
            "id": ["2", "3", "1"],
            "type": ["Stance", "Story", "Stance"],
            "document": ["2", "1", "1"],
            "title": ["Early", "Late", "Late"],
            "date": pd.to_datetime(["1969-12-31", "1970-01-02", "1970-01-02"]).astype(
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


def test_read_dna_returns_entities(dna):
    table = read_dna(dna, table="entities")
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


def test_read_dna_returns_documents(dna):
    table = read_dna(dna, table="documents")
    assert table["id"].to_list() == ["2", "1"]
    assert table["statements"].to_list() == [1, 2]
    assert table["statements"].dtype == "Int64"
    assert table["coder"].fillna("-").to_list() == ["-", "Ann"]
    assert table["notes"].fillna("-").to_list() == ["short", "-"]
    assert table["text"][1] == "Hello 😀 robots"


def test_read_dna_without_statements(dna):
    tables = ["STATEMENTS", "DATABOOLEAN", "DATAINTEGER", "DATASHORTTEXT", "DATALONGTEXT"]
    run_sql(dna, "".join(f"DELETE FROM {table};" for table in tables))
    table = read_dna(dna)
    assert len(table) == 0
    assert table.dtypes.astype(str)[["text", "agreement", "start"]].to_list() == [
        "str",
        "boolean",
        "Int64",
    ]
    assert read_dna(dna, table="documents")["statements"].to_list() == [0, 0]


def test_read_dna_without_anything(dna):
    database = sqlite3.connect(dna)
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
    database.close()
    run_sql(dna, "".join(f"DELETE FROM {name};" for name in names))
    assert [len(read_dna(dna, table=table)) for table in DNA_TABLES] == [0, 0, 0]


def test_read_dna_gives_no_two_variables_one_name(dna):
    run_sql(dna, "UPDATE VARIABLES SET Variable = 'variable_text' WHERE ID = 3")
    table = read_dna(dna)
    assert table["variable_text"].dropna().to_list() == [-2]
    assert table["variable_variable_text"].dropna().to_list() == ["why"]


def test_read_dna_wants_a_path():
    with pytest.raises(TypeError, match="expected the path of a file, not int"):
        read_dna(3)


def test_read_dna_names_an_unknown_table(dna):
    with pytest.raises(ValueError, match=r"no table 'entity' .*; did you mean 'entities'"):
        read_dna(dna, table="entity")


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
        ("STATEMENTS SET Start = 15", "STATEMENTS", 1, "Stop", "15 to 15 is not a passage"),
        ("STATEMENTS SET Start = -1", "STATEMENTS", 1, "Stop", "-1 to 15 is not a passage"),
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
        ("DOCUMENTS SET ID = 2", "DOCUMENTS", 2, "ID", "an earlier row has the same ID"),
    ],
)  # fmt: skip
def test_read_dna_refuses_a_wrong_value(dna, change, table, id_, column, text):
    run_sql(dna, f"UPDATE {change} WHERE ID = 1")
    found = faults_of(read_dna, dna)
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
def test_read_dna_refuses_a_broken_rule(dna, change, table, id_, text):
    run_sql(dna, change)
    found = faults_of(read_dna, dna)
    assert (f"world.dna: {table}", id_) in [fault[:2] for fault in found]
    assert any(text in fault[3] for fault in found), found


def test_read_dna_raises_all_faults_at_once(dna):
    run_sql(
        dna,
        "UPDATE DATABOOLEAN SET Value = 5 WHERE ID = 2;"
        "UPDATE STATEMENTS SET Stop = 99 WHERE ID = 3;"
        "UPDATE ENTITIES SET Blue = 'blue' WHERE ID = 4;",
    )
    with pytest.raises(DataError) as caught:
        read_dna(dna, table="documents")
    assert str(caught.value).splitlines() == [
        "world.dna has 3 faults:",
        "world.dna: DATABOOLEAN, row 2, column Value: 5 is not within 0 to 1",
        "world.dna: ENTITIES, row 4, column Blue: 'blue' is not a whole number",
        "world.dna: STATEMENTS, row 3, column Stop: 6 to 99 is not a passage of a text of 15 "
        "characters",
    ]


def test_read_dna_refuses_passages_beyond_what_a_person_can_code(dna, monkeypatch):
    monkeypatch.setattr("policylib.convert.dna_checks.LONGEST_PASSAGES", 5)
    with pytest.raises(ValueError, match=r"world\.dna: STATEMENTS: the statements mark more"):
        read_dna(dna)


def test_read_dna_reads_the_sample(sample):
    table = read_dna(sample)
    assert len(table) == 41
    stances = table[table["type"] == "DNA Statement"]
    assert len(stances) == stances["agreement"].notna().sum() == 40
    matrix = pd.crosstab(stances["organization"], stances["concept"])
    assert (matrix.shape, matrix.to_numpy().sum()) == ((7, 6), 40)
    assert (matrix > 0).to_numpy().sum() == 22
    documents = read_dna(sample, table="documents")
    assert len(documents) == 7
    assert documents["statements"].sum() == 41
    assert documents["date"].is_monotonic_increasing
    assert set(documents["date"].dt.year) == {2005}
    texts = documents.set_index("id")["text"]
    for row in table.itertuples():
        assert texts[row.document][row.start : row.stop] == row.text
    entities = read_dna(sample, table="entities")
    assert set(entities["type"]) == {"DNA Statement"}
    assert set(entities["Type"].dropna()) >= {"Business", "NGO", "Government"}
    assert entities["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    assert set(stances["organization"]) <= set(entities["value"])
