"""Test a difference of log-odds by permuting units, and correct p for many tests."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.warn import warn

LEVEL = 0.05
BATCH = 500  # permutations at a time, to limit the use of memory

Floats = NDArray[np.float64]


def priors_of(total: Floats, prior: float | None) -> tuple[Floats, float]:
    """Return the prior of each concept, and their sum; by default one for each concept."""
    size = float(np.count_nonzero(total)) if prior is None else float(prior)
    return size * total / total.sum(), size


def join_units(own: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Join neighbouring units until each has half as many counts as the longer mean unit."""
    least = max(own.sum() / len(own), others.sum() / len(others)) / 2
    return _joined(own, least), _joined(others, least)


def _joined(units: Floats, least: float) -> Floats:
    begins, length = [0], 0.0
    for number, size in enumerate(units.sum(axis=1), start=1):
        length += size
        if length >= least and number < len(units):
            begins.append(number)
            length = 0.0
    if length < least and len(begins) > 1:  # what is left belongs to the unit before
        begins.pop()
    joined: Floats = np.add.reduceat(units, begins)
    return joined


def permutation_test(
    own: Floats,
    others: Floats,
    priors: tuple[Floats, float],
    trials: int,
    random: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return studentised log-odds ratios of one side to another, and p by permuting units."""
    from scipy import sparse

    units = np.vstack([own, others])
    length = units.sum(axis=1, keepdims=True)
    # The sums of a sample of units, from which its variance follows, are products of matrices.
    parts = sparse.csr_array(np.hstack([units, units**2, units * length, length, length**2]))
    whole = parts.sum(axis=0)
    drawn, left = len(own), len(others)
    found = _studentised(parts[:drawn].sum(axis=0)[None], whole, drawn, left, priors)[0]
    extreme = np.zeros(units.shape[1])
    for batch in range(0, trials, BATCH):
        number = min(BATCH, trials - batch)
        order = random.random((number, len(units)), dtype=np.float32)
        chosen = np.argpartition(order, drawn - 1, axis=1)[:, :drawn].ravel()
        rows = np.arange(0, number * drawn + 1, drawn)
        sample = sparse.csr_array((np.ones(len(chosen)), chosen, rows), (number, len(units)))
        scores = _studentised((sample @ parts).toarray(), whole, drawn, left, priors)
        extreme += (~(np.abs(scores) < np.abs(found) - 1e-9)).sum(axis=0)
    return found, (1 + extreme) / (trials + 1)


def _studentised(
    sums: Floats, whole: Floats, drawn: int, left: int, priors: tuple[Floats, float]
) -> Floats:
    """Return the log-odds ratios of samples against the rest, divided by their deviation."""
    prior, size = priors
    odds, variance = np.zeros((2, len(sums), len(prior)))
    for sign, part, units in ((1, sums, drawn), (-1, whole - sums, left)):
        counts, squares, products = np.split(part[:, :-2], 3, axis=1)
        length, long = part[:, -2:-1], part[:, -1:]
        share = counts / length
        chance = (counts + prior) / (length + size)
        # Of a ratio of sums, by the delta method; the prior adds its own variance.
        between = squares - 2 * share * products + share**2 * long
        # Of very large counts, rounding may leave less than nothing.
        between = np.maximum(between, 0) * units / (units - 1) + prior * (1 - prior / size)
        odds += sign * np.log(chance / (1 - chance))
        variance += between / ((length + size) * chance * (1 - chance)) ** 2
    scores: Floats = odds / np.sqrt(variance)
    return scores


def corrected(p: "pd.Series[float]") -> "pd.Series[float]":
    """Correct p for all tests by Benjamini and Hochberg; missing ones stay missing."""
    from scipy.stats import false_discovery_control

    known = p.dropna()
    return pd.Series(false_discovery_control(known), known.index).reindex(p.index)


def warn_of_few_trials(ranked: pd.DataFrame, trials: int) -> None:
    """Warn if the trials are too few for the smallest q to come below 0.05."""
    tests = ranked["p"].notna().sum()
    floor = max(1, (ranked["p"] < 1.5 / (trials + 1)).sum())
    enough = int(np.ceil(tests / floor / LEVEL)) - 1
    if tests and trials < enough and ranked["q"].min() > LEVEL:
        warn(
            f"{trials} trials cannot bring q below {LEVEL} for {tests} tests; it takes {enough} "
            "trials, or fewer actors or concepts"
        )
