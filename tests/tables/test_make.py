"""Tables made from statements and a codebook: what is filled in, what is refused."""

from tempfile import TemporaryDirectory

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import policylib as pol
from tests.tables.helpers import assert_tables_equal

CODEBOOK = pd.DataFrame(
    {
        "id": ["transport", "cycling", "bike lanes", "trees"],
        "broader": [None, "transport", "cycling", None],
        "label": ["Transport", None, "Bike lanes", None],
    }
)
STATEMENTS = pd.DataFrame(
    {
        "document": ["Austin Plan 2024", "Austin Plan 2024", "News"],
        "paragraph": [1, 3, 2],
        "actor": ["Austin", "Austin", "Ann Lee"],
        "role": ["commits", "reports", "recommends"],
        "code": ["bike lanes", "trees", "cycling"],
        "initiative": ["Green Fund", None, None],
    }
)
ACTORS = pd.DataFrame(
    {
        "id": ["Ann Lee", "Institute", "Austin"],
        "kind": ["expert", "organisation", None],
        "label": ["Dr Ann Lee", None, None],
        "type": [None, "think tank", "city"],
        "organisation": ["Institute", None, None],
    }
)
NAMES = st.text("aB1 ._-—德州é", min_size=1, max_size=8).map(str.strip).filter(bool)


class TestMakeTables:
    def test_what_only_the_statements_name_gets_a_row(self):
        tables = pol.make_tables(STATEMENTS, CODEBOOK)
        assert tables.provinces[["id", "label"]].to_numpy().tolist() == [
            ["Austin", "Austin"],
            ["Ann Lee", "Ann Lee"],
        ]
        assert tables.documents[
            ["id", "title", "collection", "paragraphs"]
        ].to_numpy().tolist() == [
            ["Austin Plan 2024", "Austin Plan 2024", "own", 3],
            ["News", "News", "own", 2],
        ]
        assert tables.initiatives["label"].to_list() == ["Green Fund"]
        assert tables.statements["count"].to_list() == [1, 1, 1]
        assert tables.statements["id"].to_list() == [
            "Austin Plan 2024-p01-Austin-commits-bike lanes-Green Fund",
            "Austin Plan 2024-p03-Austin-reports-trees",
            "News-p02-Ann Lee-recommends-cycling",
        ]

    def test_labels_and_levels_follow_from_the_codebook(self):
        codes = pol.make_tables(STATEMENTS, CODEBOOK).priorities
        assert codes["level"].to_list() == ["theme", "priority", "item", "theme"]
        assert codes["label"].to_list() == ["Transport", "cycling", "Bike lanes", "trees"]
        flat = pd.DataFrame({"id": ["bike lanes", "trees", "cycling"]})
        assert set(pol.make_tables(STATEMENTS, flat).priorities["level"]) == {"theme"}

    def test_actors_are_divided_by_kind(self):
        tables = pol.make_tables(STATEMENTS, CODEBOOK, actors=ACTORS)
        assert tables.provinces[["id", "type"]].to_numpy().tolist() == [["Austin", "city"]]
        assert tables.organisations[["id", "type"]].to_numpy().tolist() == [
            ["Institute", "think tank"]
        ]
        assert tables.experts[["label", "organisation"]].to_numpy().tolist() == [
            ["Dr Ann Lee", "Institute"]
        ]
        network = pol.build_network(tables)
        assert network.has_edge("Ann Lee", "Institute", "Ann Lee|affiliated_with|Institute")
        assert pol.biadjacency(network, columns="theme").loc["Austin"].to_dict() == {
            "transport": 1,
            "trees": 1,
        }

    @pytest.mark.parametrize("by", ["paragraphs", "register"])
    def test_documents_may_be_paragraphs_or_rows_of_a_register(self, by):
        register = {"document": ["News", "Other"], "actor": ["Ann Lee", "Dallas"]}
        register |= {"date": pd.to_datetime(["2024-03-01", "2024-04-01"])}
        documents = pd.DataFrame(register)
        if by == "paragraphs":
            documents = pd.concat([documents.assign(paragraph=n, text="x") for n in (1, 2, 7)])
        tables = pol.make_tables(STATEMENTS, CODEBOOK, documents=documents)
        found = tables.documents.set_index("id")
        assert found.index.to_list() == ["News", "Other", "Austin Plan 2024"]
        assert found["date"].to_list()[:2] == ["2024-03-01", "2024-04-01"]
        assert found.at["News", "paragraphs"] == (7 if by == "paragraphs" else 2)
        assert "Dallas" in set(tables.provinces["id"])

    def test_coded_documents_become_a_network(self):
        texts = ["Austin will build bike lanes.", "Dallas will plant trees and build bike lanes."]
        documents = pd.DataFrame(
            {
                "document": ["a", "d"],
                "paragraph": [1, 1],
                "text": texts,
                "actor": ["Austin", "Dallas"],
            }
        )
        codebook = pd.DataFrame({"id": ["bikes", "trees"], "terms_en": ["bike lanes", "trees"]})
        statements = pol.code_documents(documents, codebook)
        network = pol.build_network(pol.make_tables(statements, codebook, documents=documents))
        matrix = pol.biadjacency(network)
        assert matrix.loc["Austin"].to_dict() == {"bikes": 1, "trees": 0}
        assert matrix.loc["Dallas"].to_dict() == {"bikes": 1, "trees": 1}

    def test_the_arguments_are_not_changed(self):
        before = [table.copy() for table in (STATEMENTS, CODEBOOK, ACTORS)]
        pol.make_tables(STATEMENTS, CODEBOOK, actors=ACTORS)
        for old, new in zip(before, (STATEMENTS, CODEBOOK, ACTORS), strict=True):
            assert_frame_equal(old, new)

    def test_tables_of_the_shipped_package_are_made_again(self):
        tables = pol.read_tables()
        kinds = {"province": tables.provinces, "organisation": tables.organisations}
        kinds["expert"] = tables.experts
        actors = pd.concat([table.assign(kind=kind) for kind, table in kinds.items()])
        again = pol.make_tables(
            tables.statements,
            tables.priorities,
            documents=tables.documents,
            actors=actors,
            initiatives=tables.initiatives,
        )
        old, new = pol.build_network(tables), pol.build_network(again)
        assert nx.utils.graphs_equal(old, new)

    @given(
        names=st.lists(NAMES, min_size=3, max_size=6, unique_by=str.casefold),
        rows=st.lists(st.tuples(*[st.integers(0, 1)] * 3, st.integers(1, 9)), max_size=6),
    )
    @settings(max_examples=10)
    def test_what_is_written_and_read_gives_the_same_network(self, names, rows):
        codes, actors = names[:2], names[1:3]
        if len({*codes, *actors}) < 4:
            actors = [f"{name} (actor)" for name in actors]
        rows = [(codes[c], actors[a], names[d], n) for c, a, d, n in dict.fromkeys(rows)]
        statements = pd.DataFrame(rows, columns=["code", "actor", "document", "paragraph"])
        statements = statements.astype({"paragraph": "int64"}).assign(role="commits", count=2)
        tables = pol.make_tables(statements, pd.DataFrame({"id": codes}))
        if statements.empty:
            return  # a folder must have statements
        with TemporaryDirectory() as folder:
            pol.write_tables(tables, f"{folder}/own")
            back = pol.read_tables(f"{folder}/own")
        statements, again = (
            t.statements.sort_values("id", ignore_index=True) for t in (tables, back)
        )
        assert_frame_equal(statements, again)
        assert nx.utils.graphs_equal(pol.build_network(tables), pol.build_network(back))

    @pytest.mark.parametrize("qualifier", [[True, False, None], ["true", "False", None]])
    def test_denials_stay_denials(self, qualifier):
        tables = pol.make_tables(STATEMENTS.assign(qualifier=qualifier), CODEBOOK, actors=ACTORS)
        assert tables.statements["qualifier"].to_list() == [True, False, pd.NA]

    def test_documents_may_be_named_by_times_and_days(self):
        times = ["2023-01-01 10:00", "2023-01-01 12:00", "2023-01-02"]
        named = STATEMENTS.assign(document=pd.to_datetime(times, format="mixed"))
        tables = pol.make_tables(named, CODEBOOK, actors=ACTORS)
        names = ["2023-01-01T10:00:00", "2023-01-01T12:00:00", "2023-01-02"]
        assert sorted(tables.documents["id"]) == names
        dated = pd.DataFrame({"id": named["document"], "date": named["document"]})
        tables = pol.make_tables(named, CODEBOOK, actors=ACTORS, documents=dated)
        assert sorted(tables.documents["date"]) == ["2023-01-01", "2023-01-01", "2023-01-02"]

    def test_an_empty_package_can_be_made(self):
        tables = pol.make_tables(STATEMENTS.head(0), CODEBOOK)
        assert len(tables.statements) == len(tables.documents) == 0
        assert pol.biadjacency(pol.build_network(tables)).empty

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"statements": STATEMENTS.drop(columns="role")}, "no column 'role'"),
            (
                {"statements": STATEMENTS.assign(document=[None, "", "News"])},
                "statements, rows 1–2, column document: the cell is empty",
            ),
            ({"statements": STATEMENTS.assign(code=[["trees"]] * 3)}, "row 0: .* got a list"),
            ({"statements": STATEMENTS.assign(paragraph="x")}, "paragraph"),
            (
                {"codebook": CODEBOOK.assign(id="x")},
                "codebook, rows 2–4, column id: 'x' is already",
            ),
            ({"codebook": CODEBOOK.assign(broader="cycling")}, "'cycling' is below itself: cyc"),
            (
                {"codebook": pd.DataFrame({"id": list("abcd"), "broader": [*"bcd", None]})},
                "row 1, column broader: code 'a' is too deep: a < b < c < d; .* at most 3 levels",
            ),
            (
                {"actors": ACTORS.assign(id="Austin")},
                "actors, rows 2–3, column id: 'Austin' is already in row 1; an id has one row, and "
                r"an actor one kind \(there: expert\)",
            ),
            (
                {"documents": pd.DataFrame({"document": ["News", "News"]})},
                "documents, row 2, column document: 'News' is already in row 1; an id has one row",
            ),
            (
                {"documents": pd.DataFrame({"document": ["News", None], "paragraph": 1})},
                "documents, row 2, column document: the cell is empty",
            ),
            (
                {"initiatives": pd.DataFrame({"id": ["Fund", "Fund"]})},
                "initiatives, row 2, column id: 'Fund' is already in row 1",
            ),
            (
                {"statements": STATEMENTS.assign(qualifier=[1, 0, None])},
                "statements, rows 1–2, column qualifier: a number is a level of agreement",
            ),
            ({"statements": STATEMENTS.assign(qualifier=[0.0, 1.0, None])}, "a level of agreement"),
            ({"actors": ACTORS.assign(kind="expart")}, "no kind 'expart' .*did you mean 'expert'"),
            ({"documents": pd.DataFrame({"title": ["x"]})}, "no column 'id'"),
        ],
    )
    def test_what_makes_no_tables(self, change, message):
        options = {"statements": STATEMENTS, "codebook": CODEBOOK, "actors": ACTORS} | change
        with pytest.raises(ValueError, match=message):
            pol.make_tables(options.pop("statements"), options.pop("codebook"), **options)

    def test_all_faults_are_listed_at_once(self):
        wrong = STATEMENTS.assign(code=["x", "trees", "y"])
        actors = ACTORS.assign(organisation=["nowhere", None, None], id=["x; y", "trees", "a"])
        with pytest.raises(pol.DataError) as caught:
            pol.make_tables(wrong, CODEBOOK, actors=actors)
        faults = caught.value.faults
        places = set(faults[["file", "row", "column"]].itertuples(index=False, name=None))
        assert places == {
            ("statements", 1, "code"),
            ("statements", 3, "code"),
            ("actors", 1, "id"),
            ("actors", 1, "organisation"),
            ("codebook", 4, "id"),
        }

    def test_faults_of_every_kind_are_in_one_error(self):
        """An id twice, a code below itself, an actor of two kinds, a statement without document."""
        rows = [("trees", "trees"), ("trees", None), ("cycling", None)]
        codebook = pd.DataFrame(rows, columns=["id", "broader"])
        actors = pd.DataFrame({"id": ["Austin", "Austin", "x; y"], "kind": ["expert", None, "x"]})
        statements = STATEMENTS.assign(
            document=[None, "News", "a; b"], code="trees", paragraph=[1, "x", 1.5], role="commit"
        )
        with pytest.raises(pol.DataError) as caught:
            pol.make_tables(statements, codebook, actors=actors)
        faults = caught.value.faults
        places = [(file, row, column) for file, row, column, _ in faults.to_numpy()]
        assert sorted(places) == [
            ("actors", 2, "id"),
            ("actors", 3, "id"),
            ("actors", 3, "kind"),
            ("codebook", 1, "broader"),
            ("codebook", 2, "id"),
            ("statements", 1, "document"),
            ("statements", 1, "role"),
            ("statements", 2, "paragraph"),
            ("statements", 2, "role"),
            ("statements", 3, "document"),
            ("statements", 3, "paragraph"),
            ("statements", 3, "role"),
        ]
        problems = " ".join(faults["problem"])
        assert "an actor one kind (there: expert)" in problems
        assert "code 'trees' is below itself: trees < trees" in problems
        assert "'a; b' cannot be an id." in problems
        assert "did you mean 'commits'?" in problems

    @pytest.mark.parametrize(
        ("actors", "message"),
        [
            (ACTORS.rename(columns={"kind": "Kind"}), "column 'Kind' is left out; .* 'kind'"),
            (ACTORS.rename(columns={"type": "typ"}), "column 'typ' is left out; did .* 'type'"),
            (
                ACTORS.replace({"id": {"Austin": "Austen"}}),
                "'Austin' has no row of its own; .*ten'",
            ),
        ],
    )
    def test_a_misspelt_column_or_actor_is_named(self, actors, message):
        with pytest.warns(UserWarning, match=f"^actors: .*{message}"):
            pol.make_tables(STATEMENTS, CODEBOOK, actors=actors)

    def test_other_columns_are_left_out_without_a_word(self):
        tables = pol.make_tables(STATEMENTS, CODEBOOK, actors=ACTORS.assign(population=3))
        assert "population" not in tables.provinces

    def test_a_paragraph_in_two_rows_is_refused(self):
        documents = pd.DataFrame({"document": ["News"] * 3, "paragraph": [1, 2, 1]})
        with pytest.raises(pol.DataError, match="row 3, column paragraph: an earlier row is the s"):
            pol.make_tables(STATEMENTS, CODEBOOK, documents=documents)

    def test_a_document_whose_paragraphs_differ_has_no_actor(self):
        documents = pd.DataFrame(
            {"document": ["News", "News", "Plan"], "paragraph": [1, 2, 1], "date": "2024"}
        ).assign(actor=["Ann Lee", "Austin", "Austin"], text="x")
        made = pol.make_tables(STATEMENTS, CODEBOOK, documents=documents).documents
        assert made["actor"].fillna("").to_list() == ["", "Austin", ""]
        assert made["date"].fillna("").to_list() == ["2024", "2024", ""]
        assert made["paragraphs"].to_list() == [2, 1, 3]


def test_a_shipped_copy_reads_as_before(tmp_path):
    tables = pol.read_tables()
    pol.write_tables(tables, tmp_path / "copy")
    assert_tables_equal(pol.read_tables(tmp_path / "copy"), tables)
