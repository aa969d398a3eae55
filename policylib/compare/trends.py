"""Priorities over time: how much attention each has, and who named it first."""

from collections.abc import Iterator
from typing import Final, get_args

import pandas as pd

from policylib._util.cells import sort_rows
from policylib._util.dates import Period, first_days, last_days, periods
from policylib._util.names import require, require_columns, require_hashable
from policylib._util.numbers import require_flag
from policylib._util.warn import warn
from policylib.compare.counts import count_statements, that_count
from policylib.tables.levels import Level

DAYS: Final = "datetime64[us]"
# These days mean that a span is open on this side.
OPEN = {"earliest": pd.Timestamp("0001-01-01"), "latest": pd.Timestamp("9999-12-31")}


def attention(
    statements: pd.DataFrame,
    *,
    period: Period = "year",
    columns: str = "code",
    level: Level | None = None,
    codebook: pd.DataFrame | None = None,
    normalize: bool = True,
    denied: bool = False,
) -> pd.DataFrame:
    """Measure the share of all statements that each code has, period by period.

    The share of a code also changes when the counts of other codes change: a code can lose
    attention although as much is said about it as before. To see only some codes, select columns of
    the result. If you remove statements before the call, the shares change. A period whose
    documents have no statements looks like one without documents.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with the column `date`, as ``statements(network)`` returns it.
        Where `date` is missing and there is a column `published`, that one is used, with a
        warning. The column `count`, if there is one, says how often a statement is made.
    period : {"year", "quarter", "month", "week"}
        The division of time.
    columns : str
        The column whose values are compared.
    level, codebook : optional
        As in `count_statements`: roll the column `code` up to a level of the codebook.
    normalize : bool
        Return shares; if False, counts.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        Periods × codes, both sorted: shares from 0 to 1, each row with a sum of 1, or counts. The
        periods run from the first to the last without a break. A period without statements has
        missing values and not zeros, because its documents may only be missing. A statement without
        a code is not counted.

    Raises
    ------
    TypeError
        If `statements` is not a DataFrame, or `normalize` neither True nor False.
    ValueError
        If a column is missing, the period is unknown, a count is missing, negative or not a
        number, or a date is missing, cannot be read or is less exact than the period; the message
        names the row.

    Warns
    -----
    UserWarning
        If statements were dated by `published`.

    References
    ----------
    The measure comes from research on policy agendas: Baumgartner, F. R. and Jones, B. D. (1993),
    Agendas and Instability in American Politics.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"date": [1993, 1993, 1993, 1995], "code": ["jobs", "rail", "jobs", "rail"]}
    ... )
    >>> print(attention(statements).rename_axis(index=None).round(2))
    code  jobs  rail
    1993  0.67  0.33
    1994   NaN   NaN
    1995  0.00  1.00
    """
    require_columns(statements, columns)
    require(period, get_args(Period), "period")
    require_flag(normalize, "normalize")
    dated = with_periods(statements, period, period)
    table = count_statements(
        dated, rows=period, columns=columns, level=level, codebook=codebook, denied=denied
    )
    # Converted, whole numbers stay whole beside the missing ones of a gap.
    table = table.div(table.sum(axis=1), axis=0) if normalize else table.convert_dtypes()
    if len(table):
        table = table.reindex(pd.period_range(table.index[0], table.index[-1], name=period))
    return table


def first_statements(statements: pd.DataFrame, *, denied: bool = False) -> pd.DataFrame:
    """Find who named each code first, where, and between which days.

    An actor is listed if no other is known to be earlier: "1993" may be before or after
    "1993-05", so both are in the table. First means first in these documents, not in the world.

    If a document has no date, give the span of time that it is from in the columns `earliest` and
    `latest`. For statements in the order of a series, ``statements["date"].ffill()`` and
    ``statements["date"].bfill()`` are these columns: the dates before and behind.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `code`, `actor`, `date`, `document` and `paragraph`, as
        ``statements(network)`` returns it. Where `date` is missing, `earliest` and `latest` are
        used; one of them may be missing, if the span is open on that side. Where these are missing,
        too, and there is a column `published`, that one is used and marked.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        One row for each code, actor and document that may be the first, sorted by code, then
        date, actor and document: `code`, `actor`, `date`, `dated_by` (the column that held the
        date, `date` or `published`, or ``"span"``), `document`, `paragraph` (the first of that
        date in the document), `tied`, whether the code has other rows, and `earliest` and
        `latest`. These are the first and the last day on which the code may have been named first.
        They are the same in all rows of a code, and missing if the span is open on that side.

    Raises
    ------
    TypeError
        If `statements` is not a DataFrame.
    ValueError
        If a column is missing, a count is missing, negative or not a number, or a date is missing
        or cannot be read, or a span ends before it begins; the message names the row.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {
    ...         "code": "rail",
    ...         "actor": ["henan", "hebei", "jilin"],
    ...         "date": ["1993-05", "1993", "1993-07"],
    ...         "document": ["plan", "report", "daily"],
    ...         "paragraph": [1, 4, 2],
    ...     }
    ... )
    >>> found = first_statements(statements).drop(columns="dated_by")
    >>> print(found.drop(columns=["earliest", "latest"]).to_string(index=False))
    code actor    date document  paragraph  tied
    rail hebei    1993   report          4  True
    rail henan 1993-05     plan          1  True

    So rail was first named between January and May. Without a date, the report may be as early as
    the document before it in its series, of 1991:

    >>> print(found[["code", "earliest", "latest"]].drop_duplicates().to_string(index=False))
    code   earliest     latest
    rail 1993-01-01 1993-05-31
    >>> undated = statements.assign(date=["1993-05", None, "1993-07"], earliest="1991")
    >>> found = first_statements(undated)
    >>> print(found[["actor", "dated_by", "earliest", "latest"]].to_string(index=False))
    actor dated_by   earliest     latest
    hebei     span 1991-01-01 1993-05-31
    henan     date 1991-01-01 1993-05-31
    """
    columns = ["code", "actor", "date", "dated_by", "document", "paragraph"]
    given = [column for column in columns if column != "dated_by"]
    require_columns(statements, *given)
    for column in [*given, *filter(statements.__contains__, OPEN)]:
        require_hashable(statements[column])
    table = _with_days(that_count(statements, denied=denied)).reset_index(drop=True)
    table = table[table["earliest"] <= table.groupby("code")["latest"].transform("min")]
    days = table.groupby("code")[["earliest", "latest"]].min()
    table = sort_rows(table, ["code", "earliest", "actor", "document", "paragraph"])
    table = table.drop_duplicates(["code", "actor", "document"], ignore_index=True)[columns]
    table = table.assign(tied=table["code"].duplicated(keep=False))
    days = days.mask(days.eq(pd.Series(OPEN)))
    return table.join(days, on="code")


def _with_days(statements: pd.DataFrame) -> pd.DataFrame:
    """Add the first and the last day that the date or the span of each statement allows."""
    given = [side for side in OPEN if side in statements]
    spanned = statements["date"].isna() & statements[given].notna().any(axis=1)
    parts = [
        part.assign(
            date=part[column].astype("object"),
            dated_by=column,
            earliest=first_days(part, column=column).astype(DAYS),
            latest=last_days(part, column).astype(DAYS),
        )
        for column, part in _by_date_column(statements[~spanned])
    ]
    if spanned.any():
        part = statements[spanned]
        days = {side: _known_days(part, side) for side in OPEN}
        for row in part.index[days["earliest"] > days["latest"]].to_list()[:1]:
            raise ValueError(f"row {row!r}: the column 'earliest' has a later date than 'latest'")
        parts.append(part.assign(dated_by="span", **days))
    return pd.concat(parts)


def _known_days(statements: pd.DataFrame, side: str) -> "pd.Series[pd.Timestamp]":
    """Return one side of the span of each statement."""
    days = pd.Series(OPEN[side], statements.index, dtype=DAYS)
    if side in statements:
        known = statements[side].notna()
        read = first_days if side == "earliest" else last_days
        days[known] = read(statements[known], column=side).to_numpy()
    return days


def with_periods(
    table: pd.DataFrame, unit: str, name: str, what: str = "statements"
) -> pd.DataFrame:
    """Add a column with the period of each row, and warn about rows whose `date` is missing."""
    parts = dict(_by_date_column(table))
    if "published" in parts:
        warn_of_published(len(parts["published"]), len(table), what)
    return pd.concat(
        part.assign(**{name: periods(part, unit, column)}) for column, part in parts.items()
    )


def warn_of_published(late: float, whole: float, what: str) -> None:
    """Warn that some statements are dated by the column `published`."""
    warn(f"{late} of {whole} {what} have no date in 'date' and are dated by 'published'")


def _by_date_column(statements: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Split the statements by the column that has their date: `date`, or else `published`."""
    require_columns(statements, "date")
    late = statements["date"].isna()
    late &= statements["published"].notna() if "published" in statements else False
    if not late.all() or statements.empty:
        yield "date", statements[~late]
    if late.any():
        yield "published", statements[late]
