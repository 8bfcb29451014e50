"""What the caller gives, made ready for `_abi`: bytes, and rows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._abi import Buffer


def as_bytes(value: object, name: str, row: int | None = None) -> Buffer:
    """Return `value` as it is when it is bytes, and a `str` in UTF-8.

    Raises:
        TypeError: any other type.
        ArgumentError: a `str` with a lone surrogate, a memoryview with gaps.
    """
    if isinstance(value, (bytes, bytearray)):
        return value
    where = name if row is None else f"{name} of row {row}"
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            # The codec's own error holds the text, so it goes no further.
            raise ArgumentError(
                f"{where} has a lone surrogate, which no UTF-8 stands for; give bytes"
            ) from None
    if isinstance(value, memoryview):
        if not value.c_contiguous:
            raise ArgumentError(f"{where} is a memoryview with gaps; give a contiguous one")
        return value
    raise TypeError(f"{where} must be str or bytes, not {type(value).__name__}")


def as_rows(rows: Iterable[object], name: str) -> list[object] | tuple[object, ...]:
    """Return the rows of an iterable as a list or tuple.

    Raises:
        TypeError: a single `str` or `bytes`, or something that is not iterable.
    """
    if isinstance(rows, (list, tuple)):
        return rows
    if isinstance(rows, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"{name} must be a list or another iterable of rows, not a single one")
    try:
        return list(rows)
    except TypeError:
        if hasattr(rows, "__iter__"):
            raise  # the caller's own iterator failed
        raise TypeError(
            f"{name} must be a list or another iterable of rows, not {type(rows).__name__}"
        ) from None
