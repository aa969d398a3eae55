"""List the hits of a codebook in sentences that nobody is found to say, with the reason."""

import re
from bisect import bisect_right

import numpy as np
import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.characters import simplify
from policylib._util.names import require_columns
from policylib.coding.attribution import LONGEST, speakers, unlisted
from policylib.coding.coder import actors_of, check_rows, find_terms
from policylib.coding.cues import Sentence
from policylib.coding.grammar import grammar, tokens
from policylib.coding.initiatives import require_tables
from policylib.coding.names import Names, actor_names, find_names
from policylib.documents.sentences import language_of, sentences
from policylib.tables.read import Tables, read_tables

PRONOUNS, UNLISTED = "hHtimwo", "ugf"  # tags of "he" or "the province", and of "experts"


def unattributed(
    documents: pd.DataFrame, codebook: pd.DataFrame, *, tables: Tables | None = None
) -> pd.DataFrame:
    """List the hits in news that no actor is found to say, with the reason.

    ``code_documents(…, actor="sentence")`` leaves these hits out. The reason shows what may be
    missing: an actor or an alias in the tables, or a verb in the word lists of the library.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` (an integer from 1) and `text`.
    codebook : DataFrame
        One row for each code, as `read_codebook` returns it.
    tables : Tables, optional
        The data package with the actors; by default the shipped one.

    Returns
    -------
    DataFrame
        One row for each hit, in the order of the text: the columns of `find_terms`, `reason`,
        `word` (what the reason is about, or missing) and `sentence`. The reasons are

        - ``"no name"``: the sentence names no actor of the tables,
        - ``"somebody else"``: a person, group or country that is not in the tables says it,
        - ``"unknown reference"``: a word such as "he" or "the province", but it is not known who
          is meant, or whether it is the subject,
        - ``"unknown verb"``: a name, and then a `word` that the library does not know as a verb,
        - ``"no verb"``: a name, but nothing after it,
        - ``"two names"``: several names, but none is the subject of a known verb,
        - ``"not the subject"``: a name and a verb, but another word is the subject,
        - ``"question"``, or ``"too long"`` (more than 3,000 characters).

    Raises
    ------
    TypeError
        If an argument is not a DataFrame, or `tables` is not a data package.
    ValueError
        If a column is missing, a text is not a string, a paragraph is in two rows or not an
        integer from 1, or two actors have the same name.
    DataError
        If the codebook has faults; all are listed.

    See Also
    --------
    code_documents : The statements that somebody is found to make.

    Examples
    --------
    >>> codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"]})
    >>> text = "Henan will buy robots. Robots are few. Hebei yearns for robots."
    >>> news = pd.DataFrame({"document": "news", "paragraph": [1], "text": [text]})
    >>> unattributed(news, codebook)[["sentence", "reason", "word"]].to_numpy().tolist()
    [['Robots are few.', 'no name', nan], ['Hebei yearns for robots.', 'unknown verb', 'yearns']]
    """
    require_columns(documents, "document", "paragraph", "text")
    if tables is not None:
        require_tables(tables)
    document, paragraph = check_rows(documents[["document", "paragraph"]])
    names = actor_names(actors_of(tables or read_tables()))
    texts = texts_of(documents)
    rows = documents[["document", "paragraph", "text"]].assign(document=range(len(documents)))
    hits = find_terms(rows, codebook)
    spoken = speakers(texts, document, paragraph, names)
    stretches = spoken.groupby("text")[["start", "end"]].agg(list)
    kept, found = [], []
    for row, (number, start) in enumerate(zip(hits["document"], hits["start"], strict=True)):
        if number in stretches.index:
            begins, ends = stretches.loc[number]
            at = bisect_right(begins, start) - 1
            if at >= 0 and start < ends[at]:
                continue
        kept.append(row)
        found.append(_why(texts[number], start, names))
    hits = hits.take(kept).reset_index(drop=True)
    hits["document"] = documents["document"].array.take(hits["document"].to_numpy(dtype=np.int64))
    why = pd.DataFrame(found, columns=["reason", "word", "sentence"], dtype="str")
    return pd.concat([hits, why], axis=1)


def _why(text: str, place: int, names: Names) -> tuple[str, str | None, str]:
    """Return why nobody is found to say the sentence at a place, a word, and the sentence."""
    language = language_of(text)
    first, last = next(span for span in sentences(text, language) if place < span[1])
    sentence = text[first:last].strip()
    if len(sentence) > LONGEST:
        return "too long", None, sentence
    plain, words = simplify(sentence), grammar(language)
    # A family name may mean a person whose full name is in an earlier sentence.
    found = find_names(plain, names, set(names.families), words)
    listed = tokens(plain, words, found)
    tags = "".join(token.tag for token in listed)
    if stranger := unlisted(Sentence(sentence, listed, tags, names, words)):
        return "somebody else", stranger, sentence
    other = re.search(f"[{PRONOUNS}]|[{UNLISTED}](?=.*[SV])", tags)
    if other and (not found or other.start() < tags.index("N")):
        token = listed[other.start()]
        known = "unknown reference" if other[0] in PRONOUNS else "somebody else"
        return known, sentence[token.start : token.end], sentence
    if not found:
        return "no name", None, sentence
    named = dict.fromkeys(sentence[start:end] for start, end, _ in found)
    if sentence.rstrip(' ”"’').endswith(("?", "？")):
        return "question", None, sentence
    if len({who for _, _, who in found}) > 1:
        return "two names", "; ".join(named), sentence
    after = tags.index("N") + 1
    if re.search("[SV]", tags[after:]):
        return "not the subject", next(iter(named)), sentence
    verb = re.match(r"d*(a)", tags[after:])
    if verb is None:
        return "no verb", next(iter(named)), sentence
    token = listed[after + verb.start(1)]
    return "unknown verb", sentence[token.start : token.end], sentence
