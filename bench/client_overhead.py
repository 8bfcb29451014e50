"""What the client adds to the HTTP library: CPU of a request, and sends at the same time.

A server in a process of its own answers each request at once with the same reply, so that
what is measured is the client's side. Ours and a bare httpx2 with `json` take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
from typing import TYPE_CHECKING, Any

import httpx2

from smspoh.gateway.client import AsyncClient, Client

from .machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

ENTRY = {
    "messageId": "F5BR4DB-44A1C-446C-8R69-J50248VB9ORE",
    "message": "Your code is 12345",
    "to": "959250000001",
    "clientReference": "abcde12345",
    "scheduledAt": None,
    "createdAt": "2024-12-20 12:09:48",
    "messageCount": 1,
    "from": "SMSPoh",
    "network": "MPT",
    "type": "sms.text",
    "status": "Accepted",
    "test": False,
}
BODY = json.dumps({"messages": [ENTRY]}).encode()
REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)
PAYLOAD = {
    "to": "09250000001",
    "message": "Your code is 12345",
    "from": "SMSPoh",
    "clientReference": "abcde12345",
}
HEADERS = {"Authorization": "Bearer a2V5OnNlY3JldA==", "Content-Type": "application/json"}


class _Answerer(asyncio.Protocol):
    """Answer each whole request with `REPLY`."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, rest = self._data.partition(b"\r\n\r\n")
            at = head.lower().find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(rest) < size:
                return
            self._data = rest[size:]
            self._transport.write(REPLY)


def _serve(told: Connection, cpu: int | None) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(_Answerer, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    if cpu is not None:
        os.sched_setaffinity(0, {cpu})
    asyncio.run(forever())


def _cpu_us(call: Callable[[], object], times: int) -> float:
    began = time.process_time_ns()
    for _ in range(times):
        call()
    return (time.process_time_ns() - began) / times / 1000


def one_at_a_time(base_url: str, requests: int, rounds: int) -> tuple[float, float, float]:
    """Return microseconds of CPU a request: ours, bare, and the median of their ratios."""
    with (
        Client("key", "secret", base_url=base_url) as ours,
        httpx2.Client(headers=HEADERS) as bare,
    ):

        def send() -> None:
            result = ours.send(
                PAYLOAD["to"], PAYLOAD["message"], PAYLOAD["from"], client_reference="abcde12345"
            )
            assert result[0].accepted

        def post() -> None:
            reply = bare.post(base_url + "/send", content=json.dumps(PAYLOAD).encode())
            assert json.loads(reply.content)["messages"][0]["status"] == "Accepted"

        for warm in (send, post):
            _cpu_us(warm, 100)
        pairs = [(_cpu_us(send, requests), _cpu_us(post, requests)) for _ in range(rounds)]
    return _summed(pairs)


def at_the_same_time(
    base_url: str, requests: int, rounds: int, tasks: int = 64
) -> tuple[float, float, float]:
    """Return sends a second: ours, bare, and the median of their ratios."""

    async def timed(call: Callable[[], Any]) -> float:
        async def worker() -> None:
            for _ in range(requests // tasks):
                await call()

        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(tasks)))
        return requests // tasks * tasks / (time.perf_counter() - began)

    async def run() -> list[tuple[float, float]]:
        async with (
            AsyncClient("key", "secret", base_url=base_url) as ours,
            httpx2.AsyncClient(headers=HEADERS) as bare,
        ):

            async def send() -> None:
                result = await ours.send(
                    PAYLOAD["to"],
                    PAYLOAD["message"],
                    PAYLOAD["from"],
                    client_reference="abcde12345",
                )
                assert result[0].accepted

            async def post() -> None:
                reply = await bare.post(base_url + "/send", content=json.dumps(PAYLOAD).encode())
                assert json.loads(reply.content)["messages"][0]["status"] == "Accepted"

            for warm in (send, post):
                await timed(warm)
            return [(await timed(send), await timed(post)) for _ in range(rounds)]

    return _summed(asyncio.run(run()))


def _summed(pairs: list[tuple[float, float]]) -> tuple[float, float, float]:
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    return ours, bare, statistics.median(own / other for own, other in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="of each round")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    here, there = multiprocessing.Pipe()
    apart = cpus[-1] if len(cpus) > 1 else None
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, apart))
    server.start()
    try:
        base_url = f"http://127.0.0.1:{here.recv()}/api/rest"
        if apart is not None:
            os.sched_setaffinity(0, set(cpus[:-1]))
        print(machine())
        ours, bare, ratio = one_at_a_time(base_url, options.requests, options.rounds)
        print(f"CPU of a send: {ours:.0f} us, bare {bare:.0f} us, {ratio:.2f} times")
        ours, bare, ratio = at_the_same_time(base_url, options.requests, options.rounds)
        print(f"64 at a time: {ours:.0f} a second, bare {bare:.0f}, {ratio:.0%}")
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
