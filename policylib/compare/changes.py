"""Changes between two collections of documents, such as those of two years."""

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.cells import require_values
from policylib._util.matrices import check_counts
from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import require_flag, require_seed, require_whole
from policylib._util.warn import warn
from policylib.compare.counts import counts_of, require_level, require_names, that_count
from policylib.compare.permutation import BATCH, Floats, corrected, warn_of_few_trials
from policylib.documents.sentences import with_sentences
from policylib.tables.levels import Level, roll_up_codes

LEVEL = 0.95  # of intervals
# Of five counts, chance puts all into one of two years of equal length in 1 of 16 cases.
FEWEST = 6
FEWEST_WAYS = 40  # to exchange units; with fewer, p, which has two sides, cannot be 0.05
SIDES = ("before", "after")
PLACE = ["document", "paragraph", "start", "end"]


def rank_changes(
    before: pd.DataFrame, after: pd.DataFrame, *, trials: int = 9_999, seed: int | None = None
) -> pd.DataFrame:
    """List how the share of each concept changed, with an interval and a test, the clearest first.

    A share refers to all counts of an actor, so it also changes if the counts of other concepts
    do. Compare like with like: select the plans of both years, or the reviews, before you count.
    Then read `explain_change`, which lists the words behind a change.

    Parameters
    ----------
    before, after : DataFrame
        Counts, as `count_statements` returns them. With several columns as rows, such as
        ``rows=["actor", "document", "paragraph"]``, the first level of the index is the actor, each
        row is a unit, and each actor is compared with itself. With one column as rows, such as
        ``rows="actor"``, each row is a unit, and all of them together are compared. A unit that is
        in both tables, such as a province, is compared with itself.
    trials : int
        The number of permutations.
    seed : int, optional
        The same seed draws the same permutations.

    Returns
    -------
    DataFrame
        One row for each concept, and actor if there are several levels, sorted by p and the size of
        the change: `actor`, `concept`, `count_before`, `count_after`, `before` and `after` (shares
        of all counts, 0 to 1), `change` (the difference of the shares), `low` and `high` (its 95 %
        interval), `p` (two-sided) and `q` (p corrected for all rows by Benjamini and Hochberg).
        Rows without counts in both years are left out. What is unknown is missing: shares of a year
        in which the actor has no counts; `low` and `high` with fewer than two units in a year; and
        `p` with fewer than six counts in both years together, or with so few units that it cannot
        be 0.05 or less, such as five provinces.

    Raises
    ------
    TypeError
        If `before` or `after` is not a DataFrame.
    ValueError
        If a table has duplicate labels, an actor without a name, or cells that are not counts; if
        the tables have different levels, or no counts; or if `trials` is not a whole number from 1,
        or `seed` not one from 0.

    Warns
    -----
    UserWarning
        If `trials` are too few for any q to come below 0.05.

    See Also
    --------
    explain_change : The words that make a change.
    plot_changes : Draw the changes.
    rank_emphasis : Compare actors in one year.

    Notes
    -----
    A share is that of all units together, so long units weigh more. If the lengths of units change
    from year to year, it can change although no unit changes.

    The interval is Newcombe's: it joins the intervals of two shares (MOVER). Those are Wilson's,
    with the count of all concepts divided by the design effect. That is how much larger the
    variance of the shares is between units than between single counts, and at least 1. Where units
    are in both tables, the correlation of the two shares enters. On work reports of 31 provinces,
    drawn anew by paragraphs, 96 of 100 intervals held the change on average; fewer did where a
    concept is in few paragraphs with many counts each, or where a few units have most counts.

    p is (1 + the number of permutations with at least this change) / (trials + 1). A permutation
    exchanges the years of each unit that is in both tables, or not, at random, and deals the other
    units to the years anew. Reports that all treat the same topics in turn differ less than
    paragraphs drawn at random, so p of paragraphs is too large for them.

    References
    ----------
    Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions.
    Statistics in Medicine 17(8). Zou, G. Y. and Donner, A. (2008), Construction of confidence
    limits about effect measures. Statistics in Medicine 27(10). Kish, L. (1965), Survey Sampling.

    Examples
    --------
    >>> before = pd.DataFrame({"rail": [3, 2, 4, 3], "care": [1, 1, 1, 1]}, index=[*"abcd"])
    >>> after = pd.DataFrame({"rail": [1, 1, 2, 2], "care": [3, 2, 3, 2]}, index=[*"abcd"])
    >>> changes = rank_changes(before, after, trials=99, seed=0)
    >>> changes[["concept", "before", "after", "change"]].to_numpy().tolist()
    [['rail', 0.75, 0.375, -0.375], ['care', 0.25, 0.625, 0.375]]
    """
    one, other = _both(_cells, before, after)
    if before.index.nlevels != after.index.nlevels:
        raise ValueError(
            f"before has a {before.index.nlevels}-level index and after a "
            f"{after.index.nlevels}-level index; count both by the same columns"
        )
    names = [[*table.index.names] for table in (before, after)]
    if None not in (*names[0], *names[1]) and names[0] != names[1]:
        raise ValueError(f"before counts by {names[0]} and after by {names[1]}; expected the same")
    require_whole(trials, "trials")
    require_seed(seed)
    if one.empty and other.empty:
        raise ValueError("before and after have no counts; there is nothing to compare")
    concepts = one.columns.union(other.columns, sort=False)
    one, other = (side.reindex(columns=concepts, fill_value=0.0) for side in (one, other))
    random = np.random.default_rng(seed)
    if before.index.nlevels == 1:
        ranked = _compare(one, other, trials, random)
    else:
        parts = {
            actor: _compare(_rows_of(one, actor), _rows_of(other, actor), trials, random)
            for actor in one.index.unique(0).union(other.index.unique(0))
        }
        ranked = pd.concat(parts, names=["actor"]).reset_index("actor").reset_index(drop=True)
    if all((side % 1 == 0).all(axis=None) for side in (one, other)):
        ranked = ranked.astype({"count_before": "int64", "count_after": "int64"})
    ranked["q"] = corrected(ranked["p"])
    warn_of_few_trials(ranked, trials)
    order = ranked.assign(size=-ranked["change"].abs()).sort_values(["p", "size"], kind="stable")
    return order.drop(columns="size").reset_index(drop=True)


def explain_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    columns: str = "code",
    level: Level | None = None,
    codebook: pd.DataFrame | None = None,
    documents: pd.DataFrame | None = None,
    denied: bool = False,
) -> pd.DataFrame:
    """List the words that make the changes of shares, each with a place where it is said.

    A priority may seem to rise because of one word, such as the name of an epidemic that is over.
    So read the words before you report a change.

    Parameters
    ----------
    before, after : DataFrame
        One row for each statement of the two years, with `document`, `paragraph` and `quote`. Pass
        all concepts, because shares refer to all statements, and select rows of the result. Or
        pass the tables of `find_terms`, which have a row for each term in the column `term`. A
        statement of `code_documents` is not exact here: it counts all terms of its code in a
        paragraph, but its quote is only the first of them. So a word may seem to fall while it
        rises. A warning says so.
    columns : str
        The column of the concepts.
    level, codebook : optional
        As in `count_statements`: roll the column `code` up to a level of the codebook.
    documents : DataFrame, optional
        The texts of both years, or some of them, as in `evidence`; adds the column `sentence`.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        One row for each concept and quote (whatever its letter case), the concepts with the largest
        changes first, and so the quotes of each: `concept`, `quote`, `count_before`, `count_after`,
        `documents_before`, `documents_after` (in how many documents it is a quote), `before` and
        `after` (its share of all counts, 0 to 1) and `change` (their difference). The changes of
        the quotes add up to that of the concept in `rank_changes`. `document`, `paragraph`, and
        `start` and `end` if known, are one place in the year in which its share is larger, in a
        paragraph that has the quote most often.

    Raises
    ------
    TypeError
        If a table is not a DataFrame.
    ValueError
        If a column is missing, a count is missing, negative or not a number, or a code is not in
        the codebook; or if one of the two tables has no counts.

    Warns
    -----
    UserWarning
        If a statement counts more than one term under its quote.

    See Also
    --------
    rank_changes : The changes, with intervals and a test.
    find_terms : All terms of a codebook in texts.
    concordance : All places of a word in their sentences.

    Examples
    --------
    >>> place = {"document": "report", "paragraph": [1, 2, 3, 4]}
    >>> before = pd.DataFrame(
    ...     place | {"code": [*"RRCC"], "quote": ["rail", "rail", "nurses", "nurses"]}
    ... )
    >>> after = before.assign(code="C", quote=["epidemic", "epidemic", "nurses", "nurses"])
    >>> explained = explain_change(before, after)
    >>> print(explained[["concept", "quote", "before", "after", "change"]].to_string(index=False))
    concept    quote  before  after  change
          R     rail     0.5    0.0    -0.5
          C epidemic     0.0    0.5     0.5
          C   nurses     0.5    0.5     0.0
    """
    require_flag(denied, "denied")
    require_level(level, codebook, [columns])
    both = _both(lambda side: _said(side, columns, level, codebook, denied), before, after)
    given = zip((before, after), both, strict=True)
    # In a table of `find_terms`, whose column is `term`, a count is that of the term.
    several = sum((made["count"] > 1).sum() for side, made in given if "quote" in side)
    if several:
        statements = "1 statement counts" if several == 1 else f"{several} statements count"
        warn(
            f"{statements} more than one term under one quote, so the counts of words are not "
            "exact; pass the tables of find_terms"
        )
    said = pd.concat(dict(zip(SIDES, both, strict=True)), names=["side"])
    said = said.reset_index("side").reset_index(drop=True)
    table = _by_quote(said)
    place = [pd.factorize(said[name])[0] for name in ("document", "paragraph")]
    said["often"] = said["count"].groupby([said["word"], said["side"], *place]).transform("sum")
    said["shown"] = (said["side"] == "after") == (table["change"] > 0)[said["word"]].to_numpy()
    said = said.sort_values(["shown", "often"], ascending=False, kind="stable")
    shown = [name for name in PLACE if name in said]
    table = table.join(said.drop_duplicates("word").set_index("word")[["concept", "quote", *shown]])
    size = table["change"].abs()
    whole = table.groupby("concept", sort=False)["change"].transform("sum").abs()
    order = np.lexsort((-size, pd.factorize(table["concept"])[0], -whole))
    measures = ["count_before", "count_after", "documents_before", "documents_after"]
    names = ["concept", "quote", *measures, "before", "after", "change", *shown]
    table = table[names].iloc[order].reset_index(drop=True)
    return table if documents is None else with_sentences(table, documents)


def _both(
    read: Callable[[pd.DataFrame], pd.DataFrame], before: pd.DataFrame, after: pd.DataFrame
) -> list[pd.DataFrame]:
    """Apply a function to both tables; an error names the table."""
    tables = []
    for name, table in zip(SIDES, (before, after), strict=True):
        try:
            tables.append(read(table))
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
    return tables


def _said(
    table: pd.DataFrame,
    columns: str,
    level: Level | None,
    codebook: pd.DataFrame | None,
    denied: bool,
) -> pd.DataFrame:
    """Return the concept, quote, place and count of the statements of a year that count."""
    if isinstance(table, pd.DataFrame) and "quote" not in table and "term" in table:
        table = table.assign(quote=table["term"])
    require_columns(table, "document", "paragraph", "quote", columns)
    require_values(table, "document")
    require_names([columns], table.columns)
    made = that_count(table, denied=denied)
    concept = made[columns]
    if level is not None and codebook is not None:
        concept = roll_up_codes(concept, codebook, level)
    kept = [name for name in ("quote", *PLACE) if name in made]
    for name in (columns, *kept):
        require_hashable(made[name])
    made = made[kept].assign(concept=concept, count=counts_of(made)).dropna(subset="concept")
    if made.empty:
        raise ValueError("there are no counts; shares need some")
    return made.reset_index(drop=True)


def _by_quote(said: pd.DataFrame) -> pd.DataFrame:
    """Count each word, that is, a concept and a quote, in both years."""
    quote = said["quote"].astype("str").str.casefold()
    said["word"] = said.groupby(["concept", quote], sort=False, dropna=False).ngroup()
    groups = said.groupby(["word", "side"])
    counts, documents = (
        values.unstack("side", fill_value=0)
        for values in (groups["count"].sum(), groups["document"].nunique())
    )
    shares = counts / counts.sum()
    parts = [counts.add_prefix("count_"), documents.add_prefix("documents_"), shares]
    table: pd.DataFrame = pd.concat(parts, axis=1)
    return table.assign(change=table["after"] - table["before"])


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of units and concepts that have counts.

    Units without counts say nothing about shares, but would add to the number of units.
    """
    cells = pd.DataFrame(check_counts(table), table.index, table.columns)
    if table.columns.nlevels > 1:
        raise ValueError("the columns have several levels; expected one, the concepts")
    if table.columns.hasnans:
        raise ValueError("a column has no concept; name it or leave it out")
    if isinstance(table.index, pd.MultiIndex) and table.index.nlevels == 1:
        cells.index = table.index.get_level_values(0)
    if table.index.nlevels > 1 and table.index.get_level_values(0).hasnans:
        raise ValueError("a row has no actor; name it or leave the row out")
    return cells.loc[(cells > 0).any(axis=1), (cells > 0).any()]


def _rows_of(side: pd.DataFrame, actor: Any) -> pd.DataFrame:
    """Return the units of an actor under their labels."""
    rows: pd.DataFrame = side[side.index.get_level_values(0) == actor].droplevel(0)
    return rows


def _compare(
    before: pd.DataFrame, after: pd.DataFrame, trials: int, random: np.random.Generator
) -> pd.DataFrame:
    """Compare the shares of each concept in the units of two years."""
    table = pd.DataFrame({"concept": before.columns})
    table["count_before"], table["count_after"] = before.sum().array, after.sum().array
    for side in SIDES:
        total = table[f"count_{side}"].sum()
        table[side] = table[f"count_{side}"] / (total if total else np.nan)
    table["change"] = table["after"] - table["before"]
    table[["low", "high", "p"]] = np.nan
    counts = table["count_before"] + table["count_after"]
    if min(len(before), len(after)) > 1:
        table["low"], table["high"] = _interval(before, after)
        p = _test(before, after, trials, random)
        table["p"] = np.where(counts >= FEWEST, p, np.nan)
    return table.loc[counts > 0]


def _interval(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the ends of an interval for the difference of shares; see the notes above."""
    from scipy.stats import t

    labels = before.index.union(after.index)
    share, parts, variance, simple, z, near, far = [], [], [], [], [], [], []
    for side in (before, after):
        units = side.to_numpy()
        lengths = units.sum(axis=1)
        total = lengths.sum()
        number = total**2 / (lengths**2).sum()  # of units of equal length
        share.append(units.sum(axis=0) / total)
        # What each unit adds to the deviation of the share, by the delta method.
        added = (units - share[-1] * lengths[:, None]) / total
        parts.append(pd.DataFrame(added, side.index).reindex(labels, fill_value=0.0).to_numpy())
        variance.append((added**2).sum(axis=0) * number / (number - 1))
        z.append(t.ppf((1 + LEVEL) / 2, max(number - 1, 0.1)))
        simple.append(share[-1] * (1 - share[-1]) / total)
    design = np.maximum(_ratio(sum(variance), sum(simple), 1.0), 1)
    shared = len(before.index.intersection(after.index))
    joint = (parts[0] * parts[1]).sum(axis=0) * shared / max(shared - 1, 1)
    together = np.clip(_ratio(joint, np.sqrt(variance[0] * variance[1]), 0.0), -1, 1)
    for side, middle, width in zip((before, after), share, z, strict=True):
        ends = _wilson(middle, side.to_numpy().sum() / design, width)
        near.append(middle - ends[0])
        far.append(ends[1] - middle)
    change = share[1] - share[0]
    return change - _joined(near[1], far[0], together), change + _joined(far[1], near[0], together)


def _ratio(a: Floats, b: Floats, otherwise: float) -> Floats:
    """Divide, with a value for what would divide by zero."""
    result: Floats = np.divide(a, b, out=np.full_like(b, otherwise), where=b > 0)
    return result


def _wilson(share: Floats, number: Floats, z: float) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's interval of a share of so many counts."""
    middle = share + z**2 / (2 * number)
    half = z * np.sqrt(share * (1 - share) / number + (z / (2 * number)) ** 2)
    return (middle - half) / (1 + z**2 / number), (middle + half) / (1 + z**2 / number)


def _joined(one: Floats, other: Floats, together: Floats) -> Floats:
    """Join the margins of two shares into that of their difference."""
    return np.sqrt(np.maximum(one**2 + other**2 - 2 * together * one * other, 0))


def _test(
    before: pd.DataFrame, after: pd.DataFrame, trials: int, random: np.random.Generator
) -> Floats:
    """Return p of no change: exchange the years of shared units, and deal the others anew."""
    shared = before.index.intersection(after.index)
    one, other = before.loc[shared].to_numpy(), after.loc[shared].to_numpy()
    alone = [side.drop(index=shared).to_numpy() for side in (after, before)]
    dealt, later = np.vstack(alone), len(alone[0])
    if 2 ** len(shared) * comb(len(dealt), later) < FEWEST_WAYS:
        return np.full(before.shape[1], np.nan)
    whole = (one + other).sum(axis=0) + dealt.sum(axis=0)
    found = np.abs(_difference(after.to_numpy().sum(axis=0)[None], whole))
    extreme = np.zeros(len(whole))
    for batch in range(0, trials, BATCH):
        number = min(BATCH, trials - batch)
        drawn = other.sum(axis=0) + (random.random((number, len(one))) < 0.5) @ (one - other)
        if later:
            order = random.random((number, len(dealt)))
            last = np.partition(order, later - 1, axis=1)[:, [later - 1]]
            drawn = drawn + (order <= last) @ dealt
        extreme += (~(np.abs(_difference(drawn, whole)) < found - 1e-12)).sum(axis=0)
    result: Floats = (1 + extreme) / (trials + 1)
    return result


def _difference(after: Floats, whole: Floats) -> Floats:
    """Return the differences of shares, draws × concepts, by the counts of the later year."""
    before = whole - after
    with np.errstate(invalid="ignore"):  # a draw may leave nothing to one year
        change: Floats = after / after.sum(axis=1, keepdims=True)
        change -= before / before.sum(axis=1, keepdims=True)
    return change
