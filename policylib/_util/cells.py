"""Check the cells of tables that are searched, coded or compared."""

import re
from collections.abc import Sequence
from functools import cmp_to_key
from numbers import Real
from typing import Any
from unicodedata import digit

import pandas as pd

from policylib._util.names import (
    may_hold_lists,
    require_groups,
    require_hashable,
    surrogate_problem,
)


def require_values(table: pd.DataFrame, *columns: str, name: str = "") -> None:
    """Raise unless each cell of these columns holds one value: not empty, and not a list.

    Parameters
    ----------
    table : DataFrame
        A table that has these columns.
    *columns : str
        The columns.
    name : str
        The name of the table, for the message.

    Raises
    ------
    ValueError
        If a cell is empty, or holds a list, a set or a dictionary; the message names the row. If
        a column holds float16.
    """
    for column in columns:
        cells = table[column]
        place = f"{name}: column {column!r}" if name else f"column {column!r}"
        if cells.isna().any():
            row = cells.index[cells.isna()].to_list()[0]
            raise ValueError(f"{place}, row {row!r}: the cell is empty")
        require_groups(cells, place)
        if may_hold_lists(cells):
            for row, cell in zip(cells.index, cells.to_list(), strict=True):
                if not pd.api.types.is_hashable(cell):
                    raise ValueError(f"{place}, row {row!r}: expected one value, got {cell!r}")


def sort_rows(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Sort the rows of a table, or name the column whose cells cannot be compared.

    Paragraphs that are text are sorted by the numbers in them. The rows are numbered anew, because
    a level of the index may be called like a column.

    Parameters
    ----------
    table : DataFrame
        A table that has these columns.
    columns : sequence of str
        The columns to sort by, the most important first.

    Raises
    ------
    ValueError
        If a column holds lists, or values of types that have no order, such as text and dates.
    """
    try:
        return table.reset_index(drop=True).sort_values(
            [*columns],
            key=lambda cells: _by_number(cells) if cells.name == "paragraph" else cells,
            ignore_index=True,
        )
    except TypeError as error:
        for column in columns:
            _require_order(table[column], error)
        raise


def _require_order(cells: "pd.Series[Any]", error: TypeError) -> None:
    """Raise if the cells of a column are of several types, or two of them cannot be compared."""
    require_hashable(cells)
    cells = cells.dropna()
    kinds = sorted({type(cell).__name__ for cell in cells})
    if len(kinds) > 1:
        raise ValueError(
            f"column {cells.name!r} mixes {' and '.join(kinds)}; expected one type of values"
        ) from error

    def compare(one: tuple[Any, Any], other: tuple[Any, Any]) -> int:
        try:
            return -1 if one[1] < other[1] else 1
        except TypeError:
            raise ValueError(
                f"column {cells.name!r}, row {one[0]!r}: {one[1]!r} and {other[1]!r} have no order"
            ) from error

    sorted(cells.items(), key=cmp_to_key(compare))


def _by_number(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the rank of each text, with the numbers in it in their order.

    Numbers among texts are ranked as texts. If there is no text, the cells stay.

    Examples
    --------
    >>> _by_number(pd.Series(["p10", "p9", "2a", "p9"])).to_list()
    [2.0, 1.0, 0.0, 1.0]
    """
    if isinstance(cells.dtype, pd.CategoricalDtype) and cells.cat.ordered:
        return cells
    found = cells.dropna().unique().tolist()
    are_texts = [isinstance(cell, str) for cell in found]
    if not any(are_texts) or not all(isinstance(cell, str | Real) for cell in found):
        return cells
    ranks = {cell: rank for rank, cell in enumerate(sorted(found, key=_numbers_in))}
    return cells.astype("object").map(ranks).astype("float64")


def _numbers_in(cell: str | float) -> tuple[Any, ...]:
    """Return the parts of a text between numbers, and the length and the digits of the numbers."""
    text = str(cell).removesuffix(".0")
    parts = re.split(r"(\d+)", text)  # digits of any script
    numbers = ["".join(str(digit(c)) for c in part).lstrip("0") for part in parts[1::2]]
    parts[1::2] = [(len(digits), digits) for digits in numbers]
    return (parts, text)


def texts_of(table: pd.DataFrame, column: str = "text", expected: str = "a string") -> list[str]:
    """Return the texts of a column, or raise for the first cell that is not a string.

    Lone surrogates are refused, because neither pandas nor the search for terms can hold them.
    """
    cells = table[column]
    texts: list[str] = cells.to_list()
    # Without missing cells, a column of Arrow holds only strings that are sound.
    arrow = isinstance(cells.dtype, pd.StringDtype) and cells.dtype.storage == "pyarrow"
    if not arrow or cells.isna().any():
        for row, text in zip(table.index, texts, strict=True):
            if not isinstance(text, str):
                raise ValueError(
                    f"column {column!r}, row {row!r}: expected {expected}, got {text!r}"
                )
            if problem := surrogate_problem(text):
                raise ValueError(f"column {column!r}, row {row!r}: {problem}")
    return texts
