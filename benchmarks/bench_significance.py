"""Compare null models and projection with other packages."""

import random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from bicm import BipartiteGraph
from scipy.stats import hypergeom

import policylib as pol
from policylib.compare import null_models


def matrix(rows, columns):
    """Make a random matrix that is a tenth full, with rows as unequal as those of documents."""
    draw = np.random.default_rng(0)
    cells = draw.random((rows, columns)) < draw.beta(1, 9, (rows, 1))
    cells[np.arange(rows), np.arange(rows) % columns] = True
    return pd.DataFrame(cells.astype(int))


# --- Projection ---------------------------------------------------------------------------------

SHAPES = [(333, 500), (31, 200)]


def as_read(table):
    """Return a table as a file gives it, with a block of memory for each column."""
    return pd.concat([table[column] for column in table], axis=1)


@pytest.mark.parametrize("shape", SHAPES)
def test_projection(shape, measure):
    table = as_read(matrix(*shape))
    job = "projection {}×{}".format(*shape)
    measure(job, "policylib", lambda: pol.project(table), rounds=50)


@pytest.mark.parametrize("shape", SHAPES)
def test_projection_by_networkx(shape, measure):
    table = matrix(*shape)
    graph = nx.Graph()
    graph.add_edges_from((r, ("c", c)) for (r, c), n in table.stack().items() if n)
    call = nx.bipartite.weighted_projected_graph
    job = "projection {}×{}".format(*shape)
    measure(job, "networkx", lambda: call(graph, table.index), rounds=3)


# --- Fixed row ----------------------------------------------------------------------------------


def fixed_row(table):
    return pol.overlap_significance(table, model="fixed_row", correction="none")


@pytest.mark.parametrize("shape", SHAPES)
def test_fixed_row(shape, measure):
    table = as_read(matrix(*shape))
    measure("fixed row {}×{}".format(*shape), "policylib", lambda: fixed_row(table), rounds=15)


def test_fixed_row_by_scipy(measure):
    cells = matrix(333, 500).to_numpy()
    first, second = np.triu_indices(len(cells), 1)

    def call():
        shared = (cells @ cells.T)[first, second]
        sums = cells.sum(axis=1)
        null = hypergeom(500, sums[first], sums[second])
        return null.sf(shared - 1), null.cdf(shared)

    measure("fixed row 333×500", "scipy, pair by pair", call, rounds=3)


# --- SDSM ---------------------------------------------------------------------------------------

SDSM = "SDSM, solve and exact p, 333×500"


def sdsm(table):
    return pol.overlap_significance(table, model="sdsm", correction="none")


def test_sdsm(measure):
    table = matrix(333, 500)
    measure(SDSM, "policylib", lambda: sdsm(table), rounds=9)


def test_sdsm_by_bicm(measure):
    cells = matrix(333, 500).to_numpy()

    def call():
        graph = BipartiteGraph(cells)
        graph.solve_tool(light_mode=False, verbose=False)
        graph.compute_projection(rows=True, approx_method="poibin", progress_bar=False)

    measure(SDSM, "bicm, exact", call, rounds=1, warmup=0)


@pytest.mark.parametrize("shape", [(31, 200), (2843, 1000)])
def test_sdsm_grows(measure, shape):
    table = matrix(*shape)
    measure("SDSM {}×{}".format(*shape), "policylib", lambda: sdsm(table), rounds=3)


# --- FDSM ---------------------------------------------------------------------------------------

FDSM = "FDSM, T = 1000, 5 trades a row, 333×500"


def fdsm(table, trials=1000):
    return pol.overlap_significance(table, model="fdsm", trials=trials, seed=0, correction="none")


def curveball(table, trials, trades):
    """Trade between sets as in Strona et al. (2014), in plain Python, and count overlaps."""
    rows = [set(np.flatnonzero(row)) for row in table.to_numpy()]
    pairs = [(a, b) for a in range(len(rows)) for b in range(a)]
    observed = [len(rows[a] & rows[b]) for a, b in pairs]
    above = [0] * len(pairs)
    for _ in range(trials):
        for _ in range(trades):
            a, b = random.sample(range(len(rows)), 2)
            both = rows[a] & rows[b]
            apart = list(rows[a] ^ rows[b])
            random.shuffle(apart)
            size = len(rows[a]) - len(both)
            rows[a] = both.union(apart[:size])
            rows[b] = both.union(apart[size:])
        for k, (a, b) in enumerate(pairs):
            above[k] += len(rows[a] & rows[b]) >= observed[k]
    return above


def test_fdsm(measure, monkeypatch):
    table = matrix(333, 500)
    monkeypatch.setattr(null_models, "trades_needed", lambda rows, columns: 5 * len(rows))
    measure(FDSM, "policylib", lambda: fdsm(table))


def nested(rows, columns):
    """Make a matrix whose rows are nested, but for a few cells: the slowest kind to mix."""
    slope = np.add.outer(np.arange(rows) / rows, np.arange(columns) / columns)
    noise = np.random.default_rng(1).random((rows, columns)) < 0.005
    return pd.DataFrame((slope > 1.2) ^ noise).astype(int)


@pytest.mark.parametrize(
    "table", [matrix(333, 500), nested(120, 400)], ids=["333×500", "nested 120×400"]
)
def test_fdsm_well_mixed(table, measure, request):
    a_row = null_models.trades_needed(table.sum(axis=1), table.sum(axis=0)) // len(table)
    name = request.node.callspec.id
    measure(f"FDSM, T = 1000, {a_row} trades a row, {name}", "policylib", lambda: fdsm(table))


def test_fdsm_by_plain_curveball(measure):
    table = matrix(333, 500)
    call = lambda: curveball(table, 20, 5 * 333)  # noqa: E731
    measure(FDSM, "curveball, 20 trials × 50", call, rounds=3, warmup=0, scale=50)


def test_fdsm_of_provinces(measure):
    table = matrix(31, 200)
    job = "FDSM, T = 1000, 31×200"
    measure(job, "policylib", lambda: fdsm(table), rounds=9)


def test_fdsm_of_counties(measure):
    table = matrix(2843, 1000)
    job = "FDSM, T = 1000, 2843×1000"
    measure(job, "policylib", lambda: fdsm(table), rounds=1, warmup=0)


# --- Emphasis -----------------------------------------------------------------------------------


def test_rank_emphasis(measure):
    tables = pol.read_tables(collection="reports-2025")
    rows = ["actor", "document", "paragraph"]
    options = {"level": "priority", "codebook": tables.priorities}
    units = pol.count_statements(tables.statements, rows=rows, **options)
    shape = f"{units.index.levels[0].size}×{units.shape[1]}×{len(units)}"
    job = f"emphasis, 9,999 permutations, {shape}"
    measure(job, "policylib", lambda: pol.rank_emphasis(units, seed=0), rounds=1, warmup=0)


@pytest.mark.parametrize("model", ["sdsm", "fdsm"])
def test_memory(model, peak_memory):
    table = matrix(2843, 1000)
    job = f"{model}, 2843×1000"
    call = pol.overlap_significance
    assert peak_memory(job, call, table, model=model, trials=100, seed=0, correction="none") < 1e9
