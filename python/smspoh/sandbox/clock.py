"""The clock of a sandbox: it runs with the machine's, and can be moved and stopped."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2100, 12, 31, tzinfo=UTC)  # what is scheduled then has room after it

_OUT_OF_RANGE: Final = "the time must be in the years 1970 to 2100"


def machine_now() -> datetime:
    """Return the present by the machine's clock, as an aware time."""
    return datetime.now(UTC)


class SandboxClock:
    """Tell the time of a sandbox. May be used from many threads.

    Args:
        source: returns the present as an aware time; None is the machine's clock.
    """

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source or machine_now
        self._lock = threading.Lock()
        self._shift = timedelta(0)
        self._still: datetime | None = None
        self._watchers: list[Callable[[], None]] = []

    @property
    def frozen(self) -> bool:
        """True while time stands still."""
        return self._still is not None

    @property
    def steady(self) -> bool:
        """True when the time left until a moment can be known: it runs with the machine's."""
        return self._source is machine_now and self._still is None

    def now(self) -> datetime:
        """Return the present as an aware time."""
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> None:
        """Move the time on.

        Args:
            seconds: at least 0.

        Raises:
            ArgumentError: it is negative, not finite, or ends after the year 2100.
        """
        self.change(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Make it a moment, before or after the present.

        Args:
            moment: an aware time in the years 1970 to 2100.

        Raises:
            ArgumentError: it has no zone, or is out of range.
        """
        self.change(moment=moment)

    def freeze(self) -> None:
        """Let time stand still."""
        self.change(freeze=True)

    def resume(self) -> None:
        """Let time run on from where it stands."""
        self.change(resume=True)

    def change(
        self,
        *,
        freeze: bool = False,
        moment: datetime | None = None,
        seconds: float | None = None,
        resume: bool = False,
    ) -> None:
        """Freeze, set, advance and resume, in this order and all at once, or do nothing.

        Args:
            freeze: let time stand still.
            moment: as in `set`.
            seconds: as in `advance`.
            resume: let time run on.

        Raises:
            ArgumentError: as `set` and `advance` do.
        """
        start = None if moment is None else _utc(moment)
        step = None if seconds is None else _step(seconds)
        with self._lock:
            aim = self._now() if start is None else start
            if step is not None:
                aim += step
            if (start is not None or step is not None) and not _FIRST <= aim <= _LAST:
                raise ArgumentError(_OUT_OF_RANGE)
            if freeze or self._still is not None:
                self._still = aim
            elif start is not None or step is not None:
                self._shift = aim - self._source()
            if resume and self._still is not None:
                self._shift = self._still - self._source()
                self._still = None
        self._tell()

    def reset(self) -> None:
        """Make it run with its source again, as at the start."""
        with self._lock:
            self._shift = timedelta(0)
            self._still = None
        self._tell()

    def watch(self, told: Callable[[], None]) -> None:
        """Have a function called, in the mover's thread, whenever time is moved."""
        self._watchers.append(told)

    def __repr__(self) -> str:
        return f"<SandboxClock {self.now().isoformat()}{' frozen' if self.frozen else ''}>"

    def _now(self) -> datetime:
        return self._still if self._still is not None else self._source() + self._shift

    def _tell(self) -> None:
        for told in self._watchers:
            told()


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ArgumentError("moment must be an aware time")
    try:
        found = moment.astimezone(UTC)
    except OverflowError:  # before the year 1, or after 9999
        raise ArgumentError(_OUT_OF_RANGE) from None
    if not _FIRST <= found <= _LAST:
        raise ArgumentError(_OUT_OF_RANGE)
    return found


def _step(seconds: float) -> timedelta:
    if not math.isfinite(seconds) or seconds < 0:
        raise ArgumentError("seconds must be a finite number of at least 0")
    if seconds > (_LAST - _FIRST).total_seconds():
        raise ArgumentError(_OUT_OF_RANGE)
    return timedelta(seconds=seconds)
