"""Clients that go wrong in one chosen way, around a real client of a real sandbox."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from smspoh.gateway import Client, Message, Page, SendResult

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox


class Wrapped:
    """A client whose `send`, `send_bulk` and `messages` a test can change."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        before_send: Callable[[int], None] = lambda _: None,
        reply: Callable[[int, SendResult], SendResult] = lambda _, result: result,
        page: Callable[[Page], Page] = lambda page: page,
    ) -> None:
        self._client = Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url)
        self._before_send, self._reply, self._page = before_send, reply, page
        self.requests = 0

    def send(self, *arguments: Any, **options: Any) -> SendResult:
        self.requests += 1
        number = self.requests
        self._before_send(number)
        return self._reply(number, self._client.send(*arguments, **options))

    def send_bulk(self, messages: Any, **options: Any) -> Any:
        self.requests += 1
        self._before_send(self.requests)
        return self._client.send_bulk(messages, **options)

    def messages(self, **options: Any) -> Page:
        return self._page(self._client.messages(**options))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def tampered(message: Message) -> Message:
    """Return the message with one bit of its ciphertext changed."""
    middle = len(message.message) // 2
    other = "A" if message.message[middle] != "A" else "B"
    text = message.message[:middle] + other + message.message[middle + 1 :]
    return replace(message, message=text)


def environment_of(gateway: socket.socket) -> dict[str, str]:
    """Return the environment of a process that is to talk to a listening socket."""
    return {
        **os.environ,
        "SMSPOH_BASE_URL": f"http://127.0.0.1:{gateway.getsockname()[1]}",
        "SMSPOH_API_KEY": "key",
        "SMSPOH_API_SECRET": "secret",
    }
