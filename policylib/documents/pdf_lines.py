"""The characters of a PDF page become lines of text, in reading order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from policylib._util.characters import LIGATURES, RADICALS
from policylib.documents.footnotes import is_mark
from policylib.documents.paragraphs import close_up, is_wide
from policylib.documents.pdf_glyphs import Glyph

# Lengths below are shares of the size of the letters.
ACROSS = 1.5  # the widest gap inside a piece of a line; the gap between columns is wider
BACK = -0.75  # letters overlap at most so much, where half a wide comma is empty
SMALL = 0.85  # a raised or lowered character is smaller than this
RAISED = 0.1
SHIFTED = 0.7  # the largest distance of a raised character from its line
# A wider gap is a space: between two letters, between a letter and a Chinese character, where
# programs put a gap of up to a quarter, and between two Chinese characters.
SPACES = (0.17, 0.4, 0.19)
FEW = 4  # gaps, from which the spacing of the letters of a line can be told
COLUMN = 8  # the least width of a line in a column
FULL = 0.75  # the share of the width of a column that most of its lines fill
OPENING, CLOSING = set("“‘（(《〈「『【〔["), set("，。、；：？！”’）)》〉」』】〕]…%％‰")
LABEL = 5  # characters of the number of a heading, behind which there is a gap
CHARACTERS: dict[int, str | int] = {**LIGATURES, **RADICALS}


class Font(NamedTuple):
    """The font of a letter; Chinese and other letters have different ones in one line."""

    name: str
    bold: bool
    wide: bool


class Line(NamedTuple):
    """A line, or a part of one: its text and place, in points from the lower left."""

    text: str
    left: float
    right: float
    base: float
    size: float
    word: float  # the width of its first word, which might have fitted into the line before
    fonts: tuple[Font, Font, Font]  # of the first letter, of most letters, of the last one
    cells: bool = False  # whether it has several parts, far from each other
    aside: bool = False  # whether it is turned against most of the page


def page_lines(groups: Iterable[Sequence[Glyph]]) -> list[Line]:
    """Return the lines of a page in reading order, and last those in other directions."""
    lines: list[Line] = []
    for place, glyphs in enumerate(groups):
        found = _join_rows(_columns([_line(piece) for piece in _pieces(glyphs)]))
        lines += [line._replace(aside=place > 0) for line in found]
    return lines


def _pieces(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield characters that follow each other on one line, with spaces inside."""
    piece: list[Glyph] = []
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if not glyph.text.strip():
            spaces.append(glyph)
        elif piece and _follows(piece[-1], glyph):
            piece += [*spaces, glyph]
            spaces = []
        else:
            if piece:
                yield piece
            piece, spaces = [glyph], []
    if piece:
        yield piece


def _follows(one: Glyph, two: Glyph) -> bool:
    large, small = sorted([one.style.size, two.style.size], reverse=True)
    allowed = SHIFTED if small < SMALL * large else RAISED
    across = BACK * large <= two.left - one.right <= ACROSS * large
    return across and two.left >= one.left and abs(two.base - one.base) <= allowed * large


def _line(piece: Sequence[Glyph]) -> Line:
    """Return the line that characters form: with spaces, and numbers of footnotes apart."""
    size = max(glyph.style.size for glyph in piece)
    main = [glyph for glyph in piece if glyph.style.size >= SMALL * size]
    base = median(glyph.base for glyph in main)
    texts = _spaced(piece)
    for start, end in _raised(piece, base, size):
        mark = "".join(glyph.text for glyph in piece[start:end])
        if is_mark(mark, "".join(texts[:start])):
            texts[start] = f" {texts[start].lstrip()}"
            if end < len(texts) and texts[end].strip()[:1].isalnum():
                texts[end] = f" {texts[end].lstrip()}"
    text = "".join(texts).translate(CHARACTERS)
    word = piece[_first_word(texts) - 1].right - piece[0].left
    right = max(glyph.right for glyph in piece)
    text = close_up(text.strip())
    return Line(text, piece[0].left, right, base, size, word, _fonts(main))


def _fonts(glyphs: Sequence[Glyph]) -> tuple[Font, Font, Font]:
    """Return the font of the first letter, of most letters, and of the last one."""
    letters = [glyph for glyph in glyphs if glyph.text.isalpha()] or glyphs
    fonts = [Font(g.style.font, g.style.bold, is_wide(g.text[0])) for g in letters]
    return fonts[0], Counter(fonts).most_common(1)[0][0], fonts[-1]


def _spaced(piece: Sequence[Glyph]) -> list[str]:
    """Return the text of each character, with a space before it where a wide gap is one."""
    gaps = [two.left - one.right for one, two in pairwise(piece)]
    solid = [
        gap / two.style.size
        for gap, (one, two) in zip(gaps, pairwise(piece), strict=True)
        if one.text.strip() and two.text.strip()
    ]
    usual = max(0, median(solid)) if len(solid) >= FEW else 0
    texts = [piece[0].text]
    for gap, (one, two) in zip(gaps, pairwise(piece), strict=True):
        least = SPACES[is_wide(one.text[-1]) + is_wide(two.text[0])] + usual
        apart = one.text.strip() and two.text.strip() and gap > least * two.style.size
        texts.append(" " * bool(apart) + two.text)
    return texts


def _raised(piece: Sequence[Glyph], base: float, size: float) -> Iterator[tuple[int, int]]:
    """Yield where small characters above the line begin and end."""
    start = None
    for place, glyph in enumerate(piece):
        raised = glyph.style.size < SMALL * size and glyph.base - base > RAISED * size
        if raised and start is None:
            start = place
        elif not raised and start is not None:
            yield start, place
            start = None
    if start is not None:
        yield start, len(piece)


def _first_word(texts: Sequence[str]) -> int:
    """Return how many characters at the start of a line cannot be parted from each other."""
    length = 1
    while length < len(texts):
        last, following = texts[length - 1][-1], texts[length]
        bound = last in OPENING or following in CLOSING
        if following.startswith(" ") or not (bound or not (is_wide(last) or is_wide(following[0]))):
            break
        length += 1
    return length


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines by their height on the page, from the top."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and rows[-1][0].base - line.base < 0.4 * min(rows[-1][0].size, line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _columns(lines: list[Line]) -> list[Line]:
    """Put columns one after the other where the file has their lines in turn."""
    if len(lines) < 6:
        return lines
    rows = _rows(lines)
    lefts = Counter(round(line.left) for line in lines)
    for left, count in lefts.most_common(10):
        if count < 3:
            break
        for first, last in _clear(rows, left - 1):
            run = [line for row in rows[first:last] for line in row]
            one = [line for line in run if line.right < left]
            two = [line for line in run if line.left >= left - 1]
            inside = set(run)
            in_turn = _in_turn([line.left < left - 1 for line in lines if line in inside])
            if in_turn and _is_column(one) and _is_column(two):
                above = {line for row in rows[:first] for line in row}
                before = [line for line in lines if line in above]
                after = [line for line in lines if line not in above and line not in inside]
                return [*before, *one, *_columns(two), *_columns(after)]
    return lines


def _clear(rows: Sequence[Sequence[Line]], place: float) -> Iterator[tuple[int, int]]:
    """Yield from which row to which no line crosses a place."""
    first = 0
    for number, row in enumerate([*rows, None]):
        crossed = row is None or any(
            line.left < place and line.right > place - line.size / 2 for line in row
        )
        if crossed:
            if number - first >= 3:
                yield first, number
            first = number + 1


def _in_turn(sides: Sequence[bool]) -> bool:
    """Return whether lines of the left and the right column follow each other in turn."""
    changes = sum(one != two for one, two in pairwise(sides))
    fewer = min(sum(sides), len(sides) - sum(sides))
    return fewer >= 3 and changes >= fewer


def _is_column(lines: Sequence[Line]) -> bool:
    """Return whether most lines fill the width that they share, as text does and a table not."""
    width = max(line.right for line in lines) - min(line.left for line in lines)
    full = sum(line.right - line.left >= FULL * width for line in lines)
    return width >= COLUMN * median(line.size for line in lines) and 2 * full >= len(lines)


def _join_rows(lines: Sequence[Line]) -> list[Line]:
    """Join parts that follow each other on one line, such as the cells of a row."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last and line.left > last.right and abs(line.base - last.base) < 0.1 * line.size:
            joined[-1] = last._replace(
                text=f"{last.text} {line.text}",
                right=line.right,
                size=max(last.size, line.size),
                fonts=(*last.fonts[:2], line.fonts[2]),
                cells=last.cells or len(last.text) > LABEL,
            )
        else:
            joined.append(line)
    return joined
