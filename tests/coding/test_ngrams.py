"""Phrases of texts, compared with all substrings of tiny texts."""

import re
from collections import Counter
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.coding import ngrams
from policylib.coding.ngrams import (
    cohesions,
    frequent_phrases,
    is_fragment,
    likely_phrases,
    loose_edges,
)
from policylib.coding.units import read_units

LETTERS = "熏燎瀚"  # none of them is in a list of words
texts_of_letters = st.lists(st.text(LETTERS + "，", max_size=12), min_size=1, max_size=5)


def places(texts, phrase):
    """Return the characters before and behind each place of a phrase; None at a border."""
    found = []
    for text in texts:
        for clause in text.split("，"):
            for start in range(len(clause) - len(phrase) + 1):
                if clause.startswith(phrase, start):
                    end = start + len(phrase)
                    before = clause[start - 1] if start else None
                    found.append((before, clause[end] if end < len(clause) else None))
    return found


def all_phrases(texts, least):
    clauses = [clause for text in texts for clause in text.split("，")]
    phrases = {c[i:j] for c in clauses for i in range(len(c)) for j in range(i + 1, len(c) + 1)}
    return {p for p in phrases if len(p) <= ngrams.LONGEST and len(places(texts, p)) >= least}


def entropy(beside):
    counts = [n for unit, n in Counter(beside).items() if unit is not None]
    counts += [1] * beside.count(None)
    return -sum(n / len(beside) * log2(n / len(beside)) for n in counts)


@given(texts_of_letters, st.integers(1, 3))
def test_counts_and_cohesion_equal_those_of_all_substrings(texts, least):
    units = read_units(texts)
    levels = frequent_phrases(units, least)
    total = len(units.kind)
    found = {}
    for phrases, cohesion in zip(levels, cohesions(levels, total), strict=True):
        for first, often, value in zip(phrases.first, phrases.often, cohesion, strict=True):
            start = units.start[first]
            phrase = texts[units.text[first]][start : start + phrases.size]
            found[phrase] = (often, value)
    assert set(found) == all_phrases(texts, least)
    for phrase, (often, value) in found.items():
        assert often == len(places(texts, phrase))
        if len(phrase) > 1:
            parts = [(phrase[:i], phrase[i:]) for i in range(1, len(phrase))]
            chance = max(len(places(texts, a)) * len(places(texts, b)) for a, b in parts)
            assert value == pytest.approx(log2(often * total / chance))


@given(texts_of_letters, st.integers(1, 3))
def test_phrases_hold_together_and_are_free_on_both_sides(texts, least):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngrams, "LEAST_COHESION", 0.5)
        patch.setattr(ngrams, "MOST_CUT", 1)
        table = likely_phrases(texts, least).set_index("term")
    total = sum(len(text.replace("，", "")) for text in texts)
    expected = set()
    for phrase in all_phrases(texts, least):
        beside = places(texts, phrase)
        left, right = (entropy([*side]) for side in zip(*beside, strict=True))
        parts = [(phrase[:i], phrase[i:]) for i in range(1, len(phrase))]
        chance = [len(places(texts, a)) * len(places(texts, b)) for a, b in parts]
        free = min(left, right) >= 0.5 * log2(len(beside)) - 1e-9
        if parts and free and log2(len(beside) * total / max(chance)) >= 0.5 - 1e-9:
            expected.add(phrase)
            if phrase in table.index:
                sides = table.loc[phrase, ["entropy_left", "entropy_right"]].to_list()
                assert sides == pytest.approx([left, right])
    assert set(table.index) == expected
    assert set(table["language"]) <= {"zh"}


def test_a_phrase_is_cut_if_its_border_is_inside_a_word():
    # 烈焰 is a word, and 焰熏 only what two words have in common.
    words = ["烈焰", "熏风", "巨浪", "礁石", "麋鹿", "蟋蟀"]
    texts = [f"{a}{b}，{b}{a}" for a in words for b in words if a != b]
    found = set(likely_phrases(texts * 3, 6)["term"])
    assert set(words) <= found
    assert not any(term[0] in "焰风浪石鹿蟀" for term in found)


def test_a_phrase_is_cut_if_its_first_unit_holds_together_more_with_the_one_before():
    # 麋鹿蟋 is a word, 麋 is in other words, too, and 熏 ends seven words: 烈熏, 巨熏 …
    once = map(chr, range(0x3400, 0x4DB0))
    heads = "烈巨礁狂烽暖瀚"
    texts = [f"{next(once)}{head}熏麋鹿蟋{next(once)}" for head in heads * 6]
    texts += [f"{next(once)}麋鹿蟋{next(once)}" for _ in range(42)]
    texts += [f"{next(once)}麋{next(once)}" for _ in range(200)]
    texts += [f"{next(once)}{head}{next(once)}" for head in heads * 14]
    texts += [next(once) for _ in range(1200)]
    # The units are N. 熏 with 麋鹿蟋 has 42 N / (42 · 84), 熏麋 42 N / (42 · 284), which is less,
    # and 烈熏 6 N / (20 · 42), which is between them.
    found = set(likely_phrases(texts, 6)["term"])
    assert "麋鹿蟋" in found
    assert "熏麋鹿蟋" not in found


def test_a_quotation_is_free_and_what_follows_it_is_not():
    others = "".join(map(chr, range(0x7000, 0x7060)))
    texts = [f"{others[i : i + 3]}“麋鹿”蟋蟀{others[i + 3 : i + 6]}" for i in range(0, 96, 6)]
    assert likely_phrases(texts, 8)["term"].to_list() == ["麋鹿"]
    bare = [re.sub("[“”]", "", text) for text in texts]
    assert likely_phrases(bare, 8)["term"].to_list() == ["麋鹿蟋蟀"]


def test_words_are_joined_by_a_space_a_hyphen_or_an_apostrophe():
    texts = [f"k{i} l{i} m{i} old-age farmers' pensions n{i} p{i} q{i}." for i in range(6)]
    assert likely_phrases(texts, 6)["term"].to_list() == ["old-age farmers' pensions"]


@pytest.mark.parametrize(
    ("phrase", "cut"),
    [
        ("算力网络", False),
        ("建设算力", True),
        ("行动计划", False),
        ("的算力", True),
        ("算力与网络", True),
        ("参与网络", False),
        ("和谐社会", False),
        ("重点", True),
        ("重点实验室", False),
        ("中欧班列", False),
        ("更加公平", True),
        ("化改造", True),
        ("化工园区", False),
        ("2025年", True),
        ("5g网络", False),
    ],
)
def test_chinese_phrases_that_are_no_terms(phrase, cut):
    assert is_fragment(phrase, "zh") == cut


@pytest.mark.parametrize(
    ("phrase", "cut"),
    [
        ("data centers", False),
        ("the data", True),
        ("data used", True),
        ("data use", False),
        ("new data", False),
        ("data of", True),
        ("quality of life", False),
        ("data in the cloud", True),
        ("long-term", True),
        ("long-term care", False),
        ("action plan", False),
        ("3 centers", True),
    ],
)
def test_english_phrases_that_are_no_terms(phrase, cut):
    assert is_fragment(phrase, "en") == cut


@given(
    st.lists(st.sampled_from(["中", "多", "全国", "steadily", "new", " ", "-", "熏"]), min_size=1)
)
def test_a_unit_is_left_without_loose_words(words):
    phrase = "".join(words).strip(" -")
    size = len(read_units([phrase]).kind)
    language = "en" if phrase.isascii() else "zh"
    for left, right in loose_edges(phrase, language, {"steadily"}):
        assert 0 < left + right < size
