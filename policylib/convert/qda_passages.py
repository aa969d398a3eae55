"""Check hits or statements, and group them by passage for a REFI-QDA project."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.names import nearest, require, require_columns, require_hashable
from policylib._util.numbers import as_integers
from policylib.convert.qda_codes import ORIGIN, guid, names_of
from policylib.convert.qda_texts import join_texts
from policylib.convert.values import plain_text
from policylib.tables.roles import ROLES, is_denied

DEFAULT_ROLE = "commits"
NAMES = ("document", "actor", "role", "coder", "summary")
PLACES = ("paragraph", "start", "end")


class Text(NamedTuple):
    """The text of a document, and the start, text and actor of each paragraph by its number."""

    guid: str
    text: str
    paragraphs: dict[int, tuple[int, str, str]]
    description: str
    actor: str  # of all paragraphs; the document if they have several


class Passage(NamedTuple):
    """A place in a document that one person codes, with one actor and role."""

    document: str
    start: int
    end: int
    coder: str
    actor: str
    role: str
    denied: bool


class Coding(NamedTuple):
    """A code of a passage."""

    guid: str
    code: Any
    summary: str


def texts_by_document(documents: pd.DataFrame) -> dict[str, Text]:
    """Return the text of each document, or raise if a row is not a paragraph."""
    require_columns(documents, "document", "paragraph", "text", name="documents")
    require_values(documents, "document", "paragraph", name="documents")
    if "actor" in documents:
        require_hashable(documents["actor"])
    rows = pd.DataFrame(
        {
            "document": names_of(documents["document"]),
            "paragraph": as_integers(documents["paragraph"], "documents: column 'paragraph'"),
            "text": pd.Series(texts_of(documents), documents.index, dtype="object"),
            "actor": names_of(documents["actor"]) if "actor" in documents else None,
        }
    )
    require_values(rows, "document", name="documents")
    if rows["document"].nunique() < documents["document"].nunique():
        raise ValueError("documents: column 'document': two ids would become the same text")
    again = rows[rows.duplicated(["document", "paragraph"])]
    for document, number in zip(again["document"], again["paragraph"], strict=True):
        raise ValueError(f"duplicate paragraph {number} of document {document!r}")
    for row, text in rows["text"].items():
        plain_text(text, f"column 'text', row {row!r}", ".txt")
    return {
        str(name): _text(str(name), part)
        for name, part in rows.groupby(rows["document"], sort=False)
    }


def _text(document: str, rows: pd.DataFrame) -> Text:
    numbers, texts = rows["paragraph"].to_list(), rows["text"].to_list()
    whole, starts, description = join_texts(numbers, texts)
    actors = rows["actor"].fillna(document).to_list()
    actor = actors[0] if len({*actors}) == 1 else document
    paragraphs = dict(zip(numbers, zip(starts, texts, actors, strict=True), strict=True))
    return Text(guid("source", document), whole, paragraphs, description, actor)


def passages_of(
    found: pd.DataFrame, texts: Mapping[str, Text], codes: Mapping[Any, str]
) -> dict[Passage, list[Coding]]:
    """Return the codings of each passage, in the order of the rows, or raise if a row is wrong."""
    passages: dict[Passage, list[Coding]] = {}
    seen: Counter[tuple[Passage, Any]] = Counter()
    row: Any
    for row in _rows(found).itertuples():
        place = f"found: row {row.Index!r}"
        if row.code not in codes:
            raise ValueError(
                f"{place}: no code {row.code!r} in the codebook{nearest(row.code, codes)}"
            )
        start, end = _place(row, texts, place)
        actor = row.actor or texts[row.document].paragraphs[row.paragraph][2]
        passage = Passage(row.document, start, end, row.coder, actor, row.role, row.denied)
        seen[passage, row.code] += 1
        own = guid("coding", *passage, row.code, seen[passage, row.code])
        passages.setdefault(passage, []).append(Coding(own, row.code, row.summary or ""))
    return passages


def _rows(found: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of hits or statements that are written; a missing cell is None."""
    require_columns(found, "document", "paragraph", "code", name="found")
    require_values(found, "document", "paragraph", "code", name="found")
    table = found.reindex(columns=["code", *NAMES, *PLACES]).assign(
        document=names_of(found["document"]), denied=is_denied(found)
    )
    for name in NAMES:
        require_hashable(table[name])
        table[name] = names_of(table[name])
    for name in PLACES:
        table[name] = as_integers(table[name], f"found: column {name!r}")
    for role in table["role"].dropna().unique():
        require(role, ROLES, "role")
    table["role"] = table["role"].fillna(DEFAULT_ROLE)
    table["coder"] = table["coder"].fillna(ORIGIN)
    table = table.astype("object")
    return table.where(table.notna(), None)


def _place(row: Any, texts: Mapping[str, Text], place: str) -> tuple[int, int]:
    """Return the place of a row in the text of its document; by default the whole paragraph."""
    if row.document not in texts:
        hint = nearest(row.document, texts)
        raise ValueError(f"{place}: no document {row.document!r} in documents{hint}")
    paragraphs = texts[row.document].paragraphs
    if row.paragraph not in paragraphs:
        raise ValueError(f"{place}: no paragraph {row.paragraph} of {row.document!r} in documents")
    begin, text, _ = paragraphs[row.paragraph]
    bounds = (0, len(text)) if row.start is None and row.end is None else (row.start, row.end)
    if None in bounds or not 0 <= bounds[0] < bounds[1] <= len(text):
        raise ValueError(
            f"{place}: {row.start} to {row.end} is not a place in a paragraph of {len(text)} "
            "characters"
        )
    return begin + bounds[0], begin + bounds[1]
