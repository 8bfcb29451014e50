"""The reference of a message on the wire: ``<job>-<ulid>``, the same over all attempts."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError
from smspoh.gateway.reference import ALPHABET, RANDOM_BITS, ULID_CHARS, base32, ulid_number

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE_CHARS_MAX: Final = 32  # of [A-Za-z0-9-]: what the gateway is known to keep
JOB_CHARS_MAX: Final = 5  # what a ULID and a hyphen leave of it
TIME_MS_MAX: Final = 2**48 - 1  # of a ULID

_JOB = re.compile(r"[A-Za-z0-9]{1,5}", re.ASCII)
_REFERENCE = re.compile(rf"([A-Za-z0-9]{{1,5}})-([0-7][{ALPHABET}]{{25}})", re.ASCII)
_PAIRS: Final = tuple(high + low for high in ALPHABET for low in ALPHABET)  # of 10 bits


def checked_job(name: object) -> str:
    """Return the name of a job as given.

    Raises:
        TypeError: not a str.
        ArgumentError: not 1 to 5 ASCII letters and digits.
    """
    if not isinstance(name, str):
        raise TypeError(f"job must be a str, not {type(name).__name__}")
    if not _JOB.fullmatch(name):
        raise ArgumentError(f"job must be 1 to {JOB_CHARS_MAX} ASCII letters and digits")
    return name


def checked_reference(reference: object) -> str:
    """Return a reference as given.

    Raises:
        TypeError: not a str.
        ArgumentError: not a job, a hyphen and a ULID.
    """
    if not isinstance(reference, str):
        raise TypeError(f"reference must be a str, not {type(reference).__name__}")
    if not _REFERENCE.fullmatch(reference):
        raise ArgumentError("reference must be a job's name, a hyphen and a ULID")
    return reference


def reference_time_ms(reference: str) -> int:
    """Return when a reference was made, in milliseconds since 1970."""
    return _number(checked_reference(reference)) >> RANDOM_BITS


class References:
    """Make references, each greater than the one before.

    Args:
        job: the name of the job, 1 to 5 ASCII letters and digits.
        last: the greatest reference that the job has, which those to come are after.
        entropy: a random number of as many bits as it is given.

    Raises:
        ArgumentError: a job or a reference of another form.

    Source: https://github.com/ulid/spec, "Monotonicity".
    """

    def __init__(
        self,
        job: str,
        *,
        last: str | None = None,
        entropy: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self.job = checked_job(job)
        self._entropy = entropy
        self._last = _number(checked_reference(last)) if last is not None else 0

    def take(self, count: int, now_ms: int) -> list[str]:
        """Return new references, in rising order.

        Args:
            count: how many, at least 0.
            now_ms: milliseconds since 1970; a clock that went back changes nothing.

        Raises:
            ArgumentError: the time is not one that a ULID can hold.
        """
        if not 0 <= now_ms <= TIME_MS_MAX:
            raise ArgumentError("now_ms must be milliseconds since 1970, of 48 bits")
        if count == 0:
            return []
        first = self._last + 1
        if now_ms > self._last >> RANDOM_BITS:
            # The top bit is left free, so that a batch cannot run over into the next millisecond.
            first = now_ms << RANDOM_BITS | self._entropy(RANDOM_BITS - 1)
        self._last = first + count - 1
        if self._last >> RANDOM_BITS > TIME_MS_MAX:
            raise ArgumentError("there are no more references after the last one")
        return _written(self.job, first, count)


def _written(job: str, first: int, count: int) -> list[str]:
    """Return numbers in a row as references; the part that they share is written once."""
    written: list[str] = []
    number, end = first, first + count
    while number < end:
        block = number >> 20
        shared = f"{job}-{base32(block, ULID_CHARS - 4)}"
        stop = min(end, (block + 1) << 20)
        written += [
            shared + _PAIRS[low >> 10] + _PAIRS[low & 1023]
            for low in range(number & 0xFFFFF, (number & 0xFFFFF) + stop - number)
        ]
        number = stop
    return written


def _number(reference: str) -> int:
    return ulid_number(reference.rpartition("-")[2])
