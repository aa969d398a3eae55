"""The sources and notes of a REFI-QDA project, and a list of what is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree.ElementTree import Element

import pandas as pd

from policylib.convert.qda_codes import Codes, plain_id
from policylib.convert.qda_files import INTERNAL, Archive, Budget, children, guid_of
from policylib.convert.qda_texts import Paragraph, split_text
from policylib.documents.paragraphs import UnreadableError
from policylib.tables.ids import number_equals

KINDS = {
    "TextSource": "text",
    "PDFSource": "PDF",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
OUTSIDE = "its text is not inside the project"


class Skipped:
    """What cannot be taken over from a project, and why."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []
        self._budget = Budget()

    def add(
        self, kind: str, name: str, problem: str, *, document: str = "", code: str = ""
    ) -> None:
        """Record one thing."""
        row = {"kind": kind, "name": name, "document": document, "code": code, "problem": problem}
        self._budget.spend(row)
        self._rows.append(row)

    def codings(self, element: Element, document: str, codes: Codes, problem: str) -> None:
        """Record each coding in an element; the name is that of the coded place."""
        for place in element.iter():
            name = place.get("name", "") if place.tag not in KINDS else ""
            for coding in place.findall("Coding"):
                code = codes.ids.get(guid_of(coding.find("CodeRef"), "targetGUID"), "")
                self.add("coding", name, problem, document=document, code=code)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each thing, in the order of the project; empty cells are missing."""
        columns = ["kind", "name", "document", "code", "problem"]
        table = pd.DataFrame(self._rows, columns=columns).astype("str")
        return table.mask(table == "")


class Source(NamedTuple):
    """A source of text: its elements, its document, and its text if that is inside."""

    element: Element
    whole: Sequence[Element]  # the element, and the PDF that it is the text of
    document: str
    text: str | None
    paragraphs: list[Paragraph]


@dataclass
class Note:
    """A note, and whether it is on a coding that is read."""

    name: str
    text: str | None
    problem: str
    used: bool = False


def read_sources(
    parent: Element | None, archive: Archive, codes: Codes, skipped: Skipped
) -> list[Source]:
    """Return the sources that have text, and record the others with their codings."""
    sources = []
    listed = list(children(parent))
    wanted = [plain_id(_name(element), "document") for element in listed]
    names = number_equals(pd.Series(wanted, dtype="str")).to_list()
    for element, document in zip(listed, names, strict=True):
        kind = KINDS.get(element.tag, element.tag)
        own = element.find("Representation") if kind == "PDF" else element
        is_text = kind == "text"
        text, problem = None, "only text is read"
        if own is not None and kind in ("text", "PDF"):
            text, problem = _text(own, archive)
        if own is None or (text is None and not is_text):
            skipped.add(kind, element.get("name", ""), problem, document=document)
            skipped.codings(element, document, codes, f"{kind}: {problem}")
            continue
        described = own.findtext("Description") or ""
        paragraphs = [] if text is None else split_text(text, described)
        if not paragraphs:
            problem = "it has no text" if text is not None else problem
            skipped.add(kind, element.get("name", ""), problem, document=document)
        whole = [own] if is_text else [own, element]
        sources.append(Source(own, whole, document, text, paragraphs))
        for place in [] if is_text else element.findall("PDFSelection"):
            problem = "PDF: places on pages are not read, only places in its text"
            skipped.codings(place, document, codes, problem)
    return sources


def read_notes(parent: Element | None, archive: Archive) -> dict[str, Note]:
    """Return the notes of a project by their guid."""
    notes = {}
    for element in children(parent):
        text, problem = _text(element, archive)
        problem = problem or "it is not on a coding of text"
        notes[guid_of(element)] = Note(element.get("name", ""), text, problem)
    return notes


def _text(element: Element, archive: Archive) -> tuple[str | None, str]:
    """Return the text of a source or note, or None and the reason why it cannot be read."""
    content = element.findtext("PlainTextContent")
    if content is not None:
        return content, ""
    try:
        text = archive.text(element.get("plainTextPath", ""))
    except UnreadableError as error:
        return None, f"its text cannot be read: {error}"
    return text, OUTSIDE if text is None else ""


def _name(element: Element) -> str:
    """Return the name of a source, or else the name of its file without the extension."""
    if name := element.get("name", "").strip():
        return name
    path = element.get("plainTextPath") or element.get("path") or guid_of(element)
    return PurePosixPath(path.removeprefix(INTERNAL).replace("\\", "/")).stem
