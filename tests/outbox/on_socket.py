"""A job over a socket on which something is wrong, as toxiproxy has it.

Source: github.com/Shopify/toxiproxy, "Toxics".
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from smspoh.gateway import NO_RETRY
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Outbox, Policy, Settings
from smspoh.outbox.pacing import Rate
from smspoh.outbox.sender import Sender
from smspoh.outbox.timing import Timing
from smspoh.sandbox import Sandbox, SandboxSettings
from smspoh.sandbox.ledger import Filters

from .world import JOURNAL_KEY, audit, rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from .world import Audit

FASTER: Final = 10  # the sender's time runs so many times as fast
TIMEOUT_S: Final = 0.3
SETTLE_S: Final = 2.0 * FASTER  # beyond what a toxic holds back
SHARE: Final = 0.3
SHARE_OF_HISTORY: Final = 0.1
BATCH: Final = 7


class Exchange:
    """One request and its reply on their way through the proxy."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server

    def reset(self) -> None:
        """Close both sides; the client gets a reset."""
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            sock = self.client.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.client.transport.abort()
        self.server.close()

    def close(self) -> None:
        self.client.close()
        self.server.close()

    async def down(self, data: bytes) -> None:
        self.client.write(data)
        await self.client.drain()


async def _latency(exchange: Exchange, data: bytes) -> None:
    await asyncio.sleep(random.Random(len(data)).uniform(0.1, 2 * TIMEOUT_S))
    await exchange.down(data)


async def _bandwidth(exchange: Exchange, data: bytes) -> None:
    for at in range(0, len(data), 200):
        await exchange.down(data[at : at + 200])
        await asyncio.sleep(0.05)


async def _slow_close(exchange: Exchange, data: bytes) -> None:
    await exchange.down(data)
    await asyncio.sleep(2 * TIMEOUT_S)
    exchange.close()


async def _timeout(exchange: Exchange, _: bytes) -> None:
    await asyncio.sleep(2 * TIMEOUT_S)
    exchange.close()


async def _reset_peer(exchange: Exchange, _: bytes) -> None:
    exchange.reset()


async def _slicer(exchange: Exchange, data: bytes) -> None:
    for at in range(0, len(data), 7):
        await exchange.down(data[at : at + 7])
        await asyncio.sleep(0)


async def _limit_data(exchange: Exchange, data: bytes) -> None:
    await exchange.down(data[: len(data) * 2 // 3])
    exchange.close()


async def _too_long(exchange: Exchange, data: bytes) -> None:
    await exchange.down(re.sub(rb"(content-length: \d+)", rb"\g<1>9", data))


async def _too_short(exchange: Exchange, data: bytes) -> None:
    await exchange.down(re.sub(rb"(content-length: \d+)\d", rb"\1", data))
    exchange.close()


async def _drip(exchange: Exchange, data: bytes) -> None:
    for at in range(len(data)):
        await exchange.down(data[at : at + 1])
        await asyncio.sleep(0.01)


async def _headers_alone(exchange: Exchange, data: bytes) -> None:
    await exchange.down(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    exchange.close()


async def _garbage(exchange: Exchange, _: bytes) -> None:
    await exchange.down(b"\x15\x03\x01\x00\x02\x02\x16")
    exchange.close()


TOXICS: Final[dict[str, Callable[[Exchange, bytes], Awaitable[None]]]] = {
    "socket_latency": _latency,
    "socket_bandwidth": _bandwidth,
    "socket_slow_close": _slow_close,
    "socket_timeout": _timeout,
    "socket_reset_peer": _reset_peer,
    "socket_slicer": _slicer,
    "socket_limit_data": _limit_data,
    "content_length_too_long": _too_long,
    "content_length_too_short": _too_short,
    "socket_slow_drip": _drip,
    "socket_headers_alone": _headers_alone,
    "socket_garbage": _garbage,
    "socket_request_cut": _reset_peer,
}


class Proxy:
    """Stand between a client and a sandbox, in a thread, and be toxic to some requests."""

    def __init__(self, target: str, toxic: str, seed: int) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._path = parts.path
        self._toxic, self._cuts = TOXICS[toxic], toxic == "socket_request_cut"
        self._draw = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self._path}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        exchange = Exchange(writer, to_server)
        # Cancelled, too, where the job is over before the toxic is.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while request := await _message(reader):
                share = SHARE if request.startswith(b"POST") else SHARE_OF_HISTORY
                toxic = self._draw.random() < share
                if toxic and self._cuts:
                    to_server.write(request[: len(request) // 2])
                    await to_server.drain()
                    exchange.reset()
                    return
                to_server.write(request)
                await to_server.drain()
                reply = await _message(from_server)
                await (self._toxic(exchange, reply) if toxic else exchange.down(reply))
                if writer.is_closing():
                    return
        exchange.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return one message of HTTP/1.1 that has a length, or nothing at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return head + await reader.readexactly(int(found[1]) if found else 0)


def fast_timing() -> Timing:
    began, began_ms = time.monotonic(), time.time_ns() // 1_000_000

    def now_ms() -> int:
        return began_ms + round((time.monotonic() - began) * 1000 * FASTER)

    return Timing(now_ms, lambda seconds: asyncio.sleep(seconds / FASTER))


def job_over_a_socket(toxic: str, folder: Path, messages: int, seed: int, policy: Policy) -> Audit:
    settings = Settings("wire", policy, SETTLE_S, 3, 0.5, 1000)
    sandbox_settings = SandboxSettings(balance=10**12, messages_max=10**6)
    with (
        Sandbox(settings=sandbox_settings) as sandbox,
        Proxy(sandbox.base_url, toxic, seed) as proxy,
        Outbox(folder / "job.db", settings, keys=[JOURNAL_KEY]) as outbox,
    ):
        outbox.enqueue(rows(messages))
        client = AsyncClient(
            sandbox.api_key,
            sandbox.api_secret,
            base_url=proxy.base_url,
            retry=NO_RETRY,
            timeout=TIMEOUT_S,
        )
        with Sender(
            outbox,
            client,
            batch=BATCH,
            rate=Rate(backoff_max_s=2.0),
            timing=fast_timing(),
        ) as sender:
            sender.run(signals=False)
        copies = Counter(r.client_reference for r in sandbox.gateway.ledger.find(Filters()))
        return audit(outbox.journal, copies, messages)
