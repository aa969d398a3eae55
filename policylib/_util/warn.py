"""Warnings that point to the user's line."""

import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from policylib._util.names import nearest

ALIKE = 0.8  # so that a column `author` is not taken for a misspelt `actor`
LIBRARY = str(Path(__file__).parents[1]) + os.sep


def warn(message: str) -> None:
    """Issue a warning that points to the user's line, however deep in the library it is raised."""
    # `skip_file_prefixes` does this, but only from Python 3.12 on.
    frame = sys._getframe()
    level = 1
    while frame.f_back and frame.f_code.co_filename.startswith(LIBRARY):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


def warn_of_columns(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Warn of columns that are not read, but are called almost like one of these that is missing.

    Parameters
    ----------
    table : DataFrame
        The table.
    name : str
        The name of the table, for the message.
    columns : iterable of str
        The columns that are read.
    """
    columns = [*columns]
    missing = [column for column in columns if column not in table]
    for column in table.columns.difference(columns, sort=False):
        if hint := nearest(str(column).strip().lower(), missing, ALIKE):
            warn(f"{name}: the column {column!r} is left out{hint}")
