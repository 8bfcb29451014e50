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
        if not math.isfinite(seconds) or seconds < 0:
            raise ArgumentError("seconds must be a finite number of at least 0")
        if seconds > (_LAST - _FIRST).total_seconds():
            raise ArgumentError("the time must be in the years 1970 to 2100")
        with self._lock:
            self._move(self._now() + timedelta(seconds=seconds))
        self._tell()

    def set(self, moment: datetime) -> None:
        """Make it a moment, before or after the present.

        Args:
            moment: an aware time in the years 1970 to 2100.

        Raises:
            ArgumentError: it has no zone, or is out of range.
        """
        if moment.utcoffset() is None:
            raise ArgumentError("moment must be an aware time")
        with self._lock:
            self._move(moment.astimezone(UTC))
        self._tell()

    def freeze(self) -> None:
        """Let time stand still."""
        with self._lock:
            self._still = self._now()
        self._tell()

    def resume(self) -> None:
        """Let time run on from where it stands."""
        with self._lock:
            if self._still is not None:
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

    def _move(self, moment: datetime) -> None:
        if not _FIRST <= moment <= _LAST:
            raise ArgumentError("the time must be in the years 1970 to 2100")
        if self._still is not None:
            self._still = moment
        else:
            self._shift = moment - self._source()

    def _tell(self) -> None:
        for told in self._watchers:
            told()
