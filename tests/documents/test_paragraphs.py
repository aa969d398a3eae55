"""Where a paragraph begins and ends."""

import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import policylib as pol
from policylib.documents.paragraphs import BLANK, LINE_END, close_up
from tests.documents.helpers import CHINESE, problem, texts

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))


class TestSplitParagraphs:
    def test_lines_end_only_where_an_editor_ends_them(self, tmp_path):
        text = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\rh\r\ni"
        assert texts(tmp_path, "a.txt", text) == ["a\x0bb\x0cc\x1cd\x85e", "f", "g", "h", "i"]

    def test_characters_that_do_not_show_stay_within_a_paragraph(self, tmp_path):
        text = "a\u200bb \u202eשלום\u202c\x07 c, d, e, f, g, h, i, j, k, l"
        assert texts(tmp_path, "a.txt", text) == [text]

    def test_a_letter_has_as_many_accents_as_anybody_writes(self, tmp_path):
        many = "\u0301\u0316" * 250
        (line,) = texts(tmp_path, "a.txt", f"{'a' * 2000}{many} e\u0301")
        assert line.endswith("\xe9")
        long = f"{'a' * 2000}\u0316{many}"
        assert problem(tmp_path, "b.txt", long) == "more than 500 accents on one letter"

    def test_accents_without_end_take_no_minutes(self, tmp_path):
        started = time.process_time()
        for text in ("\u0301\u0316" * 500_000, ("\u0301\u0316" * 900 + "\n") * 500):
            with suppress(pol.DataError):
                texts(tmp_path, "a.txt", text)
        assert time.process_time() - started < 10

    def test_a_text_of_too_many_paragraphs_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr("policylib.documents.paragraphs.MOST", 4)
        for end in ("\n", "\r", "\u2028"):
            assert texts(tmp_path, "a.txt", end * 30 + end.join("abcd")) == list("abcd")
            assert "more than 4 paragraphs" in problem(tmp_path, "b.txt", end.join("abcde"))
            assert "more than 40 lines" in problem(tmp_path, "b.txt", end * 41 + "a")

    @given(
        LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), st.sampled_from("\n\r")
    )
    def test_what_is_written_is_read(self, lines, encoding, end):
        assume(not any(map(LINE_END.search, lines)))
        kept = [line.strip() for line in lines if line.strip(BLANK)]
        assume(kept)
        data = end.join(lines).encode(encoding)
        if encoding == "gb18030":
            try:  # few bytes can be both
                data.decode("utf-8")
                assume(data.isascii())
            except UnicodeDecodeError:
                pass
        assume(not (encoding == "utf-8" and lines[0][:1] == "\ufeff"))
        with TemporaryDirectory() as folder:
            assert texts(Path(folder), "a.txt", data, encoding="gb18030") == kept

    def test_a_long_line_takes_little_time(self, tmp_path):
        started = time.monotonic()
        (text,) = texts(tmp_path, "a.txt", CHINESE.encode() * 400_000)
        assert len(text) == 400_000 * len(CHINESE)
        assert time.monotonic() - started < 10


class TestCloseUp:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("加 快 AI 与 机 器 人 产业 发 展 。", "加快AI与机器人产业发展。"),
            ("机　器　人", "机器人"),
            ("2 0 2 4 年 政 府 工 作 报 告", "2024年政府工作报告"),
            ("前　　言", "前言"),
            ("目 录", "目录"),
            # Wider spaces separate words.
            ("序 号  名 称  数 量", "序号 名称 数量"),
            ("张 三　李四光　王 五", "张三 李四光 王五"),
            # These are not letter-spaced.
            ("张 三", "张 三"),
            ("主 任：张 三 李四光 王 五", "主 任：张 三 李四光 王 五"),
            ("稳中求进 以进促稳 先立后破", "稳中求进 以进促稳 先立后破"),
            ("2025 年 1 月 15 日", "2025 年 1 月 15 日"),
            ("a b c", "a b c"),
        ],
    )
    def test_only_letter_spaced_lines_change(self, line, expected):
        assert close_up(line) == expected

    def test_every_format_is_closed_up(self, tmp_path):
        for name in ("a.txt", "a.md", "a.html"):
            assert texts(tmp_path, name, "发 展 机 器 人\n") == ["发展机器人"]

    @given(st.text("中文。a1 \u3000"))
    def test_only_spaces_are_removed(self, line):
        closed = close_up(line.strip())
        assert "".join(closed.split()) == "".join(line.split())
        assert len(closed) <= len(line.strip())
