"""List the terms of a codebook, and fold characters: case, width and script do not matter."""

import re
from functools import cache
from itertools import chain
from unicodedata import category, normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.characters import (
    PLAIN_MARKS,
    RADICALS,
    SIMPLIFIED,
    SPELLED,
    is_invisible,
)
from policylib._util.faults import DataError, Faults, places
from policylib._util.names import SURROGATE, require_columns, require_hashable
from policylib._util.warn import warn_of_columns
from policylib.tables.checks import check_circles, check_ids

SEPARATOR = re.compile("[;；]")
COLUMNS = ("terms_en", "terms_zh", "excluded_en", "excluded_zh")
READ = ("id", "broader", "level", *COLUMNS)
CHARACTERS = 0x110000
BREAK = "\n"  # separates texts that are read together; no term contains it
# Characters that may have a lower case: ASCII capitals, other Latin letters, and those of Greek,
# Cyrillic, Armenian, Georgian, Cherokee, Glagolitic and Coptic.
CASED = (
    range(0x41, 0x5B),
    range(0xC0, 0x250),
    range(0x370, 0x58A),
    range(0x10A0, 0x1100),
    range(0x13A0, 0x1400),
    range(0x1C80, 0x1CC0),
    range(0x1E00, 0x2000),
    range(0x2C00, 0x2D30),
    range(0xA640, 0xA6A0),
    range(0xA720, 0xA800),
    range(0xAB30, 0xABC0),
)
OTHER_FORMS = {ord("ς"): ord("σ"), ord("İ"): ord("i")}  # the lower case of İ has two characters
ACCENTS = range(0x300, 0x370)  # they belong to the letter before them
# Spaces and tabs, but not the breaks between lines.
SPACES = "\t \xa0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
# Where accents, invisible characters and doubles of other characters are: not among Chinese ones.
UNUSUAL = (
    range(0x80, 0x3400),
    range(0xA000, 0xAC00),
    range(0xF900, 0x1F000),
    range(0x2F800, 0x2FA20),
    range(0xE0000, 0xE0200),
)

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Characters = NDArray[np.uint8] | NDArray[np.uint32]


@cache
def folding() -> NDArray[np.uint32]:
    """Return the folded form of every character: lower case, half width, plain punctuation.

    Spaces, quotes and hyphens become the plain ones, radicals the Chinese characters that they
    look like, and traditional characters simplified ones. Each character becomes exactly one, so
    that places in a text do not change.
    """
    table = np.arange(CHARACTERS, dtype=np.uint32)
    table[0xFF01:0xFF5F] -= 0xFEE0  # full-width forms of the printable ASCII characters
    table[[*map(ord, SPACES)]] = ord(" ")
    for code, plain in PLAIN_MARKS.items():
        table[code] = plain
    for code, meant in (*SIMPLIFIED.items(), *RADICALS.items()):
        table[code] = SIMPLIFIED.get(meant, meant)
    for code in chain(*CASED, range(0xFF21, 0xFF3B)):
        lower = chr(table[code]).lower()
        if len(lower) == 1:
            table[code] = ord(lower)
    for code, form in OTHER_FORMS.items():
        table[code] = form
    return table


@cache
def letters() -> Bools:
    """Return for every folded character whether it is a digit, or a letter of a CASED script."""
    table = np.zeros(CHARACTERS, dtype=np.bool_)
    table[ACCENTS] = True
    for code in chain(range(0x30, 0x3A), range(0x61, 0x7B), *CASED[1:]):
        table[code] = chr(code).isalnum()
    return table


def fold(text: str) -> tuple[Characters, str]:
    """Return a folded text as an array of characters and as a string, both of the same length.

    Examples
    --------
    >>> fold("ＡＩ Plus—人工智慧經濟＋")[1]
    'ai plus-人工智慧经济+'
    """
    if text.isascii():
        lower = text.lower().replace("\t", " ")
        return np.frombuffer(lower.encode(), np.uint8), lower
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = folding()[characters]
    return folded, folded.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def unusual() -> Bools:
    """Return for every character whether `spell_out` may change it or the one before it."""
    table = np.zeros(CHARACTERS, dtype=np.bool_)
    for code in chain(*UNUSUAL):
        character = chr(code)
        table[code] = _joins(character) or normalize("NFC", character) != character
    table[[*SPELLED]] = True
    return table


def _joins(character: str) -> bool:
    """Return whether a character belongs to the one before it: an accent, or nothing visible."""
    korean = "\u1160" <= character <= "\u11ff"  # vowels and final consonants
    accent = category(SPELLED.get(ord(character), character)[0])[0] == "M"
    return korean or accent or is_invisible(character)


def spell_out(text: str) -> tuple[str, tuple[Ints, Ints] | None]:
    r"""Return a text as its plain characters, and the places where each begins and ends in it.

    A ligature becomes its letters, ß becomes ss, and kana of half width those of full width. A
    letter and its accents become one character, if there is one (NFC). Invisible characters are
    left out. The places are None if there is nothing to change.

    Examples
    --------
    >>> spelled, places = spell_out("oﬃce")
    >>> spelled, [place.tolist() for place in places]
    ('office', [[0, 1, 1, 1, 2, 3], [1, 2, 2, 2, 3, 4]])
    >>> spelled, places = spell_out("c\u00adafe\u0301s")
    >>> spelled, [place.tolist() for place in places]
    ('cafés', [[0, 2, 3, 4, 6], [1, 3, 4, 6, 7]])
    """
    if text.isascii():
        return text, None
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = {text[place] for place in np.flatnonzero(unusual()[codes]).tolist()}
    if not found:
        return text, None
    joins = "".join(filter(_joins, found))
    others = "".join(found.difference(joins))
    # So many accents are enough for any language; sorting thousands of them would take minutes.
    joined = f"[^{joins}{BREAK}]?[{joins}]{{1,30}}" if joins else ""
    single = f"[{others}]" if others else ""
    pattern = "|".join(filter(None, (joined, single)))
    lengths, end = np.ones(len(text), np.int64), np.arange(1, len(text) + 1)
    parts, last = [], 0
    for match in re.finditer(pattern, text):
        visible = [place for place in range(*match.span()) if not is_invisible(text[place])]
        given = "".join(map(text.__getitem__, visible))
        spelled = normalize("NFC", given.translate(SPELLED))
        lower = normalize("NFC", spelled.lower())
        if len(lower) < len(spelled):  # as ǰ, of which there is no capital in one character
            spelled = lower
        lengths[match.start() : match.end()] = 0
        if len(spelled) == len(given):
            lengths[visible] = 1
        else:
            lengths[visible[0]] = len(spelled)
            end[visible[0]] = visible[-1] + 1
        parts += [text[last : match.start()], spelled]
        last = match.end()
    begin = np.repeat(np.arange(len(text)), lengths)
    return "".join([*parts, text[last:]]), (begin, end[begin])


def require_terms(codebook: pd.DataFrame) -> None:
    """Raise unless a table has ids and at least one column of terms; warn of misspelt columns."""
    require_columns(codebook, "id", name="codebook")
    if not {"terms_en", "terms_zh"} & set(codebook):
        require_columns(codebook, "terms_en", name="codebook")
    warn_of_columns(codebook, "the codebook", READ)


def codebook_terms(codebook: pd.DataFrame) -> pd.DataFrame:
    """List the terms of a codebook.

    Parameters
    ----------
    codebook : DataFrame
        A table with `id`, each once, and with `terms_en`, `terms_zh`, `excluded_en` and
        `excluded_zh`: text, or missing. A column of terms may be absent.

    Returns
    -------
    DataFrame
        One row for each code and term: `code`, `language`, `term` (as in the codebook), `folded`,
        and `excluded` (whether it is a phrase inside which the code's terms do not count). A term
        in the lists of both languages has one row.

    Raises
    ------
    DataError
        If an id is missing or in two rows, a code is below itself, a cell of terms is not text, or
        a term is empty, contains a line break, or is a single letter or digit. The error lists all
        faults, with rows counted from 1.
    ValueError
        If an id is a list.
    """
    require_hashable(codebook["id"])
    _refuse_faults(codebook)
    rows = []
    for column in filter(codebook.__contains__, COLUMNS):
        kind, _, language = column.partition("_")
        given = codebook[["id", column]].dropna(subset=column)
        for code, cell in zip(given["id"], given[column], strict=True):
            for term in SEPARATOR.split(normalize("NFC", cell)):
                rows.append((code, language, term.strip(), kind == "excluded"))
    # Fold all terms together, because folding many short texts is slow.
    whole = BREAK.join(term.replace(BREAK, " ") for _, _, term, _ in rows)
    spelled = fold(spell_out(whole)[0])[1]
    folded = [term.strip() for term in spelled.split(BREAK)] if rows else []
    terms = pd.DataFrame(rows, columns=["code", "language", "term", "excluded"])
    terms = terms.astype({"excluded": "bool"}).assign(folded=pd.array(folded, dtype="str"))
    # A term such as 6G may be in the lists of both languages.
    terms = terms.drop_duplicates(["code", "folded", "excluded"], ignore_index=True)
    return terms[["code", "language", "term", "folded", "excluded"]]


def _refuse_faults(codebook: pd.DataFrame) -> None:
    """Raise one error that lists all faults of a codebook in memory."""
    table = codebook.set_axis(places("codebook", range(1, len(codebook) + 1)))
    faults = Faults()
    faults.extend(table.index[table["id"].isna()], "id", "the cell is empty")
    check_ids({"codebook": table}, faults)
    check_circles(table, faults)
    check_terms(table, faults)
    if faults:
        raise DataError(faults.to_frame(), "the codebook")


def check_terms(codebook: pd.DataFrame, faults: Faults) -> None:
    """Record terms that cannot be searched for."""
    for column in filter(codebook.__contains__, COLUMNS):
        for place, cell in codebook[column].dropna().items():
            if not isinstance(cell, str):
                problem = f"expected text separated by '; ', got {cell!r}"
                faults.extend(pd.Index([place]), column, problem)
                continue
            listed = [term.strip() for term in SEPARATOR.split(cell)]
            problems = [problem for term in listed if (problem := _problem(term))]
            if problems:
                faults.extend(pd.Index([place]), column, problems[0])


def _problem(term: str) -> str:
    """Return what is wrong with a term, or an empty text."""
    spelled = spell_out(term)[0].strip()
    if not spelled:
        return "a term is empty; terms are separated by '; '"
    if BREAK in term:
        return f"the term {term!r} has a line break"
    if SURROGATE.search(term):
        return f"the term {term!r} has a lone surrogate"
    if len(spelled) == 1 and letters()[ord(fold(spelled)[1])]:
        return f"the term {term!r} is a single letter or digit; use two characters or more"
    return ""
