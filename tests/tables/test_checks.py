"""Cells against the schema, and the rules across cells."""

import time

import pytest

import policylib as pol
from tests.tables.helpers import STATEMENTS, assert_only_fault, change, faults_of

# The file, the text in it, its replacement, and the place and text of the only fault.
WRONG_CELLS = [
    (STATEMENTS, "s04,daily,3", "s04,daily,x", 5, "paragraph", "'x' is not a whole number"),
    (STATEMENTS, "s04,daily,3", "s04,daily,3.5", 5, "paragraph", "'3.5' is not a whole"),
    (STATEMENTS, "s04,daily,3", "s04,daily,0", 5, "paragraph", "0 is not within 1 to 1000000"),
    (STATEMENTS, "s04,daily,3", f"s04,daily,{'9' * 30}", 5, "paragraph", "not within 1 to"),
    (STATEMENTS, "s04,daily,3", f"s04,daily,{'9' * 5000}", 5, "paragraph", "not within 1 to"),
    (STATEMENTS, "s04,daily,3", "s04,daily,", 5, "paragraph", "the cell is empty"),
    (STATEMENTS, "s04", "S; 4", 5, "id", "any text without '; '"),
    (STATEMENTS, "s04", " s04", 5, "id", "any text without '; '"),
    (STATEMENTS, "s04", '"s04\n"', 5, "id", "a line break"),
    (STATEMENTS, "commits", "commit", 5, "role", "diagnoses, recommends; did you mean"),
    (STATEMENTS, ",false,", ",no,", 13, "qualifier", "'no' is not true or false"),
    ("documents.csv", "2023-12,", "2023-13,", 2, "date", "YYYY-MM-DD, for example '2023-12'"),
    ("documents.csv", "2024-01-31", "2024-02-31", 2, "published", "not in the calendar"),
    ("documents.csv", "conferences-2023", "Conf/../x", 2, "collection", "does not fit"),
    ("provinces.csv", "4.1", "4.1%", 2, "growth_2023", "'4.1%' is not a number"),
    ("provinces.csv", "4.1", "nan", 2, "growth_2023", "'nan' is not a number"),
    ("provinces.csv", "4.1", "snan", 2, "growth_2023", "'snan' is not a number"),
    ("provinces.csv", "4.1", "1e999", 2, "growth_2023", "'1e999' is not a number"),
    ("provinces.csv", "4.1", "4_1", 2, "growth_2023", "'4_1' is not a number"),
    (STATEMENTS, "s04,daily,3", "s04,daily,３", 5, "paragraph", "'３' is not a whole number"),
    ("provinces.csv", "220000", "410000", 3, "adcode", "is already in an earlier row"),
    ("provinces.csv", "Henan,", "Henan ,", 2, "label", "without spaces at the start or end"),
    ("initiatives.csv", "2003", "203", 2, "year", "203 is not within 1900 to 2100"),
    ("experts.csv", "Lina Li; Li N.", "Lina Li;Li N.", 2, "aliases", "separated by '; '"),
    ("priorities.csv", "1; 2", "1;2", 4, "sei", "'2.2; 2.3'"),
]  # fmt: skip


class TestCheckCells:
    @pytest.mark.parametrize(("file", "old", "new", "row", "column", "text"), WRONG_CELLS)
    def test_wrong_cell(self, package, file, old, new, row, column, text):
        change(package, file, old, new)
        assert_only_fault(package, file, row, column, text)


# The file, the text in it, its replacement, and the place and text of the only fault.
BROKEN_RULES = [
    (STATEMENTS, "liaoning", "liaonin", 5, "actor",
     "no actor 'liaonin'; did you mean 'liaoning'? "
     "(allowed: the ids of provinces.csv or organisations.csv or experts.csv)"),
    (STATEMENTS, "liaoning", "somebody", 5, "actor", "no actor 'somebody' (allowed"),
    (STATEMENTS, "liaoning", "robots", 5, "actor", "no actor 'robots'"),
    (STATEMENTS, "robots", "robot", 5, "code", "no code 'robot'; did you mean"),
    (STATEMENTS, "robot-plan", "robot", 5, "initiative", "no initiative 'robot'; did"),
    (STATEMENTS, "s04,daily", "s04,dayly", 5, "document", "no document 'dayly'; did"),
    ("documents.csv", "jilin", "jiling", 3, "actor", "no actor 'jiling'; did you mean"),
    ("initiatives.csv", ",henan", ",hennan", 4, "owner", "no actor 'hennan'"),
    ("initiatives.csv", ",revival", ",revive", 3, "implements", "no initiative 'revive'"),
    ("experts.csv", "institute", "institut", 2, "organisation", "no organisation 'institut'"),
    ("organisations.csv", ",jilin", ",jlin", 3, "province", "no province 'jlin'; did"),
    ("priorities.csv", ",new-prod", ",prod", 4, "broader", "no code 'productivity'"),
    (STATEMENTS, "s04", "s03", 5, "id", f"'s03' is already used in {STATEMENTS}, row 4"),
    ("statements/reports-2025.csv", "s14", "s01", 2, "id", f"already used in {STATEMENTS}, row 2"),
    (STATEMENTS, "s04,daily,3", "s04,daily,11", 5, "paragraph",
     "no paragraph 11 in 'daily' (allowed: 1 to 10)"),
    ("indicators.csv", "i01,daily,10", "i01,daily,11", 2, "paragraph", "allowed: 1 to 10"),
    ("errata.csv", "daily,10", "report,10", 2, "paragraph", "allowed: 1 to 5"),
    ("indicators.csv", "61%,,", "61%,61,", 3, "value", "an unresolved figure has no value"),
    ("indicators.csv", "9.1%,9.1", "9.1%,", 2, "value", "printed or restored figure must have"),
    ("priorities.csv", ",,theme,Innov", ",private-economy,theme,Innov", 2, "broader",
     "a theme is the highest level"),
    ("priorities.csv", "emerging-industries,item,Machines", "new-materials,item,Machines", 7,
     "broader", "above an item must be a priority, but 'new-materials' is an item"),
    ("priorities.csv", "new-productivity,priority,New", ",priority,New", 4, "broader",
     "above a priority must be a theme, but there is none"),
    ("priorities.csv", "emerging-industries,item,Machines", "robots,item,Machines", 7,
     "broader", "code 'robots' is below itself: robots < robots"),
    ("initiatives.csv", "conference,,2003", "conference,revival,2003", 2, "implements",
     "'revival' implements itself"),
    (STATEMENTS, "commits,quantum,,", "commits,robots,ten-measures,", 9, None,
     "same document, paragraph, actor, role, code, initiative, coder"),
    (STATEMENTS, "s03,daily,2,conference,directs,business-environment",
     "s03,daily,2,conference,directs,emerging-industries", 4, None, "together they must be unique"),
]  # fmt: skip


class TestCheckRules:
    @pytest.mark.parametrize(("file", "old", "new", "row", "column", "text"), BROKEN_RULES)
    def test_broken_rule(self, package, file, old, new, row, column, text):
        change(package, file, old, new)
        assert_only_fault(package, file, row, column, text)

    def test_two_nodes_of_one_id_are_a_fault_and_a_document_may_have_an_actors_id(self, package):
        change(package, "experts.csv", "wang-wei,Wang Wei", "henan,He Nan,,,,\nwang-wei,Wang Wei")
        text = "'henan' is already used in provinces.csv, row 2; ids must be unique among all nodes"
        assert_only_fault(package, "experts.csv", 3, "id", text)
        change(package, "experts.csv", "henan,He Nan,,,,\n", "")
        change(package, "errata.csv", "e01", "henan")
        assert len(pol.read_tables(package).errata) == 1

    def test_initiatives_round_a_circle(self, package):
        change(package, "initiatives.csv", "conference,,2003", "conference,robot-plan,2003")
        faults = faults_of(package)
        assert [fault[1:3] for fault in faults] == [(2, "implements"), (3, "implements")]

    def test_a_chain_that_leads_to_a_circle_is_not_on_it(self, package):
        change(package, "initiatives.csv", "conference,,2003", "conference,revival,2003")
        assert_only_fault(package, "initiatives.csv", 2, "implements", "itself")

    def test_a_long_cell_is_named_by_its_beginning(self, package):
        change(package, STATEMENTS, "commits,quantum", "c" * 10**6 + ",quantum")
        assert_only_fault(package, STATEMENTS, 9, "role", f"'{'c' * 59} is not one of commits, rep")

    def test_near_matches_among_many_names_take_no_minutes(self, package):
        with (package / "documents.csv").open("a", encoding="utf-8") as file:
            file.writelines(f"doc{i:06},own,,T,,,,,,,5\n" for i in range(30_000))
        with (package / "statements/more.csv").open("w") as file:
            file.write("id,document,paragraph,actor,role,code\n")
            file.writelines(f"z{i},dok{i:06},1,henan,commits,robots\n" for i in range(200))
        started = time.process_time()
        problems = [fault[3] for fault in faults_of(package)]
        assert time.process_time() - started < 10
        assert problems[0].startswith("no document 'dok000000'; did you mean 'doc000000'? (allow")
        assert problems[-1].startswith("no document 'dok000199' (allowed: the ids of documents.csv")

    def test_a_central_body_may_commit(self, package):
        change(package, STATEMENTS, "conference,directs,new", "conference,commits,new")
        assert "commits" in set(
            pol.read_tables(package).statements.query("actor == 'conference'")["role"]
        )
