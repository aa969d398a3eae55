"""A package is written whole or not at all, and never over the files of others."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest

import policylib as pol
from tests.tables.helpers import assert_tables_equal, snapshot


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
        write, move = Path.write_text, Path.rename

        def write_text(path, *args, **kwargs):
            if path.name == {"table": "errata.csv", "descriptor": "datapackage.json"}.get(failure):
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(path, *args, **kwargs)

        def rename(path, target):
            # Moving the former package away and back succeeds; moving the new one in fails.
            if failure == "move" and target == folder and path.suffix != ".former":
                raise PermissionError(errno.EACCES, "locked")
            return move(path, target)

        monkeypatch.setattr(Path, "write_text", write_text)
        monkeypatch.setattr(Path, "rename", rename)
        if failure == "check":
            tables = replace(tables, documents=tables.documents[:1])
        with pytest.raises((OSError, pol.DataError)):
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
