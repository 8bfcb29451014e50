"""Whatever a gateway answers, a caller gets a result or a GatewayError, and soon."""

from __future__ import annotations

import asyncio
import functools
import tracemalloc
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.envelope import EnvelopeProfile
from smspoh.errors import GatewayError, ProtocolError, RateLimitedError
from smspoh.gateway import GatewayProfile, OutgoingMessage, RetryPolicy
from smspoh.gateway.client import AsyncClient, Client

from .hostile import LIMIT, bodies, compressed, raw_replies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .faults import FaultyServer
    from .hostile import Headers

PROFILE = GatewayProfile(reply_bytes_max=LIMIT, envelope=EnvelopeProfile(iterations=10))
RETRY = RetryPolicy(attempts_max=2, backoff_first_s=0.0, budget=1_000_000)
STATUSES = (200, 201, 204, 400, 401, 404, 422, 429, 500)
BODIES = bodies()
COMPRESSED = compressed()
RAW = raw_replies()
# A list takes 72 bytes where the reply has 3, and is looked at level by level.
PEAK_BYTES = 100 * LIMIT
NUMBER = "09250000001"
CALLS: dict[str, Callable[[Any], Any]] = {
    "send": lambda client: client.send(NUMBER, "text", "SMSPoh"),
    "encrypted": lambda client: client.send([NUMBER, "09250000002"], "t", "SMSPoh", encrypt=True),
    "bulk": lambda client: client.send_bulk(
        [OutgoingMessage(f"0925000000{row}", "text", "SMSPoh") for row in range(2)]
    ),
    "messages": lambda client: client.messages(keys="some key of mine"),
    "find": lambda client: client.find("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    "balance": lambda client: client.balance(),
}


class Answering(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Give one reply, in pieces, and count how often it was asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self.give: tuple[int, bytes, Headers] = (200, b"", ())

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        status, body, headers = self.give
        return httpx2.Response(
            status,
            headers=[(a.encode(), b.encode("latin-1")) for a, b in headers],
            stream=Pieces(body),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.handle_request(request)


class Pieces(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._body), 65_536):
            yield self._body[at : at + 65_536]

    async def __aiter__(self) -> Any:
        for piece in self:
            yield piece


def settings(**more: Any) -> dict[str, Any]:
    return {"profile": PROFILE, "retry": RETRY, "timeout": 5.0} | more


def outcome(call: Callable[[], Any]) -> Any:
    """Return a result or a GatewayError; whatever else comes out is a fault."""
    try:
        return call()
    except GatewayError as error:
        return error


def check(name: str, status: int, result: Any, asked: int) -> None:
    """Check what must be true of each outcome, whatever the reply was."""
    sends = name in ("send", "encrypted", "bulk")
    if sends and not isinstance(result, RateLimitedError):
        halves = 3 if name == "bulk" and status == 422 else 1
        assert asked <= halves, "a message was sent again"
    if not isinstance(result, GatewayError):
        return
    assert len(str(result)) < 4000
    assert result.__context__ is None
    assert result.attempts <= RETRY.attempts_max
    if 200 <= status < 300:
        assert isinstance(result, ProtocolError)
        assert result.maybe_sent
    if sends and status == 500:
        assert result.maybe_sent


def replies() -> Iterator[tuple[str, int, bytes, Headers]]:
    for at, (name, body) in enumerate(BODIES.items()):
        # Each body as a success, and as two of the others, so that each status has its share.
        for status in (200, *(STATUSES[(at + step) % len(STATUSES)] for step in (1, 5))):
            yield name, status, body, ()
    for name, (body, headers) in COMPRESSED.items():
        for status in (200, 400, 500):
            yield name, status, body, headers


def test_there_are_enough_bodies() -> None:
    assert len(BODIES) >= 318
    assert len(set(BODIES.values())) == len(BODIES)


@pytest.mark.parametrize("call", CALLS)
def test_a_blocking_client_survives(call: str) -> None:
    transport = Answering()
    tracemalloc.start()
    try:
        with Client("key", "secret", **settings(transport=transport)) as client:
            for name, status, body, headers in replies():
                transport.asked, transport.give = 0, (status, body, headers)
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                result = outcome(lambda: CALLS[call](client))
                assert tracemalloc.get_traced_memory()[1] - before < PEAK_BYTES, name
                check(call, status, result, transport.asked)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("call", CALLS)
def test_an_awaiting_client_survives(call: str) -> None:
    async def awaiting() -> None:
        transport = Answering()
        async with AsyncClient("key", "secret", **settings(transport=transport)) as client:
            for _, status, body, headers in replies():
                transport.asked, transport.give = 0, (status, body, headers)
                result: Any
                try:
                    result = await CALLS[call](client)
                except GatewayError as error:
                    result = error
                check(call, status, result, transport.asked)

    asyncio.run(awaiting())


def _run(awaiting: Callable[[str], Any], call: str) -> Any:
    return asyncio.run(awaiting(call))


@pytest.mark.parametrize("name", RAW)
def test_what_is_wrong_below_the_body(faulty: FaultyServer, name: str) -> None:
    faulty.reply(RAW[name])
    given = settings(base_url=faulty.base_url, timeout=2.0)

    async def awaiting(call: str) -> Any:
        async with AsyncClient("key", "secret", **given) as client:
            return await CALLS[call](client)

    for call in ("send", "messages", "balance"):
        with Client("key", "secret", **given) as client:
            made = len(faulty.requests)
            found = outcome(functools.partial(CALLS[call], client))
            asked = len(faulty.requests) - made
        outcome(functools.partial(_run, awaiting, call))
        if call == "send" and isinstance(found, GatewayError) and "Retry" not in name:
            assert found.maybe_sent
            assert asked == 1
