"""Counts of actors × concepts become overlap between actors."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import sort_rows
from policylib._util.matrices import check_counts, in_order_of_rows, require_numbers, require_unique
from policylib._util.names import require, require_frame
from policylib._util.numbers import require_flag
from policylib.compare.counts import DONE, count_concepts, that_count, with_roles
from policylib.documents.sentences import with_sentences
from policylib.network.build import evidence
from policylib.network.edges import (
    ACTORS,
    Columns,
    actor_rows,
    check_network,
    concepts,
    require_node,
    require_qualifiers,
    statements,
)
from policylib.tables.levels import LEVELS
from policylib.tables.roles import Role, of_roles

Measure = Literal["shared", "jaccard", "cosine", "overlap"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

Floats = NDArray[np.float64]


def project(matrix: pd.DataFrame, *, measure: Measure = "shared") -> pd.DataFrame:
    """Measure the overlap of each pair of rows.

    A row has a concept if its count is above 0; larger counts make no difference. In a matrix with
    a qualifier, each concept and level of the qualifier is a column of its own.

    Parameters
    ----------
    matrix : DataFrame
        Counts or 0/1, actors × concepts, as `biadjacency` returns it.
    measure : {"shared", "jaccard", "cosine", "overlap"}
        With the concepts of two actors as sets A and B: ``"shared"`` is |A ∩ B|; ``"jaccard"``
        |A ∩ B| / |A ∪ B|; ``"cosine"`` |A ∩ B| / √(|A|·|B|) (Salton, Ochiai); ``"overlap"``
        |A ∩ B| / min(|A|, |B|) (Szymkiewicz–Simpson).

    Returns
    -------
    DataFrame
        Square and symmetric, rows × rows: a number of concepts, or a value from 0 to 1. The
        diagonal compares each row with itself. A value that would divide by zero is missing: for
        cosine and overlap if one of the two rows has no concept, for Jaccard if both have none.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If `measure` is unknown, or the matrix has duplicate labels or cells that are not counts.

    See Also
    --------
    rank_pairs : The result as a list of pairs.
    overlap_significance : Whether a pair shares more than expected by chance.

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
    presence = (check_counts(matrix) > 0).astype(float)
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


def rank_pairs(overlap: pd.DataFrame) -> pd.DataFrame:
    """List the pairs of an overlap matrix, strongest first.

    Parameters
    ----------
    overlap : DataFrame
        A square matrix, as `project` returns it. The columns may be in another order than the rows.

    Returns
    -------
    DataFrame
        One row for each pair: `a`, `b`, `value` (the cell of the matrix) and `rank`, where 1 is
        the strongest. Equal values share the best rank and keep the order of the rows. A missing
        overlap has no rank.

    Raises
    ------
    TypeError
        If `overlap` is not a DataFrame.
    ValueError
        If rows and columns have different labels, or the matrix is not symmetric.

    See Also
    --------
    project : Returns the matrix.

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
    require_unique(overlap)
    hint = "; an overlap matrix has the same labels in rows and columns"
    overlap = in_order_of_rows(overlap, hint)
    require_numbers(overlap)
    cells = overlap.to_numpy(dtype="float64", na_value=np.nan)
    labels = overlap.index.to_numpy()
    names = overlap.index.to_list()
    for row, column in np.argwhere(~np.isclose(cells, cells.T, rtol=1e-12, equal_nan=True))[:1]:
        raise ValueError(
            f"an overlap matrix is symmetric, but from {names[row]!r} to {names[column]!r} it is "
            f"{cells[row, column]:g}, and back {cells[column, row]:g}"
        )
    first, second = np.triu_indices(len(overlap), k=1)
    whole = all(pd.api.types.is_integer_dtype(dtype) for dtype in overlap.dtypes)
    values = overlap.to_numpy() if whole else cells
    pairs = pd.DataFrame({"a": labels[first], "b": labels[second], "value": values[first, second]})
    pairs["rank"] = pairs["value"].rank(method="min", ascending=False).astype("Int64")
    return pairs.sort_values("rank", kind="stable", ignore_index=True)


def compare_measures(matrix: pd.DataFrame) -> pd.DataFrame:
    """Compare all measures of overlap, and mark the pairs whose rank depends on the measure.

    Parameters
    ----------
    matrix : DataFrame
        Counts or 0/1, actors × concepts, as `biadjacency` returns it.

    Returns
    -------
    DataFrame
        One row for each pair, most shared first: `a`, `b`, one column for each measure, one
        ``rank_<measure>`` each, and `flips`. `flips` is true if another pair ranks above this pair
        by one measure and below it by another.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If the matrix has duplicate labels or cells that are not counts.

    See Also
    --------
    project : One measure as a matrix.

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
    """Return for each pair whether x and y order it and some other pair in opposite ways.

    Both are sorted by x. `highest_below` is the largest y among the pairs with a smaller x, and
    `lowest_above` the smallest y among those with a larger x.
    """
    highest_below = y.groupby(x).max().cummax().shift()
    lowest_above = y.groupby(x).min()[::-1].cummin()[::-1].shift(-1)
    return (x.map(highest_below) > y).fillna(False) | (x.map(lowest_above) < y).fillna(False)


def intersections(matrix: pd.DataFrame) -> pd.DataFrame:
    """Group the columns by the exact set of rows that have them: the numbers of an UpSet plot.

    Parameters
    ----------
    matrix : DataFrame
        Counts or 0/1, actors × concepts, as `biadjacency` returns it.

    Returns
    -------
    DataFrame
        One row for each set of rows, most columns first: `rows` and `columns` (tuples of labels),
        `degree` (the number of rows) and `size` (the number of columns). If two sets have the same
        size, the set with fewer rows comes first. Each column belongs to one set; columns without a
        count are left out.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If the matrix has duplicate labels or cells that are not counts.

    See Also
    --------
    plot_upset : Draws the result.

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
    presence = check_counts(matrix) > 0
    sets: dict[tuple[str, ...], list[str]] = {}
    for column, has in zip(matrix.columns, presence.T, strict=True):
        sets.setdefault(tuple(matrix.index[has]), []).append(column)
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
    denied: bool = False,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the concepts that two actors share, with the statements of both.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    a, b : str
        Two actors: provinces (with their cities), organisations or experts.
    columns : {"priority", "theme", "item", "initiative"}
        As in `biadjacency`.
    roles : str or sequence of str, optional
        As in `biadjacency`.
    denied : bool
        As in `biadjacency`.
    documents : DataFrame, optional
        The texts, or some of them, as in `evidence`; adds the column `sentence`.

    Returns
    -------
    DataFrame
        One row for each statement, sorted by concept: `concept` (at the level of `columns`),
        `side` (the id of the actor that it counts for) and the columns of `evidence`. The number
        of different concepts is the cell of ``project(biadjacency(…))``.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph, or `documents` is not a DataFrame.
    KeyError
        If an actor is unknown.
    ValueError
        If `columns` or a role is unknown; if one actor speaks for the other, as a city for its
        province; or if `documents` has a paragraph twice, or no document of these statements.

    See Also
    --------
    compare_pair : The statements that they do not share, too.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> shared = explain_overlap(network, "henan", "jiangxi", roles="commits")
    >>> shared["concept"].unique().tolist()
    ['consumption', 'consumption-investment-cycle', 'effective-investment']
    """
    sides = both_sides(network, a, b, columns, roles, denied=denied, documents=documents)
    return sides[in_common(sides)].reset_index(drop=True)


def both_sides(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    columns: Columns,
    roles: Role | Sequence[Role] | None,
    *,
    denied: bool,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the statements of two actors that count, with their `concept` and `side`."""
    network = check_network(network)
    require_flag(denied, "denied")
    for side in (a, b):
        require_node(network, side, "actor", ACTORS)
    if a == b:
        raise ValueError(f"a and b are both {a!r}; name two different actors")
    provinces = actor_rows(network, "province")
    if provinces.get(a, a) == provinces.get(b, b):
        raise ValueError(f"{a!r} and {b!r} speak for each other; name two different actors")
    sides = pd.concat(
        [evidence(network, side).assign(side=side) for side in (a, b)], ignore_index=True
    )
    if not denied:
        require_qualifiers(sides)
    sides = with_roles(network, that_count(sides, denied=denied), roles).convert_dtypes()
    sides = sides.assign(concept=concepts(network, sides, columns)).dropna(subset="concept")
    order = ["concept", "side", *sides.columns.drop(["concept", "side"])]
    place = ["concept", "side", "document", "paragraph", "start", "id"]
    sides = sort_rows(sides[order], place)
    if documents is None:
        return sides
    return with_sentences(sides, documents).astype({"sentence": "string"})


def in_common(sides: pd.DataFrame) -> "pd.Series[bool]":
    """Return for each statement whether both sides have its concept."""
    return sides.groupby("concept")["side"].transform("nunique") == 2


def priority_gaps(
    network: nx.MultiDiGraph, *, columns: Columns = "priority", denied: bool = False
) -> pd.DataFrame:
    """List the concepts that the centre or experts ask for, and the provinces that took them up.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    columns : {"priority", "theme", "item", "initiative"}
        As in `biadjacency`. A province has taken up a concept if it commits to it or reports it,
        or any narrower code.
    denied : bool
        As in `biadjacency`.

    Returns
    -------
    DataFrame
        One row for each concept that an actor directs or recommends. The concepts that the fewest
        provinces took up come first. `centre`, `experts` and `provinces` are numbers of actors:
        those who direct, those who recommend (including institutes), and provinces that commit or
        report. `directed_by`, `recommended_by` and `taken_up_by` are their ids, sorted. `gap` is
        true if no province took the concept up. That is a gap in the documents: a province may have
        done what they do not mention.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph.
    ValueError
        If `columns` is unknown.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> priority_gaps(network).loc["talent", ["recommended_by", "gap"]].to_dict()
    {'recommended_by': 'song-xiangqing', 'gap': True}
    """
    network = check_network(network)
    require_flag(denied, "denied")
    table = statements(network)
    if not denied:
        require_qualifiers(table)
    table = that_count(table, denied=denied)
    roles: dict[str, Role] = {"directed_by": "directs", "recommended_by": "recommends"}
    asked_by = {
        name: count_concepts(network, of_roles(table, role), "actor", columns, denied=True)
        for name, role in roles.items()
    }
    # A theme is taken up by a province that names the theme or any code below it.
    done = of_roles(table, DONE)
    levels: tuple[Columns, ...] = LEVELS if columns in LEVELS else (columns,)
    taken = {
        level: count_concepts(network, done, "province", level, denied=True) for level in levels
    }
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
    return [] if concept not in matrix else sorted(map(str, matrix.index[matrix[concept] > 0]))
