"""Read a CSV file as a table of text, indexed by file and row number."""

import csv
import gc
import io
import stat
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from policylib._util.csv_limit import any_length
from policylib._util.faults import Faults, places
from policylib._util.files import file_mode
from policylib._util.names import nearest

RAGGED = 1000  # rows that do not fit the header, after which reading stops
NAMED = 100  # wrong columns that are reported
WIDEST = 10_000  # columns that a table may have
MOST_CELLS = 20_000_000  # of a file; they need about a gigabyte


class _UnreadableError(ValueError):
    """A file cannot be read beyond a row."""

    def __init__(self, row: int, problem: str) -> None:
        super().__init__(problem)
        self.row = row


def read_cells(
    path: Path,
    file: str,
    columns: Sequence[str] | None,
    faults: Faults,
    *,
    required: Collection[str] | None = None,
) -> pd.DataFrame | None:
    """Read a CSV file as a table of text, in which only empty cells are missing.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Its name in the package, for messages.
    columns : sequence of str or None
        The columns that the file may have, separated by commas. If None, it may have any, and
        the separator is the comma, semicolon or tab that splits the header into most cells.
    faults : Faults
        Collects the faults of the file.
    required : collection of str, optional
        The columns that the file must have, by default all of `columns`. Others may be absent
        and are then returned empty.

    Returns
    -------
    DataFrame or None
        Text cells, indexed by file and row (the header is row 1). None if the file cannot be
        read, its header is wrong, or too many rows do not fit it.
    """
    try:
        mode = file_mode(path)
        if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a pipe might never end
            faults.add(file, None, None, "cannot be read: not a regular file")
            return None
        records = _parse(_decode(path.read_bytes()), "," if columns else None)
    except OSError as error:  # locked, or a folder of that name
        faults.add(file, None, None, f"cannot be read: {error.strerror}")
        return None
    except _UnreadableError as error:
        faults.add(file, error.row, None, str(error))
        return None
    free = columns is None
    if columns is None:
        columns = records[0] if records else []
        if not _names_columns(columns, file, faults):
            return None
    elif not _has_header(records, file, columns, columns if required is None else required, faults):
        return None
    header = records[0]
    found = _rows(records, file, faults, padded=not free)
    if found is None:
        return None
    numbers, rows = found
    codes = [[0] * len(numbers), range(len(numbers))]  # quicker than `from_product`
    index = pd.MultiIndex([[file], numbers], codes, names=["file", "row"])
    place = {name: number for number, name in enumerate(header)}
    texts = {
        name: [row[place[name]] or None if name in place else None for row in rows]
        for name in columns
    }
    return pd.DataFrame(texts, index=index, columns=list(columns), dtype="str")


def _rows(
    records: list[list[str]], file: str, faults: Faults, *, padded: bool
) -> tuple[list[int], list[list[str]]] | None:
    """Return the numbers and cells of the rows below the header, or None if too many are wrong.

    Rows that do not fit the header are recorded, and left out or emptied.
    """
    header = records[0]
    numbers, rows, ragged = [], [], 0
    for number, record in enumerate(records[1:], start=2):
        if not record:  # an empty line; pandas skips it too
            continue
        if len(record) != len(header):
            problem = f"{len(record)} cells, where the header has {len(header)} columns"
            faults.add(file, number, None, problem)
            ragged += 1
            if ragged == RAGGED:
                problem = f"{RAGGED:,} rows do not fit the header; the rest is not checked"
                faults.add(file, None, None, problem)
                return None
            if not padded:  # the table may be a million columns wide
                continue
            # Keep the id, so that references to this row are not faults too.
            cells = dict(zip(header, record, strict=False))
            record = [cells.get(name, "") if name == "id" else "" for name in header]
        numbers.append(number)
        rows.append(record)
    return numbers, rows


def empty_cells(columns: Sequence[str]) -> pd.DataFrame:
    """Return a table of text cells without rows."""
    return pd.DataFrame(index=places("", []), columns=list(columns), dtype="str")


def _decode(data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = _last_row(error.object[: error.start].decode("utf-8-sig"))
        problem = f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as CSV UTF-8"
        raise _UnreadableError(row, problem) from None
    before, nul, _ = text.partition("\0")
    if nul:
        raise _UnreadableError(_last_row(before), "a NUL byte; a CSV file must hold only text")
    return text


def _last_row(text: str) -> int:
    """Return the number of the row at which a text breaks off."""
    with any_length():
        return sum(1 for _ in csv.reader(io.StringIO(text + "?", newline="")))


def _parse(text: str, delimiter: str | None) -> list[list[str]]:
    """Split a text into rows of cells; an empty line is a row without cells."""
    records: list[list[str]] = []
    left = MOST_CELLS
    collected = gc.isenabled()
    gc.disable()  # it would search the lists of a million rows again and again, and find nothing
    try:
        with any_length():
            lines = io.StringIO(text, newline="")
            for record in csv.reader(lines, delimiter=delimiter or _delimiter(text), strict=True):
                records.append(record)
                left -= max(1, len(record))
                if left < 0:
                    problem = f"more than {MOST_CELLS:,} cells in this row and those above"
                    raise _UnreadableError(len(records), f"{problem}; divide the file")
    except csv.Error as error:
        problem = (
            f"a cell cannot be read ({error}); quotes must enclose the whole cell, "
            "and a quote within it must be doubled"
        )
        raise _UnreadableError(len(records) + 1, problem) from None
    finally:
        (gc.enable if collected else gc.disable)()
    return records


def _delimiter(text: str) -> str:
    """Return the separator, comma, semicolon or tab, that splits the header into most cells."""

    def width(delimiter: str) -> int:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))

    return max(",;\t", key=width)


def _names_columns(header: Sequence[str], file: str, faults: Faults) -> bool:
    """Return whether all columns have different names; record those that have not."""
    before = len(faults)
    if not header:
        faults.add(file, 1, None, "no header; the first row must name the columns")
    if len(header) > WIDEST:
        problem = f"{len(header):,} columns, where a table may have {WIDEST:,}"
        faults.add(file, 1, None, problem)
        return False
    counts = Counter(header)
    for place, name in enumerate(header, start=1):
        if not name.strip():
            faults.add(file, 1, None, f"column {place} has no name")
        elif counts[name] > 1:
            faults.add(file, 1, name, f"the column appears {counts[name]} times")
    return len(faults) == before


def _has_header(
    records: list[list[str]],
    file: str,
    columns: Sequence[str],
    required: Collection[str],
    faults: Faults,
) -> bool:
    """Return whether the header has all required columns and no unknown ones; record faults."""
    header = records[0] if records else []
    optional = [name for name in columns if name not in required]
    expected = f"the columns are {', '.join(name for name in columns if name in required)}"
    expected += f" (optional: {', '.join(optional)})" if optional else ""
    if len(header) < 2:
        problem = "no header" if not header else f"only one column, {header[0]!r:.60}"
        faults.add(file, 1, None, f"{problem}; {expected}, separated by commas")
        return False
    problems: list[tuple[str, str]] = []
    counts = Counter(header)
    for name in header:
        if len(problems) == NAMED:
            break
        if name not in columns:
            problems.append((name, f"unknown column {name!r:.60}{nearest(name, tuple(columns))}"))
        elif counts[name] > 1:
            problems.append((name, f"the column appears {counts[name]} times"))
    problems += [(name, "the column is missing") for name in required if name not in header]
    for i, (name, problem) in enumerate(problems):
        faults.add(file, 1, name or None, problem if i else f"{problem}; {expected}")
    return not problems
