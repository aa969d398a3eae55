"""Statements as edges: read back, checked, by actor and by concept."""

import networkx as nx
import pandas as pd
import pytest

import policylib as pol
from policylib.network.edges import actor_rows, concepts


class TestStatements:
    def test_statements_come_back_as_they_went_in(self, network, tables):
        back = pol.statements(network)
        columns = ["id", "document", "paragraph", "actor", "role", "code", "quote", "summary"]
        went_in = tables.statements[columns].sort_values("id", ignore_index=True)
        pd.testing.assert_frame_equal(
            back[columns].sort_values("id", ignore_index=True), went_in, check_dtype=False
        )
        assert back["count"].sum() == tables.statements["count"].sum()


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
        assert "institute" not in actor_rows(network, "province")
        assert actor_rows(network, "actor")["siping"] == "siping"
        with pytest.raises(ValueError, match="no rows 'city'"):
            actor_rows(network, "city")


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


class TestBroaden:
    def test_a_part_of_the_network_can_be_counted(self, network):
        part = network.subgraph(
            ["liaoning", "robots", "new-materials"]
        )  # without what is above them
        assert pol.biadjacency(part).loc["liaoning"].to_dict() == {"robots": 1, "new-materials": 1}
        assert set(pol.roll_up(part)) == set(part)
