"""Check paths, and write files and folders whole or not at all."""

import csv
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import ELOOP, ENOENT, ENOTDIR
from hashlib import sha256
from os import PathLike
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pandas as pd

from policylib._util.locks import acquire, release
from policylib._util.names import require
from policylib._util.printable import one_line

MISSING = (ENOENT, ENOTDIR, ELOOP)  # a file, or a folder above it, does not exist
PATIENCE = 60  # seconds to wait for another program that writes the same file
LONGEST_NAME = 200  # bytes; systems allow 255
# The ends of hidden names. They name the library, so they are not those of other programs.
NEW, FORMER, LOCK = ".policylib-new", ".policylib-former", ".policylib-lock"


def as_path(path: Any, what: str = "file") -> Path:
    """Return a value as a path, or raise TypeError if it is not a path."""
    if not isinstance(path, str | PathLike):
        raise TypeError(f"expected the path of a {what}, not {type(path).__name__}")
    if not str(path) or "\0" in str(path):
        raise ValueError(f"{str(path)!r} cannot be the path of a {what}")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        problem = f"{str(path)!r} cannot be the path of a {what}: no file name can hold it"
        raise ValueError(problem) from None
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(
            f"{str(path)!r} cannot be the path of a {what}: the home folder is unknown"
        ) from None


def resolved(path: Path) -> Path:
    """Return a path without links, or raise if its links lead round in a circle."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == ELOOP:
            problem = f"no file or folder {one_line(path)}: its links are a circle"
            raise FileNotFoundError(problem) from None
    return path.resolve()


def existing_file(path: str | PathLike[str]) -> Path:
    """Return the path of a file, or raise if the file does not exist."""
    found = as_path(path)
    mode = file_mode(found)
    if not mode:
        raise FileNotFoundError(f"no file {one_line(found)}")
    if stat.S_ISDIR(mode):
        raise ValueError(f"{one_line(found)} is a folder, not a file")
    if not stat.S_ISREG(mode):  # such as a pipe, which might never end
        raise ValueError(f"{one_line(found)} is not a regular file")
    return found


def file_mode(path: Path) -> int:
    """Return the mode of a file or folder, or 0 if it does not exist.

    The system is asked only once, because another program may replace the file.
    """
    try:
        return path.stat().st_mode
    except OSError as error:
        if error.errno not in MISSING:
            raise
        return 0


def ending_of(path: str | PathLike[str], allowed: Iterable[str]) -> str:
    """Return the extension of a path in lower case, or raise if it is not allowed."""
    ending = as_path(path).suffix.lower()
    require(ending, allowed, "ending")
    return ending


def table_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV, such that reading it gives every cell unchanged."""
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        # The csv module leaves a lone carriage return unquoted, and then reads it as a new row.
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)
    return text.encode()


def put_file(path: str | PathLike[str], data: bytes) -> Path:
    """Write a file whole or not at all, and return its path; see `put_files`."""
    return put_files({as_path(path): data})[0]


def put_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files whole or not at all, as `replacing` does, and return their paths.

    If a path is a link, the file that it points to is replaced, not the link.
    """
    paths = list(contents)
    with naming(paths[-1]), replacing([resolved(path) for path in paths]) as staged:
        for path, new in zip(paths, staged, strict=True):
            with naming(path), new.open("xb") as file:
                file.write(contents[path])
    return paths


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let errors of the system name the path that the user asked for, not a temporary one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and "named" not in vars(error):
            error.filename = vars(error)["named"] = str(path)
            del error.filename2
        raise


def no_copy(path: str | PathLike[str], error: Exception) -> OSError:
    """Return an error for a file whose content is first written to the temporary folder."""
    folder = gettempdir()
    return OSError(
        f"{path} cannot be written, because its temporary copy in {folder} cannot: {error}"
    )


@contextmanager
def replacing(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield temporary paths beside some targets, and move them into place in the end.

    Meanwhile, no other program or thread can write to these targets. If the program is killed, the
    next one that writes or restores them puts the former ones back and deletes the rest.

    Parameters
    ----------
    targets : sequence of Path
        Files or folders that belong together. Those that exist are replaced. The last one is moved
        away first and comes last, so nobody who waits for it reads new and former ones together.

    Yields
    ------
    list of Path
        A path for each target, at which the caller creates a file or folder.

    Raises
    ------
    FileNotFoundError
        If the folder of a target does not exist.
    BlockingIOError
        If another program does not stop writing to the targets.
    OSError
        If a target cannot be replaced. All are then as before; if one cannot be put back, a note
        on the error names the place of its former content.
    """
    for target in targets:
        # Windows would refuse to replace the file, and also to delete the copies of it.
        if os.name == "nt" and target.is_file() and not os.access(target, os.W_OK):
            raise PermissionError(f"{target} is read-only")
    staged = [_hidden(target, NEW) for target in targets]
    with _alone(targets):
        try:
            _restore(targets)
            yield staged
            for new, target in zip(staged, targets, strict=True):
                _sync(new)
                if target.is_file():
                    shutil.copymode(target, new)
            _move(staged, targets)
        finally:
            for new in staged:
                _remove(new)


def restore(targets: Sequence[Path]) -> None:
    """Put back what a program moved away that was killed while it replaced these targets.

    Raises
    ------
    FileNotFoundError
        If the former content cannot be put back; the message names its place.
    """
    targets = [resolved(target) for target in targets]
    former = _hidden(targets[-1], FORMER)
    if targets[-1].exists() or not former.exists():
        return
    try:
        with _alone(targets):
            _restore(targets)
    except OSError as error:
        raise FileNotFoundError(
            f"{targets[-1]} is missing. A program that replaced it was stopped; its former content "
            f"is {former}, which cannot be renamed: {error.strerror or error}"
        ) from error


@contextmanager
def _alone(targets: Sequence[Path]) -> Iterator[None]:
    """Keep other programs and threads from writing to the targets."""
    for target in targets:
        if not target.parent.is_dir():
            raise FileNotFoundError(f"no folder {one_line(target.parent)}")
    last = targets[-1]
    lock = _hidden(last, LOCK)
    try:
        file = acquire(lock, PATIENCE)
    except PermissionError as error:
        problem = f"no permission to write in {last.parent}"
        raise PermissionError(error.errno, problem, str(last)) from error
    if file is None:
        raise BlockingIOError(f"another program is writing to {last}; wait for it to end")
    try:
        yield
    finally:
        release(lock, file)


def _hidden(path: Path, ending: str) -> Path:
    """Return a hidden path beside a path."""
    name, encoded = path.name, os.fsencode(path.name)
    if len(encoded) > LONGEST_NAME:
        name = sha256(encoded).hexdigest()
    return path.with_name(f".{name}{ending}")


def _restore(targets: Sequence[Path]) -> None:
    """Put former targets back if the last one is missing, and delete what was left behind."""
    formers = [_hidden(target, FORMER) for target in targets]
    if formers[-1].exists() and not targets[-1].exists():
        for former, target in zip(formers, targets, strict=True):
            if former.exists():
                former.replace(target)
    for target in targets:
        _remove(_hidden(target, FORMER))
        _remove(_hidden(target, NEW))


def _move(staged: Sequence[Path], targets: Sequence[Path]) -> None:
    """Move all targets into place, or put the former ones back."""
    if len(targets) == 1 and staged[0].is_file():
        staged[0].replace(targets[0])  # in one step
        return
    both = list(zip(staged, targets, strict=True))
    try:
        for _, target in reversed(both):
            with naming(target):
                if target.exists():
                    target.rename(_hidden(target, FORMER))
        for new, target in both:
            with naming(target):
                new.rename(target)
    except BaseException as error:
        _undo(both, error)
        raise
    for new, target in reversed(both):
        former = _hidden(target, FORMER)
        if former.exists():
            former.rename(new)  # under this name, a folder that is half deleted is not restored


def _undo(both: list[tuple[Path, Path]], error: BaseException) -> None:
    """Put the former targets back, the last one last; if that fails, note where they are."""
    formers = [_hidden(target, FORMER) for _, target in both]
    try:
        for new, target in reversed(both):
            if not new.exists() and target.exists():
                target.rename(new)
        for former, (_, target) in zip(formers, both, strict=True):
            if former.exists():
                former.rename(target)
    except OSError:
        for former, (_, target) in zip(formers, both, strict=True):
            if former.exists():
                error.add_note(f"the former {target} is now {former}")


def _sync(path: Path) -> None:
    """Wait until a file, or all files in a folder, are on the disk."""
    for file in [path, *path.rglob("*")]:
        if file.is_file():
            with file.open("rb+") as opened:
                os.fsync(opened.fileno())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def refuse_foreign(
    folder: Path, names: Iterable[str], is_ours: Callable[[str], object], writer: str
) -> None:
    """Raise if a folder holds a file that a function of this library did not write."""
    for name in sorted(names):
        if not is_ours(name):
            raise FileExistsError(
                f"{folder} holds {name!r}, which {writer} did not write; choose a new folder "
                "(nothing was changed)"
            )
