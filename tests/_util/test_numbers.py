"""Whole numbers, as options take them."""

import numpy as np
import pandas as pd
import pytest

from policylib._util.numbers import (
    EXACT,
    as_integers,
    is_between,
    is_real,
    plain_numbers,
    require_flag,
    require_seed,
    require_whole,
    whole_numbers,
)


def test_a_float_holds_whole_numbers_exactly_up_to_there():
    assert float(EXACT - 1) != float(EXACT)
    assert float(EXACT) == float(EXACT + 1)


class TestRequireSeed:
    @pytest.mark.parametrize("seed", [None, 0, 7, np.int64(3), np.uint8(3)])
    def test_any_whole_number_or_none(self, seed):
        require_seed(seed)

    @pytest.mark.parametrize("seed", [1.5, -1, True, "1", float("nan"), [1]])
    def test_nothing_else(self, seed):
        with pytest.raises(ValueError, match="seed must be a whole number from 0, or None, not"):
            require_seed(seed)


class TestRequireWhole:
    def test_the_least_is_allowed(self):
        require_whole(1, "trials")
        require_whole(np.int32(0), "depth", least=0)

    @pytest.mark.parametrize("value", [0, 1.0, True, None, "5"])
    def test_the_message_names_the_option(self, value):
        with pytest.raises(ValueError, match=f"trials must be a whole number .* not {value!r}"):
            require_whole(value, "trials")


class TestRequireFlag:
    @pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
    def test_true_and_false_also_of_numpy(self, value):
        require_flag(value, "denied")

    @pytest.mark.parametrize("value", ["no", "False", "", 0, 1, None, float("nan"), [True]])
    def test_nothing_else(self, value):
        with pytest.raises(TypeError, match=r"^denied is .*; expected True or False$"):
            require_flag(value, "denied")


class TestIsBetween:
    @pytest.mark.parametrize("value", [0, 3, 2.5, np.float32(0.5), np.uint8(3), True])
    def test_real_numbers_within_the_limits(self, value):
        assert is_between(value, 0, 3) is True

    @pytest.mark.parametrize(
        "value", [-1, 3.01, 10**400, float("nan"), float("inf"), "2", None, 1j, pd.NA, [2]]
    )
    def test_nothing_else(self, value):
        assert is_between(value, 0, 3) is False


class TestAsIntegers:
    def test_whole_numbers_and_gaps(self):
        assert as_integers(pd.Series([2.0, None, 3]), "start").to_list() == [2, pd.NA, 3]

    @pytest.mark.parametrize("cell", [1.5, float("inf"), 2**80, "x", [1]])
    def test_nothing_else(self, cell):
        with pytest.raises(ValueError, match="start must hold whole numbers"):
            as_integers(pd.Series([1, cell], dtype="object"), "start")


class TestPlainNumbers:
    def test_numbers_stay_equal_and_only_odd_types_change(self):
        for given, expected in (
            ("float16", "float64"),
            ("Sparse[float16]", "float64"),
            ("Sparse[int8]", "int8"),
            ("float32", "float32"),
            ("Int64", "Int64"),
        ):
            cells = plain_numbers(pd.Series([0, 0.5, 3]).round().astype(given))
            assert cells.dtype == expected
            assert cells.to_list() == [0, 0, 3]

    def test_complex_numbers_are_not_real(self):
        types = ["int8", "bool", "Float64", "complex128", "str"]
        assert [is_real(pd.Series(dtype=kind).dtype) for kind in types] == [True] * 3 + [False] * 2


class TestWholeNumbers:
    @pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", "Int64", "object"])
    def test_every_type_of_float(self, dtype):
        cells = pd.Series([3, None, 2023], index=[5, 5, 1]).astype(dtype)
        found = whole_numbers(cells)
        assert found.dropna().map(repr).to_list() == ["3", "2023"]
        assert found.isna().to_list() == [False, True, False]
        assert found.index.to_list() == [5, 5, 1]

    def test_other_cells_stay(self):
        cells = pd.Series([0.5, float("inf"), "3.0", 7.0], dtype="object")
        assert whole_numbers(cells).to_list() == [0.5, float("inf"), "3.0", 7]
        assert whole_numbers(pd.Series(["3.0"])).to_list() == ["3.0"]
