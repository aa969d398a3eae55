"""The card of two actors as a page, in HTML and in Markdown."""

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt

import policylib as pol
from policylib.compare.overlap import MEASURES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def card(network):
    return pol.pair_card(network, "henan", "jilin", model="fixed_row")


@pytest.fixture
def seen(network, texts):
    """The card with the sentences that the texts have."""
    return pol.pair_card(network, "henan", "jilin", model="fixed_row", documents=texts)


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
    "bell\a escape\x1b[31m nul\0 next\x85line delete\x7f",
    "\u202egnp.exe\u202c \u2066left\u2069 \u2067right\u2069",
]


@pytest.fixture
def hostile(network):
    """The world under names that want to be markup."""
    for i, node in enumerate(sorted(network)):
        network.nodes[node]["label"] = HOSTILE[i % len(HOSTILE)]
        network.nodes[node]["label_zh"] = HOSTILE[(i + 1) % len(HOSTILE)]
    for i, (*_, data) in enumerate(network.edges(data=True)):
        if "quote" in data:
            data |= {
                "document": HOSTILE[i % 9],
                "quote": HOSTILE[i % 5],
                "date": HOSTILE[-1 - i % 3],
            }
            data["summary"] = HOSTILE[-1 - i % 4]
    return pol.pair_card(network, "henan", "jilin", model="fixed_row")


@pytest.fixture
def hostile_texts(network):
    """The world where each sentence wants to be markup, and quotes a part of it."""
    texts = {}
    for i, (*_, data) in enumerate(network.edges(data=True)):
        if "quote" in data:
            text = HOSTILE[i % len(HOSTILE)]
            texts[data["document"], data["paragraph"]] = f"x{text}y {text} z"
            data["quote"] = texts[data["document"], data["paragraph"]][2 + i % 5 :][: 5 + i]
    rows = [(*place, text) for place, text in texts.items()]
    documents = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    return pol.pair_card(network, "henan", "jilin", model="fixed_row", documents=documents)


TAGS = {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "table", "tr"}
TAGS |= {"th", "td", "br"}


def test_pair_card_as_html_has_only_our_own_markup(card, hostile, hostile_texts):
    for page in map(Page, (card.to_html(), hostile.to_html(), hostile_texts.to_html())):
        assert page.open == []
        assert page.tags - {"mark"} == TAGS
        assert {(tag, name) for tag, name, _ in page.attributes} == {
            ("html", "lang"),
            ("meta", "charset"),
            ("div", "class"),
            ("th", "style"),
            ("td", "style"),
        }
    assert "<mark>" in hostile_texts.to_html()
    assert "url(" not in card.to_html()
    assert "http" not in card.to_html()
    assert card._repr_html_() in card.to_html()


def markdown_tables(text):
    """Read the tables of a Markdown text as GitHub does."""
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    page = Page(html)
    assert page.tags <= {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "br"} | {
        "strong"
    }
    assert html.count("<strong>") == len(re.findall(r"(?<!\\)\*\*", text)) / 2
    return page.tables


@pytest.mark.parametrize("which", ["card", "hostile", "seen", "hostile_texts"])
def test_pair_card_has_the_same_cells_in_markdown_and_html(which, request):
    card = request.getfixturevalue(which)
    tables = Page(card.to_html()).tables
    assert markdown_tables(card.to_markdown()) == tables
    shapes = [{len(row) for row in table} for table in tables]
    assert shapes == [{7}, {8}, {3}, {2}, {4}]
    assert [len(table) for table in tables] == [3, 5, 3, 2, 3]


def test_pair_card_has_all_pipes_in_every_line_of_a_table(hostile):
    tables = [line for line in hostile.to_markdown().splitlines() if line.startswith("|")]
    cells = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1 for line in tables]
    assert cells == [7] * 4 + [8] * 6 + [3] * 4 + [2] * 3 + [4] * 4


def test_pair_card_as_a_page(card):
    text = card.to_markdown()
    assert card._repr_markdown_() == text
    assert text.startswith("# Henan 河南省 and Jilin 吉林省 (null model: fixed row)\n")
    assert [line for line in text.splitlines() if line.startswith("#")][1:] == [
        "## Overlap",
        "## Shared (2)",
        "## Only Henan 河南省 (1)",
        "## Only Jilin 吉林省 (0)",
        "## Initiatives (2)",
        "## Evidence",
    ]
    overlap, shared, alone = markdown_tables(text)[1:4]
    assert overlap[0] == ["measure", *card.measures]
    assert overlap[1] == ["shared", "2", "2", "0", "1", "1", "1", "1"]
    assert overlap[2] == ["jaccard", "0.667", *["–"] * 6]
    assert [row[0] for row in overlap[1:]] == list(MEASURES)
    assert shared[0] == ["concept", "Henan 河南省", "Jilin 吉林省"]
    assert shared[1:] == [
        [
            "Business environment 营商环境",
            "commits: Fewer, better rules. (daily ¶6)",
            "Siping 四平市 reports Credit 信贷: Loans were given. (daily ¶7)",
        ],
        [
            "Emerging industries 新兴产业",
            "commits Robots 机器人: Buy robots. (daily ¶5)",
            "• commits: Grow them too. (daily ¶8)\n"
            "• commits Robots 机器人: Robots twice. (report ¶2; 2 times)",
        ],
    ]
    assert alone[1:] == [
        ["Future industries 未来产业", "commits Quantum 量子: Plan ahead. (daily ¶5)"]
    ]
    for part in (
        "Dates: 2023-12 to 2025-01-15.",
        "3 actors and 3 concepts: Henan 河南省, Jilin 吉林省, Liaoning 辽宁省.",
        "q is p corrected for all pairs of these actors",
        "Silence is not absence",
        "Documents: daily, report.",
        card.sha256,
        card.citation,
    ):
        assert part in text


def test_pair_card_shows_the_sentence_with_the_quoted_words_marked(seen):
    page, text = seen.to_html(), seen.to_markdown()
    assert "commits: Fewer, better rules. “Better *<mark>rules</mark>* &amp; &lt;b&gt;help" in page
    assert (
        r"commits: Fewer, better rules. “Better \***rules**\* \& \<b\>help\</b\>.” (daily" in text
    )
    assert "commits Robots 机器人: Buy robots. “Henan buys **robots**!” (daily ¶5)" in text
    assert "commits Robots 机器人: Robots twice. “我们造**机器人**！” (report ¶2; 2 times)" in text
    assert "commits: Grow them too. “It names no such words.” (daily ¶8)" in text
    assert "Siping 四平市 reports Credit 信贷: Loans were given. (daily ¶7)" in text  # not in texts
    assert page.count("<mark>") == text.count("**") / 2 == 4


def test_pair_card_shows_the_sentence_alone_without_a_summary(network, texts):
    del network.edges["henan", "quantum", "s08"]["summary"]
    text = pol.pair_card(network, "henan", "jilin", documents=texts).to_markdown()
    assert "| commits Quantum 量子: “It plans for **quantum** 🚀, too.” (daily ¶5) |" in text


def test_pair_card_quotes_the_anchor_where_a_summary_is_missing(network):
    for key in ("s11", "s14"):
        target = "robots" if key == "s14" else "emerging-industries"
        del network.edges["jilin", target, key]["summary"]
    del network.edges["jilin", "emerging-industries", "s11"]["quote"]
    text = pol.pair_card(network, "henan", "jilin").to_markdown()
    assert "• commits: (daily ¶8)<br>• commits Robots 机器人: “机器人” (report ¶2; 2 times)" in text


def test_pair_card_joins_statements_that_differ_only_in_their_paragraph(network):
    data = network.edges["jilin", "robots", "s14"]
    network.add_edge("jilin", "robots", "s15", **data | {"paragraph": 4})
    text = pol.pair_card(network, "henan", "jilin").to_markdown()
    assert "Robots twice. (report ¶2, 4; 4 times)" in text


def test_pair_card_shows_small_p_values(card):
    small = card.measures.assign(p_upper=1e-9)
    assert "| 1e-09 |" in dataclasses.replace(card, measures=small).to_markdown()


def test_pair_card_does_not_depend_on_the_day(card):
    dates = set(re.findall(r"\b20\d\d(?:-\d\d)*\b", card.to_markdown()))
    assert dates == {"2023-12", "2025-01-15"}


def test_pair_card_shows_money_and_not_mathematics(network):
    network.edges["henan", "quantum", "s08"]["summary"] = "Pay $5 to one and $3 to others."
    page = pol.pair_card(network, "henan", "jilin")._repr_html_()
    assert page.startswith('<div class="tex2jax_ignore mathjax_ignore">')


def test_pair_card_has_the_citation_of_the_project(card):
    facts = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (author,) = facts["authors"]
    assert card.citation == f"{author['name']}, {facts['title']}, version {facts['version']}."
    assert str(facts["version"]) == pol.__version__


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("fixed_row", "fixed row"),
        ("sdsm", "stochastic degree sequence model, SDSM"),
        ("fdsm", "fixed degree sequence model, FDSM; 10,000 random matrices, seed 0"),
    ],
)
def test_pair_card_names_its_null_model_in_the_heading(network, model, name):
    card = pol.pair_card(network, "henan", "jilin", model=model)
    heading = f"Henan 河南省 and Jilin 吉林省 (null model: {name})"
    assert card.to_markdown().startswith(f"# {heading}\n")
    assert f"<title>{heading}</title>" in card.to_html()


@pytest.mark.parametrize("form", ["to_html", "to_markdown"])
def test_pair_card_shows_no_control_character_and_no_mark_of_direction(hostile, form):
    text = getattr(hostile, form)()
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) == []
    assert "bell\ufffd escape\ufffd" in text
    assert "\ufffdgnp.exe\ufffd" in text
