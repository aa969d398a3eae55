"""Write and read a network as JSON in the node-link form."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx

from policylib._util.names import nearest
from policylib.convert.graphs import PlainNetwork, build, hashable
from policylib.convert.values import read_text


def json_bytes(plain: PlainNetwork) -> bytes:
    """Return a network as JSON, with nodes and the edges between them."""
    content = plain._asdict()
    content["nodes"] = [{"id": id_} | data for id_, data in plain.nodes]
    content["edges"] = [
        {"source": source, "target": target} | ({"key": key} if plain.multigraph else {}) | data
        for source, target, key, data in plain.edges
    ]
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(path: Path) -> nx.Graph:
    """Read JSON in the node-link form by policylib, networkx or d3 (whose edges are `links`)."""
    text = read_text(path)
    try:
        plain = _plain(json.loads(text, object_pairs_hook=_once))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name}, line {error.lineno}: {error.msg}") from error
    except (TypeError, ValueError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ValueError(
            f"{path.name} does not hold the nodes and edges of a network: {problem}"
        ) from error
    return build(plain, path)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, or raise if it has a name twice, of which one would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        values = " and ".join(f"{value!r:.60}" for name, value in pairs if name == twice)
        raise ValueError(f"the name {twice!r} is twice in one object, with {values}")
    return found


def _plain(content: Any) -> PlainNetwork:
    content = _expect(dict, content, "the file")
    directed, multigraph = content.get("directed", False), content.get("multigraph", True)
    for name, flag in (("directed", directed), ("multigraph", multigraph)):
        if not isinstance(flag, bool):
            raise ValueError(f"directed and multigraph must be true or false; {name} is {flag!r}")
    if "edges" in content and "links" in content:
        raise ValueError("it has both edges and links; which are the edges of the network?")
    nodes = [(_take(row, "id", place), row) for place, row in _rows(content, "nodes", "node")]
    if any(id_ is None for id_, _ in nodes):
        raise ValueError("the id of a node is null")
    edges = []
    for place, row in _rows(content, "links" if "links" in content else "edges", "edge"):
        source, target = _take(row, "source", place), _take(row, "target", place)
        key = (_take(row, "key", place) if "key" in row else None) if multigraph else 0
        edges.append((source, target, key, row))
    graph = _expect(dict, content.get("graph", {}), "graph")
    return PlainNetwork(directed, multigraph, graph, nodes, edges)


def _expect(type_: type, value: Any, place: str) -> Any:
    """Return a value, or raise unless it is of this type."""
    if not isinstance(value, type_):
        names: dict[type, str] = {dict: "an object", list: "a list"}
        found = names.get(type(value)) or json.dumps(value, ensure_ascii=False)
        raise ValueError(f"{place} is {found:.60}; expected {names[type_]}")
    return value


def _rows(content: dict[str, Any], name: str, what: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the object of each node or edge, or raise if it is not one."""
    if name not in content:
        or_links = " or 'links'" if name == "edges" else ""
        raise ValueError(f"no {name!r}{or_links}{nearest(name, content)}")
    for number, row in enumerate(_expect(list, content[name], name), 1):
        yield f"{what} {number}", _expect(dict, row, f"{what} {number}")


def _take(row: dict[str, Any], name: str, place: str) -> Any:
    """Remove and return an id or key of a node or edge."""
    if name not in row:
        raise ValueError(f"{place} has no {name!r}{nearest(name, row)}")
    try:
        return hashable(row.pop(name))
    except TypeError as error:
        raise ValueError(f"{place}, {name}: {error}") from None
