"""Each null model against a slow one that is plainly right."""

import multiprocessing
import os
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from scipy import stats

import policylib as pol
from policylib.compare import bitset, null_models
from tests.compare.helpers import all_equal, matrices, pairs_of

MATRICES = matrices(2, 6)


def entry_chances(presence):
    row_sums, row_class = np.unique(presence.sum(axis=1), return_inverse=True)
    column_sums, column_class = np.unique(presence.sum(axis=0), return_inverse=True)
    counts = np.bincount(row_class), np.bincount(column_class)
    chance = null_models.entry_chances(row_sums, counts[0], column_sums, counts[1])
    return chance[row_class][:, column_class]


def all_matrices(rows, columns):
    """Enumerate every 0/1 matrix with these sums of rows and columns."""

    def fill(left, rest):
        if not left:
            if not any(rest):
                yield []
            return
        for chosen in combinations([c for c, n in enumerate(rest) if n], left[0]):
            remaining = [n - (c in chosen) for c, n in enumerate(rest)]
            for below in fill(left[1:], remaining):
                yield [[int(c in chosen) for c in range(len(rest))], *below]

    return np.array(list(fill(list(rows), list(columns))))


class TestFixedRow:
    @pytest.mark.parametrize(
        ("columns", "a", "b"), [(50, 20, 30), (9, 9, 4), (7, 0, 3), (3000, 1500, 700)]
    )
    def test_tails_are_those_of_scipy(self, columns, a, b):
        shared = np.arange(max(0, a + b - columns), min(a, b) + 1)
        nothing, one = np.zeros(len(shared), int), np.ones(len(shared), int)
        order = np.arange(len(shared))
        found = bitset.hypergeometric(columns, np.array([a, b]), nothing, one, shared, order)
        null = stats.hypergeom(columns, a, b)
        for tail, expected in zip(found, (null.sf(shared - 1), null.cdf(shared)), strict=True):
            likely = expected > 1e-250
            np.testing.assert_allclose(tail[likely], expected[likely], rtol=1e-12)

    @given(MATRICES)
    @settings(max_examples=50)
    def test_fixed_row_is_hypergeometric(self, matrix):
        assume(not all_equal(matrix))
        table = pol.overlap_significance(matrix, model="fixed_row", correction="none")
        size = (matrix > 0).sum(axis=1)
        for row in table.itertuples():
            null = stats.hypergeom(matrix.shape[1], size[row.a], size[row.b])
            assert row.p_upper == pytest.approx(null.pmf(np.arange(row.shared, 99)).sum())
            assert row.p_lower == pytest.approx(null.pmf(np.arange(0, row.shared + 1)).sum())
            assert row.expected == pytest.approx(null.pmf(np.arange(99)) @ np.arange(99))
            variance = null.pmf(np.arange(99)) @ (np.arange(99) - row.expected) ** 2
            assert row.sd == pytest.approx(variance**0.5, abs=1e-9)


class TestEntryChances:
    @given(MATRICES)
    def test_chances_add_up_to_the_sums_and_depend_on_them_alone(self, matrix):
        presence = matrix.to_numpy() > 0
        chance = entry_chances(presence)
        assert chance.min() >= 0
        assert chance.max() <= 1
        np.testing.assert_allclose(chance.sum(axis=1), presence.sum(axis=1), atol=1e-6)
        np.testing.assert_allclose(chance.sum(axis=0), presence.sum(axis=0), atol=1e-6)
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(chance / (1 - chance))
        inside = np.isfinite(odds).all(axis=1)[:, None] & np.isfinite(odds).all(axis=0)
        if inside.all() and np.abs(odds).max() < 10:  # log odds are a sum of a row's and a column's
            assert np.linalg.matrix_rank(odds - odds[0] - odds[:, [0]] + odds[0, 0], tol=1e-4) == 0

    def test_sums_that_no_matrix_has_are_not_solved(self):
        with pytest.raises(ArithmeticError, match="could not be solved"):
            null_models.entry_chances(np.array([1]), np.array([4]), np.array([3]), np.array([4]))


class TestSdsm:
    @given(MATRICES)
    @settings(max_examples=50)
    def test_sdsm_is_a_plain_convolution(self, matrix):
        assume(not all_equal(matrix))
        table = pol.overlap_significance(matrix, model="sdsm", correction="none")
        chance = pd.DataFrame(entry_chances(matrix.to_numpy() > 0), index=matrix.index)
        for row in table.itertuples():
            mass = np.ones(1)
            for p in chance.loc[row.a] * chance.loc[row.b]:
                mass = np.convolve(mass, [1 - p, p])
            assert row.p_upper == pytest.approx(mass[row.shared :].sum(), abs=1e-12)
            assert row.p_lower == pytest.approx(mass[: row.shared + 1].sum(), abs=1e-12)
            assert row.expected == pytest.approx(mass @ np.arange(len(mass)), abs=1e-9)
            variance = mass @ (np.arange(len(mass)) - row.expected) ** 2
            assert row.sd == pytest.approx(variance**0.5, abs=1e-6)


class TestFdsm:
    def test_the_enumeration_is_complete(self):
        sums = (2, 1, 1), (1, 2, 1)
        by_hand = [
            m
            for cells in product((0, 1), repeat=9)
            if (m := np.reshape(cells, (3, 3))).sum(axis=1).tolist() == list(sums[0])
            and m.sum(axis=0).tolist() == list(sums[1])
        ]
        assert sorted(map(str, all_matrices(*sums))) == sorted(map(str, by_hand))

    @pytest.mark.parametrize(
        "matrix",
        [
            [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]],
            [[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 0, 1]],
            [[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0]],
            [[1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 1, 1]],
        ],
    )
    def test_fdsm_is_the_full_enumeration(self, matrix):
        matrix = pd.DataFrame(matrix)
        every = all_matrices(matrix.sum(axis=1), matrix.sum(axis=0))
        overlaps = every @ every.transpose(0, 2, 1)
        trials = 20_000
        table = pol.overlap_significance(
            matrix, model="fdsm", trials=trials, seed=3, correction="none"
        )
        for row in table.itertuples():
            null = overlaps[:, row.a, row.b]
            for found, known in (
                (row.p_upper, (null >= row.shared).mean()),
                (row.p_lower, (null <= row.shared).mean()),
            ):
                error = 5 * (known * (1 - known) / trials) ** 0.5 + 1 / trials
                assert found == pytest.approx(known, abs=error)
            assert row.expected == pytest.approx(null.mean(), abs=0.03)
            assert row.sd == pytest.approx(null.std(), abs=0.03)

    def test_davis_fdsm(self, davis):
        known = {
            ("Evelyn", "Theresa"): 0.0344,
            ("Laura", "Brenda"): 0.0372,
            ("Myra", "Katherina"): 0.0475,
            ("Katherina", "Sylvia"): 0.0077,
            ("Olivia", "Flora"): 0.0343,
        }
        trials = 100_000
        table = pol.overlap_significance(
            davis, model="fdsm", trials=trials, seed=1, correction="none"
        )
        p = pairs_of(table)["p_upper"]
        for pair, value in known.items():
            # Five standard errors of the sample, and of what the hub adds.
            error = 5 * (value * (1 - value) / trials) ** 0.5 + 0.002
            assert p[pair] == pytest.approx(value, abs=error)
        assert set(p.index[p <= 0.045]) == set(known) - {("Myra", "Katherina")}
        assert p.drop(list(known)).min() > 0.05

    def test_fdsm_repeats_on_any_number_of_threads(self, davis, monkeypatch):
        import numba

        def run(seed):
            options = {"model": "fdsm", "trials": 300, "correction": "none"}
            return pol.overlap_significance(davis, seed=seed, **options)

        many = run(5)
        for threads in (1, 2, 7):
            monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
            pd.testing.assert_frame_equal(many, run(5))
        assert not many["p_upper"].equals(run(6)["p_upper"])

    def test_fdsm_does_not_depend_on_how_trials_are_batched(self, davis, monkeypatch):
        options = {"model": "fdsm", "trials": 100, "seed": 2, "correction": "none"}
        whole = pol.overlap_significance(davis, **options)
        monkeypatch.setattr(null_models, "LONGEST_BATCH", 7 * 18 * (20 * 20 + 18))
        pd.testing.assert_frame_equal(pol.overlap_significance(davis, **options), whole)

    def test_the_walk_goes_by_a_hub_and_is_long_enough(self, davis, monkeypatch):
        walks = []
        shuffle, sample = bitset.shuffle, bitset.sample

        def spy_shuffle(rows, trades, state):
            before = rows.copy()
            shuffle(rows, trades, state)
            walks.append((trades, int(state), not np.array_equal(rows, before)))

        def spy_sample(hub, samples, trades, states):
            walks.append((trades, int(states[0]), True))
            sample(hub, samples, trades, states)

        monkeypatch.setattr(bitset, "shuffle", spy_shuffle)
        monkeypatch.setattr(bitset, "sample", spy_sample)
        pol.overlap_significance(davis, model="fdsm", trials=5, seed=0, correction="none")
        large = pd.DataFrame(np.random.default_rng(0).random((120, 30)) < 0.3)
        pol.overlap_significance(large, model="fdsm", trials=2, seed=1, correction="none")
        needed = [
            null_models.trades_needed(m.sum(axis=1), m.sum(axis=0))
            for m in (davis.to_numpy() > 0, large.to_numpy())
        ]
        assert [trades for trades, *_ in walks] == [n for n in needed for _ in range(2)]
        assert needed[0] >= 20 * 18
        assert needed[1] >= 5 * 120
        assert all(moved for *_, moved in walks)
        assert len({state for _, state, _ in walks}) == len(walks)

    def test_two_seeds_agree_on_nested_rows(self):
        """As far as the number of trials allows: a difference of √(2 / trials) deviations."""
        random = np.random.default_rng(1)
        slope = np.add.outer(np.arange(120) / 120, np.arange(400) / 400)
        nested = pd.DataFrame((slope > 1.2) ^ (random.random((120, 400)) < 0.005))
        options = {"model": "fdsm", "trials": 400, "correction": "none"}
        one, other = (pol.overlap_significance(nested, **options, seed=s) for s in (0, 1))
        varies = one["sd"] > 0.05
        gap = ((one["expected"] - other["expected"]) / one["sd"])[varies]
        assert np.sqrt((gap**2).mean()) < 1.15 * np.sqrt(2 / 400)
        assert gap.abs().max() < 0.5

    def test_rows_that_hardly_mix_are_warned_of(self):
        # One row has half of the concepts; each of the others has one, which it can trade.
        matrix = np.zeros((501, 1000), bool)
        matrix[0, :500] = True
        matrix[np.arange(1, 501), np.arange(500, 1000)] = True
        with pytest.warns(UserWarning, match="so nested that 250500 trades for each sample may be"):
            pol.overlap_significance(
                pd.DataFrame(matrix), model="fdsm", trials=1, correction="none"
            )

    def test_an_interrupt_ends_the_work(self, davis, monkeypatch):
        def interrupt(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(bitset, "tally", interrupt)
        with pytest.raises(KeyboardInterrupt):
            pol.overlap_significance(davis, model="fdsm", trials=10)


# Several threads at once, and a forked process after the threads of its original have worked. The
# program has a process of its own, since pytest has threads that a fork would not copy.
PROGRAM = """
import multiprocessing, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np, pandas as pd
import policylib as pol

matrix = pd.DataFrame(np.random.default_rng(0).random((40, 90)) < 0.3)

def run(seed):
    options = {"trials": 200, "seed": seed, "correction": "none"}
    models = ("fdsm", "sdsm", "fixed_row")
    return [pol.overlap_significance(matrix, model=m, **options).to_csv() for m in models]

if __name__ == "__main__":
    alone = [run(seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(6))) == alone
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map(run, range(2)) == alone[:2]
"""


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.slow)])
def test_threads_and_other_processes_give_the_same(tmp_path, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    script = tmp_path / "job.py"
    script.write_text(PROGRAM, encoding="utf-8")
    path = os.pathsep.join([str(Path(pol.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, script, method],
        check=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": path},
    )
