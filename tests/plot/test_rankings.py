"""Rankings, and pairs beside what chance alone would give them."""

import pandas as pd
import pytest

import policylib as pol
from tests.plot.helpers import assert_inside, texts


class TestPlotRanking:
    def test_ranking_puts_the_first_on_top(self, matrix):
        pairs = pol.rank_pairs(pol.project(matrix)).set_index(["a", "b"])["value"]
        ax = pol.plot_ranking(pairs)
        names = [label.get_text() for label in ax.get_yticklabels()]
        assert names == ["henan – jilin", "henan – liaoning", "jilin – liaoning"]
        assert ax.yaxis_inverted()
        assert [bar.get_width() for bar in ax.patches] == pairs.tolist()
        assert texts(ax) == ["2", "2", "2"]
        assert ax.get_xlabel() == "value"

    def test_the_names_of_the_series_and_its_index_are_titles(self):
        values = pd.Series({"henan": 1, "hebei": 1}, name="statements").rename_axis("province")
        ax = pol.plot_ranking(values)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("statements", "province")
        ax.figure.canvas.draw()
        low, high = ax.get_xlim()
        assert all(tick % 1 == 0 for tick in ax.get_xticks() if low <= tick <= high)
        labels = [*ax.get_yticklabels(), ax.yaxis.label, ax.xaxis.label]
        assert all(label.get_rotation() in (0, 90) for label in labels)

    def test_ranking_of_shares(self, matrix):
        ax = pol.plot_ranking(pd.Series({"a": 0.5, "b": 0.25}), color="black")
        assert texts(ax) == ["0.50", "0.25"]
        assert ax.patches[0].get_facecolor()[:3] == (0, 0, 0)

    def test_drawn_twice_with_any_name_of_a_colour_the_first_stays_on_top(self):
        ax = None
        for name in ("color", "facecolor", "fc"):
            ax = pol.plot_ranking(pd.Series({"a": 2, "b": 1}), ax=ax, **{name: "black"})
            assert ax.patches[-1].get_facecolor()[:3] == (0, 0, 0)
            assert ax.yaxis_inverted()

    def test_a_ranking_below_zero_keeps_its_numbers_apart_from_its_names(self):
        ax = pol.plot_ranking(pd.Series({"Education": -6.1, "Employment": 2.9}, name="points"))
        assert_inside(ax.figure, [*ax.texts, *ax.get_yticklabels()])

    # Where no font has Chinese characters, boxes stand for them and are as wide.
    @pytest.mark.filterwarnings("ignore:labels have characters|Glyph:UserWarning")
    @pytest.mark.parametrize("name", ["many words " * 12, "很长的名字" * 24])
    def test_long_names_stay_on_the_page(self, name):
        ax = pol.plot_ranking(pd.Series({name: 1, "Hebei": 2}))
        assert_inside(ax.figure, ax.get_yticklabels())

    def test_nothing_cannot_be_drawn(self):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_ranking(pd.Series(dtype=float))


class TestPlotPairs:
    @pytest.mark.parametrize("name", ["c", "color", "fc"])
    def test_a_colour_may_have_any_name_of_matplotlib(self, name):
        pairs = pd.DataFrame(
            {"a": ["x"], "b": ["y"], "shared": [3], "expected": [1.5], "sd": [0.6]}
        )
        ax = None
        for _ in range(2):
            ax = pol.plot_pairs(pairs, ax=ax, **{name: "black"})
            assert ax.collections[-1].get_facecolor()[0].tolist() == [0, 0, 0, 1]
            assert ax.yaxis_inverted()

    def test_pairs_stand_beside_chance(self):
        pairs = pd.DataFrame({"a": ["Hebei", "Henan"], "b": ["Jilin", "Jilin"], "shared": [3, 1]})
        ax = pol.plot_pairs(pairs.assign(expected=[1.5, 1.0], sd=[0.5, 0.75]))
        assert [t.get_text() for t in ax.get_yticklabels()] == ["Hebei – Jilin", "Henan – Jilin"]
        assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0.5, 2.0), (0.0, 2.5)]
        expected, observed = ax.collections
        assert expected.get_offsets()[:, 0].tolist() == [1.5, 1.0]
        assert observed.get_offsets()[:, 0].tolist() == [3, 1]
        assert ax.yaxis_inverted()
        assert_inside(ax.figure, [*ax.get_yticklabels(), *ax.get_legend().get_texts()])

    def test_nothing_cannot_be_drawn(self):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_pairs(pd.DataFrame(columns=["a", "b", "shared", "expected", "sd"]))

    def test_a_list_in_place_of_a_name_is_refused(self):
        pairs = pd.DataFrame({"a": ["x", "x"], "b": ["y", ["z"]], "shared": 1, "expected": 1.0})
        with pytest.raises(ValueError, match="column 'b', row 1: expected a single value, got a"):
            pol.plot_pairs(pairs.assign(sd=0.5))

    def test_a_matrix_is_refused(self, matrix):
        with pytest.raises(ValueError, match="no column 'a'"):
            pol.plot_pairs(matrix)
