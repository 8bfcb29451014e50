"""A call ends, whatever the server does to keep it: no byte in time helps for ever.

None of these looks at a clock. Each server would end its reply well in the end, so
that only a client that gives up raises.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2
import pytest

from smspoh.errors import GatewayError, TransportError
from smspoh.gateway import NO_RETRY, Balance, deadline
from smspoh.gateway.client import AsyncClient, Client
from smspoh.gateway.connect import CONNECTIONS_MAX
from smspoh.gateway.wire import CALL_TIMEOUTS

from .faults import FaultyServer, http

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import AsyncIterator, Iterable, Iterator

TIMEOUT_S = 0.2
PAUSE_S = TIMEOUT_S / 4  # between two signs of life: each of them in time
SIGNS = 4 * 4 * CALL_TIMEOUTS  # four times what a call may take
IN_CALL = 3 * 4  # too many for a body, and few enough for a call
BODY = b'{"balance": 1, "currency": "MMK"}'
HEAD = b"HTTP/1.1 200 OK\r\nX-Odd: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x;"


def bytewise(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


SLOW: dict[str, tuple[list[bytes], bytes]] = {
    "a header byte by byte": (bytewise(HEAD % (b"x" * SIGNS, len(BODY))), BODY),
    "one 1xx after the other": ([b"HTTP/1.1 102 Processing\r\n\r\n"] * SIGNS, http("200 OK", BODY)),
    "the extension of a chunk": (
        [CHUNKED % len(BODY), *[b"x"] * IN_CALL],
        b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    ),
}


def ask(kind: type[Client | AsyncClient], **settings: Any) -> Balance:
    """Ask for the balance, blocking or awaiting."""
    if kind is Client:
        with Client("key", "secret", **settings) as client:
            return client.balance()

    async def awaited() -> Balance:
        async with AsyncClient("key", "secret", **settings) as client:
            return await client.balance()

    return asyncio.run(awaited())


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("way", SLOW)
def test_signs_of_life_do_not_hold_a_call(
    faulty: FaultyServer, way: str, kind: type[Client | AsyncClient]
) -> None:
    signs, last = SLOW[way]

    def behave(connection: socket.socket, stopped: threading.Event) -> None:
        for sign in signs:
            if stopped.wait(PAUSE_S):
                return
            connection.sendall(sign)
        connection.sendall(last)

    faulty.behave = behave
    with pytest.raises(TransportError) as failed:
        ask(kind, base_url=faulty.base_url, timeout=TIMEOUT_S, retry=NO_RETRY)
    assert failed.value.maybe_sent
    assert failed.value.__context__ is None
    assert len(faulty.requests) == 1


@pytest.mark.parametrize("way", SLOW)
def test_the_same_replies_are_read_when_there_is_time(faulty: FaultyServer, way: str) -> None:
    faulty.reply(b"".join(SLOW[way][0]) + SLOW[way][1])
    for kind in (Client, AsyncClient):
        assert ask(kind, base_url=faulty.base_url).amount == 1


class Clock:
    """Stand in for the module `time`, and go on by a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


class Inner(httpcore2.NetworkStream):
    """Note the timeout of each wait."""

    def __init__(self) -> None:
        self.waits: list[float | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.waits.append(timeout)
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.waits.append(timeout)


def test_each_wait_is_cut_to_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "time", Clock())
    inner = Inner()
    stream = deadline._Stream(inner)
    with deadline.within(5):  # at 1: until 6
        stream.read(1, 2.5)  # at 2: 4 left
        stream.read(1, None)  # at 3
        stream.write(b"x" * 20_000, 30)  # at 4 and 5, a piece each
        with pytest.raises(httpcore2.WriteTimeout):
            stream.write(b"x", 30)
        with pytest.raises(httpcore2.ReadTimeout):
            stream.read(1, 30)
    stream.read(1, 30)  # no call, no end
    assert inner.waits == [2.5, 3.0, 2.0, 1.0, 30]


def test_an_inner_limit_cannot_reach_past_the_outer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "time", Clock())
    inner = Inner()
    stream = deadline._Stream(inner)
    with deadline.within(10), deadline.within(100):  # until 11
        stream.read(1, 50)  # at 3
    assert inner.waits == [8.0]


class Noted(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that says whether it was closed."""

    def __init__(self, parts: Iterable[bytes], fault: Exception | None = None) -> None:
        self.parts, self.fault, self.closed = parts, fault, False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts
        if self.fault is not None:
            raise self.fault

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


BODIES: dict[str, tuple[list[bytes], Exception | None]] = {
    "whole": ([BODY], None),
    "too long": ([b"x" * (17 * 1024 * 1024), b"more"], None),
    "broken off": ([b"x"], httpx2.ReadError("gone")),
    "late": ([b"x"], httpx2.ReadTimeout("late")),
}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("name", BODIES)
def test_every_reply_is_closed(name: str, kind: type[Client | AsyncClient]) -> None:
    body = Noted(*BODIES[name])
    transport = httpx2.MockTransport(lambda _: httpx2.Response(500, stream=body))
    with pytest.raises(GatewayError):
        ask(kind, transport=transport, retry=NO_RETRY)
    assert body.closed


def test_a_body_has_one_timeout_and_the_call_four() -> None:
    left: list[float] = []

    def look() -> bytes:
        left.append(deadline._left(None, httpcore2.ReadTimeout) or 0.0)
        return BODY

    def answer(_: httpx2.Request) -> httpx2.Response:
        look()
        return httpx2.Response(200, stream=Noted(look() for _ in range(1)))

    transport = httpx2.MockTransport(answer)
    with Client("key", "secret", transport=transport, timeout=1000) as client:
        client.balance()
    assert 1000 < left[0] <= 1000 * CALL_TIMEOUTS
    assert 0 < left[1] <= 1000


class Interrupted(httpx2.Response):
    """A reply that Ctrl-C meets before its body is touched."""

    def iter_raw(self, chunk_size: int | None = None) -> Iterator[bytes]:
        raise KeyboardInterrupt


def test_an_interrupt_leaves_no_reply_open() -> None:
    body = Noted([BODY])
    transport = httpx2.MockTransport(lambda _: Interrupted(200, stream=body))
    with Client("key", "secret", transport=transport) as client, pytest.raises(KeyboardInterrupt):
        client.balance()
    assert body.closed


def test_a_client_waits_for_as_many_replies_at_once_as_it_has_connections(
    faulty: FaultyServer,
) -> None:
    """No reply comes before the last request is there."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    together = threading.Barrier(CONNECTIONS_MAX)

    def behave(connection: socket.socket, _: threading.Event) -> None:
        together.wait(20)
        connection.sendall(http("200 OK", BODY))

    faulty.behave = behave
    with (
        Client("key", "secret", base_url=faulty.base_url) as client,
        ThreadPoolExecutor(CONNECTIONS_MAX) as pool,
    ):
        calls = [pool.submit(client.balance) for _ in range(CONNECTIONS_MAX)]
        assert [call.result().amount for call in calls] == [1] * CONNECTIONS_MAX
