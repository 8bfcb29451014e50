"""The time of a sender, as values: so that a test can move it instead of waiting for it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold what a sender knows of time and chance.

    Attributes:
        now_ms: milliseconds since 1970; it never goes back.
        sleep: waits for seconds.
        draw: a number from 0 to 1.
    """

    now_ms: Callable[[], int]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    draw: Callable[[], float] = random.SystemRandom().random
