"""Every notebook in JupyterLab, in a real browser: `make browser`.

Needs Chromium and the extra `browser`. POLICYLIB_NOTEBOOKS names another folder of notebooks.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from io import BytesIO
from pathlib import Path

import matplotlib.image
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from policylib.plot.style import COLOURS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("POLICYLIB_NOTEBOOKS", ROOT / "notebooks"))
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SHOTS = ROOT / "build" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
SECONDS = 120  # for all cells of a notebook
WIDTH, TALLEST = 1300, 16_000

pytestmark = pytest.mark.browser

# The page itself says idle about two seconds early.
IDLE = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = "window.jupyterapp.commands.execute('notebook:run-all-cells')"
HEIGHT = "[...document.querySelectorAll('.jp-Cell')].reduce((sum, x) => sum + x.offsetHeight, 300)"
SETTINGS = {
    # By default, only the visible cells are on the page.
    "notebook-extension/tracker": '{"windowingMode": "none"}',
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """JupyterLab with a copy of the notebooks, and without access to the user's settings."""
    folder = tmp_path_factory.mktemp("lab")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    shutil.copytree(FOLDER, folder / "notebooks", ignore=ignored)
    for copy in (folder / "notebooks").glob("*.ipynb"):
        empty(copy)
    for name, text in SETTINGS.items():
        setting = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        setting.parent.mkdir(parents=True)
        setting.write_text(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {name: str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = os.environ | {f"JUPYTER_{name}_DIR": place for name, place in own.items()}
    environment |= {
        "HOME": str(folder),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder / 'notebooks'}"]
    command += ["--expose-app-in-browser", "--LabApp.news_url="]
    log = folder / "server.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            command, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/", token
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # this also kills its kernels, which are in its group
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(20)


def empty(path):
    """Remove the outputs of a notebook, so that all later outputs come from this run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, path)


def _wait(status, server, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(status, timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer: {log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    # These tests run only on request, so a missing browser is a failure, not a skip.
    if CHROMIUM is None:
        pytest.fail(f"no Chromium is installed (looked for: {', '.join(NAMES)})")
    try:
        import playwright.sync_api as api
    except ImportError:
        pytest.fail("playwright is not installed: pip install 'policylib[browser]'")
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
    options += ["--disable-component-update", "--no-first-run", "--enable-unsafe-swiftshader"]
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def page(address, browser):
    """A page that blocks and records all requests except those to the server."""
    base, token = address
    page = browser.new_context(viewport={"width": WIDTH, "height": 1000}).new_page()
    page.elsewhere, page.alerts = [], []

    def decide(route):
        if route.request.url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            page.elsewhere.append(route.request.url)
            route.abort()

    def alert(dialog):
        page.alerts.append(dialog.message)
        dialog.dismiss()

    page.route("**/*", decide)
    page.on("dialog", alert)
    page.on("websocket", lambda s: base[5:] in s.url or page.elsewhere.append(s.url))
    yield page
    for session in page.request.get(f"{base}api/sessions?token={token}").json():
        page.request.delete(f"{base}api/sessions/{session['id']}?token={token}")
    page.context.close()


def test_there_are_notebooks():
    assert NOTEBOOKS, f"no notebook in {FOLDER}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_jupyterlab(path, page, address):
    base, token = address
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
