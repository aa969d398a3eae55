"""The journal of a coder: a CSV file to which lines are only added, each at once and whole."""

import csv
import io
import os
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from policylib._util.csv_limit import any_length
from policylib._util.files import naming
from policylib._util.locks import acquire, release
from policylib._util.names import nearest, surrogate_problem
from policylib._util.printable import one_line

COLUMNS = [
    *("time", "coder", "action", "id", "document", "paragraph", "start", "end", "quote"),
    *("code", "actor", "role", "qualifier", "initiative", "note", "before"),
]
HEAD = ",".join(COLUMNS)


def whole_lines(data: bytes, file: str = "the journal") -> int:
    r"""Return the number of bytes that hold whole lines; a last line that was cut off is not whole.

    Parameters
    ----------
    data : bytes
        The content of a journal.
    file : str
        The name of the file, for messages.

    Returns
    -------
    int
        The bytes up to the end of the last whole line.

    Raises
    ------
    ValueError
        If quotes are wrong in a line that is not the last one.

    Examples
    --------
    >>> whole_lines(b"action,note\nkeep,yes\ndr"), whole_lines(b'action,note\nkeep,"a\nb')
    (21, 12)
    >>> whole_lines(b"action,note\nkeep,yes")
    20
    """
    body = data.removeprefix(BOM_UTF8)
    text = body.decode("latin-1")  # one character for each byte
    row = columns = end = at = 0

    def lines() -> Iterator[str]:
        nonlocal at
        for line in io.StringIO(text, newline=""):
            at += len(line)
            yield line

    try:
        with any_length():
            for cells in csv.reader(lines(), strict=True):
                row += 1
                columns = columns or len(cells)
                if text.endswith("\n", 0, at) or len(cells) == columns:
                    end = at
    except csv.Error:
        if not _is_one_line(text[end:], columns):
            raise ValueError(
                f"{file}, row {row + 1}: quotes must enclose the whole cell, and a quote within "
                "it must be doubled; correct the file in a text editor"
            ) from None
    return end + len(data) - len(body)


def _is_one_line(text: str, columns: int) -> bool:
    """Return whether a text is a line that was cut off within quotes, and no other line follows."""
    try:
        with any_length():
            rows = list(csv.reader(io.StringIO(text + '"', newline=""), strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and all(
        line.count(",") < max(columns - 1, 1) for line in text.split("\n")[1:]
    )


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", errors="replace")


class Journal:
    """An open journal, which no other program may write to meanwhile.

    Parameters
    ----------
    path : Path
        The file; a new one is created with a header. A last line that was cut off is removed.

    Raises
    ------
    BlockingIOError
        If another kernel has the journal open.
    ValueError
        If the file is not a journal, or quotes are wrong in a line that is not the last one.
    OSError
        If the file cannot be written.

    Attributes
    ----------
    cut : str
        The line that was cut off, or ``""``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.parent.is_dir():
            raise FileNotFoundError(f"no folder {one_line(path.parent)}")
        new = not path.exists()
        with naming(path):
            self._lock_path = path.with_name(f".{path.name}.lock")
            self._lock = acquire(self._lock_path)
            if self._lock is None:
                raise BlockingIOError(
                    f"{path} is open for coding in another kernel. Shut that kernel down, or "
                    "choose another file for this coder."
                )
            try:
                self.cut = self._open()
            except BaseException:
                if new:  # the disk is full, for example
                    path.unlink(missing_ok=True)
                release(self._lock_path, self._lock)
                raise

    def _open(self) -> str:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self.path, flags, 0o666)
        try:
            data = self.path.read_bytes()
            if len(data) < len(HEAD) and HEAD.encode().startswith(data):
                os.ftruncate(self._file, 0)  # new, or not even the header was written whole
                data = b""
            self._size = whole_lines(data, self.path.name)
            whole = io.StringIO(_text(data[: self._size]), newline="")
            with any_length():
                self._head = next(csv.reader(whole), [])
            if not self._size:
                self._head = COLUMNS
                self._write(f"{HEAD}\n".encode())
            for column in COLUMNS:
                if column not in self._head:
                    raise ValueError(
                        f"{self.path.name}: no column {column!r}{nearest(column, self._head)}. "
                        "Choose a journal, or a file that does not exist."
                    )
            os.ftruncate(self._file, self._size)
            if data and not data[: self._size].endswith(b"\n"):
                self._write(b"\n")
        except BaseException:
            os.close(self._file)
            raise
        return _text(data[self._size :]) if len(data) > self._size else ""

    def append(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines, all or none, and return when they are on the disk.

        Raises
        ------
        ValueError
            If a text has a lone surrogate, which no file can hold; nothing is then written.
        OSError
            If the disk is full, or another program changed the file; nothing is then written.
        """
        rows = [[line.get(name) for name in self._head] for line in lines]
        for row in rows:
            for name, cell in zip(self._head, row, strict=True):
                if problem := surrogate_problem(str(cell)):
                    raise ValueError(f"column {name!r}: {problem}")
        # The csv module leaves a lone carriage return unquoted, and then reads it as a new row.
        quoted = any("\r" in str(cell) for row in rows for cell in row)
        stream = io.StringIO()
        csv.writer(
            stream, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        ).writerows(rows)
        self._write(stream.getvalue().encode())

    def _write(self, data: bytes) -> None:
        try:
            same = os.path.samestat(self.path.stat(), os.fstat(self._file))
        except FileNotFoundError:
            same = False
        if not same or os.fstat(self._file).st_size != self._size:
            raise OSError(
                f"{self.path} was changed by another program. This change is not saved. Run the "
                "cell again to read the file."
            )
        try:
            with naming(self.path):
                done = 0
                while done < len(data):
                    done += os.write(self._file, data[done:])
                os.fsync(self._file)
        except BaseException:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def close(self) -> None:
        """Close the file, so that another kernel can write to it."""
        if self._lock is not None:
            os.close(self._file)
            self._file = -1  # the system may use the number again
            release(self._lock_path, self._lock)
            self._lock = None
