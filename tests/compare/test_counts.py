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


# --- Qualifiers and duplicates. -----------------------------------------------------------------

NAMES = {"rows": "who", "columns": "what"}


@pytest.fixture
def spoken():
    """One actor says the same thing again and again, and once the contrary."""
    said = ["2024-12-30", "2025-01-01", "2025-01-31", "2024-01-31", "2025-12-29", "2025-01-01"]
    return pd.DataFrame(
        {
            "document": ["d1", "d1", "d2", "d3", "d4", "d1"],
            "said": said,
            "who": "henan",
            "what": "robots",
            "agrees": [True, True, True, True, True, False],
            "count": [1, 3, 1, 1, 1, 1],
        }
    )


@pytest.mark.parametrize(
    ("duplicates", "times"),
    [
        ("include", 8),
        ("document", 4),  # d1 to d4
        ("week", 4),  # 30 December and 1 January are one ISO week; 29 December 2025 is another
        ("month", 4),  # January 2024 is not January 2025
        ("year", 2),
        ("acrossrange", 1),
    ],
)
def test_duplicates_count_once(spoken, duplicates, times):
    matrix = pl.count_statements(spoken, **NAMES, duplicates=duplicates)
    assert matrix.loc["henan", "robots"] == times
    assert matrix.dtypes.to_list() == ["int64"]


@pytest.mark.parametrize(
    ("duplicates", "against", "for_"),
    [("include", 1, 7), ("document", 1, 4), ("week", 1, 4), ("acrossrange", 1, 1)],
)
def test_the_qualifier_is_part_of_what_is_the_same(spoken, duplicates, against, for_):
    matrix = pl.count_statements(spoken, **NAMES, qualifier="agrees", duplicates=duplicates)
    assert matrix.loc["henan", "robots"].to_dict() == {False: against, True: for_}
    assert matrix.columns.names == ["what", "agrees"]


@given(tables, st.sampled_from(["document", "week", "month", "year", "acrossrange"]))
def test_duplicates_only_take_away_and_order_does_not_matter(rows, duplicates):
    table = pd.DataFrame(rows, columns=["actor", "concept", "count"])
    table["document"] = table["count"] % 3
    table["said"] = "2024-0" + table["count"].astype(str) + "-15"
    names = {"rows": "actor", "columns": "concept"}
    once = pl.count_statements(table, **names, duplicates=duplicates)
    every = pl.count_statements(table, **names)
    assert ((once > 0) == (every > 0)).all(axis=None)
    assert (once <= every).all(axis=None)
    reverse = pl.count_statements(table[::-1], **names, duplicates=duplicates)
    pd.testing.assert_frame_equal(once, reverse)
    again = pd.concat([table, table])
    pd.testing.assert_frame_equal(once, pl.count_statements(again, **names, duplicates=duplicates))


def test_a_statement_made_no_time_does_not_stand_for_another(spoken):
    spoken["count"] = [0, 3, 0, 0, 0, 0]
    assert pl.count_statements(spoken, **NAMES, duplicates="document").loc["henan", "robots"] == 1


def test_levels_stand_under_every_concept():
    table = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "rating": [2, -1.5]})
    matrix = pl.count_statements(table, **NAMES, qualifier="rating")
    expected = pd.MultiIndex.from_product([["x", "y"], [-1.5, 2]], names=["what", "rating"])
    pd.testing.assert_index_equal(matrix.columns, expected)
    assert matrix.to_numpy().tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_categories_are_levels_even_where_nobody_uses_them():
    table = pd.DataFrame({"who": ["a", "b"], "what": "x", "rating": [2, 3]})
    table["rating"] = pd.Categorical(table["rating"], categories=[1, 2, 3])
    matrix = pl.count_statements(table, **NAMES, qualifier="rating")
    assert matrix["x"].to_numpy().tolist() == [[0, 1, 0], [0, 0, 1]]


def test_a_mapped_role_is_a_qualifier(tables):
    """A role that the map leaves out is neither for nor against, and not counted."""
    acts = {"commits": True, "reports": True, "recommends": False}
    table = tables.statements.assign(acts=tables.statements["role"].map(acts))
    matrix = pl.count_statements(table, rows="actor", columns="priority", qualifier="acts")
    assert matrix.to_numpy().sum() == table["count"][table["role"].isin(acts)].sum()
    assert matrix.loc["wang-wei", ("quantum", False)] == 1


def test_nothing_to_count_gives_an_empty_matrix():
    table = pd.DataFrame({"who": [], "what": [], "agrees": pd.Series([], dtype=bool)})
    matrix = pl.count_statements(table, **NAMES, qualifier="agrees")
    assert matrix.shape == (0, 0)
    assert pl.discourse_network(matrix).shape == pl.two_mode(matrix).shape == (0, 0)
    assert pl.count_positions(matrix).empty
    assert pl.nested_backbone(matrix).empty
    assert pl.communities(pl.discourse_network(matrix)).empty
    assert matrix.columns.names == ["what", "agrees"]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (
            {"agrees": "yes"},
            {"qualifier": "agrees"},
            "qualifier 'agrees' holds str; one is boolean",
        ),
        ({"count": float("inf")}, {}, "column 'count' has an infinite number"),
        ({"said": "2023-12-31 or so"}, {"duplicates": "year"}, "'2023-12-31 or so' is no date"),
        ({"said": "2023-12-31T99:99"}, {"duplicates": "year"}, "is no date"),
        ({"agrees": float("inf")}, {"qualifier": "agrees"}, "an infinite value"),
        ({}, {"qualifier": "agree"}, "no column 'agree'.*did you mean 'agrees'"),
        ({}, {"qualifier": "who"}, "two of these are 'who'"),
        ({}, {"duplicates": "weeks"}, "no duplicates 'weeks'.*did you mean 'week'"),
        ({"document": None}, {"duplicates": "document"}, "row 0: the document is missing"),
        ({"said": None}, {"duplicates": "year"}, r"row 0: the date is missing \(and 5 more rows"),
        ({"said": pd.NaT}, {"duplicates": "year"}, "row 0: the date is missing"),
        ({"said": "2023-13"}, {"duplicates": "year"}, "'2023-13' is no date .allowed: a year"),
        ({"said": "12/2023"}, {"duplicates": "year"}, "'12/2023' is no date"),
        ({"said": 2023}, {"duplicates": "month"}, "'2023' is a year, and a month cannot be told"),
        ({"said": "2023-12"}, {"duplicates": "week"}, "'2023-12' is a month, and a week cannot"),
    ],
)
def test_what_cannot_be_counted(spoken, change, options, message):
    with pytest.raises(ValueError, match=message):
        pl.count_statements(spoken.assign(**change), **NAMES, **options)


def test_the_row_of_a_wrong_date_is_named(spoken):
    spoken.loc[3, "said"] = "31.1.2024"
    with pytest.raises(ValueError, match=r"column 'said', row 3: '31.1.2024' is no date"):
        pl.count_statements(spoken, **NAMES, duplicates="month")


def test_dates_of_any_kind(spoken):
    expected = pl.count_statements(spoken, **NAMES, duplicates="month")
    stamps = pd.to_datetime(spoken["said"])
    for said in (stamps, stamps.dt.tz_localize("Asia/Shanghai"), stamps.dt.date):
        table = spoken.assign(said=said)
        pd.testing.assert_frame_equal(
            pl.count_statements(table, **NAMES, duplicates="month"), expected
        )
    months = spoken.assign(said=stamps.dt.to_period("M"))
    pd.testing.assert_frame_equal(
        pl.count_statements(months, **NAMES, duplicates="month"), expected
    )


def test_dates_with_a_time_or_a_gap(spoken):
    timed = spoken.assign(said=spoken["said"] + "T23:59:59.5+08:00")
    options = {**NAMES, "duplicates": "week"}
    expected = pl.count_statements(spoken, **options)
    pd.testing.assert_frame_equal(pl.count_statements(timed, **options), expected)
    years = pd.DataFrame({"who": ["a", None], "what": "x", "said": [2023.0, None]})
    assert pl.count_statements(years, **NAMES, duplicates="year").loc["a", "x"] == 1
    arrow = spoken.assign(said=pd.to_datetime(spoken["said"]).astype("timestamp[us][pyarrow]"))
    pd.testing.assert_frame_equal(pl.count_statements(arrow, **options), expected)


def test_a_category_may_be_missing_and_a_qualifier_wholly():
    table = pd.DataFrame({"who": ["a", "b"], "what": "x", "rating": pd.Categorical([1, None])})
    table.attrs["ranges"] = {"rating": (0, 5)}
    matrix = pl.count_statements(table, **NAMES, qualifier="rating")
    assert matrix.columns.get_level_values(1).to_list() == [0, 1, 5]
    assert matrix.to_numpy().tolist() == [[0, 1, 0]]
    silent = table.assign(rating=pd.Series([None, None], dtype="object"))
    assert pl.count_statements(silent, **NAMES, qualifier="rating").empty


def test_without_dates_or_documents(spoken):
    with pytest.raises(ValueError, match="no column 'said'"):
        pl.count_statements(spoken.drop(columns="said"), **NAMES, duplicates="year")
    with pytest.raises(ValueError, match="no column 'document'"):
        pl.count_statements(spoken.drop(columns="document"), **NAMES, duplicates="document")
