"""Read statements from a CSV or Parquet file, rename columns and convert cells."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults, places
from policylib._util.files import existing_file
from policylib._util.names import require
from policylib.convert.paths import ending_of
from policylib.convert.recoding import new_names
from policylib.tables.cells import read_cells
from policylib.tables.schema import column_names, convert

# At most 15 digits, which a float holds exactly. A longer number is taken for a name.
WHOLE = "-?(0|[1-9][0-9]{0,14})"
NUMBER = WHOLE + r"(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?"
TRUTH = {"true": True, "false": False}


def read_statements(
    path: str | PathLike[str], *, columns: "Mapping[str, str] | pd.Series[str] | None" = None
) -> pd.DataFrame:
    r"""Read statements from a CSV or Parquet file whose columns may have any names.

    Columns that policylib's statements have get their types; `qualifier` may also be numeric. In
    a CSV file, another column becomes boolean if all its cells are true or false, and numeric if
    all are numbers. `date`, numbers with leading zeros or a decimal comma, and words such as yes
    and no remain text. A column of 0 and 1 is numeric; ``.astype("boolean")`` converts it. Only
    empty cells are missing.

    Parameters
    ----------
    path : str or PathLike
        The file, ``.csv`` (in UTF-8, separated by comma, semicolon or tab; at most 10,000 columns)
        or ``.parquet``.
    columns : mapping of str to str, or Series of str, optional
        New names for columns of the file, such as ``{"Organisation": "actor"}``; the index of a
        Series has the old ones. The other columns keep their names.

    Returns
    -------
    DataFrame
        The rows and columns of the file, in their order.

    Raises
    ------
    TypeError
        If `path` is not a path, or `columns` not a mapping.
    DataError
        If cells do not fit their type, or rows do not fit the header; all are listed, or the first
        1,000 rows that do not fit.
    ValueError
        If the extension is unknown, the file lacks a column of `columns`, a new name is empty or
        not text, two columns would have the same name, or the file is not in Parquet.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    read_tables : Read a whole data package, and check it.
    read_dna : Read statements of the Discourse Network Analyzer.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.csv")
    ...     _ = path.write_text("Organisation;count;code\nInstitute;2;007\n")
    ...     statements = read_statements(path, columns={"Organisation": "actor"})
    >>> statements.to_dict("records")
    [{'actor': 'Institute', 'count': 2, 'code': '007'}]
    """
    ending = ending_of(path, READERS)
    names = {} if columns is None else new_names(columns, "columns", "name")
    return READERS[ending](existing_file(path), names)


def _read_csv(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a CSV file; columns that are not in the schema get a type that fits all their cells."""
    faults = Faults()
    cells = read_cells(path, path.name, None, faults)
    if cells is None:
        raise DataError(faults.to_frame(), path.name)
    renamed = _rename(cells, columns)
    table = _typed(renamed, faults)
    for name in renamed.columns.difference([*column_names("statements"), "date"]):
        table[name] = _guess(renamed[name])
    return _without_faults(table, cells, faults, path)


def _read_parquet(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a Parquet file; columns that are not in the schema keep their type."""
    try:
        cells = pd.read_parquet(path, dtype_backend="numpy_nullable")
    except ImportError:
        raise
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        raise ValueError(f"{path.name} cannot be read as Parquet: {error}") from error
    cells = cells.reset_index(drop=cells.index.names == [None])
    cells.index = places(path.name, range(1, len(cells) + 1))
    faults = Faults()
    renamed = _rename(cells, columns)
    for name, column in renamed.items():
        if name not in column_names("statements"):
            if isinstance(column.dtype, pd.StringDtype):
                renamed[name] = column.astype("str")
            continue
        if column.dtype == "object" and column.notna().any():
            faults.add(path.name, None, str(name), "expected text, numbers, dates or booleans")
            column = pd.Series(pd.NA, column.index)
        text = column.astype("str")
        renamed[name] = text.mask(text == "")
    return _without_faults(_typed(renamed, faults), cells, faults, path)


READERS = {".csv": _read_csv, ".parquet": _read_parquet}


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
    """Return the table with the types of the schema in the columns that the schema has."""
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
    """Return a qualifier as true and false, or as numbers, such as levels of agreement."""
    found = text.dropna()
    truth = found.str.lower().isin(list(TRUTH))
    fits = truth if truth.any() else found.str.fullmatch(NUMBER)
    wrong = found[~fits]
    kind = (
        "true or false, as others in this column are" if truth.any() else "true, false or a number"
    )
    faults.extend(wrong.index, "qualifier", [f"{cell!r:.60} is not {kind}" for cell in wrong])
    return _guess(text)


def _guess(text: "pd.Series[str]") -> "pd.Series[Any]":
    """Return text as booleans or numbers if all its cells are that, otherwise as text."""
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
        # Report columns under their names in the file, where the user looks for the fault.
        theirs = dict(zip(table.columns, cells.columns, strict=True))
        frame = faults.to_frame()
        raise DataError(frame.assign(column=frame["column"].replace(theirs)), path.name)
    return table.reset_index(drop=True)
