"""Make small codebooks and documents, and find the terms in them."""

import pandas as pd

import policylib as pol


def codebook_of(**codes: tuple) -> pd.DataFrame:
    """Make a codebook from code=(terms_en, terms_zh, excluded_en, excluded_zh)."""
    columns = ["terms_en", "terms_zh", "excluded_en", "excluded_zh"]
    rows = [(code, *cells, *[None] * (4 - len(cells))) for code, cells in codes.items()]
    return pd.DataFrame(rows, columns=["id", *columns])


def documents_of(*texts: str) -> pd.DataFrame:
    """Make one document with a paragraph for each text."""
    paragraphs = range(1, len(texts) + 1)
    return pd.DataFrame({"document": "a", "paragraph": paragraphs, "text": texts})


def hits(codebook: pd.DataFrame, *texts: str) -> list[tuple]:
    """Return paragraph, code, start and end of each term that is found."""
    found = pol.find_terms(documents_of(*texts), codebook)
    return list(found[["paragraph", "code", "start", "end"]].itertuples(index=False, name=None))
