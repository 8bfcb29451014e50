"""A sandbox and an outbox whose time is moved instead of waited for, and what the ledger says."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx2

from smspoh.gateway import NO_RETRY, GatewayProfile
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Outbox, Settings, State
from smspoh.outbox.sender import Sender
from smspoh.outbox.states import END_STATES
from smspoh.outbox.timing import Timing
from smspoh.sandbox import SandboxGateway, SandboxSettings
from smspoh.sandbox.in_process import InProcess
from smspoh.sandbox.ledger import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from smspoh.outbox.journal import Journal
    from smspoh.sandbox.clock import SandboxClock

KEY, SECRET = "key", "secret"
URL = "https://v3.smspoh.com/api/rest"
JOURNAL_KEY = bytes(range(32))
SEND, HISTORY = "/send", "/messages"
SMALL_PAGES = GatewayProfile(history_limits=(20,))


def rows(count: int, start: int = 0, **more: object) -> list[dict[str, object]]:
    return [
        {"to": f"0945{n:07d}", "message": f"Your code is {n:06d}", "sender": "SMSPoh", **more}
        for n in range(start, start + count)
    ]


def timing_of(clock: SandboxClock) -> Timing:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0.0002)  # real: the thread of the journal gets its turn
        clock.advance(seconds)

    return Timing(lambda: int(clock.now().timestamp() * 1000), sleep, lambda: 0.5)


class Line(httpx2.AsyncBaseTransport):
    """A line to the sandbox on which a fault may happen to each request.

    A fault is a function of the request and of what makes the reply; it returns one, or
    raises what the HTTP library would.
    """

    def __init__(self, gateway: SandboxGateway) -> None:
        self._inner = InProcess(gateway)
        self.faults: list[Fault] = []
        self.seen: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request.url.path.removeprefix("/api/rest"))

        def forward() -> httpx2.Response:
            return self._inner.handle_request(request)

        for fault in self.faults:
            found = fault(request, forward)
            if found is not None:
                return found
        return forward()


if TYPE_CHECKING:
    Fault = Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response | None]


def reply(status: int, body: object = b"", **headers: str) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return httpx2.Response(status, headers=named, stream=httpx2.ByteStream(content))


def body_of(response: httpx2.Response) -> Any:
    return json.loads(response.read())


def times(count: int, path: str, do: Fault) -> Fault:
    """Make a fault happen so many times, to requests below a path."""
    left = [count]

    def fault(
        request: httpx2.Request, forward: Callable[[], httpx2.Response]
    ) -> httpx2.Response | None:
        if not left[0] or not request.url.path.startswith(f"/api/rest{path}"):
            return None
        left[0] -= 1
        return do(request, forward)

    return fault


def status(number: int, **headers: str) -> Fault:
    return lambda *_: reply(number, {"name": "No", "message": "no"}, **headers)


def lost(_: httpx2.Request, forward: Callable[[], httpx2.Response]) -> httpx2.Response:
    forward()
    raise httpx2.ReadError("gone")


@dataclass(frozen=True)
class Audit:
    """What the ledger has of a job, beside what its journal says."""

    enqueued: int
    states: dict[State, int]
    lost: int
    repeated: int
    told: int

    @property
    def unended(self) -> int:
        return self.enqueued - sum(self.states[state] for state in END_STATES)

    def complaints(self, *, may_park: bool = False) -> list[str]:
        found = []
        if self.lost:
            found.append(f"{self.lost} lost")
        if self.repeated:
            found.append(f"{self.repeated} repeated")
        if self.unended:
            found.append(f"{self.unended} without an end")
        if self.states[State.PARKED] and not may_park:
            found.append(f"{self.states[State.PARKED]} parked")
        return found


def audit(journal: Journal, copies: Counter[str], enqueued: int) -> Audit:
    """Hold a journal against a count of the ledger, by reference."""
    states = journal.counts().states
    lost = repeated = told = 0
    for one in journal.export():
        count = copies[one.reference]
        repeated += count > 1
        told += one.duplicate
        if one.state is State.ACCEPTED:
            lost += count == 0
        elif one.state in {State.FAILED, State.CANCELLED, State.EXPIRED}:
            lost += count > 0  # it says that nothing was sent
    return Audit(enqueued, dict(states), lost, repeated, told)


class World:
    """A job before a sandbox in the same process."""

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        *,
        sandbox: SandboxSettings | None = None,
        profile: GatewayProfile = SMALL_PAGES,
        **sender: Any,
    ) -> None:
        sandbox = sandbox or SandboxSettings()
        sandbox = replace(sandbox, balance=10**12, messages_max=10**6)
        self.gateway = SandboxGateway(KEY, SECRET, base_url=URL, settings=sandbox)
        self.clock = self.gateway.clock
        self.clock.freeze()
        self.line = Line(self.gateway)
        self.timing = timing_of(self.clock)
        self.path = folder / "job.db"
        self.profile = profile
        self._more = sender
        self.steps: list[str] = []
        self.notices: list[Any] = []
        self.enqueued = 0
        self._made: list[Sender] = []
        self.outbox = Outbox(self.path, settings or Settings("job"), keys=[JOURNAL_KEY])
        self.sender = self.make_sender()

    @property
    def journal(self) -> Journal:
        return self.outbox.journal

    def make_sender(self, **more: Any) -> Sender:
        client = AsyncClient(
            KEY, SECRET, base_url=URL, retry=NO_RETRY, transport=self.line, profile=self.profile
        )
        options: dict[str, Any] = {
            "timing": self.timing,
            "batch": 10,
            "step": self.steps.append,
            "on_notice": self.notices.append,
        }
        made = Sender(self.outbox, client, **(options | self._more | more))
        self._made.append(made)
        return made

    def enqueue(self, wanted: Iterable[dict[str, object]]) -> None:
        self.enqueued += self.journal.enqueue(wanted, self.timing.now_ms()).rows

    def restart(self) -> None:
        """Begin anew with the journal, as the next process does."""
        self.close()
        self.outbox = Outbox(self.path, keys=[JOURNAL_KEY])
        self.sender = self.make_sender()

    def copies(self) -> Counter[str]:
        return Counter(r.client_reference for r in self.gateway.ledger.find(Filters()))

    def audit(self) -> Audit:
        return audit(self.journal, self.copies(), self.enqueued)

    def states(self) -> dict[State, int]:
        return {state: count for state, count in self.journal.counts().states.items() if count}

    def close(self) -> None:
        for made in self._made:
            made.close()
        self._made.clear()
        self.outbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        self.gateway.close()
