"""Transports whose every wait ends at a moment that is set for the whole call.

The timeouts of the HTTP library bound one wait each: a server that sends a byte
before each of them ends can hold a call for ever. Here each wait is cut to what is
left until the moment that `within` has set. One transport blocks, the other awaits.
"""

from __future__ import annotations

import contextlib
import os
import time
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import anyio
import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterator

_PIECE_BYTES = 16 * 1024  # what is written between two looks at the clock: a TLS record
_END: ContextVar[float | None] = ContextVar("smspoh_call_end", default=None)
_FAILURES = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Have every wait of this thread's or task's call end within some seconds from now."""
    end, outer = time.monotonic() + seconds, _END.get()
    before = _END.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _END.reset(before)


def _left(timeout: float | None, late: type[httpcore2.TimeoutException]) -> float | None:
    """Return the seconds that a wait may take."""
    end = _END.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise late("the call took too long")
    return left if timeout is None else min(timeout, left)


def _pieces(buffer: bytes) -> Iterator[bytes]:
    if len(buffer) <= _PIECE_BYTES:
        yield buffer
        return
    for at in range(0, len(buffer), _PIECE_BYTES):
        yield buffer[at : at + _PIECE_BYTES]


class DeadlineTransport(httpx2.BaseTransport):
    """Send requests over a pool of connections within the call's time, blocking.

    Args:
        make: makes a pool, with `Backend` as its network backend. It is called again in a
            process that was forked off: two that read one connection take each other's
            replies.
    """

    def __init__(self, make: Callable[[], httpcore2.ConnectionPool]) -> None:
        self._make = make
        self._pool = make()
        self._of_parents: list[httpcore2.ConnectionPool] = []
        _OPEN.add(self)

    def begin_anew(self) -> None:
        """Leave the connections to the parent, which goes on with them."""
        # Kept and not closed: a thread that is not in this process may hold its lock.
        self._of_parents.append(self._pool)
        self._pool = self._make()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply, its body unread."""
        with _translated():
            reply = self._pool.handle_request(_lower(request))
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Body(reply))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


_OPEN: weakref.WeakSet[DeadlineTransport] = weakref.WeakSet()


def _part_from_parent() -> None:
    for transport in list(_OPEN):
        transport.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_part_from_parent)


class AsyncDeadlineTransport(httpx2.AsyncBaseTransport):
    """Send requests over a pool of connections within the call's time, awaiting.

    Args:
        pool: made with `AsyncBackend` as its network backend.
    """

    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply, its body unread."""
        with _translated():
            reply = await self._pool.handle_async_request(_lower(request))
        return httpx2.Response(reply.status, headers=reply.headers, stream=_AsyncBody(reply))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


def _lower(request: httpx2.Request) -> httpcore2.Request:
    """Return a request in the terms of the library below."""
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


class _Body(httpx2.SyncByteStream):
    def __init__(self, reply: httpcore2.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._reply.iter_stream()

    def close(self) -> None:
        with _translated():
            self._reply.close()


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, reply: httpcore2.Response) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated():
            async for part in self._reply.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _translated():
            await self._reply.aclose()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Raise the failures of the library below as those of the one above, name for name."""
    try:
        yield
    except _FAILURES as error:
        raise getattr(httpx2, type(error).__name__)(str(error)) from None


class Backend(httpcore2.SyncBackend):
    """Open connections whose waits end with the call."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *more: Any, **options: Any
    ) -> httpcore2.NetworkStream:
        """Return a connection."""
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, *more, **options))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for piece in _pieces(buffer):
            self._inner.write(piece, _left(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class AsyncBackend(httpcore2.AnyIOBackend):
    """Open connections whose waits end with the call."""

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *more: Any, **options: Any
    ) -> httpcore2.AsyncNetworkStream:
        """Return a connection."""
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await super().connect_tcp(host, port, left, *more, **options))


class _AsyncStream(httpcore2.AsyncNetworkStream):
    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for piece in _pieces(buffer):
            await self._inner.write(piece, _left(timeout, httpcore2.WriteTimeout))

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        try:
            return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))
        except BaseException:
            # A task that is cancelled here would leave the socket open, for the library below
            # closes it after an Exception alone.
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
