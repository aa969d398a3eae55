"""Compare the search for shared passages and for phrases with other packages."""

import os
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

import policylib as pol
from policylib.compare import shared_wording, uptake, wording_network, wording_shares

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
CHARACTERS = [chr(code) for code in range(0x4E00, 0x5200)]
REPORTS, PARAGRAPHS, LENGTH = 31, 80, 230
PAIRS = REPORTS * (REPORTS - 1) // 2


def reports(seed=0):
    """Make reports in which every fifth paragraph has 30 characters of an earlier paragraph."""
    draw = np.random.default_rng(seed)
    number = REPORTS * PARAGRAPHS
    texts = ["".join(row) for row in draw.choice(CHARACTERS, (number, LENGTH))]
    for row in draw.choice(np.arange(1, number), number // 5, replace=False).tolist():
        copied = texts[draw.integers(0, row)][100:130]
        texts[row] = texts[row][:50] + copied + texts[row][50:]
    names = np.repeat([f"r{n:02}" for n in range(REPORTS)], PARAGRAPHS)
    paragraph = np.tile(np.arange(1, PARAGRAPHS + 1), REPORTS)
    return pd.DataFrame({"document": names, "paragraph": paragraph, "text": texts})


def whole(table, name):
    """Return the text of a document in one string."""
    return "\n".join(table["text"][table["document"] == name])


JOB = f"shared passages, {PAIRS} pairs"


def test_shared_wording(measure):
    table = reports()
    measure(JOB, "policylib", lambda: shared_wording(table))


@pytest.mark.parametrize(
    ("tool", "call"),
    [
        ("difflib", lambda a, b: SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()),
        ("difflib, autojunk", lambda a, b: SequenceMatcher(None, a, b).get_matching_blocks()),
        ("rapidfuzz, LCSseq", lambda a, b: LCSseq.opcodes(a, b)),
    ],
)
def test_one_pair_in_order(measure, tool, call):
    # These find passages in one order only, and they compare one pair at a time.
    table = reports()
    a, b = whole(table, "r00"), whole(table, "r01")
    measure(JOB, tool, lambda: call(a, b), rounds=3, scale=PAIRS)


@pytest.mark.parametrize("scorer", [fuzz.ratio, fuzz.partial_ratio], ids=["ratio", "partial_ratio"])
def test_paragraphs_by_rapidfuzz(measure, scorer):
    # It scores pairs of paragraphs, and finds no places.
    texts = reports()["text"].to_list()
    part = texts[:100]
    scale = len(texts) / len(part) / 2  # each pair once
    name = f"rapidfuzz, {scorer.__name__}"
    call = lambda: process.cdist(part, texts, scorer=scorer, score_cutoff=90)  # noqa: E731
    measure(JOB, name, call, rounds=1, warmup=0, scale=scale)


def test_wording_shares(measure):
    table = reports()
    measure(f"shares of {REPORTS} documents", "policylib", lambda: wording_shares(table))


def test_wording_network(measure):
    table = reports()
    call = lambda: wording_network(table, beyond="r00")  # noqa: E731
    measure(f"network of {REPORTS} documents", "policylib", call)


# --- Phrases ------------------------------------------------------------------------------------

PHRASES = f"phrases said after, {2 * REPORTS} documents"


def collections():
    """Make a source, and documents before and after that have some of its paragraphs."""
    table = reports()
    source = table[table["document"] == "r00"]
    after = table.assign(text=table["text"] + "，" + np.resize(source["text"].str[:20], len(table)))
    return source, reports(seed=1), after


def test_uptake(measure):
    source, before, after = collections()
    measure(PHRASES, "policylib", lambda: uptake(source, before, after))


def test_phrases_in_sets(measure):
    # The same counts in plain Python, for phrases of two to twelve characters.
    def phrases(table):
        return {
            clause[i : i + size]
            for text in table["text"]
            for clause in text.split("，")
            for size in range(2, 13)
            for i in range(len(clause) - size + 1)
        }

    def count():
        own = phrases(source)
        sides = [[own & phrases(part) for _, part in t.groupby("document")] for t in others]
        return {p: [sum(p in found for found in side) for side in sides] for p in own}

    source, *others = collections()
    measure(PHRASES, "sets of phrases", count, rounds=1)


# --- Reports ------------------------------------------------------------------------------------


def read(name):
    folder = CORPORA / name
    if not folder.is_dir():
        pytest.skip(f"no reports at {folder}; POLICYLIB_CORPORA names their folder")
    return pol.read_documents(folder)[0]


@pytest.mark.parametrize("most", [10, None])
def test_provincial_reports(measure, most):
    table = read("provincial-reports-2025")
    job = "passages of 31 reports" + (", formulas too" if most is None else "")
    measure(job, "policylib", lambda: shared_wording(table, most_documents=most))


def test_said_after_a_national_report(measure):
    national = read("national-reports").set_index("document", drop=False)
    before, after = read("provincial-reports-2025"), read("provincial-reports-2026")
    source, previous = national.loc["2025"], national.loc["2024"]
    call = lambda: uptake(source, before, after, previous=previous)  # noqa: E731
    measure("phrases said after the report of 2025", "policylib", call)


# --- Memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 4])
def test_memory(copies, peak_memory):
    table = pd.concat([reports(seed).assign(side=seed) for seed in range(copies)])
    table["document"] = table["side"].astype("str") + table["document"]
    size = table["text"].str.len().sum()
    found = shared_wording(table)
    job = f"passages of {size / 1e6:.1f} M characters, {len(found)} found"
    assert peak_memory(job, shared_wording, table) < 200 * (size + len(found))
