"""Check each table against the schema, then the rules that involve several cells or tables."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.faults import Faults
from policylib._util.names import nearest
from policylib.tables.levels import (
    LEVELS,
    circle_problem,
    codebook_levels,
    codes_above,
    depth_problem,
    in_circles,
)
from policylib.tables.schema import type_problem

Schema = dict[str, Any]
Frames = dict[str, pd.DataFrame]

ACTORS = ("provinces", "organisations", "experts")
NODES = (*ACTORS, "priorities", "initiatives")
ACTOR_COLUMNS = (("documents", "actor"), ("initiatives", "owner"), ("statements", "actor"))
WHOLE = re.compile("[+-]?[0-9]+")
HINTS, COMPARED = 100, 200_000  # near matches that are looked for, and names compared for them
BROADER = {"priority": "theme", "item": "priority"}


def check_cells(cells: pd.DataFrame, schema: Schema, faults: Faults) -> None:
    """Check the text cells of one file against the constraints of the schema.

    `convert` checks the types, and `check_rules` the keys, for which it needs all tables.
    """
    # Without the index of files and rows, pandas is much faster; faults are rare.
    plain = cells.reset_index(drop=True)
    empty = plain.isna().to_numpy()
    blank = np.flatnonzero(empty.all(axis=1))
    faults.extend(cells.index[blank], None, "the row is empty; delete it")
    for field in schema["fields"]:
        name, meaning = field["name"], field["description"]
        rules = field.get("constraints", {})
        missing = empty[:, cells.columns.get_loc(name)]
        if rules.get("required") and missing.any():
            problem = f"the cell is empty; it must have a value. {meaning}"
            faults.extend(cells.index[missing], name, problem)
        column = plain[name]
        column = column[~missing] if missing.any() else column
        # Many rows share a value, so each distinct value is checked once.
        values = column.unique()
        problems = {value: text for value in values if (text := _cell_problem(value, field))}
        if problems:
            wrong = column[column.isin(list(problems))]
            faults.extend(cells.index[wrong.index], name, wrong.map(problems))
        if rules.get("unique") and not column.is_unique:
            again = column[column.duplicated()]
            rule = f"values of this column must be unique. {meaning}"
            texts = [f"{value!r:.60} is already in an earlier row; {rule}" for value in again]
            faults.extend(cells.index[again.index], name, texts)


def _cell_problem(value: str, field: Schema) -> str | None:
    """Return the problem with a value and what is allowed, or None if the value is valid."""
    rules, meaning = field.get("constraints", {}), field["description"]
    # `convert` accepts 3.0 as a whole number, but an integer of the schema has no decimal point.
    if field["type"] == "integer" and not WHOLE.fullmatch(value):
        return type_problem(value, field)
    if "enum" in rules and value not in rules["enum"]:
        allowed = rules["enum"]
        return f"{value!r:.60} is not one of {', '.join(allowed)}{nearest(value, tuple(allowed))}"
    if "minimum" in rules and not rules["minimum"] <= float(value) <= rules["maximum"]:
        return f"{value} is not within {rules['minimum']} to {rules['maximum']}. {meaning}"
    if "pattern" in rules and "\n" in value:
        return "a line break, which this column does not allow"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        example = f", for example {field['example']!r}" if "example" in field else ""
        return f"{value!r:.60} does not fit. {meaning}{example}"
    return None


def check_rules(
    tables: Frames, schemas: dict[str, Schema], unread: set[str], faults: Faults
) -> None:
    """Check the keys of the schema and the rules that a schema cannot express.

    Parameters
    ----------
    tables : dict of str to DataFrame
        The typed tables, indexed by file and row.
    schemas : dict of str to dict
        The schema of each table.
    unread : set of str
        Tables that could not be read in full. References to them are not checked.
    faults : Faults
        Collects the faults.
    """
    # With an index of pairs instead of two levels, pandas is much faster.
    tables = {name: table.set_axis(table.index.to_flat_index()) for name, table in tables.items()}
    check_ids(tables, faults)
    _check_references(tables, schemas, unread, faults)
    check_levels(tables["priorities"], faults)
    _check_dates(tables["documents"], faults)
    _check_paragraphs(tables, faults)
    _check_values(tables["indicators"], faults)
    _check_initiatives(tables["initiatives"], faults)
    _check_keys(tables, schemas, faults)


def check_ids(tables: Frames, faults: Faults) -> None:
    """Check that ids are unique: among all nodes, and in each other table."""
    nodes = {name: table for name, table in tables.items() if name in NODES}
    others = [{name: table} for name, table in tables.items() if name not in NODES]
    for group in (nodes, *others):
        if not group:
            continue
        ids = pd.concat([table["id"] for table in group.values()]).dropna()
        again = ids[ids.duplicated()]
        if again.empty:
            continue
        first = ids[~ids.duplicated()]
        places = dict(zip(first, first.index, strict=True))
        unique = "among all nodes" if group is nodes else "in this table"
        problems = [
            f"{id_!r:.60} is already used in {places[id_][0]}, row {places[id_][1]}; "
            f"ids must be unique {unique}"
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


def check_codebook(codebook: pd.DataFrame, faults: Faults) -> None:
    """Check the ids and levels of a codebook that is not part of a package."""
    check_ids({"codebook": codebook}, faults)
    _check_reference({"priorities": codebook}, "priorities", "broader", ("priorities",), faults)
    check_levels(codebook, faults)


def _check_reference(
    tables: Frames, table: str, column: str, targets: tuple[str, ...], faults: Faults
) -> None:
    ids = set().union(*(tables[target]["id"] for target in targets))
    cells = tables[table][column]
    unknown = [place for place, id_ in enumerate(cells) if id_ not in ids]
    wrong = cells.iloc[unknown].dropna()
    if wrong.empty:
        return
    allowed = tuple(pd.concat([tables[target]["id"] for target in targets]).dropna())
    noun = "actor" if targets == ACTORS else _singular(targets[0]).replace("priority", "code")
    file = wrong.index[0][0]
    ending = ".csv" if file.endswith(".csv") else ""  # a table in memory has none
    files = file if targets == (table,) else " or ".join(f"{name}{ending}" for name in targets)
    # Near matches are slow to find, and a file that refers to a wrong table needs thousands.
    few = min(HINTS, COMPARED // max(1, len(allowed)))
    hints = {value: nearest(value, allowed) for value in wrong.unique()[:few]}
    problems = [
        f"no {noun} {value!r:.60}{hints.get(value, '')} (allowed: the ids of {files})"
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
            problem = f"an earlier row has the same {', '.join(key)}; together they must be unique"
            faults.extend(again, None, problem)


def _by_id(table: pd.DataFrame, column: str) -> "pd.Series[Any]":
    """Return a column indexed by id; a repeated id keeps its first value."""
    first = (table["id"].notna() & ~table["id"].duplicated()).to_numpy()
    return pd.Series(table[column].array[first], pd.Index(table["id"].array[first]))


def check_levels(priorities: pd.DataFrame, faults: Faults) -> None:
    """Check that no code is below itself, and that each belongs to a code of the level above."""
    check_circles(priorities, faults)
    priorities = priorities.assign(level=codebook_levels(priorities))
    level, broader = priorities["level"], priorities["broader"]
    top = priorities.index[(level == "theme") & broader.notna()]
    faults.extend(top, "broader", "a theme is the highest level; leave the cell empty")
    expected = level.map(BROADER)
    found = broader.map(_by_id(priorities, "level"))
    # A level that is unknown is a fault of its own row, not of the codes below.
    known = found.isna() | found.isin(LEVELS)
    wrong = priorities.index[expected.notna() & known & (found.isna() | (found != expected))]
    problems = [
        f"the code above {_article(below)} must be {_article(above)}, "
        + ("but there is none" if pd.isna(code) else f"but {code!r:.60} is {_article(is_)}")
        for below, above, code, is_ in zip(
            level[wrong], expected[wrong], broader[wrong], found[wrong], strict=True
        )
    ]
    faults.extend(wrong, "broader", problems)
    # A level that is still missing belongs to a code in a circle, or to one that is too deep.
    _check_paths(priorities[level.isna()], depth_problem, codes_above(priorities), faults)


def check_circles(codebook: pd.DataFrame, faults: Faults) -> None:
    """Check that no code is below itself."""
    above = codes_above(codebook)
    _check_paths(codebook[codebook["id"].isin(in_circles(above))], circle_problem, above, faults)


def _check_paths(
    codes: pd.DataFrame,
    problem_of: Callable[[Any, dict[Any, Any]], str],
    above: dict[Any, Any],
    faults: Faults,
) -> None:
    codes = codes.drop_duplicates("id")
    found = [problem_of(code, above) for code in codes["id"]]
    wrong = codes.index[[problem != "" for problem in found]]
    faults.extend(wrong, "broader", filter(None, found))


def _article(level: str) -> str:
    return f"an {level}" if level == "item" else f"a {level}"


def _check_dates(documents: pd.DataFrame, faults: Faults) -> None:
    for column in ("published", "date"):
        days = documents[column][documents[column].str.len() == len("YYYY-MM-DD")]
        wrong = days[pd.to_datetime(days, format="%Y-%m-%d", errors="coerce").isna()]
        faults.extend(wrong.index, column, [f"{day!r:.60} is not in the calendar" for day in wrong])


def _check_paragraphs(tables: Frames, faults: Faults) -> None:
    lengths = _by_id(tables["documents"], "paragraphs")
    for table in ("statements", "indicators", "errata"):
        rows = tables[table]
        length = rows["document"].map(lengths)
        beyond = (rows["paragraph"] > length).fillna(False)
        problems = [
            f"no paragraph {number} in {document!r:.60} (allowed: 1 to {last})"
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


def _check_initiatives(initiatives: pd.DataFrame, faults: Faults) -> None:
    above = _by_id(initiatives, "implements").dropna().to_dict()
    round_ = initiatives["id"][initiatives["id"].isin(in_circles(above))]
    problems = [f"{id_!r:.60} implements itself, directly or through others" for id_ in round_]
    faults.extend(round_.index, "implements", problems)
