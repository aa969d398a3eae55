"""The text of a Word file (.docx), one line for each paragraph.

The size of the unpacked XML is limited, and a DOCTYPE is refused.
"""

import zlib
from zipfile import BadZipFile

from policylib.documents.docx_chunks import chunk_ending, chunk_text
from policylib.documents.docx_lines import Lines
from policylib.documents.docx_numbers import read_numbering
from policylib.documents.docx_package import Link, Package
from policylib.documents.docx_styles import read_styles
from policylib.documents.paragraphs import UnreadableError, split_paragraphs

NOTES = ("footnotes", "endnotes")
CHUNKS = ("altChunk", "subDoc")


def docx_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a Word file: the main text with its tables, then the notes.

    Parameters
    ----------
    data : bytes
        The content of the file.
    encoding : str or None
        The encoding of plain text that is inserted into the file. The XML of the file declares
        its own.

    Returns
    -------
    str
        One line for each paragraph.

    Raises
    ------
    UnreadableError
        If the file is damaged, encrypted, not a Word file, or too large when unpacked, or if a part
        of its text is in another file or in a format that is not read.
    """
    return "\n".join(_file_lines(data, encoding))


def _file_lines(data: bytes, encoding: str | None, outer: Package | None = None) -> list[str]:
    """Return the lines of a Word file, which may be inside another."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("encrypted, or an old .doc file renamed to .docx")
    try:
        return _Reader(Package(data, outer), encoding).lines()
    except (BadZipFile, zlib.error, EOFError, OSError, LookupError) as error:
        raise UnreadableError(f"not a Word file, or damaged: {error}") from None
    except (NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, (UnreadableError, RecursionError)):
            raise
        raise UnreadableError(f"cannot be unpacked: {error}") from None


class _Reader:
    """Read the parts of a Word file that have text."""

    def __init__(self, package: Package, encoding: str | None) -> None:
        main = _target(package.links(""), "officeDocument")
        if main is None:
            raise UnreadableError("a ZIP archive, but not a Word file")
        self._package, self._main, self._encoding = package, main, encoding
        self._links = package.links(main)
        self._styles = read_styles(package, _target(self._links, "styles"))
        self._numbering = read_numbering(package, _target(self._links, "numbering"))

    def lines(self) -> list[str]:
        """Return the lines of the main text, and of the notes in the order of their numbers."""
        text = self._part(self._main)
        lines = text.lines()
        for kind in NOTES:
            if part := _target(self._links, kind):
                shown = [id_ for (of, id_), seen in text.notes.items() if of == kind and seen]
                place = {id_: number for number, id_ in enumerate(shown)}
                found = [
                    (place.get(paragraph.note or "", len(place)), paragraph.text())
                    for paragraph in self._part(part).paragraphs
                    if text.notes.get((kind, paragraph.note or ""), True)
                ]
                lines += [line for _, line in sorted(found, key=lambda note: note[0])]
        return lines

    def _part(self, part: str) -> Lines:
        """Return the lines of a part; a field that never ends has no instruction to leave out."""
        how = self._styles, self._numbering, self._insert
        lines = Lines(self._package, part, *how)
        return Lines(self._package, part, *how, fields=False) if lines.instructing else lines

    def _insert(self, link: Link, name: str) -> list[str]:
        """Return the lines of a chunk, a diagram or a chart that is linked to the text."""
        if link.external:
            raise UnreadableError(
                f"a part of its text is in another file, {link.target!r}; "
                "insert that file in Word, or read it too and remove the link"
            )
        if name in CHUNKS:
            return self._chunk(link.target)
        lines = self._part(link.target)
        drawn = self._links.get(lines.drawn)
        if drawn and drawn.kind == "diagramDrawing" and drawn.target in self._package:
            lines = self._part(drawn.target)  # only what is shown, and in that order
        return lines.lines()

    def _chunk(self, part: str) -> list[str]:
        data = self._package.read(part)
        ending = chunk_ending(part, self._package.content_type(part), data)
        try:
            if ending == ".docx":
                return _file_lines(data, self._encoding, self._package)
            return split_paragraphs(chunk_text(data, ending, self._encoding))
        except UnreadableError as error:
            raise UnreadableError(f"a part of its text, {part}: {error}") from None


def _target(links: dict[str, Link], kind: str) -> str | None:
    """Return the first part of a kind, or None."""
    return next((link.target for link in links.values() if link.kind == kind), None)
