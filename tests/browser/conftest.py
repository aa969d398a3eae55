"""JupyterLab and a real browser for the tests of this folder: `make browser`.

They need Chromium and the extra `browser`. POLICYLIB_NOTEBOOKS names another folder of notebooks.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("POLICYLIB_NOTEBOOKS", ROOT / "notebooks"))
SHOTS = ROOT / "build" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
WIDTH = 1300

# The page itself says idle about two seconds early.
IDLE = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SETTINGS = {
    # By default, only the visible cells are on the page.
    "notebook-extension/tracker": '{"windowingMode": "none"}',
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """JupyterLab with a copy of the notebooks, and without access to the user's settings.

    The values are its address, its token and the folder of the notebooks.
    """
    folder = tmp_path_factory.mktemp("lab")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
    shutil.copytree(FOLDER, folder / "notebooks", ignore=ignored)
    shutil.copytree(ROOT / "data", folder / "data")  # notebooks read ../data
    for copy in (folder / "notebooks").glob("*.ipynb"):
        empty(copy)
    for name, text in SETTINGS.items():
        setting = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        setting.parent.mkdir(parents=True)
        setting.write_text(text, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {name: str(folder / "jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
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
    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            command, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/", token, folder / "notebooks"
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
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
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
    base, token, _ = address
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
