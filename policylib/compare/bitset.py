# mypy: ignore-errors
"""Compiled functions of the null models; a row is a set of bits.

Import this module inside the functions that need it, because numba is slow to load.
"""

import numba as nb
import numpy as np
from numba.core import types
from numba.extending import intrinsic

WORD = 64
SIXTEENTHS = 16
ONE = np.uint64(1)
MARGIN = 4  # columns are added four at a time
NEGLIGIBLE = 1e-290  # the smallest probability that is kept; below are numbers that are slow


def pack(presence: np.ndarray) -> np.ndarray:
    """Return rows of truth values as rows of 64-bit words."""
    rows, columns = presence.shape
    padded = np.zeros((rows, -(-columns // WORD) * WORD), dtype=bool)
    padded[:, :columns] = presence
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


@intrinsic
def _popcount(_context, _word):
    """Count the bits of a word by the instruction of the processor."""
    return types.uint64(types.uint64), lambda _c, builder, _s, args: builder.ctpop(args[0])


@nb.njit(inline="always")
def _count(word):
    return np.int64(_popcount(word))


@nb.njit(inline="always")
def _random(state):
    """Return 64 random bits by xoshiro256++ (Blackman and Vigna 2021)."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    mixed = s0 + s3
    result = ((mixed << np.uint64(23)) | (mixed >> np.uint64(41))) + s0
    s2 ^= s0
    s3 ^= s1
    state[1] = s1 ^ s2
    state[0] = s0 ^ s3
    state[2] = s2 ^ (s1 << np.uint64(17))
    state[3] = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    return result


@nb.njit(inline="always")
def _below(state, n):
    """Return a random whole number from 0 to n - 1; n is below 2^32, the bias below n / 2^32."""
    return np.int64(((_random(state) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@nb.njit(inline="always")
def _sparse_bits(state, sixteenths):
    """Return a word in which each bit is set with this chance, given in sixteenths."""
    bits = np.uint64(0)
    for digit in range(4):  # the binary digits of the chance, from the last one
        draw = _random(state)
        bits = (bits | draw) if (sixteenths >> digit) & 1 else (bits & draw)
    return bits


@nb.njit(cache=True)
def _trade(a, b, given, state):
    """Deal out anew the columns that only one of two rows has; each row keeps its number.

    Every subset of the right size is equally likely for the first row: bits are dealt
    independently, and then added or removed at random until the number is right. All bits are
    treated alike.
    """
    apart, wanted = np.int64(0), np.int64(0)
    for w in range(a.size):
        apart += _count(a[w] ^ b[w])
        wanted += _count(a[w] & ~b[w])
    if wanted == 0 or wanted == apart:
        return
    chance = min(max((SIXTEENTHS * wanted + apart // 2) // apart, 1), SIXTEENTHS - 1)
    dealt = np.int64(0)
    for w in range(a.size):
        either = a[w] ^ b[w]
        given[w] = _sparse_bits(state, chance) & either if either else either
        dealt += _count(given[w])
    while dealt != wanted:
        more = dealt < wanted
        skip = _below(state, apart - dealt if more else dealt)
        for w in range(a.size):
            open_ = (a[w] ^ b[w]) & ~given[w] if more else given[w]
            here = _count(open_)
            if skip < here:
                for _ in range(skip):
                    open_ &= open_ - ONE
                given[w] ^= open_ & (~open_ + ONE)
                break
            skip -= here
        dealt += 1 if more else -1
    for w in range(a.size):
        both, either = a[w] & b[w], a[w] ^ b[w]
        a[w] = both | given[w]
        b[w] = both | (either & ~given[w])


@nb.njit(cache=True)
def shuffle(rows, trades, state):
    """Trade between random pairs of rows."""
    given = np.empty(rows.shape[1], np.uint64)
    for _ in range(trades):
        i = _below(state, rows.shape[0])
        j = _below(state, rows.shape[0] - 1)
        _trade(rows[i], rows[j + (j >= i)], given, state)


@nb.njit(parallel=True, cache=True)
def sample(hub, samples, trades, states):
    """Fill each sample with the hub, shuffled by the random numbers of that sample."""
    for t in nb.prange(len(samples)):
        samples[t] = hub
        shuffle(samples[t], trades, states[t])


@nb.njit(parallel=True, cache=True)
def overlaps(packed):
    """Count the columns that each two rows share."""
    rows = len(packed)
    shared = np.zeros((rows, rows), np.int64)
    for first in nb.prange(rows):
        i = np.int64(first)
        for j in range(rows):
            for w in range(packed.shape[1]):
                shared[i, j] += _count(packed[i, w] & packed[j, w])
    return shared


@nb.njit(parallel=True, cache=True)
def tally(samples, observed, above, below, total, squares):
    """Count the samples whose overlap is as large, or as small, as the observed one."""
    rows, words = samples.shape[1], samples.shape[2]
    for first in nb.prange(rows):
        i = np.int64(first)
        for t in range(len(samples)):
            for j in range(i + 1, rows):
                shared = np.int64(0)
                for w in range(words):
                    shared += _count(samples[t, i, w] & samples[t, j, w])
                above[i, j] += shared >= observed[i, j]
                below[i, j] += shared <= observed[i, j]
                total[i, j] += shared
                squares[i, j] += shared * shared


@nb.njit(cache=True)
def hypergeometric(columns, sums, low, high, shared, order):
    """Return the chance of sharing at least, and at most, as many as each pair does.

    Rows with the sums `sums[low]` and `sums[high]` are random sets of columns. `order` puts pairs
    of equal sums beside each other, so that each distribution is computed once and then dropped.
    """
    upper, lower = np.empty(len(low)), np.empty(len(low))
    at_least, at_most = np.empty(sums.max() + 1), np.empty(sums.max() + 1)
    before = -1
    for i in order:
        if before < 0 or low[i] != low[before] or high[i] != high[before]:
            a, b = sums[low[i]], sums[high[i]]
            size = min(a, b) + 1
            _tails(columns, a, b, at_least[:size], at_most[:size])
        upper[i], lower[i] = at_least[shared[i]], at_most[shared[i]]
        before = i
    return upper, lower


@nb.njit
def _tails(columns, a, b, at_least, at_most):
    """Fill the tails of the hypergeometric distribution, from its mode outwards."""
    last = len(at_least) - 1
    first = max(0, a + b - columns)
    mode = min(max((a + 1) * (b + 1) // (columns + 2), first), last)
    mass = np.zeros(last + 1)
    mass[mode] = 1.0
    for k in range(mode, last):
        mass[k + 1] = mass[k] * ((a - k) * (b - k)) / ((k + 1) * (columns - a - b + k + 1))
    for k in range(mode, first, -1):
        mass[k - 1] = mass[k] * (k * (columns - a - b + k)) / ((a - k + 1) * (b - k + 1))
    # Small masses are added first, so that small tails are exact.
    total = 0.0
    for k in range(last + 1):
        total += mass[k]
        at_most[k] = total
    whole = 0.0
    for k in range(last, -1, -1):
        whole += mass[k]
        at_least[k] = whole
    for k in range(last + 1):
        at_most[k] = min(at_most[k] / total, 1.0)
        at_least[k] = min(at_least[k] / whole, 1.0)


@nb.njit(inline="always")
def _add_four(mass, old, new, low, high, p):
    """Add four columns to a distribution; each is shared with chance p."""
    q = 1.0 - p
    none, one, two, three, four = q**4, 4 * p * q**3, 6 * p**2 * q**2, 4 * p**3 * q, p**4
    # Unsigned indices cannot be negative, so that numba can turn the loop into vector code.
    for x in range(np.uint64(low), np.uint64(high + 1)):
        at = old + x
        mass[new + x] = (
            none * mass[at]
            + one * mass[at - ONE]
            + two * mass[at - np.uint64(2)]
            + three * mass[at - np.uint64(3)]
            + four * mass[at - np.uint64(4)]
        )


@nb.njit(inline="always")
def _add_one(mass, old, new, low, high, p):
    q = 1.0 - p
    for x in range(np.uint64(low), np.uint64(high + 1)):
        mass[new + x] = q * mass[old + x] + p * mass[old + x - ONE]


@nb.njit(parallel=True, cache=True, error_model="numpy")
def poisson_binomial(chance, sizes, pairs, starts, order, shared, upper, lower):
    """Compute both tails of the number of shared columns, for each pair of classes of rows.

    Parameters
    ----------
    chance : numpy.ndarray
        Probability of an entry, classes of rows × classes of columns.
    sizes : numpy.ndarray
        Number of columns in each class.
    pairs : numpy.ndarray
        Pairs of classes of rows.
    starts, order : numpy.ndarray
        The pairs of rows that belong to pair ``k`` of classes are
        ``order[starts[k]:starts[k + 1]]``.
    shared : numpy.ndarray
        Observed overlap of each pair of rows.
    upper, lower : numpy.ndarray
        The results are written here.
    """
    columns = np.int64(sizes.sum())
    width = columns + 3 * MARGIN
    for k in nb.prange(len(pairs)):
        # `mass` holds two distributions, the old and the new one. Index MARGIN means 0 columns.
        mass = np.zeros(2 * width)
        old, new = np.uint64(0), np.uint64(width)
        low, high = np.int64(MARGIN), np.int64(MARGIN)
        mass[MARGIN] = 1.0
        for c in range(len(sizes)):
            p = chance[pairs[k, 0], c] * chance[pairs[k, 1], c]
            left = sizes[c] if p > 0.0 else 0
            while left > 0:
                if left >= MARGIN:
                    high += MARGIN
                    left -= MARGIN
                    _add_four(mass, old, new, low, high, p)
                else:
                    high += 1
                    left -= 1
                    _add_one(mass, old, new, low, high, p)
                old, new = new, old
                while mass[old + np.uint64(low)] < NEGLIGIBLE:
                    low += 1
                while mass[old + np.uint64(high)] < NEGLIGIBLE:
                    high -= 1
                for x in range(1, MARGIN + 1):
                    mass[old + np.uint64(low - x)] = 0.0
                    mass[old + np.uint64(high + x)] = 0.0
        # Each tail is summed from its far end, where the numbers are smallest.
        tail = np.zeros(columns + 2)
        for x in range(min(high - MARGIN, columns), -1, -1):
            tail[x] = tail[x + 1] + (
                mass[old + np.uint64(x + MARGIN)] if x + MARGIN >= low else 0.0
            )
        for at in range(starts[k], starts[k + 1]):
            upper[order[at]] = tail[shared[order[at]]]
        below = 0.0
        for x in range(columns + 1):
            if low <= x + MARGIN <= high:
                below += mass[old + np.uint64(x + MARGIN)]
            tail[x] = below
        for at in range(starts[k], starts[k + 1]):
            lower[order[at]] = tail[shared[order[at]]]
