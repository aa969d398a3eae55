"""The coded folder: its parts, a record of each part, and the manifest."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from policylib._util.files import naming, refuse_foreign, table_bytes
from policylib._util.locks import acquire, release
from policylib._util.printable import one_line
from policylib.corpus.rows import Piece, Problem, shift_rows
from policylib.documents.files import is_seen, printable

# Readers of Parquet skip names that begin with `_`. RECORDS holds the records of all parts, and the
# parts that are finished but not yet published.
MANIFEST, SKIPPED, RECORDS, LOCK = "_manifest.json", "_skipped.csv", "_parts", "_lock"
PART = re.compile("part-[0-9]{6,}-([0-9a-f]{32})[.]parquet")
TOTALS = ("documents", "paragraphs", "left_out", "hits", "statements")


class Record(NamedTuple):
    """The description of a finished part."""

    key: str  # a checksum of the texts, options and library that the part depends on
    source: str
    sha256: str  # a checksum of the bytes of the part
    totals: dict[str, int]  # the numbers named in TOTALS
    rows: dict[str, int]  # the number of rows of each file, if it has rows
    problems: list[Problem]
    names: str  # checksums as in Piece, in hexadecimal
    places: str
    kept: bool = False  # whether an earlier run made the part


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Create and lock a coded folder; the system releases the lock of a run that died."""
    _refuse_foreign(folder)
    if not folder.parent.is_dir():
        raise FileNotFoundError(
            f"no folder {one_line(folder.parent)}, in which to create {folder.name!r}"
        )
    new = not folder.exists()
    with naming(folder):
        folder.mkdir(exist_ok=True)
        lock = acquire(folder / LOCK)
    if lock is None:
        raise BlockingIOError(f"another run is writing to {folder}; wait for it to end")
    try:
        with naming(folder):
            (folder / RECORDS).mkdir(exist_ok=True)
        yield
    finally:
        with suppress(OSError):  # only an empty folder can be deleted
            (folder / RECORDS).rmdir()
        release(folder / LOCK, lock)
        if new:
            with suppress(OSError):
                folder.rmdir()


def _refuse_foreign(folder: Path) -> None:
    """Raise if a folder holds anything that `code_corpus` did not write."""
    ours = {MANIFEST, SKIPPED, RECORDS, LOCK}
    paths = folder.iterdir() if folder.exists() else ()
    names = (path.name for path in paths if is_seen(path.name))
    refuse_foreign(folder, names, lambda name: name in ours or PART.fullmatch(name), "code_corpus")


def refuse_other_source(folder: Path, source: Path) -> None:
    """Raise if a folder holds the finished coding of another source."""
    try:
        before = _read_json(folder / MANIFEST)["source"]
    except (OSError, ValueError):
        return
    if before != printable(str(source)):
        raise FileExistsError(
            f"{folder} holds the statements of {before}, which would be replaced; choose another "
            f"coded folder for {source}. If the source was only moved, delete {MANIFEST} there "
            "and call again: unchanged parts are kept"
        )


def parts_written(folder: Path) -> dict[str, Path]:
    """Return the files of all parts, published or not, by their keys."""
    files = ((path, PART.fullmatch(path.name)) for path in folder.iterdir())
    published = {match[1]: path for path, match in files if match}
    return published | {path.stem: path for path in (folder / RECORDS).glob("*.parquet")}


def find_record(folder: Path, key: str, part: Path | None) -> Record | None:
    """Return the record of a part, or None if the part must be made again."""
    try:
        values = _read_json(folder / RECORDS / f"{key}.json")
        if part is None or _checksum_of_file(part) != values["sha256"]:
            return None
    except (OSError, ValueError):
        return None
    values["problems"] = [Problem(*problem) for problem in values["problems"]]
    return Record(**values)._replace(kept=True)


def write_part(
    folder: Path, key: str, source: str, coded: Iterable[tuple[Piece, pd.DataFrame, int]]
) -> Record:
    """Write pieces and their statements as a part; its record, written last, finishes it."""
    totals, rows = Counter[str](), Counter[str]()
    problems: list[Problem] = []
    names, places, try_again, writer = b"", b"", False, None
    path = folder / RECORDS / f"{key}.parquet"
    temporary = path.with_name(f"{key}.{uuid.uuid4().hex}.tmp")
    try:
        for piece, statements, left_out in coded:
            table = pa.Table.from_pandas(statements, preserve_index=False)
            with _naming_failure(source, folder):
                writer = writer or pq.ParquetWriter(temporary, table.schema, compression="zstd")
                writer.write_table(table)
            documents, hits = piece.documents["document"], int(statements["count"].sum())
            numbers = documents.nunique(), len(documents), left_out, hits, len(statements)
            totals.update(dict(zip(TOTALS, numbers, strict=True)))
            problems += shift_rows(piece.problems, rows)
            rows.update(piece.rows)
            names, places = names + piece.names, places + piece.places
            try_again |= piece.try_again
        assert writer is not None
        with _naming_failure(source, folder):
            writer.close()
            checksum = _checksum_of_file(temporary)
            temporary.replace(path)
            record = Record(
                key, source, checksum, totals, rows, problems, names.hex(), places.hex()
            )
            if not try_again:  # without a record, the next call makes the part again
                _write_json(folder, f"{RECORDS}/{key}.json", record._asdict())
    finally:
        if writer is not None:
            with suppress(OSError, pa.ArrowException):  # on a full disk, closing fails again
                writer.close()
        temporary.unlink(missing_ok=True)
    return record


@contextmanager
def _naming_failure(source: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error).partition("\n")[0]
        problem = f"statements of {source} cannot be written to {folder}: {why}"
        raise OSError(error.errno, problem) from error


def publish(
    folder: Path, records: list[Record], skipped: pd.DataFrame, made: dict[str, Any]
) -> None:
    """Move all parts to their places, in order, and list them in the manifest.

    The manifest is deleted first and put in place last; without it a folder is unfinished. If all
    is as it should be, nothing is written.
    """
    written = parts_written(folder)
    targets: dict[Path, Path] = {}
    listed = []
    for number, record in enumerate(records):
        if record.key not in written:
            raise FileNotFoundError(f"the statements of {record.source} are missing from {folder}")
        name = f"part-{number:06d}-{record.key}.parquet"
        targets[written[record.key]] = folder / name
        totals = {**record.totals, "skipped": len(record.problems)}
        listed.append({"file": name, "sha256": record.sha256, "source": record.source, **totals})
    manifest = _json({"written_by": "policylib.code_corpus", **made, "parts": listed})
    files = {SKIPPED: table_bytes(skipped), MANIFEST: manifest}
    parts = [path for path in folder.iterdir() if PART.fullmatch(path.name)]
    if targets != {path: path for path in parts} or not _all_as(folder, files):
        # Write all bytes first, since the disk may be full. After that, only names change.
        with _staged(folder, files) as staged:
            (folder / MANIFEST).unlink(missing_ok=True)
            # Delete stale parts before adding new ones, so that an interruption never leaves
            # duplicates.
            for path in parts:
                if path not in targets:
                    path.unlink()
            for path, target in targets.items():
                path.replace(target)
            for name, path in staged.items():
                path.replace(folder / name)
    keys = {record.key for record in records}
    for path in (folder / RECORDS).iterdir():
        if path.suffix != ".json" or path.stem not in keys:
            path.unlink()


def _all_as(folder: Path, files: dict[str, bytes]) -> bool:
    """Return whether a folder has files with these bytes."""
    try:
        return all((folder / name).read_bytes() == data for name, data in files.items())
    except OSError:
        return False


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a coded folder, or raise if the folder is not complete."""
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {one_line(folder)}")
    try:
        manifest = _read_json(folder / MANIFEST)
    except FileNotFoundError:
        begun = (folder / RECORDS).exists()
        why = "not coded completely; call code_corpus again" if begun else "not a coded folder"
        raise ValueError(f"{folder} is {why}") from None
    except ValueError:
        raise ValueError(f"{folder / MANIFEST} is damaged; call code_corpus again") from None
    if not manifest.get("parts") or "codebook" not in manifest:
        raise ValueError(f"{folder} was coded by another version of policylib; code it again")
    for part in manifest["parts"]:
        if not (folder / part["file"]).exists():
            raise ValueError(f"{folder} lacks the part {part['file']!r}; call code_corpus again")
    return manifest


def read_part(path: Path, checksum: str) -> pa.BufferReader:
    """Return the bytes of a part, or raise if any of them has changed."""
    data = path.read_bytes()
    if sha256(data).hexdigest() != checksum:
        raise ValueError(f"{path} is damaged; call code_corpus again")
    return pa.BufferReader(data)


def _checksum_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _staged(folder: Path, files: dict[str, bytes]) -> Iterator[dict[str, Path]]:
    """Write files under other names, and yield these; what is not renamed is deleted."""
    # If the run is killed, the next one deletes what it leaves in the folder of records.
    staged = {name: folder / RECORDS / f"{uuid.uuid4().hex}.tmp" for name in files}
    try:
        for name, path in staged.items():
            with naming(folder / name):
                path.write_bytes(files[name])
        yield staged
    finally:
        for path in staged.values():
            path.unlink(missing_ok=True)


def _write_json(folder: Path, name: str, values: dict[str, Any]) -> None:
    """Write values with their checksum, whole or not at all."""
    with _staged(folder, {name: _json(values)}) as staged:
        staged[name].replace(folder / name)


def _json(values: dict[str, Any]) -> bytes:
    """Return values with their checksum, as the bytes of a file."""
    text = json.dumps(values | {"checksum": _checksum(values)}, indent=1)
    return f"{text}\n".encode()


def _read_json(path: Path) -> dict[str, Any]:
    """Return the values in a file of `_json`, or raise ValueError if they have changed."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        values = None
    if not isinstance(values, dict) or values.pop("checksum", None) != _checksum(values):
        raise ValueError(f"{path} is damaged")
    return values


def _checksum(values: dict[str, Any]) -> str:
    return sha256(json.dumps(values).encode()).hexdigest()
