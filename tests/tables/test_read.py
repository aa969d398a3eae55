"""A package of tables is read and written as a whole."""

import csv
import errno
import re
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import policylib as pol
from policylib._util import files
from tests.tables.helpers import (
    STATEMENTS,
    assert_only_fault,
    assert_tables_equal,
    change,
    faults_of,
)


class TestTables:
    def test_html_shows_tables_and_documents(self, tables):
        html = tables._repr_html_()
        assert "Many &lt;provinces&gt; met" in html
        assert "<td>13</td>" in html
        assert html.count("<table") == 2

    def test_html_lacks_the_columns_that_a_table_lacks(self, tables):
        short = replace(tables, documents=tables.documents.drop(columns="title"))
        html = short._repr_html_()
        assert "<td>13</td>" in html
        assert "<th>publisher</th>" in html
        assert "title" not in html
        for name, column in (("documents", "id"), ("statements", "document")):
            shorter = replace(short, **{name: getattr(short, name).drop(columns=column)})
            assert "<th>publisher</th>" in shorter._repr_html_()


class TestReadTables:
    def test_tables_have_the_rows_and_types_of_the_schema(self, tables):
        assert repr(tables) == (
            "Tables(provinces=3, organisations=3, experts=2, priorities=9, initiatives=4, "
            "documents=2, statements=14, indicators=2, errata=1)"
        )
        assert tables.statements["id"].to_list() == [f"s{number:02}" for number in range(1, 15)]
        assert isinstance(tables.statements.index, pd.RangeIndex)
        types = tables.statements.dtypes.astype(str)
        assert types[["id", "paragraph", "qualifier"]].to_list() == ["str", "Int64", "boolean"]
        assert tables.provinces["growth_2023"].dtype == "Float64"
        assert tables.provinces["adcode"].dtype == "str"
        assert tables.statements["qualifier"].dropna().to_list() == [False, True]

    def test_tables_may_be_absent(self, package, tables):
        for name in ("indicators", "errata"):
            (package / f"{name}.csv").unlink()
        read = pol.read_tables(package)
        assert len(read.indicators) == len(read.errata) == 0
        assert_frame_equal(read.indicators, tables.indicators[:0].reset_index(drop=True))

    def test_tables_may_have_a_header_only(self, package, tables):
        change(
            package,
            "errata.csv",
            (package / "errata.csv").read_text(encoding="utf-8").split("\n", 1)[1],
            "",
        )
        assert_frame_equal(
            pol.read_tables(package).errata, tables.errata[:0].reset_index(drop=True)
        )

    def test_a_descriptor_and_strange_files_are_ignored(self, package, tables):
        (package / "datapackage.json").write_text("not JSON", encoding="utf-8")
        (package / "notes.txt").write_text("notes", encoding="utf-8")
        (package / "statements/._conferences-2023.csv").write_bytes(b"\xff")
        (package / "statements/~$conferences-2023.csv").write_bytes(b"\xff")
        assert_tables_equal(pol.read_tables(package), tables)

    def test_a_home_folder_is_found(self, package, tables, monkeypatch):
        monkeypatch.setenv("HOME", str(package.parent))
        monkeypatch.setenv("USERPROFILE", str(package.parent))
        assert_tables_equal(pol.read_tables("~/package"), tables)

    def test_a_collection_has_its_documents_and_their_statements(self, package):
        tables = pol.read_tables(package, collection="reports-2025")
        assert tables.documents["id"].to_list() == ["report"]
        assert tables.statements["id"].to_list() == ["s14"]
        assert tables.statements.index.to_list() == [0]
        assert len(tables.indicators) == len(tables.errata) == 0
        assert len(tables.provinces) == 3

    def test_no_collection_means_all(self, package, tables):
        assert_tables_equal(pol.read_tables(package, collection=None), tables)

    def test_an_unknown_collection_is_named(self, package):
        with pytest.raises(
            ValueError, match=r"no collection 'report-2025' .*; did you mean 'reports-2025'"
        ):
            pol.read_tables(package, collection="report-2025")

    @pytest.mark.parametrize("own", [True, False])
    @pytest.mark.parametrize("collection", [["reports-2025"], "../x", "", 3, {"reports-2025"}])
    def test_a_collection_is_one_of_the_names(self, package, own, collection):
        match = r"^no collection .* \(allowed: conferences-2023, .*reports-202[56]\)$"
        with pytest.raises(ValueError, match=match):
            pol.read_tables(package if own else None, collection=collection)

    def test_a_shipped_collection_that_is_unknown_is_named(self):
        with pytest.raises(ValueError, match=r"no collection 'report-2025' .* 'reports-2025'"):
            pol.read_tables(collection="report-2025")

    def test_the_shipped_package_is_the_default(self):
        assert set(pol.read_tables().documents["collection"]) == {"conferences-2023"}

    @pytest.mark.parametrize(
        ("path", "file"),
        [
            ("documents.csv", "documents.csv"),
            ("priorities.csv", "priorities.csv"),
            ("statements", "statements/*.csv"),
        ],
    )
    def test_missing_file(self, package, path, file):
        path = package / path
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        assert_only_fault(package, file, None, None, "the file is missing")

    def test_missing_table_of_actors(self, package):
        (package / "experts.csv").unlink()
        faults = faults_of(package)
        assert [fault[:3] for fault in faults] == [
            (STATEMENTS, 13, "actor"),
            (STATEMENTS, 14, "actor"),
        ]
        assert "no actor 'li-na'" in faults[0][3]
        assert "the ids of provinces.csv or organisations.csv or experts.csv" in faults[0][3]

    @pytest.mark.parametrize("file", ["documents.csv", "priorities.csv"])
    def test_empty_table(self, package, file):
        header = (package / file).read_text(encoding="utf-8").split("\n")[0]
        (package / file).write_text(header, encoding="utf-8")
        assert_only_fault(package, file, None, None, "an empty table")

    def test_statements_without_rows(self, package):
        for path in package.glob("statements/*.csv"):
            path.write_text(path.read_text(encoding="utf-8").split("\n")[0], encoding="utf-8")
        assert_only_fault(package, STATEMENTS, None, None, "an empty table")

    def test_no_such_folder(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            pol.read_tables(tmp_path / "nowhere")

    def test_a_file_is_no_folder(self, package):
        with pytest.raises(NotADirectoryError, match="errata"):
            pol.read_tables(package / "errata.csv")

    def test_all_faults_are_raised_at_once(self, package):
        change(package, STATEMENTS, "liaoning", "liaonin")
        change(package, STATEMENTS, "s07,daily,5", "s07,daily,five")
        change(package, "errata.csv", "high", "sure")
        (package / "priorities.csv").unlink()
        with pytest.raises(pol.DataError) as caught:
            pol.read_tables(package)
        assert str(caught.value).splitlines() == [
            "the data package has 4 faults:",
            "errata.csv, row 2, column confidence: 'sure' is not one of high, medium, low",
            "priorities.csv: the file is missing "
            "(a package must have rows in documents.csv, priorities.csv, statements/*.csv)",
            f"{STATEMENTS}, row 5, column actor: no actor 'liaonin'; did you mean 'liaoning'? "
            "(allowed: the ids of provinces.csv or organisations.csv or experts.csv)",
            f"{STATEMENTS}, row 8, column paragraph: 'five' is not a whole number. "
            "Number of the paragraph: the non-empty lines of the source, counted from 1",
        ]
        assert caught.value.faults.columns.to_list() == ["file", "row", "column", "problem"]

    def test_a_table_under_another_name_is_not_passed_over(self, package):
        (package / "experts.csv").rename(package / "expert.csv")
        (package / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        named = [fault for fault in faults_of(package) if fault[1] is None]
        assert named == [("expert.csv", None, None, "no table 'expert'; did you mean 'experts'?")]

    def test_statements_stand_in_their_folder(self, package):
        shutil.copy(package / STATEMENTS, package / "statements.csv")
        assert_only_fault(
            package, "statements.csv", None, None, "move it into the folder statements/"
        )


TEXTS = ["a\rb", '"a",\r\n\u2028', "\ufeffNA", "#N/A", "null", " ", "'", "a\\", "\n", "=1+1", "\t"]


class TestWriteTables:
    def test_what_is_written_reads_back_equal(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        assert folder == tmp_path / "copy"
        assert_tables_equal(pol.read_tables(folder), tables)
        assert sorted(path.name for path in folder.glob("statements/*")) == [
            "conferences-2023.csv",
            "reports-2025.csv",
        ]

    @given(
        summaries=st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
            min_size=14,
            max_size=14,
        ),
        value=st.floats(-1e15, 1e15),
        qualifier=st.sampled_from([True, False, pd.NA]),
    )
    @settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @example(summaries=[*TEXTS, *"abc"], value=0.1 + 0.2, qualifier=True)
    def test_any_cell_survives(self, tables, summaries, value, qualifier):
        statements = tables.statements.assign(summary=pd.Series(summaries, dtype="str"))
        statements.loc[3, "qualifier"] = qualifier
        indicators = tables.indicators.copy()
        indicators.loc[0, "value"] = value
        changed = replace(tables, statements=statements, indicators=indicators)
        with TemporaryDirectory() as parent:
            assert_tables_equal(
                pol.read_tables(pol.write_tables(changed, Path(parent, "copy"))), changed
            )

    def test_faulty_tables_are_not_written(self, tables, tmp_path):
        statements = tables.statements.assign(document="dayly", role="commit")
        documents = tables.documents.assign(collection="../away")
        with pytest.raises(pol.DataError) as caught:
            pol.write_tables(
                replace(tables, statements=statements, documents=documents), tmp_path / "copy"
            )
        assert set(caught.value.faults["file"]) == {"documents.csv", "statements/unknown.csv"}
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("table", "column", "file"),
        [
            ("statements", "document", "statements/unknown.csv"),
            ("documents", "id", "documents.csv"),
            ("provinces", "id", "provinces.csv"),
        ],
    )
    def test_tables_without_a_column_are_not_written(self, tables, tmp_path, table, column, file):
        short = getattr(tables, table).drop(columns=column)
        with pytest.raises(
            pol.DataError, match=f"{file}, row 1, column {column}: the column is missing"
        ):
            pol.write_tables(replace(tables, **{table: short}), tmp_path / "copy")
        assert list(tmp_path.iterdir()) == []

    def test_a_collection_is_no_way_out_of_the_folder(self, tables, tmp_path):
        documents = tables.documents.assign(collection="../../away")
        with pytest.raises(
            pol.DataError, match=r"column collection: '\.\./\.\./away' does not fit"
        ):
            pol.write_tables(replace(tables, documents=documents), tmp_path / "copy")
        assert list(tmp_path.iterdir()) == []

    def test_nothing_may_be_written_in_a_read_only_folder(self, tables, tmp_path, monkeypatch):
        def refuse(path, *args):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

        monkeypatch.setattr(files, "acquire", refuse)
        match = f"no permission to write in {re.escape(str(tmp_path))}: "
        with pytest.raises(PermissionError, match=match) as caught:
            pol.write_tables(tables, tmp_path / "copy")
        assert caught.value.filename == str(tmp_path / "copy")

    def test_a_folder_of_no_parent_is_not_made(self, tables, tmp_path):
        with pytest.raises(FileNotFoundError):
            pol.write_tables(tables, tmp_path / "nowhere" / "copy")


class TestTablesOf01:
    @pytest.mark.parametrize(
        ("file", "new", "old"),
        [
            ("documents.csv", "published,date", "published,said"),
            ("statements/reports-2025.csv", "role,code", "role,priority"),
            ("statements/reports-2025.csv", "count,quote", "count,anchor"),
        ],
    )
    def test_they_are_refused_with_one_line_that_names_the_new_columns(
        self, package, file, new, old
    ):
        path = package / file
        path.write_text(path.read_text(encoding="utf-8").replace(new, old, 1), encoding="utf-8")
        with pytest.raises(pol.DataError) as caught:
            pol.read_tables(package)
        assert len(caught.value.faults) == 1
        line = str(caught.value).splitlines()[1]
        assert line.startswith(f"{file}, row 1, column {old.partition(',')[2]}: a column of polic")
        assert "'priority' is now 'code', 'said' is now 'date', 'anchor' is now 'quote'" in line

    def test_a_quoted_header_is_recognised(self, package):
        path = package / "documents.csv"
        header, rows = path.read_text(encoding="utf-8").split("\n", 1)
        quoted = ",".join(f'"{name}"' for name in header.replace("date", "said").split(","))
        path.write_text(f"{quoted}\n{rows}", encoding="utf-8")
        with pytest.raises(pol.DataError, match=r"row 1, column said: a column of policylib 0\.1"):
            pol.read_tables(package)

    def test_a_header_that_cannot_be_read_is_reported_once(self, package):
        path = package / "documents.csv"
        path.write_text('"' + path.read_text(encoding="utf-8"), encoding="utf-8")
        limit = csv.field_size_limit(50)  # the unclosed quote makes the header longer
        try:
            (fault,) = [fault for fault in faults_of(package) if fault[0] == "documents.csv"]
        finally:
            csv.field_size_limit(limit)
        assert fault[1] == 1
        assert "a cell cannot be read" in fault[3]
