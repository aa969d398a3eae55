"""Warnings that point at the caller's own line."""

import os
import sys
import warnings
from pathlib import Path

LIBRARY = str(Path(__file__).parents[1]) + os.sep


def warn(message: str) -> None:
    """Warn as from the line that called the library, however deep within it this is."""
    # From Python 3.12 on, `skip_file_prefixes` does this.
    frame = sys._getframe()
    level = 1
    while frame.f_back and frame.f_code.co_filename.startswith(LIBRARY):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
