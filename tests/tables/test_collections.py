"""What ships beside the article: its two readings, and the reports that a codebook coded."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

import policylib as pl
from policylib.tables.schema import column_names

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
READINGS = sorted((ROOT / "data" / "readings").glob("*.csv"))
CODED = ("reports-2025", "national-reports")


@pytest.fixture(scope="module")
def everything():
    return pl.read_tables(ROOT / "data")  # with every check


@pytest.fixture(scope="module", params=CODED)
def collection(request):
    return pl.read_tables(collection=request.param)


def test_a_collection_reads_alone_as_among_all(everything, collection):
    ids = collection.documents["id"]
    among = everything.statements[everything.statements["document"].isin(ids)]
    pd.testing.assert_frame_equal(collection.statements, among.reset_index(drop=True))


def test_the_reports_of_all_provinces_and_of_fifty_years(everything):
    documents = everything.documents.set_index("collection")
    provinces = documents.loc["reports-2025", "actor"]
    assert sorted(provinces) == sorted(everything.provinces["id"])
    national = documents.loc["national-reports"]
    assert set(national["actor"]) == {"state-council"}
    years = national["said"].astype(int).tolist()
    missing = sorted(set(range(1978, 2026)) - set(years))
    assert len(years) == len(set(years)) == 43
    assert missing == [1989, 1990, 1991, 1996, 2020]


def test_no_text_is_shipped(collection):
    statements = collection.statements
    assert statements["summary"].isna().all()
    assert statements["anchor"].str.len().max() <= 16  # a term, no sentence
    assert statements["coder"].nunique() == 1
    assert statements["coder"][0].startswith(f"policylib {pl.__version__}, terms ")


def test_every_province_reports_and_commits():
    statements = pl.read_tables(collection="reports-2025").statements
    counts = statements.groupby(["actor", "role"]).size().unstack()
    assert counts.shape == (31, 2)
    assert counts.min(axis=None) > 50


@pytest.mark.skipif(
    not (CORPORA / "national-reports").is_dir(),
    reason=f"the texts are not at {CORPORA}; POLICYLIB_CORPORA names their folder",
)
def test_the_texts_give_what_is_shipped(everything):
    sys.path.insert(0, str(ROOT / "data"))
    try:
        import rebuild
    finally:
        sys.path.pop(0)
    again = rebuild.rebuild(everything)
    for name in ("documents", "statements"):
        old, new = (
            getattr(t, name).sort_values("id", ignore_index=True) for t in (everything, again)
        )
        pd.testing.assert_frame_equal(new, old, check_dtype=False)


@pytest.mark.parametrize("path", READINGS, ids=lambda path: path.stem)
def test_a_reading_has_the_form_of_statements(path, everything):
    reading = pd.read_csv(path)
    assert reading.columns.to_list() == column_names("statements")
    assert reading["id"].is_unique
    assert set(reading["priority"]) <= set(everything.priorities["id"])
    actors = pd.concat([everything.provinces, everything.organisations, everything.experts])["id"]
    assert set(reading["actor"]) <= set(actors)
    assert (reading["anchor"].str.split().str.len() <= 6).all()


def test_two_readings_agree_and_are_no_statements(everything):
    first, second = (pd.read_csv(path) for path in READINGS)
    units = pd.DataFrame({"document": "city-daily-2024", "paragraph": range(3, 43)})
    overall = pl.agreement(first, second, units=units).set_index("code").loc["overall"]
    assert overall[["a", "b", "both"]].to_list() == [178, 177, 172]
    assert round(overall["alpha"], 2) == 0.97
    assert not set(everything.statements["coder"]) & {"first reading", "second reading"}


def test_the_reconciled_coding_lies_between_the_readings():
    first, second = (pd.read_csv(path) for path in READINGS)
    key = ["paragraph", "actor", "priority"]
    kept = set(map(tuple, pl.read_tables().statements[key].to_numpy()))
    one, two = (set(map(tuple, table[key].to_numpy())) for table in (first, second))
    assert one & two <= kept <= one | two
