"""Emphasis: which concepts an actor names more often than the others do."""

from numbers import Real
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.matrices import check_counts
from policylib._util.names import require
from policylib._util.numbers import require_seed, require_whole
from policylib.compare.permutation import (
    Floats,
    corrected,
    join_units,
    permutation_test,
    priors_of,
    warn_of_few_trials,
)

Method = Literal["log_odds", "rca"]
METHODS: tuple[Method, ...] = get_args(Method)
Ints = NDArray[np.integer]


def emphasis(
    matrix: pd.DataFrame, *, method: Method = "log_odds", prior: float | None = None
) -> pd.DataFrame:
    """Measure how much more, or less, each actor names a concept than the others do.

    Use this for many counts, such as statements coded by program. Do not use it for the hand
    coding of one article: with a few statements for each actor, it shows what a journalist chose
    to report.

    Parameters
    ----------
    matrix : DataFrame
        Counts, actors × concepts, as `biadjacency` or `count_statements` returns it. Pass all
        actors, and select rows of the result, since each actor is compared with all others.
    method : {"log_odds", "rca"}
        ``"log_odds"``: the log-odds ratio of a concept between the actor and all others together,
        divided by an estimate of its standard deviation. The result is a z-score; 0 means that the
        actor names the concept as often as the others. Let y be the count of the concept, n the
        count of all concepts, and α the prior of the concept. The score compares log((y + α) / (n −
        y + α₀ − α)) of the actor and of the others. Its variance is the sum of 1 / (y + α) and
        1 / (n − y + α₀ − α) over both. It takes the counts for independent, but terms repeat within
        a paragraph. So ± 1.96 is not a test at the 5 % level; use `rank_emphasis` for a test.
        ``"rca"``: revealed comparative advantage, the share of the concept in what the actor says,
        divided by its share in what all say; 1 means as often as on average, 0 means never.
    prior : float, optional
        For ``"log_odds"``, α₀: the number of counts that are added for the actor and for the
        others, divided among the concepts in proportion to all counts. A larger prior brings rare
        concepts nearer to 0. By default, the number of concepts that have counts.

    Returns
    -------
    DataFrame
        Actors × concepts, as the matrix: z-scores or ratios. Missing for an actor or a concept
        without counts; with ``"log_odds"``, also if the matrix has only one actor or concept with
        counts.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If `method` is unknown, `prior` is not above 0, or the matrix has duplicate labels or cells
        that are not counts.

    See Also
    --------
    rank_emphasis : The same as a list, with a test.
    attention : The share of each concept in a period.

    References
    ----------
    Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008), Fightin' Words. Political Analysis
    16(4), equations 15 to 22. Balassa, B. (1965), Trade liberalisation and "revealed"
    comparative advantage. The Manchester School 33(2).

    Examples
    --------
    >>> matrix = pd.DataFrame({"robots": [3, 1], "talent": [1, 3]}, index=["henan", "hebei"])
    >>> emphasis(matrix, method="rca").loc["henan"].to_dict()
    {'robots': 1.5, 'talent': 0.5}

    By log-odds, with a prior of one for each of the two concepts, 2 log(4 / 2) / √(2/4 + 2/2):

    >>> emphasis(matrix).loc["henan"].round(2).to_dict()
    {'robots': 1.13, 'talent': -1.13}
    """
    require(method, METHODS, "method")
    if prior is not None and not (isinstance(prior, Real) and 0 < prior < np.inf):
        raise ValueError(f"prior is {prior!r}; expected a number above 0")
    check_counts(matrix)
    said = matrix.to_numpy(dtype=float)
    by_row, by_column = said.sum(axis=1, keepdims=True), said.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 is missing in the result
        if method == "rca":
            values = said * said.sum() / (by_row * by_column)
        else:
            odds, variance = _log_odds(said, by_column - said, priors_of(by_column, prior))
            values = odds / np.sqrt(variance)
    return pd.DataFrame(values, index=matrix.index, columns=matrix.columns)


def rank_emphasis(
    matrix: pd.DataFrame, *, trials: int = 9_999, seed: int | None = None
) -> pd.DataFrame:
    """List what each actor emphasises, with a test, the clearest first.

    If the rows are units below the actor, such as paragraphs, p comes from a permutation test. It
    asks whether the units of the actor differ from all others more than units drawn at random do.
    If there is one row for each actor, p is that of a normal z-score. It is then far too small for
    counts of terms, because terms repeat within a paragraph.

    Parameters
    ----------
    matrix : DataFrame
        Counts, as `count_statements` returns them. With several columns as rows, such as
        ``rows=["actor", "document", "paragraph"]``, the first level of the index is the actor, and
        each row is a unit. Pass all actors, since each is compared with all others.
    trials : int
        The number of permutations.
    seed : int, optional
        The same seed draws the same permutations.

    Returns
    -------
    DataFrame
        One row for each actor and concept that have counts, sorted by p and z: `actor`, `concept`,
        `count`, `share` (of all counts of the actor, 0 to 1), `log_odds` (the difference of
        log-odds to all others, as in `emphasis`), `z`, `p` (two-sided) and `q` (p corrected for all
        rows by Benjamini and Hochberg). With units, z divides by the standard deviation between
        units; it is missing, with p, if the actor or all others have fewer than two units after
        short ones are joined.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If the matrix has duplicate labels or cells that are not counts, has fewer than two actors
        or concepts with counts, or if `trials` is not a whole number from 1, or `seed` not one
        from 0.

    Warns
    -----
    UserWarning
        If `trials` are too few for any q to come below 0.05.

    See Also
    --------
    emphasis : The z-scores of a matrix of actors × concepts, which assume independent counts.
    overlap_significance : Whether two actors share more than expected by chance.

    Notes
    -----
    The units are taken as exchangeable; p is wrong as far as they are not. If neighbouring
    paragraphs share a topic, whole sections or documents are safer units: where ten paragraphs in a
    row have one topic, p is below 0.05 for half of the comparisons of equal actors. Reports that
    all treat the same topics in turn differ less than paragraphs drawn at random, so p is too large
    for them.

    Units of very different lengths are not exchangeable. So neighbouring units of an actor are
    first joined until each has at least half as many counts as the mean unit of the actor or of the
    others, whichever is larger. The statistic is studentised, so that different variances of the
    two sides matter less (Chung and Romano). p is (1 + the number of permutations with at least
    this absolute z) / (trials + 1).

    References
    ----------
    Monroe, B. L., Colaresi, M. P. and Quinn, K. M. (2008), Fightin' Words. Political Analysis
    16(4). Chung, E. and Romano, J. P. (2013), Exact and asymptotically robust permutation tests.
    Annals of Statistics 41(2).

    Examples
    --------
    >>> counts = {"robots": [2, 2, 2, 0, 0, 1], "talent": [1, 0, 1, 2, 3, 1]}
    >>> rows = pd.MultiIndex.from_product([["henan", "hebei"], [1, 2, 3]])
    >>> ranked = rank_emphasis(pd.DataFrame(counts, index=rows), trials=99, seed=0)
    >>> ranked[["actor", "concept", "count", "share"]].to_numpy().tolist()[0]
    ['henan', 'robots', 6, 0.75]
    """
    cells = check_counts(matrix)
    require_whole(trials, "trials")
    require_seed(seed)
    # An actor or concept without counts is left out; a missing label is a label like others.
    spoken, named = (np.flatnonzero(cells.any(axis=axis)) for axis in (1, 0))
    units, concepts = cells[np.ix_(spoken, named)], matrix.columns[named]
    labels = matrix.index.get_level_values(0)[spoken]
    owner, actors = pd.factorize(labels, use_na_sentinel=False)
    if min(len(actors), len(concepts)) < 2:
        raise ValueError(
            f"the matrix has counts of {len(actors)} actors and {len(concepts)} concepts; "
            "a comparison needs two of each"
        )
    said = np.zeros((len(actors), len(concepts)))
    np.add.at(said, owner, units)
    total = said.sum(axis=0)
    odds, variance = _log_odds(said, total - said, priors_of(total, None))
    if matrix.index.nlevels > 1:
        scores, p = _permute(units, owner, len(actors), trials, seed)
    else:
        from scipy.stats import norm

        scores = odds / np.sqrt(variance)
        p = 2 * norm.sf(np.abs(scores))
    whole = (said % 1 == 0).all()
    ranked = pd.DataFrame(
        {
            "actor": actors.repeat(len(concepts)),
            "concept": concepts[np.tile(np.arange(len(concepts)), len(actors))],
            "count": (said.astype("int64") if whole else said).ravel(),
            "share": (said / said.sum(axis=1, keepdims=True)).ravel(),
            "log_odds": odds.ravel(),
            "z": scores.ravel(),
            "p": p.ravel(),
        }
    )
    ranked["q"] = corrected(ranked["p"])
    if matrix.index.nlevels > 1:
        warn_of_few_trials(ranked, trials)
    order = ranked.assign(size=-ranked["z"].abs()).sort_values(["p", "size"], kind="stable").index
    return ranked.loc[order].reset_index(drop=True)


def _log_odds(said: Floats, others: Floats, priors: tuple[Floats, float]) -> tuple[Floats, Floats]:
    """Return the log-odds ratios of two sides and their variances, with four terms each."""
    prior, size = priors
    odds, variance = [], np.zeros(said.shape)
    for counts in (said, others):
        rest = counts.sum(axis=1, keepdims=True) - counts + size - prior
        odds.append(np.log((counts + prior) / rest))
        variance += 1 / (counts + prior) + 1 / rest
    ratio: Floats = odds[0] - odds[1]
    speaks = said.any(axis=1)
    # Without counts, the prior alone would make the difference 0, which no statement supports.
    ratio[~speaks if speaks.sum() > 1 else slice(None)] = np.nan
    return ratio, variance


def _permute(
    units: Floats, owner: Ints, actors: int, trials: int, seed: int | None
) -> tuple[Floats, Floats]:
    """Return studentised log-odds ratios and their p, actors × concepts, from permuted units."""
    priors = priors_of(units.sum(axis=0), None)
    random = np.random.default_rng(seed)
    scores, p = np.full((2, actors, units.shape[1]), np.nan)
    for number in range(actors):
        own, others = join_units(units[owner == number], units[owner != number])
        if min(len(own), len(others)) > 1:
            scores[number], p[number] = permutation_test(own, others, priors, trials, random)
    return scores, p
