"""List terms of documents that a codebook lacks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from policylib._util.cells import require_values, texts_of
from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import require_whole
from policylib.coding.coder import actors_of
from policylib.coding.initiatives import require_tables
from policylib.coding.names import actor_names
from policylib.coding.ngrams import commonest, likely_phrases, term_may_begin
from policylib.coding.sifting import (
    Places,
    as_terms,
    count_distinct,
    find_places,
    sift,
)
from policylib.coding.spans import find_spans
from policylib.coding.terms import BREAK, codebook_terms, fold, require_terms
from policylib.coding.units import text_begins
from policylib.documents.sentences import language_of, sentences
from policylib.tables.read import Tables, read_tables

WIDTH = 25  # characters of context on each side
LONG = 6  # terms with more characters or words are not more useful
LEAST_ALONE = 0.1  # share of the places of a Chinese term at which it may begin

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def new_terms(
    documents: pd.DataFrame,
    codebook: pd.DataFrame,
    *,
    reference: pd.DataFrame | None = None,
    least: int = 10,
    tables: Tables | None = None,
) -> pd.DataFrame:
    """List phrases of documents that the codebook lacks, and that may be terms to add.

    A candidate is a phrase whose parts hold together (`cohesion`), while the words before and
    behind it vary (`entropy_left` and `entropy_right`). Chinese is read without a dictionary, so
    new words are found, but some fragments of words, too. An English term has two words or more.
    A fixed formula is not found if the words on one side of it hardly vary; `uptake` finds these.

    A person must judge the list. Of the first hundred from the reports of 31 provinces, about a
    third name a topic or an instrument of policy that a codebook could hold: 31 in 2025, and 35 in
    2026 with those of 2025 as the reference, as a reader found who did not know how they were
    chosen. Most others are too general, such as 优质企业, and some are fragments. What websites
    write around texts is listed, too, unless you remove it before.

    A phrase is left out if one of these is true:

    - A third of its places or more overlap a term of the codebook, or the name of an actor. So
      parts of terms are left out, and also longer phrases around a term, which the codebook finds
      already.
    - It contains a number, or begins or ends with a word with which no term does, such as "the" or
      推动. Or half of its places are behind a number, as for units of measure.
    - It begins or ends with a word that may belong to it or not, such as 中, 重点 or "new", and
      more than 60% of the places of the rest are without this word. So 中小企业 is listed where
      小企业 is rarely without 中, and 居全国 is not.
    - Most of its places are inside a longer candidate.
    - It is in less than a quarter of the documents that would have it by chance, given its count.
      This leaves out names of places that only a few documents are about.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`, and perhaps `actor`.
    codebook : DataFrame
        One row for each code, as `read_codebook` returns it.
    reference : DataFrame, optional
        Other texts, with the column `text`, such as reports of an earlier year. The more frequent a
        term is in `documents` than in these, the earlier it is listed.
    least : int
        How often a term must occur. Use a smaller number for a few short texts.
    tables : Tables, optional
        The data package with the actors whose names are left out; by default the shipped one.

    Returns
    -------
    DataFrame
        One row for each candidate, most useful first: `term` (its most frequent form), `language`
        (``"zh"`` or ``"en"``), `count` (as `find_terms` counts it, also inside longer terms),
        `documents` (their number), `actors` (their number, if `documents` has the column `actor`),
        `cohesion`, `entropy_left`, `entropy_right` and `clustering` (all in bits), `keyness` (with
        a `reference`), `nearest`, `context` (the first place with the words around it, the term in
        brackets), and `document` and `paragraph` of this place.

        `nearest` is the code whose terms are most over-represented in the sentences that contain
        the term; it is missing if no code is.

    Raises
    ------
    TypeError
        If `documents`, `codebook` or `reference` is not a DataFrame, or `tables` is not a data
        package.
    ValueError
        If a column is missing, a document or a paragraph is missing, a text is not a string, or
        `least` is not a whole number from 2.
    DataError
        If the codebook has faults; all are listed.

    See Also
    --------
    concordance : All places of a term in their sentences.
    lint_codebook : Terms of a codebook that may mislead.
    policylib.compare.uptake : Phrases of one document that others say after it, also formulas.

    Notes
    -----
    `cohesion` is the pointwise mutual information of the two parts of a phrase, at the weakest of
    all divisions; it is at least 3. The entropies are those of the unit before and behind; both are
    at least half of the highest possible, which is log2 of the count. `clustering` is the residual
    inverse document frequency over sentences: the logarithm of the expected number of sentences
    with the term, divided by their real number. It is near 0 for words of general use. `keyness` is
    the log-likelihood ratio G² of the two frequencies, with a minus sign if the term is more
    frequent in the reference. The order is that of a sum of ranks, within a language: three times
    that of the length up to six characters or words, twice that of `clustering`, and that of
    `keyness` or else half that of `count`. Chinese terms come last if, at more than 90% of their
    places, neither punctuation nor a verb or particle is before them: most are ends of longer
    terms, such as 服务中心.

    The time grows with the length of the texts. Memory is about 200 bytes for each character.

    References
    ----------
    Church, K. and Gale, W. (1995), Poisson mixtures. Natural Language Engineering 1(2). Rayson, P.
    and Garside, R. (2000), Comparing corpora using frequency profiling. Proceedings of the ACL
    Workshop on Comparing Corpora.

    Examples
    --------
    >>> texts = [
    ...     "Henan will soon build data centers near its largest rivers.",
    ...     "Many data centers consume more power than a steel mill.",
    ...     "Better roads should lead from here past data centers. It rains.",
    ... ]
    >>> documents = pd.DataFrame({"document": ["a", "b", "c"], "paragraph": 1, "text": texts})
    >>> codebook = pd.DataFrame({"id": ["transport"], "terms_en": ["roads"]})
    >>> found = new_terms(documents, codebook, least=3)
    >>> print(found[["term", "count", "documents", "nearest"]].to_string(index=False))
            term  count  documents   nearest
    data centers      3          3 transport
    """
    require_columns(documents, "document", "paragraph", "text")
    require_values(documents, "document", "paragraph")
    texts = texts_of(documents)
    others = None if reference is None else _reference_texts(reference)
    require_terms(codebook)
    require_whole(least, "least", least=2)
    if "actor" in documents:
        require_hashable(documents["actor"])
    if tables is not None:
        require_tables(tables)
    names = as_terms(actor_names(actors_of(tables or read_tables())).actor)
    listed = codebook_terms(codebook)
    document = pd.factorize(documents["document"])[0]
    phrases = likely_phrases(texts, least)
    phrases, found = sift(phrases, texts, document, pd.concat([listed, names]), least)
    size = len(phrases)
    table = pd.DataFrame({"term": _forms(texts, found), "language": phrases["language"]})
    table["count"] = np.bincount(found.term, minlength=size)
    table["documents"] = count_distinct(found.term, document[found.text], size)
    if "actor" in documents:
        actor = pd.factorize(documents["actor"], use_na_sentinel=False)[0]
        table["actors"] = count_distinct(found.term, actor[found.text], size)
    table = table.join(phrases[["cohesion", "entropy_left", "entropy_right"]])
    begins = _sentence_begins(texts)
    sentence = np.searchsorted(begins, found.start, "right") - 1
    has_term = _matrix(found.term, sentence, (size, len(begins)))
    table["clustering"] = _clustering(table["count"].to_numpy(), has_term)
    if others is not None:
        there = np.bincount(find_places(others, phrases).term, minlength=size)
        lengths = [sum(map(len, side)) for side in (texts, others)]
        table["keyness"] = _keyness(np.array([table["count"], there]), np.array(lengths))
    table["nearest"] = _nearest(texts, listed, has_term, begins)
    table = table.join(_contexts(documents, texts, found))
    order = _by_use(table, phrases["size"], _is_alone(texts, found, phrases["language"]))
    return table.iloc[order].reset_index(drop=True)


def _reference_texts(reference: pd.DataFrame) -> list[str]:
    require_columns(reference, "text", name="reference")
    try:
        return texts_of(reference)
    except ValueError as error:
        raise ValueError(f"reference: {error}") from None


def _forms(texts: Sequence[str], found: Places) -> "pd.Series[str]":
    """Return the form in which each term is written most often."""
    whole = BREAK.join(texts)
    spans = zip(found.start.tolist(), found.end.tolist(), strict=True)
    forms = pd.Series([whole[start:end] for start, end in spans], dtype="str")
    return commonest(forms, found.term).reset_index(drop=True)


def _sentence_begins(texts: Sequence[str]) -> Ints:
    """Return where each sentence begins in the joined texts."""
    begins = zip(text_begins(texts).tolist(), texts, strict=True)
    found = [begin + start for begin, t in begins for start, _ in sentences(t, language_of(t))]
    return np.array(found, np.int64)


def _clustering(count: Ints, has_term: sparse.csr_array) -> Floats:
    """Return log2 of the expected number of sentences with each term, divided by the real one."""
    sentences = max(has_term.shape[1], 1)
    clustering: Floats = np.log2(-sentences * np.expm1(-count / sentences) / has_term.sum(axis=1))
    return clustering


def _keyness(counts: Ints, lengths: Ints) -> Floats:
    """Return the G² of counts in two collections of texts, negative if the second has more."""
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.outer(lengths / lengths.sum(), counts.sum(axis=0))
        parts = np.where(counts > 0, counts * np.log(counts / expected), 0)  # 0 log 0 is 0
    keyness: Floats = 2 * parts.sum(axis=0) * np.where(counts[0] < expected[0], -1, 1)
    return keyness


def _nearest(
    texts: Sequence[str], codebook: pd.DataFrame, has_term: sparse.csr_array, begins: Ints
) -> "pd.Series[Any]":
    """Return the code that most exceeds its expected number of sentences with each term.

    The excess is divided by the square root of the expected number.
    """
    text, row, start, _ = find_spans(texts, codebook)
    sentence = np.searchsorted(begins, start + text_begins(texts)[text], "right") - 1
    code, codes = pd.factorize(codebook["code"])
    has_code = _matrix(code[row], sentence, (len(codes), len(begins)))
    together = (has_term @ has_code.T).toarray()
    expected = np.outer(has_term.sum(axis=1), has_code.sum(axis=1)) / max(len(begins), 1)
    excess = (together - expected) / np.sqrt(np.where(expected > 0, expected, 1))
    none = np.zeros((len(excess), 1))  # the highest value if no code exceeds its expectation
    best = np.hstack([none, excess]).argmax(axis=1)
    found = pd.Series(codes, dtype=codebook["code"].dtype)
    if found.dtype == "int64":
        found = found.astype("Int64")  # which may be missing
    return found.reindex(best - 1).reset_index(drop=True)


def _matrix(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix that has 1 where a pair occurs, once or more often."""
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape).minimum(1)


def _contexts(documents: pd.DataFrame, texts: Sequence[str], found: Places) -> pd.DataFrame:
    """Return the first place of each term: the words around it, document and paragraph."""
    first = np.unique(found.term, return_index=True)[1]
    row = found.text[first]
    begin = text_begins(texts)[row]
    context = []
    places = (row, found.start[first] - begin, found.end[first] - begin)
    for number, start, end in zip(*(place.tolist() for place in places), strict=True):
        text = texts[number]
        around = text[max(start - WIDTH, 0) : start], text[end:][:WIDTH]
        context.append(f"{around[0]}[{text[start:end]}]{around[1]}")
    shown = documents[["document", "paragraph"]].take(row).reset_index(drop=True)
    shown.insert(0, "context", pd.Series(context, dtype="str").replace(r"\s", " ", regex=True))
    return shown


def _is_alone(texts: Sequence[str], found: Places, language: "pd.Series[str]") -> Bools:
    """Return whether a term is more than the end of longer ones; always true in English."""
    may = term_may_begin(fold(BREAK.join(texts))[1])
    share = np.bincount(found.term, may[found.start], len(language)) / np.bincount(found.term)
    return (share >= LEAST_ALONE) | (language != "zh").to_numpy()


def _by_use(table: pd.DataFrame, size: "pd.Series[int]", alone: Bools) -> Ints:
    """Return the order of the terms: by a sum of ranks among those of the same language."""

    def rank(cells: "pd.Series[Any]") -> "pd.Series[float]":
        return cells.groupby(table["language"]).rank(pct=True)

    last = rank(table["keyness"]) if "keyness" in table else rank(table["count"]) / 2
    use = 3 * rank(size.clip(upper=LONG)) + 2 * rank(table["clustering"]) + last
    order: Ints = np.lexsort((table["term"].to_numpy(dtype=str), -use.to_numpy(), ~alone))
    return order
