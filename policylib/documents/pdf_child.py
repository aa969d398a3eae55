"""The process that reads PDF files for `pdf.py`, so that no file can harm the caller's.

PDFium cannot be interrupted, may use much memory, and must not run in two threads.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from struct import Struct
from typing import IO, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from policylib.documents.paragraphs import UnreadableError
from policylib.documents.pdf_furniture import without_furniture
from policylib.documents.pdf_glyphs import page_glyphs
from policylib.documents.pdf_lines import Line, page_lines
from policylib.documents.pdf_paragraphs import paragraphs

SIZE = Struct(">Q")
MEMORY = 4_000_000_000  # bytes, where the system can limit them
PATIENCE = 60  # seconds after which a process ends itself that should have been ended
UNKNOWN = 0.05  # the share of characters without a meaning with which a text is not readable


class Limits(NamedTuple):
    """The most pages and characters of a file, and the time for it."""

    pages: int
    characters: int
    seconds: float = 300


def document_text(data: bytes, limits: Limits) -> str:
    """Return the text of a PDF, one line for each paragraph, or raise UnreadableError."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise UnreadableError("encrypted; it needs a password") from None
        raise UnreadableError(f"not a PDF, or damaged: {error}") from None
    try:
        pages = list(_pages(document, limits))
    finally:
        document.close()
    return "\n".join(paragraphs(without_furniture(pages)))


def _pages(document: pdfium.PdfDocument, limits: Limits) -> Iterator[list[Line]]:
    """Yield the lines of each page."""
    if len(document) > limits.pages:
        raise UnreadableError(f"more than {limits.pages:,} pages; split the file")
    length = unknown = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            raise UnreadableError(f"damaged: page {number + 1} cannot be read") from None
        try:
            glyphs, strange = page_glyphs(page, limits.characters - length)
        finally:
            page.close()
        length += sum(map(len, glyphs))
        unknown += strange
        if length > limits.characters:
            raise UnreadableError(f"more than {limits.characters:,} characters; split the file")
        yield page_lines(glyphs)
    if unknown > UNKNOWN * length:
        raise UnreadableError(
            f"its fonts do not say which characters {unknown:,} of {length:,} are; it needs OCR"
        )


def receive(stream: IO[bytes]) -> bytes:
    """Return the next message, or raise EOFError if the other process has ended."""
    head = stream.read(SIZE.size)
    data = stream.read(SIZE.unpack(head)[0]) if len(head) == SIZE.size else b""
    if len(head) < SIZE.size or len(data) < SIZE.unpack(head)[0]:
        raise EOFError
    return data


def send(stream: IO[bytes], data: bytes) -> None:
    """Send a message to the other process."""
    stream.write(SIZE.pack(len(data)))
    stream.write(data)
    stream.flush()


def serve() -> None:
    """Answer the requests of the process that has started this one."""
    _limit_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not get between the answers
    answer_all(sys.stdin.buffer, answers)


def answer_all(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    while True:
        try:
            limits = Limits(*json.loads(receive(requests)))
            data = receive(requests)
        except EOFError:
            return
        _ring(limits.seconds + PATIENCE)
        try:
            kind, answer = b"t", document_text(data, limits)
        except UnreadableError as error:
            kind, answer = b"e", str(error)
        _ring(0)
        send(answers, kind + answer.encode("utf-8", "replace"))


def _ring(seconds: float) -> None:
    """End this process after a time, if the caller has died and cannot; 0 ends the alarm."""
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    least = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (least, hard))
    except (OSError, ValueError):  # some systems know the limit but cannot set it
        return
