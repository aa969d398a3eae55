"""Priorities over time: how much attention each has, and who named it first."""

from collections.abc import Iterator

import pandas as pd

from policylib._util.dates import FREQUENCIES, first_days, last_days, periods
from policylib._util.names import require, require_columns
from policylib._util.warn import warn
from policylib.compare.counts import count_statements, counts_of


def attention(
    statements: pd.DataFrame,
    *,
    by: str = "year",
    columns: str = "priority",
    normalize: bool = True,
) -> pd.DataFrame:
    """Measure the share of all statements that each priority has, period by period.

    A share moves when others do: a priority can lose attention though as much is said of it as
    before. To see some of them only, choose columns of the result; leaving statements out before
    would change the shares. A document without statements is not seen, and so a period that has
    only such documents looks like one that has none.

    Parameters
    ----------
    statements
        A table with the column `said`, as ``statements(network)`` gives it. Where `said` is
        missing and there is a column `published`, that is taken, with a warning. The column
        `count`, if there is one, says how often a statement is made.
    by
        ``"year"``, ``"month"`` or ``"week"`` of that date; or a column of the table, for example
        ``"actor"`` to compare whole agendas.
    columns
        The column whose values are compared. `priority` holds codes of all levels, each for
        itself; to have narrow ones counted with the wider, take ``"concept"`` of
        ``statements(network, columns="priority")``, or ``"theme"``.
    normalize
        False for counts instead of shares.

    Returns
    -------
    pandas.DataFrame
        Periods × priorities, both sorted: shares from 0 to 1, each row with a sum of 1, or counts.
        Years, months and weeks run from the first to the last without a break; one without
        statements is a row of missing values, since silence of the sources is no zero. A
        statement without a priority is not counted.

    Raises
    ------
    ValueError
        If there is no such column, a count is missing, negative or no number, or a date is
        missing, cannot be read or is less exact than the period; the message names the row.

    Warns
    -----
    UserWarning
        If statements were dated by `published`.

    References
    ----------
    After the study of agendas: Baumgartner, F. R. and Jones, B. D. (1993), Agendas and
    Instability in American Politics.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"said": [1993, 1993, 1993, 1995], "priority": ["jobs", "rail", "jobs", "rail"]}
    ... )
    >>> print(attention(statements).rename_axis(index=None).round(2))
    priority  jobs  rail
    1993      0.67  0.33
    1994       NaN   NaN
    1995      0.00  1.00
    """
    require_columns(statements, columns)
    require(by, dict.fromkeys([*FREQUENCIES, *statements.columns]), "by")
    timed = by in FREQUENCIES
    if timed:
        statements = _with_periods(statements, by)
    table = count_statements(statements, rows=by, columns=columns)
    # Converted, whole numbers stay whole beside the missing ones of a gap.
    table = table.div(table.sum(axis=1), axis=0) if normalize else table.convert_dtypes()
    if timed and len(table):
        table = table.reindex(pd.period_range(table.index[0], table.index[-1], name=by))
    return table


def first_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """Find who named each priority first, and where.

    Nobody is called first who may not have been: "1993" may be before or after "1993-05", so
    both stand in the table. First is first in these documents, not in the world.

    Parameters
    ----------
    statements
        A table with the columns `priority`, `actor`, `said`, `document` and `paragraph`, as
        ``statements(network)`` gives it. Where `said` is missing and there is a column
        `published`, that is taken and marked.

    Returns
    -------
    pandas.DataFrame
        One row per priority, actor and document than which none is known to be earlier, sorted
        by priority, then date, actor and document: `priority`, `actor`, `said`, `dated_by` (the
        column that held the date, `said` or `published`), `document`, `paragraph` (the first in
        that document) and `tied`, whether the priority has other rows.

    Raises
    ------
    ValueError
        If there is no such column, a count is missing, negative or no number, or a date is
        missing or cannot be read; the message names the row.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {
    ...         "priority": "rail",
    ...         "actor": ["henan", "hebei", "jilin"],
    ...         "said": ["1993-05", "1993", "1993-07"],
    ...         "document": ["plan", "report", "daily"],
    ...         "paragraph": [1, 4, 2],
    ...     }
    ... )
    >>> print(first_statements(statements).drop(columns="dated_by").to_string(index=False))
    priority actor    said document  paragraph  tied
        rail hebei    1993   report          4  True
        rail henan 1993-05     plan          1  True
    """
    columns = ["priority", "actor", "said", "dated_by", "document", "paragraph"]
    require_columns(statements, *(column for column in columns if column != "dated_by"))
    made = statements[counts_of(statements) > 0]
    table = pd.concat(
        part.assign(
            said=part[column].astype("object"),
            dated_by=column,
            first=first_days(part, column=column),
            last=last_days(part, column),
        )
        for column, part in _by_date_column(made)
    )
    earliest_end = table.groupby("priority")["last"].transform("min")
    table = table[table["first"] <= earliest_end]
    table = table.sort_values(["priority", "first", "actor", "document", "paragraph"])
    table = table.drop_duplicates(["priority", "actor", "document"])[columns]
    return table.assign(tied=table["priority"].duplicated(keep=False)).reset_index(drop=True)


def _with_periods(statements: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Add the period of each statement, and warn of those for which `said` is missing."""
    parts = dict(_by_date_column(statements))
    if "published" in parts:
        warn(
            f"{len(parts['published'])} of {len(statements)} statements have no date in 'said' "
            "and count by 'published'",
        )
    return pd.concat(
        part.assign(**{unit: periods(part, unit, column)}) for column, part in parts.items()
    )


def _by_date_column(statements: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Part the statements by the column that has their date: `said`, or else `published`."""
    require_columns(statements, "said")
    late = statements["said"].isna()
    late &= statements["published"].notna() if "published" in statements else False
    if not late.all() or statements.empty:
        yield "said", statements[~late]
    if late.any():
        yield "published", statements[late]
