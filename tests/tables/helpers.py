"""Helpers that damage a package of tables and list its faults."""

from dataclasses import fields
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

import policylib as pol

STATEMENTS = "statements/conferences-2023.csv"


def change(package: Path, file: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    path = package / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def faults_of(package: Path) -> list[tuple[str, int | None, str | None, str]]:
    """Read a package that has faults, and list them with None for what is missing."""
    with pytest.raises(pol.DataError) as caught:
        pol.read_tables(package)
    faults = caught.value.faults.astype(object)
    return list(faults.where(faults.notna(), None).itertuples(index=False, name=None))


def assert_only_fault(package: Path, file: str, row: int | None, column: str | None, text: str):
    """Check that a package has one fault, at this place and with this text."""
    faults = faults_of(package)
    assert [fault[:3] for fault in faults] == [(file, row, column)], faults
    assert text in faults[0][3]


def assert_tables_equal(a: pol.Tables, b: pol.Tables) -> None:
    for field in fields(pol.Tables):
        assert_frame_equal(getattr(a, field.name), getattr(b, field.name))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder, hidden ones too."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
