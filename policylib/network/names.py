"""Readable names in place of ids: one way for every table and figure."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import pandas as pd

from policylib._util.names import nearest, require_columns

Label = str | Mapping[Any, str] | pd.Series

AS_PRINTED = ("quote", "summary")  # columns that hold sentences, not ids


def label(table: pd.DataFrame, network: nx.Graph, *, label: "Label" = "label") -> pd.DataFrame:
    """Replace ids by readable names, in rows, columns and cells.

    Parameters
    ----------
    table : DataFrame
        A table or matrix that a function of policylib returned; it is not changed.
    network : networkx.Graph
        The network it comes from.
    label : str, mapping or Series
        The node attribute to show, ``"label"`` or ``"label_zh"``, or a name for each id. An id
        without a name stays.

    Returns
    -------
    DataFrame
        The same table. Lists in a cell stay lists; quotes and summaries stay as they are.

    Raises
    ------
    TypeError
        If `table` is not a table, `network` not a network, or `label` neither text nor a mapping.
    ValueError
        If no node has the attribute; the message names the nearest one.

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
    names = names_of(label, network)
    named = table.rename(index=names, columns=names)
    for place, column in enumerate(named.columns):
        cells = named.iloc[:, place]
        if column not in AS_PRINTED and pd.api.types.is_string_dtype(cells.dtype):
            renamed = cells.map(lambda cell: _name(cell, names), na_action="ignore")
            named.isetitem(place, renamed.array)
    return named


def names_of(label: "Label", network: nx.Graph | None = None) -> dict[Any, str]:
    """Return the name of each id that has one.

    Parameters
    ----------
    label : str, mapping or Series
        A node attribute of the network, or the names themselves.
    network : networkx.Graph, optional
        The network, if names may come from there.

    Raises
    ------
    TypeError
        If `label` is neither text nor a mapping, or `network` is not a network.
    ValueError
        If no node has the attribute, or a Series has an id twice.
    """
    if network is not None and not isinstance(network, nx.Graph):
        raise TypeError(f"expected a network, not {type(network).__name__}")
    if isinstance(label, pd.Series):
        if not label.index.is_unique:
            twice = label.index[label.index.duplicated()][0]
            raise ValueError(f"label: duplicate id {twice!r}")
        label = label.dropna().to_dict()
    if isinstance(label, Mapping):
        return {node: str(name) for node, name in label.items() if pd.notna(name)}
    if not isinstance(label, str):
        raise TypeError(f"label is {label!r}; expected a mapping of ids to names")
    if network is None:
        raise TypeError(
            f"label is {label!r}, but a table has no attributes; expected a mapping of ids to "
            "names, for example dict(network.nodes(data='label'))"
        )
    names = {node: str(name) for node, name in network.nodes(data=label) if name}
    if not names and network:
        known = tuple(dict.fromkeys(key for _, data in network.nodes(data=True) for key in data))
        raise ValueError(f"no node has the attribute {label!r}{nearest(label, known)}")
    return names


def _name(cell: Any, names: dict[Any, str]) -> Any:
    if isinstance(cell, tuple):
        return tuple(names.get(part, part) for part in cell)
    if isinstance(cell, str):
        return "; ".join(names.get(part, part) for part in cell.split("; "))
    return cell
