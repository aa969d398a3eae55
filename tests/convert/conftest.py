"""Fixtures for the tests of conversion."""

from pathlib import Path

import pytest

from tests.convert.helpers import DNA, run_sql


@pytest.fixture
def dna(tmp_path: Path) -> Path:
    return run_sql(tmp_path / "world.dna", DNA)
