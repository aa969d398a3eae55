"""Make the tables of a data package from statements and a codebook."""

import re
from datetime import date
from numbers import Number

import numpy as np
import pandas as pd

from policylib._util.faults import DataError, Faults, places
from policylib._util.names import nearest, require_columns, require_hashable
from policylib._util.numbers import whole_numbers
from policylib._util.warn import warn, warn_of_columns
from policylib.tables.cells import empty_cells
from policylib.tables.checks import COMPARED, HINTS, check_cells, check_rules
from policylib.tables.ids import KEY, statement_ids
from policylib.tables.levels import codebook_levels
from policylib.tables.read import Tables
from policylib.tables.schema import column_names, convert, table_resources

KINDS = {"province": "provinces", "organisation": "organisations", "expert": "experts"}
DATES = ("date", "published")
COLLECTION = "own"  # of documents that name none

Flag = bool | np.bool_
Place = tuple[str, int]  # a table and a row, counted from 1


def make_tables(
    statements: pd.DataFrame,
    codebook: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    actors: pd.DataFrame | None = None,
    initiatives: pd.DataFrame | None = None,
) -> Tables:
    """Make the tables of a data package from statements and a codebook.

    Actors, documents and initiatives that only the statements name get a row of their own, so that
    `build_network` and `write_tables` accept the result.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `document`, `paragraph`, `actor`, `role` and `code`, as
        `code_documents` returns them. An `id` is made if there is none, and `count` is 1 by
        default.
    codebook : DataFrame
        One row for each code, with `id`. `label` is the id by default, and `level` follows from
        `broader`: a code without a broader code is a theme.
    documents : DataFrame, optional
        Paragraphs, as `read_documents` returns them, or one row for each document, with `document`
        or `id`. Columns such as `actor`, `date` and `title` are kept; if the paragraphs of a
        document differ in one of them, it is left empty.
    actors : DataFrame, optional
        One row for each actor, with `id`, `kind` (province, organisation or expert; by default
        province), `label` and any column of the three tables, such as `type` or `organisation`.
        An actor that is not listed becomes a province with its id as label.
    initiatives : DataFrame, optional
        One row for each initiative, with `id` and any column of its table.

    Returns
    -------
    Tables
        The tables, with the columns of the schema; other columns are left out.

    Raises
    ------
    DataError
        If cells, ids or references are wrong, or an actor, code, document or initiative is in two
        rows. The error lists all faults, with rows counted from 1.
    ValueError
        If a column is missing, or a cell holds a list.
    TypeError
        If an argument is not a DataFrame.

    See Also
    --------
    build_network : Build the policy network from the tables.
    code_documents : Returns statements.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"document": "Plan", "paragraph": [1, 2], "actor": ["Austin", "Ann Lee"],
    ...      "role": ["commits", "recommends"], "code": "bikes"}
    ... )
    >>> actors = pd.DataFrame({"id": ["Ann Lee"], "kind": "expert"})
    >>> tables = make_tables(statements, pd.DataFrame({"id": ["bikes"]}), actors=actors)
    >>> tables.provinces["id"].to_list(), tables.experts["label"].to_list()
    (['Austin'], ['Ann Lee'])
    """
    for table, columns in ((statements, KEY), (codebook, ["id"])):
        require_columns(table, *columns)
    if documents is not None:
        require_columns(documents)
    faults = Faults()
    said = _cells(statements, "statements", column_names("statements"))
    _refuse_levels(statements, said, faults)
    said["count"] = said["count"].fillna("1")
    codes = _unique(_cells(codebook, "codebook", column_names("priorities")), faults)
    plans = _cells(initiatives, "initiatives", column_names("initiatives"))
    plans = _with(_unique(plans, faults), _ids(said["initiative"], faults), "initiatives")
    papers = _documents(documents, said, faults)
    named: dict[str, Place] = {}
    for column in (said["actor"], papers["actor"], plans["owner"]):
        named |= {id_: place for id_, place in _ids(column, faults).items() if id_ not in named}
    cells = {
        "documents": papers,
        **_actors(actors, named, faults),
        "priorities": codes.assign(level=codebook_levels(codes)),
        "initiatives": plans,
        "statements": said,
    }
    made_ids = "id" not in statements
    if made_ids:  # until the rows are known to be complete
        said["id"] = [str(number) for number in range(len(said))]
    tables = {}
    for name, resource in table_resources().items():
        columns = column_names(name)
        table = cells.get(name, empty_cells(columns)).reindex(columns=columns).astype("str")
        if "label" in columns:
            table["label"] = table["label"].fillna(table["id"])
        check_cells(table, resource["schema"], faults)
        tables[name] = convert(table, name, faults)
    schemas = {name: resource["schema"] for name, resource in table_resources().items()}
    check_rules(tables, schemas, set(), faults)
    if faults:
        raise DataError(faults.to_frame(), "make_tables")
    if made_ids:
        tables["statements"]["id"] = statement_ids(tables["statements"])
    return Tables(**{name: table.reset_index(drop=True) for name, table in tables.items()})


def _cells(table: pd.DataFrame | None, name: str, columns: list[str]) -> pd.DataFrame:
    """Return these columns of a table as text, indexed by table and row; others are left out."""
    if table is None:
        return empty_cells(columns)
    require_columns(table, *(["id"] if name != "statements" else []))
    warn_of_columns(table, name, columns)
    index = places(name, range(1, len(table) + 1))
    cells = pd.DataFrame(index=index, columns=columns, dtype="str")
    for column in table.columns.intersection(columns):
        require_hashable(table[column])
        to_text = _day if column in DATES else _text
        text = whole_numbers(table[column]).map(to_text, na_action="ignore").astype("str")
        cells[column] = text.mask(text.str.strip() == "").array
    return cells


def _text(value: object) -> str:
    """Return a cell as text; of midnight, only the day."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text.removesuffix("T00:00:00") if isinstance(value, date) else text


def _day(value: object) -> str:
    """Return a date as text; of a time, only the day."""
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _refuse_levels(statements: pd.DataFrame, said: pd.DataFrame, faults: Faults) -> None:
    """Record qualifiers that are numbers, since 0 would become a denial."""
    if "qualifier" in statements:
        cells = statements["qualifier"]
        numbers = [isinstance(cell, Number) and not isinstance(cell, Flag) for cell in cells.array]
        wrong = said.index[np.array(numbers, bool) & cells.notna().to_numpy()]
        faults.extend(wrong, "qualifier", "a number is a level of agreement (allowed: true, false)")


def _unique(table: pd.DataFrame, faults: Faults, column: str = "id") -> pd.DataFrame:
    """Record ids that are in two rows, and keep the first row of each.

    `column` is the name of the ids in the user's table.
    """
    again = table["id"].notna() & table["id"].duplicated()
    kept = table[~again]
    first = dict(zip(kept["id"], kept.index, strict=True))
    kinds = table["kind"].to_dict() if "kind" in table else {}
    for place, id_ in table["id"][again].items():
        there = first[id_]
        problem = f"{id_!r:.60} is already in row {there[1]}; an id has one row"
        if kinds.get(place) != kinds.get(there):
            problem += f", and an actor one kind (there: {kinds[there]})"
        faults.extend(pd.Index([place]), column, problem)
    return kept


def _ids(column: "pd.Series[str]", faults: Faults) -> dict[str, Place]:
    """Return the ids in a column, each with its first place; record those that cannot be one."""
    field = next(f for f in table_resources()["provinces"]["schema"]["fields"] if f["name"] == "id")
    pattern = re.compile(field["constraints"]["pattern"])
    values = column.dropna()
    wrong = values[[pattern.fullmatch(value) is None for value in values]]
    problems = [f"{value!r:.60} cannot be an id. {field['description']}" for value in wrong]
    faults.extend(wrong.index, str(column.name), problems)
    first = values.drop(wrong.index).drop_duplicates()
    return dict(zip(first, first.index, strict=True))


def _with(table: pd.DataFrame, ids: dict[str, Place], name: str) -> pd.DataFrame:
    """Return a table with a row for each id that it lacks, under the place that names the id.

    Warn if the table has a similar id, which may be misspelt.
    """
    known = set(table["id"])
    added = {id_: place for id_, place in ids.items() if id_ not in known}
    if not added:
        return table
    for id_ in list(added)[: min(HINTS, COMPARED // max(1, len(known)))]:
        if hint := nearest(id_, known):
            warn(f"{name}: {id_!r:.60} has no row of its own{hint}")
    index = pd.Index(list(added.values()), dtype="object", tupleize_cols=False)
    rows = pd.DataFrame({"id": list(added)}, index).reindex(columns=table.columns).astype("str")
    return pd.concat([table, rows]) if len(table) else rows


def _actors(
    actors: pd.DataFrame | None, ids: dict[str, Place], faults: Faults
) -> dict[str, pd.DataFrame]:
    """Return the tables of provinces, organisations and experts."""
    columns = dict.fromkeys(name for table in KINDS.values() for name in column_names(table))
    table = _cells(actors, "actors", ["kind", *columns])
    table["kind"] = table["kind"].fillna("province")
    wrong = table["kind"][~table["kind"].isin(list(KINDS))]
    allowed = f"(allowed: {', '.join(KINDS)})"
    problems = [f"no kind {value!r:.60} {allowed}{nearest(value, KINDS)}" for value in wrong]
    faults.extend(wrong.index, "kind", problems)
    table = _with(_unique(table, faults), ids, "actors")
    kind = table["kind"].where(table["kind"].isin(list(KINDS)), "province")
    return {name: table[kind == value] for value, name in KINDS.items()}


def _documents(documents: pd.DataFrame | None, said: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Return one row for each document, from paragraphs or from a register."""
    name = "document" if documents is not None and "document" in documents else "id"
    if documents is not None and name == "document":
        documents = documents.drop(columns="id", errors="ignore").rename(columns={name: "id"})
    table = _cells(documents, "documents", [*column_names("documents"), "paragraph"])
    faults.extend(table.index[table["id"].isna()], name, "the cell is empty")
    table = table.dropna(subset="id")
    again = table["paragraph"].notna() & table.duplicated(["id", "paragraph"])
    faults.extend(table.index[again], "paragraph", "an earlier row is the same paragraph")
    if documents is not None and "paragraph" in documents:
        table = _one_row_each(table)
    table = _with(_unique(table, faults, name), _ids(said["document"], faults), "documents")
    last = pd.to_numeric(said["paragraph"], errors="coerce").groupby(said["document"]).max()
    table["paragraphs"] = table["paragraphs"].fillna(
        whole_numbers(table["id"].map(last)).astype("str")
    )
    table["title"] = table["title"].fillna(table["id"])
    table["collection"] = table["collection"].fillna(COLLECTION)
    return table


def _one_row_each(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each document from its paragraphs."""
    groups = table.groupby("id", sort=False)
    rows = table.drop_duplicates("id").drop(columns=["paragraph", "paragraphs"])
    same = groups[list(rows.columns.drop("id"))]
    whole = same.first().where(same.nunique() <= 1)
    last = pd.to_numeric(table["paragraph"], errors="coerce").groupby(table["id"]).max()
    whole["paragraphs"] = whole_numbers(last).astype("str").reindex(whole.index)
    return whole.reset_index().set_axis(rows.index)[[*rows.columns, "paragraphs"]]
