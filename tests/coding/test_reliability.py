"""The agreement of coders, and the places where two of them differ."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol


def coding(**codes: list[int]) -> pd.DataFrame:
    rows = [(p, code) for code, paragraphs in codes.items() for p in paragraphs]
    return pd.DataFrame(rows, columns=["paragraph", "code"]).assign(document="report")


def dated(dates: object) -> pd.DataFrame:
    return pd.DataFrame({"date": dates, "code": ["robots", "talent"]})


DAYS = pd.Series(["2023-01-01", "2023-01-02"])
TIMES = pd.to_datetime(DAYS)
OTHER_TYPES = [  # a column of each coding, in which nothing can be equal
    (DAYS, TIMES, "holds texts in row 0 of a, but datetimes in row 0 of b"),
    (DAYS.astype("category"), TIMES, "holds texts in row 0 of a, but datetimes in row 0 of b"),
    (TIMES, TIMES.dt.date, "datetimes in row 0 of a, but values of type date in row 0 of b"),
    (TIMES, TIMES.dt.tz_localize("UTC"), "datetimes in row 0 of a, but datetimes with a time zone"),
    (TIMES.dt.to_period("D"), TIMES.dt.to_period("M"), "periods of frequency D in row 0 of a, but"),
    ([1, 2], ["1", "2"], "holds numbers in row 0 of a, but texts in row 0 of b"),
    ([1, 0], [True, False], "holds numbers in row 0 of a, but booleans in row 0 of b"),
    ([1, "2"], [1, "2"], "holds numbers in row 0 of a, but texts in row 1 of a"),
    (["a", None], ["a", "b"], "row 1: the cell is empty"),
    (["a", "b"], ["a", ["b"]], r"row 1: expected one value, got \['b'\]"),
]
SAME_TYPE = [
    (DAYS, DAYS.astype("category")),
    (DAYS.astype("object"), DAYS),
    (TIMES, TIMES.astype("datetime64[ns]")),
    (TIMES, TIMES.astype("object")),
    (TIMES.dt.date, TIMES.dt.date),
    (TIMES.dt.to_period("D"), TIMES.dt.to_period("D")),
    (TIMES.dt.tz_localize("UTC"), TIMES.dt.tz_localize("UTC").dt.tz_convert("Asia/Shanghai")),
    ([1, 2], pd.array([1, 2], dtype="Int64")),
    ([1, 2], [1.0, 2.0]),
    ([1, 2], pd.Series([1, 2], dtype="category")),
    ([1, 2], pd.Series([1, 2], dtype="object")),
    ([True, False], pd.array([True, False], dtype="boolean")),
]
CODES = [  # the codes of a, for which those of b are texts
    (["robots", 1], "column 'code' holds texts in row 0 of a, but numbers in row 1 of a"),
    ([1, 2], "column 'code' holds numbers in row 0 of a, but texts in row 0 of b"),
    (["robots", ["talent"]], r"a: column 'code', row 1: expected one value, got \['talent'\]"),
]
UNITS = pd.DataFrame({"document": "report", "paragraph": range(1, 11)})
marks = st.sets(st.integers(1, 10))


class TestAgreement:
    def test_agreement_by_hand(self):
        """Ten paragraphs; both have robots in 1 to 3, a alone in 4, b alone in 5 and 6."""
        table = pol.agreement(
            coding(robots=[1, 2, 3, 4], talent=[1]), coding(robots=[1, 2, 3, 5, 6]), passages=UNITS
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
        table = pol.agreement(a, a.sample(frac=1, random_state=0), passages=UNITS)
        assert (table[["precision", "recall", "f1", "kappa", "alpha"]] == 1).all(axis=None)
        # Among ten units, a code in one or two of them is too rare for an interval.
        assert table[["low", "high"]].isna().all(axis=1).to_list() == [True, True, False]

    def test_how_often_a_code_stands_in_a_unit_does_not_matter(self):
        a, b = coding(robots=[1, 1, 2]), coding(robots=[1, 2, 2])
        assert pol.agreement(a, b, passages=UNITS)["alpha"].eq(1).all()

    def test_units_on_which_both_are_silent_count_only_if_named(self):
        a, b = coding(robots=[1, 2]), coding(robots=[1])
        alone = pol.agreement(a, b).set_index("code").loc["robots"]
        among = pol.agreement(a, b, passages=UNITS).set_index("code").loc["robots"]
        assert alone["alpha"] < among["alpha"]
        assert alone["f1"] == among["f1"]

    @settings(max_examples=20)
    @given(marks, marks, marks, marks)
    def test_swapping_the_coders_swaps_precision_and_recall_alone(self, a, b, c, d):
        first, second = coding(x=sorted(a), y=sorted(b)), coding(x=sorted(c), y=sorted(d))
        one = pol.agreement(first, second, passages=UNITS, seed=0)
        other = pol.agreement(second, first, passages=UNITS, seed=0)
        pd.testing.assert_series_equal(one["precision"], other["recall"], check_names=False)
        for name in ("f1", "kappa", "alpha", "low", "high"):
            pd.testing.assert_series_equal(one[name], other[name])
        overall = one.set_index("code").drop("overall")
        assert one.iloc[-1]["both"] == overall["both"].sum()

    def test_the_same_seed_gives_the_same_interval(self):
        a, b = coding(x=[1, 2, 3, 4, 5]), coding(x=[1, 2, 3, 8])
        one, same, other = (pol.agreement(a, b, passages=UNITS, seed=s) for s in (0, 0, 1))
        pd.testing.assert_frame_equal(one, same)
        assert not one["low"].equals(other["low"])

    def test_the_order_of_rows_does_not_change_the_interval(self):
        a, b = coding(x=[1, 2, 3, 4, 5], y=[2]), coding(x=[1, 2, 3, 8], y=[9])
        weighted = UNITS.assign(weight=[1.0, 2.0] * (len(UNITS) // 2) + [3.0] * (len(UNITS) % 2))
        for passages in (None, UNITS, weighted):
            turned = None if passages is None else passages[::-1]
            one = pol.agreement(a, b, passages=passages, seed=0)
            other = pol.agreement(a[::-1], b.iloc[[2, 0, 4, 1, 3]], passages=turned, seed=0)
            pd.testing.assert_frame_equal(one, other)

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
            ValueError, match=r"`b` codes unit \('report', 11\), which is not in `passages`"
        ):
            pol.agreement(coding(x=[1]), coding(x=[11]), passages=UNITS)
        with pytest.raises(ValueError, match="no column 'code'"):
            pol.agreement(UNITS, UNITS)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"unit": []}, "expected a column, or several in a list"),
            ({"unit": ["paragraph", "code"]}, "column 'code' is not part of a unit"),
            ({"unit": ["paragraph", "paragraph"]}, "column 'paragraph' is named twice"),
            (
                {"a": {"paragraph": "1"}},
                "column 'paragraph' holds texts in row 0 of a, but numbers",
            ),
            (
                {"passages": UNITS.astype({"paragraph": "str"})},
                "'paragraph' holds numbers in row 0 of a, but texts in row 0 of passages",
            ),
            (
                {"passages": UNITS.replace({"paragraph": {4: None}})},
                "passages: column 'paragraph', row 3: the cell is empty",
            ),
            ({"a": {"code": "overall"}}, "column 'code': 'overall' is reserved"),
        ],
    )
    def test_codings_that_cannot_be_compared(self, change, message):
        a, b = coding(robots=[1]), coding(robots=[1, 2])
        a = a.assign(**change.pop("a", {}))
        with pytest.raises(ValueError, match=message):
            pol.agreement(a, b, **change)

    @pytest.mark.parametrize(("one", "other", "message"), OTHER_TYPES)
    def test_units_of_other_types_are_refused(self, one, other, message):
        with pytest.raises(ValueError, match=f"column 'date'.*{message}"):
            pol.agreement(dated(one), dated(other), unit="date")

    @pytest.mark.parametrize(("one", "other"), SAME_TYPE)
    def test_units_of_one_type_are_compared(self, one, other):
        a, b = dated(one), dated(other).assign(code="robots")
        table = pol.agreement(a, b, unit="date", passages=a)
        assert table[["a", "b", "both"]].to_numpy().tolist() == [[1, 2, 1], [1, 0, 0], [2, 2, 1]]

    @pytest.mark.parametrize(("codes", "message"), CODES)
    def test_codes_of_several_types_are_refused(self, codes, message):
        with pytest.raises(ValueError, match=message):
            pol.agreement(dated(DAYS).assign(code=codes), dated(DAYS), unit="date")

    def test_codes_may_be_numbers_and_may_be_missing(self):
        a = dated(DAYS).assign(code=[7, None])
        table = pol.agreement(a, a.assign(code=7), unit="date")
        assert table[["code", "a", "b", "both"]].to_numpy().tolist() == [
            [7, 1, 2, 1],
            ["overall", 1, 2, 1],
        ]

    def test_a_row_without_a_code_does_not_count(self):
        """Its unit counts only if `passages` has it."""
        a, b = coding(x=[1, 2], y=[2]), coding(x=[1], y=[2])
        for none in (None, "", " "):
            silent = pd.DataFrame({"document": "report", "paragraph": [8, 9], "code": none})
            table = pol.agreement(pd.concat([a, silent]), pd.concat([b, silent]), seed=0)
            pd.testing.assert_frame_equal(table, pol.agreement(a, b, seed=0))

    def test_a_row_without_a_value_is_not_compared(self):
        a = coding(x=[1, 2, 3]).assign(role=["commits", "reports", "commits"])
        for none in (None, "", " "):
            b = a.assign(role=["commits", "reports", none])
            table = pol.agreement(a, b, values="role")
            assert table[["value", "a", "b"]].to_numpy().tolist()[:2] == [
                ["commits", 1, 1],
                ["reports", 1, 1],
            ]

    def test_the_interval_holds_95_percent_of_samples(self):
        """In each sample alpha is computed anew, from its definition."""
        a, b = coding(x=[1, 2, 3, 4, 5, 6]), coding(x=[1, 2, 3, 4, 8])
        marks = np.array(
            [
                [number in a["paragraph"].to_list() for number in range(1, 11)],
                [number in b["paragraph"].to_list() for number in range(1, 11)],
            ]
        )
        draw, alphas = np.random.default_rng(5), []
        for _ in range(1000):
            one, other = marks[:, draw.integers(0, 10, 10)]
            ones = one.sum() + other.sum()
            if 0 < ones < 20:
                alphas.append(1 - (one != other).mean() / (2 * ones * (20 - ones) / (20 * 19)))
        row = pol.agreement(a, b, passages=UNITS, seed=5).iloc[0]
        assert row[["low", "high"]].to_list() == pytest.approx(np.quantile(alphas, [0.025, 0.975]))

    def test_an_interval_needs_95_percent_of_samples(self):
        """A code in k of 10 units is absent from a sample with probability (1 - k/10)^10."""
        codes = coding(two=[1, 2], three=[1, 2, 3])  # 0.107 and 0.028
        table = pol.agreement(codes, codes, passages=UNITS, seed=0).set_index("code")
        assert np.isnan(table.loc["two", "low"])
        assert table.loc["three", ["low", "high"]].to_list() == [1, 1]


class TestDisagreements:
    def test_tables_that_allow_no_label_twice_are_read_as_others(self):
        a, b = coding(robots=[1, 2]), coding(robots=[1], talent=[3])
        strict = [table.set_flags(allows_duplicate_labels=False) for table in (a, b)]
        assert pol.disagreements(*strict).equals(pol.disagreements(a, b))
        assert pol.agreement(*strict, seed=1).equals(pol.agreement(a, b, seed=1))

    def test_paragraphs_of_float16_are_refused(self):
        odd = coding(robots=[1, 2]).astype({"paragraph": "float16"})
        with pytest.raises(ValueError, match=r"^b: column 'paragraph' holds float16, which pandas"):
            pol.disagreements(coding(robots=[1]), odd)

    def test_disagreements_lead_to_the_places(self):
        found = pol.disagreements(coding(robots=[2, 4]), coding(robots=[2, 5], talent=[1]))
        assert found.to_dict("list") == {
            "document": ["report"] * 3,
            "paragraph": [1, 4, 5],
            "code": ["talent", "robots", "robots"],
            "only": ["b", "a", "b"],
        }

    def test_disagreements_in_their_sentences(self):
        documents = pd.DataFrame({"document": "report", "paragraph": [1, 4], "text": "Go on. Buy!"})
        place = {"start": 0, "end": 2, "quote": "Go"}
        a = pd.concat([coding(robots=[2, 4, 4]).assign(**place), coding(rail=[1])])
        b = coding(robots=[2, 5], talent=[4]).assign(quote="Buy", start=None)
        found = pol.disagreements(a, b, documents=documents)
        assert found["sentence"].dtype == "str"
        assert found[["paragraph", "code", "only", "sentence"]].fillna("-").to_numpy().tolist() == [
            [1, "rail", "a", "Go on. Buy!"],
            [4, "robots", "a", "Go on."],
            [4, "talent", "b", "Buy!"],
            [5, "robots", "b", "-"],
        ]
        plain = pol.disagreements(a, b)
        pd.testing.assert_frame_equal(found.drop(columns="sentence"), plain)
        # In a larger unit, the sentence is that of the first statement with the code.
        found = pol.disagreements(a.iloc[1:], b, unit="document", documents=documents)
        assert found["sentence"].to_list() == ["Go on. Buy!", "Buy!"]

    def test_sentences_need_the_paragraphs_of_both(self):
        documents = pd.DataFrame({"document": "report", "paragraph": [1], "text": "Go on."})
        a, b = coding(x=[1]), coding(x=[1], y=[1]).drop(columns="paragraph")
        with pytest.raises(ValueError, match="b: no column 'paragraph'"):
            pol.disagreements(a, b, unit="document", documents=documents)
        with pytest.raises(ValueError, match="unit names column 'sentence'"):
            pol.disagreements(
                *[a.assign(sentence="Go on.")] * 2, unit="sentence", documents=documents
            )

    def test_a_coding_does_not_disagree_with_itself(self):
        a = coding(robots=[1, 2], talent=[3])
        assert pol.disagreements(a, a).empty

    def test_a_missing_column_is_named(self):
        with pytest.raises(ValueError, match="no column 'paragraph'"):
            pol.disagreements(coding(x=[1]).drop(columns="paragraph"), coding(x=[1]))

    def test_a_row_without_a_code_does_not_count(self):
        a = dated(DAYS).assign(code=["robots", None])
        found = pol.disagreements(a, dated(DAYS), unit="date")
        assert found.to_numpy().tolist() == [["2023-01-02", "talent", "b"]]

    @pytest.mark.parametrize(("one", "other", "message"), OTHER_TYPES)
    def test_units_of_other_types_are_refused(self, one, other, message):
        with pytest.raises(ValueError, match=f"column 'date'.*{message}"):
            pol.disagreements(dated(one), dated(other), unit="date")

    @pytest.mark.parametrize(("one", "other"), SAME_TYPE)
    def test_units_of_one_type_are_compared(self, one, other):
        a, b = dated(one), dated(other).assign(code="robots")
        found = pol.disagreements(a, b, unit="date")[["code", "only"]]
        assert sorted(found.to_numpy().tolist()) == [["robots", "b"], ["talent", "a"]]

    @pytest.mark.parametrize(("codes", "message"), CODES)
    def test_codes_of_several_types_are_refused(self, codes, message):
        with pytest.raises(ValueError, match=message):
            pol.disagreements(dated(DAYS).assign(code=codes), dated(DAYS), unit="date")

    @pytest.mark.parametrize(
        ("unit", "message"),
        [
            (["paragraph", "code"], "column 'code' is not part of a unit"),
            (["paragraph", "paragraph"], "column 'paragraph' is named twice"),
            ("only", "unit names column 'only', which the result needs for itself"),
        ],
    )
    def test_columns_that_are_no_units(self, unit, message):
        a = coding(x=[1, 2]).assign(only=1)
        with pytest.raises(ValueError, match=message):
            pol.disagreements(a, a, unit=unit)
        assert pol.disagreements(a, a.head(1)).to_numpy().tolist() == [["report", 2, "x", "a"]]


def test_a_count_of_0_is_no_code():
    coding = pd.DataFrame({"document": "d", "paragraph": [1, 2], "code": "x", "count": [1, 0]})
    without = coding.head(1)
    assert pol.agreement(coding, coding, seed=0)["both"].to_list() == [1, 1]
    assert pol.disagreements(coding, without).empty
    assert len(pol.disagreements(coding.drop(columns="count"), without)) == 1


@pytest.mark.parametrize("dtype", ["float64", "Int64", "Float64", "int64[pyarrow]", "float16"])
def test_without_a_count_a_row_counts_once(dtype):
    coding = pd.DataFrame({"document": "d", "paragraph": [1, 2, 3], "code": "x"})
    counted = coding.assign(count=pd.array([1, None, 0], "Float64").astype(dtype))
    assert pol.agreement(counted, coding)["a"].to_list() == [2, 2]


def test_a_count_that_is_text_is_refused():
    coding = pd.DataFrame({"document": "d", "paragraph": [1, 2], "code": "x", "count": ["1", "0"]})
    with pytest.raises(ValueError, match="column 'count' must hold numbers from 0, not str"):
        pol.agreement(coding, coding)


def test_a_unit_may_also_be_the_index():
    coding = pd.DataFrame({"document": "d", "paragraph": [1, 2], "code": "x"})
    table = coding.set_index(["document"], drop=False)
    assert len(pol.disagreements(table, table.head(1))) == 1
    assert pol.agreement(table, table.head(1))["both"].to_list() == [1, 1]
