"""Where a warning belongs: the line of the caller, behind our frames and a library's."""

from __future__ import annotations

import sys
from typing import Final

_BETWEEN: Final = frozenset(("duckdb", "polars", "smspoh"))  # packages that call each other
_OURS: Final = 2  # the function that warns, where a library calls on a thread of its own


def caller_level() -> int:
    """Return the `stacklevel` of the caller's line.

    It is for a function that calls `warnings.warn` and is called where this one is.
    `skip_file_prefixes`, which does the same, is of Python 3.12.
    """
    frame, level = sys._getframe(), 1
    while str(frame.f_globals.get("__name__")).partition(".")[0] in _BETWEEN:
        if frame.f_back is None:
            return _OURS
        frame, level = frame.f_back, level + 1
    return level
