"""Find the documents in a folder, name them, and read each file as paragraphs."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from unicodedata import normalize

from policylib._util.faults import Faults
from policylib._util.files import file_mode
from policylib._util.names import require_text
from policylib.documents.paragraphs import TryAgainError, UnreadableError, split_paragraphs

# The module and the function for each extension. A module is imported when a file needs it, because
# some need packages that only the extra `documents` installs.
READERS = {
    ".txt": ("encoding", "decode"),
    ".md": ("markdown", "markdown_text"),
    ".markdown": ("markdown", "markdown_text"),
    ".html": ("html", "html_text"),
    ".htm": ("html", "html_text"),
    ".docx": ("docx", "docx_text"),
    ".pdf": ("pdf", "pdf_text"),
}
# Those that read only the main text.
MAIN_READERS = dict.fromkeys((".html", ".htm"), ("html_main", "main_text"))
# Files that operating systems write, other than names that begin with a dot.
LEFT_BEHIND = {"__MACOSX", "Thumbs.db", "desktop.ini"}
LOCK = "~$"  # prefix of the lock file that Word writes beside an open document

Reader = Callable[[bytes, str | None], str]


def find_files(folder: Path, faults: Faults, endings: Iterable[str] = READERS) -> dict[str, Path]:
    """Find the readable files in a folder, by their path in it; record all others as faults."""
    found = {}

    def name_of(path: str | Path) -> str:
        return printable(Path(path).relative_to(folder).as_posix())

    def note(error: OSError) -> None:
        faults.add(name_of(error.filename), None, None, f"cannot be read: {error.strerror}")

    for here, folders, files in os.walk(folder, onerror=note):
        for name in filter(is_seen, folders):
            if (link := Path(here, name)).is_symlink():
                # It may lead back to a parent folder, or to files that are read anyway.
                faults.add(name_of(link), None, None, "a link to a folder; read it separately")
        folders[:] = filter(is_seen, folders)
        for path in (Path(here, name) for name in files if is_seen(name)):
            if ending_of(path.name) in endings:
                found[name_of(path)] = path
            else:
                problem = f"unsupported file type (allowed: {', '.join(endings)})"
                faults.add(name_of(path), None, None, problem)
    return found


def is_seen(name: str) -> bool:
    """Return whether a file name is neither hidden nor one that the system writes."""
    return not name.startswith((".", LOCK)) and name not in LEFT_BEHIND


def printable(name: str) -> str:
    """Return a file name as text; bytes that are not UTF-8 become escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def ending_of(name: str) -> str:
    """Return the extension of a file name, in lower case."""
    return Path(name).suffix.lower()


def document_ids(names: Iterable[str]) -> dict[str, str]:
    """Return each file's id: its path without extension, or with it if two ids would collide.

    Accents are written as in a register (Unicode's form NFC; macOS writes file names otherwise).
    """
    ids = {name: normalize("NFC", name.removesuffix(Path(name).suffix)) for name in names}
    # Restoring an extension can create a new collision (`a.b` and `a.b.txt`), so repeat.
    while double := {id_ for id_, count in Counter(ids.values()).items() if count > 1}:
        ids.update({name: name for name, id_ in ids.items() if id_ in double})
    return ids


def reader_of(ending: str, main_text: bool = False) -> Reader:
    """Return the function that converts the bytes of a file with this extension to text."""
    module, function = (READERS | MAIN_READERS if main_text else READERS)[ending]
    try:
        reader: Reader = getattr(import_module(f"policylib.documents.{module}"), function)
    except ImportError as error:
        raise ImportError(
            f"{'the main text of ' * (module == 'html_main')}{ending} files need the package "
            f"{error.name}: pip install 'policylib[documents]'",
            name=error.name,
        ) from error
    return reader


def require_encoding(encoding: str) -> None:
    """Raise an error unless Python knows the encoding."""
    require_text(encoding, "encoding")
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise ValueError(f"no encoding {encoding!r}: {error}") from None


def refuse_irregular(path: Path) -> None:
    """Raise unless this is a regular file. A pipe is not opened, because it may never end."""
    try:
        mode = file_mode(path)
        broken = not mode and path.is_symlink()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(mode):
        raise UnreadableError("a broken link" if broken else "not a regular file")


def read_file(path: Path) -> bytes:
    """Return the bytes of a file, or raise if it is empty or cannot be read."""
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


def text_of(data: bytes, ending: str, encoding: str | None = None, main_text: bool = False) -> str:
    """Return the text in the bytes of a file with this extension."""
    try:
        return reader_of(ending, main_text)(data, encoding)
    except RecursionError:
        raise UnreadableError("nested too deeply") from None
    except MemoryError:
        raise TryAgainError("too large for the memory") from None


def paragraphs_of(text: str, ending: str) -> list[str]:
    """Return the paragraphs of a text, or raise if it has none."""
    try:
        paragraphs = split_paragraphs(text)
    except MemoryError:
        raise TryAgainError("too large for the memory") from None
    if not paragraphs:
        raise UnreadableError("no text" + "; a scan needs OCR first" * (ending == ".pdf"))
    return paragraphs
