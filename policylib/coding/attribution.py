"""Find who says each sentence of a news text, and by which rule the speaker was found.

One small machine goes through the sentences of a document. `cues` finds speakers in one sentence by
the order of its words. What one sentence cannot show (who "he" is, whose meeting it was, which
quotation is open) is in the state.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.characters import simplify
from policylib.coding.cues import OUGHT, SHOULD, Cue, Sentence, State, find_cues, is_alone
from policylib.coding.grammar import grammar, tokens
from policylib.coding.names import Names, find_names
from policylib.coding.stance import role_of
from policylib.documents.sentences import language_of, sentences

Ints = NDArray[np.int64]
LONGEST = 3000  # characters; longer text is not a sentence, and gets no speaker
UNLISTED = re.compile(r"\)a{0,4}S")  # "“…,” said somebody who is no actor"
UNLISTED_NAME = re.compile(r"(?P<who>a{1,3})(?:c[^Sc]{1,30}c)?[da]{0,2}S")
OPENING = re.compile(r'\s*["“「]')
LISTED = re.compile(r"N(?:[cj]{1,2}N)+")  # "Hunan, Hubei and Henan"
# "In Hunan, the goal is …": the sentence is what the place plans.
AIMS = re.compile(r"\b(?:will|goal|plan|target|aim)|将|要|计划|目标")


@dataclass(frozen=True)
class Part:
    """A stretch of a paragraph, its speakers, and the rule by which they were found."""

    start: int
    end: int
    who: tuple[str, ...] = ()
    rule: str = ""
    skip: tuple[int, int] = (0, 0)  # the words that name the speaker
    verb: str = ""  # the verb after the speaker
    role: str = ""


def attribute(text: str, names: Names, state: State | None = None) -> list[Part]:
    """Split a paragraph into stretches, each with its speakers.

    Parameters
    ----------
    text : str
        A paragraph.
    names : Names
        The names of the actors, as `actor_names` returns them.
    state : State, optional
        What the paragraphs before say about who may speak; it is changed.

    Returns
    -------
    list of Part
        The stretches in order; `who` is empty if no speaker was found.
    """
    state = State() if state is None else state
    state.last = ()
    language = language_of(text)
    if not text.lstrip().startswith(("“", '"', "「")):
        state.open = ()
    parts: list[Part] = []
    inside = False  # whether a quotation is open
    opened = 0  # the part in which it began
    for start, end in sentences(text, language):
        if end - start > LONGEST:
            parts.append(Part(start, end))
            continue
        sentence, after = _read(text[start:end], names, state, language, inside)
        if inside and parts and not re.search('["”」]', sentence.text):
            bare, _ = _masked(sentence, False)
            inside = not is_alone(bare, find_cues(bare, state))  # else the mark was forgotten
            sentence, after = _masked(sentence, inside)
        cues = find_cues(sentence, state)
        if parts and is_alone(sentence, cues):
            parts = _backward(text, parts, cues[0].who)
            cues[0].rule = "tag as a sentence"
        elif inside and cues and cues[0].rule.startswith("tag"):
            parts[opened:] = _quoted(parts[opened:], cues[0].who)
        elif inside:
            cues = [Cue(0, state.open, "quotation", saying=True)] if state.open else []
        elif cues and _follows_quotation(text, parts, cues[0], language):
            parts[opened:] = _quoted(parts[opened:], cues[0].who)
        elif not cues:
            cues = _goes_on(sentence, state)
        begins = sentence.text.lstrip().startswith(("“", "「"))
        if not inside and (after or begins):
            opened = len(parts)
        if after and not inside and cues and (cues[0].saying or begins):
            state.open = cues[0].who
        inside = after
        parts += _parts(cues, start, end)
        _remember(sentence, cues, state)
    return [_with_role(text, part, names, language) if part.who else part for part in parts]


def _read(
    text: str, names: Names, state: State, language: str, inside: bool
) -> tuple[Sentence, bool]:
    """Return a sentence with the tags of its words, and whether a quotation is open at its end."""
    words = grammar(language)
    found = find_names(text, names, state.called, words)
    return _masked(Sentence(text, tokens(text, words, found), "", names, words), inside)


def _masked(sentence: Sentence, inside: bool) -> tuple[Sentence, bool]:
    """Tag quoted words with "z", and return whether a quotation stays open."""
    tags = []
    for token in sentence.tokens:
        tag = token.tag
        if tag == '"':
            tag = ")" if inside else "("
        if tag in "()":
            inside = tag == "("
        elif inside:
            tag = "z"
        tags.append(tag)
    words = sentence.words
    return Sentence(sentence.text, sentence.tokens, "".join(tags), sentence.names, words), inside


def _follows_quotation(text: str, parts: list[Part], cue: Cue, language: str) -> bool:
    """Return whether “…。” of nobody stands right before somebody who says more."""
    if language == "en" or not parts or parts[-1].who or not cue.saying or cue.skip[0] > 30:
        return False
    return text[parts[-1].start : parts[-1].end].rstrip().endswith(("”", "」"))


def _quoted(parts: list[Part], who: tuple[str, ...]) -> list[Part]:
    return [replace(part, who=who, rule="quotation") for part in parts]


def _backward(text: str, parts: list[Part], who: tuple[str, ...]) -> list[Part]:
    """Attribute the sentences before a tag to its speaker, back to a speaker or a quotation."""
    first = len(parts)
    while first and parts[first - 1].rule in ("", "goes on", "topic"):
        first -= 1
        if OPENING.match(text, parts[first].start):
            break
    parts[first:] = [replace(part, who=who, rule="tag as a sentence") for part in parts[first:]]
    return parts


def _goes_on(sentence: Sentence, state: State) -> list[Cue]:
    """Return the speaker of a sentence that names none: the one before, or that of the document."""
    tags, names = sentence.tags, sentence.names
    if sentence.text.rstrip(' ”"’').endswith(("?", "？")):
        return []
    if UNLISTED.search(tags):
        return [Cue(0, (), "nobody")]
    unnamed = re.search(r"(?:^|[cej])[ad]{0,4}[uf][^ce]{0,6}?(?P<verb>[SV])", tags)
    if unnamed and sentence.word(unnamed.start("verb")) not in OUGHT:
        return []
    if re.match(r"[ad]{0,4}gd?[SV]", tags):
        return []
    if unlisted(sentence):
        return [Cue(0, (), "nobody")]
    if re.match(r"d?pN[ax]{0,3}c", tags) and "z" not in tags:
        at = tags.index("N")
        before, (_, _, end, actor) = sentence.word(at - 1), sentence.tokens[at]
        if sentence.is_person(actor):
            view = Cue(0, (actor,), "in the view of", (0, end), saying=True)
            return [view] if before == "for" else []
        if before in ("in", "在") and AIMS.search(sentence.text):
            return [Cue(0, (actor,), "place", (0, end))]
    others = {
        token.who
        for token in sentence.tokens
        if token.who and names.kind[token.who] not in ("conference", "authority")
    }
    continues = state.last == state.topic or sentence.words.goes_on.search(sentence.text)
    if state.last and continues and (others <= set(state.last) or _advises(sentence, state)):
        return [Cue(0, state.last, "goes on")]
    if state.topic and others <= set(state.topic):
        return [Cue(0, state.topic, "topic")]
    return []


def _advises(sentence: Sentence, state: State) -> bool:
    """Return whether the person who spoke last says what somebody should do."""
    verbs = (sentence.word(at) for at, tag in enumerate(sentence.tags) if tag == "V")
    return all(map(sentence.is_person, state.last)) and not SHOULD.isdisjoint(verbs)


def unlisted(sentence: Sentence) -> str:
    """Return the name of no actor at the beginning of a sentence, before a verb of saying."""
    match = UNLISTED_NAME.match(sentence.tags)
    if not match or sentence.words.language == "zh":
        return ""
    named = sentence.tokens[match.start("who") : match.end("who")]
    capitals = [sentence.text[token.start].isupper() for token in named]
    if not all(capitals) or sentence.text[sentence.tokens[match.end() - 1].start].isupper():
        return ""
    return sentence.text[named[0].start : named[-1].end]


def _parts(cues: list[Cue], start: int, end: int) -> list[Part]:
    """Return the stretches of a sentence; the first speaker has it from the beginning."""
    if not cues:
        return [Part(start, end)]
    edges = [start, *(start + cue.start for cue in cues[1:]), end]
    return [
        Part(
            edges[i],
            edges[i + 1],
            cue.who,
            cue.rule,
            (start + cue.skip[0], start + cue.skip[1]),
            cue.verb,
        )
        for i, cue in enumerate(cues)
    ]


def _remember(sentence: Sentence, cues: list[Cue], state: State) -> None:
    """Keep who may be meant by "he", by "the province" and by nothing in what follows."""
    if not cues or cues[-1].rule == "nobody":
        state.last = ()
        if listed := LISTED.search(sentence.tags):  # "the four provinces" in what follows
            state.several = sentence.actors(*listed.span())
        return
    everybody = tuple(dict.fromkeys(actor for cue in cues for actor in cue.who))
    state.several = everybody if len(everybody) > 1 else state.several
    for cue in cues:
        if not cue.who:
            continue
        state.last = cue.who
        earlier = [actor for actor in state.recent if actor not in cue.who]
        state.recent = (*earlier, *cue.who)[-3:]
        if all(map(sentence.is_person, cue.who)):
            state.person = cue.who
            continue
        state.place = cue.who
        if cue.saying and cue.rule != "pronoun":
            named = sentence.text[cue.skip[0] : cue.skip[1]]
            # An official or a leader speaks for the place, and may be "he".
            if "o" in sentence.tags or any(family in named for family in state.called):
                state.person = cue.who


def _with_role(text: str, part: Part, names: Names, language: str) -> Part:
    """Return a stretch with its role, by the words that do not name the speaker."""
    left, right = (min(max(place, part.start), part.end) for place in part.skip)
    right -= len(part.verb) if part.rule == "subject" else 0  # the verb is part of what is done
    words = f"{text[part.start : left]} {text[right : part.end]}".strip(' ,:“"')
    return replace(part, role=role_of(words, names.kind[part.who[0]], part.verb, language))


def speakers(texts: Sequence[str], document: Ints, paragraph: Ints, names: Names) -> pd.DataFrame:
    """Attribute the paragraphs of documents to actors.

    Parameters
    ----------
    texts : sequence of str
        The paragraphs.
    document, paragraph : array of int
        The number of the document of each paragraph, and its own number. They give the order of
        reading, because "he" may refer to somebody in an earlier paragraph.
    names : Names
        The names of the actors, as `actor_names` returns them.

    Returns
    -------
    DataFrame
        One row for each stretch and each of its speakers, in the order of texts and places: `text`
        (the position in `texts`), `start`, `end`, `skip_start`, `skip_end`, `actor`, `role` and
        `rule`.
    """
    rows = []
    texts = list(map(simplify, texts))
    order = np.lexsort((paragraph, document))
    edges = np.flatnonzero(np.diff(document[order])) + 1
    for inside in np.split(order, edges):
        counts = _named([texts[number] for number in inside], names)
        state = State(topic=_topic(counts, names))
        for number in inside.tolist() if counts else ():
            for part in attribute(texts[number], names, state):
                for who in part.who:
                    rows.append(
                        (number, part.start, part.end, *part.skip, who, part.role, part.rule)
                    )
    columns = ["text", "start", "end", "skip_start", "skip_end", "actor", "role", "rule"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["text", "start"], kind="stable")
    return table.reset_index(drop=True).astype(
        dict.fromkeys(columns[:5], "int64") | dict.fromkeys(columns[5:], "str")
    )


def _named(texts: Sequence[str], names: Names) -> "Counter[str]":
    """Count the names in the texts of a document."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(names.pattern[language_of(text)].findall(text))
    return found


def _topic(counts: "Counter[str]", names: Names) -> tuple[str, ...]:
    """Return the place that most names in a document mean, if there is one."""
    places: Counter[str] = Counter()
    for form, times in counts.items():
        while form and form not in names.actor:
            form = form.rpartition(" ")[0]
        actor = names.actor.get(form, "")
        if actor and names.kind[actor] in ("province", "city"):
            places[actor] += times
    if not places:
        return ()
    actor, most = places.most_common(1)[0]
    return (actor,) if most > max(0.6 * places.total(), 1) else ()
