"""One program or thread at a time holds a lock, and a program that dies releases it."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from policylib._util.locks import acquire, held_at_forks, release

HOLD = """
import sys, time
from pathlib import Path
from policylib._util.locks import acquire
assert acquire(Path(sys.argv[1])) is not None
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def test_a_lock_is_held_by_one_and_leaves_no_file(path):
    lock = acquire(path)
    assert acquire(path) is None
    release(path, lock)
    assert not path.exists()
    again = acquire(path)
    assert again is not None
    release(path, again)


def test_a_file_that_was_left_behind_does_not_matter(path):
    path.touch()
    lock = acquire(path)
    assert lock is not None
    release(path, lock)
    assert not path.exists()


def test_a_killed_program_releases_its_lock(path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        assert acquire(path) is None
        start = time.monotonic()
        assert acquire(path, 0.2) is None
        assert time.monotonic() - start >= 0.2
        other.kill()
    lock = acquire(path, 10)
    assert lock is not None
    release(path, lock)


def test_many_threads_take_turns(path):
    """The file is deleted and created again and again, so a waiting thread may hold an old one."""
    inside, most = [], []

    def take(number):
        lock = acquire(path, 60)
        inside.append(number)
        most.append(len(inside))
        time.sleep(0.001)
        inside.remove(number)
        release(path, lock)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(60)))
    assert most == [1] * 60


@pytest.mark.skipif(os.name == "nt", reason="Windows has other locks")
def test_without_locks_of_the_file_system_the_work_goes_on(path, monkeypatch):
    import errno
    import fcntl

    def refuse(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = acquire(path)
    assert lock is not None
    release(path, lock)
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other locks")
def test_another_failure_of_the_file_system_is_raised(path, monkeypatch):
    import errno
    import fcntl

    def refuse(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        acquire(path)


FORK = """
import os, sys, threading, time
from policylib._util.locks import held_at_forks
lock = held_at_forks(threading.Lock())
held = threading.Event()

def hold():
    with lock:
        held.set()
        time.sleep(0.3)

threading.Thread(target=hold).start()
held.wait()
child = os.fork()
if not child:
    with lock:
        os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
with lock:
    pass
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_finds_a_lock_free_that_a_thread_held():
    # Newer versions of Python warn of any fork while there are threads.
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], check=True, timeout=60)


def test_a_lock_of_threads_stays_a_lock():
    lock = held_at_forks(threading.Lock())
    with lock:
        assert not lock.acquire(blocking=False)
