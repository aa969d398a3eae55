"""Words in their context."""

import pandas as pd
import pytest

import policylib as pol
from policylib.coding import concordance

TEXTS = ["We buy robots.\tMore robots, <b>now</b>!", "发展机器人产业。", "No machine."]
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2, 3], "text": TEXTS})
CODEBOOK = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": ["机器人"]})


def test_a_word_in_context():
    lines = concordance(DOCUMENTS, "Robots", width=7)
    assert lines[["left", "match", "right"]].to_numpy().tolist() == [
        ["We buy ", "robots", ". More "],
        [". More ", "robots", ", <b>no"],
    ]
    assert lines["left"].str.len().max() <= 7


def test_hits_and_statements_keep_their_columns():
    hits = pol.find_terms(DOCUMENTS, CODEBOOK)
    lines = concordance(DOCUMENTS, hits)
    assert lines["match"].to_list() == ["robots", "robots", "机器人"]
    assert lines["code"].to_list() == ["robots"] * 3
    said = pol.code_documents(DOCUMENTS, CODEBOOK)
    lines = concordance(DOCUMENTS, said, width=2)
    assert lines["left"].to_list() == ["y ", "发展"]
    assert lines["right"].to_list() == [". ", "产业"]
    assert set(said.columns) <= set(lines.columns)
    quotes = said.drop(columns=["start", "end"])
    assert concordance(DOCUMENTS, quotes)["match"].to_list() == said["quote"].to_list()


def test_a_quote_is_rather_a_word_than_a_part_of_one():
    documents = pd.DataFrame({"document": "d", "paragraph": [1], "text": "Trails and\trail."})
    quotes = pd.DataFrame({"document": "d", "paragraph": 1, "quote": ["rail", "and rail"]})
    lines = concordance(documents, quotes)
    assert lines["left"].to_list() == ["Trails and ", "Trails "]
    assert lines["match"].to_list() == ["rail", "and rail"]


def test_it_stays_a_concordance_when_sorted_and_is_aligned_in_html():
    lines = concordance(DOCUMENTS, pol.find_terms(DOCUMENTS, CODEBOOK)).sort_values("right")
    page = lines._repr_html_()
    assert "text-align: center" in page
    assert "&lt;b&gt;now" in page
    assert "<b>now" not in page
    assert concordance(DOCUMENTS, "robots").drop(columns="match")._repr_html_()
    with pd.option_context("display.max_rows", 1):
        assert "1 of 3 rows" in lines._repr_html_()


def test_nothing_found():
    lines = concordance(DOCUMENTS, "drones")
    assert lines.empty
    assert lines.columns.to_list() == ["document", "paragraph", "left", "match", "right"]
    assert lines._repr_html_()


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"paragraph": 9, "quote": "x"}, r"found, row 0: documents has no paragraph 9 of 'd'"),
        ({"document": "dd", "quote": "x"}, r"no paragraph 1 of 'dd'; did you mean 'd'"),
        ({"quote": "drones"}, "found, row 0: the quote 'drones' is not in its paragraph"),
        ({"start": 5, "end": 500}, "the place 5 to 500 is not in its paragraph, which has"),
        ({}, "found, row 0: no place in its paragraph"),
    ],
)
def test_what_is_not_there_is_named(found, message):
    table = pd.DataFrame([{"document": "d", "paragraph": 1} | found])
    with pytest.raises(ValueError, match=message):
        concordance(DOCUMENTS, table)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="found is list; expected a DataFrame or a word"):
        concordance(DOCUMENTS, ["robots"])
    with pytest.raises(ValueError, match="width must be a whole number from 0"):
        concordance(DOCUMENTS, "robots", width=-1)
    with pytest.raises(ValueError, match="duplicate paragraph 1 of document 'd'"):
        concordance(DOCUMENTS.assign(paragraph=1), pol.find_terms(DOCUMENTS, CODEBOOK))
    for word, problem in (("x", "the term 'x' is a single letter"), ("", "a term is empty")):
        with pytest.raises(ValueError, match=f"^found is {word!r}: {problem}"):
            concordance(DOCUMENTS, word)
    with pytest.raises(ValueError, match=r"'paragraph' holds numbers in row 0 .* convert one"):
        concordance(DOCUMENTS, pol.find_terms(DOCUMENTS, CODEBOOK).astype({"paragraph": "str"}))


@pytest.mark.parametrize(("column", "cell"), [("document", pd.NA), ("paragraph", None)])
def test_an_empty_cell_in_place_of_a_paragraph_is_named(column, cell):
    found = pd.DataFrame({"document": ["a", "a"], "paragraph": [1, 1], "quote": "robots"}, [4, 5])
    found = found.astype("object")
    found.loc[5, column] = cell
    with pytest.raises(ValueError, match=f"^found: column '{column}', row 5: the cell is empty$"):
        concordance(DOCUMENTS, found)


def test_sparse_columns_are_shown_as_others():
    sparse = DOCUMENTS.astype({"paragraph": "Sparse[int64]"})
    lines = concordance(DOCUMENTS, "robots")
    assert concordance(sparse, "robots")._repr_html_() == lines._repr_html_()
