"""Passages that documents share word for word."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.names import require_columns
from policylib._util.numbers import require_whole
from policylib.coding.spans import count_up
from policylib.coding.units import Bools, Ints, Units, paired, read_units, runs

BATCH = 2**20  # pairs of places at a time, to limit the use of memory
MOST_REPEATS = 10_000_000  # pairs of places that there would not be if no document repeated a run


class Wording(NamedTuple):
    """The units of documents, and where runs of `least` units are repeated."""

    units: Units
    names: "pd.Index[Any]"  # of the documents
    document: Ints  # the number of the document of each unit
    run: Ints  # equal where equal runs begin; -1 where the run occurs once
    spread: Ints  # the number of documents that have this run
    least: int


class Passages(NamedTuple):
    """Where two documents have the same units: two places, and how many units."""

    a: Ints
    b: Ints
    length: Ints


class Shared(NamedTuple):
    """What a document has in passages that another one has, too."""

    start: Ints
    end: Ints
    other: Ints  # the number of the other document


def shared_wording(
    documents: pd.DataFrame, *, least: int = 12, most_documents: int | None = 10
) -> pd.DataFrame:
    """Find all passages that two documents share word for word.

    A passage is as long as possible: its two places do not continue with the same word, neither
    before nor behind it. It stays within a paragraph, and may cross the ends of sentences.
    Punctuation, spaces, letter case and full-width forms do not matter, nor do invisible
    characters such as soft hyphens. A document is not compared with itself.

    A formula, such as a form of address, is in many documents and says little about two of them.
    Here it is a passage in which every run of `least` words is in more than `most_documents`
    documents. Formulas are left out. To see them, pass None and select by the column `documents`.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`.
    least : int
        The least length of a passage. A Chinese character counts as one, and so does a Japanese
        kana, a word of another script, or a number such as 1,250.5. Twelve Chinese characters are
        about six English words.
    most_documents : int, optional
        A passage of which every run is in more documents is a formula. None keeps formulas.

    Returns
    -------
    DataFrame
        One row for each passage and pair of places, in the order of the texts: `document_a`,
        `paragraph_a`, `start_a`, `end_a`, the same for `b`, `length` (in characters and words, as
        for `least`), `documents` (how many documents have its rarest run of `least` words, these
        two included) and `text`, which is ``text_a[start_a:end_a]``. `document_a` comes before
        `document_b` in the table.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame.
    ValueError
        If a column is missing, a document or a paragraph has no name, a paragraph is in two rows, a
        text is not a string, or a limit is not a whole number; the message names the row. If
        documents repeat themselves too much: more than 10 million pairs of places begin the same
        run of `least` words, not counting one pair for each run and pair of documents.

    See Also
    --------
    wording_shares : How much of each document is in others.
    wording_network : How much each pair of documents shares.

    Notes
    -----
    The result equals that of comparing all pairs of places. The time grows with the length of the
    texts and with that of all passages found. Memory is about 150 bytes for each character, 200
    for each row of the result, and 100 MB. Texts that repeat themselves need more: two documents
    that have a line 1,000 times share it at a million pairs of places.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {
    ...         "document": ["plan", "report"],
    ...         "paragraph": 1,
    ...         "text": ["We invest in people and roads.", "They “invest in people”, not roads."],
    ...     }
    ... )
    >>> print(shared_wording(documents, least=3)[["start_a", "end_a", "length", "text"]])
       start_a  end_a  length              text
    0        3     19       3  invest in people
    """
    table = in_order(documents)
    require_limits(least, most_documents)
    wording = read_wording(table, least)
    found = find_passages(wording, most_documents)
    columns: dict[str, Any] = {}
    for side, place in (("a", found.a), ("b", found.b)):
        last = place + found.length - 1
        row = wording.units.text[place]
        columns[f"document_{side}"] = table["document"].array.take(row)
        columns[f"paragraph_{side}"] = table["paragraph"].array.take(row)
        columns[f"start_{side}"] = wording.units.start[place]
        columns[f"end_{side}"] = wording.units.end[last]
    texts = table["text"].to_list()
    rows = wording.units.text[found.a].tolist()
    spans = zip(rows, columns["start_a"].tolist(), columns["end_a"].tolist(), strict=True)
    columns["length"] = found.length
    columns["documents"] = _least_spread(wording, found)
    columns["text"] = pd.array([texts[row][start:end] for row, start, end in spans], dtype="str")
    return pd.DataFrame(columns)


def in_order(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the paragraphs with those of a document together, or raise for a bad table."""
    require_columns(documents, "document", "paragraph", "text")
    require_values(documents, "document", "paragraph")
    texts_of(documents)
    for row in documents.index[documents.duplicated(["document", "paragraph"])].to_list()[:1]:
        raise ValueError(f"row {row!r}: an earlier row has the same document and paragraph")
    order = np.argsort(pd.factorize(documents["document"])[0], kind="stable")
    return documents.take(order)


def require_limits(least: int, most_documents: int | None) -> None:
    """Raise unless the limits of passages are whole numbers that are large enough."""
    require_whole(least, "least")
    if most_documents is not None:
        require_whole(most_documents, "most_documents", least=2)


def read_wording(table: pd.DataFrame, least: int) -> Wording:
    """Read the units of paragraphs in order, and find the runs that are repeated."""
    units = read_units(table["text"].to_list())
    least = min(least, len(units.kind) + 1)  # no run is longer than all texts
    number, names = pd.factorize(table["document"])
    document = number.astype(np.int64)[units.text]
    run = runs(units.kind, units.text, least)
    at = np.flatnonzero(run >= 0)
    once = ~pd.DataFrame({"run": run[at], "document": document[at]}).duplicated().to_numpy()
    spread = np.zeros(len(run), np.int64)
    spread[at] = np.bincount(run[at][once])[run[at]] if len(at) else 0
    return Wording(units, pd.Index(names), document, run, spread, least)


def find_passages(wording: Wording, most_documents: int | None) -> Passages:
    """Find the passages of all pairs of documents, sorted by their two places."""
    rare = _rare(wording, most_documents)
    text, run = wording.units.text, wording.run
    size = max(len(run), 1)
    found = [np.zeros(0, np.int64)]
    for a, b in _pairs(wording, rare):
        # If the places before are a pair, too, the passage is found from there.
        follows = (a > 0) & rare[a - 1] & (run[a - 1] == run[b - 1])
        follows &= (text[a - 1] == text[a]) & (text[b - 1] == text[b])
        a, b = _grown(wording, a[~follows], b[~follows], -1)
        found.append(np.unique(a * size + b))
    pairs: Ints = np.unique(np.concatenate(found))
    a, b = pairs // size, pairs % size
    last, _ = _grown(wording, a, b, 1)
    return Passages(a, b, last - a + 1)


def find_shared(wording: Wording, most_documents: int | None) -> Shared:
    """Find what each document has in passages with each other one, however often they repeat it."""
    rare = _rare(wording, most_documents)
    size = max(len(wording.run), 1)
    both = [other * size + place for place, other in _places(wording, rare)]
    other, place = np.divmod(np.sort(np.concatenate([np.zeros(0, np.int64), *both])), size)
    # Runs of one document that begin one behind the other are one span.
    own = wording.document[place]
    new = (np.diff(place, prepend=-2) != 1) | (np.diff(own, prepend=-1) != 0)
    new |= np.diff(other, prepend=-1) != 0
    last = np.append(new[1:], True)[: len(new)]
    parts = [Shared(place[new], place[last] + wording.least, other[new])]
    for step in (-1, 1):
        parts += _beyond(wording, rare, step)
    return Shared(*map(np.concatenate, zip(*parts, strict=True)))


def _rare(wording: Wording, most_documents: int | None) -> Bools:
    """Return where runs begin that are in several documents, but not in too many."""
    rare: Bools = wording.spread > 1
    return rare if most_documents is None else rare & (wording.spread <= most_documents)


def _beyond(wording: Wording, rare: Bools, step: int) -> Iterator[Shared]:
    """Yield spans that go on in a formula, forwards or backwards, from a run that is rare."""
    text, run, least = wording.units.text, wording.run, wording.least
    place = np.flatnonzero(rare)
    place = place[(place + step >= 0) & (place + step < len(run))]
    beside = place + step
    formula = (run[beside] >= 0) & ~rare[beside] & (wording.spread[beside] > 1)
    formula &= text[beside] == text[place]
    place, beside = place[formula], beside[formula]
    number = np.full(len(run), -1)
    number[place] = paired(run[place], run[beside])
    # A place is the first unit of a run that grows backwards, and the last of one that grows on.
    inner = least - 1 if step > 0 else 0
    for a, b in _pairs(wording._replace(run=number), number >= 0):
        ends = _grown(wording, a + inner, b + inner, step)
        for begin, end, other in zip((a, b), ends, (b, a), strict=True):
            start, last = (begin, end + 1) if step > 0 else (end, begin + least)
            yield Shared(start, last, wording.document[other])


def _places(wording: Wording, rare: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Yield all places where rare runs begin, and the other documents that have the run."""
    place, own, run = _by_run(wording, rare)
    heads = np.flatnonzero(np.diff(own, prepend=-1))
    first, last = (np.searchsorted(run[heads], run, side) for side in ("left", "right"))
    for part, partner in _joined(first, last):
        other = wording.document[place[heads[partner]]]
        different = other != wording.document[place[part]]
        yield place[part[different]], other[different]


def _by_run(wording: Wording, rare: Bools) -> tuple[Ints, Ints, Ints]:
    """Return places by their run and document, a number for both, and the run."""
    place = np.flatnonzero(rare)
    # The documents are in order, so the places of a run are in the order of documents.
    place = place[np.argsort(wording.run[place], kind="stable")]
    run = wording.run[place]
    return place, run * len(wording.names) + wording.document[place], run


def _joined(first: Ints, last: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield each number with its partners, which are from `first` to `last`, some at a time."""
    number = last - first
    batch = np.cumsum(number) // BATCH
    for part in np.split(np.arange(len(number)), np.flatnonzero(np.diff(batch)) + 1):
        partner = np.repeat(first[part], number[part]) + count_up(number[part])
        yield np.repeat(part, number[part]), partner


def _pairs(wording: Wording, rare: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Yield all pairs of places in two documents where the same run begins, if it is rare."""
    place, own, run = _by_run(wording, rare)
    # The partners of a place are those of its run behind its own document.
    first, last = np.searchsorted(own, own, "right"), np.searchsorted(run, run, "right")
    _refuse_repeats(wording, place, own, last - first)
    for part, partner in _joined(first, last):
        yield place[part], place[partner]


def _refuse_repeats(wording: Wording, place: Ints, own: Ints, number: Ints) -> None:
    """Raise if documents have runs so often that there are too many pairs of places."""
    heads = np.flatnonzero(np.diff(own, prepend=-1))
    run = own[heads] // len(wording.names)
    once = np.searchsorted(run, run, "right") - np.arange(len(run)) - 1
    if number.sum() - once.sum() <= MOST_REPEATS:
        return
    of_head = np.add.reduceat(number, heads)
    head = int(of_head.argmax())
    sizes = np.diff(heads, append=len(own))
    behind = head + 1 + int(sizes[head + 1 : head + 1 + once[head]].argmax())
    one, other = (wording.names[wording.document[place[heads[i]]]] for i in (head, behind))
    raise ValueError(
        f"documents {one!r} and {other!r} repeat words so often that more than {MOST_REPEATS:,} "
        "pairs of places share them; choose a larger least or a smaller most_documents, or leave "
        "out what is repeated"
    )


def _grown(wording: Wording, a: Ints, b: Ints, step: int) -> tuple[Ints, Ints]:
    """Return the last places, forwards or backwards, up to which two places are the same."""
    kind, text = wording.units.kind, wording.units.text
    a, b = a.copy(), b.copy()
    going = np.arange(len(a))
    while len(going):
        x, y = a[going] + step, b[going] + step
        inside = (np.minimum(x, y) >= 0) & (np.maximum(x, y) < len(kind))
        going, x, y = going[inside], x[inside], y[inside]
        same = (kind[x] == kind[y]) & (text[x] == text[x - step]) & (text[y] == text[y - step])
        going = going[same]
        a[going], b[going] = x[same], y[same]
    return a, b


def _least_spread(wording: Wording, found: Passages) -> Ints:
    """Return for each passage how many documents have its rarest run."""
    if not len(found.a):
        return found.a
    last = found.a + found.length - wording.least + 1
    spread = np.append(wording.spread, 0)
    least: Ints = np.minimum.reduceat(spread, np.column_stack([found.a, last]).ravel())[::2]
    return least
