"""Fonts for labels in any script."""

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from fontTools.fontBuilder import FontBuilder  # matplotlib needs it, too
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

import policylib as pol
from policylib.plot.fonts import BOXES, box_font, chinese_fonts


@pytest.fixture
def small_font(tmp_path, monkeypatch):
    """Install a font that has two Chinese characters, as squares, beside those of matplotlib."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square, glyphs = pen.glyph(), [".notdef", "river", "south"]
    font = FontBuilder(unitsPerEm=1000)
    font.setupGlyphOrder(glyphs)
    font.setupCharacterMap({ord("河"): "river", ord("南"): "south"})
    font.setupGlyf(dict.fromkeys(glyphs, square))
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 100)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "SimHei", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "small.ttf")
    manager = font_manager.fontManager
    own = [entry for entry in manager.ttflist if entry.name.startswith(("DejaVu", BOXES))]
    monkeypatch.setattr(manager, "ttflist", own)
    chinese_fonts.cache_clear()
    yield tmp_path / "small.ttf"
    chinese_fonts.cache_clear()


class TestChineseFonts:
    def test_chinese_names_are_drawn_where_a_font_has_them(self, network):
        if not chinese_fonts():
            pytest.skip("no Chinese font is installed")
        matrix = pol.label(pol.biadjacency(network), network, label="label_zh")
        figure = pol.plot_matrix(matrix).figure
        figure.canvas.draw()  # a glyph that is missing warns, and warnings are errors

    def test_a_font_of_two_characters_is_found_and_used(self, small_font):
        assert chinese_fonts() == []
        chinese_fonts.cache_clear()
        font_manager.fontManager.addfont(small_font)
        assert chinese_fonts() == ["SimHei"]
        matrix = pd.DataFrame({"robots": [1, 2]}, index=["河南", "Hebei"])
        pol.plot_matrix(matrix).figure.canvas.draw()  # without a warning
        plt.close("all")
        with pytest.warns(UserWarning, match="a font with Chinese characters"):
            pol.plot_matrix(matrix.rename({"河南": "吉林"}))

    def test_given_axes_get_the_font_too(self):
        if not chinese_fonts():
            pytest.skip("no Chinese font is installed")
        figure, ax = plt.subplots()
        figure.canvas.draw()
        pol.plot_ranking(pd.Series({"河南": 1}, name="目标"), ax=ax)
        figure.canvas.draw()


class TestWarnOfBoxes:
    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (
                "吉林，辽宁",
                "install a font with Chinese characters, for example Noto Sans CJK SC. If",
            ),
            ("กรุงเทพ", "Noto Sans Thai, and add its name to plt.rcParams"),
            ("吉한", "Noto Sans CJK SC and a font with Korean characters, .* Noto Sans CJK KR"),
            ("🙂", "a font with Symbol characters, for example Noto Sans Symbols 2"),
        ],
    )
    def test_one_warning_names_the_script_and_a_font(self, small_font, name, message):
        with pytest.warns(UserWarning) as caught:  # noqa: PT030
            pol.plot_ranking(pd.Series({name: 1, name + name: 2})).figure.canvas.draw()
        if not box_font():  # matplotlib before 3.11 adds a warning for each character
            caught = [warning for warning in caught if "missing from" not in str(warning.message)]
        (warning,) = caught
        assert re.search(message, str(warning.message))
        assert warning.filename == __file__

    def test_letters_that_the_main_font_has_need_no_other(self, small_font):
        pol.plot_ranking(pd.Series({"Łódź – Ποσειδών": 1})).figure.canvas.draw()
