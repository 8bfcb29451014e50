"""The webhook as an ASGI application, for Starlette, FastAPI, Django, or a server alone.

Source: ASGI 3.0, https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from .core import WebhookRequest

if TYPE_CHECKING:
    from .core import Call, Webhook, WebhookReply

Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]


class WebhookASGI:
    """Serve a `Webhook` as an ASGI application: mount it, or run it alone.

    Functions of the webhook that are asynchronous are awaited. Others run in a thread
    (`asyncio.to_thread`), so that a slow database does not hold up the server.

    Args:
        webhook: what answers.
    """

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        kind = scope["type"]
        if kind == "lifespan":
            await _live(receive, send)
        elif kind == "http":
            reply = await self._answer(_head(scope), receive)
            if reply is not None:
                await _send_reply(reply, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})  # before an accept: a 403
        else:
            raise NotImplementedError("an ASGI scope that is not http, websocket or lifespan")

    async def _answer(self, head: WebhookRequest, receive: Receive) -> WebhookReply | None:
        """Return the answer, or None where there is nobody left to give it to."""
        refused = self._webhook.admit(head)
        if refused is not None:
            return refused
        limits = self._webhook.limits
        body: bytes | None = b""
        if head.method == "POST":
            try:
                async with asyncio.timeout(limits.body_timeout_s):
                    body = await _body(receive, limits.body_bytes_max)
            except TimeoutError:
                return self._webhook.refuse(
                    408, f"the body took longer than {limits.body_timeout_s} seconds"
                )
        if body is None:
            return None
        return await self._driven(replace(head, body=body))

    async def _driven(self, request: WebhookRequest) -> WebhookReply:
        steps = self._webhook.steps(request)
        try:
            call = next(steps)
            while True:
                answer, error = await _made(call)
                call = steps.send(answer) if error is None else steps.throw(error)
        except StopIteration as done:
            reply: WebhookReply = done.value
            return reply

    def __repr__(self) -> str:
        return f"<WebhookASGI of {self._webhook!r}>"


async def _made(call: Call) -> tuple[object, Exception | None]:
    """Return what a call returned, and what it raised: no future can carry StopIteration."""
    answer: object = None
    error: Exception | None = None
    if inspect.iscoroutinefunction(call.function):
        answer, error = _tried(call)
    else:
        answer, error = await asyncio.to_thread(_tried, call)
    # Of an object that can be called, or a lambda, only the answer shows it.
    if inspect.isawaitable(answer):
        try:
            answer = await answer
        except Exception as raised:  # noqa: BLE001 - the generator says what it means
            error = raised
    return answer, error


def _tried(call: Call) -> tuple[object, Exception | None]:
    try:
        return call.function(call.argument), None
    except Exception as error:  # noqa: BLE001 - the generator says what it means
        return None, error


def _head(scope: Event) -> WebhookRequest:
    content_type: str | None = None
    forwarded: list[str] = []
    for name, value in scope.get("headers", ()):
        if name.lower() == b"content-type":
            content_type = value.decode("latin-1")
        elif name.lower() == b"x-forwarded-for":
            forwarded.append(value.decode("latin-1"))
    client = scope.get("client")
    return WebhookRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b""),
        content_type=content_type,
        client=client[0] if client else None,
        forwarded_for=",".join(forwarded),
    )


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the body, no more than one event past the limit, or None of one cut short."""
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        body += event.get("body", b"")
        if len(body) > most or not event.get("more_body", False):
            return bytes(body)


async def _send_reply(reply: WebhookReply, send: Send) -> None:
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif event["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
