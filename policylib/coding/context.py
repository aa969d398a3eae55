"""See hits, statements or a word in their sentences: the keyword in context."""

from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import require_values, texts_of
from policylib._util.faults import DataError
from policylib._util.names import nearest, require_columns
from policylib._util.numbers import plain_numbers, require_whole
from policylib.coding.codings import require_same_kinds
from policylib.coding.spans import find_spans
from policylib.coding.terms import codebook_terms
from policylib.documents.sentences import PARAGRAPH, find_quote, paragraph_rows

SHOWN = ("left", "match", "right")
ALIGNED = {"left": "right", "match": "center", "right": "left"}


class Concordance(pd.DataFrame):
    """A table of places in texts; a notebook sets the words under each other."""

    @property
    def _constructor(self) -> type["Concordance"]:
        return Concordance

    def _repr_html_(self) -> str:
        plain = pd.DataFrame({name: plain_numbers(cells) for name, cells in self.items()})
        if not set(SHOWN) <= set(plain.columns):
            return plain.to_html()
        shown = plain.head(pd.get_option("display.max_rows") or len(plain))
        name = f"{crc32(shown.to_csv().encode()):08x}"  # the same table gives the same HTML
        styler = shown.style.set_uuid(name).hide(axis="index").format(na_rep="", escape="html")
        for column in shown.columns:
            side = ALIGNED.get(column, "left")
            weight = "bold" if column == "match" else "normal"
            space = "pre" if column in ALIGNED else "normal"
            look = {"text-align": side, "font-weight": weight, "white-space": space}
            styler = styler.set_properties(subset=[column], **look)
        more = f"<p>{len(shown)} of {len(plain)} rows</p>" if len(shown) < len(plain) else ""
        return styler.to_html() + more


def concordance(
    documents: pd.DataFrame, found: pd.DataFrame | str, *, width: int = 40
) -> Concordance:
    """Show hits, statements or a word in context, each in a row of its own.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`.
    found : DataFrame or str
        Hits as `find_terms` returns them, statements with `start` and `end` or with a `quote`, or
        a word or phrase, which is searched for as a term of a codebook is.
    width : int
        The most characters to the left and to the right.

    Returns
    -------
    Concordance
        A DataFrame with one row for each place, in the order of `found` (of a word, in that of the
        text): `document`, `paragraph`, `left`, `match` and `right`, and the other columns of
        `found`. ``sort_values("right")`` sorts it by what follows. In a notebook, the matches
        stand under each other; `write_excel` writes it.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame, or `found` neither a DataFrame nor text.
    ValueError
        If a column is missing, a paragraph is in two rows or unknown, or a quote or place is not in
        its paragraph; the message names the row.
    DataError
        If the word cannot be searched for, such as a single letter.

    See Also
    --------
    find_terms : Find the terms of a codebook.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {"document": ["a", "b"], "paragraph": 1, "text": ["Buy robots now.", "No robots."]}
    ... )
    >>> lines = concordance(documents, "robots", width=5)
    >>> print(lines[["document", "left", "match", "right"]].to_string(index=False))
    document left  match right
           a Buy  robots  now.
           b  No  robots     .
    """
    require_columns(documents, "document", "paragraph", "text")
    require_whole(width, "width", least=0)
    texts = texts_of(documents)
    if isinstance(found, str):
        word = pd.Series([found], dtype="object")
        try:
            terms = codebook_terms(pd.DataFrame({"id": ["word"], "terms_en": word}))
        except DataError as error:
            raise ValueError(f"found is {found!r:.60}: {error.faults['problem'][0]}") from None
        row, _, start, end = find_spans(texts, terms)
        table = documents[["document", "paragraph"]].take(row).reset_index(drop=True)
    elif isinstance(found, pd.DataFrame):
        require_columns(found, *PARAGRAPH, name="found")
        require_values(found, *PARAGRAPH, name="found")
        row = _rows(found, documents)
        start, end = _places(found, [texts[number] for number in row])
        table = found.reset_index(drop=True)
    else:
        raise TypeError(f"found is {type(found).__name__}; expected a DataFrame or a word")
    context = []
    for number, first, last in zip(row.tolist(), start.tolist(), end.tolist(), strict=True):
        text = texts[number]
        context.append((text[max(first - width, 0) : first], text[first:last], text[last:][:width]))
    lines = pd.DataFrame(context, columns=list(SHOWN), dtype="str")
    lines = lines.replace(r"\s", " ", regex=True)
    rest = table.drop(columns=["document", "paragraph", *SHOWN], errors="ignore")
    return Concordance(pd.concat([table[["document", "paragraph"]], lines, rest], axis=1))


def _rows(found: pd.DataFrame, documents: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of the paragraph of each place, or raise if there is none."""
    require_same_kinds({"documents": documents, "found": found})
    rows = paragraph_rows(found, documents)
    for at in np.flatnonzero(rows < 0)[:1]:
        name, number = found[PARAGRAPH].iloc[at]
        known = documents["document"].unique().tolist()
        hint = "" if name in known else nearest(name, known)
        raise ValueError(
            f"found, row {found.index[at]!r}: documents has no paragraph {number} of {name!r}{hint}"
        )
    return rows


def _places(found: pd.DataFrame, texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and end of each place; without them, those of the quote."""
    empty = pd.Series(pd.NA, found.index)
    columns = [found.get(name, empty).tolist() for name in ("start", "end", "quote")]
    starts, ends = [], []
    for row, text, start, end, quote in zip(found.index, texts, *columns, strict=True):
        if pd.isna(start) or pd.isna(end):
            place = find_quote(text, quote) if isinstance(quote, str) else None
            if place is None:
                what = f"the quote {quote!r} is not in" if isinstance(quote, str) else "no place in"
                raise ValueError(f"found, row {row!r}: {what} its paragraph")
            start, end = place
        elif not 0 <= start <= end <= len(text):
            raise ValueError(
                f"found, row {row!r}: the place {start} to {end} is not in its paragraph, "
                f"which has {len(text)} characters"
            )
        starts.append(int(start))
        ends.append(int(end))
    return np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
