"""Write GraphML and GEXF for Gephi, igraph and yEd, and read them back without loss."""

import json
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring
from xml.parsers import expat

import networkx as nx

from policylib._util.numbers import EXACT
from policylib.convert.graph_checks import (
    NATIVE,
    SCOPES,
    TIMES,
    Columns,
    cells_of,
    check,
    local,
    read_cell,
)
from policylib.convert.graph_time import spans
from policylib.convert.graphs import (
    PlainNetwork,
    Row,
    build,
    edges_of,
    hashable,
    refuse_repeated,
)
from policylib.convert.values import as_text

# networkx also writes both formats, but Gephi takes its column ids d3 and d7 for labels. networkx
# takes the id of an edge in GraphML as its key. Ids must be unique in a file, but keys need not be.
# Properties of the network that the formats cannot hold are in a processing instruction, named
# `policylib`, at the start of the file.
MARK = "policylib"
KEY = {"graphml": "key", "gexf": "networkx_key"}  # where networkx looks for the key of an edge
TYPES = {str: "string", bool: "boolean", int: "long", float: "double"}
DYNAMIC = {"mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
OWN = f"{MARK}:"  # begins the name of an attribute, so that networkx does not take it for its own
MIXED = "-mixed"  # ends the id of a column of several types, whose cells are in JSON

# Elements and attributes of the formats that networkx drops or refuses.
DROPPED = {
    "hyperedge": "an edge of several nodes",
    "port": "a port",
    "sourceport": "a port",
    "targetport": "a port",
    "locator": "a graph in another file",
    "kind": "a kind of edges",
}

Column = tuple[str, str, str]  # id, name and type
Cell = tuple[str, str]  # the id of a column and the text in it


def graphml_bytes(plain: PlainNetwork) -> bytes:
    """Return a network as GraphML."""
    root = Element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    graph = Element("graph", {"edgedefault": "directed" if plain.directed else "undirected"})
    for scope, columns, elements in _tables(plain, "graphml"):
        for id_, name, type_ in columns:
            column = {"id": id_, "for": scope, "attr.name": name, "attr.type": type_}
            SubElement(root, "key", column)
        for own, cells in elements:
            element = SubElement(graph, scope, own)
            for id_, text in cells:
                SubElement(element, "data", {"key": id_}).text = text
    root.append(graph)
    return _document(root, plain)


def gexf_bytes(plain: PlainNetwork, time: str | None = None) -> bytes:
    """Return a network as GEXF 1.3, dynamic if `time` is the attribute with the dates of edges."""
    root = Element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"})
    direction = "directed" if plain.directed else "undirected"
    mode = {"mode": "static"} if time is None else DYNAMIC
    graph = SubElement(root, "graph", {"defaultedgetype": direction} | mode)
    found = {} if time is None else spans(plain, time)
    groups = []
    for scope, columns, elements in _tables(plain, "gexf"):
        group = SubElement(graph, "attributes", {"class": scope, "mode": "static"})
        for id_, name, type_ in columns:
            SubElement(group, "attribute", {"id": id_, "title": name, "type": type_})
        groups.append(Element(f"{scope}s"))
        for number, (own, cells) in enumerate(elements):
            span = found[scope][number] if found else {}
            element = SubElement(groups[-1], scope, own | span)
            values = SubElement(element, "attvalues") if cells else element
            for id_, text in cells:
                SubElement(values, "attvalue", {"for": id_, "value": text})
    graph.extend(groups)
    return _document(root, plain)


def _tables(
    plain: PlainNetwork, kind: str
) -> Iterator[tuple[str, list[Column], list[tuple[dict[str, str], list[Cell]]]]]:
    """Yield the columns of nodes and of edges, and the XML attributes and cells of each."""
    nodes = [({"id": id_}, dict(data)) for id_, data in plain.nodes]
    edges = []
    used: set[str] = set()
    for number, (source, target, key, data) in enumerate(plain.edges):
        row = ({KEY[kind]: key} if plain.multigraph else {}) | data
        # The ids of statements are unique among actors. A later edge with such a key has a number.
        as_id = kind == "graphml" and isinstance(key, str) and key != "" and key not in used
        id_ = str(key) if as_id else f"e{number}"
        while id_ in used:
            id_ += "_"
        used.add(id_)
        edges.append(({"id": id_, "source": source, "target": target}, row))
    for scope, elements in (("node", nodes), ("edge", edges)):
        if kind == "gexf":
            for own, row in elements:
                for name in ("label", "weight") if scope == "edge" else ("label",):
                    if type(row.get(name)) in {str: (str,), float: (int, float)}[NATIVE[name]]:
                        own[name] = as_text(row.pop(name))
        columns, cells = _columns(scope, [row for _, row in elements])
        yield scope, columns, list(zip((own for own, _ in elements), cells, strict=True))


def _columns(scope: str, rows: list[Row]) -> tuple[list[Column], list[list[Cell]]]:
    """Return a column of one type for each attribute, as other programs need it, and the cells."""
    values: dict[str, dict[int, Any]] = {}
    for number, row in enumerate(rows):
        for name, value in row.items():
            values.setdefault(name, {})[number] = value
    columns, cells = [], [list[Cell]() for _ in rows]
    for i, (name, found) in enumerate(values.items()):
        types = {type(value) for value in found.values()}
        if types == {int, float} and all(abs(v) <= EXACT for v in found.values() if type(v) is int):
            types, found = {float}, {number: float(value) for number, value in found.items()}
        mixed = len(types) > 1
        id_ = f"{scope}{i}{MIXED}" if mixed else f"{scope}{i}"
        columns.append((id_, name, "string" if mixed else TYPES[types.pop()]))
        for number, value in found.items():
            text = json.dumps(value, ensure_ascii=False) if mixed else as_text(value)
            cells[number].append((id_, text))
    return columns, cells


def _document(root: Element, plain: PlainNetwork) -> bytes:
    mark = {"directed": plain.directed, "multigraph": plain.multigraph, "graph": plain.graph}
    # The characters ?> would end the instruction.
    instruction = json.dumps(mark).replace(">", "\\u003e")
    indent(root)
    # Parsers read a carriage return as a line feed, unless it is written as a reference.
    text = tostring(root, encoding="unicode").replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<?{MARK} {instruction}?>\n{text}\n'.encode()


def read_xml(path: Path) -> nx.Graph:
    """Read GraphML or GEXF: without loss if policylib wrote it, otherwise as networkx does."""
    data = path.read_bytes()
    mark, lines = _scan(data, path.name)
    kind, root = path.suffix[1:].lower(), fromstring(data)
    if mark is None:
        _refuse_unknown(root, path.name)
    columns = check(root, kind, lines, path.name)
    try:
        if mark is not None:
            plain = _plain(root, columns, _properties(mark), kind)
        else:
            read = nx.read_graphml if kind == "graphml" else nx.read_gexf
            network = read(BytesIO(_prepared(root, columns, kind)))
    except Exception as error:  # networkx raises errors of many kinds
        problem = error if type(error) is ValueError else repr(error)
        raise ValueError(f"{path.name} cannot be read as {kind}: {problem}") from error
    if mark is not None:
        return build(plain, path)
    refuse_repeated((node.get("id") for node in root.iterfind(".//{*}node")), path)
    _refuse_repeated_edges(root, path.name, directed=network.is_directed())
    _refuse_losses(root, network, path.name)
    return _tidy(network, columns, path.name)


def _scan(data: bytes, file: str) -> tuple[str | None, list[int]]:
    """Return the instruction to policylib and the line of each element, or raise if it is unsafe.

    A file is unsafe if it is malformed, or if its document type has declarations, which neither
    format needs: entities and default attributes can make a short file expand to any length.
    """
    parser = expat.ParserCreate(namespace_separator="}")  # as ElementTree, to refuse the same files
    marks: dict[str, str] = {}
    lines: list[int] = []

    def refuse(_: str, __: str | None, ___: str | None, own_declarations: int) -> None:
        if own_declarations:
            raise ValueError("a file that declares entities cannot be read")

    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = marks.setdefault
    parser.StartElementHandler = lambda *_: lines.append(parser.CurrentLineNumber)
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        problem = str(error).partition(":")[0]
        raise ValueError(f"{file}, line {parser.CurrentLineNumber}: {problem}") from error
    return marks.get(MARK), lines


def _refuse_unknown(root: Element, file: str) -> None:
    """Raise if the file says what networkx drops without a word."""
    for element in root.iter():
        what = DROPPED.get(local(element)) or next(
            (DROPPED[a] for a in element.attrib if a in DROPPED), None
        )
        if what:
            raise ValueError(f"{file}: {what} cannot be read")


def _prepared(root: Element, columns: Columns, kind: str) -> bytes:
    """Return XML as networkx needs it, with names that it does not use itself."""
    names = {bool: "boolean", int: "long", float: "double", str: "string"}
    name, type_ = ("title", "type") if kind == "gexf" else ("attr.name", "attr.type")
    for scope in SCOPES:
        known = columns.of[scope]
        for element in root.iterfind(f".//{{*}}{scope}"):
            for part, id_, text in cells_of(element):
                if not len(part) and known[id_ or ""].type is bool:
                    part.text = str(read_cell(text or "", bool)).lower()
                    part.set("value", part.text)
                if kind == "gexf" and known[id_ or ""].element is not None:
                    part.set("for", f"{OWN}{id_}")  # networkx has an attribute of the id weight
        for id_, column in known.items():
            if column.element is None or "yfiles.type" in column.element.attrib:
                continue
            column.element.set(type_, names[column.type])
            if column.name != KEY[kind]:
                column.element.set(name, OWN + column.name)
            if kind == "gexf":
                column.element.set("id", OWN + id_)
            for default in column.element.findall("{*}default"):
                column.element.remove(default)
    for colour in root.iterfind(".//{*}color[@hex]"):
        text = colour.attrib.pop("hex").removeprefix("#")
        for place, part_name in enumerate("rgb"):
            colour.set(part_name, str(int(text[2 * place : 2 * place + 2], 16)))
    for graph in root.iterfind("{*}graph"):
        if kind == "gexf":
            _make_directed(graph)
            graph.set("timeformat", names[TIMES[graph.get("timeformat") or "double"]])
    return tostring(root)


def _make_directed(graph: Element) -> None:
    """Make two directed edges of each mutual edge, as GEXF says."""
    type_ = graph.get("defaultedgetype")
    if type_ == "mutual":
        graph.set("defaultedgetype", "directed")
    for group in graph.iterfind(".//{*}edges"):
        edges = []
        for edge in group:
            edges.append(edge)
            if edge.get("type", type_) != "mutual":
                continue
            edge.set("type", "directed")
            source, target = edge.attrib["source"], edge.attrib["target"]
            if source != target:
                edges.append(deepcopy(edge))
                edges[-1].attrib.update(source=target, target=source)
        group[:] = edges


def _properties(mark: str) -> Row:
    """Return what the instruction to policylib says of the network."""
    found = _value("the instruction to policylib", mark)
    types = {"directed": bool, "multigraph": bool, "graph": dict}
    if not isinstance(found, dict) or any(
        type(found.get(name)) is not type_ for name, type_ in types.items()
    ):
        raise ValueError(f"the instruction to policylib must have {', '.join(types)}")
    return found


def _value(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"{name}: {text!r:.60} is not a value in JSON") from None


def _plain(root: Element, columns: Columns, mark: Row, kind: str) -> PlainNetwork:
    """Return the content of a file that policylib wrote."""

    def row(element: Element) -> Row:
        found: Row = {name: element.attrib[name] for name in NATIVE if name in element.attrib}
        if "weight" in found:
            found["weight"] = _value("weight", found["weight"])
        for _, id_, cell in cells_of(element):
            text, column = cell or "", columns.of[local(element)][id_ or ""]
            mixed = (id_ or "").endswith(MIXED)
            found[column.name] = (
                _value(column.name, text) if mixed else read_cell(text, column.type)
            )
        return found

    nodes = [(node.attrib["id"], row(node)) for node in root.iterfind(".//{*}node")]
    edges = []
    for edge in root.iterfind(".//{*}edge"):
        data = row(edge)
        source, target = edge.attrib["source"], edge.attrib["target"]
        if mark["multigraph"] and KEY[kind] not in data:
            raise ValueError(f"edge {source!r} to {target!r} has no attribute {KEY[kind]!r}")
        key = hashable(data.pop(KEY[kind])) if mark["multigraph"] else 0
        edges.append((source, target, key, data))
    return PlainNetwork(mark["directed"], mark["multigraph"], dict(mark["graph"]), nodes, edges)


def _tidy(network: nx.Graph, columns: Columns, file: str) -> nx.Graph:
    """Turn all that networkx reads from other programs' files into plain attributes.

    networkx leaves Gephi's visual attributes in nested dicts. A default value is for the elements
    that have no other value. Raise if an attribute has two values.
    """
    for name in ("mode", "node_default", "edge_default"):
        network.graph.pop(name, None)
    rows = [("graph", file, network.graph)]
    rows += [("node", f"{file}, node {id_!r}", data) for id_, data in network.nodes(data=True)]
    for source, target, _, data in edges_of(network):
        rows.append(("edge", f"{file}, edge {source!r} to {target!r}", data))
    for scope, place, data in rows:
        if data.get("label", "") is None:  # a node of GEXF needs no label
            del data["label"]
        for name, value in data.pop("viz", {}).items():
            parts = value.items() if isinstance(value, dict) else [("", value)]
            data.update({f"viz {name} {part}".strip(): cell for part, cell in parts})
        found: Row = {}
        for name, value in data.items():
            plain = name.removeprefix(OWN)
            if found.setdefault(plain, value) != value:
                raise ValueError(
                    f"{place}: two values of {plain!r}, {found[plain]!r:.60} and {value!r:.60}"
                )
        data.clear()
        data.update(columns.defaults[scope] | found)
    return network


def _refuse_losses(root: Element, network: nx.Graph, file: str) -> None:
    """Raise if networkx has lost nodes or edges."""
    nodes, edges = root.findall(".//{*}node"), root.findall(".//{*}edge")
    for what, found, read in (
        ("nodes", len(nodes), len(network)),
        ("edges", len(edges), network.number_of_edges()),
    ):
        if found != read:
            raise ValueError(
                f"{file}: {found} {what}, of which only {read} can be read; a nested or a second "
                "graph, or edges with one id, cannot be read"
            )


def _refuse_repeated_edges(graph: Element, file: str, *, directed: bool) -> None:
    """Raise if two edges have the same ends and the same id, which is their key in networkx."""
    seen = set()
    for edge in graph.iterfind(".//{*}edge"):
        source, target, id_ = (edge.get(name, "") for name in ("source", "target", "id"))
        same = (source, target, id_) if directed else (*sorted((source, target)), id_)
        if id_ and same in seen:
            raise ValueError(
                f"{file}, edge {source!r} to {target!r}: another edge has the same ends and the "
                f"id {id_!r}"
            )
        seen.add(same)
