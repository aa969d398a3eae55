"""Which occurrences of terms count as hits."""

import random
import re
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.coding import spans
from tests.coding.helpers import codebook_of, hits

letters = st.text("ab 民营经", max_size=12)


class TestFindSpans:
    @pytest.mark.parametrize(
        ("term", "text", "found"),
        [
            (
                "Straße",
                "Straße, STRASSE, STRAẞE, Strasse, Straßen",
                ["Straße", "STRASSE", "STRAẞE", "Strasse"],
            ),
            ("Masse", "Maße Masse", ["Maße", "Masse"]),
            ("ガス", "ガスとｶﾞｽ、カス", ["ガス", "ｶﾞｽ"]),
            ("ｶﾞｽ", "ガス", ["ガス"]),
            ("ss", "ß", ["ß"]),
            ("SS", "ß SS ẞ", ["SS", "ẞ"]),
        ],
    )
    def test_forms_of_one_word_are_found(self, term, text, found):
        places = hits(codebook_of(x=(term, None)), text)
        assert [text[place[-2] : place[-1]] for place in places] == found

    @pytest.mark.parametrize(
        "word", ["J\u030cab", "H\u0331ab", "a\u1e97b", "\u03ab\u0301\u03b1\u03b2"]
    )
    def test_capitals_whose_accents_are_characters_of_their_own(self, word):
        for form in (word, word.lower(), word.upper()):
            for text in (word, word.lower(), word.upper(), normalize("NFC", word.lower())):
                assert hits(codebook_of(x=(form, None)), f"x {text} y") == [
                    (1, "x", 2, 2 + len(text))
                ]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("AI", 1),
            ("AI plus", 1),
            ("(AI)", 1),
            ("AI和机器", 1),  # a Chinese character ends a Latin word
            ("date", 0),
            ("AI2", 0),
            ("ÉAI", 0),
            ("AI-led", 1),
            ("ＡＩ", 1),
            ("ＡＩＧＣ", 0),
        ],
    )
    def test_latin_terms_are_whole_words(self, text, found):
        assert len(hits(codebook_of(ai=("AI", None)), text)) == found

    @pytest.mark.parametrize(
        ("term", "text"),
        [
            ("vi", "viết"),
            ("kin", "kinẃ"),
            ("plan", "plan\u0302t"),
            ("мир", "мирный"),
            ("աս", "ասա"),
        ],
    )
    def test_a_letter_or_accent_of_any_alphabet_continues_a_word(self, term, text):
        assert not hits(codebook_of(x=(term, None)), text)
        assert hits(codebook_of(x=(term, None)), f"{text} {term}.")

    @pytest.mark.parametrize(
        "term",
        [
            "ΝΟΜΟΣ ΣΑΣ",
            "KINH TẾ VIỆT",
            "DIE GROẞE",
            "ẀẂẄ-A",
            "ՀԱՅԵՐԵՆ",
            "ᲥᲐᲠᲗᲣᲚᲘ",
            "ЗАКОНЫ",
            "İZMİR VE",
        ],
    )
    def test_case_does_not_matter_in_any_alphabet(self, term):
        lower = term.lower().replace("i\u0307", "i")
        for one, other in ((term, lower), (lower, term)):
            assert len(hits(codebook_of(x=(one, None)), f"{other}, {one}")) == 2

    @pytest.mark.parametrize(
        ("term", "text", "found"),
        [
            ("AI", "Ai Lin and ai plus and ai2 and AI", 1),
            ("AI", "ａｉ ＡＩ", 1),
            ("GDP", "gdp GDP", 1),
            ("ai", "AI ai Ai", 3),  # a word that the codebook writes in small letters
            ("ROBOTS", "robots ROBOTS", 2),  # six letters
            ("R&D", "r&d", 1),
            ("ЕС", "ЕС, ес, мирес", 1),
            ("ÖPNV", "öpnv ÖPNV", 1),
            ("5G", "5g", 1),
            ("AI plus", "ai plus", 1),
        ],
    )
    def test_an_acronym_is_found_in_capitals_only(self, term, text, found):
        assert len(hits(codebook_of(x=(term, None)), text)) == found

    def test_text_copied_from_a_pdf_has_its_own_places(self):
        codebook = codebook_of(ai=("artificial intelligence; office", "人工智能"), fi=("fi", None))
        assert hits(codebook, "artiﬁcial intelligence, ⼈⼯智能 and oﬃces, an oﬃce") == [
            (1, "ai", 0, 22),
            (1, "ai", 24, 28),
            (1, "ai", 43, 47),
        ]

    def test_a_chinese_term_needs_no_boundary(self):
        assert hits(codebook_of(talent=(None, "人才")), "引进人才计划") == [(1, "talent", 2, 4)]

    def test_the_longest_term_counts_whichever_code_it_has(self):
        codebook = codebook_of(
            private=(None, "民营; 民营经济"), economy=(None, "经济"), consumption=(None, "消费")
        )
        assert hits(codebook, "民营经济") == [(1, "private", 0, 4)]
        assert hits(codebook, "民营消费经济") == [
            (1, "private", 0, 2),
            (1, "consumption", 2, 4),
            (1, "economy", 4, 6),
        ]

    def test_a_short_term_is_not_lost_under_a_longer_one_that_is_no_word(self):
        codebook = codebook_of(a=("trade in", None), b=("in service", None), c=("service", None))
        assert hits(codebook, "trade in services") == [(1, "a", 0, 8)]
        assert hits(codebook, "in service") == [(1, "b", 0, 10)]

    def test_overlapping_terms_share_a_place_if_neither_contains_the_other(self):
        codebook = codebook_of(chain=(None, "产业链"), supply=(None, "链供应"))
        assert hits(codebook, "产业链供应") == [(1, "chain", 0, 3), (1, "supply", 2, 5)]

    def test_one_phrase_may_stand_for_two_codes(self):
        codebook = codebook_of(a=("robots", None), b=("Robots", None))
        assert hits(codebook, "robots") == [(1, "a", 0, 6), (1, "b", 0, 6)]

    def test_excluded_phrases_hold_for_their_own_code_alone(self):
        codebook = codebook_of(
            consumption=("consumption", "消费", "energy consumption", "能源消费"),
            energy=("energy", "能源"),
        )
        assert hits(codebook, "Energy consumption and consumption") == [
            (1, "energy", 0, 6),
            (1, "consumption", 23, 34),
        ]
        assert hits(codebook, "能源消费和消费") == [(1, "energy", 0, 2), (1, "consumption", 5, 7)]

    @pytest.mark.parametrize(
        "term", ["a.c", "c++", "(plus)", "[x]", "a|b", "$5", "^top", "back\\slash", "人工智能+"]
    )
    def test_terms_are_no_patterns(self, term):
        codebook = codebook_of(x=(term, None))
        assert [h[2:] for h in hits(codebook, f"the {term} and abc")] == [(4, 4 + len(term))]

    def test_terms_of_one_code_that_overlap_count_once(self):
        codebook = codebook_of(made=(None, "先进制造; 制造业"), other=(None, "制造业主"))
        assert hits(codebook, "先进制造业") == [(1, "made", 0, 4)]
        assert hits(codebook, "先进制造业，制造业") == [(1, "made", 0, 4), (1, "made", 6, 9)]
        assert hits(codebook, "先进制造业主") == [(1, "made", 0, 4), (1, "other", 2, 6)]

    def test_terms_of_one_code_that_touch_count_both(self):
        codebook = codebook_of(made=(None, "先进制造; 制造业"))
        assert hits(codebook, "制造业先进制造业") == [(1, "made", 0, 3), (1, "made", 3, 7)]

    @given(
        st.lists(letters, max_size=5),
        st.lists(st.text("ab民营经", min_size=2, max_size=4), min_size=1, max_size=6, unique=True),
    )
    def test_hits_equal_those_of_a_plain_search(self, texts, terms):
        """A hit is every whole-word occurrence of a term that is not inside a longer term."""
        codebook = codebook_of(**{f"c{i}": (term, None) for i, term in enumerate(terms)})
        expected = []
        for number, text in enumerate(texts, start=1):
            spans = []
            for i, term in enumerate(terms):
                head = "(?<![a-z])" if term[0] in "ab" else ""
                tail = "(?![a-z])" if term[-1] in "ab" else ""
                for match in re.finditer(f"(?={head}{term}{tail})", text):
                    spans.append((match.start(), match.start() + len(term), f"c{i}"))
            expected += sorted(
                (number, code, a, b)
                for a, b, code in spans
                if not any(c <= a and b <= d and (a, b) != (c, d) for c, d, _ in spans)
            )
        assert sorted(hits(codebook, *texts)) == sorted(expected)

    def test_chunks_do_not_matter(self, monkeypatch):
        codebook = codebook_of(robots=("robots", "机器人"))
        texts = ["robots " * 5, "", "机器人", "x" * 50, "robots"] * 3
        whole = hits(codebook, *texts)
        for size in (1, 7, 40):
            monkeypatch.setattr(spans, "CHUNK", size)
            assert hits(codebook, *texts) == whole

    @pytest.mark.parametrize("seed", range(5))
    def test_windows_do_not_matter(self, monkeypatch, seed):
        codebook = codebook_of(
            a=("ab; a b", "民营; 民营民营", "ab ab", "营民营民"),
            b=("AB; b a; aa", "民营民; 营营", None, "民营民营民"),
            c=("office; ff fi", "营民"),
        )
        parts = ["ab", " ", "AB", "民", "营", "民营", "ﬀ", "ﬁ", "oﬃce", "a\u0301", "\u00ad", "aa"]
        texts = ["".join(random.Random(seed).choices(parts, k=size)) for size in (700, 5, 400)]
        whole = hits(codebook, *texts)
        assert len(whole) > 100
        monkeypatch.setattr(spans, "MOST_HITS", 1)
        assert hits(codebook, *texts) == whole

    def test_terms_inside_each_other_are_read_some_at_a_time(self, monkeypatch):
        found, sort = [], np.lexsort
        monkeypatch.setattr(spans, "MOST_HITS", 20_000)
        monkeypatch.setattr(np, "lexsort", lambda keys: found.append(len(keys[0])) or sort(keys))
        codebook = codebook_of(x=(None, "; ".join("民" * size for size in range(2, 52))))
        assert hits(codebook, "民" * 5_000) == [(1, "x", 0, 51)]
        assert max(found) < 50 * 5_000 / 3
