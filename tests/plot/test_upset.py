"""Intersections of sets as an UpSet plot."""

import numpy as np
import pandas as pd
import pytest

import policylib as pol


class TestPlotUpset:
    def test_upset_needs_two_rows(self, matrix):
        with pytest.raises(ValueError, match="two rows or more; found 1"):
            pol.plot_upset(pol.intersections(matrix.iloc[[0]]))

    def test_upset_grows_with_its_rows(self):
        small, large = (
            pol.plot_upset(
                pol.intersections(pd.DataFrame(np.eye(n), index=[f"r{i}" for i in range(n)]))
            )
            for n in (3, 30)
        )
        assert large.get_figheight() > 3 * small.get_figheight()

    def test_upset_has_a_bar_for_each_intersection(self, matrix):
        table = pol.intersections(matrix)
        figure = pol.plot_upset(table)
        heights = {round(p.get_height(), 6) for ax in figure.axes for p in ax.patches}
        assert set(table["size"]) <= heights
        labels = {t.get_text() for ax in figure.axes for t in ax.texts}
        assert {"henan", "jilin", "liaoning"} <= labels

    def test_counts_have_whole_ticks(self):
        table = pd.DataFrame({"rows": [("a",), ("a", "b")], "columns": [("x",), ("y",)]})
        figure = pol.plot_upset(table)
        figure.canvas.draw()
        axes = {ax.get_xlabel() or ax.get_ylabel(): ax for ax in figure.axes}
        ticks = [*axes["Intersection size"].get_yticks(), *axes["Set size"].get_xticks()]
        assert all(tick % 1 == 0 for tick in ticks)

    def test_nothing_cannot_be_drawn(self):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_upset(pol.intersections(pd.DataFrame({"x": [0]})))
