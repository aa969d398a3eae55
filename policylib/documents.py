"""Files of several kinds become documents: a row per paragraph, and a list of what was left out."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from policylib._faults import DataError, Faults
from policylib._names import require
from policylib._paragraphs import UnreadableError, split_paragraphs

# The module and the function for each ending. A module is loaded when a file needs it: what some of
# them stand on is installed with the extra `documents` only.
READERS = {
    ".txt": ("_decode", "decode"),
    ".md": ("_markdown_text", "markdown_text"),
    ".markdown": ("_markdown_text", "markdown_text"),
    ".html": ("_html_text", "html_text"),
    ".htm": ("_html_text", "html_text"),
    ".docx": ("_docx_text", "docx_text"),
    ".pdf": ("_pdf_text", "pdf_text"),
}
# What systems and programs leave behind, beside names that begin with a dot.
LEFT_BEHIND = {"__MACOSX", "Thumbs.db", "desktop.ini"}
LOCK = "~$"  # Word puts it before the name of a file that is open

Reader = Callable[[bytes, str | None], str]


class _Document(NamedTuple):
    id: str
    paragraphs: list[str]
    sha256: str


def read_documents(
    path: str | PathLike[str], *, encoding: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Read the documents in a folder, or one, paragraph by paragraph.

    Kinds of files, by ending, and what a paragraph is:

    - ``.txt``: a line that is not empty.
    - ``.md``, ``.markdown``: a block, or a line of code, without the markup.
    - ``.html``, ``.htm``: a block or a line that ``<br>`` ends, without scripts, styles and title.
    - ``.docx``: a paragraph or a line broken by hand, of text, tables and text boxes; then foot-
      and endnotes. Numbers that Word sets, headers, comments and deleted text are left out.
    - ``.pdf``: a guess. Its lines are joined until one ends so early that the next word would have
      fitted, and a page ends a paragraph. A hyphen at the end of a line stays, headers and page
      numbers are paragraphs, and a page that is a picture has none.

    White space around a paragraph goes, and in HTML runs of it become one space, as in a browser;
    else every character stays, control and zero-width ones too. A line of nothing but these is
    empty. Lines end at ``\n``, ``\r``, U+2028 and U+2029. Nothing is run or fetched.

    Parameters
    ----------
    path
        A folder, with the folders in it, or a file. In a folder, names that begin with ``.`` or
        ``~$``, ``__MACOSX``, ``Thumbs.db`` and ``desktop.ini`` are passed over.
    encoding
        The encoding of text, Markdown and HTML without a byte order mark that is not UTF-8 nor
        (HTML) what it says itself. If None, it is GB18030 (GBK, GB 2312), and a file that is hardly
        Chinese is left out. Other East Asian encodings can pass for it: name them.

    Returns
    -------
    pandas.DataFrame
        One row per paragraph, in the order of documents: `document` (the path in the folder
        without the ending, which only stays where two files would have one name), `paragraph`
        (from 1), `text` and `sha256` (of the bytes of the file).
    pandas.DataFrame
        One row per file that was left out: `file` (the path in the folder) and `problem`. It may
        be empty, of another kind, damaged, encrypted, or without text, as a scan is. Links to
        folders are not followed, and stand here too.

    Raises
    ------
    DataError
        If not one document can be read; it names every file and why.
    ValueError
        If a folder holds no file, the ending of a file is another, or there is no such encoding.
    FileNotFoundError
        If there is nothing there.
    ImportError
        If Markdown or PDF is to be read and the extra ``policylib[documents]`` is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "henan.txt").write_text("Robots first.\n\nThen quanta.\n")
    ...     _ = Path(folder, "jilin.xlsx").write_bytes(b"a table")
    ...     documents, skipped = read_documents(folder)
    >>> print(documents.drop(columns="sha256").to_string(index=False))
    document  paragraph          text
       henan          1 Robots first.
       henan          2  Then quanta.
    >>> skipped["file"].to_list()
    ['jilin.xlsx']
    """
    place = Path(path).expanduser()
    if encoding is not None:
        _require_encoding(encoding)
    if not place.exists():
        raise FileNotFoundError(f"no file or folder {place}")
    faults = Faults()
    files = _find(place, faults) if place.is_dir() else _single(place)
    if not files and not faults:
        raise ValueError(f"{place} holds no document (allowed: {', '.join(READERS)})")
    readers = {ending: _reader(ending) for ending in sorted({_ending(name) for name in files})}
    documents = []
    for name, id_ in sorted(_ids(files).items(), key=lambda item: item[1]):
        try:
            documents.append(_read(id_, files[name], readers[_ending(name)], encoding))
        except UnreadableError as error:
            faults.add(name, None, None, str(error))
    if not documents:
        raise DataError(faults.to_frame(), place.name or str(place))
    return _table(documents), faults.to_frame()[["file", "problem"]].astype("str")


def _require_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise ValueError(f"no encoding {encoding!r}: {error}") from None


def _single(place: Path) -> dict[str, Path]:
    require(_ending(place.name), READERS, "ending")
    return {_text(place.name): place}


def _find(folder: Path, faults: Faults) -> dict[str, Path]:
    """Give the files that can be read, by their path in a folder; all others are faults."""
    found = {}

    def name_of(path: str | Path) -> str:
        return _text(Path(path).relative_to(folder).as_posix())

    def note(error: OSError) -> None:
        faults.add(name_of(error.filename), None, None, f"cannot be read: {error.strerror}")

    for here, folders, files in os.walk(folder, onerror=note):
        for name in filter(_is_seen, folders):
            if (link := Path(here, name)).is_symlink():
                # It may lead round in a circle, or to what is read already.
                faults.add(name_of(link), None, None, "a link to a folder; read that one by itself")
        folders[:] = filter(_is_seen, folders)
        for path in (Path(here, name) for name in files if _is_seen(name)):
            if _ending(path.name) in READERS:
                found[name_of(path)] = path
            else:
                problem = f"another kind of file (allowed: {', '.join(READERS)})"
                faults.add(name_of(path), None, None, problem)
    return found


def _is_seen(name: str) -> bool:
    return not name.startswith((".", LOCK)) and name not in LEFT_BEHIND


def _text(name: str) -> str:
    """Give a name as text, with what is not Unicode as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _ids(names: Iterable[str]) -> dict[str, str]:
    """Give each file its name without the ending, or with it where two would be called the same."""
    ids = {name: name.removesuffix(Path(name).suffix) for name in names}
    # A name that is told apart by its ending can be what another is called without: once more.
    while double := {id_ for id_, count in Counter(ids.values()).items() if count > 1}:
        ids.update({name: name for name, id_ in ids.items() if id_ in double})
    return ids


def _reader(ending: str) -> Reader:
    module, function = READERS[ending]
    try:
        reader: Reader = getattr(import_module(f"policylib.{module}"), function)
    except ImportError as error:
        raise ImportError(
            f"{ending} files need the package {error.name}: pip install 'policylib[documents]'",
            name=error.name,
        ) from error
    return reader


def _read(id_: str, path: Path, reader: Reader, encoding: str | None) -> _Document:
    if not path.is_file():  # what never ends, as a pipe does, is not even opened
        there = path.exists() or not path.is_symlink()
        raise UnreadableError("not a regular file" if there else "a link that leads nowhere")
    try:
        data = path.read_bytes()
        if not data:
            raise UnreadableError("empty")
        checksum = sha256(data).hexdigest()
        text = reader(data, encoding)
        del data  # a long document would be held twice
        paragraphs = split_paragraphs(text)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    except MemoryError:
        raise UnreadableError("too large for the memory") from None
    if not paragraphs:
        raise UnreadableError(
            "no text" + "; a scan needs OCR first" * (_ending(path.name) == ".pdf")
        )
    return _Document(id_, paragraphs, checksum)


def _table(documents: list[_Document]) -> pd.DataFrame:
    counts = [len(document.paragraphs) for document in documents]
    own = pd.DataFrame(
        [(document.id, document.sha256) for document in documents],
        columns=["document", "sha256"],
        dtype="str",
    )
    row = own.index.repeat(counts)
    return pd.DataFrame(
        {
            "document": own["document"].array.take(row),
            "paragraph": [n for count in counts for n in range(1, count + 1)],
            "text": pd.Series([p for d in documents for p in d.paragraphs], dtype="str"),
            "sha256": own["sha256"].array.take(row),
        }
    )
