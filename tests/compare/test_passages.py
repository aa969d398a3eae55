"""Passages that documents share, compared with all pairs of places."""

import re
from difflib import SequenceMatcher
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.compare import passages, shared_wording

UNIT = re.compile(r"[一-鿿]|\d+[.,]\d+|[a-z0-9]+")
PLACES = [f"{name}_{side}" for side in "ab" for name in ("document", "paragraph", "start", "end")]


def paragraphs(**documents):
    """Return a table of documents, each a list of the texts of its paragraphs."""
    rows = [(name, n, text) for name, texts in documents.items() for n, text in enumerate(texts, 1)]
    return pd.DataFrame(rows, columns=["document", "paragraph", "text"])


def by_brute_force(table, least):
    """Compare all places of all pairs of paragraphs of different documents."""
    order = {name: number for number, name in enumerate(table["document"].unique())}
    read = [
        (name, number, [(m[0], *m.span()) for m in UNIT.finditer(text.lower())])
        for name, number, text in table.itertuples(index=False)
    ]
    found = set()
    for (one, p, left), (two, q, right) in product(read, read):
        if order[one] >= order[two]:
            continue
        for i, j in product(range(len(left)), range(len(right))):
            if i and j and left[i - 1][0] == right[j - 1][0]:
                continue
            n = 0
            while (
                max(i, j) + n < max(len(left), len(right))
                and [unit[0] for unit in left[i + n : i + n + 1]]
                == [unit[0] for unit in right[j + n : j + n + 1]]
                != []
            ):
                n += 1
            if n >= least:
                place = (one, p, left[i][1], left[i + n - 1][2])
                found.add((*place, two, q, right[j][1], right[j + n - 1][2], n))
    return found


def rarest(table, row, least):
    """Count the documents that have the rarest run of a passage."""
    units = UNIT.findall(row.text.lower())
    numbers = []
    for i in range(len(units) - least + 1):
        run = f" {' '.join(units[i : i + least])} "
        has = [run in f" {' '.join(UNIT.findall(text.lower()))} " for text in table["text"]]
        numbers.append(table["document"][has].nunique())
    return min(numbers)


texts = st.lists(st.text("甲乙丙，", max_size=12), min_size=1, max_size=3)
worded = st.lists(st.sampled_from(["a", "ab", "b", "甲", "B", "1.5", "5", "1,5"]), max_size=8).map(
    " ".join
)
collections = st.lists(texts | st.lists(worded, min_size=1, max_size=3), min_size=1, max_size=4)


class TestSharedWording:
    @given(collections, st.integers(1, 5), st.sampled_from([None, 2, 3]))
    def test_equals_brute_force(self, documents, least, most):
        table = paragraphs(**{f"d{n}": texts for n, texts in enumerate(documents)})
        everything = shared_wording(table, least=least, most_documents=None)
        rows = [*everything[[*PLACES, "length"]].itertuples(index=False, name=None)]
        assert len(set(rows)) == len(rows)
        assert set(rows) == by_brute_force(table, least)
        assert [rarest(table, row, least) for row in everything.itertuples()] == [
            *everything["documents"]
        ]
        kept = everything[everything["documents"] <= (most or len(documents))]
        rare = shared_wording(table, least=least, most_documents=most)
        pd.testing.assert_frame_equal(rare, kept.reset_index(drop=True))

    @given(st.text("甲乙", min_size=30, max_size=60), st.integers(1, 4))
    def test_repeats_and_overlaps_equal_brute_force(self, text, least):
        table = paragraphs(a=[text[:25]], b=[text[10:], text[5:20]])
        found = shared_wording(table, least=least)
        rows = {*found[[*PLACES, "length"]].itertuples(index=False, name=None)}
        assert rows == by_brute_force(table, least)

    @given(st.text("甲乙丙丁", min_size=1), st.text("甲乙丙丁", min_size=1))
    def test_the_longest_passage_is_that_of_difflib(self, one, two):
        best = SequenceMatcher(None, one, two, autojunk=False).find_longest_match()
        found = shared_wording(paragraphs(a=[one], b=[two]), least=1)
        assert found["length"].max() == best.size or (found.empty and best.size == 0)
        places = found[["start_a", "start_b", "length"]].itertuples(index=False, name=None)
        assert best.size == 0 or best in places

    def test_planted_passages_are_found_with_their_places(self):
        planted = "深入实施城市更新行动"
        table = paragraphs(
            plan=["第一段没有。", f"今年，{planted}。"],
            report=[f"我们将{planted[:4]}、{planted[4:]}和别的事"],
        )
        found = shared_wording(table, least=8)
        assert found.to_dict("records") == [
            {
                "document_a": "plan",
                "paragraph_a": 2,
                "start_a": 3,
                "end_a": 13,
                "document_b": "report",
                "paragraph_b": 1,
                "start_b": 3,
                "end_b": 14,
                "length": 10,
                "documents": 2,
                "text": planted,
            }
        ]

    def test_english_is_compared_word_by_word(self):
        table = paragraphs(a=["An Office for AI-led growth."], b=["The oﬃce for AI led growths"])
        found = shared_wording(table, least=2)
        assert found["text"].to_list() == ["Office for AI-led"]
        assert found.loc[0, ["start_b", "end_b"]].to_list() == [4, 19]

    def test_what_cannot_be_seen_does_not_matter(self):
        table = paragraphs(
            a=["\ufeffThe invest\u00adment in the cafe\u0301."],
            b=["An investment in\u200b the café"],
        )
        found = shared_wording(table, least=4)
        assert found["text"].to_list() == ["invest\u00adment in the cafe\u0301"]
        assert found.loc[0, ["start_b", "end_b"]].to_list() == [3, 26]

    def test_a_number_is_one_word(self):
        table = paragraphs(a=["增长15%左右"], b=["增长5%左右"], c=["增长１５％左右"])
        found = shared_wording(table, least=3)
        assert found[["document_a", "document_b"]].to_numpy().tolist() == [["a", "c"]]

    def test_a_passage_ends_with_its_paragraph(self):
        table = paragraphs(a=["甲乙丙丁", "戊己庚辛"], b=["甲乙丙丁戊己庚辛"])
        assert shared_wording(table, least=3)["text"].to_list() == ["甲乙丙丁", "戊己庚辛"]
        assert shared_wording(table, least=5).empty

    def test_a_formula_within_a_longer_passage_is_kept(self):
        formula = "各位代表现在"
        table = paragraphs(
            **{f"d{n}": [formula + "一二三四"[n]] for n in range(4)}, e=[f"请{formula}四"]
        )
        assert len(shared_wording(table, least=6)) == 10
        found = shared_wording(table, least=6, most_documents=4)
        assert found[["document_a", "document_b", "documents", "text"]].to_numpy().tolist() == [
            ["d3", "e", 2, formula + "四"]
        ]

    def test_paragraphs_of_a_document_need_not_be_together(self):
        table = paragraphs(a=["甲乙丙", "丁戊己"], b=["丁戊己", "甲乙丙"])
        mixed = table.iloc[[0, 2, 1, 3]]
        pd.testing.assert_frame_equal(
            shared_wording(mixed, least=3), shared_wording(table, least=3)
        )

    @pytest.mark.parametrize(
        "table",
        [paragraphs(), paragraphs(a=[""], b=["，"], c=["ab"]), paragraphs(a=["x"], b=["x"])],
    )
    def test_without_shared_wording_the_table_is_empty(self, table):
        found = shared_wording(table)
        assert found.empty
        assert found.columns.to_list()[-3:] == ["length", "documents", "text"]

    def test_documents_that_repeat_themselves_are_named(self, monkeypatch):
        # The run 甲甲 begins at 3 × 2 pairs of places of b and d, which is 5 more than one.
        table = paragraphs(a=["甲甲"], b=["甲甲甲甲"], c=["乙"], d=["甲甲甲"])
        repeats = (1 * 3 - 1) + (1 * 2 - 1) + (3 * 2 - 1)
        monkeypatch.setattr(passages, "MOST_REPEATS", repeats)
        assert len(shared_wording(table, least=2)) == 3 + 2 + 4
        monkeypatch.setattr(passages, "MOST_REPEATS", repeats - 1)
        with pytest.raises(
            ValueError, match="documents 'b' and 'd' repeat words so often that mor"
        ):
            shared_wording(table, least=2)
        assert len(shared_wording(table, least=3)) == 2

    def test_bad_input_is_named(self):
        table = paragraphs(a=["x", "y"])
        with pytest.raises(TypeError, match=r"expected a table .*, not list"):
            shared_wording([1])
        with pytest.raises(ValueError, match="no column 'paragraph'"):
            shared_wording(table.drop(columns="paragraph"))
        with pytest.raises(ValueError, match="row 1: an earlier row has the same document and par"):
            shared_wording(table.assign(paragraph=1))
        with pytest.raises(ValueError, match="column 'text', row 1: expected a string, got None"):
            shared_wording(table.assign(text=pd.Series(["x", None], dtype="object")))
        with pytest.raises(ValueError, match="row 1: character 1 is a lone surrogate"):
            shared_wording(table.assign(text=pd.Series(["x", "甲\ud800"], dtype="object")))
        with pytest.raises(ValueError, match="least must be a whole number from 1, not 0"):
            shared_wording(table, least=0)
        with pytest.raises(ValueError, match="most_documents must be a whole number from 2, not 1"):
            shared_wording(table, most_documents=1)
