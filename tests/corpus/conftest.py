"""One cluster for all tests that do not harm it, and one way to work without any."""

import dask
import pytest
from distributed import Client, LocalCluster

from policylib.corpus import sources
from tests.corpus.helpers import TWO_WORKERS


@pytest.fixture(scope="session")
def client():
    with LocalCluster(**TWO_WORKERS) as cluster, Client(cluster, set_as_default=False) as client:
        yield client


@pytest.fixture
def here(monkeypatch):
    """Work in this process, in parts of few bytes."""
    monkeypatch.setattr(sources, "PART_BYTES", 600)
    with dask.config.set(scheduler="synchronous"):
        yield
