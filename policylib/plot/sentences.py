"""Statements as sentences, which `explore` shows for a node or an edge."""

from math import inf
from typing import Any

import networkx as nx
import pandas as pd

from policylib._util.numbers import EXACT, is_between
from policylib._util.printable import printable
from policylib.documents.sentences import find_quote, with_sentences
from policylib.tables.roles import ROLES, denies

STATEMENTS = (*ROLES, "advances")
PLACE = ("document", "paragraph", "start", "end", "quote")
LISTED = 25  # statements shown for one node or edge; `evidence` lists all
LENGTH = 160  # characters of a sentence
Said = tuple[str, dict[str, Any]]  # the start of a sentence, and the attributes of the edge


def sentences_at(
    network: nx.MultiDiGraph, nodes: nx.MultiDiGraph, documents: pd.DataFrame
) -> nx.MultiDiGraph:
    """Copy a network, with the `sentence` of each statement at some nodes, cut if it is long."""
    network = network.copy()
    said = [
        data
        for a, b, data in network.edges(data=True)
        if data.get("relation") in STATEMENTS and (a in nodes or b in nodes)
    ]
    table = pd.DataFrame({column: [data.get(column) for data in said] for column in PLACE})
    for data, found in zip(said, with_sentences(table, documents)["sentence"], strict=True):
        if isinstance(found, str):
            data["sentence"] = _cut(found, data.get("quote"))
    return network


def _cut(sentence: str, quote: object) -> str:
    """Return the part of a long sentence around its quote."""
    start, end = (find_quote(sentence, quote) if isinstance(quote, str) else None) or (0, 0)
    start = max(0, min((start + end - LENGTH) // 2, len(sentence) - LENGTH))
    cut = sentence[start : start + LENGTH]
    return "…" * (start > 0) + cut + "…" * (start + len(cut) < len(sentence))


def said_at(network: nx.MultiDiGraph, names: dict[Any, str]) -> dict[Any, list[Said]]:
    """Map each node to its statements: by an actor, or about a code or an initiative."""
    said: dict[Any, list[Said]] = {node: [] for node in network}
    for a, b, data in network.edges(data=True):
        if data.get("relation") in STATEMENTS:
            _require_count(a, b, data.get("count", 1))
        if data.get("relation") in ROLES:
            said[a].append((f"on {names[b]}, {_role(data)}", data))
            said[b].append((f"{names[a]} {_role(data)}", data))
        elif data.get("relation") in STATEMENTS:
            said[a].append((does(data, names), data))
    return said


def _require_count(a: Any, b: Any, count: object) -> None:
    if not is_between(count, 0, EXACT):
        raise ValueError(
            f"the edge from {a!r} to {b!r} has the count {count!r}; expected a number from 0 to "
            "2**53"
        )


def does(data: dict[str, Any], names: dict[Any, str]) -> str:
    """Return the role of a statement, with its actor if the edge begins at an initiative."""
    named = data.get("actor") if "role" in data else None
    actor = "" if named is None else f"{names.get(named, named)} "
    return actor + _role(data)


def _role(data: dict[str, Any]) -> str:
    role = str(data.get("role", data["relation"]))
    return f"{role} (denied)" if denies(data.get("qualifier")) else role


def listed(said: list[Said]) -> dict[str, Any]:
    """Count statements, and list the first in the order of their places."""
    said = sorted(said, key=_place)
    sentences = {f"statement {n}": _sentence(*one) for n, one in enumerate(said[:LISTED], 1)}
    if len(said) > LISTED:
        sentences["and"] = f"{len(said) - LISTED} more, which `evidence` lists"
    return {"statements": sum(int(data.get("count", 1)) for _, data in said), **sentences}


def _sentence(start: str, data: dict[str, Any]) -> str:
    text = data.get("sentence") or data.get("summary") or data.get("quote") or ""
    place = f"{data.get('document', 'no document')}, paragraph {data.get('paragraph', '?')}"
    often = f"; {data['count']} times" if data.get("count", 1) > 1 else ""
    return printable(f"{place}: {start}: {text}".rstrip(": ") + often)


def _place(said: Said) -> tuple[Any, ...]:
    """Return a key to sort statements by place; those without a place come last."""
    start, data = said
    document, paragraph = data.get("document"), data.get("paragraph")
    number = paragraph if is_between(paragraph, -inf, inf) else inf
    return document is None, str(document), number, _sentence(start, data)
