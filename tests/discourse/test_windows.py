import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol


def windows(said, **options):
    table = pd.DataFrame({"date": said, "n": range(len(said))})
    walk = pol.time_windows(table, **options)
    return [(str(p.left.date()), str(p.right.date()), part["n"].to_list()) for p, part in walk]


def test_time_windows_of_months():
    said = ["2023-12-31", "2023-11-02", "2024-03-01", "2024-03-31"]
    assert windows(said, size="2 months") == [
        ("2023-11-01", "2024-01-01", [0, 1]),
        ("2024-01-01", "2024-03-01", []),
        ("2024-03-01", "2024-05-01", [2, 3]),
    ]


def test_time_windows_that_overlap():
    said = ["2023", "2024", "2025"]
    assert windows(said, size="2 years", step="1 year") == [
        ("2023-01-01", "2025-01-01", [0, 1]),
        ("2024-01-01", "2026-01-01", [1, 2]),
    ]


def test_time_windows_of_days_and_weeks():
    said = ["2024-01-03", "2024-01-05", "2024-01-10"]
    assert windows(said, size="3 days") == [
        ("2024-01-03", "2024-01-06", [0, 1]),
        ("2024-01-06", "2024-01-09", []),
        ("2024-01-09", "2024-01-12", [2]),
    ]
    assert windows(said, size="1 week") == [
        ("2024-01-01", "2024-01-08", [0, 1]),
        ("2024-01-08", "2024-01-15", [2]),
    ]
    assert windows(said, size="1 year", step="week")[0][0] == "2024-01-01"


def test_time_windows_of_statements():
    said = ["2024-05", "2024-01", "2024-02", "2024-02", "2024"]
    assert windows(said, size=2) == [
        ("2024-01-01", "2024-01-01", [1, 4]),
        ("2024-02-01", "2024-02-01", [2, 3]),
        ("2024-05-01", "2024-05-01", [0]),
    ]
    assert [rows for *_, rows in windows(said, size=3, step=1)] == [[1, 2, 4], [2, 3, 4], [0, 2, 3]]
    assert windows(said, size=np.int64(2)) == windows(said, size=2)
    assert [rows for *_, rows in windows(said, size=9)] == [[0, 1, 2, 3, 4]]


@given(
    st.lists(st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2023-12-31").date())),
    st.sampled_from(["9 days", "3 weeks", "1 month", "5 months", "2 years", 4]),
)
def test_time_windows_side_by_side_hold_every_statement_once(said, size):
    table = pd.DataFrame({"date": said}, dtype="object")
    parts = [part for _, part in pol.time_windows(table, size=size)]
    held = [row for part in parts for row in part.index]
    assert sorted(held) == list(range(len(said)))
    for period, part in pol.time_windows(table, size=size):
        assert all(pd.Timestamp(day) in period for day in part["date"])


@pytest.mark.parametrize("step", ["2 weeks", "1 month", "28 days"])
def test_time_windows_that_overlap_pass_over_nothing(step):
    said = pd.date_range("2023-01-31", periods=120, freq="3D")
    table = pd.DataFrame({"date": said})
    parts = [part for _, part in pol.time_windows(table, size="2 months", step=step)]
    assert sorted({row for part in parts for row in part.index}) == list(range(120))


def test_time_windows_share_nothing_with_each_other():
    table = pd.DataFrame({"date": [2023, 2024], "rating": pd.Series([1, 2.5], dtype="object")})
    (_, first), (_, second) = pol.time_windows(table, size="1 year")
    assert first.attrs["ranges"]["rating"] == (1, 2.5)
    first.attrs["ranges"]["rating"] = (0, 9)
    assert second.attrs["ranges"]["rating"] == (1, 2.5)
    assert table.attrs == {}


def test_time_windows_bring_the_range_of_the_whole_table():
    table = pd.DataFrame(
        {"date": [2023, 2023, 2024], "who": ["a", "b", "a"], "what": "x", "rating": [2, 3, 5]}
    )
    names = {"rows": "who", "columns": "what", "qualifier": "rating"}
    whole = pol.discourse_network(pol.count_statements(table, **names))
    assert whole.loc["a", "b"] == pytest.approx((1 - 1 / 3) + (1 - 2 / 3))
    parts = [part for _, part in pol.time_windows(table, size="1 year")]
    first = pol.count_statements(parts[0], **names)
    assert first.columns.get_level_values(1).to_list() == [2, 3, 5]
    assert pol.discourse_network(first).loc["a", "b"] == pytest.approx(1 - 1 / 3)
    table.attrs["ranges"] = {"rating": (1, 5)}
    ((_, part), *_) = pol.time_windows(table, size="1 year")
    assert pol.discourse_network(pol.count_statements(part, **names)).loc["a", "b"] == 1 - 1 / 4


def test_time_windows_with_one_level_do_not_divide_by_zero():
    table = pd.DataFrame(
        {"date": [2023, 2023, 2024], "who": ["a", "b", "a"], "what": "x", "rating": [3, 3, 5]}
    )
    names = {"rows": "who", "columns": "what", "qualifier": "rating"}
    ((_, part), *_) = pol.time_windows(table, size="1 year")
    assert pol.discourse_network(pol.count_statements(part, **names)).loc["a", "b"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "a month"}, "size 'a month' is not a length of time.*days, weeks, months, years"),
        ({"size": "0 days"}, "size '0 days'"),
        ({"size": 0}, "size 0 is not a length"),
        ({"size": True}, "size True is not a length"),
        ({"size": "1 year", "step": "1 jear"}, "step '1 jear'"),
        ({"size": "1 year", "step": 5}, "both lengths of time or both numbers"),
        ({"size": "1 month", "step": "2 months"}, "larger than the size"),
        ({"size": "1 year", "step": "13 months"}, "larger than the size"),
        ({"size": 2, "step": 3}, "larger than the size"),
        ({"size": "1 day"}, r"row 0: '2023-12' is only a month, so the day is unknown"),
    ],
)
def test_time_windows_refuse_wrong_options_at_once(options, message):
    with pytest.raises(ValueError, match=message):
        pol.time_windows(pd.DataFrame({"date": ["2023-12", "2024-01-31"]}), **options)


@pytest.mark.parametrize(("size", "step"), [("1 month", "30 days"), ("30 days", "1 month")])
def test_time_windows_refuse_a_step_that_is_sometimes_too_long(size, step):
    said = ["2023-01-02", "2023-03-01", "2023-03-02", "2023-04-20"]
    with pytest.raises(
        ValueError, match=r"larger than the size( after 2023-0\d-\d\d)?; it would pass over"
    ):
        pol.time_windows(pd.DataFrame({"date": said}), size=size, step=step)
    assert len(windows(said, size="1 year", step="52 weeks")) == 1  # nearly a year, but not more


def test_time_windows_from_the_31st_do_not_stay_at_the_28th():
    said = ["2023-01-31", "2023-05-30"]
    begun = [left for left, *_ in windows(said, size="2 months", step="30 days")]
    assert begun[0] == "2023-01-31"
    table = pd.DataFrame({"date": pd.date_range("2023-01-31", "2023-06-29")})
    walk = pol.time_windows(table, size="35 days", step="1 month")
    assert [str(period.left.date()) for period, _ in walk][:4] == [
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
    ]


def test_time_windows_need_a_date(tables):
    with pytest.raises(ValueError, match="no column 'date'"):
        pol.time_windows(tables.statements, size="1 month")
    assert list(pol.time_windows(pd.DataFrame({"date": []}), size="1 month")) == []
