"""Find the speakers of one sentence by the order of its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from policylib.coding.grammar import SOMEONE, Grammar, Token
from policylib.coding.names import Names

# A clause begins at the start, or after one of these tags.
OPENS = frozenset('cekb()"[')
NAMES = r"(?P<who>N[ax]{0,2}?(?:[cj]{1,2}[adglo]{0,5}?N[a]{0,2}?)*)(?:[cj]{1,2}[ad]{0,3}u)?"
BESIDE = r"(?:c(?:[^ceSk()]|p[^cek()]){1,30}?c)?"  # "…, governor of the province, …"
RULES = {
    # A name, and the words between it and the verb: an office, a title, a day.
    "en": {
        "subject": re.compile(
            rf"(?P<lead>[adgovt]{{0,7}}?|pa?d[ad]{{0,3}}|[adgou]{{1,4}}(?:j[adgou]{{1,3}})?l[adg]{{0,4}}"
            rf"|[adomiuf]{{1,6}}V?(?:p[adomju]{{0,6}}l?){{1,2}})"
            rf"{NAMES}(?P<post>[adopmjgVxu\[]{{0,10}}?){BESIDE}[dawht]{{0,4}}(?P<verb>[SV])"
        ),
        "office": re.compile(
            rf"(?P<lead>a{{1,4}}c[adomp]{{1,6}}){NAMES}(?P<post>[ad]{{0,3}})c[d]{{0,3}}(?P<verb>[S])"
        ),
        "other": re.compile(
            rf"(?P<lead>[ad]{{0,3}}(?:pN)?)(?P<other>[htimwugfo])(?P<post>[adopmjgVi]{{0,8}}?){BESIDE}"
            r"[da]{0,4}(?P<verb>[SV])"
        ),
        "said": re.compile(rf"(?P<verb>S)(?P<lead>[adgo]{{0,6}}p?[ad]{{0,3}}){NAMES}"),
        "said other": re.compile(r"(?P<verb>S)(?P<lead>[ad]{0,3})(?P<other>[htmuo])"),
        "source": re.compile(rf"r[adopgfV]{{0,8}}?{NAMES}|p?a?yp[ad]{{0,2}}(?P<who2>N)"),
    },
    "zh": {
        "subject": re.compile(
            r"(?P<lead>(?:[adgovxV]{0,7}[adgovx])??)(?P<who>N(?:a{0,1}[jp]N)*)(?P<post>(?:[^ceSkV()N]|V(?=a?o)){0,8}(?=S)|[^ceSk()N]{0,14}?)(?P<verb>[SVa])"
        ),
        "office": re.compile(r"(?!)"),
        "other": re.compile(
            r"(?P<lead>[ad]{0,4}?)(?P<other>[htimwugfo])(?P<post>[^ceSk()N]{0,12}?)(?P<verb>[SVa])"
        ),
        "said": re.compile(r"(?!)"),
        "said other": re.compile(r"(?!)"),
        "source": re.compile(r"r[adog]{0,3}(?P<who>N(?:[jp]N)*)|pa?(?P<who2>N)[adopj]{0,6}q"),
    },
}
FUTURE = {"will", "would", "must", "should", "shall", "need", "have", "has"}
OUGHT = {
    "should",
    "must",
    "need",
    "needs",
    "can",
    "could",
    "要",
    "应",
    "应当",
    "需",
    "需要",
    "必须",
    "可以",
}
SHOULD = {"should", "ought", "应", "应当"}  # what somebody else asks of a place
EXPLETIVE = {"is", "was", "are", "were", "be"}
NUMBERS = {2: "both|two|两", 3: "three|三"}
# What may follow the verb of a tag such as "…, Li Na said".
REST = re.compile(r"(?:[pdj][adgNojmxV]{0,7}){0,3}[ca)\"]{0,3}")
PERSON = re.compile(
    r"[^ceS(z]{0,24}?(?P<who>N)(?:[^ceSNu(]{0,10}|[^ceSNu(]{0,4}p[^ceSN(]{0,8})(?P<verb>S)"
)
# "At a meeting in Hunan on Monday, it was stressed …": whoever holds the meeting says it.
MEETING = re.compile(
    r"(?:pa?[om]{1,2}[ad]{0,4}p(?P<who>N)[^c]{0,4}|pa{0,2}(?P<who2>N)[^c]{0,6}m[^c]{0,4})"
    r"cd?[iuo]V?(?P<verb>S)"
)
PASSIVE = re.compile(r"[^cekN(]{1,12}V[ad]{0,2}(?P<by>p)[adg]{0,3}(?P<who>N)[ado]{0,5}$")
UNDER = re.compile(r"(?P<by>p)[adg]{0,2}(?P<who>N)a{0,4}[om]{1,2}[ad]{0,3}c")
COLON = re.compile(r"[adog\[]{0,10}?(?P<who>N(?:[aogxpj]{1,9}N)?)[aogxpj\[]{0,10}k(?=..)")
VIEW = re.compile(r"p(?P<who>N)[a'’]{1,3}y|p[aoxdg]{0,8}(?P<who2>N)y")
# After the name of a province: "'s other port, Yantai".
CITY = re.compile(r"[ad]{1,8}c?N")
# A list of places with a preposition: "Apart from this, that and the other place, …".
LIST = re.compile(r"[ad]{0,3}p[adgo]{0,5}N[ax]{0,2}(?:[cj]{1,2}[adg]{0,3}N[ax]{0,2})+c")


@dataclass
class State:
    """What the sentences so far say about who may speak next."""

    last: tuple[str, ...] = ()  # who spoke in this paragraph
    several: tuple[str, ...] = ()  # all who did so in the last sentence that had several
    recent: tuple[str, ...] = ()  # the last three that spoke
    person: tuple[str, ...] = ()  # "he"
    place: tuple[str, ...] = ()  # "the province", "the meeting", "it"
    open: tuple[str, ...] = ()  # the speaker of a quotation that is not closed
    topic: tuple[str, ...] = ()  # whom the whole document is about
    called: set[str] = field(default_factory=set)  # family names after a first mention

    def meant(self, tag: str, word: str) -> tuple[str, ...]:
        """Return the actors that "he", "both provinces", "the meeting" or "we" mean."""
        if tag == "t":
            number = next((n for n, listed in NUMBERS.items() if re.search(listed, word)), 0)
            return self.recent[-number:] if number else self.several or self.place
        known = {"h": self.person, "w": self.last or self.place}
        return self.place or self.topic if tag in "imo" else known.get(tag, ())


@dataclass
class Cue:
    """A speaker in a sentence: from which place on, by which rule, and with which verb."""

    start: int
    who: tuple[str, ...]
    rule: str
    skip: tuple[int, int] = (0, 0)  # the words that name the speaker
    verb: str = ""
    saying: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence with the tags of its words; words in a quotation have the tag "z"."""

    text: str
    tokens: list[Token]
    tags: str
    names: Names
    words: Grammar

    def word(self, at: int) -> str:
        """Return a word in small letters."""
        return self.text[self.tokens[at].start : self.tokens[at].end].lower()

    def place(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the place of a match of tags in the text."""
        last = min(match.end(), len(self.tokens)) - 1
        return self.tokens[match.start()].start, self.tokens[last].end

    def actors(self, first: int, last: int) -> tuple[str, ...]:
        """Return the actors named in a range of words, of whom one sentence part may speak."""
        listed = [token.who for token in self.tokens[first:last] if token.tag == "N"]
        if len(listed) == 2 and self.names.of.get(listed[0]) == listed[1]:
            return (listed[0],)  # a city and its province
        if len(listed) > 1 and self.is_person(listed[-1]) and not self.is_person(listed[0]):
            return (listed[-1],)  # a person and the place of his office
        return tuple(dict.fromkeys(listed))

    def is_person(self, actor: str) -> bool:
        """Return whether an actor is an expert, not a place or an organisation."""
        return self.names.kind[actor] == "expert"


def find_cues(sentence: Sentence, state: State) -> list[Cue]:
    """Return the speakers of a sentence in order; the first one has it from the beginning."""
    if not set(sentence.tags) & SOMEONE:
        return []
    cue = _whole(sentence, state) or _tag(sentence, state)
    if cue:
        return [cue]
    asked = sentence.text.rstrip(' ”"’').endswith(("?", "？"))  # then nobody does it
    return [cue for cue in _clauses(sentence, state) if cue.saying or not asked]


def is_alone(sentence: Sentence, cues: list[Cue]) -> bool:
    """Return whether a sentence only names the speaker of the sentences before it."""
    if not cues or not cues[0].saying or cues[0].rule == "colon":
        return False
    first, last = cues[0].skip
    return not re.search(r"\w\w", sentence.text[:first] + sentence.text[last:])


def _whole(sentence: Sentence, state: State) -> Cue | None:
    """Return who says a whole sentence, by a phrase such as "according to Henan"."""
    tags = sentence.tags

    def cue(match: re.Match[str], rule: str, saying: bool = True) -> Cue:
        group = "who" if match["who"] else "who2"
        who = sentence.actors(*match.span(group))
        verb = sentence.word(match.start("verb")) if "verb" in match.re.groupindex else ""
        return Cue(0, who, rule, sentence.place(match), verb, saying)

    match = COLON.match(tags)
    if match and len(sentence.actors(*match.span("who"))) == 1:  # not a list of places
        return cue(match, "colon")
    for token in sentence.tokens:
        if token.tag == "N" and sentence.text.startswith("为例", token.end):
            return Cue(0, (token.who,), "taken as an example", (token.start, token.end))
    if re.match(r"[ado]{0,3}uk", tags):
        return Cue(0, (), "nobody")
    if (match := re.search(r"rh|p[hH]a{0,2}y", tags)) and state.person:
        return Cue(0, state.person, "pronoun", sentence.place(match), "", True)
    if (match := PASSIVE.match(tags)) and sentence.word(match.start("by")) == "by":
        return cue(match, "passive", saying=False)
    if (match := UNDER.match(tags)) and sentence.word(match.start("by")) == "under":
        return cue(match, "according to", saying=False)
    if match := MEETING.match(tags):
        return cue(match, "at a conference")
    if match := VIEW.search(tags):
        return cue(match, "in the view of")
    if match := RULES[sentence.words.language]["source"].search(tags):
        first, last = sentence.place(match)
        if "y" in match[0] or "看来" in sentence.text[first:last]:
            return cue(match, "in the view of")
        if sentence.word(match.start()).startswith("tak"):
            return cue(match, "taken as an example", saying=False)
        return cue(match, "according to")
    return None


def _tag(sentence: Sentence, state: State) -> Cue | None:
    """Return who says a whole sentence, by a tag such as "…, Li Na said"."""
    tags, words = sentence.tags, sentence.words
    rules = RULES[words.language]
    for at in _starts(tags):
        if at == 0 or tags[at] in "jb":
            continue
        for name in ("subject", "office", "other"):
            match = rules[name].match(tags, at)
            if not match:
                continue
            verb = sentence.word(match.start("verb"))
            if verb in words.lists["say"] or verb in words.lists["warn"]:
                rest = tags[match.end() :]
                rest = rest.lstrip("ao") if verb in ("told", "tells") else rest
                if REST.fullmatch(rest):
                    return _cue(sentence, state, match, "tag after")
                if rest[:1] == "c" and words.language == "en" and tags[at - 1] in "c)":
                    return _cue(sentence, state, match, "tag within")
        for name in ("said", "said other"):
            match = rules[name].match(tags, at)
            if match and tags[at - 1] in "c)":
                rest = tags[match.end() :]
                if "V" not in rest or rest[0] == "c":
                    return _cue(sentence, state, match, "tag after")
    return None


def _clauses(sentence: Sentence, state: State) -> list[Cue]:
    """Return who says each clause; a clause without a speaker belongs to the one before it."""
    tags, cues = sentence.tags, list[Cue]()
    beside = LIST.match(tags)
    for at in _starts(tags):
        if beside and at < beside.end():
            continue
        if cues and (
            sentence.tokens[at].start < cues[-1].skip[1] or not _may_turn(cues[-1], tags, at)
        ):
            continue
        cue = _clause(sentence, state, at, cues[-1] if cues else None)
        if cue:
            cues.append(cue)
    return cues


def _clause(sentence: Sentence, state: State, at: int, last: Cue | None) -> Cue | None:
    """Return who says the clause at a place; `last` is the speaker of the clause before it."""
    tags, words = sentence.tags, sentence.words
    begin = at + (tags[at] in "jb")
    if words.language == "zh" and (person := _person(sentence, begin)):
        return person
    for name in ("subject", "office", "other"):
        match = RULES[words.language][name].match(tags, begin)
        if not match:
            continue
        verb, saying = sentence.word(match.start("verb")), match["verb"] == "S"
        acts = verb in words.lists["plan"] or not saying
        if last and last.saying and acts and tags[at - 1] != "e":
            continue  # what he says that somebody does
        if name == "other" and not _may_stand(match["other"], verb, saying, last):
            continue
        if name == "other" and match["other"] in "imo" and _is_of_others(match):
            return None if last else Cue(0, (), "nobody")
        if name == "subject" and _is_of_others(match) and not last and match["verb"] == "V":
            return Cue(0, (), "nobody")
        if name == "subject" and (_is_of_others(match) or _is_passive(sentence, match)):
            continue
        cue = _cue(sentence, state, match, "verb after name" if saying else "subject")
        if name == "subject" and not saying and all(map(sentence.is_person, cue.who)):
            continue  # what a person does is not what he says
        if name == "subject" and verb in SHOULD:
            continue
        if name == "other" and last and match["other"] in "hitmw":
            cue.who = last.who
        if name == "other" and not cue.who:
            cue.rule = "nobody"
            if last and not saying:
                return None
        return cue
    return None


def _cue(sentence: Sentence, state: State, match: re.Match[str], rule: str) -> Cue:
    """Return the speaker that a rule has found, by name or by pronoun."""
    verb = sentence.word(match.start("verb"))
    saying = match["verb"] == "S" and verb not in sentence.words.lists["plan"]
    if "other" not in match.re.groupindex:
        who = sentence.actors(*match.span("who"))
        who = _city_after(sentence, match.end("who"), who)
    else:
        other = match["other"]
        who = state.meant(other, sentence.word(match.start("other")))
        if other in "oh" and rule.startswith("tag"):  # "… Hunan …, the governor said"
            before = sentence.tokens[: match.start()]
            named = [t.who for t in before if t.tag == "N" and not sentence.is_person(t.who)]
            if named and (other == "o" or not who):
                who = (named[0],)
        if who and rule in ("subject", "verb after name"):
            rule = "pronoun"
    return Cue(sentence.tokens[match.start()].start, who, rule, sentence.place(match), verb, saying)


def _city_after(sentence: Sentence, at: int, who: tuple[str, ...]) -> tuple[str, ...]:
    """Return the city that an apposition names, as in "Hunan's capital, Changsha", or the actor."""
    city = CITY.match(sentence.tags, at)
    named = sentence.tokens[city.end() - 1].who if city else ""
    return (named,) if len(who) == 1 and sentence.names.of.get(named) == who[0] else who


def _person(sentence: Sentence, at: int) -> Cue | None:
    """Return the person right before the first verb of saying in a clause of Chinese."""
    match = PERSON.match(sentence.tags, at)
    if not match:
        return None
    name = match.start("who")
    who = sentence.tokens[name].who
    if not (sentence.is_person(who) or sentence.tags[max(name - 1, 0)] == "o"):
        return None
    start, end = sentence.place(match)
    return Cue(
        start, (who,), "verb after name", (start, end), sentence.word(match.start("verb")), True
    )


def _may_stand(other: str, verb: str, saying: bool, last: Cue | None) -> bool:
    """Return whether a word without a name may be the subject of a clause."""
    if other in "ugf":  # "localities should …" is what somebody asks of them
        return saying or (last is None and verb not in OUGHT)
    if other == "o":
        return saying or verb in FUTURE
    return not (other in "im" and verb in EXPLETIVE)  # "it is known that …"


def _is_of_others(match: re.Match[str]) -> bool:
    """Return whether others say it, as in "experts in Hunan said" or "Hunan farmers said"."""
    saying = match["verb"] == "S"
    before_object = match["post"].partition("p")[0]  # not "Hunan told reporters", "对记者"
    return "u" in before_object or (saying and "u" in match["lead"] and "l" not in match["lead"])


def _is_passive(sentence: Sentence, match: re.Match[str]) -> bool:
    """Return whether another actor acts, as in "Hunan was told by the State Council"."""
    verb = sentence.tokens[match.start("verb")]
    return (
        re.match(r"(?:is|was|has|have|are|were)(?: \w+){1,3} by\b", sentence.text[verb.start :])
        is not None
    )


def _may_turn(last: Cue, tags: str, at: int) -> bool:
    """Return whether another speaker may begin here, after one in the same sentence."""
    before = tags[max(at - 1, 0)]
    return (
        before == "e"
        or not last.saying
        or tags[at] in "jb"
        or before in "jb"
        or tags[at : at + 2] == "Nb"
    )


def _starts(tags: str) -> Iterator[int]:
    """Yield the places at which a clause may begin."""
    yield 0
    for at, tag in enumerate(tags[:-1]):
        if tag in OPENS and tags[at + 1] not in "z)":
            yield at + 1
