"""Show the output of a cell of a notebook on a page, so that its figures are not copied.

A block ``{cell-output} 10-code-your-own-documents`` shows the output of the first cell that
contains the text in the block.
"""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def output(path: Path, text: str) -> str:
    """Return the text that the first cell with this text in its source shows."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if text in "".join(cell["source"]):
            for shown in cell.get("outputs", []):
                if "text/plain" in shown.get("data", {}):
                    return "".join(shown["data"]["text/plain"])
    raise ValueError(f"{path.name} has no cell with the text {text!r} and an output")


class CellOutput(SphinxDirective):
    """Show the output of a cell as a block of text."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the block."""
        path = Path(self.env.srcdir, "notebooks", f"{self.arguments[0]}.ipynb")
        self.env.note_dependency(str(path))
        try:
            text = output(path, "\n".join(self.content))
        except (OSError, ValueError) as error:
            raise self.error(str(error)) from error
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("cell-output", CellOutput)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
