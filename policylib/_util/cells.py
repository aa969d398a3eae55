"""Check the cells of tables that are searched, coded or compared."""

from collections.abc import Sequence

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

    The rows are numbered anew, because a level of the index may be called like a column.

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
        return table.reset_index(drop=True).sort_values([*columns], ignore_index=True)
    except TypeError as error:
        for column in columns:
            require_hashable(table[column])
            kinds = sorted({type(cell).__name__ for cell in table[column].dropna()})
            if len(kinds) > 1:
                raise ValueError(
                    f"column {column!r} mixes {' and '.join(kinds)}; expected one type of values"
                ) from error
        raise


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
