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
