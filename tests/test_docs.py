"""Test the pages in docs/: their code runs and prints what they show; names and links exist."""

import re
from functools import reduce
from pathlib import Path

import pytest

import policylib as pol

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs").glob("*/*.md"))
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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


def test_there_are_pages():
    assert [path.stem for path in PAGES] == ["backbone", "dna", "qda", "quanteda"]


@pytest.fixture(params=PAGES, ids=lambda path: path.stem)
def page(request):
    return request.param.read_text(encoding="utf-8")


def test_code_prints_what_the_page_shows(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert [language for language, _ in blocks(page)] == ["python", "text"]
    names: dict[str, object] = {}
    for language, content in blocks(page):
        if language == "python":
            exec(compile(content, "page", "exec"), names)
        else:
            printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
            assert printed == content.splitlines()


def test_code_is_short(page):
    for language, content in blocks(page):
        assert language != "python" or 6 <= len(list(filter(str.strip, content.splitlines()))) <= 15


def test_a_page_has_its_sections_and_is_short(page):
    assert re.findall("^#+ (.*)$", FENCED.sub("", page), re.MULTILINE)[1:] == SECTIONS
    assert 300 <= words(page) <= 600


def test_every_name_of_policylib_exists(page):
    assert unknown_names(page) == []


def test_an_unknown_name_is_seen():
    assert unknown_names("`pol.read_dna`, `pol.coding.write_dna` and pol.reed()") == [
        "pol.coding.write_dna",
        "pol.reed",
    ]


def test_the_readme_links_to_every_page():
    linked = re.findall(r"\((docs/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(linked) == [path.relative_to(ROOT).as_posix() for path in PAGES]
