"""A corpus is coded as one table would be, whatever it is cut into, and whatever goes wrong."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dask
import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from distributed import Client, KilledWorker, LocalCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policylib as pl
from policylib.corpus import coder as corpus
from policylib.corpus import sources as _sources
from policylib.corpus import store as _target
from policylib.corpus.rows import Problem

CODEBOOK = pd.DataFrame(
    {
        "id": ["robots", "quanta", "farms"],
        "terms_en": ["robots; robot", "quanta", "farms"],
        "terms_zh": ["机器人", "量子", None],
    }
)
TEXTS = [
    "Robots.\nQuanta and robots.",
    "量子。\n\n机器人，机器人。",
    "Nothing.",
    "Farms.\nA robot.",
]
SCRIPT = """
import sys
import pandas as pd
from distributed import Client, LocalCluster
import policylib as pl
from policylib.corpus import sources as _sources
_sources.SIZE = 2000
if __name__ == "__main__":
    source, target, book = sys.argv[1:]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        with Client(cluster) as client:
            client.run(__import__("tests.corpus.test_coder").corpus.test_coder.slow_down)
            pl.code_corpus(source, target, codebook=pd.read_pickle(book), client=client)
"""


# Without a cluster, processes import this script themselves, and with it what slows them down.
LOCAL_SCRIPT = """
import sys
import pandas as pd
import policylib as pl
from policylib.corpus import sources as _sources
from tests.corpus import test_coder
_sources.SIZE = 2000
test_coder.slow_down()
if __name__ == "__main__":
    source, target, book = sys.argv[1:]
    pl.code_corpus(source, target, codebook=pd.read_pickle(book))
"""


@pytest.fixture(scope="module")
def client():
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


@pytest.fixture
def here(monkeypatch):
    """Work in this process, in parts of few bytes."""
    monkeypatch.setattr(_sources, "SIZE", 200)
    with dask.config.set(scheduler="synchronous"):
        yield


def some_rows(number: int = 60) -> pd.DataFrame:
    """Make rows, every one a document of one or two paragraphs or more."""
    names = [f"d{i:03}" for i in range(number)]
    texts = [TEXTS[i % len(TEXTS)] + f"\nThe end of {i}." for i in range(number)]
    return pd.DataFrame({"document": names, "text": texts})


def paragraphs_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Do by hand what a source is read as: a row per line that is not empty."""
    lines = rows.assign(text=rows["text"].str.split("\n")).explode("text", ignore_index=True)
    lines = lines[lines["text"] != ""].reset_index(drop=True)
    return lines.assign(paragraph=lines.groupby("document").cumcount() + 1)


def write(rows: pd.DataFrame, path: Path, **options) -> Path:
    if path.suffix == ".parquet":
        rows.to_parquet(path, **options)
    else:
        rows.to_json(path, orient="records", lines=True, force_ascii=False)
    return path


def put_files(folder: Path, number: int = 60) -> Path:
    folder.mkdir()
    for name, text in some_rows(number).itertuples(index=False):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def written(target: Path) -> pd.DataFrame:
    """Read what was written, without the columns that `code_documents` does not give."""
    return pd.read_parquet(target).drop(columns=["said", "published"])


def assert_coded(target: Path, documents: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(written(target), pl.code_documents(documents, CODEBOOK))


def left_over(target: Path) -> list[str]:
    """Name what is there beside parts, and what stands for them."""
    known = {_target.MANIFEST, _target.SKIPPED, _target.LOCK}
    return [p.name for p in target.iterdir() if p.name not in known and p.suffix != ".parquet"]


# --- The same as one table. ---------------------------------------------------------------------


def test_a_folder_is_coded_as_its_documents_are(here, tmp_path):
    source = put_files(tmp_path / "source")
    (source / "sub").mkdir()
    (source / "sub" / "a.md").write_text("# Robots\n\nQuanta")
    (source / "a.docx").write_bytes(b"no zip")
    (source / "b.csv").write_text("a,b")
    documents, left = pl.read_documents(source)
    summary, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert_coded(tmp_path / "target", documents)
    assert summary["documents"] == documents["document"].nunique()
    assert summary["paragraphs"] == len(documents)
    assert summary["hits"] == len(pl.find_terms(documents, CODEBOOK))
    assert summary["parts"] > 5
    assert skipped["file"].to_list() == left["file"].to_list() == ["a.docx", "b.csv"]
    assert skipped["problem"][0] == left["problem"][0]
    assert left_over(tmp_path / "target") == []
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "target" / _target.SKIPPED, dtype=skipped.dtypes.to_dict()), skipped
    )


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.parquet"])
def test_rows_are_coded_as_their_documents_are(here, tmp_path, name):
    rows = some_rows()
    options = {"row_group_size": 25} if name.endswith("parquet") else {}
    source = write(rows, tmp_path / name, **options)
    summary, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert_coded(tmp_path / "target", paragraphs_of(rows))
    assert summary[["documents", "paragraphs"]].to_list() == [60, len(paragraphs_of(rows))]
    assert summary["parts"] > 5
    assert skipped.empty


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_rows_may_be_paragraphs(here, tmp_path, name):
    documents = paragraphs_of(some_rows())[["document", "paragraph", "text"]]
    documents["text"] += "\nThis line is no paragraph: a robot."
    source = write(documents, tmp_path / name)
    summary, _ = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert_coded(tmp_path / "target", documents)
    assert summary["documents"] == 60  # though some stand in two parts


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_who_says_it_and_when_goes_with_it(here, tmp_path, name):
    rows = some_rows(8).assign(actor=["henan", None] * 4, role=[None, "reports"] * 4)
    rows = rows.assign(said=[2023, None, 2024, 2025] * 2, published="2026-01")
    rows["said"] = rows["said"].astype("Int64")
    source = write(rows, tmp_path / name)
    pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    statements = pd.read_parquet(tmp_path / "target").set_index("document")
    assert statements.loc["d000", ["actor", "role", "said"]].drop_duplicates().values.tolist() == [
        ["henan", "commits", "2023"]
    ]
    assert statements.loc["d001", ["actor", "role"]].drop_duplicates().values.tolist() == [
        ["d001", "reports"]
    ]
    assert statements.loc["d001", "said"].isna().all()
    assert set(statements["published"]) == {"2026-01"}


def test_what_is_known_of_documents_goes_with_them(here, tmp_path):
    source, target = put_files(tmp_path / "source", 8), tmp_path / "target"
    (source / "sub").mkdir()
    (source / "sub" / "a.txt").write_text("Robots.")
    about = pd.DataFrame({"document": ["sub/a", "d001", "d9"], "actor": ["henan", None, "jilin"]})
    about = about.assign(said=[2024, 2025, 2026], role=["reports", None, None], remarks="none")
    with pytest.warns(UserWarning, match="about has no row for|about names no actor") as caught:
        _, skipped = pl.code_corpus(source, target, codebook=CODEBOOK, about=about)
    assert [str(warning.message) for warning in caught] == [
        "about has no row for 7 of 9 files: 'd000', 'd002', 'd003', 'd004', 'd005', ...",
        "about names no actor of 1 of 9 files, each of which is its own: 'd001'",
    ]
    assert {warning.filename for warning in caught} == {__file__}  # and not a line of the library
    assert skipped[["file", "problem"]].to_numpy().tolist() == [
        ["d9", "in the table about documents only"]
    ]
    statements = pd.read_parquet(target).drop_duplicates("document").set_index("document")
    columns = ["actor", "role", "said"]
    assert statements.loc["sub/a", columns].to_list() == ["henan", "reports", "2024"]
    assert statements.loc["d001", columns].to_list() == ["d001", "commits", "2025"]
    assert statements.loc["d000", columns].fillna("").to_list() == ["d000", "commits", ""]
    documents = pl.read_documents(source)[0].merge(about, on="document", how="left")
    documents["actor"] = documents["actor"].fillna(documents["document"])
    assert_coded(target, documents)
    parts = pd.read_json(target / _target.MANIFEST, typ="series")["parts"]
    other = about.assign(said=[2023, 2025, 2026])
    with pytest.warns(UserWarning, match="about has no row for|about names no actor"):
        again, _ = pl.code_corpus(source, target, codebook=CODEBOOK, about=other)
    assert again["parts"] - again["kept"] == 1
    assert len(parts) == again["parts"]


@pytest.mark.parametrize(
    ("about", "match"),
    [
        ({"actor": ["henan"]}, "no column 'document'"),
        (
            {"document": ["d001"], "Actor": ["x"]},
            "has none of the columns actor, role, .*'Actor' .did you mean 'actor'?",
        ),
        ({"document": ["d001"], "date": [2024]}, "has none of the columns.* not read: 'date'"),
        ({"document": [], "said": []}, "about has no row"),
        ({"document": ["d001"]}, "has none of the columns actor, role, said, published$"),
        ({"document": ["d01"], "said": [2024]}, "none of its documents is there.*mean 'd00.'?"),
        (
            {"document": ["d001", "d001"], "said": [2024, 2025]},
            "row 3, column document: stands in two rows; the document is 'd001'",
        ),
        ({"document": ["d001", None], "said": 2024}, "row 3, column document: missing, or no name"),
        ({"document": ["d001"], "role": ["commit"]}, "'commit' is no role .*mean 'commits'?"),
        ({"document": ["d001"], "said": [[2024]]}, "row 2, column said: .2024. is no date"),
        ({"document": ["d001"], "actor": [["x"]]}, "actor: .'x'. is no name; the document is"),
    ],
)
def test_what_is_known_must_be_of_these_documents(here, tmp_path, about, match):
    source = put_files(tmp_path / "source", 3)
    with pytest.raises(ValueError, match=match.replace("?", "[?]")):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK, about=pd.DataFrame(about))


@pytest.mark.parametrize("name", ["d001.txt", "./d001", "D001", " d001 "])
def test_documents_that_are_called_a_little_otherwise_are_told(here, tmp_path, name):
    source = put_files(tmp_path / "source", 3)
    about = pd.DataFrame({"document": ["d000", name, "d002"], "said": 2024})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK, about=about)
    if name == " d001 ":
        assert skipped.empty
        assert not caught
        return
    assert skipped.to_numpy(na_value=None).tolist() == [
        [name, None, "in the table about documents only; did you mean 'd001'?"]
    ]
    assert [str(warning.message) for warning in caught] == [
        "about has no row for 1 of 3 files: 'd001'"
    ]
    with pytest.raises(ValueError, match=r"such as '.*'; did you mean 'd001'"):
        pl.code_corpus(source, tmp_path / "t", codebook=CODEBOOK, about=about.iloc[[1]])


def test_small_archives_are_cut_for_all_processors(tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 2000)
    source = put_files(tmp_path / "source", 200)
    bytes_ = sum(path.stat().st_size for path in source.iterdir())
    assert 2 * 2000 < bytes_ < 5 * 2000
    parts, _ = _sources.find_parts(source)
    assert len(parts) > 8
    (source / "d100a.txt").write_text("Farms.")
    more, _ = _sources.find_parts(source)
    assert len({*more} - {*parts}) <= 2


def test_all_faults_of_what_is_known_are_named(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    about = pd.DataFrame({"document": ["d000", "d001", "d002"], "said": ["May", "2024", "Juni"]})
    about["role"] = ["reports", "promise", None]
    with pytest.raises(pl.DataError, match="about has 3 faults") as caught:
        pl.code_corpus(
            source, tmp_path / "target", codebook=CODEBOOK, about=about.set_index([[9] * 3])
        )
    faults = caught.value.faults
    assert faults["row"].to_list() == [3, 2, 4]
    assert faults["column"].to_list() == ["role", "said", "said"]
    assert faults["problem"][1] == (
        "'May' is no date (allowed: a year, a month or a day, such as 2023, 2023-12 or "
        "2023-12-31); the document is 'd000'"
    )
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (
            {"actor": "x", "Said": 2024},
            "about: no column 'said' or 'published', so that no statement has a date; "
            "not read: 'Said' (did you mean 'said'?)",
        ),
        (
            {"said": 2024, "county": "x", "remarks": ""},
            "about: no column 'actor', so that each document is an actor of its own; "
            "not read: 'county', 'remarks'",
        ),
        (
            {"actor": "x", "year": 2024},
            "about: no column 'said' or 'published', so that no statement has a date; "
            "not read: 'year'",
        ),
        (
            {"actor": "x", "said": 2024, "roles": "reports"},
            "about: not read: 'roles' (did you mean 'role'?)",
        ),
        ({"actor": "x", "said": 2024, "year": 2024}, None),
        ({"said": 2024}, None),
        ({"actor": "x"}, None),
    ],
)
def test_columns_that_may_be_misnamed_are_named(here, tmp_path, about, told):
    source = put_files(tmp_path / "source", 3)
    table = pd.DataFrame({"document": ["d000", "d001", "d002"], **about})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK, about=table)
    assert [str(warning.message) for warning in caught] == [told] * (told is not None)
    assert {warning.filename for warning in caught} <= {__file__}  # and not a line of the library


def test_columns_of_who_says_it_do_not_matter_where_sentences_tell(here, tmp_path):
    rows = pd.DataFrame({"document": ["a"], "text": ["Henan said that robots are few."]})
    source = write(rows.assign(title="none", said=2024), tmp_path / "a.jsonl")
    codebook = pl.read_codebook()
    pl.code_corpus(source, tmp_path / "t", codebook=codebook, actor="sentence")  # and no warning
    (tmp_path / "a.txt").write_text(rows["text"][0])
    about = pd.DataFrame({"document": ["a"], "title": "none", "said": 2024, "actor": ""})
    options = {"codebook": codebook, "about": about, "actor": "sentence"}
    pl.code_corpus(tmp_path / "a.txt", tmp_path / "u", **options)
    for target in ("t", "u"):
        found = pd.read_parquet(tmp_path / target)[["actor", "said"]].to_numpy().tolist()
        assert found == [["henan", "2024"]]


def test_files_may_have_space_in_their_names(here, tmp_path):
    (tmp_path / "source").mkdir()
    for name in ("report ", "report", "x"):
        (tmp_path / "source" / f"{name}.txt").write_text("Robots.")
    about = pd.DataFrame({"document": ["report ", "report", " x"], "actor": ["a", "b", "c"]})
    pl.code_corpus(tmp_path / "source", tmp_path / "t", codebook=CODEBOOK, about=about)
    statements = pd.read_parquet(tmp_path / "t").set_index("document")
    assert statements["actor"].to_dict() == {"report": "b", "report ": "a", "x": "c"}


@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_columns_of_rows_that_may_be_misnamed_are_named_once(here, tmp_path, name):
    (tmp_path / "source").mkdir()
    rows = some_rows(4)
    columns = [{"issuer": "henan", "said": 2024}, {"issuer": "x", "said": 2024}, {"Said": 2024}]
    for part, others in zip("abc", columns, strict=True):
        table = rows.assign(document=rows["document"] + part, **others)
        write(table, tmp_path / "source" / f"{part}.{name}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pl.code_corpus(tmp_path / "source", tmp_path / "target", codebook=CODEBOOK)
    nobody = "no column 'actor', so that each document is an actor of its own; "
    first = "the first rows of " if name == "jsonl" else ""
    assert [str(warning.message) for warning in caught] == [
        f"{first}a.{name}: {nobody}not read: 'issuer'",
        f"{first}c.{name}: {nobody}no column 'said' or 'published', so that no statement has a "
        "date; not read: 'Said' (did you mean 'said'?)",
    ]


def test_lines_may_leave_out_what_is_missing(here, tmp_path):
    lines = ['{"document": "a", "text": "Robots.", "title": ""}', ""]
    lines += ['{"document": "b", "text": "Robots.", "actor": "henan", "said": 2024}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    pl.code_corpus(tmp_path / "a.jsonl", tmp_path / "target", codebook=CODEBOOK)  # and no warning


@pytest.mark.parametrize("columns", [["publisher"], ["paragraphs"], ["aid", "factor"]])
def test_columns_of_other_words_are_not_accused(here, tmp_path, columns):
    rows = some_rows(4).assign(actor="x", said=2024, **dict.fromkeys(columns, 3))
    pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "target", codebook=CODEBOOK)


def test_columns_that_stand_twice_are_named(here, tmp_path):
    table = pa.table([["a"], ["x"], ["y"]], names=["document", "text", "text"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ValueError, match=r"a\.parquet has column 'text' twice"):
        pl.code_corpus(tmp_path / "a.parquet", tmp_path / "target", codebook=CODEBOOK)
    (tmp_path / "a.txt").write_text("Robots.")
    about = pd.DataFrame([["a", "x", "y"]], columns=["document", "actor", "actor"])
    with pytest.raises(ValueError, match="about has column 'actor' twice"):
        pl.code_corpus(tmp_path / "a.txt", tmp_path / "target", codebook=CODEBOOK, about=about)


def test_lines_that_call_the_text_otherwise(here, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 10**7)
    rows = some_rows(3).rename(columns={"text": "content"})
    rows.loc[0, "content"] = "robots " * 200_000  # the first line is longer than what is read
    source = write(rows, tmp_path / "a.jsonl")
    told = "a.jsonl: no column 'text', which is needed; .*not read: 'content'$"
    with (
        pytest.warns(UserWarning, match=told),
        pytest.raises(ValueError, match=r"no document can be read; a\.jsonl: text is missing"),
    ):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)


def test_names_lose_the_space_around_them(here, tmp_path):
    rows = some_rows(2).assign(actor=["henan ", "\u3000henan"], role=" reports", said="2023 ")
    pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "target", codebook=CODEBOOK)
    statements = pd.read_parquet(tmp_path / "target")
    found = statements[["actor", "role", "said"]].drop_duplicates().to_numpy().tolist()
    assert found == [["henan", "reports", "2023"]]


def test_text_in_another_encoding(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    (source / "a.txt").write_bytes("Robots \u2013 \u201crobots\u201d.".encode("cp1252"))
    _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert skipped["file"].to_list() == ["a.txt"]
    assert "name `encoding`" in skipped["problem"][0]
    summary, skipped = pl.code_corpus(
        source, tmp_path / "target", codebook=CODEBOOK, encoding="cp1252"
    )
    assert skipped.empty
    assert summary["kept"] == 0
    assert_coded(tmp_path / "target", pl.read_documents(source, encoding="cp1252")[0])


@pytest.mark.parametrize(
    ("name", "encoding", "match"),
    [("a.jsonl", "gbk", "JSON Lines is always UTF-8"), ("a.txt", "gbq", "no encoding 'gbq'")],
)
def test_an_encoding_is_for_text(here, tmp_path, name, encoding, match):
    (tmp_path / name).write_text('{"document": "a", "text": "Robots."}')
    options = {"codebook": CODEBOOK, "encoding": encoding}
    with pytest.raises(ValueError, match=match):
        pl.code_corpus(tmp_path / name, tmp_path / "target", **options)


@pytest.mark.parametrize(
    ("actor", "match"),
    [
        ("document", "no term of the codebook stands in the texts$"),
        ("sentence", "in the texts, or none with a speaker who is known$"),
    ],
)
def test_a_corpus_without_statements_is_told(here, tmp_path, actor, match):
    (tmp_path / "a.txt").write_text("Nothing.\nNothing.")
    with pytest.warns(UserWarning, match=match):
        pl.code_corpus(tmp_path / "a.txt", tmp_path / "target", codebook=CODEBOOK, actor=actor)


def test_rows_say_themselves_what_is_known(here, tmp_path):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    about = pd.DataFrame({"document": ["d001"]})
    with pytest.raises(ValueError, match="its rows say themselves"):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK, about=about)


def test_a_folder_of_several_files_is_one_table(here, tmp_path):
    rows = some_rows()
    (tmp_path / "source" / "more").mkdir(parents=True)
    write(rows.head(20), tmp_path / "source" / "a.jsonl")
    write(rows.tail(40), tmp_path / "source" / "more" / "b.jsonl")
    pl.code_corpus(tmp_path / "source", tmp_path / "target", codebook=CODEBOOK)
    assert_coded(tmp_path / "target", paragraphs_of(rows))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text('ab 机器\n\r\u2028{}"\\'), min_size=1, max_size=12),
    size=st.integers(1, 400),
    name=st.sampled_from(["a.jsonl", "a.parquet"]),
)
def test_where_a_source_is_cut_does_not_matter(tmp_path_factory, texts, size, name):
    folder = tmp_path_factory.mktemp("any")
    rows = pd.DataFrame({"document": [f"d{i}" for i in range(len(texts))], "text": texts})
    rows["text"] += "\nrobots"
    source = write(rows, folder / name)
    found = {}
    for bytes_ in (size, 2**30):
        with pytest.MonkeyPatch.context() as patch, dask.config.set(scheduler="synchronous"):
            patch.setattr(_sources, "SIZE", bytes_)
            summary, _ = pl.code_corpus(source, folder / f"t{bytes_}", codebook=CODEBOOK)
        found[bytes_] = (written(folder / f"t{bytes_}"), summary.drop(["parts", "kept"]))
    (cut, cut_summary), (whole, whole_summary) = found.values()
    pd.testing.assert_frame_equal(cut, whole)
    pd.testing.assert_series_equal(cut_summary, whole_summary)


def test_news_is_coded_by_sentence(here, tmp_path):
    codebook = pl.read_codebook()
    text = "Henan will buy robots. Hebei said that robots are few."
    rows = pd.DataFrame({"document": [f"n{i}" for i in range(9)], "text": text})
    source = write(rows, tmp_path / "a.jsonl")
    pl.code_corpus(source, tmp_path / "target", codebook=codebook, actor="sentence")
    expected = pl.code_documents(paragraphs_of(rows), codebook, actor="sentence")
    assert len(expected) == 18
    pd.testing.assert_frame_equal(written(tmp_path / "target"), expected)
    write(paragraphs_of(rows), source)
    with pytest.raises(ValueError, match="speakers need whole documents"):
        pl.code_corpus(source, tmp_path / "target", codebook=codebook, actor="sentence")


def test_a_single_document_is_a_corpus(here, tmp_path):
    (tmp_path / "a.txt").write_text("Robots")
    pl.code_corpus(tmp_path / "a.txt", tmp_path / "target", codebook=CODEBOOK)
    assert pd.read_parquet(tmp_path / "target")["document"].to_list() == ["a"]


def test_processes_and_a_cluster_give_the_same(client, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 1000)
    rows = some_rows()
    source = write(rows, tmp_path / "a.jsonl")
    summary, _ = pl.code_corpus(source, tmp_path / "a", codebook=CODEBOOK)
    on_cluster, _ = pl.code_corpus(source, tmp_path / "b", codebook=CODEBOOK, client=client)
    assert summary.equals(on_cluster)
    assert_coded(tmp_path / "a", paragraphs_of(rows))
    assert_coded(tmp_path / "b", paragraphs_of(rows))
    options = {"rows": "document", "columns": "priority"}
    counts = pl.count_corpus(tmp_path / "b", client=client, **options)
    assert counts.equals(pl.count_corpus(tmp_path / "a", **options))


# --- Only what is new or changed. ---------------------------------------------------------------


def run(source: Path, target: Path, codebook: pd.DataFrame = CODEBOOK) -> tuple[int, int]:
    """Give the numbers of parts that were coded, and that were kept."""
    summary, _ = pl.code_corpus(source, target, codebook=codebook)
    return int(summary["parts"] - summary["kept"]), int(summary["kept"])


def test_a_second_run_does_only_what_changed(here, tmp_path):
    source, target = put_files(tmp_path / "source"), tmp_path / "target"
    parts, _ = run(source, target)
    assert run(source, target) == (0, parts)
    changes = [
        lambda: (source / "d030.txt").write_text("Farms, farms."),
        lambda: (source / "d030a.txt").write_text("Farms."),
        lambda: (source / "d010.txt").unlink(),
    ]
    for change in changes:
        change()
        coded, kept = run(source, target)
        assert 1 <= coded <= 2
        assert kept >= parts - 3
    (source / "d030a.txt").touch()
    assert run(source, target)[0] == 0
    assert_coded(target, pl.read_documents(source)[0])


def test_lines_at_the_end_leave_the_others_as_they_are(here, tmp_path):
    rows, target = some_rows(), tmp_path / "target"
    source = write(rows.head(50), tmp_path / "a.jsonl")
    parts, _ = run(source, target)
    write(rows, source)
    _, kept = run(source, target)
    assert kept >= parts - 1
    assert_coded(target, paragraphs_of(rows))


def test_other_terms_or_another_library_code_all_anew(here, tmp_path, monkeypatch):
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    parts, _ = run(source, target)
    assert run(source, target, CODEBOOK.assign(label="other words for people")) == (0, parts)
    fewer = CODEBOOK.assign(terms_zh=None)
    assert run(source, target, fewer) == (parts, 0)
    assert run(source, target) == (parts, 0)  # what nobody asks for is not kept
    monkeypatch.setattr(corpus, "code_checksum", lambda: "another")
    assert run(source, target) == (parts, 0)


def test_the_list_of_parts_says_what_they_are_made_from(here, tmp_path):
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    summary, _ = pl.code_corpus(source, target, codebook=CODEBOOK)
    manifest = json.loads((target / _target.MANIFEST).read_text())
    assert manifest["code"] == _target.code_checksum()
    assert manifest["totals"] == summary.drop("kept").to_dict()
    parts = pd.DataFrame(manifest["parts"])
    assert parts["file"].to_list() == sorted(p.name for p in target.glob("part-*"))
    assert parts["source"][0] == "a.jsonl, bytes 0 to 200"
    for total in ("documents", "paragraphs", "hits", "statements"):
        assert parts[total].sum() == summary[total]
    assert parts["sha256"].nunique() == len(parts)


# --- Faults. ------------------------------------------------------------------------------------


def slow_down() -> None:
    """Let each part take a while, in this process."""
    usual = corpus.code_documents

    def slow(*args, **options):
        time.sleep(0.2)
        return usual(*args, **options)

    corpus.code_documents = slow


def die_at_work() -> None:
    """Let this process end when it codes a part."""
    corpus.code_documents = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)


def is_begun(target: Path, parts: int = 2) -> bool:
    return len(list((target / _target.STAGING).glob("*.parquet"))) >= parts


def wait_for(condition, *args) -> None:
    for _ in range(600):
        if condition(*args):
            return
        time.sleep(0.05)
    raise TimeoutError


def start(script: str, folder: Path, source: Path, target: Path) -> "subprocess.Popen[str]":
    CODEBOOK.to_pickle(folder / "book")
    (folder / "job.py").write_text(script)
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "job.py", source, target, "book"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def started(script: str, folder: Path):
    """Start a job of its own that takes a while, and give its process, source and target."""
    rows = some_rows(400)
    source, target = write(rows, folder / "a.jsonl"), folder / "target"
    process = start(script, folder, source, target)
    try:
        wait_for(is_begun, target)
        yield process, source, target, rows
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def job(tmp_path):
    with started(SCRIPT, tmp_path) as running:
        yield running


@pytest.mark.slow
def test_a_worker_that_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 1000)
    rows = some_rows(300)
    source, target = write(rows, tmp_path / "a.jsonl"), tmp_path / "target"
    killed = []

    def kill(pid: int) -> None:
        wait_for(is_begun, target)
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster, set_as_default=False) as own:
        own.run(slow_down)
        victim = next(iter(own.run(os.getpid).values()))
        killer = threading.Thread(target=kill, args=[victim])
        killer.start()
        summary, skipped = pl.code_corpus(source, target, codebook=CODEBOOK, client=own)
        killer.join()
    assert killed == [victim]
    assert summary["parts"] > 10
    assert skipped.empty
    assert_coded(target, paragraphs_of(rows))
    assert left_over(target) == []


@pytest.mark.slow
def test_a_job_that_is_killed_goes_on(job, client, monkeypatch):
    process, source, target, rows = job
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list((target / _target.STAGING).glob("*.parquet")))
    with pytest.raises(ValueError, match="not coded to the end; call code_corpus again"):
        pl.count_corpus(target, rows="actor", columns="priority")
    monkeypatch.setattr(_sources, "SIZE", 2000)
    summary, _ = pl.code_corpus(source, target, codebook=CODEBOOK, client=client)
    assert done <= summary["kept"] < summary["parts"]
    assert_coded(target, paragraphs_of(rows))
    assert left_over(target) == []


@pytest.mark.slow
def test_two_runs_on_one_target(job, client, monkeypatch):
    process, source, target, rows = job
    monkeypatch.setattr(_sources, "SIZE", 2000)
    with pytest.raises(BlockingIOError, match="another run is writing"):
        pl.code_corpus(source, target, codebook=CODEBOOK, client=client)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert_coded(target, paragraphs_of(rows))
    assert left_over(target) == []


@pytest.mark.slow
def test_processes_end_with_the_one_that_started_them(tmp_path, monkeypatch):
    """Only the process that leads the job is killed, as when the memory runs out."""
    with started(LOCAL_SCRIPT, tmp_path) as (process, source, target, rows):
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert len(workers) >= 2
    wait_for(lambda: not any(worker.is_running() for worker in workers))
    monkeypatch.setattr(_sources, "SIZE", 2000)
    summary, _ = pl.code_corpus(source, target, codebook=CODEBOOK)
    assert summary["kept"] >= 2
    assert_coded(target, paragraphs_of(rows))
    assert left_over(target) == []


@pytest.mark.slow
def test_a_script_without_its_guard_is_told_of_it(tmp_path):
    """Each process imports the script that started it, and would start others in its turn."""
    source = write(some_rows(), tmp_path / "a.jsonl")
    script = LOCAL_SCRIPT.replace('if __name__ == "__main__":', "if True:")
    job = start(script, tmp_path, source, tmp_path / "target")
    _, told = job.communicate(timeout=120)
    assert job.returncode == 1
    assert told.count('the call must stand under `if __name__ == "__main__":`') >= 2
    assert told.rstrip().endswith("where memory is short.")
    assert "another run" not in told


@pytest.mark.slow
def test_a_part_that_ends_its_worker_is_named(tmp_path):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    settings = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(settings),
        LocalCluster(**options) as cluster,
        Client(cluster, set_as_default=False) as own,
    ):
        own.run(die_at_work)
        with pytest.raises(KilledWorker, match=r"a\.jsonl, bytes 0 to"):
            pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK, client=own)


def test_one_damaged_file_among_a_thousand(client, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 3000)
    source = put_files(tmp_path / "source", 1000)
    (source / "d500.txt").rename(source / "d500.docx")
    documents, _ = pl.read_documents(source)
    summary, skipped = pl.code_corpus(source, tmp_path / "t", codebook=CODEBOOK, client=client)
    assert summary[["documents", "skipped"]].to_list() == [999, 1]
    assert skipped["file"].to_list() == ["d500.docx"]
    assert "zip" in skipped["problem"][0].lower()
    assert_coded(tmp_path / "t", documents)


def limit_file_size(size: int) -> None:
    """Let no file of this process grow beyond a size: writing more fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_is_full(client, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 1000)
    rows = some_rows()
    rows.loc[40, "text"] = "\n".join(f"Robot {i} of quanta {i * i}." for i in range(3000))
    source, target = write(rows, tmp_path / "a.jsonl"), tmp_path / "target"
    client.run(limit_file_size, 20_000)
    try:
        with pytest.raises(OSError, match=r"statements of a.jsonl.*cannot be written") as caught:
            pl.code_corpus(source, target, codebook=CODEBOOK, client=client)
    finally:
        client.run(limit_file_size, resource.RLIM_INFINITY)
    assert "the same call goes on" in caught.value.__notes__[0]
    wait_for(lambda: not list(target.rglob("*.tmp")))  # the other worker ends what it began
    assert not (target / _target.MANIFEST).exists()
    done = len(list((target / _target.STAGING).glob("*.parquet")))
    summary, _ = pl.code_corpus(source, target, codebook=CODEBOOK, client=client)
    assert 0 < done <= summary["kept"] < summary["parts"]
    assert_coded(target, paragraphs_of(rows))


@pytest.mark.parametrize("name", [_target.SKIPPED, _target.MANIFEST])
def test_a_disk_that_is_full_at_the_end_loses_nothing(here, tmp_path, monkeypatch, name):
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    usual = Path.write_text

    def fail(path, *args, **options):
        if path.name == name:
            raise OSError(28, "No space left on device")
        return usual(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", fail)
        with pytest.raises(OSError, match="No space left"):
            pl.code_corpus(source, target, codebook=CODEBOOK)
    with pytest.raises(ValueError, match="not coded to the end"):
        pl.count_corpus(target, rows="actor", columns="priority")
    summary, _ = pl.code_corpus(source, target, codebook=CODEBOOK)
    assert summary["kept"] == summary["parts"]
    assert_coded(target, paragraphs_of(some_rows()))


def test_parts_that_go_are_gone_before_new_ones_come(here, tmp_path, monkeypatch):
    """Broken off in between, too little stands there, but nothing twice."""
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    run(source, target)
    usual, moved = Path.replace, []

    def stop(path, to):
        if _target.PART.fullmatch(Path(to).name):
            moved.append(to)
            if len(moved) > 3:
                raise KeyboardInterrupt
        return usual(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            pl.code_corpus(source, target, codebook=CODEBOOK.assign(terms_zh=None))
    assert not (target / _target.MANIFEST).exists()
    assert pd.read_parquet(target)["id"].is_unique
    run(source, target)
    assert_coded(target, paragraphs_of(some_rows()))


def test_a_part_that_was_damaged_is_made_anew(here, tmp_path):
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    parts, _ = run(source, target)
    first, second, *_ = sorted(target.glob("part-*"))
    first.write_bytes(first.read_bytes()[:-20])
    second.unlink()
    with pytest.raises(ValueError, match=f"has lost '{second.name}'"):
        pl.count_corpus(target, rows="actor", columns="priority")
    assert run(source, target) == (2, parts - 2)
    assert_coded(target, paragraphs_of(some_rows()))


def test_parts_in_which_a_bit_has_changed_are_made_anew(here, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 10**6)
    source, target = write(some_rows(9), tmp_path / "a.jsonl"), tmp_path / "target"
    run(source, target)
    (part,) = target.glob("part-*")
    metadata = pq.read_metadata(part)
    chunks = [metadata.row_group(0).column(i) for i in range(metadata.num_columns)]
    column = next(chunk for chunk in chunks if chunk.path_in_schema == "priority")
    good = part.read_bytes()
    pages = [column.dictionary_page_offset + i for i in range(column.total_compressed_size)]
    where = good.index(b'"statements": ')
    record = [where + 1, where + len('"statements": '), good.index(b'"names"') + 12]
    statements, refused = pd.read_parquet(part), 0
    options = {"rows": "actor", "columns": "priority"}
    counts = pl.count_corpus(target, **options)
    for place in [*pages, *record]:
        data = bytearray(good)
        data[place] ^= 1
        part.write_bytes(data)
        if _target.find_record(part) is not None:  # the bit does not matter
            assert place in pages
            pd.testing.assert_frame_equal(pd.read_parquet(part), statements)
            pd.testing.assert_frame_equal(pl.count_corpus(target, **options), counts)
        elif place in pages:
            refused += 1
            with pytest.raises(ValueError, match=r"parquet is damaged .*; call code_corpus again"):
                pl.count_corpus(target, **options)
    assert refused > len(pages) / 2
    assert run(source, target) == (1, 0)
    assert_coded(target, paragraphs_of(some_rows(9)))


def test_a_damaged_part_is_named_when_counting(here, tmp_path):
    source, target = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "target"
    run(source, target)
    first = min(target.glob("part-*"))
    first.write_bytes(first.read_bytes()[:-20])
    with pytest.raises(ValueError, match=f"{first.name} is damaged"):
        pl.count_corpus(target, rows="actor", columns="priority")


def test_a_damaged_part_that_changes_its_number_does_not_stay(here, tmp_path):
    source, target = put_files(tmp_path / "source"), tmp_path / "target"
    run(source, target)
    last = max(target.glob("part-*"))
    last.write_bytes(last.read_bytes()[:-20])
    for number in range(20):
        (source / f"a{number}.txt").write_text("Robots, quanta and farms. " * 10)
    run(source, target)
    assert max(target.glob("part-*")).name != last.name
    assert not last.exists()
    assert_coded(target, pl.read_documents(source)[0])


def test_a_worker_with_another_library_says_so(here, tmp_path, monkeypatch):
    source = write(some_rows(), tmp_path / "a.jsonl")
    answers = iter(["the driver's", "the worker's"])
    monkeypatch.setattr(corpus, "code_checksum", lambda: next(answers))
    with pytest.raises(RuntimeError, match="has another version of policylib"):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)


# --- What is left out, and where it stands. -----------------------------------------------------


@pytest.mark.parametrize("size", [200, 1500, 10**6])
def test_lines_that_cannot_be_read_are_named(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    good = [json.dumps(row) for row in some_rows().to_dict("records")]
    bad = {
        3: ("{", "no JSON"),
        5: ('{"document": "\udcff"}', "not UTF-8, which JSON Lines must be"),
        17: ("[1]", "no object"),
        20: ('{"document": "x"}', "text is missing"),
        21: ('{"text": "x"}', "document is missing"),
        30: ('{"document": "x", "text": 5}', "text is no text"),
        40: ('{"document": "x", "text": " \\n "}', "no text"),
        41: ('{"document": "x", "text": "a", "paragraph": 0}', "paragraph is no number"),
        42: ('{"document": "x", "text": "a", "paragraph": "one"}', "paragraph is no number"),
        50: ('{"document": "x", "text": "a", "role": "commit"}', "did you mean 'commits'?"),
        60: ('{"document": ["x"], "text": "a"}', "document is missing, or no name"),
    }
    lines = list(good)
    for number, (line, _) in sorted(bad.items()):
        lines.insert(number - 1, line)
    source = tmp_path / "a.jsonl"
    source.write_text("\ufeff" + "\n".join(lines) + "\n\n", "utf-8", "surrogateescape")
    _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert set(skipped["file"]) == {"a.jsonl"}
    assert skipped["row"].to_list() == list(bad)
    for problem, (_, expected) in zip(skipped["problem"], bad.values(), strict=True):
        assert expected in problem
    assert_coded(tmp_path / "target", paragraphs_of(some_rows()))


@pytest.mark.parametrize("size", [100, 3000, 10**6])
def test_rows_of_parquet_that_cannot_be_read_are_named(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    rows = some_rows()
    rows.loc[[4, 44], "text"] = [None, ""]
    source = write(rows, tmp_path / "a.parquet", row_group_size=25)
    _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert skipped.values.tolist() == [
        ["a.parquet", 5, "text is missing"],
        ["a.parquet", 45, "no text"],
    ]
    assert_coded(tmp_path / "target", paragraphs_of(rows.drop([4, 44])))


@pytest.mark.parametrize("size", [200, 10**6])
def test_damaged_parquet_is_named_and_the_rest_is_coded(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    rows, folder = some_rows(), tmp_path / "source"
    folder.mkdir()
    whole = write(rows.tail(10), folder / "b.parquet")
    damaged = write(rows.head(50), folder / "a.parquet", row_group_size=25)
    second = pq.ParquetFile(damaged).metadata.row_group(1).column(1)
    data = bytearray(damaged.read_bytes())
    start = second.dictionary_page_offset or second.data_page_offset
    data[start : start + second.total_compressed_size] = bytes(second.total_compressed_size)
    damaged.write_bytes(data)
    (folder / "c.parquet").write_bytes(whole.read_bytes()[:-30])
    summary, skipped = pl.code_corpus(folder, tmp_path / "target", codebook=CODEBOOK)
    assert skipped["file"].unique().tolist() == ["a.parquet", "c.parquet"]
    assert skipped["row"].dropna().min() == 26
    assert skipped["problem"].str.contains("damaged from here on|cannot be read").all()
    assert summary["documents"] == 35
    assert_coded(tmp_path / "target", paragraphs_of(rows.drop(range(25, 50))))


def test_a_source_without_a_document_is_an_error(here, tmp_path):
    for name, text in (("a.jsonl", "{\n{\n"), ("b.jsonl", ""), ("c.txt", " ")):
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match=f"no document can be read; {name}: "):
            pl.code_corpus(tmp_path / name, tmp_path / "target", codebook=CODEBOOK)


@pytest.mark.parametrize("size", [10**6, 50])
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_document_that_stands_twice_is_an_error(here, tmp_path, monkeypatch, name, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    rows = some_rows(20)
    rows.loc[17, "document"] = "d002"
    source = write(rows, tmp_path / name, **({"row_group_size": 2} if "parquet" in name else {}))
    with pytest.raises(ValueError, match=r"document 'd002' stands twice, in a[.]"):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert not (tmp_path / "target" / _target.MANIFEST).exists()


def test_names_with_one_checksum_are_not_one(here, tmp_path, monkeypatch):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    same = lambda keys, index: pd.Series(1, keys.index, dtype="uint64")  # noqa: E731
    monkeypatch.setattr(pd.util, "hash_pandas_object", same)
    summary, _ = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert summary["documents"] == 3


def test_what_is_no_name_and_no_date_is_named(here, tmp_path):
    rows = [
        {"document": "a", "text": "robots", "said": 2023.0, "actor": 5},
        {"document": "b", "text": "robots", "said": [2023]},
        {"document": "c", "text": "robots", "actor": ["henan"]},
        {"document": "d", "text": "robots", "role": ["reports"]},
        {"document": "e", "text": "robots \ud83d"},
        {"document": "f", "text": "robots \U0001f916"},
        {"document": "g", "text": "robots", "paragraph": 1e300},
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows))
    _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert skipped["row"].to_list() == [2, 3, 4, 5, 7]
    told = ["said: [2023] is no date (allowed: a year", "actor: ['henan'] is no name"]
    told.append("role: ['reports'] is no role")
    told.append("half a character")
    for problem, expected in zip(skipped["problem"], [*told, "paragraph is no"], strict=True):
        assert expected in problem
    statements = pd.read_parquet(tmp_path / "target")
    assert statements["document"].to_list() == ["a", "f"]
    assert statements[["actor", "said"]].iloc[0].to_list() == ["5", "2023"]


def test_a_text_of_parquet_that_is_no_unicode_is_named(here, tmp_path):
    texts = [text.encode() for text in some_rows(9)["text"]]
    texts[4] = b"robots \xff"
    names = pa.array([f"d{i}" for i in range(9)])
    table = pa.table({"document": names, "text": pa.array(texts).view(pa.string())})
    pq.write_table(table, tmp_path / "a.parquet")
    summary, skipped = pl.code_corpus(
        tmp_path / "a.parquet", tmp_path / "target", codebook=CODEBOOK
    )
    assert skipped[["file", "row"]].to_numpy().tolist() == [["a.parquet", 5]]
    assert summary["documents"] == 8


def test_types_of_parquet_become_names_and_dates(here, tmp_path):
    rows = some_rows(6).assign(said=pd.to_datetime("2023-01-01"))
    rows.loc[3, "said"] = pd.Timestamp("2023-01-03 12:00")
    rows["published"] = [date(2024, 5, 1)] * 5 + [None]
    rows["actor"] = pd.Categorical(["henan"] * 5 + ["hebei"])
    rows["document"] = [2**53 + 1, *range(1, 6)]
    source = tmp_path / "a.parquet"
    rows.set_index("document").to_parquet(source, row_group_size=2)
    _, skipped = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "target").drop_duplicates("document")
    statements = statements.set_index("document")
    assert statements["said"].to_dict() == {
        str(2**53 + 1): "2023-01-01",
        "1": "2023-01-01",
        "3": "2023-01-03 12:00:00",
        "4": "2023-01-01",
        "5": "2023-01-01",
    }
    assert statements["published"].fillna("").to_list() == ["2024-05-01"] * 4 + [""]
    assert statements.loc["5", "actor"] == "hebei"


@pytest.mark.parametrize("size", [50, 10**6])
def test_paragraphs_have_dates_of_their_own(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    rows = pd.DataFrame({"document": ["x", "y"] * 3, "paragraph": [1, 1, 2, 2, 3, 3]})
    rows = rows.assign(text="robots", said=[f"202{i}" for i in range(6)])
    source = write(rows, tmp_path / "a.jsonl")
    summary, _ = pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    statements = pd.read_parquet(tmp_path / "target")
    assert statements["said"].to_list() == rows["said"].to_list()
    assert summary["documents"] == 2


@pytest.mark.parametrize("size", [50, 10**6])
def test_rows_are_documents_or_paragraphs_but_not_both(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(_sources, "SIZE", size)
    source = tmp_path / "a.jsonl"
    source.write_text(
        '{"document": "x", "text": "robots"}\n{"document": "y", "paragraph": 1, "text": "a"}\n'
    )
    with pytest.raises(ValueError, match=r"some rows .*have a paragraph, and some have none"):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)


def test_what_may_be_readable_later_is_tried_again(here, tmp_path, monkeypatch):
    source, target = put_files(tmp_path / "source", 8), tmp_path / "target"

    def fail(data, encoding):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("policylib.documents.encoding.decode", fail)
        with pytest.raises(ValueError, match=r"no document can be read; d000.txt: too large"):
            pl.code_corpus(source, target, codebook=CODEBOOK)
    summary, skipped = pl.code_corpus(source, target, codebook=CODEBOOK)
    assert skipped.empty
    assert summary["kept"] == 0


def test_links_that_lead_nowhere_and_odd_names(here, tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    rows = some_rows(4)
    write(rows.head(2), folder / "a.jsonl")
    write(rows.tail(2), Path(os.fsdecode(os.fsencode(folder / "b") + b"\xff.jsonl")))
    (folder / "c.jsonl").symlink_to("nowhere")
    summary, skipped = pl.code_corpus(folder, tmp_path / "target", codebook=CODEBOOK)
    assert summary["documents"] == 4
    assert skipped["file"].to_list() == ["c.jsonl"]
    assert skipped["problem"][0] == "a link that leads nowhere"


def test_many_small_files_are_put_together(here, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SIZE", 2000)
    rows, folder = some_rows(), tmp_path / "source"
    folder.mkdir()
    for i in range(len(rows)):
        write(rows.iloc[[i]], folder / f"{i:02}.jsonl")
    (folder / "30.jsonl").write_text("{\n" + (folder / "30.jsonl").read_text() + "\n{")
    summary, skipped = pl.code_corpus(folder, tmp_path / "target", codebook=CODEBOOK)
    assert 1 < summary["parts"] < 20
    assert skipped[["file", "row"]].to_numpy().tolist() == [["30.jsonl", 1], ["30.jsonl", 4]]
    assert_coded(tmp_path / "target", paragraphs_of(rows))


# --- Errors. ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "error", "match"),
    [
        ([], FileNotFoundError, "no file or folder"),
        (["a/b.xlsx"], ValueError, r"holds nothing to be read \(allowed: .txt"),
        (["a/b.txt", "a/c.jsonl"], ValueError, "documents .'b.txt'. and JSON Lines .'c.jsonl'."),
    ],
)
def test_what_is_no_source(here, tmp_path, names, error, match):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with pytest.raises(error, match=match):
        pl.code_corpus(tmp_path / "a", tmp_path / "target", codebook=CODEBOOK)
    assert not (tmp_path / "target").exists()


def test_parquet_without_text(here, tmp_path):
    source = write(some_rows(3).rename(columns={"text": "body"}), tmp_path / "a.parquet")
    with pytest.raises(
        ValueError, match=r"no column 'text' \(needed: document, text; it has: document"
    ):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)


def test_a_target_with_something_else_is_left_alone(here, tmp_path):
    source, target = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "target"
    target.mkdir()
    (target / "mine.txt").write_text("x")
    with pytest.raises(FileExistsError, match=r"holds 'mine.txt', which code_corpus did not write"):
        pl.code_corpus(source, target, codebook=CODEBOOK)
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
    with pytest.raises(NotADirectoryError):
        pl.code_corpus(source, target / "mine.txt", codebook=CODEBOOK)
    with pytest.raises(FileNotFoundError):
        pl.code_corpus(source, tmp_path / "no" / "target", codebook=CODEBOOK)


@pytest.mark.parametrize("name", ["part-00000-3f2a-c000.snappy.parquet", "part-0-1.parquet"])
def test_parts_of_others_are_left_alone(here, tmp_path, name):
    source, target = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "target"
    target.mkdir()
    (target / name).write_text("x")
    with pytest.raises(FileExistsError, match="did not write"):
        pl.code_corpus(source, target, codebook=CODEBOOK)
    assert (target / name).exists()


def test_what_programs_leave_in_a_folder_does_not_matter(here, tmp_path):
    source, target = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "target"
    (target / ".ipynb_checkpoints").mkdir(parents=True)
    (target / ".DS_Store").write_text("x")
    run(source, target)
    assert_coded(target, paragraphs_of(some_rows(3)))


def test_a_source_that_cannot_be_opened_is_not_called_a_target(here, tmp_path, monkeypatch):
    source = write(some_rows(3), tmp_path / "a.parquet")

    def fail(*_, **__):
        raise PermissionError(13, "Permission denied", "a.parquet")

    monkeypatch.setattr("policylib.corpus.pieces.piece_of_rows", fail)
    with pytest.raises(PermissionError, match="Permission denied"):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)


def test_a_table_that_shrinks_meanwhile(here, tmp_path, monkeypatch):
    source, target = tmp_path / "a.parquet", tmp_path / "target"
    write(some_rows(), source, row_group_size=10)
    usual = corpus.find_parts

    def find(*origin):
        found = usual(*origin)
        write(some_rows(15), source, row_group_size=10)
        return found

    monkeypatch.setattr(corpus, "find_parts", find)
    with pytest.raises(RuntimeError, match=r"a.parquet, group \d, .*the file has changed"):
        pl.code_corpus(source, target, codebook=CODEBOOK)


@pytest.mark.parametrize("lost", [False, True])
def test_the_statements_of_another_source_stay(here, tmp_path, lost):
    source, target = put_files(tmp_path / "source"), tmp_path / "target"
    parts, _ = run(source, target)
    other = tmp_path / "other"
    other.mkdir()
    (other / "d000.txt").write_text("Farms.")
    if lost:
        next(target.glob("*.parquet")).unlink()
    before = sorted(target.iterdir())
    with pytest.raises(FileExistsError, match=r"holds the statements of .*source, which would go"):
        pl.code_corpus(other, target, codebook=CODEBOOK)
    assert sorted(target.iterdir()) == before
    moved = source.rename(tmp_path / "moved")
    with pytest.raises(FileExistsError, match=r"delete _manifest\.json there"):
        pl.code_corpus(moved, target, codebook=CODEBOOK)
    (target / _target.MANIFEST).unlink()
    assert run(moved, target) == (lost, parts - lost)
    assert_coded(target, pl.read_documents(moved)[0])


def test_a_target_in_no_folder_is_named(here, tmp_path):
    source = put_files(tmp_path / "source", 5)
    with pytest.raises(
        FileNotFoundError, match=r"no folder .*none, in which 'target' could be made"
    ):
        pl.code_corpus(source, tmp_path / "none" / "target", codebook=CODEBOOK)


def test_a_target_within_the_source_is_refused(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    with pytest.raises(ValueError, match="lies within"):
        pl.code_corpus(source, source / "target", codebook=CODEBOOK)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"codebook": CODEBOOK.drop(columns="terms_en")}, "no column 'terms_en'"),
        ({"codebook": CODEBOOK.assign(terms_en="a")}, "a single letter"),
        ({"codebook": CODEBOOK, "actor": "sentences"}, "did you mean 'sentence'?"),
    ],
)
def test_options_are_checked_before_anything_is_written(here, tmp_path, options, match):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    with pytest.raises(ValueError, match=match):
        pl.code_corpus(source, tmp_path / "target", **options)
    assert not (tmp_path / "target").exists()


def test_a_missing_extra_is_named(tmp_path):
    code = "import sys; sys.modules['dask'] = None; import policylib; policylib.code_corpus"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'policylib[dask]'" in done.stderr.splitlines()[-1]


# --- Counts. ------------------------------------------------------------------------------------


@pytest.fixture
def coded(here, tmp_path):
    rows = some_rows(40).assign(actor=["henan", "hebei", "jilin", None] * 10)
    rows["said"] = ["2023-01-05", "2023-02", "2024-01-01", "2023-01"] * 10
    pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded", codebook=CODEBOOK)
    return tmp_path / "coded"


@pytest.mark.parametrize(
    ("rows", "columns"), [("actor", "priority"), ("document", "role"), ("count", "said")]
)
def test_counts_are_those_of_one_table(coded, rows, columns):
    counts = pl.count_corpus(coded, rows=rows, columns=columns)
    expected = pl.count_statements(pd.read_parquet(coded), rows=rows, columns=columns)
    pd.testing.assert_frame_equal(counts, expected)


@pytest.mark.parametrize("period", ["month", "year"])
def test_counts_of_periods_are_those_of_the_whole(coded, period):
    counts = pl.count_corpus(coded, rows="actor", columns="priority", period=period)
    statements = pd.read_parquet(coded)
    whole = pl.count_statements(statements, rows="actor", columns="priority")
    pd.testing.assert_frame_equal(counts.groupby(level="actor").sum(), whole)
    assert counts.index.names == [period, "actor"]
    shares = pl.attention(statements, by=period, normalize=False).dropna().astype("int64")
    by_period = counts.groupby(level=period).sum()
    pd.testing.assert_frame_equal(by_period, shares.loc[by_period.index], check_freq=False)
    january = statements[statements["said"].str.startswith("2023-01")]
    if period == "month":
        found = counts.loc["2023-01"].loc[:, lambda table: table.any()]
        expected = pl.count_statements(january, rows="actor", columns="priority")
        pd.testing.assert_frame_equal(found, expected)


def test_levels_of_the_codebook_are_rolled_up(here, tmp_path):
    codebook = pl.read_codebook()
    rows = pd.DataFrame({"document": ["a", "b"], "text": ["robots, talents, robots", "tourism"]})
    pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded", codebook=codebook)
    broader = codebook.set_index("id")["broader"]
    statements = pd.read_parquet(tmp_path / "coded")
    found = statements["priority"].map(broader).fillna(statements["priority"])
    found = found.map(broader).fillna(found)
    expected = statements.assign(theme=found)
    counts = pl.count_corpus(tmp_path / "coded", rows="actor", columns="theme")
    whole = pl.count_statements(expected, rows="actor", columns="theme")
    pd.testing.assert_frame_equal(counts, whole)
    items = pl.count_corpus(tmp_path / "coded", rows="actor", columns="item")
    raw = pl.count_statements(statements, rows="actor", columns="priority")
    pd.testing.assert_frame_equal(items, raw.rename_axis(columns="item"))
    assert "robots" in items
    assert "robots" not in pl.count_corpus(tmp_path / "coded", rows="actor", columns="priority")
    turned = pl.count_corpus(tmp_path / "coded", rows="theme", columns="actor")
    pd.testing.assert_frame_equal(turned, counts.T)
    nested = pl.count_corpus(tmp_path / "coded", rows="theme", columns="item")
    pd.testing.assert_series_equal(nested.sum(axis=1), whole.sum().rename_axis("theme"))
    pd.testing.assert_series_equal(nested.sum(), items.sum())


def test_what_has_no_date_is_said(here, tmp_path):
    rows = some_rows(4).assign(
        said=["2023", None, "2024", None], published=[None, "2025", None, None]
    )
    pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded", codebook=CODEBOOK)
    options = {"rows": "document", "columns": "priority", "period": "year"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        counts = pl.count_corpus(tmp_path / "coded", **options)
    told = [str(warning.message) for warning in caught]
    assert told == [
        "2 of 8 mentions have no date and are not counted",
        "3 of 8 mentions have no date in 'said' and count by 'published'",
    ]
    assert counts.sum(axis=1).to_dict() == {
        (pd.Period("2023"), "d000"): 3,
        (pd.Period("2025"), "d001"): 3,
    }
    pl.code_corpus(write(some_rows(4), tmp_path / "a.jsonl"), tmp_path / "coded", codebook=CODEBOOK)
    with pytest.raises(ValueError, match="none of these statements has a date"):
        pl.count_corpus(tmp_path / "coded", **options)


def test_a_corpus_without_statements_has_no_counts(here, tmp_path):
    rows = pd.DataFrame({"document": ["a"], "text": ["Nothing."]})
    with pytest.warns(UserWarning, match="there is no statement"):
        pl.code_corpus(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded", codebook=CODEBOOK)
    for period in (None, "year"):
        counts = pl.count_corpus(tmp_path / "coded", rows="actor", columns="role", period=period)
        assert counts.empty


@pytest.mark.parametrize("scheduler", ["sync", "single-threaded", "threading"])
def test_the_scheduler_that_is_set_is_taken(tmp_path, monkeypatch, scheduler):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    used = []
    usual = dask.compute
    monkeypatch.setattr(
        dask, "compute", lambda *a, **o: used.append(o["scheduler"]) or usual(*a, **o)
    )
    with dask.config.set(scheduler=scheduler):
        pl.code_corpus(source, tmp_path / "target", codebook=CODEBOOK)
    assert used == [scheduler]


@pytest.mark.parametrize("column", ["said", "published"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_date_that_cannot_be_read_is_named(here, tmp_path, name, column):
    rows = some_rows(8).assign(**{column: "2023"})
    rows.loc[[2, 5], column] = ["2023-02-30", "the last of May or the first of June"]
    _, skipped = pl.code_corpus(write(rows, tmp_path / name), tmp_path / "t", codebook=CODEBOOK)
    assert skipped["row"].to_list() == [3, 6]
    assert skipped["problem"].to_list() == [
        f"{column}: {cell} is no date (allowed: a year, a month or a day, such as 2023, 2023-12 or "
        "2023-12-31)"
        for cell in ("'2023-02-30'", "'the last of ...first of June'")
    ]
    assert_coded(tmp_path / "t", paragraphs_of(rows.drop([2, 5])))


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_what_is_blank_is_missing(here, tmp_path, name):
    rows = some_rows(2).assign(actor=["", "henan"], role=["reports", " "], said=["", "2023"])
    source = write(rows, tmp_path / name)
    _, skipped = pl.code_corpus(source, tmp_path / "t", codebook=CODEBOOK)
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "t").drop_duplicates("document")
    found = statements[["actor", "role", "said"]].fillna("").to_numpy().tolist()
    assert found == [["d000", "reports", ""], ["henan", "commits", "2023"]]


@pytest.mark.parametrize("kind", ["category", "string", "large_string[pyarrow]", "object"])
def test_what_is_blank_is_missing_whatever_its_type(here, tmp_path, kind):
    kind = pd.ArrowDtype(pa.large_string()) if "pyarrow" in kind else kind
    rows = some_rows(3).assign(actor=["", "henan", " "], said=["2023", "", "2024"], paragraph="")
    rows = rows.astype({"actor": kind, "said": kind})
    source = write(rows, tmp_path / "a.parquet")
    _, skipped = pl.code_corpus(source, tmp_path / "t", codebook=CODEBOOK)
    assert skipped.empty
    statements = pd.read_parquet(tmp_path / "t").drop_duplicates("document")
    found = statements[["actor", "said"]].fillna("").to_numpy().tolist()
    assert found == [["d000", "2023"], ["henan", ""]]  # the third has no statement
    (tmp_path / "d000.txt").write_text("Robots.")
    about = rows.drop(columns=["text", "paragraph"]).head(1)
    with pytest.warns(UserWarning, match="about names no actor of 1 of 1 files"):
        pl.code_corpus(tmp_path / "d000.txt", tmp_path / "u", codebook=CODEBOOK, about=about)
    found = pd.read_parquet(tmp_path / "u")[["actor", "said"]].to_numpy().tolist()
    assert found == [["d000", "2023"]]


def test_a_source_with_an_odd_name(here, tmp_path):
    source = put_files(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    parts, _ = run(source, tmp_path / "target")
    assert run(source, tmp_path / "target") == (0, parts)


def test_a_file_that_may_not_be_looked_at_is_listed(here, tmp_path, monkeypatch):
    write(some_rows(3), tmp_path / "a.jsonl")
    write(some_rows(3), tmp_path / "b.jsonl")
    usual = Path.is_file

    def refuse(path):
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return usual(path)

    (tmp_path / "source").mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).rename(tmp_path / "source" / name)
    monkeypatch.setattr(Path, "is_file", refuse)
    _, skipped = pl.code_corpus(tmp_path / "source", tmp_path / "t", codebook=CODEBOOK)
    told = [["a.jsonl", "cannot be read: Permission denied"]]
    assert skipped[["file", "problem"]].to_numpy().tolist() == told


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_a_pipe_is_no_file(here, tmp_path, name):
    (tmp_path / "source").mkdir()
    os.mkfifo(tmp_path / "source" / name)
    write(some_rows(3), tmp_path / "source" / f"b{name[1:]}")
    _, skipped = pl.code_corpus(tmp_path / "source", tmp_path / "t", codebook=CODEBOOK)
    assert skipped[["file", "problem"]].to_numpy().tolist() == [[name, "not a regular file"]]


def test_levels_that_do_not_fit_are_named_before_anything_is_coded(here, tmp_path):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    wrong = CODEBOOK.assign(
        level=["theme", "priority", "item"], broader=pd.Categorical([None, "robots", "farms"])
    )
    with pytest.raises(pl.DataError, match="codebook, row 4, column broader: the code above an it"):
        pl.code_corpus(source, tmp_path / "t", codebook=wrong)
    assert not (tmp_path / "t").exists()
    unknown = wrong.assign(level=["theme", "Priority", None])
    with pytest.raises(
        pl.DataError, match=r"row 3, column level: no level 'Priority' .allowed: th"
    ):
        pl.code_corpus(source, tmp_path / "t", codebook=unknown)
    blank = wrong.assign(broader=["", "robots", "quanta"])
    pl.code_corpus(source, tmp_path / "blank", codebook=blank)
    right = wrong.assign(broader=pd.Categorical([None, "robots", "quanta"]))
    pl.code_corpus(source, tmp_path / "t", codebook=right)
    counts = pl.count_corpus(tmp_path / "t", rows="theme", columns="role")
    assert counts["commits"].to_dict() == {"robots": pd.read_parquet(tmp_path / "t")["count"].sum()}
    own = CODEBOOK.assign(level=["topic", "topic", "word"], broader=[None, None, "robots"])
    pl.code_corpus(source, tmp_path / "t", codebook=own)
    counts = pl.count_corpus(tmp_path / "t", rows="role", columns="priority")
    assert counts.columns.to_list() == ["quanta", "robots"]
    with pytest.raises(ValueError, match="no 'theme': the codebook had none of the levels theme"):
        pl.count_corpus(tmp_path / "t", rows="theme", columns="role")


def test_a_date_that_is_less_exact_than_the_period_is_named(coded):
    match = r"row 'd0\d\d-p0\d-c01': '2023-0[12]' is a month, and a week cannot be told from it$"
    with pytest.raises(ValueError, match=match):
        pl.count_corpus(coded, rows="document", columns="priority", period="week")


@pytest.mark.parametrize(
    "filters",
    [
        [("actor", "==", "henan")],
        [("count", ">", 1), ("actor", "in", ["henan", "hebei"])],
        [("actor", "in", np.array(["henan", "hebei"]))],
        [("actor", "in", pd.Series(["henan", "hebei"]))],
        [("actor", "not in", {"henan"}), ("count", "in", [1, 2])],
        [[("actor", "==", "henan")], [("priority", "==", "quanta")]],
        pc.field("role") == "commits",
    ],
)
def test_only_what_fits_the_filters_is_counted(coded, filters):
    options = {"rows": "actor", "columns": "priority"}
    expected = pl.count_statements(pd.read_parquet(coded, filters=filters), **options)
    counts = pl.count_corpus(coded, filters=filters, **options)
    pd.testing.assert_frame_equal(counts, expected)


def test_filters_that_nothing_fits_are_named(coded):
    options = {"rows": "actor", "columns": "priority", "filters": [("role", "==", "commit")]}
    with pytest.warns(UserWarning, match="no statement fits the filters .*'commit'"):
        assert pl.count_corpus(coded, **options).empty


def test_columns_that_are_empty_are_named(coded):
    with pytest.warns(UserWarning, match="no statement has both 'initiative' and 'priority'"):
        assert pl.count_corpus(coded, rows="initiative", columns="priority").empty


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"rows": "actors", "columns": "priority"}, "did you mean 'actor'?"),
        ({"rows": "actor", "columns": "speaker"}, "no column 'speaker' .allowed: id, document"),
        ({"rows": "number of mentions", "columns": "role"}, "no column 'number of mentions'"),
        ({"rows": "actor", "columns": "actor"}, "name different columns"),
        ({"rows": "actor", "columns": "priority", "period": "decade"}, "no period 'decade'"),
        (
            {"rows": "actor", "columns": "priority", "filters": [[("roles", "==", "commits")]]},
            "no column 'roles'.*did you mean 'role'?",
        ),
        *(
            ({"rows": "actor", "columns": "priority", "filters": filters}, match)
            for filters, match in [
                (("role", "==", "commits"), "filters are a list of conditions"),
                ([], "filters are a list of conditions"),
                ([("role", "is", "commits")], "filters are a list of conditions"),
                ({"role": "commits"}, "filters are a list of conditions"),
                ([("role", "==", 3)], "'role' is text, and not 3; write '3'"),
                ([("said", "==", 2021)], r"those of 2021 are \[\('said', '>=', '2021'\)"),
                ([("said", ">", pd.Timestamp("2021-01-01"))], "'said' is text, and not Timestamp"),
                ([("theme", "==", "x")], "no column 'theme'; codes of all levels stand in"),
                ([("year", "==", "2021")], "no column 'year'; name a period, or dates"),
                ([("role", "in", "commits")], "'in' needs a list of values, and not 'commits'"),
                ([("said", "in", [2021])], "'said' is text, and not 2021"),
                ([("actor", "in", [])], "'in' needs a list of values, and not"),
                ([("count", ">", "1")], "do not fit the statements"),
                (pc.field("roles") == "commits", "do not fit the statements: No match"),
            ]
        ),
    ],
)
def test_counts_of_what_is_not_there(coded, options, match):
    with pytest.raises(ValueError, match=match):
        pl.count_corpus(coded, **options)


def test_what_is_no_coded_corpus(tmp_path):
    options = {"rows": "actor", "columns": "priority"}
    with pytest.raises(FileNotFoundError, match="no folder"):
        pl.count_corpus(tmp_path / "no", **options)
    with pytest.raises(ValueError, match="is no coded corpus"):
        pl.count_corpus(tmp_path, **options)
    (tmp_path / _target.MANIFEST).write_text("{")
    with pytest.raises(ValueError, match="is damaged"):
        pl.count_corpus(tmp_path, **options)


def test_a_bar_shows_how_far_it_is(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(corpus.BAR, "delay", 0)
    pl.code_corpus(write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "t", codebook=CODEBOOK)
    assert "part/s]" in capsys.readouterr().err


def test_problems_have_the_columns_of_the_table():
    assert Problem._fields == ("file", "row", "problem")
