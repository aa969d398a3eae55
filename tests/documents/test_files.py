"""Which files are documents, which ids they get, and which function reads them."""

import builtins
import os
import re
import sys
from pathlib import Path

import pytest

import policylib as pol
from policylib.documents.files import printable
from tests.documents.helpers import put, texts


class TestFindFiles:
    def test_hidden_files_are_passed_over_and_others_are_listed(self, tmp_path):
        for folder in (".ipynb_checkpoints", "__MACOSX"):
            (tmp_path / folder).mkdir()
            put(tmp_path / folder, a__txt="x")
        put(tmp_path, __DS_Store="x", Thumbs__db="x", a__txt="x", b__xlsx="x", c="x")
        (tmp_path / "~$a.docx").write_bytes(b"x")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["a"]
        assert skipped["file"].to_list() == ["b.xlsx", "c"]
        assert ".pdf" in skipped["problem"][0]

    @pytest.mark.not_on("Windows", reason="not everybody may make links there")
    def test_links_to_folders_are_listed_and_not_followed(self, tmp_path):
        (tmp_path / "sub").mkdir()
        put(tmp_path / "sub", a__txt="x")
        (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "b.txt").symlink_to(tmp_path / "sub" / "a.txt")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["b", "sub/a"]
        assert skipped["file"].to_list() == ["sub/loop"]


class TestDocumentIds:
    def test_an_ending_stays_where_two_documents_would_have_one_name(self, tmp_path):
        put(tmp_path, a__txt="1", a__md="2", a__txt__md="3", b__TXT="4", b__xlsx="5")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["a.md", "a.txt", "a.txt.md", "b"]
        assert table["text"].to_list() == ["2", "1", "3", "4"]
        assert skipped["file"].to_list() == ["b.xlsx"]


@pytest.mark.not_on("Windows", "Darwin", reason="names of files are always Unicode there")
class TestPrintable:
    def test_a_name_that_is_not_unicode_becomes_text(self, tmp_path):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"x")
        assert pol.read_documents(tmp_path)[0]["document"].to_list() == ["caf\\xe9"]

    def test_the_bytes_of_a_name_that_are_not_unicode_are_escaped(self):
        assert printable(os.fsdecode(b"caf\xe9.txt")) == "caf\\xe9.txt"
        assert printable("河南.txt") == "河南.txt"


class TestReadFile:
    # If root runs the tests, test_what_the_system_refuses_is_listed covers this case.
    @pytest.mark.not_on("Windows", reason="chmod forbids only writing there")
    def test_a_file_that_may_not_be_read_is_listed(self, tmp_path):
        if os.geteuid() == 0:
            pytest.skip("root may read all")
        put(tmp_path, a__txt="x", b__txt="x")
        (tmp_path / "a.txt").chmod(0)
        _, skipped = pol.read_documents(tmp_path)
        assert skipped["problem"].to_list() == ["cannot be read: Permission denied"]


class TestReaderOf:
    @pytest.mark.parametrize(
        ("name", "package", "options"),
        [
            ("a.md", "markdown_it", {}),
            ("a.pdf", "pypdfium2", {}),
            ("a.html", "trafilatura", {"main_text": True}),
        ],
    )
    def test_a_missing_extra_is_named_only_when_it_is_needed(
        self, tmp_path, monkeypatch, name, package, options
    ):
        usual = builtins.__import__

        def without(module, *args, **options):
            if module.partition(".")[0] == package:
                raise ModuleNotFoundError(f"No module named {module!r}", name=module)
            return usual(module, *args, **options)

        for module in list(sys.modules):
            if re.match(r"policylib\.documents\.(html_main|markdown|pdf)", module):
                monkeypatch.delitem(sys.modules, module)
        monkeypatch.setattr(builtins, "__import__", without)
        assert texts(tmp_path, "a.txt", "x") == ["x"]
        assert texts(tmp_path, "a.html", "x") == ["x"]
        put(tmp_path, **{name.replace(".", "__"): "x"})
        with pytest.raises(ImportError, match=rf"{package}: pip install 'policylib\[documents\]'"):
            pol.read_documents(tmp_path, **options)


class TestRequireEncoding:
    @pytest.mark.parametrize("encoding", ["no-such", "rot13", "a\0b"])
    def test_what_is_not_an_encoding_is_refused(self, tmp_path, encoding):
        with pytest.raises(ValueError, match="no encoding"):
            pol.read_documents(tmp_path, encoding=encoding)
