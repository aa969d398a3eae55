"""Damaged or malicious databases do no harm."""

import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylib.convert import read_dna
from policylib.convert.dna import BUILDERS, BY_PARAGRAPH
from policylib.convert.dna_checks import TABLES
from policylib.convert.dna_database import _disarm, read_database
from tests.convert.helpers import DNA, run_sql


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
def test_read_dna_refuses_a_database_of_another_kind(dna, script, text):
    run_sql(dna, script)
    with pytest.raises(ValueError, match=text):
        read_dna(dna)


def test_read_dna_refuses_files_that_are_not_a_database(tmp_path):
    path = tmp_path / "x.dna"
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.dna"):
        read_dna(path)
    with pytest.raises(ValueError, match="is a folder, not a file"):
        read_dna(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="is an empty file"):
        read_dna(path)
    path.write_text(
        "PK, or anything else that is long enough to hold a header of one hundred bytes",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="is not an SQLite file, as a database of DNA is"):
        read_dna(path)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.6, 0.9, 0.9999])
def test_read_dna_refuses_a_database_that_is_cut_off(dna, share):
    data = dna.read_bytes()
    dna.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ValueError, match=r"world\.dna (is cut off|cannot be read|is not an SQ)"):
        read_dna(dna)


def test_read_dna_refuses_a_damaged_page(dna):
    data = bytearray(dna.read_bytes())
    size = int.from_bytes(data[16:18])
    damaged = [data[:size] + b"\0" * (len(data) - size), data[:size] + b"\xff" * (len(data) - size)]
    for content in damaged:
        dna.write_bytes(content)
        with pytest.raises(ValueError, match=r"is damaged|cannot be read"):
            read_dna(dna)


def test_read_dna_refuses_rows_out_of_order(dna):
    database = sqlite3.connect(dna)
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'VARIABLES'")
    database.close()
    data = bytearray(dna.read_bytes())
    at = (page[0] - 1) * int.from_bytes(data[16:18]) + 8
    data[at : at + 4] = data[at + 2 : at + 4] + data[at : at + 2]
    dna.write_bytes(data)
    with pytest.raises(ValueError, match=r"world\.dna is damaged: .*out of order"):
        read_dna(dna)


def test_read_dna_refuses_a_cut_off_database_without_a_count_of_pages(dna):
    data = bytearray(dna.read_bytes())
    data[92:96] = b"\0\0\0\0"
    dna.write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"is damaged|cannot be read"):
        read_dna(dna)


@given(data=st.binary(min_size=1, max_size=40), at=st.integers(0, 50_000))
@settings(max_examples=15)
def test_read_dna_finds_any_damage_that_is_not_harmless(data, at):
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
        for build in (*BUILDERS.values(), *BY_PARAGRAPH.values()) if tables else []:
            assert isinstance(build(tables), pd.DataFrame)
        assert [file.name for file in Path(folder).iterdir()] == ["world.dna"]


CELLS = [(table, column) for table, columns in TABLES.items() for column in columns]
OTHER = st.sampled_from([None, 0, -1, 2**31, 2**63 - 1, 1.5, "", "7", "x\0", "😀", b"", b"\xff"])


@given(cell=st.sampled_from(CELLS), value=OTHER, every=st.integers(1, 2))
@settings(max_examples=60)
def test_read_dna_of_values_of_other_types_is_a_table_or_a_list_of_faults(cell, value, every):
    with TemporaryDirectory() as folder:
        path = run_sql(Path(folder, "world.dna"), DNA)
        database = sqlite3.connect(path)
        table, column = cell
        database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid % ? = 0", (value, every))
        database.commit()
        database.close()
        try:
            tables = read_database(path)
        except ValueError as error:
            assert "world.dna" in str(error)  # noqa: PT017
        else:
            for build in (*BUILDERS.values(), *BY_PARAGRAPH.values()):
                assert isinstance(build(tables), pd.DataFrame)


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
def test_read_dna_disarms_a_database(dna, statement):
    database = sqlite3.connect(dna, isolation_level=None)
    _disarm(database, 10_000)
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
        database.execute(statement)
    database.close()


@pytest.mark.parametrize("name", ["a b#c%20d'e.dna", "河南.dna", "what?.dna"])
def test_read_dna_leaves_nothing_beside_a_database(dna, name):
    if os.name == "nt" and "?" in name:
        name = "what.dna"
    path = dna.rename(dna.with_name(name))
    before = path.read_bytes()
    path.chmod(0o444)
    assert len(read_dna(path)) == 3
    assert [file.name for file in path.parent.iterdir()] == [name]
    assert path.read_bytes() == before


def test_a_journal_that_a_crash_left_is_named(dna, tmp_path):
    database = sqlite3.connect(dna)
    database.execute("PRAGMA cache_size=1")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE DOCUMENTS SET Text = Text || hex(zeroblob(100000))")
    files = [dna, dna.with_name(f"{dna.name}-journal")]
    for file in files:  # a copy of both, as if the program had died
        (tmp_path / f"crashed-{file.name}").write_bytes(file.read_bytes())
    database.close()
    with pytest.raises(ValueError, match=r"cannot be read: .*-journal\. If none is open, one has"):
        read_dna(tmp_path / f"crashed-{dna.name}")


def test_read_dna_wants_an_empty_log(dna):
    database = sqlite3.connect(dna)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("UPDATE CODERS SET Name = 'Bo'")
    database.commit()
    with pytest.raises(ValueError, match=r"in use: close the program that writes world\.dna-wal"):
        read_dna(dna)
    database.close()
    assert read_dna(dna)["coder"].dropna().unique().tolist() == ["Bo"]
    assert [file.name for file in dna.parent.iterdir()] == ["world.dna"]


def test_read_dna_of_a_header_with_two_versions(dna):
    data = bytearray(dna.read_bytes())
    data[18:20] = b"\1\2"
    dna.write_bytes(data)
    read_dna(dna)
    assert [path.name for path in dna.parent.iterdir()] == [dna.name]


def test_read_dna_does_not_multiply_a_default_without_bound(dna):
    """The text is stored once, but each row that is read would repeat it."""
    rows = ", ".join(f"({id_})" for id_ in range(1, 400))
    run_sql(
        dna,
        "PRAGMA writable_schema=ON; DROP TABLE CODERS; CREATE TABLE CODERS(ID INTEGER);"
        f"INSERT INTO CODERS VALUES {rows};"
        f"ALTER TABLE CODERS ADD COLUMN Name TEXT DEFAULT '{'x' * 20_000}'",
    )
    with pytest.raises(ValueError, match=r"world\.dna: the database returns more text than it"):
        read_dna(dna)


def test_read_dna_refuses_a_locked_database(dna, monkeypatch):
    connect = sqlite3.connect
    writer = connect(dna, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, timeout=0))
    with pytest.raises(ValueError, match=r"world\.dna cannot be read: database is locked"):
        read_dna(dna)
    writer.close()
