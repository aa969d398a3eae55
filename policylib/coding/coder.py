"""Documents become hits of the codebook's terms, and hits become statements."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, get_args
from zlib import crc32

import numpy as np
import pandas as pd

from policylib import __version__
from policylib._util.names import require, require_columns
from policylib.coding.attribution import actor_names, speakers
from policylib.coding.spans import Ints, count_up, find_spans
from policylib.coding.terms import codebook_terms
from policylib.tables.ids import KEY, statement_ids
from policylib.tables.read import Tables, read_tables
from policylib.tables.roles import ROLES

Actor = Literal["document", "sentence"]
ACTORS: tuple[Actor, ...] = get_args(Actor)
MOST_WORDS, MOST_CHARACTERS = 6, 80  # of a quote, as the schema has it
# A heading is short and no sentence; in work reports one names the review, and others follow it.
LONGEST_HEADING = 60
NO_HEADING = re.compile(r"^[\W_]*$|^[》，。、；：)）”]|[。；;：:，,《]$|[^.IVX0-9]\.$")
REVIEW = re.compile(r"回顾|总结|\breview\b|\b(?:past|last) year\b", re.IGNORECASE)
PLAN = re.compile(
    r"安排|任务|要求|目标|重点工作|建议|\bplans?\b|\btasks?\b|\bpriorities\b", re.IGNORECASE
)
# How headings are numbered: what stands before the number, and after it.
SERIES = {"一": "二", "二": "三", "三": "四", "I": "II", "II": "III", "1": "2", "2": "3"}
NUMBERED = re.compile(r"^([一二三]|I{1,2}|[12])(、|[.](?![0-9]))")
MARKDOWN = re.compile(r"^(#+ )")
BLOCK = 2**23  # characters that are coded at once


def find_terms(documents: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Find every place where a term of the codebook stands.

    Letter case, full-width forms and kinds of spaces, hyphens and quotes do not matter; but a
    term is not seen through two spaces, or through characters without width. A Latin term stands
    between other characters than letters and digits. Where one term lies within a longer one, the
    longer counts, whichever codes they belong to; where terms of one code overlap, they count
    once; and a term within a phrase that its code excludes does not count.

    Parameters
    ----------
    documents
        One row per paragraph: `document`, `paragraph` and `text`.
    codebook
        One row per code, as `read_codebook` gives it.

    Returns
    -------
    pandas.DataFrame
        One row per hit, in the order of paragraphs and places: `document`, `paragraph`, `code`,
        `term` (as the codebook writes it), `start` and `end`, so that ``text[start:end]`` is what
        stands there.

    Raises
    ------
    ValueError
        If a column is missing, a text is no text, or a term cannot be looked for.

    Examples
    --------
    >>> documents = pd.DataFrame({"document": ["a"], "paragraph": [1], "text": ["发展民营经济"]})
    >>> codebook = pd.DataFrame(
    ...     {"id": ["private", "economy"], "terms_en": None, "terms_zh": ["民营经济", "经济; 发展"]}
    ... )
    >>> print(find_terms(documents, codebook).drop(columns="document").to_string(index=False))
     paragraph    code term  start  end
             1 economy   发展      0    2
             1 private 民营经济      2    6
    """
    require_columns(documents, "document", "paragraph", "text")
    require_columns(codebook, "id", "terms_en", "terms_zh")
    terms = codebook_terms(codebook)
    paragraph, row, start, end = find_spans(_texts(documents), terms)
    return pd.DataFrame(
        {
            # Taken from arrays of pandas, the columns keep their types without a look at each cell.
            "document": documents["document"].array.take(paragraph),
            "paragraph": documents["paragraph"].array.take(paragraph),
            "code": terms["code"].array.take(row),
            "term": terms["term"].array.take(row),
            "start": start,
            "end": end,
        }
    )


def code_documents(
    documents: pd.DataFrame,
    codebook: pd.DataFrame,
    *,
    actor: Actor = "document",
    tables: Tables | None = None,
) -> pd.DataFrame:
    """Code documents by the terms of a codebook.

    Every code of which a term stands in a paragraph becomes a statement, as `find_terms` finds
    them. It is a mention: what the text says of it, only a reader can tell. A denial ("will not
    build") counts like a promise, and the role of a sentence is a guess from its words.

    Parameters
    ----------
    documents
        One row per paragraph: `document`, `paragraph` and `text`, and if it is there `actor`, who
        says it, and `role`, ``"commits"`` where it is missing (`report_roles` tells the sections of
        work reports apart).
    codebook
        One row per code, as `read_codebook` gives it.
    actor
        ``"document"``: all is said by the actor of its row, or, without such a column, by an
        actor of the document's name, as a report is its government's. ``"sentence"``: for news,
        each sentence is said by the province, organisation or expert that it names as speaking;
        what nobody is said to say is left out (`find_terms` has it).
    tables
        The package whose actors may speak in sentences; the shipped one if left out.

    Returns
    -------
    pandas.DataFrame
        One row per document, paragraph, actor, role and code, in the order of the text, with the
        columns of the table `statements`: `count` is the number of places; `quote` is the first
        of them as printed, and `start` and `end` are its place in the paragraph, in characters;
        `coder` is the library, its version and a checksum of the terms; `initiative`,
        `qualifier` and `summary` are empty. For sentences also `rule`, by which the
        actor was found: verb after name, subject, tag after, tag within, tag as a sentence,
        according to, in the view of, taken as an example, at a conference, conference of,
        pronoun, goes on.

    Raises
    ------
    ValueError
        If a column is missing, a text is no text, a paragraph stands in two rows, a role is
        unknown, a cell is empty, or a term cannot be looked for.

    Examples
    --------
    >>> codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": ["机器人"]})
    >>> text = "Robots are few. Henan will buy robots."
    >>> news = pd.DataFrame({"document": "news", "paragraph": [1], "text": [text]})
    >>> columns = ["actor", "role", "code", "count"]
    >>> code_documents(news, codebook)[columns].to_numpy().tolist()
    [['news', 'commits', 'robots', 2]]
    >>> code_documents(news, codebook, actor="sentence")[columns].to_numpy().tolist()
    [['henan', 'commits', 'robots', 1]]
    """
    require(actor, ACTORS, "actor")
    require_columns(documents, "document", "paragraph", "text")
    require_columns(codebook, "id", "terms_en", "terms_zh")
    document, paragraph = _check_rows(documents)
    terms = codebook_terms(codebook)
    coder = _coder(terms)
    if tables is not None and not isinstance(tables, Tables):
        raise TypeError(f"tables: expected Tables, not {type(tables).__name__}")
    if actor == "sentence":
        names = actor_names(_actors(tables or read_tables()))
        spoken = speakers(_texts(documents), document, paragraph, names)
        return _statements(documents, terms, coder, spoken)
    parts = [_statements(part, terms, coder) for part in _blocks(documents)]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _statements(
    documents: pd.DataFrame, terms: pd.DataFrame, coder: str, spoken: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Find terms and make statements of them, said by the actors of rows or of stretches."""
    texts = _texts(documents)
    text, row, start, end = find_spans(texts, terms)
    if spoken is None:
        actor = documents["actor" if "actor" in documents else "document"]
        spoken = pd.DataFrame({"actor": actor, "role": _roles(documents)})
        said = place = text
    else:
        hit, said = _within(spoken, text, start, end)
        text, row, start, end = text[hit], row[hit], start[hit], end[hit]
        speech = pd.MultiIndex.from_frame(spoken[["text", "actor", "role"]])
        place = pd.factorize(speech)[0][said]
    code, codes = pd.factorize(terms["code"])
    key = place * len(codes) + code[row]
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    order = np.argsort(first, kind="stable")  # from the order of keys to that of places
    first, count = first[order], count[order]
    text, row, said = text[first], row[first], said[first]
    empty, one = pd.array([pd.NA], dtype="str"), np.zeros(len(text), dtype=int)
    columns = {
        "document": documents["document"].array.take(text),
        "paragraph": documents["paragraph"].array.take(text),
        "actor": spoken["actor"].array.take(said),
        "role": spoken["role"].array.take(said),
        "code": terms["code"].array.take(row),
        "initiative": empty.take(one),
        "qualifier": pd.array([pd.NA], dtype="boolean").take(one),
        "coder": pd.array([coder], dtype="str").take(one),
        "count": count,
        "start": start[first],
        "end": end[first],
        "quote": pd.array(
            _quotes(texts, terms["term"].to_list(), text, row, start[first], end[first]),
            dtype="str",
        ),
        "summary": empty.take(one),
    }
    if "rule" in spoken:
        columns["rule"] = spoken["rule"].array.take(said)
    table = pd.DataFrame(columns)
    table.insert(0, "id", statement_ids(table[list(KEY)]))
    return table


def _coder(terms: pd.DataFrame) -> str:
    """Name the library, its version and the terms, by a checksum of these."""
    listed = terms[["code", "folded", "excluded"]].to_csv(index=False).encode()
    return f"policylib {__version__}, terms {crc32(listed):08x}"


def _blocks(documents: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield rows of some million characters, so that memory is taken for one part at a time."""
    texts = documents["text"].astype("str")
    characters = texts.str.len().fillna(0).cumsum().to_numpy(dtype=float)
    block = (characters // BLOCK).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1), len(documents)]
    for first, last in pairwise(edges):
        yield documents.iloc[first:last]


def report_roles(documents: pd.DataFrame) -> "pd.Series[str]":
    """Tell the parts of work reports apart: what was done, and what will be.

    A heading that names a review begins the first part. The heading with the next number (or, if
    it has no number, the next that names plans, tasks or targets) begins the second part, which
    lasts to the end.

    Parameters
    ----------
    documents
        One row per paragraph, in their order: `document` and `text`.

    Returns
    -------
    pandas.Series
        For each row ``"reports"`` or ``"commits"``; missing before the first heading, and in
        documents that have no such headings: look whether that is right for yours.

    Raises
    ------
    ValueError
        If a column is missing, or a text is no text.

    Examples
    --------
    >>> texts = ["工作报告", "一、去年工作回顾", "新建高铁。", "二、今年主要任务", "扩大消费。"]
    >>> documents = pd.DataFrame({"document": "report", "text": texts})
    >>> report_roles(documents).fillna("").to_list()
    ['', 'reports', 'reports', 'commits', 'commits']
    """
    require_columns(documents, "document", "text")
    roles: list[str | None] = []
    follows: dict[object, re.Pattern[str] | None] = {}
    role_of: dict[object, str] = {}
    for document, text in zip(documents["document"], _texts(documents), strict=True):
        line = text.strip()
        if len(line) <= LONGEST_HEADING and not NO_HEADING.search(line):
            if document not in follows and REVIEW.search(line):
                role_of[document], follows[document] = "reports", _follows(line)
            elif (next_heading := follows.get(document)) and next_heading.search(line):
                role_of[document], follows[document] = "commits", None
        roles.append(role_of.get(document))
    return pd.Series(roles, documents.index, dtype="str", name="role")


def _follows(heading: str) -> re.Pattern[str]:
    """Give what the next heading of the same rank looks like: the next number, or naming plans."""
    if number := NUMBERED.match(heading):
        return re.compile("^" + re.escape(SERIES[number[1]] + number[2]))
    if marks := MARKDOWN.match(heading):
        return re.compile("^" + re.escape(marks[1]))
    return PLAN


def _texts(documents: pd.DataFrame) -> list[str]:
    """Give the texts, or say which is none."""
    column = documents["text"]
    texts: list[str] = column.to_list()
    # A column of strings can only lack some; any other may hold anything.
    if column.dtype != "str" or column.isna().any():
        for place, text in zip(documents.index, texts, strict=True):
            if not isinstance(text, str):
                raise ValueError(f"column 'text', row {place!r}: {text!r} is no text")
    return texts


def _check_rows(documents: pd.DataFrame) -> tuple[Ints, Ints]:
    """Give the numbers of documents and paragraphs, or say which row is wrong."""
    for column in ("document", "actor"):
        if column in documents and documents[column].isna().any():
            row = documents.index[documents[column].isna()][0]
            raise ValueError(f"column {column!r}, row {row!r}: the cell is empty")
    if not pd.api.types.is_integer_dtype(documents["paragraph"].dtype):
        raise ValueError("column 'paragraph': its cells are no whole numbers, from 1 on")
    if documents["paragraph"].isna().any():
        raise ValueError("column 'paragraph': a cell is empty")
    if "role" in documents:
        for role in documents["role"].dropna().unique():
            require(role, ROLES, "role")
    document, _ = pd.factorize(documents["document"])
    paragraph = documents["paragraph"].to_numpy(dtype=np.int64)
    forward = (document[1:] > document[:-1]) | (
        (document[1:] == document[:-1]) & (paragraph[1:] > paragraph[:-1])
    )
    if not forward.all():  # most tables stand in order and need no more
        twice = documents.duplicated(["document", "paragraph"])
        if twice.any():
            name, number = documents.loc[twice, ["document", "paragraph"]].to_numpy()[0]
            raise ValueError(f"paragraph {number} of document {name!r} stands in two rows")
    return document, paragraph


def _roles(documents: pd.DataFrame) -> "pd.Series[str]":
    if "role" not in documents:
        return pd.Series("commits", documents.index, dtype="str")
    return documents["role"].astype("str").fillna("commits")


def _actors(tables: Tables) -> pd.DataFrame:
    """Put all who may speak into one table."""
    provinces = tables.provinces.assign(type="province")
    return pd.concat([provinces, tables.organisations, tables.experts.assign(type="expert")])


def _within(spoken: pd.DataFrame, text: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Give pairs of a hit and a stretch in which it stands, outside the words that name who speaks.

    A stretch that several actors say is in the table once for each.
    """
    of_text, begins, ends, skip_start, skip_end = spoken.iloc[:, :5].to_numpy().T
    # All texts are laid end to end, so that one search finds the stretch of every hit.
    line = max(start.max(initial=0), begins.max(initial=0)) + 1
    places, first, speakers_of = np.unique(
        of_text * line + begins, return_index=True, return_counts=True
    )
    stretch = np.searchsorted(places, text * line + start, side="right") - 1
    hit = np.flatnonzero(stretch >= 0)
    said = first[stretch[hit]]
    inside = (of_text[said] == text[hit]) & (start[hit] < ends[said])
    naming = (start[hit] < skip_end[said]) & (end[hit] > skip_start[said])
    hit, said = hit[inside & ~naming], said[inside & ~naming]
    times = speakers_of[stretch[hit]]
    return np.repeat(hit, times), np.repeat(said, times) + count_up(times)


def _quotes(
    texts: list[str], terms: list[str], text: Ints, row: Ints, start: Ints, end: Ints
) -> list[str]:
    """Return what is printed at each place, at most as many words as a quote may have."""
    short = [t.count(" ") < MOST_WORDS and len(t) <= MOST_CHARACTERS for t in terms]
    one_word = [" " not in term for term in terms]
    found = []
    for number, term, first, last in zip(
        text.tolist(), row.tolist(), start.tolist(), end.tolist(), strict=True
    ):
        printed = texts[number][first:last]
        # A space may be printed as one of another kind.
        plain = one_word[term] or (printed.isascii() and "\t" not in printed)
        if not (short[term] and plain):
            printed = " ".join(printed.split()[:MOST_WORDS])[:MOST_CHARACTERS].strip()
        found.append(printed)
    return found
