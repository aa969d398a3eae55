"""The tables of a DNA database, joined into statements, entities and documents."""

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
    """Give one row per statement, with a column for each variable of every type of statement."""
    documents = documents_table(tables).set_index("id")
    rows = tables["STATEMENTS"]
    document = rows["DocumentId"].astype("str")
    texts = tables["DOCUMENTS"].set_index("ID")["Text"].map(utf_16).to_dict()
    passages = [
        texts[document_id][2 * start : 2 * stop].decode("utf-16-le")
        for document_id, start, stop in zip(
            rows["DocumentId"], rows["Start"], rows["Stop"], strict=True
        )
    ]
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": _look_up(rows["StatementTypeId"], _by_id(tables, "STATEMENTTYPES", "Label")),
            "document": document,
            "title": _look_up(document, documents["title"]),
            "said": _look_up(document, documents["said"]),
            "author": _look_up(document, documents["author"]),
            "source": _look_up(document, documents["source"]),
            "section": _look_up(document, documents["section"]),
            "document_type": _look_up(document, documents["type"]),
            "coder": _look_up(rows["Coder"], _by_id(tables, "CODERS", "Name")),
            "start": rows["Start"],
            "stop": rows["Stop"],
            "text": pd.Series(passages, rows.index, "str"),
        }
    )
    for name, column in _variables(tables).items():
        table[_free(name, table, "variable_")] = _look_up(rows["ID"], column)
    order = rows.assign(said=table["said"]).sort_values(["said", "DocumentId", "Start", "ID"])
    return _without_empty_text(table.loc[order.index].reset_index(drop=True))


def entities_table(tables: Frames) -> pd.DataFrame:
    """Give one row per entity, with a column for each attribute of every variable."""
    rows = tables["ENTITIES"]
    variables = tables["VARIABLES"].set_index("ID")
    value = rows.set_index("ID")["Value"]
    types = _look_up(variables["StatementTypeId"], _by_id(tables, "STATEMENTTYPES", "Label"))
    coloured = rows[COLOURS].dropna()
    colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in coloured.to_numpy()]
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "type": _look_up(rows["VariableId"], types),
            "variable": _look_up(rows["VariableId"], variables["Variable"]),
            "value": rows["Value"],
            "colour": pd.Series(colours, coloured.index, "str").reindex(rows.index),
            "parent": _look_up(rows["ChildOf"], value),
        }
    )
    names = tables["ATTRIBUTEVARIABLES"].set_index("ID")["AttributeVariable"]
    cells = tables["ATTRIBUTEVALUES"]
    attribute = cells["AttributeVariableId"].map(names)
    for name in names.drop_duplicates():
        column = cells[attribute == name].set_index("EntityId")["AttributeValue"]
        table[_free(name, table, "attribute_")] = _look_up(rows["ID"], column)
    # DNA gives every variable an entity without a name, for statements that leave it open.
    return _without_empty_text(table[table["value"] != ""].reset_index(drop=True))


def documents_table(tables: Frames) -> pd.DataFrame:
    """Give one row per document, in the order of their dates."""
    rows = tables["DOCUMENTS"].sort_values(["Date", "ID"], ignore_index=True)
    counts = tables["STATEMENTS"]["DocumentId"].value_counts()
    table = pd.DataFrame(
        {
            "id": rows["ID"].astype("str"),
            "title": rows["Title"],
            "said": rows["Date"].astype("int64").astype("datetime64[s]"),
            "author": rows["Author"],
            "source": rows["Source"],
            "section": rows["Section"],
            "type": rows["Type"],
            "coder": _look_up(rows["Coder"], _by_id(tables, "CODERS", "Name")),
            "notes": rows["Notes"],
            "text": rows["Text"],
            "statements": rows["ID"].map(counts).fillna(0).astype("Int64"),
        }
    )
    return _without_empty_text(table)


def _look_up(keys: "pd.Series[Any]", column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give what a column has for each key; unlike `map`, in its type even if there are no keys."""
    return column.reindex(keys).set_axis(keys.index)


def _by_id(tables: Frames, table: str, column: str) -> "pd.Series[str]":
    return tables[table].set_index("ID")[column]


def _variables(tables: Frames) -> dict[str, "pd.Series[Any]"]:
    """Give the values of each variable by the ID of their statement."""
    entities = _by_id(tables, "ENTITIES", "Value")
    parts = []
    for table, kind in VALUES.items():
        rows = tables[table].rename(columns={"Entity": "Value"})
        values = rows["Value"].map(entities) if kind == "short text" else rows["Value"]
        parts.append(rows.assign(Value=values.astype(TYPES[kind]).astype("object")))
    cells = pd.concat(parts)
    columns = {}
    for name, variables in tables["VARIABLES"].groupby("Variable", sort=False):
        column = cells[cells["VariableId"].isin(variables["ID"])].set_index("StatementId")["Value"]
        kinds = {TYPES[kind] for kind in variables["DataType"]}
        columns[str(name)] = column.astype(kinds.pop() if len(kinds) == 1 else "object")
    return columns


def _free(name: str, taken: Container[str], prefix: str) -> str:
    while name in taken:
        name = prefix + name
    return name


def _without_empty_text(table: pd.DataFrame) -> pd.DataFrame:
    """Make empty texts missing."""
    return table.mask((table == "").fillna(False).astype("bool"))
