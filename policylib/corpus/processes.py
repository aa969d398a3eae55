"""Run tasks on a cluster of Dask or with the processes of this machine."""

import ctypes
import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import dask
from dask.system import CPU_COUNT
from tqdm import tqdm
from tqdm.dask import TqdmCallback

BAR = {"unit": "part", "delay": 10, "leave": False}
# All names of the Dask schedulers that need no cluster.
PROCESSES = ("processes", "multiprocessing")
THREADS = ("threads", "threading")
LOCAL = (*PROCESSES, *THREADS, "synchronous", "sync", "single-threaded")
UNGUARDED = 'in a script, the call must be under `if __name__ == "__main__":`'
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h in the GNU C library


def check_client(client: Any) -> None:
    """Raise unless this is a client of a cluster, or None."""
    if client is not None and not hasattr(client, "gather"):
        raise TypeError(
            f"client: expected a distributed.Client, got {client!r}; for the address of a "
            'scheduler, make one: distributed.Client("tcp://address:8786")'
        )


def compute(tasks: list[Any], client: Any, local: str) -> list[Any]:
    """Run tasks on a cluster or on this machine, and return their results.

    Without a client, the scheduler is the one in the configuration of Dask, if it is a local one,
    otherwise `local`. A process that may not start others, as of a ``multiprocessing.Pool``, runs
    the tasks itself.
    """
    if client is None:
        chosen = dask.config.get("scheduler", None)
        scheduler = chosen if chosen in LOCAL else local
        if scheduler in PROCESSES and multiprocessing.current_process().daemon:
            scheduler = "synchronous"
        return _compute_here(tasks, scheduler)
    from distributed import as_completed

    futures = client.compute(tasks)
    try:
        for future in tqdm(as_completed(futures, loop=client.loop), total=len(futures), **BAR):
            future.result()  # raises the error of a failed task at once
        return list(client.gather(futures))
    finally:
        client.cancel(futures)


def _compute_here(tasks: list[Any], scheduler: str) -> list[Any]:
    options: dict[str, Any] = {}
    if scheduler in PROCESSES:
        options["initializer"] = end_with_parent
    # The threads that Dask keeps do not exist in a forked process, which would wait for them.
    pool = ThreadPoolExecutor(dask.config.get("num_workers", None) or CPU_COUNT)
    if scheduler in THREADS:
        options["pool"] = pool
    try:
        with TqdmCallback(tqdm_class=tqdm, **BAR):
            return list(dask.compute(*tasks, scheduler=scheduler, chunksize=1, **options))
    finally:  # an interrupt does not wait for the tasks that have not begun
        pool.shutdown(cancel_futures=True)


def refuse_import() -> None:
    """Raise if this is a worker process that is importing the script that started it."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # as Python checks
        raise RuntimeError(UNGUARDED)


def end_with_parent() -> None:
    """End this process when its parent process ends, even if the parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_exit, args=(parent,), daemon=True).start()


def _wait_and_exit(parent: Any) -> None:
    parent.join()
    os._exit(1)


@cache
def keep_freed_memory() -> None:
    """Let a worker of Dask keep up to 128 MB of freed memory for reuse.

    Dask makes its workers return freed memory to the system at once. To request it again, page
    by page, takes a fifth of the time of coding.
    """
    if os.name == "posix" and os.environ.get("MALLOC_TRIM_THRESHOLD_"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # only in the GNU C library
        if mallopt:
            mallopt(M_TRIM_THRESHOLD, 2**27)
            mallopt(M_MMAP_THRESHOLD, 2**25)
