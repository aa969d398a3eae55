"""Check a built site: all that its pages load is on the site, and so is all that they link to."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

# What a browser loads by itself; other links are followed only by a reader.
LOADING = {"stylesheet", "icon", "shortcut", "preload", "prefetch", "modulepreload", "preconnect"}
SOURCES = {"src", "srcset", "poster", "data", "background"}
IN_STYLE = re.compile(r"""url\(\s*(['"]?)(.*?)\1\s*\)|@import\s+(['"])(.*?)\3""", re.DOTALL)


class Link(NamedTuple):
    """An address on a page, and whether a browser loads it by itself."""

    address: str
    loaded: bool


class Page(HTMLParser):
    """The addresses and the ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.ids: set[str] = {""}
        self.in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and the id of an element."""
        values = {key: value or "" for key, value in attrs}
        self.in_style = tag == "style"
        self.ids |= {values[key] for key in ("id", "name") if key in values}
        for key in SOURCES & values.keys():
            parts = values[key].split(",") if key == "srcset" else [values[key]]
            self.links += [Link(part.split()[0], True) for part in parts if part.strip()]
        for key in {"href", "xlink:href"} & values.keys():
            loads = bool(LOADING & set(values.get("rel", "").split())) if tag == "link" else False
            self.links.append(Link(values[key], loads or tag in ("use", "image")))
        self.links += in_style(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Note the addresses in a style sheet."""
        if self.in_style:
            self.links += in_style(data)


def in_style(text: str) -> list[Link]:
    """Return the addresses that a style sheet loads."""
    return [Link(found[1] or found[3], True) for found in IN_STYLE.findall(text)]


def is_outside(address: str) -> bool:
    """Return whether an address leads to another server."""
    return bool(urlsplit(address).netloc)


def outside(text: str, *, style: bool = False) -> list[str]:
    """Return the addresses on other servers that a page, or a style sheet, loads by itself."""
    links = in_style(text) if style else Page(text).links
    return [link.address for link in links if link.loaded and is_outside(link.address)]


def faults(site: Path) -> Iterator[str]:
    """Yield what is wrong with the built pages and style sheets of a site."""
    # The theme keeps a template among its static files.
    found = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in found}
    for path in sorted(site.rglob("*.css")):
        for address in outside(path.read_text(encoding="utf-8"), style=True):
            yield f"{path.relative_to(site)} loads {address}"
    for path, page in pages.items():
        for link in sorted(set(page.links)):
            problem = _problem(link, path, site, pages)
            if problem:
                yield f"{path.relative_to(site)} {problem} {link.address}"


def _problem(link: Link, path: Path, site: Path, pages: dict[Path, Page]) -> str:
    parts = urlsplit(link.address)
    if parts.netloc:
        return "loads" if link.loaded else ""
    if parts.scheme:  # data: and mailto:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site) or not target.exists():
        return "has a broken link to"
    if target in pages and unquote(parts.fragment) not in pages[target].ids:
        return "has a link to a missing place:"
    return ""
