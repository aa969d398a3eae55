"""Paragraphs are searched for terms, and hits become statements."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.coding import coder
from tests.coding.helpers import codebook_of, documents_of, hits


class TestFindTerms:
    def test_terms_of_both_languages_with_their_places(self):
        codebook = codebook_of(robots=("robot; robots", "机器人"), talent=("talent", "人才"))
        texts = "Robots need talent.", "", "机器人和人才, robots"
        assert hits(codebook, *texts) == [
            (1, "robots", 0, 6),
            (1, "talent", 12, 18),
            (3, "robots", 0, 3),
            (3, "talent", 4, 6),
            (3, "robots", 8, 14),
        ]

    def test_nothing_to_find(self):
        empty = pol.find_terms(documents_of(), codebook_of(a=("robots", None)))
        assert empty.columns.to_list() == ["document", "paragraph", "code", "term", "start", "end"]
        assert empty.empty
        assert pol.find_terms(documents_of("robots"), codebook_of(a=(None, None))).empty

    def test_other_tables_are_refused(self):
        codebook = codebook_of(a=("robots", None))
        with pytest.raises(ValueError, match="no column 'text'"):
            pol.find_terms(documents_of("x").drop(columns="text"), codebook)
        with pytest.raises(ValueError, match="row 0: expected a string, got None"):
            pol.find_terms(documents_of("x").assign(text=None), codebook)
        for columns in (["terms_en", "terms_zh"], ["id"]):
            with pytest.raises(ValueError, match=f"no column '{columns[0]}'"):
                pol.find_terms(documents_of("x"), codebook.drop(columns=columns))

    def test_one_column_of_terms_is_enough(self):
        codebook = codebook_of(a=("robots", None))[["id", "terms_en"]]
        assert pol.find_terms(documents_of("robots"), codebook)["code"].to_list() == ["a"]
        assert pol.code_documents(documents_of("robots"), codebook)["code"].to_list() == ["a"]
        assert pol.lint_codebook(codebook).empty

    def test_traditional_characters_in_texts_and_terms_are_simplified_ones(self):
        codebook = codebook_of(trade=(None, "外贸"), farms=(None, "農業; 乡村", None, "農業銀行"))
        texts = "發展外貿、農業", "发展外贸、农业", "农业银行和農業銀行", "鄉村"
        assert hits(codebook, *texts) == [
            *((n, code, at, at + 2) for n in (1, 2) for code, at in (("trade", 2), ("farms", 5))),
            (4, "farms", 0, 2),
        ]
        found = pol.find_terms(documents_of(*texts), codebook)
        assert found["term"].to_list() == ["外贸", "農業", "外贸", "農業", "乡村"]


STATEMENT = ["document", "paragraph", "actor", "role", "code", "count", "quote"]


def coded(documents, codebook, **options):
    return pol.code_documents(documents, codebook, **options)[STATEMENT].to_numpy().tolist()


class TestCodeDocuments:
    def test_a_statement_for_each_code_in_a_paragraph(self):
        codebook = codebook_of(machine=("robots; machines", "机器人"), grain=("grain", "粮食"))
        documents = documents_of("Grain, robots and Machines.", "nothing", "机器人、机器人")
        assert coded(documents, codebook) == [
            ["a", 1, "a", "commits", "grain", 1, "Grain"],
            ["a", 1, "a", "commits", "machine", 2, "robots"],
            ["a", 3, "a", "commits", "machine", 2, "机器人"],
        ]

    def test_traditional_and_simplified_texts_say_the_same(self):
        traditional = (
            "湖南召開省委經濟工作會議。會議強調，要擴大消費。",
            "河南省省長王凱表示，不會新建鐵路，鄉村振興已見成效。",
            "「廣東將對企業減稅。」臺灣學者說：「這有利於就業。」",
        )
        simplified = (
            "湖南召开省委经济工作会议。会议强调，要扩大消费。",
            "河南省省长王凯表示，不会新建铁路，乡村振兴已见成效。",
            "「广东将对企业减税。」台湾学者说：「这有利于就业。」",
        )
        codebook = pol.read_codebook()
        both = [
            pol.code_documents(documents_of(*texts), codebook, actor=actor)
            for texts in (traditional, simplified)
            for actor in ("sentence", "document")
        ]
        said, listed = both[:2], both[2:]
        for one, other in zip(said, listed, strict=True):
            assert len(one) >= 3
            pd.testing.assert_frame_equal(one.drop(columns="quote"), other.drop(columns="quote"))
        assert {"消費", "鐵路"} <= set(both[0]["quote"])
        assert both[0].set_index("quote").at["鐵路", "qualifier"] == False  # noqa: E712

    def test_actors_may_have_traditional_names(self):
        tables = pol.read_tables(collection=None)
        expert = {"id": "chen", "label": "Chen", "label_zh": "陳國強"}
        experts = pd.DataFrame([expert]).reindex(columns=tables.experts.columns)
        tables = replace(tables, experts=experts)
        codebook = codebook_of(trade=(None, "外贸"))
        for text in ("專家陳國強認為，應擴大外貿。", "专家陈国强认为，应扩大外贸。"):
            (found,) = coded(documents_of(text), codebook, actor="sentence", tables=tables)
            assert found[2:5] == ["chen", "recommends", "trade"]

    def test_actor_and_role_come_from_the_table(self):
        documents = documents_of("grain", "grain").assign(actor="henan", role=["reports", None])
        found = pol.code_documents(documents, codebook_of(grain=("grain", None)))
        assert found["actor"].to_list() == ["henan", "henan"]
        assert found["role"].to_list() == ["reports", "commits"]

    def test_statements_have_the_shape_of_their_table(self, tables):
        found = pol.code_documents(documents_of("grain"), codebook_of(grain=("grain", None)))
        assert found.columns.to_list() == tables.statements.columns.to_list()
        assert found["id"].to_list() == ["a-p01-a-commits-grain"]
        assert re.fullmatch(rf"policylib {pol.__version__}, terms [0-9a-f]{{8}}", found["coder"][0])
        assert found["qualifier"].to_list() == [True]
        assert found[["initiative", "summary"]].isna().all(axis=None)

    def test_statements_join_a_package(self, tables, tmp_path):
        text = "Robots and new materials; robots."
        codebook = tables.priorities.assign(
            terms_en=tables.priorities["label"].where(tables.priorities["level"] == "item")
        )
        documents = pd.DataFrame(
            {"document": "daily", "paragraph": [3], "text": text, "actor": "henan"}
        )
        found = pol.code_documents(documents, codebook)
        assert found["code"].to_list() == ["robots", "new-materials"]
        both = replace(tables, statements=pd.concat([tables.statements, found], ignore_index=True))
        again = pol.read_tables(pol.write_tables(both, tmp_path / "both"))
        assert len(again.statements) == len(tables.statements) + 2

    def test_an_anchor_has_at_most_six_words(self):
        term = "one two three four five six seven"
        found = pol.code_documents(documents_of(term), codebook_of(long=(term, None)))
        assert found["quote"].to_list() == ["one two three four five six"]

    @given(
        st.lists(st.lists(st.sampled_from(["ab", "cd", "xy", "，"]), max_size=8), max_size=6),
    )
    def test_counts_add_up_to_the_hits(self, texts):
        documents = documents_of(*(" ".join(words) for words in texts))
        codebook = codebook_of(one=("ab", None), two=("cd; xy", None))
        found, hit = pol.code_documents(documents, codebook), pol.find_terms(documents, codebook)
        expected = hit.groupby(["paragraph", "code"]).size()
        assert found.set_index(["paragraph", "code"])["count"].sort_index().to_dict() == (
            expected.to_dict()
        )
        assert found["id"].is_unique

    def test_sentences_of_speakers_and_no_others(self):
        text = "Grain is dear. Henan will store grain. Hebei proposed robots, and grain."
        codebook = codebook_of(
            grain=("grain", None), robots=("robots", None), north=("hebei", None)
        )
        found = pol.code_documents(documents_of(text), codebook, actor="sentence")
        assert found[["actor", "code", "count"]].to_numpy().tolist() == [
            ["henan", "grain", 1],
            ["hebei", "robots", 1],
            ["hebei", "grain", 1],
        ]
        assert found["rule"].to_list() == ["subject", "verb after name", "verb after name"]

    def test_he_is_the_expert_of_the_paragraph_before(self):
        news = pd.DataFrame(
            {
                "document": ["a", "a", "b"],
                "paragraph": [1, 2, 1],
                "text": ["Peng Peng said robots.", "He suggested robots.", "He suggested robots."],
            }
        )
        codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": [None]})
        coded = pol.code_documents(news, codebook, actor="sentence")
        assert coded[["document", "actor", "rule"]].to_numpy().tolist() == [
            ["a", "peng-peng", "verb after name"],
            ["a", "peng-peng", "pronoun"],
        ]

    def test_two_speakers_each_make_a_statement(self):
        text = "Hubei and Hunan both pledged more grain."
        found = pol.code_documents(
            documents_of(text), codebook_of(grain=("grain", None)), actor="sentence"
        )
        assert found["actor"].to_list() == ["hubei", "hunan"]

    def test_actors_of_a_package_of_ones_own(self, tables):
        text = "Siping proposed grain. Yunnan proposed grain."
        codebook = codebook_of(grain=("grain", None))
        found = pol.code_documents(documents_of(text), codebook, actor="sentence", tables=tables)
        assert found["actor"].to_list() == ["siping"]

    def test_nothing_coded_has_the_same_columns(self):
        codebook = codebook_of(grain=("grain", None))
        full = pol.code_documents(documents_of("grain"), codebook)
        for documents in (documents_of("none"), documents_of("").head(0), documents_of()):
            empty = pol.code_documents(documents, codebook)
            assert empty.columns.to_list() == full.columns.to_list()
            assert len(empty) == 0
        said = pol.code_documents(documents_of("grain"), codebook, actor="sentence")
        assert len(said) == 0
        assert said.columns.to_list() == [*full.columns, "rule"]

    def test_a_paragraph_in_two_rows_is_refused(self):
        documents = documents_of("grain", "grain").assign(paragraph=4)
        with pytest.raises(ValueError, match="duplicate paragraph 4 of document 'a'"):
            pol.code_documents(documents, codebook_of(grain=("grain", None)))

    def test_order_of_rows_does_not_matter_for_speakers(self):
        texts = [
            "Pan Helin spoke.",
            "He said grain.",
            "Song Xiangqing said grain.",
            "He said grain.",
        ]
        documents = documents_of(*texts)
        codebook = codebook_of(grain=("grain", None))
        key = ["paragraph", "actor", "code"]
        for order in (documents, documents[::-1], documents.iloc[[2, 0, 3, 1]]):
            found = pol.code_documents(order, codebook, actor="sentence").sort_values("paragraph")
            assert found[key].to_numpy().tolist() == [
                [2, "pan-helin", "grain"],
                [3, "song-xiangqing", "grain"],
                [4, "song-xiangqing", "grain"],
            ]

    def test_blocks_do_not_matter(self, monkeypatch):
        documents = documents_of(*["grain and robots", "", "x" * 50, "robots"] * 3)
        codebook = codebook_of(grain=("grain", None), robots=("robots", None))
        whole = pol.code_documents(documents, codebook)
        for size in (1, 7, 40):
            monkeypatch.setattr(coder, "BLOCK", size)
            pd.testing.assert_frame_equal(pol.code_documents(documents, codebook), whole)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"document": None}, "column 'document', row 0: the cell is empty"),
            ({"actor": ["henan", None]}, "column 'actor', row 1: the cell is empty"),
            ({"role": "commit"}, "no role 'commit'.*did you mean 'commits'"),
            ({"paragraph": ["1", "2"]}, "column 'paragraph' must hold integers from 1, not str"),
            (
                {"paragraph": pd.array([1, None], dtype="Int64")},
                "column 'paragraph', row 1: the cell is empty",
            ),
            ({"paragraph": [1, 0]}, "column 'paragraph', row 1: expected an integer from 1, got 0"),
            (
                {"paragraph": [-1, 1]},
                "column 'paragraph', row 0: expected an integer from 1, got -1",
            ),
            ({"text": ["grain", None]}, "column 'text', row 1: expected a string, got (nan|None)"),
            (
                {"document": ["a", ["b"]]},
                r"column 'document', row 1: expected one value, got \['b'",
            ),
            ({"actor": ["a", {"b"}]}, "column 'actor', row 1: expected one value, got {'b'}"),
            ({"role": [None, ["commits"]]}, "column 'role', row 1: expected one value, got"),
            ({"role": 3}, r"no role 3 \(allowed: commits"),
        ],
    )
    def test_rows_that_cannot_be_coded(self, change, message):
        documents = documents_of("grain", "grain").assign(**change)
        with pytest.raises(ValueError, match=message):
            pol.code_documents(documents, codebook_of(grain=("grain", None)))

    @pytest.mark.parametrize("dtype", ["object", "str", "category"])
    def test_types_of_columns_do_not_matter(self, dtype):
        documents = documents_of("grain", "no", "grain").astype({"document": dtype, "text": dtype})
        documents.index = [7, 8, 9]
        found = coded(documents, codebook_of(grain=("grain", None)))
        assert found == coded(
            documents_of("grain", "no", "grain"), codebook_of(grain=("grain", None))
        )

    def test_a_checksum_tells_codebooks_apart(self):
        documents = documents_of("grain")
        one, two = (codebook_of(grain=(terms, None)) for terms in ("grain", "grain; wheat"))
        coder = {
            pol.code_documents(documents, codebook)["coder"][0] for codebook in (one, two, one)
        }
        assert len(coder) == 2

    def test_a_checksum_tells_terms_from_excluded_phrases(self):
        listed = codebook_of(grain=("grain; bread", None))
        excluded = codebook_of(grain=("grain", None, "bread"))
        one, other = (
            pol.code_documents(documents_of("grain"), codebook) for codebook in (listed, excluded)
        )
        assert one["coder"][0] != other["coder"][0]
        assert one.drop(columns="coder").equals(other.drop(columns="coder"))

    @pytest.mark.parametrize("actor", ["document", "sentence"])
    def test_statements_are_in_the_order_of_places(self, actor):
        text = "Henan will store wheat, buy robots and store wheat. Hebei will buy robots."
        codebook = codebook_of(robots=("robots", None), grain=("wheat", None))
        documents = documents_of(text, text)
        found = pol.code_documents(documents, codebook, actor=actor)
        whole, parts = ["grain", "robots"], ["grain", "robots", "robots"]
        assert found["code"].to_list() == 2 * (whole if actor == "document" else parts)
        places = found[["paragraph", "start"]].to_numpy().tolist()
        assert places == sorted(places)

    def test_sentences_ignore_the_columns_of_actors_and_roles(self):
        documents, codebook = (
            documents_of("Henan will store grain."),
            codebook_of(a=("grain", None)),
        )
        found = pol.code_documents(documents, codebook, actor="sentence")
        given = documents.assign(actor=None, role="unknown")
        assert pol.code_documents(given, codebook, actor="sentence").equals(found)
        with pytest.raises(ValueError, match="column 'paragraph', row 0: expected an integer"):
            pol.code_documents(given.assign(paragraph=0), codebook, actor="sentence")

    def test_order_of_rows_does_not_matter(self):
        documents = documents_of("grain", "robots", "grain robots")
        codebook = codebook_of(grain=("grain", None), robots=("robots", None))
        found = pol.code_documents(documents, codebook)
        turned = pol.code_documents(documents[::-1], codebook)
        key = ["paragraph", "code"]
        assert (
            turned.sort_values(key)[STATEMENT].to_numpy().tolist()
            == found.sort_values(key)[STATEMENT].to_numpy().tolist()
        )

    def test_an_unknown_kind_of_actor(self):
        with pytest.raises(ValueError, match=r"no actor 'sentences'.*did you mean 'sentence'"):
            pol.code_documents(documents_of(), codebook_of(a=("grain", None)), actor="sentences")


class TestReportRoles:
    @pytest.mark.parametrize(
        ("lines", "roles"),
        [
            (["题", "一、2024年工作回顾", "好。", "二、2025年工作安排", "要。"], " rrcc"),
            (["Report", "I. A Review of Our Work", "Good.", "II. Tasks", "Do."], " rrcc"),
            (["# Report", "# Review", "Good.", "# Plan", "Do."], " rrcc"),
            (["2024年工作回顾", "好。", "2025年工作安排建议", "要。"], "rrcc"),
            (["一、回顾", "二、安排", "三、建设", "四、回顾"], "rccc"),
            (["一、回顾", "工作总结", "二、建设", "三、总结", "好"], "rrccc"),
            (["一、回顾", "按照部署要求，做了以下工作：", "好。", "二、安排"], "rrrc"),
            (["一、回顾", "》的目标和任务；提出了《", "1.目标", "二、安排"], "rrrc"),
            (["目录", "一、回顾", "二、安排", "一、回顾", "好。", "二、安排", "附件"], "   rrc "),
        ],
    )
    def test_roles_of_the_parts_of_a_report(self, lines, roles):
        found = pol.report_roles(documents_of(*lines))
        letters = {"r": "reports", "c": "commits", " ": ""}
        assert found.fillna("").to_list() == [letters[letter] for letter in roles]
        assert (found.name, found.dtype) == ("role", "str")

    def test_unknown_documents_are_named(self):
        documents = documents_of("一、回顾", "好").assign(document=["a", "b"])
        with pytest.warns(UserWarning, match="in 2 of 2 documents: 'a', 'b'; report_parts") as seen:
            assert pol.report_roles(documents).isna().all()
        assert [one.filename for one in seen] == [__file__]

    def test_a_missing_document_is_named(self):
        documents = documents_of("一、回顾", "好").assign(document=["a", None])
        with pytest.raises(ValueError, match="column 'document', row 1: the cell is empty"):
            pol.report_roles(documents)


GRAIN = codebook_of(grain=("grain", "粮食"))
REPORT = ["粮食报告", "一、去年工作回顾", "粮食多。", "二、今年任务", "种粮食。", "附件", "粮食。"]


class TestPartsOfReports:
    def test_other_parts_are_left_out_and_the_review_reports(self):
        found = pol.code_documents(documents_of(*REPORT), GRAIN)
        assert found["paragraph"].to_list() == [3, 5]
        assert found["role"].to_list() == ["reports", "commits"]

    def test_paragraphs_tell_the_order_of_a_report(self):
        documents = pd.concat([documents_of(*REPORT).assign(document=name) for name in "ab"])
        found = pol.code_documents(documents, GRAIN).sort_values(["document", "paragraph"])
        for order in (slice(None, None, -1), [3, 10, 1, 8, 5, 12, 0, 7, 2, 9, 4, 11, 6, 13]):
            other = pol.code_documents(documents.iloc[order], GRAIN)
            other = other.sort_values(["document", "paragraph"])
            assert other.to_numpy().tolist() == found.to_numpy().tolist()

    @pytest.mark.parametrize(
        ("parts", "paragraphs"),
        [
            (None, [1, 3, 5, 7]),
            ("plan", [5]),
            (["annex", "front"], [1, 7]),
            ((), []),
            (iter(["review"]), [3]),
        ],
    )
    def test_the_caller_chooses_the_parts(self, parts, paragraphs):
        found = pol.code_documents(documents_of(*REPORT), GRAIN, parts=parts)
        assert found["paragraph"].to_list() == paragraphs
        if parts is None:
            assert set(found["role"]) == {"commits"}

    def test_a_role_in_the_table_wins(self):
        roles = ["defines", None, None, None, "directs", "defines", "defines"]
        documents = documents_of(*REPORT).assign(role=roles)
        found = pol.code_documents(documents, GRAIN)
        assert found["role"].to_list() == ["reports", "directs"]

    def test_repeated_row_labels(self):
        documents = documents_of(*REPORT).set_axis([0] * len(REPORT))
        assert pol.code_documents(documents, GRAIN)["paragraph"].to_list() == [3, 5]

    def test_paragraphs_without_a_part_are_coded(self):
        documents = documents_of("粮食报告", "去年粮食多。", *REPORT[1:])
        found = pol.code_documents(documents, GRAIN)
        assert found["paragraph"].to_list() == [2, 4, 6]
        assert found["role"].to_list() == ["commits", "reports", "commits"]

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize(
        "lines", [["粮食"], ["任务", "粮食"], ["附件", "粮食", "注释", "粮食"]]
    )
    def test_other_texts_never_lose_a_line(self, lines):
        documents = documents_of(*lines)
        found = pol.code_documents(documents, GRAIN)
        pd.testing.assert_frame_equal(found, pol.code_documents(documents, GRAIN, parts=None))
        assert len(found) == lines.count("粮食")

    def test_news_never_lose_a_line(self):
        documents = documents_of(*REPORT[1:-1], "Henan will grow grain.")
        found = pol.code_documents(documents, GRAIN, actor="sentence", parts="plan")
        assert found["actor"].to_list() == ["henan"]

    def test_unknown_parts_are_refused(self):
        with pytest.raises(ValueError, match=r"no part 'plans' .*did you mean 'plan'"):
            pol.code_documents(documents_of("a"), GRAIN, parts=["plans"])
        with pytest.raises(TypeError, match="parts: expected a part, a list of parts, or None"):
            pol.code_documents(documents_of("a"), GRAIN, parts=3)


def test_columns_that_are_called_almost_as_others_are_named():
    documents = documents_of("grain").assign(Actor="henan", author="Li", paragraphs=1)
    codebook = codebook_of(grain=("grain", None)).drop(columns="terms_zh")
    with pytest.warns(
        UserWarning, match="the documents: the column 'Actor' is left out; did .* 'a"
    ):
        pol.code_documents(documents, codebook)
    # Then nothing is missing, so the others are harmless.
    pol.code_documents(documents.assign(actor="henan"), codebook.assign(note="x", term="y"))
    pol.code_documents(documents.drop(columns="Actor"), codebook)
    misspelt = codebook.assign(term_zh="粮食")
    for call in (
        lambda: pol.code_documents(documents_of("grain"), misspelt),
        lambda: pol.lint_codebook(misspelt),
        lambda: pol.find_terms(documents_of("grain"), misspelt),
    ):
        with pytest.warns(UserWarning, match="the codebook: the column 'term_zh' .* 'terms_zh'"):
            call()
