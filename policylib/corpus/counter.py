"""Count the statements of a coded folder part by part, so that only counts are in the memory."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

import dask
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from policylib._util.dates import FREQUENCIES, Period, periods
from policylib._util.names import require
from policylib._util.warn import warn
from policylib.corpus.columns import DATES
from policylib.corpus.processes import check_client, compute
from policylib.corpus.store import read_manifest, read_part
from policylib.tables.levels import LEVELS, Level, roll_up_codes

# Names that no column of statements has.
NUMBER, BY_PUBLISHED, DATE = "number of mentions", "dated by published", "date or published"
ADDED_AT_ONCE = 8
# Names that may be tried in filters, and what to write instead.
INSTEAD: dict[str, str] = dict.fromkeys(LEVELS, "codes of all levels are in 'code'")
INSTEAD |= dict.fromkeys(FREQUENCIES, "name a period, or filter the dates in 'date'")


def count_corpus(
    coded: str | PathLike[str],
    *,
    rows: str | Sequence[str],
    columns: str = "code",
    level: Level | None = None,
    period: Period | None = None,
    filters: Any = None,
    client: Any = None,
) -> pd.DataFrame:
    """Count the statements of a coded folder by their columns, and by period.

    It is `count_statements`, done part by part, so that only counts are in the memory.

    Parameters
    ----------
    coded
        The folder that `code_corpus` wrote.
    rows, columns
        As in `count_statements`: one column of the statements, for example ``rows="actor"``, or
        several for the rows.
    level
        As in `count_statements`: roll the column `code` up to a level of the codebook, which the
        folder holds.
    period
        ``"year"``, ``"quarter"``, ``"month"`` or ``"week"`` of the column `date`. Where that is
        missing, `published` counts, with a warning.
    filters
        Which statements count, as in ``pd.read_parquet``: a list of conditions that all hold, such
        as ``[("role", "==", "commits")]``. Codes are those of the statements, not of a level above.
        Dates are text of unlike length, so that those of 2021 are
        ``[("date", ">=", "2021"), ("date", "<", "2022")]``; or name a period.
    client
        A ``distributed.Client``; the processors of this machine if None.

    Returns
    -------
    pandas.DataFrame
        A matrix of counts with sorted rows and columns, as `project` and `emphasis` take it. With a
        period, the rows have one more level, the first, of periods of pandas:
        ``counts.loc["2024"]`` is the table of a year. Only values that occur appear.

    Raises
    ------
    ValueError
        If the folder is not coded to the end, or a part of it is damaged or missing; if a column
        or period is unknown, filters do not have their form, no statement has a date, or one is
        less exact than the period. The message names it.
    FileNotFoundError
        If the folder does not exist.
    TypeError
        If `client` is not a client.

    Warns
    -----
    UserWarning
        If statements are dated by `published`, or have no date and are not counted; if none fits
        the filters; or if none has a value in all columns.

    See Also
    --------
    count_statements : The same for a table of statements.
    code_corpus : Writes the folder; its example counts the statements.
    """
    check_client(client)
    folder = Path(coded).expanduser().resolve()
    manifest = read_manifest(folder)
    parts = [(folder / part["file"], part["sha256"]) for part in manifest["parts"]]
    schema = pq.read_schema(read_part(*parts[0]))
    by: list[str] = list(rows) if isinstance(rows, list | tuple) else [str(rows)]
    keys = [*by, columns]
    _check_names(keys, period, schema.names)
    codebook = _codebook(manifest["codebook"], level, keys)
    if filters is not None:
        check_filters(filters, schema)
    count = dask.delayed(partial(_count_part, keys=keys, period=period, filters=filters))
    sums = [count(*part) for part in parts]
    while len(sums) > 1:  # few at a time, so that not all are in the memory at once
        groups = [sums[i : i + ADDED_AT_ONCE] for i in range(0, len(sums), ADDED_AT_ONCE)]
        sums = [dask.delayed(_add)(group) for group in groups]
    (counts,) = compute(sums, client, "threads")
    if filters is not None and counts.empty:
        warn(f"no statement fits the filters {filters!r}")
    elif len(counts) and counts[keys].isna().any(axis=1).all():
        warn(f"no statement has both {' and '.join(map(repr, keys))}")
    if period is not None:
        _check_dates(counts, period)
    if level is not None:
        counts = counts.assign(code=roll_up_codes(counts["code"], codebook, level))
    index = by if period is None else [period, *by]
    matrix: pd.DataFrame = counts.groupby([*index, columns])[NUMBER].sum().unstack(fill_value=0)
    return matrix.astype("int64").sort_index().sort_index(axis=1)


def _check_names(keys: list[str], period: str | None, allowed: list[str]) -> None:
    for name in keys:
        if name in LEVELS and name not in allowed:
            raise ValueError(f"no column {name!r}; name the column 'code' and level={name!r}")
        require(name, allowed, "column")
        if keys.count(name) > 1:
            raise ValueError(f"column {name!r} is named twice; rows and columns must differ")
    if period is not None:
        require(period, FREQUENCIES, "period")


def _codebook(codes: dict[str, list[str]], level: str | None, keys: list[str]) -> pd.DataFrame:
    """Return the codebook that the folder holds, or raise if codes cannot roll up by it."""
    if level is not None:
        require(level, LEVELS, "level")
        if "code" not in keys:
            raise ValueError("level rolls up the column 'code', but rows and columns name others")
        if not codes:
            raise ValueError(f"level={level!r}: the codebook had none of {', '.join(LEVELS)}")
    rows = [(code, name, broader or None) for code, (name, broader) in codes.items()]
    return pd.DataFrame(rows, columns=["id", "level", "broader"])


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
        # A list of lists holds alternatives, each of which is a list of conditions.
        conditions = filters if isinstance(filters[0][0], str) else chain(*filters)
    for condition in conditions:
        _check_condition(schema, *condition)
    try:
        schema.empty_table().filter(expression)
    except (pa.ArrowException, TypeError) as error:
        why = str(error).partition("\n")[0]
        raise ValueError(f"filters {filters!r} do not fit the statements: {why}") from None


def _check_condition(schema: pa.Schema, column: str, operator: str, value: Any) -> None:
    if column in INSTEAD and column not in schema.names:
        raise ValueError(f"filters: no column {column!r}; {INSTEAD[column]}")
    require(column, schema.names, "column")
    is_list = "in" in operator
    if is_list and (isinstance(value, str) or not len(value)):
        raise ValueError(f"filters: {operator!r} needs a list of values, and not {value!r}")
    if "string" not in str(schema.field(column).type):
        return
    for cell in pa.array(list(value)).to_pylist() if is_list else [value]:
        if not isinstance(cell, str | None):
            year = f"[({column!r}, '>=', '2021'), ({column!r}, '<', '2022')]"
            hint = f"those of 2021 are {year}" if column in DATES else f"write {str(cell)!r}"
            raise ValueError(f"filters: {column!r} is text, and not {cell!r}; {hint}")


def _count_part(
    path: Path, checksum: str, keys: list[str], period: Period | None, filters: Any
) -> pd.DataFrame:
    """Count the statements of a part by columns, and by period if one is named."""
    needed = dict.fromkeys([*keys, "count", *(["id", *DATES] if period else [])])
    part = read_part(path, checksum)
    table = pq.read_table(part, columns=[*needed], filters=filters, use_threads=False).to_pandas()
    counts = table[keys].assign(**{NUMBER: table["count"]})
    if period:
        date = table["date"].fillna(table["published"]).rename(DATE)
        dated = pd.DataFrame({DATE: date[date.notna()]}).set_axis(table["id"][date.notna()])
        counts[period] = pd.Series(periods(dated, period, DATE).array, date.index[date.notna()])
        counts[BY_PUBLISHED] = counts[NUMBER].where(table["date"].isna() & date.notna(), 0)
    return _add([counts])


def _add(counts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the sums of counts that are alike in all other columns."""
    table = pd.concat(counts, ignore_index=True)
    keys = [column for column in table if column not in (NUMBER, BY_PUBLISHED)]
    return table.groupby(keys, dropna=False, sort=False, as_index=False).sum()


def _check_dates(counts: pd.DataFrame, period: str) -> None:
    """Warn of statements without a date, or raise if none has one."""
    whole, undated = counts[NUMBER].sum(), counts[NUMBER][counts[period].isna()].sum()
    if undated and undated == whole:
        raise ValueError("no statement has a date: `date` or `published` of a row or the register")
    if undated:
        warn(f"{undated} of {whole} mentions have no date and are not counted")
    if late := counts[BY_PUBLISHED].sum():
        warn(f"{late} of {whole} mentions have no date in 'date' and count by 'published'")
