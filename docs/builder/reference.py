"""Write the pages of the reference from the stubs, which list the public names by task."""

import ast
import re
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import policylib

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "policylib"
INTRODUCTION = """Reference
=========

The functions by task. ``import policylib as pol`` makes all of them available as
``pol.read_tables`` and so on. Each page has the parameters, the result, an example that runs as a
test, and a link to the source code.
"""
BY_FOLDER = """
Only in the subpackage of a subject
-----------------------------------

Each name above is also in the subpackage of its subject. These are only there.
"""


class Name(NamedTuple):
    """A public name: the module in which it is documented, its own name, and its page."""

    module: str
    name: str

    @property
    def full(self) -> str:
        """The name with its module, such as ``policylib.coding.coding_error``."""
        return f"{self.module}.{self.name}"

    @property
    def short(self) -> str:
        """The name behind ``pol.``, which is also the name of its page."""
        return self.full.removeprefix("policylib.")


def by_task(stub: str) -> dict[str, list[Name]]:
    """Return the names of the main stub under the comments that name their tasks."""
    tasks: dict[str, list[Name]] = {}
    for line in stub.partition("\n\n")[2].splitlines():
        if line.startswith("# "):
            tasks[line[2:]] = []
        elif line.startswith("from "):
            tasks[list(tasks)[-1]].append(Name("policylib", line.rpartition(" ")[2]))
    return tasks


def by_folder(top: set[str]) -> dict[str, list[Name]]:
    """Return the names that only a subpackage has, under its name."""
    folders = {}
    for stub in sorted(PACKAGE.glob("*/__init__.pyi")):
        tree = ast.parse(stub.read_text(encoding="utf-8"))
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        names = sorted(alias.name for node in imports for alias in node.names)
        only = [Name(f"policylib.{stub.parent.name}", name) for name in names if name not in top]
        if only:
            folders[stub.parent.name] = only
    return folders


def sections() -> tuple[dict[str, list[Name]], dict[str, list[Name]]]:
    """Return all public names: by task, and by folder those that are only in one."""
    tasks = by_task((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    return tasks, by_folder({name.name for names in tasks.values() for name in names})


def public() -> dict[str, Name]:
    """Return each public name under what users write behind ``pol.``."""
    return {name.short: name for part in sections() for names in part.values() for name in names}


def methods(page: str) -> dict[str, str]:
    """Return for each function the label of the section of the methods page that names it.

    The line below a heading of that page lists its functions: ``*Functions*: `pol.project`, …``
    """
    found = {}
    for label, line in re.findall(r"^\((.+)\)=\n#.*\n+(\*Functions?\*: .*(?:\n.+)*)", page, re.M):
        for name in re.findall(r"`pol\.([\w.]+)`", line):
            found[name] = label
    return found


def page(name: Name, label: str | None) -> str:
    """Return the page of one public name, with a link to its formula if there is one."""
    thing = attrgetter(name.short)(policylib)
    kind = "class" if isinstance(thing, type) else "function"
    kind = "exception" if kind == "class" and issubclass(thing, Exception) else kind
    text = f"{name.short}\n{'=' * len(name.short)}\n\n"
    text += f".. currentmodule:: {name.module}\n\n"
    # The pages of source code link to a function under either of its names.
    folder = thing.__module__.split(".")[1]
    for other in {f"policylib.{name.name}", f"policylib.{folder}.{name.name}"} - {name.full}:
        text += f'.. raw:: html\n\n   <span id="{other}"></span>\n\n'
    text += f".. auto{kind}:: {name.name}\n"
    if label:
        text += f"\n.. admonition:: Formula\n\n   See :ref:`{label}` on the page of methods.\n"
    return text


def write(folder: Path, methods_page: str) -> None:
    """Write an index and a page for each public name into a folder."""
    folder.mkdir(parents=True)
    labels = methods(methods_page)
    unknown = labels.keys() - public().keys()
    if unknown:
        raise ValueError(f"the page of methods names unknown functions: {sorted(unknown)}")
    for name in public().values():
        text = page(name, labels.get(name.short))
        (folder / f"{name.short}.rst").write_text(text, encoding="utf-8")
    (folder / "index.rst").write_text(index(), encoding="utf-8")


def index() -> str:
    """Return the index: a table of names for each task, and for each folder."""
    tasks, folders = sections()
    text = INTRODUCTION
    for title, names in tasks.items():
        text += f"\n{title}\n{'-' * len(title)}\n\n" + _table(title, names)
    text += BY_FOLDER
    for title, names in folders.items():
        text += f"\n{title}\n{'~' * len(title)}\n\n" + _table(title, names)
    return text


def _table(title: str, names: list[Name]) -> str:
    rows = "".join(f"   {name.name}\n" for name in names)
    pages = "".join(f"   {name.short}\n" for name in names)
    return (
        f".. currentmodule:: {names[0].module}\n\n"
        f".. autosummary::\n   :nosignatures:\n\n{rows}\n"
        f".. toctree::\n   :hidden:\n   :caption: {title}\n\n{pages}"
    )
