"""Write documents and statements as a database of the Discourse Network Analyzer 3."""

import sqlite3
from itertools import permutations
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.files import as_path, naming, no_copy, put_file, resolved
from policylib._util.names import require_columns
from policylib.convert.dna_checks import COLOURS, NO_CODER
from policylib.convert.dna_database import unfinished
from policylib.convert.dna_documents import document_rows, labels, passages
from policylib.convert.dna_schema import database_bytes
from policylib.convert.dna_variables import data_rows, variables_of

Row = dict[str, Any]

SETTINGS = {"version": "3.0.7", "date": "2022-06-10"}  # of DNA, whose format this is
STATEMENT = "DNA Statement"
SHADES = {STATEMENT: (239, 208, 51)}  # of types of statements; others are grey
GREY = (211, 211, 211)
# DNA's first coder may do everything. The password is stored as its salt and its digest.
ADMIN = "Admin"
PASSWORD = "cG9saWN5bGliIGlzIG9wZUzarsfuEMViZtw0N0/gzDnuT9Bta6nnwvi1B+Go8dnp"
# Columns that are not variables.
OWN = ["document", "paragraph", "start", "end", "coder", "type"]


def write_dna(path: str | PathLike[str], documents: pd.DataFrame, statements: pd.DataFrame) -> Path:
    r"""Write documents and statements as a database of the Discourse Network Analyzer (DNA) 3.

    The tables and columns are those of DNA 3.0.7. `read_dna` with ``paragraphs=True`` returns what
    was written. DNA itself was not run on such a file: the format follows a database of DNA and
    its source code. The password of each coder is ``policylib``; change it in DNA.

    In DNA, a document has one text, and each paragraph is a line of it: paragraph 3 is line 3.
    A line feed within a paragraph becomes U+2028 and a carriage return U+2029, because DNA would
    begin a new line. A statement marks its place in the paragraph, or without a place the whole
    line with its line feed.

    Parameters
    ----------
    path : str or PathLike
        The database. A file of this name is replaced once the new one is complete.
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` (an integer from 1) and `text`.
        `document` becomes the title. The columns `author`, `source`, `section`, `type`, `notes`
        and `date` are those of the document, so they are equal in its paragraphs. Of a date, DNA
        stores the first day, and year 1 if it is missing. Other columns are not written.
    statements : DataFrame
        One row for each statement: `document` and `paragraph`. Optional are `start` and `end`, its
        place in the paragraph; `coder`, who is called unknown if the cell is empty; and `type`, by
        default ``"DNA Statement"``. Other columns become variables: true and false, whole numbers,
        or text. `actor` is called organization, `code` concept and `qualifier` agreement, as in a
        new database of DNA.

        Text of at most 190 characters becomes an entity, which has a type, an alias and notes, all
        empty; but `id`, `quote`, `summary`, `sentence`, `text` and `note` are always free text.
        Empty text is missing when it is read. A missing boolean or number has no row, and DNA
        cannot edit it then. So leave out a qualifier that is missing in some statements before you
        compute networks with agreement in DNA.

    Returns
    -------
    Path
        The database.

    Raises
    ------
    TypeError
        If `path` is not a path, a table is not a DataFrame, or a cell holds another type of value.
    ValueError
        If a column is missing; if a cell is empty or invalid, or too long for DNA; if a paragraph
        is in two rows; if a statement names a paragraph that the documents lack or a place outside
        of it; if a variable mixes types or has decimals; or if another program is writing to the
        file.
    OSError
        If the file cannot be written.

    See Also
    --------
    read_dna : Read the database again.
    write_network : Write a network for other programs.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from policylib.convert import read_dna
    >>> texts = {"document": "a", "paragraph": [1, 2], "text": ["😀", "We build."]}
    >>> stance = {"document": "a", "paragraph": 2, "actor": "henan", "code": "roads"}
    >>> stance |= {"qualifier": True, "coder": "Ann", "start": 3, "end": 8}
    >>> with TemporaryDirectory() as folder:
    ...     path = write_dna(f"{folder}/a.dna", pd.DataFrame(texts), pd.DataFrame([stance]))
    ...     debate = read_dna(path)
    ...     again = read_dna(path, paragraphs=True)
    >>> debate[["organization", "concept", "agreement", "start", "stop"]].to_numpy().tolist()
    [['henan', 'roads', True, 6, 11]]
    >>> again[["paragraph", "actor", "start", "end"]].to_numpy().tolist()
    [[2, 'henan', 3, 8]]
    """
    target = as_path(path)
    require_columns(documents, "document", "paragraph", "text", name="documents")
    require_columns(statements, "document", "paragraph", name="statements")
    with naming(target):
        _refuse_in_use(target)
    texts, lines = document_rows(documents)
    coder = labels(statements, "coder").fillna(NO_CODER).to_list()
    type_ = labels(statements, "type").fillna(STATEMENT).to_list()
    coders, types = _numbered([ADMIN, *coder]), _numbered(type_ or [STATEMENT])
    marked = zip(passages(statements, lines), type_, coder, strict=True)
    variables = variables_of(statements.drop(columns=OWN, errors="ignore"))
    rows: dict[str, list[Row]] = {
        "SETTINGS": [{"Property": name, "Value": value} for name, value in SETTINGS.items()],
        "CODERS": [{"ID": id_, "Name": name, "Password": PASSWORD} for name, id_ in coders.items()],
        "CODERRELATIONS": [
            {"Coder": one, "OtherCoder": other} for one, other in permutations(coders.values(), 2)
        ],
        "STATEMENTTYPES": [
            {"ID": id_, "Label": label} | dict(zip(COLOURS, SHADES.get(label, GREY), strict=True))
            for label, id_ in types.items()
        ],
        "DOCUMENTS": texts,
        "STATEMENTS": [
            {"ID": id_, "StatementTypeId": types[label], "Coder": coders[name]} | mark
            for id_, (mark, label, name) in enumerate(marked, 1)
        ],
        **data_rows(variables, [types[label] for label in type_], types.values()),
    }
    try:
        data = database_bytes(rows)
    except (OSError, sqlite3.OperationalError) as error:
        raise no_copy(target, error) from error
    return put_file(target, data)


def _numbered(values: list[str]) -> dict[str, int]:
    """Return an ID from 1 for each value."""
    return {value: id_ for id_, value in enumerate(dict.fromkeys(values), 1)}


def _refuse_in_use(path: Path) -> None:
    """Raise if another program has not finished writing to the database that is replaced.

    SQLite would later apply the unfinished changes to the new file.
    """
    for ending in ("-journal", "-wal"):
        log = resolved(path).with_name(f"{resolved(path).name}{ending}")
        if log.exists() and log.stat().st_size:
            raise ValueError(f"{path.name} is in use{unfinished(log)}")
