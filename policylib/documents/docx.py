"""The text of a Word file (.docx), a line per paragraph, read with bounds and without entities."""

import posixpath
import zlib
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from policylib.documents.paragraphs import UnreadableError

LARGEST = 100_000_000  # bytes of one part; a thousand pages are some 10 MB
SMALL = 10_000_000  # bytes that may be compressed to anything
DENSEST = 200  # bytes to one compressed; real ones have 10 to 60
CHUNK = 2**16
TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
FORMULA = "http://schemas.openxmlformats.org/officeDocument/2006/math"
PARAGRAPHS = {f"{TRANSITIONAL} p", f"{STRICT} p"}
WORDS = {TRANSITIONAL, STRICT, FORMULA}
# Properties (where a tab is a tab stop), what was deleted or moved away, phonetic guides, and what
# stands for a shape a second time, for programs of old.
IGNORED = {"pPr", "rPr", "del", "moveFrom", "rt", "Fallback"}
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
NOTES = ("footnotes", "endnotes")

Start = Callable[[str, dict[str, str]], None]


def docx_text(data: bytes, encoding: str | None) -> str:
    """Give the text of a Word file: the main text with its tables, then the notes.

    Parameters
    ----------
    data
        The file.
    encoding
        Not used: the parts of the file say theirs.

    Raises
    ------
    UnreadableError
        If it is damaged, encrypted, no Word file, or grows beyond all bounds.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("encrypted, or an old .doc under another name")
    try:
        with ZipFile(BytesIO(data)) as archive:
            main = _target(archive, "", "_rels/.rels", "officeDocument")
            if main is None:
                raise UnreadableError("a ZIP archive, but no Word file")
            folder, name = posixpath.split(main)
            links = f"{folder}/_rels/{name}.rels".lstrip("/")
            notes = [_target(archive, folder, links, kind) for kind in NOTES]
            return "\n".join(_part_text(archive, part) for part in (main, *notes) if part)
    except expat.ExpatError as error:
        raise UnreadableError(f"damaged: {error}") from None
    except (BadZipFile, zlib.error, EOFError, OSError) as error:
        raise UnreadableError(f"no Word file, or damaged: {error}") from None
    except (NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"cannot be unpacked: {error}") from None


def _target(archive: ZipFile, folder: str, links: str, kind: str) -> str | None:
    """Give the part to which the links of another lead, if there is one of a kind."""
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith(f"/{kind}"):
            path = posixpath.join("/", folder, attributes.get("Target", ""))
            found.append(posixpath.normpath(path).lstrip("/"))

    if links in archive.namelist():
        _parse(archive, links, start)
    return found[0] if found else None


def _part_text(archive: ZipFile, part: str) -> str:
    """Give the text of a part, a line per paragraph, in the order in which they begin."""
    lines: list[list[str]] = []
    within: list[list[str]] = []  # paragraphs that have begun: a text box stands within one
    reading = False
    ignored = 0  # elements that have begun, from the ignored one on

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal reading, ignored
        space, name = tag.rpartition(" ")[::2]
        if ignored or name in IGNORED:
            ignored += 1
        elif tag in PARAGRAPHS:
            within.append([])
            lines.append(within[-1])
        elif space in WORDS and within:
            reading = name == "t"
            within[-1].append(MARKS.get(name, ""))

    def end(tag: str) -> None:
        nonlocal reading, ignored
        reading = False
        if ignored:
            ignored -= 1
        elif tag in PARAGRAPHS:
            within.pop()

    def text(data: str) -> None:
        if reading and not ignored:
            within[-1].append(data.replace("\n", " "))

    _parse(archive, part, start, end, text)
    return "\n".join(map("".join, lines))


def _parse(
    archive: ZipFile,
    part: str,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read the XML of a part piece by piece, no further than it says it goes."""
    try:
        info = archive.getinfo(part)
    except KeyError:
        raise UnreadableError(f"damaged: no part {part}") from None
    dense = info.file_size > max(SMALL, DENSEST * info.compress_size)
    if info.file_size > LARGEST or dense:
        raise UnreadableError(
            f"{part} would unpack from {info.compress_size:,} to {info.file_size:,} bytes"
        )
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadableError(f"{part} is packed in a way that Word does not use")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    # zipfile gives no more than the size that was checked, and then compares the checksum.
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise UnreadableError("its XML declares entities, which Word does not")
