"""Split texts into the units by which wording is compared: Chinese characters, and other words."""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import category

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.characters import is_invisible
from policylib.coding.terms import BREAK, CHARACTERS, SPACES, fold, spell_out
from policylib.documents.paragraphs import is_wide

OTHER, WORD, WIDE = range(3)
QUOTES = '"＂“”„‟«»‹›‘‚‛❛❜❝❞〝〞〟《》〈〉「」『』｢｣﹁﹂﹃﹄'
APOSTROPHES = "'’＇"  # which may be quotation marks, too
HYPHENS = "-‐‑"
# A phrase may continue behind these.
QUIET = SPACES + QUOTES + APOSTROPHES + HYPHENS
POINTS = ".,．·"  # of numbers; the wide comma is punctuation

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Units(NamedTuple):
    """The units of several texts, one after the other, as arrays of equal length."""

    kind: Ints  # equal for equal units
    text: Ints  # the number of the text
    start: Ints  # the place in the text, in characters
    end: Ints
    clause: Ints  # equal for units of a text without punctuation between them


def read_units(texts: Sequence[str]) -> Units:
    """Split texts into units: each Chinese character, and each word of another script.

    A Japanese kana is a unit, too, and so is a number such as 1,250.5. Letter case and width do not
    matter, nor do invisible characters such as soft hyphens, nor whether a letter and its accent
    are one character. Punctuation and symbols separate units and are not units; the wide comma is
    punctuation in numbers, too.

    Parameters
    ----------
    texts : sequence of str
        The texts.

    Returns
    -------
    Units
        The units in the order of the texts.

    Examples
    --------
    >>> units = read_units(["发展AI，发展 ai"])
    >>> units.kind[:3].tolist() == units.kind[3:].tolist(), units.end.tolist()
    (True, [1, 2, 4, 6, 7, 10])
    """
    whole = BREAK.join(texts)
    joined, places = spell_out(whole)
    characters, folded = fold(joined)
    sort = _sorts(characters)
    word = (sort == WORD) | _points(_codes(joined))
    first = np.flatnonzero(word & ~_before(word))
    last = np.flatnonzero(word & ~_behind(word)) + 1
    wide = np.flatnonzero(sort == WIDE)
    start = np.concatenate([wide, first])
    order = np.argsort(start)
    spans = zip(first.tolist(), last.tolist(), strict=True)
    words = pd.Series([folded[i:j] for i, j in spans], dtype="object")
    numbers = pd.factorize(words)[0] + CHARACTERS
    kind = np.concatenate([characters[wide].astype(np.int64), numbers])[order]
    start, end = start[order], np.concatenate([wide + 1, last])[order]
    if places is not None:
        start, end = places[0][start], places[1][end - 1]
    begins = text_begins(texts)
    text = np.searchsorted(begins, start, side="right") - 1
    clause = _clauses(whole, QUIET)[start]
    begin = begins[text] if len(start) else start
    return Units(kind, text, start - begin, end - begin, clause)


def _sorts(characters: NDArray[np.uint8] | NDArray[np.uint32]) -> Ints:
    """Return for each character whether it is a unit, part of a word, or neither."""
    used, number = np.unique(characters, return_inverse=True)
    sorts = [
        (WIDE if is_wide(chr(code)) else WORD) if category(chr(code))[0] in "LMN" else OTHER
        for code in used.tolist()
    ]
    return np.array(sorts, np.int64)[number]


def clause_numbers(texts: Sequence[str], units: Units, quiet: str) -> Ints:
    """Return for each unit the number of its clause, if only `quiet` may be inside a clause.

    Examples
    --------
    >>> texts = ["甲“乙”，丙"]
    >>> units = read_units(texts)
    >>> units.clause.tolist(), clause_numbers(texts, units, "”").tolist()
    ([0, 0, 1], [0, 1, 2])
    """
    clauses = _clauses(BREAK.join(texts), quiet)
    return (
        clauses[units.start + text_begins(texts)[units.text]] if len(units.start) else units.clause
    )


def text_begins(texts: Sequence[str]) -> Ints:
    """Return where each text begins in the joined texts."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(BREAK)
    begins: Ints = np.cumsum(lengths) - lengths
    return begins


def _clauses(text: str, quiet: str) -> Ints:
    """Return for each character how much punctuation is before it.

    The points of a number are none, and a hyphen is some if it has no word beside it.
    """
    codes = _codes(text)
    used, number = np.unique(codes, return_inverse=True)
    breaks = np.array([_ends_clause(chr(code), quiet) for code in used.tolist()], bool)[number]
    breaks &= ~_points(codes)
    letter = np.array([category(chr(code))[0] in "LMN" for code in used.tolist()], bool)[number]
    breaks |= _is_one_of(codes, HYPHENS) & ~_before(letter) & ~_behind(letter)
    return np.cumsum(breaks)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _points(codes: NDArray[np.uint32]) -> Bools:
    """Return which characters are points or commas within a number, as in 1,250.5."""
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    digit |= (codes >= ord("０")) & (codes <= ord("９"))
    points: Bools = _is_one_of(codes, POINTS) & _before(digit) & _behind(digit)
    return points


def _is_one_of(codes: NDArray[np.uint32], characters: str) -> Bools:
    return np.isin(codes, [*map(ord, characters)])


def _before(values: Bools) -> Bools:
    """Return the value of the character before each one."""
    return np.concatenate([[False], values[:-1]])


def _behind(values: Bools) -> Bools:
    """Return the value of the character behind each one."""
    return np.concatenate([values[1:], [False]])


def _ends_clause(character: str, quiet: str) -> bool:
    """Return whether a character is punctuation that may not be inside a clause."""
    return not (character in quiet or category(character)[0] in "LMN" or is_invisible(character))


def paired(left: Ints, right: Ints) -> Ints:
    """Return numbers that are equal for equal pairs."""
    numbers: Ints = pd.factorize(left * (right.max(initial=0) + 1) + right)[0]
    return numbers


def runs(kind: Ints, stretch: Ints, length: int) -> Ints:
    """Return for each place a number of the run of units that begins there, equal for equal runs.

    The number is -1 for a run that occurs only once, or that would leave its stretch. The runs are
    made from two shorter ones, which overlap, until they are long enough. No hash can be wrong.

    Parameters
    ----------
    kind, stretch : array
        The units, and numbers of the stretches of text that a run must not leave.
    length : int
        The units of a run.

    Examples
    --------
    >>> runs(np.array([5, 6, 7, 5, 6]), np.zeros(5, int), 2).tolist()
    [0, -1, -1, 0, -1]
    """
    number, size = repeated(pd.factorize(kind)[0]), 1
    while size < length:
        step = min(size, length - size)
        begins = np.flatnonzero(number >= 0)
        begins = begins[begins + size + step <= len(kind)]
        begins = begins[number[begins + step] >= 0]
        begins = begins[stretch[begins] == stretch[begins + size + step - 1]]
        longer = np.full(len(kind), -1)
        longer[begins] = repeated(paired(number[begins], number[begins + step]))
        number, size = longer, size + step
    return number


def repeated(number: Ints) -> Ints:
    """Return numbers from 0 on, with -1 for those that occur once."""
    again = np.bincount(number)[number] > 1 if len(number) else np.zeros(0, bool)
    kept = np.full(len(number), -1)
    kept[again] = pd.factorize(number[again])[0]
    return kept
