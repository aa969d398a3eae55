"""A codebook is read, or all its faults are listed; lint finds terms that mislead."""

import sys
from textwrap import dedent

import pandas as pd
import pytest

import policylib as pol
from policylib.coding import write_codebook
from tests.conftest import WORLD


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text(dedent(WORLD["priorities.csv"]), encoding="utf-8")
    return path


def book(**codes: tuple) -> pd.DataFrame:
    rows = [(code, *cells) for code, cells in codes.items()]
    return pd.DataFrame(rows, columns=["id", "level", "broader", "terms_en", "terms_zh"])


def findings(table: pd.DataFrame, *texts: str) -> list[list[str]]:
    documents = pd.DataFrame({"text": texts}) if texts else None
    return pol.lint_codebook(table, documents).fillna("").to_numpy().tolist()


class TestReadCodebook:
    def test_a_codebook_of_ones_own(self, file):
        table = pol.read_codebook(file)
        assert table.columns.to_list() == pol.read_tables().priorities.columns.to_list()
        assert table.set_index("id").loc["robots", "terms_en"] == "robot; robots"

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("robot; robots", "robot; ", "codes.csv, row 7, column terms_en: a term is empty"),
            ("robot; robots", "r", "row 7, column terms_en: the term 'r' is a single letter"),
            (
                ",emerging-industries,item",
                ",quantum,item",
                "rows 7–8, column broader: .*must be a priority",
            ),
            (
                "new-materials,",
                "robots,",
                "row 8, column id: 'robots' is already used in codes.csv, row 7",
            ),
            ("level", "levle", "column levle: unknown column 'levle'; did you mean 'level'"),
            (
                ",theme,Private",
                ",topic,Private",
                "has 1 fault:\n.*column level: 'topic' is not one of theme, priority",
            ),
            (
                ",theme,Private",
                "business-environment,theme,Private",
                "column broader: code 'private-economy' is below itself: private-economy < bus",
            ),
        ],
    )
    def test_every_fault_of_a_codebook_is_named(self, file, old, new, message):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        with pytest.raises(pol.DataError, match=message):
            pol.read_codebook(file)

    def test_the_shipped_codebook_is_the_default(self):
        assert pol.read_codebook().equals(pol.read_tables(collection=None).priorities)

    def test_a_missing_codebook(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no file"):
            pol.read_codebook(tmp_path / "none.csv")


class TestWriteCodebook:
    @pytest.fixture
    def codebook(self, file):
        return pol.read_codebook(file)

    def test_a_csv_file_keeps_everything(self, codebook, tmp_path):
        codebook.loc[0, "definition"] = 'Says "so",\r\nor not.\rOr 机器人 🤖'
        written = write_codebook(tmp_path / "a.csv", codebook)
        assert pol.read_codebook(written).equals(codebook)

    def test_a_qdc_file_keeps_ids_names_levels_and_definitions(self, codebook, tmp_path):
        codebook.loc[0, "definition"] = "A <tag> & 机器人 🤖\nin two lines"
        back = pol.read_codebook(write_codebook(tmp_path / "a.qdc", codebook))
        kept = ["id", "label", "broader", "level", "definition"]
        expected = codebook.assign(label=codebook["label"].fillna(codebook["id"]))
        by_id = expected.set_index("id").loc[back["id"]].reset_index()
        assert back[kept].equals(by_id[kept])
        assert back["terms_en"].isna().all()
        assert back.columns[-2:].to_list() == ["colour", "path"]

    def test_colours_are_kept(self, codebook, tmp_path):
        coloured = codebook.assign(colour="#12abef")
        back = pol.read_codebook(write_codebook(tmp_path / "a.qdc", coloured))
        assert set(back["colour"]) == {"#12abef"}
        assert "colour" not in pol.read_codebook(write_codebook(tmp_path / "a.csv", coloured))

    def test_the_same_codebook_gives_the_same_bytes(self, codebook, tmp_path):
        files = [write_codebook(tmp_path / f"{name}.qdc", codebook) for name in "ab"]
        assert files[0].read_bytes() == files[1].read_bytes()

    @pytest.mark.parametrize("ending", [".csv", ".qdc"])
    def test_a_codebook_of_ids_alone(self, tmp_path, ending):
        path = tmp_path / f"a{ending}"
        back = pol.read_codebook(write_codebook(path, pd.DataFrame({"id": [1, 2]})))
        assert back["id"].to_list() == ["1", "2"]
        assert set(back["level"]) == {"theme"}

    @pytest.mark.parametrize("ending", [".csv", ".qdc"])
    def test_faults_are_named_and_nothing_is_written(self, tmp_path, ending):
        path = tmp_path / f"a{ending}"
        wrong = book(a=("theme", None, "r", None), b=("item", "c", None, None))
        with pytest.raises(pol.DataError, match="codebook has 2 faults") as caught:
            write_codebook(path, wrong)
        assert caught.value.faults["row"].to_list() == [1, 2]
        wrong = pd.DataFrame({"id": ["a"], "definition": ["\ud800"]}, dtype="object")
        with pytest.raises(ValueError, match="column 'definition', row 0: character 0 is a lone"):
            write_codebook(path, wrong)
        with pytest.raises(TypeError, match="expected a table"):
            write_codebook(path, None)
        assert not path.exists()

    @pytest.mark.parametrize("column", ["id", "label", "definition"])
    @pytest.mark.parametrize("ending", [".csv", ".qdc"])
    def test_a_nul_byte_is_found_before_the_file_is_replaced(self, tmp_path, ending, column):
        codebook = pd.DataFrame({"id": ["a", "b"], column: ["a", "b\0c"]})
        file = tmp_path / f"codes{ending}"
        file.write_bytes(b"before")
        with pytest.raises(ValueError, match=f"row 2, column {column}: ") as caught:
            write_codebook(file, codebook)
        assert ending == ".qdc" or caught.value.faults["row"].to_list() == [2]
        assert file.read_bytes() == b"before"

    def test_other_control_characters_are_kept_in_a_csv_file(self, tmp_path):
        definition = "".join(map(chr, [*range(1, 32), 127, 0x85, 0x2028, 0xFEFF])) + "."
        codebook = pd.DataFrame({"id": ["a"], "definition": [definition]})
        back = pol.read_codebook(write_codebook(tmp_path / "codes.csv", codebook))
        assert back["definition"].to_list() == [definition]
        with pytest.raises(ValueError, match=r"a \.qdc file cannot hold the character"):
            write_codebook(tmp_path / "codes.qdc", codebook)

    def test_codes_may_be_called_like_roles(self, tmp_path):
        codebook = pd.DataFrame(
            {"id": ["r1", "r2"], "label": ["Role", "Reports"], "broader": [None, "r1"]}
        )
        back = pol.read_codebook(write_codebook(tmp_path / "codes.qdc", codebook))
        assert back["label"].to_list() == ["Role", "Reports"]

    def test_other_endings_are_refused(self, codebook, tmp_path):
        with pytest.raises(ValueError, match=r"no ending '.xlsx' \(allowed: .csv, .qdc\)"):
            write_codebook(tmp_path / "a.xlsx", codebook)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("<Project/>", "a.qdc cannot be read: its XML begins with 'Project', not 'CodeBook'"),
            ("<CodeBook>", "a.qdc cannot be read: its XML is damaged"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><CodeBook/>', "its XML has a DOCTYPE"),
        ],
    )
    def test_a_qdc_file_that_cannot_be_read(self, tmp_path, content, message):
        path = tmp_path / "a.qdc"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match=message):
            pol.read_codebook(path)


class TestLintCodebook:
    def test_the_shipped_codebook_has_terms_that_can_be_looked_for(self):
        findings = pol.lint_codebook(pol.read_codebook())
        assert set(findings["problem"]) <= {"claimed twice", "inside another"}
        assert findings.query("problem == 'claimed twice'").empty

    def test_a_term_claimed_twice_is_named_in_whatever_case(self):
        table = book(a=("priority", None, "Robots", None), b=("priority", None, "robots", "机器人"))
        assert findings(table) == [["claimed twice", "Robots", "a", "robots (b)"]]

    def test_terms_conflict_across_languages(self):
        table = book(
            a=("priority", None, "6G; VR", None),
            b=("priority", None, None, "6G"),
            c=("priority", None, None, "VR技术"),
        )
        assert findings(table) == [
            ["claimed twice", "6G", "a", "6G (b)"],
            ["inside another", "VR", "a", "VR技术 (c)"],
        ]
        alone = book(a=("priority", None, "6G", "6G"), b=("priority", None, "5G", "5G"))
        assert findings(alone) == []

    def test_ids_may_be_numbers(self):
        table = book(a=("priority", None, "robots", None), b=("priority", None, "robots", None))
        assert findings(table.assign(id=[1, 2])) == [["claimed twice", "robots", "1", "robots (2)"]]

    @pytest.mark.parametrize("cell", [None, 3])
    def test_texts_are_checked_as_in_find_terms(self, cell):
        table = book(a=("priority", None, "robots", None))
        documents = pd.DataFrame({"document": "a", "paragraph": [1, 2], "text": ["robots", cell]})
        documents["text"] = documents["text"].astype("object")
        for call in (pol.lint_codebook, lambda codebook, texts: pol.find_terms(texts, codebook)):
            with pytest.raises(ValueError, match="column 'text', row 1: expected a string, got"):
                call(table, documents)

    def test_a_term_inside_another_is_named_if_that_is_elsewhere(self):
        table = book(
            consumption=("priority", "demand", "consumption", "消费"),
            new=("item", "consumption", None, "新型消费"),
            green=("priority", "environment", "green consumption; reconsumption", "绿色消费"),
        )
        assert findings(table) == [
            ["no such broader", "demand", "consumption", ""],
            ["no such broader", "environment", "green", ""],
            ["inside another", "consumption", "consumption", "green consumption (green)"],
            ["inside another", "消费", "consumption", "绿色消费 (green)"],
        ]

    def test_a_term_that_is_in_no_document_is_named(self):
        table = book(a=("priority", None, "robots; talent", "机器人"))
        assert findings(table, "Robots", "人") == [
            ["not found", "talent", "a", ""],
            ["not found", "机器人", "a", ""],
        ]
        assert findings(table, "robots, talent", "机器人") == []

    def test_a_codebook_without_faults(self):
        assert findings(book(a=("priority", None, "robots", None))) == []
        empty = pol.lint_codebook(book())
        assert empty.columns.to_list() == ["problem", "term", "code", "other"]


class TestLintCodebookWords:
    """Terms that match across the borders of Chinese words."""

    @staticmethod
    def lint(term, *texts, excluded=None):
        codebook = pd.DataFrame({"id": ["x"], "terms_zh": [term], "excluded_zh": [excluded]})
        found = pol.lint_codebook(codebook, pd.DataFrame({"text": texts}))
        return found[["problem", "other"]].to_numpy().tolist()

    @pytest.mark.parametrize(
        ("term", "text", "word"),
        [
            ("强军", "加强军队建设。", "加强军队"),
            ("中试", "在自贸区中试行新规则。", "中试行"),
            ("大数据", "加大数据共享力度。", "加大数据"),
            ("民生", "建设便民生活圈。", "便民生活圈"),
            ("稳增长", "经济平稳增长。", "平稳增长"),
        ],
    )
    def test_a_term_that_cuts_a_word_is_found(self, term, text, word):
        (problem, other), *rest = self.lint(term, text)
        assert not rest
        assert problem == "cuts words"
        assert other.startswith("1 of 1 matches: ")
        assert word in other

    @pytest.mark.parametrize(
        ("term", "text"),
        [
            ("强军", "坚持科技强军。"),
            ("养老服务", "新建养老服务中心。"),
            ("教育", "办好义务教育。"),
            ("robots", "We buy robots."),
            ("AI技术", "发展AI技术。"),
        ],
    )
    def test_whole_words_and_words_in_compounds_are_no_finding(self, term, text):
        assert self.lint(term, text) == []

    def test_counts_and_words_are_named_in_order(self):
        texts = ["加强军队建设。"] * 2 + ["加强军事训练。", "科技强军。"]
        ((_, other),) = self.lint("强军", *texts)
        assert other == "3 of 4 matches: 加强军队 (2), 加强军事训练 (1)"

    def test_an_excluded_phrase_mends_the_finding(self):
        assert self.lint("强军", "加强军队建设。", "科技强军。", excluded="加强军") == []

    def test_a_term_mostly_in_one_longer_word_is_found(self):
        texts = ["大力招商引资。"] * 9
        assert self.lint("引资", *texts) == []  # nine matches are too few
        ((problem, other),) = self.lint("引资", *texts, "大力招商引资。")
        assert problem == "mostly in one word"
        assert other == "10 of 10 matches: 招商引资 (10)"
        assert self.lint("引资", *texts, *["引资渠道。"] * 3) == []  # exactly three quarters

    def test_without_the_segmenter_a_warning_says_so(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "rjieba", None)
        with pytest.warns(UserWarning, match=r"rjieba is missing: pip install"):
            assert self.lint("强军", "加强军队建设。") == []
        assert self.lint("robots", "We buy robots.") == []
