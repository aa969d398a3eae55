"""Write the data dictionary from the descriptor of the data package."""

import json
from pathlib import Path
from typing import Any

INTRODUCTION = """# Data dictionary

These tables are made from [`data/datapackage.json`](/datapackage.json), which describes the files
in the form of a [Data Package](https://datapackage.org) and is checked by `pol.read_tables`. A
column that is not required may be left out. Lists in a cell are separated by `; `.
"""
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "date": "date",
}


def write(descriptor: Path, page: Path) -> None:
    """Write one table for each kind of file."""
    resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
    text = INTRODUCTION
    for group in alike(resources):
        text += section(group)
    page.write_text(text, encoding="utf-8")


def alike(resources: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group the files that have the same columns, such as those of all collections."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for resource in resources:
        groups.setdefault(json.dumps(resource["schema"]), []).append(resource)
    return list(groups.values())


def section(group: list[dict[str, Any]]) -> str:
    """Return the heading, the files and the columns of a kind of file."""
    schema = group[0]["schema"]
    title = ", ".join(dict.fromkeys(resource["path"].partition("/")[0] for resource in group))
    text = f"\n## {title}\n\n"
    if len(group) == 1:
        text += f"{group[0]['description']}\n"
    else:
        text += "".join(f"- `{each['path']}`: {cell(each['description'])}\n" for each in group)
    text += "\n| column | what it is |\n|---|---|\n"
    for field in schema["fields"]:
        text += row(field, schema)
    return text


def row(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return the row of one column."""
    what = cell(field["description"])
    if "example" in field:
        what += f", for example `{field['example']}`"
    rules = "; ".join([TYPES[field["type"]], *allowed(field, schema)])
    return f"| `{field['name']}` | {what}.<br>*{rules}* |\n"


def allowed(field: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Return in words what the cells of a column may hold."""
    rules = field.get("constraints", {})
    parts = ["required"] if rules.get("required") else []
    if rules.get("unique") or schema.get("primaryKey") == [field["name"]]:
        parts.append("unique")
    if "enum" in rules:
        parts.append("one of " + ", ".join(f"`{value}`" for value in rules["enum"]))
    for key, word in (("minimum", "from"), ("maximum", "to")):
        if key in rules:
            parts.append(f"{word} {rules[key]}")
    for key in schema.get("foreignKeys", []):
        if key["fields"] == [field["name"]]:
            other = key["reference"]["resource"]
            parts.append(f"an `id` of {other}" if other else "another `id` of this file")
    return parts


def cell(text: str) -> str:
    """Return a text that can be a cell of a table."""
    return text.replace("|", "\\|")
