"""Lines of attention over time."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib.plot.style import MANY
from tests.plot.helpers import assert_inside, texts


@pytest.fixture
def shares():
    """Three priorities; no source of 1995 and 1997."""
    years = pd.period_range("1993", "1999", freq="Y")
    values = {"robots": [0.5, 0.25], "talent": [0.25, 0.25], "credit": [0.25, 0.5]}
    return pd.DataFrame(
        {name: [a, b, None, a, None, b, a] for name, (a, b) in values.items()}, index=years
    )


class TestPlotAttention:
    def test_lines_break_where_there_is_no_source(self, shares):
        ax = pol.plot_attention(shares)
        drawn = ax.get_lines()[0].get_ydata()
        assert np.isnan(drawn).tolist() == shares["robots"].isna().tolist()
        assert {line.get_marker() for line in ax.get_lines()} == {"o"}  # 1996 stands alone
        assert [line.get_color() for line in ax.get_lines()] == MANY[:3]
        assert ax.get_ylabel() == "share of statements"
        assert [t.get_text() for t in ax.get_xticklabels()] == [str(y) for y in range(1993, 2000)]
        assert all(t.get_text().endswith(" %") for t in ax.get_yticklabels())
        assert_inside(ax.figure, ax.texts)

    def test_options_may_have_the_short_names_of_matplotlib(self, shares):
        line = pol.plot_attention(shares, c="red", lw=3, ms=2).get_lines()[0]
        assert (line.get_color(), line.get_linewidth(), line.get_markersize()) == ("red", 3, 2)

    def test_left_out_years_are_gaps_too(self, shares):
        ax = pol.plot_attention(shares.dropna())
        assert np.isnan(ax.get_lines()[0].get_ydata()).tolist() == shares["robots"].isna().tolist()

    def test_counts_are_whole_and_never_percent(self, shares):
        counts = (shares * 4).astype("Int64")
        ax = pol.plot_attention(counts)
        assert ax.get_ylabel() == "statements"
        ones = counts.clip(upper=1)
        assert pol.plot_attention(ones).get_ylabel() == "statements"

    def test_eight_lines_that_end_together_have_names_apart(self):
        years = pd.period_range("1954", "2024", freq="Y")
        table = pd.DataFrame({f"priority number {i}": 0.1 for i in range(8)}, index=years)
        table.iloc[-10:, 0] = None  # one ends earlier
        for values in (table, 1 - table, table * 0):
            ax = pol.plot_attention(values)
            assert_inside(ax.figure, ax.texts)
        years = [int(t.get_text()) for t in ax.get_xticklabels()]
        assert years == [*range(1960, 2021, 10)]
        with pytest.raises(ValueError, match=r"9 lines, but only 8 colours; choose some"):
            pol.plot_attention(table.assign(more=0.2))

    @pytest.mark.parametrize(
        ("first", "last", "freq", "named"),
        [
            ("2023-11", "2024-02", "M", ["2023-11", "2023-12", "2024-01", "2024-02"]),
            ("2023-02", "2024-02", "M", ["2023-04", "2023-07", "2023-10", "2024-01"]),
            ("2024-12-30", "2025-01-06", "W", ["2024-12-30", "2025-01-06"]),
            ("2024", "2024", "Y", ["2024"]),
        ],
    )
    def test_the_axis_names_round_times(self, first, last, freq, named):
        index = pd.period_range(first, last, freq=freq)
        ax = pol.plot_attention(pd.DataFrame({"robots": 0.5}, index=index))
        assert [t.get_text() for t in ax.get_xticklabels()] == named
        assert_inside(ax.figure, [*ax.texts, *ax.get_xticklabels()])

    def test_attention_on_given_axes(self, shares):
        _, ax = plt.subplots()
        ax.plot([0, 1], [0, 1], label="other")
        assert pol.plot_attention(shares, ax=ax, linewidth=3) is ax
        assert ax.get_lines()[-1].get_linewidth() == 3
        assert sorted(texts(ax)) == sorted(shares)

    def test_rows_that_are_no_periods_are_refused(self, shares):
        with pytest.raises(ValueError, match=r"not periods; attention\(statements\)"):
            pol.plot_attention(shares.set_axis(range(len(shares))))

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            (lambda table: table["a"], TypeError, "expected a table"),
            (lambda table: -table, ValueError, "negative or not numbers"),
            (lambda table: table.astype(str), ValueError, "negative or not numbers"),
        ],
    )
    def test_attention_is_a_table_of_shares_or_counts(self, change, error, message):
        years = pd.period_range("2021", "2022", freq="Y")
        with pytest.raises(error, match=message):
            pol.plot_attention(change(pd.DataFrame({"a": [0.1, 0.2]}, index=years)))

    @pytest.mark.parametrize(
        "nothing",
        [
            pd.DataFrame(),
            pd.DataFrame({"x": [None]}, index=pd.period_range("2023", "2023")),
        ],
    )
    def test_nothing_cannot_be_drawn(self, nothing):
        with pytest.raises(ValueError, match=r"nothing|empty|no values"):
            pol.plot_attention(nothing)


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week"])
def test_plot_attention_names_the_periods(unit):
    statements = pd.DataFrame({"code": "a", "date": ["2021-01-05", "2022-03-09"]})
    ax = pol.plot_attention(pol.attention(statements, period=unit))
    assert ax.get_xlabel() == unit
