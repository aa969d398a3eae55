"""Write Word files by hand."""

from io import BytesIO
from posixpath import normpath
from zipfile import ZIP_DEFLATED, ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OUTSIDE = '<Relationship Id="subDocument" Type="{}/subDocument" Target="{}" TargetMode="External"/>'


def docx(
    body: str,
    compression: int = ZIP_DEFLATED,
    main: str = "word/document.xml",
    parts: dict[str, str | bytes] | None = None,
    outside: str = "",
    **notes: str,
) -> bytes:
    """Pack a Word file; a part is linked by its name without the ending, with that as its kind."""
    file = BytesIO()
    named = {f"{kind}.xml": text for kind, text in notes.items()} | (parts or {})
    with ZipFile(file, "w", compression) as archive:
        archive.writestr("_rels/.rels", links(other="x", officeDocument=main))
        linked = links(**{name.partition(".")[0]: name for name in named})
        if outside:
            linked = linked.replace("</", OUTSIDE.format(OFFICE, outside) + "</", 1)
        archive.writestr("word/_rels/document.xml.rels", linked)
        archive.writestr("word/document.xml" if "none" in main else main.lstrip("/"), body)
        for name, content in named.items():
            archive.writestr(normpath(f"word/{name}"), content)
    return file.getvalue()


def links(**targets: str) -> str:
    """Write the links of a part, by kinds."""
    rows = (
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f"<Relationships>{''.join(rows)}</Relationships>"


def word(*paragraphs: str, root: str = "document", space: str = W) -> str:
    """Write the XML of a part."""
    spaces = f'xmlns:w="{space}" xmlns:a="{A}" xmlns:m="{M}" xmlns:r="{OFFICE}" xmlns:mc="urn:mc"'
    return f"<w:{root} {spaces}><w:body>{''.join(paragraphs)}</w:body></w:{root}>"


def p(*runs: str, mark: str = "") -> str:
    """Write a paragraph; `mark` has properties of its mark, and of the paragraph before `|`."""
    own, _, marks = mark.rpartition("|")
    properties = f"<w:tabs><w:tab w:pos='1'/></w:tabs>{own}<w:rPr>{marks}</w:rPr>"
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(map(_run, runs))}</w:p>"


def r(text: str, properties: str = "") -> str:
    """Write a run; text that begins with `<` is XML."""
    inner = text if text.startswith("<") else f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:r><w:rPr>{properties}</w:rPr>{inner}</w:r>"


def _run(text: str) -> str:
    outer = ("<w:r>", "<w:ins", "<w:del>", "<w:move", "<w:hyper", "<w:sdt", "<w:fldSimple", "<m:")
    return text if text.startswith(outer) else r(text)
