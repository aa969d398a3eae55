"""Rename or merge the codes of statements."""

from collections.abc import Mapping

import pandas as pd

from policylib._util.names import require, require_columns

# Statements that differ only in these columns count as repeated.
IGNORED = ["id", "count", "quote", "summary", "text", "start", "stop", "end"]


def recode(
    statements: pd.DataFrame, codes: Mapping[str, str], *, column: str = "code"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rename or merge codes, and report what changes.

    Parameters
    ----------
    statements : DataFrame
        A table of statements. It is not changed.
    codes : mapping of str to str
        The new code for each old code. All change at once, so two codes can be exchanged.
    column : str
        The column of the codes.

    Returns
    -------
    DataFrame
        The statements with the new codes.
    DataFrame
        The changes, one row per old code. `old` and `new` are the codes, `statements` is the
        number of statements that changed, and `merged` is true if statements of another code also
        have the new one. `repeated` is the number of statements of the new code that now repeat
        an earlier one: all columns are equal except the id, the count, and those of the wording
        and its place, such as `quote`, `text` and `start`.

    Raises
    ------
    TypeError
        If `statements` is not a DataFrame, or `codes` is not a mapping.
    ValueError
        If the column or an old code does not exist, or a new code is empty or not text.

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
    _check_codes(codes, statements[column])
    changed = statements[column].astype("object").map(lambda code: codes.get(code, code))
    if not isinstance(dtype := statements[column].dtype, pd.CategoricalDtype):
        changed = changed.astype(dtype)
    recoded = statements.assign(**{column: changed})
    key = recoded.columns.difference(IGNORED).to_list()
    again = recoded.duplicated(key) & ~statements.duplicated(key)
    used = statements[column].dropna().unique()
    sources = pd.Series([codes.get(code, code) for code in used], dtype="object").value_counts()
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


def _check_codes(codes: Mapping[str, str], column: "pd.Series[str]") -> None:
    """Raise unless each old code is used, and each new code is text."""
    if not isinstance(codes, Mapping):
        raise TypeError(f"codes: expected a dict of old and new codes, not {type(codes).__name__}")
    used = column.dropna().unique()
    for old, new in codes.items():
        require(old, used, "code")
        if not isinstance(new, str) or not new.strip():
            raise ValueError(f"{old!r} cannot become {new!r}: a code must be text, not empty")
