"""Measure the agreement of codings, code by code, and list where two of them differ."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from policylib._util.names import require_columns, require_text
from policylib._util.numbers import require_seed
from policylib.coding.alpha import Floats, Marks, alpha_table, counts, kappas
from policylib.coding.codings import OVERALL, UNIT, by_letter, made, unit_columns
from policylib.coding.marks import mark, require_value_column
from policylib.documents.sentences import PARAGRAPH, with_sentences


def agreement(
    *codings: pd.DataFrame,
    unit: str | Sequence[str] = UNIT,
    passages: pd.DataFrame | None = None,
    values: str = "code",
    seed: int | None = None,
) -> pd.DataFrame:
    """Measure the agreement of codings of the same documents, code by code.

    Parameters
    ----------
    *codings : DataFrame
        Two tables or more of statements, or of other codings, with the columns of `unit` and
        `code`; here they are called a, b, c and so on. A code counts once in a unit, however often
        it occurs there. A row without a code, or with a `count` of 0, does not count. Of two, a is
        the reference for b.
    unit : str or sequence of str
        The columns that identify a unit; by default, a unit is a paragraph of a document. `code`
        cannot be one of them.
    passages : DataFrame, optional
        All units that all coders read, as a table with these columns. By default the units in
        which at least one coder found a code. Units without codes then do not count, so kappa and
        alpha are lower. If it has a column `weight`, as from `sample_passages`, each unit counts as
        that many, so that all columns are estimates for the passages from which the sample is.
    values : str
        The column that is compared. By default, coders agree if both or neither have a code in a
        unit. For another column, such as ``"role"``, ``"actor"`` or ``"qualifier"``, the question
        is what they say about a code that they have both found: each code in a unit that two coders
        or more have, with a value, is compared. The value of a coder who does not have the code, or
        whose cell is empty, is missing. If a coder gives several values to a code in a unit, they
        are one value together, such as ``"commits and reports"``. They remain apart if `unit` also
        names the column that distinguishes them, such as `actor`.
    seed : int, optional
        Seed of the random samples; the same seed returns the same intervals.

    Returns
    -------
    DataFrame
        One row for each code of the codings (or for each value that is compared), sorted. The last
        row is ``"overall"``. For codes it takes all pairs of a unit and a code together, so that
        frequent codes weigh most (micro-average). For other values, it is about all values of the
        nominal variable; only what is compared counts.

        The columns are `code` (or `value`); for each coding `a`, `b` and so on, the number of units
        with the code (or of codes in units with the value); and, for two codings, `both`,
        `precision` (both / b), `recall` (both / a), `f1` and `kappa` (Cohen). For more codings,
        `all` is the number on which all coders agree. The last ones are `alpha`
        (Krippendorff, nominal), and `low` and `high`, the 95 % interval of alpha. A measure is NaN
        where its denominator is zero.

        The interval is a bootstrap: 1,000 times, units are drawn with replacement and alpha is
        computed again (Krippendorff's own bootstrap keeps the expected disagreement fixed). Units
        with a weight are replaced by units of the same weight. The interval is NaN if alpha is
        undefined in more than 5 % of the samples, as for a very rare code.

    Raises
    ------
    TypeError
        If a coding, or `passages`, is not a table.
    ValueError
        If there are fewer than two codings; if a column is missing; if `unit` is empty, or names
        `code`, `values` or a column twice; if a cell that identifies a unit is empty; if a column
        has values of different types, such as texts and datetimes, in one table or in two; if a
        code is in a unit that is not in `passages`; if a weight is not a number from 1, or a unit
        with a weight is in two rows; if a code or value is named ``"overall"``; or if `seed` is
        invalid.

    See Also
    --------
    disagreements : The units in which two codings differ.
    sample_passages : Draw passages for a second coder.
    merge_codings : List who coded what, and what must be settled.
    unitizing_agreement : Compare the places that two people selected.
    code_documents : Code documents by terms, for example to compare with a coding by hand.

    References
    ----------
    Cohen, J. (1960), A coefficient of agreement for nominal scales. Krippendorff, K. (2018),
    Content Analysis, 4th ed., chapter 12.

    Examples
    --------
    >>> passages = pd.DataFrame({"document": "report", "paragraph": [1, 2, 3, 4]})
    >>> a = pd.DataFrame({"document": "report", "paragraph": [1, 2], "code": "robots"})
    >>> b = pd.DataFrame({"document": "report", "paragraph": [1], "code": "robots"})
    >>> table = agreement(a, b, passages=passages).set_index("code")
    >>> table.loc["robots", ["precision", "recall", "kappa"]].to_list()
    [1.0, 0.5, 0.5]
    >>> a["role"], b["role"] = ["commits", "reports"], "reports"
    >>> agreement(a, b, values="role")[["value", "a", "b", "both"]].to_numpy().tolist()
    [['commits', 1, 0, 0], ['reports', 0, 1, 0], ['overall', 1, 1, 0]]
    """
    require_seed(seed)
    tables = by_letter(codings)
    columns = unit_columns(tables, unit, passages)
    require_text(values, "values")
    if values != "code":
        require_value_column(tables, values, columns)
    tables = {name: made(table) for name, table in tables.items()}
    names, marks = mark(tables, columns, passages, values)
    if OVERALL in set(names):
        raise ValueError(f"column {values!r}: {OVERALL!r} is reserved for the last row")
    table = pd.DataFrame({"code" if values == "code" else "value": [*names, OVERALL]})
    found = counts(marks, len(tables))
    for name, row in zip(tables, found, strict=False):
        table[name] = np.append(row, row.sum())
    if len(tables) > 2:
        table["all"] = np.append(found[-1], found[-1].sum())
    else:
        _compare_two(table, found, marks)
    return table.join(alpha_table(marks, seed))


def disagreements(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    unit: str | Sequence[str] = UNIT,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the units in which only one of two codings has a code.

    Parameters
    ----------
    a, b : DataFrame
        Two tables of statements, or of other codings, with the columns of `unit` and `code`. A row
        without a code does not count.
    unit : str or sequence of str
        The columns that identify a unit, each named once; `code` and `only` are not among them.
    documents : DataFrame, optional
        The texts, or some of them: `document`, `paragraph` and `text`. Both codings then need
        `document` and `paragraph` too.

    Returns
    -------
    DataFrame
        One row for each unit and code, sorted: the columns of `unit`, `code`, and `only`
        (``"a"`` or ``"b"``, the coding that has the code). With `documents`, there is the column
        `sentence` too: that of the first statement with the code in the unit, as in `evidence`.

    Raises
    ------
    TypeError
        If `a`, `b` or `documents` is not a table.
    ValueError
        If a column is missing, `unit` is empty or names a column twice, `code` or `only`, a cell
        that names a unit is empty, or a column holds values of different types (such as texts and
        datetimes), in one table or in both; or if `documents` has a paragraph twice, or no document
        of these statements.

    See Also
    --------
    agreement : Measure the agreement of two codings.

    Examples
    --------
    >>> a = pd.DataFrame({"document": "report", "paragraph": [1, 2], "code": "robots"})
    >>> b = pd.DataFrame({"document": "report", "paragraph": [1], "code": "robots"})
    >>> print(disagreements(a, b).to_string(index=False))
    document  paragraph   code only
      report          2 robots    a
    """
    columns = [*unit_columns({"a": a, "b": b}, unit), "code"]
    added = ["only"] if documents is None else ["only", "sentence"]
    for column in added:
        if column in columns:
            raise ValueError(
                f"unit names column {column!r}, which the result needs for itself; rename it"
            )
    found = [
        made(table).drop_duplicates(columns).assign(only=name)
        for name, table in (("a", a), ("b", b))
    ]
    apart = pd.concat(found, ignore_index=True).drop_duplicates(columns, keep=False)
    apart = apart.sort_values(columns, ignore_index=True).astype({"only": "str"})
    if documents is not None:
        for name, table in (("a", a), ("b", b)):
            require_columns(table, *PARAGRAPH, name=name)
        apart = with_sentences(apart, documents)
    return apart[[*columns, *added]]


def _compare_two(table: pd.DataFrame, found: Floats, marks: Marks) -> None:
    """Add the measures that are defined for two coders: those with a reference, and kappa."""
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    table["both"] = both = np.append(found[-1], found[-1].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        table["precision"], table["recall"], table["f1"] = both / b, both / a, 2 * both / (a + b)
    table["kappa"] = kappas(found, marks)
