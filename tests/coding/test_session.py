"""A coder's changes are in the journal, and the journal gives them back."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policylib as pol
from policylib.coding import apply_corrections, read_corrections
from policylib.coding.journal import Journal
from policylib.coding.session import SENT, Session

CODEBOOK = pd.DataFrame(
    {
        "id": ["transport", "rail", "robots", "roads"],
        "broader": [None, "transport", None, "transport"],
        "terms_en": [None, "railways", "robots", "roads"],
    }
)
TEXTS = [
    "1. Tasks of the year",
    "🚄 We will build railways and buy robots.",
    "No roads here.",
    "Wheels for all.",
]
DOCUMENTS = pd.DataFrame({"document": "d", "paragraph": [1, 2, 3, 4], "text": TEXTS})
RAIL, ROBOTS = "d-p02-henan-commits-rail", "d-p02-henan-commits-robots"


@pytest.fixture
def coded():
    return pol.code_documents(DOCUMENTS.assign(actor="henan"), CODEBOOK)


def begin(path, statements, documents=DOCUMENTS, passages=None, coder="Ann"):
    journal = Journal(path)
    journal.close()  # each test writes through its own session alone
    journal = Journal(path)
    lines = read_corrections(path)
    return Session(documents, CODEBOOK, statements, lines, journal, coder, passages)


@pytest.fixture
def session(tmp_path, coded):
    session = begin(tmp_path / "j.csv", coded)
    session.go(1)
    yield session
    session.journal.close()


def lines(session):
    return read_corrections(session.journal.path)


def states(session):
    return {one["code"]: one["state"] for one in session.view()["passage"]["statements"]}


class TestMoving:
    def test_the_view_has_the_passage_and_what_is_around_it(self, session):
        passage = session.view()["passage"]
        assert passage["heading"] == TEXTS[0]
        assert passage["before"] == ""  # it is the heading
        assert passage["after"] == TEXTS[2]
        assert [one["code"] for one in passage["statements"]] == ["rail", "robots"]
        rail = passage["statements"][0]
        assert TEXTS[1][rail["start"] : rail["end"]] == "railways"

    def test_a_number_outside_shows_the_first_or_last(self, session):
        session.go(-5)
        assert session.view()["at"] == 0
        session.go(99)
        assert session.view()["at"] == 3

    def test_filters(self, session):
        def left(**filters):
            session.choose(**filters)
            return [passage.paragraph for passage in session.shown]

        assert left(show="uncoded") == [1, 4]
        assert left(show="to do") == [1, 2, 3, 4]
        assert left(code="rail") == [2]
        assert left(code="transport") == [2, 3]
        assert left(actor="henan") == [2, 3]
        assert left(actor="hebei") == []
        assert session.view()["passage"] is None
        assert left(text="WHEELS") == [4]
        assert left(show="uncoded", text="robots") == []
        assert left() == [1, 2, 3, 4]
        with pytest.raises(ValueError, match=r"no filter 'todo'.*did you mean 'to do'"):
            left(show="todo")
        with pytest.raises(TypeError):
            left(colour="red")

    def test_a_filter_keeps_the_passage_if_it_fits(self, session):
        session.choose(code="transport")
        assert session.passage.paragraph == 2
        session.keep()
        session.choose(show="to do")
        assert session.passage.paragraph == 1
        assert [passage.paragraph for passage in session.shown] == [1, 3, 4]

    def test_doubts_and_disagreements(self, tmp_path, coded):
        queue = pd.DataFrame(
            {
                "document": "d",
                "paragraph": [3, 2, 3, 4],
                "code": ["roads", "rail", "rail", None],
                "reason": ["doubtful", None, "missed", None],
                "score": [0.5, None, 0.25, None],
                "problem": [None, "only ann", None, None],
                "weight": 3.0,
            }
        )
        session = begin(tmp_path / "q.csv", coded, passages=queue)
        assert [passage.paragraph for passage in session.shown] == [3, 2, 4]
        assert session.view()["passage"]["about"] == [
            "code: roads · reason: doubtful · score: 0.50",
            "code: rail · reason: missed · score: 0.25",
        ]
        session.choose(show="doubtful")
        assert [passage.paragraph for passage in session.shown] == [3]
        session.choose(show="disagreements")
        assert [passage.paragraph for passage in session.shown] == [2]
        session.change(RAIL, note="? or roads")
        session.choose(show="doubtful")
        assert [passage.paragraph for passage in session.shown] == [3, 2]
        session.journal.close()

    def test_a_passage_that_is_missing(self, tmp_path, coded):
        queue = pd.DataFrame({"document": ["d", "e"], "paragraph": [1, 1]})
        with pytest.raises(ValueError, match="passages, row 1: documents has no paragraph 1 of"):
            begin(tmp_path / "q.csv", coded, passages=queue)


class TestJudging:
    def test_keep_drop_and_take_back(self, session, coded):
        session.keep(RAIL)
        session.drop(ROBOTS)
        assert states(session) == {"rail": "kept", "robots": "dropped"}
        assert lines(session)["action"].to_list() == ["keep", "drop"]
        assert apply_corrections(coded, lines(session))["code"].to_list() == ["rail", "roads"]
        session.undo()
        session.undo()
        assert states(session) == {"rail": "found", "robots": "found"}
        assert lines(session)["action"].to_list() == ["keep", "drop", "none", "none"]
        assert apply_corrections(coded, lines(session)).equals(coded)
        session.redo()
        session.redo()
        session.redo()
        assert states(session) == {"rail": "kept", "robots": "dropped"}
        session.keep(ROBOTS)
        assert states(session)["robots"] == "kept"

    def test_keep_all_writes_only_what_is_not_judged(self, session):
        session.drop(RAIL)
        session.keep()
        session.keep()
        assert states(session) == {"rail": "dropped", "robots": "kept"}
        assert lines(session)["action"].to_list() == ["drop", "keep"]

    def test_change_every_field(self, session, coded):
        session.change(RAIL, code="roads")
        session.change(RAIL, role="reports")
        session.change(RAIL, actor=" hebei ", initiative="belt", qualifier=False, note="sure")
        result = apply_corrections(coded, lines(session)).iloc[0]
        fields = ["id", "code", "role", "actor", "initiative", "qualifier", "coder", "quote"]
        assert result[fields].to_list() == [
            RAIL, "roads", "reports", "hebei", "belt", False, "Ann", "railways"
        ]  # fmt: skip
        assert lines(session)["before"].to_list() == [
            '{"code": "rail"}',
            '{"role": "commits", "qualifier": true}',
            '{"actor": "henan", "qualifier": null, "initiative": null}',
        ]
        for _ in range(3):
            session.undo()
        assert apply_corrections(coded, lines(session)).equals(coded)

    def test_the_side_follows_the_role_unless_it_is_against(self, session):
        session.change(RAIL, role="defines")
        assert session.passage.records[RAIL]["qualifier"] is None
        session.change(RAIL, role="recommends")
        assert session.passage.records[RAIL]["qualifier"] is True
        session.change(RAIL, qualifier=False)
        session.change(RAIL, role="reports")
        assert session.passage.records[RAIL]["qualifier"] is False

    def test_a_note_on_a_dropped_statement_leaves_it_dropped(self, session, coded):
        session.drop(RAIL)
        session.change(RAIL, note="only a comparison")
        assert states(session)["rail"] == "dropped"
        assert lines(session)["action"].to_list() == ["drop", "drop"]
        assert lines(session)["note"].to_list()[1] == "only a comparison"
        session.change(RAIL, role="reports")
        assert states(session)["rail"] == "changed"

    def test_undo_shows_the_passage_that_it_changes(self, session):
        session.drop(RAIL)
        session.choose(text="wheels")
        session.nothing()
        session.undo()
        assert session.passage.paragraph == 4
        session.undo()
        assert session.passage.paragraph == 2
        assert states(session)["rail"] == "found"
        session.redo()
        assert session.passage.paragraph == 2

    def test_a_note_alone_keeps_the_statement(self, session, coded):
        session.change(RAIL, note="see p. 3")
        assert lines(session)[["action", "note"]].to_numpy().tolist() == [["keep", "see p. 3"]]
        assert apply_corrections(coded, lines(session)).equals(coded)

    def test_add_on_characters_not_on_units(self, session, coded):
        start = TEXTS[1].index("buy robots")
        id_ = session.add(start, start + 10, "robots", role="reports")
        assert id_ == "d-p02-henan-reports-robots-ann"
        result = apply_corrections(coded, lines(session)).iloc[-1]
        assert TEXTS[1][result["start"] : result["end"]] == result["quote"] == "buy robots"
        assert result[["actor", "role", "coder", "count"]].to_list() == [
            "henan", "reports", "Ann", 1
        ]  # fmt: skip
        assert pd.isna(result["qualifier"])
        assert session.add(start, start + 3, "robots", role="reports").endswith("-ann-2")
        session.change(id_, code="rail")
        session.drop(id_)
        session.keep(id_)
        assert session.passage.records[id_]["state"] == "added"
        last = apply_corrections(coded, lines(session))
        assert last["code"].to_list()[-2:] == ["rail", "robots"]

    def test_a_long_selection_is_quoted_in_part(self, session):
        session.add(0, len(TEXTS[1]), "rail")
        assert lines(session)["quote"].to_list() == ["🚄 We will build railways and"]
        assert session.view()["passage"]["statements"][-1]["words"] == TEXTS[1]
        assert lines(session)["end"].to_list() == [len(TEXTS[1])]

    def test_the_usual_actor_and_role(self, tmp_path):
        documents = DOCUMENTS.assign(actor=["hunan", None, None, None])
        documents.loc[3, "document"] = "e"
        session = begin(tmp_path / "u.csv", None, documents)
        assert session.view()["passage"]["usual"] == {"actor": "hunan", "role": "commits"}
        session.go(1)
        assert session.view()["passage"]["usual"] == {"actor": "d", "role": "commits"}
        session.add(0, 4, "rail", actor="hebei", role="reports")
        session.go(2)
        assert session.view()["passage"]["usual"] == {"actor": "hebei", "role": "reports"}
        session.go(3)
        assert session.view()["passage"]["usual"] == {"actor": "e", "role": "reports"}
        session.journal.close()

    def test_nothing_here(self, session, coded):
        assert session.view()["judged"] == 0
        session.nothing()
        assert session.view()["passage"]["nothing"]
        assert session.view()["judged"] == 1
        assert apply_corrections(coded, lines(session))["code"].to_list() == ["roads"]
        session.undo()
        assert not session.view()["passage"]["nothing"]
        assert apply_corrections(coded, lines(session)).equals(coded)
        assert session.view()["judged"] == 0
        session.nothing()
        session.nothing()  # takes it back
        assert not session.view()["passage"]["nothing"]
        session.undo()
        session.undo()
        assert apply_corrections(coded, lines(session)).equals(coded)
        session.go(3)
        session.nothing("wheels are not a code")
        assert lines(session)["note"].to_list()[-1] == "wheels are not a code"
        assert session.view()["judged"] == 1

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"code": "rial"}, "no code 'rial'.*did you mean 'rail'"),
            ({"role": "promises"}, "no role 'promises'"),
            ({"actor": " "}, "a statement needs an actor"),
            ({"qualifier": "no"}, "qualifier is 'no'; expected True, False or None"),
            ({"colour": "red"}, "no field 'colour'"),
        ],
    )
    def test_what_is_wrong_is_not_written(self, session, fields, problem):
        with pytest.raises(ValueError, match=problem):
            session.change(RAIL, **fields)
        with pytest.raises(ValueError, match="no statement in this passage 'x'"):
            session.drop("x")
        with pytest.raises(ValueError, match=r"the place 3 to 99 is not in the paragraph"):
            session.add(3, 99, "rail")
        assert lines(session).empty
        assert states(session) == {"rail": "found", "robots": "found"}


def begin_again(session, statements):
    """Return a session that reads the journal of another one, at the same passage."""
    other = Session(DOCUMENTS, CODEBOOK, statements, lines(session), session.journal, "Ann", None)
    other.go(session.at)
    return other


def content(session):
    """Return all statements of a session, without what only a session knows."""
    shown = [
        tuple((name, record[name]) for name in SENT)
        for passage in session.passages.values()
        for record in passage.records.values()
    ]
    empty = [p.paragraph for p in session.passages.values() if p.nothing and not p.live()]
    return sorted(shown, key=str), empty


def seen(content):
    """Leave out what a later session does not know: dropped additions, and who kept."""
    records, empty = content
    kept = [dict(record) for record in records]
    return [
        {name: cell for name, cell in record.items() if name != "coder"}
        for record in kept
        if record["state"] != "dropped"
    ], empty


MOVES = st.one_of(
    st.tuples(st.just("go"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["keep", "undo", "redo", "nothing"])),
    st.tuples(st.sampled_from(["keep one", "drop"]), st.integers(0, 5)),
    st.tuples(st.just("add"), st.sampled_from(["rail", "roads"]), st.integers(0, 5)),
    st.tuples(
        st.just("change"),
        st.integers(0, 5),
        st.sampled_from(
            [
                {"code": "roads"},
                {"role": "reports"},
                {"actor": "hebei"},
                {"qualifier": False},
                {"note": "?"},
                {"initiative": "belt"},
            ]
        ),
    ),
)


def act(session, move):
    name, *rest = move
    records = list(session.passage.records)
    if name == "go":
        session.go(*rest)
    elif name in ("keep", "undo", "redo", "nothing"):
        getattr(session, name)()
    elif name == "add":
        session.add(rest[1], rest[1] + 4, rest[0])
    elif records:
        id_ = records[rest[0] % len(records)]
        if name == "change":
            session.change(id_, **rest[1])
        else:
            getattr(session, name.split()[0])(id_)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MOVES, max_size=14))
def test_after_any_work_the_journal_gives_back_what_was_seen(tmp_path_factory, moves):
    coded = pol.code_documents(DOCUMENTS.assign(actor="henan"), CODEBOOK)
    session = begin(tmp_path_factory.mktemp("work") / "j.csv", coded)
    try:
        for move in moves:
            act(session, move)
        assert seen(content(begin_again(session, coded))) == seen(content(session))
        applied = apply_corrections(coded, lines(session))
        live = [r for p in session.passages.values() for r in p.live()]
        columns = ["id", "document", "paragraph", "code", "actor", "role", "start", "end", "quote"]
        expected = sorted(tuple(record[name] for name in columns) for record in live)
        assert sorted(applied[columns].itertuples(index=False, name=None)) == expected
        sides = {record["id"]: record["qualifier"] for record in live}
        found = applied.set_index("id")["qualifier"].astype("object")
        assert {id_: None if pd.isna(cell) else cell for id_, cell in found.items()} == sides
        before = content(session)
        count = len(session.done)
        for _ in range(count):
            session.undo()
        assert apply_corrections(coded, lines(session)).equals(coded)
        for _ in range(count):
            session.redo()
        assert content(session) == before
    finally:
        session.journal.close()
