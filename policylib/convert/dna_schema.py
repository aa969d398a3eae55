"""The tables of a database of the Discourse Network Analyzer 3, and how to fill a file with them.

The shapes below name the types and rules of the columns in databases of DNA 3.0.7.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LONGEST_NAME = 190  # characters
_SHAPES = {
    "id": "INTEGER NOT NULL PRIMARY KEY",
    "key": "TEXT PRIMARY KEY",
    "text": "TEXT NOT NULL",
    "notes": "TEXT NOT NULL DEFAULT ''",
    "cell": "TEXT DEFAULT ''",
    "whole": "INTEGER",
    "number": "INTEGER NOT NULL",
    "one": "INTEGER NOT NULL DEFAULT 1",
    "zero": "INTEGER NOT NULL DEFAULT 0",
    "place": "INTEGER NOT NULL CHECK ({0} >= 0)",
    "positive": "INTEGER CHECK ({0} > 0)",
    "name": f"TEXT NOT NULL CHECK (LENGTH({{0}}) <= {LONGEST_NAME})",
    "label": f"TEXT NOT NULL DEFAULT '' CHECK (LENGTH({{0}}) <= {LONGEST_NAME})",
    "regex": f"TEXT PRIMARY KEY CHECK (LENGTH({{0}}) <= {LONGEST_NAME})",
    "colour": "INTEGER NOT NULL DEFAULT 0 CHECK ({0} BETWEEN 0 AND 255)",
    "shade": "INTEGER CHECK ({0} BETWEEN 0 AND 255)",
    "off": "INTEGER NOT NULL DEFAULT 0 CHECK ({0} BETWEEN 0 AND 1)",
    "on": "INTEGER NOT NULL DEFAULT 1 CHECK ({0} BETWEEN 0 AND 1)",
    "kind": "TEXT NOT NULL DEFAULT 'short text' "
    "CHECK ({0} IN ('boolean', 'integer', 'long text', 'short text'))",
    "seconds": "INTEGER NOT NULL DEFAULT 0 CHECK ({0} BETWEEN 0 AND 9999)",
    "points": "INTEGER NOT NULL DEFAULT 14 CHECK ({0} BETWEEN 1 AND 99)",
    "width": "INTEGER DEFAULT 300 CHECK ({0} BETWEEN 100 AND 9999)",
}
_RIGHTS = (
    "AddDocuments", "EditDocuments", "DeleteDocuments", "ImportDocuments", "AddStatements",
    "EditStatements", "DeleteStatements", "EditAttributes", "EditRegex", "EditStatementTypes",
    "EditCoders", "EditCoderRelations", "ViewOthersDocuments", "EditOthersDocuments",
    "ViewOthersStatements", "EditOthersStatements",
)  # fmt: skip
_VALUE = "ID id, StatementId number STATEMENTS, VariableId number VARIABLES, "
_ONCE = "UNIQUE (StatementId, VariableId)"
# For each table, its columns with shape and, for a reference, the other table; then its rules.
_TABLES = {
    "SETTINGS": ("Property key, Value text",),
    "CODERS": (
        "ID id, Name name, Red colour, Green colour, Blue colour, Refresh seconds, "
        "FontSize points, Password name, PopupWidth width, ColorByCoder off, PopupDecoration off, "
        "PopupAutoComplete on, " + ", ".join(f"Permission{right} on" for right in _RIGHTS),
    ),
    "DOCUMENTS": (
        "ID id, Title name, Text text, Coder whole CODERS, Author label, Source label, "
        "Section label, Notes notes, Type label, Date number",
    ),
    "STATEMENTTYPES": ("ID id, Label name, Red colour, Green colour, Blue colour",),
    "VARIABLES": (
        "ID id, Variable name, DataType kind, StatementTypeId whole STATEMENTTYPES",
        "UNIQUE (Variable, StatementTypeId)",
    ),
    "VARIABLELINKS": (
        "ID id, SourceVariableId whole VARIABLES, TargetVariableId whole VARIABLES",
        "CHECK (TargetVariableId != SourceVariableId)",
    ),
    "REGEXES": ("Label regex, Red colour, Green colour, Blue colour",),
    "CODERRELATIONS": (
        "ID id, Coder positive CODERS, OtherCoder positive CODERS, viewStatements on, "
        "editStatements on, viewDocuments on, editDocuments on",
        "CHECK (Coder != OtherCoder)",
    ),
    "STATEMENTS": (
        "ID id, StatementTypeId whole STATEMENTTYPES, DocumentId whole DOCUMENTS, Start place, "
        "Stop place, Coder whole CODERS",
        "CHECK (Start < Stop)",
    ),
    "DATABOOLEAN": (_VALUE + "Value one", _ONCE),
    "DATAINTEGER": (_VALUE + "Value zero", _ONCE),
    "ENTITIES": (
        "ID id, VariableId number VARIABLES, Value label, Red shade, Green shade, Blue shade, "
        "ChildOf positive ENTITIES",
        "UNIQUE (VariableId, Value)",
    ),
    "DATASHORTTEXT": (_VALUE + "Entity number ENTITIES", _ONCE),
    "DATALONGTEXT": (_VALUE + "Value cell", _ONCE),
    "ATTRIBUTEVARIABLES": (
        "ID id, VariableId number VARIABLES, AttributeVariable name",
        "UNIQUE (VariableId, AttributeVariable)",
    ),
    "ATTRIBUTEVALUES": (
        "ID id, EntityId number ENTITIES, AttributeVariableId number ATTRIBUTEVARIABLES, "
        "AttributeValue label",
        "UNIQUE (EntityId, AttributeVariableId)",
    ),
}


def database_bytes(rows: Mapping[str, Iterable[dict[str, Any]]]) -> bytes:
    """Return a database with these rows, each under its table; other columns get their default."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "database")
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA foreign_keys=ON")
            database.execute("PRAGMA synchronous=OFF")  # the file is temporary
            database.execute("BEGIN")
            for table in _TABLES:
                database.execute(_definition(table))
            for table, records in rows.items():
                _insert(database, table, list(records))
            database.execute("COMMIT")
        return path.read_bytes()


def _definition(table: str) -> str:
    """Return the statement that creates a table."""
    columns, *rules = _TABLES[table]
    parts = []
    for column in columns.split(", "):
        name, shape, *other = column.split()
        part = f"{name} {_SHAPES[shape].format(name)}"
        parts.append(part + "".join(f" REFERENCES {to}(ID) ON DELETE CASCADE" for to in other))
    return f"CREATE TABLE {table} ({', '.join([*parts, *rules])})"


def _insert(database: sqlite3.Connection, table: str, records: list[dict[str, Any]]) -> None:
    if records:
        names = ", ".join(records[0])
        values = ", ".join(f":{name}" for name in records[0])
        database.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", records)
