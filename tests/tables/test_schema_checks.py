"""The cells of one file against the schema, with frictionless as a second opinion."""

import pandas as pd
import pytest
from frictionless import Package, Schema
from frictionless.resources import TableResource
from hypothesis import given, settings
from hypothesis import strategies as st

from policylib._util.faults import Faults
from policylib.tables.checks import check_cells
from policylib.tables.schema import convert, shipped_folder, table_resources

SCHEMAS = {table: resource["schema"] for table, resource in table_resources().items()}
# The keys are left out: `check_rules` checks them, since they concern more than one cell.
ORACLES = {
    table: Schema.from_descriptor({"fields": schema["fields"]}) for table, schema in SCHEMAS.items()
}
Places = set[tuple[int, str | None]]


def cells_of(table: str, rows: list[list[str]]) -> pd.DataFrame:
    """Return rows of text as `read_cells` returns them."""
    index = pd.MultiIndex.from_product([["file"], range(2, len(rows) + 2)], names=["file", "row"])
    columns = [field["name"] for field in SCHEMAS[table]["fields"]]
    cells = pd.DataFrame(rows, index=index, columns=columns, dtype="str")
    return cells.mask(cells == "")


def province(**values: str) -> list[str]:
    """Return a valid row of the provinces with other values in some cells."""
    right = {"id": "henan", "label": "Henan", "adcode": "410000"} | values
    return [right.get(field["name"], "") for field in SCHEMAS["provinces"]["fields"]]


def faults_in(table: str, cells: pd.DataFrame) -> dict[tuple[int, str | None], str]:
    """Return the problem at each row and column, or at each row and None if the row is wrong."""
    faults = Faults()
    check_cells(cells, SCHEMAS[table], faults)
    convert(cells, table, faults)
    found = faults.to_frame().astype(object)
    found = found.where(found.notna(), None)
    return {(row, column): text for _, row, column, text in found.itertuples(index=False)}


# --- The same faults as frictionless finds. -----------------------------------------------------


def places_by_frictionless(table: str, cells: pd.DataFrame) -> Places:
    data = [list(cells.columns), *cells.fillna("").to_numpy().tolist()]
    places = set()
    with TableResource(data=data, schema=ORACLES[table]) as resource:
        for (_, row), checked in zip(cells.index, resource.row_stream, strict=True):
            for error in checked.errors:
                places.add((row, None if error.type == "blank-row" else error.field_name))
    return places


# frictionless also accepts 1_000, nan, digits of other scripts, spaces around a number and numbers
# beyond 2**53. policylib does not, as other tests check. The same is true of line breaks.
NUMBERS = st.text("0123456789.+-x%,", max_size=8)
WORDS = st.text("aZ09- ;.,'\t\r\u00a0\u3000é省", max_size=12)
ODD_NUMBERS = ["", "3", "3.0", "+4", "-5", ".5", "5.", "true", "FALSE", "no"]
ODD_WORDS = ["", "a; b", "a;b", "2023-12", "2023-13", "a b c d e f g", "x" * 80, "x" * 81]


def any_cell(field: dict) -> st.SearchStrategy[str]:
    """Return a strategy for valid, nearly valid, odd and random cells of a field."""
    rules = field.get("constraints", {})
    if field["type"] != "string":
        bounds = [rules[name] for name in ("minimum", "maximum") if name in rules]
        steps = [str(bound + step) for bound in bounds for step in (-1, 0, 1)]
        return st.sampled_from(ODD_NUMBERS + steps) | NUMBERS
    right = st.sampled_from(rules.get("enum") or [field.get("example", "a-1")])
    nearly = right.flatmap(
        lambda text: st.sampled_from([text[1:], text[:-1], f" {text}", f"{text} ", text.upper()])
    )
    return right | nearly | st.sampled_from(ODD_WORDS) | WORDS


def any_cells(table: str) -> st.SearchStrategy[tuple[str, pd.DataFrame]]:
    fields = SCHEMAS[table]["fields"]
    row = st.tuples(*map(any_cell, fields)).map(list) | st.just([""] * len(fields))
    return st.lists(row, min_size=1, max_size=5).map(lambda rows: (table, cells_of(table, rows)))


@given(st.sampled_from(list(SCHEMAS)).flatmap(any_cells))
@settings(max_examples=40)
def test_faults_are_where_frictionless_finds_them(drawn):
    table, cells = drawn
    assert faults_in(table, cells).keys() == places_by_frictionless(table, cells)


def test_the_shipped_package_is_valid():
    report = Package(str(shipped_folder() / "datapackage.json")).validate()
    assert report.valid, report.flatten()


# --- Checks and messages that only policylib has. -------------------------------------------------


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_constraint_of_the_schema_is_checked(table):
    for field in SCHEMAS[table]["fields"]:
        rules = field.get("constraints", {}).keys()
        assert rules <= {"required", "unique", "enum", "pattern", "minimum", "maximum"}
        # Both bounds or none, and of integers only.
        bounds = {"minimum", "maximum"} & rules
        assert len(bounds) in (0, 2)
        assert not bounds or field["type"] == "integer"


@pytest.mark.parametrize(
    ("column", "cell"),
    [("id", "henan\n"), ("label", "He\nnan"), ("aliases", "Yu\nzhou"), ("aliases", "Yu; Zhou\n")],
)
def test_a_line_break_fits_no_pattern(column, cell):
    problem = "a line break, which this column does not allow"
    cells = cells_of("provinces", [province(**{column: cell})])
    assert faults_in("provinces", cells) == {(2, column): problem}


def test_a_row_without_cells_is_one_fault():
    wide = len(SCHEMAS["provinces"]["fields"])
    cells = cells_of("provinces", [province(), [""] * wide, province(adcode="41")])
    assert faults_in("provinces", cells) == {
        (3, None): "the row is empty; delete it",
        (4, "adcode"): "'41' does not fit. Six-digit code of GB/T 2260, for example '210000'",
    }


def test_every_later_row_with_the_same_value_of_a_unique_column_is_at_fault():
    rows = [province(adcode=code) for code in ("410000", "", "410000", "", "220000", "410000")]
    problem = "'410000' is already in an earlier row; values of this column must be unique. "
    problem += "Six-digit code of GB/T 2260"
    found = faults_in("provinces", cells_of("provinces", rows))
    assert found == dict.fromkeys([(4, "adcode"), (7, "adcode")], problem)


def test_a_whole_number_has_no_decimal_point():
    row = {"paragraph": "3.0", "count": "1"}
    fields = SCHEMAS["statements"]["fields"]
    right = {field["name"]: field.get("constraints", {}).get("enum", ["a"])[0] for field in fields}
    values = right | {"qualifier": "", "start": "", "end": ""} | row
    found = faults_in("statements", cells_of("statements", [list(values.values())]))
    assert found[2, "paragraph"].startswith("'3.0' is not a whole number. Number of the paragraph")
    assert len(found) == 1
