"""Statements as edges: read back, checked, by actor and by concept."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib.network.edges import actor_rows, concepts, word_of


class TestStatements:
    def test_statements_come_back_as_they_went_in(self, network, tables):
        back = pol.statements(network)
        columns = ["id", "document", "paragraph", "actor", "role", "code", "quote", "summary"]
        went_in = tables.statements[columns].sort_values("id", ignore_index=True)
        pd.testing.assert_frame_equal(
            back[columns].sort_values("id", ignore_index=True), went_in, check_dtype=False
        )
        assert back["count"].sum() == tables.statements["count"].sum()

    def test_statements_are_sorted_by_document_paragraph_and_place(self, tables):
        # In one paragraph, s02 comes first in the text, though s01 is first by its id.
        start = tables.statements["id"].map({"s01": 9, "s02": 3}).astype("Int64")
        moved = tables.statements.assign(document="daily", paragraph=1, start=start)
        found = pol.statements(pol.build_network(replace(tables, statements=moved)))
        assert found["id"].head(2).to_list() == ["s02", "s01"]

    @pytest.mark.parametrize(
        ("qualifier", "dtype"),
        [(True, "boolean"), (3, "Int64"), (2.5, "Float64"), ("for", "string")],
    )
    def test_a_qualifier_keeps_its_type(self, tables, qualifier, dtype):
        rated = tables.statements.assign(qualifier=qualifier)
        found = pol.statements(pol.build_network(replace(tables, statements=rated)))
        assert found["qualifier"].dtype == dtype
        assert set(found["qualifier"]) == {qualifier}

    def test_places_are_whole_numbers(self, tables):
        wrong = tables.statements.assign(start="x")
        with pytest.raises(ValueError, match="column 'start' must hold whole numbers"):
            pol.statements(pol.build_network(replace(tables, statements=wrong)))

    def test_a_statement_without_a_count_is_made_once(self, tables):
        once = replace(tables, statements=tables.statements.drop(columns="count"))
        network = pol.build_network(once)
        assert pol.statements(network)["count"].eq(1).all()
        assert pol.biadjacency(network, rows="actor", denied=True).to_numpy().sum() == 14


class TestCheckNetwork:
    @pytest.mark.parametrize(
        "call", [pol.statements, pol.evidence, pol.biadjacency, pol.priority_gaps]
    )
    def test_tables_are_no_network(self, tables, call):
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
    def test_what_is_no_policy_network_is_refused(self, network, spoil, message):
        with pytest.raises(ValueError, match=message):
            pol.biadjacency(spoil(network))


class TestActorRows:
    def test_a_city_counts_for_its_province_and_an_institute_does_not(self, network):
        assert actor_rows(network, "province")["siping"] == "jilin"
        # The institute is in Henan, but its words are not those of the province.
        assert network.nodes["institute"]["province"] == "henan"
        assert "institute" not in actor_rows(network, "province")
        assert actor_rows(network, "actor")["siping"] == "siping"
        with pytest.raises(ValueError, match="no rows 'city'"):
            actor_rows(network, "city")


class TestWordOf:
    def test_provinces_of_one_type_have_its_word(self, network):
        assert word_of(network, "province") == "province"  # they have no type
        for node in ("henan", "jilin", "liaoning"):
            network.nodes[node]["type"] = "county"
        assert word_of(network, "province") == "county"
        assert word_of(network, "organisation") == "organisation"
        part = network.subgraph(["henan", "li-na"])
        assert (word_of(part, "province"), word_of(part, "expert")) == ("county", "expert")

    @pytest.mark.parametrize("other", ["city", None, ""])
    def test_provinces_of_several_types_are_provinces(self, network, other):
        for node in ("henan", "jilin", "liaoning"):
            network.nodes[node]["type"] = "county"
        network.nodes["henan"]["type"] = other
        assert word_of(network, "province") == "province"
        assert word_of(nx.Graph(), "province") == "province"


class TestConcepts:
    def test_concepts_roll_up_and_broader_codes_stand_for_themselves(self, network):
        table = pol.statements(network)
        at_priority = concepts(network, table, "priority")
        assert set(at_priority) == {
            "new-productivity",
            "emerging-industries",
            "future-industries",
            "business-environment",
        }
        assert set(concepts(network, table, "theme")) == {"new-productivity", "private-economy"}
        assert concepts(network, table, "item").equals(table["code"])
        assert concepts(network, table, "initiative").notna().sum() == 3


class TestPartsOfNetworks:
    def test_a_part_can_be_counted_and_warns_of_codes_that_do_not_roll_up(self, network):
        part = network.subgraph(["liaoning", "robots", "new-materials"])
        warning = (
            r"^2 codes are not rolled up to a priority \('new-materials', 'robots'\); the network "
            "lacks what is above: 'emerging-industries'$"
        )
        with pytest.warns(UserWarning, match=warning):
            counts = pol.biadjacency(part)
        assert counts.loc["liaoning"].to_dict() == {"robots": 1, "new-materials": 1}
        with pytest.warns(UserWarning, match=warning):
            assert set(pol.roll_up(part)) == set(part)
        assert pol.biadjacency(part, columns="item").loc["liaoning"].to_list() == [1, 1]

    def test_a_part_warns_of_cities_and_initiatives_that_are_not_counted(self, network):
        part = network.subgraph(set(network) - {"jilin"})
        with pytest.warns(UserWarning, match=r"^1 statement is not .* lacks their province: 'jil"):
            assert pol.biadjacency(part).index.to_list() == ["henan", "liaoning"]
        assert "siping" in pol.biadjacency(part, rows="actor").index
        part = network.subgraph(set(network) - {"robot-plan", "ten-measures"})
        with pytest.warns(UserWarning, match=r"^2 statements are .* initiative: .*'ten-measures'"):
            assert pol.biadjacency(part, columns="initiative").shape == (1, 1)

    @pytest.mark.parametrize(
        "rename",
        [
            nx.convert_node_labels_to_integers,
            lambda n: nx.relabel_nodes(n, nx.get_node_attributes(n, "label")),
            lambda n: nx.relabel_nodes(n, {"new-productivity": "forces", "jilin": "Jilin"}),
        ],
    )
    def test_nodes_that_were_renamed_are_refused(self, network, rename):
        renamed = rename(network)
        hint = "rename the ids in the tables before build_network instead, or use pol.label"
        with pytest.raises(ValueError, match=f"province 'jilin', which is not .*{hint}"):
            pol.biadjacency(renamed)
        for call in (
            lambda: pol.biadjacency(renamed, roles="commits", rows="actor", columns="theme"),
            lambda: pol.statements(renamed, columns="theme"),
            lambda: pol.roll_up(renamed),
        ):
            with pytest.raises(ValueError, match=f"broader '.*', which is not .*{hint}"):
                call()
        assert len(pol.statements(renamed)) == len(pol.statements(network))


class TestAttributes:
    """An attribute that cannot be counted is named with its node or edge."""

    CALLS = (
        pol.biadjacency,
        pol.priority_gaps,
        lambda n: pol.pair_card(n, "henan", "jilin", model="fixed_row"),
        lambda n: pol.explain_overlap(n, "henan", "jilin"),
    )

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("name", ["type", "level", "broader", "province"])
    def test_a_node_with_a_list(self, network, call, name):
        network.nodes["jilin"][name] = ["x"]
        with pytest.raises(ValueError, match=rf"^node 'jilin' has the {name} \['x'\]; expected on"):
            call(network)

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("name", "value", "match"),
        [
            ("relation", ["commits"], r"relation \['commits'\]; expected one value"),
            ("count", "2", "count '2'; expected a number from 0"),
            ("count", -1, "count -1; expected a number from 0"),
            ("count", True, "count True; expected a number from 0"),
            ("count", float("inf"), "count inf; expected a number from 0"),
        ],
    )
    def test_an_edge_that_cannot_be_counted(self, network, call, name, value, match):
        network.edges["henan", "robots", "s07"][name] = value
        edge = r"^the edge from 'henan' to 'robots' \(key 's07'\)"
        with pytest.raises(ValueError, match=f"{edge} has the {match}"):
            call(network)

    @pytest.mark.parametrize(
        ("name", "value", "match"),
        [
            ("initiative", ["x"], r"initiative \['x'\]; expected one value"),
            ("document", 3, "document 3; expected text, as other edges have"),
        ],
    )
    def test_an_edge_that_cannot_be_listed(self, network, name, value, match):
        network.edges["henan", "robots", "s07"][name] = value
        for call in (self.CALLS[2], pol.statements):
            with pytest.raises(ValueError, match=rf"'robots' \(key 's07'\) has the {match}"):
                call(network)

    @pytest.mark.parametrize("count", [0, 2.5])
    def test_other_counts_stay(self, network, count):
        network.edges["henan", "robots", "s07"]["count"] = count
        assert pol.biadjacency(network).at["henan", "emerging-industries"] == count

    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
    def test_a_missing_attribute_of_an_edge_is_none(self, network, missing):
        edge = network.edges["henan", "robots", "s07"]
        for name in ("count", "qualifier", "start", "end", "date", "coder", "initiative"):
            edge.pop(name, None)
        expected = [pol.statements(network), pol.biadjacency(network)]
        edge |= dict.fromkeys(("count", "qualifier", "start", "end", "date", "coder"), missing)
        for table, found in zip(expected, [pol.statements, pol.biadjacency], strict=True):
            pd.testing.assert_frame_equal(found(network), table)
        edge["relation"] = missing
        assert "s07" not in set(pol.statements(network)["id"])
        described = pol.describe_network(network)
        assert described.loc[described["part"] == "edge", "name"].notna().all()

    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
    def test_a_missing_attribute_of_a_node_is_none(self, network, missing):
        expected = pol.biadjacency(network, columns="theme")
        for data in network.nodes.values():
            for name in ("type", "broader", "province", "definition"):
                data.setdefault(name, missing)
        pd.testing.assert_frame_equal(pol.biadjacency(network, columns="theme"), expected)
        network.nodes["henan"]["kind"] = missing
        with pytest.raises(ValueError, match="node 'henan' has no kind"):
            pol.describe_network(network)
        assert network.nodes["henan"]["kind"] is missing  # the network is not changed

    @pytest.mark.parametrize("name", ["document", "date", "quote", "qualifier", "coder"])
    def test_a_lone_surrogate_in_an_edge_is_named(self, network, name):
        network.edges["henan", "robots", "s07"][name] = "a\udc80b"
        edge = r"^the edge from 'henan' to 'robots' \(key 's07'\)"
        with pytest.raises(ValueError, match=f"{edge} has the {name} .* character 1 is a lone sur"):
            pol.statements(network)

    def test_a_lone_surrogate_in_a_node_or_relation_is_named(self, network):
        renamed = nx.relabel_nodes(network, {"henan": "he\udc80"})
        with pytest.raises(ValueError, match=r"^node 'he\\udc80' has the id .* character 2 is"):
            pol.biadjacency(renamed)
        network.edges["henan", "robots", "s07"]["relation"] = "\udc80"
        with pytest.raises(ValueError, match=r"'s07'\) has the relation .* character 0 is a lone"):
            pol.describe_network(network)

    @pytest.mark.parametrize("node", [np.nan, pd.NA, pd.NaT, ("a", 1)])
    def test_a_node_needs_an_id(self, network, node):
        network.add_node(node, kind="province")
        with pytest.raises(TypeError, match="expected text as the id of a node"):
            pol.statements(network)

    @pytest.mark.parametrize("call", CALLS)
    def test_a_qualifier_that_is_unclear(self, network, call):
        network.edges["henan", "robots", "s07"]["qualifier"] = "no"
        edge = r"^the edge from 'henan' to 'robots' \(key 's07'\) has the qualifier 'no'; replace"
        with pytest.raises(ValueError, match=edge):
            call(network)
        assert pol.biadjacency(network, denied=True).at["henan", "emerging-industries"] == 1

    @pytest.mark.parametrize("name", ["Commits", "COMMITS", " commits"])
    def test_a_relation_that_is_a_role_but_for_capitals(self, network, name):
        network.edges["henan", "robots", "s07"]["relation"] = name
        for call in (pol.statements, pol.biadjacency, pol.roll_up, pol.explore):
            with pytest.raises(ValueError, match=f"'s07'.* '{name}', .*; did you mean 'commits'"):
                call(network)

    @pytest.mark.parametrize("name", ["commit", "mentions", "", 7])
    def test_other_relations_are_no_statements(self, network, name):
        network.edges["henan", "robots", "s07"]["relation"] = name
        network.add_edge("henan", "jilin", relation="Commits")  # not to a code
        assert "s07" not in set(pol.statements(network)["id"])


def by_hand(edges, **key):
    """A network of three codes, two below the first, whose edges have the keys of networkx."""
    network = nx.MultiDiGraph()
    network.add_nodes_from(["henan", "hebei"], kind="province")
    network.add_node("plan", kind="initiative")
    network.add_node("p", kind="priority", level="priority")
    network.add_nodes_from("ab", kind="priority", level="item", broader="p")
    for source, target in edges:
        relation = "advances" if source == "plan" else "commits"
        network.add_edge(source, target, **key, relation=relation, quote=f"{source} {target}")
    return network


class TestKeys:
    EDGES = (("henan", "p"), ("henan", "a"), ("henan", "b"), ("hebei", "b"), ("plan", "a"))
    EDGES += (("plan", "b"), ("henan", "a"))

    def test_ids_are_unique_and_the_same_for_some_actors(self):
        network = by_hand(self.EDGES)
        ids = ["hebei|b|0", "henan|a|0", "henan|a|1", "henan|b|0", "henan|p|0"]
        found = pol.statements(network)
        assert sorted(found["id"]) == ids
        assert pol.statements(network, "hebei")["id"].to_list() == ["hebei|b|0"]
        for _, row in found.iterrows():
            assert row["quote"] == f"{row['actor']} {row['code']}"

    def test_text_keys_of_several_actors_get_their_ends_and_unique_keys_stay(self):
        network = by_hand([("henan", "a"), ("hebei", "b")], key="k")
        network.add_edge("henan", "b", "s1", relation="commits")
        assert set(pol.statements(network)["id"]) == {"henan|a|k", "hebei|b|k", "s1"}
        assert pol.statements(network, "hebei")["id"].to_list() == ["hebei|b|k"]

    def test_unique_numbers_stay_numbers(self):
        network = by_hand([("henan", "a")], key=4)
        network.add_edge("hebei", "b", 7, relation="commits")
        assert pol.statements(network)["id"].to_list() == [4, 7]

    def test_an_id_is_never_taken(self):
        network = by_hand([("henan", "a"), ("hebei", "b")])
        network.add_edge("henan", "b", "henan|a|0", relation="commits")
        ids = pol.statements(network)["id"]
        assert set(ids) == {"henan|a|0", "henan|a|0'", "hebei|b|0"}

    def test_roll_up_keeps_all_edges(self):
        network = by_hand(self.EDGES)
        rolled = pol.roll_up(network)
        assert set(rolled["henan"]["p"]) == {0, 1, "henan|a|0", "henan|b|0"}
        assert set(rolled["hebei"]["p"]) == {0}
        assert set(rolled["plan"]["p"]) == {0, "plan|b|0"}
        counts = pol.biadjacency(rolled)
        pd.testing.assert_frame_equal(counts, pol.biadjacency(network))
        assert counts["p"].to_dict() == {"henan": 4, "hebei": 1}
        quotes = [sorted(pol.statements(n)["quote"]) for n in (network, rolled)]
        assert quotes[0] == quotes[1]
        assert pol.statements(rolled)["id"].is_unique
        assert network.number_of_edges("henan", "a") == 2  # it is not changed
