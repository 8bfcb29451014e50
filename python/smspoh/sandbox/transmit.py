"""Sending a reply, and what a fault does to it on the socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Final

from .replies import Reply

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from smspoh.gateway.models import Response

TRANSPORT: Final = "smspoh.transport"
_DROPS: Final = 20  # that a dripping body comes in
_NO_BODY: Final = b""


async def transmit(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a reply, whole or as its fault has it."""
    fault = None
    if isinstance(answer, Reply):
        fault = answer.fault
        if answer.delay_s and not await _stays(receive, answer.delay_s):
            return
    if fault == "reset":
        await _reset(scope, receive)
        return
    await send(_head(answer))
    body = answer.body
    if fault == "truncate":
        await send(_body(body[: len(body) // 2], more=True))
        scope["state"][TRANSPORT].close()
        await _gone(receive)
        return
    if isinstance(answer, Reply) and fault == "drip":
        size = max(1, -(-len(body) // _DROPS))
        for at in range(0, len(body), size):
            await send(_body(body[at : at + size], more=True))
            if not await _stays(receive, answer.drip_s / _DROPS):
                return
        body = _NO_BODY
    await send(_body(body, more=False))


def _head(answer: Response) -> dict[str, object]:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def _body(body: bytes, *, more: bool) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _reset(scope: Scope, receive: Receive) -> None:
    """Close the connection without a word: the client gets a reset, not an end."""
    transport = scope["state"][TRANSPORT]
    # Without lingering the kernel sends RST.
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _gone(receive)


async def _stays(receive: Receive, seconds: float) -> bool:
    """Wait, and return whether the client is still there: for one that left nobody waits on.

    The server takes so many requests at a time, and those would be among them.
    """
    try:
        await asyncio.wait_for(_gone(receive), seconds)
    except TimeoutError:
        return True
    return False


async def _gone(receive: Receive) -> None:
    """Wait until the server has seen that the connection is closed, or it would answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
