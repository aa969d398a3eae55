"""Markdown without its markup."""

from contextlib import suppress
from time import thread_time

import pytest

import policylib as pol
from policylib.documents.markdown import markdown_text, without_front_matter
from policylib.documents.paragraphs import UnreadableError
from tests.documents.helpers import CHINESE, problem, put, texts

MARKDOWN = f"""\
Title
=====

Some *strong* [words](https://example.org) and `code`,
broken to fit. {CHINESE[:4]}
{CHINESE[4:]}

- item &amp; more
  1. deeper\\
     by hand

> quoted<br>line <b>bold</b> ![picture](a.png)

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1

y = 2
```

<div><p>raw</p><script>no</script></div>

***
"""


class TestMarkdownText:
    def test_markdown_loses_its_markup(self, tmp_path):
        assert texts(tmp_path, "a.md", MARKDOWN) == [
            "Title",
            f"Some strong words and code, broken to fit. {CHINESE}",
            "item & more",
            "deeper",
            "by hand",
            "quoted",
            "line bold picture",
            "a",
            "b",
            "1",
            "2",
            "x = 1",
            "y = 2",
            "raw",
        ]
        assert texts(tmp_path, "a.markdown", CHINESE.encode("gbk")) == [CHINESE]

    def test_markdown_beyond_bounds_is_told(self, tmp_path, monkeypatch):
        assert "100 deep" in problem(tmp_path, "a.md", ">" * 200 + " lost")
        assert texts(tmp_path, "a.md", ">" * 90 + " kept") == ["kept"]
        monkeypatch.setattr("policylib.documents.markdown.LARGEST", 10)
        assert "more than 10 characters" in problem(tmp_path, "a.md", "a" * 11)

    def test_a_chinese_note_in_markdown_is_no_link(self, tmp_path):
        put(tmp_path, a__md="前文。\n\n[注]: 发展机器人\n\n后文。")
        table, _ = pol.read_documents(tmp_path)
        assert table["text"].to_list() == ["前文。", "[注]: 发展机器人", "后文。"]

    def test_html_within_is_read_as_html(self, tmp_path):
        inline = "a <b>b</b><br/>c <!-- no --> &amp; <script>no</script> d"
        block = "<details>\n\n*e*\n\n</details>"
        assert texts(tmp_path, "a.md", f"{inline}\n\n{block}") == ["a b", "c & d", "e"]
        assert "never closed" in problem(tmp_path, "a.md", "a\n\n<!-- b\n\nc")

    def test_footnotes_lose_their_labels(self, tmp_path):
        text = (
            "Robots[^1] and 机器[^n]人 `[^1]` [^no].\n\n[^1]: One.\n[^n]: Two[^1]\n    wrapped.\n"
        )
        assert texts(tmp_path, "a.md", text) == [
            "Robots and 机器人 [^1] [^no].",
            "One.",
            "Two wrapped.",
        ]

    @pytest.mark.parametrize(
        "text", ["[", "![", "[a](", "`", "*a ", "> ", "<a ", "*a_ ", "&", "a|"], ids=repr
    )
    def test_no_markup_takes_minutes(self, monkeypatch, text):
        monkeypatch.setattr("policylib.documents.markdown.SECONDS", 0.2)
        data = f"x{text * (20_000 // len(text))}](a)".encode()
        started = thread_time()
        with suppress(UnreadableError):
            markdown_text(data, None)
        assert thread_time() - started < 2

    def test_what_takes_too_long_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr("policylib.documents.markdown.SECONDS", 0.1)
        expected = "takes too long to read as Markdown; rename it to .txt"
        assert problem(tmp_path, "a.md", "[" * 50_000 + "](a)") == expected

    def test_brackets_that_are_no_links_are_read_at_once(self, tmp_path):
        started = thread_time()
        assert texts(tmp_path, "a.md", "[" * 100_000) == ["[" * 100_000]
        assert thread_time() - started < 2


class TestWithoutFrontMatter:
    @pytest.mark.parametrize(
        "front",
        [
            "---\ntitle: On trade\ntags: [robots,\n  quanta\n]\n---\n",
            "---\r\n# comment\r\n标题: 机器人\r\nabstract: |\r\n  One\r\n\r\n  two\r\n...\r\n",
            '---  \n"a b": 1\nlist:\n- one\n-\n  two\ndate:\n---',
            '+++\ntitle = "Robots"\n[extra]\nx = 1\n+++\n',
        ],
    )
    def test_data_at_the_beginning_are_left_out(self, tmp_path, front):
        assert without_front_matter(front) == ""
        assert texts(tmp_path, "a.md", f"{front}\n\nText.") == ["Text."]

    @pytest.mark.parametrize(
        "text",
        [
            "---\n\nkey: text\n\n---\n\nText.",
            "---\nRobots come first.\n---\nText.",
            "---\nkey: text\nand more\n---\nText.",
            "---\nkey: never closed\n\nText.",
            "----\nkey: text\n---\nText.",
            "Text.\n---\nkey: text\n---\n",
            "+++\nRobots\n+++\n",
            "---\n---\nText.",
        ],
    )
    def test_text_after_a_line_across_the_page_stays(self, text):
        assert without_front_matter(text) == text
