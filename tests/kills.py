"""Kill writers of files, and look at what they leave behind.

`make kills` kills each writer 50 times at random moments and prints a table. The tests kill each
writer once before each of its steps on files (`python -m tests.kills steps write_tables`).
"""

import io
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import dask
import networkx as nx
import pandas as pd

import policylib as pol
from policylib.coding.journal import Journal
from policylib.convert import read_dna, write_dna, write_excel
from tests.conftest import write_world

OLD, NEW = range(2)
CODEBOOKS = [
    pd.DataFrame({"id": [name], "terms_en": ["robots"], "terms_zh": [None]}) for name in "ab"
]
TEXTS = pd.DataFrame({"document": "plan", "paragraph": [1, 2], "text": ["Buy robots.", "More."]})


class Writer(NamedTuple):
    """How to write the old or the new version into a folder, and how to tell which it holds."""

    write: Callable[[Path, int], object]
    read: Callable[[Path], int]


@cache
def world() -> pol.Tables:
    with TemporaryDirectory() as folder:
        return pol.read_tables(write_world(Path(folder)))


def write_tables(folder: Path, version: int) -> None:
    tables = world()
    titles = tables.documents["title"].mask(tables.documents.index == 0, f"Version {version}")
    pol.write_tables(replace(tables, documents=tables.documents.assign(title=titles)), folder / "t")


def read_tables(folder: Path) -> int:
    return int(pol.read_tables(folder / "t").documents["title"][0][-1])


def network(version: int) -> nx.Graph:
    graph = nx.gnm_random_graph(100, 600, seed=version)
    nx.set_node_attributes(graph, version, "version")
    nx.set_edge_attributes(graph, version, "version")
    return graph


def network_writer(ending: str) -> Writer:
    def read(folder: Path) -> int:
        graph = pol.read_network(folder / f"n{ending}")
        versions = {data["version"] for _, data in graph.nodes(data=True)}
        versions |= {data["version"] for *_, data in graph.edges(data=True)}
        (version,) = versions  # otherwise the network is a mixture
        assert (len(graph), graph.number_of_edges()) == (100, 600)
        return int(version)

    return Writer(
        lambda folder, version: pol.write_network(network(version), folder / f"n{ending}"), read
    )


def write_qdpx(folder: Path, version: int) -> None:
    found = pd.DataFrame({"document": "plan", "paragraph": [1], "code": "ab"[version]})
    pol.convert.write_qdpx(folder / "p.qdpx", TEXTS, CODEBOOKS[version], found)


def read_qdpx(folder: Path) -> int:
    return "ab".index(pol.convert.read_qdpx(folder / "p.qdpx").statements["code"][0])


def write_database(folder: Path, version: int) -> None:
    found = pd.DataFrame({"document": "plan", "paragraph": [1], "code": "ab"[version]})
    write_dna(folder / "d.dna", TEXTS, found)


def read_database(folder: Path) -> int:
    return "ab".index(read_dna(folder / "d.dna", paragraphs=True)["code"][0])


def append_lines(folder: Path, version: int) -> None:
    """Let the journal have one line in the old version and two in the new one."""
    path = folder / "j.csv"
    if version == OLD and path.exists():
        rows = path.read_bytes().splitlines(keepends=True)
        os.truncate(path, len(b"".join(rows[:2])))
    journal = Journal(path)
    try:
        for number in range(len(pd.read_csv(path)), version + 1):
            journal.append([{"action": "keep", "document": "d", "paragraph": number, "note": "x"}])
    finally:
        journal.close()


def read_journal(folder: Path) -> int:
    rows = (folder / "j.csv").read_text(encoding="utf-8").splitlines()[1:]
    return sum(row.count(",") == 15 for row in rows) - 1


def write_coding(folder: Path, version: int) -> None:
    source = folder / "source"
    if not source.exists():
        source.mkdir()
        for name in ("a", "b"):
            (source / f"{name}.txt").write_text("Robots.", encoding="utf-8")
    with dask.config.set(scheduler="synchronous"):
        pol.code_corpus(source, folder / "coded", codebook=CODEBOOKS[version])


def read_coding(folder: Path) -> int:
    with dask.config.set(scheduler="synchronous"):
        (code,) = pol.count_corpus(folder / "coded", rows="document")
    return "ab".index(code)


WRITERS = {
    "write_tables": Writer(write_tables, read_tables),
    **{f"write_network {end}": network_writer(end) for end in (".json", ".csv", ".gexf")},
    "write_qdpx": Writer(write_qdpx, read_qdpx),
    "write_dna": Writer(write_database, read_database),
    "write_excel": Writer(
        lambda folder, version: write_excel(folder / "e.xlsx", a=pd.Series([version])),
        lambda folder: int(pd.read_excel(folder / "e.xlsx").iloc[0, 0]),
    ),
    "write_codebook": Writer(
        lambda folder, version: pol.coding.write_codebook(folder / "c.csv", CODEBOOKS[version]),
        lambda folder: "ab".index(pol.read_codebook(folder / "c.csv")["id"][0]),
    ),
    "code_by_hand": Writer(append_lines, read_journal),
    "code_corpus": Writer(write_coding, read_coding),
}


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def look(writer: Writer, folder: Path, usual: set[str], found: "Counter[str]") -> None:
    """Count what a killed writer has left, write the new version, and count what is left then."""
    found["kills"] += 1
    found["hidden files at first"] += bool(names(folder) - usual)
    try:
        found[f"{('old', 'new')[writer.read(folder)]}"] += 1
    except (OSError, ValueError) as error:
        # A coded folder that is unfinished is refused, and the same call continues.
        known = "call code_corpus again" in str(error)
        found["unfinished, refused" if known else f"unreadable: {error!r}"] += 1
    writer.write(folder, NEW)
    found["half written"] += writer.read(folder) != NEW
    found["left behind"] += bool(names(folder) - usual)


def usual_names(writer: Writer, folder: Path) -> set[str]:
    """Write both versions, and return the names of all files that a complete version may have."""
    found = set()
    for version in (NEW, OLD, NEW):
        writer.write(folder, version)
        assert writer.read(folder) == version
        found |= names(folder)
    return found


STEPS = ("open", "rename", "replace", "unlink", "rmdir", "mkdir", "fsync", "write", "ftruncate")


def die_at(step: int) -> None:
    """Let this process die before its n-th step on files."""
    left = step

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return call(*args, **options)

        return run

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    reading, writing = io.open, counted(io.open)

    def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        return (reading if mode in ("r", "rb") else writing)(file, mode, *args, **options)

    io.open = opened  # type: ignore[assignment]


def in_child(task: Callable[[], object]) -> int:
    """Run a task in a forked process, and return its id."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            task()
            os._exit(0)
        os._exit(1)
    return child


def kill_at_every_step(writer: Writer, folder: Path) -> "Counter[str]":
    """Kill a writer before each of its steps on files."""
    usual, found = usual_names(writer, folder), Counter[str]()
    for step in range(1000):
        writer.write(folder, OLD)

        def write(step: int = step) -> None:
            die_at(step)
            writer.write(folder, NEW)

        _, status = os.waitpid(in_child(write), 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            break
        assert code == 9, f"the writer failed at step {step}"
        look(writer, folder, usual, found)
    return found


def kill_at_random(writer: Writer, folder: Path, number: int) -> "Counter[str]":
    """Kill a writer that replaces one version by the other, again and again."""
    usual, found = usual_names(writer, folder), Counter[str]()
    start = time.perf_counter()
    writer.write(folder, OLD)
    seconds = time.perf_counter() - start

    def write() -> None:
        while True:
            writer.write(folder, NEW)
            writer.write(folder, OLD)

    while found["kills"] < number:
        child = in_child(write)
        time.sleep(random.uniform(0, 4 * seconds))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        look(writer, folder, usual, found)
    return found


def main(arguments: list[str]) -> None:
    """Kill writers, and print what was found; arguments: "steps" or a number, and names."""
    number = arguments[0] if arguments else "50"
    rows = {}
    for name in arguments[1:] or WRITERS:
        with TemporaryDirectory() as folder:
            if number == "steps":
                rows[name] = kill_at_every_step(WRITERS[name], Path(folder))
            else:
                rows[name] = kill_at_random(WRITERS[name], Path(folder), int(number))
        print(name, json.dumps(rows[name]), flush=True)
    print(pd.DataFrame(rows).fillna(0).astype(int).T.to_string())


if __name__ == "__main__":
    main(sys.argv[1:])
