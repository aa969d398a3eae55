"""A way to work without a cluster."""

import dask
import pytest

from policylib.corpus import sources


@pytest.fixture
def here(monkeypatch):
    """Work in this process, with parts of a few bytes."""
    monkeypatch.setattr(sources, "PART_BYTES", 900)
    with dask.config.set(scheduler="synchronous"):
        yield
