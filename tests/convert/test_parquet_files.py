"""Parquet is read within limits of memory, and no cell is lost."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.convert import parquet_files, parquet_tables, read_statements
from policylib.convert.parquet_files import cell_bytes, opened, read_group, refuse_dense
from tests.convert.helpers import TEXT_KINDS


def repeated(text: str, times: int) -> pa.Array:
    """Return a column in which all cells are equal, so that Parquet stores one of them."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([text]))


def put(folder: Path, table: pa.Table, **options) -> Path:
    pq.write_table(table, folder / "x.parquet", **options)
    return folder / "x.parquet"


class TestReadGroup:
    @given(
        texts=st.lists(st.none() | st.text(max_size=30), min_size=1, max_size=40),
        at_once=st.integers(1, 500),
        dictionary=st.booleans(),
    )
    def test_all_cells_come_in_their_order(self, texts, at_once, dictionary):
        columns = {"a": pa.array(texts, pa.string()), "b": pa.array([[t] for t in texts])}
        with TemporaryDirectory() as folder:
            path = put(Path(folder), pa.table(columns), use_dictionary=dictionary)
            batches = list(read_group(path, opened(path), 0, ["a", "b"], at_once))
        assert pa.Table.from_batches(batches).to_pydict() == {"a": texts, "b": [[t] for t in texts]}

    @pytest.mark.parametrize("kind", [*TEXT_KINDS, "list", "struct"], ids=str)
    def test_a_text_that_is_stored_once_does_not_fill_the_memory(self, tmp_path, kind):
        text = repeated("x" * 100_000, 2000).cast(pa.string())
        if kind == "list":
            column = pa.ListArray.from_arrays(range(2001), text)
        elif kind == "struct":
            column = pa.StructArray.from_arrays([text], ["y"])
        else:
            column = text.cast(kind)
        path = put(tmp_path, pa.table({"x": column}))
        assert path.stat().st_size < 20_000
        before, rows = pa.total_allocated_bytes(), 0
        for batch in read_group(path, opened(path), 0, ["x"], at_once=2**20):
            rows += len(batch)
            assert pa.total_allocated_bytes() - before < 20_000_000
            assert cell_bytes(batch) < 4 * 2**20
            del batch
        assert rows == 2000

    def test_a_list_that_is_stored_once_is_refused(self, tmp_path):
        lists = pa.ListArray.from_arrays([0, 200_000], repeated("x" * 1000, 200_000).cast("string"))
        path = put(tmp_path, pa.table({"x": lists}))
        with pytest.raises(ValueError, match=r"a list may unpack to 2\d\d,\d{3},\d{3} bytes"):
            next(read_group(path, opened(path), 0, ["x"]))

    def test_rows_before_a_damage_are_read(self, tmp_path):
        table = pa.table({"x": [f"text number {i}" for i in range(3000)]})
        options = {"use_dictionary": False, "compression": "none", "data_page_size": 1000}
        path = put(tmp_path, table, write_batch_size=10, **options)
        data = bytearray(path.read_bytes())
        place = data.index(b"text number 2000")
        data[place - 3000 : place] = bytes(3000)
        path.write_bytes(data)
        found = []
        with pytest.raises(OSError, match="deserialize"):
            found.extend(read_group(path, opened(path), 0, ["x"], 1000))
        rows = [cell for batch in found for cell in batch["x"].to_pylist()]
        assert 500 < len(rows) < 2000
        assert rows == table["x"].to_pylist()[: len(rows)]


class TestRefuseDense:
    @pytest.mark.parametrize(
        ("table", "fits"),
        [
            (lambda: {"x": ["x" * 2_000_000]}, True),
            (lambda: {"x": ["x" * 20_000_000]}, False),
            (lambda: {"x": pa.nulls(49_000, pa.string())}, True),
            (lambda: {"x": pa.nulls(100_000, pa.string())}, False),
        ],
        ids=["a text", "a long text", "some rows", "many rows"],
    )
    def test_a_file_may_unpack_to_a_limit(self, tmp_path, monkeypatch, table, fits):
        monkeypatch.setattr(parquet_files, "LARGEST", 10_000_000)
        path = put(tmp_path, pa.table(table()), compression="zstd")
        with opened(path) as file:
            if fits:
                refuse_dense(file, path)
            else:
                with pytest.raises(
                    ValueError, match=r"would unpack from [\d,]+ to 20,00\d,\d{3} b"
                ):
                    refuse_dense(file, path)


class TestCellBytes:
    @given(st.lists(st.none() | st.text(max_size=9), min_size=1))
    def test_a_dictionary_counts_as_its_texts(self, texts):
        array = pa.array(texts, pa.string())
        size = sum(len(text.encode()) for text in texts if text is not None)
        coded = array.dictionary_encode()
        batch = pa.RecordBatch.from_arrays([coded], ["x"])
        assert cell_bytes(batch) == size + coded.nbytes


# A process of its own, since an error in pyarrow may end it.
PROGRAM = """
import sys
from pathlib import Path
from policylib.convert import read_statements
from policylib.corpus.pieces import load
from policylib.corpus.sources import find_parts

path = Path(sys.argv[1])
good = path.read_bytes()
footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
seen = set()
for place in range(footer, len(good)):
    data = bytearray(good)
    data[place] ^= 1 << place % 8
    path.write_bytes(data)
    parts, problems = find_parts(path)
    rows = sum(len(piece.documents) for part in parts for piece in load(part)[1])
    try:
        read_statements(path)
    except ValueError as error:
        seen.add("error")
    else:
        seen.add("a table")
    seen.add("rows" if rows else "no rows")
print(*sorted(seen), sep=", ")
"""


@pytest.mark.slow
def test_a_changed_bit_in_the_footer_ends_no_process(tmp_path):
    path = put(tmp_path, pa.table({"document": ["a", None], "text": ["Robots.", "x"]}))
    arguments = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(path)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stdout == "a table, error, no rows, rows\n"


def test_read_statements_reads_the_footer_of_many_groups_once(tmp_path, monkeypatch):
    path = put(tmp_path, pa.table({"actor": [f"a{i}" for i in range(50)]}), row_group_size=1)
    footers = []

    def open_file(path, footer=None, texts=()):
        footers.append(footer)
        return opened(path, footer, texts)

    monkeypatch.setattr(parquet_files, "opened", open_file)
    monkeypatch.setattr(parquet_tables, "opened", open_file)
    assert read_statements(path)["actor"].to_list() == [f"a{i}" for i in range(50)]
    assert footers.count(None) == 1
