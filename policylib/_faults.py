"""The faults of a data package, collected one by one and raised together."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

COLUMNS = ["file", "row", "column", "problem"]


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
