"""Ids of statements, made from their columns, so that coding again gives the same ids."""

import pandas as pd

from policylib._util.names import require_columns

KEY = ("document", "paragraph", "actor", "role", "code")
LIBRARY = "policylib "  # begins `coder` in statements coded by codebook


def statement_ids(statements: pd.DataFrame) -> "pd.Series[str]":
    """Return an id for each statement, made from its columns.

    An id joins document, paragraph, actor, role, code, initiative and, if a person coded, the
    coder's name. Statements with equal ids are numbered from the second on. So a new code or
    term in the codebook, or a new release, does not change the ids of other statements.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `document`, `paragraph`, `actor`, `role` and `code`;
        `initiative` and `coder` are optional.

    Returns
    -------
    Series of str
        Unique ids, under the index of the statements.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {
    ...         "document": "plan",
    ...         "paragraph": [3, 3, 3],
    ...         "actor": "henan",
    ...         "role": "commits",
    ...         "code": "robots",
    ...         "coder": ["policylib 0.2.0, terms d3dd9d2e", "Ann", "Ann"],
    ...     }
    ... )
    >>> statement_ids(statements).to_list()
    ['plan-p03-henan-commits-robots', 'plan-p03-henan-commits-robots-ann', \
'plan-p03-henan-commits-robots-ann-2']
    """
    require_columns(statements, *KEY)
    ids = statements["document"].astype("str") + "-p" + _two_digits(statements["paragraph"])
    for column in ("actor", "role", "code"):
        ids = ids + "-" + statements[column].astype("str")
    if "initiative" in statements:
        ids = ids + _suffix(statements["initiative"])
    if "coder" in statements:
        coder = statements["coder"].astype("str")
        slug = coder.str.lower().str.replace(r"\W+", "-", regex=True).str.strip("-")
        ids = ids + _suffix(slug.mask(coder.str.startswith(LIBRARY) | (slug == "")))
    return number_equals(ids)


def number_equals(ids: "pd.Series[str]") -> "pd.Series[str]":
    """Append -2, -3 and so on to ids that an earlier row has."""
    while ids.duplicated().any():  # repeat, as "a-2" may be the id of another row
        again = ids.groupby(ids.to_numpy()).cumcount()
        ids = ids.mask(again > 0, ids + "-" + (again + 1).astype("str"))
    return ids


def _two_digits(paragraph: "pd.Series[int]") -> "pd.Series[str]":
    return paragraph.astype("str").str.zfill(2)


def _suffix(values: "pd.Series[str]") -> "pd.Series[str]":
    return ("-" + values.astype("str")).fillna("")
