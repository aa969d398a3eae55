"""Draw passages for a second coder."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import require_seed, require_whole
from policylib.coding.alpha import Ints
from policylib.coding.codings import UNIT, made, require_one_kind, require_passages

CODED = "coded"


def sample_passages(
    documents: pd.DataFrame,
    n: int,
    *,
    by: str | Sequence[str] | None = None,
    statements: pd.DataFrame | None = None,
    seed: int | None = None,
) -> pd.DataFrame:
    """Draw passages at random, or at random within strata.

    Each stratum gets the same number of passages. A stratum that has fewer gives all of them, and
    the others share the rest. What cannot be shared equally goes to the largest strata, one each.

    Parameters
    ----------
    documents : DataFrame
        One row for each passage: `document`, `paragraph` and the columns of `by`. No passage is in
        two rows.
    n : int
        How many passages to draw; all, if there are fewer.
    by : str or sequence of str, optional
        Columns whose values make the strata, such as `actor` or `year`. ``"coded"`` is whether
        `statements` has a statement in the passage; a column of this name is not read. Only
        combinations that occur are strata. Passages whose cell is empty are a stratum of their own,
        so that each passage can be drawn. By default, all passages are one stratum.
    statements : DataFrame, optional
        Statements, with `document` and `paragraph`, for ``"coded"``. Rows without a code, or with a
        `count` of 0, do not count.
    seed : int, optional
        Seed of the random choice; the same seed draws the same passages.

    Returns
    -------
    DataFrame
        One row for each passage drawn, in the order of `documents`: `document`, `paragraph`, the
        columns of `by`, and `weight`, the number of passages that it represents: those in its
        stratum, divided by those drawn from it. The weights add up to the number of all passages.

    Raises
    ------
    TypeError
        If `documents` or `statements` is not a DataFrame.
    ValueError
        If a column is missing; if a passage is in two rows, or a cell that identifies it is empty;
        if `n` is not a whole number from 1, or smaller than the number of strata, since each needs
        a passage; if `by` is empty, or names ``"weight"`` or a column twice; if `by` names
        ``"coded"`` without `statements`, or the reverse; or if `seed` is invalid.

    See Also
    --------
    agreement : Compare the codings of the passages; it reads `weight` from `passages`.

    References
    ----------
    Cochran, W. G. (1977), Sampling Techniques, 3rd ed., chapter 5.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": "d", "paragraph": range(1, 11)})
    >>> statements = pd.DataFrame({"document": "d", "paragraph": [3, 4], "code": "rail"})
    >>> sample = sample_passages(documents, 4, by="coded", statements=statements, seed=0)
    >>> sample.groupby("coded")["weight"].agg(["size", "mean"]).to_numpy().tolist()
    [[2.0, 4.0], [2.0, 1.0]]

    The first coder's statements in these passages:

    >>> statements.merge(sample[["document", "paragraph"]])["paragraph"].to_list()
    [3, 4]
    """
    require_seed(seed)
    require_whole(n, "n")
    columns = _columns(by)
    if (CODED in columns) != (statements is not None):
        raise ValueError("by='coded' needs `statements`, and nothing else reads them")
    require_passages(documents, *(column for column in columns if column != CODED))
    if statements is not None:
        documents = documents.assign(**{CODED: _coded(documents, statements)})
    stratum, sizes = _strata(documents, columns)
    drawn = _allocate(sizes, n, columns)
    draw = np.random.default_rng(seed)
    chosen = [
        draw.choice(np.flatnonzero(stratum == number), size, replace=False)
        for number, size in enumerate(drawn)
    ]
    rows = np.sort(np.concatenate([np.array([], dtype=np.int64), *chosen]))
    sample = documents.iloc[rows][list(dict.fromkeys([*UNIT, *columns]))]
    weight = (sizes / np.maximum(drawn, 1))[stratum[rows]]
    return sample.assign(weight=weight).reset_index(drop=True)


def _columns(by: str | Sequence[str] | None) -> list[str]:
    """Return the columns of strata as a list, or raise if they cannot be those of a table."""
    if by is None:
        return []
    if not isinstance(by, str | list | tuple) or not by:
        raise ValueError(f"by is {by!r}; expected a column, several in a list, or None")
    columns = [by] if isinstance(by, str) else list(by)
    for column in columns:
        if column == "weight" or columns.count(column) > 1:
            problem = "is needed for the result" if column == "weight" else "is named twice"
            raise ValueError(f"by is {by!r}: column {column!r} {problem}")
    return columns


def _coded(documents: pd.DataFrame, statements: pd.DataFrame) -> Any:
    """Return whether each passage has a statement."""
    require_columns(statements, *UNIT, name="statements")
    statements = made(statements) if "code" in statements else statements
    for column in UNIT:
        require_one_kind({"documents": documents[column], "statements": statements[column]})
    places = pd.MultiIndex.from_frame(statements[[*UNIT]])
    return pd.MultiIndex.from_frame(documents[[*UNIT]]).isin(places)


def _strata(documents: pd.DataFrame, columns: list[str]) -> tuple[Ints, Ints]:
    """Return the number of each passage's stratum, in order of appearance, and their sizes."""
    for column in columns:
        require_hashable(documents[column])
    if columns:
        rows = documents[columns].reset_index(drop=True)  # whose levels may be called like columns
        groups = rows.groupby(columns, dropna=False, sort=False, observed=True)
        stratum = np.asarray(groups.ngroup(), dtype=np.int64)
    else:
        stratum = np.zeros(len(documents), dtype=np.int64)
    return stratum, np.bincount(stratum).astype(np.int64)


def _allocate(sizes: Ints, n: int, columns: list[str]) -> Ints:
    """Return how many passages to draw from each stratum."""
    if n < len(sizes):
        raise ValueError(
            f"n is {n}, but `by` ({', '.join(columns)}) makes {len(sizes)} strata, and each needs "
            "a passage"
        )
    drawn = np.zeros_like(sizes)
    while left := min(n, int(sizes.sum())) - int(drawn.sum()):
        open_ = np.flatnonzero(drawn < sizes)
        if each := left // len(open_):
            drawn[open_] = np.minimum(drawn[open_] + each, sizes[open_])
        else:
            drawn[open_[np.argsort(-sizes[open_], kind="stable")[:left]]] += 1
    return drawn
