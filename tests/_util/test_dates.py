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


class TestLastDays:
    def test_a_day_is_its_own_last_day(self):
        statements = dated(["2024-02-01", "2024-02", "2024", "2024-12-31"])
        expected = ["2024-02-01", "2024-02-29", "2024-12-31", "2024-12-31"]
        assert last_days(statements).dt.strftime("%Y-%m-%d").to_list() == expected
        assert (first_days(statements) <= last_days(statements)).all()


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
