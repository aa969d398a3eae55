import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pl
from policylib.coding import coder as coding
from policylib.coding.terms import fold, folding


def codebook_of(**codes: tuple) -> pd.DataFrame:
    """Make a codebook from code=(terms_en, terms_zh, excluded_en, excluded_zh)."""
    columns = ["terms_en", "terms_zh", "excluded_en", "excluded_zh"]
    rows = [(code, *cells, *[None] * (4 - len(cells))) for code, cells in codes.items()]
    return pd.DataFrame(rows, columns=["id", *columns])


def documents_of(*texts: str) -> pd.DataFrame:
    paragraphs = range(1, len(texts) + 1)
    return pd.DataFrame({"document": "a", "paragraph": paragraphs, "text": texts})


def hits(codebook: pd.DataFrame, *texts: str) -> list[tuple]:
    found = coding.find_terms(documents_of(*texts), codebook)
    return list(found[["paragraph", "code", "start", "end"]].itertuples(index=False, name=None))


def test_terms_of_both_languages_with_their_places():
    codebook = codebook_of(robots=("robot; robots", "机器人"), talent=("talent", "人才"))
    texts = "Robots need talent.", "", "机器人和人才, robots"
    assert hits(codebook, *texts) == [
        (1, "robots", 0, 6),
        (1, "talent", 12, 18),
        (3, "robots", 0, 3),
        (3, "talent", 4, 6),
        (3, "robots", 8, 14),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AI", 1),
        ("ai plus", 1),
        ("(AI)", 1),
        ("AI和机器", 1),  # a Chinese character ends a Latin word
        ("said", 0),
        ("AI2", 0),
        ("ÉAI", 0),
        ("AI-led", 1),
        ("ＡＩ", 1),
        ("ＡＩＧＣ", 0),
    ],
)
def test_latin_terms_are_whole_words(text, found):
    assert len(hits(codebook_of(ai=("AI", None)), text)) == found


def test_a_chinese_term_needs_no_boundary():
    assert hits(codebook_of(talent=(None, "人才")), "引进人才计划") == [(1, "talent", 2, 4)]


def test_the_longest_term_counts_whichever_code_it_has():
    codebook = codebook_of(
        private=(None, "民营; 民营经济"), economy=(None, "经济"), consumption=(None, "消费")
    )
    assert hits(codebook, "民营经济") == [(1, "private", 0, 4)]
    assert hits(codebook, "民营消费经济") == [
        (1, "private", 0, 2),
        (1, "consumption", 2, 4),
        (1, "economy", 4, 6),
    ]


def test_a_short_term_is_not_lost_under_a_longer_one_that_is_no_word():
    codebook = codebook_of(a=("trade in", None), b=("in service", None), c=("service", None))
    assert hits(codebook, "trade in services") == [(1, "a", 0, 8)]
    assert hits(codebook, "in service") == [(1, "b", 0, 10)]


def test_overlapping_terms_share_a_place_if_neither_contains_the_other():
    codebook = codebook_of(chain=(None, "产业链"), supply=(None, "链供应"))
    assert hits(codebook, "产业链供应") == [(1, "chain", 0, 3), (1, "supply", 2, 5)]


def test_one_phrase_may_stand_for_two_codes():
    codebook = codebook_of(a=("robots", None), b=("Robots", None))
    assert hits(codebook, "robots") == [(1, "a", 0, 6), (1, "b", 0, 6)]


def test_excluded_phrases_hold_for_their_own_code_alone():
    codebook = codebook_of(
        consumption=("consumption", "消费", "energy consumption", "能源消费"),
        energy=("energy", "能源"),
    )
    assert hits(codebook, "Energy consumption and consumption") == [
        (1, "energy", 0, 6),
        (1, "consumption", 23, 34),
    ]
    assert hits(codebook, "能源消费和消费") == [(1, "energy", 0, 2), (1, "consumption", 5, 7)]


@pytest.mark.parametrize(
    "term", ["a.c", "c++", "(plus)", "[x]", "a|b", "$5", "^top", "back\\slash", "人工智能+"]
)
def test_terms_are_no_patterns(term):
    codebook = codebook_of(x=(term, None))
    assert [h[2:] for h in hits(codebook, f"the {term} and abc")] == [(4, 4 + len(term))]


def test_odd_characters_move_no_place():
    codebook = codebook_of(robots=("robots", "机器人"))
    for odd in ("İ", "ß", "ﬁ", "😀", "\u202e", "\x00", "\ufeff", "e\u0301", "\r\n"):
        text = f"{odd} Robots {odd}机器人"
        found = coding.find_terms(documents_of(text), codebook)
        assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == [
            "Robots",
            "机器人",
        ], odd


@given(st.text())
def test_folding_keeps_the_length(text):
    characters, folded = fold(text)
    assert len(characters) == len(folded) == len(text)


def test_folding_is_idempotent():
    table = folding()
    assert (table[table] == table).all()


letters = st.text("ab 民营经", max_size=12)


@given(
    st.lists(letters, max_size=5),
    st.lists(st.text("ab民营经", min_size=2, max_size=4), min_size=1, max_size=6, unique=True),
)
def test_hits_equal_those_of_a_plain_search(texts, terms):
    """Every whole-word place of a term that lies within no longer one, and no other."""
    codebook = codebook_of(**{f"c{i}": (term, None) for i, term in enumerate(terms)})
    expected = []
    for number, text in enumerate(texts, start=1):
        spans = []
        for i, term in enumerate(terms):
            head = "(?<![a-z])" if term[0] in "ab" else ""
            tail = "(?![a-z])" if term[-1] in "ab" else ""
            for match in re.finditer(f"(?={head}{term}{tail})", text):
                spans.append((match.start(), match.start() + len(term), f"c{i}"))
        expected += sorted(
            (number, code, a, b)
            for a, b, code in spans
            if not any(c <= a and b <= d and (a, b) != (c, d) for c, d, _ in spans)
        )
    assert sorted(hits(codebook, *texts)) == sorted(expected)


def test_chunks_do_not_matter(monkeypatch):
    from policylib.coding import spans as _spans

    codebook = codebook_of(robots=("robots", "机器人"))
    texts = ["robots " * 5, "", "机器人", "x" * 50, "robots"] * 3
    whole = hits(codebook, *texts)
    for size in (1, 7, 40):
        monkeypatch.setattr(_spans, "CHUNK", size)
        assert hits(codebook, *texts) == whole


def test_terms_of_one_code_that_overlap_count_once():
    codebook = codebook_of(made=(None, "先进制造; 制造业"), other=(None, "制造业主"))
    assert hits(codebook, "先进制造业") == [(1, "made", 0, 4)]
    assert hits(codebook, "先进制造业，制造业") == [(1, "made", 0, 4), (1, "made", 6, 9)]
    assert hits(codebook, "先进制造业主") == [(1, "made", 0, 4), (1, "other", 2, 6)]


def test_a_term_in_both_lists_counts_once():
    assert hits(codebook_of(mobile=("6G; 6g", "6G")), "发展6G技术") == [(1, "mobile", 2, 4)]


def test_kinds_of_spaces_do_not_matter():
    codebook = codebook_of(energy=("new energy", None))
    texts = [
        "new\u00a0energy",
        "new\tenergy",
        "new\u2009energy",
        "new\u3000energy",
        "新 new\tenergy",
    ]
    assert [paragraph for paragraph, *_ in hits(codebook, *texts)] == [1, 2, 3, 4, 5]


def test_nothing_to_find():
    empty = coding.find_terms(documents_of(), codebook_of(a=("robots", None)))
    assert empty.columns.to_list() == ["document", "paragraph", "code", "term", "start", "end"]
    assert empty.empty
    assert coding.find_terms(documents_of("robots"), codebook_of(a=(None, None))).empty


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("robots; ", None), "code 'a', terms_en: a term is empty"),
        (("x", None), "code 'a', terms_en: the term 'x' is a single letter"),
        (("Ｘ", None), "a single letter"),
        ((None, "人;;才"), "code 'a', terms_zh: a term is empty"),
        ((None, None, "y", None), "code 'a', excluded_en: the term 'y'"),
        (("a\nb", None), "code 'a', terms_en: the term 'a\\\\nb' has a line break"),
        ((None, "人；；才"), "code 'a', terms_zh: a term is empty"),
    ],
)
def test_terms_that_cannot_be_looked_for(cells, message):
    with pytest.raises(ValueError, match=message):
        coding.find_terms(documents_of("robots"), codebook_of(a=cells))


def test_other_tables_are_refused():
    codebook = codebook_of(a=("robots", None))
    with pytest.raises(ValueError, match="no column 'text'"):
        coding.find_terms(documents_of("x").drop(columns="text"), codebook)
    with pytest.raises(ValueError, match="row 0: None is no text"):
        coding.find_terms(documents_of("x").assign(text=None), codebook)
    with pytest.raises(ValueError, match="no column 'terms_zh'"):
        coding.find_terms(documents_of("x"), codebook.drop(columns="terms_zh"))


# --- From hits to statements. -------------------------------------------------------------------

STATEMENT = ["document", "paragraph", "actor", "role", "priority", "count", "anchor"]


def coded(documents, codebook, **options):
    return pl.code_documents(documents, codebook, **options)[STATEMENT].to_numpy().tolist()


def test_a_statement_for_each_code_in_a_paragraph():
    codebook = codebook_of(machine=("robots; machines", "机器人"), grain=("grain", "粮食"))
    documents = documents_of("Grain, robots and Machines.", "nothing", "机器人、机器人")
    assert coded(documents, codebook) == [
        ["a", 1, "a", "commits", "grain", 1, "Grain"],
        ["a", 1, "a", "commits", "machine", 2, "robots"],
        ["a", 3, "a", "commits", "machine", 2, "机器人"],
    ]


def test_actor_and_role_come_from_the_table():
    documents = documents_of("grain", "grain").assign(actor="henan", role=["reports", None])
    found = pl.code_documents(documents, codebook_of(grain=("grain", None)))
    assert found["actor"].to_list() == ["henan", "henan"]
    assert found["role"].to_list() == ["reports", "commits"]


def test_statements_have_the_shape_of_their_table(tables):
    found = pl.code_documents(documents_of("grain"), codebook_of(grain=("grain", None)))
    assert found.columns.to_list() == tables.statements.columns.to_list()
    assert found["id"].to_list() == ["a-p01-c01"]
    assert re.fullmatch(rf"policylib {pl.__version__}, terms [0-9a-f]{{8}}", found["coder"][0])
    assert found[["initiative", "qualifier", "summary"]].isna().all(axis=None)


def test_statements_join_a_package(tables, tmp_path):
    from dataclasses import replace

    text = "Robots and new materials; robots."
    codebook = tables.priorities.assign(
        terms_en=tables.priorities["label"].where(tables.priorities["level"] == "item")
    )
    documents = pd.DataFrame(
        {"document": "daily", "paragraph": [3], "text": text, "actor": "henan"}
    )
    found = pl.code_documents(documents, codebook)
    assert found["priority"].to_list() == ["robots", "new-materials"]
    both = replace(tables, statements=pd.concat([tables.statements, found], ignore_index=True))
    again = pl.read_tables(pl.write_tables(both, tmp_path / "both"))
    assert len(again.statements) == len(tables.statements) + 2


def test_an_anchor_has_at_most_six_words():
    term = "one two three four five six seven"
    found = pl.code_documents(documents_of(term), codebook_of(long=(term, None)))
    assert found["anchor"].to_list() == ["one two three four five six"]


@given(
    st.lists(st.lists(st.sampled_from(["ab", "cd", "xy", "，"]), max_size=8), max_size=6),
)
def test_counts_add_up_to_the_hits(texts):
    documents = documents_of(*(" ".join(words) for words in texts))
    codebook = codebook_of(one=("ab", None), two=("cd; xy", None))
    found, hit = pl.code_documents(documents, codebook), pl.find_terms(documents, codebook)
    expected = hit.groupby(["paragraph", "code"]).size()
    assert found.set_index(["paragraph", "priority"])["count"].sort_index().to_dict() == (
        expected.to_dict()
    )
    assert found["id"].is_unique


def test_sentences_of_speakers_and_no_others():
    text = "Grain is dear. Henan will store grain. Hebei proposed robots, and grain."
    codebook = codebook_of(grain=("grain", None), robots=("robots", None), north=("hebei", None))
    found = pl.code_documents(documents_of(text), codebook, actor="sentence")
    assert found[["actor", "priority", "count"]].to_numpy().tolist() == [
        ["henan", "grain", 1],
        ["hebei", "robots", 1],
        ["hebei", "grain", 1],
    ]
    assert found["rule"].to_list() == ["subject", "verb after name", "verb after name"]


def test_two_speakers_each_make_a_statement():
    text = "Hubei and Hunan both pledged more grain."
    found = pl.code_documents(
        documents_of(text), codebook_of(grain=("grain", None)), actor="sentence"
    )
    assert found["actor"].to_list() == ["hubei", "hunan"]


def test_actors_of_a_package_of_ones_own(tables):
    text = "Siping proposed grain. Yunnan proposed grain."
    codebook = codebook_of(grain=("grain", None))
    found = pl.code_documents(documents_of(text), codebook, actor="sentence", tables=tables)
    assert found["actor"].to_list() == ["siping"]


def test_nothing_coded_has_the_same_columns():
    codebook = codebook_of(grain=("grain", None))
    full = pl.code_documents(documents_of("grain"), codebook)
    for documents in (documents_of("none"), documents_of("").head(0), documents_of()):
        empty = pl.code_documents(documents, codebook)
        assert empty.columns.to_list() == full.columns.to_list()
        assert len(empty) == 0
    said = pl.code_documents(documents_of("grain"), codebook, actor="sentence")
    assert len(said) == 0
    assert said.columns.to_list() == [*full.columns, "rule"]


def test_a_paragraph_in_two_rows_is_refused():
    documents = documents_of("grain", "grain").assign(paragraph=4)
    with pytest.raises(ValueError, match="paragraph 4 of document 'a' stands in two rows"):
        pl.code_documents(documents, codebook_of(grain=("grain", None)))


def test_order_of_rows_does_not_matter_for_speakers():
    texts = ["Pan Helin spoke.", "He said grain.", "Song Xiangqing said grain.", "He said grain."]
    documents = documents_of(*texts)
    codebook = codebook_of(grain=("grain", None))
    key = ["paragraph", "actor", "priority"]
    for order in (documents, documents[::-1], documents.iloc[[2, 0, 3, 1]]):
        found = pl.code_documents(order, codebook, actor="sentence").sort_values("paragraph")
        assert found[key].to_numpy().tolist() == [
            [2, "pan-helin", "grain"],
            [3, "song-xiangqing", "grain"],
            [4, "song-xiangqing", "grain"],
        ]


def test_blocks_do_not_matter(monkeypatch):
    documents = documents_of(*["grain and robots", "", "x" * 50, "robots"] * 3)
    codebook = codebook_of(grain=("grain", None), robots=("robots", None))
    whole = pl.code_documents(documents, codebook)
    for size in (1, 7, 40):
        monkeypatch.setattr(coding, "BLOCK", size)
        pd.testing.assert_frame_equal(pl.code_documents(documents, codebook), whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"document": None}, "column 'document', row 0: the cell is empty"),
        ({"actor": ["henan", None]}, "column 'actor', row 1: the cell is empty"),
        ({"role": "commit"}, "no role 'commit'.*did you mean 'commits'"),
        ({"paragraph": ["1", "2"]}, "column 'paragraph': its cells are no whole numbers"),
        ({"paragraph": pd.array([1, None], dtype="Int64")}, "column 'paragraph': a cell is empty"),
        ({"text": ["grain", None]}, "column 'text', row 1: (nan|None) is no text"),
    ],
)
def test_rows_that_cannot_be_coded(change, message):
    documents = documents_of("grain", "grain").assign(**change)
    with pytest.raises(ValueError, match=message):
        pl.code_documents(documents, codebook_of(grain=("grain", None)))


@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_types_of_columns_do_not_matter(dtype):
    documents = documents_of("grain", "no", "grain").astype({"document": dtype, "text": dtype})
    documents.index = [7, 8, 9]
    found = coded(documents, codebook_of(grain=("grain", None)))
    assert found == coded(documents_of("grain", "no", "grain"), codebook_of(grain=("grain", None)))


def test_a_checksum_tells_codebooks_apart():
    documents = documents_of("grain")
    one, two = (codebook_of(grain=(terms, None)) for terms in ("grain", "grain; wheat"))
    coder = {pl.code_documents(documents, codebook)["coder"][0] for codebook in (one, two, one)}
    assert len(coder) == 2


def test_order_of_rows_does_not_matter():
    documents = documents_of("grain", "robots", "grain robots")
    codebook = codebook_of(grain=("grain", None), robots=("robots", None))
    found = pl.code_documents(documents, codebook)
    turned = pl.code_documents(documents[::-1], codebook)
    key = ["paragraph", "priority"]
    assert (
        turned.sort_values(key)[STATEMENT].to_numpy().tolist()
        == found.sort_values(key)[STATEMENT].to_numpy().tolist()
    )


def test_an_unknown_kind_of_actor():
    with pytest.raises(ValueError, match=r"no actor 'sentences'.*did you mean 'sentence'"):
        pl.code_documents(documents_of(), codebook_of(a=("grain", None)), actor="sentences")


@pytest.mark.parametrize(
    ("lines", "roles"),
    [
        (["题", "一、2024年工作回顾", "好。", "二、2025年工作安排", "要。"], " rrcc"),
        (["Report", "I. A Review of Our Work", "Good.", "II. Tasks", "Do."], " rrcc"),
        (["# Report", "# Review", "Good.", "# Plan", "Do."], " rrcc"),
        (["2024年工作回顾", "好。", "2025年工作安排建议", "要。"], "rrcc"),
        (["回顾过去一年，我们做了很多工作。", "一、任务", "要。"], "   "),
        (["一、回顾", "二、安排", "三、建设", "四、回顾"], "rccc"),
        (["一、回顾", "按照部署要求，做了以下工作：", "好。", "二、安排"], "rrrc"),
        (["一、回顾", "》的目标和任务；提出了《", "1.目标", "二、安排"], "rrrc"),
    ],
)
def test_roles_of_the_parts_of_a_report(lines, roles):
    found = pl.report_roles(documents_of(*lines))
    letters = {"r": "reports", "c": "commits", " ": ""}
    assert found.fillna("").to_list() == [letters[letter] for letter in roles]


def test_roles_of_documents_whose_rows_are_mixed():
    documents = documents_of("一、回顾", "一、回顾", "好", "好").assign(document=list("abab"))
    assert pl.report_roles(documents).to_list() == ["reports"] * 4


def test_roles_begin_anew_in_each_document():
    documents = documents_of("一、回顾", "好").assign(document=["a", "b"])
    assert pl.report_roles(documents).fillna("").to_list() == ["reports", ""]
