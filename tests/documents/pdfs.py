"""Write small PDF files by hand."""

import zlib

from policylib.documents.pdf_child import Limits, document_text


def pdf(
    *streams: bytes, kids: int = 1, forms: tuple[bytes, ...] = (), packed: bool = False
) -> bytes:
    """Write a PDF by hand, with a page for each stream; forms are named /F0, /F1 and so on."""
    pages = range(5, 5 + 2 * len(streams), 2)
    first = 5 + 2 * len(streams)
    kids_ = " ".join([f"{n} 0 R" for n in pages] * kids)
    listed = " ".join(f"/F{i} {first + i} 0 R" for i in range(len(forms)))
    resources = f"/Resources << /Font << /L 3 0 R /C 4 0 R >> /XObject << {listed} >> >>"
    wide = "/BaseFont /S /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids_}] "
        f"/MediaBox [0 0 595 842] {resources} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Type /Font /Subtype /Type0 /BaseFont /S /Encoding /UniGB-UTF16-H /DescendantFonts "
        f"[<< /Type /Font /Subtype /CIDFontType0 {wide} >>] >>".encode(),
    ]
    for number, stream in zip(pages, streams, strict=True):
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {number + 1} 0 R >>".encode())
        filter_ = b" /Filter /FlateDecode" * packed
        objects.append(
            b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(stream), filter_, stream)
        )
    for form in forms:
        head = (
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {resources} /Length {len(form)} >>"
        )
        objects.append(head.encode() + b"\nstream\n" + form + b"\nendstream")
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return data + head + table + trailer % (len(objects) + 1, len(data))


def lines(*shown: str) -> bytes:
    """Write a page of lines, Chinese ones in a Chinese font."""
    parts = []
    for number, line in enumerate(shown):
        if all(ord(character) < 256 for character in line):
            font, text = "L", f"({line})".encode("cp1252")
        else:
            font, text = "C", f"<{line.encode('utf-16-be').hex()}>".encode()
        place = 800 - 20 * number
        parts.append(f"BT /{font} 12 Tf 1 0 0 1 72 {place} Tm ".encode() + text + b" Tj ET")
    return b"\n".join(parts)


def placed(*shown: tuple[float, float, float, str]) -> bytes:
    """Write a page of texts, each with the place and the size of its letters."""
    parts = []
    for x, y, size, text in shown:
        wide = any(ord(character) > 255 for character in text)
        code = text.encode("utf-16-be" if wide else "cp1252").hex()
        font = "C" if wide else "L"
        parts.append(f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm <{code}> Tj ET".encode())
    return b"\n".join(parts)


def column(x: float, top: float, *texts: str, size: float = 12, leading: float = 18) -> list:
    """Place texts below each other, for `placed`."""
    return [(x, top - leading * number, size, text) for number, text in enumerate(texts)]


def read(*streams: bytes, **options) -> list[str]:
    """Return the paragraphs of a PDF with these pages, read in this process."""
    text = document_text(pdf(*streams, **options), Limits(100, 100_000))
    return text.split("\n") if text else []


def million(piece: bytes) -> bytes:
    """Compress a stream that repeats a piece until it is larger than 1 GB."""
    packer = zlib.compressobj(9)
    begin = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * 1100 + packer.flush()


NESTED = tuple(b" ".join([b"/F%d Do" % (i + 1)] * 20) for i in range(6))
