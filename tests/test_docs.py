"""Test the pages in docs/: their code runs and prints what they show; names and links exist."""

import re
from functools import reduce
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
COMING = [path for path in PAGES if path.parent.name == "coming-from" and path.stem != "index"]
WITH_CODE = [path for path in PAGES if "```python" in path.read_text(encoding="utf-8")]
FENCED = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = [
    "What is called how",
    "An example",
    "What policylib adds",
    "What is missing here",
    "What was not tested",
]


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the language and the content of each fenced block."""
    return FENCED.findall(text)


def words(text: str) -> int:
    """Count the words of prose and tables, without code blocks and the targets of links."""
    text = re.sub(r"\]\([^)]*\)", "]", FENCED.sub("", text))
    return len(re.findall(r"[^\W_]+(?:['’.,_-][^\W_]+)*", text))


def unknown_names(text: str) -> list[str]:
    """Return the names after `pol.` that policylib does not have."""
    found = []
    for name in sorted(set(re.findall(r"\bpol((?:\.[a-z_]+)+)", text))):
        try:
            reduce(getattr, name[1:].split("."), pol)
        except AttributeError:
            found.append(f"pol{name}")
    return found


def test_blocks_after_a_directive_are_found():
    text = "```{include} a.md\n:end-before: b\n```\n\n```python\nx = 1\n```\n"
    assert blocks(text)[1] == ("python", "x = 1\n")


def run(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run the Python blocks of a page, and compare what they print with the text blocks."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed: list[str] = []
    for language, content in blocks(text):
        if language == "python":
            assert printed == []
            exec(compile(content, "page", "exec"), names)
        elif language == "text":
            printed += capsys.readouterr().out.splitlines()
            assert [line.rstrip() for line in printed] == content.splitlines()
            printed.clear()


def test_there_are_pages():
    assert [path.stem for path in COMING] == ["backbone", "dna", "qda", "quanteda"]
    assert len(WITH_CODE) > len(COMING) + 4


@pytest.mark.parametrize("path", WITH_CODE, ids=lambda path: path.stem)
def test_code_prints_what_the_page_shows(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(path.read_text(encoding="utf-8"), capsys)


@pytest.fixture
def files_of_the_readme(tmp_path, monkeypatch):
    """The files of a user, under the names that the README gives them."""
    monkeypatch.chdir(tmp_path)
    said = "We support talent and robots.\nWe expand domestic demand.\n" * 20
    text = f"I. Review of work in 2023\n{said}II. Major tasks for 2024\n{said}"
    for folder in ("my-folder", "archive"):
        (tmp_path / folder).mkdir()
        for name in ("north", "south"):
            (tmp_path / folder / f"{name}.txt").write_text(text, encoding="utf-8")
    rows = {"document": ["north", "south"], "actor": ["North", "South"], "date": ["2024", "2025"]}
    pd.DataFrame(rows).assign(role="commits").to_csv("register.csv", index=False)
    terms = {"id": ["people", "talent"], "label": ["People", "Talent"]}
    codebook = pd.DataFrame(terms).assign(broader=[None, "people"], terms_en=[None, "talent"])
    codebook.to_csv("codebook.csv", index=False)
    pd.DataFrame({"id": ["North", "South"], "kind": "province"}).to_csv("actors.csv", index=False)
    said = pd.DataFrame(
        {
            "document": ["d1", "d1", "d2", "d2"],
            "paragraph": [1, 2, 1, 2],
            "actor": ["mayor", "union", "mayor", "union"],
            "code": ["toll", "toll", "buses", "buses"],
            "qualifier": [True, False, True, True],
        }
    )
    texts = said[["document", "paragraph"]].assign(text="We need it.", date="2024-03-05")
    pol.write_dna("debate.dna", texts, said)
    documents = pd.DataFrame({"document": ["talk"], "paragraph": 1, "text": "Talent counts."})
    found = pol.find_terms(documents, codebook)
    pol.write_qdpx("interviews.qdpx", documents, codebook, found)


@pytest.mark.slow
@pytest.mark.usefixtures("files_of_the_readme")
def test_the_code_of_the_readme_runs(capsys):
    run((ROOT / "README.md").read_text(encoding="utf-8"), capsys)


@pytest.fixture(params=COMING, ids=lambda path: path.stem)
def page(request):
    return request.param.read_text(encoding="utf-8")


def test_a_page_shows_one_example_and_its_result(page):
    assert [language for language, _ in blocks(page)] == ["python", "text"]


def test_code_is_short(page):
    for language, content in blocks(page):
        assert language != "python" or 6 <= len(list(filter(str.strip, content.splitlines()))) <= 15


def test_a_page_has_its_sections_and_is_short(page):
    assert re.findall("^#+ (.*)$", FENCED.sub("", page), re.MULTILINE)[1:] == SECTIONS
    assert 300 <= words(page) <= 600


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_name_of_policylib_exists(path):
    assert unknown_names(path.read_text(encoding="utf-8")) == []


def test_an_unknown_name_is_seen():
    assert unknown_names("`pol.read_dna`, `pol.coding.write_dna` and pol.reed()") == [
        "pol.coding.write_dna",
        "pol.reed",
    ]


def test_the_readme_links_to_the_pages_for_users_of_other_tools():
    linked = re.findall(r"\((docs/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(linked) == [path.relative_to(ROOT).as_posix() for path in COMING]
