"""Emphasis: which concepts an actor names more often than the others do."""

from numbers import Real
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.matrices import check_counts
from policylib._util.names import require

Method = Literal["log_odds", "rca"]
METHODS: tuple[Method, ...] = get_args(Method)

Floats = NDArray[np.float64]


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
        count of all concepts, and α the prior of the concept. Compute log((y + α) / (n − y + α₀ −
        α)) for the actor and for the others. The z-score is their difference, divided by the square
        root of the sum of 1 / (y + α) over both. This leaves out two terms of the variance, which
        are small for rare concepts only: for a concept with a share of one half, the z-score is
        about 1.4 times too large. Repeated terms in one paragraph make it larger, too. So do not
        read ± 1.96 as a test at the 5 % level. ``"rca"``: revealed comparative advantage, the share
        of the concept in what the actor says, divided by its share in what all say; 1 means as
        often as on average, 0 means never.
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

    By log-odds, with a prior of one for each of the two concepts, 2 log(4 / 2) / √(1/4 + 1/2):

    >>> emphasis(matrix).loc["henan"].round(2).to_dict()
    {'robots': 1.6, 'talent': -1.6}
    """
    require(method, METHODS, "method")
    if prior is not None and not (isinstance(prior, Real) and 0 < prior < np.inf):
        raise ValueError(f"prior is {prior!r}; expected a number above 0")
    check_counts(matrix)
    said = matrix.to_numpy(dtype=float)
    by_row, by_column = said.sum(axis=1, keepdims=True), said.sum(axis=0)
    total = said.sum()
    with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 is missing in the result
        if method == "rca":
            values = said * total / (by_row * by_column)
        else:
            size = float(np.count_nonzero(by_column)) if prior is None else prior
            values = _log_odds(said, size * by_column / total, size * (total - by_column) / total)
    return pd.DataFrame(values, index=matrix.index, columns=matrix.columns)


def _log_odds(said: Floats, prior: Floats, prior_rest: Floats) -> Floats:
    """Return the z-scores of the log-odds ratios between each row and all others."""
    others = said.sum(axis=0) - said
    logs = [
        np.log((counts + prior) / (counts.sum(axis=1, keepdims=True) - counts + prior_rest))
        for counts in (said, others)
    ]
    scores: Floats = (logs[0] - logs[1]) / np.sqrt(1 / (said + prior) + 1 / (others + prior))
    speaks = said.any(axis=1)
    # Without counts, the prior alone would make the difference 0, which no statement supports.
    scores[~speaks if speaks.sum() > 1 else slice(None)] = np.nan
    return scores
