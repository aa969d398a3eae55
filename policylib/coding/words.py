"""Find Chinese terms that match across the borders of words, with a segmenter.

The segmenter only checks the codebook. Coding never uses it, because it makes errors of its own.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from policylib._util.warn import warn
from policylib.coding.spans import find_spans
from policylib.documents.paragraphs import is_wide

MOSTLY, OFTEN = 0.75, 10  # share of the matches in one longer word, and matches needed to say so
SHOWN = 5  # words that are named for a term

Words = dict[int, Counter[str]]  # row of a term: words of the text, and how often


def cut_words(terms: pd.DataFrame, texts: list[str]) -> pd.DataFrame:
    """List the Chinese terms that begin or end inside words of the texts.

    Parameters
    ----------
    terms : DataFrame
        The terms, as `codebook_terms` lists them.
    texts : list of str
        The texts in which the terms are searched for.

    Returns
    -------
    DataFrame
        The rows of these terms, with `problem` and `other` as in `lint_codebook`.
    """
    found = find_spans(texts, terms)
    chinese = [all(map(is_wide, term)) for term in terms["term"]]
    hits = [hit for hit in zip(*(part.tolist() for part in found), strict=True) if chinese[hit[1]]]
    if not hits:
        return terms.head(0).assign(problem="", other="")
    try:
        import rjieba
    except ImportError:
        warn(
            "terms that cut words were not looked for, because the package rjieba is missing: pip "
            "install 'policylib[documents]'"
        )
        return terms.head(0).assign(problem="", other="")
    matches = Counter(row for _, row, _, _ in hits)
    cut: Words = defaultdict(Counter)
    longer: Words = defaultdict(Counter)
    edges = [0, *(i for i in range(1, len(hits)) if hits[i][0] != hits[i - 1][0]), len(hits)]
    for first, last in pairwise(edges):
        text = texts[hits[first][0]]
        borders = [0, *(end for _, _, end in rjieba.tokenize(text, "default", False))]
        # The search mode also lists the words inside long words.
        parts = rjieba.tokenize(text, "search", False)
        starts, ends = {start for _, start, _ in parts}, {end for _, _, end in parts}
        for _, row, start, end in hits[first:last]:
            left, right = _around(borders, start, end)
            if (left, right) != (start, end):
                words = longer if start in starts and end in ends else cut
                words[row][text[left:right]] += 1
    single = {
        row: words
        for row, words in longer.items()
        if matches[row] >= OFTEN and max(words.values()) > MOSTLY * matches[row]
    }
    return pd.concat(
        [
            _findings(terms, "cuts words", cut, matches),
            _findings(terms, "mostly in one word", single, matches),
        ]
    )


def _around(borders: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return the borders of the words in which a place begins and ends."""
    return borders[bisect_right(borders, start) - 1], borders[bisect_left(borders, end)]


def _findings(
    terms: pd.DataFrame, problem: str, words: Words, matches: Counter[int]
) -> pd.DataFrame:
    rows = sorted(words, key=lambda row: -words[row].total())
    other = [
        f"{words[row].total()} of {matches[row]} matches: "
        + ", ".join(f"{word} ({count})" for word, count in words[row].most_common(SHOWN))
        for row in rows
    ]
    return terms.iloc[rows].assign(problem=problem, other=other)
