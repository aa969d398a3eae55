"""Find the phrases of texts that may be terms: they hold together, and occur in many contexts.

No program divides Chinese into words, because a new term is missing in its dictionary.
"""

import re
from collections.abc import Sequence, Set
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from policylib.coding.grammar import grammar
from policylib.coding.terms import SPACES, fold, spell_out
from policylib.coding.units import HYPHENS, Ints, Units, clause_numbers, paired, read_units
from policylib.documents.sentences import language_of

LONGEST = 10  # units of a phrase
LEAST_COHESION = 3.0  # bits
LEAST_FREEDOM = 0.5  # entropy on either side, divided by the highest possible
MOST_CUT = 0.6  # share of places at which a border is inside a word
WITHIN = SPACES + "'’" + HYPHENS  # an English term may have these between its words
# What is quoted is free at its borders. A word behind the quotation is not: 规划 in “十五五”规划.
LEFT, RIGHT = WITHIN + "”》〉」』", WITHIN + "“《〈「『"
# Tags of the grammar: verbs, prepositions, pronouns and conjunctions. A word before a term is often
# such a verb; behind it, it may be a noun, as in "action plan" and "land use".
BEFORE = {"zh": frozenset("VSpjbrlhHtiwqy"), "en": frozenset("pjbrlhHtiwqy")}
AFTER = {"zh": frozenset("VpdjbrlghHtiwqy"), "en": frozenset("pdjbrlghHtiwqy")}
LOOSE_TAGS = frozenset("dg")
LOOSE_BEFORE = {"zh": LOOSE_TAGS, "en": LOOSE_TAGS | frozenset("VS")}  # as in "trade unions"


def _sets(**lists: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in lists.items()}


# Other words with which no term begins or ends.
NEVER_AT_EDGES = _sets(
    zh=(
        "取得 迈上 引进 入选 获评 提高 增强 强化 完善 健全 巩固 拓展 抓好 做好 办好 用好 打好 "
        "守好 做强 做优 创建 坚决 严防 严格 努力 奋力 牢牢 不断 扎实 稳步 大力 全力 着力 切实 "
        "明显 显著 高于 低于 超过 稳居 走在 左右 以上 以下 以内 以外 更加 更好 更大 更多 更高 "
        "十分 一批 一期 二期 三期 "
    ),
    en=(
        "a about achieve along among an and another any as be been both but came can continue "
        "could did do does done either ensure ensuring every everyone express forge formulate "
        "gave given got had has have i if improve improving intensify it made may might must "
        "neither no nor not now of on other others our ours pursue refine same shall should so "
        "some such taken than that them then there these they this those too took was went were "
        "what when where which while who whose with within without would you your "
    ),
)
# A term may begin or end with one of these if the rest is seldom without it: 中 in 中欧班列.
LOOSE = _sets(
    zh=(
        "及 或 等 在 为 以 于 由 从 向 到 对 把 将 被 所 其 这 那 该 各 每 本 不 也 都 更 最 个 "
        "中 居 达 占 还 第 是 有 多 超 级 并 均 又 再 届 次 项 之 全面 充分 有效 主动 积极 稳妥 "
        "稳定 深入 良好 重大 重要 重点 主要 领域 时期 基本 "
    ),
    en=(
        "above all approximately around best better billion cent certain different difficulties "
        "distinctive down each effective few full good great greater here high higher hundred key "
        "large larger less low main major many million more most much nearly new number off one "
        "only out own particular people percent s solid sound specific steps targeted thousand "
        "three trillion two up various very ways well year years yuan "
    ),
)
PARTICLES = "的了和与及等"
LEAST_BOUND = 0.4  # share of the places of the rest that are beside the loose words
# What no term contains: a number by itself, and particles and conjunctions.
NEVER = re.compile(
    r"(?<![a-z])[0-9]+(?![a-z0-9])|\b(?:the|to|or|their|its|is|are|will)\b"
    "|[的了]|(?<!参)与|(?<![普涉])及|(?<![共饱缓温])和(?![谐平美睦解])|^化(?![工学石肥债解])"
)

Bools = NDArray[np.bool_]
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
        terms = _forms(texts, units, phrases, likely)
        part = pd.DataFrame({name: values[likely] for name, values in measures.items()})
        part = part.assign(first=phrases.first[likely], often=phrases.often[likely])
        parts.append(part.assign(term=pd.array(terms, dtype="str"), units=phrases.size))
    table = pd.concat(parts, ignore_index=True)
    table["language"] = pd.array([language_of(term) for term in table["term"]], dtype="str")
    folded = [fold(spell_out(term)[0])[1] for term in table["term"]]
    table["folded"] = pd.array(folded, dtype="str")
    counts = [_counts(level, len(units.kind)) for level in levels]
    adverbs = _adverbs(texts)
    cut = [
        is_fragment(folded, language) or _is_loose(row, counts, adverbs)
        for folded, language, row in zip(
            table["folded"], table["language"], table.itertuples(), strict=True
        )
    ]
    table = table[~np.array(cut, bool)].drop(columns=["first", "often"])
    table = table.rename(columns={"units": "size"})
    return table.drop_duplicates("folded", ignore_index=True)


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

    There, the two units at the border hold together more than the phrase does, or more than the
    next two inside it: 力打 in 着力打造.
    """
    one, two = (_counts(level, total) for level in levels[:2])
    with np.errstate(divide="ignore", invalid="ignore"):
        holds = np.log2(two[:-1] * total / (one[:-1] * one[1:]))
    holds = np.nan_to_num(np.concatenate([[-np.inf], holds, [-np.inf]]), nan=-np.inf)
    left, right, whole = phrases.place, phrases.place + phrases.size, cohesion[phrases.number]
    cut = holds[left] > np.minimum(whole, holds[left + 1])
    cut |= holds[right] > np.minimum(whole, holds[right - 1])
    share: Floats = np.bincount(phrases.number, cut, len(phrases.often)) / phrases.often
    return share


def _forms(texts: Sequence[str], units: Units, phrases: Phrases, likely: Bools) -> list[str]:
    """Return the commonest form of each likely phrase."""
    here = likely[phrases.number]
    place, number = phrases.place[here], phrases.number[here]
    last = units.end[place + phrases.size - 1]
    spans = zip(units.text[place].tolist(), units.start[place].tolist(), last.tolist(), strict=True)
    forms = pd.Series([texts[text][start:end] for text, start, end in spans], dtype="str")
    return commonest(forms, number).to_list()


def commonest(forms: "pd.Series[str]", of: Ints) -> "pd.Series[str]":
    """Return the most frequent form of each number, in the order of the numbers.

    Of equally frequent forms, it is the first in alphabetical order. Each space is a plain one.

    Examples
    --------
    >>> commonest(pd.Series(["AI", "Ai", "AI", "b  c"]), np.array([4, 4, 4, 7])).to_list()
    ['AI', 'b c']
    """
    table = pd.DataFrame({"of": of, "form": forms.str.replace(rf"[{SPACES}]+", " ", regex=True)})
    counts = table.groupby(["of", "form"]).size().sort_values(ascending=False, kind="stable")
    table = counts.index.to_frame(index=False).drop_duplicates("of").sort_values("of")
    return table["form"]


def _adverbs(texts: Sequence[str]) -> set[str]:
    """List the words in "ly" of which the texts also have the adjective: steadily, with steady."""
    words = set(re.findall("[a-z]+", " ".join(texts).lower()))
    stems = ((word, word[:-2]) for word in words if word.endswith("ly"))
    return {word for word, stem in stems if words & {stem, stem + "l", stem[:-1] + "y"}}


def is_fragment(folded: str, language: str) -> bool:
    """Return whether a phrase begins, ends or goes on as no term does.

    Examples
    --------
    >>> [is_fragment(word, "zh") for word in ("推动改革", "改革的", "改革", "3年改革")]
    [True, True, False, True]
    """
    one_word = language == "en" and " " not in folded  # such as "long-term"
    never = one_word or folded in LOOSE[language] or bool(NEVER.search(folded))
    return never or _has_fixed_edge(folded, language)


def _has_fixed_edge(folded: str, language: str) -> bool:
    """Return whether a phrase begins or ends with a word with which no term does."""
    words, kind = _words(folded, language), grammar(language).kind
    first, last = words[0], words[-1]
    ends = {first, last}
    if language == "zh":
        ends |= {folded[:2], folded[-2:]}
    elif kind.get(last) == "V" and last.endswith("ed") and not last.endswith("eed"):
        return True
    return (
        bool(ends & NEVER_AT_EDGES[language])
        or kind.get(first) in BEFORE[language]
        or kind.get(last) in AFTER[language]
    )


def loose_edges(
    folded: str, language: str, adverbs: Set[str] = frozenset()
) -> list[tuple[int, int]]:
    """Return how many units loose words may take off a phrase, at the left and at the right.

    Examples
    --------
    >>> [loose_edges(word, "zh") for word in ("网络", "中欧班列", "最低等")]
    [[], [(1, 0)], [(0, 1), (1, 0), (1, 1)]]
    """
    units = list(re.sub("[ '-]", "", folded)) if language == "zh" else _words(folded, language)
    kind = grammar(language).kind
    loose = LOOSE["zh"] if language == "zh" else LOOSE["en"] | adverbs

    def ends(units: list[str], step: int, tags: Set[str]) -> list[int]:
        found = [0]
        for end in range(1, len(units) + 1):
            for start in found[-2:]:
                word = "".join(units[start:end][::step])
                if word in loose or (len(word) > 1 and kind.get(word) in tags):
                    found.append(end)
                    break
        return found

    sides = product(ends(units, 1, LOOSE_BEFORE[language]), ends(units[::-1], -1, LOOSE_TAGS))
    return [(left, right) for left, right in sides if 0 < left + right < len(units)]


def _is_loose(row: Any, counts: list[Floats], adverbs: Set[str]) -> bool:
    """Return whether the rest of a phrase is often without its loose words, or no term itself."""
    for left, right in loose_edges(row.folded, row.language, adverbs):
        size = row.units - left - right
        rest = row.folded[left : len(row.folded) - right]
        if row.often < LEAST_BOUND * counts[size - 1][row.first + left]:
            return True
        if row.language == "zh" and _has_fixed_edge(rest, "zh"):
            return True
    return False


@cache
def _words_before() -> AhoCorasick:
    """Return what finds the Chinese words behind which a term may begin."""
    tagged = [word for word, tag in grammar("zh").kind.items() if tag in BEFORE["zh"]]
    longer = [word for word in {*tagged, *NEVER_AT_EDGES["zh"]} if len(word) > 1]
    return AhoCorasick([*longer, *PARTICLES])


def term_may_begin(folded: str) -> Bools:
    """Return for each place in a Chinese text whether a term may begin there.

    It may at the beginning, behind punctuation, and behind a verb or a particle.

    Examples
    --------
    >>> term_may_begin("推动改革，改革的红利").astype(int).tolist()
    [1, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    """
    may = np.array([True, *(not character.isalnum() for character in folded)])
    found = _words_before().find_matches_as_indexes(folded, overlapping=True)
    may[[end for _, _, end in found]] = True
    return may[:-1]


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
