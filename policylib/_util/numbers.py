"""Check whole numbers, and options that are true or false."""

from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

EXACT = 2**53  # a float holds every whole number up to here exactly


def is_whole(value: object) -> bool:
    """Return whether this is a whole number; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_between(value: object, least: float, most: float) -> bool:
    """Return whether this is a real number within limits; also a whole number of any size.

    Examples
    --------
    >>> is_between(2, 0, 3), is_between(10**400, 0, 3), is_between(float("nan"), 0, 3)
    (True, False, False)
    """
    return isinstance(value, Real) and bool(least <= value <= most)  # type: ignore[operator]


def require_whole(value: object, what: str, *, least: int = 1) -> None:
    """Raise unless this is a whole number that is large enough."""
    if not is_whole(value) or value < least:  # type: ignore[operator]
        raise ValueError(f"{what} must be a whole number from {least}, not {value!r}")


def require_seed(seed: object) -> None:
    """Raise unless this is a whole number from 0, or None."""
    if seed is not None and (not is_whole(seed) or seed < 0):  # type: ignore[operator]
        raise ValueError(f"seed must be a whole number from 0, or None, not {seed!r}")


def require_flag(value: object, what: str) -> None:
    """Raise TypeError unless this is True or False; any text would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{what} is {value!r}; expected True or False")


def whole_numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return cells with whole floats as whole numbers; gaps in a column make floats of them.

    Examples
    --------
    >>> whole_numbers(pd.Series([2023.0, 0.5, None])).to_list()
    [2023, 0.5, nan]
    """
    if isinstance(cells.dtype, pd.StringDtype):
        return cells
    is_float = (float, np.floating)
    values = [
        int(cell) if isinstance(cell, is_float) and cell.is_integer() else cell
        for cell in cells.astype("object")
    ]
    return pd.Series(values, cells.index, dtype="object", name=cells.name)


def plain_numbers(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return cells as numbers that pandas can add up: no sparse ones, float16 or decimals.

    Examples
    --------
    >>> plain_numbers(pd.Series([0, 2], dtype="Sparse[int8]")).dtype
    dtype('int8')
    >>> plain_numbers(pd.Series([0, 2], dtype="float16")).dtype
    dtype('float64')
    """
    if isinstance(cells.dtype, pd.SparseDtype):
        cells = cells.astype(cells.dtype.subtype)
    if isinstance(cells.dtype, pd.ArrowDtype) and cells.dtype.type is Decimal:
        numbers = cells.to_numpy("float64", na_value=np.nan)
        whole = (numbers % 1 == 0).all() and (np.abs(numbers) <= EXACT).all()
        cells = pd.Series(numbers, cells.index, "int64" if whole else "float64", cells.name)
    return cells.astype("float64") if cells.dtype == "float16" else cells


def is_real(dtype: Any) -> bool:
    """Return whether a column of this type holds numbers; truth values count, complex ones not."""
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)


def as_integers(cells: "pd.Series[Any]", place: str) -> "pd.Series[Any]":
    """Return cells as whole numbers or missing, or raise an error that names the place.

    Examples
    --------
    >>> as_integers(pd.Series([2.0, None]), "column 'start'").to_list()
    [2, <NA>]
    """
    try:
        return cells.astype("Int64")
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{place} must hold whole numbers") from error
