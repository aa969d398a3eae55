"""Split text into paragraphs: line ends, empty lines, and how wrapped lines are joined."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width, name, normalize

# str.splitlines also splits at form feeds, field separators and NEL. Editors do not, so a reader
# who counts paragraphs would get other numbers.
LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
RARE_ENDS = "\r\u2028\u2029"
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


class UnreadableError(ValueError):
    """Raised if no text can be read from a file; the message gives the reason."""


class TryAgainError(UnreadableError):
    """Raised if a file might be read with more memory, more time or another package."""


def split_paragraphs(text: str) -> list[str]:
    """Return the lines that are not empty, without the white space around them.

    A letter with an accent becomes one character (Unicode's form NFC), as in the codebook's terms.
    """
    text = normalize("NFC", text)
    # Most texts have no line end but "\n", and str.split is faster than the pattern.
    rare = any(end in text for end in RARE_ENDS)
    lines = (line.strip() for line in (LINE_END.split(text) if rare else text.split("\n")))
    return [line for line in lines if line.strip(BLANK)]


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


@lru_cache(2**16)
def is_wide(character: str) -> bool:
    """Return whether a character belongs to a script without spaces, such as Chinese."""
    # Korean characters are also wide, but Korean has spaces between words.
    return east_asian_width(character) in "WF" and "HANGUL" not in name(character, "")
