"""Read the documents of a part piece by piece, and compute the checksum of the part."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.utils import read_block

from policylib.convert.parquet_files import (
    BUFFER_BYTES,
    cell_bytes,
    opened,
    read_group,
    why,
)
from policylib.corpus import sources
from policylib.corpus.columns import COLUMNS, SPEAKER, Unreadable
from policylib.corpus.rows import Piece, Problem, Rows, parse_line, pieces_of_rows
from policylib.corpus.sources import Part, Span
from policylib.documents.docx_package import DENSEST, LARGEST
from policylib.documents.files import ending_of, paragraphs_of, printable, read_file, text_of
from policylib.documents.paragraphs import TryAgainError, UnreadableError

LARGE = "too large for the memory"


def load(part: Part) -> tuple[str, Iterator[Piece]]:
    """Return a checksum of a part, and its documents piece by piece."""
    readers: dict[str, tuple[Any, Any]] = {
        "documents": (_read_documents, _pieces_of_documents),
        "JSON Lines": (_read_lines, _pieces_of_lines),
        "Parquet": (_read_groups, _pieces_of_groups),
    }
    read, pieces_of = readers[part.kind]
    contents, checksum = [], sha256(repr((part.encoding, part.main_text)).encode())
    for span, (content, own) in zip(part.spans, read(part), strict=True):
        contents.append(content)
        checksum.update(repr((span, own)).encode())
    return checksum.hexdigest(), pieces_of(part, contents)


def _read_documents(part: Part) -> Iterator[tuple[bytes | UnreadableError, str]]:
    """Yield the bytes of each file and their checksum, or the error and its message."""
    for span in part.spans:
        try:
            data = read_file(Path(part.folder, span.path))
        except UnreadableError as error:
            yield error, str(error)
        else:
            yield data, sha256(data).hexdigest()


def _pieces_of_documents(part: Part, contents: list[bytes | UnreadableError]) -> Iterator[Piece]:
    rows: list[tuple[str | int | None, ...]] = []
    problems, try_again = [], False
    for span, content in zip(part.spans, contents, strict=True):
        try:
            if isinstance(content, UnreadableError):
                raise content
            ending = ending_of(span.path)
            text = text_of(content, ending, part.encoding, part.main_text)
            paragraphs = paragraphs_of(text, ending)
        except UnreadableError as error:
            problems.append(Problem(printable(span.path), None, str(error)))
            try_again |= isinstance(error, TryAgainError)
        else:
            speaker = span.speaker or (None,) * len(SPEAKER)
            rows += [(span.id, text, n, *speaker) for n, text in enumerate(paragraphs, start=1)]
    types = dict.fromkeys(COLUMNS, "str") | {"paragraph": "int64"}
    documents = pd.DataFrame(rows, columns=[*COLUMNS]).astype(types)
    documents["actor"] = documents["actor"].fillna(documents["document"])
    yield Piece(documents, problems, {}, try_again=try_again)


def _read_lines(part: Part) -> Iterator[tuple[bytes, str]]:
    """Yield the lines that begin in each span, and their checksum."""
    for span in part.spans:
        with Path(part.folder, span.path).open("rb") as file:
            block: bytes = read_block(file, span.start, span.end - span.start, delimiter=b"\n")
        yield block, sha256(block).hexdigest()


def _pieces_of_lines(part: Part, blocks: list[bytes]) -> Iterator[Piece]:
    return pieces_of_rows(map(_rows_of_lines, part.spans, blocks))


def _rows_of_lines(span: Span, block: bytes) -> Rows:
    lines = block.removesuffix(b"\n").split(b"\n") if block else []
    parsed = {row: parse_line(line) for row, line in enumerate(lines, start=1) if line.strip()}
    problems = {row: cells for row, cells in parsed.items() if isinstance(cells, str)}
    good = {row: cells for row, cells in parsed.items() if isinstance(cells, dict)}
    cells = pd.DataFrame([*good.values()], [*good], [*COLUMNS], dtype="object")
    return Rows(printable(span.path), cells, len(lines), problems, len(block))


def _files_of(part: Part) -> Iterator[tuple[Path, list[Span], pq.ParquetFile | Exception]]:
    """Yield each Parquet file with its spans, opened once, or the error if that fails."""
    for name, group in groupby(part.spans, key=attrgetter("path")):
        path, spans = Path(part.folder, name), [*group]
        try:
            file = opened(path)
        except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
            yield path, spans, error
        else:
            with file:
                yield path, spans, file


def _read_groups(part: Part) -> Iterator[tuple[None, str]]:
    """Yield a checksum of the bytes of each row group, or why it is damaged."""
    for path, spans, file in _files_of(part):
        for span in spans:
            if isinstance(file, Exception):
                yield None, _why_damaged(file)
            else:
                yield None, _checksum_of_group(span, path, file)


def _checksum_of_group(span: Span, path: Path, file: pq.ParquetFile) -> str:
    """Return a checksum of the columns that are used, or why they are damaged."""
    group, columns = _row_group(span, file), _columns_read(file)
    try:
        # Read first, which raises an error if a column is damaged. The offsets below would
        # make pyarrow abort the process instead.
        next(file.iter_batches(1, [span.group], columns, use_threads=False))
    except Exception as error:
        return _why_damaged(error)
    known = [str(field) for field in file.schema_arrow if field.name in columns]
    checksum = sha256(repr(known).encode())
    paths = [file.schema.column(i).path for i in range(group.num_columns)]
    with path.open("rb") as data:
        for chunk in (group.column(i) for i, column in enumerate(paths) if column in columns):
            data.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
            for start in range(0, chunk.total_compressed_size, BUFFER_BYTES):
                left = chunk.total_compressed_size - start
                checksum.update(data.read(min(left, BUFFER_BYTES)))
    return checksum.hexdigest()


def _row_group(span: Span, file: pq.ParquetFile) -> Any:
    if span.group < file.num_row_groups:
        group = file.metadata.row_group(span.group)
        if span.end <= group.num_rows:
            return group
    raise RuntimeError(f"{span}: the file has changed since the work began; call again")


def _columns_read(file: pq.ParquetFile) -> list[str]:
    return [column for column in COLUMNS if column in file.schema_arrow.names]


def _pieces_of_groups(part: Part, _: list[None]) -> Iterator[Piece]:
    return pieces_of_rows(_rows_of_groups(part))


def _rows_of_groups(part: Part) -> Iterator[Rows]:
    for path, spans, file in _files_of(part):
        if isinstance(file, Exception):
            yield _lost(spans[0], sum(span.end - span.start for span in spans), file)
        else:
            for span in spans:
                yield from _rows_of_group(span, path, file)


def _rows_of_group(span: Span, path: Path, file: pq.ParquetFile) -> Iterator[Rows]:
    """Yield rows in batches, because a row group can be larger than memory."""
    left = most = _most_text(_row_group(span, file), file, path)
    columns, passed = _columns_read(file), 0
    batches = read_group(path, file, span.group, columns, sources.PART_BYTES)
    while passed < span.end:
        try:
            batch = next(batches, None)
            if batch is None:
                raise ValueError("rows are missing")
            start = min(max(span.start - passed, 0), len(batch))
            wanted = batch.slice(start, span.end - passed - start)
            size = cell_bytes(wanted)
            left -= size
            if left < 0:
                raise ValueError(f"unpacks to more than {most:,} bytes")
            rows = _to_pandas(wanted)
        except Exception as error:
            yield _lost(span, span.end - max(passed, span.start), error)
            return
        if len(rows):
            cells = rows.set_axis(range(1, len(rows) + 1))
            yield Rows(printable(span.path), cells, len(rows), {}, size)
        passed += len(batch)


def _lost(span: Span, rows: int, error: Exception) -> Rows:
    """Return rows that cannot be read, with the error as the problem of the first one."""
    problem = f"damaged from here on ({rows} rows): {_why_damaged(error)}"
    again = _is_of_memory(error)
    return Rows(printable(span.path), pd.DataFrame(), rows, {1: problem}, try_again=again)


def _most_text(group: Any, file: pq.ParquetFile, path: Path) -> int:
    """Return to how many bytes a row group may unpack, by its share of the rows."""
    packed = path.stat().st_size * group.num_rows // max(1, file.metadata.num_rows)
    return max(LARGEST // int(file.num_row_groups), DENSEST * int(packed))


def _why_damaged(error: Exception) -> str:
    """Return the reason of an error, or raise the error if the disk is the cause."""
    if _is_of_memory(error):
        return LARGE
    if getattr(error, "errno", None):
        raise error
    return why(error)


def _is_of_memory(error: Exception) -> bool:
    """Return whether memory is the cause; pyarrow raises OSError where a footer does not fit."""
    return isinstance(error, MemoryError) or "bad_alloc" in str(error)


def _to_pandas(batch: pa.RecordBatch) -> pd.DataFrame:
    """Return rows as a DataFrame."""
    columns = zip(batch.schema.names, batch.columns, strict=True)
    return pd.DataFrame({name: _cells(column) for name, column in columns})


def _cells(column: pa.Array) -> "pd.Series[Any]":
    """Return a column as pandas holds it, or cell by cell if some cells are invalid."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        column.validate(full=True)
        cells: pd.Series[Any] = column.to_pandas(integer_object_nulls=True)  # keep integers
        return cells
    except MemoryError:
        raise
    except Exception:  # pandas raises many kinds of errors, for a wrong time zone for example
        return pd.Series([_cell(cell) for cell in column], dtype="object")


def _cell(cell: pa.Scalar) -> Any:
    """Return a cell; bytes that are not UTF-8 become surrogates, other cells their reason."""
    try:
        return cell.as_py()
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "surrogateescape")
    except Exception as error:
        return Unreadable(why(error))
