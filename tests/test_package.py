"""Test the shipped data against its schema, the article and known results."""

import hashlib
import os
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol

ROOT = Path(__file__).resolve().parents[1]
CODED = range(3, 43)
# An invented article for the data of conftest.py. The real article is not distributed; its checks
# always run on this one as well.
SAMPLE = """\
The conference set out how new forces could lead the economy.
It asked for emerging trades and a better environment for firms.
Liaoning will build robots and try new materials.
Its public services have improved since spring.
Henan is to buy robots and to prepare for quantum machines.
It also promised fewer rules.
Banks in Siping gave loans to small workshops.
Jilin wants such industries, too.
Firms find it hard to borrow, said Li Na; one must look ahead, said Wang Wei.
Private investment grew by 9.1%, trade by 61%, says The ** Conference in its report.
"""


@pytest.fixture(scope="module")
def tables():
    return pol.read_tables()


@pytest.fixture(scope="module")
def network(tables):
    return pol.build_network(tables)


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
    checked = pol.read_tables(ROOT / "data", collection="conferences-2023")
    for name in vars(tables):
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(checked, name))


@pytest.fixture(scope="module")
def sample(world):
    """Return tables without their second document, and the paragraphs of the invented article."""
    statements = world.statements[world.statements["document"] == "daily"]
    return replace(world, statements=statements), dict(enumerate(SAMPLE.splitlines(), start=1))


@pytest.fixture(scope="module", params=["article", "sample"])
def source(request):
    """Return tables, and the paragraphs of the article that they describe."""
    if request.param == "sample":
        return request.getfixturevalue("sample")
    return request.getfixturevalue("tables"), request.getfixturevalue("article")


def without_anchor(tables, article):
    """Return the statements whose anchor is not in their paragraph."""
    return [s.id for s in tables.statements.itertuples() if s.quote not in article[s.paragraph]]


def without_print(table, article):
    """Return the rows of which a printed part is not in their paragraph, with the part."""
    return [
        (row.id, part)
        for row in table.itertuples()
        for part in row.printed.split(" … ")
        if part not in article[row.paragraph]
    ]


def without_erratum(tables, article):
    """Return the paragraphs whose number of removed words differs from that of their errata."""
    removed = tables.errata[tables.errata["kind"] == "removed-word"]
    listed = removed.groupby("paragraph")["printed"].agg(
        lambda cells: cells.str.contains(r"\*\*").sum()
    )
    return [p for p, text in article.items() if listed.get(p, 0) != text.count("**")]


def test_every_anchor_is_in_its_paragraph(source):
    assert without_anchor(*source) == []


@pytest.mark.parametrize("name", ["errata", "indicators"])
def test_printed_text_is_in_its_paragraph(source, name):
    tables, article = source
    assert without_print(getattr(tables, name), article) == []


def test_every_removed_word_is_an_erratum(source):
    assert without_erratum(*source) == []


def test_what_is_not_in_its_paragraph_is_seen(sample):
    tables, article = sample
    other = article | {3: "Nothing.", 4: "The ** again.", 10: "The Conference said 9.1%."}
    assert without_anchor(tables, other) == ["s04", "s05", "s06"]
    assert without_print(tables.errata, other) == [("e01", "The ** Conference")]
    assert without_print(tables.indicators, other) == [("i02", "61%")]
    assert without_erratum(tables, other) == [4, 10]


def uncoded():
    """The paragraphs that data/README.md lists as uncoded, completely and in part."""
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    section = readme.split("### Left uncoded")[1].split("\n#")[0]
    rows = re.findall(r"^\| (\d+)(?:–(\d+))?(, part)? \| .+ \| .+ \|$", section, re.MULTILINE)
    wholly = {n for a, b, part in rows if not part for n in range(int(a), int(b or a) + 1)}
    return wholly, {int(a) for a, _, part in rows if part}


def test_every_paragraph_is_coded_or_named_as_uncoded(tables):
    (document,) = tables.documents.itertuples()
    coded = set(tables.statements["paragraph"])
    wholly, partly = uncoded()
    assert coded <= set(CODED)
    assert set(range(1, document.paragraphs + 1)) - coded == wholly
    assert partly <= coded


def runs(text):
    """Return all sequences of nine words in a text, without case and punctuation."""
    words = re.sub(r"\W+", " ", text).lower().split()
    return {tuple(words[i : i + 9]) for i in range(len(words) - 8)}


def test_a_run_of_nine_words_is_seen():
    paragraph = SAMPLE.splitlines()[0]
    assert runs(f"# {paragraph.upper()}") & runs(SAMPLE)
    assert not runs(" ".join(paragraph.split()[:8])) & runs(SAMPLE)
    assert not runs(paragraph.replace("forces", "ones")) & runs(SAMPLE)


def test_no_run_of_nine_words_of_the_article_is_in_the_repository(article):
    printed = set().union(*(runs(paragraph) for paragraph in article.values()))
    kinds = {".csv", ".json", ".md", ".py", ".ipynb"}
    folders = (ROOT / name for name in ("data", "docs", "notebooks", "policylib", "tests"))
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
    assert pol.nodes_of_kind(network, "expert") == ["pan-helin", "peng-peng", "song-xiangqing"]
    assert len(pol.nodes_of_kind(network, "province")) == 31


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
    assert all(network.degree(node) > 0 for node in pol.nodes_of_kind(network, "initiative"))


@pytest.mark.parametrize("roles", ["commits", ("commits", "reports")])
@pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
def test_explanations_equal_the_cells_of_the_projection(network, columns, roles):
    options = {"columns": columns, "roles": roles}
    shared = pol.project(pol.biadjacency(network, **options))
    for a, b in list(combinations(shared.index, 2))[::3]:
        explained = pol.explain_overlap(network, a, b, **options)
        assert explained["concept"].nunique() == shared.loc[a, b]


@pytest.mark.parametrize("rows", ["province", "organisation", "expert", "actor"])
def test_themes_are_the_sums_of_what_rolls_up(tables, network, rows):
    every_role = tuple(tables.statements["role"].unique())
    themes = pol.biadjacency(network, rows=rows, columns="theme", roles=every_role)
    broader = tables.priorities.dropna(subset="broader").set_index("id")["broader"].to_dict()
    for level in ("priority", "item"):
        matrix = pol.biadjacency(network, rows=rows, columns=level, roles=every_role)
        theme_of = {code: broader.get(code, code) for code in matrix.columns}
        theme_of = {code: broader.get(above, above) for code, above in theme_of.items()}
        summed = matrix.T.groupby(theme_of).sum().T[themes.columns]
        pd.testing.assert_frame_equal(summed, themes, check_names=False)


# --- The vocabulary of the shipped data, which is stricter than the schema. -----------------------

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
WORDS = {
    ("provinces", "type"): {"province"},
    ("provinces", "region"): {"East", "Central", "West", "Northeast"},
    ("organisations", "type"): {
        "authority", "ministry", "conference", "city", "institute", "newspaper",
    },
    ("initiatives", "type"): {"strategy", "programme", "measures", "policy", "institution"},
}  # fmt: skip
REQUIRED = {
    "provinces": ["label", "label_zh", "adcode", "iso", "region"],
    "organisations": ["label", "type"],
    "experts": ["label", "organisation"],
    "priorities": ["label", "level", "definition"],
    "initiatives": ["label", "type"],
    "documents": [
        "collection",
        "title",
        "publisher",
        "published",
        "date",
        "language",
        "paragraphs",
    ],
    "statements": ["coder", "count", "quote"],
}
OUTSIDE = {"defines", "reports", "diagnoses", "recommends"}


@pytest.fixture(scope="module")
def everything():
    return pol.read_tables(collection=None)


def test_shipped_ids_are_slugs_and_unique_in_the_whole_package(everything):
    ids = pd.concat([getattr(everything, name)["id"] for name in vars(everything)])
    assert ids.is_unique
    assert ids.str.fullmatch(SLUG).all()


@pytest.mark.parametrize(("table", "column"), WORDS)
def test_shipped_words_are_of_a_closed_list(everything, table, column):
    assert set(getattr(everything, table)[column]) <= WORDS[table, column]


@pytest.mark.parametrize("table", REQUIRED)
def test_shipped_cells_are_filled(everything, table):
    assert getattr(everything, table)[REQUIRED[table]].notna().all(axis=None)


def test_shipped_codes_of_provinces_are_those_of_china(everything):
    assert everything.provinces["iso"].str.fullmatch("CN-[A-Z]{2}").all()


def test_shipped_quotes_have_at_most_six_words(everything):
    quotes = everything.statements["quote"]
    assert quotes.str.fullmatch(r"\S+( \S+){0,5}").all()
    assert quotes.str.len().max() <= 80


def test_shipped_roles_fit_the_actors(everything):
    """Only central bodies direct; provinces, and their cities, commit or report."""
    organisations = everything.organisations.set_index("id")
    roles = everything.statements.groupby("actor")["role"].agg(set)
    for actor, found in roles.items():
        if actor in organisations.index:
            kind, province = organisations.loc[actor, ["type", "province"]]
            local = kind == "city" or (
                kind not in ("institute", "newspaper") and pd.notna(province)
            )
            central = {"directs", "commits", "reports"}
            outside = kind in ("institute", "newspaper")
            allowed = {"commits", "reports"} if local else OUTSIDE if outside else central
        else:
            expert = actor in set(everything.experts["id"])
            allowed = OUTSIDE if expert else {"commits", "reports"}
        assert found <= allowed, actor


def test_every_shipped_city_has_its_province(everything):
    cities = everything.organisations.query("type == 'city'")
    assert cities["province"].notna().all()
