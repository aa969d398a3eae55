"""Read the parts of a REFI-QDA project within limits of size, and parse its XML safely."""

import posixpath
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from policylib.documents.docx_package import CHUNK, DENSEST, LARGEST, SMALL
from policylib.documents.encoding import decode

# Elements and attributes in the XML of a project; 25,000 codings have 300,000.
MOST_ELEMENTS = 3_000_000
MOST_ROWS, MOST_TEXT = 500_000, LARGEST  # rows of a table, and characters in them
DEEPEST = 200  # elements within each other
INTERNAL = "internal://"
FOLDER = "sources"
LEFT_BEHIND = "__macosx/"  # a folder of macOS, whose files have the names of the real ones


class Budget:
    """The rows and the text that a table may still have; many codings can repeat one text."""

    def __init__(self) -> None:
        self._rows, self._text = MOST_ROWS, MOST_TEXT

    def spend(self, row: Mapping[str, object]) -> None:
        """Count a row, or raise if there are too many or they are too long."""
        self._rows -= 1
        self._text -= sum(len(cell) for cell in row.values() if isinstance(cell, str))
        if self._rows < 0:
            raise ValueError(f"it has more than {MOST_ROWS:,} codes, or codings of paragraphs")
        if self._text < 0:
            raise ValueError(f"its codes and codings have more than {MOST_TEXT:,} characters")


class Archive:
    """The files in a project. They are read in memory only, and nothing is unpacked to disk."""

    def __init__(self, opened: ZipFile) -> None:
        self._opened = opened
        self._left = LARGEST
        infos = [info for info in opened.infolist() if not info.is_dir()]
        names = [info.filename.replace("\\", "/") for info in infos]
        for name in names:
            if _leads_out(name):
                raise ValueError(f"it holds {name!r}, whose path leads out of the project")
        self._infos = {
            name.lower(): info
            for name, info in zip(names, infos, strict=True)
            if not name.lower().startswith(LEFT_BEHIND)
        }
        self._projects = [name for name in names if name.lower().endswith(".qde")]

    def project(self) -> Element:
        """Return the XML of the project: the only .qde file, whatever its name is."""
        found = [name for name in self._projects if name.lower() in self._infos]
        if len(found) != 1:
            listed = f": {', '.join(found)}" if found else ""
            raise ValueError(f"expected one .qde file in it, found {len(found)}{listed}")
        with self._opened.open(self._checked(found[0].lower())) as stream:
            return parse(stream, "Project")

    def text(self, address: str) -> str | None:
        """Return the text of a source, or None if it is not inside.

        The address is ``internal://`` and a name, a relative path or a bare name. A file outside
        the project is never opened.
        """
        path = address.removeprefix(INTERNAL).replace("\\", "/").lower()
        if not path or _leads_out(path):
            return None
        places = (f"{FOLDER}/{path}", path, f"{FOLDER}/{posixpath.basename(path)}")
        name = next((place for place in places if place in self._infos), None)
        if name is None:
            return None
        data = self._opened.read(self._checked(name))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:  # the standard asks for UTF-8
            return decode(data)

    def _checked(self, name: str) -> ZipInfo:
        """Return the entry of a file, or raise if it is too large when unpacked."""
        info = self._infos[name]
        if info.file_size > max(SMALL, DENSEST * info.compress_size):
            raise ValueError(
                f"{name} would unpack from {info.compress_size:,} to {info.file_size:,} bytes"
            )
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ValueError(f"{name} has a compression method that the standard does not use")
        self._left -= info.file_size
        if self._left < 0:
            raise ValueError(f"its text and codings would unpack to more than {LARGEST:,} bytes")
        return info


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a project, and name the file in every error that reading it raises."""
    with path.open("rb") as file:  # an error of the disk is not an error of the project
        yield from _archive(file, path.name)


def _archive(file: IO[bytes], name: str) -> Iterator[Archive]:
    try:
        with ZipFile(file) as archive:
            yield Archive(archive)
    except (BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ValueError(f"{name} is not a REFI-QDA project, or damaged: {error}") from error
    except (NotImplementedError, RuntimeError, ValueError) as error:  # such as an encrypted file
        raise ValueError(f"{name} cannot be read: {error}") from error


def parse(stream: IO[bytes], expected: str) -> Element:
    """Parse XML piece by piece into elements without namespaces; the root must be the expected one.

    A DOCTYPE is refused, since entities can make a short file expand to any length.
    """
    builder = TreeBuilder()
    left, depth = MOST_ELEMENTS, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left, depth
        left -= 1 + len(attributes)
        depth += 1
        if left < 0 or depth > DEEPEST:
            problem = f"more than {DEEPEST} elements within each other"
            raise ValueError(f"its XML has {problem if left >= 0 else 'too many elements'}")
        builder.start(_plain(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_plain(name))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:  # such as an unknown encoding
        raise ValueError(f"its XML is damaged: {error}") from error
    root: Element = builder.close()
    if root.tag != expected:
        raise ValueError(f"its XML begins with {root.tag!r:.60}, not {expected!r}")
    return root


def guid_of(element: Element | None, name: str = "guid") -> str:
    """Return an identifier in lower case and without braces, or an empty text.

    Examples
    --------
    >>> guid_of(Element("Code", {"guid": "{0F8A1907-7E42-4739-8610-A676B4D1B69F}"}))
    '0f8a1907-7e42-4739-8610-a676b4d1b69f'
    """
    return "" if element is None else element.get(name, "").strip(" {}").lower()


def children(parent: Element | None) -> Iterable[Element]:
    """Return the elements in an element that may be missing."""
    return () if parent is None else parent


def _plain(name: str) -> str:
    return name.rpartition(" ")[2]


def _leads_out(path: str) -> bool:
    """Return whether a path is absolute or has a part "..".

    Examples
    --------
    >>> [_leads_out(path) for path in ("sources/a.txt", "../a.txt", "/a.txt", "C:/a.txt")]
    [False, True, True, True]
    """
    return ".." in path.split("/") or path.startswith("/") or path[1:2] == ":"


def _refuse(*_: object) -> None:
    raise ValueError("its XML has a DOCTYPE, which the standard does not use")
