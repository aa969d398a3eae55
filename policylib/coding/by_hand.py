"""Code and correct by hand in JupyterLab; every change is in a file at once."""

from os import PathLike
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import pandas as pd

from policylib._util.cells import require_values, texts_of
from policylib._util.files import as_path, resolved
from policylib._util.names import require_columns, require_frame, require_hashable
from policylib._util.warn import warn
from policylib.coding.coder import actors_of, check_rows
from policylib.coding.codings import require_same_kinds
from policylib.coding.corrections import SPOT, read_corrections, require_lines
from policylib.coding.initiatives import require_tables
from policylib.coding.journal import Journal
from policylib.coding.passages import plain_records
from policylib.coding.session import Session
from policylib.tables.levels import codes_above
from policylib.tables.read import Tables

if TYPE_CHECKING:
    from policylib.coding.widget import Widget

NAMES = ("id", "label", "label_zh")
OPEN: "WeakValueDictionary[str, Widget]" = WeakValueDictionary()


def code_by_hand(
    documents: pd.DataFrame,
    codebook: pd.DataFrame,
    statements: pd.DataFrame | None = None,
    *,
    file: str | PathLike[str],
    coder: str,
    actors: pd.DataFrame | Tables | None = None,
    passages: pd.DataFrame | None = None,
) -> "Widget":
    """Show passages in JupyterLab, to check, correct and add statements by hand.

    One passage is shown at a time, with its heading, the paragraphs around it, and its statements
    as marks in the text and as a list. Every change is a line in `file` before the next key works.
    Press ``h`` in the widget for the list of keys. Everything can be done with the mouse, too.

    Parameters
    ----------
    documents : DataFrame
        One row for each paragraph: `document`, `paragraph` and `text`. A column `heading` is shown
        above the passage; without it, the nearest line above that looks like a heading. `actor`
        and `role` are the first choice for new statements.
    codebook : DataFrame
        One row for each code, as `read_codebook` returns it; only `id` is necessary.
    statements : DataFrame, optional
        Statements to check, as `code_documents` or `merge_codings` returns them. Without them,
        nothing is suggested, as in a blind second coding.
    file : str or PathLike
        The journal, a CSV file that `read_corrections` reads. If it exists, the coder goes on.
    coder : str
        The name of the person who codes; each line of the journal has it.
    actors : DataFrame or Tables, optional
        Actors to choose from (`id`, `label`, `label_zh`), or a data package, whose initiatives can
        then be chosen too. By default those in `documents` and `statements`. A coder can also
        write other names.
    passages : DataFrame, optional
        The passages to code, in this order: `document`, `paragraph`, and other columns, which are
        shown above the passage, as of `sample_passages`, `disagreements`, `merge_codings` or
        `review_queue`. A row with `reason` is doubtful, and one with `problem` or `only` is a
        disagreement. By default all paragraphs.

    Returns
    -------
    Widget
        The widget. Its attribute `corrections` is the journal as a DataFrame, and `statements` the
        statements with the journal applied.

    Raises
    ------
    ImportError
        If anywidget is not installed.
    TypeError
        If an argument has the wrong type.
    ValueError
        If a column is missing, a paragraph is in two rows, a passage or the coder's name is
        missing, `document` has numbers in one table and texts in another, or `file` is not a
        journal.
    DataError
        If cells of the journal are wrong, or cells of the statements are empty or wrong, so that
        a journal cannot hold them; all are listed.
    BlockingIOError
        If `file` is open in another kernel.

    Warns
    -----
    UserWarning
        If the last line of the journal was cut off, as when the machine lost its power.

    See Also
    --------
    apply_corrections : Apply the journal to a later coding.
    review_queue : Find the passages that are worth a look.
    agreement : Compare two coders.

    Examples
    --------
    >>> import tempfile
    >>> documents = pd.DataFrame({"document": ["a"], "paragraph": [1], "text": ["We build rail."]})
    >>> codebook = pd.DataFrame({"id": ["rail"], "label": ["Railways"]})
    >>> folder = tempfile.TemporaryDirectory()
    >>> widget = code_by_hand(documents, codebook, file=f"{folder.name}/ann.csv", coder="Ann")
    >>> widget.session.add(9, 13, "rail")
    'a-p01-a-commits-rail-ann'
    >>> widget.statements[["quote", "code", "coder"]].to_numpy().tolist()
    [['rail', 'rail', 'Ann']]
    >>> widget.close(); folder.cleanup()
    """
    try:
        from policylib.coding.widget import Widget
    except ImportError as error:
        raise ImportError(
            'code_by_hand needs anywidget: `pip install "policylib[lab]"` brings it'
        ) from error
    require_columns(documents, "document", "paragraph", "text", name="documents")
    check_rows(documents[["document", "paragraph"]])
    require_columns(codebook, "id", name="codebook")
    if statements is not None:
        require_columns(
            statements, "document", "paragraph", "code", "actor", "role", name="statements"
        )
        for column in statements.columns.intersection(["id", *SPOT, "role"]):
            require_hashable(statements[column])
        require_lines(statements)
        texts_of(statements, "actor", "a name")
        require_same_kinds({"documents": documents, "statements": statements})
    require_same_kinds({"documents": documents})
    if passages is not None:
        require_columns(passages, "document", "paragraph", name="passages")
        require_values(passages, "document", "paragraph", name="passages")
    if not isinstance(coder, str) or not coder.strip():
        raise ValueError(f"coder: expected the name of a person, got {coder!r}")
    choices = _choices(documents, statements, actors)
    path = as_path(file)
    if (former := OPEN.pop(str(resolved(path)), None)) is not None:
        former.release()  # a cell that runs again takes the file over
    journal = Journal(path)
    try:
        if journal.cut:
            warn(f"{path}: the last line was cut off and is removed: {journal.cut!r}")
        session = Session(
            documents, codebook, statements, read_corrections(path), journal, coder, passages
        )
    except BaseException:
        journal.close()
        raise
    widget = Widget(session, statements, choices | {"codes": _codes(codebook)})
    OPEN[str(resolved(path))] = widget
    return widget


def _choices(
    documents: pd.DataFrame, statements: pd.DataFrame | None, actors: pd.DataFrame | Tables | None
) -> dict[str, Any]:
    """Return the actors and initiatives that a coder can choose."""
    people = plans = pd.DataFrame(columns=list(NAMES))
    if isinstance(actors, Tables):
        require_tables(actors)
        people, plans = actors_of(actors), actors.initiatives
    elif actors is not None:
        require_frame(actors, "actors as a DataFrame or a data package")
        require_columns(actors, "id", name="actors")
        people = actors
    frames = [documents] if statements is None else [documents, statements]
    return {
        "actors": _rows(people, "actor", frames),
        "initiatives": _rows(plans, "initiative", frames),
    }


def _rows(known: pd.DataFrame, column: str, frames: list[pd.DataFrame]) -> list[dict[str, Any]]:
    """Return known names, and those that only these tables have."""
    rows = plain_records(known.reindex(columns=list(NAMES)))
    seen = {row["id"] for row in rows}
    for frame in frames:
        if column not in frame:
            continue
        require_hashable(frame[column])
        cells = frame[column].dropna().unique().tolist()
        rows += [{"id": str(one), "label": None} for one in cells if one not in seen]
        seen |= set(cells)
    return rows


def _codes(codebook: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the codes, each with the number of its theme, which sets its colour."""
    above = codes_above(codebook)
    rows = plain_records(codebook.reindex(columns=[*NAMES, "definition"]))
    themes: dict[Any, int] = {}
    for row in rows:
        theme = row["id"]
        for _ in rows:
            theme = above.get(theme, theme)
        row["theme"] = themes.setdefault(theme, len(themes))
    return rows
