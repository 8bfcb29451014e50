"""The carriers of a batch, by names."""

from __future__ import annotations

from array import array
from functools import cache
from typing import Final

from smspoh._abi import check, ffi, lib

_NAME_BYTES_MAX: Final = 255  # the size of a name is a byte; docs/spec/carriers.md


def carriers(e164: bytes | bytearray, verdicts: bytearray, kinds: bytearray) -> list[str | None]:
    """Return the carrier of each row of three native columns (n), None where it has none."""
    rows = len(verdicts)
    found = array("H", bytes(2 * rows))
    check(
        lib.smspoh_carrier_batch(
            ffi.from_buffer("uint8_t[]", e164),
            len(e164),
            ffi.from_buffer("uint8_t[]", verdicts),
            ffi.from_buffer("uint8_t[]", kinds),
            rows,
            ffi.from_buffer("uint16_t[]", found),
        )
    )
    names = _names()
    return [names[carrier] for carrier in found]


@cache
def _names() -> tuple[str | None, ...]:
    """Return every name by its number, which is a millisecond's work; 0 is none."""
    names: list[str | None] = [None]
    size = ffi.new("size_t *")
    room = ffi.new("uint8_t[]", _NAME_BYTES_MAX)
    # The numbers have no gap, and a name has a byte or more.
    while lib.smspoh_carrier_name(len(names), room, _NAME_BYTES_MAX, size) == 0:
        names.append(ffi.buffer(room, size[0])[:].decode("utf-8"))
    return tuple(names)
