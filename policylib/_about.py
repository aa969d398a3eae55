"""What is known of the documents of a folder: who says it, in which role, and when."""

import pandas as pd

from policylib._corpus_rows import ABOUT, DATES, NAMES, Problem, check_names, nearly_read
from policylib._faults import COLUMNS, DataError
from policylib._names import nearest, require_columns
from policylib._warn import warn


def what_is_known(
    about: pd.DataFrame, ids: set[str], problems: list[Problem]
) -> dict[str, tuple[str | None, ...]]:
    """Give what is known of each document, and note those that are not there."""
    require_columns(about, "document")
    if not set(ABOUT) & set(about.columns):
        raise ValueError(f"a table about documents has one of the columns {', '.join(ABOUT)}")
    _warn_of_columns(about)
    texts, wrong = check_names(about.reset_index(drop=True))
    names = texts["document"]
    wrong.loc[names.duplicated() & names.notna(), "document"] = "stands in two rows"
    faults = [
        ("about", row, column, f"{told}; the document is {names[row - 2]!r}")
        for column in wrong
        for row, told in enumerate(wrong[column], start=2)  # as a spreadsheet numbers them
        if isinstance(told, str)
    ]
    if faults:
        raise DataError(pd.DataFrame(faults, columns=COLUMNS), "about")
    strange = sorted(names[~names.isin(ids)])
    if len(strange) == len(names):
        hint = nearest(strange[0], tuple(sorted(ids))) if strange else ""
        raise ValueError(f"none of the documents is there, such as {strange[:1]}{hint}")
    problems += [Problem(name, None, "in the table about documents only") for name in strange]
    if without := len(ids - set(names)):
        told = f"{without} of {len(ids)} documents are not in the table about them"
        warn(f"{told}: each is an actor of its own, without a date")
    rows = zip(*(texts[column].astype("object") for column in ABOUT), strict=True)
    cells = ((cell if isinstance(cell, str) else None for cell in row) for row in rows)
    return dict(zip(names, map(tuple, cells), strict=True))


def _warn_of_columns(about: pd.DataFrame) -> None:
    """Warn of what may have been meant to be read, and of what is not known then."""
    told = nearly_read(about.columns, NAMES)
    others = [str(column) for column in about.columns if column not in NAMES]
    if others and not told:
        if "actor" not in about:
            told.append("no column 'actor', so that each document is an actor of its own")
        if not set(DATES) & set(about.columns):
            told.append("no column 'said' or 'published', so that no statement has a date")
        if told:
            told.append(f"not read: {', '.join(others)}")
    if told:
        warn(f"about: {'; '.join(told)}")
