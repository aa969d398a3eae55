"""The other shipped files: two readings of the article, and reports coded by codebook."""

import importlib.util
import os
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol
from policylib.tables.schema import column_names

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
READINGS = sorted((ROOT / "data" / "readings").glob("conferences-*.csv"))
CODED = ("reports-2025", "reports-2026", "national-reports")
# Invented reports in place of the texts, which are not distributed.
SAMPLE = {
    "provincial-reports-2025/410000.txt": """\
政府工作样本
来源：河南样报
2025年1月5日
一、2024年工作回顾
去年种了粮食。
二、2025年工作安排
发展机器人，再发展机器人。
名词解释
人工智能：机器的智能。
本作品只是样本，没有人工智能。
""",
    "provincial-reports-2025/index.csv": "file,adcode\n410000.txt,410000\n",
    "provincial-reports-2026/410000.txt": """下载
【字号：大 中 小】
关于人工智能的政府工作样本
2026年1月20日
一、2025年工作回顾
去年种了粮食。
二、2026年工作安排
发展机器人。
相关报道：人工智能
""",
    "provincial-reports-2026/index.csv": "adcode,published\n410000,2026-02-03\n",
    "national-reports/1982.txt": "样本\n去年种了粮食。\n今年发展机器人。\n",
    "national-reports/1950.txt": "那时没有机器人。\n",
}
IDS = ["report-2025-henan", "report-2026-henan", "national-report-1982"]


@pytest.fixture(scope="module")
def everything():
    return pol.read_tables(ROOT / "data")  # with every check


@pytest.fixture(scope="module", params=CODED)
def collection(request):
    return pol.read_tables(collection=request.param)


def test_a_collection_reads_alone_as_among_all(everything, collection):
    ids = collection.documents["id"]
    among = everything.statements[everything.statements["document"].isin(ids)]
    pd.testing.assert_frame_equal(collection.statements, among.reset_index(drop=True))


def test_the_reports_of_all_provinces_and_of_fifty_years(everything):
    documents = everything.documents.set_index("collection")
    for year in (2025, 2026):
        provinces = documents.loc[f"reports-{year}", "actor"]
        assert sorted(provinces) == sorted(everything.provinces["id"])
    national = documents.loc["national-reports"]
    assert set(national["actor"]) == {"state-council"}
    years = national["date"].astype(int).tolist()
    missing = sorted(set(range(1978, 2026)) - set(years))
    assert len(years) == len(set(years)) == 43
    assert missing == [1989, 1990, 1991, 1996, 2020]


def test_no_text_is_shipped(collection):
    statements = collection.statements
    assert statements["summary"].isna().all()
    assert statements["quote"].str.len().max() <= 16  # a term, not a sentence
    assert statements["coder"].nunique() == 1
    assert statements["coder"][0].startswith(f"policylib {pol.__version__}, terms ")


@pytest.mark.parametrize("name", ["reports-2025", "reports-2026"])
def test_every_province_reports_and_commits(name):
    statements = pol.read_tables(collection=name).statements
    counts = statements.groupby(["actor", "role"]).size().unstack()
    assert counts.shape == (31, 2)
    assert counts.min(axis=None) > 50


@pytest.fixture(scope="module")
def script():
    """Import the script behind `make rebuild`."""
    spec = importlib.util.spec_from_file_location("rebuild", ROOT / "data" / "rebuild.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not (CORPORA / "national-reports").is_dir(),
    reason=f"the texts are not at {CORPORA}; POLICYLIB_CORPORA names their folder",
)
def test_the_texts_give_what_is_shipped(everything, script):
    again = script.rebuild(everything)
    for name in ("documents", "statements"):
        old, new = (
            getattr(t, name).sort_values("id", ignore_index=True) for t in (everything, again)
        )
        pd.testing.assert_frame_equal(new, old, check_dtype=False)


@pytest.mark.skipif(
    not (CORPORA / "national-reports").is_dir(),
    reason=f"the texts are not at {CORPORA}; POLICYLIB_CORPORA names their folder",
)
@pytest.mark.parametrize("year", [2025, 2026])
def test_no_statement_is_outside_the_review_and_the_plan(everything, script, year):
    paragraphs, _ = script.provincial_reports(everything.provinces, year)
    parts = pol.report_parts(paragraphs)
    of = ["document", "paragraph"]
    left_out = parts.isin(script.NOT_CODED)
    places = everything.statements[of].drop_duplicates()
    found = places.merge(paragraphs.loc[left_out, of])
    assert found.empty
    known = parts.groupby(paragraphs["document"]).agg(set)
    assert all({"review", "plan"} <= kinds for kinds in known)
    assert left_out.sum() > 300


def test_a_sample_of_texts_is_coded_in_the_same_way(everything, script, tmp_path, monkeypatch):
    for name, text in SAMPLE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(script, "CORPORA", tmp_path)
    tables = script.rebuild(everything)
    documents = tables.documents.set_index("id")
    assert documents.index.to_list() == ["city-daily-2024", *IDS]
    columns = ["actor", "publisher", "published", "date", "paragraphs"]
    assert documents.loc[IDS, columns].to_numpy().tolist() == [
        ["henan", "河南样报", "2025-01", "2025-01-05", 10],
        ["henan", "Government of Henan", "2026-02-03", "2026-02-03", 9],
        ["state-council", "State Council", "1982", "1982", 3],
    ]
    coded = tables.statements[tables.statements["document"].isin(IDS)]
    # Neither what a website added to a text, nor a title or a glossary, nor a report before 1978.
    columns = ["document", "paragraph", "role", "quote", "count"]
    assert coded[columns].to_numpy().tolist() == [
        [IDS[0], 5, "reports", "粮食", 1],
        [IDS[0], 7, "commits", "机器人", 2],
        [IDS[1], 6, "reports", "粮食", 1],
        [IDS[1], 8, "commits", "机器人", 1],
        [IDS[2], 2, "reports", "粮食", 1],
        [IDS[2], 3, "commits", "机器人", 1],
    ]
    others = everything.statements["document"] == "city-daily-2024"
    assert len(tables.statements) == len(coded) + others.sum()


@pytest.mark.parametrize("path", READINGS, ids=lambda path: path.stem)
def test_a_reading_has_the_form_of_statements(path, everything):
    reading = pd.read_csv(path)
    assert reading.columns.to_list() == column_names("statements")
    assert reading["id"].is_unique
    assert set(reading["code"]) <= set(everything.priorities["id"])
    actors = pd.concat([everything.provinces, everything.organisations, everything.experts])["id"]
    assert set(reading["actor"]) <= set(actors)
    assert (reading["quote"].str.split().str.len() <= 6).all()


def test_two_readings_agree_and_are_no_statements(everything):
    first, second = (pd.read_csv(path) for path in READINGS)
    passages = pd.DataFrame({"document": "city-daily-2024", "paragraph": range(3, 43)})
    overall = pol.agreement(first, second, passages=passages).set_index("code").loc["overall"]
    assert overall[["a", "b", "both"]].to_list() == [178, 177, 172]
    assert round(overall["alpha"], 2) == 0.97
    assert not set(everything.statements["coder"]) & {"first reading", "second reading"}


def test_the_reconciled_coding_lies_between_the_readings():
    first, second = (pd.read_csv(path) for path in READINGS)
    key = ["paragraph", "actor", "code"]
    kept = set(map(tuple, pol.read_tables().statements[key].to_numpy()))
    one, two = (set(map(tuple, table[key].to_numpy())) for table in (first, second))
    assert one & two <= kept <= one | two


def test_the_judgements_of_2026_are_complete(everything):
    """The shares that data/README.md states follow from these files."""
    folder = ROOT / "data" / "readings"
    hits = pd.read_csv(folder / "hits-2026.csv")
    assert len(hits) == 300
    assert not hits.duplicated(["document", "paragraph", "start", "code"]).any()
    assert set(hits["code"]) <= set(everything.priorities["id"])
    for reader in ("first", "second"):
        assert set(hits[reader]) <= {"right", "wrong", "doubtful"}
        assert (hits[reader] == "right").mean() >= 0.92
    read = pd.read_csv(folder / "paragraphs-2026.csv")
    assert set(read["reader"]) == {"first", "second"}
    assert not read.duplicated().any()
    assert set(read["code"]) <= set(everything.priorities["id"])
