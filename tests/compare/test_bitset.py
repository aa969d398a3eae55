"""The compiled loops of the null models."""

import numpy as np
import pytest
from scipy import stats

from policylib.compare import bitset


class TestSample:
    @pytest.mark.parametrize("shape", [(7, 5), (12, 64), (9, 130)])
    def test_every_sample_keeps_the_sums(self, shape):
        presence = np.random.default_rng(0).random(shape) < 0.3
        hub = bitset.pack(presence)
        samples = np.empty((50, *hub.shape), np.uint64)
        states = np.random.default_rng(1).integers(1, 2**63, (50, 4)).astype(np.uint64)
        bitset.sample(hub, samples, 200, states)
        bits = np.unpackbits(samples.view(np.uint8), axis=2, bitorder="little")[:, :, : shape[1]]
        assert (bits.sum(axis=2) == presence.sum(axis=1)).all()
        assert (bits.sum(axis=1) == presence.sum(axis=0)).all()
        assert len({sample.tobytes() for sample in samples}) > 25


class TestPoissonBinomial:
    @pytest.mark.parametrize("shared", [200, 40, 0])
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
