"""The text of a Word file (.docx), one line for each paragraph.

The size of the unpacked XML is limited, and a DOCTYPE is refused.
"""

import posixpath
import zlib
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from policylib.documents import footnotes
from policylib.documents.paragraphs import UnreadableError

LARGEST = 100_000_000  # bytes of one part; a thousand pages have about 10 MB
SMALL = 10_000_000  # bytes up to which the compression ratio is not checked
DENSEST = 200  # the highest compression ratio allowed; real files have 10 to 60
CHUNK = 2**16
TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
FORMULA = "http://schemas.openxmlformats.org/officeDocument/2006/math"
PARAGRAPHS = {f"{TRANSITIONAL} p", f"{STRICT} p"}
WORDS = {TRANSITIONAL, STRICT, FORMULA}
# Properties (in which a tab is a tab stop), deleted or moved text, phonetic guides, and the second
# copy of a shape that Word writes for old programs.
IGNORED = {"pPr", "rPr", "del", "moveFrom", "rt", "Fallback"}
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
NOTES = ("footnotes", "endnotes")

Start = Callable[[str, dict[str, str]], None]


def docx_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a Word file: the main text with its tables, then the notes.

    Parameters
    ----------
    data : bytes
        The content of the file.
    encoding : str or None
        Not used, because the XML of the file declares its encoding.

    Returns
    -------
    str
        One line for each paragraph.

    Raises
    ------
    UnreadableError
        If the file is damaged, encrypted, not a Word file, or too large when unpacked.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("encrypted, or an old .doc file renamed to .docx")
    try:
        with ZipFile(BytesIO(data)) as archive:
            main = _target(archive, "", "_rels/.rels", "officeDocument")
            if main is None:
                raise UnreadableError("a ZIP archive, but not a Word file")
            folder, name = posixpath.split(main)
            links = f"{folder}/_rels/{name}.rels".lstrip("/")
            notes = [_target(archive, folder, links, kind) for kind in NOTES]
            return "\n".join(_part_text(archive, part) for part in (main, *notes) if part)
    except (expat.ExpatError, LookupError) as error:  # such as an unknown encoding
        raise UnreadableError(f"damaged: {error}") from None
    except (BadZipFile, zlib.error, EOFError, OSError) as error:
        raise UnreadableError(f"not a Word file, or damaged: {error}") from None
    except (NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"cannot be unpacked: {error}") from None


def _target(archive: ZipFile, folder: str, links: str, kind: str) -> str | None:
    """Return the first part of a kind that the relationships of another part name, or None."""
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith(f"/{kind}"):
            path = posixpath.join("/", folder, attributes.get("Target", ""))
            found.append(posixpath.normpath(path).lstrip("/"))

    if links in archive.namelist():
        _parse(archive, links, start)
    return found[0] if found else None


def _part_text(archive: ZipFile, part: str) -> str:
    """Return the text of a part, one line for each paragraph, in the order in which they begin."""
    lines: list[list[str]] = []
    within: list[list[str]] = []  # open paragraphs; a text box puts paragraphs inside one
    reading = raised = False
    ignored = 0  # depth inside an ignored element; 0 outside

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal reading, raised, ignored
        space, name = tag.rpartition(" ")[::2]
        if name == "r":
            raised = False
        elif name == "vertAlign" and ignored == 1:  # deeper, it is of a mark or of an older state
            raised = attributes.get(f"{space} val") == "superscript"
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
            data = data.replace("\n", " ")
            within[-1].append(f"{footnotes.START}{data}{footnotes.END}" if raised else data)

    _parse(archive, part, start, end, text)
    return "\n".join(footnotes.set_marks_apart("".join(line)) for line in lines)


def _parse(
    archive: ZipFile,
    part: str,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse the XML of a part piece by piece, up to the size that the archive states."""
    try:
        info = archive.getinfo(part)
    except KeyError:
        raise UnreadableError(f"damaged: part {part} is missing") from None
    dense = info.file_size > max(SMALL, DENSEST * info.compress_size)
    if info.file_size > LARGEST or dense:
        raise UnreadableError(
            f"{part} would unpack from {info.compress_size:,} to {info.file_size:,} bytes"
        )
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadableError(f"{part} has a compression method that Word does not use")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    # zipfile returns at most the size checked above, and then compares the checksum.
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise UnreadableError("its XML has a DOCTYPE, which Word does not write")
