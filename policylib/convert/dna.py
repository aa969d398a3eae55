"""A database of the Discourse Network Analyzer 3 (SQLite), read and checked, but never trusted."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib.convert.dna_checks import (
    NUMBERS,
    OPTIONAL,
    TABLES,
    VALUES,
    Frames,
    check_passages,
    check_references,
    check_values,
)

MAGIC = b"SQLite format 3\0"
LARGEST_CELL = 2**28
SLACK = 2**16  # for the texts of the schema
SETTINGS = (
    "query_only=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    "temp_store=MEMORY",
    "ignore_check_constraints=ON",
)
HINT = "only databases of DNA 3 can be read; if it is one of DNA 2, open it in DNA 3 and save it"
UNDECODED = re.compile("[\ud800-\udfff]")


def read_database(path: Path) -> Frames:
    """Read the tables of a database of DNA 3, and check every value in them.

    Parameters
    ----------
    path
        The file. It is opened for reading only, and no other file is made beside it.

    Returns
    -------
    dict of pandas.DataFrame
        The tables by their names in the database, ordered by ID.

    Raises
    ------
    DataError
        If values are wrong; it names table, ID and column of every one.
    ValueError
        If it is no database of DNA 3, or damaged.
    """
    try:
        with closing(sqlite3.connect(_address(path), uri=True, isolation_level=None)) as database:
            # A default can stand for a text in every row; UTF-16 in the file is half as long.
            _disarm(database, 2 * path.stat().st_size + SLACK)
            _check_schema(database, path.name)
            found = {table: database.execute(_query(table)).fetchall() for table in TABLES}
    except (sqlite3.Error, UnicodeDecodeError) as error:  # its messages may not be UTF-8, either
        raise ValueError(
            f"{path.name} cannot be read: {error} (it may be damaged, cut off or in use)"
        ) from error
    faults = Faults()
    rows = {table: _typed(path.name, table, cells, faults) for table, cells in found.items()}
    check_references(rows, faults)
    check_values(rows, faults)
    check_passages(rows, faults)
    if faults:
        raise DataError(faults.to_frame(), path.name)
    return {table: frame.reset_index(drop=True) for table, frame in rows.items()}


def _address(path: Path) -> str:
    """Give the address by which a database is opened read-only, if it is one and is whole."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header:
        raise ValueError(f"{path.name} is an empty file")
    if not header.startswith(MAGIC):
        raise ValueError(f"{path.name} is no database of DNA, which is an SQLite file")
    page = int.from_bytes(header[16:18])
    size = (65536 if page == 1 else page) * int.from_bytes(header[28:32])
    counted = header[24:28] == header[92:96]  # old programs leave no valid count of pages
    if counted and path.stat().st_size < size:
        raise ValueError(f"{path.name} is cut off")
    address = f"{path.resolve().as_uri()}?mode=ro"
    if header[19] != 2:  # the version for readers; only that decides whether there is a log
        return address
    # With a write-ahead log, even a reader makes files beside the database, unless told that
    # nobody will change it; then it does not read the log.
    log = path.resolve().with_name(f"{path.resolve().name}-wal")
    if log.exists() and log.stat().st_size:
        raise ValueError(f"{path.name} is in use: close the program that writes {log.name}")
    return f"{address}&immutable=1"


def _disarm(database: sqlite3.Connection, allowed: int) -> None:
    """Let a database do nothing but give the cells of its tables, so many bytes of text."""
    left = allowed

    def text(data: bytes) -> str:
        nonlocal left
        left -= len(data)
        if left < 0:
            raise ValueError("the database gives more text than it holds")
        # What is not UTF-8 becomes lone surrogates, by which it is found.
        return data.decode("utf-8", "surrogateescape")

    database.text_factory = text
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
    for setting in SETTINGS:
        database.execute(f"PRAGMA {setting}")
    database.execute("BEGIN")  # one state of the database for all queries
    database.set_authorizer(_permit)


def _permit(action: int, name: str | None, _: Any, __: Any, inner: str | None) -> int:
    allowed = {
        sqlite3.SQLITE_SELECT: True,
        sqlite3.SQLITE_READ: name in TABLES or name == "sqlite_master",
        sqlite3.SQLITE_PRAGMA: name in ("quick_check", "table_xinfo"),
    }
    permitted = allowed.get(action, False) and inner is None
    return sqlite3.SQLITE_OK if permitted else sqlite3.SQLITE_DENY


def _query(table: str) -> str:
    return f"SELECT {', '.join(TABLES[table])} FROM {table} ORDER BY ID"


def _check_schema(database: sqlite3.Connection, file: str) -> None:
    """Raise unless all tables are there, ordinary (a virtual one has no root page) and whole."""
    objects = database.execute("SELECT name, type, rootpage FROM sqlite_master")
    ordinary = {name for name, type_, page in objects if type_ == "table" and page}
    missing = [table for table in TABLES if table not in ordinary]
    for table in ordinary.intersection(TABLES):
        columns = database.execute(f"PRAGMA table_xinfo({table})")
        hidden = {name: how for _, name, *_, how in columns}
        # A generated column is computed even when the table is only checked.
        if any(hidden.values()):
            raise ValueError(f"{file}: the table {table} has columns that are computed, not stored")
        missing += [f"{table}.{column}" for column in TABLES[table] if column not in hidden]
    if missing:
        raise ValueError(f"{file} lacks {', '.join(sorted(missing))} ({HINT})")
    for table in TABLES:
        found = [problem for (problem,) in database.execute(f"PRAGMA quick_check({table})")]
        if found != ["ok"]:
            raise ValueError(f"{file} is damaged: {found[0].splitlines()[-1]}")


def _typed(file: str, table: str, cells: list[tuple[Any, ...]], faults: Faults) -> pd.DataFrame:
    """Give the cells of a table their types, indexed by table and ID."""
    place = f"{file}: {table}"
    for id_, *_ in cells:
        if type(id_) is not int:
            faults.add(place, None, "ID", f"{id_!r:.60} is not a whole number")
    cells = [row for row in cells if type(row[0]) is int]
    index = pd.MultiIndex.from_product([[place], [row[0] for row in cells]], names=["file", "row"])
    faults.extend(index[index.duplicated()], "ID", "the ID stands in an earlier row")
    frame = pd.DataFrame(cells, index=index, columns=list(TABLES[table]), dtype="object")
    return pd.DataFrame({name: _typed_column(frame[name], table, faults) for name in frame})


def _typed_column(column: "pd.Series[Any]", table: str, faults: Faults) -> "pd.Series[Any]":
    name = str(column.name)
    number = name in NUMBERS or (name == "Value" and VALUES.get(table) in ("boolean", "integer"))
    may_be_missing = name in OPTIONAL or (table, name) == ("DATALONGTEXT", "Value")

    def problem(cell: Any) -> str | None:
        if cell is None:
            return None if may_be_missing else "the value is missing"
        if type(cell) is not (int if number else str):
            return f"{cell!r:.60} is not {'a whole number' if number else 'text'}"
        if not number and UNDECODED.search(str(cell)):
            return "the text is not UTF-8"
        return None

    problems = column.map(problem, na_action=None)
    wrong = problems.notna()
    faults.extend(column.index[wrong], name, problems[wrong])
    return column.mask(wrong, None).astype("Int64" if number else "str")
