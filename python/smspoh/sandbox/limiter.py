"""How many requests a second are taken, by the sandbox's clock.

Source: the rate limiter of the Yii2 framework for the names of the headers
(docs/spec/gateway.md, "Replies": inferred).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Limiter:
    """Take or refuse requests. May be used from many threads.

    Args:
        per_s: the most in one second, or None.
    """

    def __init__(self, per_s: int | None) -> None:
        self._lock = threading.Lock()
        self._per_s = per_s
        self.reset()

    def reset(self) -> None:
        """Forget what was taken and what was still to be refused."""
        with self._lock:
            self._second = -1
            self._taken = 0
            self._refuse = 0

    def burst(self, requests: int) -> None:
        """Refuse the next requests, however few they are."""
        with self._lock:
            self._refuse += requests

    def take(self, now: datetime) -> tuple[bool, tuple[tuple[str, str], ...]]:
        """Say whether one more request is taken, and what headers its reply has."""
        if self._per_s is None and not self._refuse:
            return True, ()
        with self._lock:
            if self._refuse:
                self._refuse -= 1
                return False, _headers(self._per_s or 1, 0)
            if self._per_s is None:
                return True, ()
            second = int(now.timestamp())
            if second != self._second:
                self._second, self._taken = second, 0
            taken = self._taken < self._per_s
            self._taken += taken
            return taken, _headers(self._per_s, self._per_s - self._taken)


def _headers(limit: int, remaining: int) -> tuple[tuple[str, str], ...]:
    return (
        ("x-rate-limit-limit", str(limit)),
        ("x-rate-limit-remaining", str(remaining)),
        ("x-rate-limit-reset", "1"),  # seconds; a new second begins within one
    )
