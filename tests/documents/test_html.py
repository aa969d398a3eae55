"""HTML pages are read as one paragraph for each block."""

import time

import pytest

import policylib as pol
from tests.documents.helpers import CHINESE, problem, put, texts

PAGE = f"""<!DOCTYPE html>
<html><head><title>no <b>title</b></title><style>p {{}}</style><script>var a = "<p>no</p>";</script>
</head><body>loose<h1>Head&amp;shoulders</h1>
<p>One
  <em>para</em>graph&nbsp;here<br>and a line
<p>{CHINESE[:4]}
   {CHINESE[4:]}</p>
<table><tr><td>a<td>b</table><ul><li>item</ul>
<template><template>no</template>no</template><!-- no <p> -->
<pre> two
 lines</pre><img src="https://example.invalid/a.png"> 1 < 2 &lt;p&gt;</body></html>"""


class TestHtmlText:
    def test_html_gives_a_paragraph_per_block(self, tmp_path):
        assert texts(tmp_path, "a.html", PAGE) == [
            "loose",
            "Head&shoulders",
            "One paragraph\xa0here",
            "and a line",
            CHINESE,
            "a",
            "b",
            "item",
            "two",
            "lines",
            "1 < 2 <p>",
        ]

    @pytest.mark.parametrize(
        ("charset", "encoding"),
        [
            ("gb2312", "gb18030"),
            ("big5", "big5"),
            ("iso-8859-1", "cp1252"),
            ("iso-8859-1", "utf-8"),
            ("UTF-16", "utf-8"),
        ],
    )
    def test_html_says_its_encoding(self, tmp_path, charset, encoding):
        text = {"big5": "發展", "cp1252": "don\u2019t é"}.get(encoding, CHINESE)
        for head in (
            f'<meta charset="{charset}">',
            f"<META http-equiv=Content-Type content='text/html; charset={charset}'>",
            f'<?xml version="1.0" encoding="{charset}"?>',
        ):
            assert texts(tmp_path, "a.htm", f"{head}<p>{text}".encode(encoding)) == [text]

    def test_html_that_says_a_wrong_encoding_is_read_if_another_fits(self, tmp_path):
        for charset in ("us-ascii", "no-such", "utf-8", "idna", "rot13"):
            page = f"<meta charset={charset}><p>{CHINESE}"
            assert texts(tmp_path, "a.html", page) == [CHINESE]
            assert texts(tmp_path, "a.html", page.encode("gbk")) == [CHINESE]
        mark = b"\xef\xbb\xbf<meta charset=gbk>"
        assert texts(tmp_path, "a.html", mark + CHINESE.encode()) == [CHINESE]

    def test_xhtml_is_html(self, tmp_path):
        page = (
            '<?xml version="1.0"?><html><title/><script src="a"/><p>a<br/>b</p><![CDATA[c]]></html>'
        )
        assert texts(tmp_path, "a.html", page)[:2] == ["a", "b"]

    @pytest.mark.parametrize(
        ("page", "expected"),
        [
            ("<p>a<script>b", "<script> is never closed"),
            ("<p>a<title>b", "<title> is never closed"),
            ("<p>a<!-- b", "markup that begins with '<!-- b"),
            ("<p>a<p class='b", "markup that begins with "),
        ],
    )
    def test_html_that_is_cut_off_is_told(self, tmp_path, page, expected):
        assert problem(tmp_path, "a.html", page).startswith(expected)

    def test_html_cannot_take_long(self, tmp_path):
        started = time.monotonic()
        for piece in ("<!--", "<a ", "<a b='", "<![CDATA[", "&#", "<p>", "</a", "<?", "\n "):
            (tmp_path / "a.html").write_text("x<p>" + piece * 50_000)
            put(tmp_path, good__txt="x")
            pol.read_documents(tmp_path)
        assert time.monotonic() - started < 30

    def test_a_broken_declaration_is_listed(self, tmp_path):
        put(tmp_path, a__html="<p>good</p>", b__html="<p>x</p><![<p>y</p>")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["a"]
        assert skipped["file"].to_list() == ["b.html"]
