"""A source cut into parts: files of a folder, lines of JSON, or rows of Parquet."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zlib import crc32

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from policylib._util.faults import Faults
from policylib._util.names import nearest
from policylib._util.warn import warn
from policylib.corpus.register import what_is_known
from policylib.corpus.rows import COLUMNS, NEEDED, Problem, tell_columns
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

SIZE = 2**25  # bytes of a part, more or less
FIRST = 2**20  # bytes of JSON Lines that show which names there are
PARTS = 16  # below which files are put into smaller parts, for all processors to have some
SLOW = {".pdf": 8, ".docx": 4}  # what counts for more bytes than it has
# A group of rows must be unpacked from its beginning to reach any of them, so that cutting it into
# very many parts would cost more than it gains.
CUTS = 4

Kind = Literal["documents", "JSON Lines", "Parquet"]
ENDINGS: dict[Kind, tuple[str, ...]] = {
    "documents": tuple(READERS),
    "JSON Lines": (".jsonl", ".ndjson"),
    "Parquet": (".parquet",),
}


class Span(NamedTuple):
    """A document, or a stretch of a file that holds many."""

    path: str  # in the folder of the source
    id: str = ""  # what a file that is one document is called
    group: int = 0  # of rows
    start: int = 0  # in bytes, or in rows of the group
    end: int = 0
    about: tuple[str | None, ...] = ()  # who says it, and the rest of ABOUT

    def __str__(self) -> str:
        """Return the name for messages."""
        name = printable(self.path)
        if self.id:
            return name
        within = f"group {self.group}, rows" if ending_of(name) in ENDINGS["Parquet"] else "bytes"
        return f"{name}, {within} {self.start} to {self.end}"


class Part(NamedTuple):
    """What is coded at once."""

    kind: Kind
    folder: str
    spans: tuple[Span, ...]
    encoding: str | None = None  # of text that is not UTF-8

    def __str__(self) -> str:
        """Return the range of sources for messages."""
        last = f" to {self.spans[-1]}" if len(self.spans) > 1 else ""
        return f"{self.spans[0]}{last}"


Sized = tuple[Span, int]


def find_parts(
    source: Path,
    about: pd.DataFrame | None = None,
    encoding: str | None = None,
    actor: str = "document",
) -> tuple[list[Part], list[Problem]]:
    """Cut a source into parts, in order.

    Where a part ends depends on what stands near it alone: a file that comes or goes, or lines
    that are added at the end, change one part or two and leave the others as they were. Only where
    the whole of a folder passes one of three sizes, up to half a gigabyte, many change.

    Parameters
    ----------
    source
        A folder or a file.
    about
        What is known of the documents of a folder.
    encoding
        As for `read_documents`.
    actor
        As for `code_documents`.

    Returns
    -------
    list of parts
        In the order of the documents.
    list of problems
        The files that are left out.

    Raises
    ------
    ValueError
        If there is nothing to be read, a folder holds files of two kinds, a table lacks a
        column, what is known is of other documents, or an encoding is named that is none, or for
        rows.
    FileNotFoundError
        If there is nothing there.
    """
    if not source.exists():
        raise FileNotFoundError(f"no file or folder {source}")
    folder = source if source.is_dir() else source.parent
    allowed = [ending for endings in ENDINGS.values() for ending in endings]
    faults = Faults()
    found = {printable(source.name): source}
    if source.is_dir():
        found = find_files(source, faults, allowed)
    held = {
        kind: {name: found[name] for name in sorted(found) if ending_of(name) in endings}
        for kind, endings in ENDINGS.items()
    }
    held = {kind: files for kind, files in held.items() if files}
    if not held:
        raise ValueError(f"{source} holds nothing to be read (allowed: {', '.join(allowed)})")
    if len(held) > 1:
        listed = " and ".join(f"{kind} ({next(iter(files))!r})" for kind, files in held.items())
        raise ValueError(f"{source} holds {listed}; put each kind into a folder of its own")
    ((kind, files),) = held.items()
    left = faults.to_frame()
    told = zip(left["file"], left["problem"], strict=True)
    problems = [Problem(file, None, problem) for file, problem in told]
    if encoding is not None:
        if kind != "documents":
            raise ValueError(f"{kind} is always UTF-8; an encoding is for files of text")
        require_encoding(encoding)
    if kind != "documents":
        files = dict(_regular(files, problems))
    if kind == "documents":
        sized = _documents(folder, files, problems, about, actor)
    elif about is not None:
        raise ValueError(
            f"{kind}: its rows say themselves who speaks and when; give no other table"
        )
    else:
        sized = (_lines if kind == "JSON Lines" else _rows)(folder, files, problems, actor)
    spans = list(sized)
    size = _part_size(sum(bytes_ for _, bytes_ in spans)) if kind == "documents" else SIZE
    return [Part(kind, str(folder), part, encoding) for part in _together(spans, size)], problems


def _part_size(whole: int) -> int:
    """Give the size of parts of files: that of all parts, or the half or a quarter of it.

    Examples
    --------
    >>> [_part_size(whole * 10**6) // 2**20 for whole in (10, 100, 300, 600)]
    [32, 8, 16, 32]
    """
    if whole < 2 * SIZE:  # which one process has done before others have begun
        return SIZE
    return next((SIZE // cut for cut in (1, 2) if whole * cut >= PARTS * SIZE), SIZE // 4)


def _together(spans: Iterable[Sized], most: int) -> Iterator[tuple[Span, ...]]:
    """Put spans together; the checksum of a name decides whether it is the last of its part."""
    part: list[Span] = []
    whole = 0
    for span, size in spans:
        part.append(span)
        whole += size
        if crc32(str(span).encode()) < 2**32 * size / most or whole > 4 * most:
            yield tuple(part)
            part, whole = [], 0
    if part:
        yield tuple(part)


def _documents(
    folder: Path,
    files: dict[str, Path],
    problems: list[Problem],
    about: pd.DataFrame | None,
    actor: str,
) -> Iterator[Sized]:
    for ending in sorted({ending_of(name) for name in files}):
        reader_of(ending)  # what is not installed is said before hours of reading
    ids = document_ids(files)
    known = {} if about is None else what_is_known(about, set(ids.values()), problems, actor)
    for name, id_ in sorted(ids.items(), key=lambda item: item[1]):
        try:
            size = files[name].stat().st_size
        except OSError:
            size = 0  # a link that leads nowhere: reading it says so
        path = str(files[name].relative_to(folder))
        span = Span(path, id_, about=known.get(id_, ()))
        yield span, size * SLOW.get(ending_of(name), 1)


def _regular(files: dict[str, Path], problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Yield what is a file, and note what is none, for reading that might never end."""
    for name, path in files.items():
        try:
            refuse_irregular(path)
        except UnreadableError as error:
            problems.append(Problem(name, None, str(error)))
        else:
            yield name, path


def _lines(
    folder: Path, files: dict[str, Path], problems: list[Problem], actor: str
) -> Iterator[Sized]:
    said: set[str] = set()
    for name, path in files.items():
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
        except OSError as error:
            problems.append(Problem(name, None, f"cannot be read: {error.strerror}"))
            continue
        if not size:
            problems.append(Problem(name, None, "empty"))
        _warn_once(said, f"the first rows of {name}", tell_columns(name, _first_names(path), actor))
        for start in range(0, size, SIZE):
            end = min(start + SIZE, size)
            yield Span(str(path.relative_to(folder)), start=start, end=end), end - start


def _first_names(path: Path) -> list[str]:
    """Give all names that the first rows have, for what is missing may not stand there."""
    with path.open("rb") as file:
        lines = [file.readline(SIZE), *file.read(FIRST).split(b"\n")]
    names: dict[str, None] = {}
    for line in lines:
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue  # every line is looked at when it is coded
        names |= dict.fromkeys(row) if isinstance(row, dict) else {}
    return list(names)


def _warn_once(said: set[str], file: str, told: str) -> None:
    """Warn of a file, unless the same was said of another."""
    if told and told not in said:
        warn(f"{file}: {told}")
        said.add(told)


def _rows(
    folder: Path, files: dict[str, Path], problems: list[Problem], actor: str
) -> Iterator[Sized]:
    said: set[str] = set()
    for name, path in files.items():
        try:
            with pq.ParquetFile(path) as file:
                columns = file.schema_arrow.names
                missing = [column for column in NEEDED if column not in columns]
                groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
                sizes = [(group.num_rows, unpacked_size(group)) for group in groups]
        except (pa.ArrowException, OSError) as error:
            problems.append(Problem(name, None, f"cannot be read: {first_line(error)}"))
            continue
        if missing:
            held = f"needed: {', '.join(NEEDED)}; it has: {', '.join(columns)}"
            hint = nearest(missing[0], tuple(columns))
            raise ValueError(f"{name} has no column {missing[0]!r} ({held}){hint}")
        _warn_once(said, name, tell_columns(name, columns, actor))
        if not sum(rows for rows, _ in sizes):
            problems.append(Problem(name, None, "empty"))
        for group, (rows, size) in enumerate(sizes):
            step = max(1, -(-rows // min(CUTS, 1 + size // SIZE)))
            for start in range(0, rows, step):
                end = min(start + step, rows)
                span = Span(str(path.relative_to(folder)), group=group, start=start, end=end)
                yield span, size * (end - start) // rows


def unpacked_size(group: Any) -> int:
    """Give the bytes that the columns of a group of rows have when they are unpacked."""
    return sum(column.total_uncompressed_size for column in chunks_of(group))


def chunks_of(group: Any) -> list[Any]:
    """Give those columns of a group of rows that are read."""
    columns = [group.column(i) for i in range(group.num_columns)]
    return [column for column in columns if column.path_in_schema in COLUMNS]


def first_line(error: Exception) -> str:
    """Give the first line of what an error says."""
    return str(error).partition("\n")[0]
