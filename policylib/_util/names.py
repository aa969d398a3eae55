"""Check names against the allowed ones, and suggest the nearest match."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import pandas as pd

from policylib._util.printable import one_line

FEW = 20
SHOWN = 5
SURROGATE = re.compile("[\ud800-\udfff]")  # half of a character, which UTF-8 cannot write


def require(
    name: object, allowed: Iterable[str], what: str, error: type[Exception] = ValueError
) -> None:
    """Raise an error that lists the allowed names, unless the name is one of them."""
    allowed = tuple(allowed)
    # A set compares only values of equal hash; an array or pd.NA cannot be compared with text.
    if pd.api.types.is_hashable(name) and name in frozenset(allowed):
        return
    # A long list would hide the message, so it is left out.
    listed = f" (allowed: {', '.join(map(one_line, allowed))})" if len(allowed) <= FEW else ""
    raise error(f"no {what} {name!r}{listed}{nearest(name, allowed)}")


def require_text(value: object, what: str) -> None:
    """Raise TypeError unless this is text."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is {value!r:.60}; expected text")


def require_frame(
    table: object, what: str = "a table (a DataFrame)", hint: str = "", name: str = ""
) -> None:
    """Raise TypeError unless this is a DataFrame.

    `hint` can name a function that returns one, and `name` is the name of the table.
    """
    if not isinstance(table, pd.DataFrame):
        place = f"{name}: " if name else ""
        raise TypeError(f"{place}expected {what}, not {type(table).__name__}{hint}")


def require_columns(table: pd.DataFrame, *columns: str, hint: str = "", name: str = "") -> None:
    """Raise unless this is a DataFrame of sound text that has these columns, and no column twice.

    If columns are named, those of the table have one level.
    `hint` can name a function that returns one, and `name` is the name of the table.
    """
    if not hint and not isinstance(table, pd.DataFrame):
        if hasattr(table, "statements"):
            hint = "; tables.statements is one"
        elif hasattr(table, "edges"):
            hint = "; statements(network) returns one"
    require_frame(table, hint=hint, name=name)
    place = f"{name}: " if name else ""
    if columns:
        require_flat(table, place)
    for column in columns:
        if not pd.api.types.is_hashable(column) or column not in table.columns:
            found = ", ".join(map(one_line, table.columns[:FEW])) or "none"
            meant = nearest(column, table.columns)
            raise ValueError(f"{place}no column {column!r} (the table has {found}){meant}")
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{place}duplicate column {twice!r}; rename one of them or leave it out")
    require_sound(table, name)


def require_flat(table: pd.DataFrame, place: str = "") -> None:
    """Raise if the columns of a table have several levels, and not one name each."""
    if isinstance(table.columns, pd.MultiIndex):
        levels = table.columns.nlevels
        raise ValueError(
            f"{place}the columns are a MultiIndex (levels: {levels}); expected one name each"
        )


def require_sound(table: pd.DataFrame, name: str = "") -> None:
    """Raise if a cell or label has a lone surrogate; objects can hold it, but no column of text."""
    require_sound_labels(table, name)
    place = f"{name}: column" if name else "column"
    for column in table.columns[[dtype == "object" for dtype in table.dtypes]]:
        for row, cell in table[column].items():
            if isinstance(cell, str) and (problem := surrogate_problem(cell)):
                raise ValueError(f"{place} {column!r}, row {row!r}: {problem}")


def require_sound_labels(table: pd.DataFrame, name: str = "") -> None:
    """Raise if the label of a row or a column has a lone surrogate."""
    place = f"{name}: " if name else ""
    for axis, labels in (("row", table.index), ("column", table.columns)):
        for part in getattr(labels, "levels", [labels]):
            for label in part if part.dtype == "object" else ():
                if isinstance(label, str) and (problem := surrogate_problem(label)):
                    raise ValueError(f"{place}{axis} label {label!r}: {problem}")


def surrogate_problem(text: str) -> str:
    """Return where a text has its first lone surrogate, or an empty text."""
    half = None if text.isascii() else SURROGATE.search(text)
    if half is None:
        return ""
    return (
        f"character {half.start()} is a lone surrogate ({half[0]!r}); "
        "read the text with errors='replace'"
    )


def require_hashable(cells: "pd.Series[Any]") -> None:
    """Raise if a cell holds a list or another value that cannot be compared with others."""
    require_groups(cells, f"column {cells.name!r}")
    if may_hold_lists(cells):
        for row, cell in zip(cells.index, cells.to_list(), strict=True):
            if not pd.api.types.is_hashable(cell):
                kind = type(cell).__name__
                raise ValueError(
                    f"column {cells.name!r}, row {row!r}: expected a single value, got a {kind}"
                )


def require_groups(cells: "pd.Series[Any]", place: str) -> None:
    """Raise for float16, which pandas can neither group nor use as an index."""
    if cells.dtype == "float16":
        raise ValueError(f"{place} holds float16, which pandas cannot group; convert it to float64")


def may_hold_lists(cells: "pd.Series[Any]") -> bool:
    """Return whether the type of a column does not rule out lists."""
    dtype = cells.dtype
    return dtype == "object" or (isinstance(dtype, pd.ArrowDtype) and dtype.kind == "O")


def as_mapping(names: Any, what: str) -> Any:
    """Return a Series as a dict of its index and its values; other values stay as they are."""
    if not isinstance(names, pd.Series):
        return names
    if not names.index.is_unique:
        twice = names.index[names.index.duplicated()].to_list()[0]
        raise ValueError(f"{what}: duplicate index label {twice!r}")
    return names.to_dict()


def first_of(names: Sequence[object]) -> str:
    """List the first few names.

    Examples
    --------
    >>> first_of(list("abcdefg"))
    "'a', 'b', 'c', 'd', 'e', ..."
    """
    return ", ".join(map(repr, names[:SHOWN])) + ", ..." * (len(names) > SHOWN)


def nearest(value: object, allowed: Iterable[object], least: float = 0.6) -> str:
    """Return a question that suggests the most similar allowed text, or an empty text.

    `least` is how similar it must be, from 0 to 1.

    Examples
    --------
    >>> nearest("henna", ["henan", 7]), nearest(float("nan"), ["hunan"])
    ("; did you mean 'henan'?", '')
    """
    if not isinstance(value, str):
        return ""
    return _nearest(value, tuple(name for name in allowed if isinstance(name, str)), least)


@lru_cache(maxsize=1000)
def _nearest(value: str, allowed: tuple[str, ...], least: float) -> str:
    matches = get_close_matches(value, allowed, n=1, cutoff=least)
    return f"; did you mean {matches[0]!r}?" if matches else ""
