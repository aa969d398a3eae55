"""Codings of several people in one table, with what must be settled."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib.coding import merge_codings

COLUMNS = ["paragraph", "code", "actor", "role"]


def coding(coder: str, *rows: tuple[object, ...], **more: object) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=COLUMNS[: len(rows[0])] if rows else COLUMNS)
    return table.assign(document="d", coder=coder, **more)


def told(merged: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return what is in the table of each row: a missing problem as None."""
    table = merged[["paragraph", "code", "coders", "problem"]].astype("object")
    return [*table.where(table.notna(), None).itertuples(index=False, name=None)]


rows = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["rail", "talent"]),
        st.sampled_from(["henan", "jilin", None]),
        st.sampled_from(["commits", "reports"]),
    ),
    max_size=5,
)


class TestMergeCodings:
    def test_who_has_what(self):
        ann = coding("ann", (1, "rail"), (2, "rail"), (2, "talent"))
        bo = coding("bo", (2, "talent"), (3, "rail"))
        assert told(merge_codings(ann, bo)) == [
            (1, "rail", "ann", "only ann"),
            (2, "rail", "ann", "only ann"),
            (2, "talent", "ann; bo", None),
            (3, "rail", "bo", "only bo"),
        ]

    def test_what_they_say_differently(self):
        ann = coding("ann", (1, "rail", "henan", "commits"), (2, "rail", "henan", "commits"))
        bo = coding("bo", (1, "rail", "henan", "reports"), (2, "rail", "jilin", "reports"))
        cy = coding("cy", (1, "rail", "henan", "commits"))
        assert told(merge_codings(ann, bo, cy)) == [
            (1, "rail", "ann; bo; cy", "role: commits (ann, cy), reports (bo)"),
            (
                *(2, "rail", "ann; bo"),
                "only ann, bo; actor: henan (ann), jilin (bo); role: commits (ann), reports (bo)",
            ),
        ]

    def test_rows_are_those_of_the_first_coder_who_has_the_code(self):
        ann = coding("ann", (2, "rail"), note="of ann")
        bo = coding("bo", (2, "rail"), (1, "rail"), start=[3, 16], quote=["high speed", "train"])
        merged = merge_codings(ann, bo)
        assert merged.columns.to_list() == [
            *("paragraph", "code", "document", "coder", "note"),
            *("start", "quote", "coders", "problem"),
        ]
        assert merged["coder"].to_list() == ["bo", "ann"]
        assert merged["start"].to_list() == [16, pd.NA]
        assert merged["start"].dtype == "Int64"
        assert merged["note"].isna().to_list() == [True, False]

    def test_a_code_twice_in_a_unit_has_two_rows(self):
        """Bo's statement about Jilin is in the row of ann's, though she wrote it first."""
        ann = coding("ann", (1, "rail", "jilin", "commits"), (1, "rail", "henan", "commits"))
        bo = coding("bo", (1, "rail", "henan", "commits"))
        merged = merge_codings(ann, bo)
        assert merged[["actor", "coders"]].to_numpy().tolist() == [
            ["jilin", "ann"],
            ["henan", "ann; bo"],
        ]
        assert merged["problem"].unique().tolist() == [
            "actor: henan and jilin (ann), henan (bo)",
        ]
        apart = merge_codings(ann, bo, unit=["document", "paragraph", "actor"])
        assert apart[["actor", "problem"]].fillna("").to_numpy().tolist() == [
            ["henan", ""],
            ["jilin", "only ann"],
        ]

    def test_statements_that_share_text_come_together(self):
        ann = coding("ann", (1, "rail"), (1, "rail"), start=[0, 20], end=[10, 30])
        bo = coding("bo", (1, "rail"), start=[25], end=[40])
        cy = coding("cy", (1, "rail"), (1, "rail"), (1, "rail"), start=[50, 28, 2], end=[55, 33, 4])
        merged = merge_codings(ann, bo, cy)
        assert merged[["start", "coders"]].to_numpy().tolist() == [
            [0, "ann; cy"],
            [20, "ann; bo; cy"],
            [50, "cy"],
        ]
        assert merged["problem"].isna().all()  # each has the code in the unit

    def test_letters_if_a_coding_has_no_name_of_its_own(self):
        ann = coding("ann", (1, "rail"))
        for other in (
            ann,
            ann.drop(columns="coder"),
            ann.assign(coder=None),
            coding("bo"),
            pd.concat([ann, ann.assign(coder="bo")]),
        ):
            assert merge_codings(ann, other)["coders"].iloc[0] in ("a; b", "a")

    def test_an_empty_cell_or_a_missing_column_is_not_another_value(self):
        ann = coding("ann", (1, "rail", "henan", "commits"), qualifier=[True])
        bo = coding("bo", (1, "rail", "henan", None), qualifier=pd.array([None], "boolean"))
        cy = coding("cy", (1, "rail"))
        assert merge_codings(ann, bo, cy)["problem"].isna().all()
        other = bo.assign(qualifier=pd.array([False], "boolean"), initiative="x")
        merged = merge_codings(ann.assign(initiative="y"), other, cy)
        assert merged["problem"].to_list() == [
            "qualifier: True (ann), False (bo); initiative: y (ann), x (bo)"
        ]

    def test_rows_without_a_code_do_not_count(self):
        ann = coding("ann", (1, "rail"), (2, None))
        assert told(merge_codings(ann, ann.assign(coder="bo", count=0))) == [
            (1, "rail", "ann", "only ann")
        ]

    @settings(max_examples=30, deadline=None)
    @given(rows, rows)
    def test_problems_are_what_disagreements_and_agreement_count(self, first, second):
        a, b = (coding("", *r).astype({"paragraph": "int64"}) for r in (first, second))
        a, b = (
            table.astype({"code": "str", "actor": "str", "role": "str"}).assign(coder=name)
            for table, name in ((a, "ann"), (b, "bo"))
        )
        merged = merge_codings(a, b)
        place = ["document", "paragraph", "code"]
        units = merged.drop_duplicates(place)
        only = units[units["problem"].str.startswith("only", na=False)]
        apart = pol.disagreements(a, b)
        assert set(map(tuple, only[place].to_numpy())) == set(map(tuple, apart[place].to_numpy()))
        for values in ("actor", "role"):
            overall = pol.agreement(a, b, values=values, seed=0).iloc[-1]
            differ = units["problem"].str.contains(f"{values}:", na=False).sum()
            assert differ == overall["a"] - overall["both"]

    @settings(max_examples=30, deadline=None)
    @given(rows, rows, rows)
    def test_each_statement_of_each_coder_is_in_one_row(self, first, second, third):
        codings = [first, second, third]
        tables = [
            coding(name, *each).assign(start=range(len(each)), end=range(2, len(each) + 2))
            for name, each in zip(("ann", "bo", "cy"), codings, strict=True)
        ]
        merged = merge_codings(*tables)
        names = merged["coders"].str.split("; ").explode().value_counts()
        letters = dict(zip(("ann", "bo", "cy"), "abc", strict=True))
        if not all(map(len, codings)):  # a coding without rows has no name
            names = names.rename({letter: name for name, letter in letters.items()})
        sizes = {name: len(each) for name, each in zip(letters, codings, strict=True) if each}
        assert names.to_dict() == sizes
        again = merge_codings(merged, merged)
        pd.testing.assert_frame_equal(again[["start", "code"]], merged[["start", "code"]])
        assert again["problem"].isna().all()

    def test_what_was_settled_is_applied(self):
        ann = coding("ann", (1, "rail", "henan", "commits"), (2, "rail", "henan", "commits"))
        bo = coding("bo", (1, "rail", "henan", "reports"), (3, "rail", "henan", "commits"))
        ann, bo = ann.assign(id=["a1", "a2"], start=0), bo.assign(id=["b1", "b3"], start=0)
        merged = merge_codings(ann, bo)
        place = {"document": "d", "code": "rail", "actor": "henan", "coder": "cy"}
        journal = pd.DataFrame(
            [
                place | {"action": "change", "id": "a1", "paragraph": 1, "role": "reports"},
                place | {"action": "keep", "id": "a2", "paragraph": 2, "role": "commits"},
                place | {"action": "drop", "id": "b3", "paragraph": 3, "role": "commits"},
                place | {"action": "add", "paragraph": 4, "start": 5, "role": "commits"},
            ]
        )
        settled = pol.apply_corrections(merged, journal)
        assert settled[["paragraph", "role", "coder"]].to_numpy().tolist() == [
            [1, "reports", "cy"],
            [2, "commits", "ann"],
            [4, "commits", "cy"],
        ]
        assert (settled.dtypes == merged.dtypes).all()
        assert pol.agreement(settled, settled)["both"].to_list() == [3, 3]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"unit": ["actor", "actor"]}, "column 'actor' is named twice"),
            ({"unit": "code"}, "column 'code' is not part of a unit"),
            ({"unit": "aktor"}, "no column 'aktor' .*; did you mean 'actor'"),
            ({"paragraph": "1"}, "'paragraph' holds texts in row 0 of a, but numbers"),
            ({"role": [["commits"]]}, "column 'role', row 0: expected a single value, got a list"),
        ],
    )
    def test_codings_that_cannot_be_merged(self, change, message):
        ann = coding("ann", (1, "rail", "henan", "commits"))
        options = {key: change[key] for key in change if key == "unit"}
        cells = {key: change[key] for key in change if key != "unit"}
        with pytest.raises(ValueError, match=message):
            merge_codings(ann.assign(**cells), ann, **options)

    def test_wrong_tables(self):
        ann = coding("ann", (1, "rail"))
        with pytest.raises(ValueError, match="expected two codings or more, at most 26, got 1"):
            merge_codings(ann)
        with pytest.raises(ValueError, match="b: no column 'paragraph'"):
            merge_codings(ann, ann.drop(columns="paragraph"), unit="document")
        with pytest.raises(TypeError, match="expected a table"):
            merge_codings(ann, [ann])
