"""A project that is written can be read again, and always has the same bytes."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policylib as pol
from policylib.convert import qda_export, read_qdpx, write_qdpx
from tests.convert.projects import REAL
from tests.convert.projects import archive as archive_of

CODEBOOK = pd.DataFrame(
    {
        "id": ["machines", "robots", "talent"],
        "label": ["Machines", "Robots", None],
        "broader": [None, "machines", None],
        "definition": ["What works by itself.", '机器人 <&>\nor "so"', None],
        "terms_en": [None, "robots", "talent"],
    }
)
DOCUMENTS = pd.DataFrame(
    {
        "document": ["plan", "plan", "report"],
        "paragraph": [1, 2, 1],
        "text": ["Buy 🤖 robots, many robots.", "Talent, too.", "Robots came."],
    }
)
STATEMENTS = pd.DataFrame(
    {
        "document": ["plan", "plan", "report", "report"],
        "paragraph": [1, 2, 1, 1],
        "actor": ["plan", "henan", "report", "henan"],
        "role": ["commits", "recommends", "reports", "commits"],
        "code": ["robots", "talent", "robots", "machines"],
        "qualifier": [None, False, None, False],
        "coder": ["Ann", "Ann", "Bo", "Bo"],
        "start": [6, 0, 0, None],
        "end": [12, 6, 6, None],
        "summary": ["Buys robots.", None, "They <came>\nlast year.", None],
    }
).astype({"start": "Int64", "end": "Int64", "qualifier": "boolean"})
PLACE = ["document", "paragraph", "start", "end", "code"]


def written(folder, documents=DOCUMENTS, codebook=CODEBOOK, found=STATEMENTS):
    return read_qdpx(write_qdpx(Path(folder, "a.qdpx"), documents, codebook, found))


def rows(table: pd.DataFrame, columns: list[str]) -> list[list]:
    cells = table[columns].astype("object")
    return sorted(cells.where(cells.notna(), "").to_numpy().tolist(), key=str)


class TestWriteQdpx:
    def test_hits_of_terms_are_read_again(self, tmp_path):
        hits = pol.find_terms(DOCUMENTS, CODEBOOK)
        project = written(tmp_path, found=hits)
        assert rows(project.statements, PLACE) == rows(hits, PLACE)
        assert set(project.statements["coder"]) == {f"policylib {pol.__version__}"}
        assert project.documents.equals(DOCUMENTS.astype({"paragraph": "int64"}))
        assert project.skipped.empty

    def test_statements_are_read_again(self, tmp_path):
        project = written(tmp_path)
        columns = [*PLACE, "actor", "role", "coder", "summary"]
        expected = STATEMENTS.fillna({"start": 0, "end": 12})
        assert rows(project.statements, columns) == rows(expected, columns)
        denied = project.statements[project.statements["qualifier"].eq(False)]
        assert denied["code"].to_list() == ["talent", "machines"]

    def test_codes_keep_ids_labels_and_definitions(self, tmp_path):
        columns = ["id", "label", "broader", "definition"]
        expected = CODEBOOK.assign(label=CODEBOOK["label"].fillna(CODEBOOK["id"]))
        assert rows(written(tmp_path).codebook, columns) == rows(expected, columns)

    def test_codes_of_a_codebook_may_be_called_like_roles(self, tmp_path):
        codebook = pd.DataFrame(
            {"id": ["r1", "r2"], "label": ["Role", "Reports"], "broader": [None, "r1"]}
        )
        found = STATEMENTS.assign(code="r2")
        project = written(tmp_path, codebook=codebook, found=found)
        columns = ["id", "label", "broader"]
        assert rows(project.codebook, columns) == rows(codebook, columns)
        columns = ["document", "role", "code"]
        assert rows(project.statements, columns) == rows(found, columns)
        assert project.skipped.empty

    def test_a_project_that_was_read_can_be_written_again(self, tmp_path):
        first = written(tmp_path)
        again = written(tmp_path, first.documents, first.codebook, first.statements)
        for name in ("documents", "codebook", "statements", "skipped"):
            pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name))

    def test_ids_come_back_from_a_program_that_gives_new_guids(self, tmp_path):
        first = written(tmp_path)
        with ZipFile(tmp_path / "a.qdpx") as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        fresh: dict[str, str] = {}

        def renew(found: re.Match[str]) -> str:
            return fresh.setdefault(found[0], str(UUID(int=len(fresh))).upper())

        guid = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
        renewed = {guid.sub(renew, name): guid.sub(renew, text) for name, text in files.items()}
        again = read_qdpx(archive_of(tmp_path / "b.qdpx", renewed))
        for name in ("documents", "codebook", "statements"):
            pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name))

    def test_the_actor_of_a_document_is_a_case(self, tmp_path):
        documents = DOCUMENTS.assign(actor=["henan", "henan", None])
        found = pol.find_terms(DOCUMENTS, CODEBOOK)
        said = written(tmp_path, documents, found=found).statements
        assert said.groupby("document")["actor"].unique().map(list).to_dict() == {
            "plan": ["henan"],
            "report": ["report"],
        }

    def test_the_same_input_gives_the_same_bytes_without_place_and_time(self, tmp_path):
        (tmp_path / "b").mkdir()
        files = [tmp_path / "a.qdpx", tmp_path / "b" / "c.qdpx"]
        for file in files:
            write_qdpx(file, DOCUMENTS, CODEBOOK, STATEMENTS)
        assert files[0].read_bytes() == files[1].read_bytes()
        with ZipFile(files[0]) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}
            xml = archive.read("project.qde").decode()
        assert not re.search(r"basePath|DateTime|[A-Za-z]:\\|" + re.escape(str(tmp_path)), xml)

    def test_guids_depend_on_their_own_row_only(self, tmp_path):
        def guids(found):
            file = write_qdpx(tmp_path / "a.qdpx", DOCUMENTS, CODEBOOK, found)
            with ZipFile(file) as archive:
                xml = archive.read("project.qde").decode()
            return set(re.findall(r' guid="([0-9a-f-]{36})"', xml))

        assert guids(STATEMENTS.tail(2)) < guids(STATEMENTS)

    def test_a_row_that_is_repeated_is_written_twice(self, tmp_path):
        found = pd.concat([STATEMENTS.head(1)] * 2)
        ids = written(tmp_path, found=found).statements["id"].to_list()
        assert ids == ["plan-p01-plan-commits-robots-ann", "plan-p01-plan-commits-robots-ann-2"]

    def test_a_column_may_also_be_the_index(self, tmp_path):
        tables = [table.set_index("document", drop=False) for table in (DOCUMENTS, STATEMENTS)]
        found = written(tmp_path, tables[0], found=tables[1])
        assert found.statements.equals(written(tmp_path).statements)

    def test_nothing_is_found(self, tmp_path):
        project = written(tmp_path, found=STATEMENTS.head(0))
        assert len(project.documents) == 3
        assert project.statements.empty
        empty = written(tmp_path, DOCUMENTS.head(0), CODEBOOK.head(0), STATEMENTS.head(0))
        assert empty.documents.empty

    def test_ids_that_are_numbers(self, tmp_path):
        codebook = pd.DataFrame({"id": [1, 2], "broader": [None, 1]})
        documents = DOCUMENTS.assign(document=[7, 7, 8])
        found = pd.DataFrame({"document": [7, 8], "paragraph": [2, 1], "code": [2, 1]})
        project = written(tmp_path, documents, codebook, found)
        assert rows(project.statements, ["document", "code"]) == [["7", "2"], ["8", "1"]]

    def test_each_paragraph_may_have_its_own_actor(self, tmp_path):
        documents = DOCUMENTS.assign(actor=["henan", None, "anhui"])
        found = STATEMENTS.drop(columns="actor")
        said = written(tmp_path, documents, found=found).statements
        assert rows(said, ["document", "paragraph", "actor"]) == [
            ["plan", 1, "henan"],
            ["plan", 2, "plan"],
            ["report", 1, "anhui"],
            ["report", 1, "anhui"],
        ]
        documents["actor"] = ["henan", "hebei", "anhui"]
        said = written(tmp_path, documents, found=found.assign(actor=[None, "plan", None, "x"]))
        assert rows(said.statements, ["paragraph", "actor"]) == [
            [1, "anhui"],
            [1, "henan"],
            [1, "x"],
            [2, "plan"],
        ]

    def test_a_paragraph_keeps_its_number_and_its_lines(self, tmp_path):
        documents = DOCUMENTS.assign(paragraph=[-1, 0, 7], text=["a\nb", "c", "d"])
        project = written(tmp_path, documents, found=STATEMENTS.head(0))
        assert project.documents.equals(documents)
        with pytest.raises(ValueError, match="column 'paragraph': a number has more than 15 digi"):
            written(tmp_path, documents.assign(paragraph=[10**15, 2, 3]))

    @pytest.mark.parametrize(
        ("name", "found"), [("a; b", "a, b"), (" a", "a"), ("a\nb", "a b"), ("a\rb", "a b")]
    )
    def test_a_name_that_would_be_read_as_another_is_refused(self, tmp_path, name, found):
        message = re.escape(f"{name!r} would be read as {found!r}; rename it")
        for column in ("actor", "coder"):
            with pytest.raises(ValueError, match=f"column '{column}': {message}"):
                written(tmp_path, found=STATEMENTS.assign(**{column: name}))
        documents = DOCUMENTS.assign(document=[name, name, "b"])
        with pytest.raises(ValueError, match=f"column 'document': {message}"):
            written(tmp_path, documents, found=STATEMENTS.head(0))
        with pytest.raises(ValueError, match=f"column 'actor': {message}"):
            written(tmp_path, DOCUMENTS.assign(actor=name))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["a;b", "a ;b", "a, b", "李 娜", "a\u2028b", "a]", "-"])
    def test_other_names_are_read_again(self, tmp_path, name):
        documents = pd.DataFrame({"document": [name], "paragraph": [1], "text": ["t"]})
        found = documents.assign(code=name, actor=f"{name}2", coder=name)
        project = written(tmp_path, documents, pd.DataFrame({"id": [name]}), found)
        columns = ["document", "code", "actor", "coder"]
        assert rows(project.statements, columns) == rows(found, columns)

    @pytest.mark.parametrize(
        ("names", "message"),
        [([7, 7, "7"], "two ids would become the same text"), (["a", " ", "b"], "row 1: the cell")],
    )
    def test_each_document_needs_its_own_name(self, tmp_path, names, message):
        documents = DOCUMENTS.assign(document=names, paragraph=[1, 2, 3])
        with pytest.raises(ValueError, match=f"documents: column 'document'.*{message}"):
            written(tmp_path, documents, found=STATEMENTS.head(0))

    @pytest.mark.parametrize(
        ("column", "value", "message"),
        [
            ("code", "robts", "row 0: no code 'robts' in the codebook; did you mean 'robots'"),
            ("document", "plam", "row 0: no document 'plam' in documents; did you mean 'plan'"),
            ("paragraph", 3, "row 0: no paragraph 3 of 'plan' in documents"),
            ("paragraph", None, "found: column 'paragraph', row 0: the cell is empty"),
            ("start", 12, "row 0: 12 to 12 is not a place in a paragraph of 26 characters"),
            ("end", 99, "row 0: 6 to 99 is not a place"),
            ("end", None, "row 0: 6 to None is not a place"),
            ("role", "report", "no role 'report' .*did you mean 'reports'"),
            ("coder", "a\x00b", "column 'coder': a .qdpx file cannot hold the character"),
            ("summary", "a\ud800b", "found: column 'summary', row 0: character 1 is a lone surr"),
        ],
    )
    def test_a_row_that_cannot_be_written_is_named(self, tmp_path, column, value, message):
        found = STATEMENTS.astype("object")
        found.loc[0, column] = value
        with pytest.raises(ValueError, match=message):
            write_qdpx(tmp_path / "a.qdpx", DOCUMENTS, CODEBOOK, found)
        assert list(tmp_path.iterdir()) == []

    def test_documents_that_cannot_be_written_are_named(self, tmp_path):
        def write(documents):
            write_qdpx(tmp_path / "a.qdpx", documents, CODEBOOK, STATEMENTS)

        with pytest.raises(ValueError, match="duplicate paragraph 1 of document 'plan'"):
            write(DOCUMENTS.assign(paragraph=1))
        with pytest.raises(ValueError, match="column 'text', row 1: expected a string, got 3"):
            write(DOCUMENTS.assign(text=["a", 3, "b"]))
        with pytest.raises(ValueError, match="column 'text', row 2: character 0 is a lone surr"):
            write(DOCUMENTS.assign(text=pd.Series(["a", "b", "\ud800"], dtype="object")))
        with pytest.raises(ValueError, match="documents: no column 'text'"):
            write(DOCUMENTS[["document", "paragraph"]])
        with pytest.raises(ValueError, match="column 'actor', row 0: expected a single value"):
            write(DOCUMENTS.assign(actor=[["a"], "b", "c"]))
        with pytest.raises(TypeError, match="expected a table"):
            write(None)

    def test_a_project_that_is_too_large_to_be_read_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(qda_export, "LARGEST", 100)
        with pytest.raises(ValueError, match="the project has more than 100 bytes"):
            write_qdpx(tmp_path / "a.qdpx", DOCUMENTS, CODEBOOK, STATEMENTS)

    def test_the_former_file_stays_if_writing_fails(self, tmp_path):
        file = write_qdpx(tmp_path / "a.qdpx", DOCUMENTS, CODEBOOK, STATEMENTS)
        before = file.read_bytes()
        with pytest.raises(ValueError, match="no code"):
            write_qdpx(file, DOCUMENTS, CODEBOOK.head(1), STATEMENTS)
        assert file.read_bytes() == before
        with pytest.raises(FileNotFoundError, match="no folder"):
            write_qdpx(tmp_path / "none" / "a.qdpx", DOCUMENTS, CODEBOOK, STATEMENTS)

    @given(
        st.dictionaries(
            st.tuples(st.sampled_from("ab"), st.integers(1, 9)),
            st.text(
                st.characters(exclude_categories=["Cs"])
                | st.sampled_from("a \r\n\u2028\ufeff😀𠘨e\u0301\u0327\x00\x1f"),
                min_size=1,
                max_size=9,
            ),
            min_size=1,
            max_size=5,
        ),
        st.data(),
    )
    def test_any_text_and_place_is_read_again(self, texts, data):
        documents = pd.DataFrame(
            [(*place, text) for place, text in texts.items()],
            columns=["document", "paragraph", "text"],
        )
        places = []
        for (document, paragraph), text in texts.items():
            start = data.draw(st.integers(0, len(text) - 1))
            end = data.draw(st.integers(start + 1, len(text)))
            places.append((document, paragraph, start, end, "robots"))
        found = pd.DataFrame(places, columns=PLACE)
        with TemporaryDirectory() as folder:
            project = written(folder, documents, CODEBOOK, found)
        assert rows(project.documents, list(documents)) == rows(documents, list(documents))
        assert rows(project.statements, PLACE) == rows(found, PLACE)
        quotes = {tuple(row[:2]): texts[row[0], row[1]][row[2] : row[3]] for row in places}
        read = project.statements.set_index(["document", "paragraph"])["quote"].to_dict()
        assert read == quotes


@pytest.mark.skipif(not REAL.is_dir(), reason="POLICYLIB_CORPORA names the corpora's folder")
@pytest.mark.parametrize("found", [STATEMENTS, STATEMENTS.head(0)])
def test_projects_and_codebooks_are_valid(tmp_path, found):
    etree = pytest.importorskip("lxml.etree")
    file = write_qdpx(tmp_path / "a.qdpx", DOCUMENTS.assign(actor="henan"), CODEBOOK, found)
    with ZipFile(file) as archive:
        project = etree.fromstring(archive.read("project.qde"))
    etree.XMLSchema(file=REAL / "Project.xsd").assertValid(project)
    codebook = etree.parse(pol.coding.write_codebook(tmp_path / "a.qdc", CODEBOOK))
    etree.XMLSchema(file=REAL / "Codebook.xsd").assertValid(codebook)
