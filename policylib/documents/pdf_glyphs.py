"""The characters of a PDF page, with their places, as PDFium finds them."""

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

BOLD = 600  # the least weight of a bold font
HYPHENS = (0x02, 0xFFFE)  # PDFium writes these for a hyphen at the end of a line
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


def page_glyphs(page: pdfium.PdfPage, most: int) -> tuple[list[Glyph], int]:
    """Return the characters of a page in the order of the file, and how many have no meaning.

    The lines of a page that is turned, or written from top to bottom, become horizontal. Text
    that is cut off the page is left out. Reading stops when there are more characters than `most`.
    """
    cut = page.get_cropbox(fallback_ok=False)
    textpage = page.get_textpage()
    try:
        glyphs, unknown = [], 0
        for glyph in _characters(textpage):
            if not cut or (cut[0] <= glyph.left <= cut[2] and cut[1] <= glyph.base <= cut[3]):
                glyphs.append(glyph)
                unknown += UNKNOWN in glyph.text
            if len(glyphs) > most:
                break
    finally:
        textpage.close()
    return _level(glyphs), unknown


def _characters(textpage: pdfium.PdfTextPage) -> Iterator[Glyph]:
    """Yield the characters of a page, without the spaces and line ends that PDFium adds."""
    handle, box, x, y = textpage.raw, raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    style, known, last = Style("", False, 1), None, None
    for index in range(textpage.count_chars()):
        if raw.FPDFText_IsGenerated(handle, index) == 1:
            continue
        raw.FPDFText_GetLooseCharBox(handle, index, box)
        raw.FPDFText_GetCharOrigin(handle, index, x, y)
        place = ctypes.cast(raw.FPDFText_GetTextObject(handle, index), ctypes.c_void_p).value
        again = place == known and place is not None
        if not again:
            style, known = _style(handle, index), place
        right = max(box.right, x.value)
        text = _text(handle, index)
        glyph = Glyph(text, x.value, right, y.value, box.bottom, box.top, style)
        if last and (glyph.left, glyph.base) == (last.left, last.base) and glyph.text.strip():
            # PDFium spells a ligature out, in one place; a shadow is the same letter drawn twice.
            if again:
                last = last._replace(text=last.text + glyph.text, right=glyph.right)
                continue
            if glyph.text == last.text:
                continue
        if last:
            yield last
        last = glyph
    if last:
        yield last


def _text(handle: raw.FPDF_TEXTPAGE, index: int) -> str:
    """Return a character, a plain hyphen, or UNKNOWN if the font does not say what it means."""
    code = raw.FPDFText_GetUnicode(handle, index)
    if code in HYPHENS:
        return "-"
    failed = raw.FPDFText_HasUnicodeMapError(handle, index) == 1
    if failed or code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return UNKNOWN
    return " " if code < 0x20 or 0x7F <= code <= 0xA0 else chr(code)


def _style(handle: raw.FPDF_TEXTPAGE, index: int) -> Style:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(handle, index, matrix)
    size = raw.FPDFText_GetFontSize(handle, index) * math.hypot(matrix.c, matrix.d)
    name, flags = ctypes.create_string_buffer(200), ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, index, name, len(name), flags)
    font = name.value.decode("utf-8", "replace").rpartition("+")[2]  # without the subset's prefix
    bold = raw.FPDFText_GetFontWeight(handle, index) >= BOLD or "bold" in font.lower()
    return Style(font, bold, round(size, 2) or 1.0)


def _level(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Turn a page so that most of its characters follow each other from left to right."""
    turns: Counter[int] = Counter()
    for one, two in pairwise(glyphs):
        across, up = two.left - one.left, two.base - one.base
        if 0 < math.hypot(across, up) < 2 * one.style.size:
            turns[round(math.atan2(up, across) / (math.pi / 2)) % 4] += 1
    turn = turns.most_common(1)[0][0] if turns else 0
    if not turn:
        return list(glyphs)
    turned = [_turned(glyph, turn) for glyph in glyphs]
    if turn == 3:  # PDFium has put the columns of vertical writing in order from left to right
        turned.sort(key=lambda glyph: (-round(glyph.base), glyph.left))
    return turned


def _turned(glyph: Glyph, turn: int) -> Glyph:
    """Turn a character clockwise by quarters of a circle."""
    x, y, size = glyph.left, glyph.base, glyph.style.size
    left, right, base = {
        1: (y, glyph.top, -x),
        2: (-x, size - x, -y),
        3: (-max(y, glyph.top), -glyph.bottom, x),
    }[turn]
    return glyph._replace(left=left, right=max(left, right), base=base)
