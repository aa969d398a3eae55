"""Read statements, entities and documents of the Discourse Network Analyzer."""

from os import PathLike
from typing import Literal

import pandas as pd

from policylib._util.files import as_path, existing_file
from policylib._util.names import require
from policylib._util.numbers import require_flag
from policylib.convert.dna_database import read_database
from policylib.convert.dna_frames import documents_table, entities_table, statements_table
from policylib.convert.dna_paragraphs import coded_table, paragraphs_table


def read_dna(
    path: str | PathLike[str],
    *,
    table: Literal["statements", "entities", "documents"] = "statements",
    paragraphs: bool = False,
) -> pd.DataFrame:
    """Read a database of the Discourse Network Analyzer (DNA) 3.

    The file is opened for reading only, no other file is made beside it, and no code in it is
    run. Empty text becomes a missing value, and ids become text.

    Parameters
    ----------
    path : str or PathLike
        The database, an SQLite file.
    table : {"statements", "entities", "documents"}
        The table to read. Entities are persons, organisations, concepts and so on, including
        unused ones.
    paragraphs : bool
        Whether texts are split into paragraphs, so that statements and documents have the columns
        that `write_dna` takes and other functions need. A paragraph is a line that is not empty.

    Returns
    -------
    DataFrame
        "statements": one row per statement of any type, including annotations, sorted by date,
        document and place. Select one type with
        ``statements[statements["type"] == "DNA Statement"]``. The columns are `id`, `type`,
        `document`, `title`, `date`, `author`, `source`, `section`, `document_type`, `coder`,
        `start` and `stop` (as DNA counts characters), `text`, and one for each variable. A
        variable with one of these names is called ``variable_…``.

        "entities": one row per entity, with `id`, `type` (of statement), `variable`, `value`,
        `colour` (``"#rrggbb"``), `parent`, and one column for each attribute. The unnamed entity
        that each variable has in DNA is left out.

        "documents": one row per document, with `id`, `title`, `date`, `author`, `source`,
        `section`, `type`, `coder`, `notes`, `text` and `statements` (their number).

        "documents" by paragraphs: one row per paragraph, in the order of the database, with
        `document` (its title, or its id if two have the same title), `paragraph` (the number of its
        line), `text`, `date`, `author`, `source`, `section`, `type` and `notes`.

        "statements" by paragraphs: one row per statement, in the order of the database, with `id`
        (the variable of this name if there is one, otherwise that of DNA), `document`,
        `paragraph`, `type`, `coder`, `start`, `end`, and one column for each variable. `start` and
        `end` are the place in the paragraph, in characters. They are missing if a whole line with
        its line feed is marked. A passage of several paragraphs ends with the first. The variables
        organization, concept and agreement are called `actor`, `code` and `qualifier`. As
        `write_dna` writes them, a coder called unknown and a date in year 1 are missing, and U+2028
        and U+2029 in texts are line ends.

    Raises
    ------
    TypeError
        If `path` is not a path.
    DataError
        If values are invalid; all are listed, with table, ID and column.
    ValueError
        If the file is damaged or not a database of DNA 3, if the table is unknown, or if entities
        are read by paragraphs.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    write_dna : Write such a database.
    read_statements : Read statements from a CSV or Parquet file.
    count_statements : Count statements as a matrix.

    Examples
    --------
    >>> statements = read_dna("sample.dna")  # doctest: +SKIP
    >>> statements = statements[statements["type"] == "DNA Statement"]  # doctest: +SKIP
    """
    as_path(path)
    require(table, BUILDERS, "table")
    require_flag(paragraphs, "paragraphs")
    builders = BY_PARAGRAPH if paragraphs else BUILDERS
    require(table, builders, "table by paragraphs")
    return builders[table](read_database(existing_file(path)))


BUILDERS = {
    "statements": statements_table,
    "entities": entities_table,
    "documents": documents_table,
}
BY_PARAGRAPH = {"statements": coded_table, "documents": paragraphs_table}
