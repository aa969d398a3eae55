"""The coded folder: parts that are kept or made again, changed bits, and foreign folders."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import policylib as pol
from policylib.corpus import coder, sources, store
from policylib.corpus.job import library_checksum
from policylib.corpus.store import MANIFEST, PART, RECORDS, SKIPPED, TOTALS
from tests.corpus.helpers import (
    BY_ACTOR,
    CODEBOOK,
    assert_coded,
    code,
    flip_bit,
    numbers,
    paragraphs_of,
    parts_in,
    put_files,
    some_rows,
    write,
)


def no_space(path, data):
    raise OSError(28, "No space left on device")


def read_bytes(folder: Path) -> dict[str, bytes]:
    """Read the files of a coded folder, without the records."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# --- Only what is new or changed. ---------------------------------------------------------------


def test_code_corpus_codes_only_what_changed(here, tmp_path):
    source, coded = put_files(tmp_path / "source"), tmp_path / "coded"
    parts, _ = numbers(source, coded)
    assert numbers(source, coded) == (0, parts)
    changes = [
        lambda: (source / "d030.txt").write_text("Farms, farms.", encoding="utf-8"),
        lambda: (source / "d030a.txt").write_text("Farms.", encoding="utf-8"),
        lambda: (source / "d010.txt").unlink(),
    ]
    for change in changes:
        change()
        made, kept = numbers(source, coded)
        assert 1 <= made <= 2
        assert kept >= parts - 3
    (source / "d030a.txt").touch()
    assert numbers(source, coded)[0] == 0
    assert_coded(coded, pol.read_documents(source)[0])


def test_code_corpus_keeps_parts_if_lines_are_added_at_the_end(here, tmp_path):
    rows, coded = some_rows(), tmp_path / "coded"
    source = write(rows.head(50), tmp_path / "a.jsonl")
    parts, _ = numbers(source, coded)
    write(rows, source)
    _, kept = numbers(source, coded)
    assert kept >= parts - 1
    assert_coded(coded, paragraphs_of(rows))


def test_code_corpus_codes_anew_with_other_terms_or_another_library(here, tmp_path, monkeypatch):
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    parts, _ = numbers(source, coded)
    assert numbers(source, coded, CODEBOOK.assign(label="other words for people")) == (0, parts)
    fewer = CODEBOOK.assign(terms_zh=None)
    assert numbers(source, coded, fewer) == (parts, 0)
    assert numbers(source, coded) == (parts, 0)  # the parts of the other codebook were deleted
    monkeypatch.setattr("policylib.corpus.job.library_checksum", lambda: "another")
    monkeypatch.setattr(coder, "library_checksum", lambda: "another")
    assert numbers(source, coded) == (parts, 0)


def test_code_corpus_notices_a_worker_with_another_library(here, tmp_path, monkeypatch):
    source = write(some_rows(3), tmp_path / "a.jsonl")
    monkeypatch.setattr("policylib.corpus.job.library_checksum", lambda: "another")
    with pytest.raises(RuntimeError, match="has another version of policylib"):
        code(source, tmp_path / "coded")


def test_code_corpus_lists_its_parts_in_the_manifest(here, tmp_path):
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    summary, _ = code(source, coded)
    manifest = json.loads((coded / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["library"] == library_checksum()
    assert manifest["totals"] == summary.drop("kept").to_dict()
    parts = pd.DataFrame(manifest["parts"])
    assert parts["file"].to_list() == [path.name for path in parts_in(coded)]
    assert parts["source"][0] == "a.jsonl, bytes 0 to 900"
    for total in TOTALS:
        assert parts[total].sum() == summary[total]
    assert parts["sha256"].nunique() == len(parts)


# --- Parts that are damaged, lost or stale. -----------------------------------------------------


def test_count_corpus_refuses_and_code_corpus_replaces_damaged_parts(here, tmp_path):
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    parts, _ = numbers(source, coded)
    first, second, *_ = parts_in(coded)
    first.write_bytes(first.read_bytes()[:-20])
    with pytest.raises(ValueError, match=f"{first.name} is damaged; call code_corpus again"):
        pol.count_corpus(coded, **BY_ACTOR)
    second.unlink()
    with pytest.raises(ValueError, match=f"lacks the part '{second.name}'; call code_corpus again"):
        pol.count_corpus(coded, **BY_ACTOR)
    assert numbers(source, coded) == (2, parts - 2)
    assert_coded(coded, paragraphs_of(some_rows()))


def test_count_corpus_and_code_corpus_notice_a_changed_bit_anywhere(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 10**6)
    source, coded = write(some_rows(9), tmp_path / "a.jsonl"), tmp_path / "coded"
    numbers(source, coded)
    (part,) = parts_in(coded)
    good = part.read_bytes()
    footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    places = [*range(0, footer, 97), *range(footer, len(good), 41), len(good) - 1]
    for place in places:
        flip_bit(part, place, bit=place % 8)
        with pytest.raises(ValueError, match=f"{part.name} is damaged; call code_corpus again"):
            pol.count_corpus(coded, **BY_ACTOR)
        part.write_bytes(good)
    for place in places[:: len(places) // 4]:
        flip_bit(part, place)
        assert numbers(source, coded) == (1, 0)
        assert part.read_bytes() == good
    assert_coded(coded, paragraphs_of(some_rows(9)))


def test_code_corpus_notices_a_changed_bit_in_a_record(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "PART_BYTES", 10**6)
    source, coded = write(some_rows(9), tmp_path / "a.jsonl"), tmp_path / "coded"
    summary, _ = code(source, coded)
    (record,) = (coded / RECORDS).iterdir()
    good = record.read_bytes()
    for place in range(0, len(good), 61):
        flip_bit(record, place)
        again, _ = code(source, coded)
        assert again.drop("kept").equals(summary.drop("kept"))
    assert record.read_bytes() == good


def test_count_corpus_notices_a_changed_bit_in_the_manifest(here, tmp_path):
    codebook = CODEBOOK.assign(level="theme", broader=None)
    source, coded = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "coded"
    code(source, coded, codebook)
    manifest = coded / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    flip_bit(manifest, text.index("robots"))
    with pytest.raises(ValueError, match=r"_manifest\.json is damaged; call code_corpus again"):
        pol.count_corpus(coded, **BY_ACTOR)
    code(source, coded, codebook)
    assert manifest.read_text(encoding="utf-8") == text
    manifest.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ValueError, match=r"_manifest\.json is damaged; call code_corpus again"):
        pol.count_corpus(coded, **BY_ACTOR)
    code(source, coded, codebook)
    assert manifest.read_text(encoding="utf-8") == text


def test_count_corpus_refuses_and_code_corpus_replaces_any_other_manifest(here, tmp_path):
    source, coded = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "coded"
    code(source, coded)
    manifest = coded / MANIFEST
    good = manifest.read_text(encoding="utf-8")
    for text in ("", "null", "[]", "{}", '{"a":' * 100_000, good.replace('"parts"', '"part"')):
        manifest.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"_manifest\.json is damaged; call code_corpus again"):
            pol.count_corpus(coded, **BY_ACTOR)
        code(source, coded)
        assert manifest.read_text(encoding="utf-8") == good
    for old in ({}, {"parts": [], "codebook": {}}, {"parts": [{"file": "a", "sha256": ""}]}):
        store._write_json(coded, MANIFEST, old)
        with pytest.raises(ValueError, match="coded by another version of policylib; code it"):
            pol.count_corpus(coded, **BY_ACTOR)


def test_code_corpus_removes_a_damaged_part_whose_number_changes(here, tmp_path):
    source, coded = put_files(tmp_path / "source"), tmp_path / "coded"
    numbers(source, coded)
    last = parts_in(coded)[-1]
    last.write_bytes(last.read_bytes()[:-20])
    for number in range(20):
        (source / f"a{number}.txt").write_text("Robots, quanta and farms. " * 10, encoding="utf-8")
    numbers(source, coded)
    assert parts_in(coded)[-1].name != last.name
    assert not last.exists()
    assert_coded(coded, pol.read_documents(source)[0])


@pytest.mark.parametrize("name", [SKIPPED, MANIFEST])
def test_code_corpus_loses_nothing_if_the_disk_is_full_at_the_end(
    here, tmp_path, monkeypatch, name
):
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    usual = Path.replace

    def fail(path, target):
        if Path(target).name == name:
            raise OSError(28, "No space left on device")
        return usual(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="No space left"):
            code(source, coded)
    with pytest.raises(ValueError, match="not coded completely"):
        pol.count_corpus(coded, **BY_ACTOR)
    made, kept = numbers(source, coded)
    assert (made, kept) == (0, len(parts_in(coded)))
    assert_coded(coded, paragraphs_of(some_rows()))


def test_code_corpus_writes_nothing_if_there_is_nothing_to_do(here, tmp_path, monkeypatch):
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    summary, _ = code(source, coded)
    before = read_bytes(coded)
    monkeypatch.setattr(Path, "write_bytes", no_space)
    again, _ = code(source, coded)
    assert again["kept"] == again["parts"] == summary["parts"]
    assert read_bytes(coded) == before


def test_a_finished_folder_stays_if_new_files_find_no_space(here, tmp_path, monkeypatch):
    rows, coded = some_rows(), tmp_path / "coded"
    source = write(rows, tmp_path / "a.jsonl")
    code(source, coded)
    before = read_bytes(coded)
    write(rows.head(50), source)
    code(source, tmp_path / "other")
    for path in (tmp_path / "other" / RECORDS).iterdir():  # all parts are finished
        shutil.copy(path, coded / RECORDS)
    for path in parts_in(tmp_path / "other"):
        shutil.copy(path, coded / RECORDS / f"{PART.fullmatch(path.name)[1]}.parquet")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", no_space)
        with pytest.raises(OSError, match="No space left on device: ") as caught:
            code(source, coded)
    assert caught.value.filename == str(coded / SKIPPED)
    assert {**before, **read_bytes(coded)} == read_bytes(coded)
    assert pol.count_corpus(coded, rows="document").shape[0] == len(rows) - len(rows) // 4
    assert numbers(source, coded)[0] == 0
    assert_coded(coded, paragraphs_of(rows.head(50)))


def test_code_corpus_removes_stale_parts_before_new_ones_come(here, tmp_path, monkeypatch):
    """After an interruption, statements may be missing, but none appears twice."""
    source, coded = write(some_rows(), tmp_path / "a.jsonl"), tmp_path / "coded"
    numbers(source, coded)
    usual, moved = Path.replace, []

    def stop(path, to):
        if PART.fullmatch(Path(to).name):
            moved.append(to)
            if len(moved) > 3:
                raise KeyboardInterrupt
        return usual(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            code(source, coded, CODEBOOK.assign(terms_zh=None))
    assert not (coded / MANIFEST).exists()
    assert pd.read_parquet(coded)["id"].is_unique
    numbers(source, coded)
    assert_coded(coded, paragraphs_of(some_rows()))


# --- Folders that hold other files. ----------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["mine.txt", "part-00000-3f2a-c000.snappy.parquet", "part-0-1.parquet"]
)
def test_code_corpus_leaves_a_folder_of_others_alone(here, tmp_path, name):
    source, coded = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "coded"
    coded.mkdir()
    (coded / name).write_text("x", encoding="utf-8")
    with pytest.raises(FileExistsError, match=f"holds '{name}', which code_corpus did not write"):
        code(source, coded)
    assert [path.name for path in coded.iterdir()] == [name]
    with pytest.raises(NotADirectoryError):
        code(source, coded / name)


def test_code_corpus_ignores_what_programs_leave_in_a_folder(here, tmp_path):
    source, coded = write(some_rows(3), tmp_path / "a.jsonl"), tmp_path / "coded"
    (coded / ".ipynb_checkpoints").mkdir(parents=True)
    (coded / ".DS_Store").write_text("x", encoding="utf-8")
    code(source, coded)
    assert pd.read_parquet(coded)["document"].nunique() == 2


@pytest.mark.parametrize("lost", [False, True])
def test_code_corpus_keeps_the_statements_of_another_source(here, tmp_path, lost):
    source, coded = put_files(tmp_path / "source"), tmp_path / "coded"
    parts, _ = numbers(source, coded)
    other = put_files(tmp_path / "other", 1)
    if lost:
        parts_in(coded)[0].unlink()
    before = sorted(coded.iterdir())
    with pytest.raises(FileExistsError, match=r"holds the statements of .*source, which would be"):
        code(other, coded)
    assert sorted(coded.iterdir()) == before
    moved = source.rename(tmp_path / "moved")
    with pytest.raises(FileExistsError, match=r"delete _manifest\.json there"):
        code(moved, coded)
    (coded / MANIFEST).unlink()
    assert numbers(moved, coded) == (lost, parts - lost)
    assert_coded(coded, pol.read_documents(moved)[0])


def test_code_corpus_names_a_folder_that_is_missing(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    match = r"no folder .*none, in which to create 'coded'"
    with pytest.raises(FileNotFoundError, match=match):
        code(source, tmp_path / "none" / "coded")


def test_code_corpus_refuses_a_coded_folder_in_the_source(here, tmp_path):
    source = put_files(tmp_path / "source", 3)
    with pytest.raises(ValueError, match="is in the source"):
        code(source, source / "coded")


def test_count_corpus_refuses_what_is_not_a_coded_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        pol.count_corpus(tmp_path / "no", **BY_ACTOR)
    with pytest.raises(ValueError, match="is not a coded folder"):
        pol.count_corpus(tmp_path, **BY_ACTOR)
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="is damaged"):
        pol.count_corpus(tmp_path, **BY_ACTOR)


def test_a_run_that_fails_at_once_leaves_no_folder(here, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("the disk is full")

    source = write(some_rows(2), tmp_path / "a.jsonl")
    monkeypatch.setattr(coder, "compute", refuse)
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        with pytest.raises(OSError, match="the disk is full"):
            code(source, tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "empty"}
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("call", ["mkdir", "acquire"])
def test_a_folder_that_cannot_be_written_is_named(here, tmp_path, monkeypatch, call):
    def refuse(*args, **_):
        raise PermissionError(13, "Permission denied", str(args[0]))

    source, coded = write(some_rows(2), tmp_path / "a.jsonl"), tmp_path / "coded"
    monkeypatch.setattr(*((Path, "mkdir") if call == "mkdir" else (store, "acquire")), refuse)
    with pytest.raises(PermissionError, match=r"Permission denied: '.*coded'$"):
        code(source, coded)
