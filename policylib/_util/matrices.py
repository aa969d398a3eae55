"""What a matrix of counts must be, wherever one comes in."""

import numpy as np
import pandas as pd


def check_counts(matrix: pd.DataFrame) -> None:
    """Raise unless this is a matrix of counts under unique labels."""
    if not isinstance(matrix, pd.DataFrame):
        raise TypeError(
            f"expected a matrix, not {type(matrix).__name__}; biadjacency(network) or "
            "count_statements(statements, …) gives one"
        )
    for axis, labels in (("row", matrix.index), ("column", matrix.columns)):
        if not labels.is_unique:
            twice = labels[labels.duplicated()][0]
            raise ValueError(f"{axis} {twice!r} stands twice in the matrix")
    for dtype in matrix.dtypes.unique():
        if not pd.api.types.is_numeric_dtype(dtype):
            column = matrix.columns[matrix.dtypes == dtype][0]
            raise ValueError(
                f"column {column!r} holds {dtype}, not counts; count_statements(…) makes a matrix "
                "of statements"
            )
    if matrix.isna().any(axis=None) or (matrix < 0).any(axis=None):
        raise ValueError("the matrix has negative or missing cells; counts are 0, 1, 2, …")
    if np.isinf(matrix.to_numpy(dtype=float)).any():
        raise ValueError("the matrix has infinite cells; counts are 0, 1, 2, …")
