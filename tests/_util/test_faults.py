"""Faults are collected and raised together."""

import copy
import pickle

import pytest

import policylib as pol
from policylib._util.faults import Faults


class TestDataError:
    def test_more_faults_than_are_shown(self, package):
        rows = "".join(f"x{n},daily,1,nobody{n},commits,robots,,,hand,0,a,b\n" for n in range(2000))
        with (package / "statements/reports-2025.csv").open("a", encoding="utf-8") as file:
            file.write(rows)
        with pytest.raises(pol.DataError) as caught:
            pol.read_tables(package)
        lines = str(caught.value).splitlines()
        assert len(lines) == 22
        assert lines[0] == "the data package has 4000 faults:"
        assert lines[-1].startswith("... and ")
        assert lines[-1].endswith(" more, in the attribute `faults`")

    def test_a_fault_that_many_rows_share_is_one_line(self, package):
        rows = "".join(f"x{n},daily,1,nobody,commits,robots,,,hand,1,a,b\n" for n in range(2000))
        with (package / "statements/reports-2025.csv").open("a", encoding="utf-8") as file:
            file.write(rows)
        with pytest.raises(pol.DataError) as caught:
            pol.read_tables(package)
        head, line = str(caught.value).splitlines()
        assert head == "the data package has 2000 faults:"
        assert line.startswith("statements/reports-2025.csv, rows 3–2002, column actor: no actor")
        assert len(caught.value.faults) == 2000

    def test_each_fault_is_one_line_without_control_characters(self):
        faults = Faults()
        faults.add("a\nb.txt", 2, "c\x1b", "no d\r")
        error = pol.DataError(faults.to_frame(), "e\n")
        assert str(error).splitlines() == ["e� has 1 fault:", "a�b.txt, row 2, column c�: no d�"]

    def test_a_data_error_can_be_copied_and_sent(self, package):
        (package / "documents.csv").unlink()
        with pytest.raises(pol.DataError) as caught:
            pol.read_tables(package)
        error = caught.value
        assert str(pickle.loads(pickle.dumps(error))) == str(copy.copy(error)) == str(error)
        assert "documents.csv: the file is missing" in str(error)
