"""The lines of a part of a Word file, as Word shows them with all changes accepted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from policylib.documents import footnotes
from policylib.documents.docx_numbers import Counter, Numbering
from policylib.documents.docx_package import Link, Package, attribute, is_on
from policylib.documents.docx_styles import Style
from policylib.documents.docx_symbols import symbol
from policylib.documents.paragraphs import UnreadableError, gap

WORD = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
}
DRAWING = {
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
}
FORMULA = {
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
}
PARAGRAPHS = {f"{space} p" for space in WORD | DRAWING}
# Deleted or moved text, and phonetic guides.
IGNORED = {"del", "moveFrom", "rt"}
MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
# A paragraph does not go on beyond these, even if its mark is deleted.
BOUNDS = {"body", "tbl", "tc", "txbxContent", "footnote", "endnote"}
# A deleted row or cell has one of these among its properties.
DELETED = {("trPr", "del"), ("tcPr", "cellDel")}
GONE = {"del", "moveFrom"}
HIDDEN = {"vanish", "specVanish"}
NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
SPACE = "http://www.w3.org/XML/1998/namespace space"
BLANKS = " \t\r\n"

Insert = Callable[[Link, str], list[str]]


@dataclass(eq=False, slots=True)
class Paragraph:
    """A paragraph whose text is collected, and the id of the note that it is in."""

    note: str | None = None
    parts: list[str] = field(default_factory=list)
    hidden: bool = False  # whether its style hides text
    goes_on: bool = False  # whether its mark is deleted or hidden, so that the next one is joined
    list: str = ""
    level: int = 0
    label: str = ""  # its number

    def text(self) -> str:
        """Return the text with its number, which is not shown if it has no text."""
        text = footnotes.set_marks_apart("".join(self.parts)).strip(BLANKS)
        return self.label + gap(self.label, text) + text if text and self.label else text


class Lines:
    """Collect the lines of a part. Paragraphs are in the order in which they begin.

    Parameters
    ----------
    package, part
        Where the text is.
    styles : dict of str to Style
        What the styles say of hidden text and of numbers.
    numbering : Numbering
        The lists of the file.
    insert : callable
        Returns the lines of a linked part that is inserted.
    fields : bool
        Whether the instructions of fields are left out, as Word does.
    """

    def __init__(
        self,
        package: Package,
        part: str,
        styles: dict[str, Style],
        numbering: Numbering,
        insert: Insert,
        *,
        fields: bool = True,
    ) -> None:
        self.paragraphs: list[Paragraph] = []
        self.notes: dict[tuple[str, str], bool] = {}  # references, and whether they are shown
        self.drawn = ""  # the link to what a diagram looks like
        self.instructing = 0  # open fields of which only the instruction has come so far
        self._links, self._styles, self._insert = package.links(part), styles, insert
        self._numbers = Counter(numbering)
        self._path: list[str] = []
        self._ignored = 0  # depth inside an ignored element; 0 outside
        self._within: list[Paragraph] = []  # a text box puts paragraphs inside one
        self._open: Paragraph | None = None  # the last one, if it goes on
        self._note: str | None = None
        self._runs: list[list[bool | None]] = []  # hidden by a style, hidden or not itself, raised
        self._fields: list[bool] = []  # open fields, and whether their result has begun
        self._chosen: list[bool] = []  # alternate contents, and whether one of them was read
        self._text: list[str] | None = None
        self._keeps = self._preserved = False  # spaces around text: in the part, in this text
        self._handlers: dict[str, Callable[[dict[str, str]], None]] = {
            "AlternateContent": lambda _: self._chosen.append(False),
            "altChunk": self._linked,
            "chart": self._linked,
            "dataModelExt": self._drawing,
            "relIds": self._linked,
            "subDoc": self._linked,
            "sym": lambda a: self._add(symbol(attribute(a, "font"), attribute(a, "char"))),
            "textpath": lambda a: self._line(attribute(a, "string")),
            **dict.fromkeys(("footnote", "endnote"), self._begin_note),
            **({"fldChar": self._field} if fields else {}),
        }
        package.parse(part, self._start, self._end, self._data)

    def lines(self) -> list[str]:
        """Return the text of each paragraph."""
        return [paragraph.text() for paragraph in self.paragraphs]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        parent = self._path[-1] if self._path else ""
        if self._ignored:
            self._ignored += 1
        elif parent.endswith("Pr"):
            self._property(parent, name, attributes)
            return
        elif self._is_ignored(parent, name):
            self._ignored = 1
        if name in NOTES:
            id_ = NOTES[name], attribute(attributes, "id")
            self.notes[id_] = self.notes.get(id_, False) or not self._ignored
        if self._ignored:
            return
        self._path.append(name)
        if len(self._path) == 1:
            self._keeps = attributes.get(SPACE) == "preserve"
        elif tag in PARAGRAPHS:
            self._begin()
        elif name == "r":
            self._runs.append([False, None, False])
        elif name == "t" and space in WORD | DRAWING | FORMULA:
            self._text, self._preserved = [], self._keeps or space not in WORD
            self._preserved |= attributes.get(SPACE) == "preserve"
        elif name in BOUNDS:
            self._open = None
        elif name in MARKS:
            self._add(MARKS[name])
        if name in self._handlers:
            self._handlers[name](attributes)

    def _end(self, tag: str) -> None:
        if self._ignored:
            self._ignored -= 1
            return
        name = self._path.pop()
        if tag in PARAGRAPHS:
            last = self._within.pop()
            self._open = last if last.goes_on else None
        elif name == "pPr" and self._within:
            self._number(self._within[-1])
        elif name == "r":
            self._runs.pop()
        elif name == "AlternateContent":
            self._chosen.pop()
        elif name == "t" and self._text is not None:
            text = "".join(self._text).replace("\n", " ")
            text = text if self._preserved else text.strip(BLANKS)
            raised = bool(self._runs) and self._runs[-1][2]
            self._add(f"{footnotes.START}{text}{footnotes.END}" if raised else text)
            self._text = None
        elif name in BOUNDS:
            self._open = None

    def _data(self, data: str) -> None:
        if self._text is not None and not self._ignored:
            self._text.append(data)

    def _is_ignored(self, parent: str, name: str) -> bool:
        """Return whether an element is not shown; marks that it has a choice that is."""
        if parent == "AlternateContent" and self._chosen:
            seen, self._chosen[-1] = self._chosen[-1], True
            return seen
        if parent == "r" and self._runs and name not in ("rPr", "fldChar"):
            style, own, _ = self._runs[-1]
            inherited = style != bool(self._within and self._within[-1].hidden)
            if inherited if own is None else own:
                return True
        return name in IGNORED

    def _property(self, parent: str, name: str, attributes: dict[str, str]) -> None:
        """Note properties that hide or join text; all others are passed over."""
        place = self._path[-2] if len(self._path) > 1 else ""
        value = attribute(attributes, "val")
        if parent == "pPr" and name in ("rPr", "numPr"):
            self._path.append(name)
            return
        self._ignored = 1
        if (parent, name) in DELETED:
            del self._path[-2:]  # ignore all of the row or cell
            self._ignored = 3
        elif (parent, name) == ("pPr", "pStyle") and self._within:
            style = self._styles.get(value, Style())
            paragraph = self._within[-1]
            paragraph.hidden = bool(style.hides)
            paragraph.list, paragraph.level = style.list or "", style.level or 0
        elif parent == "numPr" and self._within and name == "numId":
            self._within[-1].list = value
        elif parent == "numPr" and self._within and name == "ilvl" and value.isdecimal():
            self._within[-1].level = int(value)
        elif parent == "rPr" and place == "pPr" and self._within:
            if name in GONE or (name in HIDDEN and is_on(value)):
                self._within[-1].goes_on = True
        elif parent == "rPr" and place == "r" and self._runs:
            if name == "rStyle":
                self._runs[-1][0] = bool(self._styles.get(value, Style()).hides)
            elif name == "vanish":
                self._runs[-1][1] = is_on(value)
            elif name == "vertAlign":
                self._runs[-1][2] = value == "superscript"

    def _begin(self) -> None:
        """Begin a paragraph, or go on with the last one if its mark is deleted."""
        paragraph, self._open = self._open or Paragraph(self._note), None
        if not paragraph.goes_on:
            self.paragraphs.append(paragraph)
        paragraph.goes_on = paragraph.hidden = False
        paragraph.list, paragraph.level = "", 0
        self._within.append(paragraph)

    def _number(self, paragraph: Paragraph) -> None:
        if paragraph.list and not paragraph.parts and not paragraph.label:
            paragraph.label = self._numbers.label(paragraph.list, paragraph.level)

    def _begin_note(self, attributes: dict[str, str]) -> None:
        self._note = attribute(attributes, "id")

    def _field(self, attributes: dict[str, str]) -> None:
        """Keep apart the instruction of a field, which is not shown, and its result."""
        kind = attribute(attributes, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
            self.instructing += 1
        elif self._fields and kind == "separate":
            self.instructing -= not self._fields[-1]
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self.instructing -= not self._fields.pop()

    def _add(self, text: str) -> None:
        if self._within and not self.instructing:
            self._within[-1].parts.append(text)

    def _line(self, text: str) -> None:
        self.paragraphs.append(Paragraph(self._note, [text]))

    def _linked(self, attributes: dict[str, str]) -> None:
        """Insert the lines of a linked part."""
        name = self._path[-1]
        id_ = attribute(attributes, "dm" if name == "relIds" else "id")
        if not id_ and name in ("chart", "relIds"):  # the title of a chart, for example
            return
        if id_ not in self._links:
            raise UnreadableError(f"damaged: the {name} with the link {id_!r} is missing")
        for line in self._insert(self._links[id_], name):
            self._line(line)
        self._open = None

    def _drawing(self, attributes: dict[str, str]) -> None:
        self.drawn = attribute(attributes, "relId")
