"""Draw one value for each place on a map of tiles, by default the provinces of China."""

import re
import textwrap
from numbers import Real
from sys import float_info
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from policylib._util.names import first_of, nearest, require
from policylib._util.numbers import is_between
from policylib._util.printable import printable
from policylib.network.names import Label, names_of
from policylib.plot.style import (
    GREY,
    INK,
    MANY,
    NO_VALUE,
    axes_of,
    finish,
    number_text,
    short,
    style,
    width_of,
)
from policylib.plot.tile_maps import NAMES, Tiles, tile_table

SIZE = 8.5  # of letters, in points
LINE = 12  # characters in a line of that size that fit a tile
LONGEST_WORD = 17  # characters; its letters are smaller
CORNER = (2, 5)  # empty rows and columns in the north-west that have room for the legend


class Fill(NamedTuple):
    """What is drawn on the tiles that have a value."""

    cells: dict[Any, float]  # a number for each tile; for categories, their place in the list
    categories: list[Any]  # none if the values are numbers
    digits: int  # decimals of the numbers
    options: dict[str, Any]  # colours, as matplotlib takes them


def plot_tiles(
    values: "pd.Series[Any]",
    *,
    tiles: Tiles | None = None,
    label: Label = "label",
    ax: Axes | None = None,
    center: float = 0,
    **kwargs: Any,
) -> Axes:
    r"""Draw one value for each place on a map of tiles, by default the provinces of China.

    All tiles have the same size, so that large provinces do not look more important.

    Parameters
    ----------
    values : Series
        Under the ids of the tiles: numbers, or up to eight categories (text, booleans or
        categorical). The name of the Series is the title of the legend.
    tiles : mapping or DataFrame, optional
        The tiles of another country or city: id to (row, column), counted from the north-west;
        or a table with ``id`` (a column or the index), ``row`` and ``column``, and if you like
        the names ``label`` and ``label_zh``. By default, the provinces of China with Hong Kong,
        Macao and Taiwan.
    label : str, mapping or Series
        The names on the tiles: the column ``"label"`` or ``"label_zh"`` of the tiles, or a name
        for each id. China has both columns, so ``"label_zh"`` is the way to a map in Chinese. The
        names of a network may be wrong: a code may have the same id as a province.
    ax : matplotlib.axes.Axes, optional
        The axes to draw on. By default, a new figure is made.
    center : float
        If there are numbers on both sides of this one, those above are blue and those below red.
        For ratios to an average, set it to 1.
    **kwargs
        Passed to `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        Each tile with its name and number. A tile without a value is white with a dashed edge.

    Raises
    ------
    TypeError
        If `values` is not a Series, or `tiles` neither a mapping nor a DataFrame.
    ValueError
        If an id is unknown or duplicate, there are no values, one is a list, a number is complex
        or infinite, `center` is not finite, or there are more than eight categories. If two tiles
        have the same id or place, or a place is not two whole numbers.

    See Also
    --------
    plot_ranking : Draw values of places without a map as bars.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_tiles(pd.Series({"henan": 3, "inner-mongolia": 1}))
    >>> [text.get_text() for text in ax.texts if "Mongolia" in text.get_text()]
    ['Inner\nMongolia\n1']

    Another city needs only the places of its districts:

    >>> districts = {"harbour": (0, 0), "old town": (0, 1), "airport": (1, 1)}
    >>> ax = plot_tiles(pd.Series({"harbour": 3, "airport": 1}), tiles=districts)
    >>> [text.get_text() for text in ax.texts]
    ['harbour\n3', 'old town', 'airport\n1']
    >>> plt.close("all")
    """
    if not isinstance(center, Real):
        raise TypeError(f"center is {center!r}; expected a number")
    if not is_between(center, -float_info.max, float_info.max):
        raise ValueError(f"center is {center!r}; expected a finite number")
    places = tile_table(tiles)
    where = "the default map of China" if tiles is None else "the tiles given"
    values = _checked(values, places, where)
    fill = _fill_numbers(values, center) if _are_numbers(values) else _fill_categories(values)
    if "norm" in kwargs:  # a norm sets its own limits
        fill = fill._replace(options={"cmap": fill.options["cmap"]})
    texts = _texts(_tile_names(label, places), fill)
    title = "" if values.name is None else short(values.name)
    with style():
        missing = len(fill.cells) < len(places)
        above, rows, columns = _size(places, fill, missing)
        ax = axes_of(ax, width=1.02 * columns, height=0.7 * rows)
        places["row"] += above
        options = {"edgecolors": "white", "linewidth": 3} | fill.options | kwargs
        mesh = _draw_tiles(places, fill.cells, (rows, columns), ax, **options)
        _write_texts(mesh, places, fill.cells, texts, ax)
        _add_legend(mesh, fill, title, missing, ax)
        finish(ax)
    return ax


def _checked(values: "pd.Series[Any]", places: pd.DataFrame, where: str) -> "pd.Series[Any]":
    if not isinstance(values, pd.Series):
        raise TypeError(f"expected a Series, one value for each tile, not {type(values).__name__}")
    known = frozenset(places.index)
    for place in values.index:
        if place not in known:
            raise ValueError(
                f"no tile {place!r} in {where}, which has {first_of([*places.index])}"
                f"{nearest(place, known)}; pass tiles= for another map, or draw the values with "
                "plot_ranking, which needs no map"
            )
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()].to_list()[0]
        raise ValueError(f"values: duplicate id {twice!r}")
    values = values.dropna().infer_objects()
    if values.empty:
        raise ValueError("there are no values; nothing to draw")
    for place, value in values.items():
        if not pd.api.types.is_hashable(value):
            raise ValueError(f"id {place!r}: expected one value, got {value!r:.60}")
    if pd.api.types.is_complex_dtype(values):
        raise ValueError(f"the values hold {values.dtype}; expected real numbers")
    if len({pd.api.types.is_number(value) for value in values}) > 1:
        raise ValueError("the values mix numbers and other types; draw one type")
    return values


def _are_numbers(values: "pd.Series[Any]") -> bool:
    dtype = values.dtype
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def _tile_names(label: Label, places: pd.DataFrame) -> dict[Any, str]:
    if isinstance(label, str):
        require(label, [name for name in NAMES if name in places], "label")
        return places["label"].to_dict() | places[label].dropna().map(str).to_dict()
    names = names_of(label, table=places[[]])
    return places["label"].to_dict() | {
        place: names[place] for place in places.index if place in names
    }


def _fill_numbers(values: "pd.Series[Any]", center: float) -> Fill:
    """Choose one hue, or two if there are numbers on both sides of the centre."""
    numbers = values.astype(float)
    low, high = numbers.min(), numbers.max()
    if np.isinf([low, high]).any():
        raise ValueError("a value is infinite; it has no colour")
    if low < center < high:
        # Equal limits on both sides, so that equal distances have equally strong colours.
        most = max(center - low, high - center)
        options = {"cmap": "RdBu", "vmin": center - most, "vmax": center + most}
    else:
        # The white end of the colour map is left out: white means no value.
        blues = ListedColormap(plt.get_cmap("Blues")(np.linspace(0.12, 1, 256)))
        if low == high:  # the scale then begins at the centre
            low, high = sorted((center, high)) if high != center else (low, low + 1)
        options = {"cmap": blues, "vmin": low, "vmax": high}
    return Fill(numbers.to_dict(), [], _digits(numbers.to_list()), options)


def _fill_categories(values: "pd.Series[Any]") -> Fill:
    """Choose a colour for each category."""
    kinds = values.astype("category").cat.remove_unused_categories().cat
    categories = kinds.categories.to_list()
    if len(categories) > len(MANY):
        raise ValueError(f"{len(categories)} categories, but only {len(MANY)} colours")
    colours = ListedColormap(MANY[: len(categories)])
    limits = {"vmin": -0.5, "vmax": len(categories) - 0.5}
    return Fill(kinds.codes.astype(float).to_dict(), categories, 0, {"cmap": colours, **limits})


def _texts(names: dict[Any, str], fill: Fill) -> dict[Any, str]:
    """Return the text of each tile: its name, and its number below."""
    texts = {place: _wrap(name) for place, name in names.items()}
    if not fill.categories:
        for place, number in fill.cells.items():
            texts[place] += f"\n{number_text(number, fill.digits)}"
    return texts


def _size(places: pd.DataFrame, fill: Fill, missing: bool) -> tuple[int, int, int]:
    """Return how many rows the legend needs above the map, and the rows and columns in all."""
    rows, columns = CORNER
    corner = places[(places["row"] < rows) & (places["column"] < columns)]
    above = 0 if corner.empty else 2 if fill.categories or missing else 1
    widest = max([width_of(short(name)) for name in fill.categories], default=0)
    legend = int(np.ceil(0.6 + 0.08 * widest)) if fill.categories else 3
    return above, above + places["row"].max() + 1, max(places["column"].max() + 1, legend)


def _digits(numbers: list[float]) -> int:
    """Return as many decimals as the numbers need, up to two, or more where all are small."""
    most = max(2 - int(np.floor(np.log10(max(map(abs, numbers)) or 1))), 2)
    enough = (d for d in range(most) if all(round(n, d) == n for n in numbers))
    return next(enough, most)


def _draw_tiles(
    places: pd.DataFrame, cells: dict[Any, float], shape: tuple[int, int], ax: Axes, **options: Any
) -> QuadMesh:
    """Draw the colours of the tiles, and a dashed edge where a tile has no value."""
    grid = np.full(shape, np.nan)
    grid[places["row"], places["column"]] = [cells.get(place, np.nan) for place in places.index]
    mesh = ax.pcolormesh(grid, **options)
    empty = places[~places.index.isin(list(cells))]
    for y, x in zip(empty["row"], empty["column"], strict=True):
        ax.add_patch(Rectangle((x + 0.04, y + 0.05), 0.92, 0.9, **NO_VALUE))
    rows, columns = shape
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect=0.68)
    ax.set_axis_off()
    return mesh


def _write_texts(
    mesh: QuadMesh,
    places: pd.DataFrame,
    cells: dict[Any, float],
    texts: dict[Any, str],
    ax: Axes,
) -> None:
    """Write on the tiles, in letters that can be read on their colours."""
    fills = dict(zip(cells, mesh.to_rgba(np.array([*cells.values()])), strict=True))
    for place, y, x in zip(places.index, places["row"], places["column"], strict=True):
        ink = _ink_on(fills[place]) if place in cells else GREY
        widest = max(map(width_of, texts[place].split("\n")))
        size = SIZE * min(1, (LINE + 1) / widest)
        ax.text(x + 0.5, y + 0.5, texts[place], color=ink, size=size, ha="center", va="center")


def _add_legend(mesh: QuadMesh, fill: Fill, title: str, missing: bool, ax: Axes) -> None:
    """Draw a scale for numbers or a patch for each category, and one for no value if needed."""
    rows, columns = ax.get_ylim()[0], ax.get_xlim()[1]
    fills = mesh.to_rgba(np.arange(len(fill.categories)))
    handles = [Patch(color=c, label=short(k)) for c, k in zip(fills, fill.categories, strict=True)]
    if not fill.categories:
        # Heights are parts of the axes; in rows of tiles they are the same for every map.
        scale = ax.inset_axes((0.01, 1 - 0.63 / rows, min(2.8 / columns, 0.98), 0.225 / rows))
        ticks = MaxNLocator(4, integer=fill.digits == 0)
        bar = ax.figure.colorbar(mesh, cax=scale, orientation="horizontal", ticks=ticks)
        bar.outline.set_visible(False)
        scale.set_title(title, loc="left", fontsize=9)
    if missing:
        handles.append(Patch(**NO_VALUE, label="no value"))
    if handles:
        ax.legend(
            handles=handles,
            title=title if fill.categories else None,
            loc="upper left",
            bbox_to_anchor=(0, 1 + 0.09 / rows if fill.categories else 1 - 1.08 / rows),
            ncols=1 if len(handles) < 7 else 2,
            frameon=False,
            alignment="left",
            borderpad=0.2,
        )


def _wrap(name: str) -> str:
    """Break a name into at most three lines for a tile, and words only if they are very long."""
    name = printable(name)
    longest = max(map(len, re.split(r"[\s-]", name)))
    width = LINE // 2 if width_of(name) > len(name) else max(LINE, min(longest, LONGEST_WORD))
    return "\n".join(textwrap.wrap(name, width, max_lines=3, placeholder="…"))


def _ink_on(colour: Any) -> str:
    """Choose white or dark letters for a tile, by how bright it is."""
    red, green, blue, _ = colour
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.55 else "white"
