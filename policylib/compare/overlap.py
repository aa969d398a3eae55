"""Counts of actors × concepts become overlap between actors."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.matrices import check_counts
from policylib._util.names import require, require_frame
from policylib.compare.counts import count_concepts, counts_of
from policylib.network.build import evidence
from policylib.network.edges import (
    ACTORS,
    Columns,
    actor_rows,
    check_network,
    concepts,
    require_node,
    statements,
)
from policylib.tables.levels import LEVELS
from policylib.tables.roles import Role, of_roles

Measure = Literal["shared", "jaccard", "cosine", "overlap"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

Floats = NDArray[np.float64]


def project(matrix: pd.DataFrame, *, measure: Measure = "shared") -> pd.DataFrame:
    """Measure how far each two rows have the same concepts.

    Counts are taken as presence (``> 0``): how often something is said does not matter here.

    Parameters
    ----------
    matrix
        Counts or 0/1, actors × concepts, as `biadjacency` gives it.
    measure
        With the concepts of two actors as sets A and B: ``"shared"`` is |A ∩ B|; ``"jaccard"``
        |A ∩ B| / |A ∪ B|; ``"cosine"`` |A ∩ B| / √(|A|·|B|) (Salton, Ochiai); ``"overlap"``
        |A ∩ B| / min(|A|, |B|) (Szymkiewicz–Simpson).

    Returns
    -------
    pandas.DataFrame
        Square and symmetric, rows × rows: a number of concepts, or a share from 0 to 1. A share
        is missing where it would divide by zero, because a row has no concept.

    Raises
    ------
    ValueError
        If `measure` is unknown, or `matrix` is not one of counts under unique labels.

    Examples
    --------
    >>> matrix = pd.DataFrame({"robots": [2, 1], "talent": [1, 0]}, index=["henan", "hebei"])
    >>> print(project(matrix))
           henan  hebei
    henan      2      1
    hebei      1      1
    >>> project(matrix, measure="jaccard").loc["henan", "hebei"]
    np.float64(0.5)
    """
    require(measure, MEASURES, "measure")
    presence = presence_of(matrix).to_numpy(dtype=float)
    shared = presence @ presence.T
    size = presence.sum(axis=1)
    with np.errstate(invalid="ignore"):  # 0/0 is the missing share of an empty row
        values = {
            "shared": lambda: shared.astype(int),
            "jaccard": lambda: shared / (size[:, None] + size - shared),
            "cosine": lambda: np.sqrt(shared**2 / np.outer(size, size)),
            "overlap": lambda: shared / np.minimum.outer(size, size),
        }[measure]()
    names = [None] * matrix.index.nlevels
    return pd.DataFrame(values, index=matrix.index, columns=matrix.index.set_names(names))


def presence_of(matrix: pd.DataFrame) -> pd.DataFrame:
    """Turn counts into presence, once they are found to be counts under unique labels."""
    check_counts(matrix)
    return matrix > 0


def rank_pairs(overlap: pd.DataFrame) -> pd.DataFrame:
    """List the pairs of an overlap matrix, strongest first.

    Parameters
    ----------
    overlap
        A square matrix, as `project` gives it.

    Returns
    -------
    pandas.DataFrame
        One row per pair: `a`, `b`, `value` (the cell of the matrix) and `rank` (1 is strongest;
        equals share the best rank and stand in the order of the matrix; a missing overlap has
        no rank).

    Raises
    ------
    TypeError
        If it is not a matrix.
    ValueError
        If rows and columns differ, or the matrix is not symmetric.

    Examples
    --------
    >>> labels = ["hebei", "henan", "jilin"]
    >>> overlap = pd.DataFrame([[3, 0, 1], [0, 2, 1], [1, 1, 4]], index=labels, columns=labels)
    >>> print(rank_pairs(overlap).to_string(index=False))
        a     b  value  rank
    hebei jilin      1     1
    henan jilin      1     1
    hebei henan      0     3
    """
    require_frame(overlap, "an overlap matrix", "; project(matrix) returns one")
    if not overlap.index.equals(overlap.columns):
        raise ValueError("an overlap matrix has the same labels in rows and columns")
    if not np.array_equal(overlap, overlap.T, equal_nan=True):
        raise ValueError("an overlap matrix is symmetric; this one is not")
    first, second = np.triu_indices(len(overlap), k=1)
    labels = overlap.index.to_numpy()
    pairs = pd.DataFrame(
        {"a": labels[first], "b": labels[second], "value": overlap.to_numpy()[first, second]}
    )
    pairs["rank"] = pairs["value"].rank(method="min", ascending=False).astype("Int64")
    return pairs.sort_values("rank", kind="stable", ignore_index=True)


def compare_measures(matrix: pd.DataFrame) -> pd.DataFrame:
    """Put every measure of overlap beside every other, with the pairs whose order depends on it.

    Parameters
    ----------
    matrix
        Counts or 0/1, actors × concepts, as `biadjacency` gives it.

    Returns
    -------
    pandas.DataFrame
        One row per pair, most shared first: `a`, `b`, one column per measure, one
        ``rank_<measure>`` each, and `flips`: whether some other pair stands above it by one
        measure and below it by another.

    Raises
    ------
    ValueError
        If `matrix` is not one of counts under unique labels.

    Examples
    --------
    >>> matrix = pd.DataFrame([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1]], index=["a", "b", "c"])
    >>> columns = ["a", "b", "shared", "jaccard", "overlap", "flips"]
    >>> print(compare_measures(matrix)[columns].to_string(index=False))
    a b  shared  jaccard  overlap  flips
    a b       2     0.50      1.0  False
    a c       1     0.25      1.0  False
    b c       0     0.00      0.0  False
    """
    ranked = {
        measure: rank_pairs(project(matrix, measure=measure)).set_index(["a", "b"]).sort_index()
        for measure in MEASURES
    }
    values: dict[str, pd.Series] = {measure: pairs["value"] for measure, pairs in ranked.items()}
    values |= {f"rank_{measure}": pairs["rank"] for measure, pairs in ranked.items()}
    table = pd.DataFrame(values)
    ranks = [table[f"rank_{measure}"] for measure in MEASURES]
    table["flips"] = np.logical_or.reduce([_flips(x, y) for x, y in combinations(ranks, 2)])
    return table.sort_values("rank_shared", kind="stable").reset_index()


def _flips(x: pd.Series, y: pd.Series) -> pd.Series:
    """Tell for each element whether another one lies below it in x and above it in y, or so."""
    highest_below = y.groupby(x).max().cummax().shift()
    lowest_above = y.groupby(x).min()[::-1].cummin()[::-1].shift(-1)
    return (x.map(highest_below) > y).fillna(False) | (x.map(lowest_above) < y).fillna(False)


def intersections(matrix: pd.DataFrame) -> pd.DataFrame:
    """Find which rows share exactly which columns: the numbers of an UpSet plot.

    Parameters
    ----------
    matrix
        Counts or 0/1, actors × concepts, as `biadjacency` gives it.

    Returns
    -------
    pandas.DataFrame
        One row per set of rows that have some columns to themselves, most columns first: `rows`
        and `columns` (tuples of labels), `degree` (how many rows) and `size` (how many columns).
        Each column with an entry is counted once.

    Raises
    ------
    ValueError
        If `matrix` is not one of counts under unique labels.

    References
    ----------
    Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), UpSet: visualization of intersecting
    sets. IEEE Transactions on Visualization and Computer Graphics 20(12).

    Examples
    --------
    >>> matrix = pd.DataFrame({"x": [1, 0], "y": [1, 2], "z": [0, 1]}, index=["henan", "hebei"])
    >>> print(intersections(matrix)[["rows", "columns"]].to_string(index=False))
              rows columns
          (henan,)    (x,)
          (hebei,)    (z,)
    (henan, hebei)    (y,)
    """
    presence = presence_of(matrix)
    sets: dict[tuple[str, ...], list[str]] = {}
    for column in presence.columns:
        sets.setdefault(tuple(matrix.index[presence[column]]), []).append(column)
    sets.pop((), None)
    table = pd.DataFrame(
        [(rows, tuple(columns), len(rows), len(columns)) for rows, columns in sets.items()],
        columns=["rows", "columns", "degree", "size"],
    )
    return table.sort_values(
        ["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True
    )


def explain_overlap(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    *,
    columns: Columns = "priority",
    roles: Role | Sequence[Role] | None = None,
) -> pd.DataFrame:
    """List what two actors share, with the statements of both sides.

    Parameters
    ----------
    network
        A policy network.
    a, b
        Two actors: provinces (with their cities), organisations or experts.
    columns, roles
        As in `biadjacency`.

    Returns
    -------
    pandas.DataFrame
        One row per statement, sorted by concept: `concept` (at the level of `columns`), `side`
        (the id of the actor that it counts for) and the columns of `evidence`. There are
        as many different concepts as the cell of ``project(biadjacency(…))`` says.

    Raises
    ------
    KeyError
        If there is no such actor.
    ValueError
        If `columns` or a role is unknown, or one actor speaks for the other, as a city for
        its province.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> shared = explain_overlap(network, "henan", "jiangxi", roles="commits")
    >>> shared["concept"].unique().tolist()
    ['consumption', 'consumption-investment-cycle', 'effective-investment']
    """
    sides = both_sides(network, a, b, columns, roles)
    return sides[in_common(sides)].reset_index(drop=True)


def both_sides(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    columns: Columns,
    roles: Role | Sequence[Role] | None,
) -> pd.DataFrame:
    """Give the statements of two actors that count, with their `concept` and `side`."""
    check_network(network)
    for side in (a, b):
        require_node(network, side, "actor", ACTORS)
    provinces = actor_rows(network, "province")
    if a == b or provinces.get(a, a) == provinces.get(b, b):
        raise ValueError(f"{a!r} and {b!r} speak for each other; name two different actors")
    sides = pd.concat([evidence(network, side).assign(side=side) for side in (a, b)])
    sides = of_roles(sides[counts_of(sides) > 0], roles).convert_dtypes()
    sides = sides.assign(concept=concepts(network, sides, columns)).dropna(subset="concept")
    order = ["concept", "side", *sides.columns.drop(["concept", "side"])]
    place = ["concept", "side", "document", "paragraph", "start", "id"]
    return sides[order].sort_values(place, ignore_index=True)


def in_common(sides: pd.DataFrame) -> "pd.Series[bool]":
    """Tell for each statement of two sides whether both have its concept."""
    return sides.groupby("concept")["side"].transform("nunique") == 2


def priority_gaps(network: nx.MultiDiGraph, *, columns: Columns = "priority") -> pd.DataFrame:
    """Set what the centre directs and experts recommend beside the provinces that took it up.

    Parameters
    ----------
    network
        A policy network.
    columns
        As in `biadjacency`. A province that names a concept or anything narrower has taken it up.

    Returns
    -------
    pandas.DataFrame
        One row per concept that a central body directs or an expert recommends, those that fewest
        provinces took up first. Numbers of actors: `centre` (who directs), `experts` (who
        recommends, institutes among them), `provinces` (who commits or reports). Their names,
        sorted: `directed_by`, `recommended_by`, `taken_up_by`. `gap` is true where no province is
        found. A gap is a gap in the documents: a province on which they are silent may well have
        done it.

    Raises
    ------
    ValueError
        If `columns` is unknown.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> priority_gaps(network).loc["talent", ["recommended_by", "gap"]].to_dict()
    {'recommended_by': 'song-xiangqing', 'gap': True}
    """
    table = statements(network)
    roles: dict[str, Role] = {"directed_by": "directs", "recommended_by": "recommends"}
    asked_by = {
        name: count_concepts(network, of_roles(table, role), "actor", columns)
        for name, role in roles.items()
    }
    # A code asked for as a whole is taken up by whoever names it or anything narrower.
    done = of_roles(table, ("commits", "reports"))
    levels: tuple[Columns, ...] = LEVELS if columns in LEVELS else (columns,)
    taken = {level: count_concepts(network, done, "province", level) for level in levels}
    asked = asked_by["directed_by"].columns.union(asked_by["recommended_by"].columns)
    rows = []
    for concept in asked:
        level = network.nodes[concept].get("level", columns)
        who = [_names(matrix, concept) for matrix in (*asked_by.values(), taken[level])]
        rows.append([*map(len, who), *map("; ".join, who)])
    names = ["centre", "experts", "provinces", *asked_by, "taken_up_by"]
    gaps = pd.DataFrame(rows, columns=names, index=asked.rename("concept"))
    gaps["gap"] = gaps["provinces"] == 0
    by = ["provinces", "experts", "centre", "concept"]
    return gaps.sort_values(by, ascending=[True, False, False, True])


def _names(matrix: pd.DataFrame, concept: str) -> list[str]:
    return [] if concept not in matrix else sorted(matrix.index[matrix[concept] > 0])
