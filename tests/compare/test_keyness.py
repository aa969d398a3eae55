"""What an actor emphasises beyond the others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        variance += 1 / y
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
        assert scores.loc["henan", "robots"] == pytest.approx(difference / np.sqrt(1 / 6 + 1 / 6))
        # Jilin on credit: 11 + 2 of 20 + 4; the others: 9 + 2 of 20 + 4.
        difference = np.log(13 / 11) - np.log(11 / 13)
        assert scores.loc["jilin", "credit"] == pytest.approx(difference / np.sqrt(1 / 13 + 1 / 11))

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
            ({"x": ["one"]}, {}, "column 'x': expected counts, got str"),
        ],
    )
    def test_what_has_no_emphasis(self, matrix, options, message):
        with pytest.raises(ValueError, match=message):
            pol.emphasis(pd.DataFrame(matrix), **options)
