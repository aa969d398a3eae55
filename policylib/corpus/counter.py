"""Count the statements of a coded folder part by part, so that only counts are in memory."""

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
from policylib._util.files import as_path, resolved
from policylib._util.names import require
from policylib._util.warn import warn
from policylib.compare.counts import require_level, require_names, rows_of
from policylib.compare.trends import warn_of_published
from policylib.corpus.columns import DATES
from policylib.corpus.processes import check_client, compute
from policylib.corpus.store import read_manifest, read_part
from policylib.tables.levels import LEVELS, Level, roll_up_codes
from policylib.tables.roles import is_denied

# Names of helper columns, which no column of statements has.
NUMBER, BY_PUBLISHED, DATE = "number of mentions", "dated by published", "date or published"
ADDED_AT_ONCE = 8
# Names that users may try in filters, and what to write instead.
INSTEAD: dict[str, str] = dict.fromkeys(LEVELS, "codes of all levels are in 'code'")
INSTEAD |= dict.fromkeys(FREQUENCIES, "use `period`, or filter the dates in 'date'")


def count_corpus(
    coded: str | PathLike[str],
    *,
    rows: str | Sequence[str],
    columns: str = "code",
    level: Level | None = None,
    period: Period | None = None,
    filters: Any = None,
    denied: bool = False,
    client: Any = None,
) -> pd.DataFrame:
    """Count the statements of a coded folder by their columns, and by period.

    It counts as `count_statements` does, but part by part, so that only counts are in memory.

    Parameters
    ----------
    coded : str or PathLike
        The folder that `code_corpus` wrote.
    rows : str or sequence of str
        As in `count_statements`: one column of the statements, for example ``"actor"``, or several.
    columns : str
        As in `count_statements`: one column of the statements.
    level : {"theme", "priority", "item"}, optional
        As in `count_statements`: roll the column `code` up to a level of the codebook. The
        codebook is read from the coded folder.
    period : {"year", "quarter", "month", "week"}, optional
        Also count by period, from the column `date`. If a date is missing, `published` is used,
        with a warning.
    filters : list, optional
        Which statements count, as in ``pd.read_parquet``: a list of conditions that must all hold,
        such as ``[("role", "==", "commits")]``. Codes are those of the statements, not of a level
        above. Dates are text of different length, so those of 2021 are
        ``[("date", ">=", "2021"), ("date", "<", "2022")]``.
    denied : bool
        As in `count_statements`.
    client : distributed.Client, optional
        A client of a Dask cluster; by default, all processors of this machine are used.

    Returns
    -------
    DataFrame
        A matrix of counts with sorted rows and columns, as `project` and `emphasis` take it. With
        `period`, the rows have an additional first level of pandas periods, so
        ``counts.loc["2024"]`` is the table of one year. Only values that occur appear.

    Raises
    ------
    ValueError
        If coding of the folder is unfinished, or a part is damaged or missing; if a column,
        level or period is unknown, `rows` names no column, filters are invalid, no statement has
        a date, or a date is less exact than the period. The message names it.
    FileNotFoundError
        If the folder does not exist.
    TypeError
        If `coded` is not a path, or `client` is not a client.

    Warns
    -----
    UserWarning
        If statements are dated by `published`, or are not counted because they have no date; if
        no statement fits the filters; or if none has a value in all columns.

    See Also
    --------
    count_statements : The same for a table of statements.
    code_corpus : Write the folder; its example counts the statements.
    """
    check_client(client)
    folder = resolved(as_path(coded, "folder"))
    manifest = read_manifest(folder)
    parts = [(folder / part["file"], part["sha256"]) for part in manifest["parts"]]
    schema = pq.read_schema(read_part(*parts[0]))
    by = rows_of(rows)
    keys = [*by, columns]
    require_names(keys, schema.names)
    if period is not None:
        require(period, FREQUENCIES, "period")
    codebook = _codebook(manifest["codebook"])
    require_level(level, codebook, keys)
    if filters is not None:
        check_filters(filters, schema)
    left_out = not denied and "qualifier" not in keys
    count = dask.delayed(
        partial(_count_part, keys=keys, period=period, filters=filters, left_out=left_out)
    )
    sums = [count(*part) for part in parts]
    while len(sums) > 1:  # few at a time, so that not all are in memory at once
        groups = [sums[i : i + ADDED_AT_ONCE] for i in range(0, len(sums), ADDED_AT_ONCE)]
        sums = [dask.delayed(_add)(group) for group in groups]
    (counts,) = compute(sums, client, "threads" if len(parts) > 1 else "synchronous")
    if filters is not None and counts.empty:
        hint = ", or all that do are denials (denied=True counts them)" if left_out else ""
        warn(f"no statement fits the filters {filters!r}{hint}")
    elif len(counts) and counts[keys].isna().any(axis=1).all():
        warn(f"no statement has both {' and '.join(map(repr, keys))}")
    if period is not None:
        _check_dates(counts, period)
    if level is not None:
        counts = counts.assign(code=roll_up_codes(counts["code"], codebook, level))
    index = by if period is None else [period, *by]
    matrix: pd.DataFrame = counts.groupby([*index, columns])[NUMBER].sum().unstack(fill_value=0)
    return matrix.astype("int64").sort_index().sort_index(axis=1)


def _codebook(columns: dict[str, list[Any]]) -> pd.DataFrame:
    """Return the codebook in the folder: `id`, and `level` and `broader` if it has them."""
    if "id" not in columns:  # before 0.2: the level and the broader code of each code
        rows = [(code, level, broader or None) for code, (level, broader) in columns.items()]
        return pd.DataFrame(rows, columns=["id", "level", "broader"])
    return pd.DataFrame(columns, dtype="object").infer_objects()


def check_filters(filters: Any, schema: pa.Schema) -> None:
    """Raise if filters, as pandas and pyarrow take them, do not fit the columns.

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
    except (ValueError, TypeError, LookupError, OverflowError, pa.ArrowException) as error:
        why = "" if isinstance(error, LookupError) else f": {error}"
        raise ValueError(f"filters: expected {form}, got {filters!r}{why}") from None
    conditions: Iterable[Any] = []
    if isinstance(filters, list):
        # In a list of lists, each inner list is an alternative.
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
    if is_list and (not pd.api.types.is_list_like(value) or not getattr(value, "__len__", int)()):
        raise ValueError(f"filters: {operator!r} needs a list of values, got {value!r}")
    if "string" not in str(schema.field(column).type):
        return
    for cell in value if is_list else [value]:
        if not isinstance(cell, str | None):
            year = f"[({column!r}, '>=', '2021'), ({column!r}, '<', '2022')]"
            hint = f"those of 2021 are {year}" if column in DATES else f"write {str(cell)!r}"
            raise ValueError(f"filters: {column!r} is text, got {cell!r}; {hint}")


def _count_part(
    path: Path,
    checksum: str,
    keys: list[str],
    period: Period | None,
    filters: Any,
    *,
    left_out: bool,
) -> pd.DataFrame:
    """Count the statements of a part by columns, and by period; denials may be left out."""
    needed = dict.fromkeys([*keys, "count", *(["id", *DATES] if period else [])])
    needed |= {"qualifier": None} if left_out else {}
    part = read_part(path, checksum)
    table = pq.read_table(part, columns=[*needed], filters=filters, use_threads=False).to_pandas()
    if left_out:
        table = table[~is_denied(table)]
    counts = table[keys].assign(**{NUMBER: table["count"]})
    if period:
        date = table["date"].fillna(table["published"]).rename(DATE)
        dated = pd.DataFrame({DATE: date[date.notna()]}).set_axis(table["id"][date.notna()])
        counts[period] = pd.Series(periods(dated, period, DATE).array, date.index[date.notna()])
        counts[BY_PUBLISHED] = counts[NUMBER].where(table["date"].isna() & date.notna(), 0)
    return _add([counts])


def _add(counts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the sums of counts whose other columns are equal."""
    table = pd.concat(counts, ignore_index=True)
    keys = [column for column in table if column not in (NUMBER, BY_PUBLISHED)]
    return table.groupby(keys, dropna=False, sort=False, as_index=False).sum()


def _check_dates(counts: pd.DataFrame, period: str) -> None:
    """Warn of statements without a date, or raise if none has one."""
    whole, undated = counts[NUMBER].sum(), counts[NUMBER][counts[period].isna()].sum()
    if undated and undated == whole:
        raise ValueError("no statement has a date; rows or the register need `date` or `published`")
    if undated:
        warn(f"{undated} of {whole} mentions have no date and are not counted")
    if late := counts[BY_PUBLISHED].sum():
        warn_of_published(late, whole, "mentions")
