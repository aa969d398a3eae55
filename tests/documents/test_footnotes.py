"""The marks of footnotes are apart from words, and exponents are not."""

import pytest

import policylib as pol
from policylib.documents.footnotes import END, START, is_mark, set_marks_apart
from tests.documents.helpers import put, texts
from tests.documents.test_docx import docx, word

RAISED = [
    ("robots", "1", ".", "robots 1."),
    ("robots", "[2]", ".", "robots [2]."),
    ("robots", "a", ", quanta", "robots a, quanta"),
    ("robots", "*", " too", "robots * too"),
    ("robots", "1, 2", ".", "robots 1, 2."),
    ("robots", "[1][3]", ".", "robots [1][3]."),
    ("robots", "iv", ".", "robots iv."),
    ("robots", "(注1)", ".", "robots (注1)."),
    ("in 2024", "1", "", "in 2024 1"),
    ("5G", "2", ".", "5G 2."),
    ("", "1", "Robots", "1 Robots"),
    ("机器人", "①", "产业", "机器人 ① 产业"),
    ("5 km", "2", ".", "5 km2."),
    ("100万m", "3", "", "100万m3"),
    ("35 µg/m", "3", "", "35 µg/m3"),
    ("3×10", "12", "", "3×1012"),
    ("R", "2", " = 1", "R2 = 1"),
    ("the 20", "th", " year", "the 20th year"),
    ("m", "-2", "", "m-2"),
    ("n", "o", " 4", "no 4"),
]
RAISED_MARK = "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"  # of the end of a paragraph


def run(text: str, raised: str = "") -> str:
    properties = f"<w:rPr><w:vertAlign w:val='{raised}'/></w:rPr>" * bool(raised)
    return f"<w:r>{properties}<w:t xml:space='preserve'>{text}</w:t></w:r>"


class TestSetMarksApart:
    @pytest.mark.parametrize(("before", "raised", "after", "expected"), RAISED)
    def test_marks_are_apart_and_exponents_are_not(self, before, raised, after, expected):
        assert set_marks_apart(f"{before}{START}{raised}{END}{after}") == expected

    def test_what_is_not_raised_or_never_ends_stays(self):
        assert set_marks_apart("robots1 [2]") == "robots1 [2]"
        assert set_marks_apart(f"robots{END}, quanta{START}1") == "robots, quanta 1"

    @pytest.mark.parametrize(("before", "raised", "after", "expected"), RAISED)
    def test_every_format_has_them(self, tmp_path, before, raised, after, expected):
        html = f"{before}<sup>{raised}</sup>{after}"
        assert texts(tmp_path, "a.html", f"<meta charset=utf-8><p>{html}") == [expected]
        if before:  # in Markdown, a number at the start is one of a list
            assert texts(tmp_path, "a.md", html.replace("*", r"\*")) == [expected]
        runs = [run(before), *(run(one, "superscript") for one in raised), run(after, "baseline")]
        body = f"<w:p><w:pPr>{RAISED_MARK}</w:pPr>{''.join(runs)}</w:p>"
        assert texts(tmp_path, "a.docx", docx(word(body))) == [expected]

    def test_subscripts_and_links_within(self, tmp_path):
        page = "CO<sub>2</sub> of robots<sup><a href='#a'>[1]</a></sup><SUP> [2] </SUP>."
        assert texts(tmp_path, "a.html", page) == ["CO2 of robots [1] [2]."]
        assert texts(tmp_path, "b.html", "robots<sup>1<p>quanta") == ["robots 1", "quanta"]
        page = "robots<span style='color:red; vertical-align: super'><span>1</span></span>."
        assert texts(tmp_path, "c.html", page) == ["robots 1."]

    def test_a_term_before_a_footnote_is_found(self, tmp_path):
        book = pol.read_codebook().head(1).assign(id="robots", terms_en="robots", terms_zh=None)
        put(tmp_path, a__html="<p>We buy robots<sup>1</sup>.", b__md="robots<sup>1</sup>")
        documents, _ = pol.read_documents(tmp_path)
        assert pol.find_terms(documents, book)["document"].to_list() == ["a", "b"]

    def test_long_lines_of_marks_are_read(self):
        text = f"a{START}1{END}" * 20_000 + f"{START}[1" * 20_000
        assert set_marks_apart(text).startswith("a 1 a 1 a")


class TestIsMark:
    def test_a_unit_has_an_exponent_and_no_footnote(self):
        assert [is_mark("2", before) for before in ("5 tonnes", "5 km")] == [True, False]
        assert [is_mark(raised, "5 km") for raised in ("4", "note")] == [True, False]
