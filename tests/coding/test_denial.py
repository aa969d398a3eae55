"""What is denied, refused, stopped or opposed, and what only looks like it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import policylib as pol
from policylib.coding.denial import denied, denied_hits
from policylib.documents.sentences import language_of
from policylib.tables.roles import is_denied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Henan rejected [railways].", True),
        ("Henan will not build [railways].", True),
        ("Henan stopped the [railways] project.", True),
        ("Henan opposes [railways].", True),
        ("Henan won't build [railways].", True),
        ("Henan not only builds [railways] but also roads.", False),
        ("Henan will build [railways] without delay.", False),
        ("Henan will never waver in building [railways].", False),
        ("Henan denied that it would cancel [railways].", False),
        ("Plans for [railways] were scrapped.", True),
        ("Henan will build roads, not [railways].", True),
        ("Henan will build [railways], not roads.", False),
        ("Denver has rejected tolls, and Seattle will build [highways].", False),
        ("There is no doubt that [railways] help.", False),
        ("Henan lifted the ban on [robots].", False),
        ("Henan banned [robots].", True),
        ("Henan no longer supports [robots].", True),
        ("Henan cut spending on [robots].", False),
        ("Henan has no plans for [robots].", True),
        ("Henan will support [robots] no matter what.", False),
        ("Henan needs nothing but [robots].", False),
        ("Henan refused to fund [robots].", True),
        ("Henan did not stop [robots].", False),
        ("Henan put its [railways] on hold.", True),
        ("Instead of [railways], Henan will build roads.", True),
        ("Henan will build roads instead of [railways].", True),
        ("The end of the year saw more [railways].", False),
        ("By the end of 2025 Henan will have [railways].", False),
        ("At the end of the month, [railways] opened.", False),
        ("Henan opposed [railways], but will build roads.", True),
        ("Henan has yet to build [railways].", False),
        ("Neither [railways] nor roads will be built.", True),
        ("我们不再新建[铁路]。", True),
        ("不断推进[铁路]建设。", False),
        ("不仅建设[铁路]，还建设公路。", False),
        ("毫不动摇发展[民营经济]。", False),
        ("坚定不移推进[铁路]。", False),
        ("无条件支持[铁路]。", False),
        ("暂停[铁路]项目。", True),
        ("取消[铁路]建设计划。", True),
        ("反对新建[铁路]。", True),
        ("[铁路]项目被叫停。", True),
        ("不是不建[铁路]，而是要慢建。", False),
        ("禁止破坏[生态环境]。", False),
        ("没有停止[铁路]建设。", False),
        ("严禁新增[煤电]项目。", True),
        ("不搞[房地产]开发。", True),
        ("不能没有[铁路]。", False),
        ("不得不发展[铁路]。", False),
        ("非常重视[铁路]。", False),
        ("拒绝[铁路]项目落户。", True),
        ("河南否认取消[铁路]。", False),
        ("少花钱，不减[铁路]投入。", False),
        ("减少[铁路]投入。", False),
        ("打击非法[铁路]。", False),
        ("不搞房地产、不建[铁路]。", True),
        ("不搞[房产]、不建铁路。", True),
        ("不新建公路和[铁路]。", True),
        ("The plan has no new roads and no new [railways].", True),
        ("No tolls, no taxes, no [railways].", True),
        ("It will build no roads and will build [railways].", False),
        ("河南争取[铁路]早日开工。", False),
        ("对不符合[铁路]标准的企业依法关闭。", False),
        ("没有发生[铁路]事故。", False),
        ("严禁滥占[耕地]。", False),
        ("修改废止[法规]十件。", False),
        ("推进无卫生设施旧[住房]改造。", False),
        ("无人机用于[铁路]巡检。", False),
        ("时时放心不下，抓好[铁路]安全。", False),
        ("反对封锁、维护[铁路]畅通。", False),
        ("严禁在[铁路]两侧采石。", False),
    ],
)
def test_the_words_in_brackets(text, expected):
    start, end = text.index("["), text.index("]") - 1
    sentence = text.replace("[", "").replace("]", "")
    assert denied(sentence, start, end, language_of(sentence)) == expected


def test_hits_of_several_paragraphs():
    texts = ["Robots help. We will not buy robots.", "robots", "我们不再新建铁路。"]
    places = [(0, 0, 6), (0, 29, 35), (1, 0, 6), (2, 6, 8)]
    text, start, end = np.array(places).T
    assert denied_hits(texts, text, start, end).tolist() == [False, True, False, True]


def test_a_statement_is_denied_if_all_its_hits_are():
    codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": None})
    texts = ["No robots. No more robots.", "No robots. But robots help.", "Robots."]
    documents = pd.DataFrame({"document": "a", "paragraph": [1, 2, 3], "text": texts})
    assert pol.code_documents(documents, codebook)["qualifier"].to_list() == [False, True, True]
    reported = pol.code_documents(documents.assign(role="reports"), codebook)["qualifier"]
    assert reported.isna().to_list() == [False, True, True]
    assert not reported[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_most_denials_are_found_and_few_affirmations_are_taken_for_one(language):
    table = pd.read_csv(Path(__file__).parent / "news" / "denials.csv", dtype="str")
    table = table[table["language"] == language].reset_index(drop=True)
    documents = table.assign(document="s", paragraph=table.index + 1, text=table["sentence"])
    codebook = pol.read_codebook()
    said = pol.code_documents(documents.drop(columns=["role", "actor"]), codebook, parts=None)
    said["code"] = pol.tables.roll_up_codes(said["code"], codebook, "priority")
    wanted = pol.tables.roll_up_codes(table["priority"], codebook, "priority")
    denied = said[is_denied(said)].set_index(["paragraph", "code"]).index
    marked = pd.MultiIndex.from_arrays([table.index + 1, wanted]).isin(denied)
    against = table["qualifier"].eq("no")
    assert marked[against].mean() > 0.8
    assert marked[~against].mean() < 0.05
