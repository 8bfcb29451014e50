"""Columns of integers of pyarrow as the texts that they are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def digits(integers: Any) -> Any:
    """Return a `pyarrow` array of integers as text; one below 0 as an empty one, no number."""
    written = integers.cast(pa.large_string())
    is_negative = pc.less(integers, pa.scalar(0, integers.type))
    if not pc.any(is_negative).as_py():
        return written
    return pc.if_else(is_negative, pa.scalar("", pa.large_string()), written)
