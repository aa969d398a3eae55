"""What the tables must hold: the schema cell by cell, then the rules across cells."""

import re
from typing import Any

import pandas as pd

from policylib._util.faults import Faults
from policylib._util.names import nearest
from policylib.tables.schema import TYPES

Schema = dict[str, Any]
Frames = dict[str, pd.DataFrame]

ACTORS = ("provinces", "organisations", "experts")
ACTOR_COLUMNS = (("documents", "actor"), ("initiatives", "owner"), ("statements", "actor"))
LOCAL = "a province or a body of one"
CENTRAL = "a central body"
OUTSIDE = "an expert, an institute or a newspaper"
ROLES = {
    LOCAL: ["commits", "reports"],
    CENTRAL: ["directs", "commits", "reports"],
    OUTSIDE: ["defines", "reports", "diagnoses", "recommends"],
}
VOICES = {
    "city": LOCAL,
    **dict.fromkeys(["authority", "ministry", "conference"], CENTRAL),
    **dict.fromkeys(["institute", "newspaper"], OUTSIDE),
}
HINTS = 100
BROADER = {"priority": "theme", "item": "priority"}


def check_cells(cells: pd.DataFrame, schema: Schema, faults: Faults) -> None:
    """Check each cell of one file against its field of the schema, by frictionless."""
    # The import takes over half a second, and the shipped package does without.
    from frictionless import Schema as TableSchema
    from frictionless.resources import TableResource

    fields = {field["name"]: field for field in schema["fields"]}
    # Keys are left to check_rules: frictionless sees one file, keys span the package.
    descriptor = TableSchema.from_descriptor({"fields": schema["fields"]})
    cells = faults.without(cells)
    # It is given the cells, not the file: it would guess the delimiter and quotes anew.
    data = [list(fields), *cells.fillna("").to_numpy().tolist()]
    with TableResource(data=data, schema=descriptor) as resource:
        for (file, row), checked in zip(cells.index, resource.row_stream, strict=True):
            for error in checked.errors:
                if error.type == "blank-row":
                    faults.add(file, row, None, "the row is empty; delete it")
                else:
                    name = error.field_name
                    faults.add(file, row, name, _cell_problem(fields[name], error))
    for name, field in fields.items():
        # The `$` of a pattern lets a line break at the end of a cell pass.
        if "pattern" in field.get("constraints", {}):
            broken = cells.index[cells[name].str.contains("\n", na=False)]
            faults.extend(broken, name, "a line break, which this column does not allow")


def _cell_problem(field: Schema, error: Any) -> str:
    """Say what is wrong with a cell and what is allowed."""
    constraints = field.get("constraints", {})
    value, meaning = error.cell, field["description"]
    if error.type == "type-error":
        return f"{value!r} is not {TYPES[field['type']]}. {meaning}"
    if error.type == "unique-error":
        return f"{value!r} stands in an earlier row; the column is unique. {meaning}"
    rule = re.match(r'constraint "(\w+)"', error.note)
    match rule and rule[1]:
        case "required":
            return f"the cell is empty; it must have a value. {meaning}"
        case "enum":
            allowed = constraints["enum"]
            return f"{value!r} is not one of {', '.join(allowed)}{nearest(value, tuple(allowed))}"
        case "minimum" | "maximum":
            low, high = constraints.get("minimum"), constraints.get("maximum")
            return f"{value} is not within {low} to {high}. {meaning}"
    example = f", for example {field['example']!r}" if "example" in field else ""
    return f"{value!r} does not fit. {meaning}{example}"


def check_rules(
    tables: Frames, schemas: dict[str, Schema], unread: set[str], faults: Faults
) -> None:
    """Check the keys of the schema, and what a schema cannot say.

    Parameters
    ----------
    tables
        The typed tables, indexed by file and row.
    schemas
        The schema of each table.
    unread
        Tables that could not be read in full: what refers to them is not checked.
    faults
        Where faults are collected.
    """
    _check_ids(tables, faults)
    _check_references(tables, schemas, unread, faults)
    check_levels(tables["priorities"], faults)
    _check_dates(tables["documents"], faults)
    _check_roles(tables, faults)
    _check_paragraphs(tables, faults)
    _check_values(tables["indicators"], faults)
    _check_circles(tables["initiatives"], faults)
    _check_keys(tables, schemas, faults)


def _check_ids(tables: Frames, faults: Faults) -> None:
    ids = pd.concat([table["id"] for table in tables.values()]).dropna()
    first = ids[~ids.duplicated()]
    places = dict(zip(first, first.index, strict=True))
    again = ids[ids.duplicated()]
    problems = [
        f"the id {id_!r} is taken by {places[id_][0]}, row {places[id_][1]}; "
        "ids are unique in the whole package"
        for id_ in again
    ]
    faults.extend(again.index, "id", problems)


def _check_references(
    tables: Frames, schemas: dict[str, Schema], unread: set[str], faults: Faults
) -> None:
    for table, column in ACTOR_COLUMNS:
        if not unread.intersection(ACTORS):
            _check_reference(tables, table, column, ACTORS, faults)
    for table, schema in schemas.items():
        for key in schema.get("foreignKeys", []):
            target = key["reference"]["resource"] or table
            if target not in unread:
                _check_reference(tables, table, key["fields"][0], (target,), faults)


def _check_reference(
    tables: Frames, table: str, column: str, targets: tuple[str, ...], faults: Faults
) -> None:
    cells = tables[table][column].dropna()
    allowed = tuple(pd.concat([tables[target]["id"] for target in targets]).dropna())
    wrong = cells[~cells.isin(allowed)]
    noun = "actor" if targets == ACTORS else _singular(targets[0])
    files = " or ".join(f"{target}.csv" for target in targets)
    # A file that refers to the wrong table altogether would ask for thousands.
    hints = {value: nearest(value, allowed) for value in wrong.unique()[:HINTS]}
    problems = [
        f"no {noun} {value!r}{hints.get(value, '')} (allowed: the ids of {files})"
        for value in wrong
    ]
    faults.extend(wrong.index, column, problems)


def _singular(table: str) -> str:
    return re.sub("ie$", "y", table.removesuffix("s"))


def _check_keys(tables: Frames, schemas: dict[str, Schema], faults: Faults) -> None:
    for table, schema in schemas.items():
        for key in schema.get("uniqueKeys", []):
            rows = faults.without(tables[table])
            again = rows.index[rows.duplicated(key)]
            problem = f"an earlier row has the same {', '.join(key)}; together they are unique"
            faults.extend(again, None, problem)


def _by_id(table: pd.DataFrame, column: str) -> "pd.Series[Any]":
    """Give a column by id; of an id used twice, the first."""
    return table.dropna(subset="id").drop_duplicates("id").set_index("id")[column]


def check_levels(priorities: pd.DataFrame, faults: Faults) -> None:
    """Check that every code lies below a code of the next higher level."""
    level, broader = priorities["level"], priorities["broader"]
    top = priorities.index[(level == "theme") & broader.notna()]
    faults.extend(top, "broader", "a theme stands at the top; leave the cell empty")
    expected = level.map(BROADER)
    found = broader.map(_by_id(priorities, "level"))
    wrong = priorities.index[expected.notna() & (found.isna() | (found != expected))]
    problems = [
        f"the code above {_article(below)} must be {_article(above)}, "
        + ("but there is none" if pd.isna(code) else f"but {code!r} is {_article(is_)}")
        for below, above, code, is_ in zip(
            level[wrong], expected[wrong], broader[wrong], found[wrong], strict=True
        )
    ]
    faults.extend(wrong, "broader", problems)


def _article(level: str) -> str:
    return f"an {level}" if level == "item" else f"a {level}"


def _check_dates(documents: pd.DataFrame, faults: Faults) -> None:
    for column in ("published", "said"):
        days = documents[column][documents[column].str.len() == len("YYYY-MM-DD")]
        wrong = days[pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").isna()]
        faults.extend(wrong.index, column, [f"{day!r} is not in the calendar" for day in wrong])


def _check_roles(tables: Frames, faults: Faults) -> None:
    organisations, statements = tables["organisations"], tables["statements"]
    type_, province = organisations["type"], organisations["province"]
    homeless = organisations.index[(type_ == "city") & province.isna()]
    faults.extend(homeless, "province", "a city must have its province")
    voice = type_.map(VOICES)
    voice = voice.mask((voice == CENTRAL) & province.notna(), LOCAL)
    voices = {
        **dict.fromkeys(tables["provinces"]["id"], LOCAL),
        **dict.fromkeys(tables["experts"]["id"], OUTSIDE),
        **dict(zip(organisations["id"], voice, strict=True)),
    }
    speaker = statements["actor"].map(voices)
    for kind, roles in ROLES.items():
        wrong = statements[(speaker == kind) & ~statements["role"].isin(roles)]
        problems = [
            f"{role!r} does not fit {actor!r}, {kind} (allowed: {', '.join(roles)})"
            for role, actor in zip(wrong["role"], wrong["actor"], strict=True)
        ]
        faults.extend(wrong.index, "role", problems)


def _check_paragraphs(tables: Frames, faults: Faults) -> None:
    lengths = _by_id(tables["documents"], "paragraphs")
    for table in ("statements", "indicators", "errata"):
        rows = tables[table]
        length = rows["document"].map(lengths)
        beyond = (rows["paragraph"] > length).fillna(False)
        problems = [
            f"there is no paragraph {number} in {document!r} (allowed: 1 to {last})"
            for number, document, last in zip(
                rows["paragraph"][beyond], rows["document"][beyond], length[beyond], strict=True
            )
        ]
        faults.extend(rows.index[beyond], "paragraph", problems)


def _check_values(indicators: pd.DataFrame, faults: Faults) -> None:
    status, value = indicators["status"], indicators["value"]
    invented = indicators.index[(status == "unresolved") & value.notna()]
    faults.extend(invented, "value", "an unresolved figure has no value; leave the cell empty")
    lacking = indicators.index[status.isin(["printed", "restored"]) & value.isna()]
    faults.extend(lacking, "value", "a printed or restored figure must have a value")


def _check_circles(initiatives: pd.DataFrame, faults: Faults) -> None:
    above = _by_id(initiatives, "implements").dropna().to_dict()

    def returns(start: str) -> bool:
        passed: set[str] = set()
        step = above.get(start)
        while step is not None and step not in passed:
            passed.add(step)
            step = above.get(step)
        return start in passed

    round_ = initiatives["id"][initiatives["id"].map(returns, na_action="ignore").eq(True)]
    problems = [f"{id_!r} implements itself, directly or round a circle" for id_ in round_]
    faults.extend(round_.index, "implements", problems)
