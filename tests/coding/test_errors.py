"""Errors of a coding are estimated from a sample that a coder corrected."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom

from policylib.coding import agreement, apply_corrections, coding_error

SHARES = ("precision", "recall", "factor")


def coding(*pairs):
    """Return a coding of document d by pairs of a paragraph and a code."""
    table = pd.DataFrame([*pairs], columns=["paragraph", "code"]).astype({"paragraph": "int64"})
    return table.assign(document="d")


def journal(*lines):
    table = pd.DataFrame([*lines], columns=["action", "paragraph", "code"])
    return table.astype({"paragraph": "int64"}).assign(document="d")


def sample(last, **columns):
    return pd.DataFrame({"document": "d", "paragraph": range(1, last + 1), **columns})


def world(both, wrong, missed, *, weight=None, more=0, code="robots"):
    """Return statements, corrections and passages with so many right, wrong and missed units."""
    ends = np.cumsum([both, wrong, missed])
    statements = coding(*[(number, code) for number in range(1, ends[1] + 1)])
    lines = [("drop", number, code) for number in range(ends[0] + 1, ends[1] + 1)]
    lines += [("add", number, code) for number in range(ends[1] + 1, ends[2] + 1)]
    return statements, journal(*lines), sample(ends[2] + more)


def mid_p(hits, of):
    """Return the mid-P interval of a binomial share, by solving its definition."""

    def tail(share):
        return binom.sf(hits, of, share) + binom.pmf(hits, of, share) / 2

    low = brentq(lambda share: tail(share) - 0.025, 0, 1) if hits else 0
    return low, brentq(lambda share: tail(share) - 0.975, 0, 1) if hits < of else 1


def test_a_sample_that_can_be_counted_by_hand():
    statements = coding((1, "rail"), (1, "robots"), (2, "robots"), (3, "robots"), (9, "robots"))
    corrections = journal(
        ("drop", 2, "robots"),
        ("change", 3, "robots"),
        ("add", 4, "robots"),
        ("add", 5, "roads"),
        ("none", 6, None),
        ("add", 8, "rail"),
    )
    table = coding_error(statements, corrections, sample(7), seed=1).set_index("code")
    # Paragraphs 8 and 9 are not in the sample.
    assert table[["machine", "right", "both"]].T.to_dict("list") == {
        "rail": [1, 1, 1],
        "roads": [0, 1, 0],
        "robots": [3, 3, 2],
        "overall": [4, 5, 3],
    }
    assert table.loc["robots", [*SHARES]].to_list() == [2 / 3, 2 / 3, 1]
    assert table.loc["roads", [*SHARES]].isna().to_list() == [True, False, True]
    assert table.loc["overall", [*SHARES]].to_list() == [0.75, 0.6, 1.25]
    assert table.loc["roads", "recall_low"] == 0
    assert table.loc["rail", ["precision_high", "recall_high"]].to_list() == [1, 1]
    for name in SHARES:
        shown = table[[f"{name}_low", name, f"{name}_high"]].dropna()
        assert (shown.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        assert table[f"{name}_low"].isna().equals(table[name].isna())


@pytest.mark.parametrize(
    ("both", "wrong", "missed"), [(3, 1, 2), (5, 0, 0), (0, 4, 3), (1, 0, 9), (60, 6, 20)]
)
def test_intervals_of_a_plain_sample_are_those_of_mid_p(both, wrong, missed):
    for weight in (None, 3.0):
        statements, corrections, passages = world(both, wrong, missed, more=50)
        passages = passages if weight is None else passages.assign(weight=weight)
        row = coding_error(statements, corrections, passages, seed=2).iloc[0]
        for name, of in (("precision", both + wrong), ("recall", both + missed)):
            found = row[[f"{name}_low", f"{name}_high"]].to_list()
            assert found == pytest.approx(mid_p(both, of), abs=0.02)


def test_no_error_among_few_passages_that_represent_many_is_uncertain():
    statements, corrections, passages = world(30, 0, 0, more=20)
    plain = coding_error(statements, corrections, passages, seed=3).iloc[0]
    heavy = passages.assign(weight=[1] * 30 + [20] * 20)
    weighted = coding_error(statements, corrections, heavy, seed=3).iloc[0]
    assert weighted["recall"] == plain["recall"] == 1
    assert plain["recall_low"] > 0.85
    assert weighted["recall_low"] < 0.5  # one unit missed there represents 20
    assert weighted["factor_high"] > 2
    assert weighted["precision_low"] == pytest.approx(plain["precision_low"], abs=0.01)


def test_weights_count_each_passage_as_many():
    statements, corrections, passages = world(2, 1, 2)
    passages["weight"] = [1, 2, 4, 8, 16]
    row = coding_error(statements, corrections, passages, seed=0).iloc[-1]
    assert row[["machine", "right", "both"]].to_list() == [7, 27, 3]
    assert row[[*SHARES]].to_list() == [3 / 7, 3 / 27, 27 / 7]
    scaled = passages.assign(weight=passages["weight"] / 7)
    other = coding_error(statements, corrections, scaled, seed=0).iloc[-1]
    assert other.iloc[4:].astype(float).to_list() == pytest.approx(row.iloc[4:].to_list())


marks = st.lists(st.tuples(st.integers(1, 6), st.sampled_from("abc")), max_size=12)


@settings(max_examples=25, deadline=None)
@given(marks, marks, marks)
def test_counts_are_those_of_agreement(machine, dropped, added):
    statements, passages = coding(*machine), sample(6)
    lines = [("drop", *pair) for pair in dropped if pair in machine]
    lines += [("add", *pair) for pair in added if pair not in machine]
    corrections = journal(*lines)
    right = apply_corrections(statements, corrections)
    table = coding_error(statements, corrections, passages, seed=0).set_index("code")
    expected = agreement(right, statements, passages=passages[["document", "paragraph"]], seed=0)
    expected = expected.set_index("code").rename(columns={"a": "right", "b": "machine"})
    same = ["machine", "right", "both", "precision", "recall"]
    pd.testing.assert_frame_equal(
        table[same], expected.loc[table.index, same], check_dtype=False, check_names=False
    )
    assert np.allclose(
        table["factor"],
        table["right"] / table["machine"].where(table["machine"] > 0),
        equal_nan=True,
    )


def test_the_order_of_rows_does_not_matter_but_the_seed_does():
    statements, corrections, passages = world(6, 2, 3)
    first = coding_error(statements, corrections, passages, seed=5)
    turned = coding_error(statements[::-1], corrections, passages, seed=5)
    assert first.equals(turned)
    assert not first.equals(coding_error(statements, corrections, passages, seed=6))
    category = passages.astype({"paragraph": "category"})
    assert first.equals(coding_error(statements, corrections, category, seed=5))
    named = (table.set_index("document", drop=False) for table in (statements, corrections))
    assert first.equals(coding_error(*named, passages.set_index("document", drop=False), seed=5))


def test_a_unit_can_have_a_speaker():
    statements = coding((1, "rail"), (2, "rail")).assign(actor=["hebei", "henan"])
    change = journal(("change", 1, "rail")).assign(actor="jilin", before='{"actor": "hebei"}')
    by_passage = coding_error(statements, change, sample(3), seed=0).iloc[0]
    unit = ["document", "paragraph", "actor"]
    by_actor = coding_error(statements, change, sample(3), unit=unit, seed=0).iloc[0]
    assert by_passage["both"] == 2
    assert by_actor[["machine", "right", "both"]].to_list() == [2, 2, 1]


def test_codings_without_errors_or_without_statements():
    statements = coding((1, "rail"), (2, "rail"))
    table = coding_error(statements, journal(), sample(3), seed=0)
    assert table[[*SHARES]].eq(1).all(axis=None)
    nothing = coding_error(statements.iloc[:0], journal(), sample(3), seed=0)
    assert nothing["code"].to_list() == ["overall"]
    assert nothing[[*SHARES]].isna().all(axis=None)
    hidden = coding_error(statements.assign(count=[1, 0]), journal(), sample(3), seed=0)
    assert hidden["machine"].to_list() == [1, 1]


PLAIN = [(1.0, 300, 0.045, 0.005, 0.01)]
STRATIFIED = [(1.0, 60, 0.8, 0.1, 0.02), (20.0, 150, 0, 0, 0.01)]


@pytest.mark.parametrize("strata", [PLAIN, STRATIFIED], ids=["plain", "stratified"])
def test_intervals_hold_the_truth_as_often_as_they_say(strata):
    """In each stratum (weight, passages, shares of right, wrong and missed) 300 codes are drawn."""
    draw = np.random.default_rng(7)
    codes, numbers, kinds, weights = 300, [], [], []
    for weight, size, *shares in strata:
        kinds.append(draw.choice(4, size=(size, codes), p=[*shares, 1 - sum(shares)]))
        weights += [weight] * size
    kinds = np.concatenate(kinds)
    numbers = [np.argwhere(kinds == kind) + np.array([1, 0]) for kind in range(3)]
    statements = coding(*numbers[0].tolist(), *numbers[1].tolist())
    lines = [("drop", *pair) for pair in numbers[1].tolist()]
    lines += [("add", *pair) for pair in numbers[2].tolist()]
    passages = sample(len(weights), weight=weights)
    table = coding_error(statements, journal(*lines), passages, seed=8).iloc[:-1]
    both, wrong, missed = (
        sum(weight * size * shares[kind] for weight, size, *shares in strata) for kind in range(3)
    )
    truth = (both / (both + wrong), both / (both + missed), (both + missed) / (both + wrong))
    for name, value in zip(SHARES, truth, strict=True):
        inside = table[f"{name}_low"].le(value) & table[f"{name}_high"].ge(value)
        assert len(table) == codes
        assert inside.mean() >= 0.93


@pytest.mark.parametrize(
    ("passages", "message"),
    [
        (sample(2).drop(columns="paragraph"), "passages: no column 'paragraph'"),
        (sample(0), "passages has no rows"),
        (pd.concat([sample(2), sample(1)]), "passages: duplicate paragraph 1 of document 'd'"),
        (sample(2).assign(document=["d", None]), "passages: column 'document', row 1: the cell"),
        (sample(2, weight=[1, 0]), "column 'weight', row 1: expected a number above 0, got 0"),
        (sample(2, weight=["1", "x"]), "column 'weight', row 1: expected .* got 'x'"),
        (
            sample(2).astype({"paragraph": "str"}),
            "'paragraph' holds texts in row 0 of passages",
        ),
    ],
)
def test_a_table_that_is_not_a_sample_is_refused(passages, message):
    with pytest.raises(ValueError, match=message):
        coding_error(coding((1, "rail")), journal(("keep", 1, "rail")), passages)


def test_other_wrong_arguments_are_named():
    statements, corrections, passages = world(1, 1, 1)
    with pytest.raises(ValueError, match=r"unit is 'document'; expected a list"):
        coding_error(statements, corrections, passages, unit="document")
    for unit in (["document", "paragraph", "code"], ["document", "paragraph", "document"]):
        with pytest.raises(ValueError, match="expected a list of different columns"):
            coding_error(statements, corrections, passages, unit=unit)
    with pytest.raises(ValueError, match="statements: no column 'actor'"):
        coding_error(statements, corrections, passages, unit=["document", "paragraph", "actor"])
    with pytest.raises(ValueError, match="seed must be a whole number from 0"):
        coding_error(statements, corrections, passages, seed=-1)
    with pytest.raises(ValueError, match="'overall' is reserved"):
        coding_error(statements.assign(code="overall"), journal(), passages)
    with pytest.raises(ValueError, match="but texts in row 0 of corrections"):
        coding_error(statements, corrections.astype({"paragraph": "str"}), passages)
    with pytest.raises(TypeError, match="expected a table"):
        coding_error(statements, corrections, [1, 2])
