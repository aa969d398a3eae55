"""GraphML and GEXF: written for Gephi, igraph and yEd, and read back without loss."""

import json
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring
from xml.parsers import expat

import networkx as nx

from policylib.convert.graphs import as_number, as_text, build, edges_of, escape, unescape

# networkx could write both, but Gephi takes its key ids d3 and d7 for labels, and edge ids must be
# unique in a file, while edge keys are not. What other programs have no place for stands in an
# instruction to policylib at the head of the file.
MARK = "policylib"
# Where networkx looks for a key, and what it trips over as the name of anything else.
GRAPHML_KEY, GEXF_KEY = "key", "networkx_key"
RESERVED = [GRAPHML_KEY, GEXF_KEY]
NATIVE = {"label": (str,), "weight": (int, float)}
TYPES = {str: "string", bool: "boolean", int: "long", float: "double"}
PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": lambda text: text == "true",
    "long": int,
    "double": float,
    "mixed": json.loads,
}
EXACT = 2**53  # beyond it, a floating-point number no longer tells two integers apart

Row = dict[str, Any]
Column = tuple[str, str, str]  # id, name and type
Cells = list[tuple[str, str]]  # the id of a column, and the text in it


def graphml_bytes(network: nx.Graph) -> bytes:
    """Write a plain network as GraphML."""
    node_columns, nodes = _cells("node", _node_rows(network))
    edge_columns, edges = _cells("edge", _edge_rows(network, GRAPHML_KEY))
    root = Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for scope, columns in (("node", node_columns), ("edge", edge_columns)):
        for id_, name, type_ in columns:
            kind = {"attr.name": name, "attr.type": _declared(type_)}
            SubElement(root, "key", {"id": id_, "for": scope, **kind})
    graph = SubElement(root, "graph", {"edgedefault": _direction(network)})
    for id_, cells in zip(network, nodes, strict=True):
        _add_data(SubElement(graph, "node", {"id": id_}), cells)
    for ends, cells in zip(_ends(network), edges, strict=True):
        _add_data(SubElement(graph, "edge", ends), cells)
    return _marked(root, network, node_columns + edge_columns)


def _add_data(element: Element, cells: Cells) -> None:
    for id_, text in cells:
        SubElement(element, "data", {"key": id_}).text = text


def gexf_bytes(network: nx.Graph) -> bytes:
    """Write a plain network as GEXF 1.3."""
    node_rows, edge_rows = _node_rows(network), _edge_rows(network, GEXF_KEY)
    labels = [_take_native(row, "label") for row in node_rows]
    natives = [_take_native(row, "label", "weight") for row in edge_rows]
    node_columns, nodes = _cells("node", node_rows)
    edge_columns, edges = _cells("edge", edge_rows)
    root = Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    graph = SubElement(root, "graph", {"defaultedgetype": _direction(network), "mode": "static"})
    for scope, columns in (("node", node_columns), ("edge", edge_columns)):
        group = SubElement(graph, "attributes", {"class": scope, "mode": "static"})
        for id_, name, type_ in columns:
            SubElement(group, "attribute", {"id": id_, "title": name, "type": _declared(type_)})
    group = SubElement(graph, "nodes")
    for id_, native, cells in zip(network, labels, nodes, strict=True):
        _add_values(SubElement(group, "node", {"id": id_, **native}), cells)
    group = SubElement(graph, "edges")
    for ends, native, cells in zip(_ends(network), natives, edges, strict=True):
        _add_values(SubElement(group, "edge", {**ends, **native}), cells)
    return _marked(root, network, node_columns + edge_columns)


def _add_values(element: Element, cells: Cells) -> None:
    values = SubElement(element, "attvalues") if cells else element
    for id_, text in cells:
        SubElement(values, "attvalue", {"for": id_, "value": text})


def _take_native(row: Row, *names: str) -> dict[str, str]:
    """Take out of a row what is an XML attribute in GEXF, if it has the type that it has there."""
    fit = [name for name in names if type(row.get(name)) in NATIVE[name]]
    return {name: as_text(row.pop(name)) for name in fit}


def _node_rows(network: nx.Graph) -> list[Row]:
    return [dict(data) for _, data in network.nodes(data=True)]


def _edge_rows(network: nx.Graph, key_name: str) -> list[Row]:
    return [
        ({key_name: key} if network.is_multigraph() else {})
        | {escape(name, RESERVED): value for name, value in data.items()}
        for _, _, key, data in edges_of(network)
    ]


def _ends(network: nx.Graph) -> list[dict[str, str]]:
    return [
        {"id": f"e{i}", "source": source, "target": target}
        for i, (source, target, *_) in enumerate(edges_of(network))
    ]


def _cells(scope: str, rows: list[Row]) -> tuple[list[Column], list[Cells]]:
    """Give each attribute one column, and spell its values for the type of that column."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    columns = [
        (f"{scope}{i}", name, _type(found)) for i, (name, found) in enumerate(values.items())
    ]
    places = {name: (id_, type_) for id_, name, type_ in columns}
    cells = [
        [(places[name][0], _spell(value, places[name][1])) for name, value in row.items()]
        for row in rows
    ]
    return columns, cells


def _type(values: list[Any]) -> str:
    """Tell the one type that other programs must be told for a column."""
    types = {type(value) for value in values}
    if types == {int, float} and all(type(v) is float or abs(v) <= EXACT for v in values):
        return "double"
    return TYPES[types.pop()] if len(types) == 1 else "mixed"


def _spell(value: Any, type_: str) -> str:
    if type_ == "mixed":
        return json.dumps(value, ensure_ascii=False)
    return as_text(float(value) if type_ == "double" else value)


def _declared(type_: str) -> str:
    return "string" if type_ == "mixed" else type_


def _direction(network: nx.Graph) -> str:
    return "directed" if network.is_directed() else "undirected"


def _marked(root: Element, network: nx.Graph, columns: list[Column]) -> bytes:
    mark = {
        "directed": network.is_directed(),
        "multigraph": network.is_multigraph(),
        "graph": network.graph,
        "mixed": [id_ for id_, _, type_ in columns if type_ == "mixed"],
    }
    # The characters ?> would end the instruction.
    told = json.dumps(mark).replace(">", "\\u003e")
    indent(root)
    # A parser makes a line feed of a carriage return, unless it is written as a reference.
    text = tostring(root, encoding="unicode").replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<?{MARK} {told}?>\n{text}\n'.encode()


def read_graphml(path: Path) -> nx.Graph:
    """Read GraphML: without loss if policylib wrote it, and else as networkx does."""
    return _read(path, _own_graphml, nx.read_graphml)


def read_gexf(path: Path) -> nx.Graph:
    """Read GEXF: without loss if policylib wrote it, and else as networkx does."""
    return _read(path, _own_gexf, nx.read_gexf)


def _read(
    path: Path, own: Callable[[Element, Row], nx.Graph], foreign: Callable[[BytesIO], nx.Graph]
) -> nx.Graph:
    data = path.read_bytes()
    mark = _scan(data, path.name)
    kind = path.suffix[1:].lower()
    try:
        if mark is None:
            return _plain(foreign(BytesIO(data)))
        root = fromstring(data)
        if not root.tag.endswith(kind):
            raise ValueError(f"it begins with {root.tag}")
        return own(root, json.loads(mark))
    except Exception as error:  # networkx raises whatever its reader stumbles over
        raise ValueError(f"{path.name} is no {kind} file that can be read: {error!r}") from error


def _plain(network: nx.Graph) -> nx.Graph:
    """Bring what networkx makes of other programs' files into attributes that can be written.

    It leaves the defaults of attributes at the graph, and how Gephi draws a node in nested dicts.
    """
    network.graph.pop("mode", None)
    rows = ((data for _, data in network.nodes(data=True)), (row[-1] for row in edges_of(network)))
    for scope, elements in zip(("node", "edge"), rows, strict=True):
        defaults = network.graph.pop(f"{scope}_default", {})
        for data in elements:
            for name, value in defaults.items():
                data.setdefault(name, value)
            for name, value in data.pop("viz", {}).items():
                parts = value.items() if isinstance(value, dict) else [("", value)]
                data.update({f"viz {name} {part}".strip(): cell for part, cell in parts})
    return network


def _scan(data: bytes, file: str) -> str | None:
    """Give the mark in an XML file, and raise if it is not well-formed or defines anything.

    An entity can stand for a text of any length, and so can the default of an attribute. Both are
    declared in a document type, which neither format needs.
    """
    parser = expat.ParserCreate()
    marks = []

    def refuse(_: str, __: str | None, ___: str | None, own_declarations: int) -> None:
        if own_declarations:
            raise ValueError("a file that declares entities is not read")

    def note(target: str, text: str) -> None:
        if target == MARK:
            marks.append(text)

    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = note
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        problem = str(error).partition(":")[0]
        raise ValueError(f"{file}, line {parser.CurrentLineNumber}: {problem}") from error
    return marks[0] if marks else None


def _own_graphml(root: Element, mark: Row) -> nx.Graph:
    columns = {
        key.attrib["id"]: (key.attrib["attr.name"], key.attrib["attr.type"])
        for key in root.iterfind("{*}key")
    }

    def row(element: Element) -> Row:
        cells = [(data.attrib["key"], data.text or "") for data in element.iterfind("{*}data")]
        return _row(cells, columns, mark)

    nodes, edges = (root.iterfind(f"{{*}}graph/{{*}}{tag}") for tag in ("node", "edge"))
    return _build(nodes, edges, row, mark)


def _own_gexf(root: Element, mark: Row) -> nx.Graph:
    columns = {
        column.attrib["id"]: (column.attrib["title"], column.attrib["type"])
        for column in root.iterfind("{*}graph/{*}attributes/{*}attribute")
    }

    def row(element: Element) -> Row:
        values = [value.attrib for value in element.iterfind("{*}attvalues/{*}attvalue")]
        found = _row([(value["for"], value["value"]) for value in values], columns, mark)
        if "label" in element.attrib:
            found["label"] = element.attrib["label"]
        if "weight" in element.attrib:
            found["weight"] = as_number(element.attrib["weight"])
        return found

    nodes, edges = (root.iterfind(f"{{*}}graph/{{*}}{tag}s/{{*}}{tag}") for tag in ("node", "edge"))
    return _build(nodes, edges, row, mark)


def _row(cells: Cells, columns: dict[str, tuple[str, str]], mark: Row) -> Row:
    row = {}
    for id_, text in cells:
        name, type_ = columns[id_]
        row[name] = PARSERS["mixed" if id_ in mark["mixed"] else type_](text)
    return row


def _build(
    nodes: Iterable[Element], edges: Iterable[Element], row: Callable[[Element], Row], mark: Row
) -> nx.Graph:
    found = []
    for edge in edges:
        data = row(edge)
        key = data.pop(GEXF_KEY if GEXF_KEY in data else GRAPHML_KEY) if mark["multigraph"] else 0
        data = {unescape(name, RESERVED): value for name, value in data.items()}
        found.append((edge.attrib["source"], edge.attrib["target"], key, data))
    named = [(node.attrib["id"], row(node)) for node in nodes]
    network = build(mark["directed"], mark["multigraph"], named, found)
    network.graph.update(mark["graph"])
    return network
