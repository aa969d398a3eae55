"""Dates of statements: days, months or years, as text or in types of pandas."""

import re
from typing import Any, Literal

import numpy as np
import pandas as pd

from policylib._util.names import require_columns

UNITS = ("day", "week", "month", "year")
EXACT = ("year", "month", "day")
NEEDS = {"week": "day", "quarter": "month"}
Period = Literal["year", "quarter", "month", "week"]
# Weeks are ISO weeks, Monday to Sunday.
FREQUENCIES = {"year": "Y", "quarter": "Q", "month": "M", "week": "W"}
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
        or periods.
    unit : {"day", "week", "month", "quarter", "year"}
        How exact each date must be. A week needs the day, and a quarter the month.
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
    days, exactness = _read(statements, column)
    needed = NEEDS.get(unit, unit)
    for less in EXACT[: EXACT.index(needed)]:
        problem = f"{{!r}} is only a {less}, so the {unit} is unknown"
        _refuse(statements.loc[exactness.eq(less).to_numpy(), column], problem)
    return days


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
    days, exactness = _read(statements, column)
    days = days.mask(exactness.eq("year"), days + pd.offsets.YearEnd(0))
    return days.mask(exactness.eq("month"), days + pd.offsets.MonthEnd(0))


def _read(
    statements: pd.DataFrame, column: str
) -> "tuple[pd.Series[pd.Timestamp], pd.Series[str]]":
    """Return the first day of each date, and whether it is a year, a month or a day."""
    require_columns(statements, column)
    dates = statements[column]
    if pd.api.types.is_datetime64_any_dtype(dates):
        local = dates.dt.tz_localize(None).astype("datetime64[us]")
        days: pd.Series[pd.Timestamp] = local.dt.normalize()
        _refuse(dates[days.isna()], "the date is missing")
        return days, pd.Series("day", index=dates.index)
    if pd.api.types.is_float_dtype(dates) and (dates.dropna() % 1 == 0).all():
        dates = dates.astype("Int64")  # years, which gaps in the column turn into floats
    codes, texts = pd.factorize(dates.astype("object").astype("str"))
    _refuse(dates[codes < 0], "the date is missing")
    starts, exactness = _parse(texts)
    _refuse(dates[starts.isna().to_numpy()[codes]], "{!r} is not a date (allowed: " + ALLOWED + ")")
    return (
        pd.Series(starts.to_numpy()[codes], index=dates.index),
        pd.Series(exactness.to_numpy()[codes], index=dates.index),
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
