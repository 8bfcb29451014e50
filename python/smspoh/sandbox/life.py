"""What becomes of a message, and when: drawn from a seed.

Everything here is a pure function of the seed, the message's place in the order of
acceptance since the last reset and the settings, so that the same seed and order give
the same.
"""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from .fixed import FIXED_NUMBERS

if TYPE_CHECKING:
    from datetime import datetime

    from .settings import SandboxSettings

_NORMAL: Final = NormalDist()
_LONGEST_S: Final = 10 * 365 * 86_400  # what is drawn must stay a date
_SENT_SHARE: Final = 0.1  # of the way to the last status; our own choice
_PENDING_SHARE: Final = 0.3


def draws(seed: int, place: int, purpose: str, count: int) -> list[float]:
    """Return numbers of at least 0 and less than 1, up to 8 of them.

    Args:
        seed: of the sandbox.
        place: of the message in the order.
        purpose: so that what is drawn for one thing says nothing about another.
        count: how many.
    """
    data = f"{seed}/{place}/{purpose}".encode()
    digest = hashlib.blake2b(data, digest_size=8 * count).digest()
    return [
        int.from_bytes(digest[at : at + 8], "big") / 2**64 * (1 - 2**-53)
        for at in range(0, 8 * count, 8)
    ]


def draw_timeline(
    place: int,
    to: str,
    accepted_at: datetime,
    scheduled_at: datetime | None,
    settings: SandboxSettings,
) -> tuple[tuple[str, datetime], ...]:
    """Return each status of a message with the time that it begins, in order.

    Args:
        place: of the message in the order of acceptance since the last reset, from 1.
        to: its recipient; `FIXED_NUMBERS` always end the same way.
        accepted_at: an aware time.
        scheduled_at: an aware time before which nothing is sent, or None.
        settings: the seed and the distribution.
    """
    start = max(accepted_at, scheduled_at or accepted_at)
    spread = settings.delivered_spread
    share, luck = 0.5, 1.0
    if spread or settings.undelivered_share:
        share, luck = draws(settings.seed, place, "life", 2)
    # An open interval: the distribution has no value at its ends.
    factor = math.exp(spread * _NORMAL.inv_cdf(min(max(share, 1e-9), 1 - 1e-9))) if spread else 1.0
    last_s = min(settings.delivered_after_s * factor, _LONGEST_S)
    last = _last_status(to, luck, settings)
    stages = [
        ("Accepted", accepted_at),
        ("Sent", start + timedelta(seconds=last_s * _SENT_SHARE)),
        ("Pending", start + timedelta(seconds=last_s * _PENDING_SHARE)),
    ]
    if last != "Pending":
        stages.append((last, start + timedelta(seconds=last_s)))
    return tuple(stages)


def _last_status(to: str, luck: float, settings: SandboxSettings) -> str:
    fixed = FIXED_NUMBERS.get(to)
    if fixed is None or fixed.becomes is None:
        missed = luck < settings.undelivered_share
        return settings.quirks.undelivered_status if missed else "Success"
    if fixed.becomes == "Undelivered":
        return settings.quirks.undelivered_status
    return fixed.becomes
