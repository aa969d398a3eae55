"""Ligatures become letters, radicals Chinese characters, and traditional characters simplified."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib._util.characters import LIGATURES, PAIRS, RADICALS, SIMPLIFIED, simplify


class TestRadicals:
    def test_each_has_one_unified_character(self):
        for code, meant in RADICALS.items():
            if code != meant:
                assert unicodedata.name(chr(code)).startswith(("CJK RADICAL", "KANGXI RADICAL"))
                assert unicodedata.name(chr(meant)).startswith("CJK UNIFIED IDEOGRAPH")

    def test_where_unicode_has_an_equivalent_it_is_the_same(self):
        old = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2E80, 0x2EF4)}
        known = {code: text for code, text in old.items() if text != chr(code)}
        assert {code: chr(RADICALS[code]) for code in known} == known


class TestLigatures:
    def test_each_has_its_letters(self):
        assert list(LIGATURES.values()) == ["ff", "fi", "fl", "ffi", "ffl", "st", "st"]


class TestSimplify:
    @pytest.mark.parametrize(
        ("traditional", "simplified"),
        [
            ("數字經濟", "数字经济"),
            ("擴大內需", "扩大内需"),
            ("鄉村振興", "乡村振兴"),
            ("廣東、臺灣", "广东、台湾"),
            ("對於產業", "对于产业"),
            ("對于産業", "对于产业"),
            ("乾旱之後", "干旱之后"),
        ],
    )
    def test_words_are_what_dictionaries_give(self, traditional, simplified):
        assert simplify(traditional) == simplified

    def test_simplified_text_stays_as_it_is(self):
        every = bytes.fromhex(
            "".join(f"{a:02x}{b:02x}" for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
        )
        text = every.decode("gb2312", "ignore")
        assert len(text) == 6763  # the Chinese characters of GB 2312
        changed = {old for old, new in zip(text, simplify(text), strict=True) if old != new}
        assert changed == set("乾後徵於")

    @given(st.text(st.sampled_from([*map(chr, SIMPLIFIED), *"a 经济，Ａ\U00020000"])))
    def test_places_stay(self, text):
        assert len(simplify(text)) == len(text)
        assert simplify(simplify(text)) == simplify(text)

    def test_each_pair_has_two_chinese_characters(self):
        assert {len(pair) for pair in PAIRS} == {2}
        assert len(SIMPLIFIED) == len(PAIRS)
        for character in "".join(PAIRS):
            assert unicodedata.name(character).startswith("CJK UNIFIED IDEOGRAPH")
