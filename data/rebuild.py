"""Code the reports of two collections again, and write their statements without the texts.

Run it with `make rebuild`. The texts are not distributed; the environment variable
POLICYLIB_CORPORA names their folder, which must hold provincial-reports-2025/<adcode>.txt and
national-reports/<year>.txt.
"""

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

import policylib as pol

DATA = Path(__file__).resolve().parent
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", DATA.parents[1] / "shared" / "corpora"))
# These reports have no heading that separates review and plans. A reader found the paragraph at
# which the plans begin.
PLANS_BEGIN = {
    "report-2025-fujian": 49,
    "national-report-1978": 42,
    "national-report-1979": 25,
    "national-report-1980": 29,
    "national-report-1981": 30,
    "national-report-1982": 3,
    "national-report-1987": 15,
    "national-report-1988": 62,  # as shipped; the heading of the plans is paragraph 66
    "national-report-1993": 24,
    "national-report-1998": 37,
    "national-report-2002": 18,
}
# This begins a note that the source website added at the end of a text.
ADDED = "本作品"
# These reports do not separate review and plans, so all their statements report.
UNDIVIDED = ("national-report-1984", "national-report-1985")
FIRST_YEAR = 1978
DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")


def provincial_reports(provinces):
    """Read the reports of the provinces of January 2025, as paragraphs and as rows of documents."""
    paragraphs, _ = pol.read_documents(CORPORA / "provincial-reports-2025")
    of = provinces.astype({"adcode": str}).set_index("adcode")
    adcode = paragraphs["document"]
    paragraphs = paragraphs.assign(
        actor=adcode.map(of["id"]), document="report-2025-" + adcode.map(of["id"])
    )
    rows = describe(paragraphs, "reports-2025")
    label = rows["actor"].map(provinces.set_index("id")["label"])
    first = paragraphs[paragraphs["paragraph"] <= 5].groupby("document")["text"].agg("".join)
    day = first.map(lambda text: first_date(text) or "2025-01")
    source = paragraphs[paragraphs["paragraph"] <= 5].set_index("document")["text"]
    source = source.str.extract("^来源[：:](.+)$")[0].dropna()
    return paragraphs, rows.assign(
        title="Report on the Work of the Government of " + label + ", 2025",
        publisher=rows["id"].map(source).fillna("Government of " + label),
        published="2025-01",
        date=rows["id"].map(day),
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


def code(paragraphs, codebook):
    """Code reports with the role of each section, or `reports` if the section is unknown."""
    added = paragraphs["text"].str.startswith(ADDED).groupby(paragraphs["document"]).cummax()
    paragraphs = paragraphs[~added]
    begins = paragraphs["document"].map(PLANS_BEGIN)
    divided = begins.isna() & ~paragraphs["document"].isin(UNDIVIDED)
    roles = pol.report_roles(paragraphs[divided]).reindex(paragraphs.index)
    roles = roles.groupby(paragraphs["document"]).ffill().fillna("reports")
    plans = (paragraphs["paragraph"] >= begins).map({True: "commits", False: "reports"})
    roles = roles.mask(begins.notna(), plans)
    # The shipped statements still include titles, glossaries, annexes and closing formulas.
    return pol.code_documents(paragraphs.assign(role=roles), codebook, parts=None)


def rebuild(tables):
    """Return the tables with both collections coded again."""
    names = ("reports-2025", "national-reports")
    old = tables.documents["collection"].isin(names)
    documents = [tables.documents[~old]]
    kept = tables.statements["document"].isin(tables.documents["id"][~old])
    statements = [tables.statements[kept]]
    for paragraphs, rows in (provincial_reports(tables.provinces), national_reports()):
        documents.append(rows.astype(tables.documents.dtypes)[tables.documents.columns])
        statements.append(code(paragraphs, tables.priorities))
    return replace(
        tables,
        documents=pd.concat(documents, ignore_index=True),
        statements=pd.concat(statements, ignore_index=True),
    )


def main():
    """Write documents.csv and the statements of both collections."""
    if not CORPORA.is_dir():
        sys.exit(f"no texts at {CORPORA}; POLICYLIB_CORPORA names their folder")
    tables = rebuild(pol.read_tables(collection=None))
    tables.documents.to_csv(DATA / "documents.csv", index=False, lineterminator="\n")
    collection = tables.documents.set_index("id")["collection"]
    of = tables.statements["document"].map(collection)
    for name in ("reports-2025", "national-reports"):
        part = tables.statements[of == name]
        part.to_csv(DATA / "statements" / f"{name}.csv", index=False, lineterminator="\n")
        print(f"{name}: {part['document'].nunique()} documents, {len(part)} statements")


if __name__ == "__main__":
    main()
