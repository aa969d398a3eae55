"""Estimate from passages that a person read how often a coding by terms is wrong."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import require_values
from policylib._util.names import require_columns
from policylib._util.numbers import require_seed
from policylib.coding.codings import OVERALL, UNIT, require_comparable, require_same_kinds
from policylib.coding.corrections import PLACE, apply_corrections

Floats = NDArray[np.float64]

DRAWS = 10_000
ENDS = (0.025, 0.975)
BLOCK = 500  # passages drawn at a time, to limit the use of memory
CELLS = ("both", "left_only", "right_only")  # right, wrong and missed units


def coding_error(
    statements: pd.DataFrame,
    corrections: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    unit: str | Sequence[str] = UNIT,
    seed: int | None = None,
) -> pd.DataFrame:
    """Estimate the errors of a coding from a sample of passages that a coder corrected.

    The coder read each passage of the sample completely. The statements there, with the
    corrections applied, are the right coding. Statements and corrections in other passages are
    ignored. The sample says nothing about passages that it could not include, such as those of
    other documents.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement of the machine, as `code_documents` returns them.
    corrections : DataFrame
        The journal of the coder, as for `apply_corrections`.
    passages : DataFrame
        One row for each passage of the random sample, also for those without any statement:
        `document` and `paragraph`. If some passages were more likely to be drawn than others,
        `weight` is the number of passages that each represents: in a stratum with 1,000 passages
        of which 50 were read, it is 20.
    unit : sequence of str
        The columns that identify a unit, in which a code counts once. `document` and `paragraph`
        are among them; add `actor` if the speaker must be right as well.
    seed : int, optional
        Seed of the random draws; the same seed returns the same intervals.

    Returns
    -------
    DataFrame
        One row for each code in these passages, sorted. The last row, ``"overall"``, takes all
        codes together, so that frequent codes weigh most. The columns are `code`; `machine`,
        `right` and `both`, the units with the code by the machine, after correction, and in both
        (with a `weight`, the sum of the weights); `precision` (both / machine); `recall`
        (both / right); `factor` (right / machine, which is precision / recall), by which a count
        of the machine is multiplied to estimate the right count; and after each of these three
        its 95 % interval, such as `precision_low` and `precision_high`. A value is missing where
        its denominator is zero.

        In a sample without weights, the intervals of precision and recall are the mid-P intervals
        of a binomial share, up to chance in the draws. With weights they are mid-P gamma
        intervals. So they are wide, as they should be, if no error is found in a stratum of which
        few passages were read: one error there would count as many.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing; if a cell that identifies a unit is empty; if a passage is in two
        rows, or its weight is not above 0; if there are no passages; if `document` or `paragraph`
        has numbers in one table and texts in another; if `unit` lacks `document` or `paragraph`, or
        has `code` or a column twice; if a code is named ``"overall"``; if an action is unknown; or
        if `seed` is invalid.

    See Also
    --------
    apply_corrections : Apply the corrections to the statements.
    agreement : Compare two codings of all units.

    Notes
    -----
    Each passage gets a random weight, its own times an exponential number, as in the Bayesian
    bootstrap. One more unit, as heavy as a passage can be, is added to the numerator alone or to
    the other part of the denominator, each in half of the draws. The interval is between the
    quantiles 0.025 and 0.975.

    References
    ----------
    Berry, G. and Armitage, P. (1995), Mid-P confidence intervals: a brief review. The Statistician
    44, 417-423. Fay, M. P. and Kim, S. (2017), Confidence intervals for directly standardized rates
    using mid-p gamma intervals. Biometrical Journal 59, 377-387.

    Examples
    --------
    The machine found robots in passages 1 to 4. The coder dropped one and added two.

    >>> statements = pd.DataFrame({"document": "d", "paragraph": [1, 2, 3, 4], "code": "robots"})
    >>> corrections = pd.DataFrame(
    ...     {"action": ["drop", "add", "add"], "document": "d", "paragraph": [4, 5, 6]}
    ... ).assign(code="robots")
    >>> passages = pd.DataFrame({"document": "d", "paragraph": range(1, 9)})
    >>> table = coding_error(statements, corrections, passages, seed=0)
    >>> columns = ["code", "machine", "right", "both", "precision", "recall", "factor"]
    >>> print(table[columns].head(1).to_string(index=False))
      code  machine  right  both  precision  recall  factor
    robots        4      5     3       0.75     0.6    1.25
    """
    require_seed(seed)
    columns = _columns(unit)
    require_columns(statements, *columns, "code", name="statements")
    require_comparable({"statements": statements}, "code")
    weights = _weights(passages)
    for name, table in (("statements", statements), ("corrections", corrections)):
        require_same_kinds({"passages": passages, name: table})
    after = apply_corrections(statements, corrections)
    machine = _units(statements, columns, weights.index, "statements")
    right = _units(after, columns, weights.index, "statements after correction")
    found = machine.merge(right, how="outer", indicator="found")
    codes = pd.Index(sorted(found["code"].unique()))
    row, rows = pd.factorize(weights.index.get_indexer(pd.MultiIndex.from_frame(found[[*PLACE]])))
    cells = np.zeros((len(CELLS), len(rows), len(codes) + 1))
    cell = pd.Index(CELLS).get_indexer(pd.Index(found["found"].astype("str")))
    np.add.at(cells, (cell, row, codes.get_indexer(found["code"])), 1)
    cells[:, :, -1] = cells.sum(axis=2)
    weight = weights.to_numpy(dtype=float)
    return _table([*codes, OVERALL], cells, weight[rows], weight.max(), "weight" in passages, seed)


def _table(
    codes: list[Any], cells: Floats, weight: Floats, most: float, weighted: bool, seed: int | None
) -> pd.DataFrame:
    """Return the counts, shares and intervals of codes from the units in each passage."""
    both, wrong, missed = weight @ cells
    machine, right = both + wrong, both + missed
    table = pd.DataFrame({"code": codes, "machine": machine, "right": right, "both": both})
    if not weighted:
        table = table.astype(dict.fromkeys(("machine", "right", "both"), "int64"))
    parts = {"precision": (both, machine), "recall": (both, right), "factor": (right, machine)}
    with np.errstate(divide="ignore", invalid="ignore"):  # what is divided by zero is left out
        draws = _draws(cells, weight, most, seed)
        for (name, (part, whole)), values in zip(parts.items(), draws, strict=True):
            low, high = np.quantile(values, ENDS, axis=0)
            for column, value in (("", part / whole), ("_low", low), ("_high", high)):
                table[name + column] = np.where(whole > 0, value, np.nan)
    return table


def _draws(
    cells: Floats, weight: Floats, most: float, seed: int | None
) -> tuple[Floats, Floats, Floats]:
    """Return random values of precision, recall and factor: a row per draw, a column per code."""
    draw = np.random.default_rng(seed)
    # A unit that is missed can be in any passage, one of the machine in those that it codes.
    coded = np.where(cells[0] + cells[1] > 0, weight[:, None], 0).max(axis=0, initial=0)
    more = draw.exponential(size=(DRAWS, 1))
    heavy, heaviest = more * np.where(coded > 0, coded, most), more * most
    good = draw.integers(2, size=(DRAWS, 1))  # to which part the additional unit is added
    both, wrong, missed = np.zeros((len(CELLS), DRAWS, cells.shape[2]))
    for first in range(0, len(weight), BLOCK):
        block = slice(first, first + BLOCK)
        random = draw.exponential(size=(DRAWS, len(weight[block]))) * weight[block]
        both, wrong, missed = (both, wrong, missed) + random @ cells[:, block]
    hit = both + heavy * good
    machine = both + wrong + heavy * (1 - good)
    return (
        hit / (machine + heavy * good),
        hit / (hit + missed + heaviest * (1 - good)),
        (both + missed + heaviest * good) / machine,
    )


def _columns(unit: str | Sequence[str]) -> list[str]:
    """Return the columns of a unit, or raise if they do not identify a part of a passage."""
    columns = [*unit] if isinstance(unit, list | tuple) else [unit]
    texts = all(isinstance(name, str) for name in columns)
    if not texts or not {*PLACE} <= {*columns} or len({*columns, "code"}) <= len(columns):
        raise ValueError(
            f"unit is {unit!r}; expected a list of different columns that has 'document' and "
            "'paragraph', and not 'code'"
        )
    return columns  # type: ignore[return-value]


def _weights(passages: pd.DataFrame) -> "pd.Series[Any]":
    """Return the weight of each passage, or raise if the table is not a sample."""
    require_columns(passages, name="passages")
    weighted = [*PLACE, "weight"] if "weight" in passages else [*PLACE]
    require_columns(passages, *weighted, name="passages")
    require_values(passages, *weighted, name="passages")
    if passages.empty:
        raise ValueError("passages has no rows; without passages that were read, nothing is known")
    index = pd.MultiIndex.from_frame(passages[[*PLACE]])
    if not index.is_unique:
        name, number = index[index.duplicated()][0]
        raise ValueError(f"passages: duplicate paragraph {number} of document {name!r}")
    if "weight" not in passages:
        return pd.Series(1.0, index)
    numbers = pd.to_numeric(passages["weight"], errors="coerce")
    for row, cell in passages["weight"][~((numbers > 0) & (numbers < np.inf))].items():
        raise ValueError(
            f"passages: column 'weight', row {row!r}: expected a number above 0, got {cell!r}"
        )
    return pd.Series(numbers.to_numpy(dtype=float), index)


def _units(coding: pd.DataFrame, columns: list[str], sample: pd.Index, name: str) -> pd.DataFrame:
    """Return each unit and code of the sample once."""
    coding = coding[pd.MultiIndex.from_frame(coding[[*PLACE]]).isin(sample)].dropna(subset="code")
    coding = coding[coding["count"].ne(0)] if "count" in coding else coding
    require_values(coding, *columns, "code", name=name)
    if OVERALL in set(coding["code"]):
        raise ValueError(f"column 'code': {OVERALL!r} is reserved for the row over all codes")
    return coding[[*columns, "code"]].drop_duplicates(ignore_index=True)
