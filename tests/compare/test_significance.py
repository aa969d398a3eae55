from itertools import combinations, product

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

import policylib as pl
from policylib.compare import bitset as _bitset
from policylib.compare import null_models as _models
from policylib.compare import significance

MODELS = ("fixed_row", "sdsm", "fdsm")
P = ["p_upper", "p_lower"]

matrices = arrays(
    int,
    st.tuples(st.integers(2, 6), st.integers(1, 8)),
    elements=st.integers(0, 2),
    fill=st.nothing(),
).map(lambda a: pd.DataFrame(a, index=[f"row{i}" for i in range(len(a))]))


@pytest.fixture(scope="module")
def davis():
    graph = nx.davis_southern_women_graph()
    women, events = graph.graph["top"], graph.graph["bottom"]
    table = nx.to_pandas_adjacency(graph, dtype=int).loc[women, events]
    return table.rename(index=lambda name: name.split()[0])


def pairs_of(table):
    return table.set_index(["a", "b"])


# --- The women of Davis, whose answers are known. ------------------------------------------------


@pytest.mark.parametrize(("model", "ties"), [("fixed_row", 17), ("sdsm", 0)])
def test_davis_exact(davis, model, ties):
    table = pl.overlap_significance(davis, model=model, correction="none")
    assert len(table) == 18 * 17 / 2
    assert (table["p_upper"] <= 0.05).sum() == ties
    assert pl.extract_backbone(table).number_of_edges() == ties


def test_davis_fdsm(davis):
    known = {
        ("Evelyn", "Theresa"): 0.0344,
        ("Laura", "Brenda"): 0.0372,
        ("Myra", "Katherina"): 0.0475,
        ("Katherina", "Sylvia"): 0.0077,
        ("Olivia", "Flora"): 0.0343,
    }
    trials = 100_000
    table = pl.overlap_significance(davis, model="fdsm", trials=trials, seed=1, correction="none")
    p = pairs_of(table)["p_upper"]
    for pair, value in known.items():
        # Five standard errors of the sample, and of what the hub adds (notes of 20 trades a row).
        error = 5 * (value * (1 - value) / trials) ** 0.5 + 0.002
        assert p[pair] == pytest.approx(value, abs=error)
    assert set(p.index[p <= 0.045]) == set(known) - {("Myra", "Katherina")}
    assert p.drop(list(known)).min() > 0.05


# --- Each model against a slow one that is plainly right. ----------------------------------------


@given(matrices)
@settings(max_examples=50)
def test_fixed_row_is_hypergeometric(matrix):
    assume(not all_equal(matrix))
    table = pl.overlap_significance(matrix, model="fixed_row", correction="none")
    size = (matrix > 0).sum(axis=1)
    for row in table.itertuples():
        null = stats.hypergeom(matrix.shape[1], size[row.a], size[row.b])
        assert row.p_upper == pytest.approx(null.pmf(np.arange(row.shared, 99)).sum())
        assert row.p_lower == pytest.approx(null.pmf(np.arange(0, row.shared + 1)).sum())
        assert row.expected == pytest.approx(null.pmf(np.arange(99)) @ np.arange(99))
        variance = null.pmf(np.arange(99)) @ (np.arange(99) - row.expected) ** 2
        assert row.sd == pytest.approx(variance**0.5, abs=1e-9)


def all_equal(matrix):
    presence = matrix.to_numpy() > 0
    return (presence == presence[0]).all()


def entry_chances(presence):
    row_sums, row_class = np.unique(presence.sum(axis=1), return_inverse=True)
    column_sums, column_class = np.unique(presence.sum(axis=0), return_inverse=True)
    counts = np.bincount(row_class), np.bincount(column_class)
    chance = _models.entry_chances(row_sums, counts[0], column_sums, counts[1])
    return chance[row_class][:, column_class]


@given(matrices)
def test_chances_add_up_to_the_sums_and_depend_on_them_alone(matrix):
    presence = matrix.to_numpy() > 0
    chance = entry_chances(presence)
    assert chance.min() >= 0
    assert chance.max() <= 1
    np.testing.assert_allclose(chance.sum(axis=1), presence.sum(axis=1), atol=1e-6)
    np.testing.assert_allclose(chance.sum(axis=0), presence.sum(axis=0), atol=1e-6)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(chance / (1 - chance))
    inside = np.isfinite(odds).all(axis=1)[:, None] & np.isfinite(odds).all(axis=0)
    if inside.all() and np.abs(odds).max() < 10:  # log odds are a sum of a row's and a column's
        assert np.linalg.matrix_rank(odds - odds[0] - odds[:, [0]] + odds[0, 0], tol=1e-4) == 0


def test_sums_that_no_matrix_has_are_not_solved():
    with pytest.raises(ArithmeticError, match="could not be solved"):
        _models.entry_chances(np.array([1]), np.array([4]), np.array([3]), np.array([4]))


@given(matrices)
@settings(max_examples=50)
def test_sdsm_is_a_plain_convolution(matrix):
    assume(not all_equal(matrix))
    table = pl.overlap_significance(matrix, model="sdsm", correction="none")
    chance = pd.DataFrame(entry_chances(matrix.to_numpy() > 0), index=matrix.index)
    for row in table.itertuples():
        mass = np.ones(1)
        for p in chance.loc[row.a] * chance.loc[row.b]:
            mass = np.convolve(mass, [1 - p, p])
        assert row.p_upper == pytest.approx(mass[row.shared :].sum(), abs=1e-12)
        assert row.p_lower == pytest.approx(mass[: row.shared + 1].sum(), abs=1e-12)
        assert row.expected == pytest.approx(mass @ np.arange(len(mass)), abs=1e-9)
        variance = mass @ (np.arange(len(mass)) - row.expected) ** 2
        assert row.sd == pytest.approx(variance**0.5, abs=1e-6)


@pytest.mark.parametrize("shared", [200, 40, 0])
def test_poisson_binomial_is_exact_far_out(shared):
    # With one chance for all columns, the tails are binomial: scipy knows them.
    upper, lower = np.empty(1), np.empty(1)
    _bitset.poisson_binomial(
        np.array([[0.5], [0.2]]),
        np.array([200]),
        np.array([[0, 1]]),
        np.array([0, 1]),
        np.array([0]),
        np.array([shared]),
        upper,
        lower,
    )
    null = stats.binom(200, 0.1)
    for found, known in ((upper[0], null.sf(shared - 1)), (lower[0], null.cdf(shared))):
        assert found == pytest.approx(known, rel=1e-9, abs=1e-30)


def all_matrices(rows, columns):
    """Enumerate every 0/1 matrix with these sums of rows and columns."""

    def fill(left, rest):
        if not left:
            if not any(rest):
                yield []
            return
        for chosen in combinations([c for c, n in enumerate(rest) if n], left[0]):
            remaining = [n - (c in chosen) for c, n in enumerate(rest)]
            for below in fill(left[1:], remaining):
                yield [[int(c in chosen) for c in range(len(rest))], *below]

    return np.array(list(fill(list(rows), list(columns))))


def test_the_enumeration_is_complete():
    sums = (2, 1, 1), (1, 2, 1)
    by_hand = [
        m
        for cells in product((0, 1), repeat=9)
        if (m := np.reshape(cells, (3, 3))).sum(axis=1).tolist() == list(sums[0])
        and m.sum(axis=0).tolist() == list(sums[1])
    ]
    assert sorted(map(str, all_matrices(*sums))) == sorted(map(str, by_hand))


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]],
        [[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 0, 1]],
        [[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0]],
        [[1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 1, 1]],
    ],
)
def test_fdsm_is_the_full_enumeration(matrix):
    matrix = pd.DataFrame(matrix)
    every = all_matrices(matrix.sum(axis=1), matrix.sum(axis=0))
    overlaps = every @ every.transpose(0, 2, 1)
    trials = 20_000
    table = pl.overlap_significance(matrix, model="fdsm", trials=trials, seed=3, correction="none")
    for row in table.itertuples():
        null = overlaps[:, row.a, row.b]
        for found, known in (
            (row.p_upper, (null >= row.shared).mean()),
            (row.p_lower, (null <= row.shared).mean()),
        ):
            error = 5 * (known * (1 - known) / trials) ** 0.5 + 1 / trials
            assert found == pytest.approx(known, abs=error)
        assert row.expected == pytest.approx(null.mean(), abs=0.03)
        assert row.sd == pytest.approx(null.std(), abs=0.03)


@pytest.mark.parametrize("shape", [(7, 5), (12, 64), (9, 130)])
def test_every_sample_keeps_the_sums(shape):
    presence = np.random.default_rng(0).random(shape) < 0.3
    hub = _bitset.pack(presence)
    samples = np.empty((50, *hub.shape), np.uint64)
    states = np.random.default_rng(1).integers(1, 2**63, (50, 4)).astype(np.uint64)
    _bitset.sample(hub, samples, 200, states)
    bits = np.unpackbits(samples.view(np.uint8), axis=2, bitorder="little")[:, :, : shape[1]]
    assert (bits.sum(axis=2) == presence.sum(axis=1)).all()
    assert (bits.sum(axis=1) == presence.sum(axis=0)).all()
    assert len({sample.tobytes() for sample in samples}) > 25


# --- What holds for every model. ----------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
@given(matrix=matrices)
@settings(max_examples=30)
def test_tails_are_probabilities_that_overlap_in_the_observed(model, matrix):
    assume(not all_equal(matrix))
    table = pl.overlap_significance(matrix, model=model, trials=1999, seed=0)
    assert len(table) == len(matrix) * (len(matrix) - 1) // 2
    tails = table[[*P, "q_upper", "q_lower"]]
    assert tails.notna().all(axis=None)
    assert ((tails >= 0) & (tails <= 1 + 1e-12)).all(axis=None)
    assert (table["p_upper"] + table["p_lower"] >= 1 - 1e-9).all()
    assert (table["q_upper"] >= table["p_upper"] - 1e-12).all()
    assert (table["shared"] == pairs_of(pl.rank_pairs(pl.project(matrix)))["value"].reindex(
        pd.MultiIndex.from_frame(table[["a", "b"]])).to_numpy()).all()  # fmt: skip


@pytest.mark.parametrize("model", ["fixed_row", "sdsm"])
@given(matrix=matrices, random=st.randoms())
@settings(max_examples=30)
def test_order_does_not_matter(model, matrix, random):
    assume(not all_equal(matrix))
    rows, columns = list(matrix.index), list(matrix.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    one = pl.overlap_significance(matrix, model=model)
    other = pl.overlap_significance(matrix.loc[rows, columns], model=model)
    unordered = {frozenset(row[:2]): row[2:] for row in one.itertuples(index=False, name=None)}
    for row in other.itertuples(index=False, name=None):
        assert row[2:] == pytest.approx(unordered[frozenset(row[:2])], abs=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_empty_and_full_rows_and_columns(model):
    matrix = pd.DataFrame(
        [[1, 1, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]], index=["full", "none", "x", "y"]
    )
    table = pairs_of(pl.overlap_significance(matrix, model=model, seed=0, correction="none"))
    # In the SDSM the sums hold on average only: what a full row shares with x is not certain.
    settled = {"none"} if model == "sdsm" else {"none", "full"}
    certain = table.loc[[pair for pair in table.index if settled & {*pair}]]
    assert (certain[P] == 1).all(axis=None)
    assert certain["expected"].to_numpy() == pytest.approx(certain["shared"].to_numpy())


@pytest.mark.parametrize("model", MODELS)
def test_counts_are_taken_as_presence(davis, model):
    options = {"model": model, "trials": 50, "seed": 0, "correction": "none"}
    pd.testing.assert_frame_equal(
        pl.overlap_significance(davis, **options), pl.overlap_significance(davis * 7.0, **options)
    )


def test_fdsm_repeats_on_any_number_of_threads(davis):
    import numba

    def run(seed):
        options = {"model": "fdsm", "trials": 300, "correction": "none"}
        return pl.overlap_significance(davis, seed=seed, **options)

    before = numba.get_num_threads()
    many = run(5)
    try:
        numba.set_num_threads(1)
        one = run(5)
    finally:
        numba.set_num_threads(before)
    pd.testing.assert_frame_equal(many, one)
    assert not many["p_upper"].equals(run(6)["p_upper"])


def test_fdsm_does_not_depend_on_how_trials_are_batched(davis, monkeypatch):
    options = {"model": "fdsm", "trials": 100, "seed": 2, "correction": "none"}
    whole = pl.overlap_significance(davis, **options)
    monkeypatch.setattr(_models, "LONGEST_BATCH", 7 * 18 * (20 * 20 + 18))
    pd.testing.assert_frame_equal(pl.overlap_significance(davis, **options), whole)


def test_the_walk_goes_by_a_hub_and_is_long_enough(davis, monkeypatch):
    walks = []
    shuffle, sample = _bitset.shuffle, _bitset.sample

    def spy_shuffle(rows, trades, state):
        before = rows.copy()
        shuffle(rows, trades, state)
        walks.append((trades, tuple(state), not np.array_equal(rows, before)))

    def spy_sample(hub, samples, trades, states):
        walks.append((trades, tuple(states[0]), True))
        sample(hub, samples, trades, states)

    monkeypatch.setattr(_bitset, "shuffle", spy_shuffle)
    monkeypatch.setattr(_bitset, "sample", spy_sample)
    pl.overlap_significance(davis, model="fdsm", trials=5, seed=0, correction="none")
    large = pd.DataFrame(np.random.default_rng(0).random((120, 30)) < 0.3)
    pl.overlap_significance(large, model="fdsm", trials=2, seed=1, correction="none")
    assert [trades for trades, *_ in walks] == [20 * 18] * 2 + [5 * 120] * 2
    assert all(moved for *_, moved in walks)
    assert len({state for _, state, _ in walks}) == len(walks)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", bool])
@pytest.mark.parametrize("model", MODELS)
def test_any_dtype_of_pandas(model, dtype):
    matrix = pd.DataFrame([[1, 0, 1], [0, 1, 1]])
    options = {"model": model, "trials": 20, "seed": 0, "correction": "none"}
    pd.testing.assert_frame_equal(
        pl.overlap_significance(matrix.astype(dtype), **options),
        pl.overlap_significance(matrix, **options),
    )


def test_an_interrupt_ends_the_work(davis, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(_bitset, "tally", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pl.overlap_significance(davis, model="fdsm", trials=10)


# --- Corrections. --------------------------------------------------------------------------------


def test_corrections_by_hand():
    p = np.array([0.01, 0.04, 0.03, 0.5])
    expected = {
        "none": p,
        "bonferroni": [0.04, 0.16, 0.12, 1],
        "holm": [0.04, 0.09, 0.09, 0.5],
        "fdr_bh": [0.04, 0.16 / 3, 0.16 / 3, 0.5],
    }
    expected["fdr_by"] = np.minimum(np.array(expected["fdr_bh"]) * (1 + 1 / 2 + 1 / 3 + 1 / 4), 1)
    for correction, q in expected.items():
        assert significance._correct(p, correction) == pytest.approx(q)


@given(arrays(float, st.integers(1, 30), elements=st.floats(0, 1)))
def test_corrections_are_ordered(p):
    q = {name: significance._correct(p, name) for name in significance.CORRECTIONS}
    assert (q["holm"] <= q["bonferroni"] + 1e-12).all()
    assert (q["fdr_bh"] <= q["holm"] + 1e-12).all()
    assert (q["fdr_bh"] <= q["fdr_by"] + 1e-12).all()


def test_too_few_trials_are_named(davis):
    matrix = pd.DataFrame(np.random.default_rng(0).random((31, 60)) < 0.2)
    with pytest.warns(UserWarning, match=r"465 pairs; it takes 9299 trials, or model=.sdsm"):
        pl.overlap_significance(matrix, model="fdsm", trials=100, seed=0, correction="bonferroni")
    with pytest.warns(UserWarning, match="it takes 3059 trials"):
        pl.overlap_significance(davis, model="fdsm", trials=3058, seed=0, correction="holm")
    with pytest.warns(UserWarning, match=r"153 pairs; it takes \d+ trials"):
        pl.overlap_significance(davis, model="fdsm", trials=100, seed=0, correction="fdr_by")
    # Enough, and exact models, give no warning; warnings are errors here.
    pl.overlap_significance(davis, model="fdsm", trials=3059, seed=0, correction="holm")
    pl.overlap_significance(matrix, model="sdsm", correction="bonferroni")


def test_several_pairs_at_the_floor_need_fewer_trials():
    def table(p):
        p = np.array(p) / 1001
        q = significance._correct(p, "fdr_bh")
        return pd.DataFrame({"p_upper": p, "q_upper": q, "p_lower": p, "q_lower": q})

    few = table([1] + [2] * 60 + [500] * 404)  # one at the floor, but sixty next to it
    significance._warn_of_few_trials(few, 1000, "fdr_bh")
    alone = table([1] + [500] * 464)
    with pytest.warns(UserWarning, match="it takes 9299 trials"):
        significance._warn_of_few_trials(alone, 1000, "fdr_bh")
    many = table([1] * 40 + [500] * 425)
    one_sided = alone.assign(p_lower=many["p_lower"], q_lower=many["q_lower"])
    with pytest.warns(UserWarning, match="it takes 9299 trials"):
        significance._warn_of_few_trials(one_sided, 1000, "fdr_bh")


# --- Backbone. -----------------------------------------------------------------------------------


@pytest.fixture
def tested():
    return pd.DataFrame(
        {"a": ["x", "x", "y"], "b": ["y", "z", "z"], "shared": [5, 0, 2], "p_upper": [0.01, 1, 0.4],
         "p_lower": [1, 0.004, 0.8], "q_upper": [0.03, 1, 0.6], "q_lower": [1, 0.02, 0.9]}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "ties"),
    [
        ({}, {("x", "y"): 1}),
        ({"alpha": 0.03}, {("x", "y"): 1}),
        ({"alpha": 0.02}, {}),
        ({"tail": "lower"}, {("x", "z"): -1}),
        ({"tail": "both"}, {("x", "z"): -1}),  # 0.03 is above 0.025
        ({"tail": "both", "alpha": 0.06}, {("x", "y"): 1, ("x", "z"): -1}),
    ],
)
def test_q_decides(tested, options, ties):
    backbone = pl.extract_backbone(tested, **options)
    assert sorted(backbone) == ["x", "y", "z"]  # with or without a tie
    assert {(a, b): sign for a, b, sign in backbone.edges(data="sign")} == ties


def test_a_tie_carries_its_numbers(tested):
    tie = pl.extract_backbone(tested, tail="lower").edges["x", "z"]
    assert tie == {"shared": 0, "p": 0.004, "q": 0.02, "sign": -1}


# --- Bad input. ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (pd.DataFrame([[1, -1], [0, 1]]), "negative or missing"),
        (pd.DataFrame([[1, None], [0, 1]]), "negative or missing"),
        (pd.DataFrame([["a", 1], ["b", 0]]), "holds"),
        (pd.DataFrame([[1, 0], [0, 1]], index=["a", "a"]), "row 'a' stands twice"),
        (pd.DataFrame([[1, 0], [0, 1]], columns=["x", "x"]), "column 'x' stands twice"),
        (pd.DataFrame([[1, 0]]), "a pair needs two rows; the matrix has 1"),
        (pd.DataFrame([[1, 0], [1, 0]]), "all rows are equal"),
        (pd.DataFrame(), "a pair needs two rows; the matrix has 0"),
    ],
)
def test_bad_matrices(model, matrix, message):
    with pytest.raises(ValueError, match=message):
        pl.overlap_significance(matrix, model=model)


def test_bad_options(davis, tested):
    with pytest.raises(ValueError, match=r"no model 'sdms' .*fixed_row, sdsm, fdsm.*'sdsm'"):
        pl.overlap_significance(davis, model="sdms")
    with pytest.raises(ValueError, match=r"no correction 'bh' .*fdr_bh"):
        pl.overlap_significance(davis, model="sdsm", correction="bh")
    with pytest.raises(ValueError, match="trials must be a whole number and at least 1, not 0"):
        pl.overlap_significance(davis, model="fdsm", trials=0)
    for alpha in (0, 1, -0.1, float("nan")):
        with pytest.raises(ValueError, match="alpha lies between 0 and 1"):
            pl.extract_backbone(tested, alpha=alpha)
    with pytest.raises(ValueError, match=r"no tail 'uper' .*did you mean 'upper'"):
        pl.extract_backbone(tested, tail="uper")


def test_other_tables_are_refused(davis, network):
    with pytest.raises(ValueError, match="no column 'a'"):
        pl.extract_backbone(davis)
    with pytest.raises(ValueError, match="no column 'a'"):
        pl.plot_pairs(davis)
    for call in (pl.coverage, pl.count_statements, pl.overlap_stability):
        options = {} if call is pl.coverage else {"columns": "priority"}
        with pytest.raises(TypeError, match=r"expected a table .*, not MultiDiGraph"):
            call(network, rows="actor", **options)


def test_more_pairs_than_memory_holds(davis, monkeypatch):
    monkeypatch.setattr(significance, "_memory", lambda: 2.0**10)
    with pytest.raises(ValueError, match=r"18 rows make 153 pairs.* need about .* GiB"):
        pl.overlap_significance(davis, model="fdsm")


def test_the_estimate_of_memory(davis, monkeypatch):
    need = 18**2 * 160 + 100 * 64
    options = {"model": "fdsm", "trials": 100, "correction": "none"}
    monkeypatch.setattr(significance, "_memory", lambda: need)
    pl.overlap_significance(davis, **options)
    monkeypatch.setattr(significance, "_memory", lambda: need - 1)
    with pytest.raises(ValueError, match="GiB"):
        pl.overlap_significance(davis, **options)


def test_memory_is_known_or_guessed(monkeypatch):
    assert significance._memory() > 2**20
    monkeypatch.delattr("os.sysconf")
    assert significance._memory() == 16 * 2**30


# --- Coverage and stability. ---------------------------------------------------------------------


def test_coverage_of_the_world(network):
    table = pl.coverage(pl.statements(network, rows="province"), rows="row")
    assert table.to_dict("index") == {
        "jilin": {"statements": 4, "paragraphs": 3, "documents": 2},
        "henan": {"statements": 3, "paragraphs": 2, "documents": 1},
        "liaoning": {"statements": 3, "paragraphs": 2, "documents": 1},
    }
    assert table.index.tolist() == ["jilin", "henan", "liaoning"]
    with pytest.raises(ValueError, match="no column 'province'"):
        pl.coverage(pl.statements(network), rows="province")


def said(**paragraphs):
    """Statements from row_concept=[paragraphs]."""
    return pd.DataFrame(
        [(*name.split("_"), "d", p) for name, places in paragraphs.items() for p in places],
        columns=["row", "concept", "document", "paragraph"],
    )


def test_what_stands_in_every_paragraph_does_not_move():
    table = pl.overlap_stability(
        said(a_x=range(10), b_x=range(10), b_y=range(10)), rows="row", columns="concept", seed=0
    )
    assert table.iloc[0].to_dict() == {
        "a": "a", "b": "b", "paragraphs": 10, "value": 0.5, "low": 0.5, "high": 0.5
    }  # fmt: skip


def test_what_rests_on_one_paragraph_moves():
    statements = said(a_x=range(10), a_y=[3], b_x=range(10), b_y=range(10))
    table = pl.overlap_stability(statements, rows="row", columns="concept", seed=0)
    assert table[["value", "low", "high"]].iloc[0].tolist() == [1, 0.5, 1]
    again = pl.overlap_stability(statements, rows="row", columns="concept", seed=0)
    pd.testing.assert_frame_equal(table, again)


def test_below_five_paragraphs_stability_is_not_told():
    statements = said(a_x=range(10), b_x=range(4), c_x=range(5))
    table = pairs_of(pl.overlap_stability(statements, rows="row", columns="concept", seed=0))
    assert table["paragraphs"].to_dict() == {("a", "b"): 4, ("a", "c"): 5, ("b", "c"): 4}
    assert table["value"].notna().all()
    assert table["low"].notna().tolist() == [False, True, False]


def test_stability_values_are_the_overlap(network):
    statements = pl.statements(network, rows="province", columns="priority")
    statements = statements[statements["role"].isin(["commits", "reports"])]
    table = pl.overlap_stability(statements, rows="row", columns="concept", samples=5, seed=0)
    overlap = pl.project(pl.biadjacency(network), measure="jaccard")
    assert {(r.a, r.b): r.value for r in table.itertuples()} == pytest.approx(
        {(a, b): overlap.loc[a, b] for a, b in combinations(overlap.index, 2)}
    )


def test_coverage_needs_places():
    statements = pd.DataFrame({"actor": ["a"], "document": ["d"], "paragraph": [None]})
    with pytest.raises(ValueError, match="1 statements lack their document or paragraph"):
        pl.coverage(statements, rows="actor")


def test_stability_of_nothing(network):
    nobody = pl.statements(network).head(0)
    assert pl.overlap_stability(nobody, rows="actor", columns="priority").empty


def test_bad_options_of_stability(network):
    statements = pl.statements(network)
    with pytest.raises(ValueError, match="no measure 'dice'"):
        pl.overlap_stability(statements, rows="actor", columns="priority", measure="dice")
    with pytest.raises(ValueError, match="samples must be a whole number and at least 1, not 0"):
        pl.overlap_stability(statements, rows="actor", columns="priority", samples=0)
    with pytest.raises(ValueError, match="no column 'theme'"):
        pl.overlap_stability(statements, rows="actor", columns="theme")
