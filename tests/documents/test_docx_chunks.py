"""Files that are inserted into Word files."""

import time

import pytest

from tests.documents.helpers import CHINESE, problem, texts
from tests.documents.words import docx, p, word

BODY = word(p("Before."), "<w:altChunk r:id='chunk'/>", p("After."))
PAGE = f"<html><title>No</title><p>{CHINESE}</p><p>Two.</p></html>"
ARCHIVE = f"""\
MIME-Version: 1.0
Content-Type: multipart/related; boundary="b"

--b
Content-Type: text/html; charset="gb18030"
Content-Transfer-Encoding: 8bit

{PAGE}
--b
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAA
--b--
"""
HEAD = "Content-Type: multipart/related; boundary=b\n\n"
CHUNKS = {
    "chunk.html": PAGE,
    "chunk.htm": PAGE.encode("gb18030"),
    "chunk.txt": f"{CHINESE}\n\nTwo.",
    "chunk.mht": ARCHIVE.encode("gb18030"),
    "chunk.docx": docx(word(p(CHINESE)), footnotes=word(p("Two."))),
}
TYPED = {
    "text/html; charset=utf-8": PAGE,
    "message/rfc822": ARCHIVE.encode("gb18030"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": docx(
        word(p(CHINESE), p("Two."))
    ),
}


def nested(depth: int) -> bytes:
    """Write a Word file inside a Word file and so on."""
    inner = docx(word(p("deep")))
    for _ in range(depth):
        inner = docx(word("<w:altChunk r:id='chunk'/>"), parts={"chunk.docx": inner})
    return inner


class TestChunkText:
    @pytest.mark.parametrize(("name", "content"), CHUNKS.items(), ids=CHUNKS)
    def test_a_chunk_is_read_where_it_is_inserted(self, tmp_path, name, content):
        found = texts(tmp_path, "a.docx", docx(BODY, parts={name: content}))
        assert found == ["Before.", CHINESE, "Two.", "After."]

    @pytest.mark.parametrize(
        ("archive", "expected"),
        [
            (HEAD + "--b\n" + HEAD * 1001, "a web archive of more than 1,000 parts"),
            (HEAD + "\n".join(f"--b\n{HEAD}" for _ in range(900)), "a web archive without a page"),
            ("Content-Type: text/html;" + "\n a=b;" * 100_000 + "\n\n<p>x", ""),
            ("Content-Type: text/html; " + "a=b; " * 100_000 + "\n\n<p>x", ""),
            ("X: y\n" * 100_000 + "Content-Type: text/html; charset*99=\xff\n\n<p>x", ""),
        ],
    )
    def test_a_web_archive_takes_no_minutes(self, tmp_path, archive, expected):
        whole, started = docx(BODY, parts={"chunk.mht": archive}), time.process_time()
        if expected:
            assert problem(tmp_path, "a.docx", whole).endswith(expected)
        else:
            assert texts(tmp_path, "a.docx", whole) == ["Before.", "x", "After."]
        assert time.process_time() - started < 5

    def test_a_broken_chunk_is_told(self, tmp_path):
        whole = docx(BODY, parts={"chunk.html": "<p>a<!-- never closed"})
        assert problem(tmp_path, "a.docx", whole).startswith(
            "a part of its text, word/chunk.html: "
        )
        whole = docx(BODY, parts={"chunk.mht": "MIME-Version: 1.0\nContent-Type: image/png\n\nx"})
        assert problem(tmp_path, "a.docx", whole).endswith("a web archive without a page")

    def test_files_within_each_other_have_a_limit(self, tmp_path):
        assert texts(tmp_path, "a.docx", nested(4)) == ["deep"]
        assert problem(tmp_path, "a.docx", nested(5)).endswith("within each other, 6 deep")

    def test_files_within_a_file_share_its_limit(self, tmp_path, monkeypatch):
        monkeypatch.setattr("policylib.documents.docx_package.LARGEST", 10_000)
        parts = {"chunk.html": "<p>" + "x " * 1000}
        one, many = ("<w:altChunk r:id='chunk'/>" * times for times in (1, 9))
        assert len(texts(tmp_path, "a.docx", docx(word(one), parts=parts))) == 1
        whole = docx(word(many), parts=parts)
        assert problem(tmp_path, "a.docx", whole).startswith("its parts would unpack to more")


class TestChunkEnding:
    @pytest.mark.parametrize(("stated", "content"), TYPED.items(), ids=[t[:15] for t in TYPED])
    def test_what_the_package_says_beats_the_name(self, tmp_path, stated, content):
        types = f"<Types><Override PartName='/word/chunk.dat' ContentType='{stated}'/></Types>"
        parts = {"chunk.dat": content, "../[Content_Types].xml": types}
        found = texts(tmp_path, "a.docx", docx(BODY, parts=parts))
        assert found == ["Before.", CHINESE, "Two.", "After."]

    def test_another_format_is_told(self, tmp_path):
        whole = docx(BODY, parts={"chunk.dat": "{\\rtf1 Text}"})
        expected = "a part of its text, word/chunk.dat, is a .rtf file, which is not read"
        assert problem(tmp_path, "a.docx", whole).startswith(expected)
