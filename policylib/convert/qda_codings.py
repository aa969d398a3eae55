"""Make statements of the codings of a REFI-QDA project."""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import pandas as pd

from policylib.convert.qda_codes import DENIED, Codes
from policylib.convert.qda_files import Budget, guid_of
from policylib.convert.qda_people import People
from policylib.convert.qda_sources import Note, Skipped, Source
from policylib.convert.qda_texts import pieces
from policylib.tables.ids import statement_ids
from policylib.tables.schema import column_names

TYPES = {
    **dict.fromkeys(("paragraph", "start", "end", "count"), "Int64"),
    "qualifier": "boolean",
}
Place = dict[str, Any]  # columns of a statement


def read_codings(
    sources: list[Source],
    codes: Codes,
    people: People,
    notes: dict[str, Note],
    skipped: Skipped,
) -> pd.DataFrame:
    """Return one statement for each coding of a text and each paragraph that it touches."""
    rows: list[Place] = []
    budget = Budget()
    for source in sources:
        found: list[Place] = []
        reader = _Reader(source, codes, people, notes, skipped, budget)
        for selection in source.element.findall("PlainTextSelection"):
            found += reader.statements(selection, reader.places(selection))
        found.sort(key=lambda row: (row["paragraph"] or 0, row["start"] or 0))
        for element in source.whole:
            found += reader.statements(element, [{}])
        rows += found
    columns = column_names("statements")
    types = {name: TYPES.get(name, "str") for name in columns}
    table = pd.DataFrame(rows, columns=columns, dtype="object").assign(count=1).astype(types)
    # A statement without a paragraph needs an id, too.
    return table.assign(id=statement_ids(table.assign(paragraph=table["paragraph"].fillna(0))))


@dataclass
class _Reader:
    """Read the codings of one source."""

    source: Source
    codes: Codes
    people: People
    notes: dict[str, Note]
    skipped: Skipped
    budget: Budget

    def places(self, selection: Element) -> list[Place]:
        """Return the places of a passage in paragraphs, or none if it is not in the text."""
        text, name = self.source.text, selection.get("name", "")
        if text is None:
            return [{"quote": name or None}]
        bounds = [selection.get(f"{side}Position", "") for side in ("start", "end")]
        try:
            start, end = map(int, bounds)
        except ValueError:
            start, end = -1, -1
        if not 0 <= start < end <= len(text):
            limits = " to ".join(map(repr, bounds))
            problem = f"{limits} is not a passage in a text of {len(text)} characters"
            return self._without_place(selection, problem)
        found: list[Place] = []
        for paragraph, first, last in pieces(text, self.source.paragraphs, start, end):
            quote = paragraph.text[first:last]
            place = {"paragraph": paragraph.number, "start": first, "end": last, "quote": quote}
            self.budget.spend(place)
            found.append(place)
        return found or self._without_place(selection, "the passage has only white space")

    def _without_place(self, selection: Element, problem: str) -> list[Place]:
        """Record the codings of a passage that is not in the text."""
        for target in map(_target, selection.findall("Coding")):
            if target not in self.codes.marks:
                self._skip("coding", selection, problem, self.codes.ids.get(target, ""))
        return []

    def statements(self, element: Element, places: list[Place]) -> list[Place]:
        """Return the statements of a passage, or of a whole document."""
        codings = {coding: _target(coding) for coding in element.findall("Coding")}
        marks = {self.codes.marks[code] for code in codings.values() if code in self.codes.marks}
        own, guids = sorted(marks - {DENIED, ""}), [guid_of(item) for item in self.source.whole]
        if len(own) > 1:
            self._skip("passage", element, f"of its roles {', '.join(own)}, only the first is read")
        of_passage = {
            "document": self.source.document,
            "paragraph": None,
            "start": None,
            "actor": self.people.actor(guid_of(element), guids, self.source.document),
            "role": own[0] if own else self.people.role(guid_of(element), guids),
            "qualifier": False if DENIED in marks else None,
        }
        rows = []
        for coding, target in codings.items():
            if target in self.codes.ids:
                coder, summary = self._coder(coding, element), self._summary(coding, element)
                columns = {"code": self.codes.ids[target], "coder": coder, "summary": summary}
                for place in places:
                    self.budget.spend(of_passage | columns | place)
                    rows.append(of_passage | columns | place)
            elif target not in self.codes.marks:
                self._skip("coding", element, "its code is not in the codebook")
        if element.tag == "PlainTextSelection" and not codings.values() - self.codes.marks.keys():
            self._skip("passage", element, "it has no code")
        return rows

    def _coder(self, coding: Element, element: Element) -> str | None:
        guids = (guid_of(coding, "creatingUser"), guid_of(element, "creatingUser"))
        return next((self.people.coders[g] for g in guids if g in self.people.coders), None)

    def _summary(self, coding: Element, element: Element) -> str | None:
        """Return the notes on a coding and its passage, or else the passage's description."""
        is_passage = element.tag == "PlainTextSelection"
        references = [*coding.findall("NoteRef"), *(element.findall("NoteRef") * is_passage)]
        texts = []
        for reference in references:
            note = self.notes.get(guid_of(reference, "targetGUID"))
            if note is not None and note.text is not None:
                note.used = True
                texts.append(note.text.strip())
        if not any(texts) and is_passage:
            texts = [(element.findtext("Description") or "").strip()]
        return "\n".join(filter(None, texts)) or None

    def _skip(self, kind: str, element: Element, problem: str, code: str = "") -> None:
        name, document = element.get("name", ""), self.source.document
        self.skipped.add(kind, name, problem, document=document, code=code)


def _target(coding: Element) -> str:
    return guid_of(coding.find("CodeRef"), "targetGUID")
