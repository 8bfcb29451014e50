"""What the caller gives, made ready for `_abi`: bytes, and rows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._abi import Buffer


def as_bytes(value: object, name: str, row: int | None = None) -> Buffer:
    """Return `value` as it is when it is bytes, flat when a memoryview, a `str` in UTF-8.

    Raises:
        TypeError: any other type.
        ArgumentError: a `str` with a lone surrogate; a memoryview that has gaps
            or was released.
    """
    if isinstance(value, (bytes, bytearray)):
        return value
    where = name if row is None else f"{name} of row {row}"
    if isinstance(value, str):
        try:
            return str.encode(value)
        except UnicodeEncodeError:
            found = "has a lone surrogate, which no UTF-8 stands for; give bytes"
    elif isinstance(value, memoryview):
        try:
            return value.cast("B") if value.nbytes else b""
        except (TypeError, ValueError):
            found = "is a memoryview that has gaps or was released; give a contiguous one"
    else:
        raise TypeError(f"{where} must be str or bytes, not {type(value).__name__}")
    # Raised out here: the error of the codec holds the text, and would be its context.
    raise ArgumentError(f"{where} {found}")


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


def as_int(value: object, name: str) -> int:
    """Return an int as a plain one.

    Raises:
        TypeError: no int, or a bool.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    return int(value)


def shown(value: int) -> str:
    """Return an int for a message; Python refuses to write out very long ones."""
    return str(value) if value.bit_length() <= 64 else f"a number of {value.bit_length()} bits"
