"""The faults of a data package or another file, collected one by one and raised together."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

COLUMNS = ["file", "row", "column", "problem"]
SHOWN_FAULTS = 20


class DataError(ValueError):
    """The faults of a data package or another file, all of them.

    Attributes
    ----------
    faults : pandas.DataFrame
        One line per fault: file, row (as a spreadsheet numbers them; the header is row 1), column,
        problem. Row and column are missing where the whole file or row is at fault. In a database,
        the file is named with its table, and the row is the ID.
    """

    def __init__(self, faults: pd.DataFrame, source: str = "the data package") -> None:
        super().__init__(faults, source)
        self.faults = faults
        self.source = source

    def __str__(self) -> str:
        """Give the number of faults and the first of them."""
        count = len(self.faults)
        lines = [f"{self.source} has {count} {'fault' if count == 1 else 'faults'}:"]
        shown = self.faults.head(SHOWN_FAULTS)
        for file, row, column, problem in shown.itertuples(index=False):
            place = file
            place += f", row {row}" if pd.notna(row) else ""
            place += f", column {column}" if pd.notna(column) else ""
            lines.append(f"{place}: {problem}")
        if count > SHOWN_FAULTS:
            lines.append(f"... and {count - SHOWN_FAULTS} more, in the attribute `faults`")
        return "\n".join(lines)


class Faults:
    """Collect faults, at most one for each cell, row or file."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, int | None, str | None], str] = {}

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, file: str, row: int | None, column: str | None, problem: str) -> None:
        """Note a problem, unless its cell or the whole of its row is at fault already."""
        if (file, row, None) not in self._problems:
            self._problems.setdefault((file, row, column), problem)

    def extend(
        self, index: "pd.Index[Any]", column: str | None, problems: str | Iterable[str]
    ) -> None:
        """Note a problem, or one each, for the rows of an index of (file, row)."""
        if isinstance(problems, str):
            problems = [problems] * len(index)
        for (file, row), problem in zip(index, problems, strict=True):
            self.add(file, row, column, problem)

    def without(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give the rows of a table that are not at fault so far."""
        faulty = {(file, row) for file, row, _ in self._problems}
        return table[pd.Series([row not in faulty for row in table.index], table.index, "bool")]

    def to_frame(self) -> pd.DataFrame:
        """Give one line per fault, in the order of files and rows."""
        lines = [(*place, problem) for place, problem in self._problems.items()]
        frame = pd.DataFrame(lines, columns=COLUMNS).astype({"row": "Int64", "column": "str"})
        return frame.sort_values(
            ["file", "row"], kind="stable", na_position="first", ignore_index=True
        )
