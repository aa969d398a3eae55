"""Which speaker each sentence gets, and by which rule."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol
from policylib.coding.attribution import attribute
from policylib.coding.cues import State
from policylib.coding.names import actor_names

PASSAGES = json.loads((Path(__file__).parent / "passages.json").read_text(encoding="utf-8"))


def actors_of(tables):
    """Return one table of all actors that may speak."""
    provinces = tables.provinces.assign(type="province")
    return pd.concat([provinces, tables.organisations, tables.experts.assign(type="expert")])


@pytest.fixture(scope="module")
def names():
    return actor_names(actors_of(pol.read_tables()))


def said(text, names, state=None):
    """Return who says each stretch of a text, with the rule."""
    return [
        (text[part.start : part.end].strip(), "; ".join(part.who), part.rule)
        for part in attribute(text, names, state)
    ]


def who_says(text, quote, names):
    """Return the speakers of the stretch that contains a quotation."""
    middle = text.index(quote) + len(quote) // 2
    return {
        actor
        for part in attribute(text, names)
        if part.start <= middle < part.end
        for actor in part.who
    }


class TestActorNames:
    def test_a_family_name_of_two_experts_names_neither(self, tables):
        experts = pd.DataFrame(
            {"id": ["li-na", "li-bo", "wang-wei"], "label": ["Li Na", "Li Bo", "Wang Wei"]}
        ).reindex(columns=tables.experts.columns)
        names = actor_names(actors_of(replace(tables, experts=experts)))
        text = "Wang said so. Wang Wei said so. Wang agreed. Li Bo said so. Li agreed."
        actors = ["", "wang-wei", "wang-wei", "li-bo", ""]
        assert [who for _, who, _ in said(text, names)] == actors

    def test_blank_names_are_none(self):
        actors = pd.DataFrame(
            {"id": ["x", "y"], "type": "province", "label": [" ", "Y"], "label_zh": ["省", "乙省"]}
        )
        assert set(actor_names(actors).actor) == {"省", "Y", "乙省", "乙"}

    def test_one_name_of_two_actors_is_refused(self, tables):
        experts = tables.experts.assign(aliases="Henan")
        with pytest.raises(ValueError, match="'Henan' is a name of"):
            actor_names(actors_of(replace(tables, experts=experts)))


class TestAttribute:
    @pytest.mark.parametrize("passage", PASSAGES["first"], ids=lambda p: p["text"][:40])
    def test_passages_in_other_words(self, passage, names):
        expected: dict[str, set[str]] = {}
        for quote, actor in passage["sentences"]:
            expected.setdefault(quote, set()).update([actor] if actor else [])
        assert {quote: who_says(passage["text"], quote, names) for quote in expected} == expected

    @pytest.mark.parametrize(("name", "floor"), [("second", 0.92), ("third", 0.92)])
    def test_passages_of_others(self, name, floor, names):
        """The rules find most speakers."""
        right = []
        for passage in PASSAGES[name]:
            expected: dict[str, set[str]] = {}
            for quote, actor in passage["sentences"]:
                expected.setdefault(quote, set()).update([actor] if actor else [])
            right += [who_says(passage["text"], q, names) == who for q, who in expected.items()]
        assert sum(right) / len(right) >= floor

    @pytest.mark.parametrize(
        ("text", "actor", "rule"),
        [
            ("Henan Province proposed more robots.", "henan", "verb after name"),
            ("In spring, Henan will buy robots.", "henan", "subject"),
            ("More robots are needed, Peng Peng said.", "peng-peng", "tag after"),
            ("“More robots,” said Peng Peng.", "peng-peng", "tag after"),
            ("Robots, Peng Peng said, are needed.", "peng-peng", "tag within"),
            ("According to Peng Peng, head of a lab, robots help.", "peng-peng", "according to"),
            ("In Peng Peng's view, robots help.", "peng-peng", "in the view of"),
            ("Taking Henan Province as an example, robots help.", "henan", "taken as an example"),
            (
                "At the conference in Henan, it was stressed that robots help.",
                "henan",
                "at a conference",
            ),
            ("The meeting held in Henan stressed robots.", "henan", "verb after name"),
            ("河南省提出发展机器人。", "henan", "verb after name"),
            ("今年，河南将发展机器人。", "henan", "subject"),
            ("机器人很重要，彭澎说。", "peng-peng", "tag after"),
            ("据国家统计局数据，机器人产量增长。", "nbs", "according to"),
            ("在某研究院院长彭澎看来，机器人很重要。", "peng-peng", "in the view of"),
            ("以河南省为例，机器人增加。", "henan", "taken as an example"),
            ("Robots are many.", "", ""),
            ("机器人很多。", "", ""),
            ("Many provinces proposed robots.", "", "nobody"),
            ("A survey by Henan University found robots.", "", ""),
            ("河南大学教授提出发展机器人。", "", ""),
        ],
    )
    def test_each_rule(self, text, actor, rule, names):
        assert said(text, names) == [(text, actor, rule)]

    @pytest.mark.parametrize(
        "text",
        [
            "Henan will implement the No. 1 central document and store grain.",
            "Henan will work with U.S. firms to build robots.",
            "Henan will store grain (i.e. wheat) and build robots.",
            "In Jan. 2024 Henan will store grain.",
            "Henan will raise output by 2.5 percent, i.e. a lot.",
        ],
    )
    def test_an_abbreviation_ends_no_sentence(self, text, names):
        assert said(text, names) == [(text, "henan", "subject")]

    def test_a_gloss_does_not_change_the_language(self, names):
        text = "Henan will build robots (机器人). Hebei will store grain."
        assert [who for _, who, _ in said(text, names)] == ["henan", "hebei"]
        assert said("河南将发展AI。", names)[0][1] == "henan"

    def test_a_tag_of_its_own_belongs_to_what_precedes_it(self, names):
        text = "Robots are far. “They are needed. Peng Peng said."
        assert [who for _, who, _ in said(text, names)] == ["", "peng-peng", "peng-peng"]
        text = "Henan will buy robots. Robots should be good. Peng Peng said."
        assert [who for _, who, _ in said(text, names)] == ["henan", "peng-peng", "peng-peng"]

    def test_he_is_the_expert_of_the_paragraph_before(self, names):
        state = State(person=("peng-peng",))
        assert said("He suggested robots.", names, state)[0][1:] == ("peng-peng", "pronoun")
        assert said("He suggested robots.", names)[0][1:] == ("", "nobody")

    def test_names_that_begin_alike(self, names):
        text = (
            "Shanxi proposed coal. Shaanxi proposed gas. Inner Mongolia Autonomous Region will dig."
        )
        assert [who for _, who, _ in said(text, names)] == ["shanxi", "shaanxi", "inner-mongolia"]

    def test_aliases_and_damaged_names(self, names):
        text = "Pan and Lin believe in it. The 2023 ** Economic Work Conference stressed it."
        actors = ["pan-helin", "central-economic-work-conference-2023"]
        assert [who for _, who, _ in said(text, names)] == actors

    def test_two_speakers_of_one_verb(self, names):
        assert said("Hubei and Hunan both said so much.", names)[0][1] == "hubei; hunan"
        assert said("湖北、湖南提出发展机器人。", names)[0][1] == "hubei; hunan"

    @pytest.mark.parametrize("text", ["", " ", "。", "...", "\n", "“", "Henan", "河南"])
    def test_hardly_any_text(self, text, names):
        assert [part for part in attribute(text, names) if part.who] == []

    @pytest.mark.parametrize(
        ("text", "role"),
        [
            ("Henan proposed robots.", "commits"),
            ("Henan has bought robots.", "reports"),
            ("Henan opened three railways in 2023.", "reports"),
            ("Henan built three railways in 2023.", "reports"),
            ("Henan has set a growth target above 5 percent.", "commits"),
            ("Henan called for robots.", "commits"),
            ("Henan warned of a shortage of robots.", "diagnoses"),
            ("Henan faces a shortage of robots.", "diagnoses"),
            ("The Central Economic Work Conference stressed robots.", "directs"),
            ("According to the National Bureau of Statistics, robots grew.", "reports"),
            ("Peng Peng suggested robots.", "recommends"),
            ("Peng Peng called for robots.", "recommends"),
            ("Peng Peng said robots are lacking.", "diagnoses"),
            ("Peng Peng said robots are machines.", "defines"),
            ("Peng Peng said robots have increased.", "reports"),
            ("河南要发展机器人。", "commits"),
            ("河南已建成机器人工厂。", "reports"),
            ("国务院要求，各地要发展机器人。", "directs"),
            ("彭澎表示，要发展机器人。", "recommends"),
            ("彭澎表示，机器人是重要产业。", "defines"),
            ("彭澎表示，机器人供应链完整。", "defines"),
            ("彭澎表示，机器人需求旺盛。", "defines"),
            ("彭澎表示，为了解机器人，可以去参观。", "defines"),
            ("彭澎表示，机器人太少。", "diagnoses"),
            ("Robots.", ""),
        ],
    )
    def test_roles(self, text, role, names):
        assert attribute(text, names)[0].role == role

    @pytest.mark.parametrize(
        ("text", "actors"),
        [
            # Quotations of several sentences.
            ("“Robots matter. Quanta matter,” Peng Peng said.", ["peng-peng"] * 2),
            ("Peng Peng said: “Robots matter. Quanta matter.”", ["peng-peng"] * 2),
            ("彭澎说：“机器人领先。量子较小。”", ["peng-peng"] * 2),
            # What somebody says of a province.
            ("彭澎认为，广东将发展机器人。", ["peng-peng"]),
            ("国务院要求，河南要发展机器人。", ["state-council"]),
            ("某券商报告指出，河南将发展机器人。", [""]),
            ("专家认为，河南将发展机器人。", [""]),
            ("Peng Peng said Guangdong will buy robots, and Hunan will sell.", ["peng-peng"]),
            # A place in a phrase before the speaker.
            ("Unlike Henan, Jilin said it will buy robots.", ["jilin"]),
            ("In Guangdong, Peng Peng said robots matter.", ["peng-peng"]),
            ("Visiting Hunan, Peng Peng said robots matter.", ["peng-peng"]),
            # Names inside other names.
            ("黄河南岸工作会议提出，发展机器人。", [""]),
            ("雅山东路街道会议提出，引进机器人。", [""]),
            ("Hubei Morning Courier said robots matter.", [""]),
            # Offices and names.
            ("Henan Governor Wang Kai said robots will be bought.", ["henan"]),
            ("Wang Kai, governor of Henan, said robots matter.", ["henan"]),
            ("A Henan spokesman said robots matter.", ["henan"]),
            ("“Robots matter,” said a spokesman for Henan.", ["henan"]),
            ("河南省省长王凯表示，将发展机器人。", ["henan"]),
            ("河南省政府新闻发言人表示，将发展机器人。", ["henan"]),
            # Verbs.
            ("“Robots matter,” Peng Peng commented.", ["peng-peng"]),
            ("彭澎重申，机器人产业领先。", ["peng-peng"]),
            # Lists of names, and days.
            ("Gansu, Hunan and other places will buy robots.", ["gansu; hunan"]),
            (
                "Provinces such as Gansu, Hunan and Fujian have pledged robots.",
                ["gansu; hunan; fujian"],
            ),
            (
                "South China's Hainan Province, central China's Henan Province and northwest "
                "China's Gansu Province pledged robots.",
                ["hainan; henan; gansu"],
            ),
            ("Gansu province pledged robots.", ["gansu"]),
            ("Gansu on Friday pledged robots.", ["gansu"]),
            # Meetings speak for those who hold them.
            (
                "Hunan held its economic work conference. The conference stressed robots.",
                ["hunan"] * 2,
            ),
            ("湖南召开省委经济工作会议。会议强调，要发展机器人。", ["hunan"] * 2),
            ("1月4日，上海市召开外贸大会。", ["shanghai"]),
            ("中央经济工作会议已经明确，要发展机器人。", ["central-economic-work-conference-2023"]),
            # Officials without an alias: what "he" says is still their province's.
            ("湖南省省长周某某表示，机器人够用。他说，要发展外贸。", ["hunan"] * 2),
            ("湖南省水利厅厅长周某某介绍，水够用。他表示，要节水。", ["hunan"] * 2),
            ("湖南省建设厅厅长周某某说，房屋够用。", ["hunan"]),
            ("记者24日从湖南省统计局获悉，外贸增长。省统计局公布，收入增长。", ["hunan"] * 2),
            ("甘肃提出发展机器人；湖南召开外贸大会，部署外贸工作。", ["gansu", "hunan"]),
            # Plans, passives and interviews.
            ("A robot plan was released by the Hunan provincial government.", ["hunan"]),
            ("Under Hunan's new plan, robots will be bought.", ["hunan"]),
            ("彭澎：要发展机器人。", ["peng-peng"]),
            ("Peng Peng: We must buy robots.", ["peng-peng"]),
            ("比如湖南将发展机器人。", ["hunan"]),
            ("Hubei will buy robots. Hunan opposes them.", ["hubei", "hunan"]),
            # Family names, alone and in other names.
            ("Pan Helin said robots matter. Pan added quanta.", ["pan-helin"] * 2),
            ("Pan Helin said robots matter. Pan Gongsheng said trade grew.", ["pan-helin", ""]),
            ("Peng Hui, a trader, said robots matter.", [""]),
            ("Chen Peng said robots matter. Peng said trade matters.", ["", ""]),
            ("Song was a dynasty. Song said trade mattered.", ["", ""]),
            ("彭澎教授的学生周杰说，机器人很好。", [""]),
            # People, firms and courts of a place are not the place.
            ("A factory manager from Henan said robots matter.", [""]),
            ("Guangdong entrepreneur Chen Hui said robots matter.", [""]),
            ("Hubei's critics say robots matter.", [""]),
            ("Sichuan restaurants use robots.", [""]),
            ("Beijing-based analyst Wang Wei said robots matter.", [""]),
            ("The Zhejiang-born tycoon Ma Li said robots matter.", [""]),
            ("河北网友说，机器人很好。", [""]),
            ("广东商人陈辉说，机器人很好。", [""]),
            ("福建籍院士李伟说，机器人很好。", [""]),
            ("北京时间8日，美国宣布限制机器人出口。", [""]),
            ("新华社武汉1月14日电 湖北将发展机器人。", ["hubei"]),
            ("彭澎对记者说，机器人很好。", ["peng-peng"]),
            # Speakers who are no actors, questions, passives and acronyms.
            ("Peng Peng said Wuxi leads. “Robots are few,” Zhou Jie said.", ["peng-peng", ""]),
            ("“Robots are few,” said Zhou Jie. Pan Helin agreed.", ["", "pan-helin"]),
            ("河北会不会发展机器人？", [""]),
            ("Will Hebei build robots?", [""]),
            ("Anhui has been told by experts to build robots.", [""]),
            ("The National Development and Reform Commission (NDRC) said so.", ["ndrc"]),
            ("Data from the National Bureau of Statistics showed growth.", ["nbs"]),
            ("国家统计局数据显示，机器人产量增长。", ["nbs"]),
        ],
    )
    def test_who_speaks(self, text, actors, names):
        assert [who for _, who, _ in said(text, names)] == actors

    def test_both_provinces(self, names):
        text = "Henan will buy robots. Neighbouring Hubei wants quanta. Both provinces plan trade."
        assert said(text, names)[-1][1] == "henan; hubei"

    def test_he_may_be_an_official(self, names):
        state = State(person=("peng-peng",))
        said("Hunan Governor Mao said robots matter.", names, state)
        assert said("Quanta matter as well, he said.", names, state)[0][1] == "hunan"


class TestSpeakers:
    @pytest.mark.parametrize(
        "text",
        [
            "Henan, " * 5000,
            "河南、" * 5000,
            " " * 20000 + "Henan",
            "-" * 30000,
            "Henan Hebei Hunan " * 2000,
            "Henan will build robots, grain. " * 2000,
            "“" * 5000 + " Peng Peng said.",
            "a" * 100_000,
            "Robots are good. Peng Peng said. " * 2000,
            "\n" * 20_000 + "Henan",
        ],
    )
    def test_long_paragraphs_end_soon(self, text):
        codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": ["机器人"]})
        news = pd.DataFrame({"document": ["a"], "paragraph": [1], "text": [text]})
        found = pol.code_documents(news, codebook, actor="sentence")
        assert found["count"].sum() == text.lower().count("robots")


def test_terms_in_names_of_bodies_do_not_count():
    codebook = pd.DataFrame({"id": ["schools"], "terms_en": ["education"], "terms_zh": ["教育"]})
    texts = [
        "The Department of Education of Henan said on Monday that roads will be built.",
        "Henan will spend more on education.",
        "河南省教育厅表示，将新建公路。",
        "河南将扩大教育投入。",
    ]
    news = pd.DataFrame({"document": "n", "paragraph": [1, 2, 3, 4], "text": texts})
    coded = pol.code_documents(news, codebook, actor="sentence")
    assert coded["paragraph"].to_list() == [2, 4]


def test_what_a_person_says_that_a_province_should_do_is_his():
    names = actor_names(
        pd.DataFrame(
            {
                "id": ["henan", "li-na"],
                "type": ["province", "expert"],
                "label": ["Henan", "Li Na"],
            }
        )
    )
    parts = attribute("Li Na said robots matter. Henan should buy robots.", names)
    assert [part.who for part in parts] == [("li-na",), ("li-na",)]
