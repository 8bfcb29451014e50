"""Keys from passwords: PBKDF2-HMAC-SHA256, one or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import _abi
from ._inputs import as_bytes, as_int, as_rows, shown
from .errors import ArgumentError, KdfError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._abi import Buffer

__all__ = ["derive_key", "derive_key_batch"]

ITERATIONS_MAX: Final = 2**32 - 1  # a count is 32 bits on the C side
LENGTH_MAX: Final = (2**32 - 1) * 32  # bytes; RFC 8018, 5.2, step 1


def derive_key(
    password: str | Buffer, salt: str | Buffer, *, iterations: int = 100_000, length: int = 32
) -> bytes:
    """Return the key that PBKDF2-HMAC-SHA256 derives from a password.

    The GIL is released while it works.

    Args:
        password: any length; a `str` stands for its UTF-8 bytes. A bytearray or
            memoryview must not change during the call.
        salt: as the password.
        iterations: 1 to 2**32 - 1.
        length: bytes of the key, 1 to (2**32 - 1) * 32.

    Returns:
        `length` bytes.

    Raises:
        KdfError: `iterations` or `length` out of range.
        ArgumentError: a `str` that has no UTF-8 form.
        TypeError: an argument of another type.

    Source: RFC 8018, 5.2.
    """
    password, salt = as_bytes(password, "password"), as_bytes(salt, "salt")
    check_options(iterations, length)
    out = _abi.ffi.new("uint8_t[]", length)
    try:
        # from_buffer, so that a bytearray or a memoryview goes in without a copy too.
        with (
            _abi.ffi.from_buffer("uint8_t[]", password) as password_,
            _abi.ffi.from_buffer("uint8_t[]", salt) as salt_,
        ):
            status = _abi.lib.smspoh_derive_key(
                password_, len(password_), salt_, len(salt_), iterations, out, length
            )
        _abi.check(status)
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
) -> list[bytes]:
    """Return the key of each row, derived together.

    The GIL is released while it works. Rows that share password and salt are
    derived once.

    Args:
        passwords: n rows, as in `derive_key`.
        salts: n rows, as in `derive_key`.
        iterations: 1 to 2**32 - 1, for every row.
        length: bytes of each key, 1 to (2**32 - 1) * 32.
        threads: 0 for one a CPU (at most `SMSPOH_NUM_THREADS`), or 1 to 1,024.

    Returns:
        n keys of `length` bytes, in order.

    Raises:
        KdfError: `iterations` or `length` out of range.
        ArgumentError: passwords and salts that are not equally many, or a `str`
            that has no UTF-8 form.
        OutOfMemoryError: there is none for a batch of this size.
        TypeError: an argument or a row of another type; a single `str` or
            `bytes` where rows are needed.

    Source: RFC 8018, 5.2.
    """
    check_options(iterations, length)
    threads = _abi.resolve_threads(threads)
    passwords_ = [
        as_bytes(row, "password", at) for at, row in enumerate(as_rows(passwords, "passwords"))
    ]
    salts_ = [as_bytes(row, "salt", at) for at, row in enumerate(as_rows(salts, "salts"))]
    if len(passwords_) != len(salts_):
        raise ArgumentError(
            f"there are {len(passwords_)} passwords and {len(salts_)} salts;"
            " each row needs one of each"
        )
    if not passwords_:
        return []
    password, salt = _abi.gather(passwords_), _abi.gather(salts_)
    rows = password.count
    out = _abi.ffi.new("uint8_t[]", rows * length)
    try:
        _abi.check(
            _abi.lib.smspoh_derive_key_batch(
                *(password.data, password.sizes, password.count),
                *(salt.data, salt.sizes, salt.count),
                *(rows, iterations, length, threads, out, rows * length),
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
