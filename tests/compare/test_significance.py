"""Whether an overlap is more than chance, and what it rests on."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib.compare import significance
from policylib.compare.significance import MODELS
from tests.compare.helpers import all_equal, matrices, pairs_of

MATRICES = matrices(2, 6)
P = ["p_upper", "p_lower"]


@pytest.fixture
def tested():
    return pd.DataFrame(
        {"a": ["x", "x", "y"], "b": ["y", "z", "z"], "shared": [5, 0, 2], "p_upper": [0.01, 1, 0.4],
         "p_lower": [1, 0.004, 0.8], "q_upper": [0.03, 1, 0.6], "q_lower": [1, 0.02, 0.9]}
    )  # fmt: skip


@pytest.fixture
def memory(monkeypatch):
    """Let the machine have so many bytes of memory."""

    def set_memory(size):
        monkeypatch.setattr("os.sysconf", lambda name: size if name == "SC_PHYS_PAGES" else 1)

    return set_memory


def said(**paragraphs):
    """Make statements from row_concept=[paragraphs]."""
    return pd.DataFrame(
        [(*name.split("_"), "d", p) for name, places in paragraphs.items() for p in places],
        columns=["row", "concept", "document", "paragraph"],
    )


class TestOverlapSignificance:
    @pytest.mark.parametrize(("model", "ties"), [("fixed_row", 17), ("sdsm", 0)])
    def test_davis_exact(self, davis, model, ties):
        table = pol.overlap_significance(davis, model=model, correction="none")
        assert len(table) == 18 * 17 / 2
        assert (table["p_upper"] <= 0.05).sum() == ties
        assert pol.extract_backbone(table).number_of_edges() == ties

    @pytest.mark.parametrize("model", MODELS)
    @given(matrix=MATRICES)
    @settings(max_examples=30)
    def test_tails_are_probabilities_that_overlap_in_the_observed(self, model, matrix):
        assume(not all_equal(matrix))
        table = pol.overlap_significance(matrix, model=model, trials=1999, seed=0)
        assert len(table) == len(matrix) * (len(matrix) - 1) // 2
        tails = table[[*P, "q_upper", "q_lower"]]
        assert tails.notna().all(axis=None)
        assert ((tails >= 0) & (tails <= 1 + 1e-12)).all(axis=None)
        assert (table["p_upper"] + table["p_lower"] >= 1 - 1e-9).all()
        assert (table["q_upper"] >= table["p_upper"] - 1e-12).all()
        assert (table["shared"] == pairs_of(pol.rank_pairs(pol.project(matrix)))["value"].reindex(
            pd.MultiIndex.from_frame(table[["a", "b"]])).to_numpy()).all()  # fmt: skip

    @pytest.mark.parametrize("model", ["fixed_row", "sdsm"])
    @given(matrix=MATRICES, random=st.randoms())
    @settings(max_examples=30)
    def test_order_does_not_matter(self, model, matrix, random):
        assume(not all_equal(matrix))
        rows, columns = list(matrix.index), list(matrix.columns)
        random.shuffle(rows)
        random.shuffle(columns)
        one = pol.overlap_significance(matrix, model=model)
        other = pol.overlap_significance(matrix.loc[rows, columns], model=model)
        unordered = {frozenset(row[:2]): row[2:] for row in one.itertuples(index=False, name=None)}
        for row in other.itertuples(index=False, name=None):
            assert row[2:] == pytest.approx(unordered[frozenset(row[:2])], abs=1e-9)

    @pytest.mark.parametrize("model", MODELS)
    def test_empty_and_full_rows_and_columns(self, model):
        matrix = pd.DataFrame(
            [[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]],
            index=["full", "none", "x", "y"],
        )
        table = pairs_of(pol.overlap_significance(matrix, model=model, seed=0, correction="none"))
        # In the SDSM the sums hold on average only: what a full row shares with x is not certain.
        settled = {"none"} if model == "sdsm" else {"none", "full"}
        certain = table.loc[[pair for pair in table.index if settled & {*pair}]]
        assert (certain[P] == 1).all(axis=None)
        assert certain["expected"].to_numpy() == pytest.approx(certain["shared"].to_numpy())

    @pytest.mark.parametrize("model", MODELS)
    def test_counts_are_taken_as_presence(self, davis, model):
        options = {"model": model, "trials": 50, "seed": 0, "correction": "none"}
        pd.testing.assert_frame_equal(
            pol.overlap_significance(davis, **options),
            pol.overlap_significance(davis * 7.0, **options),
        )

    @pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", bool])
    @pytest.mark.parametrize("model", MODELS)
    def test_any_dtype_of_pandas(self, model, dtype):
        matrix = pd.DataFrame([[1, 0, 1], [0, 1, 1]])
        options = {"model": model, "trials": 20, "seed": 0, "correction": "none"}
        pd.testing.assert_frame_equal(
            pol.overlap_significance(matrix.astype(dtype), **options),
            pol.overlap_significance(matrix, **options),
        )

    def test_corrections_by_hand(self):
        # Among four concepts, a and b share both of their two in 1 of 6 draws; c shares one or
        # more with each of them in 5 of 6.
        matrix = pd.DataFrame([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]])
        expected = {
            "none": [1 / 6, 5 / 6, 5 / 6],
            "bonferroni": [1 / 2, 1, 1],
            "holm": [1 / 2, 1, 1],
            "fdr_bh": [1 / 2, 5 / 6, 5 / 6],
            "fdr_by": [1 / 2 * (1 + 1 / 2 + 1 / 3), 1, 1],
        }
        for correction, q in expected.items():
            table = pol.overlap_significance(matrix, model="fixed_row", correction=correction)
            assert table["q_upper"].to_list() == pytest.approx(q), correction

    @pytest.mark.parametrize("correction", ["bonferroni", "holm", "fdr_bh", "fdr_by"])
    def test_corrections_equal_plain_ones(self, davis, correction):
        table = pol.overlap_significance(davis, model="fixed_row", correction=correction)
        p = np.sort(table["p_upper"])
        rank = np.arange(1, len(p) + 1)
        plain = {
            "bonferroni": np.minimum(p * len(p), 1),
            "holm": np.maximum.accumulate(np.minimum(p * rank[::-1], 1)),
            "fdr_bh": np.minimum.accumulate((p * len(p) / rank)[::-1])[::-1],
        }
        plain["fdr_by"] = np.minimum(plain["fdr_bh"] * (1 / rank).sum(), 1)
        assert np.sort(table["q_upper"]) == pytest.approx(plain[correction])

    @given(MATRICES)
    @settings(max_examples=25)
    def test_corrections_are_ordered(self, matrix):
        assume(not all_equal(matrix))
        q = {
            name: pol.overlap_significance(matrix, model="fixed_row", correction=name)["q_upper"]
            for name in ("bonferroni", "holm", "fdr_bh", "fdr_by")
        }
        assert (q["holm"] <= q["bonferroni"] + 1e-12).all()
        assert (q["fdr_bh"] <= q["holm"] + 1e-12).all()
        assert (q["fdr_bh"] <= q["fdr_by"] + 1e-12).all()

    def test_too_few_trials_are_named(self, davis):
        matrix = pd.DataFrame(np.random.default_rng(0).random((31, 60)) < 0.2)
        with pytest.warns(UserWarning, match=r"465 pairs; it takes 9299 trials, or model=.sdsm"):
            pol.overlap_significance(
                matrix, model="fdsm", trials=100, seed=0, correction="bonferroni"
            )
        with pytest.warns(UserWarning, match="it takes 3059 trials"):
            pol.overlap_significance(davis, model="fdsm", trials=3058, seed=0, correction="holm")
        with pytest.warns(UserWarning, match=r"153 pairs; it takes \d+ trials"):
            pol.overlap_significance(davis, model="fdsm", trials=100, seed=0, correction="fdr_by")
        # Enough, and exact models, give no warning; warnings are errors here.
        pol.overlap_significance(davis, model="fdsm", trials=3059, seed=0, correction="holm")
        pol.overlap_significance(matrix, model="sdsm", correction="bonferroni")

    def test_a_p_of_random_matrices_is_never_zero(self, davis):
        table = pol.overlap_significance(davis, model="fdsm", trials=20, seed=0, correction="none")
        for tail in P:
            assert table[tail].min() >= 1 / 21
            assert table[tail].max() <= 1

    def test_several_pairs_at_the_floor_need_fewer_trials(self, monkeypatch):
        matrix = pd.DataFrame(np.random.default_rng(0).random((31, 60)) < 0.2)

        def of_thousand(upper, lower):
            """Test the 465 pairs as if so many of 1000 samples were as extreme."""
            tails = (np.array(counts) / 1001 for counts in (upper, lower))
            answer = (np.zeros(465), np.zeros(465), *tails)
            monkeypatch.setattr(significance, "fdsm", lambda *_: answer)
            options = {"model": "fdsm", "trials": 1000, "correction": "fdr_bh"}
            return pol.overlap_significance(matrix, **options)

        few = [1] + [2] * 60 + [500] * 404  # one at the floor, but sixty next to it
        of_thousand(few, few)
        alone, many = [1] + [500] * 464, [1] * 40 + [500] * 425
        # With five pairs at the floor, 465 / 5 / 0.05 - 1 = 1859 trials are enough for a tail.
        five = [1] * 5 + [500] * 460
        for upper, lower in ((alone, alone), (alone, many), (alone, five), (five, alone)):
            with pytest.warns(UserWarning, match="it takes 9299 trials"):
                of_thousand(upper, lower)
        with pytest.warns(UserWarning, match="it takes 1859 trials"):
            of_thousand(five, five)

    @pytest.mark.parametrize("model", MODELS)
    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            (
                pd.DataFrame([[1, -1], [0, 1]]),
                "expected a count",
            ),
            (
                pd.DataFrame([[1, None], [0, 1]]),
                "expected a count",
            ),
            (pd.DataFrame([["a", 1], ["b", 0]]), "expected counts, got str"),
            (pd.DataFrame([[1, 0], [0, 1]], index=["a", "a"]), "duplicate row label 'a'"),
            (pd.DataFrame([[1, 0], [0, 1]], columns=["x", "x"]), "duplicate column label 'x'"),
            (pd.DataFrame([[1, 0]]), "a pair needs two rows; the matrix has 1"),
            (pd.DataFrame([[1, 0], [1, 0]]), "all rows are equal"),
            (pd.DataFrame(), "a pair needs two rows; the matrix has 0"),
        ],
    )
    def test_bad_matrices(self, model, matrix, message):
        with pytest.raises(ValueError, match=message):
            pol.overlap_significance(matrix, model=model)

    def test_bad_options(self, davis):
        with pytest.raises(ValueError, match=r"no model 'sdms' .*fixed_row, sdsm, fdsm.*'sdsm'"):
            pol.overlap_significance(davis, model="sdms")
        with pytest.raises(ValueError, match=r"no correction 'bh' .*fdr_bh"):
            pol.overlap_significance(davis, model="sdsm", correction="bh")
        with pytest.raises(ValueError, match="trials must be a whole number from 1, not 0"):
            pol.overlap_significance(davis, model="fdsm", trials=0)

    def test_more_pairs_than_memory_holds(self, davis, memory):
        memory(2**10)
        with pytest.raises(ValueError, match=r"18 rows make 153 pairs.* need about .* GiB"):
            pol.overlap_significance(davis, model="fdsm")

    def test_the_estimate_of_memory(self, davis, memory):
        need = 18**2 * 160 + 100 * 64
        options = {"model": "fdsm", "trials": 100, "correction": "none"}
        memory(need)
        pol.overlap_significance(davis, **options)
        memory(need - 1)
        with pytest.raises(ValueError, match="GiB"):
            pol.overlap_significance(davis, **options)

    def test_memory_is_known_or_guessed(self, davis, monkeypatch):
        with pytest.raises(ValueError, match=r"this machine has [1-9]\d* GiB"):
            pol.overlap_significance(davis, model="fdsm", trials=10**15)
        monkeypatch.delattr("os.sysconf")  # as on Windows
        with pytest.raises(ValueError, match="this machine has 16 GiB"):
            pol.overlap_significance(davis, model="fdsm", trials=10**15)


class TestExtractBackbone:
    @pytest.mark.parametrize(
        ("options", "ties"),
        [
            ({}, {("x", "y"): 1}),
            ({"alpha": 0.03}, {("x", "y"): 1}),
            ({"alpha": 0.02}, {}),
            ({"tail": "lower"}, {("x", "z"): -1}),
            ({"tail": "both"}, {("x", "z"): -1}),  # 0.03 is above 0.025
            ({"tail": "both", "alpha": 0.06}, {("x", "y"): 1, ("x", "z"): -1}),
        ],
    )
    def test_q_decides(self, tested, options, ties):
        backbone = pol.extract_backbone(tested, **options)
        assert sorted(backbone) == ["x", "y", "z"]  # with or without a tie
        assert {(a, b): sign for a, b, sign in backbone.edges(data="sign")} == ties

    def test_a_tie_carries_its_numbers(self, tested):
        tie = pol.extract_backbone(tested, tail="lower").edges["x", "z"]
        assert tie == {"shared": 0, "p": 0.004, "q": 0.02, "sign": -1}

    def test_bad_options(self, tested):
        for alpha in (0, 1, -0.1, float("nan"), "0.05", None):
            with pytest.raises(ValueError, match=r"alpha is .*; expected a number between 0 and 1"):
                pol.extract_backbone(tested, alpha=alpha)
        with pytest.raises(ValueError, match=r"no tail 'uper' .*did you mean 'upper'"):
            pol.extract_backbone(tested, tail="uper")

    def test_another_table_is_refused(self, davis):
        with pytest.raises(ValueError, match="no column 'a'"):
            pol.extract_backbone(davis)

    @pytest.mark.parametrize("column", ["a", "b"])
    def test_a_list_in_place_of_a_row_is_refused(self, column):
        table = pol.overlap_significance(pd.DataFrame(np.eye(3, dtype=int)), model="sdsm")
        table[column] = pd.Series([0, [1], 2], dtype="object")
        with pytest.raises(ValueError, match=f"column '{column}', row 1: expected a single value"):
            pol.extract_backbone(table)


class TestCoverage:
    def test_counts_of_float16_are_added_up(self):
        said = pd.DataFrame({"actor": "henan", "document": "d", "paragraph": [1, 2]})
        said["count"] = np.array([60_000, 10_000], dtype="float16")  # more than float16 can hold
        assert pol.coverage(said, rows="actor").loc["henan", "statements"] == 70_000

    def test_coverage_of_the_world(self, network):
        table = pol.coverage(pol.statements(network, rows="province"), rows="row")
        assert table.to_dict("index") == {
            "jilin": {"statements": 4, "paragraphs": 3, "documents": 2, "denied": 0},
            "henan": {"statements": 3, "paragraphs": 2, "documents": 1, "denied": 0},
            "liaoning": {"statements": 3, "paragraphs": 2, "documents": 1, "denied": 0},
        }
        assert table.index.tolist() == ["jilin", "henan", "liaoning"]
        with pytest.raises(ValueError, match="no column 'province'"):
            pol.coverage(pol.statements(network), rows="province")

    def test_a_network_is_refused(self, network):
        with pytest.raises(TypeError, match=r"expected a table .*, not MultiDiGraph"):
            pol.coverage(network, rows="actor")

    def test_of_rows_with_equal_statements_those_with_more_paragraphs_come_first(self):
        statements = said(a_x=[1], a_y=[1], b_x=[1], b_y=[2])
        table = pol.coverage(statements, rows="row")
        assert table["statements"].to_list() == [2, 2]
        assert list(table["paragraphs"].items()) == [("b", 2), ("a", 1)]

    def test_statements_that_are_made_no_time_cover_nothing(self):
        statements = said(a_x=[1, 2], b_x=[3]).assign(count=[1, 0, 0])
        table = pol.coverage(statements, rows="row")
        assert table.loc["a"].to_list() == [1, 1, 1, 0]
        assert table.index.to_list() == ["a"]

    @pytest.mark.parametrize("rows", ["document", "paragraph"])
    def test_rows_may_be_places(self, rows):
        statements = said(a_x=[1, 2], b_x=[2])
        table = pol.coverage(statements, rows=rows)
        assert table["statements"].sum() == 3
        assert table["paragraphs"].to_list() == ([2] if rows == "document" else [1, 1])

    def test_coverage_needs_places(self):
        statements = pd.DataFrame({"actor": ["a"], "document": ["d"], "paragraph": [None]})
        with pytest.raises(ValueError, match="column 'paragraph', row 0: the cell is empty; 1 st"):
            pol.coverage(statements, rows="actor")

    @pytest.mark.parametrize("column", ["actor", "document", "paragraph"])
    def test_lists_are_refused(self, column):
        statements = pd.DataFrame({"actor": ["a"], "document": ["d"], "paragraph": [1]})
        statements[column] = [["x"]]
        with pytest.raises(ValueError, match=f"'{column}', row 0: .* single value, got a list"):
            pol.coverage(statements, rows="actor")
        both = statements.assign(concept="c")
        with pytest.raises(ValueError, match=f"'{column}', row 0: .* single value, got a list"):
            pol.overlap_stability(both, rows="actor", columns="concept")


class TestOverlapStability:
    def test_what_stands_in_every_paragraph_does_not_move(self):
        table = pol.overlap_stability(
            said(a_x=range(10), b_x=range(10), b_y=range(10)), rows="row", columns="concept", seed=0
        )
        assert table.iloc[0].to_dict() == {
            "a": "a", "b": "b", "paragraphs": 10, "value": 0.5, "low": 0.5, "high": 0.5
        }  # fmt: skip

    def test_what_rests_on_one_paragraph_moves(self):
        statements = said(a_x=range(10), a_y=[3], b_x=range(10), b_y=range(10))
        table = pol.overlap_stability(statements, rows="row", columns="concept", seed=0)
        assert table[["value", "low", "high"]].iloc[0].tolist() == [1, 0.5, 1]
        again = pol.overlap_stability(statements, rows="row", columns="concept", seed=0)
        pd.testing.assert_frame_equal(table, again)

    def test_below_five_paragraphs_stability_is_not_told(self):
        statements = said(a_x=range(10), b_x=range(4), c_x=range(5))
        table = pairs_of(pol.overlap_stability(statements, rows="row", columns="concept", seed=0))
        assert table["paragraphs"].to_dict() == {("a", "b"): 4, ("a", "c"): 5, ("b", "c"): 4}
        assert table["value"].notna().all()
        assert table["low"].notna().tolist() == [False, True, False]

    def test_a_fifth_of_the_paragraphs_is_left_out(self):
        # Each of twenty paragraphs has a concept of its own, which both name; sixteen stay.
        places = {f"{row}_{place}": [place] for row in "ab" for place in range(20)}
        table = pol.overlap_stability(
            said(**places), rows="row", columns="concept", measure="shared", samples=9, seed=0
        )
        assert table[["value", "low", "high"]].to_numpy().tolist() == [[20, 16, 16]]

    def test_the_bounds_hold_nine_in_ten_samples(self):
        # Five of 25 paragraphs are left out; each of 14 has a concept that both name. None of the
        # five is among the 14 with chance C(11, 5) / C(25, 5) = 0.009, one with 0.087, all five
        # with 0.038. So 5 % of samples are at 10 or below (2.5 % at 9), and 5 % at 13 or above.
        places = {f"{row}_{place}": [place] for row in "ab" for place in range(14)}
        statements = said(**places, a_more=range(14, 25), b_more=[])
        table = pol.overlap_stability(
            statements, rows="row", columns="concept", measure="shared", samples=1500, seed=0
        )
        assert table[["low", "high"]].to_numpy().tolist() == [[10, 13]]

    def test_the_fewer_paragraphs_of_a_pair_are_told_and_counts_of_zero_are_none(self):
        statements = said(a_x=range(10), b_x=range(7)).assign(count=[1] * 10 + [1] * 6 + [0])
        table = pol.overlap_stability(statements, rows="row", columns="concept", seed=0)
        assert table["paragraphs"].to_list() == [6]

    def test_stability_does_not_depend_on_the_type_of_paragraphs(self):
        random = np.random.default_rng(3)
        statements = pd.DataFrame(
            {name: random.choice([*"abcdefgh"], 60) for name in ("row", "concept")}
        )
        statements = statements.assign(row=statements["row"].where(statements["row"] < "c", "c"))
        statements = statements.assign(document="d", paragraph=random.integers(1, 25, 60))
        options = {"rows": "row", "columns": "concept", "samples": 20, "seed": 1}
        table = pol.overlap_stability(statements, **options)
        as_text = statements.assign(paragraph=statements["paragraph"].astype("str"))
        for other in (as_text, statements.sample(frac=1, random_state=1)):
            pd.testing.assert_frame_equal(pol.overlap_stability(other, **options), table)

    def test_stability_needs_places_and_two_columns(self):
        statements = said(a_x=[1], b_x=[2])
        for change in ({"document": None}, {"paragraph": None}):
            with pytest.raises(ValueError, match="row 0: the cell is empty; 2 statements lack"):
                pol.overlap_stability(statements.assign(**change), rows="row", columns="concept")
        with pytest.raises(ValueError, match="column 'row' is named twice"):
            pol.overlap_stability(statements, rows="row", columns="row")
        with pytest.raises(TypeError, match="expected the name of one column, not"):
            pol.overlap_stability(statements, rows=["row"], columns="concept")

    def test_stability_values_are_the_overlap(self, network):
        statements = pol.statements(network, rows="province", columns="priority")
        statements = statements[statements["role"].isin(["commits", "reports"])]
        table = pol.overlap_stability(statements, rows="row", columns="concept", samples=5, seed=0)
        overlap = pol.project(pol.biadjacency(network), measure="jaccard")
        assert {(r.a, r.b): r.value for r in table.itertuples()} == pytest.approx(
            {(a, b): overlap.loc[a, b] for a, b in combinations(overlap.index, 2)}
        )

    def test_stability_of_nothing(self, network):
        nobody = pol.statements(network).head(0)
        assert pol.overlap_stability(nobody, rows="actor", columns="code").empty

    def test_a_network_is_refused(self, network):
        with pytest.raises(TypeError, match=r"expected a table .*, not MultiDiGraph"):
            pol.overlap_stability(network, rows="actor", columns="code")

    def test_bad_options_of_stability(self, network):
        statements = pol.statements(network)
        with pytest.raises(ValueError, match="no measure 'dice'"):
            pol.overlap_stability(statements, rows="actor", columns="code", measure="dice")
        with pytest.raises(ValueError, match="samples must be a whole number from 1, not 0"):
            pol.overlap_stability(statements, rows="actor", columns="code", samples=0)
        with pytest.raises(ValueError, match="no column 'theme'"):
            pol.overlap_stability(statements, rows="actor", columns="theme")
