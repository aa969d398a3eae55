"""The text of a PDF, its lines joined to paragraphs by a guess, within bounds."""

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
LONGEST = 50_000_000  # characters of one file
STREAM = 40_000_000  # bytes of the content of one page; pypdf has 75 million, and more limits
FORMS = 100_000  # on one page; pypdf has 5,000, and a plot with a form for each point has more
NARROWEST = 30  # columns; lines of a few words are headings or cells, however many there are
FULL = 0.85  # of the width of a full line; letters differ in width, and lines are uneven
HYPHEN = re.compile("[^\\W\\d_]-$|\u00ad$")
SURROGATE = re.compile("[\ud800-\udfff]")


def pdf_text(data: bytes, encoding: str | None) -> str:
    """Give the text of a PDF, a line per paragraph.

    Parameters
    ----------
    data
        The file.
    encoding
        Not used: the fonts of the file say theirs.

    Raises
    ------
    UnreadableError
        If it is damaged, needs a password, or goes beyond all bounds.
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
        raise TryAgainError("encrypted; pip install 'policylib[documents]'") from None
    except LimitReachedError as error:
        raise UnreadableError(f"beyond a limit of pypdf: {error}") from None
    except Exception as error:  # pypdf has many kinds, for what a broken file makes it do
        raise UnreadableError(f"no PDF, or damaged: {error or type(error).__name__}") from None
    if lost:
        raise UnreadableError(f"beyond a limit of pypdf: {lost[0]}")
    widths = sorted(width for lines in pages for width in map(_width, lines) if width)
    full = max(NARROWEST, widths[len(widths) * 9 // 10] if widths else 0)
    return "\n".join(paragraph for lines in pages for paragraph in _join(lines, full))


def _pages(data: bytes) -> Iterator[str]:
    """Yield the text of each page, and stop when time or room is over."""
    end = time.monotonic() + SECONDS

    def check(*_: object) -> None:
        if time.monotonic() > end:
            raise TryAgainError(f"takes longer than {SECONDS} seconds; split it")

    length = 0
    for page in pypdf.PdfReader(BytesIO(data)).pages:
        # It is called for each operator: a page can use one form a million times.
        text = page.extract_text(visitor_operand_before=check)
        check()
        length += len(text)
        if length > LONGEST:
            raise UnreadableError(f"more than {LONGEST:,} characters; split it")
        yield SURROGATE.sub("\ufffd", text)


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep what pypdf mended from being printed, and collect what it left out for its limits."""
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
    """Yield paragraphs: one ends where the next word would still have found room in the line.

    A full last line is not told from others: the next paragraph then follows in the same one.
    """
    parts: list[str] = []
    for line, following in pairwise([*lines, ""]):
        # A hyphen at the end may belong to the word, and stays. A soft one shows only here.
        parts.append(line.removesuffix("\u00ad") if following else line)
        if following and HYPHEN.search(line):
            continue
        # A Chinese line may be broken at any character, another only at a space.
        word = following[:1] if is_wide(following[:1] or " ") else following.partition(" ")[0]
        if following and _width(line) + 1 + _width(word) > FULL * full:
            parts.append(gap(line, following))
        else:
            yield "".join(parts)
            parts = []


def _width(text: str) -> int:
    """Count columns: a Chinese character takes two."""
    return len(text) + sum(map(is_wide, text))
