from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pl


@pytest.fixture
def spoken():
    """Five statements, one of them made twice; 1994 and 1996 have no source."""
    return pd.DataFrame(
        {
            "actor": ["henan", "hebei", "henan", "jilin", "hebei"],
            "priority": ["robots", "talent", "robots", "talent", "credit"],
            "said": ["1993-05", "1993", "1995-01-31", "1995-02", "1997"],
            "document": ["plan", "report", "daily", "daily", "report-97"],
            "paragraph": [3, 1, 7, 2, 1],
            "count": [2, 1, 1, 1, 1],
        },
        index=[7, 7, 3, 2, 1],
    )


# --- Attention. ---------------------------------------------------------------------------------


def test_shares_by_year_by_hand(spoken):
    table = pl.attention(spoken)
    assert table.index.astype(str).to_list() == ["1993", "1994", "1995", "1996", "1997"]
    assert table.columns.to_list() == ["credit", "robots", "talent"]
    assert table.loc["1993"].to_list() == pytest.approx([0, 2 / 3, 1 / 3])
    assert table.loc["1995"].to_list() == [0, 0.5, 0.5]
    assert table.loc["1997"].to_list() == [1, 0, 0]
    assert table.loc[["1994", "1996"]].isna().all(axis=None)


def test_counts_stay_whole_beside_gaps(spoken):
    table = pl.attention(spoken, normalize=False)
    assert set(map(str, table.dtypes)) == {"Int64"}
    assert table.loc["1993"].to_list() == [0, 2, 1]
    assert table.loc["1994"].isna().all()
    once = pl.attention(spoken.drop(columns="count"), normalize=False)
    assert once.loc["1993"].to_list() == [0, 1, 1]


def test_months_and_weeks(spoken):
    exact = spoken[spoken["said"] != "1993"].replace({"said": {"1997": "1995-04"}})
    table = pl.attention(exact, by="month")
    assert str(table.index[0]) == "1993-05"
    assert table.dropna().index.astype(str).to_list() == [
        "1993-05",
        "1995-01",
        "1995-02",
        "1995-04",
    ]
    days = pd.DataFrame({"said": ["2024-12-30", "2025-01-05", "2025-01-13"], "priority": "jobs"})
    weeks = pl.attention(days, by="week", normalize=False)["jobs"]
    assert weeks.fillna(-1).to_list() == [2, -1, 1]
    with pytest.raises(ValueError, match="row 7: '1993' is a year, and a month cannot be told"):
        pl.attention(spoken, by="month")


def test_by_any_column(spoken):
    table = pl.attention(spoken, by="actor")
    assert table.loc["hebei"].to_dict() == {"credit": 0.5, "robots": 0, "talent": 0.5}
    swapped = pl.attention(spoken, by="document", columns="actor", normalize=False)
    assert swapped.loc["daily"].to_dict() == {"hebei": 0, "henan": 1, "jilin": 1}


@given(
    st.lists(
        st.tuples(st.integers(1990, 2000), st.sampled_from("abc"), st.integers(0, 3)), min_size=1
    )
)
def test_shares_are_what_plain_counting_gives(rows):
    table = pl.attention(pd.DataFrame(rows, columns=["said", "priority", "count"]))
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
        assert row == pytest.approx([cells[year, code] / totals[year] for code in table.columns])


def test_the_date_of_print_is_taken_with_a_warning(spoken):
    late = spoken.assign(said=[None, None, *spoken["said"][2:]], published=1999)
    with pytest.warns(UserWarning, match="2 of 5 statements have no date in 'said'") as caught:
        table = pl.attention(late, normalize=False)
    assert caught[0].filename == __file__
    assert table.index[[0, -1]].astype(str).to_list() == ["1995", "1999"]
    assert table.loc["1999"].to_list() == [0, 2, 1]
    with pytest.warns(UserWarning, match="5 of 5"):
        assert len(pl.attention(late.assign(said=pd.NaT))) == 1
    late["published"] = [None, 1999, 1999, 1999, 1999]
    with pytest.raises(ValueError, match="column 'said', row 7: the date is missing"):
        pl.first_statements(late)
    late["published"] = "spring"
    with pytest.raises(ValueError, match="column 'published', row 7: 'spring' is no date"):
        pl.first_statements(late)


def test_the_network_gives_themes_over_time(network):
    table = pl.attention(pl.statements(network, columns="theme"), columns="concept", by="month")
    assert table.index[[0, -1]].astype(str).to_list() == ["2023-12", "2025-01"]
    assert table.loc["2023-12"].to_list() == pytest.approx([8 / 13, 5 / 13])
    assert table.loc["2025-01"].to_list() == [1, 0]


def test_nothing_said_gives_an_empty_table(spoken):
    for normalize in (True, False):
        assert pl.attention(spoken.iloc[:0], normalize=normalize).empty
        assert pl.attention(spoken.assign(priority=None), normalize=normalize).empty
    assert pl.first_statements(spoken.iloc[:0]).empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "years"}, "no by 'years'.*did you mean 'year'"),
        ({"columns": "topic"}, "no column 'topic'"),
        ({"by": "priority"}, "rows and columns are both 'priority'"),
    ],
)
def test_columns_that_are_not_there(spoken, options, message):
    with pytest.raises(ValueError, match=message):
        pl.attention(spoken, **options)


def test_statements_without_dates(tables):
    for call in (pl.attention, pl.first_statements):
        with pytest.raises(ValueError, match="no column 'said'"):
            call(tables.statements)
        with pytest.raises(TypeError, match="expected a table"):
            call(tables)


# --- Who said it first. -------------------------------------------------------------------------


def firsts(table):
    return [*table[["priority", "actor", "said"]].itertuples(index=False, name=None)]


def test_first_by_hand(spoken):
    table = pl.first_statements(spoken)
    assert firsts(table) == [
        ("credit", "hebei", "1997"),
        ("robots", "henan", "1993-05"),
        ("talent", "hebei", "1993"),
    ]
    assert table["document"].to_list() == ["report-97", "plan", "report"]
    assert table["paragraph"].to_list() == [1, 3, 1]
    assert not table["tied"].any()
    assert set(table["dated_by"]) == {"said"}


@pytest.mark.parametrize(
    ("said", "first"),
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
def test_whoever_may_have_been_first_is_named(spoken, said, first):
    table = spoken.head(3).assign(priority="robots", said=said, actor=["a", "b", "c"])
    found = pl.first_statements(table)
    assert set(found["actor"]) == {"abc"[i] for i in first}
    assert (found["tied"] == (len(first) > 1)).all()


def test_one_row_for_each_document_with_its_first_paragraph(spoken):
    table = spoken.assign(actor="henan", priority="robots", said=1993)
    found = pl.first_statements(table)
    assert found["document"].to_list() == ["daily", "plan", "report", "report-97"]
    assert found["paragraph"].to_list() == [2, 3, 1, 1]
    assert found["tied"].all()


def test_what_is_said_no_time_is_not_said(spoken):
    found = pl.first_statements(spoken.assign(count=[0, 1, 1, 1, 1]))
    assert firsts(found)[1] == ("robots", "henan", "1995-01-31")


def test_the_date_of_print_is_marked(spoken):
    table = spoken.assign(said=[1995.0, None, 1995, 1995, None], published="1993-02")
    found = pl.first_statements(table).set_index("priority")
    assert found["dated_by"].to_dict() == {
        "credit": "published",
        "robots": "said",
        "talent": "published",
    }
    assert found.loc["talent", "said"] == "1993-02"


@given(st.lists(st.sampled_from(["1993", "1993-05", "1993-05-09", "1993-06", "1994"]), min_size=1))
def test_nobody_else_is_known_to_be_earlier(said):
    table = pd.DataFrame({"priority": "robots", "actor": range(len(said)), "said": said})
    found = pl.first_statements(table.assign(document="daily", paragraph=1))

    def earlier(a, b):  # as text, by what both dates tell
        shorter = min(len(a), len(b))
        return a[:shorter] < b[:shorter]

    expected = {i for i, b in enumerate(said) if not any(earlier(a, b) for a in said)}
    assert set(found["actor"]) == expected
