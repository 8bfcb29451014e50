"""Columns of numbers of pyarrow: which are taken, and integers as the texts that they are."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types


def is_text(kind: Any) -> bool:
    """Return whether rows of a type of Arrow are texts."""
    asked = (
        types.is_string,
        types.is_large_string,
        types.is_string_view,
        types.is_binary,
        types.is_large_binary,
        types.is_binary_view,
    )
    return any(is_of(kind) for is_of in asked)


def is_integer(kind: Any) -> bool:
    """Return whether rows of a type of Arrow are integers, as decimals of scale 0 are."""
    return bool(types.is_integer(kind) or (types.is_decimal(kind) and kind.scale == 0))


def value_type(kind: Any) -> Any:
    """Return the type of the values of a dictionary; of what is none, the type itself."""
    return kind.value_type if types.is_dictionary(kind) else kind


def digits(column: Any) -> Any:
    """Return an array of integers, or of a dictionary of them, as text; any other as it is.

    An integer below 0 is an empty text, which no number is.
    """
    kind = column.type
    if types.is_dictionary(kind) and is_integer(kind.value_type):
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        return pa.DictionaryArray.from_arrays(whole.indices, digits(whole.dictionary))
    if not is_integer(kind):
        return column
    written = column.cast(pa.large_string())
    is_negative = pc.less(column, pa.scalar(0, kind))
    if not pc.any(is_negative).as_py():
        return written
    return pc.if_else(is_negative, pa.scalar("", pa.large_string()), written)
