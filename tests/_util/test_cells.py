"""Cells that are empty, or hold a list or something that is not text, are named by their place."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from policylib._util.cells import require_values, sort_rows, texts_of


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

    @pytest.mark.parametrize("dtype", ["object", pd.StringDtype("python")])
    def test_a_lone_surrogate_is_named(self, dtype):
        table = pd.DataFrame({"text": pd.Series(["a", "b𠀀\ud840"], [7, 8], dtype=dtype)})
        message = r"column 'text', row 8: character 2 is a lone surrogate \('\\ud840'\); read"
        with pytest.raises(ValueError, match=message):
            texts_of(table)


class TestSortRows:
    def test_rows_are_sorted_by_the_columns_in_turn(self):
        table = pd.DataFrame({"a": [2, None, 1, 2], "b": ["x", "y", "z", "a"]})
        found = sort_rows(table, ["a", "b"])
        assert found["b"].to_list() == ["z", "a", "x", "y"]
        assert found.index.to_list() == [0, 1, 2, 3]
        assert sort_rows(table.set_index("a", drop=False), ["a", "b"]).equals(found)

    @pytest.mark.parametrize("dtype", ["object", "str", "category", "string[pyarrow]"])
    def test_paragraphs_are_sorted_by_their_numbers(self, dtype):
        names = ["p10", "", "p9", "p1.10", "10", "9", "p009", None, "p1.9", "9"]
        table = pd.DataFrame({"paragraph": pd.Series(names, dtype=dtype), "other": names})
        right = ["", "9", "9", "10", "p1.9", "p1.10", "p009", "p9", "p10"]
        found = sort_rows(table, ["paragraph"])
        assert found["paragraph"].to_list()[:-1] == right
        assert found["paragraph"].dtype == table["paragraph"].dtype
        assert found["other"].to_list()[:-1] == right
        assert sort_rows(table, ["other"])["other"].to_list()[:-1] == sorted(right)

    def test_digits_of_any_script_are_numbers(self):
        table = pd.DataFrame({"paragraph": ["１０", "９", "第８段", "٣"]})
        assert sort_rows(table, ["paragraph"])["paragraph"].to_list() == [
            "٣",
            "９",
            "１０",
            "第８段",
        ]

    def test_an_order_of_categories_stays(self):
        names = pd.Categorical(["2", "10", "intro"], ["intro", "10", "2"], ordered=True)
        found = sort_rows(pd.DataFrame({"paragraph": names}), ["paragraph"])
        assert found["paragraph"].to_list() == ["intro", "10", "2"]

    @pytest.mark.parametrize("columns", [["paragraph"], ["document", "paragraph"]])
    def test_numbers_among_paragraphs_that_are_text_are_sorted_with_them(self, columns):
        names = pd.Series(["10", np.int64(9), "p2", 11.0, "2", None], dtype="object")
        table = pd.DataFrame({"document": "d", "paragraph": names})
        found = sort_rows(table, columns)["paragraph"].to_list()
        assert found == ["2", 9, "10", 11.0, "p2", None]

    def test_other_paragraphs_are_sorted_as_they_are(self):
        for names in ([10, 9], [10.0, 9.5], [("b", 1), ("a", 2)]):
            table = pd.DataFrame({"paragraph": pd.Series(names)})
            assert sort_rows(table, ["paragraph"])["paragraph"].to_list() == names[::-1]
        with pytest.raises(ValueError, match="column 'paragraph' mixes date and str"):
            sort_rows(pd.DataFrame({"paragraph": [date(2020, 1, 5), "10"]}), ["paragraph"])

    def test_tuples_without_an_order_are_named(self):
        table = pd.DataFrame({"a": 1, "b": [("x", 1), ("x", "y")]}, index=[7, 8])
        message = r"column 'b', row 8: \('x', 'y'\) and \('x', 1\) have no order"
        with pytest.raises(ValueError, match=message):
            sort_rows(table, ["b"])
        late = pd.DataFrame({"b": [("a", 0), ("x", 1), ("x", "y")]})
        with pytest.raises(ValueError, match=r"column 'b', row 2: .* have no order"):
            sort_rows(late, ["b"])

    @pytest.mark.parametrize(
        ("cell", "message"),
        [
            (pd.Timestamp("2023-01-31"), "column 'b' mixes Timestamp and int; expected one type"),
            (b"x", "column 'b' mixes bytes and int; expected one type"),
            ([1], "column 'b', row 1: expected a single value, got a list"),
        ],
    )
    def test_a_column_without_an_order_is_named(self, cell, message):
        table = pd.DataFrame({"a": [1, 1, 1], "b": [2, cell, None]})
        with pytest.raises(ValueError, match=message):
            sort_rows(table, ["a", "b"])
