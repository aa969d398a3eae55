"""The task of a process: code one part of a source, and write it to the coded folder."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from socket import gethostname
from typing import NamedTuple

import pandas as pd

from policylib import __version__
from policylib.coding.coder import Actor, code_documents, of_parts
from policylib.coding.terms import codebook_terms
from policylib.corpus.columns import DATES
from policylib.corpus.pieces import load
from policylib.corpus.processes import keep_freed_memory
from policylib.corpus.report import refuse_repeated
from policylib.corpus.rows import Piece
from policylib.corpus.sources import Part
from policylib.corpus.store import Record, find_record, write_part
from policylib.tables.read import Tables

READING_PACKAGES = ("ahocorasick-rs", "pypdfium2", "markdown-it-py", "trafilatura")


class Job(NamedTuple):
    """The settings that all parts share."""

    folder: Path  # the coded folder
    library: str  # a checksum of the library
    options: str  # a checksum of the options below
    codebook: pd.DataFrame
    actor: Actor
    tables: Tables | None
    parts: tuple[str, ...] | None  # the parts of reports that are coded
    written: dict[str, Path]  # parts of earlier runs, by their keys


@cache
def library_checksum() -> str:
    """Return a checksum of this library and of the versions of the packages that read texts."""
    versions = [__version__]
    for package in READING_PACKAGES:
        with suppress(PackageNotFoundError):
            versions.append(f"{package} {version(package)}")
    checksum = sha256("; ".join(versions).encode())
    folder = Path(__file__).parents[1]
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
        checksum.update(path.name.encode() + path.read_bytes())
    return checksum.hexdigest()


def options_checksum(
    codebook: pd.DataFrame, actor: str, tables: Tables | None, parts: tuple[str, ...] | None
) -> str:
    """Return a checksum of the codebook, `actor`, `parts`, actors and initiatives."""
    listed = [codebook_terms(codebook)]
    if tables is not None:
        listed += [tables.provinces, tables.organisations, tables.experts, tables.initiatives]
    options = [actor, repr(parts and sorted(parts))]
    return sha256("\n".join([*options, *(table.to_csv() for table in listed)]).encode()).hexdigest()


def code_part(part: Part, job: Job) -> Record:
    """Code a part and write its statements, unless an earlier run did."""
    if library_checksum() != job.library:
        raise RuntimeError(
            f"{gethostname()} has another version of policylib, or of a package that reads texts, "
            f"than the machine that sent the work (here: policylib {__version__})"
        )
    keep_freed_memory()
    checksum, pieces = load(part)
    key = sha256(f"{job.library} {job.options} {checksum}".encode()).hexdigest()[:32]
    record = find_record(job.folder, key, job.written.get(key))
    return record or write_part(job.folder, key, str(part), _coded(part, pieces, job))


def _coded(
    part: Part, pieces: Iterator[Piece], job: Job
) -> Iterator[tuple[Piece, pd.DataFrame, int]]:
    """Yield each piece with its statements and the number of paragraphs that were left out.

    The statements have the dates of their paragraphs.
    """
    for piece in pieces:
        if job.actor == "sentence" and piece.places:
            raise ValueError(f"{part}: rows are paragraphs; actor='sentence' needs whole documents")
        # If rows are paragraphs, a piece may hold only some of a report.
        whole = job.actor == "document" and not piece.places
        try:
            documents = of_parts(piece.documents, job.parts if whole else None)
            statements = code_documents(
                documents, job.codebook, actor=job.actor, tables=job.tables, parts=None
            )
        except ValueError as error:
            refuse_repeated(piece.documents, str(part))
            raise ValueError(f"{part}: {error}") from error
        place = ["document", "paragraph"]
        statements = statements.merge(documents[[*place, *DATES]], how="left", on=place)
        yield piece, statements, len(piece.documents) - len(documents)
