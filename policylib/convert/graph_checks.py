"""Check the elements and the values of GraphML and GEXF, and name the line of a fault."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from policylib._util.names import nearest

NAMESPACES = {
    "graphml": ("http://graphml.graphdrawing.org/xmlns", ""),
    "gexf": ("http://gexf.net/1.3", "http://www.gexf.net/1.2draft", "http://www.gexf.net/1.1draft"),
}
# The types of attributes; networkx also writes integer and int. A list of GEXF stays one text.
WHOLE, REAL, TEXT = ("byte", "short", "biginteger"), ("bigdecimal",), ("char", "anyURI")
_BOTH: dict[str, type] = {"boolean": bool, "string": str} | dict.fromkeys(
    ("float", "double"), float
)
_BOTH |= dict.fromkeys(("int", "integer", "long"), int)
_GEXF = _BOTH | dict.fromkeys(WHOLE, int) | dict.fromkeys(REAL, float) | dict.fromkeys(TEXT, str)
TYPES = {"graphml": _BOTH, "gexf": _GEXF | dict.fromkeys((f"list{name}" for name in _GEXF), str)}
TIMES = {"integer": int, "long": int, "double": float, "float": float} | dict.fromkeys(
    ("date", "dateTime", "string"), str
)
BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
# The numbers that a node of GEXF needs for its looks, and those that it may have.
LOOKS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "color": (dict.fromkeys("rgb", int), {"a": float}),
    "size": ({"value": float}, {}),
    "thickness": ({"value": float}, {}),
    "position": ({}, dict.fromkeys("xyz", float)),
}
SCOPES = ("graph", "node", "edge")
# Gephi reads these from XML attributes of GEXF, which have a fixed type.
NATIVE: dict[str, type] = {"label": str, "weight": float}

Where = Callable[..., str]


class Column(NamedTuple):
    """A declared attribute; a dynamic one has a value for each span of time."""

    element: Element | None  # None if the file does not declare it
    name: str
    type: type
    dynamic: bool


class Columns(NamedTuple):
    """The attributes of the graph, the nodes and the edges by id, and their default values."""

    of: dict[str, dict[str, Column]]
    defaults: dict[str, dict[str, Any]]


def check(root: Element, kind: str, lines: list[int], file: str) -> Columns:
    """Return the declared attributes, or raise if the elements or values of a file are wrong."""
    line_of = dict(zip(root.iter(), lines, strict=True))

    def where(part: Element, owner: Element = root) -> str:
        place, tag = f"{file}, line {line_of[part]}", local(owner)
        if tag == "node":
            return f"{place}, node {owner.get('id')!r}"
        if tag == "edge":
            return f"{place}, edge {owner.get('source')!r} to {owner.get('target')!r}"
        return place

    namespace, _, tag = root.tag.removeprefix("{").rpartition("}")
    if tag != kind:
        raise ValueError(f"{where(root)}: the file begins with <{tag}> (allowed: <{kind}>)")
    _require(namespace, NAMESPACES[kind], "namespace", where(root))
    graph = root.find("{*}graph")
    if graph is None:
        raise ValueError(f"{file}: no element <graph> in <{kind}>")
    _check_edges(root, graph, kind, where)
    columns = _columns(root, kind, where)
    time = graph.get("timeformat") or "double"  # as GEXF says
    if kind == "gexf":
        _require(time, TIMES, "timeformat", where(graph))
        _check_looks(root, where)
    for scope in SCOPES:
        for element in root.iterfind(f".//{{*}}{scope}"):
            _check_values(element, scope, kind, columns.of[scope], where)
            if kind == "gexf":
                _check_times(element, columns.of[scope], TIMES[time], where)
    return columns


def local(element: Element) -> str:
    """Return the tag of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def cells_of(element: Element) -> Iterator[tuple[Element, str | None, str | None]]:
    """Yield the element, the id of the column and the text of each value."""
    for data in element.iterfind("{*}data"):
        yield data, data.get("key"), data.text or ""
    for value in element.iterfind("{*}attvalues/{*}attvalue"):
        yield value, value.get("for"), value.get("value")


def read_cell(text: str, type_: type) -> Any:
    """Return the text of a cell as a value of this type, or raise.

    Examples
    --------
    >>> read_cell("2", int), read_cell("2", float), read_cell("2", str), read_cell("TRUE", bool)
    (2, 2.0, '2', True)
    """
    if type_ is bool:
        if text.lower() not in BOOLEANS:
            raise ValueError(f"{text!r:.60} is not a boolean (allowed: {', '.join(BOOLEANS)})")
        return BOOLEANS[text.lower()]
    try:
        if type_ is str or (text.isascii() and "_" not in text):  # Python reads 1_0 as 10
            return type_(text)
    except ValueError:
        pass
    raise ValueError(f"{text!r:.60} is not a {'whole number' if type_ is int else 'number'}")


def _is_drawing(value: Element) -> bool:
    """Return whether a value is a drawing of yEd or of another program of yWorks, without text."""
    texts = [value.text, *(part.tail for part in value)]
    ours = all("yworks.com" in part.tag for part in value)
    return len(value) > 0 and ours and not any(text and text.strip() for text in texts)


def _refuse_elements(value: Element) -> None:
    if len(value):
        raise ValueError(f"expected text, found the element <{local(value[0])}>")


def _require(found: str | None, allowed: Collection[str | None], what: str, place: str) -> None:
    if found not in allowed:
        near = nearest(found, tuple(allowed))
        listed = ", ".join(name or "none" for name in allowed)
        raise ValueError(f"{place}: no {what} {found!r} (allowed: {listed}){near}")


def _native(part: Element, name: str, type_: type, where: Where, owner: Element) -> Any:
    """Return the value of an XML attribute, or raise."""
    text = part.get(name)
    if text is None:
        raise ValueError(f"{where(part, owner)}: <{local(part)}> has no {name!r}")
    try:
        return read_cell(text, type_)
    except ValueError as error:
        raise ValueError(f"{where(part, owner)}, {name}: {error}") from None


def _check_edges(root: Element, graph: Element, kind: str, where: Where) -> None:
    """Raise if a node has no id, or an edge lacks an end or has another direction than the rest."""
    known = {}
    for node in root.iterfind(".//{*}node"):
        if "id" not in node.attrib:
            raise ValueError(f"{where(node)}: a node has no id")
        known[node.attrib["id"]] = node
    name = "edgedefault" if kind == "graphml" else "defaultedgetype"
    default = graph.get(name, "undirected")
    modes = ("directed", "undirected", "mutual")[: 2 if kind == "graphml" else 3]
    _require(default, modes, name, where(graph))
    directed = default != "undirected"
    in_graph = f"in {'a directed' if directed else 'an undirected'} graph"
    of_gexf = ("directed", "mutual") if directed else ("undirected",)
    of_graphml = ("true", "1") if directed else ("false", "0")
    for edge in root.iterfind(".//{*}edge"):
        for end in ("source", "target"):
            id_ = edge.get(end)
            if id_ is None:
                raise ValueError(f"{where(edge)}: an edge has no {end}")
            if id_ not in known:
                raise ValueError(f"{where(edge, edge)}: no node {id_!r}{nearest(id_, known)}")
        name, allowed = ("directed", of_graphml) if kind == "graphml" else ("type", of_gexf)
        found = edge.get(name)
        if found is not None and found not in allowed:
            raise ValueError(
                f"{where(edge, edge)}: {name} {found!r} {in_graph} (allowed: {', '.join(allowed)})"
            )


def _columns(root: Element, kind: str, where: Where) -> Columns:
    columns = Columns({scope: {} for scope in SCOPES}, {scope: {} for scope in SCOPES})
    for element, scopes, dynamic in _declared(root, kind, where):
        place = where(element)
        id_, type_ = element.get("id"), element.get("attr.type", element.get("type"))
        name = element.get("attr.name" if kind == "graphml" else "title")
        if kind == "graphml" and "yfiles.type" in element.attrib:
            name, type_ = element.attrib["yfiles.type"], "string"
        elif kind == "graphml" and type_ is None:
            type_ = "string"  # as GraphML says
        if id_ is None or name is None:
            raise ValueError(f"{place}: an attribute has no {'id' if id_ is None else 'name'}")
        _require(type_, TYPES[kind], "type", f"{place}, attribute {name!r}")
        column = Column(element, name, TYPES[kind][type_ or ""], dynamic)
        for scope in scopes:
            if id_ in columns.of[scope]:
                raise ValueError(f"{place}: two attributes of {scope}s have the id {id_!r}")
            # networkx writes whole and other numbers of one name as two attributes.
            columns.of[scope][id_] = column
            default = element.find("{*}default")
            if default is not None and not _is_drawing(default):
                try:
                    _refuse_elements(default)
                    value = read_cell(default.text or "", column.type)
                    if columns.defaults[scope].setdefault(name, value) != value:
                        raise ValueError(f"another one is {columns.defaults[scope][name]!r:.60}")
                except ValueError as error:
                    raise ValueError(f"{place}, default of {name!r}: {error}") from None
    if kind == "gexf":  # Gephi 0.7 did not declare it
        columns.of["edge"].setdefault("weight", Column(None, "weight", float, False))
    return columns


def _declared(
    root: Element, kind: str, where: Where
) -> Iterator[tuple[Element, tuple[str, ...], bool]]:
    """Yield each declaration, what has the attribute, and whether it changes in time."""
    if kind == "graphml":
        for key in root.iterfind("{*}key"):
            of = key.get("for", "all")
            yield key, SCOPES if of == "all" else tuple({of} & set(SCOPES)), False
        return
    for group in root.iterfind("{*}graph/{*}attributes"):
        _require(group.get("class"), ("node", "edge"), "class of attributes", where(group))
        for attribute in group.iterfind("{*}attribute"):
            yield attribute, (group.attrib["class"],), group.get("mode") == "dynamic"


def _check_values(
    element: Element, scope: str, kind: str, columns: dict[str, Column], where: Where
) -> None:
    """Raise if a value is not of the type of its attribute, or an attribute has two values."""
    found: dict[str, Any] = {}
    if kind == "gexf":
        natives = {"node": ("label",), "edge": ("label", "weight")}.get(scope, ())
        for name in natives:
            if name in element.attrib:
                found[name] = _native(element, name, NATIVE[name], where, element)
        if len(element.findall("{*}attvalues")) > 1:
            raise ValueError(f"{where(element, element)}: two elements <attvalues>")
    for part, id_, text in cells_of(element):
        if _is_drawing(part):
            continue
        if id_ not in columns:
            raise ValueError(
                f"{where(part, element)}: no attribute of {scope}s has the id {id_!r}"
                f"{nearest(id_, columns)}"
            )
        column = columns[id_]
        try:
            if text is None:
                raise ValueError("no value")
            if kind == "graphml":
                _refuse_elements(part)
            value = read_cell(text, column.type)
            if not column.dynamic and found.setdefault(column.name, value) != value:
                raise ValueError(f"two values, {found[column.name]!r:.60} and {value!r:.60}")
        except ValueError as error:
            place = where(part, element)
            raise ValueError(f"{place}, attribute {column.name!r}: {error}") from None


def _check_times(element: Element, columns: dict[str, Column], time: type, where: Where) -> None:
    """Raise if the time of an element or of its values is not of the format of the graph."""
    ends = ("start", "end")
    for end in ends:
        if end in element.attrib:
            _native(element, end, time, where, element)
    spans = element.findall("{*}spells/{*}spell")
    spans += [part for part, id_, _ in cells_of(element) if columns[id_ or ""].dynamic]
    for part in spans:
        for end in ends:
            _native(part, end, time, where, element)


def _check_looks(root: Element, where: Where) -> None:
    """Raise if a colour, size or position of a node is not in numbers that networkx can read."""
    for node in root.iterfind(".//{*}node"):
        for part in node:
            needed, optional = LOOKS.get(local(part), ({}, {}))
            if "hex" in part.attrib:
                text = part.attrib["hex"].removeprefix("#")
                if not re.fullmatch("[0-9A-Fa-f]{6}", text):
                    raise ValueError(
                        f"{where(part, node)}: {text!r} is not a colour; expected six "
                        "hexadecimal digits"
                    )
                needed = {}
            given = {name: type_ for name, type_ in optional.items() if name in part.attrib}
            for name, type_ in (needed | given).items():
                _native(part, name, type_, where, node)
