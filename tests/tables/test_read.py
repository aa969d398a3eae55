"""What comes in at the door, what is turned away and what is said about it."""

import copy
import errno
import pickle
import shutil
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from policylib import DataError, Tables, read_tables, write_tables
from policylib.network.edges import ROLES
from policylib.tables.schema import table_resources

SHA = "0" * 64
STATEMENTS = "statements/conferences-2023.csv"


def change(package: Path, file: str, old: str, new: str) -> None:
    """Replace the first place of a text in a file."""
    path = package / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def faults_of(package: Path) -> list[tuple[str, int | None, str | None, str]]:
    """Read a package that has faults, and list them with None for what is missing."""
    with pytest.raises(DataError) as caught:
        read_tables(package)
    faults = caught.value.faults.astype(object)
    return list(faults.where(faults.notna(), None).itertuples(index=False, name=None))


def assert_only_fault(package: Path, file: str, row: int | None, column: str | None, text: str):
    faults = faults_of(package)
    assert [fault[:3] for fault in faults] == [(file, row, column)], faults
    assert text in faults[0][3]


def assert_tables_equal(a: Tables, b: Tables) -> None:
    for field in fields(Tables):
        assert_frame_equal(getattr(a, field.name), getattr(b, field.name))


# What is read


def test_tables_have_the_rows_and_types_of_the_schema(tables):
    assert repr(tables) == (
        "Tables(provinces=3, organisations=3, experts=2, priorities=9, initiatives=4, "
        "documents=2, statements=14, indicators=2, errata=1)"
    )
    assert tables.statements["id"].to_list() == [f"s{number:02}" for number in range(1, 15)]
    assert isinstance(tables.statements.index, pd.RangeIndex)
    types = tables.statements.dtypes.astype(str)
    assert types[["id", "paragraph", "qualifier"]].to_list() == ["str", "Int64", "boolean"]
    assert tables.provinces["growth_2023"].dtype == "Float64"
    assert tables.provinces["adcode"].dtype == "str"
    assert tables.statements["qualifier"].dropna().to_list() == [False, True]


def test_only_the_empty_cell_is_missing(package):
    change(package, STATEMENTS, "Build robots.", "NA")
    change(package, STATEMENTS, "Expand them.", "null")
    tables = read_tables(package)
    assert tables.statements["summary"][3:5].to_list() == ["NA", "null"]
    assert tables.statements["initiative"].isna().sum() == 11


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="BOM"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: (text + "\n\n").encode(), id="empty lines at the end"),
        pytest.param(lambda text: text.replace("\n", "\n\n", 2).encode(), id="empty lines"),
    ],
)
def test_spellings_of_a_csv_file_read_alike(package, tables, encode):
    for path in package.rglob("*.csv"):
        path.write_bytes(encode(path.read_text(encoding="utf-8")))
    assert_tables_equal(read_tables(package), tables)


def test_tables_may_be_absent(package, tables):
    for name in ("indicators", "errata"):
        (package / f"{name}.csv").unlink()
    read = read_tables(package)
    assert len(read.indicators) == len(read.errata) == 0
    assert_frame_equal(read.indicators, tables.indicators[:0].reset_index(drop=True))


def test_tables_may_have_a_header_only(package, tables):
    change(package, "errata.csv", (package / "errata.csv").read_text().split("\n", 1)[1], "")
    assert_frame_equal(read_tables(package).errata, tables.errata[:0].reset_index(drop=True))


def test_a_descriptor_and_strange_files_are_ignored(package, tables):
    (package / "datapackage.json").write_text("not JSON")
    (package / "notes.txt").write_text("notes")
    (package / "statements/._conferences-2023.csv").write_bytes(b"\xff")
    (package / "statements/~$conferences-2023.csv").write_bytes(b"\xff")
    assert_tables_equal(read_tables(package), tables)


def test_a_home_folder_is_found(package, tables, monkeypatch):
    monkeypatch.setenv("HOME", str(package.parent))
    monkeypatch.setenv("USERPROFILE", str(package.parent))
    assert_tables_equal(read_tables("~/package"), tables)


def test_html_shows_tables_and_documents(tables):
    html = tables._repr_html_()
    assert "Many &lt;provinces&gt; met" in html
    assert "<td>13</td>" in html
    assert html.count("<table") == 2


# Collections


def test_a_collection_has_its_documents_and_what_stands_in_them(package):
    tables = read_tables(package, collection="reports-2025")
    assert tables.documents["id"].to_list() == ["report"]
    assert tables.statements["id"].to_list() == ["s14"]
    assert tables.statements.index.to_list() == [0]
    assert len(tables.indicators) == len(tables.errata) == 0
    assert len(tables.provinces) == 3


def test_no_collection_means_all(package, tables):
    assert_tables_equal(read_tables(package, collection=None), tables)


def test_an_unknown_collection_is_named(package):
    with pytest.raises(
        ValueError, match=r"no collection 'report-2025' .*; did you mean 'reports-2025'"
    ):
        read_tables(package, collection="report-2025")


def test_the_shipped_package_is_the_default():
    assert set(read_tables().documents["collection"]) == {"conferences-2023"}


# Files that are not there, or cannot be read


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("documents.csv", "documents.csv"),
        ("priorities.csv", "priorities.csv"),
        ("statements", "statements/*.csv"),
    ],
)
def test_missing_file(package, path, file):
    path = package / path
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert_only_fault(package, file, None, None, "the file is missing")


def test_missing_table_of_actors(package):
    (package / "experts.csv").unlink()
    faults = faults_of(package)
    assert [fault[:3] for fault in faults] == [(STATEMENTS, 13, "actor"), (STATEMENTS, 14, "actor")]
    assert "no actor 'li-na'" in faults[0][3]
    assert "the ids of provinces.csv or organisations.csv or experts.csv" in faults[0][3]


@pytest.mark.parametrize("file", ["documents.csv", "priorities.csv"])
def test_empty_table(package, file):
    header = (package / file).read_text(encoding="utf-8").split("\n")[0]
    (package / file).write_text(header)
    assert_only_fault(package, file, None, None, "an empty table")


def test_statements_without_rows(package):
    for path in package.glob("statements/*.csv"):
        path.write_text(path.read_text(encoding="utf-8").split("\n")[0])
    assert_only_fault(package, STATEMENTS, None, None, "an empty table")


@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_file_without_header(package, text):
    (package / "errata.csv").write_text(text, encoding="utf-8")
    assert_only_fault(package, "errata.csv", 1, None, "no header; the columns are id, document")


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_tables(tmp_path / "nowhere")


def test_a_file_is_no_folder(package):
    with pytest.raises(NotADirectoryError, match="errata"):
        read_tables(package / "errata.csv")


def test_locked_file(package, monkeypatch):
    read = Path.read_bytes

    def refuse(path):
        if path.name == "provinces.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    change(package, "experts.csv", "institute,Lina", "nowhere,Lina")
    change(package, "errata.csv", ",high", ",certain")
    assert [(file, column, text[:30]) for file, _, column, text in faults_of(package)] == [
        ("errata.csv", "confidence", "'certain' is not one of high, "),
        ("experts.csv", "organisation", "no organisation 'nowhere' (all"),
        ("provinces.csv", None, "cannot be read: Permission den"),
    ]


def test_a_folder_by_the_name_of_a_file(package):
    (package / "errata.csv").unlink()
    (package / "errata.csv").mkdir()
    assert_only_fault(package, "errata.csv", None, None, "cannot be read: Is a directory")


def test_the_working_directory_is_not_replaced(tables, tmp_path, monkeypatch):
    target = write_tables(tables, tmp_path / "package")
    monkeypatch.chdir(target / "statements")
    with pytest.raises(ValueError, match="holds the working directory"):
        write_tables(tables, target)
    assert (target / "documents.csv").is_file()


def test_what_a_desktop_leaves_behind_does_not_hinder(tables, tmp_path):
    target = write_tables(tables, tmp_path / "package")
    (target / ".DS_Store").touch()
    assert write_tables(tables, target) == target


def test_a_central_body_may_commit(package):
    change(package, STATEMENTS, "conference,directs,new", "conference,commits,new")
    assert "commits" in set(read_tables(package).statements.query("actor == 'conference'")["role"])


def test_roles_are_those_of_the_schema():
    schema = table_resources()["statements"]["schema"]
    (role,) = [field for field in schema["fields"] if field["name"] == "role"]
    assert tuple(role["constraints"]["enum"]) == ROLES


# Headers


@pytest.mark.parametrize(
    ("old", "new", "column", "text"),
    [
        pytest.param("priority,", "", "priority", "the column is missing", id="missing"),
        pytest.param("summary", "summary,mood", "mood", "no column 'mood'", id="extra"),
        pytest.param("actor,role", "role,actor", "role", "in the wrong place", id="swapped"),
        pytest.param("count", "count,count", "count", "stands 2 times", id="twice"),
    ],
)
def test_wrong_header(package, old, new, column, text):
    change(package, STATEMENTS, old, new)
    assert_only_fault(package, STATEMENTS, 1, column, text)
    assert "the columns are id, document, paragraph, actor, role" in faults_of(package)[0][3]


def test_misspelt_column(package):
    change(package, "errata.csv", "printed", "Printed")
    faults = faults_of(package)
    assert [fault[:3] for fault in faults] == [
        ("errata.csv", 1, "Printed"),
        ("errata.csv", 1, "printed"),
    ]
    assert "did you mean 'printed'?" in faults[0][3]


def test_header_with_a_comma_too_many(package):
    path = package / "errata.csv"
    path.write_text(path.read_text().replace("\n", ",\n"))
    assert_only_fault(package, "errata.csv", 1, None, "no column ''")


def test_header_with_other_delimiter(package):
    path = package / "errata.csv"
    path.write_text(path.read_text().replace(",", ";"))
    assert_only_fault(package, "errata.csv", 1, None, "separated by commas")


def test_a_wrong_header_hides_no_other_fault(package):
    change(package, "provinces.csv", "region,", "")
    change(package, "errata.csv", "high", "sure")
    assert [fault[:3] for fault in faults_of(package)] == [
        ("errata.csv", 2, "confidence"),
        ("provinces.csv", 1, "region"),
    ]


# Cells


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "text"),
    [
        (STATEMENTS, "s04,daily,3", "s04,daily,x", 5, "paragraph", "'x' is not a whole number"),
        (STATEMENTS, "s04,daily,3", "s04,daily,3.5", 5, "paragraph", "'3.5' is not a whole"),
        (STATEMENTS, "s04,daily,3", "s04,daily,0", 5, "paragraph", "0 is not within 1 to 1000000"),
        (STATEMENTS, "s04,daily,3", f"s04,daily,{'9' * 30}", 5, "paragraph", "not within 1 to"),
        (STATEMENTS, "s04,daily,3", f"s04,daily,{'9' * 5000}", 5, "paragraph", "not a whole"),
        (STATEMENTS, "s04,daily,3", "s04,daily,", 5, "paragraph", "the cell is empty"),
        (STATEMENTS, "s04", "S 4", 5, "id", "a readable slug"),
        (STATEMENTS, "s04", '"s04\n"', 5, "id", "a line break"),
        (STATEMENTS, "commits", "commit", 5, "role", "diagnoses, recommends; did you mean"),
        (STATEMENTS, ",false,", ",no,", 13, "qualifier", "'no' is not true or false"),
        (STATEMENTS, "hard to borrow", "a b c d e f g", 13, "anchor", "At most six words"),
        (STATEMENTS, "hard to borrow", "a  b", 13, "anchor", "single spaces"),
        ("documents.csv", "2023-12,", "2023-13,", 2, "said", "YYYY-MM-DD, for example '2023-12'"),
        ("documents.csv", "2024-01-31", "2024-02-31", 2, "published", "not in the calendar"),
        ("documents.csv", "conferences-2023", "Conf/../x", 2, "collection", "does not fit"),
        ("provinces.csv", "4.1", "4.1%", 2, "growth_2023", "'4.1%' is not a number"),
        ("provinces.csv", "4.1", "nan", 2, "growth_2023", "'nan' is not a number"),
        ("provinces.csv", "4.1", "snan", 2, "growth_2023", "'snan' is not a number"),
        ("provinces.csv", "4.1", "1e999", 2, "growth_2023", "'1e999' is not a number"),
        ("provinces.csv", "4.1", "4_1", 2, "growth_2023", "'4_1' is not a number"),
        (STATEMENTS, "s04,daily,3", "s04,daily,３", 5, "paragraph", "'３' is not a whole number"),
        ("provinces.csv", "Central,", "Centre,", 2, "region", "Northeast; did you mean 'Central'?"),
        ("provinces.csv", "220000", "410000", 3, "adcode", "stands in an earlier row"),
        ("provinces.csv", "Henan,", "Henan ,", 2, "label", "without space at either end"),
        ("initiatives.csv", "2003", "203", 2, "year", "203 is not within 1900 to 2100"),
        ("experts.csv", "Lina Li; Li N.", "Lina Li;Li N.", 2, "aliases", "separated by '; '"),
        ("priorities.csv", "1; 2", "1;2", 4, "sei", "'2.2; 2.3'"),
    ],
)  # fmt: skip
def test_wrong_cell(package, file, old, new, row, column, text):
    change(package, file, old, new)
    assert_only_fault(package, file, row, column, text)


# Rules across cells


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "text"),
    [
        (STATEMENTS, "liaoning", "liaonin", 5, "actor",
         "no actor 'liaonin'; did you mean 'liaoning'? "
         "(allowed: the ids of provinces.csv or organisations.csv or experts.csv)"),
        (STATEMENTS, "liaoning", "somebody", 5, "actor", "no actor 'somebody' (allowed"),
        (STATEMENTS, "liaoning", "robots", 5, "actor", "no actor 'robots'"),
        (STATEMENTS, "robots", "robot", 5, "priority", "no priority 'robot'; did you mean"),
        (STATEMENTS, "robot-plan", "robot", 5, "initiative", "no initiative 'robot'; did"),
        (STATEMENTS, "s04,daily", "s04,dayly", 5, "document", "no document 'dayly'; did"),
        ("documents.csv", "jilin", "jiling", 3, "actor", "no actor 'jiling'; did you mean"),
        ("initiatives.csv", ",henan", ",hennan", 4, "owner", "no actor 'hennan'"),
        ("initiatives.csv", ",revival", ",revive", 3, "implements", "no initiative 'revive'"),
        ("experts.csv", "institute", "institut", 2, "organisation", "no organisation 'institut'"),
        ("organisations.csv", ",jilin", ",jlin", 3, "province", "no province 'jlin'; did"),
        ("priorities.csv", ",new-prod", ",prod", 4, "broader", "no priority 'productivity'"),
        (STATEMENTS, "s04", "s03", 5, "id", f"'s03' is taken by {STATEMENTS}, row 4"),
        ("errata.csv", "e01", "henan", 2, "id", "'henan' is taken by provinces.csv, row 2"),
        ("statements/reports-2025.csv", "s14", "s01", 2, "id", f"taken by {STATEMENTS}, row 2"),
        (STATEMENTS, "henan,commits", "henan,recommends", 8, "role",
         "'recommends' does not fit 'henan', a province or a body of one (allowed: commits"),
        (STATEMENTS, "siping,reports", "siping,directs", 11, "role", "allowed: commits, reports)"),
        (STATEMENTS, "li-na,diagnoses", "li-na,commits", 13, "role", "defines, reports, diagnoses"),
        (STATEMENTS, "conference,directs", "conference,defines", 2, "role", "a central body"),
        ("organisations.csv", ",jilin", ",", 3, "province", "a city must have its province"),
        (STATEMENTS, "s04,daily,3", "s04,daily,11", 5, "paragraph",
         "there is no paragraph 11 in 'daily' (allowed: 1 to 10)"),
        ("indicators.csv", "i01,daily,10", "i01,daily,11", 2, "paragraph", "allowed: 1 to 10"),
        ("errata.csv", "daily,10", "report,10", 2, "paragraph", "allowed: 1 to 5"),
        ("indicators.csv", "61%,,", "61%,61,", 3, "value", "an unresolved figure has no value"),
        ("indicators.csv", "9.1%,9.1", "9.1%,", 2, "value", "printed or restored figure must have"),
        ("priorities.csv", ",,theme,Innov", ",private-economy,theme,Innov", 2, "broader",
         "a theme stands at the top"),
        ("priorities.csv", "emerging-industries,item,Machines", "new-materials,item,Machines", 7,
         "broader", "above an item must be a priority, but 'new-materials' is an item"),
        ("priorities.csv", "new-productivity,priority,New", ",priority,New", 4, "broader",
         "above a priority must be a theme, but there is none"),
        ("priorities.csv", "emerging-industries,item,Machines", "robots,item,Machines", 7,
         "broader", "but 'robots' is an item"),
        ("initiatives.csv", "conference,,2003", "conference,revival,2003", 2, "implements",
         "'revival' implements itself"),
        (STATEMENTS, "commits,quantum,,", "commits,robots,ten-measures,", 9, None,
         "same document, paragraph, actor, role, priority, initiative, coder"),
        (STATEMENTS, "s03,daily,2,conference,directs,business-environment",
         "s03,daily,2,conference,directs,emerging-industries", 4, None, "together they are unique"),
    ],
)  # fmt: skip
def test_broken_rule(package, file, old, new, row, column, text):
    change(package, file, old, new)
    assert_only_fault(package, file, row, column, text)


def test_initiatives_round_a_circle(package):
    change(package, "initiatives.csv", "conference,,2003", "conference,robot-plan,2003")
    faults = faults_of(package)
    assert [fault[1:3] for fault in faults] == [(2, "implements"), (3, "implements")]


def test_a_chain_that_leads_to_a_circle_is_not_on_it(package):
    change(package, "initiatives.csv", "conference,,2003", "conference,revival,2003")
    assert_only_fault(package, "initiatives.csv", 2, "implements", "itself")


def test_a_conference_of_a_province_does_not_direct(package):
    change(package, "organisations.csv", "conference,\n", "conference,henan\n")
    faults = faults_of(package)
    assert [fault[:3] for fault in faults] == [(STATEMENTS, row, "role") for row in (2, 3, 4)]


# Hostile files


@pytest.mark.parametrize(
    ("old", "new", "row", "text"),
    [
        pytest.param(
            "Build robots.", '"Build robots.', 5, "a cell cannot be read", id="open quote"
        ),
        pytest.param("Build robots.", '"Build" robots.', 5, "a cell cannot be", id="stray quote"),
        pytest.param("Build robots.", "Build\0robots.", 5, "a NUL byte", id="NUL"),
        pytest.param("Build robots.", "Build, robots.", 5, "13 cells, where", id="too many cells"),
        pytest.param(",Build robots.", "", 5, "11 cells, where the header has 12", id="too few"),
        pytest.param(
            ",Build robots.\n", ",x\n,,,,,,,,,,,\n", 6, "the row is empty", id="empty row"
        ),
    ],
)
def test_hostile_file(package, old, new, row, text):
    change(package, STATEMENTS, old, new)
    assert_only_fault(package, STATEMENTS, row, None, text)


def test_a_ragged_row_keeps_its_id(package):
    change(package, "provinces.csv", "5.3,5.5", "5.3,5.5,")
    assert_only_fault(package, "provinces.csv", 4, None, "10 cells")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_wrong_encoding(package, encoding):
    path = package / "provinces.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    row = 2 if encoding == "gb18030" else 1
    assert_only_fault(
        package, "provinces.csv", row, None, "is not UTF-8; save the file as CSV UTF-8"
    )


def test_wrong_byte_below_a_cell_of_two_lines(package):
    path = package / STATEMENTS
    data = path.read_bytes().replace(b"Innovation leads.", b'"Innovation\nleads."')
    path.write_bytes(b"\xef\xbb\xbf" + data.replace(b"Build robots.", b"\xa3"))
    assert_only_fault(package, STATEMENTS, 5, None, "byte 0xa3 is not UTF-8")


# All faults at once


def test_all_faults_are_raised_at_once(package):
    change(package, STATEMENTS, "liaoning", "liaonin")
    change(package, STATEMENTS, "s07,daily,5", "s07,daily,five")
    change(package, "errata.csv", "high", "sure")
    (package / "priorities.csv").unlink()
    with pytest.raises(DataError) as caught:
        read_tables(package)
    assert str(caught.value).splitlines() == [
        "the data package has 4 faults:",
        "errata.csv, row 2, column confidence: 'sure' is not one of high, medium, low",
        "priorities.csv: the file is missing "
        "(a package must have rows in documents.csv, priorities.csv, statements/*.csv)",
        f"{STATEMENTS}, row 5, column actor: no actor 'liaonin'; did you mean 'liaoning'? "
        "(allowed: the ids of provinces.csv or organisations.csv or experts.csv)",
        f"{STATEMENTS}, row 8, column paragraph: 'five' is not a whole number. "
        "Which paragraph of the source, its non-empty lines counted from 1",
    ]
    assert caught.value.faults.columns.to_list() == ["file", "row", "column", "problem"]


def test_more_faults_than_are_shown(package):
    rows = "".join(f"x{n},daily,1,nobody,commits,robots,,,hand,0,a,b\n" for n in range(2000))
    with (package / "statements/reports-2025.csv").open("a") as file:
        file.write(rows)
    with pytest.raises(DataError) as caught:
        read_tables(package)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[0] == "the data package has 4000 faults:"
    assert lines[-1] == "... and 3980 more, in the attribute `faults`"


def test_a_data_error_can_be_copied_and_sent(package):
    (package / "documents.csv").unlink()
    with pytest.raises(DataError) as caught:
        read_tables(package)
    error = caught.value
    assert str(pickle.loads(pickle.dumps(error))) == str(copy.copy(error)) == str(error)
    assert "documents.csv: the file is missing" in str(error)


# Writing


def test_what_is_written_reads_back_equal(tables, tmp_path):
    folder = write_tables(tables, tmp_path / "copy")
    assert folder == tmp_path / "copy"
    assert_tables_equal(read_tables(folder), tables)
    assert sorted(path.name for path in folder.glob("statements/*")) == [
        "conferences-2023.csv",
        "reports-2025.csv",
    ]


def test_what_is_written_is_a_valid_data_package(tables, tmp_path, monkeypatch):
    from frictionless import Package

    def refuse(*args, **kwargs):
        raise AssertionError("the network is not needed")

    monkeypatch.setattr("socket.socket.connect", refuse)
    folder = write_tables(tables, tmp_path / "copy")
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten()
    assert len(report.tasks) == 10


TEXTS = ["a\rb", '"a",\r\n\u2028', "\ufeffNA", "#N/A", "null", " ", "'", "a\\", "\n", "=1+1", "\t"]


@given(
    summaries=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        min_size=14,
        max_size=14,
    ),
    value=st.floats(-1e15, 1e15),
    qualifier=st.sampled_from([True, False, pd.NA]),
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(summaries=[*TEXTS, *"abc"], value=0.1 + 0.2, qualifier=True)
def test_any_cell_survives(tables, summaries, value, qualifier):
    statements = tables.statements.assign(summary=pd.Series(summaries, dtype="str"))
    statements.loc[3, "qualifier"] = qualifier
    indicators = tables.indicators.copy()
    indicators.loc[0, "value"] = value
    changed = replace(tables, statements=statements, indicators=indicators)
    with TemporaryDirectory() as parent:
        assert_tables_equal(read_tables(write_tables(changed, Path(parent, "copy"))), changed)


@given(data=st.binary(max_size=60), at=st.integers(0, 140))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_a_fault_or_none(package, data, at):
    path = package / "errata.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + data + whole[at:])
    faults = None
    try:
        read_tables(package)
    except DataError as error:
        faults = error.faults
    finally:
        path.write_bytes(whole)
    assert faults is None or set(faults["file"]) == {"errata.csv"}


def test_a_package_of_ours_is_replaced(tables, tmp_path):
    folder = write_tables(tables, tmp_path / "copy")
    write_tables(read_tables(folder, collection="reports-2025"), folder)
    assert [path.name for path in folder.glob("statements/*")] == ["reports-2025.csv"]
    assert [path.name for path in tmp_path.glob(".copy*")] == []


def test_an_empty_folder_is_filled(tables, tmp_path):
    (tmp_path / "copy").mkdir()
    assert_tables_equal(read_tables(write_tables(tables, tmp_path / "copy")), tables)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("notes.txt", "", id="a stranger"),
        pytest.param("statements/mine.csv", "", id="a stranger among the statements"),
        pytest.param("datapackage.json", '{"resources": []}', id="a package of others"),
        pytest.param(
            "datapackage.json",
            '{"written_by": "others", "resources": []}',
            id="a package of others, who say so",
        ),
        pytest.param("datapackage.json", "{", id="a broken descriptor"),
    ],
)
def test_a_folder_with_foreign_files_is_left_alone(tables, tmp_path, file, text):
    folder = write_tables(tables, tmp_path / "copy")
    (folder / file).write_text(text)
    before = snapshot(tmp_path)
    with pytest.raises(FileExistsError, match="which write_tables did not write; choose a new"):
        write_tables(tables, folder)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("file", ["statements/reports-2025.csv", "documents.csv"])
def test_edits_in_a_package_of_ours_are_not_lost(tables, tmp_path, file):
    folder = write_tables(tables, tmp_path / "copy")
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace("\n", "\n\n", 1), encoding="utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(FileExistsError, match=f"'{file}' in .* was changed after write_tables"):
        write_tables(tables, folder)
    assert snapshot(tmp_path) == before


def test_a_package_made_by_hand_is_left_alone(tables, package):
    before = snapshot(package)
    with pytest.raises(FileExistsError, match="which write_tables did not write"):
        write_tables(tables, package)
    assert snapshot(package) == before


def test_a_file_is_not_replaced(tables, tmp_path):
    (tmp_path / "copy").write_text("notes")
    with pytest.raises(NotADirectoryError, match="copy"):
        write_tables(tables, tmp_path / "copy")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, hidden files too."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("failure", ["table", "descriptor", "check", "move"])
def test_a_failure_leaves_all_as_it_was(tables, tmp_path, monkeypatch, failure, exists):
    folder = tmp_path / "copy"
    if exists:
        write_tables(without_report(tables), folder)
    before = snapshot(tmp_path)
    write, move = Path.write_text, Path.rename

    def write_text(path, *args, **kwargs):
        if path.name == {"table": "errata.csv", "descriptor": "datapackage.json"}.get(failure):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, *args, **kwargs)

    def rename(path, target):
        # The former package may be moved away, and back; the new one may not be moved in.
        if failure == "move" and target == folder and path.suffix != ".former":
            raise PermissionError(errno.EACCES, "locked")
        return move(path, target)

    monkeypatch.setattr(Path, "write_text", write_text)
    monkeypatch.setattr(Path, "rename", rename)
    if failure == "check":
        tables = replace(tables, documents=tables.documents[:1])
    with pytest.raises((OSError, DataError)):
        write_tables(tables, folder)
    assert snapshot(tmp_path) == before
    assert list(tmp_path.glob(".copy*")) == []


def without_report(tables: Tables) -> Tables:
    """The world without its second document."""
    return replace(tables, documents=tables.documents[:1], statements=tables.statements[:13])


def test_a_locked_package_stays(tables, tmp_path, monkeypatch):
    folder = write_tables(tables, tmp_path / "copy")
    before = snapshot(tmp_path)

    def refuse(path, target):
        raise PermissionError(errno.EACCES, "locked")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError, match="locked"):
        write_tables(tables, folder)
    assert snapshot(tmp_path) == before


def test_faulty_tables_are_not_written(tables, tmp_path):
    statements = tables.statements.assign(document="dayly", role="commit")
    documents = tables.documents.assign(collection="../away")
    with pytest.raises(DataError) as caught:
        write_tables(replace(tables, statements=statements, documents=documents), tmp_path / "copy")
    assert set(caught.value.faults["file"]) == {"documents.csv", "statements/unknown.csv"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("table", "column", "file"),
    [
        ("statements", "document", "statements/unknown.csv"),
        ("documents", "collection", "documents.csv"),
        ("provinces", "label", "provinces.csv"),
    ],
)
def test_tables_without_a_column_are_not_written(tables, tmp_path, table, column, file):
    short = getattr(tables, table).drop(columns=column)
    with pytest.raises(DataError, match=f"{file}, row 1, column {column}: the column is missing"):
        write_tables(replace(tables, **{table: short}), tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_collection_is_no_way_out_of_the_folder(tables, tmp_path):
    documents = tables.documents.assign(collection="../../away")
    with pytest.raises(DataError, match=r"column collection: '\.\./\.\./away' does not fit"):
        write_tables(replace(tables, documents=documents), tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_nothing_may_be_written_in_a_read_only_folder(tables, tmp_path, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(PermissionError, match="no right to write in") as caught:
        write_tables(tables, tmp_path / "copy")
    assert caught.value.filename == str(tmp_path)


def test_a_folder_of_no_parent_is_not_made(tables, tmp_path):
    with pytest.raises(FileNotFoundError):
        write_tables(tables, tmp_path / "nowhere" / "copy")


def test_a_table_under_another_name_is_not_passed_over(package):
    (package / "experts.csv").rename(package / "expert.csv")
    (package / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    named = [fault for fault in faults_of(package) if fault[1] is None]
    assert named == [("expert.csv", None, None, "no table 'expert'; did you mean 'experts'?")]


def test_statements_stand_in_their_folder(package):
    shutil.copy(package / STATEMENTS, package / "statements.csv")
    assert_only_fault(package, "statements.csv", None, None, "move it into the folder statements/")


def test_what_only_chinese_provinces_or_public_sources_have_is_optional(package):
    change(
        package,
        "provinces.csv",
        "henan,Henan,河南省,,410000,CN-HA,Central,4.1,5.5",
        "henan,Henan,,,,,,,",
    )
    change(package, "provinces.csv", "吉林省,,220000,CN-JL,Northeast", ",,,,")
    change(package, "documents.csv", SHA, "")
    tables = read_tables(package)
    assert tables.provinces["adcode"].isna().sum() == 2
    assert tables.documents["sha256"].isna().sum() == 1
