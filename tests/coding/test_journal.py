"""A journal is whole at any moment, and only one kernel writes to it."""

import errno
import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.coding.corrections import read_corrections
from policylib.coding.journal import COLUMNS, HEAD, Journal, whole_lines

LINE = {"time": "now", "coder": "Ann", "action": "keep", "document": "d", "paragraph": 1}
SEEN = LINE | {"action": "none"}
NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "j.csv")
    yield journal
    journal.close()


def test_each_line_is_in_the_file_at_once(journal):
    assert journal.path.read_text(encoding="utf-8") == HEAD + "\n"
    journal.append([LINE, LINE | {"note": 'a "b", c'}])
    journal.append([])
    rows = journal.path.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3
    assert rows[2].startswith("now,Ann,keep,,d,1,")
    assert '"a ""b"", c"' in rows[2]


@pytest.mark.parametrize("quote", ["", '"'])
def test_columns_in_another_order_a_byte_order_mark_and_quotes(tmp_path, quote):
    path = tmp_path / "j.csv"
    head = ",".join(f"{quote}{name}{quote}" for name in ["mine", *reversed(COLUMNS)])
    path.write_text(f"\ufeff{head}", encoding="utf-8")
    journal = Journal(path)
    journal.append([LINE])
    journal.close()
    head, row = path.read_text(encoding="utf-8-sig").splitlines()
    cells = dict(zip(head.replace('"', "").split(","), row.split(","), strict=True))
    assert cells["action"] == "keep"
    assert cells["mine"] == ""


@given(st.lists(NOTES, min_size=1, max_size=4), st.data())
def test_a_cut_at_any_byte_leaves_whole_lines(tmp_path_factory, notes, data):
    path = tmp_path_factory.mktemp("cut") / "j.csv"
    journal = Journal(path)
    sizes = [path.stat().st_size]
    for note in notes:
        journal.append([LINE | {"note": note}])
        sizes.append(path.stat().st_size)
    journal.close()
    full = path.read_bytes()
    cut = data.draw(st.integers(sizes[0], sizes[-1]))
    path.write_bytes(full[:cut])
    journal = Journal(path)
    journal.append([LINE])
    journal.close()
    whole = max(size for size in sizes if size <= cut)
    if cut + 1 in sizes:  # only the end of the line was lost
        whole = cut + 1
    assert path.read_bytes()[:whole] == full[:whole]
    assert path.read_bytes()[whole:] == b"now,Ann,keep,,d,1" + b"," * 10 + b"\n"
    assert bool(journal.cut) == (cut > whole)


def test_whole_lines_of_nothing():
    assert whole_lines(b"") == 0
    assert whole_lines(b"time,cod") == 8  # a header alone, which `Journal` then checks


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param('now,"Ann,keep', id="a quote that is not closed"),
        pytest.param('now,"Ann"n,keep', id="a quote that is not doubled"),
    ],
)
@pytest.mark.parametrize("notes", [["a"], ["a", 'b, "c"', "d"]])
def test_wrong_quotes_within_a_journal_are_named_and_nothing_is_removed(tmp_path, damage, notes):
    path = tmp_path / "j.csv"
    journal = Journal(path)
    journal.append([LINE] + [LINE | {"note": note} for note in notes])
    journal.close()
    text = path.read_text(encoding="utf-8").replace("now,Ann,keep", damage, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"j\.csv, row 2: quotes must enclose the whole cell"):
        Journal(path)
    with pytest.raises(ValueError, match=r"j\.csv, row 2: quotes must enclose the whole cell"):
        read_corrections(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_long_journal_with_a_wrong_quote_is_refused_at_once(tmp_path):
    line = ",".join(["x"] * len(COLUMNS)) + "\n"
    data = f'{HEAD}\n"'.encode() + line.encode() * 20_000
    before = time.process_time()
    with pytest.raises(ValueError, match="row 2"):
        whole_lines(data)
    assert time.process_time() - before < 5


def test_line_ends_of_other_systems_and_long_cells_are_read():
    line = ",".join(["x" * 200_000] + ["y"] * (len(COLUMNS) - 1))
    for end in ("\r\n", "\r", "\n"):
        data = end.join([HEAD, line, line]).encode()
        assert whole_lines(data) == len(data)


def test_a_file_that_is_not_a_journal_is_left_alone(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("id,label\n1,a\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.csv: no column 'time'.*Choose a journal"):
        Journal(path)
    assert path.read_text(encoding="utf-8") == "id,label\n1,a\n"
    with pytest.raises(FileNotFoundError, match="no folder"):
        Journal(tmp_path / "none" / "j.csv")


def test_another_program_that_changes_the_file_is_noticed(journal):
    journal.append([LINE])
    with journal.path.open("a", encoding="utf-8") as other:
        other.write("mine\n")
    before = journal.path.read_bytes()
    with pytest.raises(OSError, match="was changed by another program"):
        journal.append([LINE])
    assert journal.path.read_bytes() == before


@pytest.mark.not_on("Windows", reason="it does not delete a file that is open")
def test_a_file_that_is_replaced_or_deleted_is_noticed(journal):
    journal.path.unlink()
    with pytest.raises(OSError, match="was changed by another program"):
        journal.append([LINE])
    journal.path.write_text(HEAD + "\n", encoding="utf-8")
    with pytest.raises(OSError, match="was changed by another program"):
        journal.append([LINE])
    assert journal.path.read_text(encoding="utf-8") == HEAD + "\n"


def test_a_full_disk_writes_nothing(journal, monkeypatch):
    journal.append([LINE])
    before = journal.path.read_bytes()
    real = os.write

    def full(file, data):
        real(file, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        journal.append([LINE])
    monkeypatch.undo()
    assert journal.path.read_bytes() == before
    journal.append([LINE])
    assert journal.path.read_bytes() == before + before.splitlines(keepends=True)[1]


def test_a_closed_journal_writes_nowhere(journal):
    journal.close()
    journal.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        journal.append([LINE])


HOLD = """
import sys, time
from pathlib import Path
from policylib.coding.corrections import read_corrections
from policylib.coding.journal import Journal
journal = Journal(Path(sys.argv[1]))
number = 0
print("open", flush=True)
while True:
    journal.append([{"action": "none", "document": "d", "paragraph": number}])
    print(number, flush=True)
    number += 1
"""


def test_a_second_kernel_is_refused_and_a_killed_one_loses_nothing(tmp_path):
    path = tmp_path / "j.csv"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(BlockingIOError, match="open for coding in another kernel"):
            Journal(path)
        time.sleep(0.2)
        other.kill()
        answered = other.stdout.read().split()
    journal = Journal(path)  # the system takes the lock from a dead kernel
    journal.close()
    written = [row.split(",")[5] for row in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert written[: len(answered)] == answered
    assert len(written) <= len(answered) + 1
    assert not list(tmp_path.glob(".*.lock"))


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_every_text_comes_back(tmp_path_factory, notes):
    journal = Journal(tmp_path_factory.mktemp("texts") / "j.csv")
    for note in notes:
        journal.append([SEEN | {"note": note, "document": f"d{note}"}])
    journal.close()
    Journal(journal.path).close()  # it can be opened again
    lines = read_corrections(journal.path)
    assert lines["document"].to_list() == [f"d{note}" for note in notes]
    assert lines["note"].fillna("").to_list() == notes


def test_a_lone_carriage_return_stays_in_its_cell(journal):
    journal.append([SEEN | {"note": "first\rsecond"}, SEEN | {"coder": "A\r", "quote": 'a "b"'}])
    lines = read_corrections(journal.path)
    assert lines["note"].fillna("").to_list() == ["first\rsecond", ""]
    assert lines["coder"].to_list() == ["Ann", "A\r"]
    assert lines["quote"].fillna("").to_list() == ["", 'a "b"']


def test_a_lone_surrogate_is_refused_and_nothing_is_written(journal):
    before = journal.path.read_bytes()
    with pytest.raises(ValueError, match="column 'note': character 1 is a lone surrogate"):
        journal.append([LINE, LINE | {"note": "a\ud83d"}])
    assert journal.path.read_bytes() == before
