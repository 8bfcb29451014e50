"""What the head of every page says of the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from smspoh.sandbox.gateway import SandboxGateway


@dataclass(frozen=True, slots=True)
class State:
    """Hold the state of a gateway.

    Attributes:
        balance: in whole units of the currency.
        currency: the name of the money.
        clock: what the clock says, to the minute.
        clock_is: "stopped" or "moved", where it does not go with the machine's; else empty.
        faults: how many rules of faults there are.
    """

    balance: int
    currency: str
    clock: str
    clock_is: str
    faults: int


def now(gateway: SandboxGateway) -> datetime:
    """Return what the gateway's clock says, in its zone."""
    return gateway.clock.now().astimezone(gateway.settings.limits.zone)


def state(gateway: SandboxGateway) -> State:
    """Return the state of a gateway."""
    at = now(gateway)
    is_moved = abs(at - gateway.settings.clock()) > timedelta(seconds=1)
    return State(
        balance=gateway.ledger.balance,
        currency=gateway.settings.currency,
        clock=f"{at.day} {at.strftime('%b %H:%M')}",
        clock_is="stopped" if gateway.clock.frozen else "moved" if is_moved else "",
        faults=len(gateway.faults.rules()),
    )
