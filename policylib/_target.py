"""The folder of a coded corpus: parts written whole or not at all, and the list of them."""

import json
import os
import shutil
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from policylib import __version__
from policylib._corpus_rows import Piece, Problem
from policylib._files import put_files

# Readers of Parquet pass over names that begin with `_`.
MANIFEST, SKIPPED, STAGING, LOCK = "_manifest.json", "_skipped.csv", "_unfinished", "_lock"
WRITTEN_BY = "policylib.code_corpus"
RECORD = b"policylib"  # under which a part's record stands in its own file
TOTALS = ("documents", "paragraphs", "hits", "statements")


class Record(NamedTuple):
    """What is known of a part that is done."""

    key: str  # a checksum of all that it is made from
    sha256: str  # a checksum of its documents alone
    source: str
    documents: int
    paragraphs: int
    hits: int
    statements: int
    rows: int  # of a file that has rows
    ends: list[str]  # the first document and the last, which may go on in the next part
    problems: list[Problem]
    identities: bytes  # eight for each row of a source that has rows
    kept: bool = False


@cache
def code_checksum() -> str:
    """Give a checksum of this library, so that no part outlives a change of it."""
    checksum = sha256(__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        checksum.update(path.name.encode() + path.read_bytes())
    return checksum.hexdigest()


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a folder for one run; what a run held that died is free again."""
    refuse_foreign(target)
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
    for path in sorted(target.iterdir()) if target.exists() else ():
        if path.name not in ours and not path.match("part-*-*.parquet"):
            raise FileExistsError(
                f"{target} holds {path.name!r}, which code_corpus did not write; choose a new "
                "folder (nothing was changed)"
            )


def find_record(target: Path, key: str) -> Record | None:
    """Give the record of a part that is done, or None."""
    path = _find(target, key)
    try:
        written = json.loads(pq.read_metadata(path).metadata[RECORD]) if path else None
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        written = None  # damaged: it is made anew
    if written is None:
        return None
    written["problems"] = [Problem(*problem) for problem in written["problems"]]
    written["identities"] = b64decode(written["identities"])
    return Record(**written, kept=True)


def _find(target: Path, key: str) -> Path | None:
    staged = target / STAGING / f"{key}.parquet"
    return staged if staged.exists() else next(target.glob(f"part-*-{key}.parquet"), None)


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
    record = Record(key, sha256, source, 0, 0, 0, 0, 0, [], [], b"")
    path = target / STAGING / f"{key}.parquet"
    staged = path.with_name(f"{key}.{uuid.uuid4().hex}.tmp")
    writer = None
    try:
        for piece, statements in pieces:
            table = pa.Table.from_pandas(statements, preserve_index=False)
            writer = writer or pq.ParquetWriter(staged, table.schema, compression="zstd")
            writer.write_table(table)
            record = _add(record, piece, statements)
        assert writer is not None
        identities = b64encode(record.identities).decode()
        written = record._replace(identities=identities)._asdict()  # type: ignore[arg-type]
        del written["kept"]
        writer.add_key_value_metadata({RECORD: json.dumps(written)})
        writer.close()
        with staged.open("rb+") as file:
            os.fsync(file.fileno())  # all of it is on the disk before it has its name
        staged.replace(path)
    except OSError as error:
        why = error.strerror or str(error).partition("\n")[0]
        raise OSError(error.errno, f"statements of {source} cannot be written: {why}") from error
    finally:
        with suppress(OSError, pa.ArrowException):
            if writer is not None:
                writer.close()
        staged.unlink(missing_ok=True)
    return record


def _add(record: Record, piece: Piece, statements: pd.DataFrame) -> Record:
    documents = piece.documents["document"]
    goes_on = bool(record.ends) and bool(len(documents)) and documents.iloc[0] == record.ends[-1]
    ends = [*record.ends, *documents.head(1), *documents.tail(1)]
    return record._replace(
        documents=record.documents + documents.nunique() - goes_on,
        paragraphs=record.paragraphs + len(documents),
        hits=record.hits + int(statements["count"].sum()),
        statements=record.statements + len(statements),
        rows=record.rows + piece.rows,
        ends=[ends[0], ends[-1]] if ends else [],
        problems=record.problems + piece.problems,
        identities=record.identities + piece.identities.tobytes(),
    )


def publish(
    target: Path, records: list[Record], skipped: pd.DataFrame, about: dict[str, Any]
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
    about
        What else the list is to hold.
    """
    (target / MANIFEST).unlink(missing_ok=True)
    names = [f"part-{number:06d}-{record.key}.parquet" for number, record in enumerate(records)]
    for name, record in zip(names, records, strict=True):
        path = _find(target, record.key)
        if path is None:
            raise FileNotFoundError(f"the statements of {record.source} are gone from {target}")
        path.replace(target / name)
    for path in set(target.glob("part-*.parquet")) - {target / name for name in names}:
        path.unlink()
    listed = [
        {"file": name, "source": record.source, "sha256": record.sha256}
        | {"skipped": len(record.problems)}
        | {total: getattr(record, total) for total in TOTALS}
        for name, record in zip(names, records, strict=True)
    ]
    manifest = {"written_by": WRITTEN_BY, **about, "parts": listed}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    table = skipped.to_csv(index=False, lineterminator="\n")
    put_files({target / SKIPPED: table.encode(), target / MANIFEST: text.encode()})
    shutil.rmtree(target / STAGING, ignore_errors=True)


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
