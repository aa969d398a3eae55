"""The text of a file that is inserted into a Word file: plain text, a page, or a web archive."""

from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from pathlib import PurePosixPath

from policylib.documents.encoding import decode
from policylib.documents.html import html_text
from policylib.documents.paragraphs import UnreadableError

# How a part is read, by what the package says that it is.
TYPES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "message/rfc822": ".mht",
    "multipart/related": ".mht",
    "application/x-mimearchive": ".mht",
}
WORD_FILES = ("vnd.openxmlformats-officedocument.wordprocessingml.", "vnd.ms-word.")
MOST_PARTS = 1000  # of a web archive, for which the parser needs a fraction of a second
MOST_LINES, LONGEST = 20, 1000  # lines of a header, and characters of a line
ENDINGS = {".htm": ".html", ".xhtml": ".html", ".mhtml": ".mht", ".dotx": ".docx", ".docm": ".docx"}


def chunk_ending(part: str, content_type: str, data: bytes) -> str:
    """Return the file extension that says how a part is read.

    Raises
    ------
    UnreadableError
        If the part has another format.
    """
    stated = content_type.partition(";")[0].strip().lower()
    ending = PurePosixPath(part).suffix.lower()
    ending = TYPES.get(stated, ENDINGS.get(ending, ending))
    if data.startswith(b"PK\3\4") or any(name in stated for name in WORD_FILES):
        ending = ".docx"
    elif data.startswith(b"{\\rtf"):
        ending = ".rtf"
    if ending not in (".docx", *TYPES.values()):
        raise UnreadableError(
            f"a part of its text, {part}, is a {ending or 'nameless'} file, which is not read; "
            "open the file in Word and save it again"
        )
    return ending


def chunk_text(data: bytes, ending: str, encoding: str | None) -> str:
    """Return the text of a part that is no Word file, one line for each paragraph."""
    if ending == ".mht":
        return _archive_text(data, encoding)
    return (html_text if ending == ".html" else decode)(data, encoding)


class _Policy(Compat32):
    """Cut long headers, because Python takes minutes to find a thousand parameters in one."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return the name and the value of a header."""
        return super().header_source_parse([line[:LONGEST] for line in sourcelines[:MOST_LINES]])


def _archive_text(data: bytes, encoding: str | None) -> str:
    """Return the text of the page of a web archive, which is an e-mail message."""
    if data.lower().count(b"content-type:") > MOST_PARTS:
        raise UnreadableError(f"a web archive of more than {MOST_PARTS:,} parts")
    for message in message_from_bytes(data, policy=_Policy()).walk():
        kind = message.get_content_type()
        if kind in ("text/html", "text/plain"):
            return _message_text(message, kind, encoding)
    raise UnreadableError("a web archive without a page")


def _message_text(message: Message, kind: str, encoding: str | None) -> str:
    content = message.get_payload(decode=True)
    stated = message.get_content_charset()
    if not isinstance(content, bytes):
        raise UnreadableError("a web archive without a page")
    return chunk_text(content, TYPES[kind], encoding or stated)
