"""A written database has the tables and columns of DNA's own."""

import sqlite3

import pytest

from policylib.convert.dna_checks import TABLES
from policylib.convert.dna_schema import database_bytes


def shape(path) -> dict[str, tuple]:
    """Return the columns, references and unique columns of each table."""
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)

    def ask(pragma: str, name: str) -> list[tuple]:
        return database.execute(f"PRAGMA {pragma}({name})").fetchall()

    shapes = {}
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        references = sorted(row[2:8] for row in ask("foreign_key_list", table))
        unique = sorted(
            [column for *_, column in ask("index_info", index)]
            for _, index, *_ in ask("index_list", table)
        )
        shapes[table] = (ask("table_info", table), references, unique)
    database.close()
    return shapes


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "empty.dna"
    path.write_bytes(database_bytes({}))
    return path


def test_the_tables_and_columns_are_those_of_the_sample(sample, empty):
    assert shape(empty) == shape(sample)


def test_the_tables_have_all_columns_that_are_read(empty):
    found = {
        name: {column[1] for column in columns} for name, (columns, *_) in shape(empty).items()
    }
    assert {name: found[name] & set(columns) for name, columns in TABLES.items()} == {
        name: set(columns) for name, columns in TABLES.items()
    }


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("CODERS", {"Name": "x" * 191, "Password": ""}),
        ("CODERS", {"Name": "x", "Password": "", "Red": 256}),
        ("CODERS", {"Name": "x", "Password": "", "PermissionEditCoders": 2}),
        ("VARIABLES", {"Variable": "x", "DataType": "date"}),
        ("STATEMENTS", {"Start": 3, "Stop": 3}),
        ("STATEMENTS", {"Start": -1, "Stop": 3}),
        ("STATEMENTS", {"Start": 0, "Stop": 3, "DocumentId": 1}),
        ("ENTITIES", {"VariableId": 1}),
        ("CODERRELATIONS", {"Coder": 1, "OtherCoder": 1}),
    ],
)
def test_the_rules_of_dna_hold(table, row):
    with pytest.raises(sqlite3.IntegrityError):
        database_bytes({table: [row]})
