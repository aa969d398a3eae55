"""The readers of policylib, each with the files that it reads and how many are tried."""

import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import dask
import networkx as nx
import pandas as pd

import policylib as pol
from policylib.coding import read_corrections, write_codebook
from policylib.convert.graphs import edges_of, plain_network
from tests.fuzz import seeds
from tests.fuzz.damage import Files, damaged


class ChangedError(AssertionError):
    """What was read is not what was written."""


class Reader(NamedTuple):
    """A reader, which is called with a folder of damaged files and an empty folder.

    `again`, if there is a writer, writes what was read and reads it again; the writer may refuse.
    """

    name: str
    inputs: int
    seeds: Callable[[], list[Files]]
    read: Callable[[Path, Path], Any]
    again: Callable[[Any, Path], None] | None = None
    table: str | None = None  # the name of the argument that takes what was read; errors may say it
    changes_input: bool = False  # whether the function also writes to the file that it reads
    seconds: float = 10  # the longest time for an input
    megabytes: float = 1000  # the most memory of the processes that read it

    def input(self, seed: int, number: int) -> Files:
        """Return the files of an input; the same seed and number always give the same."""
        random = Random(f"{seed} {self.name} {number}")
        sound = _seeds(self)
        return damaged(random.choice(sound), sound, random)


@cache
def _seeds(reader: Reader) -> list[Files]:
    return reader.seeds()


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Raise unless two tables are equal."""
    try:
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    except AssertionError as error:
        raise ChangedError(str(error)) from None


# --- Documents. ---------------------------------------------------------------------------------


def _documents(ending: str, **options: Any) -> Callable[[Path, Path], Any]:
    return lambda folder, _: pol.read_documents(folder / f"a.{ending}", **options)


# --- Networks. ----------------------------------------------------------------------------------


def _network(ending: str) -> Reader:
    path = f"a.{ending}"

    def again(network: nx.Graph, folder: Path) -> None:
        pol.write_network(network, folder / path)
        copy = pol.read_network(folder / path)
        if content(network, ending) != content(copy, ending):
            raise ChangedError(f"{content(network, ending)} became {content(copy, ending)}")

    read = lambda folder, _: pol.read_network(folder / path)  # noqa: E731
    return Reader(ending, 20_000, seeds.SEEDS[ending], read, again)


def content(network: nx.Graph, ending: str) -> list[Any]:
    """Return what a file can hold of a network, without the order of nodes and edges."""
    if ending == "net":  # only sums of weights
        sums: Counter[Any] = Counter()
        for source, target, _, data in edges_of(network):
            sums[_pair(network, source, target)] += data["weight"]
        return [network.is_directed(), set(network), dict(sums)]
    plain = plain_network(network, f".{ending}")
    edges = [(_pair(network, a, b), str(key), _sorted(data)) for a, b, key, data in plain.edges]
    graph = {} if ending == "csv" else plain.graph  # which the file does not hold
    kind = plain.directed, plain.multigraph
    return [
        kind,
        graph,
        {id_: _sorted(data) for id_, data in plain.nodes},
        Counter(map(repr, edges)),
    ]


def _pair(network: nx.Graph, source: Any, target: Any) -> Any:
    return (source, target) if network.is_directed() else frozenset((source, target))


def _sorted(data: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(
        (name, float(v) if type(v) is int and abs(v) < 2**53 else v) for name, v in data.items()
    )


# --- Tables, codebooks and files of other programs. ---------------------------------------------


def _write_tables(tables: pol.Tables, folder: Path) -> None:
    copy = pol.read_tables(pol.write_tables(tables, folder / "copy"))
    for name in vars(tables):
        one, other = getattr(tables, name), getattr(copy, name)
        if name == "statements":  # the files are other ones
            one, other = (t.sort_values("id", ignore_index=True) for t in (one, other))
        same(one, other)
    pol.build_network(tables)


def _same_codes(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Raise unless two codebooks are equal, but for what a file of codes makes of the others."""
    made = ["path", "colour"]
    same(*(codebook.drop(columns=made, errors="ignore") for codebook in (one, other)))


def _codebook(name: str) -> Reader:
    ending = "qdc" if name == "qdc" else "csv"

    def again(codebook: pd.DataFrame, folder: Path) -> None:
        copy = pol.read_codebook(write_codebook(folder / f"b.{ending}", codebook))
        _same_codes(codebook, copy)
        pol.lint_codebook(codebook)

    return Reader(
        name,
        2000,
        seeds.SEEDS[name],
        lambda folder, _: pol.read_codebook(folder / f"a.{ending}"),
        again,
    )


def _read_dna(folder: Path, _: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    path = folder / "a.dna"
    for table in ("statements", "entities", "documents"):
        pol.read_dna(path, table=table)
    documents = pol.read_dna(path, table="documents", paragraphs=True)
    return documents, pol.read_dna(path, paragraphs=True)


def _write_dna(read: tuple[pd.DataFrame, pd.DataFrame], folder: Path) -> None:
    documents, statements = read
    path = pol.write_dna(folder / "b.dna", documents, statements)
    same(documents, pol.read_dna(path, table="documents", paragraphs=True))
    copy = pol.read_dna(path, paragraphs=True)
    columns = ["document", "paragraph", "start", "end"]
    same(statements[columns], copy[columns])


def _write_qdpx(project: Any, folder: Path) -> None:
    found = project.statements.dropna(subset="paragraph")
    path = pol.write_qdpx(folder / "b.qdpx", project.documents, project.codebook, found)
    copy = pol.read_qdpx(path)
    same(project.documents, copy.documents)
    _same_codes(project.codebook, copy.codebook)


# --- Corpora. -----------------------------------------------------------------------------------


def _corpus(name: str) -> Reader:
    def read(folder: Path, out: Path) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # such as of misspelt columns
            summary, _ = seeds.code(folder, out / "coded")
        return summary, out / "coded"

    def again(read: Any, _: Path) -> None:
        summary, coded = read
        counts = count(coded)
        if counts.to_numpy().sum() != summary["hits"]:
            raise ChangedError(
                f"{summary['hits']} hits, of which {counts.to_numpy().sum()} counted"
            )

    return Reader(name, 2000, seeds.SEEDS[name], read, again)


def count(coded: Path) -> pd.DataFrame:
    with dask.config.set(scheduler="synchronous"):
        return pol.count_corpus(coded, rows="actor", denied=True)


@cache
def _right_counts() -> pd.DataFrame:
    with TemporaryDirectory() as name:
        seeds.code(seeds.corpus_source(Path(name)), Path(name, "coded"))
        return count(Path(name, "coded"))


def _count(folder: Path, _: Path) -> None:
    """Count a damaged coded folder."""
    same(count(folder / "coded"), _right_counts())


def _resume(folder: Path, out: Path) -> None:
    """Code a corpus again into a damaged folder, as after a fault of the disk."""
    with patch("policylib.corpus.coder.refuse_other_source"):  # it was in another folder before
        seeds.code(seeds.corpus_source(out), folder / "coded")
    same(count(folder / "coded"), _right_counts())


# --- Journals. ----------------------------------------------------------------------------------


def _by_hand(folder: Path, _: Path) -> None:
    """Go on with a damaged journal: what it held must stay, and what is added must be there."""
    path = folder / "a.csv"
    options = {"file": path, "coder": "Bo"}
    widget = pol.code_by_hand(seeds.texts(), seeds.codebook(), seeds.coded(), **options)
    try:
        before = widget.corrections
        widget.session.view()
        widget.session.nothing("again")
        after = widget.corrections
        if len(after) <= len(before):
            raise ChangedError(f"{len(before)} lines became {len(after)}")
        same(before, after.head(len(before)))
    finally:
        widget.close()


def _corrections(folder: Path, _: Path) -> pd.DataFrame:
    corrections = read_corrections(folder / "a.csv")
    pol.apply_corrections(seeds.coded(), corrections)
    pol.coding.check_corrections(seeds.coded(), corrections, seeds.texts())
    return corrections


TEXTS = [
    Reader(ending, 20_000, seeds.SEEDS[ending], _documents(ending))
    for ending in ("txt", "md", "html", "docx", "pdf")
]
READERS = [
    *TEXTS,
    Reader("html-main", 2000, seeds.SEEDS["html"], _documents("html", main_text=True)),
    *map(_network, ("graphml", "gexf", "json", "csv", "net")),
    Reader(
        "statements",
        20_000,
        seeds.SEEDS["statements"],
        lambda folder, _: pol.read_statements(folder / "a.csv"),
    ),
    Reader(
        "statements-parquet",
        20_000,
        seeds.SEEDS["statements-parquet"],
        lambda folder, _: pol.read_statements(folder / "a.parquet"),
    ),
    *map(_codebook, ("codebook", "qdc")),
    Reader(
        "tables",
        2000,
        seeds.SEEDS["tables"],
        lambda folder, _: pol.read_tables(folder),
        _write_tables,
    ),
    Reader("dna", 2000, seeds.SEEDS["dna"], _read_dna, _write_dna),
    Reader(
        "qdpx",
        2000,
        seeds.SEEDS["qdpx"],
        lambda folder, _: pol.read_qdpx(folder / "a.qdpx"),
        _write_qdpx,
    ),
    *map(_corpus, ("corpus-jsonl", "corpus-parquet", "corpus-files")),
    Reader("count", 2000, seeds.SEEDS["coded"], _count),
    Reader("resume", 2000, seeds.SEEDS["coded"], _resume, changes_input=True),
    Reader("by-hand", 2000, seeds.SEEDS["journal"], _by_hand, changes_input=True),
    Reader("corrections", 2000, seeds.SEEDS["corrections"], _corrections, table="corrections"),
]
