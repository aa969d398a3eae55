import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd
import pytest

import policylib as pl


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def matrix(network):
    return pl.biadjacency(network)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def assert_inside(figure, labels):
    """Check that labels are not cut off and at least 8 points high."""
    figure.canvas.draw()
    page = figure.get_tightbbox().padded(0.01)
    width, height = page.width * figure.dpi, page.height * figure.dpi
    assert labels
    for label in labels:
        box = label.get_window_extent()
        assert box.width <= width
        assert box.height <= height
        assert label.get_fontsize() >= 8


def test_matrix_shows_its_counts_and_names(matrix):
    ax = pl.plot_matrix(matrix)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["henan", "jilin", "liaoning"]
    assert [label.get_text() for label in ax.get_xticklabels()] == matrix.columns.tolist()
    assert sorted(texts(ax)) == sorted("" if n == 0 else str(n) for n in matrix.to_numpy().ravel())
    assert_inside(ax.figure, [*ax.get_xticklabels(), *ax.get_yticklabels()])


def test_matrix_of_shares_has_two_decimals(matrix):
    ax = pl.plot_matrix(pl.project(matrix, measure="jaccard"))
    assert texts(ax).count("0.67") == 4
    assert texts(ax).count("1.00") == 5  # the diagonal, and jilin beside liaoning


def test_matrix_draws_on_given_axes_and_passes_options_on(matrix):
    _, ax = plt.subplots()
    assert pl.plot_matrix(matrix, ax=ax, cmap="Greens") is ax
    assert ax.collections[0].get_cmap().name == "Greens"


def test_ranking_puts_the_first_on_top(matrix):
    pairs = pl.rank_pairs(pl.project(matrix)).set_index(["a", "b"])["value"]
    ax = pl.plot_ranking(pairs)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["henan – jilin", "henan – liaoning", "jilin – liaoning"]
    assert ax.yaxis_inverted()
    assert [bar.get_width() for bar in ax.patches] == pairs.tolist()
    assert texts(ax) == ["2", "2", "2"]
    assert ax.get_xlabel() == "value"


def test_ranking_of_shares(matrix):
    ax = pl.plot_ranking(pd.Series({"a": 0.5, "b": 0.25}), color="black")
    assert texts(ax) == ["0.50", "0.25"]
    assert ax.patches[0].get_facecolor()[:3] == (0, 0, 0)


def test_policy_network_stands_in_layers(network):
    ax = pl.plot_network(network)
    places = dict(zip(texts(ax), (text.xy for text in ax.texts), strict=True))
    assert {places[name][0] for name in ("Henan", "Siping", "Li Na")} == {0}
    assert places["Robot plan"][0] == 1
    assert {places[name][0] for name in ("Robots", "Private economy")} == {2}
    assert len(set(places.values())) == network.number_of_nodes()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "province",
        "organisation",
        "expert",
        "initiative",
        "priority",
    ]
    assert_inside(ax.figure, ax.texts)


def test_a_graph_without_kinds_is_drawn_by_forces_and_repeats(matrix):
    graph = nx.from_pandas_adjacency(pl.project(matrix))
    first, second = (pl.plot_network(graph) for _ in range(2))
    assert sorted(texts(first)) == ["henan", "jilin", "liaoning"]
    assert first.get_legend() is None
    for one, other in zip(first.texts, second.texts, strict=True):
        assert one.get_position() == other.get_position()


def test_network_takes_places_from_networkx(network):
    pos = nx.circular_layout(network)
    _, ax = plt.subplots()
    assert pl.plot_network(network, pos=pos, ax=ax) is ax
    assert len(ax.texts) == network.number_of_nodes()


def test_long_labels_are_shortened_not_cut():
    graph = nx.Graph()
    graph.add_node("a", label="word " * 40)
    (text,) = texts(pl.plot_network(graph))
    assert text.endswith("…")
    assert len(text) <= 52


def test_upset_has_a_bar_for_each_intersection(matrix):
    table = pl.intersections(matrix)
    figure = pl.plot_upset(table)
    heights = {round(p.get_height(), 6) for ax in figure.axes for p in ax.patches}
    assert set(table["size"]) <= heights
    labels = {t.get_text() for ax in figure.axes for t in ax.texts}
    assert {"henan", "jilin", "liaoning"} <= labels


@pytest.mark.parametrize(
    ("draw", "nothing"),
    [
        (pl.plot_matrix, pd.DataFrame()),
        (pl.plot_ranking, pd.Series(dtype=float)),
        (pl.plot_network, nx.Graph()),
        (pl.plot_upset, pl.intersections(pd.DataFrame({"x": [0]}))),
    ],
)
def test_nothing_cannot_be_drawn(draw, nothing):
    with pytest.raises(ValueError, match=r"nothing|empty|no values"):
        draw(nothing)


def test_style_is_left_as_it_was(matrix):
    before = dict(plt.rcParams)
    pl.plot_matrix(matrix)
    pl.plot_upset(pl.intersections(matrix))
    assert dict(plt.rcParams) == before
