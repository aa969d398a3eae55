"""Draw one value for each province on a tile map of China."""

import textwrap
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from policylib._util.names import require
from policylib.plot.style import (
    GREY,
    INK,
    MANY,
    NO_VALUE,
    new_axes,
    short,
    style,
)

# Column and row of each, from the north-west. Most that touch here share a border on the ground;
# the notch in the north is Mongolia.
TILES = {
    "heilongjiang": (6, 0),
    "jilin": (6, 1),
    "inner-mongolia": (3, 2),
    "beijing": (4, 2),
    "tianjin": (5, 2),
    "liaoning": (6, 2),
    "xinjiang": (0, 3),
    "ningxia": (2, 3),
    "shanxi": (3, 3),
    "hebei": (4, 3),
    "qinghai": (0, 4),
    "gansu": (1, 4),
    "shaanxi": (2, 4),
    "henan": (3, 4),
    "shandong": (4, 4),
    "tibet": (0, 5),
    "sichuan": (1, 5),
    "chongqing": (2, 5),
    "hubei": (3, 5),
    "anhui": (4, 5),
    "jiangsu": (5, 5),
    "yunnan": (1, 6),
    "guizhou": (2, 6),
    "hunan": (3, 6),
    "jiangxi": (4, 6),
    "zhejiang": (5, 6),
    "shanghai": (6, 6),
    "guangxi": (2, 7),
    "guangdong": (3, 7),
    "fujian": (4, 7),
    "taiwan": (5, 7),
    "hainan": (2, 8),
    "macao": (3, 8),
    "hong-kong": (4, 8),
}


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
    with style():
        ax = ax or new_axes(width=1.02 * width, height=0.7 * height)
        mesh = ax.pcolormesh(grid, **(options | kwargs))
        fills = dict(zip(cells, mesh.to_rgba(np.array([*cells.values()])), strict=True))
        for place, (x, y) in TILES.items():
            if place not in cells:
                ax.add_patch(Rectangle((x + 0.04, y + 0.05), 0.92, 0.9, **NO_VALUE))
            ink = _ink_on(fills[place]) if place in cells else GREY
            ax.text(x + 0.5, y + 0.5, lines[place], color=ink, size=8.5, ha="center", va="center")
        ax.set(xlim=(0, width), ylim=(height, 0), aspect=0.68)
        ax.set_axis_off()
        title = "" if values.name is None else short(values.name)
        if categories:
            fill = mesh.to_rgba(np.arange(len(categories)))
            handles = [
                Patch(color=c, label=short(k)) for c, k in zip(fill, categories, strict=True)
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
