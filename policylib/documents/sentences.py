"""Find the language of a text, the sentences in it, and the sentence of a statement."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import require_values, texts_of
from policylib._util.characters import plain_form
from policylib._util.names import first_of, nearest, require_columns
from policylib._util.numbers import as_integers

PARAGRAPH = ["document", "paragraph"]
HAN = re.compile("[\u4e00-\u9fff]+")
LATIN = re.compile("[A-Za-z]+")
WITHIN = re.compile("(?<=[A-Za-z])(?=[A-Za-z])")  # between two letters of a word
# A full stop after these does not end a sentence.
SHORT = (
    "No Nos Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec vs etc e.g i.e Dr Mr Mrs Ms Prof "
    "Ph.D Co Ltd Inc St"
)
STOP = r"[.](?<!\b[A-Z].)" + "".join(rf"(?<!\b{re.escape(word)}.)" for word in SHORT.split())
ENDS = {
    # Closing quotes belong to the sentence. Without a space, it ends before a capital.
    "en": re.compile(
        rf"{STOP}[\"”’')]*(?=\s+[^\sa-z]|\s*$)"
        rf"|{STOP}(?<!\d.)[\"”’']?(?=[A-Z][a-z])|[!?;][\"”’')]*|\n"
    ),
    "zh": re.compile('[。！？；!?;]+[”’」』）"]*|\n'),
}


def language_of(text: str) -> str:
    """Return the language of most of a text; an English text may contain Chinese names."""
    han = sum(map(len, HAN.findall(text)))
    return "zh" if 2 * han > len(LATIN.findall(text)) else "en"


def sentences(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each sentence of a text."""
    start = 0
    for match in ENDS[language].finditer(text):
        if text[start : match.end()].strip():
            yield start, match.end()
            start = match.end()
    if text[start:].strip():
        yield start, len(text)


def with_sentences(statements: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Add the sentence that each statement comes from.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement: `document` and `paragraph`, and where known `start` and `end`,
        its place in the paragraph, and its `quote`.
    documents : DataFrame
        The texts, or some of them. One row for each paragraph: `document`, `paragraph`, `text`.

    Returns
    -------
    DataFrame
        The statements with the column `sentence`, of dtype str: the sentence or sentences at that
        place. Without a place, it is the sentence of the quote; without both, or if the quote is
        not in the text, the whole paragraph. If the text at the place is not the quote, whatever
        its letter case and its kinds of marks, the sentence is that of the quote. It is missing if
        the text does not have the quote or the place, or if `documents` does not have the
        paragraph.

    Raises
    ------
    TypeError
        If `statements` or `documents` is not a DataFrame.
    ValueError
        If a column is missing; if a paragraph is in two rows; if a cell of `documents` is empty; if
        a place is not a whole number; or if `documents` has no document of these statements.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": "a", "paragraph": [1], "text": "Buy robots. Rest."})
    >>> said = pd.DataFrame({"document": "a", "paragraph": [1, 2], "quote": "robots"})
    >>> with_sentences(said, documents)["sentence"].to_list()
    ['Buy robots.', nan]
    """
    require_columns(statements, *PARAGRAPH, name="statements")
    hint = "; the first table that read_documents(path) returns is one"
    require_columns(documents, *PARAGRAPH, "text", name="documents", hint=hint)
    texts = texts_of(documents)
    rows = paragraph_rows(statements, documents)
    if not (rows >= 0).any():
        _require_known(statements, documents)
    empty = pd.Series(pd.NA, statements.index)
    starts, ends = (
        as_integers(statements.get(name, empty), f"statements: column {name!r}").tolist()
        for name in ("start", "end")
    )
    quotes = statements.get("quote", empty).tolist()
    found: list[str | None] = []
    borders: dict[int, list[int]] = {}  # where the sentences of a paragraph end
    for row, start, end, quote in zip(rows.tolist(), starts, ends, quotes, strict=True):
        place = None if row < 0 else _place(texts[row], start, end, quote)
        if place and row not in borders:
            spans = sentences(texts[row], language_of(texts[row]))
            borders[row] = [last for _, last in spans] or [len(texts[row])]
        found.append(_around(texts[row], borders[row], *place) if place else None)
    return statements.assign(sentence=pd.array(found, dtype="str"))


def paragraph_rows(places: pd.DataFrame, documents: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of `documents` with the paragraph of each place; -1 if it has none."""
    require_values(documents, *PARAGRAPH, name="documents")
    index = pd.MultiIndex.from_frame(documents[PARAGRAPH])
    if not index.is_unique:
        name, number = index[index.duplicated()][0]
        raise ValueError(f"duplicate paragraph {number} of document {name!r}")
    rows = index.get_indexer(pd.MultiIndex.from_frame(places[PARAGRAPH]))
    return np.asarray(rows, dtype=np.int64)


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return the place of a quote in a text, or None; first where it is not part of a word.

    Examples
    --------
    >>> find_quote("Trails and rails", "rail"), find_quote("Cars and rail", "rail")
    ((1, 5), (9, 13))
    """
    places = (match.span() for match in _pattern(quote).finditer(text))
    return min(places, key=lambda place: any(WITHIN.match(text, at) for at in place), default=None)


@lru_cache(maxsize=10_000)
def _pattern(quote: str) -> re.Pattern[str]:
    # A text may have another type of space than its quote.
    return re.compile(r"\s+".join(map(re.escape, quote.split())))


def _place(text: str, start: Any, end: Any, quote: Any) -> tuple[int, int] | None:
    """Return the place of a statement in its paragraph, or None if the text has changed."""
    quote = quote if isinstance(quote, str) and quote.strip() else ""
    known = pd.notna(start) and pd.notna(end)
    # A long quote has only the first words of its place; a term may have another case.
    if known and 0 <= start <= end <= len(text):
        if _pattern(quote).match(text, start, end):
            return start, end
        if plain_form(text[start:end]).startswith(plain_form(quote)):
            return start, end
    place = find_quote(text, quote) if quote else None
    return place if place or known else (0, len(text))


def _around(text: str, ends: list[int], start: int, end: int) -> str:
    """Return the sentences, which end at `ends`, that a place is in."""
    first = min(bisect_right(ends, start), len(ends) - 1)
    last = max(first, min(bisect_left(ends, end), len(ends) - 1))
    return text[ends[first - 1] if first else 0 : ends[last]].strip()


def _require_known(statements: pd.DataFrame, documents: pd.DataFrame) -> None:
    """Raise if the statements are of other documents, or number the paragraphs by text."""
    known = documents["document"].unique().tolist()
    named = statements.dropna(subset=PARAGRAPH)
    here = named[named["document"].isin(known)]
    if here.empty and len(statements):
        ids = named["document"].unique().tolist()
        raise ValueError(
            f"the statements are in {first_of(ids) or 'no document'}, but documents has "
            f"{first_of(known) or 'none'}{nearest(ids[0], known) if ids else ''}"
        )
    if len(here):
        one, other = (table["paragraph"].tolist()[0] for table in (here, documents))
        if isinstance(one, str) != isinstance(other, str):
            raise ValueError(
                f"column 'paragraph' holds {one!r} in the statements, but {other!r} in documents; "
                "convert one of them"
            )
