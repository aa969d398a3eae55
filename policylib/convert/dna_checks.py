"""Check the tables of a database of the Discourse Network Analyzer 3."""

from typing import Any

import pandas as pd

from policylib._util.faults import Faults

Frames = dict[str, pd.DataFrame]

VALUES = {
    "DATABOOLEAN": "boolean",
    "DATAINTEGER": "integer",
    "DATASHORTTEXT": "short text",
    "DATALONGTEXT": "long text",
}
TABLES = {
    "CODERS": ("ID", "Name"),
    "DOCUMENTS": ("ID", "Title", "Date", "Author", "Source", "Section", "Type", "Coder", "Notes",
                  "Text"),
    "STATEMENTTYPES": ("ID", "Label"),
    "VARIABLES": ("ID", "Variable", "DataType", "StatementTypeId"),
    "STATEMENTS": ("ID", "StatementTypeId", "DocumentId", "Start", "Stop", "Coder"),
    "ENTITIES": ("ID", "VariableId", "Value", "Red", "Green", "Blue", "ChildOf"),
    **dict.fromkeys(VALUES, ("ID", "StatementId", "VariableId", "Value")),
    "DATASHORTTEXT": ("ID", "StatementId", "VariableId", "Entity"),
    "ATTRIBUTEVARIABLES": ("ID", "VariableId", "AttributeVariable"),
    "ATTRIBUTEVALUES": ("ID", "EntityId", "AttributeVariableId", "AttributeValue"),
}  # fmt: skip
REFERENCES = {
    "Coder": "CODERS",
    "DocumentId": "DOCUMENTS",
    "StatementTypeId": "STATEMENTTYPES",
    "StatementId": "STATEMENTS",
    "VariableId": "VARIABLES",
    "Entity": "ENTITIES",
    "EntityId": "ENTITIES",
    "ChildOf": "ENTITIES",
    "AttributeVariableId": "ATTRIBUTEVARIABLES",
}
UNIQUE = {
    "VARIABLES": ["Variable", "StatementTypeId"],
    **{table: ["StatementId", "VariableId"] for table in VALUES},
    "ATTRIBUTEVARIABLES": ["VariableId", "AttributeVariable"],
    "ATTRIBUTEVALUES": ["EntityId", "AttributeVariableId"],
}
COLOURS = ["Red", "Green", "Blue"]
BOUNDS = {
    ("DATABOOLEAN", "Value"): (0, 1),
    **{("ENTITIES", colour): (0, 255) for colour in COLOURS},
    ("DOCUMENTS", "Date"): (-62_135_596_800, 253_402_300_799),  # the years 1 to 9999
}
# What `write_dna` writes where a date or a coder is missing, because DNA needs them.
NO_DATE = BOUNDS["DOCUMENTS", "Date"][0]
NO_CODER = "unknown"
# Columns of whole numbers and columns that may be empty, in all tables or in the named one.
NUMBERS: set[Any] = {"ID", "Start", "Stop", "Date", *COLOURS, *REFERENCES}
NUMBERS |= {("DATABOOLEAN", "Value"), ("DATAINTEGER", "Value")}
OPTIONAL: set[Any] = {"Coder", "ChildOf", *COLOURS, ("DATALONGTEXT", "Value")}
LONGEST_PASSAGES = 2**28  # characters in all passages together


def check(tables: Frames, faults: Faults) -> None:
    """Check that ids refer to rows, that keys are unique, and that values are within bounds."""
    for frame in tables.values():
        for column in REFERENCES.keys() & set(frame):
            cells, other = frame[column].dropna(), REFERENCES[column]
            _expect(cells, cells.isin(tables[other]["ID"]), f"no ID {{}} in {other}", faults)
    for table, columns in UNIQUE.items():
        frame = faults.without(tables[table])
        problem = f"an earlier row has the same {' and '.join(columns)}"
        _expect(frame[columns[-1]], ~frame.duplicated(columns), problem, faults)
    for (table, column), (least, most) in BOUNDS.items():
        cells = tables[table][column].dropna()
        problem = f"{{}} is not within {least} to {most}"
        _expect(cells, cells.between(least, most), problem, faults)
    kinds = tables["VARIABLES"]["DataType"].dropna()
    problem = f"{{!r:.60}} is not one of {', '.join(VALUES.values())}"
    _expect(kinds, kinds.isin(list(VALUES.values())), problem, faults)
    _check_variables(tables, faults)
    _check_passages(tables, faults)


def _expect(cells: "pd.Series[Any]", fine: "pd.Series[bool]", problem: str, faults: Faults) -> None:
    """Record a problem for each cell that is not valid; `{}` in its text becomes the cell."""
    wrong = cells[~fine]
    faults.extend(wrong.index, str(cells.name), [problem.format(cell) for cell in wrong])


def _check_variables(tables: Frames, faults: Faults) -> None:
    """Check that values fit the type of their variable and the type of their statement."""
    variables = _sound(tables, "VARIABLES", faults)
    statements = _sound(tables, "STATEMENTS", faults)
    for table, kind in VALUES.items():
        frame = faults.without(tables[table])
        frame = frame[frame["VariableId"].isin(variables.index)]
        ids = frame[frame["StatementId"].isin(statements.index)]["VariableId"]
        of_statement = frame.loc[ids.index, "StatementId"].map(statements["StatementTypeId"])
        problem = f"the variable is not of type {kind}"
        _expect(ids, ids.map(variables["DataType"]) == kind, problem, faults)
        problem = "the variable belongs to another type of statement"
        _expect(ids, ids.map(variables["StatementTypeId"]) == of_statement, problem, faults)


def _sound(tables: Frames, table: str, faults: Faults) -> pd.DataFrame:
    return faults.without(tables[table]).drop_duplicates("ID").set_index("ID")


def _check_passages(tables: Frames, faults: Faults) -> None:
    """Check that each statement marks a passage within its document."""
    texts = tables["DOCUMENTS"].dropna(subset="Text").drop_duplicates("ID").set_index("ID")["Text"]
    units = {id_: utf_16(text) for id_, text in texts.items()}
    statements = faults.without(tables["STATEMENTS"])
    statements = statements[statements["DocumentId"].isin(texts.index)]
    if (statements["Stop"] - statements["Start"]).clip(lower=0).sum() > LONGEST_PASSAGES:
        problem = "the statements mark more text than a person can code"
        faults.add(statements.index[0][0], None, None, problem)
        return
    columns = (statements[column] for column in ("DocumentId", "Start", "Stop"))
    for (file, row), document, start, stop in zip(statements.index, *columns, strict=True):
        text = units[document]
        length = len(text) // 2
        if not 0 <= start < stop <= length:
            problem = f"{start} to {stop} is not a passage of a text of {length} characters"
            faults.add(file, row, "Stop", problem)
        elif any(0xDC <= text[2 * at + 1] <= 0xDF for at in (start, stop) if at < length):
            faults.add(file, row, "Stop", "the passage begins or ends within a character")


def utf_16(text: str) -> bytes:
    """Return a text in UTF-16, whose units DNA counts: a rare character or emoji has two.

    Examples
    --------
    >>> len(utf_16("A")) // 2, len(utf_16("😀")) // 2
    (1, 2)
    """
    return text.encode("utf-16-le")
