"""Join paragraphs to the text of a document of DNA, and find paragraphs and places in it again.

In DNA, a document is one text, and a place is counted in it from 0, in units of UTF-16. Here, each
paragraph is a line of this text: paragraph 3 is line 3, and a missing paragraph is an empty line.
"""

from bisect import bisect_right
from typing import NamedTuple

from policylib.convert.dna_checks import utf_16

# DNA shows "\r\n" as one character, so all places after it would be wrong. So a line feed and a
# carriage return within a paragraph become separators, which are one unit each, too.
SEPARATORS = {"\n": "\u2028", "\r": "\u2029"}
_WRITTEN = str.maketrans(SEPARATORS)
_READ = str.maketrans({separator: end for end, separator in SEPARATORS.items()})


class Line(NamedTuple):
    """A paragraph in the text of its document."""

    start: int  # where the line begins, in units of UTF-16
    text: str  # the paragraph

    def units(self, at: int) -> int:
        """Return the place in the document of a place in the paragraph."""
        return self.start + len(utf_16(self.text[:at])) // 2

    def end(self) -> int:
        """Return where the next line begins."""
        return self.units(len(self.text)) + 1


def join(paragraphs: dict[int, str]) -> tuple[str, dict[int, Line]]:
    r"""Return the text of a document, and its lines by the number of their paragraph.

    Examples
    --------
    >>> text, lines = join({1: "A 😀", 3: "B"})
    >>> text, lines[3].start
    ('A 😀\n\nB\n', 6)
    """
    lines = {}
    start = 0
    for number in range(1, max(paragraphs) + 1):
        line = Line(start, paragraphs.get(number, ""))
        if number in paragraphs:
            lines[number] = line
        start = line.end()
    texts = (paragraphs.get(number, "") for number in range(1, max(paragraphs) + 1))
    return "".join(f"{text.translate(_WRITTEN)}\n" for text in texts), lines


def split(text: str) -> list[Line]:
    r"""Return the lines of a text, without a carriage return at their end.

    Examples
    --------
    >>> [line.text for line in split("A\r\n\nB")]
    ['A', '', 'B']
    """
    lines = []
    start = 0
    for raw in text.split("\n"):
        lines.append(Line(start, raw.removesuffix("\r").translate(_READ)))
        start += len(utf_16(raw)) // 2 + 1
    return lines


def place(lines: list[Line], start: int, stop: int) -> tuple[int, int | None, int | None]:
    r"""Return the paragraph in which a passage begins, and its start and end in the paragraph.

    They are None if the passage is a whole line with its line feed, or has no text. A passage of
    several paragraphs ends where the first of them ends.

    Examples
    --------
    >>> lines = split("A 😀!\nB\n")
    >>> place(lines, 2, 5), place(lines, 2, 8), place(lines, 0, 6)
    ((1, 2, 4), (1, 2, 4), (1, None, None))
    """
    number = bisect_right(lines, start, key=lambda line: line.start)
    # A passage may begin with line feeds.
    while number < len(lines) and lines[number - 1].end() - 1 <= start < stop - 1:
        start = lines[number].start
        number += 1
    line = lines[number - 1]
    after = lines[number].start if number < len(lines) else None
    units = utf_16(line.text)
    first, last = (min(2 * (at - line.start), len(units)) for at in (start, stop))
    if first >= last or (start == line.start and stop == after):
        return number, None, None
    return number, _characters(units[:first]), _characters(units[:last])


def _characters(units: bytes) -> int:
    return len(units.decode("utf-16-le"))
