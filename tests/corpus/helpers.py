"""A small codebook, documents in every form, and helpers of the corpus tests."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

import policylib as pol
from policylib.corpus import job
from policylib.corpus.store import LOCK, MANIFEST, PART, RECORDS, SKIPPED

CODEBOOK = pd.DataFrame(
    {
        "id": ["robots", "quanta", "farms"],
        "terms_en": ["robots; robot", "quanta", "farms"],
        "terms_zh": ["机器人", "量子", None],
    }
)
TEXTS = [
    "Robots.\nQuanta and robots.",
    "量子。\n\n机器人，机器人。",
    "Nothing.",
    "Farms.\nA robot.",
]
ONE_WORKER = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0"}
TWO_WORKERS = ONE_WORKER | {"n_workers": 2}
BY_ACTOR = {"rows": "actor", "columns": "code"}


def some_rows(number: int = 60) -> pd.DataFrame:
    """Return rows, each of which is a document of one paragraph or more."""
    names = [f"d{i:03}" for i in range(number)]
    texts = [TEXTS[i % len(TEXTS)] + f"\nThe end of {i}." for i in range(number)]
    return pd.DataFrame({"document": names, "text": texts})


def paragraphs_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per line that is not empty, as reading does."""
    lines = rows.assign(text=rows["text"].str.split("\n")).explode("text", ignore_index=True)
    lines = lines[lines["text"] != ""].reset_index(drop=True)
    return lines.assign(paragraph=lines.groupby("document").cumcount() + 1)


def write(rows: pd.DataFrame, path: Path, **options) -> Path:
    if path.suffix == ".parquet":
        rows.to_parquet(path, **options)
    else:
        rows.to_json(path, orient="records", lines=True, force_ascii=False)
    return path


def put_files(folder: Path, number: int = 60) -> Path:
    folder.mkdir()
    for name, text in some_rows(number).itertuples(index=False):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def code(source: Path, coded: Path, codebook: pd.DataFrame = CODEBOOK, **options):
    return pol.code_corpus(source, coded, codebook=codebook, **options)


def numbers(source: Path, coded: Path, codebook: pd.DataFrame = CODEBOOK) -> tuple[int, int]:
    """Code a corpus, and return how many parts were made and how many were kept."""
    summary, _ = code(source, coded, codebook)
    return int(summary["parts"] - summary["kept"]), int(summary["kept"])


def written(coded: Path) -> pd.DataFrame:
    """Read the statements, without the columns that `code_documents` does not return."""
    return pd.read_parquet(coded).drop(columns=["date", "published"])


def assert_coded(coded: Path, documents: pd.DataFrame) -> None:
    """Check that statements equal those of all documents at once, without other files."""
    pd.testing.assert_frame_equal(written(coded), pol.code_documents(documents, CODEBOOK))
    names = {path.name for path in coded.iterdir() if not PART.fullmatch(path.name)}
    assert names <= {MANIFEST, SKIPPED, RECORDS, LOCK}
    assert {path.suffix for path in (coded / RECORDS).iterdir()} <= {".json"}


def parts_in(coded: Path) -> list[Path]:
    return sorted(coded.glob("part-*"))


def flip_bit(path: Path, place: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


# --- Jobs that take a while, to be interrupted. -------------------------------------------------

# Without a cluster, processes import this script, and so also the delay in it.
LOCAL_JOB = """
import sys
import pandas as pd
import policylib as pol
from policylib.corpus import sources
from tests.corpus.helpers import slow_down
sources.PART_BYTES = 2000
slow_down()
if __name__ == "__main__":
    source, coded, book = sys.argv[1:]
    pol.code_corpus(source, coded, codebook=pd.read_pickle(book))
"""
CLUSTER_JOB = """
import sys
import pandas as pd
from distributed import Client, LocalCluster
import policylib as pol
from policylib.corpus import sources
from tests.corpus import helpers
sources.PART_BYTES = 2000
if __name__ == "__main__":
    source, coded, book = sys.argv[1:]
    with LocalCluster(**helpers.TWO_WORKERS) as cluster, Client(cluster) as client:
        client.run(helpers.slow_down)
        pol.code_corpus(source, coded, codebook=pd.read_pickle(book), client=client)
"""


# A forked process after the threads of its original have counted; it may not start processes.
FORKING_JOB = """
import multiprocessing, sys
import pandas as pd
import policylib as pol
from policylib.corpus import sources
sources.PART_BYTES = 2000
source, coded, book = sys.argv[1:]

def count(folder):
    return pol.count_corpus(folder, rows="document").to_csv()

def code_and_count(folder):
    pol.code_corpus(source, folder, codebook=pd.read_pickle(book))
    return count(folder)

if __name__ == "__main__":
    alone = code_and_count(coded)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(count, [coded]).get(60) == alone
        assert pool.apply_async(code_and_count, [coded + "2"]).get(60) == alone
"""


def slow_down() -> None:
    """Delay each part in this process."""
    usual = job.code_documents

    def slow(*args, **options):
        time.sleep(0.2)
        return usual(*args, **options)

    job.code_documents = slow


def finished(coded: Path) -> list[Path]:
    """Return the parts that a run has finished and not yet published."""
    return [
        path for path in (coded / RECORDS).glob("*.parquet") if path.with_suffix(".json").exists()
    ]


def is_begun(coded: Path) -> bool:
    return len(finished(coded)) >= 2


def wait_for(condition, *args) -> None:
    for _ in range(1200):
        if condition(*args):
            return
        time.sleep(0.05)
    raise TimeoutError


def start(script: str, folder: Path, source: Path, coded: Path) -> "subprocess.Popen[str]":
    """Start a script in a separate process group."""
    CODEBOOK.to_pickle(folder / "book")
    (folder / "job.py").write_text(script, encoding="utf-8")
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "job.py", source, coded, "book"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def started(script: str, folder: Path):
    """Start a job on 200 documents; once it works, yield its process, source and coded folder."""
    source, coded = write(some_rows(200), folder / "a.jsonl"), folder / "coded"
    process = start(script, folder, source, coded)
    try:
        wait_for(is_begun, coded)
        yield process, source, coded
    finally:
        kill_group(process)
        process.communicate()


def kill_group(process: "subprocess.Popen[str]") -> None:
    """Kill a job with all its processes."""
    if process.poll() is None:
        os.killpg(process.pid, 9)
        process.wait()
