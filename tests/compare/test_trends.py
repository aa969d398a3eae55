"""Attention over time, and who said it first."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol


@pytest.fixture
def spoken():
    """Five statements, one of them made twice; 1994 and 1996 have no source."""
    return pd.DataFrame(
        {
            "actor": ["henan", "hebei", "henan", "jilin", "hebei"],
            "code": ["robots", "talent", "robots", "talent", "credit"],
            "date": ["1993-05", "1993", "1995-01-31", "1995-02", "1997"],
            "document": ["plan", "report", "daily", "daily", "report-97"],
            "paragraph": [3, 1, 7, 2, 1],
            "count": [2, 1, 1, 1, 1],
        },
        index=[7, 7, 3, 2, 1],
    )


def firsts(table):
    return [*table[["code", "actor", "date"]].itertuples(index=False, name=None)]


class TestAttention:
    def test_shares_by_year_by_hand(self, spoken):
        table = pol.attention(spoken)
        assert table.index.astype(str).to_list() == ["1993", "1994", "1995", "1996", "1997"]
        assert table.columns.to_list() == ["credit", "robots", "talent"]
        assert table.loc["1993"].to_list() == pytest.approx([0, 2 / 3, 1 / 3])
        assert table.loc["1995"].to_list() == [0, 0.5, 0.5]
        assert table.loc["1997"].to_list() == [1, 0, 0]
        assert table.loc[["1994", "1996"]].isna().all(axis=None)

    def test_counts_stay_whole_beside_gaps(self, spoken):
        table = pol.attention(spoken, normalize=False)
        assert set(map(str, table.dtypes)) == {"Int64"}
        assert table.loc["1993"].to_list() == [0, 2, 1]
        assert table.loc["1994"].isna().all()
        once = pol.attention(spoken.drop(columns="count"), normalize=False)
        assert once.loc["1993"].to_list() == [0, 1, 1]

    def test_months_and_weeks(self, spoken):
        exact = spoken[spoken["date"] != "1993"].replace({"date": {"1997": "1995-04"}})
        table = pol.attention(exact, period="month")
        assert str(table.index[0]) == "1993-05"
        assert table.dropna().index.astype(str).to_list() == [
            "1993-05",
            "1995-01",
            "1995-02",
            "1995-04",
        ]
        days = pd.DataFrame({"date": ["2024-12-30", "2025-01-05", "2025-01-13"], "code": "jobs"})
        weeks = pol.attention(days, period="week", normalize=False)["jobs"]
        assert weeks.fillna(-1).to_list() == [2, -1, 1]
        with pytest.raises(
            ValueError, match="row 7: '1993' is only a year, so the month is unknown"
        ):
            pol.attention(spoken, period="month")

    def test_quarters(self, spoken):
        exact = spoken[spoken["date"] != "1993"].replace({"date": {"1997": "1997-04"}})
        quarters = pol.attention(exact, period="quarter", normalize=False)
        assert quarters.index.astype(str).to_list()[0] == "1993Q2"
        assert quarters.sum().sum() == exact["count"].sum()

    def test_any_column_may_be_compared(self, spoken):
        actors = pol.attention(spoken, columns="actor", normalize=False)
        assert actors.sum().to_dict() == spoken.groupby("actor")["count"].sum().to_dict()

    @given(
        st.lists(
            st.tuples(st.integers(1990, 2000), st.sampled_from("abc"), st.integers(0, 3)),
            min_size=1,
        )
    )
    def test_shares_are_what_plain_counting_gives(self, rows):
        table = pol.attention(pd.DataFrame(rows, columns=["date", "code", "count"]))
        totals, cells = Counter(), Counter()
        for year, code, n in rows:
            totals[year] += n
            cells[year, code] += n
        years = {year for year, *_ in rows}
        assert table.index.year.to_list() == [*range(min(years), max(years) + 1)]
        for year, row in zip(table.index.year, table.to_numpy(), strict=True):
            if not totals[year]:
                assert np.isnan(row).all()
                continue
            assert row.sum() == pytest.approx(1)
            assert row == pytest.approx(
                [cells[year, code] / totals[year] for code in table.columns]
            )

    def test_the_date_of_print_is_taken_with_a_warning(self, spoken):
        late = spoken.assign(date=[None, None, *spoken["date"][2:]], published=1999)
        with pytest.warns(UserWarning, match="2 of 5 .* are dated by 'published'") as caught:
            table = pol.attention(late, normalize=False)
        assert caught[0].filename == __file__
        assert table.index[[0, -1]].astype(str).to_list() == ["1995", "1999"]
        assert table.loc["1999"].to_list() == [0, 2, 1]
        with pytest.warns(UserWarning, match="5 of 5"):
            assert len(pol.attention(late.assign(date=pd.NaT))) == 1

    def test_the_network_gives_themes_over_time(self, network):
        table = pol.attention(
            pol.statements(network, columns="theme"), columns="concept", period="month", denied=True
        )
        assert table.index[[0, -1]].astype(str).to_list() == ["2023-12", "2025-01"]
        assert table.loc["2023-12"].to_list() == pytest.approx([8 / 13, 5 / 13])
        assert table.loc["2025-01"].to_list() == [1, 0]

    def test_nothing_said_gives_an_empty_table(self, spoken):
        for normalize in (True, False):
            assert pol.attention(spoken.iloc[:0], normalize=normalize).empty
            assert pol.attention(spoken.assign(code=None), normalize=normalize).empty

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"period": "years"}, "no period 'years'.*did you mean 'year'"),
            ({"columns": "topic"}, "no column 'topic'"),
            ({"period": "code"}, "no period 'code'"),
        ],
    )
    def test_columns_that_are_not_there(self, spoken, options, message):
        with pytest.raises(ValueError, match=message):
            pol.attention(spoken, **options)

    def test_statements_without_dates(self, tables):
        with pytest.raises(ValueError, match="no column 'date'"):
            pol.attention(tables.statements)
        with pytest.raises(TypeError, match="expected a table"):
            pol.attention(tables)


class TestFirstStatements:
    @pytest.mark.parametrize("column", ["code", "actor", "document", "paragraph", "date"])
    def test_lists_are_refused(self, spoken, column):
        cells = spoken[column].astype("object")
        cells.iloc[0] = ["x"]
        with pytest.raises(ValueError, match=f"'{column}', row 7: .* single value, got a list"):
            pol.first_statements(spoken.assign(**{column: cells}))

    def test_first_by_hand(self, spoken):
        table = pol.first_statements(spoken)
        assert firsts(table) == [
            ("credit", "hebei", "1997"),
            ("robots", "henan", "1993-05"),
            ("talent", "hebei", "1993"),
        ]
        assert table["document"].to_list() == ["report-97", "plan", "report"]
        assert table["paragraph"].to_list() == [1, 3, 1]
        assert not table["tied"].any()
        assert set(table["dated_by"]) == {"date"}

    @pytest.mark.parametrize(
        ("date", "first"),
        [
            (["1993", "1993", "1994"], [0, 1]),  # one year
            (["1993-05", "1993", "1993-07"], [0, 1]),  # the year may be earlier or later
            (["1993-05-31", "1993-05", "1993-06"], [0, 1]),
            (["1993-05-31", "1993-06-01", "1993-06"], [0]),
            (["1994", "1993-12-31", "1994-01-01"], [1]),
            ([1993, 1994, 1993], [0, 2]),
            (pd.to_datetime(["1993-05-02 00:00", "1993-05-01 23:00", "1993-05-01 01:00"]), [1, 2]),
            (pd.PeriodIndex(["1993-05", "1993-05", "1993-06"], freq="M"), [0, 1]),
        ],
    )
    def test_whoever_may_have_been_first_is_named(self, spoken, date, first):
        table = spoken.head(3).assign(code="robots", date=date, actor=["a", "b", "c"])
        found = pol.first_statements(table)
        assert set(found["actor"]) == {"abc"[i] for i in first}
        assert (found["tied"] == (len(first) > 1)).all()

    def test_one_row_for_each_document_with_its_first_paragraph(self, spoken):
        table = spoken.assign(actor="henan", code="robots", date=1993)
        table = pd.concat([table, table])
        found = pol.first_statements(table)
        assert found.index.to_list() == [0, 1, 2, 3]
        assert found["document"].to_list() == ["daily", "plan", "report", "report-97"]
        assert found["paragraph"].to_list() == [2, 3, 1, 1]
        for column in ("code", "document"):
            assert pol.first_statements(table.set_index(column, drop=False)).equals(found)
        assert found["tied"].all()

    @pytest.mark.parametrize("form", ["{}", "p{}", "§ {} a"])
    def test_the_first_of_paragraphs_that_are_text(self, spoken, form):
        said = pd.DataFrame(
            {"code": "rail", "actor": "henan", "date": 1993, "document": "plan"}, [*"abc"]
        )
        said["paragraph"] = [form.format(number) for number in (10, 9, 11)]
        assert pol.first_statements(said)["paragraph"].to_list() == [form.format(9)]

    def test_what_is_said_no_time_is_not_said(self, spoken):
        found = pol.first_statements(spoken.assign(count=[0, 1, 1, 1, 1]))
        assert firsts(found)[1] == ("robots", "henan", "1995-01-31")

    def test_the_date_of_print_is_marked(self, spoken):
        table = spoken.assign(date=[1995.0, None, 1995, 1995, None], published="1993-02")
        found = pol.first_statements(table).set_index("code")
        assert found["dated_by"].to_dict() == {
            "credit": "published",
            "robots": "date",
            "talent": "published",
        }
        assert found.loc["talent", "date"] == "1993-02"

    @given(
        st.lists(st.sampled_from(["1993", "1993-05", "1993-05-09", "1993-06", "1994"]), min_size=1)
    )
    def test_nobody_else_is_known_to_be_earlier(self, date):
        table = pd.DataFrame({"code": "robots", "actor": range(len(date)), "date": date})
        found = pol.first_statements(table.assign(document="daily", paragraph=1))

        def earlier(a, b):  # as text, by what both dates tell
            shorter = min(len(a), len(b))
            return a[:shorter] < b[:shorter]

        expected = {i for i, b in enumerate(date) if not any(earlier(a, b) for a in date)}
        assert set(found["actor"]) == expected

    def test_a_date_that_cannot_be_read_is_named(self, spoken):
        late = spoken.assign(date=[None, None, *spoken["date"][2:]])
        late["published"] = [None, 1999, 1999, 1999, 1999]
        with pytest.raises(ValueError, match="column 'date', row 7: the date is missing"):
            pol.first_statements(late)
        late["published"] = "spring"
        with pytest.raises(ValueError, match="column 'published', row 7: 'spring' is not a date"):
            pol.first_statements(late)

    def test_the_days_between_which_a_code_was_first_named(self, spoken):
        table = pol.first_statements(spoken.assign(code="robots"))
        assert table["actor"].to_list() == ["hebei", "henan"]
        assert table["earliest"].astype(str).to_list() == ["1993-01-01"] * 2
        assert table["latest"].astype(str).to_list() == ["1993-05-31"] * 2

    def test_a_document_between_two_dated_ones_may_be_the_first(self):
        series = pd.DataFrame(
            {
                "code": ["talent", "robots", "robots", "robots"],
                "actor": "henan",
                "date": ["1991", None, None, "1995-03"],
                "document": ["a", "b", "c", "d"],
                "paragraph": 1,
            }
        )
        dates = series["date"]
        found = pol.first_statements(series.assign(earliest=dates.ffill(), latest=dates.bfill()))
        robots = found[found["code"] == "robots"]
        assert robots["document"].to_list() == ["b", "c", "d"]
        assert robots["dated_by"].to_list() == ["span", "span", "date"]
        assert robots["date"].isna().to_list() == [True, True, False]
        assert set(robots["earliest"].astype(str)) == {"1991-01-01"}
        assert set(robots["latest"].astype(str)) == {"1995-03-31"}

    def test_a_span_may_be_open(self, spoken):
        table = spoken.head(2).assign(code="robots", date=[None, "1993-02-03"])
        early = pol.first_statements(table.assign(latest=["1992", None]))
        assert early[["actor", "dated_by"]].to_numpy().tolist() == [["henan", "span"]]
        assert early["earliest"].isna().all()
        assert early["latest"].astype(str).to_list() == ["1992-12-31"]
        late = pol.first_statements(table.assign(earliest=["1993", None]))
        assert late["actor"].to_list() == ["henan", "hebei"]
        assert set(late["latest"].astype(str)) == {"1993-02-03"}
        alone = pol.first_statements(table.head(1).assign(earliest=1993))
        assert alone["earliest"].astype(str).to_list() == ["1993-01-01"]
        assert alone["latest"].isna().all()
        with pytest.raises(ValueError, match="column 'date', row 7: the date is missing"):
            pol.first_statements(table.assign(earliest=None, latest=None))

    def test_a_span_counts_only_without_a_date_and_before_the_date_of_print(self, spoken):
        dated = pol.first_statements(spoken.assign(earliest="1990", latest="1990"))
        pd.testing.assert_frame_equal(dated, pol.first_statements(spoken))
        table = spoken.head(1).assign(date=None, published="1999", latest="1994")
        assert pol.first_statements(table)["dated_by"].to_list() == ["span"]
        printed = pol.first_statements(table.assign(latest=None))
        assert printed["dated_by"].to_list() == ["published"]

    def test_a_span_that_ends_before_it_begins_is_named(self, spoken):
        table = spoken.assign(date=None, earliest="1993-05", latest="1993-06")
        table.loc[3, "latest"] = "1993-04"
        with pytest.raises(ValueError, match="row 3: the column 'earliest' has a later date than"):
            pol.first_statements(table)
        with pytest.raises(ValueError, match="column 'latest', row 7: 'May' is not a date"):
            pol.first_statements(table.assign(latest="May"))
        with pytest.raises(ValueError, match=r"column 'earliest', row 7: .* got a list"):
            pol.first_statements(table.assign(earliest=[[1993]] * len(table)))

    @given(
        st.lists(
            st.tuples(st.none() | st.integers(1990, 1995), st.none() | st.integers(0, 3)),
            min_size=1,
        )
    )
    def test_nobody_else_is_known_to_be_earlier_than_a_span(self, spans):
        ends = [None if n is None else (a or 1992) + n for a, n in spans]
        known = [i for i, (a, _) in enumerate(spans) if a is not None or ends[i] is not None]
        if not known:
            return
        begins = [spans[i][0] for i in known]
        ends = [ends[i] for i in known]
        table = pd.DataFrame({"code": "robots", "actor": known, "document": "a", "paragraph": 1})
        given = {"earliest": begins, "latest": ends}
        whole = {side: pd.array(years, dtype="Int64") for side, years in given.items()}
        found = pol.first_statements(table.assign(date=None, **whole))
        last = min([end for end in ends if end is not None], default=9999)
        expected = {i for i, begin in zip(known, begins, strict=True) if (begin or 0) <= last}
        assert set(found["actor"]) == expected
        assert found["latest"].dt.year.fillna(9999).unique().tolist() == [last]
        first = min(begin or 0 for begin in begins)
        assert found["earliest"].dt.year.fillna(0).unique().tolist() == [first]

    def test_nothing_said_gives_an_empty_table(self, spoken):
        columns = [*pol.first_statements(spoken)]
        assert [*pol.first_statements(spoken.iloc[:0])] == columns

    def test_statements_without_dates(self, tables):
        with pytest.raises(ValueError, match="no column 'date'"):
            pol.first_statements(tables.statements)
        with pytest.raises(TypeError, match="expected a table"):
            pol.first_statements(tables)
