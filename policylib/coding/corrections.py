"""Corrections by hand: read the journal of a coder, check it, and apply it to a coding."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from os import PathLike
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.csv_limit import any_length
from policylib._util.faults import DataError, Faults, places
from policylib._util.files import existing_file
from policylib._util.names import nearest, require_columns, require_hashable
from policylib._util.numbers import EXACT, is_between, is_whole
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
EMPTIED = ("qualifier", "initiative")  # which an empty cell empties; others it leaves
TRUTH = {"true": True, "false": False}
HOLDS = {"b": "true or false", "i": "whole numbers", "u": "whole numbers", "f": "numbers"}
EMPTY = "the cell is empty"
Line = dict[str, Any]


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
        back, and with `before` that of a paragraph. `qualifier` is true, false or a level, which
        is a number. All but `action`, `document` and `paragraph` may be absent.

    Returns
    -------
    DataFrame
        One row for each line, with all of these columns; cells that are empty are missing.
        Documents, codes and ids are text.

    Raises
    ------
    DataError
        If cells are wrong, or a row has more or fewer of them than the header; all are listed, with
        their row and column.
    ValueError
        If a column is missing or there twice, or the file is not a journal in CSV and UTF-8.
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
    faults = Faults()
    table = checked(_cells_of(data[:end], path.name, faults), faults)
    if faults:
        raise DataError(faults.to_frame(), path.name)
    return table.reset_index(drop=True)


def _cells_of(data: bytes, file: str, faults: Faults) -> pd.DataFrame:
    """Return the cells of a journal as text; only empty ones are missing."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not a journal in CSV and UTF-8: {error}") from None
    with any_length():
        records = list(enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1))
    filled = [(number, record) for number, record in records if record]
    if not filled:
        raise ValueError(f"{file} is not a journal in CSV and UTF-8: it has no header")
    (_, header), *rows = filled
    for column in ("action", "document", "paragraph"):
        if column not in header:
            raise ValueError(f"{file}: no column {column!r}{nearest(column, header)}")
    for column in COLUMNS:
        if header.count(column) > 1:
            raise ValueError(f"{file}: duplicate column {column!r}")
    for number, record in rows:
        if len(record) != len(header):
            problem = f"{len(record)} cells, where the header has {len(header)}"
            faults.add(file, number, None, problem)
    place = {name: number for number, name in enumerate(header)}
    texts = {
        name: [
            row[place[name]] or None if place.get(name, len(row)) < len(row) else None
            for _, row in rows
        ]
        for name in COLUMNS
    }
    return pd.DataFrame(texts, places(file, [number for number, _ in rows]), dtype="str")


def checked(table: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Return the lines of a journal, given as text, with their types; wrong cells are recorded."""
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
    for column, known in allowed.items():
        wrong = table[column].notna() & ~table[column].isin(known)
        faults.extend(
            table.index[wrong],
            column,
            [
                f"no {column} {cell!r} (allowed: {', '.join(known)}){nearest(cell, known)}"
                for cell in table[column][wrong]
            ],
        )
    for column in ("action", "document", "paragraph"):
        faults.extend(table.index[table[column].isna()], column, "the cell is empty")
    coded = table["action"].isin(["keep", "add", "change"])
    for column in ("code", "actor", "role"):
        blank = table[column].isna() | table[column].str.strip().eq("")
        faults.extend(
            table.index[coded & blank], column, "the cell is empty, but a statement has one"
        )
    found: dict[str, list[Any]] = {"qualifier": [], "before": []}
    for column, values in found.items():
        for (file, row), cell in zip(table.index, table[column], strict=True):
            try:
                values.append(READ[column](cell) if isinstance(cell, str) else None)
            except ValueError as error:
                faults.add(file, row, column, str(error))
                values.append(None)
    qualifiers = pd.Series(found["qualifier"], table.index, dtype="object").convert_dtypes()
    if qualifiers.isna().all():
        qualifiers = qualifiers.astype("boolean")
    return table.assign(qualifier=qualifiers)


def as_qualifier(cell: Any) -> bool | float | None:
    """Return a qualifier that may be text: true, false, a number, or nothing.

    Examples
    --------
    >>> [as_qualifier(cell) for cell in ("False", True, "2", 1.0, " ")]
    [False, True, 2, 1, None]
    """
    value = cell.strip().lower() if isinstance(cell, str) else cell
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, bool | np.bool_) or (isinstance(value, str) and value in TRUTH):
        return TRUTH[str(value).lower()]
    number = pd.to_numeric(value, errors="coerce")
    if not is_between(number, -EXACT, EXACT):
        raise ValueError(
            f"no qualifier {cell!r:.60} (allowed: {', '.join(TRUTH)}, or a number)"
            f"{nearest(cell, TRUTH)}"
        )
    return int(number) if number == int(number) else float(number)


def retyped(corrections: pd.DataFrame, known: Mapping[str, "pd.Series[Any]"]) -> pd.DataFrame:
    """Return a journal with the values that columns of tables have, which a file holds as text.

    Examples
    --------
    >>> lines = pd.DataFrame({"document": ["7", "8"]})
    >>> retyped(lines, {"document": pd.Series([7])})["document"].to_list()
    [7, 8]
    """
    columns = {}
    for name, cells in known.items():
        values = _filled(cells.drop_duplicates())
        whole = all(is_whole(value) for value in values) and bool(values)
        names = {str(value): value for value in values}
        typed = [
            int(cell) if whole and str(cell).isdecimal() else names.get(cell, cell)
            for cell in _filled(corrections[name])
        ]
        if any(not isinstance(cell, str) for cell in typed if cell is not None):
            columns[name] = pd.Series(typed, corrections.index, dtype="object").infer_objects()
    return corrections.assign(**columns)


def require_lines(statements: pd.DataFrame) -> None:
    """Raise unless a journal can hold a line on each of these statements.

    Raises
    ------
    DataError
        If a cell is empty or wrong; all are listed, with their row and column.
    """
    cells = {
        name: [None if cell is None else str(cell) for cell in _filled(statements[name])]
        for name in COLUMNS
        if name in statements and name not in ("action", "before")
    }
    rows = places("statements", range(1, len(statements) + 1))
    table = pd.DataFrame(cells, rows, dtype="str").reindex(columns=COLUMNS).astype("str")
    faults = Faults()
    checked(table.assign(action="keep"), faults)
    if faults:
        raise DataError(faults.to_frame(), "the table of statements")


def _former(cell: Any) -> dict[str, Any]:
    """Return what a change replaced, from the cell `before` of its line."""
    try:
        if isinstance(former := json.loads(cell), dict):
            return former
    except (TypeError, ValueError, RecursionError):
        pass
    raise ValueError(f"expected a JSON object, got {cell!r:.60}")


def _whole(cell: Any) -> int:
    """Return a place in a text, which a column with gaps holds as a float."""
    if not isinstance(cell, bool) and is_between(cell, 0, EXACT) and cell == int(cell):
        return int(cell)
    raise ValueError(f"expected a whole number from 0, got {cell!r:.60}")


READ: dict[str, Callable[[Any], Any]] = {
    "start": _whole,
    "end": _whole,
    "qualifier": as_qualifier,
    "before": _former,
}


def apply_corrections(statements: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return statements with the corrections of a coder applied.

    The last line on a statement counts. The statement is found by its id; otherwise, as after
    another codebook or release, by its document, paragraph, place, code and actor. A line that
    keeps, changes or drops a statement may lack an id, a place or an actor; then the others must
    fit only one statement. What a coder kept, changed or added is in the result even if the program
    no longer finds it.

    Parameters
    ----------
    statements : DataFrame
        One row for each statement, as `code_documents` returns them.
    corrections : DataFrame
        The journal, as `read_corrections` returns it, or any table with `action` and columns of
        statements: the values that are right, not those that were there before. An empty cell of
        a line ``"change"`` leaves the value as it is; only an empty `qualifier` or `initiative`
        empties it.

    Returns
    -------
    DataFrame
        The statements, in their order and with their columns; added ones are at the end. `coder`
        is the coder in rows that were changed or added. Columns keep their types, except that
        whole numbers, or true and false, can be missing in rows that were added.

    Raises
    ------
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing; if an action is unknown; if a cell is wrong, or does not fit those
        of the statements, such as a qualifier that is true where those are numbers; if the code or
        the place of an added statement is empty, or its id is that of another one; if a line
        without an id fits several statements; or if `document`, `paragraph` or `code` has numbers
        in one table and texts in the other. The message names the row.

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
    count, dropped = len(statements), set()
    cells: dict[Any, dict[int, tuple[Any, Any]]] = {name: {} for name in statements.columns}
    for line, row, label in settled(statements, corrections):
        if line["action"] == "drop":
            dropped.add(row)
            continue
        if row is None:
            for name in (*PLACE, "code"):
                if line.get(name) is None:
                    raise ValueError(f"corrections, row {label!r}, column {name!r}: {EMPTY}")
            values = line | {"count": line.get("count") or 1}
            row, count = count, count + 1
        elif line["action"] == "keep":
            continue
        else:
            values = {name: line[name] for name in (*FIELDS, *PRINTED) if name in line}
        for name in cells:
            if name in values and (values[name] is not None or name in EMPTIED):
                cells[name][row] = values[name], label
    table = _with_cells(statements, cells, count)
    return table.drop(index=[*dropped - {None}]).reset_index(drop=True)


def _with_cells(
    statements: pd.DataFrame, cells: dict[Any, dict[int, tuple[Any, Any]]], count: int
) -> pd.DataFrame:
    """Return statements with so many rows and these cells, each a value and its line.

    Columns keep their types, except that some can be missing afterwards.
    """
    sparse = {  # new rows would have 0 where a cell is missing
        name: dtype.subtype
        for name, dtype in statements.dtypes.items()
        if isinstance(dtype, pd.SparseDtype)
    }
    table = statements.astype(sparse).reset_index(drop=True)
    narrow = {
        name: dtype
        for name, dtype in table.dtypes.items()
        if isinstance(dtype, np.dtype) and dtype.kind in "biu"
    }
    if count > len(table) or any(cells[name] for name in narrow):
        table = table.astype({name: table[name].convert_dtypes().dtype for name in narrow})
        table = table.reindex(range(count))
    for name, new in cells.items():
        if new:
            table[name] = _put(table[name], new)
    full = {name: dtype for name, dtype in narrow.items() if not table[name].isna().any()}
    return table.astype(full)


def _put(cells: "pd.Series[Any]", new: dict[int, tuple[Any, Any]]) -> "pd.Series[Any]":
    """Return a column with new cells, or raise if one of them does not fit the others."""
    dtype: Any = cells.dtype
    kinds = isinstance(dtype, pd.CategoricalDtype)
    values = []
    for value, label in new.values():
        values.append(_fitting(value, dtype.categories.dtype if kinds else dtype, cells.name))
        if value is not None and values[-1] is None:
            holds = HOLDS.get(dtype.kind, "texts" if _is_text(dtype) else f"of type {dtype}")
            raise ValueError(
                f"corrections, row {label!r}: the {cells.name} is {value!r:.60}, but those of the "
                f"statements are {holds}"
            )
    if kinds:
        more = [one for one in dict.fromkeys(values) if one is not None]
        cells = cells.cat.add_categories([one for one in more if one not in dtype.categories])
    cells = cells.copy()
    cells.iloc[[*new]] = pd.Series(values, dtype=cells.dtype).array
    return cells


def _fitting(value: Any, dtype: Any, column: Any) -> Any:
    """Return a value as a column of this type has it, or None if it does not fit."""
    if value is None or dtype == "object":
        return value
    if _is_text(dtype):
        return str(value) if column == "qualifier" or isinstance(value, str) else None
    if dtype.kind == "b":
        return value if isinstance(value, bool | np.bool_) else None
    if dtype.kind in "iu":
        whole = isinstance(value, float) and value.is_integer()
        return int(value) if whole or is_whole(value) else None
    if dtype.kind == "f":
        return value if isinstance(value, Real) and not isinstance(value, bool) else None
    try:
        return pd.Series([value], dtype=dtype)[0]
    except (TypeError, ValueError):
        return None


def _is_text(dtype: Any) -> bool:
    return bool(dtype != "object" and pd.api.types.is_string_dtype(dtype))


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
        If a column is missing, an action is unknown, a cell is wrong, or `document`, `paragraph`
        or `code` has numbers in one table and texts in another; the message names the row.

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
    lines = _lines(statements, corrections)
    require_same_kinds({"documents": documents, "corrections": corrections})
    texts = dict(
        zip(
            zip(documents["document"], documents["paragraph"], strict=True),
            texts_of(documents),
            strict=True,
        )
    )
    finder = _Finder(statements)
    rows: list[tuple[Any, ...]] = [()] * len(lines)
    for numbers in _groups(lines).values():
        row, how, unclear = finder.find([lines[number] for number in numbers])
        for number in numbers:
            line = lines[number]
            problem = _problem(line, texts) or unclear
            if problem is None and row is None and line["action"] in ("keep", "change", "drop"):
                problem = "no such statement"
            rows[number] = (*(line.get(name) for name in SHOWN), how, problem)
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
    if start is None or end is None or text[start:end].startswith(quote):
        return None
    return f"the quote {quote!r} is not at {start}, but at {text.index(quote)}"


def settled(
    statements: pd.DataFrame, corrections: pd.DataFrame
) -> list[tuple[Line, int | None, Any]]:
    """Return the last line on each statement, the row of the statement, and that of the line.

    The row of a statement is None if the statement is not in the table.
    """
    lines, finder = _lines(statements, corrections), _Finder(statements)
    last: dict[Any, tuple[int, int | None]] = {}
    for key, numbers in _groups(lines).items():
        row, _, problem = finder.find([lines[number] for number in numbers])
        if problem and lines[numbers[-1]]["action"] != "none":
            raise ValueError(f"corrections, row {corrections.index[numbers[0]]!r}: {problem}")
        which = ("new", key) if row is None else row
        last[which] = max(last.get(which, (-1, row)), (numbers[-1], row), key=lambda one: one[0])
    return [
        (lines[number], row, corrections.index[number])
        for number, row in last.values()
        if lines[number]["action"] != "none"
    ]


def _groups(lines: Sequence[Line]) -> dict[Any, list[int]]:
    """Return the numbers of the lines on each statement."""
    groups: dict[Any, list[int]] = {}
    for number, line in enumerate(lines):
        key = tuple(line.get(name) for name in SPOT) if line.get("id") is None else line["id"]
        groups.setdefault(key, []).append(number)
    return groups


def _lines(statements: pd.DataFrame, corrections: pd.DataFrame) -> list[Line]:
    """Return the lines of a journal as dictionaries, or raise if they cannot be applied.

    A cell that is missing or blank is None.
    """
    require_columns(corrections, "action", *PLACE, name="corrections")
    for row, action in corrections["action"].items():
        if action not in ACTIONS:
            raise ValueError(
                f"corrections, row {row!r}: no action {action!r} (allowed: {', '.join(ACTIONS)})"
                f"{nearest(action, ACTIONS)}"
            )
    if "id" not in corrections:
        require_columns(corrections, "code", name="corrections")
    _require_single(statements)
    _require_single(corrections)
    require_same_kinds(
        {"statements": statements, "corrections": corrections},
        [name for name in SPOT if name in statements and name in corrections],
    )
    cells = {name: _filled(column) for name, column in corrections.items()}
    lines = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    for row, line in zip(corrections.index, lines, strict=True):
        for name, read in READ.items():
            if line.get(name) is not None:
                try:
                    line[name] = read(line[name])
                except ValueError as error:
                    problem = f"corrections, row {row!r}, column {name!r}: {error}"
                    raise ValueError(problem) from None
        if line["action"] != "none" and line.get("id") is None and line.get("code") is None:
            raise ValueError(f"corrections, row {row!r}, column 'code': {EMPTY}")
    return lines  # type: ignore[return-value]


def _filled(cells: "pd.Series[Any]") -> list[Any]:
    """Return plain values; a cell that is missing or blank is None."""
    values = cells.astype("object").where(cells.notna(), None)
    return [None if isinstance(cell, str) and not cell.strip() else cell for cell in values]


def _require_single(table: pd.DataFrame) -> None:
    """Raise if a cell that identifies a statement holds a list."""
    for name in ("id", *SPOT):
        if name in table:
            require_hashable(table[name])


class _Finder:
    """Find a statement by its id, or else by its place and code."""

    def __init__(self, statements: pd.DataFrame) -> None:
        self.columns = [name for name in SPOT if name in statements]
        table = statements.reindex(columns=["id", *SPOT])
        ids, *spots = (_filled(table[name]) for name in table)
        self.ids = {id_: row for row, id_ in enumerate(ids) if id_ is not None}
        self.spots = list(zip(*spots, strict=True))
        self.rows: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}

    def find(self, lines: Sequence[Line]) -> tuple[int | None, str | None, str | None]:
        """Return the row of a statement, how it was found, and what is unclear.

        `lines` are all lines on the statement, the oldest first. What a coder added must be in the
        same place to be found; for other lines, cells that are empty do not matter.
        """
        first, last = lines[0], lines[-1]
        added = first["action"] == "add"
        if (row := self.ids.get(first.get("id"))) is not None:
            if added and not any(self._fits(line, row) for line in lines):
                return None, None, f"the id {first['id']!r} is that of another statement"
            return row, "id", None
        both = [line for line in (first | (first.get("before") or {}), last) if line.get("code")]
        for line in both:
            if rows := self._at(line, SPOT):
                return rows[0], "place", None
        for line in () if added else both:
            known = tuple(name for name in self.columns if line.get(name) is not None)
            rows = self._at(line, known) if {*PLACE} <= {*known} else []
            if len(rows) > 1:
                return None, None, f"{len(rows)} statements fit; add `id`, or more of their place"
            if rows:
                return rows[0], "place", None
        return None, None, None

    def _fits(self, line: Line, row: int) -> bool:
        """Return whether a line can be about the statement of a row."""
        spot = dict(zip(SPOT, self.spots[row], strict=True))
        return all(line.get(name) in (None, spot[name]) for name in self.columns)

    def _at(self, line: Line, names: tuple[str, ...]) -> list[int]:
        """Return the rows of the statements that have the same values in these columns."""
        if names not in self.rows:
            rows = self.rows[names] = {}
            places = [SPOT.index(name) for name in names]
            for row, spot in enumerate(self.spots):
                rows.setdefault(tuple(spot[place] for place in places), []).append(row)
        return self.rows[names].get(tuple(line.get(name) for name in names), [])
