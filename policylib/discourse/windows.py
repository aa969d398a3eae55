"""Windows over time: so many days, weeks, months or years, or so many statements."""

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from numbers import Integral

import numpy as np
import pandas as pd

from policylib._util.dates import FREQUENCIES, UNITS, first_days

Length = tuple[int, str]
STATEMENT = "statement"


def time_windows(
    statements: pd.DataFrame, *, size: int | str, step: int | str | None = None
) -> "Iterator[tuple[pd.Interval[pd.Timestamp], pd.DataFrame]]":
    """Yield the statements window by window, for a series of networks.

    Parameters
    ----------
    statements : DataFrame
        A table with the column `date`.
    size : int or str
        The length of a window: ``"30 days"``, ``"2 weeks"``, ``"6 months"``, ``"year"``; or a
        number of statements, such as ``50`` (every row counts as one statement, so select the
        statements before the call).
    step : int or str, optional
        The distance from one window to the next, likewise; by default the size. It is at most the
        size, so that every statement is in a window.

    Yields
    ------
    (Interval, DataFrame)
        The time from the first day of the window to the day after its last, and its statements in
        the order of the table. The first window begins on the first day of the period of the first
        statement; this period is the smaller of the units of `size` and `step`. The series ends
        with the first window that contains the last statement. A window may be empty. A window of a
        number of statements goes from the day of its first statement to the day of its last one,
        both included; the last window may hold fewer. In such windows, a date without a day counts
        as the first day of its month or year, and statements of the same day keep the order of the
        table. ``attrs["ranges"]`` holds the smallest and largest value of each numeric column in
        the whole table; pandas loses it in a merge. A categorical qualifier keeps its categories
        even then.

    Raises
    ------
    ValueError
        If size or step cannot be read or do not fit; or if a date is missing, cannot be read or
        is less exact than the unit. The message names the row.

    Examples
    --------
    >>> statements = pd.DataFrame({"date": ["2023-11", "2023-12", "2024-02"]})
    >>> for period, part in time_windows(statements, size="2 months"):
    ...     print(period.left.date(), period.right.date(), len(part))
    2023-11-01 2024-01-01 2
    2024-01-01 2024-03-01 1
    """
    length = _read_length(size, "size")
    stride = length if step is None else _read_length(step, "step")
    days = first_days(statements, _finer(length, stride))
    order = days.argsort(kind="stable").to_numpy()
    statements = statements.copy()  # so that changes during the walk do not matter
    attrs = statements.attrs | {"ranges": _ranges(statements)}
    walk = _spans(days.iloc[order], length, stride) if len(days) else iter(())

    def part(start: int, end: int) -> pd.DataFrame:
        window = statements.iloc[np.sort(order[start:end])]
        window.attrs = deepcopy(attrs)
        return window

    return ((period, part(start, end)) for period, start, end in walk)


def _ranges(statements: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the range of each numeric column; those in the table's attrs go before."""
    objects = statements.columns[[dtype == "object" for dtype in statements.dtypes]]
    mixed: pd.DataFrame = statements[objects].convert_dtypes()
    numbers = statements.select_dtypes("number").join(mixed.select_dtypes("number"))
    numbers = numbers.dropna(axis=1, how="all")
    ends = {column: (numbers[column].min(), numbers[column].max()) for column in numbers}
    ranges: dict[str, tuple[float, float]] = ends | statements.attrs.get("ranges", {})
    return ranges


def _read_length(value: int | str, name: str) -> Length:
    """Read a number of statements, or a number and a unit of time such as "6 months"."""
    if isinstance(value, Integral) and not isinstance(value, bool) and value > 0:
        return int(value), STATEMENT
    found = re.fullmatch(rf"\s*([0-9]*) ?({'|'.join(UNITS)})s?\s*", str(value))
    if not found or not int(found[1] or 1):
        raise ValueError(
            f"{name} {value!r} is not a length of time; allowed are a number of statements from "
            f"1, or a number and one of {', '.join(f'{unit}s' for unit in UNITS)}, such as "
            "'6 months'"
        )
    return int(found[1] or 1), found[2]


def _finer(size: Length, step: Length) -> str:
    """Return the finer unit of two lengths; statements need only their order."""
    if (size[1] == STATEMENT) != (step[1] == STATEMENT):
        raise ValueError("size and step must be both lengths of time or both numbers of statements")
    return "year" if size[1] == STATEMENT else min(size[1], step[1], key=UNITS.index)


def _spans(
    days: "pd.Series[pd.Timestamp]", size: Length, step: Length
) -> "Iterator[tuple[pd.Interval[pd.Timestamp], int, int]]":
    """Return each window as its time and as a slice of the sorted days."""
    if size[1] == STATEMENT:
        if step[0] > size[0]:
            raise ValueError("the step is larger than the size; it would pass over statements")
        starts = range(0, max(len(days) - size[0], 0) + step[0], step[0])
        ends = (min(start + size[0], len(days)) for start in starts)
        return (
            (pd.Interval(days.iloc[start], days.iloc[end - 1], closed="both"), start, end)
            for start, end in zip(starts, ends, strict=True)
        )
    unit = _finer(size, step)
    first = days.iloc[0]
    if unit != "day":
        first = first.to_period(FREQUENCIES[unit]).start_time
    try:
        longer = first + _offset(step) > first + _offset(size)
        windows = [] if longer else _windows(first, days.iloc[-1], size, step)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"a window of {size[0]} {size[1]}s ends after any date") from error
    if longer:
        raise ValueError("the step is larger than the size; it would pass over statements")
    for (_, right), (left, _) in pairwise(windows):
        if left > right:  # as after February, with a size of a month and a step of 30 days
            raise ValueError(
                f"the step is larger than the size after {right.date()}; it would pass over "
                "statements"
            )
    lefts, rights = (pd.DatetimeIndex(edges) for edges in zip(*windows, strict=True))
    slices = zip(days.searchsorted(lefts), days.searchsorted(rights), strict=True)
    return (
        (pd.Interval(left, right, closed="left"), int(start), int(end))
        for (left, right), (start, end) in zip(windows, slices, strict=True)
    )


def _windows(
    first: pd.Timestamp, last: pd.Timestamp, size: Length, step: Length
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return where windows begin and end, until one reaches the last day."""
    windows: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    while not windows or windows[-1][1] <= last:
        # From the first day each time: the 31st plus a month plus a month would stay at the 28th.
        left = first + _offset(step, len(windows))
        windows.append((left, left + _offset(size)))
    return windows


def _offset(length: Length, times: int = 1) -> pd.DateOffset:
    return pd.DateOffset(**{f"{length[1]}s": length[0] * times})  # type: ignore[arg-type]
