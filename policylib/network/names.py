"""Readable names in place of ids: one way for every table and figure."""

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray
from pandas.api.types import is_hashable

from policylib._util.names import (
    as_mapping,
    first_of,
    nearest,
    require_columns,
    surrogate_problem,
)

Label = str | Mapping[Any, str] | pd.Series

PARTS = (tuple, list, set, frozenset, np.ndarray, ExtensionArray)  # cells with several ids
AS_PRINTED = ("quote", "summary", "sentence")  # columns that hold sentences, not ids


def label(table: pd.DataFrame, network: nx.Graph, *, label: "Label" = "label") -> pd.DataFrame:
    """Replace ids by readable names, in rows, columns and cells.

    Parameters
    ----------
    table : DataFrame
        A table or matrix that a function of policylib returned; it is not changed.
    network : networkx.Graph
        The network it comes from.
    label : str, mapping or Series
        The node attribute to show, such as ``"label"``, ``"label_zh"`` or ``"label_short"`` (the
        label, if a node has no short one); or a name for each id, which is the key of a mapping and
        the index of a Series. An id stays if its name is missing.

    Returns
    -------
    DataFrame
        The same table. Lists, tuples, sets and arrays in cells hold names, too; quotes, sentences
        and summaries stay as they are.

    Raises
    ------
    TypeError
        If `table` is not a DataFrame, `network` not a networkx graph, or `label` neither text nor a
        mapping.
    ValueError
        If no node has the attribute; the message names the nearest one. If `label` has names, but
        none of their ids is in the table or the network.

    Examples
    --------
    >>> network = nx.MultiDiGraph()
    >>> network.add_node("henan", label="Henan", label_zh="河南省")
    >>> matrix = pd.DataFrame({"robots": [1]}, index=["henan"])
    >>> label(matrix, network).index.to_list(), label(matrix, network).columns.to_list()
    (['Henan'], ['robots'])
    >>> label(matrix, network, label="label_zh").index.to_list()
    ['河南省']
    """
    require_columns(table)
    return _renamed(table, names_of(label, network, table))


def _renamed(table: pd.DataFrame, names: dict[Any, str]) -> pd.DataFrame:
    # pandas takes keys that are tuples for labels of several levels, also of other tables.
    labels = {key: name for key, name in names.items() if not isinstance(key, tuple)}
    named = table.rename(index=labels, columns=labels)
    for place, column in enumerate(named.columns):
        cells = named.iloc[:, place]
        if column not in AS_PRINTED and _may_be_text(cells.dtype):
            renamed = cells.map(lambda cell: _name(cell, names), na_action="ignore")
            named.isetitem(place, renamed.array)
    return named


def _may_be_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(dtype)


def names_of(
    label: "Label", network: nx.Graph | None = None, table: pd.DataFrame | None = None
) -> dict[Any, str]:
    """Return the name of each id that has one.

    Parameters
    ----------
    label : str, mapping or Series
        A node attribute of the network, or the names themselves.
    network : networkx.Graph, optional
        The network, if names may come from there.
    table : DataFrame, optional
        The table whose ids get names.

    Raises
    ------
    TypeError
        If `label` is neither text nor a mapping of text, or `network` is not a network.
    ValueError
        If no node has the attribute, a Series has an id twice, or no id that has a name is in
        the network or the table.
    """
    if network is not None and not isinstance(network, nx.Graph):
        raise TypeError(f"expected a network, not {type(network).__name__}")
    label = as_mapping(label, "label")
    if isinstance(label, Mapping):
        names = _texts(label.items(), table)
        if names and not _occurs(names, network, table):
            raise ValueError(
                f"label has names for {first_of(list(names))}, but none of these ids occurs; the "
                "keys, or the index of a Series, must be ids, for example "
                "tables.provinces.set_index('id')['label_zh']"
            )
        return names
    if not isinstance(label, str):
        raise TypeError(f"label is {label!r}; expected a mapping of ids to names")
    if network is None:
        raise TypeError(
            f"label is {label!r}, but a table has no attributes; expected a mapping of ids to "
            "names, for example dict(network.nodes(data='label'))"
        )
    names = {}
    for attribute in dict.fromkeys(("label", label) if label == "label_short" else (label,)):
        found = _texts(network.nodes(data=attribute), table)
        names |= {node: name for node, name in found.items() if name}
    if not names and network:
        known = tuple(dict.fromkeys(key for _, data in network.nodes(data=True) for key in data))
        raise ValueError(f"no node has the attribute {label!r}{nearest(label, known)}")
    return names


def _texts(names: Iterable[tuple[Any, Any]], table: pd.DataFrame | None) -> dict[Any, str]:
    """Return the names that are not missing as text; a table cannot hold lone surrogates."""
    texts = {}
    for node, name in names:
        if not pd.api.types.is_scalar(name):
            raise TypeError(f"label: the name of {node!r} is {name!r}; expected text")
        if pd.notna(name):
            texts[node] = str(name)
            if table is not None and (problem := surrogate_problem(texts[node])):
                raise ValueError(f"label: the name of {node!r} is {name!r}; {problem}")
    return texts


def _occurs(names: dict[Any, str], network: nx.Graph | None, table: pd.DataFrame | None) -> bool:
    """Return whether one of the ids is in the network or the table, as far as these are known."""
    if network is not None:
        if any(node in network for node in names):
            return True
        # Other numbers are not ids, although the rows of a table may have them as labels.
        names = {key: name for key, name in names.items() if isinstance(key, str)}
    if table is None:
        return network is None
    return not len(table) or not _renamed(table, names).equals(table)


def _name(cell: Any, names: dict[Any, str]) -> Any:
    if isinstance(cell, str):
        return "; ".join(names.get(part, part) for part in cell.split("; "))
    if not isinstance(cell, PARTS) or getattr(cell, "ndim", 1) != 1:
        return cell
    ids = [*cell]
    parts = [names.get(part, part) if is_hashable(part) else part for part in ids]
    if all(new is old for new, old in zip(parts, ids, strict=True)):
        return cell
    kind = next(kind for kind in PARTS if isinstance(cell, kind))
    return kind(parts) if kind in PARTS[:4] else pd.Series(parts, dtype="object").to_numpy()
