"""Compare coding a corpus with one process, several processes, Dask and the bare automaton.

pytest runs all jobs. As a script, this file runs one job and prints its time and memory.
"""

import json
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import dask
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
from ahocorasick_rs import AhoCorasick
from distributed import Client, LocalCluster
from matplotlib.backends.backend_pdf import PdfPages
from pypdf import PdfReader

import policylib as pl
from policylib.coding.terms import codebook_terms, fold

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = 100_000
ROUNDS = 3
WORDS = {"en": (38, " "), "zh": (24, "，")}  # words of a paragraph, and their separator
LETTERS = {"en": list("abcdefghijklmnopqrstuvwxyz"), "zh": [chr(c) for c in range(0x4E00, 0x5200)]}
LENGTH = {"en": 7, "zh": 4}  # characters of a word


def generate(path, documents, seed=0):
    """Write documents of eight paragraphs, alternately in English and Chinese.

    Two words of each paragraph are terms of the codebook; the others are random letters.
    """
    draw = np.random.default_rng(seed)
    codebook = pl.read_codebook()
    texts = {}
    for language, (words, space) in WORDS.items():
        terms = codebook[f"terms_{language}"].dropna().str.split("; ").explode().to_list()
        letters = draw.choice(LETTERS[language], (5_000, LENGTH[language]))
        known = np.array(["".join(word) for word in letters] + terms, dtype=object)
        chosen = draw.integers(0, 5_000, (20_000, words))
        chosen[:, [5, 15]] = draw.integers(5_000, len(known), (20_000, 2))
        paragraphs = np.array([space.join(row) for row in known[chosen]], dtype=object)
        picked = draw.integers(0, len(paragraphs), (documents // 2, 8))
        texts[language] = ["\n".join(row) for row in paragraphs[picked]]
    number = np.arange(documents)
    rows = {
        "document": [f"d{i:08}" for i in number],
        "actor": pl.read_tables().provinces["id"].to_numpy()[number % 31],
        "said": (2000 + number % 25).astype(str),
        "text": [text for pair in zip(*texts.values(), strict=True) for text in pair],
    }
    pd.DataFrame(rows).to_parquet(path, row_group_size=10_000)


# --- The jobs: each gets a source and a folder, and yields when the clock is to start. ----------


def read(source, groups=None):
    """Read documents with pandas, a row per paragraph."""
    file = pq.ParquetFile(source)
    table = file.read() if groups is None else file.read_row_groups(groups)
    rows = table.to_pandas()
    rows = rows.assign(text=rows["text"].str.split("\n")).explode("text", ignore_index=True)
    return rows.assign(paragraph=rows.groupby("document").cumcount() + 1)


def code_groups(source, target, groups=None):
    statements = pl.code_documents(read(source, groups), pl.read_codebook())
    statements.to_parquet(f"{target}/{'all' if groups is None else groups[0]}.parquet")


def plain(source, target):
    code_groups(source, target, [0])
    yield
    code_groups(source, target)


def two_processes(source, target):
    groups = np.array_split(range(pq.ParquetFile(source).num_row_groups), 2)
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(code_groups, [source] * 2, [target] * 2, [[0], [1]]))
        yield
        list(pool.map(code_groups, [source] * 2, [target] * 2, [g.tolist() for g in groups]))


def bare(source, target):
    terms = codebook_terms(pl.read_codebook())
    automaton = AhoCorasick(terms["folded"].unique().tolist())
    file = pq.ParquetFile(source)
    texts = []
    for group in range(file.num_row_groups):
        texts.append(fold("\n".join(file.read_row_group(group)["text"].to_pylist()))[1])
    yield
    for text in texts:
        automaton.find_matches_as_indexes(text, overlapping=True)


def code_corpus(source, target):
    codebook, code = pl.read_codebook(), pl.code_corpus
    with dask.config.set(num_workers=2):
        yield
        code(source, f"{target}/coded", codebook=codebook)


def on_cluster(workers):
    def job(source, target):
        options = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0"}
        with LocalCluster(**options) as cluster, Client(cluster) as client:
            client.run(lambda: __import__("policylib").code_corpus)
            codebook, code = pl.read_codebook(), pl.code_corpus
            yield
            code(source, f"{target}/coded", codebook=codebook, client=client)
            yield  # the clock stops here, before the workers are closed

    return job


JOBS = {
    "bare automaton": bare,
    "pandas, one process": plain,
    "pandas, two processes": two_processes,
    "code_corpus, no cluster": code_corpus,
    "Dask, one worker": on_cluster(1),
    "Dask, two workers": on_cluster(2),
}


def watch(peak, done):
    """Record the memory of this process and its children, in megabytes, until `done`."""
    me = psutil.Process()
    while not done.wait(0.1):
        total = 0
        for process in [me, *me.children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak.append(total / 1e6)


def run(name, source, target):
    """Run a job once, and print its seconds and its peak of memory."""
    peak, done = [], threading.Event()
    steps = JOBS[name](source, target)
    next(steps)
    watcher = threading.Thread(target=watch, args=(peak, done))
    watcher.start()
    start = time.perf_counter()
    next(steps, None)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    for _ in steps:
        pass
    print(json.dumps({"seconds": seconds, "memory": max(peak)}))


# --- The measurements. --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora")
    made = {}

    def corpus(documents):
        if documents not in made:
            made[documents] = folder / f"{documents}.parquet"
            generate(made[documents], documents)
        return made[documents]

    yield corpus
    shutil.rmtree(folder)


def measure(jobs, folder):
    """Run jobs in turn, several times, and return the medians of each."""
    results = {job: [] for job in jobs}
    for _ in range(ROUNDS):
        for name, source in jobs:
            with TemporaryDirectory(dir=folder) as target:
                command = [sys.executable, __file__, name, source, target]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                result = json.loads(done.stdout)
                coded = Path(target, "coded").glob("part-*")
                result["written"] = sum(path.stat().st_size for path in coded) / 1e6
                results[name, source].append(result)
    return {job: pd.DataFrame(rows).median() for job, rows in results.items()}


def megabytes(source):
    table = pq.read_table(source, columns=["text"])
    return sum(len(text.encode()) for text in table["text"].to_pylist()) / 1e6


def test_ways_of_coding(corpora, tmp_path, capsys):
    source = corpora(DOCUMENTS)
    size = megabytes(source)
    medians = measure([(name, source) for name in JOBS], tmp_path)
    table = pd.DataFrame({name: medians[name, source] for name in JOBS}).T
    table.insert(0, "documents", DOCUMENTS)
    table.insert(1, "megabytes", size)
    table["rate"] = size / table["seconds"]
    table["of one process"] = table["rate"] / table.loc["pandas, one process", "rate"]
    table["of the automaton"] = table["rate"] / table.loc["bare automaton", "rate"]
    with capsys.disabled():
        print(f"\n{DOCUMENTS:,} documents, {size:.0f} MB; medians of {ROUNDS}")
        print("memory: all processes together, at most, in MB; rate: MB of text per second")
        shown = table.drop(columns=["documents", "megabytes"])
        print(
            shown.round({"seconds": 1, "memory": 0, "written": 0, "rate": 1}).round(2).to_string()
        )
    (ROOT / "build").mkdir(exist_ok=True)
    # Copy good measurements to notebooks/, where notebook 11 reads them.
    table.rename_axis("way").iloc[:, :5].round(2).to_csv(ROOT / "build" / "rates.csv")


def test_twice_as_many_take_twice_as_long(corpora, tmp_path, capsys):
    numbers = [50_000, 100_000, 200_000]
    name = "Dask, two workers"
    jobs = {number: (name, corpora(number)) for number in numbers}
    medians = measure(jobs.values(), tmp_path)
    table = pd.DataFrame({number: medians[job] for number, job in jobs.items()}).T
    table["seconds for 100,000"] = table["seconds"] / table.index * 100_000
    with capsys.disabled():
        print(f"\n{name}; medians of {ROUNDS}")
        print(table.rename_axis("documents").round(1).to_string())


# --- Reading files, which comes before coding if documents are not plain text. ------------------

PARAGRAPHS = 174  # a document of 53 kB, like a work report
FILES = 10
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARTS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def write_text(path, paragraphs):
    path.write_text("\n".join(paragraphs), encoding="utf-8")


def write_word(path, paragraphs):
    """Write a Word file with only the required parts, and one run in each paragraph."""
    run = '<w:r><w:rPr><w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
    body = "".join(f"<w:p>{run.format(escape(text))}</w:p>" for text in paragraphs)
    link = f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/>'
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PARTS}">{link}</Relationships>')
        document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)


def write_pdf(path, paragraphs):
    """Write paragraphs to A4 pages of a PDF file with an embedded font."""
    lines = [line for text in paragraphs for line in textwrap.wrap(text, 90)]
    with plt.rc_context({"pdf.fonttype": 42}), PdfPages(path) as pages:
        for start in range(0, len(lines), 45):
            page = plt.figure(figsize=(8.3, 11.7))
            page.text(0.1, 0.95, "\n".join(lines[start : start + 45]), fontsize=9, va="top")
            pages.savefig(page)
            plt.close(page)


WRITERS = {".txt": write_text, ".docx": write_word, ".pdf": write_pdf}


def test_kinds_of_files(tmp_path, capsys):
    generate(tmp_path / "texts.parquet", 4_000)
    texts = pd.read_parquet(tmp_path / "texts.parquet")["text"].iloc[::2]  # only English texts
    paragraphs = texts.str.split("\n").explode().to_list()
    results = {ending: [] for ending in WRITERS}
    for ending, write in WRITERS.items():
        (tmp_path / ending).mkdir()
        for i in range(FILES):
            chosen = paragraphs[i * PARAGRAPHS : (i + 1) * PARAGRAPHS]
            write(tmp_path / ending / f"{i}{ending}", chosen)
    for _ in range(ROUNDS):
        for ending in WRITERS:
            start = time.perf_counter()
            documents, skipped = pl.read_documents(tmp_path / ending)
            seconds = time.perf_counter() - start
            assert skipped.empty
            assert documents["text"].str.contains(paragraphs[0][:60], regex=False).any()
            size = documents["text"].str.len().sum() / 1e6
            results[ending].append({"documents": FILES, "megabytes": size, "seconds": seconds})
    results[".pdf by pypdf"] = []  # its text alone, without paragraphs
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = [
            page.extract_text()
            for path in sorted((tmp_path / ".pdf").iterdir())
            for page in PdfReader(path).pages
        ]
        seconds = time.perf_counter() - start
        size = sum(map(len, found)) / 1e6
        results[".pdf by pypdf"].append({"documents": FILES, "megabytes": size, "seconds": seconds})
    table = pd.DataFrame(
        {ending: pd.DataFrame(rows).median() for ending, rows in results.items()}
    ).T
    with capsys.disabled():
        print(f"\nreading {FILES} documents in English; medians of {ROUNDS}")
        rates = table.assign(rate=table["megabytes"] / table["seconds"])
        print(rates.round({"documents": 0, "megabytes": 2, "seconds": 3, "rate": 3}).to_string())
    (ROOT / "build").mkdir(exist_ok=True)
    table = table.loc[list(WRITERS)]
    table.rename_axis("ending").round(3).to_csv(ROOT / "build" / "reading.csv")  # for notebooks/


if __name__ == "__main__":
    run(*sys.argv[1:])
