"""Small REFI-QDA projects, written by hand."""

import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

CORPORA = Path(
    os.environ.get("POLICYLIB_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")
)
REAL = CORPORA / "refi-qda"  # three real projects, and the schemas of the standard
CODES = """
<Code guid="c1" name="Machines" isCodable="true" color="#FF0000">
  <Description>What works by itself.</Description>
  <Code guid="c2" name="Robots" isCodable="true" color="#0f0"/>
</Code>
<Code guid="c3" name="Talent" isCodable="true"/>
"""
USERS = '<User guid="u1" name="Ann"/><User guid="u2" id="B"/>'


def qde(sources: str = "", *, codes: str = CODES, people: str = "", rest: str = "") -> str:
    """Return the XML of a project; `people` are variables and cases, `rest` is what follows."""
    return (
        '<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0" name="p">'
        f"<Users>{USERS}</Users><CodeBook><Codes>{codes}</Codes></CodeBook>{people}"
        f"<Sources>{sources}</Sources>{rest}</Project>"
    )


def source(
    *passages: str, name: str = "plan", path: str = "internal://a.txt", own: str = ""
) -> str:
    return (
        f'<TextSource guid="s1" name="{name}" plainTextPath="{path}">'
        f"{''.join(passages)}{own}</TextSource>"
    )


def passage(start: object, end: object, *codes: str, inside: str = "", user: str = "u1") -> str:
    listed = "".join(coding(code, user=user) for code in codes)
    return (
        f'<PlainTextSelection guid="p{start}-{end}" name="named" startPosition="{start}" '
        f'endPosition="{end}">{inside}{listed}</PlainTextSelection>'
    )


def coding(code: str, inside: str = "", user: str = "u1") -> str:
    return f'<Coding guid="k" creatingUser="{user}"><CodeRef targetGUID="{code}"/>{inside}</Coding>'


def zipped(
    path: Path, xml: str | bytes, *, name: str = "project.qde", **texts: str | bytes
) -> Path:
    """Write a project; each further argument is a text in its folder of sources."""
    files = {name: xml} | {f"sources/{key}.txt": text for key, text in texts.items()}
    return archive(path, files)


def archive(path: Path, files: dict[str, str | bytes], method: int = ZIP_DEFLATED) -> Path:
    with ZipFile(path, "w", method) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return path
