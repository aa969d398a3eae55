"""Split text into paragraphs: line ends, empty lines, and how wrapped lines are joined."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from unicodedata import combining, east_asian_width, name, normalize

# str.splitlines also splits at form feeds, field separators and NEL. Editors do not, so a reader
# who counts paragraphs would get other numbers.
LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
RARE_ENDS = "\r\u2028\u2029"
ENDS = f"\n{RARE_ENDS}"
# White space and invisible characters: controls, zero-width characters and direction marks. A line
# that has only these looks empty, and counts as empty.
BLANK = "".join(
    chr(code)
    for code in (*range(0x3001), 0xFEFF)
    if chr(code).isspace()
    or code in (0xAD, 0x061C, 0xFEFF)
    or code < 0x20
    or 0x7F <= code < 0xA0
    or 0x200B <= code <= 0x200F
    or 0x202A <= code <= 0x202E
    or 0x2060 <= code <= 0x206F
)
# Spaces between characters, which scanned and letter-spaced text has.
GAP = re.compile("[ \xa0\u3000]+")
HAN = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
SPACED = re.compile(HAN.pattern + GAP.pattern + HAN.pattern)
MOST = 1_000_000  # paragraphs of a text; a thousand pages have some 40,000
EMPTY = 10  # times as many lines may be empty
MOST_ACCENTS = 500  # on one letter
FEW = 2  # so many single characters may be a name
DIGITS = re.compile(f"(?<!\\S)([0-9]){GAP.pattern}(?=[0-9](?:\\s|$))")
# Two characters with a space between them, which are a heading and not a name.
HEADINGS = re.compile(
    "目录|目次|前言|序言|引言|导言|绪论|概述|摘要|正文|总则|附则|附录|附件|附表|附图|后记|结语|结论|"
    "注释|说明|通知|公告|报告|决定|意见|名单|致谢|索引"
)


class UnreadableError(ValueError):
    """Raised if no text can be read from a file; the message gives the reason."""


class TryAgainError(UnreadableError):
    """Raised if a file might be read with more memory, more time or another package."""


def split_paragraphs(text: str) -> list[str]:
    """Return the lines that are not empty, without the white space around them.

    A letter with an accent becomes one character (Unicode's form NFC), as in the codebook's terms.
    The spaces of letter-spaced Chinese lines are removed.

    Raises
    ------
    UnreadableError
        If there are too many paragraphs, or accents on one letter.
    """
    if sum(map(text.count, ENDS)) > EMPTY * MOST:
        raise UnreadableError(f"more than {EMPTY * MOST:,} lines; divide the text")
    # Most texts have no line end but "\n", and str.split is faster than the pattern.
    rare = any(end in text for end in RARE_ENDS)
    lines = [compose(line).strip() for line in (LINE_END.split(text) if rare else text.split("\n"))]
    if SPACED.search(text):
        lines = [close_up(line) for line in lines]
    paragraphs = [line for line in lines if line.strip(BLANK)]
    if len(paragraphs) > MOST:
        raise UnreadableError(f"more than {MOST:,} paragraphs; divide the text")
    return paragraphs


def compose(line: str) -> str:
    """Return a line with one character for each letter with an accent (Unicode's form NFC).

    Raises
    ------
    UnreadableError
        If a letter has so many accents that their order would take minutes to find.
    """
    if len(line) > 4 * MOST_ACCENTS and _accents().search(line):
        raise UnreadableError(f"more than {MOST_ACCENTS} accents on one letter")
    return normalize("NFC", line)


@cache
def _accents() -> re.Pattern[str]:
    """Return a pattern of too many accents; all of them are below U+20000."""
    marks = "".join(filter(combining, map(chr, range(0x300, 0x20000))))
    return re.compile(f"[{marks}]{{{MOST_ACCENTS + 1}}}")


def join_lines(lines: Iterable[str]) -> str:
    """Join the wrapped lines of a paragraph."""
    joined: list[str] = []
    for line in filter(None, lines):
        if joined:
            joined.append(gap(joined[-1], line))
        joined.append(line)
    return "".join(joined)


def gap(before: str, after: str) -> str:
    """Return the text that joins two lines: a space, or nothing beside a Chinese character."""
    return "" if any(map(is_wide, before[-1:] + after[:1])) else " "


def close_up(line: str) -> str:
    """Remove the spaces of a line in which most Chinese characters are single.

    Where some spaces are wider than most, they separate words, and one space is kept.

    Examples
    --------
    >>> close_up("发 展 机 器 人 产 业"), close_up("省长张 三讲话"), close_up("目 录")
    ('发展机器人产业', '省长张 三讲话', '目录')
    """
    if not SPACED.search(line):
        return line
    parts = GAP.split(line)
    counts = [len(HAN.findall(part)) for part in parts]
    single = counts.count(1)
    if single <= max(sum(counts) - single, FEW) and not HEADINGS.fullmatch("".join(parts)):
        return line
    usual = _usual_width(parts, GAP.findall(line))
    line = DIGITS.sub(r"\1", line)  # single digits that follow each other are one number
    parts = GAP.split(line)
    closed = parts[:1]
    for gap, (one, two) in zip(GAP.findall(line), pairwise(parts), strict=True):
        close = _width(gap) <= usual and any(map(is_wide, one[-1:] + two[:1]))
        closed.append(two if close else f" {two}")
    return "".join(closed)


def _usual_width(parts: Sequence[str], gaps: Sequence[str]) -> int:
    """Return the width of most gaps between Chinese characters, the smaller of two."""
    widths = Counter(
        _width(gap)
        for gap, (one, two) in zip(gaps, pairwise(parts), strict=True)
        if HAN.match(one[-1:]) and HAN.match(two[:1])
    )
    return min(widths, key=lambda width: (-widths[width], width))


def _width(gap: str) -> int:
    """Return the width of spaces; an ideographic one is as wide as two others."""
    return len(gap) + gap.count("\u3000")


@lru_cache(2**16)
def is_wide(character: str) -> bool:
    """Return whether a character belongs to a script without spaces, such as Chinese."""
    # Korean characters are also wide, but Korean has spaces between words.
    return east_asian_width(character) in "WF" and "HANGUL" not in name(character, "")
