"""Find the parts of work reports: front matter, contents, review, plan, and what follows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.names import as_mapping, first_of, require, require_columns
from policylib._util.warn import warn
from policylib.documents.headings import (
    LONGEST,
    LONGEST_NUMBERED,
    NO_HEADING,
    PARTS,
    Heading,
    ReportPart,
    plain,
    read_heading,
    split_number,
    title_of,
)
from policylib.documents.outline import find_contents, main_parts, series_of

LONGEST_FRONT, LONGEST_CLOSING, MOST_AFTER_CLOSING = 200, 300, 30
FORMULA = re.compile(
    r"各位代表|代表大会|会议上|请予审议|向大会|工作报告|来源|记者"
    r"|\b(?:delivered|deputies|on behalf of|session|congress|for (?:your )?deliberation)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?:各位|同志|代表|委员|们|fellow|deputies|distinguished|[\W_])+", re.IGNORECASE
)
UNITE = re.compile(
    r"团结.{0,30}周围|让我们.*(?:团结|奋斗|前进|努力|携手|拼搏|开创|谱写|奋进)|谢谢大家"
    r"|\blet us\b|\b(?:rally|unite)\b.*\baround\b|^thank you",
    re.IGNORECASE,
)


def report_parts(
    documents: pd.DataFrame, *, headings: Mapping[str, ReportPart] | None = None
) -> "pd.Series[str]":
    """Return the part of a work report to which each paragraph belongs.

    A heading that names a review begins the review, and one that names plans or tasks the plan. If
    headings have numbers, the one with the next number begins the plan, whatever its words, and no
    review begins after it. If the first heading names neither, the words below it decide. If a
    heading with a number names a review and then a plan, the plan begins at the first paragraph
    below it that speaks of what comes. The plan lasts to the last heading of that numbering. A
    heading may share its line with a sentence. Headings that are repeated below, or that have a
    page number, are a table of contents.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph, in reading order: `document` and `text`.
    headings : mapping of str to str, optional
        The parts of headings whose words say little, such as ``{"Roads and bridges": "plan"}``.
        Letter case, full-width forms and the number before a heading do not matter.

    Returns
    -------
    Series of str
        The part of each row:

        - ``"front"``: title, date, place and greeting, before the first part.
        - ``"contents"``: a table of contents.
        - ``"review"``, ``"plan"``: what was done, and what will be done.
        - ``"glossary"``, ``"annex"``: explanations of terms, and annexes.
        - ``"closing"``: the last appeal to the deputies, with what follows it.

        It is missing for other paragraphs before the first part, and in documents in which fewer
        than two headings are known.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame, or `headings` is not a mapping of text.
    ValueError
        If a column is missing, a document is missing, a text is not a string, or a part is unknown.

    Warns
    -----
    UserWarning
        If fewer than two headings are known in some documents; the first of them are named.

    See Also
    --------
    report_roles : The roles that follow from the parts.
    code_documents : Code documents, without the parts that say nothing about policy.

    Examples
    --------
    >>> texts = ["工作报告", "一、去年工作回顾", "新建高铁。", "二、今年主要任务", "扩大消费。"]
    >>> texts += ["名词解释", "高铁：高速铁路。"]
    >>> documents = pd.DataFrame({"document": "report", "text": texts})
    >>> report_parts(documents).to_list()
    ['front', 'review', 'review', 'plan', 'plan', 'glossary', 'glossary']
    """
    require_columns(documents, "document", "text")
    require_values(documents, "document")
    parts, unknown = find_parts(documents["document"], texts_of(documents), _named(headings))
    if unknown:
        of = f"{len(unknown)} of {documents['document'].nunique()} documents"
        warn(
            f"fewer than two headings are known in {of}: {first_of(unknown)}; "
            "report_parts(…, headings={'…': 'review', '…': 'plan'}) names others"
        )
    return pd.Series(parts, documents.index, dtype="str", name="part")


def _named(headings: Mapping[str, ReportPart] | None) -> dict[str, str]:
    """Return the parts that the caller named, by the plain titles of their headings."""
    headings = as_mapping({} if headings is None else headings, "headings")
    if not isinstance(headings, Mapping):
        kind = type(headings).__name__
        raise TypeError(f"headings: expected a mapping of headings to parts, not {kind}")
    named: dict[str, str] = {}
    for heading, part in headings.items():
        if not isinstance(heading, str):
            raise TypeError(f"headings: expected text, got {heading!r}")
        require(part, PARTS, "part")
        named[title_of(plain(heading)).casefold()] = part
        named[title_of(split_number(plain(heading))[2]).casefold()] = part
    return named


def find_parts(
    documents: "pd.Series[Any]", texts: Sequence[str], named: Mapping[str, str]
) -> tuple[list[str | None], list[Any]]:
    """Return the part of each paragraph, and the documents whose parts are unknown."""
    codes, names = pd.factorize(documents.to_numpy(), use_na_sentinel=False)
    lengths = [0] * len(names)
    headings: list[list[Heading]] = [[] for _ in names]
    # One text at a time, because all texts of a large table may not fit in the memory.
    for code, text in zip(codes.tolist(), texts, strict=True):
        if heading := read_heading(lengths[code], text, named):
            headings[code].append(heading)
        lengths[code] += 1
    rows_of = np.split(np.argsort(codes, kind="stable"), np.cumsum(lengths))
    parts: list[str | None] = [None] * len(codes)
    unknown: list[Any] = []
    for number, name in enumerate(names):
        rows, found = rows_of[number].tolist(), _joined(headings[number])
        known = _parts_of(found, [texts[row] for row in rows]) if len(found) > 1 else None
        if known is None:
            unknown.append(name)
            continue
        for row, part in zip(rows, known, strict=True):
            parts[row] = part
    return parts, unknown


def _parts_of(found: list[Heading], texts: list[str]) -> list[str | None] | None:
    """Return the part of each paragraph of a document; None if its headings are not known."""
    contents = find_contents(found, texts)
    found = [heading for heading in found if heading.row not in contents]
    begins = main_parts(series_of(found), texts)
    begins |= {h.row: h.kind for h in found if h.is_named}
    if not any(begins.values()):
        return None
    first = min(begins)
    tail: dict[int, str | None] = {
        h.row: h.kind for h in found if h.kind in ("glossary", "annex") and h.row > first
    }
    begins = tail | begins
    if sum(part is not None for part in begins.values()) < 2:
        return None
    parts: list[str | None] = []
    for row, text in enumerate(texts):
        begun = begins.get(row, parts[-1] if row > first else None)
        parts.append(begun if row >= first else _part_before(text))
    for row in _closing_rows(texts, parts):
        parts[row] = "closing"
    for row in contents:
        parts[row] = "contents"
    return parts


def _joined(found: Iterable[Heading]) -> list[Heading]:
    """Return headings, where a number in a paragraph of its own has the title below it."""
    joined: list[Heading] = []
    for heading in found:
        last = joined[-1] if joined else None
        if last and not last.title and last.row == heading.row - 1 and not heading.style:
            joined[-1] = heading._replace(row=last.row, style=last.style, ordinal=last.ordinal)
        else:
            joined.append(heading)
    return joined


def _part_before(text: str) -> str | None:
    """Return ``"front"`` for a title, a date, a place or a greeting before the first part."""
    line = plain(text[: LONGEST_FRONT + 1])
    if len(text) <= LONGEST and not NO_HEADING.search(line):
        return "front"
    return "front" if len(text) <= LONGEST_FRONT and FORMULA.search(line) else None


def _closing_rows(texts: list[str], parts: list[str | None]) -> range:
    """Return the rows of the last appeal and of what follows it, up to an annex or the end."""
    last = max(row for row, part in enumerate(parts) if part not in ("glossary", "annex"))
    part, row = parts[last], last
    while row > last - MOST_AFTER_CLOSING and row > 0 and parts[row - 1] == part:
        line = plain(texts[row])
        if _is_appeal(texts[row]) and UNITE.search(line):
            while parts[row - 1] == part and _is_appeal(texts[row - 1]):
                row -= 1
            return range(row, last + 1)
        if len(line) > LONGEST_NUMBERED:
            break
        row -= 1
    return range(0)


def _is_appeal(text: str) -> bool:
    """Return whether a paragraph only addresses the deputies, or appeals to them."""
    line = plain(text[: LONGEST_CLOSING + 1])
    return bool(ADDRESS.fullmatch(line)) or (
        len(line) <= LONGEST_CLOSING and bool(UNITE.search(line))
    )
