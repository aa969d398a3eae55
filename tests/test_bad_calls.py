"""Every function reports a wrong first argument itself, instead of failing deep inside."""

import dataclasses
import re
from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import policylib as pol

codebook = cache(pol.read_codebook)  # read once for all calls

NETWORK = [
    pol.biadjacency,
    pol.describe_network,
    pol.evidence,
    pol.explore,
    pol.priority_gaps,
    pol.roll_up,
    pol.statements,
    lambda network: pol.compare.compare_pair(network, "henan", "jilin"),
    lambda network: pol.explain_overlap(network, "henan", "jilin"),
    lambda network: pol.nodes_of_kind(network, "province"),
    lambda network: pol.pair_card(network, "henan", "jilin"),
]
GRAPH_OR_FRAME = [
    pol.communities,
    pol.plot_network,
    pol.polarization,
    lambda network: pol.write_network(network, "never-written.json"),
]
MATRIX = [
    pol.compare_measures,
    pol.count_positions,
    pol.discourse_network,
    pol.emphasis,
    pol.rank_emphasis,
    pol.intersections,
    pol.nested_backbone,
    pol.plot_matrix,
    pol.project,
    pol.rank_pairs,
    pol.two_mode,
    lambda matrix: pol.overlap_significance(matrix, model="sdsm"),
]
TABLE = [
    pol.attention,
    pol.extract_backbone,
    pol.first_statements,
    pol.lint_codebook,
    pol.plot_attention,
    pol.plot_pairs,
    pol.plot_upset,
    pol.report_parts,
    pol.report_roles,
    lambda table: pol.agreement(table, table),
    lambda table: pol.code_by_hand(table, codebook(), file="never-written.csv", coder="Ann"),
    lambda table: pol.code_documents(table, codebook()),
    lambda table: pol.write_dna("never-written.dna", table, table),
    lambda table: pol.write_qdpx("never-written.qdpx", table, codebook(), table),
    lambda table: pol.count_statements(table, rows="actor"),
    lambda table: pol.coverage(table, rows="actor"),
    lambda table: pol.disagreements(table, table),
    lambda table: pol.find_terms(table, codebook()),
    lambda table: pol.coding.new_terms(table, codebook()),
    lambda table: pol.unattributed(table, codebook()),
    lambda table: pol.apply_corrections(table, table),
    lambda table: pol.concordance(table, "robots"),
    lambda table: pol.label(table, nx.MultiDiGraph()),
    lambda table: pol.make_tables(table, codebook()),
    lambda table: pol.panel(table, table),
    lambda table: pol.overlap_stability(table, rows="actor", columns="code"),
    lambda table: pol.convert.recode(table, {"robots": "machines"}),
    lambda table: list(pol.time_windows(table, size="year")),
]
SERIES = [pol.plot_ranking, pol.plot_tiles]
PATH = [
    pol.read_codebook,
    pol.read_dna,
    pol.read_qdpx,
    pol.read_documents,
    pol.read_network,
    pol.read_statements,
    pol.read_tables,
    lambda path: pol.write_excel(path, counts=pd.DataFrame()),
]
TABLES = [pol.build_network, lambda tables: pol.write_tables(tables, "never-written")]
OTHERS = {"a number": 3, "a list": [1, 2], "a text": "henan", "an array": np.eye(2)}
GIVEN_NOTHING = {pol.read_codebook, pol.read_tables}  # for these, None is a valid argument


def cases(calls, *more):
    """Pair each call with values of other kinds."""
    others = [*OTHERS.values(), *more]
    return [(call, other) for call in calls for other in others]


@pytest.mark.parametrize(("call", "other"), cases(NETWORK, None, pd.DataFrame()))
def test_a_network_is_expected(call, other):
    with pytest.raises(TypeError, match=f"expected a network, not {type(other).__name__}"):
        call(other)


@pytest.mark.parametrize("call", NETWORK)
@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nx.DiGraph([("henan", "jilin")]), "a policy network is a MultiDiGraph, not a DiGraph"),
        (nx.MultiDiGraph([("henan", "jilin")]), r"node 'henan' has no kind \(allowed: province"),
    ],
)
def test_a_policy_network_is_expected(call, network, message):
    with pytest.raises(ValueError, match=message):
        call(network)


LEVELLED = [
    pol.biadjacency,
    pol.priority_gaps,
    pol.roll_up,
    lambda network: pol.evidence(network, None, "robots"),
    lambda network: pol.statements(network, columns="theme"),
    lambda network: pol.explain_overlap(network, "henan", "jilin"),
    lambda network: pol.compare.compare_pair(network, "henan", "jilin"),
    lambda network: pol.pair_card(network, "henan", "jilin"),
]


@pytest.mark.parametrize("call", LEVELLED)
def test_codes_without_levels_or_below_their_own_level_are_named(call, network):
    network.nodes["robots"]["broader"] = "robots"
    with pytest.raises(ValueError, match="code 'robots' is below itself: robots < robots"):
        call(network)
    del network.nodes["quantum"]["level"]
    with pytest.raises(ValueError, match=r"node 'quantum' has no level \(allowed: theme, pri"):
        call(network)


@pytest.mark.parametrize("ending", [".json", ".graphml", ".gexf", ".csv"])
def test_a_circle_of_codes_in_a_file_is_named(network, tmp_path, ending):
    network.nodes["emerging-industries"]["broader"] = "robots"
    pol.write_network(network, tmp_path / f"x{ending}")
    read = pol.read_network(tmp_path / f"x{ending}")
    circle = "emerging-industries < robots < emerging-industries"
    for call in LEVELLED:
        with pytest.raises(ValueError, match=f"is below itself: {circle}"):
            call(read)


def test_a_circle_in_the_codebook_is_named(tables, network):
    said = pol.statements(network)
    documents = said.drop_duplicates(["document", "actor"])[["document", "actor", "date"]]
    codes = tables.priorities.copy()
    codes.loc[codes["id"] == "robots", "broader"] = "robots"
    options = {"level": "theme", "codebook": codes}
    for call in (
        lambda: pol.count_statements(said, rows="actor", **options),
        lambda: pol.attention(said, **options),
        lambda: pol.panel(said, documents, per=None, **options),
        lambda: pol.tables.roll_up_codes(said["code"], codes, "item"),
    ):
        with pytest.raises(ValueError, match="code 'robots' is below itself: robots < robots"):
            call()


DENIED = [
    lambda network, said, denied: pol.attention(said, denied=denied),
    lambda network, said, denied: pol.biadjacency(network, denied=denied),
    lambda network, said, denied: pol.compare.compare_pair(
        network, "henan", "jilin", denied=denied
    ),
    lambda network, said, denied: pol.count_statements(said, rows="actor", denied=denied),
    lambda network, said, denied: pol.coverage(said, rows="actor", denied=denied),
    lambda network, said, denied: pol.explain_overlap(network, "henan", "jilin", denied=denied),
    lambda network, said, denied: pol.first_statements(said, denied=denied),
    lambda network, said, denied: pol.overlap_stability(
        said, rows="actor", columns="code", samples=2, denied=denied
    ),
    lambda network, said, denied: pol.pair_card(network, "henan", "jilin", denied=denied),
    lambda network, said, denied: pol.priority_gaps(network, denied=denied),
]


@pytest.mark.parametrize("call", DENIED)
def test_denied_is_true_or_false_also_of_numpy(call, network):
    said = pol.statements(network)
    for flag in (True, np.False_):
        assert call(network, said, flag) is not None
    for other in ("no", 0, None, pd.NA, [True], np.array([True, False])):
        message = f"denied is {other!r}; expected True or False"
        with pytest.raises(TypeError, match=re.escape(message)):
            call(network, said, other)


def test_actors_are_named_by_id_or_ids(network):
    with pytest.raises(TypeError, match="actors is 3; expected the id of an actor, or several"):
        pol.statements(network, 3)
    with pytest.raises(KeyError, match=r"no actor 'jilln' .*; did you mean 'jilin'"):
        pol.statements(network, ["henan", "jilln"])
    with pytest.raises(TypeError, match=r"actors: expected the ids of actors, got \['henan'\]"):
        pol.statements(network, [["henan"]])
    assert set(pol.statements(network, "henan")["actor"]) == {"henan"}
    assert len(pol.statements(network, ["henan", "henan"])) == 3


@pytest.mark.parametrize(("call", "other"), cases(GRAPH_OR_FRAME, None))
def test_a_graph_or_a_square_table_is_expected(call, other):
    with pytest.raises(TypeError, match=r"expected a network \(a networkx graph or a square Data"):
        call(other)


@pytest.mark.parametrize(("call", "other"), cases(MATRIX, None, nx.MultiDiGraph()))
def test_a_matrix_is_expected(call, other):
    kind = type(other).__name__
    with pytest.raises(TypeError, match=rf"expected an? (overlap )?matrix, not {kind}; .*\("):
        call(other)


@pytest.mark.parametrize(("call", "other"), cases(TABLE, None, nx.MultiDiGraph()))
def test_a_table_is_expected(call, other):
    with pytest.raises(TypeError, match=rf"expected a table .*, not {type(other).__name__}"):
        call(other)


@pytest.mark.parametrize(("call", "other"), cases(SERIES, None, nx.MultiDiGraph(), pd.DataFrame()))
def test_a_series_is_expected(call, other):
    with pytest.raises(TypeError, match=f"expected a Series.*, not {type(other).__name__}"):
        call(other)


@pytest.mark.parametrize("call", PATH)
@pytest.mark.parametrize("other", [3, None, ["a.csv"], pd.DataFrame()], ids=type)
def test_a_path_is_expected(call, other):
    if other is None and call in GIVEN_NOTHING:
        return
    with pytest.raises(TypeError, match=f"expected the path of a f.*, not {type(other).__name__}"):
        call(other)


@pytest.mark.parametrize(("call", "other"), cases(TABLES, None, pd.DataFrame()))
def test_a_data_package_is_expected(call, other):
    with pytest.raises(TypeError, match=f"expected Tables, not {type(other).__name__}"):
        call(other)


@pytest.mark.parametrize("call", TABLES)
def test_each_table_of_a_package_is_a_table(call, tables):
    with pytest.raises(TypeError, match="experts: expected a DataFrame, not NoneType"):
        call(dataclasses.replace(tables, experts=None))


@pytest.mark.parametrize("call", TABLE)
def test_a_column_that_appears_twice_is_named(call, tables):
    documents = pd.DataFrame({"document": "a", "paragraph": [1], "text": "x"})
    wide = tables.statements.assign(date="2023", expected=1.0, sd=1.0, rows="x", columns="y")
    wide = wide.join(documents["text"]).join(codebook()[["terms_en", "terms_zh"]])
    for column in ("a", "b", "shared", "p_upper", "p_lower", "q_upper", "q_lower"):
        wide[column] = 1
    if call is pol.plot_attention:
        return  # its columns are codes; the next test covers it
    with pytest.raises(ValueError, match="duplicate column 'document'"):
        call(pd.concat([wide, wide[["document"]]], axis=1))


@pytest.mark.parametrize("call", TABLE)
def test_columns_of_two_levels_are_refused(call, tables):
    if call is pol.plot_attention or "label" in call.__code__.co_names:
        return  # the columns are codes, or get names
    levels = pd.MultiIndex.from_product([tables.statements.columns, ["x"]])
    with pytest.raises(ValueError, match=r"the columns are a MultiIndex \(levels: 2\); expected"):
        call(tables.statements.set_axis(levels, axis=1))


def test_attention_with_a_code_twice_is_refused():
    years = pd.period_range("2021", "2022", freq="Y")
    table = pd.DataFrame([[0.1, 0.2], [0.3, 0.4]], index=years, columns=["a", "a"])
    with pytest.raises(ValueError, match="duplicate column label 'a'"):
        pol.plot_attention(table)


def test_the_lists_above_name_every_function_that_takes_data():
    listed = {
        name
        for call in [*NETWORK, *GRAPH_OR_FRAME, *MATRIX, *TABLE, *SERIES, *PATH, *TABLES]
        for name in (call.__code__.co_names if call.__name__ == "<lambda>" else [call.__name__])
    }
    public = {
        name
        for name in pol.__all__
        if callable(getattr(pol, name)) and not isinstance(getattr(pol, name), type)
    }
    assert public - listed == {"code_corpus", "count_corpus", "style_table"}  # they have their own
