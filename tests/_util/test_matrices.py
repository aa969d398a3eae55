"""The columns of a square matrix are put in the order of its rows."""

import pandas as pd
import pytest

from policylib._util.matrices import in_order_of_rows


def test_columns_are_put_in_the_order_of_the_rows():
    matrix = pd.DataFrame([[1, 2], [3, 4]], list("ab"), list("ba"))
    assert in_order_of_rows(matrix).to_dict("list") == {"a": [2, 4], "b": [1, 3]}
    same = matrix[["a", "b"]]
    assert in_order_of_rows(same) is same


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (list("ab"), list("ac"), "row 'b' has no column of the same label; see there"),
        (list("a"), list("ba"), "column 'b' has no row of the same label; see there"),
        (list("ab"), ["a", "b\udc80"], "row 'b' has no column of the same label; see there"),
        (list("a"), [("a", "b")], "the rows have 1 levels of labels and the columns 2; see there"),
    ],
)
def test_a_label_that_is_missing_is_named(rows, columns, message):
    index = pd.Index(columns, dtype=None if isinstance(columns[0], tuple) else "object")
    with pytest.raises(ValueError, match=f"^{message}$"):
        in_order_of_rows(pd.DataFrame(1, rows, index), "; see there")
