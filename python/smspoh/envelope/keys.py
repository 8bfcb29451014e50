"""Encrypt keys: made, and judged."""

from __future__ import annotations

import math
import warnings
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smspoh._abi import Buffer

KEY_SIZE: Final = 24  # random bytes of a generated key: 192 bits
WEAK_KEY_BITS: Final = 80  # below this, guessing at 100,000 iterations a try is within reach
NUL: Final = 0
_SURE_SIZE: Final = 25  # bytes that hold 80 bits even where all are digits: 80 / log2(10)


class WeakKeyWarning(UserWarning):
    """An encrypt key so short that guessing it is within reach."""


def generate_encrypt_key() -> str:
    """Return a new random key of 192 bits, in 32 characters that are safe everywhere."""
    import secrets  # noqa: PLC0415 - it costs an eighth of the import of smspoh

    return secrets.token_urlsafe(KEY_SIZE)


def unusable(key: Buffer) -> str | None:
    """Return why a key cannot be used to encrypt, or None.

    HMAC fills a key up with NULs, so one that ends in a NUL opens what a shorter
    one encrypted. Source: RFC 2104, 2.
    """
    if len(key) == 0:
        return "the key is empty; it must have at least one byte"
    if key[-1] == NUL:
        return "the key ends in a NUL, which HMAC cannot tell from a key without it"
    return None


def require_usable(key: Buffer) -> None:
    """Refuse a key that cannot be used to encrypt."""
    reason = unusable(key)
    if reason:
        raise ArgumentError(reason)


def all_usable(keys: Sequence[Buffer]) -> bool:
    """Return whether `unusable` has nothing to say of any of many keys."""
    return all(keys) and NUL not in map(itemgetter(-1), keys)


def bits_max(key: Buffer) -> float:
    """Return the most bits of entropy that a key of this length and alphabet can hold."""
    distinct = set(key)
    alphabet = 0
    for size, used in (
        (10, b"0123456789"),
        (26, b"abcdefghijklmnopqrstuvwxyz"),
        (26, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ):
        if not distinct.isdisjoint(used):
            alphabet += size
            distinct.difference_update(used)
    if distinct:
        alphabet += 32 if max(distinct) < 128 else 160  # ASCII punctuation, or any byte
    return len(key) * math.log2(alphabet) if alphabet else 0.0


def warn_if_weak(keys: Iterable[Buffer], *, stacklevel: int) -> None:
    """Warn, once, when one of the keys cannot hold `WEAK_KEY_BITS`."""
    if any(len(key) < _SURE_SIZE and bits_max(key) < WEAK_KEY_BITS for key in keys):
        warn_of_weak_key(stacklevel=stacklevel + 1)


def warn_of_weak_key(*, stacklevel: int) -> None:
    """Warn of a key that cannot hold `WEAK_KEY_BITS`."""
    warnings.warn(
        f"an encrypt key is too short to hold {WEAK_KEY_BITS} bits, so it can be guessed;"
        " generate_encrypt_key() makes one of 192",
        WeakKeyWarning,
        stacklevel=stacklevel,
    )
