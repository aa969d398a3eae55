"""A CSV file as a table of text cells, each row under its file and its row number there."""

import csv
import gc
import io
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from policylib._util.faults import Faults
from policylib._util.names import nearest


class _UnreadableError(ValueError):
    """The text of a file cannot be read beyond a row."""

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
    """Read a CSV file as text, an empty cell as missing.

    No cell is guessed at: only the empty cell is missing. A file that cannot be read, or whose
    header is wrong, is a fault.

    Parameters
    ----------
    path
        The file.
    file
        Its name in the package, for the faults.
    columns
        The columns it may have, separated by commas. None for any other file: its columns are
        those of its header, separated by comma, semicolon or tab, whichever the header has most
        of.
    faults
        Where faults are collected.
    required
        Those of the columns that must be there; all if left out. One that is absent comes back
        empty.

    Returns
    -------
    pandas.DataFrame or None
        The cells, indexed by file and row (the header is row 1); None if it cannot be read.
    """
    try:
        records = _parse(_decode(path.read_bytes()), "," if columns else None)
    except OSError as error:  # locked, or a folder of that name
        faults.add(file, None, None, f"cannot be read: {error.strerror}")
        return None
    except _UnreadableError as error:
        faults.add(file, error.row, None, str(error))
        return None
    if columns is None:
        columns = records[0] if records else []
        if not _names_columns(columns, file, faults):
            return None
    elif not _has_header(records, file, columns, columns if required is None else required, faults):
        return None
    header = records[0]
    numbers, rows = [], []
    for number, record in enumerate(records[1:], start=2):
        if not record:  # an empty line; pandas skips it too
            continue
        if len(record) != len(header):
            problem = f"{len(record)} cells, where the header has {len(header)} columns"
            faults.add(file, number, None, problem)
            # The id stays, so that what refers to this row is not at fault too.
            cells = dict(zip(header, record, strict=False))
            record = [cells.get(name, "") if name == "id" else "" for name in header]
        numbers.append(number)
        rows.append(record)
    index = pd.MultiIndex.from_product([[file], numbers], names=["file", "row"])
    frame = pd.DataFrame(rows, index=index, columns=header, dtype="str")
    frame = frame.mask(frame == "")
    return frame.reindex(columns=list(columns)).astype("str")


def empty_cells(columns: Sequence[str]) -> pd.DataFrame:
    """Give a table of text cells without rows."""
    index = pd.MultiIndex.from_arrays([[], []], names=["file", "row"])
    return pd.DataFrame(index=index, columns=list(columns), dtype="str")


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
        raise _UnreadableError(_last_row(before), "a NUL byte; a CSV file holds text only")
    return text


def _last_row(text: str) -> int:
    """Count the rows of a text that breaks off within its last one."""
    return sum(1 for _ in csv.reader(io.StringIO(text + "?", newline="")))


def _parse(text: str, delimiter: str | None) -> list[list[str]]:
    """Split a text into rows of cells; an empty line is a row without cells."""
    records: list[list[str]] = []
    collected = gc.isenabled()
    gc.disable()  # the lists of a million rows would be searched for garbage again and again
    try:
        lines = io.StringIO(text, newline="")
        for record in csv.reader(lines, delimiter=delimiter or _delimiter(text), strict=True):
            records.append(record)
    except csv.Error as error:
        problem = (
            f"a cell cannot be read ({error}); a quote opens and closes a whole cell, "
            "and within the cell it is doubled"
        )
        raise _UnreadableError(len(records) + 1, problem) from None
    finally:
        (gc.enable if collected else gc.disable)()
    return records


def _delimiter(text: str) -> str:
    """Tell whether comma, semicolon or tab splits the header into most cells."""

    def width(delimiter: str) -> int:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))

    return max(",;\t", key=width)


def _names_columns(header: Sequence[str], file: str, faults: Faults) -> bool:
    """Tell whether a row gives every column a name of its own, and say where it does not."""
    before = len(faults)
    if not header:
        faults.add(file, 1, None, "no header; the first row names the columns")
    for place, name in enumerate(header, start=1):
        if not name.strip():
            faults.add(file, 1, None, f"column {place} has no name")
        elif header.count(name) > 1:
            faults.add(file, 1, name, f"the column stands {header.count(name)} times")
    return len(faults) == before


def _has_header(
    records: list[list[str]],
    file: str,
    columns: Sequence[str],
    required: Collection[str],
    faults: Faults,
) -> bool:
    """Check that the first row names columns of the table, and all that are required."""
    header = records[0] if records else []
    optional = [name for name in columns if name not in required]
    expected = f"the columns are {', '.join(name for name in columns if name in required)}"
    expected += f" (optional: {', '.join(optional)})" if optional else ""
    if len(header) < 2:
        problem = "no header" if not header else f"one column only, {header[0]!r}"
        faults.add(file, 1, None, f"{problem}; {expected}, separated by commas")
        return False
    problems = []
    for name in header:
        if name not in columns:
            problems.append((name, f"no column {name!r}{nearest(name, tuple(columns))}"))
        elif header.count(name) > 1:
            problems.append((name, f"the column stands {header.count(name)} times"))
    problems += [(name, "the column is missing") for name in required if name not in header]
    for i, (name, problem) in enumerate(problems):
        faults.add(file, 1, name or None, problem if i else f"{problem}; {expected}")
    return not problems
