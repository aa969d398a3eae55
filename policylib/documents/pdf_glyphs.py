"""The characters of a PDF page, with their places, as PDFium finds them."""

import ctypes
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from policylib.documents.paragraphs import is_wide

BOLD = 600  # the least weight of a bold font
HYPHENS = (0x02, 0xFFFE)  # PDFium writes these for a hyphen at the end of a line
ASCENT = 0.88  # of the size is above the line
TILTED = 0.1  # of a right angle: scans are not quite level, watermarks are far from it
UNKNOWN = "\ufffd"


class Style(NamedTuple):
    """What the characters of one piece of text have in common."""

    font: str
    bold: bool
    size: float  # of the letters on the page, in points


class Glyph(NamedTuple):
    """A character and its place, in points from the lower left of the page."""

    text: str
    left: float  # where the pen stands before it
    right: float
    base: float  # the line on which it stands
    bottom: float
    top: float
    style: Style
    turn: int  # how it is turned, in quarters of a circle


def page_glyphs(page: pdfium.PdfPage, most: int) -> tuple[list[list[Glyph]], int]:
    """Return the characters of a page in the order of the file, and how many have no meaning.

    Text in another direction than most is apart. Lines that are turned, or written from top to
    bottom, become horizontal. Watermarks across the page, and text that is cut off it, are left
    out. Reading stops when there are more characters than `most`.
    """
    cut = page.get_cropbox(fallback_ok=False)
    textpage = page.get_textpage()
    turns: dict[int, list[Glyph]] = {}
    count = unknown = 0
    try:
        for glyph in _characters(textpage):
            if not cut or (cut[0] <= glyph.left <= cut[2] and cut[1] <= glyph.base <= cut[3]):
                turns.setdefault(glyph.turn, []).append(glyph)
                count, unknown = count + 1, unknown + (UNKNOWN in glyph.text)
            if count > most:
                break
    finally:
        textpage.close()
    parts = [part for glyphs in turns.values() for part in _directions(glyphs).items()]
    parts.sort(key=lambda part: -len(part[1]))
    return [_level(glyphs, turn) for turn, glyphs in parts], unknown


def _characters(textpage: pdfium.PdfTextPage) -> Iterator[Glyph]:
    """Yield the characters of a page; a ligature, which PDFium spells out, is one."""
    known, last = 0, None
    for piece, glyph in _signs(textpage):
        if last and (glyph.left, glyph.base) == (last.left, last.base) and glyph.text.strip():
            if piece == known:
                last = last._replace(text=last.text + glyph.text, right=glyph.right)
                continue
            if glyph.text == last.text:  # a shadow: the same letter drawn twice
                continue
        if last:
            yield last
        known, last = piece, glyph
    if last:
        yield last


def _signs(textpage: pdfium.PdfTextPage) -> Iterator[tuple[int, Glyph]]:
    """Yield what PDFium calls characters, with the piece of text to which each belongs.

    The spaces and line ends that PDFium adds are left out.
    """
    handle, box, x, y = textpage.raw, raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    style, width, turn, known = Style("", False, 1), 0.0, None, 0
    fonts: dict[int | None, tuple[str, bool]] = {}
    for index in range(textpage.count_chars()):
        piece = raw.FPDFText_GetTextObject(handle, index)
        if not piece:  # PDFium has added it
            continue
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        address = ctypes.addressof(piece.contents)
        if address != known:
            found = raw.FPDFTextObj_GetFont(piece)
            font = ctypes.addressof(found.contents) if found else None
            if font not in fonts:
                fonts[font] = _font(handle, index)
            size, width, turn = _shape(handle, index)
            style, known = Style(*fonts[font], size), address
        if turn is None:
            continue
        text = _text(handle, index)
        # The box of a Chinese character may be narrower than its square.
        least = x.value + (width if turn == 0 and is_wide(text) else 0)
        place = x.value, max(box.right, least), y.value, box.bottom, box.top
        yield address, Glyph(text, *place, style, turn)


def _text(handle: raw.FPDF_TEXTPAGE, index: int) -> str:
    """Return a character, a plain hyphen, or UNKNOWN if the font does not say what it means."""
    code = raw.FPDFText_GetUnicode(handle, index)
    if code in HYPHENS:
        return "-"
    failed = raw.FPDFText_HasUnicodeMapError(handle, index) == 1
    if failed or code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return UNKNOWN
    return " " if code < 0x20 or 0x7F <= code <= 0xA0 else chr(code)


def _font(handle: raw.FPDF_TEXTPAGE, index: int) -> tuple[str, bool]:
    """Return the name of a character's font, without the prefix of a subset, and if it is bold."""
    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, index, name, len(name), flags)
    font = name.value.decode("utf-8", "replace").rpartition("+")[2]
    return font, raw.FPDFText_GetFontWeight(handle, index) >= BOLD or "bold" in font.lower()


def _shape(handle: raw.FPDF_TEXTPAGE, index: int) -> tuple[float, float, int | None]:
    """Return the height and width of a font, and how it is turned: None if oblique to the page."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, index, matrix)
    size = raw.FPDFText_GetFontSize(handle, index)
    height, width = size * math.hypot(matrix.c, matrix.d), size * math.hypot(matrix.a, matrix.b)
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    turn = round(quarters) % 4 if abs(quarters - round(quarters)) < TILTED else None
    return round(height, 2) or 1.0, width, turn


def _level(glyphs: Sequence[Glyph], turn: int) -> list[Glyph]:
    """Turn characters so that they follow each other from left to right."""
    turned = [_turned(glyph, turn) for glyph in glyphs] if turn else list(glyphs)
    if turn == 3:  # PDFium has put the columns of vertical writing in order from left to right
        turned.sort(key=lambda glyph: (-round(glyph.base), glyph.left))
    return turned


def _directions(glyphs: Sequence[Glyph]) -> dict[int, list[Glyph]]:
    """Return characters by how they must be turned; upright ones may be below each other."""
    if glyphs[0].turn:
        return {glyphs[0].turn: list(glyphs)}
    below = [
        abs(two.left - one.left) < one.base - two.base < 2 * one.style.size
        for one, two in pairwise(glyphs)
    ]
    if 2 * sum(below) <= len(below):
        return {0: list(glyphs)}
    found: dict[int, list[Glyph]] = {}
    for glyph, last, following in zip(glyphs, [False, *below], [*below, False], strict=True):
        found.setdefault(3 * (last or following), []).append(glyph)
    return found


def _turned(glyph: Glyph, turn: int) -> Glyph:
    """Turn a character by quarters of a circle."""
    x, y, size = glyph.left, glyph.base, glyph.style.size
    left, right, base = {
        1: (y, glyph.top, -x),
        2: (-x, size - x, -y),
        3: (-y, -glyph.bottom, x),
    }[turn]
    if glyph.turn != turn:  # upright, in a column of vertical writing
        left -= ASCENT * size
    if is_wide(glyph.text[0]):
        right = left + size
    return glyph._replace(left=left, right=max(left, right), base=base)
