"""Statements are chosen by what their actor does in them."""

import pandas as pd
import pytest

from policylib.tables.roles import of_roles


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
