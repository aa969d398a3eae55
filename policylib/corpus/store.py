"""The folder of a coded corpus: parts written whole or not at all, and the list of them."""

import json
import os
import re
import shutil
import uuid
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from policylib import __version__
from policylib.corpus.rows import Piece, Problem, later
from policylib.documents.files import is_seen, printable

# Readers of Parquet pass over names that begin with `_`.
MANIFEST, SKIPPED, STAGING, LOCK = "_manifest.json", "_skipped.csv", "_unfinished", "_lock"
PART = re.compile("part-[0-9]{6,}-([0-9a-f]{32})[.]parquet")
WRITTEN_BY = "policylib.code_corpus"
READING = ("ahocorasick-rs", "pypdf", "markdown-it-py")
RECORD = b"policylib"  # under which a part's record stands in its own file
TOTALS = ("documents", "paragraphs", "hits", "statements")


class Record(NamedTuple):
    """What is known of a part that is done."""

    key: str  # a checksum of all that it is made from
    sha256: str  # a checksum of its documents alone
    source: str
    documents: int = 0
    paragraphs: int = 0
    hits: int = 0
    statements: int = 0
    rows: Mapping[str, int] = MappingProxyType({})  # of each file that has rows
    problems: Sequence[Problem] = ()
    names: bytes = b""  # eight for each row, of the name of its document
    places: bytes = b""  # eight for each row, of document and paragraph, if rows are paragraphs
    kept: bool = False


@cache
def code_checksum() -> str:
    """Give a checksum of this library and of those that read texts, so that a change is seen."""
    versions = [__version__]
    for package in READING:
        with suppress(PackageNotFoundError):
            versions.append(f"{package} {version(package)}")
    checksum = sha256("; ".join(versions).encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        checksum.update(path.name.encode() + path.read_bytes())
    return checksum.hexdigest()


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a folder for one run; what a run held that died is free again."""
    refuse_foreign(target)
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"no folder {target.parent}, in which {target.name!r} could be made"
        )
    target.mkdir(exist_ok=True)
    lock = FileLock(target / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise BlockingIOError(f"another run is writing to {target}; wait for it to end") from None
    try:
        (target / STAGING).mkdir(exist_ok=True)
        yield
    finally:
        lock.release()


def refuse_foreign(target: Path) -> None:
    """Raise if a folder holds anything but a coded corpus, or the beginning of one."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"not a folder: {target}")
    ours = {MANIFEST, SKIPPED, STAGING, LOCK}
    for name in sorted(path.name for path in target.iterdir()) if target.exists() else ():
        if is_seen(name) and name not in ours and not PART.fullmatch(name):
            raise FileExistsError(
                f"{target} holds {name!r}, which code_corpus did not write; choose a new folder "
                "(nothing was changed)"
            )


def parts_done(target: Path) -> dict[str, str]:
    """List the files of all parts that are done, by their keys."""
    placed = {
        match[1]: path.name for path in target.iterdir() if (match := PART.fullmatch(path.name))
    }
    staged = (target / STAGING).glob("*.parquet")
    return placed | {path.stem: f"{STAGING}/{path.name}" for path in staged}


def find_record(path: Path) -> Record | None:
    """Give the record of a part that is done, or None if it must be made anew."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            checksum, _, text = file.metadata.metadata[RECORD].partition(b" ")
            # A bit that has changed is seen only by reading all.
            rows = sum(
                file.read_row_group(group, use_threads=False).num_rows
                for group in range(file.num_row_groups)
            )
        written = json.loads(text)
        sound = sha256(text).hexdigest() == checksum.decode() and rows == written["statements"]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        return None
    written["problems"] = [Problem(*problem) for problem in written["problems"]]
    for column in ("names", "places"):
        written[column] = b64decode(written[column])
    return Record(**written, kept=True)


def write_part(
    target: Path, key: str, sha256: str, source: str, pieces: Iterator[tuple[Piece, pd.DataFrame]]
) -> Record:
    """Write the statements of a part, whole or not at all, and its record with them.

    Parameters
    ----------
    target
        The folder.
    key
        A checksum of all that the part is made from.
    sha256
        A checksum of its documents.
    source
        What it is part of.
    pieces
        The documents, one piece or more, each with its statements.

    Returns
    -------
    Record
        As `find_record` gives it from now on.
    """
    record = Record(key, sha256, source)
    path = target / STAGING / f"{key}.parquet"
    staged = path.with_name(f"{key}.{uuid.uuid4().hex}.tmp")
    again = False
    with ExitStack() as stack:
        stack.callback(staged.unlink, missing_ok=True)
        writer = None
        for piece, statements in pieces:
            with _told(source):
                table = pa.Table.from_pandas(statements, preserve_index=False)
                if writer is None:
                    writer = pq.ParquetWriter(
                        staged, table.schema, compression="zstd", write_page_checksum=True
                    )
                    stack.callback(_close, writer)
                writer.write_table(table)
            record = _add(record, piece, statements)
            again |= piece.again
        assert writer is not None
        with _told(source):
            if not again:  # without its record, a part is made anew the next time
                writer.add_key_value_metadata({RECORD: _as_text(record)})
            writer.close()
            with staged.open("rb+") as file:
                os.fsync(file.fileno())  # all of it is on the disk before it has its name
            staged.replace(path)
    return record


@contextmanager
def _told(source: str) -> Iterator[None]:
    """Say what could not be written, and why."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error).partition("\n")[0]
        raise OSError(error.errno, f"statements of {source} cannot be written: {why}") from error


def _close(writer: pq.ParquetWriter) -> None:
    """Close what may be closed already, or have no room for its end."""
    with suppress(OSError, pa.ArrowException):
        writer.close()


def _as_text(record: Record) -> str:
    """Give a record as JSON, after its checksum."""
    written = record._asdict() | {"rows": dict(record.rows)}
    del written["kept"]
    written["names"] = b64encode(record.names).decode()
    written["places"] = b64encode(record.places).decode()
    text = json.dumps(written)
    return f"{sha256(text.encode()).hexdigest()} {text}"


def _add(record: Record, piece: Piece, statements: pd.DataFrame) -> Record:
    return record._replace(
        documents=record.documents + piece.documents["document"].nunique(),
        paragraphs=record.paragraphs + len(piece.documents),
        hits=record.hits + int(statements["count"].sum()),
        statements=record.statements + len(statements),
        rows=dict(Counter(record.rows) + Counter(piece.rows)),
        problems=[*record.problems, *later(piece.problems, record.rows)],
        names=record.names + piece.names.tobytes(),
        places=record.places + piece.places.tobytes(),
    )


def publish(
    target: Path, records: list[Record], skipped: pd.DataFrame, made: dict[str, Any]
) -> None:
    """Put all parts in their places and list them.

    A folder without the list is unfinished: it is the first to go and the last to come.

    Parameters
    ----------
    target
        The folder.
    records
        The parts, in order.
    skipped
        What was left out.
    made
        What else the list is to hold.
    """
    (target / MANIFEST).unlink(missing_ok=True)
    names = [f"part-{number:06d}-{record.key}.parquet" for number, record in enumerate(records)]
    wanted = {record.key for record in records}
    # What goes, goes first: should this be broken off, nothing stands there twice.
    for path in target.iterdir():
        match = PART.fullmatch(path.name)
        staged = match and (target / STAGING / f"{match[1]}.parquet").exists()
        if match and (staged or match[1] not in wanted):
            path.unlink()
    done = parts_done(target)
    for name, record in zip(names, records, strict=True):
        if record.key not in done:
            raise FileNotFoundError(f"the statements of {record.source} are gone from {target}")
        (target / done[record.key]).replace(target / name)
    columns = ["source", "sha256", *TOTALS]
    listed = [
        {"file": name, "skipped": len(record.problems)}
        | {column: getattr(record, column) for column in columns}
        for name, record in zip(names, records, strict=True)
    ]
    manifest = {"written_by": WRITTEN_BY, **made, "parts": listed}
    texts = {
        SKIPPED: skipped.to_csv(index=False, lineterminator="\n"),
        MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1) + "\n",
    }
    for name, text in texts.items():
        (target / STAGING / name).write_text(text, encoding="utf-8", newline="")
    for name in texts:
        (target / STAGING / name).replace(target / name)
    shutil.rmtree(target / STAGING, ignore_errors=True)


def refuse_other(target: Path, source: Path) -> None:
    """Raise if a folder is coded to the end, but from another source."""
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        before = manifest["source"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if before != printable(str(source)):
        raise FileExistsError(
            f"{target} holds the statements of {before}, which would go; choose another folder for "
            f"those of {source}. If these are the same files in a folder that was moved, delete "
            f"{MANIFEST} there, and what is as it was is kept"
        )


def read_manifest(target: Path) -> dict[str, Any]:
    """Give the list of the parts of a corpus that is coded to the end."""
    if not target.is_dir():
        raise FileNotFoundError(f"no folder {target}")
    try:
        manifest: dict[str, Any] = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        parts = [target / part["file"] for part in manifest["parts"]]
    except FileNotFoundError:
        begun = (target / STAGING).exists()
        why = "is not coded to the end; call code_corpus again" if begun else "is no coded corpus"
        raise ValueError(f"{target} {why}") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{target / MANIFEST} is damaged; call code_corpus again") from None
    gone = [path.name for path in parts if not path.exists()]
    if gone:
        raise ValueError(f"{target} has lost {gone[0]!r}; call code_corpus again")
    return manifest
