"""Levels of a codebook, and the roll-up of codes to a level."""

from typing import Any, Literal, get_args

import pandas as pd

from policylib._util.names import nearest, require, require_columns

Level = Literal["theme", "priority", "item"]
LEVELS: tuple[Level, ...] = get_args(Level)


def roll_up_codes(
    codes: "pd.Series[Any]", codebook: pd.DataFrame, level: Level
) -> "pd.Series[Any]":
    """Replace each code below a level of the codebook by the code above it at that level.

    All functions that count at a level use this one, so their numbers agree.

    Parameters
    ----------
    codes : Series
        Codes of the codebook; a missing code stays missing.
    codebook : DataFrame
        One row for each code, with `id`, `level` and `broader`.
    level : {"theme", "priority", "item"}
        The deepest level that stays. A code above it stays as it is.

    Returns
    -------
    Series
        The codes at the level, under the same index.

    Raises
    ------
    ValueError
        If the level is unknown, a code is not in the codebook, or the column `broader` leads in
        a circle.

    See Also
    --------
    roll_up : The same for a policy network.

    Examples
    --------
    >>> codebook = pd.DataFrame(
    ...     {
    ...         "id": ["industry", "machines", "robots"],
    ...         "level": ["theme", "priority", "item"],
    ...         "broader": [None, "industry", "machines"],
    ...     }
    ... )
    >>> roll_up_codes(pd.Series(["robots", "industry"]), codebook, "priority").to_list()
    ['machines', 'industry']
    """
    at_level = broader_codes(codebook, level)
    for code in codes.dropna().unique():
        if code not in at_level:
            raise ValueError(
                f"code {code!r} is not in the codebook{nearest(str(code), tuple(at_level))}"
            )
    return codes.map(at_level, na_action="ignore").astype(codes.dtype)


def broader_codes(codebook: pd.DataFrame, level: Level) -> dict[str, str]:
    """Return the code at a level for every code of a codebook.

    If the codebook lacks the code above, as a part of a codebook may, the deeper code stays.
    """
    require(level, LEVELS, "level")
    require_columns(codebook, "id", "level", "broader")
    depth = {name: number for number, name in enumerate(LEVELS)}
    deep: dict[str, int] = {}
    for code, name in zip(codebook["id"], codebook["level"], strict=True):
        if name not in depth:
            raise ValueError(f"code {code!r} has the level {name!r}; allowed: {', '.join(LEVELS)}")
        deep[code] = depth[name]
    above = dict(zip(codebook["id"], codebook["broader"], strict=True))

    def climb(code: str) -> str:
        path = [code]
        while deep[path[-1]] > depth[level] and above[path[-1]] in deep:
            path.append(above[path[-1]])
            if path[-1] in path[:-1]:
                circle = " → ".join(map(str, path[path.index(path[-1]) :]))
                raise ValueError(f"column 'broader' leads in a circle: {circle}")
        return path[-1]

    return {code: climb(code) for code in deep}
