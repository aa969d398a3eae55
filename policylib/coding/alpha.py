"""Krippendorff's alpha and Cohen's kappa of nominal data, for each value and over all."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLES = 1000
CELLS = 2**21  # samples × units multiplied at a time, to limit the use of memory
ENOUGH = 0.95  # the share of samples with a defined alpha that an interval needs


class Marks(NamedTuple):
    """Who gave which value to which item, each at most once. Two coders or more give values."""

    item: Ints  # an item is a unit in which coders mark codes, or a code in a unit
    value: Ints
    coder: Ints
    values: int  # the number of different values
    given: Ints  # for each item, how many coders describe it: two or more
    unit: Ints  # for each item, its unit
    weight: Floats  # for each unit, the number of units that it represents
    pooled: bool  # whether each value is a variable of its own, which a coder marks or does not


def counts(marks: Marks, coders: int) -> NDArray[Any]:
    """Return how often each coder gave each value, and how often all did, as the last row."""
    weight = marks.weight[marks.unit]
    item, value, times = _tally(marks)
    chosen = [marks.coder == coder for coder in range(coders)]
    given = [(marks.item[own], marks.value[own]) for own in chosen]
    given.append((item[times == coders], value[times == coders]))
    table = np.array([np.bincount(v, weight[i], marks.values) for i, v in given])
    return table if (weight != 1).any() else table.astype(np.int64)


def alpha_table(marks: Marks, seed: int | None) -> pd.DataFrame:
    """Return alpha with its interval for each value and, in the last row, over all."""
    apart, ones, total = _sums(marks)
    every = np.ones((1, len(marks.weight)))
    table = pd.DataFrame({"alpha": _alphas(every @ apart, every @ ones, every @ total, marks)[0]})
    drawn = [
        _alphas(times @ apart, times @ ones, times @ total, marks)
        for times in _samples(marks.weight, seed)
    ]
    draws = pd.DataFrame(np.concatenate(drawn) if drawn else None, columns=table.index, dtype=float)
    known = draws.notna().mean() >= ENOUGH
    table["low"] = draws.quantile(0.025).where(known)
    table["high"] = draws.quantile(0.975).where(known)
    return table


def kappas(found: NDArray[Any], marks: Marks) -> Floats:
    """Return Cohen's kappa for each value and, in the last place, over all, from the counts."""
    a, b, both = found.astype(float)
    apart, size = a + b - 2 * both, np.full(len(a), marks.weight[marks.unit].sum())
    if marks.pooled:
        apart, a, b, size = (np.append(x, x.sum()) for x in (apart, a, b, size))
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = (a * (size - b) + b * (size - a)) / size
    if not marks.pooled:
        apart, expected = (np.append(x, x.sum()) for x in (apart, expected))
    return _agreement(apart, expected)


def _tally(marks: Marks) -> tuple[Ints, Ints, Ints]:
    """Return each pair of an item and a value that was given, and by how many coders."""
    pair, times = np.unique(marks.item * marks.values + marks.value, return_counts=True)
    item, value = np.divmod(pair, max(marks.values, 1))
    return item, value, times


def _sums(marks: Marks) -> tuple[Any, Any, Floats]:
    """Return for each unit the disagreements on each value, its number, and that of all values."""
    item, value, times = _tally(marks)
    unit, given, shape = marks.unit[item], marks.given[item], (len(marks.weight), marks.values)
    apart = times * (given - times) / (given - 1)  # each pair of coders, but each value once
    weight = marks.weight[unit]
    sums = (sparse.csr_array((x * weight, (unit, value)), shape) for x in (apart, times))
    total = np.bincount(marks.unit, marks.weight[marks.unit] * marks.given, shape[0])
    return *sums, total[:, np.newaxis]


def _alphas(apart: Floats, ones: Floats, total: Floats, marks: Marks) -> Floats:
    """Return alpha for each value, and over all in the last column.

    Values that are variables of their own are pooled: their cells are taken together. Otherwise
    disagreements, observed and expected, are added up, as for any nominal variable.
    """
    if marks.pooled:
        total = np.column_stack([np.repeat(total, marks.values, axis=1), total * marks.values])
        apart, ones = (np.column_stack([x, x.sum(axis=1)]) for x in (apart, ones))
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = ones * (total - ones) / (total - 1)
    if not marks.pooled:
        apart, expected = (np.column_stack([x, x.sum(axis=1)]) for x in (apart, expected))
    return _agreement(apart, expected)


def _agreement(apart: Floats, expected: Floats) -> Floats:
    """Return 1 minus the ratio of disagreements, or NaN if none can be expected."""
    agreement: Floats = 1 - apart / np.where(expected > 0, expected, np.nan)
    return agreement


def _samples(weight: Floats, seed: int | None) -> Iterator[Floats]:
    """Draw units with replacement, in several samples: how often each sample has each unit.

    Units of one weight are drawn from units of this weight, so each sample represents as many.
    """
    draw = np.random.default_rng(seed)
    groups = [np.flatnonzero(weight == one) for one in np.unique(weight)]
    at_once = max(CELLS // max(len(weight), 1), 1)
    for done in range(0, SAMPLES if groups else 0, at_once):
        times = np.zeros((min(at_once, SAMPLES - done), len(weight)))
        for row in times:
            for group in groups:
                size = len(group)
                row[group] = np.bincount(draw.integers(0, size, size), minlength=size)
        yield times
