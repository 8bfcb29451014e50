"""Rules of a client whose clock stands still and whose draws are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smspoh.gateway import GATEWAY_V3, NO_RETRY, GatewayProfile, RetryPolicy
from smspoh.gateway.attempt import Rules
from smspoh.gateway.retry import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.gateway.attempt import Hook

NOW_NS = 1_795_700_000 * 10**9  # in November 2026


def rules(
    profile: GatewayProfile = GATEWAY_V3,
    *,
    retry: RetryPolicy = NO_RETRY,
    hooks: tuple[Hook, ...] = (),
    monotonic: Callable[[], float] = lambda: 0.0,
    draw: Callable[[], float] = lambda: 1.0,
) -> Rules:
    return Rules(profile, retry, Budget(retry.budget), hooks, monotonic, lambda: NOW_NS, draw)
