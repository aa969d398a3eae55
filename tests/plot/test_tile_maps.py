"""Where tiles are: the provinces of China, and maps of users."""

import pandas as pd
import pytest

import policylib as pol
from policylib.plot.tile_maps import CHINA, tile_table


class TestTileTable:
    def test_tiles_are_the_provinces_each_in_a_place_of_its_own(self):
        provinces = pol.read_tables().provinces.set_index("id")
        assert set(CHINA) == {*provinces.index, "hong-kong", "macao", "taiwan"}
        table = tile_table()
        assert not table.duplicated(["row", "column"]).any()
        below = [("heilongjiang", "jilin"), ("henan", "hubei"), ("hunan", "guangdong")]
        right = [("tibet", "sichuan"), ("guangxi", "guangdong"), ("zhejiang", "shanghai")]
        places = dict(
            zip(table.index, zip(table["row"], table["column"], strict=True), strict=True)
        )
        for a, b in below:
            assert places[b] == (places[a][0] + 1, places[a][1])
        for a, b in right:
            assert places[b] == (places[a][0], places[a][1] + 1)
        # The table of provinces writes "内蒙古自治区" where a tile has "内蒙古".
        pairs = zip(provinces["label_zh"], table.loc[provinces.index, "label_zh"], strict=True)
        assert all(name.startswith(tile) for name, tile in pairs)
        assert (table.loc[provinces.index, "label"] == provinces["label"]).all()

    def test_a_mapping_and_tables_are_alike(self):
        mapping = {"a": (1, 2), "b": (3, 2)}
        table = pd.DataFrame({"id": ["a", "b"], "row": [1, 3], "column": [2.0, 2.0]})
        first = tile_table(mapping)
        assert first["row"].to_dict() == {"a": 0, "b": 2}
        assert first["column"].to_dict() == {"a": 0, "b": 0}
        for other in (table, table.set_index("id"), pd.Series(mapping)):
            pd.testing.assert_frame_equal(tile_table(other), first)
        assert table.columns.to_list() == ["id", "row", "column"]  # it is not changed

    @pytest.mark.parametrize(
        ("tiles", "message"),
        [
            ({"a": (0, 0), "b": (0, 0)}, "'a' and 'b' are both in row 0, column 0"),
            ({"a": (0, 0.5)}, "id 'a': expected row and column as whole numbers, got 0 and 0.5"),
            ({"a": (0, float("nan"))}, "id 'a': expected row and column as whole numbers"),
            ({"a": (0, float("inf"))}, "id 'a': expected row and column as whole numbers"),
            ({"a": (0, "1")}, "id 'a': expected row and column as whole numbers, got 0 and '1'"),
            ({"a": (True, 1)}, "id 'a': expected row and column as whole numbers"),
            ({"a": (0, 1, 2)}, r"id 'a': expected \(row, column\), got \(0, 1, 2\)"),
            ({"a": "01"}, r"id 'a': expected \(row, column\), got '01'"),
            ({"a": 3}, r"id 'a': expected \(row, column\), got 3"),
            ({}, "there are none"),
            ({"a": (0, 0), "b": (10**9, 0)}, "the rows run from 0 to 1000000000; expected at most"),
            (pd.DataFrame({"row": [0, 1], "column": [0, 1]}, ["a", "a"]), "duplicate id 'a'"),
            (pd.DataFrame({"row": [0], "col": [0]}, ["a"]), "no column 'column'"),
        ],
    )
    def test_tiles_that_cannot_be_placed(self, tiles, message):
        with pytest.raises(ValueError, match=message):
            tile_table(tiles)

    def test_all_faults_are_in_one_error(self):
        tiles = pd.DataFrame(
            {"id": ["a", "b", "b", "c", "d"], "row": [0, 0, 1, 2, None], "column": [0, 0, 1, 2, 3]}
        )
        with pytest.raises(ValueError, match="duplicate id 'b'") as caught:
            tile_table(tiles)
        lines = str(caught.value).splitlines()
        assert len(lines) == 3
        assert "'a' and 'b' are both in row 0" in lines[1]
        assert "id 'd': expected row and column as whole numbers, got nan and 3" in lines[2]
        with pytest.raises(
            ValueError, match=r"id 'a': .*\ntiles: id 'c': expected \(row, column\)"
        ):
            tile_table({"a": 1, "b": (0, 0), "c": (1, 2, 3)})

    def test_what_has_no_places(self):
        with pytest.raises(TypeError, match=r"tiles: expected a mapping .* not list"):
            tile_table([("a", 0, 0)])
