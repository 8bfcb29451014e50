"""Texts, made ready for the native library."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

from smspoh._abi import check, ffi, lib
from smspoh._inputs import as_bytes, as_rows
from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

BYTES_MAX: Final = 2**31 - 1
"""The most that the texts of one call may have together, in UTF-8 or UTF-16."""
_UTF16: Final = f"utf-16-{sys.byteorder[0]}e"
_NO_TEXT: Final = b"\xff"  # what is no UTF-8 is no text


class Packed:
    """The rows of a batch as the native library takes them.

    Attributes:
        native: `const SmspohTexts *`.
        count: the number of rows.
        size: bytes of UTF-8 of all rows, or bytes of UTF-16.
        data: the rows; in UTF-8, but where a batch was packed for `utf16`.
    """

    __slots__ = ("_offsets", "_rows", "count", "data", "native", "size")

    def __init__(
        self,
        data: bytes,
        count: int,
        offsets: array[int] | None = None,
        *,
        utf16: bool = False,
        rows: Sequence[object] = (),
    ) -> None:
        self.size = len(data)
        if self.size > BYTES_MAX:
            raise ArgumentError(
                f"the texts have {self.size:,} bytes; one call takes at most {BYTES_MAX:,}"
            )
        self.data = data
        self.count = count
        self._offsets = offsets
        self._rows = rows
        units = ffi.from_buffer("uint16_t[]" if utf16 else "uint8_t[]", data)
        self.native: Any = ffi.new("SmspohTexts *")
        if utf16:
            self.native.utf16 = units
        else:
            self.native.data = units
        self.native.size = len(units)
        if offsets is not None:
            self.native.offsets = ffi.from_buffer("int64_t[]", offsets)

    def judge(self, call: Callable[..., int], *arguments: Any) -> Packed:
        """Make a native call and return the rows as it took them.

        That a row has the sign which is between rows is found by the call itself: looking
        for it before takes as long as the call.

        Args:
            call: a function of the library whose first arguments are texts and their count.
            arguments: the others.
        """
        packed = self
        status = call(packed.native, packed.count, *arguments)
        if status == lib.SMSPOH_STATUS_ARGUMENT and self._offsets is None:
            packed = _apart(self._rows)
            status = call(packed.native, packed.count, *arguments)
        check(status)
        return packed

    def may_be_no_text(self, row: int) -> bool:
        """Return whether a row could be something else than text: one with bytes that none read."""
        return self._offsets is not None and self._offsets[row] < self._offsets[row + 1]


ROWS_PER_CALL: Final = 256  # of some hundred bytes: what a call works on stays in the cache


def pieces(texts: Iterable[object], *, utf16: bool = True) -> Iterator[Packed]:
    """Yield the rows in pieces, each for one call on one thread.

    Most of the time goes into making the rows of Python ready, which threads cannot share.

    Args:
        texts: n rows.
        utf16: take UTF-16 where Python has 16 bits a character: that is a copy, and UTF-8
            takes six times as long.

    Raises:
        TypeError: `texts` is a single text, or not iterable.
        ArgumentError: the rows of one call have 2 GiB or more.
    """
    rows = as_rows(texts, "texts")
    return (
        _pack(rows[at : at + ROWS_PER_CALL], utf16=utf16)
        for at in range(0, len(rows), ROWS_PER_CALL)
    )


def _pack(rows: Sequence[object], *, utf16: bool) -> Packed:
    """Return rows as one text with a sign between two, or with offsets if one is no str."""
    try:
        text = "\0".join(rows)  # type: ignore[arg-type]  # caught below
        wide = utf16 and not text.isascii()
        data = text.encode(_UTF16 if wide else "utf-8")
    except (TypeError, UnicodeEncodeError):  # the latter holds the text: it ends here
        text = None
    if text is not None:
        return Packed(data, len(rows), utf16=wide, rows=rows)
    return _apart(rows)


def _apart(rows: Sequence[object]) -> Packed:
    """Return rows with offsets, whatever is in them."""
    cells = [_cell(row) for row in rows]
    offsets = array("q", [0])
    size = 0
    for cell in cells:
        size += len(cell)
        offsets.append(size)
    return Packed(b"".join(cells), len(cells), offsets)


def pack_one(text: object) -> Packed:
    """Return a single text as a batch of one.

    Raises:
        TypeError: it is neither str nor bytes.
        ArgumentError: it is not UTF-8, or has 2 GiB or more.
    """
    data = bytes(as_bytes(text, "text"))
    if not isinstance(text, str) and not _is_utf8(data):
        raise ArgumentError("text is not UTF-8; a str or UTF-8 is needed")
    return Packed(data, 1, array("q", [0, len(data)]))


def _cell(row: object) -> bytes:
    if isinstance(row, (str, bytes, bytearray, memoryview)):
        try:
            return bytes(as_bytes(row, "text"))
        except ArgumentError:
            return _NO_TEXT
    return _NO_TEXT


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
