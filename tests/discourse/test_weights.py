import os
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pl

BOTH = [False, True]


def matrix_of(counts: dict, levels=(False, True)) -> pd.DataFrame:
    """Make a matrix from {actor: {concept: counts per level}}."""
    concepts = list(dict.fromkeys(c for row in counts.values() for c in row))
    columns = pd.MultiIndex.from_product([concepts, levels], names=["concept", "agrees"])
    cells = [
        [n for c in concepts for n in row.get(c, [0] * len(levels))] for row in counts.values()
    ]
    return pd.DataFrame(cells, index=list(counts), columns=columns)


@pytest.fixture
def matrix():
    """Henan and Jilin both want robots and dispute credit; Liaoning speaks of credit alone."""
    return matrix_of(
        {
            "henan": {"robots": [0, 2], "credit": [1, 0]},
            "jilin": {"robots": [0, 3], "credit": [0, 1]},
            "liaoning": {"credit": [2, 1]},
        }
    )


# --- One-mode networks, each formula on the table above, by hand. -------------------------------

#                  henan–jilin   henan–liaoning        jilin–liaoning
BY_HAND = {
    # robots 2·3 + credit 1·1 | credit 1·3 | credit 1·3
    "ignore": (7, 3, 3),
    # robots agree 2·3, credit never | both against 1·2 | both for 1·1
    "congruence": (6, 2, 1),
    # credit 1·1 | 1 against, 1 for | 1 for, 2 against
    "conflict": (1, 1, 2),
    "subtract": (5, 1, -1),
}
STATEMENTS = {"henan": 3, "jilin": 4, "liaoning": 3}
PAIRS = [("henan", "jilin"), ("henan", "liaoning"), ("jilin", "liaoning")]


def upper(network: pd.DataFrame) -> list:
    assert network.index.equals(network.columns)
    assert (network.to_numpy() == network.to_numpy().T).all()
    assert (np.diag(network) == 0).all()
    return [network.loc[pair] for pair in PAIRS]


@pytest.mark.parametrize("aggregation", BY_HAND)
def test_sums_by_hand(matrix, aggregation):
    network = pl.discourse_network(matrix, aggregation=aggregation)
    assert upper(network) == list(BY_HAND[aggregation])
    assert set(network.dtypes) == {np.dtype("int64")}


@pytest.mark.parametrize("aggregation", BY_HAND)
def test_average_and_the_cosine_of_dna_by_hand(matrix, aggregation):
    average = pl.discourse_network(matrix, aggregation=aggregation, normalization="average")
    cosine = pl.discourse_network(matrix, aggregation=aggregation, normalization="dna_cosine")
    sizes = [(STATEMENTS[a], STATEMENTS[b]) for a, b in PAIRS]
    sums = BY_HAND[aggregation]
    assert upper(average) == pytest.approx(
        [w / (m + n) * 2 for w, (m, n) in zip(sums, sizes, strict=True)]
    )
    assert upper(cosine) == pytest.approx(
        [w / (m * n) for w, (m, n) in zip(sums, sizes, strict=True)]
    )


@pytest.mark.parametrize("aggregation", BY_HAND)
def test_jaccard_by_hand(matrix, aggregation):
    network = pl.discourse_network(matrix, aggregation=aggregation, normalization="jaccard")
    # henan alone: 1 against credit; jilin alone: 1 for it; both: robots 2·3.
    # henan alone: 2 for robots; liaoning alone: 1 for credit; both: against it 1·2.
    # jilin alone: 3 for robots; liaoning alone: 2 against credit; both: for it 1·1.
    sizes = (1 + 1 + 6, 2 + 1 + 2, 3 + 2 + 1)
    assert upper(network) == pytest.approx(
        [w / n for w, n in zip(BY_HAND[aggregation], sizes, strict=True)]
    )


@pytest.mark.parametrize("aggregation", ["congruence", "conflict", "subtract"])
def test_the_true_cosine_by_hand(matrix, aggregation):
    network = pl.discourse_network(matrix, aggregation=aggregation, normalization="cosine")
    lengths = {"henan": 5**0.5, "jilin": 10**0.5, "liaoning": 5**0.5}
    sizes = [lengths[a] * lengths[b] for a, b in PAIRS]
    assert upper(network) == pytest.approx(
        [w / n for w, n in zip(BY_HAND[aggregation], sizes, strict=True)]
    )


def test_the_true_cosine_without_regard_to_the_qualifier(matrix):
    network = pl.discourse_network(matrix, aggregation="ignore", normalization="cosine")
    # (2, 1), (3, 1) and (0, 3)
    sizes = [5**0.5 * 10**0.5, 5**0.5 * 3, 10**0.5 * 3]
    assert upper(network) == pytest.approx([w / n for w, n in zip((7, 3, 3), sizes, strict=True)])


def test_a_rating_agrees_by_nearness():
    matrix = matrix_of({"a": {"x": [1, 0, 0]}, "b": {"x": [0, 2, 0]}}, levels=(1, 2, 5))
    assert pl.discourse_network(matrix).loc["a", "b"] == 2 * (1 - 1 / 4)
    assert pl.discourse_network(matrix, aggregation="conflict").loc["a", "b"] == 2 * 1 / 4
    assert pl.discourse_network(matrix, aggregation="subtract").loc["a", "b"] == 2 * 1 / 2


def test_the_cosine_of_equal_ratings_is_one():
    matrix = matrix_of({"a": {"x": [1, 1, 1]}, "b": {"x": [1, 1, 1]}}, levels=(0, 1, 2))
    cosine = pl.discourse_network(matrix, normalization="cosine")
    assert cosine.loc["a", "b"] == pytest.approx(1)


def test_large_counts_do_not_overflow():
    matrix = matrix_of({"a": {"x": [0, 4 * 10**9]}, "b": {"x": [0, 4 * 10**9]}})
    assert pl.discourse_network(matrix).loc["a", "b"] == 16e18
    many = pd.DataFrame([[1] * 60], columns=pd.MultiIndex.from_product([["x"], range(60)]))
    with pytest.raises(ValueError, match="at most 50 levels apart, not 60"):
        pl.two_mode(many, aggregation="combine")
    with pytest.raises(ValueError, match="infinite cells"):
        pl.discourse_network(matrix.replace(4 * 10**9, np.inf))


def test_rows_may_have_two_levels(matrix):
    wider = pd.concat({"2023": matrix}, names=["year", "who"])
    network = pl.discourse_network(wider)
    assert network.loc[("2023", "henan"), ("2023", "jilin")] == 6


def test_names_for_a_matrix_with_a_qualifier(matrix, network):
    labelled = pl.label(matrix, network)
    assert labelled.index.to_list() == ["Henan", "Jilin", "Liaoning"]
    assert labelled.columns[0] == ("Robots", False)


def test_one_level_alone_is_agreement():
    matrix = matrix_of({"a": {"x": [1]}, "b": {"x": [2]}}, levels=(3,))
    assert pl.discourse_network(matrix).loc["a", "b"] == 2
    assert pl.discourse_network(matrix, aggregation="conflict").loc["a", "b"] == 0


def test_no_tie_where_an_actor_says_nothing(matrix):
    silent = matrix.reindex([*matrix.index, "shanxi"], fill_value=0)
    for normalization in ("none", "average", "jaccard", "dna_cosine", "cosine"):
        network = pl.discourse_network(silent, normalization=normalization)
        assert (network["shanxi"] == 0).all()


def test_missing_columns_count_as_zero(matrix):
    whole = pl.discourse_network(matrix)
    part = matrix.drop(columns=[("robots", False)])
    pd.testing.assert_frame_equal(pl.discourse_network(part), whole)
    turned = matrix[matrix.columns[::-1]]
    pd.testing.assert_frame_equal(pl.discourse_network(turned), whole)


def test_without_a_qualifier(matrix):
    plain = matrix.T.groupby(level=0).sum().T
    assert upper(pl.discourse_network(plain, aggregation="ignore")) == [7, 3, 3]
    for aggregation in ("congruence", "conflict", "subtract"):
        with pytest.raises(ValueError, match=f"{aggregation!r} needs a qualifier"):
            pl.discourse_network(plain, aggregation=aggregation)


counts = st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=2, max_size=5)


def by_loops(cells, levels, aggregation):
    """Add up cell by cell, as the formula is written."""
    range_ = max(levels) - min(levels)
    total = np.zeros((len(cells), len(cells)))
    for i, j in product(range(len(cells)), repeat=2):
        for concept, k, m in product(range(2), range(3), range(3)):
            far = abs(levels[k] - levels[m]) / range_
            weight = {"ignore": 1, "congruence": 1 - far, "conflict": far, "subtract": 1 - 2 * far}
            amount = cells[i][concept * 3 + k] * cells[j][concept * 3 + m] * weight[aggregation]
            total[i, j] += amount if i != j else 0
    return total


@given(counts, st.sampled_from(sorted(BY_HAND)))
def test_sums_equal_those_of_plain_loops(cells, aggregation):
    levels = (-1, 0, 2.5)
    columns = pd.MultiIndex.from_product([["x", "y"], levels])
    matrix = pd.DataFrame(cells, columns=columns)
    network = pl.discourse_network(matrix, aggregation=aggregation)
    np.testing.assert_allclose(network, by_loops(cells, levels, aggregation), atol=1e-9)


@given(counts)
def test_congruence_and_conflict_add_up_to_all(cells):
    matrix = pd.DataFrame(cells, columns=pd.MultiIndex.from_product([["x", "y", "z"], BOTH]))
    for normalization in ("none", "average", "jaccard", "dna_cosine"):
        parts = {
            name: pl.discourse_network(matrix, aggregation=name, normalization=normalization)
            for name in BY_HAND
        }
        both = parts["congruence"] + parts["conflict"]
        np.testing.assert_allclose(both, parts["ignore"], atol=1e-12)
        less = parts["congruence"] - parts["conflict"]
        np.testing.assert_allclose(less, parts["subtract"], atol=1e-12)
    for levels in (BOTH, (0, 3)):
        rated = matrix.rename(columns=dict(zip(BOTH, levels, strict=True)), level=1)
        cosine = pl.discourse_network(rated, normalization="cosine").to_numpy()
        assert (cosine <= 1 + 1e-12).all()


@given(counts)
def test_presence_meets_the_measures_of_project(cells):
    matrix = (pd.DataFrame(cells) > 0).astype(int)
    for ours, theirs in (("none", "shared"), ("jaccard", "jaccard"), ("cosine", "cosine")):
        network = pl.discourse_network(matrix, aggregation="ignore", normalization=ours)
        overlap = pl.project(matrix, measure=theirs).fillna(0).to_numpy().copy()
        np.fill_diagonal(overlap, 0)
        np.testing.assert_allclose(network, overlap, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aggregation": "congruance"}, "no aggregation 'congruance'.*did you mean 'congruence'"),
        ({"normalization": "cosin"}, "no normalization 'cosin'.*allowed: none, average, jaccard"),
    ],
)
def test_unknown_options_of_a_network(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        pl.discourse_network(matrix, **options)


def test_other_tables_are_refused(matrix):
    with pytest.raises(ValueError, match="numbers or booleans, not 'no'"):
        pl.discourse_network(matrix.rename(columns={False: "no", True: "yes"}, level=1))
    three = pd.concat({"all": matrix}, axis=1)
    with pytest.raises(ValueError, match="more than two levels"):
        pl.discourse_network(three)
    with pytest.raises(ValueError, match="negative or missing"):
        pl.discourse_network(-matrix)
    with pytest.raises(TypeError, match="expected a matrix, not MultiDiGraph"):
        pl.discourse_network(nx.MultiDiGraph())


# --- Two-mode networks. -------------------------------------------------------------------------


def test_two_modes_by_hand(matrix):
    assert pl.two_mode(matrix).to_numpy().tolist() == [[2, -1], [3, 1], [0, -1]]
    combined = pl.two_mode(matrix, aggregation="combine")
    assert combined.to_numpy().tolist() == [[1, 2], [1, 1], [0, 3]]
    ignored = pl.two_mode(matrix, aggregation="ignore")
    assert ignored.to_numpy().tolist() == [[2, 1], [3, 1], [0, 3]]
    assert ignored.columns.to_list() == ["robots", "credit"]
    assert (ignored.index.name, ignored.columns.name) == (None, "concept")


def test_activity_and_prominence_by_hand(matrix):
    activity = pl.two_mode(matrix, normalization="activity")
    assert activity.to_numpy().tolist() == [[2 / 3, -1 / 3], [3 / 4, 1 / 4], [0, -1 / 3]]
    prominence = pl.two_mode(matrix, normalization="prominence")
    assert prominence.to_numpy().tolist() == [[2 / 5, -1 / 5], [3 / 5, 1 / 5], [0, -1 / 5]]
    ignored = pl.two_mode(matrix, aggregation="ignore", normalization="activity")
    assert ignored.sum(axis=1).to_list() == pytest.approx([1, 1, 1])


def test_two_modes_of_a_rating():
    matrix = matrix_of({"a": {"x": [1, 0, 2]}, "b": {"x": [0, 3, 0]}}, levels=(-2, 0, 1.5))
    assert pl.two_mode(matrix)["x"].to_list() == [-2 + 3, 0]
    assert pl.two_mode(matrix, aggregation="combine")["x"].to_list() == [4 + 1, 2]


def test_two_modes_of_zero_and_one_are_a_rating_not_a_stance():
    matrix = matrix_of({"a": {"x": [3, 1]}}, levels=(0, 1))
    assert pl.two_mode(matrix).loc["a", "x"] == 1
    assert pl.two_mode(matrix.rename(columns={0: False, 1: True}, level=1)).loc["a", "x"] == -2


def test_one_side_alone_still_counts_for_or_against(matrix):
    agreeing = matrix.loc[:, [("robots", True), ("credit", True)]]
    assert pl.two_mode(agreeing).to_numpy().tolist() == [[2, 0], [3, 1], [0, 1]]
    against = matrix.loc[:, [("credit", False)]]
    assert pl.two_mode(against)["credit"].to_list() == [-1, 0, -2]
    assert pl.two_mode(against, aggregation="combine")["credit"].to_list() == [2, 0, 2]


def test_codes_are_not_normalised(matrix):
    with pytest.raises(ValueError, match="cannot be normalised"):
        pl.two_mode(matrix, aggregation="combine", normalization="activity")
    with pytest.raises(ValueError, match=r"no aggregation 'congruence'.*subtract, combine, ignore"):
        pl.two_mode(matrix, aggregation="congruence")
    with pytest.raises(ValueError, match=r"no normalization 'average'.*activity, prominence"):
        pl.two_mode(matrix, normalization="average")


def test_positions(matrix):
    table = pl.count_positions(matrix)
    assert table.to_numpy().tolist() == [
        ["robots", False, 0, 0],
        ["robots", True, 5, 2],
        ["credit", False, 3, 2],
        ["credit", True, 2, 2],
    ]
    assert table.columns.to_list() == ["concept", "qualifier", "statements", "actors"]
    with pytest.raises(ValueError, match="needs a qualifier"):
        pl.count_positions(matrix["robots"])


# --- The sample of the Discourse Network Analyzer. ----------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
SAMPLE = CORPORA / "dna-sample" / "sample.dna"


@pytest.fixture(scope="module")
def testimony():
    if not SAMPLE.exists():
        pytest.skip("the sample is not distributed; POLICYLIB_CORPORA names its folder")
    table = pl.read_dna(SAMPLE)
    return table[table["type"] == "DNA Statement"]


@pytest.fixture
def organisations(testimony):
    names = {"rows": "organization", "columns": "concept", "qualifier": "agreement"}
    return pl.count_statements(testimony, **names)


def test_counts_of_the_sample(testimony):
    counts = pl.count_statements(testimony, rows="organization", columns="concept")
    assert counts.shape == (7, 6)
    assert counts.to_numpy().sum() == 40
    assert (counts.to_numpy() > 0).sum() == 22


@pytest.mark.parametrize(
    ("aggregation", "normalization", "total"),
    [
        ("ignore", "none", 276),
        ("congruence", "none", 160),
        ("conflict", "none", 116),
        ("subtract", "none", 44),
        ("congruence", "jaccard", 13.610663),
        ("congruence", "dna_cosine", 4.806061),
        ("congruence", "average", 25.802436),
        ("congruence", "cosine", 12.517),
        ("ignore", "jaccard", 24.47),
    ],
)
def test_sums_of_the_sample(organisations, aggregation, normalization, total):
    options = {"aggregation": aggregation, "normalization": normalization}
    found = pl.discourse_network(organisations, **options).to_numpy().sum()
    digits = len(str(total).partition(".")[2])
    assert round(found, digits) == total


def test_without_a_qualifier_it_is_no_part_of_what_is_the_same(testimony):
    """As DNA counts duplicates where the qualifier is ignored."""
    names = {"rows": "organization", "columns": "concept", "duplicates": "document"}
    counts = pl.count_statements(testimony, **names)
    assert pl.discourse_network(counts, aggregation="ignore").to_numpy().sum() == 78


def test_more_sums_of_the_sample(organisations, testimony):
    assert pl.two_mode(organisations).to_numpy().sum() == 18
    counts = pl.count_statements(testimony, rows="organization", columns="concept")
    jaccard = pl.project(counts, measure="jaccard").to_numpy()
    assert round(jaccard.sum() - np.trace(jaccard), 2) == 18.77


# --- Groups, camps and backbone. ----------------------------------------------------------------


def network_of(ties: dict, names: str) -> pd.DataFrame:
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_weighted_edges_from((*pair, weight) for pair, weight in ties.items())
    return nx.to_pandas_adjacency(graph)


def test_two_triangles_are_two_groups():
    ties = dict.fromkeys(["ab", "bc", "ac", "de", "ef", "df"], 2) | {"cd": 1}
    network = network_of(ties, "abcdefg")
    groups = pl.communities(network)
    assert groups.dropna().to_dict() == {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 2}
    assert groups.isna().to_list() == [False] * 6 + [True]
    # modularity by hand: of 13, each half has 6 within, and half the ends
    assert pl.polarization(network) == pytest.approx(2 * (6 / 13 - 1 / 4))


def test_groups_merge_to_as_many_as_wanted():
    ties = dict.fromkeys(["ab", "cd", "ef"], 3) | {"bc": 1}
    network = network_of(ties, "abcdef")
    assert pl.communities(network).nunique() == 3
    two = pl.communities(network, groups=2)
    assert two.to_dict() == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2, "f": 2}
    assert pl.communities(network, groups=1).unique().tolist() == [1]


def test_no_camps():
    assert pl.polarization(network_of({"ab": 1, "bc": 1, "ac": 1}, "abc")) == pytest.approx(0)
    assert np.isnan(pl.polarization(network_of({}, "abc")))
    assert pl.communities(network_of({}, "abc")).isna().all()


@given(st.lists(st.integers(0, 3), min_size=15, max_size=15), st.integers(0, 5))
def test_camps_are_nearly_the_best_there_are(weights, seed):
    pairs = [a + b for i, a in enumerate("abcdef") for b in "abcdef"[i + 1 :]]
    network = network_of({p: w for p, w in zip(pairs, weights, strict=True) if w}, "abcdef")
    if not any(weights):
        return
    graph = nx.from_pandas_adjacency(network)
    splits = [
        {n for n, bit in zip("abcdef", f"{i:06b}", strict=True) if bit == "1"} for i in range(64)
    ]
    best = max(nx.community.modularity(graph, [s, set(graph) - s]) for s in splits)
    assert pl.polarization(network, seed=seed) >= best - 0.02


def test_an_actor_is_not_tied_to_itself(matrix):
    overlap = pl.project(matrix.T.groupby(level=0).sum().T)
    without = overlap - np.diag(np.diag(overlap))
    assert pl.communities(overlap).equals(pl.communities(without))
    assert pl.polarization(overlap) == pl.polarization(without)


def test_groups_do_not_depend_on_the_seed_where_they_are_clear(matrix):
    network = pl.discourse_network(matrix)
    first = pl.communities(network, seed=0)
    assert all(pl.communities(network, seed=seed).equals(first) for seed in range(1, 4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n: n.iloc[:2], "same labels in rows and columns"),
        (lambda n: n - 5, "numbers from 0; take congruence or conflict"),
        (lambda n: n.where(n > 0), "numbers from 0"),
        (lambda n: n + np.triu(np.ones(n.shape)), "symmetric"),
        (lambda n: n.to_numpy(), "same labels"),
    ],
)
def test_networks_that_have_no_groups(matrix, change, message):
    with pytest.raises(ValueError, match=message):
        pl.communities(change(pl.discourse_network(matrix)))
    with pytest.raises(ValueError, match="groups is 0"):
        pl.communities(pl.discourse_network(matrix), groups=0)


def test_the_backbone_goes_last():
    matrix = matrix_of(
        {
            "a": {"x": [0, 5], "y": [1, 0], "z": [0, 1]},
            "b": {"x": [0, 5], "y": [1, 0]},
            "c": {"x": [5, 0], "y": [1, 0], "z": [0, 1]},
            "d": {"x": [5, 0], "y": [1, 0]},
        }
    )
    backbone = pl.nested_backbone(matrix)
    assert backbone["concept"].to_list() == ["z", "y", "x"]
    assert backbone["statements"].to_list() == [2, 4, 20]
    assert backbone["distance"].is_monotonic_increasing
    # Without any concept there is no tie, so the distance is the length of the full spectrum.
    ties = pl.discourse_network(matrix).to_numpy()
    values = np.linalg.eigvalsh(np.diag(ties.sum(axis=1)) - ties)
    assert backbone["distance"].iloc[-1] == pytest.approx(np.linalg.norm(values / values.sum()))


def test_a_concept_of_one_actor_costs_nothing(matrix):
    columns = pd.MultiIndex.from_product([["alone"], BOTH], names=matrix.columns.names)
    alone = pd.DataFrame([[0, 1], [0, 0], [0, 0]], index=matrix.index, columns=columns)
    backbone = pl.nested_backbone(pd.concat([matrix, alone], axis=1))
    assert backbone.loc[0, ["concept", "distance"]].to_list() == ["alone", 0]


def test_options_of_the_backbone(matrix):
    with pytest.raises(
        ValueError, match=r"no aggregation 'subtract'.*congruence, conflict, ignore"
    ):
        pl.nested_backbone(matrix, aggregation="subtract")
    plain = matrix.T.groupby(level=0).sum().T * 0.5
    assert pl.nested_backbone(plain, aggregation="ignore")["statements"].to_list() == [2.5, 2.5]


# --- Windows of time. ---------------------------------------------------------------------------


def windows(said, **options):
    table = pd.DataFrame({"said": said, "n": range(len(said))})
    walk = pl.time_windows(table, **options)
    return [(str(p.left.date()), str(p.right.date()), part["n"].to_list()) for p, part in walk]


def test_windows_of_months():
    said = ["2023-12-31", "2023-11-02", "2024-03-01", "2024-03-31"]
    assert windows(said, size="2 months") == [
        ("2023-11-01", "2024-01-01", [0, 1]),
        ("2024-01-01", "2024-03-01", []),
        ("2024-03-01", "2024-05-01", [2, 3]),
    ]


def test_windows_may_overlap():
    said = ["2023", "2024", "2025"]
    assert windows(said, size="2 years", step="1 year") == [
        ("2023-01-01", "2025-01-01", [0, 1]),
        ("2024-01-01", "2026-01-01", [1, 2]),
    ]


def test_windows_of_days_and_weeks():
    said = ["2024-01-03", "2024-01-05", "2024-01-10"]
    assert windows(said, size="3 days") == [
        ("2024-01-03", "2024-01-06", [0, 1]),
        ("2024-01-06", "2024-01-09", []),
        ("2024-01-09", "2024-01-12", [2]),
    ]
    assert windows(said, size="1 week") == [
        ("2024-01-01", "2024-01-08", [0, 1]),
        ("2024-01-08", "2024-01-15", [2]),
    ]
    assert windows(said, size="1 year", step="week")[0][0] == "2024-01-01"


def test_windows_of_statements():
    said = ["2024-05", "2024-01", "2024-02", "2024-02", "2024"]
    assert windows(said, size=2) == [
        ("2024-01-01", "2024-01-01", [1, 4]),
        ("2024-02-01", "2024-02-01", [2, 3]),
        ("2024-05-01", "2024-05-01", [0]),
    ]
    assert [rows for *_, rows in windows(said, size=3, step=1)] == [[1, 2, 4], [2, 3, 4], [0, 2, 3]]
    assert windows(said, size=np.int64(2)) == windows(said, size=2)
    assert [rows for *_, rows in windows(said, size=9)] == [[0, 1, 2, 3, 4]]


@given(
    st.lists(st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2023-12-31").date())),
    st.sampled_from(["9 days", "3 weeks", "1 month", "5 months", "2 years", 4]),
)
def test_windows_side_by_side_hold_every_statement_once(said, size):
    table = pd.DataFrame({"said": said}, dtype="object")
    parts = [part for _, part in pl.time_windows(table, size=size)]
    held = [row for part in parts for row in part.index]
    assert sorted(held) == list(range(len(said)))
    for period, part in pl.time_windows(table, size=size):
        assert all(pd.Timestamp(day) in period for day in part["said"])


@pytest.mark.parametrize("step", ["2 weeks", "1 month", "28 days"])
def test_windows_that_overlap_pass_over_nothing(step):
    said = pd.date_range("2023-01-31", periods=120, freq="3D")
    table = pd.DataFrame({"said": said})
    parts = [part for _, part in pl.time_windows(table, size="2 months", step=step)]
    assert sorted({row for part in parts for row in part.index}) == list(range(120))


def test_windows_share_nothing_with_each_other():
    table = pd.DataFrame({"said": [2023, 2024], "rating": pd.Series([1, 2.5], dtype="object")})
    (_, first), (_, second) = pl.time_windows(table, size="1 year")
    assert first.attrs["ranges"]["rating"] == (1, 2.5)
    first.attrs["ranges"]["rating"] = (0, 9)
    assert second.attrs["ranges"]["rating"] == (1, 2.5)
    assert table.attrs == {}


def test_a_window_brings_the_range_of_the_whole_table():
    table = pd.DataFrame(
        {"said": [2023, 2023, 2024], "who": ["a", "b", "a"], "what": "x", "rating": [2, 3, 5]}
    )
    names = {"rows": "who", "columns": "what", "qualifier": "rating"}
    whole = pl.discourse_network(pl.count_statements(table, **names))
    assert whole.loc["a", "b"] == pytest.approx((1 - 1 / 3) + (1 - 2 / 3))
    parts = [part for _, part in pl.time_windows(table, size="1 year")]
    first = pl.count_statements(parts[0], **names)
    assert first.columns.get_level_values(1).to_list() == [2, 3, 5]
    assert pl.discourse_network(first).loc["a", "b"] == pytest.approx(1 - 1 / 3)
    table.attrs["ranges"] = {"rating": (1, 5)}
    ((_, part), *_) = pl.time_windows(table, size="1 year")
    assert pl.discourse_network(pl.count_statements(part, **names)).loc["a", "b"] == 1 - 1 / 4


def test_a_window_with_one_level_does_not_divide_by_zero():
    table = pd.DataFrame(
        {"said": [2023, 2023, 2024], "who": ["a", "b", "a"], "what": "x", "rating": [3, 3, 5]}
    )
    names = {"rows": "who", "columns": "what", "qualifier": "rating"}
    ((_, part), *_) = pl.time_windows(table, size="1 year")
    assert pl.discourse_network(pl.count_statements(part, **names)).loc["a", "b"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "a month"}, "size 'a month' is no length of time.*days, weeks, months, years"),
        ({"size": "0 days"}, "size '0 days'"),
        ({"size": 0}, "size 0 is no length"),
        ({"size": True}, "size True is no length"),
        ({"size": "1 year", "step": "1 jear"}, "step '1 jear'"),
        ({"size": "1 year", "step": 5}, "both lengths of time or both numbers"),
        ({"size": "1 month", "step": "2 months"}, "larger than the size"),
        ({"size": "1 year", "step": "13 months"}, "larger than the size"),
        ({"size": 2, "step": 3}, "larger than the size"),
        ({"size": "1 day"}, r"row 0: '2023-12' is a month, and a day cannot be told"),
    ],
)
def test_wrong_windows_are_refused_at_once(options, message):
    with pytest.raises(ValueError, match=message):
        pl.time_windows(pd.DataFrame({"said": ["2023-12", "2024-01-31"]}), **options)


@pytest.mark.parametrize(("size", "step"), [("1 month", "30 days"), ("30 days", "1 month")])
def test_a_step_that_is_now_and_then_too_long_is_refused(size, step):
    said = ["2023-01-02", "2023-03-01", "2023-03-02", "2023-04-20"]
    with pytest.raises(
        ValueError, match=r"larger than the size( after 2023-0\d-\d\d)?; statements"
    ):
        pl.time_windows(pd.DataFrame({"said": said}), size=size, step=step)
    assert len(windows(said, size="1 year", step="52 weeks")) == 1  # nearly a year, but not more


def test_windows_from_the_31st_do_not_stay_at_the_28th():
    said = ["2023-01-31", "2023-05-30"]
    begun = [left for left, *_ in windows(said, size="2 months", step="30 days")]
    assert begun[0] == "2023-01-31"
    table = pd.DataFrame({"said": pd.date_range("2023-01-31", "2023-06-29")})
    walk = pl.time_windows(table, size="35 days", step="1 month")
    assert [str(period.left.date()) for period, _ in walk][:4] == [
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
    ]


def test_windows_need_a_date(tables):
    with pytest.raises(ValueError, match="no column 'said'"):
        pl.time_windows(tables.statements, size="1 month")
    assert list(pl.time_windows(pd.DataFrame({"said": []}), size="1 month")) == []
