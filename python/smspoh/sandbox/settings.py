"""How a sandbox behaves, as named values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError
from smspoh.gateway.profile import GATEWAY_V3, GatewayProfile

if TYPE_CHECKING:
    from collections.abc import Callable


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Hold how a sandbox behaves.

    Attributes:
        balance: what the account starts with, in MMK.
        price: of one part, in MMK; a test message costs nothing.
        currency: the name of the money.
        messages_max: the most messages that the history keeps.
        body_bytes_max: a longer request is refused (413).
        recipients_max: recipients of one message.
        delivered_after_s: seconds from acceptance (or the scheduled time) to Success.
        senders: the registered sender IDs; None takes every well-formed one.
        envelope: the parameters of the encryption.
        limits: the gateway's own numbers: parts, bulk size, page sizes, zone.
        clock: returns the present as an aware time.

    Raises:
        ArgumentError: a number is out of its range.
    """

    balance: int = 1_227_748  # MMK; the balance of the specification's example
    price: int = 10  # MMK a part; a round number, not the vendor's
    currency: str = "MMK"
    messages_max: int = 100_000
    body_bytes_max: int = 4 * 1024 * 1024
    recipients_max: int = 1000
    delivered_after_s: float = 2.0
    senders: frozenset[str] | None = None
    envelope: EnvelopeProfile = YII2
    limits: GatewayProfile = GATEWAY_V3
    clock: Callable[[], datetime] = field(default=_now, compare=False)

    def __post_init__(self) -> None:
        for name in ("balance", "price", "delivered_after_s"):
            if getattr(self, name) < 0:
                raise ArgumentError(f"{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("messages_max", "body_bytes_max", "recipients_max"):
            if getattr(self, name) < 1:
                raise ArgumentError(f"{name} is {getattr(self, name)}; it must be at least 1")

    def now(self) -> datetime:
        """Return the present to the second, in the gateway's zone."""
        return self.clock().astimezone(self.limits.zone).replace(microsecond=0)

    @property
    def delivery(self) -> timedelta:
        """The time from acceptance to Success."""
        return timedelta(seconds=self.delivered_after_s)
