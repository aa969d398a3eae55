"""Order the headings of a document into series of numbers, and choose the series of its parts."""

import re
from collections.abc import Sequence

from policylib.documents.headings import (
    LONGEST_NUMBERED,
    NO_HEADING,
    Heading,
    halves,
    periods,
    plain,
)

Series = list[Heading]
# Numbers of the highest level; "(一)" and "1." usually number what is below it.
HIGH_STYLES = ("第", "part", "一", "I")
LEAD = 200  # characters of a paragraph below a heading that tell what the section holds
_PAST = r"过去|一年来|五年来|去年|回顾|不平凡|\b(?:past|last|previous) (?:\w+ )?years?\b"
_COMING = (
    r"今年是|今年[^,。]{0,9}要|新的?一年|今后|明年|总体要求|做好[^,。]{0,9}工作"
    r"|\b(?:this|next|coming) (?:\w+ )?years?\b|\bwe will\b"
)
_YEAR_IS = r"|^20\d\d年,?是"
PAST, COMING = (
    re.compile(words + _YEAR_IS, re.IGNORECASE | re.MULTILINE) for words in (_PAST, _COMING)
)
# Of sentences that may name their year.
SAYS_PAST = re.compile(_PAST, re.IGNORECASE)
SAYS_COMING = re.compile(rf"{_COMING}|未来|下一?步|展望|\bwill\b", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# The first sentence of a paragraph, without an address before it.
FIRST_SENTENCE = re.compile(
    r"(?:(?:各位代表|同志们|fellow deputies)[,:!\s]*)?((?:(?!\.\s)[^。!?])*)", re.IGNORECASE
)


def series_of(found: Sequence[Heading]) -> list[Series]:
    """Return the headings in series: of one style, with numbers that follow each other.

    Headings without a number are one series, until a review begins after a plan.
    """
    every: list[Series] = []
    unfinished: list[Series] = []
    for heading in found:
        if heading.kind in ("glossary", "annex") and not heading.ordinal:
            # What follows may be a list, whose numbers do not continue those of the parts.
            unfinished = [one for one in unfinished if _is_high(one[0])]
        if not heading.ordinal and heading.kind in ("contents", "annex"):
            continue
        series = next((one for one in reversed(unfinished) if _continues(one, heading)), None)
        if series is None:
            if heading.ordinal > 1 and heading.kind is None:
                continue
            series = []
            every.append(series)
            unfinished.append(series)
        elif heading.ordinal:
            del unfinished[unfinished.index(series) + 1 :]  # lists within a section end with it
        series.append(heading)
    return every


def _is_high(heading: Heading) -> bool:
    return heading.style.lstrip("#") in HIGH_STYLES


def _continues(series: Series, heading: Heading) -> bool:
    """Return whether a heading is the next one of a series."""
    last = series[-1]
    if heading.style != last.style or bool(heading.ordinal) != bool(last.ordinal):
        return False
    if heading.ordinal:
        follows = heading.ordinal - last.ordinal
        return follows == 1 or (follows > 1 and heading.kind in ("review", "plan"))
    again = heading.kind == "review" and "plan" in [one.kind for one in series]
    return not again and heading.title not in [one.title for one in series]


def find_contents(found: Sequence[Heading], texts: list[str]) -> set[int]:
    """Return the rows of tables of contents.

    Their headings have page numbers, or have no text between them and are repeated further down.
    """
    titles = {heading.row for heading in found if heading.kind == "contents"}
    every = series_of([heading for heading in found if not heading.is_entry])
    rows = set(titles)
    for block in [*_entries(found, texts), *_listed(every, titles, texts)]:
        above = titles & set(range(block[0] - 3, block[0]))
        if len(block) > 1 or above:
            rows.update(range(min(above, default=block[0]), _end(block[-1], block, found) + 1))
    return rows


def _entries(found: Sequence[Heading], texts: list[str]) -> list[list[int]]:
    """Return the rows of headings with page numbers, in blocks without text between them."""
    blocks: list[list[int]] = []
    for row in (heading.row for heading in found if heading.is_entry):
        if blocks and not _has_text(texts, blocks[-1][-1], row):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _listed(every: list[Series], titles: set[int], texts: list[str]) -> list[list[int]]:
    """Return the rows of series without text that are repeated, or are below a title."""
    blocks = []
    for series in every:
        rows = [heading.row for heading in series]
        if len(rows) > 1 and not _has_text(texts, rows[0], rows[-1]):
            again = [s for s in every if s[0].row > rows[-1] and _place(series[0]) == _place(s[0])]
            below = titles & set(range(rows[0] - 3, rows[0]))
            if below or any(_has_text(texts, s[0].row, s[-1].row) for s in again):
                blocks.append(rows)
    return blocks


def _has_text(texts: list[str], first: int, last: int) -> bool:
    """Return whether there is a sentence between two rows, or below the only one."""
    between = texts[first + 1 : last] if last > first else texts[first + 1 : first + 3]
    return any(len(t) > LONGEST_NUMBERED or NO_HEADING.search(plain(t)) for t in between)


def _place(heading: Heading) -> tuple[str, int | str | None]:
    """Return what is equal in a table of contents and in the text: a number, or a kind."""
    return heading.style, heading.ordinal or heading.kind


def _end(last: int, block: list[int], found: Sequence[Heading]) -> int:
    """Return the last row of a table of contents, with the entries right below this row."""
    by_row = {heading.row: heading for heading in found}
    first = by_row[block[0]]
    while (after := by_row.get(last + 1)) and _place(after) != _place(first):
        last += 1
    return last


def main_parts(every: list[Series], texts: list[str]) -> dict[int, str | None]:
    """Return the rows at which reviews and plans begin, by the series that names them best.

    The part is None for headings before them of which nothing is known.
    """
    ranked = []
    for series in every:
        parts = _resolve(series, texts)
        if (rank := _rank(series, parts)) is not None:
            ranked.append((rank, series[0].row, parts))
    if not ranked:
        return {}
    _, first, parts = min(ranked, key=lambda one: one[:2])
    if "plan" not in parts.values():  # by mistake, it may be numbered in another way
        others = [row for _, _, other in ranked for row in other if other[row] == "plan"]
        parts |= {row: "plan" for row in sorted(others)[:1] if row > first}
    return parts


def _resolve(series: Series, texts: list[str]) -> dict[int, str | None]:
    """Return the parts that begin at the headings of a series."""
    parts: dict[int, str | None] = {}
    now: str | None = None
    for place, heading in enumerate(series):
        kind = heading.kind
        if heading.is_named or kind in ("glossary", "annex"):
            parts[heading.row] = kind
            now = kind if heading.is_named else now
            continue
        if kind == "both" and now != "plan":
            ends = [later.row for later in series[place + 1 :]] or [len(texts)]
            if turn := _turn(heading, texts, ends[0]):
                parts |= {heading.row: "review", turn: "plan"}
                now = "plan"
                continue
        if now is None:
            now = _first_part(series, place, texts)
        elif (
            now == "review"
            and kind not in ("review", "lessons")
            and (kind in ("plan", "work", "both") or heading.style)
        ):
            now = "plan"
        elif not heading.style and kind != now:
            continue
        if now or heading.ordinal:
            parts[heading.row] = now
    return parts


def _turn(heading: Heading, texts: list[str], end: int) -> int | None:
    """Return the row at which the plan begins below a heading that names a review and a plan.

    The first sentence of its paragraph speaks of what comes: it names a period of the plan before
    one of the review, or it has such words, and none of the past.
    """
    first, second = halves(heading.title)
    past = set(periods(first))
    coming = set(periods(second)) - past
    for row in range(heading.row + 1, end):
        sentence = _first_sentence(texts[row])
        named = next((name for name in periods(sentence) if name in past | coming), None)
        if named in coming:
            return row
        if named is None and SAYS_COMING.search(sentence) and not SAYS_PAST.search(sentence):
            return row
    return None


def _first_sentence(text: str) -> str:
    match = FIRST_SENTENCE.match(plain(text[:LEAD]))
    return match[1].lower() if match else ""


def _first_part(series: Series, place: int, texts: list[str]) -> str | None:
    """Return what a series begins with: by the words of a heading, its year, or what follows."""
    heading = series[place]
    later = series[place + 1 :]
    if heading.kind in ("review", "achieved"):
        return "review"
    if heading.kind == "plan":
        return "plan"
    if heading.kind in ("work", "both"):
        return "review" if later else None
    if not heading.ordinal or not _is_high(heading):
        return None
    years = [[int(year) for year in YEAR.findall(one.title)] for one in (heading, *later)]
    if years[0] and max(years[0]) < max((max(found) for found in years[1:] if found), default=0):
        return "review"
    if not PAST.search(_lead(heading, texts, 3)):
        return None
    comes = any(one.kind == "plan" for one in later)
    return "review" if comes or (later and COMING.search(_lead(later[0], texts, 8))) else None


def _lead(heading: Heading, texts: list[str], paragraphs: int) -> str:
    """Return the beginning of the first paragraphs below a heading."""
    below = texts[heading.row : heading.row + paragraphs + 1]
    return "\n".join(plain(text[:LEAD]) for text in below)


def _rank(series: Series, parts: dict[int, str | None]) -> int | None:
    """Return how well a series names the parts of a report; less is better."""
    known = [heading for heading in series if parts.get(heading.row)]
    if not known:
        return None
    if any(heading.is_named for heading in known):
        return 0
    if {"review", "plan"} <= set(parts.values()):
        kinds = [heading.kind for heading in known]
        if "review" in kinds or "both" in kinds:
            return 1
        if "plan" in kinds or _is_high(series[0]):
            return 2
        return None
    return 3 if known[0].kind in ("review", "plan") else None
