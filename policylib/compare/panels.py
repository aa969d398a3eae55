"""A panel: what each actor says in each period, as one long table for a regression."""

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.dates import Period
from policylib._util.names import nearest, require, require_columns, require_hashable
from policylib._util.numbers import EXACT, require_whole
from policylib.compare.counts import (
    count_statements,
    numbers_from_zero,
    require_level,
    require_names,
    rows_of,
)
from policylib.compare.trends import with_periods
from policylib.tables.levels import Level

RESULT = ("period", "count", "present", "share")
READ = ("date", "published", "characters", "text")


def panel(
    statements: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    rows: str | Sequence[str] = "actor",
    period: Period = "year",
    columns: str = "code",
    level: Level | None = None,
    codebook: pd.DataFrame | None = None,
    per: int | None = 10_000,
    denied: bool = False,
) -> pd.DataFrame:
    """Count the statements of each actor on each code, period by period, as a long table.

    A count of 0 means that the actor has a document in that period, and that no document of the
    period names the code. An actor without a document in a period has no row there, because
    silence of the sources is not zero.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, with `document`. Its column `count`, if there is one, says how
        often the statement is made.
    documents : DataFrame
        What the actors wrote, and when: `document` (or `id`), the columns of `rows`, and `date`.
        One row for each document, or for each paragraph with its number in `paragraph`, such as
        ``documents.merge(register, on="document")`` after `read_documents`. Where `date` is
        missing and there is a column `published`, that one is used, with a warning. The length of
        a row's text is `characters` if there is such a column, otherwise that of `text`, spaces
        included.
    rows : str or sequence of str
        The column, or columns, that name the actor in both tables.
    period : {"year", "quarter", "month", "week"}
        The division of time. A statement belongs to the period of its document; its own date is
        not used.
    columns, level, codebook : optional
        As in `count_statements`: the column of statements to count by, and the level of the
        codebook to which codes roll up.
    per : int, optional
        The number of characters to which `share` refers. None leaves `share` out, for documents
        of unknown length.
    denied : bool
        As in `count_statements`.

    Returns
    -------
    DataFrame
        One row for each actor, period with a document, and code that is counted, sorted: the
        columns of `rows`, `period`, the column of `columns`, `count`, `present` (whether the count
        is above 0) and `share`, the count per so many characters of text of that actor in that
        period. `share` is missing where the text has no characters. For Stata:
        ``panel(…).astype({"period": "str"}).to_stata("panel.dta", version=118)``.

    Raises
    ------
    TypeError
        If `statements` or `documents` is not a table.
    ValueError
        If a column is missing, named twice or has the name of a column of the result; a document
        has no actor, no date, two periods or two equal rows; a statement's document is not in
        `documents`, or has no text of its actor; lengths are missing; or an option or a cell is
        wrong, as in `count_statements` and `attention`. The message names the row.

    Warns
    -----
    UserWarning
        If documents were dated by `published`.

    See Also
    --------
    count_statements : The counts as a matrix.
    attention : The share of each code in all statements of a period.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {
    ...         "document": ["plan", "report", "daily"],
    ...         "actor": ["henan", "henan", "jilin"],
    ...         "date": [2023, 2024, 2024],
    ...         "characters": [5000, 20_000, 10_000],
    ...     }
    ... )
    >>> statements = pd.DataFrame(
    ...     {
    ...         "document": ["plan", "plan", "report", "daily"],
    ...         "actor": ["henan", "henan", "henan", "jilin"],
    ...         "code": ["robots", "robots", "talent", "robots"],
    ...     }
    ... )
    >>> print(panel(statements, documents).to_string(index=False))
    actor period   code  count  present  share
    henan   2023 robots      2     True    4.0
    henan   2023 talent      0    False    0.0
    henan   2024 robots      0    False    0.0
    henan   2024 talent      1     True    0.5
    jilin   2024 robots      1     True    1.0
    jilin   2024 talent      0    False    0.0
    """
    require_columns(statements, "document")
    by = rows_of(rows)
    require_names([*by, columns], statements.columns)
    require_level(level, codebook, [*by, columns])
    for name in RESULT:
        if name in (*by, columns):
            raise ValueError(f"column {name!r} has the name of a column of the result; rename it")
    for name in READ:
        if name in by:
            raise ValueError(f"rows has {name!r}, which panel reads itself; name columns of actors")
    require(period, get_args(Period), "period")
    if per is not None:
        require_whole(per, "per")
        if per > EXACT:
            raise ValueError("per is too large; expected a whole number up to 2**53")
    texts = _texts(documents, by, period, with_length=per is not None)
    _require_known(statements, texts, by)
    once = texts.drop_duplicates("document")
    place = pd.Index(once["document"]).get_indexer(statements["document"])
    dated = statements.assign(period=once["period"].array.take(place))
    units = [*by, "period"]
    counts = count_statements(
        dated, rows=units, columns=columns, level=level, codebook=codebook, denied=denied
    )
    length = texts.groupby(units)["characters"].sum()
    table = _long(counts.reindex(length.index, fill_value=0))
    table["present"] = table["count"] > 0
    if per is not None:
        characters = length.where(length > 0).to_numpy(dtype="float64", na_value=np.nan)
        table["share"] = float(per) * table["count"] / np.repeat(characters, counts.shape[1])
    return table


def _long(counts: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each cell of a matrix of counts, row by row."""
    index = counts.index.repeat(counts.shape[1])
    table = index.to_frame(index=False)
    place = np.tile(np.arange(counts.shape[1]), len(counts))
    table[counts.columns.name] = counts.columns.take(place)
    return table.assign(count=counts.to_numpy().ravel())


def _texts(
    documents: pd.DataFrame, by: list[str], period: Period, *, with_length: bool
) -> pd.DataFrame:
    """Return the rows of `documents` with `document`, the actor, `period` and `characters`."""
    require_columns(documents)
    if "document" not in documents and "id" in documents:
        documents = documents.rename(columns={"id": "document"})
    keys = list(dict.fromkeys(["document", *by]))
    require_columns(documents, *keys, "date", name="documents")
    require_values(documents, *keys, name="documents")
    _require_once(documents, keys)
    table = documents[[name for name in (*keys, "date", "published") if name in documents]]
    table = table.assign(characters=_characters(documents) if with_length else 0)
    try:
        table = with_periods(table, period, "period", "rows of documents")
    except ValueError as error:
        raise ValueError(f"documents: {error}") from None
    places = table.drop_duplicates(["document", "period"])
    for name in places["document"][places["document"].duplicated()].to_list()[:1]:
        found = places["period"][places["document"] == name].astype("str")
        raise ValueError(
            f"documents: document {name!r} is in the {period}s {' and '.join(found)}; expected one"
        )
    return table.reset_index(drop=True)


def _require_once(documents: pd.DataFrame, keys: list[str]) -> None:
    """Raise if a text is in the table twice, which would double its length."""
    places = [*keys, *(["paragraph"] if "paragraph" in documents else [])]
    for name in places:
        require_hashable(documents[name])
    for row in documents.index[documents.duplicated(places)].to_list()[:1]:
        hint = "" if "paragraph" in documents else "; for paragraphs, number them in 'paragraph'"
        raise ValueError(
            f"documents, row {row!r}: an earlier row has the same {', '.join(places)}{hint}"
        )


def _characters(documents: pd.DataFrame) -> "pd.Series[Any]":
    """Return the length of each text."""
    try:
        if "characters" in documents:
            return numbers_from_zero(documents["characters"])
        if "text" in documents:
            return pd.Series([*map(len, texts_of(documents))], documents.index, dtype="int64")
    except ValueError as error:
        raise ValueError(f"documents: {error}") from None
    raise ValueError(
        "documents has neither 'characters' nor 'text', which shares need; per=None leaves them out"
    )


def _require_known(statements: pd.DataFrame, texts: pd.DataFrame, by: list[str]) -> None:
    """Raise if the text of a statement's document and actor is not known."""
    require_values(statements, "document", name="statements")
    for name in by:
        require_hashable(statements[name])
    unknown = statements["document"][~statements["document"].isin(texts["document"])]
    for row, name in [*unknown.items()][:1]:
        raise ValueError(
            f"statements: column 'document', row {row!r}: documents has no {name!r}"
            f"{nearest(name, texts['document'].unique())}"
        )
    keys = list(dict.fromkeys(["document", *by]))
    named = statements[keys].dropna()
    known = pd.MultiIndex.from_frame(texts[keys])
    strange = named[~pd.MultiIndex.from_frame(named).isin(known)]
    for row, document in [*strange["document"].items()][:1]:
        actor = ", ".join(map(repr, named.loc[[row], by].iloc[0]))
        own = texts.loc[texts["document"] == document, by].drop_duplicates().head()
        allowed = "; ".join(", ".join(map(repr, names)) for names in own.itertuples(index=False))
        raise ValueError(
            f"statements, row {row!r}: document {document!r} has no text of {actor} "
            f"(documents names {allowed})"
        )
