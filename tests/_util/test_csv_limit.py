"""The limit on the length of a cell of a CSV file."""

import csv
from concurrent.futures import ThreadPoolExecutor

import pytest

from policylib._util.csv_limit import any_length


class TestAnyLength:
    def test_the_limit_is_restored(self):
        limit = csv.field_size_limit()
        with pytest.raises(csv.Error), any_length():
            list(csv.reader(['"a" b'], strict=True))
        assert csv.field_size_limit() == limit

    def test_threads_do_not_disturb_each_other(self):
        def read(length):
            with any_length():
                return [len(row[0]) for row in csv.reader(["a" * length] * 20)]

        limit = csv.field_size_limit()
        lengths = [200_000, 10] * 10
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(read, lengths))
        assert found == [[length] * 20 for length in lengths]
        assert csv.field_size_limit() == limit
