"""Passages in the order in which a person codes them, each with its statements."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from policylib._util.names import nearest

Record = dict[str, Any]
SHOWS = ("all", "to do", "uncoded", "doubtful", "disagreements")
# Columns of a queue that are not shown above the passage.
SILENT = ("weight", "id", "start", "end", "quote", "text", "sentence", "summary", "count")


@dataclass(eq=False)
class Passage:
    """A paragraph that is coded by hand."""

    row: int
    document: Any
    paragraph: int
    about: list[str] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    nothing: bool = False
    doubtful: bool = False
    disputed: bool = False

    def live(self) -> list[Record]:
        """Return the statements that are not dropped."""
        return [record for record in self.records.values() if record["state"] != "dropped"]

    def is_done(self) -> bool:
        """Return whether a person has judged all statements, or that there are none."""
        states = {record["state"] for record in self.records.values()}
        return "found" not in states and bool(self.nothing or states)

    def put(self, record: Record) -> None:
        """Add a statement, or replace the one with its id."""
        self.records[record["id"]] = record
        self.disputed |= record.get("problem") is not None


@dataclass
class Filter:
    """What a passage must have to be shown."""

    show: str = "all"
    code: str | None = None
    actor: str | None = None
    text: str = ""

    def fits(self, passage: Passage, text: str, above: dict[str, str]) -> bool:
        """Return whether a passage with this text is shown."""
        live = passage.live()
        wanted = {
            "all": True,
            "to do": not passage.is_done(),
            "uncoded": not live and not passage.nothing,
            "doubtful": passage.doubtful or any(str(r["note"]).startswith("?") for r in live),
            "disagreements": passage.disputed,
        }[self.show]
        codes = {code for record in live for code in _with_broader(record["code"], above)}
        return (
            wanted
            and (not self.code or self.code in codes)
            and (not self.actor or any(record["actor"] == self.actor for record in live))
            and self.text.casefold() in text.casefold()
        )


def _with_broader(code: str, above: dict[str, str]) -> list[str]:
    found = [code]
    while (code := above.get(code, "")) and code not in found:
        found.append(code)
    return found


def passages_of(
    rows: dict[tuple[Any, int], int], texts: list[str], queue: pd.DataFrame | None
) -> dict[tuple[Any, int], Passage]:
    """Return passages by document and paragraph, in the order of the queue or of the documents.

    Parameters
    ----------
    rows : dict
        The row of each paragraph, by document and paragraph.
    texts : list of str
        The text of each row.
    queue : DataFrame, optional
        `document`, `paragraph`, and columns that are shown above the passage. A passage with
        several rows is shown once. By default all paragraphs that are not empty.
    """
    if queue is None:
        return {place: Passage(row, *place) for place, row in rows.items() if texts[row].strip()}
    passages: dict[tuple[Any, int], Passage] = {}
    for number, cells in zip(queue.index, plain_records(queue), strict=True):
        place = cells.pop("document"), cells.pop("paragraph")
        if place not in rows:
            names = {document for document, _ in rows}
            hint = "" if place[0] in names else nearest(place[0], names)
            raise ValueError(
                f"passages, row {number!r}: documents has no paragraph {place[1]} of "
                f"{place[0]!r}{hint}"
            )
        passage = passages.setdefault(place, Passage(rows[place], *place))
        shown = {n: cell for n, cell in cells.items() if cell is not None and n not in SILENT}
        if shown:
            passage.about.append(" · ".join(f"{n}: {_short(cell)}" for n, cell in shown.items()))
        passage.doubtful |= "reason" in shown
        passage.disputed |= "problem" in shown or "only" in shown
    return passages


def plain_records(table: pd.DataFrame) -> list[Record]:
    """Return the rows as dictionaries with plain values of Python; a missing cell is None."""
    plain = {str(name): _plain(cells) for name, cells in table.items()}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def _plain(cells: "pd.Series[Any]") -> list[Any]:
    return cells.astype("object").where(cells.notna(), None).to_list()


def _short(cell: Any) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
