"""Files of several kinds become documents: a row per paragraph, and a list of what was left out."""

from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.files import as_path
from policylib._util.names import require
from policylib.documents.files import (
    READERS,
    document_ids,
    ending_of,
    find_files,
    paragraphs_of,
    printable,
    read_file,
    reader_of,
    require_encoding,
    text_of,
)
from policylib.documents.paragraphs import UnreadableError


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
    place = as_path(path, "file or folder")
    if encoding is not None:
        require_encoding(encoding)
    if not place.exists():
        raise FileNotFoundError(f"no file or folder {place}")
    faults = Faults()
    files = find_files(place, faults) if place.is_dir() else _single(place)
    if not files and not faults:
        raise ValueError(f"{place} holds no document (allowed: {', '.join(READERS)})")
    for ending in sorted({ending_of(name) for name in files}):
        reader_of(ending)  # what is not installed is said before hours of reading
    documents = []
    for name, id_ in sorted(document_ids(files).items(), key=lambda item: item[1]):
        try:
            documents.append(_read(id_, files[name], encoding))
        except UnreadableError as error:
            faults.add(name, None, None, str(error))
    if not documents:
        raise DataError(faults.to_frame(), place.name or str(place))
    return _table(documents), faults.to_frame()[["file", "problem"]].astype("str")


def _single(place: Path) -> dict[str, Path]:
    require(ending_of(place.name), READERS, "ending")
    return {printable(place.name): place}


def _read(id_: str, path: Path, encoding: str | None) -> _Document:
    data, ending = read_file(path), ending_of(path.name)
    checksum = sha256(data).hexdigest()
    text = text_of(data, ending, encoding)
    del data  # a long document would be held twice
    return _Document(id_, paragraphs_of(text, ending), checksum)


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
