from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest

import policylib as pl
from policylib.network.edges import ROLES, actor_rows, concepts

STRUCTURAL = {"launches", "implements", "broader", "affiliated_with", "located_in"}


def test_nodes_carry_kind_and_the_columns_of_their_table(network):
    assert network.nodes["jilin"]["kind"] == "province"
    assert network.nodes["siping"] == {
        "kind": "organisation",
        "label": "Siping",
        "label_zh": "四平市",
        "type": "city",
        "province": "jilin",
    }
    assert network.nodes["quantum"]["level"] == "item"
    assert network.nodes["robot-plan"]["year"] == 2023
    assert "label_zh" not in network.nodes["institute"]  # empty in the table


def test_every_statement_is_one_edge_with_its_evidence(network, tables):
    edges = {key: (a, p, data) for a, p, key, data in network.edges(keys=True, data=True)}
    for row in tables.statements.itertuples():
        keyed = network.get_edge_data(row.actor, row.priority, row.id)
        assert keyed["relation"] == row.role
        assert (keyed["document"], keyed["paragraph"]) == (row.document, row.paragraph)
        assert (keyed["anchor"], keyed["summary"]) == (row.anchor, row.summary)
    assert sum(data["relation"] in ROLES for *_, data in network.edges(data=True)) == 14
    assert edges["liaoning|launches|robot-plan"][:2] == ("liaoning", "robot-plan")


def test_an_initiative_advances_a_priority_by_the_statements_that_name_it(network):
    advances = {
        (a, b, key) for a, b, key, r in network.edges(keys=True, data="relation") if r == "advances"
    }
    assert advances == {
        ("robot-plan", "robots", "s04"),
        ("ten-measures", "robots", "s07"),
        ("credit-fund", "credit", "s10"),
    }
    edge = network.edges["robot-plan", "robots", "s04"]
    assert (edge["actor"], edge["role"], edge["paragraph"]) == ("liaoning", "commits", 3)


def test_structural_edges_are_named_by_what_they_join(network):
    edges = network.edges(keys=True, data="relation")
    structural = {key for *_, key, relation in edges if relation in STRUCTURAL}
    assert "robot-plan|implements|revival" in structural
    assert "robots|broader|emerging-industries" in structural
    assert "li-na|affiliated_with|institute" in structural
    assert "siping|located_in|jilin" in structural
    assert len(structural) == 4 + 1 + 7 + 2 + 2  # launches, implements, broader, experts, places


def test_evidence_says_when_it_was_said(network):
    said = network.edges["jilin", "robots", "s14"]["said"]
    assert said == "2025-01-15"


def test_describe_network_counts_every_node_and_edge(network):
    table = pl.describe_network(network)
    parts = table.groupby("part")["count"].sum()
    assert parts["node"] == network.number_of_nodes()
    assert parts["edge"] == network.number_of_edges()
    assert table.set_index("name").loc["recommends", "count"] == 1
    assert table["part"].tolist() == ["node"] * 5 + ["edge"] * 11
    assert table.loc[table["part"] == "edge", "count"].is_monotonic_decreasing


def test_nodes_of_kind(network):
    assert pl.nodes_of_kind(network, "expert") == ["li-na", "wang-wei"]
    with pytest.raises(ValueError, match=r"no kind 'provinces' .*did you mean 'province'"):
        pl.nodes_of_kind(network, "provinces")


@pytest.mark.parametrize(
    ("actor", "concept", "ids"),
    [
        ("liaoning", None, ["s04", "s05", "s06"]),
        ("liaoning", "robots", ["s04"]),
        ("liaoning", "new-productivity", ["s04", "s05"]),  # the theme includes its items
        ("liaoning", "robot-plan", ["s04"]),
        ("jilin", "business-environment", ["s10"]),  # said by its city
        ("siping", None, ["s10"]),
        ("li-na", "credit", ["s12"]),
        ("henan", "new-materials", []),
        ("robot-plan", None, ["s04"]),
        ("conference", None, ["s01", "s02", "s03"]),
        (None, "credit", ["s10", "s12"]),
        (None, "robot-plan", ["s04"]),
    ],
)
def test_evidence(network, actor, concept, ids):
    assert pl.evidence(network, actor, concept)["id"].tolist() == ids


@pytest.mark.parametrize(
    ("actor", "concept", "message"),
    [
        ("liaonin", None, "no actor 'liaonin'.*; did you mean 'liaoning'"),
        ("robots", None, "'robots' is of kind priority; actor is one of province"),
        ("henan", "robot", "no concept 'robot'.*did you mean 'robots'"),
        ("henan", "jilin", "'jilin' is of kind province; concept is one of priority"),
    ],
)
def test_a_wrong_id_names_the_nearest(network, actor, concept, message):
    with pytest.raises(KeyError, match=message):
        pl.evidence(network, actor, concept)


def test_statements_come_back_as_they_went_in(network, tables):
    back = pl.statements(network)
    columns = ["id", "document", "paragraph", "actor", "role", "priority", "anchor", "summary"]
    went_in = tables.statements[columns].sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(
        back[columns].sort_values("id", ignore_index=True), went_in, check_dtype=False
    )
    assert back["count"].sum() == tables.statements["count"].sum()


def test_a_city_counts_for_its_province_and_an_institute_does_not(network):
    assert actor_rows(network, "province")["siping"] == "jilin"
    assert "institute" not in actor_rows(network, "province")
    assert actor_rows(network, "actor")["siping"] == "siping"
    with pytest.raises(ValueError, match="no rows 'city'"):
        actor_rows(network, "city")


def test_concepts_roll_up_and_broader_codes_stand_for_themselves(network):
    table = pl.statements(network)
    at_priority = concepts(network, table, "priority")
    assert set(at_priority) == {
        "new-productivity",
        "emerging-industries",
        "future-industries",
        "business-environment",
    }
    assert set(concepts(network, table, "theme")) == {"new-productivity", "private-economy"}
    assert concepts(network, table, "item").equals(table["priority"])
    assert concepts(network, table, "initiative").notna().sum() == 3


@pytest.mark.parametrize("level", ["theme", "priority", "item"])
def test_roll_up_keeps_every_statement(network, level):
    merged = pl.roll_up(network, level=level)
    before, after = pl.statements(network), pl.statements(merged)
    assert after["id"].tolist() == before["id"].tolist()
    assert after["priority"].tolist() == concepts(network, before, level).tolist()
    assert nx.is_directed_acyclic_graph(merged)
    kept = ("theme", "priority", "item")[: ("theme", "priority", "item").index(level) + 1]
    codes = pl.nodes_of_kind(merged, "priority")
    assert {merged.nodes[code]["level"] for code in codes} == set(kept)
    assert network.has_node("robots")  # the caller's network is as it was


def test_a_package_without_optional_tables_builds(package):
    for name in ("initiatives", "indicators", "errata"):
        (package / f"{name}.csv").unlink()
    statements = package / "statements" / "conferences-2023.csv"
    text = statements.read_text(encoding="utf-8")
    for initiative in ("robot-plan", "ten-measures", "credit-fund"):
        text = text.replace(f",{initiative},", ",,")
    statements.write_text(text, encoding="utf-8")
    network = pl.build_network(pl.read_tables(package))
    assert pl.nodes_of_kind(network, "initiative") == []
    assert len(pl.statements(network)) == 14
    assert pl.biadjacency(network, columns="initiative").empty


def test_labels_replace_ids_in_rows_columns_and_cells(network):
    gaps = pl.label(pl.priority_gaps(network), network)
    assert gaps.loc["Emerging industries", "taken_up_by"] == "Henan; Jilin; Liaoning"
    sets = pl.label(pl.intersections(pl.biadjacency(network)), network)
    assert ("Henan", "Jilin", "Liaoning") in sets["rows"].to_list()
    matrix = pl.biadjacency(network)
    named = pl.label(matrix, network, attribute="label_zh")
    assert named.index.to_list() == ["河南省", "吉林省", "辽宁省"]
    assert matrix.index.to_list() == ["henan", "jilin", "liaoning"]  # left as it was


def test_labels_leave_the_words_of_the_source_alone(network):
    named = pl.label(pl.evidence(network, "liaoning", "robots"), network)
    assert named[["actor", "priority", "anchor"]].to_numpy().tolist() == [
        ["Liaoning", "Robots", "robots"]
    ]


@pytest.mark.parametrize("call", [pl.statements, pl.evidence, pl.biadjacency, pl.priority_gaps])
def test_tables_are_no_network(tables, call):
    with pytest.raises(TypeError, match="expected a network, not Tables; build_network"):
        call(tables)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (nx.DiGraph, "a policy network is a MultiDiGraph"),
        (lambda n: n.to_undirected(), "a policy network is a MultiDiGraph"),
        (lambda n: nx.MultiDiGraph([("a", "b")]), "node 'a' has no kind"),
        (lambda n: n.reverse(), "a statement leads from an actor to a priority"),
    ],
)
def test_what_is_no_policy_network_is_refused(network, spoil, message):
    with pytest.raises(ValueError, match=message):
        pl.biadjacency(spoil(network))


def test_a_part_of_the_network_can_be_counted(network):
    part = network.subgraph(["liaoning", "robots", "new-materials"])  # without what is above them
    assert pl.biadjacency(part).loc["liaoning"].to_dict() == {"robots": 1, "new-materials": 1}
    assert set(pl.roll_up(part)) == set(part)


def test_tables_with_loose_ends_are_refused(tables):
    loose = replace(tables, provinces=tables.provinces.query("id != 'henan'"))
    with pytest.raises(ValueError, match="node 'henan' has no kind"):
        pl.build_network(loose)


def test_cells_that_are_no_names_stay(network):
    table = pd.DataFrame({"who": ["henan", None, 5, ("jilin", "x")]}, dtype=object)
    assert pl.label(table, network)["who"].to_list() == ["Henan", None, 5, ("Jilin", "x")]
