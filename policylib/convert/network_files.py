"""Write and read network files of other programs, in the format of the file extension."""

from os import PathLike
from pathlib import Path

import networkx as nx
import pandas as pd

from policylib._util.files import as_path, ending_of, existing_file, put_file, put_files
from policylib._util.graphs import as_graph
from policylib._util.numbers import require_flag
from policylib.convert.graph_csv import csv_bytes, csv_paths, read_csv
from policylib.convert.graph_json import json_bytes, read_json
from policylib.convert.graph_xml import gexf_bytes, graphml_bytes, read_xml
from policylib.convert.graphs import plain_network
from policylib.convert.pajek_ucinet import dl_bytes, pajek_bytes, read_pajek

# WRITERS keep all attributes, LISTS only weights. CSV is separate, because it has two files.
WRITERS = {".graphml": graphml_bytes, ".gexf": gexf_bytes, ".json": json_bytes}
LISTS = {".dl": dl_bytes, ".net": pajek_bytes}
READERS = {
    ".graphml": read_xml,
    ".gexf": read_xml,
    ".json": read_json,
    ".csv": read_csv,
    ".net": read_pajek,
}


def write_network(
    network: nx.Graph | pd.DataFrame,
    path: str | PathLike[str],
    *,
    for_spreadsheet: bool = False,
    time: str | None = None,
) -> list[Path]:
    """Write a network for Gephi, igraph, UCINET, Pajek or a browser, by the file extension.

    Ids that are not text become text, except numbers in JSON and CSV. Missing values are left
    out. Dates become text in ISO 8601. Lists become one text, separated by ``"; "``, except in
    JSON. `read_network` returns everything else as it was; it cannot read ``.dl``.

    Parameters
    ----------
    network : networkx.Graph or DataFrame
        A graph, or a square table of weights as `project` and `discourse_network` return it. A
        table is an undirected graph if it is symmetric, otherwise a directed one. Zero and missing
        cells and the diagonal are left out.
    path : str or PathLike
        The file. ``.graphml``, ``.gexf`` and ``.json`` hold all attributes. ``.csv`` holds those
        of nodes and edges in two files, ``name-nodes.csv`` and ``name-edges.csv``. ``.dl``
        (UCINET) and ``.net`` (Pajek) hold only weights: those of parallel edges are summed, and an
        edge without `weight` has its `count` or 1.
    for_spreadsheet : bool
        Write CSV files for a spreadsheet program whose separator is the comma (other programs
        import them). An apostrophe then keeps text such as ``=1+1`` from being run as a formula;
        it remains when the file is read back.
    time : str, optional
        The attribute with the dates of edges, such as ``"date"``, for Gephi's timeline; only for
        ``.gexf``. A date is a day, a month or a year. An edge exists from its first to its last
        day, and a node from the first to the last day of its edges. An edge without a date always
        exists, and so do its nodes, and nodes without edges. `read_network` returns the attribute.

    Returns
    -------
    list of Path
        The files. They are written whole or not at all, and replace files of the same name. If the
        program is killed while it replaces both files of ``.csv``, the next call of `read_network`
        or `write_network` puts the former ones back. So two networks are never mixed.

    Raises
    ------
    TypeError
        If `network` is not a network, or an attribute is not text, a number, true or false, a
        date, or a list of these.
    ValueError
        If the extension is unknown, a table is not square, `for_spreadsheet` is used without
        ``.csv`` or `time` without ``.gexf``, no edge has the attribute `time` or a value of it is
        not a date, a text has characters that the file cannot hold, or two ids would become one.
    OSError
        If the files cannot be written.

    See Also
    --------
    read_network : Read the file again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> network = nx.Graph([("henan", "robots")])
    >>> with TemporaryDirectory() as folder:
    ...     files = write_network(network, f"{folder}/network.csv")
    >>> [file.name for file in files]
    ['network-nodes.csv', 'network-edges.csv']
    """
    graph = as_graph(network)
    ending = ending_of(path, [*WRITERS, *LISTS, ".csv"])
    require_flag(for_spreadsheet, "for_spreadsheet")
    if for_spreadsheet and ending != ".csv":
        raise ValueError(f"for_spreadsheet is for .csv, not {ending}")
    if time is not None and ending != ".gexf":
        raise ValueError(f"time is for .gexf, not {ending}")
    if time is not None and not isinstance(time, str):
        raise TypeError(f"time: expected the name of an attribute, not {type(time).__name__}")
    if ending in LISTS:
        return [put_file(path, LISTS[ending](graph))]
    plain = plain_network(graph, ending)
    if ending == ".csv":
        both = csv_bytes(plain, for_spreadsheet=for_spreadsheet)
        return put_files(dict(zip(csv_paths(as_path(path)), both, strict=True)))
    if time is not None:
        return [put_file(path, gexf_bytes(plain, time))]
    return [put_file(path, WRITERS[ending](plain))]


def read_network(path: str | PathLike[str]) -> nx.Graph:
    """Read a network from a file; the file extension decides the format.

    Parameters
    ----------
    path : str or PathLike
        The file: ``.graphml``, ``.gexf``, ``.json`` (nodes and links), ``.net`` (Pajek), or
        ``.csv`` for a pair of files, as `write_network` names them.

    Returns
    -------
    networkx.Graph
        A network that is equal to the written one and of the same class. But ``.csv`` does not hold
        attributes of the network itself, and ``.net`` holds only nodes, edges and their weights.
        GraphML and GEXF of other programs are read as networkx reads them. But a mutual edge of
        GEXF becomes two directed edges, and an attribute with a name such as ``"label"`` keeps its
        value.

    Raises
    ------
    TypeError
        If `path` is not a path.
    ValueError
        If the extension is unknown; the file is damaged or has another format; two nodes have the
        same id, or two edges the same ends and key; an edge names a missing node; a value does not
        have the type of its attribute, or an attribute has two values; or XML declares entities.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    write_network : Write the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> network = nx.DiGraph()
    >>> network.add_edge("henan", "robots", weight=2)
    >>> with TemporaryDirectory() as folder:
    ...     (file,) = write_network(network, f"{folder}/network.gexf")
    ...     copy = read_network(file)
    >>> copy.edges(data=True)
    OutEdgeDataView([('henan', 'robots', {'weight': 2})])
    """
    ending = ending_of(path, [*READERS, ".dl"])
    if ending == ".dl":
        raise ValueError(f"a .dl file can only be written (allowed: {', '.join(READERS)})")
    return READERS[ending](as_path(path) if ending == ".csv" else existing_file(path))
