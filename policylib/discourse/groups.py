"""Groups of actors by modularity: networkx finds them, a few steps bring their number down."""

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

STARTS = 10


def best_groups(ties: Floats, groups: int | None, seed: int) -> list[list[int]]:
    """Find the groups of the highest modularity among some searches, the largest group first.

    Parameters
    ----------
    ties
        Actors × actors, symmetric, from 0.
    groups
        At most so many; None for as many as there are.
    seed
        The first of ten seeds.

    Returns
    -------
    list of list of int
        The numbers of the actors in each group; actors without a tie are in none.
    """
    tied = np.flatnonzero(ties.sum(axis=1) > 0)
    if not len(tied):
        return []
    excess = _excess(ties[np.ix_(tied, tied)])
    graph = nx.from_numpy_array(ties[np.ix_(tied, tied)])
    best: tuple[float, Ints] | None = None
    for start in range(STARTS):
        found = nx.community.louvain_communities(graph, seed=seed + start)
        member = np.empty(len(tied), dtype=int)
        for number, group in enumerate(found):
            member[list(group)] = number
        if groups is not None:
            member = _move(excess, _merge(excess, member, groups))
        score = float(excess[member[:, None] == member].sum())
        if best is None or score > best[0] + 1e-12:
            best = score, member
    assert best is not None
    found = [tied[best[1] == number].tolist() for number in np.unique(best[1])]
    return sorted(found, key=lambda group: (-len(group), group))


def _excess(ties: Floats) -> Floats:
    """Give how much of all ties each pair has above what the ties of both suggest."""
    share: Floats = ties / ties.sum()
    strength: Floats = share.sum(axis=1)
    excess: Floats = share - np.outer(strength, strength)
    return excess


def _between(excess: Floats, member: Ints) -> Floats:
    """Sum up the excess between each two groups."""
    belongs = np.eye(member.max() + 1)[member]
    total: Floats = belongs.T @ excess @ belongs
    return total


def _merge(excess: Floats, member: Ints, groups: int) -> Ints:
    """Merge the two groups that lose least, until there are few enough."""
    while member.max() + 1 > groups:
        gain = _between(excess, member)
        gain[np.tril_indices(len(gain))] = -np.inf
        kept, gone = np.unravel_index(gain.argmax(), gain.shape)
        member = np.where(member == gone, kept, member)
        member = np.unique(member, return_inverse=True)[1]
    return member


def _move(excess: Floats, member: Ints) -> Ints:
    """Move single actors between groups, the best move first, as long as that gains something."""
    member = member.copy()
    others = excess - np.diag(np.diag(excess))
    everyone = np.arange(len(member))
    while True:
        pull = others @ np.eye(member.max() + 1)[member]
        gain = pull - pull[everyone, member][:, None]
        actor, group = np.unravel_index(gain.argmax(), gain.shape)
        if gain[actor, group] <= 1e-12:
            return member
        member[actor] = group
