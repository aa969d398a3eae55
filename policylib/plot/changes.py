"""Draw changes between two years as dumbbells."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from policylib._util.cells import require_values
from policylib._util.matrices import require_numbers
from policylib._util.names import require_columns
from policylib.network.names import Label, names_of
from policylib.plot.style import (
    COLOURS,
    GREY,
    axes_of,
    finish,
    short,
    style,
    text_of,
    width_of,
    with_defaults,
)

BAR = "#D9D9D9"
ROUNDING = 1e-9  # by which a share may be outside 0 to 1


def plot_changes(
    changes: pd.DataFrame,
    *,
    years: tuple[str, str] = ("before", "after"),
    label: Label | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the shares of two years as two dots in a row, with the interval of the change.

    Parameters
    ----------
    changes : DataFrame
        Rows of a table that `rank_changes` returned, in the order of the picture, for example
        ``changes[changes["q"] < 0.05].sort_values("change")``.
    years : tuple of two str
        The names of the two years in the legend.
    label : mapping or Series, optional
        Names by id, for example ``dict(network.nodes(data="label"))``; an id without one stays.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for the later year.

    Returns
    -------
    matplotlib.axes.Axes
        A ring for the share before, a dot for the share after, and a bar behind the dot: where the
        share after may be by the 95 % interval of the change, if the share before is as it is. A
        bar that ends before the ring shows a change. Shares are in percent.

    Raises
    ------
    TypeError
        If `changes` is not a DataFrame.
    ValueError
        If there are no changes, a column or a name is missing, a number is missing or not a share,
        or `years` are not two names.

    See Also
    --------
    rank_changes : Returns the table.
    plot_attention : Draw shares over many years.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> changes = pd.DataFrame({"concept": ["rail"], "before": [0.2], "after": [0.3]})
    >>> ax = plot_changes(changes.assign(change=0.1, low=0.05, high=0.15))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['rail']
    >>> plt.close()
    """
    numbers = ["before", "after", "low", "high"]
    require_columns(changes, "concept", *numbers, hint="; rank_changes(before, after) returns one")
    if changes.empty:
        raise ValueError("there are no changes; nothing to draw")
    keys = [name for name in ("actor", "concept") if name in changes]
    require_values(changes, *keys)
    require_numbers(changes[numbers])
    _require_shares(changes[numbers])
    names = [*years] if pd.api.types.is_list_like(years, allow_sets=False) else []
    if len(names) != 2 or not all(map(_is_name, names)):
        raise ValueError(f"years is {years!r}; expected two names, such as ('2025', '2026')")
    table = changes.set_index(keys)
    known = {} if label is None else names_of(label, table=table)
    rows = [text_of(key, known) for key in table.index]
    shares = 100 * table[numbers].astype("float64")
    places = np.arange(len(rows))
    low, high = (shares["before"] + shares[end] for end in ("low", "high"))
    before, after = map(short, names)
    options = with_defaults(
        kwargs, PathCollection, color=COLOURS["province"], s=40, zorder=3, label=after
    )
    with style():
        width = 4.5 + 0.065 * max(map(width_of, rows))
        ax = axes_of(ax, width=width, height=1.5 + 0.3 * len(rows))
        ring: dict[str, Any] = {"facecolor": "white", "edgecolor": GREY, "linewidth": 1.5}
        rings = ax.scatter(shares["before"], places, s=40, zorder=3, label=before, **ring)
        dots = ax.scatter(shares["after"], places, **options)
        left, right = low.clip(lower=0), high.clip(upper=100)
        bar: dict[str, Any] = {"height": 0.5, "color": BAR, "zorder": 0}
        bars = ax.barh(places, right - left, left=left, label="95 % interval", **bar)
        ax.hlines(places, *np.sort(shares[["before", "after"]]).T, color=GREY, linewidth=1.5)
        ax.set_yticks(places, rows)
        ax.yaxis.set_inverted(True)
        ax.set_xlim(left=0)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("share of all counts, in percent")
        ax.legend(  # without handles, a name that begins with an underscore would be left out
            handles=[rings, dots, bars],
            loc="lower center",
            bbox_to_anchor=(0.5, 1),
            ncols=3,
            frameon=False,
        )
        finish(ax)
    return ax


def _require_shares(changes: pd.DataFrame) -> None:
    """Raise unless shares are from 0 to 1, and intervals of their change from -1 to 1."""
    for column in changes:
        least = -1 if column in ("low", "high") else 0
        values = changes[column].to_numpy(dtype="float64", na_value=np.nan)
        for row, value in zip(changes.index, values, strict=True):
            place = f"column {column!r}, row {row!r}:"
            if not np.isfinite(value):
                raise ValueError(f"{place} the number is missing or infinite; leave the row out")
            if not least - ROUNDING <= value <= 1 + ROUNDING:
                raise ValueError(f"{place} expected a number from {least} to 1, got {value:g}")
    for row in changes.index[changes["low"] > changes["high"]].to_list()[:1]:
        raise ValueError(f"row {row!r}: low is larger than high")


def _is_name(value: Any) -> bool:
    """Return whether a value is a name of a year, such as text or a number that is not missing."""
    one = pd.api.types.is_scalar(value) and not pd.isna(value)
    return one and short(value).strip() != ""
