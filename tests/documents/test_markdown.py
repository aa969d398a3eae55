"""Markdown without its markup."""

import policylib as pol
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
