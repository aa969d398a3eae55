"""Terms that a codebook lacks: planted terms, counts, filters and columns."""

import itertools
import os
import warnings
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib.coding import new_terms

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
# Rare characters: no list of words, no name and no codebook has them.
NOISE = [chr(code) for code in range(0x7000, 0x7078)]
NOTHING = pd.DataFrame({"id": ["none"], "terms_zh": ["無"]})


def planted(*phrases, seed=0, times=20, size=6):
    """Return documents in which random characters surround phrases, each as often."""
    random = np.random.default_rng(seed)
    texts = []
    for _ in range(times):
        parts = ["".join(random.choice(NOISE, size)) for _ in range(len(phrases) + 1)]
        text = parts[0] + "".join(a + b for a, b in zip(phrases, parts[1:], strict=True))
        texts.append(f"{text}。")
    names = [f"d{number % 5}" for number in range(times)]
    return pd.DataFrame({"document": names, "paragraph": range(1, times + 1), "text": texts})


def in_english(*phrases, times=20):
    """Return documents in which words that occur once surround phrases, each as often."""
    number = itertools.count()
    gaps = iter(lambda: " ".join(f"w{next(number)}x" for _ in range(6)), "")
    texts = [
        next(gaps) + "".join(f" {phrase} {next(gaps)}" for phrase in phrases) + "."
        for _ in range(times)
    ]
    names = [f"d{number % 5}" for number in range(times)]
    return pd.DataFrame({"document": names, "paragraph": range(times), "text": texts})


def whole_text_count(texts, term):
    return sum(text.count(term) for text in texts)


def codebook(*terms, **more):
    ids = [f"code-{number}" for number in range(len(terms))]
    return pd.DataFrame({"id": ids, "terms_zh": terms, **more})


class TestPlantedTerms:
    @given(st.integers(0, 10**6), st.integers(2, 6))
    @settings(max_examples=25, deadline=None)
    def test_exactly_the_planted_terms_are_found(self, seed, length):
        random = np.random.default_rng(seed)
        letters = random.choice([chr(code) for code in range(0x9F00, 0x9F40)], 2 * length, False)
        terms = {"".join(letters[:length]), "".join(letters[length:])}
        documents = planted(*terms, seed=seed)
        found = new_terms(documents, NOTHING)
        assert set(found["term"]) == terms
        assert found["count"].to_list() == [20, 20]
        assert found["documents"].to_list() == [5, 5]

    def test_an_english_term_is_found_in_its_most_frequent_form(self):
        random = np.random.default_rng(1)
        words = ["".join(random.choice([*"bcdfgk"], 5)) for _ in range(400)]
        forms = ["data vaults"] * 9 + ["Data vaults"] * 3
        texts = [
            " ".join([*words[i::40], form, *words[i + 20 :: 40]]) for i, form in enumerate(forms)
        ]
        documents = pd.DataFrame({"document": "a", "paragraph": range(12), "text": texts})
        found = new_terms(documents, NOTHING)
        assert found[["term", "language", "count"]].to_numpy().tolist() == [
            ["data vaults", "en", 12]
        ]

    @pytest.mark.parametrize("form", ["data cafe\u0301", "da\u00adta café"])
    @pytest.mark.parametrize("times", [1, 12])
    def test_a_term_is_counted_whatever_cannot_be_seen_in_it(self, form, times):
        random = np.random.default_rng(1)
        words = ["".join(random.choice([*"bcdfgk"], 5)) for _ in range(400)]
        forms = [form] * times + ["data café"] * (12 - times)
        texts = [" ".join([*words[i::40], f, *words[i + 20 :: 40]]) for i, f in enumerate(forms)]
        documents = pd.DataFrame({"document": "a", "paragraph": range(12), "text": texts})
        assert new_terms(documents, NOTHING)["count"].to_list() == [12]

    @given(st.lists(st.text("麋鹿蟋。", max_size=30), min_size=1, max_size=4))
    @settings(max_examples=25, deadline=None)
    def test_counts_are_those_of_find_terms(self, texts):
        table = pd.DataFrame({"document": [*"abcd"][: len(texts)], "paragraph": 1, "text": texts})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("policylib.coding.ngrams.LEAST_COHESION", 0)
            found = new_terms(table, NOTHING, least=2)
        for row in found.itertuples():
            starts = [
                (name, start)
                for name, text in zip(table["document"], texts, strict=True)
                for start in range(len(text))
                if text.startswith(row.term, start)
            ]
            assert row.count >= 2
            assert row.count == len(starts)
            assert row.documents == len({name for name, _ in starts})
            assert row.document == starts[0][0]
            if row.count == whole_text_count(texts, row.term):  # no two places overlap
                assert row.count == len(pol.find_terms(table, codebook(row.term)))


class TestEdges:
    """Words that may belong to a term or not: it depends on how often the rest is without them."""

    @pytest.mark.parametrize(
        "term",
        [
            "多式联运",
            "超长期特别国债",
            "不动产登记",
            "居家养老",
            "以旧换新",
            "本科扩容",
            "中医药",
            "最低工资标准",
            "普通高中",
            "转型升级",
            "稳定币",
            "重点实验室",
            "国家公园",
        ],
    )
    def test_a_chinese_term_whose_rest_is_not_without_the_word(self, term):
        assert new_terms(planted(term), NOTHING)["term"].to_list() == [term]

    @pytest.mark.parametrize("phrase", ["居全国", "多企业", "重点企业", "各行业"])
    def test_a_chinese_phrase_whose_rest_is_often_without_the_word(self, phrase):
        rest = phrase[-2:]
        documents = pd.concat([planted(phrase), planted(rest, seed=1, times=31)])
        documents = documents.assign(paragraph=range(51))
        assert phrase not in set(new_terms(documents, NOTHING)["term"])

    def test_the_share_at_which_a_word_belongs_to_the_term(self):
        for times, listed in ((30, True), (31, False)):  # 20 of 50 places are 40 %
            both = pd.concat([planted("多龘龖"), planted("龘龖", seed=1, times=times)])
            found = new_terms(both.assign(paragraph=range(20 + times)), NOTHING)
            assert ("多龘龖" in set(found["term"])) == listed

    @pytest.mark.parametrize(
        "term",
        [
            "family doctors",
            "supply chains",
            "elderly care",
            "early education",
            "low-altitude economy",
            "new energy vehicles",
            "first-store economy",
            "start-up companies",
            "off-farm work",
            "key technologies",
            "housing support",
            "trade unions",
            "land use",
            "foreign trade",
            "steel output",
            "high speed",
        ],
    )
    def test_an_english_term_whose_rest_is_not_without_the_word(self, term):
        assert new_terms(in_english(term), NOTHING)["term"].to_list() == [term]

    @pytest.mark.parametrize(
        "phrase", ["new trees", "steadily trees", "build trees", "trees of", "trees used"]
    )
    def test_an_english_phrase_whose_rest_is_often_without_the_word(self, phrase):
        documents = in_english(phrase, "trees", "steady", "trees")
        assert new_terms(documents, NOTHING).empty


class TestFilters:
    def test_terms_of_the_codebook_and_their_parts_are_left_out(self):
        documents = planted("龘龖齉齾")
        assert new_terms(documents, NOTHING)["term"].to_list() == ["龘龖齉齾"]
        for term in ("龘龖齉齾", "齉齾", "無; 龖齉"):
            assert new_terms(documents, codebook(term)).empty
        assert new_terms(documents, codebook("無", excluded_zh=["龘龖"])).empty
        longer = documents["text"].iloc[0][5:11]  # around one of its twenty places
        assert len(new_terms(documents, codebook(longer))) == 1

    def test_names_of_actors_are_left_out(self):
        assert new_terms(planted("湖南"), NOTHING).empty
        assert new_terms(planted("黑龙江省"), NOTHING).empty
        tables = pol.read_tables()
        assert new_terms(planted("龘龖"), NOTHING, tables=tables)["term"].to_list() == ["龘龖"]
        city = tables.organisations.head(1).assign(label_zh="龘龖")
        more = pol.Tables(**{**vars(tables), "organisations": city})
        assert new_terms(planted("龘龖"), NOTHING, tables=more).empty

    @pytest.mark.parametrize("before", ["12", "3.5亿", "20多", "7 "])
    def test_units_of_measure_are_left_out(self, before):
        documents = planted("龘龖")
        texts = documents["text"].str.replace("龘龖", f"，{before}龘龖")
        assert new_terms(documents.assign(text=texts), NOTHING).empty

    def test_a_term_in_a_few_of_many_documents_is_left_out(self):
        noise = [planted(seed=seed, times=1, size=200) for seed in range(40)]
        noise = pd.concat(noise).assign(document=range(40))
        few = planted("龘龖").assign(document=lambda table: table["paragraph"] % 3)
        assert new_terms(few, NOTHING)["term"].to_list() == ["龘龖"]
        spread = pd.concat([noise, few]).assign(paragraph=range(60))
        assert new_terms(spread, NOTHING).empty

    def test_a_term_that_is_mostly_inside_a_longer_one_is_left_out(self):
        both = pd.concat([planted("龘龖齉齾"), planted("齉齾", seed=1, times=12)])
        found = new_terms(both.assign(paragraph=range(32)), NOTHING)
        assert found["term"].to_list() == ["龘龖齉齾"]
        often = pd.concat([planted("龘龖齉齾"), planted("齉齾", seed=1, times=30)])
        found = new_terms(often.assign(paragraph=range(50)), NOTHING)
        assert dict(zip(found["term"], found["count"], strict=True)) == {"龘龖齉齾": 20, "齉齾": 50}


class TestColumns:
    def test_keyness_by_hand(self):
        documents, reference = planted("龘龖"), planted("龘龖", "齉齾", times=5)
        found = new_terms(documents, NOTHING, reference=reference)
        here, there = (table["text"].str.len().sum() for table in (documents, reference))
        expected = [25 * size / (here + there) for size in (here, there)]
        ratio = 2 * (20 * log(20 / expected[0]) + 5 * log(5 / expected[1]))
        assert found["keyness"].to_list() == pytest.approx([ratio])
        rare = new_terms(documents, NOTHING, reference=planted("龘龖", size=2))
        assert rare["keyness"][0] < 0
        new = new_terms(documents, NOTHING, reference=planted("齉齾"))
        share = here / (here + planted("齉齾")["text"].str.len().sum())
        assert new["keyness"].to_list() == pytest.approx([2 * 20 * log(1 / share)])

    def test_more_key_terms_come_first(self):
        documents = planted("龘龖", "齉齾")
        for old, new in (("龘龖", "齉齾"), ("齉齾", "龘龖")):
            found = new_terms(documents, NOTHING, reference=planted(old))
            assert found["term"].to_list() == [new, old]

    @pytest.mark.parametrize("before", ["推动", "的", "，", "“"])
    def test_what_is_only_the_end_of_longer_words_comes_last(self, before):
        """One term has such a word before it at a few places; else, the order is by character."""
        for few, last in ((1, "龘龖"), (3, "齉齾")):
            documents = planted("龘龖", "齉齾")
            texts = documents["text"].to_list()
            texts[:few] = [text.replace("龘龖", f"{before}龘龖") for text in texts[:few]]
            found = new_terms(documents.assign(text=texts), NOTHING)
            assert set(found["term"]) == {"龘龖", "齉齾"}
            assert found["term"].iloc[-1] == last

    def test_the_nearest_code_is_that_of_the_same_sentences(self):
        documents = planted("龘龖")
        half = documents["paragraph"] % 2 == 0
        texts = documents["text"] + "又有熊猫。" * 1
        texts = texts.mask(half, "有企鹅，" + documents["text"])
        found = new_terms(documents.assign(text=texts), codebook("熊猫", "企鹅"))
        assert found.set_index("term")["nearest"].to_dict()["龘龖"] == "code-1"
        alone = new_terms(documents, codebook("熊猫"))
        assert alone["nearest"].isna().all()

    def test_clustering_compares_with_sentences_at_random(self):
        documents = planted("龘龖")
        found = new_terms(documents, NOTHING)
        assert found["clustering"].to_list() == pytest.approx([np.log2(1 - np.exp(-1))])
        other = planted(seed=3, times=40).assign(document="e", paragraph=range(100, 140))
        found = new_terms(pd.concat([documents, other]), NOTHING)
        assert found["clustering"].to_list() == pytest.approx(
            [np.log2(60 * (1 - np.exp(-20 / 60)) / 20)]
        )

    def test_the_context_shows_the_first_place(self):
        documents = planted("龘龖")
        row = new_terms(documents, NOTHING).iloc[0]
        text = documents["text"].iloc[0]
        assert row["context"] == text.replace("龘龖", "[龘龖]")
        assert (row["document"], row["paragraph"]) == ("d0", 1)
        shown = pol.concordance(documents, row["term"])
        assert len(shown) == row["count"]

    def test_actors_are_counted_if_they_are_known(self):
        documents = planted("龘龖")
        assert "actors" not in new_terms(documents, NOTHING)
        found = new_terms(documents.assign(actor=["henan"] * 15 + ["hebei"] * 5), NOTHING)
        assert found["actors"].to_list() == [2]

    @pytest.mark.parametrize(
        ("one", "other"),
        [("carbon-tariff", "carbon tariff"), ("carbon  tariff", "carbon tariff")],
    )
    def test_the_commonest_form_decides_in_any_order(self, one, other):
        few, many = in_english(one, times=15), in_english(other, times=25)
        both = pd.concat([few, many.assign(paragraph=many["paragraph"] + 100)])
        for documents in (both, both[::-1]):
            found = new_terms(documents, NOTHING)
            assert found[["term", "count"]].to_numpy().tolist() == [["carbon tariff", 25]]

    @pytest.mark.parametrize("space", ["\xa0", "\u202f", "\t"])
    def test_kinds_of_spaces_do_not_matter(self, space):
        found = new_terms(in_english(f"carbon{space}tariff"), NOTHING)
        assert found[["term", "count"]].to_numpy().tolist() == [["carbon tariff", 20]]

    def test_the_order_of_rows_does_not_matter_but_for_the_first_place(self):
        documents = planted("龘龖齉", "麤爨", "鱻鱼鱻")
        found = new_terms(documents, NOTHING)
        again = new_terms(documents.sample(frac=1, random_state=1), NOTHING)
        place = ["context", "document", "paragraph"]
        pd.testing.assert_frame_equal(found.drop(columns=place), again.drop(columns=place))

    @pytest.mark.parametrize("texts", [[], [""], ["龘"], ["a b"], ["，。"]])
    def test_no_phrases_give_an_empty_table(self, texts):
        table = pd.DataFrame({"document": "a", "paragraph": range(len(texts)), "text": texts})
        empty = new_terms(table.astype({"text": "str"}), NOTHING, reference=planted("龘龖"))
        full = new_terms(planted("龘龖"), NOTHING, reference=planted("龘龖"))
        assert empty.empty
        assert empty.drop(columns="paragraph").columns.equals(
            full.drop(columns="paragraph").columns
        )
        assert empty.dtypes["term"] == full.dtypes["term"]


def test_the_nearest_code_is_of_the_type_of_the_codebook():
    documents = in_english("carbon tariff").assign(document="d")
    documents["text"] = documents["text"].str.cat(["roads"] * 20, sep=" and ")
    rest = pd.DataFrame({"document": "d", "paragraph": range(21, 41), "text": "It rains."})
    documents = pd.concat([documents, rest])
    codebook = pd.DataFrame({"id": [7, 8], "terms_en": ["roads", "nurses"]})
    nearest = new_terms(documents, codebook)["nearest"]
    assert nearest.to_list() == [7]
    assert new_terms(documents, codebook.tail(1))["nearest"].isna().all()
    assert new_terms(documents, codebook.astype({"id": "str"}))["nearest"].to_list() == ["7"]


def test_blank_texts_give_no_warning():
    blank = pd.DataFrame({"document": ["a"], "paragraph": 1, "text": " "})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert new_terms(blank, NOTHING, reference=blank.head(0)).empty


def test_bad_input_is_named():
    good = planted("龘龖")
    with pytest.raises(ValueError, match=r"^no column 'text'"):
        new_terms(good.drop(columns="text"), NOTHING)
    with pytest.raises(TypeError, match=r"reference: expected a table .*, not str"):
        new_terms(good, NOTHING, reference="x")
    with pytest.raises(ValueError, match=r"^reference: column 'text', row 1: expected a string"):
        new_terms(good, NOTHING, reference=pd.DataFrame({"text": ["a", None]}))
    for codebook in (None, "x"):
        with pytest.raises(TypeError, match="codebook: expected a table"):
            new_terms(good, codebook)
    with pytest.raises(ValueError, match=r"^codebook: no column 'id'"):
        new_terms(good, NOTHING.drop(columns="id"))
    with pytest.raises(ValueError, match="column 'text', row 0: expected a string, got nan"):
        new_terms(good.assign(text=good["text"].where(good["paragraph"] > 1)), NOTHING)
    with pytest.raises(ValueError, match="column 'document', row 0: the cell is empty"):
        new_terms(good.assign(document=None), NOTHING)
    with pytest.raises(ValueError, match="reference: no column 'text'"):
        new_terms(good, NOTHING, reference=good.drop(columns="text"))
    with pytest.raises(ValueError, match="no column 'terms_en'"):
        new_terms(good, NOTHING.drop(columns="terms_zh"))
    with pytest.raises(ValueError, match="least must be a whole number from 2, not 1"):
        new_terms(good, NOTHING, least=1)
    with pytest.raises(TypeError, match="tables: expected Tables, not DataFrame"):
        new_terms(good, NOTHING, tables=good)


@pytest.mark.slow
@pytest.mark.skipif(
    not (CORPORA / "provincial-reports-2026").is_dir(),
    reason=f"the texts are not at {CORPORA}; POLICYLIB_CORPORA names their folder",
)
def test_what_a_reader_counted_in_the_reports():
    reports, before = (
        pol.read_documents(CORPORA / f"provincial-reports-{year}")[0] for year in (2026, 2025)
    )
    codebook = pol.read_codebook()
    found = new_terms(reports, codebook, reference=before)
    first = found["term"].head(100)
    # A reader found that 35 of the first hundred name a topic or an instrument. Some of them:
    good = (
        "新型政策性金融工具 户外运动 外送通道 高层建筑 人均预期寿命 高质量数据集 检查检验结果互认"
    )
    assert set(good.split()) <= set(first)
    whole = "\n".join(reports["text"])
    for term, count in zip(first, found["count"], strict=False):
        assert whole.count(term) == count
    provinces = pol.read_tables().provinces["label_zh"].str[:2]
    assert not found["term"].str.contains("|".join(provinces)).any()
    assert not set(found["term"]) & set(pol.coding.terms.codebook_terms(codebook)["term"])
