"""Let one program or thread at a time write to a file or folder."""

import errno
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


PAUSE = 0.02  # seconds between two attempts
BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
# Some network file systems have no locks; then nothing prevents two programs from writing at once.
WITHOUT_LOCKS = {errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK, errno.EBADF}


def acquire(path: Path, seconds: float = 0) -> int | None:
    """Create and lock a file; the system releases the lock of a program that died.

    Parameters
    ----------
    path : Path
        The file.
    seconds : float
        How long to wait for another program or thread that holds the lock.

    Returns
    -------
    int or None
        What `release` needs to delete the file; None if the lock is held for longer.

    Raises
    ------
    OSError
        If the file cannot be created.
    """
    end = time.monotonic() + seconds
    while (file := _acquired(path)) is None and time.monotonic() < end:
        time.sleep(PAUSE)
    return file


def _acquired(path: Path) -> int | None:
    """Return the descriptor of a locked file, or None if another program holds the lock."""
    # Read access is enough for a lock, and another user may own a file that was left behind.
    file = os.open(path, os.O_RDONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        _lock(file)
        if os.path.samestat(os.fstat(file), path.stat()):
            return file
    except FileNotFoundError:  # deleted by its last holder, as if another file has its place
        pass
    except OSError as error:
        if error.errno in WITHOUT_LOCKS:
            return file
        if error.errno not in BUSY:
            os.close(file)
            raise
    os.close(file)
    return None


def release(path: Path, file: int) -> None:
    """Delete and unlock a file."""
    with suppress(OSError):  # Windows cannot delete an open file
        path.unlink()
    with suppress(OSError):
        _unlock(file)  # a forked process may have a copy of the descriptor
    os.close(file)
    if sys.platform == "win32":
        with suppress(OSError):  # another program may have opened it
            path.unlink()


def held_at_forks(lock: Any) -> Any:
    """Let forks wait for a lock of threads; otherwise the new process could find it locked."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
        )
    return lock
