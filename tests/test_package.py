"""The shipped data: against its schema, against the article, and the answers it must give."""

import hashlib
import os
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

import policylib as pl

ROOT = Path(__file__).resolve().parents[1]
CODED = range(3, 43)


@pytest.fixture(scope="module")
def tables():
    return pl.read_tables()


@pytest.fixture(scope="module")
def network(tables):
    return pl.build_network(tables)


@pytest.fixture(scope="module")
def article(tables):
    """Paragraphs of the article, found by its hash in POLICYLIB_SOURCES or beside the project."""
    sources = Path(os.environ.get("POLICYLIB_SOURCES", ROOT.parent / "shared" / "seed"))
    if not sources.is_dir():
        pytest.skip("the article is not distributed; POLICYLIB_SOURCES names its folder")
    (document,) = tables.documents.itertuples()
    texts = [path.read_bytes() for path in sources.glob("*.txt")]
    found = [text for text in texts if hashlib.sha256(text).hexdigest() == document.sha256]
    assert found, f"no text in {sources} has the hash of {document.id}"
    lines = [line.strip() for line in found[0].decode("utf-8").splitlines()]
    paragraphs = dict(enumerate(filter(None, lines), start=1))
    assert len(paragraphs) == document.paragraphs
    return paragraphs


def test_the_package_is_valid_and_is_what_is_read_unchecked(tables):
    checked = pl.read_tables(ROOT / "data", collection="conferences-2023")
    for name in vars(tables):
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(checked, name))


def test_every_anchor_stands_in_its_paragraph(tables, article):
    missing = [s.id for s in tables.statements.itertuples() if s.anchor not in article[s.paragraph]]
    assert not missing


@pytest.mark.parametrize("name", ["errata", "indicators"])
def test_what_is_printed_stands_in_its_paragraph(tables, article, name):
    rows = getattr(tables, name).itertuples()
    missing = [
        (row.id, part)
        for row in rows
        for part in row.printed.split(" … ")
        if part not in article[row.paragraph]
    ]
    assert not missing


def test_every_removed_word_is_an_erratum(tables, article):
    removed = tables.errata[tables.errata["kind"] == "removed-word"]
    for paragraph, text in article.items():
        listed = removed.loc[removed["paragraph"] == paragraph, "printed"]
        assert sum("**" in printed for printed in listed) == text.count("**")


def uncoded():
    """Paragraphs that the data's README names as left uncoded, wholly and in part."""
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    section = readme.split("### Left uncoded")[1].split("\n#")[0]
    rows = re.findall(r"^\| (\d+)(?:–(\d+))?(, part)? \| .+ \| .+ \|$", section, re.MULTILINE)
    wholly = {n for a, b, part in rows if not part for n in range(int(a), int(b or a) + 1)}
    return wholly, {int(a) for a, _, part in rows if part}


def test_every_paragraph_is_coded_or_named_as_uncoded(tables, article):
    coded = set(tables.statements["paragraph"])
    wholly, partly = uncoded()
    assert coded <= set(CODED)
    assert set(article) - coded == wholly
    assert partly <= coded


def test_no_run_of_nine_words_of_the_article_is_in_the_repository(article):
    def runs(text):
        words = re.sub(r"\W+", " ", text).lower().split()
        return {tuple(words[i : i + 9]) for i in range(len(words) - 8)}

    printed = set().union(*(runs(paragraph) for paragraph in article.values()))
    kinds = {".csv", ".json", ".md", ".py", ".ipynb"}
    folders = (ROOT / name for name in ("data", "notebooks", "policylib", "tests"))
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]
    for path in [*files, ROOT / "README.md"]:
        assert not runs(path.read_text(encoding="utf-8")) & printed, path


def test_who_speaks(tables, network):
    spoken = tables.statements.groupby("actor")["role"].agg(set)
    for province in ("liaoning", "henan", "jiangxi", "zhejiang", "hebei"):
        assert spoken[province] == {"commits"}
    assert spoken["jilin"] == spoken["yuncheng"] == {"reports"}
    assert spoken["central-economic-work-conference-2023"] == {"directs"}
    assert network.has_edge("yuncheng", "shanxi")
    assert pl.nodes_of_kind(network, "expert") == ["pan-helin", "peng-peng", "song-xiangqing"]
    assert len(pl.nodes_of_kind(network, "province")) == 31


def test_restored_figures_name_their_basis_and_the_gap_stays_open(tables):
    indicators = tables.indicators.set_index("id")
    restored = indicators[indicators["status"] == "restored"]
    assert restored["note"].notna().all()
    assert restored["value"].to_dict() == {
        "private-investment-growth": 9.1,
        "private-trade-growth": 6.1,
        "private-trade-share": 53.3,
        "private-trade-share-change": 3.1,
    }
    unresolved = indicators[indicators["status"] == "unresolved"]
    assert unresolved.index.tolist() == ["private-trade-lead"]
    assert unresolved["value"].isna().all()


def test_every_hand_coded_statement_has_a_summary(tables):
    by_hand = tables.statements[tables.statements["coder"] == "hand"]
    assert len(by_hand) == 187
    assert by_hand["summary"].notna().all()


def test_every_initiative_is_tied(network):
    assert all(network.degree(node) > 0 for node in pl.nodes_of_kind(network, "initiative"))


@pytest.mark.parametrize("relation", ["commits", ("commits", "reports")])
@pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
def test_explanations_equal_the_cells_of_the_projection(network, columns, relation):
    options = {"columns": columns, "relation": relation}
    shared = pl.project(pl.biadjacency(network, **options))
    for a, b in combinations(shared.index, 2):
        explained = pl.explain_overlap(network, a, b, **options)
        assert explained["concept"].nunique() == shared.loc[a, b]


@pytest.mark.parametrize("rows", ["province", "organisation", "expert", "actor"])
def test_themes_are_the_sums_of_what_rolls_up(tables, network, rows):
    every_role = tuple(tables.statements["role"].unique())
    themes = pl.biadjacency(network, rows=rows, columns="theme", relation=every_role)
    broader = tables.priorities.dropna(subset="broader").set_index("id")["broader"].to_dict()
    for level in ("priority", "item"):
        matrix = pl.biadjacency(network, rows=rows, columns=level, relation=every_role)
        theme_of = {code: broader.get(code, code) for code in matrix.columns}
        theme_of = {code: broader.get(above, above) for code, above in theme_of.items()}
        summed = matrix.T.groupby(theme_of).sum().T[themes.columns]
        pd.testing.assert_frame_equal(summed, themes, check_names=False)
