"""The agreement of two people on the places that they selected."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylib.coding import unitizing_agreement

TEXTS = {1: "Rail and roads.", 2: "春天 is here 🎉 now"}
DOCUMENTS = pd.DataFrame(
    {"document": "d", "paragraph": TEXTS.keys(), "text": pd.Series(TEXTS).to_numpy()}
)
COLUMNS = ["paragraph", "start", "end", "code"]


def coding(*rows: tuple[int, int, int, str]) -> pd.DataFrame:
    types = {"paragraph": "int64", "start": "int64", "end": "int64", "code": "str"}
    return pd.DataFrame(list(rows), columns=COLUMNS).astype(types).assign(document="d")


def characters(table: pd.DataFrame, code: str) -> list[tuple[str, object]]:
    """Return what a coder says of each character: the code and its segment, or a gap."""
    said = []
    for number, text in TEXTS.items():
        own = table[table["paragraph"].eq(number) & table["code"].eq(code)]
        segment = {}
        for row in own.sort_values("start").itertuples():
            at = segment.get(row.start, (number, row.start))  # an overlapping segment goes on
            segment |= dict.fromkeys(range(row.start, row.end), at)
        said += [
            ("code", segment[i]) if i in segment else ("gap", (number, i)) for i in range(len(text))
        ]
    return said


def alpha_by_characters(codings: list[pd.DataFrame], codes: list[str]) -> float:
    """Return u-alpha from its definition, by all pairs of characters of both coders."""
    lines = [
        [(what, (code, coder, unit)) for code in codes for what, unit in characters(table, code)]
        for coder, table in enumerate(codings)
    ]
    observed = np.mean([x[0] != y[0] for x, y in zip(*lines, strict=True)])
    every = lines[0] + lines[1]
    pairs = [x[0] != y[0] for x in every for y in every if x[1] != y[1]]
    return 1 - observed / np.mean(pairs) if any(pairs) else np.nan


@st.composite
def segments(draw):
    number = draw(st.sampled_from([*TEXTS]))
    start = draw(st.integers(0, len(TEXTS[number]) - 1))
    end = draw(st.integers(start + 1, len(TEXTS[number])))
    return number, start, end, draw(st.sampled_from(["rail", "talent"]))


codings = st.lists(segments(), max_size=4).map(lambda rows: coding(*rows))


class TestUnitizingAgreement:
    def test_by_hand(self):
        """Rail: 4 and 8 of 15 characters. Both: 4. Nobody selects the other paragraph."""
        one, other = coding((1, 0, 4, "rail")), coding((1, 0, 8, "rail"))
        table = unitizing_agreement(one, other, DOCUMENTS.head(1))
        assert table.columns.to_list() == [
            *("code", "a", "b", "both", "segments_a", "segments_b", "alpha")
        ]
        assert table["code"].to_list() == ["rail", "overall"]
        assert table.iloc[0, 1:6].to_list() == [4, 8, 4, 1, 1]
        expected = 2 * 12 * 18 / (30**2 - 4**2 - 8**2 - 18)
        assert table["alpha"].to_list() == pytest.approx([1 - 4 / 15 / expected] * 2)

    def test_two_segments_agree_less_by_chance_than_one_long_one(self):
        """Characters in one segment are no pair, so a long one leaves fewer pairs that agree."""
        texts = pd.DataFrame({"document": "d", "paragraph": [1], "text": "x" * 10})
        long, short = coding((1, 0, 4, "x")), coding((1, 0, 2, "x"), (1, 2, 4, "x"))
        alphas = [
            unitizing_agreement(one, coding((1, 2, 6, "x")), texts)["alpha"][0]
            for one in (long, short)
        ]
        # Ten characters, of which each has 4, and both have 2: 4 in 10 differ.
        pairs = [20**2 - 4**2 - 4**2 - 12, 20**2 - 4 - 4 - 4**2 - 12]
        assert alphas == pytest.approx([1 - 0.4 / (2 * 8 * 12 / number) for number in pairs])
        assert alphas[0] > alphas[1]

    @settings(max_examples=30, deadline=None)
    @given(codings, codings)
    def test_alpha_follows_from_pairs_of_characters(self, a, b):
        table = unitizing_agreement(a, b, DOCUMENTS).set_index("code")
        codes = sorted({*a["code"], *b["code"]})
        assert table.index.to_list() == [*codes, "overall"]
        for name, of in [(code, [code]) for code in codes] + [("overall", codes)]:
            expected = alpha_by_characters([a, b], of) if of else np.nan
            assert table.loc[name, "alpha"] == pytest.approx(expected, nan_ok=True)
        for code in codes:
            one, other = ([what == "code" for what, _ in characters(t, code)] for t in (a, b))
            both = [x and y for x, y in zip(one, other, strict=True)]
            assert table.loc[code, ["a", "b", "both"]].to_list() == [*map(sum, (one, other, both))]
        assert table["a"].to_list()[-1] == table["a"].drop("overall").sum()

    @settings(max_examples=20, deadline=None)
    @given(codings, codings)
    def test_swapping_the_coders_swaps_their_columns(self, a, b):
        one, other = unitizing_agreement(a, b, DOCUMENTS), unitizing_agreement(b, a, DOCUMENTS)
        swapped = {"a": "b", "b": "a", "segments_a": "segments_b", "segments_b": "segments_a"}
        pd.testing.assert_frame_equal(one, other.rename(columns=swapped)[one.columns])

    def test_the_same_places_agree_and_the_same_places_of_other_codes_do_not(self):
        one = coding((1, 0, 4, "rail"), (1, 2, 9, "talent"), (2, 12, 15, "rail"))
        assert unitizing_agreement(one, one, DOCUMENTS)["alpha"].eq(1).all()
        other = one.assign(code="roads")
        assert unitizing_agreement(one, other, DOCUMENTS)["alpha"].lt(0).all()
        # whatever the code
        one, other = one.assign(code="any"), other.assign(code="any")
        assert unitizing_agreement(one, other, DOCUMENTS)["alpha"].eq(1).all()

    def test_overlapping_segments_are_one_and_adjacent_ones_two(self):
        one = coding((1, 0, 4, "x"), (1, 2, 6, "x"), (1, 6, 8, "x"), (1, 0, 4, "x"))
        table = unitizing_agreement(one, coding((1, 0, 15, "x"), (2, 0, 3, "x")), DOCUMENTS)
        assert table.loc[0, ["a", "b", "both"]].to_list() == [8, 18, 8]
        assert table.loc[0, ["segments_a", "segments_b"]].to_list() == [2, 2]

    def test_everything_selected_by_both_is_undefined(self):
        whole = coding((1, 0, 15, "x"))
        assert unitizing_agreement(whole, whole, DOCUMENTS.head(1))["alpha"].isna().all()

    def test_nothing_selected(self):
        table = unitizing_agreement(coding(), coding(), DOCUMENTS)
        assert table["code"].to_list() == ["overall"]
        assert np.isnan(table["alpha"][0])
        assert np.isnan(unitizing_agreement(coding(), coding(), DOCUMENTS.head(0))["alpha"][0])

    def test_rows_without_a_code_do_not_count(self):
        one = coding((1, 0, 4, "x"), (1, 5, 7, "x")).assign(count=[1, 0])
        empty = coding((9, 0, 0, "x")).assign(code=None)
        table = unitizing_agreement(one, pd.concat([empty, one.head(1)]), DOCUMENTS)
        assert table.loc[0, ["a", "b", "alpha"]].to_list() == [4, 4, 1]

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ((3, 0, 4, "x"), "a, row 0: documents has no paragraph 3 of 'd'"),
            ((1, 0, 16, "x"), "a, row 0: start 0 and end 16 are not a place in the text, which h"),
            ((1, 4, 4, "x"), "start 4 and end 4 are not a place in the text, which has 15 charac"),
            ((1, -1, 4, "x"), "start -1 and end 4 are not a place"),
            ((2, 14, 18, "x"), "start 14 and end 18 are not a place in the text, which has 16"),
            ((1, 0, 4, "overall"), "column 'code': 'overall' is reserved"),
        ],
    )
    def test_wrong_places(self, row, message):
        with pytest.raises(ValueError, match=message):
            unitizing_agreement(coding(row), coding(), DOCUMENTS)

    def test_wrong_tables(self):
        one = coding((1, 0, 4, "x"))
        with pytest.raises(TypeError, match="expected a table"):
            unitizing_agreement(one, 3, DOCUMENTS)
        with pytest.raises(ValueError, match="b: no column 'end'"):
            unitizing_agreement(one, one.drop(columns="end"), DOCUMENTS)
        with pytest.raises(ValueError, match="start nan and end 4 are not a place"):
            unitizing_agreement(one.assign(start=np.nan), one, DOCUMENTS)
        with pytest.raises(ValueError, match=r"start 0\.5 and end 4"):
            unitizing_agreement(one.assign(start=0.5), one, DOCUMENTS)
        with pytest.raises(ValueError, match="documents: no column 'text'"):
            unitizing_agreement(one, one, DOCUMENTS.drop(columns="text"))
        with pytest.raises(ValueError, match="duplicate paragraph 1 of document 'd'"):
            unitizing_agreement(one, one, pd.concat([DOCUMENTS, DOCUMENTS]))
        with pytest.raises(ValueError, match="numbers in row 0 of a, but texts in row 0 of doc"):
            unitizing_agreement(one, one, DOCUMENTS.astype({"paragraph": "str"}))
