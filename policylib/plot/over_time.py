"""Draw attention over time as lines."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from policylib._util.dates import KINDS
from policylib._util.matrices import require_finite, require_unique
from policylib._util.names import require_frame
from policylib.network.names import Label, names_of
from policylib.plot.style import MANY, axes_of, finish, short, style, text_of, with_defaults


def plot_attention(
    table: pd.DataFrame, *, label: Label | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw the attention to a few priorities over time, one line for each.

    Parameters
    ----------
    table : DataFrame
        Periods × priorities, as ``attention(statements)`` returns it. Select at most eight
        columns, for example ``table[["robots", "talent"]]``. Decimals of at most 1 are taken as
        shares and shown in percent.
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    **kwargs
        Passed to `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.axes.Axes
        A dot for each value. Lines join neighbouring periods and break where values are missing.
        The name of each line is written to the right of its end.

    Raises
    ------
    ValueError
        If there are no values, a value is negative or not a number, there are more than eight
        columns, or the rows are not periods.
    TypeError
        If `table` is not a DataFrame.

    See Also
    --------
    attention : Returns the table.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> years = pd.period_range("2021", "2023", freq="Y")
    >>> ax = plot_attention(pd.DataFrame({"Robots": [0.1, None, 0.3]}, index=years))
    >>> [text.get_text() for text in ax.texts]
    ['Robots']
    >>> plt.close()
    """
    require_frame(table, hint="; attention(statements) returns one")
    require_unique(table)
    names = {} if label is None else names_of(label, table=table)
    if table.isna().all(axis=None):
        raise ValueError("the table has no values; there is nothing to draw")
    if not all(dtype.kind in "biuf" for dtype in table.dtypes) or (table < 0).any(axis=None):
        raise ValueError("some values are negative or not numbers; expected shares or counts")
    require_finite(table)
    if not isinstance(table.index, pd.PeriodIndex):
        raise ValueError("the rows are not periods; attention(statements) returns a table by years")
    if len(table.columns) > len(MANY):
        raise ValueError(
            f"{len(table.columns)} lines, but only {len(MANY)} colours; choose some, for "
            f"example table[table.max().nlargest({len(MANY)}).index]"
        )
    # Periods that were removed from the table are gaps, too.
    times = pd.period_range(table.index.min(), table.index.max(), freq=table.index.freq)
    values = table.astype("Float64").reindex(times).to_numpy(dtype=float, na_value=np.nan)
    decimal = all(pd.api.types.is_float_dtype(dtype) for dtype in table.dtypes)
    shares = decimal and np.nanmax(values) <= 1
    with style():
        ax = axes_of(ax, width=min(11, 6 + 0.1 * len(times)), height=4)
        lines = []
        for line, name, colour in zip(values.T, table.columns, MANY, strict=False):
            look: dict[str, Any] = {"color": colour, "linewidth": 1.8, "clip_on": False}
            look |= {"marker": "o", "markersize": 4, "label": text_of(name, names)}
            lines += ax.plot(line, **with_defaults(kwargs, Line2D, **look))
        ax.set_ylim(bottom=0)
        if shares:
            ax.yaxis.set_major_formatter(lambda share, _: f"{round(100 * share, 6):g} %")
        else:
            ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylabel("share of statements" if shares else "statements")
        ax.set_xlabel(KINDS.get(times.freqstr[0], ""))
        ticks = _round_times(times)
        # A week is labelled by its first day.
        ax.set_xticks(ticks, [str(times[tick]).partition("/")[0] for tick in ticks])
        _name_lines(lines, ax)
        finish(ax)
    return ax


def _round_times(times: pd.PeriodIndex, most: int = 8) -> list[int]:
    """Choose the periods that get a label: round years, or months a quarter or a year apart."""
    steps = (1, 3, 6, 12, 60, 120) if times.freqstr == "M" else (1, 2, 5, 10, 20, 50)
    step = next((step for step in steps if len(times) <= most * step), steps[-1])
    return [i for i, number in enumerate(times.astype("int64")) if number % step == 0]


def _name_lines(lines: list[Line2D], ax: Axes) -> None:
    """Write the name of each line to the right, joined to its last dot by a dotted line."""
    ends = []
    for line in lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        if np.isfinite(y).any():
            last = np.flatnonzero(np.isfinite(y))[-1]
            ends.append((y[last], last, line))
    ends.sort(key=lambda end: end[:2])
    low, high = ax.get_ylim()
    apart = (high - low) * 15 / (ax.get_window_extent().height * 72 / ax.figure.dpi)
    heights = [y for y, *_ in ends]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + apart)
    top = high + apart
    for i in reversed(range(len(heights))):
        heights[i] = top = min(heights[i], top - apart)
    for (y, x, line), height in zip(ends, heights, strict=True):
        ax.annotate(
            short(line.get_label()),
            (float(x), y),
            (1.02, height),
            textcoords=ax.get_yaxis_transform(),
            color=line.get_color(),
            fontsize=9,
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "linestyle": ":",
                "linewidth": 0.8,
                "color": line.get_color(),
                "relpos": (0, 0.5),
            },
        )
