"""Pools that go through an HTTP proxy, and get back the connections that it could not make.

A tunnel whose TLS fails counts as busy in the HTTP library, for ever: some failures fill the
pool, and every later request waits for a place that never comes free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import anyio
import httpcore2

if TYPE_CHECKING:
    from httpcore2 import AsyncConnectionInterface, ConnectionInterface, Origin


class HTTPProxy(httpcore2.HTTPProxy):
    """A pool of connections through a proxy, blocking."""

    def create_connection(self, origin: Origin) -> ConnectionInterface:
        """Return a connection that is closed when it does not come about."""
        return cast("ConnectionInterface", _Tunnel(super().create_connection(origin)))


class AsyncHTTPProxy(httpcore2.AsyncHTTPProxy):
    """A pool of connections through a proxy, awaiting."""

    def create_connection(self, origin: Origin) -> AsyncConnectionInterface:
        """Return a connection that is closed when it does not come about."""
        return cast("AsyncConnectionInterface", _AsyncTunnel(super().create_connection(origin)))


class _Around:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def _stands(self) -> bool:
        # What forwards, and makes no tunnel, has no such attribute and closes by itself.
        return bool(getattr(self._inner, "_connected", True))


class _Tunnel(_Around):
    def handle_request(self, request: httpcore2.Request) -> httpcore2.Response:
        try:
            reply: httpcore2.Response = self._inner.handle_request(request)
        except BaseException:
            if not self._stands:
                self._inner.close()
            raise
        return reply


class _AsyncTunnel(_Around):
    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        try:
            reply: httpcore2.Response = await self._inner.handle_async_request(request)
        except BaseException:
            if not self._stands:
                with anyio.CancelScope(shield=True):
                    await self._inner.aclose()
            raise
        return reply
