"""code_corpus: its options, and its messages about codebook and result."""

import subprocess
import sys

import pandas as pd
import pytest

import policylib as pol
from tests.corpus.helpers import CODEBOOK, code, put_files, some_rows, write


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"codebook": CODEBOOK.drop(columns=["terms_en", "terms_zh"])}, "no column 'terms_en'"),
        ({"codebook": CODEBOOK.assign(terms_en="a")}, "a single letter"),
        ({"codebook": CODEBOOK, "actor": "sentences"}, "did you mean 'sentence'?"),
    ],
)
def test_code_corpus_checks_its_options_before_it_writes(here, tmp_path, options, match):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    with pytest.raises(ValueError, match=match):
        pol.code_corpus(source, tmp_path / "coded", **options)
    assert not (tmp_path / "coded").exists()


@pytest.mark.parametrize(
    ("actor", "match"),
    [
        ("document", "the texts contain no term of the codebook$"),
        ("sentence", "no term of the codebook, or none with a known speaker$"),
    ],
)
def test_code_corpus_warns_if_there_is_no_statement(here, tmp_path, actor, match):
    (tmp_path / "a.txt").write_text("Nothing.\nNothing.", encoding="utf-8")
    with pytest.warns(UserWarning, match=match):
        code(tmp_path / "a.txt", tmp_path / "coded", actor=actor)


REPORT = "Robots\nI. Review\nRobots.\nII. Tasks\nMore robots.\nAnnex\nRobots."


def coded_parts(source, coded, **options):
    summary, _ = code(source, coded, **options)
    found = pd.read_parquet(coded)[["paragraph", "role"]].to_numpy().tolist()
    return found, summary[["paragraphs", "left_out", "statements"]].to_list()


def test_code_corpus_leaves_out_other_parts_of_reports(here, tmp_path):
    rows = pd.DataFrame({"document": ["a", "b"], "text": [REPORT, "Robots."]})
    source, coded = write(rows, tmp_path / "a.jsonl"), tmp_path / "coded"
    known = [[3, "reports"], [5, "commits"], [1, "commits"]]
    assert coded_parts(source, coded) == (known, [8, 3, 3])
    assert coded_parts(source, coded, parts="plan") == (known[1:], [8, 5, 2])
    every = [[paragraph, "commits"] for paragraph in (1, 3, 5, 7, 1)]
    assert coded_parts(source, coded, parts=None) == (every, [8, 0, 5])
    register = pd.DataFrame({"document": ["a"], "role": ["directs"]})
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT, encoding="utf-8")
    found = coded_parts(folder, tmp_path / "other", register=register)
    assert found == ([[3, "directs"], [5, "directs"]], [7, 3, 2])
    with pytest.raises(ValueError, match="no part 'plans'"):
        code(source, coded, parts=["plans"])


def test_code_corpus_codes_all_paragraphs_and_sentences(here, tmp_path):
    rows = pd.DataFrame({"document": "a", "text": REPORT.split("\n")})
    source = write(rows.assign(paragraph=range(1, 8)), tmp_path / "a.jsonl")
    found, numbers = coded_parts(source, tmp_path / "coded")
    assert (found, numbers) == ([[n, "commits"] for n in (1, 3, 5, 7)], [7, 0, 4])
    news = pd.DataFrame({"document": ["a"], "text": [f"{REPORT}\nHenan will buy robots."]})
    source = write(news, tmp_path / "b.jsonl")
    found, numbers = coded_parts(source, tmp_path / "news", actor="sentence")
    assert (found, numbers) == ([[8, "commits"]], [8, 0, 1])


LEVELS = CODEBOOK.assign(level=["theme", "priority", "item"])


def test_code_corpus_refuses_levels_that_do_not_fit(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    wrong = LEVELS.assign(broader=pd.Categorical([None, "robots", "farms"]))
    with pytest.raises(pol.DataError, match=r"row 3, column broader: code .farms. is below itself"):
        code(source, tmp_path / "coded", wrong)
    unknown = wrong.assign(level=["theme", "Priority", None], broader=[None, "robots", None])
    match = r"row 2, column level: no level 'Priority' .allowed: th"
    with pytest.raises(pol.DataError, match=match):
        code(source, tmp_path / "coded", unknown)
    every = wrong.assign(level="x", broader=None)
    with pytest.raises(pol.DataError, match=r"rows 1–3, column level: no level 'x' .allowed: th"):
        code(source, tmp_path / "coded", every)
    assert not (tmp_path / "coded").exists()


@pytest.mark.parametrize("top", [None, ""])
def test_code_corpus_keeps_levels_for_count_corpus(here, tmp_path, top):
    source, coded = put_files(tmp_path / "source", 3), tmp_path / "coded"
    code(source, coded, LEVELS.assign(broader=pd.Categorical([top, "robots", "quanta"])))
    counts = pol.count_corpus(coded, rows="code", columns="role", level="theme")
    assert counts["commits"].to_dict() == {"robots": pd.read_parquet(coded)["count"].sum()}


@pytest.mark.parametrize(
    "codebook",
    [
        CODEBOOK.assign(broader=None, level=None),
        CODEBOOK.assign(id=[1, 2, 3], broader=[None, 1, 1]),
        CODEBOOK.assign(id=[1, 2, 3], broader=[None, 1, 1]).convert_dtypes(),
        CODEBOOK.assign(broader=[None, "robots", None], level=["theme", None, "theme"]),
    ],
)
def test_count_corpus_rolls_up_as_count_statements(here, tmp_path, codebook):
    source, coded = put_files(tmp_path / "source", 3), tmp_path / "coded"
    code(source, coded, codebook)
    options = {"rows": "actor", "level": "theme"}
    documents, _ = pol.read_documents(source)
    statements = pol.code_documents(documents, codebook)
    in_memory = pol.count_statements(statements, **options, codebook=codebook)
    pd.testing.assert_frame_equal(pol.count_corpus(coded, **options), in_memory)


@pytest.mark.parametrize("given", [{}, {"level": "topic"}])
def test_count_corpus_knows_no_levels_without_broader_codes(here, tmp_path, given):
    source, coded = put_files(tmp_path / "source", 3), tmp_path / "coded"
    code(source, coded, CODEBOOK.assign(**given))
    counts = pol.count_corpus(coded, rows="role", columns="code")
    assert counts.columns.to_list() == ["quanta", "robots"]
    with pytest.raises(ValueError, match="no column 'broader'"):
        pol.count_corpus(coded, rows="role", level="theme")
    with pytest.raises(ValueError, match="no column 'theme'; use the column 'code' and level="):
        pol.count_corpus(coded, rows="theme", columns="role")
    with pytest.raises(ValueError, match="level rolls up the column 'code'"):
        pol.count_corpus(coded, rows="actor", columns="role", level="theme")
    with pytest.raises(ValueError, match="no level 'themes'"):
        pol.count_corpus(coded, rows="actor", level="themes")


@pytest.mark.parametrize("other", [3, None, pd.DataFrame()], ids=type)
def test_code_corpus_expects_paths(tmp_path, other):
    kind = type(other).__name__
    with pytest.raises(TypeError, match=f"expected the path of a file or folder, not {kind}"):
        code(other, tmp_path / "coded")
    with pytest.raises(TypeError, match=f"expected the path of a folder, not {kind}"):
        code(tmp_path, other)


def test_code_corpus_names_a_missing_extra():
    script = "import sys; sys.modules['dask'] = None; import policylib; policylib.code_corpus"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "pip install 'policylib[dask]'" in done.stderr.splitlines()[-1]
