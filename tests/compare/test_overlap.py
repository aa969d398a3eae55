from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import policylib as pl
from policylib.compare.keyness import METHODS
from policylib.compare.overlap import MEASURES

# Without `fill`, hypothesis would give nearly all cells one value.
matrices = arrays(
    int,
    st.tuples(st.integers(1, 7), st.integers(1, 8)),
    elements=st.integers(0, 2),
    fill=st.nothing(),
).map(lambda a: pd.DataFrame(a, index=[f"row{i}" for i in range(len(a))]))


@pytest.mark.parametrize(
    ("measure", "value"),
    [("shared", 2), ("jaccard", 2 / 3), ("cosine", 2 / 6**0.5), ("overlap", 1)],
)
def test_henan_and_jilin(network, measure, value):
    overlap = pl.project(pl.biadjacency(network), measure=measure)
    assert overlap.loc["henan", "jilin"] == pytest.approx(value)


@given(matrices)
def test_measures_are_symmetric_bounded_and_ordered(matrix):
    shared, jaccard, cosine, overlap = (pl.project(matrix, measure=m) for m in MEASURES)
    for table in (shared, jaccard, cosine, overlap):
        pd.testing.assert_frame_equal(table, table.T)
    sizes = (matrix > 0).sum(axis=1)
    assert (np.diag(shared) == sizes).all()
    some = sizes.index[sizes > 0]
    jaccard, cosine, overlap = (t.loc[some, some] for t in (jaccard, cosine, overlap))
    assert (jaccard <= cosine + 1e-12).all(axis=None)
    assert (cosine <= overlap + 1e-12).all(axis=None)
    assert overlap.le(1).all(axis=None)
    none = sizes.index[sizes == 0]
    assert pl.project(matrix, measure="overlap").loc[none].isna().all(axis=None)


@given(matrices)
def test_shared_is_the_projection_of_networkx(matrix):
    two_mode = nx.Graph()
    two_mode.add_nodes_from([*matrix.index, *(("c", c) for c in matrix)])
    two_mode.add_edges_from((r, ("c", c)) for (r, c), n in matrix.stack().items() if n)
    expected = nx.bipartite.weighted_projected_graph(two_mode, matrix.index)
    shared = pl.project(matrix)
    for a, b in combinations(matrix.index, 2):
        assert shared.loc[a, b] == expected.get_edge_data(a, b, {"weight": 0})["weight"]


@given(matrices, st.randoms())
def test_overlap_does_not_depend_on_order_or_amount(matrix, random):
    order = list(matrix.index)
    random.shuffle(order)
    for measure in MEASURES:
        overlap = pl.project(matrix, measure=measure)
        pd.testing.assert_frame_equal(
            pl.project(matrix.loc[order] * 5, measure=measure), overlap.loc[order, order]
        )


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (pd.DataFrame([[1], [1]], index=["a", "a"]), "row 'a' stands twice"),
        (pd.DataFrame([[1, 1]], columns=["x", "x"]), "column 'x' stands twice"),
        (pd.DataFrame({"x": ["one"]}), "column 'x' holds str"),
        (pd.DataFrame({"x": [-1]}), "negative or missing"),
        (pd.DataFrame({"x": [float("nan")]}), "negative or missing"),
        (pd.DataFrame({"x": pd.array([None], dtype="Int64")}), "negative or missing"),
    ],
)
def test_what_is_no_matrix_of_counts_is_refused(matrix, message):
    for call in (pl.project, pl.compare_measures, pl.intersections):
        with pytest.raises(ValueError, match=message):
            call(matrix)


def test_a_network_is_no_matrix(network):
    with pytest.raises(TypeError, match=r"expected a matrix, not MultiDiGraph; biadjacency"):
        pl.project(network)


def test_an_unknown_measure_names_the_four():
    with pytest.raises(ValueError, match="allowed: shared, jaccard, cosine, overlap"):
        pl.project(pd.DataFrame({"x": [1]}), measure="dice")


def test_pairs_are_ranked_with_ties(network):
    pairs = pl.rank_pairs(pl.project(pl.biadjacency(network)))
    assert pairs["rank"].tolist() == [1, 1, 1]
    assert pairs[["a", "b"]].to_numpy().tolist() == [
        ["henan", "jilin"],
        ["henan", "liaoning"],
        ["jilin", "liaoning"],
    ]


@given(matrices)
def test_each_pair_is_ranked_once(matrix):
    pairs = pl.rank_pairs(pl.project(matrix, measure="jaccard"))
    assert {frozenset(p) for p in pairs[["a", "b"]].to_numpy()} == {
        frozenset(p) for p in combinations(matrix.index, 2)
    }
    values = pairs["value"].dropna()
    assert values.is_monotonic_decreasing
    assert pairs["rank"].isna().sum() == pairs["value"].isna().sum()


def test_a_table_that_is_not_square_cannot_be_ranked():
    with pytest.raises(ValueError, match="same labels in rows and columns"):
        pl.rank_pairs(pd.DataFrame([[1, 2]]))
    with pytest.raises(ValueError, match="is symmetric"):
        pl.rank_pairs(pd.DataFrame([[1, 2], [3, 1]]))


@given(matrices)
def test_flips_are_those_found_by_looking_at_all_pairs_of_pairs(matrix):
    table = pl.compare_measures(matrix)
    ranks = table[[f"rank_{measure}" for measure in MEASURES]]
    expected = []
    for _, one in ranks.iterrows():
        differences = ranks - one
        expected.append(bool(((differences > 0).any(axis=1) & (differences < 0).any(axis=1)).any()))
    assert table["flips"].tolist() == expected
    for measure in MEASURES:
        overlap = pl.project(matrix, measure=measure)
        for row in table.itertuples():
            value = getattr(row, measure)
            assert value == overlap.loc[row.a, row.b] or (
                pd.isna(value) and pd.isna(overlap.loc[row.a, row.b])
            )


def test_a_flip_is_found_and_a_tie_is_none():
    # Shared concepts put a–b before c–d, Jaccard the other way round.
    matrix = pd.DataFrame(
        [
            [1] * 9 + [0] * 4,
            [1] * 3 + [0] * 6 + [0] * 4,
            [0] * 9 + [1, 1, 0, 0],
            [0] * 9 + [1, 1, 0, 0],
        ],
        index=list("abcd"),
    )
    table = pl.compare_measures(matrix)
    assert table.loc[table["flips"], ["a", "b"]].to_numpy().tolist() == [["a", "b"], ["c", "d"]]
    assert table["rank_shared"].to_list()[:2] == [1, 2]
    assert table["rank_jaccard"].to_list()[:2] == [2, 1]


def test_equal_cosines_are_equal():
    # 3 / √(3·6) and 4 / √(4·8) are one number, though not in floating point.
    small = np.zeros((4, 14), int)
    small[0, :3] = small[1, :6] = 1
    small[2, 6:10] = small[3, 6:14] = 1
    cosine = pl.project(pd.DataFrame(small), measure="cosine")
    assert cosine.loc[0, 1] == cosine.loc[2, 3] == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("relation", [(), "recommends"])
def test_nobody_to_compare(network, relation):
    matrix = pl.biadjacency(network, relation=relation)
    assert pl.compare_measures(matrix).empty
    assert pl.rank_pairs(pl.project(matrix)).empty


def test_an_overlap_can_be_stacked(network):
    pairs = pl.project(pl.biadjacency(network)).stack().reset_index()
    assert len(pairs) == 9


@given(matrices)
def test_intersections_take_each_column_once(matrix):
    table = pl.intersections(matrix)
    present = matrix.columns[(matrix > 0).any()]
    assert table["size"].sum() == len(present)
    assert sorted(c for columns in table["columns"] for c in columns) == sorted(present)
    for row in table.itertuples():
        assert row.degree == len(row.rows)
        for column in row.columns:
            assert set(matrix.index[matrix[column] > 0]) == set(row.rows)


def test_intersections_of_the_world(network):
    table = pl.intersections(pl.biadjacency(network))
    assert table[["rows", "columns"]].to_numpy().tolist() == [
        [("henan", "jilin", "liaoning"), ("emerging-industries", "business-environment")],
        [("henan",), ("future-industries",)],
    ]


@pytest.mark.parametrize("relation", ["commits", ("commits", "reports")])
@pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
def test_explanations_equal_the_cells_of_the_projection(network, columns, relation):
    options = {"columns": columns, "relation": relation}
    shared = pl.project(pl.biadjacency(network, **options))
    for a, b in combinations(pl.nodes_of_kind(network, "province"), 2):
        explained = pl.explain_overlap(network, a, b, **options)
        cell = shared.loc[a, b] if {a, b} <= set(shared.index) else 0
        assert explained["concept"].nunique() == cell
        assert (explained.groupby("concept")["side"].nunique() == 2).all()


def test_an_explanation_leads_to_both_sides(network):
    explained = pl.explain_overlap(network, "jilin", "henan")
    assert explained[["concept", "side", "id"]].to_numpy().tolist() == [
        ["business-environment", "henan", "s09"],
        ["business-environment", "jilin", "s10"],  # by its city
        ["emerging-industries", "henan", "s07"],
        ["emerging-industries", "jilin", "s11"],
        ["emerging-industries", "jilin", "s14"],
    ]


def test_explanations_need_two_known_actors_and_roles(network):
    for a, b in (("henan", "henan"), ("jilin", "siping")):  # a province, and its city
        with pytest.raises(ValueError, match=f"'{a}' and '{b}' speak for each other"):
            pl.explain_overlap(network, a, b)
    with pytest.raises(KeyError, match="'robot-plan' is of kind initiative; actor is one of"):
        pl.explain_overlap(network, "henan", "robot-plan")
    with pytest.raises(KeyError, match="did you mean 'jilin'"):
        pl.explain_overlap(network, "henan", "jiling")
    with pytest.raises(ValueError, match="no relation 'said'"):
        pl.explain_overlap(network, "henan", "jilin", relation="said")


def test_gaps_of_the_world(network):
    gaps = pl.priority_gaps(network)
    assert gaps.index.tolist() == [
        "future-industries",
        "business-environment",
        "emerging-industries",
        "new-productivity",  # asked for as a whole, taken up by whoever names a part
    ]
    assert gaps["provinces"].tolist() == [1, 3, 3, 3]
    assert not gaps["gap"].any()
    assert gaps.loc["future-industries"].to_dict() == {
        "centre": 0,
        "experts": 1,
        "provinces": 1,
        "directed_by": "",
        "recommended_by": "wang-wei",
        "taken_up_by": "henan",
        "gap": False,
    }
    assert gaps.loc["emerging-industries", "taken_up_by"] == "henan; jilin; liaoning"


def test_gaps_are_backed_by_evidence(network):
    for columns in ("theme", "priority", "item"):
        for concept, row in pl.priority_gaps(network, columns=columns).iterrows():
            said = pl.evidence(network, concept=concept)
            acting = said[said["role"].isin(["commits", "reports"])]["actor"].replace(
                "siping", "jilin"
            )
            assert row["taken_up_by"] == "; ".join(sorted(set(acting)))
            assert row["gap"] == acting.empty


def test_a_gap_is_found(package):
    path = package / "statements" / "conferences-2023.csv"
    text = path.read_text(encoding="utf-8").replace("commits,quantum", "commits,robots")
    path.write_text(text, encoding="utf-8")
    gaps = pl.priority_gaps(pl.build_network(pl.read_tables(package)))
    assert gaps.index[gaps["gap"]].tolist() == ["future-industries"]
    assert gaps.index[0] == "future-industries"


def test_gaps_at_another_level(network):
    gaps = pl.priority_gaps(network, columns="item")
    assert gaps.loc["quantum", "taken_up_by"] == "henan"
    with pytest.raises(ValueError, match="no columns 'topic'"):
        pl.priority_gaps(network, columns="topic")


# --- What an actor stresses. --------------------------------------------------------------------


@pytest.fixture
def spoken():
    """Ten counts each for Henan and Hebei, twenty for Jilin; of 40, 10, 10 and 20."""
    return pd.DataFrame(
        {"robots": [5, 1, 4], "talent": [1, 4, 5], "credit": [4, 5, 11]},
        index=["henan", "hebei", "jilin"],
    )


def test_ratios_of_shares_by_hand(spoken):
    ratios = pl.emphasis(spoken, method="rca")
    # Henan: 5 of 10 to 10 of 40; 1 of 10 to 10 of 40; 4 of 10 to 20 of 40.
    assert ratios.loc["henan"].tolist() == pytest.approx([2.0, 0.4, 0.8])
    assert ratios.loc["jilin"].tolist() == pytest.approx([0.8, 1.0, 1.1])


def test_log_odds_by_hand(spoken):
    scores = pl.emphasis(spoken, prior=4)
    # The prior is 1, 1, 2. Henan on robots: 5 + 1 of 10 + 4; the others: 5 + 1 of 30 + 4.
    difference = np.log(6 / 8) - np.log(6 / 28)
    assert scores.loc["henan", "robots"] == pytest.approx(difference / np.sqrt(1 / 6 + 1 / 6))
    # Jilin on credit: 11 + 2 of 20 + 4; the others: 9 + 2 of 20 + 4.
    difference = np.log(13 / 11) - np.log(11 / 13)
    assert scores.loc["jilin", "credit"] == pytest.approx(difference / np.sqrt(1 / 13 + 1 / 11))


def test_the_prior_is_one_for_each_concept_that_is_named(spoken):
    expected = pl.emphasis(spoken, prior=3)
    pd.testing.assert_frame_equal(pl.emphasis(spoken), expected)
    more = pl.emphasis(spoken.assign(never=0))
    pd.testing.assert_frame_equal(more[spoken.columns], expected)
    assert more["never"].isna().all()
    assert (pl.emphasis(spoken, prior=300).abs() <= expected.abs()).all(axis=None)


def plain_emphasis(matrix, method, a, concept):
    """Compute one cell as the papers do, in plain loops."""
    total = sum(matrix.loc[b, c] for b in matrix.index for c in matrix)
    own = sum(matrix.loc[a, c] for c in matrix)
    everyone = sum(matrix.loc[b, concept] for b in matrix.index)
    if own == 0 or everyone == 0:
        return np.nan
    if method == "rca":
        return (matrix.loc[a, concept] / own) / (everyone / total)
    if own == total or everyone == total:
        return np.nan
    named = sum(any(matrix[c]) for c in matrix)
    logs, variance = [], 0
    for y, n in ((matrix.loc[a, concept], own), (everyone - matrix.loc[a, concept], total - own)):
        y, n = y + named * everyone / total, n + named
        logs.append(np.log(y / (n - y)))
        variance += 1 / y
    return (logs[0] - logs[1]) / np.sqrt(variance)


@given(matrices, st.sampled_from(METHODS))
def test_emphasis_is_what_plain_loops_give(matrix, method):
    found = pl.emphasis(matrix, method=method)
    expected = [[plain_emphasis(matrix, method, a, c) for c in matrix] for a in matrix.index]
    np.testing.assert_allclose(found, np.reshape(expected, matrix.shape), atol=1e-9)
    assert found.index.equals(matrix.index)
    assert found.columns.equals(matrix.columns)


@given(matrices, st.integers(2, 50))
def test_ratios_do_not_depend_on_the_unit_of_counts(matrix, times):
    one, other = (pl.emphasis(m, method="rca") for m in (matrix, matrix * times))
    pd.testing.assert_frame_equal(one, other)


def test_an_actor_like_all_others_stresses_nothing():
    matrix = pd.DataFrame([[1, 2, 3], [2, 4, 6], [5, 10, 15]])
    assert pl.emphasis(matrix, method="rca").eq(1).all(axis=None)
    assert np.allclose(pl.emphasis(matrix), 0)


@given(matrices)
def test_log_odds_and_ratios_point_the_same_way(matrix):
    scores, ratios = (pl.emphasis(matrix, method=m) for m in METHODS)
    clear = scores.abs() > 1e-9
    assert ((scores > 0) == (ratios > 1))[clear].where(clear, True).all(axis=None)


def test_who_has_nobody_beside_them_cannot_be_compared():
    alone = pd.DataFrame({"robots": [2, 0], "talent": [1, 0]}, index=["henan", "hebei"])
    assert pl.emphasis(alone).isna().all(axis=None)
    ratios = pl.emphasis(alone, method="rca")
    assert ratios.loc["henan"].tolist() == [1, 1]
    assert ratios.loc["hebei"].isna().all()
    assert pl.emphasis(alone[["robots"]].replace(0, 1)).isna().all(axis=None)
    assert pl.emphasis(alone * 0).isna().all(axis=None)


@pytest.mark.parametrize(
    ("matrix", "options", "message"),
    [
        ({"x": [1]}, {"method": "log-odds"}, "allowed: log_odds, rca.; did you mean 'log_odds'"),
        ({"x": [1]}, {"prior": 0}, "prior is 0; it is a number of counts above 0"),
        ({"x": [1]}, {"prior": float("inf")}, "prior is inf"),
        ({"x": [-1]}, {}, "negative or missing"),
        ({"x": ["one"]}, {}, "column 'x' holds str"),
    ],
)
def test_what_has_no_emphasis(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        pl.emphasis(pd.DataFrame(matrix), **options)
