"""Check the cells of tables that are searched, coded or compared."""

import pandas as pd


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
        If a cell is empty, or holds a list, a set or a dictionary; the message names the row.
    """
    for column in columns:
        cells = table[column]
        place = f"{name}: column {column!r}" if name else f"column {column!r}"
        if cells.isna().any():
            row = cells.index[cells.isna()].to_list()[0]
            raise ValueError(f"{place}, row {row!r}: the cell is empty")
        if cells.dtype == "object":
            for row, cell in cells[~cells.map(pd.api.types.is_hashable).astype("bool")].items():
                raise ValueError(f"{place}, row {row!r}: expected one value, got {cell!r}")


def texts_of(table: pd.DataFrame, column: str = "text", expected: str = "a string") -> list[str]:
    """Return the texts of a column, or raise for the first cell that is not a string."""
    cells = table[column]
    texts: list[str] = cells.to_list()
    # Without missing cells, a column of dtype str holds only strings.
    if cells.dtype != "str" or cells.isna().any():
        for row, text in zip(table.index, texts, strict=True):
            if not isinstance(text, str):
                raise ValueError(
                    f"column {column!r}, row {row!r}: expected {expected}, got {text!r}"
                )
    return texts
