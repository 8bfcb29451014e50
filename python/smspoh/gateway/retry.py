"""Whether a request that failed is tried again, and after how long: pure decisions.

What decides is what may have become of the request, not the status:

- *surely not sent* (no connection, a full pool, 429): tried again;
- *may have been sent* (a lost reply, 408, 409, 5xx, a reply that cannot be read): never,
  unless the request only reads;
- *refused* (any other 4xx): never; it would be refused again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smspoh.errors import (
    ArgumentError,
    ProtocolError,
    RateLimitedError,
    ServerError,
    TransportError,
)

if TYPE_CHECKING:
    from smspoh.errors import GatewayError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Hold how often, and for how long, what surely was not sent is tried again.

    Attributes:
        attempts_max: requests of one call, the first included; 1 never tries again.
        backoff_first_s: seconds before the second attempt, at most: each wait is
            drawn evenly from 0 to a bound that doubles with each attempt.
        backoff_max_s: the most that this bound becomes.
        deadline_s: seconds from the beginning of a request; no attempt begins later.
        retry_after_max_s: the longest wait that a gateway may ask for with 429. One
            that asks for more gets its way by an error, with `retry_after_s`.
        budget: attempts after the first that a client may make in a row; each
            request that succeeds gives back a tenth of one. So a gateway that is
            down is not also flooded.

    Raises:
        ArgumentError: a field is outside its range.
    """

    attempts_max: int = 4
    backoff_first_s: float = 0.5
    backoff_max_s: float = 8.0
    deadline_s: float = 60.0
    retry_after_max_s: float = 30.0
    budget: int = 20

    def __post_init__(self) -> None:
        for name in ("attempts_max", "budget"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"{name} must be an int, not {type(value).__name__}")
        for name in ("backoff_first_s", "backoff_max_s", "deadline_s", "retry_after_max_s"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
            if not 0 <= value <= 86_400:  # so no NaN either
                raise ArgumentError(f"{name} must be 0 to 86400 seconds")
        if not 1 <= self.attempts_max <= 100:
            raise ArgumentError(f"attempts_max is {self.attempts_max}; it must be 1 to 100")
        if not 0 <= self.budget <= 1_000_000:
            raise ArgumentError(f"budget is {self.budget}; it must be 0 to 1000000")


NO_RETRY = RetryPolicy(attempts_max=1)
_BACK = 0.1  # of an attempt, for each success; as the retry budgets of Finagle and the AWS SDKs


class Budget:
    """Count the attempts that a client may still make after a first one. Thread-safe."""

    __slots__ = ("_left", "_lock", "_most")

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._left = self._most
        self._lock = threading.Lock()

    def succeed(self) -> None:
        """Give back a part of an attempt."""
        if self._left < self._most:
            with self._lock:
                self._left = min(self._most, self._left + _BACK)

    def take(self) -> bool:
        """Take one attempt, if there is one."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


def may_try_again(error: GatewayError, *, reads: bool) -> bool:
    """Return True when trying again can neither repeat a message nor be refused again.

    Args:
        error: what a request ended with.
        reads: the request changes nothing at the gateway.
    """
    if isinstance(error, RateLimitedError):
        return True
    if isinstance(error, TransportError):
        return reads or not error.maybe_sent
    if error.response is not None and error.response.status in (408, 409):
        return reads
    if isinstance(error, ProtocolError):
        # A page cut short may come whole the next time; a redirect is an answer.
        return reads and error.response is not None and 200 <= error.response.status < 300
    return reads and isinstance(error, ServerError)


def wait_s(
    error: GatewayError, attempt: int, elapsed_s: float, policy: RetryPolicy, drawn: float
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when there is none.

    Args:
        error: one that `may_try_again` allows.
        attempt: attempts made, from 1.
        elapsed_s: seconds since the first began.
        policy: the bounds.
        drawn: from 0 to 1.
    """
    if attempt >= policy.attempts_max:
        return None
    # The exponent is bounded, for a float has no 2**2000.
    bound = min(policy.backoff_max_s, policy.backoff_first_s * 2 ** min(attempt - 1, 64))
    wait = drawn * bound
    asked = error.retry_after_s if isinstance(error, RateLimitedError) else None
    if asked is not None:
        if asked > policy.retry_after_max_s:
            return None
        wait += asked  # so that all who were told the same moment do not come at once
    return wait if elapsed_s + wait <= policy.deadline_s else None
