"""Krippendorff's alpha of several coders, of the values that they give, and of samples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol
from tests.coding.test_reliability import UNITS, coding, marks

KRIPPENDORFF = [  # four observers, twelve units (Krippendorff 2011, section C)
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def observed(rows: list[list[int | None]], name: str = "role") -> list[pd.DataFrame]:
    """Return a coding for each row: the values of one code in the paragraphs from 1."""
    place = {"document": "report", "paragraph": range(1, len(rows[0]) + 1), "code": "robots"}
    return [pd.DataFrame(place | {name: pd.array(row, dtype="Int64")}) for row in rows]


def alpha_by_pairs(rows: list[list[int | None]]) -> float:
    """Return nominal alpha from its definition: pairs of values within units, and of all values."""
    units = [[v for v in unit if v is not None] for unit in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    apart = sum((v != w) / (len(unit) - 1) for unit in units for v in unit for w in unit)
    expected = sum(v != w for v in values for w in values) / max(len(values) - 1, 1)
    return 1 - apart / expected if expected else np.nan


class TestAgreementOfValues:
    def test_the_example_of_krippendorff(self):
        table = pol.agreement(*observed(KRIPPENDORFF), values="role", seed=0).set_index("value")
        assert round(table.loc["overall", "alpha"], 3) == 0.743
        # The last unit has one value, so it is not compared; 40 of 41 values remain.
        assert table.loc["overall", ["a", "b", "c", "d"]].to_list() == [9, 10, 10, 11]
        assert table["all"].to_list() == [0, 2, 2, 1, 0, 5]
        assert list(table.columns) == ["a", "b", "c", "d", "all", "alpha", "low", "high"]

    def test_the_example_of_two_observers_with_two_values(self):
        """Ten units, alpha 0.095 (Krippendorff 2011, section A)."""
        rows = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
        table = pol.agreement(*observed(rows), values="role", seed=0)
        assert table["alpha"].round(3).to_list() == [0.095] * 3
        codes = [coding(x=[i + 1 for i in range(10) if row[i]]) for row in rows]
        assert round(pol.agreement(*codes, passages=UNITS)["alpha"][0], 3) == 0.095

    def test_the_example_of_two_observers_with_five_values(self):
        """Twelve units, alpha 0.692 (Krippendorff 2011, section B)."""
        place = {"document": "report", "paragraph": range(12), "code": "robots"}
        a, b = (pd.DataFrame(place | {"role": [*row]}) for row in ("aabbdcccedda", "babbbccceddd"))
        overall = pol.agreement(a, b, values="role", seed=0).iloc[-1]
        assert round(overall["alpha"], 3) == 0.692

    @settings(max_examples=20)
    @given(
        st.integers(1, 8).flatmap(
            lambda n: st.lists(
                st.lists(st.sampled_from([None, 1, 2, 3]), min_size=n, max_size=n),
                min_size=2,
                max_size=4,
            )
        )
    )
    def test_alpha_follows_from_pairs_of_values(self, rows):
        table = pol.agreement(*observed(rows), values="role", seed=0).set_index("value")
        expected = pytest.approx(alpha_by_pairs(rows), nan_ok=True)
        assert table.loc["overall", "alpha"] == expected
        for value in table.index.drop("overall"):
            this = [[None if v is None else v == value for v in row] for row in rows]
            expected = pytest.approx(alpha_by_pairs(this), nan_ok=True)
            assert table.loc[value, "alpha"] == expected

    def test_two_coders_by_hand(self):
        """Both have robots in 1 to 3; ann alone in 4. Of 3 roles, they agree on 2."""
        a = coding(robots=[1, 2, 3, 4]).assign(role=["commits", "commits", "reports", "reports"])
        b = coding(robots=[1, 2, 3]).assign(role=["commits", "reports", "reports"])
        table = pol.agreement(a, b, values="role").set_index("value")
        assert table[["a", "b", "both"]].to_numpy().tolist() == [[2, 1, 1], [1, 2, 1], [3, 3, 2]]
        assert table.loc["commits", ["precision", "recall"]].to_list() == [1, 0.5]
        overall = table.loc["overall"]
        assert overall["f1"] == pytest.approx(2 / 3)
        # by chance 2/3·1/3 + 1/3·2/3 = 4/9
        assert overall["kappa"] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
        # 6 values, 3 of each: expected disagreement 2·3·3 / (6·5)
        assert overall["alpha"] == pytest.approx(1 - (1 / 3) / (2 * 3 * 3 / 30))

    def test_several_values_of_a_code_in_a_unit_are_one_value(self):
        a = coding(robots=[1, 1, 2]).assign(role=["reports", "commits", "commits"])
        b = coding(robots=[1, 2]).assign(role=["commits", "commits"])
        table = pol.agreement(a, b, values="role")
        assert table["value"].to_list() == ["commits", "commits and reports", "overall"]
        assert table["both"].to_list() == [1, 0, 1]
        actor = ["henan", "jilin", "henan"]
        a, b = a.assign(actor=actor), b.assign(actor="jilin")
        table = pol.agreement(a, b, unit=["document", "paragraph", "actor"], values="role")
        assert table["value"].to_list() == ["commits", "overall"]

    def test_an_empty_cell_is_missing(self):
        a = coding(robots=[1, 2, 3]).assign(qualifier=pd.array([True, False, None], "boolean"))
        table = pol.agreement(a, a, values="qualifier")
        assert table["value"].to_list() == [False, True, "overall"]
        assert table["both"].to_list() == [1, 1, 2]

    def test_nothing_to_compare(self):
        a = coding(robots=[1]).assign(role="commits")
        table = pol.agreement(a, coding(robots=[2]).assign(role="commits"), values="role")
        assert table["value"].to_list() == ["overall"]
        assert table[["a", "b", "both"]].to_numpy().tolist() == [[0, 0, 0]]
        assert table[["kappa", "alpha", "low"]].isna().all(axis=None)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ("roles", "b: no column 'roles'"),
            ("paragraph", "values is 'paragraph', which identifies a unit"),
            ("role", "column 'role' holds texts in row 0 of a, but numbers in row 0 of b"),
            ("actor", "column 'actor': 'overall' is reserved"),
        ],
    )
    def test_values_that_cannot_be_compared(self, values, message):
        a = coding(robots=[1]).assign(role="commits", roles=1, actor="overall")
        with pytest.raises(ValueError, match=message):
            pol.agreement(a, a.assign(role=1).drop(columns="roles"), values=values)


class TestAgreementOfSeveralCoders:
    def test_three_coders_by_hand(self):
        """Four paragraphs; of three pairs of coders, two differ in 2 and two in 3."""
        codings = [coding(x=[1, 2]), coding(x=[1, 2]), coding(x=[1, 3])]
        table = pol.agreement(*codings, passages=UNITS.head(4))
        assert list(table.columns) == ["code", "a", "b", "c", "all", "alpha", "low", "high"]
        assert table.loc[0, ["a", "b", "c", "all"]].to_list() == [2, 2, 2, 1]
        # 12 values, 6 of them ones: expected disagreement 2·6·6 / (12·11)
        observed = (2 / 3 + 2 / 3) / 4
        assert table.loc[0, "alpha"] == pytest.approx(1 - observed / (2 * 6 * 6 / (12 * 11)))

    @settings(max_examples=20)
    @given(st.lists(marks, min_size=2, max_size=5), st.randoms())
    def test_the_order_of_coders_does_not_matter(self, sets, random):
        codings = [coding(x=sorted(s), y=[1]) for s in sets]
        table = pol.agreement(*codings, passages=UNITS, seed=0)
        random.shuffle(codings)
        other = pol.agreement(*codings, passages=UNITS, seed=0)
        for name in ("alpha", "low", "high", "all" if len(sets) > 2 else "both"):
            pd.testing.assert_series_equal(table[name], other[name])

    @settings(max_examples=20)
    @given(st.lists(marks, min_size=2, max_size=5))
    def test_a_code_is_a_value_that_each_coder_gives_each_unit(self, sets):
        table = pol.agreement(*(coding(x=sorted(s), y=[1]) for s in sets), passages=UNITS)
        rows = [[int(number in s) for number in range(1, 11)] for s in sets]
        alpha = table.set_index("code")["alpha"].get("x", np.nan)
        assert alpha == pytest.approx(alpha_by_pairs(rows), nan_ok=True)

    @pytest.mark.parametrize("number", [0, 1, 27])
    def test_the_number_of_codings(self, number):
        with pytest.raises(ValueError, match=f"two codings or more, at most 26, got {number}"):
            pol.agreement(*[coding(x=[1])] * number)

    def test_a_list_is_not_a_coding(self):
        with pytest.raises(TypeError, match=r"expected a table .*, not list"):
            pol.agreement([coding(x=[1]), coding(x=[1])])


class TestWeights:
    @settings(max_examples=6)
    @given(marks, marks, marks, st.lists(st.integers(1, 4), min_size=10, max_size=10))
    def test_a_unit_counts_as_many(self, a, b, c, weight):
        """The same table without weights has each unit as often as its weight says."""
        sample = UNITS.assign(weight=weight)
        many = UNITS.loc[np.repeat(UNITS.index, weight)].reset_index(drop=True)
        many["number"] = range(len(many))
        codings = [coding(x=sorted(s), y=[1, 2]).assign(role=len(s) % 2) for s in (a, b, c)]
        more = [table.merge(many, on=["document", "paragraph"]) for table in codings]
        options = {"unit": ["document", "paragraph", "number"], "passages": many}
        for size in (2, 3):
            for values in ("code", "role"):
                one = pol.agreement(*codings[:size], passages=sample, values=values)
                other = pol.agreement(*more[:size], **options, values=values)
                drop = ["low", "high"]
                pd.testing.assert_frame_equal(
                    one.drop(columns=drop), other.drop(columns=drop), check_dtype=False
                )

    def test_units_of_one_weight_are_drawn_from_their_own(self):
        """Both strata are coded alike in all units, so each sample has the same alpha."""
        sample = UNITS.assign(weight=[5.0] * 4 + [2.0] * 6)
        a = coding(x=[1, 2, 3, 4])
        table = pol.agreement(a, a, passages=sample, seed=0)
        assert table.loc[0, ["a", "b", "both"]].to_list() == [20, 20, 20]
        assert table.loc[0, ["low", "high"]].to_list() == [1, 1]

    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            (0.5, "passages: column 'weight', row 0: expected a number from 1, got 0.5"),
            ("many", "row 0: expected a number from 1, got 'many'"),
            (np.inf, "row 0: expected a number from 1, got inf"),
            (None, "passages: column 'weight', row 0: the cell is empty"),
        ],
    )
    def test_wrong_weights(self, weight, message):
        with pytest.raises(ValueError, match=message):
            pol.agreement(coding(), coding(), passages=UNITS.assign(weight=weight))

    def test_a_unit_with_a_weight_has_one_row(self):
        twice = pd.concat([UNITS, UNITS.head(1)])
        assert pol.agreement(coding(), coding(), passages=twice)["code"].to_list() == ["overall"]
        with pytest.raises(ValueError, match=r"unit \('report', 1\) is in two rows, so its weight"):
            pol.agreement(coding(), coding(), passages=twice.assign(weight=2))
