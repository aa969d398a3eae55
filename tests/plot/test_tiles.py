"""A map of the provinces in tiles."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import policylib as pol
from policylib.plot.style import MANY
from policylib.plot.tiles import TILES
from tests.plot.helpers import assert_inside, texts


@pytest.fixture(scope="module")
def provinces():
    return pol.read_tables().provinces.set_index("id")


def tile(ax, name):
    """Return the text of a tile and the colour below it."""
    (text,) = (t for t in ax.texts if t.get_text().replace("\n", " ").startswith(name))
    x, y = (int(place) for place in text.get_position())
    mesh = ax.collections[0]
    return text, mesh.to_rgba(mesh.get_array())[y, x]


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


class TestPlotTiles:
    def test_tiles_are_the_provinces_each_in_a_place_of_its_own(self, provinces):
        assert set(TILES) == {*provinces.index, "hong-kong", "macao", "taiwan"}
        assert len(set(TILES.values())) == len(TILES)
        beside = [("heilongjiang", "jilin"), ("henan", "hubei"), ("hunan", "guangdong")]
        assert all(TILES[a][0] == TILES[b][0] and TILES[a][1] + 1 == TILES[b][1] for a, b in beside)
        beside = [("tibet", "sichuan"), ("guangxi", "guangdong"), ("zhejiang", "shanghai")]
        assert all(TILES[a][1] == TILES[b][1] and TILES[a][0] + 1 == TILES[b][0] for a, b in beside)

    def test_tiles_show_numbers_and_leave_out_what_is_missing(self, provinces):
        targets = provinces["target_2024"].drop("tibet")
        targets["hainan"] = None
        ax = pol.plot_tiles(targets)
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

    def test_numbers_on_both_sides_of_the_centre_have_two_hues(self, provinces):
        ratio = provinces["growth_2023"] / 5.2
        ax = pol.plot_tiles(ratio, center=1)
        below, above = (tile(ax, name)[1] for name in ("Heilongjiang", "Tibet"))
        assert below[0] > below[2]
        assert above[2] > above[0]
        assert ax.collections[0].norm(1.0) == pytest.approx(0.5)
        assert tile(ax, "Tibet")[0].get_text() == "Tibet\n1.83"
        assert tile(ax, "Tibet")[0].get_color() == "white"
        assert pol.plot_tiles(ratio).collections[0].norm.vmin == ratio.min()  # all above 0

    def test_categories_have_colours_and_a_legend(self, provinces):
        ax = pol.plot_tiles(provinces["region"])
        assert legend(ax) == ["Central", "East", "Northeast", "West", "no value"]
        assert ax.get_legend().get_title().get_text() == "region"
        assert to_hex(tile(ax, "Henan")[1]).upper() == MANY[0]
        assert to_hex(tile(ax, "Jilin")[1]).upper() == MANY[2]
        assert tile(ax, "Henan")[0].get_text() == "Henan"
        assert_inside(ax.figure, [*ax.texts, *ax.get_legend().get_texts()])
        ordered = pd.Categorical(
            ["low", "high"], categories=["low", "middle", "high"], ordered=True
        )
        ax = pol.plot_tiles(pd.Series(ordered, index=["henan", "hebei"]))
        assert legend(ax) == ["low", "high", "no value"]
        ax = pol.plot_tiles(
            pd.Series({"henan": True, "hebei": False, "jilin": None}).astype("boolean")
        )
        assert legend(ax) == ["False", "True", "no value"]

    def test_eight_categories_are_the_most(self, provinces):
        kinds = pd.Series({p: f"kind {i % 8}" for i, p in enumerate(provinces.index)})
        ax = pol.plot_tiles(kinds)
        assert len(set(map(to_hex, (tile(ax, n)[1] for n in provinces["label"])))) == 8
        assert_inside(ax.figure, [*ax.texts, *ax.get_legend().get_texts()])
        with pytest.raises(ValueError, match="31 categories, but only 8 colours"):
            pol.plot_tiles(pd.Series(provinces.index, index=provinces.index))

    def test_tiles_on_given_axes_with_names_and_options(self):
        figure, ax = plt.subplots()
        plt.figure()
        values = pd.Series({"henan": 2, "taiwan": 2}, dtype="Int64")
        names = {"henan": "HA", "hebei": None}
        assert pol.plot_tiles(values, ax=ax, label=names, cmap="Greens", vmin=0) is ax
        assert ax.collections[0].get_cmap().name == "Greens"
        assert {"HA\n2", "Hebei", "Taiwan\n2"} <= set(texts(ax))
        figure.canvas.draw()  # one number alone has a scale, too
        ax = pol.plot_tiles(values, norm=plt.Normalize(0, 10))
        assert ax.collections[0].norm.vmax == 10

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"henna": 1}, "no province 'henna'; did you mean 'henan'"),
            ({"henan": float("inf")}, "a value is infinite"),
            (pd.Series([1, 2], index=["henan", "henan"]), "duplicate province 'henan'"),
        ],
    )
    def test_what_tiles_cannot_show(self, values, message):
        with pytest.raises(ValueError, match=message):
            pol.plot_tiles(pd.Series(values))

    def test_a_matrix_is_no_series(self, matrix):
        with pytest.raises(TypeError, match="expected a Series, one value"):
            pol.plot_tiles(matrix)

    def test_small_shares_on_tiles_keep_their_digits(self):
        ax = pol.plot_tiles(pd.Series({"henan": 0.0012, "hebei": 0.0044}))
        shown = {text.get_text().split("\n")[-1] for text in ax.texts}
        assert {"0.0012", "0.0044"} <= shown

    def test_tiles_draw_numbers_or_kinds_and_not_both(self):
        with pytest.raises(ValueError, match="the values mix numbers and other types"):
            pol.plot_tiles(pd.Series({"henan": 1, "hebei": "much"}))
        ax = pol.plot_tiles(pd.Series({"henan": 1, "hebei": 2}, dtype=object))
        assert {"Henan\n1", "Hebei\n2"} <= {text.get_text() for text in ax.texts}

    @pytest.mark.parametrize(
        "nothing",
        [pd.Series(dtype=float), pd.Series({"henan": None})],
    )
    def test_nothing_cannot_be_drawn(self, nothing):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_tiles(nothing)
