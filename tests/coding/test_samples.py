"""Passages for a second coder: how many from each stratum, and what they represent."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib.coding import sample_passages

DOCUMENTS = pd.DataFrame(
    {
        "document": ["long"] * 12 + ["short"] * 2 + ["other"] * 6,
        "paragraph": [*range(1, 13), 1, 2, *range(1, 7)],
        "year": [2023] * 10 + [2024] * 10,
        "text": "…",
    }
)
STATEMENTS = pd.DataFrame({"document": "long", "paragraph": [2, 3, 3, 12], "code": "rail"})


def sizes(sample: pd.DataFrame, by: str | list[str]) -> dict[object, int]:
    return sample.groupby(by, dropna=False).size().to_dict()


class TestSamplePassages:
    def test_paragraphs_of_float16_are_refused(self):
        documents = pd.DataFrame({"document": "d", "paragraph": [1, 2]})
        odd = documents.astype({"paragraph": "float16"})
        with pytest.raises(ValueError, match=r"^statements: column 'paragraph' holds float16"):
            sample_passages(documents, 1, by="coded", statements=odd)

    def test_a_random_sample(self):
        sample = sample_passages(DOCUMENTS, 5, seed=0)
        assert sample.columns.to_list() == ["document", "paragraph", "weight"]
        assert sample["weight"].to_list() == [4.0] * 5
        assert not sample.duplicated().any()
        assert sample.index.to_list() == [*range(5)]

    def test_strata_have_the_same_size_as_far_as_they_can(self):
        """The short document has 2 passages; the others share the remaining 7."""
        sample = sample_passages(DOCUMENTS, 9, by="document", seed=0)
        assert sizes(sample, "document") == {"long": 4, "other": 3, "short": 2}
        weight = {"long": 12 / 4, "other": 6 / 3, "short": 1.0}
        assert sample["weight"].to_list() == sample["document"].map(weight).to_list()
        named = DOCUMENTS.set_index("document", drop=False)
        assert sample_passages(named, 9, by="document", seed=0).equals(sample)

    def test_coded_passages_are_a_stratum(self):
        sample = sample_passages(DOCUMENTS, 4, by="coded", statements=STATEMENTS, seed=0)
        assert sizes(sample, "coded") == {False: 2, True: 2}
        coded = sample[["document", "paragraph"]].merge(STATEMENTS.drop_duplicates())
        assert len(coded) == 2
        assert sample.groupby("coded")["weight"].first().to_dict() == {False: 8.5, True: 1.5}

    def test_several_columns_and_coded(self):
        by = ["year", "coded"]
        sample = sample_passages(DOCUMENTS, 12, by=by, statements=STATEMENTS, seed=0)
        assert sample.columns.to_list() == ["document", "paragraph", "year", "coded", "weight"]
        assert sizes(sample, by) == {
            (2023, False): 4,
            (2023, True): 2,
            (2024, False): 5,  # the largest stratum has what is left over
            (2024, True): 1,
        }

    def test_a_missing_value_is_a_stratum(self):
        gaps = DOCUMENTS.assign(year=DOCUMENTS["year"].where(DOCUMENTS["document"] != "other"))
        sample = sample_passages(gaps, 3, by="year", seed=0)
        assert sorted(sizes(sample, "year").values()) == [1, 1, 1]
        assert sample["year"].isna().sum() == 1
        assert sample["weight"].sum() == 20

    def test_rows_without_a_code_are_not_coded(self):
        none = pd.DataFrame({"document": "other", "paragraph": [1, 2], "code": ["x", None]})
        statements = pd.concat([STATEMENTS, none.assign(count=[0, 1])]).fillna({"count": 1})
        sample = sample_passages(DOCUMENTS, 20, by="coded", statements=statements)
        assert sample["coded"].sum() == 3

    def test_all_if_there_are_fewer(self):
        sample = sample_passages(DOCUMENTS, 100, by="year")
        pd.testing.assert_frame_equal(
            sample, DOCUMENTS.drop(columns="text").assign(weight=1.0), check_dtype=False
        )
        assert sample_passages(DOCUMENTS.head(0), 3).empty
        assert sample_passages(DOCUMENTS.head(0), 3, by="year").empty

    def test_the_same_seed_draws_the_same_passages(self):
        one, same, other = (sample_passages(DOCUMENTS, 8, by="year", seed=s) for s in (0, 0, 1))
        pd.testing.assert_frame_equal(one, same)
        assert not one.equals(other)

    def test_a_category_that_does_not_occur_is_not_a_stratum(self):
        years = pd.Categorical(DOCUMENTS["year"], [2022, 2023, 2024])
        sample = sample_passages(DOCUMENTS.assign(year=years), 2, by="year", seed=0)
        assert sample["year"].to_list() == [2023, 2024]

    @settings(max_examples=50)
    @given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 30), st.integers(0))
    def test_allocation(self, strata, more, seed):
        """Strata differ by at most one passage, unless a smaller one is drawn completely."""
        n = len(strata) + more
        year = np.repeat(range(len(strata)), strata)
        table = pd.DataFrame({"document": "d", "paragraph": range(len(year)), "year": year})
        sample = sample_passages(table, n, by="year", seed=seed)
        drawn = sample["year"].value_counts().reindex(range(len(strata)), fill_value=0)
        assert len(sample) == min(n, len(table))
        assert sample["weight"].sum() == pytest.approx(len(table))
        assert sample["paragraph"].is_monotonic_increasing
        assert (drawn >= 1).all()
        left = drawn < strata
        if left.any():
            assert drawn.max() - drawn[left].min() <= 1

    def test_each_passage_is_drawn_equally_often(self):
        drawn = pd.concat(
            sample_passages(DOCUMENTS, 6, by="document", seed=seed) for seed in range(200)
        )
        found = drawn.groupby(["document", "paragraph"])["weight"].sum() / 200
        assert len(found) == 20
        # The standard error is largest for the long document: sqrt((6 - 1) / 200).
        assert found.sub(1).abs().max() < 4 * np.sqrt(5 / 200)

    def test_weights_lead_back_to_all_passages(self):
        """If all coded passages are drawn, the weighted counts are those of all passages."""
        a, b = STATEMENTS.drop_duplicates(), STATEMENTS.head(1)
        sample = sample_passages(DOCUMENTS, 6, by="coded", statements=a, seed=0)
        one = pol.agreement(a, b, passages=sample, seed=0)
        every = pol.agreement(a, b, passages=DOCUMENTS, seed=0)
        drop = ["low", "high"]
        pd.testing.assert_frame_equal(
            one.drop(columns=drop), every.drop(columns=drop), check_dtype=False
        )

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"n": 0}, "n must be a whole number from 1, not 0"),
            ({"n": 2.5}, "n must be a whole number from 1, not 2.5"),
            ({"n": 2, "by": "document"}, r"n is 2, but `by` \(document\) makes 3 strata, and each"),
            ({"by": "yaer"}, "documents: no column 'yaer' .*; did you mean 'year'"),
            ({"by": []}, "by is .*; expected a column, several in a list, or None"),
            ({"by": ["year", "year"]}, "column 'year' is named twice"),
            ({"by": "weight"}, "column 'weight' is needed for the result"),
            ({"by": "coded"}, "by='coded' needs `statements`"),
            ({"by": "year", "statements": STATEMENTS}, "nothing else reads them"),
            ({"seed": -1}, "seed must be a whole number from 0"),
            ({"documents": pd.concat([DOCUMENTS] * 2)}, "duplicate paragraph 1 of document 'long'"),
            (
                {"by": "coded", "statements": STATEMENTS.astype({"paragraph": "str"})},
                "numbers in row 0 of documents, but texts in row 0 of statements",
            ),
            (
                {"by": "coded", "statements": STATEMENTS.drop(columns="document")},
                "statements: no column 'document'",
            ),
            (
                {"documents": DOCUMENTS.assign(year=[[2023]] * 20), "by": "year"},
                "column 'year', row 0: expected a single value, got a list",
            ),
        ],
    )
    def test_wrong_arguments(self, change, message):
        with pytest.raises(ValueError, match=message):
            sample_passages(**({"documents": DOCUMENTS, "n": 5} | change))

    @pytest.mark.parametrize("documents", [None, [1, 2], "henan"])
    def test_documents_are_a_table(self, documents):
        with pytest.raises(TypeError, match="expected a table"):
            sample_passages(documents, 3)
