"""Matrices of a small debate, for all tests of discourse networks."""

import pandas as pd
import pytest

BOTH = [False, True]


def matrix_of(counts: dict, levels=(False, True)) -> pd.DataFrame:
    """Make a matrix from {actor: {concept: counts per level}}."""
    concepts = list(dict.fromkeys(c for row in counts.values() for c in row))
    columns = pd.MultiIndex.from_product([concepts, levels], names=["concept", "agrees"])
    cells = [
        [n for c in concepts for n in row.get(c, [0] * len(levels))] for row in counts.values()
    ]
    return pd.DataFrame(cells, index=list(counts), columns=columns)


@pytest.fixture
def matrix():
    """Henan and Jilin both want robots and dispute credit; Liaoning speaks of credit alone."""
    return matrix_of(
        {
            "henan": {"robots": [0, 2], "credit": [1, 0]},
            "jilin": {"robots": [0, 3], "credit": [0, 1]},
            "liaoning": {"credit": [2, 1]},
        }
    )
