"""When statements were said: dates, months or years, as text or as pandas has them."""

import re
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.names import require_columns

UNITS = ("day", "week", "month", "year")
EXACT = ("year", "month", "day")
FREQUENCIES = {"week": "W", "month": "M", "year": "Y"}  # weeks are ISO's, Monday to Sunday
TIME = r"[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
SHAPES = {"year": r"\d{4}", "month": r"\d{4}-\d\d", "day": rf"\d{{4}}-\d\d-\d\d({TIME})?"}
ALLOWED = "a year, a month or a day, such as 2023, 2023-12 or 2023-12-31"


def first_days(
    statements: pd.DataFrame, unit: str = "year", column: str = "said"
) -> "pd.Series[pd.Timestamp]":
    """Give the first day of what the column `said` holds: the 1st of a month, for example.

    Parameters
    ----------
    statements
        A table with the column: text as in ISO 8601, a whole number for a year, dates, times or
        periods.
    unit
        How exact each must be: day, week (which needs the day), month or year.
    column
        Another column with dates instead of `said`.

    Returns
    -------
    pandas.Series
        Days, under the index of the table.

    Raises
    ------
    ValueError
        If there is no such column, or a cell is missing, no date or less exact; it names the row.

    Examples
    --------
    >>> first_days(pd.DataFrame({"said": ["2023-12", "2024-01-31"]}), "month").dt.day.to_list()
    [1, 31]
    """
    days, exactness = _read(statements, column)
    needed = EXACT.index(unit) if unit in EXACT else EXACT.index("day")
    for less in EXACT[:needed]:
        problem = f"{{!r}} is a {less}, and a {unit} cannot be told from it"
        _refuse(statements.loc[exactness.eq(less).to_numpy(), column], problem)
    return days


def last_days(statements: pd.DataFrame, column: str = "said") -> "pd.Series[pd.Timestamp]":
    """Give the last day of what the column `said` holds: the 31st of December for a year.

    Parameters
    ----------
    statements, column
        As for `first_days`.

    Returns
    -------
    pandas.Series
        Days, under the index of the table.

    Raises
    ------
    ValueError
        If there is no such column, or a cell is missing or no date; it names the row.

    Examples
    --------
    >>> days = last_days(pd.DataFrame({"said": ["2023", "2024-02", "2024-03-01"]}))
    >>> days.dt.strftime("%m-%d").to_list()
    ['12-31', '02-29', '03-01']
    """
    days, exactness = _read(statements, column)
    days = days.mask(exactness.eq("year"), days + pd.offsets.YearEnd(0))
    return days.mask(exactness.eq("month"), days + pd.offsets.MonthEnd(0))


def _read(
    statements: pd.DataFrame, column: str
) -> "tuple[pd.Series[pd.Timestamp], pd.Series[str]]":
    """Give the first day of each date, and whether it is a year, a month or a day."""
    require_columns(statements, column)
    said = statements[column]
    if pd.api.types.is_datetime64_any_dtype(said):
        local = said.dt.tz_localize(None).astype("datetime64[us]")
        days: pd.Series[pd.Timestamp] = local.dt.normalize()
        _refuse(said[days.isna()], "the date is missing")
        return days, pd.Series("day", index=said.index)
    if pd.api.types.is_float_dtype(said) and (said.dropna() % 1 == 0).all():
        said = said.astype("Int64")  # years, in a column with gaps
    codes, texts = pd.factorize(said.astype("object").astype("str"))
    _refuse(said[codes < 0], "the date is missing")
    starts, exactness = _parse(texts)
    _refuse(said[starts.isna().to_numpy()[codes]], "{!r} is no date (allowed: " + ALLOWED + ")")
    return (
        pd.Series(starts.to_numpy()[codes], index=said.index),
        pd.Series(exactness.to_numpy()[codes], index=said.index),
    )


def _parse(texts: "pd.Index[str]") -> "tuple[pd.Series[pd.Timestamp], pd.Series[str]]":
    """Give the first day of each text, missing if it is no date, and how exact it is."""
    found = [next((e for e in EXACT if re.fullmatch(SHAPES[e], text)), "") for text in texts]
    dated = [text[:10] if exactness else "" for text, exactness in zip(texts, found, strict=True)]
    starts = pd.to_datetime(pd.Series(dated, dtype="str"), format="ISO8601", errors="coerce")
    return starts, pd.Series(found, dtype="str")


def is_no_date(texts: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell which texts cannot be read as dates; what is missing is not one of them.

    Examples
    --------
    >>> is_no_date(pd.Series(["2023", "2023-02-30", "May", None])).to_list()
    [False, True, True, False]
    """
    codes, known = pd.factorize(texts)
    starts, _ = _parse(known)
    # A missing text has the code -1, which is the place of the last.
    return pd.Series(np.append(starts.isna().to_numpy(), False)[codes], index=texts.index)


def _refuse(cells: "pd.Series[Any]", problem: str) -> None:
    if len(cells):
        others = len(cells) - 1
        more = f" (and {others} more {'row' if others == 1 else 'rows'})" if others else ""
        told = problem.format(str(cells.iloc[0]))
        row = cells.index[:1].to_list()[0]  # a number of Python, not of numpy
        raise ValueError(f"column {cells.name!r}, row {row!r}: {told}{more}")


def periods(statements: pd.DataFrame, unit: str, column: str = "said") -> "pd.Series[pd.Period]":
    """Give the week, month or year in which each statement was said.

    Parameters
    ----------
    statements
        A table with the column `said`.
    unit
        week, month or year.
    column
        Another column with dates instead of `said`.

    Returns
    -------
    pandas.Series
        Periods, each with its year, under the index of the table.

    Raises
    ------
    ValueError
        As `first_days`.

    Examples
    --------
    >>> periods(pd.DataFrame({"said": ["2024-12-30", "2025-01-05"]}), "week").nunique()
    1
    """
    return first_days(statements, unit, column).dt.to_period(FREQUENCIES[unit])
