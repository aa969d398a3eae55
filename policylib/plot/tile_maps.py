"""Where the tiles of a map are: China by default, or any other country or city."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import pandas as pd

from policylib._util.names import as_mapping, require_columns

Tiles = Mapping[Any, Sequence[int]] | pd.DataFrame

# Row and column of each tile, from the north-west. Most tiles that touch are neighbours on the
# map; the gap in the north is Mongolia.
CHINA = {
    "heilongjiang": (0, 6, "黑龙江"),
    "jilin": (1, 6, "吉林"),
    "inner-mongolia": (2, 3, "内蒙古"),
    "beijing": (2, 4, "北京"),
    "tianjin": (2, 5, "天津"),
    "liaoning": (2, 6, "辽宁"),
    "xinjiang": (3, 0, "新疆"),
    "ningxia": (3, 2, "宁夏"),
    "shanxi": (3, 3, "山西"),
    "hebei": (3, 4, "河北"),
    "qinghai": (4, 0, "青海"),
    "gansu": (4, 1, "甘肃"),
    "shaanxi": (4, 2, "陕西"),
    "henan": (4, 3, "河南"),
    "shandong": (4, 4, "山东"),
    "tibet": (5, 0, "西藏"),
    "sichuan": (5, 1, "四川"),
    "chongqing": (5, 2, "重庆"),
    "hubei": (5, 3, "湖北"),
    "anhui": (5, 4, "安徽"),
    "jiangsu": (5, 5, "江苏"),
    "yunnan": (6, 1, "云南"),
    "guizhou": (6, 2, "贵州"),
    "hunan": (6, 3, "湖南"),
    "jiangxi": (6, 4, "江西"),
    "zhejiang": (6, 5, "浙江"),
    "shanghai": (6, 6, "上海"),
    "guangxi": (7, 2, "广西"),
    "guangdong": (7, 3, "广东"),
    "fujian": (7, 4, "福建"),
    "taiwan": (7, 5, "台湾"),
    "hainan": (8, 2, "海南"),
    "macao": (8, 3, "澳门"),
    "hong-kong": (8, 4, "香港"),
}
LARGEST = 100  # rows and columns; a figure of more tiles is too large for matplotlib
NAMES = ["label", "label_zh"]


def tile_table(tiles: Tiles | None = None) -> pd.DataFrame:
    """Return the place and the names of each tile; the first row and column are 0.

    Parameters
    ----------
    tiles : mapping or DataFrame, optional
        Id to (row, column), or a table as `plot_tiles` takes it. By default, China.

    Returns
    -------
    DataFrame
        Under the ids: ``row``, ``column``, ``label``, and ``label_zh`` if the tiles have it.

    Raises
    ------
    TypeError
        If `tiles` is neither a mapping nor a DataFrame.
    ValueError
        If there are no tiles, an id or a place occurs twice, or a place is not two whole numbers.

    Examples
    --------
    >>> tile_table({"north": (3, 5), "south-east": (4, 6)}).to_dict("index")["south-east"]
    {'row': 1, 'column': 1, 'label': 'south-east'}
    """
    if tiles is None:
        table = pd.DataFrame.from_dict(CHINA, orient="index", columns=["row", "column", "label_zh"])
        table["label"] = table.index.str.replace("-", " ").str.title()
    else:
        table = _given(tiles)
        ids = pd.Series(table.index.map(str), table.index)
        table["label"] = table["label"].fillna(ids).map(str) if "label" in table else ids
    columns = ["row", "column", *(name for name in NAMES if name in table)]
    return _checked(table[columns].rename_axis("id"))


def _given(tiles: Tiles) -> pd.DataFrame:
    """Return the tiles of a user as a table under their ids."""
    if isinstance(tiles, pd.DataFrame):
        require_columns(tiles, "row", "column")
        return tiles.set_index("id") if "id" in tiles else tiles.copy()
    tiles = as_mapping(tiles, "tiles")
    if not isinstance(tiles, Mapping):
        raise TypeError(
            f"tiles: expected a mapping of ids to (row, column) or a table with the columns "
            f"'id', 'row' and 'column', not {type(tiles).__name__}"
        )
    _refuse(
        f"id {name!r}: expected (row, column), got {place!r}"
        for name, place in tiles.items()
        if isinstance(place, str) or not isinstance(place, Sequence) or len(place) != 2
    )
    places = pd.DataFrame(tiles.values(), columns=["row", "column"], dtype=object)
    return places.set_axis(pd.Index(tiles, tupleize_cols=False))


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Raise unless each id has a place of its own; let rows and columns begin at 0."""
    if table.empty:
        raise ValueError("tiles: there are none; nothing to draw")
    problems = [f"duplicate id {name!r}" for name in table.index[table.index.duplicated()].unique()]
    first: dict[Any, Any] = {}
    for name, *place in zip(table.index, table["row"], table["column"], strict=True):
        if not all(map(_is_whole, place)):
            problems.append(
                f"id {name!r}: expected row and column as whole numbers, "
                f"got {place[0]!r} and {place[1]!r}"
            )
        elif (other := first.setdefault(tuple(place), name)) != name:
            problems.append(
                f"{other!r} and {name!r} are both in row {place[0]}, column {place[1]}; "
                "expected one tile in a place"
            )
    _refuse(problems)
    for side in ("row", "column"):
        places = table[side].map(int)
        if places.max() - places.min() >= LARGEST:
            raise ValueError(
                f"tiles: the {side}s run from {places.min()} to {places.max()}; expected at most "
                f"{LARGEST} {side}s"
            )
        table[side] = places - places.min()
    return table


def _refuse(problems: Iterable[str]) -> None:
    """Raise one error for all problems, if there are any."""
    if lines := [f"tiles: {problem}" for problem in problems]:
        raise ValueError("\n".join(lines))


def _is_whole(number: object) -> bool:
    """Return whether this is a whole number; a table with gaps may hold it as a decimal."""
    return isinstance(number, Real) and not isinstance(number, bool) and number % 1 == 0
