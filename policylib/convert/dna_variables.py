"""Turn columns of statements into variables of the Discourse Network Analyzer, with entities."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from policylib.convert.dna_checks import VALUES
from policylib.convert.dna_schema import LONGEST_NAME
from policylib.convert.values import plain_text, plain_value

Row = dict[str, Any]

# Columns of policylib that have another name in a new database of DNA.
NAMES = {"actor": "organization", "code": "concept", "qualifier": "agreement"}
# Columns of free text. The text of other columns becomes entities, if it is short enough.
FREE_TEXT = ("id", "quote", "summary", "sentence", "text", "note")
ALWAYS_ENTITIES = ("actor", "code", "organization", "concept", "person")
KINDS: dict[type, str] = {bool: "boolean", int: "integer", str: "text"}
TABLES = {kind: table for table, kind in VALUES.items()}
LARGEST = 2**31 - 1  # of Java's integers
ATTRIBUTES = ("Type", "Alias", "Notes")  # of each entity in a new database of DNA


class Variable(NamedTuple):
    """A variable of DNA."""

    name: str
    kind: str
    values: list[Any]  # one for each statement, None if it is missing


def variables_of(columns: pd.DataFrame) -> list[Variable]:
    """Return a variable for each column, or raise if DNA cannot hold it.

    Examples
    --------
    >>> columns = pd.DataFrame({"actor": ["henan"], "count": [2], "quote": ["roads"]})
    >>> [variable[:2] for variable in variables_of(columns)]
    [('organization', 'short text'), ('count', 'integer'), ('quote', 'long text')]
    """
    variables: dict[str, Variable] = {}
    for column, cells in columns.items():
        place = f"statements: column {column!r}"
        name = plain_text(NAMES.get(str(column), str(column)), place, ".dna")
        if len(name) > LONGEST_NAME:
            raise ValueError(f"{place}: DNA allows names of {LONGEST_NAME} characters")
        if name in variables:
            raise ValueError(f"{place}: another column is the variable {name!r}, too")
        values = _values(cells, place)
        variables[name] = Variable(name, _kind(cells, values, place), values)
    return list(variables.values())


def _values(cells: "pd.Series[Any]", place: str) -> list[Any]:
    """Return the cells as text, whole numbers and booleans, and None for missing and empty ones."""
    values: list[Any] = []
    for row, cell in cells.astype("object").items():
        value = plain_value(cell, f"{place}, row {row!r}", ".dna")
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a gap in a column of whole numbers makes floats of them
        values.append(None if value == "" else value)
    return values


def _kind(cells: "pd.Series[Any]", values: list[Any], place: str) -> str:
    """Return the type of a variable, or raise if its values have no type of DNA or several."""
    given = [(row, v) for row, v in zip(cells.index, values, strict=True) if v is not None]
    kinds = [KINDS.get(type(value), "decimals") for _, value in given]
    for (row, value), kind in zip(given, kinds, strict=True):
        expected = None
        if kind == "decimals" or (kind == "integer" and abs(value) > LARGEST):
            expected = f"text, true or false, or a whole number up to {LARGEST}"
        elif kind != kinds[0]:
            expected = f"{kinds[0]}, as in the rows above"
        if expected:
            raise ValueError(f"{place}, row {row!r}: expected {expected}, got {value!r:.60}")
    if pd.api.types.is_bool_dtype(cells) or kinds[:1] == ["boolean"]:
        return "boolean"
    if pd.api.types.is_integer_dtype(cells) or kinds[:1] == ["integer"]:
        return "integer"
    long = [(row, value) for row, value in given if len(value) > LONGEST_NAME]
    for row, value in long if cells.name in ALWAYS_ENTITIES else []:
        raise ValueError(
            f"{place}, row {row!r}: DNA allows {LONGEST_NAME} characters, got {len(value)}"
        )
    return "long text" if long or cells.name in FREE_TEXT else "short text"


def data_rows(
    variables: list[Variable], types: list[int], all_types: Iterable[int]
) -> dict[str, list[Row]]:
    """Return the rows of variables, entities, attributes and values, for the tables of DNA.

    `types` are the types of the statements. A variable belongs to the types of statements that
    have a value of it, or to all types if no statement has one.
    """
    rows: dict[str, list[Row]] = {
        name: [] for name in ("VARIABLES", "ATTRIBUTEVARIABLES", "ENTITIES", "ATTRIBUTEVALUES")
    }
    rows |= {table: [] for table in VALUES}
    for type_ in all_types:
        numbers = [number for number, own in enumerate(types) if own == type_]
        for name, kind, values in variables:
            used = any(values[number] is not None for number in numbers)
            if not used and any(value is not None for value in values):
                continue
            id_ = len(rows["VARIABLES"]) + 1
            variable = {"Variable": name, "DataType": kind, "StatementTypeId": type_}
            rows["VARIABLES"].append({"ID": id_} | variable)
            _store(rows, id_, kind, {number + 1: values[number] for number in numbers})
    return rows


def _store(rows: dict[str, list[Row]], variable: int, kind: str, values: dict[int, Any]) -> None:
    """Add the values of a variable, given by the ID of their statement; missing text is empty."""
    if kind == "short text":
        entities = _entities(rows, variable, {value or "" for value in values.values()})
        values = {id_: entities[value or ""] for id_, value in values.items()}
    elif kind == "long text":
        values = {id_: value or "" for id_, value in values.items()}
    column = "Entity" if kind == "short text" else "Value"
    rows[TABLES[kind]] += [
        {"StatementId": id_, "VariableId": variable, column: value}
        for id_, value in values.items()
        if value is not None
    ]


def _entities(rows: dict[str, list[Row]], variable: int, values: set[str]) -> dict[str, int]:
    """Add the entities of a variable with their attributes, and return their IDs.

    Each variable has an unnamed entity, for statements in which it is missing.
    """
    first = len(rows["ATTRIBUTEVARIABLES"]) + 1
    attributes = {first + place: name for place, name in enumerate(ATTRIBUTES)}
    rows["ATTRIBUTEVARIABLES"] += [
        {"ID": id_, "VariableId": variable, "AttributeVariable": name}
        for id_, name in attributes.items()
    ]
    start = len(rows["ENTITIES"]) + 1
    entities = {value: id_ for id_, value in enumerate(sorted({"", *values}), start)}
    black = dict.fromkeys(("Red", "Green", "Blue"), 0)
    rows["ENTITIES"] += [
        {"ID": id_, "VariableId": variable, "Value": value} | black
        for value, id_ in entities.items()
    ]
    rows["ATTRIBUTEVALUES"] += [
        {"EntityId": entity, "AttributeVariableId": attribute}
        for entity in entities.values()
        for attribute in attributes
    ]
    return entities
