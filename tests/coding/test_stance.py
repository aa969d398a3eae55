"""The role of what is said depends on who says it."""

import pytest

from policylib.coding.stance import role_of


@pytest.mark.parametrize(
    ("kind", "verb", "words", "role"),
    [
        ("province", "urged", "the central government to fund railways", "recommends"),
        ("province", "called on", "lenders to finance railways", "recommends"),
        ("province", "asked", "neighbouring provinces to build railways", "recommends"),
        ("city", "appealed", "to the ministry for a railway", "recommends"),
        ("province", "called for", "more railways", "commits"),
        ("province", "said", "it will build railways", "commits"),
        ("province", "opened", "three railways last year", "reports"),
        ("province", "complained", "of too few railways", "diagnoses"),
        ("expert", "urged", "the central government to fund railways", "recommends"),
        ("expert", "warned", "of too few railways", "diagnoses"),
        ("expert", "said", "railways should be built", "recommends"),
        ("expert", "said", "railways are the backbone of trade", "defines"),
        ("conference", "called for", "more railways", "directs"),
        ("authority", "said", "railways should be built", "directs"),
    ],
)
def test_in_english(kind, verb, words, role):
    assert role_of(words, kind, verb, "en") == role


@pytest.mark.parametrize(
    ("kind", "verb", "words", "role"),
    [
        ("province", "建议", "中央加大铁路投入", "recommends"),
        ("province", "希望", "国家支持铁路建设", "recommends"),
        ("province", "呼吁", "银行支持铁路建设", "recommends"),
        ("province", "希望", "加快铁路建设", "commits"),
        ("province", "要求", "加快铁路建设", "commits"),
        ("province", "提出", "新增铁路120公里以上", "commits"),
        ("province", "提出", "去年新增铁路120公里", "reports"),
        ("province", "", "铁路仍是短板", "diagnoses"),
        ("expert", "认为", "应建设铁路", "recommends"),
        ("expert", "认为", "铁路供应充足，重要性凸显", "defines"),
        ("expert", "认为", "铁路需求旺盛", "defines"),
        ("conference", "指出", "要建设铁路", "directs"),
        ("authority", "要求", "建设铁路", "directs"),
        ("ministry", "下发", "通知，要求各地年底前建成铁路", "directs"),
        ("ministry", "表示", "将新建铁路", "commits"),
        ("ministry", "解释", "铁路既包括高铁，也包括地铁", "defines"),
        ("province", "不打算", "新建铁路", "commits"),
        ("province", "坦言", "铁路仍受制于人", "diagnoses"),
        ("province", "说", "铁路审批太慢", "diagnoses"),
        ("province", "说", "铁路工人招不来、留不住", "diagnoses"),
        ("expert", "认为", "症结在于铁路太少", "diagnoses"),
        ("expert", "提示", "铁路过于集中", "diagnoses"),
        ("expert", "提醒", "应建设铁路", "recommends"),
        ("expert", "主张", "多建铁路", "recommends"),
        ("expert", "说", "铁路不宜一哄而上", "recommends"),
        ("expert", "认为", "铁路正在重获生机", "reports"),
    ],
)
def test_in_chinese(kind, verb, words, role):
    assert role_of(words, kind, verb, "zh") == role


@pytest.mark.parametrize(
    ("words", "verb", "language", "role"),
    [
        ("the province will overcome its shortages of nurses", "said", "en", "commits"),
        ("nurses are in short supply: a shortage in every county", "said", "en", "diagnoses"),
        ("Henan has shelved a plan to build railways", "has", "en", "reports"),
        ("that the province would cut subsidies", "denied", "en", "reports"),
        ("all counties to guard farmland", "called on", "en", "commits"),
        ("the State Council to guard farmland", "called on", "en", "recommends"),
        ("补齐医疗短板", "提出", "zh", "commits"),
        ("医疗短板突出", "表示", "zh", "diagnoses"),
        ("残疾人家庭无障碍改造", "提出", "zh", "commits"),
        ("将取消补助", "否认", "zh", "reports"),
    ],
)
def test_roles_of_obstacles_denials_and_demands(words, verb, language, role):
    assert role_of(words, "province", verb, language) == role
