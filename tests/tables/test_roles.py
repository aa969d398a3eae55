"""Statements are chosen by what their actor does in them."""

import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib.tables.roles import denies, is_denied, of_roles


class TestOfRoles:
    TABLE = pd.DataFrame({"role": ["commits", "reports", "directs"]})

    def test_one_several_all_and_none(self):
        assert of_roles(self.TABLE, "reports")["role"].to_list() == ["reports"]
        assert of_roles(self.TABLE, ["directs", "commits"])["role"].to_list() == [
            "commits",
            "directs",
        ]
        assert of_roles(self.TABLE, None) is self.TABLE
        assert of_roles(self.TABLE, []).empty

    def test_a_misspelt_role_and_a_wrong_kind(self):
        with pytest.raises(ValueError, match=r"no role 'commit' .*did you mean 'commits'"):
            of_roles(self.TABLE, "commit")
        with pytest.raises(TypeError, match=r"roles: expected a role, .*, got 5"):
            of_roles(self.TABLE, 5)


class TestIsDenied:
    @pytest.mark.parametrize("dtype", ["str", "object", "category"])
    def test_true_and_false_may_be_text(self, dtype):
        cells = pd.Series(["False", "false", " FALSE", "True", None, "", "0", "2"], dtype=dtype)
        found = is_denied(pd.DataFrame({"qualifier": cells}))
        assert found.to_list() == [True] * 3 + [False] * 5
        assert found.dtype == "bool"

    @pytest.mark.parametrize("cells", [[0, 1], [0.0, None], pd.Categorical([0, 1]), [None, None]])
    def test_numbers_and_blanks_are_no_denials(self, cells):
        assert is_denied(pd.DataFrame({"qualifier": cells})).to_list() == [False, False]

    @pytest.mark.parametrize("cells", [[True, False], [np.True_, np.False_, None]])
    @pytest.mark.parametrize("dtype", [None, "object", "category"])
    def test_truth(self, cells, dtype):
        found = is_denied(pd.DataFrame({"qualifier": pd.Series(cells, dtype=dtype)}))
        assert found.to_list() == [False, True, False][: len(cells)]

    @pytest.mark.parametrize("text", ["no", "否", "unclear", "f"])
    def test_other_text_is_refused_since_it_may_be_a_denial(self, text):
        table = pd.DataFrame(
            {"actor": "a", "code": ["x", "y"], "qualifier": ["True", text]}, index=["r1", "r2"]
        )
        match = "column 'qualifier', row 'r2': '.*' is neither true, false nor a number"
        with pytest.raises(ValueError, match=match):
            pol.count_statements(table, rows="actor")
        assert pol.count_statements(table, rows="actor", denied=True).to_numpy().sum() == 2

    def test_text_counts_as_truth_does(self, network):
        right = pol.biadjacency(network, rows="actor")
        for _, _, data in network.edges(data=True):
            if "qualifier" in data:
                data["qualifier"] = str(data["qualifier"])
        pd.testing.assert_frame_equal(pol.biadjacency(network, rows="actor"), right)
        found = pol.coverage(pol.statements(network), rows="actor")["denied"]
        assert found[found > 0].to_dict() == {"li-na": 1}

    def test_denies(self):
        assert denies(np.False_)
        assert not denies("no")
