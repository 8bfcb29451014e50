"""Columns in, columns out: phone numbers and messages in data frames.

`smspoh.frames.arrow` has the functions, for whatever speaks Arrow's PyCapsule protocol. No
library of frames is imported here.
"""

from ._columns import ChunkedColumns, Columns

__all__ = ["ChunkedColumns", "Columns"]
