"""Write lines of text and tables as HTML or Markdown, with some words marked."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from policylib._util.printable import printable
from policylib.documents.sentences import find_quote

Line = tuple[str, ...]  # parts of a text; every second is marked

WORDS = re.compile(r"[^\W_](?:.*[^\W_])?")  # from the first letter or digit to the last


def words_of(statement: dict[Any, Any]) -> Line:
    """Return the summary and the sentence of a statement; without a sentence, one or the quote.

    Examples
    --------
    >>> words_of({"sentence": "Buy robots.", "quote": "robots"})
    ('“Buy ', 'robots', '.”')
    >>> words_of({"summary": None, "quote": "robots"})
    ('“robots”',)
    """
    cells = map(statement.get, ("summary", "sentence", "quote"))
    summary, sentence, quote = (_clean(cell) if isinstance(cell, str) else "" for cell in cells)
    if not sentence:
        return (summary or (quote and f"“{quote}”"),)
    # Markdown does not mark words that begin or end with punctuation.
    words = WORDS.search(quote)
    place = find_quote(sentence, words[0]) if words else None
    parts: Line = (sentence,)
    if place:
        start, end = place
        parts = (sentence[:start], sentence[start:end], sentence[end:])
    return between(f"{summary} “".lstrip(), parts, "”")


def between(before: str, line: Line, after: str) -> Line:
    """Return a line with more text at both ends."""
    *parts, last = (before + line[0], *line[1:])
    return (*parts, last + after)


def rows_of(table: pd.DataFrame, write: Callable[..., str]) -> Iterator[list[str]]:
    """Yield the head and the rows of a table with its index; a cell may be a list of lines."""
    for row in ((table.index.name or "", *table.columns), *table.itertuples(name=None)):
        cells = (cell if isinstance(cell, list) else [(_text(cell),)] for cell in row)
        yield ["<br>".join(write(*line) for line in lines) for lines in cells]


def _text(cell: Any) -> str:
    if pd.isna(cell):
        return "–"
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)


def as_html(*parts: str) -> str:
    """Return a line as HTML, with the marked parts in ``<mark>``."""
    return _joined(parts, html.escape, "<mark>{}</mark>")


def as_markdown(*parts: str) -> str:
    """Return a line as Markdown, with the marked parts in bold."""
    return _joined(parts, lambda part: re.sub(r"([\\`*_\[\]<>|~&#$])", r"\\\1", part), "**{}**")


def _joined(parts: Line, escape: Callable[[str], str], mark: str) -> str:
    written = [escape(_clean(part)) for part in parts]
    written[1::2] = [mark.format(part) for part in written[1::2]]
    return "".join(written).strip()


def _clean(text: str) -> str:
    """Return a text in one line, with a visible mark for each character that is not printed."""
    return printable(re.sub(r"\s+", " ", text))
