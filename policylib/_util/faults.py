"""Faults of a data package or another file, collected one by one and raised together."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from policylib._util.printable import one_line

COLUMNS = ["file", "row", "column", "problem"]
SHOWN_FAULTS = 20
MOST_RANGES = 8


class DataError(ValueError):
    """All faults of a data package or another file.

    Attributes
    ----------
    faults : DataFrame
        One row for each fault: `file`, `row`, `column` and `problem`. In a file, the header is row
        1; in a table in memory, whose name is in `file`, the first row is row 1. Row and column are
        missing if the whole file or row is at fault. For a database, `file` includes the table, and
        `row` is the ID.
    source : str
        The file or package that has the faults.
    """

    def __init__(self, faults: pd.DataFrame, source: str = "the data package") -> None:
        super().__init__(faults, source)
        self.faults = faults
        self.source = source

    def __str__(self) -> str:
        """Return the number of faults and the first of them; equal faults share a line."""
        count = len(self.faults)
        lines = [f"{one_line(self.source)} has {count} {'fault' if count == 1 else 'faults'}:"]
        groups = self.faults.groupby(["file", "column", "problem"], dropna=False, sort=False)
        shown = 0
        for (file, column, problem), group in list(groups)[:SHOWN_FAULTS]:
            shown += len(group)
            place = f"{file}{_rows(group['row'].dropna().astype(int).to_list())}"
            place += f", column {column}" if isinstance(column, str) else ""
            lines.append(one_line(f"{place}: {problem}"))
        if count > shown:
            lines.append(f"... and {count - shown} more, in the attribute `faults`")
        return "\n".join(lines)


def _rows(rows: list[int]) -> str:
    """Return row numbers as text, with consecutive rows as a range.

    Examples
    --------
    >>> _rows([2]), _rows([2, 3, 4, 7]), _rows([])
    (', row 2', ', rows 2–4, 7', '')
    """
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][-1] + 1:
            ranges[-1][1:] = [row]
        else:
            ranges.append([row])
    parts = ["–".join(map(str, ends)) for ends in ranges[:MOST_RANGES]]
    parts += ["..."] * (len(ranges) > MOST_RANGES)
    return f", {'row' if len(rows) == 1 else 'rows'} {', '.join(parts)}" if rows else ""


def places(file: str, rows: Iterable[int]) -> "pd.Index[Any]":
    """Return an index of pairs of file and row; with two levels, pandas would be much slower."""
    return pd.Index([(file, row) for row in rows], dtype="object", tupleize_cols=False)


class Faults:
    """Collect faults, at most one for each cell, row or file."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, int | None, str | None], str] = {}

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, file: str, row: int | None, column: str | None, problem: str) -> None:
        """Record a problem, unless its cell or its whole row has one already."""
        if (file, row, None) not in self._problems:
            self._problems.setdefault((file, row, column), problem)

    def extend(
        self, index: "pd.Index[Any]", column: str | None, problems: str | Iterable[str]
    ) -> None:
        """Record a problem for each row of an index of (file, row): the same one, or one each."""
        if not len(index):  # as nearly always
            return
        if isinstance(problems, str):
            problems = [problems] * len(index)
        for (file, row), problem in zip(index, problems, strict=True):
            self.add(file, row, column, problem)

    def without(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table that have no fault so far."""
        if not self._problems:  # as nearly always
            return table
        faulty = {(file, row) for file, row, _ in self._problems}
        return table[pd.Series([row not in faulty for row in table.index], table.index, "bool")]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each fault, in the order of files and rows."""
        lines = [(*place, problem) for place, problem in self._problems.items()]
        frame = pd.DataFrame(lines, columns=COLUMNS).astype({"row": "Int64", "column": "str"})
        return frame.sort_values(
            ["file", "row"], kind="stable", na_position="first", ignore_index=True
        )
