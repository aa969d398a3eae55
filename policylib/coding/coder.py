"""Find the terms of a codebook in documents, and make statements of these hits."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, get_args
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib import __version__
from policylib._util.cells import require_values, texts_of
from policylib._util.characters import simplify
from policylib._util.names import require, require_columns
from policylib._util.warn import warn_of_columns
from policylib.coding.attribution import speakers
from policylib.coding.denial import denied_hits
from policylib.coding.initiatives import Plans, named_initiatives, plans_of, require_tables
from policylib.coding.names import Names, actor_names, in_names
from policylib.coding.spans import Ints, count_up, find_spans
from policylib.coding.terms import codebook_terms, require_terms
from policylib.documents.headings import PARTS, ReportPart
from policylib.documents.parts import find_parts, report_parts
from policylib.tables.ids import KEY, statement_ids
from policylib.tables.read import Tables, read_tables
from policylib.tables.roles import ROLES

Actor = Literal["document", "sentence"]
ACTORS: tuple[Actor, ...] = get_args(Actor)
MOST_WORDS, MOST_CHARACTERS = 6, 80  # in a quote, as the schema requires
ROLE_OF = {"review": "reports", "plan": "commits"}
WANTED = ("commits", "directs", "recommends")  # roles of what somebody is for or against
BLOCK = 2**22  # characters coded at a time, to limit the use of memory


def find_terms(documents: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Find every occurrence of the codebook's terms in documents.

    Letter case, full-width forms and types of spaces, hyphens and quotes do not matter, nor do
    traditional Chinese characters, ß instead of ss, kana of half width, and ligatures and radicals,
    which text copied from a PDF has in place of letters and Chinese characters. But an acronym, a
    term of two to five capital letters such as AI, is found only in capitals. Places are those of
    the text as it is given. Invisible characters inside a term do not matter, but two spaces do. A
    term in the letters of Latin, Greek, Cyrillic or another alphabet with capitals must be a whole
    word. It is also found directly next to Chinese characters.

    A term inside a longer one does not count, even if the longer one has another code. Overlapping
    terms of one code count once. A term inside a phrase that its code excludes does not count.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`.
    codebook : DataFrame
        One row for each code, as `read_codebook` returns it.

    Returns
    -------
    DataFrame
        One row for each hit, in the order of `documents` and of places in the text: `document`,
        `paragraph`, `code`, `term` (as in the codebook), `start` and `end`. The text of the hit is
        ``text[start:end]``.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing, or a text is not a string.
    DataError
        If the codebook has faults, such as an id in two rows or a term that cannot be searched for;
        all are listed.

    See Also
    --------
    code_documents : Make statements of these hits.
    lint_codebook : Find terms that may mislead.

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
    require_terms(codebook)
    terms = codebook_terms(codebook)
    paragraph, row, start, end = find_spans(texts_of(documents), terms)
    return pd.DataFrame(
        {
            # `take` on the arrays keeps their types without checking each cell.
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
    parts: ReportPart | Sequence[ReportPart] | None = ("review", "plan"),
) -> pd.DataFrame:
    """Code documents by the terms of a codebook.

    If a paragraph contains a term of a code, as `find_terms` finds it, the code becomes a
    statement. A denial such as "will not build" is marked in the column `qualifier`.
    For ``actor="sentence"`` the role is a guess from the speaker and the words of the sentence.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` (an integer from 1) and `text`. For
        ``actor="document"`` it may also have `actor` (who says it) and `role`; for
        ``actor="sentence"`` these two columns are ignored. A missing role is ``"reports"`` in the
        review of a work report (see `parts`), and ``"commits"`` elsewhere.
    codebook : DataFrame
        One row for each code, as `read_codebook` returns it.
    actor : {"document", "sentence"}
        ``"document"``: the speaker is the actor of the row. Without a column `actor` it is the
        document, as for the report of a government. ``"sentence"``, for news: the speaker is the
        province, organisation or expert to whom the text attributes the sentence. Sentences
        without an identified speaker are left out (`find_terms` includes them).
    tables : Tables, optional
        The data package whose initiatives can be found in sentences and, with
        ``actor="sentence"``, whose actors can be found as speakers. By default the shipped one for
        ``"sentence"``; for ``"document"`` no initiatives are looked for.
    parts : str or sequence of str, optional
        The parts of work reports that are coded (with ``actor="document"``): those of
        `report_parts`, without options. So titles, tables of contents, glossaries, annexes and
        closing formulas are left out. Paragraphs whose part is not known are always coded. None
        codes everything and does not look for parts.

    Returns
    -------
    DataFrame
        One row for each document, paragraph, actor, role and code, in the order of the text, with
        the columns of the table `statements`. `count` is the number of hits. `quote` is the first
        hit as printed (at most six words); `start` and `end` are its place in the paragraph, in
        characters. `coder` is the library, its version and a checksum of the terms.
        `initiative` is the one that the sentence names by a label or an alias, if any; `summary`
        is empty. `qualifier` is False if the text denies, refuses, stops or opposes
        each hit, else True for the roles ``"commits"``, ``"directs"`` and ``"recommends"``, and
        empty for the others. For sentences, the column `rule` records how the
        speaker was found: ``"subject"``, ``"verb after name"``, ``"passive"``, ``"colon"``,
        ``"according to"``, ``"in the view of"``, ``"at a conference"``, ``"taken as an example"``
        or ``"place"`` ("In Hunan, the goal is …"). A tag is a phrase such as "Li Na said":
        ``"tag after"`` what is said, ``"tag within"`` it, or ``"tag as a sentence"``.
        ``"quotation"`` means that a quotation is still open, and ``"goes on"`` that the speaker
        of the sentence before goes on. ``"pronoun"`` means a word such as "he", "the province"
        or "the meeting". ``"topic"`` is the place that the whole document is about.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame, `tables` is not a data package, or `parts` is not text
        or a sequence.
    ValueError
        If a column is missing, a text is not a string, a paragraph is in two rows or not an
        integer from 1, a cell is empty, `actor`, a role or a part is unknown, or two actors have
        the same name.
    DataError
        If the codebook has faults; all are listed.

    Warns
    -----
    UserWarning
        If a column that is not read may be a misspelt one, such as ``"Actor"`` or ``"term_en"``.

    See Also
    --------
    find_terms : Find the hits behind the statements.
    unattributed : List the hits that nobody is found to say.
    report_parts : Find the parts of work reports.
    code_corpus : Code more documents than fit in the memory.
    agreement : Compare the result with another coding.

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
    require_terms(codebook)
    wanted = parts_of(parts)
    sentences = actor == "sentence"  # then the columns of speakers and roles are ignored
    if not sentences:
        warn_of_columns(documents, "the documents", ("actor", "role"))
    checked = documents[["document", "paragraph"]] if sentences else documents
    document, paragraph = check_rows(checked)
    terms = codebook_terms(codebook)
    coder = _coder(terms)
    if tables is not None:
        require_tables(tables)
    if sentences:
        tables = tables or read_tables()
        names = actor_names(actors_of(tables))
        spoken = speakers(texts_of(documents), document, paragraph, names)
        return _statements(documents, terms, coder, plans_of(tables), spoken, names)
    plans = plans_of(tables) if tables else None
    wanted_rows = of_parts(documents, wanted)
    blocks = [_statements(block, terms, coder, plans) for block in _blocks(wanted_rows)]
    return pd.concat(blocks, ignore_index=True) if len(blocks) > 1 else blocks[0]


def parts_of(parts: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the parts of reports that the caller wants as a tuple, or raise if one is unknown."""
    if parts is None:
        return None
    try:
        listed = (parts,) if isinstance(parts, str) else tuple(parts)
    except TypeError:
        raise TypeError(
            f"parts: expected a part, a list of parts, or None for all, got {parts!r}"
        ) from None
    for part in listed:
        require(part, PARTS, "part")
    return listed


def of_parts(documents: pd.DataFrame, parts: Sequence[str] | None) -> pd.DataFrame:
    """Return the paragraphs of these parts of reports, and those of no known part, with roles.

    Examples
    --------
    >>> texts = ["一、去年工作回顾", "二、今年任务", "附件"]
    >>> documents = pd.DataFrame({"document": "report", "paragraph": [1, 2, 3], "text": texts})
    >>> of_parts(documents, ["review", "plan"])["role"].to_list()
    ['reports', 'commits']
    """
    if parts is None:
        return documents
    order = _reading_order(documents)
    read = documents if order is None else documents.iloc[order]
    texts = read["text"]
    # A column of dtype str without missing cells needs no check, which would copy it.
    sure = texts.dtype == "str" and not texts.isna().any()
    found, _ = find_parts(read["document"], texts.array if sure else texts_of(read), {})
    if not any(found):  # as in most texts that are not reports
        return documents
    if order is not None:
        found = [found[place] for place in np.argsort(order).tolist()]
    roles = [ROLE_OF.get(part or "") for part in found]
    given = documents["role"] if "role" in documents else [None] * len(found)
    either = [role if pd.isna(own) else own for own, role in zip(given, roles, strict=True)]
    documents = documents.assign(role=pd.array(either, dtype="str"))
    return documents[[part is None or part in parts for part in found]]


def _reading_order(documents: pd.DataFrame) -> Ints | None:
    """Return the rows in the order of their paragraphs; None if this is their order already."""
    document = pd.factorize(documents["document"])[0]
    order: Ints = np.lexsort((documents["paragraph"].to_numpy(), document))
    return None if (np.diff(order) > 0).all() else order


def _statements(
    documents: pd.DataFrame,
    terms: pd.DataFrame,
    coder: str,
    plans: Plans | None,
    spoken: pd.DataFrame | None = None,
    names: Names | None = None,
) -> pd.DataFrame:
    """Make statements of the terms in documents, said by the actors of rows or of stretches."""
    texts = texts_of(documents)
    plain = list(map(simplify, texts))
    text, row, start, end = find_spans(texts, terms)
    if spoken is None:
        actor = documents["actor" if "actor" in documents else "document"]
        spoken = pd.DataFrame({"actor": actor, "role": _roles(documents)})
        said = place = text
    else:
        hit, said = _within(spoken, text, start, end)
        if names:
            places = zip(text[hit].tolist(), start[hit].tolist(), end[hit].tolist(), strict=True)
            kept = [not in_names(plain[n], first, last, names) for n, first, last in places]
            hit, said = hit[kept], said[kept]
        text, row, start, end = text[hit], row[hit], start[hit], end[hit]
        speech = pd.MultiIndex.from_frame(spoken[["text", "actor", "role"]])
        place = pd.factorize(speech)[0][said]
    code, codes = pd.factorize(terms["code"])
    key = place * len(codes) + code[row]
    _, first, group, count = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    denied = np.bincount(group, denied_hits(plain, text, start, end), len(first)) == count
    if plans is None:
        initiative = pd.Series(pd.NA, range(len(first)), dtype="str")
    else:
        actors = pd.Series(spoken["actor"].array.take(said))
        named = named_initiatives(texts, text, start, actors, plans)
        initiative = named.groupby(group).first()
    order = np.argsort(first, kind="stable")  # back to the order of places
    first, count, denied = first[order], count[order], denied[order]
    text, row, said = text[first], row[first], said[first]
    empty, one = pd.array([pd.NA], dtype="str"), np.zeros(len(text), dtype=int)
    columns = {
        "document": documents["document"].array.take(text),
        "paragraph": documents["paragraph"].array.take(text),
        "actor": spoken["actor"].array.take(said),
        "role": spoken["role"].array.take(said),
        "code": terms["code"].array.take(row),
        "initiative": initiative.array.take(order),
        "qualifier": _qualifiers(spoken["role"].array.take(said), denied),
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
    parts = [*KEY, *(["initiative"] if plans else [])]
    table.insert(0, "id", statement_ids(table[parts]))
    return table


def _qualifiers(
    roles: pd.api.extensions.ExtensionArray, denied: NDArray[np.bool_]
) -> pd.arrays.BooleanArray:
    """Return False for what is denied, True for other demands and promises, else missing."""
    wanted = pd.Series(roles).isin(WANTED).to_numpy()
    return pd.arrays.BooleanArray(~denied, ~(denied | wanted))


def _coder(terms: pd.DataFrame) -> str:
    """Return the name and version of the library, with a checksum of the terms."""
    listed = terms[["code", "folded", "excluded"]].to_csv(index=False).encode()
    return f"policylib {__version__}, terms {crc32(listed):08x}"


def _blocks(documents: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield blocks of rows with about BLOCK characters, to limit the use of memory."""
    texts = documents["text"].astype("str")
    characters = texts.str.len().fillna(0).cumsum().to_numpy(dtype=float)
    block = (characters // BLOCK).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1), len(documents)]
    for first, last in pairwise(edges):
        yield documents.iloc[first:last]


def report_roles(documents: pd.DataFrame) -> "pd.Series[str]":
    """Return the role of each paragraph of a work report: what was done, or what will be done.

    The roles follow from the parts of the report, which `report_parts` finds by its headings.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph, in reading order: `document` and `text`.

    Returns
    -------
    Series of str
        ``"reports"`` in the review, and ``"commits"`` in the plan. It is missing in other parts,
        and in documents in which `report_parts` knows fewer than two headings.

    Raises
    ------
    TypeError
        If `documents` is not a DataFrame.
    ValueError
        If a column is missing, a document is missing, or a text is not a string.

    Warns
    -----
    UserWarning
        If fewer than two headings are known in some documents; the first of them are named. Give
        `report_parts` their headings.

    See Also
    --------
    report_parts : The parts of reports, with headings of your own.
    code_documents : Code documents, with these roles in the column `role`.

    Examples
    --------
    >>> texts = ["工作报告", "一、去年工作回顾", "新建高铁。", "二、今年主要任务", "扩大消费。"]
    >>> documents = pd.DataFrame({"document": "report", "text": texts})
    >>> report_roles(documents).fillna("").to_list()
    ['', 'reports', 'reports', 'commits', 'commits']
    """
    return report_parts(documents).map(ROLE_OF).astype("str").rename("role")


def check_rows(documents: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the numbers of documents and paragraphs, or raise if a row cannot be coded."""
    require_values(documents, "document", "paragraph", *(["actor"] if "actor" in documents else []))
    dtype = documents["paragraph"].dtype
    if not pd.api.types.is_integer_dtype(dtype):
        raise ValueError(f"column 'paragraph' must hold integers from 1, not {dtype}")
    if "role" in documents:
        roles = documents[["role"]].dropna()
        require_values(roles, "role")
        for role in roles["role"].unique().tolist():
            require(role, ROLES, "role")
    document, _ = pd.factorize(documents["document"])
    paragraph = documents["paragraph"].to_numpy(dtype=np.int64)
    if (paragraph < 1).any():
        row, number = next(documents.loc[paragraph < 1, "paragraph"].items())
        raise ValueError(
            f"column 'paragraph', row {row!r}: expected an integer from 1, got {number}"
        )
    forward = (document[1:] > document[:-1]) | (
        (document[1:] == document[:-1]) & (paragraph[1:] > paragraph[:-1])
    )
    if not forward.all():  # most tables are in order, and need no slower check
        twice = documents.duplicated(["document", "paragraph"])
        if twice.any():
            name, number = documents.loc[twice, ["document", "paragraph"]].to_numpy()[0]
            raise ValueError(f"duplicate paragraph {number} of document {name!r}")
    return document, paragraph


def _roles(documents: pd.DataFrame) -> "pd.Series[str]":
    if "role" not in documents:
        return pd.Series("commits", documents.index, dtype="str")
    return documents["role"].astype("str").fillna("commits")


def actors_of(tables: Tables) -> pd.DataFrame:
    """Return one table of all actors that may speak."""
    provinces = tables.provinces.assign(type="province")
    return pd.concat([provinces, tables.organisations, tables.experts.assign(type="expert")])


def _within(spoken: pd.DataFrame, text: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return pairs of a hit and its row in `spoken`, without hits in words that name a speaker.

    A stretch with several speakers has a row for each of them, so its hits are repeated.
    """
    of_text, begins, ends, skip_start, skip_end = spoken.iloc[:, :5].to_numpy().T
    # Shift each text to its own range of places, so that one search finds all stretches.
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
    """Return the text at each place, cut to the length that a quote may have."""
    short = [t.count(" ") < MOST_WORDS and len(t) <= MOST_CHARACTERS for t in terms]
    one_word = [" " not in term for term in terms]
    found = []
    for number, term, first, last in zip(
        text.tolist(), row.tolist(), start.tolist(), end.tolist(), strict=True
    ):
        printed = texts[number][first:last]
        # The text may have another type of space where the term has a plain one.
        plain = one_word[term] or (printed.isascii() and "\t" not in printed)
        if not (short[term] and plain):
            printed = " ".join(printed.split()[:MOST_WORDS])[:MOST_CHARACTERS].strip()
        found.append(printed)
    return found
