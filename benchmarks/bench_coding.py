"""Finding terms beside the bare automaton, in one run."""

import numpy as np
import pandas as pd
import pytest
from ahocorasick_rs import AhoCorasick

import policylib as pl
from policylib._codes import fold

LETTERS = {"en": list("abcdefghijklmnopqrstuvwxyz"), "zh": [chr(c) for c in range(0x4E00, 0x5200)]}


def words(language, number, draw):
    """Make words as long as terms are: two English words, or four Chinese characters."""
    if language == "zh":
        return ["".join(row) for row in draw.choice(LETTERS["zh"], (number, 4))]
    rows = draw.choice(LETTERS["en"], (number, 13))
    return ["".join(row[:6]) + " " + "".join(row[6:]) for row in rows]


def corpus(language, terms=1_000, paragraphs=40_000):
    """Make paragraphs in which every twentieth word is a term, and the codebook of the terms."""
    draw = np.random.default_rng(0)
    known, others = words(language, terms, draw), words(language, 5_000, draw)
    codes = [f"c{i % 80}" for i in range(terms)]
    listed = pd.Series(known).groupby(codes).agg("; ".join)
    columns = {"terms_en": None, "terms_zh": None} | {f"terms_{language}": listed.to_numpy()}
    codebook = pd.DataFrame({"id": listed.index, **columns})
    space = "，" if language == "zh" else " "
    texts = []
    for _ in range(paragraphs):
        row = [others[i] for i in draw.integers(0, len(others), 19)]
        texts.append(space.join([*row, known[draw.integers(0, terms)]]))
    documents = pd.DataFrame({"document": "d", "paragraph": range(paragraphs), "text": texts})
    return documents, codebook, known


@pytest.mark.parametrize("language", ["en", "zh"])
def test_find_terms(measure, language):
    documents, codebook, _ = corpus(language)
    size = documents["text"].str.len().sum() / 1e6
    job = f"find 1,000 terms in {size:.0f} M characters, {language}"
    measure(job, "policylib", lambda: pl.find_terms(documents, codebook), rounds=7)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bare_scan(measure, language):
    documents, _, known = corpus(language)
    size = documents["text"].str.len().sum() / 1e6
    text = fold("\n".join(documents["text"]))[1]
    automaton = AhoCorasick(known)
    job = f"find 1,000 terms in {size:.0f} M characters, {language}"
    call = lambda: automaton.find_matches_as_indexes(text, overlapping=True)  # noqa: E731
    measure(job, "ahocorasick_rs, bare", call, rounds=7)
