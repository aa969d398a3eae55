"""What Word shows when all changes are accepted."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylib.documents.docx import docx_text
from policylib.documents.paragraphs import UnreadableError
from tests.documents.helpers import texts
from tests.documents.words import docx, p, r, word


def field(instruction: str, result: str = "") -> str:
    """Write a field of five runs."""
    kinds = {"begin": "", "separate": "", "end": ""}
    begin, separate, end = (r(f"<w:fldChar w:fldCharType='{kind}'/>") for kind in kinds)
    return f"{begin}{instruction}{separate}{r(result)}{end}"


def told(text: str) -> str:
    """Write the instruction of a field."""
    return r(f"<w:instrText>{text}</w:instrText>")


def choice(*texts: str, fallback: str = "") -> str:
    """Write alternate contents, each a text box."""
    box = "<w:txbxContent>{}</w:txbxContent>"
    inner = "".join(f"<mc:Choice>{box.format(p(text))}</mc:Choice>" for text in texts)
    last = f"<mc:Fallback>{box.format(p(fallback))}</mc:Fallback>" if fallback else ""
    return r(f"<mc:AlternateContent>{inner}{last}</mc:AlternateContent>")


DELETED, INSERTED, MOVED = "<w:del w:id='1'/>", "<w:ins w:id='1'/>", "<w:moveFrom w:id='1'/>"
HIDDEN = "<w:vanish/>"
TABLE = "<w:tbl>{}</w:tbl>"
ROW = "<w:tr><w:trPr>{}</w:trPr><w:tc><w:tcPr>{}</w:tcPr>{}</w:tc></w:tr>"

DOCUMENTS = {
    "inserted, deleted and moved text": (
        p(
            "a",
            f"<w:ins>{r('b')}</w:ins>",
            f"<w:del>{r('<w:delText>c</w:delText>')}{r('d')}</w:del>",
        )
        + p(f"<w:moveFrom>{r('e')}</w:moveFrom>", mark=MOVED)
        + p(f"<w:moveTo>{r('f')}</w:moveTo>", mark=INSERTED),
        ["ab", "f"],
    ),
    "deleted marks join paragraphs": (
        p("a", mark=DELETED)
        + p("b", mark=DELETED)
        + p("c")
        + p("d", mark=INSERTED + DELETED)
        + TABLE.format(ROW.format("", "", p("e", mark=DELETED)))
        + p("f"),
        ["abc", "d", "e", "f"],
    ),
    "deleted rows and cells": (
        TABLE.format(
            ROW.format("", "", p("a") + TABLE.format(ROW.format("", "", p("inner"))) + p("b"))
            + ROW.format("<w:del w:id='1'/>", "", p("gone"))
            + ROW.format("", "<w:cellDel w:id='1'/>", p("gone"))
            + ROW.format("<w:ins w:id='1'/>", "", p("c"))
        ),
        ["a", "inner", "b", "c"],
    ),
    "hidden text and hidden marks": (
        p("a", r("gone", HIDDEN), r("b", "<w:vanish w:val='0'/>"), r("c", "<w:webHidden/>"))
        + p(r("gone", HIDDEN), mark=HIDDEN)
        + p("d", mark="<w:specVanish/>")
        + p("e"),
        ["abc", "de"],
    ),
    "fields": (
        p("a ", field(told("PAGE"), "1"), " b", "<w:fldSimple>" + r(" c") + "</w:fldSimple>")
        + p(field(told("IF ") + field(told("MERGEFIELD x"), "gone") + told("> 1"), "d"))
        + p(
            r("<w:fldChar w:fldCharType='begin'/>"),
            told("XE"),
            r("<w:fldChar w:fldCharType='end'/>"),
        )
        + p("e", f"<w:del>{field(told('PAGE'), 'gone')}</w:del>"),
        ["a 1 b c", "d", "e"],
    ),
    "a field that never ends": (
        p("a", r("<w:fldChar w:fldCharType='begin'/>"), told("PAGE"), "b") + p("c"),
        ["ab", "c"],
    ),
    "alternate contents": (
        p("a", choice("b", "gone", fallback="gone"), "c") + p(choice(fallback="d")),
        ["ac", "b", "d"],
    ),
    "shapes and formulas": (
        p(
            "a",
            "<a:txBody><a:bodyPr/><a:p><a:r><a:t>b</a:t></a:r><a:br/><a:fld><a:t>c</a:t></a:fld></a:p>"
            "</a:txBody>",
            "<w:pict><textpath string='d'/></w:pict>",
            "<m:oMath><m:r><m:rPr/><w:rPr/><m:t>x</m:t></m:r></m:oMath>",
        ),
        ["ax", "b", "c", "d"],
    ),
    "links, controls, ruby and symbols": (
        p(
            f"<w:hyperlink>{r('a')}</w:hyperlink>",
            f"<w:sdt><w:sdtPr><w:rPr>{HIDDEN}</w:rPr></w:sdtPr><w:sdtContent>{r('b')}</w:sdtContent></w:sdt>",
            f"<w:ruby><w:rubyPr/><w:rt>{r('gone')}</w:rt><w:rubyBase>{r('字')}</w:rubyBase></w:ruby>",
            "<w:sym w:font='Wingdings' w:char='F0FC'/>",
            "<w:commentReference w:id='1'/>",
        ),
        ["ab字✓"],
    ),
    "tabs and breaks": (
        p(
            "a",
            "<w:tab/>",
            "b",
            "<w:ptab/>",
            "c",
            "<w:br w:type='page'/>",
            "d",
            "<w:softHyphen/>",
            "e",
        ),
        ["a\tb\tc", "de"],
    ),
    "spaces that are not kept": (
        p("<w:t>  a  </w:t>", " b", "<w:t xml:space='preserve'> c</w:t>", "<w:t>\n　d\n</w:t>"),
        ["a b c　d"],
    ),
}


class TestLines:
    @pytest.mark.parametrize(("body", "expected"), DOCUMENTS.values(), ids=DOCUMENTS)
    def test_what_word_shows_is_read(self, tmp_path, body, expected):
        assert texts(tmp_path, "a.docx", docx(word(body))) == expected

    def test_a_part_may_keep_all_spaces(self, tmp_path):
        body = word(p("<w:t>a </w:t>", "b")).replace(" ", " xml:space='preserve' ", 1)
        assert texts(tmp_path, "a.docx", docx(body)) == ["a b"]

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=40, deadline=None)
    def test_elements_in_any_order_are_read_or_refused(self, random):
        names = (
            "p r t pPr rPr numPr trPr tcPr del cellDel vanish tbl tr tc fldChar AlternateContent"
        )
        opened, xml = [], ""
        for _ in range(60):
            if opened and random.random() < 0.45:
                xml += f"</w:{opened.pop()}>"
            else:
                opened.append(random.choice(names.split()))
                kind = random.choice(["begin", "separate", "end"])
                xml += f"<w:{opened[-1]} w:fldCharType='{kind}' w:val='1'>x"
        whole = docx(word(xml + "".join(f"</w:{name}>" for name in reversed(opened)) + p("end")))
        with suppress(UnreadableError):
            docx_text(whole, None)
