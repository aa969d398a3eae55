"""Statements in a file of others: renamed, and given their types."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.names import require
from policylib.tables.cells import read_cells
from policylib.tables.schema import column_names, convert

# At most 15 digits, which every number holds exactly; a longer one is the name of something.
WHOLE = "-?(0|[1-9][0-9]{0,14})"
NUMBER = WHOLE + r"(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"
TRUTH = {"true": True, "false": False}


def read_csv_statements(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a CSV file; what has no type by the schema gets the one that all its cells have."""
    faults = Faults()
    cells = read_cells(path, path.name, None, faults)
    if cells is None:
        raise DataError(faults.to_frame(), path.name)
    renamed = _rename(cells, columns)
    table = _typed(renamed, faults)
    for name in renamed.columns.difference([*column_names("statements"), "said"]):
        table[name] = _guess(renamed[name])
    return _without_faults(table, cells, faults, path)


def read_parquet_statements(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a Parquet file; what has no type by the schema keeps its own."""
    try:
        cells = pd.read_parquet(path, dtype_backend="numpy_nullable")
    except ImportError:
        raise
    except Exception as error:  # pyarrow has many kinds, for what a broken file makes it do
        raise ValueError(f"{path.name} is no Parquet file that can be read: {error}") from error
    cells = cells.reset_index(drop=cells.index.names == [None])
    cells.index = pd.MultiIndex.from_product([[path.name], range(1, len(cells) + 1)])
    faults = Faults()
    renamed = _rename(cells, columns)
    for name, column in renamed.items():
        if name not in column_names("statements"):
            if isinstance(column.dtype, pd.StringDtype):
                renamed[name] = column.astype("str")
            continue
        if column.dtype == "object" and column.notna().any():
            faults.add(path.name, None, str(name), "neither text nor numbers, dates, true or false")
            column = pd.Series(pd.NA, column.index)
        text = column.astype("str")
        renamed[name] = text.mask(text == "")
    return _without_faults(_typed(renamed, faults), cells, faults, path)


def _rename(cells: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    for name in columns:
        require(name, cells.columns, "column")
    names = [columns.get(name, name) for name in cells.columns]
    for name in names:
        if names.count(name) > 1:
            both = [old for old, new in zip(cells.columns, names, strict=True) if new == name]
            raise ValueError(f"the columns {' and '.join(map(repr, both))} would both be {name!r}")
    return cells.set_axis(names, axis="columns")


def _typed(cells: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Give the columns that statements have their types."""
    names = column_names("statements")
    known = cells[cells.columns.intersection(names)]
    plain = known.drop(columns="qualifier", errors="ignore")
    typed = convert(plain.reindex(columns=names), "statements", faults)
    table = cells.copy()
    for name in plain:
        table[name] = typed[name]
    if "qualifier" in known:
        table["qualifier"] = _qualifier(known["qualifier"], faults)
    return table


def _qualifier(text: "pd.Series[str]", faults: Faults) -> "pd.Series[Any]":
    """Give a qualifier its type: true and false, or a number, such as a level of agreement."""
    found = text.dropna()
    truth = found.str.lower().isin(list(TRUTH))
    fits = truth if truth.any() else found.str.fullmatch(NUMBER)
    wrong = found[~fits]
    kind = (
        "true or false, as others in the column are" if truth.any() else "true, false or a number"
    )
    faults.extend(wrong.index, "qualifier", [f"{cell!r:.60} is not {kind}" for cell in wrong])
    return _guess(text)


def _guess(text: "pd.Series[str]") -> "pd.Series[Any]":
    """Give text the type that all its cells have: true and false, a number, or else text."""
    found = text.dropna()
    if found.empty:
        return text
    if found.str.lower().isin(list(TRUTH)).all():
        return text.str.lower().map(TRUTH).astype("boolean")
    if found.str.fullmatch(WHOLE).all():
        return text.astype("Int64")
    return text.astype("Float64") if found.str.fullmatch(NUMBER).all() else text


def _without_faults(
    table: pd.DataFrame, cells: pd.DataFrame, faults: Faults, path: Path
) -> pd.DataFrame:
    if faults:
        # Whoever looks for a fault in the file looks under the name that it has there.
        theirs = dict(zip(table.columns, cells.columns, strict=True))
        frame = faults.to_frame()
        raise DataError(frame.assign(column=frame["column"].replace(theirs)), path.name)
    return table.reset_index(drop=True)
