"""A coder's journal is read, checked and applied, also after a rebuild."""

from pathlib import Path

import pandas as pd
import pytest

import policylib as pol
from policylib.coding import apply_corrections, check_corrections, read_corrections

CODEBOOK = pd.DataFrame(
    {"id": ["rail", "robots", "roads"], "terms_en": ["railways", "robots", "roads"]}
)
TEXTS = ["We will build railways and robots.", "No roads here.", "Wheels for all."]
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2, 3], "text": TEXTS})


@pytest.fixture
def coded():
    return pol.code_documents(DOCUMENTS.assign(actor="henan"), CODEBOOK)


def line(action, **cells):
    row = {"time": "2030-01-01T10:00:00", "coder": "Ann", "action": action, "document": "d"}
    return row | cells


def of(statements, code):
    """Return the cells of the statement on a code, as a journal has them."""
    row = statements[statements["code"] == code].iloc[0]
    names = ["id", "paragraph", "start", "end", "quote", "code", "actor", "role", "qualifier"]
    return {name: row[name] for name in names}


def journal(path, *lines):
    pd.DataFrame(lines).to_csv(path, index=False)
    return read_corrections(path)


def added(**cells):
    return line("add", id="d-p03-ann-1", paragraph=3, start=0, end=6, quote="Wheels") | {
        "code": "rail", "actor": "henan", "role": "commits", "qualifier": True, **cells
    }  # fmt: skip


def test_each_action(coded, tmp_path):
    found = journal(
        tmp_path / "j.csv",
        line("keep", **of(coded, "rail")),
        line("change", **of(coded, "robots") | {"role": "reports"}, before='{"role": "commits"}'),
        line("drop", **of(coded, "roads")),
        added(),
        line("none", paragraph=2),
    )
    result = apply_corrections(coded, found)
    assert result["code"].to_list() == ["rail", "robots", "rail"]
    assert result["role"].to_list() == ["commits", "reports", "commits"]
    assert result["coder"].to_list()[1:] == ["Ann", "Ann"]
    assert result["coder"][0] == coded["coder"][0]
    assert result["count"].to_list() == [1, 1, 1]
    assert result.dtypes.equals(coded.dtypes)
    assert apply_corrections(result, found).equals(result)  # twice is as once
    assert apply_corrections(coded, found.iloc[:0]).equals(coded)


def test_the_last_line_on_a_statement_counts(coded, tmp_path):
    robots = of(coded, "robots")
    lines = [
        line("drop", **robots),
        line("change", **robots | {"role": "reports"}, before='{"role": "commits"}'),
        line("change", **robots | {"code": "rail"}, before='{"code": "robots"}'),
    ]
    result = apply_corrections(coded, journal(tmp_path / "j.csv", *lines))
    assert result["code"].to_list() == ["rail", "rail", "roads"]
    assert result["role"].to_list()[1] == "commits"
    undone = journal(tmp_path / "j.csv", *lines, line("none", **robots))
    assert apply_corrections(coded, undone).equals(coded)
    gone = journal(tmp_path / "j.csv", added(), line("drop", id="d-p03-ann-1", paragraph=3))
    assert apply_corrections(coded, gone).equals(coded)


def test_after_a_rebuild_with_another_codebook(coded, tmp_path):
    lines = journal(
        tmp_path / "j.csv",
        line("keep", **of(coded, "rail")),
        line("change", **of(coded, "robots") | {"code": "roads"}, before='{"code": "robots"}'),
        line("drop", **of(coded, "roads")),
        added(),
    )
    # Now wheels are a term, railways are not, and all ids are new.
    other = CODEBOOK.assign(terms_en=["wheels", "robots", "roads"])
    rebuilt = pol.code_documents(DOCUMENTS.assign(actor="henan"), other)
    rebuilt["id"] = [f"new-{n}" for n in range(len(rebuilt))]
    result = apply_corrections(rebuilt, lines)
    shown = ["paragraph", "code", "quote", "actor"]
    assert result[shown].to_numpy().tolist() == [
        [1, "roads", "robots", "henan"],  # changed
        [3, "rail", "Wheels", "henan"],  # was added by hand, and is found now
        [1, "rail", "railways", "henan"],  # was kept, and is not found any more
    ]
    assert len(result) == 3  # the denied roads were dropped


def test_a_table_without_ids_is_enough(coded):
    spot = {
        name: of(coded, "roads")[name] for name in ("paragraph", "start", "end", "code", "actor")
    }
    lines = pd.DataFrame([{"action": "drop", "document": "d", **spot}])
    assert apply_corrections(coded, lines)["code"].to_list() == ["rail", "robots"]
    hand = pd.DataFrame({"document": "d", "paragraph": [1, 2], "code": ["rail", "roads"]})
    lines = pd.DataFrame({"action": ["drop"], "document": "d", "paragraph": 2, "code": "roads"})
    assert apply_corrections(hand, lines)["code"].to_list() == ["rail"]


def test_what_no_longer_fits_is_listed(coded, tmp_path):
    lines = journal(
        tmp_path / "j.csv",
        line("keep", **of(coded, "rail")),
        line("keep", **of(coded, "rail") | {"quote": "airships"}),
        line("keep", **of(coded, "rail") | {"start": 3, "end": 11}),
        line("drop", **of(coded, "rail") | {"id": "gone", "start": 30, "end": 31, "quote": None}),
        line("none", paragraph=9),
        added(),
    )
    table = check_corrections(coded, lines, DOCUMENTS)
    assert table["problem"].fillna("").to_list() == [
        "",
        "the quote 'airships' is not in the paragraph",
        "the quote 'railways' is not at 3, but at 14",
        "no such statement",
        "documents has no paragraph 9 of 'd'",
        "",
    ]
    assert table["found"].fillna("").to_list() == ["id", "id", "id", "", "", ""]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"action": "kept"}, "row 2, column action: no action 'kept' .*did you mean 'keep'"),
        ({"paragraph": "x"}, "column paragraph: expected a whole number from 1, got 'x'"),
        ({"paragraph": 0}, "column paragraph: expected a whole number from 1, got '0'"),
        ({"paragraph": "1e30"}, "column paragraph: expected a whole number from 1, got '1e30'"),
        ({"start": 1.5}, "column start: expected a whole number from 0, got '1.5'"),
        ({"role": "commit"}, "column role: no role 'commit' .*did you mean 'commits'"),
        ({"qualifier": "maybe"}, "column qualifier: no qualifier 'maybe' .allowed: true, false"),
        ({"code": None}, "column code: the cell is empty, but a statement has one"),
        ({"document": None}, "column document: the cell is empty"),
        ({"before": "code=rail"}, "column before: expected a JSON object, got 'code=rail'"),
        ({"before": "[1]"}, "column before: expected a JSON object"),
        ({"before": "[" * 100_000}, "column before: expected a JSON object"),
    ],
)
def test_faults_of_a_journal_are_named(tmp_path, cells, message):
    with pytest.raises(pol.DataError, match=message):
        journal(tmp_path / "j.csv", added(**cells))


def test_a_journal_without_a_column_is_refused(tmp_path, coded):
    path = tmp_path / "j.csv"
    path.write_text("acton,document,paragraph\nkeep,d,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"j\.csv: no column 'action'; did you mean 'acton'"):
        read_corrections(path)
    with pytest.raises(ValueError, match=r"corrections, row 0: no action 'kep'.*mean 'keep'"):
        apply_corrections(coded, pd.DataFrame([line("kep", paragraph=1, code="rail")]))
    with pytest.raises(ValueError, match="corrections: no column 'code'"):
        apply_corrections(coded, pd.DataFrame([line("keep", paragraph=1)]))
    for call in (
        lambda table: apply_corrections(table, table),
        lambda table: check_corrections(coded, table, DOCUMENTS),
    ):
        with pytest.raises(TypeError, match="expected a table"):
            call([])


def test_an_empty_journal(tmp_path, coded):
    path = tmp_path / "j.csv"
    path.write_text("action,document,paragraph\n", encoding="utf-8")
    lines = read_corrections(path)
    assert lines.empty
    assert apply_corrections(coded, lines).equals(coded)
    assert check_corrections(coded, lines, DOCUMENTS).empty


def test_a_journal_after_a_rebuild_gives_the_table_that_was_written_before():
    """`expected.csv` was written by hand, and committed before this test first ran.

    One cell was corrected after that: the coder of what she added stays hers, as documented.
    """
    folder = Path(__file__).parent / "rebuild"
    documents = pd.read_csv(folder / "documents.csv")
    before, after = (pd.read_csv(folder / f"codebook-{name}.csv") for name in ("before", "after"))
    found = read_corrections(folder / "journal.csv")
    old = pol.code_documents(documents, before)
    assert check_corrections(old, found, documents)["problem"].isna().all()
    settled = apply_corrections(pol.code_documents(documents, after), found)
    settled["by"] = settled["coder"].where(settled["coder"].eq("Ann"), "program")
    expected = pd.read_csv(folder / "expected.csv", dtype=settled.dtypes.to_dict())
    pd.testing.assert_frame_equal(settled[list(expected)], expected, check_dtype=False)


def test_an_added_line_without_a_place(coded, tmp_path):
    found = journal(tmp_path / "j.csv", added(start=None, end=None, quote=None))
    result = apply_corrections(coded, found)
    assert result["code"].to_list()[-1] == "rail"
    assert result[["start", "end"]].iloc[-1].isna().all()
    assert result["start"].to_list()[0] == coded["start"][0]


def test_a_line_without_a_qualifier_empties_that_of_a_table_with_only_true_and_false(coded):
    statements = coded.assign(qualifier=True).astype({"qualifier": "bool"})
    robots = of(statements, "robots") | {"qualifier": None, "role": "reports"}
    lines = pd.DataFrame([line("change", **robots), added(qualifier=None)])
    result = apply_corrections(statements, lines)
    assert set(result["code"][result["qualifier"].isna()]) == {"robots", "rail"}
    assert result["qualifier"].isna().sum() == 2
    assert result["qualifier"].sum() == len(result) - 2


def test_true_and_false_are_not_levels_of_agreement(coded):
    levels = coded.assign(qualifier=range(len(coded)))
    lines = pd.DataFrame([line("change", **of(coded, "robots") | {"qualifier": True})])
    with pytest.raises(
        ValueError, match="row 0: the qualifier is True, but those of the statements"
    ):
        apply_corrections(levels, lines)
    changed = apply_corrections(levels, lines.assign(qualifier=None))["qualifier"]
    assert changed.isna().sum() == 1
    assert changed.dtype == "Int64"


def test_the_labels_and_the_storage_of_statements_do_not_matter():
    said = pd.DataFrame({"document": "d", "paragraph": [1, 2], "code": "a", "start": [0, 3]})
    said["end"] = said["start"] + 1
    line = {"action": ["add"], "document": "d", "paragraph": 1, "code": "b"}
    expected = apply_corrections(said, pd.DataFrame(line))
    assert expected["start"].isna().to_list() == [False, False, True]
    strict = said.set_flags(allows_duplicate_labels=False)
    assert apply_corrections(strict, pd.DataFrame(line)).equals(expected)
    sparse = said.astype({"start": "Sparse[int64]", "end": "Sparse[int64]"})
    assert apply_corrections(sparse, pd.DataFrame(line)).equals(expected)


HAND = pd.DataFrame(
    {
        "id": ["s1", "s2"],
        "document": "d",
        "paragraph": [1, 2],
        "start": [0, 3],
        "end": [4, 9],
        "code": ["rail", "robots"],
        "actor": "x",
        "role": "commits",
    }
)
NEW = {
    "action": "add", "id": "n1", "document": "d", "paragraph": 1, "code": "drones", "actor": "y",
    "role": "commits",
}  # fmt: skip
ON_RAIL = {"action": "drop", "document": "d", "paragraph": 1, "code": "rail"}


def applied(statements, *lines):
    return apply_corrections(statements, pd.DataFrame(lines))


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_a_missing_id_is_that_of_no_statement(missing):
    statements = HAND.assign(id=pd.Series(["s1", missing], dtype="object"))
    elsewhere = ON_RAIL | {"document": "e", "paragraph": 7}
    assert applied(statements, elsewhere | {"id": missing}).equals(statements)
    assert applied(statements, elsewhere).equals(statements)
    robots = ON_RAIL | {"id": missing, "paragraph": 2, "code": "robots"}
    assert applied(statements, robots)["code"].to_list() == ["rail"]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_the_last_line_counts_also_if_cells_are_missing(missing):
    statements = HAND.drop(columns=["id", "start", "end"])
    line = ON_RAIL | {"actor": "x", "start": missing}
    for actions, left in ((("drop", "keep"), ["rail", "robots"]), (("keep", "drop"), ["robots"])):
        result = applied(statements, *(line | {"action": action} for action in actions))
        assert result["code"].to_list() == left
    # A line with the id and one with the place are about the same statement.
    by_id = ON_RAIL | {"id": "s1"}
    assert applied(HAND, by_id, ON_RAIL | {"action": "keep"}).equals(HAND)
    assert applied(HAND, ON_RAIL | {"action": "keep"}, by_id)["id"].to_list() == ["s2"]


@pytest.mark.parametrize("ordered", [False, True])
def test_categories_grow(ordered):
    kind = pd.CategoricalDtype(["rail", "robots"], ordered=ordered)
    statements = HAND.astype({"code": kind, "actor": "category"})
    result = applied(statements, NEW, NEW | {"action": "change", "id": "s1", "code": "roads"})
    assert result["code"].to_list() == ["roads", "robots", "drones"]
    assert result["code"].cat.categories.to_list() == ["rail", "robots", "drones", "roads"]
    assert result["code"].cat.ordered == ordered
    assert result["actor"].to_list() == ["y", "x", "y"]
    assert statements["code"].to_list() == ["rail", "robots"]


def test_what_a_line_does_not_say_of_an_added_statement_is_missing():
    statements = HAND.assign(
        qualifier=[True, False], checked=True, year=2023, size=pd.Series([7, 8], dtype="uint8")
    )
    result = applied(statements, NEW)
    shown = ["start", "qualifier", "checked", "year", "size"]
    assert result[shown].iloc[2].isna().all()
    types = ["Int64", "boolean", "boolean", "Int64", "UInt8"]
    assert [str(dtype) for dtype in result[shown].dtypes] == types
    assert result[shown].head(2).to_numpy().tolist() == statements[shown].to_numpy().tolist()
    said = {"start": 0, "end": 4.0, "qualifier": False, "checked": True, "year": 2.0, "size": 1}
    full = applied(statements, NEW | said)
    assert full.dtypes.equals(statements.dtypes)
    assert full[shown].iloc[2].to_list() == [0, False, True, 2, 1]
    big = 2**53 + 1  # which no float holds
    assert applied(HAND.assign(own=big), NEW)["own"].head(2).to_list() == [big, big]


def test_an_empty_cell_of_a_change_leaves_the_value():
    statements = HAND.assign(initiative="belt", qualifier=True)
    line = {"action": "change", "document": "d"}
    result = applied(
        statements,
        line | {"id": "s1", "paragraph": 1, "code": "drones", "role": " ", "qualifier": False},
        line | {"id": "s2", "paragraph": 2, "actor": "Ann", "initiative": "road"},
    )
    shown = result[["code", "actor", "role"]].to_numpy().tolist()
    assert shown == [["drones", "x", "commits"], ["robots", "Ann", "commits"]]
    assert result["initiative"].fillna("").to_list() == ["", "road"]  # these can be empty
    assert result["qualifier"].to_list() == [False, pd.NA]


def test_a_statement_is_found_by_what_a_line_has():
    place = ON_RAIL | {"start": 0, "end": 4}
    assert applied(HAND, place)["id"].to_list() == ["s2"]
    assert applied(HAND, place | {"actor": "z"}).equals(HAND)
    assert applied(HAND, place | {"start": 1}).equals(HAND)
    assert applied(HAND.drop(columns=["id", "start", "end"]), place)["code"].to_list() == ["robots"]
    twice = pd.concat([HAND, HAND.assign(id=["t1", "t2"], actor="y")], ignore_index=True)
    assert applied(twice, ON_RAIL | {"actor": "y"})["id"].to_list() == ["s1", "s2", "t2"]
    with pytest.raises(ValueError, match="corrections, row 0: 2 statements fit; add `id`, or more"):
        applied(twice, ON_RAIL)
    texts = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": "rail"})
    (problem,) = check_corrections(twice, pd.DataFrame([ON_RAIL]), texts)["problem"]
    assert problem == "2 statements fit; add `id`, or more of their place"
    # What is added is another statement, unless its place is the same.
    added = applied(HAND, ON_RAIL | {"action": "add"})
    assert added["code"].to_list() == ["rail", "robots", "rail"]
    assert applied(added, ON_RAIL | {"action": "add"}).equals(added)


def test_a_journal_without_places_fits(tmp_path):
    line = {"actor": "x", "role": "commits"}
    lines = journal(
        tmp_path / "j.csv",
        ON_RAIL | line | {"action": "keep"},
        ON_RAIL | line | {"paragraph": 2, "code": "robots"},
    )
    assert applied(HAND, *lines.to_dict("records"))["id"].to_list() == ["s1"]
    assert apply_corrections(HAND.drop(columns="id"), lines)["start"].to_list() == [0]
    numbered = HAND.assign(document=7)
    problem = "column 'document' holds numbers in row 0 of statements, but texts in row 0 of corr"
    with pytest.raises(ValueError, match=problem):
        apply_corrections(numbered, lines)
    right = apply_corrections(numbered, lines.assign(document=7))
    assert right["id"].to_list() == ["s1"]
    with pytest.raises(ValueError, match="column 'code' holds numbers in row 0 of statements"):
        apply_corrections(HAND.assign(code=[7, 8]), lines)


def test_an_added_statement_needs_an_id_of_its_own():
    problem = "the id 's1' is that of another statement"
    clash = NEW | {"id": "s1", "paragraph": 2}
    with pytest.raises(ValueError, match=f"corrections, row 0: {problem}"):
        applied(HAND, clash)
    texts = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": "drones"})
    assert check_corrections(HAND, pd.DataFrame([clash]), texts)["problem"].to_list() == [problem]
    lines = [NEW, NEW | {"action": "change", "code": "roads"}]
    once = applied(HAND, *lines)
    assert once["code"].to_list() == ["rail", "robots", "roads"]
    assert applied(once, *lines).equals(once)
    again = applied(once, *lines, NEW | {"action": "change", "code": "ports"})
    assert again["code"].to_list() == ["rail", "robots", "ports"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"before": "{oops"}, "row 0, column 'before': expected a JSON object, got '{oops'"),
        ({"before": "[1]"}, "row 0, column 'before': expected a JSON object, got '.1.'"),
        ({"paragraph": None}, "row 0, column 'paragraph': the cell is empty"),
        ({"code": ""}, "row 0, column 'code': the cell is empty"),
        ({"code": "", "id": ""}, "row 0, column 'code': the cell is empty"),
        ({"start": 0.5}, "row 0, column 'start': expected a whole number from 0, got 0.5"),
        ({"start": -1}, "row 0, column 'start': expected a whole number from 0, got -1"),
        ({"qualifier": "no"}, "row 0, column 'qualifier': no qualifier 'no' .allowed: true, false"),
        ({"qualifier": [1]}, "row 0, column 'qualifier': no qualifier .1."),
        ({"qualifier": 2}, "row 0: the qualifier is 2, but those of the statements are true or f"),
        ({"year": 2023.5}, "row 0: the year is 2023.5, but those of the statements are whole numb"),
        ({"year": "x"}, "row 0: the year is 'x', but those of the statements are whole numbers"),
        ({"share": "x"}, "row 0: the share is 'x', but those of the statements are numbers"),
        ({"role": 7}, "row 0: the role is 7, but those of the statements are texts"),
        ({"when": "x"}, "row 0: the when is 'x', but those of the statements are of type datetime"),
        ({"code": 7}, "column 'code' holds texts in row 0 of statements, but numbers in row 0 of"),
    ],
)
def test_a_line_that_cannot_be_applied_is_named(cells, problem):
    day = pd.Timestamp("2023-05-06")
    statements = HAND.assign(qualifier=True, year=2023, share=0.5, when=day)
    with pytest.raises(ValueError, match=problem):
        applied(statements, NEW | cells)


def test_qualifiers_may_be_text():
    change = NEW | {"action": "change", "id": "s1"}
    for given in ("false", " FALSE ", False):
        for kind in ("bool", "boolean", "object"):
            statements = HAND.assign(qualifier=pd.Series([True, True], dtype=kind))
            result = applied(statements, change | {"qualifier": given})
            assert result["qualifier"].to_list() == [False, True]
            assert result["qualifier"].dtype == kind
        texts = applied(HAND.assign(qualifier="True"), change | {"qualifier": given})
        assert texts["qualifier"].to_list() == ["False", "True"]
    levels = applied(HAND.assign(qualifier=[1, 2]), change | {"qualifier": "3"})["qualifier"]
    assert levels.to_list() == [3, 2]
    assert levels.dtype == "int64"


def test_a_line_may_lack_its_place_beside_others_that_have_one():
    texts = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": ["rail up", "my robots"]})
    line = {"action": "keep", "document": "d", "actor": "x"}
    lines = pd.DataFrame(
        [
            line | {"paragraph": 1, "code": "rail", "quote": "rail", "start": 0, "end": 4},
            line | {"paragraph": 2, "code": "robots", "quote": "robots"},
            line | {"paragraph": 1, "code": "rail", "quote": "up", "start": 0, "end": 4},
        ]
    )
    table = check_corrections(HAND, lines, texts)
    assert table["found"].to_list() == ["place", "place", "place"]
    problems = ["", "", "the quote 'up' is not at 0, but at 5"]
    assert table["problem"].fillna("").to_list() == problems


def test_levels_are_read(tmp_path):
    kinds = {"boolean": ["true", None], "Int64": ["1", "2.0"], "Float64": ["1", "0.5"]}
    kinds |= {"object": ["False", "2"]}
    for kind, cells in kinds.items():
        lines = journal(tmp_path / "j.csv", *(added(qualifier=cell) for cell in cells))
        assert lines["qualifier"].dtype == kind
    assert lines["qualifier"].to_list() == [False, 2]


def test_a_row_with_a_cell_too_many_or_too_few_is_named(tmp_path):
    path = tmp_path / "j.csv"
    head = "action,document,paragraph,code,actor,role"
    rows = ["keep,d,1,rail,x,commits", "keep,d,1,rail,x,commits,oops", "", "none,d"]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(pol.DataError) as error:
        read_corrections(path)
    assert error.value.faults[["row", "problem"]].to_numpy().tolist() == [
        [3, "7 cells, where the header has 6"],
        [5, "2 cells, where the header has 6"],
    ]
    path.write_text("\n".join([head, *rows[:1], "", "none,d,2,,,", ""]), encoding="utf-8")
    assert read_corrections(path)["paragraph"].to_list() == [1, 2]
    path.write_text(head + ",code\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"j\.csv: duplicate column 'code'"):
        read_corrections(path)
    for data, problem in ((b"", "it has no header"), (b"action\xff\n", "can't decode byte")):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"is not a journal in CSV and UTF-8: .*{problem}"):
            read_corrections(path)
