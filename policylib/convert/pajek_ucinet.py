"""Write the weights of a network for UCINET and Pajek, and read files of Pajek."""

import re
from collections.abc import Iterator
from math import inf
from pathlib import Path

import networkx as nx

from policylib.convert.graphs import PlainNetwork, build, edges_of, node_names
from policylib.convert.values import as_number, as_text, plain_scalar, read_text

LABEL = re.compile(r'[^\s",=:]+')
MOST_UNNAMED = 10**6
SHAPES = ("ellipse", "box", "diamond", "triangle", "cross", "empty", "ic", "bc", "x_fact")
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
WORD = re.compile(r'"([^"]*)"|(\S+)')

Number = int | float


def dl_bytes(network: nx.Graph) -> bytes:
    """Return the weights of a network as an edge list of UCINET.

    Edges refer to nodes by number. UCINET cuts labels off, so that two nodes could become one,
    and a list that has labels only in its edges would lose the nodes without edges.
    """
    numbers, weights = _weights(network, ".dl")
    labels = [name if LABEL.fullmatch(name) else f'"{name}"' for name in numbers]
    lines = [f"dl n={len(numbers)}", "format = edgelist1", "labels:", ",".join(labels), "data:"]
    for (u, v), weight in weights.items():
        # In this format, an undirected edge has two lines, but a loop only one.
        pairs = [(u, v)] if network.is_directed() or u == v else [(u, v), (v, u)]
        lines += [f"{source} {target} {as_text(weight)}" for source, target in pairs]
    return "".join(f"{line}\n" for line in lines).encode()


def pajek_bytes(network: nx.Graph) -> bytes:
    """Return the weights of a network as an edge list of Pajek."""
    numbers, weights = _weights(network, ".net")
    lines = [f"*vertices {len(numbers)}"]
    lines += [f'{number} "{name}"' for name, number in numbers.items()]
    lines.append("*arcs" if network.is_directed() else "*edges")
    lines += [f"{u} {v} {as_text(weight)}" for (u, v), weight in weights.items()]
    return "".join(f"{line}\n" for line in lines).encode()


def _weights(
    network: nx.Graph, ending: str
) -> tuple[dict[str, int], dict[tuple[int, int], Number]]:
    """Return the number of each node, and the sum of the weights between each pair.

    An edge without `weight` has its `count` as weight, or 1 if it has neither.
    """
    names = node_names(network, ending)
    numbers = {name: number for number, name in enumerate(names.values(), start=1)}
    sums: dict[tuple[int, int], Number] = {}
    for source, target, _, data in edges_of(network):
        weights = []
        for name in ("weight", "count"):
            place = f"edge {source!r} to {target!r}, attribute {name!r}"
            weight = plain_scalar(data.get(name), place, ending)
            if isinstance(weight, str | bool):
                raise TypeError(f"{place}: {weight!r} is not a number")
            if weight is not None and not abs(weight) < inf:
                raise ValueError(f"{place}: a {ending} file cannot hold infinite numbers")
            weights.append(weight)
        pair = numbers[names[source]], numbers[names[target]]
        sums[pair] = sums.get(pair, 0) + next((w for w in weights if w is not None), 1)
    return numbers, sums


def read_pajek(path: Path) -> nx.Graph:
    """Read the vertices, arcs and edges of a Pajek file, with their weights."""
    count = -1
    labels: dict[int, str] = {}
    links: dict[str, list[tuple[int, int, Number]]] = {}
    relations: dict[str, list[str]] = {}
    for line, section, words in _lines(path):
        try:
            if words[0].lower() == section:
                _refuse_other_parts(section, words[1:], relations)
                count = _whole(words[1]) if section == "*vertices" else count
                links.setdefault(section, [])
            elif section == "*vertices":
                number = _vertex(words[0], count)
                if number in labels:
                    raise ValueError(f"vertex {number} is in an earlier line")
                labels[number] = words[-1] if len(words) == 1 else words[1]
                if words[2:] and as_number(words[2]) is None and words[2] not in SHAPES:
                    raise ValueError(f"a name with spaces needs quotes: {' '.join(words[1:])}")
            elif section in ("*arcs", "*edges"):
                source, target = _vertex(words[0], count), _vertex(words[1], count)
                links[section].append((source, target, _weight(*words[2:3])))
            else:
                raise ValueError("only the vertices, arcs and edges of Pajek are read")
        except (IndexError, ValueError) as error:
            raise ValueError(f"{path.name}, line {line}: {error}") from error
    names = _names(labels, count, path.name)
    arcs, edges = links.get("*arcs", []), links.get("*edges", [])
    # Some programs always write both sections, of which one may be empty.
    directed = bool(arcs) or ("*arcs" in links and "*edges" not in links)
    if directed:  # then an edge is an arc in both directions
        edges = edges + [(v, u, weight) for u, v, weight in edges if u != v]
    pairs = [(names[u], names[v], None, {"weight": weight}) for u, v, weight in arcs + edges]
    return build(
        PlainNetwork(directed, None, {}, [(name, {}) for name in names.values()], pairs), path
    )


def _refuse_other_parts(section: str, words: list[str], relations: dict[str, list[str]]) -> None:
    """Raise at the start of a second network or relation, which would become a part of the first.

    `relations` keeps the words after each section so far.
    """
    before = relations.setdefault(section, words)
    if section == "*vertices" and relations[section] is not words:
        raise ValueError("a second list of vertices; only a file of one network can be read")
    if section == "*vertices" and len(words) > 1:
        raise ValueError("a two-mode network cannot be read")
    if section in ("*arcs", "*edges") and before != words:
        raise ValueError(f"a second relation, {' '.join(words)}; only one can be read")


def _names(labels: dict[int, str], count: int, file: str) -> dict[int, str]:
    """Return the label of each vertex, which is its number if the file has no labels."""
    if count < 0 or 0 < len(labels) < count:
        raise ValueError(f"{file} is cut off: {len(labels)} of {max(count, 1)} vertices")
    if count > max(len(labels), MOST_UNNAMED):
        raise ValueError(f"{file}: {count} vertices without names (allowed: {MOST_UNNAMED})")
    return {number: labels.get(number, str(number)) for number in range(1, count + 1)}


def _lines(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the number, section and words of each line; in quotes, a space is part of a word."""
    section = ""
    # Only these end a line; `splitlines` also splits at characters that a label may hold.
    for line, text in enumerate(re.split(r"\r\n?|\n", read_text(path)), start=1):
        found = WORD.findall(text)
        if not found or text.startswith("%"):
            continue
        if any('"' in bare for _, bare in found):
            raise ValueError(f"{path.name}, line {line}: a quote is not closed")
        if text.startswith("*"):
            section = found[0][1].lower()
        yield line, section, [quoted or bare for quoted, bare in found]


def _vertex(text: str, count: int) -> int:
    if not 1 <= _whole(text) <= count:
        raise ValueError(f"no vertex {text} (allowed: 1 to {count})")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _weight(text: str = "1") -> Number:
    number = as_number(text)
    if number is None:  # Pajek also writes numbers such as .5 and 007
        number = float(text) if DECIMAL.fullmatch(text) else inf
    if not abs(number) < inf:
        raise ValueError(f"{text!r} is not a weight; expected a number")
    return number
