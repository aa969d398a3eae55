"""A source cut into parts: files of a folder, lines of JSON, or rows of Parquet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import pyarrow.parquet as pq
from pyarrow import ArrowException

from policylib._corpus_rows import COLUMNS, NEEDED, Problem
from policylib._document_files import (
    READERS,
    document_ids,
    ending_of,
    find_files,
    printable,
    reader_of,
)
from policylib._faults import Faults

LINES, ROWS = (".jsonl", ".ndjson"), (".parquet",)
SIZE = 2**25  # bytes of a part, more or less
# A group of rows must be unpacked from its beginning to reach any of them, so that cutting it into
# very many parts would cost more than it gains.
CUTS = 4


class Files(NamedTuple):
    """Some files of a folder: their paths in it, and what the documents are called."""

    folder: str
    names: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        more = f" and {len(self.names) - 1} more" if len(self.names) > 1 else ""
        return printable(self.names[0][0]) + more


class Lines(NamedTuple):
    """The lines of a file that begin between two places, in bytes."""

    folder: str
    name: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.name}, bytes {self.start} to {self.end}"


class Rows(NamedTuple):
    """Some rows of a group of rows in a Parquet file."""

    folder: str
    name: str
    group: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.name}, group {self.group}, rows {self.start} to {self.end}"


Part = Files | Lines | Rows


def find_parts(source: Path) -> tuple[list[Part], list[Problem]]:
    """Cut a source into parts, in order.

    Where a part ends depends on what stands near it alone: a file that comes or goes, or lines
    that are added at the end, change one part or two and leave the others as they were.

    Parameters
    ----------
    source
        A folder or a file.

    Returns
    -------
    list of parts
        In the order of the documents.
    list of problems
        The files that are left out.

    Raises
    ------
    ValueError
        If there is nothing to be read, or a folder holds files of two kinds.
    FileNotFoundError
        If there is nothing there.
    """
    if not source.exists():
        raise FileNotFoundError(f"no file or folder {source}")
    folder = source if source.is_dir() else source.parent
    kinds = {"documents": tuple(READERS), "JSON Lines": LINES, "Parquet": ROWS}
    faults = Faults()
    if source.is_dir():
        found = find_files(source, faults, tuple(e for endings in kinds.values() for e in endings))
    else:
        found = {printable(source.name): source}
    by_kind = {
        kind: {name: found[name] for name in sorted(found) if ending_of(name) in endings}
        for kind, endings in kinds.items()
    }
    held = {kind: names for kind, names in by_kind.items() if names}
    if not held:
        allowed = ", ".join(e for endings in kinds.values() for e in endings)
        raise ValueError(f"{source} holds nothing that can be read (allowed: {allowed})")
    if len(held) > 1:
        listed = " and ".join(f"{kind} ({next(iter(names))!r})" for kind, names in held.items())
        raise ValueError(f"{source} holds {listed}; put each kind into a folder of its own")
    ((kind, files),) = held.items()
    cut = {"documents": _cut_folder, "JSON Lines": _cut_lines, "Parquet": _cut_rows}[kind]
    left = faults.to_frame()
    told = zip(left["file"], left["problem"], strict=True)
    problems = [Problem(file, None, problem) for file, problem in told]
    return list(cut(folder, files, problems)), problems


def _cut_folder(folder: Path, files: dict[str, Path], _: list[Problem]) -> Iterator[Part]:
    """Put files together; a name's own checksum decides whether it is the last of its part."""
    for ending in sorted({ending_of(name) for name in files}):
        reader_of(ending)  # what is not installed is said before hours of reading
    part: list[tuple[str, str]] = []
    size = 0
    for name, id_ in sorted(document_ids(files).items(), key=lambda item: item[1]):
        part.append((str(files[name].relative_to(folder)), id_))
        try:
            own = files[name].stat().st_size
        except OSError:
            own = 0  # a link that leads nowhere: reading it says so
        size += own
        if crc32(name.encode()) < 2**32 * own / SIZE or size > 4 * SIZE:
            yield Files(str(folder), tuple(part))
            part, size = [], 0
    if part:
        yield Files(str(folder), tuple(part))


def _cut_lines(folder: Path, files: dict[str, Path], problems: list[Problem]) -> Iterator[Part]:
    for name, path in files.items():
        size = path.stat().st_size
        if not size:
            problems.append(Problem(name, None, "empty"))
        for start in range(0, size, SIZE):
            yield Lines(str(folder), name, start, min(start + SIZE, size))


def _cut_rows(folder: Path, files: dict[str, Path], problems: list[Problem]) -> Iterator[Part]:
    for name, path in files.items():
        try:
            with pq.ParquetFile(path) as file:
                missing = [column for column in NEEDED if column not in file.schema_arrow.names]
                groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
                sizes = [(group.num_rows, unpacked_size(group)) for group in groups]
        except (ArrowException, OSError) as error:
            problems.append(Problem(name, None, f"damaged, or no Parquet: {first_line(error)}"))
            continue
        if missing:
            raise ValueError(f"{name} has no column {missing[0]!r} (needed: {', '.join(NEEDED)})")
        if not sum(rows for rows, _ in sizes):
            problems.append(Problem(name, None, "empty"))
        for group, (rows, size) in enumerate(sizes):
            step = max(1, -(-rows // min(CUTS, 1 + size // SIZE)))
            for start in range(0, rows, step):
                yield Rows(str(folder), name, group, start, min(start + step, rows))


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
