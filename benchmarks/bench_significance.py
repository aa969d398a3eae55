"""Compare null models and projection with other packages."""

import random

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from bicm import BipartiteGraph

import policylib as pol


def matrix(rows, columns):
    """Make a random matrix that is a tenth full, with rows as unequal as those of documents."""
    draw = np.random.default_rng(0)
    cells = draw.random((rows, columns)) < draw.beta(1, 9, (rows, 1))
    cells[np.arange(rows), np.arange(rows) % columns] = True
    return pd.DataFrame(cells.astype(int))


# --- Projection ---------------------------------------------------------------------------------

PROJECTION = "projection 333×500"


def test_projection(measure):
    table = matrix(333, 500)
    measure(PROJECTION, "policylib", lambda: pol.project(table), rounds=50)


def test_projection_by_networkx(measure):
    table = matrix(333, 500)
    graph = nx.Graph()
    graph.add_edges_from((r, ("c", c)) for (r, c), n in table.stack().items() if n)
    call = nx.bipartite.weighted_projected_graph
    measure(PROJECTION, "networkx", lambda: call(graph, table.index), rounds=3)


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

FDSM = "FDSM, T = 1000, 5R trades, 333×500"


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


def test_fdsm(measure):
    table = matrix(333, 500)
    measure(FDSM, "policylib", lambda: fdsm(table))


def test_fdsm_by_plain_curveball(measure):
    table = matrix(333, 500)
    call = lambda: curveball(table, 20, 5 * 333)  # noqa: E731
    measure(FDSM, "curveball, 20 trials × 50", call, rounds=3, warmup=0, scale=50)


def test_fdsm_of_provinces(measure):
    table = matrix(31, 200)
    job = "FDSM, T = 1000, 20R trades, 31×200"
    measure(job, "policylib", lambda: fdsm(table), rounds=9)


def test_fdsm_of_counties(measure):
    table = matrix(2843, 1000)
    job = "FDSM, T = 1000, 5R trades, 2843×1000"
    measure(job, "policylib", lambda: fdsm(table), rounds=1, warmup=0)


@pytest.mark.parametrize("model", ["sdsm", "fdsm"])
def test_memory(model, peak_memory):
    table = matrix(2843, 1000)
    job = f"{model}, 2843×1000"
    call = pol.overlap_significance
    assert peak_memory(job, call, table, model=model, trials=100, seed=0, correction="none") < 1e9
