"""REFI-QDA projects that are named in their own way, damaged or hostile."""

import time
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_BZIP2, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.convert import qda_files, read_qdpx
from tests.convert.projects import archive, passage, qde, source, zipped

TEXT = "Robots 🤖 now.\r\nTalent."
XML = qde(source(passage(7, 8, "c2")))


def quotes(path):
    return read_qdpx(path).statements["quote"].to_list()


class TestArchive:
    @pytest.mark.parametrize("name", ["project.qde", "Trial.QDE", "folder/Proj 1.qde"])
    def test_any_single_qde_file_is_the_project(self, tmp_path, name):
        assert quotes(zipped(tmp_path / "a.qdpx", XML, name=name, a=TEXT)) == ["🤖"]

    @pytest.mark.parametrize("names", [[], ["a.qde", "b.qde"]])
    def test_none_or_several_qde_files_are_refused(self, tmp_path, names):
        path = archive(tmp_path / "a.qdpx", dict.fromkeys([*names, "sources/a.txt"], XML))
        message = f"a.qdpx cannot be read: expected one .qde file in it, found {len(names)}"
        with pytest.raises(ValueError, match=message):
            read_qdpx(path)

    def test_copies_that_macos_makes_are_ignored(self, tmp_path):
        files = {"p.qde": XML, "__MACOSX/._p.qde": "x", "sources/a.txt": TEXT}
        assert quotes(archive(tmp_path / "a.qdpx", files)) == ["🤖"]

    @pytest.mark.parametrize("address", ["internal://a.txt", "a.txt", "sources/A.TXT", "x/y/a.txt"])
    @pytest.mark.parametrize("inside", ["sources/a.txt", "Sources/a.TXT", "sources\\a.txt"])
    def test_addresses_of_texts(self, tmp_path, address, inside):
        xml = qde(source(passage(7, 8, "c2"), path=address))
        assert quotes(archive(tmp_path / "a.qdpx", {"p.qde": xml, inside: TEXT})) == ["🤖"]

    @pytest.mark.parametrize(
        "address", ["../a.txt", "internal://../../a.txt", "/a.txt", "C:/a.txt"]
    )
    def test_no_address_leads_out_of_the_project(self, tmp_path, address):
        (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
        project = read_qdpx(zipped(tmp_path / "a.qdpx", qde(source(path=address)), a=TEXT))
        assert project.documents.empty
        assert project.skipped["problem"].to_list() == ["its text is not inside the project"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    def test_encodings_of_texts(self, tmp_path, encoding):
        xml = qde(source(passage(2, 5, "c2")))
        path = zipped(tmp_path / "a.qdpx", xml, a="发展机器人产业".encode(encoding))
        assert quotes(path) == ["机器人"]

    def test_a_text_that_is_no_text_is_listed(self, tmp_path):
        path = zipped(tmp_path / "a.qdpx", XML, a=b"\x00\xff\xfe" * 9)
        project = read_qdpx(path)
        assert project.skipped["problem"].to_list() == [
            "its text cannot be read: binary data, not text"
        ]
        assert project.statements["paragraph"].isna().all()


BOMB = '<!DOCTYPE Project [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Project name="&b;"/>'
BROKEN = {
    "no archive": (b"text", "a.qdpx is not a REFI-QDA project, or damaged: File is not a zip"),
    "empty": (b"", "a.qdpx is not a REFI-QDA project"),
    "entities": ({"p.qde": BOMB}, "its XML has a DOCTYPE"),
    "external": ({"p.qde": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}, "a DOCTYPE"),
    "another root": ({"p.qde": "<CodeBook/>"}, "its XML begins with 'CodeBook', not 'Project'"),
    "broken XML": ({"p.qde": "<Project><a></Project>"}, "its XML is damaged: mismatched tag"),
    "no XML": ({"p.qde": ""}, "its XML is damaged: no element found"),
    "unknown encoding": ({"p.qde": '<?xml version="1.0" encoding="x"?><a/>'}, "is damaged: unk"),
    "deep": ({"p.qde": "<Project>" + "<a>" * 300}, "more than 200 elements within each other"),
    "path": ({"p.qde": XML, "../x.txt": ""}, "it holds '../x.txt', whose path leads out"),
    "absolute path": ({"p.qde": XML, "/etc/x": ""}, "it holds '/etc/x', whose path leads out"),
    "drive": ({"p.qde": XML, "C:/x": ""}, "it holds 'C:/x', whose path leads out"),
    "repeated": ({"p.qde": qde(codes='<Code guid="a" name="x"/><Code guid="{A}" name="y"/>')},
                 "the codes 'x' and 'y' have the same guid"),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
    def test_a_broken_or_hostile_project_is_refused(self, tmp_path, content, message):
        path = tmp_path / "a.qdpx"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            archive(path, content)
        with pytest.raises(ValueError, match=message):
            read_qdpx(path)

    @pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_TEXT"])
    @pytest.mark.parametrize(
        ("xml", "least"),
        [
            (qde(codes='<Code name="abc"/>' * 9), (9, 90)),
            (qde(source(passage(0, 19, "c1"), passage(0, 19, "c2"))), (20, 300)),
            (qde('<PDFSource name="p"/>' * 9), (9, 200)),
        ],
        ids=["codes", "codings", "skipped"],
    )
    def test_a_short_project_does_not_fill_the_memory(
        self, tmp_path, monkeypatch, limit, xml, least
    ):
        path = zipped(tmp_path / "a.qdpx", xml, a="a\n" * 10)
        few, enough = least[limit == "MOST_TEXT"] // 3, 1000
        monkeypatch.setattr(qda_files, limit, enough)
        read_qdpx(path)
        monkeypatch.setattr(qda_files, limit, few)
        with pytest.raises(ValueError, match=rf"a\.qdpx cannot be read: .* more than {few} c"):
            read_qdpx(path)

    def test_other_compression_is_refused(self, tmp_path):
        path = archive(tmp_path / "a.qdpx", {"p.qde": XML}, ZIP_BZIP2)
        with pytest.raises(ValueError, match=r"p.qde has a compression method that the standard"):
            read_qdpx(path)

    def test_an_encrypted_project_is_refused(self, tmp_path):
        path = archive(tmp_path / "a.qdpx", {"p.qde": XML}, ZIP_STORED)
        data = bytearray(path.read_bytes())
        for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
            data[data.find(mark) + place] |= 1
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"a.qdpx cannot be read: .*encrypted"):
            read_qdpx(path)

    @pytest.mark.parametrize("inside", ["p.qde", "sources/a.txt"])
    def test_a_bomb_is_not_unpacked(self, tmp_path, inside):
        path = tmp_path / "a.qdpx"
        with ZipFile(path, "w", 8) as opened:
            if inside != "p.qde":
                opened.writestr("p.qde", XML)
            with opened.open(inside, "w") as stream:
                for _ in range(30):
                    stream.write(b" " * 2**20)
        started = time.monotonic()
        tracemalloc.start()
        with pytest.raises(ValueError, match=f"{inside} would unpack from .* to 31,457,280 bytes"):
            read_qdpx(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000
        assert time.monotonic() - started < 5

    def test_texts_that_are_too_large_together_are_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(qda_files, "LARGEST", len(XML) + 10)
        with pytest.raises(ValueError, match="would unpack to more than"):
            read_qdpx(zipped(tmp_path / "a.qdpx", XML, a=TEXT))

    def test_xml_with_too_many_elements_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(qda_files, "MOST_ELEMENTS", 10)
        with pytest.raises(ValueError, match="its XML has too many elements"):
            read_qdpx(zipped(tmp_path / "a.qdpx", XML, a=TEXT))

    @given(data=st.binary(max_size=9), at=st.floats(0, 1), whole=st.booleans())
    def test_any_damage_is_an_error_or_harmless(self, data, at, whole):
        with TemporaryDirectory() as folder:
            path = Path(folder, "a.qdpx")
            before = XML.encode() if not whole else zipped(path, XML, a=TEXT).read_bytes()
            cut = int(at * len(before))
            damaged = before[:cut] + data + before[cut + len(data) :]
            path.write_bytes(damaged) if whole else zipped(path, damaged, a=TEXT)
            try:
                project = read_qdpx(path)
            except ValueError as error:
                assert str(error).startswith("a.qdpx ")  # noqa: PT017
            else:
                assert set(project.statements["code"]) <= set(project.codebook["id"])

    def test_another_ending_and_a_missing_file(self, tmp_path):
        with pytest.raises(ValueError, match=r"no ending '.zip' \(allowed: .qdpx\)"):
            read_qdpx(tmp_path / "a.zip")
        with pytest.raises(FileNotFoundError, match="no file"):
            read_qdpx(tmp_path / "a.qdpx")
        with pytest.raises(TypeError, match="expected the path of a file, not int"):
            read_qdpx(3)
