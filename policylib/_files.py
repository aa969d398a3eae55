"""Files of any kind: found where they should be, and written whole or not at all."""

import shutil
import uuid
from collections.abc import Mapping
from os import PathLike
from pathlib import Path


def existing_file(path: str | PathLike[str]) -> Path:
    """Give the path of a file, or raise if there is none."""
    found = Path(path).expanduser()
    if found.is_dir():
        raise ValueError(f"{found} is a folder, not a file")
    if not found.exists():
        raise FileNotFoundError(f"no file {found}")
    return found


def put_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files beside their places, and move them there once all are whole.

    Parameters
    ----------
    contents
        What each file is to hold. A file that exists is replaced.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    OSError
        If one cannot be written or moved; then all are as they were before.
    """
    for path in contents:
        if not path.parent.is_dir():
            raise FileNotFoundError(f"no folder {path.parent}")
    name = f".{uuid.uuid4().hex}"
    staged = {path: path.with_name(f"{name}-{i}") for i, path in enumerate(contents)}
    former = {path: path.with_name(f"{name}-{i}-former") for i, path in enumerate(contents)}
    moved: list[Path] = []
    try:
        for path, data in contents.items():
            staged[path].write_bytes(data)
            if path.exists():
                shutil.copy2(path, former[path])
        for path in contents:
            staged[path].replace(path)
            moved.append(path)
    except BaseException:
        for path in moved:
            former[path].replace(path) if former[path].exists() else path.unlink()
        raise
    finally:
        for left in (*staged.values(), *former.values()):
            left.unlink(missing_ok=True)
    return list(contents)
