"""What is known of the documents of a folder: who says it, in which role, and when."""

import warnings

import pandas as pd

from policylib._corpus_rows import ABOUT, DATES, Problem, as_text, without_blanks
from policylib._dates import ALLOWED, is_no_date
from policylib._names import nearest, require, require_columns
from policylib._statements import ROLES


def what_is_known(
    about: pd.DataFrame, ids: set[str], problems: list[Problem]
) -> dict[str, tuple[str | None, ...]]:
    """Give what is known of each document, and note those that are not there."""
    require_columns(about, "document")
    if not set(ABOUT) & set(about.columns):
        raise ValueError(f"a table about documents has one of the columns {', '.join(ABOUT)}")
    table = about.reindex(columns=["document", *ABOUT]).reset_index(drop=True)
    table = table.apply(without_blanks)
    texts = {column: as_text(table[column]) for column in table}
    for column in ABOUT:
        wrong = table[column].notna() & texts[column].isna()
        if column in DATES:
            wrong |= is_no_date(texts[column])
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            allowed = f"date (allowed: {ALLOWED})" if column in DATES else "name"
            problem = f"{table[column].to_list()[row]!r} is no {allowed}"
            raise ValueError(f"column {column!r}, row {about.index[row]!r}: {problem}")
    for role in texts["role"].dropna().unique():
        require(role, ROLES, "role")
    names = texts["document"]
    if names.duplicated().any():
        raise ValueError(f"document {names[names.duplicated()].iloc[0]!r} stands in two rows")
    strange = sorted(names[~names.isin(ids)].dropna())
    if len(strange) == len(names):
        hint = nearest(strange[0], tuple(sorted(ids))) if strange else ""
        raise ValueError(f"none of the documents is there, such as {strange[:1]}{hint}")
    problems += [Problem(name, None, "in the table about documents only") for name in strange]
    if without := len(ids - set(names)):
        told = f"{without} of {len(ids)} documents are not in the table about them"
        warnings.warn(f"{told}: each is an actor of its own, without a date", stacklevel=5)
    rows = zip(*(texts[column].astype("object") for column in ABOUT), strict=True)
    cells = ((cell if isinstance(cell, str) else None for cell in row) for row in rows)
    return dict(zip(names, map(tuple, cells), strict=True))
