"""Groups of actors by modularity: the best division of few actors, a good one of many."""

from collections.abc import Iterator

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.graphs import as_matrix
from policylib._util.numbers import require_seed, require_whole

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

STARTS = 10
FEW = 8  # up to so many actors, all divisions are compared: at most 4,140
LEAST = 1e-12  # a smaller gain in modularity is an error of rounding


def communities(
    network: pd.DataFrame | nx.Graph, *, groups: int | None = None, seed: int | None = None
) -> "pd.Series[int]":
    """Find groups of actors that have more ties with each other than expected by chance.

    Parameters
    ----------
    network : DataFrame or networkx.Graph
        The ties between actors, from 0: a square matrix, as `discourse_network` returns it; or a
        graph, whose edges count by their `weight` (1 if it is missing).
    groups : int, optional
        The largest number of groups. By default, it is not limited.
    seed : int, optional
        The search among more than eight actors starts at random; the same seed finds the same
        groups. By default, each call starts anew.

    Returns
    -------
    Series
        The number of each actor's group, 1 for the largest; missing for an actor without a tie.

    Raises
    ------
    TypeError
        If the network is neither a DataFrame nor a graph.
    ValueError
        If the network is not square and symmetric, or has negative, missing or infinite ties; or
        if `groups` is not a whole number from 1, or `seed` not a whole number.

    References
    ----------
    Blondel, V. D. et al. (2008), Fast unfolding of communities in large networks (the Louvain
    method), for more than eight actors; of fewer, all divisions are compared. To reduce the groups
    to `groups`, those are merged that lose least modularity, and single actors are moved as long
    as modularity grows.

    Examples
    --------
    >>> names = ["henan", "hebei", "jilin", "hubei"]
    >>> ties = [[0, 3, 1, 0], [3, 0, 0, 0], [1, 0, 0, 3], [0, 0, 3, 0]]
    >>> communities(pd.DataFrame(ties, index=names, columns=names), seed=0).to_dict()
    {'henan': 1, 'hebei': 1, 'jilin': 2, 'hubei': 2}
    """
    matrix = _require_ties(network)
    if groups is not None:
        require_whole(groups, "groups")
    numbers = pd.Series(pd.NA, index=matrix.index, dtype="Int64", name="community")
    found, _ = _best_groups(matrix.to_numpy(), groups, seed)
    for number, members in enumerate(found, start=1):
        numbers.iloc[members] = number
    return numbers


def polarization(network: pd.DataFrame | nx.Graph, *, seed: int | None = None) -> float:
    """Measure how far the ties divide the actors into two camps: the modularity of the best split.

    The measure uses only ties of agreement. Two camps may disagree, or they may speak about
    different concepts; compare the conflict within and between the groups of `communities` to find
    out. Actors without ties are left out. With few statements, the value tends to be high by
    chance, so compare only windows with similar numbers of statements.

    Parameters
    ----------
    network : DataFrame or networkx.Graph
        Congruence between actors, as for `communities`.
    seed : int, optional
        As for `communities`.

    Returns
    -------
    float
        A number from 0 to 0.5. 0 means that no split is better than no split at all; 0.5 means two
        camps of equal weight without a tie between them. Missing if there are no ties.

    Raises
    ------
    TypeError, ValueError
        As `communities`.

    References
    ----------
    Newman, M. E. J. (2006), Modularity and community structure in networks. PNAS 103(23), for the
    measure; the search is that of `communities`. rDNA's polarisation is another measure.

    Examples
    --------
    >>> names = ["henan", "hebei", "jilin", "hubei"]
    >>> ties = [[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 0, 3], [0, 0, 3, 0]]
    >>> polarization(pd.DataFrame(ties, index=names, columns=names), seed=0)
    0.5
    """
    return _best_groups(_require_ties(network).to_numpy(), 2, seed)[1]


def _require_ties(network: pd.DataFrame | nx.Graph) -> pd.DataFrame:
    """Return the ties as a matrix; raise if one is negative."""
    matrix = as_matrix(network)
    ties = matrix.to_numpy()
    for row, column in np.argwhere(ties < 0)[:1]:
        raise ValueError(
            f"the tie between {matrix.index[row]!r} and {matrix.columns[column]!r} is "
            f"{ties[row, column]:g}; groups need numbers from 0; take congruence or conflict, "
            "not 'subtract'"
        )
    with np.errstate(over="ignore"):
        if np.isinf(ties.sum()):
            raise ValueError("the ties add up to more than a number can hold; make all smaller")
    return matrix


def _best_groups(
    ties: Floats, groups: int | None, seed: int | None
) -> tuple[list[list[int]], float]:
    """Find the groups of the highest modularity in ten searches, the largest group first.

    Parameters
    ----------
    ties : numpy.ndarray
        Actors × actors, symmetric, from 0.
    groups : int or None
        The largest number of groups; None for no limit.
    seed : int or None
        The first of ten seeds.

    Returns
    -------
    (list of list of int, float)
        The numbers of the actors in each group, without actors who have no tie; and the
        modularity, missing if there are no ties.
    """
    require_seed(seed)
    tied = np.flatnonzero(ties.sum(axis=1) > 0)
    if not len(tied):
        return [], float("nan")
    excess = _excess(ties[np.ix_(tied, tied)])
    most = len(tied) if groups is None else min(groups, len(tied))
    candidates = _divisions(len(tied), most) if len(tied) <= FEW else _search(excess, most, seed)
    best, highest = np.zeros(len(tied), dtype=int), -np.inf
    for member in candidates:
        modularity = float(excess[member[:, None] == member].sum())
        if modularity > highest + LEAST:
            best, highest = member, modularity
    found = [tied[best == number].tolist() for number in np.unique(best)]
    return sorted(found, key=lambda group: (-len(group), group)), highest


def _divisions(actors: int, groups: int) -> list[Ints]:
    """Return every division of some actors into at most so many groups."""
    numbers = [[0]]
    for _ in range(actors - 1):
        # The next actor joins one of the groups so far, or begins the next group.
        numbers = [[*n, g] for n in numbers for g in range(min(max(n) + 2, groups))]
    return [np.array(n) for n in numbers]


def _search(excess: Floats, groups: int, seed: int | None) -> Iterator[Ints]:
    """Yield good divisions into at most so many groups, from ten seeds."""
    actors = len(excess)
    for start in range(STARTS):
        random = np.random.default_rng(None if seed is None else int(seed) + start)
        yield _move(excess, _merge(excess, _louvain(excess, random), groups), groups, random)
        if groups < actors:
            # Merged groups can be a poor start, so random groups are tried, too.
            for member in random.integers(0, groups, (STARTS, actors)):
                yield _move(excess, member, groups, random)


def _excess(ties: Floats) -> Floats:
    """Return how much of all ties each pair has above what the ties of both suggest."""
    share: Floats = ties / ties.sum()
    strength: Floats = share.sum(axis=1)
    excess: Floats = share - np.outer(strength, strength)
    return excess


def _between(excess: Floats, member: Ints) -> Floats:
    """Return the excess between each two groups, as a sum over their actors."""
    belongs = np.eye(member.max() + 1)[member]
    total: Floats = belongs.T @ excess @ belongs
    return total


def _louvain(excess: Floats, random: np.random.Generator) -> Ints:
    """Divide actors by the Louvain method.

    The function of networkx 3.6 never returns for some networks (its issue 8739). Here each move
    adds to the modularity, so the search ends.
    """
    member = np.arange(len(excess))
    while True:
        moved = _move(excess, np.arange(len(excess)), len(excess), random)
        moved = np.unique(moved, return_inverse=True)[1]
        if moved.max() + 1 == len(excess):
            return member
        member = moved[member]
        excess = _between(excess, moved)


def _merge(excess: Floats, member: Ints, groups: int) -> Ints:
    """Merge the two groups that lose least modularity, until there are few enough."""
    while member.max() + 1 > groups:
        gain = _between(excess, member)
        gain[np.tril_indices(len(gain))] = -np.inf
        kept, gone = np.unravel_index(gain.argmax(), gain.shape)
        member = np.where(member == gone, kept, member)
        member = np.unique(member, return_inverse=True)[1]
    return member


def _move(excess: Floats, member: Ints, groups: int, random: np.random.Generator) -> Ints:
    """Move actors one by one to the group that they suit best, as long as modularity grows."""
    member = member.copy()
    moved = True
    while moved:
        moved = False
        for actor in random.permutation(len(member)):
            pull = np.bincount(member, excess[actor], groups)
            pull[member[actor]] -= excess[actor, actor]
            best = pull.argmax()
            if pull[best] > pull[member[actor]] + LEAST:
                member[actor], moved = best, True
    return member
