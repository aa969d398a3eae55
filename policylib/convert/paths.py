"""Paths of files, checked before anything is read or written."""

from collections.abc import Iterable
from os import PathLike

from policylib._util.files import as_path
from policylib._util.names import require


def ending_of(path: str | PathLike[str], allowed: Iterable[str]) -> str:
    """Return the ending of a path in lower case, and raise an error if it is not allowed."""
    ending = as_path(path).suffix.lower()
    require(ending, allowed, "ending")
    return ending
