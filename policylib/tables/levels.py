"""Levels of a codebook, and the roll-up of codes to a level."""

from typing import Any, Literal, get_args

import pandas as pd

from policylib._util.names import nearest, require, require_columns, require_hashable

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
    TypeError
        If `codes` is not a Series, or `codebook` is not a table.
    ValueError
        If the level is unknown, a code is not in the codebook, or the codebook has an id twice,
        an unknown level, or a code below one that is not of a higher level.

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
    if not isinstance(codes, pd.Series):
        raise TypeError(
            f"expected a Series of codes, not {type(codes).__name__}; pd.Series(codes) makes one"
        )
    require_hashable(codes)
    at_level = broader_codes(codebook, level)
    for code in codes.dropna().unique().tolist():
        if code not in at_level:
            raise ValueError(f"code {code!r} is not in the codebook{nearest(code, at_level)}")
    if isinstance(codes.dtype, pd.CategoricalDtype):  # a code above may not be a category
        codes = codes.astype("object").infer_objects()
    rolled = codes.map(at_level, na_action="ignore")
    return rolled.astype(codes.dtype) if pd.api.types.is_string_dtype(codes.dtype) else rolled


def broader_codes(codebook: pd.DataFrame, level: Level) -> dict[str, str]:
    """Return the code at a level for every code of a codebook.

    If the codebook lacks the code above, as a part of a codebook may, the deeper code stays.
    """
    require(level, LEVELS, "level")
    require_columns(codebook, "id", "level", "broader")
    for column in ("id", "level", "broader"):
        require_hashable(codebook[column])
    for row in codebook.index[codebook["id"].isna()].to_list()[:1]:
        raise ValueError(f"the codebook: column 'id', row {row!r}: the cell is empty")
    if not codebook["id"].is_unique:
        twice = codebook["id"][codebook["id"].duplicated()].to_list()[0]
        raise ValueError(f"the codebook has the id {twice!r} twice")
    levels = dict(zip(codebook["id"], codebook["level"], strict=True))
    for code, name in levels.items():
        if name not in LEVELS:
            raise ValueError(f"code {code!r} has the level {name!r}; allowed: {', '.join(LEVELS)}")
    depth = {code: LEVELS.index(name) for code, name in levels.items()}
    ids = {code: code for code in levels}  # a column with gaps has 2.0 for the id 2
    pairs = zip(codebook["id"], codebook["broader"], strict=True)
    above = {code: ids[broader] for code, broader in pairs if broader in ids}
    for code, broader in above.items():
        # Since every step leads to a higher level, no path returns to where it began.
        if depth[broader] >= depth[code]:
            raise ValueError(
                f"code {code!r} ({levels[code]}) has {broader!r} ({levels[broader]}) above it; "
                f"the code above must be of a higher level ({' > '.join(LEVELS)})"
            )

    def climb(code: str) -> str:
        while depth[code] > LEVELS.index(level) and code in above:
            code = above[code]
        return code

    return {code: climb(code) for code in depth}
