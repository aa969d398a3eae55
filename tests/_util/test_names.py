"""Names are checked against what is allowed, and the nearest match is named."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from policylib._util.cells import require_values
from policylib._util.names import as_mapping, nearest, require, require_columns, require_hashable


class TestRequire:
    def test_what_is_allowed_and_the_nearest_match_are_named(self):
        require("henan", ["henan", "hebei"], "actor")
        message = r"no actor 'henna' \(allowed: henan, hebei\); did you mean 'henan'\?"
        with pytest.raises(ValueError, match=message):
            require("henna", ["henan", "hebei"], "actor")

    def test_a_long_list_is_left_out_and_the_error_can_be_another(self):
        many = [f"actor-{n}" for n in range(100)]
        with pytest.raises(KeyError, match=r"no actor 'actor-7x'; did you mean 'actor-7'"):
            require("actor-7x", many, "actor", KeyError)

    @pytest.mark.parametrize(
        "value",
        [float("nan"), pd.NA, None, 3, {"henan"}, ["henan"], np.array(["henan", "hebei"])],
    )
    def test_a_value_that_is_not_text_gets_no_hint(self, value):
        with pytest.raises(ValueError, match=r"^no actor .*\(allowed: henan, hebei\)$"):
            require(value, ["henan", "hebei"], "actor")

    def test_numbers_may_be_names(self):
        require(np.int64(7), [7, 8], "paragraph")
        with pytest.raises(ValueError, match=r"^no code '7' \(allowed: 7, 8\)$"):
            require("7", [7, 8], "code")


class TestRequireHashable:
    def test_the_row_of_a_list_is_named(self):
        require_hashable(pd.Series(["a", None, 3, ("b", "c")]))
        cells = pd.Series(["a", {"b"}], index=[4, 6], name="code")
        with pytest.raises(ValueError, match=r"column 'code', row 6: expected .* value, got a set"):
            require_hashable(cells)

    @pytest.mark.parametrize("cell", [["a"], {"a": 1}])
    def test_the_row_of_a_list_of_arrow_is_named(self, cell):
        cells = pd.Series(pd.arrays.ArrowExtensionArray(pa.array([None, cell])), name="who")
        kind = type(cell).__name__
        with pytest.raises(ValueError, match=f"column 'who', row 1: expected a single.* a {kind}"):
            require_hashable(cells)
        with pytest.raises(ValueError, match="column 'who', row 1: expected one value, got "):
            require_values(cells.to_frame().iloc[1:], "who")
        require_hashable(pd.Series(["2024-01-01", None], dtype="date32[pyarrow]"))

    def test_float16_is_refused_because_pandas_cannot_group_it(self):
        cells = pd.Series([1, 2], dtype="float16", name="paragraph")
        message = r"column 'paragraph' holds float16, which pandas cannot group; convert it to"
        with pytest.raises(ValueError, match=f"^{message}"):
            require_hashable(cells)
        with pytest.raises(ValueError, match=f"^said: {message}"):
            require_values(cells.to_frame(), "paragraph", name="said")
        require_hashable(cells.astype("float32"))


class TestAsMapping:
    def test_a_series_becomes_a_dict(self):
        assert as_mapping(pd.Series({"a": "A"}), "label") == {"a": "A"}
        assert as_mapping(["a"], "label") == ["a"]
        with pytest.raises(ValueError, match="label: duplicate index label 'a'"):
            as_mapping(pd.Series(["A", "B"], index=["a", "a"]), "label")


class TestRequireColumns:
    def test_a_missing_column_is_named(self):
        table = pd.DataFrame(columns=["actor", "role"])
        require_columns(table, "role", "actor")
        with pytest.raises(ValueError, match=r"no column 'rol' .*did you mean 'role'"):
            require_columns(table, "actor", "rol")

    def test_control_characters_are_not_printed(self):
        table = pd.DataFrame(columns=["a\x1b[2J", "b\nc"])
        with pytest.raises(ValueError, match=r"\(the table has a\ufffd\[2J, b\ufffdc\)"):
            require_columns(table, "d")
        with pytest.raises(ValueError, match=r"no column 'd' \(allowed: a\ufffd\[2J, b\ufffdc\)"):
            require("d", table.columns, "column")

    @pytest.mark.parametrize("parts", [[["a", "b"]], [["a", "b"], ["x", "x"]]])
    def test_columns_of_several_levels_are_refused_if_one_is_needed(self, parts):
        table = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_arrays(parts))
        require_columns(table)  # such as a matrix whose labels get names
        message = (
            rf"^said: the columns are a MultiIndex \(levels: {len(parts)}\); expected one name"
        )
        with pytest.raises(ValueError, match=message):
            require_columns(table, "a", name="said")

    def test_a_column_that_appears_twice_is_named_with_its_table(self):
        table = pd.DataFrame([[1, 2]], columns=["a", "a"])
        with pytest.raises(ValueError, match=r"^said: duplicate column 'a'; rename one of them"):
            require_columns(table, "a", name="said")

    def test_what_is_not_a_table_is_refused(self, tables):
        with pytest.raises(TypeError, match=r"not Tables; tables\.statements is one"):
            require_columns(tables, "actor")
        with pytest.raises(TypeError, match=r"expected a table \(a DataFrame\), not list$"):
            require_columns(["actor"], "actor")


class TestRequireSound:
    def test_a_lone_surrogate_is_named_in_any_column(self):
        table = pd.DataFrame(
            {"x": ["a", 1, "b𠀀\ud840"], "y": ["a", None, "b"]}, [7, 8, 8], dtype="object"
        )
        message = r"^said: column 'x', row 8: character 2 is a lone surrogate \('\\ud840'\); read"
        with pytest.raises(ValueError, match=message):
            require_columns(table, "y", name="said")
        require_columns(table.iloc[:2], "y")


class TestNearest:
    def test_nothing_is_asked_where_nothing_is_like_it(self):
        assert nearest("zhejiang", ("robots", "quantum")) == ""

    def test_only_text_is_compared(self):
        assert nearest("henna", ["henan", 7, None]) == "; did you mean 'henan'?"
        assert nearest(float("nan"), ["hunan"]) == nearest({"actor"}, ["actor"]) == ""
