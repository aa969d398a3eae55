"""The lines of a PDF become paragraphs, by a guess: a PDF has none."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from policylib.documents.paragraphs import gap
from policylib.documents.pdf_lines import Line

# Lengths are shares of the size of the letters.
INDENT = 0.8  # the least indentation that begins a paragraph
HANGING = 4  # the lines of a list item are indented at most so much
SLACK = 0.3  # a line that ends so near to the edge is full
PAUSES = ("，", "、", ",")
RAGGED = 0.2  # so much of the width may be empty where a sentence goes on
WIDER = 1.35  # a gap that is so many times as wide as those around it is between paragraphs
RESIZED = 1.06  # a heading has larger letters, by at least so much
EDGE = 0.85  # this share of the text is in lines that end before the right edge
LEAST = 12  # the least width of a column; headings and the cells of tables are narrower
ENDLESS = 1000
LONGER = 20  # the same where only one line is so long
FEW = 0.1  # a smaller share of the text does not tell where a column begins
NARROW = 3  # lines that end at one place have their own right edge
BULLET = re.compile(r"[•●○■□◆◇▪▶➢✓\uf000-\uf0ff]|[*·–-]\s")
MARK = re.compile(
    r"[•·●○■□◆◇▪▶➢✓*–—\uf000-\uf0ff-]\s?|\(?\d{1,3}[.)、．）]|[(（][一二三四五六七八九十\d]{1,3}[)）]|"
    r"[一二三四五六七八九十]{1,3}[、．.]|第[一二三四五六七八九十\d]{1,3}[章节部条]|[a-z][.)]\s"
)
ENDED = re.compile(r"[。！？；：.!?;:…][”’\"'）)」』]*$")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# The second part of a compound such as long-term; no division of a word leaves one of these.
SECOND = re.compile(
    "based|carbon|class|driven|end|free|funded|income|intensive|led|level|made|oriented|owned|"
    "private|quality|related|round|scale|sector|sized|speed|tech|term|tier"
)
HYPHENATED = re.compile(r"[A-Za-zÀ-ɏͰ-ӿ][-\u2010\u00ad]$")


class Column(NamedTuple):
    """Where most lines of a column begin, and where a full line ends."""

    left: float
    edge: float


def paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[str]:
    """Yield paragraphs.

    One ends where the next word would still have fitted into the line, and before a line that is
    indented, farther away, or in another size or font.
    """
    lines = [line for page in pages for line in page]
    columns = _line_columns(pages)
    words = _words(lines)
    indent = _usual_indent(lines, columns)
    parts: list[Line] = []
    for place, line in enumerate(lines):
        if parts:
            edges = columns[place - 1].edge, columns[place].edge
            shift = line.left - columns[place].left
            first = indent and abs(shift - indent) < SLACK * line.size and not _hangs(parts, line)
            below = lines[place + 1 : place + 2]
            if not _goes_on(parts, line) and (first or _begins(parts, line, below, *edges)):
                yield _joined(parts, words)
                parts = []
        parts.append(line)
    if parts:
        yield _joined(parts, words)


def _line_columns(pages: Sequence[Sequence[Line]]) -> list[Column]:
    """Return the column of each line. Columns that begin at one place are equally wide."""
    runs = [run for page in pages for run in _runs(page)]
    alike: dict[int, list[Line]] = {}
    for run in runs:
        alike.setdefault(_bucket(run), []).extend(run)
    widest = _column([line for run in runs for line in run])
    known = {key: _column(lines) for key, lines in alike.items()}
    columns = []
    for run in runs:
        column, lines = known[_bucket(run)], alike[_bucket(run)]
        near = [line for line in lines if line.right > column.edge - 2 * line.size]
        if len(near) < NARROW:
            column = column._replace(edge=max(column.edge, widest.edge))
        for place, line in enumerate(run):
            least = LEAST if len(near) > 1 else LONGER
            if all(ENDED.search(line.text) for line in near):  # so no line is broken there
                least = ENDLESS
            edge = max(column.edge, column.left + least * line.size)
            columns.append(column._replace(edge=_own_edge(run, place, edge)))
    return columns


def _bucket(run: Sequence[Line]) -> int:
    return round(min(line.left for line in run) / 10)


def _column(lines: Sequence[Line]) -> Column:
    """Return where most text in some lines begins and ends."""
    lefts: Counter[int] = Counter()
    for line in lines:
        lefts[round(line.left)] += round(line.right - line.left)
    few = FEW * lefts.total()
    left = min((left for left in lefts if lefts[left] >= few), default=0)
    ends = sorted((line.right, line.right - line.left) for line in lines)
    before = accumulate(width for _, width in ends)
    most = EDGE * sum(width for _, width in ends)
    edge = next((end for (end, _), sum_ in zip(ends, before, strict=True) if sum_ >= most), 0.0)
    return Column(left, edge)


def _runs(page: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield lines that follow each other downwards: a column."""
    run: list[Line] = []
    for line in page:
        if run and line.base > run[-1].base + line.size:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _own_edge(run: Sequence[Line], place: int, edge: float) -> float:
    """Return where a justified block inside a column ends, which may be before the column does."""
    line = run[place]
    near = [
        other
        for other in run[max(0, place - NARROW + 1) : place + NARROW]
        if abs(other.left - line.left) < 0.1 * line.size
        and abs(other.right - line.right) < 0.1 * line.size
    ]
    return line.right if len(near) >= NARROW and line.word < line.right - line.left else edge


def _usual_indent(lines: Sequence[Line], columns: Sequence[Column]) -> float:
    """Return how far first lines of paragraphs are indented, or 0 if they are not."""
    found = [
        one.left - two.left
        for (one, two), column in zip(pairwise(lines), columns, strict=False)
        if 0 < one.base - two.base < 3 * one.size
        and INDENT * one.size < one.left - two.left < 2 * HANGING * one.size
        and abs(two.left - column.left) < one.size
        and _is_full(one, two, column.edge)
    ]
    return sorted(found)[len(found) // 2] if len(found) > 2 else 0


def _is_full(line: Line, following: Line, edge: float) -> bool:
    """Return whether the first word of the next line would not have fitted into a line."""
    space = 0.25 * line.size * bool(gap(line.text, following.text))
    slack = SLACK * line.size
    begun = following.text[:1].islower() and not ENDED.search(line.text)
    if begun or line.text.endswith(PAUSES):
        # Lines may have been broken after so many characters, which differ in width.
        slack = max(slack, RAGGED * (edge - line.left))
    return line.right + space + following.word > edge - slack


def _goes_on(parts: Sequence[Line], line: Line) -> bool:
    """Return whether a word that begins in the last line ends in this one."""
    last = parts[-1]
    return bool(
        HYPHENATED.search(last.text)
        and line.text[:1].islower()
        and abs(line.size - last.size) < (RESIZED - 1) * line.size
    )


def _begins(
    parts: Sequence[Line], line: Line, after: Sequence[Line], last_edge: float, edge: float
) -> bool:
    """Return whether a line begins a paragraph, if its column and that of the last end there."""
    last = parts[-1]
    if line.aside != last.aside or max(line.size, last.size) > RESIZED * min(line.size, last.size):
        return True
    if not _is_full(last, line, last_edge) or _other_font(last, line):
        return True
    if BULLET.match(line.text) or _is_row(last, last_edge) or _is_row(line, edge):
        return True
    if MARK.match(line.text) and (ENDED.search(last.text) or _is_next(parts[0], line)):
        return True
    below = last.base > line.base  # and neither in another column nor on another page
    return below and (_is_indented(parts, line) or _is_apart(parts, line, after))


def _is_row(line: Line, edge: float) -> bool:
    """Return whether a line is the row of a table, and not a justified line with wide gaps."""
    return line.cells and abs(line.right - edge) > line.size / 2


def _is_next(item: Line, line: Line) -> bool:
    """Return whether a line with a mark is an item of the same list as another."""
    return bool(MARK.match(item.text)) and abs(item.left - line.left) < INDENT * line.size


def _other_font(one: Line, two: Line) -> bool:
    """Return whether the font changes between two lines, and not inside them."""
    (_, usual, closing), (opening, following, _) = one.fonts, two.fonts
    changes = usual == closing != opening == following
    return changes and closing.wide == opening.wide


def _is_indented(parts: Sequence[Line], line: Line) -> bool:
    """Return whether a line is the first of a paragraph or of a list item, by where it begins."""
    first, last, least = parts[0], parts[-1], INDENT * line.size
    if line.left - last.left > least:
        return not _hangs(parts, line)
    back = len(parts) > 1 and last.left - line.left > least
    return back and line.left - first.left < least


def _hangs(parts: Sequence[Line], line: Line) -> bool:
    """Return whether a line is the second of a list item, below the text after its mark."""
    mark = MARK.match(parts[0].text)
    return bool(len(parts) == 1 and mark and 0 < line.left - parts[0].left < HANGING * line.size)


def _is_apart(parts: Sequence[Line], line: Line, after: Sequence[Line]) -> bool:
    """Return whether the gap above a line is wider than the gaps around it."""
    around = [one.base - two.base for one, two in pairwise(parts[-2:])]
    around += [line.base - other.base for other in after if other.size == line.size]
    around = [distance for distance in around if distance > 0.5 * line.size]
    return bool(around) and parts[-1].base - line.base > WIDER * min(around)


def _words(lines: Sequence[Line]) -> set[str]:
    """Return all words, with the hyphens inside them, but not the parts of divided words."""
    words: set[str] = set()
    divided = False
    for line in lines:
        found = [word.lower() for word in WORD.findall(line.text)]
        begins, divided = divided, bool(HYPHENATED.search(line.text))
        words.update(found[begins : len(found) - divided])
    return words


def _joined(lines: Sequence[Line], words: set[str]) -> str:
    """Join the lines of a paragraph and the words that are divided between them."""
    text = ""
    for line in lines:
        if HYPHENATED.search(text) and line.text[:1].islower():
            text = text if _keeps_hyphen(text, line.text, words) else text[:-1]
            text += line.text
        else:
            text += (gap(text, line.text) if text else "") + line.text
    return text.replace("\u00ad", "")


def _keeps_hyphen(before: str, after: str, words: set[str]) -> bool:
    """Return whether a hyphen at the end of a line belongs to its word."""
    if before[-1] != "-":  # of the other hyphens, one stands only where a word is divided
        return False
    one, two = before[:-1].split()[-1].lower(), WORD.match(after)
    rest = two[0].lower() if two else ""
    one = one.lstrip("“‘\"'(")
    if f"{one}{rest}" in words:
        return False
    if len(one) == 1 or "-" in one or f"{one}-{rest}" in words:
        return True
    return {one, rest} <= words or bool(SECOND.fullmatch(rest.partition("-")[0]))
