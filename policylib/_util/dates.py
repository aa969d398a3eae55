"""Dates of statements: days, months or years, as text or in types of pandas."""

import re
from typing import Any, Literal

import numpy as np
import pandas as pd

from policylib._util.names import require_columns
from policylib._util.numbers import whole_numbers

UNITS = ("day", "week", "month", "year")
EXACT = ("year", "month", "day")
Period = Literal["year", "quarter", "month", "week"]
# Weeks are ISO weeks, Monday to Sunday.
FREQUENCIES = {"year": "Y", "quarter": "Q", "month": "M", "week": "W"}
KINDS = {frequency: unit for unit, frequency in FREQUENCIES.items()}
TIME = r"[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
SHAPES = {"year": r"\d{4}", "month": r"\d{4}-\d\d", "day": rf"\d{{4}}-\d\d-\d\d({TIME})?"}
ALLOWED = "a year, a month or a day, such as 2023, 2023-12 or 2023-12-31"


def first_days(
    statements: pd.DataFrame, unit: str = "year", column: str = "date"
) -> "pd.Series[pd.Timestamp]":
    """Return the first day of each date: the 1st of a month, for example.

    Parameters
    ----------
    statements : DataFrame
        A table with a column of dates: text as in ISO 8601, whole numbers for years, dates, times
        or pandas periods of one length.
    unit : {"day", "week", "month", "quarter", "year"}
        How exact each date must be: all its days must be in one day, week, month, quarter or year.
    column : str
        The column with the dates.

    Returns
    -------
    Series of Timestamp
        Days, under the index of the table.

    Raises
    ------
    ValueError
        If the column is missing, or a cell is missing, not a date or less exact; the message
        names the row.

    Examples
    --------
    >>> first_days(pd.DataFrame({"date": ["2023-12", "2024-01-31"]}), "month").dt.day.to_list()
    [1, 31]
    """
    first, last, kind = _read(statements, column)
    frequency = FREQUENCIES.get(unit, "D")
    vague = first.dt.to_period(frequency) != last.dt.to_period(frequency)
    for less in kind[vague].iloc[:1]:
        problem = f"is only a {less}, so the {unit} is unknown"
        if less == unit:  # a financial year, for example
            problem = f"is not a {unit} of the calendar"
        _refuse(statements.loc[(vague & kind.eq(less)).to_numpy(), column], f"{{!r}} {problem}")
    return first


def last_days(statements: pd.DataFrame, column: str = "date") -> "pd.Series[pd.Timestamp]":
    """Return the last day of each date: the 31st of December for a year.

    Parameters
    ----------
    statements : DataFrame
        A table with a column of dates, as for `first_days`.
    column : str
        The column with the dates.

    Returns
    -------
    Series of Timestamp
        Days, under the index of the table.

    Raises
    ------
    ValueError
        If the column is missing, or a cell is missing or not a date; the message names the row.

    Examples
    --------
    >>> days = last_days(pd.DataFrame({"date": ["2023", "2024-02", "2024-03-01"]}))
    >>> days.dt.strftime("%m-%d").to_list()
    ['12-31', '02-29', '03-01']
    """
    return _read(statements, column)[1]


def _read(
    statements: pd.DataFrame, column: str
) -> "tuple[pd.Series[pd.Timestamp], pd.Series[pd.Timestamp], pd.Series[str]]":
    """Return the first and last day of each date, and whether it is a year, a month and so on."""
    require_columns(statements, column)
    dates = statements[column].infer_objects()
    _refuse(dates[dates.isna()], "the date is missing")
    if str(dates.dtype).startswith(("date32", "date64")):  # days of Arrow, which lack `dt`
        dates = dates.astype("datetime64[us]")
    if pd.api.types.is_datetime64_any_dtype(dates):
        local = dates.dt.tz_localize(None).astype("datetime64[us]")
        days: pd.Series[pd.Timestamp] = local.dt.normalize()
        return days, days, pd.Series("day", index=dates.index)
    if isinstance(dates.dtype, pd.PeriodDtype):
        first, last = (dates.dt.to_timestamp(how=end).dt.normalize() for end in ("start", "end"))
        # The name of a frequency may have the month or day that it begins with, as in Q-DEC.
        kind = KINDS.get(dates.array.freqstr.partition("-")[0], "period")
        return first, last, pd.Series(kind, index=dates.index)
    codes, texts = pd.factorize(whole_numbers(dates).astype("str"))
    starts, kinds = _parse(texts)
    _refuse(dates[starts.isna().to_numpy()[codes]], "{!r} is not a date (allowed: " + ALLOWED + ")")
    ends = starts.mask(kinds.eq("year"), starts + pd.offsets.YearEnd(0))
    ends = ends.mask(kinds.eq("month"), starts + pd.offsets.MonthEnd(0))
    return (
        pd.Series(starts.to_numpy()[codes], index=dates.index),
        pd.Series(ends.to_numpy()[codes], index=dates.index),
        pd.Series(kinds.to_numpy()[codes], index=dates.index),
    )


def _parse(texts: "pd.Index[str]") -> "tuple[pd.Series[pd.Timestamp], pd.Series[str]]":
    """Return the first day of each text, missing if it is not a date, and how exact it is."""
    found = [next((e for e in EXACT if re.fullmatch(SHAPES[e], text)), "") for text in texts]
    dated = [text[:10] if exactness else "" for text, exactness in zip(texts, found, strict=True)]
    starts = pd.to_datetime(pd.Series(dated, dtype="str"), format="ISO8601", errors="coerce")
    return starts, pd.Series(found, dtype="str")


def is_no_date(texts: "pd.Series[str]") -> "pd.Series[bool]":
    """Return which texts cannot be read as dates; False for a missing text.

    Examples
    --------
    >>> is_no_date(pd.Series(["2023", "2023-02-30", "May", None])).to_list()
    [False, True, True, False]
    """
    codes, known = pd.factorize(texts)
    starts, _ = _parse(known)
    # A missing text has the code -1, which selects the last value, the appended False.
    return pd.Series(np.append(starts.isna().to_numpy(), False)[codes], index=texts.index)


def _refuse(cells: "pd.Series[Any]", problem: str) -> None:
    if len(cells):
        others = len(cells) - 1
        more = f" (and {others} more {'row' if others == 1 else 'rows'})" if others else ""
        message = problem.format(str(cells.iloc[0]))
        row = cells.index[:1].to_list()[0]  # from numpy to Python, for the message
        raise ValueError(f"column {cells.name!r}, row {row!r}: {message}{more}")


def periods(statements: pd.DataFrame, unit: str, column: str = "date") -> "pd.Series[pd.Period]":
    """Return the week, month, quarter or year of each date.

    Parameters
    ----------
    statements : DataFrame
        A table with a column of dates, as for `first_days`.
    unit : {"week", "month", "quarter", "year"}
        The length of the periods.
    column : str
        The column with the dates.

    Returns
    -------
    Series of Period
        Periods, each with its year, under the index of the table.

    Raises
    ------
    ValueError
        If the column is missing, or a cell is missing, not a date or less exact than the period
        needs; the message names the row.

    Examples
    --------
    >>> periods(pd.DataFrame({"date": ["2024-12-30", "2025-01-05"]}), "week").nunique()
    1
    """
    return first_days(statements, unit, column).dt.to_period(FREQUENCIES[unit])
