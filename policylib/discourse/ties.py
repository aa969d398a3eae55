"""Counts of actors × concepts × levels of a qualifier become ties between actors."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.matrices import check_counts
from policylib._util.names import first_of

Numbers = NDArray[Any]  # whole numbers or floats
Aggregation = Literal["congruence", "conflict", "subtract", "ignore"]
Normalization = Literal["none", "average", "jaccard", "dna_cosine", "cosine"]

LARGEST = 2**26  # floats hold the product of two such row sums exactly


def cube(matrix: pd.DataFrame, aggregation: str) -> "tuple[Numbers, pd.Index[Any], Numbers]":
    """Return counts as actors × concepts × levels of the qualifier, the concepts and the levels.

    Parameters
    ----------
    matrix : DataFrame
        Counts of statements, with or without a qualifier as the second level of the columns.
    aggregation : str
        What needs the qualifier, for the error; ``"ignore"`` works without.

    Returns
    -------
    (numpy.ndarray, Index, numpy.ndarray)
        Whole counts stay whole numbers, and boolean levels stay boolean. Without a qualifier,
        there is one level.

    Raises
    ------
    ValueError
        If the matrix does not hold counts, or its qualifier is missing or not a number.
    """
    check_counts(matrix)
    if matrix.columns.nlevels > 2:
        raise ValueError("the columns have more than two levels, a concept and a qualifier")
    if matrix.columns.nlevels == 1 and aggregation != "ignore":
        raise ValueError(
            f"{aggregation!r} needs a qualifier as the second level of the columns, as "
            "count_statements(…, qualifier=…) returns it; only aggregation='ignore' works without"
        )
    whole = all(pd.api.types.is_integer_dtype(dtype) for dtype in matrix.dtypes)
    exact = whole and bool((matrix.astype(float).sum(axis=1) < LARGEST).all())
    concepts, levels = matrix.columns.get_level_values(0).unique(), pd.Index([0])
    if matrix.columns.nlevels == 2 and len(concepts):
        labels = matrix.columns.get_level_values(1).unique().infer_objects()
        numbers = pd.api.types.is_numeric_dtype(labels)
        if not numbers or labels.hasnans or not np.isfinite(labels.astype(float)).all():
            raise ValueError(
                "the levels of a qualifier are finite numbers or booleans, not "
                f"{first_of(list(labels))}"
            )
        levels = labels.sort_values()
        every = pd.MultiIndex.from_product([concepts, levels])
        matrix = matrix.reindex(columns=every, fill_value=0)
    counts = matrix.to_numpy(dtype="int64" if exact else "float64")
    return counts.reshape(len(matrix), len(concepts), len(levels)), concepts, levels.to_numpy()


def weights(levels: Numbers, aggregation: Aggregation) -> Numbers:
    """Return how much two statements on a concept add to a tie: a number for each two levels."""
    if aggregation == "ignore":
        return np.ones((len(levels), len(levels)), dtype="int64")
    values = levels.astype(float)
    far: Numbers = np.abs(np.subtract.outer(values, values)) / (np.ptp(values) or 1)
    if len(levels) <= 2:  # they agree or disagree, with nothing in between
        far = far.astype("int64")
    return {"congruence": 1 - far, "conflict": far, "subtract": 1 - 2 * far}[aggregation]


def ties(
    counts: Numbers, levels: Numbers, aggregation: Aggregation, normalization: Normalization
) -> Numbers:
    """Return the ties between actors, as `discourse_network` defines them."""
    found = _product(counts @ weights(levels, aggregation), counts)
    # An actor's length is the root of its congruence with itself, so that no cosine is above 1.
    agree = weights(levels, "ignore" if aggregation == "ignore" else "congruence")
    lengths = np.sqrt((counts @ agree * counts).sum(axis=(1, 2)))
    above = np.triu(normalise(found, normalization, counts, lengths), k=1)
    return above + above.T  # symmetric to the last bit, without loops


def normalise(
    values: Numbers, kind: str, counts: Numbers, lengths: Numbers | tuple[()] = ()
) -> Numbers:
    """Divide ties, or cells of actors × concepts, by the size of what they connect.

    Parameters
    ----------
    values : numpy.ndarray
        Actors × actors; for ``"activity"`` and ``"prominence"``, actors × concepts.
    kind : str
        As `discourse_network` and `two_mode` define them.
    counts : numpy.ndarray
        Actors × concepts × levels.
    lengths : numpy.ndarray, optional
        The length of each actor, for ``"cosine"``.

    Returns
    -------
    numpy.ndarray
        The quotients; 0 where the size is 0.
    """
    if kind == "none":
        return values
    totals = counts.sum(axis=(1, 2))
    sizes: dict[str, Callable[[], Numbers]] = {
        "average": lambda: (totals[:, None] + totals) / 2,
        "jaccard": lambda: _either(counts),
        "dna_cosine": lambda: np.outer(totals, totals),
        "cosine": lambda: np.outer(lengths, lengths),
        "activity": lambda: totals[:, None],
        "prominence": lambda: counts.sum(axis=(0, 2)),
    }
    size = sizes[kind]()
    return values / np.where(size > 0, size, 1)  # where the size is 0, so is the value


def _either(counts: Numbers) -> Numbers:
    """Return the statements of each two actors where one is silent, plus the products elsewhere."""
    alone = _product(counts, counts == 0)
    return alone + alone.T + _product(counts, counts)


def _product(a: Numbers, b: Numbers) -> Numbers:
    """Return the sums of products of each two actors; as floats, this is much faster."""
    found: Numbers = np.tensordot(a.astype(float), b.astype(float), axes=((1, 2), (1, 2)))
    return found.astype(np.result_type(a, b))
