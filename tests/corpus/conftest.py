"""A cluster for all tests that do not damage it, and a way to work without one."""

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
    """Work in this process, with parts of a few bytes."""
    monkeypatch.setattr(sources, "PART_BYTES", 600)
    with dask.config.set(scheduler="synchronous"):
        yield
