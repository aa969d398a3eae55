"""Documents become paragraphs, and every file that does not is named with its reason."""

import builtins
import hashlib
import logging
import os
import struct
import sys
import time
import tracemalloc
import zlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pandas as pd
import pypdf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import policylib
from policylib import DataError
from policylib.coding.coder import find_terms
from policylib.documents import docx as _docx_text
from policylib.documents import encoding as _decode
from policylib.documents import markdown as _markdown_text
from policylib.documents import pdf as _pdf_text
from policylib.documents import read as documents
from policylib.documents.paragraphs import BLANK, LINE_END

CHINESE = "发展新质生产力，支持民营经济。"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def put(folder: Path, **files: bytes | str) -> Path:
    """Write files; in a name, `__` stands for the dot."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def texts(folder: Path, name: str, content: bytes | str, **options: str) -> list[str]:
    """Read a single file and give its paragraphs."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table, skipped = policylib.read_documents(path, **options)
    assert skipped.empty
    assert table["document"].unique().tolist() == [path.stem]
    assert table["paragraph"].to_list() == list(range(1, len(table) + 1))
    return table["text"].to_list()


def problem(folder: Path, name: str, content: bytes | str, **options: str) -> str:
    """Read a single file that cannot be read, and give the reason."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as caught:
        policylib.read_documents(path, **options)
    (fault,) = caught.value.faults.to_dict("records")
    assert fault["file"] == name
    return fault["problem"]


# --- A folder as a whole. -----------------------------------------------------------------------


def test_a_folder_gives_a_row_per_paragraph(tmp_path):
    (tmp_path / "2024").mkdir()
    put(tmp_path / "2024", henan__txt="  Robots.\r\n\n\tQuanta.\n", jilin__md="# Robots")
    put(tmp_path, zz__txt="Same.\nSame.")
    table, skipped = policylib.read_documents(tmp_path)
    assert list(table.columns) == ["document", "paragraph", "text", "sha256"]
    assert list(table[["document", "paragraph", "text"]].itertuples(index=False, name=None)) == [
        ("2024/henan", 1, "Robots."),
        ("2024/henan", 2, "Quanta."),
        ("2024/jilin", 1, "Robots"),
        ("zz", 1, "Same."),
        ("zz", 2, "Same."),
    ]
    assert table["sha256"][0] == hashlib.sha256(b"  Robots.\r\n\n\tQuanta.\n").hexdigest()
    assert list(map(str, table.dtypes)) == ["str", "int64", "str", "str"]
    assert list(map(str, skipped.dtypes)) == ["str", "str"]
    assert (len(skipped), list(skipped.columns)) == (0, ["file", "problem"])


def test_terms_are_found_in_what_was_read(tmp_path):
    put(tmp_path, a__txt=f"\u3000\u3000{CHINESE}\n")
    table, _ = policylib.read_documents(tmp_path)
    codes = {"id": ["private"], "terms_en": None, "terms_zh": ["民营经济"]}
    (hit,) = find_terms(table, pd.DataFrame(codes)).to_dict("records")
    assert table["text"][0][hit["start"] : hit["end"]] == "民营经济"


def test_an_ending_stays_where_two_documents_would_have_one_name(tmp_path):
    put(tmp_path, a__txt="1", a__md="2", a__txt__md="3", b__TXT="4", b__xlsx="5")
    table, skipped = policylib.read_documents(tmp_path)
    assert table["document"].to_list() == ["a.md", "a.txt", "a.txt.md", "b"]
    assert table["text"].to_list() == ["2", "1", "3", "4"]
    assert skipped["file"].to_list() == ["b.xlsx"]


def test_hidden_files_are_passed_over_and_others_are_listed(tmp_path):
    for folder in (".ipynb_checkpoints", "__MACOSX"):
        (tmp_path / folder).mkdir()
        put(tmp_path / folder, a__txt="x")
    put(tmp_path, __DS_Store="x", Thumbs__db="x", a__txt="x", b__xlsx="x", c="x")
    (tmp_path / "~$a.docx").write_bytes(b"x")
    table, skipped = policylib.read_documents(tmp_path)
    assert table["document"].to_list() == ["a"]
    assert skipped["file"].to_list() == ["b.xlsx", "c"]
    assert ".pdf" in skipped["problem"][0]


def test_every_file_that_cannot_be_read_is_listed(tmp_path):
    put(tmp_path, a__txt="", b__pdf="x", c__docx="x", d__txt=b"\0\1", e__txt="good")
    put(tmp_path, f__html="<p>", g__md="<!-- -->")
    (tmp_path / "h.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "i.txt").mkdir()
    put(tmp_path / "i.txt", j__txt="a folder may have any name")
    os.mkfifo(tmp_path / "k.txt")
    table, skipped = policylib.read_documents(tmp_path)
    assert table["document"].to_list() == ["e", "i.txt/j"]
    problems = dict(skipped.itertuples(index=False, name=None))
    assert {name: text.split(":")[0] for name, text in problems.items()} == {
        "a.txt": "empty",
        "b.pdf": "no PDF, or damaged",
        "c.docx": "no Word file, or damaged",
        "d.txt": "binary data, no text",
        "f.html": "no text",
        "g.md": "no text",
        "h.txt": "a link that leads nowhere",
        "k.txt": "not a regular file",
    }


def test_if_nothing_can_be_read_the_error_names_every_file(tmp_path):
    put(tmp_path, a__txt="", b__xlsx="x")
    with pytest.raises(DataError) as caught:
        policylib.read_documents(tmp_path)
    assert list(caught.value.faults.columns) == ["file", "row", "column", "problem"]
    assert caught.value.faults["file"].to_list() == ["a.txt", "b.xlsx"]
    assert str(caught.value).startswith(f"{tmp_path.name} has 2 faults:\na.txt: empty\n")


def test_what_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        policylib.read_documents(tmp_path / "none")
    put(tmp_path, __hidden="x")
    with pytest.raises(ValueError, match=r"holds no document \(allowed: .txt, .md"):
        policylib.read_documents(tmp_path)
    put(tmp_path, a__xlsx="x")
    with pytest.raises(ValueError, match=r"no ending '.xlsx' \(allowed: .txt, .md"):
        policylib.read_documents(tmp_path / "a.xlsx")


def test_links_to_folders_are_listed_and_not_followed(tmp_path):
    (tmp_path / "sub").mkdir()
    put(tmp_path / "sub", a__txt="x")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.txt").symlink_to(tmp_path / "sub" / "a.txt")
    table, skipped = policylib.read_documents(tmp_path)
    assert table["document"].to_list() == ["b", "sub/a"]
    assert skipped["file"].to_list() == ["sub/loop"]


def test_what_the_system_refuses_is_listed(tmp_path, monkeypatch):
    put(tmp_path, a__txt="x", b__txt="x", c__txt="x", d__txt="deep")
    read, decode = Path.read_bytes, _decode.decode

    def refuse(path):
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        if path.name == "c.txt":
            raise MemoryError
        return read(path)

    def sink(data, encoding):
        if data == b"deep":
            raise RecursionError
        return decode(data, encoding)

    def scan(top, onerror, walk=os.walk):
        onerror(PermissionError(13, "Permission denied", f"{top}/sub"))
        return walk(top)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(_decode, "decode", sink)
    monkeypatch.setattr(os, "walk", scan)
    _, skipped = policylib.read_documents(tmp_path)
    assert skipped["file"].to_list() == ["a.txt", "c.txt", "d.txt", "sub"]
    assert skipped["problem"][0] == skipped["problem"][3] == "cannot be read: Permission denied"
    assert skipped["problem"].to_list()[1:3] == ["too large for the memory", "nested too deep"]


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_unicode_becomes_text(tmp_path):
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"x")
    except OSError:
        pytest.skip("the file system takes no such name")
    assert policylib.read_documents(tmp_path)[0]["document"].to_list() == ["caf\\xe9"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_listed(tmp_path):
    put(tmp_path, a__txt="x", b__txt="x")
    (tmp_path / "a.txt").chmod(0)
    _, skipped = policylib.read_documents(tmp_path)
    assert skipped["problem"].to_list() == ["cannot be read: Permission denied"]


@pytest.mark.parametrize(("name", "package"), [("a.md", "markdown_it"), ("a.pdf", "pypdf")])
def test_a_missing_extra_is_named_only_when_it_is_needed(tmp_path, monkeypatch, name, package):
    usual = builtins.__import__

    def without(module, *args, **options):
        if module.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)
        return usual(module, *args, **options)

    for module in ("markdown", "pdf"):
        monkeypatch.delitem(sys.modules, f"policylib.documents.{module}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    assert texts(tmp_path, "a.txt", "x") == ["x"]
    assert texts(tmp_path, "a.html", "x") == ["x"]
    put(tmp_path, **{name.replace(".", "__"): "x"})
    with pytest.raises(ImportError, match=r"pip install 'policylib\[documents\]'"):
        policylib.read_documents(tmp_path)


# --- Text and its encodings. --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16", b""),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32", b""),
        ("gb18030", b""),
        ("gbk", b""),
        ("gb18030", b"\x84\x31\x95\x33"),
    ],
)
def test_encodings_are_found_out(tmp_path, encoding, mark):
    text = f"{CHINESE}\n\nRobots\n"
    assert texts(tmp_path, "a.txt", mark + text.encode(encoding)) == [CHINESE, "Robots"]


def test_traditional_chinese_in_gbk_is_chinese(tmp_path):
    text = "發展新質生產力，支持民營經濟，擴大國內需求，優化營商環境。"
    assert texts(tmp_path, "a.txt", text.encode("gbk")) == [text]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"good \xff bad", "byte 0xff at 5 is neither UTF-8 nor GB18030"),
        (CHINESE.encode("gbk") + b"\xff", "byte 0xff at 30 is neither UTF-8 nor GB18030"),
        (CHINESE.encode() + b"\xff", "byte 0xff at 45 is neither UTF-8 nor GB18030"),
        (b"don\x92t", "byte 0x92 at 3 is not UTF-8, nor is it Chinese in GB18030; name `encoding`"),
        ("привет".encode("cp1251"), "byte 0xef at 0 is not UTF-8, nor is it Chinese"),
        ("ab".encode("utf-16-le"), "binary data, no text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "binary data, no text"),
        (b"\1\2\3\4 text", "binary data, no text"),
        (b"\xff\xfe\0\0", "no text"),
        (b"\xff\xfea\0\0\0", "binary data, no text"),
        (b"\xff\xfea\0b", "marked as UTF-16-LE, but byte 0x62 at 4 is not"),
        (b"\xef\xbb\xbfa\xff", "marked as UTF-8, but byte 0xff at 4 is not"),
        (b"\xef\xbb\xbf", "no text"),
        (" \n\u200b \u3000\n\ufeff\n", "no text"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(tmp_path, content, expected):
    assert problem(tmp_path, "a.txt", content).startswith(expected)


def test_an_encoding_can_be_named(tmp_path):
    assert texts(tmp_path, "a.txt", b"don\x92t", encoding="cp1252") == ["don\u2019t"]
    assert texts(tmp_path, "a.txt", "ab".encode("utf-16-le"), encoding="utf-16-le") == ["ab"]
    assert texts(tmp_path, "a.txt", CHINESE, encoding="big5") == [CHINESE]  # UTF-8 comes first
    assert "nor big5" in problem(tmp_path, "a.txt", b"\xff", encoding="big5")
    for encoding in ("no-such", "rot13", "a\0b"):
        with pytest.raises(ValueError, match="no encoding"):
            policylib.read_documents(tmp_path, encoding=encoding)


def test_lines_end_only_where_an_editor_ends_them(tmp_path):
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\rh\r\ni"
    assert texts(tmp_path, "a.txt", text) == ["a\x0bb\x0cc\x1cd\x85e", "f", "g", "h", "i"]


def test_characters_that_do_not_show_stay_within_a_paragraph(tmp_path):
    text = "a\u200bb \u202eשלום\u202c\x07 c, d, e, f, g, h, i, j, k, l"
    assert texts(tmp_path, "a.txt", text) == [text]


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), st.sampled_from("\n\r"))
def test_what_is_written_is_read(lines, encoding, end):
    assume(not any(map(LINE_END.search, lines)))
    kept = [line.strip() for line in lines if line.strip(BLANK)]
    assume(kept)
    data = end.join(lines).encode(encoding)
    if encoding == "gb18030":
        try:  # few bytes can be both
            data.decode("utf-8")
            assume(data.isascii())
        except UnicodeDecodeError:
            pass
    assume(not (encoding == "utf-8" and lines[0][:1] == "\ufeff"))
    with TemporaryDirectory() as folder:
        assert texts(Path(folder), "a.txt", data, encoding="gb18030") == kept


@given(st.binary(max_size=200), st.sampled_from([*documents.READERS]))
def test_any_bytes_are_read_or_told(data, ending):
    with TemporaryDirectory() as folder:
        put(Path(folder), good__txt="x", **{f"bad_{ending}".replace(".", "_"): data})
        table, skipped = policylib.read_documents(folder)
    assert table["document"].nunique() + len(skipped) == 2


def test_a_long_line_takes_little_time(tmp_path):
    started = time.monotonic()
    (text,) = texts(tmp_path, "a.txt", CHINESE.encode() * 400_000)
    assert len(text) == 400_000 * len(CHINESE)
    assert time.monotonic() - started < 10


# --- Markdown. ----------------------------------------------------------------------------------

MARKDOWN = f"""\
Title
=====

Some *strong* [words](https://example.org) and `code`,
broken to fit. {CHINESE[:4]}
{CHINESE[4:]}

- item &amp; more
  1. deeper\\
     by hand

> quoted<br>line <b>bold</b> ![picture](a.png)

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1

y = 2
```

<div><p>raw</p><script>no</script></div>

***
"""


def test_markdown_loses_its_markup(tmp_path):
    assert texts(tmp_path, "a.md", MARKDOWN) == [
        "Title",
        f"Some strong words and code, broken to fit. {CHINESE}",
        "item & more",
        "deeper",
        "by hand",
        "quoted",
        "line bold picture",
        "a",
        "b",
        "1",
        "2",
        "x = 1",
        "y = 2",
        "raw",
    ]
    assert texts(tmp_path, "a.markdown", CHINESE.encode("gbk")) == [CHINESE]


def test_markdown_beyond_bounds_is_told(tmp_path, monkeypatch):
    assert "100 deep" in problem(tmp_path, "a.md", ">" * 200 + " lost")
    assert texts(tmp_path, "a.md", ">" * 90 + " kept") == ["kept"]
    monkeypatch.setattr(_markdown_text, "LARGEST", 10)
    assert "more than 10 characters" in problem(tmp_path, "a.md", "a" * 11)


# --- HTML. --------------------------------------------------------------------------------------

PAGE = f"""<!DOCTYPE html>
<html><head><title>no <b>title</b></title><style>p {{}}</style><script>var a = "<p>no</p>";</script>
</head><body>loose<h1>Head&amp;shoulders</h1>
<p>One
  <em>para</em>graph&nbsp;here<br>and a line
<p>{CHINESE[:4]}
   {CHINESE[4:]}</p>
<table><tr><td>a<td>b</table><ul><li>item</ul>
<template><template>no</template>no</template><!-- no <p> -->
<pre> two
 lines</pre><img src="https://example.invalid/a.png"> 1 < 2 &lt;p&gt;</body></html>"""


def test_html_gives_a_paragraph_per_block(tmp_path):
    assert texts(tmp_path, "a.html", PAGE) == [
        "loose",
        "Head&shoulders",
        "One paragraph\xa0here",
        "and a line",
        CHINESE,
        "a",
        "b",
        "item",
        "two",
        "lines",
        "1 < 2 <p>",
    ]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("big5", "big5"),
        ("iso-8859-1", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("UTF-16", "utf-8"),
    ],
)
def test_html_says_its_encoding(tmp_path, charset, encoding):
    text = {"big5": "發展", "cp1252": "don\u2019t é"}.get(encoding, CHINESE)
    for head in (
        f'<meta charset="{charset}">',
        f"<META http-equiv=Content-Type content='text/html; charset={charset}'>",
        f'<?xml version="1.0" encoding="{charset}"?>',
    ):
        assert texts(tmp_path, "a.htm", f"{head}<p>{text}".encode(encoding)) == [text]


def test_html_that_says_a_wrong_encoding_is_read_if_another_fits(tmp_path):
    for charset in ("us-ascii", "no-such", "utf-8", "idna", "rot13"):
        page = f"<meta charset={charset}><p>{CHINESE}"
        assert texts(tmp_path, "a.html", page) == [CHINESE]
        assert texts(tmp_path, "a.html", page.encode("gbk")) == [CHINESE]
    mark = b"\xef\xbb\xbf<meta charset=gbk>"
    assert texts(tmp_path, "a.html", mark + CHINESE.encode()) == [CHINESE]


def test_xhtml_is_html(tmp_path):
    page = '<?xml version="1.0"?><html><title/><script src="a"/><p>a<br/>b</p><![CDATA[c]]></html>'
    assert texts(tmp_path, "a.html", page)[:2] == ["a", "b"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a<script>b", "<script> never ends"),
        ("<p>a<title>b", "<title> never ends"),
        ("<p>a<!-- b", "what begins with '<!-- b"),
        ("<p>a<p class='b", "what begins with "),
    ],
)
def test_html_that_is_cut_off_is_told(tmp_path, page, expected):
    assert problem(tmp_path, "a.html", page).startswith(expected)


def test_html_cannot_take_long(tmp_path):
    started = time.monotonic()
    for piece in ("<!--", "<a ", "<a b='", "<![CDATA[", "&#", "<p>", "</a", "<?", "\n "):
        (tmp_path / "a.html").write_text("x<p>" + piece * 50_000)
        put(tmp_path, good__txt="x")
        policylib.read_documents(tmp_path)
    assert time.monotonic() - started < 30


# --- Word. --------------------------------------------------------------------------------------


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


def test_word_gives_paragraphs_and_cells_in_order(tmp_path):
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


def test_word_of_other_makers(tmp_path):
    strict = word(p("a"), space="http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert texts(tmp_path, "a.docx", docx(strict)) == ["a"]
    assert texts(tmp_path, "a.docx", docx(word(p("a")), main="/word/document2.xml")) == ["a"]


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
    """Write an archive by hand, with links to the part and whatever size it claims to have."""
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
    """Pack an XML part of so many spaces, without packing each of them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(b"<a>") + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + piece * megabytes + packer.flush()


BROKEN = {
    "cut off": (docx(word(p("a")))[:-30], "no Word file, or damaged: "),
    "text": (b"plain text", "no Word file, or damaged: "),
    "another archive": (docx("").replace(b"_rels/.rels", b"_rels/other"), "a ZIP archive"),
    "protected": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or an old .doc"),
    "encrypted": (locked(docx(word(p("a")), 0)), "cannot be unpacked: "),
    "no main part": (docx("", main="word/none.xml"), "damaged: no part word/none.xml"),
    "wrong XML": (docx("<a><b></a>"), "damaged: mismatched tag"),
    "no XML": (docx(""), "damaged: no element found"),
    "entities": (
        docx('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'),
        "its XML declares entities",
    ),
    "external": (
        docx('<!DOCTYPE a SYSTEM "https://example.invalid/a.dtd"><a/>'),
        "its XML declares entities",
    ),
    "packed otherwise": (docx(word(p("a")), ZIP_BZIP2), "_rels/.rels is packed in a way"),
    "empty": (docx(word(p())), "no text"),
    "damaged within": (zipped("a.xml", b"\xff" * 20, 20), "no Word file, or damaged: "),
    "wrong checksum": (zipped("a.xml", spaces(1), 2**20 + 3), "no Word file, or damaged: "),
}


@pytest.mark.parametrize(("content", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_word_file_is_told(tmp_path, content, expected):
    assert problem(tmp_path, "a.docx", content).startswith(expected)


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (1100 * 2**20, "a.xml would unpack from 1,1"),  # the truth
        (2**32 - 1, "a.xml would unpack from 1,1"),
        (50_000_000, "no Word file, or damaged: "),  # as dense as text can be: read so far
        (100, "no Word file, or damaged: "),
    ],
)
def test_a_bomb_is_not_unpacked(tmp_path, claimed, expected):
    bomb = zipped("a.xml", spaces(1100), claimed)
    assert len(bomb) < 1_300_000
    path = tmp_path / "a.docx"
    path.write_bytes(bomb)
    started = time.monotonic()
    tracemalloc.start()
    with pytest.raises(DataError) as caught:
        policylib.read_documents(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.faults["problem"][0].startswith(expected)
    assert peak < 20_000_000
    assert time.monotonic() - started < 10


# --- PDF. ---------------------------------------------------------------------------------------


def pdf(
    *streams: bytes, kids: int = 1, forms: tuple[bytes, ...] = (), packed: bool = False
) -> bytes:
    """Write a PDF by hand, a page for each stream; forms are called /F0, /F1 and so on."""
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
    """Write a page, a line below the other; Chinese in the font that has it."""
    parts = []
    for number, line in enumerate(shown):
        if all(ord(character) < 256 for character in line):
            font, text = "L", f"({line})".encode("cp1252")
        else:
            font, text = "C", f"<{line.encode('utf-16-be').hex()}>".encode()
        place = 800 - 20 * number
        parts.append(f"BT /{font} 12 Tf 1 0 0 1 72 {place} Tm ".encode() + text + b" Tj ET")
    return b"\n".join(parts)


def test_pdf_joins_the_lines_of_a_paragraph(tmp_path):
    pages = [
        lines(
            "A heading",
            "The first line is full, and runs to the margin on",
            "the right, as does the second, with a long-term-",
            "goal, but the third does not.",
            "The next paragraph then begins with a line as long",
            "as the others.",
        ),
        lines("Another page"),
    ]
    assert texts(tmp_path, "a.pdf", pdf(*pages)) == [
        "A heading",
        "The first line is full, and runs to the margin on the right, as does the second, with a "
        "long-term-goal, but the third does not.",
        "The next paragraph then begins with a line as long as the others.",
        "Another page",
    ]


def test_pdf_joins_chinese_without_spaces(tmp_path):
    page = lines("标题", "发展新质生产力，支持民营经济，", "扩大国内需求，优化营商环境。", "完")
    assert texts(tmp_path, "a.pdf", pdf(page)) == [
        "标题",
        "发展新质生产力，支持民营经济，扩大国内需求，优化营商环境。完",
    ]


def test_lines_of_a_pdf_by_themselves():
    join = lambda *lines: list(_pdf_text._join(list(lines), 10))  # noqa: E731
    assert join("") == [""]
    assert join("soft hyph\u00ad", "en") == ["soft hyphen"]
    assert join("- a", "1-", "b") == ["- a", "1-", "b"]
    assert join("x 123456-", "7") == ["x 123456- 7"]
    assert join("ends on -") == ["ends on -"]
    assert join("short", "b", "", "c") == ["short", "b", "", "c"]


def test_surrogates_of_a_pdf_do_not_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(pypdf.PageObject, "extract_text", lambda *_, **__: "a\ud800b")
    assert texts(tmp_path, "a.pdf", pdf(b"")) == ["a\ufffdb"]


def encrypted(password: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(BytesIO(pdf(lines("secret"))))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_encrypted_pdf_opens_only_without_a_password(tmp_path, algorithm):
    assert texts(tmp_path, "a.pdf", encrypted("", algorithm)) == ["secret"]
    expected = "encrypted; it needs a password"
    assert problem(tmp_path, "a.pdf", encrypted("word", algorithm)) == expected


def test_what_decrypts_may_be_missing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise pypdf.errors.DependencyError

    monkeypatch.setattr(pypdf, "PdfReader", fail)
    assert "policylib[documents]" in problem(tmp_path, "a.pdf", b"%PDF")


def million(piece: bytes) -> bytes:
    """Pack a stream of more than 1 GB of one byte."""
    packer = zlib.compressobj(9)
    begin = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * 1100 + packer.flush()


NESTED = tuple(b" ".join([b"/F%d Do" % (i + 1)] * 20) for i in range(6))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"plain text", "no PDF, or damaged: "),
        (pdf(lines("a"))[:300], "no PDF, or damaged: "),
        (pdf(b""), "no text; a scan needs OCR first"),
        (pdf(million(b" "), packed=True), "beyond a limit of pypdf: "),
        (pdf(lines("a"), kids=100_001), "beyond a limit of pypdf: "),
        (pdf(lines("a") + b"[" * 100_000), "no PDF, or damaged: "),
        (pdf(b"/F0 Do", forms=(*NESTED, lines("a"))), "takes longer than 2 seconds; split it"),
    ],
    ids=["text", "cut off", "scan", "bomb", "pages", "nested arrays", "nested forms"],
)
def test_a_broken_pdf_is_told(tmp_path, content, expected, caplog, monkeypatch):
    monkeypatch.setattr(_pdf_text, "SECONDS", 2)
    started = time.monotonic()
    assert problem(tmp_path, "a.pdf", content).startswith(expected)
    assert time.monotonic() - started < 20
    assert not caplog.records
    logger = logging.getLogger("pypdf")
    assert (logger.propagate, logger.handlers, logger.level) == (True, [], logging.NOTSET)


def test_a_pdf_ends_with_its_time_and_its_room(tmp_path, monkeypatch):
    content = pdf(lines("a"), lines("b"))
    monkeypatch.setattr(_pdf_text, "LONGEST", 1)
    assert "more than 1 characters" in problem(tmp_path, "a.pdf", content)
    monkeypatch.setattr(_pdf_text, "SECONDS", -1)
    assert "takes longer" in problem(tmp_path, "a.pdf", content)


def test_what_pypdf_leaves_out_for_its_limits_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(_pdf_text, "FORMS", 2)
    content = pdf(b"/F0 Do " * 3, forms=(lines("a"),))
    assert "Exceeded 2 form" in problem(tmp_path, "a.pdf", content)
    assert texts(tmp_path, "a.pdf", pdf(b"/F0 Do " * 2, forms=(lines("a"),))) == ["a", "a"]
    assert texts(tmp_path, "a.pdf", pdf(lines("a") + b" /F9 Do")) == ["a"]  # there is no such form


def test_word_files_nested_without_end_are_read(tmp_path):
    deep = word("<w:sdt>" * 100_000 + p("deep") + "</w:sdt>" * 100_000)
    assert texts(tmp_path, "a.docx", docx(deep)) == ["deep"]
    assert len(deep) < _docx_text.LARGEST


def test_a_broken_declaration_is_listed(tmp_path):
    put(tmp_path, a__html="<p>good</p>", b__html="<p>x</p><![<p>y</p>")
    table, skipped = policylib.read_documents(tmp_path)
    assert table["document"].to_list() == ["a"]
    assert skipped["file"].to_list() == ["b.html"]


def test_a_chinese_note_in_markdown_is_no_link(tmp_path):
    put(tmp_path, a__md="前文。\n\n[注]: 发展机器人\n\n后文。")
    table, _ = policylib.read_documents(tmp_path)
    assert table["text"].to_list() == ["前文。", "[注]: 发展机器人", "后文。"]


def test_other_encodings_that_turn_into_private_characters_are_listed(tmp_path):
    put(tmp_path, a__txt="good", b__txt="發展機器人與經濟".encode("big5"))
    _, skipped = policylib.read_documents(tmp_path)
    assert skipped["file"].to_list() == ["b.txt"]
    table, _ = policylib.read_documents(tmp_path, encoding="big5")
    assert table["text"].to_list() == ["good", "發展機器人與經濟"]
