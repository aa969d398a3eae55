"""Gather the sources of the site in one folder: the pages, what they include, generated pages.

The texts of the repository stay where they are, and are readable there. Their links are changed to
those of the site.
"""

import json
import re
import shutil
from pathlib import Path

from builder import dictionary, gallery, reference

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<=\]\()([^)\s:#]+)(?=[#)])")
# Texts that a page of the site includes, or shows in another form.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "data/README.md": "data.md",
    "data/datapackage.json": "data-dictionary.md",
}


def relink(text: str, folder: str) -> str:
    """Return a text of this folder of the repository with links that work on the site.

    Links to files that the site does not have, or that are made when it is built, stay as they are.
    """

    def replace(match: re.Match[str]) -> str:
        path = (ROOT / folder / match[1]).resolve()
        if not path.is_relative_to(ROOT) or not path.exists():
            return match[1]
        name = path.relative_to(ROOT).as_posix()
        return "/" + PAGES.get(name, name.removeprefix("docs/"))

    return LINK.sub(replace, text)


def stage(place: Path) -> Path:
    """Write all sources below a new folder; return the folder of the pages."""
    docs = place / "docs"
    ignored = shutil.ignore_patterns("builder", "build.py", "__pycache__")
    shutil.copytree(ROOT / "docs", docs, ignore=ignored)
    for path in docs.rglob("*.md"):
        folder = path.parent.relative_to(place).as_posix()
        path.write_text(relink(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
    for name in PAGES:
        if name.endswith(".md"):
            path = place / name
            path.parent.mkdir(exist_ok=True)
            text = (ROOT / name).read_text(encoding="utf-8")
            path.write_text(relink(text, Path(name).parent.as_posix()), encoding="utf-8")
    gallery.write(ROOT / "notebooks", docs / "notebooks", docs / "_static" / "thumbnails")
    for path in (docs / "notebooks").glob("*.ipynb"):
        relink_cells(path)
    shutil.copytree(ROOT / "notebooks" / "pictures", docs / "notebooks" / "pictures")
    methods = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    reference.write(docs / "reference", methods)
    dictionary.write(ROOT / "data" / "datapackage.json", docs / "data-dictionary.md")
    for name in ("data/datapackage.json", "CITATION.cff"):
        shutil.copy(ROOT / name, docs)
    return docs


def relink_cells(path: Path) -> None:
    """Change the links in the texts of a notebook to those of the site."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = relink("".join(cell["source"]), "notebooks")
    path.write_text(json.dumps(notebook), encoding="utf-8")
