"""Documents are read as paragraphs, and every file left out is listed with its reason."""

import hashlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.documents import encoding
from policylib.documents.files import READERS
from tests.documents.helpers import CHINESE, put


class TestReadDocuments:
    def test_a_folder_gives_a_row_per_paragraph(self, tmp_path):
        (tmp_path / "2024").mkdir()
        put(tmp_path / "2024", henan__txt="  Robots.\r\n\n\tQuanta.\n", jilin__md="# Robots")
        put(tmp_path, zz__txt="Same.\nSame.")
        table, skipped = pol.read_documents(tmp_path)
        assert list(table.columns) == ["document", "paragraph", "text", "sha256"]
        assert list(
            table[["document", "paragraph", "text"]].itertuples(index=False, name=None)
        ) == [
            ("2024/henan", 1, "Robots."),
            ("2024/henan", 2, "Quanta."),
            ("2024/jilin", 1, "Robots"),
            ("zz", 1, "Same."),
            ("zz", 2, "Same."),
        ]
        assert table["sha256"][0] == hashlib.sha256(b"  Robots.\r\n\n\tQuanta.\n").hexdigest()
        assert list(map(str, table.dtypes)) == ["str", "int64", "str", "str"]
        assert list(map(str, skipped.dtypes)) == ["str", "str"]
        assert (len(skipped), list(skipped.columns)) == (0, ["file", "problem"])

    def test_terms_are_found_in_what_was_read(self, tmp_path):
        put(tmp_path, a__txt=f"\u3000\u3000{CHINESE}\n")
        table, _ = pol.read_documents(tmp_path)
        codes = {"id": ["private"], "terms_en": None, "terms_zh": ["民营经济"]}
        (hit,) = pol.find_terms(table, pd.DataFrame(codes)).to_dict("records")
        assert table["text"][0][hit["start"] : hit["end"]] == "民营经济"

    def test_every_file_that_cannot_be_read_is_listed(self, tmp_path):
        put(tmp_path, a__txt="", b__pdf="x", c__docx="x", d__txt=b"\0\1", e__txt="good")
        put(tmp_path, f__html="<p>", g__md="<!-- -->")
        (tmp_path / "i.txt").mkdir()
        put(tmp_path / "i.txt", j__txt="a folder may have any name")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["e", "i.txt/j"]
        problems = dict(skipped.itertuples(index=False, name=None))
        assert {name: text.split(":")[0] for name, text in problems.items()} == {
            "a.txt": "empty",
            "b.pdf": "not a PDF, or damaged",
            "c.docx": "not a Word file, or damaged",
            "d.txt": "binary data, not text",
            "f.html": "no text",
            "g.md": "no text",
        }

    @pytest.mark.not_on("Windows", reason="it has no pipes in folders")
    def test_what_is_not_a_file_is_listed(self, tmp_path):
        put(tmp_path, a__txt="x")
        (tmp_path / "h.txt").symlink_to(tmp_path / "nowhere")
        os.mkfifo(tmp_path / "k.txt")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["a"]
        assert skipped.to_numpy().tolist() == [
            ["h.txt", "a broken link"],
            ["k.txt", "not a regular file"],
        ]

    def test_if_nothing_can_be_read_the_error_names_every_file(self, tmp_path):
        put(tmp_path, a__txt="", b__xlsx="x")
        with pytest.raises(pol.DataError) as caught:
            pol.read_documents(tmp_path)
        assert list(caught.value.faults.columns) == ["file", "row", "column", "problem"]
        assert caught.value.faults["file"].to_list() == ["a.txt", "b.xlsx"]
        assert str(caught.value).startswith(f"{tmp_path.name} has 2 faults:\na.txt: empty\n")

    def test_what_is_not_there(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no file or folder"):
            pol.read_documents(tmp_path / "none")
        put(tmp_path, __hidden="x")
        with pytest.raises(ValueError, match=r"holds no document \(allowed: .txt, .md"):
            pol.read_documents(tmp_path)
        put(tmp_path, a__xlsx="x")
        with pytest.raises(ValueError, match=r"no ending '.xlsx' \(allowed: .txt, .md"):
            pol.read_documents(tmp_path / "a.xlsx")

    def test_what_the_system_refuses_is_listed(self, tmp_path, monkeypatch):
        put(tmp_path, a__txt="x", b__txt="x", c__txt="x", d__txt="deep")
        read, decode = Path.read_bytes, encoding.decode

        def refuse(path):
            if path.name == "a.txt":
                raise PermissionError(13, "Permission denied")
            if path.name == "c.txt":
                raise MemoryError
            return read(path)

        def sink(data, encoding):
            if data == b"deep":
                raise RecursionError
            return decode(data, encoding)

        def scan(top, onerror, walk=os.walk):
            onerror(PermissionError(13, "Permission denied", f"{top}/sub"))
            return walk(top)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        monkeypatch.setattr("policylib.documents.encoding.decode", sink)
        monkeypatch.setattr(os, "walk", scan)
        _, skipped = pol.read_documents(tmp_path)
        assert skipped["file"].to_list() == ["a.txt", "c.txt", "d.txt", "sub"]
        assert skipped["problem"][0] == skipped["problem"][3] == "cannot be read: Permission denied"
        assert skipped["problem"].to_list()[1:3] == [
            "too large for the memory",
            "nested too deeply",
        ]

    @given(st.binary(max_size=200), st.sampled_from(sorted(READERS)))
    def test_any_bytes_are_read_or_told(self, data, ending):
        with TemporaryDirectory() as folder:
            put(Path(folder), good__txt="x", **{f"bad_{ending}".replace(".", "_"): data})
            table, skipped = pol.read_documents(folder)
        assert table["document"].nunique() + len(skipped) == 2
