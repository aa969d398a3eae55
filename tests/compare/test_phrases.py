"""Phrases that are said after, compared with all substrings of tiny texts."""

import os
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.compare import uptake
from policylib.compare.phrases import without_quotes

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))

COLUMNS = ["phrase", "before", "after"]
MARKS = [
    "“”",
    "‘’",
    "„“",
    "«»",
    "‹›",
    "‚‘",
    "‚’",
    '""',
    "''",
    "»«",
    "「」",
    "｢｣",
    "﹁﹂",
    "＂＂",
    "＇＇",
]


def documents(*texts, **columns):
    """Return a table of documents of one paragraph each."""
    names = [f"d{n}" for n in range(len(texts))]
    table = pd.DataFrame({"document": names, "paragraph": 1, "text": texts}, dtype="object")
    return table.assign(**columns)


def phrases(text):
    """Return all phrases of at least two Chinese characters, or a word."""
    clauses = [re.findall("[一-鿿]|[a-z]+", clause) for clause in re.split("[，。]", text)]
    return {
        (*clause[i:j],)
        for clause in clauses
        for i in range(len(clause))
        for j in range(i + 1, len(clause) + 1)
        if j > i + 1 or clause[i].isascii()
    }


def units(text):
    """Return the characters and words of a phrase."""
    return (*re.findall("[一-鿿]|[a-z]+", text),)


def place(texts, phrase):
    """Return the first text that has a phrase, and the first of its units where it begins."""
    for number, text in enumerate(texts):
        split = re.findall("[一-鿿]|[a-z]+|[，。]", text)
        for start in range(len(split)):
            if (*split[start : start + len(phrase)],) == phrase:
                return number, start
    return None


def contains(longer, phrase):
    size = len(phrase)
    return size < len(longer) and any(
        longer[i : i + size] == phrase for i in range(len(longer) - size + 1)
    )


def longest_around(phrase, after):
    """Return all longest phrases around a phrase that the most later documents have, and how many.

    Only phrases count that more than half of the documents have that have the phrase.
    """
    said = [phrases(text) for text in after if phrase in phrases(text)]
    counts = Counter(p for found in said for p in found if contains(p, phrase))
    counts = {p: (len(p), count) for p, count in counts.items() if count > len(said) / 2}
    best = max(counts.values(), default=(0, 0))
    return {p for p, size in counts.items() if size == best}, best[1]


def by_brute_force(source, previous, before, after, most_before, least_after):
    own = phrases(source)
    then = {p: {n for n, text in enumerate(after) if p in phrases(text)} for p in own}
    found = set()
    for phrase in own - phrases(previous):
        earlier = sum(phrase in phrases(text) for text in before)
        if earlier > most_before or len(then[phrase]) < least_after:
            continue
        if not any(contains(p, phrase) and then[p] == then[phrase] for p in own):
            joined = ("" if phrase[0] > "z" else " ").join(phrase)
            found.add((joined, earlier, len(then[phrase])))
    return found


chinese = st.text("甲乙丙，", max_size=10)
english = st.lists(st.sampled_from(["a", "b", "cc", "，"]), max_size=8).map(" ".join)


def collections(text):
    return st.tuples(text, text, st.lists(text, min_size=1), st.lists(text, min_size=1))


class TestUptake:
    @given(collections(chinese) | collections(english), st.integers(0, 2), st.integers(1, 3))
    def test_equals_brute_force(self, texts, most_before, least_after):
        source, previous, before, after = texts
        least_after = min(least_after, len(after))
        found = uptake(
            documents(source),
            documents(*before),
            documents(*after),
            previous=documents(previous),
            most_before=most_before,
            least_after=least_after,
        )
        rows = [*found[COLUMNS].itertuples(index=False, name=None)]
        assert len(set(rows)) == len(rows)
        assert set(rows) == by_brute_force(*texts, most_before, least_after)
        assert found["after"].is_monotonic_decreasing
        for row in found.itertuples():
            words = row.phrase.replace(" ", "")
            for name, paragraph, start, end in row.places:
                assert paragraph == 1
                assert after[int(name[1:])][start:end].replace(" ", "") == words
            assert {name for name, *_ in row.places} == {*row.actors}
            assert len(row.actors) == row.after
            longest, count = longest_around(units(row.phrase), after)
            assert row.around_documents == count
            if pd.isna(row.around):
                assert not longest
                assert not row.around_in_source
                assert row.around_before == 0
                continue
            longer = units(row.around)
            assert longer in longest
            assert row.around_before == sum(longer in phrases(text) for text in before)
            assert row.around_in_source == (longer in phrases(source))
            where = [place(after, other) for other in longest]
            assert place(after, longer) == min(where)

    @given(st.lists(st.text("甲乙，", max_size=12), min_size=3, max_size=6))
    def test_the_phrase_around_is_the_longest_one(self, after):
        found = uptake(documents("甲甲，甲乙"), documents("无"), documents(*after), least_after=1)
        for row in found.itertuples():
            longest, count = longest_around(units(row.phrase), after)
            assert (units(row.around) if count else None) in (longest or {None})
            assert row.around_documents == count

    def test_a_longer_phrase_wins_over_a_commoner_one(self):
        before, behind = "金木水火", "土日月"
        after = [f"甲投资于人{one}" for one in before] + ["甲投资于人乙丙丁戊"] * 3
        after += [f"{one}投资于人乙丙丁戊" for one in behind]
        earlier = documents("投资于人乙丙丁戊", "无", "不投资于人乙丙丁戊己")
        found = uptake(documents("投资于人"), earlier, documents(*after))
        columns = ["phrase", "around", "around_documents", "around_before"]
        assert found[columns].to_numpy().tolist() == [["投资于人", "投资于人乙丙丁戊", 6, 2]]

    def test_of_equally_long_phrases_the_commoner_or_else_the_first_one_is_shown(self):
        after = ["乙甲甲", "乙甲甲丙", "甲甲丙"]
        found = uptake(documents("甲甲"), documents("无"), documents(*after), least_after=3)
        assert found["around"].to_list() == ["乙甲甲"]
        found = uptake(
            documents("甲甲"), documents("无"), documents(*after, "甲甲丙"), least_after=3
        )
        assert found["around"].to_list() == ["甲甲丙"]

    def test_a_planted_phrase_is_found_with_the_words_around_it(self):
        source = documents("坚持投资于人。建设公路。")
        after = documents(
            "投资于物和投资于人。", "要投资于物和投资于人，", "加大投资于人力度", "建设公路"
        ).assign(actor=["henan", "hebei", "jilin", "anhui"])
        found = uptake(source, documents("建设公路"), after, most_before=0, least_after=3)
        assert found.to_dict("records") == [
            {
                "phrase": "投资于人",
                "before": 0,
                "after": 3,
                "around": "投资于物和投资于人",
                "around_documents": 2,
                "around_before": 0,
                "around_in_source": False,
                "actors": ("hebei", "henan", "jilin"),
                "places": (("d0", 1, 5, 9), ("d1", 1, 6, 10), ("d2", 1, 2, 6)),
            }
        ]

    def test_only_a_longer_phrase_of_the_source_hides_a_phrase(self):
        after = documents(*["政策性金融工具"] * 6)
        found = uptake(documents("政策性金融支持"), documents("无"), after)
        assert found[["phrase", "around", "around_documents"]].to_numpy().tolist() == [
            ["政策性金融", "政策性金融工具", 6]
        ]
        found = uptake(documents("政策性金融支持。金融工具"), documents("无"), after)
        assert found["phrase"].to_list() == ["政策性金融", "金融工具"]
        found = uptake(documents("政策性金融工具"), documents("无"), after)
        assert found["phrase"].to_list() == ["政策性金融工具"]
        assert found["around"].isna().all()

    def test_the_words_around_may_be_in_the_source(self):
        source = documents("持续投资于人，促进消费。扩大投资于人")
        after = documents("持续投资于人", "扩大投资于人", "持续投资于人")
        found = uptake(source, documents("无"), after, least_after=3)
        assert found[["phrase", "around", "around_in_source"]].to_numpy().tolist() == [
            ["投资于人", "持续投资于人", True]
        ]

    def test_phrases_of_the_document_before_are_left_out(self):
        source, after = documents("新的提法和旧的提法"), documents(*["新的提法，旧的提法"] * 6)
        found = uptake(source, documents("无"), after, previous=documents("旧的提法"))
        assert found["phrase"].to_list() == ["新的提法"]
        everything = uptake(source, documents("无"), after)
        assert everything["phrase"].to_list() == ["新的提法", "旧的提法"]

    def test_exchanged_tables_show_what_was_said_only_before(self):
        source, many = documents("新的提法"), documents(*["新的提法"] * 6)
        assert uptake(source, before=many, after=documents("无"), least_after=1).empty
        dropped = uptake(source, before=documents("无"), after=many)
        assert dropped[COLUMNS].to_numpy().tolist() == [["新的提法", 0, 6]]

    def test_quotation_marks_case_and_hyphens_do_not_matter(self):
        found = uptake(
            documents("“十四五”规划, High-Quality growth"),
            documents("none"),
            documents("十四五规划 high quality growth", "《十四五》规划；high-quality growth"),
            least_after=2,
        )
        assert found["phrase"].to_list() == ["十四五规划", "High-Quality growth"]

    @pytest.mark.parametrize("marks", MARKS)
    def test_all_kinds_of_quotation_marks_are_left_out(self, marks):
        text = f"the {marks[0]}green deal’s core{marks[1]} for all workers’ rights"
        found = uptake(documents(text), documents("none"), documents(text, text), least_after=2)
        assert found["phrase"].to_list() == ["the green deal’s core for all workers’ rights"]

    @pytest.mark.parametrize("marks", MARKS)
    def test_they_need_no_spaces_around_them(self, marks):
        left, right = marks
        source = documents(f"打造{left}数字政府{right}样板")
        after = documents(*[f"打造{left}数字政府{right}样板"] * 2, f"建设{left}数字政府{right}")
        found = uptake(source, documents("无"), after, least_after=2)
        assert found[["phrase", "around"]].fillna("").to_numpy().tolist() == [
            ["数字政府", "打造数字政府样板"],
            ["打造数字政府样板", ""],
        ]
        source = documents(f"우리는 {left}디지털 정부{right}를 만든다")
        found = uptake(
            source, documents("無"), documents(*source["text"].to_list() * 2), least_after=1
        )
        assert found["phrase"].to_list() == ["우리는 디지털 정부를 만든다"]

    @pytest.mark.parametrize(
        "text",
        [
            "the cafe\u0301's plan",
            "the policy\u00ad’s aim",
            "हिन्दी’s plan",
            "ＡＩ’s plan",
            "한국’s plan",
            "O‘zbekiston and Hawai‘i",
            "wie geht‘s in Hans’ Haus",
            "in the '90s all workers' rights",
            "Tell 'em. All workers' rights",
            "rock ’n’ roll",
        ],
    )
    def test_apostrophes_stay(self, text):
        assert without_quotes(text, 0, len(text)) == text
        quoted = f"“{text}” of all"
        assert without_quotes(quoted, 0, len(quoted)) == f"{text} of all"
        assert without_quotes(quoted, 1, len(text)) == text[:-1]

    @pytest.mark.parametrize(
        "text", ["the cafe\u0301’s plan", "हिन्दी’s plan", "ＡＩ’s plan", "Hawai‘i"]
    )
    def test_apostrophes_stay_in_single_quotes(self, text):
        quoted = f"‘{text}’ for workers’ rights"
        assert without_quotes(quoted, 0, len(quoted)) == f"{text} for workers’ rights"

    def test_quotes_of_two_kinds_are_apart(self):
        text = "‘the workers' rights’ of all, ‚grüner Plan‘ und l’« économie verte » d’abord"
        found = "the workers' rights of all, grüner Plan und l’ économie verte d’abord"
        assert without_quotes(text, 0, len(text)) == found

    def test_a_number_is_one_word(self):
        later = documents("cut by 7.5 percent", "a rise of 5 percent")
        found = uptake(documents("grow by 2.5 percent"), documents("x"), later, least_after=2)
        assert found["phrase"].to_list() == ["percent"]

    def test_actors_are_named_once_each_in_their_order(self):
        texts, source, before = (
            documents("甲乙", "甲乙", "甲乙"),
            documents("甲乙"),
            documents("无"),
        )
        found = uptake(source, before, texts.assign(actor=[2, 10, 2]), least_after=3)
        assert found.at[0, "actors"] == (2, 10)
        assert all(isinstance(actor, int) for actor in found.at[0, "actors"])
        # The actors of other tables do not matter, nor do the types of their names.
        found = uptake(
            source.assign(actor=None, paragraph=1.5),
            before.assign(actor=[["x"]]),
            texts.assign(actor=[2, 10, 2]),
            least_after=3,
        )
        assert found.at[0, "actors"] == (2, 10)
        assert repr(found.at[0, "places"][0]) == "('d0', 1, 0, 2)"

    def test_actors_may_be_tuples_in_their_order(self):
        actors = [("b", 1), ("a", 2), ("b", 1)]
        after = documents("甲乙", "甲乙", "甲乙", actor=pd.Series(actors, dtype="object"))
        found = uptake(documents("甲乙"), documents("无"), after, least_after=3)
        assert found.at[0, "actors"] == (("a", 2), ("b", 1))

    @pytest.mark.parametrize(
        ("actors", "message"),
        [
            (["x", None, "y"], "after: column 'actor', row 1: the cell is empty"),
            ([1, None, 2], "after: column 'actor', row 1: the cell is empty"),
            (["x", 1, "y"], "after: column 'actor' mixes int and str"),
            (["x", ["y"], "z"], "after: column 'actor', row 1: expected one value"),
            ([("x", 1), ("x", "y"), ("x", 2)], "after: column 'actor', row 1: .* have no order"),
        ],
    )
    def test_bad_actors_are_named(self, actors, message):
        after = documents("甲乙", "甲乙", "甲乙", actor=pd.Series(actors, dtype="object"))
        with pytest.raises(ValueError, match=message):
            uptake(documents("甲乙"), documents("无"), after, least_after=1)

    def test_bad_input_is_named(self):
        good, bad = documents("甲"), documents("甲", paragraph=None)
        with pytest.raises(TypeError, match=r"source: expected a table .*, not str"):
            uptake("甲", good, good)
        for place, name in enumerate(["source", "before", "after"]):
            tables = [None if i == place else good for i in range(3)]
            with pytest.raises(TypeError, match=rf"{name}: expected a table .*, not NoneType"):
                uptake(*tables, least_after=1)
        with pytest.raises(ValueError, match="before: column 'paragraph', row 0: the cell is emp"):
            uptake(good, bad, good)
        with pytest.raises(ValueError, match="after: no column 'text'"):
            uptake(good, good, good.drop(columns="text"))
        with pytest.raises(ValueError, match="previous: row 1: an earlier row has the same doc"):
            uptake(good, good, good, previous=documents("甲", "乙", document="a"))
        with pytest.raises(ValueError, match="most_before must be a whole number from 0, not -1"):
            uptake(good, good, good, most_before=-1)
        with pytest.raises(ValueError, match="least_after must be a whole number from 1, not 0"):
            uptake(good, good, good, least_after=0)
        with pytest.raises(ValueError, match="least_after is 6, but after has 1 document"):
            uptake(good, good, good)
        with pytest.raises(ValueError, match="column 'document' mixes int and str"):
            uptake(good, good, documents("甲", "乙", document=[1, "a"]), least_after=1)

    @pytest.mark.skipif(
        not (CORPORA / "national-reports").is_dir(),
        reason=f"the texts are not at {CORPORA}; POLICYLIB_CORPORA names their folder",
    )
    def test_what_a_reader_counted_in_the_reports(self):
        folders = ("national-reports", "provincial-reports-2025", "provincial-reports-2026")
        national, before, after = (pol.read_documents(CORPORA / name)[0] for name in folders)
        source, previous = (national[national["document"] == year] for year in ("2025", "2024"))
        found = uptake(source, before, after, previous=previous).set_index("phrase")
        texts = after.set_index(["document", "paragraph"])["text"]

        people = found.loc["投资于人"]
        assert people[["before", "after"]].to_list() == [2, 28]
        assert "投资于物" in people["around"]
        assert not people["around_in_source"]
        assert not source["text"].str.contains("投资于物").any()
        both = {
            d for d, p, start, _ in people["places"] if texts[d, p][:start].endswith("投资于物和")
        }
        assert len(both) == 25

        finance = found.loc["政策性金融"]
        assert finance[["before", "after"]].to_list() == [0, 18]
        assert not finance["around_in_source"]
        tools = [texts[d, p][end : end + 2] for d, p, _, end in finance["places"]]
        assert tools == ["工具"] * 21
