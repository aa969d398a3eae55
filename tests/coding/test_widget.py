"""What the view asks, the widget does and answers."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol
from policylib.coding.widget import Widget

TEXTS = ["We will build railways 🚄 and roads.", "Wheels for all."]
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": TEXTS})
CODEBOOK = pd.DataFrame({"id": ["rail", "roads"], "terms_en": ["railways", "roads"]})


class View:
    """The side of the browser: it sends commands and keeps the answers."""

    def __init__(self, widget):
        self.widget, self.answers = widget, []
        widget.send = lambda content: self.answers.append(json.loads(json.dumps(content)))

    def ask(self, do, *args, **named):
        message = {"number": len(self.answers), "do": do, "args": list(args), "named": named}
        self.widget._receive(self.widget, message, [])
        return self.answers[-1]


@pytest.fixture
def view(tmp_path):
    statements = pol.code_documents(DOCUMENTS.assign(actor="henan"), CODEBOOK)
    widget = pol.code_by_hand(DOCUMENTS, CODEBOOK, statements, file=tmp_path / "j.csv", coder="Ann")
    yield View(widget)
    widget.close()


def test_it_opens(view):
    answer = view.ask("open")
    assert answer["error"] is None
    assert [row["id"] for row in answer["choices"]["codes"]] == ["rail", "roads"]
    assert answer["choices"]["coder"] == "Ann"
    assert answer["view"]["passage"]["text"] == TEXTS[0]
    assert "choices" not in view.ask("go", 1)
    assert view.answers[-1]["view"]["passage"]["text"] == TEXTS[1]


def test_it_writes_what_is_done(view):
    rail = view.ask("open")["view"]["passage"]["statements"][0]["id"]
    view.ask("change", rail, role="reports")
    start = TEXTS[0].index("🚄")
    made = view.ask("add", start, start + 1, code="rail")["made"]
    assert view.answers[-1]["view"]["passage"]["statements"][-1]["id"] == made
    view.ask("undo")
    view.ask("redo")
    found = view.widget.statements
    assert found["quote"].to_list() == ["railways", "roads", "🚄"]
    assert found["role"].to_list() == ["reports", "commits", "reports"]
    assert len(view.widget.corrections) == 4


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (("drop", "x"), "no statement in this passage 'x'"),
        (("add", 0, 999, "rail"), "the place 0 to 999 is not in the paragraph"),
        (("add", 0, "b", "rail"), "not supported between"),
        (("add",), "missing 3 required"),
    ],
)
def test_what_goes_wrong_is_answered(view, command, problem):
    answer = view.ask(*command)
    assert problem in answer["error"]
    assert answer["view"]["passage"]["text"] == TEXTS[0]
    assert view.widget.corrections.empty


def test_only_commands_are_called(view):
    view.ask("journal")
    view.ask("_write", [])
    assert "made" not in view.answers[-1]


def test_a_disk_that_fails_is_answered_and_nothing_changes(view, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    rail = view.ask("open")["view"]["passage"]["statements"][0]["id"]
    monkeypatch.setattr("os.write", fail)
    answer = view.ask("drop", rail)
    assert "No space left on device" in answer["error"]
    assert answer["view"]["passage"]["statements"][0]["state"] == "found"
    assert not answer["view"]["undo"]


def test_blind_coding_gives_statements_of_the_usual_kind(tmp_path):
    widget = pol.code_by_hand(DOCUMENTS, CODEBOOK, file=tmp_path / "b.csv", coder="Bo Li")
    coded = pol.code_documents(DOCUMENTS, CODEBOOK)
    assert widget.statements.empty
    widget.session.add(14, 22, "rail")
    assert list(widget.statements) == list(coded)
    same = ["document", "paragraph", "actor", "role", "code", "count", "start", "end", "quote"]
    assert widget.statements[same].to_dict("records") == coded[same].head(1).to_dict("records")
    assert widget.statements["id"].to_list() == ["d-p01-d-commits-rail-bo-li"]
    widget.close()


def test_the_view_loads_nothing_from_outside():
    folder = Path(pol.coding.__file__).parent
    for name in ("widget.js", "widget.css"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "http" not in text
        assert re.search(r"\bimport\b|\bfetch\b|@import", text) is None
        assert "url(" not in text
    assert Widget._esm


def test_the_shipped_statements_entered_by_hand_agree_perfectly(tmp_path):
    """The article is not distributed, so the test puts the quotes into paragraphs of spaces."""
    tables = pol.read_tables()
    shipped = tables.statements
    places = shipped.dropna(subset="start").sort_values("start")
    texts = {}
    for row in places.itertuples():
        text = texts.setdefault((row.document, row.paragraph), [])
        text += " " * (max(row.end, row.start + len(row.quote)) - len(text))
        text[row.start : row.start + len(row.quote)] = row.quote
    rows = [(*place, "".join(text)) for place, text in texts.items()]
    documents = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
    file = tmp_path / "again.csv"
    view = View(pol.code_by_hand(documents, tables.priorities, file=file, coder="hand"))
    numbers = {place: number for number, place in enumerate(view.widget.session.passages)}
    fields = ["actor", "role", "qualifier", "initiative"]
    for row in places.astype("object").where(places.notna(), None).to_dict("records"):
        view.ask("go", numbers[row["document"], row["paragraph"]])
        named = {name: row[name] for name in fields}
        assert view.ask("add", row["start"], row["end"], row["code"], **named)["error"] is None
    view.widget.close()
    entered = view.widget.statements
    assert len(entered) == len(places) >= 187
    for values in ("code", *fields):
        table = pol.agreement(places, entered, values=values, seed=0)
        assert table["alpha"].dropna().eq(1).all()
    key = ["document", "paragraph", "start", "end", "code", *fields]
    same = [table[key].sort_values(key, ignore_index=True) for table in (places, entered)]
    pd.testing.assert_frame_equal(*same, check_dtype=False)
