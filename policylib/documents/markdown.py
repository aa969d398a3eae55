"""The text of a Markdown file without its markup, one line for each block."""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from html import escape
from time import thread_time
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from policylib.documents.encoding import decode
from policylib.documents.html import block_text
from policylib.documents.paragraphs import UnreadableError

DEEPEST = 100  # levels of nested blocks; the parser silently drops deeper ones
LARGEST = 20_000_000  # characters
# Seconds of the processor for each file and each character. Prose needs a fifth of that, but a
# parser may need hours for brackets or quotes that are nested in one another.
SECONDS, EACH = 2, 8e-6
LINE_END = re.compile("\r\n?")
CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.M),
    "+++": re.compile(r"^\+\+\+[ \t]*$\n?", re.M),
}
# A line of YAML: a key, or the value of one that goes on, or a comment.
KEY = re.compile(r"(?:\"[^\"]{1,40}\"|'[^']{1,40}'|[^\W\d_][^:]{0,40}?)[ \t]*:(?:[ \t].*)?")
VALUE = re.compile(r"[ \t].*|#.*|-(?:[ \t].*)?|[\]}].*|[ \t]*")
FOOTNOTE = r"\[\^([^\]\s]{1,100})\]"
LABEL = re.compile(FOOTNOTE + r":[ \t]*")
REFERENCE = re.compile(FOOTNOTE)

Rule = Callable[..., bool]


def markdown_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a CommonMark file with tables, one line for each block.

    Raises
    ------
    UnreadableError
        If the file is too long, nested too deeply, or takes too long, or its HTML is broken.
    """
    text = without_front_matter(decode(data, encoding))
    if len(text) > LARGEST:
        raise UnreadableError(f"more than {LARGEST:,} characters of Markdown; rename it to .txt")
    parser = _parser(SECONDS + EACH * len(text))
    tokens = parser.parse(text)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        raise UnreadableError(f"blocks nested {DEEPEST} deep")
    _without_footnotes([token.children or [] for token in tokens if token.type == "inline"])
    return block_text(parser.renderer.render(tokens, parser.options, {}))


def without_front_matter(text: str) -> str:
    r"""Return a text without the YAML or TOML at its beginning.

    A text that begins with a line across the page is not changed.

    Examples
    --------
    >>> without_front_matter("---\ntitle: Plans\n---\nRobots first.")
    'Robots first.'
    >>> without_front_matter("---\nRobots first.\n---\n")
    '---\nRobots first.\n---\n'
    """
    fence = text[:3]
    if fence not in CLOSING:
        return text
    text = LINE_END.sub("\n", text)
    first, _, rest = text.partition("\n")
    end = CLOSING[fence].search(rest)
    if first.rstrip() != fence or end is None:
        return text
    is_data = _is_yaml if fence == "---" else _is_toml
    return rest[end.end() :] if is_data(rest[: end.start()]) else text


def _is_yaml(text: str) -> bool:
    """Return whether each line can be one of a mapping in YAML, of which the first is a key."""
    lines = text.split("\n")[:-1]
    keys = [bool(KEY.fullmatch(line)) for line in lines]
    first = next((key for key, line in zip(keys, lines, strict=True) if line[:1] != "#"), False)
    rest = (VALUE.fullmatch(line) for key, line in zip(keys, lines, strict=True) if not key)
    return first and all(rest)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _parser(seconds: float) -> MarkdownIt:
    """Return a parser that gives up after some seconds of the processor."""
    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    # Link definitions are dropped from the text, and a note such as "[注]: …" looks like one.
    parser.disable("reference")
    parser.inline.ruler.at("link", _if_target(link))
    parser.inline.ruler.at("image", _if_target(image))
    end = thread_time() + seconds

    def limit(*_: object) -> bool:
        if thread_time() > end:
            raise UnreadableError("takes too long to read as Markdown; rename it to .txt")
        return False

    parser.inline.ruler.before("text", "limit", limit)
    parser.block.ruler.before("table", "limit", limit)
    parser.add_render_rule("image", _described)
    return parser


def _if_target(rule: Rule) -> Rule:
    """Return a rule that is tried only before the target of a link, since it may take long."""
    text, last = "", -1

    def guarded(state: StateInline, silent: bool) -> bool:
        nonlocal text, last
        if state.src is not text:
            text, last = state.src, state.src.rfind("](")
        return state.pos < last and rule(state, silent)

    return guarded


def _described(renderer: Any, tokens: Sequence[Token], place: int, *others: Any) -> str:
    """Return the description of a picture."""
    return escape(renderer.renderInlineAsText(tokens[place].children or [], *others[:2]))


def _without_footnotes(blocks: Iterable[list[Token]]) -> None:
    """Remove the labels of footnotes, and the references to them; each begins a line."""
    texts, labels = [], set()
    for tokens in blocks:
        for place, token in enumerate(tokens):
            before = tokens[place - 1] if place else None
            if token.type != "text":
                continue
            if (not before or before.type == "softbreak") and (found := LABEL.match(token.content)):
                labels.add(found[1])
                token.content = token.content[found.end() :]
                if before:
                    before.type = "hardbreak"
            texts.append(token)
    for token in texts if labels else []:
        token.content = REFERENCE.sub(lambda f: "" if f[1] in labels else f[0], token.content)
