"""Processes that work at parts: when they end, and what memory they keep."""

import ctypes
import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Dask starts its workers with this setting of the GNU C library: what is freed goes back to the
# system at once. Every array of more than 128 kB must then be asked for anew, page by page, which
# costs a quarter of the time that coding takes.
SETTING = "MALLOC_TRIM_THRESHOLD_"
TRIM, MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of its malloc.h
UNGUARDED = 'in a script, the call must stand under `if __name__ == "__main__":`'
KEPT = {TRIM: 2**27, MAP: 2**25}


@contextmanager
def memory_kept() -> Iterator[None]:
    """Keep freed memory until the end, and give it back then, where Dask would not wait."""
    setting = os.environ.get(SETTING, "")
    library: Any = ctypes.CDLL(None) if os.name == "posix" and setting.isdigit() else None
    if not hasattr(library, "mallopt"):
        yield
        return
    for parameter, size in KEPT.items():
        library.mallopt(parameter, size)
    try:
        yield
    finally:
        library.mallopt(TRIM, int(setting))
        library.mallopt(MAP, 2**17)
        library.malloc_trim(0)


def refuse_import() -> None:
    """Raise if this process was started to work, and is at the script that started it again."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # as Python itself asks
        raise RuntimeError(UNGUARDED)


def end_with_parent() -> None:
    """End this process when the one that started it does, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)
