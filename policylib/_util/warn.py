"""Warnings that point to the user's line."""

import os
import sys
import warnings
from pathlib import Path

LIBRARY = str(Path(__file__).parents[1]) + os.sep


def warn(message: str) -> None:
    """Issue a warning that points to the user's line, however deep in the library it is raised."""
    # `skip_file_prefixes` does this, but only from Python 3.12 on.
    frame = sys._getframe()
    level = 1
    while frame.f_back and frame.f_code.co_filename.startswith(LIBRARY):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
