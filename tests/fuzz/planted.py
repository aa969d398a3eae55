"""Readers with faults, which prove that the harness sees each kind of fault."""

import ctypes
import sys
from pathlib import Path

import policylib as pol
from policylib.convert.values import as_number
from tests.fuzz import seeds
from tests.fuzz.__main__ import main
from tests.fuzz.readers import ChangedError, Reader


def raises_itself(folder: Path, _: Path) -> None:
    """Raise what a line of a package raises, such as KeyError, without the name of the file."""
    raise KeyError("text")


def lets_through(folder: Path, _: Path) -> None:
    """Let an error of Python through that a line of policylib did not raise."""
    as_number(None)


def names_no_file(folder: Path, _: Path) -> None:
    """Raise an error of policylib that does not name the file."""
    pol.read_statements(folder, columns={})


def never_ends(folder: Path, _: Path) -> None:
    while True:
        pass


def eats_memory(folder: Path, _: Path) -> None:
    bytearray(b"x") * 400_000_000


def eats_all_memory(folder: Path, _: Path) -> None:
    bytearray(10**13)


def leaves_a_file(folder: Path, _: Path) -> None:
    (folder / "left").touch()


def changes_the_file(folder: Path, _: Path) -> None:
    (folder / "a.txt").write_text("other", encoding="utf-8")


def crashes(folder: Path, _: Path) -> None:
    ctypes.string_at(0)


def forgets(folder: Path, _: Path) -> None:
    raise ChangedError("a became b")


def is_sound(folder: Path, _: Path) -> None:
    pol.read_documents(folder / "a.txt")


FAULTY = (
    raises_itself, lets_through, names_no_file, never_ends, eats_memory, eats_all_memory,
    leaves_a_file, changes_the_file, crashes, forgets,
)  # fmt: skip
PLANTED = [
    Reader(read.__name__, 2, seeds.SEEDS["txt"], read, seconds=1, megabytes=300)
    for read in (*FAULTY, is_sound)
]

if __name__ == "__main__":
    sys.exit(main(PLANTED, "python -m tests.fuzz.planted"))
