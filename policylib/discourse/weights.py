"""Discourse networks: who agrees with whom, on what, and when."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from tqdm import tqdm

from policylib._util.dates import first_days
from policylib._util.names import require
from policylib.discourse.groups import Ints, best_groups
from policylib.discourse.ties import Floats, cube, divide, spectrum, ties
from policylib.discourse.windows import finer, read_length, spans

AGGREGATIONS = ("congruence", "conflict", "subtract", "ignore")
NORMALIZATIONS = ("none", "average", "jaccard", "dna_cosine", "cosine")
TWO_MODE = ("subtract", "combine", "ignore")
BY_TOTALS = ("none", "activity", "prominence")
MOST_LEVELS = 50


def discourse_network(
    matrix: pd.DataFrame, *, aggregation: str = "congruence", normalization: str = "none"
) -> pd.DataFrame:
    """Weigh the ties between actors by the concepts on which they agree or disagree.

    Parameters
    ----------
    matrix
        Counts of statements, actors × concepts, each concept by the levels of the qualifier, as
        ``count_statements(…, qualifier=…)`` gives it. Without a qualifier, `aggregation` must be
        ``"ignore"``.
    aggregation
        With a and b the statements of two actors on one concept at levels k and l, summed over
        concepts and levels: ``"congruence"`` a·b·(1 − |k − l| / range); ``"conflict"``
        a·b·|k − l| / range; ``"subtract"`` congruence less conflict; ``"ignore"`` a·b, what both
        speak of (to count duplicates without regard to the qualifier, count without one). The
        range is that of the levels in the columns.
    normalization
        What the sum is divided by: ``"none"``; ``"average"`` the mean number of statements of
        the two; ``"jaccard"`` the statements of each on what the other does not say (concept and
        level), plus the products on what both say: a Jaccard of counts, which can exceed 1;
        ``"dna_cosine"`` the product of their numbers of statements, which DNA calls a cosine;
        ``"cosine"`` the product of the lengths of their vectors, the true one, where the square of
        a length is the congruence of an actor with itself.

    Returns
    -------
    pandas.DataFrame
        Square and symmetric, actors × actors, for ``networkx.from_pandas_adjacency`` or
        `rank_pairs`. The diagonal is 0, and so is the tie of an actor without statements.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix is not one of counts, or there is no qualifier.

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
    require(aggregation, AGGREGATIONS, "aggregation")
    require(normalization, NORMALIZATIONS, "normalization")
    counts, levels = _cube(matrix, aggregation)
    found = ties(counts, levels, aggregation, normalization)
    if normalization == "none" and _whole(found, matrix):
        found = found.astype("int64")
    names = [None] * matrix.index.nlevels
    return pd.DataFrame(found, index=matrix.index, columns=matrix.index.set_names(names))


def _cube(matrix: pd.DataFrame, aggregation: str) -> tuple[Floats, Floats]:
    """Give counts and levels, once there is the qualifier that the aggregation needs."""
    counts, levels = cube(matrix)
    if aggregation != "ignore" and matrix.columns.nlevels == 1:
        raise ValueError(
            f"{aggregation!r} needs a qualifier, the second level of the columns; "
            "count_statements(…, qualifier=…) gives it"
            + (
                ""
                if aggregation == "count_positions"
                else ", and aggregation='ignore' does without"
            )
        )
    return counts, levels


def _whole(amounts: Floats, matrix: pd.DataFrame) -> bool:
    """Tell whether these are whole numbers because the counts are and the levels weigh 0 or 1."""
    counted = all(pd.api.types.is_integer_dtype(dtype) for dtype in matrix.dtypes)
    exact = np.abs(amounts).max(initial=0) < 2**53  # beyond it, floats skip whole numbers
    return counted and exact and bool((amounts == amounts.round()).all())


def two_mode(
    matrix: pd.DataFrame, *, aggregation: str = "subtract", normalization: str = "none"
) -> pd.DataFrame:
    """Weigh the ties between actors and concepts.

    Parameters
    ----------
    matrix
        Counts of statements, as for `discourse_network`.
    aggregation
        ``"subtract"`` agreeing statements less disagreeing ones, or the sum of a numeric
        qualifier (0 and 1 are numbers; only False and True disagree and agree); ``"combine"``
        which levels occur: 1 agrees only, 2 disagrees only, 3 both (the highest level adds 1, the
        next lower 2, then 4, …); ``"ignore"`` all statements.
    normalization
        ``"none"``; ``"activity"`` divides by all statements of the actor; ``"prominence"`` by all
        statements on the concept. Not with ``"combine"``, whose codes are no amounts.

    Returns
    -------
    pandas.DataFrame
        Actors × concepts; 0 where there is no statement.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix is not one of counts, or there is no qualifier.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots"], [False, True]])
    >>> matrix = pd.DataFrame([[0, 2], [1, 1]], index=["henan", "hebei"], columns=columns)
    >>> two_mode(matrix)["robots"].to_dict()
    {'henan': 2, 'hebei': 0}
    >>> two_mode(matrix, aggregation="combine")["robots"].to_dict()
    {'henan': 1, 'hebei': 3}
    """
    require(aggregation, TWO_MODE, "aggregation")
    require(normalization, BY_TOTALS, "normalization")
    if aggregation == "combine" and normalization != "none":
        raise ValueError("the codes of 'combine' are no amounts; they cannot be normalised")
    counts, levels = _cube(matrix, aggregation)
    if aggregation == "combine":
        if len(levels) > MOST_LEVELS:
            raise ValueError(
                f"'combine' tells at most {MOST_LEVELS} levels apart, not {len(levels)}"
            )
        ranks = np.arange(len(levels))[::-1]
        if _agrees(matrix):  # 1 and 2, even where one of them was left out
            ranks = np.where(levels > 0, 0, 1)
        cells = (counts > 0) @ 2.0**ranks
    else:
        values = np.ones(len(levels)) if aggregation == "ignore" else levels
        if aggregation == "subtract" and _agrees(matrix):
            values = np.where(levels > 0, 1.0, -1.0)
        cells = counts @ values
    totals = {"activity": counts.sum(axis=(1, 2))[:, None], "prominence": counts.sum(axis=(0, 2))}
    if normalization != "none":
        cells = divide(cells, np.broadcast_to(totals[normalization], cells.shape))
    elif _whole(cells, matrix):
        cells = cells.astype("int64")
    concepts = matrix.columns.get_level_values(0).unique()
    return pd.DataFrame(cells, index=matrix.index, columns=concepts)


def _agrees(matrix: pd.DataFrame) -> bool:
    """Tell whether the qualifier is boolean, and so counts against where it is false."""
    return pd.api.types.is_bool_dtype(matrix.columns.get_level_values(1).infer_objects())


def count_positions(matrix: pd.DataFrame) -> pd.DataFrame:
    """Count the statements and actors at each level of the qualifier, concept by concept.

    Parameters
    ----------
    matrix
        Counts of statements, as for `discourse_network`.

    Returns
    -------
    pandas.DataFrame
        One row per concept and level, as the matrix has them: `concept`, `qualifier` (the
        level), `statements` and `actors`.

    Raises
    ------
    ValueError
        If the matrix is not one of counts, or there is no qualifier.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots"], [False, True]])
    >>> matrix = pd.DataFrame([[0, 2], [1, 1]], index=["henan", "hebei"], columns=columns)
    >>> print(count_positions(matrix).to_string(index=False))
    concept  qualifier  statements  actors
     robots      False           1       1
     robots       True           3       2
    """
    _cube(matrix, "count_positions")
    positions = pd.DataFrame({"statements": matrix.sum(), "actors": (matrix > 0).sum()})
    return positions.rename_axis(["concept", "qualifier"]).reset_index()


def nested_backbone(
    matrix: pd.DataFrame, *, aggregation: str = "congruence", normalization: str = "none"
) -> pd.DataFrame:
    """Order concepts by how much the discourse network needs them.

    One concept after another is taken away, each time the one without which the network stays
    nearest to the full one. What goes last is the backbone of the discourse.

    Parameters
    ----------
    matrix
        Counts of statements, as for `discourse_network`.
    aggregation
        ``"congruence"``, ``"conflict"`` or ``"ignore"``.
    normalization
        As for `discourse_network`.

    Returns
    -------
    pandas.DataFrame
        One row per concept in the order in which they go: `concept`, `statements` and `distance`
        of the network without it and all above it to the full network: the Euclidean distance
        between the eigenvalues of the two Laplacians, each sorted and divided by their sum.
        Of equals, the one with fewer statements goes first.

    Raises
    ------
    ValueError
        If an option is unknown, the matrix is not one of counts, or there is no qualifier.

    References
    ----------
    After the nested backbone of the R package rDNA (Leifeld, P.), which measures the distance by
    absolute differences and takes away equals at once. A distance need not grow from row to row,
    and does not tell which actors are tied.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["robots", "talent"], [False, True]])
    >>> counts = [[0, 2, 0, 1], [0, 2, 1, 0], [0, 2, 1, 0]]
    >>> matrix = pd.DataFrame(counts, index=["henan", "hebei", "jilin"], columns=columns)
    >>> nested_backbone(matrix)["concept"].to_list()
    ['talent', 'robots']
    """
    require(aggregation, ("congruence", "conflict", "ignore"), "aggregation")
    require(normalization, NORMALIZATIONS, "normalization")
    counts, levels = _cube(matrix, aggregation)
    full = spectrum(ties(counts, levels, aggregation, normalization))
    totals = counts.sum(axis=(0, 2))
    left = list(range(len(totals)))
    rows = []
    steps = len(left) * (len(left) + 1) // 2
    with tqdm(total=steps, unit="network", delay=10, leave=False) as progress:
        while left:
            distances = {}
            for concept in left:
                kept = counts[:, [other for other in left if other != concept]]
                tied = ties(kept, levels, aggregation, normalization)
                # Rounded, so that equals tie in spite of the last bits.
                distance = round(float(np.linalg.norm(spectrum(tied) - full)), 12)
                distances[concept] = (distance, totals[concept])
                progress.update()
            gone = min(left, key=distances.__getitem__)
            left.remove(gone)
            rows.append((gone, distances[gone][0]))
    order = [concept for concept, _ in rows]
    concepts = matrix.columns.get_level_values(0).unique()
    statements = totals[order]
    if _whole(statements, matrix):
        statements = statements.astype("int64")
    return pd.DataFrame(
        {
            "concept": concepts[order],
            "statements": statements,
            "distance": [distance for _, distance in rows],
        }
    )


def communities(
    network: pd.DataFrame, *, groups: int | None = None, seed: int = 0
) -> "pd.Series[int]":
    """Find the groups of actors that are tied more closely than their numbers of ties suggest.

    Parameters
    ----------
    network
        Actors × actors, as `discourse_network` gives it, none of it negative.
    groups
        At most so many; as many as there are if left out.
    seed
        The search starts from chance; the same seed finds the same groups.

    Returns
    -------
    pandas.Series
        The number of each actor's group, 1 for the largest; missing for an actor without a tie.

    Raises
    ------
    ValueError
        If the network is not square and symmetric, or has negative or missing ties.

    References
    ----------
    Blondel, V. D. et al. (2008), Fast unfolding of communities in large networks, as networkx
    has it. To get down to `groups`, those are merged that lose least modularity, and single
    actors moved as long as that gains some.

    Examples
    --------
    >>> names = ["henan", "hebei", "jilin", "hubei"]
    >>> ties = [[0, 3, 1, 0], [3, 0, 0, 0], [1, 0, 0, 3], [0, 0, 3, 0]]
    >>> communities(pd.DataFrame(ties, index=names, columns=names)).to_dict()
    {'henan': 1, 'hebei': 1, 'jilin': 2, 'hubei': 2}
    """
    if not isinstance(network, pd.DataFrame) or not network.index.equals(network.columns):
        raise ValueError(
            "a network of actors has the same labels in rows and columns, as "
            "discourse_network(matrix) gives it"
        )
    if network.isna().any(axis=None) or (network < 0).any(axis=None):
        raise ValueError("ties are numbers from 0; take congruence or conflict, not 'subtract'")
    if not np.array_equal(network, network.T):
        raise ValueError("a network of actors is symmetric; this one is not")
    if groups is not None and groups < 1:
        raise ValueError(f"groups is {groups}; there is at least one")
    found = best_groups(_without_loops(network), groups, seed)
    numbers = pd.Series(pd.NA, index=network.index, dtype="Int64", name="community")
    for number, members in enumerate(found, start=1):
        numbers.iloc[members] = number
    return numbers


def polarization(network: pd.DataFrame, *, seed: int = 0) -> float:
    """Measure how far the actors' ties fall into two camps: the modularity of the best split found.

    It sees ties alone. Camps may be those who dispute or those who speak of different things: set
    the conflict within and between the groups of `communities` beside it. An actor without a tie
    is left out. Few statements make high values by chance, so compare windows of like size only.

    Parameters
    ----------
    network
        Congruence between actors, as `discourse_network` gives it.
    seed
        As for `communities`.

    Returns
    -------
    float
        From 0, no split is better than none, to 0.5, two camps of equal weight without a tie
        between them. Missing if there are no ties.

    Raises
    ------
    ValueError
        As `communities`.

    References
    ----------
    Newman, M. E. J. (2006), Modularity and community structure in networks. PNAS 103(23), for the
    measure; the search is that of `communities`. rDNA's polarisation is another measure.

    Examples
    --------
    >>> names = ["henan", "hebei", "jilin", "hubei"]
    >>> ties = [[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 3], [0, 0, 3, 0]]
    >>> polarization(pd.DataFrame(ties, index=names, columns=names))
    0.5
    """
    camps = communities(network, groups=2, seed=seed).dropna()
    if camps.empty:
        return float("nan")
    graph = nx.from_numpy_array(_without_loops(network))
    graph.remove_nodes_from(list(nx.isolates(graph)))
    number = network.index.get_indexer(camps.index)
    members = [set(number[camps == camp].tolist()) for camp in camps.unique()]
    return float(nx.community.modularity(graph, members))


def _without_loops(network: pd.DataFrame) -> Floats:
    """Give the ties between different actors."""
    ties_between = network.to_numpy(dtype=float).copy()
    np.fill_diagonal(ties_between, 0)
    return ties_between


def time_windows(
    statements: pd.DataFrame, *, size: int | str, step: int | str | None = None
) -> "Iterator[tuple[pd.Interval[pd.Timestamp], pd.DataFrame]]":
    """Walk through statements in windows of time, for a series of networks.

    Parameters
    ----------
    statements
        A table with the column `said`.
    size
        How long a window is: ``"30 days"``, ``"2 weeks"``, ``"6 months"``, ``"year"``; or how
        many statements it holds, such as ``50`` (all rows count, so select those meant before).
    step
        How far it moves, likewise; by its own size if left out. At most its size, so that no
        statement is passed over.

    Yields
    ------
    (pandas.Interval, pandas.DataFrame)
        The time from its first day to the day after its last, and the statements of that time, in
        the order of the table. The first window begins with the day, week, month or year (the
        finer unit of size and step) of the first statement; the last is the first one to reach
        the last statement. A window may be empty. Windows of a number of statements go from the
        first one's day to the last one's, both within; the last may hold fewer. There, a month or
        year counts as its first day, and statements of one day stand in the order of the table.
        The range of each numeric column of the whole table goes along in ``attrs["ranges"]``,
        which a merge would drop; a categorical qualifier keeps all its levels in any case.

    Raises
    ------
    ValueError
        If size or step cannot be read or do not fit, or a date is missing, cannot be read or is
        less exact than the unit; the message names the row.

    Examples
    --------
    >>> said = pd.DataFrame({"said": ["2023-11", "2023-12", "2024-02"]})
    >>> for period, part in time_windows(said, size="2 months"):
    ...     print(period.left.date(), period.right.date(), len(part))
    2023-11-01 2024-01-01 2
    2024-01-01 2024-03-01 1
    """
    length = read_length(size, "size")
    stride = length if step is None else read_length(step, "step")
    days = first_days(statements, finer(length, stride))
    order = days.argsort(kind="stable").to_numpy()
    statements = statements.copy()  # as it is now, whatever happens to it during the walk
    mixed: pd.DataFrame = statements.select_dtypes("object", exclude="str").convert_dtypes()
    ranges = statements.select_dtypes("number").join(mixed.select_dtypes("number"))
    ranges = ranges.agg(["min", "max"]).dropna(axis=1)
    own = {column: tuple(ranges[column]) for column in ranges}
    attrs = statements.attrs | {"ranges": own | statements.attrs.get("ranges", {})}
    walk = spans(days.iloc[order], length, stride) if len(days) else iter(())
    return ((period, _part(statements, order[start:end], attrs)) for period, start, end in walk)


def _part(statements: pd.DataFrame, rows: Ints, attrs: dict[Any, Any]) -> pd.DataFrame:
    """Give some rows in the order of the table, with the ranges of the whole table."""
    part = statements.iloc[np.sort(rows)]
    part.attrs = deepcopy(attrs)
    return part
