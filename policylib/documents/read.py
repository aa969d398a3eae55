"""Read files of several types as paragraphs, and list the files that were left out."""

from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.files import as_path
from policylib._util.names import require
from policylib._util.numbers import require_flag
from policylib._util.printable import one_line
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
    path: str | PathLike[str], *, encoding: str | None = None, main_text: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    r"""Read one document, or all documents in a folder, as a table of paragraphs.

    The extension of a file decides how it is read and what a paragraph is:

    - ``.txt``: a line that is not empty.
    - ``.md``, ``.markdown``: a block, or a line of code, without the markup. HTML in it is read as
      HTML. Front matter (YAML or TOML) and the numbers of footnotes are left out.
    - ``.html``, ``.htm``: a block, or the text up to a ``<br>``. Scripts, styles, the title and
      what the page hides are left out. Sections that open with a click are read.
    - ``.docx``: a paragraph, or a line that ends with a manual line break, in the text, in tables,
      text boxes, shapes, diagrams and titles of charts, as Word shows it with all changes accepted.
      So automatic numbers are read; deleted and hidden text and the instructions of fields are not.
      Footnotes and endnotes come last. Inserted files (text, HTML, MHT and Word) are read. If a
      part of the text is in another file or format, the document is left out. Bullets, headers and
      comments are left out.
    - ``.pdf``: a guess, since a PDF has no paragraphs. Lines are joined. A paragraph ends where a
      line is so short that the next word would still have fitted, and before a line that is
      indented, farther away, or in another size or font. Words that are divided at the end of a
      line are joined. Headers, footers and page numbers are left out. Ligatures become letters,
      and radicals become Chinese characters. A space separates a word from the number of its
      footnote. Columns are read one after the other. A page that is a picture has no text. A file
      is left out if its fonts do not name the characters that they show.

    White space around a paragraph is removed. In HTML, several spaces or line breaks become one
    space. A line break between Chinese characters is removed. In HTML and Markdown, marks of where
    a word may be broken are removed, too. In HTML, Markdown and Word, a space separates a word from
    the raised mark of its footnote, but not a unit from its exponent. In a line where most Chinese
    characters have spaces between them, as in scanned text, these spaces are removed. Other control
    and zero-width characters are kept, but a line that has only these is empty. An accented letter
    becomes one character (NFC). Lines end at ``\n``, ``\r``, U+2028 and U+2029. No script is run,
    and nothing is downloaded.

    Parameters
    ----------
    path : str or PathLike
        A file, or a folder, which is read with its subfolders. In a folder, names that begin with
        ``.`` or ``~$``, ``__MACOSX``, ``Thumbs.db`` and ``desktop.ini`` are ignored.
    encoding : str, optional
        The encoding of text, Markdown and HTML files that are not UTF-8, have no byte order mark
        and, in HTML, do not name their encoding. UTF-8 is read as UTF-8, whatever a page names.
        By default, GB18030 is tried, which includes GBK and GB 2312; a file that does not look
        Chinese then is left out. Big5, EUC-KR and Shift-JIS can be mistaken for GB18030, so name
        them here.
    main_text : bool
        Whether only the main text of an HTML page is read, without its menus, breadcrumbs, lists of
        links, tools such as "print" or 字号, and footers. trafilatura finds it, by a guess. A page
        without a menu or a tool is read whole.

    Returns
    -------
    DataFrame
        One row for each paragraph, in the order of documents: `document`, `paragraph` (from 1),
        `text`, and `sha256`, the checksum of the bytes of the file. `document` is the path of the
        file in the folder without its extension. If two files have the same path without it, both
        keep it.
    DataFrame
        One row for each file that was left out: `file` (the path in the folder) and `problem`. A
        file may be empty, damaged, encrypted, of another type, or without text, such as a scan. A
        PDF that takes five minutes or too much memory is left out too, and so is a text of more
        than a million paragraphs.
        Links to folders are not followed; they are listed here too.

    Raises
    ------
    DataError
        If no document can be read; its attribute `faults` lists every file with its problem.
    ValueError
        If a folder contains no file, the type of a single file is not supported, or the encoding
        is unknown.
    FileNotFoundError
        If the file or folder does not exist.
    ImportError
        If there are Markdown or PDF files, or the main text of pages is wanted, and
        ``policylib[documents]`` is not installed.

    See Also
    --------
    code_documents : Code these paragraphs.
    code_corpus : Read and code more documents than fit in the memory.

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
    require_flag(main_text, "main_text")
    if encoding is not None:
        require_encoding(encoding)
    if not place.exists():
        raise FileNotFoundError(f"no file or folder {one_line(place)}")
    faults = Faults()
    files = find_files(place, faults) if place.is_dir() else _single(place)
    if not files and not faults:
        raise ValueError(f"{place} holds no document (allowed: {', '.join(READERS)})")
    for ending in sorted({ending_of(name) for name in files}):
        reader_of(ending, main_text)  # raise for a missing package now, not after hours of reading
    documents = []
    for name, id_ in sorted(document_ids(files).items(), key=lambda item: item[1]):
        try:
            documents.append(_read(id_, files[name], encoding, main_text))
        except UnreadableError as error:
            faults.add(name, None, None, str(error))
    if not documents:
        raise DataError(faults.to_frame(), place.name or str(place))
    return _table(documents), faults.to_frame()[["file", "problem"]].astype("str")


def _single(place: Path) -> dict[str, Path]:
    require(ending_of(place.name), READERS, "ending")
    return {printable(place.name): place}


def _read(id_: str, path: Path, encoding: str | None, main_text: bool) -> _Document:
    data, ending = read_file(path), ending_of(path.name)
    checksum = sha256(data).hexdigest()
    text = text_of(data, ending, encoding, main_text)
    del data  # so that a long document is not in memory twice
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
