"""Test that no file needs one operating system, by reading the code of all of them.

A test that cannot pass on a system has the mark ``not_on`` with a reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("policylib", "tests", "benchmarks", "notebooks", "data")
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
}
# Modules that only some systems have.
MODULES = {
    *("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"),
    *("msvcrt", "winreg", "winsound"),
}
# What the modules os and signal have only on some systems.
NAMES = {
    *("fork", "geteuid", "getpgid", "getuid", "killpg", "mkfifo", "register_at_fork", "setsid"),
    *("sysconf", "uname", "wait", "waitpid"),
    *("SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGXFSZ", "alarm", "setitimer"),
}
GUARDS = ast.If | ast.Try
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is always run when a module is imported: not functions, `if` and `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):  # only its decorators and default values
            for part in (*getattr(child, "decorator_list", []), child.args):
                yield part
                yield from run_at_import(part)
        elif not isinstance(child, GUARDS):
            yield child
            yield from run_at_import(child)


def of_one_system(source: str) -> set[str]:
    """Return what a module needs at its import although some systems lack it."""
    found = set()
    for node in run_at_import(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module} & MODULES
            if node.module in ("os", "signal"):
                found |= {alias.name for alias in node.names} & NAMES
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} & NAMES if node.value.id in ("os", "signal") else set()
    return found


def without_encoding(source: str) -> list[str]:
    """Return the calls that read or write text in an encoding that depends on the system."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or any(k.arg == "encoding" for k in node.keywords):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        plain_open = name == "open" and isinstance(node.func, ast.Name)
        if (
            (name == "read_text" and not node.args)
            or (name == "write_text" and len(node.args) == 1)
            or (plain_open and not any("b" in str(mode) for mode in texts[-1:]))
            or (name == "open" and texts in (["a"], ["r"], ["r+"], ["x"]))
        ):
            found.append(ast.unparse(node))
    return found


def test_modules_can_be_imported_on_every_system():
    found = {path: of_one_system(source) for path, source in SOURCES.items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_text_has_the_same_encoding_on_every_system():
    found = {path: without_encoding(source) for path, source in SOURCES.items()}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os, resource", {"resource"}),
        ("from fcntl import flock", {"fcntl"}),
        ("from signal import SIGKILL", {"SIGKILL"}),
        ("import os\nclass Own:\n    fork = os.fork", {"fork"}),
        ("import signal\ndef kill(by=signal.SIGKILL): pass", {"SIGKILL"}),
        ("import os\n@skip_if(os.getuid() == 0)\ndef test(): pass", {"getuid"}),
        ("def late():\n    import resource", set()),
        ("try:\n    import resource\nexcept ImportError:\n    pass", set()),
        ("if hasattr(os, 'fork'):\n    os.fork()", set()),
    ],
)
def test_what_some_systems_lack_is_seen(source, found):
    assert of_one_system(source) == found


def test_a_missing_encoding_is_seen():
    calls = ["path.read_text()", "path.write_text('a')", "open(path)", "path.open('a')"]
    assert without_encoding("\n".join(calls)) == calls
    others = [
        "path.read_text('utf-8')",
        "open(path, 'rb')",
        "path.open('wb')",
        "archive.open(name)",
    ]
    assert without_encoding("\n".join(others)) == []
