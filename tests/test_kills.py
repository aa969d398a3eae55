"""A writer that is killed leaves the old or the new version, and the next one cleans up."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = ["write_tables", "write_dna", "write_excel", "code_corpus", "write_network .gexf"]
FAST = ["write_network .json", "write_network .csv", "write_qdpx", "write_codebook", "code_by_hand"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize(
    "writer", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_a_kill_before_any_step_on_files_loses_nothing(writer):
    # In a process of its own, because a fork of this one would not have the threads of pytest.
    process = subprocess.run(
        [sys.executable, "-m", "tests.kills", "steps", writer],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(process.stdout.splitlines()[0].removeprefix(f"{writer} "))
    assert found.pop("kills") > 5
    assert found.pop("half written") == found.pop("left behind") == 0
    assert found.pop("hidden files at first") > 0
    assert found["old"] > 0
    assert found["new"] > 0
    if writer == "code_corpus":  # its folder is marked as unfinished while parts are replaced
        assert found.pop("unfinished, refused") > 0
    assert found.keys() == {"old", "new"}
