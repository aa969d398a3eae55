"""code_corpus: the register of documents, and its possible faults."""

import warnings
from unicodedata import normalize

import pandas as pd
import pytest

import policylib as pol
from policylib.corpus.store import MANIFEST
from tests.corpus.helpers import CODEBOOK, assert_coded, code, put_files, some_rows, write


def code_with_warnings(*args, **options):
    """Code a corpus, and return what was skipped and the warnings, all at a line of this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _, skipped = pol.code_corpus(*args, codebook=CODEBOOK, **options)
    assert {warning.filename for warning in caught} <= {__file__}
    return skipped, [str(warning.message) for warning in caught]


def test_code_corpus_takes_actors_and_dates_from_the_register(here, tmp_path):
    source, coded = put_files(tmp_path / "source", 8), tmp_path / "coded"
    (source / "sub").mkdir()
    (source / "sub" / "a.txt").write_text("Robots.", encoding="utf-8")
    register = pd.DataFrame(
        {"document": ["sub/a", "d001", "d9"], "actor": ["henan", None, "jilin"]}
    )
    register = register.assign(
        date=[2024, 2025, 2026], role=["reports", None, None], remarks="none"
    )
    skipped, caught = code_with_warnings(source, coded, register=register)
    assert caught == [
        "the register has no row for 7 of 9 files: 'd000', 'd002', 'd003', 'd004', 'd005', ...",
        "the register names no actor for 1 of 9 files, which are their own actors: 'd001'",
    ]
    assert skipped[["file", "problem"]].to_numpy().tolist() == [
        ["d9", "listed in the register, but no such file was found"]
    ]
    statements = pd.read_parquet(coded).drop_duplicates("document").set_index("document")
    columns = ["actor", "role", "date"]
    assert statements.loc["sub/a", columns].to_list() == ["henan", "reports", "2024"]
    assert statements.loc["d001", columns].to_list() == ["d001", "commits", "2025"]
    assert statements.loc["d000", columns].fillna("").to_list() == ["d000", "commits", ""]
    documents = pol.read_documents(source)[0].merge(register, on="document", how="left")
    documents["actor"] = documents["actor"].fillna(documents["document"])
    assert_coded(coded, documents)


def test_code_corpus_codes_anew_only_parts_of_changed_rows_of_the_register(here, tmp_path):
    source, coded = put_files(tmp_path / "source"), tmp_path / "coded"
    register = pd.DataFrame({"document": some_rows()["document"], "date": 2024})
    code(source, coded, register=register)
    register.loc[7, "date"] = 2023
    summary, _ = code(source, coded, register=register)
    assert summary["parts"] > 2
    assert summary["parts"] - summary["kept"] == 1
    assert len(pd.read_json(coded / MANIFEST, typ="series")["parts"]) == summary["parts"]


@pytest.mark.parametrize(
    ("register", "match"),
    [
        ({"actor": ["henan"]}, "no column 'document'"),
        (
            {"document": ["d001"], "Actor": ["x"]},
            "has none of the columns actor, role, .*'Actor' .did you mean 'actor'?",
        ),
        ({"document": ["d001"], "said": [2024]}, "has none of the columns.* not read: 'said'"),
        ({"document": [], "date": []}, "the register has no rows"),
        ({"document": ["d001"]}, "has none of the columns actor, role, date, published$"),
        ({"document": ["d01"], "date": [2024]}, "no row for any file; it has 'd01'.*mean 'd00.'?"),
        (
            {"document": ["d001", "d001"], "date": [2024, 2025]},
            "row 2, column document: an earlier row has 'd001' too",
        ),
        ({"document": ["d001", None], "date": 2024}, "row 2, column document: missing$"),
        ({"document": ["d001"], "role": ["commit"]}, "'commit' is not a role .*mean 'commits'?"),
        ({"document": ["d001"], "date": [[2024]]}, "row 1, column date: .2024. is not a date"),
        ({"document": ["d001"], "actor": [["x"]]}, "actor: .'x'. is not a name; the document is"),
        ([["d001", "x", "y"]], "duplicate column 'actor'"),
    ],
)
def test_code_corpus_refuses_a_register(here, tmp_path, register, match):
    source = put_files(tmp_path / "source", 3)
    columns = ["document", "actor", "actor"] if isinstance(register, list) else None
    register = pd.DataFrame(register, columns=columns)
    with pytest.raises(ValueError, match=match.replace("?", "[?]")):
        code(source, tmp_path / "coded", register=register)
    assert not (tmp_path / "coded").exists()


def test_code_corpus_lists_all_faults_of_the_register(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    register = pd.DataFrame({"document": ["d000", "d001", "d002"], "date": ["May", "2024", "Juni"]})
    register["role"] = ["reports", "promise", None]
    with pytest.raises(pol.DataError, match="the register has 3 faults") as caught:
        code(source, tmp_path / "coded", register=register.set_index([[9] * 3]))
    faults = caught.value.faults
    assert faults["row"].to_list() == [1, 2, 3]
    assert faults["column"].to_list() == ["date", "role", "date"]
    assert faults["problem"][0] == (
        "'May' is not a date (allowed: a year, a month or a day, such as 2023, 2023-12 or "
        "2023-12-31); the document is 'd000'"
    )


@pytest.mark.parametrize("name", ["d001.txt", "./d001", "D001", " d001 "])
def test_code_corpus_suggests_the_document_that_the_register_may_mean(here, tmp_path, name):
    source = put_files(tmp_path / "source", 3)
    register = pd.DataFrame({"document": ["d000", name, "d002"], "date": 2024})
    skipped, caught = code_with_warnings(source, tmp_path / "coded", register=register)
    if name == " d001 ":
        assert skipped.empty
        assert not caught
        return
    assert skipped.to_numpy(na_value=None).tolist() == [
        [name, None, "listed in the register, but no such file was found; did you mean 'd001'?"]
    ]
    assert caught == ["the register has no row for 1 of 3 files: 'd001'"]
    with pytest.raises(ValueError, match=r"it has '.*'; did you mean 'd001'"):
        code(source, tmp_path / "other", register=register.iloc[[1]])


NO_DATE = "no column 'date' or 'published', so no statement has a date; "


@pytest.mark.parametrize(
    ("register", "expected"),
    [
        (
            {"actor": "x", "Date": 2024},
            f"the register: {NO_DATE}not read: 'Date' (did you mean 'date'?)",
        ),
        (
            {"date": 2024, "county": "x", "remarks": ""},
            "the register: no column 'actor', so each document is its own actor; "
            "not read: 'county', 'remarks'",
        ),
        ({"actor": "x", "year": 2024}, f"the register: {NO_DATE}not read: 'year'"),
        (
            {"actor": "x", "date": 2024, "roles": "reports"},
            "the register: not read: 'roles' (did you mean 'role'?)",
        ),
        ({"actor": "x", "date": 2024, "year": 2024}, None),
        ({"date": 2024}, None),
        ({"actor": "x"}, None),
    ],
)
def test_code_corpus_warns_of_misnamed_columns_of_the_register(here, tmp_path, register, expected):
    source = put_files(tmp_path / "source", 3)
    table = pd.DataFrame({"document": ["d000", "d001", "d002"], **register})
    _, caught = code_with_warnings(source, tmp_path / "coded", register=table)
    assert caught == ([expected] if expected else [])


def test_code_corpus_needs_no_actors_where_sentences_name_them(here, tmp_path):
    rows = pd.DataFrame({"document": ["a"], "text": ["Henan said that robots are few."]})
    source = write(rows.assign(title="none", date=2024), tmp_path / "a.jsonl")
    codebook = pol.read_codebook()
    code(source, tmp_path / "t", codebook, actor="sentence")  # and no warning
    (tmp_path / "a.txt").write_text(rows["text"][0], encoding="utf-8")
    register = pd.DataFrame({"document": ["a"], "title": "none", "date": 2024, "actor": ""})
    code(tmp_path / "a.txt", tmp_path / "u", codebook, actor="sentence", register=register)
    for coded in ("t", "u"):
        found = pd.read_parquet(tmp_path / coded)[["actor", "date"]].to_numpy().tolist()
        assert found == [["henan", "2024"]]


def test_code_corpus_finds_files_with_space_in_their_names(here, tmp_path):
    (tmp_path / "source").mkdir()
    for name in ("report ", "report", "x"):
        (tmp_path / "source" / f"{name}.txt").write_text("Robots.", encoding="utf-8")
    register = pd.DataFrame({"document": ["report ", "report", " x"], "actor": ["a", "b", "c"]})
    code(tmp_path / "source", tmp_path / "coded", register=register)
    statements = pd.read_parquet(tmp_path / "coded").set_index("document")
    assert statements["actor"].to_dict() == {"report": "b", "report ": "a", "x": "c"}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_code_corpus_finds_names_with_accents_in_either_form(here, tmp_path, form):
    (tmp_path / "source").mkdir()
    for name in ("Z\u00fcrich", "Gen\u00e8ve"):
        (tmp_path / "source" / f"{name}.txt").write_text("Robots.", encoding="utf-8")
    names = [normalize(form, name) for name in ("Z\u00fcrich", " Gen\u00e8ve ")]
    register = pd.DataFrame({"document": names, "actor": ["a", "b"]})
    _, skipped = code(tmp_path / "source", tmp_path / "coded", register=register)
    assert skipped.empty
    assert sorted(pd.read_parquet(tmp_path / "coded")["actor"]) == ["a", "b"]


def test_code_corpus_takes_no_register_for_rows(here, tmp_path):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    register = pd.DataFrame({"document": ["d001"]})
    with pytest.raises(ValueError, match="JSON Lines has its own columns; a register"):
        code(source, tmp_path / "coded", register=register)
