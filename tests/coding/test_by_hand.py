"""The widget for coding by hand is opened with the right choices, and refuses wrong input."""

import pandas as pd
import pytest

import policylib as pol

CODEBOOK = pd.DataFrame(
    {
        "id": ["transport", "rail", "robots"],
        "label": ["Transport", "Railways", None],
        "label_zh": [None, "铁路", None],
        "broader": [None, "transport", None],
        "terms_en": [None, "railways", "robots"],
    }
)
TEXTS = ["We will build railways.", "Wheels for all."]
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2], "text": TEXTS, "actor": "henan"})


@pytest.fixture
def opened(tmp_path):
    widgets = []

    def begin(statements=None, documents=DOCUMENTS, codebook=CODEBOOK, name="j.csv", **options):
        options = {"file": tmp_path / name, "coder": "Ann"} | options
        widgets.append(pol.code_by_hand(documents, codebook, statements, **options))
        return widgets[-1]

    yield begin
    for widget in widgets:
        widget.close()


def test_the_choices(opened):
    statements = pol.code_documents(DOCUMENTS, CODEBOOK).assign(initiative="belt")
    widget = opened(statements)
    codes = {row["id"]: (row["label"], row["theme"]) for row in widget._choices["codes"]}
    assert codes == {"transport": ("Transport", 0), "rail": ("Railways", 0), "robots": (None, 1)}
    assert [row["id"] for row in widget._choices["actors"]] == ["henan"]
    assert [row["id"] for row in widget._choices["initiatives"]] == ["belt"]
    tables = pol.read_tables()
    widget = opened(statements, actors=tables)
    ids = [row["id"] for row in widget._choices["actors"]]
    assert len(ids) == len(tables.provinces) + len(tables.organisations) + len(tables.experts)
    assert widget._choices["initiatives"][-1]["id"] == "belt"
    widget = opened(actors=pd.DataFrame({"id": ["hunan"]}))
    assert [row["id"] for row in widget._choices["actors"]] == ["hunan", "henan"]


def test_a_cell_that_runs_again_takes_the_file_over(opened):
    first = opened()
    first.session.add(0, 2, "rail")
    second = opened()
    assert not first.is_open
    assert second.is_open
    with pytest.raises(OSError, match="Bad file descriptor"):
        first.session.add(3, 7, "rail")
    assert second.statements["quote"].to_list() == ["We"]
    assert repr(second) == "code_by_hand(coder='Ann', file='j.csv', judged 1 of 2 passages)"


def test_a_line_that_was_cut_off_is_told_and_removed(opened, tmp_path):
    first = opened()
    first.session.add(0, 2, "rail")
    first.session.add(3, 7, "rail")
    first.close()
    path = tmp_path / "j.csv"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.warns(UserWarning, match="the last line was cut off and is left out: '20"):
        assert len(pol.coding.read_corrections(path)) == 1
    with pytest.warns(UserWarning, match=r"j\.csv: the last line was cut off and is removed: '20"):
        second = opened()
    assert len(second.corrections) == 1


WRONG = [
    ({"documents": DOCUMENTS.drop(columns="text")}, "documents: no column 'text'"),
    ({"documents": pd.concat([DOCUMENTS, DOCUMENTS])}, "duplicate paragraph 1 of document 'd'"),
    ({"codebook": CODEBOOK.rename(columns={"id": "code"})}, "codebook: no column 'id'"),
    ({"statements": pd.DataFrame({"code": []})}, "statements: no column 'document'"),
    ({"passages": pd.DataFrame({"document": []})}, "passages: no column 'paragraph'"),
    ({"passages": pd.DataFrame({"document": ["d"], "paragraph": 9})}, "row 0: documents has no"),
    ({"actors": pd.DataFrame({"name": []})}, "actors: no column 'id'"),
    ({"coder": " "}, "coder: expected the name of a person, got ' '"),
]


@pytest.mark.parametrize(("wrong", "problem"), WRONG)
def test_wrong_input(opened, tmp_path, wrong, problem):
    with pytest.raises(ValueError, match=problem):
        opened(**wrong)
    opened()  # the file is free


def test_a_journal_with_wrong_cells_is_left_as_it_is(opened, tmp_path):
    first = opened()
    first.session.add(0, 2, "rail")
    first.close()
    path = tmp_path / "j.csv"
    broken = path.read_text(encoding="utf-8").replace(",add,", ",ad,")
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(pol.DataError, match=r"row 2, column action: no action 'ad'"):
        opened()
    assert path.read_text(encoding="utf-8") == broken


def test_without_anywidget(opened, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "policylib.coding.widget", None)
    with pytest.raises(ImportError, match=r"pip install \"policylib\[lab\]\""):
        opened()


def test_numbered_documents_and_codes_go_on_after_opening_again(opened):
    documents = DOCUMENTS.assign(document=7, actor="henan")
    codebook = CODEBOOK.assign(id=[1, 2, 3], broader=[None, 1, None])
    first = opened(documents=documents, codebook=codebook)
    id_ = first.session.add(14, 22, 2)
    first.session.go(1)
    first.session.nothing()
    first.close()
    second = opened(documents=documents, codebook=codebook)
    assert second.session.view()["judged"] == 2
    assert [one["code"] for one in second.session.view()["passage"]["statements"]] == [2]
    second.session.change(id_, code=3)
    statements = second.statements
    assert statements[["document", "code", "quote"]].to_numpy().tolist() == [[7, 3, "railways"]]
    assert statements["document"].dtype == documents["document"].dtype
    assert second.corrections["document"].to_list() == [7, 7, 7]
    assert second.corrections["code"].fillna(0).to_list() == [2, 0, 3]
    second.close()
    # The journal fits statements of these documents, too.
    given = pd.DataFrame(
        {"document": [7], "paragraph": [2], "code": [2], "actor": "henan", "role": "commits"}
    )
    third = opened(given, documents=documents, codebook=codebook)
    assert third.statements[["paragraph", "code"]].to_numpy().tolist() == [[2, 2], [1, 3]]


def test_levels_go_on_after_opening_again(opened):
    statements = pol.code_documents(DOCUMENTS, CODEBOOK).assign(qualifier=[2])
    first = opened(statements)
    (rail,) = first.session.passage.records
    first.session.change(rail, role="reports")
    added = first.session.add(0, 2, "robots")
    first.close()
    second = opened(statements)
    records = second.session.passage.records
    assert [records[id_]["qualifier"] for id_ in (rail, added)] == [2, None]
    assert records[rail]["role"] == "reports"
    second.session.change(added, qualifier=3)
    assert second.statements["qualifier"].to_list() == [2, 3]
    for wrong in (True, "3"):
        with pytest.raises(ValueError, match=f"qualifier is {wrong!r}; expected a level"):
            second.session.change(rail, qualifier=wrong)


def test_qualifiers_may_be_text(opened):
    statements = pol.code_documents(DOCUMENTS, CODEBOOK).assign(qualifier="True")
    first = opened(statements)
    (rail,) = first.session.passage.records
    first.session.change(rail, qualifier=False)
    first.close()
    assert opened(statements).statements["qualifier"].to_list() == ["False"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"role": None}, "statements, row 1, column role: the cell is empty, but a statement has"),
        ({"role": "promises"}, "statements, row 1, column role: no role 'promises'"),
        ({"actor": " "}, "statements, row 1, column actor: the cell is empty, but a statement has"),
        ({"actor": 7}, "column 'actor', row 0: expected a name, got 7"),
        ({"actor": [["x"]]}, "column 'actor', row 0: expected a single value, got a list"),
        ({"code": None}, "statements, row 1, column code: the cell is empty"),
        ({"qualifier": "no"}, "statements, row 1, column qualifier: no qualifier 'no'"),
        ({"paragraph": 0}, "statements, row 1, column paragraph: expected a whole number from 1"),
        ({"start": -1}, "statements, row 1, column start: expected a whole number from 0"),
        ({"document": 7}, "'document' holds texts in row 0 of documents, but numbers in row 0 of"),
    ],
)
def test_statements_that_a_journal_cannot_hold_are_refused(opened, tmp_path, cells, problem):
    statements = pol.code_documents(DOCUMENTS, CODEBOOK).assign(**cells)
    with pytest.raises(ValueError, match=problem):
        opened(statements)
    assert not list(tmp_path.iterdir())


def test_passages_need_one_value_in_each_cell(opened):
    passages = pd.DataFrame({"document": [["d"]], "paragraph": 1})
    problem = r"passages: column 'document', row 0: expected one value, got \['d'\]"
    with pytest.raises(ValueError, match=problem):
        opened(passages=passages)
    with pytest.raises(ValueError, match="holds texts in row 0 of documents, but numbers in row 1"):
        opened(documents=DOCUMENTS.assign(document=["d", 7]))
