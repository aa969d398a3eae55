"""Changes of shares between two years: intervals, tests, and the words behind them."""

import warnings
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.compare import explain_change, rank_changes
from policylib.compare.changes import _joined, _wilson

from .helpers import matrices

YEARS = {"2025": "report-2025", "2026": "report-2026"}


def units(counts, document="report", actor="henan"):
    """Return counts of concepts as units of an actor."""
    table = pd.DataFrame(counts)
    places = [(actor, document, number) for number in range(1, len(table) + 1)]
    return table.set_axis(pd.MultiIndex.from_tuples(places))


def _six(*sides):
    """Repeat two units three times."""
    return [pd.concat([side] * 3, ignore_index=True) for side in sides]


def drawn(random, shares, number, spread):
    """Return units whose shares vary between units, as those of paragraphs do."""
    own = random.dirichlet(np.asarray(shares) * spread, number)
    return np.array(
        [random.multinomial(n, p) for n, p in zip(random.poisson(8, number), own, strict=True)]
    )


@pytest.mark.filterwarnings("ignore:.*trials cannot bring q")
class TestRankChanges:
    def test_shares_and_their_difference(self):
        before = pd.DataFrame({"rail": [3, 2], "care": [1, 2]}, index=["henan", "hebei"])
        after = pd.DataFrame({"care": [6, 2], "robots": [2, 0]}, index=["henan", "hebei"])
        changes = rank_changes(before, after, trials=99, seed=0).set_index("concept")
        assert changes["count_before"].to_dict() == {"rail": 5, "care": 3, "robots": 0}
        assert changes["before"].to_dict() == {"rail": 0.625, "care": 0.375, "robots": 0}
        assert changes["after"].to_dict() == {"rail": 0, "care": 0.8, "robots": 0.2}
        assert changes["change"].round(9).to_dict() == {
            "rail": -0.625,
            "care": 0.425,
            "robots": 0.2,
        }

    def test_newcombe_published_example(self):
        """Newcombe (1998), example (a), method 10: 56 of 70 and 48 of 80 differ by 0.2."""
        shares, numbers = np.array([0.8, 0.6]), np.array([70.0, 80.0])
        low, high = _wilson(shares, numbers, 1.959964)
        none = np.zeros(1)
        margin = _joined(shares[:1] - low[:1], high[1:] - shares[1:], none)
        assert 0.2 - margin[0] == pytest.approx(0.0524, abs=5e-5)
        margin = _joined(high[:1] - shares[:1], shares[1:] - low[1:], none)
        assert 0.2 + margin[0] == pytest.approx(0.3339, abs=5e-5)

    def test_single_counts_as_units_have_that_interval(self):
        """Where each unit is one count, the design effect is nearly 1, and t nearly normal."""
        before = np.repeat([[1, 0], [0, 1]], [480, 320], axis=0)
        after = np.repeat([[1, 0], [0, 1]], [560, 140], axis=0)
        changes = rank_changes(units(before), units(after, "other"), trials=19, seed=0).set_index(
            "concept"
        )
        low, high = _wilson(np.array([0.8, 0.6]), np.array([700.0, 800.0]), 1.96)
        margin = _joined(0.8 - low[:1], high[1:] - 0.6, np.zeros(1))
        assert changes.loc[0, "change"] == pytest.approx(0.2)
        assert changes.loc[0, "low"] == pytest.approx(0.2 - margin[0], rel=0.01)

    def test_p_is_that_of_all_exchanges(self):
        """With six provinces there are 64 exchanges of years; p tends to their exact share."""
        random = np.random.default_rng(2)
        before, after = (
            pd.DataFrame(random.integers(1, 9, (6, 3)), index=[*"abcdef"]) for _ in range(2)
        )
        exact = np.zeros(3)
        shares = [side.sum() / side.sum().sum() for side in (before, after)]
        found = (shares[1] - shares[0]).abs().to_numpy()
        for exchanged in product([False, True], repeat=6):
            rows = np.array(exchanged)[:, None]
            one, other = np.where(rows, after, before), np.where(rows, before, after)
            change = other.sum(axis=0) / other.sum() - one.sum(axis=0) / one.sum()
            exact += np.abs(change) >= found - 1e-12
        changes = rank_changes(before, after, trials=20_000, seed=0).set_index("concept")
        assert np.allclose(changes["p"].reindex(range(3)), exact / 64, atol=0.015)

    def test_intervals_hold_the_change_and_p_is_small_as_often_as_it_says(self):
        """Coverage is at least nominal; without a change, p below 0.05 is rare."""
        random = np.random.default_rng(1)
        shares = np.array([0.5, 0.3, 0.12, 0.08]), np.array([0.4, 0.3, 0.2, 0.1])
        covered, small = [], []
        for _ in range(60):
            before, same = (units(drawn(random, shares[0], 40, 6), d) for d in "ab")
            after = units(drawn(random, shares[1], 60, 6), "b")
            changes = (
                rank_changes(before, after, trials=1, seed=0).set_index("concept").sort_index()
            )
            true = shares[1] - shares[0]
            covered.append((changes["low"] <= true) & (true <= changes["high"]))
            small.append(rank_changes(before, same, trials=99, seed=0)["p"] <= 0.05)
        assert np.mean(covered) > 0.935
        assert np.mean(small) == pytest.approx(0.05, abs=0.025)

    def test_a_province_is_compared_with_itself(self):
        """Provinces that differ much and all change a little show the change, paired only."""
        random = np.random.default_rng(0)
        share = random.uniform(0.1, 0.9, 20)
        before, after = (
            pd.DataFrame(
                {
                    "rail": np.round(1000 * (share + more)),
                    "rest": np.round(1000 * (1 - share - more)),
                }
            )
            for more in (0.0, 0.03)
        )
        own = rank_changes(before, after, trials=999, seed=0).set_index("concept").loc["rail"]
        assert own["change"] == pytest.approx(0.03, abs=1e-3)
        assert own["p"] <= 0.001
        assert 0.02 < own["low"] < own["high"] < 0.04
        strangers = rank_changes(before, after.add_prefix("x", axis=0), trials=999, seed=0)
        other = strangers.set_index("concept").loc["rail"]
        assert other["p"] > 0.3
        assert other["low"] < 0 < other["high"]

    @pytest.mark.parametrize(("shared", "before", "after"), [(1, 30, 3), (5, 20, 0), (12, 0, 12)])
    def test_p_is_right_if_some_units_are_in_both_years(self, shared, before, after):
        """Units of one year only keep their number; without a change, p is rarely small."""
        random = np.random.default_rng(0)
        small = []
        for _ in range(120):
            shares = random.dirichlet([3, 3], shared + before + after)
            labels = [*range(shared), *range(-before, 0)], [*range(shared), *range(90, 90 + after)]
            own = shares[: shared + before], np.r_[shares[:shared], shares[shared + before :]]
            sides = [
                pd.DataFrame([random.multinomial(50, share) for share in part], index=names)
                for part, names in zip(own, labels, strict=True)
            ]
            small.append(rank_changes(*sides, trials=99, seed=0)["p"].iloc[0] <= 0.05)
        assert np.mean(small) < 0.1

    @pytest.mark.parametrize(("units", "known"), [(5, False), (6, True)])
    def test_few_units_have_no_p(self, units, known):
        """With five provinces, the smallest possible p is 2 of 32."""
        before = pd.DataFrame({"x": [900] * units, "y": [100] * units})
        changes = rank_changes(before, before[["y", "x"]].set_axis(["x", "y"], axis=1), trials=999)
        assert changes["p"].notna().all() == known
        assert (changes["high"] < 0).any()

    def test_one_long_unit_makes_the_interval_wide(self):
        """Nine short units cannot say how much the long one varies."""
        random = np.random.default_rng(3)
        sizes = [1000, *[20] * 9]
        sides = []
        for name in "ab":
            shares = random.dirichlet([4, 4], 10)
            rows = [random.multinomial(n, p) for n, p in zip(sizes, shares, strict=True)]
            sides.append(units(rows, name))
        changes = rank_changes(*sides, trials=9, seed=0)
        assert (changes["high"] - changes["low"] > 0.8).all()

    @given(matrices(2), st.randoms(use_true_random=False))
    def test_what_does_not_count_changes_nothing(self, matrix, random):
        """Empty units, and the order of rows and columns, do not change shares and intervals."""
        after = matrix + 1
        places = [random.randrange(100) for _ in matrix.index]
        order = np.argsort(places)
        more = pd.concat([matrix.iloc[order, ::-1], pd.DataFrame(0, ["empty"], matrix.columns)])
        if not matrix.to_numpy().any():
            return
        one, other = (
            rank_changes(table, after, trials=1, seed=0).set_index("concept").sort_index()
            for table in (matrix, more)
        )
        columns = ["count_before", "count_after", "before", "after", "change", "low", "high"]
        pd.testing.assert_frame_equal(one[columns], other[columns])
        known = one.dropna(subset="low")
        assert (known["low"] <= known["change"] + 1e-12).all()
        assert (known["change"] <= known["high"] + 1e-12).all()
        assert one["change"].sum() == pytest.approx(0, abs=1e-9)

    def test_each_actor_is_compared_with_itself(self):
        random = np.random.default_rng(0)
        before, after = (
            pd.concat(
                units(drawn(random, [0.5, 0.5], 20, 6), f"{actor}-{year}", actor)
                for actor in ("henan", "hebei")
            )
            for year in (2025, 2026)
        )
        changes = rank_changes(before, after, trials=99, seed=0)
        assert sorted(changes["actor"]) == ["hebei", "hebei", "henan", "henan"]
        alone = rank_changes(before.loc[["henan"]], after.loc[["henan"]], trials=99, seed=0)
        columns = ["concept", "before", "after", "low", "high"]
        henan = changes.loc[changes["actor"] == "henan", columns].sort_values("concept")
        expected = alone[columns].sort_values("concept")
        np.testing.assert_allclose(henan, expected)

    def test_an_actor_of_one_year_has_no_change(self):
        before = units([[3, 2], [1, 4]], "a", "henan")
        after = units([[3, 2], [1, 4]], "b", "hebei")
        changes = rank_changes(before, after, trials=1).set_index(["actor", "concept"])
        assert len(changes) == 4
        assert changes[["change", "low", "high", "p", "q"]].isna().all(axis=None)
        assert changes.loc[("henan", 0), ["count_before", "count_after"]].tolist() == [4, 0]
        assert changes.loc[("hebei", 0), "after"] == 0.4

    def test_five_counts_are_too_few_for_a_test(self):
        before = pd.DataFrame({"rare": [0, 0], "some": [0, 1], "rest": [9, 9]})
        after = pd.DataFrame({"rare": [2, 3], "some": [2, 3], "rest": [9, 9]})
        changes = rank_changes(before, after, trials=9, seed=0).set_index("concept")
        whole = rank_changes(*_six(before, after), trials=9, seed=0).set_index("concept")
        assert changes["p"].isna().all()  # two units cannot show a change, either
        assert whole["p"].notna().to_dict() == {"rare": True, "some": True, "rest": True}
        once = (side.assign(rare=[*side["rare"][:1], *[0] * 5]) for side in _six(before, after))
        rare = rank_changes(*once, trials=9, seed=0).set_index("concept")
        assert rare["p"].notna().to_dict() == {"rare": False, "some": True, "rest": True}
        assert changes["low"].notna().all()

    @pytest.mark.parametrize(
        ("before", "after", "options", "message"),
        [
            ([[1]], units([[1]]), {}, "before has a 1-level index and after a 3-level index"),
            ([[0]], [[0]], {}, "before and after have no counts"),
            ([[-1]], [[1]], {}, "before: row 0, column 0: expected a count from 0"),
            ([[1]], [[1]], {"trials": 0}, "trials"),
            ([[1]], [[1]], {"seed": -1}, "seed"),
            (units([[1]], actor=None), units([[1]]), {}, "before: a row has no actor"),
            ([[1]], pd.DataFrame({None: [1]}), {}, "after: a column has no concept"),
            (
                units([[1]]).rename_axis(["actor", "document", "paragraph"]),
                units([[1]]).rename_axis(["document", "actor", "paragraph"]),
                {},
                "before counts by .'actor', 'document', 'paragraph'. and after by .'document', ",
            ),
        ],
    )
    def test_what_cannot_be_compared(self, before, after, options, message):
        with pytest.raises(ValueError, match=message):
            rank_changes(pd.DataFrame(before), pd.DataFrame(after), **options)

    def test_an_index_may_have_one_level_of_several(self):
        before, after = _six(
            pd.DataFrame({"x": [3, 2], "y": [1, 1]}), pd.DataFrame({"x": [1, 2], "y": 1})
        )
        whole = rank_changes(before, after, trials=99, seed=0)
        levels = before.set_axis(pd.MultiIndex.from_arrays([before.index]))
        pd.testing.assert_frame_equal(rank_changes(levels, after, trials=99, seed=0), whole)

    def test_few_trials_are_reported(self):
        random = np.random.default_rng(0)
        before, after = (pd.DataFrame(random.integers(3, 6, (9, 40))) for _ in range(2))
        with pytest.warns(UserWarning, match="9 trials cannot bring q below 0.05 for 40 tests"):
            rank_changes(before, after, trials=9, seed=0)


@st.composite
def said(draw):
    """Return statements with codes, quotes and counts."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b"]),
                st.integers(1, 3),
                st.sampled_from(["rail", "care"]),
                st.sampled_from(["train", "Train", "nurse", None]),
                st.integers(1, 3),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return pd.DataFrame(rows, columns=["document", "paragraph", "code", "quote", "count"])


@pytest.mark.filterwarnings("ignore:.*trials cannot bring q")
class TestExplainChange:
    def test_a_word_of_the_past_makes_a_priority_rise(self):
        """Health seems to rise, but only by the name of an epidemic that is over."""
        place = {"document": "report-2025", "paragraph": range(1, 5)}
        before = pd.DataFrame(
            place | {"code": ["health", *["rail"] * 3], "quote": ["hospitals", *["trains"] * 3]}
        )
        after = pd.DataFrame(
            {
                "document": ["report-2026"] * 6,
                "paragraph": [1, 1, 2, 3, 3, 4],
                "code": ["health", "health", "health", "rail", "rail", "rail"],
                "quote": ["hospitals", "epidemic", "Epidemic", "trains", "trains", "trains"],
                "count": [1, 3, 2, 1, 1, 1],
            }
        )
        with pytest.warns(UserWarning, match="^2 statements count more than one term"):
            table = explain_change(before, after)
        rise = table.iloc[0]
        assert rise[["concept", "quote"]].tolist() == ["health", "epidemic"]
        assert rise[["count_before", "count_after", "documents_after"]].tolist() == [0, 5, 1]
        assert rise["change"] == pytest.approx(5 / 9)
        assert rise[["document", "paragraph"]].tolist() == ["report-2026", 1]
        trains = table.set_index("quote").loc["trains"]
        assert trains["document"] == "report-2025"  # the year in which its share is larger

    @pytest.mark.filterwarnings("ignore:.*more than one term:UserWarning")
    @given(said(), said())
    def test_the_words_add_up_to_the_change(self, before, after):
        table = explain_change(before, after)
        counts = [pol.count_statements(side, rows="document") for side in (before, after)]
        changes = rank_changes(*counts, trials=1).set_index("concept")["change"]
        sums = table.groupby("concept")["change"].sum()
        pd.testing.assert_series_equal(sums, changes.sort_index(), check_index_type=False)
        assert not table[["concept", "quote"]].apply(lambda c: c.str.casefold()).duplicated().any()
        # The place is that of a statement with this quote.
        both = pd.concat([before, after])
        keys = ["document", "paragraph", "code", "quote"]
        known = table.rename(columns={"concept": "code"})[keys].merge(both[keys].drop_duplicates())
        assert len(known) == len(table)

    def test_codes_roll_up_and_sentences_are_added(self):
        codebook = pd.DataFrame(
            {"id": ["metro", "rail"], "level": ["item", "priority"], "broader": ["rail", None]}
        )
        before = pd.DataFrame(
            {"document": ["a"], "paragraph": [1], "code": ["metro"], "quote": ["subway"]}
        )
        after = before.assign(document="b", quote="metro")
        texts = pd.DataFrame(
            {
                "document": ["a", "b"],
                "paragraph": 1,
                "text": ["We rest. We build a subway.", "The metro is open. We rest."],
            }
        )
        table = explain_change(before, after, level="priority", codebook=codebook, documents=texts)
        assert table["concept"].unique().tolist() == ["rail"]
        assert set(table["sentence"].str.strip()) == {"We build a subway.", "The metro is open."}

    def test_all_terms_of_a_paragraph_count_if_they_are_found_one_by_one(self):
        codebook = pd.DataFrame(
            {
                "id": ["health", "rail"],
                "level": "priority",
                "broader": None,
                "terms_en": ["hospital; epidemic", "railway"],
                "terms_zh": None,
            }
        )
        texts = pd.DataFrame(
            {
                "document": ["a", "b"],
                "paragraph": 1,
                "text": ["A hospital, a railway.", "A hospital, the epidemic, a railway."],
            }
        )
        found = pol.find_terms(texts, codebook)
        years = [found[found["document"] == name] for name in "ab"]
        table = explain_change(*years).set_index("quote")
        twice = pd.concat([texts, texts.assign(paragraph=2, text="Hospital, hospital. Railway.")])
        found = pol.find_terms(twice, codebook)
        often = explain_change(*(found[found["document"] == name] for name in "ab"))
        assert often.set_index("quote").loc["hospital", "paragraph"] == 2
        assert table.loc["epidemic", "change"] == pytest.approx(1 / 3)
        assert table["change"].sum() == pytest.approx(0)

    def test_only_statements_that_are_counted_are_warned_of(self):
        said = pd.DataFrame({"document": "a", "paragraph": [1, 2], "code": ["rail", None]})
        said = said.assign(quote="rail", count=[1, 2])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            explain_change(said, said)
        with pytest.warns(UserWarning, match="^1 statement counts more than one term"):
            explain_change(said, said.assign(count=2))
        terms = said.assign(count=2).rename(columns={"quote": "term"})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert explain_change(terms, terms)["count_before"].to_list() == [2]

    def test_denials_count_only_if_asked_for(self):
        before = pd.DataFrame(
            {
                "document": "a",
                "paragraph": [1, 2],
                "code": ["rail", "care"],
                "quote": ["rail", "care"],
                "qualifier": [True, False],
            }
        )
        assert explain_change(before, before)["concept"].tolist() == ["rail"]
        assert len(explain_change(before, before, denied=True)) == 2

    @pytest.mark.parametrize("side", [0, 1])
    def test_what_cannot_be_explained(self, side):
        table = pd.DataFrame({"document": ["a"], "paragraph": 1, "code": "rail", "quote": "rail"})
        name = ("before", "after")[side]
        sides = [table, table]
        sides[side] = table.iloc[:0]
        with pytest.raises(ValueError, match=f"{name}: there are no counts"):
            explain_change(*sides)
        sides[side] = table.drop(columns="quote")
        with pytest.raises(ValueError, match=f"{name}: no column 'quote'"):
            explain_change(*sides)
        sides[side] = table.assign(count=-1)
        with pytest.raises(ValueError, match=f"{name}: column 'count', row 0"):
            explain_change(*sides)
        for column in ("paragraph", "quote", "code"):
            sides[side] = table.assign(**{column: [["a"]]})
            message = f"{name}: column '{column}', row 0: expected a single value, got a list"
            with pytest.raises(ValueError, match=message):
                explain_change(*sides)
        codebook = pd.DataFrame({"id": ["care"], "broader": None})
        with pytest.raises(ValueError, match="before: code 'rail' is not in the codebook"):
            explain_change(table, table, level="theme", codebook=codebook)

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"codebook": "x"}, TypeError, "codebook: expected a table .*, not str"),
            ({"codebook": "x", "level": "theme"}, TypeError, "codebook: expected a table"),
            ({"level": "theme"}, ValueError, "level='theme' needs the codebook"),
            ({"level": "themes"}, ValueError, "no level 'themes'"),
            ({"denied": 2}, TypeError, "denied"),
        ],
    )
    def test_a_wrong_option_is_named(self, options, error, message):
        table = pd.DataFrame({"document": ["a"], "paragraph": 1, "code": "rail", "quote": "rail"})
        with pytest.raises(error, match=f"^{message}"):
            explain_change(table, table, **options)
