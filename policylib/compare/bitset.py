# mypy: ignore-errors
"""Compiled functions of the null models; a row is a set of bits.

Import this module inside the functions that need it, because numba is slow to load.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import wraps

import numba as nb
import numpy as np
from numba.core import types
from numba.extending import intrinsic

WORD = 64
DIGITS = 4  # binary digits of a chance
SIXTEENTHS = 2**DIGITS
FEW = 3  # so few bits are changed one by one
ONE = np.uint64(1)
STEP = np.uint64(0x9E3779B97F4A7C15)  # between the numbers of a random stream
TOGETHER = 8  # rows whose pairs are counted while a sample is in the cache of the processor
MARGIN = 4  # columns are added four at a time
# The smallest chance that is kept, and the tails that are then exact. Below 1e-290, numbers are
# slow. A tail of 0 is possible, so that the second attempt is always the last.
KEPT = ((1e-40, 1e-25), (1e-290, -1.0))
SHARES = 8  # for each thread, because some take longer than others


def in_threads(count):
    """Compile a loop from `start` to `stop`, and let several threads share its turns.

    The decorated function is called without `start` and `stop`; `count` returns the number of turns
    for its arguments. The threads are those of Python and end with the call. Those of numba would
    hang in a forked process, or end the program if two threads called them.
    """

    def decorate(loop):
        compiled = nb.njit(nogil=True, cache=True, error_model="numpy")(loop)

        @wraps(loop)
        def run(*arguments):
            turns, threads = count(*arguments), nb.config.NUMBA_NUM_THREADS
            ends = np.linspace(0, turns, min(turns, threads * SHARES) + 1, dtype=int).tolist()
            pool = ThreadPoolExecutor(threads)
            try:
                list(pool.map(lambda *share: compiled(*share, *arguments), ends, ends[1:]))
            finally:  # an interrupt does not wait for the shares that have not begun
                pool.shutdown(cancel_futures=True)

        return run

    return decorate


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
def _random(number):
    """Return the 64 random bits of a number by SplitMix64 (Steele, Lea and Flood 2014).

    The numbers of a random stream are STEP apart.
    """
    mixed = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@nb.njit(inline="always")
def _below(number, n):
    """Return a random whole number from 0 to n - 1; n is below 2^32, the bias below n / 2^32."""
    return np.int64(((_random(number) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@nb.njit(inline="always")
def _sparse_bits(number, sixteenths):
    """Return a word in which each bit is set with this chance, given in sixteenths."""
    bits = np.uint64(0)
    for digit in range(DIGITS):  # the binary digits of the chance, from the last one
        draw = _random(number + np.uint64(digit) * STEP)
        one = np.uint64(0) - np.uint64((sixteenths >> digit) & 1)
        bits = (bits & draw) | ((bits | draw) & one)
    return bits


@nb.njit(cache=True)
def _trade(a, b, given, number):
    """Deal out anew the columns that only one of two rows has; each row keeps its number.

    Every subset of the right size is equally likely for the first row: bits change at random
    until their number is right, first many at a time and then one by one. All bits are treated
    alike. Return the next number of the random stream.
    """
    apart, wanted = np.int64(0), np.int64(0)
    for w in range(a.size):
        given[w] = 0
        apart += _count(a[w] ^ b[w])
        wanted += _count(a[w] & ~b[w])
    if wanted == 0 or wanted == apart:
        return number
    # Bits that are not dealt may change if more are wanted, otherwise those that are dealt.
    dealt = np.int64(0)
    while abs(wanted - dealt) > FEW:
        more = np.uint64(0) - np.uint64(dealt < wanted)
        size, left = (apart - dealt if more else dealt), abs(wanted - dealt)
        chance = min(max((SIXTEENTHS * left + size // 2) // size, 1), SIXTEENTHS - 1)
        dealt = np.int64(0)
        for w in range(a.size):
            bits = _sparse_bits(number + np.uint64(DIGITS * w) * STEP, chance)
            given[w] ^= bits & (((a[w] ^ b[w]) & more) ^ given[w])
            dealt += _count(given[w])
        number += np.uint64(DIGITS * a.size) * STEP
    while dealt != wanted:
        more = np.uint64(0) - np.uint64(dealt < wanted)
        skip = _below(number, apart - dealt if more else dealt)
        number += STEP
        for w in range(a.size):
            open_ = ((a[w] ^ b[w]) & more) ^ given[w]
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
    return number


@nb.njit(cache=True, nogil=True)
def shuffle(rows, trades, number):
    """Trade between random pairs of rows; the random stream begins at this number."""
    given = np.empty(rows.shape[1], np.uint64)
    for _ in range(trades):
        i = _below(number, rows.shape[0])
        j = _below(number + STEP, rows.shape[0] - 1)
        number = _trade(rows[i], rows[j + (j >= i)], given, number + STEP + STEP)


@in_threads(lambda hub, samples, trades, numbers: len(samples))
def sample(start, stop, hub, samples, trades, numbers):
    """Fill each sample with the hub, shuffled by a random stream of its own.

    A sample is words × rows, as `tally` needs it; the hub is rows × words.
    """
    for t in range(start, stop):
        rows = hub.copy()
        shuffle(rows, trades, numbers[t])
        samples[t] = rows.T


def overlaps(packed):
    """Count the columns that each two rows share."""
    shared = np.zeros((len(packed), len(packed)), np.int64)
    _overlaps(packed, shared)
    return shared


@in_threads(lambda packed, shared: len(packed))
def _overlaps(start, stop, packed, shared):
    for i in range(start, stop):
        for j in range(len(packed)):
            for w in range(packed.shape[1]):
                shared[i, j] += _count(packed[i, w] & packed[j, w])


@in_threads(lambda samples, *_: -(-samples.shape[2] // (2 * TOGETHER)))
def tally(start, stop, samples, observed, above, below, total, squares):
    """Count the samples whose overlap is as large, or as small, as the observed one.

    A sample is words × rows. Its first and last row have as many pairs together as the second and
    the last but one, so that each thread has the same work.
    """
    rows = samples.shape[2]
    half = (rows + 1) // 2
    for block in range(start, stop):
        shared = np.empty(rows, np.int64)
        for t in range(len(samples)):
            for i in range(block * TOGETHER, min((block + 1) * TOGETHER, half)):
                _tally_row(samples[t], i, shared, observed, above, below, total, squares)
                if rows - 1 - i > i:
                    k = rows - 1 - i
                    _tally_row(samples[t], k, shared, observed, above, below, total, squares)


@nb.njit
def _tally_row(sample, i, shared, observed, above, below, total, squares):
    """Count the overlap of one row with all later ones. The loops become vector code."""
    k = i + 1
    shared = shared[k:]
    shared[:] = 0
    for w in range(len(sample)):
        _add_shared(shared, sample[w, i], sample[w, k:])
    _compare(shared, observed[i, k:], above[i, k:], below[i, k:], total[i, k:], squares[i, k:])


@nb.njit
def _add_shared(shared, word, others):
    for j in range(shared.size):
        shared[j] += _count(word & others[j])


@nb.njit
def _compare(shared, observed, above, below, total, squares):
    for j in range(shared.size):
        n = shared[j]
        above[j] += n >= observed[j]
        below[j] += n <= observed[j]
        total[j] += n
        small = n & 0xFFFFFFFF  # so that the product is one instruction
        squares[j] += small * small


@nb.njit(cache=True, nogil=True)
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


@in_threads(lambda chance, sizes, pairs, *_: len(pairs))
def poisson_binomial(start, stop, chance, sizes, pairs, starts, order, shared, upper, lower):
    """Compute both tails of the number of shared columns, for each pair of classes of rows.

    Parameters
    ----------
    start, stop : int
        The first pair of classes, and the one after the last.
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
    for k in range(start, stop):
        first, second = chance[pairs[k, 0]], chance[pairs[k, 1]]
        at = order[starts[k] : starts[k + 1]]
        for kept, exact in KEPT:
            if _tails_of(first, second, sizes, kept, at, shared, upper, lower) > exact:
                break


@nb.njit(error_model="numpy")
def _tails_of(first, second, sizes, kept, at, shared, upper, lower):
    """Write both tails for the pairs of two classes; return the smallest of these numbers.

    Chances below `kept` are left out of the distribution.
    """
    columns = np.int64(sizes.sum())
    width = columns + 3 * MARGIN
    # `mass` holds two distributions, the old and the new one. Index MARGIN means 0 columns.
    mass = np.zeros(2 * width)
    old, new = np.uint64(0), np.uint64(width)
    low, high = np.int64(MARGIN), np.int64(MARGIN)
    mass[MARGIN] = 1.0
    for c in range(len(sizes)):
        p = first[c] * second[c]
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
            while mass[old + np.uint64(low)] < kept:
                low += 1
            while mass[old + np.uint64(high)] < kept:
                high -= 1
            for x in range(1, MARGIN + 1):
                mass[old + np.uint64(low - x)] = 0.0
                mass[old + np.uint64(high + x)] = 0.0
    # Each tail is summed from its far end, where the numbers are smallest.
    least = 1.0
    tail = np.zeros(columns + 2)
    for x in range(min(high - MARGIN, columns), -1, -1):
        tail[x] = tail[x + 1] + (mass[old + np.uint64(x + MARGIN)] if x + MARGIN >= low else 0.0)
    for pair in at:
        upper[pair] = tail[shared[pair]]
        least = min(least, upper[pair])
    below = 0.0
    for x in range(columns + 1):
        if low <= x + MARGIN <= high:
            below += mass[old + np.uint64(x + MARGIN)]
        tail[x] = below
    for pair in at:
        lower[pair] = tail[shared[pair]]
        least = min(least, lower[pair])
    return least
