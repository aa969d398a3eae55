"""Parts of reports are found by headings of many forms, and nothing is guessed without them."""

import pandas as pd
import pytest

import policylib as pol
from tests.coding.helpers import documents_of

LETTERS = {
    "f": "front",
    "c": "contents",
    "r": "review",
    "p": "plan",
    "g": "glossary",
    "a": "annex",
    "x": "closing",
}
PART = {part: letter for letter, part in LETTERS.items()}
DID, WILL = "建成公路一百公里。", "再建公路一百公里。"
BUILT, BUILD = "We built a road.", "We build a bridge."


def letters_of(lines, **options):
    """Return a letter for the part of each line, or a dash."""
    found = pol.report_parts(documents_of(*lines), **options)
    return "".join(found.map(PART).fillna("-"))


# Pairs of headings, above what was done and what will be done.
PAIRS = [
    ("一、2024年工作回顾", "二、2025年工作安排"),
    ("一．2024年工作回顾", "二．2025年工作安排"),
    ("一，2024年工作回顾", "二，2025年工作安排"),
    ("一 2024年工作回顾", "二 2025年工作安排"),
    ("１．2024年工作回顾", "２．2025年工作安排"),
    ("1. 2024年工作回顾", "2. 2025年工作安排"),
    ("1 2024年工作回顾", "2 2025年工作安排"),
    ("1、2024年工作回顾", "2、2025年工作安排"),
    ("㈠2024年工作回顾", "㈡2025年工作安排"),
    ("（一）2024年工作情况", "（二）2025年工作安排"),
    ("(1) 2024年工作回顾", "(2) 2025年工作安排"),
    ("⒈2024年工作回顾", "⒉2025年工作安排"),
    ("Ⅰ、2024年工作回顾", "Ⅱ、2025年工作安排"),
    ("第一部分 2024年工作回顾", "第二部分 2025年工作安排"),
    ("第一部分：去年工作总结", "第二部分：今年工作打算"),
    ("第 一 章　2024 年 工 作 回 顾", "第 二 章　2025 年 工 作 安 排"),
    ("【一、2024年工作回顾】", "【二、2025年工作安排】"),
    ("一、2024年工作回顾：", "二、2025年工作安排："),
    ("一、2024年工作回顧", "二、2025年重點任務"),
    ("一、過去五年工作總結", "二、今後五年目標任務"),
    ("2024年工作回顾", "2025年工作安排"),
    ("2024 年工作回顾：", "2025 年工作建议："),
    ("过去五年和2021年工作回顾", "今后五年工作"),
    ("# 去年工作回顾", "# 今年工作"),
    ("# 一、去年工作回顾", "# 二、勇往直前"),
    ("**一、去年工作回顾**", "**二、今年工作**"),
    ("一、2025年主要工作和“十四五”发展成就", "二、“十五五”时期主要目标任务"),
    ("一、一年来的主要成绩", "二、下一步工作"),
    ("一、“十三五”发展成就和2021年主要工作", "二、接续奋斗"),
    ("一、2022年主要工作完成情况", "二、2023年主要任务"),
    ("一、目标任务圆满完成", "二、全力开创新局面"),
    ("一、2022年主要工作", "二、2023年主要工作"),
    ("一、2022年政府工作", "二、2023年政府工作"),
    ("一、牢记嘱托，在奋斗中取得新成效", "二、牢记使命，努力取得更大成效"),
    ("一、今年以来工作情况", "二、明年工作思路"),
    ("一、上半年工作总结", "二、下半年工作安排"),
    ("I. A Review of Our Work in the Past Five Years and in the Year 2022", "II. Tasks for 2023"),
    ("I. Our Work in the Past Five Years", "II. Going Forward"),
    ("Part I. Achievements in 2022", "Part II. The Way to Prosperity"),
    ("PART ONE: LAST YEAR", "PART TWO: PRIORITIES"),
    ("Part 1", "Part 2"),
    ("1. What we have done", "2. What we will do"),
    ("1 Results", "2 Objectives"),
    ("What we have done", "What we will do next"),
    ("What we have done:", "Our priorities:"),
    ("Review of 2022", "Plan for 2023"),
    ("Achievements", "Targets"),
    ("Looking back", "Looking ahead"),
]
NAMED = [pair for pair in PAIRS if pair[0] != "Part 1"]  # the others have no words


class TestReportParts:
    @pytest.mark.parametrize("pair", PAIRS, ids=" | ".join)
    def test_headings_of_many_forms(self, pair):
        first, second = pair
        did, will = (BUILT, BUILD) if first.isascii() else (DID, WILL)
        if first == "Part 1":
            did, will = "Last year was hard. We built roads.", "This year we will build bridges."
        assert letters_of(["Report", first, did, did, second, will]) == "frrrpp"

    @pytest.mark.parametrize("pair", NAMED, ids=" | ".join)
    def test_a_table_of_contents_is_not_the_text(self, pair):
        first, second = pair
        did, will = (BUILT, BUILD) if first.isascii() else (DID, WILL)
        for lines, letters in (
            (["目 录", first, second], "ccc"),
            ([first, second], "cc"),
            (["Contents", f"{first}......1", f"{second}......12"], "ccc"),
            ([f"{first}\t1", f"{second}\t12", "名词解释\t20"], "ccc"),
            (["目录", "前言  1", f"{first}…………3", "（一）概况…………4", f"{second}…………5"], "ccccc"),
        ):
            text = ["Report", first, did, did, second, will]
            assert letters_of([*lines, *text]) == letters + "frrrpp"

    @pytest.mark.parametrize("pair", NAMED, ids=" | ".join)
    def test_headings_within_a_part_do_not_end_it(self, pair):
        first, second = pair
        did, will = (BUILT, BUILD) if first.isascii() else (DID, WILL)
        if first.startswith(("（", "(", "㈠")):
            within = "——主要目标任务完成", "——重点工作有序推进"
        elif first.startswith(("1", "１", "⒈")):
            within = "（一）主要目标任务圆满完成", "（二）重点改革落实要求"
        else:
            within = (
                "（一）主要目标任务圆满完成",
                "（二）重点改革落实要求",
                "1.目标任务",
                "2.任务安排",
            )
        review = [first, did, *(line for heading in within for line in (heading, did))]
        letters = letters_of([*review, second, will, "（一）总结推广经验", will])
        assert letters == "r" * len(review) + "pppp"

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (f"一、2024年工作回顾。{DID}", f"二、2025年工作安排。{WILL}"),
            (f"一、2024年工作回顾　过去一年，{DID}{DID * 9}", f"二、勇往直前　今年，{WILL * 9}"),
            (f"第一部分 去年工作回顾：{DID}", f"第二部分 今年工作：{WILL}"),
            (f"2024年工作回顾：{DID}", f"2025年工作安排：{WILL}"),
            (f"I. Review of 2024. {BUILT}", f"II. The road ahead. {BUILD}"),
            (f"1. Achievements: {BUILT}", f"2. Next steps: {BUILD}"),
            (f"What we have done: {BUILT}", f"What we will do: {BUILD}"),
        ],
    )
    def test_a_heading_in_one_line_with_its_first_sentence(self, first, second):
        assert letters_of(["Report", first, DID, second, WILL]) == "frrpp"

    @pytest.mark.parametrize(
        ("lines", "letters"),
        [
            (
                ["一、回顾", DID, "二、形势", WILL, "三、任务", WILL, "四、建设", "五、总结"],
                "rrpppppp",
            ),
            (["一、五年回顾", DID, "二、去年工作回顾", DID, "三、今后任务", WILL], "rrrrpp"),
            (["一、回顾", DID, "二、主要问题", DID, "三、任务", WILL], "rrrrpp"),
            (["一、回顾", "二、安排", "三、建设", "四、回顾"], "rppp"),
            (["一、回顾", "一、工业增长。", "二、农业增长。", "二、任务", WILL], "rrrpp"),
            (["一、回顾", DID, "2025年工作安排", WILL], "rrpp"),
            (["一、回顾", DID, "一、安排", WILL], "rrpp"),
            (["一、回顾", DID, "三、任务", WILL], "rrpp"),
            (["一、总体要求", WILL, "二、重点任务", WILL, "附件", "表"], "ppppaa"),
            (
                ["一、砥砺前行", f"过去一年，{DID}", "二、开拓进取", f"今年是新的一年，{WILL}"],
                "rrpp",
            ),
            (["一、砥砺前行", f"过去一年，{DID}", "二、2025年任务", WILL], "rrpp"),
            (["一、指导思想", WILL, "二、目标任务", WILL, "三、保障措施", WILL], "--pppp"),
        ],
    )
    def test_several_parts_and_headings_that_lack_words(self, lines, letters):
        assert letters_of(lines) == letters

    @pytest.mark.parametrize(
        ("heading", "did", "will"),
        [
            ("“十四五”成就回顾和“十五五”目标任务", "这五年，", "“十五五”时期，"),
            (
                "“十四五”成就回顾和“十五五”目标任务",
                "“十四五”打下了“十五五”的基础，",
                "我省第十五个五年规划，",
            ),
            ("“十四五”成就回顾及今后五年任务", "“十四五”时期，", "各位代表！今后五年，"),
            ("去年工作回顾和今年任务", "", "今年，"),
            ("去年工作回顧和今年任務", "", "今年，"),
            ("今年工作总结和明年计划", "今年是难忘的一年，", "明年，"),
            ("2024年工作回顾和2025年展望", "2024年是难忘的一年，", "2025年，"),
            ("2024年工作回顾与未来打算", "2024年，", "未来一个时期，"),
            ("Review of 2024 and plans for 2025", "In 2024, as planned for 2025, ", "In 2025, "),
            ("Review and goals", "Last year, ", "Next year, "),
            ("2024年工作回顾和2025年总体要求", "2024年，", "2025年是收官之年，"),
            ("Economic Performance in 2024 and Outlook for 2025", "", "In 2025, "),
            ("Work in 2024, plans for 2025", "The bridge was ready ahead of time. ", "In 2025, "),
            ("Results of 2024 & tasks for 2025", "", "For 2025, compared with 2024, "),
            ("Review of 2024 as well as plans for 2025", "The Future Act passed. ", "We will "),
        ],
    )
    def test_a_heading_names_a_review_and_then_a_plan(self, heading, did, will):
        """The plan begins within its section, at the paragraph that first speaks of it."""
        did, will = f"{did}{DID}", f"{will}{WILL}"
        section = [f"一、{heading}", did, DID, will, DID]
        assert letters_of([*section, "二、建设", WILL]) == "rrrpppp"
        assert (
            letters_of(["一、回顾", DID, f"二、{heading}", did, will, "三、建设", WILL])
            == "rrrrppp"
        )
        for first, second in (("1. ", "2. "), ("(1) ", "(2) "), ("## ", "## "), ("I. ", "II. ")):
            lines = [f"{first}{heading}", did, DID, will, DID, f"{second}建设", WILL]
            assert letters_of(lines) == "rrrpppp"
        # Without such a paragraph, only the place of the section tells its part.
        assert letters_of([f"一、{heading}", did, "二、建设", WILL]) == "rrpp"
        assert letters_of(["一、回顾", DID, f"二、{heading}", DID, "三、建设", WILL]) == "rrpppp"

    @pytest.mark.parametrize(
        ("lines", "letters"),
        [
            (["第一部分", "2024年工作回顾", DID, "第二部分", "2025年工作安排", WILL], "rrrppp"),
            (["目录 一、工作回顾 1 二、任务 8", "一、工作回顾", DID, "二、任务", WILL], "crrpp"),
            (["目录", "工作回顾 1", "任务 8", "工作回顾", DID, "任务", WILL], "cccrrpp"),
            (["Contents", "Review 1", "Plan 8", "Review", BUILT, "Plan", BUILD], "cccrrpp"),
            (["一、回顾", DID, "名词解释", DID, "二、建设", WILL, "名词解释", DID], "rrggppgg"),
            (["1. 回顾", DID, "2. 任务", WILL, "名词解释", "1. 路", "2. 桥", "3. 渠"], "rrppgggg"),
            (["1. Introduction", BUILT, "2. Achievements", BUILT, "3. Goals", BUILD], "--rrpp"),
            (["一、去年回顾和今年任务", DID, "二、建设", WILL], "rrpp"),
            (["一、去年回顾", DID, "二、五年成就和今后任务", WILL, "三、建设", WILL], "rrpppp"),
            (["一、农业存在的问题", WILL, "二、工业的任务", WILL, "三、其他", WILL], "--pppp"),
            (["A. Review", BUILT, "B. Plan", BUILD], "rrpp"),
            (["一、工作回顾2024年，很好。", DID, "二、工作安排2025年，更好。", WILL], "rrpp"),
        ],
    )
    def test_odd_forms_of_reports(self, lines, letters):
        assert letters_of(lines) == letters

    @pytest.mark.parametrize(
        ("heading", "letter"),
        [
            ("名词解释", "g"),
            ("名 词 解 释", "g"),
            ("【名词解释】", "g"),
            ("（名词解释）", "g"),
            ("名詞解釋：", "g"),
            ("附件2 名词解释", "g"),
            ("附：名词注释", "g"),
            ("《政府工作报告》有关用语说明", "g"),
            ("《政府工作报告》名词术语解释", "g"),
            ("注释：", "g"),
            ("四、名词解释", "g"),
            ("Glossary", "g"),
            ("Annex 1: Glossary of Terms", "g"),
            ("Explanation of terms", "g"),
            ("Notes", "g"),
            ("附件", "a"),
            ("附件1", "a"),
            ("附件一：民生实事", "a"),
            ("附錄", "a"),
            ("附表 主要指标", "a"),
            ("附：2025年民生实事", "a"),
            ("Annex", "a"),
            ("Appendix A. Projects", "a"),
            ("Attachments", "a"),
        ],
    )
    def test_glossaries_and_annexes(self, heading, letter):
        report = ["一、回顾", DID, "二、任务", WILL, "三、建设", WILL]
        after = [heading, "一、路：公路。", "二、桥", "三、渠", "四、就业任务", WILL]
        assert letters_of([*report, *after]) == "rrpppp" + letter * 6

    def test_annex_and_glossary_follow_each_other(self):
        report = ["一、回顾", DID, "附件1", "表", "附件2 名词解释", "路：公路。", "附表", "表"]
        assert letters_of(report) == "rraaggaa"

    def test_words_about_annexes_are_no_annex(self):
        lines = [
            "一、回顾",
            DID,
            "附近群众收入增加",
            "附件所列项目已经完成。",
            "二、任务",
            "附属设施",
        ]
        assert letters_of(lines) == "rrrrpp"
        lines = ["一、回顾", DID, f"注：{DID}", DID, "二、任务", WILL, f"Notes: {BUILT}", BUILD]
        assert letters_of(lines) == "rrrrpppp"

    @pytest.mark.parametrize(
        "closing",
        [
            ["各位代表！让我们更加紧密地团结起来，为美好明天而奋斗！"],
            ["各位代表！", "实干成就未来。让我们携手前进！"],
            ["各位代表！", "我们要紧密团结在党组织周围，奋勇前进。", "谢谢大家！", "打印 关闭"],
            ["Fellow deputies,", "Let us work together for a better future.", "Thank you."],
        ],
    )
    def test_the_last_appeal_is_the_closing(self, closing):
        report = ["一、回顾", DID, "让我们团结前进。", DID * 20, "二、任务", WILL * 20]
        letters = "rrrrpp" + "x" * len(closing)
        assert letters_of([*report, *closing]) == letters
        assert letters_of([*report, *closing, "附件", "表"]) == letters + "aa"
        assert letters_of([*report, closing[0] + WILL * 60]) == "rrrrppp"

    def test_titles_dates_and_greetings_are_the_front(self):
        front = [
            "关于2024年工作总结和2025年工作计划的报告",
            "2024年工作总结和2025年工作计划",
            "2025年1月5日在某省人民代表大会第三次会议上某省省长作政府工作报告。",
            "来源：样报",
            "各位代表：",
            "现在，我代表省人民政府，向大会报告工作，请予审议。",
        ]
        assert letters_of([*front, "一、回顾", DID, "二、任务", WILL]) == "ffffffrrpp"
        assert letters_of([front[0], DID, "一、回顾", DID, "二、任务", WILL]) == "f-rrpp"

    @pytest.mark.parametrize(
        "lines",
        [
            [],
            ["机器人"],
            ["回顾过去一年，我们做了很多工作。", "一、任务", WILL],
            ["Review", BUILT],
            ["2024年工作总结和2025年工作计划", DID, WILL],
            ["一、机器人", DID, "二、量子", WILL],
            ["附件", "一、表", "名词解释", DID],
            ["目录", "一、回顾", "二、任务", DID, WILL],
            ["一年来，主要做了以下工作：", DID, "今年要重点抓好以下工作：", WILL],
        ],
    )
    def test_parts_are_missing_without_two_known_headings(self, lines):
        if lines:
            with pytest.warns(
                UserWarning, match="are known in 1 of 1 documents: 'a'; report_parts"
            ):
                assert letters_of(lines) == "-" * len(lines)
        else:
            assert letters_of(lines) == ""

    def test_one_warning_names_the_documents(self):
        texts = ["一、回顾", "好。", "二、任务"]
        rows = [(document, text) for document in "abcdefgh" for text in texts]
        documents = pd.DataFrame(rows, columns=["document", "text"])
        documents.loc[documents["document"] != "c", "text"] = "好。"
        with pytest.warns(UserWarning, match="in 7 of 8 documents: 'a', 'b', 'd', ") as caught:
            found = pol.report_parts(documents)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert found.dropna().to_list() == ["review", "review", "plan"]
        assert (found.name, found.dtype) == ("part", "str")

    def test_rows_of_documents_may_be_mixed(self):
        documents = documents_of("一、回顾", "一、回顾", "二、任务", "二、任务")
        found = pol.report_parts(documents.assign(document=list("abab")).set_axis(list("wxyz")))
        assert found.to_dict() == {"w": "review", "x": "review", "y": "plan", "z": "plan"}

    def test_headings_that_the_caller_names(self):
        lines = ["Report", "Roads and bridges", BUILT, "2. Homes", BUILD, "Words: a road is long."]
        named = {"roads and Bridges:": "review", "Homes": "plan", "Words": "glossary"}
        assert letters_of(lines, headings=named) == "frrppg"
        assert letters_of(lines, headings=pd.Series(named)) == "frrppg"
        chinese = ["一、路", DID, "二、任务", WILL, "三、回望来路", DID]
        assert letters_of(chinese, headings={"三、回望来路": "review", "路": "review"}) == "rrpprr"

    def test_wrong_headings_are_refused(self):
        with pytest.raises(ValueError, match=r"no part 'reviews'.*did you mean 'review'"):
            letters_of([DID], headings={"a": "reviews"})
        with pytest.raises(TypeError, match="expected a mapping of headings to parts, not list"):
            letters_of([DID], headings=["a"])
        with pytest.raises(TypeError, match="headings: expected text, got 3"):
            letters_of([DID], headings={3: "plan"})

    def test_a_missing_document_is_named(self):
        documents = documents_of("一、回顾", DID).assign(document=["a", None])
        with pytest.raises(ValueError, match="column 'document', row 1: the cell is empty"):
            pol.report_parts(documents)
