"""Damaged files give a result or a clear error; `make fuzz` tries many more of them."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import damage
from tests.fuzz.planted import FAULTY
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import SEEDS

ROOT = Path(__file__).parents[2]
needs_fork = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")


def fuzz(module: str, place: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", module, "--place", str(place), *options]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def numbers(table: str) -> dict[str, list[int]]:
    """Return the inputs, results, clear errors and faults of each reader."""
    rows = re.findall(r"^(\S+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) ", table, re.MULTILINE)
    return {name: [int(cell.replace(",", "")) for cell in cells] for name, *cells in rows}


@needs_fork
def test_every_reader_returns_a_result_or_raises_a_clear_error(tmp_path):
    done = fuzz("tests.fuzz", tmp_path, "--most", "10")
    assert done.returncode == 0, done.stdout + done.stderr
    found = numbers(done.stdout)
    assert found.keys() == {reader.name for reader in READERS}
    for inputs, results, errors, faults in found.values():
        assert (inputs, faults) == (10, 0)
        assert results + errors == inputs


@needs_fork
def test_faults_of_each_kind_are_seen_and_saved(tmp_path):
    done = fuzz("tests.fuzz.planted", tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    found = numbers(done.stdout)
    assert found.pop("is_sound")[::3] == [2, 0]
    assert found == {read.__name__: [2, 0, 0, 2] for read in FAULTY}
    for kind in (
        "raises_itself: 2 × KeyError in the harness",
        "lets_through: 2 × TypeError in convert/values.py, as_number",
        "names_no_file: 2 × ValueError in _util/names.py, require",
        "never_ends: 2 × takes more than 1 s",
        "eats_memory: 2 × takes more than 300 MB",
        "eats_all_memory: 2 × MemoryError in the harness",
        "leaves_a_file: 2 × leaves files behind: ['left']",
        "changes_the_file: 2 × leaves files behind: ['a.txt']",
        "crashes: 2 × ends the process by SIGSEGV",
        "forgets: 2 × ChangedError",
    ):
        assert f"\n{kind}\n  python -m tests.fuzz.planted --seed 0 --reader " in done.stdout
    saved = tmp_path / "crashes-0-1"
    assert saved.joinpath("a.txt").exists()
    assert "SIGSEGV" in saved.joinpath("report.txt").read_text(encoding="utf-8")


@needs_fork
def test_an_input_is_repeated_by_its_number(tmp_path):
    options = "--reader", "forgets", "--input", "1"
    done = fuzz("tests.fuzz.planted", tmp_path, *options)
    assert done.returncode == 1
    assert done.stdout.startswith("forgets 1: fault ChangedError\nTraceback")
    assert "a became b" in done.stdout


def checksums() -> dict[str, str]:
    """Return a checksum of some inputs of each reader."""
    return {
        reader.name: sha256(
            repr([sorted(reader.input(0, n).items()) for n in range(9)]).encode()
        ).hexdigest()
        for reader in READERS
    }


def test_a_seed_and_a_number_always_give_one_input():
    code = "from tests.fuzz.test_readers import checksums; print(checksums())"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(checksums())
    (reader,) = (reader for reader in READERS if reader.name == "txt")
    assert len({repr(reader.input(seed, n)) for seed in (0, 1) for n in range(5)}) == 10


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_small(name):
    for files in SEEDS[name]():
        assert 0 < sum(map(len, files.values())) < 200_000


@given(data=st.binary(max_size=60), seed=st.integers(0, 99))
@pytest.mark.parametrize("change", damage.BYTES, ids=lambda change: change.__name__)
def test_bytes_of_any_content_can_be_changed(change, data, seed):
    assert isinstance(change(data, Random(seed)), bytes)


@pytest.mark.parametrize("ending", damage.CHANGES)
@given(data=st.binary(max_size=60), seed=st.integers(0, 99))
def test_a_file_that_is_already_damaged_can_be_changed(ending, data, seed):
    files = {f"a{ending}": data}
    changed = damage.damaged(files, [files], Random(seed))
    assert changed.keys() == files.keys()
