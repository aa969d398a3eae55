"""Convert the values of attributes to text, numbers or booleans that a file can hold."""

import json
import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Characters that a file cannot hold: XML 1.0 excludes some control characters, UTF-8 excludes
# lone surrogates, and in UCINET and Pajek a quote or a line break ends the label.
FORBIDDEN = {
    **dict.fromkeys(
        (".graphml", ".gexf", ".xlsx", ".qdpx", ".qdc"),
        re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"),
    ),
    **dict.fromkeys((".json", ".csv", ".txt", ".dna"), re.compile("[\ud800-\udfff]")),
    **dict.fromkeys((".dl", ".net"), re.compile('["\n\r\ud800-\udfff]')),
}
NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]{0,4000})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Infinity)")


def plain_name(name: Any, place: str, ending: str) -> Any:
    """Return an id or key as a number if it is one, otherwise as text."""
    if isinstance(name, np.number | np.bool_):
        name = name.item()
    if isinstance(name, int) or (isinstance(name, float) and math.isfinite(name)):
        return name
    return plain_text(str(name), place, ending)


def plain_value(value: Any, place: str, ending: str) -> Any:
    """Return a value that a file can hold; a list becomes one text, except in JSON."""
    if not isinstance(value, list | tuple | set | frozenset):
        return plain_scalar(value, place, ending)
    scalars = (plain_scalar(part, place, ending) for part in value)
    parts = [part for part in scalars if part is not None]
    if isinstance(value, set | frozenset):
        parts.sort(key=lambda part: (isinstance(part, str), part))
    return parts if ending == ".json" else "; ".join(map(as_text, parts))


def plain_scalar(value: Any, place: str, ending: str) -> Any:
    """Return a value as a Python str, int, float or bool, or as None if it is missing."""
    if isinstance(value, str):
        return plain_text(str(value), place, ending)
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.number | np.bool_) and not isinstance(value, np.timedelta64):
        value = value.item()
    if isinstance(value, float) and math.isinf(value) and ending == ".json":
        raise ValueError(f"{place}: JSON cannot hold infinite numbers")
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(
        f"{place}: a {type(value).__name__} cannot be written (allowed: text, numbers, true and "
        "false, dates, and lists, tuples and sets of these)"
    )


def plain_text(text: str, place: str, ending: str) -> str:
    """Return a text, or raise if it has a character that the file cannot hold."""
    found = FORBIDDEN[ending].search(text)
    if found:
        raise ValueError(f"{place}: a {ending} file cannot hold the character {found[0]!r}")
    return text


def as_text(value: Any) -> str:
    """Return a value as other programs write it: text unchanged, other values as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def as_number(text: str) -> int | float | None:
    """Return text as a number, or None if it is not one; leading zeros mark a name.

    Examples
    --------
    >>> as_number("7"), as_number("7.0"), as_number("007")
    (7, 7.0, None)
    """
    return json.loads(text) if NUMBER.fullmatch(text) else None


def read_text(path: Path) -> str:
    """Read a file in UTF-8, with or without a byte order mark."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path.name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8"
        ) from None
