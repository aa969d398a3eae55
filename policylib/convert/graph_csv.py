"""Write and read a network as two CSV files, of nodes and of edges, as Gephi imports them.

Text is quoted; numbers, true and false are not. So their types are recognised when read back.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

import networkx as nx

from policylib._util.csv_limit import any_length
from policylib._util.files import existing_file, restore
from policylib._util.names import nearest
from policylib._util.printable import one_line
from policylib.convert.graphs import PlainNetwork, Row, build, refuse_repeated
from policylib.convert.values import as_number, as_text, read_text

IDS = ("Id", "Source", "Target", "Key")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
QUOTED = re.compile('"([^"]*(?:""[^"]*)*)"')
# Python's parser does not report which cells were quoted. So this character, which cannot occur
# in UTF-8, is inserted after each opening quote.
MARK = "\ud800"


def csv_paths(path: Path) -> tuple[Path, Path]:
    """Return the paths of the file of nodes and the file of edges."""
    nodes, edges = (f"{path.stem}-{part}{path.suffix}" for part in ("nodes", "edges"))
    return path.with_name(nodes), path.with_name(edges)


def csv_bytes(plain: PlainNetwork, *, for_spreadsheet: bool) -> tuple[bytes, bytes]:
    """Return the file of nodes and the file of edges of a network.

    For a spreadsheet program, an apostrophe keeps text from being run as a formula, and a byte
    order mark shows that the file is in UTF-8.
    """
    if len({_cell(id_, for_spreadsheet) for id_, _ in plain.nodes}) < len(plain.nodes):
        raise ValueError("two ids would become the same text, because one gets an apostrophe")
    nodes = [{"Id": id_} | data for id_, data in plain.nodes]
    type_ = "Directed" if plain.directed else "Undirected"
    keyed = ["Key"] if plain.multigraph else []
    edges = [
        {"Source": source, "Target": target, "Type": type_} | dict.fromkeys(keyed, key) | data
        for source, target, key, data in plain.edges
    ]
    # Without edges, no row can hold the direction, so the header does.
    third = "Directed" if plain.directed and not edges else "Type"
    columns = ["Source", "Target", third, *keyed]
    return _table(["Id"], nodes, for_spreadsheet), _table(columns, edges, for_spreadsheet)


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
    restore([nodes_path, edges_path])
    before = _version(nodes_path)
    _, node_rows = _rows(nodes_path, ["Id"])
    header, edge_rows = _rows(edges_path, ["Source", "Target"])
    if _version(nodes_path) != before:
        raise ValueError(f"{nodes_path.name} was replaced while it was read; read it again")
    types = {str(row.pop("Type", "Directed")).lower() for row in edge_rows}
    if len(types) > 1 or not types <= {"directed", "undirected"}:
        raise ValueError(f"{edges_path.name}: the edges must be all Directed or all Undirected")
    directed = types == {"directed"} or (not edge_rows and "Directed" in header)
    nodes = [(row.pop("Id"), row) for row in node_rows]
    refuse_repeated((id_ for id_, _ in nodes), nodes_path)
    edges = [(row.pop("Source"), row.pop("Target"), row.pop("Key", None), row) for row in edge_rows]
    return build(PlainNetwork(directed, "Key" in header or None, {}, nodes, edges), edges_path)


def _version(path: Path) -> tuple[int, ...] | None:
    """Return what changes if a file is replaced, or None if it does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _rows(path: Path, required: list[str]) -> tuple[list[str], list[Row]]:
    """Read a CSV file as its header, and for each row a dict of the cells that are not empty."""
    try:
        (_, first), *records = _records(existing_file(path)) or [(1, [])]
    except FileNotFoundError:  # perhaps only since a moment ago
        raise FileNotFoundError(
            f"no file {one_line(path)} (a network in CSV has two, -nodes and -edges; if the "
            "program that wrote them was stopped, write them again)"
        ) from None
    header = [cell.removeprefix(MARK) for cell in first]
    for name in required:
        if name not in header:
            raise ValueError(
                f"{path.name}, line 1: no column {name!r}{nearest(name, tuple(header))}"
            )
    if len(set(header)) < len(header):
        raise ValueError(f"{path.name}, line 1: two columns have the same name")
    rows = []
    for line, record in records:
        if len(record) != len(header):
            raise ValueError(
                f"{path.name}, line {line}: {len(record)} cells, where the header has {len(header)}"
            )
        cells = zip(header, record, strict=True)
        row = {name: _value(name, cell) for name, cell in cells if cell}
        for name in required:
            if name not in row:
                raise ValueError(f"{path.name}, line {line}: the cell {name} is empty")
        rows.append(row)
    return header, rows


def _value(name: str, cell: str) -> Any:
    if cell.startswith(MARK):
        return cell.removeprefix(MARK)
    if cell.lower() in ("true", "false"):
        return cell.lower() == "true"
    number = as_number(cell)
    # An id such as 1e2 or 2.0 stays text, because 100 or 2 can be the id of another node.
    return cell if number is None or (name in IDS and as_text(number) != cell) else number


def _records(path: Path) -> list[tuple[int, list[str]]]:
    """Return the line number and cells of each row; quoted cells begin with the mark."""
    text = QUOTED.sub(rf'"{MARK}\1"', read_text(path))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, line = [], 1
    try:
        with any_length():
            for record in reader:
                if any('"' in cell and not cell.startswith(MARK) for cell in record):
                    raise csv.Error
                if record:
                    records.append((line, record))
                line = reader.line_num + 1
    except csv.Error:
        raise ValueError(
            f"{path.name}, line {line}: quotes must enclose the whole cell, and a quote within "
            "it must be doubled"
        ) from None
    return records
