"""When statements were said: dates, months or years, as text or as pandas has them."""

import re
from typing import Any

import pandas as pd

from policylib._names import require_columns

UNITS = ("day", "week", "month", "year")
FREQUENCIES = {"week": "W", "month": "M", "year": "Y"}  # weeks are ISO's, Monday to Sunday
TIME = r"[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"
SHAPES = {"year": r"\d{4}", "month": r"\d{4}-\d\d", "day": rf"\d{{4}}-\d\d-\d\d({TIME})?"}
ALLOWED = "a year, a month or a day, such as 2023, 2023-12 or 2023-12-31"


def first_days(statements: pd.DataFrame, unit: str = "year") -> "pd.Series[pd.Timestamp]":
    """Give the first day of what the column `said` holds: the 1st of a month, for example.

    Parameters
    ----------
    statements
        A table with the column `said`: text as in ISO 8601, a whole number for a year, dates,
        times or periods.
    unit
        How exact each must be: day, week (which needs the day), month or year.

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
    require_columns(statements, "said")
    said = statements["said"]
    if pd.api.types.is_datetime64_any_dtype(said):
        local = said.dt.tz_localize(None).astype("datetime64[us]")
        days: pd.Series[pd.Timestamp] = local.dt.normalize()
        _refuse(said[days.isna()], "the date is missing")
        return days
    if pd.api.types.is_float_dtype(said) and (said.dropna() % 1 == 0).all():
        said = said.astype("Int64")  # years, in a column with gaps
    codes, texts = pd.factorize(said.astype("object").astype("str"))
    _refuse(said[codes < 0], "the date is missing")
    exact = ["year", "month", "day"]
    found = [next((e for e in exact if re.fullmatch(SHAPES[e], text)), "") for text in texts]
    dated = [text[:10] if exactness else "" for text, exactness in zip(texts, found, strict=True)]
    starts = pd.to_datetime(pd.Series(dated, dtype="str"), format="ISO8601", errors="coerce")
    _refuse(said[starts.isna().to_numpy()[codes]], "{!r} is no date (allowed: " + ALLOWED + ")")
    needed = exact.index(unit) if unit in exact else exact.index("day")
    for less in exact[:needed]:
        short = pd.Series(found).eq(less).to_numpy()[codes]
        problem = f"{{!r}} is a {less}, and a {unit} cannot be told from it"
        _refuse(said[short], problem)
    return pd.Series(starts.to_numpy()[codes], index=statements.index)


def _refuse(cells: "pd.Series[Any]", problem: str) -> None:
    if len(cells):
        more = f" (and {len(cells) - 1} more rows)" if len(cells) > 1 else ""
        told = problem.format(str(cells.iloc[0]))
        raise ValueError(f"column 'said', row {cells.index[0]!r}: {told}{more}")


def periods(statements: pd.DataFrame, unit: str) -> "pd.Series[pd.Period]":
    """Give the week, month or year in which each statement was said.

    Parameters
    ----------
    statements
        A table with the column `said`.
    unit
        week, month or year.

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
    return first_days(statements, unit).dt.to_period(FREQUENCIES[unit])
