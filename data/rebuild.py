"""Code the reports of three collections again, and compare their wording, without the texts.

Run it with `make rebuild`. The texts are not distributed; the environment variable
POLICYLIB_CORPORA names their folder, which must hold provincial-reports-2025/<adcode>.txt,
provincial-reports-2026/<adcode>.txt with index.csv, and national-reports/<year>.txt.
"""

import os
import re
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import policylib as pol

DATA = Path(__file__).resolve().parent
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", DATA.parents[1] / "shared" / "corpora"))
COLLECTIONS = ("reports-2025", "reports-2026", "national-reports")
# The headings of these reports do not show where the plans begin. A reader found the paragraph.
PLANS_BEGIN = {
    "national-report-1978": 42,
    "national-report-1981": 30,
    "national-report-1982": 3,
    "national-report-1987": 15,
    "national-report-2002": 18,
}
# These begin what a website added at the end of a text.
ADDED = ("本作品", "相关报道", "相关文档", "责任编辑", "编辑：", "分享到")
SOURCE_WITHIN, DATE_WITHIN = 15, 5  # the first paragraphs, which may name the source and the day
# These reports do not separate review and plans, so all their statements report.
UNDIVIDED = ("national-report-1984", "national-report-1985")
PLACE = ["document", "paragraph", "code"]
NOT_CODED = ("front", "contents", "glossary", "annex", "closing")
FIRST_YEAR = 1978
# A reader of the contexts found these words in the paragraphs that have a phrase.
BESIDE = (
    ("投资于人", "投资于物", "投资于物"),
    ("投资于人", "资金资源投资于人", "资金资源“?投资于人"),
    ("政策性金融", "政策性金融工具", "政策性金融工具"),
)
# All terms of these codes, and of what is below them, are counted for notebook 15.
EXPLAINED = (
    "carbon-peaking",
    "future-industries",
    "legal-protection",
    "macro-regulation",
    "poverty-alleviation",
    "public-health",
)
# A reader of the contexts found what the codebook lacks: another name, or what was there before.
UNLISTED = {
    "单位能耗": ("carbon-peaking", "单位[^，。；]{0,12}能耗|能耗[^，。；]{0,6}双控"),
    "常态化帮扶": ("poverty-alleviation", "常态化(?:精准)?帮扶"),
    "涉企行政执法": ("legal-protection", "涉企行政(?:执法|检查)"),
}
DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")


def provincial_reports(provinces, year):
    """Read the reports of the provinces of a year, as paragraphs and as rows of documents."""
    folder = CORPORA / f"provincial-reports-{year}"
    paragraphs, _ = pol.read_documents(folder)
    of = provinces.astype({"adcode": str}).set_index("adcode")
    adcode = paragraphs["document"]
    paragraphs = paragraphs.assign(
        actor=adcode.map(of["id"]), document=f"report-{year}-" + adcode.map(of["id"])
    )
    rows = describe(paragraphs, f"reports-{year}")
    label = rows["actor"].map(provinces.set_index("id")["label"])
    first = paragraphs[paragraphs["paragraph"] <= SOURCE_WITHIN].set_index("document")["text"]
    source = first.str.extract("^来源[：:](.+)$")[0].dropna()
    index = pd.read_csv(folder / "index.csv", dtype=str)
    if "published" in index:
        actor = index["adcode"].map(of["id"])
        published = date = rows["actor"].map(index["published"].set_axis(actor))
    else:
        published = f"{year}-01"
        opening = paragraphs[paragraphs["paragraph"] <= DATE_WITHIN]
        opening = opening.groupby("document")["text"].agg("".join)
        date = rows["id"].map(opening.map(lambda text: first_date(text) or published))
    return paragraphs, rows.assign(
        title="Report on the Work of the Government of " + label + f", {year}",
        publisher=rows["id"].map(source).astype("str").fillna("Government of " + label),
        published=published,
        date=date,
    )


def national_reports():
    """Read the reports of the State Council, as paragraphs and as rows of documents."""
    paragraphs, _ = pol.read_documents(CORPORA / "national-reports")
    paragraphs = paragraphs[paragraphs["document"].astype(int) >= FIRST_YEAR]
    paragraphs = paragraphs.assign(
        actor="state-council", document="national-report-" + paragraphs["document"]
    )
    rows = describe(paragraphs, "national-reports")
    year = rows["id"].str[-4:]
    title = "Report on the Work of the Government, " + year
    return paragraphs, rows.assign(
        title=title, publisher="State Council", published=year, date=year
    )


def first_date(text):
    """Return the first date in a text as YYYY-MM-DD, or None."""
    found = DATE.search(text)
    return found and "{}-{:0>2}-{:0>2}".format(*found.groups())


def describe(paragraphs, collection):
    """Return rows for the table of documents, still without title, publisher and dates."""
    rows = paragraphs.groupby("document", sort=False).agg(
        actor=("actor", "first"), sha256=("sha256", "first"), paragraphs=("paragraph", "max")
    )
    rows = rows.reset_index().rename(columns={"document": "id"})
    return rows.assign(collection=collection, author=None, language="zh")


def code(paragraphs, tables):
    """Code the review and the plan of each report, and what belongs to no part."""
    added = paragraphs["text"].str.startswith(ADDED).groupby(paragraphs["document"]).cummax()
    paragraphs = paragraphs[~added]
    with warnings.catch_warnings():
        # In two of the reports that a reader divided, no headings are known.
        warnings.filterwarnings("ignore", "fewer than two headings are known")
        parts = pol.report_parts(paragraphs)
    begins = paragraphs["document"].map(PLANS_BEGIN)
    roles = parts.map({"review": "reports", "plan": "commits"})
    roles = roles.groupby(paragraphs["document"]).ffill()
    plans = (paragraphs["paragraph"] >= begins).map({True: "commits", False: "reports"})
    roles = roles.mask(begins.notna(), plans)
    roles = roles.mask(paragraphs["document"].isin(UNDIVIDED)).fillna("reports")
    coded = paragraphs.assign(role=roles)[~parts.isin(NOT_CODED)]
    return pol.code_documents(coded, tables.priorities, tables=tables, parts=None)


def rebuild(tables):
    """Return the tables with all three collections coded again."""
    old = tables.documents["collection"].isin(COLLECTIONS)
    documents = [tables.documents[~old]]
    kept = tables.statements["document"].isin(tables.documents["id"][~old])
    statements = [tables.statements[kept]]
    provinces = tables.provinces
    for paragraphs, rows in (
        provincial_reports(provinces, 2025),
        provincial_reports(provinces, 2026),
        national_reports(),
    ):
        documents.append(rows.astype(tables.documents.dtypes)[tables.documents.columns])
        statements.append(code(paragraphs, tables))
    return replace(
        tables,
        documents=pd.concat(documents, ignore_index=True),
        statements=pd.concat(statements, ignore_index=True),
    )


def wording(tables):
    """Compare the wording of the reports: phrases and numbers, by the name of their file."""
    provincial = {year: provincial_reports(tables.provinces, year)[0] for year in (2025, 2026)}
    national, _ = national_reports()
    before, centre = (
        national[national["document"] == f"national-report-{y}"] for y in (2024, 2025)
    )
    phrases = pol.compare.uptake(centre, *provincial.values(), previous=before)
    sides = {"before": provincial[2025], "after": provincial[2026], "in_source": centre}
    beside = pd.DataFrame(
        [
            [phrase, name, *(count(side, phrase, words) for side in sides.values())]
            for phrase, name, words in BESIDE
        ],
        columns=["phrase", "beside", *sides],
    ).astype({"in_source": bool})
    texts = [pd.concat([year, centre]) for year in provincial.values()]
    shares, older = (
        pd.concat(
            pol.compare.wording_shares(
                pd.concat([year, national_report]),
                within=national_report["document"].iloc[0],
                most_documents=None,
            )
            for year in provincial.values()
        )
        for national_report in (centre, before)
    )
    own = [
        pol.compare.wording_shares(both, most_documents=None)
        for _, both in pd.concat(provincial.values()).groupby("actor", sort=False)
    ]
    own = pd.concat(own).set_index("document")["elsewhere"]
    shares = shares[["document", "length"]].assign(
        centre=shares["elsewhere"].round(4),
        centre_2024=older["elsewhere"].round(4),
        own=shares["document"].map(own).round(4),
    )
    pairs = [
        pol.rank_pairs(
            pol.compare.wording_network(text, most_documents=3, beyond="national-report-2025")
        )
        for text in texts
    ]
    pairs = pd.concat(pairs).drop(columns="rank").rename(columns={"value": "shared"})
    phrases["actors"] = phrases["actors"].str.join("; ")
    phrases = phrases.drop(columns="places")
    return {"phrases": phrases, "beside": beside, "shares": shares, "pairs": pairs}


def count(paragraphs, *words):
    """Return the number of documents with a paragraph that has all of these words."""
    has = [paragraphs["text"].str.contains(word) for word in words]
    return paragraphs["document"][np.logical_and.reduce(has)].nunique()


def terms(tables):
    """Count the terms of some codes in each paragraph that was coded."""
    reports = [provincial_reports(tables.provinces, year)[0] for year in (2025, 2026)]
    reports = pd.concat(reports, ignore_index=True)
    coded = tables.statements[["document", "paragraph"]].drop_duplicates()
    reports = reports.merge(coded)
    above = tables.priorities.set_index("id")["broader"]
    codes = [code for code in above.index if {code, above[code]} & {*EXPLAINED}]
    found = pol.find_terms(reports, tables.priorities)
    listed = found[found["code"].isin(codes)].value_counts([*PLACE, "term"], sort=False)
    rows = [listed.reset_index().assign(listed=True)]
    for term, (code, pattern) in UNLISTED.items():
        other = reports.assign(code=code, term=term, count=reports["text"].str.count(pattern))
        rows.append(other.loc[other["count"] > 0, [*PLACE, "term", "count"]].assign(listed=False))
    return pd.concat(rows).sort_values([*PLACE, "term"])


def main():
    """Write documents.csv, the statements of the three collections, and what they share."""
    if not CORPORA.is_dir():
        sys.exit(f"no texts at {CORPORA}; POLICYLIB_CORPORA names their folder")
    tables = rebuild(pol.read_tables(collection=None))
    tables.documents.to_csv(DATA / "documents.csv", index=False, lineterminator="\n")
    collection = tables.documents.set_index("id")["collection"]
    of = tables.statements["document"].map(collection)
    for name in COLLECTIONS:
        part = tables.statements[of == name]
        part.to_csv(DATA / "statements" / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {part['document'].nunique()} documents, {len(part)} statements")
    for name, table in (wording(tables) | {"terms": terms(tables)}).items():
        table.to_csv(DATA / "wording" / f"{name}.csv", index=False, lineterminator="\n")
        print(f"wording/{name}: {len(table)} rows")


if __name__ == "__main__":
    main()
