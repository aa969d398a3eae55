"""What actors share, by four measures and concept by concept."""

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.compare.overlap import MEASURES
from tests.compare.helpers import matrices


class TestProject:
    @pytest.mark.parametrize(
        ("measure", "value"),
        [("shared", 2), ("jaccard", 2 / 3), ("cosine", 2 / 6**0.5), ("overlap", 1)],
    )
    def test_henan_and_jilin(self, network, measure, value):
        overlap = pol.project(pol.biadjacency(network), measure=measure)
        assert overlap.loc["henan", "jilin"] == pytest.approx(value)

    @given(matrices())
    def test_measures_are_symmetric_bounded_and_ordered(self, matrix):
        shared, jaccard, cosine, overlap = (pol.project(matrix, measure=m) for m in MEASURES)
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
        assert pol.project(matrix, measure="overlap").loc[none].isna().all(axis=None)

    @given(matrices())
    def test_shared_is_the_projection_of_networkx(self, matrix):
        two_mode = nx.Graph()
        two_mode.add_nodes_from([*matrix.index, *(("c", c) for c in matrix)])
        two_mode.add_edges_from((r, ("c", c)) for (r, c), n in matrix.stack().items() if n)
        expected = nx.bipartite.weighted_projected_graph(two_mode, matrix.index)
        shared = pol.project(matrix)
        for a, b in combinations(matrix.index, 2):
            assert shared.loc[a, b] == expected.get_edge_data(a, b, {"weight": 0})["weight"]

    @given(matrices(), st.randoms())
    def test_overlap_does_not_depend_on_order_or_amount(self, matrix, random):
        order = list(matrix.index)
        random.shuffle(order)
        for measure in MEASURES:
            overlap = pol.project(matrix, measure=measure)
            pd.testing.assert_frame_equal(
                pol.project(matrix.loc[order] * 5, measure=measure), overlap.loc[order, order]
            )

    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            (pd.DataFrame([[1], [1]], index=["a", "a"]), "duplicate row label 'a'"),
            (pd.DataFrame([[1, 1]], columns=["x", "x"]), "duplicate column label 'x'"),
            (pd.DataFrame({"x": ["one"]}), "column 'x': expected counts, got str"),
            (
                pd.DataFrame({"x": [-1]}),
                "expected a count",
            ),
            (
                pd.DataFrame({"x": [float("nan")]}),
                "expected a count",
            ),
            (
                pd.DataFrame({"x": pd.array([None], dtype="Int64")}),
                "expected a count",
            ),
        ],
    )
    def test_what_is_no_matrix_of_counts_is_refused(self, matrix, message):
        for call in (pol.project, pol.compare_measures, pol.intersections):
            with pytest.raises(ValueError, match=message):
                call(matrix)

    def test_a_network_is_no_matrix(self, network):
        with pytest.raises(TypeError, match=r"expected a matrix, not MultiDiGraph; biadjacency"):
            pol.project(network)

    def test_an_unknown_measure_names_the_four(self):
        with pytest.raises(ValueError, match="allowed: shared, jaccard, cosine, overlap"):
            pol.project(pd.DataFrame({"x": [1]}), measure="dice")

    def test_equal_cosines_are_equal(self):
        # 3 / √(3·6) and 4 / √(4·8) are one number, though not in floating point.
        small = np.zeros((4, 14), int)
        small[0, :3] = small[1, :6] = 1
        small[2, 6:10] = small[3, 6:14] = 1
        cosine = pol.project(pd.DataFrame(small), measure="cosine")
        assert cosine.loc[0, 1] == cosine.loc[2, 3] == pytest.approx(0.5**0.5)

    def test_an_overlap_can_be_stacked(self, network):
        pairs = pol.project(pol.biadjacency(network)).stack().reset_index()
        assert len(pairs) == 9


class TestRankPairs:
    def test_pairs_are_ranked_with_ties(self, network):
        pairs = pol.rank_pairs(pol.project(pol.biadjacency(network)))
        assert pairs["rank"].tolist() == [1, 1, 1]
        assert pairs[["a", "b"]].to_numpy().tolist() == [
            ["henan", "jilin"],
            ["henan", "liaoning"],
            ["jilin", "liaoning"],
        ]

    @given(matrices())
    def test_each_pair_is_ranked_once(self, matrix):
        pairs = pol.rank_pairs(pol.project(matrix, measure="jaccard"))
        assert {frozenset(p) for p in pairs[["a", "b"]].to_numpy()} == {
            frozenset(p) for p in combinations(matrix.index, 2)
        }
        values = pairs["value"].dropna()
        assert values.is_monotonic_decreasing
        assert pairs["rank"].isna().sum() == pairs["value"].isna().sum()

    @pytest.mark.parametrize("roles", [(), "recommends"])
    def test_nobody_to_compare(self, network, roles):
        matrix = pol.biadjacency(network, roles=roles)
        assert pol.rank_pairs(pol.project(matrix)).empty

    def test_ties_share_the_best_rank_and_the_next_is_counted_on(self):
        overlap = pd.DataFrame([[9, 2, 2], [2, 9, 1], [2, 1, 9]], list("abc"), list("abc"))
        assert pol.rank_pairs(overlap)["rank"].to_list() == [1, 1, 3]

    def test_missing_cells_of_any_type_have_no_rank(self):
        overlap = pd.DataFrame([[1, None], [None, 1]], dtype="Float64")
        assert pol.rank_pairs(overlap)["rank"].isna().all()

    def test_columns_may_be_in_another_order_than_rows(self):
        overlap = pd.DataFrame([[9, 3, 2], [3, 9, 1], [2, 1, 9]], list("abc"), list("abc"))
        expected = [["a", "b", 3, 1], ["a", "c", 2, 2], ["b", "c", 1, 3]]
        assert pol.rank_pairs(overlap[["c", "a", "b"]]).to_numpy().tolist() == expected
        expected = [["b", "a", 3, 1], ["c", "a", 2, 2], ["c", "b", 1, 3]]
        assert pol.rank_pairs(overlap.iloc[::-1]).to_numpy().tolist() == expected

    def test_rounding_errors_do_not_matter(self):
        sums = pd.DataFrame([[1, 0.1 + 0.2], [0.3, 1]])
        assert pol.rank_pairs(sums)["value"].to_list() == pytest.approx([0.3])

    @pytest.mark.parametrize(
        ("overlap", "message"),
        [
            (pd.DataFrame([[1, 2]]), "column 1 has no row .* same labels in rows and columns"),
            (pd.DataFrame([[1, 2], [3, 1]]), "symmetric, but from 0 to 1 it is 2, and back 3"),
            (pd.DataFrame([["a", "b"], ["b", "a"]]), "column 0: expected numbers, got str"),
            (pd.DataFrame(1, index=["a", "a"], columns=["a", "a"]), "duplicate row label 'a'"),
        ],
    )
    def test_what_cannot_be_ranked(self, overlap, message):
        with pytest.raises(ValueError, match=message):
            pol.rank_pairs(overlap)


class TestCompareMeasures:
    @given(matrices())
    def test_flips_are_those_found_by_looking_at_all_pairs_of_pairs(self, matrix):
        table = pol.compare_measures(matrix)
        ranks = table[[f"rank_{measure}" for measure in MEASURES]]
        expected = []
        for _, one in ranks.iterrows():
            differences = ranks - one
            expected.append(
                bool(((differences > 0).any(axis=1) & (differences < 0).any(axis=1)).any())
            )
        assert table["flips"].tolist() == expected
        for measure in MEASURES:
            overlap = pol.project(matrix, measure=measure)
            for row in table.itertuples():
                value = getattr(row, measure)
                assert value == overlap.loc[row.a, row.b] or (
                    pd.isna(value) and pd.isna(overlap.loc[row.a, row.b])
                )

    def test_a_flip_is_found_and_a_tie_is_none(self):
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
        table = pol.compare_measures(matrix)
        assert table.loc[table["flips"], ["a", "b"]].to_numpy().tolist() == [["a", "b"], ["c", "d"]]
        assert table["rank_shared"].to_list()[:2] == [1, 2]
        assert table["rank_jaccard"].to_list()[:2] == [2, 1]

    @pytest.mark.parametrize("roles", [(), "recommends"])
    def test_nobody_to_compare(self, network, roles):
        matrix = pol.biadjacency(network, roles=roles)
        assert pol.compare_measures(matrix).empty


class TestIntersections:
    @given(matrices())
    def test_intersections_take_each_column_once(self, matrix):
        table = pol.intersections(matrix)
        present = matrix.columns[(matrix > 0).any()]
        assert table["size"].sum() == len(present)
        assert sorted(c for columns in table["columns"] for c in columns) == sorted(present)
        for row in table.itertuples():
            assert row.degree == len(row.rows)
            for column in row.columns:
                assert set(matrix.index[matrix[column] > 0]) == set(row.rows)

    def test_of_sets_of_one_size_those_of_fewer_rows_come_first(self):
        # x is of all three rows, y of one and z of two.
        matrix = pd.DataFrame({"x": [1, 1, 1], "y": [0, 1, 0], "z": [1, 0, 1]}, index=list("abc"))
        assert pol.intersections(matrix)["columns"].to_list() == [("y",), ("z",), ("x",)]

    def test_intersections_of_the_world(self, network):
        table = pol.intersections(pol.biadjacency(network))
        assert table[["rows", "columns"]].to_numpy().tolist() == [
            [("henan", "jilin", "liaoning"), ("emerging-industries", "business-environment")],
            [("henan",), ("future-industries",)],
        ]


class TestExplainOverlap:
    @pytest.mark.parametrize("roles", ["commits", ("commits", "reports")])
    @pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
    def test_explanations_equal_the_cells_of_the_projection(self, network, columns, roles):
        options = {"columns": columns, "roles": roles}
        shared = pol.project(pol.biadjacency(network, **options))
        for a, b in combinations(pol.nodes_of_kind(network, "province"), 2):
            explained = pol.explain_overlap(network, a, b, **options)
            cell = shared.loc[a, b] if {a, b} <= set(shared.index) else 0
            assert explained["concept"].nunique() == cell
            assert (explained.groupby("concept")["side"].nunique() == 2).all()

    def test_statements_of_a_paragraph_have_the_order_of_the_text(self, tables):
        # In paragraph 1, henan's s07 comes after s08, though its id is before.
        start = tables.statements["id"].map({"s07": 9, "s08": 3, "s14": 5}).astype("Int64")
        changed = tables.statements.assign(document="daily", code="robots", start=start)
        changed["paragraph"] = changed["paragraph"].mask(changed["actor"] == "henan", 1)
        network = pol.build_network(replace(tables, statements=changed))
        explained = pol.explain_overlap(network, "henan", "jilin")
        assert explained.query("side == 'henan'")["id"].to_list() == ["s08", "s07", "s09"]

    def test_statements_that_count_zero_times_explain_nothing(self, tables):
        never = tables.statements.assign(
            count=tables.statements["count"].mask(tables.statements["id"] == "s07", 0)
        )
        network = pol.build_network(replace(tables, statements=never))
        explained = pol.explain_overlap(network, "henan", "jilin")
        assert explained["concept"].unique().tolist() == ["business-environment"]
        shared = pol.project(pol.biadjacency(network)).loc["henan", "jilin"]
        assert explained["concept"].nunique() == shared

    def test_an_explanation_leads_to_both_sides(self, network):
        explained = pol.explain_overlap(network, "jilin", "henan")
        assert explained[["concept", "side", "id"]].to_numpy().tolist() == [
            ["business-environment", "henan", "s09"],
            ["business-environment", "jilin", "s10"],  # by its city
            ["emerging-industries", "henan", "s07"],
            ["emerging-industries", "jilin", "s11"],
            ["emerging-industries", "jilin", "s14"],
        ]

    def test_an_explanation_in_its_sentences(self, network, texts):
        explained = pol.explain_overlap(network, "jilin", "henan", documents=texts)
        assert explained["sentence"].dtype == explained["quote"].dtype
        assert explained["sentence"].fillna("missing").to_list() == [
            "Better *rules* & <b>help</b>.",
            "missing",  # documents does not have the paragraph
            "Henan buys robots!",
            "It names no such words.",  # the paragraph, which does not have the quote
            "我们造机器人！",
        ]
        plain = pol.explain_overlap(network, "jilin", "henan")
        pd.testing.assert_frame_equal(explained.drop(columns="sentence"), plain)
        with pytest.raises(ValueError, match="duplicate paragraph 3 of document 'daily'"):
            pol.explain_overlap(
                network, "jilin", "henan", documents=pd.concat([texts, texts.head(1)])
            )

    def test_explanations_need_two_known_actors_and_roles(self, network):
        with pytest.raises(ValueError, match="a and b are both 'henan'; name two different actors"):
            pol.explain_overlap(network, "henan", "henan")
        with pytest.raises(ValueError, match="'jilin' and 'siping' speak for each other"):
            pol.explain_overlap(network, "jilin", "siping")  # a province and its city
        with pytest.raises(KeyError, match="'robot-plan' is of kind initiative; actor is one of"):
            pol.explain_overlap(network, "henan", "robot-plan")
        with pytest.raises(KeyError, match="did you mean 'jilin'"):
            pol.explain_overlap(network, "henan", "jiling")
        with pytest.raises(ValueError, match="no role 'said'"):
            pol.explain_overlap(network, "henan", "jilin", roles="said")


class TestPriorityGaps:
    def test_gaps_of_the_world(self, network):
        gaps = pol.priority_gaps(network)
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

    def test_gaps_are_backed_by_evidence(self, network):
        for columns in ("theme", "priority", "item"):
            for concept, row in pol.priority_gaps(network, columns=columns).iterrows():
                said = pol.evidence(network, concept=concept)
                acting = said[said["role"].isin(["commits", "reports"])]["actor"].replace(
                    "siping", "jilin"
                )
                assert row["taken_up_by"] == "; ".join(sorted(set(acting)))
                assert row["gap"] == acting.empty

    def test_a_gap_is_found(self, package):
        path = package / "statements" / "conferences-2023.csv"
        text = path.read_text(encoding="utf-8").replace("commits,quantum", "commits,robots")
        path.write_text(text, encoding="utf-8")
        gaps = pol.priority_gaps(pol.build_network(pol.read_tables(package)))
        assert gaps.index[gaps["gap"]].tolist() == ["future-industries"]
        assert gaps.index[0] == "future-industries"

    def test_of_equal_gaps_those_that_more_central_bodies_direct_come_first(self, tables):
        directed = tables.statements.query("role == 'directs'")
        again = directed.query("id == 's02'").assign(id="s02b", actor="siping")
        asked = replace(tables, statements=pd.concat([directed, again], ignore_index=True))
        gaps = pol.priority_gaps(pol.build_network(asked))
        assert gaps["centre"].to_dict() == {
            "emerging-industries": 2,
            "business-environment": 1,
            "new-productivity": 1,
        }
        assert gaps.index[0] == "emerging-industries"

    def test_gaps_at_another_level(self, network):
        gaps = pol.priority_gaps(network, columns="item")
        assert gaps.loc["quantum", "taken_up_by"] == "henan"
        with pytest.raises(ValueError, match="no columns 'topic'"):
            pol.priority_gaps(network, columns="topic")
