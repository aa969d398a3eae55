"""Automatic numbers of paragraphs."""

import pytest

from policylib.documents.docx_numbers import numeral
from tests.documents.helpers import texts
from tests.documents.words import docx, p, word


def level(number: int, kind: str, text: str, more: str = "") -> str:
    """Write a level of a list."""
    return (
        f"<w:lvl w:ilvl='{number}'><w:start w:val='1'/><w:numFmt w:val='{kind}'/>{more}"
        f"<w:lvlText w:val='{text}'/></w:lvl>"
    )


def item(text: str, list_: int | None, depth: int = 0, mark: str = "") -> str:
    """Write a paragraph of a list."""
    where = f"<w:ilvl w:val='{depth}'/>" + (f"<w:numId w:val='{list_}'/>" if list_ else "")
    return p(text, mark=f"<w:numPr>{where}</w:numPr>|{mark}")


CHINESE = (
    level(0, "chineseCountingThousand", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%1.%3", "<w:isLgl/>")
)
NUMBERING = word(
    f"<w:abstractNum w:abstractNumId='7'>{CHINESE}</w:abstractNum>",
    f"<w:abstractNum w:abstractNumId='8'>{level(0, 'bullet', 'o')}</w:abstractNum>",
    "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>",
    "<w:num w:numId='2'><w:abstractNumId w:val='8'/></w:num>",
    "<w:num w:numId='3'><w:abstractNumId w:val='7'/>"
    "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='11'/></w:lvlOverride></w:num>",
    root="numbering",
)


class TestCounter:
    def test_paragraphs_are_numbered_as_in_word(self, tmp_path):
        body = word(
            item("回顾", 1),
            item("robots", 1, 1),
            item("quanta", 1, 1),
            item("deep", 1, 2),
            p("between"),
            item("任务", 1),
            item("trade", 1, 1),
            item("bullet", 2),
            item("anew", 3),
            item("on", 3),
            item("unknown", 9),
            item("", 1),
        )
        assert texts(tmp_path, "a.docx", docx(body, numbering=NUMBERING)) == [
            "一、回顾",
            "（一）robots",
            "（二）quanta",
            "1.1 deep",
            "between",
            "二、任务",
            "（一）trade",
            "bullet",
            "十一、anew",
            "十二、on",
            "unknown",
        ]

    def test_joined_paragraphs_have_one_number(self, tmp_path):
        body = word(item("a", 1, mark="<w:del/>"), item("b", 1), item("c", 1))
        assert texts(tmp_path, "a.docx", docx(body, numbering=NUMBERING)) == ["一、ab", "二、c"]

    def test_a_label_has_a_limit(self, tmp_path):
        numbering = NUMBERING.replace("（%2）", "%2" + "x" * 1000)
        found = texts(tmp_path, "a.docx", docx(word(item("a", 1, 1)), numbering=numbering))
        assert found == ["一" + "x" * 98 + " a"]

    def test_styles_number_too(self, tmp_path):
        number = "<w:pPr><w:numPr><w:numId w:val='{}'/></w:numPr></w:pPr>"
        styles = word(
            f"<w:style w:styleId='heading'>{number.format(1)}</w:style>",
            "<w:style w:styleId='child'><w:basedOn w:val='heading'/></w:style>",
            f"<w:style w:styleId='plain'><w:basedOn w:val='child'/>{number.format(0)}</w:style>",
            "<w:style w:styleId='round'><w:basedOn w:val='round'/></w:style>",
            root="styles",
        )
        names = ("heading", "child", "plain", "round", "child")
        body = word(*(p("a", mark=f"<w:pStyle w:val='{name}'/>|") for name in names))
        whole = docx(body, styles=styles, numbering=NUMBERING)
        assert texts(tmp_path, "a.docx", whole) == ["一、a", "二、a", "a", "a", "三、a"]


class TestNumeral:
    @pytest.mark.parametrize(
        ("count", "kind", "expected"),
        [
            (7, "decimal", "7"),
            (7, "decimalZero", "07"),
            (1994, "upperRoman", "MCMXCIV"),
            (26, "lowerLetter", "z"),
            (27, "lowerLetter", "aa"),
            (10, "chineseCounting", "十"),
            (21, "japaneseCounting", "二十一"),
            (105, "chineseCountingThousand", "一百零五"),
            (1010, "chineseCountingThousand", "一千零一十"),
            (12, "chineseLegalSimplified", "壹拾贰"),
            (20, "ideographDigital", "二〇"),
            (3, "decimalEnclosedCircle", "③"),
            (21, "decimalEnclosedCircle", "21"),
            (3, "ideographTraditional", "丙"),
            (10_000, "upperRoman", "10000"),
            (0, "lowerLetter", "0"),
            (3, "cardinalText", "3"),
        ],
    )
    def test_formats(self, count, kind, expected):
        assert numeral(count, kind) == expected
