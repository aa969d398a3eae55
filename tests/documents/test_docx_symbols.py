"""The characters of symbol fonts."""

import pytest

from policylib.documents.docx_symbols import FONTS, symbol


class TestSymbol:
    @pytest.mark.parametrize(
        ("font", "code", "expected"),
        [
            ("Symbol", "F0B3", "≥"),
            ("Symbol", "B1", "±"),
            ("Symbol", "F041", "Α"),
            ("Symbol", "F0D6", "√"),
            ("WINGDINGS", "F0A7", "▪"),
            ("Webdings", "F061", "\uf061"),
            ("Arial", "4E2D", "中"),
            ("Arial", "D800", "\ufffd"),
            *(("Arial", code, "\ufffd") for code in ("0000", "1", "0A", "85", "2028", "FFFF")),
            ("Symbol", "0001", "\ufffd"),
            ("Arial", "F00A", "\uf00a"),
            ("Arial", "x", "\ufffd"),
            ("", "FFFFFFFFFF", "\ufffd"),
        ],
    )
    def test_a_code_becomes_the_character_that_is_shown(self, font, code, expected):
        assert symbol(font, code) == expected

    def test_greek_letters_are_at_their_places(self):
        assert "".join(FONTS["symbol"][code] for code in b"abgdw") == "αβγδω"
