"""Compare discourse networks with plain Python, pandas and scipy."""

from collections import Counter
from itertools import product
from math import log
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import policylib as pol

SIZES = {5_000: (100, 50), 100_000: (1_000, 200), 1_000_000: (3_000, 500)}
NAMES = {"rows": "actor", "columns": "concept", "qualifier": "agrees"}


def statements(number):
    """Make statements over ten years, ten in each document; some actors speak much more often."""
    actors, concepts = SIZES[number]
    draw = np.random.default_rng(0)
    loud = draw.dirichlet(np.full(actors, 0.5))
    days = np.sort(draw.integers(0, 3650, number // 10)).repeat(10)
    return pd.DataFrame(
        {
            "document": [f"d{i // 10}" for i in range(number)],
            "date": (pd.Timestamp("2015-01-01") + pd.to_timedelta(days, "D")).strftime("%Y-%m-%d"),
            "actor": [f"a{i}" for i in draw.choice(actors, number, p=loud)],
            "concept": [f"c{i}" for i in draw.integers(0, concepts, number)],
            "agrees": draw.random(number) < 0.7,
        }
    )


def congruence(table, duplicates="document"):
    return pol.discourse_network(pol.count_statements(table, **NAMES, duplicates=duplicates))


def by_pairs(table):
    """Compare each statement with all earlier ones, and sum cell by cell, as DNA does."""
    kept = []
    for row in table[["document", "actor", "concept", "agrees"]].itertuples(index=False):
        if not any(row == other for other in reversed(kept)):
            kept.append(row)
    counts = Counter((actor, concept, agrees) for _, actor, concept, agrees in kept)
    actors, concepts = ({row[i] for row in kept} for i in (1, 2))
    return {
        (a, b): sum(counts[a, c, k] * counts[b, c, k] for c in concepts for k in (True, False))
        for a, b in product(actors, repeat=2)
        if a != b
    }


def by_merging(table):
    """Merge the counts with themselves on concept and qualifier, in pandas."""
    keys = ["actor", "concept", "agrees"]
    counts = table.drop_duplicates(["document", *keys]).groupby(keys).size().reset_index(name="n")
    pairs = counts.merge(counts, on=["concept", "agrees"])
    return (pairs["n_x"] * pairs["n_y"]).groupby([pairs["actor_x"], pairs["actor_y"]]).sum()


def by_sparse(table):
    """Multiply sparse counts with themselves, in scipy."""
    table = table.drop_duplicates(["document", "actor", "concept", "agrees"])
    actor = pd.factorize(table["actor"], sort=True)[0]
    position = table.groupby(["concept", "agrees"]).ngroup().to_numpy()
    counts = sparse.coo_array((np.ones(len(table)), (actor, position))).tocsr()
    return (counts @ counts.T).toarray()


def job(number, duplicates="document"):
    actors, concepts = SIZES[number]
    return f"congruence, {number:,} ({actors}×{concepts}), {duplicates}"


def test_peers_agree():
    table = statements(5_000)
    ours = congruence(table)
    merged = by_merging(table).unstack(fill_value=0).loc[ours.index, ours.columns].to_numpy()
    apart = ~np.eye(len(ours), dtype=bool)
    assert (merged[apart] == ours.to_numpy()[apart]).all()
    assert (by_sparse(table)[apart] == ours.to_numpy()[apart]).all()
    assert sum(by_pairs(table).values()) == ours.to_numpy().sum()


@pytest.mark.parametrize("number", SIZES)
def test_congruence(measure, number):
    table = statements(number)
    rounds = 30 if number < 10_000 else 5
    measure(job(number), "policylib", lambda: congruence(table), rounds=rounds)


def test_congruence_by_pairs(measure):
    table = statements(5_000)
    measure(job(5_000), "plain Python, pair by pair", lambda: by_pairs(table), rounds=3, warmup=0)


@pytest.mark.parametrize("number", [5_000, 100_000])
def test_congruence_by_merging(measure, number):
    table = statements(number)
    measure(job(number), "pandas, merged", lambda: by_merging(table), rounds=3, warmup=0)


@pytest.mark.parametrize("number", SIZES)
def test_congruence_by_sparse(measure, number):
    table = statements(number)
    measure(job(number), "scipy, sparse", lambda: by_sparse(table), rounds=3)


@pytest.mark.parametrize("duplicates", ["include", "month", "acrossrange"])
def test_duplicates(measure, duplicates):
    table = statements(1_000_000)
    call = lambda: congruence(table, duplicates)  # noqa: E731
    measure(job(1_000_000, duplicates), "policylib", call, rounds=3)


def test_windows(measure):
    table = statements(100_000)

    def call():
        for _, part in pol.time_windows(table, size="1 year", step="1 month"):
            congruence(part, "include")

    measure("109 yearly windows by months, 100,000", "policylib", call, rounds=3, warmup=0)


def test_memory_of_a_million(peak_memory):
    table = statements(1_000_000)
    assert peak_memory(job(1_000_000), congruence, table) < 2e9


def test_growth(capsys):
    """Print how time grows with statements if actors and concepts stay the same."""
    table = statements(1_000_000)
    numbers = [62_500, 125_000, 250_000, 500_000, 1_000_000]
    lines = []
    for number in numbers:
        part = table.head(number)
        seconds = min(timed(part) for _ in range(3))
        lines.append((number, seconds, seconds / (number * log(number))))
    with capsys.disabled():
        print("\nstatements     counting    per n log n, of the smallest")
        for number, seconds, rate in lines:
            print(f"{number:10,} {seconds:9.3f} s {rate / lines[0][2]:12.2f}")


def timed(table):
    start = perf_counter()
    pol.count_statements(table, **NAMES, duplicates="document")
    return perf_counter() - start
