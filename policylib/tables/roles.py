"""Roles: what an actor does in a statement."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from policylib._util.names import require, require_columns

Role = Literal["commits", "reports", "directs", "defines", "diagnoses", "recommends"]
ROLES: tuple[Role, ...] = get_args(Role)
UNCLEAR = "replace such cells by True (for), False (against) or None"


def of_roles(statements: pd.DataFrame, roles: Role | Sequence[Role] | None) -> pd.DataFrame:
    """Select the statements with one or several roles.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with the column `role`.
    roles : str or sequence of str, optional
        The roles to select; all by default.

    Returns
    -------
    DataFrame
        The statements of these roles, in their order.

    Raises
    ------
    ValueError
        If a role is unknown.
    TypeError
        If `roles` is not a string or a sequence of strings.

    Examples
    --------
    >>> table = pd.DataFrame({"role": ["commits", "reports", "directs"]})
    >>> of_roles(table, ("commits", "reports"))["role"].to_list()
    ['commits', 'reports']
    """
    if roles is None:
        return statements
    if isinstance(roles, str):
        roles = [roles]
    try:
        listed = list(roles)
    except TypeError:
        raise TypeError(
            f"roles: expected a role, a list of roles, or None for all, got {roles!r}"
        ) from None
    for role in listed:
        require(role, ROLES, "role")
    require_columns(statements, "role")
    return statements[statements["role"].isin(listed)]


def is_denied(statements: pd.DataFrame) -> "pd.Series[bool]":
    """Return whether each statement is against its code: its `qualifier` is False.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement. True and False in the column `qualifier` may also be text, as
        in a file that was read as text. Numbers are levels of agreement, and 0 is not False.

    Returns
    -------
    Series of bool
        One value for each row; without the column all are False.

    Raises
    ------
    ValueError
        If a qualifier is other text, which could be a denial.

    Examples
    --------
    >>> table = pd.DataFrame({"qualifier": pd.array([True, False, None], dtype="boolean")})
    >>> is_denied(table).to_list()
    [False, True, False]
    >>> is_denied(pd.DataFrame({"qualifier": ["TRUE", "False", "0"]})).to_list()
    [False, True, False]
    """
    if "qualifier" not in statements:
        return pd.Series(False, index=statements.index)
    cells = statements["qualifier"]
    if pd.api.types.is_bool_dtype(cells) and cells.dtype != "object":
        return cells.eq(False).fillna(False).astype(bool)
    if pd.api.types.is_numeric_dtype(cells):
        return pd.Series(False, index=statements.index)
    for row, cell in unclear_qualifiers(statements).items():
        raise ValueError(
            f"column 'qualifier', row {row!r}: {cell!r:.60} is neither true, false nor a number; "
            f"{UNCLEAR}"
        )
    return cells.astype("object").map(denies).astype(bool)


def unclear_qualifiers(statements: pd.DataFrame) -> "pd.Series[Any]":
    """Return the cells of the column `qualifier` with text that could be a denial.

    Examples
    --------
    >>> unclear_qualifiers(pd.DataFrame({"qualifier": ["false", "no", None, 2]})).to_list()
    ['no']
    """
    cells = statements["qualifier"]
    if pd.api.types.is_numeric_dtype(cells):  # also True and False
        return cells[:0]
    cells = cells.astype("object")
    return cells[[not _is_qualifier(cell) for cell in cells]]


def denies(qualifier: object) -> bool:
    """Return whether a qualifier is False, also as text.

    Examples
    --------
    >>> [denies(qualifier) for qualifier in (False, "FALSE", True, "True", None, 0)]
    [True, True, False, False, False, False]
    """
    if isinstance(qualifier, str):
        return qualifier.strip().lower() == "false"
    return qualifier is False or qualifier is np.False_


def _is_qualifier(cell: object) -> bool:
    """Return whether a cell is no text, or a text that is blank, true, false or a number."""
    if not isinstance(cell, str):
        return True
    text = cell.strip().lower()
    return text in ("", "true", "false") or bool(pd.notna(pd.to_numeric(text, errors="coerce")))
