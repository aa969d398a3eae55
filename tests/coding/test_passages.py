"""Rows of tables as plain records."""

import numpy as np
import pandas as pd

from policylib.coding.passages import plain_records


def test_records_have_plain_values():
    table = pd.DataFrame(
        {
            "text": ["a", None],
            "whole": pd.array([1, None], dtype="Int64"),
            "side": pd.array([True, None], dtype="boolean"),
            "share": [0.5, np.nan],
            "kind": pd.Categorical(["x", None]),
        }
    )
    first, second = plain_records(table)
    assert first == {"text": "a", "whole": 1, "side": True, "share": 0.5, "kind": "x"}
    assert [type(cell) for cell in first.values()] == [str, int, bool, float, str]
    assert set(second.values()) == {None}
    assert plain_records(table.iloc[:0]) == []
