"""Cells that are empty, or hold a list or something that is not text, are named by their place."""

import pandas as pd
import pytest

from policylib._util.cells import require_values, texts_of


class TestRequireValues:
    @pytest.mark.parametrize("values", [["a", "b"], [1, 2], [("a", 1), 2.5], []])
    def test_single_values(self, values):
        require_values(pd.DataFrame({"id": values, "other": None}), "id")

    @pytest.mark.parametrize(
        ("cell", "message"),
        [
            (None, "column 'id', row 8: the cell is empty"),
            (pd.NA, "column 'id', row 8: the cell is empty"),
            (["a"], r"column 'id', row 8: expected one value, got \['a'\]"),
            ({"a"}, "column 'id', row 8: expected one value, got {'a'}"),
        ],
    )
    @pytest.mark.parametrize("name", ["", "b"])
    def test_the_row_is_named(self, cell, message, name):
        table = pd.DataFrame({"id": ["a", cell, cell]}, index=[7, 8, 9])
        with pytest.raises(ValueError, match=("^b: " if name else "^") + message):
            require_values(table, "id", name=name)


class TestTextsOf:
    @pytest.mark.parametrize("dtype", ["str", "object", "category"])
    def test_texts(self, dtype):
        assert texts_of(pd.DataFrame({"text": ["a", ""]}, dtype=dtype)) == ["a", ""]

    @pytest.mark.parametrize("cell", [None, 3, ["a"], b"a"])
    def test_the_row_is_named(self, cell):
        table = pd.DataFrame({"note": ["a", cell]}, index=[7, 8])
        with pytest.raises(ValueError, match="column 'note', row 8: expected words, got "):
            texts_of(table, "note", "words")
