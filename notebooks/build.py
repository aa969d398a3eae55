"""Run every notebook in this folder in a fresh kernel, and write HTML pages with an index.

`python notebooks/build.py build` writes pages to build/ and does not change the notebooks.
`python notebooks/build.py --in-place` writes new outputs into the notebooks, and the pictures of
cells tagged `picture`, which the README shows; it writes no pages.
"""

import argparse
import os
import re
import sys
import time
from base64 import b64decode
from html import escape
from pathlib import Path

import nbformat
from jinja2 import DictLoader, Template
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html, strip_ansi
from tqdm import tqdm

# nbconvert writes this for pictures without a description.
MISSING = "No description has been provided for this image"
HERE = Path(__file__).resolve().parent
# The page of nbconvert loads scripts from the network, for formulas, diagrams and widgets. This
# page needs no network, and links back to the index.
PAGE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_css %}<style>
main { max-width: 62rem; margin: 0 auto; } body.jp-Notebook { overflow: auto; }
nav { font: 0.9rem system-ui, sans-serif; padding: 1rem 0 0 5.4rem; } nav a { color: #14508c; }
</style>{% endblock %}
{% block body_header %}{{ super() }}<nav><a href="index.html">All notebooks</a></nav>{% endblock %}
"""
VIEW = "application/vnd.jupyter.widget-view+json"
INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>policylib: the notebooks</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body { font: 1.05rem/1.55 Georgia, "Noto Serif", serif; color: #222; background: #fdfdfb;
  max-width: 46rem; margin: 3.5rem auto; padding: 0 1.25rem; }
h1 { font-weight: normal; font-size: 2.2rem; margin: 0; }
header p { color: #555; margin: 0.2rem 0 2rem; }
table { border-collapse: collapse; width: 100%; } tr { border-top: 1px solid #ddd; }
td { padding: 0.9rem 0; vertical-align: top; } td p { margin: 0.15rem 0 0; color: #555; }
td:first-child { color: #999; padding-right: 1.1rem; } a { color: #14508c; text-decoration: none; }
a:hover { text-decoration: underline; } .time { color: #999; text-align: right; white-space: nowrap;
  padding-left: 1.5rem; font-variant-numeric: tabular-nums; }
</style></head><body><header><h1>policylib</h1>
<p>Statements in policy documents as networks: one question a notebook.</p></header>
<table>
{% for number, page, title, answer, seconds in rows %}<tr><td>{{ number }}</td>
<td><a href="{{ page }}">{{ title | e }}</a>{{ answer }}</td>
<td class="time">{{ "%.1f s" % seconds }}</td></tr>
{% endfor %}</table></body></html>
"""


def run(path: Path) -> nbformat.NotebookNode:
    """Execute a notebook in a fresh kernel; if a cell fails, exit and name notebook and cell."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(HERE)}},
    )
    try:
        return without_views(client.execute())
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        begun = [n for n, cell in enumerate(notebook.cells, 1) if cell.get("execution_count")]
        place = f"cell {begun[-1]} of {len(notebook.cells)}" if begun else "its first code cell"
        sys.exit(f"\n{path.name}: {place} failed.\n{strip_ansi(str(error))}")


def without_views(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove the views of widgets, which need a kernel, but keep their pictures."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
    return notebook


def title_and_answer(notebook: nbformat.NotebookNode) -> tuple[str, str]:
    """Return the first heading of a notebook and, as HTML, the paragraph below it."""
    heading, _, rest = notebook.cells[0].source.partition("\n")
    return heading.lstrip("# ").strip(), markdown2html(rest.strip().split("\n\n")[0])


def describe_figures(body: str, notebook: nbformat.NotebookNode) -> str:
    """Insert the description in the metadata of each figure's cell as its `alt` text."""
    described = [
        cell.metadata.get("alt", MISSING)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {}) and "text/html" not in output["data"]
    ]
    before, *after = body.split(f'alt="{MISSING}"')
    pairs = zip(described, after, strict=True)
    return before + "".join(f'alt="{escape(text)}"{rest}' for text, rest in pairs)


def save_picture(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Save the figure of the cell tagged `picture`, for the README."""
    for cell in notebook.cells:
        if "picture" in cell.metadata.get("tags", []):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b64decode(cell.outputs[0]["data"]["image/png"]))


def write(path: Path, page: str) -> None:
    """Write a page, and create its folder if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def main() -> None:
    """Run all notebooks, and write pages or the notebooks themselves."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("folder", nargs="?", type=Path, help="the folder for the pages")
    target.add_argument("--in-place", action="store_true", help="rewrite the notebooks instead")
    args = parser.parse_args()
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # not the user's kernel

    exporter = HTMLExporter(
        template_file="page.html.j2",
        extra_loaders=[DictLoader({"page.html.j2": PAGE})],
        embed_images=True,  # the pages stand alone
    )
    rows = []
    progress = tqdm(sorted(HERE.glob("*.ipynb")), unit="notebook", disable=None)
    for path in progress:
        progress.set_description(path.stem)
        start = time.perf_counter()
        notebook = run(path)
        seconds = time.perf_counter() - start
        tqdm.write(f"{seconds:6.1f} s  {path.name}")
        sys.stdout.flush()
        if args.in_place:
            nbformat.write(notebook, path)
            save_picture(notebook, HERE / "pictures" / f"{path.stem}.png")
            continue
        title, answer = title_and_answer(notebook)
        notebook.metadata["title"] = title
        page = args.folder / f"{path.stem}.html"
        body, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(HERE)}})
        body = describe_figures(body, notebook)
        write(page, re.sub(r'(href="[^":]+)\.ipynb\b', r"\1.html", body))
        number = path.stem.partition("-")[0]
        rows.append((number, page.name, title, answer, seconds))
    if not args.in_place:
        index = args.folder / "index.html"
        write(index, Template(INDEX).render(rows=rows))
        print(f"Open {index}")


if __name__ == "__main__":
    main()
