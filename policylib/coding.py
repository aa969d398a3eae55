"""Documents become hits of the codebook's terms, each with its place."""

import pandas as pd

from policylib._codes import codebook_terms
from policylib._names import require_columns
from policylib._spans import find_spans


def find_terms(documents: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Find every place where a term of the codebook stands.

    Letter case, full-width forms and kinds of hyphens and quotes do not matter. A Latin term
    stands between other characters than letters and digits. Where one term lies within a longer
    one, the longer counts, whichever codes they belong to; and a term within a phrase that its
    code excludes does not count.

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
    texts = documents["text"].to_list()
    if not all(isinstance(text, str) for text in texts):
        number = next(i for i, text in enumerate(texts) if not isinstance(text, str))
        place = documents.index[number]
        raise ValueError(f"column 'text', row {place!r}: {texts[number]!r} is no text")
    paragraph, row, start, end = find_spans(texts, terms)
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
