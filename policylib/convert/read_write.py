"""Statements and networks from and to other tools, by the file's ending."""

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from policylib._util.files import existing_file, put_files
from policylib._util.names import require, require_columns
from policylib.convert.dna import read_database
from policylib.convert.dna_tables import documents_table, entities_table, statements_table
from policylib.convert.graph_csv import csv_bytes, csv_paths, read_csv
from policylib.convert.graph_json import json_bytes, read_json
from policylib.convert.graph_xml import gexf_bytes, graphml_bytes, read_gexf, read_graphml
from policylib.convert.graphs import plain_network
from policylib.convert.pajek_ucinet import dl_bytes, pajek_bytes, read_pajek
from policylib.convert.statement_files import read_csv_statements, read_parquet_statements

DNA_TABLES = {
    "statements": statements_table,
    "entities": entities_table,
    "documents": documents_table,
}
# What may differ between two statements that say the same.
NO_MATTER = ["id", "count", "anchor", "summary", "text", "start", "stop", "end"]
STATEMENT_FILES = {".csv": read_csv_statements, ".parquet": read_parquet_statements}
# CSV stands apart: it is two files.
WRITERS: dict[str, Callable[[nx.Graph], bytes]] = {
    ".graphml": graphml_bytes,
    ".gexf": gexf_bytes,
    ".json": json_bytes,
    ".dl": dl_bytes,
    ".net": pajek_bytes,
}
READERS: dict[str, Callable[[Path], nx.Graph]] = {
    ".graphml": read_graphml,
    ".gexf": read_gexf,
    ".json": read_json,
    ".csv": read_csv,
    ".net": read_pajek,
}


def read_dna(path: str | PathLike[str], *, table: str = "statements") -> pd.DataFrame:
    """Read a database of the Discourse Network Analyzer (DNA) 3.

    The file is opened for reading only, no file is made beside it, and nothing that it defines is
    run. Empty text is a missing value, and ids are text.

    Parameters
    ----------
    path
        The database, an SQLite file.
    table
        ``"statements"`` of every type, ``"entities"`` (persons, organisations, concepts and so on,
        used or not) or ``"documents"``.

    Returns
    -------
    pandas.DataFrame
        One row per statement of every type, annotations too (select with
        ``statements[statements["type"] == "DNA Statement"]``), in the order of dates, documents
        and places: `id`, `type`, `document`, `title`, `said`, `author`, `source`, `section`,
        `document_type`, `coder`,
        `start`, `stop` (as DNA counts characters), `text` and a column for each variable, which is
        called ``variable_…`` if its name is one of these.
        Or one row per entity: `id`, `type` of statement, `variable`, `value`, `colour`
        (``"#rrggbb"``), `parent` and a column for each attribute. The entity without a name, which
        DNA has for each variable, is left out.
        Or one row per document: `id`, `title`, `said`, `author`, `source`, `section`, `type`,
        `coder`, `notes`, `text` and `statements`, their number.

    Raises
    ------
    DataError
        If values are wrong; it names the table, ID and column of every one.
    ValueError
        If it is no database of DNA 3, or damaged; or if there is no such table.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> statements = read_dna("sample.dna")  # doctest: +SKIP
    >>> statements = statements[statements["type"] == "DNA Statement"]  # doctest: +SKIP
    """
    require(table, DNA_TABLES, "table")
    return DNA_TABLES[table](read_database(existing_file(path)))


def read_statements(
    path: str | PathLike[str], *, columns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    r"""Read statements from a CSV or Parquet file with columns of its own.

    Columns that policylib knows from its statements have the type that they have there, but a
    qualifier may also be a number. In a CSV file (in UTF-8, separated by comma, semicolon or tab)
    each other column becomes true and false, or numbers, if all its cells are that; a number with
    leading zeros or a decimal comma is text, and so are `said` and words such as yes and no. A
    column of 0 and 1 is one of numbers: ``.astype("boolean")`` makes it true and false. Only an
    empty cell is missing.

    Parameters
    ----------
    path
        The file, ``.csv`` or ``.parquet``.
    columns
        The names of the file and those of policylib, such as ``{"Organisation": "actor"}``. Other
        columns keep their names.

    Returns
    -------
    pandas.DataFrame
        The rows and columns of the file, in their order.

    Raises
    ------
    DataError
        If cells do not fit their type, or rows the header; it names every one.
    ValueError
        If the file has no such column, two would have one name, or the ending is another; or if
        it is no Parquet file.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.csv")
    ...     _ = path.write_text("Organisation;count;code\nInstitute;2;007\n")
    ...     statements = read_statements(path, columns={"Organisation": "actor"})
    >>> statements.to_dict("records")
    [{'actor': 'Institute', 'count': 2, 'code': '007'}]
    """
    ending = _ending(path, STATEMENT_FILES)
    if not isinstance(columns, Mapping | None):
        raise TypeError(
            "columns is a dict of names, the file's and ours: {'Organisation': 'actor'}"
        )
    return STATEMENT_FILES[ending](existing_file(path), columns or {})


def recode(
    statements: pd.DataFrame, codes: Mapping[str, str], *, column: str = "priority"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rename or merge codes, and tell what that changes.

    Parameters
    ----------
    statements
        A table of statements; it is left as it is.
    codes
        Each old code and the new one. All change at once, so two codes can be exchanged.
    column
        The column of the codes.

    Returns
    -------
    pandas.DataFrame
        The statements with the new codes.
    pandas.DataFrame
        One row per old code: `old`, `new`, `statements` (how many changed), `merged` (whether
        statements of another code have the new one, too) and `repeated` (how many statements of
        the new code now say the same as an earlier one: equal in all columns but the id, the count
        and those that hold or place the wording, such as `anchor`, `text` and `start`).

    Raises
    ------
    ValueError
        If there is no such column or code, or a new code is no text or empty.

    Examples
    --------
    >>> statements = pd.DataFrame({"actor": ["henan", "henan"], "priority": ["robot", "robots"]})
    >>> recoded, changes = recode(statements, {"robot": "robots"})
    >>> recoded["priority"].to_list()
    ['robots', 'robots']
    >>> print(changes.to_string(index=False))
      old    new  statements  merged  repeated
    robot robots           1    True         1
    """
    require_columns(statements, column)
    used = statements[column].dropna().unique()
    for old, new in codes.items():
        require(old, used, "code")
        if not isinstance(new, str) or not new.strip():
            raise ValueError(f"{old!r} cannot become {new!r}: a code is text, and not empty")
    changed = statements[column].astype("object").map(lambda code: codes.get(code, code))
    if not isinstance(dtype := statements[column].dtype, pd.CategoricalDtype):
        changed = changed.astype(dtype)
    recoded = statements.assign(**{column: changed})
    key = recoded.columns.difference(NO_MATTER).to_list()
    again = recoded.duplicated(key) & ~statements.duplicated(key)
    sources = pd.Series([codes.get(code, code) for code in used], dtype="object").value_counts()
    changes = [
        (
            old,
            new,
            int((statements[column] == old).sum()) if old != new else 0,
            bool(sources[new] > 1),
            int((again & (recoded[column] == new)).sum()),
        )
        for old, new in codes.items()
    ]
    types = {"old": "str", "new": "str", "statements": "int64", "merged": "bool"}
    names = [*types, "repeated"]
    return recoded, pd.DataFrame(changes, columns=names).astype({**types, "repeated": "int64"})


def write_network(
    network: nx.Graph, path: str | PathLike[str], *, for_spreadsheet: bool = False
) -> list[Path]:
    """Write a network for Gephi, igraph, UCINET, Pajek or a browser, by the file's ending.

    Ids that are no text become text, but JSON and CSV keep numbers. Missing values are left out,
    dates become text as in ISO 8601, and lists become one text, separated by ``"; "``, which JSON
    keeps as lists. `read_network` gives all else back as it was; it cannot read ``.dl``.

    Parameters
    ----------
    network
        Any network of networkx.
    path
        The file. ``.graphml``, ``.gexf`` and ``.json`` hold all attributes. ``.csv`` holds those
        of nodes and edges in two files, ``name-nodes.csv`` and ``name-edges.csv``. ``.dl``
        (UCINET) and ``.net`` (Pajek) hold the weights alone: those of parallel edges are summed,
        and where there is none it is the `count`, or 1.
    for_spreadsheet
        Whether CSV files are for a spreadsheet program that separates by comma (others import
        them): an apostrophe then keeps text such as ``=1+1`` from being run as a formula, and
        does not go when it is read back.

    Returns
    -------
    list of pathlib.Path
        The files. They are written whole or not at all, and replace those of the same name.

    Raises
    ------
    TypeError
        If it is no network, or an attribute is neither text, number, true or false, date nor list.
    ValueError
        If the ending is another, `for_spreadsheet` is asked for without ``.csv``, a text has
        characters that the file cannot hold, or two ids would become one.
    OSError
        If the files cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> network = nx.Graph([("henan", "robots")])
    >>> with TemporaryDirectory() as folder:
    ...     files = write_network(network, f"{folder}/network.csv")
    >>> [file.name for file in files]
    ['network-nodes.csv', 'network-edges.csv']
    """
    ending = _ending(path, [*WRITERS, ".csv"])
    target = Path(path).expanduser()
    if not isinstance(network, nx.Graph):
        raise TypeError(f"expected a network, not {type(network).__name__}")
    if for_spreadsheet and ending != ".csv":
        raise ValueError(f"for_spreadsheet is for .csv, not {ending}")
    if ending in (".dl", ".net"):
        return put_files({target: WRITERS[ending](network)})
    plain = plain_network(network, ending)
    if ending == ".csv":
        both = csv_bytes(plain, for_spreadsheet=for_spreadsheet)
        return put_files(dict(zip(csv_paths(target), both, strict=True)))
    return put_files({target: WRITERS[ending](plain)})


def read_network(path: str | PathLike[str]) -> nx.Graph:
    """Read a network that `write_network` or another program wrote, by the file's ending.

    Parameters
    ----------
    path
        The file: ``.graphml``, ``.gexf``, ``.json`` (nodes and links), ``.net`` (Pajek), or
        ``.csv`` for two files, as `write_network` names them.

    Returns
    -------
    networkx.Graph
        What `write_network` wrote, equal and of the same class (but the attributes of the network
        itself are not in ``.csv``); from ``.net``, nodes and weights.
        GraphML and GEXF of other programs are read as networkx reads them.

    Raises
    ------
    ValueError
        If the ending is another, the file is not what it says, two nodes have one id, or XML or
        JSON is cut off, or XML declares entities.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> network = nx.DiGraph()
    >>> network.add_edge("henan", "robots", weight=2)
    >>> with TemporaryDirectory() as folder:
    ...     (file,) = write_network(network, f"{folder}/network.gexf")
    ...     copy = read_network(file)
    >>> copy.edges(data=True)
    OutEdgeDataView([('henan', 'robots', {'weight': 2})])
    """
    ending = Path(path).suffix.lower()
    if ending == ".dl":
        raise ValueError(f"a .dl file can only be written (allowed: {', '.join(READERS)})")
    reader: Callable[[Path], nx.Graph] = READERS[_ending(path, READERS)]
    return reader(Path(path).expanduser() if ending == ".csv" else existing_file(path))


def _ending(path: str | PathLike[str], allowed: Any) -> str:
    ending = Path(path).suffix.lower()
    require(ending, allowed, "ending")
    return ending
