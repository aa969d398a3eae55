"""Statements as edges: read back, checked, by actor and by concept."""

from dataclasses import replace

import networkx as nx
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
            ("relation", ["commits"], r"relation \['commits'\]; expected text"),
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
