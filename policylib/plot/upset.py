"""Draw the intersections of sets as an UpSet plot."""

import warnings
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from policylib._util.names import require_columns
from policylib.network.names import Label, names_of
from policylib.plot.style import COLOURS, different_texts, finish, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_upset(
    intersections: pd.DataFrame, *, label: Label | None = None, **kwargs: Any
) -> "Figure":
    """Draw the sets of rows that share columns, as an UpSet plot.

    Parameters
    ----------
    intersections : DataFrame
        The table that `policylib.intersections` returns.
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    **kwargs
        Passed to `marsilea.upset.Upset`.

    Returns
    -------
    matplotlib.figure.Figure
        Above, a bar for each set of rows; its height is the number of columns that exactly these
        rows have. To the left, a bar for each row with the number of its columns.

    Raises
    ------
    TypeError
        If `intersections` is not a DataFrame.
    ValueError
        If there are no intersections, or only one row, or a column is missing.

    See Also
    --------
    intersections : Returns the table.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> rows = [("Henan",), ("Henan", "Jilin")]
    >>> table = pd.DataFrame({"rows": rows, "columns": [("a",), ("b",)]})
    >>> figure = plot_upset(table)
    >>> plt.close(figure)
    """
    require_columns(intersections, "rows", "columns", hint="; intersections(matrix) returns one")
    if intersections.empty:
        raise ValueError("there are no intersections; nothing to draw")
    for column in ("rows", "columns"):
        for place, cell in intersections[column].items():
            if not pd.api.types.is_list_like(cell):
                where = f"column {column!r}, row {place!r}"
                raise ValueError(f"{where}: expected a tuple of labels, got {cell!r:.60}")
    rows = sorted({row for members in intersections["rows"] for row in members}, key=str)
    if len(rows) < 2:
        raise ValueError(f"an UpSet plot needs two rows or more; found {len(rows)}")
    names = {} if label is None else names_of(label, table=pd.DataFrame(index=rows))
    has = np.array([[row in members for row in rows] for members in intersections["rows"]])
    presence = np.repeat(has, intersections["columns"].map(len), axis=0)
    texts = different_texts(rows, names)
    options = {"color": COLOURS["province"], "fontsize": 10, "sort_subsets": "-cardinality"}
    options |= {"width": 7.0, "height": max(1.0, 0.3 * len(rows)) + 0.5}
    # marsilea measures its texts before it returns them, so mathematics is switched off for it.
    with style(), plt.rc_context({"text.parse_math": False}), warnings.catch_warnings():
        # marsilea 0.8 sorts in place, which pandas 3.1 deprecates.
        warnings.filterwarnings("ignore", "The inplace keyword", DeprecationWarning)
        # Importing marsilea changes settings of matplotlib; style() restores them.
        from marsilea.upset import Upset, UpsetData

        data = UpsetData(pd.DataFrame(presence, columns=texts))
        upset = Upset(data, **(options | kwargs))
        upset.render()
        figure: Figure = upset.figure
        middle = figure.axes[0].get_position()
        for ax in figure.axes:
            if ax.patches and ax.get_position().y0 > middle.y0:
                ax.set_ylabel("Intersection size")
                ax.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
            elif ax.patches:
                ax.set_xlabel("Set size")
                ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        finish(figure)
    return figure
