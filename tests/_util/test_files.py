"""Paths are checked, and files are written whole or not at all."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policylib._util import files
from policylib._util.files import (
    FORMER,
    NEW,
    as_path,
    existing_file,
    put_file,
    put_files,
    replacing,
    resolved,
    restore,
)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class TestExistingFile:
    def test_a_file_in_the_home_folder_is_found(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        (tmp_path / "a.csv").touch()
        assert existing_file("~/a.csv") == tmp_path / "a.csv"

    def test_what_cannot_be_a_path_is_named(self):
        with pytest.raises(ValueError, match="'~nouser/a' cannot be the path of a file: the home"):
            as_path("~nouser/a")
        if os.name == "posix":  # Windows can write half of a character
            with pytest.raises(
                ValueError, match=r"'\\ud800' cannot be the path of a file: no file"
            ):
                as_path("\ud800")

    def test_links_that_are_a_circle_are_named(self, tmp_path):
        circle, link = tmp_path / "circle", tmp_path / "link"
        try:
            circle.symlink_to(circle)
        except OSError:
            pytest.skip("no permission to make links")
        link.symlink_to(tmp_path / "none")
        for path in (circle, circle / "below"):
            for use in (resolved, lambda path: put_file(path, b""), lambda path: restore([path])):
                with pytest.raises(FileNotFoundError, match=r"circle.*: its links are a circle"):
                    use(path)
        assert resolved(link) == resolved(tmp_path) / "none"

    def test_a_name_cannot_forge_a_line_of_the_message(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"no file .*a\ufffdb\ufffd$"):
            existing_file(tmp_path / "a\nb\x1b")

    def test_a_folder_or_nothing_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="is a folder, not a file"):
            existing_file(tmp_path)
        with pytest.raises(FileNotFoundError, match=r"no file .*none\.csv"):
            existing_file(tmp_path / "none.csv")

    def test_a_file_that_is_gone_a_moment_later_is_missing_or_found(self, tmp_path, monkeypatch):
        path, asked = tmp_path / "a.csv", []
        path.touch()
        stat = Path.stat

        def stat_and_remove(self, **options):
            found = stat(self, **options)
            asked.append(self)
            path.unlink()
            return found

        monkeypatch.setattr(Path, "stat", stat_and_remove)
        assert existing_file(path) == path
        assert asked == [path]
        with pytest.raises(FileNotFoundError, match=r"no file .*a\.csv"):
            existing_file(path)
        with pytest.raises(FileNotFoundError, match=r"no file .*a\.csv.b"):
            existing_file(path / "b")

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

    @pytest.mark.parametrize("error", [PermissionError("locked"), KeyboardInterrupt()])
    @pytest.mark.parametrize("step", range(4))
    def test_all_are_as_before_if_one_cannot_be_moved(self, tmp_path, monkeypatch, step, error):
        """The interrupt comes just after a file was moved, the other error instead of it."""
        one, two = tmp_path / "one", tmp_path / "two"
        for path in (one, two):
            path.write_bytes(b"old")
        move, moves = Path.rename, []

        def fail(path, target):
            moves.append(target)
            if len(moves) != step + 1:
                return move(path, target)
            if isinstance(error, KeyboardInterrupt):
                move(path, target)
            if step:
                assert step == 3 or not two.exists()  # it is moved away first, and comes last
            raise error

        monkeypatch.setattr(Path, "rename", fail)
        with pytest.raises(type(error)):
            put_files({one: b"new", two: b"more"})
        assert contents(tmp_path) == {"one": b"old", "two": b"old"}

    def test_a_first_file_is_deleted_if_the_second_cannot_be_moved(self, tmp_path, monkeypatch):
        move = Path.rename

        def refuse(path, target):
            if target.name == "two" and path.name.endswith(NEW):
                raise PermissionError("locked")
            return move(path, target)

        (tmp_path / "one").write_bytes(b"old")
        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError, match="locked"):
            put_files({tmp_path / "one": b"new", tmp_path / "two": b"more"})
        assert contents(tmp_path) == {"one": b"old"}

    def test_what_cannot_be_put_back_is_named_and_restored_later(self, tmp_path, monkeypatch):
        one, two = tmp_path / "one", tmp_path / "two"
        put_files({one: b"old", two: b"old"})
        move = Path.rename

        def refuse(path, target):
            if target == two:
                raise PermissionError("locked")
            return move(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(PermissionError, match="locked") as raised:
            put_files({one: b"new", two: b"new"})
        assert raised.value.__notes__ == [f"the former {two} is now {tmp_path / f'.two{FORMER}'}"]
        monkeypatch.undo()
        restore([one, two])
        assert contents(tmp_path) == {"one": b"old", "two": b"old"}

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

    def test_a_long_name_is_possible(self, tmp_path):
        path = tmp_path / ("长" * 85)  # 255 bytes
        put_file(path, b"new")
        assert contents(tmp_path) == {path.name: b"new"}

    @pytest.mark.skipif(os.name == "nt", reason="Windows has other links")
    def test_a_link_that_waits_for_the_content_is_not_followed(self, tmp_path):
        """In a folder for all users, another user may have created it."""
        mine = tmp_path / "mine"
        mine.write_bytes(b"precious")
        (tmp_path / f".a{NEW}").symlink_to(mine)
        put_file(tmp_path / "a", b"new")
        assert contents(tmp_path) == {"a": b"new", "mine": b"precious"}

    def test_a_second_writer_waits_for_the_first(self, tmp_path):
        path = tmp_path / "a"
        with ThreadPoolExecutor() as pool:
            with replacing([path]) as (new,):
                second = pool.submit(put_file, path, b"second")
                with pytest.raises(TimeoutError):
                    second.result(timeout=0.2)
                new.write_bytes(b"first")
            second.result(timeout=10)
        assert contents(tmp_path) == {"a": b"second"}

    def test_a_writer_does_not_wait_for_ever(self, tmp_path, monkeypatch):
        monkeypatch.setattr(files, "PATIENCE", 0)
        with replacing([tmp_path / "a"]) as (new,):
            new.write_bytes(b"first")
            with pytest.raises(BlockingIOError, match=r"another program is writing to .*a; wait"):
                put_file(tmp_path / "a", b"second")
        assert contents(tmp_path) == {"a": b"first"}

    def test_many_writers_at_once_leave_whole_files(self, tmp_path):
        paths = [tmp_path / "one", tmp_path / "two"]

        def write(number):
            put_files(dict.fromkeys(paths, b"%d" % number))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(write, range(60)))
        found = contents(tmp_path)
        assert found.keys() == {"one", "two"}
        assert found["one"] == found["two"]


class TestRestore:
    def test_a_former_file_that_cannot_be_put_back_is_named(self, tmp_path, monkeypatch):
        (tmp_path / f".a{FORMER}").write_bytes(b"old")

        def refuse(path, target):
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "replace", refuse)
        match = (
            r"a is missing\. A program .* was stopped; .* is .*\.a.*-former, which .*: Permission"
        )
        with pytest.raises(FileNotFoundError, match=match):
            restore([tmp_path / "a"])

    def test_without_a_former_file_nothing_happens(self, tmp_path):
        restore([tmp_path / "none" / "a"])
        restore([tmp_path / "a"])
        (tmp_path / "a").write_bytes(b"new")
        (tmp_path / f".a{FORMER}").write_bytes(b"old")
        restore([tmp_path / "a"])
        assert contents(tmp_path) == {"a": b"new", f".a{FORMER}": b"old"}
