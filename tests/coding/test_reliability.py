"""The agreement of two coders, and the places where they differ."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol


def coding(**codes: list[int]) -> pd.DataFrame:
    rows = [(p, code) for code, paragraphs in codes.items() for p in paragraphs]
    return pd.DataFrame(rows, columns=["paragraph", "code"]).assign(document="report")


UNITS = pd.DataFrame({"document": "report", "paragraph": range(1, 11)})
marks = st.sets(st.integers(1, 10))


class TestAgreement:
    def test_agreement_by_hand(self):
        """Ten paragraphs; both have robots in 1 to 3, a alone in 4, b alone in 5 and 6."""
        table = pol.agreement(
            coding(robots=[1, 2, 3, 4], talent=[1]), coding(robots=[1, 2, 3, 5, 6]), units=UNITS
        ).set_index("code")
        robots = table.loc["robots"]
        assert robots[["a", "b", "both"]].to_list() == [4, 5, 3]
        assert robots["precision"] == 3 / 5
        assert robots["recall"] == 3 / 4
        assert robots["f1"] == pytest.approx(2 * 3 / 9)
        # agree on 7 of 10; by chance 4/10·5/10 + 6/10·5/10 = 1/2
        assert robots["kappa"] == pytest.approx((0.7 - 0.5) / (1 - 0.5))
        # 20 values, 9 of them ones: expected disagreement 2·9·11 / (20·19)
        assert robots["alpha"] == pytest.approx(1 - 0.3 / (2 * 9 * 11 / (20 * 19)))
        assert robots["low"] <= robots["alpha"] <= robots["high"]
        assert np.isnan(table.loc["talent", "precision"])
        assert table.loc["talent", "recall"] == 0
        overall = table.loc["overall"]
        assert overall[["a", "b", "both"]].to_list() == [5, 5, 3]
        assert overall["alpha"] == pytest.approx(1 - 4 / 20 / (2 * 10 * 30 / (40 * 39)))

    def test_the_same_coding_agrees_and_what_one_has_alone_does_not(self):
        a = coding(robots=[1, 2], talent=[3])
        table = pol.agreement(a, a.sample(frac=1, random_state=0), units=UNITS)
        assert (table[["precision", "recall", "f1", "kappa", "alpha"]] == 1).all(axis=None)
        # Among ten units, a code in one or two of them is too rare for an interval.
        assert table[["low", "high"]].isna().all(axis=1).to_list() == [True, True, False]

    def test_how_often_a_code_stands_in_a_unit_does_not_matter(self):
        a, b = coding(robots=[1, 1, 2]), coding(robots=[1, 2, 2])
        assert pol.agreement(a, b, units=UNITS)["alpha"].eq(1).all()

    def test_units_on_which_both_are_silent_count_only_if_named(self):
        a, b = coding(robots=[1, 2]), coding(robots=[1])
        alone = pol.agreement(a, b).set_index("code").loc["robots"]
        among = pol.agreement(a, b, units=UNITS).set_index("code").loc["robots"]
        assert alone["alpha"] < among["alpha"]
        assert alone["f1"] == among["f1"]

    @settings(max_examples=20)
    @given(marks, marks, marks, marks)
    def test_swapping_the_coders_swaps_precision_and_recall_alone(self, a, b, c, d):
        first, second = coding(x=sorted(a), y=sorted(b)), coding(x=sorted(c), y=sorted(d))
        one = pol.agreement(first, second, units=UNITS, seed=0)
        other = pol.agreement(second, first, units=UNITS, seed=0)
        pd.testing.assert_series_equal(one["precision"], other["recall"], check_names=False)
        for name in ("f1", "kappa", "alpha", "low", "high"):
            pd.testing.assert_series_equal(one[name], other[name])
        overall = one.set_index("code").drop("overall")
        assert one.iloc[-1]["both"] == overall["both"].sum()

    def test_the_same_seed_gives_the_same_interval(self):
        a, b = coding(x=[1, 2, 3, 4, 5]), coding(x=[1, 2, 3, 8])
        one, same, other = (pol.agreement(a, b, units=UNITS, seed=s) for s in (0, 0, 1))
        pd.testing.assert_frame_equal(one, same)
        assert not one["low"].equals(other["low"])

    def test_one_column_may_be_the_unit(self):
        table = pol.agreement(coding(x=[1, 2]), coding(x=[2]), unit="document")
        assert table["alpha"].isna().all()  # undefined, because both have the code in every unit
        assert table["f1"].eq(1).all()

    def test_nothing_to_compare(self):
        table = pol.agreement(coding(), coding())
        assert table["code"].to_list() == ["overall"]
        assert table[["kappa", "alpha", "low"]].isna().all(axis=None)

    def test_wrong_tables(self):
        with pytest.raises(
            ValueError, match=r"`b` codes unit \('report', 11\), which is not in `units`"
        ):
            pol.agreement(coding(x=[1]), coding(x=[11]), units=UNITS)
        with pytest.raises(ValueError, match="no column 'code'"):
            pol.agreement(UNITS, UNITS)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"unit": []}, "expected a column, or several in a list"),
            ({"a": {"paragraph": "1"}}, "'paragraph' is numeric in one table but not in another"),
            ({"a": {"code": "overall"}}, "column 'code': 'overall' is reserved"),
        ],
    )
    def test_codings_that_cannot_be_compared(self, change, message):
        a, b = coding(robots=[1]), coding(robots=[1, 2])
        a = a.assign(**change.pop("a", {}))
        with pytest.raises(ValueError, match=message):
            pol.agreement(a, b, **change)


class TestDisagreements:
    def test_disagreements_lead_to_the_places(self):
        found = pol.disagreements(coding(robots=[2, 4]), coding(robots=[2, 5], talent=[1]))
        assert found.to_dict("list") == {
            "document": ["report"] * 3,
            "paragraph": [1, 4, 5],
            "code": ["talent", "robots", "robots"],
            "only": ["b", "a", "b"],
        }

    def test_a_coding_does_not_disagree_with_itself(self):
        a = coding(robots=[1, 2], talent=[3])
        assert pol.disagreements(a, a).empty

    def test_a_missing_column_is_named(self):
        with pytest.raises(ValueError, match="no column 'paragraph'"):
            pol.disagreements(coding(x=[1]).drop(columns="paragraph"), coding(x=[1]))
