"""Read a data package as DataFrames, and write it whole or not at all."""

import csv
from dataclasses import dataclass, fields, replace
from os import PathLike
from pathlib import Path

import pandas as pd

from policylib._util.csv_limit import any_length
from policylib._util.faults import DataError, Faults
from policylib._util.files import as_path, naming, replacing, resolved, restore
from policylib._util.names import nearest, require, require_sound
from policylib._util.printable import one_line
from policylib.tables.cells import empty_cells, read_cells
from policylib.tables.checks import check_cells, check_rules
from policylib.tables.levels import codebook_levels
from policylib.tables.schema import (
    column_names,
    convert,
    required_columns,
    shipped_folder,
    table_files,
    table_resources,
)
from policylib.tables.write import refuse_other_folder, write_folder

DEFAULT_COLLECTION = "conferences-2023"
REQUIRED = {
    "documents": "documents.csv",
    "priorities": "priorities.csv",
    "statements": "statements/*.csv",
}
RENAMED = {"priority": "code", "said": "date", "anchor": "quote"}  # since version 0.1


@dataclass(frozen=True, eq=False, repr=False)
class Tables:
    """The tables of a data package, each a DataFrame with the columns of the schema.

    Fields cannot be assigned; ``dataclasses.replace(tables, statements=…)`` returns a copy with
    another table.
    """

    provinces: pd.DataFrame
    organisations: pd.DataFrame
    experts: pd.DataFrame
    priorities: pd.DataFrame
    initiatives: pd.DataFrame
    documents: pd.DataFrame
    statements: pd.DataFrame
    indicators: pd.DataFrame
    errata: pd.DataFrame

    def __repr__(self) -> str:
        """Return the number of rows of each table."""
        return f"Tables({', '.join(f'{name}={len(table)}' for name, table in _items(self))})"

    def _repr_html_(self) -> str:
        sizes = pd.DataFrame({name: [len(table)] for name, table in _items(self)}, index=["rows"])
        shown = [name for name in ("title", "publisher", "published") if name in self.documents]
        documents = self.documents[shown]
        if "id" in self.documents and "document" in self.statements:
            counts = self.documents["id"].map(self.statements["document"].value_counts())
            documents = documents.assign(statements=counts.fillna(0).astype("int64"))
        with pd.option_context("display.max_colwidth", None):
            return sizes.to_html() + documents.to_html(index=False, max_rows=20)


def _items(tables: Tables) -> list[tuple[str, pd.DataFrame]]:
    return [(field.name, getattr(tables, field.name)) for field in fields(tables)]


def read_tables(
    folder: str | PathLike[str] | None = None, *, collection: str | None = "default"
) -> Tables:
    """Read a data package: the one shipped with policylib, or your own.

    Your own folder is checked against the schema of policylib; a datapackage.json in it is
    ignored. The folder must hold documents.csv, priorities.csv, at least one `statements/*.csv` and
    the tables of the actors in them. Other tables may be absent and are then returned empty.

    Parameters
    ----------
    folder : str or PathLike, optional
        The folder of the package; by default the package shipped with policylib.
    collection : str or None
        Keep the documents of this collection, with their statements, indicators and errata; None
        keeps all. The default is ``"conferences-2023"`` for the shipped package, and all
        collections for your own folder.

    Returns
    -------
    Tables
        The tables, with rows in the order of the files. Empty cells are missing values, except
        that `count` is then 1, and the `level` of a code follows from the codes above it.

    Raises
    ------
    DataError
        If the package has faults; the error lists all of them. For a package of policylib 0.1, the
        error names the first old column and the new names.
    ValueError
        If the collection is unknown.
    TypeError, FileNotFoundError, NotADirectoryError
        If `folder` is not a path, does not exist or is a file.

    See Also
    --------
    build_network : Build the policy network from the tables.
    write_tables : Write tables to a folder.

    Examples
    --------
    >>> read_tables(collection=None).priorities.columns[:4].to_list()
    ['id', 'label', 'label_zh', 'label_short']
    """
    own = folder is not None
    path = as_path(folder, "folder") if folder is not None else shipped_folder()
    if isinstance(collection, str) and collection == "default":
        collection = None if own else DEFAULT_COLLECTION
    # Shipped statements are one file per collection; a user's folder may split them differently.
    if not own and collection is not None:
        require(collection, [file.stem for file in table_files(path, "statements")], "collection")
    if own:
        restore([path])
    tables = _read_folder(path, checked=own, collection=None if own else collection)
    return tables if collection is None else _keep_collection(tables, collection)


def write_tables(tables: Tables, folder: str | PathLike[str]) -> Path:
    """Write a data package, whole or not at all.

    The package is first written next to the folder and checked as in `read_tables`. If it has no
    faults, it is moved into place. Statements are written to one file for each collection, so those
    of one collection are together when they are read again.

    After an error, the folder is as before. If the program is killed or the power fails, the former
    package may have another name (``.folder.policylib-former``). The next call of `read_tables` or
    `write_tables` for the folder then puts it back.

    Parameters
    ----------
    tables : Tables
        The tables.
    folder : str or PathLike
        The folder to write. An existing folder is replaced if it is empty, or if it holds only a
        package that this function wrote and nobody has changed since. A package of
        version 0.1 counts as changed, because it has no checksums.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If the tables have faults; the error lists all of them.
    FileExistsError
        If the folder holds other files, or files that were changed.
    OSError
        If the folder cannot be written: the parent folder is missing, it is a file, writing there
        is not permitted, the disk is full, or another program is writing to it. The message names
        the folder.
    ValueError
        If the folder is the working directory or contains it.
    TypeError
        If `tables` is not a Tables of DataFrames, or `folder` is not a path.

    See Also
    --------
    read_tables : Read the folder again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> tables = read_tables()
    >>> with TemporaryDirectory() as parent:
    ...     copy = read_tables(write_tables(tables, f"{parent}/copy"))
    >>> copy.statements.equals(tables.statements)
    True
    """
    if not isinstance(tables, Tables):
        raise TypeError(f"expected Tables, not {type(tables).__name__}; read_tables() returns them")
    for name, table in _items(tables):
        if not isinstance(table, pd.DataFrame):
            raise TypeError(f"{name}: expected a DataFrame, not {type(table).__name__}")
        require_sound(table, name)
    target = resolved(as_path(folder, "folder"))
    with naming(target), replacing([target]) as (staging,):
        refuse_other_folder(target)
        staging.mkdir()
        write_folder(dict(_items(tables)), staging)
        _read_folder(staging, checked=True)
    return target


def _read_folder(folder: Path, *, checked: bool, collection: str | None = None) -> Tables:
    if not folder.is_dir():
        error = NotADirectoryError if folder.exists() else FileNotFoundError
        raise error(f"no folder of tables: {one_line(folder)}")
    faults = Faults()
    if checked:
        _refuse_old_columns(folder)
        _check_names(folder, faults)
    tables = {}
    unread = set()
    for table in table_resources():
        cells, complete = _read_table(folder, table, collection, faults, checked=checked)
        tables[table] = convert(cells, table, faults)
        if not complete:
            unread.add(table)
    if checked:
        schemas = {table: resource["schema"] for table, resource in table_resources().items()}
        check_rules(tables, schemas, unread, faults)
    if faults:
        raise DataError(faults.to_frame())
    tables["statements"]["count"] = tables["statements"]["count"].fillna(1)
    tables["priorities"]["level"] = codebook_levels(tables["priorities"])
    return Tables(**{name: table.reset_index(drop=True) for name, table in tables.items()})


def _refuse_old_columns(folder: Path) -> None:
    """Raise an error with one fault if a table has a column that policylib 0.1 used."""
    for table in ("documents", "statements"):
        for path in filter(Path.is_file, table_files(folder, table)):
            opened = path.open(encoding="utf-8-sig", errors="replace", newline="")
            with opened as lines, any_length():
                try:
                    header = next(csv.reader(lines), [])
                except csv.Error:  # reported when the whole file is read
                    continue
            if old := [name for name in RENAMED if name in header]:
                names = ", ".join(f"{name!r} is now {new!r}" for name, new in RENAMED.items())
                problem = f"a column of policylib 0.1; rename the columns of the folder: {names}"
                faults = Faults()
                faults.add(path.relative_to(folder).as_posix(), 1, old[0], problem)
                raise DataError(faults.to_frame())


def _check_names(folder: Path, faults: Faults) -> None:
    """Record files that look like misnamed tables, because they would be ignored."""
    absent = tuple(table for table in table_resources() if not table_files(folder, table))
    for path in sorted(folder.glob("[!.~]*.csv")):
        if path.stem == "statements":
            faults.add(path.name, None, None, "move it into the folder statements/")
        elif path.stem not in table_resources() and (meant := nearest(path.stem, absent)):
            faults.add(path.name, None, None, f"no table {path.stem!r}{meant}")


def _read_table(
    folder: Path, table: str, collection: str | None, faults: Faults, *, checked: bool
) -> tuple[pd.DataFrame, bool]:
    """Read and join the files of a table; return whether the table is complete, too."""
    columns, required = column_names(table), required_columns(table)
    paths = table_files(folder, table, collection)
    parts = []
    for path in paths:
        file = path.relative_to(folder).as_posix()
        cells = read_cells(path, file, columns, faults, required=required)
        if cells is not None:
            parts.append(cells)
            if checked:
                check_cells(cells, table_resources()[table]["schema"], faults)
    complete = len(parts) == len(paths)
    if checked and complete and table in REQUIRED and not any(len(cells) for cells in parts):
        file = paths[0].relative_to(folder).as_posix() if paths else REQUIRED[table]
        problem = "an empty table" if paths else "the file is missing"
        needed = ", ".join(REQUIRED.values())
        faults.add(file, None, None, f"{problem} (a package must have rows in {needed})")
        complete = False
    cells = pd.concat(parts) if len(parts) > 1 else parts[0] if parts else empty_cells(columns)
    return cells, complete


def _keep_collection(tables: Tables, collection: str) -> Tables:
    documents = tables.documents
    require(collection, sorted(documents["collection"].dropna().unique()), "collection")
    kept = documents[documents["collection"] == collection]
    parts = {
        name: table[table["document"].isin(kept["id"])].reset_index(drop=True)
        for name, table in _items(tables)
        if "document" in table
    }
    return replace(tables, documents=kept.reset_index(drop=True), **parts)
