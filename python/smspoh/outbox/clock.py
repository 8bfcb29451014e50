"""The time of a journal: it never goes back, and no correction of the clock moves it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# What goes on while the machine sleeps, where there is such a clock.
_ELAPSED: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _elapsed_ms() -> int:
    return time.clock_gettime_ns(_ELAPSED) // 1_000_000


def machine_ms() -> int:
    """Return what the machine's clock says, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class SteadyClock:
    """Tell the time as it was at the start, and what has passed since.

    A clock that is set forward would end settle windows that are not over, and one that
    is set back would stop all that waits.

    Args:
        floor_ms: the latest time that the journal has seen, which this one begins at or
            after.
        wall_ms: the machine's clock, in milliseconds since 1970.
        elapsed_ms: milliseconds that pass, from anywhere.
    """

    def __init__(
        self,
        floor_ms: int = 0,
        *,
        wall_ms: Callable[[], int] = machine_ms,
        elapsed_ms: Callable[[], int] = _elapsed_ms,
    ) -> None:
        self._elapsed_ms = elapsed_ms
        self._offset_ms = max(floor_ms, wall_ms()) - elapsed_ms()

    def now_ms(self) -> int:
        """Return the time, in milliseconds since 1970."""
        return self._elapsed_ms() + self._offset_ms
