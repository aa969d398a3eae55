"""Draw a matrix as a heat map."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from policylib._util.matrices import require_matrix, require_numbers
from policylib.network.names import Label, names_of
from policylib.plot.style import (
    INK,
    axes_of,
    finish,
    number_text,
    style,
    text_of,
    title_of,
    width_of,
)


def plot_matrix(
    matrix: pd.DataFrame, *, label: Label | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw a matrix of counts or overlaps as a heat map with its numbers.

    Parameters
    ----------
    matrix : DataFrame
        Counts, overlaps or weights; with negative weights, cells above zero are blue and those
        below red. A cell of 0 is white and has no number. The names of index and columns are the
        titles of the axes. Two levels of labels are drawn as
        "x – y", and True and False of a qualifier as "x – for" and "x – against".
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    **kwargs
        Passed to `seaborn.heatmap`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    TypeError
        If `matrix` is not a DataFrame.
    ValueError
        If the matrix is empty, or has duplicate labels or cells that are not numbers.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> matrix = pd.DataFrame({"Robots": [3, 0], "Talent": [1, 2]}, index=["Henan", "Hebei"])
    >>> ax = plot_matrix(matrix)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Henan', 'Hebei']
    >>> plt.close()
    """
    import seaborn as sns

    require_matrix(matrix)
    if matrix.empty:
        raise ValueError("the matrix is empty; there is nothing to draw")
    require_numbers(matrix)
    names = {} if label is None else names_of(label, table=matrix)
    values = matrix.astype(float)
    if np.isinf(values.to_numpy()).any():
        raise ValueError("the matrix has infinite cells, which have no colour")
    values.index = pd.Index([text_of(row, names) for row in matrix.index])
    values.columns = pd.Index([text_of(column, names) for column in matrix.columns])
    whole = (values.isna() | (values % 1 == 0)).all(axis=None)
    # A count of 0 means no statement, and is left empty; a z-score of 0 means no difference.
    scores = not whole and (values < 0).any(axis=None)
    empty = values.isna() | ((values == 0) & (not scores))
    numbers = values.map(lambda x: number_text(x, 0 if whole else 2)).mask(empty, "")
    beside, above = (max(map(width_of, names)) for names in (values.index, values.columns))
    steep = above > 9
    with style():
        width = 0.6 + 0.065 * beside + 0.7 * len(values.columns)
        height = 1.2 + 0.32 * len(values) + (0.045 * above if steep else 0)
        ax = axes_of(ax, width, height)
        most = float(np.nanmax(values.abs().to_numpy(), initial=0)) or 1.0
        options: dict[str, Any] = {"cmap": "Blues", "vmin": 0.0, "vmax": most}
        if (values < 0).any(axis=None):
            options |= {"cmap": "RdBu", "vmin": -most}
        options |= {"linewidths": 1, "cbar": False, "annot": numbers, "fmt": ""}
        options |= {"annot_kws": {"size": 9}, "xticklabels": False, "yticklabels": False}
        # A cell without a value is white; in the colour map, 0 would be a very pale blue.
        sns.heatmap(values.mask(empty), ax=ax, **(options | kwargs))
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        slant: dict[str, Any] = {
            "rotation": 40,
            "rotation_mode": "anchor",
            "ha": "left",
            "va": "center",
        }
        ax.set_xticks(
            np.arange(len(values.columns)) + 0.5, values.columns, **slant if steep else {}
        )
        ax.set_yticks(np.arange(len(values)) + 0.5, values.index)
        ax.tick_params(length=0, labelsize=9, labelcolor=INK)
        same = matrix.columns.equals(matrix.index)  # as in a matrix of `project`
        ax.set_xlabel(title_of(matrix.columns.names) or (title_of(matrix.index.names) * same))
        ax.set_ylabel(title_of(matrix.index.names))
        finish(ax)
    return ax
