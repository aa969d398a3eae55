"""Sentences, and the sentence of a statement."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.documents.sentences import find_quote, language_of, sentences, with_sentences

EN = "Mr. Li buys robots. 🚀 Go on! He said “no trains.” Then he left"
ZH = "我们造机器人。🤖🤖建铁路；修公路！“完了。”好"
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": [EN, ZH]})


def at(text: str, words: str, *, paragraph: int) -> dict[str, object]:
    """A statement at the last place of some words."""
    start = text.rindex(words)
    place = {"start": start, "end": start + len(words), "quote": words}
    return {"document": "d", "paragraph": paragraph} | place


def found(*statements: dict[str, object], documents: pd.DataFrame = DOCUMENTS) -> list[object]:
    return with_sentences(pd.DataFrame(list(statements)), documents)["sentence"].to_list()


class TestSentences:
    @pytest.mark.parametrize("text", ["", " \n", "A. B", EN, ZH, "x\n\n y. Z ", "3.5 of No. 7. Ok"])
    def test_sentences_are_all_of_the_text_but_white_space_at_its_end(self, text):
        spans = list(sentences(text, language_of(text)))
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        assert starts == [0, *ends[:-1]][: len(spans)]
        assert not text[ends[-1] if ends else 0 :].strip()

    def test_a_short_form_ends_no_sentence(self):
        parts = [EN[start:end].strip() for start, end in sentences(EN, "en")]
        assert parts == ["Mr. Li buys robots.", "🚀 Go on!", "He said “no trains.”", "Then he left"]


class TestWithSentences:
    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            ("robots", "Mr. Li buys robots."),
            ("Go", "🚀 Go on!"),  # an emoji is one character
            ("trains", "He said “no trains.”"),
            ("left", "Then he left"),
            ("Mr. Li", "Mr. Li buys robots."),
            ("robots. 🚀 Go", "Mr. Li buys robots. 🚀 Go on!"),
            ("robots. 🚀 Go on! He", "Mr. Li buys robots. 🚀 Go on! He said “no trains.”"),
            (EN, EN),
        ],
    )
    def test_an_english_place(self, words, sentence):
        assert found(at(EN, words, paragraph=1)) == [sentence]

    @pytest.mark.parametrize(
        ("text", "quote"),
        [
            ("Rail is late.", "rail"),
            ("RAIL’S late.", "rail's"),
            ("Fi\u00adnance.", "finance"),
            ("ﬁnance.", "Finance"),
            ("Öffentlich.", "öffentlich"),
            ("cafe\u0301 –", "café -"),
            ("a\xa0b.", "a b"),
            ("經濟。", "经济"),
        ],
    )
    def test_the_quote_may_have_other_case_and_marks_at_its_place(self, text, quote):
        documents = DOCUMENTS.assign(text=[f"{text}\nWe like {quote} here.", "x"])
        place = {"document": "d", "paragraph": 1, "start": 0, "end": len(text.rstrip(".。"))}
        assert found(place | {"quote": quote}, documents=documents) == [text]
        other = place | {"quote": "here"}
        assert found(other, documents=documents) == [f"We like {quote} here."]

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            ("机器人", "我们造机器人。"),
            ("铁路", "🤖🤖建铁路；"),
            ("🤖", "🤖🤖建铁路；"),
            ("公路", "修公路！"),
            ("完", "“完了。”"),
            ("铁路；修公路", "🤖🤖建铁路；修公路！"),
            ("好", "好"),
        ],
    )
    def test_a_chinese_place(self, words, sentence):
        assert found(at(ZH, words, paragraph=2)) == [sentence]

    @given(st.text("ab 。.!;\nA好🚀", min_size=1, max_size=30), st.data())
    def test_it_joins_all_sentences_that_the_place_is_in(self, text, data):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        spans = sentences(text, language_of(text))
        within = [(a, b) for a, b in spans if a < end and b > start]
        documents = pd.DataFrame({"document": "d", "paragraph": [1], "text": text})
        place = {"document": "d", "paragraph": 1, "start": start, "end": end}
        (sentence,) = found(place, documents=documents)
        if within:
            assert sentence == text[within[0][0] : within[-1][1]].strip()
        assert sentence in text
        assert text[start:end].strip() in sentence

    def test_without_a_place_it_is_that_of_the_quote_and_else_the_paragraph(self):
        place = {"document": "d", "paragraph": 1}
        assert found(place) == [EN]
        assert found(place | {"quote": "Go"}) == ["🚀 Go on!"]
        assert found(place | {"quote": None, "start": 3}) == [EN]
        assert found(place | {"quote": " "}) == [EN]
        assert found(place | {"quote": "ships"}) == [EN]

    def test_a_quote_may_be_shorter_than_its_place_and_have_other_spaces(self):
        text = "Buy robots\u00a0of all kinds. Buy robots of one kind."
        documents = pd.DataFrame({"document": "d", "paragraph": [1], "text": text})
        place = {"document": "d", "paragraph": 1, "quote": "robots of"}
        assert found(place | {"start": 4, "end": 23}, documents=documents) == [text[:24]]
        assert found(place, documents=documents) == [text[:24]]
        assert found(place | {"start": 29, "end": 38}, documents=documents) == [text[25:]]

    def test_a_text_that_has_changed(self):
        place = at(EN, "trains", paragraph=1)
        moved = place | {"start": 0, "end": 6}
        assert found(moved) == ["He said “no trains.”"]
        assert found(place | {"start": 500, "end": 506}) == ["He said “no trains.”"]
        assert pd.isna(found(moved | {"quote": "ships"})).all()
        assert pd.isna(found(moved | {"quote": None, "end": 500})).all()
        assert pd.isna(found(moved | {"quote": None, "start": -1})).all()

    def test_what_documents_do_not_have_is_missing(self):
        places = [{"document": "d", "paragraph": 1}, {"document": "d", "paragraph": 9}]
        places += [{"document": "e", "paragraph": 1}, {"document": None, "paragraph": None}]
        assert found(*places)[0] == EN
        assert pd.isna(found(*places)[1:]).all()
        assert pd.isna(found(places[1])).all()

    @pytest.mark.parametrize("dtype", ["int64", "Int64", "float64", "object", "category"])
    def test_the_column_is_text_whatever_the_others_are(self, dtype):
        table = pd.DataFrame([at(EN, "robots", paragraph=1), at(ZH, "铁路", paragraph=2)])
        table = table.astype({"paragraph": dtype, "start": "float64", "end": "object"})
        table = pd.concat([table, table]).assign(sentence="old")  # index labels occur twice
        seen = with_sentences(table, DOCUMENTS)
        assert seen["sentence"].dtype == "str"
        assert seen["sentence"].to_list() == ["Mr. Li buys robots.", "🤖🤖建铁路；"] * 2
        pd.testing.assert_frame_equal(seen.drop(columns="sentence"), table.drop(columns="sentence"))
        for few in (table.head(0), table.assign(paragraph=9)):
            none = with_sentences(few, DOCUMENTS)["sentence"]
            assert none.dtype == "str"
            assert none.isna().all()

    def test_an_empty_text(self):
        documents = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": ["", " "]})
        places = [{"document": "d", "paragraph": n, "start": 0, "end": 0} for n in (1, 2)]
        assert found(*places, documents=documents) == ["", ""]

    def test_other_documents_are_named_with_the_nearest(self):
        message = "the statements are in 'report-jilin', but documents has 'd', 'report-jilim'; did"
        other = pd.concat([DOCUMENTS, DOCUMENTS.head(1).assign(document="report-jilim")])
        with pytest.raises(ValueError, match=f"{message} you mean 'report-jilim'"):
            found({"document": "report-jilin", "paragraph": 1}, documents=other)
        with pytest.raises(ValueError, match="are in 'd', but documents has none"):
            found({"document": "d", "paragraph": 1}, documents=DOCUMENTS.head(0))
        with pytest.raises(ValueError, match="are in no document, but documents has 'd'"):
            found({"document": None, "paragraph": None})

    @pytest.mark.parametrize(
        ("documents", "message"),
        [
            (DOCUMENTS.assign(paragraph=1), "duplicate paragraph 1 of document 'd'"),
            (DOCUMENTS.drop(columns="text"), "documents: no column 'text'"),
            (DOCUMENTS.assign(text=["a", np.nan]), "column 'text', row 1: expected a string"),
            (DOCUMENTS.assign(document=["d", None]), "documents: column 'document', row 1: the ce"),
            (DOCUMENTS.astype({"paragraph": "str"}), "holds 1 in the statements, but '1' in docum"),
        ],
    )
    def test_documents_are_a_table_of_paragraphs(self, documents, message):
        with pytest.raises(ValueError, match=message):
            found(at(EN, "robots", paragraph=1), documents=documents)

    def test_wrong_tables(self):
        with pytest.raises(TypeError, match="not tuple; the first table that read_documents"):
            found({"document": "d", "paragraph": 1}, documents=(DOCUMENTS, None))
        with pytest.raises(ValueError, match="statements: no column 'paragraph'"):
            found({"document": "d"})
        with pytest.raises(ValueError, match="statements: column 'start' must hold whole numbers"):
            found({"document": "d", "paragraph": 1, "start": 1.5, "end": 2})


@pytest.mark.parametrize(
    ("text", "quote", "place"),
    [
        ("Trails, rails", "rail", (1, 5)),
        ("Trails and rail", "rail", (11, 15)),
        ("5G网络和G网", "G", (1, 2)),
        ("a (b)  c", "(b) c", (2, 8)),
        ("a", "b", None),
    ],
)
def test_a_quote_is_rather_a_word_than_a_part_of_one(text, quote, place):
    assert find_quote(text, quote) == place
