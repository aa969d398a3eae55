"""What stands in a part of a source, read piece by piece, with its checksum."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.utils import read_block

from policylib.corpus import sources as _sources
from policylib.corpus.rows import ABOUT, COLUMNS, NAMES, Piece, Problem, piece_of_rows
from policylib.corpus.sources import Part, Span, chunks_of, first_line, unpacked_size
from policylib.documents.files import ending_of, paragraphs_of, printable, read_file, text_of
from policylib.documents.paragraphs import TryAgainError, UnreadableError

BLOCK = 2**20  # bytes that are read at once for a checksum


def load(part: Part) -> tuple[str, Iterator[Piece]]:
    """Give a checksum of a part, and what stands in it, piece by piece."""
    if part.kind == "documents":
        return _load_files(Path(part.folder), part.spans, part.encoding)
    load_rows = _load_lines if part.kind == "JSON Lines" else _load_rows
    return load_rows(Path(part.folder), part.spans)


def _load_files(
    folder: Path, spans: Iterable[Span], encoding: str | None
) -> tuple[str, Iterator[Piece]]:
    read: list[tuple[Span, bytes | UnreadableError]] = []
    checksum = sha256(repr(encoding).encode())
    for span in spans:
        data: bytes | UnreadableError
        try:
            data = read_file(folder / span.path)
            own = sha256(data).hexdigest()
        except UnreadableError as error:
            data, own = error, str(error)
        read.append((span, data))
        checksum.update(repr((span, own)).encode())
    return checksum.hexdigest(), _pieces_of_files(read, encoding)


def _pieces_of_files(
    read: list[tuple[Span, bytes | UnreadableError]], encoding: str | None
) -> Iterator[Piece]:
    rows: list[tuple[str | int | None, ...]] = []
    problems: list[Problem] = []
    again = False
    for span, data in read:
        try:
            if isinstance(data, UnreadableError):
                raise data
            ending = ending_of(span.path)
            paragraphs = paragraphs_of(text_of(data, ending, encoding), ending)
            about = span.about or (None,) * len(ABOUT)
            numbered = enumerate(paragraphs, start=1)
            rows.extend((span.id, number, text, *about) for number, text in numbered)
        except UnreadableError as error:
            problems.append(Problem(printable(span.path), None, str(error)))
            again |= isinstance(error, TryAgainError)
    documents = pd.DataFrame(rows, columns=["document", "paragraph", "text", *ABOUT])
    documents = documents.astype(
        {"paragraph": "int64", "text": "str"} | dict.fromkeys(NAMES, "str")
    )
    documents["actor"] = documents["actor"].fillna(documents["document"])
    yield Piece(documents, problems, {}, again=again)


def _load_lines(folder: Path, spans: Iterable[Span]) -> tuple[str, Iterator[Piece]]:
    read: list[tuple[Span, bytes]] = []
    checksum = sha256()
    for span in spans:
        with (folder / span.path).open("rb") as file:
            data = read_block(file, span.start, span.end - span.start, delimiter=b"\n")
        read.append((span, data))
        checksum.update(repr((span[:-1], sha256(data).hexdigest())).encode())
    return checksum.hexdigest(), (_piece_of_lines(*pair) for pair in read)


def _piece_of_lines(span: Span, data: bytes) -> Piece:
    name = printable(span.path)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
            if b"\\u" in line:  # half a character may be written in this way, but is no text
                json.dumps(row, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            problems.append(Problem(name, number, "half a character: a surrogate without another"))
            continue
        except UnicodeDecodeError:
            problems.append(Problem(name, number, "not UTF-8, which JSON Lines must be"))
            continue
        except (ValueError, RecursionError) as error:
            problems.append(Problem(name, number, f"no JSON: {error}"))
            continue
        if isinstance(row, dict):
            rows.append({column: row.get(column) for column in COLUMNS})
            numbers.append(number)
        else:
            problems.append(Problem(name, number, "no object with names and values"))
    table = pd.DataFrame(rows, columns=COLUMNS, dtype="object")
    piece = piece_of_rows(table, name, np.array(numbers, np.int64))
    return piece._replace(problems=problems + piece.problems, rows={name: len(lines)})


def _load_rows(folder: Path, spans: Iterable[Span]) -> tuple[str, Iterator[Piece]]:
    # The same open file gives checksum and rows, should another be put in its place meanwhile.
    options = {"pre_buffer": False, "buffer_size": BLOCK}
    files = [(span, pq.ParquetFile(folder / span.path, **options)) for span in spans]
    checksum = sha256()
    for span, file in files:
        checksum.update(repr(span).encode())
        for column in file.schema_arrow:
            checksum.update(str(column).encode() if column.name in COLUMNS else b"")
        with (folder / span.path).open("rb") as data:
            for chunk in chunks_of(_group(span, file)):
                first = chunk.data_page_offset
                if chunk.has_dictionary_page:
                    first = min(first, chunk.dictionary_page_offset)
                data.seek(first)
                left = chunk.total_compressed_size
                while left > 0 and (block := data.read(min(left, BLOCK))):
                    checksum.update(block)
                    left -= len(block)
    return checksum.hexdigest(), (piece for pair in files for piece in _pieces_of_rows(*pair))


def _group(span: Span, file: pq.ParquetFile) -> Any:
    if span.group >= file.num_row_groups or span.end > file.metadata.row_group(span.group).num_rows:
        raise RuntimeError(f"{span}: the file has changed since the work began; call again")
    return file.metadata.row_group(span.group)


def _pieces_of_rows(span: Span, file: pq.ParquetFile) -> Iterator[Piece]:
    """Yield rows in batches, for a group of rows can be larger than the memory."""
    name = printable(span.path)
    columns = [column for column in COLUMNS if column in file.schema_arrow.names]
    group = _group(span, file)
    step = max(1, group.num_rows * _sources.SIZE // max(1, unpacked_size(group)))
    batches = file.iter_batches(step, row_groups=[span.group], columns=columns, use_threads=False)
    passed = 0
    while passed < span.end:
        try:
            batch = next(batches)
        except (pa.ArrowInvalid, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise  # the disk is at fault, and not what stands on it
            lost = span.end - max(passed, span.start)
            told = f"damaged from here on, {lost} rows: {first_line(error)}"
            none = piece_of_rows(pd.DataFrame(), name, np.empty(0, np.int64))
            yield none._replace(problems=[Problem(name, 1, told)], rows={name: lost})
            return
        begin, end = max(span.start - passed, 0), min(span.end - passed, len(batch))
        if begin < end:
            numbers = np.arange(1, end - begin + 1)
            yield _piece_of_batch(batch.slice(begin, end - begin), name, numbers)
        passed += len(batch)


def _piece_of_batch(batch: pa.RecordBatch, name: str, numbers: "np.ndarray[Any, Any]") -> Piece:
    try:
        # What pandas noted of an index does not matter, and whole numbers stay whole.
        table = batch.to_pandas(ignore_metadata=True, integer_object_nulls=True)
        return piece_of_rows(table, name, numbers)
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, UnicodeDecodeError) as error:
        if len(batch) == 1:
            problem = Problem(name, int(numbers[0]), f"no text: {first_line(error)}")
            none = piece_of_rows(pd.DataFrame(), name, numbers[:0])
            return none._replace(problems=[problem], rows={name: 1})
    half = len(batch) // 2
    pieces = [
        _piece_of_batch(batch.slice(0, half), name, numbers[:half]),
        _piece_of_batch(batch.slice(half), name, numbers[half:]),
    ]
    return Piece(
        pd.concat([piece.documents for piece in pieces], ignore_index=True),
        [problem for piece in pieces for problem in piece.problems],
        {name: len(batch)},
        np.concatenate([piece.names for piece in pieces]),
        np.concatenate([piece.places for piece in pieces]),
    )
