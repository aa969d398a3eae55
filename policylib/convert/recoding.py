"""Rename or merge the codes of statements."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from policylib._util.names import as_mapping, require, require_columns, require_hashable
from policylib._util.numbers import whole_numbers

# Statements that differ only in these columns count as repeated.
IGNORED = ["id", "count", "quote", "summary", "sentence", "text", "start", "stop", "end"]


def recode(
    statements: pd.DataFrame, codes: "Mapping[str, str] | pd.Series[str]", *, column: str = "code"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rename or merge codes, and report what changes.

    Parameters
    ----------
    statements : DataFrame
        A table of statements. It is not changed.
    codes : mapping of str to str, or Series of str
        Old code to new code; the old code is the key of a mapping, or the index of a Series. All
        codes change at the same time, so two codes can be exchanged.
    column : str
        The column of the codes. A column of numbers or categories becomes text.

    Returns
    -------
    DataFrame
        The statements with the new codes.
    DataFrame
        The changes, one row per old code. `old` and `new` are the codes, `statements` is the number
        of statements that changed, and `merged` is true if statements of another code also have the
        new one. `repeated` is the number of statements of the new code that now equal an earlier
        statement. Columns for the id, the count, the wording and the place (such as `quote`, `text`
        and `start`) are not compared.

    Raises
    ------
    TypeError
        If `statements` is not a DataFrame, or `codes` is not a mapping.
    ValueError
        If the column or an old code does not exist, a new code is empty or not text, or a cell is
        a list; the message names it.

    Examples
    --------
    >>> statements = pd.DataFrame({"actor": ["henan", "henan"], "code": ["robot", "robots"]})
    >>> recoded, changes = recode(statements, {"robot": "robots"})
    >>> recoded["code"].to_list()
    ['robots', 'robots']
    >>> print(changes.to_string(index=False))
      old    new  statements  merged  repeated
    robot robots           1    True         1
    """
    require_columns(statements, column)
    key = statements.columns.difference(IGNORED).to_list()
    for name in {column, *key}:
        require_hashable(statements[name])
    codes = new_names(codes, "codes", "code")
    for old in codes:
        require(old, statements[column].dropna().unique(), "code")
    changed = statements[column].astype("object").map(lambda code: codes.get(code, code))
    if pd.api.types.infer_dtype(statements[column]) in ("string", "empty"):
        changed = changed.astype(statements[column].dtype)
    elif codes:
        changed = whole_numbers(changed).astype("str")
    else:
        changed = statements[column]
    recoded = statements.assign(**{column: changed})
    again = recoded.duplicated(key) & ~statements.duplicated(key)
    sources = changed[~statements[column].duplicated()].value_counts()
    rows = [
        (
            old,
            new,
            (statements[column] == old).sum() if old != new else 0,
            sources[new] > 1,
            (again & (recoded[column] == new)).sum(),
        )
        for old, new in codes.items()
    ]
    names = ["old", "new", "statements", "merged", "repeated"]
    types = {"old": "str", "new": "str", "statements": "int64", "merged": "bool"}
    changes = pd.DataFrame(rows, columns=names).astype({**types, "repeated": "int64"})
    return recoded, changes


def new_names(names: Any, option: str, noun: str) -> dict[Any, str]:
    """Return old and new names as a dict, or raise if a new name is not text.

    Examples
    --------
    >>> new_names(pd.Series({"Organisation": "actor"}), "columns", "name")
    {'Organisation': 'actor'}
    """
    names = as_mapping(names, option)
    if not isinstance(names, Mapping):
        raise TypeError(
            f"{option}: expected a dict of old and new {noun}s, not {type(names).__name__}"
        )
    for old, new in names.items():
        if not isinstance(new, str) or not new.strip():
            raise ValueError(f"{old!r} cannot become {new!r}: a {noun} must be text, not empty")
    return dict(names)
