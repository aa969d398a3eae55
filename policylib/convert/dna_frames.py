"""Turn the tables of a database of DNA into tables of statements, entities and documents."""

from collections.abc import Container
from typing import Any

import pandas as pd

from policylib.convert.dna_checks import COLOURS, VALUES, Frames, utf_16

TYPES: dict[str, Any] = {
    "boolean": "boolean",
    "integer": "Int64",
    "short text": "str",
    "long text": "str",
}


def statements_table(tables: Frames) -> pd.DataFrame:
    """Return one row per statement, with a column for each variable of every statement type."""
    rows = tables["STATEMENTS"]
    documents = documents_table(tables).set_index("id").rename(columns={"type": "document_type"})
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": look_up(rows["StatementTypeId"], tables["STATEMENTTYPES"]["Label"]),
            "document": rows["DocumentId"].astype("str"),
        }
    )
    for name in ("title", "date", "author", "source", "section", "document_type"):
        table[name] = look_up(table["document"], documents[name])
    table["coder"] = look_up(rows["Coder"], tables["CODERS"]["Name"])
    table[["start", "stop"]] = rows[["Start", "Stop"]]
    texts = tables["DOCUMENTS"]["Text"].map(utf_16)
    places = zip(rows["DocumentId"], rows["Start"], rows["Stop"], strict=True)
    passages = [texts[id_][2 * start : 2 * stop].decode("utf-16-le") for id_, start, stop in places]
    table["text"] = pd.Series(passages, rows.index, "str")
    for name, column in variable_columns(tables).items():
        table[free_name(name, table, "variable_")] = column
    order = rows.assign(date=table["date"]).sort_values(["date", "DocumentId", "Start", "ID"])
    return without_empty_text(table.loc[order.index].reset_index(drop=True))


def entities_table(tables: Frames) -> pd.DataFrame:
    """Return one row per entity, with a column for each attribute of every variable."""
    rows = tables["ENTITIES"]
    coloured = rows[COLOURS].dropna()
    colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in coloured.to_numpy()]
    types = look_up(rows["VariableId"], tables["VARIABLES"]["StatementTypeId"])
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": look_up(types, tables["STATEMENTTYPES"]["Label"]),
            "variable": look_up(rows["VariableId"], tables["VARIABLES"]["Variable"]),
            "value": rows["Value"],
            "colour": pd.Series(colours, coloured.index, "str"),
            "parent": look_up(rows["ChildOf"], tables["ENTITIES"]["Value"]),
        }
    )
    cells = tables["ATTRIBUTEVALUES"].set_index("EntityId")
    names = tables["ATTRIBUTEVARIABLES"]["AttributeVariable"]
    attributes = look_up(cells["AttributeVariableId"], names)
    for name in names.drop_duplicates():
        table[free_name(name, table, "attribute_")] = cells["AttributeValue"][attributes == name]
    # In DNA, each variable has an unnamed entity, for statements in which it is left empty.
    return without_empty_text(table[table["value"] != ""].reset_index(drop=True))


def documents_table(tables: Frames) -> pd.DataFrame:
    """Return one row per document, sorted by date."""
    rows = tables["DOCUMENTS"].sort_values(["Date", "ID"])
    counts = tables["STATEMENTS"]["DocumentId"].value_counts()
    table = rows.rename(columns={"Date": "date"}).rename(columns=str.lower)
    table["id"] = table["id"].astype("str")
    table["date"] = table["date"].astype("int64").astype("datetime64[s]")
    table["coder"] = look_up(rows["Coder"], tables["CODERS"]["Name"])
    table["statements"] = rows["ID"].map(counts).fillna(0).astype("Int64")
    return without_empty_text(table.reset_index(drop=True))


def look_up(ids: "pd.Series[Any]", column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column's cell for each ID; unlike `map`, this keeps the type if there are no IDs."""
    return column.reindex(ids).set_axis(ids.index)


def variable_columns(tables: Frames) -> dict[str, "pd.Series[Any]"]:
    """Return the values of each variable by the ID of their statement."""
    parts = []
    for table, kind in VALUES.items():
        rows = tables[table].rename(columns={"Entity": "Value"})
        if kind == "short text":
            rows["Value"] = look_up(rows["Value"], tables["ENTITIES"]["Value"])
        parts.append(rows.astype({"Value": TYPES[kind]}).astype({"Value": "object"}))
    cells = pd.concat(parts).set_index("StatementId")
    columns = {}
    for name, variables in tables["VARIABLES"].groupby("Variable", sort=False):
        kinds = {TYPES[kind] for kind in variables["DataType"]}
        values = cells["Value"][cells["VariableId"].isin(variables["ID"])]
        columns[str(name)] = values.astype(kinds.pop() if len(kinds) == 1 else "object")
    return columns


def free_name(name: str, taken: Container[str], prefix: str) -> str:
    """Return the name, with the prefix as often as needed if the name is taken."""
    while name in taken:
        name = prefix + name
    return name


def without_empty_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with missing cells instead of empty text."""
    return table.mask((table == "").fillna(False).astype("bool"))
