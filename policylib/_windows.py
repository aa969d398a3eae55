"""Windows over time: so many days, weeks, months or years, or so many statements."""

import re
from collections.abc import Iterator
from numbers import Integral

import pandas as pd

from policylib._dates import FREQUENCIES, UNITS

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
    months = {size[1], step[1]} <= {"month", "year"}
    longest, shortest = _days(step)[0 if months else 1], _days(size)[0]
    if longest > shortest:
        raise ValueError("the step is larger than the size; statements would be passed over")
    unit = finer(size, step)
    first = days.iloc[0]
    if unit != "day":
        first = first.to_period(FREQUENCIES[unit]).start_time
    return _spans_of_time(days, first, size, step)


def _spans_of_time(
    days: "pd.Series[pd.Timestamp]", first: pd.Timestamp, size: Length, step: Length
) -> "Iterator[tuple[pd.Interval[pd.Timestamp], int, int]]":
    number, right = 0, first
    while right <= days.iloc[-1]:
        # From the first day each time: the 31st plus a month plus a month would stay at the 28th.
        left = first + _offset(step, number)
        right = left + _offset(size)
        start, end = days.searchsorted([left, right])
        yield pd.Interval(left, right, closed="left"), int(start), int(end)
        number += 1


def _days(length: Length) -> tuple[int, int]:
    """Give the fewest and the most days of a length of time."""
    number, unit = length
    if unit in ("month", "year"):
        months = number * (12 if unit == "year" else 1)
        return 28 * months, 31 * months
    days = number * (7 if unit == "week" else 1)
    return days, days


def _offset(length: Length, times: int = 1) -> pd.DateOffset:
    return pd.DateOffset(**{f"{length[1]}s": length[0] * times})  # type: ignore[arg-type]
