"""CSV files as text cells: their encodings, headers and broken rows."""

import errno
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policylib as pol
from tests.tables.helpers import (
    STATEMENTS,
    assert_only_fault,
    assert_tables_equal,
    change,
    faults_of,
)


class TestReadCells:
    def test_only_the_empty_cell_is_missing(self, package):
        change(package, STATEMENTS, "Build robots.", "NA")
        change(package, STATEMENTS, "Expand them.", "null")
        tables = pol.read_tables(package)
        assert tables.statements["summary"][3:5].to_list() == ["NA", "null"]
        assert tables.statements["initiative"].isna().sum() == 11

    @pytest.mark.parametrize(
        "encode",
        [
            pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="BOM"),
            pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
            pytest.param(lambda text: (text + "\n\n").encode(), id="empty lines at the end"),
            pytest.param(lambda text: text.replace("\n", "\n\n", 2).encode(), id="empty lines"),
        ],
    )
    def test_spellings_of_a_csv_file_read_alike(self, package, tables, encode):
        for path in package.rglob("*.csv"):
            path.write_bytes(encode(path.read_text(encoding="utf-8")))
        assert_tables_equal(pol.read_tables(package), tables)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
    def test_a_pipe_is_refused_at_once(self, package):
        (package / "errata.csv").unlink()
        os.mkfifo(package / "errata.csv")
        assert_only_fault(package, "errata.csv", None, None, "cannot be read: not a regular file")

    def test_a_file_of_too_many_cells_is_refused(self, package, monkeypatch):
        monkeypatch.setattr("policylib.tables.cells.MOST_CELLS", 10**6)
        pol.read_tables(package)
        (package / "errata.csv").write_text("a,b\n" * 3 + "\n" * 10**6, encoding="utf-8")
        assert_only_fault(package, "errata.csv", 999_998, None, "more than 1,000,000 cells in")

    @pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
    def test_file_without_header(self, package, text):
        (package / "errata.csv").write_text(text, encoding="utf-8")
        assert_only_fault(package, "errata.csv", 1, None, "no header; the columns are id, document")

    @pytest.mark.parametrize(
        ("old", "new", "column", "text"),
        [
            pytest.param("code,", "", "code", "the column is missing", id="missing"),
            pytest.param("summary", "summary,mood", "mood", "unknown column 'mood'", id="extra"),
            pytest.param("count", "count,count", "count", "appears 2 times", id="twice"),
        ],
    )
    def test_wrong_header(self, package, old, new, column, text):
        change(package, STATEMENTS, old, new)
        assert_only_fault(package, STATEMENTS, 1, column, text)
        assert "the columns are id, document, paragraph, actor, role" in faults_of(package)[0][3]

    def test_misspelt_column(self, package):
        change(package, "errata.csv", "printed", "Printed")
        faults = faults_of(package)
        assert [fault[:3] for fault in faults] == [
            ("errata.csv", 1, "Printed"),
            ("errata.csv", 1, "printed"),
        ]
        assert "did you mean 'printed'?" in faults[0][3]

    def test_header_with_a_comma_too_many(self, package):
        path = package / "errata.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("\n", ",\n"), encoding="utf-8")
        assert_only_fault(package, "errata.csv", 1, None, "unknown column ''")

    def test_header_with_other_delimiter(self, package):
        path = package / "errata.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
        assert_only_fault(package, "errata.csv", 1, None, "separated by commas")

    def test_columns_may_be_in_any_order_and_optional_ones_absent(self, package):
        before = pol.read_tables(package)
        for path in package.rglob("*.csv"):
            cells = pd.read_csv(path, dtype="str", keep_default_na=False)
            filled = cells.loc[:, (cells != "").any()]
            filled[filled.columns[::-1]].to_csv(path, index=False)
        after = pol.read_tables(package)
        for name in ("provinces", "priorities", "initiatives", "documents", "statements"):
            pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))

    def test_a_wrong_row_keeps_its_id_wherever_that_column_is(self, package):
        path = package / "documents.csv"
        lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
        moved = [",".join([*line[1:], line[0]]) for line in lines]
        path.write_text("\n".join([*moved[:2], f"{moved[2]},more"]), encoding="utf-8")
        assert [fault[:3] for fault in faults_of(package)] == [("documents.csv", 3, None)]

    def test_a_wrong_header_hides_no_other_fault(self, package):
        change(package, "provinces.csv", "region", "reigon")
        change(package, "errata.csv", "high", "sure")
        assert [fault[:3] for fault in faults_of(package)] == [
            ("errata.csv", 2, "confidence"),
            ("provinces.csv", 1, "reigon"),
        ]

    @pytest.mark.parametrize(
        ("old", "new", "row", "text"),
        [
            pytest.param(
                "Build robots.", '"Build robots.', 5, "a cell cannot be read", id="open quote"
            ),
            pytest.param(
                "Build robots.", '"Build" robots.', 5, "a cell cannot be", id="stray quote"
            ),
            pytest.param("Build robots.", "Build\0robots.", 5, "a NUL byte", id="NUL"),
            pytest.param(
                "Build robots.", "Build, robots.", 5, "13 cells, where", id="too many cells"
            ),
            pytest.param(
                ",Build robots.", "", 5, "11 cells, where the header has 12", id="too few"
            ),
            pytest.param(
                ",Build robots.\n", ",x\n,,,,,,,,,,,\n", 6, "the row is empty", id="empty row"
            ),
        ],
    )
    def test_hostile_file(self, package, old, new, row, text):
        change(package, STATEMENTS, old, new)
        assert_only_fault(package, STATEMENTS, row, None, text)

    def test_a_ragged_row_keeps_its_id(self, package):
        change(package, "provinces.csv", "5.3,5.5", "5.3,5.5,")
        assert_only_fault(package, "provinces.csv", 4, None, "10 cells")

    def test_cells_may_have_any_length(self, package):
        change(package, STATEMENTS, "Build robots.", "x" * 200_000)
        assert pol.read_tables(package).statements["summary"].str.len().max() == 200_000
        change(package, STATEMENTS, "x" * 200_000, "x" * 200_000 + "\0")
        assert_only_fault(package, STATEMENTS, 5, None, "a NUL byte")

    def test_a_header_of_many_wrong_columns(self, package):
        path = package / "errata.csv"
        path.write_text("".join(f"c{number}," for number in range(100_000)), encoding="utf-8")
        assert len(faults_of(package)) < 120

    def test_reading_stops_after_many_ragged_rows(self, package):
        path = package / "errata.csv"
        path.write_text(path.read_text(encoding="utf-8") + "x\n" * 5000, encoding="utf-8")
        faults = faults_of(package)
        assert len(faults) == 1001
        assert faults[0][3] == "1,000 rows do not fit the header; the rest is not checked"

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
    def test_wrong_encoding(self, package, encoding):
        path = package / "provinces.csv"
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
        row = 2 if encoding == "gb18030" else 1
        assert_only_fault(
            package, "provinces.csv", row, None, "is not UTF-8; save the file as CSV UTF-8"
        )

    def test_wrong_byte_below_a_cell_of_two_lines(self, package):
        path = package / STATEMENTS
        data = path.read_bytes().replace(b"Innovation leads.", b'"Innovation\nleads."')
        path.write_bytes(b"\xef\xbb\xbf" + data.replace(b"Build robots.", b"\xa3"))
        assert_only_fault(package, STATEMENTS, 5, None, "byte 0xa3 is not UTF-8")

    def test_locked_file(self, package, monkeypatch):
        read = Path.read_bytes

        def refuse(path):
            if path.name == "provinces.csv":
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return read(path)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        change(package, "experts.csv", "institute,Lina", "nowhere,Lina")
        change(package, "errata.csv", ",high", ",certain")
        assert [(file, column, text[:30]) for file, _, column, text in faults_of(package)] == [
            ("errata.csv", "confidence", "'certain' is not one of high, "),
            ("experts.csv", "organisation", "no organisation 'nowhere' (all"),
            ("provinces.csv", None, "cannot be read: Permission den"),
        ]

    def test_a_folder_by_the_name_of_a_file(self, package):
        (package / "errata.csv").unlink()
        (package / "errata.csv").mkdir()
        assert_only_fault(package, "errata.csv", None, None, "cannot be read: Is a directory")

    @given(data=st.binary(max_size=60), at=st.integers(0, 140))
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_damage_is_a_fault_or_none(self, package, data, at):
        path = package / "errata.csv"
        whole = path.read_bytes()
        path.write_bytes(whole[:at] + data + whole[at:])
        faults = None
        try:
            pol.read_tables(package)
        except pol.DataError as error:
            faults = error.faults
        finally:
            path.write_bytes(whole)
        assert faults is None or set(faults["file"]) == {"errata.csv"}
