"""Compare coding documents with the bare search automaton."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ahocorasick_rs import AhoCorasick

import policylib as pol
from policylib.coding.terms import fold

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
LETTERS = {"en": list("abcdefghijklmnopqrstuvwxyz"), "zh": [chr(c) for c in range(0x4E00, 0x5200)]}


def words(language, number, draw):
    """Make random terms: two English words, or four Chinese characters."""
    if language == "zh":
        return ["".join(row) for row in draw.choice(LETTERS["zh"], (number, 4))]
    rows = draw.choice(LETTERS["en"], (number, 13))
    return ["".join(row[:6]) + " " + "".join(row[6:]) for row in rows]


def corpus(language, terms=1_000, paragraphs=40_000):
    """Make paragraphs in which every twentieth word is a term, and the codebook of these terms."""
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
    documents = pd.DataFrame(
        {"document": "d", "paragraph": range(1, paragraphs + 1), "text": texts}
    )
    return documents, codebook, known


def jobs(language):
    documents, codebook, known = corpus(language)
    size = f"1,000 terms, {documents['text'].str.len().sum() / 1e6:.0f} M characters, {language}"
    return documents, codebook, known, f"find {size}", f"code {size}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_find_terms(measure, language):
    documents, codebook, _, job, _ = jobs(language)
    measure(job, "policylib", lambda: pol.find_terms(documents, codebook), rounds=15)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_code_documents(measure, language):
    documents, codebook, _, _, job = jobs(language)
    measure(job, "policylib", lambda: pol.code_documents(documents, codebook), rounds=15)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("which", ["find", "code"])
def test_bare_scan(measure, language, which):
    documents, _, known, *names = jobs(language)
    job = names[which == "code"]
    text = fold("\n".join(documents["text"]))[1]
    automaton = AhoCorasick(known)
    call = lambda: automaton.find_matches_as_indexes(text, overlapping=True)  # noqa: E731
    measure(job, "ahocorasick_rs, bare", call, rounds=15)


def test_provincial_reports(measure):
    folder = CORPORA / "provincial-reports-2025"
    if not folder.is_dir():
        pytest.skip(f"no reports at {folder}; POLICYLIB_CORPORA names their folder")
    documents, _ = pol.read_documents(folder)
    codebook = pol.read_codebook()
    measure(
        "code 31 provincial reports", "policylib", lambda: pol.code_documents(documents, codebook)
    )


# In a separate process, so that the peak of memory is that of this call alone.
MEMORY = """
import re, sys
import pandas as pd
import policylib as pol

def kilobytes(what):
    return int(re.search(what + r":\\s+([0-9]+)", open("/proc/self/status").read())[1])

documents, codebook = (pd.read_pickle(path) for path in sys.argv[1:])
pol.code_documents(documents.head(100), codebook)
before = kilobytes("VmRSS")
result = pol.code_documents(documents, codebook)
print(before * 1024, kilobytes("VmHWM") * 1024, result.memory_usage(deep=True).sum())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc of Linux")
@pytest.mark.parametrize(("language", "paragraphs"), [("en", 360_000), ("zh", 350_000)])
def test_memory(language, paragraphs, tmp_path, capsys):
    documents, codebook, _ = corpus(language, paragraphs=paragraphs)
    text = documents["text"].str.encode("utf-8").str.len().sum()
    files = [tmp_path / "documents", tmp_path / "codebook"]
    documents.to_pickle(files[0])
    codebook.to_pickle(files[1])
    command = [sys.executable, "-c", MEMORY, *map(str, files)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    before, peak, result = (int(number) / 1e6 for number in printed.split())
    with capsys.disabled():
        print(
            f"\ncode {text / 1e6:.0f} MB, {language}: {before:.0f} MB with the text before, "
            f"at most {peak:.0f} MB; the result has {result:.0f} MB"
        )
    assert peak <= before + text / 1e6 + result
