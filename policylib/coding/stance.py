"""Find what a speaker does in a sentence: promise, report, ask for, define, or name an obstacle."""

import re
from functools import cache

from policylib.coding.grammar import grammar

CENTRAL = ("conference", "authority", "ministry")
PERFECT = re.compile(
    r"\b(?:has|have|had)(?: \w+ly| also| already| now| each)* (\w+)", re.IGNORECASE
)


@cache
def _pattern(language: str, name: str) -> re.Pattern[str]:
    pattern = grammar(language).roles[name]
    return re.compile(rf"\b(?:{pattern})(?!\w)" if language == "en" else pattern, re.IGNORECASE)


def role_of(words: str, kind: str, verb: str, language: str) -> str:
    """Return the role of a stretch of text.

    Parameters
    ----------
    words : str
        What is said, without the words that name the speaker.
    kind : str
        The kind of the speaker: ``"expert"``, ``"province"``, or the type of an organisation.
    verb : str
        The verb after the speaker, or an empty text.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    str
        A role, as in the table `statements`.

    Examples
    --------
    >>> role_of("three railways in 2023", "province", "opened", "en")
    'reports'
    >>> role_of("railways are the backbone of trade", "expert", "said", "en")
    'defines'
    """
    says = grammar(language).lists
    if verb in ("has", "have", "had") and (perfect := PERFECT.search(words)):
        verb = perfect[1].lower()  # the verb of "has shelved"

    def has(name: str) -> bool:
        return _pattern(language, name).search(words) is not None

    def lacks() -> int:
        pattern = _pattern(language, "lacking")
        found = pattern.search(words) is not None
        return len(pattern.findall(_pattern(language, "solved").sub("", words))) if found else 0

    if kind == "expert":
        asks, lacking = len(_pattern(language, "asks").findall(words)), lacks()
        if any(verb in says[name] for name in ("ask", "plan", "refuse")) or asks > lacking:
            return "recommends"
        if verb in says["warn"] or lacking:
            return "diagnoses"
        return "reports" if has("past") else "defines"
    if kind in CENTRAL:
        wants = any(verb in says[name] for name in ("wants", "ask", "plan", "refuse"))
        acts = kind == "ministry" and verb not in says["wants"] and not has("orders")
        if acts and has("soon"):
            return "commits"
        if wants or has("asks"):
            return "directs"
        return "defines" if has("defines") else "reports"
    if _pattern(language, "of_others").search(f"{verb} {words}"):
        return "recommends"
    if verb in says["plan"] or verb in says["will"]:
        return "commits"
    if verb in says["warn"]:
        return "diagnoses"
    if verb in says["denies"]:
        return "reports"
    if verb in says["refuse"]:
        if has("soon"):
            return "commits"
        return "commits" if verb in says["forbids"] and not has("done") else "reports"
    if _pattern(language, "document").search(f"{verb} {words}") or has("future"):
        return "commits"
    if has("missing"):
        return "diagnoses"
    if has("defines"):
        return "defines"
    wants = any(verb in says[name] for name in ("wants", "ask"))
    if has("earlier" if wants else "done"):
        return "reports"
    if lacks():
        return "diagnoses"
    return "commits" if wants or has("ongoing") else "reports"
