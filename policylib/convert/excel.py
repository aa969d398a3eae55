"""Write tables as the sheets of an Excel workbook."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from policylib._util.files import ending_of, no_copy, put_file
from policylib.convert.values import plain_text

# The limits of Excel; it counts characters in units of UTF-16.
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
LARGEST = 10**15  # Excel keeps 15 digits of a number
FIRST_YEAR = 1900
FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")

WIDEST = 60  # of a column, in characters
FORMULA_SIGNS = ("=", "+", "-", "@")


def write_excel(path: str | PathLike[str], /, **tables: "pd.DataFrame | pd.Series[Any]") -> Path:
    """Write tables to an Excel workbook, one sheet for each.

    Cells hold numbers, text, true and false, and dates. Text stays text, also if it looks like a
    formula. Other values become text: periods, intervals, times, dates before 1900 or with a time
    zone, infinite numbers and whole numbers of more than 15 digits. Lists become one text,
    separated by ``"; "``. Missing values are empty cells.

    Parameters
    ----------
    path : str or PathLike
        The file, ``.xlsx``. An existing file is replaced when the new one is complete.
    **tables : DataFrame or Series
        The tables by the names of their sheets, in order. For a name with spaces, write
        ``**{"by year": table}``. The index becomes the first columns, unless it has no name and is
        0, 1, 2 and so on. Labels of columns that have several levels are joined by a dash.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError
        If a table is not a DataFrame or Series, or a cell holds a value of another kind, such as
        a dictionary; the message names sheet, row and column.
    ValueError
        If the path does not end in ``.xlsx``; there is no table; Excel does not allow the name of
        a sheet, or two differ only in capitals; a sheet would have more than 1,048,576 rows
        (with the header) or 16,384 columns; or a text is longer than 32,767 characters or has
        control characters. Rows are named as in Excel: the header is row 1.
    OSError
        If the file cannot be written.
    ImportError
        If ``policylib[excel]`` is not installed.

    See Also
    --------
    write_tables : Write a data package, which can be read again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> counts = pd.DataFrame({"robots": [2, 0]}, index=pd.Index(["河南", "吉林"], name="actor"))
    >>> with TemporaryDirectory() as folder:
    ...     file = write_excel(f"{folder}/results.xlsx", counts=counts, sums=counts.sum())
    ...     back = pd.read_excel(file, sheet_name=None)
    >>> list(back)
    ['counts', 'sums']
    >>> print(back["counts"].to_string(index=False))
    actor  robots
       河南       2
       吉林       0
    """
    ending_of(path, [".xlsx"])
    _require_names(tables)
    sheets = {name: _columns(table, name) for name, table in tables.items()}
    try:
        data = _workbook(sheets)
    except Exception as error:
        # openpyxl writes temporary files, and uses lxml if it is installed.
        if isinstance(error, OSError) or type(error).__name__ == "SerialisationError":
            raise no_copy(path, error) from error
        raise
    return put_file(path, data)


def _require_names(names: Iterable[str]) -> None:
    """Raise unless Excel allows these names of sheets."""
    seen: dict[str, str] = {}
    for name in names:
        problem = ""
        if not name.strip():
            problem = "is empty"
        elif _length(name) > LONGEST_NAME:
            problem = f"has {_length(name)} characters (allowed: {LONGEST_NAME})"
        elif found := FORBIDDEN_IN_NAMES.search(name):
            problem = (
                f"has the character {found[0]!r} (not allowed: [ ] : * ? / \\ and ' at an end)"
            )
        elif name.lower() == "history":
            problem = "is reserved by Excel"
        elif name.lower() in seen:
            problem = f"differs from {seen[name.lower()]!r} only in capitals"
        if problem:
            raise ValueError(f"sheet {name!r}: the name {problem}")
        plain_text(name, f"sheet {name!r}: the name", ".xlsx")
        seen[name.lower()] = name
    if not seen:
        raise ValueError("there are no tables; write_excel(path, counts=table) writes one")


def _columns(table: "pd.DataFrame | pd.Series[Any]", sheet: str) -> list[list[Any]]:
    """Return the columns of a sheet, each a list of the header and the cells."""
    if isinstance(table, pd.Series):
        table = table.to_frame("value" if table.name is None else table.name)
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise TypeError(f"sheet {sheet!r}: expected a DataFrame or a Series, not {kind}")
    index = _index_columns(table.index)
    for number, most, what in (
        (len(table) + 1, MOST_ROWS, "rows, with the header"),
        (len(index) + table.shape[1], MOST_COLUMNS, "columns"),
    ):
        if number > most:
            raise ValueError(f"sheet {sheet!r}: {number:,} {what} (Excel allows {most:,})")
    labels = [_header(label) for label in (*(name for name, _ in index), *table.columns)]
    places = [f"column {label!r}" if label is not None else "the index" for label in labels]
    values = [level for _, level in index] + [table.iloc[:, i] for i in range(table.shape[1])]
    return [
        [
            _cell(value, f"sheet {sheet!r}, row {row}, {place}")
            for row, value in enumerate([label, *cells.astype("object")], start=1)
        ]
        for label, place, cells in zip(labels, places, values, strict=True)
    ]


def _index_columns(index: "pd.Index[Any]") -> "list[tuple[Any, pd.Index[Any]]]":
    """Return the name and the values of each level, or nothing if the index only numbers rows."""
    if index.names == [None] and (index.empty or index.equals(pd.RangeIndex(len(index)))):
        return []
    return [(name, index.get_level_values(i)) for i, name in enumerate(index.names)]


def _header(label: Any) -> Any:
    """Return the label of a column; one of several levels becomes one text."""
    return " – ".join(map(str, label)) if isinstance(label, tuple) else label


def _cell(value: Any, place: str) -> Any:
    """Return a value as text, number, boolean or date of Python, or None if it is missing."""
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        parts = [_part(part, place) for part in value]
        if isinstance(value, set | frozenset):
            parts.sort()
        return _text("; ".join(filter(None, parts)), place)
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, np.datetime64 | np.timedelta64):
        value = pd.Series([value])[0]  # a Timestamp or Timedelta
    if isinstance(value, np.number | np.bool_):
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, date):
        return _date(value)
    if isinstance(value, str | pd.Period | pd.Interval | time | timedelta):
        return _text(str(value), place)
    raise TypeError(
        f"{place}: a {type(value).__name__} cannot be written (allowed: text, numbers, true and "
        "false, dates, periods, intervals, and lists of these)"
    )


def _part(value: Any, place: str) -> str:
    """Return one value of a list as text; a missing one is empty."""
    cell = _cell(value, place)
    return "" if cell is None else str(cell)


def _number(value: float | Decimal) -> float | Decimal | str:
    """Return a number, or text if Excel would change it."""
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    return value if -LARGEST < value < LARGEST else str(value)


def _date(value: date) -> date | str:
    """Return a day as a date, a time as a datetime, and what Excel does not know as text."""
    if not isinstance(value, datetime):
        return value if value.year >= FIRST_YEAR else value.isoformat()
    if value.tzinfo is not None or value.year < FIRST_YEAR:
        return value.isoformat(" ")
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)  # Excel does not keep nanoseconds
    return value.date() if value.time() == time() else value


def _text(text: str, place: str) -> str:
    """Return a text, or raise if Excel cannot hold it."""
    if _length(text) > LONGEST_TEXT:
        raise ValueError(
            f"{place}: the text has {_length(text):,} characters (Excel allows {LONGEST_TEXT:,})"
        )
    return plain_text(text, place, ".xlsx")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return a workbook as bytes; each sheet is a list of columns."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter
    except ImportError as error:
        raise ImportError(
            f"write_excel needs the package {error.name}: pip install 'policylib[excel]'",
            name=error.name,
        ) from error
    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for name, columns in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, cells in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = _width(cells)
        for row, values in enumerate(zip(*columns, strict=True)):
            line = [WriteOnlyCell(sheet, value) for value in values]
            for cell, value in zip(line, values, strict=True):
                if isinstance(value, str):
                    cell.data_type = "s"  # openpyxl takes text such as =1+1 for a formula
                    # The cell stays text if somebody edits it.
                    cell.quotePrefix = value.startswith(FORMULA_SIGNS)
                if row == 0:
                    cell.font = bold
            sheet.append(line)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _width(cells: list[Any]) -> int:
    """Return a width that shows all cells, up to a limit; Chinese characters count twice.

    Examples
    --------
    >>> _width(["actor", "河南省"]), _width([1, None]), _width(["x" * 1000])
    (8, 6, 60)
    """
    texts = ["" if cell is None else str(cell)[:WIDEST] for cell in cells]
    widths = (len(text) + sum(east_asian_width(sign) in "WF" for sign in text) for text in texts)
    return min(max(6, 2 + max(widths, default=0)), WIDEST)
