"""Lines of text in HTML and Markdown, with some words marked."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from policylib.compare.markup import as_html, as_markdown, between, words_of

CHARACTERS = "a好1 \n\t.,“”()*_`~|<>&#$\\[]!🚀é\u0301\a\u202e"


def test_the_words_of_a_statement():
    seen = {"summary": "They buy.", "sentence": "AIDS or AI?", "quote": "(AI)"}
    assert words_of(seen) == ("They buy. “AIDS or ", "AI", "?”")
    assert words_of(seen | {"summary": None}) == ("“AIDS or ", "AI", "?”")
    assert words_of(seen | {"quote": "…"}) == words_of(seen | {"quote": "ships"})
    assert words_of(seen | {"quote": None}) == ("They buy. “AIDS or AI?”",)
    assert words_of(seen | {"sentence": float("nan")}) == ("They buy.",)
    assert words_of({"quote": "AI"}) == ("“AI”",)
    assert words_of({}) == ("",)
    assert words_of({"sentence": "new\n  rails", "quote": "new\trails"}) == ("“", "new rails", "”")


@given(st.text(CHARACTERS, max_size=20), st.text(CHARACTERS, max_size=20), st.data())
def test_both_forms_show_the_same_and_mark_the_same(before, after, data):
    quote = data.draw(st.text(CHARACTERS, max_size=8))
    line = between("• ", words_of({"sentence": before + quote + after, "quote": quote}), " (x)")
    cell = as_html(*line).replace("mark>", "strong>")
    table = f"| {as_markdown(*line)} |\n| --- |\n"
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(table)
    (shown,) = re.findall("<th>(.*)</th>", page, re.DOTALL)
    assert html.unescape(shown) == html.unescape(cell)
    assert shown.count("<strong>") == cell.count("<strong>")
    assert cell.count("<strong>") == (1 if re.search(r"[^\W_]", quote) else 0)


def test_what_is_not_printed_is_visible_and_turns_no_text():
    for write in (as_html, as_markdown):
        assert write("a\u202eb\u2066c\x01d\ud800\uffff") == "a�b�c�d��"
        assert write("א\u200f1\u200d") == "א�1\u200d"
