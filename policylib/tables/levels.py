"""Levels of a codebook, and the roll-up of codes to a level."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import pandas as pd

from policylib._util.names import nearest, require, require_columns, require_hashable
from policylib._util.printable import one_line

Level = Literal["theme", "priority", "item"]
LEVELS: tuple[Level, ...] = get_args(Level)
LONGEST = 30  # codes above each other that are looked at


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
        One row for each code, with `id` and `broader`. It may have `level`; a missing level
        follows from the codes above.
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
        an unknown level, a code below itself, a code below one that is not of a higher level, or a
        code that cannot be rolled up because its `broader` is not in the codebook.

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
    """Return the code at a level for every code of a codebook."""
    require(level, LEVELS, "level")
    require_columns(codebook, "id", "broader")
    for column in ("id", "level", "broader"):
        if column in codebook:
            require_hashable(codebook[column])
    for row in codebook.index[codebook["id"].isna()].to_list()[:1]:
        raise ValueError(f"the codebook: column 'id', row {row!r}: the cell is empty")
    if not codebook["id"].is_unique:
        twice = codebook["id"][codebook["id"].duplicated()].to_list()[0]
        raise ValueError(f"the codebook has the id {twice!r} twice")
    above = codes_above(codebook)
    levels = dict(zip(codebook["id"], codebook_levels(codebook), strict=True))
    for code in in_circles(above)[:1]:
        raise ValueError(f"the codebook: {circle_problem(code, above)}")
    for code, name in levels.items():
        if pd.isna(name) and (problem := depth_problem(code, above)):
            raise ValueError(f"the codebook: {problem}")
        if name not in LEVELS:
            raise ValueError(f"code {code!r} has the level {name!r}; allowed: {', '.join(LEVELS)}")
    depth = {code: LEVELS.index(name) for code, name in levels.items()}
    for code, broader in above.items():
        if depth[broader] >= depth[code]:
            raise ValueError(
                f"code {code!r} ({levels[code]}) has {broader!r} ({levels[broader]}) above it; "
                f"the code above must be of a higher level ({' > '.join(LEVELS)})"
            )
    stated = set(codebook["id"][codebook["level"].notna()]) if "level" in codebook else set()
    for code, broader in unknown_broader(codebook).items():
        # Without a level of its own, nobody knows how deep the code is.
        if level != LEVELS[-1] and (code not in stated or depth[code] > LEVELS.index(level)):
            raise ValueError(
                f"the codebook: code {code!r} cannot be rolled up to a {level}, because its "
                f"broader code {broader!r} is not in the codebook{nearest(broader, depth)}"
            )

    def climb(code: str) -> str:
        while depth[code] > LEVELS.index(level) and code in above:
            code = above[code]
        return code

    return {code: climb(code) for code in depth}


def codebook_levels(codebook: pd.DataFrame) -> "pd.Series[Any]":
    """Return the level of each code; a missing level follows from the codes above.

    A code without a code above it is a theme. The level stays missing if a code is below itself or
    has more than two codes above it.

    Parameters
    ----------
    codebook : DataFrame
        One row for each code, with `id`, and `level` and `broader` if there are any.

    Returns
    -------
    Series of str
        The levels, under the index of the codebook.

    Examples
    --------
    >>> codebook = pd.DataFrame({"id": ["industry", "robots"], "broader": [None, "industry"]})
    >>> codebook_levels(codebook).to_list()
    ['theme', 'priority']
    """
    above = codes_above(codebook)
    paths = [_path(code, above) for code in codebook["id"]]
    found = [
        LEVELS[len(path) - 1] if len({*path}) == len(path) <= len(LEVELS) else None
        for path in paths
    ]
    levels = pd.Series(found, codebook.index, dtype="str")
    return codebook["level"].fillna(levels) if "level" in codebook else levels


def codes_above(codebook: pd.DataFrame) -> dict[Any, Any]:
    """Return the code above each code, if the codebook has it."""
    if "broader" not in codebook:
        return {}
    ids = {
        code: code for code in codebook["id"].dropna()
    }  # a column with gaps has 2.0 for the id 2
    pairs = zip(codebook["id"], codebook["broader"], strict=True)
    return {code: ids[broader] for code, broader in pairs if broader in ids}


def unknown_broader(codebook: pd.DataFrame) -> dict[Any, Any]:
    """Return the codes whose `broader` is not in the codebook, each with this `broader`.

    Examples
    --------
    >>> unknown_broader(pd.DataFrame({"id": ["ai", "robots"], "broader": [None, "industri"]}))
    {'robots': 'industri'}
    """
    if "broader" not in codebook:
        return {}
    above = codes_above(codebook)
    pairs = zip(codebook["id"], codebook["broader"], strict=True)
    return {
        code: broader
        for code, broader in pairs
        if code not in above and pd.notna(broader) and str(broader).strip()
    }


def in_circles(above: Mapping[Any, Any]) -> list[Any]:
    """Return the names that lead back to themselves; each step is taken once.

    Examples
    --------
    >>> in_circles({"a": "b", "b": "c", "c": "b", "d": "d"})
    ['b', 'c', 'd']
    """
    found: list[Any] = []
    passed: set[Any] = set()
    for step in above:
        path: list[Any] = []
        while step in above and step not in passed:
            passed.add(step)
            path.append(step)
            step = above[step]
        if step in path:
            found += path[path.index(step) :]
    return found


def circle_problem(code: Any, above: dict[Any, Any]) -> str:
    """Return how a code in a circle is below itself.

    Examples
    --------
    >>> circle_problem("a", {"a": "b", "b": "a"})
    "code 'a' is below itself: a < b < a"
    """
    path = [one_line(name) for name in _path(code, above)]
    if len(path) == LONGEST:
        path += ["...", one_line(code)]
    return f"code {code!r:.60} is below itself: {' < '.join(path)}"


def depth_problem(code: Any, above: dict[Any, Any]) -> str:
    """Return that a code has too many codes above it, or an empty text."""
    path = _path(code, above)
    if len(path) <= len(LEVELS) or path[-1] in path[:-1]:
        return ""
    most = f"a codebook has at most {len(LEVELS)} levels ({', '.join(LEVELS)})"
    return f"code {code!r:.60} is too deep: {' < '.join(map(one_line, path))}; {most}"


def _path(code: Any, above: dict[Any, Any]) -> list[Any]:
    """Return a code and the codes above it; in a circle, up to the first that comes again.

    A path that is far too long is cut, since a codebook may have thousands of codes in a chain.
    """
    path = [code]
    while path[-1] in above and path[-1] not in path[:-1] and len(path) < LONGEST:
        path.append(above[path[-1]])
    return path
