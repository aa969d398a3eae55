"""The id of a statement depends only on its own columns."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.tables.ids import number_equals, statement_ids

STATEMENT = {
    "document": "plan",
    "paragraph": 3,
    "actor": "henan",
    "role": "commits",
    "code": "robots",
    "initiative": None,
    "coder": "Ann",
}
CODEBOOK = pd.DataFrame(
    {
        "id": ["robots", "talent"],
        "terms_en": ["robots; robot", "talent"],
        "terms_zh": ["机器人", "人才"],
    }
)
DOCUMENTS = pd.DataFrame(
    {"document": "plan", "paragraph": [1, 12], "text": ["Talent and robots.", "人才。A robot."]}
)


def one(**cells):
    return statement_ids(pd.DataFrame([STATEMENT | cells]))[0]


class TestStatementIds:
    def test_it_joins_what_the_statement_says(self):
        assert one() == "plan-p03-henan-commits-robots-ann"
        assert one(initiative="ten-steps") == "plan-p03-henan-commits-robots-ten-steps-ann"
        assert one(paragraph=104) == "plan-p104-henan-commits-robots-ann"
        assert one(coder="Ann Lee (2nd)") == "plan-p03-henan-commits-robots-ann-lee-2nd"
        assert one(coder="李娜") == "plan-p03-henan-commits-robots-李娜"

    @pytest.mark.parametrize(
        "cells",
        [
            {"coder": "policylib 0.1.0, terms 0a1b2c3d"},
            {"coder": "policylib 9.9.9, terms ffffffff"},
            {"coder": None},
        ],
    )
    def test_the_version_and_the_terms_are_not_part_of_it(self, cells):
        assert one(**cells) == "plan-p03-henan-commits-robots"

    @pytest.mark.parametrize(
        "cells",
        [{"count": 7}, {"start": 5, "end": 9}, {"quote": "robots"}, {"summary": "They buy."}],
    )
    def test_neither_place_nor_wording_moves_it(self, cells):
        assert one(**cells) == one()

    def test_equals_are_numbered_in_their_order(self):
        ids = statement_ids(pd.DataFrame([STATEMENT, STATEMENT | {"code": "talent"}, STATEMENT]))
        assert ids[2] == f"{ids[0]}-2"

    def test_it_needs_its_columns(self):
        with pytest.raises(ValueError, match="no column 'code'"):
            statement_ids(pd.DataFrame([STATEMENT]).drop(columns="code"))

    @given(st.lists(st.sampled_from(["a", "a-2", "a-2-2", "b"]), max_size=8))
    def test_all_are_different_and_the_first_keeps_its_name(self, names):
        numbered = number_equals(pd.Series(names, dtype="str"))
        assert numbered.is_unique
        if names:
            assert numbered[0] == names[0]

    def test_a_table_without_rows(self):
        assert statement_ids(pd.DataFrame([STATEMENT]).head(0)).to_list() == []


class TestCodedIds:
    """`code_documents` names its statements in the same way."""

    def test_they_are_those_of_statement_ids(self):
        coded = pol.code_documents(DOCUMENTS, CODEBOOK)
        assert coded["id"].to_list() == statement_ids(coded).to_list()
        assert coded["id"][0] == "plan-p01-plan-commits-talent"

    @pytest.mark.parametrize(
        "more",
        [
            {"id": ["and"], "terms_en": ["and"], "terms_zh": [None]},  # another code
            {"id": ["robots"], "terms_en": ["a"], "terms_zh": ["人"]},  # synonyms, found earlier
        ],
    )
    def test_neither_another_code_nor_a_synonym_moves_one(self, more):
        before = pol.code_documents(DOCUMENTS, CODEBOOK)
        book = pd.concat([pd.DataFrame(more), CODEBOOK]).drop_duplicates("id")
        if more["id"] == ["robots"]:
            book = CODEBOOK.assign(terms_en=["the; robots; robot", "talent"])
        after = pol.code_documents(DOCUMENTS, book)
        assert set(before["id"]) <= set(after["id"])

    def test_the_shipped_ids_are_made_so(self):
        for collection in ("conferences-2023", "reports-2025"):
            statements = pol.read_tables(collection=collection).statements
            assert statements["id"].to_list() == statement_ids(statements).to_list()
