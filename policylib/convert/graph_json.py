"""Write and read a network as JSON in the node-link form."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx

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
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            f"{path.name} does not hold the nodes and edges of a network: {error!r}"
        ) from error
    return build(plain, path)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, or raise if it has a name twice, of which one would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the name {twice!r} is twice in one object")
    return found


def _plain(content: Any) -> PlainNetwork:
    directed, multigraph = content.get("directed", False), content.get("multigraph", True)
    if not all(isinstance(flag, bool) for flag in (directed, multigraph)):
        raise ValueError("directed and multigraph must be true or false")
    if "edges" in content and "links" in content:
        raise ValueError("it has both edges and links; which are the edges of the network?")
    nodes = [(hashable(row.pop("id")), row) for row in content["nodes"]]
    if any(id_ is None for id_, _ in nodes):
        raise ValueError("the id of a node is null")
    edges = []
    for row in content["edges" if "edges" in content else "links"]:
        source, target = hashable(row.pop("source")), hashable(row.pop("target"))
        edges.append((source, target, hashable(row.pop("key", None)) if multigraph else 0, row))
    return PlainNetwork(directed, multigraph, dict(content.get("graph", {})), nodes, edges)
