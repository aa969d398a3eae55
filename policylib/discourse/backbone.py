"""The concepts that a discourse network needs most."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
from tqdm import tqdm

from policylib._util.names import require
from policylib.discourse.ties import Normalization, Numbers, cube, ties

BackboneAggregation = Literal["congruence", "conflict", "ignore"]


def nested_backbone(
    matrix: pd.DataFrame,
    *,
    aggregation: BackboneAggregation = "congruence",
    normalization: Normalization = "none",
) -> pd.DataFrame:
    """Order concepts by how much the discourse network needs them.

    Concepts are removed one by one. In each step, the concept is removed whose removal changes
    the network least, compared with the full network. The concepts that are removed last are the
    backbone of the discourse.

    Parameters
    ----------
    matrix : DataFrame
        Counts of statements, as for `discourse_network`.
    aggregation : {"congruence", "conflict", "ignore"}
        As for `discourse_network`.
    normalization : {"none", "average", "jaccard", "dna_cosine", "cosine"}
        As for `discourse_network`.

    Returns
    -------
    DataFrame
        One row for each concept in the order of removal: `concept`, `statements` and `distance`.
        The distance is that between the full network and the network without this concept and
        all above it: the Euclidean distance between the eigenvalues of the two Laplacians, each
        sorted and divided by their sum. If distances are equal, the concept with fewer statements
        is removed first.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix does not hold counts, or it has no qualifier.

    References
    ----------
    After the nested backbone of the R package rDNA (Leifeld, P.), which measures the distance by
    absolute differences and removes equals at once. A distance need not grow from row to row,
    and it does not show which actors are tied.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots", "talent"], [False, True]])
    >>> counts = [[0, 2, 0, 1], [0, 2, 1, 0], [0, 2, 1, 0]]
    >>> matrix = pd.DataFrame(counts, index=["henan", "hebei", "jilin"], columns=columns)
    >>> nested_backbone(matrix)["concept"].to_list()
    ['talent', 'robots']
    """
    require(aggregation, get_args(BackboneAggregation), "aggregation")
    require(normalization, get_args(Normalization), "normalization")
    counts, concepts, levels = cube(matrix, aggregation)

    def spectrum(kept: list[int]) -> Numbers:
        return _spectrum(ties(counts[:, kept], levels, aggregation, normalization))

    left = list(range(counts.shape[1]))
    full = spectrum(left)
    totals = counts.sum(axis=(0, 2))
    rows = []
    steps = len(left) * (len(left) + 1) // 2
    with tqdm(total=steps, unit="network", delay=10, leave=False) as progress:
        while left:
            ranks = {}
            for concept in left:
                without = spectrum([other for other in left if other != concept])
                # Rounded, so that equal distances tie in spite of their last bits.
                distance = round(float(np.linalg.norm(without - full)), 12)
                ranks[concept] = (distance, totals[concept])
                progress.update()
            gone = min(left, key=ranks.__getitem__)
            left.remove(gone)
            rows.append((gone, *ranks[gone]))
    table = pd.DataFrame(rows, columns=["concept", "distance", "statements"])
    table["concept"] = concepts.take(table["concept"].to_numpy(dtype="int64"))
    return table[["concept", "statements", "distance"]]


def _spectrum(found: Numbers) -> Numbers:
    """Return the eigenvalues of the Laplacian in ascending order, divided by their sum."""
    values: Numbers = np.linalg.eigvalsh(np.diag(found.sum(axis=1)) - found)
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)
