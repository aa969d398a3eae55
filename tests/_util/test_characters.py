"""Ligatures become letters, and radicals become Chinese characters."""

import unicodedata

from policylib._util.characters import LIGATURES, RADICALS


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
