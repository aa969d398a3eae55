import hashlib
import json
from itertools import combinations

import networkx as nx
import pandas as pd
import pytest

import policylib as pol
from policylib.compare.overlap import MEASURES
from policylib.compare.significance import MODELS


@pytest.fixture(scope="module")
def shipped():
    """The network of the shipped article."""
    return pol.build_network(pol.read_tables())


# --- The statements side by side. ---------------------------------------------------------------


def test_compare_pair_by_hand(network):
    table = pol.compare.compare_pair(network, "jilin", "henan")
    assert table[["concept", "overlap", "side", "id"]].to_numpy().tolist() == [
        ["business-environment", "shared", "henan", "s09"],
        ["business-environment", "shared", "jilin", "s10"],  # by its city
        ["emerging-industries", "shared", "henan", "s07"],
        ["emerging-industries", "shared", "jilin", "s11"],
        ["emerging-industries", "shared", "jilin", "s14"],
        ["future-industries", "distinct", "henan", "s08"],
    ]
    row = table.iloc[1]
    assert row[["actor", "code", "initiative"]].tolist() == ["siping", "credit", "credit-fund"]
    assert row[["document", "paragraph", "count", "date"]].tolist() == ["daily", 7, 1, "2023-12"]


def test_compare_pair_follows_the_order_of_the_call(network):
    options = {"columns": "item"}
    pair = ["liaoning", "henan"]
    for a, b in (pair, pair[::-1]):
        table = pol.compare.compare_pair(network, a, b, **options)
        parts = table[["overlap", "side"]].drop_duplicates().to_numpy().tolist()
        assert parts[2:] == [["distinct", a], ["distinct", b]]
        assert table.loc[table["overlap"] == "shared", "concept"].unique().tolist() == [
            "business-environment",
            "robots",
        ]


@pytest.mark.parametrize("roles", ["commits", ("commits", "reports"), None])
@pytest.mark.parametrize("columns", ["theme", "priority", "item", "initiative"])
@pytest.mark.parametrize("rows", ["province", "organisation", "expert"])
def test_compare_pair_has_every_statement_that_the_matrix_counts(shipped, rows, columns, roles):
    options = {"columns": columns, "roles": roles}
    matrix = pol.biadjacency(shipped, rows=rows, **options)
    overlap = pol.project(matrix)
    for a, b in list(combinations(matrix.index, 2))[::9]:
        table = pol.compare.compare_pair(shipped, a, b, **options)
        shared = table[table["overlap"] == "shared"]
        pd.testing.assert_frame_equal(
            shared.drop(columns="overlap"), pol.explain_overlap(shipped, a, b, **options)
        )
        assert shared["concept"].nunique() == overlap.loc[a, b]
        for side in (a, b):  # every statement that the matrix counts, and no other
            counts = table[table["side"] == side].groupby("concept")["count"].sum()
            row = matrix.loc[side]
            assert counts.to_dict() == row[row > 0].to_dict()


def test_compare_pair_in_its_sentences(network, texts):
    table = pol.compare.compare_pair(network, "henan", "jilin", documents=texts)
    assert table["sentence"].iloc[-1] == "It plans for quantum 🚀, too."
    pd.testing.assert_frame_equal(
        table.drop(columns="sentence"), pol.compare.compare_pair(network, "henan", "jilin")
    )


def test_compare_pair_counts_a_city_for_its_province_but_not_an_institute(network):
    table = pol.compare.compare_pair(network, "jilin", "henan", roles=None)
    assert set(table["actor"]) == {"jilin", "siping", "henan"}


def test_compare_pair_of_two_kinds(network):
    table = pol.compare.compare_pair(network, "henan", "wang-wei", roles=None)
    shared = table[table["overlap"] == "shared"]
    assert shared[["concept", "id"]].to_numpy().tolist() == [
        ["future-industries", "s08"],
        ["future-industries", "s13"],
    ]


def test_compare_pair_of_a_silent_actor(network):
    acting = {"roles": ["commits", "reports"]}
    table = pol.compare.compare_pair(network, "henan", "li-na", **acting)
    assert set(table["side"]) == {"henan"}
    assert set(table["overlap"]) == {"distinct"}
    nothing = pol.compare.compare_pair(network, "wang-wei", "li-na", **acting)
    assert nothing.empty
    assert nothing.columns.equals(table.columns)


@pytest.mark.parametrize("call", [pol.compare.compare_pair, pol.pair_card])
def test_two_known_actors_are_needed(network, call):
    with pytest.raises(ValueError, match="a and b are both 'henan'; name two different actors"):
        call(network, "henan", "henan")
    with pytest.raises(ValueError, match="'jilin' and 'siping' speak for each other"):
        call(network, "jilin", "siping")
    with pytest.raises(KeyError, match="did you mean 'jilin'"):
        call(network, "henan", "jiling")
    with pytest.raises(KeyError, match="'robot-plan' is of kind initiative"):
        call(network, "henan", "robot-plan")
    with pytest.raises(ValueError, match="no role 'said'"):
        call(network, "henan", "jilin", roles="said")
    with pytest.raises(ValueError, match="no columns 'topic'"):
        call(network, "henan", "jilin", columns="topic")


# --- The parts of a card. -----------------------------------------------------------------------


@pytest.fixture
def card(network):
    return pol.pair_card(network, "henan", "jilin", model="fixed_row")


def test_pair_card_by_hand(card):
    assert card.actors.to_dict("index") == {
        "henan": {"kind": "province", "concepts": 3, "distinct": 1}
        | {"statements": 3, "paragraphs": 2, "documents": 1, "denied": 0},
        "jilin": {"kind": "province", "concepts": 2, "distinct": 0}
        | {"statements": 4, "paragraphs": 3, "documents": 2, "denied": 0},  # s14 counts twice
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
    assert card.matrix.index.to_list() == ["henan", "jilin", "liaoning"]
    assert card.initiatives.to_numpy().tolist() == [
        ["henan", "ten-measures", "robots", 1],
        ["jilin", "credit-fund", "credit", 1],
    ]
    assert card.initiatives.columns.to_list() == ["side", "initiative", "code", "statements"]
    assert card.names["siping"] == "Siping 四平市"


@pytest.mark.parametrize("model", MODELS)
def test_pair_card_has_the_numbers_of_the_other_functions(shipped, model):
    matrix = pol.biadjacency(shipped)
    tests = pol.overlap_significance(matrix, model=model, seed=0).set_index(["a", "b"])
    pairs = combinations(matrix.index, 2)
    for a, b in pairs if model == "fixed_row" else [("henan", "jilin")]:
        measures = pol.pair_card(shipped, a, b, model=model).measures
        for measure in MEASURES:
            value = pol.project(matrix, measure=measure).loc[a, b]
            assert measures.loc[measure, "observed"] == value
        test = tests.loc[(a, b) if (a, b) in tests.index else (b, a)].drop("shared")
        pd.testing.assert_series_equal(
            measures.loc["shared"].drop("observed"), test, check_names=False
        )


def test_pair_card_where_all_actors_have_the_same_concepts(network):
    card = pol.pair_card(network, "henan", "jilin", columns="theme")
    assert card.measures["observed"].tolist() == [2, 1, 1, 1]
    assert card.measures.drop(columns="observed").isna().all(axis=None)
    text = card.to_markdown()
    assert "| shared | 2 | – | – | – |" in text
    assert "They all have the same concepts, so there is nothing to test." in text
    assert "p\\_upper is the chance" not in text


def test_pair_card_of_experts_and_of_organisations(network, shipped):
    card = pol.pair_card(network, "li-na", "wang-wei", denied=True)
    assert card.actors["concepts"].tolist() == card.actors["distinct"].tolist() == [1, 1]
    assert "## Shared (0)\n\n## Only Li Na 李娜 (1)" in card.to_markdown()
    assert "Roles: all (of provinces: commits, reports). Denials: 1 counted." in card.to_markdown()
    assert "diagnoses (denied)" in card.to_markdown()
    with pytest.raises(
        ValueError, match=r"no statement of 'li-na' counts .*other `roles` or denied=True may find"
    ):
        pol.pair_card(network, "li-na", "wang-wei")
    centre = ["central-economic-work-conference-2023", "ndrc"]
    assert pol.pair_card(shipped, *centre, roles=None).matrix.index[0] == centre[0]


def test_pair_card_needs_two_actors_of_one_kind_with_statements(network):
    with pytest.raises(ValueError, match=r"'henan' is of kind province and 'li-na' of kind expert"):
        pol.pair_card(network, "henan", "li-na", roles=None)
    with pytest.raises(ValueError, match=r"no statement of 'henan' counts here, which does not"):
        pol.pair_card(network, "jilin", "henan", roles="reports")
    with pytest.raises(ValueError, match="no model 'sdms'"):
        pol.pair_card(network, "henan", "jilin", model="sdms")


# --- The same card on every machine. ------------------------------------------------------------


def test_pair_card_has_the_checksum_of_the_statements(network, card):
    kept = pol.statements(network)
    kept = kept[kept["actor"].isin(["henan", "jilin", "siping"])]
    assert len(kept) == len(card.statements) == 6
    rows = [
        [None if pd.isna(cell) else str(cell) for cell in row]
        for row in kept.sort_values("id").itertuples(index=False)
    ]
    assert card.sha256 == hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert card.sha256 == ("434eb216074dc10306d8f8a8d2c6ff0d68400741eea847ea1ae22226249a87fb")


def test_pair_card_has_a_checksum_of_the_statements_alone(network, card):
    for other in (
        pol.pair_card(network, "jilin", "henan"),
        pol.pair_card(network, "henan", "jilin", columns="theme", roles=None),
    ):
        assert other.sha256 == card.sha256
    assert pol.pair_card(network, "henan", "jilin", roles="commits").sha256 != card.sha256
    network.edges["henan", "quantum", "s08"]["summary"] = "Plan behind."
    assert pol.pair_card(network, "henan", "jilin").sha256 != card.sha256


@pytest.mark.parametrize("name", ["world.graphml", "world.json", "world.gexf"])
def test_pair_card_of_a_network_from_a_file_is_the_same(network, tmp_path, name):
    pol.write_network(network, tmp_path / name)
    again = pol.read_network(tmp_path / name)
    for pair in (["henan", "jilin"], ["li-na", "wang-wei"]):  # the experts take sides
        cards = [pol.pair_card(net, *pair, denied=True) for net in (network, again)]
        assert repr(cards[0]) == repr(cards[1])
        assert cards[0].to_markdown() == cards[1].to_markdown()


def test_pair_card_has_the_same_numbers_with_sentences(network, card, texts):
    seen = pol.pair_card(network, "henan", "jilin", model="fixed_row", documents=texts)
    assert seen.sha256 == card.sha256
    pd.testing.assert_frame_equal(seen.actors, card.actors)
    pd.testing.assert_frame_equal(seen.measures, card.measures)
    pd.testing.assert_frame_equal(seen.statements.drop(columns="sentence"), card.statements)


def test_pair_card_has_a_short_and_stable_repr(network, card):
    assert repr(card) == (
        "PairCard(a='henan', b='jilin', shared=2, only_a=1, only_b=0, statements=7, "
        f"sha256='{card.sha256[:12]}')"
    )
    fdsm = [pol.pair_card(network, "henan", "jilin", model="fdsm") for _ in range(2)]
    assert fdsm[0].to_html() == fdsm[1].to_html()


def test_pair_card_without_dates(network):
    network.edges["henan", "quantum", "s08"].pop("date")
    card = pol.pair_card(network, "henan", "jilin")
    assert "Dates: 2023-12 to 2025-01-15; 1 of 6 statements have none." in card.to_html()
    for *_, data in network.edges(["henan", "jilin", "siping"], data=True):
        data.pop("date", None)
    card = pol.pair_card(network, "henan", "jilin")
    assert "Dates: no date; 6 of 6" in card.to_html()


def test_pair_card_leaves_out_a_statement_that_counts_zero_times(network):
    network.edges["henan", "business-environment", "s09"]["count"] = 0
    card = pol.pair_card(network, "henan", "jilin")
    assert card.measures.at["shared", "observed"] == 1
    assert "Shared (1)" in card.to_html()
    shared = pol.project(pol.biadjacency(network)).loc["henan", "jilin"]
    assert pol.explain_overlap(network, "henan", "jilin")["concept"].nunique() == shared


def test_compare_pair_of_a_network_with_other_keys(network):
    plain = nx.MultiDiGraph()
    plain.add_nodes_from(network.nodes(data=True))
    plain.add_edges_from(network.edges(data=True))  # with keys 0, 1, …
    pair = pol.compare.compare_pair(plain, "henan", "jilin")
    assert len(pair) == len(pol.compare.compare_pair(network, "henan", "jilin"))
    network.add_node("quiet", kind="organisation", type="city", province="jilin", label="Quiet")
    with pytest.raises(ValueError, match="'jilin' and 'quiet' speak for each other"):
        pol.compare.compare_pair(network, "jilin", "quiet")


def test_pair_card_shows_floats_as_whole_numbers(network, card):
    for *_, data in network.edges(data=True):
        for name in {"paragraph", "count"} & set(data):
            data[name] = float(data[name])
    floats = pol.pair_card(network, "henan", "jilin", model=card.model)
    assert floats.to_html() == card.to_html()


def test_pair_card_of_a_network_without_initiatives(network, card):
    part = network.subgraph(set(network) - {"ten-measures", "credit-fund"})
    part = pol.pair_card(part, "henan", "jilin", model="fixed_row")
    assert part.sha256 == card.sha256
    assert "| Henan 河南省 | ten-measures | Robots 机器人 | 1 |" in part.to_markdown()
