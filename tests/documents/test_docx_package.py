"""Word files that are broken or hostile."""

import struct
import time
import tracemalloc
import zlib
from zipfile import ZIP_BZIP2

import pytest

import policylib as pol
from tests.documents.helpers import problem
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
