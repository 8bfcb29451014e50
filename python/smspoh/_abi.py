"""The only importer of the native library: pointers, sizes and statuses.

Everything above this module speaks in Python values. Bytes go to Rust as they
are: a row is the address of the caller's own object, never a copy. A `str` has to
be encoded, which is one.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING, Any, Final

from . import errors
from ._inputs import Encoded

try:
    from ._native import ffi, lib
except (AttributeError, OSError) as error:
    raise ImportError(
        "smspoh's native library is missing or cannot be loaded here: reinstall smspoh"
        " (in a checkout, run `make build`)"
    ) from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "ABI_VERSION",
    "Gathered",
    "check",
    "ffi",
    "gather",
    "gathered",
    "lib",
    "wipe",
]

ABI_VERSION: Final = 5
"""The number of the ABI that this module was written for."""

Buffer = bytes | bytearray | memoryview
"""What is taken as bytes: anything else must be encoded by the caller."""


def _check_abi(found: int) -> None:
    """Refuse a native library that was built from other sources than this file.

    A stale library under a new declaration is undefined behaviour, so this runs
    before any other call.
    """
    if found != ABI_VERSION:
        raise ImportError(
            f"smspoh's native library speaks ABI {found}, and this Python code needs"
            f" ABI {ABI_VERSION}: reinstall smspoh (in a checkout, run `make build`)"
        )


try:
    _check_abi(lib.smspoh_abi_version())
    _check_abi(lib.SMSPOH_ABI_VERSION)
except AttributeError as error:
    raise ImportError(
        "smspoh's native library does not tell its ABI: reinstall smspoh"
        " (in a checkout, run `make build`)"
    ) from error

_BY_STATUS: Final[dict[int, type[errors.SmspohError]]] = {
    cls.status: cls
    for cls in (
        errors.ArgumentError,
        errors.KdfError,
        errors.MalformedEnvelope,
        errors.DecryptError,
        errors.EntropyError,
        errors.OutOfMemoryError,
        errors.CancelledError,
        errors.BugError,
    )
}

_MESSAGES: Final[dict[type[errors.SmspohError], str]] = {
    errors.ArgumentError: "row counts, buffer sizes or options do not fit each other",
    errors.KdfError: "iterations must be 1 to 4,294,967,295 and length 1 to 137,438,953,440 bytes",
    errors.MalformedEnvelope: "this is not an encrypted message",
    errors.DecryptError: "the key is wrong or the message was changed",
    errors.EntropyError: "the operating system gave no random bytes",
    errors.OutOfMemoryError: "there is not enough memory for a batch of this size",
    errors.CancelledError: "the call was stopped by its observer",
    errors.BugError: "the native library panicked; please report this with the traceback",
}


def check(status: int) -> None:
    """Raise the error of a status, unless it is 0.

    The only place that raises from a status.
    """
    if status == 0:
        return
    cls = _BY_STATUS.get(status)
    if cls is None:
        raise errors.BugError(f"the native library returned the unknown status {status}")
    raise cls(_MESSAGES[cls])


class Gathered:
    """Rows as Rust takes them: an array of addresses and an array of sizes.

    Attributes:
        data: `const uint8_t *const *`, one a row.
        sizes: `const size_t *`, one a row, in bytes.
        count: the number of rows.
    """

    __slots__ = ("_keep", "count", "data", "sizes")

    def __init__(self, rows: Sequence[Buffer]) -> None:
        # from_buffer takes bytes, bytearray and any contiguous memoryview as they
        # are; the views keep the objects alive and bytearrays from being resized.
        views = list(map(ffi.from_buffer, repeat("uint8_t[]"), rows))
        self._keep: object = views  # without them a bytearray could be resized under the call
        self.data: Any = ffi.new("const uint8_t *[]", views)
        self.sizes: Any = ffi.new("size_t[]", list(map(len, views)))
        self.count = len(views)


def gather(rows: Iterable[Buffer]) -> Gathered:
    """Gather rows for a call without copying one of them."""
    return Gathered(rows if isinstance(rows, (list, tuple)) else list(rows))


@contextmanager
def gathered(rows: Encoded | Sequence[Buffer]) -> Iterator[Gathered]:
    """Gather rows for the calls of one block; those that were encoded here are wiped after it."""
    if not isinstance(rows, Encoded):
        yield Gathered(rows)
        return
    try:
        yield _Joined(rows)
    finally:
        rows.wipe()


class _Joined(Gathered):
    """Rows that lie side by side in few buffers.

    Adding up their addresses costs a third of what asking for each of them does.
    """

    __slots__ = ()

    def __init__(self, rows: Encoded) -> None:
        buffers = list(map(ffi.from_buffer, repeat("uint8_t[]"), rows.pieces))
        addresses: list[int] = []
        for buffer, sizes in zip(buffers, rows.sizes, strict=True):
            addresses += accumulate(sizes, initial=int(ffi.cast("uintptr_t", buffer)))
            addresses.pop()  # where the piece ends
        array = ffi.new("uintptr_t[]", addresses)
        self._keep = (buffers, array)
        self.data = ffi.cast("const uint8_t *const *", array)
        self.sizes = ffi.new("size_t[]", list(chain.from_iterable(rows.sizes)))
        self.count = len(addresses)


_ZEROS: Final = bytes(64 * 1024)


def wipe(buffer: Any) -> None:
    """Overwrite a native buffer that held a secret."""
    view = ffi.buffer(buffer)
    for at in range(0, len(view), len(_ZEROS)):
        size = min(len(_ZEROS), len(view) - at)
        view[at : at + size] = _ZEROS[:size]
