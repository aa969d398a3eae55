"""The women of Davis, whose numbers are known."""

import networkx as nx
import pytest


@pytest.fixture(scope="module")
def davis():
    graph = nx.davis_southern_women_graph()
    women, events = graph.graph["top"], graph.graph["bottom"]
    table = nx.to_pandas_adjacency(graph, dtype=int).loc[women, events]
    return table.rename(index=lambda name: name.split()[0])
