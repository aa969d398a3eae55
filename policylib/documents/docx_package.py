"""The parts of a Word file and the links between them, read within limits of size."""

import posixpath
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple, Self
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from policylib.documents.paragraphs import UnreadableError

LARGEST = 100_000_000  # bytes of all parts that are read; a thousand pages have about 10 MB
SMALL = 10_000_000  # bytes up to which the compression ratio is not checked
DENSEST = 200  # the highest compression ratio allowed; real files have 10 to 60
MOST = 3_000_000  # elements of all parts that are read; a thousand pages have some 250,000
DEEPEST = 5  # files within each other
CHUNK = 2**16

Start = Callable[[str, dict[str, str]], None]


class Link(NamedTuple):
    """A link from one part to another, or to another file."""

    kind: str
    target: str
    external: bool


class Package:
    """A Word file as an archive of parts; a file inside it shares its limit of size."""

    def __init__(self, data: bytes, outer: Self | None = None) -> None:
        self._archive = ZipFile(BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}
        self._spent: Counter[str] = outer._spent if outer else Counter()
        self._depth: int = outer._depth + 1 if outer else 1
        if self._depth > DEEPEST:
            raise UnreadableError(f"Word files within each other, {self._depth} deep")

    def __contains__(self, part: str) -> bool:
        """Return whether the file has a part."""
        return part.lower() in self._names

    def links(self, part: str) -> dict[str, Link]:
        """Return the links of a part by their ids; those of the file itself for `""`."""
        folder, name = posixpath.split(part)
        found: dict[str, Link] = {}

        def start(_: str, attributes: dict[str, str]) -> None:
            if "Type" not in attributes:
                return
            target, external = attributes.get("Target", ""), "TargetMode" in attributes
            external = external and attributes["TargetMode"].lower() == "external"
            if not external:
                path = posixpath.join("/", folder, unquote(target))
                target = posixpath.normpath(path).lstrip("/")
            kind = attributes["Type"].rpartition("/")[2]
            found.setdefault(attributes.get("Id", target), Link(kind, target, external))

        links = f"{folder}/_rels/{name}.rels".lstrip("/")
        if links in self:
            self.parse(links, start)
        return found

    def content_type(self, part: str) -> str:
        """Return what the package says that a part is, or `""`."""
        types: dict[str, str] = {}

        def start(_: str, attributes: dict[str, str]) -> None:
            name = attributes.get("PartName") or "." + attributes.get("Extension", "")
            types[name.lstrip("/").lower()] = attributes.get("ContentType", "")

        if "[Content_Types].xml" in self:
            self.parse("[Content_Types].xml", start)
        return types.get(part.lower(), types.get(posixpath.splitext(part)[1].lower(), ""))

    def read(self, part: str) -> bytes:
        """Return the bytes of a part."""
        # zipfile returns at most the size that is checked, and then compares the checksum.
        return self._archive.read(self._checked(part))

    def parse(
        self,
        part: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Parse the XML of a part piece by piece, up to the size that the archive states."""

        def counted(tag: str, attributes: dict[str, str]) -> None:
            spent["elements"] += 1
            if spent["elements"] > MOST:
                raise UnreadableError(f"more than {MOST:,} elements; split the file")
            start(tag, attributes)

        spent = self._spent
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = counted
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse
        with self._archive.open(self._checked(part)) as stream:
            while chunk := stream.read(CHUNK):
                _feed(parser, chunk, part)
        _feed(parser, b"", part)

    def _checked(self, part: str) -> ZipInfo:
        """Return the entry of a part, or raise if it is missing or too large."""
        if part not in self:
            raise UnreadableError(f"damaged: part {part} is missing")
        info = self._archive.getinfo(self._names[part.lower()])
        dense = info.file_size > max(SMALL, DENSEST * info.compress_size)
        if info.file_size > LARGEST or dense:
            raise UnreadableError(
                f"{part} would unpack from {info.compress_size:,} to {info.file_size:,} bytes"
            )
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableError(f"{part} has a compression method that Word does not use")
        self._spent["bytes"] += info.file_size
        if self._spent["bytes"] > LARGEST:
            raise UnreadableError(f"its parts would unpack to more than {LARGEST:,} bytes")
        return info


def attribute(attributes: dict[str, str], name: str) -> str:
    """Return an attribute by its name without the namespace, or `""`."""
    found = (value for key, value in attributes.items() if key.rpartition(" ")[2] == name)
    return next(found, "")


def is_on(value: str) -> bool:
    """Return whether a property that is on or off is on; it is, if it has no value."""
    return value.lower() not in ("0", "false", "off")


def _feed(parser: expat.XMLParserType, chunk: bytes, part: str) -> None:
    """Parse a piece of XML; an empty one ends it."""
    try:
        parser.Parse(chunk, not chunk)
    except UnreadableError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:  # such as an unknown encoding
        raise UnreadableError(f"damaged: {error!s:.200}, in {part}") from None


def _refuse(*_: object) -> None:
    raise UnreadableError("its XML has a DOCTYPE, which Word does not write")
