"""Make the tables of a data package from statements and a codebook."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.names import require, require_columns
from policylib.tables.checks import check_cells, check_rules
from policylib.tables.ids import KEY, statement_ids
from policylib.tables.levels import LEVELS
from policylib.tables.read import Tables
from policylib.tables.schema import table_resources

KINDS = {"province": "provinces", "organisation": "organisations", "expert": "experts"}
COLLECTION = "own"  # of documents that name none
DTYPES = {"string": "str", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


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
        or `id`. Columns such as `actor`, `date` and `title` are kept.
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
        If ids or references are wrong; the error lists all faults, with rows counted from 1.
    ValueError
        If a column is missing, a kind is unknown, or an actor, code or document appears twice.
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
    require_columns(statements, *KEY)
    made = {"statements": statements, "priorities": _codes(codebook)}
    made["documents"] = _documents(documents, statements)
    made["initiatives"] = _with_missing(
        initiatives, "initiatives", _named(statements, "initiative")
    )
    named = [*_named(statements, "actor"), *_named(made["documents"], "actor")]
    made |= _actors(actors, [*named, *_named(made["initiatives"], "owner")])
    if "id" not in statements:
        made["statements"] = statements.assign(id=statement_ids(statements))
    tables = {name: _typed(made.get(name, pd.DataFrame()), name) for name in table_resources()}
    tables["statements"]["count"] = tables["statements"]["count"].fillna(1)
    _check(tables)
    return Tables(**{name: table.reset_index(drop=True) for name, table in tables.items()})


def _named(table: pd.DataFrame, column: str) -> list[str]:
    return table[column].dropna().unique().tolist() if column in table else []


def _with_missing(table: pd.DataFrame | None, what: str, ids: Iterable[str]) -> pd.DataFrame:
    """Return a table with a row for each id; a label that is missing is the id."""
    table = pd.DataFrame({"id": []}) if table is None else table
    require_columns(table, "id")
    if not table["id"].is_unique:
        twice = table.loc[table["id"].duplicated(), "id"].iloc[0]
        raise ValueError(f"{what}: duplicate id {twice!r}")
    known = set(table["id"])
    added = pd.DataFrame({"id": [id_ for id_ in dict.fromkeys(ids) if id_ not in known]})
    parts = [part for part in (table, added) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else table
    label = whole["label"] if "label" in whole else pd.Series(pd.NA, whole.index, dtype="str")
    return whole.assign(label=label.fillna(whole["id"]))


def _actors(actors: pd.DataFrame | None, ids: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of provinces, organisations and experts."""
    table = _with_missing(actors, "actors", ids)
    kind = table["kind"] if "kind" in table else pd.Series(pd.NA, table.index, dtype="str")
    kind = kind.fillna("province")
    for value in kind.unique():
        require(value, KINDS, "kind")
    return {name: table[kind == value] for value, name in KINDS.items()}


def _codes(codebook: pd.DataFrame) -> pd.DataFrame:
    """Return the codebook with a label and a level for each code."""
    table = _with_missing(codebook, "codebook", [])
    above = dict(zip(table["id"], table.get("broader", [None] * len(table)), strict=True))
    levels = {code: _level(code, above) for code in above}
    level = table["level"] if "level" in table else pd.Series(pd.NA, table.index, dtype="str")
    return table.assign(level=level.fillna(table["id"].map(levels)))


def _level(code: str, above: dict[str, Any]) -> str:
    """Return the level of a code by the number of codes above it."""
    path = [code]
    while (broader := above.get(path[-1])) in above:
        path.append(broader)
        if len(path) > len(LEVELS):
            raise ValueError(
                f"codebook: code {code!r} is below {path[1]!r}, which is below {path[2]!r}, and so "
                f"on; a codebook has at most {len(LEVELS)} levels ({', '.join(LEVELS)})"
            )
    return LEVELS[len(path) - 1]


def _documents(documents: pd.DataFrame | None, statements: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each document, from paragraphs or from a register."""
    if documents is None:
        documents = pd.DataFrame({"id": []})
    if "document" in documents:
        documents = documents.drop(columns="id", errors="ignore").rename(columns={"document": "id"})
    require_columns(documents, "id")
    if "paragraph" in documents:
        groups = documents.groupby("id", sort=False)
        documents = groups.first().assign(paragraphs=groups["paragraph"].max()).reset_index()
    table = _with_missing(documents, "documents", _named(statements, "document"))
    last = statements.groupby("document")["paragraph"].max()
    for column, default in (
        ("title", table["id"]),
        ("collection", COLLECTION),
        ("paragraphs", table["id"].map(last)),
    ):
        table[column] = table[column].fillna(default) if column in table else default
    for column in ("date", "published"):
        if column in table and pd.api.types.is_datetime64_any_dtype(table[column]):
            table[column] = table[column].dt.strftime("%Y-%m-%d")
    return table


def _typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table with the columns and types of the schema."""
    typed = pd.DataFrame(index=pd.RangeIndex(len(table)))
    for field in table_resources()[name]["schema"]["fields"]:
        column = table.get(field["name"], pd.Series(pd.NA, index=table.index, dtype="object"))
        dtype = DTYPES[field["type"]]
        try:
            typed[field["name"]] = column.reset_index(drop=True).astype(dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name}: column {field['name']!r} cannot become {dtype}") from error
    rows = range(1, len(table) + 1)
    return typed.set_index(pd.MultiIndex.from_product([[name], rows], names=["file", "row"]))


def _check(tables: dict[str, pd.DataFrame]) -> None:
    """Check the tables as `read_tables` checks a folder."""
    faults = Faults()
    schemas = {name: resource["schema"] for name, resource in table_resources().items()}
    for name, table in tables.items():
        check_cells(table.astype("str"), schemas[name], faults)
    check_rules(tables, schemas, set(), faults)
    if faults:
        raise DataError(faults.to_frame(), "make_tables")
