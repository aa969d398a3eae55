"""Number units, coders and values of codings, so that their agreement can be counted."""

from typing import Any

import numpy as np
import pandas as pd

from policylib._util.cells import require_values
from policylib._util.names import require_columns
from policylib.coding.alpha import Floats, Ints, Marks
from policylib.coding.codings import is_blank, joined, require_comparable


def require_value_column(tables: dict[str, pd.DataFrame], values: str, columns: list[str]) -> None:
    """Raise unless each coding has the column that is compared, and it is not part of a unit."""
    for name, table in tables.items():
        require_columns(table, values, name=name)
    if values in columns:
        raise ValueError(f"values is {values!r}, which identifies a unit; leave it out of `unit`")
    require_comparable(tables, values)


def mark(
    tables: dict[str, pd.DataFrame], columns: list[str], passages: pd.DataFrame | None, values: str
) -> tuple[list[Any], Marks]:
    """Return the codes or values that are compared, and who gave which of them where."""
    found = pd.concat(tables.values(), ignore_index=True)
    places = pd.MultiIndex.from_frame((found if passages is None else passages)[columns]).unique()
    weight = _weights(passages, columns, len(places))
    # With a seed, the samples do not depend on the order of rows.
    order = places.argsort()
    places, weight = places[order], weight[order]
    rows = [_rows(table, name, columns, places) for name, table in tables.items()]
    unit, coder = np.concatenate(rows), np.repeat(range(len(rows)), [len(row) for row in rows])
    code, codes = _numbered(found["code"])
    if values != "code":
        cells = pd.DataFrame({"unit": unit, "code": code, "coder": coder})
        given_values = found[values].mask(is_blank(found[values]))
        return _mark_values(cells.assign(value=given_values.array), weight)
    once = np.unique((unit * len(codes) + code) * len(rows) + coder)
    item, code, coder = np.unravel_index(once, (len(places), max(len(codes), 1), len(rows)))
    units = np.arange(len(places))
    given = np.full(len(places), len(rows), dtype=np.int64)
    return codes, Marks(item, code, coder, len(codes), given, units, weight, pooled=True)


def _mark_values(cells: pd.DataFrame, weight: Floats) -> tuple[list[Any], Marks]:
    """Return the values that codes in units have, and who gave which of them to which code."""
    own, item = ["unit", "code", "coder"], ["unit", "code"]
    cells = cells.dropna().drop_duplicates()
    several = cells.duplicated(own, keep=False)
    texts = cells[several].groupby(own)["value"].agg(joined).reset_index()
    cells = pd.concat([cells[~several].astype({"value": "object"}), texts])
    cells = cells[cells.duplicated(item, keep=False)]  # others cannot be compared
    value, values = _numbered(cells["value"])
    number = np.asarray(cells.groupby(item).ngroup(), dtype=np.int64)
    coder = np.asarray(cells["coder"], dtype=np.int64)
    unit = np.asarray(cells.drop_duplicates(item).sort_values(item)["unit"], dtype=np.int64)
    given = np.bincount(number, minlength=len(unit)).astype(np.int64)
    return values, Marks(number, value, coder, len(values), given, unit, weight, pooled=False)


def _numbered(cells: "pd.Series[Any]") -> tuple[Ints, list[Any]]:
    """Return the number of each value, and the values: sorted, texts after others."""
    number, found = pd.factorize(cells)
    values = sorted(found, key=lambda value: (isinstance(value, str), value))
    rank = pd.Index(values, dtype="object").get_indexer(pd.Index(found, dtype="object"))
    return rank[number].astype(np.int64), values


def _rows(table: pd.DataFrame, name: str, columns: list[str], places: pd.MultiIndex) -> Ints:
    """Return the number of the unit of each row."""
    row = places.get_indexer(pd.MultiIndex.from_frame(table[columns]))
    if (row < 0).any():
        lost = tuple(table[columns].to_numpy()[row < 0][0].tolist())
        raise ValueError(
            f"`{name}` codes unit {lost}, which is not in `passages`; leave out its rows, or add it"
        )
    return row.astype(np.int64)


def _weights(passages: pd.DataFrame | None, columns: list[str], units: int) -> Floats:
    """Return the weight of each unit, or 1 for each if they have none."""
    if passages is None or "weight" not in passages:
        return np.ones(units)
    require_values(passages, "weight", name="passages")
    weights = pd.to_numeric(passages["weight"], errors="coerce")
    for row, cell in passages["weight"][~(weights.ge(1) & np.isfinite(weights))].items():
        raise ValueError(
            f"passages: column 'weight', row {row!r}: expected a number from 1, got {cell!r}"
        )
    twice = passages.duplicated(columns)
    if twice.any():
        place = tuple(passages.loc[twice, columns].to_numpy()[0].tolist())
        raise ValueError(f"passages: unit {place} is in two rows, so its weight is not clear")
    return np.asarray(weights, dtype=np.float64)
