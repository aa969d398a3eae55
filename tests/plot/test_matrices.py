"""Heat maps of counts and shares."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import policylib as pol
from tests.plot.helpers import assert_inside, texts


class TestPlotMatrix:
    def test_matrix_shows_its_counts_and_names(self, matrix):
        ax = pol.plot_matrix(matrix)
        assert [label.get_text() for label in ax.get_yticklabels()] == [
            "henan",
            "jilin",
            "liaoning",
        ]
        assert [label.get_text() for label in ax.get_xticklabels()] == matrix.columns.tolist()
        assert sorted(texts(ax)) == sorted(str(n) for n in matrix.to_numpy().ravel() if n)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("priority", "province")
        assert_inside(ax.figure, [*ax.get_xticklabels(), *ax.get_yticklabels()])

    def test_matrix_has_the_names_of_a_mapping_or_a_series(self, matrix):
        for label in ({"henan": "Honan"}, pd.Series({"henan": "Honan"})):
            ax = pol.plot_matrix(matrix, label=label)
            assert [text.get_text() for text in ax.get_yticklabels()][:2] == ["Honan", "jilin"]

    def test_two_levels_of_labels_and_a_qualifier(self):
        columns = pd.MultiIndex.from_product([["robots"], [False, True]])
        rows = pd.MultiIndex.from_tuples([("henan", 2024), ("henan", 2025)])
        table = pd.DataFrame([[0, 2], [1, 3]], index=rows, columns=columns)
        ax = pol.plot_matrix(table, label={"robots": "Robots", "henan": "Henan"})
        above, beside = ax.get_xticklabels(), ax.get_yticklabels()
        assert [text.get_text() for text in above] == ["Robots – against", "Robots – for"]
        assert [text.get_text() for text in beside] == ["Henan – 2024", "Henan – 2025"]

    def test_matrix_of_shares_has_two_decimals(self, matrix):
        ax = pol.plot_matrix(pol.project(matrix, measure="jaccard"))
        assert texts(ax).count("0.67") == 4
        assert texts(ax).count("1.00") == 5  # the diagonal, and jilin beside liaoning

    def test_matrix_draws_on_given_axes_and_passes_options_on(self, matrix):
        _, ax = plt.subplots()
        assert pol.plot_matrix(matrix, ax=ax, cmap="Greens") is ax
        assert ax.collections[0].get_cmap().name == "Greens"

    @pytest.mark.parametrize("dtype", ["Int64", "boolean", "float32", bool])
    def test_matrix_of_any_number(self, dtype):
        ax = pol.plot_matrix(pd.DataFrame({"x": [1, 0]}, index=["a", "b"]).astype(dtype))
        assert texts(ax) == ["1"]

    # Where no font has Chinese characters, boxes stand for them and are as wide.
    @pytest.mark.filterwarnings("ignore:labels have characters|Glyph:UserWarning")
    @pytest.mark.parametrize("name", ["many words " * 12, "很长的名字" * 24])
    def test_long_names_stay_on_the_page(self, name):
        ax = pol.plot_matrix(pd.DataFrame({"Henan": [1, 2]}, index=[name, "Hebei"]))
        assert_inside(ax.figure, ax.get_yticklabels())

    def test_weights_below_zero_are_red_and_none_is_white(self):
        ax = pol.plot_matrix(pd.DataFrame({"x": [-2, 0, 1]}, index=["a", "b", "c"]))
        red, none, blue = ax.collections[0].get_facecolors()
        assert red[0] > red[2]
        assert blue[2] > blue[0]
        assert none[3] == 0  # transparent on white paper
        assert texts(ax) == ["−2", "1"]

    def test_a_score_of_zero_is_written(self):
        ax = pol.plot_matrix(pd.DataFrame({"x": [-1.5, 0, None]}, index=["a", "b", "c"]))
        assert texts(ax) == ["−1.50", "0.00"]

    def test_a_square_matrix_has_the_title_of_its_rows_twice(self, network):
        ax = pol.plot_matrix(pol.project(pol.biadjacency(network)))
        assert ax.get_xlabel() == ax.get_ylabel() == "province"

    def test_a_matrix_of_zeros_and_missing_values_is_white(self):
        ax = pol.plot_matrix(pd.DataFrame({"x": [0.0, None]}, index=["a", "b"]))
        assert texts(ax) == []
        assert ax.get_xlabel() == ""

    def test_nothing_cannot_be_drawn(self):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_matrix(pd.DataFrame())
