"""What an actor emphasises beyond the others."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import policylib as pol
from policylib.compare.keyness import METHODS
from tests.compare.helpers import matrices


@pytest.fixture
def spoken():
    """Ten counts each for Henan and Hebei, twenty for Jilin; of 40, 10, 10 and 20."""
    return pd.DataFrame(
        {"robots": [5, 1, 4], "talent": [1, 4, 5], "credit": [4, 5, 11]},
        index=["henan", "hebei", "jilin"],
    )


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
        variance += 1 / y + 1 / (n - y)
    return (logs[0] - logs[1]) / np.sqrt(variance)


class TestEmphasis:
    def test_ratios_of_shares_by_hand(self, spoken):
        ratios = pol.emphasis(spoken, method="rca")
        # Henan: 5 of 10 to 10 of 40; 1 of 10 to 10 of 40; 4 of 10 to 20 of 40.
        assert ratios.loc["henan"].tolist() == pytest.approx([2.0, 0.4, 0.8])
        assert ratios.loc["jilin"].tolist() == pytest.approx([0.8, 1.0, 1.1])

    def test_log_odds_by_hand(self, spoken):
        scores = pol.emphasis(spoken, prior=4)
        # The prior is 1, 1, 2. Henan on robots: 5 + 1 of 10 + 4; the others: 5 + 1 of 30 + 4.
        difference = np.log(6 / 8) - np.log(6 / 28)
        deviation = np.sqrt(1 / 6 + 1 / 8 + 1 / 6 + 1 / 28)
        assert scores.loc["henan", "robots"] == pytest.approx(difference / deviation)
        # Jilin on credit: 11 + 2 of 20 + 4; the others: 9 + 2 of 20 + 4.
        difference = np.log(13 / 11) - np.log(11 / 13)
        deviation = np.sqrt(1 / 13 + 1 / 11 + 1 / 11 + 1 / 13)
        assert scores.loc["jilin", "credit"] == pytest.approx(difference / deviation)

    def test_complementary_shares_have_one_score(self):
        matrix = pd.DataFrame({"x": [90, 80], "y": [10, 20]}, index=["a", "b"])
        scores = pol.emphasis(matrix)
        assert scores.loc["a"].round(2).to_dict() == {"x": 1.93, "y": -1.93}
        assert np.allclose(scores.to_numpy(), [[1, -1], [-1, 1]] * np.abs(scores.to_numpy()))

    def test_scores_of_independent_counts_are_normal(self):
        """Where all actors are alike, about 5 % of the cells are beyond 1.96."""
        random = np.random.default_rng(0)
        tables = random.multinomial(300, [0.6, 0.2, 0.1, 0.1], (100, 10))
        beyond = [(pol.emphasis(pd.DataFrame(table)).abs() > 1.96).mean() for table in tables]
        assert np.allclose(np.mean(beyond, axis=0), 0.05, atol=0.02)

    def test_the_prior_is_one_for_each_concept_that_is_named(self, spoken):
        expected = pol.emphasis(spoken, prior=3)
        pd.testing.assert_frame_equal(pol.emphasis(spoken), expected)
        more = pol.emphasis(spoken.assign(never=0))
        pd.testing.assert_frame_equal(more[spoken.columns], expected)
        assert more["never"].isna().all()
        assert (pol.emphasis(spoken, prior=300).abs() <= expected.abs()).all(axis=None)

    @given(matrices(), st.sampled_from(METHODS))
    def test_emphasis_is_what_plain_loops_give(self, matrix, method):
        found = pol.emphasis(matrix, method=method)
        expected = [[plain_emphasis(matrix, method, a, c) for c in matrix] for a in matrix.index]
        np.testing.assert_allclose(found, np.reshape(expected, matrix.shape), atol=1e-9)
        assert found.index.equals(matrix.index)
        assert found.columns.equals(matrix.columns)

    @given(matrices(), st.integers(2, 50))
    def test_ratios_do_not_depend_on_the_unit_of_counts(self, matrix, times):
        one, other = (pol.emphasis(m, method="rca") for m in (matrix, matrix * times))
        pd.testing.assert_frame_equal(one, other)

    def test_an_actor_like_all_others_stresses_nothing(self):
        matrix = pd.DataFrame([[1, 2, 3], [2, 4, 6], [5, 10, 15]])
        assert pol.emphasis(matrix, method="rca").eq(1).all(axis=None)
        assert np.allclose(pol.emphasis(matrix), 0)

    @given(matrices())
    def test_log_odds_and_ratios_point_the_same_way(self, matrix):
        scores, ratios = (pol.emphasis(matrix, method=m) for m in METHODS)
        clear = scores.abs() > 1e-9
        assert ((scores > 0) == (ratios > 1))[clear].where(clear, True).all(axis=None)

    def test_who_has_nobody_beside_them_cannot_be_compared(self):
        alone = pd.DataFrame({"robots": [2, 0], "talent": [1, 0]}, index=["henan", "hebei"])
        assert pol.emphasis(alone).isna().all(axis=None)
        ratios = pol.emphasis(alone, method="rca")
        assert ratios.loc["henan"].tolist() == [1, 1]
        assert ratios.loc["hebei"].isna().all()
        assert pol.emphasis(alone[["robots"]].replace(0, 1)).isna().all(axis=None)
        assert pol.emphasis(alone * 0).isna().all(axis=None)

    @pytest.mark.parametrize(
        ("matrix", "options", "message"),
        [
            (
                {"x": [1]},
                {"method": "log-odds"},
                "allowed: log_odds, rca.; did you mean 'log_odds'",
            ),
            ({"x": [1]}, {"prior": 0}, "prior is 0; expected a number above 0"),
            ({"x": [1]}, {"prior": float("inf")}, "prior is inf"),
            ({"x": [-1]}, {}, "expected a count"),
            ({"x": [2**53 + 2]}, {}, r"expected a count from 0 to 2\*\*53, got 9.0072e\+15"),
            ({"x": ["one"]}, {}, "column 'x': expected counts, got str"),
        ],
    )
    def test_what_has_no_emphasis(self, matrix, options, message):
        with pytest.raises(ValueError, match=message):
            pol.emphasis(pd.DataFrame(matrix), **options)


def studentised(own: np.ndarray, others: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return log-odds ratios divided by their deviation between units, in plain loops."""
    named = np.count_nonzero(total)
    scores = []
    for concept in range(len(total)):
        prior = named * total[concept] / total.sum()
        odds, variance = [], 0.0
        for units in (own, others):
            y, n = sum(u[concept] for u in units), sum(u.sum() for u in units)
            chance = (y + prior) / (n + named)
            odds.append(np.log(chance / (1 - chance)))
            spread = sum((u[concept] - y / n * u.sum()) ** 2 for u in units)
            spread *= len(units) / (len(units) - 1)
            spread += prior * (1 - prior / named)
            variance += spread / ((n + named) * chance * (1 - chance)) ** 2
        scores.append((odds[0] - odds[1]) / np.sqrt(variance))
    return np.array(scores)


def units_of(*tables: list) -> pd.DataFrame:
    """Make units of actors a, b and so on; each unit is a list of counts."""
    parts = {name: pd.DataFrame(rows) for name, rows in zip("abcd", tables, strict=False)}
    return pd.concat(parts, names=["actor", "paragraph"])


class TestRankEmphasis:
    def test_one_row_for_each_actor_and_concept_with_counts(self, spoken):
        more = spoken.assign(never=0)
        more.loc["silent"] = 0
        ranked = pol.rank_emphasis(more)
        assert ranked.columns.to_list() == [
            "actor", "concept", "count", "share", "log_odds", "z", "p", "q",
        ]  # fmt: skip
        assert len(ranked) == 9
        table = ranked.pivot(index="actor", columns="concept", values="z")
        scores = pol.emphasis(spoken)
        pd.testing.assert_frame_equal(
            table.loc[scores.index, scores.columns], scores, check_names=False
        )
        assert ranked["p"].is_monotonic_increasing
        assert ranked["q"].is_monotonic_increasing
        first = ranked.query("actor == 'henan' and concept == 'robots'").iloc[0]
        assert (first["count"], first["share"]) == (5, 0.5)
        assert first["p"] == pytest.approx(2 * norm.sf(abs(first["z"])))

    def test_scores_of_units_are_those_of_plain_loops(self):
        units = units_of([[3, 1, 0], [0, 2, 2], [1, 1, 2]], [[0, 1, 3], [2, 2, 0], [1, 3, 0]])
        ranked = pol.rank_emphasis(units, trials=199, seed=0)
        table = ranked.pivot(index="actor", columns="concept", values="z")
        a, b = units.loc["a"].to_numpy(), units.loc["b"].to_numpy()
        expected = studentised(a, b, units.sum().to_numpy())
        assert table.loc["a"].to_list() == pytest.approx(expected)
        assert table.loc["b"].to_list() == pytest.approx(-expected)
        odds = pol.rank_emphasis(units.groupby("actor").sum())
        key = ["actor", "concept"]
        pd.testing.assert_series_equal(
            ranked.set_index(key)["log_odds"].sort_index(),
            odds.set_index(key)["log_odds"].sort_index(),
        )

    def test_p_is_the_share_of_all_divisions(self):
        units = units_of([[4, 0], [3, 1], [4, 0]], [[1, 3], [2, 2], [0, 4], [1, 3]])
        every, total = units.to_numpy(), units.sum().to_numpy()
        found = abs(studentised(every[:3], every[3:], total))
        extreme = [
            abs(studentised(every[list(drawn)], np.delete(every, drawn, axis=0), total)) >= found
            for drawn in combinations(range(7), 3)
        ]
        ranked = pol.rank_emphasis(units, trials=20_000, seed=0)
        a = ranked[ranked["actor"] == "a"].set_index("concept")["p"].sort_index()
        assert a.to_list() == pytest.approx(np.mean(extreme, axis=0), abs=0.01)
        assert a[0] == pytest.approx(1 / 35, abs=0.01)  # one of 35 divisions, and not its mirror

    def test_short_units_are_joined_with_their_neighbours(self):
        short = [[1, 0], [1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
        long = [[4, 2], [3, 3], [2, 4]]
        ranked = pol.rank_emphasis(units_of(short, long), trials=199, seed=0)
        # The mean unit of b has 6 counts, so each unit of a needs 3.
        joined = units_of([[2, 1], [2, 1]], long)
        again = pol.rank_emphasis(joined, trials=199, seed=0)
        assert ranked["z"].abs().to_list() == pytest.approx(again["z"].abs().to_list())
        assert ranked["z"].abs().min() > 0.1

    def test_an_actor_with_one_unit_is_not_tested(self):
        units = units_of([[3, 1]], [[1, 1], [2, 0], [0, 3]], [[1, 2], [2, 2]])
        ranked = pol.rank_emphasis(units, trials=199, seed=0)
        untested = ranked[ranked["actor"] == "a"]
        assert untested[["z", "p", "q"]].isna().all(axis=None)
        assert untested["log_odds"].notna().all()
        assert ranked[ranked["actor"] != "a"]["q"].notna().all()

    def test_a_seed_repeats_and_none_does_not(self):
        units = units_of([[3, 1], [0, 2], [2, 2]], [[0, 3], [2, 2], [1, 3], [4, 1]])
        first, second = (pol.rank_emphasis(units, trials=99, seed=3) for _ in range(2))
        pd.testing.assert_frame_equal(first, second)
        others = [pol.rank_emphasis(units, trials=99)["p"].to_list() for _ in range(3)]
        assert len({*map(tuple, others)}) > 1

    def test_few_trials_are_warned_of(self):
        strong = units_of([[9, 0, 0]] * 8, [[0, 9, 0]] * 8, [[0, 0, 9]] * 8)
        with pytest.warns(UserWarning, match=r"^5 trials cannot bring q below 0.05 for 9 tests"):
            pol.rank_emphasis(strong, trials=5, seed=0)
        assert pol.rank_emphasis(strong, trials=999, seed=0)["q"].min() < 0.05

    @pytest.mark.parametrize(
        ("matrix", "options", "message"),
        [
            ({"x": [1, 2]}, {}, "counts of 2 actors and 1 concepts; a comparison needs two of"),
            ({"x": [1, 0], "y": [1, 0]}, {}, "counts of 1 actors and 2 concepts"),
            ({"x": [1, 2], "y": [-1, 0]}, {}, "expected a count"),
            ({"x": [1, 2], "y": [1, 0]}, {"trials": 0}, "trials must be a whole number from 1"),
            ({"x": [1, 2], "y": [1, 0]}, {"seed": -1}, "seed must be a whole number from 0"),
        ],
    )
    def test_what_cannot_be_ranked(self, matrix, options, message):
        with pytest.raises(ValueError, match=message):
            pol.rank_emphasis(pd.DataFrame(matrix), **options)

    def test_counts_of_statements_by_paragraph_are_units(self, tables):
        book = tables.priorities
        options = {"level": "priority", "codebook": book}
        rows = ["actor", "document", "paragraph"]
        units = pol.count_statements(tables.statements, rows=rows, **options)
        whole = pol.count_statements(tables.statements, rows="actor", **options)
        with pytest.warns(UserWarning, match="cannot bring q below"):
            ranked = pol.rank_emphasis(units, trials=9, seed=0)
        counts = ranked.pivot(index="actor", columns="concept", values="count")
        pd.testing.assert_frame_equal(counts, whole, check_names=False, check_dtype=False)

    def test_a_missing_label_is_an_actor_like_others(self):
        index = ["a", "b", np.nan]
        matrix = pd.DataFrame([[5, 1], [1, 5], [30, 2]], index=index, columns=list("xy"))
        ranked = pol.rank_emphasis(matrix).query("actor == 'a' and concept == 'x'")
        assert ranked["z"].iloc[0] == pytest.approx(pol.emphasis(matrix).loc["a", "x"])
        assert len(pol.rank_emphasis(matrix)) == 6

    def test_equal_shares_of_large_counts_differ_by_nothing(self):
        length = (np.random.default_rng(1).uniform(1, 2, 20) * 1e6).astype("int64")
        rows = pd.MultiIndex.from_product([["a", "b"], range(10)])
        units = pd.DataFrame({"x": length * 3, "y": length * 7, "z": length * 11}, index=rows)
        ranked = pol.rank_emphasis(units, trials=199, seed=0)
        assert np.allclose(ranked["log_odds"], 0)
        assert ranked["z"].abs().max() < 0.1
        assert ranked["p"].min() > 0.05

    @pytest.mark.parametrize("dtype", ["Int64", "boolean", "uint8", "float32"])
    def test_counts_are_whole_numbers_of_any_dtype(self, dtype):
        matrix = pd.DataFrame([[1, 0], [1, 1]], index=[True, False], columns=[True, False])
        ranked = pol.rank_emphasis(matrix.astype(dtype))
        assert ranked["count"].dtype == "int64"
        assert sorted(ranked["count"]) == [0, 1, 1, 1]
