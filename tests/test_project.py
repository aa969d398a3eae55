"""Test the whole project: layers of modules, dependencies, wheel, start-up and notebooks."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from itertools import pairwise
from pathlib import Path

import nbformat
import networkx as nx
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import policylib

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


HEADER = ("Data", "Method", "Read first")


# --- Layers: a folder imports only folders on lower floors. --------------------------------------

FLOORS = [
    {"_util"},
    {"tables", "documents"},
    {"network", "convert", "discourse"},
    {"coding"},
    {"compare", "plot"},
    {"corpus"},
]
FLOOR = {folder: number for number, folders in enumerate(FLOORS) for folder in folders}
PACKAGE = ROOT / "policylib"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.glob("*/*.py"))
    if path.name != "__init__.py"
}


def imports(module: str, source: str) -> Iterator[str]:
    """Yield the modules of policylib that a module imports, in any form of import."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*base, *filter(None, [node.module])])
            # The name may be a module, or be defined in one.
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("policylib.") and not name.startswith("policylib.__"):
                known = [other for other in MODULES if f"{name}.".startswith(f"{other}.")]
                yield known[0] if known else name


def turned_arrows(module: str, source: str) -> set[str]:
    """Return the imports of a module from higher floors, or from other folders on its own floor."""
    folder = module.split(".")[1]
    found = set()
    for name in imports(module, source):
        target = name.split(".")[1]
        if target != folder and FLOOR.get(target, len(FLOORS)) >= FLOOR[folder]:
            found.add(name)
    return found


def circles(sources: dict[str, str]) -> list[list[str]]:
    """Return the groups of modules that import each other."""
    graph = nx.DiGraph((a, b) for a, source in sources.items() for b in imports(a, source))
    groups = [sorted(group) for group in nx.strongly_connected_components(graph)]
    return [group for group in groups if len(group) > 1 or graph.has_edge(group[0], group[0])]


def test_every_folder_has_a_floor_and_says_what_it_is_for():
    folders = {path.parent.name: path for path in PACKAGE.glob("*/__init__.py")}
    assert folders.keys() == FLOOR.keys()
    for path in folders.values():
        summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert re.fullmatch(r"[A-Z][^.]+\.", summary), path
    assert len(list(PACKAGE.iterdir())) <= 20


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_folder_and_the_floors_below(module):
    assert turned_arrows(module, MODULES[module]) == set()


def test_no_modules_import_each_other_in_a_circle():
    assert circles(MODULES) == []


@pytest.mark.parametrize(
    "source",
    [
        "import policylib.compare.counts",
        "import numpy, policylib.compare.counts as c",
        "from policylib.compare.counts import biadjacency",
        "from policylib.compare import counts",
        "from ..compare.counts import biadjacency",
        "from ..compare import counts",
        "def late():\n    from policylib.compare.counts import biadjacency",
    ],
)
def test_a_turned_arrow_is_seen(source):
    assert turned_arrows("policylib.tables.read", source) == {"policylib.compare.counts"}
    assert turned_arrows("policylib.plot.layout", source) == {"policylib.compare.counts"}
    assert turned_arrows("policylib.compare.overlap", source) == set()
    assert turned_arrows("policylib.corpus.coder", source) == set()


def test_an_import_by_public_name_is_seen():
    source = "from policylib import biadjacency"
    assert turned_arrows("policylib.tables.read", source) == {"policylib.biadjacency"}
    source = "from policylib.compare import biadjacency"
    assert turned_arrows("policylib.plot.layout", source) == {"policylib.compare.biadjacency"}


def test_a_circle_is_seen():
    build = {"policylib.network.build": "from policylib.network.edges import statements"}
    edges = {"policylib.network.edges": "from . import build"}
    assert circles(build | edges) == [["policylib.network.build", "policylib.network.edges"]]
    assert circles(build) == []


def names_of(stub: Path) -> list[str]:
    """Return the names that a stub re-exports."""
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    return [
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    ]


def test_the_readme_and_the_stub_list_the_same_functions_by_task():
    stub = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    by_task: dict[str, set[str]] = {}
    for line in stub.partition("\n\n")[2].splitlines():
        if line.startswith("# "):
            task = line[2:].lower()
        elif line.startswith("from "):
            by_task.setdefault(task, set()).add(line.rpartition(" ")[2])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| task | functions |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    assert {task: set(re.findall("`(.+?)`", names)) for task, names in rows} == by_task


def test_every_public_name_can_be_reached_by_its_folder_and_hides_no_module():
    top = names_of(PACKAGE / "__init__.pyi")
    assert len(top) == len(set(top)) <= 70 + len(FLOOR)
    for stub in PACKAGE.glob("*/__init__.pyi"):
        folder = importlib.import_module(f"policylib.{stub.parent.name}")
        modules = {path.stem for path in stub.parent.glob("*.py")}
        for name in names_of(stub):
            assert callable(getattr(folder, name))
            assert name not in modules
            if name in top:
                assert getattr(policylib, name) is getattr(folder, name)
    handed_on = {name for stub in PACKAGE.glob("*/__init__.pyi") for name in names_of(stub)}
    assert set(top) - handed_on == {*FLOOR, "DataError"} - {"_util"}


# --- Tests mirror the modules. ------------------------------------------------------------------

# These files test the shipped data or several modules at once.
OTHER_TESTS = {
    "browser/test_by_hand.py",
    "browser/test_notebooks.py",
    "convert/test_damage.py",
    "convert/test_round_trip.py",
    "fuzz/test_readers.py",
    "tables/test_collections.py",
    "tables/test_schema_checks.py",
}


def test_every_file_of_tests_has_the_name_of_a_module():
    tests = ROOT / "tests"
    files = {path.relative_to(tests).as_posix() for path in tests.glob("*/test_*.py")}
    modules = {f"{name.split('.')[1]}/test_{name.split('.')[2]}.py" for name in MODULES}
    assert files - modules == OTHER_TESTS


# --- One list of dependencies. ------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = re.findall(r"Python :: (3\.[0-9]+)", "\n".join(PROJECT["classifiers"]))
CONDA_NAMES = {"python-build": "build", "python-igraph": "igraph"}


def floors(requirements: list[str]) -> dict[str, str]:
    """Return the lower bound of each requirement under its normalised name."""
    pairs = (requirement.partition(">=")[::2] for requirement in requirements)
    return {re.sub("[-_.]+", "-", name).lower(): floor for name, floor in pairs}


DEPENDENCIES = floors(
    [
        requirement
        for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
        for requirement in group
        if not requirement.startswith("policylib[")
    ]
)


def test_environment_for_conda_has_the_same_names_and_floors():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_conda, by_pip = listed[:-1], listed[-1]["pip"]
    assert by_pip.pop() == "--editable ."
    conda = {CONDA_NAMES.get(name, name): floor for name, floor in floors(by_conda).items()}
    after = f"3.{int(PYTHONS[-1].removeprefix('3.')) + 1}"
    assert conda.pop("python") == f"{PYTHONS[0]},<{after}"
    assert conda.pop("pip") == ""
    assert not conda.keys() & floors(by_pip).keys()
    assert conda | floors(by_pip) == DEPENDENCIES


def test_dev_brings_every_extra():
    extras = PROJECT["optional-dependencies"].keys() - {"dev"}
    assert f"policylib[{','.join(sorted(extras))}]" in PROJECT["optional-dependencies"]["dev"]


def test_constraints_pin_every_dependency_and_name_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.partition(";")[0].strip() for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", pin)] == []
    assert not DEPENDENCIES.keys() - {pin.partition("==")[0] for pin in pins}
    assert "make constraints" in lines[1]


def test_pre_commit_has_the_same_versions_and_options():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = {hook["id"]: hook for hook in yaml.safe_load(text)["repos"][0]["hooks"]}
    pins = {pin for hook in hooks.values() for pin in hook["additional_dependencies"]}
    assert pins <= set((ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"\nSTRIP := {hooks['nbstripout']['entry']}\n" in makefile


# --- One version, and the same versions of Python. ----------------------------------------------


def test_the_version_and_its_date_are_the_same_everywhere():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[([0-9.]+)\] - ([0-9]{4}-[0-9]{2}-[0-9]{2})$", changelog, re.M)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert released[0] == (policylib.__version__, str(cited["date-released"]))
    assert cited["version"] == policylib.__version__
    assert released == sorted(released, reverse=True)


def pythons(workflow: str, job: str) -> list[str]:
    """Return the versions of Python that a job of a workflow uses."""
    text = (ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8")
    read = yaml.safe_load(text)["jobs"][job]
    if "strategy" in read:
        return read["strategy"]["matrix"]["python"]
    return [step["with"]["python-version"] for step in read["steps"] if "setup-python" in str(step)]


def test_ci_uses_every_python_that_the_project_names():
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert pythons("ci.yml", "newest") == PYTHONS
    assert pythons("ci.yml", "check") == pythons("ci.yml", "systems") == [PYTHONS[0], PYTHONS[-1]]
    assert pythons("ci.yml", "lowest") == [PYTHONS[0]]
    assert pythons("release.yml", "build") == [PYTHONS[-1]]


# --- What a user installs. ----------------------------------------------------------------------


def outside(folder: Path, *command: str | Path) -> str:
    """Run a command outside the checkout, and return its output."""
    clean = {key: text for key, text in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def needed(requirements: list[str]) -> dict[str, Distribution]:
    """Return the installed packages that requirements name, and all that these need in turn."""
    found: dict[str, Distribution] = {}
    open_ = [*requirements]
    while open_:
        requirement = Requirement(open_.pop())
        if requirement.name not in found and (
            requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        ):
            found[requirement.name] = distribution(requirement.name)
            open_ += found[requirement.name].requires or []
    return {canonicalize_name(name): package for name, package in found.items()}


@pytest.mark.slow
@pytest.mark.not_on("Windows", reason="not everybody may make links there")
def test_a_wheel_in_an_empty_environment_carries_the_data(tmp_path):
    """Build the wheel from the source distribution, which must therefore be complete, too.

    The environment holds the wheel, and links to the packages that the wheel says it needs. To
    install copies of them would take two thirds of the time.
    """
    outside(tmp_path, sys.executable, "-m", "build", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    outside(tmp_path, sys.executable, "-m", "venv", "--without-pip", "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    outside(tmp_path, *pip, "install", "--quiet", "--no-compile", "--no-deps", wheel)

    site = outside(tmp_path, python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    (installed,) = distributions(path=[site])
    packages = needed(installed.requires)
    for package in packages.values():
        for name in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            Path(site, name).symlink_to(package.locate_file(name))

    place = outside(tmp_path, python, "-c", "import policylib; print(policylib.__file__)")
    assert Path(place).is_relative_to(tmp_path / "venv")
    read = "import policylib; print(len(policylib.read_tables(collection=None).statements))"
    files = (ROOT / "data" / "statements").glob("*.csv")
    rows = sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in files)
    assert int(outside(tmp_path, python, "-c", read)) == rows > 0
    outside(tmp_path, *pip, "check")
    assert len(packages) < 30


def loaded_after(statement: str) -> set[str]:
    """Return the packages that a new process has loaded after a statement."""
    code = f"{statement}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_is_cheap():
    assert not loaded_after("import policylib") & {"networkx", "pandas", "matplotlib"}


def test_building_the_network_loads_no_heavy_package():
    loaded = loaded_after("import policylib; policylib.build_network(policylib.read_tables())")
    assert "networkx" in loaded
    assert not loaded & {"seaborn", "marsilea", "numba", "frictionless", "matplotlib"}


# --- The conventions of the notebooks. ----------------------------------------------------------


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def cells(notebook, kind: str) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def words_of_prose(notebook) -> int:
    """Count the words in Markdown, without headings and the targets of links."""
    text = "\n".join(cell.source for cell in cells(notebook, "markdown"))
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return len(re.findall(r"[^\W_]+(?:['’.,-][^\W_]+)*", text))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_named_by_its_question(path):
    assert re.fullmatch(r"[0-9]{2}(-[a-z0-9]+)+\.ipynb", path.name)


def test_a_notebook_opens_with_its_title_and_ends_with_its_limits(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S.*\n\s*\S", first.source), "a title, and the answer under it"
    text = "\n".join(cell.source for cell in cells(notebook, "markdown"))
    assert re.findall(r"^#+ (.*)$", text, re.MULTILINE)[-1] == "What this does not show"


def test_a_notebook_says_its_data_and_method_and_what_comes_before(notebook):
    header = notebook.cells[0].source
    assert [re.findall(rf"^\*{name}\*: \S", header, re.MULTILINE) != [] for name in HEADER] == [
        True
    ] * len(HEADER)


def test_a_notebook_imports_once_and_loads_once(notebook):
    imports, load, *others = cells(notebook, "code")
    statements = ast.parse(imports.source).body
    calls = [node for node in statements if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert all(ast.unparse(node).startswith("pd.set_option(") for node in calls)
    assert re.search(r"\bpol\.read_", load.source)
    for cell in others:
        assert not re.search(r"^\s*(import|from) ", cell.source, re.MULTILINE), cell.source


def test_the_notebooks_lead_from_one_to_the_next():
    for before, after in pairwise(NOTEBOOKS):
        first, last = nbformat.read(before, as_version=4), nbformat.read(after, as_version=4)
        assert f"({after.name})" in first.cells[-1].source, before.name
        assert f"({before.name})" in last.cells[0].source, after.name


def test_a_notebook_is_short(notebook):
    assert 12 <= len(cells(notebook, "code")) <= 16
    assert 250 <= words_of_prose(notebook) <= 450


def test_cells_choose_call_and_show(notebook):
    for cell in cells(notebook, "code"):
        assert len(cell.source.splitlines()) <= 12, cell.source
        assert not cell.source.rstrip().endswith(";"), cell.source
        assert not re.search(r"^\s*(async )?def ", cell.source, re.MULTILINE)


def test_outputs_are_committed(notebook):
    code = cells(notebook, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


DRAWS = re.compile(r"\bpol\.(plot\.)?plot_|\bpol\.explore\(|\bsns\.\w+plot\(")


def test_every_figure_is_in_the_outputs(notebook):
    for cell in cells(notebook, "code"):
        drawn = [output for output in cell.outputs if "image/png" in output.get("data", {})]
        assert len(drawn) == bool(DRAWS.search(cell.source)), cell.source


def test_every_figure_has_a_description_for_those_who_cannot_see_it(notebook):
    for cell in cells(notebook, "code"):
        if DRAWS.search(cell.source):
            assert re.fullmatch(r"[A-Z].{30,}\.", cell.metadata.get("alt", "")), cell.source


# --- No paths of one machine. -------------------------------------------------------------------

# A root folder at the start of a path, but not within an address or a/relative/path.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/+>~-])/(?:home|root|Users|tmp|work|opt|mnt|private|usr|var)/\w|\b[A-Z]:\\\\?\w"
)


def texts() -> list[Path]:
    kinds = {".py", ".md", ".ipynb", ".csv", ".json", ".toml", ".txt", ".yml", ".cff"}
    made = {"build", "dist"}
    parts = (path.relative_to(ROOT).parts for path in ROOT.rglob("*") if path.suffix in kinds)
    return sorted(
        ROOT.joinpath(*names)
        for names in parts
        if names[0] not in made and not any(name.startswith(".") for name in names)
    )


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_place_on_a_machine(path):
    assert MACHINE_PATH.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("folder", ["home", "root", "tmp", "Users"])
def test_a_place_on_a_machine_is_seen(folder):
    assert MACHINE_PATH.search(f'open("/{folder}/me/data.csv")')
    assert not MACHINE_PATH.search(f"https://example.org/{folder}/me and docs/{folder}/me")
