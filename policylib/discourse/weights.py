"""Discourse networks: which actors agree with each other, on which concepts."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from policylib._util.names import require
from policylib.discourse.ties import Aggregation, Normalization, cube, normalise, ties

TwoModeAggregation = Literal["subtract", "combine", "ignore"]
TwoModeNormalization = Literal["none", "activity", "prominence"]

MOST_LEVELS = 50  # 'combine' adds up powers of 2, which a whole number of 64 bits must hold


def discourse_network(
    matrix: pd.DataFrame,
    *,
    aggregation: Aggregation = "congruence",
    normalization: Normalization = "none",
) -> pd.DataFrame:
    """Return the ties between actors by the concepts on which they agree or disagree.

    Parameters
    ----------
    matrix : DataFrame
        Counts of statements. Rows are actors. Columns have two levels, the concept and the value of
        the qualifier, as ``count_statements(…, qualifier=…)`` returns them. Without a qualifier,
        `aggregation` must be ``"ignore"``.
    aggregation : {"congruence", "conflict", "subtract", "ignore"}
        Let a be the number of statements of one actor on a concept with the qualifier k, and b that
        of the other actor with the qualifier l. A tie is a sum over all concepts, k and l:
        ``"congruence"`` of a·b·(1 − |k − l| / range); ``"conflict"`` of a·b·|k − l| / range;
        ``"subtract"`` is congruence minus conflict; ``"ignore"`` sums a·b. The range is that of the
        values in the columns. (To treat statements with different qualifiers as duplicates, call
        `count_statements` without `qualifier`.)
    normalization : {"none", "average", "jaccard", "dna_cosine", "cosine"}
        What the sum is divided by: ``"none"``; ``"average"`` the mean number of statements of the
        two; ``"jaccard"`` a sum over all concepts and qualifiers: the number of statements if only
        one actor has some, and the product if both have. This is a Jaccard of counts, which can
        exceed 1; ``"dna_cosine"`` the product of their numbers of statements, which DNA calls a
        cosine; ``"cosine"`` the product of the lengths of the two vectors. A length is the square
        root of the congruence of an actor with itself.

    Returns
    -------
    DataFrame
        Square and symmetric, actors × actors, for `communities`, `rank_pairs` or
        ``networkx.from_pandas_adjacency``. The diagonal is 0, and so is the tie of an actor
        without statements. Sums are whole numbers if the counts are and the qualifier has at most
        two levels.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix does not hold counts, or it has no qualifier.

    References
    ----------
    The formulas of the Discourse Network Analyzer: Leifeld, P. (2017), Discourse network
    analysis: policy debates as dynamic networks. In: The Oxford Handbook of Political Networks.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots"], [False, True]])
    >>> matrix = pd.DataFrame([[0, 2], [1, 1]], index=["henan", "hebei"], columns=columns)
    >>> discourse_network(matrix).loc["henan", "hebei"]
    np.int64(2)
    >>> discourse_network(matrix, normalization="average").loc["henan", "hebei"]
    np.float64(1.0)
    """
    require(aggregation, get_args(Aggregation), "aggregation")
    require(normalization, get_args(Normalization), "normalization")
    counts, _, levels = cube(matrix, aggregation)
    found = ties(counts, levels, aggregation, normalization)
    names = [None] * matrix.index.nlevels
    return pd.DataFrame(found, index=matrix.index, columns=matrix.index.set_names(names))


def two_mode(
    matrix: pd.DataFrame,
    *,
    aggregation: TwoModeAggregation = "subtract",
    normalization: TwoModeNormalization = "none",
) -> pd.DataFrame:
    """Return the ties between actors and concepts.

    Parameters
    ----------
    matrix : DataFrame
        Counts of statements, as for `discourse_network`.
    aggregation : {"subtract", "combine", "ignore"}
        ``"subtract"`` agreeing statements minus disagreeing ones, or the sum of a numeric
        qualifier (0 and 1 are numbers; only False and True disagree and agree); ``"combine"``
        which levels occur: 1 agrees only, 2 disagrees only, 3 both (the highest level adds 1, the
        next lower 2, then 4, …); ``"ignore"`` all statements.
    normalization : {"none", "activity", "prominence"}
        ``"none"``; ``"activity"`` divides by all statements of the actor; ``"prominence"`` by all
        statements on the concept. Not with ``"combine"``, whose codes are not amounts.

    Returns
    -------
    DataFrame
        Actors × concepts; 0 without statements.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix does not hold counts, or it has no qualifier.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots"], [False, True]])
    >>> matrix = pd.DataFrame([[0, 2], [1, 1]], index=["henan", "hebei"], columns=columns)
    >>> two_mode(matrix)["robots"].to_dict()
    {'henan': 2, 'hebei': 0}
    >>> two_mode(matrix, aggregation="combine")["robots"].to_dict()
    {'henan': 1, 'hebei': 3}
    """
    require(aggregation, get_args(TwoModeAggregation), "aggregation")
    require(normalization, get_args(TwoModeNormalization), "normalization")
    if aggregation == "combine" and normalization != "none":
        raise ValueError("the codes of 'combine' are not amounts; they cannot be normalised")
    counts, concepts, levels = cube(matrix, aggregation)
    if aggregation == "combine" and len(levels) > MOST_LEVELS:
        raise ValueError(f"'combine' can hold at most {MOST_LEVELS} levels, not {len(levels)}")
    # False and True disagree and agree, even where the matrix has only one of them.
    agrees = levels.dtype == bool
    if aggregation == "combine":
        places = np.where(levels, 0, 1) if agrees else np.arange(len(levels))[::-1]
        cells = (counts > 0) @ 2**places
    elif aggregation == "subtract":
        cells = counts @ (np.where(levels, 1, -1) if agrees else levels)
    else:
        cells = counts.sum(axis=2)
    cells = normalise(cells, normalization, counts)
    return pd.DataFrame(cells, index=matrix.index, columns=concepts)


def count_positions(matrix: pd.DataFrame) -> pd.DataFrame:
    """Count the statements and actors at each level of the qualifier, concept by concept.

    Parameters
    ----------
    matrix : DataFrame
        Counts of statements, as for `discourse_network`.

    Returns
    -------
    DataFrame
        One row for each concept and level, in the order of the matrix: `concept`, `qualifier`
        (the level), `statements` and `actors`.

    Raises
    ------
    ValueError
        If the matrix does not hold counts, or it has no qualifier.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots"], [False, True]])
    >>> matrix = pd.DataFrame([[0, 2], [1, 1]], index=["henan", "hebei"], columns=columns)
    >>> print(count_positions(matrix).to_string(index=False))
    concept  qualifier  statements  actors
     robots      False           1       1
     robots       True           3       2
    """
    cube(matrix, "count_positions")
    positions = pd.DataFrame({"statements": matrix.sum(), "actors": (matrix > 0).sum()})
    return positions.rename_axis(["concept", "qualifier"]).reset_index()
