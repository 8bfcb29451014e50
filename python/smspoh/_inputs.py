"""What the caller gives, made ready for `_abi`: bytes, and rows of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

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


ROWS_PER_PIECE: Final = 256  # encoded at a time, so that the allocator gives the same memory again


class Encoded:
    """The UTF-8 of `str` rows, side by side in buffers that are wiped when it is let go.

    Attributes:
        pieces: buffers of 256 rows each, the last of what is left.
        sizes: for each piece, the bytes of each of its rows.

    Raises:
        TypeError: a row that is no `str`.
        UnicodeEncodeError: a row with a lone surrogate; it holds the text.
    """

    __slots__ = ("pieces", "sizes")

    def __init__(self, rows: Iterable[str]) -> None:
        self.pieces: list[bytearray] = []
        self.sizes: list[list[int]] = []
        left = iter(rows)
        while piece := list(map(str.encode, islice(left, ROWS_PER_PIECE))):
            self.pieces.append(bytearray().join(piece))
            self.sizes.append(list(map(len, piece)))

    def __len__(self) -> int:
        return sum(map(len, self.sizes))

    def wipe(self) -> None:
        """Overwrite the rows."""
        for piece in self.pieces:
            piece[:] = bytes(len(piece))

    __del__ = wipe


def all_as_bytes(rows: Iterable[object]) -> Encoded | list[Buffer] | None:
    """Return what `as_bytes` returns for each row, if all are `str`, or all bytes.

    Returns:
        n rows; None when a row is something else, or has no UTF-8 form.
    """
    try:
        return Encoded(rows)  # type: ignore[arg-type]  # caught below
    except (TypeError, UnicodeEncodeError):  # the latter holds a text: it ends here
        pass
    return all_bytes(rows)


def all_bytes(rows: Iterable[object]) -> list[Buffer] | None:
    """Return the rows as they are, if all are bytes, else None."""
    kept = list(rows)
    return kept if set(map(type, kept)) <= {bytes, bytearray} else None  # type: ignore[return-value]


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
