"""A network as two CSV files, one of nodes and one of edges, as Gephi imports them.

Text stands in quotes, numbers, true and false do not: that is how they are told apart again.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import networkx as nx

from policylib._util.names import nearest
from policylib.convert.graphs import (
    as_number,
    as_text,
    build,
    edges_of,
    escape,
    read_text,
    refuse_twice,
    simplest,
    unescape,
)

NAMES = {"label": "Label", "weight": "Weight"}  # Gephi's own columns
IDS = ("Id", "Source", "Target", "Key")
NODE = ("id", "label", "weight", "timeset")
EDGE = ("source", "target", "type", "kind", "id", "label", "weight", "key", "timeset")
CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",\r\n]*)')
LINE_END = re.compile(r"\r\n?|\n")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")

Row = dict[str, Any]


def csv_paths(path: Path) -> tuple[Path, Path]:
    """Name the file of nodes and the file of edges."""
    nodes, edges = (f"{path.stem}-{part}{path.suffix}" for part in ("nodes", "edges"))
    return path.with_name(nodes), path.with_name(edges)


def csv_bytes(network: nx.Graph, *, for_spreadsheet: bool) -> tuple[bytes, bytes]:
    """Write the nodes and the edges of a plain network.

    For a spreadsheet, an apostrophe keeps it from running text as a formula, and a byte order mark
    tells it that this is UTF-8.
    """
    if len({_cell(id_, for_spreadsheet) for id_ in network}) < len(network):
        raise ValueError("two ids would become the same text, with an apostrophe before one")
    nodes = [{"Id": id_} | _named(data, NODE) for id_, data in network.nodes(data=True)]
    type_ = "Directed" if network.is_directed() else "Undirected"
    edges = []
    for source, target, key, data in edges_of(network):
        row = {"Source": source, "Target": target, "Type": type_}
        edges.append(row | ({"Key": key} if network.is_multigraph() else {}) | _named(data, EDGE))
    # Without edges, no row tells the direction, so the header does.
    directed = "Directed" if not edges and network.is_directed() else "Type"
    columns = ["Source", "Target", directed, *(["Key"] if network.is_multigraph() else [])]
    return _table(["Id"], nodes, for_spreadsheet), _table(columns, edges, for_spreadsheet)


def _named(data: Row, reserved: Iterable[str]) -> Row:
    return {NAMES.get(name) or escape(name, reserved): value for name, value in data.items()}


def _table(first: list[str], rows: list[Row], for_spreadsheet: bool) -> bytes:
    header = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    lines: list[list[Any]] = [header, *([row.get(name) for name in header] for row in rows)]
    text = "".join(",".join(_cell(v, for_spreadsheet) for v in line) + "\n" for line in lines)
    return text.encode("utf-8-sig" if for_spreadsheet else "utf-8")


def _cell(value: Any, for_spreadsheet: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return as_text(value)
    guard = "'" if for_spreadsheet and value.startswith(FORMULA) else ""
    return f'"{guard}{value.replace(chr(34), chr(34) * 2)}"'


def read_csv(path: Path) -> nx.Graph:
    """Read a network from its file of nodes and its file of edges."""
    nodes_path, edges_path = csv_paths(path)
    _, node_rows = _rows(nodes_path, ["Id"])
    header, edge_rows = _rows(edges_path, ["Source", "Target"])
    nodes = [(row.pop("Id"), _renamed(row, NODE)) for row in node_rows]
    refuse_twice([id_ for id_, _ in nodes], nodes_path.name)
    types = {str(row.pop("Type", "Directed")).lower() for row in edge_rows}
    if len(types) > 1 or not types <= {"directed", "undirected"}:
        raise ValueError(f"{edges_path.name}: not every edge is Directed, and not every Undirected")
    directed = types == {"directed"} or (not edge_rows and "Directed" in header)
    keyed = "Key" in header
    edges = [
        (row.pop("Source"), row.pop("Target"), row.pop("Key", None), _renamed(row, EDGE))
        for row in edge_rows
    ]
    network = build(directed, True, nodes, edges)
    return network if keyed else simplest(network)


def _renamed(row: Row, reserved: Iterable[str]) -> Row:
    own = {theirs: ours for ours, theirs in NAMES.items()}
    return {own.get(name) or unescape(name, reserved): value for name, value in row.items()}


def _rows(path: Path, required: list[str]) -> tuple[list[str], list[Row]]:
    """Read a CSV file as its header, and a dict of what is not missing in each row."""
    if not path.exists():
        raise FileNotFoundError(f"no file {path} (a network in CSV has two: -nodes and -edges)")
    (_, first), *records = _records(path) or [(1, [])]
    header = [quoted if quoted is not None else bare for quoted, bare in first]
    for name in required:
        if name not in header:
            raise ValueError(
                f"{path.name}, line 1: no column {name!r}{nearest(name, tuple(header))}"
            )
    if len(set(header)) < len(header):
        raise ValueError(f"{path.name}, line 1: two columns have one name")
    rows = []
    for line, record in records:
        if record == [(None, "")]:  # an empty line
            continue
        if len(record) != len(header):
            raise ValueError(
                f"{path.name}, line {line}: {len(record)} cells, where the header has {len(header)}"
            )
        cells = zip(header, record, strict=True)
        row = {name: value for name, cell in cells if (value := _value(name, *cell)) is not None}
        for name in required:
            if name not in row:
                raise ValueError(f"{path.name}, line {line}: the cell {name} is empty")
        rows.append(row)
    return header, rows


def _value(name: str, quoted: str | None, bare: str) -> Any:
    if quoted is not None or not bare:
        return quoted
    if bare.lower() in ("true", "false"):
        return bare.lower() == "true"
    number = as_number(bare)
    # An id such as 1e2 or 2.0 is the name of another node than 100 or 2.
    if number is None or (name in IDS and as_text(number) != bare):
        return bare
    return number


def _records(path: Path) -> list[tuple[int, list[tuple[str | None, str]]]]:
    """Split a file into records of quoted and bare cells, each with its line."""
    text = read_text(path)
    records = []
    at, line = 0, 1
    while at < len(text):
        start, cells = at, []
        while True:
            cell = next(CELL.finditer(text, at))  # there is one: it may be empty
            quoted, bare = cell.groups()
            cells.append((None if quoted is None else quoted.replace('""', '"'), bare or ""))
            at = cell.end() + 1
            if text[cell.end() : at] != ",":
                break
        end = LINE_END.match(text, cell.end())
        if not end and cell.end() < len(text):
            line += text.count("\n", start, cell.end())
            raise ValueError(
                f"{path.name}, line {line}: a quote opens and closes a whole cell, and within it "
                "is doubled"
            )
        records.append((line, cells))
        at = end.end() if end else len(text)
        line += text.count("\n", start, at)
    return records
