"""No number, text, key or credential in a log, a repr, an error or a traceback."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

import pytest

from smspoh.errors import GatewayError
from smspoh.gateway import Balance, OutgoingMessage
from smspoh.gateway.client import Client

from .conftest import QUICK_PROFILE
from .faults import FaultyServer, http

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox

NUMBER = "09250777888"
TEXT = "Your OTP is zq48x2"
KEY = "correct-horse-battery-staple-9931"
API_KEY = "visible-api-key-55"
API_SECRET = "hidden-api-secret-77"
TOKEN = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
SECRETS = [
    NUMBER[2:],
    "zq48x2",
    "Your+OTP",
    "Your%20OTP",
    KEY,
    API_SECRET,
    TOKEN,
]


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def exercise(client: Client) -> list[Any]:
    """Make each call once and return everything that came of it."""
    found: list[Any] = [client]
    message = OutgoingMessage(NUMBER, TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY)
    for call in (
        lambda: client.send(NUMBER, TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY),
        lambda: client.send(NUMBER, TEXT, "SMSPoh"),
        lambda: client.send_bulk([message, OutgoingMessage([NUMBER], TEXT, "SMSPoh")]),
        lambda: client.messages(to=NUMBER, message=TEXT),
        client.balance,
    ):
        try:
            result = call()
            found.append(result)
            refused = [row.rejection for row in getattr(result, "results", ())]
        except GatewayError as error:
            refused = [error]
        for each in filter(None, refused):
            found += [each, each.request, each.response]
    return found


def shown(value: Any) -> str:
    """Return whatever a program could print of a value without meaning to."""
    parts = [repr(value), str(value), f"{value}"]
    if isinstance(value, BaseException):
        parts += traceback.format_exception(value)
        assert value.__cause__ is None
    elif hasattr(value, "messages") and not callable(value.messages):
        parts += [repr(entry) for entry in value.messages]
    return "\n".join(parts)


def test_what_works_shows_nothing(caplog: pytest.LogCaptureFixture, sandbox: Sandbox) -> None:
    caplog.set_level(logging.DEBUG)
    with Client(
        sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, profile=QUICK_PROFILE
    ) as client:
        found = exercise(client)
    assert isinstance(found[-1], Balance)
    assert len(found) == 6  # no call failed
    page = found[4]
    assert any(entry.message == TEXT for entry in page.messages)  # the secrets were there
    text = caplog.text + "\n".join(map(shown, found))
    assert "receive_response_headers" in caplog.text  # the library below did log
    assert leaks(text) == []
    assert sandbox.api_secret not in text
    assert base64.b64encode(f"{sandbox.api_key}:{sandbox.api_secret}".encode()).decode() not in text


def echo(status: str, shape: str) -> Callable[[bytes], bytes]:
    """Return a gateway that answers with what it was sent, put into this shape."""

    def answer(request: bytes) -> bytes:
        sent = unquote_plus(request.decode()) + " " + request.decode()
        return http(status, (shape % json.dumps(sent)).encode())

    return answer


def echo_text(status: str, shape: str) -> Callable[[bytes], bytes]:
    """Return a gateway that repeats only the values, the way a validator would."""

    def answer(request: bytes) -> bytes:
        head, _, body = request.decode().partition("\r\n\r\n")
        line = unquote_plus(head.split("\r\n")[0])
        found = (NUMBER, NUMBER[2:], TEXT, KEY, "zq48x2")
        said = " / ".join(secret for secret in found if secret in line + body)
        return http(status, (shape % json.dumps(f"Not this: {said}")).encode())

    return answer


def constant(raw: bytes) -> Callable[[bytes], bytes]:
    return lambda _: raw


FAULTS = {
    "echoing 400": echo("400 Bad", '{"message": %s}'),
    "echoing 401": echo("401 Unauthorized", '{"name": %s}'),
    "echoing 404": echo("404 Nope", '{"name": %s}'),
    "echoing 422": echo("422 Bad", '[{"field": "to", "message": %s}]'),
    "echoing 429": echo("429 Slow", '{"message": %s}'),
    "echoing 500": echo("500 Oops", '{"message": %s}'),
    "echoing 200": echo("200 OK", '{"messages": [{"status": %s}]}'),
    "echoing, cut": echo("200 OK", '{"messages": %s'),
    "repeating 400": echo_text("400 Bad", '{"message": %s}'),
    "repeating 422": echo_text("422 Bad", '[{"field": "to", "message": %s}]'),
    "repeating 500": echo_text("500 Oops", '{"message": %s}'),
    "field names": echo_text("422 Bad", '[{"message": "no", "field": %s}]'),
    "redirect": constant(http("302 Found", b"", "Location: https://example.com/")),
    "dropped": constant(b""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_shows_nothing(
    caplog: pytest.LogCaptureFixture, faulty: FaultyServer, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    faulty.behave = lambda connection, _: connection.sendall(FAULTS[fault](faulty.requests[-1]))
    with Client(API_KEY, API_SECRET, base_url=faulty.base_url) as client:
        found = exercise(client)
    errors = [value for value in found if isinstance(value, GatewayError)]
    assert len(errors) == 5 + ("422" in fault or fault == "field names")  # each of a bulk
    assert any(NUMBER.encode() in request for request in faulty.requests)  # they did go out
    assert leaks(caplog.text + "\n".join(map(shown, found))) == []
    for error in errors:  # the same after a journey to another process
        again = pickle.loads(pickle.dumps(error))
        assert leaks(shown(again)) == []
        assert TOKEN.encode() not in pickle.dumps(error.request)
        assert again.__dict__ == error.__dict__
        assert type(copy.copy(error)) is type(error)
