from datetime import date, time, timedelta
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

import policylib as pol

TABLE = pd.DataFrame(
    {
        "actor": ["henan", "hebei"],
        "count": [3.0, None],
        "share": [0.125, 1.0],
        "sides": [("a", "b"), ("c",)],
        "gap": [True, False],
    }
)


def html_of(table: object, **options: int) -> str:
    return pol.style_table(table, **options).to_html()


class TestStyleTable:
    def test_numbers_are_aligned_to_the_right_and_all_else_to_the_left(self) -> None:
        rules = html_of(TABLE).partition("</style>")[0]
        assert [f".col{n} " in rules for n in range(5)] == [False, True, True, False, False]
        assert rules.count("text-align: left") == 2  # heads and cells
        assert rules.count("text-align: right") == 2

    def test_cells_are_written_for_readers(self) -> None:
        text = repr(pol.style_table(TABLE, decimals=1))
        assert text.splitlines() == [
            "actor  count  share  sides  gap",
            "henan  3  0.1  a, b  True",
            "hebei  –  1.0  c  False",
        ]

    @pytest.mark.parametrize(
        ("index", "shown"),
        [
            (pd.Index([31, 7]), False),
            (pd.Index(["x", "y"]), True),
            (pd.MultiIndex.from_tuples([(1, 2), (3, 4)]), True),
        ],
    )
    def test_only_row_numbers_are_hidden(self, index: pd.Index, *, shown: bool) -> None:
        assert ("row_heading" in html_of(TABLE.set_axis(index))) is shown

    def test_an_index_with_names_is_shown_as_columns(self) -> None:
        named = TABLE[["share"]].set_axis(pd.Index([31, 7], name="paragraph"))
        assert repr(pol.style_table(named)).splitlines() == [
            "paragraph  share",
            "31  0.12",
            "7  1.00",
        ]
        twice = TABLE[["share"]].rename_axis("share")  # a name that a column has stays in the index
        assert "row_heading" in html_of(twice)

    def test_each_table_has_its_own_id_and_the_same_in_each_run(self) -> None:
        first, again, other = (html_of(table) for table in (TABLE, TABLE.copy(), TABLE[::-1]))
        assert first == again
        assert first.partition(" th")[0] != other.partition(" th")[0]

    def test_two_columns_of_one_name_and_markup_in_cells_are_shown_as_they_are(self) -> None:
        twice = pd.DataFrame([["<b>", 1]], columns=["x", "x"])
        assert "&lt;b&gt;" in html_of(twice)
        assert repr(pol.style_table(twice)).splitlines() == ["x  x", "<b>  1"]

    def test_the_table_is_not_changed_and_a_series_is_a_table_of_one_column(self) -> None:
        before = TABLE.copy()
        pol.style_table(TABLE)
        pd.testing.assert_frame_equal(TABLE, before)
        assert repr(pol.style_table(TABLE["actor"])).splitlines() == ["actor", "henan", "hebei"]

    @pytest.mark.parametrize(
        ("cell", "kind", "shown"),
        [
            (date(2024, 1, 2), pa.date32(), "2024-01-02"),
            (pd.Timestamp("2024-01-02"), pa.timestamp("us"), "2024-01-02 00:00:00"),
            (time(1, 2), pa.time64("us"), "01:02:00"),
            (timedelta(1), pa.duration("us"), "1 days 00:00:00"),
            (Decimal("1.5"), pa.decimal128(5, 3), "1.50"),
            (["a", "b"], pa.list_(pa.string()), "a, b"),
            ({"a": 1}, pa.struct([("a", pa.int64())]), "{'a': 1}"),
            (b"ab", pa.binary(), "b'ab'"),
            ("a", pa.dictionary(pa.int32(), pa.string()), "a"),
            (None, pa.null(), "–"),
            (True, pa.bool_(), "True"),
            (1, pa.int64(), "1"),
            (0.5, pa.float64(), "0.50"),
        ],
    )
    def test_all_types_of_arrow_are_shown(self, cell, kind, shown):
        cells = pd.Series(pd.arrays.ArrowExtensionArray(pa.array([cell, None], kind)), name="x")
        assert repr(pol.style_table(cells)).splitlines() == ["x", shown, "–"]
        index = pd.DataFrame({"y": [1, 2]}, index=pd.Index(cells))
        assert repr(pol.style_table(index)).splitlines() == ["x  y", f"{shown}  1", "–  2"]

    def test_bad_arguments_are_named(self) -> None:
        with pytest.raises(TypeError, match="expected a DataFrame or a Series, not int"):
            pol.style_table(3)
        with pytest.raises(ValueError, match="decimals must be a whole number from 0, not -1"):
            pol.style_table(TABLE, decimals=-1)

    def test_the_id_does_not_depend_on_digits_that_are_not_printed(self):
        ids = {
            pol.style_table(pd.DataFrame({"p": [0.1 + noise, None]})).uuid
            for noise in (0, 1e-16, 1e-9)
        }
        assert len(ids) == 1
        assert pol.style_table(pd.DataFrame({"p": [0.11, None]})).uuid not in ids

    def test_markup_in_labels_is_shown_as_it_is(self) -> None:
        table = pd.DataFrame({("<b>", 1): [1], ("<b>", 2): [2]}, ["<i>"]).rename_axis(
            ["<u>", None], axis=1
        )
        for shown in (table, table.T):
            page = html_of(shown)
            assert "<b>" not in page
            assert "<i>" not in page
            assert "<u>" not in page
            assert "&lt;b&gt;" in page
            assert "&lt;i&gt;" in page

    def test_dollars_are_not_mathematics_and_text_without_them_has_no_mark(self) -> None:
        assert '<table id="T_' in html_of(TABLE)
        for table in (pd.DataFrame({"a": ["$5 to $6"]}), pd.DataFrame({"$a$": [1]})):
            assert 'class="tex2jax_ignore mathjax_ignore"' in html_of(table)

    def test_what_is_not_printed_is_visible_and_turns_no_text(self) -> None:
        marks = "a\u202eb\x01"
        for table in (
            pd.DataFrame({"x": [marks]}),
            pd.DataFrame({marks: [["y", marks]]}),
            pd.DataFrame({"x": [1]}, [marks]),
            pd.DataFrame({"x": [None, "a\ud800b\x01"]}, dtype="object"),
        ):
            page = html_of(table) + repr(pol.style_table(table))
            assert "a�b�" in page
            assert not {"\u202e", "\x01"} & set(page)

    def test_sparse_numbers_are_shown_as_others(self):
        table = pd.DataFrame({"a": [0, 2], "b": [0.5, None]})
        sparse = table.astype({"a": "Sparse[int64]", "b": "Sparse[float64]"})
        assert pol.style_table(sparse).to_html() == pol.style_table(table).to_html()
