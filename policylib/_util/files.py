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
        If one cannot be written or moved; then all are as they were before, or a note to the
        error says where that is.
    """
    for path in contents:
        if not path.parent.is_dir():
            raise FileNotFoundError(f"no folder {path.parent}")
    # What a link points to is replaced, not the link.
    targets = {path: path.resolve() for path in contents}
    name = f".{uuid.uuid4().hex}"
    staged = {path: to.with_name(f"{name}-{i}") for i, (path, to) in enumerate(targets.items())}
    former = {path: staged[path].with_name(f"{staged[path].name}-former") for path in contents}
    moved: list[Path] = []
    try:
        for path, data in contents.items():
            staged[path].write_bytes(data)
            if targets[path].exists():
                shutil.copymode(targets[path], staged[path])
                if len(contents) > 1:  # one file is replaced at once, so nothing can be undone
                    shutil.copy2(targets[path], former[path])
        for path in contents:
            staged[path].replace(targets[path])
            moved.append(path)
    except BaseException as error:
        for path in moved:
            try:
                former[path].replace(targets[path]) if former[path].exists() else path.unlink()
            except OSError:
                error.add_note(f"what {path} was before is now in {former.pop(path)}")
        raise
    finally:
        for left in (*staged.values(), *former.values()):
            left.unlink(missing_ok=True)
    return list(contents)
