"""The look that all figures share."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import fromstring

import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd
import pytest

import policylib as pol
from policylib.plot.style import short, text_of

ROOT = Path(__file__).resolve().parents[2]


FIRST_UPSET = """
import matplotlib.pyplot as plt, pandas as pd, policylib
before = dict(plt.rcParams)
matrix = pd.DataFrame({"x": [1, 0], "y": [1, 1]}, index=["a", "b"])
policylib.plot_upset(policylib.intersections(matrix))
print(sorted(key for key in before if before[key] != plt.rcParams[key]))
"""


class TestStyle:
    def test_style_is_left_as_it_was(self, matrix):
        sets = pol.intersections(matrix)
        pol.plot_upset(sets)  # the first one is tested below
        before = dict(plt.rcParams)
        pol.plot_matrix(matrix)
        pol.plot_tiles(matrix.sum(axis=1))
        pol.plot_upset(sets)
        assert dict(plt.rcParams) == before

    def test_the_first_upset_leaves_the_style_as_it_was(self):
        command = [sys.executable, "-W", "ignore", "-c", FIRST_UPSET]
        environment = os.environ | {"MPLBACKEND": "agg"}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]"


MONEY = "US$5bn to US$10bn"
BROKEN = "$x_{$"  # not even mathematics


def ranking(ax):
    pol.plot_ranking(pd.Series({MONEY: 3, BROKEN: 1}, name=MONEY), ax=ax)
    return [*ax.get_yticklabels(), ax.xaxis.label]


def heat_map(ax):
    matrix = pd.DataFrame([[1, 2]], [MONEY], [BROKEN, "b"]).rename_axis(BROKEN)
    pol.plot_matrix(matrix, ax=ax)
    return [*ax.get_xticklabels(), *ax.get_yticklabels(), ax.yaxis.label]


def pairs(ax):
    table = {"a": [MONEY], "b": [BROKEN], "shared": [3], "expected": [1], "sd": [1]}
    pol.plot_pairs(pd.DataFrame(table), ax=ax)
    return ax.get_yticklabels()


def tiles(ax):
    values = pd.Series({"a": MONEY, "b": BROKEN}, name=MONEY)
    places = {"a": (0, 0), "b": (0, 1)}
    pol.plot_tiles(values, tiles=places, label={"a": MONEY, "b": BROKEN}, ax=ax)
    return [*ax.texts, *ax.get_legend().get_texts(), ax.get_legend().get_title()]


def scale(ax):
    pol.plot_tiles(pd.Series({"henan": 1}, name=MONEY), ax=ax)
    return ax.child_axes[0].findobj(lambda artist: artist.__class__.__name__ == "Text")


def lines(ax):
    years = pd.period_range("2021", "2022", freq="Y")
    pol.plot_attention(pd.DataFrame({MONEY: [1, 2], BROKEN: [2, 3]}, index=years), ax=ax)
    return ax.texts


def links(ax):
    graph = nx.Graph([(MONEY, BROKEN)])
    nx.set_node_attributes(graph, {MONEY: "province", BROKEN: BROKEN}, "kind")
    pol.plot_network(graph, ax=ax)
    return [*ax.texts, *ax.get_legend().get_texts()]


def sets(_):
    table = pd.DataFrame({"rows": [(MONEY,), (MONEY, BROKEN)], "columns": [("a",), ("b",)]})
    figure = pol.plot_upset(table)
    figure.canvas.draw()
    return figure.findobj(lambda artist: artist.__class__.__name__ == "Text")


def dumbbells(ax, name=MONEY):
    row = {"concept": name, "before": 0.1, "after": 0.2, "low": -0.1, "high": 0.3}
    pol.plot.plot_changes(pd.DataFrame([row]), years=(name, "after"), ax=ax)
    return [*ax.get_yticklabels(), *ax.get_legend().get_texts()]


PLOTS = [ranking, heat_map, pairs, tiles, scale, lines, links, sets, dumbbells]


class TestFinish:
    @pytest.mark.parametrize("plot", PLOTS)
    def test_dollar_signs_are_drawn_as_they_are(self, plot):
        figure, ax = plt.subplots()
        drawn = [text for text in plot(ax) if "$" in text.get_text()]
        assert drawn
        assert not any(text.get_parse_math() for text in drawn)
        figure.canvas.draw()

    def test_mathematics_of_the_user_stays(self):
        _, ax = plt.subplots()
        ax.set_title("$x^2$")
        pol.plot_ranking(pd.Series({"a": 1}), ax=ax)
        assert ax.title.get_parse_math()
        ax = pol.plot_ranking(pd.Series({"a": 1}))
        assert ax.set_title("$x^2$").get_parse_math()


MARKED = "evil\u202e\u2066\x01\x0b\uffff"
YEARS = pd.period_range("2020", periods=2, freq="Y")


@pytest.mark.parametrize(
    "draw",
    [
        lambda: pol.plot_matrix(
            pd.DataFrame([[1, 2]], [MARKED], [MARKED, "b"]).rename_axis(MARKED)
        ),
        lambda: pol.plot_ranking(pd.Series({MARKED: 1.0, "b": 2.0}, name=MARKED)),
        lambda: pol.plot_pairs(
            pd.DataFrame({"a": [MARKED], "b": "b", "shared": 1, "expected": 1.0, "sd": 0.1})
        ),
        lambda: pol.plot_upset(pol.intersections(pd.DataFrame([[1, 1], [1, 0]], [MARKED, "b"]))),
        lambda: pol.plot_tiles(
            pd.Series({MARKED: MARKED}, name=MARKED), tiles={MARKED: (0, 0), "b": (1, 1)}
        ),
        lambda: pol.plot_attention(pd.DataFrame({MARKED: [0.1, 0.2]}, YEARS)),
        lambda: pol.plot_network(nx.Graph([(MARKED, "\ud800")])),
        lambda: dumbbells(plt.gca(), MARKED)[0],
    ],
    ids=["matrix", "ranking", "pairs", "upset", "tiles", "attention", "network", "changes"],
)
def test_a_picture_in_svg_is_well_formed_and_no_label_turns_its_text(draw):
    drawn = draw()
    figure = getattr(drawn, "figure", drawn)
    stream = BytesIO()
    with plt.rc_context({"svg.fonttype": "none"}):  # labels as text
        figure.savefig(stream, format="svg")
    text = " ".join(fromstring(stream.getvalue()).itertext())
    assert "evil�" in text
    assert not set(MARKED) - set("evil") & set(text)


class TestShort:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("abcde", "abcde"),
            ("abcdef", "abcd…"),
            ("abc def", "abc…"),
            ("abcd…x", "abcd…"),
            ("河南a", "河南a"),
            ("河南省", "河南…"),
            ("a河南省", "a河…"),
            ("      ", "…"),
            (123456, "1234…"),
        ],
    )
    def test_a_name_is_cut_before_the_character_that_does_not_fit(self, name, expected):
        assert short(name, 5) == expected

    def test_a_long_name_takes_no_longer_than_a_short_one(self):
        name = "河" * 1_000_000  # one step for each character took hours
        assert short(name) == "河" * 25 + "…"
        assert text_of((name, "a"), {}) == "河" * 25 + "… – a"
