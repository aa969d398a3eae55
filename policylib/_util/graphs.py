"""Convert networks between graphs and square tables of weights."""

from collections.abc import Collection, Iterator
from numbers import Real
from sys import float_info
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.names import require_sound_labels
from policylib._util.numbers import is_between

PLAIN = frozenset({str, int, bool})  # types without a missing value


def is_missing(value: Any) -> bool:
    """Return whether an attribute has no value.

    Examples
    --------
    >>> [is_missing(value) for value in (None, pd.NA, pd.NaT, np.nan, "", 0, [None])]
    [True, True, True, True, False, False, False]
    """
    if value is None or type(value) in PLAIN:
        return value is None
    return pd.isna(value) is True  # of a list, pandas returns an array


def filled(
    network: nx.Graph, of_nodes: Collection[str], of_edges: Collection[str] | None = None
) -> nx.Graph:
    """Return a network without missing attributes; itself, if it has none.

    A weight stays in any case, since `weight_of` refuses NaN.

    Parameters
    ----------
    network : networkx.Graph
        Any graph; it is not changed.
    of_nodes, of_edges : collection of str
        The attributes that must hold one value. By default, all attributes of edges stay.

    Raises
    ------
    ValueError
        If one of these attributes is a list, an array or the like; the message names the node or
        the edge.

    Examples
    --------
    >>> network = nx.Graph()
    >>> network.add_node("henan", kind="province", type=np.nan)
    >>> filled(network, ["kind"]).nodes["henan"]
    {'kind': 'province'}
    """

    def unusual(graph: nx.Graph) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        for node, data in graph.nodes(data=True):
            if not PLAIN.issuperset(map(type, data.values())):
                yield (node,), data
        if of_edges is not None:
            keys = {"keys": True} if graph.is_multigraph() else {}
            for *edge, data in graph.edges(data=True, **keys):
                if not PLAIN.issuperset(map(type, data.values())):
                    yield tuple(edge), data

    gaps = False
    for place, data in unusual(network):
        single = of_nodes if len(place) == 1 else of_edges or ()
        for name, value in data.items():
            if name in single and not pd.api.types.is_hashable(value):
                what = f"node {place[0]!r}" if len(place) == 1 else edge_name(*place)
                raise ValueError(f"{what} has the {name} {value!r}; expected one value")
            gaps = gaps or (name != "weight" and is_missing(value))
    if not gaps:
        return network
    network = network.copy()
    for _, data in unusual(network):
        for name in [name for name, value in data.items() if is_missing(value)]:
            if name != "weight":
                del data[name]
    return network


def edge_name(source: Any, target: Any, key: Any = None) -> str:
    """Return how a message calls an edge."""
    return f"the edge from {source!r} to {target!r}" + ("" if key is None else f" (key {key!r})")


def as_graph(network: Any) -> nx.Graph:
    """Return a network as a graph; a square DataFrame of weights becomes one.

    Parameters
    ----------
    network : networkx.Graph or DataFrame
        A graph, which is returned as it is, or numbers with the same labels in rows and columns,
        as `project` and `discourse_network` return them.

    Returns
    -------
    networkx.Graph
        For a DataFrame: an undirected graph if it is symmetric, otherwise a directed one with
        edges from rows to columns. Each edge has a `weight`. A zero or missing cell is not an
        edge, and the diagonal is left out.

    Raises
    ------
    TypeError
        If `network` is neither a graph nor a DataFrame.
    ValueError
        If a label is repeated, rows and columns have different labels, or cells are not numbers or
        infinite.

    Examples
    --------
    >>> overlap = pd.DataFrame([[9, 2, 0], [2, 9, 1], [0, 1, 9]], list("abc"), list("abc"))
    >>> as_graph(overlap).edges(data="weight")
    EdgeDataView([('a', 'b', 2), ('b', 'c', 1)])
    """
    if isinstance(network, nx.Graph):
        return network
    labels = _check_square(network)
    whole = all(dtype.kind in "biu" for dtype in network.dtypes)
    weights = (
        _ordered(network, labels)
        .fillna(0)
        .to_numpy(dtype="int64" if whole else "float64", copy=True)
    )
    np.fill_diagonal(weights, 0)
    for row, column in np.argwhere(np.isinf(weights))[:1]:
        raise ValueError(
            f"the tie from {labels[row]!r} to {labels[column]!r} is infinite; expected a finite "
            "number"
        )
    symmetric = bool(_same(weights, weights.T).all())
    cells = np.triu(weights) if symmetric else weights
    graph = nx.Graph() if symmetric else nx.DiGraph()
    graph.add_nodes_from(labels)
    for row, column in np.argwhere(cells):
        graph.add_edge(labels[row], labels[column], weight=cells[row, column].item())
    return graph


def as_matrix(network: pd.DataFrame | nx.Graph) -> pd.DataFrame:
    """Return the ties between actors as a square, symmetric matrix without loops.

    Parameters
    ----------
    network : DataFrame or networkx.Graph
        A matrix with the same labels in rows and columns; or a graph, whose edges count by their
        `weight` (1 if it is missing). Parallel edges add up.

    Returns
    -------
    DataFrame
        Actors × actors, in the order of the network, as floats. The diagonal is 0.

    Raises
    ------
    TypeError
        If the network is neither a DataFrame nor a graph.
    ValueError
        If rows and columns differ, a label occurs twice, or a tie is missing, infinite, not a
        number or not the same in both directions; the message names the tie.

    Examples
    --------
    >>> graph = nx.MultiGraph([("henan", "hebei", {"weight": 2}), ("henan", "hebei")])
    >>> print(as_matrix(graph))
           henan  hebei
    henan    0.0    3.0
    hebei    3.0    0.0
    """
    if isinstance(network, nx.Graph):
        weighted = nx.MultiDiGraph() if network.is_directed() else nx.MultiGraph()
        weighted.add_nodes_from(network)
        for a, b, data in network.edges(data=True):
            sign = data.get("sign")
            if isinstance(sign, Real) and sign == -1:
                raise ValueError(
                    f"{edge_name(a, b)} has the sign -1, fewer shared than expected; groups need "
                    "ties, as extract_backbone(…, tail='upper') returns them"
                )
            weighted.add_edge(a, b, weight=weight_of(a, b, data))
        network = nx.to_pandas_adjacency(weighted)
    labels = _check_square(network)
    ties = _ordered(network, labels).to_numpy(dtype=float, na_value=np.nan, copy=True)
    np.fill_diagonal(ties, 0)
    for wrong, rule in (
        (~np.isfinite(ties), "a tie must be a finite number"),
        (~_same(ties, ties.T), "a network of actors must be symmetric"),
    ):
        for row, column in np.argwhere(wrong)[:1]:
            raise ValueError(
                f"the tie from {labels[row]!r} to {labels[column]!r} is {ties[row, column]:g}, "
                f"and back {ties[column, row]:g}; {rule}"
            )
    return pd.DataFrame(ties, index=network.index, columns=network.index)


def _ordered(network: pd.DataFrame, labels: list[Any]) -> pd.DataFrame:
    """Return the columns in the order of the rows; boolean labels would select rows."""
    return network.iloc[:, network.columns.get_indexer(pd.Index(labels))]


def weight_of(a: Any, b: Any, data: dict[str, Any]) -> Any:
    """Return the weight of an edge, or how often its statement is made, or 1."""
    for name in ("weight", "count"):
        weight = data.get(name)
        # NaN as a weight is the result of a wrong calculation, so it is not left out.
        if is_missing(weight) and not (name == "weight" and isinstance(weight, Real)):
            continue
        if not is_between(weight, -float_info.max, float_info.max):
            raise ValueError(
                f"{edge_name(a, b)} has the weight {weight!r}; expected a finite number"
            )
        return weight
    return 1


def _same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Compare the cells of two arrays, with a tolerance for rounding errors."""
    same: NDArray[np.bool_] = np.isclose(a, b, rtol=1e-12, atol=0, equal_nan=True)
    return same


def _check_square(table: Any) -> list[Any]:
    """Return the labels of a square table, or raise unless rows and columns have the same ones."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            "expected a network (a networkx graph or a square DataFrame), "
            f"not {type(table).__name__}; discourse_network(matrix) returns one"
        )
    require_sound_labels(table)
    for axis, labels in (("row", table.index), ("column", table.columns)):
        if labels.has_duplicates:
            raise ValueError(f"duplicate {axis} label {labels[labels.duplicated()][0]!r}")
    axes = {"row": table.index, "column": table.columns}
    if table.index.nlevels != table.columns.nlevels:
        raise ValueError(
            f"the rows have {table.index.nlevels} levels of labels and the columns "
            f"{table.columns.nlevels}; a network has the same labels in both"
        )
    for axis, other in (("row", "column"), ("column", "row")):
        missing = axes[axis][~axes[axis].isin(axes[other])]
        if len(missing):
            raise ValueError(
                f"{axis} {missing[0]!r} has no {other} of the same label; a network in a DataFrame "
                "has the same labels in rows and columns, as project(matrix) returns it"
            )
    for label, dtype in table.dtypes.items():
        if dtype.kind not in "biuf":
            raise ValueError(f"column {label!r}: expected numbers, found {dtype}")
    return table.index.to_list()
