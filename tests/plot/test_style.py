"""The look that all figures share."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from fontTools.fontBuilder import FontBuilder  # matplotlib needs it, too
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

import policylib as pol
from policylib.plot.style import chinese_fonts

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
    own = [entry for entry in manager.ttflist if entry.name.startswith("DejaVu")]
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
        with pytest.warns(UserWarning, match="Glyph .* missing from font"):
            pol.plot_matrix(matrix.rename({"河南": "吉林"})).figure.canvas.draw()
