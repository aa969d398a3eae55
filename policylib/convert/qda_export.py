"""Write documents, a codebook and hits or statements as a REFI-QDA project."""

from collections.abc import Mapping
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from policylib._util.files import ending_of, put_file
from policylib.convert.qda_codes import (
    DENIED,
    ORIGIN,
    ROLE,
    code_elements,
    guid,
    xml_bytes,
    xml_name,
    xml_text,
)
from policylib.convert.qda_files import FOLDER, INTERNAL
from policylib.convert.qda_passages import (
    DEFAULT_ROLE,
    Coding,
    Passage,
    Text,
    passages_of,
    texts_by_document,
)
from policylib.documents.docx_package import LARGEST

LONGEST_NAME = 60  # characters of a passage that are its name
EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of each file in the project, so that it never changes
MARKED = "What the actor does in the passage; without a mark, the actor commits to it."

Passages = Mapping[Passage, list[Coding]]


def write_qdpx(
    path: str | PathLike[str],
    documents: pd.DataFrame,
    codebook: pd.DataFrame,
    found: pd.DataFrame,
) -> Path:
    """Write a REFI-QDA project, which ATLAS.ti, MAXQDA, NVivo and other programs import.

    The same tables always give the same bytes. The project names no file or folder of this
    computer and no time.

    Parameters
    ----------
    path : str or PathLike
        The project, ``.qdpx``. An existing file is replaced when the new one is complete.
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`. Each document becomes a
        text with one paragraph on each line. An `actor` of a document or paragraph becomes a case.
    codebook : DataFrame
        One row for each code: `id`, and if possible `label`, `broader`, `definition` and `colour`
        (``"#rrggbb"``; by default each theme and all codes below it have one colour). Other
        programs show the label and the definition; the last line of the definition keeps the id.
        The terms are left out. Spaces around a definition or a summary are not read again.
    found : DataFrame
        Hits as `find_terms` returns them, or statements: `document`, `paragraph`, `code`, and if
        possible `start` and `end`, the place in the paragraph (by default all of it). `coder`
        becomes a user (by default policylib), `actor` a case if it is not that of the document
        (by default that of the paragraph), and `summary` a memo. A `role` other than ``"commits"``
        and a `qualifier` that is False become codes below a code `role`. Other columns are left
        out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError
        If `path` is not a path, or an argument is not a DataFrame.
    DataError
        If the codebook has an id twice, an unknown `broader` or a code below itself; all faults
        are listed.
    ValueError
        If the path does not end in ``.qdpx``, a column is missing, a paragraph is in two rows, a
        row of `found` is not a place in a paragraph of `documents` or has an unknown code or role,
        two documents would become one, an id or a name would be read as another (as
        ``"hope; fear"``), a text holds a character that the format does not allow, or the project
        is too large.
    OSError
        If the file cannot be written.

    See Also
    --------
    read_qdpx : Read the project again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> documents = pd.DataFrame({"document": "plan", "paragraph": [1], "text": ["Buy robots."]})
    >>> codebook = pd.DataFrame({"id": ["robots"], "definition": ["Names robots."]})
    >>> found = pd.DataFrame({"document": "plan", "paragraph": [1], "code": "robots"})
    >>> with TemporaryDirectory() as folder:
    ...     file = write_qdpx(f"{folder}/plan.qdpx", documents, codebook, found)
    ...     ZipFile(file).namelist()
    ['project.qde', 'sources/267074be-ad05-5900-a7a0-87bc641e13f6.txt']
    """
    ending_of(path, [".qdpx"])
    texts = texts_by_document(documents)
    codes, guids = code_elements(codebook)
    passages = passages_of(found, texts, guids)
    files = {"project.qde": xml_bytes(_project(texts, codes, guids, passages))}
    for text in texts.values():
        # A reader takes a first U+FEFF for the mark of the encoding, so such a text needs another.
        encoding = "utf-8-sig" if text.text.startswith("\ufeff") else "utf-8"
        files[f"{FOLDER}/{text.guid}.txt"] = text.text.encode(encoding)
    if sum(map(len, files.values())) > LARGEST:
        raise ValueError(f"the project has more than {LARGEST:,} bytes; write fewer documents")
    return put_file(path, _zipped(files))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            info = ZipInfo(name, EPOCH)
            info.create_system = 3  # the same on all systems
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, ZIP_DEFLATED)
    return buffer.getvalue()


def _project(
    texts: Mapping[str, Text], codes: Element, guids: Mapping[Any, str], passages: Passages
) -> Element:
    """Return the XML of a project; its parts have the order that the schema asks for."""
    root = Element("Project", {"xmlns": "urn:QDA-XML:project:1.0", "name": "policylib"})
    root.set("origin", ORIGIN)
    users, cases, sources, notes = (
        Element(name) for name in ("Users", "Cases", "Sources", "Notes")
    )
    own = {coder: guid("user", coder) for coder in sorted({p.coder for p in passages})}
    for coder, user in own.items():
        SubElement(users, "User", {"guid": user, "name": xml_name(coder, "column 'coder'")})
    _add_marks(codes, passages)
    _add_cases(cases, texts, passages)
    elements = _add_sources(sources, texts)
    for passage, codings in passages.items():
        source, text, user = (
            elements[passage.document],
            texts[passage.document],
            own[passage.coder],
        )
        selection = _add_passage(source, passage, text, user)
        for coding in codings:
            element = _add_coding(selection, coding.guid, guids[coding.code], user)
            if coding.summary:
                _add_note(notes, element, coding, passage)
        for mark in _marks(passage):
            _add_coding(selection, guid("mark", *passage, mark), guid("role", mark), user)
    book = Element("CodeBook")
    book.append(codes)
    parts = {users: users, book: codes, cases: cases, sources: sources, notes: notes}
    # The schema does not allow an empty list.
    root.extend(part for part, listed in parts.items() if len(listed))
    return root


def _marks(passage: Passage) -> list[str]:
    """Return the codes that mark the role of a passage, and that it is a denial."""
    role = [] if passage.role == DEFAULT_ROLE else [passage.role]
    return role + [DENIED] * passage.denied


def _add_marks(codes: Element, passages: Passages) -> None:
    marks = sorted({mark for passage in passages for mark in _marks(passage)})
    if marks:
        attributes = {"guid": guid("role"), "name": ROLE, "isCodable": "false"}
        parent = SubElement(codes, "Code", attributes)
        SubElement(parent, "Description").text = MARKED
    for mark in marks:
        attributes = {"guid": guid("role", mark), "name": mark, "isCodable": "true"}
        SubElement(parent, "Code", attributes)


def _add_cases(cases: Element, texts: Mapping[str, Text], passages: Passages) -> None:
    """Add a case for each actor that is not simply the document."""
    references: dict[str, list[tuple[str, str]]] = {}
    for document, text in texts.items():
        if text.actor != document:
            references.setdefault(text.actor, []).append(("SourceRef", text.guid))
    for passage in passages:
        if passage.actor != texts[passage.document].actor:
            target = ("SelectionRef", guid("passage", *passage))
            references.setdefault(passage.actor, []).append(target)
    for actor, targets in sorted(references.items()):
        attributes = {"guid": guid("case", actor), "name": xml_name(actor, "column 'actor'")}
        case = SubElement(cases, "Case", attributes)
        for tag, of in targets:
            SubElement(case, tag, {"targetGUID": of})


def _add_sources(sources: Element, texts: Mapping[str, Text]) -> dict[str, Element]:
    elements = {}
    for document, text in texts.items():
        attributes = {"guid": text.guid, "name": xml_name(document, "column 'document'")}
        attributes["plainTextPath"] = f"{INTERNAL}{text.guid}.txt"
        elements[document] = SubElement(sources, "TextSource", attributes)
        if text.description:
            SubElement(elements[document], "Description").text = text.description
    return elements


def _add_passage(source: Element, passage: Passage, text: Text, user: str) -> Element:
    printed = text.text[passage.start : min(passage.end, passage.start + LONGEST_NAME)]
    attributes = {
        "guid": guid("passage", *passage),
        "name": "".join(character if character.isprintable() else " " for character in printed),
        "startPosition": str(passage.start),
        "endPosition": str(passage.end),
        "creatingUser": user,
    }
    return SubElement(source, "PlainTextSelection", attributes)


def _add_coding(selection: Element, own: str, code: str, user: str) -> Element:
    attributes = {"guid": own, "creatingUser": user}
    element = SubElement(selection, "Coding", attributes)
    SubElement(element, "CodeRef", {"targetGUID": code})
    return element


def _add_note(notes: Element, coding: Element, about: Coding, passage: Passage) -> None:
    own = guid("note", about.guid)
    SubElement(coding, "NoteRef", {"targetGUID": own})
    name = xml_text(f"{passage.document}, {about.code}", "column 'document'")
    note = SubElement(notes, "Note", {"guid": own, "name": name})
    place = f"the summary of {name!r:.60}"
    SubElement(note, "PlainTextContent").text = xml_text(about.summary, place)
