"""Windows over time: so many days, weeks, months or years, or so many statements."""

import re
from collections.abc import Iterator
from itertools import pairwise
from numbers import Integral

import pandas as pd

from policylib._util.dates import FREQUENCIES, UNITS

Length = tuple[int, str]
STATEMENT = "statement"


def read_length(value: int | str, name: str) -> Length:
    """Read a number of statements, or a number and a unit of time such as "6 months"."""
    if isinstance(value, Integral) and not isinstance(value, bool) and value > 0:
        return int(value), STATEMENT
    found = re.fullmatch(rf"\s*([0-9]*) ?({'|'.join(UNITS)})s?\s*", str(value))
    if not found or not int(found[1] or 1):
        raise ValueError(
            f"{name} {value!r} is no length of time; it is a number of statements from 1, or a "
            f"number and one of {', '.join(f'{unit}s' for unit in UNITS)}, such as '6 months'"
        )
    return int(found[1] or 1), found[2]


def finer(size: Length, step: Length) -> str:
    """Give the finer unit of two lengths; statements need no more than their order."""
    if (size[1] == STATEMENT) != (step[1] == STATEMENT):
        raise ValueError("size and step are both lengths of time or both numbers of statements")
    return "year" if size[1] == STATEMENT else min(size[1], step[1], key=UNITS.index)


def spans(
    days: "pd.Series[pd.Timestamp]", size: Length, step: Length
) -> "Iterator[tuple[pd.Interval[pd.Timestamp], int, int]]":
    """Give each window as its time and as a slice of the sorted days."""
    if size[1] == STATEMENT:
        if step[0] > size[0]:
            raise ValueError("the step is larger than the size; statements would be passed over")
        starts = range(0, max(len(days) - size[0], 0) + step[0], step[0])
        ends = (min(start + size[0], len(days)) for start in starts)
        return (
            (pd.Interval(days.iloc[start], days.iloc[end - 1], closed="both"), start, end)
            for start, end in zip(starts, ends, strict=True)
        )
    unit = finer(size, step)
    first = days.iloc[0]
    if unit != "day":
        first = first.to_period(FREQUENCIES[unit]).start_time
    if first + _offset(step) > first + _offset(size):
        raise ValueError("the step is larger than the size; statements would be passed over")
    windows = _windows(first, days.iloc[-1], size, step)
    for (_, right), (left, _) in pairwise(windows):
        if left > right:  # as after February, with a size of a month and a step of 30 days
            raise ValueError(
                f"the step is larger than the size after {right.date()}; "
                "statements would be passed over"
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
    """List where windows begin and end, until one reaches the last day."""
    windows: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    while not windows or windows[-1][1] <= last:
        # From the first day each time: the 31st plus a month plus a month would stay at the 28th.
        left = first + _offset(step, len(windows))
        windows.append((left, left + _offset(size)))
    return windows


def _offset(length: Length, times: int = 1) -> pd.DateOffset:
    return pd.DateOffset(**{f"{length[1]}s": length[0] * times})  # type: ignore[arg-type]
