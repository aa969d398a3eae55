"""Statements from CSV and Parquet files with their own columns."""

import csv
import sys
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import policylib
from policylib.convert import read_statements
from tests.convert.helpers import TEXT_KINDS, faults_of, write


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_read_statements_from_csv(tmp_path, delimiter, encoding):
    rows = [
        ["Organisation", "paragraph", "qualifier", "date", "share", "code", "on", "note, more"],
        ["河南", "3", "TRUE", "2023", "0.5", "007", "yes", "NA"],
        ['"x; y"', "", "false", "2024", "-1e-3", "12", "TRUE", ""],
    ]
    path = tmp_path / "mine.CSV"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    table = read_statements(path, columns={"Organisation": "actor", "on": "whether"})
    assert table.columns[0] == "actor"
    assert table.dtypes.astype(str).to_dict() == {
        "actor": "str",
        "paragraph": "Int64",
        "qualifier": "boolean",
        "date": "str",
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
def test_read_statements_gives_a_column_the_type_of_all_its_cells(tmp_path, cells, type_, values):
    path = write(tmp_path / "x.csv", "n,x\n" + "".join(f"a,{cell}\n" for cell in cells))
    column = read_statements(path)["x"]
    assert column.dtype == type_
    assert [pd.NA if pd.isna(value) else value for value in column] == values


@pytest.mark.parametrize(
    ("cells", "type_"),
    [(["true", "FALSE"], "boolean"), (["1", "-1", "0.5"], "Float64"), (["1", "0"], "Int64"),
     (["", ""], "str")],
)  # fmt: skip
def test_read_statements_with_a_qualifier_of_truth_or_numbers(tmp_path, cells, type_):
    path = write(tmp_path / "x.csv", "actor,qualifier\n" + "".join(f"a,{c}\n" for c in cells))
    assert read_statements(path)["qualifier"].dtype == type_


def test_read_statements_names_faults_as_the_file_does(tmp_path):
    path = write(
        tmp_path / "x.csv",
        "Who,N,Agrees,paragraph\na,1,true,1\nb,many,1,2\nc,2.5,maybe,x\nd,3\n",
    )
    columns = {"Who": "actor", "N": "count", "Agrees": "qualifier"}
    found = faults_of(read_statements, path, columns=columns)
    assert [fault[:3] for fault in found] == [
        ("x.csv", 3, "N"),
        ("x.csv", 3, "Agrees"),
        ("x.csv", 4, "paragraph"),
        ("x.csv", 4, "N"),
        ("x.csv", 4, "Agrees"),
        ("x.csv", 5, None),
    ]
    assert found[0][3].startswith("'many' is not a whole number.")
    assert found[1][3] == "'1' is not true or false, as others in this column are"
    assert found[5][3] == "2 cells, where the header has 4 columns"


def test_read_statements_refuses_a_qualifier_that_is_neither(tmp_path):
    path = write(tmp_path / "x.csv", "actor,qualifier\na,1\nb,yes\n")
    (fault,) = faults_of(read_statements, path)
    assert fault == ("x.csv", 3, "qualifier", "'yes' is not true, false or a number")


@pytest.mark.parametrize(
    ("text", "row", "column", "problem"),
    [
        ("", 1, None, "no header"),
        ("\na,b\n", 1, None, "no header"),
        ("a,,c\n1,2,3\n", 1, None, "column 2 has no name"),
        ("a,b,a\n1,2,3\n", 1, "a", "the column appears 2 times"),
        ('a,b\n"1,2\n', 2, None, "a cell cannot be read"),
        ("a,b\n1,\0\n", 2, None, "a NUL byte"),
    ],
)
def test_read_statements_refuses_csv_that_cannot_be_read(tmp_path, text, row, column, problem):
    found = faults_of(read_statements, write(tmp_path / "x.csv", text))
    assert found[0][:3] == ("x.csv", row, column)
    assert problem in found[0][3]


RAGGED = {
    "many columns and short rows": (
        ",".join(f"c{i}" for i in range(5000)) + "\n" + "x\n" * 5000,
        2,
    ),
    "a long row": ("a,b\n1,2\n" + "," * 300_000, 3),
    "a header of commas": ("a" + "," * 300_000 + "\n1\n", 1),
    "a wide header": (",".join(map(str, range(50_000))) + "\n1\n", 1),
}


@pytest.mark.parametrize(("text", "row"), RAGGED.values(), ids=RAGGED)
def test_ragged_csv_needs_little_memory(tmp_path, text, row):
    path = write(tmp_path / "x.csv", text)
    tracemalloc.start()
    found = faults_of(read_statements, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ("x.csv", row) in [fault[:2] for fault in found]
    assert peak < 30_000_000


def test_a_cell_may_have_any_length(tmp_path):
    path = write(tmp_path / "x.csv", f"actor,text\na,{'字' * 140_000}\n")
    assert read_statements(path)["text"].str.len().to_list() == [140_000]


def test_read_statements_refuses_another_encoding(tmp_path):
    path = write(tmp_path / "x.csv", "actor,b\n河南,1\n", "gb18030")
    assert faults_of(read_statements, path)[0][:2] == ("x.csv", 2)


def test_read_statements_refuses_columns_that_are_missing_or_repeated(tmp_path):
    path = write(tmp_path / "x.csv", "Organisation,actor\na,b\n")
    with pytest.raises(ValueError, match=r"no column 'Organization' .*did you mean 'Organisation'"):
        read_statements(path, columns={"Organization": "actor"})
    with pytest.raises(
        ValueError, match="columns 'Organisation' and 'actor' would both be 'actor'"
    ):
        read_statements(path, columns={"Organisation": "actor"})
    swapped = read_statements(path, columns={"Organisation": "actor", "actor": "other"})
    assert swapped.to_dict("list") == {"actor": ["a"], "other": ["b"]}


@pytest.mark.parametrize(("name", "near"), [("x.cvs", "; did you mean '.csv'"), ("x", "")])
def test_read_statements_refuses_an_unknown_ending(tmp_path, name, near):
    with pytest.raises(ValueError, match=rf"no ending .* \(allowed: \.csv, \.parquet\){near}"):
        read_statements(tmp_path / name)


def test_read_statements_names_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"x\.csv"):
        read_statements(tmp_path / "x.csv")


def test_read_statements_from_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame(
        {
            "Who": ["a", "", None],
            "document": [1, 2, 3],
            "paragraph": [1.0, None, 3.0],
            "qualifier": [True, False, None],
            "role": pd.Categorical(["commits", "reports", "commits"]),
            "initiative": [None, None, None],
            "date": pd.to_datetime(["2023-12-01", "2024-01-01", "2024-02-01"]),
            "word": ["", "x", None],
            "share": [0.5, 1.0, 2.0],
        }
    )
    frame.to_parquet(path)
    table = read_statements(path, columns={"Who": "actor"})
    assert table.columns.to_list() == ["actor", *frame.columns[1:]]
    types = table.dtypes.astype(str)
    assert set(types[["actor", "document", "role", "initiative", "word"]]) == {"str"}
    assert types[["paragraph", "qualifier", "share"]].to_list() == ["Int64", "boolean", "Float64"]
    assert pd.api.types.is_datetime64_any_dtype(table["date"])
    assert table["document"].to_list() == ["1", "2", "3"]
    assert table["actor"].isna().to_list() == [False, True, True]
    assert table["word"].isna().to_list() == [False, False, True]


def test_read_statements_takes_the_index_of_parquet_as_a_column(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"actor": ["a"]}, index=pd.Index(["s1"], name="id")).to_parquet(path)
    assert read_statements(path).to_dict("list") == {"id": ["s1"], "actor": ["a"]}


def test_read_statements_finds_faults_in_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pd.DataFrame(
        {"N": [1.0, 1.5], "Who": [["a"], ["b"]], "paragraph": ["1", "x"], "ok": [1, 2]}
    ).to_parquet(path)
    found = faults_of(read_statements, path, columns={"N": "count", "Who": "actor"})
    assert [fault[:3] for fault in found] == [
        ("x.parquet", None, "Who"),
        ("x.parquet", 2, "paragraph"),
        ("x.parquet", 2, "N"),
    ]


def test_read_statements_ignores_damaged_notes_of_pandas(tmp_path):
    path, table = tmp_path / "x.parquet", pa.table({"actor": ["a"], "id": ["s1"]})
    for notes in (b"{", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"index_columns": ["none", 3]}'):
        pq.write_table(table.replace_schema_metadata({b"pandas": notes}), path)
        assert read_statements(path).to_dict("list") == {"actor": ["a"], "id": ["s1"]}
    notes = b'{"index_columns": ["id", {"kind": "range"}]}'
    pq.write_table(table.replace_schema_metadata({b"pandas": notes}), path)
    assert read_statements(path).columns.to_list() == ["id", "actor"]


@pytest.mark.parametrize("kind", TEXT_KINDS, ids=str)
def test_read_statements_takes_every_kind_of_text(tmp_path, kind):
    array = pa.array(["a", None]).cast(kind)
    pq.write_table(pa.table({"actor": array, "x": array}), tmp_path / "x.parquet")
    table = read_statements(tmp_path / "x.parquet")
    assert table["actor"].dtype == "str"
    assert table["x"].dtype == ("category" if pa.types.is_dictionary(kind) else "str")
    assert table.astype("str").fillna("").to_dict("list") == {"actor": ["a", ""], "x": ["a", ""]}


def test_read_statements_takes_decimals_and_dates(tmp_path):
    columns = {
        "count": pa.array([Decimal("2.00"), None]),
        "document": pa.array([date(2024, 1, 2), None]),
        "paragraph": pa.array([Decimal(3), Decimal("1e3")]),
    }
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    table = read_statements(tmp_path / "x.parquet")
    assert table["count"].to_list() == [2, pd.NA]
    assert table["paragraph"].to_list() == [3, 1000]
    assert table["document"].fillna("").to_list() == ["2024-01-02", ""]


WRONG = {
    "lists": (pa.array([["a"], None]), "expected text, numbers, dates or booleans"),
    "bytes": (pa.array([b"a", None]), "expected text, numbers, dates or booleans"),
    "a time zone": (pa.array([0, 1], pa.timestamp("us", "Mars")), "cannot be read: "),
    "a year": (pa.array([2**30, 0], pa.int32()).cast(pa.date32()), "cannot be read: year 29417"),
}


@pytest.mark.parametrize(("cells", "problem"), WRONG.values(), ids=WRONG)
def test_read_statements_names_a_column_of_parquet_of_another_type(tmp_path, cells, problem):
    pq.write_table(pa.table({"ok": ["a", "b"], "Who": cells}), tmp_path / "x.parquet")
    (fault,) = faults_of(read_statements, tmp_path / "x.parquet", columns={"Who": "actor"})
    assert fault[:3] == ("x.parquet", None, "Who")
    assert problem in fault[3]


@pytest.mark.parametrize("encode", [lambda cells: cells, lambda cells: cells.dictionary_encode()])
def test_read_statements_names_cells_of_parquet_that_are_not_unicode(tmp_path, encode):
    cells = pa.array([b"a", b"\xff", None, b"b", b"\xed\xa0\x80"]).view(pa.string())
    pq.write_table(pa.table({"Who": encode(cells), "n": range(5)}), tmp_path / "x.parquet")
    found = faults_of(read_statements, tmp_path / "x.parquet", columns={"Who": "actor"})
    problem = "the text is not UTF-8"
    assert found == [("x.parquet", 2, "Who", problem), ("x.parquet", 5, "Who", problem)]


def test_read_statements_refuses_columns_of_parquet_with_one_name(tmp_path):
    table = pa.table([pa.array(["a"])] * 2, ["actor", "actor"])
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(ValueError, match=r"x\.parquet cannot be read .*duplicate column 'actor'"):
        read_statements(tmp_path / "x.parquet")


def test_read_statements_refuses_parquet_that_would_fill_the_memory(tmp_path):
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, "int32"), pa.array(["x" * 60_000]))
    pq.write_table(pa.table({"text": texts.cast(pa.string())}), tmp_path / "x.parquet")
    assert (tmp_path / "x.parquet").stat().st_size < 10_000
    with pytest.raises(ValueError, match=r"x\.parquet cannot be read .*to more than 1\d\d,"):
        read_statements(tmp_path / "x.parquet")


@given(place=st.integers(0, 2**16), bit=st.integers(0, 7))
def test_read_statements_of_any_damage_of_parquet_is_an_error_or_harmless(place, bit):
    table = pa.table({"actor": ["a", "b"], "count": [1, 2], "x": [["y"], None]})
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.parquet")
        pq.write_table(table, path)
        data = bytearray(path.read_bytes())
        data[place % len(data)] ^= 1 << bit
        path.write_bytes(data)
        try:
            read_statements(path)
        except ValueError as error:  # DataError is one
            assert "x.parquet" in str(error)  # noqa: PT017


def test_read_statements_refuses_broken_parquet(tmp_path, monkeypatch):
    path = tmp_path / "x.parquet"
    pd.DataFrame({"actor": ["a"]}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"x\.parquet cannot be read as Parquet"):
        read_statements(path)
    for name in ("policylib.convert.parquet_tables", "policylib.convert.parquet_files"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"needs the package pyarrow: pip install 'policylib"):
        read_statements(path)


def test_read_statements_reads_what_write_tables_wrote(tables, tmp_path):
    policylib.write_tables(tables, tmp_path / "copy")
    read = read_statements(tmp_path / "copy" / "statements" / "conferences-2023.csv")
    assert_frame_equal(read, tables.statements[:13])


@pytest.mark.slow
def test_read_statements_reads_a_hundred_thousand(tmp_path):
    path = tmp_path / "x.csv"
    lines = [f"s{i},d{i % 99},{i % 50 + 1},a{i % 31},{i % 7}\n" for i in range(100_000)]
    write(path, "id,document,paragraph,actor,other\n" + "".join(lines))
    table = read_statements(path)
    assert len(table) == 100_000
    assert table["other"].dtype == "Int64"


def test_read_statements_wants_a_path(world):
    with pytest.raises(TypeError, match="expected the path of a file, not DataFrame"):
        read_statements(world.statements)


def test_read_statements_wants_a_mapping_of_columns(tmp_path):
    path = write(tmp_path / "x.csv", "Organisation\nInstitute\n")
    with pytest.raises(TypeError, match=r"expected a dict of old and new names, .*not list"):
        read_statements(path, columns=["Organisation"])


def test_read_statements_takes_a_series_of_names(tmp_path):
    path = write(tmp_path / "x.csv", "Who,code\na,robots\n")
    table = read_statements(path, columns=pd.Series({"Who": "actor"}))
    assert table.columns.to_list() == ["actor", "code"]
    with pytest.raises(ValueError, match="columns: duplicate index label 'Who'"):
        read_statements(path, columns=pd.Series(["actor", "x"], index=["Who", "Who"]))


@pytest.mark.parametrize("new", [None, 3, "", float("nan"), ["actor"]])
def test_read_statements_wants_text_as_a_new_name(tmp_path, new):
    path = write(tmp_path / "x.csv", "Who,code\na,robots\n")
    with pytest.raises(ValueError, match=r"'Who' cannot become .*: a name must be text, not empty"):
        read_statements(path, columns={"Who": new})
