"""Units of texts: Chinese characters and words, with their places."""

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
        ("The cafe\u0301 – naïve, 3.5", ["The", "cafe\u0301", "naïve", "3", "5"]),
        ("２０２５年", ["２０２５", "年"]),
        ("oﬃce", ["oﬃce"]),
        ("한국 경제", ["한국", "경제"]),
        ("𠀀a\nb", ["𠀀", "a", "b"]),
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


def test_punctuation_ends_a_clause_but_quotes_spaces_and_hyphens_do_not():
    units = read_units(["甲“乙”丙，丁", "people’s well-being; a b", "a+b"])
    ends = np.flatnonzero(np.diff(units.clause))
    # 甲乙丙, 丁, people s well being, a b, a and b
    assert ends.tolist() == [2, 3, 7, 9, 10]


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
