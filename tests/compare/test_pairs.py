import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt

import policylib as pl
from policylib.compare.overlap import MEASURES
from policylib.compare.pairs import MEASURE_NAMES
from policylib.compare.significance import MODELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped():
    """The network of the shipped article."""
    return pl.build_network(pl.read_tables())


# --- The statements side by side. ---------------------------------------------------------------


def test_two_provinces_of_the_world(network):
    table = pl.compare_pair(network, "jilin", "henan")
    assert table[["concept", "overlap", "side", "id"]].to_numpy().tolist() == [
        ["business-environment", "shared", "henan", "s09"],
        ["business-environment", "shared", "jilin", "s10"],  # by its city
        ["emerging-industries", "shared", "henan", "s07"],
        ["emerging-industries", "shared", "jilin", "s11"],
        ["emerging-industries", "shared", "jilin", "s14"],
        ["future-industries", "distinct", "henan", "s08"],
    ]
    row = table.iloc[1]
    assert row[["actor", "priority", "initiative"]].tolist() == ["siping", "credit", "credit-fund"]
    assert row[["document", "paragraph", "count", "said"]].tolist() == ["daily", 7, 1, "2023-12"]


def test_what_one_has_alone_follows_the_order_of_the_call(network):
    options = {"columns": "item"}
    pair = ["liaoning", "henan"]
    for a, b in (pair, pair[::-1]):
        table = pl.compare_pair(network, a, b, **options)
        parts = table[["overlap", "side"]].drop_duplicates().to_numpy().tolist()
        assert parts[2:] == [["distinct", a], ["distinct", b]]
        assert table.loc[table["overlap"] == "shared", "concept"].unique().tolist() == [
            "business-environment",
            "robots",
        ]


@pytest.mark.parametrize("relation", ["commits", ("commits", "reports"), None])
@pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
@pytest.mark.parametrize("rows", ["province", "organisation", "expert"])
def test_every_pair_of_the_article(shipped, rows, columns, relation):
    options = {"columns": columns, "relation": relation}
    matrix = pl.biadjacency(shipped, rows=rows, **options)
    overlap = pl.project(matrix)
    for a, b in combinations(matrix.index, 2):
        table = pl.compare_pair(shipped, a, b, **options)
        shared = table[table["overlap"] == "shared"]
        pd.testing.assert_frame_equal(
            shared.drop(columns="overlap"), pl.explain_overlap(shipped, a, b, **options)
        )
        assert shared["concept"].nunique() == overlap.loc[a, b]
        for side in (a, b):  # every statement that the matrix counts, and no other
            counts = table[table["side"] == side].groupby("concept")["count"].sum()
            row = matrix.loc[side]
            assert counts.to_dict() == row[row > 0].to_dict()


def test_a_city_speaks_for_its_province_but_no_institute_does(network):
    table = pl.compare_pair(network, "jilin", "henan", relation=None)
    assert set(table["actor"]) == {"jilin", "siping", "henan"}


def test_actors_of_two_kinds_can_be_compared(network):
    table = pl.compare_pair(network, "henan", "wang-wei", relation=None)
    shared = table[table["overlap"] == "shared"]
    assert shared[["concept", "id"]].to_numpy().tolist() == [
        ["future-industries", "s08"],
        ["future-industries", "s13"],
    ]


def test_whoever_is_silent_has_no_rows(network):
    table = pl.compare_pair(network, "henan", "li-na")
    assert set(table["side"]) == {"henan"}
    assert set(table["overlap"]) == {"distinct"}
    nothing = pl.compare_pair(network, "wang-wei", "li-na")
    assert nothing.empty
    assert nothing.columns.equals(table.columns)


@pytest.mark.parametrize("call", [pl.compare_pair, pl.pair_card])
def test_two_known_actors_are_needed(network, call):
    for a, b in (("henan", "henan"), ("jilin", "siping")):
        with pytest.raises(ValueError, match=f"'{a}' and '{b}' speak for each other"):
            call(network, a, b)
    with pytest.raises(KeyError, match="did you mean 'jilin'"):
        call(network, "henan", "jiling")
    with pytest.raises(KeyError, match="'robot-plan' is of kind initiative"):
        call(network, "henan", "robot-plan")
    with pytest.raises(ValueError, match="no relation 'said'"):
        call(network, "henan", "jilin", relation="said")
    with pytest.raises(ValueError, match="no columns 'topic'"):
        call(network, "henan", "jilin", columns="topic")


# --- The parts of a card. -----------------------------------------------------------------------


@pytest.fixture
def card(network):
    return pl.pair_card(network, "henan", "jilin", model="fixed_row")


def test_the_parts_by_hand(card):
    assert card.actors.to_dict("index") == {
        "henan": {"kind": "province", "concepts": 3, "distinct": 1}
        | {"statements": 3, "paragraphs": 2, "documents": 1},
        "jilin": {"kind": "province", "concepts": 2, "distinct": 0}
        | {"statements": 4, "paragraphs": 3, "documents": 2},  # s14 counts twice
    }
    assert card.measures["observed"].to_dict() == pytest.approx(
        {"shared": 2, "jaccard": 2 / 3, "cosine": 2 / 6**0.5, "overlap": 1}
    )
    # Henan has all three concepts, so that whoever has two shares two.
    assert card.measures.loc["shared"].to_dict() == {
        "observed": 2, "expected": 2, "sd": 0,
        "p_upper": 1, "p_lower": 1, "q_upper": 1, "q_lower": 1,
    }  # fmt: skip
    assert card.measures.drop("shared").drop(columns="observed").isna().all(axis=None)
    assert card.population == ("henan", "jilin", "liaoning")
    assert card.said == ("2023-12", "2025-01-15")
    assert card.initiatives.to_numpy().tolist() == [
        ["henan", "ten-measures", "robots", 1],
        ["jilin", "credit-fund", "credit", 1],
    ]
    assert card.labels.loc["siping"].tolist() == ["Siping", "四平市"]


@pytest.mark.parametrize("model", MODELS)
def test_the_numbers_are_those_of_the_other_functions(shipped, model):
    matrix = pl.biadjacency(shipped)
    tests = pl.overlap_significance(matrix, model=model, seed=0).set_index(["a", "b"])
    pairs = combinations(matrix.index, 2)
    for a, b in pairs if model == "fixed_row" else [("henan", "jilin")]:
        measures = pl.pair_card(shipped, a, b, model=model).measures
        for measure in MEASURES:
            value = pl.project(matrix, measure=measure).loc[a, b]
            assert measures.loc[measure, "observed"] == value
        test = tests.loc[(a, b) if (a, b) in tests.index else (b, a)].drop("shared")
        pd.testing.assert_series_equal(
            measures.loc["shared"].drop("observed"), test, check_names=False
        )


def test_where_all_have_the_same_there_is_no_chance(network):
    card = pl.pair_card(network, "henan", "jilin", columns="theme")
    assert card.measures["observed"].tolist() == [2, 1, 1, 1]
    assert card.measures.drop(columns="observed").isna().all(axis=None)
    text = card.to_markdown()
    assert "| Shared | 2 | – | – | – |" in text
    assert "All have the same concepts, and nothing can be told from chance" in text


def test_experts_and_organisations_have_cards(network, shipped):
    card = pl.pair_card(network, "li-na", "wang-wei", relation=None)
    assert card.actors["concepts"].tolist() == card.actors["distinct"].tolist() == [1, 1]
    assert "## Shared (0)\n\n## Only Li Na (1)" in card.to_markdown()
    assert "Roles: all." in card.to_markdown()
    centre = ["central-economic-work-conference-2023", "ndrc"]
    assert pl.pair_card(shipped, *centre, relation=None).population[0] == centre[0]


def test_no_card_without_something_to_compare(network):
    with pytest.raises(ValueError, match=r"'henan' is of kind province and 'li-na' of kind expert"):
        pl.pair_card(network, "henan", "li-na", relation=None)
    with pytest.raises(ValueError, match=r"no statement of 'henan' counts here, which does not"):
        pl.pair_card(network, "jilin", "henan", relation="reports")
    with pytest.raises(ValueError, match="no model 'sdms'"):
        pl.pair_card(network, "henan", "jilin", model="sdms")


# --- The same card on every machine. ------------------------------------------------------------


def test_the_checksum_is_that_of_the_statements(network, card):
    kept = pl.statements(network)
    kept = kept[kept["actor"].isin(["henan", "jilin", "siping"])]
    assert len(kept) == len(card.statements) == 6
    rows = [
        [None if pd.isna(cell) else str(cell) for cell in row]
        for row in kept.sort_values("id").itertuples(index=False)
    ]
    assert card.sha256 == hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert card.sha256 == ("070e1d99f4e5fde3699c2e8e8cee40f3c0c59a97b8da0b03cf06da19d5114607")


def test_the_checksum_depends_on_the_statements_alone(network, card):
    for other in (
        pl.pair_card(network, "jilin", "henan"),
        pl.pair_card(network, "henan", "jilin", columns="theme", relation=None),
    ):
        assert other.sha256 == card.sha256
    assert pl.pair_card(network, "henan", "jilin", relation="commits").sha256 != card.sha256
    network.edges["henan", "quantum", "s08"]["summary"] = "Plan behind."
    assert pl.pair_card(network, "henan", "jilin").sha256 != card.sha256


@pytest.mark.parametrize("name", ["world.graphml", "world.json", "world.gexf"])
def test_a_network_from_a_file_has_the_same_card(network, tmp_path, name):
    pl.write_network(network, tmp_path / name)
    again = pl.read_network(tmp_path / name)
    for pair in (["henan", "jilin"], ["li-na", "wang-wei"]):  # the experts take sides
        cards = [pl.pair_card(net, *pair, relation=None) for net in (network, again)]
        assert repr(cards[0]) == repr(cards[1])
        assert cards[0].to_markdown() == cards[1].to_markdown()


def test_the_repr_is_short_and_stable(network, card):
    assert repr(card) == (
        "PairCard(a='henan', b='jilin', shared=2, only_a=1, only_b=0, statements=7, "
        f"sha256='{card.sha256[:12]}')"
    )
    fdsm = [pl.pair_card(network, "henan", "jilin", model="fdsm") for _ in range(2)]
    assert fdsm[0].to_html() == fdsm[1].to_html()


def test_dates_may_be_missing(network):
    network.edges["henan", "quantum", "s08"].pop("said")
    card = pl.pair_card(network, "henan", "jilin")
    assert card.said == ("2023-12", "2025-01-15")  # of the others
    assert "Said: 2023-12 to 2025-01-15; 1 of 6 statements have none." in card.to_html()
    for *_, data in network.edges(["henan", "jilin", "siping"], data=True):
        data.pop("said", None)
    card = pl.pair_card(network, "henan", "jilin")
    assert card.said is None
    assert "Said: no date; 6 of 6" in card.to_html()


def test_a_statement_never_made_is_not_shared(network):
    network.edges["henan", "business-environment", "s09"]["count"] = 0
    card = pl.pair_card(network, "henan", "jilin")
    assert card.measures.at["shared", "observed"] == 1
    assert "Shared (1)" in card.to_html()
    shared = pl.project(pl.biadjacency(network)).loc["henan", "jilin"]
    assert pl.explain_overlap(network, "henan", "jilin")["concept"].nunique() == shared


def test_statements_of_one_key_are_no_sign_of_one_speaker(network):
    plain = nx.MultiDiGraph()
    plain.add_nodes_from(network.nodes(data=True))
    plain.add_edges_from(network.edges(data=True))  # with keys 0, 1, …
    pair = pl.compare_pair(plain, "henan", "jilin")
    assert len(pair) == len(pl.compare_pair(network, "henan", "jilin"))
    network.add_node("quiet", kind="organisation", type="city", province="jilin", label="Quiet")
    with pytest.raises(ValueError, match="'jilin' and 'quiet' speak for each other"):
        pl.compare_pair(network, "jilin", "quiet")


def test_money_is_no_mathematics(network):
    network.edges["henan", "quantum", "s08"]["summary"] = "Pay $5 to one and $3 to others."
    page = pl.pair_card(network, "henan", "jilin")._repr_html_()
    assert page.startswith('<div class="tex2jax_ignore mathjax_ignore">')


def test_numbers_as_floats_show_as_whole_ones(network, card):
    for *_, data in network.edges(data=True):
        for name in {"paragraph", "count"} & set(data):
            data[name] = float(data[name])
    floats = pl.pair_card(network, "henan", "jilin", model=card.model)
    assert floats.to_html() == card.to_html()


def test_a_part_of_a_network_may_lack_initiatives(network, card):
    part = network.subgraph(set(network) - {"ten-measures", "credit-fund"})
    part = pl.pair_card(part, "henan", "jilin", model="fixed_row")
    assert part.sha256 == card.sha256
    assert "| Henan | ten-measures | Robots | 1 |" in part.to_markdown()


def test_the_citation_is_that_of_the_project(card):
    facts = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (author,) = facts["authors"]
    assert card.citation == f"{author['name']}, {facts['title']}, version {facts['version']}."
    assert str(facts["version"]) == pl.__version__


# --- The card as a page. ------------------------------------------------------------------------


class Page(HTMLParser):
    """The tags, attributes and tables of an HTML document."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.tables, self.open = set(), set(), [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, *attr) for attr in attrs}
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag == "br":
            self.tables[-1][-1][-1] += "\n"
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][-1][-1] += data


HOSTILE = [
    "<script>alert('1')</script>",
    "a | b \\| c \\\\| d",
    "one\ntwo\r\nthree\u2028four",
    "*bold* _slanted_ `code` ~~gone~~ [link](https://example.org) ![x](y)",
    "&lt;b&gt; &amp; \"quoted\" 'too' $x$ # no title",
    "</td></tr></table><img src=x onerror=alert(1)>",
    "<!-- --> <a href='javascript:alert(1)'>x</a>",
]


@pytest.fixture
def hostile(network):
    """The world under names that want to be markup."""
    for i, node in enumerate(sorted(network)):
        network.nodes[node]["label"] = HOSTILE[i % len(HOSTILE)]
        network.nodes[node]["label_zh"] = HOSTILE[(i + 1) % len(HOSTILE)]
    for i, (*_, data) in enumerate(network.edges(data=True)):
        if "anchor" in data:
            data |= {"document": HOSTILE[i % 7], "anchor": HOSTILE[i % 5], "said": HOSTILE[i % 3]}
            data["summary"] = HOSTILE[i % 4]
    return pl.pair_card(network, "henan", "jilin", model="fixed_row")


TAGS = {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "table", "tr"}
TAGS |= {"th", "td", "br"}


def test_a_page_is_markup_of_ours_alone(card, hostile):
    for page in map(Page, (card.to_html(), hostile.to_html())):
        assert page.open == []
        assert page.tags == TAGS
        assert {(tag, name) for tag, name, _ in page.attributes} == {
            ("html", "lang"),
            ("meta", "charset"),
            ("div", "class"),
            ("th", "style"),
            ("td", "style"),
        }
    assert "url(" not in card.to_html()
    assert "http" not in card.to_html()
    assert card._repr_html_() in card.to_html()


def markdown_tables(text):
    """Read the tables of a Markdown text as GitHub does."""
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    page = Page(html)
    assert page.tags <= {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "br"}
    return page.tables


@pytest.mark.parametrize("which", ["card", "hostile"])
def test_markdown_and_html_hold_the_same_cells(which, request):
    card = request.getfixturevalue(which)
    tables = Page(card.to_html()).tables
    assert markdown_tables(card.to_markdown()) == tables
    shapes = [{len(row) for row in table} for table in tables]
    assert shapes == [{6}, {5}, {3}, {2}, {4}]
    assert [len(table) for table in tables] == [3, 5, 3, 2, 3]


def test_every_line_of_a_table_has_its_pipes(hostile):
    tables = [line for line in hostile.to_markdown().splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1 for line in tables]
    assert cells == [6] * 4 + [5] * 6 + [3] * 4 + [2] * 3 + [4] * 4


def test_what_stands_on_the_page(card):
    text = card.to_markdown()
    assert card._repr_markdown_() == text
    assert text.startswith("# Henan 河南省 and Jilin 吉林省\n")
    assert [line for line in text.splitlines() if line.startswith("#")][1:] == [
        "## Overlap",
        "## Shared (2)",
        "## Only Henan (1)",
        "## Only Jilin (0)",
        "## Initiatives",
        "## Evidence",
    ]
    overlap, shared, alone = markdown_tables(text)[1:4]
    assert overlap[1] == ["Shared", "2", "2.00", "1.000", "1.000"]
    assert overlap[2] == ["Jaccard", "0.67", "–", "–", "–"]
    assert [row[0] for row in overlap[1:]] == [MEASURE_NAMES[measure] for measure in MEASURES]
    assert shared[1:] == [
        [
            "Business environment 营商环境",
            "commits: Fewer, better rules. (daily ¶6)",
            "Siping reports Credit: Loans were given. (daily ¶7)",
        ],
        [
            "Emerging industries 新兴产业",
            "commits Robots: Buy robots. (daily ¶5)",
            "• commits: Grow them too. (daily ¶8)\n"
            "• commits Robots: Robots twice. (report ¶2; 2 times)",
        ],
    ]
    assert alone[1:] == [["Future industries 未来产业", "commits Quantum: Plan ahead. (daily ¶5)"]]
    for part in (
        "Said: 2023-12 to 2025-01-15.",
        "fixed row model over 3 actors and 3 concepts: Henan, Jilin, Liaoning.",
        "for all 3 pairs",
        "Silence is not absence",
        "Documents: daily, report.",
        card.sha256,
        card.citation,
    ):
        assert part in text


def test_without_a_summary_the_anchor_stands(network):
    for key in ("s11", "s14"):
        target = "robots" if key == "s14" else "emerging-industries"
        del network.edges["jilin", target, key]["summary"]
    del network.edges["jilin", "emerging-industries", "s11"]["anchor"]
    text = pl.pair_card(network, "henan", "jilin").to_markdown()
    assert "• commits: (daily ¶8)<br>• commits Robots: “机器人” (report ¶2; 2 times)" in text


def test_what_differs_in_its_paragraph_alone_is_one_line(network):
    data = network.edges["jilin", "robots", "s14"]
    network.add_edge("jilin", "robots", "s15", **data | {"paragraph": 4})
    text = pl.pair_card(network, "henan", "jilin").to_markdown()
    assert "Robots twice. (report ¶2, 4; 4 times)" in text


def test_small_chances_are_not_nought(card):
    small = card.measures.assign(p_upper=1e-9)
    assert "| < 0.001 |" in dataclasses.replace(card, measures=small).to_markdown().replace(
        "\\", ""
    )


def test_nothing_of_today_is_on_a_card(card):
    dates = set(re.findall(r"\b20\d\d(?:-\d\d)*\b", card.to_markdown()))
    assert dates == {"2023-12", "2025-01-15"}
