"""The schema in the shipped datapackage.json, and the conversion of cells to its types."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from policylib._util.faults import Faults
from policylib._util.numbers import EXACT

TYPES = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
# Stricter than Python and other readers of data packages, which accept 1_000, nan and spaces.
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
READINGS = "readings"  # codings to be compared, never loaded as statements


def shipped_folder() -> Path:
    """Return the folder of the shipped data: in the library, or beside it in a checkout."""
    here = Path(__file__).parents[1]
    installed = here / "data"
    return installed if installed.is_dir() else here.parent / "data"


@cache
def table_resources() -> dict[str, dict[str, Any]]:
    """Return the resource of each table; of the files of statements, that of the first.

    All files of statements have the same schema.
    """
    text = (shipped_folder() / "datapackage.json").read_text(encoding="utf-8")
    resources: dict[str, dict[str, Any]] = {}
    for resource in json.loads(text)["resources"]:
        table = Path(resource["path"]).with_suffix("").parts[0]
        if table != READINGS:
            resources.setdefault(table, resource)
    return resources


def table_files(folder: Path, table: str, collection: str | None = None) -> list[Path]:
    """Return the files of a table, sorted by name; for statements, of one collection if given."""
    path = Path(table_resources()[table]["path"])
    if len(path.parts) > 1 and collection is not None:
        path = path.with_stem(collection)
    elif len(path.parts) > 1:
        return _all_files(folder / path.parent)
    return [folder / path] if (folder / path).exists() else []


def _all_files(folder: Path) -> list[Path]:
    # Skip the hidden files of other programs, such as ~$x.csv (Excel) and ._x.csv (macOS).
    return sorted(folder.glob("[!.~]*.csv"))


def column_names(table: str) -> list[str]:
    """Return the names of the columns of a table."""
    return [field["name"] for field in table_resources()[table]["schema"]["fields"]]


def required_columns(table: str) -> list[str]:
    """List the columns that a table must have; the others may be absent."""
    fields = table_resources()[table]["schema"]["fields"]
    return [f["name"] for f in fields if f.get("constraints", {}).get("required")]


def convert(cells: pd.DataFrame, table: str, faults: Faults) -> pd.DataFrame:
    """Convert text cells to the types of their table; a cell that does not convert is a fault."""
    columns = {}
    for field in table_resources()[table]["schema"]["fields"]:
        name = field["name"]
        text = columns[name] = cells[name]
        if field["type"] == "string":
            continue
        # Without the index of files and rows, pandas is much faster.
        values = _convert_column(pd.Series(text.array), field)
        columns[name] = values.array
        lost = text.notna().to_numpy() & values.isna().to_numpy()
        if lost.any():
            wrong = text[lost]
            faults.extend(wrong.index, name, [type_problem(cell, field) for cell in wrong])
    return pd.DataFrame(columns, index=cells.index)


def type_problem(cell: str, field: dict[str, Any]) -> str:
    """Return the message for a cell that does not have the type of its field."""
    return f"{cell!r} is not {TYPES[field['type']]}. {field['description']}"


def _convert_column(text: "pd.Series[str]", field: dict[str, Any]) -> "pd.Series[Any]":
    if field["type"] == "boolean":
        values = dict.fromkeys(field["trueValues"], True)
        values |= dict.fromkeys(field["falseValues"], False)
        return text.map(values).astype("boolean")
    numbers = text.map(_number, na_action="ignore").astype("Float64")
    numbers = numbers.where(numbers.abs() < EXACT)
    if field["type"] == "number":
        return numbers
    return numbers.where(numbers == numbers.round()).astype("Int64")


def _number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text) else None
