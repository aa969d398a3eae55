"""The weights of a network as the edge lists of UCINET and Pajek."""

import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

from policylib.convert.graphs import (
    as_number,
    as_text,
    build,
    node_names,
    read_text,
    simplest,
    summed_weights,
)

LABEL = re.compile(r'[^\s",=:]+')
WHOLE = re.compile("[0-9]{1,9}")
MOST_UNNAMED = 10**6
WORD = re.compile(r'"([^"]*)"|(\S+)')

Link = tuple[int, int, int | float]


def dl_bytes(network: nx.Graph) -> bytes:
    """Write the weights of a network as an edge list of UCINET.

    Edges name nodes by number: UCINET cuts labels off, by which two nodes could become one, and
    with labels in the edges alone, nodes without edges would be lost.
    """
    numbers = _numbers(network, ".dl")
    labels = [name if LABEL.fullmatch(name) else f'"{name}"' for name in numbers]
    lines = [f"dl n={len(numbers)}", "format = edgelist1", "labels:", ",".join(labels), "data:"]
    for (source, target), weight in summed_weights(network, ".dl").items():
        pairs = (
            [(source, target)] if network.is_directed() else [(source, target), (target, source)]
        )
        # A loop is one pair, either way.
        lines += [f"{numbers[u]} {numbers[v]} {as_text(weight)}" for u, v in dict.fromkeys(pairs)]
    return "".join(f"{line}\n" for line in lines).encode()


def pajek_bytes(network: nx.Graph) -> bytes:
    """Write the weights of a network as an edge list of Pajek."""
    numbers = _numbers(network, ".net")
    lines = [f"*vertices {len(numbers)}"]
    lines += [f'{number} "{name}"' for name, number in numbers.items()]
    lines.append("*arcs" if network.is_directed() else "*edges")
    for (source, target), weight in summed_weights(network, ".net").items():
        lines.append(f"{numbers[source]} {numbers[target]} {as_text(weight)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _numbers(network: nx.Graph, ending: str) -> dict[str, int]:
    names = node_names(network, ending).values()
    return {name: number for number, name in enumerate(names, start=1)}


def read_pajek(path: Path) -> nx.Graph:
    """Read the vertices, arcs and edges of a Pajek file, with their weights."""
    count = -1
    labels: dict[int, str] = {}
    links: dict[str, list[Link]] = {}
    for line, section, words in _lines(path):
        try:
            if words[0].lower() == section:
                count = _whole(words[1]) if section == "*vertices" else count
                links.setdefault(section, [])
            elif section == "*vertices":
                number = _vertex(words[0], count)
                if number in labels:
                    raise ValueError(f"vertex {number} stands in an earlier line")
                labels[number] = words[-1] if len(words) == 1 else words[1]
            elif section in ("*arcs", "*edges"):
                source, target = _vertex(words[0], count), _vertex(words[1], count)
                links[section].append((source, target, _weight(*words[2:3])))
            else:
                raise ValueError("only the vertices, arcs and edges of Pajek are read")
        except (IndexError, ValueError) as error:
            raise ValueError(f"{path.name}, line {line}: {error}") from error
    if count < 0 or 0 < len(labels) < count:
        raise ValueError(f"{path.name} is cut off: {len(labels)} of {max(count, 1)} vertices")
    if count > max(len(labels), MOST_UNNAMED):
        raise ValueError(f"{path.name}: {count} vertices without names are too many to be meant")
    names = {number: labels.get(number, str(number)) for number in range(1, count + 1)}
    if len(set(names.values())) < count:
        raise ValueError(f"{path.name}: two vertices have one label")
    arcs, edges = links.get("*arcs", []), links.get("*edges", [])
    directed = "*arcs" in links
    if directed:
        edges = [*edges, *((v, u, weight) for u, v, weight in edges if u != v)]
    pairs = [(names[u], names[v], None, {"weight": weight}) for u, v, weight in [*arcs, *edges]]
    return simplest(build(directed, True, [(name, {}) for name in names.values()], pairs))


def _lines(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the number, section and words of each line; in quotes, a space is part of a word."""
    section = ""
    # Of line ends, only those: a label may hold others that `splitlines` splits at.
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
    if not WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no number of vertices")
    return int(text)


def _weight(text: str = "1") -> int | float:
    number = as_number(text)
    return float(text) if number is None else number
