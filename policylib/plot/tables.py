"""Show a table in a notebook: text on the left, numbers on the right, no row numbers."""

from decimal import Decimal
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policylib._util.names import require_frame
from policylib._util.numbers import plain_numbers, require_whole
from policylib._util.printable import printable

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler
    from pandas.io.formats.style_render import CSSDict

MISSING = "–"
LEFT = "text-align: left; vertical-align: top; max-width: 44em; white-space: normal"
RIGHT = "text-align: right"


def style_table(table: "pd.DataFrame | pd.Series[Any]", *, decimals: int = 2) -> "Styler":
    """Return a table styled for reading in a notebook.

    Text is aligned to the left and numbers to the right. An index of whole numbers without a name
    is hidden. A missing cell is shown as "–". The items of a list are separated by commas. If a
    column holds only whole numbers, no decimals are shown.

    Parameters
    ----------
    table : DataFrame or Series
        The table; it is not changed.
    decimals : int
        The number of decimals of all other numbers.

    Returns
    -------
    pandas.io.formats.style.Styler
        The styler of pandas, whose methods can change the look further. It needs jinja2, which
        JupyterLab installs.

    Raises
    ------
    ImportError
        If jinja2 is not installed.
    TypeError
        If `table` is neither a DataFrame nor a Series.
    ValueError
        If `decimals` is not a whole number from 0.

    See Also
    --------
    label : Names in place of ids.

    Examples
    --------
    >>> table = pd.DataFrame({"actor": ["Henan", "Hebei"], "share": [0.25, None]})
    >>> style_table(table)
    actor  share
    Henan  0.25
    Hebei  –
    """
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    require_frame(frame, "a DataFrame or a Series")
    require_whole(decimals, "decimals", least=0)
    try:
        from policylib.plot.styler import TextStyler
    except ImportError as error:
        raise ImportError(
            'style_table needs jinja2: `pip install "policylib[lab]"` installs it'
        ) from error

    def text_of(cell: Any) -> str:
        if isinstance(cell, list | tuple | np.ndarray):  # a list of Arrow is an array
            cell = ", ".join(map(str, cell))
        number = isinstance(cell, float | Decimal)
        return f"{cell:.{decimals}f}" if number else printable(str(cell))

    # Styler would write the names of an index into a row of their own, below the other names.
    if None not in frame.index.names and not set(frame.index.names) & set(frame.columns):
        frame = frame.reset_index()
    frame = frame.copy()
    for place, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, pd.ArrowDtype):  # pandas cannot convert dates, lists and others
            continue
        cells = plain_numbers(frame.iloc[:, place])
        if dtype == "object":  # a column of text cannot hold lone surrogates
            texts = [printable(cell) if isinstance(cell, str) else cell for cell in cells]
            cells = pd.Series(texts, dtype="object")
        # Whole numbers beside missing ones become whole numbers.
        frame.isetitem(place, cells.convert_dtypes().array)
    # The HTML id of a table must differ from those of other tables, and be the same in each run. So
    # it depends on numbers as they are printed: their last digits differ between processors.
    printed = frame.map(text_of, na_action="ignore")
    text = printable(printed.to_csv())
    name = sha256(text.encode()).hexdigest()[:8]
    for axis in ("index", "columns"):  # pandas writes the names of labels as they are
        labels = getattr(frame, axis)
        shown = [None if n is None else escape(printable(str(n))) for n in labels.names]
        frame = frame.set_axis(labels.set_names(shown), axis=axis)
    styler = TextStyler(frame, uuid=name, cell_ids=False)
    styler.format(text_of, na_rep=MISSING, escape="html").set_table_styles(_rules(frame))
    styler.format_index(_label, axis=0, escape="html")
    styler.format_index(_label, axis=1, escape="html")
    if "$" in text:  # without these classes, a notebook would set it as mathematics
        styler.set_table_attributes('class="tex2jax_ignore mathjax_ignore"')
    if frame.index.nlevels == 1 and frame.index.name is None and is_number(frame.index):
        styler.hide(axis="index")
    return styler


def _label(label: object) -> str:
    return printable(str(label))


def is_number(column: "pd.Series[Any] | pd.Index[Any]") -> bool:
    """Return whether these are numbers; truth values are not."""
    dtype = column.dtype
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def _rules(frame: pd.DataFrame) -> "list[CSSDict]":
    """Return the rules of CSS: text to the left, columns of numbers to the right."""
    numbers = [f".col{n}" for n in range(frame.shape[1]) if is_number(frame.iloc[:, n])]
    rules: list[CSSDict] = [{"selector": "th,td", "props": LEFT}]
    if numbers:
        rules.append({"selector": ",".join(numbers), "props": RIGHT})
    return rules
