"""One way to name things: a node attribute, or a name for each id."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib.network.names import names_of


class TestLabel:
    def test_names_from_an_attribute_a_mapping_and_a_series_are_the_same(self, network):
        matrix = pol.biadjacency(network)
        named = pol.label(matrix, network, label="label_zh")
        names = dict(network.nodes(data="label_zh"))
        assert named.index.to_list() == ["河南省", "吉林省", "辽宁省"]
        pd.testing.assert_frame_equal(pol.label(matrix, network, label=names), named)
        pd.testing.assert_frame_equal(pol.label(matrix, network, label=pd.Series(names)), named)

    def test_an_id_without_a_name_stays(self, network):
        matrix = pol.biadjacency(network)
        named = pol.label(matrix, network, label={"henan": "Honan"})
        assert named.index.to_list() == ["Honan", "jilin", "liaoning"]

    def test_a_node_without_a_short_name_shows_its_name(self, network):
        network.nodes["henan"]["label_short"] = "HA"
        matrix = pol.label(pol.biadjacency(network), network, label="label_short")
        assert matrix.index.to_list() == ["HA", "Jilin", "Liaoning"]
        del network.nodes["henan"]["label_short"]
        matrix = pol.label(pol.biadjacency(network), network, label="label_short")
        assert matrix.index.to_list() == ["Henan", "Jilin", "Liaoning"]
        for data in network.nodes.values():
            data.pop("label", None)
        with pytest.raises(ValueError, match="no node has the attribute 'label_short'"):
            pol.label(matrix, network, label="label_short")

    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
    def test_a_missing_name_is_none(self, network, missing):
        network.nodes["henan"]["label"] = missing
        matrix = pol.biadjacency(network)
        assert pol.label(matrix, network).index.to_list() == ["henan", "Jilin", "Liaoning"]

    @pytest.mark.parametrize(
        ("name", "error", "match"),
        [
            (np.array(["a", "b"]), TypeError, r"the name of 'henan' is array\(.*; expected text"),
            (["a"], TypeError, r"the name of 'henan' is \['a'\]; expected text"),
            ("a\udc80", ValueError, r"the name of 'henan' .* character 1 is a lone surrogate"),
        ],
    )
    def test_a_name_that_is_no_text_is_refused(self, network, name, error, match):
        matrix = pol.biadjacency(network)
        network.nodes["henan"]["label"] = name
        with pytest.raises(error, match=match):
            pol.label(matrix, network)

    @pytest.mark.parametrize("kind", [tuple, list, set, frozenset, np.array, pd.array])
    def test_ids_in_lists_get_names(self, network, kind):
        cells = pd.Series([kind(["henan", "jilin"]), kind(["x"])], dtype=object)
        named = pol.label(pd.DataFrame({"rows": cells}), network)["rows"]
        assert set(named[0]) == {"Henan", "Jilin"}
        assert named[1] is cells[1]
        if kind not in (np.array, pd.array):
            assert type(named[0]) is kind

    def test_other_parts_of_lists_stay(self, network):
        cells = [["henan", ["jilin"], 5], np.array([1, 2]), {"henan": 1}]
        named = pol.label(pd.DataFrame({"rows": cells}), network)["rows"].to_list()
        assert named[0] == ["Henan", ["jilin"], 5]
        assert named[1].dtype == int
        assert named[2] == {"henan": 1}

    def test_two_columns_of_one_name_both_get_names(self, network):
        table = pd.DataFrame([["henan", "jilin"]], columns=["a", "a"])
        with pytest.raises(ValueError, match="duplicate column 'a'"):
            pol.label(table, network)

    @pytest.mark.parametrize(
        ("call", "error", "match"),
        [
            (lambda m, n: pol.label(n, m), TypeError, "expected a table .* not MultiDiGraph"),
            (lambda m, n: pol.label(m, m), TypeError, "expected a network, not DataFrame"),
            (lambda m, n: pol.label(m, n, label="labl_zh"), ValueError, "mean 'label_zh'"),
            (lambda m, n: pol.label(m, n, label=5), TypeError, "label is 5; expected a mapping"),
            (lambda m, n: pol.label(n, n), TypeError, r"statements\(network\) returns one"),
            (
                lambda m, n: pol.label(m, n, label={"henan": ["a", "b"]}),
                TypeError,
                r"label: the name of 'henan' is \['a', 'b'\]; expected text",
            ),
        ],
    )
    def test_what_cannot_name_is_refused(self, network, call, error, match):
        with pytest.raises(error, match=match):
            call(pol.biadjacency(network), network)

    @pytest.mark.parametrize(
        "names", [pd.Series(["河南省", "吉林省"]), {"Henan": "河南省", 7: "x"}]
    )
    def test_names_of_which_no_id_occurs_are_refused(self, network, names):
        said = pol.statements(network)
        for table in (pol.biadjacency(network), said, said[said["role"] == "commits"]):
            with pytest.raises(ValueError, match=r"none of these ids occurs; the keys, or the ind"):
                pol.label(table, network, label=names)

    def test_it_is_enough_if_an_id_is_in_the_network_or_in_the_table(self, network):
        matrix = pol.biadjacency(network)
        elsewhere = pol.label(matrix, network, label={"li-na": "Li Na"})
        pd.testing.assert_frame_equal(elsewhere, matrix)
        said = pol.label(pol.statements(network), network, label={"commits": "Zusage"})
        assert "Zusage" in set(said["role"])
        pd.testing.assert_frame_equal(pol.label(matrix, network, label={}), matrix)
        assert pol.label(said[:0], network, label={"directs": "Weisung"}).empty


class TestNamesOf:
    def test_missing_names_are_left_out(self):
        network = nx.Graph()
        network.add_node("a", label="A")
        network.add_node("b", label=None)
        assert names_of("label", network) == {"a": "A"}
        assert names_of({"a": "A", "b": None}) == {"a": "A"}
        assert names_of(pd.Series({"a": "A", "b": None})) == {"a": "A"}

    def test_an_attribute_needs_a_network(self):
        with pytest.raises(TypeError, match="a table has no attributes"):
            names_of("label")

    def test_a_series_names_each_id_once(self):
        with pytest.raises(ValueError, match="label: duplicate index label 'a'"):
            names_of(pd.Series(["A", "B"], index=["a", "a"]))

    @pytest.mark.parametrize(
        "plot",
        [
            pol.plot_matrix,
            lambda matrix, label: pol.plot_network(pol.project(matrix), label=label),
            lambda matrix, label: pol.plot_ranking(matrix.sum(axis=1), label=label),
            lambda matrix, label: pol.plot_tiles(matrix.sum(axis=1), label=label),
            lambda matrix, label: pol.plot_upset(pol.intersections(matrix), label=label),
            lambda matrix, label: pol.plot_pairs(
                pol.overlap_significance(matrix, model="sdsm"), label=label
            ),
        ],
    )
    def test_plots_refuse_names_of_which_no_id_occurs(self, network, plot):
        with pytest.raises(ValueError, match=r"label has names for 0, 1, but none of these ids"):
            plot(pol.biadjacency(network), label=pd.Series(["河南省", "吉林省"]))


class TestLabelOfTables:
    """Tables of all functions get names, whatever type of text their columns have."""

    @pytest.mark.parametrize("dtype", ["str", "string", "object"])
    def test_every_type_of_text(self, network, dtype):
        table = pd.DataFrame({"actor": ["henan", None], "quote": "henan", "sentence": "henan"})
        named = pol.label(table.astype(dtype), network)
        assert named["actor"].iloc[0] == "Henan"
        assert named["quote"].iloc[0] == named["sentence"].iloc[0] == "henan"

    def test_categories(self, network):
        actors = pd.Categorical(["jilin", "henan", None], ["jilin", "henan"], ordered=True)
        table = pd.DataFrame({"actor": actors, "number": pd.Categorical([1, 2, 1])})
        named = pol.label(table, network)
        assert named["actor"].cat.categories.to_list() == ["Jilin", "Henan"]
        assert named["actor"].cat.ordered
        assert named["actor"].fillna("Henan").to_list() == ["Jilin", "Henan", "Henan"]
        assert named["number"].to_list() == [1, 2, 1]
        both = pol.label(table, network, label={"jilin": "province", "henan": "province"})
        assert both["actor"].dropna().to_list() == ["province", "province"]

    def test_tuples_and_lists_in_cells(self, network):
        table = pd.DataFrame({"rows": [("henan", "jilin")], "who": ["henan; jilin"]})
        named = pol.label(table, network)
        assert named.loc[0].to_list() == [("Henan", "Jilin"), "Henan; Jilin"]

    def test_explain_overlap_and_priority_gaps(self, network):
        explained = pol.label(pol.explain_overlap(network, "henan", "jilin"), network)
        assert set(explained["side"]) == {"Henan", "Jilin"}
        assert "Emerging industries" in set(explained["concept"])
        gaps = pol.label(pol.priority_gaps(network), network)
        assert "Wang Wei" in set(gaps["recommended_by"])
