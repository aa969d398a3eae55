"""Check paths, and write files and folders whole or not at all."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any


def as_path(path: Any, what: str = "file") -> Path:
    """Return a value as a path, or raise TypeError if it is not a path."""
    if not isinstance(path, str | PathLike):
        raise TypeError(f"expected the path of a {what}, not {type(path).__name__}")
    if not str(path) or "\0" in str(path):
        raise ValueError(f"{str(path)!r} cannot be the path of a {what}")
    return Path(path).expanduser()


def existing_file(path: str | PathLike[str]) -> Path:
    """Return the path of a file, or raise if the file does not exist."""
    found = as_path(path)
    if found.is_dir():
        raise ValueError(f"{found} is a folder, not a file")
    if not found.exists():
        raise FileNotFoundError(f"no file {found}")
    if not found.is_file():  # such as a pipe, which might never end
        raise ValueError(f"{found} is not a regular file")
    return found


def put_files(contents: Mapping[Path, bytes], *, staging: Path | None = None) -> list[Path]:
    """Write files under temporary names, and rename them once all are complete.

    Several files are a group: the last one is deleted before the others are replaced. So if the
    program is killed in between, the last file is missing, and its former content is in a hidden
    file beside it.

    Parameters
    ----------
    contents : mapping of Path to bytes
        The new content of each file. A file that exists is replaced.
    staging : Path, optional
        The folder for the temporary files, on the same disk; by default the folder of each file.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OSError
        If a file cannot be written or renamed. Earlier files are then restored; if that fails, a
        note on the error names the file with the earlier content.
    """
    for path in contents:
        if not path.parent.is_dir():
            raise FileNotFoundError(f"no folder {path.parent}")
    # If a path is a link, the file that it points to is replaced, not the link.
    targets = {path: path.resolve() for path in contents}
    for target in targets.values():
        # Windows would refuse to replace the file, and also to delete the copies of it.
        if os.name == "nt" and target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(f"{target} is read-only")
    name = f".{uuid.uuid4().hex}"
    staged = {
        path: (staging or to.parent) / f"{name}-{number}"
        for number, (path, to) in enumerate(targets.items())
    }
    former = {path: staged[path].with_name(f"{staged[path].name}-former") for path in contents}
    try:
        for path, data in contents.items():
            staged[path].write_bytes(data)
            if targets[path].exists():
                shutil.copymode(targets[path], staged[path])
                if len(contents) > 1:  # one file is replaced in one step, so it needs no copy
                    shutil.copy2(targets[path], former[path])
        _move(staged, targets, former)
    finally:
        for left in (*staged.values(), *former.values()):
            left.unlink(missing_ok=True)
    return list(contents)


def _move(staged: dict[Path, Path], targets: dict[Path, Path], former: dict[Path, Path]) -> None:
    """Move all files into place, or restore the former ones."""
    try:
        if len(staged) > 1:
            # If the program is killed now, nobody reads new files together with former ones,
            # because the last file is missing.
            targets[list(staged)[-1]].unlink(missing_ok=True)
        for path in staged:
            staged[path].replace(targets[path])
    except BaseException as error:
        for path, target in targets.items():
            if staged[path].exists() and target.exists():
                continue  # this file was not moved
            try:
                if former[path].exists():
                    restore = former[path].replace if target.exists() else former[path].rename
                    restore(target)
                else:
                    target.unlink(missing_ok=True)
            except OSError:
                error.add_note(f"the former {path} is now {former.pop(path)}")
        raise


def put_folder(staging: Path, target: Path) -> None:
    """Move a folder into place; an existing folder is deleted only after that has succeeded."""
    if not target.exists():
        staging.rename(target)
        return
    former = staging.with_name(f"{staging.name}.former")
    target.rename(former)
    try:
        staging.rename(target)
    except BaseException:
        former.rename(target)
        raise
    shutil.rmtree(former, ignore_errors=True)


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
