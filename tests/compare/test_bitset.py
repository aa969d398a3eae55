"""The compiled loops of the null models."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from policylib.compare import bitset


class TestSample:
    @pytest.mark.parametrize("shape", [(7, 5), (12, 64), (9, 130)])
    def test_every_sample_keeps_the_sums(self, shape):
        presence = np.random.default_rng(0).random(shape) < 0.3
        hub = bitset.pack(presence)
        samples = np.empty((50, *hub.T.shape), np.uint64)
        numbers = np.random.default_rng(1).integers(1, 2**63, 50).astype(np.uint64)
        bitset.sample(hub, samples, 200, numbers)
        rows = np.ascontiguousarray(samples.transpose(0, 2, 1))
        bits = np.unpackbits(rows.view(np.uint8), axis=2, bitorder="little")[:, :, : shape[1]]
        assert (bits.sum(axis=2) == presence.sum(axis=1)).all()
        assert (bits.sum(axis=1) == presence.sum(axis=0)).all()
        assert len({sample.tobytes() for sample in samples}) > 25

    @pytest.mark.parametrize(("first", "both"), [(2, 6), (3, 7), (5, 10), (2, 9)])
    def test_every_subset_is_dealt_equally_often(self, first, both):
        """`both` columns belong to one of the two rows each, `first` of them to the first row."""
        presence = np.zeros((2, 99), bool)
        columns = np.linspace(1, 97, both).astype(int)
        presence[0, columns[:first]] = presence[1, columns[first:]] = True
        presence[:, [0, 98]] = True
        hub = bitset.pack(presence)
        samples = np.empty((20_000, *hub.T.shape), np.uint64)
        numbers = np.random.default_rng(2).integers(1, 2**63, len(samples)).astype(np.uint64)
        bitset.sample(hub, samples, 1, numbers)
        dealt = pd.Series([sample[:, 0].tobytes() for sample in samples]).value_counts()
        assert len(dealt) == comb(both, first)
        assert stats.chisquare(dealt).pvalue > 0.001


class TestTally:
    @pytest.mark.parametrize("shape", [(1, 9), (2, 64), (3, 65), (16, 200), (37, 330)])
    def test_the_overlap_of_every_pair_is_counted(self, shape):
        rows, columns = shape
        draw = np.random.default_rng(0)
        presence = draw.random((20, rows, columns)) < 0.4
        samples = np.stack([bitset.pack(cells).T for cells in presence])
        samples = np.ascontiguousarray(samples)
        cells = presence.astype(int)
        shared = cells @ cells.transpose(0, 2, 1)
        observed = np.triu(shared[0], 1)
        above, below, total, squares = (np.zeros((rows, rows), np.int64) for _ in range(4))
        bitset.tally(samples, observed, above, below, total, squares)
        for found, known in (
            (above, (shared >= observed).sum(axis=0)),
            (below, (shared <= observed).sum(axis=0)),
            (total, shared.sum(axis=0)),
            (squares, (shared**2).sum(axis=0)),
        ):
            assert (found == np.triu(known, 1)).all()


class TestPoissonBinomial:
    @pytest.mark.parametrize("shared", [200, 90, 60, 40, 0])
    def test_poisson_binomial_is_exact_far_out(self, shared):
        # With one chance for all columns, the tails are binomial: scipy knows them.
        upper, lower = np.empty(1), np.empty(1)
        bitset.poisson_binomial(
            np.array([[0.5], [0.2]]),
            np.array([200]),
            np.array([[0, 1]]),
            np.array([0, 1]),
            np.array([0]),
            np.array([shared]),
            upper,
            lower,
        )
        null = stats.binom(200, 0.1)
        for found, known in ((upper[0], null.sf(shared - 1)), (lower[0], null.cdf(shared))):
            assert found == pytest.approx(known, rel=1e-9, abs=1e-30)
