"""A matrix to draw, and figures that are closed after each test."""

import matplotlib.pyplot as plt
import pytest

import policylib as pol


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def matrix(network):
    return pol.biadjacency(network)
