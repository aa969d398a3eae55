"""The widget that `code_by_hand` returns; this module needs anywidget."""

from importlib.resources import files
from typing import Any

import anywidget
import pandas as pd
import traitlets

from policylib.coding.corrections import apply_corrections, read_corrections, retyped
from policylib.coding.session import Session

COMMANDS = ("go", "choose", "keep", "drop", "change", "add", "nothing", "undo", "redo")
TYPES = {  # of the columns of statements
    "id": "str",
    "document": "str",
    "paragraph": "int64",
    "actor": "str",
    "role": "str",
    "code": "str",
    "initiative": "str",
    "qualifier": "boolean",
    "coder": "str",
    "count": "int64",
    "start": "Int64",
    "end": "Int64",
    "quote": "str",
    "summary": "str",
}


class Widget(anywidget.AnyWidget):
    """Passages to be coded by hand, as `code_by_hand` returns them.

    Attributes
    ----------
    session : Session
        The passages and the journal; each key in the widget calls one of its methods.
    """

    _esm = files("policylib.coding").joinpath("widget.js").read_text(encoding="utf-8")
    _css = files("policylib.coding").joinpath("widget.css").read_text(encoding="utf-8")
    is_open = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self, session: Session, statements: pd.DataFrame | None, choices: dict[str, Any]
    ) -> None:
        super().__init__()
        self.session = session
        self._statements = statements
        self._choices = choices | {"coder": session.coder, "file": session.journal.path.name}
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        """Return the coder, the file and the progress."""
        view = self.session.view()
        return (
            f"code_by_hand(coder={self.session.coder!r}, file={self.session.journal.path.name!r}, "
            f"judged {view['judged']} of {view['total']} passages)"
        )

    @property
    def corrections(self) -> pd.DataFrame:
        """The journal, as `read_corrections` returns it, with the documents and codes as given."""
        return retyped(read_corrections(self.session.journal.path), self.session.known)

    @property
    def statements(self) -> pd.DataFrame:
        """The statements with the journal applied."""
        if self._statements is None:
            types = TYPES | {name: cells.dtype for name, cells in self.session.known.items()}
            columns = {name: pd.Series(dtype=types[name]) for name in TYPES}
            return apply_corrections(pd.DataFrame(columns), self.corrections)
        return apply_corrections(self._statements, self.corrections)

    def release(self) -> None:
        """Close the journal; the view says so."""
        self.is_open = False
        self.session.journal.close()

    def close(self) -> None:
        """Close the journal and the view."""
        self.release()
        super().close()

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        """Do what the view asks, and send it what to show, or what went wrong."""
        answer: dict[str, Any] = {"number": message.get("number"), "error": None}
        try:
            if message["do"] == "open":
                answer["choices"] = self._choices
            elif message["do"] in COMMANDS:
                made = getattr(self.session, message["do"])(*message["args"], **message["named"])
                answer["made"] = made
        except (OSError, ValueError, TypeError, KeyError) as error:
            answer["error"] = str(error)
        self.send(answer | {"view": self.session.view()})
