"""Read a database of the Discourse Network Analyzer 3 (SQLite), without trusting its content."""

import re
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults, places
from policylib.convert.dna_checks import NUMBERS, OPTIONAL, TABLES, Frames, check

MAGIC = b"SQLite format 3\0"
LARGEST_CELL = 2**28
SLACK = 2**16  # bytes, for the text of the schema
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
    """Return the tables of a database under their names there, ordered and indexed by ID.

    The file is opened for reading only, and no other file is made beside it. Invalid values
    raise DataError; a file that is damaged or not a database of DNA 3 raises ValueError.
    """
    try:
        with closing(sqlite3.connect(_address(path), uri=True, isolation_level=None)) as database:
            # Text that the file holds in UTF-16 grows in UTF-8, but to less than twice its size.
            _disarm(database, 2 * path.stat().st_size + SLACK, path.name)
            _check_schema(database, path.name)
            rows = {
                table: database.execute(
                    f"SELECT {', '.join(columns)} FROM {table} ORDER BY ID"
                ).fetchall()
                for table, columns in TABLES.items()
            }
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite's messages may not be UTF-8
        log = path.with_name(f"{path.name}-journal")
        hint = unfinished(log) if log.exists() else " (it may be damaged, cut off or in use)"
        raise ValueError(f"{path.name} cannot be read: {error}{hint}") from error
    faults = Faults()
    tables = {table: _typed(path.name, table, rows[table], faults) for table in TABLES}
    check(tables, faults)
    if faults:
        raise DataError(faults.to_frame(), path.name)
    return {name: frame.set_axis(frame["ID"].to_list()) for name, frame in tables.items()}


def unfinished(log: Path) -> str:
    """Return what to do if a file of unfinished changes is beside a database."""
    return (
        f": close the program that writes {log.name}. If none is open, one has crashed; open the "
        "database once in DNA, which repairs it"
    )


def _address(path: Path) -> str:
    """Return the address that opens a database for reading only."""
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(MAGIC):
        found = "not an SQLite file, as a database of DNA is" if header else "an empty file"
        raise ValueError(f"{path.name} is {found}")
    page = int.from_bytes(header[16:18])
    size = (65536 if page == 1 else page) * int.from_bytes(header[28:32])
    # SQLite does not notice if the last page is cut off. The size in the header is valid if the
    # two counters are equal, which old programs do not ensure.
    if header[24:28] == header[92:96] and path.stat().st_size < size:
        raise ValueError(f"{path.name} is cut off")
    address = f"{path.resolve().as_uri()}?mode=ro"
    if header[19] != 2:  # the format for readers; 2 means a write-ahead log
        return address
    # With a write-ahead log, even a reader makes files beside the database, unless the address
    # has `immutable=1`. SQLite then ignores the log, so the log must be empty.
    log = path.resolve().with_name(f"{path.resolve().name}-wal")
    if log.exists() and log.stat().st_size:
        raise ValueError(f"{path.name} is in use{unfinished(log)}")
    return f"{address}&immutable=1"


def _disarm(database: sqlite3.Connection, allowed: int, file: str = "the file") -> None:
    """Restrict a database to returning cells of its tables, with at most `allowed` bytes of text.

    The limit is needed because a default is stored once, but can be the text of every row.
    """
    left = allowed

    def text(data: bytes) -> str:
        nonlocal left
        left -= len(data)
        if left < 0:
            raise ValueError(f"{file}: the database returns more text than it holds")
        # Bytes that are not UTF-8 become lone surrogates, which are found later.
        return data.decode("utf-8", "surrogateescape")

    database.text_factory = text
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
    for setting in SETTINGS:
        database.execute(f"PRAGMA {setting}")
    database.execute("BEGIN")  # all queries see one state of the database
    database.set_authorizer(_permit)


def _permit(action: int, name: str | None, _: Any, __: Any, inner: str | None) -> int:
    """Permit reading the tables of DNA, but no function, and nothing inside a view or trigger."""
    allowed = {
        sqlite3.SQLITE_SELECT: True,
        sqlite3.SQLITE_READ: name in TABLES or name == "sqlite_master",
        sqlite3.SQLITE_PRAGMA: name in ("quick_check", "table_xinfo"),
    }
    permitted = allowed.get(action, False) and inner is None
    return sqlite3.SQLITE_OK if permitted else sqlite3.SQLITE_DENY


def _check_schema(database: sqlite3.Connection, file: str) -> None:
    """Raise unless all tables of DNA exist, are stored in the file and are undamaged."""
    objects = database.execute("SELECT name, type, rootpage FROM sqlite_master")
    stored = {name for name, type_, page in objects if type_ == "table" and page}
    missing = [table for table in TABLES if table not in stored]
    for table in stored.intersection(TABLES):
        columns = database.execute(f"PRAGMA table_xinfo({table})").fetchall()
        # SQLite computes a generated column even when it only checks the table.
        if any(hidden for *_, hidden in columns):
            raise ValueError(f"{file}: the table {table} has columns that are computed, not stored")
        missing += [f"{table}.{name}" for name in set(TABLES[table]) - {row[1] for row in columns}]
    if missing:
        raise ValueError(f"{file} lacks {', '.join(sorted(missing))} ({HINT})")
    for table in TABLES:
        found = [problem for (problem,) in database.execute(f"PRAGMA quick_check({table})")]
        if found != ["ok"]:
            raise ValueError(f"{file} is damaged: {found[0].splitlines()[-1]}")


def _typed(file: str, table: str, rows: list[tuple[Any, ...]], faults: Faults) -> pd.DataFrame:
    """Return the rows of a table with types, indexed by file with table and by ID."""
    place = f"{file}: {table}"
    for id_, *_ in rows:
        if type(id_) is not int:
            faults.add(place, None, "ID", f"{id_!r:.60} is not a whole number")
    rows = [row for row in rows if type(row[0]) is int]
    index = places(place, (row[0] for row in rows))
    faults.extend(index[index.duplicated()], "ID", "an earlier row has the same ID")
    frame = pd.DataFrame(rows, index=index, columns=list(TABLES[table]), dtype="object")
    for name, column in frame.items():
        number = not NUMBERS.isdisjoint([name, (table, name)])
        optional = not OPTIONAL.isdisjoint([name, (table, name)])
        problems = column.map(partial(_problem, number, optional), na_action=None)
        wrong = problems.notna()
        faults.extend(index[wrong], str(name), problems[wrong])
        frame[name] = column.mask(wrong, None).astype("Int64" if number else "str")
    return frame


def _problem(number: bool, optional: bool, cell: object) -> str | None:
    """Return the problem with a cell, or None if the cell is valid."""
    if cell is None:
        return None if optional else "the value is missing"
    if type(cell) is not (int if number else str):
        return f"{cell!r:.60} is not {'a whole number' if number else 'text'}"
    if isinstance(cell, str) and UNDECODED.search(cell):
        return "the text is not UTF-8"
    return None
