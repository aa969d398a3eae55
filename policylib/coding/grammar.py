"""The words of news in a language, and the tags that they give to a sentence.

A tag is one character for a kind of word, so that a rule about the order of words is a short
regular expression over tags.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

# A later list wins if a word is in two lists.
TAGS = {
    "do": "V",
    "done": "V",
    "plan": "S",
    "ask": "S",
    "warn": "S",
    "refuse": "S",
    "say": "S",
    "place": "p",
    "time": "d",
    "unnamed": "u",
    "figures": "f",
    "country": "g",
    "office": "o",
    "suffix": "a",
    "elsewhere": "x",
    "he": "h",
    "his": "H",
    "they": "t",
    "it": "i",
    "meeting": "m",
    "we": "w",
    "source": "r",
    "learned": "q",
    "joins": "j",
    "turns": "b",
    "such": "l",
    "view": "y",
    "plain": "a",
}
SOMEONE = frozenset("NhHtimwugfo")  # tags of words that may mean a speaker
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|\S")
MARKS = {
    ",": "c", "，": "c", "、": "j", ":": "k", "：": "k", ";": "e", "；": "e", "—": "e", "–": "e",
    "“": "(", "”": ")", "「": "(", "」": ")", '"': '"', "(": "[", ")": "]", "（": "[", "）": "]",
}  # fmt: skip
YEAR = re.compile(r"(?:19|20)\d\d")


class Token(NamedTuple):
    """A word or name with its tag and place; `who` is the actor that a name means."""

    tag: str
    start: int
    end: int
    who: str = ""


@dataclass(frozen=True)
class Grammar:
    """The words of a language by kind, and the forms of verbs by what the speaker does."""

    language: str
    lists: dict[str, frozenset[str]]  # the words of each list, verbs in all forms
    kind: dict[str, str]  # the tag of each word and phrase
    more: dict[str, int]  # the most words of a phrase after its first word
    nouns: dict[str, str]  # the tags of nouns that mean an actor named before, as in "the province"
    roles: dict[str, str]  # patterns of words that show a role
    denials: dict[str, list[str]]  # patterns of denials
    automaton: AhoCorasick  # finds the words and marks in a language without spaces
    tags: list[str]  # the tags of what it finds
    goes_on: re.Pattern[str]  # a sentence that continues the one before
    body: re.Pattern[str]  # the name of a body, such as a department or a university


@cache
def grammar(language: str) -> Grammar:
    """Read the words of a language, ``"en"`` or ``"zh"``."""
    english = language == "en"
    name = "english" if english else "chinese"
    folder = files("policylib.coding")
    content, denials = (
        tomllib.loads((folder / f"{name}{part}.toml").read_text(encoding="utf-8"))
        for part in ("", "-denials")
    )
    lists = {name: frozenset(listed) for name, listed in content["words"].items()}
    for name, verbs in content["verbs"].items():
        lists[name] = frozenset(chain.from_iterable(map(forms, verbs)) if english else verbs)
    kind = {word: tag for name, tag in TAGS.items() for word in lists.get(name, ())}
    more: dict[str, int] = {}
    for word in kind:
        head, *rest = word.split(" ")
        more[head] = max(more.get(head, 0), len(rest))
    nouns = {word: TAGS[name] for name, listed in content["nouns"].items() for word in listed}
    tagged = MARKS | kind
    return Grammar(
        language,
        lists,
        kind,
        more,
        nouns,
        content["roles"],
        denials,
        AhoCorasick(list(tagged), matchkind=MatchKind.LeftmostLongest),
        list(tagged.values()),
        re.compile(content["sentences"]["goes_on"], re.IGNORECASE),
        re.compile(content["sentences"]["body"]),
    )


def either(words: Iterable[str]) -> str:
    """Join words into a pattern; the longest is first, because the first match is used."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def forms(entry: str) -> list[str]:
    """Return the forms of an English verb: those that are listed, or the regular ones.

    Examples
    --------
    >>> forms("propose"), forms("say says said saying")
    (['propose', 'proposes', 'proposed', 'proposing'], ['say', 'says', 'said', 'saying'])
    """
    words = entry.split(" ")
    if len(words) > 1 and words[0][:2] == words[1][:2]:
        return words
    verb, *rest = words
    stem = verb.removesuffix("e")
    ending = "es" if re.search("(s|x|z|ch|sh)$", verb) else "s"
    found = [verb, verb + ending, stem + "ed", stem + "ing"]
    if re.search("[^aeiou]y$", verb):
        found = [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    return [" ".join([form, *rest]) for form in found] if not rest else [entry]


def tokens(sentence: str, words: Grammar, names: list[tuple[int, int, str]]) -> list[Token]:
    """Return the words of a sentence with their tags; `names` are the places of actors in it."""
    found: list[Token] = []
    place = 0
    for start, end, who in [*names, (len(sentence), len(sentence), "")]:
        between = sentence[place:start]
        found += (
            _chinese(between, place, words)
            if words.language == "zh"
            else _english(between, place, words)
        )
        if who:
            found.append(Token("N", start, end, who))
        place = end
    return found


def _english(text: str, place: int, words: Grammar) -> list[Token]:
    spans = [(match.start(), match.end(), match[0].lower()) for match in WORD.finditer(text)]
    found: list[Token] = []
    at = 0
    while at < len(spans):
        start, end, word = spans[at]
        length = 1
        tag = MARKS.get(word, "")
        if not tag:
            for more in range(words.more.get(word, -1), -1, -1):
                phrase = " ".join(w for _, _, w in spans[at : at + more + 1])
                if phrase in words.kind and at + more < len(spans):
                    tag, length, end = words.kind[phrase], more + 1, spans[at + more][1]
                    break
            else:
                tag = "V" if len(word) > 4 and word.endswith("ed") else "a"
                tag = "d" if YEAR.fullmatch(word) else tag
            if word in ("the", "this"):
                for more in (1, 2):
                    noun = spans[at + more][2] if at + more < len(spans) else ""
                    if more == 1 and word == "the" and noun.endswith(("ologist", "orian", "omist")):
                        tag, length, end = "h", 2, spans[at + 1][1]
                        break
                    if noun in words.nouns and words.kind.get(spans[at + 1][2]) != "p":
                        tag, length, end = words.nouns[noun], more + 1, spans[at + more][1]
                        break
        found.append(Token(tag, place + start, place + end))
        at += length
    return found


def _chinese(text: str, place: int, words: Grammar) -> list[Token]:
    found: list[Token] = []
    last = 0
    matches = words.automaton.find_matches_as_indexes(text)
    for pattern, start, end in [*matches, (-1, len(text), len(text))]:
        if start > last and not text[last:start].isspace():
            first = place + last
            if found and found[-1].tag == "a" and found[-1].end == first:
                first = found.pop().start
            found.append(Token("a", first, place + start))
        if pattern >= 0:
            found.append(Token(words.tags[pattern], place + start, place + end))
        last = end
    return found
