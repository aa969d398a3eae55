"""Files that may be documents: found in a folder, named, and read as paragraphs."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from policylib._util.faults import Faults
from policylib.documents.paragraphs import TryAgainError, UnreadableError, split_paragraphs

# The module and the function for each ending. A module is loaded when a file needs it: what some of
# them stand on is installed with the extra `documents` only.
READERS = {
    ".txt": ("encoding", "decode"),
    ".md": ("markdown", "markdown_text"),
    ".markdown": ("markdown", "markdown_text"),
    ".html": ("html", "html_text"),
    ".htm": ("html", "html_text"),
    ".docx": ("docx", "docx_text"),
    ".pdf": ("pdf", "pdf_text"),
}
# What systems and programs leave behind, beside names that begin with a dot.
LEFT_BEHIND = {"__MACOSX", "Thumbs.db", "desktop.ini"}
LOCK = "~$"  # Word puts it before the name of a file that is open

Reader = Callable[[bytes, str | None], str]


def find_files(folder: Path, faults: Faults, endings: Iterable[str] = READERS) -> dict[str, Path]:
    """Give the files that can be read, by their path in a folder; all others are faults."""
    found = {}

    def name_of(path: str | Path) -> str:
        return printable(Path(path).relative_to(folder).as_posix())

    def note(error: OSError) -> None:
        faults.add(name_of(error.filename), None, None, f"cannot be read: {error.strerror}")

    for here, folders, files in os.walk(folder, onerror=note):
        for name in filter(is_seen, folders):
            if (link := Path(here, name)).is_symlink():
                # It may lead round in a circle, or to what is read already.
                faults.add(name_of(link), None, None, "a link to a folder; read that one by itself")
        folders[:] = filter(is_seen, folders)
        for path in (Path(here, name) for name in files if is_seen(name)):
            if ending_of(path.name) in endings:
                found[name_of(path)] = path
            else:
                problem = f"another kind of file (allowed: {', '.join(endings)})"
                faults.add(name_of(path), None, None, problem)
    return found


def is_seen(name: str) -> bool:
    """Tell whether a name is one that people give to files."""
    return not name.startswith((".", LOCK)) and name not in LEFT_BEHIND


def printable(name: str) -> str:
    """Give a name as text, with what is not Unicode as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def ending_of(name: str) -> str:
    """Give the ending of a name, in lower case."""
    return Path(name).suffix.lower()


def document_ids(names: Iterable[str]) -> dict[str, str]:
    """Give each file its name without the ending, or with it where two would be called the same."""
    ids = {name: name.removesuffix(Path(name).suffix) for name in names}
    # A name that is told apart by its ending can be what another is called without: once more.
    while double := {id_ for id_, count in Counter(ids.values()).items() if count > 1}:
        ids.update({name: name for name, id_ in ids.items() if id_ in double})
    return ids


def reader_of(ending: str) -> Reader:
    """Give the function that turns the bytes of a file into text, by its ending."""
    module, function = READERS[ending]
    try:
        reader: Reader = getattr(import_module(f"policylib.documents.{module}"), function)
    except ImportError as error:
        raise ImportError(
            f"{ending} files need the package {error.name}: pip install 'policylib[documents]'",
            name=error.name,
        ) from error
    return reader


def require_encoding(encoding: str) -> None:
    """Raise an error unless there is such an encoding."""
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise ValueError(f"no encoding {encoding!r}: {error}") from None


def refuse_irregular(path: Path) -> None:
    """Raise unless this is a file: what never ends, as a pipe does, is not even opened."""
    try:
        regular, there = path.is_file(), path.exists() or not path.is_symlink()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    if not regular:
        raise UnreadableError("not a regular file" if there else "a link that leads nowhere")


def read_file(path: Path) -> bytes:
    """Give the bytes of a file, of which there must be some."""
    refuse_irregular(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    except MemoryError:
        raise TryAgainError("too large for the memory") from None
    if not data:
        raise UnreadableError("empty")
    return data


def text_of(data: bytes, ending: str, encoding: str | None = None) -> str:
    """Give the text in the bytes of a file."""
    try:
        return reader_of(ending)(data, encoding)
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    except MemoryError:
        raise TryAgainError("too large for the memory") from None


def paragraphs_of(text: str, ending: str) -> list[str]:
    """Give the paragraphs of a text, of which there must be some."""
    try:
        paragraphs = split_paragraphs(text)
    except MemoryError:
        raise TryAgainError("too large for the memory") from None
    if not paragraphs:
        raise UnreadableError("no text" + "; a scan needs OCR first" * (ending == ".pdf"))
    return paragraphs
