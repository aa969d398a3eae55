"""Link the names of public functions in texts and docstrings to their pages.

Texts name functions as `pol.project` or `count_statements(…)`, so that they can also be read
without the site. Docstrings name them as `project`, and their own parameters in the same way.
"""

import inspect
import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from builder.reference import Name, public

CALL = re.compile(r"(?P<pol>pol\.)?(?P<name>[A-Za-z_]\w*(?:\.\w+)*)(?:\(.*\))?", re.DOTALL)
KEPT = (nodes.title, nodes.reference, addnodes.pending_xref)
QUOTED = re.compile(r"(?<![:`\w>])`([^`\n]+)`(?![`_])")
SEE_ALSO = re.compile(r":(?:py:)?obj:`([\w.]+)`")
LITERAL = re.compile(r"(``.+?``)")


def find(text: str, names: Mapping[str, Name]) -> Name | None:
    """Return the public name that a text such as ``pol.project(matrix)`` calls, or None.

    Without ``pol.``, only names with an underscore are taken for functions: `statements` and
    `label` are names of columns and variables, too.
    """
    called = CALL.fullmatch(text)
    if not called or not (called["pol"] or "_" in called["name"]):
        return None
    return by_short(called["name"], names)


def by_short(name: str, names: Mapping[str, Name]) -> Name | None:
    """Return the public name that is written with or without the subpackage of its subject."""
    last = name.rpartition(".")[2]
    return names.get(name) or names.get(last) or (inner(last, names) if name == last else None)


def inner(name: str, names: Mapping[str, Name]) -> Name | None:
    """Return the public name that only one subpackage has."""
    return next((known for known in names.values() if known.name == name), None)


class LinkNames(SphinxTransform):
    """Turn literals that name a public function into links to its page."""

    default_priority = 300

    def apply(self, **_: Any) -> None:
        """Replace the literals of a document, except in headings and links."""
        names = public()
        for literal in list(self.document.findall(nodes.literal)):
            inside = literal.parent
            while inside is not None and not isinstance(inside, KEPT):
                inside = inside.parent
            known = None if inside else find(literal.astext(), names)
            if known and self.env.docname != f"reference/{known.short}":
                link = addnodes.pending_xref(
                    "",
                    refdomain="py",
                    reftype="obj",
                    reftarget=known.full,
                    refexplicit=True,
                    refwarn=True,
                )
                literal.replace_self(link)
                link += literal


def docstring(
    _app: Any, _what: str, _full: str, thing: Any, _options: Any, lines: list[str]
) -> None:
    """Turn quoted names in a docstring into links to functions, or into literals."""
    own = parameters(thing)
    in_code = False
    for number, line in enumerate(lines):
        in_code = bool(line.strip()) and (in_code or line.lstrip().startswith(">>>"))
        if not in_code:
            lines[number] = link(line, own)


def link(line: str, own: set[str]) -> str:
    """Return a line of a docstring with roles for the names in it, except a function's own."""
    names = public()

    def replace(match: re.Match[str]) -> str:
        known = None if match[1] in own else by_short(match[1], names)
        return f":py:obj:`{match[1]} <{known.full}>`" if known else f"``{match[1]}``"

    line = SEE_ALSO.sub(
        lambda match: replace(match) if by_short(match[1], names) else match[0], line
    )
    parts = LITERAL.split(QUOTED.sub(replace, line))
    parts[::2] = (part.replace("|", r"\|") for part in parts[::2])  # |A| is not a substitution
    return "".join(parts)


def parameters(thing: Any) -> set[str]:
    """Return the names of the parameters of a function."""
    try:
        return set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return set()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register both, the second one after numpydoc."""
    app.add_transform(LinkNames)
    app.connect("autodoc-process-docstring", docstring, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
