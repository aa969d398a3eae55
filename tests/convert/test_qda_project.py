"""A REFI-QDA project is read as documents, codes and statements; the rest is listed."""

import pandas as pd
import pytest

import policylib as pol
from policylib.convert import Project, read_qdpx
from tests.convert.projects import REAL, coding, passage, qde, source, zipped

TEXT = "😀 Robots first.\r\n\r\n  Talent, too.  "


@pytest.fixture
def read(tmp_path):
    def read(sources: str, text: str = TEXT, **parts: str) -> Project:
        return read_qdpx(zipped(tmp_path / "a.qdpx", qde(sources, **parts), a=text))

    return read


def cells(table, *columns: str) -> list[list]:
    cells = table[list(columns)].astype("object")
    return cells.where(cells.notna(), None).to_numpy().tolist()


class TestReadQdpx:
    def test_the_documents_are_as_read_documents_gives_them(self, read, tmp_path):
        (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8", newline="")
        documents, _ = pol.read_documents(tmp_path / "plan.txt")
        found = read(source()).documents
        assert found.equals(documents[["document", "paragraph", "text"]])

    def test_a_coding_is_a_statement_with_its_place_in_the_paragraph(self, read):
        (row,) = read(source(passage(2, 8, "c2"))).statements.to_dict("records")
        assert row.keys() == set(pol.read_tables().statements)
        assert {name: cell for name, cell in row.items() if not pd.isna(cell)} == {
            "id": "plan-p01-plan-commits-Robots-ann",
            "document": "plan",
            "paragraph": 1,
            "actor": "plan",
            "role": "commits",
            "code": "Robots",
            "coder": "Ann",
            "count": 1,
            "start": 2,
            "end": 8,
            "quote": "Robots",
        }

    def test_a_coding_of_two_paragraphs_is_a_statement_in_each(self, read):
        found = read(source(passage(9, 28, "c2"))).statements
        assert cells(found, "paragraph", "start", "end", "quote") == [
            [1, 9, 15, "first."],
            [2, 0, 7, "Talent,"],
        ]

    def test_codings_are_in_the_order_of_their_places(self, read):
        found = read(source(passage(21, 27, "c3"), passage(2, 8, "c2", "c1"))).statements
        assert found["code"].to_list() == ["Robots", "Machines", "Talent"]

    @pytest.mark.parametrize(("user", "coder"), [("u1", "Ann"), ("{U2}", "B"), ("u3", None)])
    def test_users_are_coders(self, read, user, coder):
        found = read(source(passage(2, 8, "c2", user=user)))
        assert cells(found.statements, "coder") == [[coder]]

    def test_the_whole_document_is_coded(self, read):
        found = read(source(passage(2, 8, "c2"), own=coding("c3"))).statements
        assert cells(found, "code", "paragraph", "start", "quote") == [
            ["Robots", 1, 2, "Robots"],
            ["Talent", None, None, None],
        ]

    def test_codings_of_a_text_that_is_not_inside_have_no_paragraph(self, read):
        found = read(source(passage(2, 8, "c2", "c3"), path="internal://other.txt"))
        assert found.documents.empty
        assert cells(found.statements, "code", "paragraph", "start", "quote") == [
            ["Robots", None, None, "named"],
            ["Talent", None, None, "named"],
        ]
        assert cells(found.skipped, "kind", "name", "problem") == [
            ["text", "plan", "its text is not inside the project"]
        ]

    def test_a_text_in_the_xml_itself(self, read):
        inside = f"<PlainTextContent>Buy robots.</PlainTextContent>{passage(4, 10, 'c2')}"
        found = read(f'<TextSource guid="s" name="x">{inside}</TextSource>')
        assert found.statements["quote"].to_list() == ["robots"]

    def test_a_source_without_a_name_is_named_by_its_file(self, read):
        found = read('<TextSource guid="s" plainTextPath="internal://a.txt"/>')
        assert set(found.documents["document"]) == {"a"}

    def test_two_sources_of_one_name_are_two_documents(self, read):
        found = read(source() + source())
        assert found.documents["document"].unique().tolist() == ["plan", "plan-2"]

    def test_notes_and_descriptions_are_summaries(self, read):
        notes = (
            '<Notes><Note guid="n1"><PlainTextContent>On the code.</PlainTextContent></Note>'
            '<Note guid="n2" plainTextPath="a.txt"/><Note guid="n3" name="Plan"/></Notes>'
        )
        reference = '<NoteRef targetGUID="{}"/>'
        found = read(
            source(
                passage(0, 1, inside=coding("c1", reference.format("n1"))),
                passage(2, 8, "c2", inside=reference.format("n2")),
                passage(9, 14, "c3", inside="<Description>Of the passage.</Description>"),
            ),
            rest=notes,
        )
        assert found.statements["summary"].to_list() == [
            "On the code.", TEXT.strip(), "Of the passage.",
        ]  # fmt: skip
        assert cells(found.skipped, "kind", "name", "problem") == [
            ["note", "Plan", "its text is not inside the project"]
        ]

    def test_roles_and_denials_are_marked_by_codes(self, read):
        roles = (
            '<Code guid="r" name="role"><Code guid="r1" name="reports"/>'
            '<Code guid="r2" name="denied"/><Code guid="r3" name="commits"/></Code>'
            '<Code guid="c2" name="Robots"/>'
        )
        passages = (
            passage(2, 8, "c2", "r1"),
            passage(9, 14, "r2", "c2"),
            passage(21, 27, "c2"),
            passage(0, 1, "r1"),
            passage(29, 32, "c2", "r1", "r3"),
        )
        found = read(source(*passages), codes=roles)
        assert cells(found.statements, "start", "role", "qualifier") == [
            [2, "reports", None],
            [9, "commits", False],
            [0, "commits", None],
            [8, "commits", None],
        ]
        assert found.codebook["id"].to_list() == ["Robots"]
        assert cells(found.skipped, "kind", "problem") == [
            ["passage", "it has no code"],
            ["passage", "of its roles commits, reports, only the first is read"],
        ]

    @pytest.mark.parametrize(
        ("bounds", "problem"),
        [
            ((2, 99), "'2' to '99' is not a passage in a text of 35 characters"),
            ((-1, 2), "'-1' to '2' is not a passage"),
            ((8, 2), "'8' to '2' is not a passage"),
            ((2, 2), "'2' to '2' is not a passage"),
            (("", 2), "'' to '2' is not a passage"),
            (("x", "9" * 5000), "'x' to '9"),
            ((15, 21), "the passage has only white space"),
        ],
    )
    def test_a_place_that_is_not_in_the_text_is_listed(self, read, bounds, problem):
        found = read(source(passage(*bounds, "c2")))
        assert found.statements.empty
        ((document, code, reason),) = cells(found.skipped, "document", "code", "problem")
        assert (document, code) == ("plan", "Robots")
        assert reason.startswith(problem)

    def test_a_code_that_is_not_in_the_codebook_is_listed(self, read):
        found = read(source(passage(2, 8, "c9", "c2")))
        assert found.statements["code"].to_list() == ["Robots"]
        assert found.skipped["problem"].to_list() == ["its code is not in the codebook"]

    def test_what_is_not_text_is_listed_with_its_codings(self, read):
        others = (
            f'<PictureSource name="x.jpg"><PictureSelection name="here">{coding("c1")}'
            f"</PictureSelection>{coding('c2')}</PictureSource>"
            '<AudioSource name="x.m4a"/><VideoSource name="x.mp4"/>'
        )
        rest = (
            '<Links><Link name="l"/></Links><Sets><Set name="s"/></Sets>'
            '<Graphs><Graph name="g"/></Graphs>'
        )
        found = read(others, rest=rest)
        assert cells(found.skipped, "kind", "name", "code", "problem") == [
            ["picture", "x.jpg", None, "only text is read"],
            ["coding", None, "Robots", "picture: only text is read"],
            ["coding", "here", "Machines", "picture: only text is read"],
            ["audio", "x.m4a", None, "only text is read"],
            ["video", "x.mp4", None, "only text is read"],
            ["link", "l", None, "links are not read"],
            ["set", "s", None, "sets are not read"],
            ["graph", "g", None, "graphs are not read"],
        ]

    def test_the_text_of_a_pdf_is_read_if_it_is_inside(self, read):
        def pdf(address: str) -> str:
            return (
                f'<PDFSource guid="s" name="x.pdf"><PDFSelection name="page">{coding("c1")}'
                f'</PDFSelection><Representation guid="r" plainTextPath="{address}">'
                f"{passage(2, 8, 'c2')}</Representation>{coding('c3')}</PDFSource>"
            )

        found = read(pdf("internal://a.txt"))
        assert set(found.documents["document"]) == {"x.pdf"}
        assert cells(found.statements, "code", "quote") == [["Robots", "Robots"], ["Talent", None]]
        assert cells(found.skipped, "kind", "name", "code", "problem") == [
            ["coding", "page", "Machines",
             "PDF: places on pages are not read, only places in its text"]
        ]  # fmt: skip
        found = read(pdf("internal://b.txt"))
        assert found.statements.empty
        assert found.skipped["kind"].to_list() == ["PDF", "coding", "coding", "coding"]

    def test_the_result_makes_a_data_package_and_can_be_coded(self, read):
        found = read(source(passage(2, 8, "c2"), passage(9, 14, "c2"), passage(21, 27, "c3")))
        assert len(found.statements) == 3
        key = ["document", "paragraph", "actor", "role", "code", "coder"]
        statements = found.statements.drop_duplicates(key)
        tables = pol.make_tables(statements, found.codebook, documents=found.documents)
        assert tables.statements["code"].to_list() == ["Robots", "Talent"]
        with_terms = found.codebook.assign(terms_en=found.codebook["label"])
        hits = pol.find_terms(found.documents, with_terms)
        assert hits["code"].to_list() == ["Robots", "Talent"]

    def test_an_empty_project(self, tmp_path):
        found = read_qdpx(zipped(tmp_path / "a.qdpx", '<Project name="x"/>'))
        assert repr(found) == "Project(documents=0, codebook=0, statements=0, skipped=0)"
        full = read_qdpx(zipped(tmp_path / "b.qdpx", qde(source(passage(2, 8, "c2"))), a=TEXT))
        for name in ("documents", "codebook", "statements", "skipped"):
            assert getattr(found, name).columns.equals(getattr(full, name).columns)
            assert getattr(found, name).dtypes.equals(getattr(full, name).dtypes)


@pytest.mark.skipif(not REAL.is_dir(), reason="POLICYLIB_CORPORA names the corpora's folder")
class TestRealProjects:
    @pytest.mark.parametrize(
        ("name", "codes", "statements", "skipped"),
        [
            ("nvivo_project", 262, 0, 0),
            ("qc_demo", 262, 205, 0),
            ("skyloom_TestProject", 14, 7, 9),
        ],
    )
    def test_codes_and_codings(self, name, codes, statements, skipped):
        found = read_qdpx(REAL / f"{name}.qdpx")
        assert (len(found.codebook), len(found.statements)) == (codes, statements)
        assert (found.skipped["kind"] == "coding").sum() == skipped
        texts = found.documents.set_index(["document", "paragraph"])["text"].to_dict()
        for row in found.statements.dropna(subset="paragraph").itertuples():
            assert texts[row.document, row.paragraph][row.start : row.end] == row.quote
