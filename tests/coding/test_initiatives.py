"""A named programme in the sentence fills the column `initiative`."""

from dataclasses import replace

import pandas as pd
import pytest

import policylib as pol

CODEBOOK = pd.DataFrame(
    {"id": ["robots", "talent"], "terms_en": ["robots", "talent"], "terms_zh": ["机器人", "人才"]}
)
INITIATIVES = pd.DataFrame(
    [
        ("henan-plan", "henan", "Henan: hundred plants", "百厂计划", "hundred plants plan"),
        ("hebei-plan", "hebei", "Hebei: hundred plants", None, "百厂计划; Hundred Plants Plan"),
        ("nation", "ndrc", "Opinions on robots", "关于机器人的意见", None),
        ("open", None, "Open Door", None, None),
    ],
    columns=["id", "owner", "label", "label_zh", "aliases"],
)


@pytest.fixture(scope="module")
def package():
    return replace(pol.read_tables(), initiatives=INITIATIVES)


def named(package, text, **options):
    documents = pd.DataFrame({"document": ["d"], "paragraph": [1], "text": [text]})
    options = {"actor": "sentence"} | options
    table = pol.code_documents(documents.assign(actor="henan"), CODEBOOK, tables=package, **options)
    return dict(zip(table["code"], table["initiative"].fillna(""), strict=True))


@pytest.mark.parametrize(
    ("text", "initiative"),
    [
        ("Henan will buy robots under the Hundred Plants plan.", "henan-plan"),
        ("Hebei will buy robots under the hundred plants plan.", "hebei-plan"),
        ("Hubei will buy robots under the hundred plants plan.", ""),  # it may have its own
        ("Pan Helin said robots need the hundred plants plan.", ""),  # whose is not said
        ("Hubei will buy robots, as the Opinions on Robots ask.", "nation"),
        ("Pan Helin said the Open Door helps robots.", "open"),
        ("Henan will open door after door for robots.", "open"),  # as for terms
        ("河南将通过百厂计划发展机器人。", "henan-plan"),
        ("河北将通过百厂计划发展机器人。", "hebei-plan"),
        ("湖北将通过百厂计划发展机器人。", ""),
        ("Henan will buy robots. Hebei has the hundred plants plan.", ""),  # another sentence
    ],
)
def test_the_initiative_of_a_sentence(package, text, initiative):
    assert named(package, text)["robots"] == initiative


def test_of_two_names_the_nearest_counts(package):
    text = "Henan will buy robots by the hundred plants plan, and seek talent by the Open Door."
    assert named(package, text) == {"robots": "henan-plan", "talent": "open"}


def test_a_sentence_with_the_name_fills_it_for_the_whole_statement(package):
    text = "Henan will buy robots. Henan will buy robots by the hundred plants plan."
    assert named(package, text) == {"robots": "henan-plan"}


def test_reports_name_initiatives_if_tables_are_passed(package):
    text = "We will buy robots by the hundred plants plan."
    assert named(package, text, actor="document") == {"robots": "henan-plan"}
    assert named(None, text, actor="document") == {"robots": ""}


def test_the_city_of_a_province_speaks_of_its_initiatives(package):
    cities = pd.DataFrame(
        {"id": ["xinji"], "label": ["Xinji"], "type": ["city"], "province": ["henan"]}
    )
    own = replace(package, organisations=pd.concat([package.organisations, cities]))
    assert named(own, "Xinji will buy robots by the hundred plants plan.") == {
        "robots": "henan-plan"
    }


@pytest.mark.parametrize(
    "initiatives",
    [INITIATIVES.iloc[:0], INITIATIVES.assign(label="X", label_zh=None, aliases=None)],
)
def test_without_names_nothing_is_filled(package, initiatives):
    own = replace(package, initiatives=initiatives)
    assert named(own, "Henan will buy robots X by the plan.") == {"robots": ""}


def test_the_network_has_edges_from_the_initiative(package):
    documents = pd.DataFrame(
        {
            "document": ["d"],
            "paragraph": [1],
            "text": ["Henan will buy robots: hundred plants plan."],
        }
    )
    said = pol.code_documents(documents, CODEBOOK, actor="sentence", tables=package)
    tables = pol.make_tables(
        said.drop(columns="rule"),
        CODEBOOK,
        actors=package.provinces.assign(kind="province")[["id", "kind", "label"]],
        initiatives=INITIATIVES.drop(columns="owner"),
    )
    network = pol.build_network(tables)
    assert ("henan-plan", "robots") in set(network.edges())
    assert pol.biadjacency(network, columns="initiative").to_dict() == {"henan-plan": {"henan": 1}}


def test_shipped_aliases_are_found():
    text = "Jilin has carried out 282 measures for robots."
    assert named(pol.read_tables(), text) == {"robots": "jilin-282-measures"}
