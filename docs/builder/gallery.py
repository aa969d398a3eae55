"""Copy the notebooks with their outputs, and write a gallery with a picture of each."""

import json
import re
from base64 import b64decode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from PIL import Image

WIDTH = 640  # pixels; a card has half as many
PAGE = """# Notebooks

Each notebook answers one question, with all code and outputs. To run and change them, use `make
lab` in a clone of the repository.

```{{raw}} html
<div class="gallery">
{cards}</div>
```

```{{toctree}}
:hidden:

{entries}
```
"""
CARD = """<article>
<a href="{stem}.html" tabindex="-1" aria-hidden="true">{picture}</a>
<p class="title"><a href="{stem}.html"><span>{number}</span> {title}</a></p>
{answer}</article>
"""


def write(source: Path, folder: Path, pictures: Path) -> None:
    """Copy all notebooks into a folder, with a gallery of them, and thumbnails into another."""
    for each in (folder, pictures):
        each.mkdir(parents=True)
    cards, entries = "", ""
    for path in sorted(source.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        describe(notebook)
        (folder / path.name).write_text(json.dumps(notebook), encoding="utf-8")
        found = first_figure(notebook) or saved_picture(source / "pictures" / f"{path.stem}.png")
        if found:
            thumbnail(found).save(pictures / f"{path.stem}.png", optimize=True)
        cards += card(path.stem, notebook, bool(found))
        entries += f"{path.stem}\n"
    text = PAGE.format(cards=cards, entries=entries)
    (folder / "index.md").write_text(text, encoding="utf-8")


def text_of(cell: dict[str, Any]) -> str:
    """Return the source of a cell, which may be stored as a list of lines."""
    return "".join(cell["source"])


def describe(notebook: dict[str, Any]) -> None:
    """Hand the description of each figure on to myst-nb, and call its language Python."""
    for cell in notebook["cells"]:
        if "alt" in cell["metadata"]:
            cell["metadata"]["mystnb"] = {"image": {"alt": cell["metadata"]["alt"]}}
    notebook["metadata"]["language_info"] = {"name": "python"}


def first_figure(notebook: dict[str, Any]) -> bytes | None:
    """Return the first picture in the outputs of a notebook."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                return b64decode("".join(output["data"]["image/png"]))
    return None


def saved_picture(path: Path) -> bytes | None:
    """Return the picture that a notebook without figures shows in its text."""
    return path.read_bytes() if path.exists() else None


def thumbnail(picture: bytes) -> Image.Image:
    """Return a small copy of a picture, on white."""
    image = Image.open(BytesIO(picture)).convert("RGBA")
    image.thumbnail((WIDTH, WIDTH))
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB").quantize(128)


def card(stem: str, notebook: dict[str, Any], has_picture: bool) -> str:
    """Return the card of a notebook: its picture, number, title and answer."""
    heading, _, rest = text_of(notebook["cells"][0]).partition("\n")
    answer = MarkdownIt().render(rest.strip().split("\n\n")[0])
    number = stem.partition("-")[0]
    shown = f'<img src="../_static/thumbnails/{stem}.png" class="dark-light" alt="">'
    return CARD.format(
        stem=stem,
        picture=shown if has_picture else f"<span>{number}</span>",
        number=number,
        title=escape(heading.lstrip("# ").strip()),
        answer=re.sub("</?a[ >][^>]*>?", "", answer),  # the card is a link itself
    )
