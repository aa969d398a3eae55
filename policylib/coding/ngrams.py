"""Find the phrases of texts that may be terms: they hold together, and occur in many contexts.

No program divides Chinese into words, because a new term is missing in its dictionary.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.characters import LIGATURES
from policylib.coding.grammar import grammar
from policylib.coding.terms import fold
from policylib.coding.units import Ints, Units, clause_numbers, paired, read_units
from policylib.documents.sentences import language_of

LONGEST = 10  # units of a phrase
LEAST_COHESION = 3.0  # bits
LEAST_FREEDOM = 0.5  # entropy on either side, divided by the highest possible
MOST_CUT = 0.6  # share of places at which a border is inside a word
WITHIN = " '’-‐‑"  # an English term may have these between its words
# What is quoted is free at its borders. A word behind the quotation is not: 规划 in “十五五”规划.
LEFT, RIGHT = WITHIN + "”》〉」』", WITHIN + "“《〈「『"
# Tags of the grammar: verbs, prepositions, adverbs, pronouns and conjunctions. A word before a
# term is often such a verb; behind it, it may be a noun, as in "action plan".
BEFORE, AFTER = frozenset("VSpdjbrlghHtiwqy"), frozenset("VpdjbrlghHtiwqy")
# Other words with which no term begins or ends.
WORDS = {
    "zh": (
        "及 或 等 在 为 以 于 由 从 向 到 对 把 将 被 所 其 这 那 该 各 每 本 不 也 都 更 最 "
        "个 中 居 达 占 还 第 是 有 多 超 级 并 均 又 再 届 次 项 之 坚决 严防 严格 全面 "
        "充分 有效 努力 奋力 牢牢 不断 主动 积极 扎实 稳步 稳妥 稳定 大力 全力 着力 深入 "
        "切实 取得 迈上 引进 入选 获评 提高 增强 强化 完善 健全 巩固 拓展 抓好 做好 办好 "
        "用好 打好 守好 做强 做优 创建 高于 低于 稳居 走在 左右 以上 以下 以内 以外 明显 "
        "显著 良好 重大 重要 重点 主要 领域 时期 一批 一期 二期 三期 基本 更加 十分 "
    ),
    "en": (
        "a about above achieve all along among an and another any approximately around as "
        "best better billion both but cent certain continue different difficulties "
        "distinctive down each effective either ensure ensured ensuring every everyone "
        "express few first forge formulate formulated fully good great greater have here high "
        "higher hundred i if improve improved improving intensified intensify it its key "
        "large larger less low main major many million more most much nearly neither new no "
        "not now number off on one only or other our out own particular people's percent "
        "pursue pursued refine refined roughly s same several so solid some sound specific "
        "steady steps such targeted than that the their them then there these they this those "
        "thousand three too trillion two up various very ways well what when where which "
        "while who whose within without year years you your yuan "
    ),
}
EDGES = {language: frozenset(words.split()) for language, words in WORDS.items()}
# What no term contains: a number by itself, and particles and conjunctions.
NEVER = re.compile(
    r"(?<![a-z])[0-9]+(?![a-z0-9])|\b(?:the|to|or|their|its|is|are|will)\b"
    "|[的了]|(?<!参)与|(?<![普涉])及|(?<![共饱缓温])和(?![谐平美睦解])|^化(?![工学石肥债解])"
)

Floats = NDArray[np.float64]


class Phrases(NamedTuple):
    """Phrases of one size, with the places where they begin, sorted."""

    size: int
    place: Ints  # in the units of all texts
    number: Ints  # of the phrase at each place
    first: Ints  # the first place of each phrase
    often: Ints  # how often each phrase occurs


def likely_phrases(texts: Sequence[str], least: int) -> pd.DataFrame:
    """List the phrases that may be terms.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    least : int
        How often a phrase must occur.

    Returns
    -------
    DataFrame
        One row for each phrase, by length and first place: `term`, `folded`, `language`, `size` (in
        Chinese characters and words), `cohesion`, `entropy_left` and `entropy_right`.
    """
    units = read_units(texts)
    within, left, right = (clause_numbers(texts, units, quiet) for quiet in (WITHIN, LEFT, RIGHT))
    before = _before(units.kind, left)
    behind = _before(units.kind[::-1], right[::-1])[::-1]
    levels = frequent_phrases(units._replace(clause=within), least)
    parts = []
    for phrases, cohesion in zip(levels, cohesions(levels, len(units.kind)), strict=True):
        measures = {
            "cohesion": cohesion,
            "entropy_left": _entropy(phrases, before[phrases.place]),
            "entropy_right": _entropy(phrases, behind[phrases.place + phrases.size - 1]),
        }
        freedom = np.minimum(measures["entropy_left"], measures["entropy_right"])
        likely = (cohesion >= LEAST_COHESION) & (freedom >= LEAST_FREEDOM * np.log2(phrases.often))
        if phrases.size > 1:
            likely &= _cuts(phrases, cohesion, levels, len(units.kind)) <= MOST_CUT
        terms = _texts(texts, units, phrases.first[likely], phrases.size)
        part = pd.DataFrame({name: values[likely] for name, values in measures.items()})
        parts.append(part.assign(term=pd.array(terms, dtype="str"), size=phrases.size))
    table = pd.concat(parts, ignore_index=True)
    table["language"] = pd.array([language_of(term) for term in table["term"]], dtype="str")
    folded = [fold(term.translate(LIGATURES))[1] for term in table["term"]]
    table["folded"] = pd.array(folded, dtype="str")
    cut = [is_fragment(*row) for row in zip(folded, table["language"], strict=True)]
    return table[~np.array(cut, bool)].drop_duplicates("folded", ignore_index=True)


def frequent_phrases(units: Units, least: int) -> list[Phrases]:
    """List the phrases that occur often enough: one entry for each size, from one unit on."""
    levels: list[Phrases] = []
    place, number = np.arange(len(units.kind)), units.kind
    while len(levels) < LONGEST:
        number = pd.factorize(number)[0]
        kept = np.bincount(number)[number] >= least
        place, number = place[kept], pd.factorize(number[kept])[0]
        _, first, count = np.unique(number, return_index=True, return_counts=True)
        levels.append(Phrases(len(levels) + 1, place, number, place[first], count))
        # Two phrases that overlap in all but one unit make a phrase that is longer by one.
        follows = np.flatnonzero(np.diff(place) == 1)
        follows = follows[units.clause[place[follows]] == units.clause[place[follows + 1]]]
        number = paired(number[follows], number[follows + 1])
        place = place[follows]
        if not len(place):
            break
    return levels


def _counts(phrases: Phrases, total: int) -> Floats:
    """Return for each unit how often the phrase that begins there occurs, or 0."""
    counts = np.zeros(total)
    counts[phrases.place] = phrases.often[phrases.number]
    return counts


def cohesions(levels: list[Phrases], total: int) -> list[Floats]:
    """Measure how much more often the parts of each phrase are together than by chance, in bits.

    This is the pointwise mutual information of two parts, at the weakest of all divisions. A phrase
    of one unit has none.
    """
    counts: list[Floats] = [np.zeros(0)]
    found = []
    for phrases in levels:
        size, first = phrases.size, phrases.first
        counts.append(_counts(phrases, total))
        parts = [counts[k][first] * counts[size - k][first + k] for k in range(1, size)]
        most = np.max(parts, axis=0) if parts else np.full(len(first), np.nan)
        found.append(np.log2(phrases.often * total / most))
    return found


def _before(kind: Ints, clause: Ints) -> Ints:
    """Return the unit before each unit; where a clause begins, a unit that occurs nowhere else."""
    before = pd.factorize(kind)[0]
    before = np.concatenate([before[:1], before[:-1]])
    begins = np.flatnonzero(np.diff(clause, prepend=np.nan))
    before[begins] = len(kind) + begins
    return before


def _entropy(phrases: Phrases, beside: Ints) -> Floats:
    """Return for each phrase the entropy of the units beside its places, in bits."""
    kinds = beside.max(initial=0) + 1
    pairs, count = np.unique(phrases.number * kinds + beside, return_counts=True)
    spent = np.bincount(pairs // kinds, count * np.log2(count), len(phrases.often))
    found: Floats = np.log2(phrases.often) - spent / phrases.often
    return found


def _cuts(phrases: Phrases, cohesion: Floats, levels: list[Phrases], total: int) -> Floats:
    """Return the share of places at which a border of the phrase is inside a word.

    There, the two units at the border hold together more than the phrase does: 力打 in 着力打造.
    """
    one, two = (_counts(level, total) for level in levels[:2])
    with np.errstate(divide="ignore", invalid="ignore"):
        holds = np.log2(two[:-1] * total / (one[:-1] * one[1:]))
    holds = np.nan_to_num(np.concatenate([[-np.inf], holds, [-np.inf]]), nan=-np.inf)
    border = np.maximum(holds[phrases.place], holds[phrases.place + phrases.size])
    cut = border > cohesion[phrases.number]
    share: Floats = np.bincount(phrases.number, cut, len(phrases.often)) / phrases.often
    return share


def _texts(texts: Sequence[str], units: Units, first: Ints, size: int) -> list[str]:
    places = zip(units.text[first], units.start[first], units.end[first + size - 1], strict=True)
    return [texts[text][start:end] for text, start, end in places]


def is_fragment(folded: str, language: str) -> bool:
    """Return whether a phrase begins, ends or goes on as no term does.

    Examples
    --------
    >>> [is_fragment(word, "zh") for word in ("推动改革", "改革的", "改革", "3年改革")]
    [True, True, False, True]
    """
    words, kind = _words(folded, language), grammar(language).kind
    first, last = words[0], words[-1]
    ends = {first, last}
    if language == "zh":
        ends |= {folded[0], folded[:2], folded[-1], folded[-2:]}
    return bool(
        NEVER.search(folded)
        or (language == "en" and " " not in folded)  # such as "long-term"
        or ends & EDGES[language]
        or kind.get(first) in BEFORE
        or kind.get(last) in AFTER
        or first.endswith("ly")
    )


def _words(folded: str, language: str) -> list[str]:
    """Split a phrase into words; in Chinese, at those that the grammar knows."""
    if language == "en":
        return re.split("[ '-]+", folded)
    words, place = [], 0
    for _, start, end in grammar("zh").automaton.find_matches_as_indexes(folded):
        if end - start > 1:  # a single character is often part of another word
            words += [folded[place:start], folded[start:end]]
            place = end
    return [word for word in [*words, folded[place:]] if word]
