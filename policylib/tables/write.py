"""Write the files of a data package, and refuse to replace folders that hold other files."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_float_dtype

from policylib._util.files import refuse_foreign, table_bytes
from policylib._util.names import require_hashable
from policylib._util.numbers import whole_numbers
from policylib.tables.schema import table_resources

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
WRITTEN_BY = "policylib.write_tables"


def write_folder(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the tables, and a descriptor with the checksum of each file."""
    resources = []
    for resource, rows in _resources(tables):
        rows = _with_whole_numbers(rows, resource["schema"])
        path = folder / resource["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(table_bytes(rows))
        resources.append(resource | {"hash": _hash(path)})
    package: dict[str, Any] = {"$schema": PROFILE, "name": "tables", "written_by": WRITTEN_BY}
    package["resources"] = resources
    text = json.dumps(package | {"checksum": _checksum(package)}, ensure_ascii=False, indent=2)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8", newline="")


def _with_whole_numbers(rows: pd.DataFrame, schema: dict[str, Any]) -> pd.DataFrame:
    """Return rows in which whole numbers have no decimal point, as after a merge with gaps."""
    integers = [field["name"] for field in schema["fields"] if field["type"] == "integer"]
    floats = [name for name in integers if name in rows and is_float_dtype(rows[name])]
    return rows.assign(**{name: whole_numbers(rows[name]) for name in floats})


def _resources(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Yield the resource and the rows of each file; statements have one file per collection."""
    for name, rows in tables.items():
        resource = table_resources()[name]
        if name != "statements":
            yield resource, rows
            continue
        for slug, part in rows.groupby(_collections(rows, tables["documents"])):
            own = {"name": f"statements-{slug}", "path": f"statements/{slug}.csv"}
            yield resource | own | {"title": f"Statements of {slug}"}, part


def _collections(statements: pd.DataFrame, documents: pd.DataFrame) -> "pd.Series[str]":
    """Return the collection of each statement, in a form that can name a file."""
    # The tables are checked only after they are written. So a column, a document or its
    # collection may be missing here, and a collection may be a path.
    if "document" not in statements or not {"id", "collection"}.issubset(documents):
        return pd.Series("unknown", index=statements.index)
    require_hashable(statements["document"])
    collections = documents.drop_duplicates("id").set_index("id")["collection"]
    of_row = statements["document"].map(collections).fillna("unknown").astype("str")
    return of_row.str.replace("[^a-z0-9]+", "-", regex=True)


def refuse_other_folder(target: Path) -> None:
    """Raise if a folder holds anything but an unchanged package written by `write_tables`."""
    if not target.exists():
        return
    if not target.is_dir():
        raise NotADirectoryError(f"not a folder: {target}")
    if Path.cwd().is_relative_to(target):
        raise ValueError(f"{target} contains the working directory; choose a folder within it")
    # Links and pipes are listed, too, since none of them is ours.
    files = [path for path in target.rglob("*") if path.is_symlink() or not path.is_dir()]
    names = {f.relative_to(target).as_posix(): f for f in files if f.name != ".DS_Store"}
    ours = _written_files(target)

    def is_ours(name: str) -> bool:
        return name in ours and _is_plain(names[name])

    refuse_foreign(target, names, is_ours, "write_tables")
    for name, path in sorted(names.items()):
        if ours[name] != _hash(path):
            raise FileExistsError(
                f"{name!r} in {target} was changed after write_tables wrote it; choose a new "
                "folder, or remove that one (nothing was changed)"
            )


def _written_files(folder: Path) -> dict[str, str | None]:
    """Return the checksum of each file that `write_tables` wrote, as its descriptor lists them.

    It is None for a file without a checksum, which may be foreign, and for a descriptor that
    somebody changed.
    """
    path = folder / DESCRIPTOR
    if not _is_plain(path):
        return {}
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        own = package.pop("checksum", None)
        ours = package["written_by"] == WRITTEN_BY
        files = {resource["path"]: resource.get("hash") for resource in package["resources"]}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    unchanged = own == _checksum(package)
    return {**files, DESCRIPTOR: _hash(path) if unchanged else None} if ours else {}


def _is_plain(path: Path) -> bool:
    """Return whether this is a file, and not a link, a folder or a pipe, which might never end."""
    return path.is_file() and not path.is_symlink()


def _checksum(package: dict[str, Any]) -> str:
    """Return the checksum of a descriptor, which becomes a part of it."""
    return f"sha256:{sha256(json.dumps(package).encode()).hexdigest()}"


def _hash(path: Path) -> str:
    """Return the checksum of a file in the form of a Data Package."""
    return f"sha256:{sha256(path.read_bytes()).hexdigest()}"
