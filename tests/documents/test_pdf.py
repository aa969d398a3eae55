"""PDF files are read in a process of their own, within limits."""

import os
import threading
import time
from pathlib import Path

import pytest

from policylib.documents import pdf as module
from policylib.documents.paragraphs import UnreadableError
from tests.documents.helpers import problem, texts
from tests.documents.pdfs import NESTED, lines, million, pdf

ENCRYPTED = Path(__file__).parent / "encrypted"


class TestPdfText:
    def test_a_page_becomes_paragraphs(self, tmp_path):
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

    def test_chinese_is_joined_without_spaces(self, tmp_path):
        page = lines("标题", "发展新质生产力，支持民营经济，", "扩大国内需求，优化营商环境。", "完")
        assert texts(tmp_path, "a.pdf", pdf(page)) == [
            "标题",
            "发展新质生产力，支持民营经济，扩大国内需求，优化营商环境。完",
        ]

    @pytest.mark.parametrize("algorithm", ["rc4-128", "aes-128", "aes-256"])
    def test_an_encrypted_pdf_opens_only_without_a_password(self, tmp_path, algorithm):
        opened = (ENCRYPTED / f"{algorithm}-open.pdf").read_bytes()
        closed = (ENCRYPTED / f"{algorithm}-closed.pdf").read_bytes()
        assert texts(tmp_path, "a.pdf", opened) == ["secret"]
        assert problem(tmp_path, "a.pdf", closed) == "encrypted; it needs a password"

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"plain text", "not a PDF, or damaged: "),
            (pdf(lines("a"))[:300], "not a PDF, or damaged: "),
            (pdf(b""), "no text; a scan needs OCR first"),
        ],
        ids=["text", "cut off", "scan"],
    )
    def test_a_broken_pdf_is_told(self, tmp_path, content, expected):
        assert problem(tmp_path, "a.pdf", content).startswith(expected)

    @pytest.mark.parametrize(
        "content",
        [
            pdf(million(b" "), packed=True),
            pdf(lines("a"), kids=100_001),
            pdf(lines("a") + b"[" * 100_000),
            pdf(b"/F0 Do", forms=(*NESTED, lines("a"))),
        ],
        ids=["bomb", "pages", "nested arrays", "nested forms"],
    )
    def test_a_bomb_ends_soon(self, tmp_path, content, monkeypatch):
        monkeypatch.setattr(module, "SECONDS", 1)
        started = time.monotonic()
        try:
            text = module.pdf_text(content, None)
        except UnreadableError as error:
            text = str(error)
        assert text in ("a", "", "takes longer than 1 seconds; split the file")
        assert time.monotonic() - started < 10
        assert texts(tmp_path, "b.pdf", pdf(lines("The next file"))) == ["The next file"]

    def test_a_pdf_ends_with_its_time_and_its_room(self, tmp_path, monkeypatch):
        content = pdf(lines("a"), lines("b"))
        monkeypatch.setattr(module, "LONGEST", 1)
        assert "more than 1 characters" in problem(tmp_path, "a.pdf", content)
        monkeypatch.setattr(module, "PAGES", 1)
        assert "more than 1 pages" in problem(tmp_path, "a.pdf", content)
        monkeypatch.setattr(module, "SECONDS", 0)
        slow = pdf(b"/F0 Do", forms=(*NESTED, lines("a")))
        assert "takes longer" in problem(tmp_path, "a.pdf", slow)

    def test_a_process_that_dies_takes_one_file_with_it(self, tmp_path):
        content = pdf(lines("Robots first"))
        assert texts(tmp_path, "a.pdf", content) == ["Robots first"]
        module._READER.process.kill()
        module._READER.process.wait()
        assert texts(tmp_path, "a.pdf", content) == ["Robots first"]

    def test_a_process_that_died_unseen_is_replaced(self, monkeypatch):
        content = pdf(lines("Robots first"))
        assert module.pdf_text(content, None) == "Robots first"
        module._READER.process.kill()
        monkeypatch.setattr(module._READER.process, "poll", lambda: None)
        assert module.pdf_text(content, None) == "Robots first"

    def test_what_ends_the_process_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr(module, "PROGRAM", "raise SystemExit")
        module._READER.stop()
        expected = "damaged, or too large for the memory"
        assert problem(tmp_path, "a.pdf", pdf(lines("a"))) == expected

    def test_without_a_process_the_file_is_left_out(self, tmp_path, monkeypatch):
        monkeypatch.setattr("sys.executable", str(tmp_path / "none"))
        module._READER.stop()
        assert "no process can be started" in problem(tmp_path, "a.pdf", pdf(lines("a")))

    def test_an_interrupted_answer_does_not_reach_the_next_file(self, monkeypatch):
        def interrupt(stream):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(module, "receive", interrupt)
            with pytest.raises(KeyboardInterrupt):
                module.pdf_text(pdf(lines("one")), None)
        assert module.pdf_text(pdf(lines("two")), None) == "two"

    def test_threads_read_at_once(self):
        contents = [pdf(lines(f"file {n}")) if n % 2 else b"%PDF-1.7" for n in range(8)]
        found = {}

        def read(number):
            try:
                found[number] = module.pdf_text(contents[number], None)
            except UnreadableError:
                found[number] = "unreadable"

        threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == {n: f"file {n}" if n % 2 else "unreadable" for n in range(8)}

    @pytest.mark.not_on("Windows", reason="it has no forks")
    def test_a_fork_has_a_process_of_its_own(self):
        module.pdf_text(pdf(lines("one")), None)
        process = module._READER.process
        fork = os.fork()
        if not fork:  # only what is needed, because this is the process of the tests too
            text = module.pdf_text(pdf(lines("two")), None)
            module._READER.stop()
            os._exit(0 if text == "two" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
        assert module.pdf_text(pdf(lines("three")), None) == "three"
        assert module._READER.process is process
