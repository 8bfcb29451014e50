"""An interrupt after the reply, where its result is lost: what was done is on it all the same."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.gateway import AsyncClient, Client, OutgoingMessage, flow, matching, payload

from .conftest import QUICK_PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable

TO, TEXT, SENDER, KEY = "09250000001", "Your code is 12345", "SMSPoh", "k" * 20 + "0123456789"
MESSAGES = [
    OutgoingMessage(TO, TEXT, SENDER),
    OutgoingMessage(TO, TEXT, SENDER, encrypt=True, encrypt_key=KEY),
    OutgoingMessage(TO, TEXT, SENDER),
]


def accept(request: httpx2.Request) -> httpx2.Response:
    """Answer with the content at hand, as transports for tests do."""
    body = json.loads(request.content)
    entries = [
        {"messageId": "id", "status": "Accepted", "to": each["to"], "message": each["message"]}
        | {"clientReference": each["clientReference"]}
        for each in body.get("messages", [body])
    ]
    return httpx2.Response(200, json={"messages": entries})


def interrupt(*_: object, **__: object) -> Any:
    raise KeyboardInterrupt


def made(**options: Any) -> Client:
    return Client(
        "key", "secret", profile=QUICK_PROFILE, transport=httpx2.MockTransport(accept), **options
    )


def ended(call: Callable[[], object]) -> Any:
    with pytest.raises(KeyboardInterrupt) as stopped:
        call()
    return stopped.value


def test_a_transport_whose_replies_have_their_content() -> None:
    with made() as client:
        assert client.send(TO, TEXT, SENDER)[0].accepted

    async def send() -> bool:
        transport = httpx2.MockTransport(accept)
        async with AsyncClient("key", "secret", transport=transport) as client:
            return (await client.send(TO, TEXT, SENDER))[0].accepted

    assert asyncio.run(send())


def test_an_interrupt_in_a_hook_is_of_a_message_that_was_sent() -> None:
    with made(hooks=[interrupt]) as client:
        error = ended(lambda: client.send(TO, TEXT, SENDER, client_reference="mine"))
        assert (error.maybe_sent, error.client_reference) == (True, "mine")
        assert error.request.path == "/send"
        error = ended(lambda: client.send_bulk(MESSAGES))
        assert (error.maybe_sent, error.results, error.rows) == (True, (), range(1))


def test_an_interrupt_while_a_reply_is_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_recipients", interrupt)
    with made() as client:
        error = ended(lambda: client.send(TO, TEXT, SENDER, client_reference="mine"))
    assert (error.maybe_sent, error.client_reference) == (True, "mine")


def test_an_interrupt_of_a_proof_is_of_a_message_that_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "proof_of", interrupt)
    with made() as client:
        error = ended(lambda: client.send(TO, TEXT, SENDER, encrypt=True, encrypt_key=KEY))
        assert (error.maybe_sent, error.encrypt_key, len(error.results)) == (True, KEY, 1)
        error = ended(lambda: client.send_bulk(MESSAGES))
        assert (error.maybe_sent, len(error.results), error.rows) == (True, 3, range(3, 3))


def test_an_interrupt_between_two_requests_of_a_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request is not made: its row is in no result and in no doubt."""
    real = payload.bulk_requests

    def stopping(*args: Any) -> Any:
        yield next(real(*args))
        raise KeyboardInterrupt

    monkeypatch.setattr(flow, "bulk_requests", stopping)
    with made() as client:
        error = ended(lambda: client.send_bulk(MESSAGES))
    assert (len(error.results), error.rows, error.maybe_sent) == (1, range(1, 1), True)


def test_an_interrupt_before_the_first_request_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flow, "bulk_requests", interrupt)
    with made() as client:
        assert ended(lambda: client.send_bulk(MESSAGES)).maybe_sent is False
