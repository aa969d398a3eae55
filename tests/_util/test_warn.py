"""Warnings point at the line of the user."""

import warnings

import pytest

from policylib._util.warn import LIBRARY, warn


class TestWarn:
    def test_the_line_that_called_the_library_is_named(self):
        # The file name makes Python treat this function as part of the library.
        source = "def deep(depth):\n    deep(depth - 1) if depth else warn('odd')"
        names = {"warn": warn}
        exec(compile(source, f"{LIBRARY}_util/warn.py", "exec"), names)
        for depth in (0, 5):
            with pytest.warns(UserWarning, match="odd") as caught:
                names["deep"](depth)
            assert caught[0].filename == __file__

    def test_it_can_be_made_an_error(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(UserWarning, match="odd"):
                warn("odd")
