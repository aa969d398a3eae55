"""Every notebook in JupyterLab, in a real browser."""

import re
from io import BytesIO

import matplotlib.image
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from policylib.plot.style import COLOURS
from tests.browser.conftest import FOLDER, IDLE, SHOTS, WIDTH

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 120  # for all cells of a notebook
TALLEST = 16_000

pytestmark = pytest.mark.browser

RUN = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
HEIGHT = "[...document.querySelectorAll('.jp-Cell')].reduce((sum, x) => sum + x.offsetHeight, 300)"


def test_there_are_notebooks():
    assert NOTEBOOKS, f"no notebook in {FOLDER}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_jupyterlab(path, page, address):
    base, token, _ = address
    page.goto(f"{base}lab/tree/{path.name}?token={token}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    # Not awaited, because it takes longer than a call may. It fails if a cell fails.
    page.evaluate(f"setTimeout(() => {RUN}.then(() => window.ran = 'all', e => window.ran = e))")
    page.wait_for_function("window.ran", timeout=1000 * SECONDS)
    assert page.evaluate("String(window.ran)") == "all"
    page.wait_for_timeout(1_500)  # to draw
    page.set_viewport_size({"width": WIDTH, "height": min(TALLEST, page.evaluate(HEIGHT))})
    page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
    page.wait_for_timeout(500)

    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    explored = [cell for cell in cells if "pol.explore(" in cell.source]
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{path.stem}.png")
    if explored:
        click_and_search(page, "Henan")
        page.screenshot(path=SHOTS / f"{path.stem}-search.png")

    shown = page.locator(".jp-OutputArea-output")
    assert shown.locator("xpath=self::*[contains(@data-mime-type, 'error')]").count() == 0
    warned = shown.locator("xpath=self::*[contains(@data-mime-type, 'stderr')]").all_inner_texts()
    assert "".join(warned).strip() == ""  # a removed progress bar leaves blanks
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
    assert all(re.search("[0-9]", prompt) for prompt in prompts)
    assert len(prompts) == len(cells)
    drawn = [cell for cell in cells if cell not in explored]
    assert shown.locator("img").count() == committed(drawn, "image/png")
    assert shown.locator("table").count() == committed(drawn, "text/html", "<table")
    assert page.locator(".ipysigma-container").count() == len(explored)
    assert page.elsewhere == []
    assert page.alerts == []


def committed(cells, mime, part=""):
    """Count the outputs of a MIME type in cells, or how often `part` occurs in them."""
    found = [output.get("data", {}).get(mime) for cell in cells for output in cell.outputs]
    return sum(text.count(part) if part else 1 for text in found if text)


def click_and_search(page, name):
    """Check that the first explorer draws, and shows the statements of a node.

    A province is clicked, and a node is searched by its name.
    """
    widget = page.locator(".ipysigma-widget").first
    widget.scroll_into_view_if_needed()
    canvas = widget.locator(".ipysigma-container")
    picture = matplotlib.image.imread(BytesIO(canvas.screenshot()), format="png")[..., :3]
    near = np.abs(picture - to_rgb(COLOURS["province"])).max(axis=-1) < 0.05
    inside = near[:-6, :-6] & near[6:, 6:] & near[:-6, 6:] & near[6:, :-6]
    assert inside.any(), "no province is drawn"
    x, y = min((x, y) for y, x in np.argwhere(inside).tolist())  # leftmost, not in the legend
    canvas.click(position={"x": x + 3, "y": y + 3})
    information = widget.locator(".ipysigma-information-contents")
    information.get_by_text(re.compile("paragraph [0-9]+: on ")).first.wait_for(timeout=10_000)
    names = set(information.locator("b:visible").all_inner_texts())
    assert {"kind", "statements", "statement 1"} <= names
    assert not names & {"x", "y", "size", "label", "color", "degree", "indegree", "outdegree"}
    widget.locator(".choices").click()
    widget.locator("input.choices__input--cloned").type(name)
    widget.locator(".choices__item--choice", has_text=name).first.click()
    information.get_by_text(re.compile(name, re.IGNORECASE)).first.wait_for(timeout=10_000)
    page.wait_for_timeout(500)
