"""Counts of actors × concepts × levels of a qualifier become ties between actors."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.matrices import check_counts

Floats = NDArray[np.float64]


def cube(matrix: pd.DataFrame) -> tuple[Floats, Floats]:
    """Give counts as actors × concepts × levels, and the levels; one level if there are none."""
    check_counts(matrix)
    if matrix.columns.nlevels == 1:
        return matrix.to_numpy(dtype=float)[:, :, None], np.zeros(1)
    if matrix.columns.nlevels > 2:
        raise ValueError("the columns have more than two levels, a concept and a qualifier")
    if matrix.empty:  # a window of time without statements
        return np.zeros((len(matrix), 0, 1)), np.zeros(1)
    labels = matrix.columns.get_level_values(1)
    if not pd.api.types.is_numeric_dtype(labels.infer_objects()):
        raise ValueError(f"the levels of a qualifier are numbers or booleans, not {labels[0]!r}")
    concepts, levels = matrix.columns.get_level_values(0).unique(), labels.unique().sort_values()
    every = pd.MultiIndex.from_product([concepts, levels])
    counts = matrix.reindex(columns=every, fill_value=0).to_numpy(dtype=float)
    return counts.reshape(len(matrix), len(concepts), len(levels)), levels.to_numpy(dtype=float)


def ties(counts: Floats, levels: Floats, aggregation: str, normalization: str) -> Floats:
    """Weigh the ties between actors, as `discourse_network` describes it."""
    range_ = levels.max() - levels.min() or 1.0
    far = np.abs(np.subtract.outer(levels, levels)) / range_
    weight = {
        "ignore": np.ones_like(far),
        "congruence": 1 - far,
        "conflict": far,
        "subtract": 1 - 2 * far,
    }[aggregation]
    flat = (len(counts), counts.shape[1] * counts.shape[2])
    said = counts.reshape(flat)
    found = (counts @ weight).reshape(flat) @ said.T
    found = (found + found.T) / 2  # symmetric to the last bit
    if normalization != "none":
        # An actor's length is the root of its congruence with itself: no cosine is above 1.
        own = weight if aggregation == "ignore" else 1 - far
        squares = ((counts @ own).reshape(flat) * said).sum(axis=1)
        found = divide(found, _sizes(said, np.sqrt(squares), normalization))
    np.fill_diagonal(found, 0)
    return found


def _sizes(said: Floats, length: Floats, normalization: str) -> Floats:
    """Give for each two actors what their tie is divided by."""
    total = said.sum(axis=1)
    sizes: Floats
    if normalization == "average":
        sizes = np.add.outer(total, total) / 2
    elif normalization == "dna_cosine":
        sizes = np.multiply.outer(total, total)
    elif normalization == "cosine":
        sizes = np.multiply.outer(length, length)
    else:
        alone = said @ (said == 0).T.astype(float)
        sizes = alone + alone.T + said @ said.T
    return sizes


def divide(amounts: Floats, sizes: Floats) -> Floats:
    """Divide; what is divided by zero is an amount of zero, and stays it."""
    quotients: Floats = np.zeros_like(amounts)
    return np.divide(amounts, sizes, out=quotients, where=sizes > 0)


def spectrum(found: Floats) -> Floats:
    """Give the eigenvalues of the Laplacian in ascending order, divided by their sum."""
    values = np.linalg.eigvalsh(np.diag(found.sum(axis=1)) - found)
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)
