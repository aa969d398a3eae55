"""Read statements, entities and documents of the Discourse Network Analyzer."""

from collections.abc import Container
from os import PathLike
from typing import Any, Literal

import pandas as pd

from policylib._util.files import as_path, existing_file
from policylib._util.names import require
from policylib.convert.dna_checks import COLOURS, VALUES, Frames, utf_16
from policylib.convert.dna_database import read_database

TYPES: dict[str, Any] = {
    "boolean": "boolean",
    "integer": "Int64",
    "short text": "str",
    "long text": "str",
}


def read_dna(
    path: str | PathLike[str],
    *,
    table: Literal["statements", "entities", "documents"] = "statements",
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

    Raises
    ------
    TypeError
        If `path` is not a path.
    DataError
        If values are invalid; all are listed, with table, ID and column.
    ValueError
        If the file is damaged or not a database of DNA 3, or the table is unknown.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    read_statements : Read statements from a CSV or Parquet file.
    count_statements : Count statements as a matrix.

    Examples
    --------
    >>> statements = read_dna("sample.dna")  # doctest: +SKIP
    >>> statements = statements[statements["type"] == "DNA Statement"]  # doctest: +SKIP
    """
    as_path(path)
    require(table, BUILDERS, "table")
    return BUILDERS[table](read_database(existing_file(path)))


def statements_table(tables: Frames) -> pd.DataFrame:
    """Return one row per statement, with a column for each variable of every statement type."""
    rows = tables["STATEMENTS"]
    documents = documents_table(tables).set_index("id").rename(columns={"type": "document_type"})
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": _look_up(rows["StatementTypeId"], tables["STATEMENTTYPES"]["Label"]),
            "document": rows["DocumentId"].astype("str"),
        }
    )
    for name in ("title", "date", "author", "source", "section", "document_type"):
        table[name] = _look_up(table["document"], documents[name])
    table["coder"] = _look_up(rows["Coder"], tables["CODERS"]["Name"])
    table[["start", "stop"]] = rows[["Start", "Stop"]]
    texts = tables["DOCUMENTS"]["Text"].map(utf_16)
    places = zip(rows["DocumentId"], rows["Start"], rows["Stop"], strict=True)
    passages = [texts[id_][2 * start : 2 * stop].decode("utf-16-le") for id_, start, stop in places]
    table["text"] = pd.Series(passages, rows.index, "str")
    for name, column in _variables(tables).items():
        table[_free(name, table, "variable_")] = column
    order = rows.assign(date=table["date"]).sort_values(["date", "DocumentId", "Start", "ID"])
    return _without_empty_text(table.loc[order.index].reset_index(drop=True))


def entities_table(tables: Frames) -> pd.DataFrame:
    """Return one row per entity, with a column for each attribute of every variable."""
    rows = tables["ENTITIES"]
    coloured = rows[COLOURS].dropna()
    colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in coloured.to_numpy()]
    types = _look_up(rows["VariableId"], tables["VARIABLES"]["StatementTypeId"])
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": _look_up(types, tables["STATEMENTTYPES"]["Label"]),
            "variable": _look_up(rows["VariableId"], tables["VARIABLES"]["Variable"]),
            "value": rows["Value"],
            "colour": pd.Series(colours, coloured.index, "str"),
            "parent": _look_up(rows["ChildOf"], tables["ENTITIES"]["Value"]),
        }
    )
    cells = tables["ATTRIBUTEVALUES"].set_index("EntityId")
    names = tables["ATTRIBUTEVARIABLES"]["AttributeVariable"]
    attributes = _look_up(cells["AttributeVariableId"], names)
    for name in names.drop_duplicates():
        table[_free(name, table, "attribute_")] = cells["AttributeValue"][attributes == name]
    # In DNA, each variable has an unnamed entity, for statements in which it is left empty.
    return _without_empty_text(table[table["value"] != ""].reset_index(drop=True))


def documents_table(tables: Frames) -> pd.DataFrame:
    """Return one row per document, sorted by date."""
    rows = tables["DOCUMENTS"].sort_values(["Date", "ID"])
    counts = tables["STATEMENTS"]["DocumentId"].value_counts()
    table = rows.rename(columns={"Date": "date"}).rename(columns=str.lower)
    table["id"] = table["id"].astype("str")
    table["date"] = table["date"].astype("int64").astype("datetime64[s]")
    table["coder"] = _look_up(rows["Coder"], tables["CODERS"]["Name"])
    table["statements"] = rows["ID"].map(counts).fillna(0).astype("Int64")
    return _without_empty_text(table.reset_index(drop=True))


def _look_up(ids: "pd.Series[Any]", column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column's cell for each ID; unlike `map`, this keeps the type if there are no IDs."""
    return column.reindex(ids).set_axis(ids.index)


def _variables(tables: Frames) -> dict[str, "pd.Series[Any]"]:
    """Return the values of each variable by the ID of their statement."""
    parts = []
    for table, kind in VALUES.items():
        rows = tables[table].rename(columns={"Entity": "Value"})
        if kind == "short text":
            rows["Value"] = _look_up(rows["Value"], tables["ENTITIES"]["Value"])
        parts.append(rows.astype({"Value": TYPES[kind]}).astype({"Value": "object"}))
    cells = pd.concat(parts).set_index("StatementId")
    columns = {}
    for name, variables in tables["VARIABLES"].groupby("Variable", sort=False):
        kinds = {TYPES[kind] for kind in variables["DataType"]}
        values = cells["Value"][cells["VariableId"].isin(variables["ID"])]
        columns[str(name)] = values.astype(kinds.pop() if len(kinds) == 1 else "object")
    return columns


def _free(name: str, taken: Container[str], prefix: str) -> str:
    while name in taken:
        name = prefix + name
    return name


def _without_empty_text(table: pd.DataFrame) -> pd.DataFrame:
    return table.mask((table == "").fillna(False).astype("bool"))


BUILDERS = {
    "statements": statements_table,
    "entities": entities_table,
    "documents": documents_table,
}
