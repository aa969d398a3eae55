"""Read statements from a CSV or Parquet file, rename columns and convert cells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults, places
from policylib._util.files import ending_of, existing_file
from policylib._util.names import require
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
        not text, two columns would have the same name, or the file is not in Parquet or would need
        far more memory than its size.
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
    renamed = cells.set_axis(_renamed(cells.columns, columns), axis="columns")
    table = _typed(renamed, faults)
    for name in renamed.columns.difference([*column_names("statements"), "date"]):
        table[name] = _guess(renamed[name])
    return _without_faults(table, cells.columns, faults, path)


def _read_parquet(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a Parquet file; columns that are not in the schema keep their type."""
    try:
        from policylib.convert.parquet_files import why
        from policylib.convert.parquet_tables import column_of, read_table
    except ImportError as error:
        raise ImportError(
            f"a Parquet file needs the package {error.name}: pip install 'policylib[parquet]'",
            name=error.name,
        ) from error
    try:
        read = read_table(path)
    except Exception as error:  # pyarrow raises many kinds of errors for a damaged file
        if isinstance(error, MemoryError):
            raise
        raise ValueError(f"{path.name} cannot be read as Parquet: {why(error)}") from error
    faults, names = Faults(), _renamed(read.column_names, columns)
    rows = places(path.name, range(1, len(read) + 1))
    found = {
        name: column_of(column, rows, name, faults)
        for name, column in zip(names, read.columns, strict=True)
    }
    table = pd.DataFrame(found, rows)
    for name in table.columns.intersection(column_names("statements")):
        column = table[name]
        if column.dtype == "object" and not _has_values(column):
            faults.add(path.name, None, name, "expected text, numbers, dates or booleans")
            column = pd.Series(pd.NA, column.index)
        text = column.astype("str")
        table[name] = text.mask(text == "")
    return _without_faults(_typed(table, faults), read.column_names, faults, path)


def _has_values(cells: "pd.Series[Any]") -> bool:
    """Return whether cells are single values, which become text, and not lists or bytes."""
    kinds = ("empty", "string", "boolean", "integer", "decimal", "date", "time")
    return pd.api.types.infer_dtype(cells, skipna=True) in kinds


READERS = {".csv": _read_csv, ".parquet": _read_parquet}


def _renamed(names: Iterable[str], columns: Mapping[str, str]) -> list[str]:
    """Return the new names of all columns, or raise if two would be equal."""
    old = list(names)
    for name in columns:
        require(name, old, "column")
    new = [columns.get(name, name) for name in old]
    for name, count in Counter(new).items():
        if count > 1:
            both = [one for one, other in zip(old, new, strict=True) if other == name]
            raise ValueError(f"the columns {' and '.join(map(repr, both))} would both be {name!r}")
    return new


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
    table: pd.DataFrame, names: Iterable[str], faults: Faults, path: Path
) -> pd.DataFrame:
    if faults:
        # Report columns under their names in the file, where the user looks for the fault.
        theirs = dict(zip(table.columns, names, strict=True))
        frame = faults.to_frame()
        raise DataError(frame.assign(column=frame["column"].replace(theirs)), path.name)
    return table.reset_index(drop=True)
