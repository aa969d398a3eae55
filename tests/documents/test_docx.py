"""Word files that are whole, unusual, broken or hostile."""

import struct
import time
import tracemalloc
import zlib
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

import policylib as pol
from policylib.documents.docx import LARGEST
from tests.documents.helpers import CHINESE, problem, texts

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(
    body: str, compression: int = ZIP_DEFLATED, main: str = "word/document.xml", **notes
) -> bytes:
    """Pack a Word file; it has a part for each kind of notes."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        archive.writestr("_rels/.rels", links(other="x", officeDocument=main))
        archive.writestr("word/_rels/document.xml.rels", links(**{k: f"{k}.xml" for k in notes}))
        archive.writestr("word/document.xml" if "none" in main else main.lstrip("/"), body)
        for kind, text in notes.items():
            archive.writestr(f"word/{kind}.xml", text)
    return file.getvalue()


def links(**targets: str) -> str:
    rows = (
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f"<Relationships>{''.join(rows)}</Relationships>"


def word(*paragraphs: str, root: str = "document", space: str = W) -> str:
    """Write the XML of a part."""
    body = "".join(paragraphs)
    return f'<w:{root} xmlns:w="{space}" xmlns:mc="urn:mc"><w:body>{body}</w:body></w:{root}>'


def p(*runs: str) -> str:
    inner = "".join(run if run.startswith("<") else f"<w:t>{run}</w:t>" for run in runs)
    return f"<w:p><w:pPr><w:tabs><w:tab w:pos='1'/></w:tabs></w:pPr><w:r>{inner}</w:r></w:p>"


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


class TestDocxText:
    def test_word_gives_paragraphs_and_cells_in_order(self, tmp_path):
        table = f"<w:tbl><w:tr><w:tc>{p('a')}</w:tc><w:tc>{p('b')}{p()}</w:tc></w:tr></w:tbl>"
        box = (
            f"<mc:AlternateContent><mc:Choice><w:txbxContent>{p('box')}</w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent>{p('box')}</w:txbxContent></mc:Fallback></mc:AlternateContent>"
        )
        body = word(
            p(CHINESE[:4], CHINESE[4:]),
            table,
            p("be", box, "fore"),
            p("by", "<w:br/>", "hand", "<w:tab/>", "x", "<w:noBreakHyphen/>"),
            p(
                "<w:del><w:r><w:t>deleted</w:t></w:r></w:del>",
                "<w:delText>no</w:delText>",
                "kept\nhere",
            ),
            "<w:sectPr/>",
        )
        notes = {
            "footnotes": word(p("foot"), root="footnotes"),
            "endnotes": word(p("end"), root="endnotes"),
        }
        expected = [
            CHINESE,
            "a",
            "b",
            "before",
            "box",
            "by",
            "hand\tx\u2011",
            "kept here",
            "foot",
            "end",
        ]
        assert texts(tmp_path, "a.docx", docx(body, **notes)) == expected

    def test_word_of_other_makers(self, tmp_path):
        strict = word(p("a"), space="http://purl.oclc.org/ooxml/wordprocessingml/main")
        assert texts(tmp_path, "a.docx", docx(strict)) == ["a"]
        assert texts(tmp_path, "a.docx", docx(word(p("a")), main="/word/document2.xml")) == ["a"]

    def test_word_files_nested_without_end_are_read(self, tmp_path):
        deep = word("<w:sdt>" * 100_000 + p("deep") + "</w:sdt>" * 100_000)
        assert texts(tmp_path, "a.docx", docx(deep)) == ["deep"]
        assert len(deep) < LARGEST

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
