"""A package is written whole or not at all, and never over the files of others."""

import errno
import json
import os
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

import policylib as pol
from policylib._util.files import FORMER, NEW
from policylib.tables import write
from tests.tables.helpers import assert_tables_equal, snapshot

PRECIOUS = f"sha256:{sha256(b'mine').hexdigest()}"


def without_report(tables: pol.Tables) -> pol.Tables:
    """Return the world without its second document."""
    return replace(tables, documents=tables.documents[:1], statements=tables.statements[:13])


class TestWriteFolder:
    def test_what_is_written_is_a_valid_data_package(self, tables, tmp_path, monkeypatch):
        from frictionless import Package

        def refuse(*args, **kwargs):
            raise AssertionError("the network is not needed")

        monkeypatch.setattr("socket.socket.connect", refuse)
        folder = pol.write_tables(tables, tmp_path / "copy")
        report = Package(str(folder / "datapackage.json")).validate()
        assert report.valid, report.flatten()
        assert len(report.tasks) == 10


def test_whole_floats_are_written_as_whole_numbers(tables, tmp_path):
    statements = tables.statements.assign(count=tables.statements["count"].astype("float64"))
    folder = pol.write_tables(replace(tables, statements=statements), tmp_path / "copy")
    assert_tables_equal(pol.read_tables(folder), tables)
    half = replace(tables, statements=statements.assign(count=0.5))
    with pytest.raises(ValueError, match=r"\'0\.5\' is not a whole number"):
        pol.write_tables(half, tmp_path / "half")


def test_a_list_in_place_of_a_document_is_named(tables, tmp_path):
    statements = tables.statements.assign(document=[["a"]] * len(tables.statements))
    with pytest.raises(ValueError, match=r"column 'document', row 0: .* got a list"):
        pol.write_tables(replace(tables, statements=statements), tmp_path / "copy")


class TestRefuseForeign:
    def test_an_empty_folder_is_filled(self, tables, tmp_path):
        (tmp_path / "copy").mkdir()
        assert_tables_equal(pol.read_tables(pol.write_tables(tables, tmp_path / "copy")), tables)

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            pytest.param("notes.txt", "", id="a stranger"),
            pytest.param("statements/mine.csv", "", id="a stranger among the statements"),
            pytest.param("datapackage.json", '{"resources": []}', id="a package of others"),
            pytest.param(
                "datapackage.json",
                '{"written_by": "others", "resources": []}',
                id="a package of others, who say so",
            ),
            pytest.param("datapackage.json", "{", id="a broken descriptor"),
            pytest.param("datapackage.json", "[" * 100_000, id="a deeply nested descriptor"),
        ],
    )
    def test_a_folder_with_foreign_files_is_left_alone(self, tables, tmp_path, file, text):
        folder = pol.write_tables(tables, tmp_path / "copy")
        (folder / file).write_text(text, encoding="utf-8")
        before = snapshot(tmp_path)
        with pytest.raises(FileExistsError, match="which write_tables did not write; choose a new"):
            pol.write_tables(tables, folder)
        assert snapshot(tmp_path) == before

    @pytest.mark.parametrize("file", ["statements/reports-2025.csv", "documents.csv"])
    def test_edits_in_a_package_of_ours_are_not_lost(self, tables, tmp_path, file):
        folder = pol.write_tables(tables, tmp_path / "copy")
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace("\n", "\n\n", 1), encoding="utf-8")
        before = snapshot(tmp_path)
        with pytest.raises(FileExistsError, match=f"'{file}' in .* was changed after write_tables"):
            pol.write_tables(tables, folder)
        assert snapshot(tmp_path) == before

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"path": "precious.txt"}, "'datapackage.json' in .* was changed"),
            ({"path": "precious.txt", "hash": PRECIOUS}, "'datapackage.json' in .* was changed"),
            ({"path": "datapackage.json", "hash": PRECIOUS}, "holds 'precious.txt'"),
            ({"path": "../copy/precious.txt", "hash": PRECIOUS}, "holds 'precious.txt'"),
            ({"path": ["precious.txt"]}, "holds 'datapackage.json'"),
            ({}, "holds 'datapackage.json'"),
        ],
    )
    def test_a_descriptor_claims_no_foreign_file(self, tables, tmp_path, changed, problem):
        folder = pol.write_tables(tables, tmp_path / "copy")
        (folder / "precious.txt").write_text("mine", encoding="utf-8")
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        package["resources"].append(changed)
        (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        before = snapshot(tmp_path)
        with pytest.raises(FileExistsError, match=problem):
            pol.write_tables(tables, folder)
        assert snapshot(tmp_path) == before

    def test_a_file_without_a_checksum_is_not_ours(self, tables, tmp_path, monkeypatch):
        folder = pol.write_tables(tables, tmp_path / "copy")
        path = folder / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        del package["resources"][0]["hash"], package["checksum"]
        package["checksum"] = write._checksum(package)
        path.write_text(json.dumps(package), encoding="utf-8")
        with pytest.raises(FileExistsError, match=r"'provinces\.csv' in .* was changed after"):
            pol.write_tables(tables, folder)

    def test_a_title_in_the_descriptor_is_not_lost(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        path = folder / "datapackage.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"tables"', '"mine"'), "utf-8")
        with pytest.raises(FileExistsError, match=r"'datapackage\.json' in .* was changed after"):
            pol.write_tables(tables, folder)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
    @pytest.mark.parametrize("name", ["datapackage.json", "documents.csv", "more", "statements/x"])
    def test_links_and_pipes_are_foreign(self, tables, tmp_path, name):
        folder, outside = pol.write_tables(tables, tmp_path / "copy"), tmp_path / "outside"
        path = folder / name
        outside.mkdir()
        if path.exists():
            path.rename(outside / path.name)
        for make in (
            os.mkfifo,
            lambda p: p.symlink_to(outside / p.name),
            lambda p: p.symlink_to(outside),
        ):
            make(path)
            with pytest.raises(FileExistsError, match="which write_tables did not write"):
                pol.write_tables(tables, folder)
            path.unlink()

    def test_a_package_made_by_hand_is_left_alone(self, tables, package):
        before = snapshot(package)
        with pytest.raises(FileExistsError, match="which write_tables did not write"):
            pol.write_tables(tables, package)
        assert snapshot(package) == before

    def test_a_file_is_not_replaced(self, tables, tmp_path):
        (tmp_path / "copy").write_text("notes", encoding="utf-8")
        with pytest.raises(NotADirectoryError, match="copy"):
            pol.write_tables(tables, tmp_path / "copy")

    def test_the_working_directory_is_not_replaced(self, tables, tmp_path, monkeypatch):
        target = pol.write_tables(tables, tmp_path / "package")
        monkeypatch.chdir(target / "statements")
        with pytest.raises(ValueError, match="contains the working directory"):
            pol.write_tables(tables, target)
        assert (target / "documents.csv").is_file()

    def test_what_a_desktop_leaves_behind_does_not_hinder(self, tables, tmp_path):
        target = pol.write_tables(tables, tmp_path / "package")
        (target / ".DS_Store").touch()
        assert pol.write_tables(tables, target) == target


class TestPutInPlace:
    def test_a_package_of_ours_is_replaced(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        pol.write_tables(pol.read_tables(folder, collection="reports-2025"), folder)
        assert [path.name for path in folder.glob("statements/*")] == ["reports-2025.csv"]
        assert [path.name for path in tmp_path.glob(".copy*")] == []

    @pytest.mark.parametrize("exists", [True, False])
    @pytest.mark.parametrize("failure", ["table", "descriptor", "check", "move"])
    def test_a_failure_leaves_all_as_it_was(self, tables, tmp_path, monkeypatch, failure, exists):
        folder = tmp_path / "copy"
        if exists:
            pol.write_tables(without_report(tables), folder)
        before = snapshot(tmp_path)
        opened, move = Path.open, Path.rename

        def refuse(path, mode="r", *args, **kwargs):
            name = {"table": "errata.csv", "descriptor": "datapackage.json"}.get(failure)
            if path.name == name and "w" in mode:
                raise OSError(errno.ENOSPC, "No space left on device")
            return opened(path, mode, *args, **kwargs)

        def rename(path, target):
            # Moving the former package away and back succeeds; moving the new one in fails.
            if failure == "move" and target == folder and path.name.endswith(NEW):
                raise PermissionError(errno.EACCES, "locked")
            return move(path, target)

        monkeypatch.setattr(Path, "open", refuse)
        monkeypatch.setattr(Path, "rename", rename)
        if failure == "check":
            tables = replace(tables, documents=tables.documents[:1])
        match = "has .* fault" if failure == "check" else f"] .*: '{re.escape(str(folder))}'$"
        with pytest.raises((OSError, pol.DataError), match=match):
            pol.write_tables(tables, folder)
        assert snapshot(tmp_path) == before
        assert list(tmp_path.glob(".copy*")) == []

    def test_a_locked_package_stays(self, tables, tmp_path, monkeypatch):
        folder = pol.write_tables(tables, tmp_path / "copy")
        before = snapshot(tmp_path)

        def refuse(path, target):
            raise PermissionError(errno.EACCES, "locked")

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError, match="locked"):
            pol.write_tables(tables, folder)
        assert snapshot(tmp_path) == before

    def test_a_package_that_a_killed_program_moved_away_is_found(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        folder.rename(tmp_path / f".copy{FORMER}")
        (tmp_path / f".copy{NEW}").mkdir()
        assert_tables_equal(pol.read_tables(folder), tables)
        assert [path.name for path in tmp_path.iterdir()] == ["copy"]

    def test_a_package_is_not_lost_if_the_next_one_fails_too(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        folder.rename(tmp_path / f".copy{FORMER}")
        with pytest.raises(pol.DataError):
            pol.write_tables(replace(tables, documents=tables.documents[:1]), folder)
        assert_tables_equal(pol.read_tables(folder), tables)

    def test_a_file_without_a_checksum_is_not_ours(self, tables, tmp_path):
        folder = pol.write_tables(tables, tmp_path / "copy")
        (folder / "mine.txt").write_text("precious", encoding="utf-8")
        descriptor = folder / "datapackage.json"
        package = json.loads(descriptor.read_text(encoding="utf-8"))
        package["resources"].append({"path": "mine.txt"})
        descriptor.write_text(json.dumps(package), encoding="utf-8")
        with pytest.raises(FileExistsError, match=r"'datapackage\.json' in .* was changed"):
            pol.write_tables(tables, folder)
        assert (folder / "mine.txt").read_text(encoding="utf-8") == "precious"
