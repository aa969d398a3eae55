"""Fixtures for the tests of conversion."""

import os
from pathlib import Path

import pytest

from tests.convert.helpers import DNA, run_sql

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dna(tmp_path: Path) -> Path:
    return run_sql(tmp_path / "world.dna", DNA)


@pytest.fixture(scope="session")
def sample() -> Path:
    """DNA's own sample, which is not distributed with policylib."""
    corpora = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
    path = corpora / "dna-sample" / "sample.dna"
    if not path.is_file():
        pytest.skip("DNA's sample is not distributed; POLICYLIB_CORPORA names the corpora's folder")
    return path
