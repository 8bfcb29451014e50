"""References that are made here: sortable by time, unique over processes, safe everywhere.

Each is a ULID: 48 bits of milliseconds and 80 random bits, as 26 characters that sort as
the times do. So a message whose reply was lost can be looked for in the history of its day
by nothing but its reference.

Source: github.com/ulid/spec, "Specification", "Monotonicity".
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without I, L, O and U
RANDOM_BITS: Final = 80
ULID_CHARS: Final = 26
_ULID = re.compile(r"(?:[A-Za-z0-9]{1,5}-)?([0-7][0-9A-HJKMNP-TV-Z]{25})")


def base32(number: int, chars: int) -> str:
    """Return the lowest digits of a number in Crockford's base 32."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(chars)))


def ulid_number(ulid: str) -> int:
    """Return the 128 bits that a ULID, or a piece of one, is written of."""
    number = 0
    for character in ulid:
        number = number << 5 | ALPHABET.index(character)
    return number


class _Maker:
    """Make ULIDs, each above the one before, also when the clock goes back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def make(self) -> str:
        now_ms = time.time_ns() // 1_000_000
        with self._lock:
            if self._last >> RANDOM_BITS >= now_ms:
                self._last += 1
            else:
                self._last = now_ms << RANDOM_BITS | secrets.randbits(RANDOM_BITS - 1)
            value = self._last
        return base32(value, ULID_CHARS)


_maker = _Maker()


def _begin_anew() -> None:
    # A child that went on counting from its parent's last one would make the same ones.
    global _maker  # noqa: PLW0603 - one sequence a process is the point
    _maker = _Maker()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def new_reference() -> str:
    """Return a new reference of 26 capital letters and digits.

    References of one process sort in the order in which they were made; those of
    several sort by time, to the millisecond.
    """
    return _maker.make()


def reference_time(reference: str) -> datetime | None:
    """Return when a reference was made, to the millisecond, or None for one of another form.

    A job's name and a hyphen may stand before it.
    """
    found = _ULID.fullmatch(reference)
    if found is None:
        return None
    seconds = (ulid_number(found[1]) >> RANDOM_BITS) / 1000
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # a year that datetime does not have
        return None
