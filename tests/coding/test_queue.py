"""The queue suggests what is probably missed or wrong, and nothing that a person read."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import policylib as pol
from policylib.coding import review_queue

PLACE = ["document", "paragraph"]
CODEBOOK = pd.DataFrame(
    {"id": ["robots", "farming"], "terms_en": ["robots", "farms"], "terms_zh": [None, None]}
)
# What a passage is about, whether the machine codes it as robots, and whether it should.
KINDS = {
    "Factories buy robots for the assembly of engines.": (True, True),
    "Factories buy drones for the assembly of engines.": (False, True),  # missed
    "Children paint robots in the school holidays.": (True, False),  # wrong
    "Children paint houses in the school holidays.": (False, False),
    "The province plants trees along the river.": (False, False),
}
TEXTS = [f"{text} Item {number}." for number in range(12) for text in KINDS]
RIGHT = np.array([right for _ in range(12) for _, right in KINDS.values()])
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": range(1, 61), "text": TEXTS})
STATEMENTS = pol.code_documents(DOCUMENTS, CODEBOOK)


def journal(documents, statements, right, last):
    """Return the journal of a coder who read the passages up to this one."""
    names = ["id", *PLACE, "actor", "start", "end"]
    table = documents[PLACE].assign(right=right).head(last)
    table = table.merge(statements[names], how="left", on=PLACE)
    actions = {(True, True): "keep", (True, False): "drop", (False, True): "add"}
    pairs = zip(table["id"].notna(), table["right"], strict=True)
    table["action"] = [actions.get(pair, "none") for pair in pairs]
    table["code"] = table["action"].map(lambda action: None if action == "none" else "robots")
    return table.drop(columns="right").fillna({"start": 0, "end": 1})


def read(last):
    return journal(DOCUMENTS, STATEMENTS, RIGHT, last)


@pytest.fixture(scope="module")
def queue():
    return review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, read(30))


def test_what_is_missed_and_what_is_wrong_are_found(queue):
    by_reason = queue.groupby("reason")["paragraph"].agg(set).to_dict()
    kind = (np.arange(60) % 5, np.arange(1, 61))
    assert by_reason == {
        "missed": {int(n) for n in kind[1][kind[0] == 1] if n > 30},
        "doubtful": {int(n) for n in kind[1][kind[0] == 2] if n > 30},
    }
    assert set(queue["code"]) == {"robots"}


def test_a_row_is_where_model_and_machine_disagree(queue):
    assert queue.columns.to_list() == [*PLACE, "code", "reason", "score"]
    assert not queue.duplicated([*PLACE, "code"]).any()
    assert queue["paragraph"].gt(30).all()
    assert queue["score"].between(0.5, 1).all()
    coded = queue.merge(STATEMENTS[[*PLACE, "code"]], how="left", indicator=True)["_merge"]
    assert coded.eq("both").equals(queue["reason"].eq("doubtful"))
    assert queue.dtypes[PLACE].equals(DOCUMENTS.dtypes[PLACE])


def test_both_reasons_alternate_from_the_highest_score(queue):
    few = queue["reason"].value_counts().min()
    pairs = queue["reason"].to_numpy()[: 2 * few].reshape(few, 2)
    assert all({*pair} == {"missed", "doubtful"} for pair in pairs)
    assert queue["reason"][2 * few :].nunique() <= 1
    assert queue.groupby("reason")["score"].agg(lambda s: s.is_monotonic_decreasing).all()


def test_the_same_input_returns_the_same_queue(queue):
    turned = CODEBOOK[::-1]
    again = review_queue(
        DOCUMENTS, turned, STATEMENTS[::-1], read(30).sample(frac=1, random_state=1)
    )
    pd.testing.assert_frame_equal(again, queue)


def test_what_is_read_leaves_the_queue():
    later = review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, read(45))
    assert later["paragraph"].min() > 45
    assert review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, read(60)).empty
    undone = read(60).assign(document="other")  # says nothing about these passages
    assert review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, undone).empty


def test_few_corrections_teach_nothing(queue):
    for last in (0, 5, 6):  # up to two passages with robots were read, and then four
        few = review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, read(last))
        assert few.empty == (last < 6)
        assert few.dtypes.equals(queue.dtypes)
    empty = review_queue(DOCUMENTS[:0], CODEBOOK, STATEMENTS[:0], read(0))
    assert empty.columns.equals(queue.columns)


def test_chinese_texts_have_no_words():
    chinese = {
        "工厂采购机器人用于装配": True,
        "工厂采购无人机用于装配": False,
        "沿江植树造林": False,
    }
    texts = [f"{text}，第{number}项。" for number in range(12) for text in chinese]
    documents = pd.DataFrame({"document": "d", "paragraph": range(1, 37), "text": texts})
    codebook = pd.DataFrame({"id": ["robots"], "terms_en": [None], "terms_zh": ["机器人"]})
    statements = pol.code_documents(documents, codebook)
    right = [number % 3 < 2 for number in range(36)]
    corrections = journal(documents, statements, right, 12)
    found = review_queue(documents, codebook, statements, corrections)
    assert found["reason"].eq("missed").all()
    assert sorted(found["paragraph"]) == list(range(14, 37, 3))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"documents": DOCUMENTS.drop(columns="text")}, "documents: no column 'text'"),
        ({"documents": pd.concat([DOCUMENTS] * 2)}, "duplicate paragraph 1 of document 'd'"),
        ({"documents": DOCUMENTS.assign(text=3)}, "column 'text', row 0: expected a string, got 3"),
        ({"documents": DOCUMENTS.assign(document=None)}, "'document', row 0: the cell is empty"),
        ({"codebook": CODEBOOK.rename(columns={"id": "ids"})}, "no column 'id'.*mean 'ids'"),
        ({"statements": STATEMENTS.drop(columns="code")}, "statements: no column 'code'"),
        (
            {"statements": STATEMENTS.assign(code="robot")},
            "row 0: the codebook has no code 'robot'",
        ),
        ({"corrections": read(9).assign(action="kept")}, "no action 'kept'.*mean 'keep'"),
        (
            {"corrections": read(9).astype({"paragraph": "str"})},
            "column 'paragraph' holds numbers in row .* of documents, but texts in row",
        ),
    ],
)
def test_wrong_arguments_are_named(changed, message):
    tables = {"documents": DOCUMENTS, "codebook": CODEBOOK, "statements": STATEMENTS}
    with pytest.raises(ValueError, match=message):
        review_queue(**tables | {"corrections": read(9)} | changed)
    for name in (*tables, "corrections"):
        with pytest.raises(TypeError, match="expected a table"):
            review_queue(**tables | {"corrections": read(9)} | {name: [1]})


def test_a_code_by_hand_that_the_codebook_lacks_is_named():
    lines = read(9).assign(code=lambda table: table["code"].str.replace("robots", "farmin"))
    with pytest.raises(ValueError, match=r"after correction, row .* no code 'farmin'; .*'farming'"):
        review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, lines)


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(ImportError, match=r'review_queue needs .*policylib\[review\]"` brings it'):
        review_queue(DOCUMENTS, CODEBOOK, STATEMENTS, read(30))


def test_models_are_fitted_one_after_the_other(queue, monkeypatch):
    """Otherwise threads would take each other's random numbers."""
    fit, inside = LogisticRegression.fit, []

    def alone(*args, **options):
        inside.append(1)
        assert len(inside) == 1
        time.sleep(0.005)
        result = fit(*args, **options)
        inside.pop()
        return result

    monkeypatch.setattr(LogisticRegression, "fit", alone)
    with ThreadPoolExecutor(4) as pool:
        arguments = DOCUMENTS, CODEBOOK, STATEMENTS, read(30)
        calls = [pool.submit(review_queue, *arguments) for _ in range(4)]
    for call in calls:
        pd.testing.assert_frame_equal(call.result(), queue)
