"""Code a large corpus part by part, and write its statements to a folder."""

from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from os import PathLike
from typing import Any
from uuid import uuid4

import dask
import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.files import as_path, resolved
from policylib._util.names import require
from policylib._util.warn import warn
from policylib.coding.coder import ACTORS, Actor, parts_of
from policylib.coding.initiatives import require_tables
from policylib.coding.terms import READ, require_terms
from policylib.corpus.job import Job, code_part, library_checksum, options_checksum
from policylib.corpus.processes import UNGUARDED, check_client, compute, refuse_import
from policylib.corpus.report import list_skipped, refuse_duplicates, summarise
from policylib.corpus.sources import Part, find_parts
from policylib.corpus.store import Record, locked, parts_written, publish, refuse_other_source
from policylib.documents.files import printable
from policylib.documents.headings import ReportPart
from policylib.tables.checks import check_codebook
from policylib.tables.levels import LEVELS, codebook_levels
from policylib.tables.read import Tables, read_tables


def code_corpus(
    source: str | PathLike[str],
    coded: str | PathLike[str],
    *,
    codebook: pd.DataFrame,
    register: pd.DataFrame | None = None,
    actor: Actor = "document",
    tables: Tables | None = None,
    parts: ReportPart | Sequence[ReportPart] | None = ("review", "plan"),
    encoding: str | None = None,
    main_text: bool = False,
    client: Any = None,
) -> tuple["pd.Series[int]", pd.DataFrame]:
    """Code a corpus that may be larger than memory, and write its statements to a folder.

    Several processes apply `code_documents` to parts of some 30 megabytes each. A part is written
    whole or not at all. Later calls keep finished parts and code only those that are new, changed
    or damaged; so an interrupted run is continued by the same call.

    Parameters
    ----------
    source : str or PathLike
        Documents, as `read_documents` reads them, or rows of JSON Lines (``.jsonl``, ``.ndjson``)
        or Parquet: a file, or a folder of files of one kind. A row is a document, with a unique
        name in `document` and paragraphs as the lines of `text`. If there is a column `paragraph`,
        each row is one paragraph of its document, and `paragraph` is its number. Rows may also have
        `actor` and `role`, as for `code_documents`, and `date` or `published`, such as 2023,
        2023-12 or 2023-12-31. Blank cells are missing, and white space around actors, roles and
        dates is removed. Invalid rows are left out and listed, and so are texts of more than 50
        million characters or a million paragraphs. A Parquet file is left out if it lacks a
        column, or if it would need far more memory than its size.
    coded : str or PathLike
        The coded folder, which is created or updated. It holds Parquet files, which
        ``pd.read_parquet(coded)`` reads. An existing folder must come from an earlier call with the
        same source. Coding again with another codebook replaces its statements.
    codebook : DataFrame
        One row per code, as `read_codebook` returns it.
    register : DataFrame, optional
        The actor, role and dates of the documents in files, one row per document: `document` and
        some of `actor`, `role`, `date` and `published`. `document` is the file's path in the
        folder without extension; if two files differ only in it, with extension. Other columns
        are ignored. Rows of JSON Lines and Parquet have these columns themselves. Without a
        register, each document is its own actor.
    actor : {"document", "sentence"}
        As for `code_documents`. ``"sentence"`` needs whole documents, so rows must not be
        paragraphs.
    tables : Tables, optional
        As for `code_documents`.
    parts : str or sequence of str, optional
        As for `code_documents`. If rows are paragraphs, all of them are coded, since a report may
        be divided among several parts of the work.
    encoding : str, optional
        As for `read_documents`, for all files that are not UTF-8; put files of different encodings
        into different folders. JSON Lines and Parquet are always UTF-8.
    main_text : bool
        As for `read_documents`: whether only the main text of pages is read.
    client : distributed.Client, optional
        A client of a Dask cluster. Its machines must see `source` and `coded` under the same paths
        and have the same version of policylib. By default, all processors of this machine are used;
        in a script, the call must then be under ``if __name__ == "__main__":``.

    Returns
    -------
    Series of int
        The numbers of `documents`, `paragraphs`, paragraphs that were `left_out` because they are
        in other parts of reports, `hits` (the sum of `count` in the statements) and `statements`,
        of files and rows that were `skipped`, of `parts` of the work, and of those that were
        `kept` from earlier calls.
    DataFrame
        One row per file or row that was left out: `file`, `row` (from 1; missing for whole files)
        and `problem`. It is also in the coded folder, as ``_skipped.csv``.

    Raises
    ------
    DataError
        If cells of the register or levels of the codebook are invalid; all are listed.
    ValueError
        If nothing can be read, a folder holds two kinds of files, the register or the codebook
        lacks a column, a document appears twice, only some rows have a paragraph, or a term cannot
        be searched for.
    FileNotFoundError
        If the source, or the folder that is to contain the coded folder, does not exist.
    FileExistsError
        If the coded folder holds other files, or the statements of another source.
    BlockingIOError
        If another run is writing to the coded folder.
    OSError
        If statements cannot be written. Finished parts are kept, and the same call continues.
    TypeError
        If `source` or `coded` is not a path, or `client` is not a client.

    Warns
    -----
    UserWarning
        If an unused column looks like a misspelling of a known one, some documents have no row or
        actor in the register, or no statement was found.

    See Also
    --------
    code_documents : The same for a table of documents that fits in memory.
    count_corpus : Counts of the statements in a coded folder.

    Notes
    -----
    The statements are those that `code_documents` returns for all documents at once, with the
    additional columns `date` and `published`. The coded folder is complete if it has the file
    ``_manifest.json``, which lists the parts with a checksum of each. The folder ``_parts`` holds
    the records by which the next call recognises finished parts.

    Parquet is read fastest in row groups of some ten megabytes (``row_group_size`` of
    ``DataFrame.to_parquet``). Columns that exist only as names of folders are not read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import policylib as pol
    >>> codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": [None]})
    >>> news = pd.DataFrame({"document": ["a", "b"], "text": ["Robots.", "More robots, robots."]})
    >>> with TemporaryDirectory() as folder, dask.config.set(scheduler="synchronous"):
    ...     news.to_json(f"{folder}/news.jsonl", orient="records", lines=True)
    ...     summary, skipped = code_corpus(
    ...         f"{folder}/news.jsonl", f"{folder}/coded", codebook=codebook
    ...     )
    ...     counts = pol.count_corpus(f"{folder}/coded", rows="document")
    >>> summary[["documents", "hits", "statements", "skipped"]].to_list()
    [2, 3, 2, 0]
    >>> counts["robots"].to_dict()
    {'a': 1, 'b': 2}
    """
    refuse_import()
    require(actor, ACTORS, "actor")
    require_terms(codebook)
    codebook = codebook[[name for name in codebook if name in READ]]  # so that it warns only once
    wanted = parts_of(parts)
    check_client(client)
    origin = resolved(as_path(source, "file or folder"))
    folder = resolved(as_path(coded, "folder"))
    if folder.is_relative_to(origin):
        raise ValueError(f"the coded folder {folder} is in the source; choose one outside it")
    pieces, problems = find_parts(origin, register, encoding, actor, main_text)
    if tables is not None:
        require_tables(tables)
    elif actor == "sentence":
        tables = read_tables()
    options = options_checksum(codebook, actor, tables, wanted)
    levels = _levels(codebook)
    refuse_other_source(folder, origin)
    with locked(folder):
        written = parts_written(folder)
        job = Job(folder, library_checksum(), options, codebook, actor, tables, wanted, written)
        records = _code_parts(pieces, job, client)
        refuse_duplicates(pieces, records)
        skipped = list_skipped(problems, records)
        summary = summarise(records, len(skipped))
        if not summary["documents"]:
            why = "; ".join(f"{file}: {problem}" for file, _, problem in skipped.head(1).to_numpy())
            raise ValueError(f"{source}: no document can be read; {why or 'all lines are empty'}")
        made = {
            "source": printable(str(origin)),
            "library": job.library,
            "options": options,
            "totals": summary.drop("kept").to_dict(),
            "codebook": levels,
        }
        publish(folder, records, skipped, made)
    if not summary["statements"]:
        speaker = ", or none with a known speaker" if actor == "sentence" else ""
        warn(f"no statement was found: the texts contain no term of the codebook{speaker}")
    return summary, skipped


def _levels(codebook: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns of the codebook by which `count_corpus` rolls codes up, or raise."""
    columns = [name for name in ("id", "level", "broader") if name in codebook]
    table = codebook[columns].astype("object").replace("", None)
    table = table.where(table.notna(), None)
    given = {name: table[name].to_list() for name in columns}
    if "broader" not in table:
        return given
    table = table.set_axis([("codebook", row) for row in range(1, len(table) + 1)])
    table["level"] = codebook_levels(table)
    faults = Faults()
    unknown = table["level"][table["level"].notna() & ~table["level"].isin(LEVELS)]
    problems = [f"no level {name!r} (allowed: {', '.join(LEVELS)})" for name in unknown]
    faults.extend(unknown.index, "level", problems)
    check_codebook(table, faults)
    if faults:
        raise DataError(faults.to_frame(), "the codebook")
    return given


def _code_parts(parts: list[Part], job: Job, client: Any) -> list[Record]:
    """Code all parts that are not finished, and return the records of all."""
    shared = dask.delayed(job, pure=False, traverse=False)
    # The part is inside `partial`, because Dask would search an argument for tasks.
    tasks = [
        dask.delayed(partial(code_part, part))(
            shared, dask_key_name=("code_part", str(part), uuid4().hex)
        )
        for part in parts
    ]
    try:
        return compute(tasks, client, "processes" if len(tasks) > 1 else "synchronous")
    except BaseException as error:
        error.add_note("Finished parts are kept; the same call continues from there.")
        if isinstance(error, BrokenProcessPool):
            error.add_note(
                f"If this happened at once: {UNGUARDED}. If it happened later: a process was "
                "killed, for example by the system because memory was short."
            )
        raise
