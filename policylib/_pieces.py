"""What stands in a part of a source, read piece by piece, with its checksum."""

import json
from collections.abc import Iterator
from functools import singledispatch
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from fsspec.utils import read_block
from pyarrow import ArrowException

from policylib._corpus_rows import COLUMNS, Piece, Problem, piece_of_rows
from policylib._document_files import ending_of, paragraphs_of, printable, read_file, text_of
from policylib._paragraphs import UnreadableError
from policylib._sources import SIZE, Files, Lines, Part, Rows, chunks_of, first_line, unpacked_size


@singledispatch
def load(part: Part) -> tuple[str, Iterator[Piece]]:
    """Give a checksum of a part, and what stands in it, piece by piece."""
    raise TypeError(f"no part of a source: {part!r}")


@load.register
def _(part: Files) -> tuple[str, Iterator[Piece]]:
    read: list[tuple[str, str, bytes | UnreadableError]] = []
    checksum = sha256()
    for path, id_ in part.names:
        data: bytes | UnreadableError
        try:
            data = read_file(Path(part.folder, path))
            own = sha256(data).hexdigest()
        except UnreadableError as error:
            data, own = error, str(error)
        read.append((printable(path), id_, data))
        checksum.update(repr((path, id_, own)).encode())
    return checksum.hexdigest(), _pieces_of_files(read)


def _pieces_of_files(read: list[tuple[str, str, bytes | UnreadableError]]) -> Iterator[Piece]:
    rows: list[tuple[str, int, str]] = []
    problems: list[Problem] = []
    for name, id_, data in read:
        try:
            if isinstance(data, UnreadableError):
                raise data
            ending = ending_of(name)
            paragraphs = paragraphs_of(text_of(data, ending), ending)
            rows.extend((id_, number, text) for number, text in enumerate(paragraphs, start=1))
        except UnreadableError as error:
            problems.append(Problem(name, None, str(error)))
    documents = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    types = {"document": "str", "paragraph": "int64", "text": "str"}
    yield Piece(documents.astype(types), problems)


@load.register
def _(part: Lines) -> tuple[str, Iterator[Piece]]:
    with Path(part.folder, part.name).open("rb") as file:
        data = read_block(file, part.start, part.end - part.start, delimiter=b"\n")
    checksum = sha256(f"{part.name} {part.start}\n".encode() + data).hexdigest()
    return checksum, _pieces_of_lines(part.name, data)


def _pieces_of_lines(name: str, data: bytes) -> Iterator[Piece]:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
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
    yield piece._replace(problems=problems + piece.problems, rows=len(lines))


@load.register
def _(part: Rows) -> tuple[str, Iterator[Piece]]:
    checksum = sha256(repr(part[1:]).encode())
    path = Path(part.folder, part.name)
    with pq.ParquetFile(path) as file, path.open("rb") as data:
        columns = [column for column in COLUMNS if column in file.schema_arrow.names]
        for column in columns:
            checksum.update(str(file.schema_arrow.field(column)).encode())
        for chunk in chunks_of(file.metadata.row_group(part.group)):
            first = chunk.data_page_offset
            if chunk.has_dictionary_page:
                first = min(first, chunk.dictionary_page_offset)
            data.seek(first)
            checksum.update(data.read(chunk.total_compressed_size))
    return checksum.hexdigest(), _pieces_of_rows(part, columns)


def _pieces_of_rows(part: Rows, columns: list[str]) -> Iterator[Piece]:
    """Yield rows in batches, for a group of rows can be larger than the memory."""
    with pq.ParquetFile(Path(part.folder, part.name)) as file:
        group = file.metadata.row_group(part.group)
        step = max(1, group.num_rows * SIZE // max(1, unpacked_size(group)))
        batches = file.iter_batches(
            step, row_groups=[part.group], columns=columns, use_threads=False
        )
        passed = 0
        while passed < part.end:
            try:
                table = next(batches).to_pandas()
            except (ArrowException, OSError) as error:
                first = max(passed - part.start, 0) + 1
                lost = part.end - part.start - first + 1
                told = f"damaged from here on, {lost} rows: {first_line(error)}"
                none = piece_of_rows(pd.DataFrame(), part.name, np.empty(0, np.int64))
                yield none._replace(problems=[Problem(part.name, first, told)], rows=lost)
                return
            begin, end = max(part.start - passed, 0), min(part.end - passed, len(table))
            if begin < end:
                numbers = np.arange(begin, end) + passed - part.start + 1
                yield piece_of_rows(table.iloc[begin:end], part.name, numbers)
            passed += len(table)
