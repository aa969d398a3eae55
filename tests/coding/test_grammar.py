"""The words of each language, and what a new word in a list does."""

import re

import pandas as pd
import pytest

from policylib.coding.attribution import attribute
from policylib.coding.grammar import TAGS, grammar, tokens
from policylib.coding.names import actor_names

LANGUAGES = ["en", "zh"]
COMMENTED = "accused asserted conceded confirmed replied underlined reiterated responded affirmed"


@pytest.fixture(scope="module")
def names():
    experts = pd.DataFrame({"id": ["li-na"], "label": ["Li Na"], "label_zh": ["李娜"]})
    return actor_names(experts.assign(type="expert", aliases=None))


def speakers_of(text, names):
    return [actor for part in attribute(text, names) for actor in part.who]


@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_of_roles_compile_and_match_no_empty_text(language):
    for pattern in grammar(language).roles.values():
        assert not re.compile(pattern).fullmatch("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_listed_word_is_one_token(language):
    words = grammar(language)
    for word, tag in words.kind.items():
        found = tokens(word, words, [])
        assert [(token.tag, token.start, token.end) for token in found] == [(tag, 0, len(word))]


def test_lists_without_a_tag_are_known():
    without = {"wants", "will", "forbids", "denies", "beside", "titles"}
    for language in LANGUAGES:
        assert set(grammar(language).lists) <= set(TAGS) | without


@pytest.mark.parametrize("verb", sorted(grammar("zh").lists["say"]))
def test_each_chinese_verb_of_saying_shows_a_speaker(verb, names):
    assert speakers_of(f"李娜{verb}，机器人产业领先。", names) == ["li-na"]


@pytest.mark.parametrize(
    "verb", sorted(form for form in grammar("en").lists["say"] if form.endswith("ed"))
)
def test_each_english_verb_of_saying_shows_a_speaker(verb, names):
    assert speakers_of(f"“Robots matter,” Li Na {verb}.", names) == ["li-na"]


@pytest.mark.parametrize("verb", COMMENTED.split())
def test_verbs_of_saying_in_the_past(verb, names):
    assert speakers_of(f"Li Na {verb} that robots matter.", names) == ["li-na"]


def test_a_year_is_a_time_and_a_participle_a_verb():
    tags = [token.tag for token in tokens("In 2024 renamed", grammar("en"), [])]
    assert tags == ["p", "d", "V"]


def test_words_inside_other_words_are_none():
    tags = {token.tag for token in tokens("重要供应链", grammar("zh"), [])}
    assert tags == {"a"}
