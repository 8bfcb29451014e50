"""Ours alone, over many messages and drawn faults: each must be in the ledger exactly once.

In one process, against the sandbox's gateway and its own faults, with a clock that is moved
instead of waited for.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import httpx2

from smspoh import GatewayError
from smspoh.gateway import RetryPolicy
from smspoh.gateway.client import Client
from smspoh.gateway.driving import drive
from smspoh.sandbox import SandboxGateway, SandboxSettings
from smspoh.sandbox.faults import STAGES, Fault
from smspoh.sandbox.in_process import InProcess
from smspoh.sandbox.ledger import Filters

from .ours import KEY, SECRET, SENDER, Policy, send_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from smspoh.gateway import Response
    from smspoh.gateway.attempt import Flow, T
    from smspoh.sandbox.clock import SandboxClock

    Sender: TypeAlias = Callable[[Client, str, str, str, Policy], object]

_URL: Final = "https://v3.smspoh.com/api/rest"
_LAG_MAX_S: Final = 5.0
_SETTLE_S: Final = 6.0
_SEND, _HISTORY = "/send", "/messages"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the ledger has at the end, of so many messages."""

    sends: int
    once: int
    lost: int
    repeated: int

    def __str__(self) -> str:
        return (
            f"sdk_faults: {self.sends} sends, {self.once} delivered once,"
            f" {self.lost} lost, {self.repeated} repeated"
        )


class OnClock(Client):
    """A client that waits by moving the clock of a sandbox."""

    __slots__ = ("_clock",)

    def keep_to(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._calls.rules = replace(
            self._calls.rules,
            monotonic=lambda: clock.now().timestamp(),
            epoch_ns=lambda: int(clock.now().timestamp() * 1e9),
        )

    def _drive(self, flow: Flow[T], replies: list[Response] | None = None, /) -> T:
        return drive(flow, self._wire.exchange, replies, sleep=self._clock.advance)


class _Line(httpx2.BaseTransport):
    """A line to the sandbox on which some connections do not come about."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self.refusals = 0
        self._inner = InProcess(gateway)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.refusals:
            self.refusals -= 1
            raise httpx2.ConnectError("refused", request=request)
        return self._inner.handle_request(request)


def drawn(draw: random.Random) -> list[Fault]:
    """Return the faults that one message meets: of sending, and of the history."""
    stage = draw.choice(STAGES)
    times = draw.randint(1, 3)
    status = draw.choice((408, 409, 500, 502, 503, 504))
    of_send = [
        Fault("reset", stage, path=_SEND, times=times),
        Fault("truncate", stage, path=_SEND, times=times),
        Fault("html_502", stage, path=_SEND, times=times),
        Fault("status", stage, path=_SEND, times=times, status=status),
        Fault("status", "before", path=_SEND, times=times, status=429),
    ]
    of_history = [
        Fault("reset", path=_HISTORY, times=draw.randint(1, 2)),
        Fault("status", path=_HISTORY, times=draw.randint(1, 2), status=503),
        Fault("history_lag", path=_HISTORY, seconds=draw.uniform(0, _LAG_MAX_S)),
    ]
    found = draw.sample(of_send, draw.randint(0, 2))
    return found + draw.sample(of_history, draw.randint(0, 2))


def campaign(sends: int, seed: int, send: Sender = send_once, settle_s: float = _SETTLE_S) -> Tally:
    """Send that many messages, each under faults that are drawn, and return the tally.

    Args:
        sends: how many.
        seed: of the faults: the same seed gives the same.
        send: what sends one message, given the reference and the policy.
        settle_s: of the policy.
    """
    draw = random.Random(seed)
    settings = SandboxSettings(balance=10**12, messages_max=sends * 20, seed=seed)
    gateway = SandboxGateway(KEY, SECRET, base_url=_URL, settings=settings)
    gateway.clock.freeze()
    policy = Policy(attempts=24, settle_s=settle_s)
    line = _Line(gateway)
    references = [f"campaign-{seed}-{number}" for number in range(sends)]
    # More attempts and tokens than any message can need: the draws are ruder than a gateway.
    retry = RetryPolicy(attempts_max=20, budget=1_000_000, deadline_s=3600.0)
    with OnClock(KEY, SECRET, base_url=_URL, transport=line, retry=retry) as client:
        client.keep_to(gateway.clock)
        for number, reference in enumerate(references):
            for fault in drawn(draw):
                gateway.faults.add(fault)
            line.refusals = draw.choice((0, 0, 0, 1, 2))
            with contextlib.suppress(GatewayError):  # the ledger says whether it was lost
                send(client, f"0945{number:07d}", "Your code is 123456", reference, policy)
            gateway.faults.clear()
            gateway.clock.advance(60)
    counts = Counter(record.client_reference for record in gateway.ledger.find(Filters()))
    copies = [counts[reference] for reference in references]
    return Tally(
        sends=sends,
        once=copies.count(1),
        lost=copies.count(0),
        repeated=sum(1 for count in copies if count > 1),
    )


def retrying(client: Client, to: str, message: str, reference: str, policy: Policy) -> object:
    """Send again whenever no reply came: the mistake that the campaign must find."""
    for left in reversed(range(policy.attempts)):
        try:
            return client.send(to, message, SENDER, client_reference=reference)
        except GatewayError as error:
            if not left or (error.response is not None and error.response.status < 429):
                raise
    raise AssertionError("the last attempt returns or raises")
