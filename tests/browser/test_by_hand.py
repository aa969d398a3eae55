"""Coding by hand in JupyterLab: with the mouse, with keys, and after a kernel has died."""

import os
import signal

import nbformat
import pytest

import policylib as pol
from policylib.coding import read_corrections
from tests.browser.conftest import IDLE, SHOTS

pytestmark = pytest.mark.browser

TEXT = "🚄 Henan will build railways. 河南扩大消费。 Cafe\u0301s sell robots; المنطقة الحرة opens."
CELL = f"""
import os
import pandas as pd
import policylib as pol

texts = ["1. Tasks of the year", {TEXT!r}, "Nothing else.", "More robots, no coal."]
table = {{"document": "plan", "paragraph": range(1, 5), "text": texts, "actor": "henan"}}
documents = pd.DataFrame(table)
codebook = pol.read_codebook()
statements = pol.code_documents(documents, codebook)
widget = pol.code_by_hand(
    documents, codebook, statements, file="FILE", coder="Ann", actors=pol.read_tables()
)
print("kernel", os.getpid())
widget
"""
RUN = "window.jupyterapp.commands.execute('notebook:run-cell')"
THEME = "window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
# The middle of the left and right edges of a part of the passage, by its UTF-16 units.
EDGES = """([start, end]) => {
  const text = document.querySelector('.pl-text');
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let before = 0;
  for (let node = walker.nextNode(); node; before += node.length, node = walker.nextNode()) {
    if (start >= before && start <= before + node.length) range.setStart(node, start - before);
    if (end > before && end <= before + node.length) { range.setEnd(node, end - before); break; }
  }
  const box = range.getBoundingClientRect();
  return [box.left, box.right, box.top + box.height / 2];
}"""


@pytest.fixture
def coder(page, address, request):
    """A notebook with the widget, and what a test does with it."""
    base, token, folder = address
    name = request.node.name.replace("[", "-").strip("]")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(CELL.replace("FILE", f"{name}.csv"))]
    nbformat.write(notebook, folder / f"{name}.ipynb")
    page.goto(f"{base}lab/tree/{name}.ipynb?token={token}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    yield Coder(page, folder / f"{name}.csv", name)
    assert page.elsewhere == []


class Coder:
    def __init__(self, page, file, name):
        self.page, self.file, self.name = page, file, name
        self.shots = 0

    def run(self):
        """Run the cell, wait for the widget, and return the process of the kernel."""
        self.page.evaluate(f"setTimeout(() => {RUN})")
        self.page.wait_for_function(
            "document.querySelector('.pl-coder:not(.pl-closed) .pl-place')", timeout=60_000
        )
        self.page.wait_for_function(IDLE)
        self.page.wait_for_timeout(300)
        printed = self.page.locator(".jp-OutputArea-output", has_text="kernel").first.inner_text()
        return int(printed.split()[1])

    def keys(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(150)

    def select(self, words):
        """Select words with the mouse, as a person does."""
        before = TEXT[: TEXT.index(words)]
        start, end = (len(text.encode("utf-16-le")) // 2 for text in (before, before + words))
        left, right, middle = self.page.evaluate(EDGES, [start, end])
        is_rtl = "\u0590" < words[0] < "\u08ff"
        begin, finish = (right - 1, left + 1) if is_rtl else (left + 1, right - 1)
        self.page.mouse.move(begin, middle)
        self.page.mouse.down()
        self.page.mouse.move((begin + finish) / 2, middle, steps=4)
        self.page.mouse.move(finish, middle, steps=4)
        self.page.mouse.up()
        self.page.wait_for_timeout(150)

    def code(self, name):
        self.page.locator(".pl-box input").fill(name)
        self.page.locator(".pl-found-codes .pl-chosen").wait_for()
        self.keys("Enter")

    def shot(self):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.shots += 1
        self.page.screenshot(path=SHOTS / f"{self.name}-{self.shots}.png")

    def lines(self):
        return read_corrections(self.file)


def places(lines):
    return lines[["action", "code", "quote"]].to_numpy().tolist()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_select_and_code_with_the_mouse(coder, theme):
    page = coder.page
    if theme == "dark":
        page.evaluate(THEME)
        page.wait_for_timeout(1_000)
    coder.run()
    page.get_by_role("button", name="▶").click()
    page.locator(".pl-text").get_by_text("railways").first.wait_for()
    coder.shot()
    wanted = {"railways": "rail", "消费": "消费", "Cafe\u0301s": "tourism", "الحرة": "free trade"}
    for words, code in wanted.items():
        coder.select(words)
        assert page.locator(".pl-part").inner_text() == f"“{words}”"
        page.get_by_role("button", name="Add code…").click()
        page.locator(".pl-box input").fill(code)
        coder.shot()
        page.locator(".pl-found-codes > div").first.click()
        page.wait_for_timeout(200)
    lines = coder.lines()
    assert lines["quote"].to_list() == list(wanted)
    for start, end, quote in zip(lines["start"], lines["end"], lines["quote"], strict=True):
        assert TEXT[start:end] == quote
    page.locator(".pl-line.pl-chosen select").first.select_option("reports")
    page.wait_for_timeout(200)
    page.locator(".pl-line", has_text="Robots").first.click()
    page.get_by_role("button", name="Drop").click()
    page.wait_for_timeout(200)
    coder.shot()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(200)
    lines = coder.lines()
    assert lines["action"].to_list()[4:] == ["change", "drop", "none"]
    assert lines["role"].to_list()[4] == "reports"
    assert lines["code"].to_list()[5] == lines["code"].to_list()[6] == "robots"
    page.get_by_role("button", name="▶").click()
    page.get_by_role("button", name="Nothing here").click()
    page.wait_for_timeout(200)
    assert coder.lines()["action"].to_list()[-1] == "none"
    page.get_by_role("button", name="Keys").click()
    coder.shot()


def test_select_and_code_with_keys(coder):
    page = coder.page
    coder.run()
    page.locator(".pl-coder").focus()
    coder.keys("n", "s", "ArrowRight", "Shift+ArrowRight")
    coder.shot()
    coder.keys("Enter")
    coder.code("high-end")
    coder.keys("r")
    page.keyboard.press("Escape")  # close the list that the browser opened
    page.locator("select[data-key=role]").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert "pl-coder" in page.evaluate("document.activeElement.className")  # keys work again
    coder.keys("m")
    page.keyboard.type("? sure")
    coder.keys("Enter", "ArrowUp", "d", "u", "y", "K")
    lines = coder.lines()
    assert lines["action"].to_list()[:5] == ["add", "change", "change", "drop", "none"]
    assert lines["role"].to_list()[1] == "reports"
    assert lines["note"].to_list()[2] == "? sure"
    start, end = lines["start"][0], lines["end"][0]
    assert TEXT[start:end] == lines["quote"][0]
    assert lines["action"].to_list()[5] == "drop"
    assert set(lines["action"].to_list()[6:]) == {"keep"}
    assert page.locator(".pl-place").inner_text() == "plan, paragraph 3"
    coder.keys("0")
    assert coder.lines()["action"].to_list()[-1] == "none"
    count = len(coder.lines())
    coder.keys("p", "a")
    page.keyboard.type("nobody")
    coder.keys("Escape")
    assert len(coder.lines()) == count  # nothing half typed is saved
    coder.keys("/")
    page.keyboard.type("coal")
    coder.keys("Enter")
    page.locator(".pl-place", has_text="paragraph 4").wait_for()
    # The keys of the notebook do not act on the widget: "d d" would delete the cell.
    coder.keys("d", "d", "b")
    assert page.locator(".jp-Cell").count() == 1


def test_an_input_method_does_not_press_keys(coder):
    page = coder.page
    coder.run()
    page.locator(".pl-coder").focus()
    coder.keys("n", "s", "Enter")
    send = page.context.new_cdp_session(page)
    send.send("Input.imeSetComposition", {"text": "nongye", "selectionStart": 6, "selectionEnd": 6})
    page.keyboard.press("ArrowDown")
    send.send("Input.insertText", {"text": "农业"})
    page.locator(".pl-found-codes > div", has_text="农业").first.wait_for()
    assert page.locator(".pl-box input").input_value() == "农业"
    coder.shot()
    coder.keys("Enter")
    assert "农" in pol.read_codebook().set_index("id")["label_zh"][coder.lines()["code"][0]]


def test_a_kernel_that_dies_loses_nothing(coder):
    page = coder.page
    kernel = coder.run()
    page.locator(".pl-coder").focus()
    coder.keys("n", "k", "d")
    before = coder.file.read_bytes()
    os.kill(kernel, signal.SIGKILL)
    coder.keys("u")
    page.locator(".pl-alarm", has_text="does not answer").wait_for(timeout=15_000)
    coder.shot()
    assert coder.file.read_bytes() == before
    page.wait_for_function(IDLE, timeout=60_000)
    dialog = page.locator(".jp-Dialog .jp-mod-accept")
    if dialog.count():
        dialog.first.click()
    assert coder.run() != kernel
    page.locator(".pl-coder").last.focus()
    coder.keys("n")
    states = page.locator(".pl-state").all_inner_texts()
    assert states[:2] == ["✓ kept", "✗ dropped"]
    assert coder.file.read_bytes() == before
    coder.keys("ArrowUp", "ArrowUp", "d")
    assert coder.lines()["action"].to_list() == ["keep", "drop", "drop"]


def test_two_views_of_one_widget_and_the_same_cell_twice(coder):
    page = coder.page
    coder.run()
    page.locator(".pl-coder").focus()
    coder.keys("n", "k")
    coder.run()
    page.locator(".pl-coder").last.focus()
    coder.keys("n", "k")
    assert coder.lines()["action"].to_list()[:2] == ["keep", "keep"]
