"""The text of a Markdown file without its markup, a line per block."""

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

from policylib.documents.encoding import decode
from policylib.documents.html import block_text
from policylib.documents.paragraphs import UnreadableError, join_lines

DEEPEST = 100  # blocks within blocks; the parser leaves out what is deeper, and says nothing
LARGEST = 20_000_000  # characters; the parser needs minutes for what is no prose


def markdown_text(data: bytes, encoding: str | None) -> str:
    """Give the text of CommonMark, with tables, a line per block."""
    text = decode(data, encoding)
    if len(text) > LARGEST:
        raise UnreadableError(f"more than {LARGEST:,} characters of Markdown; try it as .txt")
    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    # What defines a link is not shown; but a note in Chinese, "[注]：…", looks like one.
    parser.disable("reference")
    tokens = parser.parse(text)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        raise UnreadableError(f"blocks within blocks, {DEEPEST} deep")
    return "\n".join(map(_block, tokens))


def _block(token: Token) -> str:
    if token.type == "inline":
        return _inline(token.children or [])
    if token.type == "html_block":
        return block_text(token.content)
    return token.content  # code; what only opens or closes a block has no content


def _inline(tokens: Iterable[Token]) -> str:
    """Give the text of a block; lines that were broken to fit are joined."""
    lines, parts = [], [""]
    for token in tokens:
        if token.type == "hardbreak" or (
            token.type == "html_inline" and token.content.lower().startswith("<br")
        ):
            lines.append(join_lines(parts))
            parts = [""]
        elif token.type == "softbreak":
            parts.append("")
        elif token.type != "html_inline":
            parts[-1] += token.content
    return "\n".join([*lines, join_lines(parts)])
