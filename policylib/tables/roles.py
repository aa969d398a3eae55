"""Roles: what an actor does in a statement."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from policylib._util.names import require, require_columns

Role = Literal["commits", "reports", "directs", "defines", "diagnoses", "recommends"]
ROLES: tuple[Role, ...] = get_args(Role)


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
        One row for each statement. Only a boolean column `qualifier` is read; numbers are levels
        of agreement, and 0 is not False.

    Returns
    -------
    Series of bool
        One value for each row; without the column all are False.

    Examples
    --------
    >>> table = pd.DataFrame({"qualifier": pd.array([True, False, None], dtype="boolean")})
    >>> is_denied(table).to_list()
    [False, True, False]
    >>> is_denied(pd.DataFrame({"qualifier": [0, 1]})).to_list()
    [False, False]
    """
    if "qualifier" not in statements:
        return pd.Series(False, index=statements.index)
    cells = statements["qualifier"]
    if cells.dtype == "object":  # as in the edges of a network
        return cells.map(lambda cell: cell is False or cell is np.False_).astype(bool)
    if not pd.api.types.is_bool_dtype(cells):
        return pd.Series(False, index=statements.index)
    return cells.eq(False).fillna(False).astype(bool)
