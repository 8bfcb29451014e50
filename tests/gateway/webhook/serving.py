"""The applications behind real servers on the loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from smspoh.gateway.webhook import WebhookASGI, WebhookWSGI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.gateway.webhook import Webhook


def encoded(line: bytes) -> bytes:
    """Return a request line with the spaces of its target encoded, as a lenient proxy does."""
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    return b" ".join([method, target.replace(b" ", b"%20"), version])


class _Lenient(H11Protocol):
    def data_received(self, data: bytes) -> None:
        line, end, rest = data.partition(b"\r\n")
        super().data_received(encoded(line) + end + rest)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: the path is in it."""


class _LenientQuiet(_Quiet):
    raw_requestline: bytes

    def parse_request(self) -> bool:
        self.raw_requestline = encoded(self.raw_requestline.rstrip(b"\r\n")) + b"\r\n"
        return super().parse_request()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def over_uvicorn(webhook: Webhook, lenient: bool = False) -> Iterator[str]:
    """Serve over uvicorn, with its lifespan, and return the root of the URL."""
    config = uvicorn.Config(
        WebhookASGI(webhook),
        loop="asyncio",
        http=_Lenient if lenient else H11Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
    )
    server = _Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    try:
        assert server.ready.wait(60)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def over_wsgiref(webhook: Webhook, lenient: bool = False) -> Iterator[str]:
    """Serve over wsgiref, and return the root of the URL."""
    handler = _LenientQuiet if lenient else _Quiet
    with make_server("127.0.0.1", 0, WebhookWSGI(webhook), handler_class=handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
