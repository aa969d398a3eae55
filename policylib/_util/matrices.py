"""Check the matrices of counts that users pass."""

import numpy as np
import pandas as pd

from policylib._util.names import require_frame


def require_matrix(matrix: pd.DataFrame) -> None:
    """Raise unless this is a DataFrame with unique row and column labels."""
    require_frame(
        matrix,
        "a matrix",
        "; biadjacency(network) or count_statements(statements, …) returns one",
    )
    require_unique(matrix)


def require_unique(matrix: pd.DataFrame) -> None:
    """Raise if two rows or two columns have the same label."""
    for axis, labels in (("row", matrix.index), ("column", matrix.columns)):
        if not labels.is_unique:
            twice = labels[labels.duplicated()].to_list()[0]
            raise ValueError(f"duplicate {axis} label {twice!r}")


def check_counts(matrix: pd.DataFrame) -> None:
    """Raise unless this is a matrix of counts with unique row and column labels."""
    require_matrix(matrix)
    for dtype in matrix.dtypes.unique():
        if not pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_complex_dtype(dtype):
            column = matrix.columns[matrix.dtypes == dtype][0]
            raise ValueError(
                f"column {column!r}: expected counts, got {dtype}; count_statements(…) returns a "
                "matrix of counts"
            )
    if matrix.isna().any(axis=None) or (matrix < 0).any(axis=None):
        raise ValueError("the matrix has negative or missing cells; counts are 0, 1, 2, …")
    if np.isinf(matrix.to_numpy(dtype=float)).any():
        raise ValueError("the matrix has infinite cells; counts are 0, 1, 2, …")
