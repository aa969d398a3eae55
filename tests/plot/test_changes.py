"""Changes between two years as a picture."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import policylib as pol

CHANGES = pd.DataFrame(
    {
        "concept": ["rail", "care"],
        "before": [0.2, 0.1],
        "after": [0.3, 0.06],
        "low": [0.05, -0.12],
        "high": [0.15, 0.01],
    }
)


def test_dots_and_bars_are_where_the_shares_are():
    ax = pol.plot.plot_changes(CHANGES, label={"care": "Care of the old"})
    before, after = (dots.get_offsets()[:, 0].tolist() for dots in ax.collections[:2])
    assert before == pytest.approx([20, 10])
    assert after == pytest.approx([30, 6])
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert ends == [pytest.approx((25, 35)), pytest.approx((0, 11))]  # no share is below 0
    assert [text.get_text() for text in ax.get_yticklabels()] == ["rail", "Care of the old"]
    titles = [text.get_text() for text in ax.get_legend().get_texts()]
    assert titles == ["before", "after", "95 % interval"]


def test_actors_and_names_of_years_are_shown():
    ax = pol.plot.plot_changes(CHANGES.assign(actor="henan"), label={"henan": "Henan"})
    assert ax.get_yticklabels()[0].get_text() == "Henan – rail"
    mine = plt.figure().subplots()
    ax = pol.plot.plot_changes(CHANGES, years=("2025", "2026"), ax=mine, color="black")
    assert ax is mine
    titles = [text.get_text() for text in ax.get_legend().get_texts()]
    assert titles == ["2025", "2026", "95 % interval"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (CHANGES.iloc[:0], "there are no changes"),
        (CHANGES.drop(columns="low"), "no column 'low'"),
        (CHANGES.astype({"after": "str"}), "column 'after': expected numbers"),
        (CHANGES.assign(low=[0.0, float("nan")]), "column 'low', row 1: the number is missing or"),
        (CHANGES.assign(high=float("inf")), "column 'high', row 0: the number is missing or inf"),
        (CHANGES.assign(before=5), "column 'before', row 0: expected a number from 0 to 1, got 5"),
        (CHANGES.assign(after=-0.1), "column 'after', row 0: expected a number from 0 to 1, got -"),
        (CHANGES.assign(low=-1.1), "column 'low', row 0: expected a number from -1 to 1, got -1.1"),
        (CHANGES.assign(low=0.5, high=-0.5), "row 0: low is larger than high"),
        (CHANGES.assign(concept=["rail", None]), "column 'concept', row 1: the cell is empty"),
        (CHANGES.assign(actor=None), "column 'actor', row 0: the cell is empty"),
    ],
)
def test_what_cannot_be_drawn(changes, message):
    with pytest.raises(ValueError, match=message):
        pol.plot.plot_changes(changes)


ONE_NAME = [("a", other) for other in (None, float("nan"), pd.NaT, ["b"], "", " ")]


@pytest.mark.parametrize(
    "years", ["2025", "25", None, {"2025", "2026"}, 2025, ["a"], [*"abc"], *ONE_NAME]
)
def test_two_years_have_two_names(years):
    with pytest.raises(ValueError, match=r"years is .*; expected two names"):
        pol.plot.plot_changes(CHANGES, years=years)


@pytest.mark.parametrize("years", [[2025, 2026], pd.Index([2025, 2026]), np.array([2025, 2026])])
def test_years_may_be_any_pair(years):
    legend = pol.plot.plot_changes(CHANGES, years=years).get_legend()
    assert [text.get_text() for text in legend.get_texts()][:2] == ["2025", "2026"]


@pytest.mark.parametrize("years", [("_2025", "_2026"), ("_", "after")])
def test_a_name_may_begin_with_an_underscore(years):
    legend = pol.plot.plot_changes(CHANGES, years=years).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [*years, "95 % interval"]


@pytest.mark.parametrize("name", ["c", "color", "facecolor", "fc"])
def test_a_colour_may_have_any_name_of_matplotlib(name):
    ax = pol.plot.plot_changes(CHANGES, **{name: "red"}, s=90, lw=2)
    dots = ax.collections[1]
    assert to_hex(dots.get_facecolor()[0]) == "#ff0000"
    assert dots.get_sizes().tolist() == [90]
    assert dots.get_linewidths() == [2]


def test_the_first_row_is_on_top_also_when_drawn_twice():
    ax = pol.plot.plot_changes(CHANGES)
    for _ in range(3):
        assert ax.yaxis_inverted()
        assert pol.plot.plot_changes(CHANGES, ax=ax) is ax


def test_a_list_in_place_of_a_name_is_refused():
    changes = CHANGES.assign(concept=["rail", ["care"]])
    with pytest.raises(ValueError, match="column 'concept', row 1: expected one value, got "):
        pol.plot.plot_changes(changes)
    with pytest.raises(ValueError, match="column 'actor', row 0: expected one value, got "):
        pol.plot.plot_changes(CHANGES.assign(actor=[["henan"], "henan"]))
