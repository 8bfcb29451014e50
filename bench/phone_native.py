"""Ours: a column of texts, as Arrow has it, through the native call into columns made before."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from smspoh._abi import check, ffi, lib

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOT: Final = 24  # bytes of an E.164 slot; SMSPOH_E164_SLOT


def options() -> Any:
    """Return what the call is told: texts of Myanmar, read strictly."""
    return ffi.new("SmspohPhoneOptions *", ((ord("M"), ord("M")), True, False, False))


class Column:
    """Texts side by side, cut by offsets.

    Attributes:
        data: the texts in UTF-8.
        offsets: where each begins, and where the last one ends.
        rows: how many they are.
    """

    def __init__(self, texts: Sequence[str], times: int = 1) -> None:
        cells = [text.encode() for text in texts]
        self.data: bytes = b"".join(cells) * times
        self.offsets = array("q", [0])
        # accumulate also gives the first offset, which is there
        self.offsets.extend(accumulate(list(map(len, cells)) * times))
        self.rows = len(cells) * times


class Native:
    """The native call on a column; all that it reads and fills is there before it runs."""

    def __init__(self, column: Column, threads: int) -> None:
        self.rows = rows = column.rows
        # A bytearray of zeros has no pages yet; these are written once.
        self.e164 = bytearray(b"\1" * rows * SLOT)
        self.verdicts = bytearray(b"\1" * rows)
        self.operators = bytearray(b"\1" * rows)
        self.kinds = bytearray(b"\1" * rows)
        self.regions = bytearray(b"\1" * 2 * rows)
        self.calling_codes = array("H", [1]) * rows
        self.size = ffi.new("size_t *")
        self._options = options()
        names = ("verdicts", "operators", "kinds", "regions")
        self._arguments = (
            ffi.from_buffer("uint8_t[]", column.data),
            len(column.data),
            ffi.from_buffer("int64_t[]", column.offsets),
            rows,
            self._options,
            threads,
            ffi.from_buffer("uint8_t[]", self.e164),
            len(self.e164),
            self.size,
            *(ffi.from_buffer("uint8_t[]", getattr(self, name)) for name in names),
            ffi.from_buffer("uint16_t[]", self.calling_codes),
        )
        self._keep = column

    def __call__(self) -> None:
        check(lib.smspoh_normalize_batch(*self._arguments))

    def lines(self) -> list[str]:
        """Return the E.164 form of each row, empty where it is refused."""
        return self.e164[: self.size[0]].decode("ascii").split("\n")[:-1]
