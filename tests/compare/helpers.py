"""Matrices of counts of any kind, and tables of pairs."""

import pandas as pd
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


def matrices(least: int = 1, most: int = 7) -> st.SearchStrategy[pd.DataFrame]:
    """Return matrices of counts from 0 to 2, with so many rows and at most eight columns."""
    return arrays(
        int,
        st.tuples(st.integers(least, most), st.integers(1, 8)),
        elements=st.integers(0, 2),
        fill=st.nothing(),  # otherwise nearly all cells would have one value
    ).map(lambda a: pd.DataFrame(a, index=[f"row{i}" for i in range(len(a))]))


def all_equal(matrix: pd.DataFrame) -> bool:
    """Return whether all rows have the same concepts, so that there is nothing to test."""
    presence = matrix.to_numpy() > 0
    return (presence == presence[0]).all()


def pairs_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of pairs by the pair."""
    return table.set_index(["a", "b"])
