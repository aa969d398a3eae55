"""Test the parts of the documentation site that are made when it is built (docs/builder)."""

import base64
import io
import json
import re
import sys
from operator import attrgetter
from pathlib import Path

import pytest
from docutils.utils.math.latex2mathml import tex2mathml
from PIL import Image

import policylib

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))

from builder import assets, cells, dictionary, gallery, names, reference, staging  # noqa: E402

STUBS = sorted((ROOT / "policylib").glob("*/__init__.pyi"))

# --- The reference. -----------------------------------------------------------------------------


def test_every_public_name_has_one_page(tmp_path):
    reference.write(tmp_path / "reference", (ROOT / "docs" / "methods.md").read_text("utf-8"))
    pages = {path.stem for path in (tmp_path / "reference").glob("*.rst")} - {"index"}
    shown = {page.rpartition(".")[2] for page in pages}
    stubs = [ROOT / "policylib" / "__init__.pyi", *STUBS]
    lines = [line for stub in stubs for line in stub.read_text("utf-8").splitlines()]
    folders = {path.parent.name for path in STUBS}
    listed = {line.rpartition(" ")[2] for line in lines if line.startswith("from ")} - folders
    assert len(pages) == len(shown)
    assert shown == listed


def test_the_index_lists_every_page_under_its_task(tmp_path):
    index = reference.index()
    for name in reference.public().values():
        assert index.count(f"   {name.short}\n") >= 1
    headings = [line for line in index.splitlines() if line and not line.startswith((" ", "."))]
    tasks, folders = reference.sections()
    assert [line for line in headings if line in {*tasks, *folders}] == [*tasks, *folders]


def test_a_function_links_to_its_formula():
    page = "(methods-x)=\n## X\n\n*Functions*: `pol.project`,\n`pol.coding.coding_error`\n\n`pol.a`"
    assert reference.methods(page) == {"project": "methods-x", "coding.coding_error": "methods-x"}
    name = reference.public()["project"]
    assert ":ref:`methods-x`" in reference.page(name, "methods-x")


def test_the_page_of_methods_names_only_public_functions(tmp_path):
    found = reference.methods((ROOT / "docs" / "methods.md").read_text("utf-8"))
    assert len(found) > 20
    assert found.keys() <= reference.public().keys()
    with pytest.raises(ValueError, match="unknown functions: \\['projekt'\\]"):
        reference.write(tmp_path / "a", "(m)=\n## X\n\n*Functions*: `pol.projekt`\n")


def test_every_function_with_a_source_has_its_formula_on_the_page_of_methods():
    found = reference.methods((ROOT / "docs" / "methods.md").read_text("utf-8"))
    for short in reference.public():
        docstring = attrgetter(short)(policylib).__doc__ or ""
        assert ("References\n    ------" in docstring) <= (short in found), short


def test_formulas_use_commands_that_are_known():
    page = (ROOT / "docs" / "methods.md").read_text("utf-8")
    formulas = re.findall(r"\$\$\n(.+?)\n\$\$|\$([^$\n]+)\$", page, re.DOTALL)
    assert len(formulas) > 50
    for block, inline in formulas:
        assert tex2mathml(block or inline).startswith("<math")


# --- Links from names to pages. -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("pol.project", "policylib.project"),
        ("pol.project(counts.T)", "policylib.project"),
        ("count_statements(…, rows=…)", "policylib.count_statements"),
        ("pol.compare.project", "policylib.project"),
        ("pol.coding.coding_error", "policylib.coding.coding_error"),
        ("coding_error", "policylib.coding.coding_error"),
    ],
)
def test_a_name_in_a_text_is_found(text, full):
    assert names.find(text, reference.public()).full == full


@pytest.mark.parametrize("text", ["project", "statements", "label_zh", "pol.reed", "a project", ""])
def test_other_words_are_not_taken_for_functions(text):
    assert names.find(text, reference.public()) is None


def test_names_in_a_docstring_become_links_and_parameters_do_not():
    line = "If `statements` has no `code`, see `project` and ``x | y``; |A|."
    assert names.link(line, {"statements"}) == (
        "If ``statements`` has no ``code``, see :py:obj:`project <policylib.project>` and "
        r"``x | y``; \|A\|."
    )


def test_see_also_of_a_subpackage_is_resolved():
    assert names.link(":obj:`merge_codings`", set()) == (
        ":py:obj:`merge_codings <policylib.coding.merge_codings>`"
    )


# --- Nothing from outside. ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://a.org/x.js"></script>',
        '<script src="//a.org/x.js"></script>',
        '<link rel="stylesheet" href="https://a.org/x.css">',
        '<link rel="preload" as="font" href="https://a.org/x.woff2">',
        '<img src="https://a.org/x.png">',
        '<img srcset="x.png 1x, https://a.org/x.png 2x">',
        '<p style="background: url(https://a.org/x.png)">',
        "<style>@import 'https://a.org/x.css';</style>",
        '<style>@font-face { src: url("https://a.org/x.woff2") }</style>',
        '<iframe src="https://a.org"></iframe>',
        '<svg><use href="https://a.org/x.svg#a"></use></svg>',
    ],
)
def test_what_a_page_loads_from_outside_is_seen(text):
    assert len(assets.outside(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://a.org">a</a>',
        '<link rel="canonical" href="https://a.org">',
        '<script src="_static/x.js"></script>',
        '<img src="data:image/png;base64,AAAA">',
        "<style>a { background: url(data:image/png;base64,AAAA) }</style>",
        "<p>https://a.org/x.js</p>",
    ],
)
def test_links_and_own_files_are_allowed(text):
    assert assets.outside(text) == []


def test_faults_of_a_site_are_listed(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="b.html#x">1</a><a href="c.html">2</a><a href="#top">3</a>'
        '<a href="b.html#y">4</a><script src="https://a.org/x.js"></script>',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text(
        '<p id="x"></p><a href="../../outside.html">5</a>', encoding="utf-8"
    )
    (tmp_path / "c.css").write_text("@import url(https://a.org/y.css);", encoding="utf-8")
    assert sorted(assets.faults(tmp_path)) == [
        "a.html has a broken link to c.html",
        "a.html has a link to a missing place: b.html#y",
        "a.html loads https://a.org/x.js",
        "b.html has a broken link to ../../outside.html",
        "c.css loads https://a.org/y.css",
    ]


# --- The gallery, the dictionary, and links of the repository. ----------------------------------


def picture(color: str) -> str:
    """Return a large picture as base64."""
    file = io.BytesIO()
    Image.new("RGB", (1300, 650), color).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def notebooks(tmp_path):
    """Two notebooks, of which the first has two figures, and the second has none."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    title = {"cell_type": "markdown", "metadata": {}, "source": "# A & B?\n\nYes, `x`.\n\n*Data*"}
    outputs = [{"data": {"image/png": picture(color)}} for color in ("red", "blue")]
    figures = {"cell_type": "code", "metadata": {"alt": "Red."}, "source": "", "outputs": outputs}
    for name, parts in (("01-a", [title, figures]), ("02-b", [title])):
        notebook = {"cells": parts, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def test_the_gallery_shows_the_first_figure_of_each_notebook(notebooks, tmp_path):
    gallery.write(notebooks, tmp_path / "out", tmp_path / "thumbnails")
    (thumbnail,) = (tmp_path / "thumbnails").iterdir()
    image = Image.open(thumbnail).convert("RGB")
    assert image.size == (640, 320)
    assert image.getpixel((9, 9)) == (255, 0, 0)
    page = (tmp_path / "out" / "index.md").read_text("utf-8")
    assert page.count("<article>") == 2
    assert "A &amp; B?" in page
    assert "<p>Yes, <code>x</code>.</p>" in page
    assert '<img src="../_static/thumbnails/01-a.png"' in page
    assert "02-b.png" not in page
    assert page.endswith("01-a\n02-b\n\n```\n")


def test_figures_keep_their_descriptions(notebooks, tmp_path):
    gallery.write(notebooks, tmp_path / "out", tmp_path / "thumbnails")
    copied = json.loads((tmp_path / "out" / "01-a.ipynb").read_text("utf-8"))
    assert copied["cells"][1]["metadata"]["mystnb"] == {"image": {"alt": "Red."}}


def test_the_output_of_a_cell_is_found(tmp_path):
    shown = {"data": {"text/plain": ["a  b\n", "1  2"], "text/html": "<p>"}}
    found = [{"source": ["x = 1\n", "table"], "outputs": [shown]}, {"source": "other"}]
    path = tmp_path / "01-a.ipynb"
    path.write_text(json.dumps({"cells": found}), encoding="utf-8")
    assert cells.output(path, "= 1\ntab") == "a  b\n1  2"
    with pytest.raises(ValueError, match="no cell with the text 'other' and an output"):
        cells.output(path, "other")


def test_the_dictionary_has_every_column_of_every_file(tmp_path):
    descriptor = ROOT / "data" / "datapackage.json"
    dictionary.write(descriptor, tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    for resource in json.loads(descriptor.read_text("utf-8"))["resources"]:
        assert resource["path"].partition("/")[0] in page
        for field in resource["schema"]["fields"]:
            assert f"\n| `{field['name']}` | {dictionary.cell(field['description'])}" in page


def test_links_lead_to_the_pages_of_the_site():
    text = (
        "[a](data/README.md) [b](docs/trust.md#x) ![c](notebooks/pictures/a.png) [d](https://a.b)"
    )
    assert staging.relink(text, ".") == (
        "[a](/data.md) [b](/trust.md#x) ![c](notebooks/pictures/a.png) [d](https://a.b)"
    )
    assert staging.relink("[a](../README.md) [b](missing.md)", "docs") == (
        "[a](/index.md) [b](missing.md)"
    )
