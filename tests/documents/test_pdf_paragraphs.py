"""Lines of a PDF become paragraphs: headings, indents, gaps, marks and divided words."""

import pytest

from tests.documents.pdfs import column, lines, placed, read

FULL = "数字经济加快发展民营经济不断壮大人工智能产业规模扩大生态环境改善"


class TestParagraphs:
    @pytest.mark.parametrize(
        "start", ["2024年，", "“十四五”时期，", "——", "5G网络，", "AI产业，", "…"]
    )
    def test_a_heading_is_not_glued_to_what_follows(self, start):
        text = (start + FULL + FULL)[:60]
        page = lines("一、工作回顾", text[:32], text[32:], "二、主要任务", text[:32], text[32:])
        assert read(page) == ["一、工作回顾", text, "二、主要任务", text]

    def test_a_longest_line_is_a_heading_too(self):
        assert read(lines("一、去年的工作回顾和存在的问题", "成绩好。")) == [
            "一、去年的工作回顾和存在的问题",
            "成绩好。",
        ]

    def test_a_paragraph_does_not_end_with_a_comma(self):
        shown = ["2024年，" + FULL[:30] + "，", FULL[:29] + "，", "完。"]
        assert read(lines("一、回顾", *shown, "二、任务")) == [
            "一、回顾",
            "".join(shown),
            "二、任务",
        ]

    def test_where_each_line_ends_a_sentence_none_is_broken(self):
        shown = [FULL[:30] + "。", "主任赵六", FULL[2:32] + "。", "完"]
        assert read(lines(*shown)) == shown

    def test_a_full_heading_in_another_size_stands_alone(self):
        page = placed((72, 720, 14, FULL[:27]), *column(72, 700, FULL, FULL, "完。"))
        assert read(page) == [FULL[:27], FULL + FULL + "完。"]

    def test_an_indented_line_begins_a_paragraph(self):
        places = [(96, FULL[:30]), (72, FULL), (96, FULL[:30]), (72, FULL), (96, FULL[:30])]
        places += [(72, FULL), (96, "一、" + FULL[:28]), (96, FULL[:30]), (72, "好。")]
        page = placed(*[(x, 740 - 18 * n, 12, text) for n, (x, text) in enumerate(places)])
        assert read(page) == [
            *[FULL[:30] + FULL] * 3,
            "一、" + FULL[:28],
            FULL[:30] + "好。",
        ]

    def test_a_wide_gap_begins_a_paragraph(self):
        page = placed(*column(72, 740, FULL, FULL), *column(72, 690, FULL, FULL))
        assert read(page) == [FULL + FULL] * 2

    def test_a_paragraph_goes_on_in_the_next_column_and_page(self):
        pages = [placed(*column(72, 740, FULL, FULL)), placed(*column(72, 740, FULL, "完。"))]
        assert read(*pages) == [FULL * 3 + "完。"]

    def test_items_of_a_list_begin_paragraphs(self):
        page = placed(
            *column(72, 740, "· Robots are the first item of this long list, and they"),
            (84, 722, 12, "come first."),
            *column(72, 704, "· Quanta are the second item of this long list of ours", "· Trade"),
        )
        assert read(page) == [
            "· Robots are the first item of this long list, and they come first.",
            "· Quanta are the second item of this long list of ours",
            "· Trade",
        ]

    def test_numbered_items_begin_paragraphs(self):
        items = [
            "1. Robots are the first item in a long list of items",
            "2. Quanta are",
            "3. Trade",
        ]
        assert read(placed(*column(72, 740, *items))) == items

    @pytest.mark.parametrize(
        ("one", "two", "joined"),
        [
            ("infra-", "structure", "infrastructure"),
            ("long-", "term", "long-term"),
            ("state-of-the-", "art", "state-of-the-art"),
            ("e-", "commerce", "e-commerce"),
            ("hyph\u00ad", "en", "hyphen"),
            ("robots -", "or not", "robots - or not"),
            ("Kyiv-", "Lviv", "Kyiv- Lviv"),
        ],
    )
    def test_divided_words_are_joined(self, one, two, joined):
        page = lines(
            "The ministry and the city will together build a lot more",
            f"of what they have called, in this and other texts, {one}",
            f"{two}.",
        )
        start = (
            "The ministry and the city will together build a lot more of what they have called, "
        )
        assert read(page)[0] == f"{start}in this and other texts, {joined}."

    def test_a_compound_keeps_its_hyphen_where_its_words_are_known(self):
        page = lines(
            "The market and the state work together, and they all say",
            "that the town is known for a good and lasting state-",
            "market relation.",
        )
        assert "state-market relation." in read(page)[0]
