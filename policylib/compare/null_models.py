"""The null models: how many concepts two rows would share if chance had dealt them out."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from tqdm import tqdm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Answer = tuple[Floats, Floats, Floats, Floats]  # mean, spread, upper and lower tail of each pair

BUFFER = 32 * 2**20
LONGEST_BATCH = 2**28  # words: some tenths of a second, so that Ctrl-C is soon heard


def shared_concepts(presence: Bools) -> Ints:
    """Count what each two rows share."""
    from policylib.compare.bitset import overlaps, pack

    # By bits and not by a matrix product: after one, the threads of BLAS keep spinning for a
    # while and slow down the kernels that follow.
    shared: Ints = overlaps(pack(presence))
    return shared


def fixed_row(presence: Bools, observed: Ints, first: Ints, second: Ints) -> Answer:
    """Keep the sums of the rows: the overlap is hypergeometric."""
    from scipy.stats import hypergeom

    columns = presence.shape[1]
    a, b = presence.sum(axis=1)[first], presence.sum(axis=1)[second]
    # The tails cost much: once for each pair of sums and overlap.
    cases = np.stack([np.minimum(a, b), np.maximum(a, b), observed[first, second]])
    (small, large, shared), case = np.unique(cases, axis=1, return_inverse=True)
    null = hypergeom(columns, large, small)
    mean = a * b / columns
    spread = np.sqrt(mean * (1 - a / columns) * (columns - b) / max(columns - 1, 1))
    return mean, spread, null.sf(shared - 1)[case], null.cdf(shared)[case]


def sdsm(presence: Bools, observed: Ints, first: Ints, second: Ints) -> Answer:
    """Keep the sums of rows and columns on average: the overlap is Poisson-binomial."""
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
    """Keep the sums of rows and columns: the overlap is counted in random matrices."""
    from policylib.compare.bitset import pack, sample, shuffle, tally

    rows = len(presence)
    trades = rows * (20 if rows < 100 else 5)
    # Besag and Clifford: one walk to a hub, then each sample a walk of its own from there; the
    # data and the samples are then exchangeable, however short the walks.
    streams = np.random.SeedSequence(seed).generate_state(4 * (trials + 1), np.uint64)
    streams = streams.reshape(-1, 4)
    hub = pack(presence)
    shuffle(hub, trades, streams[-1])
    above, below = (np.zeros((rows, rows), np.uint32) for _ in range(2))
    total, squares = (np.zeros((rows, rows), np.int64) for _ in range(2))
    work = hub.size * (20 * trades // rows + rows)  # words looked at for one trial, roughly
    batch = int(np.clip(min(BUFFER // hub.nbytes, LONGEST_BATCH // work), 1, trials))
    samples = np.empty((batch, *hub.shape), np.uint64)
    with tqdm(total=trials, unit="trial", delay=10, leave=False) as progress:
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


def entry_chances(row_sums: Ints, rows: Ints, column_sums: Ints, columns: Ints) -> Floats:
    """Solve the bipartite configuration model: the most random matrix with these mean margins.

    The chance of an entry is x·y / (1 + x·y), with x and y so that rows and columns have their
    sums on average (Saracco, Di Clemente, Gabrielli and Squartini 2015). Rows, or columns, of one
    sum have one chance, so that the equations are solved for classes, by Newton's method.
    """
    chance = np.zeros((len(rows), len(columns)))
    r, c = row_sums.astype(float), column_sums.astype(float)
    left, top = np.ones(len(r), bool), np.ones(len(c), bool)
    while True:  # what is empty or full is certain, and may make others empty or full
        settled = _settle(chance, r, rows, left, c, columns, top)
        settled |= _settle(chance.T, c, columns, top, r, rows, left)
        if not settled:
            break
    if left.any():
        args = (r[left], rows[left]), (c[top], columns[top])
        wide = top.sum() > left.sum()  # fewer classes are quicker to solve for
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
    """Set aside the classes that are empty or full; tell whether there were any."""
    width = other_sizes[other_open].sum()
    full = open_ & (sums == width) & (width > 0)
    done = full | (open_ & (sums == 0))
    chance[np.ix_(full, other_open)] = 1
    other_sums[other_open] -= sizes[full].sum()
    open_ &= ~done
    return bool(done.any())


def _newton(r: Floats, rows: Ints, c: Floats, columns: Ints) -> Floats:
    """Find a and b, one for each class, so that the chances expit(a + b) add up to the sums."""
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
    """Solve the equations of Newton's method, with the rows eliminated from them."""
    slope = chance * (1 - chance) * np.outer(rows, columns)
    of_rows, of_columns = np.split(-off * np.concatenate([rows, columns]), [len(rows)])
    weight = np.maximum(slope.sum(axis=1), np.finfo(float).tiny)
    part = slope / weight[:, None]
    rest = np.diag(slope.sum(axis=0)) - slope.T @ part
    # Adding to all a and taking from all b changes nothing: the smallest of these steps.
    b = np.linalg.lstsq(rest, of_columns - part.T @ of_rows, rcond=None)[0]
    return np.concatenate([(of_rows - slope @ b) / weight, b])


def _miss(
    a: Floats, b: Floats, r: Floats, rows: Ints, c: Floats, columns: Ints
) -> tuple[Floats, Floats]:
    """Give the chances, and by how much their sums miss the rows' and the columns' sums."""
    chance = expit(a[:, None] + b)
    return chance, np.concatenate([chance @ columns - r, rows @ chance - c])
