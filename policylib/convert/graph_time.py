"""Find out when the edges and nodes of a network exist, for Gephi's timeline."""

from typing import Any

import pandas as pd

from policylib._util.dates import first_days, last_days
from policylib._util.names import nearest
from policylib.convert.graphs import RESERVED, PlainNetwork, escape

Span = dict[str, str]  # the first day as `start` and the last as `end`; empty without limits


def spans(plain: PlainNetwork, time: str) -> dict[str, list[Span]]:
    """Return the span of each node and each edge.

    An edge exists from the first to the last day of its date, and without a date always. A node
    exists from the first to the last day of its edges; without edges, or if one of them always
    exists, always.

    Examples
    --------
    >>> edges = [("a", "b", 0, {"date": "2023-02"}), ("b", "c", 0, {"date": "2024-01-31"})]
    >>> plain = PlainNetwork(True, False, {}, [("a", {}), ("b", {}), ("c", {})], edges)
    >>> spans(plain, "date")["node"][1]
    {'start': '2023-02-01', 'end': '2024-01-31'}
    """
    edges = _edge_spans(plain, time)
    ends: dict[Any, list[Span]] = {id_: [] for id_, _ in plain.nodes}
    for (source, target, *_), span in zip(plain.edges, edges, strict=True):
        ends[source].append(span)
        ends[target].append(span)
    return {"node": [_union(own) for own in ends.values()], "edge": edges}


def _edge_spans(plain: PlainNetwork, time: str) -> list[Span]:
    """Return the span of each edge, or raise if no edge has a date, or one is not a date."""
    name = escape(time, RESERVED[".gexf"][1])
    dates = {number: edge[3][name] for number, edge in enumerate(plain.edges) if name in edge[3]}
    if plain.edges and not dates:
        known = {attribute for *_, data in plain.edges for attribute in data}
        raise ValueError(f"time: no edge has the attribute {time!r}{nearest(time, known)}")
    rows = [" to ".join(map(repr, plain.edges[number][:2])) for number in dates]
    table = pd.DataFrame({time: pd.Series(list(dates.values()), rows, "object")})
    spans: list[Span] = [{} for _ in plain.edges]
    for number, first, last in zip(
        dates, first_days(table, column=time), last_days(table, time), strict=True
    ):
        spans[number] = {"start": first.date().isoformat(), "end": last.date().isoformat()}
    return spans


def _union(parts: list[Span]) -> Span:
    """Return the span from the first to the last day; days in ISO 8601 sort by time."""
    if not parts or not all(parts):
        return {}
    return {
        "start": min(part["start"] for part in parts),
        "end": max(part["end"] for part in parts),
    }
