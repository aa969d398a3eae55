"""Tables become a network, and the network is asked for what it holds."""

from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest

import policylib as pol
from policylib.network.edges import ROLES, concepts

STRUCTURAL = {"launches", "implements", "broader", "affiliated_with", "located_in"}


class TestBuildNetwork:
    def test_nodes_carry_kind_and_the_columns_of_their_table(self, network):
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

    @pytest.mark.parametrize(
        ("above", "message"),
        [
            ({"robots": "robots"}, "'robots' is below itself: robots < robots"),
            (
                {"new-productivity": "robots"},
                "'new-productivity' is below itself: new-productivity < robots < "
                "emerging-industries < new-productivity",
            ),
        ],
    )
    def test_codes_below_themselves_are_refused(self, tables, above, message):
        codes = tables.priorities.set_index("id", drop=False)
        for code, broader in above.items():
            codes.loc[code, "broader"] = broader
        with pytest.raises(ValueError, match=f"priorities: code {message}"):
            pol.build_network(replace(tables, priorities=codes))

    def test_cells_that_hold_a_list_are_named(self, tables):
        for name, column in (("experts", "id"), ("organisations", "province")):
            table = getattr(tables, name).astype({column: "object"})
            table.at[1, column] = ["henan"]
            with pytest.raises(
                ValueError, match=rf"{name}: column '{column}', row 1: expected one"
            ):
                pol.build_network(replace(tables, **{name: table}))

    def test_every_statement_is_one_edge_with_its_evidence(self, network, tables):
        edges = {key: (a, p, data) for a, p, key, data in network.edges(keys=True, data=True)}
        for row in tables.statements.itertuples():
            keyed = network.get_edge_data(row.actor, row.code, row.id)
            assert keyed["relation"] == row.role
            assert (keyed["document"], keyed["paragraph"]) == (row.document, row.paragraph)
            assert (keyed["quote"], keyed["summary"]) == (row.quote, row.summary)
        assert sum(data["relation"] in ROLES for *_, data in network.edges(data=True)) == 14
        assert edges["liaoning|launches|robot-plan"][:2] == ("liaoning", "robot-plan")

    def test_an_initiative_advances_a_priority_by_the_statements_that_name_it(self, network):
        advances = {
            (a, b, key)
            for a, b, key, r in network.edges(keys=True, data="relation")
            if r == "advances"
        }
        assert advances == {
            ("robot-plan", "robots", "s04"),
            ("ten-measures", "robots", "s07"),
            ("credit-fund", "credit", "s10"),
        }
        edge = network.edges["robot-plan", "robots", "s04"]
        assert (edge["actor"], edge["role"], edge["paragraph"]) == ("liaoning", "commits", 3)

    def test_structural_edges_are_named_by_what_they_join(self, network):
        edges = network.edges(keys=True, data="relation")
        structural = {key for *_, key, relation in edges if relation in STRUCTURAL}
        assert "robot-plan|implements|revival" in structural
        assert "robots|broader|emerging-industries" in structural
        assert "li-na|affiliated_with|institute" in structural
        assert "siping|located_in|jilin" in structural
        assert (
            len(structural) == 4 + 1 + 7 + 2 + 2
        )  # launches, implements, broader, experts, places

    def test_evidence_says_when_it_was_said(self, network):
        said = network.edges["jilin", "robots", "s14"]["date"]
        assert said == "2025-01-15"

    def test_a_package_without_optional_tables_builds(self, package):
        for name in ("initiatives", "indicators", "errata"):
            (package / f"{name}.csv").unlink()
        statements = package / "statements" / "conferences-2023.csv"
        text = statements.read_text(encoding="utf-8")
        for initiative in ("robot-plan", "ten-measures", "credit-fund"):
            text = text.replace(f",{initiative},", ",,")
        statements.write_text(text, encoding="utf-8")
        network = pol.build_network(pol.read_tables(package))
        assert pol.nodes_of_kind(network, "initiative") == []
        assert len(pol.statements(network)) == 14
        assert pol.biadjacency(network, columns="initiative").empty

    def test_tables_with_loose_ends_are_refused(self, tables):
        loose = replace(tables, provinces=tables.provinces.query("id != 'henan'"))
        with pytest.raises(ValueError, match="no table describes 'henan'"):
            pol.build_network(loose)

    @pytest.mark.parametrize(
        ("name", "change", "message"),
        [
            ("statements", {"document": "nowhere"}, "no document 'nowhere' in the table of doc"),
            ("statements", {"id": "s01"}, "statements: the id 's01' is used twice"),
            ("statements", {"actor": None}, "statements: column 'actor', row 0: the cell is empty"),
            ("statements", {"key": 1}, "rename the column 'key'; the network uses this name"),
            ("provinces", {"kind": 1}, "provinces: rename the column 'kind'"),
            ("documents", {"id": "daily"}, "documents: the id 'daily' is used twice"),
            (
                "statements",
                {"role": "commit"},
                "'role', row 0: no role 'commit'",
            ),
            ("statements", {"role": "broader"}, "row 0: no role 'broader'"),
            ("statements", {"actor": "robots"}, "row 0: 'robots' is of kind priority, not provin"),
            ("statements", {"actor": "henn"}, "no table describes 'henn'; did you mean 'henan'"),
            ("statements", {"code": "henan"}, "column 'code', row 0: 'henan' is of kind province"),
            ("statements", {"initiative": "henan"}, "'henan' is of kind province, not initiative"),
            ("priorities", {"broader": "henan"}, "priorities: column 'broader', row 0: 'henan'"),
            ("organisations", {"province": "robots"}, "'robots' is of kind priority, not province"),
            ("initiatives", {"owner": "robots"}, "not province or organisation or expert"),
            ("experts", {"id": "henan"}, "experts: the id 'henan' is taken by another province"),
            ("experts", {"id": "li-na"}, "experts: the id 'li-na' is taken by another expert"),
        ],
    )
    def test_tables_that_make_no_network_are_refused(self, tables, name, change, message):
        wrong = getattr(tables, name).assign(**change)
        with pytest.raises(ValueError, match=message):
            pol.build_network(replace(tables, **{name: wrong}))

    @pytest.mark.parametrize(
        ("name", "column"),
        [("statements", "document"), ("statements", "code"), ("documents", "date")],
    )
    def test_a_column_that_is_missing_is_named_with_its_table(self, tables, name, column):
        less = getattr(tables, name).drop(columns=column)
        with pytest.raises(ValueError, match=rf"{name}: no column '{column}' \(the table has "):
            pol.build_network(replace(tables, **{name: less}))

    def test_the_tables_are_not_changed(self, tables):
        before = tables.statements.copy()
        network = pol.build_network(tables)
        for *_, data in network.edges(data=True):
            data.clear()
        pd.testing.assert_frame_equal(tables.statements, before)


class TestDescribeNetwork:
    def test_describe_network_counts_every_node_and_edge(self, network):
        table = pol.describe_network(network)
        parts = table.groupby("part")["count"].sum()
        assert parts["node"] == network.number_of_nodes()
        assert parts["edge"] == network.number_of_edges()
        assert table.set_index("name").loc["recommends", "count"] == 1
        assert table["part"].tolist() == ["node"] * 5 + ["edge"] * 11
        assert table.loc[table["part"] == "edge", "count"].is_monotonic_decreasing


class TestNodesOfKind:
    def test_nodes_of_kind(self, network):
        assert pol.nodes_of_kind(network, "expert") == ["li-na", "wang-wei"]
        with pytest.raises(ValueError, match=r"no kind 'provinces' .*did you mean 'province'"):
            pol.nodes_of_kind(network, "provinces")


class TestEvidence:
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
    def test_evidence(self, network, actor, concept, ids):
        assert pol.evidence(network, actor, concept)["id"].tolist() == ids

    @pytest.mark.parametrize(
        ("actor", "concept", "message"),
        [
            ("liaonin", None, "no actor 'liaonin'.*; did you mean 'liaoning'"),
            ("robots", None, "'robots' is of kind priority; actor is one of province"),
            ("henan", "robot", "no concept 'robot'.*did you mean 'robots'"),
            ("henan", "jilin", "'jilin' is of kind province; concept is one of priority"),
        ],
    )
    def test_a_wrong_id_names_the_nearest(self, network, actor, concept, message):
        with pytest.raises(KeyError, match=message):
            pol.evidence(network, actor, concept)

    def test_evidence_in_its_sentences(self, network, texts):
        found = pol.evidence(network, "henan", documents=texts)
        sentences = ["Henan buys robots!", "It plans for quantum 🚀, too."]
        assert found["sentence"].to_list() == [*sentences, "Better *rules* & <b>help</b>."]
        pd.testing.assert_frame_equal(
            found.drop(columns="sentence"), pol.evidence(network, "henan")
        )
        nothing = pol.evidence(network, "henan", "new-materials", documents=texts)
        assert nothing.empty
        assert nothing.columns.equals(found.columns)
        assert pol.evidence(network, documents=texts)["sentence"].notna().sum() == 7
        texts["document"] += "s"
        with pytest.raises(ValueError, match="in 'daily', but documents has 'dailys', 'reports'"):
            pol.evidence(network, "henan", documents=texts)


class TestRollUp:
    @pytest.mark.parametrize("level", ["theme", "priority", "item"])
    def test_roll_up_keeps_every_statement(self, network, level):
        merged = pol.roll_up(network, level=level)
        before, after = pol.statements(network), pol.statements(merged)
        assert after["id"].tolist() == before["id"].tolist()
        assert after["code"].tolist() == concepts(network, before, level).tolist()
        assert nx.is_directed_acyclic_graph(merged)
        kept = ("theme", "priority", "item")[: ("theme", "priority", "item").index(level) + 1]
        codes = pol.nodes_of_kind(merged, "priority")
        assert {merged.nodes[code]["level"] for code in codes} == set(kept)
        assert network.has_node("robots")  # the caller's network is as it was


class TestLabel:
    def test_labels_replace_ids_in_rows_columns_and_cells(self, network):
        gaps = pol.label(pol.priority_gaps(network), network)
        assert gaps.loc["Emerging industries", "taken_up_by"] == "Henan; Jilin; Liaoning"
        sets = pol.label(pol.intersections(pol.biadjacency(network)), network)
        assert ("Henan", "Jilin", "Liaoning") in sets["rows"].to_list()
        matrix = pol.biadjacency(network)
        named = pol.label(matrix, network, label="label_zh")
        assert named.index.to_list() == ["河南省", "吉林省", "辽宁省"]
        assert matrix.index.to_list() == ["henan", "jilin", "liaoning"]  # left as it was

    def test_labels_leave_the_words_of_the_source_alone(self, network):
        named = pol.label(pol.evidence(network, "liaoning", "robots"), network)
        assert named[["actor", "code", "quote"]].to_numpy().tolist() == [
            ["Liaoning", "Robots", "robots"]
        ]

    def test_cells_that_are_no_names_stay(self, network):
        table = pd.DataFrame({"who": ["henan", None, 5, ("jilin", "x")]}, dtype=object)
        assert pol.label(table, network)["who"].to_list() == ["Henan", None, 5, ("Jilin", "x")]
