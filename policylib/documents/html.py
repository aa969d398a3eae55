"""The text of an HTML page, one line for each block. Nothing is run or fetched."""

import re
from html.parser import HTMLParser

from policylib.documents.encoding import decode
from policylib.documents.paragraphs import UnreadableError, gap

BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|main|menu|nav|"
    "ol|optgroup|option|p|pre|search|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
HIDDEN = {"noscript", "script", "style", "template", "title"}
SPACE = re.compile("[ \t\n\f\r]+")
DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,1000}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I
)
LOOKED_AT = 4096  # first bytes, in which a page may declare its encoding
WESTERN = "cp1252"
# Browsers read these names as other, mostly larger encodings, and pages rely on that.
MEANT = {
    **dict.fromkeys(["gb2312", "gb-2312", "gb_2312-80", "gbk", "x-gbk"], "gb18030"),
    **dict.fromkeys(["iso-8859-1", "latin1"], WESTERN),
    **dict.fromkeys(["utf-16", "utf-16le", "utf-16be"], "utf-8"),
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}


def html_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a page, one line for each block, decoded as the page declares."""
    found = DECLARED.search(data[:LOOKED_AT])
    declared = found[1].decode("ascii", "replace").lower() if found else None
    meant = MEANT.get(declared or "", declared)
    if meant == WESTERN:  # often declared by UTF-8 pages, and it decodes any bytes
        return block_text(decode(data, encoding or WESTERN))
    return block_text(decode(data, encoding, meant))


def block_text(page: str) -> str:
    """Return the text of a page or a part of one, one line for each block.

    Raises
    ------
    UnreadableError
        If a tag, a comment or a hidden element is never closed: the rest would be lost.
    """
    blocks = _Blocks()
    # The parser keeps text until a tag follows, so feed one; `close` is slow for a cut-off tag.
    try:
        blocks.feed(page)
        blocks.feed("<br>")
    except AssertionError as error:  # raised for an invalid declaration such as "<!["
        raise UnreadableError(f"broken HTML: {error}") from None
    if blocks.hidden or blocks.cdata_elem:
        raise UnreadableError(f"<{blocks.hidden or blocks.cdata_elem}> is never closed")
    if rest := blocks.rawdata:
        raise UnreadableError(f"markup that begins with {rest[:20]!r} is never closed")
    return "\n".join(blocks.lines)


class _Blocks(HTMLParser):
    """Collect text, and end a line wherever a block begins or ends.

    It builds no tree, so any depth of nesting is read, and tags need not match.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.hidden = ""
        self._depth = 0  # of nested elements with the tag in `hidden`
        self._preformatted = 0
        self._parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.hidden:
            self._depth += tag == self.hidden
        elif tag in HIDDEN:
            self.hidden, self._depth = tag, 1
        elif BLOCKS.fullmatch(tag):
            self._end_line()
            self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            self._depth -= tag == self.hidden
            if not self._depth:
                self.hidden = ""
        elif BLOCKS.fullmatch(tag):
            self._end_line()
            self._preformatted = max(0, self._preformatted - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self._parts.append(data)

    def unknown_decl(self, data: str) -> None:
        """Read a CDATA section, which XHTML pages have, as text."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def _end_line(self) -> None:
        text = "".join(self._parts)
        self._parts = []
        self.lines.append(text if self._preformatted else SPACE.sub(_space, text))


def _space(found: re.Match[str]) -> str:
    """Return one space for white space, or nothing where a Chinese line breaks."""
    text, (start, end) = found.string, found.span()
    if "\n" in found[0] or "\r" in found[0]:
        return gap(text[max(start - 1, 0) : start], text[end : end + 1])
    return " "
