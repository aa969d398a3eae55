"""Every public function answers every bad argument itself, with a result or an error of its own."""

import ast
import dataclasses
import importlib
import inspect
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib._util.warn import LIBRARY
from policylib.plot.style import short
from tests.conftest import write_world

FOLDERS = ["tables", "documents", "network", "coding", "convert", "discourse", "compare", "plot"]
LONGEST = 5  # seconds of a call
Arguments = dict[str, Any]
Make = Callable[[], Any]


def functions() -> dict[str, Callable[..., Any]]:
    """Return all public functions by their names."""
    found = {}
    for folder in FOLDERS:
        module = importlib.import_module(f"policylib.{folder}")
        found |= {name: getattr(module, name) for name in module.__all__}
    return {name: function for name, function in found.items() if inspect.isfunction(function)}


class World:
    """Small arguments that every function accepts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = pol.read_tables(write_world(folder / "world"))
        self.network = pol.build_network(self.tables)
        self.statements = pol.statements(self.network)
        self.codebook = self.tables.priorities
        self.documents = pd.DataFrame(
            {
                "document": ["daily", "daily", "daily", "report"],
                "paragraph": [3, 5, 6, 2],
                "text": [
                    "Review of the past year",
                    "Henan buys robots.",
                    "Plan for this year",
                    "机器人。",
                ],
                "actor": ["liaoning", "henan", "henan", "jilin"],
                "date": ["2023-12", "2023-12", "2023-12", "2025-01-15"],
            }
        )
        self.texts = self.tables.documents.assign(document=self.tables.documents["id"])
        self.matrix = pol.biadjacency(self.network)
        columns = pd.MultiIndex.from_product([["robots", "talent"], [False, True]])
        counts = [[0, 2, 0, 1], [1, 1, 1, 0], [0, 2, 1, 0]]
        self.positions = pd.DataFrame(counts, ["henan", "hebei", "jilin"], columns)
        self.overlap = pol.project(self.matrix)
        self.pairs = pol.overlap_significance(self.matrix, model="sdsm")
        shares = {"concept": ["robots"], "before": 0.2, "after": 0.3, "low": 0.05, "high": 0.15}
        self.changes = pd.DataFrame(shares)
        columns = ["id", "document", "paragraph", "code", "actor", "role"]
        self.corrections = self.statements[columns].assign(action="keep")
        self.places = self.statements.assign(start=0, end=4)[self.statements["paragraph"] == 3]
        self.passages = self.statements[["document", "paragraph"]].drop_duplicates()
        self.years = pol.attention(self.statements)[["robots", "quantum"]]
        (folder / "texts").mkdir()
        (folder / "texts" / "a.txt").write_text("Robots.", encoding="utf-8")
        self.corrections.to_csv(folder / "corrections.csv", index=False)
        self.statements.to_csv(folder / "a.csv", index=False)
        pol.write_network(self.network, folder / "a.json")
        pol.write_dna(folder / "a.dna", self.documents, self.places)
        pol.write_qdpx(folder / "a.qdpx", self.documents, self.codebook, self.places)


def bases(w: World) -> dict[str, list[Arguments]]:
    """Return for each function arguments that it accepts; all parameters occur in one of them."""
    actor = {"rows": "actor"}
    levels = {"level": "theme", "codebook": w.codebook}
    pair = {"a": "henan", "b": "jilin", "columns": "theme", "roles": ["commits"], "denied": True}
    pair = {"network": w.network, **pair, "documents": w.documents}
    look = {"label": {"henan": "Henan"}, "ax": None}
    said, docs, book = w.statements, w.documents, w.codebook
    first = docs.head(1)
    path = str(w.folder / "new")
    report = docs.assign(text=["一、去年工作回顾", "机器人", "二、今年主要任务", "机器人"])
    return {
        "make_tables": [
            {
                "statements": said,
                "codebook": book,
                "documents": w.tables.documents,
                "actors": pd.DataFrame({"id": ["henan"], "kind": "province"}),
                "initiatives": w.tables.initiatives,
            }
        ],
        "read_tables": [{"folder": str(w.folder / "world"), "collection": "reports-2025"}],
        "roll_up_codes": [{"codes": said["code"], "codebook": book, "level": "theme"}],
        "statement_ids": [{"statements": said}],
        "write_tables": [{"tables": w.tables, "folder": path}],
        "read_documents": [
            {"path": str(w.folder / "texts"), "encoding": "gb18030", "main_text": False}
        ],
        "report_parts": [{"documents": report, "headings": {"Robots": "plan"}}],
        "build_network": [{"tables": w.tables}],
        "describe_network": [{"network": w.network}],
        "evidence": [
            {"network": w.network, "actor": "henan", "concept": "robots", "documents": docs}
        ],
        "label": [{"table": w.matrix, "network": w.network, "label": "label_zh"}],
        "nodes_of_kind": [{"network": w.network, "kind": "province"}],
        "roll_up": [{"network": w.network, "level": "theme"}],
        "statements": [
            {"network": w.network, "actors": ["henan"], "rows": "province", "columns": "theme"}
        ],
        "agreement": [
            {"codings": (said, said), "unit": ["document", "paragraph"], "passages": w.passages}
            | {"values": "code", "seed": 0},
            {"codings": (said, said), "values": "role"},
        ],
        "apply_corrections": [{"statements": said, "corrections": w.corrections}],
        "check_corrections": [
            {"statements": said, "corrections": w.corrections, "documents": docs}
        ],
        "code_by_hand": [
            {"documents": docs, "codebook": book, "statements": said, "file": path + ".csv"}
            | {"coder": "Ann", "actors": w.tables.provinces, "passages": first}
        ],
        "code_documents": [
            {"documents": docs, "codebook": book, "actor": "document", "tables": w.tables}
            | {"parts": ["plan"]},
            {"documents": docs, "codebook": book, "actor": "sentence", "tables": w.tables},
        ],
        "coding_error": [
            {"statements": said, "corrections": w.corrections, "passages": w.passages}
            | {"unit": ["document", "paragraph"], "seed": 0}
        ],
        "concordance": [{"documents": docs, "found": "robots", "width": 9}],
        "disagreements": [
            {"a": said, "b": said.head(2), "unit": ["document", "paragraph"], "documents": docs}
        ],
        "find_terms": [{"documents": docs, "codebook": book}],
        "new_terms": [
            {"documents": docs, "codebook": book, "reference": first, "least": 2}
            | {"tables": w.tables}
        ],
        "lint_codebook": [{"codebook": book, "documents": docs}],
        "merge_codings": [{"codings": (said, said), "unit": ["document", "paragraph"]}],
        "read_codebook": [{"path": str(w.folder / "world" / "priorities.csv")}],
        "read_corrections": [{"file": str(w.folder / "corrections.csv")}],
        "report_roles": [{"documents": docs}],
        "review_queue": [
            {"documents": docs, "codebook": book, "statements": said}
            | {"corrections": w.corrections}
        ],
        "sample_passages": [
            {"documents": docs, "n": 3, "by": ["coded", "actor"], "statements": said, "seed": 0}
        ],
        "unattributed": [{"documents": docs, "codebook": book, "tables": w.tables}],
        "unitizing_agreement": [{"a": w.places, "b": w.places, "documents": docs}],
        "write_codebook": [{"path": path + ".qdc", "codebook": book}],
        "read_dna": [{"path": str(w.folder / "a.dna"), "table": "statements", "paragraphs": True}],
        "read_network": [{"path": str(w.folder / "a.json")}],
        "read_qdpx": [{"path": str(w.folder / "a.qdpx")}],
        "read_statements": [{"path": str(w.folder / "a.csv"), "columns": {"actor": "speaker"}}],
        "recode": [{"statements": said, "codes": {"robots": "machines"}, "column": "code"}],
        "write_dna": [{"path": path + ".dna", "documents": docs, "statements": w.places}],
        "write_excel": [{"path": path + ".xlsx", "counts": w.matrix}],
        "write_network": [
            {"network": w.network, "path": path + ".csv", "for_spreadsheet": True},
            {"network": w.network, "path": path + ".gexf", "time": "date"},
            {"network": w.overlap, "path": path + ".net"},
        ],
        "write_qdpx": [
            {"path": path + ".qdpx", "documents": docs, "codebook": book, "found": w.places}
        ],
        "communities": [
            {"network": w.overlap, "groups": 2, "seed": 0},
            {"network": nx.Graph([("a", "b", {"weight": 2})])},
        ],
        "count_positions": [{"matrix": w.positions}],
        "discourse_network": [
            {"matrix": w.positions, "aggregation": "conflict", "normalization": "cosine"}
        ],
        "nested_backbone": [
            {"matrix": w.positions, "aggregation": "conflict", "normalization": "cosine"}
        ],
        "polarization": [{"network": w.overlap, "seed": 0}],
        "time_windows": [
            {"statements": said, "size": "2 years", "step": "1 year"},
            {"statements": said, "size": 5, "step": 2},
        ],
        "two_mode": [
            {"matrix": w.positions, "aggregation": "subtract", "normalization": "activity"}
        ],
        "attention": [
            {"statements": said, "period": "year", "columns": "code", **levels}
            | {"normalize": False, "denied": True}
        ],
        "biadjacency": [
            {"network": w.network, "rows": "actor", "columns": "theme", "roles": ["commits"]}
            | {"denied": True}
        ],
        "compare_measures": [{"matrix": w.matrix}],
        "compare_pair": [pair],
        "count_statements": [
            {"statements": said, "rows": ["actor"], "columns": "code", **levels}
            | {"qualifier": "qualifier", "duplicates": "document", "denied": True},
            {"statements": said, "rows": "actor", "duplicates": "year"},
        ],
        "coverage": [{"statements": said, "rows": "actor", "denied": True}],
        "emphasis": [{"matrix": w.matrix, "method": "log_odds", "prior": 2.0}],
        "explain_overlap": [pair],
        "extract_backbone": [{"significance": w.pairs, "alpha": 0.2, "tail": "both"}],
        "first_statements": [{"statements": said, "denied": True}],
        "intersections": [{"matrix": w.matrix}],
        "overlap_significance": [
            {"matrix": w.matrix, "model": model, "trials": 200, "seed": 0, "correction": "fdr_by"}
            for model in ("fdsm", "sdsm", "fixed_row")
        ],
        "overlap_stability": [
            {"statements": said, **actor, "columns": "code", "measure": "cosine", "samples": 5}
            | {"seed": 0, "denied": True}
        ],
        "pair_card": [pair | {"model": "sdsm"}],
        "panel": [
            {"statements": said[said["actor"] == "henan"], "documents": docs, **actor}
            | {"period": "year", "columns": "code", **levels, "per": 100, "denied": True}
        ],
        "priority_gaps": [{"network": w.network, "columns": "theme", "denied": True}],
        "project": [{"matrix": w.matrix, "measure": "cosine"}],
        "explain_change": [
            {"before": said, "after": said, "columns": "code", **levels}
            | {"documents": docs, "denied": True}
        ],
        "rank_changes": [{"before": w.matrix, "after": w.matrix, "trials": 9, "seed": 0}],
        "rank_emphasis": [{"matrix": w.matrix, "trials": 9, "seed": 0}],
        "rank_pairs": [{"overlap": w.overlap}],
        "shared_wording": [{"documents": docs, "least": 2, "most_documents": 3}],
        "uptake": [
            {"source": first, "before": docs, "after": docs, "previous": first}
            | {"most_before": 2, "least_after": 1}
        ],
        "wording_network": [
            {"documents": docs, "least": 2, "most_documents": 3, "beyond": "report"}
        ],
        "wording_shares": [
            {"documents": docs, "least": 2, "most_documents": 3, "within": "report"}
        ],
        "explore": [
            {"network": w.network, "around": "henan", "depth": 1, "label": "label_zh"}
            | {"documents": docs}
        ],
        "plot_attention": [{"table": w.years, "label": {"robots": "Robots"}, "ax": None}],
        "plot_matrix": [{"matrix": w.matrix, **look}],
        "plot_network": [
            {"network": nx.Graph([("a", "b", {"weight": 2})]), "label": {"a": "A"}, "seed": 0}
            | {"pos": {"a": (0, 0), "b": (1, 1)}, "ax": None},
            {"network": w.network},
        ],
        "plot_changes": [
            {"changes": w.changes, "years": ("2025", "2026"), **look}
            | {"label": {"robots": "Robots"}}
        ],
        "plot_pairs": [{"significance": w.pairs, **look}],
        "plot_ranking": [{"values": pd.Series({"henan": 2, "jilin": 1}), **look}],
        "plot_tiles": [
            {"values": pd.Series({"henan": 2, "jilin": 1}), "label": {"henan": "Henan"}}
            | {"tiles": {"henan": (0, 0), "jilin": (1, 1)}, "ax": None, "center": 1}
        ],
        "plot_upset": [{"intersections": pol.intersections(w.matrix), "label": look["label"]}],
        "style_table": [{"table": said.head(3), "decimals": 1}],
    }


# --- Bad arguments ------------------------------------------------------------------------------

OTHERS: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "3": lambda: 3,
    "-1": lambda: -1,
    "2**80": lambda: 2**80,
    "1.5": lambda: 1.5,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "True": lambda: True,
    "'no'": lambda: "no",
    "''": lambda: "",
    "'\\0'": lambda: "a\0b",
    "'hennan'": lambda: "hennan",
    "b'henan'": lambda: b"henan",
    "[]": list,
    "['henan', 'hennan']": lambda: ["henan", "hennan"],
    "[['henan']]": lambda: [["henan"]],
    "{}": dict,
    "{'henan': nan}": lambda: {"henan": float("nan")},
    "{'henan': []}": lambda: {"henan": []},
    "a generator": lambda: (text for text in ("henan", "jilin")),
    "int64(3)": lambda: np.int64(3),
    "float64(2)": lambda: np.float64(2),
    "bool_(False)": lambda: np.bool_(False),
    "str_('henan')": lambda: np.str_("henan"),
    "pd.NA": lambda: pd.NA,
    "pd.NaT": lambda: pd.NaT,
    "an array": lambda: np.eye(2),
    "an object": object,
    "an empty Series": lambda: pd.Series(dtype="object"),
    "a Series": lambda: pd.Series({"henan": 1.0, "jilin": None}),
    "a Series with an index twice": lambda: pd.Series(["a", "b"], ["henan", "henan"]),
    "an empty DataFrame": pd.DataFrame,
    "an empty graph": nx.Graph,
    "a loop": lambda: nx.MultiDiGraph([("henan", "henan")]),
}
CELLS: dict[str, Any] = {
    "missing": None,
    "inf": float("inf"),
    "-1": -1,
    "1.5": 1.5,
    "2**62": 2**62,
    "True": True,
    "'x'": "x",
    "''": "",
    "bytes": b"x",
    "a list": [1],
    "a day": pd.Timestamp("2023-01-31"),
}


def variants(value: Any) -> Iterator[tuple[str, Make]]:
    """Yield bad arguments in place of a good one, each under a short description."""
    yield from OTHERS.items()
    kinds: dict[type, Callable[[Any], Iterator[tuple[str, Make]]]] = {
        pd.DataFrame: _frames,
        pd.Series: _series,
        nx.Graph: _graphs,
        pol.Tables: _packages,
        str: _texts,
    }
    for kind, make in kinds.items():
        if isinstance(value, kind):
            yield from make(value)
    if type(value) is int:
        yield "as numpy", lambda: np.int64(value)
        yield "as float", lambda: float(value)
        yield "as text", lambda: str(value)
    if isinstance(value, bool):
        yield "as numpy", lambda: np.bool_(value)
        yield "as number", lambda: int(value)
        yield "as text", lambda: str(value)


EVERY = 6  # each column gets every sixth of the cells; 1 gives it all of them


def cells(place: int) -> list[tuple[str, Any]]:
    """Return some of the bad cells, other ones for the next column."""
    return [*CELLS.items()][place % EVERY :: EVERY]


def _texts(value: str) -> Iterator[tuple[str, Make]]:
    yield "misspelt", lambda: value[:-1] + "zz"
    yield "as bytes", value.encode
    yield "as upper case", value.upper
    yield "in a list", lambda: [value]
    yield "twice in a list", lambda: [value, value]
    yield "as numpy", lambda: np.str_(value)


def _series(value: pd.Series) -> Iterator[tuple[str, Make]]:
    yield "no rows", lambda: value.iloc[:0]
    yield "first row", lambda: value.iloc[:1]
    yield "index twice", lambda: value.set_axis([value.index[0]] * len(value))
    yield "index of numbers", lambda: value.reset_index(drop=True)
    for dtype in ("object", "category", "str", "Float64"):
        yield f"as {dtype}", lambda d=dtype: value.astype(d, errors="ignore")
    for name, cell in CELLS.items():
        yield f"cell {name}", lambda c=cell: _with_cell(value.to_frame(), 0, c).iloc[:, 0]


def _frames(value: pd.DataFrame) -> Iterator[tuple[str, Make]]:
    yield "no rows", lambda: value.iloc[:0]
    yield "first row", lambda: value.iloc[:1]
    yield "no columns", lambda: value.iloc[:, :0]
    yield "rows twice", lambda: pd.concat([value, value])
    yield "column twice", lambda: pd.concat([value, value.iloc[:, :1]], axis=1)
    yield "index twice", lambda: value.set_axis([value.index[0]] * len(value))
    yield "index missing", lambda: value.set_axis([float("nan"), *value.index[1:]])
    yield (
        "index of levels",
        lambda: value.set_axis(pd.MultiIndex.from_product([["x"], range(len(value))])),
    )
    if value.shape[1]:
        first = value.columns[0]
        yield "column also the index", lambda: value.set_index(first, drop=False)
    yield "columns of numbers", lambda: value.set_axis(range(value.shape[1]), axis=1)
    yield "columns of levels", lambda: pd.concat({"x": value}, axis=1)
    yield "transposed", lambda: value.T
    for dtype in ("object", "category", "str"):
        yield f"as {dtype}", lambda d=dtype: value.astype(d)
    yield "nullable", value.convert_dtypes
    for place, column in enumerate(value.columns):
        yield f"no {column}", lambda c=column: value.drop(columns=[c])
        yield f"{column}: half a character", lambda p=place: _with_cell(value, p, "\ud800")
        for name, cell in cells(place):
            yield f"{column}: {name}", lambda p=place, c=cell: _with_cell(value, p, c)


def _with_cell(value: pd.DataFrame, place: int, cell: Any) -> pd.DataFrame:
    """Return a table with another cell in the first row."""
    cells = [*value.iloc[:, place].astype("object")]
    cells[:1] = [cell] * bool(cells)
    table = value.copy()
    try:
        column = pd.Series(cells, value.index).infer_objects()
    except (OverflowError, UnicodeEncodeError):
        column = pd.Series(cells, value.index, dtype="object")
    table.isetitem(place, column)
    return table


def _graphs(value: nx.Graph) -> Iterator[tuple[str, Make]]:
    yield "frozen", lambda: nx.freeze(value.copy())
    yield "a view", lambda: value.subgraph(list(value)[:-1])
    yield (
        "other direction",
        lambda: value.to_undirected() if value.is_directed() else value.to_directed(),
    )
    yield "ids of numbers", lambda: nx.convert_node_labels_to_integers(value)
    yield "ids of tuples", lambda: nx.relabel_nodes(value, {n: (n, 1) for n in value})
    yield "ids mixed", lambda: nx.relabel_nodes(value, {next(iter(value)): 1.5})

    def other(change: Callable[[nx.Graph], None]) -> Callable[[], nx.Graph]:
        def make() -> nx.Graph:
            copy = value.copy()
            change(copy)
            return copy

        return make

    yield "a loop", other(lambda graph: graph.add_edge(*[next(iter(graph))] * 2))
    # One node and one edge of each kind that the graph has.
    nodes = {data.get("kind"): n for n, data in reversed([*value.nodes(data=True)])}
    edges = {edge[-1].get("relation"): edge for edge in reversed([*_edges(value)])}
    for kind, node in nodes.items():
        for place, key in enumerate(value.nodes[node]):
            yield f"{kind}: no {key}", other(lambda g, n=node, k=key: g.nodes[n].pop(k))
            for name, cell in cells(place):
                change = {key: cell}
                yield (
                    f"{kind}: {key} {name}",
                    other(lambda g, n=node, c=change: g.nodes[n].update(c)),
                )
    for relation, (*ends, data) in edges.items():
        for place, key in enumerate(data):
            yield f"{relation}: no {key}", other(lambda g, e=ends, k=key: g.edges[e].pop(k))
            for name, cell in cells(place):
                change = {key: cell}
                yield (
                    f"{relation}: {key} {name}",
                    other(lambda g, e=ends, c=change: g.edges[e].update(c)),
                )


def _edges(value: nx.Graph) -> Any:
    options = {"keys": True} if value.is_multigraph() else {}
    return value.edges(data=True, **options)


def _packages(value: Any) -> Iterator[tuple[str, Make]]:
    for place, field in enumerate(dataclasses.fields(value)):
        frames = [("None", lambda: None), *_frames(getattr(value, field.name))]
        for name, make in frames[place % 3 :: 3]:  # nine tables have many columns
            yield (
                f"{field.name}: {name}",
                lambda f=field.name, m=make: dataclasses.replace(value, **{f: m()}),
            )


# --- Outcomes -----------------------------------------------------------------------------------


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in a call that takes longer."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"over {seconds} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of this process, so other programs do not count
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def call(function: Callable[..., Any], arguments: Arguments) -> None:
    """Call a function with arguments by name, and use up what it returns."""
    arguments = dict(arguments)
    parameters = inspect.signature(function).parameters
    first = [arguments.pop(name) for name, p in parameters.items() if p.kind is p.POSITIONAL_ONLY]
    first += arguments.pop("codings", ())
    result = function(*first, **arguments)
    if isinstance(result, Iterator):
        list(result)
    if hasattr(result, "close"):  # a widget, which keeps its file open
        result.close()


def outcome(
    function: Callable[..., Any], arguments: Arguments, seconds: float = LONGEST
) -> tuple[str, str]:
    """Return whether a call gives a result, an error of policylib or one of another library."""
    try:
        with limit(seconds), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # such as those of policylib
            call(function, arguments)
    except Exception as error:
        return ("own" if is_own(error) else "raw"), f"{type(error).__name__}: {error}"
    finally:
        plt.close("all")
    return "result", ""


def is_own(error: BaseException) -> bool:
    """Return whether policylib raised an error, or the system one that names a file."""
    if isinstance(error, OSError) and error.filename is not None:
        return True
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.filename.startswith(LIBRARY) and last.lineno in raises(last.filename)


@cache
def raises(file: str) -> set[int]:
    """Return the lines of a module that are part of a `raise`; other lines fail by accident."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Raise))
    return {line for node in found for line in range(node.lineno, (node.end_lineno or 0) + 1)}


def bad_calls(arguments: Arguments) -> Iterator[tuple[str, Callable[[], Arguments]]]:
    """Yield descriptions of calls with one bad argument each, and how to make the arguments."""
    for name, value in arguments.items():
        first, others = (value[0], value[1:]) if isinstance(value, tuple) else (value, None)
        for what, make in variants(first):
            yield f"{name}: {what}", partial(_changed, arguments, name, make, others)


def _changed(arguments: Arguments, name: str, make: Make, others: tuple[Any, ...] | None) -> Any:
    bad = make()
    return arguments | {name: bad if others is None else (bad, *others)}


# --- The sweep ----------------------------------------------------------------------------------

NAMES = sorted(functions())
FEW = 15  # calls of each function, if the slow tests are left out

needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timers"
)


@pytest.fixture(scope="module")
def world_of_files(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("sweep"))


def raw_errors(name: str, world: World, most: int | None) -> list[str]:
    """Return the calls of a function that end in an error of another library."""
    function, found = functions()[name], []
    for arguments in bases(world)[name]:
        assert outcome(function, arguments, 60) == ("result", "")
        calls = list(bad_calls(arguments))
        for what, make in calls[:: 1 if most is None else max(1, len(calls) // most)]:
            kind, message = outcome(function, make())
            if kind == "raw":
                found.append(f"{what}: {message}")
    return found


def test_the_sweep_knows_every_function_and_every_parameter(world_of_files):
    known = bases(world_of_files)
    assert known.keys() == set(NAMES)
    for name, function in functions().items():
        kinds = inspect.signature(function).parameters.values()
        parameters = {p.name for p in kinds if p.kind is not p.VAR_KEYWORD}
        assert parameters <= {key for arguments in known[name] for key in arguments}, name


@needs_timers
@pytest.mark.parametrize("name", NAMES)
def test_some_bad_arguments_get_a_result_or_an_error_of_policylib(
    name, world_of_files, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # a bad path may still be written to
    assert raw_errors(name, world_of_files, FEW) == []


@pytest.mark.sweep
@needs_timers
@pytest.mark.parametrize("name", NAMES)
def test_all_bad_arguments_get_a_result_or_an_error_of_policylib(
    name, world_of_files, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert raw_errors(name, world_of_files, None) == []


class Nameless:
    """An object that has no text."""

    __str__ = None


def test_an_accident_within_policylib_is_not_an_error_of_its_own():
    with pytest.raises(TypeError) as accident:
        short(Nameless())
    assert not is_own(accident.value)
    with pytest.raises(TypeError) as own:
        pol.roll_up(3)
    assert is_own(own.value)
