"""Check the matrices of counts that users pass."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import require_frame, require_sound_labels
from policylib._util.numbers import EXACT, is_real


def require_matrix(matrix: pd.DataFrame) -> None:
    """Raise unless this is a DataFrame with unique row and column labels."""
    require_frame(
        matrix,
        "a matrix",
        "; biadjacency(network) or count_statements(statements, …) returns one",
    )
    require_unique(matrix)


def require_unique(matrix: pd.DataFrame) -> None:
    """Raise if two rows or two columns have the same label, or a label has a lone surrogate."""
    require_sound_labels(matrix)
    for axis, labels in (("row", matrix.index), ("column", matrix.columns)):
        if not labels.is_unique:
            twice = labels[labels.duplicated()].to_list()[0]
            raise ValueError(f"duplicate {axis} label {twice!r}")


def in_order_of_rows(matrix: pd.DataFrame, hint: str = "") -> pd.DataFrame:
    """Return the columns in the order of the rows, or raise unless both have the same labels."""
    rows, columns = matrix.index, matrix.columns
    if rows.equals(columns):
        return matrix
    if rows.nlevels != columns.nlevels:
        raise ValueError(
            f"the rows have {rows.nlevels} levels of labels and the columns {columns.nlevels}{hint}"
        )
    for axis, other, labels, others in (
        ("row", "column", rows, columns),
        ("column", "row", columns, rows),
    ):
        known = labels.astype("object").isin(others)  # a str index cannot look for surrogates
        for label in labels[~known].to_list()[:1]:
            raise ValueError(f"{axis} {label!r} has no {other} of the same label{hint}")
    return matrix.iloc[:, columns.get_indexer(rows)]


def require_numbers(matrix: pd.DataFrame, what: str = "numbers", hint: str = "") -> None:
    """Raise unless all columns hold real numbers."""
    for dtype in matrix.dtypes.unique():
        if not is_real(dtype):
            column = matrix.columns[matrix.dtypes == dtype].to_list()[0]
            raise ValueError(f"column {column!r}: expected {what}, got {dtype}{hint}")


def require_finite(table: pd.DataFrame) -> None:
    """Raise if a number is infinite, because it cannot be drawn. Missing ones are left out."""
    cells = table.to_numpy(dtype="float64", na_value=np.nan)
    for row, column in np.argwhere(np.isinf(cells))[:1]:
        place = f"row {table.index.to_list()[row]!r}, column {table.columns.to_list()[column]!r}"
        raise ValueError(f"{place}: an infinite number cannot be drawn")


def check_counts(matrix: pd.DataFrame) -> NDArray[np.float64]:
    """Return the cells of a matrix of counts; raise unless they are counts with unique labels.

    A matrix read from a file has a block of memory for each column. Taking the cells once is much
    faster than comparing column by column.
    """
    require_matrix(matrix)
    require_numbers(matrix, "counts", "; count_statements(…) returns a matrix of counts")
    cells = matrix.to_numpy(dtype="float64", na_value=np.nan)
    for row, column in np.argwhere(~((cells >= 0) & (cells <= EXACT)))[:1]:
        place = f"row {matrix.index.to_list()[row]!r}, column {matrix.columns.to_list()[column]!r}"
        raise ValueError(f"{place}: expected a count from 0 to 2**53, got {cells[row, column]:g}")
    if (total := cells.sum()) > EXACT:
        raise ValueError(f"the counts add up to {total:g} (allowed: up to 2**53)")
    return cells
