"""The text of a PDF, within limits of time and size; where paragraphs end is a guess."""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from policylib.documents.paragraphs import LINE_END, TryAgainError, UnreadableError, gap, is_wide

SECONDS = 300  # for one file: a thousand pages take about a minute
LONGEST = 50_000_000  # characters in one file
STREAM = 40_000_000  # bytes of the content of one page; pypdf allows 75 million
# Forms drawn on one page. pypdf allows 5,000, but a plot may draw one for each point.
FORMS = 100_000
NARROWEST = 30  # least width of a full line, in columns; headings and table cells are narrower
# A line is joined to the next if it would exceed this share of the full width with the next word.
# The share is below 1, because letters differ in width.
FULL = 0.85
HYPHEN = re.compile("[^\\W\\d_]-$|\u00ad$")
SURROGATE = re.compile("[\ud800-\udfff]")


def pdf_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a PDF, one line for each paragraph.

    Parameters
    ----------
    data : bytes
        The content of the file.
    encoding : str or None
        Not used, because the fonts in the file define theirs.

    Returns
    -------
    str
        One line for each paragraph.

    Raises
    ------
    UnreadableError
        If the file is damaged, needs a password, or exceeds a limit.
    """
    try:
        limits = pypdf.get_configuration().with_overwrites(
            zlib_maximum_output_length=STREAM,
            array_based_stream_maximum_output_length=STREAM,
            xform_maximum_invocations_per_extraction=FORMS,
        )
        with _quiet() as lost, pypdf.apply_configuration(limits):
            pages = [_lines(page) for page in _pages(data)]
    except UnreadableError:
        raise
    except FileNotDecryptedError:
        raise UnreadableError("encrypted; it needs a password") from None
    except DependencyError:
        raise TryAgainError("encrypted; to read it, pip install 'policylib[documents]'") from None
    except LimitReachedError as error:
        raise UnreadableError(f"exceeds a limit of pypdf: {error}") from None
    except Exception as error:  # broken files make pypdf raise errors of many types
        raise UnreadableError(f"not a PDF, or damaged: {error or type(error).__name__}") from None
    if lost:
        raise UnreadableError(f"exceeds a limit of pypdf: {lost[0]}")
    widths = sorted(width for lines in pages for width in map(_width, lines) if width)
    full = max(NARROWEST, widths[len(widths) * 9 // 10] if widths else 0)
    return "\n".join(paragraph for lines in pages for paragraph in _join(lines, full))


def _pages(data: bytes) -> Iterator[str]:
    """Yield the text of each page; raise if it takes too long or becomes too large."""
    end = time.monotonic() + SECONDS

    def check(*_: object) -> None:
        if time.monotonic() > end:
            raise TryAgainError(f"takes longer than {SECONDS} seconds; split the file")

    length = 0
    for page in pypdf.PdfReader(BytesIO(data)).pages:
        # `check` runs for each operator, because one page can draw a form a million times.
        text = page.extract_text(visitor_operand_before=check)
        check()
        length += len(text)
        if length > LONGEST:
            raise UnreadableError(f"more than {LONGEST:,} characters; split the file")
        yield SURROGATE.sub("\ufffd", text)


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Silence the warnings of pypdf, and collect those about text left out because of a limit."""
    lost: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            values = record.args if isinstance(record.args, dict) else {}
            if "limit" in values or isinstance(values.get("exception"), LimitReachedError):
                lost.append(record.getMessage())

    logger, handler = logging.getLogger("pypdf"), Collect()
    before = logger.propagate, logger.level
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield lost
    finally:
        logger.removeHandler(handler)
        logger.propagate = before[0]
        logger.setLevel(before[1])


def _lines(page: str) -> list[str]:
    return [line.strip() for line in LINE_END.split(page)]


def _join(lines: list[str], full: int) -> Iterator[str]:
    """Yield paragraphs: one ends where the next word would still have fitted into the line.

    If the last line of a paragraph is full, the next paragraph is joined to it.
    """
    parts: list[str] = []
    for line, following in pairwise([*lines, ""]):
        # A hyphen at the end may belong to the word, so it is kept; a soft hyphen never does.
        parts.append(line.removesuffix("\u00ad") if following else line)
        if following and HYPHEN.search(line):
            continue
        # A Chinese line may break at any character, other lines only at a space.
        word = following[:1] if is_wide(following[:1] or " ") else following.partition(" ")[0]
        if following and _width(line) + 1 + _width(word) > FULL * full:
            parts.append(gap(line, following))
        else:
            yield "".join(parts)
            parts = []


def _width(text: str) -> int:
    """Count the columns of a text; a Chinese character takes two."""
    return len(text) + sum(map(is_wide, text))
