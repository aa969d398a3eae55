"""The tree of codes of a REFI-QDA project becomes a codebook."""

from io import BytesIO

import pandas as pd
import pytest

import policylib as pol
from policylib.convert.qda_codes import code_elements, read_codes
from policylib.convert.qda_files import parse
from policylib.tables.levels import broader_codes


def read(codes: str):
    return read_codes(parse(BytesIO(f"<Codes>{codes}</Codes>".encode()), "Codes"))


def code(name: str, inside: str = "", description: str = "", guid: str = "") -> str:
    text = f"<Description>{description}</Description>" if description else ""
    return f'<Code guid="{guid}" name="{name}" isCodable="true">{text}{inside}</Code>'


def rows(table: pd.DataFrame, *columns: str) -> list[list]:
    cells = table[list(columns)].astype("object")
    return cells.where(cells.notna(), None).to_numpy().tolist()


class TestReadCodes:
    def test_codes_deeper_than_three_levels_become_items_below_their_second_level(self):
        tree = code("a", code("b", code("c", code("d", code("e")))) + code("f"))
        found = read(tree + code("g")).codebook
        assert rows(found, "id", "broader", "level", "path") == [
            ["a", None, "theme", "a"],
            ["b", "a", "priority", "a > b"],
            ["c", "b", "item", "a > b > c"],
            ["d", "b", "item", "a > b > c > d"],
            ["e", "b", "item", "a > b > c > d > e"],
            ["f", "a", "priority", "a > f"],
            ["g", None, "theme", "g"],
        ]
        assert broader_codes(found, "theme")["e"] == "a"

    def test_codes_of_one_name_stay_apart(self):
        tree = code("a", code("x", guid="1")) + code("b", code("x", guid="2"))
        found = read(tree)
        assert found.codebook["id"].to_list() == ["a", "x", "b", "x-2"]
        assert found.codebook["label"].to_list() == ["a", "x", "b", "x"]
        assert found.ids == {"1": "x", "2": "x-2"}

    def test_ids_of_policylib_come_before_names_that_a_person_gave(self):
        found = read(code("robots") + code("Robots", description="x\n[policylib id: robots]"))
        assert rows(found.codebook, "id", "label", "definition") == [
            ["robots-2", "robots", None],
            ["robots", "Robots", "x"],
        ]

    @pytest.mark.parametrize(
        ("name", "id_", "label"),
        [
            (" a&#10;b ", "a b", "a b"),
            ("a; b", "a, b", "a; b"),
            ("Coke::diet", "Coke::diet", "Coke::diet"),
            ("机器人 🤖", "机器人 🤖", "机器人 🤖"),
            ("", "code", "code"),
        ],
    )
    def test_names_become_ids_that_tables_accept(self, name, id_, label):
        (row,) = rows(read(code(name)).codebook, "id", "label")
        assert row == [id_, label]
        statements = pd.DataFrame(
            {"document": "d", "paragraph": [1], "actor": "a", "role": "commits", "code": id_}
        )
        assert len(pol.make_tables(statements, read(code(name)).codebook).priorities) == 1

    @pytest.mark.parametrize(
        ("colour", "expected"),
        [("#FF0080", "#ff0080"), ("#F08", "#ff0088"), ("red", None), ("", None)],
    )
    def test_colours(self, colour, expected):
        found = read(f'<Code name="a" color="{colour}"/>').codebook
        assert rows(found, "colour") == [[expected]]

    def test_the_rest_of_the_library_takes_the_codebook(self):
        found = read(code("a", code("b"))).codebook
        assert found.columns[:13].to_list() == pol.read_codebook().columns.to_list()
        assert pol.lint_codebook(found).empty
        assert read("").codebook.empty

    def test_codes_of_roles_mark_statements_and_are_no_codes(self):
        tree = code("Role", code("reports", guid="1") + code("Denied", guid="2"), guid="0")
        found = read(tree + code("a"))
        assert found.codebook["id"].to_list() == ["a"]
        assert found.marks == {"1": "reports", "2": "denied", "0": ""}

    @pytest.mark.parametrize(
        "tree",
        [
            code("role"),
            code("role", code("reports") + code("teacher")),
            code("role", code("reports", code("yearly"))),
            code("a", code("role", code("reports"))),
            code("Role", code("Reports"), description="[policylib id: r]"),
            code("Role", code("Reports", description="Says.\n[policylib id: r]")),
        ],
    )
    def test_other_codes_named_role_are_codes(self, tree):
        found = read(tree)
        assert len(found.codebook) == tree.count("<Code ")
        assert not found.marks


class TestCodeElements:
    def test_the_tree_the_colours_and_the_definitions(self):
        codebook = pd.DataFrame(
            {
                "id": ["b", "a", "c", "d"],
                "broader": ["a", None, None, "b"],
                "definition": [None, "Says a.", None, None],
                "colour": [None, None, None, "#123456"],
            }
        )
        root, guids = code_elements(codebook)
        a, c = root
        assert a.findtext("Description") == "Says a.\n[policylib id: a]"
        assert [element.get("name") for element in a.iter("Code")] == ["a", "b", "d"]
        colours = [element.get("color") for element in root.iter("Code")]
        assert colours[0] == colours[1] != colours[3]
        assert colours[2] == "#123456"
        assert c.get("guid") == guids["c"]
        back = read_codes(root).codebook
        assert rows(back, "id", "broader", "definition") == [
            ["a", None, "Says a."],
            ["b", "a", None],
            ["d", "b", None],
            ["c", None, None],
        ]

    def test_faults_of_a_codebook_are_listed(self):
        codebook = pd.DataFrame({"id": ["a", "a", None], "broader": [None, None, None]})
        with pytest.raises(pol.DataError, match="the codebook has 2 faults"):
            code_elements(codebook)
        same = pd.DataFrame({"id": [7, "7", ""], "broader": [None, "typo", None]})
        with pytest.raises(pol.DataError) as caught:
            code_elements(same)
        assert caught.value.faults[["row", "column", "problem"]].to_numpy().tolist() == [
            [2, "id", "'7' is already used in codebook, row 1; ids must be unique in this table"],
            [2, "broader", "no code 'typo'"],
            [3, "id", "the cell is empty"],
        ]
        near = pd.DataFrame({"id": ["robots", "arms"], "broader": [None, "robot"]})
        with pytest.raises(pol.DataError, match="no code 'robot'; did you mean 'robots'"):
            code_elements(near)
        circle = pd.DataFrame({"id": ["a", "b"], "broader": ["b", "a"]})
        with pytest.raises(pol.DataError, match="code 'a' is below itself: a < b < a"):
            code_elements(circle)

    def test_a_tree_that_is_too_deep_to_be_read_is_refused(self):
        ids = [str(number) for number in range(200)]
        deep = pd.DataFrame({"id": ids, "broader": [None, *ids[:-1]]})
        with pytest.raises(ValueError, match="code '101' has more than 100 codes above it"):
            code_elements(deep)

    def test_whole_numbers_have_no_decimals_beside_gaps(self):
        codebook = pd.DataFrame(
            {
                "id": [1.0, 2.0],
                "broader": [None, 1.0],
                "label": [2030, None],
                "definition": [5, None],
            }
        )
        back = read_codes(code_elements(codebook)[0]).codebook
        columns = ["id", "broader", "label", "definition"]
        assert rows(back, *columns) == [["1", None, "2030", "5"], ["2", "1", "2", None]]

    @pytest.mark.parametrize("id_", ["a; b", " a", "a\nb", "a\x7fb"])
    def test_an_id_that_would_be_read_as_another_is_refused(self, id_):
        with pytest.raises(ValueError, match=r"would be read as 'a,? ?b?'; rename it"):
            code_elements(pd.DataFrame({"id": [id_], "label": ["A"]}))

    @pytest.mark.parametrize("label", [" a", "a\nb", " "])
    def test_a_label_that_would_be_read_as_another_is_refused(self, label):
        with pytest.raises(ValueError, match=r"code 'x': .* would be read as .*; rename it"):
            code_elements(pd.DataFrame({"id": ["x"], "label": [label]}))

    def test_a_label_may_have_a_semicolon(self):
        codebook = pd.DataFrame({"id": ["x"], "label": ["hope; fear"]})
        back = read_codes(code_elements(codebook)[0]).codebook
        assert rows(back, "id", "label") == [["x", "hope; fear"]]

    def test_characters_that_xml_cannot_hold_are_named(self):
        codebook = pd.DataFrame({"id": ["a"], "definition": ["\x00"]})
        with pytest.raises(ValueError, match=r"code 'a': a .qdpx file cannot hold .*x00"):
            code_elements(codebook)
