"""A transport whose every wait ends at a moment that is set for the whole call.

The timeouts of the HTTP library bound one wait each: a server that sends a byte
before each of them ends can hold a call for ever. Here each wait is cut to what is
left until the moment that `within` has set.
"""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

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
    """Have every wait of this thread's call end within some seconds from now."""
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


class DeadlineTransport(httpx2.BaseTransport):
    """Send requests over a pool of connections, direct ones, within the call's time."""

    def __init__(self, context: ssl.SSLContext, *, connections_max: int, idle_s: float) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=connections_max,
            max_keepalive_connections=connections_max,
            keepalive_expiry=idle_s,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply, its body unread."""
        url = request.url
        with _translated():
            reply = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.content,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(reply.status, headers=reply.headers, stream=_Body(reply))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, reply: httpcore2.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._reply.iter_stream()

    def close(self) -> None:
        with _translated():
            self._reply.close()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Raise the failures of the library below as those of the one above, name for name."""
    try:
        yield
    except _FAILURES as error:
        raise getattr(httpx2, type(error).__name__)(str(error)) from None


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *more: Any, **options: Any
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, *more, **options))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _PIECE_BYTES):
            piece = buffer[at : at + _PIECE_BYTES]
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
