"""The text of an HTML page, one line for each block. Nothing is run or fetched."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TypeVar

from policylib.documents import footnotes
from policylib.documents.encoding import decode, known_encoding
from policylib.documents.paragraphs import UnreadableError, gap

BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|listing|main|"
    "menu|nav|ol|optgroup|option|p|pre|search|section|select|summary|table|tbody|td|tfoot|th|"
    "thead|tr|ul|xmp"
)
# Elements that a browser never shows, up to their own end tag.
HIDDEN = {
    *("iframe", "noembed", "noframes", "noscript", "script", "style", "template", "textarea"),
    "title",
}
# Nor these: what stands in for a formula or a player, and how a Chinese character is read.
UNSEEN = {
    *("annotation", "annotation-xml", "audio", "canvas", "datalist", "desc", "meter", "progress"),
    *("rp", "rt", "video"),
}
PREFORMATTED = {"listing", "pre", "xmp"}
NOT_DISPLAYED = re.compile(r"(?:^|;)\s*display\s*:\s*none\b", re.I)
RAISED = re.compile(r"(?:^|;)\s*vertical-align\s*:\s*super\b", re.I)
EMPTY = re.compile("area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr")
# What ends an element without an end tag, other than the end of the element around it.
ROWS = ("tr", "tbody", "tfoot", "thead")
ENDED_BY: dict[str, tuple[str, ...]] = {
    "li": ("li",),
    **dict.fromkeys(["dd", "dt"], ("dd", "dt")),
    **dict.fromkeys(["rp", "rt"], ("rb", "rp", "rt", "rtc")),
    **dict.fromkeys(["optgroup", "option"], ("optgroup", "option")),
    **dict.fromkeys(["td", "th"], ("td", "th", *ROWS)),
    **dict.fromkeys(ROWS, ROWS),
}
NESTING = ("dl", "menu", "ol", "ruby", "select", "table", "ul")
SPACE = re.compile("[ \t\n\f\r]+")
BREAKABLE = re.compile("[\xad\u200b]")  # where a word may be broken, which is not seen
COMMENTS = re.compile("<!---?>|--!>")  # an empty one, and a wrong end; not all parsers know them
DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,1000}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I
)
LOOKED_AT = 4096  # first bytes, in which a page may declare its encoding

AnyBlocks = TypeVar("AnyBlocks", bound="Blocks")


def html_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a page, one line for each block, in the encoding that its bytes show."""
    return block_text(decode(data, encoding, declared_encoding(data)))


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page declares, or None if it names none that Python knows."""
    names = (found[1].decode() for found in DECLARED.finditer(data[:LOOKED_AT]))
    return next(filter(None, map(known_encoding, names)), None)


def block_text(page: str) -> str:
    """Return the text of a page or a part of one, one line for each block.

    A script may show what the page hides at first. So what is hidden is read if nothing else is
    there.

    Raises
    ------
    UnreadableError
        If a tag, a comment or a hidden element is never closed: the rest would be lost.
    """
    lines = parse(page, Blocks()).lines
    if not any(map(str.strip, lines)):
        lines = parse(page, Blocks(shown=True)).lines
    return "\n".join(lines)


def parse(page: str, blocks: AnyBlocks) -> AnyBlocks:
    """Return the parser after it has read a page."""
    page = COMMENTS.sub(lambda found: "-->" if found[0] == "--!>" else "", page)
    # The parser keeps text until a tag follows, so feed one; `close` is slow for a cut-off tag.
    try:
        blocks.feed(page)
        blocks.feed("<br>")
    except AssertionError as error:  # raised for an invalid declaration such as "<!["
        raise UnreadableError(f"broken HTML: {error}") from None
    if unclosed := blocks.unclosed():
        raise UnreadableError(f"<{unclosed}> is never closed")
    if rest := blocks.rawdata:
        raise UnreadableError(f"markup that begins with {rest[:20]!r} is never closed")
    return blocks


class Blocks(HTMLParser):
    """Collect text, and end a line wherever a block begins or ends.

    It builds no tree, so any depth of nesting is read, and tags need not match.
    """

    def __init__(self, shown: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._shown = shown  # what has the attribute `hidden`, or a style that hides it
        self.hidden = ""  # the tag of a hidden element that is open
        self._open: Counter[str] = Counter()  # the tags that are open in it, and its own
        self._raised = ""  # the tag of an element above the line that is open
        self._preformatted = 0
        self._parts: list[str] = []

    def unclosed(self) -> str | None:
        """Return the tag of a hidden element that has no end."""
        hidden = "" if self.hidden in ENDED_BY or self.hidden == "p" else self.hidden
        return hidden or self.cdata_elem

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a hidden element, or end a line."""
        if self.hidden in HIDDEN:
            self._open[tag] += tag == "template"  # in the others, tags are text
        elif self.hidden and not self._ends_hidden(tag):
            self._open[tag] += 1
        elif self._hides(tag, attrs):
            self.hidden, self._open = tag, Counter([tag])
            if BLOCKS.fullmatch(tag):  # it ends an open paragraph
                self.end_line()
        else:
            self.hidden = ""
            if tag == "sup" or (attrs and RAISED.search(dict(attrs).get("style") or "")):
                self._raised = tag
                self._parts.append(footnotes.START)
            if BLOCKS.fullmatch(tag):
                self.end_line()
            self._preformatted += tag in PREFORMATTED

    def handle_endtag(self, tag: str) -> None:
        """End a hidden element or a line."""
        if not self.hidden or (not self._open[tag] and self._is_around(tag)):
            self.hidden = ""
            if tag == self._raised:  # or an element in it with the same tag, which has its text
                self._raised = ""
                self._parts.append(footnotes.END)
            if BLOCKS.fullmatch(tag):
                self.end_line()
            self._preformatted = max(0, self._preformatted - (tag in PREFORMATTED))
        elif self._open[tag]:
            self._open[tag] -= 1
            if not self._open[self.hidden]:
                self.hidden = ""

    def handle_data(self, data: str) -> None:
        """Keep text that is shown."""
        if not self.hidden:
            self._parts.append(data)

    def unknown_decl(self, data: str) -> None:
        """Read a CDATA section, which XHTML pages have, as text."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def _hides(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        """Return whether a browser does not show an element."""
        if tag in HIDDEN or tag in UNSEEN:
            return True
        if self._shown or not (attrs or tag == "dialog"):
            return False
        values = dict(attrs)
        return (
            tag not in ("body", "html")
            and not EMPTY.fullmatch(tag)
            and (
                "hidden" in values
                or (tag == "dialog" and "open" not in values)
                or bool(NOT_DISPLAYED.search(values.get("style") or ""))
            )
        )

    def _ends_hidden(self, tag: str) -> bool:
        """Return whether a tag ends the hidden element, which then has no end tag."""
        if self.hidden == "p":
            return tag != "br" and bool(BLOCKS.fullmatch(tag))
        nested = any(self._open[name] for name in NESTING)
        return not nested and tag in ENDED_BY.get(self.hidden, ())

    def _is_around(self, tag: str) -> bool:
        """Return whether an end tag that has no start in the hidden element is of one around it."""
        if self.hidden in HIDDEN or tag in ("br", "hr", "p"):
            return False
        return tag == "ruby" or bool(BLOCKS.fullmatch(tag))

    def end_line(self) -> None:
        """Add a line of the text since the last one."""
        text = footnotes.set_marks_apart("".join(self._parts))
        text = BREAKABLE.sub("", text)
        self._parts = []
        self.lines.append(text if self._preformatted else SPACE.sub(_space, text))


def _space(found: re.Match[str]) -> str:
    """Return one space for white space, or nothing where a Chinese line breaks."""
    text, (start, end) = found.string, found.span()
    if "\n" in found[0] or "\r" in found[0]:
        return gap(text[max(start - 1, 0) : start], text[end : end + 1])
    return " "
