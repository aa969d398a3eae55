"""Draw one value for each province on a tile map of China."""

import textwrap
from numbers import Real
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from policylib._util.names import require
from policylib.network.names import Label, names_of
from policylib.plot.style import (
    GREY,
    INK,
    MANY,
    NO_VALUE,
    new_axes,
    short,
    style,
)

# Column and row of each tile, from the north-west. Most tiles that touch are neighbours on the
# map; the gap in the north is Mongolia.
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


CHINESE = """
黑龙江 吉林 内蒙古 北京 天津 辽宁 新疆 宁夏 山西 河北 青海 甘肃 陕西 河南 山东 西藏 四川
重庆 湖北 安徽 江苏 云南 贵州 湖南 江西 浙江 上海 广西 广东 福建 台湾 海南 澳门 香港
"""
NAMES_ZH = dict(zip(TILES, CHINESE.split(), strict=True))
WIDTH, HEIGHT = (max(place) + 1 for place in zip(*TILES.values(), strict=True))


def plot_tiles(
    values: "pd.Series[Any]",
    *,
    label: Label = "label",
    ax: Axes | None = None,
    center: float = 0,
    **kwargs: Any,
) -> Axes:
    r"""Draw one value for each province on a tile map of China.

    All tiles have the same size, so that large provinces do not look more important.

    Parameters
    ----------
    values : Series
        Under the ids of provinces: numbers, or up to eight categories (text, booleans or
        categorical). The name of the Series is the title of the legend.
    label : str, mapping or Series
        The names on the tiles: ``"label"`` for English, ``"label_zh"`` for Chinese, or a name for
        each id.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure of fitting size if left out.
    center : float
        If there are numbers on both sides of this one, those above are blue and those below red.
        For ratios to an average, set it to 1.
    **kwargs
        Passed to `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        A tile for each province, and for Hong Kong, Macao and Taiwan, with its name and number.
        A tile without a value is white with a dashed edge.

    Raises
    ------
    TypeError
        If `values` is not a Series.
    ValueError
        If an id is unknown or duplicate, there are no values, a number is infinite, or there
        are more than eight categories.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_tiles(pd.Series({"henan": 3, "inner-mongolia": 1}))
    >>> [text.get_text() for text in ax.texts if "Mongolia" in text.get_text()]
    ['Inner\nMongolia\n1']
    >>> plt.close()
    """
    values = _checked(values)
    if not isinstance(center, Real):
        raise TypeError(f"center is {center!r}; expected a number")
    names = _tile_names(label)
    cells, categories, options = _colours(values, center)
    if "norm" in kwargs:  # a norm sets its own limits
        options = {"cmap": options["cmap"]}
    options |= {"edgecolors": "white", "linewidth": 3}
    digits = 0 if categories else _digits([*cells.values()])
    texts = {place: _wrap(names[place]) for place in TILES}
    if not categories:
        numbers = {place: f"{cells[place]:.{digits}f}".replace("-", "−") for place in cells}
        texts |= {place: f"{texts[place]}\n{number}" for place, number in numbers.items()}
    with style():
        ax = ax or new_axes(width=1.02 * WIDTH, height=0.7 * HEIGHT)
        mesh = _draw_tiles(cells, texts, ax, **(options | kwargs))
        _add_legend(mesh, categories, "" if values.name is None else short(values.name), digits, ax)
    return ax


def _checked(values: "pd.Series[Any]") -> "pd.Series[Any]":
    if not isinstance(values, pd.Series):
        raise TypeError(
            f"expected a Series, one value for each province, not {type(values).__name__}"
        )
    for province in values.index:
        require(province, TILES, "province")
    if not values.index.is_unique:
        raise ValueError(f"duplicate province {values.index[values.index.duplicated()][0]!r}")
    values = values.dropna().infer_objects()
    if values.empty:
        raise ValueError("there are no values; nothing to draw")
    if len({pd.api.types.is_number(value) for value in values}) > 1:
        raise ValueError("the values mix numbers and other types; draw one type")
    return values


def _tile_names(label: Label) -> dict[str, str]:
    english = {place: place.replace("-", " ").title() for place in TILES}
    if isinstance(label, str):
        require(label, ("label", "label_zh"), "label")
        return english if label == "label" else NAMES_ZH
    names = names_of(label, table=pd.DataFrame(index=[*TILES]))
    return english | {place: name for place, name in names.items() if place in TILES}


def _colours(
    values: "pd.Series[Any]", center: float
) -> tuple[dict[Any, float], list[Any], dict[str, Any]]:
    """Return a number for each province, the categories (or none), and the colours."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        cells: dict[Any, float] = values.astype(float).to_dict()
        return cells, [], _number_colours(np.array([*cells.values()]), center)
    kinds = values.astype("category").cat.remove_unused_categories().cat
    categories = kinds.categories.to_list()
    if len(categories) > len(MANY):
        raise ValueError(f"{len(categories)} categories, but only {len(MANY)} colours")
    colours = ListedColormap(MANY[: len(categories)])
    limits = {"vmin": -0.5, "vmax": len(categories) - 0.5}
    return kinds.codes.astype(float).to_dict(), categories, {"cmap": colours, **limits}


def _digits(numbers: list[float]) -> int:
    """Return as many decimals as the numbers need, up to two, or more where all are small."""
    most = max(2 - int(np.floor(np.log10(max(map(abs, numbers)) or 1))), 2)
    enough = (d for d in range(most) if all(round(n, d) == n for n in numbers))
    return next(enough, most)


def _draw_tiles(
    cells: dict[Any, float], texts: dict[str, str], ax: Axes, **options: Any
) -> QuadMesh:
    grid = np.full((HEIGHT, WIDTH), np.nan)
    for place, number in cells.items():
        grid[TILES[place][::-1]] = number
    mesh = ax.pcolormesh(grid, **options)
    fills = dict(zip(cells, mesh.to_rgba(np.array([*cells.values()])), strict=True))
    for place, (x, y) in TILES.items():
        if place not in cells:
            ax.add_patch(Rectangle((x + 0.04, y + 0.05), 0.92, 0.9, **NO_VALUE))
        ink = _ink_on(fills[place]) if place in cells else GREY
        ax.text(x + 0.5, y + 0.5, texts[place], color=ink, size=8.5, ha="center", va="center")
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), aspect=0.68)
    ax.set_axis_off()
    return mesh


def _add_legend(mesh: QuadMesh, categories: list[Any], title: str, digits: int, ax: Axes) -> None:
    """Draw a scale for numbers, or a patch for each category, and one for no value."""
    fills = mesh.to_rgba(np.arange(len(categories)))
    handles = [Patch(color=c, label=short(k)) for c, k in zip(fills, categories, strict=True)]
    if not categories:
        scale = ax.inset_axes((0.01, 0.93, 0.4, 0.025))
        ticks = MaxNLocator(4, integer=digits == 0)
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


def _wrap(name: str) -> str:
    """Break a name into lines that fit a tile."""
    return "\n".join(textwrap.wrap(name, 12 if name.isascii() else 6))


def _number_colours(numbers: NDArray[np.float64], center: float) -> dict[str, Any]:
    """Choose one hue, or two if there are numbers on both sides of the centre."""
    low, high = numbers.min(), numbers.max()
    if np.isinf([low, high]).any():
        raise ValueError("a value is infinite; it has no colour")
    if low < center < high:
        # Equal limits on both sides, so that equal distances have equally strong colours.
        most = max(center - low, high - center)
        return {"cmap": "RdBu", "vmin": center - most, "vmax": center + most}
    # The white end of the colour map is left out: white means no value.
    blues = ListedColormap(plt.get_cmap("Blues")(np.linspace(0.12, 1, 256)))
    return {"cmap": blues, "vmin": low, "vmax": high}


def _ink_on(colour: Any) -> str:
    """Choose white or dark letters for a tile, by how bright it is."""
    red, green, blue, _ = colour
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.55 else "white"
