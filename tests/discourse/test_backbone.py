import numpy as np
import pandas as pd
import pytest

import policylib as pol
from tests.discourse.conftest import BOTH, matrix_of


def test_nested_backbone_by_hand():
    matrix = matrix_of(
        {
            "a": {"x": [0, 5], "y": [1, 0], "z": [0, 1]},
            "b": {"x": [0, 5], "y": [1, 0]},
            "c": {"x": [5, 0], "y": [1, 0], "z": [0, 1]},
            "d": {"x": [5, 0], "y": [1, 0]},
        }
    )
    backbone = pol.nested_backbone(matrix)
    assert backbone["concept"].to_list() == ["z", "y", "x"]
    assert backbone["statements"].to_list() == [2, 4, 20]
    assert backbone["distance"].is_monotonic_increasing
    # Without any concept there is no tie, so the distance is the length of the full spectrum.
    ties = pol.discourse_network(matrix).to_numpy()
    values = np.linalg.eigvalsh(np.diag(ties.sum(axis=1)) - ties)
    assert backbone["distance"].iloc[-1] == pytest.approx(np.linalg.norm(values / values.sum()))


@pytest.mark.parametrize(
    ("x", "y", "others"), [((2, 2), (1, 4), 3), ((2, 3), (6, 1), 3), ((2, 4), (1, 8), 2)]
)
def test_nested_backbone_removes_the_concept_with_fewer_statements_first(x, y, others):
    # The ties that x and y make are equally strong, since 2 · 2 = 1 · 4, so distances are equal.
    counts = {"a": x[0], "b": x[1], "c": y[0], "d": y[1]}
    concept = {"a": "x", "b": "x", "c": "y", "d": "y"}
    matrix = matrix_of({who: {concept[who]: [0, n], "z": [0, others]} for who, n in counts.items()})
    backbone = pol.nested_backbone(matrix)
    assert backbone["concept"].to_list() == ["x", "y", "z"]
    assert backbone["statements"].to_list() == [sum(x), sum(y), 4 * others]


def test_nested_backbone_of_a_concept_of_one_actor(matrix):
    columns = pd.MultiIndex.from_product([["alone"], BOTH], names=matrix.columns.names)
    alone = pd.DataFrame([[0, 1], [0, 0], [0, 0]], index=matrix.index, columns=columns)
    backbone = pol.nested_backbone(pd.concat([matrix, alone], axis=1))
    assert backbone.loc[0, ["concept", "distance"]].to_list() == ["alone", 0]


def test_nested_backbone_options(matrix):
    with pytest.raises(
        ValueError, match=r"no aggregation 'subtract'.*congruence, conflict, ignore"
    ):
        pol.nested_backbone(matrix, aggregation="subtract")
    plain = matrix.T.groupby(level=0).sum().T * 0.5
    assert pol.nested_backbone(plain, aggregation="ignore")["statements"].to_list() == [2.5, 2.5]
