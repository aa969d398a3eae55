"""Statements of a part counted, and the counts of parts added up, as tables of Arrow."""

import warnings

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from policylib._corpus_rows import DATES
from policylib._dates import FREQUENCIES, periods

LATE = "dated by published"


def count_part(file: str, rows: str, columns: str, period: str | None) -> pa.Table:
    """Count the statements of a part, with the period as text if one is asked for."""
    dates = ["id", *DATES] if period else []
    table = pq.read_table(file, columns=[*dict.fromkeys([rows, columns, "count", *dates])])
    return _sums(_with_period(table, period) if period else table, rows, columns, period)


def _with_period(table: pa.Table, period: str) -> pa.Table:
    """Add the period of each statement, as text, and what is dated by `published` alone."""
    said, published = table["said"], table["published"]
    when = pc.coalesce(said, published)
    # Each date is read once, and what cannot be read is named by the first statement that has it.
    dates = pa.table({"said": when, "id": table["id"]}).filter(pc.is_valid(when))
    first = dates.group_by("said", use_threads=False).aggregate([("id", "first")]).to_pandas()
    found = periods(first.set_index("id_first"), period).astype("str")
    place = pc.index_in(when, pa.array(first["said"], when.type))
    late = pc.and_(pc.is_null(said), pc.is_valid(published))
    counted = pc.if_else(late, table["count"], 0)
    text = pa.array(found, pa.string()).take(place.combine_chunks())
    return table.append_column(period, text).append_column(LATE, counted)


def _sums(table: pa.Table, rows: str, columns: str, period: str | None) -> pa.Table:
    """Add up what has the same row, column and period."""
    keys = [rows, columns, *([period] if period else [])]
    sums = ["count", *([LATE] if period else [])]
    added = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in sums])
    return added.rename_columns([*keys, *sums])


def add_counts(counts: list[pa.Table], rows: str, columns: str, period: str | None) -> pa.Table:
    """Add up the counts of several parts."""
    return _sums(pa.concat_tables(counts), rows, columns, period)


def counts_by_period(counted: pd.DataFrame, period: str, rows: str, columns: str) -> pd.DataFrame:
    """Give the table of each period, one under the other, all with the same columns."""
    whole = counted["count"].sum()
    undated = counted.loc[counted[period].isna(), "count"].sum()
    if undated == whole:
        raise ValueError("no statement has a date; give the rows of the source a column 'said'")
    if undated:
        warnings.warn(
            f"{undated} of {whole} mentions have no date and are not counted", stacklevel=3
        )
    if late := counted[LATE].sum():
        told = f"{late} of {whole} mentions have no date in 'said' and count by 'published'"
        warnings.warn(told, stacklevel=3)
    counted = counted.dropna(subset=[period, rows, columns])
    matrix = counted.set_index([period, rows, columns])["count"].unstack(fill_value=0).sort_index()
    assert isinstance(matrix.index, pd.MultiIndex)
    found = pd.PeriodIndex(matrix.index.levels[0], freq=FREQUENCIES[period])
    return matrix.set_axis(matrix.index.set_levels([found], level=[0]))  # type: ignore[list-item]
