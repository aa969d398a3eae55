"""The text of a Markdown file without its markup, one line for each block."""

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

from policylib.documents import footnotes
from policylib.documents.encoding import decode
from policylib.documents.html import block_text
from policylib.documents.paragraphs import UnreadableError, join_lines

RAISED = {"<sup": footnotes.START, "</su": footnotes.END}
DEEPEST = 100  # levels of nested blocks; the parser silently drops deeper ones
LARGEST = 20_000_000  # characters; the parser may need minutes for text that is not prose


def markdown_text(data: bytes, encoding: str | None) -> str:
    """Return the text of a CommonMark file with tables, one line for each block."""
    text = decode(data, encoding)
    if len(text) > LARGEST:
        raise UnreadableError(f"more than {LARGEST:,} characters of Markdown; rename it to .txt")
    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    # Link definitions are dropped from the text, and a note such as "[注]: …" looks like one.
    parser.disable("reference")
    tokens = parser.parse(text)
    if any(token.level >= DEEPEST - 1 for token in tokens):
        raise UnreadableError(f"blocks nested {DEEPEST} deep")
    return "\n".join(map(_block, tokens))


def _block(token: Token) -> str:
    if token.type == "inline":
        return _inline(token.children or [])
    if token.type == "html_block":
        return block_text(token.content)
    return token.content  # code; tokens that open or close a block have no content


def _inline(tokens: Iterable[Token]) -> str:
    """Return the text of a block; lines are joined, except at hard breaks."""
    lines, parts = [], [""]
    for token in tokens:
        if token.type == "hardbreak" or (
            token.type == "html_inline" and token.content.lower().startswith("<br")
        ):
            lines.append(join_lines(parts))
            parts = [""]
        elif token.type == "softbreak":
            parts.append("")
        elif token.type == "html_inline":
            parts[-1] += RAISED.get(token.content[:4].lower(), "")
        else:
            parts[-1] += token.content
    return "\n".join(map(footnotes.set_marks_apart, [*lines, join_lines(parts)]))
