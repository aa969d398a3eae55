"""The columns of sources and registers, and the check of their cells."""

import reprlib
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policylib._util.dates import ALLOWED, is_no_date
from policylib._util.names import nearest
from policylib._util.numbers import EXACT
from policylib.tables.roles import ROLES


def _is_number(texts: "pd.Series[str]") -> "pd.Series[bool]":
    number = pd.to_numeric(texts, errors="coerce")
    return number.ge(1) & number.lt(EXACT) & number.mod(1).eq(0)


class Column(NamedTuple):
    """The allowed cells of a column."""

    expected: str
    is_valid: Callable[["pd.Series[str]"], "pd.Series[bool]"] = pd.Series.notna
    required: bool = False
    strip: bool = True  # whether white space around a cell is dropped
    longest: int = 4096  # characters


class Unreadable:
    """A cell that cannot be converted, for which its reason is shown."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __repr__(self) -> str:
        """Return the reason."""
        return self._reason


DATE = Column(f"a date (allowed: {ALLOWED})", lambda texts: ~is_no_date(texts))
COLUMNS = {
    "document": Column("a name", required=True, strip=False),  # a file may be called "report .txt"
    "text": Column("text", required=True, strip=False, longest=50_000_000),
    "paragraph": Column("a whole number from 1", _is_number),
    "actor": Column("a name"),
    "role": Column(f"a role (allowed: {', '.join(ROLES)})", lambda texts: texts.isin(ROLES)),
    "date": DATE,
    "published": DATE,
}
REQUIRED = [name for name, column in COLUMNS.items() if column.required]
DATES = ("date", "published")
SPEAKER = ("actor", "role", *DATES)  # the columns of a register
Fault = tuple[Any, str, str]  # the label of the row, the column and the problem


def check_cells(
    table: pd.DataFrame, names: Iterable[str] = COLUMNS
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return columns as text, in which blank cells are missing, and a list of faults.

    Examples
    --------
    >>> table = pd.DataFrame({"document": ["a", "b"], "actor": ["henan ", 5], "date": [2023, "x"]})
    >>> cells, faults = check_cells(table, ["document", "actor", "date"])
    >>> cells["actor"].to_list()
    ['henan', '5']
    >>> print(faults[0][2])
    'x' is not a date (allowed: a year, a month or a day, such as 2023, 2023-12 or 2023-12-31)
    """
    checked, faults = {}, []
    for name in names:
        column, missing = COLUMNS[name], pd.Series(None, table.index, dtype="str")
        cells = table.get(name, missing)
        filled = cells.notna()
        texts, wrong = _check_column(cells, column) if filled.any() else (missing, filled)
        wrong |= texts.isna() & column.required
        faults += [(row, name, _problem(cell, column)) for row, cell in cells[wrong].items()]
        checked[name] = texts
    return pd.DataFrame(checked, table.index), faults


def _check_column(
    cells: "pd.Series[Any]", column: Column
) -> "tuple[pd.Series[str], pd.Series[bool]]":
    """Return cells as text, and whether each of them is invalid."""
    texts = as_text(cells)
    long = texts.str.len().gt(column.longest).fillna(False).astype("bool")
    texts = texts.mask(long)
    wrong = cells.notna() & texts.isna()
    if column is COLUMNS["text"]:  # blank texts are reported later, when they are split
        if cells.dtype != "str":  # a number can be a name, but not a text
            texts = texts.where(np.array([isinstance(cell, str) for cell in cells]))
        return texts, wrong
    stripped = texts.str.strip()
    texts = (stripped if column.strip else texts).mask(stripped.eq(""))
    return texts, wrong | (texts.notna() & ~column.is_valid(texts))


def _problem(cell: Any, column: Column) -> str:
    if pd.api.types.is_scalar(cell) and (pd.isna(cell) or not str(cell).strip()):
        return "missing"
    if isinstance(cell, Unreadable):
        return f"cannot be read: {cell!r}"
    if isinstance(cell, str) and not _is_unicode(cell):
        return f"{reprlib.repr(cell)} is not UTF-8"
    if isinstance(cell, str) and len(cell) > column.longest:
        return f"{len(cell):,} characters (allowed: {column.longest:,})"
    hint = nearest(cell, ROLES) if column is COLUMNS["role"] else ""
    return f"{reprlib.repr(cell)} is not {column.expected}{hint}"


def as_text(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Return names, whole numbers and dates as text; all other cells are missing.

    Examples
    --------
    >>> cells = pd.Series(["a", 2023, 2023.0, date(2024, 5, 1), pd.Period("2023-01"), [1], True])
    >>> as_text(cells).fillna("").to_list()
    ['a', '2023', '2023', '2024-05-01', '2023-01', '', '']
    """
    try:
        if cells.dtype == "str" or pd.api.types.infer_dtype(cells) == "string":
            return cells.astype("str")
    except UnicodeEncodeError:
        pass  # then the cells are converted one by one
    return pd.Series([_cell_as_text(cell) for cell in cells], cells.index, dtype="str")


def _cell_as_text(cell: Any) -> str | None:
    if isinstance(cell, np.number):
        cell = cell.item()
    if isinstance(cell, str):
        return cell if _is_unicode(cell) else None
    if isinstance(cell, float | Decimal):
        return str(int(cell)) if np.isfinite(float(cell)) and cell == int(cell) else None
    if isinstance(cell, datetime):
        if pd.isna(cell):
            return None
        return str(cell.date()) if cell.time() == time() else cell.isoformat(" ", "seconds")
    known = isinstance(cell, int | date | pd.Period) and not isinstance(cell, bool)
    return str(cell) if known else None


def _is_unicode(text: str) -> bool:
    """Return whether a text is valid Unicode, which in JSON and Parquet it need not be."""
    return text == text.encode("utf-8", "replace").decode()


def misnamed_columns(
    table: str, columns: Iterable[Any], actor: str, read: Iterable[str] = tuple(COLUMNS)
) -> str:
    """Return a message about columns that may be misnamed, or an empty text if none is.

    An unused column may be misnamed if it differs from a missing one only in capitals or a final
    s, or if a required column, the actor or both dates are missing.

    Examples
    --------
    >>> misnamed_columns("a.jsonl", ["document", "text", "actor", "Role", "date"], "document")
    "not read: 'Role' (did you mean 'role'?)"
    """
    names = [str(column) for column in columns]
    if twice := [name for name in read if names.count(name) > 1]:
        raise ValueError(f"{table}: duplicate column {twice[0]!r}")
    absent = [name for name in read if name not in names]
    lacks = [f"no column {name!r}, which is required" for name in absent if COLUMNS[name].required]
    if "actor" in absent and actor == "document":
        lacks.append("no column 'actor', so each document is its own actor")
    if {*DATES}.issubset(absent):
        lacks.append("no column 'date' or 'published', so no statement has a date")
    # `paragraphs` is usually a count, so it does not suggest `paragraph`.
    meant = {f"{name}s": name for name in absent if name != "paragraph"}
    meant |= {name: name for name in absent}
    others = {name: meant.get(name.strip().lower()) for name in names if name not in read}
    if not others or not (lacks or any(others.values())):
        return ""
    hints = [
        f"{name!r} (did you mean {like!r}?)" if like else repr(name)
        for name, like in others.items()
    ]
    return "; ".join([*lacks, f"not read: {', '.join(hints)}"])
