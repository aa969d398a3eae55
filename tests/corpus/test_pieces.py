"""code_corpus: rows and files that cannot be read are listed, and all others are coded."""

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policylib.convert import parquet_files
from policylib.corpus import coder, job, pieces, sources
from policylib.corpus.store import MANIFEST
from tests.convert.helpers import TEXT_KINDS
from tests.corpus.helpers import (
    assert_coded,
    code,
    paragraphs_of,
    put_files,
    some_rows,
    write,
)


@pytest.mark.parametrize("size", [500, 1500, 10**6])
def test_code_corpus_lists_lines_that_cannot_be_read(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    bad = {
        3: ("{", "not JSON: "),
        5: ('{"document": "\udcff", "text": "x"}', "not UTF-8, which JSON Lines must be"),
        17: ("[1]", "not an object"),
        20: ('{"document": "x"}', "text: missing"),
        21: ('{"text": "x"}', "document: missing"),
        30: ('{"document": "x", "text": 5}', "text: 5 is not text"),
        40: ('{"document": "x", "text": " \\n "}', "text: empty"),
        41: ('{"document": "x", "text": "a", "paragraph": 0}', "paragraph: 0 is not a whole"),
        42: ('{"document": "x", "text": "a", "paragraph": "one"}', "paragraph: 'one' is not a"),
        50: ('{"document": "x", "text": "a", "role": "commit"}', "role: 'commit' is not a role"),
        60: ('{"document": ["x"], "text": "a"}', "document: ['x'] is not a name"),
    }
    lines = [json.dumps(row) for row in some_rows().to_dict("records")]
    for number, (line, _) in sorted(bad.items()):
        lines.insert(number - 1, line)
    source = tmp_path / "a.jsonl"
    source.write_text("\ufeff" + "\n".join(lines) + "\n\n", "utf-8", "surrogateescape")
    _, skipped = code(source, tmp_path / "coded")
    assert set(skipped["file"]) == {"a.jsonl"}
    assert skipped["row"].to_list() == list(bad)
    for problem, (_, expected) in zip(skipped["problem"], bad.values(), strict=True):
        assert problem.startswith(expected)
    assert "did you mean 'commits'?" in skipped["problem"][9]
    assert_coded(tmp_path / "coded", paragraphs_of(some_rows()))


@pytest.mark.parametrize("size", [300, 3000, 10**6])
def test_code_corpus_lists_rows_of_parquet_that_cannot_be_read(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    rows = some_rows()
    rows.loc[[4, 44], "text"] = [None, ""]
    source = write(rows, tmp_path / "a.parquet", row_group_size=25)
    _, skipped = code(source, tmp_path / "coded")
    assert skipped.values.tolist() == [
        ["a.parquet", 5, "text: missing"],
        ["a.parquet", 45, "text: empty"],
    ]
    assert_coded(tmp_path / "coded", paragraphs_of(rows.drop([4, 44])))


@pytest.mark.parametrize("encode", [lambda texts: texts, lambda texts: texts.dictionary_encode()])
def test_code_corpus_lists_texts_of_parquet_that_are_not_unicode(here, tmp_path, encode):
    texts = [text.encode() for text in some_rows(9)["text"]]
    texts[4] = b"robots \xff"
    names = pa.array([f"d{i}" for i in range(9)])
    table = pa.table({"document": names, "text": encode(pa.array(texts).view(pa.string()))})
    pq.write_table(table, tmp_path / "a.parquet")
    summary, skipped = code(tmp_path / "a.parquet", tmp_path / "coded")
    assert skipped[["file", "row"]].to_numpy().tolist() == [["a.parquet", 5]]
    assert skipped["problem"][0] == r"text: 'robots \udcff' is not UTF-8"
    assert summary["documents"] == 8


@pytest.mark.parametrize("size", [300, 10**6])
def test_code_corpus_lists_damaged_parquet_and_codes_the_rest(here, tmp_path, monkeypatch, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
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
    summary, skipped = code(folder, tmp_path / "coded")
    assert skipped["file"].unique().tolist() == ["a.parquet", "c.parquet"]
    assert skipped["row"].dropna().min() == 26
    assert skipped["problem"].str.contains("damaged from here on|cannot be read").all()
    assert summary["documents"] == 35
    assert_coded(tmp_path / "coded", paragraphs_of(rows.drop(range(25, 50))))


def test_code_corpus_ignores_damaged_notes_of_pandas(here, tmp_path):
    table = pa.table({"document": ["a"], "text": ["Robots."]})
    pq.write_table(table.replace_schema_metadata({b"pandas": b"{"}), tmp_path / "a.parquet")
    summary, _ = code(tmp_path / "a.parquet", tmp_path / "coded")
    assert summary["statements"] == 1


def test_code_corpus_names_a_file_with_columns_that_are_not_unicode(here, tmp_path):
    source = write(some_rows(3).assign(remarks="x"), tmp_path / "a.parquet")
    source.write_bytes(source.read_bytes().replace(b"remarks", b"remark\xff"))
    with pytest.raises(ValueError, match=r"no document can be read; a\.parquet: cannot be read"):
        code(source, tmp_path / "coded")


def put_beside_good(folder: Path, table: pa.Table) -> Path:
    """Write a table into a folder with a sound file of nine documents."""
    folder.mkdir()
    pq.write_table(table, folder / "bad.parquet", compression="zstd")
    write(some_rows(9), folder / "good.parquet")
    return folder


NAMES, TEXT = pa.array(["x", "y"]), pa.array(["Robots.", "Quanta."])
BAD = {
    "no text": ({"document": NAMES, "texts": TEXT}, "no column 'text' (required: document, text;"),
    "lists": ({"document": NAMES, "text": [["a"], None]}, "column 'text': expected text, found li"),
    "records": (
        {"document": [{"a": 1}] * 2, "text": TEXT},
        "column 'document': expected a name, f",
    ),
    "maps": (
        {"document": NAMES, "text": TEXT, "actor": pa.array([[], []], pa.map_("int8", "int8"))},
        "column 'actor': expected a name, found map<int8, int8",
    ),
    "JSON": (
        {"document": NAMES, "text": pa.ExtensionArray.from_storage(pa.json_(pa.string()), TEXT)},
        "column 'text': expected text, found extension<arrow.json>",
    ),
    "a bomb": (
        {"document": NAMES, "text": ["x" * 101_000_000, "y"]},
        "cannot be read: would unpack from ",
    ),
    "many rows": (
        {"document": pa.nulls(10**6, pa.string()), "text": pa.nulls(10**6, pa.string())},
        "cannot be read: would unpack from ",
    ),
}


@pytest.mark.parametrize(("columns", "problem"), BAD.values(), ids=BAD)
def test_code_corpus_leaves_out_a_bad_file_of_parquet(here, tmp_path, columns, problem):
    folder = put_beside_good(tmp_path / "source", pa.table(columns))
    summary, skipped = code(folder, tmp_path / "coded")
    assert skipped["file"].to_list() == ["bad.parquet"]
    assert skipped["problem"][0].startswith(problem)
    assert summary["documents"] == 9


def test_code_corpus_leaves_out_a_file_with_a_column_twice(here, tmp_path):
    table = pa.table([NAMES, TEXT, TEXT], ["document", "text", "text"])
    _, skipped = code(put_beside_good(tmp_path / "source", table), tmp_path / "coded")
    assert skipped["problem"].to_list() == ["duplicate column 'text'"]


def wrong(column: str, cells: pa.Array) -> dict[str, pa.Array]:
    return {"document": NAMES, "text": TEXT} | {column: cells}


BAD_CELLS = {
    "time zone": (wrong("date", pa.array([0, None], pa.timestamp("us", "Mars"))), "'Mars'"),
    "year": (wrong("date", pa.array([2**30, None], "int32").cast(pa.date32())), "days=1073741824"),
    "bytes": (wrong("actor", pa.array([b"a", None])), "actor: b'a' is not a name"),
    "decimals": (wrong("paragraph", pa.array([Decimal("1.5"), None])), "is not a whole number"),
    "infinity": (wrong("paragraph", pa.array([float("inf"), None])), "inf is not a whole number"),
    "a long name": (wrong("actor", pa.array(["a" * 4097, None])), "actor: 4,097 characters (all"),
    "a long text": (wrong("text", pa.array(["a" * 51_000_000, "Robots"])), "text: 51,000,000 char"),
    "lines": (
        wrong("text", pa.array(["a\n" * 10**6 + "a", "Robots"])),
        "text: more than 1,000,000 p",
    ),
}


@pytest.mark.parametrize(("columns", "problem"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_code_corpus_leaves_out_only_the_row_of_a_bad_cell(
    here, tmp_path, monkeypatch, columns, problem
):
    monkeypatch.setattr(sources, "PART_BYTES", 2**25)
    pq.write_table(pa.table(columns), tmp_path / "a.parquet", compression="none")
    summary, skipped = code(tmp_path / "a.parquet", tmp_path / "coded")
    assert skipped["row"].to_list() == [1]
    assert problem in skipped["problem"][0]
    assert summary["documents"] == 1


@pytest.mark.parametrize("kind", TEXT_KINDS, ids=str)
def test_code_corpus_takes_every_kind_of_text(here, tmp_path, kind):
    rows = some_rows(9)
    table = pa.table({name: pa.array(rows[name]).cast(kind) for name in rows})
    pq.write_table(table, tmp_path / "a.parquet")
    code(tmp_path / "a.parquet", tmp_path / "coded")
    assert_coded(tmp_path / "coded", paragraphs_of(rows))


def test_code_corpus_stops_where_a_text_is_repeated_too_often(here, tmp_path, monkeypatch):
    for limit in ("LARGEST", "DENSEST"):
        monkeypatch.setattr(pieces, limit, 1)
    monkeypatch.setattr(sources, "PART_BYTES", 20_000)
    texts = pa.DictionaryArray.from_arrays([0] * 500, pa.array(["Robots. " * 1000]))
    names = pa.array([f"d{i:04}" for i in range(500)])
    pq.write_table(
        pa.table({"document": names, "text": texts.cast("string")}), tmp_path / "a.parquet"
    )
    with pytest.raises(ValueError, match=r"500 rows.: unpacks to more than \d\d?,\d{3} bytes"):
        code(tmp_path / "a.parquet", tmp_path / "coded")
    monkeypatch.setattr(pieces, "DENSEST", 10)
    summary, skipped = code(tmp_path / "a.parquet", tmp_path / "more")
    assert 0 < summary["documents"] < 100
    assert skipped["problem"].str.contains("unpacks to more than").all()


def test_code_corpus_tries_rows_again_that_were_too_large_for_the_memory(
    here, tmp_path, monkeypatch
):
    source, coded = (
        write(some_rows(9), tmp_path / "a.parquet", row_group_size=3),
        tmp_path / "coded",
    )
    usual = pieces._to_pandas

    def fail(batch):
        if "d004" in batch["document"].to_pylist():
            raise pa.ArrowMemoryError
        return usual(batch)

    with monkeypatch.context() as patch:
        patch.setattr(pieces, "_to_pandas", fail)
        summary, skipped = code(source, coded)
    assert summary["documents"] < 9
    assert skipped["problem"].str.contains("too large for the memory").all()
    summary, skipped = code(source, coded)
    assert skipped.empty
    assert_coded(coded, paragraphs_of(some_rows(9)))


# A damaged name of a column gives a warning.
@pytest.mark.filterwarnings("ignore:bad.parquet. no column:UserWarning")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2**16), bit=st.integers(0, 7))
def test_code_corpus_of_any_damage_of_parquet_goes_on(here, tmp_path_factory, place, bit):
    folder = put_beside_good(
        tmp_path_factory.mktemp("any") / "source", pa.table(wrong("date", NAMES))
    )
    data = bytearray((folder / "bad.parquet").read_bytes())
    data[place % len(data)] ^= 1 << bit
    (folder / "bad.parquet").write_bytes(data)
    summary, _ = code(folder, folder.with_name("coded"))
    assert summary["documents"] >= 9


BLANK = '{"document": "a", "text": " "}'


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.jsonl", "{\n{\n"), ("b.jsonl", ""), ("c.txt", " "), ("d.jsonl", BLANK)],
)
def test_code_corpus_refuses_a_source_without_a_document(here, tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"no document can be read; {name}: "):
        code(tmp_path / name, tmp_path / "coded")


@pytest.mark.parametrize("size", [300, 10**6])
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_goes_on_behind_many_empty_texts(here, tmp_path, monkeypatch, name, size):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    rows = some_rows(100)
    rows.loc[20:79, "text"] = [" ", "\n"] * 30
    source = write(rows, tmp_path / name, **({"row_group_size": 7} if "parquet" in name else {}))
    _, skipped = code(source, tmp_path / "coded")
    assert skipped["row"].to_list() == [*range(21, 81)]
    assert set(skipped["problem"]) == {"text: empty"}
    assert_coded(tmp_path / "coded", paragraphs_of(rows.drop(range(20, 80))))


@pytest.mark.parametrize("size", [10**6, 150])
@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet"])
def test_code_corpus_refuses_a_document_that_is_there_twice(
    here, tmp_path, monkeypatch, name, size
):
    monkeypatch.setattr(sources, "PART_BYTES", size)
    rows = some_rows(20)
    rows.loc[17, "document"] = "d002"
    source = write(rows, tmp_path / name, **({"row_group_size": 2} if "parquet" in name else {}))
    with pytest.raises(ValueError, match=r"a[.].*: 1 document appears twice: 'd002'"):
        code(source, tmp_path / "coded")
    assert not (tmp_path / "coded" / MANIFEST).exists()


def test_code_corpus_tells_names_with_one_checksum_apart(here, tmp_path, monkeypatch):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    same = lambda keys, index: pd.Series(1, keys.index, dtype="uint64")  # noqa: E731
    monkeypatch.setattr(pd.util, "hash_pandas_object", same)
    summary, _ = code(source, tmp_path / "coded")
    assert summary["documents"] == 3


def test_code_corpus_tries_again_what_was_too_large_for_the_memory(here, tmp_path, monkeypatch):
    source, coded = put_files(tmp_path / "source", 8), tmp_path / "coded"

    def fail(data, encoding):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("policylib.documents.encoding.decode", fail)
        with pytest.raises(ValueError, match=r"no document can be read; d000.txt: too large"):
            code(source, coded)
    summary, skipped = code(source, coded)
    assert skipped.empty
    assert summary["kept"] == 0


def test_code_corpus_names_a_source_that_cannot_be_opened(here, tmp_path, monkeypatch):
    source = write(some_rows(3), tmp_path / "a.parquet")

    def fail(*_, **__):
        raise PermissionError(13, "Permission denied", "a.parquet")

    monkeypatch.setattr("policylib.corpus.pieces.pieces_of_rows", fail)
    with pytest.raises(PermissionError, match=r"Permission denied: 'a\.parquet'"):
        code(source, tmp_path / "coded")


def test_code_corpus_notices_a_table_that_shrinks_meanwhile(here, tmp_path, monkeypatch):
    source = write(some_rows(), tmp_path / "a.parquet", row_group_size=10)
    usual = coder.find_parts

    def find(*origin):
        found = usual(*origin)
        write(some_rows(15), source, row_group_size=10)
        return found

    monkeypatch.setattr(coder, "find_parts", find)
    with pytest.raises(RuntimeError, match=r"a.parquet, group \d, .*the file has changed"):
        code(source, tmp_path / "coded")


def many_files(folder: Path, rows: pd.DataFrame, ending: str) -> Path:
    """Write each row to a file of its own, in the order of the rows."""
    folder.mkdir()
    for number in range(len(rows)):
        write(rows.iloc[[number]], folder / f"{number:03}{ending}")
    return folder


@pytest.mark.parametrize("form", ["groups", ".jsonl", ".parquet"])
def test_code_corpus_codes_small_pieces_together(here, tmp_path, monkeypatch, form):
    monkeypatch.setattr(sources, "PART_BYTES", 2**25)
    rows = some_rows(30)
    rows.loc[[4, 20], "text"] = [None, ""]
    if form == "groups":
        source = write(rows, tmp_path / "a.parquet", row_group_size=1)
        places = [["a.parquet", 5], ["a.parquet", 21]]
    else:
        source = many_files(tmp_path / "source", rows, form)
        places = [[f"004{form}", 1], [f"020{form}", 1]]
    lengths, footers = [], []
    usual_code, usual_open = job.code_documents, parquet_files.opened

    def code_all(documents, *arguments, **options):
        lengths.append(documents["document"].nunique())
        return usual_code(documents, *arguments, **options)

    def open_file(path, footer=None, texts=()):
        footers.extend([path.name] if footer is None else [])
        return usual_open(path, footer, texts)

    monkeypatch.setattr(job, "code_documents", code_all)
    for module in (parquet_files, pieces, sources):
        monkeypatch.setattr(module, "opened", open_file)
    _, skipped = code(source, tmp_path / "coded")
    assert lengths == [28]
    assert skipped[["file", "row"]].to_numpy().tolist() == places
    assert skipped["problem"].to_list() == ["text: missing", "text: empty"]
    assert_coded(tmp_path / "coded", paragraphs_of(rows.drop([4, 20])))
    # Each file is opened to find its parts, for the checksum, and to read it.
    assert max(footers.count(name) for name in {*footers, "none"}) <= 3


def test_code_corpus_keeps_numbers_whole_where_files_differ(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 2**25)
    large = 2**53 + 1  # a float would round it
    (tmp_path / "source").mkdir()
    day = pd.Timestamp("2024-05-01")
    rows = pd.DataFrame({"document": [large], "text": "robots", "date": [day]})
    write(rows, tmp_path / "source" / "a.parquet")
    rows = pd.DataFrame({"document": ["x"], "text": "quanta", "date": "2023", "actor": "henan"})
    write(rows, tmp_path / "source" / "b.parquet")
    code(tmp_path / "source", tmp_path / "coded")
    statements = pd.read_parquet(tmp_path / "coded")
    columns = ["document", "actor", "code", "date"]
    assert statements[columns].to_numpy().tolist() == [
        [str(large), str(large), "robots", "2024-05-01"],
        ["x", "henan", "quanta", "2023"],
    ]


def test_code_corpus_names_files_with_paragraphs_and_without(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 2**25)
    rows = pd.DataFrame({"document": ["a", "b", "c"], "text": "robots"})
    source = many_files(tmp_path / "source", rows, ".jsonl")
    write(rows.head(1).assign(paragraph=1), source / "001.jsonl")
    with pytest.raises(ValueError, match=r"000\.jsonl and 001\.jsonl: some rows have a paragraph"):
        code(source, tmp_path / "coded")


def test_code_corpus_tries_a_footer_again_that_was_too_large(here, tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.mkdir()
    write(some_rows(4), source / "a.parquet", row_group_size=1)
    write(some_rows(9).tail(5), source / "b.parquet")
    usual = pieces.opened

    def fail(path, *arguments):
        if path.name == "a.parquet":
            raise OSError("Couldn't deserialize thrift: std::bad_alloc")
        return usual(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(pieces, "opened", fail)
        summary, skipped = code(source, tmp_path / "coded")
    assert summary["documents"] == 5
    assert set(skipped["file"]) == {"a.parquet"}
    assert skipped["problem"].str.endswith("too large for the memory").all()
    _, skipped = code(source, tmp_path / "coded")
    assert skipped.empty
    assert_coded(tmp_path / "coded", paragraphs_of(some_rows(9)))
