"""The tree of codes of a REFI-QDA project or codebook, read as a codebook and made from one."""

import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

import pandas as pd

from policylib import __version__
from policylib._util.faults import DataError, Faults, places
from policylib._util.names import nearest, require_columns, require_hashable
from policylib._util.numbers import whole_numbers
from policylib.convert.qda_files import DEEPEST, Budget, children, guid_of, parse
from policylib.convert.values import plain_text
from policylib.documents.docx_package import LARGEST
from policylib.tables.checks import check_circles, check_ids
from policylib.tables.ids import number_equals
from policylib.tables.levels import LEVELS, codes_above, unknown_broader
from policylib.tables.roles import ROLES
from policylib.tables.schema import column_names

ORIGIN = f"policylib {__version__}"
NAMESPACE = UUID("6f1c2a58-93d4-5b0e-8d57-0c3b1f6a9e24")  # any constant; each library has its own
# The last line of a definition, which other programs keep; they may give a code a new guid.
ID = re.compile(r"\n?\[policylib id: ([^\n]+)\]\s*$")
COLOUR = re.compile("#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.ASCII | re.IGNORECASE)
COLOURS = (
    "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f",
    "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac",
)  # fmt: skip
CONTROLS = re.compile("[\x00-\x1f\x7f]+")
ROLE = "role"  # the name of a code whose codes below mark what the actor does
DENIED = "denied"
MARKS = (*ROLES, DENIED)


class Codes(NamedTuple):
    """A codebook, the id of each code by its guid, and the role that a code marks by its guid."""

    codebook: pd.DataFrame
    ids: dict[str, str]
    marks: dict[str, str]


def read_codes(parent: Element | None) -> Codes:
    """Return the codes in an element; a code below the third level becomes an item.

    Codes of one name stay separate: the second has ``-2`` at the end of its id. A code that
    policylib wrote has its id in the last line of its definition.
    """
    marks: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    open_: list[tuple[Element, tuple[int, ...]]] = []
    for code in children(parent):
        if code.tag == "Code" and not _marks_roles(code, marks):
            open_.append((code, ()))
    open_.reverse()
    budget = Budget()
    while open_:
        code, above = open_.pop()
        path = (*above, len(rows))
        rows.append(_row(code, [rows[row]["name"] for row in above]) | {"above": above})
        budget.spend(rows[-1])
        open_ += [(below, path) for below in reversed(code.findall("Code"))]
    table = pd.DataFrame(rows, columns=["guid", "marked", "name", "above", "label", *DESCRIBED])
    again = table["guid"].duplicated() & table["guid"].ne("")
    for row in table.index[again].to_list()[:1]:
        names = table["name"][table["guid"] == table["guid"][row]].to_list()
        raise ValueError(f"the codes {names[0]!r} and {names[1]!r} have the same guid")
    # Ids that policylib wrote come first, since a person may have added a code of that name.
    wanted = table["marked"].fillna(table["name"].map(lambda name: plain_id(name, "code")))
    order = table["marked"].isna().sort_values(kind="stable").index
    table["id"] = number_equals(wanted.loc[order].astype("str"))
    table["level"] = [LEVELS[min(len(above), 2)] for above in table["above"]]
    broader = [table["id"][above[:2][-1]] if above else None for above in table["above"]]
    table["broader"] = broader
    columns = [*column_names("priorities"), "colour", "path"]
    codebook = table.reindex(columns=columns).astype("str")
    codebook["label"] = codebook["label"].fillna(codebook["id"])
    ids = dict(zip(table["guid"], table["id"], strict=True))
    for guids in (ids, marks):  # an empty guid identifies nothing
        guids.pop("", None)
    return Codes(codebook, ids, marks)


DESCRIBED = ("definition", "colour", "path")


def _row(code: Element, names: list[str]) -> dict[str, Any]:
    name = code.get("name", "")
    described = (code.findtext("Description") or "").strip()
    found = ID.search(described)
    colour = code.get("color", "").strip().lower()
    if len(colour) == 4:  # of the form "#rgb"
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    return {
        "guid": guid_of(code),
        "marked": plain_id(found[1], "code") if found else None,
        "name": name,
        "label": plain_label(name) or None,
        "definition": described[: found.start() if found else None].strip() or None,
        "colour": colour if COLOUR.fullmatch(colour) else None,
        "path": " > ".join([*names, name]),
    }


def _marks_roles(code: Element, marks: dict[str, str]) -> bool:
    """Return whether a code and those below it only mark roles, and record these.

    A code with an id of policylib is one of a codebook, even if it is called like a role.
    """
    below = code.findall("Code")
    names = [mark.get("name", "").strip().lower() for mark in below]
    is_role = code.get("name", "").strip().lower() == ROLE
    if not is_role or not below or {*names} - {*MARKS} or code.find("Code/Code") is not None:
        return False
    if any(ID.search(item.findtext("Description") or "") for item in (code, *below)):
        return False
    marks |= {guid_of(mark): name for mark, name in zip(below, names, strict=True)}
    marks[guid_of(code)] = ""
    return True


def code_elements(codebook: pd.DataFrame) -> tuple[Element, dict[Any, str]]:
    """Return the tree of a codebook as an element ``Codes``, and the guid of each code."""
    require_columns(codebook, "id", name="codebook")
    for name in codebook.columns.intersection(["id", "label", "broader", "definition", "colour"]):
        require_hashable(codebook[name])
    _refuse_faults(codebook)
    above = codes_above(codebook)
    themes = {code: _theme(code, above) for code in codebook["id"]}
    order = [code for code in codebook["id"] if themes[code] == code]
    colours = dict(zip(order, cycle(COLOURS), strict=False))
    root, elements, guids = Element("Codes"), {}, {}
    table = codebook.reindex(columns=["id", "label", "definition", "colour"])
    cells = (whole_numbers(table[name]) for name in table)
    for code, *row in zip(codebook["id"], *cells, strict=True):
        id_, label, definition, colour = ("" if pd.isna(cell) else str(cell) for cell in row)
        place = f"code {id_!r}"
        if not COLOUR.fullmatch(colour):
            colour = colours[themes[code]]
        guids[code] = guid("code", id_)
        name = xml_name(label, place, plain_label) or xml_name(id_, place)
        attributes = {"guid": guids[code], "name": name, "isCodable": "true", "color": colour}
        elements[code] = Element("Code", attributes)
        text = "\n".join(filter(None, [definition, f"[policylib id: {xml_name(id_, place)}]"]))
        SubElement(elements[code], "Description").text = xml_text(text, place)
    for code, element in elements.items():
        (elements[above[code]] if code in above else root).append(element)
    return root, guids


def _refuse_faults(codebook: pd.DataFrame) -> None:
    table = codebook.set_axis(places("codebook", range(1, len(codebook) + 1)))
    names = names_of(table["id"])
    faults = Faults()
    faults.extend(table.index[names.isna()], "id", "the cell is empty")
    check_ids({"codebook": table.assign(id=names)}, faults)
    unknown = unknown_broader(table)
    wrong = table["id"][table["id"].isin(list(unknown))]
    missing = [unknown[code] for code in wrong]
    problems = [f"no code {code!r:.60}{nearest(code, table['id'])}" for code in missing]
    faults.extend(wrong.index, "broader", problems)
    check_circles(table, faults)
    if faults:
        raise DataError(faults.to_frame(), "the codebook")


def _theme(code: Any, above: dict[Any, Any]) -> Any:
    """Return the highest code above a code, or raise if too many are between them."""
    start, depth = code, 0
    while code in above:
        code, depth = above[code], depth + 1
        if depth > DEEPEST // 2:
            raise ValueError(f"code {start!r} has more than {DEEPEST // 2} codes above it")
    return code


def read_qdc(path: Path) -> pd.DataFrame:
    """Return the codebook in a .qdc file, as `read_qdpx` returns that of a project."""
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} has more than {LARGEST:,} bytes")
    try:
        with path.open("rb") as stream:
            return read_codes(parse(stream, "CodeBook").find("Codes")).codebook
    except ValueError as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error


def qdc_bytes(codebook: pd.DataFrame) -> bytes:
    """Return a codebook as a .qdc file."""
    root = Element("CodeBook", {"xmlns": "urn:QDA-XML:codebook:1.0", "origin": ORIGIN})
    root.append(code_elements(codebook)[0])
    return xml_bytes(root)


def guid(kind: str, *parts: object) -> str:
    """Return a guid that is always the same for the same thing."""
    return str(uuid5(NAMESPACE, "\x1f".join([kind, *map(str, parts)])))


def plain_id(name: str, otherwise: str = "") -> str:
    r"""Return a name as an id that the tables of policylib accept.

    Examples
    --------
    >>> plain_id("Coke::full-fat Coke", "code"), plain_id(" hope; fear\n", "code")
    ('Coke::full-fat Coke', 'hope, fear')
    """
    return CONTROLS.sub(" ", name).strip().replace("; ", ", ") or otherwise


def plain_label(name: str) -> str:
    """Return a name on one line, without spaces at its ends."""
    return CONTROLS.sub(" ", name).strip()


def names_of(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return cells as text; those that are empty are missing."""
    # Not as strings of pandas, which cannot hold the characters that are reported later.
    values = whole_numbers(cells).astype("object")
    texts = [str(value) if pd.notna(value) and str(value).strip() else None for value in values]
    return pd.Series(texts, cells.index, dtype="object")


def xml_name(name: str, place: str, read: Callable[[str], str] = plain_id) -> str:
    """Return a name that is read as it is, or raise an error with its place.

    Examples
    --------
    >>> xml_name("hope; fear", "column 'actor'")
    Traceback (most recent call last):
    ValueError: column 'actor': 'hope; fear' would be read as 'hope, fear'; rename it
    """
    found = read(xml_text(name, place))
    if found != name:
        raise ValueError(f"{place}: {name!r:.60} would be read as {found!r:.60}; rename it")
    return name


def xml_text(text: str, place: str) -> str:
    """Return a text that XML can hold, with plain line ends, or raise an error with its place."""
    return plain_text(text.replace("\r\n", "\n").replace("\r", "\n"), place, ".qdpx")


def xml_bytes(root: Element) -> bytes:
    """Return XML as bytes."""
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data
