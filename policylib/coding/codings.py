"""Check codings that are compared: they need the same units, in columns of the same kinds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from numbers import Number
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.cells import require_values
from policylib._util.names import require_columns, require_groups

UNIT = ("document", "paragraph")
OVERALL = "overall"  # the name of the row over all codes
SEVERAL = " and "  # joins the values that a coder gave one after the other in the same unit


def by_letter(codings: Sequence[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return two codings or more under the letters a, b, c and so on."""
    for coding in codings:
        require_columns(coding)
    if not 2 <= len(codings) <= len(ascii_lowercase):
        raise ValueError(
            f"expected two codings or more, at most {len(ascii_lowercase)}, got {len(codings)}"
        )
    return dict(zip(ascii_lowercase, codings, strict=False))


def unit_columns(
    codings: dict[str, pd.DataFrame],
    unit: str | Sequence[str],
    passages: pd.DataFrame | None = None,
) -> list[str]:
    """Return the columns of a unit. They, and codes, must have one type: 1 is not "1"."""
    if not isinstance(unit, str | list | tuple) or not unit:
        raise ValueError(f"unit is {unit!r}; expected a column, or several in a list")
    columns = [unit] if isinstance(unit, str) else list(unit)
    for table in codings.values():
        require_columns(table, *columns, "code")
    if passages is not None:
        require_columns(passages, *columns)
    for column in columns:
        if column == "code" or columns.count(column) > 1:
            problem = "is not part of a unit" if column == "code" else "is named twice"
            raise ValueError(f"unit is {unit!r}: column {column!r} {problem}")
    tables = codings if passages is None else codings | {"passages": passages}
    for name, table in tables.items():
        require_values(table, *columns, name=name)
    require_same_kinds(tables, columns)
    require_comparable(codings, "code")
    return columns


def require_comparable(codings: dict[str, pd.DataFrame], column: str) -> None:
    """Raise unless the cells of a column that are not empty hold values of one kind."""
    cells = {name: table[[column]].dropna() for name, table in codings.items()}
    for name, table in cells.items():
        require_values(table, column, name=name)
    require_one_kind({name: table[column] for name, table in cells.items()})


def require_same_kinds(tables: dict[str, pd.DataFrame], columns: Sequence[str] = UNIT) -> None:
    """Raise unless each of these columns holds values of one kind in all tables: 1 is not "1"."""
    for name, table in tables.items():
        require_columns(table, *columns, name=name)
    for column in columns:
        require_one_kind({name: table[column].dropna() for name, table in tables.items()})


def require_passages(documents: pd.DataFrame, *columns: str) -> None:
    """Raise unless this is a table of passages with these columns, and none is in two rows."""
    require_columns(documents, *UNIT, *columns, name="documents")
    require_values(documents, *UNIT, name="documents")
    for name, number in documents.loc[documents.duplicated([*UNIT]), [*UNIT]].to_numpy():
        raise ValueError(f"duplicate paragraph {number} of document {name!r}")


def made(coding: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a code and, if they are counted, a count that is not 0.

    Without a count, a row counts once. Row labels are left out.
    """
    coding = coding[~is_blank(coding["code"])].reset_index(drop=True)
    if "count" not in coding:
        return coding
    counts = coding["count"]
    if not pd.api.types.is_numeric_dtype(counts):
        raise ValueError(f"column 'count' must hold numbers from 0, not {counts.dtype}")
    return coding[counts.ne(0).fillna(True).astype(bool)]


def is_blank(cells: "pd.Series[Any]") -> "pd.Series[bool]":
    """Return which cells are missing, or have no visible text.

    Examples
    --------
    >>> is_blank(pd.Series(["rail", " ", None, 0])).to_list()
    [False, True, True, False]
    """
    blank = [isinstance(cell, str) and not cell.strip() for cell in cells.array]
    return cells.isna() | np.array(blank, bool)


def joined(values: Iterable[object]) -> str:
    """Return several values as one text, sorted.

    Examples
    --------
    >>> joined(["reports", "commits", "reports"])
    'commits and reports'
    """
    return SEVERAL.join(sorted({str(value) for value in values}))


def require_one_kind(columns: "dict[str, pd.Series[Any]]") -> None:
    """Raise unless the same column of several tables holds values of one kind."""
    for name, cells in columns.items():
        require_groups(cells, f"{name}: column {cells.name!r}")
    places = [
        (kind, f"row {row!r} of {name}", cells.name)
        for name, cells in columns.items()
        for row, kind in _kinds(cells).drop_duplicates().items()
    ]
    for kind, place, column in places:
        if kind != places[0][0]:
            raise ValueError(
                f"column {column!r} holds {places[0][0]} in {places[0][1]}, but {kind} in {place}; "
                "convert one of them"
            )


def _kinds(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the kind of each cell, or of the first alone if all must have the same."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(cells.cat.categories.dtype)
    return (cells if cells.dtype == "object" else cells.head(1).astype("object")).map(_kind)


def _kind(cell: object) -> str:
    """Return what a cell holds, in the plural. Values of different kinds are never equal."""
    if isinstance(cell, bool | np.bool_):
        return "booleans"
    if isinstance(cell, Number):
        return "numbers"
    if isinstance(cell, str):
        return "texts"
    if isinstance(cell, datetime):
        return "datetimes with a time zone" if cell.tzinfo else "datetimes"
    if isinstance(cell, pd.Period):
        return f"periods of frequency {cell.freqstr}"
    return f"values of type {type(cell).__name__}"
