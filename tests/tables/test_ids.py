"""The id of a statement depends only on its own columns."""

import numpy as np
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

    @pytest.mark.parametrize("storage", ["python", "pyarrow"])
    @pytest.mark.parametrize(("coder", "end"), [("李娜", "-李娜"), ("ÉVA Ö.", "-éva-ö"), ("?", "")])
    def test_a_name_is_the_same_with_and_without_pyarrow(self, storage, coder, end):
        pytest.importorskip("pyarrow")
        coders = pd.Series([coder, None], dtype=pd.StringDtype(storage, na_value=np.nan))
        ids = statement_ids(pd.DataFrame([STATEMENT, STATEMENT]).assign(coder=coders))
        first = f"plan-p03-henan-commits-robots{end}"
        assert ids.to_list() == [first, "plan-p03-henan-commits-robots" + "-2" * (not end)]

    @pytest.mark.parametrize("empty", [None, np.nan, pd.NA, "", " "])
    def test_an_empty_initiative_or_coder_is_left_out(self, empty):
        assert one(initiative=empty, coder="hand") == "plan-p03-henan-commits-robots-hand"
        assert one(initiative="ten-steps", coder=empty) == "plan-p03-henan-commits-robots-ten-steps"

    @pytest.mark.parametrize("dtype", ["float64", "Float64", "Int64", "object", "str"])
    def test_whole_floats_are_whole_numbers(self, dtype):
        table = pd.DataFrame([STATEMENT, STATEMENT | {"paragraph": 104}])
        changed = table.assign(paragraph=table["paragraph"].astype(dtype))
        assert statement_ids(changed).to_list() == statement_ids(table).to_list()
        mixed = table.assign(paragraph=pd.Series([3.0, "annex"], dtype="object"))
        assert statement_ids(mixed)[1] == "plan-pannex-henan-commits-robots-ann"
        assert statement_ids(mixed)[0] == one()

    @pytest.mark.parametrize("column", ["document", "paragraph", "actor", "role", "code"])
    @pytest.mark.parametrize("empty", [None, np.nan, pd.NA, "", " "])
    def test_an_empty_cell_is_named(self, column, empty):
        table = pd.DataFrame([STATEMENT] * 3, index=[4, 5, 6]).astype({column: "object"})
        table.loc[[5, 6], column] = empty
        with pytest.raises(ValueError, match=f"column '{column}', row 5: the cell is empty"):
            statement_ids(table)

    def test_a_cell_that_cannot_be_in_an_id_is_named(self):
        with pytest.raises(ValueError, match=r"column 'paragraph', row 0: .* number, got 3\.5"):
            one(paragraph=3.5)
        with pytest.raises(ValueError, match=r"'actor', row 0: .* single value, got a list"):
            one(actor=["henan"])

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

    def test_the_second_and_third_have_these_numbers(self):
        assert number_equals(pd.Series(["a", "b", "a", "a"])).to_list() == ["a", "b", "a-2", "a-3"]
        assert number_equals(pd.Series(["a", "a", "a-2"])).to_list() == ["a", "a-2", "a-2-2"]

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
