"""The main text of an HTML page, without its menus, lists of links and footers.

trafilatura decides which text is the main one. It drops some titles and short lines, and it changes
tables and lists. So the lines come from the reader that reads whole pages.
"""

import re
from collections import Counter
from typing import NamedTuple

from trafilatura import extract

from policylib.documents.encoding import decode
from policylib.documents.html import Blocks, declared_encoding, parse
from policylib.documents.paragraphs import split_paragraphs

# Their text is never a part of a document.
MENUS = ("button", "footer", "form", "nav", "select")
LINKS = 0.8  # the share of linked text from which a line is one of a menu
SENTENCE = re.compile(r"[。！？；.!?;]\W*$")
LONG = 8  # characters of a line that is not by chance within another
MANY = 10_000  # lines of a page, of which trafilatura would take many seconds
LONGEST_TOOL = 90  # characters of a line of furniture
# What a line of tools consists of, and what lines of furniture begin with or hold.
TOOLS = re.compile(
    r"(?:下载|打印(?:本[页稿])?|全屏|收藏|分享到?|字[号体](?:大小)?|加大|还原|减小|放大|缩小|默认|[大中小]"
    r"|微信|微博|朋友圈|关闭(?:窗口|本页)?|返回(?:顶部|首页|目录)?|朗读|播报|纠错|[上下]一[篇期页]"
    r"|(?:相关|推荐)(?:报道|链接|文档|新闻|阅读|稿件|附件)|热点推荐"
    r"|print(?: this page)?|share|[\W_]+)+",
    re.IGNORECASE,
)
LABELS = re.compile(
    r"^\W*(?:(?:您|当前|所在|现在|在|的)*位置\W|责任?编辑?\W|编辑\W|[上下]一篇\W"
    r"|相关(?:报道|链接|文档)\W|(?:主办|主管|承办)\s*[:：]|网站标识码|copyright\b|©"
    r"|you are here\b)"
    r"|版权所有|ICP备|公网安备|微信扫一扫|扫[一描].{0,12}(?:手机|微信|二维码)|关注.{0,3}公众号"
    r"|使用小程序|字[号体](?:大小)?\s*[:：【\[]|分享到|打印本页|all rights reserved",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line of a page, and whether it is a menu, a list of links or a tool, or a title."""

    text: str
    aside: bool
    title: bool


def main_text(data: bytes, encoding: str | None) -> str:
    """Return the main text of a page, one line for each block, or all text if there is no menu."""
    page = decode(data, encoding, declared_encoding(data))
    lines = read_lines(page)
    if any(line.aside for line in lines):
        found = extract(page, include_comments=False) if len(lines) < MANY else None
        lines = _main(lines, found or "") or lines
    return "\n".join(line.text for line in lines)


def read_lines(page: str) -> list[Line]:
    """Return the lines of a page, with what can be seen of each by itself."""
    blocks = parse(page, _Linked())
    if not any(map(str.strip, blocks.lines)):
        blocks = parse(page, _Linked(shown=True))
    lines = []
    for text, linked, heading in zip(blocks.lines, blocks.linked, blocks.headings, strict=True):
        for line in split_paragraphs(text):
            title = heading or (len(line) > 3 and line in blocks.title)
            lines.append(Line(line, not heading and is_aside(line, linked), title))
    return lines


def is_aside(line: str, linked: float) -> bool:
    """Return whether a line is one of a menu, or a tool of the page, by what it says.

    Parameters
    ----------
    line : str
        The text.
    linked : float
        The share of the text that is a link.

    Examples
    --------
    >>> is_aside("【字号：大 中 小】打印", 0), is_aside("Home", 1), is_aside("打印机产业", 0)
    (True, True, False)
    """
    if linked >= LINKS and not SENTENCE.search(line):
        return True
    tools = len(re.findall(r"\w", line)) > 1 and TOOLS.fullmatch(line)
    return len(line) <= LONGEST_TOOL and bool(tools or LABELS.search(line))


def _main(lines: list[Line], found: str) -> list[Line]:
    """Return the titles, the lines that were found to be the main ones, and those between them.

    Lines between them are left out if a menu is there too. If nothing was found, all but menus are
    returned.
    """
    parts = {_solid(part) for line in found.splitlines() for part in (line, *line.split("|"))}
    whole = _solid(found)
    kept: list[Line] = []
    between: list[Line] | None = None  # the lines since the last main one, if no menu came
    for line in lines:
        text = _solid(line.text)
        if line.aside:
            between = None
        elif line.title or text in parts or (len(text) >= LONG and text in whole):
            kept += [*(between or ()), line]
            between = []
        elif between is not None:
            between.append(line)
    if all(line.title for line in kept):
        return [line for line in lines if not line.aside]
    return kept


def _solid(text: str) -> str:
    """Return a text without spaces, breaks within words, and the marks of lists and tables."""
    return re.sub(r"[\s|•*\xad\u200b-]+", "", text)


class _Linked(Blocks):
    """Note of each line how much of it is a link, and whether it is the title of the page."""

    def __init__(self, shown: bool = False) -> None:
        super().__init__(shown)
        self.title = ""
        self.linked: list[float] = []
        self.headings: list[bool] = []
        self._around: Counter[str] = Counter()
        self._length = self._links = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self._around[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        self._around[tag] = max(0, self._around[tag] - 1)

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if self.hidden == "title":
            self.title += data
        elif not self.hidden:
            length = len("".join(data.split()))
            self._length += length
            self._links += length * any(self._around[tag] for tag in ("a", *MENUS))
            self._heading |= bool(length and self._around["h1"])

    def end_line(self) -> None:
        super().end_line()
        self.linked.append(self._links / max(1, self._length))
        self.headings.append(self._heading)
        self._length = self._links = 0
        self._heading = False
