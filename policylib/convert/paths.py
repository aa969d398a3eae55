"""Check the extensions of files before reading or writing."""

from collections.abc import Iterable
from os import PathLike

from policylib._util.files import as_path
from policylib._util.names import require


def ending_of(path: str | PathLike[str], allowed: Iterable[str]) -> str:
    """Return the extension of a path in lower case, or raise if it is not allowed."""
    ending = as_path(path).suffix.lower()
    require(ending, allowed, "ending")
    return ending
