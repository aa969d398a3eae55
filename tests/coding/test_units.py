"""Units of texts: Chinese characters and words, with their places."""

from itertools import pairwise
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.coding.units import read_units, runs


def words(texts):
    """Return the texts of all units, by the number of their text."""
    units = read_units(texts)
    spans = zip(units.text.tolist(), units.start.tolist(), units.end.tolist(), strict=True)
    return [(number, texts[number][start:end]) for number, start, end in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("发展AI，稳增长5%", ["发", "展", "AI", "稳", "增", "长", "5"]),
        ("The cafe\u0301 – naïve, 3", ["The", "cafe\u0301", "naïve", "3"]),
        ("from 7.5 to 1,250.50, 3．5", ["from", "7.5", "to", "1,250.50", "3．5"]),
        ("2024年5，6月, 1, 2. A.5", ["2024", "年", "5", "6", "月", "1", "2", "A", "5"]),
        ("グリ 7·5", ["グ", "リ", "7·5"]),
        ("２０２５年", ["２０２５", "年"]),
        ("ｶﾞｽ", ["ｶﾞ", "ｽ"]),
        ("２，０００", ["２", "０００"]),
        ("oﬃce", ["oﬃce"]),
        ("한국 경제", ["한국", "경제"]),
        ("𠀀a\nb", ["𠀀", "a", "b"]),
        ("\ufeffinvest\u00adment\u00ad in", ["invest\u00adment", "in"]),
        ("投\u200b资\ufe00，\u200d", ["投", "资"]),
        ("\u0301a", ["\u0301a"]),
        ("……", []),
        ("", []),
    ],
)
def test_words_and_characters_are_units(text, found):
    assert words([text]) == [(0, word) for word in found]
    assert words(["", text, text]) == [(n, word) for n in (1, 2) for word in found]


def test_units_are_equal_whatever_their_case_and_width():
    kind = read_units(["AI ai ＡＩ Ai", "A I", "ﬁt FIT"]).kind.tolist()
    assert len(set(kind[:4])) == 1
    assert kind[4] != kind[0]
    assert kind[-1] == kind[-2]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("investment", "invest\u00adment"),
        ("投资于人", "投\u200b资\u2060于\u200d人\ufeff"),
        ("葛", "葛\U000e0100"),
        ("金", "\uf90a"),  # a double for old encodings
        ("café Éire", "cafe\u0301 E\u0301ire"),
        ("u\u0323\u0307", "u\u0307\u0323"),  # the same accents in another order
        ("Việt Nam", normalize("NFD", "Việt Nam")),
        ("한국 경제", normalize("NFD", "한국 경제")),
        ("が", normalize("NFD", "が")),
        ("グリーンパーク", "ｸﾞﾘｰﾝﾊﾟｰｸ"),
        ("große Straße", "GROSSE STRASSE"),
        ("STRAẞE", "straße"),
    ],
)
def test_units_are_equal_whatever_cannot_be_seen(one, two):
    assert one != two
    units = read_units([one, two, one])
    assert len({units.kind[units.text == n].tobytes() for n in range(3)}) == 1
    assert (units.clause[units.text == 1] == units.clause[units.text == 1][0]).all()


HIDDEN = (0xAD, 0x200B, 0xFEFF, 0xFE0F)
SINGLE = "aeéﬁ한甲\uf90aがか \n，\u00ad\u200b\ufeff\ufe0f"
COMPOSED = ("e\u0301", "e\u0307\u0323", "ǖ\u0323", "ᄒ\u1161\u11ab", "か\u3099")
odd = st.lists(st.sampled_from([*SINGLE, *COMPOSED])).map("".join)


@given(st.lists(odd, min_size=1, max_size=3))
def test_units_are_those_of_the_composed_text_at_the_same_places(texts):
    plain = [normalize("NFC", text.translate(dict.fromkeys(HIDDEN))) for text in texts]
    units, composed = read_units(texts), read_units(plain)
    assert units.kind.tolist() == composed.kind.tolist()
    assert units.text.tolist() == composed.text.tolist()
    assert np.diff(units.clause).tolist() == np.diff(composed.clause).tolist()
    spans = [column.tolist() for column in (units.text, units.start, units.end)]
    places = [*zip(*spans, strict=True)]
    for number, start, end in places:
        word = texts[number][start:end]
        assert ord(word[0]) not in HIDDEN
        assert ord(word[-1]) not in HIDDEN
        assert len(read_units([word]).kind) == 1
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in pairwise(places))


def test_punctuation_ends_a_clause_but_quotes_spaces_and_hyphens_do_not():
    units = read_units(["甲“乙”丙，丁", "people’s well-being; a b", "a+b"])
    ends = np.flatnonzero(np.diff(units.clause))
    # 甲乙丙, 丁, people s well being, a b, a and b
    assert ends.tolist() == [2, 3, 7, 9, 10]


@pytest.mark.parametrize(
    "inside", [" ", "\xa0", "\u202f", "\u2009", "-", "- ", " „", "« ", ".", ","]
)
def test_what_does_not_divide_words_and_numbers(inside):
    assert read_units([f"1{inside}2"]).clause.tolist() in ([0, 0], [0])


@pytest.mark.parametrize("inside", [" - ", " – ", ". ", ", ", "，", "\n", "/", "%"])
def test_what_divides_clauses(inside):
    assert read_units([f"1{inside}2"]).clause.tolist() == [0, 1]


@given(st.lists(st.integers(0, 2), max_size=30), st.integers(1, 9), st.integers(1, 30))
def test_runs_are_equal_if_their_units_are(kinds, length, border):
    stretch = np.arange(len(kinds)) // border
    parts = [
        tuple(kinds[i : i + length])
        if i + length <= len(kinds) and stretch[i] == stretch[i + length - 1]
        else None
        for i in range(len(kinds))
    ]
    number = runs(np.array(kinds, np.int64), stretch, length)
    for part, found in zip(parts, number.tolist(), strict=True):
        assert (found >= 0) == (part is not None and parts.count(part) > 1)
    repeated = {(part, n) for part, n in zip(parts, number.tolist(), strict=True) if n >= 0}
    assert len(repeated) == len({part for part, _ in repeated}) == len({n for _, n in repeated})
