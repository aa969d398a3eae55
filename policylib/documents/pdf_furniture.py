"""Leave out what is repeated at the edges of pages: headers, footers and page numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

from policylib.documents.pdf_lines import Line

NEAR = 3  # points: the same height on two pages
DEEPEST = 4  # rows at an edge that may be furniture
APART = 1.3  # such a row is farther from the text than this share of the distance of lines
SMALLER = 0.95  # or its letters are smaller than this share of those of the text
NUMBER = re.compile(
    r"\W*(?:(?:page|pg|p|seite|第)\W*)?(\d{1,4}|[ivxl]{1,7})\W*[页頁]?"
    r"(?:\W*(?:/|of|von|共|总)?\W*(\d{1,4})\W*[页頁]?)?\W*",
    re.I,
)
ENDED = re.compile(r"[。！？；：，.!?;:,]\W*$")
HEADING = re.compile(r"\W*[^\W\d]+\W*\d+\W*|第\s*\d+\s*[^页頁].*")
DIGITS = re.compile(r"\d+")
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
# What a browser prints: the date with the time, the title, the address and the number of the page.
ADDRESS = re.compile(r"(?:https?|file|about|data|chrome|blob):\S+")
TIME = re.compile(
    r"\d{1,4}[/.年-]\s?\d{1,2}[/.月-]\s?\d{1,4}日?,?\s+"
    r"(?:[AP]M|[上下]午)?\s?\d{1,2}:\d\d.*"
)


class Row(NamedTuple):
    """The outermost lines of a page that are at one height."""

    page: int
    text: str
    base: float
    size: float
    apart: bool  # far from the next row, or in smaller letters than the text
    lines: tuple[Line, ...]


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the lines of each page without headers, footers and page numbers."""
    kept = [list(page) for page in pages]
    size, distance = usual_size(pages), usual_distance(pages)
    printed: set[int] = set()  # pages with the footer of a browser
    for top in (False, True):
        rows = {number: _row(number, page, top, size, distance) for number, page in enumerate(kept)}
        for depth in range(DEEPEST):
            seen = [row for row in rows.values() if row]
            dropped = _furniture(seen, len(pages), size, printed, outermost=not depth)
            printed |= {row.page for row in dropped if _is_browsers(row, len(pages), printed)}
            for row in dropped:
                kept[row.page] = [line for line in kept[row.page] if line not in row.lines]
            rows = {
                row.page: _row(row.page, kept[row.page], top, size, distance) for row in dropped
            }
    return kept if any(kept) else [list(page) for page in pages]


def usual_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the size of most letters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def usual_distance(pages: Sequence[Sequence[Line]]) -> float:
    """Return the distance between the lines of a paragraph: a quarter are closer."""
    gaps = sorted(
        one.base - two.base
        for page in pages
        for one, two in pairwise(page)
        if 0.5 * one.size < one.base - two.base < 3 * one.size and one.size == two.size
    )
    return gaps[len(gaps) // 4] if gaps else 1.2 * usual_size(pages)


def _row(number: int, page: Sequence[Line], top: bool, size: float, distance: float) -> Row | None:
    """Return the outermost row of a page."""
    page = [line for line in page if not line.aside]
    if not page:
        return None
    base = max(line.base for line in page) if top else min(line.base for line in page)
    lines = sorted((line for line in page if abs(line.base - base) < NEAR), key=lambda ln: ln.left)
    rest = [abs(line.base - base) for line in page if abs(line.base - base) >= NEAR]
    largest = max(line.size for line in lines)
    apart = min(rest, default=10 * distance) > APART * distance or largest < SMALLER * size
    return Row(number, " ".join(ln.text for ln in lines), base, largest, apart, tuple(lines))


def _furniture(
    rows: Sequence[Row], pages: int, size: float, printed: set[int], *, outermost: bool
) -> list[Row]:
    """Return the rows that are a header or a footer."""
    found = {row.page: row for row in rows if _is_browsers(row, pages, printed)}
    for group in _same_height(rows):
        offsets = Counter(_offset(row) for row in group)
        texts = Counter(row.text for row in group)
        tracked = Counter(key for row in group for key in _numbered(row))
        for row in group:
            offset = _offset(row)
            counts = offset is not None and (
                offsets[offset] > 1 or (pages == 1 and offset == 1 and row.apart)
            )
            same = texts[row.text]
            title = row.size > 1.05 * size and 2 * same < pages
            everywhere = outermost and 2 < same == pages and not ENDED.search(row.text)
            small = row.size <= 1.01 * size
            same_but_number = max((tracked[key] for key in _numbered(row)), default=0) > 1 and small
            repeated = row.apart and ((same > 1 and not title) or same_but_number)
            if counts or repeated or everywhere:
                found[row.page] = row
    return list(found.values())


def _same_height(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows of different pages at the same height."""
    group: list[Row] = []
    for row in sorted(rows, key=lambda row: row.base):
        if group and row.base - group[0].base > NEAR:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _numbered(row: Row) -> set[tuple[str, ...]]:
    """Return forms of a row in which a number that grows with the pages is always the same.

    A word with a number, such as "Annex 2", is a heading and has none.
    """
    text = normalize("NFKC", row.text)
    parts, numbers = DIGITS.split(text), DIGITS.findall(text)
    if HEADING.fullmatch(text):
        return set()
    return {
        (*parts, *numbers[:place], f"+{int(number) - row.page}", *numbers[place + 1 :])
        for place, number in enumerate(numbers)
        if len(number) < 5
    }


def _offset(row: Row) -> int | None:
    """Return the distance from the place of a page to its number, if the row is only a number."""
    found = NUMBER.fullmatch(normalize("NFKC", row.text).strip())
    if not found:
        return None
    return (int(found[1]) if found[1].isdigit() else _roman(found[1].lower())) - row.page


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _is_browsers(row: Row, pages: int, printed: set[int]) -> bool:
    """Return whether a browser printed a row: the page with the address or time, and the other."""
    texts = [*(line.text.strip() for line in row.lines), row.text]
    page = re.search(rf"\b{row.page + 1}\s?(?:/|of)\s?{pages}\b", row.text)
    known = ADDRESS.search(row.text) or any(map(TIME.match, texts))
    return row.apart and bool(known and (page or row.page in printed))
