"""Terms of a codebook, folded so that case, width and kinds of spaces do not matter."""

import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.coding.terms import CHARACTERS, fold, folding, spell_out, unusual
from tests.coding.helpers import codebook_of, documents_of, hits


class TestFolding:
    def test_folding_is_idempotent(self):
        table = folding()
        assert (table[table] == table).all()

    def test_radicals_become_the_characters_that_they_look_like(self):
        table = folding()
        radicals = "⼈⼯⺠⻓⻔⻋⻅⻛⻘⻝⻢⽂⽣"
        assert (
            "".join(chr(table[ord(radical)]) for radical in radicals)
            == "人工民长门车见风青食马文生"
        )
        changed = [code for code in range(0x2E80, 0x2FE0) if table[code] != code]
        assert len(changed) == 114 + 214


class TestSpellOut:
    @pytest.mark.parametrize("text", ["", "office", "民营经济"])
    def test_a_text_without_ligatures_stays(self, text):
        assert spell_out(text) == (text, None)

    def test_every_letter_has_the_place_of_its_ligature(self):
        spelled, places = spell_out("ﬀﬁﬂﬃﬄﬅﬆ民")
        assert spelled == "fffiflffifflstst民"
        assert "".join("ﬀﬁﬂﬃﬄﬅﬆ民"[place] for place in places[0]) == "ﬀﬀﬁﬁﬂﬂﬃﬃﬃﬄﬄﬄﬅﬅﬆﬆ民"
        assert (places[1] == places[0] + 1).all()

    @given(st.text("ae\u0301\u0323éﬁß\u00ad\u200b甲\uf90a한ᄒ\u1161\u11abカｶﾊﾞﾟ\n"))
    def test_a_text_is_composed_without_what_cannot_be_seen(self, text):
        visible = re.sub("[\u00ad\u200b]", "", text)
        for half, whole in zip("ｶﾊﾞﾟ", "カハ\u3099\u309a", strict=True):
            visible = visible.replace(half, whole)
        visible = visible.replace("ﬁ", "fi").replace("ß", "ss")
        composed = unicodedata.normalize("NFC", visible)
        spelled, places = spell_out(text)
        assert spelled == composed
        assert spell_out(spelled) == (spelled, None) or spell_out(spelled)[0] == spelled
        if places is not None:
            begin, end = (place.tolist() for place in places)
            assert len(begin) == len(end) == len(spelled)
            assert begin == sorted(begin)
            assert all(0 <= one < two <= len(text) for one, two in zip(begin, end, strict=True))

    def test_what_belongs_to_one_character_is_its_place(self):
        _, places = spell_out("ca\u00adfe\u0301\u200bs")
        assert [place.tolist() for place in places] == [[0, 1, 3, 4, 7], [1, 2, 4, 6, 8]]

    @pytest.mark.parametrize(
        ("text", "spelled"),
        [
            ("Straße", "Strasse"),
            ("STRAẞE", "STRASSE"),
            ("ｶﾀｶﾅ", "カタカナ"),
            ("ｶﾞｯﾂ", "ガッツ"),
            ("ﾊﾟｰﾃｨｰ", "パーティー"),
            ("か\u3099", "が"),
        ],
    )
    def test_forms_of_one_word_are_spelled_alike(self, text, spelled):
        found, places = spell_out(text)
        assert found == spelled
        assert places[0][0] == 0
        assert places[1][-1] == len(text)

    def test_thousands_of_accents_take_no_time(self):
        accents = "\u0301\u0323" * 50_000
        assert len(spell_out(f"a{accents}")[0]) > 90_000

    def test_other_characters_stay(self):
        for code in np.flatnonzero(~unusual()).tolist():
            character = chr(code)
            assert unicodedata.normalize("NFC", character) == character
            assert unicodedata.category(character) not in ("Cf", "Mn", "Mc", "Me")
        assert len(unusual()) == CHARACTERS


class TestFold:
    @given(st.text())
    def test_folding_keeps_the_length(self, text):
        characters, folded = fold(text)
        assert len(characters) == len(folded) == len(text)

    def test_odd_characters_move_no_place(self):
        codebook = codebook_of(robots=("robots", "机器人"))
        for odd in ("İ", "ß", "ﬁ", "😀", "\u202e", "\x00", "\ufeff", "e\u0301", "\r\n"):
            text = f"{odd} Robots {odd}机器人"
            found = pol.find_terms(documents_of(text), codebook)
            assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == [
                "Robots",
                "机器人",
            ], odd

    def test_what_cannot_be_seen_does_not_matter(self):
        codebook = codebook_of(invest=("investment; café", "投资"))
        texts = ["invest\u00adment", "a cafe\u0301.", "cafe\u0301s", "\ufeff投\u200b资\u2060。"]
        assert hits(codebook, *texts) == [
            (1, "invest", 0, 11),
            (2, "invest", 2, 7),
            (4, "invest", 1, 4),
        ]
        codebook = codebook_of(invest=("\ufeff invest\u00adment", None))
        assert hits(codebook, "Investment") == [(1, "invest", 0, 10)]

    def test_kinds_of_spaces_do_not_matter(self):
        codebook = codebook_of(energy=("new energy", None))
        texts = [
            "new\u00a0energy",
            "new\tenergy",
            "new\u2009energy",
            "new\u3000energy",
            "新 new\tenergy",
        ]
        assert [paragraph for paragraph, *_ in hits(codebook, *texts)] == [1, 2, 3, 4, 5]


class TestCodebookTerms:
    def test_a_term_in_both_lists_counts_once(self):
        assert hits(codebook_of(mobile=("6G; 6g", "6G")), "发展6G技术") == [(1, "mobile", 2, 4)]

    def test_a_term_may_be_written_with_ligatures_and_radicals(self):
        codebook = codebook_of(ai=("artiﬁcial intelligence", "⼈⼯智能"))
        assert len(hits(codebook, "Artificial intelligence", "人工智能")) == 2

    def test_the_separator_may_have_full_width(self):
        codebook = codebook_of(skill=("robots；talent", "机器人；人才; 技能"))
        assert hits(codebook, "talent and robots", "人才，机器人，技能") == [
            (1, "skill", 0, 6),
            (1, "skill", 11, 17),
            (2, "skill", 0, 2),
            (2, "skill", 3, 6),
            (2, "skill", 7, 9),
        ]

    def test_accents_may_be_written_in_either_form_of_unicode(self, tmp_path):
        for form in ("NFC", "NFD"):
            text = unicodedata.normalize(form, "Más árboles en Córdoba.")
            name = unicodedata.normalize(form, f"Córdoba {form}.txt")
            (tmp_path / name).write_text(text, encoding="utf-8")
        documents, _ = pol.read_documents(tmp_path)
        assert documents["document"].to_list() == ["Córdoba NFC", "Córdoba NFD"]
        for form in ("NFC", "NFD"):
            codebook = codebook_of(trees=(unicodedata.normalize(form, "árboles"), None))
            assert pol.find_terms(documents, codebook)["start"].to_list() == [4, 4]

    def test_a_term_that_its_code_also_excludes_never_counts(self):
        codebook = codebook_of(robots=("robots; arms", None, "robots"), other=("Robots", None))
        assert hits(codebook, "robots, arms") == [(1, "other", 0, 6), (1, "robots", 8, 12)]

    def test_columns_of_terms_without_any_cell(self):
        codebook = codebook_of(a=("robots", None), b=("talent", None))
        for terms in (None, float("nan"), pd.NA):
            assert len(hits(codebook.assign(terms_zh=terms), "robots, talent")) == 2
        assert len(hits(codebook.drop(columns="excluded_zh"), "robots, talent")) == 2

    @pytest.mark.parametrize("column", ["terms_en", "terms_zh", "excluded_en", "excluded_zh"])
    @pytest.mark.parametrize("cell", [["robots"], ["robots", "arms"], 2025, 1.5])
    def test_terms_that_are_not_text(self, column, cell):
        codebook = codebook_of(a=("grain", None), b=("wheat", None))
        codebook[column] = pd.Series([None, cell], dtype="object")
        message = f"row 2, column {column}: expected text separated by '; ', got {cell!r}"
        with pytest.raises(ValueError, match=re.escape(message)):
            pol.find_terms(documents_of("robots"), codebook)

    def test_all_faults_of_a_codebook_are_listed_at_once(self):
        codebook = codebook_of(a=("robots; ", None), b=("x", "人;;才"), c=("grain", None))
        codebook = codebook.assign(id=["a", "b", "a"], broader=["b", "a", None])
        for call in (pol.find_terms, pol.code_documents, lambda _, book: pol.lint_codebook(book)):
            with pytest.raises(pol.DataError) as caught:
                call(documents_of("robots"), codebook)
            places = caught.value.faults[["row", "column"]].to_numpy().tolist()
            assert sorted(places) == [
                [1, "broader"],
                [1, "terms_en"],
                [2, "broader"],
                [2, "terms_en"],
                [2, "terms_zh"],
                [3, "id"],
            ]

    def test_a_codebook_for_coding_may_have_more_levels_than_three(self):
        codebook = codebook_of(
            a=("grain", None), b=("wheat", None), c=("oats", None), d=("rye", None)
        )
        codebook = codebook.assign(broader=["b", "c", "d", None])
        assert len(hits(codebook, "wheat and oats")) == 2

    @pytest.mark.parametrize(
        ("ids", "message"),
        [
            (["a", None], "codebook, row 2, column id: the cell is empty"),
            (["a", "a"], "codebook, row 2, column id: 'a' is already used in codebook, row 1"),
            ([["a"], "b"], r"column 'id', row 0: expected a single value, got a list"),
        ],
    )
    def test_ids_that_cannot_be_used(self, ids, message):
        codebook = codebook_of(a=("robots", None), b=("grain", None)).assign(id=ids)
        for call in (pol.find_terms, pol.code_documents, lambda _, book: pol.lint_codebook(book)):
            with pytest.raises(ValueError, match=message):
                call(documents_of("robots"), codebook)

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            (("robots; ", None), "row 1, column terms_en: a term is empty"),
            (("x", None), "row 1, column terms_en: the term 'x' is a single letter"),
            (("Ｘ", None), "a single letter"),
            (("x\u00ad", None), "a single letter"),
            (("robots; \ufeff ", None), "row 1, column terms_en: a term is empty"),
            ((None, "人;;才"), "row 1, column terms_zh: a term is empty"),
            ((None, None, "y", None), "row 1, column excluded_en: the term 'y'"),
            (("a\nb", None), "row 1, column terms_en: the term 'a\\\\nb' has a line break"),
            ((None, "人；；才"), "row 1, column terms_zh: a term is empty"),
        ],
    )
    def test_terms_that_cannot_be_looked_for(self, cells, message):
        with pytest.raises(ValueError, match=message):
            pol.find_terms(documents_of("robots"), codebook_of(a=cells))

    def test_half_of_a_character_cannot_be_looked_for(self):
        terms = pd.Series(["a\ud800"], dtype=pd.StringDtype("python"))
        with pytest.raises(ValueError, match=r"column terms_en: the term .* has a lone surrogate"):
            pol.find_terms(documents_of("robots"), pd.DataFrame({"id": ["a"], "terms_en": terms}))
