"""Text as paragraphs: where a line ends, which line is empty, and how broken lines are joined."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width, name

# Not those that str.splitlines adds: form feeds, separators of fields and the old NEL do not end a
# line in any editor, so that paragraphs would be counted otherwise than a reader does.
LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
RARE_ENDS = "\r\u2028\u2029"
# White space, and what leaves no trace on the page: controls, zero-width characters and marks of
# direction. A line of nothing else looks empty, and counts as empty.
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
    """A file holds no text that can be read; the message says why."""


class TryAgainError(UnreadableError):
    """It could not be read here and now: with more memory, time or packages it may be."""


def split_paragraphs(text: str) -> list[str]:
    """Give the lines that are not empty, without the white space around them."""
    # Most texts know one end of a line, for which there is a quicker way.
    rare = any(end in text for end in RARE_ENDS)
    lines = (line.strip() for line in (LINE_END.split(text) if rare else text.split("\n")))
    return [line for line in lines if line.strip(BLANK)]


def join_lines(lines: Iterable[str]) -> str:
    """Join the lines of a paragraph that were broken to fit."""
    joined: list[str] = []
    for line in filter(None, lines):
        if joined:
            joined.append(gap(joined[-1], line))
        joined.append(line)
    return "".join(joined)


def gap(before: str, after: str) -> str:
    """Give what a broken line is joined by: a space, but nothing beside a Chinese character."""
    return "" if any(map(is_wide, before[-1:] + after[:1])) else " "


@lru_cache(2**16)
def is_wide(character: str) -> bool:
    """Tell whether a character is one of those written without spaces, as in Chinese."""
    # Korean is as wide, but puts spaces between words.
    return east_asian_width(character) in "WF" and "HANGUL" not in name(character, "")
