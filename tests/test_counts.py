import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pl


def test_provinces_by_priority(network):
    expected = pd.DataFrame(
        {
            "emerging-industries": [1, 3, 2],
            "future-industries": [1, 0, 0],
            "business-environment": [1, 1, 1],
        },
        index=pd.Index(["henan", "jilin", "liaoning"], name="province"),
    ).rename_axis(columns="priority")
    pd.testing.assert_frame_equal(pl.biadjacency(network), expected)


def test_commitments_alone(network):
    matrix = pl.biadjacency(network, relation="commits")
    assert matrix.loc["liaoning"].to_dict() == {
        "business-environment": 0,
        "emerging-industries": 2,
        "future-industries": 0,
    }


@pytest.mark.parametrize("rows", ["province", "organisation", "expert", "actor"])
def test_themes_are_the_sums_of_what_rolls_up(network, rows):
    roles = ("commits", "reports", "directs", "diagnoses", "recommends")
    themes = pl.biadjacency(network, rows=rows, columns="theme", relation=roles)
    for level in ("priority", "item"):
        deeper = pl.biadjacency(network, rows=rows, columns=level, relation=roles)
        theme_of = {code: code for code in deeper.columns}
        for code in theme_of:
            while network.nodes[theme_of[code]]["level"] != "theme":
                theme_of[code] = network.nodes[theme_of[code]]["broader"]
        summed = deeper.T.groupby(theme_of).sum().T
        pd.testing.assert_frame_equal(summed, themes, check_names=False)


def test_a_code_above_the_level_keeps_its_column(network):
    centre = pl.biadjacency(network, rows="organisation", columns="item", relation="directs")
    assert centre.columns.tolist() == [
        "new-productivity",
        "emerging-industries",
        "business-environment",
    ]


def test_every_cell_is_backed_by_its_evidence(network):
    matrix = pl.biadjacency(network, columns="theme")
    for (actor, theme), count in matrix.stack().items():
        found = pl.evidence(network, actor, theme)
        counted = found.loc[found["role"].isin(["commits", "reports"]), "count"].sum()
        assert counted == count


def test_initiatives(network):
    matrix = pl.biadjacency(network, columns="initiative")
    assert matrix.stack().loc[lambda x: x > 0].to_dict() == {
        ("henan", "ten-measures"): 1,
        ("jilin", "credit-fund"): 1,
        ("liaoning", "robot-plan"): 1,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": "city"}, "no rows 'city' .*allowed: province, organisation, expert, actor"),
        ({"columns": "level"}, "no columns 'level' .*theme, priority, item, initiative"),
        ({"relation": "commit"}, "no relation 'commit' .*did you mean 'commits'"),
        ({"relation": ("commits", "wants")}, "no relation 'wants'"),
    ],
)
def test_unknown_options_name_what_is_allowed(network, options, message):
    with pytest.raises(ValueError, match=message):
        pl.biadjacency(network, **options)


def test_roles_that_nobody_has_give_an_empty_matrix(network):
    matrix = pl.biadjacency(network, relation="recommends")
    assert matrix.empty
    assert (matrix.index.name, matrix.columns.name) == ("province", "priority")


tables = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 9)), min_size=1
)


@given(tables, st.randoms())
def test_counts_sum_up_and_do_not_depend_on_order(rows, random):
    table = pd.DataFrame(rows, columns=["actor", "concept", "count"])
    matrix = pl.count_statements(table, rows="actor", columns="concept")
    assert matrix.to_numpy().sum() == table["count"].sum()
    random.shuffle(rows)
    shuffled = pd.DataFrame(rows, columns=["actor", "concept", "count"])
    pd.testing.assert_frame_equal(
        matrix, pl.count_statements(shuffled, rows="actor", columns="concept")
    )
    turned = pl.count_statements(table, rows="concept", columns="actor")
    pd.testing.assert_frame_equal(matrix, turned.T)


@pytest.mark.parametrize("count", [["1", "2"], [1, None], [1, -1]])
def test_a_count_must_be_one(count):
    table = pd.DataFrame({"who": ["a", "b"], "what": ["x", "x"], "count": count})
    with pytest.raises(ValueError, match="column 'count' must hold numbers from 0"):
        pl.count_statements(table, rows="who", columns="what")


def test_weights_need_not_be_whole():
    table = pd.DataFrame({"who": ["a", "a"], "what": ["x", "x"], "count": [0.5, 0.25]})
    assert pl.count_statements(table, rows="who", columns="what").loc["a", "x"] == 0.75


def test_columns_may_have_numbers_for_names():
    table = pd.DataFrame([["a", "x"], ["b", "x"]])
    assert pl.count_statements(table, rows=0, columns=1)["x"].to_list() == [1, 1]


def test_all_roles_together(network, tables):
    matrix = pl.biadjacency(network, rows="actor", relation=None)
    assert matrix.to_numpy().sum() == tables.statements["count"].sum()


def test_rows_without_a_count_count_once():
    table = pd.DataFrame({"who": ["a", "a", None], "what": ["x", "x", "x"]})
    assert pl.count_statements(table, rows="who", columns="what").loc["a", "x"] == 2


def test_any_two_columns_but_not_one_twice(tables):
    by_role = pl.count_statements(tables.statements, rows="role", columns="document")
    assert by_role.loc["commits", "report"] == 2
    with pytest.raises(ValueError, match="both 'role'"):
        pl.count_statements(tables.statements, rows="role", columns="role")
    with pytest.raises(ValueError, match=r"no column 'actr'.*; did you mean 'actor'"):
        pl.count_statements(tables.statements, rows="actr", columns="role")
