"""PDF files, whose lines are joined to paragraphs by a guess."""

import logging
import time
import zlib
from io import BytesIO

import pypdf
import pytest

from tests.documents.helpers import problem, texts


def pdf(
    *streams: bytes, kids: int = 1, forms: tuple[bytes, ...] = (), packed: bool = False
) -> bytes:
    """Write a PDF by hand, with a page for each stream; forms are named /F0, /F1 and so on."""
    pages = range(5, 5 + 2 * len(streams), 2)
    first = 5 + 2 * len(streams)
    kids_ = " ".join([f"{n} 0 R" for n in pages] * kids)
    listed = " ".join(f"/F{i} {first + i} 0 R" for i in range(len(forms)))
    resources = f"/Resources << /Font << /L 3 0 R /C 4 0 R >> /XObject << {listed} >> >>"
    wide = "/BaseFont /S /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids_}] "
        f"/MediaBox [0 0 595 842] {resources} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /S /Encoding /UniGB-UTF16-H /DescendantFonts "
        f"[<< /Type /Font /Subtype /CIDFontType0 {wide} >>] >>".encode(),
    ]
    for number, stream in zip(pages, streams, strict=True):
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {number + 1} 0 R >>".encode())
        filter_ = b" /Filter /FlateDecode" * packed
        objects.append(
            b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(stream), filter_, stream)
        )
    for form in forms:
        head = (
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources} /Length {len(form)} >>"
        )
        objects.append(head.encode() + b"\nstream\n" + form + b"\nendstream")
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return data + head + table + trailer % (len(objects) + 1, len(data))


def lines(*shown: str) -> bytes:
    """Write a page of lines, Chinese ones in a Chinese font."""
    parts = []
    for number, line in enumerate(shown):
        if all(ord(character) < 256 for character in line):
            font, text = "L", f"({line})".encode("cp1252")
        else:
            font, text = "C", f"<{line.encode('utf-16-be').hex()}>".encode()
        place = 800 - 20 * number
        parts.append(f"BT /{font} 12 Tf 1 0 0 1 72 {place} Tm ".encode() + text + b" Tj ET")
    return b"\n".join(parts)


def encrypted(password: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(pdf(lines("secret"))))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def million(piece: bytes) -> bytes:
    """Compress a stream that repeats a piece until it is larger than 1 GB."""
    packer = zlib.compressobj(9)
    begin = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * 1100 + packer.flush()


NESTED = tuple(b" ".join([b"/F%d Do" % (i + 1)] * 20) for i in range(6))


class TestPdfText:
    def test_pdf_joins_the_lines_of_a_paragraph(self, tmp_path):
        pages = [
            lines(
                "A heading",
                "The first line is full, and runs to the margin on",
                "the right, as does the second, with a long-term-",
                "goal, but the third does not.",
                "The next paragraph then begins with a line as long",
                "as the others.",
            ),
            lines("Another page"),
        ]
        assert texts(tmp_path, "a.pdf", pdf(*pages)) == [
            "A heading",
            "The first line is full, and runs to the margin on the right, as does the second, "
            "with a long-term-goal, but the third does not.",
            "The next paragraph then begins with a line as long as the others.",
            "Another page",
        ]

    def test_pdf_joins_chinese_without_spaces(self, tmp_path):
        page = lines("标题", "发展新质生产力，支持民营经济，", "扩大国内需求，优化营商环境。", "完")
        assert texts(tmp_path, "a.pdf", pdf(page)) == [
            "标题",
            "发展新质生产力，支持民营经济，扩大国内需求，优化营商环境。完",
        ]

    @pytest.mark.parametrize(
        ("shown", "joined"),
        [
            (["soft hyph\u00ad", "en"], ["soft hyphen"]),
            (["- a", "1-", "b"], ["- a", "1-", "b"]),
            (["x 123456-", "7"], ["x 123456- 7"]),
            (["ends on -"], ["ends on -"]),
            (["short", "b", "", "c"], ["short", "b", "c"]),
        ],
    )
    def test_lines_of_ten_columns(self, tmp_path, monkeypatch, shown, joined):
        monkeypatch.setattr("policylib.documents.pdf.NARROWEST", 10)
        monkeypatch.setattr(pypdf.PageObject, "extract_text", lambda *_, **__: "\n".join(shown))
        assert texts(tmp_path, "a.pdf", pdf(b"")) == joined

    def test_surrogates_of_a_pdf_do_not_stay(self, tmp_path, monkeypatch):
        monkeypatch.setattr(pypdf.PageObject, "extract_text", lambda *_, **__: "a\ud800b")
        assert texts(tmp_path, "a.pdf", pdf(b"")) == ["a\ufffdb"]

    @pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
    def test_an_encrypted_pdf_opens_only_without_a_password(self, tmp_path, algorithm):
        assert texts(tmp_path, "a.pdf", encrypted("", algorithm)) == ["secret"]
        expected = "encrypted; it needs a password"
        assert problem(tmp_path, "a.pdf", encrypted("word", algorithm)) == expected

    def test_what_decrypts_may_be_missing(self, tmp_path, monkeypatch):
        def fail(*_, **__):
            raise pypdf.errors.DependencyError

        monkeypatch.setattr(pypdf, "PdfReader", fail)
        assert "policylib[documents]" in problem(tmp_path, "a.pdf", b"%PDF")

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"plain text", "not a PDF, or damaged: "),
            (pdf(lines("a"))[:300], "not a PDF, or damaged: "),
            (pdf(b""), "no text; a scan needs OCR first"),
            (pdf(million(b" "), packed=True), "exceeds a limit of pypdf: "),
            (pdf(lines("a"), kids=100_001), "exceeds a limit of pypdf: "),
            (pdf(lines("a") + b"[" * 100_000), "not a PDF, or damaged: "),
            (
                pdf(b"/F0 Do", forms=(*NESTED, lines("a"))),
                "takes longer than 2 seconds; split the file",
            ),
        ],
        ids=["text", "cut off", "scan", "bomb", "pages", "nested arrays", "nested forms"],
    )
    def test_a_broken_pdf_is_told(self, tmp_path, content, expected, caplog, monkeypatch):
        monkeypatch.setattr("policylib.documents.pdf.SECONDS", 2)
        started = time.monotonic()
        assert problem(tmp_path, "a.pdf", content).startswith(expected)
        assert time.monotonic() - started < 20
        assert not caplog.records
        logger = logging.getLogger("pypdf")
        assert (logger.propagate, logger.handlers, logger.level) == (True, [], logging.NOTSET)

    def test_a_pdf_ends_with_its_time_and_its_room(self, tmp_path, monkeypatch):
        content = pdf(lines("a"), lines("b"))
        monkeypatch.setattr("policylib.documents.pdf.LONGEST", 1)
        assert "more than 1 characters" in problem(tmp_path, "a.pdf", content)
        monkeypatch.setattr("policylib.documents.pdf.SECONDS", -1)
        assert "takes longer" in problem(tmp_path, "a.pdf", content)

    def test_what_pypdf_leaves_out_for_its_limits_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr("policylib.documents.pdf.FORMS", 2)
        content = pdf(b"/F0 Do " * 3, forms=(lines("a"),))
        assert "Exceeded 2 form" in problem(tmp_path, "a.pdf", content)
        assert texts(tmp_path, "a.pdf", pdf(b"/F0 Do " * 2, forms=(lines("a"),))) == ["a", "a"]
        no_such_form = pdf(lines("a") + b" /F9 Do")
        assert texts(tmp_path, "a.pdf", no_such_form) == ["a"]
