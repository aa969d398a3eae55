from itertools import combinations

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

import policylib as pl
from policylib.plot.layout import add_up, layered_layout
from policylib.plot.style import COLOURS, MANY, SIGNS, chinese_fonts
from policylib.plot.tiles import TILES


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
    """Check that labels are on the page, apart from each other and at least 8 points high."""
    figure.canvas.draw()
    # Of the text alone: an annotation would add its arrow.
    boxes = [Text.get_window_extent(label) for label in labels if label.get_text()]
    assert boxes
    for box in boxes:
        assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1
        assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1
    assert all(label.get_fontsize() >= 8 for label in labels)
    if all(label.get_rotation() == 0 for label in labels):
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


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


def test_a_ranking_below_zero_keeps_its_numbers_apart_from_its_names():
    ax = pl.plot_ranking(pd.Series({"Education": -6.1, "Employment": 2.9}, name="points"))
    assert_inside(ax.figure, [*ax.texts, *ax.get_yticklabels()])


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
    assert text.startswith("word word")


# Where no font has Chinese characters, boxes stand for them and are as wide.
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font:UserWarning")
@pytest.mark.parametrize("name", ["many words " * 12, "很长的名字" * 24])
def test_long_names_stay_on_the_page(name):
    matrix = pd.DataFrame({"Henan": [1, 2]}, index=[name, "Hebei"])
    ax = pl.plot_matrix(matrix)
    assert_inside(ax.figure, ax.get_yticklabels())
    ax = pl.plot_ranking(matrix["Henan"])
    assert_inside(ax.figure, ax.get_yticklabels())


def test_chinese_names_are_drawn_where_a_font_has_them(network):
    if not chinese_fonts():
        pytest.skip("no Chinese font is installed")
    matrix = pl.label(pl.biadjacency(network), network, attribute="label_zh")
    figure = pl.plot_matrix(matrix).figure
    figure.canvas.draw()  # a glyph that is missing warns, and warnings are errors


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "float32", bool])
def test_matrix_of_any_number(dtype):
    ax = pl.plot_matrix(pd.DataFrame({"x": [1, 0]}, index=["a", "b"]).astype(dtype))
    assert texts(ax) == ["1", ""]


def test_layers_follow_themes_and_neighbours(network):
    places = layered_layout(add_up(network))
    heights = {node: y for node, (_, y) in places.items()}
    under = [c for c in heights if c in ("emerging-industries", "robots", "quantum")]
    assert all(heights[code] < heights["new-productivity"] for code in under)
    assert heights["new-productivity"] > heights["private-economy"] > heights["credit"]
    provinces = [heights[p] for p in ("henan", "jilin", "liaoning")]
    assert min(provinces) > heights["conference"] > heights["li-na"]


def test_parallel_edges_add_up_and_loops_go(network):
    simple = add_up(network)
    assert simple.edges["jilin", "robots"]["source"] == "province"
    assert simple.edges["liaoning", "robot-plan"]["weight"] == 1
    assert simple.edges["robot-plan", "robots"]["source"] == "initiative"
    graph = nx.MultiDiGraph([("a", "b"), ("b", "a"), ("a", "a")])
    assert list(add_up(graph).edges(data="weight")) == [("a", "b", 2)]


def test_width_and_colour_of_lines(network):
    ax = pl.plot_network(pl.roll_up(network))
    others, named = (c for c in ax.collections if hasattr(c, "get_segments"))
    # Liaoning and Jilin each stand in two statements on one priority.
    assert max(others.get_linewidths()) == pytest.approx(3.6)
    assert len(named.get_segments()) == 4 + 3  # launches and advances
    assert to_hex(named.get_colors()[0]).upper() == COLOURS["initiative"]


def test_a_projection_with_kinds_keeps_its_edges(network, matrix):
    graph = nx.from_pandas_adjacency(pl.project(matrix))
    nx.set_node_attributes(graph, {node: dict(network.nodes[node]) for node in graph})
    ax = pl.plot_network(graph)
    assert sum(len(c.get_segments()) for c in ax.collections if hasattr(c, "get_segments")) == 3
    assert sorted(texts(ax)) == ["Henan", "Jilin", "Liaoning"]


def test_a_backbone_shows_rows_without_ties_and_signs():
    backbone = nx.Graph()
    backbone.add_nodes_from("abcd")
    backbone.add_edge("a", "b", sign=1)
    backbone.add_edge("b", "c", sign=-1)
    ax = pl.plot_network(backbone)
    assert sorted(texts(ax)) == ["a", "b", "c", "d"]
    (lines,) = (c for c in ax.collections if hasattr(c, "get_segments") and len(c.get_segments()))
    assert [to_hex(colour).upper() for colour in lines.get_colors()] == [
        SIGNS[1][0],
        SIGNS[-1][0],
    ]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [SIGNS[1][1], SIGNS[-1][1]]


def test_pairs_stand_beside_chance():
    pairs = pd.DataFrame({"a": ["Hebei", "Henan"], "b": ["Jilin", "Jilin"], "shared": [3, 1]})
    ax = pl.plot_pairs(pairs.assign(expected=[1.5, 1.0], sd=[0.5, 0.75]))
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Hebei – Jilin", "Henan – Jilin"]
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0.5, 2.0), (0.0, 2.5)]
    expected, observed = ax.collections
    assert expected.get_offsets()[:, 0].tolist() == [1.5, 1.0]
    assert observed.get_offsets()[:, 0].tolist() == [3, 1]
    assert ax.yaxis_inverted()
    assert_inside(ax.figure, [*ax.get_yticklabels(), *ax.get_legend().get_texts()])


def test_weights_of_zero_and_odd_labels():
    graph = nx.Graph()
    graph.add_edge(1, 2, weight=0)
    graph.nodes[1]["label"] = 5
    assert sorted(texts(pl.plot_network(graph))) == ["2", "5"]


def test_upset_needs_two_rows(matrix):
    with pytest.raises(ValueError, match="two rows or more; here is 1"):
        pl.plot_upset(pl.intersections(matrix.iloc[[0]]))


def test_upset_grows_with_its_rows():
    small, large = (
        pl.plot_upset(pl.intersections(pd.DataFrame(np.eye(n), index=[f"r{i}" for i in range(n)])))
        for n in (3, 30)
    )
    assert large.get_figheight() > 3 * small.get_figheight()


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
        (pl.plot_pairs, pd.DataFrame(columns=["a", "b", "shared", "expected", "sd"])),
        (pl.plot_network, nx.Graph()),
        (pl.plot_upset, pl.intersections(pd.DataFrame({"x": [0]}))),
        (pl.plot_attention, pd.DataFrame()),
        (pl.plot_attention, pd.DataFrame({"x": [None]}, index=pd.period_range("2023", "2023"))),
        (pl.plot_tiles, pd.Series(dtype=float)),
        (pl.plot_tiles, pd.Series({"henan": None})),
    ],
)
def test_nothing_cannot_be_drawn(draw, nothing):
    with pytest.raises(ValueError, match=r"nothing|empty|no values"):
        draw(nothing)


def test_style_is_left_as_it_was(matrix):
    before = dict(plt.rcParams)
    pl.plot_matrix(matrix)
    pl.plot_tiles(matrix.sum(axis=1))
    pl.plot_upset(pl.intersections(matrix))
    assert dict(plt.rcParams) == before


def test_ties_below_zero_have_a_colour_and_do_not_draw_together():
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 3), ("b", "c", 2), ("a", "d", -3)])
    simple = add_up(graph)
    assert simple.edges["a", "d"] == {"weight": 3, "source": None, "sign": -1}
    assert simple.edges["a", "b"]["sign"] is None
    ax = pl.plot_network(graph)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["below zero"]
    places = {text.get_text(): text.get_position() for text in ax.texts}
    far, near = (
        sum((x - y) ** 2 for x, y in zip(places["a"], places[other], strict=True))
        for other in ("d", "b")
    )
    assert far > near


def test_weights_below_zero_are_red_and_none_is_white():
    ax = pl.plot_matrix(pd.DataFrame({"x": [-2, 0, 1]}, index=["a", "b", "c"]))
    red, none, blue = ax.collections[0].get_facecolors()
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert min(none[:3]) > 0.95
    assert texts(ax) == ["-2", "", "1"]


# --- Attention over time. -----------------------------------------------------------------------


@pytest.fixture
def shares():
    """Three priorities; no source of 1995 and 1997."""
    years = pd.period_range("1993", "1999", freq="Y")
    values = {"robots": [0.5, 0.25], "talent": [0.25, 0.25], "credit": [0.25, 0.5]}
    return pd.DataFrame(
        {name: [a, b, None, a, None, b, a] for name, (a, b) in values.items()}, index=years
    )


def test_lines_break_where_there_is_no_source(shares):
    ax = pl.plot_attention(shares)
    drawn = ax.get_lines()[0].get_ydata()
    assert np.isnan(drawn).tolist() == shares["robots"].isna().tolist()
    assert {line.get_marker() for line in ax.get_lines()} == {"o"}  # 1996 stands alone
    assert [line.get_color() for line in ax.get_lines()] == MANY[:3]
    assert ax.get_ylabel() == "share of statements"
    assert [t.get_text() for t in ax.get_xticklabels()] == [str(y) for y in range(1993, 2000)]
    assert all(t.get_text().endswith(" %") for t in ax.get_yticklabels())
    assert_inside(ax.figure, ax.texts)


def test_left_out_years_are_gaps_too(shares):
    ax = pl.plot_attention(shares.dropna())
    assert np.isnan(ax.get_lines()[0].get_ydata()).tolist() == shares["robots"].isna().tolist()


def test_counts_are_whole_and_never_percent(shares):
    counts = (shares * 4).astype("Int64")
    ax = pl.plot_attention(counts)
    assert ax.get_ylabel() == "statements"
    ones = counts.clip(upper=1)
    assert pl.plot_attention(ones).get_ylabel() == "statements"


def test_eight_lines_that_end_together_have_names_apart():
    years = pd.period_range("1954", "2024", freq="Y")
    table = pd.DataFrame({f"priority number {i}": 0.1 for i in range(8)}, index=years)
    table.iloc[-10:, 0] = None  # one ends earlier
    for values in (table, 1 - table, table * 0):
        ax = pl.plot_attention(values)
        assert_inside(ax.figure, ax.texts)
    years = [int(t.get_text()) for t in ax.get_xticklabels()]
    assert years == [*range(1960, 2021, 10)]
    with pytest.raises(ValueError, match=r"9 lines cannot be told apart, only 8; choose some"):
        pl.plot_attention(table.assign(more=0.2))


@pytest.mark.parametrize(
    ("first", "last", "freq", "named"),
    [
        ("2023-11", "2024-02", "M", ["2023-11", "2023-12", "2024-01", "2024-02"]),
        ("2023-02", "2024-02", "M", ["2023-04", "2023-07", "2023-10", "2024-01"]),
        ("2024-12-30", "2025-01-06", "W", ["2024-12-30", "2025-01-06"]),
        ("2024", "2024", "Y", ["2024"]),
    ],
)
def test_the_axis_names_round_times(first, last, freq, named):
    index = pd.period_range(first, last, freq=freq)
    ax = pl.plot_attention(pd.DataFrame({"robots": 0.5}, index=index))
    assert [t.get_text() for t in ax.get_xticklabels()] == named
    assert_inside(ax.figure, [*ax.texts, *ax.get_xticklabels()])


def test_attention_on_given_axes(shares):
    _, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], label="other")
    assert pl.plot_attention(shares, ax=ax, linewidth=3) is ax
    assert ax.get_lines()[-1].get_linewidth() == 3
    assert sorted(texts(ax)) == sorted(shares)


def test_rows_that_are_no_periods_are_refused(shares):
    with pytest.raises(ValueError, match=r"no periods; attention\(statements, by='year'\)"):
        pl.plot_attention(shares.set_axis(range(len(shares))))


# --- A map in tiles. ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provinces():
    return pl.read_tables().provinces.set_index("id")


def tile(ax, name):
    """Give the text of a tile and the colour below it."""
    (text,) = (t for t in ax.texts if t.get_text().replace("\n", " ").startswith(name))
    x, y = (int(place) for place in text.get_position())
    mesh = ax.collections[0]
    return text, mesh.to_rgba(mesh.get_array())[y, x]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_tiles_are_the_provinces_each_in_a_place_of_its_own(provinces):
    assert set(TILES) == {*provinces.index, "hong-kong", "macao", "taiwan"}
    assert len(set(TILES.values())) == len(TILES)
    beside = [("heilongjiang", "jilin"), ("henan", "hubei"), ("hunan", "guangdong")]
    assert all(TILES[a][0] == TILES[b][0] and TILES[a][1] + 1 == TILES[b][1] for a, b in beside)
    beside = [("tibet", "sichuan"), ("guangxi", "guangdong"), ("zhejiang", "shanghai")]
    assert all(TILES[a][1] == TILES[b][1] and TILES[a][0] + 1 == TILES[b][0] for a, b in beside)


def test_tiles_show_numbers_and_leave_out_what_is_missing(provinces):
    targets = provinces["target_2024"].drop("tibet")
    targets["hainan"] = None
    ax = pl.plot_tiles(targets)
    assert tile(ax, "Henan")[0].get_text() == "Henan\n5.5"
    assert tile(ax, "Inner Mongolia")[0].get_text() == "Inner\nMongolia\n6.0"
    assert tile(ax, "Tibet")[0].get_text() == "Tibet"
    assert tile(ax, "Hainan")[0].get_text() == "Hainan"
    assert len(ax.patches) == 5
    assert legend(ax) == ["no value"]
    assert tile(ax, "Xinjiang")[1][:3].sum() < tile(ax, "Tianjin")[1][:3].sum() < 2.9
    (scale,) = ax.child_axes
    assert scale.get_title(loc="left") == "target_2024"
    labels = [*scale.get_xticklabels(), *ax.get_legend().get_texts(), *ax.texts]
    assert_inside(ax.figure, labels)


def test_numbers_on_both_sides_of_the_centre_have_two_hues(provinces):
    ratio = provinces["growth_2023"] / 5.2
    ax = pl.plot_tiles(ratio, center=1)
    below, above = (tile(ax, name)[1] for name in ("Heilongjiang", "Tibet"))
    assert below[0] > below[2]
    assert above[2] > above[0]
    assert ax.collections[0].norm(1.0) == pytest.approx(0.5)
    assert tile(ax, "Tibet")[0].get_text() == "Tibet\n1.83"
    assert tile(ax, "Tibet")[0].get_color() == "white"
    assert pl.plot_tiles(ratio).collections[0].norm.vmin == ratio.min()  # all above 0


def test_categories_have_colours_and_a_legend(provinces):
    ax = pl.plot_tiles(provinces["region"])
    assert legend(ax) == ["Central", "East", "Northeast", "West", "no value"]
    assert ax.get_legend().get_title().get_text() == "region"
    assert to_hex(tile(ax, "Henan")[1]).upper() == MANY[0]
    assert to_hex(tile(ax, "Jilin")[1]).upper() == MANY[2]
    assert tile(ax, "Henan")[0].get_text() == "Henan"
    assert_inside(ax.figure, [*ax.texts, *ax.get_legend().get_texts()])
    ordered = pd.Categorical(["low", "high"], categories=["low", "middle", "high"], ordered=True)
    ax = pl.plot_tiles(pd.Series(ordered, index=["henan", "hebei"]))
    assert legend(ax) == ["low", "high", "no value"]
    ax = pl.plot_tiles(pd.Series({"henan": True, "hebei": False, "jilin": None}).astype("boolean"))
    assert legend(ax) == ["False", "True", "no value"]


def test_eight_categories_are_the_most(provinces):
    kinds = pd.Series({p: f"kind {i % 8}" for i, p in enumerate(provinces.index)})
    ax = pl.plot_tiles(kinds)
    assert len(set(map(to_hex, (tile(ax, n)[1] for n in provinces["label"])))) == 8
    assert_inside(ax.figure, [*ax.texts, *ax.get_legend().get_texts()])
    with pytest.raises(ValueError, match="31 categories cannot be told apart, only 8"):
        pl.plot_tiles(pd.Series(provinces.index, index=provinces.index))


def test_tiles_on_given_axes_with_names_and_options():
    figure, ax = plt.subplots()
    plt.figure()
    values = pd.Series({"henan": 2, "taiwan": 2}, dtype="Int64")
    names = {"henan": "HA", "hebei": None}
    assert pl.plot_tiles(values, ax=ax, labels=names, cmap="Greens", vmin=0) is ax
    assert ax.collections[0].get_cmap().name == "Greens"
    assert {"HA\n2", "Hebei", "Taiwan\n2"} <= set(texts(ax))
    figure.canvas.draw()  # one number alone has a scale, too
    ax = pl.plot_tiles(values, norm=plt.Normalize(0, 10))
    assert ax.collections[0].norm.vmax == 10


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"henna": 1}, "no province 'henna'; did you mean 'henan'"),
        ({"henan": float("inf")}, "an infinite number"),
        (pd.Series([1, 2], index=["henan", "henan"]), "province 'henan' stands twice"),
    ],
)
def test_what_tiles_cannot_show(values, message):
    with pytest.raises(ValueError, match=message):
        pl.plot_tiles(pd.Series(values))


def test_a_matrix_is_no_series(matrix):
    with pytest.raises(TypeError, match="expected a Series, one value"):
        pl.plot_tiles(matrix)


def test_small_shares_on_tiles_keep_their_digits():
    ax = pl.plot_tiles(pd.Series({"henan": 0.0012, "hebei": 0.0044}))
    shown = {text.get_text().split("\n")[-1] for text in ax.texts}
    assert {"0.0012", "0.0044"} <= shown


def test_tiles_draw_numbers_or_kinds_and_not_both():
    with pytest.raises(ValueError, match="some values are numbers and some are not"):
        pl.plot_tiles(pd.Series({"henan": 1, "hebei": "much"}))
    ax = pl.plot_tiles(pd.Series({"henan": 1, "hebei": 2}, dtype=object))
    assert {"Henan\n1", "Hebei\n2"} <= {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda table: table["a"], TypeError, "expected a table"),
        (lambda table: -table, ValueError, "from 0 on"),
        (lambda table: table.astype(str), ValueError, "from 0 on"),
    ],
)
def test_attention_is_a_table_of_shares_or_counts(change, error, message):
    years = pd.period_range("2021", "2022", freq="Y")
    with pytest.raises(error, match=message):
        pl.plot_attention(change(pd.DataFrame({"a": [0.1, 0.2]}, index=years)))
