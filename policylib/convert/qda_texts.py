"""Paragraphs in the text of a REFI-QDA source, and places in the text as places in paragraphs."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policylib.documents.paragraphs import BLANK, LINE_END, compose

# In the description of a source whose paragraphs are not its lines, numbered from 1.
RANGE = re.compile(r"(-?\d{1,15}) (\d{1,15})-(\d{1,15})", re.ASCII)
NOTE = re.compile(rf"\[policylib paragraphs: ({RANGE.pattern}(?:, {RANGE.pattern})*)\]", re.ASCII)


class Paragraph(NamedTuple):
    """A paragraph: its number, its place in the text of the source, and its text."""

    number: int
    start: int
    end: int
    text: str
    printed: bool = True  # whether the text is exactly that of the source


def split_text(text: str, description: str = "") -> list[Paragraph]:
    r"""Return the paragraphs of a text: those in the description, or else the lines.

    As in `read_documents`, empty lines are left out, white space around a line too, and a letter
    with an accent becomes one character.

    Examples
    --------
    >>> [paragraph[:4] for paragraph in split_text("robots \r\n\r\n quanta")]
    [(1, 0, 6, 'robots'), (2, 12, 18, 'quanta')]
    """
    if described := _described(text, description):
        return described
    found: list[Paragraph] = []
    begins = [0, *(match.end() for match in LINE_END.finditer(text))]
    ends = [*(match.start() for match in LINE_END.finditer(text)), len(text)]
    for begin, end in zip(begins, ends, strict=True):
        line = text[begin:end]
        if line.strip(BLANK):
            begin, plain = end - len(line.lstrip()), line.strip()
            composed, number = compose(plain), len(found) + 1
            last = begin + len(plain)
            found.append(Paragraph(number, begin, last, composed, composed == plain))
    return found


def join_texts(numbers: Sequence[int], texts: Sequence[str]) -> tuple[str, list[int], str]:
    r"""Return paragraphs as one text, the start of each in it, and the description that it needs.

    The description is empty if reading the lines of the text gives the same paragraphs.

    Examples
    --------
    >>> join_texts([1, 2], ["robots", "quanta"])
    ('robots\nquanta', [0, 7], '')
    >>> join_texts([3], ["robots"])
    ('robots', [0], '[policylib paragraphs: 3 0-6]')
    """
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    whole = "\n".join(texts)
    read = [(paragraph.number, paragraph.text) for paragraph in split_text(whole)]
    if read == list(zip(numbers, texts, strict=True)):
        return whole, starts, ""
    places = zip(numbers, starts, texts, strict=True)
    ranges = ", ".join(f"{number} {start}-{start + len(text)}" for number, start, text in places)
    description = f"[policylib paragraphs: {ranges}]"
    if not _described(whole, description):
        raise ValueError("documents: column 'paragraph': a number has more than 15 digits")
    return whole, starts, description


def pieces(
    text: str, paragraphs: Sequence[Paragraph], start: int, end: int
) -> Iterator[tuple[Paragraph, int, int]]:
    """Yield the paragraphs that a place in the text touches, with its place in each of them."""
    first = bisect_right(paragraphs, start, key=lambda paragraph: paragraph.end)
    for paragraph in map(paragraphs.__getitem__, range(first, len(paragraphs))):
        if paragraph.start >= end:
            return
        begin, last = (
            _place(text, paragraph, at)
            for at in (max(start, paragraph.start), min(end, paragraph.end))
        )
        if begin < last:
            yield paragraph, begin, last


def _place(text: str, paragraph: Paragraph, at: int) -> int:
    """Return a place in the text as a place in a paragraph."""
    if paragraph.printed:
        return at - paragraph.start
    return len(compose(text[paragraph.start : at]))


def _described(text: str, description: str) -> list[Paragraph]:
    """Return the paragraphs that a description lists, or none if they are not those of the text."""
    note = NOTE.search(description)
    ranges = [tuple(map(int, found.groups())) for found in RANGE.finditer(note[1] if note else "")]
    at = -1
    for _, start, end in ranges:
        if start != at + 1 or end < start:
            return []
        at = end
    if at != len(text) or len({number for number, *_ in ranges}) < len(ranges):
        return []
    return [Paragraph(number, start, end, text[start:end]) for number, start, end in ranges]
