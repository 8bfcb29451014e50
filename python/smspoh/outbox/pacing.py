"""When the next batch may go: a bucket of tokens, whose rate follows what the gateway says.

Nothing here waits or looks at a clock: time is an argument, in milliseconds.

Source: D. Chiu and R. Jain, "Analysis of the increase and decrease algorithms for congestion
avoidance", 1989: additive increase, multiplicative decrease.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

from .judging import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

PROBE_MESSAGES: Final = 10  # a gateway that fails is tried with so many, one request at a time


@dataclass(frozen=True, slots=True)
class Rate:
    """Say how fast messages go out.

    Attributes:
        per_s_max: messages a second at most, above 0; None is as fast as it goes.
        per_s_min: what 429 slows it down to at most, above 0.
        slower: what the rate is multiplied by at a 429, above 0 and below 1.
        faster_per_s: messages a second that it gains for each second that goes well.
        burst: messages that may go at once after a pause, at least 1.
        backoff_first_s: seconds without a request after one that failed; it doubles.
        backoff_max_s: the most that this becomes.

    Raises:
        ArgumentError: a value is out of its range.
    """

    per_s_max: float | None = None
    per_s_min: float = 1.0
    slower: float = 0.5
    faster_per_s: float = 10.0
    burst: int = 100
    backoff_first_s: float = 1.0
    backoff_max_s: float = 60.0

    def __post_init__(self) -> None:
        for name in ("per_s_max", "per_s_min", "faster_per_s", "backoff_first_s", "backoff_max_s"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ArgumentError(f"{name} must be a number above 0")
        if not 0 < self.slower < 1:
            raise ArgumentError(f"slower is {self.slower}; it must be above 0 and below 1")
        if self.burst < 1:
            raise ArgumentError(f"burst is {self.burst}; it must be at least 1")


class Pace:
    """Keep count of what went out, and say when more may.

    Args:
        rate: the bounds.
        draw: a number from 0 to 1, for the waits.
        now_ms: the time.
    """

    def __init__(self, rate: Rate, draw: Callable[[], float], now_ms: int) -> None:
        self._rate = rate
        self._draw = draw
        self._per_s = rate.per_s_max
        self._free_ms = float(now_ms)  # the bucket is full a burst after this
        self._held_ms = float(now_ms)
        self._failures = 0
        self._begun_ms = float(now_ms)
        self._gone = 0

    @property
    def per_s(self) -> float | None:
        """Messages a second that go out at most now, or None for as fast as it goes."""
        return self._per_s

    @property
    def is_probing(self) -> bool:
        """True after a request that failed, until one goes well: one at a time, and small."""
        return self._failures > 0

    def most(self, batch: int) -> int:
        """Return how many messages go at once, of a batch: at a low rate, those of a second."""
        most = min(batch, PROBE_MESSAGES) if self.is_probing else batch
        return (
            most if self._per_s is None else min(most, self._rate.burst, max(1, int(self._per_s)))
        )

    def ready_ms(self, now_ms: int, count: int) -> int:
        """Return when `count` messages may go, or a burst; a time that is over is at once."""
        ready = self._held_ms
        if self._per_s is not None:
            spare = self._rate.burst - min(count, self._rate.burst)
            ready = max(ready, self._free_ms - spare * 1000 / self._per_s)
        return max(now_ms, math.ceil(ready))

    def took(self, count: int, now_ms: int) -> None:
        """Note that messages go out now."""
        self._gone += count
        if self._per_s is not None:
            self._free_ms = max(self._free_ms, now_ms) + count * 1000 / self._per_s

    def heard(self, trouble: Trouble, retry_after_s: float | None, count: int, now_ms: int) -> None:
        """Note what a request of `count` messages says about those to come."""
        if trouble is Trouble.NONE:
            self._failures = 0
            self._faster(count)
            return
        self._failures += 1
        if trouble is Trouble.LIMITED:
            self._slow_down(now_ms)
        wait_ms = self.backoff_ms(self._failures - 1)
        if retry_after_s is not None:
            wait_ms = max(wait_ms, math.ceil(retry_after_s * 1000))
        self._held_ms = max(self._held_ms, now_ms + wait_ms)

    def backoff_ms(self, failures: int) -> int:
        """Return the milliseconds to wait after so many failures: half of it drawn."""
        most = min(self._rate.backoff_max_s, self._rate.backoff_first_s * 2.0 ** min(failures, 64))
        return math.ceil(most * 1000 * (0.5 + 0.5 * self._draw()))

    def _faster(self, count: int) -> None:
        if self._per_s is None:
            return
        # What goes well for a second adds `faster_per_s`: a message, its share of it.
        more = self._per_s + self._rate.faster_per_s * count / self._per_s
        most = self._rate.per_s_max
        self._per_s = more if most is None else min(most, more)

    def _slow_down(self, now_ms: int) -> None:
        before = self._per_s
        if before is None:
            passed_s = max(now_ms - self._begun_ms, 1000.0) / 1000
            before = max(self._gone / passed_s, self._rate.per_s_min)
        self._per_s = max(self._rate.per_s_min, before * self._rate.slower)
        self._free_ms = max(self._free_ms, float(now_ms))
