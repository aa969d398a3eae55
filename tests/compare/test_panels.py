"""A panel: the counts of count_statements as a long table, with the lengths of texts."""

import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol

CODEBOOK = pd.DataFrame(
    {
        "id": ["industry", "robots", "talent"],
        "level": ["theme", "priority", "priority"],
        "broader": [None, "industry", "industry"],
    }
)


@pytest.fixture
def documents():
    """Four documents; Jilin has none in 2023, and two in 2024."""
    return pd.DataFrame(
        {
            "document": ["plan", "report", "daily", "notes"],
            "actor": ["henan", "henan", "jilin", "jilin"],
            "date": ["2023-05", "2024", "2024-02-01", "2024-03"],
            "characters": [5000, 20_000, 4000, 6000],
        },
        index=[7, 7, 3, 2],
    )


@pytest.fixture
def statements():
    """Five statements, one of them made twice and one with a count of 0."""
    return pd.DataFrame(
        {
            "document": ["plan", "plan", "report", "notes", "daily"],
            "actor": ["henan", "henan", "henan", "jilin", "jilin"],
            "code": ["robots", "robots", "talent", "robots", "credit"],
            "count": [1, 1, 1, 2, 0],
        },
        index=[4, 4, 1, 0, 9],
    )


def records(table, *columns):
    return [*table.astype({"period": "str"})[[*columns]].itertuples(index=False, name=None)]


class TestPanel:
    def test_by_hand(self, statements, documents):
        table = pol.panel(statements, documents)
        assert table.columns.to_list() == [
            "actor", "period", "code", "count", "present", "share"
        ]  # fmt: skip
        assert records(table, "actor", "period", "code", "count", "share") == [
            ("henan", "2023", "credit", 0, 0),
            ("henan", "2023", "robots", 2, 4),
            ("henan", "2023", "talent", 0, 0),
            ("henan", "2024", "credit", 0, 0),
            ("henan", "2024", "robots", 0, 0),
            ("henan", "2024", "talent", 1, 0.5),
            ("jilin", "2024", "credit", 0, 0),
            ("jilin", "2024", "robots", 2, 2),
            ("jilin", "2024", "talent", 0, 0),
        ]
        assert table["present"].equals(table["count"] > 0)
        assert table["present"].dtype == bool
        assert table["count"].dtype == "int64"
        assert isinstance(table["period"].dtype, pd.PeriodDtype)
        assert table.index.equals(pd.RangeIndex(9))

    def test_share_is_for_so_many_characters(self, statements, documents):
        table, thousand = (pol.panel(statements, documents, per=per) for per in (10_000, 1000))
        assert thousand["share"].to_list() == pytest.approx((table["share"] / 10).to_list())
        bare = documents.drop(columns="characters")
        counts = pol.panel(statements, bare, per=None)
        assert counts.equals(table.drop(columns="share"))
        with pytest.raises(ValueError, match=r"neither 'characters' nor 'text'.*per=None"):
            pol.panel(statements, bare)

    def test_texts_without_characters_have_no_share(self, statements, documents):
        table = pol.panel(statements, documents.assign(characters=[0, 20_000, 0, 0]))
        assert table["share"].isna().to_list() == [True] * 3 + [False] * 3 + [True] * 3

    def test_paragraphs_and_documents_give_the_same(self, statements, documents):
        texts = {"plan": ["机器人", "ab"], "report": ["x" * 7], "daily": ["", " "], "notes": ["y"]}
        rows = [(d, n, t) for d, ts in texts.items() for n, t in enumerate(ts, start=1)]
        paragraphs = pd.DataFrame(rows, columns=["document", "paragraph", "text"])
        paragraphs = paragraphs.merge(documents.drop(columns="characters"), on="document")
        whole = documents.drop(columns="characters")
        whole = whole.assign(text=whole["document"].map(texts).map("".join))
        expected = pol.panel(statements, whole)
        assert pol.panel(statements, paragraphs).equals(expected)
        assert pol.panel(statements, paragraphs.sample(frac=1, random_state=1)).equals(expected)
        by_id = whole.rename(columns={"document": "id"})
        assert pol.panel(statements, by_id).equals(expected)
        assert expected["share"][1] == pytest.approx(2 * 10_000 / 5)
        lengths = paragraphs.assign(characters=paragraphs["text"].str.len(), text="not counted")
        assert pol.panel(statements, lengths).equals(expected)

    def test_the_way_from_files(self, tmp_path):
        for name, text in {"henan": "We will build robots.\n\nTea.", "jilin": "Tea."}.items():
            (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        documents, _ = pol.read_documents(tmp_path)
        register = pd.DataFrame({"document": ["henan", "jilin"], "actor": ["x", "y"]})
        documents = documents.merge(register.assign(date=[2023, 2024]), on="document")
        codebook = pd.DataFrame({"id": ["robots"], "terms_en": ["robots"], "terms_zh": None})
        table = pol.panel(pol.code_documents(documents, codebook), documents)
        assert records(table, "actor", "period", "count") == [("x", "2023", 1), ("y", "2024", 0)]
        assert table["share"][0] == pytest.approx(10_000 / 25)

    def test_the_documents_of_a_package(self, tables):
        documents = tables.documents.query("collection == 'reports-2025'")
        statements = tables.statements.query("document == 'report'")
        table = pol.panel(
            statements, documents, per=None, level="theme", codebook=tables.priorities
        )
        assert records(table, "actor", "period", "code", "count", "present") == [
            ("jilin", "2025", "new-productivity", 2, True)
        ]

    def test_codes_roll_up_as_in_count_statements(self, statements, documents):
        known = statements[statements["code"] != "credit"]
        options = {"level": "theme", "codebook": CODEBOOK}
        table = pol.panel(known, documents, **options)
        assert table["code"].to_list() == ["industry"] * 3
        assert table["count"].to_list() == [2, 1, 2]

    def test_several_columns_name_the_actor(self, statements, documents):
        rows = ["party", "actor"]
        both = (t.assign(party=t["actor"].map({"henan": 2, "jilin": 1})) for t in
                (statements, documents))  # fmt: skip
        table = pol.panel(*both, rows=rows)
        assert table.columns.to_list()[:4] == ["party", "actor", "period", "code"]
        assert table["party"].to_list() == [1] * 3 + [2] * 6
        by_document = pol.panel(statements, documents, rows="document")
        assert by_document["document"].to_list() == np.repeat(
            ["daily", "notes", "plan", "report"], 3
        ).tolist()  # fmt: skip

    def test_a_paragraph_may_have_its_own_speaker(self, statements, documents):
        debate = documents.assign(document="debate", date=2024, paragraph=range(4))
        table = pol.panel(statements.assign(document="debate"), debate)
        assert table.groupby("actor")["count"].sum().to_dict() == {"henan": 3, "jilin": 2}
        assert table["share"][1] == pytest.approx(2 * 10_000 / 25_000)

    @pytest.mark.parametrize(("period", "units"), [("month", 3), ("quarter", 2), ("week", 2)])
    def test_periods(self, statements, documents, period, units):
        dates = ["2024-01-01", "2024-01-07", "2024-02-05", "2024-04"]
        some = documents.assign(actor="henan", date=dates)
        if period == "week":
            with pytest.raises(ValueError, match="documents: column 'date', row 2: '2024-04' is"):
                pol.panel(statements.assign(actor="henan"), some, period=period)
            some, statements = some[:-1], statements[statements["document"] != "notes"]
        table = pol.panel(statements.assign(actor="henan"), some, period=period)
        assert table["period"].nunique() == units
        assert table["count"].sum() == statements["count"].sum()

    def test_the_date_of_print_is_taken_with_a_warning(self, statements, documents):
        late = documents.assign(date=[None, *documents["date"][1:]], published="2022-12")
        with pytest.warns(
            UserWarning, match="1 of 4 rows of documents .* by 'published'"
        ) as caught:
            table = pol.panel(statements, late)
        assert caught[0].filename == __file__
        assert table["period"].astype("str").unique().tolist() == ["2022", "2024"]
        assert table["share"][1] == 4

    @given(st.data())
    def test_sums_presence_and_shares_are_what_plain_loops_give(self, data):
        names = st.sampled_from(["a", "b", "c"])
        lengths = st.tuples(names, st.integers(2020, 2022), st.integers(0, 3))
        register = dict(enumerate(data.draw(st.lists(lengths, min_size=1, max_size=6))))
        documents = pd.DataFrame.from_dict(
            register, orient="index", columns=["actor", "date", "characters"]
        ).rename_axis("document").reset_index()  # fmt: skip
        said = st.tuples(st.sampled_from([*register]), st.sampled_from("xyz"), st.integers(0, 2))
        rows = data.draw(st.lists(said, max_size=8))
        statements = pd.DataFrame(rows, columns=["document", "code", "count"])
        statements = statements.astype({"count": "int64"})
        statements = statements.merge(documents[["document", "actor", "date"]], on="document")
        table = pol.panel(statements, documents, per=100)

        cells, length = Counter(), Counter()
        for actor, year, characters in register.values():
            length[actor, year] += characters
        for document, code, count in rows:
            cells[(*register[document][:2], code)] += count
        keys = [(*unit, code) for unit in sorted(length) for code in sorted({r[1] for r in rows})]
        years = table["period"].dt.year if len(table) else []
        assert [*zip(table["actor"], years, table["code"], strict=True)] == keys
        assert table["count"].to_list() == [cells[key] for key in keys]
        assert table["present"].to_list() == [cells[key] > 0 for key in keys]
        shares = [100 * cells[k] / length[k[:2]] if length[k[:2]] else np.nan for k in keys]
        assert table["share"].to_list() == pytest.approx(shares, nan_ok=True)
        sums = pol.count_statements(statements, rows=["actor", "date"])
        for (actor, year), part in table.groupby(["actor", "period"]):
            unit = (actor, year.year)
            expected = sums.loc[unit].to_dict() if unit in sums.index else {}
            assert {c: n for c, n in zip(part["code"], part["count"], strict=True) if n} == {
                c: n for c, n in expected.items() if n
            }

    def test_nothing_said_gives_an_empty_table(self, statements, documents):
        table = pol.panel(statements[:0], documents)
        assert table.empty
        assert table.columns.to_list() == pol.panel(statements, documents).columns.to_list()
        assert pol.panel(statements[:0], documents[:0]).empty
        assert pol.panel(statements.assign(code=None), documents).empty

    def test_a_statement_without_an_actor_is_not_counted(self, statements, documents):
        nameless = statements.assign(actor=[None, *statements["actor"][1:]])
        assert pol.panel(nameless, documents)["count"].sum() == 4

    @pytest.mark.parametrize("column", ["actor", "document"])
    def test_a_column_may_also_be_the_index(self, statements, documents, column):
        named = [table.set_index(column, drop=False) for table in (statements, documents)]
        assert pol.panel(*named).equals(pol.panel(statements, documents))

    def test_the_tables_are_not_changed(self, statements, documents):
        before = statements.copy(), documents.copy()
        pol.panel(statements, documents)
        assert statements.equals(before[0])
        assert documents.equals(before[1])

    def test_the_way_to_stata(self, tmp_path, statements, documents):
        chinese = [t.replace({"actor": {"henan": "河南省"}}) for t in (statements, documents)]
        for per in (10_000, None):
            table = pol.panel(*chinese, per=per)
            path = tmp_path / "panel.dta"
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                table.astype({"period": "str"}).to_stata(path, version=118)
            back = pd.read_stata(path).drop(columns="index")
            assert back.columns.to_list() == table.columns.to_list()
            assert back["actor"].to_list() == table["actor"].to_list()
            assert back["period"].to_list() == table["period"].astype("str").to_list()
            assert back["present"].to_list() == table["present"].astype(int).to_list()
            if per:
                assert back["share"].to_list() == table["share"].to_list()

    @pytest.mark.parametrize("column", ["date", "published", "characters", "text"])
    def test_columns_that_it_reads_are_no_actors(self, statements, documents, column):
        with pytest.raises(ValueError, match=f"rows has '{column}', which panel reads itself"):
            pol.panel(statements.assign(**{column: "2024"}), documents, rows=column)

    def test_numbers_that_are_too_large_are_named(self, statements, documents):
        with pytest.raises(ValueError, match=r"per is too large; expected a whole number up to 2"):
            pol.panel(statements, documents, per=10**308)
        with pytest.raises(ValueError, match=r"per is too large; expected a whole number up to 2"):
            pol.panel(statements, documents, per=10**400)
        with pytest.raises(ValueError, match="documents: column 'characters': the numbers add up"):
            pol.panel(statements, documents.assign(characters=2**62))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"document": None}, "statements: column 'document', row 4: the cell is empty"),
            ({"document": "plann"}, "'document', row 4: .* has no 'plann'; did you mean 'plan'"),
            ({"actor": "siping"}, "statements, row 4: document 'plan' has no text of 'sip.*'hen"),
            ({"actor": [[]] * 5}, "column 'actor', row 4: expected a single value, got a list"),
            ({"count": -1}, "column 'count', row 4: expected a number from 0, got -1"),
        ],
    )  # fmt: skip
    def test_statements_that_do_not_fit_are_named(self, statements, documents, change, message):
        with pytest.raises(ValueError, match=message):
            pol.panel(statements.assign(**change), documents)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"document": None}, "documents: column 'document', row 7: the cell is empty"),
            ({"actor": None}, "documents: column 'actor', row 7: the cell is empty"),
            ({"actor": [[]] * 4}, r"documents: .* 'actor', row 7: expected one value, got \[\]"),
            ({"date": None}, "documents: column 'date', row 7: the date is missing"),
            ({"date": "May"}, "documents: column 'date', row 7: 'May' is not a date"),
            ({"characters": None}, "documents: column 'characters' must hold numbers from 0"),
            ({"characters": -1}, "documents: column 'characters', row 7: .* from 0, got -1"),
            ({"characters": [1, 2, 3, np.nan]}, "column 'characters', row 2: .* from 0, got nan"),
            ({"document": "plan", "actor": "a"}, "row 7: an earlier row has the same document, ac"),
            ({"document": "plan", "paragraph": range(4)}, "'plan' is in the years 2023 and 2024"),
            ({"document": "plan", "paragraph": 1}, "an earlier row has the same .*, paragraph$"),
        ],
    )  # fmt: skip
    def test_documents_that_do_not_fit_are_named(self, statements, documents, change, message):
        with pytest.raises(ValueError, match=message):
            pol.panel(statements, documents.assign(**change))

    def test_a_text_is_text(self, statements, documents):
        texts = documents.drop(columns="characters").assign(text=["a", "b", None, "d"])
        with pytest.raises(ValueError, match="documents: column 'text', row 3: expected a string"):
            pol.panel(statements, texts)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"period": "years"}, "no period 'years'.*did you mean 'year'"),
            ({"columns": "topic"}, "no column 'topic'"),
            ({"columns": "count"}, "'count' has the name of a column of the result"),
            ({"rows": "code"}, "column 'code' is named twice"),
            ({"rows": []}, "rows names no column"),
            ({"rows": "party"}, "no column 'party'"),
            ({"rows": "count", "columns": "actor"}, "'count' has the name of"),
            ({"level": "theme"}, "level='theme' needs the codebook"),
            ({"level": "themes"}, "no level 'themes'"),
            ({"per": 0}, "per must be a whole number from 1, not 0"),
            ({"per": "1"}, "per must be a whole number from 1, not '1'"),
        ],
    )
    def test_options_that_do_not_fit(self, statements, documents, options, message):
        with pytest.raises(ValueError, match=message):
            pol.panel(statements, documents, **options)

    @pytest.mark.parametrize("column", ["document", "actor", "date"])
    def test_a_column_that_documents_lacks_is_named(self, statements, documents, column):
        with pytest.raises(ValueError, match=f"documents: no column '{column}' .the table has"):
            pol.panel(statements, documents.drop(columns=column))

    @pytest.mark.parametrize("other", [None, "documents", [1]])
    def test_documents_is_a_table(self, statements, other):
        with pytest.raises(TypeError, match=r"expected a table .*, not"):
            pol.panel(statements, other)


def test_panel_shares_of_large_counts_do_not_overflow():
    statements = pd.DataFrame(
        {"document": ["d"], "actor": ["a"], "code": ["x"], "date": ["2024"], "count": [10**15]}
    )
    documents = statements[["document", "actor", "date"]].assign(characters=10)
    assert pol.panel(statements, documents)["share"].to_list() == [1e18]

    def test_tables_that_allow_no_label_twice_are_read_as_others(self, statements, documents):
        documents = documents.reset_index(drop=True)
        alone = statements.reset_index(drop=True)
        expected = pol.panel(alone, documents)
        strict = [table.set_flags(allows_duplicate_labels=False) for table in (alone, documents)]
        assert pol.panel(*strict).equals(expected)

    def test_lengths_of_float16_are_added_up(self, statements, documents):
        expected = pol.panel(statements, documents)
        assert pol.panel(statements, documents.astype({"characters": "float16"})).equals(expected)
