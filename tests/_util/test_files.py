"""Paths are checked, and files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from policylib._util.files import existing_file, put_files


class TestExistingFile:
    def test_a_file_in_the_home_folder_is_found(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        (tmp_path / "a.csv").touch()
        assert existing_file("~/a.csv") == tmp_path / "a.csv"

    def test_a_folder_or_nothing_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="is a folder, not a file"):
            existing_file(tmp_path)
        with pytest.raises(FileNotFoundError, match=r"no file .*none\.csv"):
            existing_file(tmp_path / "none.csv")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
    def test_a_pipe_is_refused_at_once(self, tmp_path):
        os.mkfifo(tmp_path / "a.csv")
        with pytest.raises(ValueError, match=r"a\.csv is not a regular file"):
            existing_file(tmp_path / "a.csv")


class TestPutFiles:
    def test_files_are_written_and_nothing_else_is_left(self, tmp_path):
        one, two = tmp_path / "one", tmp_path / "two"
        one.write_bytes(b"old")
        assert put_files({one: b"new", two: b"more"}) == [one, two]
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
            "one": b"new",
            "two": b"more",
        }

    def test_all_are_as_before_if_one_cannot_be_moved(self, tmp_path, monkeypatch):
        one, two = tmp_path / "one", tmp_path / "two"
        one.write_bytes(b"old")
        move = Path.replace

        def refuse(path, target):
            if target == two:
                raise PermissionError("locked")
            return move(path, target)

        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError, match="locked"):
            put_files({one: b"new", two: b"more"})
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"one": b"old"}

    def test_all_are_as_before_if_the_user_interrupts(self, tmp_path, monkeypatch):
        one, two = tmp_path / "one", tmp_path / "two"
        for path in (one, two):
            path.write_bytes(b"old")
        move, moves = Path.replace, []

        def interrupt(path, target):
            move(path, target)
            moves.append(target)
            if len(moves) == 1:
                assert not two.exists()  # a reader would not mix new and former files
                raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            put_files({one: b"new", two: b"more"})
        assert moves == [one, one]
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
            "one": b"old",
            "two": b"old",
        }

    def test_a_read_only_file_is_replaced_or_refused_and_nothing_else_is_left(self, tmp_path):
        one, two = tmp_path / "one", tmp_path / "two"
        one.write_bytes(b"old")
        one.chmod(0o444)
        if os.name == "nt":  # there, the mark is of the file itself
            with pytest.raises(PermissionError, match="one is read-only"):
                put_files({one: b"new", two: b"more"})
            assert [path.name for path in tmp_path.iterdir()] == ["one"]
        else:
            put_files({one: b"new", two: b"more"})
            assert one.read_bytes() == b"new"
            assert one.stat().st_mode & 0o777 == 0o444
            assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]

    def test_a_missing_folder_is_named(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no folder"):
            put_files({tmp_path / "none" / "a.csv": b""})
