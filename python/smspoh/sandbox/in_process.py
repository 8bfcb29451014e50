"""A transport that asks a sandbox in the same process, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from .incoming import Incoming
from .replies import Reply

if TYPE_CHECKING:
    from .gateway import SandboxGateway


class InProcess(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Answer the requests of a `Client` or an `AsyncClient` from a `SandboxGateway`.

    A fault that is one of the socket is raised as the client would see it; nothing is
    waited for.

    Args:
        gateway: what answers. Who made it closes it.
    """

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply to one request."""
        query: dict[str, str] = {}
        for name, value in request.url.params.multi_items():
            query.setdefault(name, value)
        answer = self._gateway.handle(
            Incoming(
                method=request.method,
                path=request.url.path,
                query=query,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=request.read(),
            )
        )
        fault = answer.fault if isinstance(answer, Reply) else None
        if fault == "reset":
            raise httpx2.ReadError("the sandbox closed the connection", request=request)
        if fault == "truncate":
            raise httpx2.RemoteProtocolError(
                "the sandbox closed the connection in the middle of a reply", request=request
            )
        stream = httpx2.ByteStream(answer.body)
        return httpx2.Response(answer.status, headers=list(answer.headers), stream=stream)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply to one request."""
        return self.handle_request(request)
