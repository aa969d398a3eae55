"""What is written for DNA is read again, whole or not at all."""

import base64
import hashlib
import sqlite3
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from policylib.convert import dna_writer, read_dna, write_dna
from policylib.convert.dna import BUILDERS, BY_PARAGRAPH
from policylib.convert.dna_database import read_database
from policylib.convert.dna_writer import PASSWORD
from tests.convert.helpers import run_sql

DOCUMENTS = pd.DataFrame(
    {
        "document": ["a", "a", "b"],
        "paragraph": [1, 3, 2],
        "text": ["A 😀 road", "two\r\nlines 😀!", "Rail"],
        "date": ["2023-12", "2023-12", None],
        "author": ["Li", "Li", None],
        "sha256": "x",
    }
)
STATEMENTS = pd.DataFrame(
    {
        "id": ["s1", "s2", "s3"],
        "document": ["a", "a", "b"],
        "paragraph": [3, 1, 2],
        "actor": ["henan", "henan", "jilin"],
        "role": ["commits", "commits", "reports"],
        "code": ["lines", "roads", "rail"],
        "qualifier": pd.array([True, False, None], "boolean"),
        "coder": ["Ann", "Bo", None],
        "count": [1, 2, 1],
        "start": [11, None, 0],
        "end": [12, None, 4],
        "quote": ["😀", None, "Rail"],
    }
)


@pytest.fixture
def path(tmp_path):
    return write_dna(tmp_path / "world.dna", DOCUMENTS, STATEMENTS)


def by_paragraph(path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_dna(path, table="documents", paragraphs=True), read_dna(path, paragraphs=True)


def test_statements_have_the_names_and_places_of_dna(path):
    table = read_dna(path).set_index("variable_id")
    columns = ["title", "coder", "start", "stop", "organization", "concept", "agreement"]
    # The emoji counts as two characters; line 2 is empty, and so is line 1 of the document b.
    assert table.loc["s1", columns].to_list() == ["a", "Ann", 22, 24, "henan", "lines", True]
    assert table.loc["s3", columns[:4]].to_list() == ["b", "unknown", 1, 5]
    assert table["text"].to_dict() == {"s1": "😀", "s2": "A 😀 road\n", "s3": "Rail"}
    assert table["agreement"].isna().to_dict() == {"s1": False, "s2": False, "s3": True}


def test_documents_are_lines_of_text(path):
    table = read_dna(path, table="documents").set_index("title")
    assert table["text"].to_dict() == {
        "a": "A 😀 road\n\ntwo\u2029\u2028lines 😀!\n",
        "b": "\nRail\n",
    }
    assert table["date"].to_dict() == {"a": datetime(2023, 12, 1), "b": datetime(1, 1, 1)}
    assert table["statements"].to_dict() == {"a": 2, "b": 1}


def test_entities_have_attributes(path):
    table = read_dna(path, table="entities")
    assert table.groupby("variable")["value"].agg(list).to_dict() == {
        "organization": ["henan", "jilin"],
        "role": ["commits", "reports"],
        "concept": ["lines", "rail", "roads"],
    }
    assert table.columns.to_list()[-3:] == ["Type", "Alias", "Notes"]
    database = sqlite3.connect(path)
    (entities,), (values,) = (
        database.execute(f"SELECT count(*) FROM {name}").fetchone()
        for name in ("ENTITIES", "ATTRIBUTEVALUES")
    )
    assert (entities, values) == (10, 30)  # with an unnamed one for each variable
    database.close()


def test_all_is_read_again_by_paragraphs(path):
    documents, statements = by_paragraph(path)
    same = DOCUMENTS.columns.intersection(documents.columns).drop("date")
    assert_frame_equal(documents[same], DOCUMENTS[same])
    assert documents["date"].dt.month.fillna(0).to_list() == [12, 12, 0]
    types = {"count": "Int64", "start": "Int64", "end": "Int64"}
    assert_frame_equal(
        statements.drop(columns="type")[STATEMENTS.columns], STATEMENTS.astype(types)
    )
    assert set(statements["type"]) == {"DNA Statement"}
    write_dna(path, documents, statements)
    for again, before in zip(by_paragraph(path), (documents, statements), strict=True):
        assert_frame_equal(again, before)


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\u2028\u2029")
    | st.sampled_from("😀𠀀\r\n e\u0301"),
    max_size=8,
)
FULL = TEXT.filter(bool)
CODERS = st.sampled_from(["Ann", "Bo", "policylib 0.2.0, terms 00", "Admin", None])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    texts = draw(st.dictionaries(st.tuples(FULL, st.integers(1, 5)), FULL, min_size=1, max_size=6))
    documents = pd.DataFrame(
        [(*place, text) for place, text in texts.items()],
        columns=["document", "paragraph", "text"],
    )
    rows = []
    for number in range(draw(st.integers(0, 5))):
        document, paragraph = draw(st.sampled_from(list(texts)))
        length = len(texts[document, paragraph])
        start = draw(st.none() | st.integers(0, length - 1))
        end = None if start is None else draw(st.integers(start + 1, length))
        rows.append(
            {
                "id": f"s{number}",
                "document": document,
                "paragraph": paragraph,
                "type": draw(st.sampled_from(["DNA Statement", "Note"])),
                "coder": draw(CODERS),
                "start": start,
                "end": end,
                "actor": draw(FULL),
                "code": draw(FULL),
                "qualifier": draw(st.none() | st.booleans()),
                "count": draw(st.none() | st.integers(-(2**31) + 1, 2**31 - 1)),
                "quote": draw(st.none() | FULL),
                "initiative": draw(st.none() | FULL),
            }
        )
    types = dict.fromkeys(("start", "end", "count"), "Int64") | {"qualifier": "boolean"}
    names = ["id", "document", "paragraph", "type", "coder", "start", "end", "actor", "code"]
    names += ["qualifier", "count", "quote", "initiative"]
    statements = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names, "str") | types)
    return documents, statements.astype({"paragraph": "int64"})


@given(world=worlds())
@settings(max_examples=60)
def test_read_dna_returns_whatever_write_dna_wrote(world):
    documents, statements = world
    with TemporaryDirectory() as folder:
        path = write_dna(f"{folder}/x.dna", documents, statements)
        tables = read_database(path)
    read_documents, read_statements = (
        BY_PARAGRAPH[table](tables) for table in ("documents", "statements")
    )
    places = BUILDERS["statements"](tables)
    texts = BUILDERS["documents"](tables).set_index("id")["text"]
    # The order of documents is that of their first paragraph; their paragraphs are in order.
    first = documents.drop_duplicates("document").reset_index()["document"]
    order = documents["document"].map({name: row for row, name in first.items()})
    ordered = documents.assign(order=order).sort_values(["order", "paragraph"], ignore_index=True)
    assert_frame_equal(read_documents[documents.columns], ordered[documents.columns])
    assert_frame_equal(read_statements[statements.columns], statements)
    for row in places.itertuples():
        units = texts[row.document].encode("utf-16-le")
        assert units[2 * row.start : 2 * row.stop].decode("utf-16-le") == row.text


def test_the_sample_is_written_as_it_was_read(sample, tmp_path):
    former = by_paragraph(sample)
    path = write_dna(tmp_path / "again.dna", *former)
    for again, before in zip(by_paragraph(path), former, strict=True):
        assert_frame_equal(again, before)
    columns = ["date", "title", "person", "organization", "concept", "agreement", "coder", "note"]
    assert_frame_equal(read_dna(path)[columns], read_dna(sample)[columns])


def test_tables_without_rows_are_written(tmp_path):
    path = write_dna(tmp_path / "x.dna", DOCUMENTS, STATEMENTS[:0])
    assert read_dna(path).shape[0] == 0
    assert read_dna(path, paragraphs=True)["qualifier"].dtype == "boolean"
    path = write_dna(tmp_path / "x.dna", DOCUMENTS[:0], STATEMENTS[:0])
    assert [len(table) for table in by_paragraph(path)] == [0, 0]


def test_times_of_documents_are_kept(tmp_path):
    dates = pd.to_datetime(["2023-12-01 08:30", "2023-12-01 08:30", "1949-10-01 00:00"])
    path = write_dna(tmp_path / "x.dna", DOCUMENTS.assign(date=dates), STATEMENTS)
    assert by_paragraph(path)[0]["date"].to_list() == dates.to_list()


def test_ids_of_documents_become_text(tmp_path):
    numbered = {"a": 2024, "b": 2025}
    tables = (t.assign(document=t["document"].map(numbered)) for t in (DOCUMENTS, STATEMENTS))
    path = write_dna(tmp_path / "x.dna", *tables)
    assert by_paragraph(path)[1]["document"].to_list() == ["2024", "2024", "2025"]


def test_each_coder_may_open_the_database(path):
    """The password is checked as DNA does: with SHA-256, a salt and 100,000 rounds."""
    database = sqlite3.connect(path)
    coders = database.execute("SELECT ID, Name, Password FROM CODERS").fetchall()
    assert [coder[:2] for coder in coders] == [(1, "Admin"), (2, "Ann"), (3, "Bo"), (4, "unknown")]
    assert {password for *_, password in coders} == {PASSWORD}
    assert opens("policylib", PASSWORD)
    pairs = database.execute("SELECT Coder, OtherCoder FROM CODERRELATIONS").fetchall()
    assert len(set(pairs)) == 4 * 3
    database.close()


def opens(password: str, stored: str) -> bool:
    data = base64.b64decode(stored)
    digest = hashlib.sha256(data[:16] + password.encode()).digest()
    for _ in range(99_999):
        digest = hashlib.sha256(digest).digest()
    return digest == data[16:]


def test_the_check_of_passwords_is_that_of_dna(sample):
    database = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True)
    (stored,) = database.execute("SELECT Password FROM CODERS WHERE ID = 1").fetchone()
    database.close()
    assert opens("sample", stored)


def test_write_dna_replaces_a_database_only_when_the_new_one_is_complete(path, monkeypatch):
    before = path.read_bytes()
    with pytest.raises(ValueError, match="no document 'c'"):
        write_dna(path, DOCUMENTS, STATEMENTS.assign(document="c"))

    def refuse(self, target):
        raise PermissionError("in use")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError, match="in use"):
            write_dna(path, DOCUMENTS, STATEMENTS[:1])
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == {path.name: before}
    assert write_dna(str(path), DOCUMENTS, STATEMENTS[:1]) == path
    assert len(read_dna(path)) == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_write_dna_leaves_a_database_that_another_program_is_writing(path, ending):
    path.with_name(path.name + ending).write_bytes(b"unfinished")
    with pytest.raises(
        ValueError, match=rf"in use: close the program that writes world.dna{ending}"
    ):
        write_dna(path, DOCUMENTS, STATEMENTS)


def test_equal_inputs_give_equal_files(path, tmp_path):
    again = write_dna(tmp_path / "again.dna", DOCUMENTS, STATEMENTS)
    assert again.read_bytes() == path.read_bytes()


def changed(frame: pd.DataFrame, change: dict) -> pd.DataFrame:
    """Return a table with one value, or a list of values, in the columns that change."""
    cells = {
        name: pd.Series(value if isinstance(value, list) else [value] * 3, dtype="object")
        for name, value in change.items()
    }
    return frame.assign(**cells)


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("d", {"document": None}, "documents: column 'document', row 0: the cell is empty"),
        ("d", {"document": ""}, "documents: column 'document', row 0: the text is empty"),
        ("d", {"document": [1, "1", 2]}, "two ids would become the same text"),
        ("d", {"document": "x" * 191}, "row 0: DNA allows 190 characters, got 191"),
        ("d", {"paragraph": 1}, "duplicate paragraph 1 of document 'a'"),
        ("d", {"paragraph": 0}, "row 0: expected an integer from 1 to 1000000, got 0"),
        ("d", {"paragraph": [1.5, 2, 3]}, "expected an integer from 1 to 1000000, got 1.5"),
        ("d", {"paragraph": 10**9}, "row 0: expected an integer from 1 to 1000000"),
        ("d", {"text": None}, "column 'text', row 0: expected a string, got None"),
        ("d", {"text": ""}, "column 'text', row 0: the text is empty; leave the row out"),
        ("d", {"text": "\ud800"}, "column 'text', row 0: character 0 is a lone surrogate"),
        ("d", {"text": "x\u2028"}, "row 0: .* is needed for line breaks; replace it by a line"),
        ("d", {"author": ["Li", "Wu", "Wu"]}, "column 'author': document 'a' has several"),
        ("d", {"date": ["2023", "2024", "2025"]}, "column 'date': document 'a' has several"),
        ("d", {"date": "May"}, "column 'date', row 0: 'May' is not a date"),
        ("s", {"document": "c"}, "statements: row 0: no document 'c'"),
        ("s", {"paragraph": 2}, "statements: row 0: no paragraph 2 of document 'a'"),
        ("s", {"paragraph": None}, "statements: column 'paragraph', row 0: the cell is empty"),
        ("s", {"start": 0, "end": 99}, "row 0: 0 to 99 is not a place in a paragraph of 13 char"),
        ("s", {"start": 1, "end": 1}, "row 0: 1 to 1 is not a place"),
        ("s", {"start": 1, "end": None}, "row 0: 1 to None is not a place"),
        ("s", {"start": 0.5}, "statements: column 'start' must hold whole numbers"),
        ("s", {"organization": "x"}, "column 'organization': another column is the variable 'org"),
        ("s", {"qualifier": 0.5}, "column 'qualifier', row 0: expected text, true or false, or a"),
        ("s", {"count": 2**31}, "column 'count', row 0: expected .* up to 2147483647, got 21474"),
        ("s", {"role": ["a", 1, 1]}, "column 'role', row 1: expected text, as in the rows above"),
        ("s", {"actor": "x" * 191}, "column 'actor', row 0: DNA allows 190 characters, got 191"),
        ("s", {"coder": "x" * 191}, "column 'coder', row 0: DNA allows 190 characters, got 191"),
        ("s", {"x" * 191: 1}, "DNA allows names of 190 characters"),
        ("s", {"quote": "\ud800"}, "statements: column 'quote', row 0: character 0 is a lone"),
    ],
)  # fmt: skip
def test_write_dna_names_what_dna_cannot_hold(tmp_path, table, change, message):
    documents, statements = (
        changed(frame, change) if table == letter else frame
        for letter, frame in (("d", DOCUMENTS), ("s", STATEMENTS))
    )
    with pytest.raises(ValueError, match=message):
        write_dna(tmp_path / "x.dna", documents, statements)
    assert list(tmp_path.iterdir()) == []


def test_write_dna_names_wrong_arguments(tmp_path):
    path = tmp_path / "x.dna"
    with pytest.raises(TypeError, match="expected the path of a file, not DataFrame"):
        write_dna(DOCUMENTS, DOCUMENTS, STATEMENTS)
    for wrong in ((None, STATEMENTS), (DOCUMENTS, [1])):
        with pytest.raises(TypeError, match="expected a table"):
            write_dna(path, *wrong)
    with pytest.raises(ValueError, match="documents: no column 'text'"):
        write_dna(path, DOCUMENTS.drop(columns="text"), STATEMENTS)
    with pytest.raises(ValueError, match="statements: no column 'paragraph'"):
        write_dna(path, DOCUMENTS, STATEMENTS.drop(columns="paragraph"))
    with pytest.raises(TypeError, match="row 0: a dict cannot be written"):
        write_dna(path, DOCUMENTS, STATEMENTS.assign(extra=[{}, 1, 1]))
    with pytest.raises(TypeError, match="column 'source', row 0: a list cannot be written"):
        write_dna(path, DOCUMENTS.assign(source=[[1]] * 3), STATEMENTS)
    with pytest.raises(FileNotFoundError, match="no folder"):
        write_dna(tmp_path / "none" / "x.dna", DOCUMENTS, STATEMENTS)


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([8, 7, 9], [8, 7, 9]),
        ([7, None, 9], [7, None, 9]),
        (["2", None, "x"], ["2", None, "x"]),
        (["", "3", "1"], [None, "3", "1"]),
        ([None, None, None], [None, None, None]),
        (None, ["1", "2", "3"]),
    ],
)
def test_the_variable_id_is_the_id(tmp_path, ids, found):
    statements = STATEMENTS.drop(columns="id") if ids is None else STATEMENTS.assign(id=ids)
    back = read_dna(write_dna(tmp_path / "a.dna", DOCUMENTS, statements), paragraphs=True)
    cells = back["id"].astype("object")
    assert cells.where(cells.notna(), None).to_list() == found
    assert "variable_id" not in back


@pytest.mark.parametrize("name", ["Title", "Date", "document", "text"])
def test_the_index_may_be_called_like_a_column(tmp_path, name):
    tables = (DOCUMENTS.rename_axis(name), STATEMENTS.rename_axis(name))
    found = by_paragraph(write_dna(tmp_path / "a.dna", *tables))
    expected = by_paragraph(write_dna(tmp_path / "b.dna", DOCUMENTS, STATEMENTS))
    for one, other in zip(found, expected, strict=True):
        assert_frame_equal(one, other)


@pytest.mark.parametrize("kind", ["date32", "date64"])
def test_dates_may_be_days_of_arrow(tmp_path, kind):
    pa = pytest.importorskip("pyarrow")
    days = [datetime(2023, 5, 6), datetime(2023, 5, 6), None]
    cells = pd.Series(days).astype(pd.ArrowDtype(getattr(pa, kind)()))
    path = write_dna(tmp_path / "a.dna", DOCUMENTS.assign(date=cells), STATEMENTS)
    found = read_dna(path, table="documents", paragraphs=True)["date"].astype("object")
    assert found.where(found.notna(), None).to_list() == days


def test_read_dna_by_paragraphs_of_another_database(dna):
    run_sql(dna, "UPDATE DOCUMENTS SET Text = '\r\n' || Text || '\r\nEnd', Title = 'Same'")
    run_sql(dna, "UPDATE STATEMENTS SET Start = Start + 2, Stop = Stop + 2")
    run_sql(dna, "UPDATE STATEMENTS SET Start = 0, Stop = 20 WHERE ID = 1")
    documents, statements = by_paragraph(dna)
    assert documents[["document", "paragraph", "text"]].to_numpy().tolist() == [
        ["1", 2, "Hello 😀 robots"],
        ["1", 3, "End"],
        ["2", 2, "Quanta first"],
        ["2", 3, "End"],
    ]
    # The first passage begins with an empty line and ends in the next paragraph.
    assert statements[["id", "paragraph", "start", "end"]].to_numpy().tolist() == [
        ["1", 2, 0, 14],
        ["2", 2, 0, 6],
        ["3", 2, 6, 7],
    ]
    assert statements.loc[0, ["actor", "text"]].to_list() == ["Henan", "why"]
    with pytest.raises(ValueError, match=r"no table by paragraphs 'entities' \(allowed: statem"):
        read_dna(dna, table="entities", paragraphs=True)


def test_a_full_disk_for_temporary_files_is_named(tmp_path, monkeypatch):
    def refuse(rows):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(dna_writer, "database_bytes", refuse)
    texts = pd.DataFrame({"document": ["a"], "paragraph": [1], "text": ["We build."]})
    found = pd.DataFrame({"document": ["a"], "paragraph": [1], "code": ["roads"]})
    match = r"a\.dna cannot be written, because its temporary copy in .* cannot: database or disk"
    with pytest.raises(OSError, match=match):
        write_dna(tmp_path / "a.dna", texts, found)
    assert list(tmp_path.iterdir()) == []
