"""Statements of a part counted, and the counts of parts added up, as tables of Arrow."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from policylib._util.dates import FREQUENCIES, periods
from policylib._util.names import require
from policylib._util.warn import warn
from policylib.corpus.rows import DATES
from policylib.network.edges import LEVELS

# Columns of their own, which no statement has.
NUMBER, LATE = "number of mentions", "dated by published"
# What may be looked for in statements, and where it stands.
PLACES = dict.fromkeys(LEVELS, "codes of all levels stand in 'priority'")
PLACES |= dict.fromkeys(FREQUENCIES, "name a period, or dates in 'said'")
NO_DATE = "none of these statements has a date: `said` or `published`, in the source or in `about`"


def check_filters(filters: Any, schema: pa.Schema) -> None:
    """Raise if conditions, as pandas and pyarrow take them, do not fit the columns.

    Examples
    --------
    >>> check_filters([("roles", "==", "commits")], pa.schema({"role": pa.string()}))
    Traceback (most recent call last):
    ...
    ValueError: no column 'roles' (allowed: role); did you mean 'role'?
    """
    form = "a list of conditions such as [('role', '==', 'commits')]"
    try:
        expression = pq.filters_to_expression(filters)
    except (ValueError, TypeError, LookupError) as error:
        why = "" if isinstance(error, LookupError) else f": {error}"
        raise ValueError(f"filters are {form}, and not {filters!r}{why}") from None
    conditions: Iterable[Any] = []
    if isinstance(filters, list):
        # Conditions hold together; in a list of lists, those of one list do.
        conditions = filters if isinstance(filters[0][0], str) else chain(*filters)
    for condition in conditions:
        _check_condition(schema, *condition)
    try:
        schema.empty_table().filter(expression)
    except (pa.ArrowException, TypeError) as error:
        why = str(error).partition("\n")[0]
        raise ValueError(f"filters {filters!r} do not fit the statements: {why}") from None


def _check_condition(schema: pa.Schema, column: str, operator: str, value: Any) -> None:
    if column in PLACES and column not in schema.names:
        raise ValueError(f"filters: no column {column!r}; {PLACES[column]}")
    require(column, schema.names, "column")
    listed = "in" in operator
    if listed and (isinstance(value, str) or not len(value)):
        raise ValueError(f"filters: {operator!r} needs a list of values, and not {value!r}")
    kind = schema.field(column).type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return
    for cell in pa.array(list(value)).to_pylist() if listed else [value]:
        if not isinstance(cell, str | None):
            year = f"[({column!r}, '>=', '2021'), ({column!r}, '<', '2022')]"
            hint = f"those of 2021 are {year}" if column in DATES else f"write {str(cell)!r}"
            raise ValueError(f"filters: {column!r} is text, and not {cell!r}; {hint}")


def schema_of(file: str) -> pa.Schema:
    """Give the columns of a part."""
    with _named_if_damaged(file):
        return pq.read_schema(file)


@contextmanager
def _named_if_damaged(file: str) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk is at fault, and not what stands on it
        why = str(error).partition("\n")[0]
        raise ValueError(f"{file} is damaged ({why}); call code_corpus again") from None


def count_part(file: str, keys: list[str], period: str | None, filters: Any = None) -> pa.Table:
    """Count the statements of a part by columns, and by period (as text) if one is named."""
    dates = ["id", *DATES] if period else []
    needed = [*dict.fromkeys([*keys, "count", *dates])]
    with _named_if_damaged(file):
        table = pq.read_table(
            file, columns=needed, filters=filters, page_checksum_verification=True
        )
    table = table.append_column(NUMBER, table["count"])
    return _sums(_with_period(table, period) if period else table, keys, period)


def _with_period(table: pa.Table, period: str) -> pa.Table:
    """Add the period of each statement, as text, and what is dated by `published` alone."""
    undated = pc.is_null(table["said"])
    published = pc.if_else(undated, table["published"], pa.scalar(None, table["published"].type))
    late = pc.if_else(pc.is_valid(published), table[NUMBER], 0)
    found = [
        _periods(table["id"], dates, column, period)
        for column, dates in zip(DATES, (table["said"], published), strict=True)
    ]
    return table.append_column(period, pc.coalesce(*found)).append_column(LATE, late)


def _periods(ids: pa.Array, dates: pa.Array, column: str, period: str) -> pa.Array:
    """Give the period of each date, as text."""
    # Each date is read once, and what cannot be read is named by the first statement that has it.
    table = pa.table({column: dates, "id": ids}).filter(pc.is_valid(dates))
    first = table.group_by(column, use_threads=False).aggregate([("id", "first")]).to_pandas()
    try:
        found = periods(first.set_index("id_first"), period, column).astype("str")
    except ValueError:
        for row in range(len(first)):  # of one only, for other parts hold more
            periods(first.iloc[[row]].set_index("id_first"), period, column)
        raise
    place = pc.index_in(dates, pa.array(first[column], dates.type))
    return pa.chunked_array([pa.array(found, pa.string())]).take(place)


def _sums(table: pa.Table, keys: list[str], period: str | None) -> pa.Table:
    """Add up what is alike in all columns, and in the period."""
    keys = [*keys, *([period] if period else [])]
    sums = [NUMBER, *([LATE] if period else [])]
    added = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in sums])
    return added.rename_columns([*keys, *sums])


def add_counts(counts: list[pa.Table], keys: list[str], period: str | None) -> pa.Table:
    """Add up the counts of several parts."""
    # What comes from another machine lies in the memory as it came; put together, it is in order.
    return _sums(pa.concat_tables(counts).combine_chunks(), keys, period)


def roll_up_codes(codes: "pd.Series[str]", level: str, book: dict[str, list[str]]) -> pd.Series:
    """Give each code, or the broader one of a level that it lies under.

    Examples
    --------
    >>> book = {"industry": ["theme", ""], "robots": ["item", "industry"]}
    >>> roll_up_codes(pd.Series(["robots", "industry"]), "theme", book).to_list()
    ['industry', 'industry']
    """

    def climb(code: str) -> str:
        while code in book and LEVELS.index(book[code][0]) > LEVELS.index(level):
            if book[code][1] not in book:
                break
            code = book[code][1]
        return code

    return codes.map({code: climb(code) for code in codes.dropna().unique()})


def table_of_counts(
    counts: pd.DataFrame, rows: str, columns: str, period: str | None
) -> pd.DataFrame:
    """Give counts as rows × columns; with a period, one such table under the other."""
    keys = [rows, columns]
    if period is not None:
        _warn_of_dates(counts, period)
        keys = [period, *keys]
    sums = counts.groupby(keys)[NUMBER].sum().astype("int64")
    matrix = sums.unstack(fill_value=0).sort_index().sort_index(axis=1)
    if period is None:
        return matrix
    assert isinstance(matrix.index, pd.MultiIndex)
    found = pd.PeriodIndex(matrix.index.levels[0], freq=FREQUENCIES[period])
    return matrix.set_axis(matrix.index.set_levels([found], level=[0]))  # type: ignore[list-item]


def _warn_of_dates(counts: pd.DataFrame, period: str) -> None:
    """Say what has no date, or only that of its publication."""
    whole = counts[NUMBER].sum()
    undated = counts.loc[counts[period].isna(), NUMBER].sum()
    if undated and undated == whole:
        raise ValueError(NO_DATE)
    if undated:
        told = f"{undated} of {whole} mentions have no date and are not counted"
        warn(told)
    if late := counts[LATE].sum():
        told = f"{late} of {whole} mentions have no date in 'said' and count by 'published'"
        warn(told)
