"""Workbooks, read back with openpyxl and pandas."""

import builtins
import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.convert import excel


def cells(path, sheet="a"):
    """Return the rows of a sheet as tuples of openpyxl's cells."""
    return [*openpyxl.load_workbook(path)[sheet].rows]


def written(path, *values):
    """Write values as a column, and return its cells without the header."""
    pol.write_excel(path, a=pd.DataFrame({"x": pd.Series(values, dtype="object")}))
    return [row[0] for row in cells(path)[1:]]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.xlsx"


class TestWriteExcel:
    def test_a_sheet_for_each_table(self, path):
        counts = pd.DataFrame(
            {"robots": [2, 0], "talent": [0, 1]}, index=pd.Index(["河南", "吉林"], name="省")
        )
        plain = pd.DataFrame({"a": [1, 2]})
        file = pol.write_excel(path, counts=counts, sums=counts["robots"], **{"按年 (all)": plain})
        assert file == path
        back = pd.read_excel(file, sheet_name=None)
        assert [*back] == ["counts", "sums", "按年 (all)"]
        assert back["counts"].equals(counts.reset_index())
        assert back["sums"].equals(counts["robots"].reset_index())
        assert back["按年 (all)"].equals(plain)

    @pytest.mark.parametrize("index", [[2023, 2024], [1, 2], [1, 0]])
    def test_an_index_is_dropped_only_if_it_numbers_the_rows(self, path, index):
        pol.write_excel(path, years=pd.Series([5, 6], index=index))
        assert pd.read_excel(path).iloc[:, 0].to_list() == index
        pol.write_excel(path, rows=pd.Series([5, 6], index=[0, 1]))
        assert pd.read_excel(path).columns.to_list() == ["value"]

    def test_the_header_is_frozen_and_columns_fit(self, path):
        table = pd.DataFrame({"n": [1], "省": ["黑龙江省人民政府"], "text": ["x" * 1000]})
        pol.write_excel(path, a=table)
        sheet = openpyxl.load_workbook(path)["a"]
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        assert not any(cell.font.bold for cell in sheet[2])
        assert [sheet.column_dimensions[column].width for column in "ABC"] == [6, 18, 60]

    def test_the_index_becomes_columns(self, path):
        index = pd.MultiIndex.from_tuples([("x", 2023), ("y", 2024)], names=["actor", None])
        named = pd.DataFrame({"n": [1, 2]}, index=index)
        text = pd.DataFrame({"n": [1]}, index=["henan"])
        years = pd.DataFrame({"n": [1]}, index=pd.period_range("2023", "2023", freq="Y"))
        numbered = pd.DataFrame({"n": [1]}, index=pd.Index([2023], name="year"))
        pol.write_excel(path, named=named, text=text, years=years, numbered=numbered)
        found = {
            name: [tuple(cell.value for cell in row) for row in cells(path, name)]
            for name in ("named", "text", "years", "numbered")
        }
        assert found == {
            "named": [("actor", None, "n"), ("x", 2023, 1), ("y", 2024, 2)],
            "text": [(None, "n"), ("henan", 1)],
            "years": [(None, "n"), ("2023", 1)],
            "numbered": [("year", "n"), (2023, 1)],
        }

    def test_labels_of_columns(self, path):
        columns = pd.MultiIndex.from_tuples([("robots", True), ("robots", False)])
        pol.write_excel(
            path,
            both=pd.DataFrame([[1, 2]], columns=columns),
            dates=pd.DataFrame([[1, 2]], columns=[2023, pd.Period("2024-05")]),
            twice=pd.DataFrame([[1, 2]], columns=["n", "n"]),
            series=pd.Series([1]),
        )
        assert [cell.value for cell in cells(path, "both")[0]] == [
            "robots – True",
            "robots – False",
        ]
        assert [cell.value for cell in cells(path, "dates")[0]] == [2023, "2024-05"]
        assert [[cell.value for cell in row] for row in cells(path, "twice")] == [["n"] * 2, [1, 2]]
        assert cells(path, "series")[0][0].value == "value"

    @pytest.mark.parametrize(
        "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "#N/A", "007", "1", "2023-01-01",
                 "TRUE", "机器人", "a\nb", " x ", "", "𠀀"],
    )  # fmt: skip
    def test_text_stays_text(self, path, text):
        table = pd.DataFrame({text: [text]}, index=pd.Index([text], name=text))
        pol.write_excel(path, a=table)
        found = [cell for row in cells(path) for cell in row]
        assert [cell.value or "" for cell in found] == [text] * 4
        if text:
            assert {cell.data_type for cell in found} == {"s"}
            assert {bool(cell.quotePrefix) for cell in found} == {text[0] in "=+-@"}

    @given(st.lists(st.text(st.characters(exclude_categories=["C"])).filter(bool), min_size=1))
    def test_any_text_stays_text(self, tmp_path_factory, texts):
        path = tmp_path_factory.getbasetemp() / "texts.xlsx"
        found = written(path, *texts)
        assert [cell.value for cell in found] == texts
        assert {cell.data_type for cell in found} == {"s"}

    def test_numbers_and_booleans(self, path):
        values = [
            1,
            -2.5,
            True,
            False,
            np.int64(3),
            np.float64(0.1),
            np.bool_(True),
            Decimal("1.5"),
        ]
        found = written(path, *values)
        assert [cell.value for cell in found] == values
        assert [cell.data_type for cell in found] == [*"nnbbnnbn"]
        whole = [10**15 - 1, 10**15, 123456789012345678, float("inf"), -np.inf, 1e300]
        assert [cell.value for cell in written(path, *whole)] == [
            10**15 - 1, "1000000000000000", "123456789012345678", "inf", "-inf", 1e300
        ]  # fmt: skip

    def test_missing_cells_are_empty(self, path):
        found = written(path, None, np.nan, pd.NA, pd.NaT, Decimal("nan"), "x")
        assert [cell.value for cell in found] == [None] * 5 + ["x"]
        gaps = pd.DataFrame(
            {
                "whole": pd.array([1, None], dtype="Int64"),
                "truth": pd.array([None, True], dtype="boolean"),
                "text": pd.Series(["a", None], dtype="str"),
                "kind": pd.Categorical(["b", None]),
                "date": pd.to_datetime(["2023-01-01", None]),
            }
        )
        pol.write_excel(path, a=gaps)
        assert [[cell.value for cell in row] for row in cells(path)[1:]] == [
            [1, None, "a", "b", dt.datetime(2023, 1, 1)],
            [None, True, None, None, None],
        ]

    def test_dates(self, path):
        moment = dt.datetime(2024, 5, 1, 12, 30)
        day = dt.datetime(2024, 5, 1)
        values = [pd.Timestamp(day), dt.date(2024, 5, 1), np.datetime64("2024-05-01"), moment,
                  pd.Timestamp(moment), pd.Timestamp("2024-05-01 12:30:00.000000001")]  # fmt: skip
        found = written(path, *values)
        assert [cell.value for cell in found] == [day, day, day, moment, moment, moment]
        assert all(cell.is_date for cell in found)
        assert [cell.number_format for cell in found[:4]] == ["yyyy-mm-dd"] * 3 + [
            "yyyy-mm-dd h:mm:ss"
        ]  # fmt: skip
        pol.write_excel(
            path, a=pd.DataFrame({"date": pd.to_datetime(["1900-01-01", "2024-05-01"])})
        )
        assert pd.read_excel(path)["date"].to_list() == [dt.datetime(1900, 1, 1), day]

    def test_other_values_become_text(self, path):
        found = written(
            path,
            pd.Period("2024Q1"),
            pd.Interval(0, 1),
            dt.date(1899, 12, 31),
            pd.Timestamp("2024-05-01", tz="Asia/Shanghai"),
            dt.time(12, 30),
            pd.Timedelta("1 day"),
            np.timedelta64(1, "D"),
        )
        assert [cell.value for cell in found] == [
            "2024Q1",
            "(0, 1]",
            "1899-12-31",
            "2024-05-01 00:00:00+08:00",
            "12:30:00",
            "1 days 00:00:00",
            "1 days 00:00:00",
        ]
        assert {cell.data_type for cell in found} == {"s"}

    def test_lists_are_joined(self, path):
        values = [["b", "a", None, 2], ("=1", "x"), {"b", "a"}, np.array([1, 2]), []]
        found = written(path, *values)
        assert [cell.value or "" for cell in found] == ["b; a; 2", "=1; x", "a; b", "1; 2", ""]
        assert found[1].data_type == "s"

    def test_tables_of_the_library(self, path, network):
        matrix = pol.biadjacency(network)
        pol.write_excel(path, counts=matrix, **{"said by": pol.statements(network)})
        back = pd.read_excel(path, sheet_name=None, index_col=0)
        assert back["counts"].to_dict() == matrix.to_dict()
        assert len(back["said by"]) == len(pol.statements(network))

    def test_the_tables_are_not_changed(self, path):
        table = pd.DataFrame({"a": [["x"], None]})
        before = table.copy()
        pol.write_excel(path, a=table, b=table["a"])
        assert table.equals(before)

    def test_empty_tables(self, path):
        pol.write_excel(path, a=pd.DataFrame(), b=pd.DataFrame(columns=["x", "y"]))
        assert cells(path, "a") == []
        assert [[cell.value for cell in row] for row in cells(path, "b")] == [["x", "y"]]

    def test_a_file_is_replaced_only_by_a_complete_one(self, path, monkeypatch):
        pol.write_excel(path, a=pd.DataFrame({"x": [1]}))
        before = path.read_bytes()
        with pytest.raises(TypeError, match="a dict cannot be written"):
            pol.write_excel(path, a=pd.DataFrame({"x": [2]}), b=pd.DataFrame({"x": [{}]}))
        assert path.read_bytes() == before
        monkeypatch.setattr(Path, "replace", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pol.write_excel(path, a=pd.DataFrame({"x": [2]}))
        assert path.read_bytes() == before
        assert [*path.parent.iterdir()] == [path]
        monkeypatch.undo()
        pol.write_excel(path, a=pd.DataFrame({"x": [2]}))
        assert pd.read_excel(path)["x"].to_list() == [2]

    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("", "is empty"),
            (" ", "is empty"),
            ("x" * 32, r"has 32 characters \(allowed: 31\)"),
            ("𠀀" * 16, r"has 32 characters"),
            *((f"a{sign}b", "has the character") for sign in "[]:*?/\\\n"),
            ("'a", "has the character"),
            ("a'", "has the character"),
            ("History", "is reserved by Excel"),
            ("A", "differs from 'a' only in capitals"),
            ("\ud800", "cannot hold the character"),
        ],
    )
    def test_names_that_excel_does_not_allow(self, path, name, problem):
        with pytest.raises(ValueError, match=f"^sheet .*: the name.*{problem}"):
            pol.write_excel(path, a=pd.DataFrame(), **{name: pd.DataFrame()})
        assert not path.exists()

    def test_the_longest_name(self, path):
        pol.write_excel(path, **{"省" * 31: pd.DataFrame()})
        assert openpyxl.load_workbook(path).sheetnames == ["省" * 31]

    def test_no_table(self, path):
        with pytest.raises(ValueError, match="there are no tables"):
            pol.write_excel(path)

    @pytest.mark.parametrize("other", [None, [1], "a", {"a": [1]}, np.eye(2)])
    def test_a_table_is_expected(self, path, other):
        kind = type(other).__name__
        with pytest.raises(TypeError, match=f"sheet 'b': expected a DataFrame .*, not {kind}"):
            pol.write_excel(path, a=pd.DataFrame(), b=other)

    @pytest.mark.parametrize("name", ["results.xls", "results.csv", "results", "xlsx"])
    def test_the_extension(self, tmp_path, name):
        with pytest.raises(ValueError, match=r"no ending .* \(allowed: .xlsx\)"):
            pol.write_excel(tmp_path / name, a=pd.DataFrame())

    def test_no_folder(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no folder"):
            pol.write_excel(tmp_path / "new" / "a.xlsx", a=pd.DataFrame())

    def test_too_many_rows_or_columns(self, path, monkeypatch):
        long = pd.DataFrame({"x": np.zeros(1_048_576, dtype="int8")})
        with pytest.raises(ValueError, match=r"'a': 1,048,577 rows, with the .* allows 1,048,576"):
            pol.write_excel(path, a=long)
        wide = pd.DataFrame(np.zeros((1, 16_384)), index=pd.Index(["x"], name="actor"))
        with pytest.raises(ValueError, match=r"'a': 16,385 columns \(Excel allows 16,384\)"):
            pol.write_excel(path, a=wide)
        monkeypatch.setattr(excel, "MOST_ROWS", 2)
        monkeypatch.setattr(excel, "MOST_COLUMNS", 3)
        pol.write_excel(path, a=wide.iloc[:, :2])
        with pytest.raises(ValueError, match="'a': 4 columns"):
            pol.write_excel(path, a=wide.iloc[:, :3])

    @pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
    def test_characters_that_excel_forbids_are_named(self, path, sign):
        table = pd.DataFrame({"n": [1, 2], "text": pd.Series(["fine", f"a{sign}"], dtype="object")})
        with pytest.raises(
            ValueError, match=r"^sheet 'a', row 3, column 'text': a .xlsx file cannot"
        ):
            pol.write_excel(path, a=table)
        with pytest.raises(ValueError, match=r"^sheet 'a', row 1, column"):
            pol.write_excel(path, a=pd.DataFrame(columns=pd.Index([sign], dtype="object")))
        with pytest.raises(ValueError, match=r"^sheet 'a', row 2, column 'x'"):
            pol.write_excel(path, a=pd.DataFrame({"x": [["b", sign]]}))

    def test_a_text_that_is_too_long_is_not_cut(self, path):
        longest = "省" * 32_767
        assert written(path, longest)[0].value == longest
        with pytest.raises(ValueError, match="row 2, column 'x': the text has 32,768 characters"):
            written(path, longest + "x")

    @pytest.mark.parametrize("value", [{}, b"x", 1j, object()], ids=type)
    def test_other_kinds_of_values_are_refused(self, path, value):
        kind = type(value).__name__
        with pytest.raises(TypeError, match=f"sheet 'a', row 2, column 'x': a {kind} cannot be wr"):
            written(path, value)
        with pytest.raises(TypeError, match=f"a {kind} cannot be written"):
            written(path, [value])

    def test_without_openpyxl(self, path, monkeypatch):
        importing = builtins.__import__

        def refuse(name, *rest):
            if name.startswith("openpyxl"):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return importing(name, *rest)

        monkeypatch.setattr(builtins, "__import__", refuse)
        with pytest.raises(ImportError, match=r"needs the package openpyxl: .*policylib\[excel\]"):
            pol.write_excel(path, a=pd.DataFrame())


def test_a_width_shows_all_cells():
    assert excel._width(["a" * 10, "机器人" * 4]) == 26


def test_a_cell_of_an_index_without_a_name_is_named(tmp_path):
    table = pd.DataFrame({"a": [1]}, index=["x\0"])
    with pytest.raises(ValueError, match="sheet 's', row 2, the index: "):
        pol.write_excel(tmp_path / "a.xlsx", s=table)


class SerialisationError(Exception):
    """The error of lxml, which openpyxl uses if it is installed."""


@pytest.mark.parametrize("error", [OSError(28, "No space left"), SerialisationError("IO_ENOSPC")])
def test_a_full_disk_for_temporary_files_is_named(tmp_path, monkeypatch, error):
    def refuse(sheets):
        raise error

    monkeypatch.setattr(excel, "_workbook", refuse)
    match = r"a\.xlsx cannot be written, because its temporary copy in .* cannot: .*(left|ENOSPC)"
    with pytest.raises(OSError, match=match):
        excel.write_excel(tmp_path / "a.xlsx", a=pd.Series([1]))
    assert list(tmp_path.iterdir()) == []
