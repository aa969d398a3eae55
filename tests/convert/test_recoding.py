"""Codes of statements, renamed and merged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from policylib.convert import recode


def changes_of(*args, **options) -> list[tuple]:
    return list(recode(*args, **options)[1].itertuples(index=False, name=None))


def test_recode_merges_codes(world):
    before = world.statements.copy()
    recoded, changes = recode(world.statements, {"new-materials": "robots"})
    assert_frame_equal(world.statements, before)
    assert_frame_equal(recoded.drop(columns="code"), before.drop(columns="code"))
    assert recoded["code"].dtype == "str"
    assert recoded["code"][4] == "robots"
    # s04 names an initiative and s05 does not, so they are not repeated.
    assert changes.to_dict("records") == [
        {"old": "new-materials", "new": "robots", "statements": 1, "merged": True, "repeated": 0}
    ]
    (change,) = changes_of(before.drop(columns="initiative"), {"new-materials": "robots"})
    assert change[-1] == 1


def test_recode_exchanges_codes(world):
    recoded, changes = recode(world.statements, {"robots": "credit", "credit": "robots"})
    assert (recoded["code"] == "credit").sum() == 3
    assert (recoded["code"] == "robots").sum() == 2
    assert changes["statements"].to_list() == [3, 2]
    assert not changes["merged"].any()


def test_recode_makes_one_code_of_several():
    table = pd.DataFrame({"code": ["a", "b", "c", None], "actor": list("xxyz")}, index=[7, 7, 5, 3])
    recoded, changes = recode(table, {"a": "new", "b": "new", "c": "c"}, column="code")
    assert recoded.index.to_list() == [7, 7, 5, 3]
    assert recoded["code"].fillna("-").to_list() == ["new", "new", "c", "-"]
    assert list(changes.itertuples(index=False, name=None)) == [
        ("a", "new", 1, True, 1),
        ("b", "new", 1, True, 1),
        ("c", "c", 0, False, 0),
    ]


def test_recode_does_not_compare_the_wording():
    table = pd.DataFrame({"code": ["a", "b"], "actor": "x", "quote": list("cd"), "start": [1, 2]})
    table["sentence"] = ["One.", "Two."]
    assert changes_of(table, {"a": "b"}) == [("a", "b", 1, True, 1)]


@given(
    codes=st.lists(st.sampled_from("abcd"), min_size=1),
    mapping=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcde")),
)
def test_recode_changes_all_at_once(codes, mapping):
    mapping = {old: new for old, new in mapping.items() if old in codes}
    table = pd.DataFrame({"code": codes})
    recoded, changes = recode(table, mapping)
    assert recoded["code"].to_list() == [mapping.get(code, code) for code in codes]
    moved = sum(mapping.get(code, code) != code for code in codes)
    assert changes["statements"].sum() == moved


def test_recode_keeps_other_types():
    categories = pd.DataFrame({"code": pd.Categorical(["a", "b"])})
    assert recode(categories, {"a": "b"})[0]["code"].to_list() == ["b", "b"]
    recoded, changes = recode(categories, {})
    assert recoded["code"].to_list() == ["a", "b"]
    assert changes.dtypes.astype(str).to_list() == ["str", "str", "int64", "bool", "int64"]


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float64", "object", "category"])
def test_recode_makes_text_of_numbers(dtype):
    table = pd.DataFrame({"code": pd.Series([1, 2, 1, 3], dtype=dtype), "actor": list("wxyz")})
    recoded, changes = recode(table, {1: "robots", 2: "3"})
    assert recoded["code"].to_list() == ["robots", "3", "robots", "3"]
    assert list(changes.itertuples(index=False, name=None)) == [
        ("1", "robots", 2, False, 0),
        ("2", "3", 1, True, 0),
    ]
    assert_frame_equal(recode(table, {})[0], table)
    with pytest.raises(ValueError, match=r"^no code '1' \(allowed: 1, 2, 3\)$"):
        recode(table.astype({"code": "int64"}), {"1": "robots"})


def test_recode_keeps_gaps_in_numbers():
    table = pd.DataFrame({"code": [1.0, np.nan, 2.0]})
    recoded, _ = recode(table, {1: "robots"})
    assert recoded["code"].fillna("-").to_list() == ["robots", "-", "2"]


def test_recode_takes_a_series_of_new_codes(world):
    codes = {"new-materials": "robots"}
    for found, expected in zip(
        recode(world.statements, pd.Series(codes)), recode(world.statements, codes), strict=True
    ):
        assert_frame_equal(found, expected)
    with pytest.raises(ValueError, match="codes: duplicate index label 'robots'"):
        recode(world.statements, pd.Series(["x", "y"], index=["robots", "robots"]))
    with pytest.raises(ValueError, match="'robots' cannot become nan"):
        recode(world.statements, pd.Series({"robots": np.nan}))


@pytest.mark.parametrize("column", ["code", "tags"])
def test_recode_names_a_list_in_a_cell(column):
    table = pd.DataFrame({"code": ["a", "b"], "tags": "x"}, index=[4, 5]).astype("object")
    table.at[5, column] = ["a", "b"]
    with pytest.raises(ValueError, match=f"column '{column}', row 5: expected a single value, got"):
        recode(table, {"a": "c"})


@pytest.mark.parametrize(
    ("codes", "options", "text"),
    [
        ({"robot": "x"}, {}, "no code 'robot'.*did you mean 'robots'"),
        ({"robots": ""}, {}, "'robots' cannot become ''"),
        ({"robots": "  "}, {}, "cannot become"),
        ({"robots": None}, {}, "cannot become None"),
        ({"robots": "x"}, {"column": "codes"}, "no column 'codes' .*did you mean 'code'"),
    ],
)
def test_recode_refuses_codes(world, codes, options, text):
    with pytest.raises(ValueError, match=text):
        recode(world.statements, codes, **options)


def test_recode_wants_a_table_and_a_mapping(world):
    with pytest.raises(TypeError, match="expected a table"):
        recode([], {})
    with pytest.raises(TypeError, match="codes: expected a dict of old and new codes, not list"):
        recode(world.statements, ["robots"])
