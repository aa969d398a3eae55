"""One coder at work: judge statements, add some, go on, and take it back."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from numbers import Real
from typing import Any

import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.names import require
from policylib.coding.coder import MOST_CHARACTERS, MOST_WORDS, WANTED
from policylib.coding.corrections import FIELDS, PLACE, as_qualifier, retyped, settled
from policylib.coding.journal import Journal
from policylib.coding.passages import SHOWS, Filter, Passage, Record, passages_of, plain_records
from policylib.documents.headings import read_heading
from policylib.tables.ids import statement_ids
from policylib.tables.levels import codes_above
from policylib.tables.roles import ROLES

# What a journal calls the state in which a change leaves a statement.
ACTION = {
    "found": "none",
    "kept": "keep",
    "dropped": "drop",
    "added": "add",
    "changed": "change",
}
STATE = {action: state for state, action in ACTION.items()}
SENT = ("id", *FIELDS, "coder", "start", "end", "quote", "note", "state", "problem")
LONGEST_HEADING = 60
Step = tuple[Any, Any, Any]  # a statement or a passage, what it was before, and what it is after


class Session:
    """The passages, statements and journal of a coder; `code_by_hand` explains the arguments."""

    def __init__(
        self,
        documents: pd.DataFrame,
        codebook: pd.DataFrame,
        statements: pd.DataFrame | None,
        corrections: pd.DataFrame,
        journal: Journal,
        coder: str,
        passages: pd.DataFrame | None,
    ) -> None:
        self.coder, self.journal, self.documents = coder, journal, documents
        self.texts = texts_of(documents)
        places = zip(documents["document"], documents["paragraph"].tolist(), strict=True)
        rows = {place: row for row, place in enumerate(places)}
        self.passages = passages_of(rows, self.texts, passages)
        self.codes = set(codebook["id"])
        self.above = codes_above(codebook) if "broader" in codebook else {}
        if statements is None:
            statements = pd.DataFrame(columns=["id", *PLACE, "code"])
        elif "id" not in statements:
            statements = statements.assign(id=statement_ids(statements))
        self.known = {"document": documents["document"], "code": codebook["id"]}
        self.known |= {n: statements[n] for n in ("id", "initiative") if n in statements}
        corrections = retyped(corrections, self.known)
        self.used = set(corrections["id"].dropna())
        self._read(statements, corrections)
        self.filter, self.at, self.shown = Filter(), 0, list(self.passages.values())
        self.judged = {passage.row for passage in self.shown if passage.is_done()}
        self.done: list[list[Step]] = []
        self.undone: list[list[Step]] = []
        self.latest: Record = {}

    def _read(self, statements: pd.DataFrame, corrections: pd.DataFrame) -> None:
        """Put the statements into their passages, as the journal has left them."""
        records = plain_records(statements.reindex(columns=[*dict.fromkeys([*statements, *SENT])]))
        for record in records:
            record |= {"state": "found", "was": "found", "note": None}
            record["qualifier"] = as_qualifier(record["qualifier"])
            self._put(record)
        sides = {type(record["qualifier"]) for record in records}
        self.levels = bool(sides & {int, float})
        self.used |= set(statements["id"])
        for line, row, _ in settled(statements, corrections):
            new = {name: line.get(name) for name in (*SENT, *PLACE)}
            new |= {"state": STATE[line["action"]], "was": "found"}
            if row is None and new["state"] != "dropped":
                self._put(new | {"state": "added", "was": "added"})
            elif row is not None:
                old = records[row]
                changed = (*FIELDS, "coder") if new["state"] == "changed" else ()
                self._put(old | {name: new[name] for name in (*changed, "state", "note")})
        empty = corrections[corrections["action"].eq("none") & corrections["id"].isna()]
        for line in plain_records(empty[empty["code"].isna()]):
            passage = self.passages.get((line["document"], line["paragraph"]))
            if passage is not None:
                passage.nothing = line["before"] is None

    def _put(self, record: Record) -> None:
        passage = self.passages.get((record["document"], record["paragraph"]))
        if passage is not None:
            passage.put(record)

    @property
    def passage(self) -> Passage:
        """The passage that is shown."""
        if not self.shown:
            raise ValueError("no passage is shown; choose another filter")
        return self.shown[self.at]

    def go(self, to: int) -> None:
        """Show a passage by its number, which begins at 0, among those that the filter leaves."""
        self.at = max(0, min(int(to), len(self.shown) - 1))

    def choose(self, **wanted: Any) -> None:
        """Show only passages that fit: `show`, `code`, `actor` and `text`."""
        chosen = Filter(**wanted)
        require(chosen.show, SHOWS, "filter")
        here = self.shown[self.at] if self.shown else None
        self.filter = chosen
        self.shown = [
            passage
            for passage in self.passages.values()
            if chosen.fits(passage, self.texts[passage.row], self.above)
        ]
        self.at = self.shown.index(here) if here in self.shown else 0

    def keep(self, *ids: str) -> None:
        """Keep statements, also dropped ones; without ids, all here that are not judged."""
        records = self.passage.records
        if not ids:
            ids = tuple(id_ for id_, record in records.items() if record["state"] == "found")
        olds = [self._record(id_) for id_ in ids]
        steps: list[Step] = []
        for id_, old in zip(ids, olds, strict=True):
            state = old["was"] if old["state"] == "dropped" else old["state"]
            new = old | {"state": "kept" if state == "found" else state}
            steps += [(id_, old, new)] * (new != old)
        self._do(steps)

    def drop(self, id_: str) -> None:
        """Drop a statement."""
        old = self._record(id_)
        if old["state"] != "dropped":
            self._do([(id_, old, _dropped(old))])

    def change(self, id_: str, **fields: Any) -> None:
        """Change fields of a statement, or its note."""
        for name in fields:
            require(name, (*FIELDS, "note"), "field")
        old = self._record(id_)
        new = self._checked(old | fields, "qualifier" in fields or "role" not in fields)
        if any(new[name] != old[name] for name in FIELDS):
            new |= {"state": "added" if "added" in (old["state"], old["was"]) else "changed"}
            new |= {"coder": self.coder}
        elif old["state"] == "found":
            new["state"] = "kept"
        self._do([(id_, old, new)])
        self.latest = new

    def add(self, start: int, end: int, code: str, **fields: Any) -> str:
        """Add a statement on a place in the passage, and return its id."""
        passage = self.passage
        text = self.texts[passage.row]
        if not 0 <= start < end <= len(text):
            raise ValueError(
                f"the place {start} to {end} is not in the paragraph, which has {len(text)} "
                "characters"
            )
        quote = " ".join(text[start:end].split()[:MOST_WORDS])[:MOST_CHARACTERS].strip()
        new: Record = dict.fromkeys(SENT) | self.usual(passage) | fields
        new |= {"document": passage.document, "paragraph": passage.paragraph, "code": code}
        new |= {"start": start, "end": end, "quote": quote, "coder": self.coder, "state": "added"}
        new |= {"was": "added"}
        new = self._checked(new, "qualifier" in fields)
        new["id"] = self._new_id(new)
        self._do([(new["id"], None, new)])
        self.latest = new
        return str(new["id"])

    def nothing(self, note: str | None = None) -> None:
        """Record that nothing is to be coded in the passage; its statements are dropped.

        If that is already so, take the judgement back.
        """
        passage = self.passage
        if passage.nothing and not passage.live() and not note:
            self._do([(passage, True, False)])
            return
        drops = [(record["id"], record, _dropped(record)) for record in passage.live()]
        self._do([*drops, (passage, passage.nothing, note or True)])

    def undo(self) -> None:
        """Take the last change back; the journal gets a line for it."""
        if self.done:
            self._write([(what, after, before) for what, before, after in self.done[-1][::-1]])
            self.undone.append(self.done.pop())
            self._show(self.undone[-1])

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self.undone:
            self._write(self.undone[-1])
            self.done.append(self.undone.pop())
            self._show(self.done[-1])

    def _show(self, steps: Sequence[Step]) -> None:
        """Show the passage that was changed, even if it does not fit the filter."""
        what, before, after = steps[0]
        record = after or before
        passage = what
        if not isinstance(what, Passage):
            passage = self.passages[record["document"], record["paragraph"]]
        if passage not in self.shown:
            self.shown.insert(self.at, passage)
        self.at = self.shown.index(passage)

    def usual(self, passage: Passage) -> Record:
        """Return the actor and role that a new statement in a passage gets."""
        latest = self.latest
        place = (passage.document, passage.paragraph)
        here = [latest] if place == tuple(map(latest.get, PLACE)) else []
        own = plain_records(self.documents.iloc[[passage.row]])
        if latest.get("document") != passage.document:  # another document has another speaker
            latest = {"role": latest.get("role")}
        last = {"actor": str(passage.document), "role": "commits"}
        sources = (*here, *passage.live()[-1:], *own, latest, last)
        return {n: next(s[n] for s in sources if s.get(n)) for n in ("actor", "role")}

    def _record(self, id_: str) -> Record:
        records = self.passage.records
        require(id_, records, "statement in this passage")
        return records[id_]

    def _checked(self, record: Record, qualified: bool) -> Record:
        """Return a statement with plain fields, or raise if one of them is wrong."""
        for name in ("actor", "initiative", "note"):
            record[name] = str(record[name] or "").strip() or None
        require(record["code"], self.codes, "code")
        require(record["role"], ROLES, "role")
        if record["actor"] is None:
            raise ValueError("a statement needs an actor")
        side = record["qualifier"]
        if self.levels:
            if isinstance(side, bool) or not isinstance(side, Real | None):
                raise ValueError(
                    f"qualifier is {side!r}; expected a level, as other statements have"
                )
            return record
        if not qualified and side is not False:
            record["qualifier"] = side = True if record["role"] in WANTED else None
        if not isinstance(side, bool | None):
            raise ValueError(f"qualifier is {side!r}; expected True, False or None")
        return record

    def _new_id(self, record: Record) -> str:
        first = str(statement_ids(pd.DataFrame([record]))[0])
        number = 1
        while (id_ := first if number == 1 else f"{first}-{number}") in self.used:
            number += 1
        self.used.add(id_)
        return id_

    def _do(self, steps: list[Step]) -> None:
        if steps:
            self._write(steps)
            self.done.append(steps)
            self.undone.clear()

    def _write(self, steps: Sequence[Step]) -> None:
        """Write changes to the journal; only then they count."""
        stamp = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "coder": self.coder,
        }
        self.journal.append([_line(*step) | stamp for step in steps])
        for what, before, after in steps:
            if isinstance(what, Passage):
                passage = what
                passage.nothing = bool(after)
            else:
                record = after or before
                passage = self.passages[record["document"], record["paragraph"]]
                if after is not None:
                    passage.put(after)
                else:
                    del passage.records[what]
            self.judged.discard(passage.row)
            if passage.is_done():
                self.judged.add(passage.row)

    def view(self) -> Record:
        """Return all that the widget shows."""
        return {
            "at": self.at,
            "count": len(self.shown),
            "total": len(self.passages),
            "judged": len(self.judged),
            "filter": vars(self.filter),
            "undo": bool(self.done),
            "redo": bool(self.undone),
            "passage": self._shown(self.passage) if self.shown else None,
        }

    def _shown(self, passage: Passage) -> Record:
        heading, before = self._heading(passage), self._text(passage.document, passage.row - 1)
        return {
            "document": str(passage.document),
            "paragraph": passage.paragraph,
            "heading": heading,
            "before": before if before != heading else "",
            "text": self.texts[passage.row],
            "after": self._text(passage.document, passage.row + 1),
            "about": passage.about,
            "nothing": passage.nothing and not passage.live(),
            "usual": self.usual(passage),
            "statements": [self._sent(passage, record) for record in passage.records.values()],
        }

    def _sent(self, passage: Passage, record: Record) -> Record:
        """Return a statement with its words, since a quote may be only the beginning of them."""
        start, end = record["start"], record["end"]
        words = record["quote"] if end is None else self.texts[passage.row][start:end]
        return {name: record.get(name) for name in SENT} | {"words": words}

    def _text(self, document: Any, row: int) -> str:
        """Return the text of a row, or nothing if the row is not in the document."""
        inside = 0 <= row < len(self.texts) and self.documents["document"].iat[row] == document
        return self.texts[row] if inside else ""

    def _heading(self, passage: Passage) -> str:
        """Return the column `heading`, or the nearest line above that looks like a heading."""
        if "heading" in self.documents:
            (cell,) = self.documents["heading"].iloc[[passage.row]].fillna("")
            return str(cell)
        row = passage.row - 1
        while text := self._text(passage.document, row):
            if len(text) <= LONGEST_HEADING and read_heading(row, text, {}) is not None:
                return text
            row -= 1
        return ""


def _dropped(record: Record) -> Record:
    return record | {"state": "dropped", "was": record["state"]}


def _line(what: Any, before: Any, after: Any) -> Record:
    """Return the line of a journal for a change; `before` and `after` are what it changes."""
    if isinstance(what, Passage):
        line = {"document": what.document, "paragraph": what.paragraph, "action": "none"}
        note = after if isinstance(after, str) else None
        return line | ({"note": note} if after else {"before": '{"action": "none"}'})
    if after is None:
        return {**before, "action": "drop", "note": None}
    if before is None:
        return {**after, "action": "add"}
    replaced = {name: before[name] for name in FIELDS if before[name] != after[name]}
    action = "change" if after["state"] == "added" else ACTION[after["state"]]
    if not replaced:
        return {**after, "action": action}
    return {**after, "action": action, "before": json.dumps(replaced, ensure_ascii=False)}
