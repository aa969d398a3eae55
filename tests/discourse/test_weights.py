import os
from itertools import product
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from tests.discourse.conftest import BOTH, matrix_of

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
def test_discourse_network_sums_by_hand(matrix, aggregation):
    network = pol.discourse_network(matrix, aggregation=aggregation)
    assert upper(network) == list(BY_HAND[aggregation])
    assert set(network.dtypes) == {np.dtype("int64")}


@pytest.mark.parametrize("aggregation", BY_HAND)
def test_discourse_network_average_and_dna_cosine_by_hand(matrix, aggregation):
    average = pol.discourse_network(matrix, aggregation=aggregation, normalization="average")
    cosine = pol.discourse_network(matrix, aggregation=aggregation, normalization="dna_cosine")
    sizes = [(STATEMENTS[a], STATEMENTS[b]) for a, b in PAIRS]
    sums = BY_HAND[aggregation]
    assert upper(average) == pytest.approx(
        [w / (m + n) * 2 for w, (m, n) in zip(sums, sizes, strict=True)]
    )
    assert upper(cosine) == pytest.approx(
        [w / (m * n) for w, (m, n) in zip(sums, sizes, strict=True)]
    )


@pytest.mark.parametrize("aggregation", BY_HAND)
def test_discourse_network_jaccard_by_hand(matrix, aggregation):
    network = pol.discourse_network(matrix, aggregation=aggregation, normalization="jaccard")
    # henan alone: 1 against credit; jilin alone: 1 for it; both: robots 2·3.
    # henan alone: 2 for robots; liaoning alone: 1 for credit; both: against it 1·2.
    # jilin alone: 3 for robots; liaoning alone: 2 against credit; both: for it 1·1.
    sizes = (1 + 1 + 6, 2 + 1 + 2, 3 + 2 + 1)
    assert upper(network) == pytest.approx(
        [w / n for w, n in zip(BY_HAND[aggregation], sizes, strict=True)]
    )


@pytest.mark.parametrize("aggregation", ["congruence", "conflict", "subtract"])
def test_discourse_network_cosine_by_hand(matrix, aggregation):
    network = pol.discourse_network(matrix, aggregation=aggregation, normalization="cosine")
    lengths = {"henan": 5**0.5, "jilin": 10**0.5, "liaoning": 5**0.5}
    sizes = [lengths[a] * lengths[b] for a, b in PAIRS]
    assert upper(network) == pytest.approx(
        [w / n for w, n in zip(BY_HAND[aggregation], sizes, strict=True)]
    )


def test_discourse_network_cosine_without_regard_to_the_qualifier(matrix):
    network = pol.discourse_network(matrix, aggregation="ignore", normalization="cosine")
    # (2, 1), (3, 1) and (0, 3)
    sizes = [5**0.5 * 10**0.5, 5**0.5 * 3, 10**0.5 * 3]
    assert upper(network) == pytest.approx([w / n for w, n in zip((7, 3, 3), sizes, strict=True)])


def test_discourse_network_of_a_rating():
    matrix = matrix_of({"a": {"x": [1, 0, 0]}, "b": {"x": [0, 2, 0]}}, levels=(1, 2, 5))
    assert pol.discourse_network(matrix).loc["a", "b"] == 2 * (1 - 1 / 4)
    assert pol.discourse_network(matrix, aggregation="conflict").loc["a", "b"] == 2 * 1 / 4
    assert pol.discourse_network(matrix, aggregation="subtract").loc["a", "b"] == 2 * 1 / 2


def test_discourse_network_cosine_of_equal_ratings_is_one():
    matrix = matrix_of({"a": {"x": [1, 1, 1]}, "b": {"x": [1, 1, 1]}}, levels=(0, 1, 2))
    cosine = pol.discourse_network(matrix, normalization="cosine")
    assert cosine.loc["a", "b"] == pytest.approx(1)


def test_two_mode_combine_adds_a_power_of_two_for_each_level_that_occurs():
    # The highest level adds 1, the next lower one 2, and the lowest 4.
    levels = {"a": [0, 0, 5], "b": [1, 0, 0], "c": [1, 2, 0], "d": [1, 1, 1], "e": [0, 0, 0]}
    matrix = matrix_of({who: {"x": counts} for who, counts in levels.items()}, levels=(1, 2, 3))
    combined = pol.two_mode(matrix, aggregation="combine")["x"]
    assert combined.to_dict() == {"a": 1, "b": 4, "c": 6, "d": 7, "e": 0}


def test_discourse_network_of_large_counts_does_not_overflow():
    matrix = matrix_of({"a": {"x": [0, 4 * 10**9]}, "b": {"x": [0, 4 * 10**9]}})
    assert pol.discourse_network(matrix).loc["a", "b"] == 16e18
    many = pd.DataFrame([[1] * 60], columns=pd.MultiIndex.from_product([["x"], range(60)]))
    with pytest.raises(ValueError, match="at most 50 levels, not 60"):
        pol.two_mode(many, aggregation="combine")
    with pytest.raises(ValueError, match=r"expected a count .*, got inf"):
        pol.discourse_network(matrix.replace(4 * 10**9, np.inf))


def test_discourse_network_of_rows_with_two_levels(matrix):
    wider = pd.concat({"2023": matrix}, names=["year", "who"])
    network = pol.discourse_network(wider)
    assert network.loc[("2023", "henan"), ("2023", "jilin")] == 6


def test_a_matrix_with_a_qualifier_can_be_labelled(matrix, network):
    labelled = pol.label(matrix, network)
    assert labelled.index.to_list() == ["Henan", "Jilin", "Liaoning"]
    assert labelled.columns[0] == ("Robots", False)


def test_discourse_network_of_one_level_is_agreement():
    matrix = matrix_of({"a": {"x": [1]}, "b": {"x": [2]}}, levels=(3,))
    assert pol.discourse_network(matrix).loc["a", "b"] == 2
    assert pol.discourse_network(matrix, aggregation="conflict").loc["a", "b"] == 0


def test_discourse_network_has_no_tie_of_a_silent_actor(matrix):
    silent = matrix.reindex([*matrix.index, "shanxi"], fill_value=0)
    for normalization in ("none", "average", "jaccard", "dna_cosine", "cosine"):
        network = pol.discourse_network(silent, normalization=normalization)
        assert (network["shanxi"] == 0).all()


def test_discourse_network_counts_missing_columns_as_zero(matrix):
    whole = pol.discourse_network(matrix)
    part = matrix.drop(columns=[("robots", False)])
    pd.testing.assert_frame_equal(pol.discourse_network(part), whole)
    turned = matrix[matrix.columns[::-1]]
    pd.testing.assert_frame_equal(pol.discourse_network(turned), whole)


def test_discourse_network_without_a_qualifier(matrix):
    plain = matrix.T.groupby(level=0).sum().T
    assert upper(pol.discourse_network(plain, aggregation="ignore")) == [7, 3, 3]
    for aggregation in ("congruence", "conflict", "subtract"):
        with pytest.raises(ValueError, match=f"{aggregation!r} needs a qualifier"):
            pol.discourse_network(plain, aggregation=aggregation)


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
def test_discourse_network_sums_equal_those_of_plain_loops(cells, aggregation):
    levels = (-1, 0, 2.5)
    columns = pd.MultiIndex.from_product([["x", "y"], levels])
    matrix = pd.DataFrame(cells, columns=columns)
    network = pol.discourse_network(matrix, aggregation=aggregation)
    np.testing.assert_allclose(network, by_loops(cells, levels, aggregation), atol=1e-9)


@given(counts)
def test_discourse_network_congruence_and_conflict_add_up(cells):
    matrix = pd.DataFrame(cells, columns=pd.MultiIndex.from_product([["x", "y", "z"], BOTH]))
    for normalization in ("none", "average", "jaccard", "dna_cosine"):
        parts = {
            name: pol.discourse_network(matrix, aggregation=name, normalization=normalization)
            for name in BY_HAND
        }
        both = parts["congruence"] + parts["conflict"]
        np.testing.assert_allclose(both, parts["ignore"], atol=1e-12)
        less = parts["congruence"] - parts["conflict"]
        np.testing.assert_allclose(less, parts["subtract"], atol=1e-12)
    for levels in (BOTH, (0, 3)):
        rated = matrix.rename(columns=dict(zip(BOTH, levels, strict=True)), level=1)
        cosine = pol.discourse_network(rated, normalization="cosine").to_numpy()
        assert (cosine <= 1 + 1e-12).all()


@given(counts)
def test_discourse_network_of_presence_equals_project(cells):
    matrix = (pd.DataFrame(cells) > 0).astype(int)
    for ours, theirs in (("none", "shared"), ("jaccard", "jaccard"), ("cosine", "cosine")):
        network = pol.discourse_network(matrix, aggregation="ignore", normalization=ours)
        overlap = pol.project(matrix, measure=theirs).fillna(0).to_numpy().copy()
        np.fill_diagonal(overlap, 0)
        np.testing.assert_allclose(network, overlap, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aggregation": "congruance"}, "no aggregation 'congruance'.*did you mean 'congruence'"),
        ({"normalization": "cosin"}, "no normalization 'cosin'.*allowed: none, average, jaccard"),
    ],
)
def test_discourse_network_refuses_unknown_options(matrix, options, message):
    with pytest.raises(ValueError, match=message):
        pol.discourse_network(matrix, **options)


def test_discourse_network_refuses_other_tables(matrix):
    with pytest.raises(ValueError, match="numbers or booleans, not 'no'"):
        pol.discourse_network(matrix.rename(columns={False: "no", True: "yes"}, level=1))
    for other, shown in ((np.nan, "False, nan"), ("yes", "False, 'yes'")):
        with pytest.raises(ValueError, match=f"numbers or booleans, not {shown}"):
            pol.discourse_network(matrix.rename(columns={True: other}, level=1))
    three = pd.concat({"all": matrix}, axis=1)
    with pytest.raises(ValueError, match="more than two levels"):
        pol.discourse_network(three)
    with pytest.raises(ValueError, match="expected a count"):
        pol.discourse_network(-matrix)
    with pytest.raises(TypeError, match="expected a matrix, not MultiDiGraph"):
        pol.discourse_network(nx.MultiDiGraph())


# --- Two-mode networks. -------------------------------------------------------------------------


def test_two_mode_by_hand(matrix):
    assert pol.two_mode(matrix).to_numpy().tolist() == [[2, -1], [3, 1], [0, -1]]
    combined = pol.two_mode(matrix, aggregation="combine")
    assert combined.to_numpy().tolist() == [[1, 2], [1, 1], [0, 3]]
    ignored = pol.two_mode(matrix, aggregation="ignore")
    assert ignored.to_numpy().tolist() == [[2, 1], [3, 1], [0, 3]]
    assert ignored.columns.to_list() == ["robots", "credit"]
    assert (ignored.index.name, ignored.columns.name) == (None, "concept")


def test_two_mode_activity_and_prominence_by_hand(matrix):
    activity = pol.two_mode(matrix, normalization="activity")
    assert activity.to_numpy().tolist() == [[2 / 3, -1 / 3], [3 / 4, 1 / 4], [0, -1 / 3]]
    prominence = pol.two_mode(matrix, normalization="prominence")
    assert prominence.to_numpy().tolist() == [[2 / 5, -1 / 5], [3 / 5, 1 / 5], [0, -1 / 5]]
    ignored = pol.two_mode(matrix, aggregation="ignore", normalization="activity")
    assert ignored.sum(axis=1).to_list() == pytest.approx([1, 1, 1])


def test_two_mode_of_a_rating():
    matrix = matrix_of({"a": {"x": [1, 0, 2]}, "b": {"x": [0, 3, 0]}}, levels=(-2, 0, 1.5))
    assert pol.two_mode(matrix)["x"].to_list() == [-2 + 3, 0]
    assert pol.two_mode(matrix, aggregation="combine")["x"].to_list() == [4 + 1, 2]


def test_two_mode_of_zero_and_one_is_a_rating_and_not_a_stance():
    matrix = matrix_of({"a": {"x": [3, 1]}}, levels=(0, 1))
    assert pol.two_mode(matrix).loc["a", "x"] == 1
    assert pol.two_mode(matrix.rename(columns={0: False, 1: True}, level=1)).loc["a", "x"] == -2


def test_two_mode_of_one_side_alone(matrix):
    agreeing = matrix.loc[:, [("robots", True), ("credit", True)]]
    assert pol.two_mode(agreeing).to_numpy().tolist() == [[2, 0], [3, 1], [0, 1]]
    against = matrix.loc[:, [("credit", False)]]
    assert pol.two_mode(against)["credit"].to_list() == [-1, 0, -2]
    assert pol.two_mode(against, aggregation="combine")["credit"].to_list() == [2, 0, 2]


def test_two_mode_and_nested_backbone_of_no_statements(matrix):
    for options in ({}, {"aggregation": "combine"}, {"normalization": "activity"}):
        assert pol.two_mode(matrix.head(0), **options).shape == (0, 2)
        assert pol.two_mode(matrix.iloc[:, :0], **options).shape == (3, 0)
    assert (pol.discourse_network(matrix.iloc[:, :0]) == 0).all(axis=None)
    assert pol.nested_backbone(matrix.head(0))["concept"].to_list() == ["robots", "credit"]


@pytest.mark.parametrize("dtype", ["int64", "uint8", "Int64"])
def test_discourse_network_and_two_mode_keep_whole_numbers(matrix, dtype):
    matrix = matrix.astype(dtype)
    for table in (
        *(pol.discourse_network(matrix, aggregation=name) for name in BY_HAND),
        *(pol.two_mode(matrix, aggregation=name) for name in ("subtract", "combine", "ignore")),
        pol.discourse_network(matrix["robots"], aggregation="ignore"),
    ):
        assert set(table.dtypes) == {np.dtype("int64")}
    assert pol.nested_backbone(matrix)["statements"].dtype == "int64"
    halves = pol.discourse_network(matrix.astype(float) / 2)
    assert upper(halves) == [6 / 4, 2 / 4, 1 / 4]


def test_discourse_network_of_counts_up_to_the_largest_exact_ones():
    many = 2**26 - 1
    matrix = matrix_of({"a": {"x": [0, many]}, "b": {"x": [0, many]}})
    assert pol.discourse_network(matrix).loc["a", "b"] == many**2


def test_two_mode_refuses_to_normalise_codes(matrix):
    with pytest.raises(ValueError, match="cannot be normalised"):
        pol.two_mode(matrix, aggregation="combine", normalization="activity")
    with pytest.raises(ValueError, match=r"no aggregation 'congruence'.*subtract, combine, ignore"):
        pol.two_mode(matrix, aggregation="congruence")
    with pytest.raises(ValueError, match=r"no normalization 'average'.*activity, prominence"):
        pol.two_mode(matrix, normalization="average")


def test_count_positions(matrix):
    table = pol.count_positions(matrix)
    assert table.to_numpy().tolist() == [
        ["robots", False, 0, 0],
        ["robots", True, 5, 2],
        ["credit", False, 3, 2],
        ["credit", True, 2, 2],
    ]
    assert table.columns.to_list() == ["concept", "qualifier", "statements", "actors"]
    with pytest.raises(ValueError, match="needs a qualifier"):
        pol.count_positions(matrix["robots"])


# --- A debate of three organisations, counted by hand, with the calls of the sample below. ------


@pytest.fixture(scope="module")
def debate():
    """A is for x three times (twice in d1) and against y; B is for both; C is against x."""
    rows = [("A", "x", True, "d1")] * 2
    rows += [("A", "x", True, "d2"), ("A", "y", False, "d1"), ("B", "x", True, "d1")]
    rows += [("B", "y", True, "d1"), ("C", "x", False, "d2")]
    return pd.DataFrame(rows, columns=["organization", "concept", "agreement", "document"])


@pytest.mark.parametrize(
    ("aggregation", "normalization", "total"),
    [
        ("ignore", "none", 2 * (3 + 1 + 3 + 1)),
        ("congruence", "none", 2 * 3),
        ("conflict", "none", 2 * (1 + 3 + 1)),
        ("subtract", "none", 2 * (3 - 5)),
        ("congruence", "jaccard", 2 * 3 / (1 + 1 + 3)),
        ("congruence", "dna_cosine", 2 * 3 / (4 * 2)),
        ("congruence", "average", 2 * 3 / ((4 + 2) / 2)),
        ("congruence", "cosine", 2 * 3 / (10 * 2) ** 0.5),
    ],
)
def test_discourse_network_of_a_debate_by_hand(debate, aggregation, normalization, total):
    names = {"rows": "organization", "columns": "concept"}
    matrix = pol.count_statements(debate, **names, qualifier="agreement")
    options = {"aggregation": aggregation, "normalization": normalization}
    assert pol.discourse_network(matrix, **options).to_numpy().sum() == pytest.approx(total)


def test_count_statements_two_mode_and_project_of_a_debate_by_hand(debate):
    names = {"rows": "organization", "columns": "concept"}
    counts = pol.count_statements(debate, **names)
    assert counts.to_numpy().tolist() == [[3, 1], [1, 1], [1, 0]]
    once = pol.count_statements(debate, **names, duplicates="document")
    assert once.to_numpy().tolist() == [[2, 1], [1, 1], [1, 0]]
    assert pol.discourse_network(once, aggregation="ignore").to_numpy().sum() == 2 * (3 + 2 + 1)
    matrix = pol.count_statements(debate, **names, qualifier="agreement")
    assert pol.two_mode(matrix).to_numpy().tolist() == [[3, -1], [1, 1], [-1, 0]]
    jaccard = pol.project(counts, measure="jaccard").to_numpy()
    assert jaccard.sum() - np.trace(jaccard) == 2 * (1 + 0.5 + 0.5)


# --- The sample of the Discourse Network Analyzer. ----------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
SAMPLE = CORPORA / "dna-sample" / "sample.dna"


@pytest.fixture(scope="module")
def testimony():
    if not SAMPLE.exists():
        pytest.skip("the sample is not distributed; POLICYLIB_CORPORA names its folder")
    table = pol.read_dna(SAMPLE)
    return table[table["type"] == "DNA Statement"]


@pytest.fixture
def organisations(testimony):
    names = {"rows": "organization", "columns": "concept", "qualifier": "agreement"}
    return pol.count_statements(testimony, **names)


def test_count_statements_of_the_sample(testimony):
    counts = pol.count_statements(testimony, rows="organization", columns="concept")
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
def test_discourse_network_of_the_sample(organisations, aggregation, normalization, total):
    options = {"aggregation": aggregation, "normalization": normalization}
    found = pol.discourse_network(organisations, **options).to_numpy().sum()
    digits = len(str(total).partition(".")[2])
    assert round(found, digits) == total


def test_discourse_network_of_the_sample_without_a_qualifier(testimony):
    """As DNA counts duplicates where the qualifier is ignored."""
    names = {"rows": "organization", "columns": "concept", "duplicates": "document"}
    counts = pol.count_statements(testimony, **names)
    assert pol.discourse_network(counts, aggregation="ignore").to_numpy().sum() == 78


def test_two_mode_and_project_of_the_sample(organisations, testimony):
    assert pol.two_mode(organisations).to_numpy().sum() == 18
    counts = pol.count_statements(testimony, rows="organization", columns="concept")
    jaccard = pol.project(counts, measure="jaccard").to_numpy()
    assert round(jaccard.sum() - np.trace(jaccard), 2) == 18.77


@pytest.mark.parametrize("most", [float("inf"), float("nan")])
def test_levels_of_a_qualifier_are_finite(most):
    columns = pd.MultiIndex.from_tuples([("x", 1.0), ("x", most)])
    with pytest.raises(ValueError, match="levels of a qualifier are finite numbers or booleans"):
        pol.discourse_network(pd.DataFrame([[1, 1], [1, 2]], columns=columns))
