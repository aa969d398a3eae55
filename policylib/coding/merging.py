"""Put codings of several people together, and name what must be settled."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from policylib._util.names import require_columns, require_hashable
from policylib.coding.alpha import Ints
from policylib.coding.codings import UNIT, by_letter, joined, made, unit_columns

SAID = ("actor", "role", "qualifier", "initiative")  # what coders say about a code
NEW = ("coders", "problem")


def merge_codings(*codings: pd.DataFrame, unit: str | Sequence[str] = UNIT) -> pd.DataFrame:
    """Return the statements of several coders in one table, with what must be settled.

    Parameters
    ----------
    *codings : DataFrame
        Two tables or more of statements, with `document`, `paragraph`, `code` and the columns of
        `unit`. A row without a code, or with a `count` of 0, does not count.
    unit : str or sequence of str
        The columns that identify a unit, as for `agreement`; by default, a unit is a paragraph of a
        document.

    Returns
    -------
    DataFrame
        One row for each unit and code, sorted, with the columns of the statements, from the first
        coder who has it. If a coder has the code several times in a unit, as for two actors or in
        two sentences, there is a row for each time. Then statements that share text and values come
        into the same row. So each statement of each coder is in one row.

        `coders` names those who have the statement, separated by semicolons: by the column `coder`,
        if each coding has one name and no two the same, else by the letters a, b, c and so on.
        `problem` is missing where all coders agree on the code in the unit. Otherwise it names
        those who have the code (``"only ann"``), and what the coders say differently about it:
        `actor`, `role`, `qualifier` or `initiative`, as in ``"role: commits (ann), reports (bo)"``.
        All rows of a coder in the unit count together, and empty cells do not, as in `agreement`.

        The table can be a queue of passages for coding by hand, and `apply_corrections` takes it as
        statements, to apply what was settled.

    Raises
    ------
    TypeError
        If a coding is not a table.
    ValueError
        If there are fewer than two codings; if a column is missing; if `unit` is empty, or names
        `code` or a column twice; if a cell that identifies a unit is empty; or if a column has
        values of different types, such as texts and datetimes, in one table or in two.

    See Also
    --------
    agreement : Measure the agreement of the codings.
    apply_corrections : Apply to the table what was settled.

    Examples
    --------
    >>> place = {"document": "d", "paragraph": [1, 2]}
    >>> ann = pd.DataFrame(place | {"code": "rail", "role": "commits", "coder": "ann"})
    >>> bo = ann.head(1).assign(role="reports", coder="bo")
    >>> merge_codings(ann, bo)[["paragraph", "coders", "problem"]].to_numpy().tolist()
    [[1, 'ann; bo', 'role: commits (ann), reports (bo)'], [2, 'ann', 'only ann']]
    """
    tables = by_letter(codings)
    columns = unit_columns(tables, unit)
    said = [name for name in SAID if name not in columns]
    for name, table in tables.items():
        require_columns(table, *UNIT, name=name)
        for column in table.columns.intersection(said):
            require_hashable(table[column])
    names = _names(tables)
    tables = {name: made(table) for name, table in tables.items()}
    table = _together(list(tables.values()))
    said = [name for name in said if name in table]
    who = pd.DataFrame({"coder": np.repeat(range(len(tables)), [*map(len, tables.values())])})
    code = table.groupby([*columns, "code"], observed=True)
    who["code"] = np.asarray(code.ngroup(), dtype=np.int64)
    who["row"] = _rows(table, who, said)
    order = who.sort_values(["code", "row", "coder"]).index
    who, table = who.loc[order], table.loc[order]
    first = ~who.duplicated(["code", "row"]).to_numpy()
    named = who.assign(name=[names[coder] for coder in who["coder"]])
    coders = named.groupby(["code", "row"])["name"].agg("; ".join)
    problem = who.loc[first, "code"].map(_problems(table, who, said, names))
    merged = table[first].assign(coders=coders.to_numpy(), problem=problem.to_numpy())
    return merged.astype({"coders": "str", "problem": "str"}).reset_index(drop=True)


def _names(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return the names of the coders, or letters if a coding does not have one of its own."""
    found = [table["coder"] for table in tables.values() if "coder" in table]
    names = [str(own.iloc[0]) for own in found if own.nunique(dropna=False) == own.nunique() == 1]
    return names if len(set(names)) == len(tables) else list(tables)


def _together(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all codings. Whole numbers remain whole where a coding has none."""
    tables = [table.drop(columns=[*NEW], errors="ignore") for table in tables]
    everywhere = set(tables[0]).intersection(*tables)
    whole = [
        {
            column: "Int64"
            for column in table.columns.difference(list(everywhere))
            if pd.api.types.is_integer_dtype(table[column])
        }
        for table in tables
    ]
    return pd.concat(
        [table.astype(types) for table, types in zip(tables, whole, strict=True)],
        ignore_index=True,
    )


def _rows(table: pd.DataFrame, who: pd.DataFrame, said: list[str]) -> Ints:
    """Return the number of each statement's row among those of its unit and code."""
    row = np.zeros(len(who), dtype=np.int64)
    several = who["code"].isin(who.loc[who.duplicated(["code", "coder"]), "code"])
    values = table.reindex(columns=["start", "end", *said]).astype("object")
    values = values.where(values.notna(), None)
    for _, group in who[several].groupby("code"):
        lines = values.loc[group.index].to_numpy().tolist()
        row[group.index] = _match(group["coder"].to_list(), lines)
    return row


def _match(coders: list[int], lines: list[list[Any]]) -> list[int]:
    """Return a row for each statement: the one that it fits best and its coder is not in yet."""
    row = [-1] * len(coders)
    first: list[int] = []  # the statement that each row has from its first coder
    for coder in dict.fromkeys(coders):
        own = [i for i, other in enumerate(coders) if other == coder]
        fits = [(-_fit(lines[i], lines[k]), i, r) for i in own for r, k in enumerate(first)]
        taken: set[int] = set()
        for _, i, r in sorted(fits):
            if row[i] < 0 and r not in taken:
                row[i] = r
                taken.add(r)
        for i in own:
            if row[i] < 0:
                row[i] = len(first)
                first.append(i)
    return row


def _fit(one: list[Any], other: list[Any]) -> int:
    """Return how many values two statements share; to share text counts as one."""
    (start, end, *values), (begin, stop, *others) = one, other
    placed = None not in (start, end, begin, stop)
    same = [a is not None and a == b for a, b in zip(values, others, strict=True)]
    fit: int = sum(same) + int(placed and start < stop and begin < end)
    return fit


def _problems(
    table: pd.DataFrame, who: pd.DataFrame, said: list[str], names: list[str]
) -> dict[Any, str]:
    """Return what must be settled about a code in a unit, if there is anything."""
    have = who.drop_duplicates(["code", "coder"])
    alone = have[have.groupby("code")["coder"].transform("size") < len(names)]
    only = pd.Series([names[coder] for coder in alone["coder"]], dtype="str")
    only = "only " + only.groupby(alone["code"].to_numpy()).agg(", ".join).astype("str")
    found = {code: [text] for code, text in only.items()}
    for field in said:
        cells = who.assign(value=table[field]).dropna().drop_duplicates(["code", "coder", "value"])
        values = cells.drop_duplicates(["code", "value"])
        several = cells["code"].isin(values.loc[values.duplicated("code"), "code"])
        texts = cells[several].groupby(["code", "coder"])["value"].agg(joined).reset_index()
        for code, group in texts.groupby("code"):
            if group["value"].nunique() > 1:
                coders = [names[coder] for coder in group["coder"]]
                found.setdefault(code, []).append(f"{field}: {_listed(group['value'], coders)}")
    return {code: "; ".join(problems) for code, problems in found.items()}


def _listed(values: Iterable[str], coders: list[str]) -> str:
    """Return what each coder says, with those who say it in parentheses.

    Examples
    --------
    >>> _listed(["commits", "reports", "commits"], ["ann", "bo", "cy"])
    'commits (ann, cy), reports (bo)'
    """
    says: dict[str, list[str]] = {}
    for value, coder in zip(values, coders, strict=True):
        says.setdefault(value, []).append(coder)
    return ", ".join(f"{value} ({', '.join(those)})" for value, those in says.items())
