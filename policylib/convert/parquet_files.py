"""Read Parquet files within limits of memory, whatever they hold.

A Parquet file can be far smaller than its cells: it stores a text once, though a million rows may
have it. So the length of its texts is looked up before rows are read.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from policylib.documents.docx_package import DENSEST, LARGEST

BUFFER_BYTES = 2**20  # read from a file at once
AT_ONCE = 2**25  # bytes of cells that are read at once
MOST_ROWS = 2**16  # read at once
# What pandas needs for a row, and for a cell that becomes an object of Python.
ROW_BYTES, OBJECT_BYTES = 200, 100


def opened(
    path: Path, footer: pq.FileMetaData | None = None, texts: Sequence[str] = ()
) -> pq.ParquetFile:
    """Open a file that is read piece by piece; the columns `texts` are read as dictionaries.

    The footer describes all row groups. If it was read before, it is not read again.
    """
    options = {"pre_buffer": False, "buffer_size": BUFFER_BYTES, "metadata": footer}
    return pq.ParquetFile(path, read_dictionary=list(texts), **options)


def leaves(file: pq.ParquetFile, columns: Sequence[str]) -> list[int]:
    """Return the numbers of the stored columns that belong to columns of the table."""
    paths = [file.schema.column(i).path for i in range(file.metadata.num_columns)]
    return [i for i, path in enumerate(paths) if path in columns or path.split(".")[0] in columns]


def most_bytes(packed: int) -> int:
    """Return to how many bytes so many may unpack."""
    return max(LARGEST, DENSEST * packed)


def refuse_dense(file: pq.ParquetFile, path: Path) -> None:
    """Raise ValueError if a file would unpack to far more bytes than it has."""
    packed, unpacked = path.stat().st_size, ROW_BYTES * file.metadata.num_rows
    # Not the sizes of each column, since pyarrow aborts the process if one of them is damaged.
    for group in map(file.metadata.row_group, range(file.num_row_groups)):
        unpacked += max(0, group.total_byte_size)
    if unpacked > most_bytes(packed):
        raise ValueError(f"would unpack from {packed:,} to {unpacked:,} bytes")


def read_group(
    path: Path, file: pq.ParquetFile, group: int, columns: Sequence[str], at_once: int = AT_ONCE
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a row group of an open file in batches of about `at_once` bytes.

    If the group is damaged, the rows before the damage are yielded before the error is raised.
    """
    found: list[pa.RecordBatch] = []
    size = 0
    rows = _rows_at_once(path, file, group, columns, at_once)
    try:
        for batch in file.iter_batches(rows, [group], columns, use_threads=False):
            found.append(batch)
            size += cell_bytes(batch)
            if size >= at_once:
                yield _joined(found)
                found, size = [], 0
    except Exception:
        if found:
            yield _joined(found)
        raise
    if found:
        yield _joined(found)


def _joined(found: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    if len(found) == 1:
        return found[0]
    (batch,) = pa.Table.from_batches(found).combine_chunks().to_batches()
    return batch


def _rows_at_once(
    path: Path, file: pq.ParquetFile, group: int, columns: Sequence[str], at_once: int
) -> int:
    """Return a number of rows that need about `at_once` bytes at most."""
    numbers = leaves(file, columns)
    stored = [file.schema.column(i) for i in numbers]
    texts = [column.path for column in stored if column.physical_type == "BYTE_ARRAY"]
    # Rows are read first, since pyarrow aborts the process for sizes of columns that are damaged.
    longest, found = _longest(path, file.metadata, group, texts, columns)
    metadata = file.metadata.row_group(group)
    if found < len(texts):  # a few types cannot be read as dictionaries
        longest += max(metadata.column(i).total_uncompressed_size for i in numbers)
    usual = metadata.num_rows * at_once // max(1, metadata.total_byte_size)
    values = sum(metadata.column(i).num_values for i in numbers)
    wide = max(1, values // max(1, metadata.num_rows * len(numbers)))  # values in a cell
    if wide > 1 and longest * wide > LARGEST:
        raise ValueError(f"a list may unpack to {longest * wide:,} bytes")
    return int(max(1, min(usual, MOST_ROWS, at_once // longest // wide)))


def _longest(
    path: Path,
    footer: pq.FileMetaData,
    group: int,
    texts: Sequence[str],
    columns: Sequence[str],
) -> tuple[int, int]:
    """Return the length of the longest texts in all dictionaries of a row group, and their number.

    A column whose texts are all stored one by one has only the first of them as a dictionary.
    """
    with opened(path, footer, texts) as file:
        batch = next(file.iter_batches(1, [group], columns, use_threads=False), None)
    columns_read = batch.columns if batch is not None else []
    lengths = [
        pc.max(pc.binary_length(found.dictionary)).as_py() or 0
        for column in columns_read
        for found in _dictionaries(column)
    ]
    return 1 + sum(lengths), len(lengths)


def _dictionaries(array: pa.Array) -> Iterator[pa.DictionaryArray]:
    """Yield the dictionaries of text in a column, which may be nested."""
    if _is_dictionary_of_text(array.type):
        yield array
    elif pa.types.is_struct(array.type):
        for part in array.flatten():
            yield from _dictionaries(part)
    elif pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        yield from _dictionaries(array.flatten())


def cell_bytes(batch: pa.RecordBatch) -> int:
    """Return the bytes of the cells of a batch; a text in a dictionary counts for each row."""
    size: int = batch.nbytes
    for column in batch.columns:
        if _is_dictionary_of_text(column.type):
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            size += pc.sum(lengths).as_py() or 0
        elif column.type in (pa.string_view(), pa.binary_view()):
            size += pc.sum(pc.binary_length(column.cast(pa.large_binary()))).as_py() or 0
    return size


def _is_dictionary_of_text(type_: pa.DataType) -> bool:
    return pa.types.is_dictionary(type_) and is_text(type_.value_type)


def is_text(type_: pa.DataType) -> bool:
    """Return whether a type is text or bytes of any length."""
    kinds = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    return type_ in kinds


def why(error: BaseException) -> str:
    r"""Return the reason of an error in a line, with the kind of the error if it says little.

    Examples
    --------
    >>> why(KeyError("Mars")), why(pa.ArrowInvalid("not Parquet\nat all"))
    ("KeyError: 'Mars'", 'not Parquet')
    """
    text = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    clear = isinstance(error, (OSError, ValueError, pa.ArrowException))
    return text if clear and text else f"{type(error).__name__}: {text}"
