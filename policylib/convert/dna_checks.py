"""What a database of the Discourse Network Analyzer 3 must hold."""

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
    "DOCUMENTS": ("ID", "Title", "Text", "Coder", "Author", "Source", "Section", "Notes", "Type",
                  "Date"),
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
NUMBERS = {"ID", "Start", "Stop", "Date", *COLOURS, *REFERENCES}
OPTIONAL = {"Coder", "ChildOf", *COLOURS}
LONGEST_PASSAGES = 2**28  # characters of all passages together
YEARS_1_TO_9999 = (-62_135_596_800, 253_402_300_799)


def check_references(rows: Frames, faults: Faults) -> None:
    """Check that ids lead somewhere, and that no pair of them stands twice."""
    for frame in rows.values():
        for column in REFERENCES.keys() & set(frame):
            cells = frame[column].dropna()
            lost = cells[~cells.isin(rows[REFERENCES[column]]["ID"])]
            faults.extend(
                lost.index, column, [f"no ID {id_} in {REFERENCES[column]}" for id_ in lost]
            )
    for table, columns in UNIQUE.items():
        frame = faults.without(rows[table])
        problem = f"an earlier row has the same {' and '.join(columns)}"
        faults.extend(frame.index[frame.duplicated(columns)], columns[-1], problem)


def check_values(rows: Frames, faults: Faults) -> None:
    """Check that numbers are within their bounds, and values where their variable has them."""
    for table, columns, (least, most) in (
        ("DATABOOLEAN", ["Value"], (0, 1)),
        ("ENTITIES", COLOURS, (0, 255)),
        ("DOCUMENTS", ["Date"], YEARS_1_TO_9999),
    ):
        for column in columns:
            cells = rows[table][column].dropna()
            beyond = cells[~cells.between(least, most)]
            problems = [f"{cell} is not within {least} to {most}" for cell in beyond]
            faults.extend(beyond.index, column, problems)
    kinds = rows["VARIABLES"]["DataType"].dropna()
    strange = kinds[~kinds.isin(list(VALUES.values()))]
    problems = [f"{kind!r:.60} is not one of {', '.join(VALUES.values())}" for kind in strange]
    faults.extend(strange.index, "DataType", problems)
    variables = faults.without(rows["VARIABLES"]).drop_duplicates("ID").set_index("ID")
    statements = faults.without(rows["STATEMENTS"]).drop_duplicates("ID").set_index("ID")
    for table, kind in VALUES.items():
        frame = faults.without(rows[table])
        frame = frame[frame["VariableId"].isin(variables.index)]
        frame = frame[frame["StatementId"].isin(statements.index)]
        elsewhere = frame["VariableId"].map(variables["DataType"]) != kind
        other = frame["VariableId"].map(variables["StatementTypeId"]) != frame["StatementId"].map(
            statements["StatementTypeId"]
        )
        faults.extend(frame.index[elsewhere], "VariableId", f"the variable is not of type {kind}")
        problem = "the variable is one of another type of statement"
        faults.extend(frame.index[other], "VariableId", problem)


def check_passages(rows: Frames, faults: Faults) -> None:
    """Check that each statement marks a passage within its document."""
    texts = rows["DOCUMENTS"].dropna(subset="Text").drop_duplicates("ID").set_index("ID")["Text"]
    units = {id_: utf_16(text) for id_, text in texts.items()}
    statements = faults.without(rows["STATEMENTS"])
    statements = statements[statements["DocumentId"].isin(texts.index)]
    if (statements["Stop"] - statements["Start"]).clip(lower=0).sum() > LONGEST_PASSAGES:
        raise ValueError("the statements mark more text than a person can have coded")
    columns = (statements[column] for column in ("DocumentId", "Start", "Stop"))
    for (file, row), document, start, stop in zip(statements.index, *columns, strict=True):
        text = units[document]
        length = len(text) // 2
        if not 0 <= start < stop <= length:
            problem = f"{start} to {stop} is no passage of a text of {length} characters"
            faults.add(file, row, "Stop", problem)
        elif any(0xDC <= text[2 * at + 1] <= 0xDF for at in (start, stop) if at < length):
            faults.add(file, row, "Stop", "the passage begins or ends within a character")


def utf_16(text: str) -> bytes:
    """Give a text in the units by which DNA counts: a rare character or emoji has two of them.

    Examples
    --------
    >>> len("A") == len(utf_16("A")) // 2, len(utf_16("😀")) // 2
    (True, 2)
    """
    return text.encode("utf-16-le")
