"""code_corpus: sources in any parts are coded as a single table would be."""

import os
from pathlib import Path

import dask
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib._util.files import file_mode
from policylib.corpus import sources
from policylib.corpus.store import SKIPPED
from tests.corpus.helpers import (
    CODEBOOK,
    assert_coded,
    code,
    numbers,
    paragraphs_of,
    put_files,
    some_rows,
    write,
    written,
)


def test_code_corpus_of_a_folder_equals_code_documents(here, tmp_path):
    source, coded = put_files(tmp_path / "source"), tmp_path / "coded"
    (source / "sub").mkdir()
    (source / "sub" / "a.md").write_text("# Robots\n\nQuanta", encoding="utf-8")
    (source / "a.docx").write_bytes(b"no zip")
    (source / "b.csv").write_text("a,b", encoding="utf-8")
    documents, left_out = pol.read_documents(source)
    summary, skipped = code(source, coded)
    assert_coded(coded, documents)
    assert summary["documents"] == documents["document"].nunique()
    assert summary["paragraphs"] == len(documents)
    assert summary["hits"] == len(pol.find_terms(documents, CODEBOOK))
    assert summary["statements"] == len(written(coded))
    assert summary["parts"] > 1
    assert skipped["file"].to_list() == left_out["file"].to_list() == ["a.docx", "b.csv"]
    assert skipped["problem"][0] == left_out["problem"][0]
    listed = pd.read_csv(coded / SKIPPED, dtype=skipped.dtypes.to_dict())
    pd.testing.assert_frame_equal(listed, skipped)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.parquet"])
def test_code_corpus_of_rows_equals_code_documents(here, tmp_path, name):
    rows = some_rows()
    options = {"row_group_size": 25} if name.endswith("parquet") else {}
    summary, skipped = code(write(rows, tmp_path / name, **options), tmp_path / "coded")
    assert_coded(tmp_path / "coded", paragraphs_of(rows))
    assert summary[["documents", "paragraphs"]].to_list() == [60, len(paragraphs_of(rows))]
    assert summary["parts"] > 3
    assert skipped.empty


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_of_rows_that_are_paragraphs(here, tmp_path, name):
    documents = paragraphs_of(some_rows(30))[["document", "paragraph", "text"]]
    documents["text"] += "\nThis line is not a paragraph: a robot."
    summary, _ = code(write(documents, tmp_path / name), tmp_path / "coded")
    assert_coded(tmp_path / "coded", documents)
    assert summary["documents"] == 30  # though some are in two parts


@pytest.mark.parametrize("size", [50, 10**6])
def test_code_corpus_keeps_the_date_of_each_paragraph(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    rows = pd.DataFrame({"document": ["x", "y"] * 3, "paragraph": [1, 1, 2, 2, 3, 3]})
    rows = rows.assign(text="robots", date=[f"202{i}" for i in range(6)])
    summary, _ = code(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded")
    assert pd.read_parquet(tmp_path / "coded")["date"].to_list() == rows["date"].to_list()
    assert summary["documents"] == 2


@pytest.mark.parametrize("size", [50, 10**6])
def test_code_corpus_refuses_documents_beside_paragraphs(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    rows = ['{"document": "x", "text": "robots"}', '{"document": "y", "paragraph": 1, "text": "a"}']
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(ValueError, match=r"some rows .*have a paragraph and some do not"):
        code(tmp_path / "a.jsonl", tmp_path / "coded")


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_keeps_who_says_it_and_when(here, tmp_path, name):
    rows = some_rows(8).assign(actor=["henan", None] * 4, role=[None, "reports"] * 4)
    rows = rows.assign(date=[2023, None, 2024, 2025] * 2, published="2026-01")
    rows["date"] = rows["date"].astype("Int64")
    code(write(rows, tmp_path / name), tmp_path / "coded")
    statements = pd.read_parquet(tmp_path / "coded").drop_duplicates("document")
    columns = ["actor", "role", "date", "published"]
    found = statements.set_index("document")[columns].fillna("")
    assert found.loc["d000"].to_list() == ["henan", "commits", "2023", "2026-01"]
    assert found.loc["d001"].to_list() == ["d001", "reports", "", "2026-01"]


def test_code_corpus_of_several_files_is_one_table(here, tmp_path):
    rows = some_rows()
    (tmp_path / "source" / "more").mkdir(parents=True)
    write(rows.head(20), tmp_path / "source" / "a.jsonl")
    write(rows.tail(40), tmp_path / "source" / "more" / "b.jsonl")
    code(tmp_path / "source", tmp_path / "coded")
    assert_coded(tmp_path / "coded", paragraphs_of(rows))


def test_code_corpus_puts_small_files_together(here, tmp_path):
    rows, folder = some_rows(30), tmp_path / "source"
    folder.mkdir()
    for i in range(len(rows)):
        write(rows.iloc[[i]], folder / f"{i:02}.jsonl")
    (folder / "15.jsonl").write_text(
        "{\n" + (folder / "15.jsonl").read_text(encoding="utf-8") + "\n{", encoding="utf-8"
    )
    summary, skipped = code(folder, tmp_path / "coded")
    assert 1 < summary["parts"] < 15
    assert skipped[["file", "row"]].to_numpy().tolist() == [["15.jsonl", 1], ["15.jsonl", 4]]
    assert_coded(tmp_path / "coded", paragraphs_of(rows))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text('ab 机器\n\r\u2028{}"\\'), min_size=1, max_size=8),
    size=st.integers(40, 400),
    name=st.sampled_from(["a.jsonl", "a.parquet"]),
)
def test_code_corpus_finds_the_same_wherever_a_source_is_cut(tmp_path_factory, texts, size, name):
    folder = tmp_path_factory.mktemp("any")
    rows = pd.DataFrame({"document": [f"d{i}" for i in range(len(texts))], "text": texts})
    rows["text"] += "\nrobots"
    source = write(rows, folder / name)
    found = {}
    for bytes_ in (size, 2**30):
        with pytest.MonkeyPatch.context() as patch, dask.config.set(scheduler="synchronous"):
            patch.setattr(sources, "PART_BYTES", bytes_)
            summary, _ = code(source, folder / f"coded{bytes_}")
        found[bytes_] = (written(folder / f"coded{bytes_}"), summary.drop(["parts", "kept"]))
    (cut, cut_summary), (whole, whole_summary) = found.values()
    pd.testing.assert_frame_equal(cut, whole)
    pd.testing.assert_series_equal(cut_summary, whole_summary)


def test_code_corpus_codes_news_by_sentence(here, tmp_path):
    codebook = pol.read_codebook()
    text = "Henan will buy robots. Hebei said that robots are few."
    rows = pd.DataFrame({"document": [f"n{i}" for i in range(9)], "text": text})
    source = write(rows, tmp_path / "a.jsonl")
    code(source, tmp_path / "coded", codebook, actor="sentence")
    expected = pol.code_documents(paragraphs_of(rows), codebook, actor="sentence")
    assert len(expected) == 18
    pd.testing.assert_frame_equal(written(tmp_path / "coded"), expected)
    write(paragraphs_of(rows), source)
    with pytest.raises(ValueError, match="needs whole documents"):
        code(source, tmp_path / "coded", codebook, actor="sentence")


def test_code_corpus_of_a_single_document(here, tmp_path):
    (tmp_path / "a.txt").write_text("Robots", encoding="utf-8")
    code(tmp_path / "a.txt", tmp_path / "coded")
    assert pd.read_parquet(tmp_path / "coded")["document"].to_list() == ["a"]


def test_code_corpus_reads_text_in_another_encoding(here, tmp_path):
    source, coded = put_files(tmp_path / "source", 3), tmp_path / "coded"
    (source / "a.txt").write_bytes("Robots \u2013 \u201crobots\u201d.".encode("cp1252"))
    _, skipped = code(source, coded)
    assert skipped["file"].to_list() == ["a.txt"]
    assert "pass `encoding`" in skipped["problem"][0]
    summary, skipped = code(source, coded, encoding="cp1252")
    assert skipped.empty
    assert summary["kept"] == 0
    assert_coded(coded, pol.read_documents(source, encoding="cp1252")[0])


@pytest.mark.parametrize(
    ("name", "encoding", "match"),
    [("a.jsonl", "gbk", "JSON Lines is always UTF-8"), ("a.txt", "gbq", "no encoding 'gbq'")],
)
def test_code_corpus_refuses_an_encoding(here, tmp_path, name, encoding, match):
    (tmp_path / name).write_text('{"document": "a", "text": "Robots."}', encoding="utf-8")
    with pytest.raises(ValueError, match=match):
        code(tmp_path / name, tmp_path / "coded", encoding=encoding)


def test_code_corpus_reads_the_main_text_of_pages(here, tmp_path):
    source, coded = tmp_path / "source", tmp_path / "coded"
    source.mkdir()
    menu = "<ul><li><a>Robots</a></li></ul>" * 3
    text = "<p>The province will buy more robots for its ports and its schools this year.</p>" * 4
    (source / "a.html").write_text(f"{menu}{text}", encoding="utf-8")
    assert code(source, coded)[0]["paragraphs"] == 7
    summary, _ = code(source, coded, main_text=True)
    assert summary[["paragraphs", "kept"]].to_list() == [4, 0]
    (tmp_path / "a.jsonl").write_text('{"document": "a", "text": "Robots."}', encoding="utf-8")
    with pytest.raises(ValueError, match="JSON Lines holds no pages"):
        code(tmp_path / "a.jsonl", coded, main_text=True)


@pytest.mark.parametrize(
    ("names", "error", "match"),
    [
        ([], FileNotFoundError, "no file or folder"),
        (["a/b.xlsx"], ValueError, r"holds no file that can be read \(allowed: .txt"),
        (["a/b.txt", "a/c.jsonl"], ValueError, "documents .'b.txt'. and JSON Lines .'c.jsonl'."),
    ],
)
def test_code_corpus_refuses_what_is_not_a_source(here, tmp_path, names, error, match):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(error, match=match):
        code(tmp_path / "a", tmp_path / "coded")
    assert not (tmp_path / "coded").exists()


def test_code_corpus_needs_a_column_text_in_parquet(here, tmp_path):
    source = write(some_rows(3).rename(columns={"text": "body"}), tmp_path / "a.parquet")
    match = r"no column 'text' \(required: document, text; it has: document, body\)"
    with pytest.raises(ValueError, match=match):
        code(source, tmp_path / "coded")


@pytest.mark.not_on("Windows", "Darwin", reason="names of files are always Unicode there")
def test_code_corpus_of_a_source_with_an_odd_name(here, tmp_path):
    source = put_files(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")), 9)
    parts, _ = numbers(source, tmp_path / "coded")
    assert numbers(source, tmp_path / "coded") == (0, parts)


@pytest.mark.not_on("Windows", "Darwin", reason="names of files are always Unicode there")
def test_code_corpus_lists_links_that_lead_nowhere_and_reads_odd_names(here, tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    write(some_rows(4).head(2), folder / "a.jsonl")
    write(some_rows(4).tail(2), Path(os.fsdecode(os.fsencode(folder / "b") + b"\xff.jsonl")))
    (folder / "c.jsonl").symlink_to("nowhere")
    summary, skipped = code(folder, tmp_path / "coded")
    assert summary["documents"] == 4
    assert skipped["file"].to_list() == ["c.jsonl"]
    assert skipped["problem"][0] == "a broken link"


@pytest.mark.not_on("Windows", reason="it has no pipes in folders")
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_does_not_wait_for_a_pipe(here, tmp_path, name):
    (tmp_path / "source").mkdir()
    os.mkfifo(tmp_path / "source" / name)
    write(some_rows(3), tmp_path / "source" / f"b{name[1:]}")
    _, skipped = code(tmp_path / "source", tmp_path / "coded")
    assert skipped[["file", "problem"]].to_numpy().tolist() == [[name, "not a regular file"]]


def test_code_corpus_lists_a_file_without_permission(here, tmp_path, monkeypatch):
    (tmp_path / "source").mkdir()
    write(some_rows(3), tmp_path / "source" / "a.jsonl")
    write(some_rows(3), tmp_path / "source" / "b.jsonl")

    def refuse(path):
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return file_mode(path)

    monkeypatch.setattr("policylib.documents.files.file_mode", refuse)
    _, skipped = code(tmp_path / "source", tmp_path / "coded")
    expected = [["a.jsonl", "cannot be read: Permission denied"]]
    assert skipped[["file", "problem"]].to_numpy().tolist() == expected
