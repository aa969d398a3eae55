"""Lift the limit on the length of a cell of a CSV file, which Python has for all threads alike."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from policylib._util.locks import held_at_forks

LONGEST = 2**31 - 1  # the largest limit on every system
_LOCK = held_at_forks(RLock())


@contextmanager
def any_length() -> Iterator[None]:
    """Allow cells of any length while a CSV file is read, and then restore the limit.

    Examples
    --------
    >>> with any_length():
    ...     [[cell]] = csv.reader(["a" * 200_000])
    >>> len(cell)
    200000
    """
    with _LOCK:  # another thread would restore the limit too early
        limit = csv.field_size_limit(LONGEST)
        try:
            yield
        finally:
            csv.field_size_limit(limit)
