"""Keys from passwords: PBKDF2-HMAC-SHA256, one or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import _abi
from ._inputs import as_bytes, as_int, as_rows, shown
from ._run import Run, backends
from .errors import ArgumentError, KdfError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._abi import Buffer

__all__ = ["backends", "derive_key", "derive_key_batch"]

ITERATIONS_MAX: Final = 2**32 - 1  # a count is 32 bits on the C side
LENGTH_MAX: Final = (2**32 - 1) * 32  # bytes; RFC 8018, 5.2, step 1


def derive_key(
    password: str | Buffer,
    salt: str | Buffer,
    *,
    iterations: int = 100_000,
    length: int = 32,
    backend: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> bytes:
    """Return the key that PBKDF2-HMAC-SHA256 derives from a password.

    The GIL is released while it works.

    Args:
        password: any length; a `str` stands for its UTF-8 bytes. A bytearray or
            memoryview must not change during the call.
        salt: as the password.
        iterations: 1 to 2**32 - 1.
        length: bytes of the key, 1 to (2**32 - 1) * 32.
        backend: the name of the one backend to use, one of `backends()`; None for the
            one that `SMSPOH_BACKEND` names, or else for the best.
        progress: called some twenty times a second while a long call lasts, with the
            work done and the work in all, in iterations of 32 bytes of output. What
            it raises stops the call and is raised here. So does Ctrl-C. Not on a
            daemon thread.

    Returns:
        `length` bytes.

    Raises:
        KdfError: `iterations` or `length` out of range.
        ArgumentError: a `str` that has no UTF-8 form; a backend that is not there.
        TypeError: an argument of another type.

    Source: RFC 8018, 5.2.
    """
    password, salt = as_bytes(password, "password"), as_bytes(salt, "salt")
    check_options(iterations, length)
    blocks = -(-length // 32)
    run = Run(threads=1, backend=backend, progress=progress, units=iterations * blocks)
    out = _abi.ffi.new("uint8_t[]", length)
    try:
        # from_buffer, so that a bytearray or a memoryview goes in without a copy too.
        with (
            _abi.ffi.from_buffer("uint8_t[]", password) as password_,
            _abi.ffi.from_buffer("uint8_t[]", salt) as salt_,
        ):
            status = _abi.lib.smspoh_derive_key(
                *(password_, len(password_), salt_, len(salt_)),
                *(iterations, run.native, out, length),
            )
        run.check(status)
        return bytes(_abi.ffi.buffer(out))
    finally:
        _abi.wipe(out)


def derive_key_batch(
    passwords: Iterable[str | Buffer],
    salts: Iterable[str | Buffer],
    *,
    iterations: int = 100_000,
    length: int = 32,
    threads: int = 0,
    backend: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[bytes]:
    """Return the key of each row, derived together.

    The GIL is released while it works. Rows that share password and salt are
    derived once.

    Args:
        passwords: n rows, as in `derive_key`.
        salts: n rows, as in `derive_key`.
        iterations: 1 to 2**32 - 1, for every row.
        length: bytes of each key, 1 to (2**32 - 1) * 32.
        threads: 0 for one a CPU (at most `SMSPOH_NUM_THREADS`), or 1 to 1,024. With 1
            the calling thread does it all.
        backend: as in `derive_key`.
        progress: as in `derive_key`, over all rows.

    Returns:
        n keys of `length` bytes, in order.

    Raises:
        KdfError: `iterations` or `length` out of range.
        ArgumentError: passwords and salts that are not equally many, or a `str`
            that has no UTF-8 form; a backend that is not there.
        OutOfMemoryError: there is none for a batch of this size.
        TypeError: an argument or a row of another type; a single `str` or
            `bytes` where rows are needed.

    Source: RFC 8018, 5.2.
    """
    check_options(iterations, length)
    passwords_ = [
        as_bytes(row, "password", at) for at, row in enumerate(as_rows(passwords, "passwords"))
    ]
    salts_ = [as_bytes(row, "salt", at) for at, row in enumerate(as_rows(salts, "salts"))]
    if len(passwords_) != len(salts_):
        raise ArgumentError(
            f"there are {len(passwords_)} passwords and {len(salts_)} salts;"
            " each row needs one of each"
        )
    units = len(passwords_) * iterations * -(-length // 32)
    run = Run(threads=threads, backend=backend, progress=progress, units=units)
    if not passwords_:
        return []
    password, salt = _abi.gather(passwords_), _abi.gather(salts_)
    rows = password.count
    out = _abi.ffi.new("uint8_t[]", rows * length)
    try:
        run.check(
            _abi.lib.smspoh_derive_key_batch(
                *(password.data, password.sizes, password.count),
                *(salt.data, salt.sizes, salt.count),
                *(rows, iterations, length, run.native, out, rows * length),
            )
        )
        keys = _abi.ffi.buffer(out)
        return [keys[at : at + length] for at in range(0, rows * length, length)]
    finally:
        _abi.wipe(out)


def check_options(iterations: int, length: int) -> None:
    """Refuse an iteration count or a length that RFC 8018 does not allow."""
    for name, value, most in (
        ("iterations", iterations, ITERATIONS_MAX),
        ("length", length, LENGTH_MAX),
    ):
        if not 1 <= as_int(value, name) <= most:
            raise KdfError(f"{name} is {shown(value)}; it must be 1 to {most}")
