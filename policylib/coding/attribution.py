"""Find who says each sentence of a news text, and by which rule the speaker was found."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib.coding.speech import Speech, chinese, english

Ints = NDArray[np.int64]
AUXILIARY = 12  # characters after the name in which a verb may show that something is done
CJK = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]+")
LONGEST = 3000  # characters; longer text is not a sentence, and gets no speaker
UNITS = re.compile("(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")


@dataclass(frozen=True)
class Part:
    """A stretch of a paragraph, its speakers, and the rule by which they were found."""

    start: int
    end: int
    who: tuple[str, ...] = ()
    rule: str = ""
    skip: tuple[int, int] = (0, 0)  # the words that name the speaker
    role: str = ""


@dataclass
class Names:
    """The names of the actors, the type of each, and the patterns of both languages."""

    actor: dict[str, str] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    speech: dict[str, Speech] = field(default_factory=dict)


def actor_names(actors: pd.DataFrame) -> Names:
    """Collect the names by which a text may call the actors.

    Parameters
    ----------
    actors : DataFrame
        One row for each actor: `id`, `type` (``"province"``, ``"expert"`` or the type of an
        organisation), `label`, `label_zh` and `aliases`.

    Returns
    -------
    Names
        Labels and aliases in both languages, names of provinces also without a suffix such as 省,
        and the family names of experts.

    Raises
    ------
    ValueError
        If two actors have the same name.
    """
    found = Names()
    latin: dict[str, str] = {}
    chinese_names: dict[str, str] = {}
    columns = actors[["id", "type", "label", "label_zh", "aliases"]].astype("str").fillna("")
    families: dict[str, list[str]] = {}
    for actor, kind, label, label_zh, aliases in columns.to_numpy(dtype=str).tolist():
        found.kind[actor] = kind
        for name in filter(None, [label, label_zh, *aliases.split("; ")]):
            names = chinese_names if CJK.search(name) else latin
            for form in {name, UNITS.sub("", name) if kind == "province" else name}:
                if names.setdefault(form, actor) != actor:
                    raise ValueError(f"{form!r} is a name of {names[form]!r} and of {actor!r}")
        family, _, given = label.partition(" ")
        if kind == "expert" and given and " " not in given:
            families.setdefault(family, []).append(actor)
    # A family name alone means a person only if no other expert and no other actor has it.
    for family, bearers in families.items():
        if len(bearers) == 1:
            latin.setdefault(family, bearers[0])
    found.actor = latin | chinese_names
    found.speech = {"en": english(latin), "zh": chinese(chinese_names)}
    return found


def attribute(text: str, names: Names, expert: str = "") -> list[Part]:
    """Split a paragraph into stretches, each with its speakers.

    Parameters
    ----------
    text : str
        A paragraph.
    names : Names
        The names of the actors, as `actor_names` returns them.
    expert : str
        The id of the expert who spoke last before the paragraph, to whom "he" refers.

    Returns
    -------
    list of Part
        The stretches in order; `who` is empty if no speaker was found.
    """
    speech = names.speech[language_of(text)]
    parts: list[Part] = []
    last = Part(0, 0)
    for start, end in _sentences(text, speech):
        sentence = text[start:end]
        if len(sentence) > LONGEST:
            parts.append(last := Part(start, end))
            continue
        named = speech.name.search(sentence)
        alone = speech.alone.fullmatch(sentence) if named and parts else None
        if alone:
            who = _who(alone, names, speech)
            parts = _backward(text, parts, who, speech)
            parts.append(Part(start, end, who, "tag as a sentence", (start, end)))
            last = parts[-1]
            expert = next((w for w in who if names.kind[w] == "expert"), expert)
            continue
        before = [part.who for part in parts if part.who and names.kind[part.who[0]] != "expert"]
        if expert and speech.person.search(sentence):
            found = [Part(start, end, (expert,), "pronoun")]
        elif before and speech.body.search(sentence):
            found = [Part(start, end, before[-1], "pronoun")]
        else:
            found = list(_cues(sentence, start, end, names, speech)) if named else []
        if not found and not speech.others.search(sentence):
            within = text[max(start - 4, 0) : start].rstrip("\"”’')").endswith((";", "；"))
            if last.who and (within or speech.goes_on.search(sentence)):
                found = [Part(start, end, last.who, "goes on", (start, start))]
        found = found or [Part(start, end)]
        parts += found
        last = found[-1]
        expert = next((w for w in last.who if names.kind[w] == "expert"), expert)
    return [replace(part, role=_role(text, part, names, speech)) for part in parts]


def language_of(text: str) -> str:
    """Return the language of most of a text; an English text may contain Chinese names."""
    han = len(CJK.findall(text))
    return "zh" if 2 * han > len(LATIN.findall(text)) else "en"


def _sentences(text: str, speech: Speech) -> Iterator[tuple[int, int]]:
    start = 0
    for match in speech.sentence.finditer(text):
        if text[start : match.end()].strip():
            yield start, match.end()
            start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _who(match: re.Match[str], names: Names, speech: Speech) -> tuple[str, ...]:
    """Return the actors named in the group `who` of a match."""
    found = []
    for name in speech.name.finditer(match["who"]):
        form = name[0]
        while form and form not in names.actor:  # "Henan Province" is Henan
            form = form.rpartition(" ")[0]
        found.append(names.actor[form])
    return tuple(dict.fromkeys(found))


def _cues(sentence: str, start: int, end: int, names: Names, speech: Speech) -> Iterator[Part]:
    """Yield the stretches of a sentence that have a speaker, by the cues in it."""
    for rule, pattern in speech.whole:
        if match := pattern.search(sentence):
            left, right = match.span("skip")
            yield Part(
                start,
                end,
                _who(match, names, speech),
                rule,
                (start + left, start + right),
            )
            return
    cues: dict[int, tuple[re.Match[str], str]] = {}
    for rule, pattern in speech.clause:
        for match in pattern.finditer(sentence):
            cues.setdefault(match.start("skip"), (match, rule))
    places = [*sorted(cues), end - start]
    for place, until in pairwise(places):
        match, rule = cues[place]
        first = 0 if place == places[0] else place
        skip = (start + match.start("skip"), start + match.end("skip"))
        yield Part(start + first, start + until, _who(match, names, speech), rule, skip)


def _backward(text: str, parts: list[Part], who: tuple[str, ...], speech: Speech) -> list[Part]:
    """Attribute the sentences before a tag to its speaker, back to the previous cue.

    If a quotation opens in them, begin there, or one sentence earlier if that sentence says what
    ought to be done.
    """
    told = [i for i, part in enumerate(parts) if part.rule not in ("", "goes on")]
    first = told[-1] + 1 if told else 0
    opened = [
        i
        for i in range(first, len(parts))
        if text[parts[i].start :].lstrip()[:1] in ('"', "“", "「")
    ]
    if opened:
        lead = opened[-1] - 1
        asked = lead >= first and speech.asked.search(text, parts[lead].start, parts[lead].end)
        first = lead if asked else opened[-1]
    return [
        replace(part, who=who, rule="tag as a sentence") if i >= first else part
        for i, part in enumerate(parts)
    ]


def _role(text: str, part: Part, names: Names, speech: Speech) -> str:
    """Return the role of a stretch, from the type of its speaker and from its words."""
    if not part.who:
        return ""
    words, kind = text[part.start : part.end], names.kind[part.who[0]]
    if kind == "expert":
        if speech.asked.search(words):
            return "recommends"
        if speech.lacking.search(words):
            return "diagnoses"
        return "reports" if speech.done.search(words) else "defines"
    if kind in ("conference", "authority"):
        return "directs"
    if kind == "ministry" or part.rule == "taken as an example":
        return "reports"
    verb = text[part.skip[0] : part.skip[1] + AUXILIARY]
    return "reports" if part.rule == "subject" and speech.done.search(verb) else "commits"


def speakers(texts: Sequence[str], document: Ints, paragraph: Ints, names: Names) -> pd.DataFrame:
    """Attribute the paragraphs of documents to actors.

    Parameters
    ----------
    texts : sequence of str
        The paragraphs.
    document, paragraph : array of int
        The number of the document of each paragraph, and its own number. They give the order of
        reading, because "he" may refer to an expert in an earlier paragraph.
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
    expert, last = "", -1
    for number in np.lexsort((paragraph, document)).tolist():
        if document[number] != last:
            expert, last = "", document[number]
        for part in attribute(texts[number], names, expert):
            for who in part.who:
                rows.append((number, part.start, part.end, *part.skip, who, part.role, part.rule))
                expert = who if names.kind[who] == "expert" else expert
    columns = ["text", "start", "end", "skip_start", "skip_end", "actor", "role", "rule"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["text", "start"], kind="stable")
    return table.reset_index(drop=True).astype(
        dict.fromkeys(columns[:5], "int64") | dict.fromkeys(columns[5:], "str")
    )
