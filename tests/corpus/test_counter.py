"""count_corpus: the counts of parts add up to those of one table."""

import warnings

import dask
import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

import policylib as pol
from policylib.corpus import sources
from tests.corpus.helpers import BY_ACTOR, code, some_rows, write


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """A coded folder of several parts; for reading only."""
    folder = tmp_path_factory.mktemp("counted")
    rows = some_rows(40).assign(actor=["henan", "hebei", "jilin", None] * 10)
    rows["date"] = ["2023-01-05", "2023-02", "2024-01-01", "2023-01"] * 10
    with pytest.MonkeyPatch.context() as patch, dask.config.set(scheduler="synchronous"):
        patch.setattr(sources, "PART_BYTES", 300)
        summary, _ = code(write(rows, folder / "a.jsonl"), folder / "coded")
        assert summary["parts"] > 8  # so that sums are added up, too
        yield folder / "coded"


@pytest.mark.parametrize(
    ("rows", "columns"), [("actor", "code"), ("document", "role"), ("count", "date")]
)
def test_count_corpus_equals_count_statements(coded, rows, columns):
    counts = pol.count_corpus(coded, rows=rows, columns=columns)
    expected = pol.count_statements(pd.read_parquet(coded), rows=rows, columns=columns)
    pd.testing.assert_frame_equal(counts, expected)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_count_corpus_by_period_adds_up_to_the_whole(coded, period):
    counts = pol.count_corpus(coded, **BY_ACTOR, period=period)
    statements = pd.read_parquet(coded)
    whole = pol.count_statements(statements, **BY_ACTOR)
    pd.testing.assert_frame_equal(counts.groupby(level="actor").sum(), whole)
    assert counts.index.names == [period, "actor"]
    assert isinstance(counts.index.levels[0], pd.PeriodIndex)
    shares = pol.attention(statements, period=period, normalize=False).dropna().astype("int64")
    by_period = counts.groupby(level=period).sum()
    pd.testing.assert_frame_equal(by_period, shares.loc[by_period.index], check_freq=False)
    january = statements[statements["date"].str.startswith("2023-01")]
    if period == "month":
        found = counts.loc["2023-01"].loc[:, lambda table: table.any()]
        expected = pol.count_statements(january, **BY_ACTOR)
        pd.testing.assert_frame_equal(found, expected)


def test_count_corpus_rolls_codes_up_to_levels_of_the_codebook(here, tmp_path):
    codebook = pol.read_codebook()
    rows = pd.DataFrame({"document": ["a", "b"], "text": ["robots, talents, robots", "tourism"]})
    coded = tmp_path / "coded"
    code(write(rows, tmp_path / "a.jsonl"), coded, codebook)
    statements = pd.read_parquet(coded)
    for level in ("theme", "priority", "item"):
        counts = pol.count_corpus(coded, rows="actor", level=level)
        options = {"rows": "actor", "level": level, "codebook": codebook}
        pd.testing.assert_frame_equal(counts, pol.count_statements(statements, **options))
    raw = pol.count_corpus(coded, rows="actor")
    pd.testing.assert_frame_equal(raw, pol.count_statements(statements, rows="actor"))
    assert "robots" in raw
    assert "robots" not in pol.count_corpus(coded, rows="actor", level="priority")
    turned = pol.count_corpus(coded, rows="code", columns="actor", level="theme")
    pd.testing.assert_frame_equal(turned, pol.count_corpus(coded, rows="actor", level="theme").T)


def test_count_corpus_leaves_out_denials(here, tmp_path):
    texts = ["We will build robots.", "We will not build robots.", "We rejected tourism."]
    rows = pd.DataFrame({"document": ["a", "b", "c"], "text": texts})
    coded = tmp_path / "coded"
    code(write(rows, tmp_path / "a.jsonl"), coded, pol.read_codebook())
    statements = pd.read_parquet(coded)
    for options in ({"rows": "actor"}, {"rows": "actor", "denied": True}, {"rows": "qualifier"}):
        counts = pol.count_corpus(coded, **options)
        pd.testing.assert_frame_equal(counts, pol.count_statements(statements, **options))
    assert pol.count_corpus(coded, rows="actor").index.to_list() == ["a"]
    only = {"rows": "actor", "filters": [("qualifier", "==", False)]}
    assert pol.count_corpus(coded, **only, denied=True).to_numpy().sum() == 2
    with pytest.warns(UserWarning, match=r"or all that do are denials \(denied=True counts them\)"):
        assert pol.count_corpus(coded, **only).empty


@pytest.mark.parametrize("kind", [list, tuple, pd.Index, pd.Series, np.array])
def test_count_corpus_takes_several_columns_as_rows(coded, kind):
    by = ["actor", "document"]
    counts = pol.count_corpus(coded, rows=kind(by))
    expected = pol.count_statements(pd.read_parquet(coded), rows=kind(by))
    pd.testing.assert_frame_equal(counts, expected)
    yearly = pol.count_corpus(coded, rows=by, period="year")
    assert yearly.index.names == ["year", *by]
    pd.testing.assert_frame_equal(yearly.groupby(level=by).sum(), counts)


def test_count_corpus_warns_of_statements_without_a_date(here, tmp_path):
    rows = some_rows(4).assign(
        date=["2023", None, "2024", None], published=[None, "2025", None, None]
    )
    coded, options = tmp_path / "coded", {"rows": "document", "columns": "code"}
    code(write(rows, tmp_path / "a.jsonl"), coded)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        counts = pol.count_corpus(coded, **options, period="year")
    assert [str(warning.message) for warning in caught] == [
        "2 of 8 mentions have no date and are not counted",
        "3 of 8 mentions have no date in 'date' and are dated by 'published'",
    ]
    assert counts.sum(axis=1).to_dict() == {
        (pd.Period("2023"), "d000"): 3,
        (pd.Period("2025"), "d001"): 3,
    }
    code(write(some_rows(4), tmp_path / "a.jsonl"), coded)
    with pytest.raises(ValueError, match="no statement has a date"):
        pol.count_corpus(coded, **options, period="year")


def test_count_corpus_of_no_statements_is_empty(here, tmp_path):
    rows = pd.DataFrame({"document": ["a"], "text": ["Nothing."]})
    with pytest.warns(UserWarning, match="no statement was found"):
        code(write(rows, tmp_path / "a.jsonl"), tmp_path / "coded")
    for period in (None, "year"):
        counts = pol.count_corpus(tmp_path / "coded", rows="actor", columns="role", period=period)
        assert counts.empty


def test_count_corpus_names_a_date_that_is_less_exact_than_the_period(coded):
    match = r"row 'd0\d\d-p0\d-\w+-commits-\w+': '2023-0[12]' is only a month, so the week"
    with pytest.raises(ValueError, match=match):
        pol.count_corpus(coded, rows="document", columns="code", period="week")


@pytest.mark.parametrize(
    "filters",
    [
        [("actor", "==", "henan")],
        [("count", ">", 1), ("actor", "in", ["henan", "hebei"])],
        [("actor", "in", np.array(["henan", "hebei"]))],
        [("actor", "in", pd.Series(["henan", "hebei"]))],
        [("actor", "not in", {"henan"}), ("count", "in", [1, 2])],
        [[("actor", "==", "henan")], [("code", "==", "quanta")]],
        pc.field("role") == "commits",
    ],
)
def test_count_corpus_counts_only_what_fits_the_filters(coded, filters):
    expected = pol.count_statements(pd.read_parquet(coded, filters=filters), **BY_ACTOR)
    counts = pol.count_corpus(coded, filters=filters, **BY_ACTOR)
    pd.testing.assert_frame_equal(counts, expected)


def test_count_corpus_warns_if_nothing_fits_the_filters(coded):
    filters = [("role", "==", "commit")]
    with pytest.warns(UserWarning, match="no statement fits the filters .*'commit'"):
        assert pol.count_corpus(coded, **BY_ACTOR, filters=filters).empty


def test_count_corpus_warns_of_empty_columns(coded):
    with pytest.warns(UserWarning, match="no statement has both 'initiative' and 'code'"):
        assert pol.count_corpus(coded, rows="initiative", columns="code").empty


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"rows": "actors", "columns": "code"}, "did you mean 'actor'?"),
        ({"rows": "actor", "columns": "speaker"}, "no column 'speaker' .allowed: id, document"),
        ({"rows": "number of mentions", "columns": "role"}, "no column 'number of mentions'"),
        ({"rows": "actor", "columns": "actor"}, "column 'actor' is named twice"),
        ({"rows": []}, "rows names no column; expected a column or a list of columns"),
        ({"rows": 3}, r"no column 3 \(allowed: id"),
        ({"rows": "actor", "columns": ["code"]}, r"no column \['code'\] \(allowed: id"),
        ({"rows": "theme"}, "no column 'theme'; use the column 'code' and level='theme'"),
        ({"rows": "actor", "columns": "role", "level": "theme"}, "rolls up the column 'code'"),
        (BY_ACTOR | {"period": "decade"}, "no period 'decade'"),
    ],
)
def test_count_corpus_refuses_unknown_columns_and_periods(coded, options, match):
    with pytest.raises(ValueError, match=match):
        pol.count_corpus(coded, **options)


@pytest.mark.parametrize(
    ("filters", "match"),
    [
        ([[("roles", "==", "commits")]], "no column 'roles'.*did you mean 'role'?"),
        (("role", "==", "commits"), "filters: expected a list of conditions"),
        ([], "filters: expected a list of conditions"),
        ([("role", "is", "commits")], "filters: expected a list of conditions"),
        ({"role": "commits"}, "filters: expected a list of conditions"),
        ([("role", "==", 3)], "'role' is text, got 3; write '3'"),
        ([("date", "==", 2021)], r"those of 2021 are \[\('date', '>=', '2021'\)"),
        ([("date", ">", pd.Timestamp("2021-01-01"))], "'date' is text, got Timestamp"),
        ([("theme", "==", "x")], "no column 'theme'; codes of all levels are in 'code'"),
        ([("year", "==", "2021")], "no column 'year'; use `period`, or filter the dates"),
        ([("role", "in", "commits")], "'in' needs a list of values, got 'commits'"),
        ([("date", "in", [2021])], "'date' is text, got 2021"),
        ([("actor", "in", [])], "'in' needs a list of values, got"),
        ([("count", ">", "1")], "do not fit the statements"),
        ([("count", "==", 2**80)], "filters: expected .*Python int too large"),
        ([("count", "in", [2**80])], "filters: expected .*Python int too large"),
        ([("count", "in", (n for n in [1]))], "'in' needs a list of values, got <generator"),
        ([("actor", "in", (a for a in "ab"))], "'in' needs a list of values, got <generator"),
        ([("actor", "==", "\ud800")], "filters: expected .*can't encode"),
        ((one for one in [("actor", "==", "a")]), "filters: expected a list of conditions"),
        (pc.field("roles") == "commits", "do not fit the statements: No match"),
    ],
)
def test_count_corpus_refuses_filters(coded, filters, match):
    with pytest.raises(ValueError, match=match):
        pol.count_corpus(coded, **BY_ACTOR, filters=filters)


@pytest.mark.parametrize("kind", [list, tuple, set, np.array, pd.Series])
def test_count_corpus_takes_any_list_of_values(coded, kind):
    two = pol.count_corpus(coded, **BY_ACTOR, filters=[("actor", "in", kind(["henan", "hebei"]))])
    assert two.index.to_list() == ["hebei", "henan"]
    one = [("count", "in", [1, 2**62])]
    assert not pol.count_corpus(coded, **BY_ACTOR, filters=one).empty


@pytest.mark.parametrize("other", [3, None, ["a"], pd.DataFrame()], ids=type)
def test_count_corpus_expects_a_path(other):
    with pytest.raises(
        TypeError, match=f"expected the path of a folder, not {type(other).__name__}"
    ):
        pol.count_corpus(other, **BY_ACTOR)
