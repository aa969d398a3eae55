"""The process that reads PDF files, and what it cannot read."""

import io
import json

import pytest

from policylib.documents import pdf_child
from policylib.documents.paragraphs import UnreadableError
from policylib.documents.pdf_child import Limits, document_text, receive, send
from tests.documents.pdfs import lines, pdf, read


def chinese(text: str, encoding: str, cmap: str, ordering: str = "GB1") -> bytes:
    """Write a PDF whose Chinese font has another encoding."""
    page = b"BT /C 12 Tf 1 0 0 1 72 780 Tm <%s> Tj ET" % text.encode(encoding).hex().encode()
    content = pdf(page).replace(b"/UniGB-UTF16-H", f"/{cmap}".encode())
    return content.replace(b"(GB1)", f"({ordering})".encode())


class TestDocumentText:
    @pytest.mark.parametrize(
        ("text", "encoding", "cmap", "ordering"),
        [
            ("发展民营经济", "gbk", "GBKp-EUC-H", "GB1"),
            ("发展民营经济", "gbk", "GBK-EUC-V", "GB1"),
            ("发展民营经济", "gb18030", "GBK2K-H", "GB1"),
            ("發展民營經濟", "big5", "B5pc-H", "CNS1"),
            ("發展民營經濟", "big5hkscs", "HKscs-B5-H", "CNS1"),
            ("한국", "cp949", "KSCms-UHC-H", "Korea1"),
        ],
    )
    def test_encodings_of_the_standard_are_read(self, text, encoding, cmap, ordering):
        content = chinese(text, encoding, cmap, ordering)
        assert document_text(content, Limits(1, 100)) == text

    @pytest.mark.parametrize("cmap", ["Identity-H", "No-Such-H"])
    def test_a_font_without_a_table_of_characters_is_told(self, cmap):
        content = chinese("发展民营经济", "utf-16-be", cmap, "Identity")
        with pytest.raises(UnreadableError, match=r"do not say which characters 6 of 6 are; it n"):
            document_text(content, Limits(1, 100))

    def test_a_few_unknown_characters_do_not_harm(self):
        page = lines("Robots come first, and then quanta, in all of the province.")
        control = page.replace(b"Robots", b"Robots\\200\\000")
        assert read(control)[0].endswith("and then quanta, in all of the province.")

    def test_a_password_is_told(self):
        with pytest.raises(UnreadableError, match="damaged"):
            document_text(b"%PDF-1.7", Limits(1, 1))


class TestAnswerAll:
    def test_each_request_has_an_answer(self, monkeypatch):
        requests, answers = io.BytesIO(), io.BytesIO()
        for data in (pdf(lines("Robots first")), b"text"):
            send(requests, json.dumps(Limits(9, 99)).encode())
            send(requests, data)
        requests.seek(0)
        pdf_child.answer_all(requests, answers)
        answers.seek(0)
        assert receive(answers) == b"tRobots first"
        assert receive(answers).startswith(b"enot a PDF")
        with pytest.raises(EOFError):
            receive(answers)
