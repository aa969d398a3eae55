"""Null models: how many concepts two rows would share by chance."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from tqdm import tqdm

from policylib._util.warn import warn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Answer = tuple[Floats, Floats, Floats, Floats]  # mean, standard deviation, upper and lower tail

BUFFER = 32 * 2**20
MIXING = 6  # trades of a row that change each of its cells about once, times six
MOST_TRADES = 500  # for each row
# Words of 64 bits. A batch of them takes some tenths of a second; Ctrl-C works between batches.
LONGEST_BATCH = 2**28


def shared_concepts(presence: Bools) -> Ints:
    """Count the concepts that each two rows share."""
    from policylib.compare.bitset import overlaps, pack

    # This counts bits. After a matrix product, the threads of BLAS stay busy for a while and
    # slow down the compiled functions that follow.
    shared: Ints = overlaps(pack(presence))  # type: ignore[no-untyped-call]
    return shared


def fixed_row(presence: Bools, observed: Ints, first: Ints, second: Ints) -> Answer:
    """Return the overlap by chance where row sums are kept: it is hypergeometric."""
    from policylib.compare.bitset import hypergeometric

    columns = presence.shape[1]
    sums, kind = np.unique(presence.sum(axis=1), return_inverse=True)
    a, b = sums[kind[first]], sums[kind[second]]
    # Rows with equal sums have equal distributions, so each pair of sums is computed once.
    low, high = np.minimum(kind[first], kind[second]), np.maximum(kind[first], kind[second])
    order = np.argsort(low * len(sums) + high, kind="stable")
    upper, lower = hypergeometric(columns, sums, low, high, observed[first, second], order)
    mean = a * b / columns
    spread = np.sqrt(mean * (1 - a / columns) * (columns - b) / max(columns - 1, 1))
    return mean, spread, upper, lower


def sdsm(presence: Bools, observed: Ints, first: Ints, second: Ints) -> Answer:
    """Return the overlap by chance where row and column sums are kept on average.

    It is Poisson-binomial.
    """
    from policylib.compare.bitset import poisson_binomial

    row_sums, row_class = np.unique(presence.sum(axis=1), return_inverse=True)
    column_sums, column_class = np.unique(presence.sum(axis=0), return_inverse=True)
    rows, columns = np.bincount(row_class), np.bincount(column_class)
    chance = entry_chances(row_sums, rows, column_sums, columns)
    low = np.minimum(row_class[first], row_class[second])
    high = np.maximum(row_class[first], row_class[second])
    codes, pair = np.unique(low * len(rows) + high, return_inverse=True)
    pairs = np.stack(np.divmod(codes, len(rows)), axis=1)
    order = np.argsort(pair, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(pair))])
    shared = observed[first, second]
    upper, lower = np.empty(len(shared)), np.empty(len(shared))
    poisson_binomial(chance, columns, pairs, starts, order, shared, upper, lower)
    both = chance[pairs[:, 0]] * chance[pairs[:, 1]]
    mean = both @ columns
    spread = np.sqrt((both * (1 - both)) @ columns)
    return mean[pair], spread[pair], upper, lower


def fdsm(
    presence: Bools, observed: Ints, first: Ints, second: Ints, trials: int, seed: int | None
) -> Answer:
    """Return the overlap in random matrices with the same row and column sums."""
    from policylib.compare.bitset import pack, sample, shuffle, tally

    rows = len(presence)
    trades = trades_needed(presence.sum(axis=1), presence.sum(axis=0))
    if trades > rows * MOST_TRADES:
        trades = rows * MOST_TRADES
        warn(
            f"the rows are so nested that {trades} trades for each sample may be too few; expected "
            'values may be wrong, p is still exact; compare model="sdsm"'
        )
    # After Besag and Clifford: the data are shuffled into a hub, and each sample is the hub
    # shuffled anew. Data and samples are then exchangeable, even if shuffled only a little.
    streams = np.random.SeedSequence(seed).generate_state(trials + 1, np.uint64)
    hub = pack(presence)
    shuffle(hub, trades, streams[-1])
    above, below = (np.zeros((rows, rows), np.uint32) for _ in range(2))
    total, squares = (np.zeros((rows, rows), np.int64) for _ in range(2))
    work = hub.size * (20 * trades // rows + rows)  # roughly the words that one trial reads
    batch = int(np.clip(min(BUFFER // hub.nbytes, LONGEST_BATCH // work), 1, trials))
    samples = np.empty((batch, *hub.T.shape), np.uint64)
    with tqdm(total=trials, unit="trial", delay=30, leave=False) as progress:
        for start in range(0, trials, batch):
            part = streams[start : min(start + batch, trials)]
            sample(hub, samples[: len(part)], trades, part)
            tally(samples[: len(part)], observed, above, below, total, squares)
            progress.update(len(part))
    mean = total[first, second] / trials
    spread = np.sqrt(np.maximum(squares[first, second] / trials - mean**2, 0))
    upper = (above[first, second] + 1.0) / (trials + 1)
    lower = (below[first, second] + 1.0) / (trials + 1)
    return mean, spread, upper, lower


def trades_needed(row_sums: Ints, column_sums: Ints) -> int:
    """Return how many trades between two rows mix a matrix with these sums well.

    A trade exchanges the concepts that only one of two rows has. If rows are nested, one of them
    has few such concepts, and a trade changes little. So the number is six times the cells of a row
    that can change, divided by the cells that a mean trade changes, both as expected by the
    bipartite configuration model. It depends on the sums alone: if it depended on the matrix
    itself, p would not be exact.

    Parameters
    ----------
    row_sums, column_sums : numpy.ndarray
        The sums of all rows and of all columns.

    Returns
    -------
    int
        At least 20 trades for each row of fewer than 100, and 5 for each row of more.

    Examples
    --------
    If all rows and columns have equal sums, a row needs six trades:

    >>> trades_needed(np.full(120, 200), np.full(400, 60)) / 120
    6.0
    """
    kinds, of_row = np.unique(row_sums, return_counts=True)
    column_kinds, of_column = np.unique(column_sums, return_counts=True)
    chance = entry_chances(kinds, of_row, column_kinds, of_column)
    free = (chance * (1 - chance)) @ of_column
    only = (chance * of_column) @ (1 - chance).T  # concepts that one row has and the other lacks
    both = only + only.T
    with np.errstate(invalid="ignore"):  # two full or two empty rows have nothing to trade
        changed = np.where(both > 0, 2 * only * only.T / both, 0)
    others = (changed @ of_row - np.diag(changed)) / max(len(row_sums) - 1, 1)
    loose = free > 0.5  # other rows can hardly change
    rows, least = len(row_sums), 20 if len(row_sums) < 100 else 5
    if not loose.any():
        return rows * least
    with np.errstate(divide="ignore"):
        mean = (free @ of_row) / (others @ of_row)
        slowest = (free[loose] / others[loose]).max() / 2
    needed = MIXING * max(mean, slowest)
    return rows * int(np.ceil(min(max(needed, least), MOST_TRADES + 1)))


def entry_chances(row_sums: Ints, rows: Ints, column_sums: Ints, columns: Ints) -> Floats:
    """Solve the bipartite configuration model: the most random matrix with these mean sums.

    The chance of an entry is x·y / (1 + x·y); x and y are such that rows and columns have their
    sums on average (Saracco, Di Clemente, Gabrielli and Squartini 2015). Rows with equal sums have
    equal chances, and so have columns. The equations are therefore solved for classes of equal
    sums, by Newton's method.

    Parameters
    ----------
    row_sums, column_sums : numpy.ndarray
        The different sums, one for each class.
    rows, columns : numpy.ndarray
        The number of rows and columns in each class.

    Returns
    -------
    numpy.ndarray
        The chance of an entry, classes of rows × classes of columns.

    Raises
    ------
    ArithmeticError
        If no matrix has these sums.
    """
    chance = np.zeros((len(rows), len(columns)))
    r, c = row_sums.astype(float), column_sums.astype(float)
    left, top = np.ones(len(r), bool), np.ones(len(c), bool)
    while True:  # setting aside a full or empty class may make another one full or empty
        settled = _settle(chance, r, rows, left, c, columns, top)
        settled |= _settle(chance.T, c, columns, top, r, rows, left)
        if not settled:
            break
    if left.any():
        args = (r[left], rows[left]), (c[top], columns[top])
        # A step solves for the columns, so the side with fewer classes takes their place.
        wide = top.sum() > left.sum()
        solved = _newton(*args[1], *args[0]).T if wide else _newton(*args[0], *args[1])
        chance[np.ix_(left, top)] = solved
    return chance


def _settle(
    chance: Floats,
    sums: Floats,
    sizes: Ints,
    open_: Bools,
    other_sums: Floats,
    other_sizes: Ints,
    other_open: Bools,
) -> bool:
    """Set aside classes whose entries are all 0 or all 1; return whether there were any."""
    width = other_sizes[other_open].sum()
    full = open_ & (sums == width) & (width > 0)
    done = full | (open_ & (sums == 0))
    chance[np.ix_(full, other_open)] = 1
    other_sums[other_open] -= sizes[full].sum()
    open_ &= ~done
    return bool(done.any())


def _newton(r: Floats, rows: Ints, c: Floats, columns: Ints) -> Floats:
    """Return the chances expit(a + b), with a and b such that they add up to the sums."""
    a = logit(r / columns.sum())
    b = logit(c / rows.sum()) - logit((r @ rows) / (rows.sum() * columns.sum()))
    chance, off = _miss(a, b, r, rows, c, columns)
    for _ in range(200):
        step = _newton_step(chance, off, rows, columns)
        length = 1.0
        while length > 1e-8:
            tried = a + length * step[: len(a)], b + length * step[len(a) :]
            nearer, rest = _miss(*tried, r, rows, c, columns)
            if np.abs(rest).max() < np.abs(off).max():
                break
            length /= 2
        else:
            break
        (a, b), chance, off = tried, nearer, rest
        if np.abs(off).max() < 1e-11:
            break
    if np.abs(off).max() > 1e-6:
        raise ArithmeticError("the configuration model of this matrix could not be solved")
    return chance


def _newton_step(chance: Floats, off: Floats, rows: Ints, columns: Ints) -> Floats:
    """Return the step of Newton's method, with the equations of the rows eliminated."""
    slope = chance * (1 - chance) * np.outer(rows, columns)
    of_rows, of_columns = np.split(-off * np.concatenate([rows, columns]), [len(rows)])
    weight = np.maximum(slope.sum(axis=1), np.finfo(float).tiny)
    part = slope / weight[:, None]
    rest = np.diag(slope.sum(axis=0)) - slope.T @ part
    # Adding a number to all a and subtracting it from all b changes nothing, so the solution
    # is not unique; lstsq returns the smallest.
    b = np.linalg.lstsq(rest, of_columns - part.T @ of_rows, rcond=None)[0]
    return np.concatenate([(of_rows - slope @ b) / weight, b])


def _miss(
    a: Floats, b: Floats, r: Floats, rows: Ints, c: Floats, columns: Ints
) -> tuple[Floats, Floats]:
    """Return the chances, and how far their sums are from those of the rows and columns."""
    chance = expit(a[:, None] + b)
    return chance, np.concatenate([chance @ columns - r, rows @ chance - c])
