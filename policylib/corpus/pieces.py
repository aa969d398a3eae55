"""Read the documents of a part piece by piece, and compute the checksum of the part."""

from collections.abc import Iterator
from hashlib import sha256
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
from policylib.corpus.rows import Piece, Problem, parse_line, piece_of_rows
from policylib.corpus.sources import Part, Span
from policylib.documents.docx_package import DENSEST, LARGEST
from policylib.documents.files import ending_of, paragraphs_of, printable, read_file, text_of
from policylib.documents.paragraphs import TryAgainError, UnreadableError

LARGE = "too large for the memory"


def load(part: Part) -> tuple[str, Iterator[Piece]]:
    """Return a checksum of a part, and its documents piece by piece."""
    readers: dict[str, tuple[Any, Any]] = {
        "documents": (_read_document, _pieces_of_documents),
        "JSON Lines": (_read_lines, _pieces_of_lines),
        "Parquet": (_read_group, _pieces_of_groups),
    }
    read, pieces_of = readers[part.kind]
    contents, checksum = [], sha256(repr((part.encoding, part.main_text)).encode())
    for span in part.spans:
        content, own = read(span, Path(part.folder, span.path))
        contents.append(content)
        checksum.update(repr((span, own)).encode())
    return checksum.hexdigest(), pieces_of(part, contents)


def _read_document(_: Span, path: Path) -> tuple[bytes | UnreadableError, str]:
    """Return the bytes of a file and their checksum, or the error and its message."""
    try:
        data = read_file(path)
    except UnreadableError as error:
        return error, str(error)
    return data, sha256(data).hexdigest()


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


def _read_lines(span: Span, path: Path) -> tuple[bytes, str]:
    """Return the lines that begin in a span, and their checksum."""
    with path.open("rb") as file:
        block: bytes = read_block(file, span.start, span.end - span.start, delimiter=b"\n")
    return block, sha256(block).hexdigest()


def _pieces_of_lines(part: Part, blocks: list[bytes]) -> Iterator[Piece]:
    for span, block in zip(part.spans, blocks, strict=True):
        lines = block.removesuffix(b"\n").split(b"\n") if block else []
        parsed = {row: parse_line(line) for row, line in enumerate(lines, start=1) if line.strip()}
        problems = {row: cells for row, cells in parsed.items() if isinstance(cells, str)}
        good = {row: cells for row, cells in parsed.items() if isinstance(cells, dict)}
        rows = pd.DataFrame([*good.values()], [*good], [*COLUMNS], dtype="object")
        yield piece_of_rows(rows, printable(span.path), len(lines), problems)


def _read_group(span: Span, path: Path) -> tuple[None, str]:
    """Return a checksum of the bytes of a row group, in the columns that are used."""
    with opened(path) as file, path.open("rb") as data:
        group, columns = _row_group(span, file), _columns_read(file)
        try:
            # Read first, which raises an error if a column is damaged. The offsets below would
            # make pyarrow abort the process instead.
            next(file.iter_batches(1, [span.group], columns, use_threads=False))
        except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
            return None, _why_damaged(error)
        known = [str(field) for field in file.schema_arrow if field.name in columns]
        checksum = sha256(repr(known).encode())
        paths = [file.schema.column(i).path for i in range(group.num_columns)]
        for chunk in (group.column(i) for i, path in enumerate(paths) if path in columns):
            data.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
            for start in range(0, chunk.total_compressed_size, BUFFER_BYTES):
                left = chunk.total_compressed_size - start
                checksum.update(data.read(min(left, BUFFER_BYTES)))
    return None, checksum.hexdigest()


def _row_group(span: Span, file: pq.ParquetFile) -> Any:
    if span.group < file.num_row_groups:
        group = file.metadata.row_group(span.group)
        if span.end <= group.num_rows:
            return group
    raise RuntimeError(f"{span}: the file has changed since the work began; call again")


def _columns_read(file: pq.ParquetFile) -> list[str]:
    return [column for column in COLUMNS if column in file.schema_arrow.names]


def _pieces_of_groups(part: Part, _: list[None]) -> Iterator[Piece]:
    for span in part.spans:
        yield from _pieces_of_group(span, Path(part.folder, span.path))


def _pieces_of_group(span: Span, path: Path) -> Iterator[Piece]:
    """Yield rows in batches, because a row group can be larger than memory."""
    with opened(path) as file:
        left = most = _most_text(_row_group(span, file), file, path)
        columns = _columns_read(file)
    name, passed = printable(span.path), 0
    batches = read_group(path, span.group, columns, sources.PART_BYTES)
    while passed < span.end:
        try:
            batch = next(batches, None)
            if batch is None:
                raise ValueError("rows are missing")
            start = min(max(span.start - passed, 0), len(batch))
            wanted = batch.slice(start, span.end - passed - start)
            left -= cell_bytes(wanted)
            if left < 0:
                raise ValueError(f"unpacks to more than {most:,} bytes")
            rows = _to_pandas(wanted)
        except Exception as error:
            lost = span.end - max(passed, span.start)
            problem = f"damaged from here on ({lost} rows): {_why_damaged(error)}"
            piece = piece_of_rows(pd.DataFrame(), name, lost, {1: problem})
            yield piece._replace(try_again=isinstance(error, MemoryError))
            return
        if len(rows):
            yield piece_of_rows(rows.set_axis(range(1, len(rows) + 1)), name, len(rows), {})
        passed += len(batch)


def _most_text(group: Any, file: pq.ParquetFile, path: Path) -> int:
    """Return to how many bytes a row group may unpack, by its share of the rows."""
    packed = path.stat().st_size * group.num_rows // max(1, file.metadata.num_rows)
    return max(LARGEST // int(file.num_row_groups), DENSEST * int(packed))


def _why_damaged(error: Exception) -> str:
    """Return the reason of an error, or raise the error if the disk is the cause."""
    if isinstance(error, MemoryError):
        return LARGE
    if getattr(error, "errno", None):
        raise error
    return why(error)


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
