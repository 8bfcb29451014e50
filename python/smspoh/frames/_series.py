"""A Series of pandas as an array of Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from smspoh._inputs import as_bytes
from smspoh.errors import ArgumentError
from smspoh.phone._calls import cell

from ._digits import digits, is_integer, is_text, value_type

if TYPE_CHECKING:
    from collections.abc import Callable

    Cell = Callable[[object], bytes | None]

# What pyarrow raises for a cell that is no text, or has a lone surrogate.
_NOT_ALL_TEXT: Final = (pa.ArrowException, UnicodeEncodeError, TypeError, OverflowError)


def texts(column: Any, otherwise: bytes | None) -> Any:
    """Return a Series of texts.

    Args:
        column: n rows.
        otherwise: what an object is taken for that is no text, as UTF-8; None: missing.

    Returns:
        A `pyarrow.Array` or `ChunkedArray` of n rows, null where a row is missing.

    Raises:
        ArgumentError: the column is of a type that is no text.
    """

    def text(value: object) -> bytes | None:
        try:
            return bytes(as_bytes(value, "row"))
        except (TypeError, ArgumentError):
            return otherwise

    array = _array(column, text)
    if is_integer(value_type(array.type)):
        raise ArgumentError(f"the column is of {column.dtype}; a column of text is needed")
    return array


def numbers(column: Any) -> Any:
    """Return a Series of phone numbers as `texts` does; integers as their digits."""
    return digits(_array(column, cell))


def _array(column: Any, to_cell: Cell) -> Any:
    """Return a Series as an array of text, of integers, or of a dictionary of one of them."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        values = _array(pd.Series(column.cat.categories), to_cell)
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), values)
    if column.dtype == object or getattr(column.dtype, "storage", "") == "python":
        return _objects(column, to_cell)
    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError):  # of a type that Arrow has not
        array = None
    if array is not None and array.null_count == len(array):  # an empty column of a file
        return pa.nulls(len(array))
    kind = None if array is None else value_type(array.type)
    if kind is None or not (is_text(kind) or is_integer(kind)):
        needed = "text or integers are needed" if to_cell is cell else "a column of text is needed"
        raise ArgumentError(f"the column is of {column.dtype}; {needed}")
    return array


def _objects(column: Any, to_cell: Cell) -> Any:
    """Return a Series of objects: at once if all are text, else cell by cell."""
    try:
        return pa.array(column, type=pa.large_string(), from_pandas=True)
    except _NOT_ALL_TEXT:  # it may hold a text, so it goes no further
        pass
    missing = column.isna().to_numpy()
    rows = zip(column.to_numpy(), missing, strict=True)
    made = [None if is_missing else to_cell(value) for value, is_missing in rows]
    return pa.array(made, type=pa.large_binary())
