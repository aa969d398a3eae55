"""Check names against the allowed ones, and suggest the nearest match."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

FEW = 20
SHOWN = 5


def require(
    name: str, allowed: Iterable[str], what: str, error: type[Exception] = ValueError
) -> None:
    """Raise an error that lists the allowed names, unless the name is one of them."""
    allowed = tuple(allowed)
    if name in allowed:
        return
    names = tuple(map(str, allowed))
    # A long list would hide the message, so it is left out.
    listed = f" (allowed: {', '.join(names)})" if len(names) <= FEW else ""
    raise error(f"no {what} {name!r}{listed}{nearest(str(name), names)}")


def require_frame(table: object, what: str = "a table (a DataFrame)", hint: str = "") -> None:
    """Raise TypeError unless this is a DataFrame; `hint` can name a function that returns one."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"expected {what}, not {type(table).__name__}{hint}")


def require_columns(table: pd.DataFrame, *columns: str, hint: str = "") -> None:
    """Raise unless this is a DataFrame that has these columns, and no column twice."""
    if not hint and not isinstance(table, pd.DataFrame):
        if hasattr(table, "statements"):
            hint = "; tables.statements is one"
        elif hasattr(table, "edges"):
            hint = "; statements(network) returns one"
    require_frame(table, hint=hint)
    for column in columns:
        require(column, table.columns, "column")
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"duplicate column {twice!r}; rename one of them or leave it out")


def first_of(names: Sequence[str]) -> str:
    """List the first few names.

    Examples
    --------
    >>> first_of(list("abcdefg"))
    "'a', 'b', 'c', 'd', 'e', ..."
    """
    return ", ".join(map(repr, names[:SHOWN])) + ", ..." * (len(names) > SHOWN)


@lru_cache(maxsize=1000)
def nearest(value: str, allowed: tuple[str, ...]) -> str:
    """Return a question that suggests the most similar allowed value, or an empty text."""
    matches = get_close_matches(value, allowed, n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""
