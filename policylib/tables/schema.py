"""The schema in the shipped datapackage.json, and the conversion of cells to its types."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.extensions import ExtensionArray

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
    columns: dict[str, ExtensionArray] = {}
    plain = cells.reset_index(drop=True)
    for field in table_resources()[table]["schema"]["fields"]:
        name = field["name"]
        # Without the index of files and rows, pandas is much faster.
        text = columns[name] = plain[name].array
        if field["type"] == "string":
            continue
        values = columns[name] = _convert_column(text, field)
        lost = values.isna() & ~text.isna()
        if lost.any():
            problems = [type_problem(cell, field) for cell in text[lost]]
            faults.extend(cells.index[lost], name, problems)
    return pd.DataFrame(columns, index=cells.index)


def type_problem(cell: str, field: dict[str, Any]) -> str:
    """Return the message for a cell that does not have the type of its field."""
    return f"{cell!r:.60} is not {TYPES[field['type']]}. {field['description']}"


def _convert_column(text: ExtensionArray, field: dict[str, Any]) -> ExtensionArray:
    if field["type"] == "boolean":
        values = dict.fromkeys(field["trueValues"], True)
        values |= dict.fromkeys(field["falseValues"], False)
        return pd.array([values.get(cell) for cell in text], dtype="boolean")
    numbers = [_number(cell) if isinstance(cell, str) else None for cell in text]
    if field["type"] == "number":
        return pd.array(numbers, dtype="Float64")
    whole = [int(value) if value is not None and value.is_integer() else None for value in numbers]
    return pd.array(whole, dtype="Int64")


def _number(text: str) -> float | None:
    value = float(text) if NUMBER.fullmatch(text) else EXACT
    return value if abs(value) < EXACT else None
