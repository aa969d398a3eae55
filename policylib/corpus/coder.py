"""Documents by the million become statements in a folder, part by part, and counts of these."""

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from hashlib import sha256
from os import PathLike
from pathlib import Path
from socket import gethostname
from typing import Any, NamedTuple
from uuid import uuid4

import pandas as pd
from tqdm import tqdm

from policylib import __version__
from policylib._util.dates import FREQUENCIES
from policylib._util.faults import DataError, Faults
from policylib._util.names import require, require_columns
from policylib._util.warn import warn
from policylib.coding.coder import ACTORS, code_documents
from policylib.coding.terms import codebook_terms
from policylib.corpus.processes import UNGUARDED, end_with_parent, memory_kept, refuse_import
from policylib.corpus.rows import DATES, Piece
from policylib.documents.files import printable
from policylib.network.edges import LEVELS
from policylib.tables.checks import check_levels
from policylib.tables.read import Tables, read_tables

try:
    import dask
    from tqdm.dask import TqdmCallback

    from policylib.corpus.counter import (
        add_counts,
        check_filters,
        count_part,
        roll_up_codes,
        schema_of,
        table_of_counts,
    )
    from policylib.corpus.pieces import load
    from policylib.corpus.report import check_places, list_skipped, summarise, tell_doubles
    from policylib.corpus.sources import Part, find_parts
    from policylib.corpus.store import (
        Record,
        code_checksum,
        find_record,
        locked,
        parts_done,
        publish,
        read_manifest,
        refuse_other,
        write_part,
    )
except ImportError as error:
    raise ImportError(
        f"a corpus needs the package {error.name}: pip install 'policylib[dask]'", name=error.name
    ) from error

BAR = {"unit": "part", "delay": 10, "leave": False}
FEW = 8  # tables of counts that are added at once
# The schedulers of Dask that need no cluster, by all their names.
PROCESSES = ("processes", "multiprocessing")
LOCAL = (*PROCESSES, "threads", "threading", "synchronous", "sync", "single-threaded")


class _Job(NamedTuple):
    """What is the same for all parts."""

    target: str
    code: str  # a checksum of the library
    options: str  # a checksum of all below
    codebook: pd.DataFrame
    actor: str
    tables: Tables | None
    done: dict[str, str]  # the files of parts that are done, by their keys


def code_corpus(
    source: str | PathLike[str],
    target: str | PathLike[str],
    *,
    codebook: pd.DataFrame,
    about: pd.DataFrame | None = None,
    actor: str = "document",
    tables: Tables | None = None,
    encoding: str | None = None,
    client: Any = None,
) -> tuple["pd.Series[int]", pd.DataFrame]:
    """Code a corpus that need not fit in the memory, and write its statements to a folder.

    It is `code_documents`, done for some megabytes at a time by several processes. Each part is
    written whole or not at all, under a checksum of its input, the codebook and this library: the
    same call goes on where it was broken off, and a later one does only the parts in which
    something is new or changed.

    Parameters
    ----------
    source
        What is to be coded: a folder of documents, as `read_documents` reads them; or a file, or a
        folder, of JSON Lines (``.jsonl``, ``.ndjson``) or Parquet. A row of these has `document`,
        a name of its own, and `text`: a document, each line of it a paragraph; or, if it has
        a number `paragraph`, a paragraph. It may also have `actor` and `role`, as for
        `code_documents`, and when it was `said` or `published`: 2023, 2023-12 or 2023-12-31. What
        is blank is missing, and white space around actors, roles and dates goes; a row at fault is
        left out, and listed.
    target
        The folder to be written: Parquet files, which ``pd.read_parquet(target)`` reads. One that
        exists may hold nothing but what this function wrote of the same source. It holds one
        coding: with another codebook, that is replaced.
    codebook
        One row per code, as `read_codebook` gives it.
    about
        What is known of the documents of a folder, one row for each: `document` (the path in the
        folder without the ending, or with it where two files would have one name, as
        `read_documents` has it) and some of `actor`, `role`, `said` and `published`; other columns
        do not matter. Rows of JSON Lines and Parquet hold these themselves. Without it, each
        document is an actor of its own.
    actor, tables
        As for `code_documents`. Speakers of sentences are looked for in whole documents, so that a
        row must not be a paragraph then.
    encoding
        As for `read_documents`; all files that are not UTF-8 are read in it, so that those of
        several encodings need folders of their own. JSON Lines and Parquet are UTF-8.
    client
        A ``distributed.Client`` of a cluster, all of whose machines see `source` and `target`
        under the same names and have this version of the library. If None, the processors of this
        machine work; in a script, the call stands under ``if __name__ == "__main__":`` then.

    Returns
    -------
    pandas.Series
        The numbers of `documents`, `paragraphs`, `hits` (places of terms that are counted in
        statements), `statements`, of files and rows that were `skipped`, of `parts`, and of those
        `kept` from earlier.
    pandas.DataFrame
        One row per file or row that was left out: `file`, `row` (from 1; missing for whole files)
        and `problem`. It stands in ``_skipped.csv`` as well.

    Raises
    ------
    DataError
        If cells of `about`, or levels of the codebook, cannot be what they should be; it names all
        of them.
    ValueError
        If there is nothing to be read, a folder holds two kinds of files, a column is missing,
        a document stands twice, or a term cannot be looked for.
    FileNotFoundError
        If there is no such source, or no folder that is to hold the target.
    FileExistsError
        If the target holds anything else, or is coded to the end from another source.
    BlockingIOError
        If another run is writing there.
    OSError
        If statements cannot be written. Parts that are done stay, and the same call goes on.

    Warns
    -----
    UserWarning
        If a column that is not read is called nearly like one that is, less is known of some
        documents than could be meant, or there is no statement.

    Notes
    -----
    The table that is written is what `code_documents` gives for all documents at once, and the
    columns `said` and `published`. It is whole where there is a file ``_manifest.json``, which
    lists the parts with the checksums of what they are made from.

    Parquet is read fastest in groups of some ten megabytes (``row_group_size`` of
    ``DataFrame.to_parquet``); columns that are the names of folders are not seen.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": [None]})
    >>> news = pd.DataFrame({"document": ["a", "b"], "text": ["Robots.", "More robots, robots."]})
    >>> with TemporaryDirectory() as folder, dask.config.set(scheduler="synchronous"):
    ...     news.to_json(f"{folder}/news.jsonl", orient="records", lines=True)
    ...     summary, skipped = code_corpus(
    ...         f"{folder}/news.jsonl", f"{folder}/coded", codebook=codebook
    ...     )
    ...     counts = count_corpus(f"{folder}/coded", rows="document", columns="priority")
    >>> summary[["documents", "hits", "statements", "skipped"]].to_list()
    [2, 3, 2, 0]
    >>> counts["robots"].to_dict()
    {'a': 1, 'b': 2}
    """
    refuse_import()
    require(actor, ACTORS, "actor")
    require_columns(codebook, "id", "terms_en", "terms_zh")
    origin, place = (Path(path).expanduser().resolve() for path in (source, target))
    if place.is_relative_to(origin):
        raise ValueError(f"{place} lies within {origin}; choose a folder outside of it")
    parts, problems = find_parts(origin, about, encoding, actor)
    if actor == "sentence" and tables is None:
        tables = read_tables()
    options = _checksum(codebook, actor, tables)
    levels = _levels(codebook)
    refuse_other(place, origin)
    with locked(place):
        done = parts_done(place)
        job = _Job(str(place), code_checksum(), options, codebook, actor, tables, done)
        records = _code_parts(parts, job, client)
        check_places(parts, records)
        skipped = list_skipped(problems, records)
        summary = summarise(records, len(skipped))
        if not summary["documents"]:
            why = "; ".join(f"{file}: {problem}" for file, _, problem in skipped.head(1).to_numpy())
            raise ValueError(f"{source}: no document can be read; {why or 'all lines are empty'}")
        made = {
            "source": printable(str(origin)),
            "code": job.code,
            "options": options,
            "totals": summary.drop("kept").to_dict(),
        }
        publish(place, records, skipped, made | {"codes": levels})
    if not summary["statements"]:
        speaker = ", or none with a speaker who is known" if actor == "sentence" else ""
        warn(f"there is no statement: no term of the codebook stands in the texts{speaker}")
    return summary, skipped


def _levels(codebook: pd.DataFrame) -> dict[str, list[str]]:
    """Give the level of each code and the one above, if there are such as count with each other."""
    if not {"level", "broader"}.issubset(codebook) or not codebook["level"].isin(LEVELS).any():
        return {}
    table = codebook[["id", "level", "broader"]].astype("object").replace("", None)
    rows = range(2, len(table) + 2)  # as a spreadsheet numbers them
    table = table.set_axis([("codebook", row) for row in rows])
    faults = Faults()
    unknown = table["level"][~table["level"].isin(LEVELS)]
    problems = [f"no level {name!r} (allowed: {', '.join(LEVELS)})" for name in unknown]
    faults.extend(unknown.index, "level", problems)
    check_levels(table, faults)
    if faults:
        raise DataError(faults.to_frame(), "the codebook")
    cells = table.fillna("").to_numpy().tolist()
    return {code: [level, broader] for code, level, broader in cells}


def _checksum(codebook: pd.DataFrame, actor: str, tables: Tables | None) -> str:
    """Give a checksum of what decides, beside the texts, which statements there are."""
    listed = [codebook_terms(codebook)]
    if actor == "sentence" and tables is not None:
        listed += [tables.provinces, tables.organisations, tables.experts]
    return sha256("\n".join([actor, *(table.to_csv() for table in listed)]).encode()).hexdigest()


def _code_parts(parts: list[Part], job: _Job, client: Any) -> list[Record]:
    """Code all parts that are not done, wherever there is a processor for it."""
    shared = dask.delayed(job, pure=False, traverse=False)
    # As an argument, a part would be searched for tasks within it.
    tasks = [
        dask.delayed(partial(_code_part, part))(
            shared, dask_key_name=("code_part", str(part), uuid4().hex)
        )
        for part in parts
    ]
    try:
        return _compute(tasks, client, "processes")
    except BaseException as error:
        error.add_note("What is done stays: the same call goes on from there.")
        if isinstance(error, BrokenProcessPool):
            error.add_note(
                f"If this came at once: {UNGUARDED}. "
                "If later: a process was ended, as by the system where memory is short."
            )
        raise


def _compute(tasks: list[Any], client: Any, local: str) -> list[Any]:
    """Compute tasks on a cluster, or on this machine as it is set for Dask or as is best."""
    if client is None:
        chosen = dask.config.get("scheduler", None)
        with TqdmCallback(tqdm_class=tqdm, **BAR):
            scheduler = chosen if chosen in LOCAL else local if len(tasks) > 1 else "synchronous"
            options = {"initializer": end_with_parent} if scheduler in PROCESSES else {}
            return list(dask.compute(*tasks, scheduler=scheduler, chunksize=1, **options))
    from distributed import as_completed

    futures = client.compute(tasks)
    try:
        for future in tqdm(as_completed(futures, loop=client.loop), total=len(futures), **BAR):
            future.result()  # or its error, at once
        return list(client.gather(futures))
    finally:
        client.cancel(futures)


def _code_part(part: Part, job: _Job) -> Record:
    """Code a part, unless that is done."""
    if code_checksum() != job.code:
        raise RuntimeError(
            f"{gethostname()} has another version of policylib, or of what it reads texts with, "
            f"than the machine that sent the work (there: policylib {__version__})"
        )
    target = Path(job.target)
    with memory_kept():
        checksum, pieces = load(part)
        key = sha256(f"{job.code} {job.options} {checksum}".encode()).hexdigest()[:32]
        record = find_record(target / job.done[key]) if key in job.done else None
        return record or write_part(target, key, checksum, str(part), _coded(part, pieces, job))


def _coded(part: Part, pieces: Iterator[Piece], job: _Job) -> Iterator[tuple[Piece, pd.DataFrame]]:
    for piece in pieces:
        if job.actor == "sentence" and len(piece.places):
            raise ValueError(f"{part}: a row is a paragraph; speakers need whole documents")
        try:
            statements = code_documents(
                piece.documents, job.codebook, actor=job.actor, tables=job.tables
            )
        except ValueError as error:
            double = piece.documents.duplicated(["document", "paragraph"])
            if double.any():
                raise ValueError(tell_doubles(piece.documents[double], str(part))) from None
            raise ValueError(f"{part}: {error}") from error
        yield piece, statements.assign(**_dates(piece, statements))


def _dates(piece: Piece, statements: pd.DataFrame) -> dict[str, Any]:
    """Give for statements when the rows that they stand in were said and published."""
    dated = piece.documents.reindex(columns=["document", "paragraph", *DATES])
    if len(piece.places):
        keys = pd.MultiIndex.from_frame(dated[["document", "paragraph"]])
        row = keys.get_indexer(pd.MultiIndex.from_frame(statements[["document", "paragraph"]]))
    else:
        names = dated["document"].drop_duplicates()
        row = names.index[pd.Index(names).get_indexer(statements["document"])].to_numpy()
    return {column: dated[column].astype("str").array.take(row) for column in DATES}


def count_corpus(
    target: str | PathLike[str],
    *,
    rows: str,
    columns: str,
    period: str | None = None,
    filters: Any = None,
    client: Any = None,
) -> pd.DataFrame:
    """Count the statements of a coded corpus by two of their columns, and by period.

    It is `count_statements`, done part by part, so that only counts come together in the memory.

    Parameters
    ----------
    target
        The folder that `code_corpus` wrote.
    rows, columns
        The names of two columns of statements, for example ``rows="actor", columns="priority"``.
        As in `biadjacency`, ``"theme"``, ``"priority"`` and ``"item"`` are levels of the codebook:
        deeper codes count with the wider, and a code above keeps a row or column of its own.
    period
        ``"year"``, ``"month"`` or ``"week"`` in which something was `said`; where that is missing,
        it was `published`, with a warning.
    filters
        Which statements count, in the form that ``pd.read_parquet`` takes:
        ``[("role", "==", "commits")]`` for one condition, or several that hold together. Codes are
        those of the statements, not of a level above. Dates are text of unlike length, so that
        those of 2021 are ``[("said", ">=", "2021"), ("said", "<", "2022")]``; or name a period.
    client
        A ``distributed.Client``; the processors of this machine if None.

    Returns
    -------
    pandas.DataFrame
        Counts, with sorted rows and columns, as all functions take them that take counts. With a
        period, the rows have two levels, of which the first are periods of pandas:
        ``counts.loc["2024"]`` is the table of a year. What is not in the statements is not in the
        table.

    Raises
    ------
    ValueError
        If the corpus is not coded to the end, or damaged, a column or period is unknown, filters
        are not in their form, no statement has a date, or one is less exact than the period; the
        message names it.
    FileNotFoundError
        If there is no such folder.

    Warns
    -----
    UserWarning
        If statements were dated by `published`, or have no date and are not counted; or if none
        fits the filters, or has something in both columns.

    Examples
    --------
    See `code_corpus`.
    """
    place = Path(target).expanduser().resolve()
    manifest = read_manifest(place)
    files = [place / part["file"] for part in manifest["parts"]]
    schema = schema_of(str(files[0]))
    book = manifest.get("codes", {})
    levels = LEVELS if book else ()
    for name in (rows, columns):
        if name in LEVELS and name not in [*schema.names, *levels]:
            raise ValueError(
                f"no {name!r}: the codebook had none of the levels {', '.join(LEVELS)}"
            )
        require(name, dict.fromkeys([*schema.names, *levels]), "column")
    if rows == columns:
        raise ValueError(f"rows and columns are both {rows!r}; name different columns")
    if period is not None:
        require(period, FREQUENCIES, "period")
    if filters is not None:
        check_filters(filters, schema)
    held = {name: "priority" if name in levels else name for name in (rows, columns)}
    asked = ([*dict.fromkeys(held.values())], period)
    count = partial(count_part, filters=filters)
    sums = [dask.delayed(count)(str(file), *asked) for file in files]
    while len(sums) > 1:
        few = [sums[start : start + FEW] for start in range(0, len(sums), FEW)]
        sums = [dask.delayed(add_counts)(counts, *asked) for counts in few]
    (counted,) = _compute(sums, client, "threads")
    counts = counted.to_pandas()
    if filters is not None and counts.empty:
        warn(f"no statement fits the filters {filters!r}")
    elif len(counts) and counts[[*held.values()]].isna().any(axis=1).all():
        warn(f"no statement has both {rows!r} and {columns!r}")
    found = {
        name: roll_up_codes(counts[column], name, book) if name in levels else counts[column]
        for name, column in held.items()
    }
    return table_of_counts(counts.assign(**found), rows, columns, period)
