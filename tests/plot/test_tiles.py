"""A map of the provinces in tiles."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import policylib as pol
from policylib.plot.style import MANY, width_of
from policylib.plot.tile_maps import CHINA
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

    @pytest.mark.parametrize("center", [float("nan"), float("inf"), -float("inf")])
    def test_the_centre_is_a_finite_number(self, center):
        values = pd.Series({"henan": 1.0, "hebei": -1})
        with pytest.raises(ValueError, match=f"^center is {center}; expected a finite number$"):
            pol.plot_tiles(values, center=center)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"hebei": "x", "henan": ["x"]}, r"^id 'henan': expected one value, got \['x'\]$"),
            ({"hebei": {"a": 1}}, r"^id 'hebei': expected one value, got \{'a': 1\}$"),
            ({"henan": 1 + 5j, "hebei": 2}, "^the values hold complex128; expected real numbers$"),
        ],
    )
    def test_what_has_no_colour_is_refused(self, values, message):
        with pytest.raises(ValueError, match=message):
            pol.plot_tiles(pd.Series(values))

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
        ("name", "lines"),
        [
            ("Castelló de la Plana", ["Castelló de", "la Plana"]),
            ("Saint-Étienne", ["Saint-", "Étienne"]),
            ("Ribeirão Preto", ["Ribeirão", "Preto"]),
            ("Нижний Новгород", ["Нижний", "Новгород"]),
            ("Mönchengladbach", ["Mönchengladbach"]),
            ("A Coruña", ["A Coruña"]),
            ("内蒙古自治区", ["内蒙古自治区"]),
        ],
    )
    @pytest.mark.filterwarnings("ignore:labels have characters")  # where no font has Chinese
    def test_names_break_between_words(self, name, lines):
        ax = pol.plot_tiles(pd.Series({name: 1, "b": 2}), tiles={name: (0, 0), "b": (0, 1)})
        text, other = ax.texts
        assert text.get_text().split("\n") == [*lines, "1"]
        assert text.get_fontsize() <= other.get_fontsize()
        # Sizes of letters are taken for two thirds of their height, as wide as a tile at most.
        widest = max(map(width_of, lines))
        assert widest * text.get_fontsize() * 0.6 < 72 * 1.02

    def test_one_value_has_a_scale_from_the_centre(self):
        ax = pol.plot_tiles(pd.Series({"a": 1}), tiles={"a": (0, 0)})
        assert ax.collections[0].get_clim() == (0, 1)
        ax = pol.plot_tiles(pd.Series({"a": 0}), tiles={"a": (0, 0)})
        assert ax.collections[0].get_clim() == (0, 1)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"henna": 1}, "no tile 'henna' in the default map of China.* did you mean 'henan'"),
            ({"henan": float("inf")}, "a value is infinite"),
            (pd.Series([1, 2], index=["henan", "henan"]), "values: duplicate id 'henan'"),
        ],
    )
    def test_what_tiles_cannot_show(self, values, message):
        with pytest.raises(ValueError, match=message):
            pol.plot_tiles(pd.Series(values))

    def test_a_map_of_another_country(self):
        tiles = {"WA": (1, 0), "NT": (0, 1), "SA": (1, 1), "TAS": (3, 2)}
        ax = pol.plot_tiles(pd.Series({"WA": 3, "TAS": 1}, name="shared"), tiles=tiles)
        assert texts(ax) == ["WA\n3", "NT", "SA", "TAS\n1"]
        places = {text.get_text()[:2]: text.get_position() for text in ax.texts}
        assert places["TA"] == (places["WA"][0] + 2, places["WA"][1] + 2)
        (scale,) = ax.child_axes
        below = [*scale.get_xticklabels(), *ax.get_legend().get_texts(), *ax.texts]
        assert_inside(ax.figure, below)

    def test_categories_on_a_map_without_room_for_a_legend(self):
        tiles = {(row, column): (row, column) for row in range(2) for column in range(2)}
        tiles = {f"{row}{column}": place for (row, column), place in tiles.items()}
        ax = pol.plot_tiles(pd.Series({place: f"kind {place}" for place in tiles}), tiles=tiles)
        assert legend(ax) == ["kind 00", "kind 01", "kind 10", "kind 11"]  # and not "no value"
        assert_inside(ax.figure, [*ax.texts, *ax.get_legend().get_texts()])

    def test_numbers_on_all_tiles_need_no_legend_for_none(self):
        ax = pol.plot_tiles(pd.Series({"a": 1, "b": 2}), tiles={"a": (0, 0), "b": (0, 1)})
        assert ax.get_legend() is None
        assert_inside(ax.figure, [*ax.texts, *ax.child_axes[0].get_xticklabels()])

    @pytest.mark.filterwarnings("ignore:labels have characters|Glyph:UserWarning")
    def test_names_come_from_the_tiles_or_from_a_mapping(self):
        tiles = pd.DataFrame(
            {"row": [0, 0], "column": [0, 1], "label_zh": ["甲", None]}, ["a", "b"]
        )
        values = pd.Series({"a": 1, "b": 2})
        assert texts(pol.plot_tiles(values, tiles=tiles)) == ["a\n1", "b\n2"]
        assert texts(pol.plot_tiles(values, tiles=tiles, label="label_zh")) == ["甲\n1", "b\n2"]
        assert texts(pol.plot_tiles(values, tiles=tiles, label={"b": "B"})) == ["a\n1", "B\n2"]
        with pytest.raises(ValueError, match="no label 'label_zh'"):
            pol.plot_tiles(values, tiles=tiles[["row", "column"]], label="label_zh")
        ax = pol.plot_tiles(pd.Series({"henan": 1}), label="label_zh")
        shown = {text.get_text().partition("\n")[0] for text in ax.texts}
        assert shown == {chinese for *_, chinese in CHINA.values()}

    def test_an_id_that_the_map_lacks(self):
        with pytest.raises(ValueError, match="no tile 'austin' in the default map of China") as e:
            pol.plot_tiles(pd.Series({"austin": 1}))
        assert "pass tiles= for another map" in str(e.value)
        assert "plot_ranking" in str(e.value)
        with pytest.raises(ValueError, match="no tile 'henan' in the tiles given, which has 'WA'"):
            pol.plot_tiles(pd.Series({"henan": 1}), tiles={"WA": (0, 0)})

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
