"""Codes roll up to a level of the codebook in the same way everywhere."""

import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.tables.levels import (
    LEVELS,
    broader_codes,
    circle_problem,
    codebook_levels,
    depth_problem,
    in_circles,
    roll_up_codes,
    unknown_broader,
)
from policylib.tables.roles import ROLES
from policylib.tables.schema import table_resources


def codebook(**codes):
    """Make a codebook of (level, broader) by code."""
    rows = [(code, level, broader) for code, (level, broader) in codes.items()]
    return pd.DataFrame(rows, columns=["id", "level", "broader"])


BOOK = codebook(
    industry=("theme", None),
    machines=("priority", "industry"),
    robots=("item", "machines"),
    lone=("item", None),
)


class TestRollUpCodes:
    @pytest.mark.parametrize(
        ("level", "expected"),
        [
            ("theme", ["industry", "industry", "industry", "lone"]),
            ("priority", ["machines", "machines", "industry", "lone"]),
            ("item", ["robots", "machines", "industry", "lone"]),
        ],
    )
    def test_a_deeper_code_becomes_the_code_above_and_a_higher_one_stays(self, level, expected):
        codes = pd.Series(["robots", "machines", "industry", "lone"], index=[4, 3, 2, 1])
        rolled = roll_up_codes(codes, BOOK, level)
        assert rolled.to_list() == expected
        assert rolled.index.to_list() == [4, 3, 2, 1]

    def test_a_missing_code_stays_missing(self):
        codes = pd.Series(["robots", None])
        assert roll_up_codes(codes, BOOK, "theme").fillna("").to_list() == ["industry", ""]

    def test_a_code_that_is_not_in_the_codebook_is_named_with_the_nearest(self):
        with pytest.raises(ValueError, match=r"'robot' is not in the codebook; did you .*'robots'"):
            roll_up_codes(pd.Series(["robots", "robot"]), BOOK, "theme")

    def test_categories_give_what_text_gives(self):
        codes = pd.Series(["robots", "lone", None], dtype="category")
        rolled = roll_up_codes(codes, BOOK, "theme")
        assert rolled.dtype == "str"
        assert rolled.fillna("").to_list() == ["industry", "lone", ""]

    @pytest.mark.parametrize("dtype", ["int64", "Int64", "category", "object"])
    def test_codes_may_be_numbers(self, dtype):
        book = pd.DataFrame({"id": [1, 2], "level": ["theme", "item"], "broader": [None, 1]})
        rolled = roll_up_codes(pd.Series([2, 1], dtype=dtype), book, "theme")
        assert rolled.to_list() == [1, 1]
        assert str(rolled[0]) == "1"

    @pytest.mark.parametrize("codes", [["robots"], np.array(["robots"]), "robots", None])
    def test_a_series_is_expected(self, codes):
        with pytest.raises(TypeError, match=f"a Series of codes, not {type(codes).__name__}; pd.S"):
            roll_up_codes(codes, BOOK, "theme")

    def test_a_code_that_is_no_text_is_named_without_a_hint(self):
        for code in (7, 1.5):
            with pytest.raises(ValueError, match=f"^code {code} is not in the codebook$"):
                roll_up_codes(pd.Series([code]), BOOK, "theme")
        with pytest.raises(ValueError, match=r"'code', row 0: .* single value, got a list"):
            roll_up_codes(pd.Series([["robots"]], name="code"), BOOK, "theme")

    @pytest.mark.parametrize(
        ("book", "match"),
        [
            (
                codebook(a=("item", "a")),
                r"^the codebook: code 'a' is below itself: a < a$",
            ),
            (
                codebook(a=("item", "b"), b=("item", "c"), c=("item", "b")),
                r"code 'b' is below itself: b < c < b",
            ),
            (
                codebook(a=("theme", "b"), b=("item", "a")).drop(columns="level"),
                r"code 'a' is below itself: a < b < a",
            ),
            (
                codebook(a=(None, "b"), b=(None, "c"), c=(None, "d"), d=(None, None)),
                r"code 'a' is too deep: a < b < c < d; a codebook has at most 3 levels",
            ),
            (
                codebook(a=("item", "b"), b=("item", None)),
                r"^code 'a' \(item\) has 'b' \(item\) above it; the code above must be of a higher "
                r"level \(theme > priority > item\)$",
            ),
            (
                codebook(a=("theme", None), b=("priority", "c"), c=("item", "a")),
                r"code 'b' \(priority\) has 'c' \(item\) above it",
            ),
            (
                codebook(a=("theme", "b"), b=("theme", None)),
                r"'a' \(theme\) has 'b' \(theme\)",
            ),
            (pd.concat([BOOK, BOOK[1:2]]), "the codebook has the id 'machines' twice"),
            (BOOK.assign(id=[None, *BOOK["id"][1:]]), "column 'id', row 0: the cell is empty"),
            (BOOK.assign(broader=[["a"]] * 4), "column 'broader', row 0: .* got a list"),
            (codebook(a=("items", None)), "'a' has the level 'items'; allowed: theme, priority"),
            (codebook(a=("item", None)).drop(columns="broader"), "no column 'broader'"),
        ],
    )
    def test_a_codebook_that_leads_nowhere_is_refused(self, book, match):
        with pytest.raises(ValueError, match=match):
            broader_codes(book, "theme")

    def test_an_item_may_be_below_a_theme(self):
        book = codebook(a=("theme", None), b=("item", "a"), c=("item", None))
        assert broader_codes(book, "priority") == {"a": "a", "b": "a", "c": "c"}

    def test_a_broader_that_names_nothing_is_refused_where_it_is_needed(self):
        book = codebook(
            industry=("theme", None), steel=("priority", "industri"), wire=("item", "steel")
        )
        match = "code 'steel' cannot be rolled up to a theme, .* 'industri' .* mean 'industry'"
        with pytest.raises(ValueError, match=match):
            roll_up_codes(pd.Series(["industry"]), book, "theme")
        # Up to a priority, the codes of this part are complete.
        assert broader_codes(book, "priority")["wire"] == "steel"
        assert broader_codes(book, "item")["wire"] == "wire"
        # Without levels, nobody knows whether `steel` is a priority.
        with pytest.raises(ValueError, match="code 'steel' cannot be rolled up to a priority"):
            broader_codes(book.drop(columns="level"), "priority")

    @pytest.mark.parametrize("broader", [None, float("nan"), "", " "])
    def test_a_blank_broader_names_nothing_and_is_allowed(self, broader):
        book = codebook(a=("item", broader), b=("item", None))
        assert broader_codes(book, "theme") == {"a": "a", "b": "b"}
        assert unknown_broader(book) == {}

    @pytest.mark.parametrize("level", LEVELS)
    def test_a_missing_level_follows_from_the_codes_above(self, level):
        whole = BOOK[:3]
        for book in (whole.drop(columns="level"), whole.assign(level=["theme", None, None])):
            assert codebook_levels(book).to_list() == [*LEVELS]
            assert broader_codes(book, level) == broader_codes(whole, level)

    def test_control_characters_of_a_code_are_not_printed(self):
        above = dict(zip(codes := [f"{name}\x1b" for name in "abcd"], codes[1:], strict=False))
        assert depth_problem("a\x1b", above).startswith(
            r"code 'a\x1b' is too deep: a� < b� < c� < d�; a codebook"
        )
        circle = circle_problem("a\x1b", above | {"d\x1b": "a\x1b"})
        assert circle == r"code 'a\x1b' is below itself: a� < b� < c� < d� < a�"

    def test_a_code_in_a_circle_or_too_deep_has_no_level(self):
        rows = {"a": "b", "b": "a", "c": "a", "d": None, "e": "d", "f": "e", "g": "f"}
        book = pd.DataFrame({"id": rows.keys(), "broader": rows.values()})
        expected = ["", "", "", "theme", "priority", "item", ""]
        assert codebook_levels(book).fillna("").to_list() == expected
        assert codebook_levels(book.drop(columns="broader")).to_list() == ["theme"] * 7

    def test_the_level_is_checked(self):
        with pytest.raises(ValueError, match=r"no level 'themes'.*did you mean 'theme'"):
            broader_codes(BOOK, "themes")

    def test_levels_and_roles_are_those_of_the_schema(self):
        fields = {
            (table, field["name"]): field["constraints"].get("enum")
            for table in ("priorities", "statements")
            for field in table_resources()[table]["schema"]["fields"]
            if "constraints" in field
        }
        assert fields["priorities", "level"] == [*LEVELS]
        assert fields["statements", "role"] == [*ROLES]


class TestOneRollUp:
    """All functions that count at a level return the same numbers."""

    @pytest.mark.parametrize("level", LEVELS)
    def test_tables_and_network_agree(self, tables, network, level):
        book = tables.priorities
        options = {"level": level, "codebook": book}
        counts = pol.count_statements(tables.statements, rows="actor", **options)
        matrix = pol.biadjacency(network, rows="actor", columns=level)
        pd.testing.assert_frame_equal(
            counts.sort_index(axis=1),
            matrix.sort_index().sort_index(axis=1),
            check_names=False,
        )
        said = pol.statements(network)
        years = pol.attention(said, **options, normalize=False).sum()
        assert years.to_dict() == matrix.sum().to_dict()
        rolled = pol.statements(pol.roll_up(network, level=level))
        again = pol.count_statements(rolled, rows="actor")
        pd.testing.assert_frame_equal(again, counts)

    def test_level_needs_the_codebook_and_the_column_code(self, tables):
        with pytest.raises(ValueError, match="level='theme' needs the codebook"):
            pol.count_statements(tables.statements, rows="actor", level="theme")
        with pytest.raises(ValueError, match="rolls up the column 'code'"):
            pol.count_statements(
                tables.statements,
                rows="actor",
                columns="role",
                level="theme",
                codebook=tables.priorities,
            )

    def test_one_misspelt_broader_is_refused_by_all(self, tables):
        book = tables.priorities
        book["broader"] = book["broader"].replace("private-economy", "private-economi")
        options = {"level": "theme", "codebook": book}
        said = tables.statements
        match = "'business-environment' cannot be rolled up .* did you mean 'private-economy'"
        with pytest.raises(ValueError, match=match):
            pol.count_statements(said, rows="actor", **options)
        with pytest.raises(ValueError, match=match):
            pol.attention(said.assign(date="2023"), **options)

    def test_codes_may_be_rows(self, tables):
        options = {"level": "theme", "codebook": tables.priorities}
        rows = pol.count_statements(tables.statements, rows="code", columns="actor", **options)
        columns = pol.count_statements(tables.statements, rows="actor", **options)
        pd.testing.assert_frame_equal(rows, columns.T)


class TestInCircles:
    @given(st.dictionaries(st.integers(0, 12), st.integers(0, 12)))
    def test_they_are_those_of_networkx(self, above):
        circles = nx.simple_cycles(nx.DiGraph(above.items()))
        assert sorted(in_circles(above)) == sorted(name for circle in circles for name in circle)

    @pytest.mark.parametrize("close", [False, True])
    def test_a_long_chain_takes_no_minutes(self, tmp_path, close):
        count = 5000
        above = [f"c{i - 1}" if i else f"c{count - 1}" * close for i in range(count)]
        codes = pd.DataFrame({"id": [f"c{i}" for i in range(count)], "broader": above})
        codes.to_csv(tmp_path / "codes.csv", index=False)
        started = time.process_time()
        with pytest.raises(pol.DataError) as caught:
            pol.read_codebook(tmp_path / "codes.csv")
        faults = caught.value.faults
        assert len(faults) == (count if close else count - 3)
        expected = "below itself: c9 < c8 < " if close else "too deep: c9 < c8 < "
        assert faults["problem"][9 if close else 6].startswith(f"code 'c9' is {expected}")
        assert faults["problem"].str.len().max() < 400
        assert time.process_time() - started < 10

    @pytest.mark.parametrize("count", [2, 28, 29, 30, 40])
    def test_the_message_of_a_circle_ends_with_its_beginning(self, count):
        above = {f"c{i}": f"c{(i + 1) % count}" for i in range(count)}
        assert circle_problem("c0", above).startswith("code 'c0' is below itself: c0 < c1 < ")
        assert circle_problem("c0", above).endswith(" < c0")
