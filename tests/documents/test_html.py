"""HTML pages are read as one paragraph for each block."""

import time
from encodings import aliases

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

# Odd pages, and what Chromium shows of them (`innerText`).
SHOWN = [
    ("<p>a<div style='top:0; DISPLAY : none'>no<div>no</div></div>b<i hidden>no</i>c", "a bc"),
    ("<p hidden>no<p>a<ul><li hidden>no<ul><li>no</ul>no<li>b</ul>", "a b"),
    ("<table><tr><td hidden>no<td>a<tr hidden><td>no<tr><td>b</table>", "a b"),
    ("<div>a<span hidden>no</div>b<p hidden>no<div>c</div><p>d", "a b c d"),
    ("<details open><summary>a</summary>b</details><dialog>no</dialog>c", "a b c"),
    ("<template><template>no</template>no</template>a<iframe>no</iframe>b<video>no</video>", "ab"),
    ("<title>no <b>no</title><p>a<title>no<title>no</title>b", "ab"),
    ("<table><caption>a</caption><tr><td>b<table><tr><td>c<td>d</table>e<td>f", "a b c d e f"),
    ("<pre>\na\n b</pre><listing>c\nd</listing>", "a b c d"),
    ("<label>a</label><textarea>no</textarea><select><option>b<option>c</select>", "a b c"),
    ("<svg><title>no</title><desc>no</desc><text>a</text></svg><progress>no</progress>", "a"),
    ("a<!-->b<!--->c<!-- no --!>d<!-- no -- no -->e<!--[if IE]>no<![endif]--><![if a]>f", "abcdef"),
    ("<div>a<i>b<p>c</i>d<ul><li>e<li>f</ul></div></div></p><h1>g</h2>h", "ab cd e f g h"),
    ("&lt;p&gt; R&D &copy 1 &#150;&#128;&bogus; < b <3 <中>", "<p> R&D © 1 –€&bogus; < b <3 <中>"),
    ("<span>a</span><a>b</a><div>c<div>d</div>e</div><dl><dt>f<dd>g</dl>", "ab c d e f g"),
    ("<p a='>'>a<?php no ?>b</p><form><input value=no><button>c</button></form>", "ab c"),
]


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

    @pytest.mark.parametrize(("page", "shown"), SHOWN)
    def test_what_a_browser_shows_is_read(self, tmp_path, page, shown):
        lines = texts(tmp_path, "a.html", f"<!DOCTYPE html><meta charset=utf-8>{page}")
        assert " ".join(lines) == shown

    def test_words_are_whole_and_how_to_read_them_is_left_out(self, tmp_path):
        page = "robo&shy;t<wbr>ics eco&#8203;nomy"
        assert texts(tmp_path, "a.html", page) == ["robotics economy"]
        page = "<ruby>人<rp>(</rp><rt>ren</rt><rp>)</rp>工<rt>gong</ruby>智能"
        assert texts(tmp_path, "a.html", page) == ["人工智能"]

    def test_what_a_script_may_show_is_read_where_nothing_else_is(self, tmp_path):
        for hidden in ("hidden", "style='display: none'", "style='visibility: hidden'"):
            page = f"<body {hidden}><div {hidden}><p>a</p><script>no</script></div>"
            assert texts(tmp_path, "a.html", page) == ["a"]
        assert texts(tmp_path, "a.html", "<details><summary>a</summary>b</details>") == ["a", "b"]

    def test_xhtml_is_html(self, tmp_path):
        page = (
            '<?xml version="1.0"?><html><title/><script src="a"/><p>a<br/>b</p><![CDATA[c]]></html>'
        )
        assert texts(tmp_path, "a.html", page)[:2] == ["a", "b"]

    @pytest.mark.parametrize(
        ("declared", "encoding", "text"),
        [
            ("gb2312", "utf-8", CHINESE),
            ("gb2312", "utf-8", "It’s"),
            ("gb2312", "utf-8", "© 2026"),
            ("gb2312", "gbk", "联通"),  # valid UTF-8 by chance
            ("gb2312", "gb18030", f"{CHINESE}堃㐀"),
            ("windows-1252", "utf-8", "café"),
            ("windows-1252", "gbk", CHINESE),
            ("iso-8859-1", "cp1252", "don’t naïve élève"),
            ("us-ascii", "cp1252", "don’t"),
            ("shift_jis", "utf-8", "政策の文書"),
            ("x-sjis", "cp932", "政策の文書"),
            ("euc-kr", "cp949", "정책 문서"),
            ("koi8-r", "koi8-r", "привет"),
            ("koi8-r", "utf-8", "привет"),
            ("windows-936", "gbk", CHINESE),
            ("iso-2022-jp", "iso2022_jp", "日本"),
            ("utf-8", "gbk", CHINESE),
            ("utf-16le", "utf-8", CHINESE),
            ("utf-7", "ascii", "a +AGE-"),
            ("punycode", "ascii", "a-b"),
            ("unicode_escape", "ascii", r"a\x41"),
        ],
    )
    def test_the_bytes_beat_what_a_page_declares(self, tmp_path, declared, encoding, text):
        for head in (
            f"<meta charset='{declared}'>",
            f'<meta http-equiv=content-type content="text/html;charset={declared}">',
            f"<meta charset=no-such><meta charset={declared}>",
        ):
            page = f"{head}<p>{text}".encode(encoding)
            assert texts(tmp_path, "a.html", page) == [text]

    def test_no_encoding_that_a_page_declares_stops_a_folder(self, tmp_path):
        names = {*aliases.aliases, *aliases.aliases.values(), "undefined", "mbcs", "no", "."}
        for number, name in enumerate(sorted(names)):
            page = f"<meta charset={name}><p>{CHINESE}".encode("utf-8" if number % 2 else "gbk")
            (tmp_path / f"{number}.html").write_bytes(page)
        table, skipped = pol.read_documents(tmp_path)
        assert len(table) + len(skipped) == len(names)
        assert len(skipped) < 9

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
            (tmp_path / "a.html").write_text("x<p>" + piece * 50_000, encoding="utf-8")
            put(tmp_path, good__txt="x")
            pol.read_documents(tmp_path)
        assert time.monotonic() - started < 30

    def test_a_broken_declaration_is_listed(self, tmp_path):
        put(tmp_path, a__html="<p>good</p>", b__html="<p>x</p><![<p>y</p>")
        table, skipped = pol.read_documents(tmp_path)
        assert table["document"].to_list() == ["a"]
        assert skipped["file"].to_list() == ["b.html"]
