"""A network as JSON in the node-link form."""

import json
from pathlib import Path
from typing import Any

import networkx as nx

from policylib.convert.graphs import build, edges_of, escape, read_text, unescape

NODE = ("id",)
EDGE = ("source", "target", "key")


def json_bytes(network: nx.Graph) -> bytes:
    """Write a plain network as JSON: nodes, and links between them."""
    edges = []
    for source, target, key, data in edges_of(network):
        ends = {"source": source, "target": target}
        ends |= {"key": key} if network.is_multigraph() else {}
        edges.append(ends | {escape(name, EDGE): value for name, value in data.items()})
    content = {
        "directed": network.is_directed(),
        "multigraph": network.is_multigraph(),
        "graph": network.graph,
        "nodes": [
            {"id": id_} | {escape(name, NODE): value for name, value in data.items()}
            for id_, data in network.nodes(data=True)
        ],
        "edges": edges,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(path: Path) -> nx.Graph:
    """Read JSON in the node-link form, by policylib, networkx or d3 (which says `links`)."""
    text = read_text(path)
    try:
        content = json.loads(text)
        directed, multigraph = content.get("directed", False), content.get("multigraph", True)
        ends = EDGE if multigraph else EDGE[:2]
        nodes = [(_hashable(row.pop("id")), _own(row, NODE)) for row in content["nodes"]]
        if len({id_ for id_, _ in nodes}) < len(nodes):
            raise ValueError("two nodes have one id")
        edges = []
        for row in content["edges" if "edges" in content else "links"]:
            source, target, *key = [_hashable(row.pop(name, None)) for name in ends]
            edges.append((source, target, key[0] if key else 0, _own(row, EDGE)))
        if not all(isinstance(flag, bool) for flag in (directed, multigraph)):
            raise ValueError("directed and multigraph are true or false")
        named = {id_ for id_, _ in nodes}
        lost = [end for edge in edges for end in edge[:2] if end not in named]
        if lost:
            raise ValueError(f"no node {lost[0]!r} (links by position are not read)")
        network = build(directed, multigraph, nodes, edges)
        network.graph.update(content.get("graph", {}))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name}, line {error.lineno}: {error.msg}") from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} holds no nodes and edges of a network: {error!r}") from error
    return network


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _own(row: dict[str, Any], reserved: tuple[str, ...]) -> dict[str, Any]:
    return {unescape(name, reserved): value for name, value in row.items()}
