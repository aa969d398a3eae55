"""Check documents and places of statements, and turn them into rows of DNA's tables."""

from typing import Any

import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.dates import first_days
from policylib._util.names import nearest
from policylib._util.numbers import as_integers, is_whole, whole_numbers
from policylib.convert.dna_checks import BOUNDS, NO_DATE
from policylib.convert.dna_schema import LONGEST_NAME
from policylib.convert.dna_texts import SEPARATORS, Line, join
from policylib.convert.values import as_text, plain_scalar, plain_text

Row = dict[str, Any]
Lines = dict[str, tuple[int, dict[int, Line]]]  # the ID of a document, and its paragraphs

FIELDS = ("author", "source", "section", "type")
MOST_PARAGRAPHS = 1_000_000


def document_rows(documents: pd.DataFrame) -> tuple[list[Row], Lines]:
    """Return the rows of documents, and by document its ID and the lines of its paragraphs."""
    place = "documents: column"
    names = labels(documents, "document", "documents", required=True)
    if names.nunique() < documents["document"].nunique():
        raise ValueError(f"{place} 'document': two ids would become the same text")
    _check_paragraphs(documents)
    of_document = pd.DataFrame({"Title": names})
    for field in FIELDS:
        of_document[field.title()] = labels(documents, field, "documents").fillna("")
    notes = labels(documents, "notes", "documents", longest=None)
    of_document = of_document.assign(Notes=notes.fillna(""), Date=_seconds(documents))
    for column, cells in of_document.items():
        several = cells.groupby(names).nunique() > 1
        for name in several.index[several][:1]:
            raise ValueError(f"{place} {str(column).lower()!r}: document {name!r} has several")
    rows: list[Row] = []
    lines: Lines = {}
    fields = of_document.groupby(names, sort=False).first().to_dict("index")
    for number, (title, part) in enumerate(documents.groupby(names, sort=False), 1):
        text, own = join(dict(zip(part["paragraph"].to_list(), part["text"], strict=True)))
        lines[str(title)] = number, own
        row = {"ID": number, "Title": title, "Coder": 1, "Text": text}
        rows.append({**row, **fields[title]})  # type: ignore[dict-item]
    return rows, lines


def _check_paragraphs(documents: pd.DataFrame) -> None:
    """Raise unless each row has a text and the number of its paragraph in the document."""
    require_values(documents, "paragraph", name="documents")
    for row, number in documents["paragraph"].items():
        if not is_whole(number) or not 1 <= number <= MOST_PARAGRAPHS:
            raise ValueError(
                f"documents: column 'paragraph', row {row!r}: expected an integer from 1 to "
                f"{MOST_PARAGRAPHS}, got {number!r:.60}"
            )
    twice = documents.duplicated(["document", "paragraph"])
    for name, number in documents.loc[twice, ["document", "paragraph"]].to_numpy()[:1]:
        raise ValueError(f"duplicate paragraph {number} of document {name!r}")
    for row, text in zip(documents.index, texts_of(documents), strict=True):
        place = f"documents: column 'text', row {row!r}"
        plain_text(text, place, ".dna")
        if not text:
            raise ValueError(f"{place}: the text is empty; leave the row out")
        for separator in SEPARATORS.values():
            if separator in text:
                raise ValueError(
                    f"{place}: {separator!r} is needed for line breaks; replace it by a line feed"
                )


def labels(
    table: pd.DataFrame,
    column: str,
    name: str = "statements",
    *,
    required: bool = False,
    longest: int | None = LONGEST_NAME,
) -> "pd.Series[str]":
    """Return a column as text, or missing cells without it; raise if DNA cannot hold a cell."""
    if required:
        require_values(table, column, name=name)
    if column not in table:
        return pd.Series(pd.NA, table.index, dtype="str")
    texts: list[str | None] = []
    for row, cell in whole_numbers(table[column]).items():
        place = f"{name}: column {column!r}, row {row!r}"
        plain = plain_scalar(cell, place, ".dna")
        texts.append(None if plain is None else as_text(plain) or None)
        if required and not texts[-1]:
            raise ValueError(f"{place}: the text is empty")
        if longest and len(texts[-1] or "") > longest:
            raise ValueError(
                f"{place}: DNA allows {longest} characters, got {len(texts[-1] or '')}"
            )
    return pd.Series(texts, table.index, dtype="str")


def _seconds(documents: pd.DataFrame) -> "pd.Series[int]":
    """Return the date of each row in seconds since 1970, as DNA counts time."""
    seconds = pd.Series(NO_DATE, documents.index)
    if "date" not in documents:
        return seconds
    given = documents["date"].notna().to_numpy()
    dates = documents.loc[given, "date"]
    is_day = str(dates.dtype).startswith(("date32", "date64"))  # of Arrow
    if pd.api.types.is_datetime64_any_dtype(dates) and not is_day:
        days = dates.dt.tz_localize(None)  # these may have a time of day
    else:
        days = first_days(dates.to_frame())
    found = days.astype("datetime64[s]").astype("int64")
    least, most = BOUNDS["DOCUMENTS", "Date"]
    for row in found.index[~found.between(least + 1, most)][:1]:
        raise ValueError(f"documents: column 'date', row {row!r}: expected the years 1 to 9999")
    seconds.iloc[given.nonzero()[0]] = found.to_numpy()
    return seconds


def passages(statements: pd.DataFrame, lines: Lines) -> list[Row]:
    """Return the document of each statement, and its start and stop in the text of the document."""
    names = labels(statements, "document", required=True)
    require_values(statements, "paragraph", name="statements")
    ends = [_places(statements, column) for column in ("start", "end")]
    rows = []
    for row, name, number, start, end in zip(
        statements.index, names, statements["paragraph"], *ends, strict=True
    ):
        place = f"statements: row {row!r}"
        if name not in lines:
            raise ValueError(f"{place}: no document {name!r}{nearest(name, lines)}")
        document, paragraphs = lines[name]
        line = paragraphs.get(number)
        if line is None:
            raise ValueError(f"{place}: no paragraph {number!r:.60} of document {name!r}")
        if start is None and end is None:
            mark = line.start, line.end()
        elif start is None or end is None or not 0 <= start < end <= len(line.text):
            raise ValueError(
                f"{place}: {start} to {end} is not a place in a paragraph of "
                f"{len(line.text)} characters"
            )
        else:
            mark = line.units(start), line.units(end)
        rows.append({"DocumentId": document, "Start": mark[0], "Stop": mark[1]})
    return rows


def _places(statements: pd.DataFrame, column: str) -> list[int | None]:
    if column not in statements:
        return [None] * len(statements)
    cells = as_integers(statements[column], f"statements: column {column!r}")
    return [None if pd.isna(cell) else int(cell) for cell in cells]
