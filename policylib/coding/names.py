"""Collect the names of actors, and find them in sentences."""

import re
from dataclasses import dataclass, field

import pandas as pd

from policylib._util.characters import simplify
from policylib.coding.grammar import Grammar, either, grammar
from policylib.documents.sentences import HAN, language_of

PLACES = ("province", "city")
UNITS = re.compile("(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
HONORIFICS = ("Mr", "Ms", "Mrs", "Dr", "Prof", "And", "But", "While")
DATELINE = re.compile("[^，。；]{0,40}?日电")  # "新华社武汉1月14日电": the place is nobody
SUFFIX = re.compile(
    r"(?i: (?:province|city|municipality|(?:(?:zhuang|hui|uyghur|uygur) )?autonomous region))\b"
)


@dataclass
class Names:
    """The names of the actors, the kind of each, and patterns that find them."""

    actor: dict[str, str] = field(default_factory=dict)
    kind: dict[str, str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)  # the province of a city
    families: dict[str, str] = field(default_factory=dict)  # known after the full name
    pattern: dict[str, re.Pattern[str]] = field(default_factory=dict)


def actor_names(actors: pd.DataFrame) -> Names:
    """Collect the names by which a text may call the actors.

    Parameters
    ----------
    actors : DataFrame
        One row for each actor: `id`, `type` (``"province"``, ``"expert"`` or the type of an
        organisation), `label`, `label_zh`, `aliases` and, if known, `province`.

    Returns
    -------
    Names
        Labels and aliases in both languages, names of provinces also without a suffix such as 省,
        and the family names of people.

    Raises
    ------
    ValueError
        If two actors have the same name.
    """
    found = Names()
    named: dict[str, dict[str, str]] = {"en": {}, "zh": {}}
    columns = ["id", "type", "label", "label_zh", "aliases", "province"]
    cells = actors.reindex(columns=columns).astype("str").fillna("")
    families: dict[str, set[str]] = {}
    for actor, kind, label, label_zh, aliases, province in cells.to_numpy(dtype=str).tolist():
        found.kind[actor] = kind
        found.of[actor] = province
        given_names = (simplify(name.strip()) for name in [label, label_zh, *aliases.split("; ")])
        for name in filter(None, given_names):
            names = named["zh" if HAN.search(name) else "en"]
            short = UNITS.sub("", name) if kind == "province" else ""
            for form in {name, short or name}:
                if names.setdefault(form, actor) != actor:
                    raise ValueError(f"{form!r} is a name of {names[form]!r} and of {actor!r}")
            if kind == "expert" and HAN.match(name) and len(name) < 5:
                families.setdefault(name[0], set()).add(actor)
            family, _, given = name.partition(" ")
            is_person = kind == "expert" or (kind == "province" and name != label)
            if is_person and given.isalpha() and name.istitle():
                families.setdefault(family, set()).add(actor)
    # A family name alone means a person only if no other person and no other actor has it.
    for family, bearers in families.items():
        if len(bearers) == 1 and family not in named["en"]:
            (found.families[family],) = bearers
    found.actor = named["en"] | named["zh"]
    for language, names in named.items():
        here = [f for f in found.families if bool(HAN.match(f)) == (language == "zh")]
        found.pattern[language] = _names_pattern([*names], here, language)
    return found


def _names_pattern(names: list[str], families: list[str], language: str) -> re.Pattern[str]:
    """Return a pattern of names, and of family names (in Chinese with a title, as 张教授)."""
    if language == "en":
        names = [*names, *families]
    listed = either(set(names))
    if families and language == "zh":
        titles = either(grammar(language).lists["titles"])
        listed += f"|(?<![\u4e00-\u9fff])(?:{either(families)})(?:{titles})"
    if not listed:
        return re.compile("(?!)")
    elsewhere = either(grammar(language).lists["elsewhere"])
    if language == "zh":
        beside = "岸|段|部(?![分门署长委队])|麓|路(?![线径演况])|时间|街(?!道)|话|菜|戏|队"
        return re.compile(f"(?:{listed})(?!{beside}|[^，。；、,;]{{0,8}}(?:{elsewhere}))")
    other = rf"(?!(?: (?:of|for|and|[A-Z][\w-]*)){{0,4}} (?i:{elsewhere})\b)"
    return re.compile(
        rf"(?<![\w-])(?:{listed})(?:{SUFFIX.pattern})?(?: \([A-Z]{{2,8}}\))?(?!-?\w){other}"
    )


def find_names(
    sentence: str, names: Names, called: set[str], words: Grammar
) -> list[tuple[int, int, str]]:
    """Find the names of actors in a sentence.

    Parameters
    ----------
    sentence : str
        The sentence.
    names : Names
        The names of the actors.
    called : set of str
        The family names that may stand alone, because the full name was there before. Those of
        full names in this sentence are added.
    words : Grammar
        The words of the language.

    Returns
    -------
    list of tuple
        For each name: start, end and actor.
    """
    found = []
    dateline = DATELINE.match(sentence)
    for match in names.pattern[words.language].finditer(
        sentence, dateline.end() if dateline else 0
    ):
        form = match[0]
        while form and form not in names.actor and form not in names.families:
            # "Henan Province" is Henan, 张教授 is 张
            form = form[:1] if words.language == "zh" and len(form) > 1 else form.rpartition(" ")[0]
        rest = sentence[match.end() :]
        actor = names.actor.get(form)
        if actor is None:
            if words.language == "en" and _is_of_other(sentence[: match.start()], rest, words):
                called.discard(form)  # from here on, it may mean another person
            if form not in called:
                continue
            actor = names.families[form]
        elif names.kind[actor] in PLACES and _goes_on_as_name(rest, words):
            continue  # "Hubei Morning Courier"
        family = form[:1] if words.language == "zh" else form.partition(" ")[0]
        if names.families.get(family) == actor:
            called.add(family)
        found.append((match.start(), match.end(), actor))
    return found


def in_names(text: str, start: int, end: int, names: Names) -> bool:
    """Return whether a place is inside the name of an actor, body or event.

    Examples
    --------
    >>> text = "The Department of Education builds schools."
    >>> in_names(text, 18, 27, Names()), in_names(text, 35, 42, Names())
    (True, False)
    """
    language = language_of(text)
    words = grammar(language)
    if language == "zh":
        first = max(start - 12, 0)
        if words.body.match(text, end):
            return True
    else:
        first = max(start - 90, 0)
    around = text[first : end + 60]
    patterns = [names.pattern[language]] if language in names.pattern else []
    patterns += [words.body] if language == "en" else []
    return any(
        first + match.start() <= start and end <= first + match.end()
        for pattern in patterns
        for match in pattern.finditer(around)
    )


def _is_of_other(before: str, rest: str, words: Grammar) -> bool:
    """Return whether a family name is part of another full name: "Peng Hui", "Chen Peng"."""
    given = re.match(r" ([A-Z][a-z]+)", rest)
    word = re.search(r"([A-Z][\w’'-]*)\.? $", before)
    titled = word and (word[1] in HONORIFICS or words.kind.get(word[1].lower()) == "o")
    return bool(given or (word and not titled and before[: word.start()].strip()))


def _goes_on_as_name(rest: str, words: Grammar) -> bool:
    """Return whether a capitalised word after the name of a place makes it another name."""
    if words.language == "zh":
        return False
    after = re.match(r" ([A-Z][\w’'-]+)", rest)
    if not after:
        return False
    word = after[1].lower()
    return word not in words.lists["beside"] and words.kind.get(word) not in ("o", "d", "V", "S")
