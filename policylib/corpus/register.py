"""What is known of the documents of a folder: who says it, in which role, and when."""

from pathlib import PurePosixPath

import pandas as pd

from policylib._util.faults import COLUMNS, DataError
from policylib._util.names import first_of, nearest, require_columns
from policylib._util.warn import warn
from policylib.corpus.rows import ABOUT, NAMES, Problem, check_names, tell_columns
from policylib.documents.files import READERS


def what_is_known(
    about: pd.DataFrame, ids: set[str], problems: list[Problem], actor: str
) -> dict[str, tuple[str | None, ...]]:
    """Give what is known of each document, and note those that are not there."""
    require_columns(about, "document")
    told = tell_columns("about", about.columns, actor, NAMES)
    if not set(ABOUT) & set(about.columns):
        more = f"; {told}" if told else ""
        raise ValueError(f"about has none of the columns {', '.join(ABOUT)}{more}")
    if told:
        warn(f"about: {told}")
    if about.empty:
        raise ValueError("about has no row")
    texts, wrong = check_names(about.reset_index(drop=True))
    names = texts["document"]
    names = names.where(names.isin(ids), names.str.strip())
    _raise_if_wrong(names, wrong)
    strange = sorted(names[~names.isin(ids)])
    alike = {_plain(id_): id_ for id_ in sorted(ids)} if strange else {}
    likely = [alike.get(_plain(name)) for name in strange]
    hints = [f"; did you mean {name!r}?" if name else "" for name in likely]
    if len(strange) == len(names):
        hint = hints[0] or nearest(strange[0], tuple(sorted(ids)))
        raise ValueError(f"about: none of its documents is there, such as {strange[0]!r}{hint}")
    told = "in the table about documents only"
    problems += [
        Problem(name, None, told + hint) for name, hint in zip(strange, hints, strict=True)
    ]
    if missing := sorted(ids.difference(names)):
        warn(f"about has no row for {len(missing)} of {len(ids)} files: {first_of(missing)}")
    nobody = names[texts["actor"].isna() & ("actor" in about) & (actor == "document")]
    if nameless := sorted(ids.intersection(nobody)):
        told = f"about names no actor of {len(nameless)} of {len(ids)} files"
        warn(f"{told}, each of which is its own: {first_of(nameless)}")
    rows = zip(*(texts[column].astype("object") for column in ABOUT), strict=True)
    cells = ((cell if isinstance(cell, str) else None for cell in row) for row in rows)
    return dict(zip(names, map(tuple, cells), strict=True))


def _raise_if_wrong(names: "pd.Series[str]", wrong: pd.DataFrame) -> None:
    wrong.loc[names.duplicated() & names.notna(), "document"] = "stands in two rows"
    faults = [
        ("about", row, column, f"{told}; the document is {name!r}" if name else told)
        for column in wrong
        for row, (told, name) in enumerate(zip(wrong[column], names.fillna(""), strict=True), 2)
        if isinstance(told, str)
    ]
    if faults:
        raise DataError(pd.DataFrame(faults, columns=COLUMNS), "about")


def _plain(name: str) -> str:
    r"""Give a name as it may be meant, however its path is written.

    Examples
    --------
    >>> _plain("./Henan\\Report.TXT")
    'henan/report'
    """
    path = PurePosixPath(name.replace("\\", "/").lower())
    return str(path.with_suffix("") if path.suffix in READERS else path)
