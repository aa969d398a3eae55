"""Ids of statements, made from their columns, so that coding again gives the same ids."""

import re
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import whole_numbers

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
        One row for each statement, with `document`, `paragraph`, `actor`, `role` and `code`, none
        of them empty; `initiative` and `coder` are optional, and their empty cells are left out.

    Returns
    -------
    Series of str
        Unique ids, under the index of the statements.

    Raises
    ------
    ValueError
        If a column is missing, or a cell is empty, a list, or a paragraph with a fraction; the
        message names the row.

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
    document, paragraph, *others = (_filled(statements[column]) for column in KEY)
    ids = document + "-p" + paragraph.str.zfill(2)
    for texts in others:
        ids = ids + "-" + texts
    if "initiative" in statements:
        ids = ids + _suffix(whole_numbers(statements["initiative"]).astype("str"))
    if "coder" in statements:
        coder = statements["coder"].astype("str")
        slugs = {name: _slug(name) for name in coder.dropna().unique()}
        ids = ids + _suffix(coder.map(slugs).astype("str"))
    return number_equals(ids)


def number_equals(ids: "pd.Series[str]") -> "pd.Series[str]":
    """Append -2, -3 and so on to ids that an earlier row has."""
    while ids.duplicated().any():  # repeat, as "a-2" may be the id of another row
        again = ids.groupby(ids.to_numpy()).cumcount()
        ids = ids.mask(again > 0, ids + "-" + (again + 1).astype("str"))
    return ids


def _filled(cells: "pd.Series[Any]") -> "pd.Series[str]":
    """Return cells as text, or raise if one of them cannot be a part of an id."""
    require_hashable(cells)
    values = whole_numbers(cells)
    texts = values.astype("str")
    problems = {"the cell is empty": texts.isna() | _is_blank(texts)}
    if cells.name == "paragraph":
        is_float = [isinstance(value, float | np.floating) for value in values]
        problems["expected a whole number, got {}"] = pd.Series(is_float, cells.index)
    for problem, wrong in problems.items():
        for row, text in texts[wrong].iloc[:1].items():
            raise ValueError(f"column {cells.name!r}, row {row!r}: {problem.format(text)}")
    return texts


def _is_blank(texts: "pd.Series[str]") -> "pd.Series[bool]":
    return texts.str.strip().eq("")


def _slug(coder: str) -> str:
    """Return a coder's name as a part of an id; it is empty for this library.

    Examples
    --------
    >>> _slug("Li Na (李娜)"), _slug("policylib 0.2.0, terms d3dd9d2e")
    ('li-na-李娜', '')
    """
    # Not a method of pandas, since pyarrow takes only ASCII letters for parts of words.
    return "" if coder.startswith(LIBRARY) else re.sub(r"\W+", "-", coder.lower()).strip("-")


def _suffix(texts: "pd.Series[str]") -> "pd.Series[str]":
    return ("-" + texts.mask(_is_blank(texts))).fillna("")
