"""Names are checked against what is allowed, and the nearest match is named."""

import pandas as pd
import pytest

from policylib._util.names import nearest, require, require_columns


class TestRequire:
    def test_what_is_allowed_and_the_nearest_match_are_named(self):
        require("henan", ["henan", "hebei"], "actor")
        message = r"no actor 'henna' \(allowed: henan, hebei\); did you mean 'henan'\?"
        with pytest.raises(ValueError, match=message):
            require("henna", ["henan", "hebei"], "actor")

    def test_a_long_list_is_left_out_and_the_error_can_be_another(self):
        many = [f"actor-{n}" for n in range(100)]
        with pytest.raises(KeyError, match=r"no actor 'actor-7x'; did you mean 'actor-7'"):
            require("actor-7x", many, "actor", KeyError)


class TestRequireColumns:
    def test_a_missing_column_is_named(self):
        table = pd.DataFrame(columns=["actor", "role"])
        require_columns(table, "role", "actor")
        with pytest.raises(ValueError, match=r"no column 'rol' .*did you mean 'role'"):
            require_columns(table, "actor", "rol")

    def test_what_is_not_a_table_is_refused(self, tables):
        with pytest.raises(TypeError, match=r"not Tables; tables\.statements is one"):
            require_columns(tables, "actor")
        with pytest.raises(TypeError, match=r"expected a table \(a DataFrame\), not list$"):
            require_columns(["actor"], "actor")


class TestNearest:
    def test_nothing_is_asked_where_nothing_is_like_it(self):
        assert nearest("zhejiang", ("robots", "quantum")) == ""
