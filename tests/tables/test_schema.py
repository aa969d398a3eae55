"""The schema of the tables, as it is shipped."""

import policylib as pol
from policylib.network.edges import ROLES
from policylib.tables.schema import table_resources
from tests.conftest import SHA
from tests.tables.helpers import change


class TestTableResources:
    def test_roles_are_those_of_the_schema(self):
        schema = table_resources()["statements"]["schema"]
        (role,) = [field for field in schema["fields"] if field["name"] == "role"]
        assert tuple(role["constraints"]["enum"]) == ROLES

    def test_what_only_chinese_provinces_or_public_sources_have_is_optional(self, package):
        change(
            package,
            "provinces.csv",
            "henan,Henan,河南省,,410000,CN-HA,Central,4.1,5.5",
            "henan,Henan,,,,,,,",
        )
        change(package, "provinces.csv", "吉林省,,220000,CN-JL,Northeast", ",,,,")
        change(package, "documents.csv", SHA, "")
        tables = pol.read_tables(package)
        assert tables.provinces["adcode"].isna().sum() == 2
        assert tables.documents["sha256"].isna().sum() == 1
