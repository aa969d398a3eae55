"""Divide a source into parts: files of a folder, lines of JSON, or rows of Parquet."""

import os
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

import pandas as pd
import pyarrow as pa

from policylib._util.faults import Faults
from policylib._util.names import FEW, nearest
from policylib._util.printable import one_line
from policylib._util.warn import warn
from policylib.convert.parquet_files import opened, refuse_dense, why
from policylib.corpus.columns import COLUMNS, REQUIRED, misnamed_columns
from policylib.corpus.register import read_register
from policylib.corpus.rows import Problem, parse_line
from policylib.documents.files import (
    READERS,
    document_ids,
    ending_of,
    find_files,
    printable,
    reader_of,
    refuse_irregular,
    require_encoding,
)
from policylib.documents.paragraphs import UnreadableError

PART_BYTES = 2**25  # the approximate size of a part
HEAD_BYTES = 2**20  # at the start of JSON Lines, in which column names are searched
WEIGHTS = {".pdf": 16, ".docx": 4}  # reading these takes longer than text of the same size
# A row group can only be read from its first row on, so each further cut costs more time.
CUTS_OF_GROUP = 4

Kind = Literal["documents", "JSON Lines", "Parquet"]
KINDS: dict[str, Kind] = {
    **dict.fromkeys(READERS, "documents"),
    **dict.fromkeys((".jsonl", ".ndjson"), "JSON Lines"),
    ".parquet": "Parquet",
}


class Span(NamedTuple):
    """A file that is one document, or a range of a file that holds many."""

    path: str  # relative to the folder of the source
    id: str = ""  # the document, if the file is one
    group: int = 0  # the row group, in Parquet
    start: int = 0  # in bytes, or in Parquet in rows of the group
    end: int = 0
    size: int = 0  # in bytes, multiplied by WEIGHTS
    speaker: tuple[str | None, ...] = ()  # the cells of SPEAKER in the register

    def __str__(self) -> str:
        """Return the name of the span for messages."""
        name = printable(self.path)
        if self.id:
            return name
        unit = f"group {self.group}, rows" if ending_of(name) == ".parquet" else "bytes"
        return f"{name}, {unit} {self.start} to {self.end}"


class Part(NamedTuple):
    """The spans that are coded and written together."""

    kind: Kind
    folder: str
    spans: tuple[Span, ...]
    encoding: str | None = None  # of text that is not UTF-8
    main_text: bool = False  # of pages

    def __str__(self) -> str:
        """Return the first and the last span for messages."""
        last = f" to {self.spans[-1]}" if len(self.spans) > 1 else ""
        return f"{self.spans[0]}{last}"


def find_parts(
    source: Path,
    register: pd.DataFrame | None = None,
    encoding: str | None = None,
    actor: str = "document",
    main_text: bool = False,
) -> tuple[list[Part], list[Problem]]:
    """Return the parts of a source, in the order of its documents, and the files left out.

    The end of a part depends only on the names and sizes of the spans near it. So a new or deleted
    file, or lines added at the end, change only one or two parts.
    """
    kind, files, problems = _find_files(source)
    if kind == "documents":
        if encoding is not None:
            require_encoding(encoding)
        for ending in sorted(set(map(ending_of, files))):
            reader_of(ending, main_text)  # report a missing package now, not after hours of reading
        spans = _spans_of_documents(files, problems, register, actor)
    elif main_text:
        raise ValueError(f"{kind} holds no pages; main_text is only for documents in files")
    elif encoding is not None:
        raise ValueError(f"{kind} is always UTF-8; an encoding is only for documents in files")
    elif register is not None:
        raise ValueError(f"{kind} has its own columns; a register is only for documents in files")
    else:
        spans = _spans_of_tables(kind, files, problems, actor)
    folder = f"{source if source.is_dir() else source.parent}{os.sep}"
    # Relative paths with slashes, so that parts stay the same if the source is moved.
    spans = (
        span._replace(path=span.path.removeprefix(folder).replace(os.sep, "/")) for span in spans
    )
    return [Part(kind, folder, group, encoding, main_text) for group in _grouped(spans)], problems


def _find_files(source: Path) -> tuple[Kind, dict[str, Path], list[Problem]]:
    """Return the kind of a source, its files by their names, and the files left out."""
    if not source.exists():
        raise FileNotFoundError(f"no file or folder {one_line(source)}")
    faults, files = Faults(), {printable(source.name): source}
    if source.is_dir():
        files = dict(sorted(find_files(source, faults, KINDS).items()))
    first: dict[Kind, str] = {}
    for name in files:
        if kind := KINDS.get(ending_of(name)):
            first.setdefault(kind, name)
    if not first:
        raise ValueError(f"{source} holds no file that can be read (allowed: {', '.join(KINDS)})")
    if len(first) > 1:
        listed = " and ".join(f"{kind} ({name!r})" for kind, name in first.items())
        raise ValueError(f"{source} holds {listed}; put each kind into its own folder")
    left_out = faults.to_frame()[["file", "problem"]].itertuples(index=False)
    return next(iter(first)), files, [Problem(file, None, problem) for file, problem in left_out]


def _grouped(spans: Iterable[Span]) -> Iterator[tuple[Span, ...]]:
    """Yield the spans of each part; the checksum of a span's name decides whether the part ends."""
    group: list[Span] = []
    whole = 0
    for span in spans:
        group.append(span)
        whole += span.size
        if crc32(str(span).encode()) < 2**32 * span.size / PART_BYTES or whole > 4 * PART_BYTES:
            yield tuple(group)
            group, whole = [], 0
    if group:
        yield tuple(group)


def _spans_of_documents(
    files: dict[str, Path], problems: list[Problem], register: pd.DataFrame | None, actor: str
) -> Iterator[Span]:
    endings = {name: ending_of(name) for name in files}
    ids = document_ids(files)
    speakers: dict[str, tuple[str | None, ...]] = {}
    if register is not None:
        speakers, unknown = read_register(register, {*ids.values()}, actor)
        problems += unknown
    for name, id_ in sorted(ids.items(), key=lambda item: item[1]):
        try:
            size = files[name].stat().st_size * WEIGHTS.get(endings[name], 1)
        except OSError:
            size = 0  # a broken link, which is reported when it is read
        yield Span(str(files[name]), id_, size=size, speaker=speakers.get(id_, ()))


def _spans_of_tables(
    kind: Kind, files: dict[str, Path], problems: list[Problem], actor: str
) -> Iterator[Span]:
    look = _look_at_lines if kind == "JSON Lines" else _look_at_groups
    warned = {""}
    for name, path in files.items():
        try:
            refuse_irregular(path)  # such as a pipe, which might never end
            columns, spans = look(path)
        except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
            own = "" if isinstance(error, UnreadableError) else "cannot be read: "
            problems.append(Problem(name, None, own + why(error)))
            continue
        doubts = misnamed_columns(name, columns, actor)
        if doubts not in warned:  # once for all files with the same columns
            warn(
                f"the first rows of {name}: {doubts}"
                if look is _look_at_lines
                else f"{name}: {doubts}"
            )
            warned.add(doubts)
        if not spans:
            problems.append(Problem(name, None, "empty"))
        yield from spans


def _look_at_lines(path: Path) -> tuple[list[str], list[Span]]:
    """Return the column names in the first rows of JSON Lines, and the spans of the file."""
    with path.open("rb") as file:
        rows = [parse_line(line) for line in file.readlines(HEAD_BYTES)]
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    size = path.stat().st_size
    ends = [*range(PART_BYTES, size, PART_BYTES), size] if size else []
    spans = pairwise([0, *ends])
    return [*names], [Span(str(path), "", 0, start, end, end - start) for start, end in spans]


def _look_at_groups(path: Path) -> tuple[list[str], list[Span]]:
    """Return the column names and the spans of a Parquet file."""
    spans = []
    with opened(path) as file:
        _check_schema(file.schema_arrow)
        refuse_dense(file, path)
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            rows, size = group.num_rows, group.total_byte_size
            step = max(1, -(-rows // min(CUTS_OF_GROUP, 1 + size // PART_BYTES)))
            for start in range(0, rows, step):
                end = min(start + step, rows)
                own = size * (end - start) // rows
                spans.append(Span(str(path), "", number, start, end, own))
        return file.schema_arrow.names, spans


def _check_schema(schema: pa.Schema) -> None:
    """Raise UnreadableError unless a table has the required columns, each once and of cells."""
    names = schema.names
    for column in REQUIRED:
        if column not in names:
            found = ", ".join(names[:FEW]) or "none"
            listed = f"required: {', '.join(REQUIRED)}; it has: {found}"
            raise UnreadableError(f"no column {column!r} ({listed}){nearest(column, names)}")
    for column in COLUMNS:
        if names.count(column) > 1:
            raise UnreadableError(f"duplicate column {column!r}")
        type_ = schema.field(column).type if column in names else pa.null()
        if pa.types.is_nested(type_) or isinstance(type_, pa.BaseExtensionType):
            expected = COLUMNS[column].expected
            raise UnreadableError(f"column {column!r}: expected {expected}, found {type_!s:.60}")
