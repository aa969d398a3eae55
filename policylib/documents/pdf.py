"""The text of a PDF, read by PDFium in a process of its own, within limits of time and memory."""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, Protocol, cast

from policylib.documents.paragraphs import TryAgainError, UnreadableError
from policylib.documents.pdf_child import Limits, receive, send, serve

SECONDS = 300  # for one file: a thousand pages take less than a minute
PAGES = 100_000
LONGEST = 50_000_000  # characters in one file
# The process finds this library where this one has found it.
PROGRAM = "import sys; sys.path[:] = {path!r}; from {module} import serve; serve()"


def pdf_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a PDF, one line for each paragraph.

    Parameters
    ----------
    data : bytes
        The content of the file.
    encoding : str or None
        Not used, because the fonts in the file define theirs.

    Returns
    -------
    str
        One line for each paragraph.

    Raises
    ------
    UnreadableError
        If the file is damaged, needs a password, has fonts without a table of characters, or
        exceeds a limit.
    """
    answer = _READER.ask(data, Limits(PAGES, LONGEST, max(0, SECONDS)))
    text = answer[1:].decode()
    if answer[:1] == b"e":
        raise UnreadableError(text)
    return text


class _Process(Protocol):
    """A process with pipes for its input and output."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class _Reader:
    """A process that reads one file after the other; a new one follows when it has ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: _Process | None = None
        self.inherited: list[_Process] = []

    def ask(self, data: bytes, limits: Limits) -> bytes:
        """Return the answer to one file, or raise if there is none in time."""
        with self.lock:
            used = self.process is not None
            try:
                try:
                    return self._answer(data, limits)
                except (EOFError, OSError):
                    if not used:
                        raise
                    # It may have ended for another reason, so a new process tries again.
                    return self._answer(data, limits)
            except (EOFError, OSError):
                raise UnreadableError("damaged, or too large for the memory") from None

    def _answer(self, data: bytes, limits: Limits) -> bytes:
        process, late = self._running(), threading.Event()
        timer = threading.Timer(limits.seconds, _end, [process, late])
        timer.start()
        answer = b""
        try:
            send(process.stdin, json.dumps(limits).encode())
            send(process.stdin, data)
            answer = receive(process.stdout)
        except (EOFError, OSError):
            if not late.is_set():
                raise
        finally:
            timer.cancel()
            timer.join()
            if late.is_set() or not answer:  # a late answer must not reach the next file
                self.stop()
        if late.is_set():
            raise TryAgainError(f"takes longer than {limits.seconds} seconds; split the file")
        return answer

    def _running(self) -> _Process:
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = _start()
        return self.process

    def stop(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.stdout.close()
            with suppress(OSError):  # what was not yet written
                process.stdin.close()
            process.wait()

    def forget(self) -> None:
        """Leave the process, and a lock that another thread may hold, to the original of a fork."""
        self.lock = threading.Lock()
        if self.process is not None:
            self.inherited.append(self.process)  # if it were freed, its pipe would be flushed
        self.process = None


def _end(process: _Process, late: threading.Event) -> None:
    late.set()
    process.kill()


def _start() -> _Process:
    program = PROGRAM.format(path=sys.path, module=serve.__module__)
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # An interrupt from the keyboard is for this process only. On Windows a console of its
            # own, which is not shown, has the same effect.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return cast(_Process, process)
    except OSError as error:
        raise TryAgainError(f"no process can be started to read it: {error}") from None


_READER = _Reader()
atexit.register(_READER.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_READER.forget)
