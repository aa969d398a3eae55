"""Read the documents, codes and codings of a REFI-QDA project."""

from dataclasses import dataclass, fields
from os import PathLike

import pandas as pd

from policylib._util.files import ending_of, existing_file
from policylib.convert.qda_codes import Codes, read_codes
from policylib.convert.qda_codings import read_codings
from policylib.convert.qda_files import opened
from policylib.convert.qda_people import read_people
from policylib.convert.qda_sources import Skipped, Source, read_notes, read_sources


@dataclass(frozen=True, eq=False, repr=False)
class Project:
    """A project of a program for qualitative analysis, as `read_qdpx` reads it."""

    documents: pd.DataFrame
    codebook: pd.DataFrame
    statements: pd.DataFrame
    skipped: pd.DataFrame

    def __repr__(self) -> str:
        """Return the number of rows of each table."""
        sizes = (f"{field.name}={len(getattr(self, field.name))}" for field in fields(self))
        return f"Project({', '.join(sizes)})"


def read_qdpx(path: str | PathLike[str]) -> Project:
    """Read a REFI-QDA project, as ATLAS.ti, MAXQDA, NVivo and other programs export it.

    Texts are read from the project only; nothing is unpacked to disk, and no other file is opened.

    Parameters
    ----------
    path : str or PathLike
        The project, ``.qdpx``.

    Returns
    -------
    Project
        `documents`: one row for each paragraph of each text and of each PDF whose text is inside,
        with `document` (the name of the source), `paragraph` and `text`, as `read_documents`
        returns them. Line ends are those of the text; spaces inside a line are kept.

        `codebook`: one row for each code, with the columns of the table `priorities`, `colour`
        (``"#rrggbb"``) and `path`, the names of the codes above it and its own. The id of a code is
        its name; if several codes have the same name, the second has ``-2`` at the end. Codes
        deeper than the third level become items below their code of the second level. A code that
        `write_qdpx` wrote has its id again, which is in the last line of its definition.

        `statements`: one row for each coding of a text and each paragraph that it touches, with the
        columns of the table `statements`. `start` and `end` are places in the paragraph, in code
        points. `paragraph` is missing if the text is not inside the project, or if a whole document
        is coded. `coder` is the user, and `summary` is a note on the coding or the passage. A code
        that is twice in a paragraph is in two rows; `make_tables` expects one, as
        ``drop_duplicates(["document", "paragraph", "actor", "role", "code", "coder"])`` keeps.

        `actor` is the case of the passage; else the variable `actor` of the document; else the
        case of the document; else the document.
        ``project.statements.assign(actor=project.statements["document"].map(names))`` names others.
        `role` is ``"commits"``, unless a code or a variable names another role. The code is one
        below a code `role` on the highest level, on the same passage; its name is the role. The
        variable `role` belongs to the case or the document. A code `denied` below `role` means
        that `qualifier` is False. These codes only mark roles; they are not in `codebook`.

        `skipped`: one row for each thing that cannot be taken over, such as a picture, a link, a
        note on another thing, or a coding of a PDF's page: `kind`, `name`, `document`, `code`
        and `problem`.

    Raises
    ------
    TypeError
        If `path` is not a path.
    ValueError
        If the file is not a project or damaged, it does not hold exactly one ``.qde`` file, its
        parts are too large when unpacked, its XML declares a document type, a path in it leads out
        of it, or two codes have the same guid.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    write_qdpx : Write a project.
    read_dna : Read statements of the Discourse Network Analyzer.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from policylib.convert import write_qdpx
    >>> documents = pd.DataFrame({"document": "plan", "paragraph": [1], "text": ["Buy robots."]})
    >>> codebook = pd.DataFrame({"id": ["robots"]})
    >>> found = pd.DataFrame(
    ...     {"document": "plan", "paragraph": [1], "code": "robots", "start": 4, "end": 10}
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     file = write_qdpx(f"{folder}/plan.qdpx", documents, codebook, found)
    ...     project = read_qdpx(file)
    >>> project
    Project(documents=1, codebook=1, statements=1, skipped=0)
    >>> project.statements[["actor", "role", "code", "quote"]].to_numpy().tolist()
    [['plan', 'commits', 'robots', 'robots']]
    """
    ending_of(path, [".qdpx"])
    skipped = Skipped()
    with opened(existing_file(path)) as archive:
        root = archive.project()
        codes: Codes = read_codes(root.find("CodeBook/Codes"))
        sources = read_sources(root.find("Sources"), archive, codes, skipped)
        people = read_people(root, skipped)
        notes = read_notes(root.find("Notes"), archive)
        statements = read_codings(sources, codes, people, notes, skipped)
    for note in notes.values():
        if not note.used:
            skipped.add("note", note.name, note.problem)
    for kind in ("Link", "Set", "Graph"):
        for element in root.iterfind(f"{kind}s/{kind}"):
            skipped.add(kind.lower(), element.get("name", ""), f"{kind.lower()}s are not read")
    return Project(_documents(sources), codes.codebook, statements, skipped.to_frame())


def _documents(sources: list[Source]) -> pd.DataFrame:
    rows = [
        (source.document, paragraph.number, paragraph.text)
        for source in sources
        for paragraph in source.paragraphs
    ]
    table = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    return table.astype({"document": "str", "paragraph": "int64", "text": "str"})
