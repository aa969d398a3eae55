"""code_corpus: columns of rows, misnamed columns, and valid names and dates."""

import json
import warnings
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from policylib.corpus import sources
from tests.corpus.helpers import assert_coded, code, paragraphs_of, some_rows, write


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_code_corpus_warns_once_of_misnamed_columns(here, tmp_path, name):
    (tmp_path / "source").mkdir()
    rows = some_rows(4)
    columns = [{"issuer": "henan", "date": 2024}, {"issuer": "x", "date": 2024}, {"Date": 2024}]
    for part, others in zip("abc", columns, strict=True):
        table = rows.assign(document=rows["document"] + part, **others)
        write(table, tmp_path / "source" / f"{part}.{name}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        code(tmp_path / "source", tmp_path / "coded")
    nobody = "no column 'actor', so each document is its own actor; "
    first = "the first rows of " if name == "jsonl" else ""
    assert [str(warning.message) for warning in caught] == [
        f"{first}a.{name}: {nobody}not read: 'issuer'",
        f"{first}c.{name}: {nobody}no column 'date' or 'published', so no statement has a "
        "date; not read: 'Date' (did you mean 'date'?)",
    ]


def test_code_corpus_looks_for_columns_in_several_rows(here, tmp_path):
    lines = ['{"document": "a", "text": "Robots.", "title": ""}', ""]
    lines += ['{"document": "b", "text": "Robots.", "actor": "henan", "date": 2024}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code(tmp_path / "a.jsonl", tmp_path / "coded")  # and no warning


@pytest.mark.parametrize("columns", [["publisher"], ["paragraphs"], ["aid", "factor"]])
def test_code_corpus_does_not_warn_of_columns_with_other_names(here, tmp_path, columns):
    rows = some_rows(4).assign(actor="x", date=2024, **dict.fromkeys(columns, 3))
    code(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded")


def test_code_corpus_refuses_a_column_that_is_there_twice(here, tmp_path):
    table = pa.table([["a"], ["x"], ["y"]], names=["document", "text", "text"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"a\.parquet: duplicate column 'text'"):
        code(tmp_path / "a.parquet", tmp_path / "coded")


def test_code_corpus_warns_before_it_fails_if_text_has_another_name(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 10**7)
    rows = some_rows(3).rename(columns={"text": "content"})
    rows.loc[0, "content"] = "robots " * 200_000  # the first line is longer than what is read
    warning = "a.jsonl: no column 'text', which is required; .*not read: 'content'$"
    with (
        pytest.warns(UserWarning, match=warning),
        pytest.raises(ValueError, match=r"no document can be read; a\.jsonl: text: missing"),
    ):
        code(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded")


def test_code_corpus_drops_white_space_around_names(here, tmp_path):
    rows = some_rows(2).assign(actor=["henan ", "\u3000henan"], role=" reports", date="2023 ")
    code(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded")
    statements = pd.read_parquet(tmp_path / "coded")
    found = statements[["actor", "role", "date"]].drop_duplicates().to_numpy().tolist()
    assert found == [["henan", "reports", "2023"]]


def test_code_corpus_lists_cells_that_are_not_names_or_dates(here, tmp_path):
    rows = [
        {"document": "a", "text": "robots", "date": 2023.0, "actor": 5},
        {"document": "b", "text": "robots", "date": [2023]},
        {"document": "c", "text": "robots", "actor": ["henan"]},
        {"document": "d", "text": "robots", "role": ["reports"]},
        {"document": "e", "text": "robots \ud83d"},
        {"document": "f", "text": "robots \U0001f916"},
        {"document": "g", "text": "robots", "paragraph": 1e300},
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    _, skipped = code(source, tmp_path / "coded")
    expected = {
        2: "date: [2023] is not a date (allowed: a year",
        3: "actor: ['henan'] is not a name",
        4: "role: ['reports'] is not a role",
        5: r"text: 'robots \ud83d' is not UTF-8",
        7: "paragraph: 1e+300 is not a whole number from 1",
    }
    assert skipped["row"].to_list() == list(expected)
    for problem, start in zip(skipped["problem"], expected.values(), strict=True):
        assert problem.startswith(start)
    statements = pd.read_parquet(tmp_path / "coded")
    assert statements["document"].to_list() == ["a", "f"]
    assert statements[["actor", "date"]].iloc[0].to_list() == ["5", "2023"]


def test_code_corpus_reads_types_of_parquet_as_names_and_dates(here, tmp_path):
    rows = some_rows(6).assign(date=pd.to_datetime("2023-01-01"))
    rows.loc[3, "date"] = pd.Timestamp("2023-01-03 12:00")
    rows["published"] = [date(2024, 5, 1)] * 5 + [None]
    rows["actor"] = pd.Categorical(["henan"] * 5 + ["hebei"])
    rows["document"] = [2**53 + 1, *range(1, 6)]
    source = tmp_path / "a.parquet"
    rows.set_index("document").to_parquet(source, row_group_size=2)
    _, skipped = code(source, tmp_path / "coded")
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "coded").drop_duplicates("document")
    statements = statements.set_index("document")
    assert statements["date"].to_dict() == {
        str(2**53 + 1): "2023-01-01",
        "1": "2023-01-01",
        "3": "2023-01-03 12:00:00",
        "4": "2023-01-01",
        "5": "2023-01-01",
    }
    assert statements["published"].fillna("").to_list() == ["2024-05-01"] * 4 + [""]
    assert statements.loc["5", "actor"] == "hebei"


@pytest.mark.parametrize("column", ["date", "published"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_lists_dates_that_cannot_be_read(here, tmp_path, name, column):
    rows = some_rows(8).assign(**{column: "2023"})
    rows.loc[[2, 5], column] = ["2023-02-30", "the last of May or the first of June"]
    _, skipped = code(write(rows, tmp_path / name), tmp_path / "coded")
    assert skipped["row"].to_list() == [3, 6]
    assert skipped["problem"].to_list() == [
        f"{column}: {cell} is not a date (allowed: a year, a month or a day, such as 2023, 2023-12 "
        "or 2023-12-31)"
        for cell in ("'2023-02-30'", "'the last of ...first of June'")
    ]
    assert_coded(tmp_path / "coded", paragraphs_of(rows.drop([2, 5])))


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_takes_blank_cells_as_missing(here, tmp_path, name):
    rows = some_rows(2).assign(actor=["", "henan"], role=["reports", " "], date=["", "2023"])
    _, skipped = code(write(rows, tmp_path / name), tmp_path / "coded")
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "coded").drop_duplicates("document")
    found = statements[["actor", "role", "date"]].fillna("").to_numpy().tolist()
    assert found == [["d000", "reports", ""], ["henan", "commits", "2023"]]


@pytest.mark.parametrize("kind", ["category", "string", "large_string[pyarrow]", "object"])
def test_code_corpus_takes_blank_cells_of_any_type_as_missing(here, tmp_path, kind):
    kind = pd.ArrowDtype(pa.large_string()) if "pyarrow" in kind else kind
    rows = some_rows(3).assign(actor=["", "henan", " "], date=["2023", "", "2024"], paragraph="")
    rows = rows.astype({"actor": kind, "date": kind})
    _, skipped = code(write(rows, tmp_path / "a.parquet"), tmp_path / "coded")
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "coded").drop_duplicates("document")
    found = statements[["actor", "date"]].fillna("").to_numpy().tolist()
    assert found == [["d000", "2023"], ["henan", ""]]  # the third has no statement
    (tmp_path / "d000.txt").write_text("Robots.", encoding="utf-8")
    register = rows.drop(columns=["text", "paragraph"]).head(1)
    with pytest.warns(UserWarning, match="the register names no actor for 1 of 1 files"):
        code(tmp_path / "d000.txt", tmp_path / "u", register=register)
    found = pd.read_parquet(tmp_path / "u")[["actor", "date"]].to_numpy().tolist()
    assert found == [["d000", "2023"]]
