"""Which hits nobody is found to say, and why."""

import pandas as pd
import pytest

import policylib as pol

CODEBOOK = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": ["机器人"]})


def news(*texts):
    return pd.DataFrame({"document": "news", "paragraph": range(1, len(texts) + 1), "text": texts})


@pytest.mark.parametrize(
    ("text", "reason", "word"),
    [
        ("There are few robots.", "no name", None),
        ("Lu Bei said robots are useful.", "somebody else", "Lu Bei"),
        ("Lu Bei, who sells them, said Henan should buy robots.", "somebody else", "Lu Bei"),
        ("Experts said that robots are useful.", "somebody else", "Experts"),
        ("He said that robots are useful.", "unknown reference", "He"),
        ("Hebei yearns for robots.", "unknown verb", "yearns"),
        ("In Gansu, robots.", "no verb", "Gansu"),
        ("Gansu and Hebei: between them, robots.", "two names", "Gansu; Hebei"),
        ("Will Henan build robots?", "question", None),
        ("机器人很少。", "no name", None),
        ("专家表示，机器人有用。", "somebody else", "专家"),
        ("專家們認為，機器人有用。", "somebody else", "專家"),
        ("廣東機器人？", "question", None),
        ("他表示，机器人有用。", "unknown reference", "他"),
        ("河南会发展机器人吗？", "question", None),
        ("Henan " + "and so on " * 400 + "robots.", "too long", None),
    ],
)
def test_the_reason(text, reason, word):
    found = pol.unattributed(news(text), CODEBOOK)
    assert found["reason"].to_list() == [reason]
    assert found["word"].fillna("").to_list() == [word or ""]
    assert found["sentence"].to_list() == [text]


def test_no_hit_is_lost_and_none_is_in_both_tables():
    texts = [
        "Henan will buy robots. Robots are few, an old man said.",
        "The province will sell robots. Hebei yearns for robots. He likes robots.",
        "No machine here.",
        "“Robots are good,” said Pan Helin. “More robots.”",
    ]
    documents = news(*texts)
    said = pol.code_documents(documents, CODEBOOK, actor="sentence")
    rest = pol.unattributed(documents, CODEBOOK)
    hits = pol.find_terms(documents, CODEBOOK)
    assert said["count"].sum() + len(rest) == len(hits)
    assert 0 < len(rest) < len(hits)
    assert rest.columns[:6].to_list() == hits.columns.to_list()
    place = ["document", "paragraph", "start", "end"]
    assert rest[place].merge(hits[place]).shape == rest[place].shape


def test_rows_may_be_in_any_order_and_documents_of_any_type():
    documents = news("Robots are few.", "Henan will buy robots.").assign(document=7)
    turned = documents.iloc[::-1].set_axis([5, 5])
    found = pol.unattributed(turned, CODEBOOK)
    assert found[["document", "paragraph"]].to_numpy().tolist() == [[7, 1]]
    assert found["document"].dtype == documents["document"].dtype


def test_nothing_is_left_over():
    found = pol.unattributed(news("Henan will buy robots."), CODEBOOK)
    assert found.empty
    assert found.columns[-3:].to_list() == ["reason", "word", "sentence"]
    assert pol.unattributed(news("Nothing."), CODEBOOK).empty


def test_an_alias_brings_the_statement_back():
    text = "The Bear State will buy robots."
    assert pol.unattributed(news(text), CODEBOOK)["reason"].to_list() == ["no name"]
    provinces = pd.DataFrame({"id": ["california"], "label": ["California"]})
    provinces["aliases"] = "The Bear State"
    said = pd.DataFrame(
        {"document": ["d"], "paragraph": 1, "actor": "california", "role": "commits", "code": "r"}
    )
    own = pol.make_tables(said, pd.DataFrame({"id": ["r"]}), actors=provinces)
    assert pol.unattributed(news(text), CODEBOOK, tables=own).empty


@pytest.mark.parametrize(
    ("change", "message"),
    [({"paragraph": 0}, "integer from 1, got 0"), ({"document": None}, "cell is empty")],
)
def test_wrong_rows_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        pol.unattributed(news("Robots.").assign(**change), CODEBOOK)
    with pytest.raises(TypeError, match="tables: expected Tables, not dict"):
        pol.unattributed(news("Robots."), CODEBOOK, tables={})
