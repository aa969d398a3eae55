"""Draw rankings as bars, and pairs beside what a null model expects."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from policylib._util.matrices import require_finite, require_numbers
from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import is_real
from policylib.network.names import Label, names_of
from policylib.plot.style import (
    COLOURS,
    GREY,
    PALE,
    axes_of,
    finish,
    number_text,
    style,
    text_of,
    title_of,
    width_of,
    with_defaults,
)


def plot_ranking(
    values: pd.Series, *, label: Label | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw a ranking as horizontal bars, the first on top.

    Parameters
    ----------
    values : Series
        The values in the order of the bars. Levels of a MultiIndex are joined by a dash, so that
        ``pairs.set_index(["a", "b"])["value"].head(10)`` can be drawn directly. The names of the
        Series and of an index of one level are the titles of the axes.
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    **kwargs
        Passed to `matplotlib.axes.Axes.barh`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    TypeError
        If `values` is not a Series.
    ValueError
        If there are no values, or a value is not a number or infinite.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_ranking(pd.Series({("Hebei", "Henan"): 3, ("Hebei", "Jilin"): 1}, name="shared"))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Hebei – Henan', 'Hebei – Jilin']
    >>> plt.close()
    """
    if not isinstance(values, pd.Series):
        raise TypeError(
            f"expected a Series of numbers, not {type(values).__name__}; choose a column, for "
            "example rank_pairs(overlap).set_index(['a', 'b'])['value']"
        )
    if values.empty:
        raise ValueError("there are no values to rank")
    if not is_real(values.dtype):
        raise ValueError(f"the values hold {values.dtype}; expected numbers")
    require_finite(values.to_frame())
    known = {} if label is None else names_of(label, table=pd.DataFrame(index=values.index))
    names = [text_of(key, known) for key in values.index]
    with style():
        width = 4 + 0.065 * max(map(width_of, names))
        ax = axes_of(ax, width=width, height=1.1 + 0.3 * len(values))
        options = with_defaults(kwargs, Rectangle, color="#0072B2")
        bars = ax.barh(range(len(values)), values.to_numpy(), **options)
        whole = pd.api.types.is_integer_dtype(values.dtype)
        digits = 0 if whole else 2
        ax.bar_label(bars, fmt=lambda x: number_text(x, digits), padding=3, fontsize=9)
        ax.set_yticks(range(len(values)), names)
        ax.yaxis.set_inverted(True)
        ax.tick_params(axis="y", length=0)
        below = bool((values < 0).any())
        ax.margins(x=0.16 if below else 0.08)  # room for the numbers, on either side
        if below:
            ax.axvline(0, color=PALE, linewidth=1, zorder=0)
            ax.spines["left"].set_visible(False)
        ax.set(xlabel=title_of([values.name]), ylabel=title_of([values.index.name]))
        if whole:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        finish(ax)
    return ax


def plot_pairs(
    significance: pd.DataFrame,
    *,
    label: Label | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the observed overlap of pairs beside the overlap expected by chance.

    Parameters
    ----------
    significance : DataFrame
        Rows of a table that `overlap_significance` returned, in the order of the picture, for
        example ``table.sort_values("p_upper").head(20)``.
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for the observed values.

    Returns
    -------
    matplotlib.axes.Axes
        A dot for each observed overlap, a tick for the mean of the null model, and a bar of two
        standard deviations to each side. The bar is a rough range: the exact p decides.

    Raises
    ------
    TypeError
        If `significance` is not a DataFrame.
    ValueError
        If there are no pairs, or a column is missing.

    See Also
    --------
    overlap_significance : Returns the table.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> pairs = pd.DataFrame({"a": ["Hebei"], "b": ["Henan"], "shared": [3]})
    >>> ax = plot_pairs(pairs.assign(expected=1.5, sd=0.6))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Hebei – Henan']
    >>> plt.close()
    """
    hint = "; overlap_significance(matrix, model=…) returns one"
    require_columns(significance, "a", "b", "shared", "expected", "sd", hint=hint)
    if significance.empty:
        raise ValueError("there are no pairs; nothing to draw")
    for column in ("a", "b"):
        require_hashable(significance[column])
    require_numbers(significance[["shared", "expected", "sd"]])
    require_finite(significance[["shared", "expected", "sd"]])
    known = {} if label is None else names_of(label, table=significance.set_index(["a", "b"]))
    names = [
        text_of(pair, known) for pair in zip(significance["a"], significance["b"], strict=True)
    ]
    places = np.arange(len(names))
    low = (significance["expected"] - 2 * significance["sd"]).clip(lower=0).to_numpy()
    high = (significance["expected"] + 2 * significance["sd"]).to_numpy()
    with style():
        width = 4 + 0.065 * max(map(width_of, names))
        ax = axes_of(ax, width=width, height=1.5 + 0.3 * len(names))
        ax.barh(places, high - low, left=low, height=0.5, color="#D9D9D9", label="chance, ± 2 sd")
        ax.scatter(significance["expected"], places, marker="|", s=90, color=GREY, label="expected")
        colour = COLOURS["province"]
        options = with_defaults(
            kwargs, PathCollection, color=colour, s=45, zorder=3, label="observed"
        )
        ax.scatter(significance["shared"], places, **options)
        ax.set_yticks(places, names)
        ax.yaxis.set_inverted(True)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("shared concepts")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
        finish(ax)
    return ax
