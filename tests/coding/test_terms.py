"""Terms of a codebook, folded so that case, width and kinds of spaces do not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.coding.terms import fold, folding
from tests.coding.helpers import codebook_of, documents_of, hits


class TestFolding:
    def test_folding_is_idempotent(self):
        table = folding()
        assert (table[table] == table).all()


class TestFold:
    @given(st.text())
    def test_folding_keeps_the_length(self, text):
        characters, folded = fold(text)
        assert len(characters) == len(folded) == len(text)

    def test_odd_characters_move_no_place(self):
        codebook = codebook_of(robots=("robots", "机器人"))
        for odd in ("İ", "ß", "ﬁ", "😀", "\u202e", "\x00", "\ufeff", "e\u0301", "\r\n"):
            text = f"{odd} Robots {odd}机器人"
            found = pol.find_terms(documents_of(text), codebook)
            assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == [
                "Robots",
                "机器人",
            ], odd

    def test_kinds_of_spaces_do_not_matter(self):
        codebook = codebook_of(energy=("new energy", None))
        texts = [
            "new\u00a0energy",
            "new\tenergy",
            "new\u2009energy",
            "new\u3000energy",
            "新 new\tenergy",
        ]
        assert [paragraph for paragraph, *_ in hits(codebook, *texts)] == [1, 2, 3, 4, 5]


class TestCodebookTerms:
    def test_a_term_in_both_lists_counts_once(self):
        assert hits(codebook_of(mobile=("6G; 6g", "6G")), "发展6G技术") == [(1, "mobile", 2, 4)]

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            (("robots; ", None), "code 'a', terms_en: a term is empty"),
            (("x", None), "code 'a', terms_en: the term 'x' is a single letter"),
            (("Ｘ", None), "a single letter"),
            ((None, "人;;才"), "code 'a', terms_zh: a term is empty"),
            ((None, None, "y", None), "code 'a', excluded_en: the term 'y'"),
            (("a\nb", None), "code 'a', terms_en: the term 'a\\\\nb' has a line break"),
            ((None, "人；；才"), "code 'a', terms_zh: a term is empty"),
        ],
    )
    def test_terms_that_cannot_be_looked_for(self, cells, message):
        with pytest.raises(ValueError, match=message):
            pol.find_terms(documents_of("robots"), codebook_of(a=cells))
