"""Is an overlap more than chance? Null models, corrections for many tests, the backbone."""

import os
import warnings
from numbers import Real
from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd

from policylib._util.cells import sort_rows
from policylib._util.matrices import check_counts, require_numbers
from policylib._util.names import require, require_columns, require_hashable
from policylib._util.numbers import require_seed, require_whole
from policylib._util.warn import warn
from policylib.compare.counts import counts_of, that_count
from policylib.compare.null_models import Bools, Floats, fdsm, fixed_row, sdsm, shared_concepts
from policylib.compare.overlap import MEASURES, Measure, project
from policylib.tables.roles import is_denied

Model = Literal["fixed_row", "sdsm", "fdsm"]
MODELS: tuple[Model, ...] = get_args(Model)
Correction = Literal["none", "bonferroni", "holm", "fdr_bh", "fdr_by"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)
COLUMNS = ("p_upper", "p_lower", "q_upper", "q_lower")
Tail = Literal["upper", "lower", "both"]
TAILS: tuple[Tail, ...] = get_args(Tail)
LEVEL = 0.05
FEWEST = 5
BYTES_PER_PAIR = 160
BYTES_PER_TRIAL = 64


def overlap_significance(
    matrix: pd.DataFrame,
    *,
    model: Model,
    trials: int = 10_000,
    seed: int | None = None,
    correction: Correction = "fdr_bh",
) -> pd.DataFrame:
    """Test for each pair of rows whether they share more, or less, than expected by chance.

    Parameters
    ----------
    matrix : DataFrame
        Counts or 0/1, actors × concepts, taken as presence (``> 0``). To keep only cells with at
        least two statements, pass ``matrix >= 2``. To keep only cells above the average of their
        row, pass ``matrix.gt(matrix.mean(axis=1), axis=0)``. The columns are the concepts that a
        row could have. `biadjacency` leaves out concepts without statements; with more of them,
        ``"fixed_row"`` expects less overlap.
    model : {"fixed_row", "sdsm", "fdsm"}
        The null model. The models differ in the sums that they keep. ``"fixed_row"`` keeps the row
        sums, the number of concepts of each row: each row is a random set, and the overlap is
        hypergeometric. It ignores that some concepts are common to nearly all rows, so it finds
        more pairs than the other two. ``"sdsm"`` keeps row and column sums on average: the overlap
        is Poisson-binomial, computed exactly. ``"fdsm"`` keeps both exactly: the overlap is counted
        in random matrices with these sums.
    trials : int
        Number of random matrices (``"fdsm"`` only). Each is mixed by as many trades between two
        rows as the sums of the matrix need.
    seed : int, optional
        The same seed draws the same random matrices on any machine (``"fdsm"`` only).
    correction : {"fdr_bh", "none", "bonferroni", "holm", "fdr_by"}
        How p is corrected, because all pairs are tested at once. ``"fdr_bh"`` is
        Benjamini–Hochberg, ``"fdr_by"`` Benjamini–Yekutieli.

    Returns
    -------
    DataFrame
        One row for each pair, in the order of the matrix: `a`, `b`; `shared`, the number of
        concepts that both have; `expected` and `sd`, its mean and standard deviation under the
        model; `p_upper` and `p_lower`, the chance of sharing at least and at most as many;
        `q_upper` and `q_lower`, the same corrected for all pairs.

    Raises
    ------
    ValueError
        If the model or correction is unknown, or `trials` is not a whole number from 1; or if the
        matrix does not hold counts, has fewer than two rows or only equal rows, or has more rows
        than fit into memory.
    TypeError
        If `matrix` is not a DataFrame.

    Warns
    -----
    UserWarning
        If `trials` are too few for any corrected value to come below 0.05. A stricter level, or
        ``tail="both"`` of `extract_backbone`, needs more. If rows are so nested that random
        matrices may not be mixed well.

    Notes
    -----
    The first call loads compiled functions. As with any import in Python, do not fork the process
    in one thread while another is in its first call; the new process could wait for ever. Call the
    function once before, or start processes with the method ``"spawn"``.

    References
    ----------
    Neal, Domagalski and Sagan (2021), Comparing alternatives to the fixed degree sequence model
    for extracting the backbone of bipartite projections. Scientific Reports 11. Saracco, Di
    Clemente, Gabrielli and Squartini (2015), Randomizing bipartite networks. Scientific Reports
    5. Besag and Clifford (1989), Generalized Monte Carlo significance tests. Biometrika 76.

    Examples
    --------
    Two rows have two of four concepts each. The chance that they share both is 1/6.

    >>> matrix = pd.DataFrame([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0]], index=["a", "b", "c"])
    >>> table = overlap_significance(matrix, model="fixed_row", correction="none")
    >>> print(table[["a", "b", "shared", "expected", "p_upper"]].head(1).to_string(index=False))
    a b  shared  expected  p_upper
    a b       2       1.0 0.166667
    """
    require(model, MODELS, "model")
    require(correction, CORRECTIONS, "correction")
    require_whole(trials, "trials")
    require_seed(seed)
    presence = _testable(matrix)
    _require_memory(len(presence), len(presence) ** 2 * BYTES_PER_PAIR + trials * BYTES_PER_TRIAL)
    first, second = np.triu_indices(len(presence), k=1)
    observed = shared_concepts(presence)
    if model == "fixed_row":
        answer = fixed_row(presence, observed, first, second)
    elif model == "sdsm":
        answer = sdsm(presence, observed, first, second)
    else:
        answer = fdsm(presence, observed, first, second, trials, seed)
    a, b = matrix.index.take(first), matrix.index.take(second)
    table = pd.DataFrame({"a": a, "b": b, "shared": observed[first, second]})
    for name, values in zip(("expected", "sd", "p_upper", "p_lower"), answer, strict=True):
        table[name] = np.minimum(values, 1) if name.startswith("p_") else values
    for tail in ("upper", "lower"):
        table[f"q_{tail}"] = _correct(table[f"p_{tail}"].to_numpy(), correction)
    if model == "fdsm":
        _warn_of_few_trials(table, trials, correction)
    return table


def _testable(matrix: pd.DataFrame) -> Bools:
    presence = check_counts(matrix) > 0
    rows = len(presence)
    if rows < 2:
        raise ValueError(f"a pair needs two rows; the matrix has {rows}")
    if (presence == presence[0]).all():
        raise ValueError("all rows are equal; there is nothing to compare")
    return presence


def _require_memory(rows: int, need: float) -> None:
    have = _memory()
    if need > have:
        raise ValueError(
            f"{rows} rows make {rows * (rows - 1) // 2} pairs; with this many trials or samples, "
            f"they need about {need / 2**30:.0f} GiB of memory, and this machine has "
            f"{have / 2**30:.0f} GiB"
        )


def _memory() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError):  # Windows has no sysconf
        return 16 * 2**30


def _correct(p: Floats, correction: str) -> Floats:
    tests = len(p)
    if correction == "none":
        return p
    if correction == "bonferroni":
        return np.minimum(p * tests, 1)
    if correction == "holm":
        order = np.argsort(p, kind="stable")
        steps = np.maximum.accumulate(p[order] * np.arange(tests, 0, -1))
        q = np.empty(tests)
        q[order] = np.minimum(steps, 1)
        return q
    from scipy.stats import false_discovery_control

    corrected: Floats = false_discovery_control(p, method=correction.removeprefix("fdr_"))
    return corrected


def _warn_of_few_trials(table: pd.DataFrame, trials: int, correction: str) -> None:
    """Warn if the trials are too few for the smallest q of a tail to come below 0.05."""
    if correction == "none":
        return
    tests = len(table)
    weight = (1 / np.arange(1, tests + 1)).sum() if correction == "fdr_by" else 1.0
    needed = 0
    for tail in ("upper", "lower"):
        # No p is below 1 / (T + 1). A false discovery rate is easier to reach if several pairs are
        # at that floor.
        floor = (table[f"p_{tail}"] < 1.5 / (trials + 1)).sum()
        sharing = max(1, floor) if correction.startswith("fdr") else 1
        enough = int(np.ceil(tests * weight / sharing / LEVEL)) - 1
        if trials < enough and table[f"q_{tail}"].min() > LEVEL:
            needed = max(needed, enough)
    if needed:
        warn(
            f"{trials} trials cannot bring q below {LEVEL} for {tests} pairs; it takes {needed} "
            'trials, or model="sdsm", which is exact',
        )


def extract_backbone(
    significance: pd.DataFrame, *, alpha: float = 0.05, tail: Tail = "upper"
) -> nx.Graph:
    """Return the network of the pairs that share more, or less, than expected by chance.

    Parameters
    ----------
    significance : DataFrame
        A table that `overlap_significance` returned. The corrected values decide; with
        ``correction="none"`` they equal the uncorrected ones.
    alpha : float
        Level of significance: a tie is kept if its q is at most `alpha`.
    tail : {"upper", "lower", "both"}
        ``"upper"``: pairs that share more than expected by chance; ``"lower"``: pairs that share
        less; ``"both"``: both kinds, each tested at ``alpha / 2``, so that each side has fewer
        pairs.

    Returns
    -------
    networkx.Graph
        All rows as nodes, with or without ties. Ties carry `shared`, the `p` and `q` of their
        tail, and `sign`: 1 for more and -1 for less.

    Raises
    ------
    ValueError
        If `alpha` is not between 0 and 1, `tail` is unknown, or the table lacks a column.

    Examples
    --------
    >>> matrix = pd.DataFrame([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0]], index=["a", "b", "c"])
    >>> table = overlap_significance(matrix, model="fixed_row", correction="none")
    >>> backbone = extract_backbone(table, alpha=0.2)
    >>> sorted(backbone.nodes), list(backbone.edges)
    (['a', 'b', 'c'], [('a', 'b')])
    """
    require(tail, TAILS, "tail")
    require_columns(significance, "a", "b", "shared", *COLUMNS)
    for column in ("a", "b"):
        require_hashable(significance[column])
    require_numbers(significance[[*COLUMNS]])
    if not isinstance(alpha, Real) or not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha!r}; expected a number between 0 and 1")
    backbone = nx.Graph()
    backbone.add_nodes_from(dict.fromkeys([*significance["a"], *significance["b"]]))
    sides = {"upper": 1, "lower": -1}
    for side, sign in sides.items():
        if tail not in (side, "both"):
            continue
        level = alpha / 2 if tail == "both" else alpha
        for row in significance[significance[f"q_{side}"] <= level].to_dict("records"):
            p, q = row[f"p_{side}"], row[f"q_{side}"]
            backbone.add_edge(row["a"], row["b"], shared=row["shared"], p=p, q=q, sign=sign)
    return backbone


def coverage(statements: pd.DataFrame, *, rows: str, denied: bool = False) -> pd.DataFrame:
    """Count the statements, paragraphs and documents behind each row.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `document` and `paragraph`.
    rows : str
        The column that names the rows, for example ``"row"`` of ``statements(network, rows=…)``.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        One line for each row, with `statements`, `paragraphs` and `documents`, and with `denied`,
        the number of denials; rows with the most statements come first. The other numbers leave
        denials out unless they are asked for. Statements with a count of 0 are left out.

    Raises
    ------
    ValueError
        If a column is missing, a statement lacks its document or paragraph, or a count is missing
        or negative.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"actor": ["henan", "henan", "hebei"], "document": "d", "paragraph": [1, 2, 2]}
    ... )
    >>> coverage(statements, rows="actor").to_dict("index")["henan"]
    {'statements': 2, 'paragraphs': 2, 'documents': 1, 'denied': 0}
    """
    every = _placed(statements, rows, denied=True)
    against = counts_of(every).where(is_denied(every), 0).groupby(every[rows]).sum()
    placed = that_count(every, denied=denied)
    row, document, paragraph = (placed[c].to_numpy() for c in (rows, "document", "paragraph"))
    places = counts_of(placed).groupby([placed[rows], document, paragraph], sort=False).sum()
    groups = places.groupby(level=0)
    documents = pd.Series(document).groupby(row).nunique()
    table = pd.DataFrame(
        {"statements": groups.sum(), "paragraphs": groups.size(), "documents": documents},
        index=against.index,
    )
    table = table.fillna(0).astype(against.dtype).assign(denied=against)
    return table.sort_values(["statements", "paragraphs"], ascending=False, kind="stable")


def _placed(statements: pd.DataFrame, *columns: str, denied: bool) -> pd.DataFrame:
    """Return the statements that count, or raise if one has no place in a document."""
    for column in columns:
        if not isinstance(column, str):
            raise TypeError(f"expected the name of one column, not {column!r}")
    needed = (*columns, "document", "paragraph")
    require_columns(statements, *needed)
    for column in needed:
        require_hashable(statements[column])
    made = that_count(statements, denied=denied)
    for column in ("document", "paragraph"):
        empty = made.index[made[column].isna()].to_list()
        if empty:
            raise ValueError(
                f"column {column!r}, row {empty[0]!r}: the cell is empty; {len(empty)} statements "
                f"lack their {column}"
            )
    return made


def overlap_stability(
    statements: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    measure: Measure = "jaccard",
    samples: int = 1000,
    seed: int | None = None,
    denied: bool = False,
) -> pd.DataFrame:
    """Measure how much each overlap changes when a fifth of the paragraphs is left out.

    This measures stability. It is not a confidence interval, which would be wrong here: measures
    such as Jaccard change with the amount of text.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `document` and `paragraph`.
    rows, columns : str
        The columns that name actors and concepts, for example ``rows="row"``,
        ``columns="concept"`` of ``statements(network, rows=…, columns=…)``.
    measure : {"jaccard", "shared", "cosine", "overlap"}
        As in `project`.
    samples : int
        How often paragraphs are left out.
    seed : int, optional
        The same seed leaves out the same paragraphs.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        One row for each pair: `a`, `b`; `paragraphs`, the number of paragraphs of the row that has
        fewer; `value`, the overlap in all text; `low` and `high`, the 5 % and 95 % quantiles of the
        samples. They are missing if `paragraphs` is below five.

    Raises
    ------
    ValueError
        If a column is missing, a statement lacks its document or paragraph, a count is missing or
        negative, `measure` is unknown, or `samples` is below 1.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"actor": ["henan", "hebei"] * 5, "code": "robots", "document": "d"}
    ... ).assign(paragraph=range(10))
    >>> overlap_stability(statements, rows="actor", columns="code", seed=1)["low"].to_list()
    [1.0]
    """
    placed = _placed(statements, rows, columns, denied=denied)
    require(measure, MEASURES, "measure")
    require_whole(samples, "samples")
    require_seed(seed)
    if rows == columns:
        raise ValueError(f"column {rows!r} is named twice; rows and columns must differ")
    said = placed[placed[rows].notna() & placed[columns].notna()]
    said = sort_rows(said, ["document", "paragraph"])
    of_row, labels = pd.factorize(said[rows], sort=True)
    of_column, concepts = pd.factorize(said[columns], sort=True)
    place = said.groupby(["document", "paragraph"], sort=False).ngroup().to_numpy()
    first, second = np.triu_indices(len(labels), k=1)
    _require_memory(len(labels), 24.0 * samples * len(first))
    counts = np.zeros((len(labels), len(concepts)))

    def overlap(kept: Bools) -> Floats:
        counts[:] = 0
        np.add.at(counts, (of_row[kept], of_column[kept]), 1)
        return project(pd.DataFrame(counts), measure=measure).to_numpy()[first, second]

    random = np.random.default_rng(seed)
    paragraphs = place.max(initial=-1) + 1
    values = np.empty((samples, len(first)))
    for sample in values:
        left_out = random.permutation(paragraphs)[: round(paragraphs / 5)]
        sample[:] = overlap(~np.isin(place, left_out))
    amount = pd.Series(place).groupby(of_row).nunique().to_numpy()
    fewer = np.minimum(amount[first], amount[second])
    table = pd.DataFrame({"a": labels[first], "b": labels[second], "paragraphs": fewer})
    table["value"] = overlap(np.ones(len(said), bool))
    table["low"] = table["high"] = np.nan
    if len(table):
        with warnings.catch_warnings():  # a pair may have no value in any sample
            warnings.simplefilter("ignore", RuntimeWarning)
            table["low"], table["high"] = np.nanquantile(values, [0.05, 0.95], axis=0)
    table.loc[table["paragraphs"] < FEWEST, ["low", "high"]] = np.nan
    return table
