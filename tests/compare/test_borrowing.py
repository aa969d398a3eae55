"""Shares of common wording, compared with the passages of shared_wording."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.compare import passages, shared_wording, wording_network, wording_shares

texts = st.lists(st.text("甲乙丙", max_size=12), min_size=1, max_size=3)
collections = st.lists(texts, min_size=2, max_size=4)
limits = st.integers(1, 4)


def paragraphs(documents, dates=None):
    """Return a table of documents d0, d1 and so on, each a list of paragraphs."""
    rows = [(f"d{n}", i, text) for n, texts in enumerate(documents) for i, text in enumerate(texts)]
    table = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    return table if dates is None else table.assign(date=table["document"].str[1:].map(dates))


def characters(found, name, others):
    """Return the places of a document that are in passages of one of these other documents."""
    covered = set()
    for side, other in ("ab", "ba"):
        rows = found[(found[f"document_{side}"] == name) & found[f"document_{other}"].isin(others)]
        for row in rows.to_dict("records"):
            start, end = row[f"start_{side}"], row[f"end_{side}"]
            covered |= {(row[f"paragraph_{side}"], place) for place in range(start, end)}
    return covered


class TestWordingShares:
    @given(collections, limits, st.sampled_from([None, 2]))
    def test_shares_are_those_of_the_passages(self, documents, least, most):
        # d1 is before all others; d0 and d2 have no order.
        dates = {"0": "2024", "1": "2023-12-31", "2": "2024-05", "3": "2025"}
        table = paragraphs(documents, dates)
        found = shared_wording(table, least=least, most_documents=most)
        shares = wording_shares(table, least=least, most_documents=most)
        earlier = {"d0": {"d1"}, "d1": set(), "d2": {"d1"}, "d3": {"d0", "d1", "d2"}}
        names = {*shares["document"]}
        for row in shares.itertuples():
            name, whole = row.document, sum(map(len, documents[int(row.document[1:])]))
            assert row.length == whole
            later = {other for other in names if name in earlier[other]}
            groups = (names - {name}, earlier[name], later)
            for share, others in zip((row.elsewhere, row.before, row.after), groups, strict=True):
                if whole:
                    assert share == len(characters(found, name, others)) / whole
                else:
                    assert np.isnan(share)

    def test_words_that_are_repeated_are_counted_once(self):
        table = paragraphs([["甲" * 50_000], ["乙" * 50_000 + "甲" * 50_000]])
        assert wording_shares(table)["elsewhere"].to_list() == [1, 0.5]
        assert wording_network(table).loc["d0", "d1"] == 50_000

    def test_passages_that_go_on_in_formulas_have_a_limit(self, monkeypatch):
        # 甲 begins in 3 × 3 pairs of places, which is 8 more than one.
        table = paragraphs([["甲乙丙。" * 3], ["甲乙丙。" * 3], ["乙丙"]])
        limits = {"least": 1, "most_documents": 2}
        monkeypatch.setattr(passages, "MOST_REPEATS", 8)
        assert wording_shares(table, **limits)["elsewhere"].to_list() == [1, 1, 0]
        monkeypatch.setattr(passages, "MOST_REPEATS", 7)
        for measure in (wording_shares, wording_network):
            with pytest.raises(ValueError, match="more than 7 pairs of places"):
                measure(table, **limits)
            measure(table, least=1, most_documents=None)

    def test_within_counts_the_passages_of_one_document(self):
        table = paragraphs([["甲乙丙丁"], ["甲乙，戊己"], ["戊己庚辛"]])
        shares = wording_shares(table, least=2, within="d2")
        assert shares.to_numpy().tolist() == [["d0", 4, 0.0], ["d1", 4, 0.5]]
        assert wording_shares(table, least=2)["elsewhere"].to_list() == [0.5, 1.0, 0.5]

    @pytest.mark.parametrize(
        "dtype",
        ["object", "str", "string", "string[pyarrow]", "category", "Int64", "int64[pyarrow]"],
    )
    def test_documents_may_have_names_of_any_type(self, dtype):
        table = paragraphs([["甲乙丙丁"], ["甲乙，戊己"], ["戊己庚辛"]])
        table = table.assign(document=pd.Series([1, 2, 3]).astype(dtype), date=[2024, 2025, 2026])
        for within, rows in ((None, [0, 1, 2]), (table["document"].iloc[1], [0, 2])):
            shares = wording_shares(table, least=2, within=within)
            assert shares["document"].to_list() == table["document"].iloc[rows].to_list()
            assert shares["elsewhere"].to_list() == [[0.5, 1.0, 0.5][row] for row in rows]
        network = wording_network(table, least=2, beyond=table["document"].iloc[1])
        assert network.shape == (2, 2)
        assert network.index.to_list() == table["document"].iloc[[0, 2]].to_list()

    def test_a_document_may_have_a_name_that_pandas_takes_for_a_list(self):
        names = pd.Series([frozenset("a"), frozenset("b"), ("a", 1)], dtype="object")
        table = paragraphs([["甲乙丙丁"], ["甲乙，戊己"], ["戊己庚辛"]]).assign(document=names)
        assert wording_shares(table, least=2, within=names[0])["document"].to_list() == [*names[1:]]
        for name in names:
            assert wording_network(table, least=2, beyond=name).shape == (2, 2)

    def test_bad_input_is_named(self):
        table = paragraphs([["甲", "乙"], ["丙"]])
        with pytest.raises(TypeError, match=r"expected a table .*, not list"):
            wording_shares([1])
        with pytest.raises(ValueError, match="row 1: document 'd0' has another date before"):
            wording_shares(table.assign(date=[2024, 2025, 2025]))
        same_labels = table.assign(date=[2024, 2025, 2025]).set_axis([5, 5, 5])
        with pytest.raises(ValueError, match="row 5: document 'd0' has another date before"):
            wording_shares(same_labels)
        with pytest.raises(ValueError, match="column 'date', row 1: the date is missing"):
            wording_shares(table.assign(date=["2024", None, "2025"]))
        with pytest.raises(
            ValueError, match="within is 'd11'; documents has no such document; did"
        ):
            wording_shares(table, within="d11")
        with pytest.raises(ValueError, match="least must be a whole number from 1, not 'x'"):
            wording_shares(table, least="x")


class TestWordingNetwork:
    @given(collections, limits, st.sampled_from([None, 2, 3]))
    def test_weights_are_those_of_the_passages(self, documents, least, most):
        table = paragraphs(documents)
        found = shared_wording(table, least=least, most_documents=most)
        network = wording_network(table, least=least, most_documents=most)
        assert network.index.equals(network.columns)
        assert (network.to_numpy() == network.to_numpy().T).all()
        for a in network:
            assert network.loc[a, a] == sum(map(len, documents[int(a[1:])]))
            for b in network.columns.drop(a):
                both = characters(found, a, {b}), characters(found, b, {a})
                assert network.loc[a, b] == min(map(len, both))

    @given(collections, limits)
    def test_words_of_the_document_beyond_do_not_count(self, documents, least):
        table = paragraphs(documents)
        found = shared_wording(table, least=least)
        network = wording_network(table, least=least, beyond="d0")
        assert network.columns.to_list() == [f"d{n}" for n in range(1, len(documents))]
        for a in network:
            for b in network.columns.drop(a):
                left = [
                    characters(found, x, {y}) - characters(found, x, {"d0"})
                    for x, y in ((a, b), (b, a))
                ]
                assert network.loc[a, b] == min(map(len, left))

    def test_formulas_of_the_document_beyond_do_not_count_either(self):
        table = paragraphs([["甲乙丙丁"], ["甲乙丙丁戊"], ["甲乙丙丁戊"], ["甲乙丙丁"]])
        options = {"least": 3, "most_documents": 2}
        assert wording_network(table, **options).loc["d1", "d2"] == 5
        assert wording_network(table, **options, beyond="d0").loc["d1"].to_list() == [1, 1, 0]

    def test_the_result_can_be_ranked_and_drawn(self):
        table = paragraphs([["甲乙丙丁"], ["甲乙，丙丁戊"], ["丙丁戊"]])
        network = wording_network(table, least=2)
        assert pol.rank_pairs(network)["value"].to_list() == [4, 3, 2]
        with mpl.rc_context({"backend": "agg"}):
            ax = pol.plot_network(network)
        assert {text.get_text() for text in ax.texts} >= {"d0", "d1", "d2"}

    def test_an_unknown_document_is_named(self):
        with pytest.raises(
            ValueError, match="beyond is 'd00'; documents has no such document; did"
        ):
            wording_network(paragraphs([["甲"]]), beyond="d00")
