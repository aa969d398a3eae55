"""Corrections by hand: read the journal of a coder, check it, and apply it to a coding."""

import json
from io import BytesIO
from os import PathLike
from typing import Any, Literal, get_args

import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.faults import DataError, Faults, places
from policylib._util.files import existing_file
from policylib._util.names import nearest, require_columns, require_hashable
from policylib._util.numbers import EXACT
from policylib._util.warn import warn
from policylib.coding.codings import require_same_kinds
from policylib.coding.journal import COLUMNS, whole_lines
from policylib.tables.roles import ROLES

Action = Literal["keep", "drop", "add", "change", "none"]
ACTIONS: tuple[Action, ...] = get_args(Action)
FIELDS = ("code", "actor", "role", "qualifier", "initiative")  # what a coder may change
PLACE = ("document", "paragraph")
SPOT = (*PLACE, "start", "end", "code", "actor")
SHOWN = ("action", "id", *PLACE, "code")
PRINTED = ("coder", "start", "end", "quote")
TRUTH = {"true": True, "false": False}


def read_corrections(file: str | PathLike[str]) -> pd.DataFrame:
    """Read the journal of a coder.

    Parameters
    ----------
    file : str or PathLike
        A CSV file in UTF-8 with a row for each change, the oldest first: `time`, `coder`, `action`
        (keep, drop, add, change or none), `id`, `document`, `paragraph`, `start`, `end`, `quote`,
        `code`, `actor`, `role`, `qualifier`, `initiative`, `note` and `before`. ``"none"`` means
        that the coder saw the paragraph, and that nothing is to be coded there. `before` holds, as
        JSON, what a change replaced. ``"none"`` with an `id` takes the judgement of a statement
        back, and with `before` that of a paragraph. All but `action`, `document` and `paragraph`
        may be absent.

    Returns
    -------
    DataFrame
        One row for each line, with all of these columns; cells that are empty are missing.

    Raises
    ------
    DataError
        If cells are wrong; all are listed, with their row and column.
    ValueError
        If a column is missing, or the file is not a journal in CSV and UTF-8.
    FileNotFoundError
        If the file does not exist.

    Warns
    -----
    UserWarning
        If the last line was cut off, as when the machine lost its power; it is left out.

    See Also
    --------
    apply_corrections : Apply the journal to statements.
    """
    path = existing_file(file)
    data = path.read_bytes()
    if (end := whole_lines(data, path.name)) < len(data):
        cut = data[end:].decode("utf-8", errors="replace")
        warn(f"{path.name}: the last line was cut off and is left out: {cut!r}")
    try:
        table = pd.read_csv(
            BytesIO(data[:end]),
            dtype="str",
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values=[""],
        )
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not a journal in CSV and UTF-8: {error}") from None
    for column in ("action", "document", "paragraph"):
        if column not in table:
            raise ValueError(f"{path.name}: no column {column!r}{nearest(column, table.columns)}")
    table = table.reindex(columns=COLUMNS).astype("str")
    table.index = places(path.name, range(2, len(table) + 2))
    faults = Faults()
    for column in ("paragraph", "start", "end"):
        least = 1 if column == "paragraph" else 0
        number = pd.to_numeric(table[column], errors="coerce")
        wrong = table[column].notna() & ~((number % 1 == 0) & number.between(least, EXACT))
        faults.extend(
            table.index[wrong],
            column,
            [
                f"expected a whole number from {least}, got {cell!r}"
                for cell in table[column][wrong]
            ],
        )
        table[column] = number.where(~wrong).round().astype("Int64")
    allowed: dict[str, tuple[str, ...]] = {"action": ACTIONS, "role": ROLES}
    for column, known in {**allowed, "qualifier": tuple(TRUTH)}.items():
        cells = table[column].str.lower() if column == "qualifier" else table[column]
        wrong = cells.notna() & ~cells.isin(known)
        faults.extend(
            table.index[wrong],
            column,
            [
                f"no {column} {cell!r} (allowed: {', '.join(known)}){nearest(cell, known)}"
                for cell in table[column][wrong]
            ],
        )
        if column == "qualifier":
            table[column] = cells.where(~wrong).map(TRUTH).astype("boolean")
    for column in ("action", "document", "paragraph"):
        faults.extend(table.index[table[column].isna()], column, "the cell is empty")
    coded = table["action"].isin(["keep", "add", "change"])
    for column in ("code", "actor", "role"):
        empty = table.index[coded & table[column].isna()]
        faults.extend(empty, column, "the cell is empty, but a statement has one")
    for place, cell in table["before"].dropna().items():
        try:
            if not isinstance(json.loads(cell), dict):
                raise ValueError
        except (ValueError, RecursionError):
            faults.extend(pd.Index([place]), "before", f"expected a JSON object, got {cell!r:.60}")
    if faults:
        raise DataError(faults.to_frame(), path.name)
    return table.reset_index(drop=True)


def apply_corrections(statements: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return statements with the corrections of a coder applied.

    The last line on a statement counts. The statement is found by its id; otherwise, as after
    another codebook or release, by its document, paragraph, place and code. What a coder kept,
    changed or added is in the result even if the program no longer finds it.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, as `code_documents` returns them.
    corrections : DataFrame
        The journal, as `read_corrections` returns it, or any table with `action` and columns of
        statements: the values that are right, not those that were there before.

    Returns
    -------
    DataFrame
        The statements, in their order and with their columns; added ones are at the end. `coder`
        is the coder in rows that were changed or added.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing, an action is unknown, or a qualifier is true or false where those
        of the statements are numbers; the message names the row.

    See Also
    --------
    check_corrections : Find lines that no longer fit.

    Examples
    --------
    >>> statements = pd.DataFrame(
    ...     {"id": ["s1", "s2"], "document": "d", "paragraph": [1, 2], "code": ["rail", "robots"]}
    ... )
    >>> corrections = pd.DataFrame(
    ...     {
    ...         "action": ["drop", "change"],
    ...         "id": ["s1", "s2"],
    ...         "document": "d",
    ...         "paragraph": [1, 2],
    ...         "code": ["rail", "drones"],
    ...     }
    ... )
    >>> apply_corrections(statements, corrections)[["id", "code"]].to_numpy().tolist()
    [['s2', 'drones']]
    """
    require_columns(statements, *PLACE, "code", name="statements")
    lines = list(settled(statements, corrections))  # which checks both tables
    table, added, dropped = _with_room(statements, corrections), [], set()
    for line, row in lines:
        values = {name: line[name] for name in statements.columns if name in line}
        if line["action"] == "drop":
            dropped.add(row)
        elif row is None:
            added.append(values)
        elif line["action"] != "keep":
            for name, value in values.items():
                if name in FIELDS or (name in PRINTED and pd.notna(value)):
                    table.iloc[row, statements.columns.get_loc(name)] = value  # type: ignore[index]
    table = table.iloc[[row for row in range(len(table)) if row not in dropped]]
    if added:
        new = pd.DataFrame(added).reindex(columns=statements.columns)
        if "count" in new:
            new["count"] = new["count"].fillna(1)
        kinds = {name: table[name].dtype for name in table.columns}
        for name in ("start", "end"):
            if name in new and new[name].isna().any():  # a line may lack its place
                kinds[name] = pd.Int64Dtype()
        new = new.astype(kinds)
        table = pd.concat([table, new], ignore_index=True)
    return table.reset_index(drop=True)


def _with_room(statements: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of statements whose qualifiers may be missing, as those of lines may be."""
    dense = {
        name: dtype.subtype
        for name, dtype in statements.dtypes.items()
        if isinstance(dtype, pd.SparseDtype)  # whose new rows would have 0 where a cell is missing
    }
    table = statements.astype(dense)
    if "qualifier" not in table or "qualifier" not in corrections:
        return table
    kind = table["qualifier"].dtype.kind
    if kind in "iuf":
        for row, cell in corrections["qualifier"].items():
            if isinstance(cell, bool):
                raise ValueError(
                    f"corrections, row {row!r}: the qualifier is {cell}, but those of the "
                    "statements are numbers"
                )
    if kind in "biu":
        table["qualifier"] = table["qualifier"].astype("boolean" if kind == "b" else "Int64")
    return table


def check_corrections(
    statements: pd.DataFrame, corrections: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """Check for each line of a journal whether it still fits the statements and the texts.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement.
    corrections : DataFrame
        The journal, as for `apply_corrections`.
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`.

    Returns
    -------
    DataFrame
        One row for each line: `action`, `id`, `document`, `paragraph`, `code`; `found`, how the
        statement was found (``"id"``, ``"place"``, or missing); and `problem`, what does not fit,
        or missing: the paragraph is not in `documents`, the quote is not in its paragraph or now
        is at another place, or no statement is found for a line that keeps, changes or drops
        one.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing, an action is unknown, or `document` or `paragraph` has numbers in
        one table and texts in another; the message names the row.

    See Also
    --------
    apply_corrections : Apply the journal.

    Examples
    --------
    >>> statements = pd.DataFrame({"id": ["s1"], "document": "d", "paragraph": 1, "code": "rail"})
    >>> documents = pd.DataFrame({"document": ["d"], "paragraph": 1, "text": ["More rail."]})
    >>> line = {"action": "keep", "id": "s1", "document": "d", "paragraph": 1, "code": "rail"}
    >>> corrections = pd.DataFrame([line | {"quote": "rail"}, line | {"quote": "roads"}])
    >>> check_corrections(statements, corrections, documents)["problem"].to_list()
    [nan, "the quote 'roads' is not in the paragraph"]
    """
    require_columns(statements, *PLACE, "code", name="statements")
    require_columns(documents, *PLACE, "text", name="documents")
    lines = _lines(corrections)
    require_same_kinds({"documents": documents, "corrections": corrections})
    texts = dict(
        zip(
            zip(documents["document"], documents["paragraph"], strict=True),
            texts_of(documents),
            strict=True,
        )
    )
    finder = _Finder(statements)
    rows = []
    for line in lines:
        row, how = finder.find(line, line)
        problem = _problem(line, texts)
        if problem is None and row is None and line["action"] in ("keep", "change", "drop"):
            problem = "no such statement"
        rows.append((*(line.get(name) for name in SHOWN), how, problem))
    table = pd.DataFrame(rows, columns=[*SHOWN, "found", "problem"])
    return table.astype({"found": "str", "problem": "str"})


def _problem(line: dict[str, Any], texts: dict[tuple[Any, Any], str]) -> str | None:
    """Return what does not fit the text, or None."""
    text = texts.get((line["document"], line["paragraph"]))
    if text is None:
        return f"documents has no paragraph {line['paragraph']} of {line['document']!r}"
    quote, start, end = (line.get(name) for name in ("quote", "start", "end"))
    if not isinstance(quote, str):
        return None
    if quote not in text:
        return f"the quote {quote!r} is not in the paragraph"
    if pd.isna(start) or pd.isna(end) or text[start:end].startswith(quote):
        return None
    return f"the quote {quote!r} is not at {start}, but at {text.index(quote)}"


def settled(
    statements: pd.DataFrame, corrections: pd.DataFrame
) -> list[tuple[dict[str, Any], int | None]]:
    """Return the last line on each statement, with the row of the statement if there is one."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for line in _lines(corrections):
        id_ = line.get("id")
        key = id_ if isinstance(id_, str) else tuple(line.get(name) for name in SPOT)
        groups.setdefault(key, []).append(line)
    finder = _Finder(statements)
    settled = [(lines[-1], finder.find(lines[0], lines[-1])[0]) for lines in groups.values()]
    return [(line, row) for line, row in settled if line["action"] != "none"]


def _lines(corrections: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the lines of a journal as dictionaries, or raise if they cannot be applied."""
    require_columns(corrections, "action", *PLACE, name="corrections")
    for row, action in corrections["action"].items():
        if action not in ACTIONS:
            raise ValueError(
                f"corrections, row {row!r}: no action {action!r} (allowed: {', '.join(ACTIONS)})"
                f"{nearest(action, ACTIONS)}"
            )
    if "id" not in corrections:
        require_columns(corrections, "code", name="corrections")
    _require_single(corrections)
    return corrections.to_dict("records")  # type: ignore[return-value]


def _require_single(table: pd.DataFrame) -> None:
    """Raise if a cell that identifies a statement holds a list."""
    for name in ("id", *SPOT):
        if name in table:
            require_hashable(table[name])


class _Finder:
    """Find a statement by its id, or else by its place and code."""

    def __init__(self, statements: pd.DataFrame) -> None:
        _require_single(statements)
        ids = statements["id"] if "id" in statements else pd.Series(dtype="str")
        self.ids = {id_: row for row, id_ in enumerate(ids)}
        spots = statements.reindex(columns=list(SPOT)).astype("object")
        self.spots: dict[tuple[Any, ...], int] = {}
        for row, spot in enumerate(spots.where(spots.notna(), None).itertuples(index=False)):
            self.spots.setdefault(tuple(spot), row)

    def find(self, first: dict[str, Any], last: dict[str, Any]) -> tuple[int | None, str | None]:
        """Return the row of a statement, and how it was found; `first` is the oldest line on it."""
        if (row := self.ids.get(first.get("id"))) is not None:
            return row, "id"
        before = first.get("before")
        old = json.loads(before) if isinstance(before, str) else {}
        for line in (first | old, last):
            spot = tuple(None if pd.isna(line.get(n)) else line[n] for n in SPOT)
            if (row := self.spots.get(spot)) is not None:
                return row, "place"
        return None, None
