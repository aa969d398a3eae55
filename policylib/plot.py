"""Numbers become pictures; nothing is computed here that a reader would want to quote."""

import textwrap
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from policylib._layout import LAST, LAYERS, Places, add_up, layered_layout
from policylib._names import require, require_columns
from policylib._tiles import TILES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which readers with any kind of colour vision can tell apart.
COLOURS = {
    "province": "#0072B2",
    "organisation": "#56B4E9",
    "expert": "#D55E00",
    "initiative": "#009E73",
    "priority": "#E69F00",
}
SIGNS = {1: ("#0072B2", "more than chance"), -1: ("#D55E00", "less than chance")}
# As many lines or categories as can be told apart; no yellow, which is hard to see on white.
MANY = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#333333"]
BELOW_ZERO = {-1: ("#D55E00", "below zero")}
LONGEST = 52
# Behind a label, so that lines do not cross it.
PAPER = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.5}
INK, GREY, PALE = "#333333", "#888888", "#BBBBBB"
NO_VALUE: dict[str, Any] = {"facecolor": "white", "edgecolor": PALE, "linestyle": "--"}
STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def plot_matrix(matrix: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw a matrix of counts or overlaps as a heat map with its numbers.

    Parameters
    ----------
    matrix
        Counts or overlaps, or weights that may be negative (blue above zero, red below). Empty
        cells (0) stay white and without a number. For readable names,
        rename rows and columns before, for example by ``dict(network.nodes(data="label"))``.
    ax
        Where to draw; a new figure of fitting size if left out.
    **kwargs
        Passed to `seaborn.heatmap`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If the matrix has no rows or no columns.

    Examples
    --------
    >>> matrix = pd.DataFrame({"Robots": [3, 0], "Talent": [1, 2]}, index=["Henan", "Hebei"])
    >>> ax = plot_matrix(matrix)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Henan', 'Hebei']
    >>> plt.close()
    """
    import seaborn as sns

    if matrix.empty:
        raise ValueError("the matrix is empty; there is nothing to draw")
    values = matrix.astype(float).rename(index=_short, columns=_short)
    whole = (values.isna() | (values % 1 == 0)).all(axis=None)
    numbers = values.map(lambda x: "" if x == 0 or pd.isna(x) else f"{x:.{0 if whole else 2}f}")
    beside, above = (max(map(_width, names)) for names in (values.index, values.columns))
    steep = above > 9
    with _style():
        width = 0.6 + 0.065 * beside + 0.7 * len(values.columns)
        height = 1.2 + 0.32 * len(values) + (0.045 * above if steep else 0)
        ax = ax or _new_axes(width, height)
        options: dict[str, Any] = {"cmap": "Blues", "vmin": 0.0}
        if (values < 0).any(axis=None):
            most = float(np.nanmax(values.abs().to_numpy()))
            options |= {"cmap": "RdBu", "vmin": -most, "vmax": most}
        options |= {"linewidths": 1, "cbar": False, "annot": numbers, "fmt": ""}
        options |= {"annot_kws": {"size": 9}, "xticklabels": False, "yticklabels": False}
        sns.heatmap(values, ax=ax, **(options | kwargs))
        ax.xaxis.tick_top()
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
        ax.set(xlabel="", ylabel="")
    return ax


def plot_ranking(values: pd.Series, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw a ranking as horizontal bars, the first on top.

    Parameters
    ----------
    values
        What is ranked, in the order to be drawn. Levels of a MultiIndex are joined by a dash, so
        that ``pairs.set_index(["a", "b"])["value"].head(10)`` can be drawn as it is.
    ax
        Where to draw; a new figure of fitting size if left out.
    **kwargs
        Passed to `matplotlib.axes.Axes.barh`.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If there is nothing to rank.

    Examples
    --------
    >>> ax = plot_ranking(pd.Series({("Hebei", "Henan"): 3, ("Hebei", "Jilin"): 1}, name="shared"))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Hebei – Henan', 'Hebei – Jilin']
    >>> plt.close()
    """
    if values.empty:
        raise ValueError("there are no values to rank")
    keys = [key if isinstance(key, tuple) else (key,) for key in values.index]
    names = [" – ".join(map(_short, key)) for key in keys]
    with _style():
        ax = ax or _new_axes(
            width=4 + 0.065 * max(map(_width, names)), height=1.1 + 0.3 * len(values)
        )
        bars = ax.barh(range(len(values)), values.to_numpy(), **({"color": "#0072B2"} | kwargs))
        whole = pd.api.types.is_integer_dtype(values.dtype)
        ax.bar_label(bars, fmt="%d" if whole else "%.2f", padding=3, fontsize=9)
        ax.set_yticks(range(len(values)), names)
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        below = bool((values < 0).any())
        ax.margins(x=0.16 if below else 0.08)  # room for the numbers, on either side
        if below:
            ax.axvline(0, color=PALE, linewidth=1, zorder=0)
            ax.spines["left"].set_visible(False)
        ax.set_xlabel(str(values.name or ""))
        if whole:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def plot_pairs(significance: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the observed overlap of pairs beside what chance would give.

    Parameters
    ----------
    significance
        A table that `overlap_significance` gave, or a part of it, in the order to be drawn, for
        example ``table.sort_values("p_upper").head(20)``.
    ax
        Where to draw; a new figure of fitting size if left out.
    **kwargs
        Passed to `matplotlib.axes.Axes.scatter` for the observed values.

    Returns
    -------
    matplotlib.axes.Axes
        A dot for each observed overlap, a bar for the mean of the null model and two standard
        deviations to each side of it: a rough range, which the exact p may contradict.

    Raises
    ------
    ValueError
        If there is no pair, or the table is another one.

    Examples
    --------
    >>> pairs = pd.DataFrame({"a": ["Hebei"], "b": ["Henan"], "shared": [3]})
    >>> ax = plot_pairs(pairs.assign(expected=1.5, sd=0.6))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Hebei – Henan']
    >>> plt.close()
    """
    require_columns(significance, "a", "b", "shared", "expected", "sd")
    if significance.empty:
        raise ValueError("there are no pairs; nothing to draw")
    names = [
        f"{_short(a)} – {_short(b)}"
        for a, b in zip(significance["a"], significance["b"], strict=True)
    ]
    places = np.arange(len(names))
    low = (significance["expected"] - 2 * significance["sd"]).clip(lower=0).to_numpy()
    high = (significance["expected"] + 2 * significance["sd"]).to_numpy()
    with _style():
        width = 4 + 0.065 * max(map(_width, names))
        ax = ax or _new_axes(width=width, height=1.5 + 0.3 * len(names))
        ax.barh(places, high - low, left=low, height=0.5, color="#D9D9D9", label="chance, ± 2 sd")
        ax.scatter(significance["expected"], places, marker="|", s=90, color=GREY, label="expected")
        options: dict[str, Any] = {
            "color": COLOURS["province"],
            "s": 45,
            "zorder": 3,
            "label": "observed",
        } | kwargs
        ax.scatter(significance["shared"], places, **options)
        ax.set_yticks(places, names)
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("shared concepts")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
    return ax


def plot_attention(table: pd.DataFrame, *, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the attention to a few priorities over time, a line for each.

    Parameters
    ----------
    table
        Periods × priorities, as ``attention(statements, by="year")`` gives it: at most eight
        columns of it, for example ``table[["robots", "talent"]]``. Decimals of at most 1 are
        taken as shares and shown in percent.
    ax
        Where to draw; a new figure of fitting size if left out.
    **kwargs
        Passed to `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.axes.Axes
        A dot for each value. Lines join neighbouring periods and break where values are missing.
        The name of each line stands to the right, as near to the height of its end as others let
        it.

    Raises
    ------
    ValueError
        If there are no values, one is below zero or no number, there are more than eight columns,
        or the rows are no periods.
    TypeError
        If it is no table.

    Examples
    --------
    >>> years = pd.period_range("2021", "2023", freq="Y")
    >>> ax = plot_attention(pd.DataFrame({"Robots": [0.1, None, 0.3]}, index=years))
    >>> [text.get_text() for text in ax.texts]
    ['Robots']
    >>> plt.close()
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"expected a table, as attention gives it, not {type(table).__name__}")
    if table.isna().all(axis=None):
        raise ValueError("the table has no values; there is nothing to draw")
    if not all(map(pd.api.types.is_numeric_dtype, table.dtypes)) or (table < 0).any(axis=None):
        raise ValueError("shares and counts are numbers from 0 on; here some are not")
    if not isinstance(table.index, pd.PeriodIndex):
        raise ValueError(
            "the rows are no periods; attention(statements, by='year') gives a table by years"
        )
    if len(table.columns) > len(MANY):
        raise ValueError(
            f"{len(table.columns)} lines cannot be told apart, only {len(MANY)}; choose some, for "
            f"example table[table.max().nlargest({len(MANY)}).index]"
        )
    # Rows that were left out are gaps, too.
    times = pd.period_range(table.index.min(), table.index.max(), freq=table.index.freq)
    values = table.astype("Float64").reindex(times).to_numpy(dtype=float, na_value=np.nan)
    decimal = all(pd.api.types.is_float_dtype(dtype) for dtype in table.dtypes)
    shares = decimal and np.nanmax(values) <= 1
    with _style():
        ax = ax or _new_axes(width=min(11, 6 + 0.1 * len(times)), height=4)
        lines = []
        for line, name, colour in zip(values.T, table.columns, MANY, strict=False):
            options: dict[str, Any] = {"color": colour, "linewidth": 1.8, "label": str(name)}
            options |= {"marker": "o", "markersize": 4, "clip_on": False}
            lines += ax.plot(line, **(options | kwargs))
        ax.set_ylim(bottom=0)
        if shares:
            ax.yaxis.set_major_formatter(lambda share, _: f"{round(100 * share, 6):g} %")
        else:
            ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_ylabel("share of statements" if shares else "statements")
        ticks = _round_times(times)
        # Of a week, only its first day.
        ax.set_xticks(ticks, [str(times[tick]).partition("/")[0] for tick in ticks])
        _name_lines(lines, ax)
    return ax


def _round_times(times: pd.PeriodIndex, most: int = 8) -> list[int]:
    """Choose the periods that the axis names: round years, or months a quarter or year apart."""
    steps = (1, 3, 6, 12, 60, 120) if times.freqstr == "M" else (1, 2, 5, 10, 20, 50)
    step = next((step for step in steps if len(times) <= most * step), steps[-1])
    return [i for i, number in enumerate(times.astype("int64")) if number % step == 0]


def _name_lines(lines: list[Line2D], ax: Axes) -> None:
    """Write the name of each line to the right, tied to its last dot by a dotted line."""
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
            _short(line.get_label()),
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


def plot_tiles(
    values: "pd.Series[Any]",
    *,
    ax: Axes | None = None,
    labels: Mapping[str, str] | None = None,
    center: float = 0,
    **kwargs: Any,
) -> Axes:
    r"""Draw one value for each province on a map of China in tiles.

    All tiles have one size, so that the eye does not take the area of a province for its weight.

    Parameters
    ----------
    values
        Under the ids of provinces: numbers, or up to eight categories (text, booleans or
        categorical). The name of the series is the title of the legend.
    ax
        Where to draw; a new figure of fitting size if left out.
    labels
        Names by id, for example ``dict(network.nodes(data="label_zh"))``; English ones if left
        out.
    center
        Where there are numbers on both sides of it, those above are blue and those below red. For
        ratios to an average it is 1.
    **kwargs
        Passed to `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        A tile for each province with its name and number. One without a value is white with a
        broken edge; so are Hong Kong, Macao and Taiwan, unless they have one.

    Raises
    ------
    ValueError
        If an id is unknown or stands twice, there is no value, a number is infinite, or there are
        more than eight categories.
    TypeError
        If it is no Series.

    Examples
    --------
    >>> ax = plot_tiles(pd.Series({"henan": 3, "inner-mongolia": 1}))
    >>> [text.get_text() for text in ax.texts if "Mongolia" in text.get_text()]
    ['Inner\nMongolia\n1']
    >>> plt.close()
    """
    if not isinstance(values, pd.Series):
        raise TypeError(
            f"expected a Series, one value for each province, not {type(values).__name__}"
        )
    for province in values.index:
        require(province, TILES, "province")
    if not values.index.is_unique:
        raise ValueError(f"province {values.index[values.index.duplicated()][0]!r} stands twice")
    values = values.dropna().infer_objects()
    if values.empty:
        raise ValueError("there are no values; nothing to draw")
    if len({pd.api.types.is_number(value) for value in values}) > 1:
        raise ValueError("some values are numbers and some are not; draw one kind")
    lines = {place: _wrap((labels or {}).get(place) or _name(place)) for place in TILES}
    categories: list[Any] = []
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        cells: dict[Any, float] = values.astype(float).to_dict()
        options = _number_colours(np.array([*cells.values()]), center)
        # As many decimals as they need, up to two, or three digits where all are small.
        small = max(2 - int(np.floor(np.log10(max(map(abs, cells.values())) or 1))), 2)
        enough = (d for d in range(small) if all(round(n, d) == n for n in cells.values()))
        decimals = next(enough, small)
        lines |= {
            place: f"{lines[place]}\n{number:.{decimals}f}" for place, number in cells.items()
        }
    else:
        kinds = values.astype("category").cat.remove_unused_categories().cat
        cells, categories = kinds.codes.astype(float).to_dict(), kinds.categories.to_list()
        if len(categories) > len(MANY):
            raise ValueError(f"{len(categories)} categories cannot be told apart, only {len(MANY)}")
        colours = ListedColormap(MANY[: len(categories)])
        options = {"cmap": colours, "vmin": -0.5, "vmax": len(categories) - 0.5}
    if "norm" in kwargs:  # which has limits of its own
        options = {"cmap": options["cmap"]}
    options |= {"edgecolors": "white", "linewidth": 3}
    width, height = (max(place) + 1 for place in zip(*TILES.values(), strict=True))
    grid = np.full((height, width), np.nan)
    for place, number in cells.items():
        grid[TILES[place][::-1]] = number
    with _style():
        ax = ax or _new_axes(width=1.02 * width, height=0.7 * height)
        mesh = ax.pcolormesh(grid, **(options | kwargs))
        fills = dict(zip(cells, mesh.to_rgba(np.array([*cells.values()])), strict=True))
        for place, (x, y) in TILES.items():
            if place not in cells:
                ax.add_patch(Rectangle((x + 0.04, y + 0.05), 0.92, 0.9, **NO_VALUE))
            ink = _ink_on(fills[place]) if place in cells else GREY
            ax.text(x + 0.5, y + 0.5, lines[place], color=ink, size=8.5, ha="center", va="center")
        ax.set(xlim=(0, width), ylim=(height, 0), aspect=0.68)
        ax.set_axis_off()
        title = "" if values.name is None else _short(values.name)
        if categories:
            fill = mesh.to_rgba(np.arange(len(categories)))
            handles = [
                Patch(color=c, label=_short(k)) for c, k in zip(fill, categories, strict=True)
            ]
        else:
            handles = []
            scale = ax.inset_axes((0.01, 0.93, 0.4, 0.025))
            ticks = MaxNLocator(4, integer=decimals == 0)
            bar = ax.figure.colorbar(mesh, cax=scale, orientation="horizontal", ticks=ticks)
            bar.outline.set_visible(False)
            scale.set_title(title, loc="left", fontsize=9)
        ax.legend(
            handles=[*handles, Patch(**NO_VALUE, label="no value")],
            title=title if categories else None,
            loc="upper left",
            bbox_to_anchor=(0, 1.01 if categories else 0.88),
            ncols=1 if len(handles) < 6 else 2,
            frameon=False,
            alignment="left",
            borderpad=0.2,
        )
    return ax


def _name(place: str) -> str:
    return place.replace("-", " ").title()


def _wrap(name: str) -> str:
    """Break a name into lines that fit a tile."""
    return "\n".join(textwrap.wrap(name, 12 if name.isascii() else 6))


def _number_colours(numbers: NDArray[np.float64], center: float) -> dict[str, Any]:
    """Choose one hue, or two where numbers lie on both sides of the centre."""
    low, high = numbers.min(), numbers.max()
    if np.isinf([low, high]).any():
        raise ValueError("an infinite number has no colour")
    if low < center < high:
        # As far to both sides, so that the same distance has the same strength.
        most = max(center - low, high - center)
        return {"cmap": "RdBu", "vmin": center - most, "vmax": center + most}
    # Without its white end, which would look like no value.
    blues = ListedColormap(plt.get_cmap("Blues")(np.linspace(0.12, 1, 256)))
    return {"cmap": blues, "vmin": low, "vmax": high}


def _ink_on(colour: Any) -> str:
    """Choose white or dark letters for a tile, by how bright it is."""
    red, green, blue, _ = colour
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.55 else "white"


def plot_network(
    network: nx.Graph,
    *,
    pos: Places | None = None,
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a network, coloured by kind of node.

    A policy network is drawn in three layers, actors, initiatives and priorities, with the edges
    between layers; large ones become legible by `roll_up` and `networkx.subgraph` before. Any
    other graph is drawn by forces: whatever is tied lies close.

    Parameters
    ----------
    network
        A policy network, or another graph. The node attributes `kind` and `label` are used where
        they are there, and the edge attributes `weight` (width; parallel edges add up; those below
        zero have a colour of their own and do not draw nodes together) and `sign` (more or less
        than chance, in two colours).
    pos
        Places of the nodes, as networkx layouts give them, instead of the above.
    seed
        Forces start from random places; the same seed gives the same picture.
    ax
        Where to draw; a new figure of fitting size if left out.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If the network has no nodes.

    Examples
    --------
    >>> ax = plot_network(nx.Graph([("Henan", "Robots"), ("Hebei", "Robots")]))
    >>> sorted(text.get_text() for text in ax.texts)
    ['Hebei', 'Henan', 'Robots']
    >>> plt.close()
    """
    if not network:
        raise ValueError("the network has no nodes; there is nothing to draw")
    simple = add_up(network)
    layers = [LAYERS.get(kind) for _, kind in simple.nodes(data="kind")]
    layered = pos is None and None not in layers and len(set(layers)) > 1
    if layered:
        pos = layered_layout(simple)
        simple.remove_edges_from([(a, b) for a, b in simple.edges if pos[a][0] == pos[b][0]])
    elif pos is None:
        near = simple.edge_subgraph([e for e in simple.edges if simple.edges[e]["sign"] != -1])
        drawn = nx.Graph(near.edges)
        drawn.add_nodes_from(simple)
        pos = nx.forceatlas2_layout(drawn, max_iter=400, seed=seed, strong_gravity=True)
    with _style():
        if ax is None and layered:
            ax = _axes_between_labels(simple, pos)
        side = min(11, 3.5 + len(simple) ** 0.5)
        ax = ax or _new_axes(width=side, height=0.8 * side)
        _draw_edges(simple, pos, ax)
        _draw_nodes(simple, pos, ax)
        signs = {sign for *_, sign in simple.edges(data="sign")}
        legend = BELOW_ZERO if simple.graph.get("signed") else SIGNS
        for colour, meaning in (legend[sign] for sign in legend if sign in signs):
            ax.plot([], [], color=colour, linewidth=3, alpha=0.4, label=meaning)
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, frameon=False)
        label = _label_layers if layered else _label_freely
        label(simple, pos, ax)
        ax.set_axis_off()
    return ax


def _axes_between_labels(simple: nx.Graph, pos: Places) -> Axes:
    """Make axes with room for the labels of the first layer to the left, of the last to the right.

    The layout engines of matplotlib do not see them, since they lie outside the axes.
    """
    layers: dict[float, list[str]] = {0: [""], LAST: [""]}
    for node, name in _labels(simple).items():
        layers.setdefault(pos[node][0], []).append(name)
    left, right = (0.3 + 0.07 * max(map(_width, layers[x])) for x in (0, LAST))
    width, height = left + 5 + right, max(4.0, 1 + 0.27 * max(map(len, layers.values())))
    figure, ax = plt.subplots(figsize=(width, height))
    figure.subplots_adjust(left / width, 0.4 / height, 1 - right / width, 1 - 0.1 / height)
    return ax


def _draw_edges(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    thickest = max((weight for *_, weight in simple.edges(data="weight")), default=1) or 1
    initiatives = {node for node, kind in simple.nodes(data="kind") if kind == "initiative"}
    # Those of initiatives come last: they are few and would vanish below the others.
    for named in (False, True):
        edges = [e for e in simple.edges(data=True) if bool(initiatives & {*e[:2]}) == named]
        nx.draw_networkx_edges(
            simple,
            pos,
            ax=ax,
            edgelist=[(a, b) for a, b, _ in edges],
            edge_color=COLOURS["initiative"]
            if named
            else [_line_colour(data) for *_, data in edges],
            width=[0.6 + 3 * data["weight"] / thickest for *_, data in edges],
            alpha=0.9 if named else 0.4,
        )


def _line_colour(data: dict[str, Any]) -> str:
    return SIGNS[data["sign"]][0] if data["sign"] in SIGNS else COLOURS.get(data["source"], GREY)


def _draw_nodes(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    kinds = dict(simple.nodes(data="kind"))
    present = set(kinds.values())
    for kind in [*(k for k in COLOURS if k in present), *sorted(present - set(COLOURS), key=str)]:
        nx.draw_networkx_nodes(
            simple,
            pos,
            nodelist=[node for node in simple if kinds[node] == kind],
            ax=ax,
            node_size=70,
            node_color=COLOURS.get(kind, GREY),
            edgecolors="white",
            linewidths=0.8,
            label=kind or "_",
        )
    if present & set(COLOURS):
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(present), frameon=False)


def _label_layers(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    left = {"xytext": (-8, 0), "ha": "right", "va": "center"}
    right = {"xytext": (8, 0), "ha": "left", "va": "center"}
    above = {"xytext": (0, 7), "ha": "center", "va": "bottom", "bbox": PAPER}
    for node, name in _labels(simple).items():
        x, y = pos[node]
        side = left if x == 0 else right if x == LAST else above
        ax.annotate(name, (x, y), textcoords="offset points", fontsize=9, parse_math=False, **side)
    ax.margins(x=0.02, y=0.03)


def _label_freely(simple: nx.Graph, pos: Places, ax: Axes) -> None:
    from adjustText import adjust_text

    names = _labels(simple)
    texts = [
        ax.text(pos[node][0], pos[node][1], name, fontsize=9, bbox=PAPER, parse_math=False)
        for node, name in names.items()
    ]
    # A limit of rounds, not of time: the same picture on any machine.
    xs, ys = zip(*(pos[node] for node in names), strict=True)
    options = {"expand": (1.25, 1.9), "iter_lim": 200, "ensure_inside_axes": False}
    adjust_text(texts, x=list(xs), y=list(ys), ax=ax, **options)


def _labels(simple: nx.Graph) -> dict[Any, str]:
    return {node: _short(name or node) for node, name in simple.nodes(data="label")}


def _short(name: object) -> str:
    """Cut a name that is too long for a label."""
    text = str(name)
    while _width(text) > LONGEST:
        text = text.removesuffix("…")[:-1].rstrip() + "…"
    return text


def _width(text: str) -> int:
    """Count a Chinese character as two, since it is as wide, and as long in GBK, as two others."""
    return len(text.encode("gbk", "replace"))


def plot_upset(intersections: pd.DataFrame, **kwargs: Any) -> "Figure":
    """Draw which rows share exactly which columns, as an UpSet plot.

    Parameters
    ----------
    intersections
        The table that `policylib.intersections` gives.
    **kwargs
        Passed to `marsilea.upset.Upset`.

    Returns
    -------
    matplotlib.figure.Figure
        One bar per set of rows, as high as the number of columns that it alone shares.

    Raises
    ------
    ValueError
        If there is no intersection, or only one row.

    Examples
    --------
    >>> rows = [("Henan",), ("Henan", "Jilin")]
    >>> table = pd.DataFrame({"rows": rows, "columns": [("a",), ("b",)]})
    >>> figure = plot_upset(table)
    >>> plt.close(figure)
    """
    from marsilea.upset import Upset, UpsetData

    if intersections.empty:
        raise ValueError("there are no intersections; nothing to draw")
    members = intersections.explode("columns").explode("rows")
    rows = members["rows"].nunique()
    if rows < 2:
        raise ValueError(f"an UpSet plot compares two rows or more; here is {rows}")
    data = UpsetData(pd.crosstab(members["columns"], members["rows"]) > 0)
    options = {"color": COLOURS["province"], "fontsize": 10, "sort_subsets": "-cardinality"}
    options |= {"width": 7.0, "height": max(1.0, 0.3 * rows) + 0.5}
    with _style(), warnings.catch_warnings():
        # marsilea 0.8 sorts in place, which pandas 3.1 has begun to deprecate.
        warnings.filterwarnings("ignore", "The inplace keyword", DeprecationWarning)
        upset = Upset(data, **(options | kwargs))
        upset.render()
    figure: Figure = upset.figure
    return figure


@contextmanager
def _style() -> Iterator[None]:
    # Jupyter's backend turns interactive drawing on when it is loaded. Loaded inside the context,
    # that would be undone at its end, and later figures would not be shown.
    plt.draw_if_interactive()  # type: ignore[no-untyped-call]
    families = {"font.family": [*plt.rcParams["font.family"], *_chinese_fonts()]}
    with plt.rc_context(STYLE | families):
        yield


@cache
def _chinese_fonts() -> list[str]:
    """Find a font that has Chinese characters, for those that the main font lacks."""
    known = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "SimHei"]
    known += ["Microsoft YaHei", "WenQuanYi Micro Hei", "Noto Serif CJK SC", "Noto Serif CJK JP"]
    installed = font_manager.get_font_names()
    return [name for name in known if name in installed][:1]


def _new_axes(width: float, height: float) -> Axes:
    return plt.subplots(figsize=(width, height), layout="constrained")[1]
