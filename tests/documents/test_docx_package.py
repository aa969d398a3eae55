"""Word files that are broken or hostile."""

import struct
import time
import tracemalloc
import zlib
from io import BytesIO
from zipfile import ZIP_BZIP2, ZipFile

import pytest

import policylib as pol
from tests.documents.helpers import problem, texts
from tests.documents.words import docx, links, p, word


def locked(whole: bytes) -> bytes:
    """Mark the parts of an archive as encrypted."""
    data = bytearray(whole)
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


def zipped(name: str, packed: bytes, size: int) -> bytes:
    """Write an archive by hand; the part may state a wrong size."""
    records, central = b"", b""
    rels = links(officeDocument=name).encode()
    for part, method, data, length, crc in (
        ("_rels/.rels", 0, rels, len(rels), zlib.crc32(rels)),
        (name, 8, packed, size, 0),
    ):
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, method, 0, 0, crc, len(data), length, len(part), 0
        )
        central += b"PK\1\2" + struct.pack("<H", 20) + common
        central += struct.pack("<HHHII", 0, 0, 0, 0, len(records)) + part.encode()
        records += b"PK\3\4" + common + part.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, 2, 2, len(central), len(records), 0)
    return records + central + b"PK\5\6" + end


def spaces(megabytes: int) -> bytes:
    """Compress an XML part of spaces quickly, by repeating one compressed megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(b"<a>") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + piece * megabytes + packer.flush()


def with_part(whole: bytes, part: str, before: str) -> bytes:
    """Write a text before the XML of a part of an archive."""
    file = BytesIO()
    with ZipFile(BytesIO(whole)) as old, ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, (before.encode() if name == part else b"") + old.read(name))
    return file.getvalue()


KINDS = ("styles", "numbering", "footnotes", "endnotes")
PARTS = [
    "_rels/.rels",
    "word/_rels/document.xml.rels",
    "word/document.xml",
    *(f"word/{kind}.xml" for kind in KINDS),
]
BROKEN = {
    "cut off": (docx(word(p("a")))[:-30], "not a Word file, or damaged: "),
    "text": (b"plain text", "not a Word file, or damaged: "),
    "another archive": (docx("").replace(b"_rels/.rels", b"_rels/other"), "a ZIP archive"),
    "protected": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or an old .doc"),
    "encrypted": (locked(docx(word(p("a")), 0)), "cannot be unpacked: "),
    "no main part": (docx("", main="word/none.xml"), "damaged: part word/none.xml is missing"),
    "wrong XML": (docx("<a><b></a>"), "damaged: mismatched tag"),
    "no XML": (docx(""), "damaged: no element found"),
    "entities": (
        docx('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'),
        "its XML has a DOCTYPE",
    ),
    "external": (
        docx('<!DOCTYPE a SYSTEM "https://example.invalid/a.dtd"><a/>'),
        "its XML has a DOCTYPE",
    ),
    "packed otherwise": (docx(word(p("a")), ZIP_BZIP2), "_rels/.rels has a compression method"),
    "empty": (docx(word(p())), "no text"),
    "damaged within": (zipped("a.xml", b"\xff" * 20, 20), "not a Word file, or damaged: "),
    "wrong checksum": (zipped("a.xml", spaces(1), 2**20 + 3), "not a Word file, or damaged: "),
}


class TestPackage:
    @pytest.mark.parametrize(("content", "expected"), BROKEN.values(), ids=BROKEN)
    def test_a_broken_word_file_is_told(self, tmp_path, content, expected):
        assert problem(tmp_path, "a.docx", content).startswith(expected)

    @pytest.mark.parametrize("part", PARTS)
    @pytest.mark.parametrize("encoding", ["F-8", "rot13", "utf-7", "idna", "punycode", "x" * 300])
    def test_an_unknown_encoding_stops_no_other_file(self, tmp_path, part, encoding):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>'
        whole = docx(word(p("a")), **dict.fromkeys(KINDS, word(p("b"))))
        (tmp_path / "bad.docx").write_bytes(with_part(whole, part, declared))
        (tmp_path / "good.docx").write_bytes(docx(word(p("Robots first"))))
        table, skipped = pol.read_documents(tmp_path)
        assert table["text"].to_list() == ["Robots first"]
        assert skipped["file"].to_list() == ["bad.docx"]
        assert skipped["problem"][0].startswith("damaged: ")
        assert skipped["problem"][0].endswith(f", in {part}")

    @pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "US-ASCII", "iso-8859-1", "cp1252"])
    def test_a_known_encoding_is_read(self, tmp_path, encoding):
        xml = f'<?xml version="1.0" encoding="{encoding}"?>{word(p("Café"))}'
        data = xml.encode(encoding, "xmlcharrefreplace")
        assert texts(tmp_path, "a.docx", docx(data)) == ["Café"]

    def test_a_file_of_too_many_elements_is_told(self, tmp_path, monkeypatch):
        whole = docx(word(p("a"), p("b")))
        assert texts(tmp_path, "a.docx", whole) == ["a", "b"]
        monkeypatch.setattr("policylib.documents.docx_package.MOST", 20)
        assert problem(tmp_path, "b.docx", whole) == "more than 20 elements; split the file"

    @pytest.mark.parametrize(
        ("claimed", "expected"),
        [
            (1100 * 2**20, "a.xml would unpack from 1,1"),  # the truth
            (2**32 - 1, "a.xml would unpack from 1,1"),
            (50_000_000, "not a Word file, or damaged: "),  # a possible size, so it is read
            (100, "not a Word file, or damaged: "),
        ],
    )
    def test_a_bomb_is_not_unpacked(self, tmp_path, claimed, expected):
        bomb = zipped("a.xml", spaces(1100), claimed)
        assert len(bomb) < 1_300_000
        path = tmp_path / "a.docx"
        path.write_bytes(bomb)
        started = time.monotonic()
        tracemalloc.start()
        with pytest.raises(pol.DataError) as caught:
            pol.read_documents(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert caught.value.faults["problem"][0].startswith(expected)
        assert peak < 20_000_000
        assert time.monotonic() - started < 10
