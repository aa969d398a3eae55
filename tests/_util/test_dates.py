"""Dates of any kind, as days, weeks, months and years."""

import pandas as pd
import pytest

from policylib._util.dates import first_days, last_days, periods

DAYS = ["2024-12-30", "2025-01-01", "2025-01-31", "2024-01-31", "2025-12-29", "2025-01-01"]


def dated(date):
    return pd.DataFrame({"date": date})


class TestFirstDays:
    @pytest.mark.parametrize(
        ("date", "unit", "message"),
        [
            ("2023-12-31 or so", "year", "'2023-12-31 or so' is not a date"),
            ("2023-12-31T99:99", "year", "is not a date"),
            (None, "year", r"row 0: the date is missing \(and 5 more rows"),
            (pd.NaT, "year", "row 0: the date is missing"),
            ("2023-13", "year", "'2023-13' is not a date .allowed: a year"),
            ("12/2023", "year", "'12/2023' is not a date"),
            (2023, "month", "'2023' is only a year, so the month is unknown"),
            ("2023-12", "week", "'2023-12' is only a month, so the week"),
        ],
    )
    def test_what_is_not_a_date_of_the_unit(self, date, unit, message):
        with pytest.raises(ValueError, match=message):
            first_days(dated([date] * 6), unit)

    def test_the_row_of_a_wrong_date_is_named(self):
        statements = dated([*DAYS[:3], "31.1.2024", *DAYS[4:]])
        with pytest.raises(ValueError, match=r"column 'date', row 3: '31.1.2024' is not a date"):
            first_days(statements, "month")

    @pytest.mark.parametrize(
        ("period", "freq", "units"),
        [
            ("2023", "Y", "year"),
            ("2023Q1", "Q", "year quarter"),
            ("2023-02", "M", "year quarter month"),
            ("2023-02-06", "W", "year quarter month week"),  # Monday to Sunday, 12 February
            ("2023-01-30", "W", "year quarter week"),  # until 5 February
            ("2022-12-26", "W", "week"),  # until 1 January
            ("2023-02-06", "D", "year quarter month week day"),
            ("2023-02-06 05:00", "h", "year quarter month week day"),
            ("2023-01", "2M", "year quarter"),
            ("2023", "Y-MAR", ""),  # from 1 April 2022 to 31 March 2023
            ("2023Q1", "Q-JAN", "year"),  # from February to April 2022
            ("2023-01-05", "W-WED", "year quarter month"),  # from Thursday, 5 January
        ],
    )
    def test_a_period_is_a_date_of_every_unit_that_it_lies_in(self, period, freq, units):
        dates = dated(pd.PeriodIndex([period] * 2, freq=freq))
        for unit in ("year", "quarter", "month", "week", "day"):
            if unit in units.split():
                assert (
                    first_days(dates, unit).to_list()
                    == [dates["date"][0].start_time.floor("D")] * 2
                )
            else:
                with pytest.raises(ValueError, match=rf"row 0: '.*' is .*{unit}.*\(and 1 more row"):
                    first_days(dates, unit)

    @pytest.mark.parametrize(
        ("period", "unit", "message"),
        [
            (pd.Period("2023Q1"), "month", "'2023Q1' is only a quarter, so the month is unknown"),
            (pd.Period("2022-12-28", "W"), "year", "is only a week, so the year is unknown"),
            (pd.Period("2023", "Y-MAR"), "year", "'2023' is not a year of the calendar"),
            (pd.Period("2023-01", "2M"), "month", "'2023-01' is only a period, so the month"),
        ],
    )
    def test_a_period_that_is_too_long_is_named(self, period, unit, message):
        with pytest.raises(ValueError, match=message):
            first_days(dated([period]), unit)

    def test_periods_may_be_objects_and_gaps_are_named(self):
        quarters = dated(pd.Series([pd.Period("2023Q1"), pd.Period("2023Q4")], dtype="object"))
        assert first_days(quarters).dt.strftime("%m-%d").to_list() == ["01-01", "10-01"]
        with pytest.raises(ValueError, match="row 1: the date is missing"):
            first_days(dated([pd.Period("2023Q1"), None]))

    def test_years_may_be_floats_beside_text(self):
        assert first_days(dated([2023.0, "2024-02"])).dt.year.to_list() == [2023, 2024]


class TestLastDays:
    def test_a_day_is_its_own_last_day(self):
        statements = dated(["2024-02-01", "2024-02", "2024", "2024-12-31"])
        expected = ["2024-02-01", "2024-02-29", "2024-12-31", "2024-12-31"]
        assert last_days(statements).dt.strftime("%Y-%m-%d").to_list() == expected
        assert (first_days(statements) <= last_days(statements)).all()

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            (pd.Period("2024Q1"), "2024-03-31"),
            (pd.Period("2024-02"), "2024-02-29"),
            (pd.Period("2024-02-01", "W"), "2024-02-04"),
            (pd.Period("2024-02-01 05:00", "h"), "2024-02-01"),
        ],
    )
    def test_the_last_day_of_a_period(self, period, expected):
        assert last_days(dated([period])).dt.strftime("%Y-%m-%d").to_list() == [expected]


class TestPeriods:
    def test_dates_of_any_kind(self):
        expected = periods(dated(DAYS), "month").to_list()
        stamps = pd.to_datetime(pd.Series(DAYS))
        for date in (stamps, stamps.dt.tz_localize("Asia/Shanghai"), stamps.dt.date):
            assert periods(dated(date), "month").to_list() == expected
        assert periods(dated(stamps.dt.to_period("M")), "month").to_list() == expected

    def test_dates_with_a_time_or_of_other_types(self):
        expected = periods(dated(DAYS), "week").to_list()
        timed = [f"{day}T23:59:59.5+08:00" for day in DAYS]
        assert periods(dated(timed), "week").to_list() == expected
        arrow = pd.to_datetime(pd.Series(DAYS)).astype("timestamp[us][pyarrow]")
        assert periods(dated(arrow), "week").to_list() == expected
        assert periods(dated([2023.0, 2024.0]), "year").astype(str).to_list() == ["2023", "2024"]


@pytest.mark.parametrize("dtype", ["date32[pyarrow]", "date64[pyarrow]", "timestamp[us][pyarrow]"])
def test_dates_of_arrow(dtype):
    table = pd.DataFrame({"date": pd.Series([pd.Timestamp("2024-02-03")]).astype(dtype)})
    for days in (first_days(table), last_days(table)):
        assert days.astype("datetime64[us]").to_list() == [pd.Timestamp("2024-02-03")]
