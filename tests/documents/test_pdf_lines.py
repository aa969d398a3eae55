"""Characters of a PDF become lines: spaces, footnotes, ligatures, columns, turned pages."""

import pytest

from policylib.documents.pdf_child import Limits, document_text
from tests.documents.pdfs import column, pdf, placed, read

LEFT = [
    "The left column has lines that",
    "run to its right edge, because",
    "they were set as running text,",
    "and so it goes on to the end.",
]
RIGHT = [
    "In the right column there is",
    "another text that also fills its",
    "lines, so that both have to be",
    "read one after the other now.",
]


def adjusted(text: str, gap: int) -> bytes:
    """Write a line of Chinese with a gap after each character, in thousandths of its size."""
    parts = b"".join(b"<%s> -%d " % (c.encode("utf-16-be").hex().encode(), gap) for c in text)
    return b"BT /C 12 Tf 1 0 0 1 72 780 Tm [" + parts + b"] TJ ET"


class TestPageLines:
    @pytest.mark.parametrize("gap", [0, 200, 600])
    def test_letter_spacing_is_no_space(self, gap):
        assert read(adjusted("发展民营经济和人工智能", gap)) == ["发展民营经济和人工智能"]

    def test_a_gap_between_two_of_many_chinese_characters_is_a_space(self):
        page = adjusted("市长张三主持会议", 0)
        name = "张".encode("utf-16-be").hex().encode()
        page = page.replace(b"<%s> -0" % name, b"<%s> -220" % name)
        assert read(page) == ["市长张 三主持会议"]

    @pytest.mark.parametrize(
        ("shown", "expected"),
        [
            ("发 展 机 器 人 产 业 ， 2 0 2 5 年 建 成", "发展机器人产业，2025年建成"),
            ("机 器 人 AI 产 业", "机器人AI产业"),
            ("市长张 三出席会议，李 四主持", "市长张 三出席会议，李 四主持"),
            ("张 三", "张 三"),
            ("王 小 明", "王小明"),
        ],
    )
    def test_spaces_between_most_chinese_characters_go(self, shown, expected):
        assert read(placed((72, 700, 12, shown))) == [expected]

    def test_footnote_numbers_are_apart_and_units_whole(self):
        page = placed(
            (72, 700, 12, "We buy robots"),
            (147, 705, 7, "1"),
            (155, 700, 12, "and quanta"),
            (213, 705, 7, "2,3"),
            (224, 700, 12, "on 5 km"),
            (266, 705, 7, "2"),
            (270, 700, 12, "."),
        )
        assert read(page) == ["We buy robots 1 and quanta 2,3 on 5 km2."]

    def test_ligatures_are_spelled_out(self):
        page = b"BT /L 12 Tf 72 780 Td (arti\\003cial e\\004ect) Tj ET"
        encoding = b"<< /Type /Encoding /Differences [3 /fi /ff] >>"
        content = pdf(page).replace(b"/WinAnsiEncoding", encoding)
        assert document_text(content, Limits(1, 99)) == "artificial effect"

    def test_radicals_become_characters(self):
        assert read(placed((72, 700, 12, "发展⺠营经济，⼈⼯智能"))) == ["发展民营经济，人工智能"]

    @pytest.mark.parametrize("in_turn", [True, False])
    def test_columns_are_read_one_after_the_other(self, in_turn):
        left, right = column(72, 740, *LEFT), column(320, 740, *RIGHT)
        rows = [line for row in zip(left, right, strict=True) for line in row]
        page = placed((72, 780, 18, "Over both"), *(rows if in_turn else left + right))
        assert read(page) == ["Over both", " ".join(LEFT + RIGHT)]

    def test_a_table_is_read_row_by_row(self):
        rows = [("Province", "Robots"), ("Henan", "12"), ("Jilin", "3"), ("Hebei", "4")]
        cells = [
            (72 + 180 * place, 700 - 18 * number, 12, cell)
            for number, row in enumerate(rows)
            for place, cell in enumerate(row)
        ]
        assert read(placed(*cells)) == [" ".join(row) for row in rows]

    def test_a_turned_page_is_read_like_another(self):
        line = b"BT /L 12 Tf 0 1 -1 0 %d 100 Tm (%s) Tj ET "
        assert read(line % (100, b"Robots first") + line % (140, b"Quanta")) == [
            "Robots first",
            "Quanta",
        ]

    def test_vertical_writing_is_read_from_the_right(self):
        line = b"BT /C 12 Tf 1 0 0 1 %d 780 Tm <%s> Tj ET "
        page = b"".join(
            line % (place, text.encode("utf-16-be").hex().encode())
            for place, text in [(500, "发展民营经济"), (480, "支持机器人")]
        )
        content = pdf(page).replace(b"UniGB-UTF16-H", b"UniGB-UTF16-V")
        assert document_text(content, Limits(1, 99)) == "发展民营经济\n支持机器人"

    def test_what_is_cut_off_is_not_read(self):
        page = placed((72, 700, 12, "Robots"), (72, 300, 12, "Quanta"))
        cut = pdf(page).replace(b"/Type /Page /", b"/Type /Page /CropBox [0 400 595 842] /")
        assert document_text(cut, Limits(1, 99)) == "Robots"

    def test_other_directions_are_apart_and_watermarks_left_out(self):
        turned = b"BT /L 9 Tf 0 1 -1 0 30 200 Tm (At the side) Tj ET "
        oblique = b"BT /L 60 Tf 0.7 0.7 -0.7 0.7 150 200 Tm (DRAFT) Tj ET "
        page = placed(*column(72, 740, "Robots come first in this text, and they", "are here."))
        assert read(turned + oblique + page) == [
            "Robots come first in this text, and they are here.",
            "At the side",
        ]
